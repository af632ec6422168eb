//! What is handed out with a document: its certificate and its authenticated copy.

use std::sync::Arc;

use axum::body::Bytes;
use simars_access::{Action, Who, may};
use simars_certificate::{Certificate, Checkpoint, Foot, Standing, Witnesses};
use simars_ingest::{CopyError, MadeCopy};
use simars_record::{
    AuthenticatedCopy, Digest, Document, FindingCode, ObjectRef, Publication, Timestamp, Version,
};
use simars_tlog::status::After;
use simars_tlog::{Extra, Policy, ProofFile};

use crate::auth::standing;
use crate::content::{Content, Source};
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::state::{Settings, State};
use crate::texts::fill;
use crate::work::{Places, blocking, failed};
use crate::{format, names};

/// What the log says of a version of a document.
#[derive(Debug, Clone)]
pub(crate) struct ProofParts {
    /// The text of the proof file.
    pub(crate) proof: String,
    /// Where the statement stands in the log, from 0.
    pub(crate) index: u64,
    /// The name of the log, its size and its root, from the checkpoint of the proof.
    pub(crate) origin: String,
    pub(crate) size: u64,
    pub(crate) root: Digest,
    pub(crate) witnesses: Witnesses,
    /// When that was so: the time of the index that tells the status.
    pub(crate) as_of: Timestamp,
}

/// The proof for a version of a document.
pub(crate) async fn proof_of(
    state: &Arc<State>,
    document: &Document,
    version: &Version,
) -> Result<ProofParts, Code> {
    let holdings = Arc::clone(&state.holdings);
    let (document, original) = (document.clone(), version.original.sha256);
    blocking(move || {
        let archive = holdings.archive();
        let proof = archive.proof(&document, &original).map_err(failed("make a proof"))?;
        let policy = archive.log_policy().map_err(failed("read the policy of the log"))?;
        let Some(policy) = policy.filter(|_| archive.published().is_some()) else {
            return Err(Code::NoLog);
        };
        parts(&proof.ok_or(Code::NoProofYet)?, &policy)
    })
    .await?
}

/// Takes from a proof what is printed, by the policy that the archive itself gives out.
fn parts(proof: &ProofFile, policy: &[u8]) -> Result<ProofParts, Code> {
    let policy = Policy::from_bytes(policy).map_err(failed("read the policy of the log"))?;
    let judged = policy.judge(&proof.note).map_err(failed("judge a proof of the log"))?;
    let extra = Extra::from_bytes(proof.extra.as_deref().unwrap_or_default());
    let Extra { statement, after } = extra.map_err(failed("read a proof of the log"))?;
    let head = judged.checkpoint.head();
    Ok(ProofParts {
        proof: proof.to_string(),
        index: proof.index,
        origin: judged.checkpoint.origin().to_owned(),
        size: head.size,
        root: head.root,
        witnesses: Witnesses {
            seen: judged.seen.len() as u32,
            known: policy.witnesses().len() as u32,
            enough: judged.quorum_met,
        },
        as_of: match after {
            After::Status(status) => status.indexed.time,
            After::Nothing | After::Absence(_) => statement.time,
        },
    })
}

/// What of this can be had for the newest version of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) certificate: bool,
    pub(crate) copy: bool,
    /// The log, if there is one, and so a proof.
    pub(crate) log: Option<Seen>,
}

/// How many of the witnesses that the archive has named have seen its newest checkpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) seen: usize,
    pub(crate) known: usize,
    /// Whether those are as many as the archive's own policy asks for.
    pub(crate) enough: bool,
}

impl Seen {
    /// What a reader is told of it; nothing where no witness was named.
    pub(crate) fn sentence(self, language: Language) -> String {
        if self.known == 0 {
            return String::new();
        }
        let key = if self.enough { "handout.witnessed" } else { "handout.waiting" };
        let values = [("seen", &*self.seen.to_string()), ("known", &*self.known.to_string())];
        fill(language, key, &values)
    }
}

/// Finds out what can be had.
pub(crate) async fn offered(state: &Arc<State>, document: &Document) -> Result<Offered, Code> {
    let holdings = Arc::clone(&state.holdings);
    let log = blocking(move || {
        let published = holdings.archive().published()?;
        let policy = holdings.archive().log_policy().ok().flatten()?;
        let policy = Policy::from_bytes(&policy).ok()?;
        let judged = policy.judge(&published.note).ok()?;
        let (seen, known) = (judged.seen.len(), policy.witnesses().len());
        Some(Seen { seen, known, enough: judged.quorum_met })
    })
    .await?;
    let addressed = state.settings.public_address.is_some();
    Ok(Offered {
        certificate: addressed && log.is_some(),
        copy: addressed && document.current().media_type == "application/pdf",
        log,
    })
}

/// The certificate of a version, to be sent.
pub(crate) async fn certificate(
    state: &Arc<State>,
    document: &Document,
    version: &Version,
) -> Result<Content, Problem> {
    let proof = proof_of(state, document, version).await.map_err(Code::problem)?;
    let address = public_address(&state.settings)?;
    let pdf = written(&state.settings, address, (document, version), &proof);
    let pdf = pdf.map_err(failed("write a certificate")).map_err(Code::problem)?;
    Ok(content(document, pdf.into(), "sertifikat", proof.as_of))
}

