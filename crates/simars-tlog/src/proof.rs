//! Inclusion proofs: that a leaf stands at an index in a tree with a given root.

use simars_record::Digest;

use crate::{node_hash, root, split_point};

/// The proof that the leaf at `index` is in the tree over `leaves`: the sibling hashes from the
/// leaf upward (RFC 6962 §2.1.1). `None` if there is no such leaf.
pub fn inclusion(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut leaves, mut index) = (leaves, index);
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(split_point(leaves.len()));
        if index < left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            index -= left.len();
            leaves = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Checks an inclusion proof (RFC 9162 §2.1.3.2). `size` and `root` must come from a source the
/// checker trusts, never from whoever hands over the proof.
pub fn check_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    path: &[Digest],
    root: &Digest,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_proof_holds_for_its_leaf_and_for_nothing_else(
            leaves in prop::collection::vec(any::<[u8; 32]>(), 1..40),
            choice: prop::sample::Index,
            bit in 0usize..256,
        ) {
            let leaves: Vec<Digest> = leaves.into_iter().map(Digest::from_bytes).collect();
            let index = choice.index(leaves.len());
            let size = leaves.len() as u64;
            let path = inclusion(&leaves, index).unwrap();
            let tree = root(&leaves);
            prop_assert!(check_inclusion(&leaves[index], index as u64, size, &path, &tree));

            let mut bytes = *leaves[index].as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let altered = Digest::from_bytes(bytes);
            prop_assert!(!check_inclusion(&altered, index as u64, size, &path, &tree));
            prop_assert!(!check_inclusion(&leaves[index], size, size, &path, &tree));
            let mut longer = path.clone();
            longer.push(altered);
            prop_assert!(!check_inclusion(&leaves[index], index as u64, size, &longer, &tree));
        }
    }

    #[test]
    fn no_leaf_no_proof() {
        assert_eq!(inclusion(&[], 0), None);
        assert!(!check_inclusion(&Digest::of(b""), 0, 0, &[], &Digest::of(b"")));
    }
}
