//! The kinds of documents: the table in `index-schema/kinds.toml`, and how to recognise them.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// One kind of document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The word that stands for the kind everywhere, for example `undang-undang`.
    pub key: String,
    /// The name in Indonesian, for example `Undang-Undang`.
    pub name_id: String,
    /// The name in English, for example `Law`.
    pub name_en: String,
    /// The abbreviation in official use, for example `UU`.
    pub abbreviation: String,
    /// Other spellings and abbreviations, lower case.
    #[serde(default)]
    pub names: Vec<String>,
    /// Whether it settles or reports single cases, instead of setting rules for everybody.
    pub individual: bool,
    /// Who issues it, where only one body can.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The marks of the kind inside numbers, for example `BA` in `12/PL.01-BA/52/2024`.
    #[serde(default)]
    pub codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    offices: Vec<String>,
    kind: Vec<Kind>,
}

struct Table {
    kinds: Vec<Kind>,
    offices: Vec<String>,
    by_phrase: HashMap<String, usize>,
    longest_phrase_words: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // The table is part of the program; the tests below read it, so that a broken one is never
    // released. Without a table nothing would be recognised, but nothing would fail either.
    let text = include_str!("../../../index-schema/kinds.toml");
    let file: File = toml::from_str(text).unwrap_or(File { offices: Vec::new(), kind: Vec::new() });
    let mut by_phrase = HashMap::new();
    for (index, kind) in file.kind.iter().enumerate() {
        let names = [&kind.name_id, &kind.name_en, &kind.key].into_iter().chain(&kind.names);
        for name in names {
            by_phrase.entry(phrase(name)).or_insert(index);
        }
    }
    let words = |phrase: &String| phrase.split(' ').count();
    let longest_phrase_words = by_phrase.keys().map(words).max().unwrap_or(0);
    Table { kinds: file.kind, offices: file.offices, by_phrase, longest_phrase_words }
});

/// All kinds, in the order of the table.
pub fn all() -> &'static [Kind] {
    &TABLE.kinds
}

/// The kind with this key.
pub fn find(key: &str) -> Option<&'static Kind> {
    all().iter().find(|kind| kind.key == key)
}

/// The kind that a word or phrase names, whatever its case: `UU`, `Undang-Undang`, `Perpres`;
/// also with the issuing office after it, as in `keputusan kpu provinsi ntb`. A phrase that only
/// begins like a kind (`surat suara`) names none.
pub fn recognise(text: &str) -> Option<&'static Kind> {
    let text = phrase(text);
    if let Some(kind) = exactly(&text) {
        return Some(kind);
    }
    let words: Vec<&str> = text.split(' ').collect();
    let longest = TABLE.longest_phrase_words.min(words.len().saturating_sub(1));
    let is_office = |word: &str| TABLE.offices.iter().any(|office| office == word);
    (1..=longest).rev().find_map(|count| {
        let named = is_office(words[count]) || count > 1 && is_office(words[count - 1]);
        if named { exactly(&words[..count].join(" ")) } else { None }
    })
}

fn exactly(phrase: &str) -> Option<&'static Kind> {
    TABLE.by_phrase.get(phrase).map(|&index| &TABLE.kinds[index])
}

/// Whether acts of this kind are in force until another takes that from them: regulations,
/// decisions, instructions, circulars. Letters, minutes and reports only say something.
pub fn can_be_in_force(key: &str) -> bool {
    const FIRST_WORDS: [&str; 8] = [
        "undang",
        "perppu",
        "ketetapan",
        "peraturan",
        "keputusan",
        "instruksi",
        "surat-edaran",
        "maklumat",
    ];
    find(key).is_some() && FIRST_WORDS.iter().any(|word| key.starts_with(word))
}

/// Kinds that only one body issues, which their name says.
const NAMED_BY_ISSUER: [&str; 5] = [
    "peraturan-kpu",
    "peraturan-bawaslu",
    "peraturan-dkpp",
    "peraturan-ojk",
    "peraturan-bank-indonesia",
];

impl Kind {
    /// Whether several bodies issue acts of this kind, each with numbers of its own.
    pub(crate) fn has_many_issuers(&self) -> bool {
        self.issuer.is_none() && !NAMED_BY_ISSUER.contains(&self.key.as_str())
    }
}

/// Whether a word may follow a kind's name and say who issued it.
pub(crate) fn is_office_word(word: &str) -> bool {
    TABLE.offices.iter().any(|office| word.eq_ignore_ascii_case(office))
}

