//! Descriptions of documents whose facts are known, and looking for these documents.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use simars_describe::{describe, kinds, reference};
use simars_extract::{Extractor, Limits};
use simars_record::Description;
use simars_testkit::samples as sample_files;

use super::Eval;
use super::ask::{Item, index};
use super::known::{self, Draw};
use super::report::Report;

/// A document as it was read and described.
struct Read {
    item: Item,
    description: Description,
    /// Whether there is any text; what is recognised from pictures is not measured here.
    has_text: bool,
    /// Whether no page waits for recognition.
    whole: bool,
}

fn extractor() -> anyhow::Result<Extractor> {
    Ok(Extractor::new(std::env::current_exe()?, Limits::default()))
}

fn read(extractor: &Extractor, path: &Path, id: String) -> Read {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let extracted = extractor.extract(path, &name);
    let whole = extracted.pages_to_recognise().is_empty();
    let pages: Vec<String> = extracted.pages.into_iter().map(|page| page.text).collect();
    let texts: Vec<&str> = pages.iter().map(String::as_str).collect();
    // Without the file's name, which would give the answer away.
    let description = describe(&texts, "", extracted.embedded_title.as_deref());
    let has_text = pages.iter().any(|page| !page.trim().is_empty());
    let item = Item {
        id,
        kind: description.kind.as_ref().map(|field| field.value.clone()),
        number: description.number.as_ref().map(|field| field.value.clone()),
        year: description.year.as_ref().map(|field| field.value),
        title: description.title.as_ref().map(|field| field.value.clone()).unwrap_or_default(),
        date: description.date.as_ref().map(|field| field.value.to_string()),
        issuer: description.issuer.as_ref().map(|field| field.value.clone()),
        pages,
    };
    Read { item, description, has_text, whole }
}

/// How often each field was right.
#[derive(Default)]
struct Fields(Vec<(&'static str, usize, usize)>);

impl Fields {
    fn add(&mut self, field: &'static str, right: bool) {
        if !self.0.iter().any(|(name, ..)| *name == field) {
            self.0.push((field, 0, 0));
        }
        for (_, good, cases) in self.0.iter_mut().filter(|(name, ..)| *name == field) {
            *good += usize::from(right);
            *cases += 1;
        }
    }

    fn report(&self, name: &str, report: &mut Report) {
        for (field, good, cases) in &self.0 {
            report.share(&format!("{name}, {field} right"), *good as f64, *cases, None);
        }
    }
}

/// The project's own samples.
pub(super) fn samples(eval: &Eval, report: &mut Report) -> anyhow::Result<()> {
    let extractor = extractor()?;
    let (mut fields, mut items) = (Fields::default(), Vec::new());
    for sample in sample_files() {
        let Read { mut item, description: found, has_text, .. } =
            read(&extractor, &sample.path, sample.path.display().to_string());
        let expected = sample.expected;
        if has_text {
            let year = expected.year.map(|year| year.to_string());
            let text = |field: &Option<simars_record::Field<String>>| {
                field.as_ref().map(|field| field.value.clone())
            };
            let compared = [
                ("kind", &expected.kind, text(&found.kind)),
                ("number", &expected.number, text(&found.number)),
                ("year", &year, found.year.map(|field| field.value.to_string())),
                ("title", &expected.title, text(&found.title)),
                ("date", &expected.date, found.date.map(|field| field.value.to_string())),
                ("place", &expected.place, text(&found.place)),
                ("signatory", &expected.signatory, text(&found.signatory)),
                ("issuer", &expected.issuer, text(&found.issuer)),
            ];
            for (field, wanted, found) in compared {
                if let Some(wanted) = wanted {
                    fields.add(field, found.is_some_and(|found| plain(&found) == plain(wanted)));
                }
            }
        }
        // Searched as an archivist would have left it: with the right description.
        (item.kind, item.number, item.year) = (expected.kind, expected.number, expected.year);
        item.title = expected.title.unwrap_or_default();
        items.push(item);
    }
    fields.report("samples", report);
    let index = index(&eval.work, "samples", &items)?;
    let draw = Draw { by_number: items.len(), by_title: items.len() };
    known::measure("samples", &index, &items, draw, eval.misses, report)
}

/// Real documents, if there are any.
pub(super) fn real(eval: &Eval, report: &mut Report) -> anyhow::Result<()> {
    let folder = eval.data.join("documents");
    let Ok(manifest) = fs::read(folder.join("MANIFEST.tsv")) else {
        report.note("Real documents are not present: nothing measured on them.".to_owned());
        return Ok(());
    };
    let manifest = String::from_utf8_lossy(&manifest);
    let mut lines = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().context("the list of documents is empty")?;
    let place = |name: &str| {
        head.iter().position(|cell| *cell == name).with_context(|| format!("no column {name}"))
    };
    let (set, file, kind) = (place("set")?, place("file")?, place("jenis")?);
    let (number, year) = (place("nomor")?, place("tahun")?);
    let extractor = extractor()?;
    let read_by_hand = read_by_hand(&folder)?;
    let (mut fields, mut items) = (Fields::default(), Vec::new());
    for cells in lines {
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        let path = folder.join(cell(set)).join(cell(file));
        let Read { mut item, has_text, whole, .. } =
            read(&extractor, &path, format!("{}/{}", cell(set), cell(file)));
        if let Some((title, date)) = read_by_hand.get(cell(file)).filter(|_| whole) {
            fields.add("title read by hand", plain(&item.title) == plain(title));
            fields.add("date read by hand", item.date.as_deref().unwrap_or("-") == date);
        }
        if has_text && !cell(number).is_empty() {
            let (found, wanted) = (item.number.as_deref().unwrap_or_default(), cell(number));
            let same = reference::canonical_number(found) == reference::canonical_number(wanted);
            fields.add("number", same);
            fields.add("year", item.year.is_some_and(|found| found.to_string() == cell(year)));
            let wanted = kinds::recognise(cell(kind)).map(|kind| kind.key.clone());
            fields.add("kind", item.kind == wanted);
            (item.kind, item.year) = (wanted, cell(year).parse().ok());
            item.number = Some(cell(number).to_owned());
        } else {
            // What was only recognised is no gold; it is there to be in the way.
            item.title = if has_text { item.title } else { String::new() };
        }
        items.push(item);
    }
    fields.report("real documents", report);
    let index = index(&eval.work, "documents", &items)?;
    let draw = Draw { by_number: items.len(), by_title: items.len() };
    known::measure("real documents", &index, &items, draw, eval.misses, report)
}

/// Titles and days of enactment that somebody has read in the documents themselves, if there is
/// such a list (`described.tsv`: file, title, date; `-` where it has none), by the files' names.
fn read_by_hand(folder: &Path) -> anyhow::Result<HashMap<String, (String, String)>> {
    let Ok(list) = fs::read_to_string(folder.join("described.tsv")) else {
        return Ok(HashMap::new());
    };
    let mut lines = list.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().context("the list of what was read by hand is empty")?;
    let place = |name: &str| {
        head.iter().position(|cell| *cell == name).with_context(|| format!("no column {name}"))
    };
    let (file, title, date) = (place("file")?, place("title")?, place("date")?);
    let cell = |line: &[&str], at: usize| line.get(at).copied().unwrap_or_default().to_owned();
    Ok(lines.map(|line| (cell(&line, file), (cell(&line, title), cell(&line, date)))).collect())
}

/// A text without what does not matter: case, marks, runs of blanks.
fn plain(text: &str) -> String {
    let words =
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
