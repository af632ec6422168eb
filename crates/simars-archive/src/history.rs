//! Who did what, when: the journal read backwards.

use std::collections::VecDeque;

use simars_record::{DocumentId, StatementKind, Timestamp};

use crate::journal::End;
use crate::{Archive, ArchiveError};

/// One act, as those who look after the archive see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Its place among all statements, counted from 0: its index in the log.
    pub index: u64,
    /// What was done.
    pub kind: StatementKind,
    /// To what: a document, or the archive itself ([`simars_record::statement::ARCHIVE`]).
    pub object: DocumentId,
    /// The document's version.
    pub version: u32,
    /// When.
    pub time: Timestamp,
    /// The role in which it was done; `None` if nobody signed in for it.
    pub role: Option<String>,
    /// The name of the person.
    pub by: Option<String>,
}

/// Acts from a place in the journal backwards. Reads a segment at a time.
#[derive(Debug)]
pub struct History<'a> {
    archive: &'a Archive,
    /// The segment to be read next; 0 at the end.
    segment: u64,
    before: u64,
    read: VecDeque<Deed>,
}

impl Archive {
    /// All acts, newest first; or those before one with this index.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn history(&self, before: Option<u64>) -> Result<History<'_>, ArchiveError> {
        let end: End = self.applied().end;
        let before = before.unwrap_or(end.statements).min(end.statements);
        let segment = match before {
            0 => 0,
            _ => self.journal().containing(before - 1, end)?,
        };
        Ok(History { archive: self, segment, before, read: VecDeque::new() })
    }
}

impl Iterator for History<'_> {
    type Item = Result<Deed, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.read.is_empty() {
            if self.segment == 0 {
                return None;
            }
            let segment = match self.archive.journal().read(self.segment) {
                Ok(segment) => segment,
                Err(error) => {
                    self.segment = 0;
                    return Some(Err(error));
                }
            };
            self.segment -= 1;
            let lines = (segment.header.first..).zip(&segment.lines);
            let lines = lines.take_while(|(index, _)| *index < self.before);
            let mut deeds: VecDeque<Deed> = VecDeque::new();
            for (index, line) in lines {
                let statement = &line.statement;
                deeds.push_front(Deed {
                    index,
                    kind: statement.kind,
                    object: statement.object,
                    version: statement.version,
                    time: statement.time,
                    role: statement.role.clone(),
                    by: line.by(),
                });
            }
            self.read = deeds;
        }
        self.read.pop_front().map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use simars_record::Actor;

    use crate::Change;
    use crate::archive::tests::{open, registered, submission};

    #[test]
    fn the_newest_act_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        assert_eq!(archive.history(None).unwrap().count(), 0);
        let mut ids = Vec::new();
        for n in 0..3_u8 {
            ids.push(registered(archive.register(submission(&[n], "teks")).unwrap()));
        }
        let by = Actor { login: "ani".to_owned(), role: "arsiparis".to_owned() };
        archive.change_by(&ids[1], &Change::Withdraw, Some(&by)).unwrap();
        let told: Vec<String> = archive
            .history(None)
            .unwrap()
            .map(|deed| deed.unwrap())
            .map(|deed| format!("{} {} {:?}", deed.index, deed.kind.as_str(), deed.by))
            .collect();
        assert_eq!(
            told,
            ["3 cabut Some(\"ani\")", "2 terbit None", "1 terbit None", "0 terbit None"]
        );
        let indexes = |before| -> Vec<u64> {
            archive.history(Some(before)).unwrap().map(|deed| deed.unwrap().index).collect()
        };
        assert_eq!(indexes(2), [1, 0]);
        assert_eq!(indexes(0), Vec::<u64>::new());
        assert_eq!(indexes(99), [3, 2, 1, 0]);
    }
}
