//! `GET /statistik`: what the library holds and how much it is used, as drawings, tables and files.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, extract};
use simars_record::Document;

use super::{Choice, behind, error};
use crate::chart::{Chart, lying, standing};
use crate::counts::{Counts, Deed, Month};
use crate::document::page_address;
use crate::find::everything;
use crate::language::Language;
use crate::problem::Code;
use crate::segments::Segments;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::work::blocking;
use crate::{format, names, tables, texts};

/// Years that are drawn, the newest; all of them stand in the table.
const YEARS: u16 = 40;
/// Kinds that are drawn, those with the most documents.
const KINDS: usize = 15;
/// Months that are drawn, the newest.
const MONTHS: u32 = 24;
/// As many are drawn in any case: one alone would look like a block.
const LEAST_MONTHS: u32 = 12;
/// The documents that were read most.
const READ: usize = 10;
/// As many in the file.
const READ_IN_FILE: usize = 100;

/// What is counted, with the name of its file, its heading, and what it means.
const DEEDS: [(Deed, &str, &str, &str); 5] = [
    (Deed::Read, "dibaca", "statistics.reads", "statistics.reads_mean"),
    (Deed::Download, "unduhan", "statistics.downloads", "statistics.downloads_mean"),
    (Deed::Search, "pencarian", "statistics.searches", "statistics.searches_mean"),
    (Deed::Verification, "verifikasi", "statistics.verifications", "statistics.verifications_mean"),
    (Deed::Request, "permintaan", "statistics.requests", "statistics.requests_mean"),
];

#[derive(Template)]
#[template(path = "statistics.html")]
pub(super) struct StatisticsPage {
    shell: Shell,
    notices: Vec<String>,
    charts: Vec<Chart>,
    most_read: Vec<Choice>,
}

/// What there is to show.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) kinds: Vec<(String, u64)>,
    pub(super) years: Vec<(u16, u64)>,
    pub(super) months: BTreeMap<String, Month>,
    pub(super) most_read: Vec<(Document, u64)>,
    /// Whether everything registered was counted.
    pub(super) complete: bool,
}

