//! Searching over HTTP, beside raw tantivy and SQLite FTS5 on the same texts and queries.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use rusqlite::Connection;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TEXT};
use tantivy::{Index, Searcher, Term, doc};

use super::corpus::{Passage, Queries, words};
use super::process::{Server, memory, quantile};
use super::{Bench, Table};

const OF_EACH: usize = 200;

pub(crate) fn measure(
    bench: &Bench,
    data: &Path,
    passages: &[Passage],
    table: &mut Table,
) -> anyhow::Result<()> {
    let queries = Queries::draw(passages, OF_EACH);
    let (tantivy, text) = raw_tantivy(&bench.folder("tantivy")?, passages)?;
    let sqlite = sqlite(&bench.folder("sqlite")?.join("texts.db"), passages)?;
    let server = Server::start(&bench.program, data)?;
    let agent = ureq::Agent::config_builder().build().new_agent();
    let mut all = (Vec::new(), Vec::new());
    for (kind, queries) in &queries.kinds {
        let (mut ours, mut raw, mut fts) = (Vec::new(), Vec::new(), Vec::new());
        for query in queries {
            // In turn, so that all three see the same machine; the first round warms up.
            for round in 0..2 {
                let times = (
                    timed(|| over_http(&agent, &server.base, query))?,
                    timed(|| in_tantivy(&tantivy, text, query))?,
                    timed(|| in_sqlite(&sqlite, query))?,
                );
                if round == 1 {
                    ours.push(times.0);
                    raw.push(times.1);
                    fts.push(times.2);
                }
            }
        }
        all.0.extend(&ours);
        all.1.extend(&raw);
        report(table, &format!("search: {kind}"), &mut ours, &mut raw, Some(&mut fts));
    }
    report(table, "search: all kinds together", &mut all.0, &mut all.1, None);
    table.row(
        "memory of the server after these searches",
        format!("{:.0} MiB", memory(server.pid()) as f64 / f64::from(1 << 20)),
        "",
        "",
        "< 400 MiB",
    );
    Ok(())
}

fn report(
    table: &mut Table,
    what: &str,
    ours: &mut [f64],
    raw: &mut [f64],
    fts: Option<&mut Vec<f64>>,
) {
    let (ours_p50, raw_p50) = (quantile(ours, 0.5), quantile(raw, 0.5));
    let mut beside = format!("raw tantivy {raw_p50:.2} ({:.2})", quantile(raw, 0.99));
    let mut ratio = format!("{:.2} ms of {:.2} allowed", ours_p50, 2.0 * raw_p50 + 1.0);
    if let Some(fts) = fts {
        let fts_p50 = quantile(fts, 0.5);
        beside.push_str(&format!(", SQLite FTS5 {fts_p50:.2} ({:.2})", quantile(fts, 0.99)));
        ratio.push_str(&format!("; FTS5 takes {:.1} ×", fts_p50 / ours_p50));
    }
    table.row(
        what,
        format!("p50 {ours_p50:.2} ms (p99 {:.2}) over HTTP", quantile(ours, 0.99)),
        beside,
        ratio,
        "p50 ≤ 2 × raw + 1 ms",
    );
}

fn timed(work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

fn over_http(agent: &ureq::Agent, base: &str, query: &str) -> anyhow::Result<()> {
    let mut answer = agent.get(format!("{base}/api/v1/search")).query("q", query).call()?;
    let body = answer.body_mut().read_to_vec()?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&body).context("the answer is not JSON")?;
    Ok(())
}

fn raw_tantivy(folder: &Path, passages: &[Passage]) -> anyhow::Result<(Searcher, Field)> {
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TEXT | STORED);
    let index = Index::create_in_dir(folder, schema.build())?;
    let mut writer = index.writer_with_num_threads(2, 100 << 20)?;
    for passage in passages {
        writer.add_document(doc!(text => passage.text.as_str()))?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok((index.reader()?.searcher(), text))
}

fn in_tantivy(searcher: &Searcher, text: Field, query: &str) -> anyhow::Result<()> {
    let terms: Vec<Term> = words(query).map(|word| Term::from_field_text(text, &word)).collect();
    let query: Box<dyn Query> = match terms.as_slice() {
        [term] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)),
        _ if query.starts_with('"') => Box::new(PhraseQuery::new(terms)),
        _ => Box::new(BooleanQuery::new(
            terms
                .into_iter()
                .map(|term| {
                    let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                    (Occur::Must, Box::new(query) as Box<dyn Query>)
                })
                .collect(),
        )),
    };
    searcher.search(&query, &TopDocs::with_limit(10).order_by_score())?;
    Ok(())
}

fn sqlite(path: &Path, passages: &[Passage]) -> anyhow::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch("CREATE VIRTUAL TABLE texts USING fts5(text)")?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO texts(text) VALUES (?1)")?;
        for passage in passages {
            insert.execute([&passage.text])?;
        }
    }
    transaction.commit()?;
    connection.execute_batch("INSERT INTO texts(texts) VALUES ('optimize')")?;
    Ok(connection)
}

fn in_sqlite(connection: &Connection, query: &str) -> anyhow::Result<()> {
    let all: Vec<String> = words(query).collect();
    let expression = if query.starts_with('"') {
        format!("\"{}\"", all.join(" "))
    } else {
        all.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ")
    };
    let mut statement = connection.prepare_cached(
        "SELECT rowid, snippet(texts, 0, '', '', '', 32) FROM texts WHERE texts MATCH ?1 \
         ORDER BY rank LIMIT 10",
    )?;
    let rows = statement.query_map([expression], |row| row.get::<_, i64>(0))?;
    rows.collect::<Result<Vec<_>, _>>()?;
    Ok(())
}
