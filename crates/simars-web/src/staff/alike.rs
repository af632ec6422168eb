//! Documents that say nearly the same in other bytes: the same decision scanned twice, a draft and
//! what was signed. Told on the desk, and laid side by side at
//! `GET /petugas/dokumen/{id}/banding/{other}`.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::{Action, may};
use simars_describe::furniture::blanked;
use simars_record::page::split_pages;
use simars_record::{Document, DocumentId, Version};
use simars_search::Sketch;
use simars_verify::{Comparison, TextPage};

use super::Staff;
use super::document::{FIELDS, known};
use super::frame::Frame;
use crate::auth::{scope, standing};
use crate::document::find;
use crate::parts::Look;
use crate::problem::Code;
use crate::public::error;
use crate::public::sheet::{Sheet, sheet};
use crate::segments::Segments;
use crate::shell::Shell;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{format, names, query};

/// From this share of the text on, two documents are probably the same.
const ALIKE: f32 = 0.75;
/// How many are told.
const TOLD: usize = 4;
/// Passages that differ of which so many are shown.
const SHOWN: usize = 60;
/// Longer texts are not looked up, in bytes: the desk must not wait for it.
const LONGEST: u64 = 4 << 20;

/// Another document that says nearly the same.
pub(super) struct Alike {
    pub(super) href: String,
    pub(super) title: String,
    /// How much of the text it shares, in hundredths.
    pub(super) share: String,
}

/// The documents most like this one, as far as this person may find them.
pub(super) async fn alike(
    state: &Arc<State>,
    staff: &Staff,
    document: &Document,
) -> Result<Vec<Alike>, Code> {
    let (id, text, who) = (document.id, document.current().text, staff.who());
    if text.size_bytes > LONGEST {
        return Ok(Vec::new());
    }
    let (holdings, language) = (Arc::clone(&state.holdings), staff.visit.language);
    blocking(move || {
        let read = holdings.archive().text(&text).map_err(failed("read a document's text"))?;
        let pages: Vec<&str> = split_pages(&read).collect();
        let pages = blanked(&pages);
        let sketch = Sketch::of(pages.iter().map(AsRef::as_ref));
        if sketch.is_empty() {
            return Ok(Vec::new());
        }
        let near = holdings.index().nearest(&sketch, scope(who), TOLD + 1);
        let near = near.map_err(failed("look for documents that say the same"))?;
        let mut alike = Vec::new();
        for one in near.iter().filter(|one| one.share >= ALIKE) {
            let Some(other) = one.id.parse::<DocumentId>().ok().filter(|other| *other != id) else {
                continue;
            };
            let found = holdings.archive().document(&other);
            let found = found.map_err(failed("look up a document that says the same"))?;
            // The index may lag behind the decision.
            let found = found.filter(|found| may(who, Action::Find, standing(found)));
            alike.extend(found.map(|found| Alike {
                href: format!("/petugas/dokumen/{id}/banding/{other}"),
                title: names::shown_label(language, &found),
                share: ((one.share * 100.0).round() as u32).to_string(),
            }));
        }
        alike.truncate(TOLD);
        Ok(alike)
    })
    .await?
}

#[derive(Template)]
#[template(path = "staff_alike.html")]
struct AlikePage {
    shell: Shell,
    frame: Frame,
    /// What the two have in common, in words.
    verdict: &'static str,
    sides: [Side; 2],
    rows: Vec<Row>,
    /// Passages that differ: page, what stands in the one, what in the other.
    differences: Vec<(String, String, String)>,
    page: u32,
    pages: u32,
}

/// One of the two.
struct Side {
    href: String,
    title: String,
    facts: Vec<String>,
    sheet: Option<Sheet>,
}

/// A field in both.
struct Row {
    key: String,
    values: [String; 2],
    differs: bool,
}

/// Answers it; `?hal=` chooses the page.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments((id, other)): Segments<(String, String)>,
) -> Response {
    match page(&state, &staff, [&id, &other]).await {
        Ok(page) => staff.answer(StatusCode::OK, &page),
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

async fn page(state: &Arc<State>, staff: &Staff, ids: [&str; 2]) -> Result<AlikePage, Code> {
    let first = find(state, staff.who(), Action::Read, ids[0]).await?;
    let second = find(state, staff.who(), Action::Read, ids[1]).await?;
    let visit = &staff.visit;
    let pages = first.current().pages.max(second.current().pages).max(1);
    let asked = query::value(&visit.pairs, &["hal"]).and_then(|page| page.parse().ok());
    let page = asked.unwrap_or(1).clamp(1, pages);
    let comparison = compared(state, &first, &second).await?;
    let one = drawn(state, &first, page).await?.then_some(page);
    let two = drawn(state, &second, page).await?.then_some(page);
    let key = if comparison.is_same_text() { "staff.same_text" } else { "staff.other_text" };
    let rows = FIELDS.iter().map(|name| {
        let values = [known(&first, name).value, known(&second, name).value];
        Row { key: format!("field.{name}"), differs: values[0] != values[1], values }
    });
    let differences = comparison.differences.into_iter().map(|difference| {
        let (one, two) = (difference.registered, difference.given);
        (one.page.to_string(), one.words, two.words)
    });
    let differences = differences.take(SHOWN).collect();
    let (rows, sides) = (rows.collect(), [side(staff, &first, one), side(staff, &second, two)]);
    let (shell, frame) = staff.frame(state, visit.t("staff.side_by_side"), "");
    Ok(AlikePage { shell, frame, verdict: visit.t(key), sides, rows, differences, page, pages })
}

/// How the texts of the two differ; those that are too long count as without words.
async fn compared(
    state: &Arc<State>,
    first: &Document,
    second: &Document,
) -> Result<Comparison, Code> {
    let versions = [first.current().clone(), second.current().clone()];
    let holdings = Arc::clone(&state.holdings);
    blocking(move || {
        let read = |version: &Version| match version.text.size_bytes > LONGEST {
            true => Ok(String::new()),
            false => holdings.archive().text(&version.text),
        };
        let texts = [read(&versions[0]), read(&versions[1])];
        let [one, two] = texts.map(|text| text.map_err(failed("read a document's text")));
        let (one, two) = (one?, two?);
        let pages = |text| -> Vec<TextPage<'_>> {
            split_pages(text).map(|text| TextPage { text, recognised: false }).collect()
        };
        Ok(simars_verify::compare(&pages(&one), &pages(&two)))
    })
    .await?
}

/// Whether there is an image of a page.
async fn drawn(state: &Arc<State>, document: &Document, page: u32) -> Result<bool, Code> {
    let (holdings, version) = (Arc::clone(&state.holdings), document.current().clone());
    let look = blocking(move || Look::at(&holdings, &version)).await?;
    Ok(page <= document.current().pages && look.has(page))
}

/// One of the two, with the image of this page if there is one.
fn side(staff: &Staff, document: &Document, page: Option<u32>) -> Side {
    let language = staff.visit.language;
    let href = format!("/petugas/dokumen/{}", document.id);
    let current = document.current();
    Side {
        sheet: page.map(|page| sheet(language, document, page, None, &[]).below(&href)),
        title: names::shown_title(language, document),
        facts: vec![
            staff.visit.t(names::publication_key(document.publication)).to_owned(),
            current.file_name.clone(),
            format::time(language, current.registered),
        ],
        href,
    }
}
