//! `simars verify --signatures`: the signatures inside a PDF, four statements for each.

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use simars_archive::DataFolder;
use simars_extract::{Anchors, Extractor};
use simars_ingest::trust;
use simars_record::signature::{Chain, ChainVerdict, IntegrityVerdict, SignatureKind};
use simars_record::{RevisionClass, Signature, SignatureCheck, Timestamp};

use crate::command::verify_offline::Language;
use crate::door::settings;
use crate::progress::put;

/// So many changes of one revision are told on the terminal; the JSON has all.
const DETAILS: usize = 8;

/// What the check comes to, from good to bad; of several signatures the worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Every signature is intact, and nothing that came after one changed the content.
    Intact,
    /// As before, but no trusted certificate vouches for a signer.
    Untrusted,
    /// A person has to look: not all could be checked, or pages are drawn anew with equal text.
    Undecided,
    /// The covered bytes are not the signed ones, or the content was changed afterwards.
    Altered,
    /// Nothing is signed.
    Unsigned,
}

/// Checks the file, trusting the certificates in `anchors` or, without it, in the data folder.
pub(crate) fn run(
    file: &Path,
    anchors: Option<&Path>,
    data: &Path,
    (language, json): (Language, bool),
) -> anyhow::Result<ExitCode> {
    let anchors = match anchors {
        Some(folder) if !folder.is_dir() => bail!("{} is not a folder", folder.display()),
        Some(folder) => trust::read(folder)?,
        None => trust::read(&DataFolder::new(data).trust())?,
    };
    let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let check = check(&opened, anchors)?;
    let outcome = outcome(&check);
    if json {
        let told = serde_json::json!({
            "path": file.display().to_string(), "outcome": outcome.as_str(),
            "anchors": check.anchors, "signatures": check.signatures, "problem": check.problem,
        });
        put(&told.to_string())?;
    } else {
        put(&format!("{}: {}", file.display(), outcome.words(language)))?;
        if let Some(problem) = &check.problem {
            put(&format!("  {problem}"))?;
        }
        for (number, signature) in (1..).zip(&check.signatures) {
            lines(number, signature).iter().try_for_each(|line| put(line))?;
        }
    }
    Ok(outcome.into())
}

fn check(file: &File, anchors: Anchors) -> anyhow::Result<SignatureCheck> {
    let settings = settings()?;
    let digests = anchors.digests().to_vec();
    let extractor = Extractor::new(settings.program, settings.limits).with_anchors(anchors);
    Ok(match extractor.signatures(file) {
        Ok(signatures) => SignatureCheck { anchors: digests, signatures, problem: None },
        Err(finding) => SignatureCheck {
            anchors: digests,
            signatures: Vec::new(),
            problem: Some(finding.detail),
        },
    })
}

fn outcome(check: &SignatureCheck) -> Outcome {
    if check.problem.is_some() {
        return Outcome::Undecided;
    }
    // What permits functions of a program signs no content.
    let signing = |signature: &&Signature| signature.kind != SignatureKind::UsageRights;
    let judged = check.signatures.iter().filter(signing).map(|signature| judge(check, signature));
    judged.max().unwrap_or(Outcome::Unsigned)
}

