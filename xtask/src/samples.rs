//! `cargo xtask samples`: the documents that tests, benches, the demo and the manual share.
//!
//! Each file in `xtask/content/` defines one document: a head of facts (TOML) and a body in a
//! small markup. From that one definition come the document itself, in whatever format it asks
//! for, and its `.expected.toml`, so that the two cannot drift apart. The same definitions give
//! the same bytes on every run: no clock, no randomness without a fixed seed.

mod compose;
mod definition;
mod expected;
mod font;
mod forms;
mod furniture;
mod image;
mod mail;
mod markup;
mod metadata;
mod office;
mod page;
mod parts;
mod pdf;
mod plain;
mod readme;
mod rtf;
mod scan;
mod sheets;
mod sign;
mod slides;
mod widths;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use definition::{Definition, Facts};
use parts::Part;

/// All files of `samples/`, by name. Sub-folders are not used.
type Files = BTreeMap<String, Vec<u8>>;

/// Where the samples belong in the project.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples")
}

/// Writes every sample into `folder`, removes what is no longer made, and says how much it is.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let files = generate()?;
    save(&files, folder)?;
    let total: usize = files.values().map(Vec::len).sum();
    writeln!(io::stdout(), "{} files, {} kB", files.len(), total / 1000)?;
    Ok(())
}

fn save(files: &Files, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for name in present(folder)? {
        if !files.contains_key(&name) {
            let path = folder.join(&name);
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Fails if `folder` does not hold exactly the files that would be written, naming each that
/// differs.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let fresh = tempfile::tempdir().context("cannot create a temporary folder")?;
    save(&generate()?, fresh.path())?;
    let differences = differences(folder, fresh.path())?;
    if !differences.is_empty() {
        bail!(
            "samples are out of date, run `cargo xtask samples`:\n  {}",
            differences.join("\n  ")
        );
    }
    Ok(())
}

fn differences(folder: &Path, fresh: &Path) -> Result<Vec<String>> {
    let (old, new) = (present(folder)?, present(fresh)?);
    let mut found = Vec::new();
    for name in &new {
        let path = folder.join(name);
        if !old.contains(name) {
            found.push(format!("{}: missing", path.display()));
        } else if fs::read(&path)? != fs::read(fresh.join(name))? {
            found.push(format!("{}: differs", path.display()));
        }
    }
    let extra = old.iter().filter(|name| !new.contains(name));
    found.extend(
        extra.map(|name| format!("{}: not made by this command", folder.join(name).display())),
    );
    Ok(found)
}

/// The names of the files in a folder; none if there is no folder.
fn present(folder: &Path) -> Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Makes everything from the definitions.
fn generate() -> Result<Files> {
    let definitions = definition::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"))?;
    let mut files = Files::new();
    for definition in &definitions {
        let file = &definition.facts.file;
        let made = make(definition).with_context(|| format!("while making {file}"))?;
        let expected = expected::toml(&definition.facts, &made)?;
        files.insert(expected::file_name(file), expected.into_bytes());
        if files.insert(file.clone(), made.bytes).is_some() {
            bail!("two definitions make the file {file}");
        }
    }
    files.insert("metadata.csv".to_owned(), metadata::csv(&definitions)?.into_bytes());
    files.insert("metadata.jsonl".to_owned(), metadata::jsonl(&definitions)?.into_bytes());
    files.insert("jadwal-contoh.csv".to_owned(), include_bytes!("samples/schedule.csv").to_vec());
    files.insert("README.md".to_owned(), readme::text(&definitions).into_bytes());
    Ok(files)
}

/// A finished document and the text that its pages show.
struct Made {
    bytes: Vec<u8>,
    pages: Vec<String>,
}

fn make(definition: &Definition) -> Result<Made> {
    use definition::Format;
    let facts = &definition.facts;
    let blocks = forms::blocks(definition)?;
    let on_one_page = |bytes| Made { bytes, pages: vec![plain::flowing_text(&blocks)] };
    let in_parts = |write: fn(&Facts, &[Part]) -> Result<Vec<u8>>| -> Result<Made> {
        let parts = parts::parts(facts, &blocks);
        let pages = parts.iter().map(Part::text).collect();
        Ok(Made { bytes: write(facts, &parts)?, pages })
    };
    let made = match facts.format {
        Format::Docx => on_one_page(office::docx(facts, &blocks)?),
        Format::Odt => on_one_page(office::odt(facts, &blocks)?),
        Format::Rtf => on_one_page(rtf::rtf(facts, &blocks).into_bytes()),
        Format::Xlsx => in_parts(sheets::xlsx)?,
        Format::Ods => in_parts(sheets::ods)?,
        Format::Pptx => in_parts(slides::pptx)?,
        Format::Odp => in_parts(slides::odp)?,
        Format::Eml => mail::eml(facts, &blocks)?,
        Format::Html => on_one_page(plain::html(facts, &blocks).into_bytes()),
        Format::Markdown => on_one_page(plain::markdown(&blocks).into_bytes()),
        Format::Text => on_one_page(plain::text(&blocks).into_bytes()),
        Format::Windows1252 => on_one_page(font::win_ansi(&plain::text(&blocks))?),
        Format::Pdf
        | Format::PdfLocked
        | Format::PdfOpenLocked
        | Format::PdfSigned
        | Format::PdfTruncated
        | Format::PdfScan
        | Format::Png => {
            let sheets = compose::sheets(facts, &blocks)?;
            let bytes = pdf::in_format(facts, &sheets)?;
            let shown = facts.altered.as_ref().map(|change| change.made_on(&sheets));
            let shown = shown.unwrap_or(sheets);
            Made { bytes, pages: shown.into_iter().map(|sheet| sheet.text).collect() }
        }
    };
    Ok(made)
}

#[cfg(test)]
mod tests;
