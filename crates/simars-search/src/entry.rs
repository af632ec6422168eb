//! What is indexed of a document.

use simars_record::Date;

/// From when to when an act is in force. A day that has no bound is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InForce {
    /// The day on which it takes effect.
    pub from: Option<Date>,
    /// The day from which another act has changed it.
    pub changed: Option<Date>,
    /// The day from which another act has revoked it.
    pub until: Option<Date>,
}

/// A document as the index sees it. Replaced as a whole: there is no partial update.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    /// The document's number in the caller's order; one entry per ordinal.
    pub ordinal: u64,
    /// The document's public name, given back in hits.
    pub id: &'a str,
    /// Access standing, 0 to 15. What it means is the caller's; see [`crate::Request::scope`].
    pub standing: u8,
    /// The group it belongs to, 0 for none; see [`crate::Scope`].
    pub group: u64,
    /// Key of `index-schema/kinds.toml`.
    pub kind: Option<&'a str>,
    /// The document's own number as written.
    pub number: Option<&'a str>,
    /// The year that belongs to the number.
    pub year: Option<u16>,
    /// The title; may be empty.
    pub title: &'a str,
    /// Date of enactment, `YYYY-MM-DD`; anything else counts as undated.
    pub date: Option<&'a str>,
    /// The body that issued it.
    pub issuer: Option<&'a str>,
    /// Keywords.
    pub subject: Option<&'a str>,
    /// The collection it is shown in.
    pub collection: Option<&'a str>,
    /// The place of enactment.
    pub place: Option<&'a str>,
    /// From when to when it is in force; `None` for what never is.
    pub force: Option<InForce>,
    /// The digest of the original, given back in hits.
    pub sha256: &'a str,
    /// The text of every page in order, empty ones too.
    pub pages: Vec<&'a str>,
}
