//! Very many pages, made by recombining the sentences of real passages: the same in every run.

use std::ops::Range;

use crate::bench::Chance;
use crate::bench::corpus::Passage;

/// Documents have at most so many pages.
const MOST_PAGES: u64 = 40;
/// Three sentences of four come from so many that stand side by side in the source: a document is
/// about something. The others come from anywhere.
const REGION: u64 = 400;
/// Letters of a page, at least and at most (a sentence may run over).
const PAGE_BYTES: Range<u64> = 300..1_700;
/// Kinds, as the import list names them.
const KINDS: [&str; 6] =
    ["keputusan", "berita-acara", "surat-edaran", "peraturan-kpu", "pengumuman", "undang-undang"];
/// Bodies that issue documents; no such ones exist.
const ISSUERS: u64 = 300;
const YEARS: Range<u64> = 1990..2026;

/// All sentences of the passages, in order.
#[derive(Debug)]
pub(super) struct Sentences {
    text: String,
    spans: Vec<(u32, u32)>,
}

/// A document to be filed.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) number: u64,
    pub(super) kind: &'static str,
    pub(super) year: u64,
    pub(super) title: String,
    pub(super) issuer: String,
    pub(super) pages: Vec<String>,
}

impl Sentences {
    pub(super) fn of(passages: &[Passage]) -> Self {
        let mut all = Self { text: String::new(), spans: Vec::new() };
        for passage in passages {
            for sentence in passage.text.split_inclusive(['.', ';', '\n']) {
                let sentence = sentence.trim();
                if !(20..=600).contains(&sentence.len()) {
                    continue;
                }
                let start = all.text.len() as u32;
                all.text.push_str(sentence);
                all.spans.push((start, all.text.len() as u32));
            }
        }
        all
    }

    fn get(&self, at: u64) -> &str {
        let (start, end) = self.spans[(at % self.spans.len() as u64) as usize];
        &self.text[start as usize..end as usize]
    }

    /// Documents with so many pages together.
    pub(super) fn documents(&self, pages: usize) -> impl Iterator<Item = Document> + '_ {
        let (mut number, mut left) = (0, pages);
        std::iter::from_fn(move || {
            let document = (left > 0).then(|| self.document(number, left))?;
            number += 1;
            left -= document.pages.len();
            Some(document)
        })
    }

    fn document(&self, number: u64, most: usize) -> Document {
        let mut chance = Chance(number.wrapping_mul(0x9e37_79b9));
        let all = self.spans.len() as u64;
        let region = chance.below(all);
        let pages = (1 + chance.below(MOST_PAGES)).min(most as u64);
        let title = self.get(region + chance.below(REGION)).split_whitespace();
        let title: Vec<&str> = title.take(5 + chance.below(8) as usize).collect();
        let mut document = Document {
            number,
            kind: KINDS[chance.below(KINDS.len() as u64) as usize],
            year: YEARS.start + chance.below(YEARS.end - YEARS.start),
            title: title.join(" "),
            issuer: format!("Komisi Pemilihan Umum Kabupaten Contoh {}", chance.below(ISSUERS)),
            pages: Vec::new(),
        };
        for _ in 0..pages {
            let wanted = PAGE_BYTES.start + chance.below(PAGE_BYTES.end - PAGE_BYTES.start);
            let mut page = String::new();
            while (page.len() as u64) < wanted {
                let near = chance.below(4) > 0;
                let at = if near { region + chance.below(REGION) } else { chance.below(all) };
                page.push_str(self.get(at));
                page.push('\n');
            }
            document.pages.push(page);
        }
        document
    }
}
