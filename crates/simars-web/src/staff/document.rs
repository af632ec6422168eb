//! `/petugas/dokumen/{id}`: one document beside its page: what was recognised, what is sure, and
//! what to do with it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use simars_access::{Action, may};
use simars_describe::kinds;
use simars_ingest::{Change, Relating, Stated};
use simars_record::description::REVIEW_BELOW;
use simars_record::{
    AccessClass, Document, Evidence, Field, Publication, Relation, RelationKind, StatementKind,
};

use super::alike::{Alike, alike};
use super::frame::Frame;
use super::rendition::RenditionView;
use super::retention::RetentionView;
use super::separators::origin;
use super::unsaved::Unsaved;
use super::{Fields, Staff, access};
use crate::api::acts::act;
use crate::auth::standing;
use crate::content::send;
use crate::document::find;
use crate::language::Language;
use crate::parts::{self, Look};
use crate::problem::Code;
use crate::public::error;
use crate::public::sheet::{Sheet, evidence_boxes, sheet};
use crate::reading::PageRead;
use crate::segments::Segments;
use crate::shell::Shell;
use crate::state::State;
use crate::work::{Places, blocking};
use crate::{api, format, names, query, reading, texts};

#[derive(Template)]
#[template(path = "staff_document.html")]
struct DocumentPage {
    shell: Shell,
    frame: Frame,
    id: String,
    title: String,
    status: &'static str,
    status_class: &'static str,
    access: &'static str,
    /// The day on which it opens, as forms take it, and as people write it; empty for none.
    opens: String,
    opens_written: String,
    /// The unit it belongs to; empty for none.
    unit: String,
    file_name: String,
    /// From which stack it was taken; empty if it came by itself.
    origin: String,
    registered: String,
    problem: String,
    /// That what was typed before is there again; empty if it is not.
    restored: String,
    fields: Vec<FieldLine>,
    kinds: Vec<(String, String)>,
    /// How many statements there were when the page was made.
    basis: usize,
    may_describe: bool,
    may_publish: bool,
    may_withdraw: bool,
    classes: Vec<(&'static str, &'static str, bool)>,
    published: bool,
    page: u32,
    pages: u32,
    sheet: Option<Sheet>,
    text: String,
    /// Its code and its retention; nothing for whom they do not concern.
    retention: Option<RetentionView>,
    /// What it may do to other acts, to be confirmed or denied.
    relations: Vec<RelationLine>,
    renditions: RenditionView,
    /// Other documents that say nearly the same.
    alike: Vec<Alike>,
    history: Vec<String>,
}

/// A relation that somebody has to settle.
struct RelationLine {
    kind: &'static str,
    key: String,
    target: String,
    passage: String,
    place: String,
}

/// One field of the form.
struct FieldLine {
    name: &'static str,
    key: String,
    value: String,
    /// What somebody else made of it meanwhile; empty if nobody did.
    theirs: String,
    unsure: bool,
    /// How sure it is, in hundredths; `None` if nothing was recognised.
    confidence: Option<u32>,
    /// The page that shows it, with the passage marked.
    place: String,
}

/// The fields that can be stated, in the order of the page; each is a column of import lists. The
/// code is stated by itself, by whoever may: its retention follows from it.
pub(super) const FIELDS: [&str; 8] =
    ["kind", "number", "year", "title", "date", "place", "issuer", "subject"];

/// Answers `GET /petugas/dokumen/{id}`; `?hal=` chooses the page, `?bidang=` the field whose
/// passage is marked.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments(id): Segments<String>,
) -> Response {
    let shown = restored(&state, &staff, &id).await;
    shown.unwrap_or_else(|code| error::page(&staff.visit, &state.settings, code))
}

/// The page; with what this person typed before and did not save, if there is anything.
async fn restored(state: &Arc<State>, staff: &Staff, id: &str) -> Result<Response, Code> {
    let document = find(state, staff.who(), Action::Read, id).await?;
    let (holdings, login, id) = (Arc::clone(&state.holdings), staff.login.clone(), document.id);
    let unsaved =
        blocking(move || Unsaved::of(&holdings.archive().folder().unsaved(), &login, id)).await?;
    let Some(unsaved) = unsaved.filter(|_| may(staff.who(), Action::Describe, standing(&document)))
    else {
        return show(state, staff, &id.to_string(), Returned::default()).await;
    };
    let time = format::time(staff.visit.language, unsaved.kept);
    let conflict = unsaved.basis != basis(&document).to_string();
    let fields = unsaved.fields();
    let returned = Returned {
        conflict: conflict && differs(&document, &fields),
        typed: Some(&fields),
        restored: texts::fill(staff.visit.language, "staff.restored", &[("time", &time)]),
        ..Returned::default()
    };
    show(state, staff, &id.to_string(), returned).await
}

