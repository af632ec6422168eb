//! The units of the office that records belong to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The short name of a unit of the office (*unit pengolah*): 1 to 8 capital letters, digits and
/// hyphens, the first a letter; for example `TEKNIS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit([u8; Unit::LONGEST]);

impl Unit {
    /// Bytes of the longest one.
    const LONGEST: usize = 8;

    /// The same as a number, never 0; different units have different ones.
    pub const fn number(self) -> u64 {
        u64::from_be_bytes(self.0)
    }
}

/// What is wrong with a written unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no unit; use 1 to 8 of A-Z, 0-9 and hyphen, the first a letter")]
pub struct UnitError(String);

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().to_ascii_uppercase();
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        let begins = name.starts_with(|first: char| first.is_ascii_uppercase());
        if !begins || name.len() > Self::LONGEST || !name.bytes().all(plain) {
            return Err(UnitError(text.chars().take(40).collect()));
        }
        let mut bytes = [0; Self::LONGEST];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        Ok(Self(bytes))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.0.iter().take_while(|byte| **byte != 0);
        letters.copied().map(char::from).try_for_each(|letter| write!(f, "{letter}"))
    }
}

impl TryFrom<String> for Unit {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.to_string()
    }
}

/// A unit, or none in particular, written `-`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitChoice(pub Option<Unit>);

impl FromStr for UnitChoice {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "" | "-" => Ok(Self(None)),
            unit => Ok(Self(Some(unit.parse()?))),
        }
    }
}

impl fmt::Display for UnitChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(unit) => unit.fmt(f),
            None => f.write_str("-"),
        }
    }
}

impl TryFrom<String> for UnitChoice {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<UnitChoice> for String {
    fn from(choice: UnitChoice) -> Self {
        choice.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_reads_what_it_writes() {
        for name in ["A", "TEKNIS", "SDM-2", "ABCDEFGH"] {
            let unit: Unit = name.parse().unwrap();
            assert_eq!(unit.to_string(), name);
            assert_ne!(unit.number(), 0);
        }
        assert_eq!(" teknis ".parse::<Unit>().unwrap().to_string(), "TEKNIS");
        assert_eq!("-".parse(), Ok(UnitChoice(None)));
        assert_eq!(
            UnitChoice("TEKNIS".parse().ok()).to_string().parse(),
            Ok(UnitChoice("TEKNIS".parse().ok()))
        );
        for bad in ["", " ", "1A", "-A", "ABCDEFGHI", "A B", "É", "A\0"] {
            assert!(bad.parse::<Unit>().is_err(), "{bad:?}");
        }
    }
}
