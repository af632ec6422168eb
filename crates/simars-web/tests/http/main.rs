//! The server asked over HTTP, in process, with a real archive and a real index behind it.

mod access;
mod api;
mod bytes;
mod pages;
mod site;
mod verify;
