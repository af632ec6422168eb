//! What was made from a closed document for readers, with parts left out; and from what.

use std::sync::Arc;

use simars_access::{Action, may};
use simars_record::{AccessClass, Document};

use super::Staff;
use crate::auth::standing;
use crate::names;
use crate::problem::Code;
use crate::state::State;
use crate::work::{blocking, failed};

/// A document that somebody may go on to.
pub(super) struct Link {
    pub(super) href: String,
    pub(super) title: String,
}

/// A document and its renditions, as far as this person may find them.
#[derive(Default)]
pub(super) struct RenditionView {
    /// The closed document that it was made from.
    pub(super) sealed: Option<Link>,
    /// What was made from it.
    pub(super) made: Vec<Link>,
    /// Where another one is filed; empty for whoever may not, and for what is open anyway.
    pub(super) upload: String,
}

impl RenditionView {
    pub(super) async fn of(
        state: &Arc<State>,
        staff: &Staff,
        document: &Document,
    ) -> Result<Self, Code> {
        let (holdings, document) = (Arc::clone(&state.holdings), document.clone());
        let (who, language) = (staff.who(), staff.visit.language);
        let closed = document.access != AccessClass::Open;
        let upload = match closed && staff.may(Action::File) {
            true => format!("/petugas/unggah?dari={}", document.id),
            false => String::new(),
        };
        blocking(move || {
            let archive = holdings.archive();
            let sealed = document.rendition.map(|made| archive.document(&made.of));
            let sealed = sealed.transpose().map_err(failed("look up a sealed document"))?.flatten();
            let made = archive.renditions(&document).map_err(failed("look up renditions"))?;
            let link = |found: Document| {
                let there = may(who, Action::Find, standing(&found));
                there.then(|| Link {
                    href: format!("/petugas/dokumen/{}", found.id),
                    title: names::shown_label(language, &found),
                })
            };
            let made = made.into_iter().filter_map(link).collect();
            Ok(Self { sealed: sealed.and_then(link), made, upload })
        })
        .await?
    }
}
