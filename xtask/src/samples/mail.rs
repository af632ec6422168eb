//! A message (RFC 5322, MIME) with the rest of the definition attached as a PDF.

use anyhow::{Context as _, Result};

use super::Made;
use super::definition::Facts;
use super::markup::Block;
use super::{compose, pdf, plain};

/// What is attached is called.
const ATTACHED: &str = "lampiran.pdf";
/// Stands between the parts.
const BOUNDARY: &str = "=_contoh";
/// Characters to a line of what is attached (RFC 2045, 6.8).
const LINE: usize = 76;

/// The message: what stands before the first page break is its body.
pub(crate) fn eml(facts: &Facts, blocks: &[Block]) -> Result<Made> {
    let cut = blocks.iter().position(|block| *block == Block::PageBreak);
    let (body, attached) = blocks.split_at(cut.context("a message needs a page break")?);
    let sheets = compose::sheets(facts, &attached[1..])?;
    let title = facts.title.as_deref().context("a message needs a title")?;
    let date = facts.date.context("a message needs a date")?;
    let month =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            [usize::from(date.month() - 1)];
    let text = plain::text(body);
    let lines = [
        format!("Date: {} {month} {} 09:15:00 +0700", date.day(), date.year()),
        "From: Bagian Arsip <arsip@contoh.example>".to_owned(),
        "To: Layanan Informasi <informasi@contoh.example>".to_owned(),
        format!("Subject: {title}"),
        "MIME-Version: 1.0".to_owned(),
        format!("Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\""),
        String::new(),
        format!("--{BOUNDARY}"),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: 8bit".to_owned(),
        String::new(),
        text.replace('\n', "\r\n"),
        format!("--{BOUNDARY}"),
        "Content-Type: application/pdf".to_owned(),
        format!("Content-Disposition: attachment; filename=\"{ATTACHED}\""),
        "Content-Transfer-Encoding: base64".to_owned(),
        String::new(),
        base64(&pdf::in_format(facts, &sheets)?),
        format!("--{BOUNDARY}--"),
        String::new(),
    ];
    let first = format!("{title} {}", plain::flowing_text(body));
    let pages = std::iter::once(first).chain(sheets.into_iter().map(|sheet| sheet.text));
    Ok(Made { bytes: lines.join("\r\n").into_bytes(), pages: pages.collect() })
}

/// Bytes in base64 (RFC 4648), in lines.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (index, three) in bytes.chunks(3).enumerate() {
        if index > 0 && (index * 4).is_multiple_of(LINE) {
            text.push_str("\r\n");
        }
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = all >> (18 - 6 * digit) & 63;
            text.push(if digit <= three.len() { DIGITS[value as usize] as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_in_base64_as_the_standard_shows_them() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0; 58]).lines().map(str::len).collect::<Vec<_>>(), [76, 4]);
    }
}
