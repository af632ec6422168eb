//! Who asks the API: anyone, unless they show the owner's token or the key of a program.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use simars_access::{Action, Grant, Standing, Who, ever, may};
use simars_record::{Actor, Digest, Document, Unit};
use simars_search::Scope;

use crate::State;
use crate::problem::{Code, Problem};

/// The asker of a request to the API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker(pub(crate) Who);

/// The asker of a request that does something, with the name that goes into the log.
#[derive(Debug, Clone)]
pub(crate) struct Doer {
    pub(crate) who: Who,
    /// The name of the person whose program it is; `None` for the owner and for anyone.
    login: Option<String>,
}

impl FromRequestParts<Arc<State>> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        identify(&parts.headers, state).map(|doer| Self(doer.who))
    }
}

impl FromRequestParts<Arc<State>> for Doer {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        identify(&parts.headers, state)
    }
}

/// Reads who asks. A token that is shown must be right: who shows a wrong one wants to know, not
/// to be answered as anyone.
fn identify(headers: &HeaderMap, state: &State) -> Result<Doer, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(Doer { who: Who::Anyone, login: None });
    };
    let refused = |detail: &str| Err(Code::Unauthorized.problem().detail(detail));
    let Some(shown) = value.to_str().ok().and_then(bearer) else {
        return refused("the Authorization header is not of the form Bearer <token>");
    };
    if is_same(shown, &state.settings.owner_token) {
        return Ok(Doer { who: Who::Owner, login: None });
    }
    let now = state.holdings.archive().now();
    let key = state.people.look(|people| {
        people.key(shown, now).map(|(person, grant)| (person.login.to_string(), grant))
    });
    match key {
        Some((login, grant)) => Ok(Doer { who: Who::Person(grant), login: Some(login) }),
        None => refused("the token is neither the owner's nor a key that is valid"),
    }
}

/// Whose key a request shows, and what it may do; nobody for the owner's token or a wrong one.
pub(crate) fn by_key(headers: &HeaderMap, state: &State) -> Option<(String, Grant)> {
    match identify(headers, state).ok()? {
        Doer { who: Who::Person(grant), login: Some(login) } => Some((login, grant)),
        _ => None,
    }
}

impl Asker {
    /// Refuses whoever may not do this at all, whatever the document.
    pub(crate) fn require(self, action: Action) -> Result<(), Problem> {
        require(self.0, action)
    }
}

impl Doer {
    /// Somebody who signed in.
    pub(crate) fn signed_in(who: Who, login: String) -> Self {
        Self { who, login: Some(login) }
    }

    /// Whose something is: a name, or that of whoever holds the data folder.
    pub(crate) fn owner(&self) -> String {
        // No name to sign in with has a sign like this in it.
        self.login.clone().unwrap_or_else(|| "(owner)".to_owned())
    }

    /// Refuses whoever may not do this at all, whatever the document.
    pub(crate) fn require(&self, action: Action) -> Result<(), Problem> {
        require(self.who, action)
    }

    /// Refuses whoever may not do this to a document that stands so, or has to leave it to
    /// somebody else; gives what the log says of who did it.
    pub(crate) fn act(
        &self,
        state: &State,
        action: Action,
        document: &Document,
    ) -> Result<Option<Actor>, Code> {
        let standing = standing(document);
        if !may(self.who, action, standing) {
            return Err(Code::Forbidden);
        }
        let filed_by = document.statements.first().and_then(|first| first.by.as_deref());
        let own = self.login.is_some() && filed_by == self.login.as_deref();
        if state.settings.two_persons && action == Action::Publish && own {
            return Err(Code::SecondPerson);
        }
        Ok(self.actor(action, standing))
    }

    /// What the log says of who did this.
    pub(crate) fn actor(&self, action: Action, standing: Standing) -> Option<Actor> {
        let (Who::Person(grant), Some(login)) = (self.who, &self.login) else { return None };
        let role = grant.role_for(action, standing)?;
        Some(Actor { login: login.clone(), role: role.term().to_owned() })
    }
}

fn require(who: Who, action: Action) -> Result<(), Problem> {
    if ever(who, action) {
        return Ok(());
    }
    let code = if who == Who::Anyone { Code::Unauthorized } else { Code::Forbidden };
    Err(code.problem())
}

/// How a document stands.
pub(crate) const fn standing(document: &Document) -> Standing {
    Standing::of(document)
}

/// What an asker may find, as the index takes it.
pub(crate) fn scope(who: Who) -> Scope {
    index_scope(simars_access::scope(who))
}

/// The same decision in the words of the index.
pub(crate) fn index_scope(scope: simars_access::Scope) -> Scope {
    let simars_access::Scope { anywhere, within, unit } = scope;
    Scope { anywhere, within, group: unit.map_or(0, Unit::number) }
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
