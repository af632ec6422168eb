//! The text of a page with its lines joined into paragraphs, for reading it alone: a PDF ends a line
//! where its paper ends, and a narrow screen ends it again. Pure.

/// Shorter columns than this are lists or captions, whose lines mean something.
const NARROWEST: usize = 40;
/// A line is full when the next word would have taken it over this share of the column, in percent.
const FULL: usize = 92;
/// No line is full that is shorter than this share of the column, in percent.
const SHORT: usize = 55;

/// A page's text, flowing, with the way from places in the one to places in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flowing {
    pub(crate) text: String,
    /// Where bytes were left out of the original, in order, and how many until there.
    left_out: Vec<(usize, usize)>,
}

impl Flowing {
    /// Where a byte of the original stands now.
    pub(crate) fn at(&self, original: usize) -> usize {
        let before = self.left_out.partition_point(|(place, _)| *place <= original);
        let gone = before.checked_sub(1).map_or(0, |last| self.left_out[last].1);
        original.saturating_sub(gone)
    }
}

/// Joins each line that does not end a sentence and is about as long as the column with the line that
/// follows it. Headings, items of lists, short lines and tables stay as they are.
pub(crate) fn flow(text: &str) -> Flowing {
    let width = column(text);
    let mut flowing = String::with_capacity(text.len());
    let mut left_out = Vec::new();
    let mut gone = 0;
    let mut lines = text.split('\n').peekable();
    let mut at = 0;
    while let Some(line) = lines.next() {
        let end = at + line.len();
        let join = lines.peek().map_or(Join::Apart, |next| join(line, next, width));
        match join {
            Join::Apart => {
                flowing.push_str(line);
                if lines.peek().is_some() {
                    flowing.push('\n');
                }
            }
            Join::Blank => {
                flowing.push_str(line);
                flowing.push(' ');
            }
            Join::Word => {
                flowing.push_str(&line[..line.len() - 1]);
                // The hyphen and the line's end.
                gone += 2;
                left_out.push((end + 1, gone));
            }
            Join::Hyphen => {
                flowing.push_str(line);
                gone += 1;
                left_out.push((end + 1, gone));
            }
        }
        at = end + 1;
    }
    Flowing { text: flowing, left_out }
}

/// How a line and the next belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    Apart,
    /// With a blank between them.
    Blank,
    /// One word that was divided: without its hyphen.
    Word,
    /// One word that has a hyphen of its own: `undang-undang`.
    Hyphen,
}

/// How wide the column is, in characters: what nine lines of ten stay within.
fn column(text: &str) -> usize {
    let mut lengths: Vec<usize> =
        text.lines().map(|line| line.trim().chars().count()).filter(|length| *length > 0).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() * 9 / 10).or(lengths.last()).copied().unwrap_or(0)
}

fn join(line: &str, next: &str, width: usize) -> Join {
    let length = line.trim().chars().count();
    let word = next.split_whitespace().next().map_or(0, |word| word.chars().count() + 1);
    let reaches = |length: usize, percent: usize| length * 100 >= width * percent;
    let full = width >= NARROWEST && reaches(length, SHORT) && reaches(length + word, FULL);
    let alone = |line: &str| line.trim().is_empty() || is_table(line) || is_heading(line);
    if !full || alone(line) || alone(next) || begins_item(next) || next.starts_with([' ', '\t']) {
        return Join::Apart;
    }
    let ends = line.trim_end_matches(['"', '”', '’', ')', ' ']).chars().next_back();
    if matches!(ends, Some('.' | '?' | '!' | ':' | ';')) {
        return Join::Apart;
    }
    let Some(head) = line.strip_suffix('-') else { return Join::Blank };
    let before = head.chars().next_back();
    let after = next.chars().next();
    match (before, after) {
        (Some(before), _) if before.is_whitespace() => Join::Blank,
        (Some(before), Some(after)) if before.is_alphabetic() && after.is_lowercase() => {
            if is_doubled(head, next) {
                Join::Hyphen
            } else {
                Join::Word
            }
        }
        _ => Join::Hyphen,
    }
}

