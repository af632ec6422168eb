//! Which piece of a page to show: one that begins where a sentence or an item does, and cuts neither
//! words nor what belongs together, such as `No. 7`, `Pasal 12` or `20 Mei 2024`.

/// Signs that close what a sentence ends with.
const CLOSING: [char; 6] = ['"', '\'', '”', '’', ')', ']'];
/// A stretch without blanks longer than this, in bytes, is no word.
const LONGEST_WORD: usize = 80;
/// Short forms that end in a full stop without ending a sentence; single letters do the same.
const SHORT: [&str; 46] = [
    "al", "alm", "an", "art", "bdk", "cq", "cs", "cv", "dkk", "dll", "dr", "drg", "drs", "dra",
    "dsb", "dst", "hal", "hj", "hlm", "ir", "jl", "jln", "jo", "kab", "kec", "kel", "kep", "kh",
    "lamp", "no", "nr", "pkl", "prof", "prov", "ps", "psl", "pt", "rp", "sdr", "sbg", "tbk", "tgl",
    "tlp", "th", "thn", "ub",
];
/// Words with which a number belongs together that follows them.
const LABELS: [&str; 24] = [
    "angka", "ayat", "bab", "bagian", "butir", "edisi", "hal", "halaman", "hlm", "huruf", "ke",
    "lampiran", "no", "nomor", "nr", "pasal", "pukul", "rp", "tahun", "tanggal", "tgl", "th",
    "thn", "volume",
];
const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
];
/// Words with which a line begins something new.
const HEADS: [&str; 20] = [
    "bab",
    "bagian",
    "kedelapan",
    "kedua",
    "keempat",
    "keenam",
    "kelima",
    "kesatu",
    "kesembilan",
    "kesepuluh",
    "ketiga",
    "ketujuh",
    "lampiran",
    "memperhatikan",
    "memutuskan",
    "menetapkan",
    "mengingat",
    "menimbang",
    "paragraf",
    "pasal",
];

/// The piece of about `limit` characters around `stretch`, or at the beginning: from the start of its
/// sentence or item if that is near, to the end of one if that is no great loss.
pub(crate) fn window(page: &str, stretch: Option<(usize, usize)>, limit: usize) -> (usize, usize) {
    let (from, to) = stretch.unwrap_or((0, 0));
    let spare = limit.saturating_sub(page[from..to].chars().count());
    let start = start(page, from, spare, limit);
    let end = page[start..].char_indices().nth(limit);
    let end = end.map_or(page.len(), |(offset, _)| start + offset);
    (start, self::end(page, start, to.max(start), end.max(to)))
}

fn start(page: &str, from: usize, spare: usize, limit: usize) -> usize {
    let before = &page[..from];
    let first = page.len() - page.trim_start().len();
    if first >= from {
        return first.min(page.len()).min(from.max(first));
    }
    let reach = nth_back(before, spare * 2 / 3).max(first);
    let starts: Vec<usize> = words(page, reach, from).filter(|at| is_start(page, *at)).collect();
    // The sentence itself; with those before it, where too little follows.
    let short = |at: usize| page[at..].chars().nth(limit * 2 / 3).is_none();
    if let Some(last) = starts.iter().rev().find(|at| !short(**at)).or(starts.first()) {
        return *last;
    }
    let near = nth_back(before, spare / 3).max(first);
    if reach == first && near == first {
        return first;
    }
    words(page, near, from).find(|at| !is_glued(page, *at)).unwrap_or(from)
}

