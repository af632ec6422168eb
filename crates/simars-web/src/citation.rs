//! Documents as other programs cite them: BibTeX, RIS, CSL-JSON and rows of CSV.
//!
//! Sources: the BibTeX manual (Patashnik), the RIS format of reference managers, CSL 1.0.2 input
//! data, RFC 4180. Everything here is pure; every value may hold anything.

use serde_json::{Map, Value, json};
use simars_record::{Date, Document};

use crate::document::page_address;
use crate::language::Language;
use crate::names;

/// What is said of a document when it is cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Citation {
    id: String,
    title: String,
    kind: Option<String>,
    kind_name: String,
    number: Option<String>,
    year: Option<u16>,
    date: Option<Date>,
    issuer: Option<String>,
    place: Option<String>,
    url: String,
    sha256: String,
    pages: u32,
}

/// The forms of a citation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For LaTeX.
    Bibtex,
    /// For reference managers.
    Ris,
    /// For programs that speak CSL.
    Csl,
    /// For spreadsheets.
    Csv,
}

impl Form {
    /// All forms.
    pub(crate) const ALL: [Self; 4] = [Self::Bibtex, Self::Ris, Self::Csl, Self::Csv];

    /// Its name in addresses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bibtex => "bibtex",
            Self::Ris => "ris",
            Self::Csl => "csl-json",
            Self::Csv => "csv",
        }
    }

    /// Its name for readers, the same in every language.
    pub(crate) const fn shown(self) -> &'static str {
        match self {
            Self::Bibtex => "BibTeX",
            Self::Ris => "RIS",
            Self::Csl => "CSL-JSON",
            Self::Csv => "CSV",
        }
    }

    /// The form with this name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// How files of this form end.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Bibtex => "bib",
            Self::Ris => "ris",
            Self::Csl => "json",
            Self::Csv => "csv",
        }
    }

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Bibtex => "application/x-bibtex; charset=utf-8",
            Self::Ris => "application/x-research-info-systems; charset=utf-8",
            Self::Csl => "application/vnd.citationstyles.csl+json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// Many citations as one file.
    pub(crate) fn write(self, citations: &[Citation]) -> String {
        match self {
            Self::Bibtex => citations.iter().map(Citation::bibtex).collect::<Vec<_>>().join("\n"),
            Self::Ris => citations.iter().map(Citation::ris).collect(),
            Self::Csl => Value::from_iter(citations.iter().map(Citation::csl)).to_string(),
            Self::Csv => {
                let rows = citations.iter().map(Citation::csv);
                std::iter::once(csv_row(&COLUMNS.map(str::to_owned))).chain(rows).collect()
            }
        }
    }
}

/// The columns of a list.
const COLUMNS: [&str; 11] =
    ["id", "kind", "number", "year", "title", "date", "issuer", "place", "pages", "sha256", "url"];

/// Letters of a title that make a key readable.
const KEY_LETTERS: usize = 40;

impl Citation {
    /// The citation of a document whose page lies below this address.
    pub(crate) fn of(document: &Document, origin: &str) -> Self {
        let description = &document.description;
        let text = |field: &Option<simars_record::Field<String>>| {
            field.as_ref().map(|field| line(&field.value)).filter(|value| !value.is_empty())
        };
        let kind = text(&description.kind);
        let date = description.date.as_ref().map(|field| field.value);
        let year = description.year.as_ref().map(|field| field.value);
        Self {
            id: document.id.to_string(),
            title: line(&names::title(Language::Indonesian, document)),
            kind_name: kind
                .as_deref()
                .map(|key| names::kind(Language::Indonesian, key))
                .unwrap_or_default(),
            kind,
            number: text(&description.number),
            year: year.or_else(|| date.map(|date| date.year())),
            date,
            issuer: text(&description.issuer),
            place: text(&description.place),
            url: format!("{origin}{}", page_address(&document.id.to_string())),
            sha256: document.current().original.sha256.to_string(),
            pages: document.current().pages,
        }
    }

    /// Whether it sets rules, decides a case, or neither.
    fn is_act(&self) -> bool {
        let kind = self.kind.as_deref().unwrap_or_default();
        let acts = ["undang", "peraturan", "perppu", "ketetapan", "keputusan", "instruksi"];
        acts.iter().any(|act| kind.starts_with(act))
    }

