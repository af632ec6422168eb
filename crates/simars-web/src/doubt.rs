//! What makes a file doubtful although it is registered: said before anything else of it, since a
//! genuine copy of such a file is no less doubtful.

use simars_record::signature::{IntegrityVerdict, SignatureKind};
use simars_record::{FindingCode, RevisionClass, Structure, Version};

/// One such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A signature in it is not of the bytes that it covers.
    BrokenSignature,
    /// What it says was changed after it was signed.
    ChangedAfterSigning,
    /// It was changed after signing in a way that its author's certification forbids.
    ForbiddenChange,
    /// The file is damaged.
    Damaged,
}

impl Doubt {
    /// All of them, the gravest first.
    pub(crate) const ALL: [Self; 4] =
        [Self::BrokenSignature, Self::ChangedAfterSigning, Self::ForbiddenChange, Self::Damaged];

    /// The name of the check that tells of it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BrokenSignature => "signature-broken",
            Self::ChangedAfterSigning => "changed-after-signing",
            Self::ForbiddenChange => "forbidden-change",
            Self::Damaged => "file-damaged",
        }
    }

    /// The doubt that a check of this name tells of.
    pub(crate) fn named(check: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| doubt.as_str() == check)
    }

    /// The text that tells people.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::BrokenSignature => "doubt.signature-broken",
            Self::ChangedAfterSigning => "doubt.changed-after-signing",
            Self::ForbiddenChange => "doubt.forbidden-change",
            Self::Damaged => "doubt.file-damaged",
        }
    }

    /// One English sentence for machines.
    pub(crate) const fn detail(self) -> &'static str {
        match self {
            Self::BrokenSignature => "a signature in the file is not of the bytes it covers",
            Self::ChangedAfterSigning => "the content of the file was changed after it was signed",
            Self::ForbiddenChange => {
                "the file was changed after signing in a way its certification forbids"
            }
            Self::Damaged => "the file is damaged; what could be read was read",
        }
    }

    /// Where the document's page tells more.
    pub(crate) const fn place(self) -> &'static str {
        match self {
            Self::BrokenSignature | Self::ChangedAfterSigning | Self::ForbiddenChange => {
                "#tanda-tangan"
            }
            Self::Damaged => "#cakupan",
        }
    }
}

/// What makes a version doubtful, the gravest first; `structure` is what was found out about it when
/// it was read.
pub(crate) fn doubts(version: &Version, structure: Option<&Structure>) -> Vec<Doubt> {
    let check = structure.and_then(|structure| structure.checked.as_deref());
    let signatures = check.map(|check| check.signatures.as_slice()).unwrap_or_default();
    let broken = signatures.iter().any(|signature| {
        // What a program's maker permits says nothing about the content.
        signature.kind != SignatureKind::UsageRights
            && signature.integrity.verdict == IntegrityVerdict::Broken
    });
    let mut later = signatures.iter().flat_map(|signature| &signature.later);
    let changed = later.clone().any(|revision| revision.class == RevisionClass::ChangedContent);
    let forbidden = !changed && later.any(|revision| revision.forbidden);
    let damaged = version.findings.iter().any(|finding| finding.code == FindingCode::Damaged);
    let there = [broken, changed, forbidden, damaged];
    Doubt::ALL.into_iter().zip(there).filter(|(_, there)| *there).map(|(doubt, _)| doubt).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_found_again_by_the_name_of_its_check() {
        for doubt in Doubt::ALL {
            assert_eq!(Doubt::named(doubt.as_str()), Some(doubt));
            assert_eq!(doubt.key().strip_prefix("doubt."), Some(doubt.as_str()));
        }
        assert_eq!(Doubt::named("integrity"), None);
    }
}