/// An end of a sentence between `to` and `end` if it comes late enough, or of a word.
fn end(page: &str, start: usize, to: usize, end: usize) -> usize {
    if page[end..].trim_start().is_empty() {
        return end;
    }
    let early = to.max(page.ceil_char_boundary(start + (end - start) * 2 / 3));
    let closes = |at: &usize| page[..*at].trim_end().len();
    let after = end + page[end..].chars().take(3).map(char::len_utf8).sum::<usize>();
    let sentences = words(page, early, after.min(page.len())).filter(|at| is_start(page, *at));
    // A colon announces more.
    let ends = sentences.map(|at| closes(&at)).filter(|at| !page[..*at].ends_with(':'));
    if let Some(end) = ends.filter(|at| (to..=end).contains(at)).last() {
        return end;
    }
    let at = words(page, to, (end + 1).min(page.len())).filter(|at| !is_glued(page, *at));
    match at.map(|at| closes(&at)).filter(|at| (to..=end).contains(at)).last() {
        Some(end) => end,
        None => within_word(page, to, end),
    }
}

/// No word ends between `to` and `end`: the end of the word that goes on there, if it is one.
fn within_word(page: &str, to: usize, end: usize) -> usize {
    let ends =
        |at: usize| page[at..].find(char::is_whitespace).map_or(page.len(), |blank| at + blank);
    let (find, word) = (ends(to), ends(end));
    if find - to <= LONGEST_WORD {
        find
    } else if word - end <= LONGEST_WORD && word - to <= LONGEST_WORD {
        word
    } else {
        end
    }
}

/// The offset `count` characters before the end of `text`.
fn nth_back(text: &str, count: usize) -> usize {
    match count.checked_sub(1) {
        None => text.len(),
        Some(back) => text.char_indices().nth_back(back).map_or(0, |(offset, _)| offset),
    }
}

/// Where words begin, after a blank or at the beginning, from `from` to `to`, both included.
fn words(page: &str, from: usize, to: usize) -> impl Iterator<Item = usize> {
    let from = page.floor_char_boundary(from);
    let blank = page[..from].chars().next_back().is_none_or(char::is_whitespace);
    let mut after_blank = blank;
    let letters = page[from..].char_indices().take_while(move |(at, _)| from + at <= to);
    letters.filter_map(move |(at, letter)| {
        let begins = after_blank && !letter.is_whitespace();
        after_blank = letter.is_whitespace();
        begins.then_some(from + at)
    })
}

/// Whether a sentence, an item of a list or a paragraph begins with the word at `at`.
fn is_start(page: &str, at: usize) -> bool {
    let before = page[..at].trim_end();
    let blanks = &page[before.len()..at];
    if before.is_empty() {
        return true;
    }
    let lines = blanks.matches('\n').count();
    if lines > 1 || lines == 1 && (is_item(&page[at..]) || is_head(&page[at..])) {
        return true;
    }
    let small = page[at..].starts_with(char::is_lowercase);
    let closed = before.trim_end_matches(CLOSING);
    match closed.chars().next_back() {
        Some('.') => !small && !is_short(closed) && !is_number_of_item(closed),
        Some('!' | '?') => !small,
        Some(';') => true,
        Some(':') => lines > 0 || !small,
        _ => false,
    }
}

/// Whether the word at `at` belongs together with the one before it.
fn is_glued(page: &str, at: usize) -> bool {
    let before = page[..at].trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let next = page[at..].split(char::is_whitespace).next().unwrap_or("");
    let broken = last.ends_with(['-', '\u{ad}']) && next.starts_with(char::is_lowercase);
    let plain =
        |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    let (word, following) = (plain(last), plain(next));
    let digits = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = next.starts_with(|letter: char| letter.is_ascii_digit() || letter == '(')
        || !following.is_empty() && following.chars().all(|letter| "ivxlc".contains(letter))
        || following.chars().count() == 1;
    let month = |word: &str| MONTHS.contains(&word);
    broken
        || last.ends_with('.') && is_short(before)
        || is_item(last)
        || LABELS.contains(&word.as_str()) && numbered
        || digits(&word) && (month(&following) || digits(&following) && following.len() == 3)
        || month(&word) && digits(&following)
}

