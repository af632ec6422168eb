//! Searching for whoever asks: the index finds, the catalogue has the last word on access.

use std::sync::Arc;
use std::time::Instant;

use simars_access::{Action, Who, may};
use simars_ingest::{Force, Holdings};
use simars_record::{ActName, Document, DocumentId, ForceState};
use simars_search::{Answer, Hit, Request};

use crate::State;
use crate::auth::standing;
use crate::coverage::Coverage;
use crate::memo::Moment;
use crate::parts::Look;
use crate::problem::Code;
use crate::public::{self, READER};
use crate::work::{blocking, failed};

/// So many of the newest documents are told of with the counts of all.
const NEWEST: usize = 6;
/// So many documents are looked at for those that are new; the rest are not.
const LOOKED_AT: usize = 2_000;

/// What a search found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) answer: Answer,
    /// What the catalogue says of each hit, in their order; empty if it was not asked.
    pub(crate) told: Vec<Told>,
    /// How long that took.
    pub(crate) milliseconds: u64,
    /// Whether everything registered before was searched; false while the index is behind.
    pub(crate) complete: bool,
}

/// What a result says of a document beside what the index knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// How much of it was read.
    pub(crate) coverage: Coverage,
    /// Whether its pages can be looked at.
    pub(crate) has_images: bool,
    /// Whether it is in force; `None` for what never is.
    pub(crate) force: Option<ForceState>,
    /// The act that made it so: its id and its name.
    pub(crate) by: Option<(String, ActName)>,
}

/// Searches for this asker.
pub(crate) async fn run(state: &Arc<State>, who: Who, request: Request) -> Result<Found, Code> {
    let holdings = Arc::clone(&state.holdings);
    blocking(move || found(&holdings, who, &request)).await?
}

/// All that a reader may find: the newest documents, and the counts of all. Worked out once for each
/// state of the archive.
pub(crate) async fn everything(state: &Arc<State>) -> Result<Arc<Found>, Code> {
    let state = Arc::clone(state);
    blocking(move || {
        let holdings = &state.holdings;
        let all = || found(holdings, READER, &Request { per_page: NEWEST, ..public::everything() });
        state.memos.everything.get(Moment::of(holdings), all)
    })
    .await?
}

fn found(holdings: &Holdings, who: Who, request: &Request) -> Result<Found, Code> {
    let started = Instant::now();
    // Asked before the search: what is searched is at least as new as this.
    let complete = holdings.caught_up();
    let (mut answer, told) = search(holdings, who, request)?;
    // Until the index knows of every change of access, it may know words that are closed.
    answer.correction = answer.correction.filter(|_| complete);
    Ok(Found { answer, told, milliseconds: started.elapsed().as_millis() as u64, complete })
}

/// The index may lag behind a change of access; so each hit that would be shown is looked up, and
/// one that the asker may no longer find is left out.
fn search(holdings: &Holdings, who: Who, request: &Request) -> Result<(Answer, Vec<Told>), Code> {
    let (answer, documents) = looked_up(holdings, who, request)?;
    let told = tell_of(holdings, who, &documents)?;
    Ok((answer, told))
}

/// Those of these documents that this asker may find, in their order.
pub(crate) fn listed(
    holdings: &Holdings,
    who: Who,
    ids: &[DocumentId],
) -> Result<Vec<Document>, Code> {
    let mut open = Vec::new();
    for id in ids {
        let document = holdings.archive().document(id).map_err(failed("look up a document"))?;
        open.extend(document.filter(|document| may(who, Action::Find, standing(document))));
    }
    Ok(open)
}

