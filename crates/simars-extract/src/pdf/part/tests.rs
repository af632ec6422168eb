//! Parts of small made files, looked at as a reader would.

use std::time::Duration;

use lopdf::encryption::crypt_filters::{Aes128CryptFilter, CryptFilter};
use lopdf::{EncryptionState, EncryptionVersion, Permissions, Stream, StringFormat};
use simars_testkit::paper::Paper;

use super::*;
use crate::budget::Budget;
use crate::pdf;

/// A file whose pages share their resources and boxes, each with a link to the next page, and with
/// an outline and a title of the whole.
fn file(pages: usize) -> Document {
    let mut document = Document::with_version("1.5");
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
    });
    let resources = dictionary! { "Font" => dictionary! { "F" => font } };
    let resources = document.add_object(resources);
    let tree = document.new_object_id();
    let ids: Vec<ObjectId> = (0..pages).map(|_| document.new_object_id()).collect();
    for (index, &id) in ids.iter().enumerate() {
        let text = format!("BT /F 12 Tf 40 80 Td (isi {}) Tj ET", index + 1);
        let content = document.add_object(Stream::new(dictionary! {}, text.into_bytes()));
        let next = ids[(index + 1) % pages];
        let link = document.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "Link", "P" => id,
            "Rect" => [0, 0, 9, 9].map(Object::Integer).to_vec(),
            "Dest" => vec![Object::Reference(next), "Fit".into()],
        });
        document.set_object(
            id,
            dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content,
                "Annots" => vec![Object::Reference(link)], "StructParents" => 1,
            },
        );
    }
    let kids: Vec<Object> = ids.iter().copied().map(Object::Reference).collect();
    let boxed = |sides: [i64; 4]| sides.map(Object::Integer).to_vec();
    document.set_object(
        tree,
        dictionary! {
            "Type" => "Pages", "Count" => pages as i64, "Kids" => kids, "Rotate" => 90,
            "Resources" => resources, "MediaBox" => boxed([0, 0, 600, 800]),
        },
    );
    let outline = document.add_object(dictionary! { "Type" => "Outlines", "Count" => 0 });
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => tree, "Outlines" => outline,
    });
    let title = Object::String(b"seluruh tumpukan".to_vec(), StringFormat::Literal);
    let info = document.add_object(dictionary! { "Title" => title });
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", info);
    document
}

fn bytes(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn made(bytes: &[u8], first: u32, last: u32) -> Result<Vec<u8>, Finding> {
    part(bytes.to_vec(), first, last, &Limits::default())
}

fn texts(bytes: Vec<u8>) -> Vec<String> {
    let long = Duration::from_secs(3600);
    let budget = Budget::new(&Limits { wall: long, cpu: long, ..Limits::default() });
    let read = pdf::read(bytes, &Limits::default(), false, budget);
    assert_eq!((read.embedded_title, read.reader.as_str()), (None, "hayro"));
    read.pages.into_iter().map(|page| page.text.trim().to_owned()).collect()
}

#[test]
fn a_part_has_its_pages_and_nothing_of_the_others() {
    let whole = bytes(file(5));
    let part = made(&whole, 2, 3).unwrap();
    assert_eq!(texts(part.clone()), ["isi 2", "isi 3"]);
    assert_eq!(made(&whole, 2, 3), Ok(part.clone()), "the same bytes each time");
    let pdf = Pdf::new(Arc::new(part.clone())).unwrap();
    let sizes: Vec<_> = pdf.pages().iter().map(|page| page.render_dimensions()).collect();
    assert_eq!(sizes, [(800.0, 600.0); 2], "boxes and turns come from above");
    let document = Document::load_mem(&part).unwrap();
    // Catalogue, tree, resources, font; page, content and link of two pages.
    let table = |object: &&Object| object.type_name().is_ok_and(|name| name == b"XRef");
    assert_eq!(document.objects.values().filter(|object| !table(object)).count(), 4 + 2 * 3);
    for other in ["isi 1", "isi 4", "isi 5", "tumpukan", "Outlines", "StructParents"] {
        assert!(crate::sniff::find(&part, other.as_bytes()).is_none(), "{other}");
    }
    let links: Vec<bool> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok()?.get(b"Dest").ok()?.as_array().ok())
        .map(|target| target[0].is_null())
        .collect();
    assert_eq!(links.iter().filter(|&&nowhere| nowhere).count(), 1, "3 leads to 4, which is gone");
    assert_eq!(links.len(), 2);
}

#[test]
fn every_part_of_a_file_together_is_the_file() {
    let whole = bytes(file(7));
    let mut all = Vec::new();
    for (first, last) in [(1, 1), (2, 6), (7, 7)] {
        all.extend(texts(made(&whole, first, last).unwrap()));
    }
    assert_eq!(all, texts_of(7));
}

fn texts_of(pages: usize) -> Vec<String> {
    (1..=pages).map(|page| format!("isi {page}")).collect()
}

#[test]
fn a_picture_is_taken_over_byte_for_byte() {
    let mut document = file(2);
    let packed: Vec<u8> = (0..5_000_u32).map(|at| (at * at % 251) as u8).collect();
    let picture = document.add_object(Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Image", "Filter" => "DCTDecode" },
        packed.clone(),
    ));
    let resources = dictionary! { "XObject" => dictionary! { "B" => picture } };
    let first = document.get_pages()[&1];
    document.get_dictionary_mut(first).unwrap().set("Resources", resources);
    let whole = bytes(document);
    let has = |part: &[u8]| crate::sniff::find(part, &packed).is_some();
    assert!(has(&made(&whole, 1, 1).unwrap()));
    assert!(!has(&made(&whole, 2, 2).unwrap()));
}

#[test]
fn what_must_stay_whole_stays_whole() {
    let why = |bytes: &[u8], first, last| made(bytes, first, last).unwrap_err();
    let whole = bytes(file(3));
    for (first, last) in [(0, 1), (2, 1), (3, 4), (9, 9)] {
        assert_eq!(why(&whole, first, last).code, FindingCode::Damaged, "{first} to {last}");
    }
    let mut signed = Paper::new("isi");
    signed.sign("adbe.pkcs7.detached", "", |_| vec![0x30, 0]);
    assert_eq!(why(&signed.bytes, 1, 1).detail, "the file is signed");
    assert!(made(&Paper::new("isi").bytes, 1, 1).is_ok());
    assert_eq!(why(&encrypted(), 1, 1).detail, "the file is encrypted");
    assert_eq!(why(&whole[..whole.len() / 2], 1, 1).code, FindingCode::Damaged);
    assert_eq!(why(b"bukan PDF", 1, 1).code, FindingCode::Damaged);
    let few = Limits { pages: 2, ..Limits::default() };
    assert_eq!(part(whole, 1, 1, &few).unwrap_err().code, FindingCode::LimitReached);
}

/// A file that is encrypted, and opens without a password all the same.
fn encrypted() -> Vec<u8> {
    let mut document = file(1);
    let id = Object::String(vec![7; 16], StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes128CryptFilter);
    let version = EncryptionVersion::V4 {
        document: &document,
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(b"StdCF".to_vec(), filter)]),
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: "pemilik",
        user_password: "",
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    bytes(document)
}