/// Whether the full stop at the end of `before` belongs to a short form or to initials.
fn is_short(before: &str) -> bool {
    let Some(word) = before.strip_suffix('.') else { return false };
    let word = word.rsplit(|letter: char| letter.is_whitespace() || letter == '(').next();
    let word = word.unwrap_or("").to_lowercase();
    let mut parts = word.split('.');
    if word.contains('.') {
        // As in `a.n.`, `S.H.`
        let short = |part: &str| {
            (1..=2).contains(&part.chars().count()) && part.chars().all(char::is_alphabetic)
        };
        return parts.all(short);
    }
    let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    single || SHORT.contains(&word.as_str())
}

/// Whether the full stop at the end of `before` belongs to the number of an item.
fn is_number_of_item(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or("").trim_start();
    is_item(line) && !line.contains(char::is_whitespace)
}

/// Whether an item of a list begins here: `1.`, `a)`, `(2)`, `iv.`, a dash or a dot.
fn is_item(text: &str) -> bool {
    let first = text.split(char::is_whitespace).next().unwrap_or("");
    if ["-", "–", "—", "•", "*", "▪", "·"].contains(&first) {
        return true;
    }
    let open = first.strip_prefix('(');
    let Some(body) = open.unwrap_or(first).strip_suffix([')', '.']) else { return false };
    let digits = (1..=3).contains(&body.len()) && body.bytes().all(|byte| byte.is_ascii_digit());
    let letter = body.len() == 1 && body.bytes().all(|byte| byte.is_ascii_lowercase());
    let roman = (1..=5).contains(&body.len()) && body.bytes().all(|byte| b"ivxIVX".contains(&byte));
    digits || letter || roman
}

