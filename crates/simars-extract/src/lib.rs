//! Bytes to pages of text, with findings.
//!
//! **What it does.** Looks at a file's content to tell its type, reads its text page by page and
//! notes what could not be read. Plain text is decoded on the spot; everything that needs a
//! parser is read in a child process under limits, so that a hostile or broken file can cost
//! neither the caller's memory nor its time.
//!
//! **Takes and gives.** A path and the name the file was handed in with; a
//! [`simars_record::Extracted`], always: whatever goes wrong is a [`simars_record::Finding`].
//!
//! **Never.** It never fails, never panics on input, never opens a socket, and writes no file but
//! in the folder that a conversion is given and has removed when it ends. No other crate of the
//! house starts processes.
//!
//! **Start at** [`Extractor::extract`]; [`child_main`] is the other end of the pipe.

mod answer;
mod attached;
mod budget;
mod child;
mod convert;
mod docx;
mod extractor;
mod facts;
mod gray;
mod grid;
mod hidden;
mod html;
mod image;
mod limits;
mod made;
mod mail;
mod numbers;
mod ods;
mod odt;
mod package;
mod page_image;
mod paginate;
mod pdf;
mod pool;
mod pptx;
mod raster;
mod reader;
mod recognise;
mod rtf;
mod sandbox;
mod scan;
mod sheets;
mod signature;
mod sniff;
mod stamp;
mod table;
mod text;
mod xlsx;
mod xml;

pub use child::CHILD_COMMAND;
pub use convert::{Converted, Converter};
pub use extractor::Extractor;
pub use limits::Limits;
pub use page_image::PageImage;
pub use reader::child_main;
pub use recognise::{Engine, Recognised};
pub use sandbox::{
    Attempt, Landlock, LimitsInForce, Refuser, Seccomp, SystemReport, system_report,
};
pub use signature::Anchors;
pub use sniff::{Kind, Sniffed, sniff};
