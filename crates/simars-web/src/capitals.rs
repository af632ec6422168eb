//! Titles written wholly in capitals, as people read them: in the case of titles. What the record says
//! stays as it is; machines get that. Pure.

/// Abbreviations that have vowels and could be taken for words.
const ABBREVIATIONS: &[&str] = &[
    "AI", "APBD", "APBDES", "APBN", "APIP", "ASEAN", "ASN", "ATK", "BBM", "BI", "BKN", "BPK",
    "BPKP", "BUMD", "BUMDES", "BUMN", "COVID", "DIPA", "DIY", "DKI", "DPA", "DPRA", "HAM", "IKU",
    "IT", "IUP", "JRA", "KAK", "KIP", "KPAI", "KPU", "KUA", "KUHAP", "KUHP", "LAKIP", "LHKASN",
    "LKJIP", "MA", "MUI", "NIK", "NIP", "OJK", "OPD", "PAW", "PIP", "PKPU", "PPATK", "PPID",
    "RENJA", "RI", "RKA", "RUU", "SAKIP", "SIAKBA", "SIPP", "SOP", "SPAB", "SPBE", "SPIP", "TAPM",
    "TI", "TNI", "UMKM", "UMP", "UN", "UPG", "UPT", "UU", "UUD",
];

/// Words that stay small, except at the beginning.
const SMALL: &[&str] = &[
    "adalah", "agar", "akan", "antara", "atas", "atau", "bagi", "bahwa", "dalam", "dan", "dari",
    "dengan", "di", "guna", "hingga", "jo", "kepada", "ke", "maupun", "melalui", "oleh", "pada",
    "per", "sampai", "sebagai", "secara", "selama", "serta", "tanpa", "tentang", "terhadap",
    "untuk", "yang", "a", "an", "and", "for", "in", "of", "on", "the", "to",
];

/// A title as people read it: one in capitals in the case of titles, any other as it is.
pub(crate) fn shown_title(title: &str) -> String {
    if !is_in_capitals(title) {
        return title.to_owned();
    }
    let mut shown = String::with_capacity(title.len());
    let mut begins = true;
    for (word, blank) in words(title) {
        cased(&mut shown, word, begins);
        shown.push_str(blank);
        if !word.is_empty() {
            begins = word.ends_with(':');
        }
    }
    shown
}

/// A line that ends in a title, behind a colon, as people read it.
pub(crate) fn shown_line(line: &str) -> String {
    match line.split_once(": ") {
        Some((head, title)) => format!("{head}: {}", shown_title(title)),
        None => shown_title(line),
    }
}

/// Whether nearly all its letters are capitals, and there are more than an abbreviation has.
fn is_in_capitals(title: &str) -> bool {
    let letters = title.chars().filter(|letter| letter.is_alphabetic()).count();
    let capitals = title.chars().filter(|letter| letter.is_uppercase()).count();
    letters > 7 && capitals * 100 >= letters * 85
}

/// Each word with what is blank behind it.
fn words(title: &str) -> impl Iterator<Item = (&str, &str)> {
    title.split_inclusive(char::is_whitespace).map(|piece| {
        let word = piece.trim_end();
        piece.split_at(word.len())
    })
}

/// One word between blanks: its parts between hyphens, slashes and dots are cased each for itself.
fn cased(shown: &mut String, word: &str, begins: bool) {
    // A number keeps its letters: `12/HK.03.1-KPT/52/2024`.
    if word.chars().any(char::is_numeric) {
        shown.push_str(word);
        return;
    }
    let mut first = begins;
    let mut before = None;
    let mut rest = word;
    while let Some(start) = rest.find(is_inside) {
        let (between, tail) = rest.split_at(start);
        shown.push_str(between);
        before = between.chars().next_back().or(before);
        let end = tail.find(|letter| !is_inside(letter)).unwrap_or(tail.len());
        let (part, after) = tail.split_at(end);
        let joined = matches!(before, Some('/' | '.')) || after.starts_with(['/', '.']);
        // `NO.` is no code but a word cut short.
        let code = joined && part.chars().count() <= 3 && part != "NO";
        part_cased(shown, part, first, code);
        (first, before, rest) = (false, part.chars().next_back(), after);
    }
    shown.push_str(rest);
}

