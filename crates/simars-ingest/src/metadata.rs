//! What is known about files beforehand: import lists as CSV or JSON lines, checked row by row.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use simars_describe::kinds;
use simars_record::{AccessClass, Annex, Date, Description, DocumentId, Field, Unit};

use crate::IngestError;

/// The columns of an import list. `path` is required; all others may be missing or empty.
pub const COLUMNS: [&str; 23] = [
    "path",
    "kind",
    "number",
    "year",
    "title",
    "date",
    "place",
    "signatory",
    "issuer",
    "subject",
    "classification",
    "access",
    "opens",
    "unit",
    "rendition_of",
    "collection",
    "promulgated",
    "effective",
    "office",
    "annexes",
    "copy",
    "copy_signatory",
    "copy_office",
];

/// What somebody stated about a file before it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stated {
    /// Fields of the description; they go before what is recognised.
    pub description: Description,
    /// The access class; open if nothing is said.
    pub access: Option<AccessClass>,
    /// The day on which it opens for everybody, closed until then.
    pub opens: Option<Date>,
    /// The unit it belongs to.
    pub unit: Option<Unit>,
    /// The closed document that it leaves out parts of.
    pub rendition_of: Option<DocumentId>,
}

impl Stated {
    /// The class it is filed with: a closed one until it opens.
    pub fn class(&self) -> AccessClass {
        let class = self.access.unwrap_or_default();
        if self.opens.is_some() { class.max(AccessClass::Restricted) } else { class }
    }

    /// Checks one value and takes it over; an empty value states nothing.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the value, and what would be right.
    pub fn set(&mut self, column: &str, value: &str) -> Result<(), String> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let text = || Some(Field::stated(value.split_whitespace().collect::<Vec<_>>().join(" ")));
        let description = &mut self.description;
        match column {
            "path" => {}
            "kind" => description.kind = Some(Field::stated(kind(value)?)),
            "number" => description.number = text(),
            "year" => description.year = Some(Field::stated(year(value)?)),
            "title" => description.title = text(),
            "date" => description.date = Some(Field::stated(date(value)?)),
            "promulgated" => description.promulgated = Some(Field::stated(date(value)?)),
            "effective" => description.effective = Some(Field::stated(date(value)?)),
            "office" => description.office = text(),
            "annexes" => description.annexes = annexes(value)?,
            "copy" => description.copy = text(),
            "copy_signatory" => description.copy_signatory = text(),
            "copy_office" => description.copy_office = text(),
            "place" => description.place = text(),
            "signatory" => description.signatory = text(),
            "issuer" => description.issuer = text(),
            "subject" => description.subject = text(),
            "classification" => description.classification = text(),
            "access" => self.access = Some(value.parse().map_err(|error| format!("{error}"))?),
            "opens" => self.opens = Some(date(value)?),
            "unit" => self.unit = Some(value.parse().map_err(|error| format!("{error}"))?),
            "rendition_of" => {
                let of = value.parse().map_err(|_| format!("no document id {value:?}"))?;
                self.rendition_of = Some(of);
            }
            "collection" => description.collection = text(),
            other => return Err(unknown_column(other)),
        }
        Ok(())
    }
}

fn kind(value: &str) -> Result<String, String> {
    let found = kinds::find(value).or_else(|| kinds::recognise(value));
    found.map(|kind| kind.key.clone()).ok_or_else(|| {
        let keys: Vec<&str> = kinds::all().iter().map(|kind| kind.key.as_str()).collect();
        format!("no kind {value:?}; use one of: {}", keys.join(", "))
    })
}

/// `Lampiran I: Daftar nama; Lampiran II`
fn annexes(value: &str) -> Result<Vec<Field<Annex>>, String> {
    let annex = |written: &str| {
        let (label, title) = match written.split_once(':') {
            Some((label, title)) => (label.trim(), Some(title.trim().to_owned())),
            None => (written, None),
        };
        if !label.starts_with("Lampiran") {
            return Err(format!(
                "no annex {written:?}; write for example Lampiran I: Daftar nama; Lampiran II"
            ));
        }
        let title = title.filter(|title| !title.is_empty());
        Ok(Field::stated(Annex { label: label.to_owned(), title }))
    };
    let written = value.split(';').map(str::trim).filter(|written| !written.is_empty());
    written.map(annex).collect()
}

fn date(value: &str) -> Result<Date, String> {
    value.parse().map_err(|error| format!("{error}"))
}

fn year(value: &str) -> Result<u16, String> {
    let year = value.parse().ok().filter(|year| (1500..=2200).contains(year));
    year.ok_or_else(|| format!("no year {value:?}; write four digits, for example 2024"))
}

fn unknown_column(name: &str) -> String {
    format!("there is no column {name:?}; the columns are: {}", COLUMNS.join(", "))
}

/// A row that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowError {
    /// The line in the list, counted from 1.
    pub line: u64,
    /// The column, if one is to blame.
    pub column: Option<String>,
    /// What is wrong and what would be right.
    pub detail: String,
    /// The path it names, if nothing is wrong but that no such file is there.
    pub absent: Option<String>,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column {column}: {}", self.line, self.detail),
            None => write!(f, "line {}: {}", self.line, self.detail),
        }
    }
}

/// An import list: what is stated about which file.
#[derive(Debug, Default)]
pub struct ImportList {
    rows: HashMap<PathBuf, Result<Stated, RowError>>,
    /// A row of which not even the file can be told: it could speak of any file.
    unknown: Option<Result<Stated, RowError>>,
    /// The files the list names, in its order, as far as they exist.
    pub files: Vec<PathBuf>,
    /// The rows that cannot be used. Their files are refused, not taken without what the row
    /// says: a misspelled access class must not open a closed document.
    pub errors: Vec<RowError>,
}

