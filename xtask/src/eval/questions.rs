//! Questions as people ask them, and the passages that answer them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use flate2::read::GzDecoder;
use serde::Deserialize;

use super::ask::{Item, Query, ask, index};
use super::report::Report;
use super::{Eval, ending};

#[derive(Deserialize)]
struct Passage {
    id: String,
    text: String,
}

/// One half is for tuning, the other tells how good it is.
pub(super) fn measure(eval: &Eval, report: &mut Report) -> anyhow::Result<()> {
    let folder = eval.data.join("search");
    let files = (ending(&folder, ".passages.jsonl.gz"), ending(&folder, ".queries.tsv"));
    let (Some(passages), Some(queries)) = (files.0.first(), files.1.first()) else {
        report
            .note("Questions with passages are not present: nothing measured on them.".to_owned());
        return Ok(());
    };
    let items = read_passages(passages)?;
    let queries = read_queries(queries)?;
    let index = index(&eval.work, "questions", &items)?;
    let (tuned, rest): (Vec<_>, Vec<_>) =
        queries.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let bars = [Some(70.0), None, Some(88.5)];
    for (name, half, bars) in
        [("questions, half for tuning", tuned, [None; 3]), ("questions, other half", rest, bars)]
    {
        let half: Vec<Query> = half.into_iter().map(|(_, query)| query).collect();
        report.ranks(name, &ask(&index, &half, eval.misses)?, bars);
    }
    Ok(())
}

fn read_passages(path: &Path) -> anyhow::Result<Vec<Item>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    let item = |line: std::io::Result<String>| -> anyhow::Result<Item> {
        let Passage { id, text } = serde_json::from_str(&line?)?;
        Ok(Item { id, pages: vec![text], ..Item::default() })
    };
    lines.map(item).collect()
}

fn read_queries(path: &Path) -> anyhow::Result<Vec<Query>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let query = |line: &str| {
        let mut cells = line.split('\t').skip(1);
        let (text, meant) = (cells.next()?.to_owned(), cells.next()?.to_owned());
        Some(Query { text, meant: vec![meant] })
    };
    Ok(text.lines().filter_map(query).collect())
}
