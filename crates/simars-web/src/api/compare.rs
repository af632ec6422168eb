//! `POST /api/v1/compare`: what a file that is not registered differs in from what is.

use std::sync::Arc;

use axum::extract::{self, FromRequest, Multipart};
use axum::{Extension, Json};
use serde::Serialize;
use simars_record::{Digest, Document, DocumentId};
use simars_verify::{Difference, Folding, Outcome};

use super::verify::is_form;
use crate::auth::Asker;
use crate::body::Source;
use crate::compare::{A_COPY, Compared, Desk, Found, Given, Nearest, compare, limit_bytes};
use crate::document::Links;
use crate::language::Language;
use crate::parts::has_pages;
use crate::problem::{Code, Problem};
use crate::shell::Visit;
use crate::state::State;
use crate::verdict::Judged;
use crate::{names, query};

/// What is said of a file. Members that do not apply are null or empty.
#[derive(Debug, Serialize)]
struct ComparedJson {
    sha256: Digest,
    /// `identical`, `same-text`, `near`, `nothing-near` or `not-compared`.
    verdict: &'static str,
    /// What this means, in one English sentence.
    detail: String,
    /// For `identical`: how the registered document stands, as `/api/v1/verify` says it.
    outcome: Option<Outcome>,
    document: Option<DocumentJson>,
    /// How much of both texts is common, from 0 to 1.
    resemblance: Option<f32>,
    differences: Vec<DifferenceJson>,
    /// Differences beyond those that are listed.
    further: usize,
    /// Differences that touch a number.
    with_numbers: usize,
    words: Option<WordsJson>,
    /// What differs and was taken for the same.
    folded: Vec<Folding>,
    /// Pages without text, which were not compared.
    pages_not_compared: Option<UnreadJson>,
}

#[derive(Debug, Serialize)]
struct DocumentJson {
    id: DocumentId,
    label: String,
    links: Links,
}

#[derive(Debug, Serialize)]
struct DifferenceJson {
    #[serde(flatten)]
    difference: Difference,
    /// The registered page, to be read.
    page: String,
    /// Its image, if there is one.
    image: Option<String>,
}

#[derive(Debug, Serialize)]
struct WordsJson {
    registered: usize,
    given: usize,
    common: usize,
}

#[derive(Debug, Serialize)]
struct UnreadJson {
    registered: u32,
    given: u32,
}

/// Answers `POST /api/v1/compare?name=…`: the file as the body, or as the part `file` of a form.
/// It is read in memory and kept nowhere.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    Extension(desk): Extension<Desk>,
    Asker(who): Asker,
    visit: Visit,
    request: extract::Request,
) -> Result<Json<serde_json::Value>, Problem> {
    desk.admit(who, &request).map_err(too_many)?;
    let limit_bytes = limit_bytes(&state);
    let given = if is_form(&request) {
        match Multipart::from_request(request, &()).await {
            Ok(form) => Given::from_form(form, limit_bytes).await,
            Err(_) => Err(Code::UnreadableBody),
        }
    } else {
        let name = query::value(&visit.pairs, &["name", "nama"]).unwrap_or_default().to_owned();
        Given::from_source(Source::Raw(request.into_body()), name, limit_bytes).await
    };
    let given = given.map_err(|code| match code {
        Code::TooLarge => {
            let detail = format!("the limit is {limit_bytes} bytes");
            code.problem().detail(detail).with("limit_bytes", limit_bytes)
        }
        code => code.problem(),
    })?;
    let compared = compare(&state, &desk, who, given).await.map_err(Code::problem)?;
    Ok(Json(serde_json::json!(json(compared))))
}

/// The problem of who asks too often.
fn too_many(seconds: u64) -> Problem {
    Code::TooMany.problem().with("retry_after_seconds", seconds)
}

fn json(compared: Compared) -> ComparedJson {
    let sha256 = compared.sha256;
    match compared.found {
        Found::Registered(judged) => identical(sha256, *judged),
        Found::Near(near) => near_json(sha256, *near),
        Found::Nothing => bare(
            sha256,
            "nothing-near",
            "no document here that you may read says nearly the same".to_owned(),
        ),
        Found::NoText { to_recognise } => bare(
            sha256,
            "not-compared",
            format!(
                "the file has no text to compare; {to_recognise} pages would have to be recognised \
                 from their pictures"
            ),
        ),
        Found::TooLong => bare(sha256, "not-compared", "reading the file took too long".to_owned()),
    }
}

fn bare(sha256: Digest, verdict: &'static str, detail: String) -> ComparedJson {
    ComparedJson {
        sha256,
        verdict,
        detail,
        outcome: None,
        document: None,
        resemblance: None,
        differences: Vec::new(),
        further: 0,
        with_numbers: 0,
        words: None,
        folded: Vec::new(),
        pages_not_compared: None,
    }
}

fn identical(sha256: Digest, judged: Judged) -> ComparedJson {
    let detail = "the file is, bit for bit, a registered one".to_owned();
    ComparedJson {
        outcome: Some(judged.verdict.outcome),
        document: judged.document.filter(|_| judged.findable).map(|found| document(&found)),
        ..bare(sha256, "identical", detail)
    }
}

fn document(document: &Document) -> DocumentJson {
    DocumentJson {
        id: document.id,
        label: names::label(Language::Indonesian, document),
        links: Links::of(document),
    }
}

fn near_json(sha256: Digest, near: Nearest) -> ComparedJson {
    let Nearest { document: found, comparison, unread_given, unread_registered } = near;
    let (verdict, detail) = if comparison.is_same_text() {
        ("same-text", "the bytes are others, the text is that of the document")
    } else if comparison.resemblance() < A_COPY {
        ("near", "much differs: this may be another document made in the same way")
    } else {
        ("near", "the text is nearly that of the document; what differs is listed")
    };
    let links = Links::of(&found);
    let images = has_pages(&found.current().media_type);
    let resemblance = comparison.resemblance();
    let words = WordsJson {
        registered: comparison.words_registered,
        given: comparison.words_given,
        common: comparison.words_common,
    };
    let listed = comparison.differences.into_iter().map(|difference| {
        let n = difference.registered.page;
        let page = format!("{}/halaman/{n}", links.page);
        let image = images.then(|| format!("{}/pages/{n}/image", links.data));
        DifferenceJson { difference, page, image }
    });
    ComparedJson {
        resemblance: Some(resemblance),
        differences: listed.collect(),
        further: comparison.further,
        with_numbers: comparison.with_numbers,
        words: Some(words),
        folded: comparison.folded,
        pages_not_compared: Some(UnreadJson { registered: unread_registered, given: unread_given }),
        document: Some(document(&found)),
        ..bare(sha256, verdict, detail.to_owned())
    }
}
