//! Shelves of the public library: what staff put together under a name, by a rule, by hand, or both.
//!
//! A shelf says which documents belong on it and nothing about who may see them: whoever looks at it
//! is shown those that they may find, as anywhere else.

mod keep;

use serde::{Deserialize, Serialize};
use simars_record::DocumentId;
use simars_search::{Request, Sort};

pub(crate) use keep::swap;
pub use keep::{ShelfError, Shelves};

/// The shelves that an archive begins with.
const BUILT_IN: &str = include_str!("shelves.toml");

/// More shelves are for nobody to look through.
const MOST_SHELVES: usize = 100;
/// More documents in one hand-made list are a rule that is missing.
const MOST_LISTED: usize = 500;
/// The longest address of a shelf, in characters.
const LONGEST_SLUG: usize = 60;
/// The longest name and the longest description, in characters.
const LONGEST: [usize; 2] = [120, 600];
/// The longest query of a rule, in characters.
const LONGEST_QUERY: usize = 500;
/// Addresses below `/koleksi/` that are no shelves.
const RESERVED: [&str; 8] =
    ["terbaru", "terbanyak-dibaca", "jenis", "tahun", "subjek", "penerbit", "daerah", "feed"];

/// A shelf.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shelf {
    /// The end of its address: lower-case letters, digits and hyphens.
    pub(crate) slug: String,
    /// Its name in Indonesian.
    pub(crate) name_id: String,
    /// Its name in English; the Indonesian one where this is empty.
    #[serde(default)]
    pub(crate) name_en: String,
    /// What is on it, in Indonesian.
    #[serde(default)]
    pub(crate) about_id: String,
    /// What is on it, in English.
    #[serde(default)]
    pub(crate) about_en: String,
    /// Whether it is about one region, and stands among those.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) region: bool,
    /// What belongs on it by a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<Rule>,
    /// What was put on it by hand, in its order; ids of documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) documents: Vec<String>,
}

/// A saved search. All that is said must hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Rule {
    /// Kinds of acts, any of them.
    pub(crate) kinds: Vec<String>,
    /// The year of the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) year: Option<u16>,
    /// The issuer, as the facet shows it.
    pub(crate) issuer: String,
    /// The subject.
    pub(crate) subject: String,
    /// The collection.
    pub(crate) collection: String,
    /// Words, places and phrases, in the language of the search field.
    pub(crate) q: String,
}

/// Why a shelf cannot be kept as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadShelf {
    /// The address is no address.
    #[error("a shelf's address takes lower-case letters, digits and hyphens")]
    Slug,
    /// There is a shelf at this address.
    #[error("another shelf has this address")]
    Taken,
    /// It has no name.
    #[error("a shelf needs a name")]
    Name,
    /// There is no such shelf.
    #[error("there is no such shelf")]
    Unknown,
    /// There are too many shelves, or too many documents on one.
    #[error("there is no more room")]
    Full,
}

impl Shelf {
    /// Its name for readers of a language.
    pub(crate) fn name(&self, english: bool) -> &str {
        if english && !self.name_en.is_empty() { &self.name_en } else { &self.name_id }
    }

    /// What is said of it.
    pub(crate) fn about(&self, english: bool) -> &str {
        if english && !self.about_en.is_empty() { &self.about_en } else { &self.about_id }
    }

    /// The ids of what was put on it by hand.
    pub(crate) fn listed(&self) -> Vec<DocumentId> {
        self.documents.iter().filter_map(|id| id.parse().ok()).collect()
    }

    /// Makes it fit to be kept: blanks go, what is too long is cut, an empty rule is none.
    fn tidy(&mut self) {
        let [name, about] = LONGEST;
        for (text, most) in [
            (&mut self.name_id, name),
            (&mut self.name_en, name),
            (&mut self.about_id, about),
            (&mut self.about_en, about),
        ] {
            *text = cut(text, most);
        }
        if let Some(rule) = &mut self.rule {
            rule.q = cut(&rule.q, LONGEST_QUERY);
            for text in [&mut rule.issuer, &mut rule.subject, &mut rule.collection] {
                *text = cut(text, LONGEST[1]);
            }
        }
        self.rule.take_if(|rule| *rule == Rule::default());
        self.documents.truncate(MOST_LISTED);
    }

    fn check(&self) -> Result<(), BadShelf> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let slug = &self.slug;
        let is_slug = (1..=LONGEST_SLUG).contains(&slug.len()) && slug.bytes().all(plain);
        if !is_slug || RESERVED.contains(&slug.as_str()) {
            return Err(BadShelf::Slug);
        }
        if self.name_id.is_empty() { Err(BadShelf::Name) } else { Ok(()) }
    }
}

/// Without control characters and blanks around, and no longer than this.
fn cut(text: &str, most: usize) -> String {
    let text = text.trim().chars().filter(|letter| !letter.is_control()).take(most);
    text.collect::<String>().trim_end().to_owned()
}

