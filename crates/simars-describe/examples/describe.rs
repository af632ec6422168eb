//! Prints the description of text files as JSON lines. Pages are separated by form feeds, as in
//! the archive's text objects and as `pdftotext` writes them.
//!
//! `cargo run -p simars-describe --example describe -- FILE.txt...`

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).map_err(|error| {
            format!("{path} cannot be read: {error}; give text files, one path each")
        })?)
        .into_owned();
        let pages: Vec<&str> = simars_record::page::split_pages(&text).collect();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let description = simars_describe::describe(&pages, name, None);
        let line = serde_json::json!({ "file": name, "description": description });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
