//! The format's version, the programs, the dates, the encryption.

use std::ops::Deref;

use hayro_syntax::object::{Dict, MaybeRef, Name, String as PdfString};
use simars_record::layout::Structure;

use super::super::title;
use super::{Source, raw};

/// A key is never shorter than 40 bits; a smaller length is one in bytes.
const LEAST_KEY_BITS: u32 = 40;

/// What the header, the trailer and the catalog say.
pub(super) fn read(source: &Source<'_>) -> Structure {
    let bytes: &[u8] = source.pdf.data().as_ref();
    let (header, start) = raw::header(bytes).unzip();
    let start = start.unwrap_or(0);
    let trailer = raw::trailer(bytes, start);
    let entry = |key: &str| {
        let dictionary = trailer.as_ref()?.get_raw::<Dict<'_>>(key)?;
        match dictionary {
            MaybeRef::NotRef(dictionary) => Some(dictionary),
            // Read through the file, so that its strings are decrypted.
            MaybeRef::Ref(reference) => source.at(reference),
        }
    };
    let catalog = source.catalog.get::<Name<'_>>("Version");
    let version = catalog.and_then(|version| raw::version(&version)).max(header);
    let mut structure = Structure {
        format_version: version.map(shown),
        encryption: entry("Encrypt").as_ref().and_then(encryption),
        revisions: raw::revisions(bytes, start),
        ..Structure::default()
    };
    if let Some(info) = entry("Info") {
        add_info(&info, &mut structure);
    } else {
        // The trailer was found only by repairing the file.
        let info = source.pdf.metadata();
        structure.producer = info.producer.as_deref().and_then(title);
        structure.creator = info.creator.as_deref().and_then(title);
    }
    structure
}

/// What can be told about a file whose objects cannot be reached: it is locked, or the full
/// reader does not open it.
pub(in super::super) fn without_objects(bytes: &[u8]) -> Structure {
    let (version, start) = raw::header(bytes).unzip();
    let start = start.unwrap_or(0);
    let mut structure = Structure {
        format_version: version.map(shown),
        revisions: raw::revisions(bytes, start),
        ..Structure::default()
    };
    let Some(trailer) = raw::trailer(bytes, start) else { return structure };
    if trailer.contains_key("Encrypt") {
        let dictionary = raw::direct_or_searched(bytes, &trailer, "Encrypt");
        structure.encryption = dictionary.as_ref().and_then(encryption);
    }
    structure
}

fn shown((major, minor): (u8, u8)) -> String {
    format!("PDF {major}.{minor}")
}

fn add_info(info: &Dict<'_>, structure: &mut Structure) {
    let value = |key: &str| info.get::<PdfString<'_>>(key).and_then(|text| title(&text));
    structure.producer = value("Producer");
    structure.creator = value("Creator");
    structure.created = value("CreationDate");
    structure.modified = value("ModDate");
}

/// The method that an encryption dictionary names (ISO 32000-2, 7.6.2), with the bits of its key.
fn encryption(dictionary: &Dict<'_>) -> Option<String> {
    let version: u32 = dictionary.get("V")?;
    let length = dictionary.get::<u32>("Length");
    let method = match version {
        1 => "RC4 40".to_owned(),
        2 | 3 => format!("RC4 {}", bits(length.unwrap_or(LEAST_KEY_BITS))),
        4 | 5 => filter_method(dictionary, length)?,
        other => format!("V {other}"),
    };
    let handler = dictionary.get::<Name<'_>>("Filter")?;
    match handler.deref() {
        b"Standard" => Some(method),
        _ => title(&handler).map(|handler| format!("{method} ({handler})")),
    }
}

/// The method of the filter for streams; that for strings where streams have none.
fn filter_method(dictionary: &Dict<'_>, length: Option<u32>) -> Option<String> {
    let filters = dictionary.get::<Dict<'_>>("CF")?;
    let filter = |key: &str| filters.get::<Dict<'_>>(dictionary.get::<Name<'_>>(key)?);
    let filter = filter("StmF").or_else(|| filter("StrF")).or_else(|| filter("EFF"))?;
    let method = filter.get::<Name<'_>>("CFM")?;
    Some(match method.deref() {
        b"V2" => {
            let length = filter.get::<u32>("Length").or(length).unwrap_or(128);
            format!("RC4 {}", bits(length))
        }
        b"AESV2" => "AES 128".to_owned(),
        b"AESV3" => "AES 256".to_owned(),
        b"AESV4" => "AES-GCM 256".to_owned(),
        _ => return title(&method),
    })
}

fn bits(length: u32) -> u32 {
    if length < LEAST_KEY_BITS { length * 8 } else { length }
}
