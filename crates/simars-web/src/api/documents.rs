//! `/api/v1/documents/{id}` and what lies below it.

use std::sync::Arc;

use axum::Json;
use axum::extract;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use simars_access::{Action, Who, ever, may};
use simars_record::{
    AccessClass, Date, Description, Digest, Document, DocumentId, Finding, FindingCode, ObjectRef,
    SignatureCheck, StackPart, StatementRef, Timestamp, Version,
};

use crate::auth::{Asker, standing};
use crate::content::{Content, Source, send};
use crate::coverage::Coverage;
use crate::document::{self, Links, page_address};
use crate::language::Language;
use crate::names;
use crate::problem::{Code, Problem};
use crate::reading;
use crate::relations::{self, ForceJson, RelationsJson};
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};

/// A document as data: its description in short, then in full with what it rests on.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentJson {
    id: DocumentId,
    title: String,
    kind: Option<String>,
    number: Option<String>,
    year: Option<u16>,
    date: Option<Date>,
    issuer: Option<String>,
    sha256: Digest,
    status: &'static str,
    access: AccessClass,
    /// Whether it leaves out parts of a closed document.
    rendition: bool,
    /// The stack of papers that it was taken from, for those who work here.
    stack: Option<StackPart>,
    registered_at: Timestamp,
    description: Description,
    review: Vec<&'static str>,
    /// How much of the newest version could be read.
    coverage: Coverage,
    /// What came of checking the signatures in the newest version; null if it has none.
    signatures: Option<Box<SignatureCheck>>,
    /// The acts that it names and the documents that name it.
    relations: RelationsJson,
    /// Whether it is in force; null for what never is, such as a letter.
    legal_status: Option<ForceJson>,
    versions: Vec<VersionJson>,
    statements: Vec<StatementRef>,
    links: Links,
}

#[derive(Debug, Serialize)]
struct VersionJson {
    number: u32,
    sha256: Digest,
    size_bytes: u64,
    text_sha256: Digest,
    media_type: String,
    file_name: String,
    pages: u32,
    pages_without_text: u32,
    pages_recognised: u32,
    confidence: Option<u8>,
    pages_to_recognise: Vec<u32>,
    layout_sha256: Option<Digest>,
    findings: Vec<Finding>,
    reader: String,
    registered_at: Timestamp,
}

/// The type of an original, with its encoding where it is a text: without it a browser would
/// guess. A byte order mark in the text goes before whatever stands here.
fn with_charset(version: &Version) -> String {
    let media_type = &version.media_type;
    if !matches!(media_type.as_str(), "text/plain" | "text/markdown" | "text/csv") {
        return media_type.clone();
    }
    let guessed =
        version.findings.iter().any(|finding| finding.code == FindingCode::EncodingGuessed);
    format!("{media_type}; charset={}", if guessed { "windows-1252" } else { "utf-8" })
}

/// Answers `GET /api/v1/documents/{id}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    Segments(id): Segments<String>,
) -> Result<Json<DocumentJson>, Problem> {
    whole(&state, who, &id).await.map(Json)
}

/// All that this asker may know of a document.
pub(crate) async fn whole(state: &Arc<State>, who: Who, id: &str) -> Result<DocumentJson, Problem> {
    let found = document::find(state, who, Action::Find, id).await.map_err(Code::problem)?;
    let structure = reading::structure(state, found.current()).await.map_err(Code::problem)?;
    let signatures = structure.and_then(|structure| structure.checked);
    let related = relations::related(state, &found, who).await.map_err(Code::problem)?;
    let (relations, legal_status) =
        (RelationsJson::of(&related), related.force.as_ref().map(ForceJson::of));
    // What lay beside it in the same stack is the business of those who work here.
    let stack = found.stack.clone().filter(|_| names_people(who));
    let mut document = json(found);
    if !names_people(who) {
        document.statements.iter_mut().for_each(|statement| statement.by = None);
    }
    Ok(DocumentJson { signatures, relations, legal_status, stack, ..document })
}

/// Whether this asker is told which person did something: those who review documents are.
fn names_people(who: Who) -> bool {
    ever(who, Action::Review)
}

