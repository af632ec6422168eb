//! Certificates (RFC 5280): what they say, and whether one signed another.

use simars_record::Timestamp;
use simars_record::signature::Certificate as Shown;

use super::crypto::{Scheme, Unsupported};
use super::moment;
use super::tlv::{BIT_STRING, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, Tlv, dotted};

/// The longest name that is shown, in characters.
const MOST_NAME_CHARS: usize = 1_000;

/// A certificate as it stands in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certificate<'a> {
    /// All of it.
    pub(super) raw: &'a [u8],
    /// What is signed.
    signed: &'a [u8],
    algorithm: Tlv<'a>,
    signature: &'a [u8],
    pub(super) serial: &'a [u8],
    /// The name of who issued it, in its encoded form.
    pub(super) issuer: Tlv<'a>,
    /// The name of its owner, in its encoded form.
    pub(super) subject: Tlv<'a>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
    /// The SubjectPublicKeyInfo.
    pub(super) key: Tlv<'a>,
    extensions: Option<Tlv<'a>>,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate; `None` when it is none.
    pub(super) fn read(element: Tlv<'a>) -> Option<Self> {
        let mut outer = element.tagged(SEQUENCE)?.children();
        let signed = outer.next_if(SEQUENCE)?;
        let algorithm = outer.next_if(SEQUENCE)?;
        let signature = outer.next_if(BIT_STRING)?.bits()?;
        let mut fields = signed.children();
        fields.next_if(0xa0);
        let serial = fields.next_if(INTEGER)?.body;
        fields.next_if(SEQUENCE)?;
        let issuer = fields.next_if(SEQUENCE)?;
        let mut validity = fields.next_if(SEQUENCE)?.children();
        let subject = fields.next_if(SEQUENCE)?;
        let key = fields.next_if(SEQUENCE)?;
        let extensions = fields.find(|field| field.tag == 0xa3).and_then(Tlv::inner);
        Some(Self {
            raw: element.raw,
            signed: signed.raw,
            algorithm,
            signature,
            serial,
            issuer,
            subject,
            not_before: validity.next().and_then(moment::asn1),
            not_after: validity.next().and_then(moment::asn1),
            key,
            extensions,
        })
    }

    /// Whether the owner of `issuer` signed this certificate.
    pub(super) fn is_signed_by(&self, issuer: &Self) -> Result<bool, Unsupported> {
        let scheme = Scheme::read(self.algorithm, None)?;
        scheme.holds(issuer.key, &[self.signed], self.signature)
    }

    /// Whether its owner is named as its issuer.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer.raw == self.subject.raw
    }

    /// Whether it has no extensions, as certificates before 1996.
    pub(super) fn is_bare(&self) -> bool {
        self.extensions.is_none()
    }

    /// Whether it was valid at a time; one that says nothing readable never is.
    pub(super) fn is_valid_at(&self, time: Timestamp) -> bool {
        let (Some(first), Some(last)) = (self.not_before, self.not_after) else { return false };
        first <= time && time <= last
    }

    /// What is inside an extension and whether it is critical.
    fn extension(&self, wanted: &str) -> Option<(Tlv<'a>, bool)> {
        self.all_extensions()
            .find(|(oid, ..)| oid == wanted)
            .and_then(|(_, critical, body)| Some((Tlv::only(body)?, critical)))
    }

    fn all_extensions(&self) -> impl Iterator<Item = (String, bool, &'a [u8])> {
        self.extensions.into_iter().flat_map(Tlv::children).filter_map(|extension| {
            let mut parts = extension.children();
            let oid = dotted(parts.next_if(OID)?.body);
            let critical = parts.next_if(0x01).is_some_and(|flag| flag.body != [0]);
            Some((oid, critical, parts.next_if(OCTET_STRING)?.body))
        })
    }

    /// What keeps it from vouching for a certificate with `below` issuers between itself and the
    /// signer.
    pub(super) fn problem_as_issuer(&self, below: usize) -> Option<String> {
        let limits = self.extension("2.5.29.19").map(|(limits, _)| limits);
        let mut fields = limits.into_iter().flat_map(Tlv::children);
        let may_issue = fields.next().is_some_and(|flag| flag.tag == 0x01 && flag.body != [0]);
        if !may_issue {
            return Some("it may not issue certificates".to_owned());
        }
        let most = fields.next().and_then(|most| most.tagged(INTEGER)).map(|most| most.body);
        if let Some([most]) = most
            && usize::from(*most) < below
        {
            return Some(format!("it may have {most} issuers below it, and has {below}"));
        }
        if let Some((usage, _)) = self.extension("2.5.29.15") {
            // The sixth bit: signing certificates (RFC 5280, 4.2.1.3).
            let bits = usage.body.get(1).copied().unwrap_or(0);
            if bits & 0x04 == 0 {
                return Some("its key may not sign certificates".to_owned());
            }
        }
        self.unknown_critical()
    }

    /// A critical extension that is not understood here makes a certificate unusable.
    pub(super) fn unknown_critical(&self) -> Option<String> {
        // Constraints on key, names of the owner and policies restrict nothing that is concluded
        // here; constraints on names below (2.5.29.30) do and are not evaluated.
        const KNOWN: [&str; 5] = ["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.32", "2.5.29.37"];
        self.all_extensions()
            .find(|(oid, critical, _)| *critical && !KNOWN.contains(&oid.as_str()))
            .map(|(oid, ..)| format!("its critical extension {oid} is not understood"))
    }

    /// Whether its key may sign documents or, if `stamps`, time stamps.
    pub(super) fn problem_as_signer(&self, stamps: bool) -> Option<String> {
        if let Some((usage, _)) = self.extension("2.5.29.15") {
            // Digital signature or non-repudiation.
            if usage.body.get(1).copied().unwrap_or(0) & 0xc0 == 0 {
                return Some("the key of the certificate is not meant for signing".to_owned());
            }
        }
        if stamps {
            let purposes = self.extension("2.5.29.37").map(|(purposes, _)| purposes);
            let stamping = |purpose: Tlv<'_>| dotted(purpose.body) == "1.3.6.1.5.5.7.3.8";
            if !purposes.is_some_and(|purposes| purposes.children().any(stamping)) {
                return Some("the certificate is not meant for time stamps".to_owned());
            }
        }
        self.unknown_critical()
    }

    /// What the extension says that names the key of the issuer.
    pub(super) fn subject_key_id(&self) -> Option<&'a [u8]> {
        self.extension("2.5.29.14").map(|(id, _)| id.body)
    }

    /// The certificate for showing.
    pub(super) fn shown(&self) -> Shown {
        let subject = name(self.subject);
        Shown {
            name: common_name(self.subject).unwrap_or_else(|| subject.clone()),
            subject,
            issuer: name(self.issuer),
            serial: self.serial.iter().take(32).map(|byte| format!("{byte:02x}")).collect(),
            not_before: self.not_before,
            not_after: self.not_after,
            digest: simars_record::Digest::of(self.raw),
        }
    }
}

