//! Suggestions while somebody types: documents by number and title, and subjects.
//!
//! Nothing is searched for: the words of titles, the numbers and the subjects stand in a dictionary of
//! their own (`suggest` in `index-schema/schema.toml`), of which a stretch is looked through. What is
//! read of it is bounded, whatever was typed.

mod candidates;
mod keys;
mod typed;

use tantivy::DocAddress;
use tantivy::schema::Value;

use crate::SearchError;
use crate::analyze::Language;
use crate::hit::Shown;
use crate::index::{Generation, View};
use crate::scope::Scope;

use candidates::{Candidate, Look};
pub(crate) use keys::{keys, subjects};
use typed::Typed;

/// A title or subject is not looked for before so many letters are there.
const LETTERS: usize = 2;
/// Documents by their titles that are compared with what was typed.
const COMPARED: usize = 48;

/// What could be meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Documents, the likeliest first.
    pub documents: Vec<Suggested>,
    /// Subjects.
    pub subjects: Vec<Subject>,
}

/// A document that could be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// [`crate::Entry::id`].
    pub id: String,
    /// Whether it is its number that was typed, rather than words of its title.
    pub by_number: bool,
}

/// A subject that could be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// As it is written.
    pub name: String,
    /// [`crate::Entry::id`] of documents that have it: a few of them.
    pub ids: Vec<String>,
}

/// What could be meant by `text`, no more than `limit` of each sort; only documents in `scope`.
pub(crate) fn suggest(
    text: &str,
    scope: Scope,
    limit: usize,
    generation: &Generation,
    language: &Language,
) -> Result<Suggestions, SearchError> {
    // An index of an older schema has no such dictionary; it answers until its successor does.
    let Some(field) = generation.fields.suggest else { return Ok(Suggestions::default()) };
    let typed = Typed::read(text, language);
    let view = generation.view();
    let mut look = Look::new(&view, field, scope);
    let found = find(&typed, limit, &mut look);
    let (documents, subjects) = found.map_err(SearchError::index("search", &generation.path))?;
    let id = |at: DocAddress| name(at, &view, generation);
    let documents = documents.into_iter().map(|(candidate, by_number)| {
        Ok(Suggested { id: id(look.address(candidate))?, by_number })
    });
    let subjects = subjects.into_iter().map(|(name, pages)| {
        Ok(Subject {
            name,
            ids: pages.into_iter().map(|page| id(look.address(page))).collect::<Result<_, _>>()?,
        })
    });
    Ok(Suggestions {
        documents: documents.collect::<Result<_, SearchError>>()?,
        subjects: subjects.collect::<Result<_, SearchError>>()?,
    })
}

type Documents = Vec<(Candidate, bool)>;
type Subjects = Vec<(String, Vec<Candidate>)>;

fn find(
    typed: &Typed,
    limit: usize,
    look: &mut Look<'_>,
) -> tantivy::Result<(Documents, Subjects)> {
    let mut documents: Documents = Vec::new();
    if let Some(number) = &typed.number {
        let found = look.by_number(number, limit)?;
        documents.extend(found.into_iter().map(|candidate| (candidate, true)));
    }
    let letters = typed.whole.chars().filter(|letter| letter.is_alphabetic()).count();
    if letters < LETTERS {
        return Ok((documents, Vec::new()));
    }
    let mut titles = look.by_title(&typed.words, typed.begun.as_deref(), &[], COMPARED)?;
    if let Some(of_kind) = typed.of_kind.as_ref().filter(|_| titles.len() < limit) {
        let begun = of_kind.begun.as_deref();
        titles.extend(look.by_title(&of_kind.words, begun, &of_kind.kinds, COMPARED)?);
    }
    // Whose title holds just what was typed comes before those with its words here and there.
    let mut told = Vec::with_capacity(titles.len());
    for title in titles {
        let written = look.title(title)?;
        let place = written.match_indices(&typed.whole).map(|(at, _)| at);
        let begins = |at: &usize| *at == 0 || written.as_bytes().get(at - 1) == Some(&b' ');
        let rank = match place.into_iter().find(begins) {
            Some(0) => 0_u8,
            Some(_) => 1,
            None => 2,
        };
        told.push((rank, title));
    }
    told.sort_by(|one, other| (one.0, other.1).cmp(&(other.0, one.1)));
    for (_, title) in told {
        if documents.len() >= limit {
            break;
        }
        if documents.iter().all(|(known, _)| known.ordinal != title.ordinal) {
            documents.push((title, false));
        }
    }
    Ok((documents, look.subjects(&typed.whole, limit)?))
}

/// The public name of the document whose first page this is.
fn name(at: DocAddress, view: &View, generation: &Generation) -> Result<String, SearchError> {
    let error = |detail: String| SearchError::index("read", &generation.path)(detail);
    let page: tantivy::TantivyDocument =
        view.searcher.doc(at).map_err(|failure| error(failure.to_string()))?;
    let shown = page
        .get_first(generation.fields.shown)
        .and_then(|value| value.as_str())
        .unwrap_or_default();
    let shown: Shown = serde_json::from_str(shown)
        .map_err(|failure| error(format!("a document has no first page ({failure})")))?;
    Ok(shown.into_id())
}
