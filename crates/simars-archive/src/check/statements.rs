//! The statements, one after the other: what each commits to, and what it continues.

use simars_record::statement::ARCHIVE;
use simars_record::{Commitment, ContentMark, Digest, ObjectRef, StatementKind};
use simars_tlog::status_map::object_key;
use simars_tlog::{Frontier, StatusMap, VerifierKey};

use crate::journal::{Act, End, Line, Segment};

/// What the statements come to so far.
#[derive(Default)]
pub(crate) struct Statements {
    pub(crate) frontier: Frontier,
    pub(crate) end: End,
    /// The objects that were named, with repetitions.
    pub(crate) named: Vec<ObjectRef>,
    /// The keys that were stated, with the index of the statement.
    pub(crate) keys: Vec<(u64, VerifierKey)>,
    map: StatusMap,
    of_archive: Option<Digest>,
    /// Whether a segment was missing: then what the statements after it continue is not known.
    gap: bool,
}

impl Statements {
    /// Takes in a segment and gives what is wrong with it. `each` is told every statement's line
    /// and leaf hash, after it was taken in.
    pub(crate) fn take(
        &mut self,
        segment: &Segment,
        mut each: impl FnMut(&Self, &Line, Digest),
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        let header = &segment.header;
        if header.segment != self.end.segment + 1 {
            self.gap = true;
        } else if header.previous != self.end.sha256 || header.first != self.end.statements {
            wrong.push("it does not continue the segment before it".to_owned());
        }
        self.end = segment.end();
        for line in &segment.lines {
            let leaf = line.statement.leaf_hash();
            let object = line.statement.object;
            wrong.extend(self.line(line).into_iter().map(|detail| format!("{object}: {detail}")));
            self.frontier.append(leaf);
            self.map.follow(&line.statement, leaf);
            if object == ARCHIVE {
                self.of_archive = Some(leaf);
            }
            each(self, line, leaf);
        }
        wrong
    }

    /// What is wrong with a line. One that is wrong in one thing is still checked for the others.
    fn line(&mut self, line: &Line) -> Vec<String> {
        let mut wrong = Vec::new();
        let statement = &line.statement;
        let body = Digest::of(line.body.get().as_bytes());
        if statement.metadata != Commitment::new(line.nonces.metadata.as_bytes(), &body) {
            wrong.push("its body is not the one the statement commits to".to_owned());
        }
        if !self.gap && !self.continues(line) {
            wrong.push("it does not name the statement before it about the same".to_owned());
        }
        if !self.gap
            && let ContentMark::Index { root, statements } = statement.content
            && (root != self.map.root() || statements != self.frontier.size())
        {
            wrong.push("the index it states is not that of the statements".to_owned());
        }
        match line.act() {
            Ok(
                Act::Registered { version, .. }
                | Act::Extracted { version, .. }
                | Act::Replaced { version, .. },
            ) => {
                if !names(line, &version.original) {
                    wrong.push("its original is not the one the statement names".to_owned());
                }
                self.named.extend([version.original, version.text]);
                self.named.extend(version.layout);
            }
            Ok(Act::Scheduled { schedule }) => {
                let ObjectRef { sha256: digest, size_bytes } = schedule.entries;
                if statement.content != (ContentMark::Schedule { digest, size_bytes }) {
                    wrong.push("its entries are not those the statement names".to_owned());
                }
                self.named.push(schedule.entries);
            }
            Ok(Act::Key { verifier }) => match key_of(line, &verifier) {
                Some(key) => self.keys.push((self.frontier.size(), key)),
                None => wrong.push("its key is not the one the statement names".to_owned()),
            },
            Ok(_) => {}
            Err(detail) => wrong.push(detail),
        }
        wrong
    }

    fn continues(&self, line: &Line) -> bool {
        let statement = &line.statement;
        let latest = match statement.object {
            ARCHIVE => self.of_archive,
            object => self.map.get(&object_key(&object)).copied(),
        };
        // A log that was begun, not finished and begun again states its key twice.
        let begins = statement.kind == StatementKind::KeyChanged && statement.previous.is_none();
        statement.previous == latest || begins
    }
}

/// Whether a statement names this original, outright or by a commitment.
fn names(line: &Line, original: &ObjectRef) -> bool {
    match line.statement.content {
        ContentMark::Public { digest, size_bytes } => {
            digest == original.sha256 && size_bytes == original.size_bytes
        }
        ContentMark::Closed(commitment) => {
            commitment == Commitment::new(line.nonces.content.as_bytes(), &original.sha256)
        }
        ContentMark::Index { .. } | ContentMark::Key(_) | ContentMark::Schedule { .. } => false,
    }
}

fn key_of(line: &Line, verifier: &str) -> Option<VerifierKey> {
    let key: VerifierKey = verifier.parse().ok()?;
    (line.statement.content == ContentMark::Key(Digest::from_bytes(*key.public()))).then_some(key)
}
