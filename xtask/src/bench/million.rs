//! A million pages: filed by the program, asked over HTTP with facets and snippets, beside SQLite
//! FTS5 and PostgreSQL with the same pages and queries.

mod postgres;
mod queries;
mod sqlite;
mod texts;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use simars_access::Standing;
use simars_archive::{Archive, DataFolder, Surroundings};
use simars_describe::kinds;
use simars_record::Timestamp;
use simars_search::{Entry, InForce, Index, Options};

use self::postgres::{Client, Postgres};
use self::queries::{Class, Query, classes};
use self::texts::{Document, Sentences};
use super::process::{Server, memory, quantile, run};
use super::{Bench, Table, bytes_on_disk, corpus};

/// Queries of a class.
const OF_EACH: usize = 200;
/// The others are asked a class for so long at most, since they may take seconds for an answer …
const PATIENCE: Duration = Duration::from_secs(20);
/// … but at least so many queries.
const LEAST: usize = 8;
const CLIENTS: usize = 8;
/// Documents that are filed to see when they can be found.
const FRESH: usize = 20;

/// How large it is, and whether it stays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) pages: usize,
    /// Use again what a run before has built, and leave it there.
    pub(super) keep: bool,
}

pub(super) fn measure(bench: &Bench, size: Size, table: &mut Table) -> anyhow::Result<()> {
    let Size { pages, keep } = size;
    let beside = bench.work.parent().context("a folder for what is kept")?;
    let folder = beside.join(format!("million-{pages}"));
    if !keep {
        drop(fs::remove_dir_all(&folder));
    }
    fs::create_dir_all(&folder)?;
    let sentences = Sentences::of(&corpus::passages(&bench.data, usize::MAX)?);
    file(bench, &folder, &sentences, pages, table)?;
    let database = folder.join("pages.db");
    let server = Postgres::start(&folder.join("postgres"))?;
    let begun = Instant::now();
    thread::scope(|scope| {
        let sqlite = scope.spawn(|| sqlite::build(&database, &sentences, pages));
        let built = server.as_ref().map_or(Ok(()), |server| server.build(&sentences, pages));
        let failed = |_| anyhow::anyhow!("filing in SQLite ended early");
        built.and(sqlite.join().map_err(failed)?)
    })?;
    eprintln!("  SQLite and PostgreSQL, side by side: {:.0} s", begun.elapsed().as_secs_f64());
    let classes = classes(&sentences, pages, OF_EACH);
    let others = Others {
        sqlite: sqlite::open(&database)?,
        postgres: server.as_ref().map(Client::open).transpose()?,
    };
    ask_all(bench, &folder.join("data"), &classes, others, table)?;
    drop(server);
    if !keep {
        drop(fs::remove_dir_all(&folder));
    }
    Ok(())
}

/// Files documents of a line each, with all their descriptions, through the program; then puts the
/// pages into the index as it would be told of them. So a search over HTTP does all it ever does,
/// and the figures do not wait for a million pages to be described.
fn file(
    bench: &Bench,
    folder: &Path,
    sentences: &Sentences,
    pages: usize,
    table: &mut Table,
) -> anyhow::Result<()> {
    let (files, data) = (folder.join("files"), folder.join("data"));
    let size = folder.join("bytes");
    if !size.exists() {
        drop(fs::remove_dir_all(&data));
        let documents = write_files(&files, sentences, pages)?;
        let mut command = Command::new(&bench.program);
        command.args(["ingest", "--json", "--later", "--metadata"]).arg(files.join("list.csv"));
        let ran = run(command.arg(&files).arg("--data").arg(&data))?;
        fs::remove_dir_all(&files)?;
        let registered = |line: &String| line.contains("\"status\":\"registered\"");
        let filed = ran.lines.iter().filter(|(_, line)| registered(line)).count();
        // The list is a file too, and one more document.
        if filed != documents + 1 {
            bail!("{filed} of {documents} documents were filed");
        }
        fs::remove_dir_all(DataFolder::new(&data).index())?;
    }
    let begun = Instant::now();
    if let Some(bytes) = index(&data, sentences, pages)? {
        fs::write(&size, bytes.to_string())?;
        let seconds = begun.elapsed().as_secs_f64();
        table.row(
            format!(
                "{pages} pages of {:.0} MB into the index, merges included",
                bytes as f64 / 1e6
            ),
            format!("{:.0} pages/s ({seconds:.0} s)", pages as f64 / seconds),
            "",
            "",
            "",
        );
    }
    Ok(())
}

/// How many documents there are.
fn write_files(folder: &Path, sentences: &Sentences, pages: usize) -> anyhow::Result<usize> {
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder)?;
    let mut list = BufWriter::new(File::create(folder.join("list.csv"))?);
    writeln!(list, "path,kind,number,year,title,issuer")?;
    let mut documents = 0;
    for Document { number, kind, year, title, issuer, .. } in sentences.documents(pages) {
        let below = format!("{:03}", number / 1_000);
        fs::create_dir_all(folder.join(&below))?;
        let path = format!("{below}/{number}.txt");
        fs::write(folder.join(&path), format!("Dokumen contoh {number}\n"))?;
        let title = title.replace('"', "\"\"");
        writeln!(list, "{path},{kind},{number},{year},\"{title}\",{issuer}")?;
        documents += 1;
    }
    list.flush()?;
    Ok(documents)
}

