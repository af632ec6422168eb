//! Writing: entries become pages, pages become a commit that carries a journal number.

use std::sync::Arc;

use simars_describe::structure::Position;
use simars_describe::{kinds, reference};
use simars_record::Date;
use tantivy::directory::error::LockError;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, UserOperation};
use tantivy::{TantivyDocument, TantivyError, Term};

use crate::hit::Shown;
use crate::index::{Generation, Shared};
use crate::query::first_number_key;
use crate::schema::Fields;
use crate::words::folded;
use crate::{Entry, InForce, SearchError, Sketch, suggest};

/// Segments of a size that are merged into one.
const SEGMENTS_PER_MERGE: usize = 6;
/// A segment with more deleted pages than this share is merged, so that they give back their room.
const DELETED_SHARE: f32 = 0.2;
/// Sort keys are cut to this length in bytes.
const ORDER_BYTES: usize = 120;
/// Digits of a number are padded to this width, so that 2 comes before 10.
const ORDER_DIGITS: usize = 8;
/// tantivy's least memory for a thread, with room for its margin.
const LEAST_HEAP: usize = 15_000_000;

/// Puts entries into the index and takes them out. Nothing is seen before [`Writer::commit`]. After
/// an error, drop it and ask for a new one: what was committed is safe.
pub struct Writer {
    shared: Arc<Shared>,
    target: Arc<Generation>,
    inner: tantivy::IndexWriter,
    fields: Fields,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.target.path).finish_non_exhaustive()
    }
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>) -> Result<Self, SearchError> {
        let target = shared.target();
        let threads = shared.options.threads.clamp(1, 8);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread((shared.options.heap_bytes / threads).max(LEAST_HEAP))
            .num_merge_threads(1)
            .build();
        let inner = target.index.writer_with_options(options).map_err(|error| match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                SearchError::Busy { path: target.path.clone() }
            }
            other => SearchError::index("write", &target.path)(other),
        })?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(SEGMENTS_PER_MERGE);
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        inner.set_merge_policy(Box::new(policy));
        let fields = target.fields;
        Ok(Self { shared, target, inner, fields })
    }

    /// Puts an entry in the place of an earlier one with the same ordinal, if there is one.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn put(&mut self, entry: &Entry<'_>) -> Result<(), SearchError> {
        let mut operations = vec![UserOperation::Delete(self.term(entry.ordinal))];
        operations.extend(self.pages(entry));
        self.run(operations)
    }

    /// Puts an entry of which the caller knows that no earlier one has its ordinal; quicker than
    /// [`Writer::put`]. If there is one after all, both are found.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn put_new(&mut self, entry: &Entry<'_>) -> Result<(), SearchError> {
        let operations = self.pages(entry);
        self.run(operations)
    }

    /// Takes the entry with this ordinal out, if there is one.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn remove(&mut self, ordinal: u64) -> Result<(), SearchError> {
        self.run(vec![UserOperation::Delete(self.term(ordinal))])
    }

    /// Makes everything since the last commit durable and findable, in one step. `applied` is the
    /// journal number that is applied with it. `caught_up` says that the journal goes no further:
    /// an index that was being built now takes the place of the old one.
    ///
    /// # Errors
    /// The index cannot be written; nothing of it is findable then. Or it is written but cannot be
    /// read: then [`crate::Index::applied`] is `applied` all the same, so nothing is to be put in
    /// again, and searches see it as soon as it can be read.
    pub fn commit(&mut self, applied: u64, caught_up: bool) -> Result<(), SearchError> {
        let path = self.target.path.clone();
        let error = |error| SearchError::index("commit", &path)(error);
        let mut commit = self.inner.prepare_commit().map_err(error)?;
        commit.set_payload(&applied.to_string());
        commit.commit().map_err(error)?;
        // Before anything else can fail: whoever asks what to put in must not put it in twice.
        self.target.set_applied(applied);
        self.target.renew()?;
        // The commit has cleared what no one read any more; now the segments of the view that was
        // just replaced are free as well.
        if let Err(error) = self.inner.garbage_collect_files().wait() {
            tracing::warn!(path = %path.display(), %error, "files of the search index that are no longer needed stay until the next commit");
        }
        if caught_up { self.shared.caught_up() } else { Ok(()) }
    }

    /// Ends the writer, waiting for the merges that are under way. Dropping it instead gives them
    /// up, which loses nothing but their work.
    ///
    /// # Errors
    /// A merge failed; the segments it worked on are unchanged.
    pub fn finish(self) -> Result<(), SearchError> {
        let Self { target, inner, .. } = self;
        let error = SearchError::index("merge", &target.path);
        inner.wait_merging_threads().map_err(error)?;
        let metas = target.index.load_metas().map_err(SearchError::index("read", &target.path))?;
        let applied = metas.payload.and_then(|payload| payload.parse().ok());
        target.set_applied(applied.unwrap_or(0));
        target.renew()
    }

    fn term(&self, ordinal: u64) -> Term {
        Term::from_field_u64(self.fields.ordinal, ordinal)
    }

    /// All pages of an entry go in one batch: that keeps them side by side in one segment.
    fn run(&mut self, operations: Vec<UserOperation>) -> Result<(), SearchError> {
        let written = self.inner.run(operations);
        written.map(|_| ()).map_err(SearchError::index("write", &self.target.path))
    }

    fn pages(&self, entry: &Entry<'_>) -> Vec<UserOperation> {
        let head = self.head(entry);
        let count = entry.pages.len().max(1);
        let positions = positions(entry);
        let mut operations = Vec::with_capacity(count);
        for index in 0..count {
            let mut page = if index + 1 < count { head.clone() } else { continue };
            self.add_page(&mut page, entry, index, &positions);
            operations.push(UserOperation::Add(page));
        }
        // The head itself becomes the last page: most documents of an import have only one.
        let mut last = head;
        self.add_page(&mut last, entry, count - 1, &positions);
        operations.push(UserOperation::Add(last));
        operations
    }

    fn add_page(
        &self,
        page: &mut TantivyDocument,
        entry: &Entry<'_>,
        index: usize,
        positions: &[String],
    ) {
        let text = entry.pages.get(index).copied().unwrap_or("");
        let number = if entry.pages.is_empty() { 0 } else { index as u64 + 1 };
        page.add_u64(self.fields.page, number);
        page.add_text(self.fields.body, text);
        page.add_text(self.fields.stem, text);
        if let (Some(field), Some(position)) = (self.fields.position, positions.get(index)) {
            page.add_text(field, position);
        }
        if let Some(field) = self.fields.opening {
            let language = &self.shared.language;
            page.add_text(field, language.opening(text));
        }
        if index == 0 {
            page.add_text(self.fields.shown, Shown::of(entry).to_text());
            self.add_asked(page, entry);
            if let Some(field) = self.fields.sketch {
                let sketch = Sketch::of(entry.pages.iter().copied());
                sketch.kept(entry.standing).for_each(|number| page.add_u64(field, number));
            }
        }
    }

    /// What only first pages have, to be counted and suggested by.
    fn add_asked(&self, page: &mut TantivyDocument, entry: &Entry<'_>) {
        if let Some(field) = self.fields.subject {
            let subjects = entry.subject.into_iter().flat_map(suggest::subjects);
            subjects.for_each(|subject| page.add_text(field, subject));
        }
        if let Some(field) = self.fields.suggest {
            let keys = suggest::keys(entry, &self.shared.language);
            keys.iter().for_each(|key| page.add_text(field, key));
        }
    }

    /// What all pages of an entry share.
    fn head(&self, entry: &Entry<'_>) -> TantivyDocument {
        let fields = &self.fields;
        let mut page = TantivyDocument::new();
        page.add_u64(fields.ordinal, entry.ordinal);
        page.add_u64(fields.standing, u64::from(entry.standing));
        if let Some(field) = fields.group {
            page.add_u64(field, entry.group);
        }
        page.add_u64(fields.year, u64::from(entry.year.unwrap_or(0)));
        page.add_u64(fields.date, date_number(entry));
        if let Some([from, changed, until]) = fields.force {
            // What takes effect on no day that is known has always been in force.
            let least = |force: InForce| force.from.map_or(1, day);
            page.add_u64(from, entry.force.map_or(0, least));
            page.add_u64(changed, entry.force.and_then(|force| force.changed).map_or(0, day));
            page.add_u64(until, entry.force.and_then(|force| force.until).map_or(0, day));
        }
        page.add_text(fields.kind, entry.kind.unwrap_or(""));
        page.add_text(fields.issuer, entry.issuer.unwrap_or(""));
        page.add_text(fields.collection, entry.collection.unwrap_or(""));
        page.add_text(fields.title_order, folded(entry.title, ORDER_BYTES));
        page.add_text(fields.number_order, number_order(entry.number.unwrap_or("")));
        let words = head_words(entry);
        let texts = [
            (fields.title, entry.title),
            (fields.issuer_words, entry.issuer.unwrap_or("")),
            (fields.stem, words.as_str()),
            // Twice more: what the title says is what the document is about, and this is what
            // brings it among the best, of which the title is then asked by itself.
            (fields.stem, entry.title),
            (fields.stem, entry.title),
            (fields.head, words.as_str()),
        ];
        for (field, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            page.add_text(field, text);
        }
        if let Some(number) = entry.number {
            let mut keys = reference::keys(number, entry.year);
            keys.extend(first_number_key(number));
            keys.sort_unstable();
            keys.dedup();
            keys.iter().for_each(|key| page.add_text(fields.key, key));
        }
        page
    }
}

