//! Documents that are about the same as another one.
//!
//! What a document is about are the words that it says often and others seldom. They are looked for as
//! if somebody had typed them. The index counts pages that are deleted as well; here nothing is
//! subtracted from anything, so that no such count can be too great.

use std::collections::HashMap;

use tantivy::DocAddress;
use tantivy::query::{BooleanQuery, BoostQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{TantivyDocument, Term};

use crate::analyze::Language;
use crate::hit::{Reader, text};
use crate::index::{Generation, View};
use crate::nearest::nearest;
use crate::scope::Scope;
use crate::search::grouping;
use crate::snippet::{Marks, Snippets};
use crate::vocabulary::Vocabulary;
use crate::within::{Lies, locate};
use crate::words::Form;
use crate::{Hit, Request, SearchError, Sketch};

/// Pages of the document that are read: what it is about, its beginning says.
const READ: usize = 12;
/// A sketch is made of no more pages than this.
const SKETCHED: usize = 60;
/// What a word of the title counts, against one of a page.
const TITLE: u32 = 3;
/// Words of which it is asked how seldom they are.
const WEIGHED: usize = 60;
/// Words that are looked for.
const ASKED: usize = 16;
/// Words besides that no other document has: they show how little the others are like it.
const OWN: usize = 4;
/// A word on more pages than this tells nothing, and costs too much.
const COMMON: u64 = 30_000;
/// The shortest word that tells something.
const LETTERS: usize = 4;
/// What is less like the document than this part of itself is about something else.
const LEAST: f32 = 0.3;
/// From this share of the text on, a document says the same.
const SAME: f32 = 0.5;

/// A document that is about the same as another.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// The document, without pages. Its score is from 0 to 1.
    pub hit: Hit,
    /// Whether it says much the same word for word, as a copy or another version of it does.
    pub same_text: bool,
}

/// Answers from `generation`.
pub(crate) fn similar(
    ordinal: u64,
    scope: Scope,
    limit: usize,
    generation: &Generation,
    language: &Language,
) -> Result<Vec<Similar>, SearchError> {
    let view = generation.view();
    let error = |error| SearchError::index("search", &generation.path)(error);
    let Some(lies) = locate(ordinal, scope, &view, generation).map_err(error)? else {
        return Ok(Vec::new());
    };
    let marks = Marks::default();
    let snippets = Snippets::new(&marks, language);
    let reader = Reader { view: &view, generation, snippets };
    let pages = pages(lies, &reader)?;
    let bodies = || pages.iter().map(|page| text(page, generation.fields.body));
    let same = match pages.len() <= SKETCHED {
        true => nearest(&Sketch::of(bodies()), scope, limit + 1, generation)?,
        false => Vec::new(),
    };
    let same: HashMap<u64, f32> = same
        .into_iter()
        .filter(|near| near.share >= SAME)
        .map(|near| (near.ordinal, near.share))
        .collect();
    let title = reader.title(lies).map_err(error)?;
    let terms = told(&title, bodies().take(READ), &view, scope, generation, language);
    let mut request = Request::new("", scope);
    request.force_on = None;
    let mut grouping = grouping(&request, false, &view)?;
    grouping.keep(2 * limit + same.len() + 1, &view);
    let query: Box<dyn Query> = Box::new(BooleanQuery::union(terms));
    let found = grouping.gather(&query, &view.searcher).map_err(error)?.found;
    let own = found.iter().find(|found| found.ordinal == ordinal).map(|found| found.score);
    let own = own.unwrap_or_else(|| found.first().map_or(1.0, |found| found.score));
    let mut alike = Vec::new();
    for found in found.iter().filter(|found| found.ordinal != ordinal) {
        let share = same.get(&found.ordinal).copied();
        let score = (found.score / own).clamp(0.0, 1.0);
        if share.is_some() || score >= LEAST {
            let mut hit = reader.hit(found, &[])?;
            hit.score = share.map_or(score, |share| score.max(share));
            alike.push(Similar { hit, same_text: share.is_some() });
        }
    }
    alike.sort_by(|one, other| {
        let key = |similar: &Similar| (similar.same_text, similar.hit.score);
        key(other).partial_cmp(&key(one)).unwrap_or(std::cmp::Ordering::Equal)
    });
    alike.truncate(limit);
    Ok(alike)
}

/// The first pages of a document.
fn pages(lies: Lies, reader: &Reader<'_>) -> Result<Vec<TantivyDocument>, SearchError> {
    let columns = &reader.view.columns[lies.segment as usize];
    let alive = reader.view.searcher.segment_reader(lies.segment).alive_bitset();
    let pages = columns.pages_of(lies.document);
    let pages = pages.filter(|page| alive.is_none_or(|alive| alive.is_alive(*page)));
    let pages = pages.take(SKETCHED + 1);
    pages.map(|page| reader.page(DocAddress::new(lies.segment, page))).collect()
}

/// What the document tells by, as queries: the words that it says often and others seldom.
fn told<'t>(
    title: &str,
    pages: impl Iterator<Item = &'t str>,
    view: &View,
    scope: Scope,
    generation: &Generation,
    language: &Language,
) -> Vec<Box<dyn Query>> {
    let mut said: HashMap<String, u32> = HashMap::new();
    let mut count = |text: &str, worth: u32| {
        let mut runs = language.runs(text);
        while let Some(pieces) = runs.next_run() {
            for piece in pieces.iter().filter(|piece| piece.form == Form::Part) {
                let word = &piece.folded;
                let tells = word.len() >= LETTERS
                    && word.bytes().all(|byte| byte.is_ascii_lowercase())
                    && !language.rules.stop_words.contains(word);
                if tells {
                    *said.entry(language.stem(word)).or_default() += worth;
                }
            }
        }
    };
    count(title, TITLE);
    pages.for_each(|page| count(page, 1));
    let mut said: Vec<(String, u32)> = said.into_iter().collect();
    said.sort_unstable_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    let field = generation.fields.stem;
    let vocabulary = Vocabulary::new(view, scope);
    let weighed = said.into_iter().take(WEIGHED).filter_map(|(stem, times)| {
        let pages = vocabulary.pages(field, &stem);
        let worth = (1.0 + (times as f32).ln()) * vocabulary.weight(pages);
        (pages <= COMMON).then_some((stem, times, worth, pages == 1))
    });
    let mut weighed: Vec<(String, u32, f32, bool)> = weighed.collect();
    weighed.sort_by(|one, other| other.2.total_cmp(&one.2));
    let (own, shared): (Vec<_>, Vec<_>) = weighed.into_iter().partition(|word| word.3);
    let term = |(stem, times, ..): (String, u32, f32, bool)| -> Box<dyn Query> {
        let term = Term::from_field_text(field, &stem);
        let query = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
        Box::new(BoostQuery::new(query, 1.0 + (times as f32).ln()))
    };
    shared.into_iter().take(ASKED).chain(own.into_iter().take(OWN)).map(term).collect()
}
