//! One signature of a file: all that is said about it.

use simars_record::signature::{
    Coverage, Integrity, IntegrityVerdict, Revision, Revocation, SignatureKind, SigningTime,
    TimeStamp,
};
use simars_record::{Signature, Timestamp};

use super::certificate::Certificate;
use super::cms::Message;
use super::crypto::Hash;
use super::find::{self, Found};
use super::message::{self, Checked, Purpose};
use super::place::{self, Placed};
use super::revisions::{self, State};
use super::tlv::Tlv;
use super::{chain, moment, stamp};

/// A time stamp over the signature, as an attribute of it (RFC 3161, appendix A).
const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";

/// A file with its history.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) is_encrypted: bool,
    pub(super) states: Vec<State>,
    pub(super) revisions: Vec<Revision>,
    /// The certificates in the file beside those of its signatures.
    pub(super) stored: Vec<Certificate<'a>>,
    pub(super) anchors: Vec<Certificate<'a>>,
}

/// What a signed message in the file says.
struct Said {
    checked: Checked,
    signer: Option<simars_record::signature::Certificate>,
    chain: simars_record::signature::Chain,
    time: SigningTime,
}

impl File<'_> {
    /// Checks a signature; `is_removed` if only an earlier state of the file has it.
    pub(super) fn judge(&self, found: &Found, is_removed: bool) -> Signature {
        let mut problems = Vec::new();
        let placed = self.place(found).map_err(|problem| problems.push(problem)).ok();
        let state = placed.as_ref().and_then(|placed| self.state_at(placed.end));
        let contents = placed.as_ref().map_or(&found.contents, |placed| &placed.contents);
        let (element, padding) = Tlv::first(contents).unzip();
        let is_padded = padding.is_some_and(|padding| padding.iter().all(|&byte| byte == 0));
        if padding.is_some() && !is_padded {
            problems.push("something follows the signed message".to_owned());
        }
        if found.field.is_none() && found.kind != SignatureKind::UsageRights {
            problems.push("no form field leads to it".to_owned());
        }
        if is_removed {
            problems.push("a later revision takes it out of the file".to_owned());
        }
        let message = match element {
            Some(element) => Message::read(element),
            None => Err("the signed message is not readable".to_owned()),
        };
        let claimed = found.claimed.as_deref().and_then(moment::pdf);
        let said = match &message {
            Ok(message) => self.said(message, found, claimed),
            Err(problem) => self.nothing(problem, claimed),
        };
        let holds = placed.as_ref().map(|placed| self.holds(found, placed.end));
        let is_placed = match holds {
            Some(None) if is_padded => {
                problems.push("the file as it was signed could not be opened".to_owned());
                None
            }
            Some(Some(false)) => {
                problems.push("the file as it was signed has no such signature".to_owned());
                Some(false)
            }
            Some(Some(true)) => Some(is_padded),
            Some(None) | None => Some(false),
        };
        let verdict = said.checked.verdict(is_placed);
        problems.extend(said.checked.problems);
        let end = find::end(found.byte_range);
        Signature {
            field: found.field.clone(),
            kind: found.kind,
            encoding: found.encoding.clone(),
            permits: found.permits,
            reason: found.reason.clone(),
            coverage: Coverage {
                byte_range: found.byte_range,
                whole_file: is_placed == Some(true) && end == self.bytes.len() as u64,
                revision: state.map(|state| state.digest),
            },
            integrity: Integrity {
                verdict,
                byte_range: message::shown(is_placed),
                digest: message::shown(said.checked.digest),
                signature: message::shown(said.checked.signature),
                binding: message::shown(said.checked.binding),
                algorithms: said.checked.algorithms,
                problems,
            },
            signer: said.signer,
            chain: said.chain,
            revocation: Revocation::NotChecked,
            time: said.time,
            later: self.revisions.iter().filter(|later| later.from >= end).cloned().collect(),
        }
    }

    fn place(&self, found: &Found) -> Result<Placed, String> {
        let at = found.at.ok_or("the signature's dictionary is not an object of its own")?;
        let placed = place::check(self.bytes, found.byte_range, at)?;
        // In an encrypted file a parser may have taken the signature for encrypted, too.
        if placed.contents != found.contents && !self.is_encrypted {
            return Err("what the byte range leaves out is another signature".to_owned());
        }
        if !revisions::ends_with_mark(&self.bytes[..placed.end]) {
            return Err("the byte range ends within a revision".to_owned());
        }
        Ok(placed)
    }

    /// Whether the file up to the end of the covered bytes holds the signature; `None` when it
    /// could not be opened.
    fn holds(&self, found: &Found, end: usize) -> Option<bool> {
        let state = self.state_at(end)?.found.as_ref()?;
        Some(state.iter().any(|other| other.byte_range == found.byte_range))
    }

    fn state_at(&self, end: usize) -> Option<&State> {
        self.states.iter().find(|state| state.end == end)
    }

    /// The covered bytes, as far as the file has them.
    fn covered(&self, [start, length, second, rest]: [u64; 4]) -> [&[u8]; 2] {
        let part = |start: u64, length: u64| {
            let end = usize::try_from(start.checked_add(length)?).ok()?;
            self.bytes.get(usize::try_from(start).ok()?..end)
        };
        [part(start, length).unwrap_or_default(), part(second, rest).unwrap_or_default()]
    }

    fn said(&self, message: &Message<'_>, found: &Found, claimed: Option<Timestamp>) -> Said {
        let covered = self.covered(found.byte_range);
        let mut pool = message.certificates.clone();
        pool.extend(&self.stored);
        let (checked, stamped) = if found.kind == SignatureKind::DocumentTimestamp {
            let token = stamp::check_token(message, &covered);
            let checked = token.checked.clone();
            (checked, Some(stamp::shown(message, token, &pool, &self.anchors)))
        } else {
            let stamped = self.signature_time_stamp(message, &pool);
            (check(message, &found.encoding, &covered), stamped)
        };
        let signed = message.signed_attribute(message::SIGNING_TIME).and_then(moment::asn1);
        let time = time(signed.or(claimed), stamped);
        let signer = message.signer();
        Said {
            checked,
            signer: signer.map(Certificate::shown),
            chain: chain::build(signer, &pool, &self.anchors, time.best),
            time,
        }
    }

    /// What a message that is not readable says.
    fn nothing(&self, problem: &str, claimed: Option<Timestamp>) -> Said {
        let problems = vec![problem.to_owned()];
        let checked = Checked { signature: Some(false), problems, ..Checked::default() };
        let chain = chain::build(None, &self.stored, &self.anchors, claimed);
        Said { checked, signer: None, chain, time: time(claimed, None) }
    }

    fn signature_time_stamp(
        &self,
        message: &Message<'_>,
        pool: &[Certificate<'_>],
    ) -> Option<TimeStamp> {
        let token = message.unsigned_attribute(SIGNATURE_TIME_STAMP)?;
        let token = match Message::read(token) {
            Ok(token) => token,
            Err(problem) => {
                return Some(TimeStamp {
                    time: None,
                    verdict: IntegrityVerdict::Broken,
                    authority: None,
                    chain: chain::build(None, pool, &self.anchors, None),
                    problems: vec![problem],
                });
            }
        };
        let mut pool = pool.to_vec();
        pool.extend(&token.certificates);
        let stamped = stamp::check_token(&token, &[&message.signature]);
        Some(stamp::shown(&token, stamped, &pool, &self.anchors))
    }
}

fn time(claimed: Option<Timestamp>, stamped: Option<TimeStamp>) -> SigningTime {
    let intact = stamped.as_ref().filter(|stamp| stamp.verdict == IntegrityVerdict::Intact);
    let best = intact.and_then(|stamp| stamp.time).or(claimed);
    SigningTime { claimed, stamped, best }
}

/// Checks a message by the rules of its encoding.
fn check(message: &Message<'_>, encoding: &str, covered: &[&[u8]]) -> Checked {
    match encoding {
        "ETSI.CAdES.detached" => message::check(message, covered, Purpose::Sign),
        "adbe.pkcs7.detached" => message::check(message, covered, Purpose::Old),
        "adbe.pkcs7.sha1" => {
            let content = message.content.clone().unwrap_or_default();
            let mut checked = message::check(message, &[&content], Purpose::Old);
            if content != Hash::Sha1.of(covered) {
                checked.digest = Some(false);
                checked.problems.push("the content has another digest".to_owned());
            }
            checked
        }
        _ => {
            let problem = format!("the encoding {encoding:?} is not supported");
            Checked { problems: vec![problem], ..Checked::default() }
        }
    }
}
