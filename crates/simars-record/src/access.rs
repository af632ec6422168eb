//! Who may see a document, as far as the document itself says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The security and access class of a record (SKKAAD; PP 28/2012, elucidation of art. 38), from
/// open to most closed. The written forms are the Indonesian labels in use.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum AccessClass {
    /// *Biasa (terbuka)*: open to everybody.
    #[default]
    #[serde(rename = "biasa")]
    Open,
    /// *Terbatas*.
    #[serde(rename = "terbatas")]
    Restricted,
    /// *Rahasia*.
    #[serde(rename = "rahasia")]
    Secret,
    /// *Sangat rahasia*.
    #[serde(rename = "sangat-rahasia")]
    TopSecret,
}

impl AccessClass {
    /// All classes, from open to most closed.
    pub const ALL: [Self; 4] = [Self::Open, Self::Restricted, Self::Secret, Self::TopSecret];

    /// The written form, as in metadata files and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "biasa",
            Self::Restricted => "terbatas",
            Self::Secret => "rahasia",
            Self::TopSecret => "sangat-rahasia",
        }
    }
}

impl fmt::Display for AccessClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with a written access class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no access class {0:?}; use one of: biasa (or terbuka), terbatas, rahasia, sangat-rahasia")]
pub struct AccessClassError(String);

impl FromStr for AccessClass {
    type Err = AccessClassError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_lowercase().replace([' ', '_'], "-").as_str() {
            "biasa" | "terbuka" | "biasa/terbuka" => Ok(Self::Open),
            "terbatas" => Ok(Self::Restricted),
            "rahasia" => Ok(Self::Secret),
            "sangat-rahasia" => Ok(Self::TopSecret),
            _ => Err(AccessClassError(text.trim().to_owned())),
        }
    }
}

/// Whether a document has been put before the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Publication {
    /// Registered, not yet published.
    Draft,
    /// Published.
    Published,
    /// Published once, withdrawn since; the fact stays visible.
    Withdrawn,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_reads_what_it_writes() {
        for class in AccessClass::ALL {
            assert_eq!(class.to_string().parse(), Ok(class));
        }
        assert_eq!("Sangat Rahasia".parse(), Ok(AccessClass::TopSecret));
        assert_eq!("Terbuka".parse(), Ok(AccessClass::Open));
        assert!("publik".parse::<AccessClass>().unwrap_err().to_string().contains("terbatas"));
    }
}
