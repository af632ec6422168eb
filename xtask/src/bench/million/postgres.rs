//! The same pages and queries in a PostgreSQL of our own, which is started and ended here.

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};

use super::queries::{Form, Query};
use super::texts::Sentences;

/// How a configuration of PostgreSQL is called that knows Indonesian.
const LANGUAGE: &str = "indonesian";

/// A server in a folder of its own, on a socket in it and on no port.
pub(super) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<(u32, u32)>,
    server: Child,
}

/// Where PostgreSQL's programs are, the newest version first.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.retain(|path| path.join("initdb").is_file());
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root: then it runs as the user its package made.
fn user(folder: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let known = fs::read_to_string("/etc/passwd")?;
    let line = known.lines().find_map(|line| line.strip_prefix("postgres:"));
    let mut cells = line.context("there is no user postgres")?.split(':').skip(1);
    let mut number = || cells.next().and_then(|cell| cell.parse().ok());
    number().zip(number()).map(Some).context("the user postgres has no number")
}

impl Postgres {
    /// `None` if it is not installed.
    pub(super) fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        let Some(programs) = programs() else {
            eprintln!("PostgreSQL is not installed (apt-get install postgresql): left out");
            return Ok(None);
        };
        fs::create_dir_all(folder)?;
        let user = user(folder.parent().unwrap_or(folder))?;
        if let Some((uid, gid)) = user {
            chown(folder, Some(uid), Some(gid))?;
        }
        let data = folder.join("data");
        if !data.exists() {
            let mut command = as_user(user, &programs.join("initdb"), folder);
            command.args(["--auth=trust", "--locale=C.UTF-8", "--no-sync", "--username=postgres"]);
            let made = command.arg("-D").arg(&data).stdout(Stdio::null()).status()?;
            anyhow::ensure!(made.success(), "initdb did not end well");
        }
        let settings = [
            "listen_addresses=",
            "shared_buffers=1GB",
            "maintenance_work_mem=512MB",
            "work_mem=64MB",
            "effective_cache_size=4GB",
            "fsync=off",
            "synchronous_commit=off",
            "max_wal_size=8GB",
            "jit=off",
        ];
        let mut command = as_user(user, &programs.join("postgres"), folder);
        command.arg("-D").arg(&data).arg("-k").arg(folder);
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        let server = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut started = Self { programs, folder: folder.to_owned(), user, server };
        for _ in 0..600 {
            if started.tool("pg_isready").args(["-q", "-U", "postgres"]).status()?.success() {
                return Ok(Some(started));
            }
            if started.server.try_wait()?.is_some() {
                bail!("PostgreSQL ended at once");
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL did not start within a minute")
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = as_user(self.user, &self.programs.join(name), &self.folder);
        command.arg("-h").arg(&self.folder);
        command
    }

    /// Files the pages, unless they are there already.
    pub(super) fn build(&self, sentences: &Sentences, pages: usize) -> anyhow::Result<()> {
        let mut client = Client::open(self)?;
        if client.value("SELECT count(*) FROM pg_class WHERE relname = 'pages_words'")? == "1" {
            return Ok(());
        }
        drop(client);
        let mut command = self.tool("psql");
        command.args(["-q", "-U", "postgres", "-v", "ON_ERROR_STOP=1"]);
        let mut child = command.stdin(Stdio::piped()).spawn().context("psql")?;
        let mut out = BufWriter::new(child.stdin.take().context("standard input is piped")?);
        write!(
            out,
            "DROP TABLE IF EXISTS pages;
             CREATE UNLOGGED TABLE pages (id bigserial PRIMARY KEY, year int, kind text, body text,
             words tsvector GENERATED ALWAYS AS (to_tsvector('{LANGUAGE}', body)) STORED);
             COPY pages (year, kind, body) FROM STDIN;\n"
        )?;
        for document in sentences.documents(pages) {
            for page in &document.pages {
                let body =
                    page.replace('\\', "\\\\").replace('\n', "\\n").replace(['\t', '\r'], " ");
                writeln!(out, "{}\t{}\t{body}", document.year, document.kind)?;
            }
        }
        write!(
            out,
            "\\.\nCREATE INDEX ON pages (year, kind);
             VACUUM ANALYZE pages;
             CREATE INDEX pages_words ON pages USING gin (words) WITH (fastupdate = off);\n"
        )?;
        out.flush()?;
        drop(out);
        anyhow::ensure!(child.wait()?.success(), "PostgreSQL did not take the pages");
        Ok(())
    }
}

fn as_user(user: Option<(u32, u32)>, program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    if let Some((uid, gid)) = user {
        command.gid(gid).uid(uid);
    }
    command
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = as_user(self.user, &self.programs.join("pg_ctl"), &self.folder);
        stop.args(["stop", "-m", "fast", "-s", "-D"]).arg(self.folder.join("data"));
        if !stop.status().is_ok_and(|status| status.success()) {
            drop(self.server.kill());
        }
        drop(self.server.wait());
    }
}

/// A client that stays connected: `psql`, which also tells how long each statement took.
pub(super) struct Client {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Client {
    pub(super) fn open(server: &Postgres) -> anyhow::Result<Self> {
        let mut command = server.tool("psql");
        command.args(["-q", "-A", "-t", "-U", "postgres"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("psql")?;
        let to = child.stdin.take().context("standard input is piped")?;
        let from = BufReader::new(child.stdout.take().context("standard output is piped")?);
        Ok(Self { child, to, from })
    }

    /// The lines of an answer.
    fn run(&mut self, statement: &str) -> anyhow::Result<Vec<String>> {
        const END: &str = "-- end of the answer --";
        writeln!(self.to, "{statement};\n\\echo {END:?}")?;
        self.to.flush()?;
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line)? == 0 {
                bail!("psql ended");
            }
            let line = line.trim_end().trim_matches('"').to_owned();
            if line == END {
                return Ok(lines);
            }
            lines.push(line);
        }
    }

    fn value(&mut self, statement: &str) -> anyhow::Result<String> {
        Ok(self.run(statement)?.pop().unwrap_or_default())
    }

    /// The ten best pages with snippets, and how many there are. `None` for what it cannot be asked.
    pub(super) fn ask(&mut self, query: &Query) -> anyhow::Result<Option<u64>> {
        let words = query.words.join(" ");
        let wanted = match query.form {
            Form::Words => format!("plainto_tsquery('{LANGUAGE}', '{words}')"),
            // Unstemmed: a beginning is no word.
            Form::Beginning => format!("to_tsquery('simple', '{words}:*')"),
            Form::Phrase => format!("phraseto_tsquery('{LANGUAGE}', '{words}')"),
            Form::Slip => return Ok(None),
        };
        let only = match query.only {
            Some((year, kind)) => format!(" AND year = {year} AND kind = '{kind}'"),
            None => String::new(),
        };
        self.run(&format!(
            "SELECT id, ts_headline('{LANGUAGE}', body, {wanted}) FROM (SELECT id, body FROM pages
             WHERE words @@ {wanted}{only} ORDER BY ts_rank(words, {wanted}) DESC LIMIT 10) best"
        ))?;
        let count =
            self.value(&format!("SELECT count(*) FROM pages WHERE words @@ {wanted}{only}"))?;
        Ok(Some(count.parse().with_context(|| format!("no count: {count:?}"))?))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
