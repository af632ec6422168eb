//! The same questions to two independent implementations of the tree, the tiles and the notes.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;

use proptest::prelude::*;
use simars_record::Digest;
use simars_record::statement::leaf_hash;
use simars_tlog::growth::hash_tiles;
use simars_tlog::{
    Checkpoint, KeyKind, Level, SignerKey, Tile, TileReader, TreeHead, check_consistency,
    check_inclusion, consistency, inclusion, root,
};
use tlog_tiles as tlog;

/// The hashes of a log in the order in which the other implementation stores them.
#[derive(Default)]
struct Stored(RefCell<Vec<tlog::Hash>>);

impl tlog::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let stored = self.0.borrow();
        Ok(indexes.iter().map(|index| stored[*index as usize]).collect())
    }
}

fn entries(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("pernyataan {number}")).collect()
}

fn leaves(entries: &[String]) -> Vec<Digest> {
    entries.iter().map(|entry| leaf_hash(entry.as_bytes())).collect()
}

fn stored(entries: &[String]) -> Stored {
    let stored = Stored::default();
    for (index, entry) in entries.iter().enumerate() {
        let new = tlog::stored_hashes(index as u64, entry.as_bytes(), &stored).unwrap();
        stored.0.borrow_mut().extend(new);
    }
    stored
}

fn theirs(hash: &Digest) -> tlog::Hash {
    tlog::Hash(*hash.as_bytes())
}

fn ours(hashes: Vec<tlog::Hash>) -> Vec<Digest> {
    hashes.into_iter().map(|hash| Digest::from_bytes(hash.0)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn tlog_tiles_gives_the_same_roots_and_proofs(
        count in 1usize..300, place: prop::sample::Index, bit in 0usize..256,
    ) {
        let entries = entries(count);
        let (leaves, stored) = (leaves(&entries), stored(&entries));
        let size = count as u64;
        let tree = root(&leaves);
        prop_assert_eq!(tlog::tree_hash(size, &stored).unwrap(), theirs(&tree));
        let index = place.index(count);
        let path = inclusion(&leaves, index).unwrap();
        let other = tlog::prove_record(size, index as u64, &stored).unwrap();
        prop_assert_eq!(&path, &ours(other));

        // An altered proof is refused by both.
        let mut altered = path.clone();
        if let Some(hash) = altered.first_mut() {
            let mut bytes = *hash.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            *hash = Digest::from_bytes(bytes);
        }
        for path in [path, altered] {
            let here = check_inclusion(&leaves[index], index as u64, size, &path, &tree);
            let path = path.iter().map(theirs).collect();
            let leaf = theirs(&leaves[index]);
            let there = tlog::check_record(&path, size, theirs(&tree), index as u64, leaf);
            prop_assert_eq!(here, there.is_ok());
        }

        let old = index + 1;
        let path = consistency(&leaves, old).unwrap();
        let other = tlog::prove_tree(size, old as u64, &stored).unwrap();
        prop_assert_eq!(&path, &ours(other));
        let then = TreeHead { size: old as u64, root: root(&leaves[..old]) };
        let now = TreeHead { size, root: tree };
        prop_assert!(check_consistency(&then, &now, &path));
    }

    #[test]
    fn ct_merkle_gives_the_same_roots_and_proofs(count in 1usize..300, place: prop::sample::Index) {
        let entries = entries(count);
        let leaves = leaves(&entries);
        let mut tree = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, String>::new();
        entries.iter().cloned().for_each(|entry| tree.push(entry));
        prop_assert_eq!(root(&leaves).as_bytes()[..].to_vec(), tree.root().as_bytes().to_vec());
        let index = place.index(count);
        let bytes = |path: Vec<Digest>| -> Vec<u8> {
            path.iter().flat_map(|hash| *hash.as_bytes()).collect()
        };
        let path = inclusion(&leaves, index).unwrap();
        prop_assert_eq!(bytes(path), tree.prove_inclusion(index).as_bytes().to_vec());
        let added = count - index - 1;
        let path = consistency(&leaves, index + 1).unwrap();
        prop_assert_eq!(bytes(path), tree.prove_consistency(added).as_bytes().to_vec());
    }

    #[test]
    fn tlog_tiles_fills_the_same_tiles(count in 1usize..1_200, before in 0usize..1_200) {
        let before = before.min(count - 1);
        let entries = entries(count);
        let (leaves, stored) = (leaves(&entries), stored(&entries));
        let mut files: HashMap<Tile, Vec<u8>> = HashMap::new();
        for (from, to) in [(0, before), (before, count)] {
            let fetch = |tile: &Tile| Ok::<_, Infallible>(files[tile].clone());
            let new = hash_tiles(from as u64, &leaves[from..to], fetch).unwrap();
            let mut expected = Vec::new();
            for tile in tlog_tiles::Tile::new_tiles(8, from as u64, to as u64) {
                let level = Level::Hashes(tile.level());
                let width = tile.width() as u16;
                let bytes = tile.read_data(&stored).unwrap();
                expected.push((Tile::new(level, tile.level_index(), width).unwrap(), bytes));
            }
            files.extend(new.into_iter().map(|file| (file.tile, file.bytes)));
            for (tile, bytes) in expected {
                prop_assert_eq!(files.get(&tile), Some(&bytes), "{}", tile);
            }
        }
        let mut log = TileReader::new(count as u64, |tile: &Tile| {
            files.get(tile).cloned().ok_or("missing")
        });
        prop_assert_eq!(log.root().unwrap(), root(&leaves));
    }

    #[test]
    fn signed_note_reads_what_is_signed_here(seed: [u8; 32], size in 0u64..1 << 63, root: [u8; 32]) {
        let name = "arsip.example/log";
        let key = SignerKey::from_seed(name.parse().unwrap(), KeyKind::Ed25519, &seed).unwrap();
        let head = TreeHead { size, root: Digest::from_bytes(root) };
        let note = Checkpoint::new(name, head, Vec::new()).unwrap().sign(&key).unwrap();
        let read = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
        let verifier = signed_note::StandardVerifier::new(&key.verifier().to_string()).unwrap();
        let (good, unknown) =
            read.verify(&signed_note::VerifierList::new(vec![Box::new(verifier)])).unwrap();
        prop_assert_eq!((good.len(), unknown.len()), (1, 0));
        let secret = signed_note::StandardSigner::new(&key.to_secret_text());
        prop_assert!(secret.is_ok());
    }
}
