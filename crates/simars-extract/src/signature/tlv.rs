//! Reads ASN.1 in its basic encoding (ITU-T X.690): what signatures and certificates are made of.
//!
//! Real signatures use indefinite lengths and unsorted sets, which the distinguished encoding
//! forbids, and their digests are over the bytes as they stand. So nothing is decoded into
//! values and encoded again: every element keeps its own bytes.

/// Nesting beyond this is refused.
const DEEPEST: u32 = 32;

/// Universal tags, as they stand in the first byte.
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The bit of the first byte that says that an element is made of elements.
const CONSTRUCTED: u8 = 0x20;

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tlv<'a> {
    /// The first byte: class, form and number. Numbers over 30 are refused, nothing here has any.
    pub(super) tag: u8,
    /// The element's own bytes with tag and length.
    pub(super) raw: &'a [u8],
    /// What is inside.
    pub(super) body: &'a [u8],
    indefinite: bool,
}

impl<'a> Tlv<'a> {
    /// The first element of `bytes` and what follows it.
    pub(super) fn first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        Self::at_depth(bytes, 0)
    }

    /// The only element of `bytes`.
    pub(super) fn only(bytes: &'a [u8]) -> Option<Self> {
        match Self::first(bytes)? {
            (element, []) => Some(element),
            _ => None,
        }
    }

    fn at_depth(bytes: &'a [u8], depth: u32) -> Option<(Self, &'a [u8])> {
        let (&tag, rest) = bytes.split_first()?;
        if tag & 0x1f == 0x1f || depth > DEEPEST {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        if first == 0x80 {
            return Self::indefinite(bytes, tag, rest, depth);
        }
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let add = |length: usize, &digit: &u8| {
                length.checked_mul(256).map(|length| length + usize::from(digit))
            };
            (digits.iter().try_fold(0, add)?, rest)
        };
        let (body, after) = rest.split_at_checked(length)?;
        let raw = &bytes[..bytes.len() - after.len()];
        Some((Self { tag, raw, body, indefinite: false }, after))
    }

    fn indefinite(
        bytes: &'a [u8],
        tag: u8,
        inside: &'a [u8],
        depth: u32,
    ) -> Option<(Self, &'a [u8])> {
        if tag & CONSTRUCTED == 0 {
            return None;
        }
        let mut rest = inside;
        while !rest.starts_with(&[0, 0]) {
            rest = Self::at_depth(rest, depth + 1)?.1;
        }
        let body = &inside[..inside.len() - rest.len()];
        let after = &rest[2..];
        let raw = &bytes[..bytes.len() - after.len()];
        Some((Self { tag, raw, body, indefinite: true }, after))
    }

    /// The element if it has this tag.
    pub(super) fn tagged(self, tag: u8) -> Option<Self> {
        (self.tag == tag).then_some(self)
    }

    /// The elements inside.
    pub(super) fn children(self) -> Children<'a> {
        Children { rest: self.body }
    }

    /// The element inside an explicit tag.
    pub(super) fn inner(self) -> Option<Self> {
        Self::only(self.body)
    }

    /// The bytes of an octet string, put together if it comes in parts. `tag` is the tag it would
    /// have in one part.
    pub(super) fn octets(self, tag: u8) -> Option<Vec<u8>> {
        let mut octets = Vec::new();
        self.gather(tag, 0, &mut octets)?;
        Some(octets)
    }

    fn gather(self, tag: u8, depth: u32, octets: &mut Vec<u8>) -> Option<()> {
        if self.tag == tag {
            octets.extend_from_slice(self.body);
            return Some(());
        }
        if self.tag != tag | CONSTRUCTED || depth > DEEPEST {
            return None;
        }
        let mut parts = self.children();
        for part in parts.by_ref() {
            part.gather(OCTET_STRING, depth + 1, octets)?;
        }
        parts.rest.is_empty().then_some(())
    }

    /// The bits of a bit string with no unused ones.
    pub(super) fn bits(self) -> Option<&'a [u8]> {
        self.tagged(BIT_STRING)?.body.strip_prefix(&[0])
    }

    /// The bytes with another tag in front: implicit tags are hashed as what they stand for.
    pub(super) fn retagged(self, tag: u8) -> Vec<u8> {
        let mut raw = Vec::with_capacity(self.raw.len());
        if self.indefinite {
            // What is hashed has a definite length (RFC 5652, 5.4).
            raw.push(tag);
            write_length(&mut raw, self.body.len());
            raw.extend_from_slice(self.body);
        } else {
            raw.extend_from_slice(self.raw);
            raw[0] = tag;
        }
        raw
    }
}

fn write_length(out: &mut Vec<u8>, length: usize) {
    if length < 0x80 {
        out.push(length as u8);
        return;
    }
    let digits = length.to_be_bytes();
    let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
    out.push(0x80 | (digits.len() - zeros) as u8);
    out.extend_from_slice(&digits[zeros..]);
}

/// The elements inside another; ends early where they cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Children<'a> {
    rest: &'a [u8],
}

impl<'a> Children<'a> {
    /// The next element if it has this tag; otherwise nothing is taken.
    pub(super) fn next_if(&mut self, tag: u8) -> Option<Tlv<'a>> {
        let (element, rest) = Tlv::first(self.rest)?;
        let element = element.tagged(tag)?;
        self.rest = rest;
        Some(element)
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Tlv<'a>;

    fn next(&mut self) -> Option<Tlv<'a>> {
        let (element, rest) = Tlv::first(self.rest)?;
        self.rest = rest;
        Some(element)
    }
}

/// An object identifier in dotted form.
pub(super) fn dotted(oid: &[u8]) -> String {
    let mut numbers: Vec<u64> = Vec::new();
    let mut number = 0_u64;
    for &byte in oid.iter().take(64) {
        number = number.wrapping_mul(128).wrapping_add(u64::from(byte & 0x7f));
        if byte & 0x80 != 0 {
            continue;
        }
        if numbers.is_empty() {
            let first = (number / 40).min(2);
            numbers.push(first);
            number -= first * 40;
        }
        numbers.push(number);
        number = 0;
    }
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definite_and_indefinite_lengths_are_the_same_inside() {
        let definite = Tlv::only(&[0x30, 3, 2, 1, 5]).unwrap();
        let indefinite = Tlv::only(&[0x30, 0x80, 2, 1, 5, 0, 0]).unwrap();
        assert_eq!(definite.body, indefinite.body);
        assert_eq!(indefinite.retagged(0x31), [0x31, 3, 2, 1, 5]);
    }

    #[test]
    fn octets_come_together() {
        let parts = Tlv::only(&[0x24, 0x80, 4, 1, b'a', 4, 2, b'b', b'c', 0, 0]).unwrap();
        assert_eq!(parts.octets(OCTET_STRING).unwrap(), b"abc");
    }

    #[test]
    fn lies_about_lengths_are_refused() {
        for wrong in [
            &[0x30_u8][..],
            &[0x30, 5, 1],
            &[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x04, 0x80, 0, 0],
            &[0x30, 0x80, 2, 1],
            &[0x1f, 0x81, 0x01, 0],
        ] {
            assert!(Tlv::first(wrong).is_none(), "{wrong:?}");
        }
        assert!(Tlv::first(&[0x30, 0x80].repeat(10_000)).is_none());
    }

    #[test]
    fn identifiers_are_written_with_dots() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]), "1.2.840.113549");
        assert_eq!(dotted(&[0x55, 4, 3]), "2.5.4.3");
    }
}
