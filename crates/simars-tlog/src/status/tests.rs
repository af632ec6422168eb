//! A small log whose statements are known, and what is shown of it.

use proptest::prelude::*;
use simars_record::{Commitment, DocumentId, Timestamp};

use super::*;
use crate::consistency::TreeHead;
use crate::{StatusMap, inclusion, root};

const FILE: &[u8] = b"a file";

fn about(object: u8, kind: StatementKind, previous: Option<&Statement>, time: u64) -> Statement {
    let commitment = Commitment::new(&[0; 32], &Digest::of(b"body"));
    Statement {
        kind,
        object: DocumentId::from_bytes([object; 16]),
        version: 1,
        previous: previous.map(Statement::leaf_hash),
        content: match kind {
            StatementKind::Published => {
                ContentMark::Public { digest: Digest::of(FILE), size_bytes: 6 }
            }
            _ => ContentMark::Closed(commitment),
        },
        metadata: commitment,
        role: None,
        time: Timestamp::from_unix(time),
    }
}

struct Log {
    statements: Vec<Statement>,
    map: StatusMap,
    checkpoint: Checkpoint,
}

/// Five statements about two documents; the sixth is that of the index.
fn log() -> Log {
    let first = about(1, StatementKind::Published, None, 1);
    let second = about(2, StatementKind::Registered, None, 2);
    let third = about(1, StatementKind::Corrected, Some(&first), 3);
    let fourth = about(2, StatementKind::Corrected, Some(&second), 4);
    let fifth = about(1, StatementKind::Withdrawn, Some(&third), 5);
    let mut statements = vec![first, second, third, fourth, fifth];
    let mut map = StatusMap::new();
    statements.iter().for_each(|statement| map.follow(statement, statement.leaf_hash()));
    let content = ContentMark::Index { root: map.root(), statements: 5 };
    statements.push(Statement { content, ..about(0, StatementKind::Indexed, None, 6) });
    let leaves: Vec<Digest> = statements.iter().map(Statement::leaf_hash).collect();
    let head = TreeHead { size: 6, root: root(&leaves) };
    let checkpoint = Checkpoint::new("arsip.example/log", head, Vec::new()).unwrap();
    Log { statements, map, checkpoint }
}

impl Log {
    fn status(&self) -> Status {
        let leaves: Vec<Digest> = self.statements.iter().map(Statement::leaf_hash).collect();
        Status {
            later: vec![self.statements[2].clone(), self.statements[4].clone()],
            index: 5,
            indexed: self.statements[5].clone(),
            path: inclusion(&leaves, 5).unwrap(),
            map: self.map.proof(&object_key(&self.statements[0].object)),
        }
    }

    fn check(&self, change: impl FnOnce(&mut Status)) -> Result<(), StatusError> {
        let mut status = self.status();
        change(&mut status);
        status.check(&self.statements[0], &self.checkpoint)
    }
}

#[test]
fn the_latest_statement_is_proved() {
    let log = log();
    assert_eq!(log.check(|_| ()), Ok(()));
    assert_eq!(log.check(|status| drop(status.later.pop())), Err(StatusError::NotLatest));
    assert_eq!(log.check(|status| drop(status.later.remove(0))), Err(StatusError::Chain(1)));
    let other = log.statements[3].clone();
    assert_eq!(log.check(|status| status.later.push(other)), Err(StatusError::Chain(3)));
    assert_eq!(log.check(|status| status.index = 4), Err(StatusError::NoIndex));
    let other = log.statements[4].clone();
    assert_eq!(log.check(|status| status.indexed = other), Err(StatusError::NoIndex));
    assert_eq!(log.check(|status| status.path.truncate(0)), Err(StatusError::NotInLog));
    let other = Digest::of(b"x");
    assert_eq!(log.check(|status| status.map.entries[0].1 = other), Err(StatusError::Map));
    let document = DocumentId::from_bytes([1; 16]);
    let object = |statement: &mut Statement| statement.object = document;
    assert_eq!(log.check(|status| object(&mut status.indexed)), Err(StatusError::NoIndex));
}

#[test]
fn absence_is_proved() {
    let log = log();
    let indexed = &log.statements[5];
    let missing = Digest::of(b"another file");
    let absence = |digest: &Digest| Absence { map: log.map.proof(&file_key(digest)) };
    assert_eq!(absence(&missing).check(&missing, indexed, 5), Ok(()));
    assert_eq!(absence(&missing).check(&missing, indexed, 4), Err(StatusError::NoIndex));
    let there = Digest::of(FILE);
    assert_eq!(absence(&there).check(&there, indexed, 5), Err(StatusError::Present));
    assert_eq!(absence(&missing).check(&there, indexed, 5), Err(StatusError::Map));
}

fn extras() -> Vec<Extra> {
    let log = log();
    let statement = log.statements[0].clone();
    let map = log.map.proof(&file_key(&Digest::of(b"another file")));
    vec![
        Extra::alone(statement.clone()),
        Extra { statement, after: After::Status(Box::new(log.status())) },
        Extra { statement: log.statements[5].clone(), after: After::Absence(Absence { map }) },
    ]
}

#[test]
fn reads_what_it_writes() {
    for extra in extras() {
        let text = extra.to_string();
        assert_eq!(Extra::from_bytes(text.as_bytes()), Ok(extra));
        for cut in 0..text.len() - 1 {
            if let Ok(read) = Extra::from_bytes(&text.as_bytes()[..cut]) {
                assert_eq!(read.to_string().len(), cut, "another spelling of the same");
            }
        }
        assert!(Extra::from_bytes(format!("{text}\n").as_bytes()).is_err());
        assert!(Extra::from_bytes(text.replace('\n', "\r\n").as_bytes()).is_err());
    }
}

proptest! {
    #[test]
    fn whatever_is_accepted_is_written_the_same(
        which in 0usize..3, place: prop::sample::Index, byte: u8,
    ) {
        let mut bytes = extras()[which].to_string().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(read) = Extra::from_bytes(&bytes) {
            prop_assert_eq!(read.to_string().into_bytes(), bytes);
        }
    }
}