/// Answers `GET /statistik`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Extension(counts): Extension<Counts>,
    visit: Visit,
) -> Response {
    match known(&state, &counts, READ).await {
        Ok(known) => visit.answer(StatusCode::OK, &view(&visit, &state.settings, &known)),
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// Answers `GET /statistik/{name}`: one table as CSV.
pub(crate) async fn file(
    extract::State(state): extract::State<Arc<State>>,
    Extension(counts): Extension<Counts>,
    visit: Visit,
    Segments(name): Segments<String>,
) -> Response {
    let known = known(&state, &counts, READ_IN_FILE).await;
    let sheet = known.and_then(|known| {
        let name = name.strip_suffix(".csv").ok_or(Code::NotFound)?;
        sheet(Language::Indonesian, &known, name).ok_or(Code::NotFound)
    });
    match sheet {
        Ok((heads, rows)) => {
            let mut csv = String::new();
            for row in std::iter::once(heads.map(str::to_owned).to_vec()).chain(rows) {
                tables::line(&mut csv, row.iter().map(|cell| tables::guarded(cell)));
            }
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                (header::CACHE_CONTROL, "public, max-age=300"),
            ];
            (headers, csv).into_response()
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

async fn known(state: &Arc<State>, counts: &Counts, read: usize) -> Result<Known, Code> {
    let found = everything(state).await?;
    let facets = found.answer.facets.clone();
    let (holdings, counts) = (Arc::clone(&state.holdings), counts.clone());
    let counted = move || Ok((counts.months(), counts.most_read(&holdings, read)?));
    let (months, most_read) = blocking(counted).await??;
    let mut years = facets.year;
    years.sort_unstable();
    Ok(Known { kinds: facets.kind, years, months, most_read, complete: found.complete })
}

/// A table: the heads of its columns, which are the same in every language, and its rows.
type Sheet = ([&'static str; 3], Vec<Vec<String>>);

fn sheet(language: Language, known: &Known, name: &str) -> Option<Sheet> {
    let number = |number: &u64| number.to_string();
    Some(match name {
        "jenis" => {
            let row = |(kind, count): &(String, u64)| {
                vec![kind.clone(), names::kind(language, kind), number(count)]
            };
            (["jenis", "nama", "dokumen"], known.kinds.iter().map(row).collect())
        }
        "tahun" => {
            let mut sum = 0;
            let rows = known.years.iter().map(|(year, count)| {
                sum += count;
                vec![year.to_string(), number(count), number(&sum)]
            });
            (["tahun", "dokumen", "sampai_tahun_ini"], rows.collect())
        }
        "terbanyak-dibaca" => {
            let row = |(document, count): &(Document, u64)| {
                vec![document.id.to_string(), names::label(language, document), number(count)]
            };
            (["id", "dokumen", "dibaca_30_hari"], known.most_read.iter().map(row).collect())
        }
        name => {
            let (deed, ..) = DEEDS.iter().find(|(_, own, ..)| *own == name)?;
            let rows = known.months.iter().map(|(month, counts)| {
                let tally = counts.get(deed).copied().unwrap_or_default();
                vec![month.clone(), number(&tally.people), number(&tally.robots)]
            });
            (["bulan", "orang", "robot"], rows.collect())
        }
    })
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings, known: &Known) -> StatisticsPage {
    let language = visit.language;
    let months = months(known);
    let used = DEEDS.iter().map(|(deed, name, title, means)| {
        let values = months.iter().map(|month| {
            let counts = known.months.get(month).and_then(|counts| counts.get(deed));
            let tally = counts.copied().unwrap_or_default();
            (month.clone(), tally.people, tally.robots)
        });
        let drawn = standing(language, &values.collect::<Vec<_>>());
        let heads = ["statistics.month", "statistics.people", "statistics.robots"];
        chart(visit, known, name, (title, means), heads, drawn)
    });
    let charts = [kinds(visit, known), years(visit, known)].into_iter().chain(used);
    let most_read = known.most_read.iter().map(|(document, count)| Choice {
        name: names::shown_label(language, document),
        href: page_address(&document.id.to_string()),
        amount: format::number(language, *count),
    });
    StatisticsPage {
        shell: visit.shell(settings, visit.t("statistics.title"), ""),
        notices: behind(visit, known.complete).into_iter().collect(),
        charts: charts.collect(),
        most_read: most_read.collect(),
    }
}

/// The months that are drawn: those up to the last that anything is known of, one after the other,
/// whether anything was counted in them or not.
fn months(known: &Known) -> Vec<String> {
    let number = |month: &str| {
        let (year, month) = month.split_once('-')?;
        Some(year.parse::<u32>().ok()? * 12 + month.parse::<u32>().ok()?.checked_sub(1)?)
    };
    let all = || known.months.keys().filter_map(|month| number(month));
    let (Some(first), Some(last)) = (all().min(), all().max()) else { return Vec::new() };
    let first =
        first.min(last.saturating_sub(LEAST_MONTHS - 1)).max(last.saturating_sub(MONTHS - 1));
    (first..=last).map(|month| format!("{:04}-{:02}", month / 12, month % 12 + 1)).collect()
}

type Drawn = (Vec<crate::chart::Bar>, Vec<crate::chart::Label>, u32);

fn kinds(visit: &Visit, known: &Known) -> Chart {
    let shown = known.kinds.iter().take(KINDS);
    let values: Vec<_> =
        shown.map(|(kind, count)| (names::kind(visit.language, kind), *count)).collect();
    let drawn = lying(visit.language, &values);
    let heads = ["statistics.key", "search.kind", "statistics.documents"];
    chart(visit, known, "jenis", ("statistics.kinds", "statistics.kinds_mean"), heads, drawn)
}

fn years(visit: &Visit, known: &Known) -> Chart {
    let counts: BTreeMap<u16, u64> = known.years.iter().copied().collect();
    let span = counts.keys().next().zip(counts.keys().next_back());
    // An axis of time has a place for each year, also for those without documents.
    let shown = span.map(|(first, last)| *first.max(&last.saturating_sub(YEARS - 1))..=*last);
    let count = |year: u16| (year.to_string(), counts.get(&year).copied().unwrap_or(0), 0);
    let values: Vec<_> = shown.into_iter().flatten().map(count).collect();
    let drawn = standing(visit.language, &values);
    let heads = ["search.year", "statistics.documents", "statistics.so_far"];
    chart(visit, known, "tahun", ("statistics.years", "statistics.years_mean"), heads, drawn)
}

fn chart(
    visit: &Visit,
    known: &Known,
    id: &'static str,
    (title, means): (&'static str, &'static str),
    heads: [&'static str; 3],
    (bars, labels, height): Drawn,
) -> Chart {
    let language = visit.language;
    let (_, rows) = sheet(language, known, id).unwrap_or_default();
    let shown = |cell: String, column: usize| match cell.parse() {
        // The first column is a name, even where it is made of digits.
        Ok(number) if column > 0 => format::number(language, number),
        _ => cell,
    };
    let rows = rows
        .into_iter()
        .map(|row| row.into_iter().enumerate().map(|(column, cell)| shown(cell, column)).collect());
    Chart {
        id,
        title: texts::text(language, title).to_owned(),
        summary: texts::text(language, means).to_owned(),
        height,
        bars,
        labels,
        heads: heads.map(|key| texts::text(language, key).to_owned()).to_vec(),
        rows: rows.collect(),
        csv: format!("/statistik/{id}.csv"),
    }
}
