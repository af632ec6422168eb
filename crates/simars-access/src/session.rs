//! Sessions: who has signed in, on which device, until when.

use serde::{Deserialize, Serialize};
use simars_record::Timestamp;

use crate::person::LoginName;
use crate::secret::SecretDigest;

/// A session ends after so many seconds, whatever happens.
pub const LONGEST: u64 = 12 * 3_600;
/// And after so many seconds in which nothing was asked for.
pub const IDLE: u64 = 2 * 3_600;
/// The moment of the last request is brought up to date when it is older than so many seconds.
const GRAIN: u64 = 60;

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What is kept of the secret in the browser's cookie.
    pub secret: SecretDigest,
    /// Who.
    pub login: LoginName,
    /// Since when.
    pub since: Timestamp,
    /// The last request, to the minute.
    pub last: Timestamp,
    /// The browser, as it calls itself; shortened.
    pub browser: String,
    /// Where from.
    pub address: String,
}

impl Session {
    /// Whether it has ended by itself.
    pub const fn is_over(&self, now: Timestamp) -> bool {
        let (since, last) = (self.since.unix(), self.last.unix());
        now.unix() >= since + LONGEST || now.unix() >= last + IDLE
    }

    /// Notes a request.
    pub(crate) const fn touch(&mut self, now: Timestamp) {
        if now.unix() >= self.last.unix() + GRAIN {
            self.last = now;
        }
    }
}
