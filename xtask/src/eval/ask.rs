//! An index over texts that are at hand, and the ranks at which it finds what is looked for.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Context;
use simars_search::{Entry, Index, Options, Request};

/// Documents to be found: what the index is told of each.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) number: Option<String>,
    pub(super) year: Option<u16>,
    pub(super) title: String,
    pub(super) date: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) pages: Vec<String>,
}

/// What is typed, and the documents any of which is meant.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) meant: Vec<String>,
}

/// The ranks at which what was meant was found, from 1.
#[derive(Debug, Default)]
pub(super) struct Ranks(Vec<Option<usize>>);

impl Ranks {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The sum of one over the rank, of those within the first ten.
    pub(super) fn mean_reciprocal(&self) -> f64 {
        self.0.iter().flatten().map(|rank| 1.0 / *rank as f64).sum()
    }

    /// How many stood among the first `most`.
    pub(super) fn within(&self, most: usize) -> f64 {
        self.0.iter().flatten().filter(|rank| **rank <= most).count() as f64
    }
}

/// An index of `items`, kept below `work`; one that holds them already is used again.
pub(super) fn index(work: &Path, name: &str, items: &[Item]) -> anyhow::Result<Index> {
    let folder = work.join(format!("{name}-{}", items.len()));
    let index = Index::open(&folder, Options::default())?;
    if index.applied() > 0 && !index.building() {
        return Ok(index);
    }
    eprintln!("  indexing {} documents …", items.len());
    let mut writer = index.writer()?;
    for (ordinal, item) in (0..).zip(items) {
        writer.put(&Entry {
            ordinal,
            id: &item.id,
            kind: item.kind.as_deref(),
            number: item.number.as_deref(),
            year: item.year,
            title: &item.title,
            date: item.date.as_deref(),
            issuer: item.issuer.as_deref(),
            pages: item.pages.iter().map(String::as_str).collect(),
            ..Entry::default()
        })?;
    }
    writer.commit(1, true)?;
    writer.finish()?;
    Ok(index)
}

/// Asks each query for its first ten hits; shows the first `misses` of those not found first.
pub(super) fn ask(index: &Index, queries: &[Query], misses: usize) -> anyhow::Result<Ranks> {
    let mut ranks = Ranks::default();
    let mut shown = 0;
    for query in queries {
        let answer = index
            .search(&Request::new(&query.text, 1))
            .with_context(|| format!("the query {:?}", query.text))?;
        let meant: HashSet<&String> = query.meant.iter().collect();
        let place = answer.hits.iter().position(|hit| meant.contains(&hit.id));
        if place != Some(0) && shown < misses {
            shown += 1;
            let first = answer.hits.first().map(|hit| format!("{} {:?}", hit.id, hit.title));
            let place = place.map_or("-".to_owned(), |place| (place + 1).to_string());
            println!(
                "  {:?} ({} found): {:?} at {place}; first: {}",
                query.text,
                answer.total,
                query.meant,
                first.unwrap_or_default()
            );
        }
        ranks.0.push(place.map(|place| place + 1));
    }
    Ok(ranks)
}
