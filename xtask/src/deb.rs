//! `cargo xtask deb`: the Debian package, with the licences of everything that is in the program.

mod licences;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::project;

/// What goes into the package as it is: from where in the project, to where, and with which rights.
const FILES: [(&str, &str, u32); 10] = [
    ("xtask/package/systemd/simars.service", "lib/systemd/system/simars.service", 0o644),
    ("xtask/package/debian/simars.toml", "etc/simars/simars.toml", 0o644),
    ("xtask/package/debian/simars.sysusers", "usr/lib/sysusers.d/simars.conf", 0o644),
    ("xtask/package/debian/postinst", "DEBIAN/postinst", 0o755),
    ("xtask/package/debian/prerm", "DEBIAN/prerm", 0o755),
    ("xtask/package/debian/postrm", "DEBIAN/postrm", 0o755),
    ("README.md", "usr/share/doc/simars/README.md", 0o644),
    ("CHANGELOG.md", "usr/share/doc/simars/CHANGELOG.md", 0o644),
    ("LICENSE-MIT", "usr/share/doc/simars/LICENSE-MIT", 0o644),
    ("LICENSE-APACHE", "usr/share/doc/simars/LICENSE-APACHE", 0o644),
];

/// The package.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Package this program instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Put the package into this folder
    #[arg(long, value_name = "DIR", default_value = "target/debian")]
    out: PathBuf,
}

/// Builds the program and packs it.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => build()?,
    };
    let out = project().join(&arguments.out);
    let root = out.join("root");
    if root.exists() {
        fs::remove_dir_all(&root).context("cannot clear the package's folder")?;
    }
    place(&binary, &root.join("usr/bin/simars"), 0o755)?;
    for (from, to, mode) in FILES {
        place(&project().join(from), &root.join(to), mode)?;
    }
    for page in docs()? {
        let name = page.file_name().context("a page without a name")?;
        place(&page, &root.join("usr/share/doc/simars").join(name), 0o644)?;
    }
    let counted = licences::write(&root.join("usr/share/doc/simars"))?;
    write(&root.join("DEBIAN/conffiles"), "/etc/simars/simars.toml\n")?;
    let architecture = said("dpkg", &["--print-architecture"])?;
    let kilobytes = size(&root)?.div_ceil(1_024);
    write(&root.join("DEBIAN/control"), &control(&architecture, kilobytes)?)?;
    let package = out.join(format!("simars_{}_{architecture}.deb", version()));
    let (from, to) = (root.display().to_string(), package.display().to_string());
    said("dpkg-deb", &["--root-owner-group", "--build", &from, &to])?;
    println!("{to}: {counted} dependencies with their licences");
    Ok(())
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

fn build() -> Result<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(project()).args(["build", "--release", "--locked", "-p", "simars"]);
    ensure!(cargo.status().context("cannot start cargo")?.success(), "the program does not build");
    Ok(project().join("target/release/simars"))
}

/// The pages of `docs/`, and the script beside them.
fn docs() -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(project().join("docs")).context("cannot read docs/")? {
        pages.push(entry?.path());
    }
    pages.retain(|page| page.is_file());
    pages.sort();
    Ok(pages)
}

fn control(architecture: &str, kilobytes: u64) -> Result<String> {
    let library = said("getconf", &["GNU_LIBC_VERSION"])?;
    let library = library.split(' ').nth(1).context("the version of the C library")?;
    Ok(format!(
        "Package: simars\nVersion: {}\nArchitecture: {architecture}\nMaintainer: the maintainers of \
         SIMARS <simars@example.invalid>\nInstalled-Size: {kilobytes}\nDepends: libc6 (>= {library}), \
         systemd\nRecommends: tesseract-ocr, tesseract-ocr-ind\nSuggests: libreoffice-writer-nogui, \
         libreoffice-calc-nogui, libreoffice-impress-nogui\nSection: web\nPriority: optional\n\
         Description: archive and public library for public bodies\n Files documents once and for \
         good, finds the page, and tells whether a copy\n is what the office published. Everything \
         is in one program.\n",
        version()
    ))
}

fn place(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    write(to, &bytes)?;
    let rights = fs::Permissions::from_mode(mode);
    fs::set_permissions(to, rights).with_context(|| format!("cannot set {}", to.display()))
}

fn write(to: &Path, bytes: &(impl AsRef<[u8]> + ?Sized)) -> Result<()> {
    let folder = to.parent().context("a file without a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))
}

fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        sum += if kind.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(sum)
}

/// What a program prints.
fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("cannot start {program}; is it installed?"))?;
    if !output.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
