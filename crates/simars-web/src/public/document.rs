//! `GET /dokumen/{id}`: everything about one document.

use std::fmt::Display;
use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use simars_access::{Action, may};
use simars_describe::structure::Anchor;
use simars_ingest::Related;
use simars_record::description::REVIEW_BELOW;
use simars_record::{
    Annex, Date, Description, Document, Field, Publication, StatementRef, Structure, Version,
};
use simars_search::{Similar, Within};

use super::beside::{self, SimilarLink, WithinView};
use super::covered::{self, CoverageView, Note, Reading};
use super::related::{self, RelatedView};
use super::sheet::image_address;
use super::signed::{self, SignedView};
use super::structure::{self, OutlineLine, StructureView};
use super::{READER, error, forms};
use crate::auth::standing;
use crate::beside::Asked;
use crate::checker::INNER;
use crate::content::disposition::is_shown;
use crate::document::{Links, find, page_address};
use crate::doubt::{Doubt, doubts};
use crate::handout::{Offered, offered};
use crate::language::Language;
use crate::negotiate::choose;
use crate::parts::{self, Look};
use crate::problem::Code;
use crate::segments::Segments;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::work::blocking;
use crate::{format, linked, names, reading, relations, texts};

#[derive(Template)]
#[template(path = "document.html")]
pub(super) struct DocumentPage {
    shell: Shell,
    kind: String,
    number: String,
    status: &'static str,
    status_class: &'static str,
    title: String,
    /// Whether a browser can show the original.
    inline: bool,
    has_text: bool,
    /// Whether its pages can be looked at.
    has_images: bool,
    /// Whether they are those of a PDF that it is converted to.
    converted: bool,
    /// A small image of its first page.
    image: String,
    fields: Vec<Line>,
    any_unsure: bool,
    coverage: CoverageView,
    notes: Vec<Note>,
    /// Whether it leaves out parts of a closed document.
    rendition: bool,
    /// What makes the file doubtful.
    doubts: Vec<Doubt>,
    signed: Option<SignedView>,
    structure: Option<StructureView>,
    related: RelatedView,
    /// The search inside it; none if there is nothing to search in.
    inside: Option<WithinView>,
    similar: Vec<SimilarLink>,
    headings: Vec<OutlineLine>,
    graph_text: &'static str,
    history: Vec<Act>,
    versions: Vec<VersionLine>,
    offered: Offered,
    /// Whether witnesses outside the archive have seen its log.
    witnesses: String,
    file: FileFacts,
    links: PageLinks,
    /// The same as linked data; nothing in it ends an element.
    linked: String,
}

/// Rows of the description that are shown; what more there is is a click away.
pub(crate) const ROWS: usize = 10;

/// One line of the description.
struct Line {
    key: &'static str,
    value: String,
    unsure: bool,
    /// The page that shows it.
    place: Option<Place>,
}

impl Line {
    /// Whether it is told in the document's words, which are not those of an English page.
    fn in_indonesian(&self) -> bool {
        const OURS: [&str; 6] = ["kind", "year", "date", "promulgated", "effective", "access"];
        !OURS.iter().any(|ours| self.key.strip_prefix("field.") == Some(*ours))
    }
}

struct Place {
    href: String,
    name: String,
    label: String,
}

struct Act {
    name: String,
    time: String,
    place: String,
}

struct VersionLine {
    name: String,
    current: bool,
    registered: String,
    size: String,
    sha256: String,
}

struct FileFacts {
    name: String,
    type_name: &'static str,
    size: String,
    pages: String,
    page_count: u32,
    sha256: String,
}

struct PageLinks {
    page: String,
    json: String,
    content: String,
    text: String,
    pages: String,
    first_page: String,
    verify: String,
    proof: String,
    certificate: String,
    copy: String,
    reading: String,
}

/// Answers `GET /dokumen/{id}`: a page, or what else is asked for by `Accept`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Response {
    let mut response = match choose(&headers, &forms::TYPES) {
        0 => page(&state, &visit, &id).await,
        form => forms::answer(&state, &visit, &id, form).await,
    };
    forms::vary(&mut response);
    response
}

async fn page(state: &Arc<State>, visit: &Visit, id: &str) -> Response {
    match load(state, visit, id).await {
        Ok((document, told)) => {
            let page = view(visit, &state.settings, &document, &told);
            let mut response = visit.answer(StatusCode::OK, &page);
            let origin = visit.origin(&state.settings);
            forms::sign(&mut response, &document, &told.related, &origin);
            response
        }
        Err(code) => error::page(visit, &state.settings, code),
    }
}

