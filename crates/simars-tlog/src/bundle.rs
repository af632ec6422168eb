//! Entry bundles: up to 256 entries, each with its length in two bytes before it.

use crate::tile::WIDTH;

/// The longest entry a bundle can hold, in bytes: its length is written in two bytes.
pub const LONGEST_ENTRY: usize = 65_535;

/// Why bytes are no bundle, or entries cannot become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry is too long to be written.
    #[error("entry {index} of the bundle has {bytes} bytes; at most 65535 can be written")]
    TooLong {
        /// Which entry of the bundle, from 0.
        index: usize,
        /// Its length.
        bytes: usize,
    },
    /// A bundle holds 1 to 256 entries.
    #[error("a bundle holds 1 to 256 entries, not {0}")]
    Width(usize),
    /// The bytes end before the entries do.
    #[error("the bundle ends within entry {0}; fetch it again")]
    Short(usize),
    /// There are bytes after the last entry.
    #[error("{0} bytes follow the last entry of the bundle")]
    Trailing(usize),
}

/// Writes entries as a bundle: for each, its length as a big-endian 16-bit number, then its bytes.
pub fn write<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    if entries.is_empty() || entries.len() > usize::from(WIDTH) {
        return Err(BundleError::Width(entries.len()));
    }
    let mut bytes = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len())
            .map_err(|_| BundleError::TooLong { index, bytes: entry.len() })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Reads a bundle of exactly `width` entries.
pub fn read(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    if width == 0 || width > WIDTH {
        return Err(BundleError::Width(usize::from(width)));
    }
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(usize::from(width));
    for index in 0..usize::from(width) {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(BundleError::Short(index))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(BundleError::Short(index))?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(BundleError::Trailing(rest.len())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_bytes() {
        assert_eq!(write(&[&b"ab"[..], b""]).unwrap(), b"\0\x02ab\0\0");
        let longest = vec![0; LONGEST_ENTRY];
        assert_eq!(read(&write(&[&longest]).unwrap(), 1).unwrap(), [&longest[..]]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let long = vec![0; LONGEST_ENTRY + 1];
        assert_eq!(write(&[long]), Err(BundleError::TooLong { index: 0, bytes: 65_536 }));
        assert_eq!(write::<&[u8]>(&[]), Err(BundleError::Width(0)));
        assert_eq!(write(&[b"x"; 257]), Err(BundleError::Width(257)));
        assert_eq!(read(b"\0\x01a", 0), Err(BundleError::Width(0)));
        assert_eq!(read(b"\0", 1), Err(BundleError::Short(0)));
        assert_eq!(read(b"\0\x01a\0\x02b", 2), Err(BundleError::Short(1)));
        assert_eq!(read(b"\0\x01ab", 1), Err(BundleError::Trailing(1)));
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..257),
        ) {
            let bytes = write(&entries).unwrap();
            prop_assert_eq!(read(&bytes, entries.len() as u16).unwrap(), entries);
        }

        #[test]
        fn bytes_that_are_read_are_written_the_same(
            bytes in prop::collection::vec(0u8..4, 0..60), width in 0u16..8,
        ) {
            if let Ok(entries) = read(&bytes, width) {
                prop_assert_eq!(write(&entries).unwrap(), bytes);
            }
        }
    }
}
