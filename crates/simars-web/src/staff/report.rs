//! `GET /petugas/laporan`: what was done in a month, beside the month before, and how much the library
//! was used; `?form=csv` gives the last twelve months as a spreadsheet.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, extract};
use simars_access::Action;
use simars_record::Date;

use super::Staff;
use super::door::unkept;
use super::frame::Frame;
use crate::chart::{Bar, Chart, Label, lying, standing};
use crate::counts::{Counts, Deed};
use crate::problem::Code;
use crate::public::error;
use crate::retention::{Wanted, part};
use crate::shell::Shell;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{format, query, tables, texts};

/// Months that are drawn and stand in the spreadsheet.
const MONTHS: u8 = 12;
/// The acts that a report tells of, by what the catalogue calls them.
const ACTS: [(&str, &str); 8] = [
    ("masuk", "report.masuk"),
    ("terbit", "report.terbit"),
    ("koreksi", "report.koreksi"),
    ("ganti", "report.ganti"),
    ("akses", "report.akses"),
    ("cabut", "report.cabut"),
    ("salinan", "report.salinan"),
    ("lihat", "report.lihat"),
];
/// How the library was used.
const USED: [(Deed, &str); 3] = [
    (Deed::Read, "statistics.reads"),
    (Deed::Download, "statistics.downloads"),
    (Deed::Verification, "statistics.verifications"),
];

#[derive(Template)]
#[template(path = "staff_report.html")]
struct ReportPage {
    shell: Shell,
    frame: Frame,
    month: String,
    before: String,
    /// The months before and after, as addresses; empty after this one.
    previous: String,
    next: String,
    rows: Vec<Row>,
    /// What falls due in the month; empty if that is not for this person.
    due: String,
    due_href: String,
    charts: Vec<Chart>,
}

/// A number of this month and of the month before.
struct Row {
    name: String,
    now: String,
    before: String,
}

/// A month: the year, and the month from 1.
type Month = (u16, u8);

/// What is known of some months.
struct Known {
    months: Vec<Month>,
    acts: BTreeMap<Month, BTreeMap<String, u64>>,
    used: BTreeMap<String, crate::counts::Month>,
}

impl Known {
    fn act(&self, month: Month, kind: &str) -> u64 {
        self.acts.get(&month).and_then(|acts| acts.get(kind)).copied().unwrap_or(0)
    }

    /// By people; what programs did is no use of the library.
    fn used(&self, month: Month, deed: Deed) -> u64 {
        let tally = self.used.get(&written(month)).and_then(|counts| counts.get(&deed));
        tally.map_or(0, |tally| tally.people)
    }
}

