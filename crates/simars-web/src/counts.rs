//! How much the archive is used: counters of months, and how often each document was read in the last
//! days. Nobody is followed: no address, no cookie and no query is kept, only numbers.
//!
//! They lie in one small file in the data folder, which is written now and then and at the end. A
//! power cut may lose the last minute's counts; nothing else depends on them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use axum::http::{HeaderMap, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use simars_access::{Action, may};
use simars_ingest::Holdings;
use simars_record::{Document, DocumentId, Timestamp};

use crate::auth::standing;
use crate::problem::Code;
use crate::public::READER;
use crate::work::failed;

/// The name of the file in the data folder.
const FILE: &str = "counts.json";
/// Seconds between two times of writing it.
const WRITTEN_EVERY: u64 = 60;
/// For so many days it is known how often each document was read.
const DAYS: usize = 30;
/// Documents counted one by one on a day; of more, only the sum is known.
const A_DAY: usize = 5_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Deed {
    /// Anything that was asked for.
    Request,
    /// A document or a page of it was looked at.
    Read,
    /// A file was fetched.
    Download,
    /// Something was looked for.
    Search,
    /// A copy was checked.
    Verification,
}

/// How often, by people and by programs that say that they are such.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) people: u64,
    pub(crate) robots: u64,
}

/// The counts of a month.
pub(crate) type Month = BTreeMap<Deed, Tally>;

/// All that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// By month, `2026-11`.
    months: BTreeMap<String, Month>,
    /// By day, `2026-11-28`: how often people read which document.
    days: BTreeMap<String, BTreeMap<DocumentId, u64>>,
}

#[derive(Debug, Default)]
struct Book {
    kept: Kept,
    /// When it was written last, and whether anything was counted since.
    written: u64,
    changed: bool,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    book: Mutex<Book>,
}

/// The counters; every copy counts in the same book.
#[derive(Debug, Clone)]
pub(crate) struct Counts(Arc<Inner>);

/// One request that was answered, as far as it counts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) robot: bool,
    pub(crate) deed: Option<Deed>,
    pub(crate) document: Option<DocumentId>,
}

impl Counts {
    /// Goes on with what was counted before in this data folder.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let kept = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(%error, path = %path.display(), "the counts begin anew");
                Kept::default()
            }),
            Err(_) => Kept::default(),
        };
        let book = Mutex::new(Book { kept, ..Book::default() });
        Self(Arc::new(Inner { path, book }))
    }

    /// Counts an answer. True if the file should be written now.
    pub(crate) fn note(&self, now: Timestamp, answered: &Answered) -> bool {
        let mut book = self.0.book();
        let day = now.date().to_string();
        let month = book.kept.months.entry(day[..7].to_owned()).or_default();
        for deed in [Some(Deed::Request), answered.deed].into_iter().flatten() {
            let tally = month.entry(deed).or_default();
            *(if answered.robot { &mut tally.robots } else { &mut tally.people }) += 1;
        }
        if let (Some(Deed::Read), Some(id), false) =
            (answered.deed, answered.document, answered.robot)
        {
            let read = book.kept.days.entry(day).or_default();
            if read.len() < A_DAY || read.contains_key(&id) {
                *read.entry(id).or_default() += 1;
            }
            while book.kept.days.len() > DAYS {
                book.kept.days.pop_first();
            }
        }
        book.changed = true;
        let due = now.unix().saturating_sub(book.written) >= WRITTEN_EVERY;
        if due {
            book.written = now.unix();
        }
        due
    }

    /// Writes the file, if anything was counted since.
    pub(crate) fn write(&self) {
        self.0.write();
    }

    /// The counts by month, oldest first.
    pub(crate) fn months(&self) -> BTreeMap<String, Month> {
        self.0.book().kept.months.clone()
    }

    /// The open documents that people read most in the last thirty days, each with how often.
    pub(crate) fn most_read(
        &self,
        holdings: &Holdings,
        most: usize,
    ) -> Result<Vec<(Document, u64)>, Code> {
        let mut sums: BTreeMap<DocumentId, u64> = BTreeMap::new();
        let oldest = holdings.archive().now().unix().saturating_sub(DAYS as u64 * 86_400);
        let oldest = Timestamp::from_unix(oldest).date().to_string();
        for (id, count) in self.0.book().kept.days.range(oldest..).flat_map(|(_, read)| read) {
            *sums.entry(*id).or_default() += count;
        }
        let mut sums: Vec<(DocumentId, u64)> = sums.into_iter().collect();
        sums.sort_by_key(|(id, count)| (u64::MAX - count, *id));
        let mut found = Vec::new();
        for (id, count) in sums {
            if found.len() == most {
                break;
            }
            let document = holdings.archive().document(&id);
            let document = document.map_err(failed("look up what was read"))?;
            // What was open when it was read may be closed now.
            let open = document.filter(|document| may(READER, Action::Find, standing(document)));
            found.extend(open.map(|document| (document, count)));
        }
        Ok(found)
    }
}

