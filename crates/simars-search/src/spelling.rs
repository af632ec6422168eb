//! Spellings: old ones made new, and how far one is from another.

use std::borrow::Cow;

/// The letters of the spelling before 1972 whose new form can be told without knowing the word.
/// `nj`, `j` and `ch` are not among them: in the new spelling they mean something else.
const OLD: [(&str, &str); 4] = [("oe", "u"), ("tj", "c"), ("dj", "j"), ("sj", "sy")];

/// A folded word in the new spelling: `soerat` and `surat` meet.
pub(crate) fn modern(word: &str) -> Cow<'_, str> {
    // Asked of every word of every page that is shown, and nearly all are in the new spelling.
    let old = |two: &[u8]| matches!(two, b"oe" | b"tj" | b"dj" | b"sj");
    if !word.as_bytes().windows(2).any(old) {
        return Cow::Borrowed(word);
    }
    let renewed = OLD.iter().fold(word.to_owned(), |word, (old, new)| word.replace(old, new));
    Cow::Owned(renewed)
}

/// How many slips lie between two words: a letter too many, too few, another one, or two that
/// changed places. `None` if there are more than `most`.
pub(crate) fn distance(one: &[u8], other: &[u8], most: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let width = other.len() + 1;
    let mut before = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut now = vec![0; width];
    for at in 0..one.len() {
        now[0] = at + 1;
        for place in 0..other.len() {
            let same = one[at] == other[place];
            let mut least =
                (last[place] + usize::from(!same)).min(last[place + 1] + 1).min(now[place] + 1);
            let swapped =
                at > 0 && place > 0 && one[at] == other[place - 1] && one[at - 1] == other[place];
            if swapped {
                least = least.min(before[place - 1] + 1);
            }
            now[place + 1] = least;
        }
        if now.iter().all(|slips| *slips > most) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut now);
    }
    Some(last[other.len()]).filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_spelling_becomes_new() {
        for (old, new) in [
            ("soerat", "surat"),
            ("tjatatan", "catatan"),
            ("djalan", "jalan"),
            ("sjarat", "syarat"),
        ] {
            assert_eq!(modern(old), new);
        }
        assert!(matches!(modern("surat"), Cow::Borrowed("surat")));
    }

    #[test]
    fn slips_are_counted() {
        for (one, other, slips) in [
            ("surat", "surat", Some(0)),
            ("surat", "srat", Some(1)),
            ("surat", "suratt", Some(1)),
            ("surat", "surst", Some(1)),
            ("surat", "suart", Some(1)),
            ("surat", "sruta", Some(2)),
            ("surat", "kabar", None),
            ("", "ab", Some(2)),
        ] {
            assert_eq!(distance(one.as_bytes(), other.as_bytes(), 2), slips, "{one} {other}");
        }
    }
}
