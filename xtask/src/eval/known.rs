//! Looking for what one knows to be there: by its number in several notations, by its title in
//! another order, with a slip of the finger, and with abbreviations.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use simars_describe::kinds;
use simars_search::Index;

use super::ask::{Item, Query, ask};
use super::report::Report;
use crate::bench::Chance;

/// A title is looked for if it has this many telling words …
const LEAST_WORDS: usize = 4;
/// … and this many of them are typed at most.
const MOST_WORDS: usize = 10;
/// Letters of a word that somebody may mistype.
const LONG_WORD: usize = 6;

/// How many items are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    pub(super) by_number: usize,
    pub(super) by_title: usize,
}

/// Makes the queries, asks them and reports.
pub(super) fn measure(
    name: &str,
    index: &Index,
    items: &[Item],
    draw: Draw,
    misses: usize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut all: BTreeMap<&str, Vec<Query>> = BTreeMap::new();
    by_number(items, draw.by_number, &mut all);
    by_title(items, draw.by_title, &mut all);
    let bars = [None, Some(97.0), Some(99.5)];
    let mut together = Vec::new();
    for (way, queries) in all {
        let ranks = ask(index, &queries, misses)?;
        report.share(&format!("{name}, {way}: success@1"), ranks.within(1), ranks.len(), bars[1]);
        together.extend(queries);
    }
    let ranks = ask(index, &together, 0)?;
    report.share(&format!("{name}, all: success@1"), ranks.within(1), ranks.len(), bars[1]);
    report.share(&format!("{name}, all: success@10"), ranks.within(10), ranks.len(), bars[2]);
    Ok(())
}

/// `count` of the items, the same in every run.
fn drawn(mut items: Vec<&Item>, count: usize, seed: u64) -> Vec<&Item> {
    let mut chance = Chance(seed);
    let mut chosen = Vec::new();
    while chosen.len() < count && !items.is_empty() {
        chosen.push(items.swap_remove(chance.below(items.len() as u64) as usize));
    }
    chosen
}

fn by_number<'a>(items: &'a [Item], count: usize, all: &mut BTreeMap<&'a str, Vec<Query>>) {
    let mut same: HashMap<(&str, &str, u16), Vec<String>> = HashMap::new();
    let mut of_kind: HashMap<(&str, &str), usize> = HashMap::new();
    let named = |item: &'a Item| {
        let (kind, number) = (item.kind.as_deref()?, item.number.as_deref()?);
        Some((kind, number, item.year?))
    };
    for item in items {
        if let Some((kind, number, year)) = named(item) {
            same.entry((kind, number, year)).or_default().push(item.id.clone());
            *of_kind.entry((kind, first_part(number))).or_default() += 1;
        }
    }
    let numbered = items.iter().filter(|item| named(item).is_some()).collect();
    for item in drawn(numbered, count, 3) {
        let Some((key, number, year)) = named(item) else { continue };
        let Some(kind) = kinds::find(key) else { continue };
        let full = &kind.name_id;
        // Some abbreviations are common words, and no names of their kind.
        let known = kinds::recognise(&kind.abbreviation).is_some_and(|found| found.key == kind.key);
        let short = if known { &kind.abbreviation } else { full };
        let mut add = |way: &'static str, text: String| {
            let meant = same[&(key, number, year)].clone();
            all.entry(way).or_default().push(Query { text, meant });
        };
        if number.contains('/') {
            add("number as it stands", number.to_owned());
            add("number with kind", format!("{} nomor {number}", full.to_lowercase()));
        } else {
            add("number, kind 7/2017", format!("{short} {number}/{year}"));
            add("number, kind Nomor 7 Tahun 2017", format!("{full} Nomor {number} Tahun {year}"));
            let (full, short) = (full.to_lowercase(), short.to_lowercase());
            add("number, kind no. 7 tahun 2017", format!("{full} no. {number} tahun {year}"));
            add("number, kind 7 2017", format!("{short} {number} {year}"));
        }
        if of_kind[&(key, first_part(number))] == 1 {
            let text = format!("{} {}", full.to_lowercase(), first_part(number));
            add("number without its year", text);
        }
    }
}

/// What people call a number by: what stands before the first slash.
fn first_part(number: &str) -> &str {
    number.split('/').next().unwrap_or(number)
}

