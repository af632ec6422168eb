//! Classification schemes and retention schedules as files: CSV, or a workbook that the confined
//! reader takes apart. Every row is checked, and what is wrong is told with its line and column.

use std::collections::HashMap;

use simars_extract::Extractor;
use simars_record::retention::{Fate, Phase, Rule};
use simars_record::schedule::{Entry, Scheme};
use simars_record::{Code, Extracted};

mod wrong;

pub use wrong::{Wrong, WrongRow};

/// The word that marks a row as made for show.
pub const DEMONSTRATION: &str = "contoh, bukan JRA";
/// The head of the table stands among so many rows at the top.
const HEAD_WITHIN: usize = 30;
/// A title with more characters is none.
const LONGEST_TITLE: usize = 1_000;
/// No scheme has more entries.
const MOST_ENTRIES: usize = 50_000;

/// The columns and how their heads may be written; the first is the one to recommend.
const COLUMNS: [(Column, &[&str]); 7] = [
    (
        Column::Code,
        &["kode", "kode klasifikasi", "klasifikasi", "klasifikasi arsip", "kode arsip", "code"],
    ),
    (
        Column::Title,
        &[
            "uraian",
            "jenis arsip",
            "jenis/series arsip",
            "jenis/seri arsip",
            "uraian jenis arsip",
            "series arsip",
            "seri arsip",
            "description",
            "title",
        ],
    ),
    (Column::Active, &["aktif", "retensi aktif", "masa aktif", "active"]),
    (Column::Inactive, &["inaktif", "retensi inaktif", "in aktif", "masa inaktif", "inactive"]),
    (Column::Fate, &["nasib akhir", "nasib", "penyusutan akhir", "fate"]),
    (Column::Note, &["keterangan", "ket", "catatan", "note"]),
    (Column::Demonstration, &["contoh", "demonstration"]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Column {
    Code,
    Title,
    Active,
    Inactive,
    Fate,
    Note,
    Demonstration,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Code => "kode",
            Self::Title => "uraian",
            Self::Active => "aktif",
            Self::Inactive => "inaktif",
            Self::Fate => "nasib akhir",
            Self::Note => "keterangan",
            Self::Demonstration => "contoh",
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScheduleFile {
    /// The rows that can be used.
    pub scheme: Scheme,
    /// How many rows there are below the head.
    pub rows: usize,
    /// The rows that cannot be used.
    pub errors: Vec<WrongRow>,
    /// What is odd and no reason to refuse a row.
    pub notes: Vec<WrongRow>,
}

/// A row with its line.
type Row = (u64, Vec<String>);

impl ScheduleFile {
    /// Reads a file by its content: a workbook, or a text with separators.
    ///
    /// # Errors
    /// A sentence that says why there is no table in it.
    pub fn read(bytes: &[u8], file_name: &str, extractor: &Extractor) -> Result<Self, String> {
        // Workbooks are zip files, or, from other programs, something that the reader knows.
        let is_text = std::str::from_utf8(bytes).is_ok() && !bytes.starts_with(b"PK");
        let sheets = match is_text {
            true => vec![text_rows(bytes)?],
            false => sheets(&extractor.extract_bytes(bytes, file_name))?,
        };
        let mut file = Self::default();
        let mut reader = Reader { file: &mut file, lines: HashMap::new() };
        let mut tables = 0;
        for sheet in &sheets {
            if let Some((head, rows)) = head(sheet)? {
                reader.table(&head, rows);
                tables += 1;
            }
        }
        if tables == 0 {
            return Err(format!(
                "no row within the first {HEAD_WITHIN} has the heads kode and uraian; hint: the \
                 columns are kode, uraian, aktif, inaktif, nasib akhir, keterangan, contoh"
            ));
        }
        let lines = reader.lines;
        file.note_missing_groups(&lines);
        file.errors.sort_by_key(|error| error.line);
        file.notes.sort_by_key(|note| note.line);
        Ok(file)
    }

    /// Notes codes whose group is not in the list.
    fn note_missing_groups(&mut self, lines: &HashMap<Code, u64>) {
        let missing = self.scheme.entries().filter_map(|entry| {
            let group = entry.code.parent()?;
            self.scheme.get(&group).is_none().then_some((&entry.code, group))
        });
        let notes = missing.map(|(code, group)| WrongRow {
            line: lines.get(code).copied().unwrap_or_default(),
            column: Column::Code.name(),
            wrong: Wrong::NoGroup { code: code.clone(), group },
        });
        let notes: Vec<WrongRow> = notes.collect();
        self.notes.extend(notes);
    }
}

/// The rows of a text: what separates its cells is whatever makes a head appear.
fn text_rows(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for mark in [b',', b';', b'\t'] {
        // Under the wrong mark even the quotes may be wrong.
        let Ok(rows) = separated(bytes, mark) else { continue };
        if !matches!(head(&rows), Ok(None)) {
            return Ok(rows);
        }
    }
    separated(bytes, b',')
}

fn separated(bytes: &[u8], mark: u8) -> Result<Vec<Row>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}

/// The sheets of a workbook as the reader gives them: pages whose lines are rows, with the name of
/// each sheet first; a long sheet goes on over several pages.
fn sheets(extracted: &Extracted) -> Result<Vec<Vec<Row>>, String> {
    if !["xlsx", "ods"].contains(&extracted.reader.as_str()) {
        let found = extracted.findings.first().map_or("", |finding| finding.detail.as_str());
        return Err(format!(
            "neither a workbook nor a text in UTF-8 ({}{}{found}); hint: save it as XLSX or as CSV \
             UTF-8",
            extracted.media_type,
            if found.is_empty() { "" } else { ": " }
        ));
    }
    let outline = extracted.structure.iter().flat_map(|structure| &structure.outline);
    let begins: Vec<u32> = outline.filter_map(|entry| entry.page).collect();
    let mut sheets: Vec<String> = Vec::new();
    for (page, number) in extracted.pages.iter().zip(1..) {
        match sheets.last_mut().filter(|_| !begins.contains(&number)) {
            Some(sheet) => sheet.push_str(&page.text),
            None => sheets.push(page.text.clone()),
        }
    }
    Ok(sheets.iter().map(|sheet| sheet_rows(sheet)).collect())
}

/// The rows of a sheet; its name, which comes first, is none.
fn sheet_rows(sheet: &str) -> Vec<Row> {
    let cells = |line: &str| line.split('\t').map(|cell| cell.trim().to_owned()).collect();
    (0..).zip(sheet.lines()).skip(1).map(|(number, line)| (number, cells(line))).collect()
}

/// The columns of a table, by their place.
type Head = HashMap<Column, usize>;

/// The head of a table, and the rows below it.
fn head(rows: &[Row]) -> Result<Option<(Head, &[Row])>, String> {
    for (index, (line, cells)) in rows.iter().enumerate().take(HEAD_WITHIN) {
        let mut head = Head::new();
        for (place, cell) in cells.iter().enumerate() {
            let Some(column) = column(cell) else { continue };
            if head.insert(column, place).is_some() {
                return Err(format!("line {line}: two columns are {}", column.name()));
            }
        }
        if !head.contains_key(&Column::Code) || !head.contains_key(&Column::Title) {
            continue;
        }
        // In the words of the law, the remark says what becomes of a record.
        if !head.contains_key(&Column::Fate)
            && head.contains_key(&Column::Active)
            && let Some(place) = head.remove(&Column::Note)
        {
            head.insert(Column::Fate, place);
        }
        let rule = [Column::Active, Column::Inactive, Column::Fate];
        let missing: Vec<&str> =
            rule.iter().filter(|one| !head.contains_key(one)).map(|one| one.name()).collect();
        if !missing.is_empty() && missing.len() < rule.len() {
            let missing = missing.join(" and ");
            return Err(format!(
                "line {line}: aktif, inaktif and nasib akhir belong together, but there is no \
                 {missing}"
            ));
        }
        return Ok(Some((head, &rows[index + 1..])));
    }
    Ok(None)
}

fn column(cell: &str) -> Option<Column> {
    let words = cell.to_lowercase();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.trim_matches(['.', ':', '*']).replace(" / ", "/");
    let found = COLUMNS.iter().find(|(_, names)| names.contains(&words.as_str()));
    found.map(|(column, _)| *column)
}

/// A column, and what is wrong with a cell of it.
type Fault = (Column, Wrong);

struct Reader<'a> {
    file: &'a mut ScheduleFile,
    /// Where each code was seen first.
    lines: HashMap<Code, u64>,
}

impl Reader<'_> {
    fn table(&mut self, head: &Head, rows: &[Row]) {
        for (line, cells) in rows {
            let filled = cells.iter().filter(|cell| !cell.is_empty());
            let is_number = |cell: &String| {
                let digits = cell.trim_matches(['(', ')', '.']);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            };
            if filled.clone().count() == 0 {
                continue;
            }
            // Below the head of a printed table stand the numbers of its columns.
            if self.file.rows == 0 && filled.clone().all(is_number) {
                continue;
            }
            self.file.rows += 1;
            match self.entry(*line, head, cells) {
                // Its code is known to be new.
                Ok(entry) => drop(self.file.scheme.add(entry)),
                Err((column, wrong)) => {
                    let column = column.name();
                    self.file.errors.push(WrongRow { line: *line, column, wrong });
                }
            }
        }
    }

    fn entry(&mut self, line: u64, head: &Head, cells: &[String]) -> Result<Entry, Fault> {
        let cell = |column| {
            let place = head.get(&column).copied();
            let text = place.and_then(|place| cells.get(place)).map_or("", String::as_str);
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let code: Code =
            cell(Column::Code).parse().map_err(|error| (Column::Code, Wrong::Code(error)))?;
        if let Some(first) = self.lines.get(&code).copied() {
            return Err((Column::Code, Wrong::Twice { code, first }));
        }
        if self.file.scheme.len() >= MOST_ENTRIES {
            return Err((Column::Code, Wrong::TooMany));
        }
        self.lines.insert(code.clone(), line);
        let title = cell(Column::Title);
        if title.is_empty() {
            return Err((Column::Title, Wrong::NoTitle(code)));
        }
        if title.chars().count() > LONGEST_TITLE {
            return Err((Column::Title, Wrong::LongTitle(code)));
        }
        let rule = rule(&code, &cell)?;
        let demonstration = match cell(Column::Demonstration).to_lowercase().as_str() {
            "" => false,
            "ya" | "yes" | "true" | "1" => true,
            text if text == DEMONSTRATION.to_lowercase() => true,
            text => {
                let text = text.chars().take(60).collect();
                return Err((Column::Demonstration, Wrong::Mark(code, text)));
            }
        };
        let note = Some(cell(Column::Note)).filter(|note| !note.is_empty());
        Ok(Entry { code, title, rule, note, demonstration })
    }
}

/// The rule of a row; `None` if all three cells are empty, as for a group.
fn rule(code: &Code, cell: &impl Fn(Column) -> String) -> Result<Option<Rule>, Fault> {
    let (active, inactive, fate) =
        (cell(Column::Active), cell(Column::Inactive), cell(Column::Fate));
    if active.is_empty() && inactive.is_empty() && fate.is_empty() {
        return Ok(None);
    }
    let phase = |column: Column, text: &str| {
        if text.is_empty() {
            return Err((column, Wrong::NoPhase(code.clone())));
        }
        Phase::read(text).map_err(|error| (column, Wrong::Phase(code.clone(), error)))
    };
    let active = phase(Column::Active, &active)?;
    let inactive = phase(Column::Inactive, &inactive)?;
    let fate = Fate::read(&fate);
    let (fate, exception) =
        fate.map_err(|error| (Column::Fate, Wrong::Fate(code.clone(), error)))?;
    Ok(Some(Rule { active, inactive, fate, exception }))
}

#[cfg(test)]
mod tests;
