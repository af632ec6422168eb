//! Logs made for tests: statements, tiles, bundles and checkpoints in a folder; and that folder over
//! HTTP, as any server of static files would show it.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;

use simars_record::statement::{ARCHIVE, leaf_hash};
use simars_record::{
    Commitment, ContentMark, Digest, DocumentId, Statement, StatementKind, Timestamp,
};
use simars_tlog::growth::{bundles, hash_tiles};
use simars_tlog::{
    Checkpoint, KeyKind, Note, SignerKey, StatusMap, Tile, TreeHead, consistency, root,
};

pub(crate) const ORIGIN: &str = "arsip.example/log";

pub(crate) fn log_key() -> SignerKey {
    SignerKey::from_seed(ORIGIN.parse().unwrap(), KeyKind::Ed25519, &[1; 32]).unwrap()
}

/// A log, and the folder it is written to.
pub(crate) struct MadeLog {
    folder: PathBuf,
    entries: Vec<Vec<u8>>,
    leaves: Vec<Digest>,
    written: usize,
    map: StatusMap,
    latest: HashMap<DocumentId, Digest>,
}

fn commitment() -> Commitment {
    Commitment::new(&[7; 32], &Digest::of(b"body"))
}

pub(crate) fn object(number: u32) -> DocumentId {
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    DocumentId::from_bytes(bytes)
}

pub(crate) fn file(number: u32) -> Vec<u8> {
    format!("Keputusan Nomor {number}\n").into_bytes()
}

pub(crate) fn public(bytes: &[u8]) -> ContentMark {
    ContentMark::Public { digest: Digest::of(bytes), size_bytes: bytes.len() as u64 }
}

impl MadeLog {
    pub(crate) fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let mut log = Self {
            folder: folder.to_owned(),
            entries: Vec::new(),
            leaves: Vec::new(),
            written: 0,
            map: StatusMap::new(),
            latest: HashMap::new(),
        };
        let key = ContentMark::Key(Digest::from_bytes(*log_key().verifier().public()));
        log.state(StatementKind::KeyChanged, ARCHIVE, key);
        log
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// A statement that continues the object's chain.
    pub(crate) fn state(&mut self, kind: StatementKind, object: DocumentId, content: ContentMark) {
        let statement = Statement {
            kind,
            object,
            version: 1,
            previous: self.latest.get(&object).copied(),
            content,
            metadata: commitment(),
            role: None,
            time: Timestamp::from_unix(1_790_000_000),
        };
        self.put(statement.to_string().as_bytes());
    }

    pub(crate) fn publish_document(&mut self, number: u32) {
        self.state(StatementKind::Published, object(number), public(&file(number)));
    }

    pub(crate) fn index(&mut self) {
        let content = ContentMark::Index { root: self.map.root(), statements: self.size() };
        self.state(StatementKind::Indexed, ARCHIVE, content);
    }

    /// Any bytes as the next entry.
    pub(crate) fn put(&mut self, entry: &[u8]) {
        let leaf = leaf_hash(entry);
        if let Ok(statement) = String::from_utf8_lossy(entry).parse::<Statement>() {
            self.map.follow(&statement, leaf);
            self.latest.insert(statement.object, leaf);
        }
        self.entries.push(entry.to_vec());
        self.leaves.push(leaf);
    }

    pub(crate) fn last_entry(&self) -> &[u8] {
        self.entries.last().unwrap()
    }

    pub(crate) fn head(&self) -> TreeHead {
        TreeHead { size: self.size(), root: root(&self.leaves) }
    }

    pub(crate) fn note(&self) -> Note {
        Checkpoint::new(ORIGIN, self.head(), Vec::new()).unwrap().sign(&log_key()).unwrap()
    }

    pub(crate) fn proof(&self, old: u64) -> Vec<Digest> {
        consistency(&self.leaves, usize::try_from(old).unwrap()).unwrap()
    }

    /// Writes what is new, and a checkpoint over all of it.
    pub(crate) fn write(&mut self) {
        let folder = self.folder.clone();
        let fetch = |tile: &Tile| fs::read(folder.join(tile.to_string()));
        let size = self.written as u64;
        let mut files = hash_tiles(size, &self.leaves[self.written..], fetch).unwrap();
        files.extend(bundles(size, &self.entries[self.written..], fetch).unwrap());
        for file in files {
            let path = self.folder.join(file.tile.to_string());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.bytes).unwrap();
        }
        self.written = self.entries.len();
        self.show(&self.note());
    }

    pub(crate) fn show(&self, note: &Note) {
        fs::write(self.folder.join("checkpoint"), note.to_string()).unwrap();
    }

    /// Writes everything to another folder, with other entries in the place of some.
    pub(crate) fn rewritten(&self, folder: &Path, change: impl Fn(u64, &[u8]) -> Vec<u8>) -> Self {
        let mut other = Self::new(folder);
        other.entries.clear();
        other.leaves.clear();
        other.latest.clear();
        other.map = StatusMap::new();
        for (index, entry) in (0..).zip(&self.entries) {
            other.put(&change(index, entry));
        }
        other.write();
        other
    }
}

/// Serves the files of a folder on the loopback address, for as long as the test runs.
pub(crate) fn served(folder: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let folder = folder.to_owned();
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let folder = folder.clone();
            thread::spawn(move || answer(connection, &folder));
        }
    });
    address
}

fn answer(mut connection: std::net::TcpStream, folder: &Path) {
    let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
    let Some(Ok(request)) = lines.next() else { return };
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default().trim_start_matches('/').to_owned();
    for line in lines.map_while(Result::ok) {
        if line.is_empty() {
            break;
        }
    }
    let (status, body) = match fs::read(folder.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    // Who no longer listens needs no answer.
    drop(connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&body)));
}
