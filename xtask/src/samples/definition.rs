//! What one file of `xtask/content/` says: facts in TOML between `+++` lines, then the body.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use simars_record::{Date, FindingCode};

use super::page::{Mark, Sheet};

/// One sample: its facts and its body in the markup of [`super::markup`].
#[derive(Debug)]
pub(crate) struct Definition {
    /// What is known about the document.
    pub(crate) facts: Facts,
    /// The body, not yet parsed.
    pub(crate) body: String,
}

/// The head of a definition. What is not given does not apply to the document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    /// The name of the file to make.
    pub(crate) file: String,
    /// How to make it.
    pub(crate) format: Format,
    /// What this sample is good for, in one English sentence.
    pub(crate) shows: String,
    /// The key of the kind, as in `index-schema/kinds.toml`.
    pub(crate) kind: Option<String>,
    /// The number as written.
    pub(crate) number: Option<String>,
    /// The year that belongs to the number.
    pub(crate) year: Option<u16>,
    /// What follows *tentang*, in ordinary spelling; heads print it in capitals.
    pub(crate) title: Option<String>,
    /// The day of enactment or signature.
    pub(crate) date: Option<Date>,
    /// The place of enactment.
    pub(crate) place: Option<String>,
    /// Who signed.
    pub(crate) signatory: Option<String>,
    /// As what, for example `Ketua`.
    #[serde(default = "chair")]
    pub(crate) position: String,
    /// The issuing body, in ordinary spelling.
    pub(crate) issuer: Option<String>,
    /// Who certified the copy. Makes the document a *salinan*.
    pub(crate) certified_by: Option<String>,
    /// The sheet of paper.
    #[serde(default)]
    pub(crate) paper: Paper,
    /// The typeface.
    #[serde(default)]
    pub(crate) face: Face,
    /// The type size in points.
    #[serde(default = "type_size")]
    pub(crate) size: f32,
    /// Whether pages announce the next page's first word at their foot.
    #[serde(default)]
    pub(crate) catch_words: bool,
    /// Words that stand on the page, each within one paragraph.
    pub(crate) phrases: Vec<String>,
    /// What a reader must report.
    #[serde(default)]
    pub(crate) findings: Vec<FindingCode>,
    /// What somebody changed in the finished file.
    pub(crate) altered: Option<Alteration>,
    /// What the act does to other acts.
    #[serde(default)]
    pub(crate) relations: Vec<Relation>,
    /// The row in the metadata files, for documents that have one.
    pub(crate) filing: Option<Filing>,
}

/// A change of the finished file: words that stand within one line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alteration {
    /// What stood there.
    pub(crate) from: String,
    /// What stands there now.
    pub(crate) to: String,
}

impl Alteration {
    /// The pages as they look afterwards.
    pub(crate) fn made_on(&self, sheets: &[Sheet]) -> Vec<Sheet> {
        let mut sheets = sheets.to_vec();
        for sheet in &mut sheets {
            sheet.text = sheet.text.replace(&self.from, &self.to);
            for mark in &mut sheet.marks {
                if let Mark::Text(mark) = mark {
                    mark.text = mark.text.replace(&self.from, &self.to);
                }
            }
        }
        sheets
    }
}

/// What an act does to another act of the samples.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relation {
    /// `mencabut` or `mengubah`.
    pub(crate) relation: String,
    /// The kind of the other act.
    pub(crate) kind: String,
    /// Its number as written.
    pub(crate) number: String,
    /// Its year.
    pub(crate) year: u16,
}

/// What only a metadata file says about a document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filing {
    /// Which metadata file has the row.
    pub(crate) list: List,
    /// Keywords.
    pub(crate) subject: String,
    /// The code in the classification scheme.
    pub(crate) classification: String,
    /// The access class.
    pub(crate) access: simars_record::AccessClass,
    /// The collection.
    pub(crate) collection: String,
}

/// The two metadata files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum List {
    /// `metadata.csv`.
    Csv,
    /// `metadata.jsonl`.
    Jsonl,
}

/// How a sample is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// A PDF with text.
    Pdf,
    /// A PDF that only opens with a password.
    PdfLocked,
    /// A PDF that is encrypted and opens without a password.
    PdfOpenLocked,
    /// A PDF that is signed electronically.
    PdfSigned,
    /// A PDF of which the end is missing.
    PdfTruncated,
    /// A PDF of page images without text.
    PdfScan,
    /// The first page as an image.
    Png,
    /// Office Open XML.
    Docx,
    /// OpenDocument text.
    Odt,
    /// Office Open XML workbook; each page is a sheet.
    Xlsx,
    /// OpenDocument spreadsheet; each page is a table.
    Ods,
    /// Office Open XML presentation; each page is a slide.
    Pptx,
    /// OpenDocument presentation; each page is a slide.
    Odp,
    /// Rich text.
    Rtf,
    /// A message, what follows its first page attached as a PDF.
    Eml,
    /// HTML, UTF-8.
    Html,
    /// Plain text, UTF-8.
    Text,
    /// Plain text, Windows-1252.
    Windows1252,
    /// Markdown.
    Markdown,
}

/// Paper sizes in use in Indonesian offices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Paper {
    /// Folio, 215 × 330 mm: the usual sheet for decisions.
    #[default]
    F4,
    /// 210 × 297 mm.
    A4,
    /// 148 × 210 mm: booklets.
    A5,
}

/// Typefaces every PDF reader has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Face {
    /// Times.
    #[default]
    Times,
    /// Helvetica.
    Helvetica,
}

fn chair() -> String {
    "Ketua".to_owned()
}

fn type_size() -> f32 {
    12.0
}

/// Reads all definitions of a folder, in the order of their file names.
pub(crate) fn load(folder: &Path) -> Result<Vec<Definition>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry?.path());
    }
    paths.sort();
    paths.iter().map(|path| read(path).with_context(|| path.display().to_string())).collect()
}

fn read(path: &Path) -> Result<Definition> {
    let text = fs::read_to_string(path)?;
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let (head, body) = parts.context("no head between two lines `+++`")?;
    let facts: Facts = toml::from_str(head)?;
    ensure!((2..=4).contains(&facts.phrases.len()), "give 2 to 4 phrases");
    Ok(Definition { facts, body: body.to_owned() })
}

impl Facts {
    /// The number as heads print it: with the year in the era since 2022, alone before.
    pub(crate) fn number_line(&self) -> Option<String> {
        let number = self.number.as_ref()?;
        Some(match self.year {
            Some(year) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("NOMOR {number} TAHUN {year}")
            }
            _ => format!("NOMOR {number}"),
        })
    }

    /// The date as written in Indonesian, for example `5 Maret 2023`.
    pub(crate) fn date_in_words(&self) -> Option<String> {
        self.date.map(|date| {
            let month = MONTHS[usize::from(date.month() - 1)];
            format!("{} {month} {}", date.day(), date.year())
        })
    }
}

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
