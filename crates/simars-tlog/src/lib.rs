//! The Merkle tree over the statements.
//!
//! **What it does.** Folds the leaf hashes of the journal's statements, in their order, into one
//! root (RFC 6962 §2.1), and proves that a leaf is in it. The root changes with every byte of
//! every statement ever made, so two archives with the same root have the same history.
//!
//! **Takes and gives.** Leaf hashes in; roots and inclusion proofs out.
//!
//! **Never.** No I/O, no keys, no clock.
//!
//! **Start at** [`Frontier`], which is what a running archive keeps; [`proof`] is for checking.

pub mod frontier;
pub mod proof;

pub use frontier::Frontier;
pub use proof::{check_inclusion, inclusion};

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
