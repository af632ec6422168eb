//! What can be wrong with a row of a schedule, so that it can be told in any language.

use std::fmt;

use simars_record::Code;
use simars_record::classification::CodeError;
use simars_record::retention::{FateError, PhaseError};

use super::{DEMONSTRATION, LONGEST_TITLE, MOST_ENTRIES};
use crate::metadata::RowError;

/// A row that cannot be used, or that is odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRow {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// What is wrong, and what would be right.
    pub wrong: Wrong,
}

/// What is wrong with a cell, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The code is not written as one.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The code has a row already.
    #[error("{code} stands in line {first} already; a code has one row")]
    Twice {
        /// The code.
        code: Code,
        /// Where it stands first.
        first: u64,
    },
    /// There are more entries than any scheme has.
    #[error("the list has more than {MOST_ENTRIES} entries")]
    TooMany,
    /// Nothing says what belongs there.
    #[error("nothing says what {0} is")]
    NoTitle(Code),
    /// The description is too long to be one.
    #[error("{0}: more than {LONGEST_TITLE} characters")]
    LongTitle(Code),
    /// A period is not written as one.
    #[error("{0}: {1}")]
    Phase(Code, PhaseError),
    /// A period is missing where the row has a rule.
    #[error("{0}: it is empty; write - if there is no such phase")]
    NoPhase(Code),
    /// There is no such fate.
    #[error("{0}: {1}")]
    Fate(Code, FateError),
    /// The mark of what is made for show is not understood.
    #[error("{0}: {1:?}; leave it empty, or write {DEMONSTRATION} for what is made for show")]
    Mark(Code, String),
    /// Odd only: its group is not in the list.
    #[error("{code} belongs below {group}, which is not in the list")]
    NoGroup {
        /// The code.
        code: Code,
        /// What it belongs below.
        group: Code,
    },
}

impl fmt::Display for WrongRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.wrong)
    }
}

impl From<&WrongRow> for RowError {
    fn from(row: &WrongRow) -> Self {
        let column = Some(row.column.to_owned());
        Self { line: row.line, column, detail: row.wrong.to_string(), absent: None }
    }
}
