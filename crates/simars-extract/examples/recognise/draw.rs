//! Pages drawn and read by poppler: the pictures and the truth of the measurement.

use std::path::Path;
use std::process::{Command, Stdio};

use image::GrayImage;

use crate::Result;

/// A page of a PDF at 200 dots per inch.
#[expect(clippy::disallowed_methods, reason = "a developer's comparison")]
pub(crate) fn page(pdf: &Path, page: u32) -> Result<GrayImage> {
    let number = page.to_string();
    let output = Command::new("pdftoppm")
        .args(["-gray", "-r", "200", "-f", &number, "-l", &number])
        .arg(pdf)
        .stderr(Stdio::null())
        .output()?;
    portable(&output.stdout).ok_or_else(|| "pdftoppm gave no picture".into())
}

/// Reads a portable gray map: `P5 width height 255`, one white space, the points.
fn portable(bytes: &[u8]) -> Option<GrayImage> {
    let mut at = 0;
    let mut field = || {
        let start = at;
        at += bytes.get(start..)?.iter().position(u8::is_ascii_whitespace)? + 1;
        std::str::from_utf8(&bytes[start..at - 1]).ok()
    };
    let (mark, width, height, most) = (field()?, field()?, field()?, field()?);
    if mark != "P5" || most != "255" {
        return None;
    }
    GrayImage::from_raw(width.parse().ok()?, height.parse().ok()?, bytes[at..].to_vec())
}

/// The page's own text.
#[expect(clippy::disallowed_methods, reason = "a developer's comparison")]
pub(crate) fn text(pdf: &Path, page: u32) -> Result<String> {
    let number = page.to_string();
    let output = Command::new("pdftotext")
        .args(["-raw", "-f", &number, "-l", &number])
        .arg(pdf)
        .arg("-")
        .stderr(Stdio::null())
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// How many pages a PDF has.
#[expect(clippy::disallowed_methods, reason = "a developer's comparison")]
pub(crate) fn count(pdf: &Path) -> u32 {
    let output = Command::new("pdfinfo").arg(pdf).stderr(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    let pages = text.lines().find_map(|line| line.strip_prefix("Pages:"));
    pages.and_then(|pages| pages.trim().parse().ok()).unwrap_or(0)
}
