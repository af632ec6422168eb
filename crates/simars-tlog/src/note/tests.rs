//! Notes: the example of the specification, what is refused, and what changes when a bit does.

use super::*;
use proptest::prelude::*;

const KNOWN_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const KNOWN: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn signer(kind: KeyKind, seed: u8) -> SignerKey {
    SignerKey::from_seed(format!("key-{seed}").parse().unwrap(), kind, &[seed; 32]).unwrap()
}

#[test]
fn known_note() {
    let note: Note = KNOWN.parse().unwrap();
    let key = KNOWN_KEY.parse().unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.signed_by(&key), Ok(Some(Signed::Text)));
    assert_eq!(note.to_string(), KNOWN);
    let stranger = signer(KeyKind::Ed25519, 1);
    assert_eq!(note.signed_by(stranger.verifier()), Ok(None));
}

#[test]
fn what_is_no_note_is_refused() {
    let long = format!("{}{KNOWN}", "x".repeat(LONGEST_NOTE));
    let (_, line) = KNOWN.split_once("\n\n").unwrap();
    let many = format!("text\n\n{}", line.repeat(MOST_SIGNATURES + 1));
    for (wrong, told) in [
        (String::new(), "no empty line"),
        ("text\n\n".to_owned(), "no empty line"),
        (KNOWN.replace("\n\n", "\n"), "no empty line"),
        (KNOWN.trim_end().to_owned(), "no empty line"),
        (format!("{KNOWN}\n"), "no empty line"),
        (KNOWN.replace('\n', "\r\n"), "line 1"),
        (KNOWN.replace("message", "mes\tsage"), "line 1"),
        (KNOWN.replace('—', "-"), "signature line"),
        (KNOWN.replace("— e", "—  e"), "signature line"),
        (KNOWN.replace(" Uw2", "  Uw2"), "signature line"),
        (KNOWN.replace("aQM=", "aQM"), "signature line"),
        (KNOWN.replace("aQM=", "aQN="), "signature line"),
        (KNOWN.replace("aQM=\n", "aQM= \n"), "signature line"),
        ("text\n\n— name AAAAAA==\n".to_owned(), "signature line"),
        ("text\n\n— na+me AAAAAAA=\n".to_owned(), "signature line"),
        (long, "at most"),
        (many, "more than"),
    ] {
        let error = wrong.parse::<Note>().unwrap_err().to_string();
        let shown: String = wrong.chars().take(60).collect();
        assert!(error.contains(told), "{shown:?}: {error}");
    }
    assert_eq!(Note::new("text".to_owned()), Err(NoteError::Unended));
}

#[test]
fn a_known_key_signs_once_and_rightly() {
    let key: VerifierKey = KNOWN_KEY.parse().unwrap();
    let note: Note = KNOWN.parse().unwrap();
    let mut twice = note.clone();
    twice.add(note.signatures()[0].clone());
    assert_eq!(twice.signed_by(&key), Err(NoteError::Twice(key.name().clone())));
    let altered: Note = KNOWN.replace("example message", "other message").parse().unwrap();
    let wrong = NoteError::Wrong { name: key.name().clone(), id: key.id() };
    assert_eq!(altered.signed_by(&key), Err(wrong));
}

#[test]
fn a_witness_signs_the_time_and_a_log_does_not() {
    let (log, witness) = (signer(KeyKind::Ed25519, 1), signer(KeyKind::Cosignature, 2));
    let mut note = Note::new("text\n".to_owned()).unwrap();
    note.add(log.sign_text(note.text()).unwrap());
    note.add(witness.cosign(note.text(), 1_700_000_000).unwrap());
    assert_eq!(note.signed_by(log.verifier()), Ok(Some(Signed::Text)));
    assert_eq!(note.signed_by(witness.verifier()), Ok(Some(Signed::At(1_700_000_000))));
    assert_eq!(log.cosign("text\n", 0), None);
    assert_eq!(witness.sign_text("text\n"), None);
    assert_eq!(witness.cosign("text\n", 1 << 63), None);
    // The time is signed: another one does not fit.
    note.signatures[1].bytes[7] ^= 1;
    assert!(note.signed_by(witness.verifier()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reads_what_it_writes_and_no_mutation_verifies(
        lines in prop::collection::vec("[ -~é]{0,20}", 1..5), seed: u8, time in 0u64..1 << 63,
        place: prop::sample::Index, bit in 0u8..8,
    ) {
        let (log, witness) = (signer(KeyKind::Ed25519, seed), signer(KeyKind::Cosignature, seed));
        let mut note = Note::new(lines.join("\n") + "\n").unwrap();
        note.add(log.sign_text(note.text()).unwrap());
        note.add(witness.cosign(note.text(), time).unwrap());
        let written = note.to_string();
        prop_assert_eq!(written.parse::<Note>(), Ok(note));

        let mut bytes = written.into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        let Ok(altered) = text.parse::<Note>() else { return Ok(()) };
        let verdicts = [log.verifier(), witness.verifier()].map(|key| altered.signed_by(key));
        let all = verdicts.iter().all(|verdict| matches!(verdict, Ok(Some(_))));
        prop_assert!(!all, "{}", text);
        prop_assert_eq!(altered.to_string(), text);
    }

    #[test]
    fn never_panics(text in "[ -~\n—]{0,200}") {
        if let Ok(note) = text.parse::<Note>() {
            prop_assert_eq!(note.to_string(), text);
        }
    }
}
