//! `GET /petugas`: what waits, and where to begin.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::{Action, Standing, scope_of};
use simars_record::Publication;
use simars_search::{Hit, Request, Sort};

use super::Staff;
use super::due::DueBox;
use super::frame::Frame;
use crate::auth::index_scope;
use crate::find::run;
use crate::public::error;
use crate::retention::summary;
use crate::shell::Shell;
use crate::state::State;
use crate::work::blocking;
use crate::{format, names, texts};

/// How many documents each list shows.
const LISTED: usize = 20;

#[derive(Template)]
#[template(path = "staff_desk.html")]
struct DeskPage {
    shell: Shell,
    frame: Frame,
    may_file: bool,
    /// How many drafts wait, in words.
    waiting: String,
    drafts: Vec<Line>,
    /// What falls due this month; nothing as long as there is no schedule.
    due: Option<DueBox>,
}

/// One document of a list.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) facts: Vec<String>,
}

/// Answers it.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    let due = async {
        match staff.may(Action::Review) {
            true => summary(&state, staff.who()).await,
            false => Ok(None),
        }
    };
    let (drafts, due) = tokio::join!(drafts(&state, &staff, 1, LISTED), due);
    match drafts.and_then(|drafts| Ok((drafts, due?))) {
        Ok(((total, drafts), due)) => {
            let visit = &staff.visit;
            let (shell, frame) = staff.frame(&state, visit.t("staff.desk"), "staff.desk");
            let page = DeskPage {
                shell,
                frame,
                may_file: staff.may(Action::File),
                waiting: texts::count(visit.language, "documents", total),
                drafts,
                due: due.map(|due| DueBox::of(visit.language, &due)),
            };
            staff.answer(StatusCode::OK, &page)
        }
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

/// A page of the drafts that this person may find, newest first, and how many there are in all.
pub(super) async fn drafts(
    state: &Arc<State>,
    staff: &Staff,
    page: usize,
    per_page: usize,
) -> Result<(u64, Vec<Line>), crate::problem::Code> {
    let who = staff.who();
    let draft = |standing: &Standing| standing.publication == Publication::Draft;
    let scope = index_scope(scope_of(who, draft));
    let sort = Sort::Relevance;
    let wanted = Request { page, per_page, sort, ..Request::new("", scope) };
    let found = run(state, who, wanted).await?;
    let holdings = Arc::clone(&state.holdings);
    let (total, hits) = (found.answer.total, found.answer.hits);
    // The index may be a moment behind: what was just published is no draft any more.
    let (hits, gone) = blocking(move || {
        let still = |hit: &Hit| {
            let document = hit.id.parse().ok().map(|id| holdings.archive().document(&id));
            matches!(document, Some(Ok(Some(one))) if one.publication == Publication::Draft)
        };
        let all = hits.len();
        let hits: Vec<Hit> = hits.into_iter().filter(still).collect();
        let gone = all - hits.len();
        (hits, gone as u64)
    })
    .await?;
    Ok((total.saturating_sub(gone), hits.iter().map(|hit| line(staff, hit)).collect()))
}

fn line(staff: &Staff, hit: &Hit) -> Line {
    let language = staff.visit.language;
    let kind = hit.kind.as_ref().map(|kind| names::kind(language, kind));
    let number = names::number_line(language, hit.number.as_deref(), hit.year);
    let date = hit.date.as_ref().map(|date| format::written_date(language, date));
    let facts = [kind, Some(number).filter(|number| !number.is_empty()), date];
    Line {
        id: hit.id.clone(),
        title: names::shown_hit_title(language, hit),
        facts: facts.into_iter().flatten().collect(),
    }
}
