//! Mending what is derived: views are taken away and come back, files of the log are written again
//! from the journal. Objects and journal are never touched: they come from a backup only.

use std::fs;

use serde::Serialize;

use super::log::{LogCheck, faults_of};
use super::report::{Damage, Part, Report};
use super::statements::Statements;
use crate::journal::Journal;
use crate::log::derive::{Content, Derived};
use crate::log::files::Files;
use crate::{ArchiveError, DataFolder, FolderLock};

/// What was mended, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// What was done, in words.
    pub done: Vec<String>,
    /// What must come from a backup.
    pub left: Vec<Damage>,
}

/// Mends what a report found, as far as it can be derived from an undamaged journal. Views that were
/// taken away are built again by the next start.
///
/// # Errors
/// If the disk refuses.
pub fn repair(
    folder: &DataFolder,
    _lock: &FolderLock,
    report: &Report,
) -> Result<Repaired, ArchiveError> {
    let mut repaired = Repaired::default();
    let views = |damage: &&Damage| matches!(damage.part, Part::Catalogue | Part::Index);
    if !report.is_sound(Part::Journal) {
        repaired.left = report.damage.iter().filter(|damage| !views(damage)).cloned().collect();
        return Ok(repaired);
    }
    if report.damage.iter().any(|damage| views(&damage)) {
        remove_views(folder)?;
        repaired.done.push("removed the views; the next start builds them again".to_owned());
    }
    let (log, other): (Vec<_>, Vec<_>) =
        report.damage.iter().filter(|damage| !views(damage)).partition(|one| one.part == Part::Log);
    repaired.left = other.into_iter().cloned().collect();
    if !log.is_empty() {
        match repair_log(folder)? {
            Some(done) => repaired.done.push(done),
            None => repaired.left.extend(log.into_iter().cloned()),
        }
    }
    Ok(repaired)
}

fn remove_views(folder: &DataFolder) -> Result<(), ArchiveError> {
    for path in [folder.catalogue(), folder.index(), folder.images(), folder.conversions()] {
        if path.exists() {
            fs::remove_dir_all(&path).map_err(ArchiveError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// Writes the damaged files of the log again, if the journal has the root that was signed; `None` if
/// no signed checkpoint says so.
fn repair_log(folder: &DataFolder) -> Result<Option<String>, ArchiveError> {
    let mut found = Report::begun(simars_record::Timestamp::from_unix(0));
    let mut log = LogCheck::read(folder, &mut found);
    let journal = Journal::new(folder.journal());
    let last = journal.last()?;
    let mut statements = Statements::default();
    for number in 1..=last {
        statements.take(&journal.read(number)?, |statements, line, leaf| {
            log.see(&statements.frontier, &line.statement.to_string(), leaf);
        });
    }
    let Some(signed) = log.sound_checkpoint(&statements) else { return Ok(None) };
    let files = Files::new(folder.log());
    let written = write_again(&files, &journal, signed.head.size)?;
    if !log.shows(signed) {
        files.write_checkpoint(&signed.note)?;
        return Ok(Some(format!(
            "wrote {written} files of the log again, and the checkpoint as the key's record has it"
        )));
    }
    Ok(Some(format!("wrote {written} files of the log again")))
}

fn write_again(files: &Files, journal: &Journal, size: u64) -> Result<u64, ArchiveError> {
    let mut derived = Derived::new();
    let (mut count, mut written, mut failed) = (0, 0, None);
    let mut mend = |content: &Content| match mend(files, content) {
        Ok(mended) => written += mended,
        Err(error) => failed = failed.take().or(Some(error)),
    };
    let mut number = 1;
    while count < size {
        for line in journal.read(number)?.lines {
            if count < size {
                derived.push(&line.statement.to_string(), line.statement.leaf_hash(), &mut mend);
                count += 1;
            }
        }
        number += 1;
    }
    derived.edge().for_each(mend);
    failed.map_or(Ok(written), Err)
}

fn mend(files: &Files, content: &Content) -> Result<u64, ArchiveError> {
    let mut written = 0;
    for fault in faults_of(files, content) {
        match fault.width.and_then(|width| content.first(width)) {
            Some(bytes) => files.put(&fault.path, bytes)?,
            // It reaches beyond what was signed, so the next checkpoint writes it anew.
            None => {
                let removed = fs::remove_file(&fault.path);
                removed.map_err(ArchiveError::io("remove", &fault.path))?;
            }
        }
        written += 1;
    }
    Ok(written)
}
