//! The documents before and after one in its series: those of the same kind and issuer, by year and
//! number.

use std::sync::Arc;

use simars_access::{Who, scope};
use simars_ingest::Holdings;
use simars_record::Document;
use simars_search::{Request, Sort};

use crate::find::documents;
use crate::problem::Code;
use crate::state::State;
use crate::work::{blocking, failed};

/// So many documents are looked at in one step.
const STEP: usize = 100;
/// So many steps are gone; a series that has more in one year has no neighbours here.
const STEPS: usize = 10;

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
        let mut before = None;
        for page in 1..=STEPS {
            let (total, mut found) = self.step(holdings, self.year, page)?;
            let is_last = page.saturating_mul(STEP) as u64 >= total;
            let Some(at) = found.iter().position(|other| other.id == document.id) else {
                if is_last {
                    break;
                }
                before = found.pop().or(before);
                continue;
            };
            let mut next = found.get(at + 1).cloned();
            if next.is_none() && !is_last {
                next = self.step(holdings, self.year, page + 1)?.1.into_iter().next();
            }
            let previous = at.checked_sub(1).map(|at| found.swap_remove(at)).or(before);
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
            found.previous = self.last(holdings, year)?;
        }
        if let Some(year) = later.filter(|_| found.next.is_none()) {
            found.next = self.step(holdings, year, 1)?.1.into_iter().next();
        }
        Ok(found)
    }

    fn last(&self, holdings: &Holdings, year: u16) -> Result<Option<Document>, Code> {
        let (total, found) = self.step(holdings, year, 1)?;
        let pages = (total as usize).div_ceil(STEP);
        if pages <= 1 || pages > STEPS {
            return Ok(found.into_iter().next_back().filter(|_| pages == 1));
        }
        Ok(self.step(holdings, year, pages)?.1.into_iter().next_back())
    }

    /// A hundred of the series, and how many there are in that year; without those that have no
    /// number, which come last.
    fn step(
        &self,
        holdings: &Holdings,
        year: u16,
        page: usize,
    ) -> Result<(u64, Vec<Document>), Code> {
        let request = self.request(Some(year), page);
        let (total, mut found) = documents(holdings, self.who, &request)?;
        found.retain(|document| document.description.number.is_some());
        Ok((total, found))
    }
}
