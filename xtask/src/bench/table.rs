//! The table of figures, printed and kept in benches/README.md.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// Rows of figures, in the order in which they were measured.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<[String; 5]>,
}

const BEGIN: &str = "<!-- figures begin -->\n";
const END: &str = "<!-- figures end -->";
const HEAD: [&str; 5] = ["what", "SIMARS", "beside it, in the same run", "ratio", "bar"];

impl Table {
    /// Adds a row; an empty cell has nothing to say.
    pub(crate) fn row(
        &mut self,
        what: impl Into<String>,
        ours: impl Into<String>,
        theirs: impl Into<String>,
        ratio: impl Into<String>,
        bar: impl Into<String>,
    ) {
        let row = [what.into(), ours.into(), theirs.into(), ratio.into(), bar.into()];
        eprintln!("  {}", row.join(" | "));
        self.rows.push(row);
    }

    fn text(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = line(&HEAD.map(str::to_owned));
        text.push_str("| --- | --- | --- | --- | --- |\n");
        text.extend(self.rows.iter().map(|row| line(row)));
        text
    }

    pub(crate) fn print(&self) {
        println!("{}", self.text());
    }

    /// Replaces the table in a document, between its marks.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        replace_between(path, BEGIN, END, &self.text())
    }

    /// The same for a part whose table stands by itself.
    pub(crate) fn write_alone(&self, path: &Path, part: &str) -> anyhow::Result<()> {
        let [begin, end] = [format!("<!-- {part} begin -->\n"), format!("<!-- {part} end -->")];
        replace_between(path, &begin, &end, &self.text())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Replaces what stands in a document between two marks.
pub(crate) fn replace_between(
    path: &Path,
    begin: &str,
    end: &str,
    with: &str,
) -> anyhow::Result<()> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let parts = text.split_once(begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some((before, after))
    });
    let Some((before, after)) = parts else {
        bail!("{} has no mark {}", path.display(), begin.trim());
    };
    fs::write(path, format!("{before}{begin}{with}{end}{after}"))
        .with_context(|| format!("cannot write {}", path.display()))
}
