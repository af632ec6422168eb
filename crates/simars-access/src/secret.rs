//! Random secrets that are shown once, and what is kept of them.

use serde::{Deserialize, Serialize};
use simars_record::Digest;

/// A source of randomness: fills the bytes.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

/// A secret of 32 random bytes, 64 hexadecimal digits: a session, a key, an invitation. It is
/// given away once and never kept.
pub struct Secret(String);

/// What is kept of a secret: its SHA-256. Enough, because a secret cannot be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretDigest(Digest);

impl Secret {
    /// A new secret.
    pub fn new(random: Random<'_>) -> Self {
        let mut bytes = [0; 32];
        random(&mut bytes);
        Self(Digest::from_bytes(bytes).to_string())
    }

    /// The secret itself, to be shown or sent.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SecretDigest {
    /// The digest of a secret that somebody shows. Whoever compares digests tells nothing, by the
    /// time it takes, about the secrets.
    pub fn of(shown: &str) -> Self {
        Self(Digest::of(shown.as_bytes()))
    }

    /// A short name for people to tell one from another; tells nothing about the secret.
    pub fn short(&self) -> String {
        self.0.to_string().chars().take(10).collect()
    }
}
