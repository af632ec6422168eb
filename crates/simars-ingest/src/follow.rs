//! The index follows the journal: segment by segment, from the truth, never from an upload.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use simars_access::Standing;
use simars_archive::{Archive, ArchiveError};
use simars_describe::furniture::blanked;
use simars_record::page::split_pages;
use simars_record::{Document, Field, Unit};
use simars_search::{Entry, Index, Writer};

use crate::complete::{complete, look_through};
use crate::{IngestError, relations};

/// When nothing more comes for this long, what was added becomes searchable at once.
const QUIET: Duration = Duration::from_millis(60);
/// While more keeps coming, it becomes searchable this often at first …
const COMMIT_SOON: Duration = Duration::from_secs(1);
/// … and ever more rarely the longer it goes on, but never more rarely than this. Each commit
/// makes segments that must be merged later.
const COMMIT_LATE: Duration = Duration::from_secs(10);
/// How far the index steps back when the processors are busy (`nice(2)`).
const INDEX_NICENESS: i32 = 10;
/// After a failure, the next attempt waits this long.
const RETRY: Duration = Duration::from_secs(5);

/// How far the index has come, in journal segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last segment of the journal.
    pub journal: u64,
    /// The last segment whose documents can be found.
    pub indexed: u64,
    /// Why the index does not go on, if it does not.
    pub failed: Option<String>,
}

