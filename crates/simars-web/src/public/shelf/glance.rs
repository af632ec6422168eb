//! All shelves at a glance: how much is on each, and what the first of it looks like.

use std::sync::Arc;

use crate::auth::scope;
use simars_ingest::Holdings;
use simars_record::Document;
use simars_search::Request;

use super::super::READER;
use super::super::sheet::image_address;
use crate::find::{documents, listed};
use crate::language::Language;
use crate::memo::Moment;
use crate::parts::{Look, WIDTHS};
use crate::problem::Code;
use crate::shell::Visit;
use crate::shelves::Shelf;
use crate::state::State;
use crate::work::blocking;
use crate::{format, texts};

/// So many covers of a shelf are shown.
const COVERS: usize = 3;
/// So many documents are looked at for covers; not all have images.
const LOOKED_AT: usize = 6;

/// What is on a shelf, at a glance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Glance {
    pub(in crate::public) shelf: Shelf,
    pub(in crate::public) documents: u64,
    /// Small images of first pages.
    pub(in crate::public) covers: Vec<String>,
}

/// A shelf as the list of all shelves shows it.
pub(in crate::public) struct Card {
    pub(in crate::public) href: String,
    pub(in crate::public) name: String,
    pub(in crate::public) about: String,
    pub(in crate::public) amount: String,
    /// The amount alone.
    pub(in crate::public) number: String,
    pub(in crate::public) covers: Vec<String>,
}

/// All shelves on which there is something for a reader.
pub(in crate::public) async fn glances(state: &Arc<State>) -> Result<Arc<Vec<Glance>>, Code> {
    let state = Arc::clone(state);
    let look = move || {
        let (holdings, shelves) = (&state.holdings, state.shelves.all());
        state.memos.glances.get((Moment::of(holdings), shelves.clone()), || {
            let mut glances = Vec::with_capacity(shelves.len());
            for shelf in shelves {
                let glance = at(holdings, shelf)?;
                if glance.documents > 0 {
                    glances.push(glance);
                }
            }
            Ok(glances)
        })
    };
    blocking(look).await?
}

/// What is shown of them: of those about one region each, or of the others.
pub(in crate::public) fn cards(visit: &Visit, glances: &[Glance], regions: bool) -> Vec<Card> {
    let english = visit.language == Language::English;
    let card = |glance: &Glance| Card {
        href: format!("/koleksi/{}", glance.shelf.slug),
        name: glance.shelf.name(english).to_owned(),
        about: glance.shelf.about(english).to_owned(),
        amount: texts::count(visit.language, "documents", glance.documents),
        number: format::number(visit.language, glance.documents),
        covers: glance.covers.clone(),
    };
    glances.iter().filter(|glance| glance.shelf.region == regions).map(card).collect()
}

fn at(holdings: &Holdings, shelf: Shelf) -> Result<Glance, Code> {
    let chosen = listed(holdings, READER, &shelf.listed())?;
    let asked = Request { per_page: LOOKED_AT, ..Request::new("", scope(READER)) };
    let (total, ruled) = match &shelf.rule {
        Some(rule) => documents(holdings, READER, &rule.request(&asked))?,
        None => (0, Vec::new()),
    };
    // What is on it twice is counted once, as far as it is in sight.
    let also = |document: &&Document| ruled.iter().any(|ruled| ruled.id == document.id);
    let extra = chosen.len() - chosen.iter().filter(also).count();
    let all = chosen.iter().chain(&ruled);
    let mut covers: Vec<String> = Vec::new();
    for document in all.filter(|one| Look::at(holdings, one.current()).has(1)) {
        let cover = image_address(&document.id.to_string(), 1, WIDTHS[0]);
        if covers.len() < COVERS && !covers.contains(&cover) {
            covers.push(cover);
        }
    }
    Ok(Glance { documents: total + extra as u64, covers, shelf })
}