/// The authenticated copy of a version, to be sent; it is stated if it is `handed_out` and not only
/// asked about.
pub(crate) async fn copy(
    state: &Arc<State>,
    copiers: &Places,
    (document, version): (&Document, &Version),
    handed_out: bool,
) -> Result<Content, Problem> {
    let address = public_address(&state.settings)?;
    let strip = strip(&state.settings, address, document, version);
    let strip = strip.map_err(failed("write the strip of a copy")).map_err(Code::problem)?;
    let place = copiers.take().await.map_err(Code::problem)?;
    let (original, media_type) = (version.original, version.media_type.clone());
    let (id, version_number) = (document.id, version.number);
    let holdings = Arc::clone(&state.holdings);
    let made = blocking(move || {
        // Held until the copy is made, also when nobody waits for it any more.
        let _place = place;
        let made = holdings.authenticated_copy(&original, &media_type, &strip)?;
        let file = ObjectRef { sha256: made.sha256, size_bytes: made.size_bytes };
        let copy = AuthenticatedCopy { version: version_number, file };
        // Before it is handed out, so that whoever has it can check it. One that is not stated,
        // because its document is not before everyone, is handed out all the same.
        if handed_out && holdings.archive().state_copy(&id, copy)?.is_some() {
            holdings.wake();
        }
        Ok(made)
    });
    let MadeCopy { original, appended, sha256, size_bytes } =
        made.await.map_err(Code::problem)?.map_err(not_made)?;
    let source = Source::Both(original, appended.into());
    let bare = content(document, Bytes::new(), "salinan", version.registered);
    Ok(Content { source, sha256, size_bytes, ..bare })
}

/// Certificates and copies bear the address by which the public reaches the server: never one that
/// a request happens to name.
fn public_address(settings: &Settings) -> Result<&str, Problem> {
    settings.public_address.as_deref().ok_or_else(|| {
        let detail = "the public address is not known; serve with --public-address";
        Code::NotSetUp.problem().detail(detail)
    })
}

fn not_made(error: CopyError) -> Problem {
    match error {
        CopyError::NotMade(finding) => {
            let problem = match finding.code {
                FindingCode::ReaderFailed | FindingCode::TimedOut => Code::CopyFailed,
                _ => Code::NoCopy,
            };
            problem.problem().detail(finding.detail).with("finding", finding.code.as_str())
        }
        CopyError::Archive(error) => failed("open an original to copy it")(error).problem(),
        CopyError::Read(error) => failed("read an original to copy it")(error).problem(),
    }
}

fn written(
    settings: &Settings,
    public_address: &str,
    (document, version): (&Document, &Version),
    proof: &ProofParts,
) -> Result<Vec<u8>, simars_certificate::CertificateError> {
    let language = Language::Indonesian;
    let description = &document.description;
    let newest = document.current().number == version.number;
    let published = document.statements.iter().find(|statement| statement.kind == "terbit");
    Certificate {
        office: &settings.office_id,
        office_en: &settings.office_en,
        public_address,
        id: document.id,
        sha256: version.original.sha256,
        index: proof.index,
        title: &names::title(language, document),
        number: description.number.as_ref().map(|field| field.value.as_str()),
        date: description.date.as_ref().map(|field| format::date(language, field.value)).as_deref(),
        pages: version.pages,
        size_bytes: version.original.size_bytes,
        published: published.map(|statement| format::time(language, statement.time)).as_deref(),
        standing: match document.publication {
            Publication::Draft => Standing::Unpublished,
            Publication::Withdrawn => Standing::Withdrawn,
            Publication::Published if newest => Standing::Current,
            Publication::Published => Standing::Older,
        },
        as_of: proof.as_of,
        as_of_words: &format::time(language, proof.as_of),
        checkpoint: Checkpoint { origin: &proof.origin, size: proof.size, root: proof.root },
        witnesses: proof.witnesses,
        proof: &proof.proof,
    }
    .pdf()
}

/// The strip of a copy.
fn strip(
    settings: &Settings,
    public_address: &str,
    document: &Document,
    version: &Version,
) -> Result<Vec<u8>, simars_certificate::CertificateError> {
    Foot {
        office: &settings.office_id,
        public_address,
        id: document.id,
        sha256: version.original.sha256,
        version: version.number,
    }
    .pdf()
}

fn content(document: &Document, bytes: Bytes, what: &str, modified: Timestamp) -> Content {
    let short: String = document.id.to_string().chars().take(8).collect();
    Content {
        sha256: Digest::of(&bytes),
        size_bytes: bytes.len() as u64,
        source: Source::Bytes(bytes),
        modified,
        media_type: "application/pdf".to_owned(),
        file_name: format!("simars-{short}-{what}.pdf"),
        public: may(Who::Anyone, Action::Read, standing(document)),
    }
}

#[cfg(test)]
mod tests;