#[derive(Debug, Default)]
struct State {
    woken: bool,
    stop: bool,
    indexed: u64,
    failed: Option<String>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        self.state().woken = true;
        self.changed.notify_all();
    }

    /// Waits until woken or stopped, or until the time is over; says whether to go on.
    fn rest(&self, limit: Option<Duration>) -> Rest {
        let mut state = self.state();
        let deadline = limit.map(|limit| Instant::now() + limit);
        loop {
            if state.stop {
                return Rest::Stop;
            }
            if std::mem::take(&mut state.woken) {
                return Rest::Woken;
            }
            let left = match deadline {
                None => Duration::from_secs(3600),
                Some(deadline) => match deadline.checked_duration_since(Instant::now()) {
                    Some(left) if !left.is_zero() => left,
                    _ => return Rest::Over,
                },
            };
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Woken,
    Over,
    Stop,
}

/// The thread that lets the index follow. Ends, with everything committed, when dropped.
#[derive(Debug)]
pub(crate) struct Follower {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    pub(crate) fn start(archive: Arc<Archive>, index: Arc<Index>) -> Result<Self, IngestError> {
        let shared = Arc::new(Shared::default());
        shared.state().indexed = index.applied();
        shared.state().woken = true;
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("index".to_owned())
            .spawn(move || run(&archive, &index, &theirs))
            .map_err(IngestError::read(std::path::Path::new("a new thread")))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(crate) fn wake(&self) {
        self.shared.wake();
    }

    /// What others call when the journal has grown.
    pub(crate) fn waker(&self) -> Box<dyn Fn() + Send + Sync> {
        let shared = Arc::clone(&self.shared);
        Box::new(move || shared.wake())
    }

    pub(crate) fn progress(&self, archive: &Archive) -> Progress {
        let journal = archive.applied().end.segment;
        let state = self.shared.state();
        Progress { journal, indexed: state.indexed, failed: state.failed.clone() }
    }

    pub(crate) fn wait(
        &self,
        archive: &Archive,
        mut tell: impl FnMut(Progress),
    ) -> Result<(), IngestError> {
        let goal = archive.applied().end.segment;
        self.wake();
        loop {
            let progress = self.progress(archive);
            if progress.indexed >= goal {
                return Ok(());
            }
            if let Some(detail) = progress.failed {
                return Err(ArchiveError::Behind { detail }.into());
            }
            tell(progress);
            let state = self.shared.state();
            let waited = self.shared.changed.wait_timeout(state, Duration::from_millis(250));
            drop(waited);
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.shared.state().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(archive: &Archive, index: &Index, shared: &Shared) {
    // Filing goes before finding: what is acknowledged waits for nothing but the disk. The
    // threads of the writer inherit this.
    if let Err(error) = rustix::process::nice(INDEX_NICENESS) {
        tracing::debug!(%error, "the index works at the usual priority");
    }
    // One writer for as long as all goes well: it carries on its merges in the background.
    let mut writer = None;
    let mut rest = None;
    // What is registered from now on is described by these rules; what was there before is looked
    // through once.
    let mut looked_through = false;
    while shared.rest(rest) != Rest::Stop {
        let followed = catch_unwind(AssertUnwindSafe(|| {
            follow(archive, index, &mut writer, shared)?;
            if !looked_through {
                looked_through = renew(archive, index, &mut writer, shared)?;
            }
            Ok::<(), IngestError>(())
        }));
        let failed = match followed {
            Ok(followed) => followed.err().map(|error| error.to_string()),
            Err(_) => Some("the index thread panicked".to_owned()),
        };
        if let Some(error) = &failed {
            tracing::error!(error, "the search index cannot follow the journal; trying again");
            writer = None;
        }
        rest = failed.is_some().then_some(RETRY);
        shared.state().failed = failed;
        shared.changed.notify_all();
    }
}

/// Follows until there is nothing more to follow, committing now and then.
fn follow(
    archive: &Archive,
    index: &Index,
    kept: &mut Option<Writer>,
    shared: &Shared,
) -> Result<(), IngestError> {
    let mut added = index.applied();
    shared.state().indexed = added;
    if added == archive.applied().end.segment && !index.building() {
        return Ok(());
    }
    let writer = match kept {
        Some(writer) => writer,
        none => none.insert(index.writer()?),
    };
    let begun = Instant::now();
    let mut last_commit = begun;
    loop {
        let patience = (begun.elapsed() / 4).clamp(COMMIT_SOON, COMMIT_LATE);
        while added < archive.applied().end.segment && last_commit.elapsed() < patience {
            if shared.state().stop {
                return Ok(());
            }
            added += 1;
            add_segment(archive, writer, added)?;
        }
        let caught_up = added == archive.applied().end.segment;
        if caught_up && last_commit.elapsed() < patience && more_comes(begun, shared) {
            continue;
        }
        writer.commit(added, caught_up)?;
        last_commit = Instant::now();
        shared.state().indexed = added;
        shared.changed.notify_all();
        if caught_up {
            return Ok(());
        }
    }
}

/// Fills in the descriptions of older rules, and puts in anew what that changes. Says whether all
/// documents were looked at that are in the index: the others are filled in when they come there.
fn renew(
    archive: &Archive,
    index: &Index,
    kept: &mut Option<Writer>,
    shared: &Shared,
) -> Result<bool, IngestError> {
    let applied = index.applied();
    let through = if applied == 0 { 0 } else { archive.statements_through(applied)? };
    let mut changed = false;
    let end = |document: &Document| !is_before(document, through);
    let done = look_through(
        archive,
        || shared.state().stop,
        end,
        |document| {
            let writer = match kept.as_mut() {
                Some(writer) => writer,
                None => kept.insert(index.writer()?),
            };
            let text = text(archive, document)?;
            let (document, completed) = complete(archive, document.clone(), &text)?;
            if completed {
                changed = true;
                writer.put(&entry(archive, &document, &text, &mut Written::default())?)?;
                let mut touched = archive.touched_in_force(&document)?;
                touched.retain(|document| is_before(document, through));
                put_again(archive, writer, touched)?;
            }
            Ok::<(), IngestError>(())
        },
    )?;
    if changed && let Some(writer) = kept.as_mut() {
        writer.commit(applied, applied == archive.applied().end.segment)?;
    }
    Ok(done)
}

/// Whether a document was registered by one of the first so many statements.
fn is_before(document: &Document, statements: u64) -> bool {
    document.statements.first().is_some_and(|first| first.index < statements)
}

/// Whether to wait for more before committing. The first documents after a pause become
/// searchable as soon as nothing follows them at once; in a long stream the pauses between two
/// groups are no reason to commit.
fn more_comes(begun: Instant, shared: &Shared) -> bool {
    let pause = if begun.elapsed() < COMMIT_SOON { QUIET } else { COMMIT_SOON };
    shared.rest(Some(pause)) == Rest::Woken
}

fn add_segment(archive: &Archive, writer: &mut Writer, segment: u64) -> Result<(), IngestError> {
    let mut revisited: Vec<Document> = Vec::new();
    for id in archive.touched_by(segment)? {
        let Some(document) = archive.document(&id)? else { continue };
        let document = put(archive, writer, document)?;
        revisited.extend(archive.touched_in_force(&document)?);
    }
    if revisited.is_empty() {
        return Ok(());
    }
    revisited.sort_by_key(|document| document.ordinal);
    revisited.dedup_by_key(|document| document.ordinal);
    // What a later segment brings is not there yet, and will be put in with what is known then.
    let through = archive.statements_through(segment)?;
    revisited.retain(|document| is_before(document, through));
    put_again(archive, writer, revisited)
}

/// Puts documents in anew, with what is known of them now.
fn put_again(
    archive: &Archive,
    writer: &mut Writer,
    documents: Vec<Document>,
) -> Result<(), IngestError> {
    for document in documents {
        let text = text(archive, &document)?;
        writer.put(&entry(archive, &document, &text, &mut Written::default())?)?;
    }
    Ok(())
}

/// The text of a document's newest version.
fn text(archive: &Archive, document: &Document) -> Result<String, IngestError> {
    match archive.text(&document.current().text) {
        Ok(text) => Ok(text),
        // The archive's damage (`simars check` tells it); the document must stay findable by
        // its description all the same. Any other failure may pass.
        Err(error) if error.is_lasting() => {
            tracing::error!(%error, id = %document.id, "indexed without its text");
            Ok(String::new())
        }
        Err(error) => Err(error.into()),
    }
}

/// What an entry borrows and the document has in another form.
#[derive(Default)]
struct Written<'a> {
    id: String,
    sha256: String,
    date: Option<String>,
    pages: Vec<Cow<'a, str>>,
}

/// A document as the index sees it.
fn entry<'a>(
    archive: &Archive,
    document: &'a Document,
    text: &'a str,
    written: &'a mut Written<'a>,
) -> Result<Entry<'a>, IngestError> {
    let description = &document.description;
    let current = document.current();
    let pages: Vec<&str> = split_pages(text).take(current.pages as usize).collect();
    *written = Written {
        id: document.id.to_string(),
        sha256: current.original.sha256.to_string(),
        date: description.date.as_ref().map(|field| field.value.to_string()),
        pages: blanked(&pages),
    };
    Ok(Entry {
        ordinal: document.ordinal,
        id: &written.id,
        standing: Standing::of(document).code(),
        group: document.unit.map_or(0, Unit::number),
        kind: text_of(&description.kind),
        number: text_of(&description.number),
        year: description.year.as_ref().map(|field| field.value),
        title: document.title(),
        date: written.date.as_deref(),
        issuer: text_of(&description.issuer),
        subject: text_of(&description.subject),
        collection: text_of(&description.collection),
        place: text_of(&description.place),
        force: relations::span(archive, document)?,
        sha256: &written.sha256,
        pages: written.pages.iter().map(AsRef::as_ref).collect(),
    })
}

/// Puts in a document that the journal speaks of; returns it with the description it has now.
fn put(
    archive: &Archive,
    writer: &mut Writer,
    document: Document,
) -> Result<Document, IngestError> {
    let text = text(archive, &document)?;
    let (document, _) = complete(archive, document, &text)?;
    let mut written = Written::default();
    let entry = entry(archive, &document, &text, &mut written)?;
    // A document with one statement is new to the index, unless a crash came between two commits:
    // then its segment is applied again, and nothing of it was kept.
    if document.statements.len() == 1 {
        writer.put_new(&entry)?
    } else {
        writer.put(&entry)?
    };
    Ok(document)
}

fn text_of(field: &Option<Field<String>>) -> Option<&str> {
    field.as_ref().map(|field| field.value.as_str())
}
