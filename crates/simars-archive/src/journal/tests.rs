//! Segments on a real folder: whole ones, cut ones, and numbers that are taken.

use simars_record::{Commitment, ContentMark, DocumentId, StatementKind, Timestamp};

use super::*;

fn line(seed: u8) -> Line {
    let body = serde_json::value::to_raw_value(&Act::Withdrawn).unwrap();
    let nonce = Digest::of(&[seed]);
    let metadata = Commitment::new(nonce.as_bytes(), &Digest::of(body.get().as_bytes()));
    let statement = Statement {
        kind: StatementKind::Withdrawn,
        object: DocumentId::from_bytes([seed; 16]),
        version: 1,
        previous: None,
        content: ContentMark::Closed(metadata),
        metadata,
        role: None,
        time: Timestamp::from_unix(u64::from(seed)),
    };
    Line { statement, nonces: Nonces { content: nonce, metadata: nonce }, body }
}

struct Place {
    folder: tempfile::TempDir,
    journal: Journal,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal");
        fs::create_dir(&journal).unwrap();
        fs::create_dir(folder.path().join("staging")).unwrap();
        Self { folder, journal: Journal::new(journal) }
    }

    fn staging(&self) -> PathBuf {
        self.folder.path().join("staging")
    }

    fn append(&self, before: End, seeds: &[u8]) -> Draft {
        let lines: Vec<Line> = seeds.iter().copied().map(line).collect();
        let mut unsynced = Unsynced::default();
        Draft::write(before, &lines, &self.staging(), &mut unsynced).unwrap()
    }
}

#[test]
fn segments_follow_each_other() {
    let place = Place::new();
    assert_eq!(place.journal.end(&place.staging()).unwrap(), (End::default(), false));
    let first = place.append(End::default(), &[1, 2]);
    assert_eq!(place.journal.commit(&first).unwrap(), Committed::Yes);
    let second = place.append(first.end, &[3]);
    assert_eq!(place.journal.commit(&second).unwrap(), Committed::Yes);

    let read = place.journal.read(2).unwrap();
    assert_eq!(read.header.previous, first.end.sha256);
    assert_eq!(read.header.first, 2);
    assert_eq!(read.lines[0].statement, line(3).statement);
    assert_eq!(place.journal.end(&place.staging()).unwrap(), (second.end, false));
}

#[test]
fn a_number_is_given_once() {
    let place = Place::new();
    let first = place.append(End::default(), &[1]);
    assert_eq!(place.journal.commit(&first).unwrap(), Committed::Yes);
    let late = place.append(End::default(), &[2]);
    assert_eq!(place.journal.commit(&late).unwrap(), Committed::Taken);
    let held = place.journal.read(1).unwrap();
    assert_eq!(held.lines[0].statement.object, DocumentId::from_bytes([1; 16]));
}

#[test]
fn a_last_segment_cut_anywhere_keeps_its_whole_lines() {
    let place = Place::new();
    let first = place.append(End::default(), &[1, 2, 3]);
    place.journal.commit(&first).unwrap();
    let path = place.journal.path(1);
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let lines_before = whole[..length].iter().filter(|&&byte| byte == b'\n').count();
        let (end, repaired) = place.journal.end(&place.staging()).unwrap();
        assert!(repaired, "cut at {length}");
        assert_eq!(end.statements as usize, lines_before.saturating_sub(1), "cut at {length}");
        let _ = fs::remove_file(&path);
    }
    let set_aside = fs::read_dir(place.folder.path().join("journal/damaged")).unwrap().count();
    assert_eq!(set_aside, whole.len());
}

#[test]
fn damage_before_the_last_segment_is_an_error() {
    let place = Place::new();
    let first = place.append(End::default(), &[1]);
    place.journal.commit(&first).unwrap();
    let second = place.append(first.end, &[2]);
    place.journal.commit(&second).unwrap();
    fs::write(place.journal.path(1), "{}\n").unwrap();
    assert!(matches!(place.journal.read(1), Err(ArchiveError::Damaged { .. })));
    fs::remove_file(place.journal.path(1)).unwrap();
    let error = place.journal.end(&place.staging()).unwrap_err().to_string();
    assert!(error.contains("the last is number 2"), "{error}");
}
