//! Recognition by hand and by numbers.
//!
//! `recognise FILE [PAGE]` shows what is recognised on a page. `recognise measure DOCUMENTS
//! [PAGES]` takes pages of the PDFs in a folder, draws them, spoils them like scans, recognises
//! them by the project's path and by the engine alone, and tells how many words are right in
//! each. `recognise votes [PAGES]` does so with made tables of votes and tells how many digits
//! are right and how many wrong ones nobody was warned of. Started as `recognise extract-child`
//! it is the reading process itself, as the real program is.

#![expect(clippy::print_stdout, reason = "it speaks to a developer")]

mod alone;
mod draw;
mod measure;
mod score;
mod spoil;
mod votes;

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use simars_extract::{CHILD_COMMAND, Extractor, Limits, child_main, sniff};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        [CHILD_COMMAND, ..] => return child_main(),
        ["measure", folder] => measure::run(Path::new(folder), 40),
        ["measure", folder, pages] => pages
            .parse()
            .map_err(Into::into)
            .and_then(|pages| measure::run(Path::new(folder), pages)),
        ["votes"] => votes::run(24),
        ["votes", pages] => pages.parse().map_err(Into::into).and_then(votes::run),
        [file] => show(Path::new(file), 1),
        [file, page] => {
            page.parse().map_err(Into::into).and_then(|page| show(Path::new(file), page))
        }
        _ => Err("usage: recognise FILE [PAGE] | measure FOLDER [PAGES] | votes [PAGES]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("recognise: {error}");
            ExitCode::FAILURE
        }
    }
}

fn extractor() -> Result<Extractor> {
    Ok(Extractor::new(std::env::current_exe()?, Limits::default()))
}

fn show(path: &Path, page: u32) -> Result<()> {
    let head = std::fs::read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let media_type = sniff(&head, &name).media_type;
    let extractor = extractor()?;
    println!("engine: {:?}", extractor.engine());
    let recognised = extractor.recognise(&File::open(path)?, media_type, page, None);
    println!("{}", recognised.page.text);
    for finding in &recognised.findings {
        println!("{}: {}", finding.code.as_str(), finding.detail);
    }
    if let Some(layout) = &recognised.page.layout {
        println!("confidence {:?}, {} tables", layout.confidence, layout.tables.len());
        for table in &layout.tables {
            println!("table {:?}", table.area);
            table.rows.iter().for_each(|row| println!("  {}", row.join(" | ")));
            println!("  doubtful {:?}; wrong sums {:?}", table.doubtful, table.wrong_sums);
        }
    }
    Ok(())
}
