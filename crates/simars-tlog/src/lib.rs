//! The transparency log over the statements: tree, tiles, notes, checkpoints, policies, proofs.
//!
//! **What it does.** Folds the leaf hashes of the journal's statements, in their order, into one
//! root (RFC 6962 §2.1) and proves what is in it and that it only grew. Reads and writes the files
//! of the C2SP specifications: tiles and entry bundles, signed notes, checkpoints, cosignatures,
//! policies and proof files.
//!
//! **Takes and gives.** Leaf hashes, entries, texts and bytes in; roots, proofs, files and reasons
//! out. Keys and times are handed in; tiles are fetched by a closure.
//!
//! **Never.** No I/O, no clock, no randomness. Nothing lenient: each value has one spelling.
//!
//! **Start at** [`Frontier`], which is what a running archive keeps; [`proof_file`] is what a
//! stranger gets, and [`policy`] what he trusts.

pub mod bundle;
pub mod checkpoint;
pub mod consistency;
mod encoding;
pub mod frontier;
pub mod growth;
pub mod key;
pub mod note;
pub mod policy;
pub mod proof;
pub mod proof_file;
pub mod reading;
pub mod status;
pub mod status_map;
pub mod tile;
pub mod witness;

pub use checkpoint::Checkpoint;
pub use consistency::{TreeHead, check_consistency, consistency};
pub use frontier::Frontier;
pub use growth::{TileFile, TilesError};
pub use key::{KeyId, KeyKind, KeyName, SignerKey, VerifierKey};
pub use note::{Note, NoteSignature};
pub use policy::Policy;
pub use proof::{check_inclusion, inclusion};
pub use proof_file::ProofFile;
pub use reading::TileReader;
pub use status::{Absence, Extra, Status};
pub use status_map::{MapProof, StatusMap};
pub use tile::{Level, Tile};

use simars_record::{Digest, Hasher};

/// The hash of an inner node: SHA-256(`0x01` ‖ left ‖ right) (RFC 6962 §2.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[1]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    hasher.finish()
}

/// The root of the tree over these leaf hashes, by the definition. The empty tree's root is
/// SHA-256 of nothing.
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split_point(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two smaller than `n`, for `n` > 1.
fn split_point(n: usize) -> usize {
    1 << (usize::BITS - 1 - (n - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use simars_record::statement::leaf_hash;

    /// Roots over the one-letter entries `a`, `b`, `c`, from an independent implementation.
    #[test]
    fn known_roots() {
        let leaves: Vec<Digest> = [&b"a"[..], b"b", b"c"].map(leaf_hash).to_vec();
        for (size, hex) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c"),
            (2, "b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb"),
            (3, "36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1"),
        ] {
            assert_eq!(root(&leaves[..size]).to_string(), hex, "{size} leaves");
        }
    }
}
