//! The server asked over HTTP, in process, with a real archive and a real index behind it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod api;
mod bytes;
mod checker;
mod compare;
mod elsewhere;
mod feeds;
mod finding;
mod fresh;
mod handout;
mod leak;
mod linked;
mod made;
mod matrix;
mod oai;
mod openapi;
mod pages;
mod passkey;
mod person;
mod public_log;
mod reading;
mod resumable;
mod schedule;
mod serving;
mod settled;
mod shelves;
mod site;
mod sitemap;
mod staff;
mod statistics;
mod suggest;
mod verify;
mod viewer;
mod work;
