//! Running other programs, and telling what is being run.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

/// Runs a program with its output shown; says whether it succeeded.
pub(crate) fn run(folder: &Path, program: &str, arguments: &[&str]) -> anyhow::Result<bool> {
    eprintln!("$ {program} {}", arguments.join(" "));
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    // What cargo told this program about itself is not for the crates that are built further: some
    // of them build again whenever it is another.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    let status = command.status().with_context(|| format!("cannot start {program}"))?;
    Ok(status.success())
}

/// Runs a program quietly; says whether it could be started and succeeded.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What a program prints, if it succeeds.
pub(crate) fn says(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
