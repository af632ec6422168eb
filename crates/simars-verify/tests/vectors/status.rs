//! Proofs that also tell how a document stood, or that a file was not in the archive; and what
//! must not be believed of that.

use simars_record::{Digest, Statement};
use simars_tlog::status::After;
use simars_tlog::status_map::{file_key, object_key};
use simars_tlog::{Absence, Extra, ProofFile, Status, inclusion};

use crate::cases::{DAMAGED, GENUINE, Made, NOT_REGISTERED, made};
use crate::log::{self, INDEXED, checkpoint, cosigned, leaves, map_over, statements};

/// How the names of the cases begin whose statement is good and whose status is not. The shell
/// script does not read the status, says so, and answers for the statement alone.
pub(crate) const BAD: &str = "bad-status";

/// A file that was never registered.
const ABSENT: &str = "tidak-ada.txt";

pub(crate) fn all() -> Vec<Made> {
    let mut cases = good();
    cases.extend(bad_status());
    cases.extend(bad_absence());
    cases
}

fn good() -> Vec<Made> {
    let (withdrawn, first, second) = log::WITHDRAWN;
    let (destroyed, kept, gone) = log::DESTROYED;
    let replaced = log::REPLACED;
    let of = |index, later: &[usize]| shown(index, &status(index, later));
    vec![
        made("current", log::LAST.0, of(log::LAST.1, &[]), "none", GENUINE, 0),
        made("current-corrected", FILE, of(INDEX, &[log::CORRECTION]), "none", GENUINE, 0),
        made("status-withdrawn", withdrawn, of(first, &[second]), "none", ("withdrawn", 10), 0),
        made("status-disposed", destroyed, of(kept, &[gone]), "none", ("disposed", 11), 0),
        made(
            "status-replaced",
            replaced.0,
            of(replaced.1, &[log::REPLACEMENT.1]),
            "none",
            ("older-version", 10),
            0,
        ),
        made("absent", ABSENT, absent(&absence(ABSENT)), "none", NOT_REGISTERED, 23),
    ]
}

const FILE: &str = log::PUBLISHED.0;
const INDEX: usize = log::PUBLISHED.1;

/// The status of the document of a statement, whose later statements are these.
fn status(index: usize, later: &[usize]) -> Status {
    let statements = statements();
    let map = map_over(&statements[..INDEXED]);
    Status {
        later: later.iter().map(|index| statements[*index].clone()).collect(),
        index: INDEXED as u64,
        indexed: statements[INDEXED].clone(),
        path: inclusion(&leaves(INDEXED + 1), INDEXED).unwrap(),
        map: map.proof(&object_key(&statements[index].object)),
    }
}

fn absence(file: &str) -> Absence {
    let map = map_over(&statements()[..INDEXED]);
    Absence { map: map.proof(&file_key(&Digest::of(&log::file(file)))) }
}

fn shown(index: usize, status: &Status) -> String {
    carrying(index, After::Status(Box::new(status.clone())))
}

fn absent(absence: &Absence) -> String {
    carrying(INDEXED, After::Absence(absence.clone()))
}

/// The proof file of a statement in the log that has the index.
fn carrying(index: usize, after: After) -> String {
    let extra = Extra { statement: statements()[index].clone(), after };
    with_extra(index, extra.to_string())
}

fn with_extra(index: usize, extra: String) -> String {
    let size = INDEXED + 1;
    let proof = ProofFile {
        extra: Some(extra.into_bytes()),
        index: index as u64,
        path: inclusion(&leaves(size), index).unwrap(),
        note: cosigned(&checkpoint(size, Vec::new()), &[]),
    };
    proof.to_string()
}

type Change = fn(&mut Status);

/// The published document's status, each with one change.
fn bad_status() -> Vec<Made> {
    let changes: [(&str, Change); 11] = [
        ("latest-kept-back", |status| status.later.clear()),
        ("later-of-another", |status| status.later.push(statements()[log::WITHDRAWN.2].clone())),
        ("later-twice", |status| status.later.push(status.later[0].clone())),
        ("index-elsewhere", |status| status.index -= 1),
        ("index-of-another-kind", |status| status.indexed = statements()[5].clone()),
        ("index-invented", |status| status.indexed.time = statements()[5].time),
        ("path-cut", |status| status.path.truncate(0)),
        ("branch-changed", |status| status.map.siblings[3] = Digest::of(b"x")),
        ("branch-missing", |status| status.map.siblings.truncate(15)),
        ("entry-changed", |status| status.map.entries[0].1 = leaves(INDEX + 1)[INDEX]),
        ("bucket-emptied", |status| status.map.entries.clear()),
    ];
    let mut cases: Vec<Made> = changes
        .iter()
        .map(|(name, change)| {
            let mut status = status(INDEX, &[log::CORRECTION]);
            change(&mut status);
            made(&format!("{BAD}-{name}"), FILE, shown(INDEX, &status), "none", DAMAGED, 0)
        })
        .collect();
    let other = status(log::LAST.1, &[]);
    cases.push(made("bad-status-of-another", FILE, shown(INDEX, &other), "none", DAMAGED, 0));
    cases.extend(spellings());
    cases
}

/// The same status spelt otherwise.
fn spellings() -> Vec<Made> {
    let statement: Statement = statements()[INDEX].clone();
    let after = After::Status(Box::new(status(INDEX, &[log::CORRECTION])));
    let good = Extra { statement, after }.to_string();
    let entry = good.lines().last().unwrap().to_owned();
    let upper = entry.replace("isi ", "").to_uppercase();
    let changed = [
        ("trailing-line", format!("{good}\n"), 0),
        ("unended", good.trim_end().to_owned(), 0),
        ("upper-case", good.replace(&entry, &format!("isi {upper}")), 0),
        ("two-blanks", good.replace("\ncabang ", "\ncabang  "), 0),
        ("entry-before-branch", good.replacen("\ncabang", &format!("\n{entry}\ncabang"), 1), 0),
        ("other-version", good.replace("kedudukan@v1", "kedudukan@v2"), 23),
        ("no-empty-line", good.replacen("\n\n", "\n", 1), 23),
    ];
    changed
        .into_iter()
        .map(|(name, extra, shell)| {
            let name = format!("{BAD}-{name}");
            made(&name, FILE, with_extra(INDEX, extra), "none", DAMAGED, shell)
        })
        .collect()
}

fn bad_absence() -> Vec<Made> {
    let mut emptied = absence(FILE);
    emptied.map.entries.clear();
    let elsewhere = absence(ABSENT);
    vec![
        made("absent-but-there", FILE, absent(&absence(FILE)), "none", DAMAGED, 23),
        made("absent-entry-removed", FILE, absent(&emptied), "none", DAMAGED, 23),
        made("absent-for-another-file", FILE, absent(&elsewhere), "none", DAMAGED, 23),
        made(
            "absent-by-another-statement",
            ABSENT,
            carrying(INDEX, After::Absence(elsewhere)),
            "none",
            DAMAGED,
            23,
        ),
    ]
}
