//! The two metadata files for bulk import, made from the definitions that ask for a row.

use anyhow::Result;
use serde::Serialize;

use super::definition::{Definition, List};

/// The columns of `metadata.csv` and the keys of `metadata.jsonl`, in this order.
pub(crate) const COLUMNS: [&str; 13] = [
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
    "collection",
];

#[derive(Serialize)]
struct Row<'a> {
    path: &'a str,
    kind: &'a str,
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<u16>,
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    date: String,
    place: &'a str,
    signatory: &'a str,
    issuer: &'a str,
    subject: &'a str,
    classification: &'a str,
    access: String,
    collection: &'a str,
}

fn rows(definitions: &[Definition], list: List) -> Vec<Row<'_>> {
    let filed = definitions.iter().filter_map(|definition| {
        let facts = &definition.facts;
        let filing = facts.filing.as_ref().filter(|filing| filing.list == list)?;
        Some(Row {
            path: &facts.file,
            kind: facts.kind.as_deref().unwrap_or_default(),
            number: facts.number.as_deref().unwrap_or_default(),
            year: facts.year,
            title: facts.title.as_deref().unwrap_or_default(),
            date: facts.date.map(|date| date.to_string()).unwrap_or_default(),
            place: facts.place.as_deref().unwrap_or_default(),
            signatory: facts.signatory.as_deref().unwrap_or_default(),
            issuer: facts.issuer.as_deref().unwrap_or_default(),
            subject: &filing.subject,
            classification: &filing.classification,
            access: filing.access.to_string(),
            collection: &filing.collection,
        })
    });
    filed.collect()
}

/// `metadata.csv` (RFC 4180, lines ended by a line feed).
pub(crate) fn csv(definitions: &[Definition]) -> Result<String> {
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for row in rows(definitions, List::Csv) {
        let row = serde_json::to_value(&row)?;
        let cells = COLUMNS.map(|column| match row.get(column) {
            Some(serde_json::Value::String(cell)) => quoted(cell),
            Some(cell) => cell.to_string(),
            None => String::new(),
        });
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    Ok(text)
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// `metadata.jsonl`: one JSON object per line.
pub(crate) fn jsonl(definitions: &[Definition]) -> Result<String> {
    let mut text = String::new();
    for row in rows(definitions, List::Jsonl) {
        text.push_str(&serde_json::to_string(&row)?);
        text.push('\n');
    }
    Ok(text)
}
