//! `GET /petugas/tinjau`: documents whose description needs a person's eye, oldest first.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::Action;

use super::Staff;
use super::desk::Line;
use super::frame::Frame;
use crate::api::review::{Listed, list};
use crate::public::error;
use crate::query;
use crate::shell::Shell;
use crate::state::State;
use crate::texts;

#[derive(Template)]
#[template(path = "staff_review.html")]
struct ReviewPage {
    shell: Shell,
    frame: Frame,
    documents: Vec<Line>,
    /// Where the list goes on; empty at its end.
    next: String,
}

/// Answers it; `?dari=` continues the list.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Review) {
        return refused;
    }
    let from = query::value(&staff.visit.pairs, &["dari"]);
    let from = from.and_then(|from| from.parse().ok()).unwrap_or(0);
    match list(&state, staff.who(), from).await {
        Ok(Listed { items, next }) => {
            let visit = &staff.visit;
            let line = |item: crate::api::review::ReviewItem| {
                let fields = item.review.iter().map(|field| {
                    texts::text(visit.language, &format!("field.{field}")).to_lowercase()
                });
                let fields = fields.collect::<Vec<_>>().join(", ");
                Line {
                    href: format!("/petugas/dokumen/{}", item.id),
                    title: item.title,
                    facts: vec![texts::fill(
                        visit.language,
                        "staff.to_check",
                        &[("fields", &fields)],
                    )],
                }
            };
            let (shell, frame) = staff.frame(&state, visit.t("staff.review"), "staff.review");
            let page = ReviewPage {
                shell,
                frame,
                documents: items.into_iter().map(line).collect(),
                next: next.map(|next| format!("/petugas/tinjau?dari={next}")).unwrap_or_default(),
            };
            staff.answer(StatusCode::OK, &page)
        }
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}
