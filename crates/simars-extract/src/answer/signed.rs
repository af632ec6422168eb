//! What a child said about signatures, made such that it can be shown and stored.
//!
//! Names and reasons are the file's own words: they are cut to lines without control characters,
//! and what a hostile file could make endless is made few.

use simars_record::signature::{Certificate, Chain, Integrity, Revision, TimeStamp};
use simars_record::{Finding, Signature};

use super::checked::line;
use super::tidy;

/// The most signatures that a child may answer with.
const MOST_SIGNATURES: usize = 1_000;
const MOST_NAME_BYTES: usize = 1_000;
/// Issuers in a chain, problems of a check.
const MOST_LINES: usize = 32;
/// Changes of one revision that are told in words, and pages that are named.
const MOST_DETAILS: usize = 100;
const MOST_PAGES: usize = 1_000;
/// Revisions after one signature: all of them, or the first and an honest class for the rest.
const MOST_REVISIONS: usize = 100;

/// Reads a body that holds signatures, or why there are none.
pub(crate) fn decode(body: &[u8]) -> Result<Result<Vec<Signature>, Finding>, &'static str> {
    let answer: Result<Vec<Signature>, Finding> =
        serde_json::from_slice(body).map_err(|_| "the answer is not readable")?;
    Ok(match answer {
        Ok(signatures) if signatures.len() > MOST_SIGNATURES => {
            return Err("the answer is not possible");
        }
        Ok(signatures) => Ok(signatures.into_iter().map(believable).collect()),
        Err(finding) => Err(tidy(finding)),
    })
}

fn believable(mut signature: Signature) -> Signature {
    for text in [&mut signature.field, &mut signature.reason] {
        *text = text.take().map(|text| name(&text)).filter(|text| !text.is_empty());
    }
    signature.encoding = name(&signature.encoding);
    let Integrity { algorithms, problems, .. } = &mut signature.integrity;
    *algorithms = name(algorithms);
    lines(problems);
    signature.signer = signature.signer.map(certificate);
    signature.chain = chain(signature.chain);
    signature.time.stamped = signature.time.stamped.map(|mut stamp: TimeStamp| {
        stamp.authority = stamp.authority.map(certificate);
        stamp.chain = chain(stamp.chain);
        lines(&mut stamp.problems);
        stamp
    });
    few(&mut signature.later);
    signature
}

/// Keeps the first revisions, and the gravest class of the others as one.
fn few(later: &mut Vec<Revision>) {
    if later.len() > MOST_REVISIONS {
        let rest = later.split_off(MOST_REVISIONS - 1);
        let gravest = rest.iter().map(|revision| revision.class).max();
        let forbidden = rest.iter().any(|revision| revision.forbidden);
        if let (Some(class), Some(first), Some(last)) = (gravest, rest.first(), rest.last()) {
            let details = vec![format!("{} revisions, told as one", rest.len())];
            let (from, to, digest) = (first.from, last.to, last.digest);
            let pages = rest.iter().flat_map(|revision| &revision.pages).copied();
            let pages = pages.collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            later.push(Revision { class, from, to, digest, pages, details, forbidden });
        }
    }
    for revision in later {
        revision.pages.truncate(MOST_PAGES);
        revision.details.truncate(MOST_DETAILS);
        lines(&mut revision.details);
    }
}

fn chain(mut chain: Chain) -> Chain {
    chain.issuers.truncate(MOST_LINES);
    chain.issuers = chain.issuers.into_iter().map(certificate).collect();
    lines(&mut chain.problems);
    chain
}

fn certificate(mut certificate: Certificate) -> Certificate {
    let Certificate { name: called, subject, issuer, serial, .. } = &mut certificate;
    for text in [called, subject, issuer, serial] {
        *text = name(text);
    }
    certificate
}

fn name(text: &str) -> String {
    line(text, MOST_NAME_BYTES)
}

fn lines(lines: &mut Vec<String>) {
    lines.truncate(MOST_DETAILS);
    for one in lines {
        *one = name(one);
    }
}

#[cfg(test)]
mod tests {
    use simars_record::{Digest, FindingCode, RevisionClass};

    use super::*;

    fn signature(field: &str, later: usize) -> serde_json::Value {
        let chain = serde_json::json!({
            "verdict": "not-anchored", "issuers": [], "valid_then": null,
            "problems": vec!["a\nb"; 200],
        });
        let revision = Revision {
            class: RevisionClass::ValidationData,
            from: 1,
            to: 2,
            digest: Digest::of(b""),
            pages: vec![3],
            details: vec!["x\u{1b}[2J".to_owned()],
            forbidden: false,
        };
        let mut revisions = vec![revision; later];
        if let Some(last) = revisions.last_mut() {
            (last.class, last.to) = (RevisionClass::ChangedContent, 9);
        }
        serde_json::json!({
            "field": field, "kind": "approval", "encoding": "ETSI.CAdES.detached",
            "coverage": { "byte_range": [0, 1, 2, 3], "whole_file": true },
            "integrity": {
                "verdict": "intact", "byte_range": "good", "digest": "good", "signature": "good",
                "binding": "good", "algorithms": "SHA-256, RSA", "problems": [],
            },
            "chain": chain, "revocation": "not-checked",
            "time": { "claimed": null, "stamped": null, "best": null }, "later": revisions,
        })
    }

    fn decoded(field: &str, later: usize) -> Signature {
        let body = serde_json::json!({ "Ok": [signature(field, later)] }).to_string();
        decode(body.as_bytes()).unwrap().unwrap().remove(0)
    }

    #[test]
    fn the_file_s_words_become_lines() {
        let signature = decoded("ttd\n\u{202}1", 1);
        assert_eq!(signature.field.as_deref(), Some("ttd \u{202}1"));
        assert_eq!(signature.later[0].details, ["x [2J"]);
        assert_eq!(signature.chain.problems.len(), MOST_DETAILS);
        assert_eq!(signature.chain.problems[0], "a b");
        assert_eq!(decoded("\n", 0).field, None);
    }

    #[test]
    fn the_gravest_of_too_many_revisions_is_kept() {
        let later = decoded("ttd", 5_000).later;
        assert_eq!(later.len(), MOST_REVISIONS);
        let last = later.last().unwrap();
        assert_eq!((last.class, last.to), (RevisionClass::ChangedContent, 9));
        assert_eq!(last.pages, [3]);
    }

    #[test]
    fn what_cannot_be_is_no_answer() {
        let body = serde_json::json!({ "Ok": vec![signature("ttd", 0); MOST_SIGNATURES + 1] });
        assert!(decode(body.to_string().as_bytes()).is_err());
        assert!(decode(b"{}").is_err());
        let finding = Finding::file(FindingCode::Encrypted, "a\nb");
        let body = serde_json::to_vec(&Err::<Vec<Signature>, _>(finding)).unwrap();
        assert_eq!(decode(&body).unwrap().unwrap_err().detail, "a b");
    }
}
