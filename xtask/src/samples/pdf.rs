//! Pages to PDF, with no date and no randomness in the file.

use anyhow::{Context as _, Result};
use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream,
    StringFormat, dictionary,
};
use sha2::{Digest as _, Sha256};

use super::definition::{Facts, Format};
use super::font::{Font, win_ansi};
use super::image;
use super::page::{Mark, Sheet};
use super::scan::{self, Scan};
use super::sign;

/// The password of the locked sample. The README tells it: the sample shows what happens without.
pub(crate) const PASSWORD: &str = "contoh";

/// The bytes of a document that is made by way of PDF.
pub(crate) fn in_format(facts: &Facts, sheets: &[Sheet]) -> Result<Vec<u8>> {
    let mut document = with_text(facts, sheets)?;
    match facts.format {
        Format::PdfLocked => encrypt(&mut document, PASSWORD)?,
        Format::PdfOpenLocked => encrypt(&mut document, "")?,
        Format::PdfScan => {
            let scans = scan::pages(save(&mut document)?, &stamps(sheets))?;
            document = with_images(facts, &scans)?;
        }
        Format::Png => {
            let scans = scan::pages(save(&mut document)?, &stamps(sheets))?;
            return image::png(scans.first().context("no page to scan")?);
        }
        _ => {}
    }
    let mut bytes = save(&mut document)?;
    if facts.format == Format::PdfTruncated {
        bytes.truncate(bytes.len() * 6 / 10);
    }
    if facts.format == Format::PdfSigned {
        bytes = sign::signed(facts, bytes)?;
    }
    if let Some(change) = &facts.altered {
        let height = facts.paper.points().1;
        let changed = change.made_on(sheets);
        let contents: Result<Vec<_>> = changed.iter().map(|sheet| content(sheet, height)).collect();
        bytes = sign::altered(bytes, contents?)?;
    }
    Ok(bytes)
}

/// Where each page bears a rubber stamp, in points: beside its last signature.
fn stamps(sheets: &[Sheet]) -> Vec<Option<(f32, f32)>> {
    let signature = |mark: &Mark| match mark {
        Mark::Text(mark) if mark.text == "ttd" => Some((mark.x - 12.0, mark.y)),
        Mark::Text(_) | Mark::Bar { .. } => None,
    };
    sheets.iter().map(|sheet| sheet.marks.iter().rev().find_map(signature)).collect()
}

fn save(document: &mut Document) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes)?;
    Ok(bytes)
}

fn with_text(facts: &Facts, sheets: &[Sheet]) -> Result<Document> {
    let height = facts.paper.points().1;
    let mut document = Document::with_version("1.4");
    let mut fonts = Dictionary::new();
    for font in Font::ALL {
        let id = document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type1",
            "BaseFont" => font.name(),
            "Encoding" => "WinAnsiEncoding",
        });
        fonts.set(format!("F{}", font.index()), id);
    }
    let resources = document.add_object(dictionary! { "Font" => fonts });
    let mut contents = Vec::new();
    for sheet in sheets {
        contents.push((content(sheet, height)?, resources));
    }
    finish(document, facts, contents)
}

fn with_images(facts: &Facts, scans: &[Scan]) -> Result<Document> {
    let (width, height) = facts.paper.points();
    let mut document = Document::with_version("1.4");
    let mut contents = Vec::new();
    for scan in scans {
        let mut stream = Stream::new(
            dictionary! {
                "Type" => "XObject",
                "Subtype" => "Image",
                "Width" => scan.width as i64,
                "Height" => scan.height as i64,
                "ColorSpace" => "DeviceGray",
                "BitsPerComponent" => 4,
            },
            scan.packed(),
        );
        stream.compress()?;
        let image = document.add_object(stream);
        let resources = document.add_object(dictionary! {
            "XObject" => dictionary! { "Im0" => image },
        });
        let content = format!("q {width:.0} 0 0 {height:.0} 0 0 cm /Im0 Do Q");
        contents.push((content.into_bytes(), resources));
    }
    finish(document, facts, contents)
}

/// Adds pages, catalogue and trailer. Catalogue and page tree come before the pages, so that a
/// file without its end still has most of what a repair needs.
fn finish(
    mut document: Document,
    facts: &Facts,
    contents: Vec<(Vec<u8>, lopdf::ObjectId)>,
) -> Result<Document> {
    let (width, height) = facts.paper.points();
    let pages_id = document.new_object_id();
    let catalogue = document.add_object(dictionary! {
        "Type" => "Catalog",
        "Pages" => pages_id,
        "Lang" => Object::string_literal("id-ID"),
    });
    let mut kids = Vec::new();
    for (content, resources) in contents {
        let mut stream = Stream::new(Dictionary::new(), content);
        stream.compress()?;
        let content_id = document.add_object(stream);
        let page = document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => pages_id,
            "MediaBox" => vec![0.into(), 0.into(), (width as i64).into(), (height as i64).into()],
            "Resources" => resources,
            "Contents" => content_id,
        });
        kids.push(Object::from(page));
    }
    let count = kids.len() as i64;
    let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(pages_id, tree.into());
    let mut info =
        dictionary! { "Producer" => Object::string_literal("SIMARS cargo xtask samples") };
    if let Some(title) = &facts.title {
        info.set("Title", Object::String(win_ansi(title)?, StringFormat::Literal));
    }
    let info = document.add_object(info);
    document.trailer.set("Root", catalogue);
    document.trailer.set("Info", info);
    let id = Sha256::digest(facts.file.as_bytes())[..16].to_vec();
    let id = Object::String(id, StringFormat::Hexadecimal);
    document.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    Ok(document)
}

/// Encrypts with RC4 at 128 bits: old, still common in archives, and without random vectors.
fn encrypt(document: &mut Document, user_password: &str) -> Result<()> {
    let version = EncryptionVersion::V2 {
        document,
        owner_password: "pemilik-contoh",
        user_password,
        key_length: 128,
        permissions: Permissions::PRINTABLE,
    };
    let state = EncryptionState::try_from(version)?;
    document.encrypt(&state)?;
    // The second half of /U is padding that no reader looks at (ISO 32000-1, algorithm 5); here
    // it is filled with random bytes.
    let dictionary = document.trailer.get(b"Encrypt")?.as_reference()?;
    let dictionary = document.get_object_mut(dictionary)?.as_dict_mut()?;
    if let Object::String(user, _) = dictionary.get_mut(b"U")? {
        user.truncate(16);
        user.resize(32, 0);
    }
    Ok(())
}

/// The content stream of a page. PDF counts from the lower edge, sheets from the upper.
fn content(sheet: &Sheet, height: f32) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for mark in &sheet.marks {
        match mark {
            Mark::Bar { x, y, width, height: thick } => {
                let y = height - y - thick;
                bytes.extend(format!("{x:.2} {y:.2} {width:.2} {thick:.2} re f\n").into_bytes());
            }
            Mark::Text(mark) => {
                let (index, y) = (mark.font.index(), height - mark.y);
                let place = format!(
                    "BT /F{index} {:.2} Tf {:.3} Tw 1 0 0 1 {:.2} {y:.2} Tm (",
                    mark.size, mark.stretch, mark.x
                );
                bytes.extend(place.into_bytes());
                for byte in win_ansi(&mark.text)? {
                    if matches!(byte, b'(' | b')' | b'\\') {
                        bytes.push(b'\\');
                    }
                    bytes.push(byte);
                }
                bytes.extend(b") Tj ET\n");
            }
        }
    }
    Ok(bytes)
}
