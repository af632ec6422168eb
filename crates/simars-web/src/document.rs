//! Finding the document that a request is about, for whoever asks.

use std::io::{self, BufRead, BufReader};
use std::sync::Arc;

use simars_access::{Action, Who, may};
use simars_record::page::PAGE_BREAK;
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

/// The text of one page of a version, counted from 1; `None` if it has no such page. No more than
/// one page is held in memory, however long the document is.
pub(crate) async fn page(
    state: &Arc<State>,
    version: &Version,
    n: u32,
) -> Result<Option<String>, Code> {
    if n == 0 || n > version.pages {
        return Ok(None);
    }
    let (holdings, object) = (Arc::clone(&state.holdings), version.text);
    let read = move || {
        let file = holdings.archive().open_object(&object);
        let file = file.map_err(failed("open a document's text"))?;
        nth_page(BufReader::new(file), n).map_err(failed("read a page of a document's text"))
    };
    blocking(read).await?
}

/// A page of a text object, counted from 1.
fn nth_page(mut text: impl BufRead, n: u32) -> io::Result<Option<String>> {
    const BREAK: u8 = PAGE_BREAK as u8;
    let mut page = Vec::new();
    for _ in 1..n {
        page.clear();
        text.read_until(BREAK, &mut page)?;
        if page.last() != Some(&BREAK) {
            return Ok(None);
        }
    }
    page.clear();
    text.read_until(BREAK, &mut page)?;
    page.pop_if(|last| *last == BREAK);
    String::from_utf8(page)
        .map(Some)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use simars_record::page::split_pages;

    use super::*;

    #[test]
    fn a_page_is_what_stands_between_two_breaks() {
        let text = "satu\u{c}\u{c}tiga";
        let page = |n| nth_page(text.as_bytes(), n).unwrap();
        assert_eq!(page(1).as_deref(), Some("satu"));
        assert_eq!(page(2).as_deref(), Some(""));
        assert_eq!(page(3).as_deref(), Some("tiga"));
        assert_eq!(page(4), None);
        assert!(nth_page(&b"a\x0c\xff"[..], 2).is_err(), "what is no text is not made up");
    }

    proptest! {
        #[test]
        fn pages_are_those_of_the_whole_text(text in "[ab\u{e9}\u{c}]{0,12}", buffer in 1..5usize) {
            let pages: Vec<&str> = split_pages(&text).collect();
            for n in 1..=pages.len() + 1 {
                let read = BufReader::with_capacity(buffer, text.as_bytes());
                let page = nth_page(read, n as u32).unwrap();
                prop_assert_eq!(page.as_deref(), pages.get(n - 1).copied());
            }
        }
    }
}
