//! Which code of a classification scheme a document probably has: by its own number, by what
//! people decided for documents like it, by the words that it shares with an entry of the scheme.
//!
//! A suggestion is no decision. How often one with such a confidence is right is measured in
//! `tests/classify.rs`.

use std::collections::{HashMap, HashSet};

use simars_record::Code;

/// So many suggestions are made at most.
const MOST: usize = 3;
/// Less than this is not worth a person's time.
const LEAST: f32 = 0.1;
/// What the words of the text count beside those of the title.
const OF_TEXT: f32 = 0.4;
/// What the words of the groups above an entry count beside its own.
const OF_GROUPS: f32 = 0.35;
/// How the share of the best entry becomes a probability; measured in `tests/classify.rs`.
const CALIBRATION: f32 = 1.8;
/// Words that say nothing about what a record is of.
const EMPTY: [&str; 30] = [
    "dan",
    "atau",
    "yang",
    "untuk",
    "dari",
    "dalam",
    "pada",
    "dengan",
    "tentang",
    "atas",
    "oleh",
    "serta",
    "terhadap",
    "antara",
    "lain",
    "lainnya",
    "contoh",
    "tahun",
    "nomor",
    "komisi",
    "provinsi",
    "kabupaten",
    "kota",
    "bukan",
    "jra",
    "the",
    "and",
    "for",
    "with",
    "from",
];

/// What is looked at of a document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// Its own number.
    pub number: Option<&'a str>,
    /// Its title.
    pub title: Option<&'a str>,
    /// The beginning of its text.
    pub text: &'a str,
}

/// A code that a document may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The code.
    pub code: Code,
    /// How sure this is, 0.0 to 1.0.
    pub confidence: f32,
    /// What it rests on.
    pub why: Why,
}

/// What a suggestion rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The document's own number carries the code.
    Number,
    /// So many of the documents like it have the code.
    Alike {
        /// Those that have it.
        same: usize,
        /// All that are like it.
        of: usize,
    },
    /// Words that the document shares with the entry, as they stand there.
    Words(Vec<String>),
}

/// Suggests codes of one scheme.
#[derive(Debug, Clone, Default)]
pub struct Classifier {
    entries: Vec<Entry>,
    /// How much a root tells apart: the fewer entries have it, the more.
    weights: HashMap<String, f32>,
    codes: HashSet<Code>,
}

#[derive(Debug, Clone)]
struct Entry {
    code: Code,
    /// Roots with the words that they were taken from.
    own: Vec<(String, String)>,
    groups: Vec<String>,
}