/// The kind that the mark inside a number stands for, as `BA` in `12/PL.01-BA/52/2024`.
pub(crate) fn by_number(number: &str) -> Option<&'static Kind> {
    let mut marks = number.split(['/', '-', '.', ' ']);
    marks.find_map(|mark| {
        all().iter().find(|kind| kind.codes.iter().any(|code| code.eq_ignore_ascii_case(mark)))
    })
}

/// Lower case, hyphens and other signs as blanks, one blank between words.
fn phrase(text: &str) -> String {
    let mut phrase = String::with_capacity(text.len());
    for word in text.split(|character: char| !character.is_alphanumeric()) {
        if word.is_empty() {
            continue;
        }
        if !phrase.is_empty() {
            phrase.push(' ');
        }
        phrase.extend(word.chars().flat_map(char::to_lowercase));
    }
    phrase
}

/// The kind whose name a heading nearly begins with, where recognition damaged a letter or two
/// or tore a word apart: `PERATURAN PEMERI NTAH`. The longest name that fits wins.
pub(crate) fn nearest(heading: &str) -> Option<&'static Kind> {
    let letters: Vec<char> = heading
        .chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(64)
        .collect();
    let mut best: Option<(usize, usize, &Kind)> = None;
    for (name, index) in &TABLE.by_phrase {
        let name: Vec<char> = name.chars().filter(|sign| *sign != ' ').collect();
        if name.len() < SHORTEST_NEAREST || name.len() > letters.len() + 1 {
            continue;
        }
        let alike = letters.iter().zip(&name).take(4).filter(|(left, right)| left == right).count();
        if alike < 2 {
            continue;
        }
        let allowed = name.len() / 7;
        let beginnings = name.len() - 1..=(name.len() + 1).min(letters.len());
        let distance = beginnings.map(|length| edits(&letters[..length], &name)).min();
        let Some(distance) = distance.filter(|distance| *distance <= allowed) else { continue };
        // Longer names first; of two as long, the nearer; then by key, so that the order of the
        // table in memory plays no part.
        let kind = &TABLE.kinds[*index];
        let better = best.as_ref().is_none_or(|(length, nearest, other)| {
            (name.len(), std::cmp::Reverse(distance), &kind.key)
                > (*length, std::cmp::Reverse(*nearest), &other.key)
        });
        if better {
            best = Some((name.len(), distance, kind));
        }
    }
    best.map(|(_, _, kind)| kind)
}

/// Shorter names are too near to other words.
const SHORTEST_NEAREST: usize = 9;

/// How many letters must be changed, added or removed to make one word of the other.
pub(crate) fn edits(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

/// All Indonesian names as one alternation, longest first, so that the longest one wins.
/// Blanks and hyphens between words may be any and may run over a line's end. Names with fewer
/// letters than `shortest` are left out.
fn alternation(shortest: usize) -> String {
    let english: Vec<String> = all().iter().map(|kind| phrase(&kind.name_en)).collect();
    let mut names: Vec<&String> =
        TABLE.by_phrase.keys().filter(|name| !english.contains(name)).collect();
    names.extend(english.iter().filter(|name| *name == "memorandum"));
    names.retain(|name| name.len() >= shortest);
    names.sort_by_key(|name| (std::cmp::Reverse(name.len()), name.as_str()));
    let pattern = |name: &&String| name.replace(' ', r"[\s\-–—]+");
    names.iter().map(pattern).collect::<Vec<_>>().join("|")
}

/// A kind's name anywhere in a text, whatever its case.
pub(crate) static ANYWHERE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)\b(?:{})\b", alternation(0))).ok());

/// No heading is an abbreviation such as `UU`: those stand in tables.
const SHORTEST_HEADING: usize = 5;

/// A kind's name at the beginning of a line, as in a heading. Some noise may stand before it, as
/// recognition from images leaves it, a page number that ran into it, and the mark of a copy.
pub(crate) static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = format!(
        r"(?im)^[^\pL\pN\n]{{0,16}}[0-9]{{0,3}}(?:(?:SALINAN|PETIKAN|RANCANGAN)[ \t]+)?(?P<kind>{})\b",
        alternation(SHORTEST_HEADING)
    );
    Regex::new(&pattern).ok()
});

/// A kind's name in capitals, anywhere.
pub(crate) static CAPITALS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"\b(?:{})\b", capitals(&alternation(SHORTEST_HEADING)))).ok()
});

