//! `/oai`: the public's documents for other libraries to harvest (OAI-PMH 2.0).
//!
//! A document that everyone may find is a record; one that was taken back is a deleted record; what
//! is not public is not told at all. An asker is always anyone here: a token opens nothing.

mod request;

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{self, Form};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use simars_access::{Action, Who, may};
use simars_ingest::{Holdings, List, Place};
use simars_record::{Document, DocumentId, Timestamp};

use crate::auth::standing;
use crate::citation::line;
use crate::document::page_address;
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{find, names};
use request::{Asked, Format, Refusal, Selection, Set};

/// Records in one answer.
const PAGE: usize = 100;

/// So many documents are looked at for the earliest record.
const LOOKED_AT: usize = 1_000;

/// An address for those who set none: `.invalid` never leads anywhere (RFC 2606).
const NO_CONTACT: &str = "tanpa-alamat@simars.invalid";

#[derive(Template)]
#[template(path = "oai.xml", escape = "html")]
struct Answer {
    now: String,
    base: String,
    /// The arguments, as the answer must repeat them; none after a bad verb or argument.
    arguments: Vec<(String, String)>,
    content: Content,
}

enum Content {
    Refused(Refusal),
    Identify { name: String, contact: String, earliest: String },
    Formats,
    Sets(Vec<(String, String)>),
    Record(Box<Record>),
    List { records: Vec<Record>, whole: bool, token: Option<Token> },
}

/// Where a list goes on; empty at the end of one that had several answers.
struct Token {
    next: String,
    told: u64,
}

struct Record {
    identifier: String,
    stamp: String,
    sets: Vec<String>,
    /// Missing for a document that was taken back.
    described: Option<Described>,
    format: Format,
}

/// What is said of a document, ready to be shown.
struct Described {
    title: String,
    issuer: String,
    kind: String,
    number: String,
    date: String,
    promulgated: String,
    effective: String,
    place: String,
    subjects: Vec<String>,
    collection: String,
    url: String,
    content_url: String,
    media_type: String,
    pages: u32,
}

impl Content {
    /// The element that holds it, which is the verb's name.
    const fn element(&self) -> &'static str {
        match self {
            Self::Refused(_) => "error",
            Self::Identify { .. } => "Identify",
            Self::Formats => "ListMetadataFormats",
            Self::Sets(_) => "ListSets",
            Self::Record(_) => "GetRecord",
            Self::List { whole: true, .. } => "ListRecords",
            Self::List { whole: false, .. } => "ListIdentifiers",
        }
    }
}

/// Answers `GET /oai`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let pairs = visit.pairs.clone();
    answer(&state, &visit, pairs).await.map_err(Code::problem)
}

/// Answers `POST /oai`, with the arguments in the body.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    body: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    // What is no form has no arguments, and that is an answer of the protocol.
    let pairs = body.map(|Form(pairs)| pairs).unwrap_or_default();
    answer(&state, &visit, pairs).await.map_err(Code::problem)
}

