//! Proofs that hold, and what they say of a file; the list of all cases.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use simars_tlog::KeyKind;

use crate::log::{self, SIZE, checkpoint, cosigned, proof, proof_with, signer};

/// One question and its answer. The names of files are paths within `tests/vectors/`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Case {
    /// What the case is.
    pub(crate) name: String,
    /// The copy.
    pub(crate) file: String,
    /// The proof that is shown for it.
    pub(crate) proof: String,
    /// Proofs of later statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) later: Vec<String>,
    /// The nonce in hexadecimal, for a document that is not public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// Whom the asker trusts.
    pub(crate) policy: String,
    /// What is to be answered.
    pub(crate) outcome: String,
    /// With which exit code.
    pub(crate) exit: u8,
    /// The exit code of the shell script, which knows the log's key only: no witnesses, no nonce,
    /// no later proofs.
    pub(crate) shell: u8,
}

/// A case with the text of its proof.
pub(crate) struct Made {
    pub(crate) case: Case,
    pub(crate) proof: Vec<u8>,
}

pub(crate) fn made(
    name: &str,
    file: &str,
    proof: impl Into<Vec<u8>>,
    policy: &str,
    outcome: (&str, u8),
    shell: u8,
) -> Made {
    let case = Case {
        name: name.to_owned(),
        file: format!("files/{file}"),
        proof: format!("proofs/{name}.tlog-proof"),
        later: Vec::new(),
        nonce: None,
        policy: format!("policies/{policy}.policy"),
        outcome: outcome.0.to_owned(),
        exit: outcome.1,
        shell,
    };
    Made { case, proof: proof.into() }
}

impl Made {
    pub(crate) fn later(mut self, names: &[&str]) -> Self {
        self.case.later = names.iter().map(|name| format!("proofs/{name}.tlog-proof")).collect();
        self
    }

    pub(crate) fn nonce(mut self, nonce: &[u8; 32]) -> Self {
        self.case.nonce = Some(nonce.iter().map(|byte| format!("{byte:02x}")).collect());
        self
    }
}

pub(crate) const GENUINE: (&str, u8) = ("genuine", 0);
pub(crate) const ALTERED: (&str, u8) = ("altered", 20);
pub(crate) const NOT_REGISTERED: (&str, u8) = ("not-registered", 21);
pub(crate) const NOT_IN_LOG: (&str, u8) = ("not-in-log", 21);
pub(crate) const NOT_MET: (&str, u8) = ("policy-not-met", 22);
pub(crate) const DAMAGED: (&str, u8) = ("proof-damaged", 23);

/// The proofs that hold.
fn good() -> Vec<Made> {
    let (file, index) = log::PUBLISHED;
    let mut with_strangers = cosigned(&checkpoint(SIZE, Vec::new()), &[1, 2, 3]);
    let stranger = signer("saksi-9.example", KeyKind::Cosignature, 99);
    with_strangers.add(stranger.cosign(with_strangers.text(), 5).unwrap());
    // A stranger may borrow a known name; the key id tells him apart.
    let namesake = signer("saksi-1.example", KeyKind::Cosignature, 98);
    with_strangers.add(namesake.cosign(with_strangers.text(), 6).unwrap());
    let extended = cosigned(&checkpoint(SIZE, vec!["tambahan 1".to_owned()]), &[]);
    vec![
        made("published", file, proof(index, SIZE, &[]), "none", GENUINE, 0),
        made("witnessed-by-two", file, proof(index, SIZE, &[1, 3]), "two", GENUINE, 0),
        made("witnessed-by-three", file, proof(index, SIZE, &[1, 2, 3]), "all", GENUINE, 0),
        made("strangers", file, proof_with(index, SIZE, with_strangers), "all", GENUINE, 0),
        made("extension-line", file, proof_with(index, SIZE, extended), "none", GENUINE, 0),
        made("older-checkpoint", file, proof(index, 12, &[]), "none", GENUINE, 0),
        made("power-of-two", file, proof(index, 16, &[]), "none", GENUINE, 0),
        made("first-of-one", "lain-0.txt", proof(0, 1, &[]), "none", GENUINE, 0),
        made("right-edge", log::LAST.0, proof(log::LAST.1, SIZE, &[]), "none", GENUINE, 0),
        made("correction", file, proof(log::CORRECTION, SIZE, &[]), "none", GENUINE, 0),
        made("still-published", file, proof(index, 12, &[]), "none", GENUINE, 0)
            .later(&["correction"]),
    ]
}

