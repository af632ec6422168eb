//! Time stamp tokens (RFC 3161): a signed message whose content states a time and a digest.

use simars_record::Timestamp;
use simars_record::signature::{IntegrityVerdict, TimeStamp};

use super::certificate::Certificate;
use super::chain;
use super::cms::Message;
use super::crypto::{Hash, digest_algorithm};
use super::message::{Checked, Purpose, check};
use super::moment;
use super::tlv::{GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, Tlv};

const TIME_STAMP_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// A token and what was found about it.
#[derive(Debug)]
pub(super) struct Stamped {
    /// The checks of the token as a signed message; its digest is good when the token is over
    /// what it has to be over.
    pub(super) checked: Checked,
    pub(super) time: Option<Timestamp>,
}

/// Checks that a token is intact and over `stamped`, in parts.
pub(super) fn check_token(message: &Message<'_>, stamped: &[&[u8]]) -> Stamped {
    let content = message.content.clone().unwrap_or_default();
    let mut checked = check(message, &[&content], Purpose::Stamp);
    if message.content_type != TIME_STAMP_INFO || message.signed_bytes().is_none() {
        checked.digest = Some(false);
        checked.problems.push("it is no time stamp".to_owned());
        return Stamped { checked, time: None };
    }
    let Some(info) = Info::read(&content) else {
        checked.digest = Some(false);
        checked.problems.push("what the time stamp states is not readable".to_owned());
        return Stamped { checked, time: None };
    };
    match info.hash {
        Ok(hash) if hash.of(stamped) == info.digest => {}
        Ok(_) => {
            checked.digest = Some(false);
            checked.problems.push("the time stamp is over something else".to_owned());
        }
        Err(problem) => {
            checked.digest = checked.digest.filter(|good| !good);
            checked.problems.push(problem);
        }
    }
    Stamped { checked, time: info.time }
}

/// What a token states, for showing.
pub(super) fn shown(
    message: &Message<'_>,
    stamped: Stamped,
    pool: &[Certificate<'_>],
    anchors: &[Certificate<'_>],
) -> TimeStamp {
    let verdict = stamped.checked.verdict(Some(true));
    let authority = message.signer();
    let best = stamped.time.filter(|_| verdict == IntegrityVerdict::Intact);
    TimeStamp {
        time: stamped.time,
        verdict,
        authority: authority.map(Certificate::shown),
        chain: chain::build(authority, pool, anchors, best),
        problems: stamped.checked.problems,
    }
}

/// TSTInfo.
struct Info {
    hash: Result<Hash, String>,
    digest: Vec<u8>,
    time: Option<Timestamp>,
}

impl Info {
    fn read(content: &[u8]) -> Option<Self> {
        let mut fields = Tlv::only(content)?.tagged(SEQUENCE)?.children();
        fields.next_if(INTEGER)?;
        fields.next_if(OID)?;
        let mut imprint = fields.next_if(SEQUENCE)?.children();
        let hash = digest_algorithm(imprint.next_if(SEQUENCE)?);
        let digest = imprint.next_if(OCTET_STRING)?.body.to_vec();
        fields.next_if(INTEGER)?;
        let time = fields.next_if(GENERALIZED_TIME).and_then(moment::asn1);
        Some(Self { hash, digest, time })
    }
}
