//! `GET /api/v1/suggest`: what could be meant by what is being typed.

use std::sync::Arc;

use axum::Json;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use simars_access::{Action, Who, may};
use simars_ingest::Holdings;
use simars_record::{Document, DocumentId};

use crate::address::{brief, with_query};
use crate::auth::{Asker, scope, standing};
use crate::document::page_address;
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::query::value;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{names, query};

/// Suggestions in one answer unless `limit` says otherwise, and at most.
const LIMIT: usize = 8;
const MOST: usize = 20;
/// Subjects among them at most.
const SUBJECTS: usize = 3;

/// What could be meant, the likeliest first.
#[derive(Debug, Serialize)]
pub(crate) struct SuggestJson {
    suggestions: Vec<SuggestionJson>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum SuggestionJson {
    /// A document.
    Document {
        id: String,
        /// What of it was typed: `number` or `title`.
        by: &'static str,
        /// Kind and number in the reader's language; may be empty.
        label: String,
        title: String,
        kind: Option<String>,
        number: Option<String>,
        year: Option<u16>,
        href: String,
    },
    /// A subject that documents have.
    Subject { subject: String, href: String },
}

/// Answers `GET /api/v1/suggest`; `?form=opensearch` as browsers ask for it from their own field.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
) -> Result<Response, Problem> {
    let typed = raw(&visit.pairs);
    let for_browsers = match value(&visit.pairs, &["form"]) {
        None => false,
        Some("opensearch") => true,
        Some(form) => {
            let detail = format!("form is {form:?}; it takes opensearch or nothing");
            return Err(Code::BadParameter.problem().detail(detail).with("parameter", "form"));
        }
    };
    let limit = match value(&visit.pairs, &["limit"]) {
        None => LIMIT,
        Some(given) => query::amount("limit", given, MOST).map_err(|bad| bad.problem())?,
    };
    let (holdings, language) = (Arc::clone(&state.holdings), visit.language);
    let query = typed.clone();
    let found = blocking(move || suggest(&holdings, who, &query, limit, language)).await;
    let suggestions = found.and_then(|found| found).map_err(Code::problem)?;
    if for_browsers {
        return Ok(open_search(&typed, &suggestions, &visit.origin(&state.settings)));
    }
    Ok(Json(SuggestJson { suggestions }).into_response())
}

/// What was typed, the suggestions, what they are, and where they lead (OpenSearch Suggestions 1.1).
fn open_search(typed: &str, suggestions: &[SuggestionJson], origin: &str) -> Response {
    let mut columns: [Vec<String>; 3] = Default::default();
    for suggestion in suggestions {
        let (text, what, href) = match suggestion {
            SuggestionJson::Document { title, label, href, .. } => (title, label.clone(), href),
            SuggestionJson::Subject { subject, href } => (subject, String::new(), href),
        };
        columns[0].push(text.clone());
        columns[1].push(what);
        columns[2].push(format!("{origin}{href}"));
    }
    let [texts, what, addresses] = columns;
    let told = serde_json::json!([typed, texts, what, addresses]);
    ([(header::CONTENT_TYPE, "application/x-suggestions+json")], told.to_string()).into_response()
}

/// What was typed as it was: a blank at its end ends a word.
fn raw(pairs: &[(String, String)]) -> String {
    let typed = pairs.iter().find(|(name, value)| name == "q" && !value.trim().is_empty());
    typed.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The index may lag behind a change of access; so the catalogue has the last word on each.
fn suggest(
    holdings: &Holdings,
    who: Who,
    typed: &str,
    limit: usize,
    language: Language,
) -> Result<Vec<SuggestionJson>, Code> {
    let found = holdings.index().suggest(typed, scope(who), limit).map_err(failed("suggest"))?;
    let open = |id: &String| -> Result<Option<Document>, Code> {
        let Ok(id) = id.parse::<DocumentId>() else { return Ok(None) };
        let document = holdings.archive().document(&id);
        let document = document.map_err(failed("look up what was suggested"))?;
        Ok(document.filter(|document| may(who, Action::Find, standing(document))))
    };
    let mut subjects = Vec::new();
    for subject in found.subjects.into_iter().take(SUBJECTS) {
        let has = |document: &Document| {
            let field = document.description.subject.as_ref();
            field.is_some_and(|field| field.value.contains(&subject.name))
        };
        for id in &subject.ids {
            if open(id)?.is_some_and(|document| has(&document)) {
                let href = with_query("/cari", [("subjek", brief(&subject.name))]);
                subjects.push(SuggestionJson::Subject { subject: subject.name, href });
                break;
            }
        }
    }
    let mut suggestions = Vec::new();
    for suggested in found.documents {
        if suggestions.len() + subjects.len().min(limit) >= limit.max(1) {
            break;
        }
        if let Some(document) = open(&suggested.id)? {
            let by = if suggested.by_number { "number" } else { "title" };
            suggestions.push(of_document(language, &document, by));
        }
    }
    suggestions.extend(subjects);
    suggestions.truncate(limit);
    Ok(suggestions)
}

fn of_document(language: Language, document: &Document, by: &'static str) -> SuggestionJson {
    let description = &document.description;
    let kind = description.kind.as_ref().map(|field| field.value.clone());
    let number = description.number.as_ref().map(|field| field.value.clone());
    let year = description.year.as_ref().map(|field| field.value);
    let named = kind.as_ref().map(|kind| names::kind(language, kind)).unwrap_or_default();
    let line = names::number_line(language, number.as_deref(), year);
    let id = document.id.to_string();
    SuggestionJson::Document {
        by,
        label: [named, line].join(" ").trim().to_owned(),
        title: names::title(language, document),
        href: page_address(&id),
        id,
        kind,
        number,
        year,
    }
}