fn judge(check: &SignatureCheck, signature: &Signature) -> Outcome {
    let later = signature.later.iter();
    let integrity = match signature.integrity.verdict {
        IntegrityVerdict::Intact => Outcome::Intact,
        IntegrityVerdict::Unknown => Outcome::Undecided,
        IntegrityVerdict::Broken => Outcome::Altered,
    };
    let changes = later.map(|revision| match revision.class {
        RevisionClass::ChangedContent | RevisionClass::TrailingBytes => Outcome::Altered,
        _ if revision.forbidden => Outcome::Altered,
        RevisionClass::RedrawnSameText | RevisionClass::NotCompared => Outcome::Undecided,
        RevisionClass::NothingShown
        | RevisionClass::ValidationData
        | RevisionClass::FurtherSignature
        | RevisionClass::FormFillingOrAnnotations => Outcome::Intact,
    });
    let led = signature.chain.verdict == ChainVerdict::Anchored
        && signature.chain.valid_then != Some(false);
    // A stamp's authority signs nothing; and where nobody is trusted, nobody was asked about.
    let asked = signature.kind != SignatureKind::DocumentTimestamp && !check.anchors.is_empty();
    let chain = if asked && !led { Outcome::Untrusted } else { Outcome::Intact };
    changes.chain([integrity, chain]).max().unwrap_or(integrity)
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Intact => 0,
            Outcome::Altered => 20,
            Outcome::Undecided => 24,
            Outcome::Unsigned => 25,
            Outcome::Untrusted => 26,
        })
    }
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Untrusted => "untrusted",
            Self::Undecided => "undecided",
            Self::Altered => "altered",
            Self::Unsigned => "unsigned",
        }
    }

    fn words(self, language: Language) -> &'static str {
        let (indonesian, english) = match self {
            Self::Intact => (
                "setiap tanda tangan utuh; rantai, pencabutan, dan waktu dinyatakan di bawah",
                "every signature is intact; chain, revocation and time stand below",
            ),
            Self::Untrusted => (
                "utuh, tetapi tidak ada sertifikat terpercaya yang menjamin penanda tangannya",
                "intact, but no trusted certificate vouches for a signer",
            ),
            Self::Undecided => (
                "perlu dilihat orang: tidak semuanya dapat diputuskan di sini",
                "a person has to look: not everything can be decided here",
            ),
            Self::Altered => (
                "berubah: bita yang ditandatangani, atau isi sesudah ditandatangani",
                "altered: signed bytes were changed, or content after signing",
            ),
            Self::Unsigned => ("tidak bertanda tangan elektronik", "no electronic signature in it"),
        };
        match language {
            Language::Id => indonesian,
            Language::En => english,
        }
    }
}

/// One signature in words.
fn lines(number: usize, signature: &Signature) -> Vec<String> {
    let name = signature.signer.as_ref().map_or("unknown", |signer| &signer.name);
    let issuer = signature.signer.as_ref().map_or("unknown", |signer| &signer.issuer);
    let end = signature.coverage.byte_range[2].saturating_add(signature.coverage.byte_range[3]);
    let covers = if signature.coverage.whole_file {
        "the whole file".to_owned()
    } else {
        format!("the first {end} bytes")
    };
    let integrity = &signature.integrity;
    let mut lines = vec![
        format!("signature {number}: {} by {name}", signature.kind.as_str()),
        format!("  issuer     {issuer}"),
        format!("  covers     {covers}"),
        format!("  integrity  {} ({})", integrity.verdict.as_str(), integrity.algorithms),
    ];
    let mut add = |label: &str, text: String| lines.push(format!("  {label:<10} {text}"));
    integrity.problems.iter().for_each(|problem| add("", problem.clone()));
    add("chain", chain(&signature.chain));
    signature.chain.problems.iter().for_each(|problem| add("", problem.clone()));
    add("revocation", "not checked".to_owned());
    let time = &signature.time;
    match &time.stamped {
        Some(stamp) => {
            let authority = stamp.authority.as_ref().map_or("unknown", |found| &found.name);
            let verdict = stamp.verdict.as_str();
            add("time", format!("{} stamped by {authority}, {verdict}", shown(stamp.time)));
            stamp.problems.iter().for_each(|problem| add("", problem.clone()));
        }
        None => add("time", format!("{} by the signer's own clock", shown(time.claimed))),
    }
    for later in &signature.later {
        let forbidden = if later.forbidden { ", forbidden by the certification" } else { "" };
        let (class, from, to) = (later.class.as_str(), later.from, later.to);
        add("later", format!("{class}{forbidden}, bytes {from} to {to}"));
        later.details.iter().take(DETAILS).for_each(|detail| add("", detail.clone()));
    }
    lines
}

fn chain(chain: &Chain) -> String {
    let names: Vec<_> = chain.issuers.iter().map(|issuer| issuer.name.as_str()).collect();
    let valid = match chain.valid_then {
        Some(true) => ", valid then",
        Some(false) => ", not valid then",
        None => "",
    };
    let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(" < ")) };
    format!("{}{names}{valid}", chain.verdict.as_str())
}

fn shown(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "no time".to_owned(), |time| time.to_string())
}