fn by_title<'a>(items: &'a [Item], count: usize, all: &mut BTreeMap<&'a str, Vec<Query>>) {
    let mut same: HashMap<Vec<String>, Vec<String>> = HashMap::new();
    for item in items {
        same.entry(sorted(telling(&item.title))).or_default().push(item.id.clone());
    }
    let fit = |item: &&Item| telling(&item.title).len() >= LEAST_WORDS;
    let titled: Vec<&Item> = items.iter().filter(fit).collect();
    let shorts = abbreviations();
    let mut chance = Chance(11);
    for item in drawn(titled.clone(), count, 5) {
        let words = telling(&item.title);
        let meant = same[&sorted(words.clone())].clone();
        let mut add = |way: &'static str, text: String| {
            all.entry(way).or_default().push(Query { text, meant: meant.clone() });
        };
        add("title, words in another order", shuffled(&words, &mut chance).join(" "));
        let mut typed = words;
        typed.truncate(MOST_WORDS);
        if titled.iter().filter(|other| holds(&other.title, &typed)).count() <= meant.len()
            && let Some(text) = mistyped(typed, &mut chance)
        {
            add("title, one slip", text);
        }
    }
    let short = titled.into_iter().filter(|item| abbreviated(&item.title, &shorts).is_some());
    for item in drawn(short.collect(), count, 9) {
        let meant = same[&sorted(telling(&item.title))].clone();
        let text = abbreviated(&item.title, &shorts).unwrap_or_default();
        all.entry("title, abbreviated").or_default().push(Query { text, meant });
    }
}

/// The words of a title that say something, in order, lower case, each once.
fn telling(title: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let words = title.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    let small = ["dan", "dari", "yang", "untuk", "atas", "dengan", "pada", "atau", "tentang"];
    words
        .filter(|word| word.len() > 2 && !small.contains(&word.as_str()))
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words
}

fn shuffled(words: &[String], chance: &mut Chance) -> Vec<String> {
    let mut rest = words.to_vec();
    let mut mixed = Vec::new();
    while mixed.len() < words.len() {
        mixed.push(rest.swap_remove(chance.below(rest.len() as u64) as usize));
    }
    mixed
}

/// Whether a title has all the words: what is typed must tell which one is meant.
fn holds(title: &str, words: &[String]) -> bool {
    let all = telling(title);
    words.iter().all(|word| all.contains(word))
}

/// The words with one letter of one long word left out, doubled, swapped or replaced.
fn mistyped(mut words: Vec<String>, chance: &mut Chance) -> Option<String> {
    let long =
        |word: &String| word.len() >= LONG_WORD && word.bytes().all(|b| b.is_ascii_lowercase());
    let places: Vec<usize> = (0..words.len()).filter(|at| long(&words[*at])).collect();
    let place = *places.get(chance.below(places.len() as u64) as usize)?;
    let mut letters: Vec<char> = words[place].chars().collect();
    let at = 1 + chance.below(letters.len() as u64 - 2) as usize;
    match chance.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters[at] = if letters[at] == 'x' { 'z' } else { 'x' },
    }
    words[place] = letters.into_iter().collect();
    Some(words.join(" "))
}

#[derive(Deserialize)]
struct Synonyms {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    phrases: Vec<String>,
}

/// Phrases and what stands for them in short, the longest phrase first.
fn abbreviations() -> Vec<(String, String)> {
    let text = include_str!("../../../index-schema/synonyms.toml");
    let Ok(Synonyms { group }) = toml::from_str(text) else { return Vec::new() };
    let mut all = Vec::new();
    for Group { phrases } in group {
        let shortest = phrases.iter().min_by_key(|phrase| phrase.len()).cloned();
        let Some(short) = shortest.filter(|short| !short.contains(' ')) else { continue };
        let longer = phrases.into_iter().filter(|phrase| phrase.contains(' '));
        all.extend(longer.map(|phrase| (phrase, short.clone())));
    }
    all.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    all
}

/// The title with one phrase abbreviated; `None` if it holds none.
fn abbreviated(title: &str, shorts: &[(String, String)]) -> Option<String> {
    let words = title.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let text = format!(" {} ", words.join(" "));
    shorts.iter().find_map(|(phrase, short)| {
        let phrase = format!(" {phrase} ");
        text.contains(&phrase)
            .then(|| text.replacen(&phrase, &format!(" {short} "), 1).trim().to_owned())
    })
}
