//! The nouns of the archive and their canonical bytes.
//!
//! **What it does.** Names the things every other crate talks about: a [`Digest`], a
//! [`DocumentId`], a [`Page`] of text with its [`Layout`] and [`Finding`]s, a [`Description`] with evidence, a
//! [`Statement`] and the [`Document`] that statements add up to.
//!
//! **Takes and gives.** Values in, values out; text and JSON forms that stay the same for ever.
//!
//! **Never.** No file, no socket, no clock, no randomness: identifiers, nonces and times are
//! handed in by the caller.
//!
//! **Start at** [`document`], then [`statement`]; the other modules are what these two are made of.

pub mod access;
pub mod classification;
pub mod date;
pub mod description;
pub mod digest;
pub mod document;
pub mod id;
pub mod layout;
pub mod page;
pub mod relation;
pub mod retention;
pub mod schedule;
pub mod separator;
pub mod signature;
pub mod statement;
pub mod unit;

pub use access::{AccessClass, Publication};
pub use classification::Code;
pub use date::{Date, Timestamp};
pub use description::{Annex, Description, Evidence, Field, Source};
pub use digest::{Digest, Hasher};
pub use document::{
    Actor, AuthenticatedCopy, Document, ObjectRef, Rendition, StatementRef, Version,
};
pub use id::DocumentId;
pub use layout::{Layout, PageLayout, Structure, Table, WordBox};
pub use page::{Extracted, Finding, FindingCode, Page, TextSource};
pub use relation::{ActName, ForceState, Relation, RelationKind};
pub use retention::Retention;
pub use schedule::{Schedule, Scheme, StatedSchedule};
pub use separator::{KindKey, Separator, SeparatorError, StackPart};
pub use signature::{RevisionClass, Signature, SignatureCheck};
pub use statement::{Commitment, ContentMark, Statement, StatementKind};
pub use unit::{Unit, UnitChoice};
