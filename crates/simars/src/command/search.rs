//! `simars search`: find pages.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::Value;
use simars_access::{Who, scope};
use simars_search::{Request, Sort};

use crate::command::Data;
use crate::door::{Create, Door, settings};
use crate::progress::put;
use crate::surroundings::{self, LogFormat};

/// Find pages by words, "phrases", -exclusion, a OR b, numbers and references such as UU 7/2017,
/// and fields: nomor:12 tahun:2024 jenis:keputusan.
///
/// Searches with the eyes of the owner of the data folder: drafts and closed documents are found.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to look for; nothing lists the newest
    #[arg(default_value = "")]
    query: String,
    #[command(flatten)]
    data: Data,
    /// Only this kind, for example keputusan
    #[arg(long)]
    kind: Option<String>,
    /// Only numbers of this year
    #[arg(long)]
    year: Option<u16>,
    /// Only enacted on or after this day, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    from: Option<simars_record::Date>,
    /// Only enacted on or before this day, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    to: Option<simars_record::Date>,
    /// Only from this issuer
    #[arg(long)]
    issuer: Option<String>,
    /// Every word as it is typed: nothing is corrected, none may be missing
    #[arg(long)]
    exact: bool,
    /// The order of the hits
    #[arg(long, value_enum, default_value_t)]
    sort: Order,
    /// Which page of hits
    #[arg(long, default_value_t = 1)]
    page: usize,
    /// Hits on a page, 1 to 100
    #[arg(long, default_value_t = 10)]
    per_page: usize,
    /// The answer as JSON, in the form of the API
    #[arg(long)]
    json: bool,
}

/// The order of the hits.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Order {
    /// Best first
    #[default]
    Relevance,
    /// Newest first
    Newest,
    /// Oldest first
    Oldest,
    /// By title
    Title,
    /// By number
    Number,
}

impl Order {
    fn sort(self) -> Sort {
        match self {
            Self::Relevance => Sort::Relevance,
            Self::Newest => Sort::DateDescending,
            Self::Oldest => Sort::DateAscending,
            Self::Title => Sort::Title,
            Self::Number => Sort::Number,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let patience = Duration::from_secs(600);
    let door = Door::open(&arguments.data.data, Create::No, patience, &settings()?)?;
    let answer = match &door {
        Door::Here(holdings) => {
            holdings.wait_until_searchable(|_| ())?;
            let begun = Instant::now();
            let answer = holdings.index().search(&request(arguments))?;
            let took_ms = begun.elapsed().as_millis() as u64;
            simars_web::answer_json(answer, took_ms)?
        }
        Door::There(client) => {
            let query = parameters(arguments);
            let query: Vec<(&str, &str)> =
                query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            client.get("/api/v1/search", &query)?.unwrap_or_default()
        }
    };
    if arguments.json {
        put(&answer.to_string())?
    } else {
        show(&answer)?
    };
    Ok(ExitCode::SUCCESS)
}

fn request(arguments: &Arguments) -> Request {
    Request {
        exact: arguments.exact,
        kind: arguments.kind.clone(),
        year: arguments.year,
        from: arguments.from.map(|date| date.to_string()),
        to: arguments.to.map(|date| date.to_string()),
        issuer: arguments.issuer.clone(),
        sort: arguments.sort.sort(),
        page: arguments.page,
        per_page: arguments.per_page,
        ..Request::new(&arguments.query, scope(Who::Owner).anywhere)
    }
}

/// The same request as parameters of the API.
fn parameters(arguments: &Arguments) -> Vec<(&'static str, String)> {
    let sort = match arguments.sort {
        Order::Relevance => "relevance",
        Order::Newest => "newest",
        Order::Oldest => "oldest",
        Order::Title => "title",
        Order::Number => "number",
    };
    let mut parameters = vec![
        ("q", arguments.query.clone()),
        ("sort", sort.to_owned()),
        ("page", arguments.page.to_string()),
        ("per_page", arguments.per_page.to_string()),
    ];
    parameters.extend(arguments.exact.then(|| ("exact", "1".to_owned())));
    parameters.extend(arguments.kind.clone().map(|kind| ("kind", kind)));
    parameters.extend(arguments.year.map(|year| ("year", year.to_string())));
    parameters.extend(arguments.from.map(|date| ("from", date.to_string())));
    parameters.extend(arguments.to.map(|date| ("to", date.to_string())));
    parameters.extend(arguments.issuer.clone().map(|issuer| ("issuer", issuer)));
    parameters
}

fn show(answer: &Value) -> anyhow::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let total = &answer["total"];
    let relaxed = if answer["relaxed"] == true { ", none with all the words" } else { "" };
    put(&format!("{total} documents{relaxed}"))?;
    if let Some(corrected) = answer["corrected"].as_str() {
        put(&format!("searched for: {corrected} (--exact searches for what was typed)"))?;
    }
    if let Some(meant) = answer["did_you_mean"].as_str() {
        put(&format!("did you mean: {meant}"))?;
    }
    for hit in answer["hits"].as_array().into_iter().flatten() {
        let number = match (&hit["number"], &hit["year"]) {
            (Value::String(number), Value::Number(year)) => format!(" {number} ({year})"),
            (Value::String(number), _) => format!(" {number}"),
            _ => String::new(),
        };
        put("")?;
        put(&format!("{}{number} {}", text(&hit["kind"]), text(&hit["title"])))?;
        put(&format!("  {} sha256 {}", text(&hit["id"]), text(&hit["sha256"])))?;
        for page in hit["pages"].as_array().into_iter().flatten() {
            let anchor = text(&page["anchor"]["label"]);
            let place = if anchor.is_empty() { anchor } else { format!(", {anchor}") };
            let snippet = plain(&text(&page["snippet"]));
            put(&format!("  page {}{place}: {snippet}", page["page"]))?;
        }
    }
    Ok(())
}

/// A snippet for a terminal: marks as brackets, escapes undone, one line.
fn plain(snippet: &str) -> String {
    let marked = snippet.replace("<mark>", "[").replace("</mark>", "]");
    let escapes = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    let text = escapes.iter().fold(marked, |text, (escape, plain)| text.replace(escape, plain));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