    /// `Keputusan Nomor 457 Tahun 2024`, as far as that is known.
    fn called(&self) -> String {
        let number = names::number_line(Language::Indonesian, self.number.as_deref(), self.year);
        [self.kind_name.as_str(), number.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn bibtex(&self) -> String {
        let words = [self.kind.as_deref(), self.number.as_deref()];
        let words = words.into_iter().flatten().collect::<Vec<_>>().join("-");
        let plain = |sign: char| if sign.is_ascii_alphanumeric() { sign } else { '-' };
        let words: String = words.chars().map(plain).take(KEY_LETTERS).collect();
        let year = self.year.map(|year| year.to_string());
        let begin: String = self.id.chars().take(8).collect();
        let key = [words.as_str(), year.as_deref().unwrap_or(""), &begin];
        let key = key.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        let month = self.date.map(|date| date.month().to_string());
        let fields = [
            ("title", Some(format!("{{{}}}", tex(&self.title)))),
            ("author", self.issuer.as_deref().map(|issuer| format!("{{{}}}", tex(issuer)))),
            ("year", year),
            ("month", month),
            ("type", Some(tex(&self.kind_name)).filter(|name| !name.is_empty())),
            ("number", self.number.as_deref().map(tex)),
            ("address", self.place.as_deref().map(tex)),
            ("howpublished", Some(tex(&self.called())).filter(|name| !name.is_empty())),
            ("url", Some(self.url.clone())),
            ("note", Some(format!("SHA-256 {}", self.sha256))),
        ];
        let mut entry = format!("@misc{{{key}");
        for (name, value) in fields {
            if let Some(value) = value {
                entry.push_str(&format!(",\n  {name} = {{{value}}}"));
            }
        }
        entry.push_str("\n}\n");
        entry
    }

    fn ris(&self) -> String {
        let kind = if self.is_act() { "LEGAL" } else { "GOVDOC" };
        let date = self
            .date
            .map(|date| format!("{:04}/{:02}/{:02}/", date.year(), date.month(), date.day()));
        let fields = [
            ("TY", Some(kind.to_owned())),
            ("ID", Some(self.id.clone())),
            ("TI", Some(self.title.clone())),
            ("AU", self.issuer.as_deref().map(|issuer| format!("{issuer},"))),
            ("PB", self.issuer.clone()),
            ("CY", self.place.clone()),
            ("PY", self.year.map(|year| year.to_string())),
            ("DA", date),
            ("M1", self.number.clone()),
            ("M3", Some(self.kind_name.clone()).filter(|name| !name.is_empty())),
            ("N1", Some(format!("SHA-256 {}", self.sha256))),
            ("UR", Some(self.url.clone())),
            ("ER", Some(String::new())),
        ];
        let fields = fields.into_iter().filter_map(|(tag, value)| Some((tag, value?)));
        fields.map(|(tag, value)| format!("{tag}  - {value}\r\n")).collect()
    }

    fn csl(&self) -> Value {
        let mut item = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                item.insert(name.to_owned(), value);
            }
        };
        set("id", Some(self.id.clone().into()));
        set("type", Some(if self.is_act() { "legislation" } else { "document" }.into()));
        set("title", Some(self.title.clone().into()));
        set(
            "genre",
            Some(&self.kind_name).filter(|name| !name.is_empty()).cloned().map(Value::from),
        );
        set("author", self.issuer.as_ref().map(|issuer| json!([{ "literal": issuer }])));
        set("publisher", self.issuer.clone().map(Value::from));
        set("publisher-place", self.place.clone().map(Value::from));
        set("number", self.number.clone().map(Value::from));
        let issued = match (self.date, self.year) {
            (Some(date), _) => Some(json!([[date.year(), date.month(), date.day()]])),
            (None, Some(year)) => Some(json!([[year]])),
            (None, None) => None,
        };
        set("issued", issued.map(|parts| json!({ "date-parts": parts })));
        set("number-of-pages", Some(self.pages.to_string().into()));
        set("URL", Some(self.url.clone().into()));
        Value::Object(item)
    }

    fn csv(&self) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        csv_row(&[
            self.id.clone(),
            text(&self.kind),
            text(&self.number),
            self.year.map(|year| year.to_string()).unwrap_or_default(),
            self.title.clone(),
            self.date.map(|date| date.to_string()).unwrap_or_default(),
            text(&self.issuer),
            text(&self.place),
            self.pages.to_string(),
            self.sha256.clone(),
            self.url.clone(),
        ])
    }
}

/// A value on one line, without what would end a field.
pub(crate) fn line(value: &str) -> String {
    let plain: String = value.chars().map(|sign| if is_text(sign) { sign } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a sign may stand in XML 1.0 and on one line.
fn is_text(sign: char) -> bool {
    !sign.is_control() && !matches!(sign, '\u{fffe}' | '\u{ffff}')
}

/// A value as TeX reads it; the signs that mean something there are written out.
fn tex(value: &str) -> String {
    let mut written = String::with_capacity(value.len());
    for sign in value.chars() {
        match sign {
            '\\' => written.push_str("{\\textbackslash}"),
            '~' => written.push_str("{\\textasciitilde}"),
            '^' => written.push_str("{\\textasciicircum}"),
            // Left out: a brace that does not pair would swallow the rest of the file.
            '{' | '}' => {}
            '&' | '%' | '$' | '#' | '_' => {
                written.push('\\');
                written.push(sign);
            }
            _ => written.push(sign),
        }
    }
    written
}

/// A row; what a spreadsheet would take for a formula is kept from being one.
fn csv_row<const N: usize>(values: &[String; N]) -> String {
    let field = |value: &String| {
        let formula = value.starts_with(['=', '+', '-', '@']);
        let value = if formula { format!("'{value}") } else { value.clone() };
        if value.contains([',', '"', '\r', '\n']) || formula {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value
        }
    };
    let fields: Vec<String> = values.iter().map(field).collect();
    format!("{}\r\n", fields.join(","))
}

#[cfg(test)]
mod tests;