fn is_inside(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '\'' | '’')
}

/// One word of letters. `code` says that it stands at a slash or a dot and is short.
fn part_cased(shown: &mut String, part: &str, first: bool, code: bool) {
    let small = part.to_lowercase();
    let is_small = SMALL.contains(&small.as_str()) && part.chars().count() > 1;
    // What is not in capitals was written so on purpose.
    let chosen = part.chars().any(char::is_lowercase);
    let vowels = small.chars().any(|letter| "aeiouy".contains(letter) || !letter.is_ascii());
    if chosen {
        shown.push_str(part);
    } else if is_small && !first {
        shown.push_str(&small);
    } else if !is_small && (code || !vowels || is_roman(part) || ABBREVIATIONS.contains(&part)) {
        shown.push_str(part);
    } else {
        let mut letters = part.chars();
        shown.extend(letters.next());
        shown.extend(letters.flat_map(char::to_lowercase));
    }
}

/// Whether it is a Roman number below ninety, or a single letter, which is one or the name of a thing.
fn is_roman(part: &str) -> bool {
    if part.chars().count() == 1 {
        return true;
    }
    let rest = part.strip_prefix("XL").unwrap_or_else(|| {
        let rest = part.strip_prefix('L').unwrap_or(part);
        let tens = rest.len() - rest.trim_start_matches('X').len();
        &rest[tens.min(3)..]
    });
    matches!(rest, "" | "I" | "II" | "III" | "IV" | "V" | "VI" | "VII" | "VIII" | "IX")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn capitals_become_the_case_of_titles() {
        for (title, shown) in [
            (
                "PENETAPAN PEROLEHAN KURSI PARTAI POLITIK DI DPRD PROVINSI NTB TAHUN 2024",
                "Penetapan Perolehan Kursi Partai Politik di DPRD Provinsi NTB Tahun 2024",
            ),
            (
                "PERUBAHAN KEDUA ATAS UNDANG-UNDANG NOMOR 7 TAHUN 2017 TENTANG PEMILIHAN UMUM",
                "Perubahan Kedua atas Undang-Undang Nomor 7 Tahun 2017 tentang Pemilihan Umum",
            ),
            (
                "KEPUTUSAN KPU NOMOR 12/HK.03.1-KPT/52/2024 DAN LAMPIRAN XII",
                "Keputusan KPU Nomor 12/HK.03.1-KPT/52/2024 dan Lampiran XII",
            ),
            ("DAFTAR PEMILIH (DPT) KABUPATEN/KOTA", "Daftar Pemilih (DPT) Kabupaten/Kota"),
            ("PENANGANAN COVID-19 PADA TPS", "Penanganan COVID-19 pada TPS"),
            ("DI MANA TPS SAYA: DI SINI", "Di Mana TPS Saya: Di Sini"),
            ("PETUNJUK S.H. DAN M.SI. BAGI PPK", "Petunjuk S.H. dan M.SI. bagi PPK"),
            ("PERUBAHAN UNDANG-UNDANG NO. 9", "Perubahan Undang-Undang No. 9"),
            ("SHALAT JUM’AT BERSAMA", "Shalat Jum’at Bersama"),
            ("LAPORAN KINERJA (LKjIP) KPU", "Laporan Kinerja (LKjIP) KPU"),
        ] {
            assert_eq!(shown_title(title), shown);
        }
        let line = shown_line("Keputusan Nomor 7: PENETAPAN HASIL PEMILU");
        assert_eq!(line, "Keputusan Nomor 7: Penetapan Hasil Pemilu");
    }

    #[test]
    fn other_titles_stay_as_they_are() {
        for title in ["Penetapan Hasil PEMILU Tahun 2024", "DPRD NTB", "sk-12.pdf", "", "KPU RI"] {
            assert_eq!(shown_title(title), title);
        }
    }

    proptest! {
        #[test]
        fn only_the_case_changes(title in "[A-Za-z0-9 ./:’é-]{0,60}") {
            let shown = shown_title(&title);
            prop_assert_eq!(shown.to_lowercase(), title.to_lowercase());
            prop_assert_eq!(shown_title(&shown), shown);
        }
    }
}