async fn load(state: &Arc<State>, visit: &Visit, id: &str) -> Result<(Document, Told), Code> {
    let document = find(state, READER, Action::Find, id).await?;
    let asked = beside::asked(visit);
    let within = if asked.q.is_empty() || !may(READER, Action::Read, standing(&document)) {
        Within::default()
    } else {
        crate::beside::within(state, READER, &document, asked.clone()).await?
    };
    let similar = crate::beside::similar(state, READER, &document, beside::SIMILAR).await?;
    let current = document.current();
    let (holdings, id, version) = (Arc::clone(&state.holdings), document.id, current.clone());
    let stands = move || {
        let engine = holdings.recognition().engine.is_some();
        (holdings.recognition_of(&id), engine, Look::at(&holdings, &version))
    };
    let (progress, engine, look) = blocking(stands).await?;
    let blank = reading::blank_pages(state, current).await?;
    let structure = reading::structure(state, current).await?;
    let offered = offered(state, &document).await?;
    let related = relations::related(state, &document, READER).await?;
    let headings = reading::headings(state, &document).await?;
    let reading = Reading { blank, progress, engine };
    let inside = (asked, within);
    Ok((document, Told { reading, structure, offered, related, inside, similar, headings, look }))
}

/// What is known of a document beside the document itself.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) reading: Reading,
    pub(super) structure: Option<Structure>,
    pub(super) offered: Offered,
    pub(super) related: Related,
    /// What was looked for in it, and what was found.
    pub(super) inside: (Asked, Within),
    /// What is about the same.
    pub(super) similar: Vec<Similar>,
    /// The headings of an act, each with its page.
    pub(super) headings: Vec<(u32, Anchor)>,
    pub(super) look: Look,
}

/// What the page shows.
pub(super) fn view(
    visit: &Visit,
    settings: &Settings,
    document: &Document,
    told: &Told,
) -> DocumentPage {
    let language = visit.language;
    let description = &document.description;
    let current = document.current();
    let title = names::shown_title(language, document);
    let kind = description.kind.as_ref();
    let number = description.number.as_ref().map(|field| field.value.as_str());
    let year = description.year.as_ref().map(|field| field.value);
    let fields = lines(visit, document);
    let versions = document.versions.iter().rev();
    DocumentPage {
        shell: visit.shell(settings, &names::shown_label(language, document), ""),
        kind: kind.map(|field| names::kind(language, &field.value)).unwrap_or_default(),
        number: names::number_line(language, number, year),
        status: visit.t(names::publication_key(document.publication)),
        status_class: match document.publication {
            Publication::Published => "good",
            Publication::Draft | Publication::Withdrawn => "warm",
        },
        title,
        inline: is_shown(&current.media_type),
        has_text: current.pages > current.pages_without_text,
        has_images: told.look.has(1),
        converted: matches!(told.look, Look::Converted { .. }),
        image: image_address(&document.id.to_string(), 1, parts::WIDTHS[0]),
        any_unsure: fields.iter().any(|field| field.unsure),
        fields,
        coverage: covered::view(language, document, &told.reading),
        notes: covered::notes(language, current, &told.reading),
        rendition: document.rendition.is_some(),
        doubts: doubts(current, told.structure.as_ref()),
        signed: signed(language, document, told.structure.as_ref()),
        structure: structure(language, document, told.structure.as_ref()),
        headings: structure::headings(&page_address(&document.id.to_string()), &told.headings),
        inside: (current.pages > current.pages_without_text).then(|| {
            let (asked, within) = &told.inside;
            beside::within(language, document, asked, within)
        }),
        similar: beside::similar(language, &told.similar),
        related: related::view(language, document, &told.related),
        graph_text: related::alternative(language),
        history: history(language, document),
        versions: versions.map(|version| version_line(visit, document, version)).collect(),
        offered: told.offered,
        witnesses: told.offered.log.map(|log| log.sentence(language)).unwrap_or_default(),
        file: file_facts(visit, current),
        links: links(visit, settings, document),
        linked: linked::of(document, &told.related, &visit.origin(settings))
            .to_string()
            .replace('<', "\\u003c"),
    }
}

fn signed(
    language: Language,
    document: &Document,
    structure: Option<&Structure>,
) -> Option<SignedView> {
    let check = structure?.checked.as_deref()?;
    Some(signed::view(language, check, document.current().original.size_bytes))
}

fn structure(
    language: Language,
    document: &Document,
    structure: Option<&Structure>,
) -> Option<StructureView> {
    let address = page_address(&document.id.to_string());
    structure::view(language, structure?, &address, document.current().pages)
}

fn links(visit: &Visit, settings: &Settings, document: &Document) -> PageLinks {
    let links = Links::of(document);
    let pages = format!("{}/halaman", links.page);
    PageLinks {
        page: format!("{}{}", visit.origin(settings), links.page),
        proof: format!("{}/proof", links.data),
        certificate: format!("{}/certificate.pdf", links.data),
        copy: format!("{}/copy.pdf", links.data),
        reading: format!("{}/reading.pdf", links.data),
        json: links.data,
        content: links.content,
        text: links.text,
        first_page: format!("{pages}/1"),
        pages,
        verify: format!("/verifikasi?sha256={}#hasil", document.current().original.sha256),
    }
}