impl ImportList {
    /// Reads a list; `.jsonl` is read as JSON lines, everything else as CSV with a head. Paths in
    /// it are meant from the list's folder, or from the working folder if nothing is there.
    ///
    /// # Errors
    /// If the file cannot be read, or its head names a column that does not exist.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let bytes = fs::read(path).map_err(IngestError::read(path))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut list = Self::default();
        if std::str::from_utf8(bytes).is_err() {
            let detail = "not UTF-8; hint: save it as \"CSV UTF-8\"".to_owned();
            return Err(IngestError::List { path: path.to_owned(), detail });
        }
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            list.read_json_lines(bytes, folder);
            return Ok(list);
        }
        list.read_csv(bytes, folder)
            .map_err(|detail| IngestError::List { path: path.to_owned(), detail })?;
        Ok(list)
    }

    /// What the list says about a file: `None` if nothing, an error if its row cannot be used, or
    /// if a row that cannot be read might be the one that speaks of it.
    pub fn find(&self, path: &Path) -> Option<&Result<Stated, RowError>> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.rows.get(&path).or(self.unknown.as_ref())
    }

    /// Whether the list says nothing about any file.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.unknown.is_none()
    }

    fn read_csv(&mut self, bytes: &[u8], folder: &Path) -> Result<(), String> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(bytes))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let head = reader.headers().map_err(|error| error.to_string())?.clone();
        if let Some(wrong) = head.iter().find(|name| !COLUMNS.contains(name)) {
            return Err(format!("line 1: {}", unknown_column(wrong)));
        }
        let Some(path_column) = head.iter().position(|name| name == "path") else {
            return Err("line 1: there is no column \"path\"; the others may be missing".to_owned());
        };
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let detail = error.to_string();
                    self.reject_unknown(RowError { line, column: None, detail, absent: None });
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let path = record.get(path_column).unwrap_or_default().to_owned();
            let cells = head.iter().zip(record.iter());
            if record.len() != head.len() {
                let detail = format!("{} cells for {} columns", record.len(), head.len());
                self.reject(
                    RowError { line, column: None, detail, absent: None },
                    place(&path, folder),
                );
                continue;
            }
            self.take(line, &path, folder, cells.map(|(name, cell)| (name, cell.to_owned())));
        }
        Ok(())
    }

    fn read_json_lines(&mut self, bytes: &[u8], folder: &Path) {
        for (index, row) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let line = index as u64 + 1;
            if row.trim_ascii().is_empty() {
                continue;
            }
            let object: serde_json::Map<String, serde_json::Value> =
                match serde_json::from_slice(row) {
                    Ok(object) => object,
                    Err(error) => {
                        let detail = format!("not a JSON object: {error}");
                        self.reject_unknown(RowError { line, column: None, detail, absent: None });
                        continue;
                    }
                };
            let path = object.get("path").and_then(|path| path.as_str()).unwrap_or_default();
            let path = path.to_owned();
            let cells = object.iter().map(|(name, value)| {
                let text = match value {
                    serde_json::Value::String(text) => text.clone(),
                    serde_json::Value::Null => String::new(),
                    other => other.to_string(),
                };
                (name.as_str(), text)
            });
            self.take(line, &path, folder, cells);
        }
    }

    fn take<'a>(
        &mut self,
        line: u64,
        path: &str,
        folder: &Path,
        cells: impl Iterator<Item = (&'a str, String)>,
    ) {
        let file = place(path, folder);
        let mut stated = Stated::default();
        for (name, cell) in cells {
            if let Err(detail) = stated.set(name, &cell) {
                let column = Some(name.to_owned());
                self.reject(RowError { line, column, detail, absent: None }, file);
                return;
            }
        }
        let Some(file) = file else {
            let detail = match path {
                "" => "no file is named".to_owned(),
                _ => format!("there is no file {path:?}"),
            };
            let (column, absent) = (Some("path".to_owned()), Some(path.to_owned()));
            let absent = absent.filter(|path| !path.is_empty());
            self.reject(RowError { line, column, detail, absent }, None);
            return;
        };
        if self.rows.contains_key(&file) {
            let detail = format!("{path:?} stands in the list twice");
            let column = Some("path".to_owned());
            self.reject(RowError { line, column, detail, absent: None }, Some(file));
            return;
        }
        self.files.push(file.clone());
        self.rows.insert(file, Ok(stated));
    }

    /// Notes a row that cannot be used, so that its file is refused.
    fn reject(&mut self, error: RowError, file: Option<PathBuf>) {
        if let Some(file) = file {
            self.files.push(file.clone());
            self.rows.insert(file, Err(error.clone()));
        }
        self.errors.push(error);
    }

    /// Notes a row of which not even the file can be told.
    fn reject_unknown(&mut self, error: RowError) {
        self.unknown.get_or_insert_with(|| Err(error.clone()));
        self.errors.push(error);
    }
}

/// The file that a path in a list means, if it is there.
fn place(path: &str, folder: &Path) -> Option<PathBuf> {
    if path.is_empty() {
        return None;
    }
    folder.join(path).canonicalize().or_else(|_| Path::new(path).canonicalize()).ok()
}

/// Spreadsheets write commas or semicolons, by the language they run in: whichever the head has
/// more of.
fn delimiter(bytes: &[u8]) -> u8 {
    let head = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| head.iter().filter(|&&byte| byte == wanted).count();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|&wanted| (count(wanted), wanted == b','))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests;
