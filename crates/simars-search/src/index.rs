//! The index: what serves, what is being built, and how they change places.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tantivy::TantivyError;

use crate::analyze::Language;
use crate::columns::Columns;
use crate::folder::{self, Folder};
use crate::schema::{Fields, Rules};
use crate::scope::Scope;
use crate::write::Writer;
use crate::{
    Answer, Inside, Near, Request, SearchError, Similar, Sketch, Suggestions, Within, nearest,
    search, similar, suggest, within,
};

/// How an index is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Memory in bytes that the writer may use before it writes a segment, for all its threads
    /// together; at least 15 MB for each are used.
    pub heap_bytes: usize,
    /// Threads that analyse texts, 1 to 8.
    pub threads: usize,
    /// Added to the fingerprint: another value forces another index. For tests and trials.
    pub salt: String,
}

impl Default for Options {
    /// 100 MB, two threads.
    fn default() -> Self {
        Self { heap_bytes: 100_000_000, threads: 2, salt: String::new() }
    }
}

/// The search index in a folder. Cheap to clone; may be used by any number of threads.
///
/// The folder holds one index per fingerprint of `index-schema/` and a file `CURRENT` that names the
/// one which answers. One process owns the folder; that is the caller's to see to.
#[derive(Debug, Clone)]
pub struct Index {
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    folder: Folder,
    pub(crate) language: Language,
    pub(crate) options: Options,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    serving: Arc<Generation>,
    building: Option<Arc<Generation>>,
}

/// One index on disk.
pub(crate) struct Generation {
    pub(crate) path: PathBuf,
    pub(crate) index: tantivy::Index,
    /// Where its own schema has the fields: an older index may have them elsewhere.
    pub(crate) fields: Fields,
    reader: tantivy::IndexReader,
    view: RwLock<Arc<View>>,
    /// Whether the view is behind the last commit; locked while a view is opened, so that an older
    /// one never takes the place of a newer one.
    behind: Mutex<bool>,
    applied: AtomicU64,
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What a search sees: one commit, whatever is written meanwhile.
pub(crate) struct View {
    pub(crate) searcher: tantivy::Searcher,
    pub(crate) columns: Arc<Vec<Arc<Columns>>>,
}

impl View {
    /// Reads the columns of the segments that `before` has not.
    pub(crate) fn open(
        searcher: tantivy::Searcher,
        before: Option<&Self>,
    ) -> tantivy::Result<Self> {
        let known = |id| {
            let before = before?;
            let at =
                before.searcher.segment_readers().iter().position(|old| old.segment_id() == id);
            before.columns.get(at?).cloned()
        };
        let columns = searcher.segment_readers().iter().map(|reader| {
            known(reader.segment_id()).map_or_else(|| Columns::open(reader).map(Arc::new), Ok)
        });
        let columns = Arc::new(columns.collect::<tantivy::Result<Vec<_>>>()?);
        Ok(Self { searcher, columns })
    }
}

impl Generation {
    /// Wraps an opened index: finds its fields, registers its analysers and opens all its segments.
    pub(crate) fn new(
        path: &Path,
        mut index: tantivy::Index,
        language: &Language,
    ) -> tantivy::Result<Self> {
        let fields = Fields::of(&index.schema()).map_err(TantivyError::SchemaError)?;
        index.set_tokenizers(language.tokenizers());
        let reader =
            index.reader_builder().reload_policy(tantivy::ReloadPolicy::Manual).try_into()?;
        let applied = index.load_metas()?.payload.and_then(|payload| payload.parse().ok());
        let view = RwLock::new(Arc::new(View::open(reader.searcher(), None)?));
        let applied = AtomicU64::new(applied.unwrap_or(0));
        let (path, behind) = (path.to_owned(), Mutex::new(false));
        Ok(Self { path, index, fields, reader, view, behind, applied })
    }

    /// What a search sees. If the last commit could not be opened, it is tried again; as long as it
    /// cannot, the commit before it answers.
    pub(crate) fn view(&self) -> Arc<View> {
        if let Ok(mut behind) = self.behind.try_lock()
            && *behind
            && self.open_view().is_ok()
        {
            *behind = false;
            tracing::info!(path = %self.path.display(), "the last commit can be read again");
        }
        self.opened()
    }

    /// Notes that the commit which has applied `applied` is durable, whether or not it is seen yet.
    pub(crate) fn set_applied(&self, applied: u64) {
        self.applied.store(applied, Ordering::Release);
    }

    /// Lets searches see the last commit.
    pub(crate) fn renew(&self) -> Result<(), SearchError> {
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        *behind = true;
        self.open_view().map_err(SearchError::index("reload", &self.path))?;
        *behind = false;
        Ok(())
    }

    fn opened(&self) -> Arc<View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// To be called with `behind` locked.
    fn open_view(&self) -> tantivy::Result<()> {
        self.reader.reload()?;
        let view = View::open(self.reader.searcher(), Some(&self.opened()))?;
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
        Ok(())
    }
}

impl Index {
    /// Opens the index in `folder`, or creates it. One that is damaged is set aside and begun anew;
    /// one of another fingerprint goes on answering while its successor is built. Both are said in
    /// the log.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn open(folder: &Path, options: Options) -> Result<Self, SearchError> {
        Self::with(Rules::load()?, folder, options)
    }

