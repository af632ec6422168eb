//! Signed messages (RFC 5652): the parts of a SignedData that matter for one signer.

use super::certificate::Certificate;
use super::tlv::{INTEGER, OCTET_STRING, OID, SEQUENCE, SET, Tlv, dotted};

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";

/// More certificates than this are not looked at.
const MOST_CERTIFICATES: usize = 64;

/// A signed message with its one signer.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// What kind of content is signed, in dotted form.
    pub(super) content_type: String,
    /// The content, if the message carries it.
    pub(super) content: Option<Vec<u8>>,
    /// The certificates in it, those that can be read.
    pub(super) certificates: Vec<Certificate<'a>>,
    /// Who signed.
    signer_id: Tlv<'a>,
    /// The AlgorithmIdentifier of the digest.
    pub(super) digest_algorithm: Tlv<'a>,
    /// The attributes that are signed, if there are any.
    signed: Option<Tlv<'a>>,
    /// The AlgorithmIdentifier of the signature.
    pub(super) signature_algorithm: Tlv<'a>,
    pub(super) signature: Vec<u8>,
    unsigned: Option<Tlv<'a>>,
}

impl<'a> Message<'a> {
    /// Reads a message from a ContentInfo.
    pub(super) fn read(element: Tlv<'a>) -> Result<Self, String> {
        read(element)
            .ok_or_else(|| "the signed message is not readable".to_owned())?
            .ok_or_else(|| "the message has not exactly one signer".to_owned())
    }

    /// The certificate of the signer, if the message carries it.
    pub(super) fn signer(&self) -> Option<&Certificate<'a>> {
        let id = self.signer_id;
        if id.tag == 0x80 {
            return self
                .certificates
                .iter()
                .find(|found| found.subject_key_id().is_some_and(|key_id| key_id == id.body));
        }
        let mut parts = id.children();
        let (issuer, serial) = (parts.next()?, parts.next_if(INTEGER)?);
        self.certificates
            .iter()
            .find(|found| found.issuer.raw == issuer.raw && found.serial == serial.body)
    }

    /// What the signature is over when attributes are signed: the attributes as a set.
    pub(super) fn signed_bytes(&self) -> Option<Vec<u8>> {
        self.signed.map(|signed| signed.retagged(SET))
    }

    /// The values of a signed attribute; an attribute that is there twice counts as none.
    pub(super) fn signed_attribute(&self, wanted: &str) -> Option<Tlv<'a>> {
        attribute(self.signed?, wanted)
    }

    /// The value of an attribute that is not signed.
    pub(super) fn unsigned_attribute(&self, wanted: &str) -> Option<Tlv<'a>> {
        attribute(self.unsigned?, wanted)
    }
}

/// The inner option is `None` when there is not exactly one signer.
fn read(element: Tlv<'_>) -> Option<Option<Message<'_>>> {
    let mut info = element.tagged(SEQUENCE)?.children();
    if dotted(info.next_if(OID)?.body) != SIGNED_DATA {
        return None;
    }
    let mut data = info.next_if(0xa0)?.inner()?.tagged(SEQUENCE)?.children();
    data.next_if(INTEGER)?;
    data.next_if(SET)?;
    let mut content = data.next_if(SEQUENCE)?.children();
    let content_type = dotted(content.next_if(OID)?.body);
    let content = match content.next_if(0xa0) {
        Some(content) => Some(content_bytes(content.inner()?)?),
        None => None,
    };
    let certificates = data.next_if(0xa0);
    data.next_if(0xa1);
    let mut signers = data.next_if(SET)?.children();
    let (Some(signer), None) = (signers.next(), signers.next()) else { return Some(None) };
    let mut fields = signer.tagged(SEQUENCE)?.children();
    fields.next_if(INTEGER)?;
    let signer_id = fields.next().filter(|id| id.tag == SEQUENCE || id.tag == 0x80)?;
    let digest_algorithm = fields.next_if(SEQUENCE)?;
    let signed = fields.next_if(0xa0);
    let signature_algorithm = fields.next_if(SEQUENCE)?;
    let signature = fields.next()?.octets(OCTET_STRING)?;
    let certificates = certificates.into_iter().flat_map(Tlv::children);
    Some(Some(Message {
        content_type,
        content,
        certificates: certificates.filter_map(Certificate::read).take(MOST_CERTIFICATES).collect(),
        signer_id,
        digest_algorithm,
        signed,
        signature_algorithm,
        signature,
        unsigned: fields.next_if(0xa1),
    }))
}

/// PKCS #7 allowed any element as content; its digest is over what is inside.
fn content_bytes(content: Tlv<'_>) -> Option<Vec<u8>> {
    match content.tag {
        OCTET_STRING | 0x24 => content.octets(OCTET_STRING),
        _ => Some(content.body.to_vec()),
    }
}

fn attribute<'a>(attributes: Tlv<'a>, wanted: &str) -> Option<Tlv<'a>> {
    let mut found = attributes.children().filter_map(|attribute| {
        let mut parts = attribute.children();
        (dotted(parts.next_if(OID)?.body) == wanted).then_some(parts.next_if(SET)?)
    });
    let (Some(values), None) = (found.next(), found.next()) else { return None };
    let mut values = values.children();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}