impl Classifier {
    /// A classifier for a scheme: its codes with what belongs there. Only entries without others
    /// below them are suggested for their words; the groups above tell where they belong.
    pub fn new<'a>(scheme: impl Iterator<Item = (&'a Code, &'a str)>) -> Self {
        let titles: HashMap<&Code, &str> = scheme.collect();
        let parents: HashSet<Code> = titles.keys().filter_map(|code| code.parent()).collect();
        let mut entries = Vec::new();
        for (code, title) in &titles {
            if parents.contains(code) {
                continue;
            }
            let mut own: Vec<(String, String)> = Vec::new();
            for word in words(title) {
                let root = root(&word);
                if !own.iter().any(|(known, _)| *known == root) {
                    own.push((root, word));
                }
            }
            let above = code.ancestors().filter_map(|above| titles.get(&above).copied());
            let groups: HashSet<String> = above.flat_map(roots).collect();
            let groups = groups.into_iter().filter(|one| !own.iter().any(|(root, _)| root == one));
            let groups = groups.collect();
            entries.push(Entry { code: (*code).clone(), own, groups });
        }
        entries.sort_by(|one, other| one.code.cmp(&other.code));
        let mut having: HashMap<String, usize> = HashMap::new();
        for entry in &entries {
            for root in entry.own.iter().map(|(root, _)| root).chain(&entry.groups) {
                *having.entry(root.clone()).or_default() += 1;
            }
        }
        let all = entries.len() as f32;
        let weight = |count: usize| ((all + 1.0) / (count as f32 + 0.5)).ln().max(0.05);
        let weights = having.into_iter().map(|(root, count)| (root, weight(count))).collect();
        Self { entries, weights, codes: titles.into_keys().cloned().collect() }
    }

    /// The codes that a document may have, the likeliest first. `decided` are the titles of
    /// documents like it, with the codes that people gave them.
    pub fn suggest(&self, subject: &Subject<'_>, decided: &[(Code, String)]) -> Vec<Suggestion> {
        let mut found: Vec<Suggestion> = Vec::new();
        let all = self.by_number(subject).into_iter();
        let all = all.chain(self.by_likeness(subject, decided)).chain(self.by_words(subject));
        for one in all {
            match found.iter_mut().find(|known| known.code == one.code) {
                // Two signs of the same are surer than either; the better one is told.
                Some(known) => {
                    let both = 1.0 - (1.0 - known.confidence) * (1.0 - one.confidence);
                    if one.confidence > known.confidence {
                        known.why = one.why;
                    }
                    known.confidence = both.min(0.98);
                }
                None => found.push(one),
            }
        }
        found.retain(|one| one.confidence >= LEAST);
        found.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
        found.truncate(MOST);
        found
    }

    /// The code in the document's own number: `12/XX.01.8-Kpt/99/2024`.
    fn by_number(&self, subject: &Subject<'_>) -> Option<Suggestion> {
        let parts = subject.number?.split('/').flat_map(|part| part.split(['-', '–']));
        let mut codes = parts.filter_map(|part| part.trim().parse::<Code>().ok());
        let code = codes.find(|code| code.level() > 0)?;
        if self.codes.contains(&code) {
            return Some(Suggestion { code, confidence: 0.96, why: Why::Number });
        }
        // The scheme may have been finer or coarser in the year of the number.
        let above = code.ancestors().find(|above| self.codes.contains(above))?;
        Some(Suggestion { code: above, confidence: 0.5, why: Why::Number })
    }

    /// What people decided for documents with a title like this one's.
    fn by_likeness(&self, subject: &Subject<'_>, decided: &[(Code, String)]) -> Option<Suggestion> {
        let own = roots(subject.title?);
        let mut votes: HashMap<&Code, (f32, usize)> = HashMap::new();
        let (mut of, mut sum) = (0, 0.0);
        for (code, title) in decided {
            let likeness = likeness(&own, &roots(title));
            if likeness < 0.3 || !self.codes.contains(code) {
                continue;
            }
            // Nearly the same title counts far more than a few words in common.
            let weight = likeness * likeness;
            let vote = votes.entry(code).or_default();
            *vote = (vote.0 + weight, vote.1 + 1);
            (of, sum) = (of + 1, sum + weight);
        }
        let best = votes
            .into_iter()
            .max_by(|one, other| one.1.0.total_cmp(&other.1.0).then_with(|| other.0.cmp(one.0)));
        let (code, (weight, same)) = best?;
        // One earlier case is a hint; several that agree are nearly a rule.
        let confidence = (weight / (sum + 0.25)).min(0.95);
        Some(Suggestion { code: code.clone(), confidence, why: Why::Alike { same, of } })
    }

    /// The entries that share most with the title and the text.
    fn by_words(&self, subject: &Subject<'_>) -> Vec<Suggestion> {
        let title = roots(subject.title.unwrap_or_default());
        let text = roots(subject.text);
        let shares = |root: &String| match (title.contains(root), text.contains(root)) {
            (true, _) => 1.0,
            (false, true) => OF_TEXT,
            (false, false) => 0.0,
        };
        let weight = |root: &String| self.weights.get(root).copied().unwrap_or(0.05);
        let mut scored: Vec<(f32, f32, &Entry)> = Vec::new();
        for entry in &self.entries {
            let (mut shared, mut all) = (0.0, 0.0);
            for (root, _) in &entry.own {
                shared += shares(root) * weight(root);
                all += weight(root);
            }
            if shared == 0.0 {
                continue;
            }
            let groups: f32 = entry.groups.iter().map(|root| shares(root) * weight(root)).sum();
            let covered = shared / all;
            // What is shared counts, and how much of the entry that is.
            let score = (shared + OF_GROUPS * groups) * covered.sqrt();
            scored.push((score, covered, entry));
        }
        scored.sort_by(|one, other| {
            other.0.total_cmp(&one.0).then_with(|| one.2.code.cmp(&other.2.code))
        });
        let sum: f32 = scored.iter().take(5).map(|(score, ..)| score * score).sum();
        let suggestion = |(score, covered, entry): &(f32, f32, &Entry)| {
            // Sure is what stands out among the entries and is covered by the document.
            let share = (score * score / sum) * (0.35 + 0.6 * covered.min(1.0));
            let confidence = 1.0 - (1.0 - share).powf(CALIBRATION);
            let shared = entry.own.iter().filter(|(root, _)| shares(root) > 0.0);
            let why = Why::Words(shared.map(|(_, word)| word.clone()).collect());
            Suggestion { code: entry.code.clone(), confidence: confidence.min(0.9), why }
        };
        scored.iter().take(MOST).map(suggestion).collect()
    }
}

