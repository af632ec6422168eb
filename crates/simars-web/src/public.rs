//! Pages for people. Each module is one page: what it shows, and how a request becomes that.

pub(crate) mod about;
mod beside;
pub(crate) mod browse;
pub(crate) mod collections;
pub(crate) mod compare;
pub(crate) mod coverage;
mod covered;
pub(crate) mod document;
pub(crate) mod error;
mod forms;
pub(crate) mod home;
mod items;
mod layer;
pub(crate) mod offline;
pub(crate) mod page;
mod reader;
mod related;
pub(crate) mod scanned;
pub(crate) mod search;
pub(crate) mod sheet;
pub(crate) mod shelf;
mod signed;
pub(crate) mod statistics;
mod structure;
mod table;
pub(crate) mod verify;

#[cfg(test)]
pub(crate) mod tests;

use simars_access::Who;
use simars_search::Request;

use crate::address::with_query;
use crate::auth::scope;
use crate::format;
use crate::language::Language;
use crate::shell::Visit;

/// Whoever reads a page is anyone: there is no signing in on the public side.
pub(crate) const READER: Who = Who::Anyone;

/// Something to follow, with how many documents stand behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) amount: String,
}

impl Choice {
    /// A choice that searches by one parameter.
    pub(crate) fn filter(
        language: Language,
        parameter: &str,
        value: &str,
        name: String,
        amount: u64,
    ) -> Self {
        Self {
            name,
            href: with_query("/cari", [(parameter, value)]),
            amount: format::number(language, amount),
        }
    }
}

/// What is said while the index is behind; nothing once it is not.
pub(crate) fn behind(visit: &Visit, complete: bool) -> Option<String> {
    (!complete).then(|| visit.t("search.incomplete").to_owned())
}

/// A search for everything a reader may find.
pub(crate) fn everything() -> Request {
    Request { per_page: 1, ..Request::new("", scope(READER)) }
}
