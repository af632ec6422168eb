//! What the checker in the browser is made of: its scripts in their order and every sentence it may
//! have to say.

use serde_json::{Map, Value};
use simars_record::StatementKind;
use simars_verify::Outcome;

use crate::language::Language;
use crate::texts;

/// Scripts that check a copy, each after those it builds on. The first one is the worker's as well.
pub(crate) const SCRIPTS: [&str; 7] =
    ["sha256.js", "ed25519.js", "tlog.js", "statement.js", "policy.js", "verdict.js", "desk.js"];

/// Keys of the sentences that scripts ask for by name.
const SENTENCES: [&str; 72] = [
    "verify.progress",
    "verify.asking",
    "verify.failed",
    "verify.cancelled",
    "verify.held",
    "verify.proof_download",
    "offline.chosen",
    "offline.no_file",
    "offline.no_proof",
    "offline.no_policy",
    "offline.bad_nonce",
    "check.name_integrity",
    "check.name_inclusion",
    "check.name_witnesses",
    "check.name_publication",
    "check.name_status",
    "check.name_absence",
    "check.name_proof",
    "check.name_policy",
    "check.name_archive",
    "check.yes",
    "check.no",
    "check.open",
    "check.integrity_public_yes",
    "check.integrity_public_no",
    "check.integrity_closed_yes",
    "check.integrity_closed_no",
    "check.inclusion",
    "check.witnesses_none",
    "check.witnesses_met",
    "check.witnesses_few",
    "check.publication_draft",
    "check.publication_published",
    "check.publication_withdrawn",
    "check.publication_unknown",
    "check.status_proved",
    "check.status_proved_older",
    "check.status_shown",
    "check.status_shown_older",
    "check.status_untold",
    "check.absence",
    "check.read_proof",
    "check.read_note",
    "check.read_checkpoint",
    "check.read_statement",
    "check.read_policy",
    "check.no_statement",
    "check.signed_twice",
    "check.signature_wrong",
    "check.unknown_log",
    "check.unknown_key",
    "check.path_wrong",
    "check.nonce_missing",
    "check.later_other",
    "check.later_earlier",
    "check.status_chain",
    "check.status_no_index",
    "check.status_not_in_log",
    "check.status_map",
    "check.status_not_latest",
    "check.status_left_out",
    "check.absence_present",
    "check.proof_unavailable",
    "check.no_log",
    "check.policy_own",
    "check.archive_says",
    "check.force_revoked",
    "check.force_amended",
    "doubt.signature-broken",
    "doubt.changed-after-signing",
    "doubt.forbidden-change",
    "doubt.file-damaged",
];

/// Acts that only those who keep the archive have to do with: the public log has them as it has all,
/// but no page tells readers what they were.
pub(crate) const INNER: [&str; 2] = ["lihat", "retensi"];

/// The sentences for the scripts of a page in a language: a JSON object.
pub(crate) fn sentences(language: Language) -> String {
    let titles = Outcome::ALL.map(|outcome| format!("verdict.{}_title", outcome.as_str()));
    let acts = StatementKind::ALL.map(|kind| format!("statement.{}", kind.as_str()));
    let keys = SENTENCES.iter().map(|key| (*key).to_owned()).chain(titles).chain(acts);
    let sentence = |key: String| {
        let inner = key.strip_prefix("statement.").is_some_and(|act| INNER.contains(&act));
        let asked = if inner { "statement.inner" } else { key.as_str() };
        let text = Value::from(texts::text(language, asked));
        (key, text)
    };
    Value::Object(keys.map(sentence).collect::<Map<_, _>>()).to_string()
}