/// Whether something new begins with this line: an article, a chapter, a point of the dictum.
fn is_head(text: &str) -> bool {
    let first = text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or("");
    let capital = first.starts_with(char::is_uppercase);
    capital && HEADS.contains(&first.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The piece around the first `find`, of about `limit` characters.
    fn around<'p>(page: &'p str, find: &str, limit: usize) -> &'p str {
        let from = page.find(find).unwrap();
        let (start, end) = window(page, Some((from, from + find.len())), limit);
        &page[start..end]
    }

    #[test]
    fn a_piece_begins_where_its_sentence_does() {
        let page = "Rapat dibuka pukul 10.30. Sesuai Surat No. 7 Th. 2024 dari Dr. A. Contoh, kotak \
                    suara dihitung kembali. Rapat ditutup. Semua yang hadir menandatangani daftar.";
        assert!(around(page, "kotak", 90).starts_with("Sesuai Surat No. 7"));
        assert!(around(page, "ditutup", 60).starts_with("Rapat ditutup."));
        assert!(around(page, "dibuka", 60).starts_with("Rapat dibuka"));
    }

    #[test]
    fn a_piece_begins_where_its_item_does() {
        let page = "Menimbang : bahwa perlu ditetapkan\n1. kursi partai contoh;\n2. calon terpilih dari \
                    daerah pemilihan contoh yang memperoleh suara paling banyak;\nPasal 7\nDaftar calon \
                    diumumkan kepada masyarakat selama tujuh hari berturut-turut.";
        assert!(around(page, "terpilih", 70).starts_with("2. calon terpilih"));
        assert!(around(page, "diumumkan", 70).starts_with("Pasal 7\nDaftar calon"));
        assert!(around(page, "kursi", 60).starts_with("1. kursi partai"));
        let paragraphs = "kata satu dua\n\ntiga empat lima enam tujuh delapan sembilan sepuluh";
        assert!(around(paragraphs, "lima", 30).starts_with("tiga empat"));
    }

    #[test]
    fn a_piece_ends_with_its_sentence_if_that_is_near() {
        let page =
            "Kotak suara dihitung kembali oleh panitia. Sesudah itu semua kotak dikunci rapat.";
        assert_eq!(around(page, "dihitung", 50), "Kotak suara dihitung kembali oleh panitia.");
        // Too early: more of the next sentence tells more.
        assert!(around(page, "dihitung", 75).ends_with("kotak dikunci"));
    }

    #[test]
    fn what_belongs_together_is_not_cut() {
        for (page, find, together) in [
            ("sesuai dengan yang dimuat pada surat kota No. 7 perihal undangan", "dimuat", "No. 7"),
            (
                "sebagaimana yang diatur dalam aturan itu Pasal 12 ayat (3) huruf b",
                "diatur",
                "Pasal 12",
            ),
            (
                "seperti yang ditetapkan kota contoh pada 20 Mei 2024 oleh ketua",
                "ditetapkan",
                "20 Mei 2024",
            ),
            ("semua yang menerima hibah sebesar uang Rp 500 juta dari kas", "menerima", "Rp 500"),
            ("hasil yang dicetak dari pemungutan 12 345 678 suara sah", "dicetak", "12 345 678"),
            (
                "daftar calon yang disusun oleh Dr. Contoh dan ditempel di papan",
                "disusun",
                "Dr. Contoh",
            ),
            (
                "yang disampaikan kepada pemi-\nlih di daerah pemilihan contoh",
                "kepada",
                "pemi-\nlih",
            ),
        ] {
            let parts: Vec<&str> = together.split_whitespace().collect();
            for limit in 8..page.len() {
                let piece = around(page, find, limit);
                let has = parts.iter().filter(|part| {
                    piece.split_whitespace().any(|word| word.trim_matches(',') == **part)
                });
                let count = has.count();
                assert!(count == 0 || count == parts.len(), "{limit}: {piece:?} of {together:?}");
            }
        }
    }

    #[test]
    fn a_stretch_without_blanks_is_cut_all_the_same() {
        let page = "x".repeat(5_000);
        let (start, end) = window(&page, Some((2_000, 2_010)), 240);
        assert!(start <= 2_000 && end >= 2_010 && end - start <= 500, "{start}, {end}");
    }

    proptest! {
        #[test]
        fn finds_are_within_and_words_are_whole(
            page in "([a-zA-Z]{1,12}|[0-9]{1,4}|No\\.|Pasal|[a-c]\\.|é|🗳)([ \n]([a-zA-Z]{1,12}|[0-9]{1,4}|No\\.|Pasal|[;:.?]|[a-c]\\.|20 Mei|é|🗳)){0,80}",
            at in 0..400usize,
            limit in 20..300usize,
        ) {
            let from = page.floor_char_boundary(at.min(page.len()));
            let to = page[from..].find(char::is_whitespace).map_or(page.len(), |blank| from + blank);
            let from = page[..from].rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
            let (start, end) = window(&page, Some((from, to)), limit);
            prop_assert!(start <= from.max(start) && start <= end && end <= page.len());
            prop_assert!(from >= start && to <= end, "{}..{} in {}..{}", from, to, start, end);
            let blank = |at: usize, back: bool| {
                let letter =
                    if back { page[..at].chars().next_back() } else { page[at..].chars().next() };
                letter.is_none_or(char::is_whitespace)
            };
            prop_assert!(blank(start, true) && blank(end, false), "{:?}", &page[start..end]);
            prop_assert!(page[start..end].chars().count() <= limit.max(page[from..to].chars().count()) + 90);
        }

        #[test]
        fn any_page_has_a_window(page in "\\PC{0,300}", at in 0..300usize, limit in 0..300usize) {
            let from = page.floor_char_boundary(at.min(page.len()));
            let to = page.ceil_char_boundary((from + 5).min(page.len()));
            let (start, end) = window(&page, Some((from, to)), limit);
            prop_assert!(start <= end && page.is_char_boundary(start) && page.is_char_boundary(end));
            let (start, end) = window(&page, None, limit);
            prop_assert!(start <= end && page.is_char_boundary(start) && page.is_char_boundary(end));
        }
    }
}
