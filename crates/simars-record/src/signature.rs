//! What a file's embedded signatures say: four separate statements for each, never one tick.
//!
//! Integrity, chain, revocation and time are looked at on their own (ETSI EN 319 102-1 keeps
//! them apart too), and what was added to the file after the signature is named.

use serde::{Deserialize, Serialize};

use crate::{Digest, Timestamp};

/// What came of checking the signatures of one file when it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureCheck {
    /// The certificates that were trusted, by the digests of their encoded forms (DER).
    pub anchors: Vec<Digest>,
    /// Each signature, in the order of the bytes they cover.
    pub signatures: Vec<Signature>,
    /// Why they could not be checked; then none is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// One signature in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The full name of its form field; `None` when no field leads to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it is meant to be.
    pub kind: SignatureKind,
    /// How it is encoded, for example `ETSI.CAdES.detached`.
    pub encoding: String,
    /// For a certification, what it permits afterwards (ISO 32000-2, table 257): 1 nothing, 2
    /// filling in forms and signing, 3 annotations too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permits: Option<u8>,
    /// The reason, place and contact that the signature's dictionary states, unchecked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which bytes it covers.
    pub coverage: Coverage,
    /// First statement: whether the covered bytes are those that were signed.
    pub integrity: Integrity,
    /// Whose certificate it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Certificate>,
    /// Second statement: who vouches for the signer.
    pub chain: Chain,
    /// Third statement: whether the certificates had been revoked.
    pub revocation: Revocation,
    /// Fourth statement: when it was made.
    pub time: SigningTime,
    /// What was added to the file afterwards, oldest first.
    pub later: Vec<Revision>,
}

/// What a signature is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// Somebody signs.
    Approval,
    /// The author signs and says what may change afterwards.
    Certification,
    /// A time stamping authority says that the file existed.
    DocumentTimestamp,
    /// The maker of a program permits functions of it; nobody signs the content.
    UsageRights,
}

impl SignatureKind {
    /// All of them, for tables that must cover them.
    pub const ALL: [Self; 4] =
        [Self::Approval, Self::Certification, Self::DocumentTimestamp, Self::UsageRights];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Certification => "certification",
            Self::DocumentTimestamp => "document-timestamp",
            Self::UsageRights => "usage-rights",
        }
    }
}

/// The bytes a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Start and length of the two covered parts, in bytes, as the file states them.
    pub byte_range: [u64; 4],
    /// Whether that is the whole file, without the signature itself.
    pub whole_file: bool,
    /// The digest of the file from its start to the end of the covered bytes, the signature
    /// itself included: the file as it was when it was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Digest>,
}

/// Whether the covered bytes are those that were signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrity {
    /// What follows from the four checks.
    pub verdict: IntegrityVerdict,
    /// The byte range starts with the file, leaves out the signature and nothing else, and the
    /// file up to its end holds this signature.
    pub byte_range: Check,
    /// The digest of the covered bytes is the signed one.
    pub digest: Check,
    /// The signature was made with the key of the signer's certificate.
    pub signature: Check,
    /// The certificate is bound to the signature (signing-certificate attribute, RFC 5035);
    /// older encodings do not have that.
    pub binding: Check,
    /// The algorithms, for example `SHA-256, RSA`.
    pub algorithms: String,
    /// Why a check failed or could not be made, and what else is weak.
    pub problems: Vec<String>,
}

/// What follows from the checks of a signature's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntegrityVerdict {
    /// The covered bytes are those that were signed.
    Intact,
    /// They are not, or the signature is not what it looks like.
    Broken,
    /// Not known: an algorithm or encoding that is not supported.
    Unknown,
}

impl IntegrityVerdict {
    /// All of them, for tables that must cover them.
    pub const ALL: [Self; 3] = [Self::Intact, Self::Broken, Self::Unknown];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Broken => "broken",
            Self::Unknown => "unknown",
        }
    }
}

/// The result of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// It holds.
    Good,
    /// It does not hold.
    Bad,
    /// There was nothing to check, or no way to check it.
    NotChecked,
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The common name of its owner, or the whole name when it has none.
    pub name: String,
    /// The whole name of its owner, most significant part first, for example `C=ID, O=…, CN=…`.
    pub subject: String,
    /// The whole name of who issued it.
    pub issuer: String,
    /// Its serial number in hexadecimal digits.
    pub serial: String,
    /// Valid from this second on; `None` when it says nothing readable.
    pub not_before: Option<Timestamp>,
    /// Valid up to this second.
    pub not_after: Option<Timestamp>,
    /// The digest of its encoded form.
    pub digest: Digest,
}

