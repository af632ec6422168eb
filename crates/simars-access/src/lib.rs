//! People, roles, keys, and one decision about who may do what.
//!
//! **What it does.** [`may`] answers every question about access, for every channel: bytes, text,
//! snippets, counts, proofs. [`scope`] is the same decision written as a set, for the search
//! index, which must decide about a hundred thousand pages in a millisecond. [`People`] knows who
//! works here: their roles, passwords, second factors, passkeys, sessions and keys.
//!
//! **Takes and gives.** Who asks, what for, and how the record stands; yes or no. A name and a
//! password; a session. The clock and the randomness are the caller's, but for the challenges of
//! [`passkey`].
//!
//! **Never.** No second opinion elsewhere: a caller that decides for itself is a bug. No password
//! and no token is kept, only what tells whether one is right. No I/O but one small file, in
//! [`keep`].
//!
//! **Start at** [`may`], then [`people`].

pub mod decide;
pub mod keep;
pub mod oidc;
pub mod order;
pub mod passkey;
pub mod password;
pub mod people;
pub mod person;
pub mod role;
pub mod second;
pub mod secret;
pub mod session;

pub use decide::{Action, Grant, Scope, Standing, Who, ever, may, scope, scope_of};
pub use keep::{KeepError, Kept};
pub use order::{Done, Order, Summary};
pub use people::{AccessError, People, SignIn};
pub use person::{ApiKey, LoginName, Person};
pub use role::{Role, Roles};
pub use secret::{Secret, SecretDigest};
pub use session::Session;
