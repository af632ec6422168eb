//! Roles: what somebody is there for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody is there for. A person may have several roles, and may do what any of them may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// *Administrator*: looks after people and keys; reads no more than the public does.
    Administrator,
    /// *Arsiparis*: files, describes, publishes, opens and closes.
    Archivist,
    /// *Penyetuju*: publishes and takes back what others filed.
    Approver,
    /// *Petugas unit*: files, and describes what is not published yet.
    Officer,
    /// *Pembaca*: reads what is published, closed classes included.
    Reader,
    /// A program that asks whether copies are genuine, closed documents included.
    Verifier,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [
        Self::Administrator,
        Self::Archivist,
        Self::Approver,
        Self::Officer,
        Self::Reader,
        Self::Verifier,
    ];

    /// The written form, in files, commands and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Archivist => "archivist",
            Self::Approver => "approver",
            Self::Officer => "officer",
            Self::Reader => "reader",
            Self::Verifier => "verifier",
        }
    }

    /// The word for it in a statement: the Indonesian term.
    pub const fn term(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Archivist => "arsiparis",
            Self::Approver => "penyetuju",
            Self::Officer => "petugas",
            Self::Reader => "pembaca",
            Self::Verifier => "pemverifikasi",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with a written role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no role {0:?}; use administrator, archivist, approver, officer, reader or verifier, \
     several with commas between"
)]
pub struct RoleError(String);

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|role| role.as_str() == wanted);
        found.ok_or_else(|| RoleError(text.to_owned()))
    }
}

/// The roles of a person. In files a list of their written forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Role>", into = "Vec<Role>")]
pub struct Roles(u8);

impl Roles {
    /// Whether this role is among them.
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |bits, role| bits | role.bit()))
    }
}

impl From<Vec<Role>> for Roles {
    fn from(roles: Vec<Role>) -> Self {
        roles.into_iter().collect()
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Self {
        roles.iter().collect()
    }
}

impl FromStr for Roles {
    type Err = RoleError;

    /// Reads roles with commas between.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',').filter(|part| !part.trim().is_empty()).map(str::parse).collect()
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, role) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{role}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_written_and_read() {
        let roles: Roles = "archivist, Approver".parse().unwrap();
        assert!(roles.has(Role::Archivist) && roles.has(Role::Approver));
        assert!(!roles.has(Role::Administrator));
        assert_eq!(roles.to_string(), "archivist,approver");
        assert!("arsiparis".parse::<Roles>().is_err());
        assert!("".parse::<Roles>().unwrap().is_empty());
        let json = serde_json::to_string(&roles).unwrap();
        assert_eq!(json, r#"["archivist","approver"]"#);
        assert_eq!(serde_json::from_str::<Roles>(&json).unwrap(), roles);
    }

    #[test]
    fn a_key_has_no_role_that_its_owner_lost() {
        let all: Roles = Role::ALL.into_iter().collect();
        let reader: Roles = [Role::Reader].into_iter().collect();
        assert_eq!(all.and(reader), reader);
        assert!(reader.and("verifier".parse().unwrap()).is_empty());
    }
}
