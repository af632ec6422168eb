//! Passkeys: coming in with what a telephone, a computer or a security key holds instead of a password
//! (Web Authentication Level 3), as values.
//!
//! `webauthn_rp` checks what comes back. It makes challenges with a generator of its own and takes none
//! from outside, so that nobody can choose one; this is the only randomness here that is not the
//! caller's. The clock is the caller's; beyond it a challenge is never good for longer than the five
//! minutes that the crate counts by itself.

pub mod challenge;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use simars_record::{Digest, Timestamp};
use webauthn_rp::bin::Decode as _;
use webauthn_rp::request::register::UserHandle;
use webauthn_rp::request::{AsciiDomain, RpId};

use crate::person::LoginName;
use crate::secret::Random;

/// How many passkeys one person may have.
pub const EACH: usize = 20;
/// Bytes of what authenticators know a person by.
const HANDLE_BYTES: usize = 32;

/// Why a passkey is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// What the browser sent cannot be read.
    #[error("what the browser sent about the passkey cannot be read: {0}")]
    Unreadable(String),
    /// No such challenge is open: it was used, is too old, or was never given.
    #[error("this challenge was used or is too old; begin again")]
    NoChallenge,
    /// Nobody here has this passkey.
    #[error("nobody here has this passkey")]
    Unknown,
    /// What the browser sent is not right.
    #[error("the passkey is not taken: {0}")]
    Refused(String),
    /// Somebody has this passkey already.
    #[error("this passkey is known here already")]
    Taken,
    /// One person has only so many.
    #[error("nobody needs more than {EACH} passkeys; forget one first")]
    TooMany,
    /// As many challenges are open as there may be.
    #[error("too many are signing in; try again in a few minutes")]
    Busy,
}

fn unreadable(error: impl fmt::Display) -> PasskeyError {
    PasskeyError::Unreadable(error.to_string())
}

fn refused(error: impl fmt::Display) -> PasskeyError {
    PasskeyError::Refused(error.to_string())
}

/// Where passkeys count: the server's name, and the one address under which pages may ask for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    id: RpId,
    origin: String,
}

impl Place {
    /// The place of a server that people know by this address; `None` where browsers know no passkeys:
    /// without https (but for `localhost`), and where a number stands for the name.
    pub fn of(address: &str) -> Option<Self> {
        let address = address.trim().to_ascii_lowercase();
        let (scheme, rest) = address.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
            None => (authority, None),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        let name = host.bytes().all(plain) && !host.ends_with('.');
        if !name || host.parse::<Ipv4Addr>().is_ok() {
            return None;
        }
        let usual = match scheme {
            "https" => 443,
            "http" if host == "localhost" => 80,
            _ => return None,
        };
        let id = RpId::Domain(AsciiDomain::try_from(host.to_owned()).ok()?);
        let origin = match port.filter(|port| *port != usual) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        Some(Self { id, origin })
    }
}

/// What authenticators know a person by, in base64url: random, so that it tells nothing about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Handle(String);

impl Handle {
    pub(crate) fn new(random: Random<'_>) -> Self {
        let mut bytes = [0; HANDLE_BYTES];
        random(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn read(&self) -> Option<UserHandle<HANDLE_BYTES>> {
        let bytes: [u8; HANDLE_BYTES] = URL_SAFE_NO_PAD.decode(&self.0).ok()?.try_into().ok()?;
        let Ok(handle) = UserHandle::decode(bytes);
        Some(handle)
    }
}

/// A passkey of somebody: what is kept of it lets nobody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// What the authenticator calls it, in base64url.
    pub(crate) id: String,
    /// The public key and what was agreed on when it was made, in base64url.
    pub(crate) key: String,
    /// What changes: how often it was used, whether it is copied elsewhere; in base64url.
    pub(crate) state: String,
    /// Where it is, in its owner's words.
    pub label: String,
    /// When it was added.
    pub added: Timestamp,
    /// When somebody last came in with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
}

impl Passkey {
    /// A short name for people to tell one from another.
    pub fn short(&self) -> String {
        Digest::of(self.id.as_bytes()).to_string().chars().take(10).collect()
    }
}

/// Somebody who may add a passkey, as authenticators are told about them.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub(crate) handle: Handle,
    pub(crate) login: LoginName,
    pub(crate) name: String,
    /// The passkeys they have, so that an authenticator makes no second one.
    pub(crate) known: Vec<String>,
}

/// A passkey that was made and is nobody's yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) state: String,
}

impl Made {
    /// What is kept of it.
    pub(crate) fn named(self, label: &str, now: Timestamp) -> Passkey {
        let Self { id, key, state } = self;
        let label = label.trim().chars().take(60).collect();
        Passkey { id, key, state, label, added: now, used: None }
    }
}
