//! Copies of small made files, looked at as a reader would.

use lopdf::encryption::crypt_filters::{Aes128CryptFilter, CryptFilter};
use lopdf::{EncryptionState, EncryptionVersion, Permissions, dictionary};
use std::collections::BTreeMap as Map;

use super::*;
use crate::budget::Budget;
use crate::pdf;

/// A file of pages that share their resources; `page` may change each before it is added.
fn file(pages: usize, mut page: impl FnMut(usize, &mut Dictionary)) -> Document {
    let mut document = Document::with_version("1.5");
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
    });
    let resources = dictionary! { "Font" => dictionary! { "F" => font } };
    let resources = document.add_object(resources);
    let tree = document.new_object_id();
    let kids: Vec<Object> = (1..=pages)
        .map(|number| {
            let text = format!("q BT /F 12 Tf 40 80 Td (isi {number}) Tj ET");
            let content = document.add_object(Stream::new(dictionary! {}, text.into_bytes()));
            let mut made = dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content,
                "Resources" => resources,
            };
            page(number, &mut made);
            Object::Reference(document.add_object(made))
        })
        .collect();
    let boxed = |sides: [i64; 4]| sides.map(Object::Integer).to_vec();
    let tree_object = dictionary! {
        "Type" => "Pages", "Count" => kids.len() as i64, "Kids" => kids,
        "MediaBox" => boxed([0, 0, 600, 800]), "CropBox" => boxed([20, 30, 620, 800]),
    };
    document.objects.insert(tree, tree_object.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document
}