/// The description line by line. The title stands over the page already; it comes again only
/// where its being unsure must be said.
fn lines(visit: &Visit, document: &Document) -> Vec<Line> {
    let language = visit.language;
    let Description {
        kind,
        number,
        year,
        title,
        date,
        place,
        signatory,
        issuer,
        subject,
        classification,
        collection,
        effective,
        relations: _,
        promulgated,
        office,
        annexes,
        copy,
        copy_signatory,
        copy_office,
        rules: _,
    } = &document.description;
    let unsure_title = title.as_ref().filter(|field| field.confidence < REVIEW_BELOW);
    let line = |key, field: Option<Line>| field.map(|field| Line { key, ..field });
    let plain = |field: &Option<Field<String>>| read(visit, document, field, String::clone);
    let day = |field: &Option<Field<Date>>| {
        read(visit, document, field, |date| format::date(language, *date))
    };
    let lines = [
        line("field.kind", read(visit, document, kind, |key| names::kind(language, key))),
        line("field.number", plain(number)),
        line("field.year", read(visit, document, year, u16::to_string)),
        line("field.title", read(visit, document, &unsure_title.cloned(), String::clone)),
        line("field.date", day(date)),
        line("field.promulgated", day(promulgated)),
        line("field.effective", day(effective)),
        line("field.place", plain(place)),
        line("field.issuer", plain(issuer)),
        line("field.signatory", plain(signatory)),
        line("field.office", plain(office)),
        line("field.subject", plain(subject)),
        line("field.classification", plain(classification)),
        line("field.collection", plain(collection)),
        line("field.copy", plain(copy)),
        line("field.copy_signatory", plain(copy_signatory)),
        line("field.copy_office", plain(copy_office)),
    ];
    let annexes = annexes.iter().filter_map(|annex| {
        line("field.annex", read(visit, document, &Some(annex.clone()), annex_line))
    });
    let described = lines.into_iter().flatten().chain(annexes);
    let access = Line {
        key: "field.access",
        value: texts::text(language, &format!("access.{}", document.access)).to_owned(),
        unsure: false,
        place: None,
    };
    described.chain([access]).collect()
}

/// The label of an annex with what it is about.
fn annex_line(annex: &Annex) -> String {
    match &annex.title {
        Some(title) => format!("{}: {title}", annex.label),
        None => annex.label.clone(),
    }
}

fn read<T>(
    visit: &Visit,
    document: &Document,
    field: &Option<Field<T>>,
    shown: impl Fn(&T) -> String,
) -> Option<Line> {
    let field = field.as_ref()?;
    let address = page_address(&document.id.to_string());
    let place = field.evidence.as_ref().map(|evidence| {
        let n = evidence.page.to_string();
        Place {
            href: format!("{address}/halaman/{n}"),
            name: texts::fill(visit.language, "search.page_hit", &[("n", &n)]),
            label: texts::fill(visit.language, "document.evidence", &[("n", &n)]),
        }
    });
    Some(Line {
        key: "",
        value: shown(&field.value),
        unsure: field.confidence < REVIEW_BELOW,
        place,
    })
}

fn history(language: Language, document: &Document) -> Vec<Act> {
    let told = |statement: &&StatementRef| !INNER.contains(&statement.kind.as_str());
    let acts = document.statements.iter().rev().filter(told).map(|statement| {
        let key = format!("statement.{}", statement.kind);
        let key = if texts::is_known(&key) { &key } else { "statement.other" };
        let index = format::number(language, statement.index + 1);
        Act {
            name: texts::text(language, key).to_owned(),
            time: format::time(language, statement.time),
            place: texts::fill(language, "document.statement", &[("n", &index)]),
        }
    });
    acts.collect()
}

fn version_line(visit: &Visit, document: &Document, version: &Version) -> VersionLine {
    let language = visit.language;
    let filled =
        |key, name, value: &dyn Display| texts::fill(language, key, &[(name, &value.to_string())]);
    let time = format::time(language, version.registered);
    VersionLine {
        name: filled("document.version", "n", &version.number),
        current: version.number == document.current().number,
        registered: filled("document.registered", "time", &time),
        size: format::size(language, version.original.size_bytes),
        sha256: version.original.sha256.to_string(),
    }
}

fn file_facts(visit: &Visit, version: &Version) -> FileFacts {
    FileFacts {
        name: version.file_name.clone(),
        type_name: visit.t(names::type_key(&version.media_type)),
        size: format::size(visit.language, version.original.size_bytes),
        pages: format::number(visit.language, u64::from(version.pages)),
        page_count: version.pages,
        sha256: version.original.sha256.to_string(),
    }
}
