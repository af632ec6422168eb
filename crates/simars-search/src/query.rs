//! What was typed to what is looked for.
//!
//! Three steps, each of which any string survives: `parse` cuts the text into clauses (words,
//! phrases, prefixes, `-`, `OR`), `need` understands them (numbers of acts, synonyms, stop words),
//! and `build` makes the queries: a strict one with all words, and a relaxed one with any.

mod build;
mod need;
mod parse;

pub(crate) use build::Plan;
pub(crate) use need::first_number_key;

#[cfg(test)]
mod tests;
