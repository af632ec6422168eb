//! The server asked over HTTP, in process, with a real archive and a real index behind it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod api;
mod bytes;
mod checker;
mod compare;
mod finding;
mod handout;
mod made;
mod matrix;
mod oai;
mod pages;
mod public_log;
mod reading;
mod resumable;
mod serving;
mod settled;
mod shelves;
mod site;
mod staff;
mod suggest;
mod verify;
mod viewer;
