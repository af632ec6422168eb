//! What was typed to what is looked for.
//!
//! Four steps, each of which any string survives: `parse` cuts the text into clauses (words,
//! phrases, prefixes, `-`, `OR`), `need` understands them (numbers of acts, synonyms, stop words),
//! `known` asks the index how much each tells, and `build` makes the queries: a strict one with all
//! words, one with the words that tell most, and a relaxed one with any.

mod beginning;
mod beside;
mod build;
mod known;
mod marks;
mod need;
mod parse;
mod unlabelled;

pub(crate) use build::{Part, Plan};
pub(crate) use known::Slip;
pub(crate) use need::first_number_key;

#[cfg(test)]
mod tests;
