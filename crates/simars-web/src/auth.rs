//! Who asks: anyone, unless they show the owner's token.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use simars_access::{Action, Standing, Who, may};
use simars_record::{AccessClass, Digest, Document, Publication};

use crate::State;
use crate::problem::{Code, Problem};

/// The asker of a request to the API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker(pub(crate) Who);

impl FromRequestParts<Arc<State>> for Asker {
    type Rejection = Problem;

    /// A token that is shown must be right: who shows a wrong one wants to know, not to be
    /// answered as anyone.
    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            return Ok(Self(Who::Anyone));
        };
        let shown = value.to_str().ok().and_then(bearer);
        match shown {
            Some(shown) if is_same(shown, &state.settings.owner_token) => Ok(Self(Who::Owner)),
            Some(_) => Err(Code::Unauthorized.problem().detail("the token is not the owner's")),
            None => {
                let detail = "the Authorization header is not of the form Bearer <token>";
                Err(Code::Unauthorized.problem().detail(detail))
            }
        }
    }
}

impl Asker {
    /// Refuses whoever may not do this at all, whatever the document.
    pub(crate) fn require(self, action: Action) -> Result<(), Problem> {
        // The most open standing there is: who may not do it there may not do it anywhere.
        let open = Standing { access: AccessClass::Open, publication: Publication::Published };
        if may(self.0, action, open) { Ok(()) } else { Err(Code::Unauthorized.problem()) }
    }
}

/// How a document stands.
pub(crate) const fn standing(document: &Document) -> Standing {
    Standing { access: document.access, publication: document.publication }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { Some(token.trim()) } else { None }
}

/// Compares in a time that tells nothing about where the two differ: their digests are compared,
/// and those to the end.
fn is_same(shown: &str, token: &str) -> bool {
    let (shown, kept) = (Digest::of(shown.as_bytes()), Digest::of(token.as_bytes()));
    let pairs = shown.as_bytes().iter().zip(kept.as_bytes());
    let difference = pairs.fold(0, |difference, (one, other)| difference | (one ^ other));
    !token.is_empty() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_the_token() {
        assert!(is_same("abc", "abc"));
        for wrong in ["", "ab", "abcd", "abC"] {
            assert!(!is_same(wrong, "abc"), "{wrong}");
        }
        assert!(!is_same("", ""), "no token at all lets nobody in");
        assert_eq!(bearer("bearer  x"), Some("x"));
        assert_eq!(bearer("Basic x"), None);
    }
}
