//! The search view: analysis, index, queries, snippets.
//!
//! **What it does.** Keeps a tantivy index in which every page of every document is one entry, and
//! answers what people type: words, phrases, numbers of acts, prefixes such as `tahun:2024`. Hits are
//! documents; each shows its best pages with a snippet. Language and ranking are data in
//! `index-schema/`; a changed schema builds a new index beside the old one, which goes on answering.
//!
//! **Takes and gives.** [`Entry`] values through a [`Writer`]; a [`Request`] in, an [`Answer`] out.
//! Each commit carries the journal number it has applied ([`Index::applied`]). The access standing
//! of an entry is a number that only the caller understands; the request's scope says which
//! standings may be found, counted and quoted.
//!
//! **Never.** It knows neither the archive nor HTTP, reads no clock, and never refuses a query for
//! its form. No tantivy type is public. What it holds can be deleted at any time and built again.
//!
//! **Start at** [`Index::open`], [`Index::search`] and [`Index::nearest`] (texts that say nearly the
//! same),
//! [`Index::suggest`] (what could be meant while somebody types), [`Index::within`] (the pages of one
//! document), [`Index::similar`] (what is about the same); then `analyze` (text to words), `query`
//! (what was typed to what is looked for) and `collect` (pages to documents).

mod analyze;
mod collect;
mod columns;
mod cursor;
mod entry;
mod error;
mod exclude;
mod folder;
mod hit;
mod index;
mod look;
mod nearest;
mod order;
mod passage;
mod query;
mod request;
mod rescore;
mod schema;
mod scope;
mod search;
mod similar;
mod sketch;
mod snippet;
mod spelling;
mod stem;
mod subjects;
mod suggest;
mod synonyms;
mod turn;
mod vocabulary;
mod within;
mod words;
mod write;

pub use entry::{Entry, InForce};
pub use error::SearchError;
pub use index::{Index, Options};
pub use look::{Looked, look};
pub use nearest::Near;
pub use request::{Answer, Correction, Facets, Hit, PageHit, Request, Sort};
pub use schema::fingerprint;
pub use scope::Scope;
pub use similar::Similar;
pub use sketch::Sketch;
pub use suggest::{Subject, Suggested, Suggestions};
pub use within::{Inside, Within};
pub use write::Writer;
