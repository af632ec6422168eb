//! Consistency proofs: that a tree only grew, and nothing in its past was changed.

use simars_record::Digest;

use crate::{node_hash, root, split_point};

/// The proof that the tree over the first `old` of `leaves` is the beginning of the tree over all
/// of them (RFC 6962 §2.1.2). It is empty when there is nothing to show: for an empty old tree and
/// for equal sizes. `None` if `old` is larger than the tree.
pub fn consistency(leaves: &[Digest], old: usize) -> Option<Vec<Digest>> {
    if old > leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    if old == 0 || old == leaves.len() {
        return Some(path);
    }
    let (mut leaves, mut old) = (leaves, old);
    // The checker knows the old root; a subtree that is the whole old tree need not be told.
    let mut is_old_tree = true;
    while old < leaves.len() {
        let (left, right) = leaves.split_at(split_point(leaves.len()));
        if old <= left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            old -= left.len();
            leaves = right;
            is_old_tree = false;
        }
    }
    if !is_old_tree {
        path.push(root(leaves));
    }
    path.reverse();
    Some(path)
}

/// A tree at some size: what a checkpoint says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// Checks a consistency proof between two trees (RFC 9162 §2.1.4.2). Nothing is in the empty tree,
/// so it is the beginning of every tree; equal sizes need equal roots.
pub fn check_consistency(old: &TreeHead, new: &TreeHead, path: &[Digest]) -> bool {
    if old.size > new.size {
        return false;
    }
    if old.size == 0 {
        return path.is_empty() && old.root == Digest::of(b"");
    }
    if old.size == new.size {
        return path.is_empty() && old.root == new.root;
    }
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    // When the old tree is one full subtree, its root is where both climbs begin.
    let mut rest = path.iter();
    let start = if old.size.is_power_of_two() { Some(&old.root) } else { rest.next() };
    let Some(start) = start else { return false };
    let (mut old_root, mut new_root) = (*start, *start);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_root = node_hash(sibling, &old_root);
            new_root = node_hash(sibling, &new_root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node_hash(&new_root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_root == old.root && new_root == new.root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u8) -> Vec<Digest> {
        (0..count).map(|number| Digest::of(&[number])).collect()
    }

    fn head(leaves: &[Digest]) -> TreeHead {
        TreeHead { size: leaves.len() as u64, root: root(leaves) }
    }

    #[test]
    fn every_growth_up_to_forty_leaves_is_proved_and_nothing_else() {
        let leaves = leaves(40);
        for new in 0..=leaves.len() {
            let now = head(&leaves[..new]);
            for old in 0..=new {
                let then = head(&leaves[..old]);
                let path = consistency(&leaves[..new], old).unwrap();
                assert!(check_consistency(&then, &now, &path), "{old} to {new}");
                let other = TreeHead { root: Digest::of(b"other"), ..then };
                assert!(!check_consistency(&other, &now, &path), "{old} to {new}");
                let longer = [&path[..], &[Digest::of(b"more")]].concat();
                assert!(!check_consistency(&then, &now, &longer), "{old} to {new}");
                if let Some((_, shorter)) = path.split_last() {
                    assert!(!check_consistency(&then, &now, shorter), "{old} to {new}");
                }
                if old > 0 && old < new {
                    let forked = TreeHead { root: Digest::of(b"other"), ..now };
                    assert!(!check_consistency(&then, &forked, &path), "{old} to {new}");
                    assert!(!check_consistency(&now, &then, &path), "{new} to {old}");
                }
            }
        }
    }

    #[test]
    fn a_tree_does_not_shrink() {
        assert_eq!(consistency(&leaves(2), 3), None);
    }
}
