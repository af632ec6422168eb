//! What the API says when it cannot do what was asked: problem details (RFC 9457) from one table.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A kind of problem. Each has a row in [`Code::row`].
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
    /// No such address.
    NotFound,
    /// The address exists, but not for this method.
    MethodNotAllowed,
    /// The asker did not say who they are, or said it wrongly.
    Unauthorized,
    /// A precondition of the request does not hold.
    PreconditionFailed,
    /// A range lies outside the file.
    RangeNotSatisfiable,
    /// More bytes than the server takes.
    TooLarge,
    /// The body ended early or is no form that holds a file.
    UnreadableBody,
    /// The file was not taken.
    Refused,
    /// The search index is still catching up.
    NotReady,
    /// Something failed that is not the asker's fault.
    Internal,
}

/// A row of the table.
struct Row {
    name: &'static str,
    status: StatusCode,
    title: &'static str,
    hint: &'static str,
}

const fn row(
    name: &'static str,
    status: StatusCode,
    title: &'static str,
    hint: &'static str,
) -> Row {
    Row { name, status, title, hint }
}

impl Code {
    /// All kinds of problems.
    pub const ALL: [Self; 15] = [
        Self::BadParameter,
        Self::MalformedDigest,
        Self::NotRegistered,
        Self::DocumentNotFound,
        Self::PageNotFound,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Unauthorized,
        Self::PreconditionFailed,
        Self::RangeNotSatisfiable,
        Self::TooLarge,
        Self::UnreadableBody,
        Self::Refused,
        Self::NotReady,
        Self::Internal,
    ];

    /// The table: name, status, title, hint.
    const fn row(self) -> Row {
        match self {
            Self::BadParameter => row(
                "bad-parameter",
                StatusCode::BAD_REQUEST,
                "a parameter has a value that is not understood",
                "correct the parameter or leave it out",
            ),
            Self::MalformedDigest => row(
                "malformed-digest",
                StatusCode::BAD_REQUEST,
                "this is not a SHA-256 digest",
                "send 64 hexadecimal digits, for example the first word of what sha256sum prints",
            ),
            Self::NotRegistered => row(
                "not-registered",
                StatusCode::NOT_FOUND,
                "no public document has this SHA-256",
                "search for the document, download the official file and compare it with the copy",
            ),
            Self::DocumentNotFound => row(
                "document-not-found",
                StatusCode::NOT_FOUND,
                "there is no such document, or it is not open to the public",
                "check the id: 26 characters a-z and 2-7",
            ),
            Self::PageNotFound => row(
                "page-not-found",
                StatusCode::NOT_FOUND,
                "the document has no such page",
                "pages are counted from 1",
            ),
            Self::NotFound => row(
                "not-found",
                StatusCode::NOT_FOUND,
                "there is nothing at this address",
                "the addresses of the API are listed at /tentang#api",
            ),
            Self::MethodNotAllowed => row(
                "method-not-allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "this address does not take that method",
                "the Allow header lists the methods it takes",
            ),
            Self::Unauthorized => row(
                "unauthorized",
                StatusCode::UNAUTHORIZED,
                "this needs the owner's token",
                "send Authorization: Bearer with the token kept in the data folder",
            ),
            Self::PreconditionFailed => row(
                "precondition-failed",
                StatusCode::PRECONDITION_FAILED,
                "the file is not the one the request expects",
                "ask again without If-Match and If-Unmodified-Since to get the file as it is now",
            ),
            Self::RangeNotSatisfiable => row(
                "range-not-satisfiable",
                StatusCode::RANGE_NOT_SATISFIABLE,
                "the range lies outside the file",
                "the Content-Range header tells the size of the file",
            ),
            Self::TooLarge => row(
                "too-large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "the upload is larger than this server takes",
                "to verify a large file, compute its SHA-256 and send only that",
            ),
            Self::UnreadableBody => row(
                "unreadable-body",
                StatusCode::BAD_REQUEST,
                "the upload could not be read to its end",
                "send the file as the body, or as a part named \"file\" of multipart/form-data",
            ),
            Self::Refused => row(
                "refused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "the file was not taken",
                "the detail says why",
            ),
            Self::NotReady => row(
                "not-ready",
                StatusCode::SERVICE_UNAVAILABLE,
                "the search index is still catching up",
                "searching works already, but may not find the newest documents; try again soon",
            ),
            Self::Internal => row(
                "internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                "something failed on the server",
                "no document is affected; the log tells more, try again",
            ),
        }
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
            Code::NotReady => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
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
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.row().name).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let row = code.row();
            assert!(row.status.is_client_error() || row.status.is_server_error(), "{code:?}");
            assert!(!row.title.is_empty() && !row.hint.is_empty(), "{code:?}");
            for text in [row.title, row.hint] {
                assert!(!text.ends_with('.') && text.starts_with(char::is_lowercase), "{text}");
            }
        }
    }
}
