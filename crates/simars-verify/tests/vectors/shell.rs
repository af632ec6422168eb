//! The shell script in `docs/` answers every case, too: with a shell, coreutils and openssl.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::answers::cases;
use crate::folder;
use crate::log::{self, KeyForm};
use crate::status;

fn script() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/check-a-copy.sh")
}

#[allow(clippy::disallowed_methods, reason = "this test is about a script")]
fn run(arguments: &[&str]) -> Output {
    let output = Command::new("sh").arg(script()).args(arguments).current_dir(folder()).output();
    output.expect("sh must be installed")
}

#[test]
fn the_script_answers_every_case_as_it_should_be() {
    let key = std::fs::read_to_string(folder().join("policies/log.vkey")).unwrap();
    for case in cases() {
        let output = run(&[&case.file, &case.proof, key.trim_end()]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(i32::from(case.shell)), "{}: {said}", case.name);
        // Nothing that this code refuses for another reason than those the script cannot know is
        // accepted by it.
        let unknown = !case.later.is_empty()
            || case.policy != "policies/none.policy"
            || case.name.starts_with(status::BAD);
        assert!(case.exit < 20 || case.shell >= 20 || unknown, "{}", case.name);
    }
}

#[test]
fn the_script_wants_a_key_that_is_one() {
    for (key, exit) in [
        (log::verifier(KeyForm::Good), 0),
        (log::verifier(KeyForm::AnotherName), 2),
        (log::verifier(KeyForm::AnotherKey), 2),
        (log::verifier(KeyForm::UpperCase), 2),
        (String::new(), 2),
    ] {
        let output = run(&["files/penetapan.txt", "proofs/published.tlog-proof", &key]);
        assert_eq!(output.status.code(), Some(exit), "{key}");
    }
    assert_eq!(run(&["files/penetapan.txt"]).status.code(), Some(2));
    assert_eq!(run(&["files/none", "files/none", "x"]).status.code(), Some(2));
}

#[test]
fn the_script_stays_short() {
    let text = std::fs::read_to_string(script()).unwrap();
    assert!(text.lines().count() <= 40, "{} lines", text.lines().count());
}