/// Builds the index of the documents that are filed, unless it is there; the bytes of their texts.
fn index(data: &Path, sentences: &Sentences, pages: usize) -> anyhow::Result<Option<u64>> {
    let folder = DataFolder::new(data);
    let index = Index::open(&folder.index(), Options::default())?;
    if index.applied() > 0 && !index.building() {
        return Ok(None);
    }
    let now = || Timestamp::from_unix(0);
    let archive = Archive::open(folder, Surroundings { now, random: |bytes| bytes.fill(7) })?;
    let mut filed = HashMap::new();
    for document in archive.from(0) {
        let document = document?;
        let number =
            document.description.number.as_ref().and_then(|field| field.value.parse().ok());
        if let Some(number) = number {
            let number: u64 = number;
            filed.insert(number, document);
        }
    }
    let mut writer = index.writer()?;
    let mut bytes = 0;
    for Document { number, kind, year, title, issuer, pages } in sentences.documents(pages) {
        let document = filed.get(&number).with_context(|| format!("{number} is not filed"))?;
        let standing = Standing::of(document);
        bytes += pages.iter().map(|page| page.len() as u64).sum::<u64>();
        writer.put_new(&Entry {
            ordinal: document.ordinal,
            id: &document.id.to_string(),
            standing: standing.code(),
            kind: Some(kind),
            number: Some(&number.to_string()),
            year: u16::try_from(year).ok(),
            title: &title,
            issuer: Some(&issuer),
            force: kinds::can_be_in_force(kind).then(InForce::default),
            sha256: &document.current().original.sha256.to_string(),
            pages: pages.iter().map(String::as_str).collect(),
            ..Entry::default()
        })?;
    }
    writer.commit(archive.applied().end.segment, true)?;
    writer.finish()?;
    Ok(Some(bytes))
}

/// What the program is compared with.
struct Others {
    sqlite: rusqlite::Connection,
    postgres: Option<Client>,
}

fn ask_all(
    bench: &Bench,
    data: &Path,
    classes: &[Class],
    mut others: Others,
    table: &mut Table,
) -> anyhow::Result<()> {
    let server = Server::start(&bench.program, data)?;
    let text: f64 = fs::read_to_string(data.with_file_name("bytes"))?.trim().parse()?;
    let index = index_bytes(data) as f64;
    table.row(
        format!("… bytes of the index per byte of text ({:.0} MB)", text / 1e6),
        format!("{:.2}", index / text),
        "",
        "",
        "≤ 1.0",
    );
    for class in classes {
        ask_class(&server.base, class, &mut others, table)?;
    }
    suggestions(&server.base, classes, table)?;
    table.row(
        "… memory of the server after these searches",
        format!("{:.0} MiB", memory(server.pid()) as f64 / f64::from(1 << 20)),
        "",
        "",
        "",
    );
    freshness(&server, table)
}

fn index_bytes(data: &Path) -> u64 {
    bytes_on_disk(&data.join("views/index"))
}

fn ask_class(
    base: &str,
    class: &Class,
    others: &mut Others,
    table: &mut Table,
) -> anyhow::Result<()> {
    let agent = ureq::Agent::config_builder().build().new_agent();
    let mut found: Vec<f64> = Vec::new();
    let mut alone: Vec<f64> = Vec::new();
    for round in 0..2 {
        for query in &class.queries {
            let begun = Instant::now();
            let total = over_http(&agent, base, query)?;
            if round == 1 {
                alone.push(begun.elapsed().as_secs_f64() * 1e3);
                found.push(total as f64);
            }
        }
    }
    let mut together = together(base, &class.queries)?;
    let sqlite = patiently(&class.queries, |query| sqlite::ask(&others.sqlite, query))?;
    let postgres = match &mut others.postgres {
        Some(client) => patiently(&class.queries, |query| client.ask(query))?,
        None => None,
    };
    let p50 = quantile(&mut alone, 0.5);
    let shown = |times: &Option<Vec<f64>>| match times {
        Some(times) => {
            let mut times = times.clone();
            let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
            (format!("{half:.1} ({most:.0})"), format!("{:.0} ×", half / p50))
        }
        None => ("–".to_owned(), "–".to_owned()),
    };
    let ((fts, fts_ratio), (pg, pg_ratio)) = (shown(&sqlite), shown(&postgres));
    let bar = if class.name.starts_with("phrase") { "p50 ≤ 12" } else { "p50 ≤ 5, p99 ≤ 40" };
    table.row(
        format!("{} (half find over {:.0})", class.name, quantile(&mut found, 0.5)),
        format!(
            "p50 {p50:.1} ms (p99 {:.1}); {CLIENTS} clients {:.1} ({:.1})",
            quantile(&mut alone, 0.99),
            quantile(&mut together, 0.5),
            quantile(&mut together, 0.99)
        ),
        format!("SQLite FTS5 {fts}, PostgreSQL {pg}"),
        format!("{fts_ratio}, {pg_ratio}"),
        format!("{bar}; ≥ 20 ×"),
    );
    Ok(())
}

