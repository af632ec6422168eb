//! Makes a PDF of an office document as the server does: `convert FILE MEDIA_TYPE OUTPUT`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example that shows what it does")]

use std::fs::{self, File};
use std::process::ExitCode;
use std::time::Instant;

use simars_extract::{CHILD_COMMAND, Extractor, Limits, child_main};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == CHILD_COMMAND) {
        return Ok(child_main());
    }
    let [file, media_type, output] = &arguments[..] else {
        eprintln!("usage: convert FILE MEDIA_TYPE OUTPUT");
        return Ok(ExitCode::from(2));
    };
    let extractor = Extractor::new(std::env::current_exe()?, Limits::default());
    let begun = Instant::now();
    let made = extractor.convert(&File::open(file)?, media_type, &std::env::temp_dir());
    let seconds = begun.elapsed().as_secs_f32();
    match made {
        Ok(made) => {
            println!("{} pages, {} bytes, {seconds:.1} s", made.pages, made.pdf.len());
            fs::write(output, made.pdf)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(finding) => {
            println!("{}: {} ({seconds:.1} s)", finding.code.as_str(), finding.detail);
            Ok(ExitCode::FAILURE)
        }
    }
}
