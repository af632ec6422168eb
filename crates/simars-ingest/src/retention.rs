//! What the holdings do about classification and retention: a schedule is looked at and taken,
//! codes are suggested and checked.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
pub use simars_archive::{ArchiveError, Counted, Days, List, Place, Progress, Standings};
use simars_describe::classify::{Classifier, Subject, Suggestion};
use simars_record::schedule::{Entry, Scheme, StatedSchedule};
use simars_record::{Actor, Code, Date, Description, Document, Field};

use crate::{Change, Holdings, IngestError, RowError, ScheduleFile};

/// So many documents with one code are counted.
const COUNTED: u64 = 10_000;
/// So many documents are looked at that are like one that has no code yet.
const LOOKED_AT: usize = 120;
/// As much of a text as tells what it is about.
const BEGINNING_BYTES: u64 = 8 << 10;
/// The longest reason of a hold, in characters.
pub const LONGEST_REASON: usize = 500;
/// A schedule file may have so many bytes.
pub const MOST_BYTES: u64 = 16 << 20;

/// What came of looking at a schedule, or of taking it: one JSON object, the same from the command
/// line and the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduleReport {
    /// How many rows the file has below its head.
    pub rows: usize,
    /// How many of them can be used.
    pub entries: usize,
    /// Whether anything in it is made for show.
    pub demonstration: bool,
    /// The rows that cannot be used.
    pub errors: Vec<RowError>,
    /// What is odd.
    pub notes: Vec<RowError>,
    /// How many entries the version in force does not have.
    pub added: usize,
    /// How many it has otherwise.
    pub changed: usize,
    /// How many only it has.
    pub gone: usize,
    /// How many are the same.
    pub same: usize,
    /// What changes, code by code.
    pub changes: Vec<EntryChange>,
    /// The version, once it is stated.
    pub stated: Option<StatedSchedule>,
}

/// What becomes of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryChange {
    /// Its code.
    pub code: Code,
    /// As it is in the version in force.
    pub before: Option<Entry>,
    /// As it becomes.
    pub after: Option<Entry>,
    /// How many documents have this code, as far as the asker may know.
    pub documents: u64,
    /// Whether there are more of them.
    pub more: bool,
}

impl ScheduleReport {
    /// Whether it can be taken: nothing is wrong, or what is wrong is to be left out.
    pub fn may_be_taken(&self, leave_out: bool) -> bool {
        self.entries > 0 && (self.errors.is_empty() || leave_out)
    }
}

/// The hold for a reason.
///
/// # Errors
/// A sentence that says what a reason is.
pub fn holding(reason: &str) -> Result<Change, String> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    match (1..=LONGEST_REASON).contains(&reason.chars().count()) {
        true => Ok(Change::Hold(reason)),
        false => Err(format!("a hold has a reason of at most {LONGEST_REASON} characters")),
    }
}

/// What suggests codes by the scheme in force, made when the scheme changes.
#[derive(Debug, Default)]
pub(crate) struct Classifying(Mutex<Option<(Arc<Scheme>, Arc<Classifier>)>>);

impl Classifying {
    fn of(&self, scheme: Arc<Scheme>) -> Arc<Classifier> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, classifier)) = &*kept
            && Arc::ptr_eq(known, &scheme)
        {
            return Arc::clone(classifier);
        }
        let entries = scheme.entries().map(|entry| (&entry.code, entry.title.as_str()));
        let classifier = Arc::new(Classifier::new(entries));
        *kept = Some((scheme, Arc::clone(&classifier)));
        classifier
    }
}

impl Holdings {
    /// Reads a schedule file. Nothing is taken yet.
    ///
    /// # Errors
    /// A sentence that says why there is no table in it.
    pub fn read_schedule(&self, bytes: &[u8], file_name: &str) -> Result<ScheduleFile, String> {
        ScheduleFile::read(bytes, file_name, self.extractor())
    }

