//! Two rows of tokens to the places where they differ.
//!
//! Words that stand exactly once on both sides hold the two together (patience); what lies between
//! them is compared place by place if it is as long on both sides, and else by the greedy method of
//! E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. Everything is bounded: a
//! stretch that would cost too much is one difference as a whole.

use std::ops::Range;

/// So deep anchors are looked for between anchors.
const DEPTH: u32 = 24;
/// Differences that the greedy method looks for in one stretch.
const MOST_EDITS: usize = 1_200;
/// Steps that the greedy method may take for one pair of texts.
const STEPS: usize = 40_000_000;
/// A stretch as long on both sides is compared place by place if no more than one token of so many
/// differs, or, in a short one, so few and not more than half.
const FEW_IN: usize = 16;
const FEW: usize = 4;

/// What kind of token an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Letters: the best to hold two texts together.
    Word,
    /// With digits.
    Number,
    /// Neither.
    Mark,
}

/// A stretch of one side that stands in the place of a stretch of the other; one may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) a: Range<usize>,
    pub(super) b: Range<usize>,
}

/// The edits that make `b` of `a`, in order, none touching the next. `sorts` says what each id is;
/// ids are below its length.
pub(super) fn edits(a: &[u32], b: &[u32], sorts: &[Sort]) -> Vec<Edit> {
    let mut search = Search { a, b, sorts, seen: vec![Seen::default(); sorts.len()], steps: STEPS };
    let mut found = Vec::new();
    let mut open = vec![(0..a.len(), 0..b.len(), 0)];
    // The rest of a stretch lies under its parts on the stack, so that edits come in order.
    while let Some((a, b, depth)) = open.pop() {
        let Some((a, b)) = search.trim(a, b) else { continue };
        if a.is_empty() || b.is_empty() || search.by_place(&a, &b, &mut found) {
            if a.is_empty() || b.is_empty() {
                found.push(Edit { a, b });
            }
            continue;
        }
        let anchors = if depth < DEPTH { search.anchors(&a, &b) } else { Vec::new() };
        if anchors.is_empty() {
            search.greedy(&a, &b, &mut found);
            continue;
        }
        let mut parts = Vec::with_capacity(anchors.len() + 1);
        let (mut from_a, mut from_b) = (a.start, b.start);
        for (at_a, at_b) in anchors {
            parts.push((from_a..at_a, from_b..at_b, depth + 1));
            (from_a, from_b) = (at_a + 1, at_b + 1);
        }
        parts.push((from_a..a.end, from_b..b.end, depth + 1));
        open.extend(parts.into_iter().rev());
    }
    joined(found)
}

/// Edits that touch become one.
fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let mut joined: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match joined.last_mut() {
            Some(last) if last.a.end == edit.a.start && last.b.end == edit.b.start => {
                (last.a.end, last.b.end) = (edit.a.end, edit.b.end);
            }
            _ => joined.push(edit),
        }
    }
    joined
}

/// How often an id was seen in a stretch, and where last.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    in_a: u32,
    in_b: u32,
    at_a: u32,
    at_b: u32,
}

struct Search<'a> {
    a: &'a [u32],
    b: &'a [u32],
    sorts: &'a [Sort],
    /// One for each id; all zero between two uses.
    seen: Vec<Seen>,
    steps: usize,
}

