//! Text to a description with evidence.
//!
//! **What it does.** Reads the pages of a document and says what it is: kind, number, year,
//! title, date and place of enactment, promulgation and effect, signatory with office, issuer,
//! annexes, the mark of a copy, and which acts it cites, amends or revokes. Each value comes with a
//! confidence and the passage that shows it. It also finds the numbers of acts that people write in documents
//! and in search boxes ([`mod@reference`]), suggests codes of a classification scheme ([`classify`]), and holds
//! the table of kinds ([`kinds`]).
//!
//! **Takes and gives.** Page texts in, a [`simars_record::Description`] out, by [`describe()`].
//! Offsets are bytes of the page's text as it was given.
//!
//! **Never.** No file, no clock, no guess without saying so: what had to be repaired or inferred
//! has little confidence, and a value that cannot be told is left out. Any text is answered.
//!
//! **Start at** [`mod@describe`], then `head` (the top of the first page) and `closing` (the end).

mod annexes;
pub mod classify;
mod closing;
mod copy;
mod date;
pub mod describe;
mod edition;
mod file_name;
mod footer;
pub mod furniture;
mod head;
mod imprint;
mod issuer;
pub mod kinds;
mod letter;
mod lines;
mod message;
mod number;
mod promulgation;
pub mod reference;
mod relations;
mod signatory;
pub mod structure;
mod title;

pub use describe::{RULES, describe};