impl Inner {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) {
        let kept = {
            let mut book = self.book();
            if !std::mem::take(&mut book.changed) {
                return;
            }
            book.kept.clone()
        };
        if let Err(error) = write(&self.path, &kept) {
            tracing::warn!(%error, path = %self.path.display(), "the counts could not be written");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.write();
    }
}

/// Writes a new file and puts it in the place of the old one, so that there is always a whole one.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let beside = path.with_extension("json.new");
    fs::write(&beside, serde_json::to_vec(kept).map_err(io::Error::other)?)?;
    fs::rename(&beside, path)
}

/// What a request was, by the route that answered it; `None` if it does not count: those who work
/// here, and files that pages are made of.
pub(crate) fn answered(
    method: &Method,
    (route, path, query): (&str, &str, &str),
    asked: &HeaderMap,
    status: StatusCode,
) -> Option<Answered> {
    let staff = asked.contains_key(header::AUTHORIZATION) || route.starts_with("/petugas");
    let own = route.starts_with("/static") || route.starts_with("/healthz");
    if staff || own || matches!(route, "/readyz" | "/metrics" | "/favicon.ico") {
        return None;
    }
    let fetched = matches!(*method, Method::GET) && matches!(status.as_u16(), 200 | 304);
    let deed = match (route, method.as_str()) {
        ("/dokumen/{id}" | "/dokumen/{id}/halaman/{n}", _) if fetched => Some(Deed::Read),
        ("/api/v1/documents/{id}/pages/{n}", _) if fetched => Some(Deed::Read),
        (
            "/api/v1/documents/{id}/content"
            | "/api/v1/documents/{id}/copy.pdf"
            | "/api/v1/documents/{id}/reading.pdf",
            _,
        ) if fetched => Some(Deed::Download),
        ("/cari" | "/api/v1/search", _) if fetched && has(query, "q") => Some(Deed::Search),
        ("/verifikasi" | "/verifikasi/banding", "POST") => Some(Deed::Verification),
        ("/verifikasi", "GET") if has(query, "sha256") => Some(Deed::Verification),
        ("/api/v1/verify" | "/api/v1/compare", "POST") => Some(Deed::Verification),
        ("/api/v1/verify/{sha256}", "GET") => Some(Deed::Verification),
        _ => None,
    };
    let document = deed.and_then(|_| {
        let rest = path.strip_prefix("/dokumen/").or(path.strip_prefix("/api/v1/documents/"))?;
        rest.split('/').next()?.parse().ok()
    });
    Some(Answered { robot: is_robot(asked), deed, document })
}

/// Whether a query has this parameter, and something in it.
fn has(query: &str, name: &str) -> bool {
    let value = |pair: &str| {
        pair.split_once('=').is_some_and(|(key, value)| key == name && !value.is_empty())
    };
    query.split('&').any(value)
}

/// Words in the names of programs that fetch by themselves.
const ROBOTS: [&str; 16] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "archiv",
    "http://",
    "https://",
    "curl",
    "wget",
    "python",
    "java/",
    "go-http",
    "scrapy",
    "feed",
    "monitor",
    "httpclient",
];

/// Whether whoever asks says of itself that it is a program, or says nothing.
fn is_robot(asked: &HeaderMap) -> bool {
    let name = asked.get(header::USER_AGENT).and_then(|name| name.to_str().ok());
    let name = name.unwrap_or_default().to_ascii_lowercase();
    // Telephones of a maker whose name ends like that.
    let name = name.replace("cubot", "");
    name.trim().is_empty() || ROBOTS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests;
