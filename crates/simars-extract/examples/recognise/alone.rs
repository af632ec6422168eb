//! The engine alone, on the same pictures.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

/// What the engine reads by itself, with its own idea of the page.
#[expect(clippy::disallowed_methods, reason = "a developer's comparison")]
pub(crate) fn read(picture: &Path) -> Result<String> {
    let output = Command::new("tesseract")
        .arg(picture)
        .args(["stdout", "-l", "ind", "--psm", "3", "--dpi", "200"])
        .env("OMP_THREAD_LIMIT", "1")
        .stderr(Stdio::null())
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
