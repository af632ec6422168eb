//! Strings that nobody would type, each of which must be answered, and soon.

use std::time::{Duration, Instant};

use anyhow::Context;
use simars_search::Request;

use super::Eval;
use super::ask::{Item, index};
use super::report::Report;
use crate::bench::Chance;

/// No query may take longer.
const MOST: Duration = Duration::from_millis(200);

const PIECES: [&str; 40] = [
    "keputusan",
    "undang-undang",
    "UU 7/2017",
    "nomor",
    "nomor:12",
    "tahun:2024",
    "tahun:x",
    "judul:\"a",
    "jenis:",
    "penerbit:kpu",
    "\"",
    "\"pemilihan umum\"",
    "-",
    "--",
    "-kpu",
    "OR",
    "||",
    "ATAU",
    "(",
    ")",
    "\u{0}",
    "\u{301}",
    "\u{200d}",
    "🗳️",
    "ﬁ",
    "12/HK.03.1-Kpt/52/2024",
    "a/b/c-d.e",
    "/",
    "....",
    "'",
    "siapa",
    "yang",
    "di",
    "pemilihann",
    "pemlihan",
    "KPU",
    "komisi",
    "2024",
    "\n",
    "\t ",
];

pub(super) fn measure(eval: &Eval, count: usize, report: &mut Report) -> anyhow::Result<()> {
    let items = texts();
    let index = index(&eval.work, "fuzz", &items)?;
    let mut chance = Chance(17);
    let (mut slowest, mut slow, mut longest) = (Duration::ZERO, 0, String::new());
    for _ in 0..count {
        let query = made(&mut chance);
        let begun = Instant::now();
        index.search(&Request::new(&query, 1)).with_context(|| format!("the query {query:?}"))?;
        let took = begun.elapsed();
        slow += usize::from(took > MOST);
        if took > slowest {
            (slowest, longest) = (took, query);
        }
    }
    let quick = (count - slow) as f64;
    report.share("odd strings answered within 200 ms", quick, count, Some(100.0));
    eprintln!("  slowest {} ms: {longest:?}", slowest.as_millis());
    Ok(())
}

/// Texts over the same pieces, so that much is found.
fn texts() -> Vec<Item> {
    let mut chance = Chance(23);
    let page = |chance: &mut Chance| -> String {
        (0..120).map(|_| piece(chance)).collect::<Vec<_>>().join(" ")
    };
    let item = |number: usize, chance: &mut Chance| Item {
        id: format!("contoh-{number}"),
        kind: Some("keputusan".to_owned()),
        number: Some(number.to_string()),
        year: Some(2000 + (number % 25) as u16),
        title: (0..6).map(|_| piece(chance)).collect::<Vec<_>>().join(" "),
        pages: vec![page(chance), page(chance)],
        ..Item::default()
    };
    (0..2_000).map(|number| item(number, &mut chance)).collect()
}

fn piece(chance: &mut Chance) -> &'static str {
    PIECES[chance.below(PIECES.len() as u64) as usize]
}

fn made(chance: &mut Chance) -> String {
    let pieces = [3, 12, 12, 12, 80][chance.below(5) as usize];
    let mut query = String::new();
    for _ in 0..=chance.below(pieces) {
        match chance.below(8) {
            0 => query.extend(char::from_u32(chance.below(0x3000) as u32)),
            1 => query.extend((0..chance.below(30)).map(|_| 'a')),
            _ => query.push_str(piece(chance)),
        }
        if chance.below(4) != 0 {
            query.push(' ');
        }
    }
    query
}
