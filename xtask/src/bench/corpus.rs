//! Texts to file and to search: real passages if they are at hand, made ones if not.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use flate2::read::GzDecoder;
use serde::Deserialize;

/// A short text with the name of the act it is from.
#[derive(Debug, Deserialize)]
pub(crate) struct Passage {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// At most `count` passages.
pub(crate) fn passages(data: &Path, count: usize) -> anyhow::Result<Vec<Passage>> {
    let path = data.join("search/pasal-id.jsonl.gz");
    let Ok(file) = File::open(&path) else {
        eprintln!("{} is not present: made texts are used", path.display());
        return Ok(made(count.min(20_000)));
    };
    BufReader::new(GzDecoder::new(file))
        .lines()
        .take(count)
        .map(|line| serde_json::from_str(&line?).context("a passage that is not JSON"))
        .collect()
}

/// Texts over a small vocabulary in which some words are common and most are rare.
fn made(count: usize) -> Vec<Passage> {
    let mut chance = Chance(1);
    let syllables = ["pe", "mi", "lih", "an", "ka", "bu", "pa", "ten", "su", "ra", "kur", "si"];
    let word = |chance: &mut Chance| {
        let rank = chance.below(5_000) * chance.below(5_000) / 5_000;
        let pick = |shift: usize| syllables[(rank as usize / shift) % syllables.len()];
        format!("{}{}{}{}", pick(1), pick(12), pick(144), pick(7))
    };
    let passage = |number: usize| Passage {
        id: format!("contoh-{number}"),
        text: (0..60).map(|_| word(&mut chance)).collect::<Vec<_>>().join(" "),
    };
    (0..count).map(passage).collect()
}

/// A small generator (SplitMix64): the same choices in every run.
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// Words as a plain tokenizer sees them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(str::to_lowercase)
}

/// Queries of several kinds, drawn from the texts themselves.
#[derive(Debug)]
pub(crate) struct Queries {
    pub(crate) kinds: Vec<(&'static str, Vec<String>)>,
}

impl Queries {
    pub(crate) fn draw(passages: &[Passage], of_each: usize) -> Self {
        let mut counts = std::collections::HashMap::<String, u32>::new();
        for passage in passages {
            let mut seen: Vec<String> = words(&passage.text).collect();
            seen.sort_unstable();
            seen.dedup();
            for word in seen {
                *counts.entry(word).or_default() += 1;
            }
        }
        let total = passages.len() as u32;
        let mut chance = Chance(7);
        let mut draw = |least: u32, most: u32, count: usize| {
            let mut found = Vec::new();
            for _ in 0..200_000 {
                if found.len() == count {
                    break;
                }
                let passage = &passages[chance.below(passages.len() as u64) as usize];
                let all: Vec<String> = words(&passage.text).collect();
                if all.len() < 6 {
                    continue;
                }
                let place = chance.below(all.len() as u64 - 3) as usize;
                if (least..=most).contains(&counts[&all[place]]) {
                    found.push(all[place..].to_vec());
                }
            }
            found
        };
        let first = |found: Vec<Vec<String>>| -> Vec<String> {
            found.into_iter().map(|words| words[0].clone()).collect()
        };
        let common = draw(total / 20, total / 3, of_each);
        let middle = draw(total / 2_000, total / 100, of_each);
        let rare = draw(1, total / 10_000 + 2, of_each);
        let pairs = draw(total / 2_000, total / 20, of_each);
        let phrases = draw(total / 2_000, total / 20, of_each);
        let kinds = vec![
            ("common word", first(common)),
            ("middling word", first(middle)),
            ("rare word", first(rare)),
            ("two words", pairs.into_iter().map(|all| format!("{} {}", all[0], all[2])).collect()),
            (
                "phrase of three",
                phrases.into_iter().map(|all| format!("\"{}\"", all[..3].join(" "))).collect(),
            ),
        ];
        Self { kinds }
    }
}