/// How much two titles have in common, 0.0 to 1.0.
fn likeness(one: &HashSet<String>, other: &HashSet<String>) -> f32 {
    let common = one.intersection(other).count() as f32;
    let all = one.union(other).count() as f32;
    if all == 0.0 { 0.0 } else { common / all }
}

/// The words of a text that may say something: of letters, and no shorter than three of them.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|sign: char| !sign.is_alphabetic()).filter(|word| word.len() >= 3);
    words.map(str::to_lowercase).filter(|word| !EMPTY.contains(&word.as_str()))
}

fn roots(text: &str) -> HashSet<String> {
    words(text).map(|word| root(&word)).collect()
}

/// A word without what Indonesian puts before and behind it: not its true root, but the same for
/// most forms of one word.
fn root(word: &str) -> String {
    let mut rest = word;
    for end in ["nya", "kan", "an", "i"] {
        if let Some(short) = rest.strip_suffix(end)
            && short.len() >= 4
        {
            rest = short;
            break;
        }
    }
    for begin in ["peng", "peny", "pen", "pem", "per", "pe", "meng", "meny", "men", "mem", "me"]
        .into_iter()
        .chain(["ber", "ter", "di", "se", "ke"])
    {
        if let Some(short) = rest.strip_prefix(begin)
            && short.len() >= 4
        {
            rest = short;
            break;
        }
    }
    rest.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    fn classifier() -> Classifier {
        let entries = [
            ("XX", "Penyelenggaraan contoh"),
            ("XX.01", "Peminjaman buku dan naskah"),
            ("XX.02", "Pemusnahan naskah"),
            ("XX.03", "Perjalanan dinas pegawai"),
        ];
        let entries = entries.map(|(written, title)| (code(written), title));
        Classifier::new(entries.iter().map(|(code, title)| (code, *title)))
    }

    #[test]
    fn the_number_goes_before_the_words() {
        let subject = Subject {
            number: Some("7/XX.03-ND/99/2024"),
            title: Some("Pemusnahan naskah"),
            text: "",
        };
        let found = classifier().suggest(&subject, &[]);
        assert_eq!((found[0].code.as_str(), &found[0].why), ("XX.03", &Why::Number));
        let finer = Subject { number: Some("7/XX.03.4-ND/99/2024"), ..Subject::default() };
        let found = classifier().suggest(&finer, &[]);
        assert_eq!(found[0].code.as_str(), "XX.03");
        assert!(found[0].confidence < 0.6, "the scheme does not know it: {found:?}");
    }

    #[test]
    fn words_lead_to_an_entry() {
        let subject =
            Subject { title: Some("Berita acara pemusnahan naskah"), ..Subject::default() };
        let found = classifier().suggest(&subject, &[]);
        assert_eq!(found[0].code.as_str(), "XX.02");
        assert_eq!(found[0].why, Why::Words(vec!["pemusnahan".to_owned(), "naskah".to_owned()]));
        assert!(found[0].confidence > found.get(1).map_or(0.0, |second| second.confidence));
        assert!(classifier().suggest(&Subject::default(), &[]).is_empty());
    }

    #[test]
    fn what_was_decided_for_the_like_is_suggested() {
        let decided: Vec<(Code, String)> = (1..=4)
            .map(|number| (code("XX.03"), format!("Laporan bulanan gudang {number}")))
            .chain([(code("XX.01"), "Undangan rapat".to_owned())])
            .collect();
        let subject = Subject { title: Some("Laporan bulanan gudang"), ..Subject::default() };
        let found = classifier().suggest(&subject, &decided);
        assert_eq!(found[0].code.as_str(), "XX.03");
        assert_eq!(found[0].why, Why::Alike { same: 4, of: 4 });
        assert!(found[0].confidence > 0.8);
        // A code that the scheme does not have any more is not suggested.
        let gone = [(code("YY.01"), "Laporan bulanan gudang".to_owned())];
        assert!(classifier().suggest(&subject, &gone).iter().all(|one| one.code != code("YY.01")));
    }

    #[test]
    fn forms_of_one_word_meet() {
        for (one, other) in [
            ("pemusnahan", "dimusnahkan"),
            ("peminjaman", "pinjaman"),
            ("penghitungan", "hitungan"),
            ("pencalonan", "calon"),
        ] {
            let (one, other) = (root(one), root(other));
            assert!(
                one == other || one.ends_with(&other) || other.ends_with(&one),
                "{one} {other}"
            );
        }
    }
}
