//! Shows what is read from a file: `extract FILE…` prints its pages and findings, `extract
//! --json FILE…` prints one JSON object a line, `extract --system` what protects this machine. Started as `extract extract-child` it is the
//! reading process itself, as the real program is.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use simars_extract::{CHILD_COMMAND, Extractor, Limits, child_main};
use simars_record::Extracted;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|first| first == CHILD_COMMAND) {
        return child_main();
    }
    match show(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "extract: {error}");
            ExitCode::FAILURE
        }
    }
}

fn show(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let extractor = Extractor::new(std::env::current_exe()?, Limits::default());
    let mut json = false;
    for argument in std::env::args_os().skip(1) {
        if argument == "--system" {
            writeln!(out, "{}", serde_json::to_string_pretty(&extractor.system_report())?)?;
            continue;
        }
        if argument == "--json" {
            json = true;
            continue;
        }
        let path = Path::new(&argument);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let extracted = extractor.extract(path, &name);
        if json {
            writeln!(out, "{}", serde_json::to_string(&extracted)?)?;
        } else {
            print(out, &extracted)?;
        }
    }
    Ok(())
}

fn print(out: &mut impl Write, extracted: &Extracted) -> io::Result<()> {
    let (pages, reader) = (extracted.pages.len(), &extracted.reader);
    writeln!(out, "{}, {pages} pages, read by {reader}", extracted.media_type)?;
    if let Some(title) = &extracted.embedded_title {
        writeln!(out, "title: {title}")?;
    }
    for finding in &extracted.findings {
        let page = finding.page.map(|page| format!(" page {page}:")).unwrap_or_default();
        writeln!(out, "{}:{page} {}", finding.code.as_str(), finding.detail)?;
    }
    for (index, page) in extracted.pages.iter().enumerate() {
        writeln!(out, "--- page {}\n{}", index + 1, page.text)?;
    }
    Ok(())
}
