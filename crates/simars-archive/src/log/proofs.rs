//! Proofs out of the log: of a document's statement with its status, and of a file's absence.

use simars_record::{ContentMark, Digest, Document, Statement};
use simars_tlog::status::After;
use simars_tlog::status_map::{file_key, object_key};
use simars_tlog::{Absence, Extra, MapProof, Note, ProofFile, Status, TileReader};

use crate::log::files::Files;
use crate::{Archive, ArchiveError};

/// What a proof is made from: the log as it was at one checkpoint.
struct At {
    files: Files,
    note: Note,
    size: u64,
    index: u64,
    indexed: Statement,
    map: MapProof,
}

impl At {
    fn path(&self, index: u64) -> Result<Vec<Digest>, ArchiveError> {
        let mut reader = TileReader::new(self.size, |tile: &_| self.files.read(tile));
        reader.inclusion(index).map_err(|error| self.files.damaged(&error))
    }

    fn statement(&self, index: u64) -> Result<Option<Statement>, ArchiveError> {
        let mut found = None;
        self.files.entries_between((index, index + 1), self.size, |_, text| {
            found = Some(text.parse().map_err(|error| self.files.damaged(&error))?);
            Ok(())
        })?;
        Ok(found)
    }

    fn proof(self, extra: &Extra, index: u64) -> Result<ProofFile, ArchiveError> {
        let path = self.path(index)?;
        Ok(ProofFile { extra: Some(extra.to_string().into_bytes()), index, path, note: self.note })
    }
}

impl Archive {
    /// The proof file for a file of a document: that a statement names it, and what followed. The
    /// statement is the latest that names the digest outright; for a document that was never
    /// public, the latest of all, which names it by a commitment. `Ok(None)` if there is no log, or
    /// it has not followed that far yet.
    ///
    /// # Errors
    /// If the log's files cannot be read.
    pub fn proof(
        &self,
        document: &Document,
        file: &Digest,
    ) -> Result<Option<ProofFile>, ArchiveError> {
        let Some(at) = self.log_at(&object_key(&document.id)) else { return Ok(None) };
        let mut statements = Vec::with_capacity(document.statements.len());
        for known in document.statements.iter().filter(|known| known.index < at.index) {
            let Some(statement) = at.statement(known.index)? else { return Ok(None) };
            statements.push((known.index, statement));
        }
        let names = |statement: &Statement| match statement.content {
            ContentMark::Public { digest, .. } => digest == *file,
            ContentMark::Closed(_)
            | ContentMark::Index { .. }
            | ContentMark::Key(_)
            | ContentMark::Schedule { .. } => false,
        };
        let named = statements.iter().rposition(|(_, statement)| names(statement));
        let Some(first) = named.or(statements.len().checked_sub(1)) else { return Ok(None) };
        let later = statements.split_off(first + 1);
        let Some((index, statement)) = statements.pop() else { return Ok(None) };
        let status = Status {
            later: later.into_iter().map(|(_, statement)| statement).collect(),
            index: at.index,
            indexed: at.indexed.clone(),
            path: at.path(at.index)?,
            map: at.map.clone(),
        };
        let extra = Extra { statement, after: After::Status(Box::new(status)) };
        at.proof(&extra, index).map(Some)
    }

    /// The proof file that a file is not among the public ones of this archive. `Ok(None)` if it is,
    /// or if there is no log.
    ///
    /// # Errors
    /// If the log's files cannot be read.
    pub fn proof_of_absence(&self, file: &Digest) -> Result<Option<ProofFile>, ArchiveError> {
        let key = file_key(file);
        let Some(at) = self.log_at(&key).filter(|at| at.map.get(&key).is_none()) else {
            return Ok(None);
        };
        let absence = After::Absence(Absence { map: at.map.clone() });
        let extra = Extra { statement: at.indexed.clone(), after: absence };
        let index = at.index;
        at.proof(&extra, index).map(Some)
    }

    /// What the operator has others believe: the policy of the log. `Ok(None)` if there is no log.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn log_policy(&self) -> Result<Option<Vec<u8>>, ArchiveError> {
        Files::new(self.folder().log()).policy()
    }

    /// The bytes of a tile or bundle as they are served. `Ok(None)` if there is none of that name.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn log_tile(&self, tile: &simars_tlog::Tile) -> Result<Option<Vec<u8>>, ArchiveError> {
        Files::new(self.folder().log()).exact(tile)
    }

    /// The log at its newest checkpoint, with what the map says about a key.
    fn log_at(&self, key: &Digest) -> Option<At> {
        let held = self.log_in_hand();
        let log = held.as_ref()?;
        let (index, indexed) = log.indexed.clone()?;
        Some(At {
            files: log.files.clone(),
            note: log.note.clone()?,
            size: log.head.size,
            index,
            indexed,
            map: log.map.proof(key),
        })
    }
}
