//! What the API says when it cannot do what was asked: problem details (RFC 9457) from one table.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A kind of problem. Each has a row in the table below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A parameter has a value that is not understood.
    BadParameter,
    /// A digest is not written as one.
    MalformedDigest,
    /// No document has this digest, as far as the asker may know.
    NotRegistered,
    /// No such document, or not for this asker.
    DocumentNotFound,
    /// The document has no such page.
    PageNotFound,
    /// The page has no such table.
    TableNotFound,
    /// Pages of such a file cannot be looked at.
    NoImage,
    /// A page could not be drawn.
    ImageFailed,
    /// No authenticated copy can be made of such a file.
    NoCopy,
    /// An authenticated copy could not be made.
    CopyFailed,
    /// What this rests on was not set up by the operator.
    NotSetUp,
    /// The archive has no public log.
    NoLog,
    /// What was stated is not in a checkpoint yet.
    NoProofYet,
    /// No such address.
    NotFound,
    /// The address exists, but not for this method.
    MethodNotAllowed,
    /// The asker did not say who they are, or said it wrongly.
    Unauthorized,
    /// There is nobody of this name.
    NoPerson,
    /// The asker is known and may not do this.
    Forbidden,
    /// Somebody else has to do this: who files a document does not publish it.
    SecondPerson,
    /// A precondition of the request does not hold.
    PreconditionFailed,
    /// A range lies outside the file.
    RangeNotSatisfiable,
    /// The body is not of the type that this address takes.
    UnsupportedType,
    /// An upload goes on elsewhere than where it ended.
    WrongOffset,
    /// More bytes than the server takes.
    TooLarge,
    /// The body ended early or is no form that holds a file.
    UnreadableBody,
    /// The client stopped sending.
    TooSlow,
    /// The file was not taken.
    Refused,
    /// As many uploads or watchers are there as the server takes.
    Busy,
    /// The asker asks more often than the server answers.
    TooMany,
    /// The search index is still catching up.
    NotReady,
    /// Something failed that is not the asker's fault.
    Internal,
}

/// A row of the table.
struct Row {
    code: Code,
    name: &'static str,
    status: StatusCode,
    title: &'static str,
    hint: &'static str,
}

/// The table. Its rows stand in the order of [`Code`]; a test holds the two together.
const TABLE: [Row; Code::Internal as usize + 1] = [
    Row {
        code: Code::BadParameter,
        name: "bad-parameter",
        status: StatusCode::BAD_REQUEST,
        title: "a parameter has a value that is not understood",
        hint: "correct the parameter or leave it out",
    },
    Row {
        code: Code::MalformedDigest,
        name: "malformed-digest",
        status: StatusCode::BAD_REQUEST,
        title: "this is not a SHA-256 digest",
        hint: "send 64 hexadecimal digits, for example the first word of what sha256sum prints",
    },
    Row {
        code: Code::NotRegistered,
        name: "not-registered",
        status: StatusCode::NOT_FOUND,
        title: "no public document has this SHA-256",
        hint: "search for the document, download the official file and compare it with the copy",
    },
    Row {
        code: Code::DocumentNotFound,
        name: "document-not-found",
        status: StatusCode::NOT_FOUND,
        title: "there is no such document, or it is not open to the public",
        hint: "check the id: 26 characters a-z and 2-7",
    },
    Row {
        code: Code::PageNotFound,
        name: "page-not-found",
        status: StatusCode::NOT_FOUND,
        title: "the document has no such page",
        hint: "pages are counted from 1",
    },
    Row {
        code: Code::TableNotFound,
        name: "table-not-found",
        status: StatusCode::NOT_FOUND,
        title: "the page has no such table",
        hint: "the tables of a page are listed at /api/v1/documents/{id}/pages/{n}/tables",
    },
    Row {
        code: Code::NoImage,
        name: "no-image",
        status: StatusCode::NOT_FOUND,
        title: "there is no image of this page",
        hint: "read the text of the page, or download the original",
    },
    Row {
        code: Code::ImageFailed,
        name: "image-failed",
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "the page could not be drawn",
        hint: "download the original; the detail says what went wrong",
    },
    Row {
        code: Code::NoCopy,
        name: "no-copy",
        status: StatusCode::NOT_FOUND,
        title: "no authenticated copy can be made of this file",
        hint: "download the original; the detail says why there is no copy",
    },
    Row {
        code: Code::CopyFailed,
        name: "copy-failed",
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "the authenticated copy could not be made",
        hint: "download the original; the detail says what went wrong",
    },
    Row {
        code: Code::NotSetUp,
        name: "not-set-up",
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "the server is not set up for this",
        hint: "the detail says what its operator has to do; the original and its SHA-256 can be had",
    },
    Row {
        code: Code::NoLog,
        name: "no-log",
        status: StatusCode::NOT_FOUND,
        title: "this archive has no public log",
        hint: "its operator begins one by simars log init",
    },
    Row {
        code: Code::NoProofYet,
        name: "no-proof-yet",
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "the newest statements are not in a checkpoint yet",
        hint: "ask again in a second",
    },
    Row {
        code: Code::NotFound,
        name: "not-found",
        status: StatusCode::NOT_FOUND,
        title: "there is nothing at this address",
        hint: "the addresses of the API are listed at /tentang#api",
    },
    Row {
        code: Code::MethodNotAllowed,
        name: "method-not-allowed",
        status: StatusCode::METHOD_NOT_ALLOWED,
        title: "this address does not take that method",
        hint: "the Allow header lists the methods it takes",
    },
    Row {
        code: Code::Unauthorized,
        name: "unauthorized",
        status: StatusCode::UNAUTHORIZED,
        title: "this needs the owner's token",
        hint: "send Authorization: Bearer with the token kept in the data folder",
    },
    Row {
        code: Code::NoPerson,
        name: "no-person",
        status: StatusCode::NOT_FOUND,
        title: "there is nobody of this name",
        hint: "see /api/v1/people, which lists everybody",
    },
    Row {
        code: Code::Forbidden,
        name: "forbidden",
        status: StatusCode::FORBIDDEN,
        title: "your role does not include this",
        hint: "ask an administrator, or sign in as somebody who may",
    },
    Row {
        code: Code::SecondPerson,
        name: "second-person",
        status: StatusCode::FORBIDDEN,
        title: "a second person has to publish this",
        hint: "file it as a draft (draft=1); somebody else who may publish does so",
    },
    Row {
        code: Code::PreconditionFailed,
        name: "precondition-failed",
        status: StatusCode::PRECONDITION_FAILED,
        title: "the file is not the one the request expects",
        hint: "ask again without If-Match and If-Unmodified-Since to get the file as it is now",
    },
    Row {
        code: Code::RangeNotSatisfiable,
        name: "range-not-satisfiable",
        status: StatusCode::RANGE_NOT_SATISFIABLE,
        title: "the range lies outside the file",
        hint: "the Content-Range header tells the size of the file",
    },
    Row {
        code: Code::UnsupportedType,
        name: "unsupported-type",
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        title: "the body is not of the type that this address takes",
        hint: "the detail names the type",
    },
    Row {
        code: Code::WrongOffset,
        name: "wrong-offset",
        status: StatusCode::CONFLICT,
        title: "the upload does not go on there",
        hint: "ask with HEAD for Upload-Offset and go on there",
    },
    Row {
        code: Code::TooLarge,
        name: "too-large",
        status: StatusCode::PAYLOAD_TOO_LARGE,
        title: "the upload is larger than this server takes",
        hint: "to verify a large file, compute its SHA-256 and send only that",
    },
    Row {
        code: Code::UnreadableBody,
        name: "unreadable-body",
        status: StatusCode::BAD_REQUEST,
        title: "the upload ended early or holds no file",
        hint: "send the file as the body, or as a part named \"file\" of multipart/form-data",
    },
    Row {
        code: Code::TooSlow,
        name: "too-slow",
        status: StatusCode::REQUEST_TIMEOUT,
        title: "nothing more of the upload came for 30 seconds",
        hint: "send it again over a steadier connection",
    },
    Row {
        code: Code::Refused,
        name: "refused",
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "the file was not taken",
        hint: "the detail says why",
    },
    Row {
        code: Code::Busy,
        name: "busy",
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "as much is under way as this server takes at once",
        hint: "try again in a few seconds",
    },
    Row {
        code: Code::TooMany,
        name: "too-many-requests",
        status: StatusCode::TOO_MANY_REQUESTS,
        title: "this was asked for too often from your address, or by all together",
        hint: "wait for as many seconds as the Retry-After header says, then try again",
    },
    Row {
        code: Code::NotReady,
        name: "not-ready",
        status: StatusCode::SERVICE_UNAVAILABLE,
        title: "the search index is still catching up",
        hint: "searching works already, but may not find the newest documents; try again soon",
    },
    Row {
        code: Code::Internal,
        name: "internal",
        status: StatusCode::INTERNAL_SERVER_ERROR,
        title: "something failed on the server",
        hint: "no document is affected; the log tells more, try again",
    },
];

