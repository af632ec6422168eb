//! Stems: words taken apart into affixes and a root that is known to be one.
//!
//! Indonesian puts affixes before and behind a root and changes its first letter (*menulis* from
//! *tulis*). Which letters are an affix cannot be told from the letters alone: *penetapan* is made
//! of *tetap*, but *perolehan* not of *oleh*. So every way to take a word apart is tried, and one
//! counts only if it leaves a root of `index-schema/roots.txt`; of several, the root of which the
//! most words are made.

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};

/// A root has at least so many letters.
const LEAST: usize = 3;
/// What may be behind everything else.
const PARTICLES: [&str; 4] = ["lah", "kah", "pun", "nya"];
const SUFFIXES: [&str; 3] = ["kan", "an", "i"];

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stems").field("roots", &self.roots.len()).finish_non_exhaustive()
    }
}

/// The roots, each with its place among them: the fewer before it, the more words are made of it.
pub(crate) struct Stems {
    roots: HashMap<String, usize>,
    /// For words that no known root is in.
    others: Stemmer,
}

impl Stems {
    pub(crate) fn new(roots: impl Iterator<Item = String>) -> Self {
        let roots = roots.enumerate().map(|(place, root)| (root, place)).collect();
        Self { roots, others: Stemmer::new(Algorithm::Indonesian) }
    }

    /// The stem of a word of small Latin letters.
    pub(crate) fn stem(&self, word: &str) -> String {
        if self.roots.contains_key(word) {
            return word.to_owned();
        }
        let mut best: Option<(usize, String)> = None;
        let mut bare = vec![word];
        for particle in PARTICLES {
            bare.extend(word.strip_suffix(particle).filter(|rest| rest.len() > LEAST));
        }
        for word in bare {
            let stripped = SUFFIXES.iter().filter_map(|suffix| word.strip_suffix(suffix));
            for rest in std::iter::once(word).chain(stripped) {
                self.consider(rest, 2, &mut best);
            }
        }
        match best {
            Some((_, root)) => root,
            None => self.others.stem(word).into_owned(),
        }
    }

    /// Keeps `word` if it is a better root, and what is left of it without up to `deep` prefixes.
    fn consider(&self, word: &str, deep: usize, best: &mut Option<(usize, String)>) {
        if word.len() < LEAST {
            return;
        }
        if let Some(place) = self.roots.get(word)
            && best.as_ref().is_none_or(|(least, _)| place < least)
        {
            *best = Some((*place, word.to_owned()));
        }
        if deep > 0 {
            without_prefix(word, &mut |rest| self.consider(rest, deep - 1, best));
        }
    }
}

/// Everything that a word may be without its first prefix.
fn without_prefix(word: &str, found: &mut impl FnMut(&str)) {
    for prefix in ["di", "ke", "se", "ter", "ber", "per", "bel", "pel", "pe"] {
        if let Some(rest) = word.strip_prefix(prefix) {
            found(rest);
        }
    }
    // `bekerja`: the r is lost before a syllable that ends in one.
    if let Some(rest) = word.strip_prefix("be").filter(|rest| rest.get(1..3) == Some("er")) {
        found(rest);
    }
    let Some(rest) = word.strip_prefix("me").or_else(|| word.strip_prefix("pe")) else { return };
    nasal(rest, found);
}

/// What may stand behind `me` and `pe`, whose last letter depends on the root's first: k, p, s and t
/// are lost in it.
fn nasal(rest: &str, found: &mut impl FnMut(&str)) {
    let vowel = |text: &str| text.starts_with(['a', 'e', 'i', 'o', 'u']);
    if let Some(root) = rest.strip_prefix("nge") {
        found(root);
    }
    if let Some(root) = rest.strip_prefix("ng") {
        if vowel(root) {
            found(&format!("k{root}"));
        }
        found(root);
    } else if let Some(root) = rest.strip_prefix("ny").filter(|root| vowel(root)) {
        found(&format!("s{root}"));
    } else if let Some(root) = rest.strip_prefix('m') {
        match vowel(root) {
            true => found(&format!("p{root}")),
            false => found(root),
        }
    } else if let Some(root) = rest.strip_prefix('n') {
        match vowel(root) {
            true => found(&format!("t{root}")),
            false => found(root),
        }
    }
    if rest.starts_with(['l', 'm', 'n', 'r', 'w', 'y']) {
        found(rest);
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::Rules;

    #[test]
    fn words_are_taken_apart_to_roots_that_are_known() {
        let rules = Rules::load().unwrap();
        for (words, root) in [
            ("penetapan ditetapkan menetapkan tetapkan tetap ketetapan", "tetap"),
            ("perolehan memperoleh diperoleh diperolehnya", "peroleh"),
            ("pemilihan memilih pemilih dipilih terpilih", "pilih"),
            ("menulis penulisan tertulis tulisannya", "tulis"),
            ("pengesahan disahkan mengesahkan", "sah"),
            ("pemutakhiran dimutakhirkan", "mutakhir"),
            ("menyelenggarakan penyelenggaraan penyelenggara", "selenggara"),
            ("pemerintah pemerintahan", "pemerintah"),
            ("mengirim dikirim pengiriman", "kirim"),
            ("bekerja dikerjakan pekerjaan", "kerja"),
            ("oleh", "oleh"),
            ("berita", "berita"),
        ] {
            for word in words.split(' ') {
                assert_eq!(rules.stems.stem(word), root, "{word}");
            }
        }
    }

    #[test]
    fn roots_are_folded_and_stand_there_once() {
        let text = include_str!("../../../index-schema/roots.txt");
        let mut roots: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(roots.iter().all(|root| root.bytes().all(|byte| byte.is_ascii_lowercase())));
        let all = roots.len();
        roots.sort_unstable();
        roots.dedup();
        assert_eq!(roots.len(), all);
    }
}