/// How many documents are found; the whole answer is read.
fn over_http(agent: &ureq::Agent, base: &str, query: &Query) -> anyhow::Result<u64> {
    let mut request = agent.get(format!("{base}/api/v1/search")).query("q", query.typed());
    if let Some((year, kind)) = query.only {
        request = request.query("year", year.to_string()).query("kind", kind);
    }
    let body = request.call()?.body_mut().read_to_vec()?;
    let answer: serde_json::Value = serde_json::from_slice(&body).context("no JSON")?;
    answer["total"].as_u64().context("an answer tells how many were found")
}

/// The queries asked by several clients at once, each beginning elsewhere.
fn together(base: &str, queries: &[Query]) -> anyhow::Result<Vec<f64>> {
    let ask = |client: usize| -> anyhow::Result<Vec<f64>> {
        let agent = ureq::Agent::config_builder().build().new_agent();
        let mine = queries.iter().cycle().skip(client * queries.len() / CLIENTS);
        let mut times = Vec::new();
        for query in mine.take(queries.len() / 2) {
            let begun = Instant::now();
            over_http(&agent, base, query)?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        Ok(times)
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || ask(client))).collect();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.join().map_err(|_| anyhow::anyhow!("a client ended early"))??);
        }
        Ok(all)
    })
}

/// Times of as many of the queries as patience allows, after one to warm up; `None` if the class
/// cannot be asked.
fn patiently(
    queries: &[Query],
    mut ask: impl FnMut(&Query) -> anyhow::Result<Option<u64>>,
) -> anyhow::Result<Option<Vec<f64>>> {
    let Some(first) = queries.first() else { return Ok(None) };
    if ask(first)?.is_none() {
        return Ok(None);
    }
    let (begun, mut times) = (Instant::now(), Vec::new());
    for query in queries {
        if times.len() >= LEAST && begun.elapsed() > PATIENCE {
            break;
        }
        let asked = Instant::now();
        ask(query)?;
        times.push(asked.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Some(times))
}

/// What is suggested while the words that were looked for are typed, from their third letter on.
fn suggestions(base: &str, classes: &[Class], table: &mut Table) -> anyhow::Result<()> {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let words = classes.iter().flat_map(|class| &class.queries).flat_map(|query| &query.words);
    let long: Vec<&String> = words.filter(|word| word.is_ascii() && word.len() > 4).collect();
    let mut times = Vec::new();
    for word in long.iter().step_by(long.len() / OF_EACH + 1) {
        for letters in 3..=word.len() {
            let begun = Instant::now();
            let url = format!("{base}/api/v1/suggest");
            let answer = agent.get(&url).query("q", &word[..letters]).call()?;
            if answer.status() != 200 {
                eprintln!("  nothing is suggested: {}", answer.status());
                return Ok(());
            }
            answer.into_body().read_to_vec()?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    table.row(
        "suggestions while typing",
        format!("p50 {half:.1} ms (p99 {most:.1})"),
        "",
        "",
        "p99 ≤ 5",
    );
    Ok(())
}

/// How long after its acknowledgement a new document can be found.
fn freshness(server: &Server, table: &mut Table) -> anyhow::Result<()> {
    let agent = ureq::Agent::config_builder().build().new_agent();
    let mut waits = Vec::new();
    for number in 0..FRESH {
        let word = format!("dokumenbaru{number}x{}", std::process::id());
        let url = format!("{}/api/v1/documents?name={word}.txt", server.base);
        let text = format!("Dokumen contoh {word} untuk pengukuran.\n").repeat(20);
        let request = agent.post(&url).header("authorization", format!("Bearer {}", server.token));
        request.send(text.as_bytes())?;
        let begun = Instant::now();
        let search = format!("{}/api/v1/search", server.base);
        loop {
            let body = agent.get(&search).query("q", format!("\"{word}\"")).call()?;
            let body = body.into_body().read_to_vec()?;
            let answer: serde_json::Value = serde_json::from_slice(&body)?;
            if answer["total"] == 1 {
                break;
            }
            anyhow::ensure!(begun.elapsed() < Duration::from_secs(60), "{word} is not found");
            thread::sleep(Duration::from_millis(2));
        }
        waits.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let (half, most) = (quantile(&mut waits, 0.5), quantile(&mut waits, 1.0));
    table.row(
        "… a new document is found after its acknowledgement, p50 (longest)",
        format!("{half:.0} ms ({most:.0})"),
        "",
        "",
        "≤ 1,000 ms",
    );
    Ok(())
}
