//! `simars verify FILE --proof P --policy POLICY`: the same question, asked of nobody.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::ValueEnum;
use simars_record::Digest;
use simars_tlog::Policy;
use simars_verify::{Evidence, Outcome, Verdict};

use crate::progress::put;

/// The languages of answers in words.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Language {
    /// Indonesian.
    Id,
    /// English.
    #[default]
    En,
}

/// What was brought along.
#[derive(Debug)]
pub(crate) struct Offline<'a> {
    pub(crate) file: &'a Path,
    /// The text of the proof file.
    pub(crate) proof: String,
    pub(crate) policy: &'a Path,
    pub(crate) later: &'a [PathBuf],
    pub(crate) nonce: Option<Digest>,
    pub(crate) language: Language,
    pub(crate) json: bool,
}

impl Offline<'_> {
    /// Judges the copy with this digest, tells the verdict, and gives its exit code.
    pub(crate) fn answer(&self, copy: Digest) -> anyhow::Result<ExitCode> {
        let policy = Policy::from_bytes(&read(self.policy)?)
            .with_context(|| format!("{} is no policy", self.policy.display()))?;
        let later = self
            .later
            .iter()
            .map(|path| read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
        let later: Vec<String> = later.collect::<anyhow::Result<_>>()?;
        let later: Vec<&str> = later.iter().map(String::as_str).collect();
        let nonce = self.nonce.as_ref().map(Digest::as_bytes);
        let evidence = Evidence { copy, proof: &self.proof, nonce, later: &later };
        let verdict = evidence.judge(&policy);
        self.tell(&verdict)?;
        Ok(verdict.outcome.exit_code().into())
    }

    fn tell(&self, verdict: &Verdict) -> anyhow::Result<()> {
        let file = self.file.display();
        if self.json {
            return put(&serde_json::json!({
                "path": file.to_string(), "sha256": verdict.sha256, "outcome": verdict.outcome,
                "exit_code": verdict.outcome.exit_code(), "registered_at": verdict.registered_at,
                "reasons": verdict.reasons,
            })
            .to_string());
        }
        let (indonesian, english) = words(verdict.outcome);
        let said = match self.language {
            Language::Id => indonesian,
            Language::En => english,
        };
        put(&format!("{file}: {said}"))?;
        put(&format!("sha256 {}", verdict.sha256))?;
        for reason in &verdict.reasons {
            let mark = if reason.holds { "yes" } else { "no" };
            put(&format!("{} {mark}: {}", reason.check, reason.detail))?;
        }
        Ok(())
    }
}

/// The text of a proof file. What is not even text is a damaged proof, and is answered as one.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn proof_of(path: &Path) -> anyhow::Result<String> {
    Ok(String::from_utf8_lossy(&read(path)?).into_owned())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The outcome in plain words, Indonesian and English.
fn words(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Genuine => (
            "asli: sama persis dengan berkas yang diterbitkan",
            "genuine: bit for bit the file that was published",
        ),
        Outcome::OlderVersion => (
            "asli, tetapi sudah diganti dengan versi yang lebih baru",
            "genuine, but superseded by a newer version",
        ),
        Outcome::Withdrawn => {
            ("asli, tetapi sudah ditarik dari terbitan", "genuine, but withdrawn from publication")
        }
        Outcome::NotPublished => (
            "terdaftar, tetapi tidak terbukti pernah diterbitkan",
            "registered, but not shown to have been published",
        ),
        Outcome::NotRegistered => (
            "tidak ada dalam arsip ini; hasil pindai atau cetak dari dokumen asli memiliki SHA-256 \
             lain",
            "not in this archive; a scan or a print of a genuine document has another SHA-256",
        ),
        Outcome::Disposed => (
            "asli; berkas milik arsip sudah dimusnahkan menurut aturan",
            "genuine; the archive's own file was lawfully disposed of",
        ),
        Outcome::Altered => {
            ("bukan berkas dari bukti ini: isinya berbeda", "altered: not the file of this proof")
        }
        Outcome::NotInLog => (
            "bukti ini dari log atau kunci yang tidak dipercaya oleh kebijakan",
            "the proof is of a log or a key that the policy does not trust",
        ),
        Outcome::PolicyNotMet => (
            "bukti utuh, tetapi saksi kurang dari yang diminta kebijakan",
            "the proof holds, but fewer witnesses have seen it than the policy asks for",
        ),
        Outcome::ProofDamaged => (
            "bukti rusak atau tidak lengkap: tidak ada yang dapat dipastikan",
            "the proof is damaged or incomplete: nothing can be said",
        ),
    }
}
