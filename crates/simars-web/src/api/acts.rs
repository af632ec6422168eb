//! `POST /api/v1/documents/{id}/acts`: whoever may publishes a document, takes it back, opens or
//! closes it, corrects what is said of it, or settles what it does to another act. Each act becomes
//! a statement in the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::{Json, extract};
use serde::Deserialize;
use simars_access::{Action, Standing, may};
use simars_ingest::retention::holding;
use simars_ingest::{Acted, Change, Relating, Stated};
use simars_record::retention::PhaseName;
use simars_record::{AccessClass, Date, Description, Document, RelationKind, UnitChoice};

use crate::auth::{Doer, standing};
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
    Access {
        access: AccessClass,
    },
    Embargo {
        opens: Date,
    },
    Unit {
        unit: UnitChoice,
    },
    Correct {
        description: BTreeMap<String, String>,
    },
    Relate(Related),
    Unrelate(Related),
    Classify {
        code: String,
    },
    /// The event of a phase took place on this day; `-` takes that back.
    Trigger {
        date: String,
        #[serde(default)]
        phase: PhaseName,
    },
    Hold {
        reason: String,
    },
    Release {},
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
    doer: Doer,
    Segments(id): Segments<String>,
    request: extract::Request,
) -> Result<Json<Acted>, Problem> {
    // Who may do nothing at all is told so before a body is read.
    doer.require(Action::Describe).or_else(|_| doer.require(Action::Publish))?;
    let found = document::find(&state, doer.who, Action::Find, &id).await.map_err(Code::problem)?;
    let body = Incoming::new(Source::Raw(request.into_body()), ACT_BYTES);
    let change = read(&state, body, &found.description).await?;
    let acted = act(&state, &doer, found, change).await.map_err(Code::problem)?;
    Ok(Json(acted))
}

/// Does it, if this person may do it to this document; the log says who did.
pub(crate) async fn act(
    state: &Arc<State>,
    doer: &Doer,
    found: Document,
    change: Change,
) -> Result<Acted, Code> {
    let by = doer.act(state, action(&change), &found)?;
    // Nobody puts a document where they could not find it again.
    let after = afterwards(standing(&found), &change);
    if !may(doer.who, Action::Find, after) && matches!(action(&change), Action::Classify) {
        return Err(Code::Forbidden);
    }
    let holdings = Arc::clone(&state.holdings);
    let acted = blocking(move || holdings.change(&found.id, &change, by.as_ref())).await?;
    acted.map_err(failed("state an act"))?.ok_or(Code::DocumentNotFound)
}

/// What somebody has to be allowed to do.
const fn action(change: &Change) -> Action {
    match change {
        Change::Publish => Action::Publish,
        Change::Withdraw => Action::Withdraw,
        Change::Access(_)
        | Change::Embargo(_)
        | Change::Unit(_)
        | Change::Event(..)
        | Change::Hold(_)
        | Change::Release => Action::Classify,
        // How long it is kept follows from its code.
        Change::Correct(stated) if stated.classification.is_some() => Action::Classify,
        Change::Correct(_) => Action::Describe,
    }
}

/// How a document stands after a change of who may see it.
fn afterwards(standing: Standing, change: &Change) -> Standing {
    match change {
        Change::Access(access) => Standing { access: *access, ..standing },
        Change::Embargo(_) => {
            Standing { access: standing.access.max(AccessClass::Restricted), ..standing }
        }
        Change::Unit(unit) => Standing { unit: *unit, ..standing },
        _ => standing,
    }
}

async fn read(
    state: &State,
    body: Incoming<'_>,
    description: &Description,
) -> Result<Change, Problem> {
    let bytes = body.whole().await.map_err(Code::problem)?;
    let sent = serde_json::from_slice(&bytes).map_err(|error| {
        let detail = format!(
            "{error}; send {{\"act\": \"publish\"}}, \"withdraw\", {{\"act\": \"access\", \
             \"access\": CLASS}}, {{\"act\": \"embargo\", \"opens\": DAY}}, \
             {{\"act\": \"unit\", \"unit\": UNIT}}, \
             {{\"act\": \"correct\", \"description\": {{FIELD: VALUE}}}}, \
             {{\"act\": \"relate\", \"relation\": KIND, \"target\": ACT}}, \"unrelate\", \
             {{\"act\": \"classify\", \"code\": CODE}}, {{\"act\": \"trigger\", \"date\": DATE}}, \
             {{\"act\": \"hold\", \"reason\": TEXT}} or \"release\""
        );
        bad("act", detail)
    })?;
    Ok(match sent {
        Sent::Publish {} => Change::Publish,
        Sent::Withdraw {} => Change::Withdraw,
        Sent::Access { access } => Change::Access(access),
        Sent::Embargo { opens } => Change::Embargo(opens),
        Sent::Unit { unit } => Change::Unit(unit.0),
        Sent::Correct { description } => Change::Correct(Box::new(stated(&description)?)),
        Sent::Relate(related) => settle(&related, true, description)?,
        Sent::Unrelate(related) => settle(&related, false, description)?,
        Sent::Classify { code } => {
            let classified = state.holdings.classifying_as(&code);
            classified.map_err(|detail| bad("code", detail))?
        }
        Sent::Trigger { date, phase } => Change::Event(phase, event_day(&date)?),
        Sent::Hold { reason } => holding(&reason).map_err(|detail| bad("reason", detail))?,
        Sent::Release {} => Change::Release,
    })
}

/// The day of an event; none for a dash.
fn event_day(date: &str) -> Result<Option<Date>, Problem> {
    if date.trim() == "-" {
        return Ok(None);
    }
    date.parse().map(Some).map_err(|error| bad("date", format!("{error}, or - to take it back")))
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
        if ["path", "access", "opens", "unit"].contains(&name.as_str()) {
            return Err(bad(name, format!("{name} is no field of a description")));
        }
        stated.set(name, value).map_err(|detail| bad(name, format!("{name}: {detail}")))?;
    }
    Ok(stated.description)
}

fn bad(parameter: &str, detail: impl Into<String>) -> Problem {
    Code::BadParameter.problem().detail(detail).with("parameter", parameter)
}