/// Proofs that hold, with a reservation about the document.
fn reserved() -> Vec<Made> {
    let (withdrawn, first, second) = log::WITHDRAWN;
    let (destroyed, kept, gone) = log::DESTROYED;
    let older = ("older-version", 10);
    let gone_from_sight = ("withdrawn", 10);
    let disposed = ("disposed", 11);
    vec![
        made("withdrawal", withdrawn, proof(second, SIZE, &[]), "none", gone_from_sight, 10),
        made("before-withdrawal", withdrawn, proof(first, SIZE, &[]), "none", GENUINE, 0),
        made("withdrawn", withdrawn, proof(first, SIZE, &[]), "none", gone_from_sight, 0)
            .later(&["withdrawal"]),
        made(
            "replacement",
            log::REPLACEMENT.0,
            proof(log::REPLACEMENT.1, SIZE, &[]),
            "none",
            GENUINE,
            0,
        ),
        made("replaced", log::REPLACED.0, proof(log::REPLACED.1, SIZE, &[]), "none", older, 0)
            .later(&["replacement"]),
        made("disposal", destroyed, proof(gone, SIZE, &[]), "none", disposed, 11),
        made("disposed", destroyed, proof(kept, SIZE, &[]), "none", disposed, 0)
            .later(&["disposal"]),
        made(
            "draft",
            log::DRAFT.0,
            proof(log::DRAFT.1, SIZE, &[]),
            "none",
            ("not-published", 10),
            23,
        )
        .nonce(&log::NONCE),
        made("closed", log::CLOSED.0, proof(log::CLOSED.1, SIZE, &[]), "none", GENUINE, 23)
            .nonce(&log::NONCE),
    ]
}

/// All cases.
pub(crate) fn all() -> Vec<Made> {
    let mut cases = good();
    cases.extend(reserved());
    cases.extend(crate::bad::all());
    cases.extend(crate::status::all());
    cases.push(
        made(
            "later-of-another",
            log::PUBLISHED.0,
            proof(log::PUBLISHED.1, SIZE, &[]),
            "none",
            DAMAGED,
            0,
        )
        .later(&["withdrawal"]),
    );
    cases.push(
        made(
            "later-is-earlier",
            log::PUBLISHED.0,
            proof(log::CORRECTION, SIZE, &[]),
            "none",
            DAMAGED,
            0,
        )
        .later(&["published"]),
    );
    cases.push(
        made(
            "later-unwitnessed",
            log::PUBLISHED.0,
            proof(log::PUBLISHED.1, SIZE, &[1, 2]),
            "two",
            NOT_MET,
            0,
        )
        .later(&["correction"]),
    );
    cases
}

/// The files of the cases, by their path.
pub(crate) fn files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let cases = all();
    for Made { case, proof } in &cases {
        let name = case.file.trim_start_matches("files/");
        let mut bytes = log::file(name.trim_start_matches("flipped-"));
        if name.starts_with("flipped-") {
            bytes[7] ^= 1;
        }
        files.insert(case.file.clone(), bytes);
        let before = files.insert(case.proof.clone(), proof.clone());
        assert_eq!(before, None, "two cases are called {}", case.name);
    }
    for (name, text) in log::policies() {
        files.insert(format!("policies/{name}"), text.into_bytes());
    }
    files.insert("policies/log.vkey".to_owned(), format!("{}\n", log::log_key().verifier()).into());
    let list: Vec<&Case> = cases.iter().map(|made| &made.case).collect();
    let json = serde_json::to_string_pretty(&list).unwrap() + "\n";
    files.insert("cases.json".to_owned(), json.into_bytes());
    files
}
