//! `/petugas/rak/{slug}`: one shelf: what it is called, its rule, and what is put on it by hand.

use std::sync::Arc;

use crate::auth::scope;
use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use simars_access::Action;
use simars_describe::kinds;
use simars_record::DocumentId;
use simars_search::{Hit, Request};

use super::frame::Frame;
use super::shelves::problem_key;
use super::{Fields, Staff};
use crate::find::{documents, listed, run};
use crate::language::Language;
use crate::problem::Code;
use crate::public::{READER, error};
use crate::segments::Segments;
use crate::shell::Shell;
use crate::shelves::{Rule, Shelf, ShelfError, swap};
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{names, query, texts};

/// Documents that are offered to be put on the shelf.
const OFFERED: usize = 10;

#[derive(Template)]
#[template(path = "staff_shelf.html")]
struct ShelfPage {
    shell: Shell,
    frame: Frame,
    problem: &'static str,
    name: String,
    shelf: Shelf,
    rule: Rule,
    year: String,
    kinds: Vec<Kind>,
    /// How much the rule finds for readers, in words; empty without a rule.
    found: String,
    listed: Vec<Listed>,
    /// What was looked for, to be put on the shelf.
    asked: String,
    offered: Vec<Offered>,
}

struct Kind {
    key: &'static str,
    name: String,
    chosen: bool,
}

/// A document on the shelf.
struct Listed {
    id: String,
    name: String,
    href: String,
    first: bool,
    last: bool,
}

/// A document that can be put on it.
struct Offered {
    id: String,
    name: String,
    there: bool,
}

/// Answers `GET /petugas/rak/{slug}`; `?cari=` looks for documents to put on it.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments(slug): Segments<String>,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Publish) {
        return refused;
    }
    page(&state, &staff, &slug, "").await
}

/// Answers `POST /petugas/rak/{slug}`.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments(slug): Segments<String>,
    fields: Fields,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Publish) {
        return refused;
    }
    let done = state.shelves.edit(&slug, |shelf| change(shelf, &fields));
    match done {
        Ok(()) => {
            tracing::info!(by = %staff.login, slug, "a shelf was changed");
            let anchor = if fields.get("lalu") == "simpan" { "" } else { "#isi-rak" };
            let address = format!("/petugas/rak/{slug}");
            let asked = fields.get("cari");
            let address = crate::address::with_query(&address, [("cari", asked)]);
            Redirect::to(&format!("{address}{anchor}")).into_response()
        }
        Err(ShelfError::Bad(bad)) => page(&state, &staff, &slug, problem_key(bad)).await,
        Err(error) => {
            let code: Code = failed("keep the shelves")(error);
            error::page(&staff.visit, &state.settings, code)
        }
    }
}

/// Does to a shelf what a form says.
fn change(shelf: &mut Shelf, fields: &Fields) {
    let field = |name: &str| fields.get(name).to_owned();
    let act = |name: &str| Some(fields.get(name)).filter(|value| !value.is_empty());
    let at = |shelf: &Shelf, id: &str| shelf.documents.iter().position(|known| known == id);
    if let Some(id) = act("tambah").and_then(id_in) {
        if at(shelf, &id).is_none() {
            shelf.documents.push(id);
        }
    } else if let Some(id) = act("keluar") {
        shelf.documents.retain(|known| known != id);
    } else if let Some(id) = act("naik") {
        let at = at(shelf, id).unwrap_or(usize::MAX);
        swap(&mut shelf.documents, at, true);
    } else if let Some(id) = act("turun") {
        let at = at(shelf, id).unwrap_or(usize::MAX);
        swap(&mut shelf.documents, at, false);
    } else if fields.get("lalu") == "simpan" {
        shelf.name_id = field("nama");
        shelf.name_en = field("nama_en");
        shelf.about_id = field("tentang");
        shelf.about_en = field("tentang_en");
        shelf.region = fields.get("daerah") == "ya";
        shelf.rule = Some(Rule {
            kinds: fields
                .all("jenis")
                .filter(|key| kinds::find(key).is_some())
                .map(str::to_owned)
                .collect(),
            year: fields.get("tahun").parse().ok(),
            issuer: field("penerbit"),
            subject: field("subjek"),
            collection: field("koleksi"),
            q: field("q"),
        });
    }
}

/// The id in what was typed: the id itself, or the address of a document's page.
fn id_in(typed: &str) -> Option<String> {
    let end = typed.rsplit_once("/dokumen/").map_or(typed, |(_, end)| end);
    let id = end.split(['/', '?', '#']).next().unwrap_or_default().trim();
    id.parse::<DocumentId>().ok().map(|id| id.to_string())
}

