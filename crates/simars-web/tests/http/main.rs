//! The server asked over HTTP, in process, with a real archive and a real index behind it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod api;
mod bytes;
mod pages;
mod serving;
mod site;
mod verify;
