//! `/api/v1/people`: who works here, for administrators and for the command line.

use std::sync::Arc;

use axum::{Json, extract};
use serde::Serialize;
use simars_access::{AccessError, Action, Done, KeepError, Order, Summary};

use crate::auth::Asker;
use crate::body::{Incoming, Source};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::work::failed;

/// The longest body, in bytes.
const ORDER_BYTES: u64 = 4_000;

/// Everybody.
#[derive(Debug, Serialize)]
pub(crate) struct PeopleJson {
    people: Vec<Summary>,
}

/// Answers `GET /api/v1/people`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
) -> Result<Json<PeopleJson>, Problem> {
    asker.require(Action::Administer)?;
    let now = state.holdings.archive().now();
    let people =
        state.people.look(|people| people.all().map(|person| Summary::of(person, now)).collect());
    Ok(Json(PeopleJson { people }))
}

/// Answers `POST /api/v1/people`: the body is an [`Order`].
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
    request: extract::Request,
) -> Result<Json<Done>, Problem> {
    asker.require(Action::Administer)?;
    let body = Incoming::new(Source::Raw(request.into_body()), ORDER_BYTES).whole().await;
    let body = body.map_err(Code::problem)?;
    let order: Order = serde_json::from_slice(&body).map_err(|error| {
        let detail =
            format!("{error}; send for example {{\"order\": \"invite\", \"login\": NAME}}");
        Code::BadParameter.problem().detail(detail).with("parameter", "order")
    })?;
    let now = state.holdings.archive().now();
    let done = state.people.change(|people| {
        Ok::<_, Refused>(order.carry_out(people, now, &mut |bytes| (state.random)(bytes))?)
    });
    done.map(Json).map_err(|Refused(problem)| problem)
}

/// Why an order was not carried out.
struct Refused(Problem);

impl From<AccessError> for Refused {
    fn from(error: AccessError) -> Self {
        let code = match error {
            AccessError::Nobody(_) => Code::NoPerson,
            _ => Code::BadParameter,
        };
        Self(code.problem().detail(error.to_string()))
    }
}

impl From<KeepError> for Refused {
    fn from(error: KeepError) -> Self {
        Self(failed("keep who works here")(error).problem())
    }
}