async fn page(state: &Arc<State>, staff: &Staff, slug: &str, problem: &'static str) -> Response {
    match load(state, staff, slug, problem).await {
        Ok(page) => {
            let fine = problem.is_empty();
            let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            staff.answer(status, &page)
        }
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

async fn load(
    state: &Arc<State>,
    staff: &Staff,
    slug: &str,
    problem: &'static str,
) -> Result<ShelfPage, Code> {
    let shelf = state.shelves.find(slug).ok_or(Code::NotFound)?;
    let language = staff.visit.language;
    let asked = query::value(&staff.visit.pairs, &["cari"]).unwrap_or_default().to_owned();
    let found = ruled(state, &shelf).await?;
    let who = staff.who();
    let offered = if asked.is_empty() {
        Vec::new()
    } else {
        let request = Request { per_page: OFFERED, ..Request::new(asked.clone(), scope(who)) };
        let hits = run(state, who, request).await?.answer.hits;
        hits.iter().map(|hit| offered(staff, &shelf, hit)).collect()
    };
    let english = language == Language::English;
    let (shell, frame) = staff.frame(state, shelf.name(english), "rack.title");
    let rule = shelf.rule.clone().unwrap_or_default();
    let kind = |kind: &'static kinds::Kind| Kind {
        key: &kind.key,
        name: names::kind(language, &kind.key),
        chosen: rule.kinds.contains(&kind.key),
    };
    Ok(ShelfPage {
        shell,
        frame,
        problem: if problem.is_empty() { "" } else { staff.visit.t(problem) },
        name: shelf.name(english).to_owned(),
        year: rule.year.map(|year| year.to_string()).unwrap_or_default(),
        kinds: kinds::all().iter().map(kind).collect(),
        found: found.map_or_else(String::new, |total| {
            let documents = texts::count(language, "documents", total);
            texts::fill(language, "rack.rule_finds", &[("documents", &documents)])
        }),
        listed: on_it(state, staff, &shelf).await?,
        asked,
        offered,
        rule,
        shelf,
    })
}

/// How much the rule finds for readers.
async fn ruled(state: &Arc<State>, shelf: &Shelf) -> Result<Option<u64>, Code> {
    let Some(rule) = shelf.rule.clone() else { return Ok(None) };
    let holdings = Arc::clone(&state.holdings);
    let asked = Request { per_page: 1, ..Request::new("", scope(READER)) };
    let found = blocking(move || documents(&holdings, READER, &rule.request(&asked)));
    found.await?.map(|(total, _)| Some(total))
}

/// What was put on it by hand. What this person may not find is named by its id only.
async fn on_it(state: &Arc<State>, staff: &Staff, shelf: &Shelf) -> Result<Vec<Listed>, Code> {
    let (holdings, who, ids) = (Arc::clone(&state.holdings), staff.who(), shelf.listed());
    let known = blocking(move || listed(&holdings, who, &ids)).await??;
    let last = shelf.documents.len().saturating_sub(1);
    let line = |(at, id): (usize, &String)| {
        let known = known.iter().find(|document| document.id.to_string() == *id);
        let name = match known {
            Some(document) => names::shown_label(staff.visit.language, document),
            None => format!("{} ({id})", staff.visit.t("staff.closed")),
        };
        let href = known.map(|_| format!("/petugas/dokumen/{id}")).unwrap_or_default();
        Listed { id: id.clone(), name, href, first: at == 0, last: at == last }
    };
    Ok(shelf.documents.iter().enumerate().map(line).collect())
}

fn offered(staff: &Staff, shelf: &Shelf, hit: &Hit) -> Offered {
    let language = staff.visit.language;
    let number = names::number_line(language, hit.number.as_deref(), hit.year);
    let title = names::shown_hit_title(language, hit);
    let name = if number.is_empty() { title.clone() } else { format!("{number}: {title}") };
    Offered { name, there: shelf.documents.contains(&hit.id), id: hit.id.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_an_address() {
        let id = DocumentId::from_bytes([7; 16]).to_string();
        for typed in [
            id.clone(),
            format!("/dokumen/{id}"),
            format!("https://arsip.example.id/dokumen/{id}/halaman/3?q=kursi#a"),
        ] {
            assert_eq!(id_in(&typed), Some(id.clone()), "{typed}");
        }
        assert_eq!(id_in("kursi"), None);
    }
}
