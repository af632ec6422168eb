//! The store, the journal and the catalogue: what must never be lost.
//!
//! **What it does.** Keeps every file and its text as an object named by its SHA-256, and every
//! act as a statement in a journal of segments. The catalogue (sled) and the log's tree are views
//! that follow the journal and can be deleted at any time.
//!
//! **Takes and gives.** Takes [`Submission`]s, which hold the bytes, the text and the description
//! of a file, and gives [`Outcome`]s; hands out [`Document`](simars_record::Document)s and
//! objects.
//!
//! **Never.** It does not read or judge documents, and knows no search index. It is the only
//! crate that names sled, and it does not trust it: the journal alone decides what happened.
//!
//! **Start at** [`register`], one function from bytes to an acknowledged document; then
//! [`journal`] for what is on disk, and [`Archive::open`] for how a damaged folder is mended.

pub mod archive;
pub mod backup;
pub mod catalogue;
pub mod change;
pub mod check;
pub mod complete;
pub mod error;
pub mod folder;
pub mod history;
pub mod journal;
pub mod log;
pub mod object;
pub mod reading;
pub mod register;
pub mod schedule;
pub mod sync;

pub use archive::{Archive, Surroundings};
pub use change::{Change, Replaced, Replacement};
pub use complete::Completed;
pub use error::ArchiveError;
pub use folder::{DataFolder, FolderLock, Owner};
pub use log::Published;
pub use object::{Incoming, Received};
pub use reading::Reading;
pub use register::{Outcome, Placed, Submission};
pub use schedule::{Counted, Days, List, Place, Progress, Standings};
