//! The right edge of a growing tree: enough to append and to know the root, at 64 hashes or less.

use simars_record::Digest;

use crate::node_hash;

/// The roots of the full subtrees that a tree of some size consists of, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Digest>,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// A frontier as it was kept: `None` if the number of hashes does not fit the size, which has
    /// one subtree for each bit that is set.
    pub fn from_parts(size: u64, subtrees: Vec<Digest>) -> Option<Self> {
        (size.count_ones() as usize == subtrees.len()).then_some(Self { size, subtrees })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The subtree roots, largest first.
    pub fn subtrees(&self) -> &[Digest] {
        &self.subtrees
    }

    /// Appends a leaf hash.
    pub fn append(&mut self, leaf: Digest) {
        let mut hash = leaf;
        // As with carrying in a binary addition: each trailing one-bit is a full subtree that
        // joins with the new one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Digest {
        let mut subtrees = self.subtrees.iter().rev();
        match subtrees.next() {
            None => Digest::of(b""),
            Some(last) => subtrees.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn appending_gives_the_root_by_definition(leaves in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
            let leaves: Vec<Digest> = leaves.into_iter().map(Digest::from_bytes).collect();
            let mut frontier = Frontier::new();
            for (count, leaf) in leaves.iter().enumerate() {
                prop_assert_eq!(frontier.root(), crate::root(&leaves[..count]));
                frontier.append(*leaf);
            }
            prop_assert_eq!(frontier.root(), crate::root(&leaves));
            let kept = Frontier::from_parts(frontier.size(), frontier.subtrees().to_vec());
            prop_assert_eq!(kept, Some(frontier));
        }
    }

    #[test]
    fn hashes_that_do_not_fit_the_size_are_refused() {
        assert_eq!(Frontier::from_parts(3, vec![Digest::of(b"x")]), None);
    }
}
