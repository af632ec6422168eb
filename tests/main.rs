//! Whole-program tests: one binary, the real program, temporary folders, loopback only.

mod api;
mod browser;
mod cli;
mod crash;
mod golden;
mod scene;
mod tidy;
