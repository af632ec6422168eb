//! The same pages and queries in SQLite FTS5.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::queries::{Form, Query};
use super::texts::Sentences;

/// Files the pages; a database that is there already is used again.
pub(super) fn build(path: &Path, sentences: &Sentences, pages: usize) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let beginning = path.with_extension("begun");
    let mut connection = Connection::open(&beginning)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
         CREATE VIRTUAL TABLE pages USING fts5(text, year UNINDEXED, kind UNINDEXED, prefix = '4')",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut insert =
            transaction.prepare("INSERT INTO pages(text, year, kind) VALUES (?1, ?2, ?3)")?;
        for document in sentences.documents(pages) {
            for page in &document.pages {
                insert.execute((page, document.year as i64, document.kind))?;
            }
        }
    }
    transaction.commit()?;
    connection.execute_batch("INSERT INTO pages(pages) VALUES ('optimize')")?;
    drop(connection);
    std::fs::rename(&beginning, path)?;
    Ok(())
}

pub(super) fn open(path: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA cache_size = -200000; PRAGMA mmap_size = 8000000000")?;
    Ok(connection)
}

/// The ten best pages with snippets, and how many there are. `None` for what it cannot be asked.
pub(super) fn ask(connection: &Connection, query: &Query) -> anyhow::Result<Option<u64>> {
    let words = query.words.join(" ");
    let expression = match query.form {
        Form::Words => {
            query.words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ")
        }
        Form::Beginning => format!("\"{words}\"*"),
        Form::Phrase => format!("\"{words}\""),
        Form::Slip => return Ok(None),
    };
    let mut values = vec![Value::Text(expression)];
    let mut wanted = "pages MATCH ?1".to_owned();
    if let Some((year, kind)) = query.only {
        wanted.push_str(" AND year = ?2 AND kind = ?3");
        values.push(Value::Integer(year as i64));
        values.push(Value::Text(kind.to_owned()));
    }
    let mut best = connection.prepare_cached(&format!(
        "SELECT rowid, snippet(pages, 0, '<b>', '</b>', '…', 32) FROM pages WHERE {wanted}
         ORDER BY rank LIMIT 10"
    ))?;
    let rows = best.query_map(params_from_iter(&values), |row| row.get::<_, i64>(0))?;
    rows.collect::<Result<Vec<_>, _>>()?;
    let mut count =
        connection.prepare_cached(&format!("SELECT count(*) FROM pages WHERE {wanted}"))?;
    let found: i64 = count.query_row(params_from_iter(&values), |row| row.get(0))?;
    Ok(Some(found.unsigned_abs()))
}
