//! How much of a document could be read, and why not the rest.

use serde::Serialize;
use simars_record::{Finding, FindingCode, Version};

/// How many pages of a version were read, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Coverage {
    /// All its pages.
    pub(crate) pages: u32,
    /// Pages whose text the file itself carries.
    pub(crate) pages_from_file: u32,
    /// Pages whose text is from recognition.
    pub(crate) pages_recognised: u32,
    /// How sure recognition was of those, 0 to 100, on average.
    pub(crate) confidence: Option<u8>,
    /// Pages that wait for recognition; some of them may have a text already.
    pub(crate) pages_to_recognise: u32,
    /// Pages without text, also those that wait.
    pub(crate) pages_without_text: u32,
    /// Whether a part was not read, waits, or is in doubt.
    pub(crate) complete: bool,
}

impl Coverage {
    /// The coverage of a version.
    pub(crate) fn of(version: &Version) -> Self {
        let read = version.pages.saturating_sub(version.pages_without_text);
        Self {
            pages: version.pages,
            pages_from_file: read.saturating_sub(version.pages_recognised),
            pages_recognised: version.pages_recognised,
            confidence: version.confidence,
            pages_to_recognise: version.pages_to_recognise.len() as u32,
            pages_without_text: version.pages_without_text,
            complete: is_complete(version),
        }
    }
}

/// Whether all of a version was read, and nothing of it is in doubt.
pub(crate) fn is_complete(version: &Version) -> bool {
    version.pages > 0
        && version.pages_without_text == 0
        && version.pages_to_recognise.is_empty()
        && !version.findings.iter().any(|finding| takes_away(finding.code))
}

/// Whether what was noticed means that something is missing or may be wrong.
const fn takes_away(code: FindingCode) -> bool {
    match code {
        FindingCode::NoText
        | FindingCode::Encrypted
        | FindingCode::Damaged
        | FindingCode::TimedOut
        | FindingCode::ReaderFailed
        | FindingCode::Unsupported
        | FindingCode::LimitReached
        | FindingCode::UnmappedGlyphs
        | FindingCode::RecognitionMissing
        | FindingCode::RecognitionFailed
        | FindingCode::Doubtful
        | FindingCode::DoubtfulDigits
        | FindingCode::WrongSum => true,
        FindingCode::TypeMismatch
        | FindingCode::FallbackReader
        | FindingCode::EncodingGuessed
        | FindingCode::LayerReplaced
        | FindingCode::Attachments
        | FindingCode::Hidden
        | FindingCode::Unplaced
        | FindingCode::NotSplit => false,
    }
}

/// What can be the reason that a page has no text, the most telling first.
const REASONS: [FindingCode; 9] = [
    FindingCode::Encrypted,
    FindingCode::RecognitionFailed,
    FindingCode::TimedOut,
    FindingCode::ReaderFailed,
    FindingCode::Damaged,
    FindingCode::LimitReached,
    FindingCode::Unsupported,
    FindingCode::UnmappedGlyphs,
    FindingCode::NoText,
];

/// Why a page has no text: what was noticed on the page itself, else what was noticed of the whole
/// file; `None` if nothing was.
pub(crate) fn reason(findings: &[Finding], page: u32) -> Option<FindingCode> {
    let noted = |place: Option<u32>| {
        let here = move |code: FindingCode| {
            findings.iter().any(|finding| finding.code == code && finding.page == place)
        };
        REASONS.into_iter().find(|code| here(*code))
    };
    noted(Some(page)).or_else(|| noted(None))
}

/// Pages without text that do not wait for anything, by the reason, in the order of the first page.
pub(crate) fn unreadable(version: &Version, blank: &[u32]) -> Vec<(Option<FindingCode>, Vec<u32>)> {
    let mut groups: Vec<(Option<FindingCode>, Vec<u32>)> = Vec::new();
    let lost = blank.iter().filter(|page| version.pages_to_recognise.binary_search(page).is_err());
    for &page in lost {
        let reason = reason(&version.findings, page);
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, pages)) => pages.push(page),
            None => groups.push((reason, vec![page])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use simars_record::{Digest, ObjectRef, Timestamp};

    use super::*;

    fn version(findings: Vec<Finding>) -> Version {
        let object = ObjectRef { sha256: Digest::of(b""), size_bytes: 0 };
        Version {
            number: 1,
            original: object,
            text: object,
            layout: None,
            media_type: "application/pdf".to_owned(),
            file_name: "contoh.pdf".to_owned(),
            pages: 9,
            pages_without_text: 4,
            pages_recognised: 2,
            confidence: Some(91),
            pages_to_recognise: vec![3],
            findings,
            reader: "contoh".to_owned(),
            registered: Timestamp::from_unix(0),
        }
    }

    #[test]
    fn pages_are_counted_once() {
        let coverage = Coverage::of(&version(Vec::new()));
        assert_eq!((coverage.pages_from_file, coverage.pages_recognised), (3, 2));
        assert_eq!((coverage.pages_to_recognise, coverage.complete), (1, false));
        let mut all = version(vec![Finding::file(FindingCode::Attachments, "two files")]);
        all.pages_without_text = 0;
        all.pages_to_recognise.clear();
        assert!(is_complete(&all));
        all.findings.push(Finding::page(FindingCode::WrongSum, 2, "a sum"));
        assert!(!is_complete(&all));
        assert!(!is_complete(&Version { pages: 0, findings: Vec::new(), ..all }));
    }

    #[test]
    fn what_is_not_readable_has_its_reason() {
        let findings = vec![
            Finding::page(FindingCode::NoText, 4, "no text"),
            Finding::page(FindingCode::RecognitionFailed, 4, "nothing found"),
            Finding::page(FindingCode::RecognitionFailed, 8, "nothing found"),
            Finding::file(FindingCode::Damaged, "cut off"),
        ];
        let groups = unreadable(&version(findings), &[3, 4, 8, 9]);
        let expected = vec![
            (Some(FindingCode::RecognitionFailed), vec![4, 8]),
            (Some(FindingCode::Damaged), vec![9]),
        ];
        assert_eq!(groups, expected, "page 3 waits");
        assert_eq!(unreadable(&version(Vec::new()), &[9]), [(None, vec![9])]);
    }
}
