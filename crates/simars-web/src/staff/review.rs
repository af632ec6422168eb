//! `GET /petugas/tinjau`: documents whose description needs a person's eye, oldest first; with
//! `?apa=konsep`, all drafts, newest first. Several can be chosen and changed at once ([`super::bulk`]).

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::Action;
use simars_describe::kinds;

use super::desk::{Line, drafts};
use super::frame::Frame;
use super::{Staff, bulk};
use crate::address::with_query;
use crate::api::review::{Listed, ReviewItem, list};
use crate::capitals::shown_title;
use crate::problem::Code;
use crate::public::error;
use crate::shell::Shell;
use crate::state::State;
use crate::{names, query, texts};

/// How many drafts a page of the list shows.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "staff_review.html")]
struct ReviewPage {
    shell: Shell,
    frame: Frame,
    /// Whether these are drafts, sure or not.
    drafts: bool,
    documents: Vec<Line>,
    /// Whether all of them are chosen, and the address at which it is the other way round.
    all: bool,
    choose: String,
    fields: [&'static str; bulk::FIELDS.len()],
    kinds: Vec<(String, String)>,
    may_describe: bool,
    may_publish: bool,
    /// Where the list goes on; empty at its end.
    next: String,
}

/// Answers it; `?dari=` continues the list, `?semua=1` chooses all that it shows.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Review) {
        return refused;
    }
    match page(&state, &staff).await {
        Ok(page) => staff.answer(StatusCode::OK, &page),
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

async fn page(state: &Arc<State>, staff: &Staff) -> Result<ReviewPage, Code> {
    let visit = &staff.visit;
    let given = |name: &'static str| query::value(&visit.pairs, &[name]);
    let from = given("dari").and_then(|from| from.parse::<u64>().ok());
    let (of_drafts, all) = (given("apa") == Some("konsep"), given("semua") == Some("1"));
    let (documents, next) = if of_drafts {
        let page = usize::try_from(from.unwrap_or(1)).unwrap_or(1).max(1);
        let (total, documents) = drafts(state, staff, page, LISTED).await?;
        let more = total > (page * LISTED) as u64;
        (documents, more.then_some(page as u64 + 1))
    } else {
        let Listed { items, next } = list(state, staff.who(), from.unwrap_or(0)).await?;
        (items.iter().map(|item| line(staff, item)).collect(), next)
    };
    let address = |from: Option<u64>, all: bool| {
        let from = from.map_or_else(String::new, |from| from.to_string());
        let (what, all) = (if of_drafts { "konsep" } else { "" }, if all { "1" } else { "" });
        with_query("/petugas/tinjau", [("apa", what), ("dari", &from), ("semua", all)])
    };
    let (shell, frame) = staff.frame(state, visit.t("staff.review"), "staff.review");
    let kind = |kind: &kinds::Kind| (kind.key.clone(), names::kind(visit.language, &kind.key));
    Ok(ReviewPage {
        shell,
        frame,
        drafts: of_drafts,
        documents,
        all,
        choose: address(from, !all),
        fields: bulk::FIELDS,
        kinds: kinds::all().iter().map(kind).collect(),
        may_describe: staff.may(Action::Describe),
        may_publish: staff.may(Action::Publish),
        next: next.map(|next| address(Some(next), false)).unwrap_or_default(),
    })
}

fn line(staff: &Staff, item: &ReviewItem) -> Line {
    let language = staff.visit.language;
    let name = |field: &&str| texts::text(language, &format!("field.{field}")).to_lowercase();
    let fields = item.review.iter().map(name).collect::<Vec<_>>().join(", ");
    Line {
        id: item.id.to_string(),
        title: shown_title(&item.title),
        facts: vec![texts::fill(language, "staff.to_check", &[("fields", &fields)])],
    }
}
