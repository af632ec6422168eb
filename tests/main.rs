//! Whole-program tests: one binary, the real program, temporary folders, loopback only.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by ending"
)]

mod api;
mod browser;
mod cli;
mod crash;
mod golden;
mod scene;
mod tidy;
