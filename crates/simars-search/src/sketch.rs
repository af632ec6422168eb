//! A text's sketch: a small set of numbers by which texts that say nearly the same find each other.
//!
//! Every stretch of eight words is hashed, and the least hashes are kept: which those are depends on
//! the text alone, so that two texts share as many of them as they share stretches (A. Z. Broder,
//! "On the resemblance and containment of documents", 1997). One changed word spoils eight.

use std::collections::BTreeSet;

use crate::words::fold_into;

/// Words in a stretch.
const STRETCH: usize = 8;
/// A text with fewer words than this says too little to be found by.
const LEAST_WORDS: usize = 4;
/// Numbers kept of a text. With 128 and 256, originals of altered copies came first no more often;
/// with 32, less often among short texts (`benches/README.md`).
pub(crate) const KEPT: usize = 64;
/// Bits of a number as the index keeps it: of ten million numbers, one in a hundred thousand meets a
/// stranger's, and what the index grows by is a third less than with 64.
const BITS: u32 = 40;

/// The sketch of a text. Empty if the text is too short.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Rising.
    numbers: Vec<u64>,
}

impl Sketch {
    /// The sketch of a text by its pages. Case, accents, marks, hyphens and the ends of lines and
    /// pages do not matter.
    pub fn of<'a>(pages: impl IntoIterator<Item = &'a str>) -> Self {
        let mut gathered = Gathered::default();
        for page in pages {
            each_word(page, |word| gathered.add(hash(word)));
        }
        gathered.finish()
    }

    /// How many numbers it has, at most 64.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether the text was too short.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The numbers as the index keeps them for a document of this standing. Each standing has its
    /// own, so that a search never meets what its asker may not find, not even in passing.
    pub(crate) fn kept(&self, standing: u8) -> impl Iterator<Item = u64> {
        let salt = mix(u64::from(standing) + 1);
        self.numbers.iter().map(move |number| mix(number ^ salt) >> (u64::BITS - BITS))
    }
}

/// The least hashes of the stretches so far.
#[derive(Debug, Default)]
struct Gathered {
    /// The last words, as a ring.
    words: [u64; STRETCH],
    count: usize,
    least: BTreeSet<u64>,
}

impl Gathered {
    fn add(&mut self, word: u64) {
        self.words[self.count % STRETCH] = word;
        self.count += 1;
        if self.count >= STRETCH {
            self.keep(STRETCH);
        }
    }

    /// Takes in the stretch of the last `length` words.
    fn keep(&mut self, length: usize) {
        let words = (self.count - length..self.count).map(|at| self.words[at % STRETCH]);
        let number = words.fold(0, |sum, word| mix(sum ^ word));
        let full = self.least.len() >= KEPT;
        if full && self.least.last().is_none_or(|last| *last <= number) {
            return;
        }
        if self.least.insert(number) && full {
            self.least.pop_last();
        }
    }

    fn finish(mut self) -> Sketch {
        if (LEAST_WORDS..STRETCH).contains(&self.count) {
            self.keep(self.count);
        }
        Sketch { numbers: self.least.into_iter().collect() }
    }
}

/// Calls `take` with each word, folded.
fn each_word(text: &str, mut take: impl FnMut(&str)) {
    let mut word = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        rest = &rest[start..];
        let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
        fold_into(&rest[..end], &mut word);
        rest = &rest[end..];
        if let Some(next) = continued(rest) {
            rest = next;
        } else if !word.is_empty() {
            take(&word);
            word.clear();
        }
    }
    if !word.is_empty() {
        take(&word);
    }
}

/// What follows a hyphen inside a word, or at the end of its line.
fn continued(rest: &str) -> Option<&str> {
    let after = rest.strip_prefix(['-', '\u{ad}', '\u{2010}'])?;
    let after = match after.trim_start_matches([' ', '\t']).strip_prefix('\n') {
        Some(line) => line.trim_start_matches([' ', '\t']),
        None => after,
    };
    after.starts_with(char::is_alphabetic).then_some(after)
}

/// FNV-1a over the bytes of a word. It must stay the same: the index keeps what comes of it.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Spreads a number over all its bits (the finaliser of SplitMix64).
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shared(one: &Sketch, other: &Sketch) -> usize {
        one.numbers.iter().filter(|number| other.numbers.contains(number)).count()
    }

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each_word(text, |word| found.push(word.to_owned()));
        found
    }

    #[test]
    fn words_are_those_of_the_text_however_it_is_set() {
        assert_eq!(
            words("Per-\n  olehan Undang-Undang 12-\n13"),
            ["perolehan", "undangundang", "12", "13"]
        );
        assert_eq!(words("ﬁnal pe\u{ad}milu, 12.345!"), ["final", "pemilu", "12", "345"]);
        assert_eq!(words("a - b -"), ["a", "b"]);
        assert_eq!(words(" \n"), [""; 0]);
    }

    #[test]
    fn a_short_text_has_one_number_or_none() {
        assert!(Sketch::of(["satu dua tiga"]).is_empty());
        let four = Sketch::of(["satu dua", "Tiga; empat"]);
        assert_eq!((four.len(), four == Sketch::of(["satu dua tiga empat"])), (1, true));
        assert_ne!(four, Sketch::of(["empat tiga dua satu"]));
    }

    #[test]
    fn a_changed_word_spoils_eight_stretches() {
        let text: Vec<String> = (0..60).map(|n| format!("kata{n}")).collect();
        let mut altered = text.clone();
        altered[30] = "lain".to_owned();
        let (one, other) = (text.join(" "), altered.join(" "));
        let (one, other) = (Sketch::of([one.as_str()]), Sketch::of([other.as_str()]));
        assert_eq!((one.len(), shared(&one, &other)), (53, 45));
    }

    #[test]
    fn a_standing_has_its_own_numbers() {
        let sketch = Sketch::of(["satu dua tiga empat lima enam tujuh delapan sembilan"]);
        let kept = |standing| sketch.kept(standing).collect::<Vec<_>>();
        assert_eq!(kept(4), kept(4));
        assert!(kept(4).iter().all(|number| !kept(5).contains(number) && *number < 1 << BITS));
    }

    proptest! {
        #[test]
        fn where_pages_end_does_not_matter(
            words in prop::collection::vec("[a-z]{1,6}", 0..400),
            cut in 0..400usize,
        ) {
            let cut = cut.min(words.len());
            let (head, tail) = (words[..cut].join(" "), words[cut..].join("\n"));
            let whole = words.join("  ");
            let sketch = Sketch::of([whole.as_str()]);
            prop_assert_eq!(&sketch, &Sketch::of([head.as_str(), tail.as_str()]));
            prop_assert!(sketch.len() <= KEPT);
        }

        #[test]
        fn any_text_has_a_sketch(text in ".{0,300}") {
            prop_assert_eq!(Sketch::of([text.as_str()]), Sketch::of([text.as_str()]));
        }
    }
}
