//! Style, script and icon: inside the program, each at an address that changes with its content.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use simars_record::Digest;

use crate::segments::Segments;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 18] = [
    Asset {
        name: "unsaved.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/unsaved.js"),
    },
    Asset {
        name: "upload.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/upload.js"),
    },
    Asset {
        name: "simars.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../static/simars.css"),
    },
    Asset {
        name: "sha256.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/sha256.js"),
    },
    Asset {
        name: "ed25519.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/ed25519.js"),
    },
    Asset {
        name: "tlog.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/tlog.js"),
    },
    Asset {
        name: "statement.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/statement.js"),
    },
    Asset {
        name: "policy.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/policy.js"),
    },
    Asset {
        name: "verdict.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/verdict.js"),
    },
    Asset {
        name: "desk.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/desk.js"),
    },
    Asset {
        name: "verify.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/verify.js"),
    },
    Asset {
        name: "offline.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/offline.js"),
    },
    Asset {
        name: "copy.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/copy.js"),
    },
    Asset {
        name: "progress.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/progress.js"),
    },
    Asset {
        name: "suggest.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/suggest.js"),
    },
    Asset {
        name: "reader.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/reader.js"),
    },
    Asset {
        name: "passkey.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../static/passkey.js"),
    },
    Asset {
        name: "icon.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../static/icon.svg"),
    },
];

static ADDRESSES: LazyLock<[String; ASSETS.len()]> = LazyLock::new(|| {
    ASSETS.each_ref().map(|asset| {
        let digest = Digest::of(asset.bytes).to_string();
        format!("/static/{}/{}", &digest[..12], asset.name)
    })
});

/// The address of a built-in file, for example `/static/0a1b2c3d4e5f/simars.css`. An unknown name
/// gives an address that answers 404; a test asks for every address in every page.
pub(crate) fn address(name: &str) -> &'static str {
    let position = ASSETS.iter().position(|asset| asset.name == name);
    position.map_or("/static/-/-", |position| ADDRESSES[position].as_str())
}

/// The text of a built-in file, to be written into a page; empty for an unknown name.
pub(crate) fn text(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    asset.and_then(|asset| std::str::from_utf8(asset.bytes).ok()).unwrap_or_default()
}

/// `GET /static/{hash}/{name}`. An address of an older build answers with today's file, so that a
/// page kept in a cache still looks right, but only today's address may be kept for ever.
pub(crate) async fn get(Segments((hash, name)): Segments<(String, String)>) -> Response {
    let Some(position) = ASSETS.iter().position(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let asset = &ASSETS[position];
    let current = ADDRESSES[position].split('/').nth(2) == Some(hash.as_str());
    let caching = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
    ];
    (headers, asset.bytes).into_response()
}

/// `GET /favicon.ico`: browsers ask for it by themselves beside a document shown as it is.
pub(crate) async fn favicon() -> Redirect {
    Redirect::temporary(address("icon.svg"))
}