/// A pattern with its letters in capitals, but for the classes in it.
fn capitals(pattern: &str) -> String {
    pattern.to_uppercase().replace(r"\S", r"\s")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_sound() {
        assert!(all().len() >= 30);
        let mut keys = HashSet::new();
        let mut phrases: HashMap<String, &str> = HashMap::new();
        for kind in all() {
            assert!(keys.insert(&kind.key), "{} twice", kind.key);
            assert!(kind.key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            for name in kind.names.iter().chain([&kind.name_id]) {
                let first = phrases.insert(phrase(name), &kind.key);
                assert!(first.is_none_or(|first| first == kind.key), "{name} names two kinds");
                assert_eq!(recognise(name).map(|found| &found.key), Some(&kind.key), "{name}");
            }
            for name in &kind.names {
                assert_eq!(name.to_lowercase(), *name);
            }
        }
        assert!(LINE.is_some() && ANYWHERE.is_some());
    }

    #[test]
    fn the_kinds_that_a_commission_files() {
        for key in [
            "undang-undang",
            "perppu",
            "peraturan-pemerintah",
            "peraturan-presiden",
            "keputusan-presiden",
            "instruksi-presiden",
            "peraturan-menteri",
            "keputusan-menteri",
            "peraturan-kpu",
            "peraturan-bawaslu",
            "peraturan-ojk",
            "peraturan-badan",
            "peraturan-lembaga",
            "peraturan-daerah",
            "peraturan-gubernur",
            "peraturan",
            "keputusan",
            "keputusan-bersama",
            "berita-acara",
            "surat-edaran",
            "instruksi",
            "pengumuman",
            "surat",
            "surat-keterangan",
            "surat-tugas",
            "undangan",
            "nota-dinas",
            "memorandum",
            "laporan",
            "putusan",
            "publikasi",
            "siaran-pers",
        ] {
            assert!(find(key).is_some(), "{key}");
        }
    }

    #[test]
    fn words_and_phrases() {
        for (text, key) in [
            ("UU", "undang-undang"),
            ("Undang-Undang", "undang-undang"),
            ("undang undang", "undang-undang"),
            ("Perpres", "peraturan-presiden"),
            ("keputusan kpu", "keputusan"),
            ("Keputusan KPU Provinsi Contoh", "keputusan"),
            ("PERATURAN MENTERI DALAM NEGERI", "peraturan-menteri"),
            ("Peraturan KPU", "peraturan-kpu"),
            ("peraturan komisi pemilihan umum", "peraturan-kpu"),
            ("Peraturan Pemerintah Pengganti Undang-Undang", "perppu"),
            ("decision", "keputusan"),
            ("surat-edaran", "surat-edaran"),
        ] {
            assert_eq!(recognise(text).map(|kind| kind.key.as_str()), Some(key), "{text}");
        }
        for text in ["", "surat suara", "undang", "mufakat", "-"] {
            assert_eq!(recognise(text), None, "{text}");
        }
    }

    #[test]
    fn damaged_headings() {
        let key = |heading| nearest(heading).map(|kind| kind.key.as_str());
        assert_eq!(key("PERATURAN PEMERNTAH REPUBLIK"), Some("peraturan-pemerintah"));
        assert_eq!(key("PERATURAN PEMERI NTAH"), Some("peraturan-pemerintah"));
        assert_eq!(key("UNDANC-UNDANG CONTOH"), Some("undang-undang"));
        assert_eq!(key("KEPUTIJSAN BUPATI"), Some("keputusan-bupati"));
        assert_eq!(key("PERSATUAN BANGSA"), None);
        assert_eq!(key("PUTUSAN"), None);
    }

    #[test]
    fn distance_between_words() {
        let distance = |left: &str, right: &str| {
            edits(&left.chars().collect::<Vec<_>>(), &right.chars().collect::<Vec<_>>())
        };
        assert_eq!(distance("mei", "mei"), 0);
        assert_eq!(distance("", "mei"), 3);
        assert_eq!(distance("olrtober", "oktober"), 2);
    }

    #[test]
    fn marks_in_numbers() {
        let key = |number| by_number(number).map(|kind| kind.key.as_str());
        assert_eq!(key("238/PL.01-BA/99/2022"), Some("berita-acara"));
        assert_eq!(key("7/HK.03.1-Kpt/99/Prov/IX/2017"), Some("keputusan"));
        assert_eq!(key("12"), None);
    }
}