/// A form that came back: what to tell, and what was typed.
#[derive(Default)]
pub(super) struct Returned<'a> {
    pub(super) status: StatusCode,
    pub(super) problem: String,
    pub(super) typed: Option<&'a Fields>,
    /// Whether somebody else changed the document meanwhile.
    pub(super) conflict: bool,
    /// That it was typed before, and when.
    pub(super) restored: String,
}

/// Answers `POST /petugas/dokumen/{id}`: `lalu` says what is to be done with the fields: `simpan`,
/// `terbit`, `tarik` or `kelas`.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments(id): Segments<String>,
    fields: Fields,
) -> Response {
    let done = change(&state, &staff, &id, &fields).await;
    done.unwrap_or_else(|code| error::page(&staff.visit, &state.settings, code))
}

async fn change(
    state: &Arc<State>,
    staff: &Staff,
    id: &str,
    fields: &Fields,
) -> Result<Response, Code> {
    let found = find(state, staff.who(), Action::Find, id).await?;
    let then = fields.get("lalu");
    let back = |status, problem: String, conflict| Returned {
        status,
        problem,
        typed: Some(fields),
        conflict,
        restored: String::new(),
    };
    let mut changes = Vec::new();
    match then {
        "tarik" => changes.push(Change::Withdraw),
        "benar" | "bukan" => {
            let wanted = fields.get("hubungan");
            let kind = RelationKind::ALL.into_iter().find(|kind| kind.as_str() == wanted);
            let kind = kind.ok_or(Code::BadParameter)?;
            let holds = then == "benar";
            let target = fields.get("tujuan");
            let relating = Relating { kind, target, in_part: false, holds };
            let change = relating.onto(&found.description).map_err(|_| Code::BadParameter)?;
            changes.push(change);
        }
        "kelas" => {
            staff.doer().act(state, Action::Classify, &found)?;
            match access::changes(&found, fields, state.holdings.archive().now()) {
                Ok(wanted) => changes = wanted,
                Err(key) => {
                    let problem = staff.visit.t(key).to_owned();
                    let returned = back(StatusCode::UNPROCESSABLE_ENTITY, problem, false);
                    return show(state, staff, id, returned).await;
                }
            }
        }
        // Who publishes what others described has no say in the description.
        "terbit" if !may(staff.who(), Action::Describe, standing(&found)) => {
            changes.push(Change::Publish);
        }
        _ => {
            staff.doer().act(state, Action::Describe, &found)?;
            if fields.get("dasar") != basis(&found).to_string() && differs(&found, fields) {
                let problem = staff.visit.t("staff.conflict").to_owned();
                let returned = back(StatusCode::CONFLICT, problem, true);
                return show(state, staff, id, returned).await;
            }
            match stated(&found, fields) {
                Ok(Some(stated)) => changes.push(Change::Correct(Box::new(stated.description))),
                Ok(None) => {}
                Err(problem) => {
                    let returned = back(StatusCode::UNPROCESSABLE_ENTITY, problem, false);
                    return show(state, staff, id, returned).await;
                }
            }
            if then == "terbit" {
                changes.push(Change::Publish);
            }
        }
    }
    let doer = staff.doer();
    for change in changes {
        match act(state, &doer, found.clone(), change).await {
            Ok(_) => {}
            Err(Code::SecondPerson) => {
                let problem = staff.visit.t("staff.second_person").to_owned();
                return show(state, staff, id, back(StatusCode::FORBIDDEN, problem, false)).await;
            }
            Err(code) => return Err(code),
        }
    }
    if matches!(then, "terbit" | "simpan" | "") {
        let (holdings, login, id) = (Arc::clone(&state.holdings), staff.login.clone(), found.id);
        blocking(move || Unsaved::drop_of(&holdings.archive().folder().unsaved(), &login, id))
            .await?;
    }
    let to =
        if then == "terbit" { "/petugas".to_owned() } else { format!("/petugas/dokumen/{id}") };
    Ok(Redirect::to(&to).into_response())
}

