//! Whole-program tests: one binary, the real program, temporary folders, loopback only.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by ending"
)]

mod api;
mod browser;
mod certificate;
mod checker;
mod cli;
mod conversion;
mod crash;
mod desk;
mod faults;
mod golden;
mod https;
mod keyboard;
mod keys;
mod log;
mod made_log;
mod monitor;
mod operate;
mod passkey;
mod powercut;
mod recognise;
mod scene;
mod schedule;
mod signatures;
mod stacks;
mod steps;
mod tidy;
mod typing;
mod upkeep;
mod viewer;
mod witness;
