//! A person who works here, and the programs that work for them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use simars_record::{AccessClass, Timestamp, Unit};

use crate::decide::Grant;
use crate::passkey::{Handle, Passkey};
use crate::role::Roles;
use crate::second::SecondFactor;
use crate::secret::SecretDigest;

/// The name somebody signs in with: 2 to 32 lower-case letters, digits, dots and hyphens, the
/// first a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginName(String);

/// What is wrong with a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no name to sign in with; use 2 to 32 of a-z, 0-9, dot and hyphen, first a letter"
)]
pub struct LoginNameError(String);

impl FromStr for LoginName {
    type Err = LoginNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().to_ascii_lowercase();
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        let first = name.starts_with(|one: char| one.is_ascii_lowercase());
        if first && (2..=32).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name))
        } else {
            Err(LoginNameError(text.chars().take(40).collect()))
        }
    }
}

impl TryFrom<String> for LoginName {
    type Error = LoginNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LoginName> for String {
    fn from(name: LoginName) -> Self {
        name.0
    }
}

impl LoginName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they sign in with; never changes, never belongs to somebody else.
    pub login: LoginName,
    /// How others call them.
    pub name: String,
    /// What they are there for.
    pub roles: Roles,
    /// The most closed class of records that they may see.
    pub clearance: AccessClass,
    /// The unit they work for; `None` for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Whether they may come in at all. Nobody is ever deleted: the log names them.
    pub active: bool,
    /// What is kept of their password; `None` until they chose one.
    pub(crate) password: Option<String>,
    /// Who they are at the provider with whose account they came in first; nobody else comes in
    /// as them from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// Their second factor, if they set one up.
    pub(crate) second: Option<SecondFactor>,
    /// What authenticators know them by, since they wanted a passkey first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) handle: Option<Handle>,
    /// The passkeys with which they may come in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<Passkey>,
    /// A link with which they may choose a password, once.
    pub(crate) invitation: Option<Invitation>,
    /// The keys of programs that work for them.
    pub keys: Vec<ApiKey>,
    /// When they were added.
    pub added: Timestamp,
}

/// What is kept of a link that lets somebody choose a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) secret: SecretDigest,
    pub(crate) until: Timestamp,
}

/// A key with which a program works for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// What is kept of it.
    pub secret: SecretDigest,
    /// What it is for, in its owner's words.
    pub label: String,
    /// What the program may do: no more than its owner may at that moment.
    pub roles: Roles,
    /// When it was made.
    pub made: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

impl Person {
    /// What they may do.
    pub const fn grant(&self) -> Grant {
        Grant { roles: self.roles, clearance: self.clearance, unit: self.unit }
    }

    /// Whether they have chosen a password.
    pub const fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Their second factor, if they have one.
    pub const fn second_factor(&self) -> Option<&SecondFactor> {
        self.second.as_ref()
    }

    /// Until when they may use the link they were given; `None` if there is none.
    pub fn invited_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = self.invitation.as_ref().map(|invitation| invitation.until);
        until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_to_sign_in_with() {
        assert_eq!("Ani.R".parse::<LoginName>().unwrap().as_str(), "ani.r");
        for bad in ["a", "", "1ani", "ani r", "ani/../x", "aní", &"a".repeat(33)] {
            assert!(bad.parse::<LoginName>().is_err(), "{bad}");
        }
    }
}
