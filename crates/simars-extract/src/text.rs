//! Plain text and Markdown: bytes to characters to pages.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use simars_record::{Extracted, Finding, FindingCode, Page, TextSource};

use crate::{Limits, paginate};

/// Reads a text file. `complete` is false when the file went on after `bytes`.
pub(crate) fn read(
    bytes: &[u8],
    complete: bool,
    media_type: &'static str,
    limits: &Limits,
) -> Extracted {
    let mut findings = Vec::new();
    let text = line_ends(decode(bytes, &mut findings));
    if !complete {
        let detail = format!("only the first {} bytes of the text were read", bytes.len());
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    }
    let pages = paged(&text, limits, &mut findings);
    Extracted {
        media_type: media_type.to_owned(),
        pages,
        findings,
        embedded_title: None,
        reader: "text".to_owned(),
        structure: None,
    }
}

/// The pages of a text that has no layout of its own, at most as many as the limits allow.
pub(crate) fn paged(text: &str, limits: &Limits, findings: &mut Vec<Finding>) -> Vec<Page> {
    let parts = paginate::pages(text);
    let most = limits.pages as usize;
    if parts.len() > most {
        let detail = format!("only the first {most} of {} pages were read", parts.len());
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    }
    let parts = parts.into_iter().take(most);
    parts.map(|part| Page::new(part, TextSource::Layer)).collect()
}

/// As much of a text as is looked at to guess its encoding.
const GUESSED_WITHIN: usize = 64 << 10;

/// Decodes by byte order mark, else by the zero bytes of UTF-16, else as UTF-8, else as the
/// frequencies of its bytes suggest; what is neither marked nor UTF-8 is a guess and noted as such.
pub(crate) fn decode<'a>(bytes: &'a [u8], findings: &mut Vec<Finding>) -> Cow<'a, str> {
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return decode_as(UTF_16LE, rest, findings);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return decode_as(UTF_16BE, rest, findings);
    }
    let rest = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(rest) {
        Ok(text) if text.as_bytes().contains(&0) => match unmarked_utf_16(rest) {
            Some(encoding) => guessed(encoding, rest, findings),
            None => Cow::Borrowed(text),
        },
        Ok(text) => Cow::Borrowed(text),
        // A text cut by a limit may end within a character; that is no sign of another encoding.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            String::from_utf8_lossy(&rest[..error.valid_up_to()])
        }
        Err(_) => {
            let encoding = unmarked_utf_16(rest).unwrap_or_else(|| likely(rest));
            guessed(encoding, rest, findings)
        }
    }
}

fn guessed<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
    findings: &mut Vec<Finding>,
) -> Cow<'a, str> {
    let detail = format!("not UTF-8; read as {}", encoding.name());
    findings.push(Finding::file(FindingCode::EncodingGuessed, detail));
    decode_as(encoding, bytes, findings)
}

/// The encoding that the frequencies of the bytes suggest.
fn likely(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESSED_WITHIN)], bytes.len() <= GUESSED_WITHIN);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 without its mark: most characters of our texts are Latin, and then one byte of two is
/// zero, always on the same side.
pub(crate) fn unmarked_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes[..bytes.len().min(GUESSED_WITHIN)].chunks_exact(2);
    let count = pairs.len();
    let (mut first, mut second) = (0, 0);
    for pair in pairs {
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
    }
    let most = |zeros: usize| count >= 2 && zeros * 4 >= count * 3;
    match (most(first), most(second)) {
        (false, true) if first * 50 <= count => Some(UTF_16LE),
        (true, false) if second * 50 <= count => Some(UTF_16BE),
        _ => None,
    }
}

/// Decodes with one encoding; sequences that it does not have are noted.
pub(crate) fn decode_as<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
    findings: &mut Vec<Finding>,
) -> Cow<'a, str> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    if malformed {
        let detail = format!("some bytes are no {}; they read as \u{fffd}", encoding.name());
        findings.push(Finding::file(FindingCode::Damaged, detail));
    }
    text
}

/// Makes every line end a line feed. Carriage returns alone (old Macintosh texts) end lines too,
/// and so do vertical tabs (word processors' line breaks) and the separators of files and groups.
pub(crate) fn line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    const ENDS: [char; 4] = ['\r', '\u{b}', '\u{1c}', '\u{1d}'];
    if !text.contains(ENDS) {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace(ENDS, "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8]) -> Extracted {
        read(bytes, true, "text/plain", &Limits::default())
    }

    fn codes(extracted: &Extracted) -> Vec<FindingCode> {
        extracted.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn utf_8_with_and_without_mark() {
        for bytes in [b"Pasal 1 \xe2\x80\x93 a".as_slice(), b"\xef\xbb\xbfPasal 1 \xe2\x80\x93 a"] {
            let extracted = read_all(bytes);
            assert_eq!(extracted.pages[0].text, "Pasal 1 – a");
            assert_eq!(codes(&extracted), []);
        }
    }

    #[test]
    fn utf_16_by_its_mark() {
        assert_eq!(read_all(b"\xff\xfeH\0i\0").pages[0].text, "Hi");
        assert_eq!(read_all(b"\xfe\xff\0H\0i").pages[0].text, "Hi");
        assert_eq!(codes(&read_all(b"\xff\xfeH\0i")), [FindingCode::Damaged]);
    }

    #[test]
    fn utf_16_without_its_mark_is_seen_by_its_zeros() {
        let units: Vec<u16> = "Pasal 1 – isi".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [little, big] {
            let extracted = read_all(&bytes);
            assert_eq!(extracted.pages[0].text, "Pasal 1 – isi");
            assert_eq!(codes(&extracted), [FindingCode::EncodingGuessed]);
        }
        assert_eq!(codes(&read_all(b"Pasal\0 satu dan dua")), []);
    }

    #[test]
    fn the_guess_is_named() {
        let text = "Привет, это проверка кодировки текста";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
        let extracted = read_all(&bytes);
        assert_eq!(extracted.pages[0].text, text);
        assert!(extracted.findings[0].detail.ends_with("windows-1251"));
    }

    #[test]
    fn anything_else_is_a_guess() {
        let extracted = read_all(b"caf\xe9 \x96 10");
        assert_eq!(extracted.pages[0].text, "café – 10");
        assert_eq!(codes(&extracted), [FindingCode::EncodingGuessed]);
    }

    #[test]
    fn line_ends_and_page_breaks() {
        let extracted = read_all(b"a\r\nb\rc\x0be\x1cf\x0cd");
        assert_eq!(extracted.pages[0].text, "a\nb\nc\ne\nf");
        assert_eq!(extracted.pages[1].text, "d");
    }

    #[test]
    fn limits_are_reported() {
        let limits = Limits { pages: 1, ..Limits::default() };
        let extracted = read(b"a\x0cb", true, "text/plain", &limits);
        assert_eq!(extracted.pages.len(), 1);
        assert_eq!(codes(&extracted), [FindingCode::LimitReached]);
        let cut = read("aé".as_bytes().split_last().unwrap().1, false, "text/plain", &limits);
        assert_eq!(cut.pages[0].text, "a");
        assert_eq!(codes(&cut), [FindingCode::LimitReached]);
    }
}