impl Rule {
    /// The search for what belongs on the shelf, newest first. What a reader asks for beside it narrows
    /// it and never widens it.
    pub(crate) fn request(&self, asked: &Request) -> Request {
        let mut words = Vec::new();
        // The words of a rule stand alone: a shelf holds what it says, or nothing.
        let one = <&[String; 1]>::try_from(self.kinds.as_slice()).ok().map(|[kind]| kind.clone());
        if self.kinds.len() > 1 {
            let kinds: Vec<String> =
                self.kinds.iter().map(|kind| format!("jenis:{kind}")).collect();
            words.push(kinds.join(" OR "));
        }
        let own = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        words.extend(own(&self.q));
        words.extend(own(&narrowing(&asked.q).to_owned()));
        Request {
            q: words.join(" "),
            exact: true,
            kind: one.or_else(|| asked.kind.clone()),
            year: self.year.or(asked.year),
            issuer: own(&self.issuer).or_else(|| asked.issuer.clone()),
            subject: own(&self.subject).or_else(|| asked.subject.clone()),
            collection: own(&self.collection).or_else(|| asked.collection.clone()),
            sort: match asked.sort {
                Sort::Relevance if asked.q.is_empty() => Sort::DateDescending,
                sort => sort,
            },
            ..asked.clone()
        }
    }
}

/// What was typed, without what would join its first word to the rule.
fn narrowing(typed: &str) -> &str {
    let mut typed = typed.trim_start();
    while let Some(rest) =
        ["OR ", "ATAU ", "| ", "|| "].iter().find_map(|or| typed.strip_prefix(or))
    {
        typed = rest.trim_start();
    }
    typed
}

/// The shelves that an archive begins with.
pub(crate) fn built_in() -> Vec<Shelf> {
    #[derive(Deserialize)]
    struct Table {
        shelf: Vec<Shelf>,
    }
    let table: Table =
        toml::from_str(BUILT_IN).expect("shelves.toml is part of the program; a test reads it");
    table.shelf
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use simars_describe::kinds;

    use super::*;

    #[test]
    fn the_built_in_shelves_can_be_kept_and_name_kinds_there_are() {
        let shelves = built_in();
        let slugs: BTreeSet<&str> = shelves.iter().map(|shelf| shelf.slug.as_str()).collect();
        assert_eq!(slugs.len(), shelves.len());
        for shelf in &shelves {
            let mut tidy = shelf.clone();
            tidy.tidy();
            assert_eq!((&tidy, shelf.check()), (shelf, Ok(())));
            // The name of a region says all there is to say.
            let told = shelf.region || !shelf.about_id.is_empty();
            assert!(!shelf.name_en.is_empty() && told, "{}", shelf.slug);
            let rule = shelf.rule.as_ref().unwrap();
            for kind in &rule.kinds {
                assert!(kinds::find(kind).is_some(), "{}: {kind}", shelf.slug);
            }
        }
    }

    #[test]
    fn a_reader_narrows_a_rule_and_never_widens_it() {
        let rule = Rule {
            kinds: vec!["keputusan".to_owned(), "peraturan-kpu".to_owned()],
            year: Some(2024),
            q: "\"daftar pemilih\"".to_owned(),
            ..Rule::default()
        };
        let asked = Request {
            kind: Some("keputusan".to_owned()),
            year: Some(2020),
            issuer: Some("Kantor Contoh".to_owned()),
            ..Request::new("OR ATAU kursi", 1)
        };
        let request = rule.request(&asked);
        assert_eq!(request.q, "jenis:keputusan OR jenis:peraturan-kpu \"daftar pemilih\" kursi");
        assert_eq!((request.kind.as_deref(), request.year), (Some("keputusan"), Some(2024)));
        assert_eq!(request.issuer.as_deref(), Some("Kantor Contoh"));
        let one = Rule { kinds: vec!["surat".to_owned()], ..Rule::default() };
        let request = one.request(&asked);
        assert_eq!((request.kind.as_deref(), request.q.as_str()), (Some("surat"), "kursi"));
        assert_eq!(one.request(&Request::new("", 1)).sort, Sort::DateDescending);
    }

    #[test]
    fn what_cannot_be_an_address_is_none() {
        let shelf = |slug: &str| Shelf {
            slug: slug.to_owned(),
            name_id: "Contoh".to_owned(),
            ..Shelf::default()
        };
        assert_eq!(shelf("pemilu-2024").check(), Ok(()));
        for slug in ["", "A", "a b", "../a", "terbaru", "é", &"a".repeat(61)] {
            assert_eq!(shelf(slug).check(), Err(BadShelf::Slug), "{slug}");
        }
        let mut nameless = shelf("a");
        nameless.name_id = " \n".to_owned();
        nameless.rule = Some(Rule { q: "  ".to_owned(), ..Rule::default() });
        nameless.tidy();
        assert_eq!((nameless.check(), nameless.rule), (Err(BadShelf::Name), None));
    }
}