/// Answers `GET` and `HEAD /api/v1/documents/{id}/content`: the original; `?version=` chooses an
/// older one.
pub(crate) async fn content(
    extract::State(state): extract::State<Arc<State>>,
    asker: Result<Asker, Problem>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Response {
    let original =
        |version: &Version| (version.original, with_charset(version), version.file_name.clone());
    bytes(&state, asker, &visit, (&method, &headers), &id, original).await
}

/// Answers `GET` and `HEAD /api/v1/documents/{id}/text`: the text of all pages, separated by form
/// feeds.
pub(crate) async fn text(
    extract::State(state): extract::State<Arc<State>>,
    asker: Result<Asker, Problem>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Response {
    let text = |version: &Version| {
        let stem = version.file_name.rsplit_once('.').map_or(&*version.file_name, |(stem, _)| stem);
        (version.text, "text/plain; charset=utf-8".to_owned(), format!("{stem}.txt"))
    };
    bytes(&state, asker, &visit, (&method, &headers), &id, text).await
}

async fn bytes(
    state: &Arc<State>,
    asker: Result<Asker, Problem>,
    visit: &Visit,
    (method, headers): (&Method, &HeaderMap),
    id: &str,
    choose: impl Fn(&Version) -> (ObjectRef, String, String),
) -> Response {
    let who = match asker {
        Ok(Asker(who)) => who,
        Err(problem) => return problem.into_response(),
    };
    match open(state, who, &visit.pairs, id, choose).await {
        Ok(content) => {
            let mut response = send(method, headers, content).await;
            // Leads back to the page of the document (signposting.org).
            let page = format!("{}{}", visit.origin(&state.settings), page_address(id));
            let links = format!(
                "<{page}>; rel=\"collection\"; type=\"text/html\", <{page}>; rel=\"cite-as\""
            );
            if let Ok(links) = HeaderValue::try_from(links) {
                response.headers_mut().insert(header::LINK, links);
            }
            response
        }
        Err(code) => code.problem().into_response(),
    }
}

/// The original, for whoever may read it.
pub(crate) async fn original(
    state: &Arc<State>,
    who: Who,
    id: &str,
    pairs: &[(String, String)],
) -> Result<Content, Code> {
    let original =
        |version: &Version| (version.original, with_charset(version), version.file_name.clone());
    open(state, who, pairs, id, original).await
}

async fn open(
    state: &Arc<State>,
    who: Who,
    pairs: &[(String, String)],
    id: &str,
    choose: impl Fn(&Version) -> (ObjectRef, String, String),
) -> Result<Content, Code> {
    let found = document::find(state, who, Action::Read, id).await?;
    let version = document::version(&found, pairs)?;
    let (object, media_type, file_name) = choose(version);
    let holdings = Arc::clone(&state.holdings);
    let file = blocking(move || holdings.archive().open_object(&object)).await?;
    Ok(Content {
        source: Source::File(file.map_err(failed("open a stored file"))?),
        sha256: object.sha256,
        size_bytes: object.size_bytes,
        modified: version.registered,
        media_type,
        file_name,
        public: may(Who::Anyone, Action::Read, standing(&found)),
    })
}

/// A document as data.
pub(crate) fn json(document: Document) -> DocumentJson {
    let links = Links::of(&document);
    let title = names::title(Language::Indonesian, &document);
    let current = document.current();
    let coverage = Coverage::of(current);
    let (sha256, registered_at) = (current.original.sha256, current.registered);
    let description = document.description;
    DocumentJson {
        id: document.id,
        title,
        kind: description.kind.as_ref().map(|field| field.value.clone()),
        number: description.number.as_ref().map(|field| field.value.clone()),
        year: description.year.as_ref().map(|field| field.value),
        date: description.date.as_ref().map(|field| field.value),
        issuer: description.issuer.as_ref().map(|field| field.value.clone()),
        sha256,
        status: names::publication(document.publication),
        access: document.access,
        rendition: document.rendition.is_some(),
        stack: None,
        registered_at,
        review: description.fields_to_review(),
        description,
        coverage,
        signatures: None,
        relations: RelationsJson::default(),
        legal_status: None,
        versions: document.versions.into_iter().map(version_json).collect(),
        statements: document.statements,
        links,
    }
}

fn version_json(version: Version) -> VersionJson {
    VersionJson {
        number: version.number,
        sha256: version.original.sha256,
        size_bytes: version.original.size_bytes,
        text_sha256: version.text.sha256,
        media_type: version.media_type,
        file_name: version.file_name,
        pages: version.pages,
        pages_without_text: version.pages_without_text,
        pages_recognised: version.pages_recognised,
        confidence: version.confidence,
        pages_to_recognise: version.pages_to_recognise,
        layout_sha256: version.layout.map(|layout| layout.sha256),
        findings: version.findings,
        reader: version.reader,
        registered_at: version.registered,
    }
}
