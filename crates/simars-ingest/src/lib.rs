//! The pipeline from a file to a registered, searchable document.
//!
//! **What it does.** Takes a file through receive → extract → describe → register, one after the
//! other or thousands at a time, and lets the search index and the public log follow the journal.
//!
//! **Takes and gives.** Files, with what is already known about them; a [`Report`] for each, which
//! says `registered` only once the document is durable.
//!
//! **Never.** It never refuses a file because it cannot be read for text, and never changes one.
//!
//! **Start at** [`pipeline`], the whole path on one page; [`bulk`] is the same for many files,
//! [`follow`] the index.

pub mod acts;
mod again;
mod ahead;
pub mod bulk;
pub mod caretaker;
mod complete;
mod conversions;
mod copies;
pub mod error;
pub mod follow;
pub mod glance;
pub mod holdings;
pub mod images;
mod kept;
pub mod metadata;
pub mod pipeline;
mod placing;
mod publish;
pub mod recognition;
pub mod relations;
pub mod report;
pub mod retention;
pub mod schedule;
mod shelf;
mod stack;
pub mod trust;
pub mod uploads;
pub mod walk;
pub mod watched;

pub use acts::{Acted, Change, Relating};
pub use caretaker::{Care, Caretaker};
pub use conversions::{CONVERSION_CACHE_BYTES, ConversionError};
pub use copies::{COPY_CACHE_BYTES, CopyError, MadeCopy};
pub use error::IngestError;
pub use holdings::{Holdings, Settings};
pub use images::{ImageError, Images};
pub use metadata::{ImportList, RowError, Stated};
pub use publish::AfterPublishing;
pub use recognition::{Pages, Recognition};
pub use relations::{Force, Related};
pub use report::{Report, Status, Totals};
pub use retention::ScheduleReport;
pub use schedule::ScheduleFile;
pub use simars_archive::catalogue::{List, Place};
