//! What every handler works with.

use std::sync::Arc;

use simars_access::Kept;
use simars_ingest::Holdings;

use crate::language::Language;
use crate::memo::Memos;
use crate::shelves::Shelves;

/// What the server serves, and how.
#[derive(Debug)]
pub struct State {
    /// The archive, its index and the pipeline.
    pub holdings: Arc<Holdings>,
    /// Who works here.
    pub people: Kept,
    /// What staff put together for readers.
    pub shelves: Shelves,
    /// What was worked out for everybody and is still good.
    pub memos: Memos,
    /// How the server behaves.
    pub settings: Settings,
    /// The system's randomness.
    pub random: fn(&mut [u8]),
}

/// How the server behaves; the operator decides.
#[derive(Clone)]
pub struct Settings {
    /// Whoever shows this token is the owner: may register, review and read everything. An empty
    /// token lets nobody in.
    pub owner_token: String,
    /// The office's name in Indonesian.
    pub office_id: String,
    /// The office's name in English.
    pub office_en: String,
    /// The address under which the public reaches the server, for example
    /// `https://arsip.example.id`; if it is not known, pages show the address that was asked for.
    pub public_address: Option<String>,
    /// Where people write to, an e-mail address; told to harvesters.
    pub contact: Option<String>,
    /// Whether who files a document may not publish it too.
    pub two_persons: bool,
    /// Larger uploads are refused, in bytes.
    pub upload_limit_bytes: u64,
    /// Whose accounts people may sign in with as well.
    pub sign_on: Option<Arc<SignOn>>,
}

/// A provider of accounts (OpenID Connect), where this archive is known.
pub struct SignOn {
    /// Its name: the address below which it describes itself.
    pub issuer: String,
    /// What people call it.
    pub label: String,
    /// What this archive is called there, and its secret.
    pub client: String,
    /// Never shown.
    pub secret: String,
    /// The claim with the name that somebody signs in with here.
    pub claim: String,
    /// Asks the provider something; an error is a sentence. Blocks.
    pub ask: Ask,
}

impl std::fmt::Debug for SignOn {
    /// Shows everything but the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOn").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Asks a provider.
pub type Ask = Box<dyn Fn(&Asked) -> Result<Vec<u8>, String> + Send + Sync>;

/// What a provider is asked.
#[derive(Debug)]
pub enum Asked {
    /// What is at an address.
    Get(String),
    /// What it answers to a form, from somebody with a password (HTTP Basic).
    Post {
        /// Where.
        address: String,
        /// The fields.
        form: Vec<(String, String)>,
        /// Who asks.
        user: String,
        /// Never shown.
        password: String,
    },
}

impl Settings {
    /// The office's name in a language.
    pub(crate) fn office(&self, language: Language) -> &str {
        match language {
            Language::Indonesian => &self.office_id,
            Language::English => &self.office_en,
        }
    }
}

impl std::fmt::Debug for Settings {
    /// Shows everything but the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("office_id", &self.office_id)
            .field("office_en", &self.office_en)
            .field("public_address", &self.public_address)
            .field("upload_limit_bytes", &self.upload_limit_bytes)
            .finish_non_exhaustive()
    }
}