async fn answer(
    state: &Arc<State>,
    visit: &Visit,
    mut pairs: Vec<(String, String)>,
) -> Result<Response, Code> {
    let origin = visit.origin(&state.settings);
    let names = Names { host: host(&origin).to_owned(), origin: origin.clone() };
    let content = match request::read(&pairs) {
        Ok(asked) => fulfil(state, visit, names, asked).await?,
        Err(refusal) => Content::Refused(refusal),
    };
    let echoes =
        !matches!(&content, Content::Refused(Refusal { code: "badVerb" | "badArgument", .. }));
    pairs.retain(|(name, value)| echoes && request::may_be_repeated(name, value));
    let page = Answer {
        now: state.holdings.archive().now().to_string(),
        base: format!("{origin}/oai"),
        arguments: pairs,
        content,
    };
    let text = page.render().map_err(failed("write an answer to a harvester"))?;
    let headers =
        [(header::CONTENT_TYPE, "text/xml; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, text).into_response())
}

async fn fulfil(
    state: &Arc<State>,
    visit: &Visit,
    names: Names,
    asked: Asked,
) -> Result<Content, Code> {
    let holdings = Arc::clone(&state.holdings);
    Ok(match asked {
        Asked::Identify => Content::Identify {
            name: state.settings.office(Language::Indonesian).to_owned(),
            contact: state.settings.contact.clone().unwrap_or_else(|| NO_CONTACT.to_owned()),
            earliest: blocking(move || earliest(&holdings)).await??.to_string(),
        },
        Asked::ListSets => Content::Sets(sets(state, visit).await?),
        Asked::ListMetadataFormats { identifier: None } => Content::Formats,
        Asked::ListMetadataFormats { identifier: Some(identifier) } => {
            let found = blocking(move || record(&holdings, &names, &identifier, Format::Mods));
            match found.await?? {
                Some(_) => Content::Formats,
                None => Content::Refused(unknown()),
            }
        }
        Asked::GetRecord { identifier, format } => {
            let found = blocking(move || record(&holdings, &names, &identifier, format));
            match found.await?? {
                Some(record) => Content::Record(Box::new(record)),
                None => Content::Refused(unknown()),
            }
        }
        Asked::List { selection, whole } => {
            let (records, token) = blocking(move || list(&holdings, &names, selection)).await??;
            if records.is_empty() {
                let detail = "nothing fits these arguments";
                Content::Refused(Refusal::new("noRecordsMatch", detail))
            } else {
                Content::List { records, whole, token }
            }
        }
    })
}

fn unknown() -> Refusal {
    Refusal::new("idDoesNotExist", "there is no such document, or it is not public")
}

/// The sets that have documents, with their names.
async fn sets(state: &Arc<State>, visit: &Visit) -> Result<Vec<(String, String)>, Code> {
    let facets = find::everything(state).await?.answer.facets.clone();
    let kinds = facets.kind.into_iter().map(|(key, _)| {
        (Set::Kind(key.clone()).to_string(), names::kind(Language::Indonesian, &key))
    });
    let year = |year: u16| format!("{} {year}", visit.t("field.year"));
    let years = facets.year.into_iter().map(|(of, _)| (Set::Year(of).to_string(), year(of)));
    Ok(kinds.chain(years).collect())
}

/// What identifiers and addresses begin with.
struct Names {
    host: String,
    origin: String,
}

fn host(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    host.split([':', '/']).next().unwrap_or(host)
}

impl Names {
    fn identifier(&self, id: &DocumentId) -> String {
        format!("oai:{}:{id}", self.host)
    }

    fn id(&self, identifier: &str) -> Option<DocumentId> {
        identifier.strip_prefix("oai:")?.strip_prefix(&self.host)?.strip_prefix(':')?.parse().ok()
    }

    /// A document as a record; `None` for one that is not for everyone and never was.
    fn record(&self, document: &Document, format: Format) -> Option<Record> {
        let standing = standing(document);
        let there = may(Who::Anyone, Action::Find, standing);
        if !there && !may(Who::Anyone, Action::Verify, standing) {
            return None;
        }
        let description = &document.description;
        let kind = description.kind.as_ref().map(|kind| Set::Kind(kind.value.clone()));
        let year = description.year.as_ref().map(|year| Set::Year(year.value));
        Some(Record {
            identifier: self.identifier(&document.id),
            stamp: document.changed().to_string(),
            // Also of what was taken back: whoever harvests one set alone has to learn of it, and
            // was told that it belongs there when it was open.
            sets: [kind, year].into_iter().flatten().map(|set| set.to_string()).collect(),
            described: there.then(|| self.described(document)),
            format,
        })
    }

    fn described(&self, document: &Document) -> Described {
        let description = &document.description;
        let text = |field: &Option<simars_record::Field<String>>| {
            field.as_ref().map(|field| line(&field.value)).unwrap_or_default()
        };
        let language = Language::Indonesian;
        let kind = description.kind.as_ref().map(|kind| names::kind(language, &kind.value));
        let number = description.number.as_ref().map(|number| number.value.as_str());
        let year = description.year.as_ref().map(|year| year.value);
        let day = |field: &Option<simars_record::Field<simars_record::Date>>| {
            field.as_ref().map(|date| date.value.to_string())
        };
        let date = day(&description.date);
        let id = document.id.to_string();
        let current = document.current();
        Described {
            title: line(&names::title(language, document)),
            issuer: text(&description.issuer),
            kind: kind.unwrap_or_default(),
            number: line(&names::number_line(language, number, year)),
            date: date.or_else(|| year.map(|year| year.to_string())).unwrap_or_default(),
            promulgated: day(&description.promulgated).unwrap_or_default(),
            effective: day(&description.effective).unwrap_or_default(),
            place: text(&description.place),
            subjects: text(&description.subject)
                .split(';')
                .map(|subject| subject.trim().to_owned())
                .filter(|subject| !subject.is_empty())
                .collect(),
            collection: text(&description.collection),
            url: format!("{}{}", self.origin, page_address(&id)),
            content_url: format!("{}/api/v1/documents/{id}/content", self.origin),
            media_type: line(&current.media_type),
            pages: current.pages,
        }
    }
}

fn record(
    holdings: &Holdings,
    names: &Names,
    identifier: &str,
    format: Format,
) -> Result<Option<Record>, Code> {
    let Some(id) = names.id(identifier) else { return Ok(None) };
    let found = holdings.archive().document(&id).map_err(failed("look up a document"))?;
    Ok(found.and_then(|document| names.record(&document, format)))
}

/// No record has an earlier time; the beginning of all times while there are only closed documents in
/// sight.
fn earliest(holdings: &Holdings) -> Result<Timestamp, Code> {
    for found in holdings.archive().timed(List::All, Place::FIRST..Place::LAST).take(LOOKED_AT) {
        let (place, document) = found.map_err(failed("read the catalogue"))?;
        if may(Who::Anyone, Action::Verify, standing(&document)) {
            return Ok(place.time);
        }
    }
    Ok(Place::FIRST.time)
}

/// Records in the order in which something was stated last about their documents. What is changed
/// while a harvest is under way comes once more at its end, or in the next one.
fn list(
    holdings: &Holdings,
    names: &Names,
    selection: Selection,
) -> Result<(Vec<Record>, Option<Token>), Code> {
    let mut records = Vec::new();
    let mut further = None;
    let among = match &selection.set {
        None => List::All,
        Some(Set::Kind(key)) => List::Kind(key),
        Some(Set::Year(year)) => List::Year(*year),
    };
    let end = match selection.until {
        None => Place::LAST,
        Some(until) => Place { time: Timestamp::from_unix(until.unix() + 1), ordinal: 0 },
    };
    let start = selection.next.max(selection.from.map_or(Place::FIRST, beginning));
    for found in holdings.archive().timed(among, start..end) {
        let (place, document) = found.map_err(failed("read the catalogue"))?;
        let Some(record) = names.record(&document, selection.format) else { continue };
        if let Some(set) = &selection.set
            && !record.sets.contains(&set.to_string())
        {
            continue;
        }
        if records.len() == PAGE {
            further = Some(place);
            break;
        }
        records.push(record);
    }
    let told = selection.told;
    let token = match further {
        Some(next) => {
            let told_then = told + records.len() as u64;
            Some(Token { next: Selection { next, told: told_then, ..selection }.to_string(), told })
        }
        None if told > 0 => Some(Token { next: String::new(), told }),
        None => None,
    };
    Ok((records, token))
}

/// Before everything that was stated at this time or later.
const fn beginning(time: Timestamp) -> Place {
    Place { time, ordinal: 0 }
}
