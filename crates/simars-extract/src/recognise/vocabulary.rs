//! Which of two readings of a page is the better one.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The words, written for this purpose.
static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("vocabulary.txt").lines();
    lines.filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
});

/// How much of a text is plainly Indonesian or a number, from 0 to the count of its words: each
/// word that is known or a plausible number counts for it, each scrap of signs against it.
pub(super) fn worth(text: &str) -> f32 {
    let value = |token: &str| {
        let word = token.trim_matches(|one: char| !one.is_alphanumeric());
        let letters = word.chars().filter(|one| one.is_alphabetic()).count();
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let signs = word.chars().count() - letters - digits;
        if word.is_empty() {
            // Dots and dashes are part of any text.
            return 0.0;
        }
        if letters == 0 {
            return if super::digits::is_plausible(word) { 0.5 } else { 0.0 };
        }
        if WORDS.contains(word.to_lowercase().as_str()) {
            return 1.0;
        }
        if digits > 0 || signs > 1 { -0.5 } else { 0.0 }
    };
    text.split_whitespace().map(value).sum::<f32>().max(0.0)
}

/// Whether the layer is better than the fresh reading. Where there is nothing to choose, the
/// fresh reading is taken: it knows how sure it is.
pub(super) fn layer_is_better(layer: &str, fresh: &str) -> bool {
    let count = |text: &str| text.split_whitespace().count() as f32;
    let most = count(layer).max(count(fresh)).max(1.0);
    worth(layer) / most > worth(fresh) / most + 0.005
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_and_clean() {
        assert!(WORDS.len() > 400, "{}", WORDS.len());
        let plain = |word: &&&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert_eq!(WORDS.iter().filter(plain).count(), WORDS.len());
    }

    #[test]
    fn the_reading_with_more_real_words_wins() {
        let good = "Peraturan ini mulai berlaku pada tanggal diundangkan. Jumlah 1.204 orang";
        let bad = "Pcraturan inl rnulai bcrlaku pda tangga1 d1undangkan. Jum1ah l.2O4 orang";
        assert!(layer_is_better(good, bad));
        assert!(!layer_is_better(bad, good));
        assert!(!layer_is_better(good, good));
        assert!(!layer_is_better("", ""));
        assert!(!layer_is_better("yang dan", good), "a part of a page is worse than the page");
    }
}