/// The attributes of a name, most significant first.
fn attributes(name: Tlv<'_>) -> impl Iterator<Item = (String, String)> {
    let sets = name.children().filter(|set| set.tag == SET);
    sets.flat_map(Tlv::children).filter_map(|attribute| {
        let mut parts = attribute.children();
        let oid = dotted(parts.next_if(OID)?.body);
        Some((oid, text(parts.next()?)))
    })
}

fn common_name(name: Tlv<'_>) -> Option<String> {
    attributes(name).filter(|(oid, _)| oid == "2.5.4.3").map(|(_, text)| text).last()
}

/// A name on one line. A comma inside a part is escaped, so that nobody can pretend a part.
fn name(name: Tlv<'_>) -> String {
    let parts = attributes(name).map(|(oid, text)| {
        let escaped = text.replace('\\', "\\\\").replace(',', "\\,");
        format!("{}={escaped}", label(&oid))
    });
    parts.collect::<Vec<_>>().join(", ").chars().take(MOST_NAME_CHARS).collect()
}

/// The short name of an attribute (RFC 4519), or its identifier.
fn label(oid: &str) -> &str {
    match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.13" => "description",
        "2.5.4.42" => "GN",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "E",
        other => other,
    }
}

/// A string of any of the kinds names use, without control characters.
fn text(element: Tlv<'_>) -> String {
    let text = match element.tag {
        // BMPString: two bytes a character.
        0x1e => {
            let (units, _) = element.body.as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|&unit| u16::from_be_bytes(unit)).collect();
            String::from_utf16_lossy(&units)
        }
        // TeletexString, in practice Latin-1.
        0x14 => element.body.iter().map(|&byte| char::from(byte)).collect(),
        _ => String::from_utf8_lossy(element.body).into_owned(),
    };
    let shown = text.chars().filter(|&character| !hides(character));
    shown.take(MOST_NAME_CHARS).collect()
}

/// Characters that have no place in a name: controls, and marks that turn the writing direction
/// and so can make a name look like another.
fn hides(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
