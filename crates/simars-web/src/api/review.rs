//! `GET /api/v1/review`: documents whose description needs a person's eye.

use std::sync::Arc;

use axum::Json;
use axum::extract;
use serde::Serialize;
use simars_access::{Action, Who, may};
use simars_record::{ActName, Document, DocumentId, Evidence, Relation, RelationKind};

use crate::auth::{Asker, standing};
use crate::document::Links;
use crate::language::Language;
use crate::names;
use crate::problem::{Code, Problem};
use crate::query;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};

/// How many documents one answer lists.
const LISTED: usize = 100;

/// A part of the review list, oldest registrations first.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewJson {
    documents: Vec<ReviewItem>,
    /// Where the list goes on; null at its end.
    next: Option<String>,
}

/// One document of the list.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewItem {
    pub(crate) id: DocumentId,
    pub(crate) title: String,
    kind: Option<String>,
    number: Option<String>,
    year: Option<u16>,
    /// The fields to look at.
    pub(crate) review: Vec<&'static str>,
    /// The relations to confirm or to deny; they bear on no act's force before that.
    relations: Vec<DoubtfulJson>,
    links: Links,
}

/// A relation that a person has to settle, with what it rests on.
#[derive(Debug, Serialize)]
struct DoubtfulJson {
    relation: RelationKind,
    in_part: bool,
    target: ActName,
    /// Kind, number and office in one line; an act of settling takes it as it is.
    label: String,
    confidence: f32,
    evidence: Option<Evidence>,
}

/// Answers `GET /api/v1/review`; `?from=` continues an earlier answer.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
    visit: Visit,
) -> Result<Json<ReviewJson>, Problem> {
    asker.require(Action::Review)?;
    let from = match query::value(&visit.pairs, &["from"]) {
        None => 0,
        Some(from) => from.parse::<u64>().map_err(|_| {
            let detail = "from takes a whole number, as in the next member of an answer";
            Code::BadParameter.problem().detail(detail).with("parameter", "from")
        })?,
    };
    let Asker(who) = asker;
    let Listed { items, next } = list(&state, who, from).await.map_err(Code::problem)?;
    let next = next.map(|next| format!("/api/v1/review?from={next}"));
    Ok(Json(ReviewJson { documents: items, next }))
}

/// A part of the list, and the place in the order of registration where it goes on.
pub(crate) struct Listed {
    pub(crate) items: Vec<ReviewItem>,
    pub(crate) next: Option<u64>,
}

/// What this asker may review, from a place in the order of registration.
pub(crate) async fn list(state: &Arc<State>, who: Who, from: u64) -> Result<Listed, Code> {
    let holdings = Arc::clone(&state.holdings);
    let listed = blocking(move || {
        let mut list = Listed { items: Vec::new(), next: None };
        for document in holdings.archive().to_review(from) {
            let document = document.map_err(failed("list the documents to review"))?;
            let review = document.description.fields_to_review();
            if review.is_empty() || !may(who, Action::Review, standing(&document)) {
                continue;
            }
            if list.items.len() == LISTED {
                list.next = Some(document.ordinal);
                break;
            }
            list.items.push(item(&document, review));
        }
        Ok(list)
    });
    listed.await?
}

fn item(document: &Document, review: Vec<&'static str>) -> ReviewItem {
    let description = &document.description;
    ReviewItem {
        id: document.id,
        title: names::title(Language::Indonesian, document),
        kind: description.kind.as_ref().map(|field| field.value.clone()),
        number: description.number.as_ref().map(|field| field.value.clone()),
        year: description.year.as_ref().map(|field| field.value),
        review,
        relations: description.doubtful_relations().map(doubtful).collect(),
        links: Links::of(document),
    }
}

fn doubtful(relation: &Relation) -> DoubtfulJson {
    DoubtfulJson {
        relation: relation.kind,
        in_part: relation.in_part,
        target: relation.target.clone(),
        label: names::act(Language::Indonesian, &relation.target),
        confidence: relation.confidence,
        evidence: relation.evidence.clone(),
    }
}
