//! `cargo xtask test` and `cargo xtask ci`: all that can be tested, with what it needs.

use std::path::Path;

use anyhow::bail;

use crate::project;
use crate::shell::{run, says, succeeds};

/// What tests need beyond the Rust toolchain: a program, the Debian packages it comes from, and
/// what it is for.
const NEEDED: [(&str, &str, &str); 7] = [
    ("cc", "gcc", "crates that build C"),
    ("chromium", "chromium", "the pages in a real browser"),
    ("chromedriver", "chromium-driver", "driving that browser"),
    ("tesseract", "tesseract-ocr tesseract-ocr-ind", "recognising scanned pages"),
    ("pdftotext", "poppler-utils", "reading the samples by another program"),
    ("openssl", "openssl", "the shell script that checks a copy"),
    ("strace", "strace", "disks that fail"),
];

/// Installs what is missing if it may, and runs all tests.
pub(crate) fn test() -> anyhow::Result<()> {
    provide()?;
    let root = project();
    if !run(&root, "cargo", &["test", "--workspace"])? {
        bail!("tests failed");
    }
    Ok(())
}

/// What must pass before anything lands.
pub(crate) fn ci() -> anyhow::Result<()> {
    let root = project();
    for (program, arguments) in [
        ("cargo", &["fmt", "--all", "--check"][..]),
        ("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    ] {
        if !run(&root, program, arguments)? {
            bail!("{program} {} failed", arguments.join(" "));
        }
    }
    documentation(&root)?;
    test()
}

fn documentation(root: &Path) -> anyhow::Result<()> {
    let arguments = ["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"];
    // Set through cargo's own configuration, so that the command can be repeated by hand.
    let flags = "build.rustdocflags=[\"-D\", \"warnings\"]";
    if !run(root, "cargo", &[&arguments[..], &["--config", flags]].concat())? {
        bail!("the documentation does not build");
    }
    Ok(())
}

/// Makes sure that what the tests need is there.
fn provide() -> anyhow::Result<()> {
    let missing = || NEEDED.into_iter().filter(|(program, ..)| !there(program)).collect::<Vec<_>>();
    let before = missing();
    if before.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> =
        before.iter().flat_map(|(_, packages, _)| packages.split(' ')).collect();
    if says("id", &["-u"]).as_deref() == Some("0") && there("apt-get") {
        install(&packages)?;
    }
    let after = missing();
    for (program, package, purpose) in &after {
        eprintln!("missing: {program} ({purpose}); on Debian: apt-get install {package}");
    }
    if !after.is_empty() && std::env::var_os("CI").is_some() {
        bail!("on CI nothing may be missing");
    }
    if !after.is_empty() {
        eprintln!("tests that need them say so and are skipped");
    }
    Ok(())
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    let root = project();
    run(&root, "apt-get", &["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    run(&root, "env", &[&["DEBIAN_FRONTEND=noninteractive", "apt-get"][..], &arguments].concat())?;
    Ok(())
}

fn there(program: &str) -> bool {
    succeeds("sh", &["-c", &format!("command -v {program}")])
}
