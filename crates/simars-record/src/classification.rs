//! Codes of a classification scheme (*klasifikasi arsip*): where a record belongs among the
//! functions of the body that made it.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest code, in bytes.
const LONGEST: usize = 40;
/// The most parts between dots.
const MOST_PARTS: usize = 8;

/// A code: a part of letters or digits, then numbers, with dots between: `PL.01.8`, `000.1.2`.
/// Each part goes further into the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code above it; `None` at the top.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('.').map(|(above, _)| Self(above.to_owned()))
    }

    /// The codes above it, the nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), Self::parent)
    }

    /// How deep it lies, from 0.
    pub fn level(&self) -> usize {
        self.0.matches('.').count()
    }
}

impl Ord for Code {
    /// Numbers count as numbers: `PL.01.9` comes before `PL.01.10`.
    fn cmp(&self, other: &Self) -> Ordering {
        let number = |part: &str| part.parse::<u64>().ok();
        let (mut own, mut others) = (self.0.split('.'), other.0.split('.'));
        loop {
            let compared = match (own.next(), others.next()) {
                (None, None) => return self.0.cmp(&other.0),
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(one), Some(two)) => match (number(one), number(two)) {
                    (Some(one), Some(two)) => one.cmp(&two),
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (None, None) => one.cmp(two),
                },
            };
            if compared != Ordering::Equal {
                return compared;
            }
        }
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a written code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Blanks stand in it.
    #[error("the code {given:?} has a blank in it; write {instead}")]
    Blank {
        /// What was given.
        given: String,
        /// What was probably meant.
        instead: String,
    },
    /// It has another form.
    #[error("no code {0:?}; write letters, then numbers with dots between, for example XX.01.2")]
    Form(String),
}

impl FromStr for Code {
    type Err = CodeError;

    /// Small letters are taken for capitals; nothing else is mended.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let short = || text.chars().take(60).collect::<String>();
        let code = text.to_ascii_uppercase();
        let mut parts = code.split('.');
        let first = parts.next().unwrap_or_default();
        let is_first = (1..=8).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_number = |part: &str| {
            (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if is_first
            && code.len() <= LONGEST
            && parts.clone().count() < MOST_PARTS
            && parts.all(is_number)
        {
            return Ok(Self(code));
        }
        let joined = code.split(['.', ' ']).filter(|part| !part.is_empty());
        let instead = joined.collect::<Vec<_>>().join(".");
        if text.contains(' ') && instead.parse::<Self>().is_ok() {
            return Err(CodeError::Blank { given: short(), instead });
        }
        Err(CodeError::Form(short()))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    #[test]
    fn codes_lie_below_each_other() {
        let deep = code("xx.01.8");
        assert_eq!(deep.as_str(), "XX.01.8");
        assert_eq!(deep.level(), 2);
        let above: Vec<String> = deep.ancestors().map(|one| one.to_string()).collect();
        assert_eq!(above, ["XX.01", "XX"]);
        assert_eq!(code("000.1.2").parent(), Some(code("000.1")));
    }

    #[test]
    fn numbers_are_in_their_order() {
        let mut codes = ["XX.10", "XX.9", "XX", "AB.01.10", "AB.01.9", "AB.1"].map(code);
        codes.sort();
        let sorted = codes.each_ref().map(Code::as_str);
        assert_eq!(sorted, ["AB.1", "AB.01.9", "AB.01.10", "XX", "XX.9", "XX.10"]);
    }

    #[test]
    fn slips_are_told_with_what_was_meant() {
        let error = "XAW 01.2".parse::<Code>().unwrap_err();
        assert!(error.to_string().ends_with("write XAW.01.2"), "{error}");
        for wrong in
            ["", "XX.", ".01", "XX..1", "XX.1A", "XX-1", "A.1.1.1.1.1.1.1.1", "é.1", "X Y Z"]
        {
            assert!(wrong.parse::<Code>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(text in "[A-Z0-9]{1,8}(\\.[0-9]{1,4}){0,5}") {
            let read = code(&text);
            prop_assert_eq!(read.to_string(), text);
            prop_assert!(read.ancestors().all(|above| above < read));
        }

        #[test]
        fn any_text_has_an_answer(text: String) {
            let _ = text.parse::<Code>();
        }

        #[test]
        fn the_order_is_one(one in "[A-Z]{1,2}(\\.[0-9]{1,2}){0,3}", two in "[A-Z]{1,2}(\\.[0-9]{1,2}){0,3}") {
            let (one, two) = (code(&one), code(&two));
            prop_assert_eq!(one.cmp(&two), two.cmp(&one).reverse());
            prop_assert_eq!(one.cmp(&two) == Ordering::Equal, one == two);
        }
    }
}
