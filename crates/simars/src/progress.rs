//! What is said to a person at a terminal, on standard error; standard output is for data.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One line on standard error.
pub(crate) fn say(line: &str) {
    // If nobody can be told, there is nobody to tell.
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// One line of data on standard output.
///
/// # Errors
/// If standard output is closed.
pub(crate) fn put(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(())
}

/// A progress bar on a terminal, nothing elsewhere.
pub(crate) fn bar(length: u64, what: &'static str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr_with_hz(8)
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {per_sec} {eta} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(length), target).with_style(style).with_prefix(what)
}
