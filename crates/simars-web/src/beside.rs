//! Inside one document and beside it, for whoever asks: the pages on which something stands, and the
//! documents that are about the same.

use std::sync::Arc;

use simars_access::{Action, Who, may};
use simars_record::{Document, DocumentId};
use simars_search::{Inside, Similar, Within};

use crate::State;
use crate::auth::{scope, standing};
use crate::problem::Code;
use crate::work::{blocking, failed};

/// What is looked for in a document, and which portion of its pages is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) q: String,
    pub(crate) exact: bool,
    /// Which portion, from 1.
    pub(crate) page: usize,
    pub(crate) per_page: usize,
}

/// The pages of a document on which it stands. That the asker may read the document, the caller has
/// seen to.
pub(crate) async fn within(
    state: &Arc<State>,
    who: Who,
    document: &Document,
    asked: Asked,
) -> Result<Within, Code> {
    let (holdings, ordinal) = (Arc::clone(&state.holdings), document.ordinal);
    let look = move || {
        // Asked before the search: until the index knows of every change of access, it may know
        // words that are closed.
        let complete = holdings.caught_up();
        let Asked { q, exact, page, per_page } = asked;
        let (scope, skip) = (scope(who), page.max(1).saturating_sub(1).saturating_mul(per_page));
        let inside = Inside { ordinal, q: &q, exact, scope, skip, limit: per_page };
        let mut within = holdings.index().within(&inside).map_err(failed("search a document"))?;
        within.correction = within.correction.filter(|_| complete);
        Ok(within)
    };
    blocking(look).await?
}

/// The documents that are about the same, likest first. The index may lag behind a change of access;
/// so each is looked up.
pub(crate) async fn similar(
    state: &Arc<State>,
    who: Who,
    document: &Document,
    limit: usize,
) -> Result<Vec<Similar>, Code> {
    let (holdings, ordinal) = (Arc::clone(&state.holdings), document.ordinal);
    let look = move || {
        let found = holdings.index().similar(ordinal, scope(who), limit);
        let found = found.map_err(failed("look for what is about the same"))?;
        let mut open = Vec::with_capacity(found.len());
        for similar in found {
            let Ok(id) = similar.hit.id.parse::<DocumentId>() else { continue };
            let known =
                holdings.archive().document(&id).map_err(failed("look up what is alike"))?;
            if known.is_some_and(|known| may(who, Action::Find, standing(&known))) {
                open.push(similar);
            }
        }
        Ok(open)
    };
    blocking(look).await?
}
