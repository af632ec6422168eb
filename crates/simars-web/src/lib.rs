//! The archive over HTTP: pages for people, an API for machines.
//!
//! **What it does.** Serves search, documents, their bytes and their verification: as pages that
//! are complete without JavaScript, in Indonesian and English, and as JSON. Takes uploads from those
//! who may file, and has the pages on which they work.
//!
//! **Takes and gives.** A [`State`] with the open holdings and the operator's settings; a
//! [`router()`] that can be asked directly, or be served on a listener by [`serve()`].
//!
//! **Never.** It decides nothing about access itself (that is `simars-access`), changes no byte of
//! a document on its way out, keeps no file that was sent only to be verified, and loads nothing
//! from elsewhere.
//!
//! **Start at** [`mod@router`], which lists every address; then `public` for the pages of readers, `staff` for those of
//! who works here, `api` for
//! the machines, `content` for the bytes of documents, and `texts.toml` for every sentence.

mod address;
mod api;
mod assets;
mod auth;
mod beside;
mod body;
mod capitals;
mod chart;
mod checker;
mod citation;
mod compare;
mod content;
mod counts;
mod coverage;
mod document;
mod doubt;
mod events;
mod feed;
mod find;
mod flow;
mod format;
mod fresh;
mod handout;
mod highlight;
mod language;
mod layers;
mod ledger;
mod limit;
mod linked;
mod machine;
mod memo;
mod metrics;
mod names;
mod negotiate;
mod oai;
mod open_search;
mod openapi;
mod parts;
pub mod problem;
mod public;
mod public_log;
mod query;
mod reading;
mod relations;
mod resumable;
mod retention;
pub mod router;
mod segments;
mod series;
pub mod serve;
mod shell;
mod shelves;
mod sitemap;
mod staff;
pub mod state;
mod tables;
mod texts;
mod trail;
mod turns;
mod verdict;
pub mod witness;
mod work;

pub use api::search::answer_json;
pub use memo::Memos;
pub use router::router;
pub use serve::{Limits, serve};
pub use shelves::{BadShelf, ShelfError, Shelves};
pub use state::{Ask, Asked, Settings, SignOn, State};
