//! `GET /api/v1/coverage`: documents of which a part was not read, waits, or is in doubt.

use std::sync::Arc;

use axum::extract;
use axum::{Extension, Json};
use serde::Serialize;
use simars_access::Action;
use simars_ingest::Holdings;
use simars_record::{Document, DocumentId, Finding};

use crate::auth::Asker;
use crate::coverage::Coverage;
use crate::document::Links;
use crate::language::Language;
use crate::ledger::{Ledger, Totals};
use crate::names;
use crate::problem::{Code, Problem};
use crate::query;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};

/// How many documents one answer lists unless `limit` says otherwise, and at most.
const LISTED: usize = 100;

/// A part of the list, newest registrations first.
#[derive(Debug, Serialize)]
pub(crate) struct CoverageJson {
    totals: Totals,
    documents: Vec<CoverageItem>,
    /// Where the list goes on; null at its end.
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct CoverageItem {
    id: DocumentId,
    title: String,
    #[serde(flatten)]
    coverage: Coverage,
    /// The pages that wait for recognition.
    waiting: Vec<u32>,
    findings: Vec<Finding>,
    links: Links,
}

/// Where a list begins and how long it is.
struct Part {
    limit: usize,
    after: Option<u64>,
}

/// Answers `GET /api/v1/coverage`; `?limit=` says how many, `?after=` continues an earlier answer.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Extension(ledger): Extension<Ledger>,
    asker: Asker,
    visit: Visit,
) -> Result<Json<CoverageJson>, Problem> {
    asker.require(Action::Review)?;
    let part = Part {
        limit: number(&visit, "limit", "1 to 100", |limit| (1..=LISTED as u64).contains(&limit))?
            .map_or(LISTED, |limit| limit as usize),
        after: number(&visit, "after", "a whole number, as in the next member", |_| true)?,
    };
    let holdings = Arc::clone(&state.holdings);
    let listed = blocking(move || list(&holdings, &ledger, asker, &part));
    Ok(Json(listed.await.and_then(|list| list).map_err(Code::problem)?))
}

fn number(
    visit: &Visit,
    name: &'static str,
    takes: &str,
    fits: impl Fn(u64) -> bool,
) -> Result<Option<u64>, Problem> {
    let Some(value) = query::value(&visit.pairs, &[name]) else { return Ok(None) };
    match value.parse() {
        Ok(number) if fits(number) => Ok(Some(number)),
        _ => {
            let detail = format!("{name} takes {takes}");
            Err(Code::BadParameter.problem().detail(detail).with("parameter", name))
        }
    }
}

fn list(
    holdings: &Holdings,
    ledger: &Ledger,
    Asker(who): Asker,
    part: &Part,
) -> Result<CoverageJson, Code> {
    let listing = ledger.list(holdings, who, Action::Review)?;
    let rest = listing.incomplete.into_iter();
    let mut rest = rest.filter(|(ordinal, _)| part.after.is_none_or(|after| *ordinal < after));
    let mut answer = CoverageJson { totals: listing.totals, documents: Vec::new(), next: None };
    let mut last = 0;
    for (ordinal, id) in rest.by_ref().take(part.limit) {
        let document = holdings.archive().document(&id).map_err(failed("look up a document"))?;
        answer.documents.extend(document.as_ref().map(item));
        last = ordinal;
    }
    if rest.next().is_some() {
        let limit = part.limit;
        answer.next = Some(format!("/api/v1/coverage?limit={limit}&after={last}"));
    }
    Ok(answer)
}

fn item(document: &Document) -> CoverageItem {
    let current = document.current();
    CoverageItem {
        id: document.id,
        title: names::title(Language::Indonesian, document),
        coverage: Coverage::of(current),
        waiting: current.pages_to_recognise.clone(),
        findings: current.findings.clone(),
        links: Links::of(document),
    }
}