    fn with(rules: Rules, folder: &Path, options: Options) -> Result<Self, SearchError> {
        let language = Language::new(Arc::new(rules));
        let folder = Folder::open(folder, &options.salt)?;
        let name = folder.wanted();
        let old = match folder.current()? {
            Some(current) if current != name => folder.open_old(&current, &language),
            _ => None,
        };
        let new = Arc::new(folder.open_or_begin(&name, &language)?);
        let state = match old {
            Some(old) => {
                tracing::warn!(old = %old.path.display(), new = %new.path.display(),
                    "the search schema has changed: a new index is being built, the old one answers until then");
                State { serving: Arc::new(old), building: Some(new) }
            }
            None => {
                folder.set_current(&name)?;
                State { serving: new, building: None }
            }
        };
        folder.remove_strays(&state.names())?;
        Ok(Self {
            shared: Arc::new(Shared { folder, language, options, state: RwLock::new(state) }),
        })
    }

    /// The journal number that the last commit carries: of the index that is being built, if one
    /// is, else of the one that answers. 0 for an empty one.
    pub fn applied(&self) -> u64 {
        self.shared.target().applied.load(Ordering::Acquire)
    }

    /// Whether a new index is being built while an old one answers.
    pub fn building(&self) -> bool {
        self.shared.read(|state| state.building.is_some())
    }

    /// The writer. There is one at a time.
    ///
    /// # Errors
    /// [`SearchError::Busy`] if there is one already.
    pub fn writer(&self) -> Result<Writer, SearchError> {
        Writer::new(Arc::clone(&self.shared))
    }

    /// Answers a request. Any `q` is answered; a word that is nowhere is simply not found.
    ///
    /// # Errors
    /// [`SearchError::Date`] for a date that is none; [`SearchError::Index`] if the index cannot be
    /// read.
    pub fn search(&self, request: &Request) -> Result<Answer, SearchError> {
        let serving = self.shared.read(|state| Arc::clone(&state.serving));
        search::answer(request, &serving, &self.shared.language)
    }

    /// The documents whose text is nearest to the one this is the sketch of, nearest first, at most
    /// `limit`. `scope` says which standings may be found, as in [`Request::scope`]; of others
    /// nothing is looked at. While the index of an older version answers, nothing is found.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn nearest(
        &self,
        sketch: &Sketch,
        scope: impl Into<Scope>,
        limit: usize,
    ) -> Result<Vec<Near>, SearchError> {
        let serving = self.shared.read(|state| Arc::clone(&state.serving));
        nearest::nearest(sketch, scope.into(), limit, &serving)
    }

    /// What could be meant by what is being typed: documents by their number or title, and subjects,
    /// no more than `limit` of each. `scope` is that of [`Request::scope`]; of other documents not
    /// even the words are looked at. What is read is bounded, however many documents there are.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn suggest(
        &self,
        typed: &str,
        scope: impl Into<Scope>,
        limit: usize,
    ) -> Result<Suggestions, SearchError> {
        let serving = self.shared.read(|state| Arc::clone(&state.serving));
        suggest::suggest(typed, scope.into(), limit, &serving, &self.shared.language)
    }

    /// Searches the pages of one document. Nothing is found of one whose standing is not in scope.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn within(&self, inside: &Inside<'_>) -> Result<Within, SearchError> {
        let serving = self.shared.read(|state| Arc::clone(&state.serving));
        within::within(inside, &serving, &self.shared.language)
    }

    /// The documents in `scope` that are about the same as the one with this ordinal, likest first,
    /// at most `limit`. What is read for it is bounded, however long the document is.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn similar(
        &self,
        ordinal: u64,
        scope: impl Into<Scope>,
        limit: usize,
    ) -> Result<Vec<Similar>, SearchError> {
        let serving = self.shared.read(|state| Arc::clone(&state.serving));
        similar::similar(ordinal, scope.into(), limit, &serving, &self.shared.language)
    }

    /// Reads everything the answering index holds and names the files that are damaged, and those
    /// that belong to nothing. Takes as long as reading the folder does.
    ///
    /// # Errors
    /// The index cannot be read at all.
    pub fn check(&self) -> Result<Vec<PathBuf>, SearchError> {
        let serving = self.shared.read(|state| Arc::clone(&state.serving));
        folder::check(&serving)
    }
}

impl Shared {
    fn read<T>(&self, what: impl FnOnce(&State) -> T) -> T {
        what(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The index that is written.
    pub(crate) fn target(&self) -> Arc<Generation> {
        self.read(|state| Arc::clone(state.building.as_ref().unwrap_or(&state.serving)))
    }

    /// Called when the index that is written has caught up: from now on it answers, and what it
    /// replaces goes.
    pub(crate) fn caught_up(&self) -> Result<(), SearchError> {
        let name = self.read(|state| state.building.as_ref().map(|building| building.name()));
        if let Some(name) = name {
            self.folder.set_current(&name)?;
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(built) = state.building.take() {
                state.serving = built;
            }
        }
        self.folder.remove_damaged()?;
        self.folder.remove_strays(&self.read(State::names))
    }
}

impl State {
    fn names(&self) -> Vec<String> {
        std::iter::once(&self.serving).chain(&self.building).map(|one| one.name()).collect()
    }
}

impl Generation {
    /// The journal number that its last commit carries.
    pub(crate) fn applied(&self) -> u64 {
        self.applied.load(Ordering::Acquire)
    }

    /// The name of its folder.
    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

#[cfg(test)]
mod tests;
