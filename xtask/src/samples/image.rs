//! Gray pixels to PNG (ISO/IEC 15948).

use anyhow::Result;
use lopdf::{Dictionary, Stream};

use super::scan::Scan;

/// A gray image of 4 bits per pixel.
pub(crate) fn png(scan: &Scan) -> Result<Vec<u8>> {
    let mut rows = Vec::new();
    for row in scan.packed().chunks(scan.width.div_ceil(2)) {
        // Each row begins with the number of its filter; 0 is none.
        rows.push(0);
        rows.extend_from_slice(row);
    }
    // A PNG and a PDF stream hold the same zlib data.
    let mut stream = Stream::new(Dictionary::new(), rows);
    stream.compress()?;

    let mut header = Vec::new();
    header.extend((scan.width as u32).to_be_bytes());
    header.extend((scan.height as u32).to_be_bytes());
    // Bit depth 4, gray, and the only methods there are; not interlaced.
    header.extend([4, 0, 0, 0, 0]);
    // 150 dpi, in pixels per metre.
    let mut resolution = Vec::new();
    resolution.extend(5906_u32.to_be_bytes());
    resolution.extend(5906_u32.to_be_bytes());
    resolution.push(1);

    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut bytes, b"IHDR", &header);
    chunk(&mut bytes, b"pHYs", &resolution);
    chunk(&mut bytes, b"IDAT", &stream.content);
    chunk(&mut bytes, b"IEND", &[]);
    Ok(bytes)
}

fn chunk(bytes: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    bytes.extend((data.len() as u32).to_be_bytes());
    let start = bytes.len();
    bytes.extend_from_slice(kind);
    bytes.extend_from_slice(data);
    let check = crc32(&bytes[start..]);
    bytes.extend(check.to_be_bytes());
}

/// The check of PNG and zip: polynomial 0xedb88320, bits reflected.
fn crc32(bytes: &[u8]) -> u32 {
    let mut check = u32::MAX;
    for &byte in bytes {
        check ^= u32::from(byte);
        for _ in 0..8 {
            check = if check & 1 == 1 { check >> 1 ^ 0xedb8_8320 } else { check >> 1 };
        }
    }
    !check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_of_the_end_chunk_is_the_known_one() {
        assert_eq!(crc32(b"IEND"), 0xae42_6082);
    }

    #[test]
    fn an_odd_width_ends_on_a_white_half_byte() {
        let scan = Scan { width: 3, height: 1, pixels: vec![0, 7, 1] };
        assert_eq!(scan.packed(), [0x07, 0x1f]);
        assert!(png(&scan).unwrap().starts_with(b"\x89PNG"));
    }
}