/// Whether a word is said twice, as Indonesian does: `masing-` and `masing`.
fn is_doubled(head: &str, next: &str) -> bool {
    let last = head.rsplit(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    let first = next.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    let (last, first) = (last.to_lowercase(), first.to_lowercase());
    // A prefix or a suffix may stand at one of them: *perundang-undangan*, *sebaik-baiknya*.
    let stem: String = first.chars().take(4).collect();
    stem.chars().count() > 2 && last.contains(&stem)
}

fn is_table(line: &str) -> bool {
    line.contains(['\t', '|']) || line.trim().contains("   ") || line.contains("....")
}

/// Whether a line is written in capitals; a number with a few letters in it is not.
fn is_heading(line: &str) -> bool {
    let letters = line.chars().filter(|letter| letter.is_alphabetic()).count();
    let signs = line.chars().filter(|letter| !letter.is_whitespace()).count();
    letters * 2 > signs && !line.chars().any(char::is_lowercase)
}

/// Whether a line begins an item of a list, an article or a point: `a.`, `(2)`, `12.`, `-`, `Pasal 3`.
fn begins_item(line: &str) -> bool {
    const NAMED: [&str; 8] = [
        "Pasal",
        "Bagian",
        "Paragraf",
        "Lampiran",
        "Menimbang",
        "Mengingat",
        "Memperhatikan",
        "Tembusan",
    ];
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let named = NAMED.contains(&first) || words.next() == Some(":");
    let bare = first.trim_start_matches('(');
    let number = bare.trim_end_matches(['.', ')']);
    let marked = number.len() < bare.len() || bare.len() < first.len();
    let short = number.chars().count() <= 4 && number.chars().all(char::is_alphanumeric);
    let letter = number.chars().count() == 1
        || number.chars().all(|c| c.is_ascii_digit())
        || number.chars().all(|c| "ivxIVX".contains(c));
    let bullet = matches!(first, "-" | "–" | "•" | "▪" | "*" | "o" | "#" | "##" | "###" | ">");
    bullet || named || (marked && short && letter && !number.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = "KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH TENTANG PENETAPAN\n\
        bahwa berdasarkan ketentuan Pasal 3 ayat (2) perlu menetapkan keputus-\n\
        an tentang hasil perolehan kursi sebagaimana diatur dalam Undang-\n\
        Undang dan peraturan lain yang berlaku serta kelengkapannya masing-\n\
        masing dalam rapat pleno terbuka yang dihadiri saksi peserta pemilu.\n\
        a. daftar hadir peserta rapat pleno terbuka rekapitulasi yang telah\n\
        ditandatangani;\n\
        b. berita acara\n\
        Ketua\n";

    #[test]
    fn full_lines_become_paragraphs_and_the_others_stay() {
        assert_eq!(
            flow(PAGE).text,
            "KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH TENTANG PENETAPAN\n\
             bahwa berdasarkan ketentuan Pasal 3 ayat (2) perlu menetapkan keputusan tentang hasil \
             perolehan kursi sebagaimana diatur dalam Undang-Undang dan peraturan lain yang berlaku \
             serta kelengkapannya masing-masing dalam rapat pleno terbuka yang dihadiri saksi peserta \
             pemilu.\n\
             a. daftar hadir peserta rapat pleno terbuka rekapitulasi yang telah ditandatangani;\n\
             b. berita acara\n\
             Ketua\n"
        );
    }

    #[test]
    fn tables_and_narrow_columns_stay() {
        let table = "Nama partai politik peserta pemilihan umum    Suara   Kursi\n\
                     Partai Contoh Satu yang panjang sekali namanya    1.204   3\n";
        assert_eq!(flow(table).text, table);
        let list = "satu dua tiga\nempat lima enam\ntujuh delapan\n";
        assert_eq!(flow(list).text, list);
    }

    #[test]
    fn a_place_is_found_again() {
        let flowing = flow(PAGE);
        for word in ["bahwa", "hasil perolehan", "b. berita", "Ketua"] {
            let place = flowing.at(PAGE.find(word).unwrap());
            assert!(flowing.text[place..].starts_with(word), "{word} at {place}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_line_ends_and_hyphens_is_lost(text in "[a-zA-Z.é \\-\n]{0,400}") {
            let flowing = flow(&text);
            let bare = |text: &str| text.replace(['\n', ' ', '-'], "");
            prop_assert_eq!(bare(&flowing.text), bare(&text));
            for (place, _) in text.match_indices('\n') {
                let now = flowing.at(place + 1);
                prop_assert!(flowing.text.is_char_boundary(now), "{} of {:?}", now, flowing.text);
                let same = text[place + 1..].chars().next().is_none_or(|first| {
                    flowing.text[now..].starts_with(first)
                });
                prop_assert!(same, "{now} of {:?}", flowing.text);
            }
        }
    }
}
