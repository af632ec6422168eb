//! Which documents an asker may find.

/// Which documents may be found: those of some standings wherever they belong, and of some more if
/// they belong to one group. What standings and groups mean is the caller's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Bit n set means entries with standing n. 0 finds nothing.
    pub anywhere: u16,
    /// The same, for entries of the group alone.
    pub within: u16,
    /// The group, as [`crate::Entry::group`]; 0 for none.
    pub group: u64,
}

impl From<u16> for Scope {
    fn from(anywhere: u16) -> Self {
        Self { anywhere, within: 0, group: 0 }
    }
}

impl Scope {
    /// Standings there are.
    const STANDINGS: u8 = 16;

    /// Whether an entry may be found that stands so and belongs there.
    pub(crate) const fn has(self, standing: u8, group: u64) -> bool {
        let own = self.group != 0 && group == self.group;
        let standings = if own { self.anywhere | self.within } else { self.anywhere };
        standing < Self::STANDINGS && standings & (1 << standing) != 0
    }

    /// The standings of which an entry may be found, perhaps.
    pub(crate) fn standings(self) -> impl Iterator<Item = u8> + Clone {
        (0..Self::STANDINGS).filter(move |standing| self.has(*standing, self.group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_group_more_may_be_found() {
        let scope = Scope { anywhere: 0b10, within: 0b100, group: 7 };
        assert!(scope.has(1, 0) && scope.has(1, 7) && scope.has(1, 8));
        assert!(scope.has(2, 7) && !scope.has(2, 8) && !scope.has(2, 0));
        assert!(!scope.has(0, 7) && !scope.has(16, 7) && !scope.has(255, 7));
        assert_eq!(scope.standings().collect::<Vec<_>>(), [1, 2]);
        let nobody = Scope { anywhere: 0b10, within: 0b100, group: 0 };
        assert!(!nobody.has(2, 0), "no group is no group of its own");
        assert_eq!(Scope::from(3).standings().count(), 2);
    }
}
