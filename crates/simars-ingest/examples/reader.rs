//! The program that the tests start to read foreign files: nothing but the reading process.

use std::process::ExitCode;

fn main() -> ExitCode {
    simars_extract::child_main()
}
