//! How a document stands to others: the acts that it names, those that name it, and whether it is
//! still in force.
//!
//! Only what the asker may find is told, and only what is published bears on anything: a draft that
//! revokes revokes nothing yet.

use simars_access::{Action, Standing, Who, may};
use simars_archive::{Archive, ArchiveError};
use simars_describe::kinds;
use simars_record::{Date, Description, Document, ForceState, Publication, Relation, RelationKind};

use simars_search::InForce;

use crate::Holdings;

/// At most so many documents that name a document are told for each kind of relation, and at most
/// so many are looked at for them.
const TOLD: usize = 50;
const LOOKED_AT: usize = 500;

/// How a document stands to others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Related {
    /// The acts that it names, strongest first, each with the documents that are this act; none if
    /// it is not in the archive, or not for this asker.
    pub names: Vec<(Relation, Vec<Document>)>,
    /// The documents that name it, strongest first and newest first.
    pub named_by: Vec<(Relation, Document)>,
    /// Whether more documents name it than are told.
    pub more: bool,
    /// Whether it is in force; `None` for what never is, such as a letter.
    pub force: Option<Force>,
}

/// Whether an act is in force, as far as this archive's documents say.
#[derive(Debug, Clone, PartialEq)]
pub struct Force {
    /// How it stands.
    pub state: ForceState,
    /// Since when it stands so, if that is known.
    pub since: Option<Date>,
    /// The acts that made it so, newest first.
    pub by: Vec<Document>,
    /// Whether no person needs to look: false where another text, hard to read or ambiguous, may
    /// say otherwise. It bears on nothing before a person has settled it.
    pub sure: bool,
}

impl Holdings {
    /// How a document stands to others today, for this asker.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn related(&self, document: &Document, who: Who) -> Result<Related, ArchiveError> {
        let (archive, today) = (self.archive(), self.archive().clock()().date());
        let mut related = Related {
            force: force(archive, document, who, today)?,
            ..names(archive, document, who)?
        };
        for kind in RelationKind::ALL {
            let mut told = 0;
            for (looked_at, found) in archive.naming(document, kind).enumerate() {
                let (naming, relation) = found?;
                if told == TOLD || looked_at == LOOKED_AT {
                    related.more = true;
                    break;
                }
                if may_find(who, &naming) {
                    related.named_by.push((relation, naming));
                    told += 1;
                }
            }
        }
        Ok(related)
    }

    /// Whether a document is in force today, for this asker.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn force(&self, document: &Document, who: Who) -> Result<Option<Force>, ArchiveError> {
        force(self.archive(), document, who, self.archive().clock()().date())
    }
}

fn names(archive: &Archive, document: &Document, who: Who) -> Result<Related, ArchiveError> {
    let mut related = Related::default();
    for relation in document.description.relations.iter().filter(|known| !known.is_denied()) {
        let found = archive.acts_called(&relation.target).take(LOOKED_AT);
        let mut acts = Vec::new();
        for act in found {
            acts.push(act?);
        }
        acts.retain(|act| act.id != document.id && may_find(who, act));
        related.names.push((relation.clone(), acts));
    }
    related.names.sort_by_key(|(relation, _)| relation.kind);
    Ok(related)
}

/// Whether a document is in force on a day, for this asker.
fn force(
    archive: &Archive,
    document: &Document,
    who: Who,
    on: Date,
) -> Result<Option<Force>, ArchiveError> {
    let kind = document.description.kind.as_ref();
    if !kind.is_some_and(|kind| kinds::can_be_in_force(&kind.value)) {
        return Ok(None);
    }
    let begins = document.description.effective.as_ref().map(|field| field.value);
    if let Some(since) = begins.filter(|begins| *begins > on) {
        let state = ForceState::NotYet;
        return Ok(Some(Force { state, since: Some(since), by: Vec::new(), sure: true }));
    }
    let (doubtful, settled): (Vec<_>, Vec<_>) = bearing(archive, document, who)?
        .into_iter()
        .partition(|(relation, _)| relation.is_doubtful());
    let begins = takes_effect(&document.description);
    let force = judged(settled, begins, on);
    // Only what would make it another is worth a look.
    let sure = judged(doubtful, begins, on).state <= force.state;
    Ok(Some(Force { sure, ..force }))
}

/// What bears on a document's force, or may, newest first.
fn bearing(
    archive: &Archive,
    document: &Document,
    who: Who,
) -> Result<Vec<(Relation, Document)>, ArchiveError> {
    let mut bearing = Vec::new();
    for kind in [RelationKind::Revokes, RelationKind::Amends] {
        for found in archive.naming(document, kind).take(LOOKED_AT) {
            let (by, relation) = found?;
            let counts = by.publication == Publication::Published && may_find(who, &by);
            if counts {
                bearing.push((relation, by));
            }
        }
    }
    Ok(bearing)
}

/// From when to when a document is in force, as far as everybody may know; `None` for what never
/// is.
pub(crate) fn span(
    archive: &Archive,
    document: &Document,
) -> Result<Option<InForce>, ArchiveError> {
    let kind = document.description.kind.as_ref();
    if !kind.is_some_and(|kind| kinds::can_be_in_force(&kind.value)) {
        return Ok(None);
    }
    let mut bearing = bearing(archive, document, Who::Anyone)?;
    bearing.retain(|(relation, _)| !relation.is_doubtful());
    // What revokes on a day that nobody knows has always done so.
    let day = |by: &Document| takes_effect(&by.description).or_else(|| Date::new(1000, 1, 1));
    let first = |revoking: bool| {
        let acting = bearing.iter().filter(|(relation, _)| revokes(relation) == revoking);
        acting.filter_map(|(_, by)| day(by)).min()
    };
    let from = takes_effect(&document.description);
    Ok(Some(InForce { from, changed: first(false), until: first(true) }))
}

/// How an act stands on a day, by what bears on it.
fn judged(bearing: Vec<(Relation, Document)>, begins: Option<Date>, on: Date) -> Force {
    let begun = |by: &Document| takes_effect(&by.description).is_none_or(|since| since <= on);
    let now = bearing.into_iter().filter(|(_, by)| begun(by));
    let (revoking, changing): (Vec<_>, Vec<_>) = now.partition(|(relation, _)| revokes(relation));
    let (state, acting) = match (revoking.is_empty(), changing.is_empty()) {
        (false, _) => (ForceState::Revoked, revoking),
        (true, false) => (ForceState::Amended, changing),
        (true, true) => {
            return Force { state: ForceState::InForce, since: begins, by: Vec::new(), sure: true };
        }
    };
    let days = || acting.iter().map(|(_, by)| takes_effect(&by.description));
    // Once revoked, it stays so; what changed it last made it what it is now.
    let since = match state {
        ForceState::Revoked => days().flatten().min(),
        _ => days().flatten().max(),
    };
    let mut by: Vec<Document> = acting.into_iter().map(|(_, by)| by).collect();
    by.sort_by_key(|by| std::cmp::Reverse((takes_effect(&by.description), by.ordinal)));
    Force { state, since, by, sure: true }
}

fn revokes(relation: &Relation) -> bool {
    relation.kind == RelationKind::Revokes && !relation.in_part
}

/// When an act takes effect: on the day it names, else on the day it was enacted.
fn takes_effect(description: &Description) -> Option<Date> {
    let day = description.effective.as_ref().or(description.date.as_ref());
    day.map(|field| field.value)
}

fn may_find(who: Who, document: &Document) -> bool {
    may(who, Action::Find, Standing::of(document))
}

#[cfg(test)]
mod tests;
