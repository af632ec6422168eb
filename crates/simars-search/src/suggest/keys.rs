//! What is written into the index of a document so that it can be suggested.
//!
//! Each key begins with a letter for the document's standing: who may not find such documents never
//! meets their words, not even in the dictionary.

use simars_describe::reference;

use crate::Entry;
use crate::analyze::Language;
use crate::words::{Form, folded};

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A word of the title.
    Word,
    /// The number.
    Number,
    /// A subject, from one of its words on; the subject as it is written follows.
    Subject,
}

/// Between the folded and the written form of a subject.
pub(super) const BETWEEN: char = '\0';
/// Subjects of a document that are suggested, each of at most so many bytes.
const SUBJECTS: usize = 16;
const SUBJECT_BYTES: usize = 120;
/// Words of a subject by which it is found.
const BEGINNINGS: usize = 6;

/// The beginning of all keys of this sort for documents of this standing.
pub(super) fn head(standing: u8, sort: Sort) -> String {
    let sort = match sort {
        Sort::Word => 'w',
        Sort::Number => 'n',
        Sort::Subject => 's',
    };
    [char::from(b'a' + standing.min(15)), sort].iter().collect()
}

/// The subjects that a field for them holds; a semicolon stands between two.
pub(crate) fn subjects(field: &str) -> impl Iterator<Item = &str> {
    let all = field.split(';').map(str::trim).filter(|subject| !subject.is_empty());
    all.map(|subject| &subject[..subject.floor_char_boundary(SUBJECT_BYTES)]).take(SUBJECTS)
}

/// The keys of an entry. One that may never be found has none.
pub(crate) fn keys(entry: &Entry<'_>, language: &Language) -> Vec<String> {
    if entry.standing > 15 {
        return Vec::new();
    }
    let mut keys = Vec::new();
    let word = head(entry.standing, Sort::Word);
    keys.extend(words(entry.title, language).into_iter().map(|text| format!("{word}{text}")));
    if let Some(number) = entry.number {
        let number = reference::canonical_number(number);
        keys.push(format!("{}{number}", head(entry.standing, Sort::Number)));
    }
    for subject in entry.subject.into_iter().flat_map(subjects) {
        let head = head(entry.standing, Sort::Subject);
        let plain = folded(subject, SUBJECT_BYTES);
        let begins = plain.match_indices(' ').map(|(at, _)| at + 1);
        let begins = std::iter::once(0).chain(begins).take(BEGINNINGS);
        keys.extend(begins.map(|at| format!("{head}{}{BETWEEN}{subject}", &plain[at..])));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The words of a text that tell something, folded.
pub(super) fn words(text: &str, language: &Language) -> Vec<String> {
    let pieces = language.pieces(text).into_iter().filter(|piece| piece.form == Form::Part);
    let words = pieces.map(|piece| piece.folded);
    words.filter(|word| !language.rules.stop_words.contains(word)).collect()
}
