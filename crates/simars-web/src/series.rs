//! The documents before and after one in its series: those of the same kind and issuer, by year and
//! number.

use std::sync::Arc;

use crate::auth::scope;
use simars_access::Who;
use simars_ingest::Holdings;
use simars_record::Document;
use simars_search::{Request, Sort};

use crate::find::listed;
use crate::problem::Code;
use crate::state::State;
use crate::work::{blocking, failed};

/// So many documents are looked at in one step.
const STEP: usize = 100;
/// So many steps are gone; a series that has more in one year has no neighbours here.
const STEPS: usize = 10;

/// So many are asked whether they are open, before there is none.
const LOOKED_AT: usize = 20;

/// What stands beside a document in its series.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbours {
    pub(crate) previous: Option<Document>,
    pub(crate) next: Option<Document>,
}

/// The neighbours that this asker may find; none for what has no number, year, kind or issuer.
pub(crate) async fn neighbours(
    state: &Arc<State>,
    who: Who,
    document: &Document,
) -> Result<Neighbours, Code> {
    let Some(series) = Series::of(document, who) else { return Ok(Neighbours::default()) };
    let (holdings, document) = (Arc::clone(&state.holdings), document.clone());
    blocking(move || series.around(&holdings, &document)).await?
}

/// The documents of one kind and issuer.
#[derive(Debug)]
struct Series {
    who: Who,
    kind: String,
    issuer: String,
    year: u16,
}

impl Series {
    fn of(document: &Document, who: Who) -> Option<Self> {
        let description = &document.description;
        description.number.as_ref()?;
        Some(Self {
            who,
            kind: description.kind.as_ref()?.value.clone(),
            issuer: description.issuer.as_ref()?.value.clone(),
            year: description.year.as_ref()?.value,
        })
    }

    /// The search for a part of the series; numbers begin anew each year.
    fn request(&self, year: Option<u16>, page: usize) -> Request {
        Request {
            kind: Some(self.kind.clone()),
            issuer: Some(self.issuer.clone()),
            year,
            sort: Sort::Number,
            page,
            per_page: STEP,
            ..Request::new("", scope(self.who))
        }
    }

    fn around(&self, holdings: &Holdings, document: &Document) -> Result<Neighbours, Code> {
        let own = document.id.to_string();
        let mut ids = Vec::new();
        for page in 1..=STEPS {
            let more = self.step(holdings, self.year, page, &mut ids)?;
            let Some(at) = ids.iter().position(|id| *id == own) else {
                if more {
                    continue;
                }
                break;
            };
            if at + 1 == ids.len() && more {
                self.step(holdings, self.year, page + 1, &mut ids)?;
            }
            let previous = self.open(holdings, ids[..at].iter().rev())?;
            let next = self.open(holdings, ids[at + 1..].iter())?;
            return self.beyond(holdings, Neighbours { previous, next });
        }
        Ok(Neighbours::default())
    }

    /// Looks into the years beside, where there is no neighbour in its own.
    fn beyond(&self, holdings: &Holdings, mut found: Neighbours) -> Result<Neighbours, Code> {
        if found.previous.is_some() && found.next.is_some() {
            return Ok(found);
        }
        let all = Request { per_page: 1, ..self.request(None, 1) };
        let answer = holdings.index().search(&all).map_err(failed("search a series"))?;
        let years = || answer.facets.year.iter().map(|(year, _)| *year);
        let earlier = years().filter(|year| *year < self.year && *year > 0).max();
        let later = years().filter(|year| *year > self.year).min();
        if let Some(year) = earlier.filter(|_| found.previous.is_none()) {
            let mut ids = Vec::new();
            for page in 1..=STEPS {
                if !self.step(holdings, year, page, &mut ids)? {
                    break;
                }
            }
            found.previous = self.open(holdings, ids.iter().rev())?;
        }
        if let Some(year) = later.filter(|_| found.next.is_none()) {
            let mut ids = Vec::new();
            self.step(holdings, year, 1, &mut ids)?;
            found.next = self.open(holdings, ids.iter())?;
        }
        Ok(found)
    }

    /// The ids of a hundred more of the series that have a number, in its order; and whether there are
    /// more. Those without a number come last.
    fn step(
        &self,
        holdings: &Holdings,
        year: u16,
        page: usize,
        ids: &mut Vec<String>,
    ) -> Result<bool, Code> {
        let request = self.request(Some(year), page);
        let answer = holdings.index().search(&request).map_err(failed("search a series"))?;
        let numbered = answer.hits.into_iter().filter(|hit| hit.number.is_some());
        ids.extend(numbered.map(|hit| hit.id));
        Ok((page * STEP) as u64 <= answer.total.saturating_sub(1))
    }

    /// The first of these that the asker may find: the index may not know of a change of access yet.
    fn open<'a>(
        &self,
        holdings: &Holdings,
        ids: impl Iterator<Item = &'a String>,
    ) -> Result<Option<Document>, Code> {
        for id in ids.take(LOOKED_AT).filter_map(|id| id.parse().ok()) {
            if let Some(document) = listed(holdings, self.who, &[id])?.pop() {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }
}
