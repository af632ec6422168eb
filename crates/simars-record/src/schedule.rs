//! A classification scheme with its retention schedule: what an archivist brings along, in one
//! version after the other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::retention::Rule;
use crate::{Code, Date, ObjectRef, Timestamp};

/// One line of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its code.
    pub code: Code,
    /// What belongs there (*uraian*).
    pub title: String,
    /// How long records of it are kept; `None` for what only groups others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// A remark (*keterangan*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Made for show: it is no law, and every page says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub demonstration: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// A scheme: its entries by their codes, in the order of the codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scheme {
    entries: BTreeMap<Code, Entry>,
}

impl Scheme {
    /// Adds an entry; gives it back if its code is there already.
    ///
    /// # Errors
    /// The entry.
    pub fn add(&mut self, entry: Entry) -> Result<(), Box<Entry>> {
        if self.entries.contains_key(&entry.code) {
            return Err(Box::new(entry));
        }
        self.entries.insert(entry.code.clone(), entry);
        Ok(())
    }

    /// The entry with this code.
    pub fn get(&self, code: &Code) -> Option<&Entry> {
        self.entries.get(code)
    }

    /// All entries, in the order of their codes.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.values()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether anything in it was made for show.
    pub fn is_demonstration(&self) -> bool {
        self.entries().any(|entry| entry.demonstration)
    }

    /// As it is stored: an entry in a line of JSON, in the order of the codes. The same scheme has
    /// the same bytes.
    ///
    /// # Errors
    /// Never for what this type can hold.
    pub fn to_lines(&self) -> Result<String, serde_json::Error> {
        let mut lines = String::new();
        for entry in self.entries() {
            lines.push_str(&serde_json::to_string(entry)?);
            lines.push('\n');
        }
        Ok(lines)
    }

    /// Reads what [`Scheme::to_lines`] writes.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn from_lines(text: &str) -> Result<Self, String> {
        let mut scheme = Self::default();
        for (index, line) in text.lines().enumerate() {
            let entry = serde_json::from_str(line).map_err(|error| error.to_string());
            let entry: Entry = entry.map_err(|error| format!("line {}: {error}", index + 1))?;
            let added = scheme.add(entry);
            added.map_err(|twice| {
                format!("line {}: {} stands there twice", index + 1, twice.code)
            })?;
        }
        Ok(scheme)
    }

    /// What changes when another scheme takes the place of this one.
    pub fn changes<'a>(&'a self, next: &'a Self) -> Changes<'a> {
        let mut changes = Changes::default();
        for entry in next.entries() {
            match self.get(&entry.code) {
                None => changes.added.push(entry),
                Some(known) if known != entry => changes.changed.push((known, entry)),
                Some(_) => changes.same += 1,
            }
        }
        changes.gone = self.entries().filter(|entry| next.get(&entry.code).is_none()).collect();
        changes
    }
}

/// What differs between two schemes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes<'a> {
    /// Only the later one has these.
    pub added: Vec<&'a Entry>,
    /// As it was, and as it becomes.
    pub changed: Vec<(&'a Entry, &'a Entry)>,
    /// Only the earlier one has these.
    pub gone: Vec<&'a Entry>,
    /// How many are the same.
    pub same: usize,
}

/// A version of the scheme, as it was stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its entries, as an object of the store.
    pub entries: ObjectRef,
    /// How many there are.
    pub count: u64,
    /// The name of the file it came in.
    pub file_name: String,
    /// The first day on which it is valid.
    pub valid_from: Date,
    /// The last one, if that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Made for show.
    #[serde(default, skip_serializing_if = "is_false")]
    pub demonstration: bool,
}

/// A version with what the journal says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedSchedule {
    /// Counted from 1, in the order of the statements.
    pub number: u32,
    /// The version itself.
    #[serde(flatten)]
    pub schedule: Schedule,
    /// The index of its statement in the log.
    pub index: u64,
    /// When it was stated.
    pub time: Timestamp,
    /// The name of the person who did: never part of what is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// The version that is in force on a day: of those that are valid then, the one that is valid
/// since the latest day, and of several such the one that was stated last.
pub fn in_force(versions: &[StatedSchedule], day: Date) -> Option<&StatedSchedule> {
    let valid = versions.iter().filter(|version| {
        let Schedule { valid_from, valid_to, .. } = &version.schedule;
        *valid_from <= day && valid_to.is_none_or(|to| day <= to)
    });
    valid.max_by_key(|version| (version.schedule.valid_from, version.number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Digest;

    fn entry(code: &str, title: &str) -> Entry {
        let code = code.parse().unwrap();
        Entry { code, title: title.to_owned(), rule: None, note: None, demonstration: true }
    }

    fn scheme(entries: &[(&str, &str)]) -> Scheme {
        let mut scheme = Scheme::default();
        entries.iter().for_each(|(code, title)| scheme.add(entry(code, title)).unwrap());
        scheme
    }

    #[test]
    fn the_same_scheme_has_the_same_bytes() {
        let one = scheme(&[("XX", "Contoh"), ("XX.10", "B"), ("XX.9", "A")]);
        let other = scheme(&[("XX.9", "A"), ("XX", "Contoh"), ("XX.10", "B")]);
        let lines = one.to_lines().unwrap();
        assert_eq!(lines, other.to_lines().unwrap());
        assert_eq!(Scheme::from_lines(&lines), Ok(one));
        assert!(Scheme::from_lines(&lines.repeat(2)).unwrap_err().contains("twice"));
        assert!(Scheme::from_lines("{").unwrap_err().starts_with("line 1"));
    }

    #[test]
    fn changes_are_told() {
        let old = scheme(&[("XX", "Contoh"), ("XX.1", "Lama"), ("XX.2", "Sama")]);
        let new = scheme(&[("XX", "Contoh"), ("XX.2", "Lain"), ("XX.3", "Baru")]);
        let changes = old.changes(&new);
        let codes = |entries: &[&Entry]| {
            entries.iter().map(|entry| entry.code.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(codes(&changes.added), ["XX.3"]);
        assert_eq!(codes(&changes.gone), ["XX.1"]);
        assert_eq!(changes.changed[0].1.title, "Lain");
        assert_eq!(changes.same, 1);
    }

    #[test]
    fn the_latest_valid_version_is_in_force() {
        let version = |number, from: &str, to: Option<&str>| StatedSchedule {
            number,
            schedule: Schedule {
                entries: ObjectRef { sha256: Digest::of(b""), size_bytes: 0 },
                count: 0,
                file_name: String::new(),
                valid_from: from.parse().unwrap(),
                valid_to: to.map(|to| to.parse().unwrap()),
                demonstration: false,
            },
            index: 0,
            time: Timestamp::from_unix(0),
            by: None,
        };
        let versions = [
            version(1, "2020-01-01", None),
            version(2, "2024-01-01", Some("2024-12-31")),
            version(3, "2020-01-01", None),
            version(4, "2030-01-01", None),
        ];
        let on = |day: &str| in_force(&versions, day.parse().unwrap()).map(|one| one.number);
        assert_eq!(on("2019-12-31"), None);
        assert_eq!(on("2023-01-01"), Some(3), "the later of two that begin on the same day");
        assert_eq!((on("2024-01-01"), on("2024-12-31")), (Some(2), Some(2)));
        assert_eq!(on("2025-01-01"), Some(3), "what ends leaves what was before");
        assert_eq!(on("2031-01-01"), Some(4));
    }
}