fn bytes(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// A strip of 500 by 40 points that says `kaki`.
fn strip() -> Vec<u8> {
    let mut strip = file(1, |_, page| {
        page.set("MediaBox", [0, 0, 500, 40].map(Object::Integer).to_vec());
    });
    let page = strip.page_iter().next().unwrap();
    let content = strip.get_page_contents(page)[0];
    let text = b"BT /F 9 Tf 4 9 Td (kaki) Tj ET".to_vec();
    strip.objects.insert(content, Stream::new(dictionary! {}, text).into());
    bytes(strip)
}

fn copy_of(original: &[u8]) -> Result<Vec<u8>, Finding> {
    let appended = stamp(original.to_vec(), &strip(), &Limits::default())?;
    Ok([original, &appended].concat())
}

fn texts(pdf: &[u8]) -> Vec<String> {
    let limits = Limits::default();
    let read = pdf::read(pdf.to_vec(), &limits, false, Budget::new(&limits));
    read.pages.into_iter().map(|page| page.text).collect()
}

fn refused(original: &[u8]) -> FindingCode {
    copy_of(original).unwrap_err().code
}

#[test]
fn each_page_gets_its_strip_and_keeps_its_text_however_it_is_turned() {
    let original = bytes(file(4, |number, page| page.set("Rotate", number as i64 * 90)));
    let copy = copy_of(&original).unwrap();
    assert!(copy.starts_with(&original));
    assert_eq!(copy_of(&original).unwrap(), copy, "the same file gives the same copy");
    let before = texts(&original);
    assert_eq!(before.len(), 4);
    for (number, (text, before)) in texts(&copy).iter().zip(&before).enumerate() {
        assert!(text.contains(before.trim()), "page {}: {text:?}", number + 1);
        assert!(text.contains("kaki"), "page {}: {text:?}", number + 1);
    }
    let pdf = Pdf::new(Arc::new(copy)).unwrap();
    let sizes: Vec<_> = pdf.pages().iter().map(|page| page.render_dimensions()).collect();
    // What is seen is 580 by 770 points; the strip is 40 high.
    assert_eq!(sizes, [(770.0, 620.0), (580.0, 810.0), (770.0, 620.0), (580.0, 810.0)]);
}

#[test]
fn a_crop_box_as_large_as_the_page_hides_nothing_of_the_strip() {
    let original = bytes(file(1, |_, page| {
        for name in ["MediaBox", "CropBox"] {
            page.set(name, [0, 0, 600, 800].map(Object::Integer).to_vec());
        }
    }));
    let pdf = Pdf::new(Arc::new(copy_of(&original).unwrap())).unwrap();
    assert_eq!(pdf.pages()[0].render_dimensions(), (600.0, 840.0));
}

#[test]
fn what_is_appended_is_read_by_others_and_has_no_repairs() {
    for modern in [false, true] {
        let mut document = file(2, |_, _| ());
        let mut original = Vec::new();
        match modern {
            true => document.save_modern(&mut original).unwrap(),
            false => document.save_to(&mut original).unwrap(),
        }
        let copy = Document::load_mem(&copy_of(&original).unwrap()).unwrap();
        assert_eq!((copy.xref_recovery, copy.page_iter().count()), (None, 2));
        assert_eq!(copy.revision_count(), 2);
    }
}

#[test]
fn resources_are_found_wherever_they_are_and_names_are_not_taken() {
    let variants: [fn(usize, &mut Dictionary); 4] = [
        |_, page| drop(page.remove(b"Resources")),
        |_, page| page.set("Resources", dictionary! {}),
        |_, page| {
            let taken = dictionary! { "SimarsKaki" => Object::Null, "SimarsKaki1" => 1 };
            page.set("Resources", dictionary! { "XObject" => taken });
        },
        |_, page| drop(page.remove(b"Contents")),
    ];
    for (place, variant) in variants.into_iter().enumerate() {
        let original = bytes(file(2, variant));
        let copy = copy_of(&original).unwrap();
        for text in texts(&copy) {
            assert!(text.contains("kaki"), "variant {place}: {text:?}");
        }
    }
}

#[test]
fn a_page_that_is_listed_twice_is_stamped_once() {
    let mut document = file(1, |_, _| ());
    let tree = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
    let tree = document.get_dictionary_mut(tree).unwrap();
    let kid = tree.get(b"Kids").unwrap().as_array().unwrap()[0].clone();
    tree.set("Kids", vec![kid.clone(), kid]);
    tree.set("Count", 2);
    let pages = texts(&copy_of(&bytes(document)).unwrap());
    assert!(pages.iter().all(|text| text.matches("kaki").count() == 1), "{pages:?}");
}

#[test]
fn a_copy_can_be_copied() {
    let copy = copy_of(&bytes(file(1, |_, _| ()))).unwrap();
    let again = copy_of(&copy).unwrap();
    assert_eq!(texts(&again)[0].matches("kaki").count(), 2);
}

#[test]
fn encrypted_and_damaged_files_are_refused() {
    let mut document = file(1, |_, _| ());
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes128CryptFilter);
    let version = EncryptionVersion::V4 {
        document: &document,
        encrypt_metadata: true,
        crypt_filters: Map::from([(b"StdCF".to_vec(), filter)]),
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: "owner",
        user_password: "",
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    assert_eq!(refused(&bytes(document)), FindingCode::Encrypted);

    let good = bytes(file(2, |_, _| ()));
    for cut in [10, good.len() / 2, good.len() - 30] {
        assert_eq!(refused(&good[..cut]), FindingCode::Damaged, "cut at {cut}");
    }
    assert_eq!(refused(b"no pdf"), FindingCode::Damaged);
    assert_eq!(refused(&[b"junk\n", good.as_slice()].concat()), FindingCode::Damaged);
    let limits = Limits { pages: 1, ..Limits::default() };
    let many = stamp(good.clone(), &strip(), &limits).unwrap_err();
    assert_eq!(many.code, FindingCode::LimitReached);
    let no_strip = stamp(good, b"no strip", &Limits::default()).unwrap_err();
    assert_eq!(no_strip.code, FindingCode::ReaderFailed);
    let huge = bytes(file(1, |_, page| {
        page.set("CropBox", [0, 0, 0, 0].map(Object::Integer).to_vec());
    }));
    assert_eq!(refused(&huge), FindingCode::Damaged);
}
