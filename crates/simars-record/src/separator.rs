//! Separator sheets (*lembar pemisah*): what is printed on the sheets that lie between the papers
//! of a stack, and from which stack a document was taken.
//!
//! A sheet is recognised by the text of its QR code, and by nothing else. That text is a line of
//! this form, all of it made of the 45 characters that QR codes hold most densely
//! (ISO/IEC 18004, 7.4.4):
//!
//! ```text
//! SIMARS-PISAH/1[/K:KIND][/U:UNIT][/C:CODE][/A:CLASS]
//! ```
//!
//! `1` is the version. The fields stand in this order, each at most once, and only if there is
//! something to say: the kind of document as in descriptions, in capitals; the unit; the
//! classification code; the access class, in capitals. A text that is not exactly what
//! [`Separator`]'s `Display` writes is no separator: no two spellings, no leniency.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AccessClass, Code, Digest, Unit};

/// What every text of this version begins with.
const MARK: &str = "SIMARS-PISAH/1";

/// The key of a kind of documents: 1 to 40 small letters, digits and hyphens. Whether there is such
/// a kind is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindKey(String);

impl KindKey {
    /// The longest key, in bytes.
    const LONGEST: usize = 40;

    /// As it is written in descriptions.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KindKey {
    type Err = SeparatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let possible = (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(plain);
        if possible { Ok(Self(text.to_owned())) } else { Err(SeparatorError) }
    }
}

/// What a separator sheet says of the document that lies behind it. All of it may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Separator {
    /// What kind of document it is.
    pub kind: Option<KindKey>,
    /// The unit that it belongs to.
    pub unit: Option<Unit>,
    /// Its classification code.
    pub code: Option<Code>,
    /// Its access class.
    pub access: Option<AccessClass>,
}

/// A text that is none of a separator sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the text of a separator sheet of this version")]
pub struct SeparatorError;

impl fmt::Display for Separator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MARK)?;
        if let Some(kind) = &self.kind {
            write!(f, "/K:{}", kind.as_str().to_ascii_uppercase())?;
        }
        if let Some(unit) = self.unit {
            write!(f, "/U:{unit}")?;
        }
        if let Some(code) = &self.code {
            write!(f, "/C:{code}")?;
        }
        if let Some(access) = self.access {
            write!(f, "/A:{}", access.as_str().to_ascii_uppercase())?;
        }
        Ok(())
    }
}

impl FromStr for Separator {
    type Err = SeparatorError;

    /// Reads exactly what `Display` writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fields = text.strip_prefix(MARK).ok_or(SeparatorError)?;
        let mut read = Self::default();
        for field in fields.split('/').skip(1) {
            let (name, value) = field.split_once(':').ok_or(SeparatorError)?;
            match name {
                "K" => read.kind = Some(value.to_ascii_lowercase().parse()?),
                "U" => read.unit = Some(value.parse().map_err(|_| SeparatorError)?),
                "C" => read.code = Some(value.parse().map_err(|_| SeparatorError)?),
                "A" => read.access = Some(value.parse().map_err(|_| SeparatorError)?),
                _ => return Err(SeparatorError),
            }
        }
        if read.to_string() == text { Ok(read) } else { Err(SeparatorError) }
    }
}

/// From which stack of papers, scanned in one, a document was taken. It stands in what the statement
/// of the document's registration commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackPart {
    /// The name the stack came with, without folders.
    pub file_name: String,
    /// The bytes of the stack, which is not kept itself.
    pub sha256: Digest,
    /// The first page of the stack that belongs to the document, counted from 1.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// How many pages the stack has, separator sheets included.
    pub pages: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn separator() -> impl Strategy<Value = Separator> {
        let kind = "[a-z0-9-]{1,40}".prop_map(|key| key.parse().unwrap());
        let unit = "[A-Z][A-Z0-9-]{0,7}".prop_map(|unit| unit.parse().unwrap());
        let code = "[A-Z]{2}(\\.[0-9]{1,4}){0,5}".prop_map(|code| code.parse().unwrap());
        let access = prop::sample::select(&AccessClass::ALL[..]);
        (
            prop::option::of(kind),
            prop::option::of(unit),
            prop::option::of(code),
            prop::option::of(access),
        )
            .prop_map(|(kind, unit, code, access)| Separator { kind, unit, code, access })
    }

    proptest! {
        #[test]
        fn reads_exactly_what_it_writes(separator in separator(), more in "[A-Z:/ .0-9]{1,4}") {
            let text = separator.to_string();
            prop_assert_eq!(text.parse::<Separator>(), Ok(separator));
            let dense = |one: char| {
                one.is_ascii_uppercase() || one.is_ascii_digit() || "$%*+-./: ".contains(one)
            };
            prop_assert!(text.chars().all(dense), "{}", text);
            if let Ok(other) = format!("{text}{more}").parse::<Separator>() {
                prop_assert_eq!(other.to_string(), format!("{text}{more}"));
            }
            let small = text.to_ascii_lowercase();
            prop_assert!(small.parse::<Separator>().is_err());
        }

        #[test]
        fn never_panics(text: String) {
            let _ = text.parse::<Separator>();
            let _ = format!("{MARK}{text}").parse::<Separator>();
        }
    }

    #[test]
    fn only_the_one_spelling_counts() {
        let full = "SIMARS-PISAH/1/K:BERITA-ACARA/U:TEKNIS/C:PL.01.8/A:SANGAT-RAHASIA";
        let read: Separator = full.parse().unwrap();
        assert_eq!(read.kind.as_ref().map(KindKey::as_str), Some("berita-acara"));
        assert_eq!(read.access, Some(AccessClass::TopSecret));
        assert_eq!("SIMARS-PISAH/1".parse(), Ok(Separator::default()));
        for wrong in [
            "",
            "SIMARS-PISAH",
            "SIMARS-PISAH/",
            "SIMARS-PISAH/1/",
            "SIMARS-PISAH/2",
            "SIMARS-PISAH/10",
            " SIMARS-PISAH/1",
            "SIMARS-PISAH/1 ",
            "SIMARS-PISAH/1/K:",
            "SIMARS-PISAH/1/U:teknis",
            "SIMARS-PISAH/1/U:TEKNIS/K:KEPUTUSAN",
            "SIMARS-PISAH/1/U:TEKNIS/U:TEKNIS",
            "SIMARS-PISAH/1/A:TERBUKA",
            "SIMARS-PISAH/1/A:UMUM",
            "SIMARS-PISAH/1/X:1",
            "HTTPS://ARSIP.EXAMPLE/SIMARS-PISAH/1",
        ] {
            assert_eq!(wrong.parse::<Separator>(), Err(SeparatorError), "{wrong:?}");
        }
    }
}