/// Where in its articles each page of an act begins; none for what is no act, in which a line that
/// looks like a heading is none.
fn positions(entry: &Entry<'_>) -> Vec<String> {
    if !entry.kind.is_some_and(kinds::can_be_in_force) {
        return Vec::new();
    }
    let mut position = Position::default();
    let begins = |page: &&str| {
        let written = position.to_text();
        position.read(page);
        written
    };
    entry.pages.iter().map(begins).collect()
}

/// Everything about a document that a word of a query may be found in, beside its pages.
fn head_words(entry: &Entry<'_>) -> String {
    let kind = entry.kind.and_then(kinds::find);
    let year = entry.year.map(|year| year.to_string());
    let known: [Option<&str>; 9] = [
        Some(entry.title),
        kind.map(|kind| kind.name_id.as_str()),
        kind.map(|kind| kind.abbreviation.as_str()),
        entry.number,
        year.as_deref(),
        entry.issuer,
        entry.subject,
        entry.place,
        entry.collection,
    ];
    // Phrases may run over from one to the next, and should: "keputusan 12" is how people name it.
    known.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The date as yyyymmdd; yyyy0000 if only the year is known, 0 if not even that.
fn date_number(entry: &Entry<'_>) -> u64 {
    match entry.date.and_then(date_as_number) {
        Some(date) => u64::from(date),
        None => u64::from(entry.year.unwrap_or(0)) * 10_000,
    }
}

/// A day as yyyymmdd.
fn day(date: Date) -> u64 {
    u64::from(date.year()) * 10_000 + u64::from(date.month()) * 100 + u64::from(date.day())
}

/// `2024-05-20` as 20240520; `None` if it is no date.
pub(crate) fn date_as_number(text: &str) -> Option<u32> {
    let date: Date = text.parse().ok()?;
    date.to_string().replace('-', "").parse().ok()
}

/// A number as its sort key: digits padded, so that they compare as numbers.
fn number_order(number: &str) -> String {
    let mut order = String::new();
    let mut digits = String::new();
    for letter in reference::canonical_number(number).chars().chain([' ']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        if !digits.is_empty() {
            order.push_str(&format!("{digits:0>ORDER_DIGITS$}"));
            digits.clear();
        }
        order.push(letter);
    }
    order.truncate(order.floor_char_boundary(ORDER_BYTES));
    order.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_numbers() {
        let mut numbers = ["10/A/2", "2", "100", "2/B", ""];
        numbers.sort_by_key(|number| number_order(number));
        assert_eq!(numbers, ["", "2", "2/B", "10/A/2", "100"]);
    }

    #[test]
    fn a_year_stands_in_for_a_date() {
        let mut entry = Entry { year: Some(2024), ..Entry::default() };
        assert_eq!(date_number(&entry), 20_240_000);
        entry.date = Some("2024-05-20");
        assert_eq!(date_number(&entry), 20_240_520);
        entry.date = Some("20 Mei");
        assert_eq!(date_number(&entry), 20_240_000);
    }
}