/// Answers it.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Extension(counts): Extension<Counts>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Audit) {
        return refused;
    }
    match answer(&state, &counts, &staff).await {
        Ok(response) => response,
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

async fn answer(state: &Arc<State>, counts: &Counts, staff: &Staff) -> Result<Response, Code> {
    let pairs = &staff.visit.pairs;
    let today = state.holdings.archive().now().date();
    let this = (today.year(), today.month());
    let month = match query::value(pairs, &["bulan", "month"]) {
        None => this,
        Some(month) => read(month).ok_or(Code::BadParameter)?,
    };
    let months: Vec<Month> = (0..MONTHS).rev().map(|back| earlier(month, back)).collect();
    let (holdings, first) = (Arc::clone(&state.holdings), earlier(month, MONTHS));
    let acts = blocking(move || holdings.archive().acts_by_month(first, month)).await?;
    let acts = acts.map_err(failed("count the acts of a month"))?;
    let known = Known { months, acts, used: counts.months() };
    if query::value(pairs, &["form"]) == Some("csv") {
        return Ok(spreadsheet(&known));
    }
    let due = match staff.may(Action::Review) {
        true => {
            part(state, staff.who(), Wanted::Month(month.0, month.1), None).await?.counted.total()
        }
        false => 0,
    };
    Ok(staff.answer(StatusCode::OK, &view(state, staff, &known, (month, this), due)))
}

/// `2026-11`.
fn read(month: &str) -> Option<Month> {
    let first = format!("{month}-01").parse::<Date>().ok()?;
    Some((first.year(), first.month()))
}

fn written((year, month): Month) -> String {
    format!("{year:04}-{month:02}")
}

/// So many months earlier.
fn earlier((year, month): Month, back: u8) -> Month {
    let months = u32::from(year) * 12 + u32::from(month) - 1;
    let months = months.saturating_sub(u32::from(back));
    ((months / 12) as u16, (months % 12) as u8 + 1)
}

fn view(
    state: &State,
    staff: &Staff,
    known: &Known,
    (month, this): (Month, Month),
    due: u64,
) -> ReportPage {
    let visit = &staff.visit;
    let number = |number: u64| format::number(visit.language, number);
    let last = earlier(month, 1);
    let acts = ACTS.iter().map(|(kind, key)| Row {
        name: visit.t(key).to_owned(),
        now: number(known.act(month, kind)),
        before: number(known.act(last, kind)),
    });
    let used = USED.iter().map(|(deed, key)| Row {
        name: visit.t(key).to_owned(),
        now: number(known.used(month, *deed)),
        before: number(known.used(last, *deed)),
    });
    let rows = acts.chain(used).collect();
    let address = |month: Month| format!("/petugas/laporan?bulan={}", written(month));
    let (shell, frame) = staff.frame(state, visit.t("staff.report"), "staff.report");
    ReportPage {
        shell,
        frame,
        month: format::month(visit.language, month.0, month.1),
        before: format::month(visit.language, last.0, last.1),
        previous: address(last),
        next: if month < this { address(later(month)) } else { String::new() },
        rows,
        due: if due > 0 { texts::count(visit.language, "documents", due) } else { String::new() },
        due_href: format!("/petugas/jatuh-tempo?bulan={}", written(month)),
        charts: charts(staff, known, month),
    }
}

/// The month after.
fn later((year, month): Month) -> Month {
    if month == 12 { (year.saturating_add(1), 1) } else { (year, month + 1) }
}

/// What was done this month, and what came in and was used in the last twelve.
fn charts(staff: &Staff, known: &Known, month: Month) -> Vec<Chart> {
    let language = staff.visit.language;
    let act = |(kind, key): &(&str, &'static str)| {
        (staff.visit.t(key).to_owned(), known.act(month, kind))
    };
    let done: Vec<(String, u64)> = ACTS.iter().map(act).collect();
    let by_month = |count: &dyn Fn(Month) -> u64| {
        let months = known.months.iter().map(|month| (written(*month), count(*month), 0));
        months.collect::<Vec<_>>()
    };
    let mut charts = vec![chart(staff, known, "kegiatan", "report.done", lying(language, &done))];
    let filed = by_month(&|month| known.act(month, "masuk"));
    charts.push(chart(staff, known, "masuk", "report.masuk", standing(language, &filed)));
    for (id, (deed, key)) in ["dibaca", "unduhan", "verifikasi"].into_iter().zip(USED) {
        let used = by_month(&|month| known.used(month, deed));
        charts.push(chart(staff, known, id, key, standing(language, &used)));
    }
    charts
}

fn chart(
    staff: &Staff,
    known: &Known,
    id: &'static str,
    title: &'static str,
    (bars, labels, height): (Vec<Bar>, Vec<Label>, u32),
) -> Chart {
    let csv =
        known.months.last().map(|month| format!("/petugas/laporan?bulan={}", written(*month)));
    Chart {
        id,
        title: staff.visit.t(title).to_owned(),
        summary: staff.visit.t("report.table").to_owned(),
        height,
        bars,
        labels,
        heads: Vec::new(),
        rows: Vec::new(),
        csv: csv.map(|address| format!("{address}&form=csv")).unwrap_or_default(),
    }
}

fn spreadsheet(known: &Known) -> Response {
    let mut csv = String::new();
    let used = ["dibaca", "diunduh", "diverifikasi"];
    let acts = ACTS.iter().map(|(kind, _)| *kind);
    let heads = ["bulan"].into_iter().chain(acts).chain(used);
    tables::line(&mut csv, heads.map(tables::guarded));
    for month in &known.months {
        let acts = ACTS.iter().map(|(kind, _)| known.act(*month, kind));
        let used = USED.iter().map(|(deed, _)| known.used(*month, *deed));
        let numbers: Vec<String> = acts.chain(used).map(|number| number.to_string()).collect();
        let cells = std::iter::once(written(*month)).chain(numbers).collect::<Vec<_>>();
        tables::line(&mut csv, cells.iter().map(|cell| tables::guarded(cell)));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"laporan.csv\""),
    ];
    unkept((headers, csv).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_back_and_on() {
        assert_eq!(earlier((2026, 3), 0), (2026, 3));
        assert_eq!(earlier((2026, 3), 3), (2025, 12));
        assert_eq!(earlier((2026, 11), 12), (2025, 11));
        assert_eq!(later((2025, 12)), (2026, 1));
        assert_eq!(read("2026-11"), Some((2026, 11)));
        for bad in ["", "2026", "2026-13", "2026-11-01", "x"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