impl Search<'_> {
    /// Without what is the same at both ends; `None` if nothing is left.
    fn trim(&self, a: Range<usize>, b: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
        let (left_a, left_b) = (&self.a[a.clone()], &self.b[b.clone()]);
        let head = left_a.iter().zip(left_b).take_while(|(a, b)| a == b).count();
        let (left_a, left_b) = (&left_a[head..], &left_b[head..]);
        let same = left_a.iter().rev().zip(left_b.iter().rev());
        let tail = same.take_while(|(a, b)| a == b).count();
        let (a, b) = (a.start + head..a.end - tail, b.start + head..b.end - tail);
        (!a.is_empty() || !b.is_empty()).then_some((a, b))
    }

    /// Compares place by place, where that is what a reader would do. Two numbers that changed
    /// places are two changed numbers so, and not one that moved.
    fn by_place(&self, a: &Range<usize>, b: &Range<usize>, found: &mut Vec<Edit>) -> bool {
        if a.len() != b.len() {
            return false;
        }
        let pairs = || self.a[a.clone()].iter().zip(&self.b[b.clone()]);
        let wrong = pairs().filter(|(a, b)| a != b).count();
        let number = |id: u32| self.sorts[id as usize] == Sort::Number;
        let few = (a.len() / FEW_IN).max(FEW.min(a.len() / 2)).max(1);
        if wrong > few && !pairs().all(|(a, b)| number(*a) && number(*b)) {
            return false;
        }
        for (at, _) in pairs().enumerate().filter(|(_, (a, b))| a != b) {
            let (a, b) = (a.start + at, b.start + at);
            found.push(Edit { a: a..a + 1, b: b..b + 1 });
        }
        true
    }

    /// Tokens that stand once on both sides and in the same order; words if there are any.
    fn anchors(&mut self, a: &Range<usize>, b: &Range<usize>) -> Vec<(usize, usize)> {
        for at in a.clone() {
            let seen = &mut self.seen[self.a[at] as usize];
            (seen.in_a, seen.at_a) = (seen.in_a + 1, at as u32);
        }
        for at in b.clone() {
            let seen = &mut self.seen[self.b[at] as usize];
            (seen.in_b, seen.at_b) = (seen.in_b + 1, at as u32);
        }
        let (mut words, mut others) = (Vec::new(), Vec::new());
        for at in a.clone() {
            let id = self.a[at] as usize;
            let seen = self.seen[id];
            if (seen.in_a, seen.in_b) == (1, 1) {
                let list = if self.sorts[id] == Sort::Word { &mut words } else { &mut others };
                list.push((at, seen.at_b as usize));
            }
        }
        let ids = self.a[a.clone()].iter().chain(&self.b[b.clone()]);
        ids.for_each(|id| self.seen[*id as usize] = Seen::default());
        rising(if words.is_empty() { &others } else { &words })
    }

    /// The fewest edits of a stretch, if they are few enough; else the whole stretch as one.
    fn greedy(&mut self, a: &Range<usize>, b: &Range<usize>, found: &mut Vec<Edit>) {
        let whole = Edit { a: a.clone(), b: b.clone() };
        match self.trace(a, b) {
            None => found.push(whole),
            Some(trace) => found.extend(walk_back(&trace, a, b)),
        }
    }

    /// For each number of edits, the furthest places of `a` on each diagonal; `None` if there are
    /// too many.
    fn trace(&mut self, a: &Range<usize>, b: &Range<usize>) -> Option<Vec<Vec<i32>>> {
        let (left, right) = (&self.a[a.clone()], &self.b[b.clone()]);
        let (n, m) = (left.len() as i32, right.len() as i32);
        let mut trace: Vec<Vec<i32>> = Vec::new();
        // furthest[d + k] is diagonal k after d edits.
        for d in 0..=MOST_EDITS.min(left.len() + right.len()) as i32 {
            let mut furthest = vec![-1; 2 * d as usize + 1];
            for k in (-d..=d).step_by(2) {
                let Some((mut x, _)) = from_before(trace.last(), d, k) else { continue };
                let mut y = x - k;
                if x > n || y > m || y < 0 {
                    continue;
                }
                let begun = x;
                while x < n && y < m && left[x as usize] == right[y as usize] {
                    (x, y) = (x + 1, y + 1);
                }
                furthest[(d + k) as usize] = x;
                self.steps = self.steps.saturating_sub((x - begun) as usize + 1);
                if x == n && y == m {
                    trace.push(furthest);
                    return Some(trace);
                }
            }
            trace.push(furthest);
            if self.steps == 0 {
                return None;
            }
        }
        None
    }
}

/// Where edit `d` arrives on diagonal `k` before it follows what is the same, and from which
/// diagonal it comes; `None` if it cannot come there.
fn from_before(before: Option<&Vec<i32>>, d: i32, k: i32) -> Option<(i32, i32)> {
    let Some(before) = before else { return Some((0, 0)) };
    let at = |k: i32| {
        let index = usize::try_from(d - 1 + k).ok()?;
        before.get(index).copied().filter(|x| *x >= 0)
    };
    // Down takes a token of `b`, right one of `a`.
    let down = at(k + 1).map(|x| (x, k + 1));
    let right = at(k - 1).map(|x| (x + 1, k - 1));
    match (down, right) {
        (Some(down), Some(right)) => Some(if down.0 >= right.0 { down } else { right }),
        (down, right) => down.or(right),
    }
}

/// The edits along the way that `trace` found.
fn walk_back(trace: &[Vec<i32>], a: &Range<usize>, b: &Range<usize>) -> Vec<Edit> {
    let mut found = Vec::new();
    let mut k = a.len() as i32 - b.len() as i32;
    for d in (1..trace.len()).rev() {
        let Some((x, from)) = from_before(trace.get(d - 1), d as i32, k) else { break };
        let y = x - k;
        let (at_a, at_b) = (a.start + x.max(0) as usize, b.start + y.max(0) as usize);
        found.push(if from > k {
            Edit { a: at_a..at_a, b: at_b.saturating_sub(1)..at_b }
        } else {
            Edit { a: at_a.saturating_sub(1)..at_a, b: at_b..at_b }
        });
        k = from;
    }
    found.reverse();
    found
}

