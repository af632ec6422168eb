//! Pages for those who work here, below `/petugas`. Each module is one page. Nobody sees one
//! without having signed in, except those that let somebody in; what each may do is decided by
//! [`simars_access::may`] alone.

mod access;
pub(crate) mod account;
pub(crate) mod alike;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod classification;
pub(crate) mod desk;
pub(crate) mod document;
mod door;
pub(crate) mod due;
pub(crate) mod elsewhere;
mod fields;
mod frame;
pub(crate) mod invitation;
pub(crate) mod passkey;
pub(crate) mod people;
mod rendition;
pub(crate) mod report;
pub(crate) mod retention;
pub(crate) mod review;
pub(crate) mod separators;
pub(crate) mod shelf;
pub(crate) mod shelves;
pub(crate) mod sign_in;
pub(crate) mod unsaved;
pub(crate) mod upload;
mod wrong_row;

pub(crate) use door::{Fields, Staff, by_session, hashing};
