//! `GET /petugas/riwayat`: who did what, when.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::Action;
use simars_record::StatementKind;

use super::Staff;
use super::door::unkept;
use super::frame::Frame;
use crate::address::with_query;
use crate::api::audit::{AuditJson, as_csv, list, read};
use crate::capitals::shown_line;
use crate::public::error;
use crate::shell::Shell;
use crate::state::State;
use crate::{format, query, texts};

#[derive(Template)]
#[template(path = "staff_audit.html")]
struct AuditPage {
    shell: Shell,
    frame: Frame,
    by: String,
    from: String,
    to: String,
    acts: Vec<(&'static str, String, bool)>,
    lines: Vec<Line>,
    csv: String,
    /// Where the list goes on; empty at its end.
    next: String,
}

struct Line {
    time: String,
    act: String,
    by: String,
    label: String,
    href: String,
}

/// Answers it; `?form=csv` gives a spreadsheet.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Audit) {
        return refused;
    }
    let pairs = &staff.visit.pairs;
    let wanted = match read(pairs) {
        Ok(wanted) => wanted,
        Err(problem) => return error::page(&staff.visit, &state.settings, problem.code),
    };
    match list(&state, staff.who(), wanted).await {
        Ok(list) if query::value(pairs, &["form"]) == Some("csv") => {
            unkept(as_csv(&list, &staff.visit.path, pairs))
        }
        Ok(list) => staff.answer(StatusCode::OK, &view(&state, &staff, list)),
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

fn view(state: &State, staff: &Staff, list: AuditJson) -> AuditPage {
    let (visit, language) = (&staff.visit, staff.visit.language);
    let asked = |name| query::value(&visit.pairs, &[name]).unwrap_or_default().to_owned();
    let kept = visit.pairs.iter().filter(|(name, _)| name != "sebelum" && name != "form");
    let kept: Vec<(&str, &str)> =
        kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let with = |name: &'static str, value: &str| {
        with_query("/petugas/riwayat", kept.iter().copied().chain([(name, value)]))
    };
    let act = asked("jenis");
    let name = |kind: &str| {
        let key = format!("statement.{kind}");
        let key = if texts::is_known(&key) { key } else { "statement.other".to_owned() };
        texts::text(language, &key).to_owned()
    };
    let acts =
        StatementKind::ALL.map(|kind| (kind.as_str(), name(kind.as_str()), kind.as_str() == act));
    let next = list.next.map(|next| with("sebelum", &next.to_string())).unwrap_or_default();
    let csv = with("form", "csv");
    let lines = list.acts.into_iter().map(|line| Line {
        time: format::time(language, line.time),
        act: name(line.act),
        by: line.by.unwrap_or_else(|| visit.t("staff.by_nobody").to_owned()),
        href: line
            .label
            .as_ref()
            .and(line.id.as_ref())
            .map(|id| format!("/petugas/dokumen/{id}"))
            .unwrap_or_default(),
        label: line.label.map(|label| shown_line(&label)).unwrap_or_else(|| {
            let key = if line.about_archive { "staff.archive_itself" } else { "staff.closed" };
            visit.t(key).to_owned()
        }),
    });
    let (shell, frame) = staff.frame(state, visit.t("staff.audit"), "staff.audit");
    AuditPage {
        shell,
        frame,
        by: asked("oleh"),
        from: asked("dari"),
        to: asked("sampai"),
        acts: acts.into(),
        lines: lines.collect(),
        csv,
        next,
    }
}