/// Who vouches for a signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// How far it leads.
    pub verdict: ChainVerdict,
    /// From the signer's issuer upward, as far as each one's signature on the one below is good.
    pub issuers: Vec<Certificate>,
    /// Whether all of its certificates were valid at the time in [`SigningTime::best`]; `None`
    /// when no time is known.
    pub valid_then: Option<bool>,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

/// How far a chain of certificates leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainVerdict {
    /// To one of the configured trust anchors, by certificates that may issue certificates.
    Anchored,
    /// Nobody can say: no trust anchor is configured.
    NotChecked,
    /// Not to a configured trust anchor.
    NotAnchored,
    /// To a certificate that may not vouch for the one below it.
    Broken,
}

impl ChainVerdict {
    /// All of them, for tables that must cover them.
    pub const ALL: [Self; 4] = [Self::Anchored, Self::NotChecked, Self::NotAnchored, Self::Broken];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anchored => "anchored",
            Self::NotChecked => "not-checked",
            Self::NotAnchored => "not-anchored",
            Self::Broken => "broken",
        }
    }
}

/// Whether certificates had been revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revocation {
    /// Nobody was asked and no list was read.
    NotChecked,
}

/// When a signature was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningTime {
    /// What the signer's own clock said.
    pub claimed: Option<Timestamp>,
    /// What a time stamping authority said.
    pub stamped: Option<TimeStamp>,
    /// The second to judge certificates by: the stamped time if its token is intact, otherwise
    /// the claimed one.
    pub best: Option<Timestamp>,
}

/// A time stamp token (RFC 3161).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeStamp {
    /// The time it states, without fractions of a second.
    pub time: Option<Timestamp>,
    /// Whether the token belongs to this signature and is itself intact.
    pub verdict: IntegrityVerdict,
    /// The certificate of the authority.
    pub authority: Option<Certificate>,
    /// Who vouches for the authority.
    pub chain: Chain,
    /// Why the token is not intact.
    pub problems: Vec<String>,
}

/// What was added to a file in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// What kind of change it is, the gravest if there are several.
    pub class: RevisionClass,
    /// Its first byte in the file.
    pub from: u64,
    /// The byte after its last one.
    pub to: u64,
    /// The digest of the file up to here.
    pub digest: Digest,
    /// The pages it changes, counted from 1.
    pub pages: Vec<u32>,
    /// What it changes, in words for logs and the API.
    pub details: Vec<String>,
    /// Whether a certification (see [`Signature::permits`]) made before forbids it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forbidden: bool,
}

/// The kinds of later changes, from harmless to grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevisionClass {
    /// Nothing that is shown: metadata, or objects that nothing refers to.
    NothingShown,
    /// Certificates, revocation lists or time stamps for checking signatures later.
    ValidationData,
    /// One more signature.
    FurtherSignature,
    /// Fields filled in, or annotations put on pages.
    FormFillingOrAnnotations,
    /// Pages are drawn differently, their text layer is the same. What is seen may still differ:
    /// somebody has to look at these pages.
    RedrawnSameText,
    /// Bytes that belong to no revision.
    TrailingBytes,
    /// It could not be compared.
    NotCompared,
    /// Pages, their text, or what the file does when it is opened.
    ChangedContent,
}

impl RevisionClass {
    /// All classes, for tables that must cover them.
    pub const ALL: [Self; 8] = [
        Self::NothingShown,
        Self::ValidationData,
        Self::FurtherSignature,
        Self::FormFillingOrAnnotations,
        Self::RedrawnSameText,
        Self::TrailingBytes,
        Self::NotCompared,
        Self::ChangedContent,
    ];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NothingShown => "nothing-shown",
            Self::ValidationData => "validation-data",
            Self::FurtherSignature => "further-signature",
            Self::FormFillingOrAnnotations => "form-filling-or-annotations",
            Self::RedrawnSameText => "redrawn-same-text",
            Self::TrailingBytes => "trailing-bytes",
            Self::NotCompared => "not-compared",
            Self::ChangedContent => "changed-content",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_has_its_written_form() {
        fn same(value: impl Serialize, written: &str) {
            assert_eq!(serde_json::to_string(&value).unwrap(), format!("{written:?}"));
        }
        RevisionClass::ALL.iter().for_each(|one| same(one, one.as_str()));
        SignatureKind::ALL.iter().for_each(|one| same(one, one.as_str()));
        IntegrityVerdict::ALL.iter().for_each(|one| same(one, one.as_str()));
        ChainVerdict::ALL.iter().for_each(|one| same(one, one.as_str()));
        assert!(RevisionClass::ALL.is_sorted());
    }
}
