//! What is shown of a document that was found, read from what is stored of it.

use serde::{Deserialize, Serialize};
use simars_describe::structure::{Anchor, Position};
use tantivy::schema::Value;
use tantivy::{DocAddress, DocId, TantivyDocument};

use crate::index::{Generation, View};
use crate::order::Found;
use crate::snippet::Snippets;
use crate::within::Lies;
use crate::{Entry, Hit, PageHit, SearchError};

/// What is stored of a document to show it as a hit.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    sha256: String,
}

impl Shown {
    pub(crate) fn of(entry: &Entry<'_>) -> Self {
        Self {
            id: entry.id.to_owned(),
            title: entry.title.to_owned(),
            kind: entry.kind.map(str::to_owned),
            number: entry.number.map(str::to_owned),
            year: entry.year,
            date: entry.date.map(str::to_owned),
            sha256: entry.sha256.to_owned(),
        }
    }

    /// The document's public name.
    pub(crate) fn into_id(self) -> String {
        self.id
    }

    /// As it is stored. Strings and a number cannot fail to be written.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Reads what the hits show. Only the hits that are shown are read: that is what makes snippets
/// affordable.
pub(crate) struct Reader<'a> {
    pub(crate) view: &'a View,
    pub(crate) generation: &'a Generation,
    pub(crate) snippets: Snippets<'a>,
}

impl Reader<'_> {
    /// A hit with these pages.
    pub(crate) fn hit(&self, found: &Found, pages: &[DocId]) -> Result<Hit, SearchError> {
        let fields = &self.generation.fields;
        let columns = &self.view.columns[found.segment as usize];
        let first = columns.first_page(found.document);
        let first_page = self.page(DocAddress::new(found.segment, first))?;
        let shown = text(&first_page, fields.shown);
        let shown: Shown = serde_json::from_str(shown).map_err(|error| SearchError::Index {
            doing: "read",
            path: self.generation.path.clone(),
            detail: format!("document {} has no first page ({error})", found.ordinal),
        })?;
        let mut page_hits = Vec::with_capacity(pages.len());
        for &doc in pages {
            let page = columns.page_number(doc);
            if page == 0 {
                continue;
            }
            let other = match doc == first {
                true => None,
                false => Some(self.page(DocAddress::new(found.segment, doc))?),
            };
            let stored = other.as_ref().unwrap_or(&first_page);
            page_hits.push(self.page_hit(page, stored).0);
        }
        let Shown { id, title, kind, number, year, date, sha256 } = shown;
        let (ordinal, score, pages) = (found.ordinal, found.score, page_hits);
        Ok(Hit { ordinal, id, title, kind, number, year, date, sha256, score, pages })
    }

    /// A page as a hit, and whether there is anything to mark in it.
    pub(crate) fn page_hit(&self, page: u32, stored: &TantivyDocument) -> (PageHit, bool) {
        let fields = &self.generation.fields;
        let body = text(stored, fields.body);
        let (snippet, found_at) = self.snippets.of(body);
        let anchor = found_at.and_then(|at| anchor(stored, fields.position?, body, at));
        (PageHit { page, anchor, snippet }, found_at.is_some())
    }

    /// The title of a document, folded and cut where it is long.
    pub(crate) fn title(&self, lies: Lies) -> tantivy::Result<String> {
        let columns = &self.view.columns[lies.segment as usize];
        let first = columns.first_page(lies.document);
        columns.titles.text(columns.titles.ords.get_val(first))
    }

    /// What is stored of a page.
    pub(crate) fn page(&self, address: DocAddress) -> Result<TantivyDocument, SearchError> {
        let page = self.view.searcher.doc(address);
        page.map_err(SearchError::index("read", &self.generation.path))
    }
}

/// What a find stands in, of a page of an act.
fn anchor(
    page: &TantivyDocument,
    position: tantivy::schema::Field,
    body: &str,
    at: usize,
) -> Option<Anchor> {
    let position = page.get_first(position).and_then(|value| value.as_str())?;
    Position::from_text(position).at(body, at)
}

/// What is stored in a field of a page.
pub(crate) fn text(page: &TantivyDocument, field: tantivy::schema::Field) -> &str {
    page.get_first(field).and_then(|value| value.as_str()).unwrap_or("")
}
