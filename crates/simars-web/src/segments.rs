//! The variable parts of an address.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;

use crate::State;
use crate::problem::Code;
use crate::public::error;
use crate::shell::Visit;

/// The variable parts of an address, decoded. Parts that are no text lead where nothing is, and
/// are answered like that: machines get a problem, people a page.
#[derive(Debug)]
pub(crate) struct Segments<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<State>> for Segments<T> {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        let rejection = match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(segments)) => return Ok(Self(segments)),
            Err(rejection) => rejection,
        };
        let code = if rejection.status().is_server_error() {
            tracing::error!(error = rejection.body_text(), "an address could not be read");
            Code::Internal
        } else {
            Code::NotFound
        };
        let Ok(visit) = Visit::from_request_parts(parts, state).await;
        Err(error::answer(&state.settings, &visit, code))
    }
}
