//! `POST /api/v1/documents/{id}/acts`: the owner publishes a document, takes it back, opens or
//! closes it, corrects what is said of it, or settles what it does to another act. Each act becomes
//! a statement in the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::{Json, extract};
use serde::Deserialize;
use simars_access::Action;
use simars_ingest::{Acted, Change, Relating, Stated};
use simars_record::{AccessClass, Description, RelationKind};

use crate::auth::Asker;
use crate::body::{Incoming, Source};
use crate::document;
use crate::problem::{Code, Problem};
use crate::segments::Segments;
use crate::state::State;
use crate::work::{blocking, failed};

/// The longest body, in bytes: a description may have a long title.
const ACT_BYTES: u64 = 20_000;

/// An act as it is sent.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "lowercase", deny_unknown_fields)]
enum Sent {
    Publish {},
    Withdraw {},
    Access { access: AccessClass },
    Correct { description: BTreeMap<String, String> },
    Relate(Related),
    Unrelate(Related),
}

/// What it does to another act, which is named as people write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Related {
    relation: RelationKind,
    target: String,
    #[serde(default)]
    in_part: bool,
}

/// Answers it: 200 with how the document stands afterwards; `changed` is false if it stood so
/// already.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
    Segments(id): Segments<String>,
    request: extract::Request,
) -> Result<Json<Acted>, Problem> {
    asker.require(Action::File)?;
    let found = document::find(&state, asker.0, Action::File, &id).await.map_err(Code::problem)?;
    let body = Incoming::new(Source::Raw(request.into_body()), ACT_BYTES);
    let change = read(body, &found.description).await?;
    let holdings = Arc::clone(&state.holdings);
    let acted = blocking(move || holdings.change(&found.id, &change));
    let acted = acted.await.map_err(Code::problem)?;
    let acted = acted.map_err(failed("state an act")).map_err(Code::problem)?;
    acted.map(Json).ok_or_else(|| Code::DocumentNotFound.problem())
}

async fn read(body: Incoming<'_>, description: &Description) -> Result<Change, Problem> {
    let bytes = body.whole().await.map_err(Code::problem)?;
    let sent = serde_json::from_slice(&bytes).map_err(|error| {
        let detail = format!(
            "{error}; send {{\"act\": \"publish\"}}, \"withdraw\", {{\"act\": \"access\", \
             \"access\": CLASS}}, {{\"act\": \"correct\", \"description\": {{FIELD: VALUE}}}} or \
             {{\"act\": \"relate\", \"relation\": KIND, \"target\": ACT}}, \"unrelate\""
        );
        bad("act", detail)
    })?;
    Ok(match sent {
        Sent::Publish {} => Change::Publish,
        Sent::Withdraw {} => Change::Withdraw,
        Sent::Access { access } => Change::Access(access),
        Sent::Correct { description } => Change::Correct(Box::new(stated(&description)?)),
        Sent::Relate(related) => settle(&related, true, description)?,
        Sent::Unrelate(related) => settle(&related, false, description)?,
    })
}

fn settle(related: &Related, holds: bool, description: &Description) -> Result<Change, Problem> {
    let Related { relation: kind, target, in_part } = related;
    let relating = Relating { kind: *kind, target, in_part: *in_part, holds };
    relating.onto(description).map_err(|detail| bad("target", detail))
}

/// The fields of a correction; their names are the columns of an import list.
fn stated(fields: &BTreeMap<String, String>) -> Result<Description, Problem> {
    let mut stated = Stated::default();
    for (name, value) in fields {
        if ["path", "access"].contains(&name.as_str()) {
            return Err(bad(name, format!("{name} is no field of a description")));
        }
        stated.set(name, value).map_err(|detail| bad(name, format!("{name}: {detail}")))?;
    }
    Ok(stated.description)
}

fn bad(parameter: &str, detail: impl Into<String>) -> Problem {
    Code::BadParameter.problem().detail(detail).with("parameter", parameter)
}