impl Code {
    /// All kinds of problems.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.code)
    }

    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The status this problem is answered with.
    pub const fn status(self) -> StatusCode {
        self.row().status
    }

    /// The written form, as in the `code` member and behind `#` in the `type` member.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// What it means, in one line.
    pub const fn title(self) -> &'static str {
        self.row().title
    }

    /// A problem of this kind.
    pub(crate) fn problem(self) -> Problem {
        Problem { code: self, detail: String::new(), members: Map::new() }
    }
}

/// One problem on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    detail: String,
    members: Map<String, Value>,
}

impl Problem {
    /// Says what exactly.
    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// What exactly is wrong, as it was said.
    pub(crate) fn told(&self) -> &str {
        &self.detail
    }

    /// Adds a member of its own (RFC 9457 §3.2).
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let row = self.code.row();
        let mut body = Map::new();
        body.insert("type".to_owned(), json!(format!("/tentang#{}", row.name)));
        body.insert("code".to_owned(), json!(row.name));
        body.insert("title".to_owned(), json!(row.title));
        body.insert("status".to_owned(), json!(row.status.as_u16()));
        if !self.detail.is_empty() {
            body.insert("detail".to_owned(), json!(self.detail));
        }
        body.insert("hint".to_owned(), json!(row.hint));
        let retry_after = self.members.get("retry_after_seconds").and_then(Value::as_u64);
        body.extend(self.members);
        let mut response = (row.status, Json(Value::Object(body))).into_response();
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.code {
            Code::Unauthorized => {
                let challenge = HeaderValue::from_static("Bearer realm=\"simars\"");
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            Code::TooMany => {
                if let Some(seconds) = retry_after {
                    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
            }
            Code::NotReady | Code::Busy => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            Code::NoProofYet => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_problem_has_a_row_of_its_own() {
        let names: BTreeSet<&str> = Code::all().map(Code::name).collect();
        assert_eq!(names.len(), TABLE.len());
        for (place, row) in TABLE.iter().enumerate() {
            let code = row.code;
            assert_eq!(code as usize, place);
            assert!(row.status.is_client_error() || row.status.is_server_error(), "{code:?}");
            assert!(!row.title.is_empty() && !row.hint.is_empty(), "{code:?}");
            for text in [row.title, row.hint] {
                assert!(!text.ends_with('.') && text.starts_with(char::is_lowercase), "{text}");
            }
        }
    }
}