    /// What a schedule changes beside the one in force, and how many documents that concerns.
    ///
    /// # Errors
    /// If the catalogue or the version in force cannot be read.
    pub fn look_at_schedule(
        &self,
        file: &ScheduleFile,
        standings: &Standings,
    ) -> Result<ScheduleReport, IngestError> {
        let archive = self.archive();
        let known = archive.schedule_in_force()?;
        let known = known.map(|version| archive.scheme_of(&version.schedule.entries));
        let known = known.transpose()?.unwrap_or_default();
        let changes = known.changes(&file.scheme);
        let added = changes.added.iter().map(|entry| (None, Some(*entry)));
        let changed = changes.changed.iter().map(|(one, other)| (Some(*one), Some(*other)));
        let gone = changes.gone.iter().map(|entry| (Some(*entry), None));
        let mut told = Vec::new();
        for (before, after) in changed.chain(gone).chain(added) {
            let Some(code) = after.or(before).map(|entry| entry.code.clone()) else { continue };
            let (list, days) = (List::Code(code.clone()), Days::default());
            let counted = archive.count_listed(&list, days, standings, COUNTED)?;
            told.push(EntryChange {
                code,
                before: before.cloned(),
                after: after.cloned(),
                documents: counted.total(),
                more: counted.more,
            });
        }
        Ok(ScheduleReport {
            rows: file.rows,
            entries: file.scheme.len(),
            demonstration: file.scheme.is_demonstration(),
            errors: file.errors.iter().map(RowError::from).collect(),
            notes: file.notes.iter().map(RowError::from).collect(),
            added: changes.added.len(),
            changed: changes.changed.len(),
            gone: changes.gone.len(),
            same: changes.same,
            changes: told,
            stated: None,
        })
    }

    /// States a schedule, valid on these days. The lists of what falls due follow by themselves.
    ///
    /// # Errors
    /// If it cannot be made durable.
    pub fn take_schedule(
        &self,
        scheme: &Scheme,
        file_name: &str,
        valid: (Date, Option<Date>),
        by: Option<&Actor>,
    ) -> Result<StatedSchedule, IngestError> {
        let stated = self.archive().state_schedule(scheme, file_name, valid, by)?;
        self.wake();
        self.placer().wake();
        Ok(stated)
    }

    /// Waits until the lists of what falls due follow the schedule in force.
    ///
    /// # Errors
    /// If the catalogue or the schedule cannot be read.
    pub fn wait_until_placed(&self) -> Result<(), IngestError> {
        self.archive().reschedule(|| false)?;
        Ok(())
    }

    /// The correction that gives a document this code. As long as there is no scheme, every code
    /// will do.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the code, and what would be right.
    pub fn classifying_as(&self, code: &str) -> Result<Change, String> {
        let code: Code = code.parse().map_err(|error| format!("{error}"))?;
        let scheme = self.archive().scheme();
        if !scheme.is_empty() && scheme.get(&code).is_none() {
            let near = code.ancestors().find(|above| scheme.get(above).is_some());
            let near = near.map(|above| format!("; {above} is in it")).unwrap_or_default();
            return Err(format!("{code} is not in the scheme in force{near}"));
        }
        let classification = Some(Field::stated(code.to_string()));
        let description = Description { classification, ..Description::default() };
        Ok(Change::Correct(Box::new(description)))
    }

    /// The codes that a document may have, the likeliest first, by what documents that stand so
    /// tell of it.
    ///
    /// # Errors
    /// If the catalogue or the document's text cannot be read.
    pub fn suggest_codes(
        &self,
        document: &Document,
        standings: &Standings,
    ) -> Result<Vec<Suggestion>, IngestError> {
        let scheme = self.archive().scheme();
        if scheme.is_empty() {
            return Ok(Vec::new());
        }
        let classifier = self.classifying().of(scheme);
        let alike = self.archive().classified_alike(document, standings, LOOKED_AT)?;
        let decided = alike
            .iter()
            .filter_map(|known| Some((self.archive().code_of(known)?, known.title().to_owned())));
        let decided: Vec<(Code, String)> = decided.collect();
        let text = self.beginning(document)?;
        let value = |field: &'_ Option<Field<String>>| field.as_ref().map(|one| one.value.clone());
        let description = &document.description;
        let (number, title) = (value(&description.number), value(&description.title));
        let subject = Subject { number: number.as_deref(), title: title.as_deref(), text: &text };
        Ok(classifier.suggest(&subject, &decided))
    }

    /// The beginning of a document's text; nothing if that is damaged.
    fn beginning(&self, document: &Document) -> Result<String, IngestError> {
        let file = match self.archive().open_object(&document.current().text) {
            Ok(file) => file,
            Err(error) if error.is_lasting() => return Ok(String::new()),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = Vec::new();
        let path = self.archive().object_path(&document.current().text);
        let read = file.take(BEGINNING_BYTES).read_to_end(&mut bytes);
        read.map_err(IngestError::read(&path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