/// The documents that were registered last, of those that this asker may find; `past` many are passed
/// over.
pub(crate) fn newest(
    holdings: &Holdings,
    who: Who,
    (past, most): (usize, usize),
) -> Result<Vec<Document>, Code> {
    let mut found = Vec::new();
    let mut passed = 0;
    for document in holdings.archive().newest().take(LOOKED_AT) {
        let document = document.map_err(failed("look up what is new"))?;
        if !may(who, Action::Find, standing(&document)) {
            continue;
        }
        passed += 1;
        if passed > past {
            found.push(document);
        }
        if found.len() == most {
            break;
        }
    }
    Ok(found)
}

/// What lists say of documents, in their order.
pub(crate) fn tell_of(
    holdings: &Holdings,
    who: Who,
    documents: &[Document],
) -> Result<Vec<Told>, Code> {
    let told = documents.iter().map(|document| {
        let force = holdings.force(document, who);
        let force = force.map_err(failed("look up whether what is listed is in force"))?;
        Ok(tell(holdings, document, force.as_ref()))
    });
    told.collect()
}

/// What a search finds for this asker, as documents; and how many there are on all pages.
pub(crate) fn documents(
    holdings: &Holdings,
    who: Who,
    request: &Request,
) -> Result<(u64, Vec<Document>), Code> {
    let (answer, documents) = looked_up(holdings, who, request)?;
    Ok((answer.total, documents))
}

/// What is found, with the document of each hit.
pub(crate) fn looked_up(
    holdings: &Holdings,
    who: Who,
    request: &Request,
) -> Result<(Answer, Vec<Document>), Code> {
    let mut documents = Vec::new();
    // Acts are counted by how they stand today, unless another day was asked for.
    let mut request = request.clone();
    let today = holdings.archive().clock()().date();
    request.force_on.get_or_insert_with(|| today.to_string());
    let mut answer = holdings.index().search(&request).map_err(failed("search"))?;
    for hit in std::mem::take(&mut answer.hits) {
        let document = match hit.id.parse::<DocumentId>() {
            Ok(id) => holdings.archive().document(&id).map_err(failed("look up what was found"))?,
            Err(_) => None,
        };
        match document {
            Some(document) if may(who, Action::Find, standing(&document)) => {
                answer.hits.push(hit);
                documents.push(document);
            }
            hidden => leave_out(&mut answer, &hit, hidden.as_ref()),
        }
    }
    Ok((answer, documents))
}

fn tell(holdings: &Holdings, document: &Document, force: Option<&Force>) -> Told {
    let current = document.current();
    let by = force.and_then(|force| force.by.first());
    Told {
        coverage: Coverage::of(current),
        has_images: Look::at(holdings, current).has(1),
        force: force.map(|force| force.state),
        by: by.and_then(|by| Some((by.id.to_string(), ActName::of(&by.description)?))),
    }
}

/// Takes a document out of the counts, which would tell of it otherwise.
fn leave_out(answer: &mut Answer, hit: &Hit, document: Option<&Document>) {
    let description = document.map(|document| &document.description);
    let issuer = description.and_then(|description| description.issuer.as_ref());
    let collection = description.and_then(|description| description.collection.as_ref());
    let subjects = description.and_then(|description| description.subject.as_ref());
    answer.total = answer.total.saturating_sub(1);
    // How it stands is not looked up for somebody who may not know: rather no counts at all.
    answer.facets.force.clear();
    one_less(&mut answer.facets.kind, hit.kind.as_ref());
    one_less(&mut answer.facets.year, hit.year.as_ref());
    one_less(&mut answer.facets.issuer, issuer.map(|field| &field.value));
    one_less(&mut answer.facets.collection, collection.map(|field| &field.value));
    for subject in subjects.into_iter().flat_map(|field| field.value.split(';')) {
        one_less(&mut answer.facets.subject, Some(&subject.trim().to_owned()));
    }
}

fn one_less<T: PartialEq>(counts: &mut Vec<(T, u64)>, value: Option<&T>) {
    counts.retain_mut(|(counted, amount)| {
        if Some(&*counted) == value {
            *amount = amount.saturating_sub(1);
        }
        *amount > 0
    });
}
