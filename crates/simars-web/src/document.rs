//! Finding the document that a request is about, for whoever asks.

use std::sync::Arc;

use simars_access::{Action, Who, may};
use simars_record::{Document, DocumentId, Version};

use crate::State;
use crate::auth::standing;
use crate::problem::Code;
use crate::query;
use crate::work::{blocking, failed};

/// The document with this id, if the asker may do this to it. One that may not is answered
/// exactly like one that does not exist.
pub(crate) async fn find(
    state: &Arc<State>,
    who: Who,
    action: Action,
    id: &str,
) -> Result<Document, Code> {
    let id: DocumentId = id.parse().map_err(|_| Code::DocumentNotFound)?;
    let holdings = Arc::clone(&state.holdings);
    let found = blocking(move || holdings.archive().document(&id)).await?;
    let document = found.map_err(failed("look up a document"))?;
    document.filter(|document| may(who, action, standing(document))).ok_or(Code::DocumentNotFound)
}

/// The version a request asks for by `?version=`; the newest if it does not say.
pub(crate) fn version<'a>(
    document: &'a Document,
    pairs: &[(String, String)],
) -> Result<&'a Version, Code> {
    match query::value(pairs, &["version", "versi"]) {
        None => Ok(document.current()),
        Some(number) => {
            let number: u32 = number.parse().map_err(|_| Code::DocumentNotFound)?;
            let mut versions = document.versions.iter();
            versions.find(|version| version.number == number).ok_or(Code::DocumentNotFound)
        }
    }
}

/// The whole text of a version.
pub(crate) async fn text(state: &Arc<State>, version: &Version) -> Result<String, Code> {
    let (holdings, object) = (Arc::clone(&state.holdings), version.text);
    let text = blocking(move || holdings.archive().text(&object)).await?;
    text.map_err(failed("read a document's text"))
}

/// The addresses of a document.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Links {
    /// Its page.
    pub(crate) page: String,
    /// Its data.
    #[serde(rename = "self")]
    pub(crate) data: String,
    /// Its bytes.
    pub(crate) content: String,
    /// Its text.
    pub(crate) text: String,
    /// The verdict on its bytes.
    pub(crate) verify: String,
}

impl Links {
    /// The addresses of this document.
    pub(crate) fn of(document: &Document) -> Self {
        let data = format!("/api/v1/documents/{}", document.id);
        Self {
            page: page_address(&document.id.to_string()),
            content: format!("{data}/content"),
            text: format!("{data}/text"),
            verify: format!("/api/v1/verify/{}", document.current().original.sha256),
            data,
        }
    }
}

/// The address of a document's page.
pub(crate) fn page_address(id: &str) -> String {
    format!("/dokumen/{id}")
}
