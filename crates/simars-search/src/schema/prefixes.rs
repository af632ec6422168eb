//! The prefixes of the query language: `tahun:2024`.

use std::collections::HashMap;

use serde::Deserialize;

/// A prefix of the query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Number,
    Year,
    Kind,
    Issuer,
    Title,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prefixes {
    number: Vec<String>,
    year: Vec<String>,
    kind: Vec<String>,
    issuer: Vec<String>,
    title: Vec<String>,
}

impl Prefixes {
    pub(super) fn by_word(self) -> Result<HashMap<String, Prefix>, String> {
        let mut words = HashMap::new();
        let lists = [
            (self.number, Prefix::Number),
            (self.year, Prefix::Year),
            (self.kind, Prefix::Kind),
            (self.issuer, Prefix::Issuer),
            (self.title, Prefix::Title),
        ];
        for (list, prefix) in lists {
            for word in list {
                if let Some(other) = words.insert(word.clone(), prefix) {
                    return Err(format!("the prefix {word:?} means {other:?} and {prefix:?}"));
                }
            }
        }
        Ok(words)
    }
}