/// What the form states beyond what is known: values that differ, and unsure ones that somebody
/// looked at and let stand.
fn stated(document: &Document, fields: &Fields) -> Result<Option<Stated>, String> {
    let mut stated = Stated::default();
    let mut any = false;
    for name in FIELDS {
        let (typed, known) = (fields.get(name), known(document, name));
        let accepted = known.confidence.is_some_and(|sure| sure < REVIEW_BELOW);
        if !typed.is_empty() && (typed != known.value || accepted) {
            stated.set(name, typed)?;
            any = true;
        }
    }
    Ok(any.then_some(stated))
}

/// How many acts changed the document: what a form is compared with when it comes back. That
/// somebody read it is no change.
fn basis(document: &Document) -> usize {
    let changes =
        |kind: &str| kind.parse::<StatementKind>().map_or(true, |kind| !kind.leaves_as_it_is());
    document.statements.iter().filter(|statement| changes(&statement.kind)).count()
}

/// Whether a field that was typed differs from what is known now.
fn differs(document: &Document, fields: &Fields) -> bool {
    FIELDS.iter().any(|name| fields.get(name) != known(document, name).value)
}

/// What is known of a field.
#[derive(Default)]
pub(super) struct Known<'a> {
    pub(super) value: String,
    confidence: Option<f32>,
    evidence: Option<&'a Evidence>,
}

impl<'a> Known<'a> {
    fn of<T>(field: Option<&'a Field<T>>, write: impl Fn(&T) -> String) -> Self {
        field.map_or_else(Self::default, |field| Self {
            value: write(&field.value),
            confidence: Some(field.confidence),
            evidence: field.evidence.as_ref(),
        })
    }
}

pub(super) fn known<'a>(document: &'a Document, name: &str) -> Known<'a> {
    let description = &document.description;
    let text = match name {
        "kind" => &description.kind,
        "number" => &description.number,
        "title" => &description.title,
        "place" => &description.place,
        "issuer" => &description.issuer,
        "subject" => &description.subject,
        "year" => return Known::of(description.year.as_ref(), ToString::to_string),
        "date" => return Known::of(description.date.as_ref(), ToString::to_string),
        _ => return Known::default(),
    };
    Known::of(text.as_ref(), Clone::clone)
}

pub(super) async fn show(
    state: &Arc<State>,
    staff: &Staff,
    id: &str,
    returned: Returned<'_>,
) -> Result<Response, Code> {
    let document = find(state, staff.who(), Action::Read, id).await?;
    let visit = &staff.visit;
    let field = query::value(&visit.pairs, &["bidang"]).unwrap_or_default();
    let evidence = known(&document, field).evidence;
    let asked = query::value(&visit.pairs, &["hal"]).and_then(|page| page.parse().ok());
    let current = document.current();
    let page = asked.or(evidence.map(|evidence| evidence.page)).unwrap_or(1);
    let page = page.clamp(1, current.pages.max(1));
    let read = reading::page(state, current, page).await?;
    let read = read.unwrap_or_else(|| PageRead::plain(String::new()));
    let (holdings, version) = (Arc::clone(&state.holdings), current.clone());
    let look = blocking(move || Look::at(&holdings, &version)).await?;
    let boxes = evidence.filter(|evidence| evidence.page == page);
    let layout = read.layout.as_ref();
    let boxes =
        boxes.zip(layout).map(|(evidence, layout)| evidence_boxes(&read.text, layout, evidence));
    let base = format!("/petugas/dokumen/{}", document.id);
    let drawn = look.has(page).then(|| {
        sheet(visit.language, &document, page, layout, &boxes.unwrap_or_default()).below(&base)
    });
    let status = returned.status;
    let alike = alike(state, staff, &document).await?;
    let retention = RetentionView::of(state, staff, &document).await?;
    let mut page = view(state, staff, &document, (page, drawn, read.text), returned);
    (page.alike, page.retention) = (alike, retention);
    page.renditions = RenditionView::of(state, staff, &document).await?;
    Ok(staff.answer(status, &page))
}