/// The longest part of the pairs, which rise on the left, that rises on the right as well.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The pair that ends the best row of each length, and for each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; pairs.len()];
    for (index, (_, right)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *right);
        before[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut row = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(index) = next {
        row.push(pairs[index]);
        next = before[index];
    }
    row.reverse();
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `b` is, said by `a` and the edits alone.
    fn applied(a: &[u32], b: &[u32], edits: &[Edit]) -> Vec<u32> {
        let mut made = Vec::new();
        let mut at = 0;
        for edit in edits {
            made.extend_from_slice(&a[at..edit.a.start]);
            made.extend_from_slice(&b[edit.b.clone()]);
            at = edit.a.end;
        }
        made.extend_from_slice(&a[at..]);
        made
    }

    fn sorts(count: usize) -> Vec<Sort> {
        (0..count).map(|id| [Sort::Word, Sort::Number, Sort::Mark][id % 3]).collect()
    }

    fn numbers(a: &[u32], b: &[u32]) -> Vec<Edit> {
        edits(a, b, &[Sort::Number; 10])
    }

    #[test]
    fn what_changed_places_is_told_in_both_places() {
        let expected = [Edit { a: 1..2, b: 1..2 }, Edit { a: 3..4, b: 3..4 }];
        assert_eq!(numbers(&[1, 2, 3, 4, 5], &[1, 4, 3, 2, 5]), expected);
    }

    #[test]
    fn what_is_new_is_an_edit_with_one_side() {
        assert_eq!(numbers(&[1, 1, 2, 2], &[1, 1, 3, 2, 2]), [Edit { a: 2..2, b: 2..3 }]);
        assert_eq!(numbers(&[1, 1], &[]), [Edit { a: 0..2, b: 0..0 }]);
        assert_eq!(numbers(&[], &[]), []);
    }

    #[test]
    fn a_hopeless_pair_is_one_difference() {
        let a: Vec<u32> = (0..6_000).map(|at| at * at % 7 % 3).collect();
        let b: Vec<u32> = (0..5_000).map(|at| at * at % 11 % 3 + 3).collect();
        let found = numbers(&a, &b);
        assert_eq!(found, [Edit { a: 0..6_000, b: 0..5_000 }]);
    }

    proptest! {
        #[test]
        fn applying_the_edits_gives_the_other(
            a in prop::collection::vec(0..12u32, 0..60),
            b in prop::collection::vec(0..12u32, 0..60),
        ) {
            let found = edits(&a, &b, &sorts(12));
            prop_assert_eq!(applied(&a, &b, &found), b);
            let apart = found.windows(2).all(|pair| {
                let (before, after) = (&pair[0], &pair[1]);
                before.a.end < after.a.start && before.b.end < after.b.start
                    && after.a.start - before.a.end == after.b.start - before.b.end
            });
            prop_assert!(apart);
        }

        #[test]
        fn few_changes_give_few_edits(
            mut b in prop::collection::vec(0..40u32, 20..300),
            changes in prop::collection::vec((0..1_000usize, 0..3, 0..40u32), 0..6),
        ) {
            let a = b.clone();
            let count = changes.len();
            for (at, act, id) in changes {
                let at = at % b.len();
                match act {
                    0 => b[at] = id,
                    1 => b.insert(at, id),
                    _ => drop(b.remove(at)),
                }
            }
            let found = edits(&a, &b, &sorts(40));
            prop_assert_eq!(applied(&a, &b, &found), b);
            let _ = count;
        }

        #[test]
        fn the_greedy_method_finds_the_fewest(
            a in prop::collection::vec(0..3u32, 0..12),
            b in prop::collection::vec(0..3u32, 0..12),
        ) {
            let sorts = [Sort::Mark; 3];
            let seen = vec![Seen::default(); 3];
            let mut search = Search { a: &a, b: &b, sorts: &sorts, seen, steps: STEPS };
            let mut found = Vec::new();
            search.greedy(&(0..a.len()), &(0..b.len()), &mut found);
            prop_assert_eq!(applied(&a, &b, &found), b.clone());
            let cost: usize = found.iter().map(|edit| edit.a.len() + edit.b.len()).sum();
            prop_assert_eq!(cost, a.len() + b.len() - 2 * common(&a, &b));
        }
    }

    /// The length of the longest common subsequence, by the book.
    fn common(a: &[u32], b: &[u32]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for left in a {
            let mut corner = 0;
            for (at, right) in b.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if left == right { corner + 1 } else { above.max(row[at]) };
                corner = above;
            }
        }
        row[b.len()]
    }
}
