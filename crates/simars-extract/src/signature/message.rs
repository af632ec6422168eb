//! Whether a signed message holds: digest, signature and the certificate it is bound to.

use simars_record::signature::{Check, IntegrityVerdict};

use super::certificate::Certificate;
use super::cms::Message;
use super::crypto::{Hash, Scheme, digest_algorithm};
use super::tlv::{OCTET_STRING, OID, SEQUENCE, Tlv, dotted};

const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub(super) const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const BOUND_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const BOUND_CERTIFICATE_2: &str = "1.2.840.113549.1.9.16.2.47";
const DATA: &str = "1.2.840.113549.1.7.1";

/// What was found about a message.
#[derive(Debug, Clone, Default)]
pub(super) struct Checked {
    pub(super) digest: Option<bool>,
    pub(super) signature: Option<bool>,
    pub(super) binding: Option<bool>,
    pub(super) algorithms: String,
    pub(super) problems: Vec<String>,
}

impl Checked {
    /// The verdict, given one more check.
    pub(super) fn verdict(&self, other: Option<bool>) -> IntegrityVerdict {
        let needed = [self.digest, self.signature, other];
        if needed.contains(&Some(false)) || self.binding == Some(false) {
            IntegrityVerdict::Broken
        } else if needed.contains(&None) {
            IntegrityVerdict::Unknown
        } else {
            IntegrityVerdict::Intact
        }
    }
}

/// A check as it is shown.
pub(super) fn shown(check: Option<bool>) -> Check {
    match check {
        Some(true) => Check::Good,
        Some(false) => Check::Bad,
        None => Check::NotChecked,
    }
}

/// Checks a message over `content`, in parts. `purpose` says what the signer's key has to be for.
pub(super) fn check(message: &Message<'_>, content: &[&[u8]], purpose: Purpose) -> Checked {
    let mut checked = Checked::default();
    let hash = digest_algorithm(message.digest_algorithm);
    let scheme = Scheme::read(message.signature_algorithm, hash.as_ref().ok().copied());
    match (&hash, &scheme) {
        (Ok(hash), Ok(scheme)) => {
            checked.algorithms = format!("{}, {}", hash.name(), scheme.name());
        }
        (Ok(hash), Err(_)) => hash.name().clone_into(&mut checked.algorithms),
        (Err(_), _) => {}
    }
    if hash == Ok(Hash::Sha1) {
        checked.problems.push("SHA-1 is weak: two contents with one digest can be made".to_owned());
    }
    match hash {
        Ok(hash) => digest(message, content, hash, &mut checked),
        Err(problem) => checked.problems.push(problem),
    }
    let Some(signer) = message.signer() else {
        checked.problems.push("the signer's certificate is not in the file".to_owned());
        return checked;
    };
    match scheme {
        Ok(scheme) => signature(message, content, scheme, signer, &mut checked),
        Err(problem) => checked.problems.push(problem),
    }
    checked.binding = binding(message, signer);
    match checked.binding {
        Some(false) => {
            checked.problems.push("the signature is bound to another certificate".to_owned());
        }
        None if purpose != Purpose::Old => {
            checked.problems.push("the signature is bound to no certificate".to_owned());
        }
        Some(true) | None => {}
    }
    checked.problems.extend(signer.problem_as_signer(purpose == Purpose::Stamp));
    checked
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A signature that has to name its certificate (PAdES).
    Sign,
    /// A signature in one of the older encodings.
    Old,
    /// A time stamp.
    Stamp,
}

fn digest(message: &Message<'_>, content: &[&[u8]], hash: Hash, checked: &mut Checked) {
    if message.signed_bytes().is_none() {
        // The signature is over the content itself; whether that holds is known by it.
        checked.digest = Some(message.content_type == DATA);
        return;
    }
    let signed =
        message.signed_attribute(MESSAGE_DIGEST).and_then(|value| value.octets(OCTET_STRING));
    checked.digest = Some(signed.is_some_and(|signed| signed == hash.of(content)));
    if checked.digest == Some(false) {
        checked.problems.push("the content has another digest than the signed one".to_owned());
    }
    let kind = message.signed_attribute(CONTENT_TYPE).and_then(|value| value.tagged(OID));
    if kind.is_none_or(|kind| dotted(kind.body) != message.content_type) {
        checked.digest = Some(false);
        checked.problems.push("the signed kind of content is another".to_owned());
    }
}

fn signature(
    message: &Message<'_>,
    content: &[&[u8]],
    scheme: Scheme,
    signer: &Certificate<'_>,
    checked: &mut Checked,
) {
    let attributes = message.signed_bytes();
    let held = match &attributes {
        Some(attributes) => scheme.holds(signer.key, &[attributes], &message.signature),
        None => scheme.holds(signer.key, content, &message.signature),
    };
    match held {
        Ok(holds) => {
            checked.signature = Some(holds);
            if !holds {
                let problem = "the signature was not made with the key of the certificate";
                checked.problems.push(problem.to_owned());
            }
        }
        Err(problem) => checked.problems.push(problem),
    }
}

/// Whether the signing-certificate attribute (RFC 5035) names the signer's certificate; `None`
/// when there is none.
fn binding(message: &Message<'_>, signer: &Certificate<'_>) -> Option<bool> {
    let newer = message.signed_attribute(BOUND_CERTIFICATE_2);
    let (attribute, is_new) = match newer {
        Some(attribute) => (attribute, true),
        None => (message.signed_attribute(BOUND_CERTIFICATE)?, false),
    };
    Some(names(attribute, is_new, signer).unwrap_or(false))
}

fn names(attribute: Tlv<'_>, is_new: bool, signer: &Certificate<'_>) -> Option<bool> {
    // The first one is the signer's.
    let first = attribute.children().next_if(SEQUENCE)?.children().next_if(SEQUENCE)?;
    let mut fields = first.children();
    let mut hash = if is_new { Hash::Sha256 } else { Hash::Sha1 };
    if is_new && let Some(algorithm) = fields.next_if(SEQUENCE) {
        hash = digest_algorithm(algorithm).ok()?;
    }
    Some(fields.next_if(OCTET_STRING)?.body == hash.of(&[signer.raw]))
}