fn view(
    state: &State,
    staff: &Staff,
    document: &Document,
    (page, sheet, text): (u32, Option<Sheet>, String),
    returned: Returned<'_>,
) -> DocumentPage {
    let (visit, language) = (&staff.visit, staff.visit.language);
    let current = document.current();
    let allowed = |action| may(staff.who(), action, standing(document));
    let published = document.publication == Publication::Published;
    let classes = AccessClass::ALL.into_iter().filter(|class| *class <= staff.grant.clearance);
    let classes = classes
        .map(|class| (class.as_str(), names::access(language, class), class == document.access));
    let (shell, frame) = staff.frame(state, &names::shown_label(language, document), "");
    DocumentPage {
        shell,
        frame,
        id: document.id.to_string(),
        title: names::shown_title(language, document),
        status: visit.t(names::publication_key(document.publication)),
        status_class: if published { "good" } else { "warm" },
        access: names::access(language, document.access),
        opens: document.opens.map_or_else(String::new, |day| day.to_string()),
        opens_written: document.opens.map_or_else(String::new, |day| format::date(language, day)),
        unit: document.unit.map_or_else(String::new, |unit| unit.to_string()),
        file_name: current.file_name.clone(),
        origin: document.stack.as_ref().map(|stack| origin(language, stack)).unwrap_or_default(),
        registered: format::time(language, current.registered),
        problem: returned.problem,
        restored: returned.restored,
        fields: FIELDS.map(|name| field(document, name, returned.typed, returned.conflict)).into(),
        kinds: kinds::all()
            .iter()
            .map(|kind| (kind.key.clone(), names::kind(language, &kind.key)))
            .collect(),
        basis: basis(document),
        may_describe: allowed(Action::Describe),
        may_publish: allowed(Action::Publish) && !published,
        may_withdraw: allowed(Action::Withdraw) && published,
        classes: if allowed(Action::Classify) { classes.collect() } else { Vec::new() },
        published: published && document.access == AccessClass::Open,
        page,
        pages: current.pages.max(1),
        sheet,
        text,
        renditions: RenditionView::default(),
        alike: Vec::new(),
        retention: None,
        relations: document
            .description
            .doubtful_relations()
            .map(|one| relation(visit.language, one))
            .collect(),
        history: document
            .statements
            .iter()
            .rev()
            .map(|statement| {
                let key = format!("statement.{}", statement.kind);
                let act = texts::text(language, &key);
                let time = format::time(language, statement.time);
                let by = statement.by.as_deref().unwrap_or_default();
                if by.is_empty() {
                    format!("{act}, {time}")
                } else {
                    format!("{act}, {time}, {by}")
                }
            })
            .collect(),
    }
}

fn relation(language: Language, relation: &Relation) -> RelationLine {
    let evidence = relation.evidence.as_ref();
    RelationLine {
        kind: relation.kind.as_str(),
        key: format!("relation.names_{}", relation.kind.as_str()),
        target: names::act(language, &relation.target),
        passage: evidence.map(|evidence| evidence.text.clone()).unwrap_or_default(),
        place: evidence.map(|one| format!("?hal={}#halaman", one.page)).unwrap_or_default(),
    }
}

fn field(
    document: &Document,
    name: &'static str,
    typed: Option<&Fields>,
    conflict: bool,
) -> FieldLine {
    let known = known(document, name);
    let value = typed.map_or_else(|| known.value.clone(), |typed| typed.get(name).to_owned());
    let always = matches!(name, "kind" | "number" | "year" | "title" | "date");
    FieldLine {
        name,
        key: format!("field.{name}"),
        theirs: if conflict && value != known.value { known.value } else { String::new() },
        value,
        unsure: known.confidence.map_or(always, |sure| sure < REVIEW_BELOW),
        confidence: known.confidence.map(|sure| (sure * 100.0).round() as u32),
        place: known
            .evidence
            .map(|evidence| format!("?hal={}&bidang={name}#halaman", evidence.page))
            .unwrap_or_default(),
    }
}

/// Answers `GET` and `HEAD /petugas/dokumen/{id}/halaman/{n}/gambar?lebar=`.
pub(crate) async fn image(
    extract::State(state): extract::State<Arc<State>>,
    Extension(drawers): Extension<Places>,
    staff: Staff,
    (method, headers): (Method, HeaderMap),
    Segments((id, n)): Segments<(String, String)>,
) -> Response {
    match parts::image(&state, &drawers, staff.who(), &staff.visit.pairs, (&id, &n)).await {
        Ok(content) => send(&method, &headers, content).await,
        Err(problem) => error::page(&staff.visit, &state.settings, problem.code),
    }
}

/// Answers `GET` and `HEAD /petugas/dokumen/{id}/berkas`: the original.
pub(crate) async fn content(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    (method, headers): (Method, HeaderMap),
    Segments(id): Segments<String>,
) -> Response {
    match api::documents::original(&state, staff.who(), &id, &staff.visit.pairs).await {
        Ok(content) => send(&method, &headers, content).await,
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}
