//! Known acts looked for among all laws and government regulations.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use flate2::read::GzDecoder;
use serde::Deserialize;
use simars_describe::{describe, kinds};

use super::ask::{Item, index};
use super::report::Report;
use super::{Eval, ending, known};

/// Acts that are looked for by their number, each in every notation.
const BY_NUMBER: usize = 75;
/// Acts that are looked for by their title, each in every way.
const BY_TITLE: usize = 75;

#[derive(Deserialize)]
struct Article {
    jenis: String,
    tahun: String,
    nomor: String,
    text: String,
}

pub(super) fn measure(eval: &Eval, report: &mut Report) -> anyhow::Result<()> {
    let files = ending(&eval.data.join("search"), ".jsonl.gz");
    let articles = files.iter().find(|path| !path.to_string_lossy().contains(".passages."));
    let Some(path) = articles else {
        report.note("Articles of laws are not present: nothing measured on them.".to_owned());
        return Ok(());
    };
    let items = read(path)?;
    let index = index(&eval.work, "acts", &items)?;
    let draw = known::Draw { by_number: BY_NUMBER, by_title: BY_TITLE };
    known::measure("acts", &index, &items, draw, eval.misses, report)
}

/// The acts, each article of an act as a page.
fn read(path: &Path) -> anyhow::Result<Vec<Item>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut acts: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let article: Article = serde_json::from_str(&line?)?;
        let act = (article.jenis, article.tahun, article.nomor);
        acts.entry(act).or_default().push(article.text);
    }
    Ok(acts.into_iter().map(item).collect())
}

fn item(((kind, year, number), pages): ((String, String, String), Vec<String>)) -> Item {
    let texts: Vec<&str> = pages.iter().map(String::as_str).take(3).collect();
    let description = describe(&texts, "", None);
    Item {
        id: format!("{kind} {number}/{year}"),
        kind: kinds::recognise(&kind).map(|kind| kind.key.clone()),
        number: Some(number),
        year: year.parse().ok(),
        title: description.title.map(|title| title.value).unwrap_or_default(),
        date: description.date.map(|date| date.value.to_string()),
        issuer: description.issuer.map(|issuer| issuer.value),
        pages,
    }
}
