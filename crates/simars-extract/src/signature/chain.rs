//! Chains of certificates: from a signer upward to a configured trust anchor.

use simars_record::Timestamp;
use simars_record::signature::{Chain, ChainVerdict};

use super::certificate::Certificate;

/// The most issuers in a chain.
const LONGEST: usize = 8;

/// The most signatures of certificates that are checked for one chain: names can be chosen so
/// that every certificate could have issued every other.
const MOST_CHECKS: u32 = 100;

/// Builds the chain of `signer` from the certificates in the file and the anchors; without a
/// signer there is none.
pub(super) fn build(
    signer: Option<&Certificate<'_>>,
    pool: &[Certificate<'_>],
    anchors: &[Certificate<'_>],
    time: Option<Timestamp>,
) -> Chain {
    let nowhere =
        if anchors.is_empty() { ChainVerdict::NotChecked } else { ChainVerdict::NotAnchored };
    let Some(signer) = signer else {
        let problems = vec!["there is no signer's certificate".to_owned()];
        let verdict = nowhere;
        return Chain { verdict, issuers: Vec::new(), valid_then: None, problems };
    };
    let mut search = Search { pool, anchors, checks_left: MOST_CHECKS, problems: Vec::new() };
    let mut path = vec![*signer];
    let mut longest = path.clone();
    let anchored = search.climb(&mut path, &mut longest);
    let mut problems = search.problems;
    problems.dedup();
    let verdict = if anchored {
        ChainVerdict::Anchored
    } else if longest.len() == 1 && problems.iter().any(|problem| problem.starts_with(VOUCHES)) {
        ChainVerdict::Broken
    } else {
        nowhere
    };
    let best = if anchored { path } else { longest };
    if verdict == ChainVerdict::Anchored {
        // What other ways lacked does not matter.
        problems.clear();
    } else if anchors.is_empty() {
        problems.push("no trust anchor is configured".to_owned());
    } else if !best.last().is_some_and(Certificate::is_self_issued) {
        problems
            .push("the next issuer's certificate is neither in the file nor an anchor".to_owned());
    }
    let valid_then = time.map(|time| best.iter().all(|found| found.is_valid_at(time)));
    if valid_then == Some(false) {
        problems.push("a certificate was not valid at the time of signing".to_owned());
    }
    let issuers = best[1..].iter().map(Certificate::shown).collect();
    Chain { verdict, issuers, valid_then, problems }
}

/// How the problems of an issuer begin.
const VOUCHES: &str = "an issuer may not vouch";

struct Search<'a, 'b> {
    pool: &'b [Certificate<'a>],
    anchors: &'b [Certificate<'a>],
    checks_left: u32,
    problems: Vec<String>,
}

impl<'a> Search<'a, '_> {
    /// Whether a way from the end of `path` leads to an anchor; then `path` is that way.
    fn climb(
        &mut self,
        path: &mut Vec<Certificate<'a>>,
        longest: &mut Vec<Certificate<'a>>,
    ) -> bool {
        let Some(&last) = path.last() else { return false };
        if self.anchors.iter().any(|anchor| anchor.raw == last.raw) {
            return true;
        }
        if path.len() > longest.len() {
            longest.clone_from(path);
        }
        if path.len() > LONGEST {
            return false;
        }
        for (candidate, is_anchor) in self.candidates(&last, path) {
            if !self.vouches(&candidate, &last, path.len() - 1, is_anchor) {
                continue;
            }
            path.push(candidate);
            if is_anchor || self.climb(path, longest) {
                return true;
            }
            path.pop();
        }
        false
    }

    /// Certificates of the named issuer, anchors first.
    fn candidates(
        &self,
        below: &Certificate<'a>,
        path: &[Certificate<'a>],
    ) -> Vec<(Certificate<'a>, bool)> {
        let anchors = self.anchors.iter().map(|anchor| (*anchor, true));
        let others = self.pool.iter().map(|other| (*other, false));
        anchors
            .chain(others)
            .filter(|(candidate, _)| candidate.subject.raw == below.issuer.raw)
            .filter(|(candidate, _)| path.iter().all(|used| used.raw != candidate.raw))
            .collect()
    }

    fn vouches(
        &mut self,
        issuer: &Certificate<'a>,
        below: &Certificate<'a>,
        depth: usize,
        is_anchor: bool,
    ) -> bool {
        let Some(left) = self.checks_left.checked_sub(1) else {
            self.problems.push("there are too many possible issuers".to_owned());
            return false;
        };
        self.checks_left = left;
        match below.is_signed_by(issuer) {
            Ok(true) => {}
            Ok(false) => return false,
            Err(problem) => {
                self.problems.push(problem);
                return false;
            }
        }
        // Old roots have no extensions; who configures one as an anchor trusts it to issue.
        let problem = issuer.problem_as_issuer(depth).filter(|_| !(is_anchor && issuer.is_bare()));
        match problem {
            None => true,
            Some(problem) => {
                self.problems.push(format!("{VOUCHES}: {problem}"));
                false
            }
        }
    }
}
