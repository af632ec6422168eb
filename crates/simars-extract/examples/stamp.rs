//! Makes an authenticated copy of a PDF, to be looked at: `stamp ORIGINAL STRIP COPY`.

use std::fs::File;
use std::io::Write;
use std::process::ExitCode;

use simars_extract::{CHILD_COMMAND, Extractor, Limits, child_main};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == CHILD_COMMAND) {
        return child_main();
    }
    let [original, strip, copy] = arguments.as_slice() else { return ExitCode::from(2) };
    let made = std::env::current_exe().and_then(|program| {
        let file = File::open(original)?;
        let appended = Extractor::new(program, Limits::default())
            .stamp(&file, &std::fs::read(strip)?)
            .map_err(|finding| std::io::Error::other(finding.detail))?;
        let mut written = File::create(copy)?;
        written.write_all(&std::fs::read(original)?)?;
        written.write_all(&appended)
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _told = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
