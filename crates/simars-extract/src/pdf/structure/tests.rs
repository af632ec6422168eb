//! Small files made for one question each; the reader of everything reads them.

use std::io::Write;
use std::time::Duration;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use simars_record::layout::{OutlineEntry, Structure};
use simars_record::{Extracted, FindingCode};

use super::raw;
use crate::Limits;
use crate::budget::Budget;
use crate::pdf;

/// A file of so many empty pages, its catalog and its pages' ids.
struct Made {
    document: Document,
    catalog: ObjectId,
    pages: Vec<ObjectId>,
}

impl Made {
    fn new(pages: usize) -> Self {
        let mut document = Document::with_version("1.5");
        let tree = document.new_object_id();
        let page = dictionary! {
            "Type" => "Page", "Parent" => tree,
            "MediaBox" => vec![0.into(), 0.into(), 300.into(), 400.into()],
        };
        let pages: Vec<ObjectId> = (0..pages).map(|_| document.add_object(page.clone())).collect();
        let kids: Vec<Object> = pages.iter().map(|&page| page.into()).collect();
        let count = kids.len() as i64;
        let pages_object = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        document.objects.insert(tree, Object::Dictionary(pages_object));
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);
        Self { document, catalog, pages }
    }

    fn add(&mut self, object: impl Into<Object>) -> ObjectId {
        self.document.add_object(object)
    }

    fn state(&mut self, key: &str, value: impl Into<Object>) {
        self.document.get_dictionary_mut(self.catalog).unwrap().set(key, value);
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.document.clone().save_to(&mut bytes).unwrap();
        bytes
    }

    fn read(&self) -> (Structure, Vec<FindingCode>) {
        let extracted = read(self.bytes(), false);
        let codes = extracted.findings.iter().map(|finding| finding.code);
        let codes = codes.filter(|&code| code != FindingCode::NoText).collect();
        (*extracted.structure.unwrap(), codes)
    }
}

fn read(bytes: Vec<u8>, simple: bool) -> Extracted {
    let long = Duration::from_secs(3600);
    let budget = Budget::new(&Limits { wall: long, cpu: long, ..Limits::default() });
    pdf::read(bytes, &Limits::default(), simple, budget)
}

fn text(text: &str) -> Object {
    Object::string_literal(text)
}

fn with_info() -> Made {
    let mut made = Made::new(1);
    let info = made.add(dictionary! {
        "Producer" => text("Penulis 3"), "Creator" => text("Program\n lain"),
        "CreationDate" => text("D:20240506070809+07'00'"), "ModDate" => text("kemarin"),
    });
    made.document.trailer.set("Info", info);
    made
}

#[test]
fn what_the_file_says_is_told_as_it_is_written() {
    let made = with_info();
    for simple in [false, true] {
        let structure = *read(made.bytes(), simple).structure.unwrap();
        assert_eq!(structure.format_version.as_deref(), Some("PDF 1.5"));
        assert_eq!(structure.producer.as_deref(), Some("Penulis 3"));
        assert_eq!(structure.creator.as_deref(), Some("Program lain"));
        assert_eq!(structure.created.as_deref(), Some("D:20240506070809+07'00'"));
        assert_eq!(structure.modified.as_deref(), Some("kemarin"));
        assert_eq!((structure.revisions, structure.xmp, structure.encryption), (1, false, None));
    }
}

#[test]
fn the_catalog_may_raise_the_version_and_metadata_fill_gaps() {
    let mut made = Made::new(1);
    made.state("Version", Object::Name(b"2.0".to_vec()));
    let xmp = "<r:Description xmlns:r='r' xmlns:pdf='p' xmlns:pdfaid='a' pdf:Producer='Lain' \
               pdfaid:part='3' pdfaid:conformance='U'/>";
    let metadata = made.add(Stream::new(Dictionary::new(), xmp.into()));
    made.state("Metadata", metadata);
    let (structure, _) = made.read();
    assert_eq!(structure.format_version.as_deref(), Some("PDF 2.0"));
    assert_eq!(structure.producer.as_deref(), Some("Lain"));
    assert_eq!(structure.pdf_a_claim.as_deref(), Some("PDF/A-3u"));
    assert!(structure.xmp);
}

#[test]
fn metadata_that_would_burst_are_not_unpacked() {
    let mut made = Made::new(1);
    let mut xmp = b"<r:Description xmlns:r='r' xmlns:pdfaid='a' pdfaid:part='3'/>".to_vec();
    let packed = |content: &[u8]| {
        let mut stream = Stream::new(Dictionary::new(), content.to_vec());
        stream.compress().unwrap();
        stream
    };
    // Long enough to be packed at all.
    xmp.extend_from_slice(&[b' '; 500]);
    let small = made.add(packed(&xmp));
    xmp.resize(80 << 20, b' ');
    let large = made.add(packed(&xmp));
    made.state("Metadata", small);
    assert_eq!(made.read().0.pdf_a_claim.as_deref(), Some("PDF/A-3"));
    made.state("Metadata", large);
    let structure = made.read().0;
    assert_eq!((structure.xmp, structure.pdf_a_claim), (true, None));
}

#[test]
fn what_is_added_to_the_end_is_a_revision() {
    let mut bytes = with_info().bytes();
    let end = bytes.len();
    let start = raw::sections(&bytes)[0].table;
    let root = raw::trailer(&bytes, 0).unwrap().get_ref("Root").unwrap();
    let trailer = format!("<</Root {root}/Size 9/Prev {start}>>");
    write!(bytes, "xref\n0 0\ntrailer\n{trailer}\nstartxref\n{end}\n%%EOF\n").unwrap();
    let structure = read(bytes, false).structure.unwrap();
    assert_eq!(structure.revisions, 2);
}

fn entry(title: &str, level: u8, page: Option<u32>) -> OutlineEntry {
    OutlineEntry { title: title.to_owned(), level, page }
}

#[test]
fn the_outline_leads_to_its_pages() {
    let mut made = Made::new(4);
    let place = |page: ObjectId| vec![page.into(), Object::Name(b"Fit".to_vec())];
    let pages = made.pages.clone();
    let ids: Vec<ObjectId> = (0..5).map(|_| made.document.new_object_id()).collect();
    let action = dictionary! { "S" => "GoTo", "D" => text("nama") };
    let items = [
        dictionary! { "Title" => text("satu"), "Dest" => place(pages[0]), "Next" => ids[2], "First" => ids[1] },
        dictionary! { "Title" => text("anak"), "A" => action },
        dictionary! { "Title" => text("dua"), "Dest" => Object::Name(b"lama".to_vec()), "Next" => ids[3] },
        dictionary! { "Title" => text("tiga"), "Dest" => vec![Object::Integer(3)], "Next" => ids[4] },
        // Back to the first one.
        dictionary! { "Title" => text("luar"), "Dest" => vec![Object::Integer(9)], "Next" => ids[0] },
    ];
    for (&id, item) in ids.iter().zip(items) {
        made.document.objects.insert(id, Object::Dictionary(item));
    }
    made.state("Outlines", dictionary! { "First" => ids[0] });
    made.state("Dests", dictionary! { "lama" => dictionary! { "D" => place(pages[2]) } });
    let leaf = dictionary! { "Names" => vec![text("nama"), place(pages[1]).into()] };
    let leaf = made.add(leaf);
    made.state("Names", dictionary! { "Dests" => dictionary! { "Kids" => vec![leaf.into()] } });
    let (structure, codes) = made.read();
    let expected = [
        entry("satu", 0, Some(1)),
        entry("anak", 1, Some(2)),
        entry("dua", 0, Some(3)),
        entry("tiga", 0, Some(4)),
        entry("luar", 0, None),
    ];
    assert_eq!((structure.outline, codes), (expected.to_vec(), vec![]));
}

#[test]
fn an_outline_is_cut_and_says_so() {
    let mut made = Made::new(1);
    let ids: Vec<ObjectId> = (0..1_001).map(|_| made.document.new_object_id()).collect();
    let mut chain = |count: usize| {
        for index in 0..count {
            let mut item = dictionary! { "Title" => text("bab") };
            if index + 1 < count {
                item.set("Next", ids[index + 1]);
            }
            made.document.objects.insert(ids[index], Object::Dictionary(item));
        }
        made.state("Outlines", dictionary! { "First" => ids[0] });
        let (structure, codes) = made.read();
        (structure.outline.len(), codes)
    };
    assert_eq!(chain(1_000), (1_000, vec![]));
    assert_eq!(chain(1_001), (1_000, vec![FindingCode::LimitReached]));
}

#[test]
fn pages_have_their_labels_where_they_differ() {
    let mut made = Made::new(4);
    let roman = dictionary! { "S" => "r" };
    let annex = dictionary! { "S" => "D", "P" => text("L-"), "St" => 5 };
    made.state(
        "PageLabels",
        dictionary! {
            "Nums" => vec![0.into(), roman.into(), 2.into(), annex.into()],
        },
    );
    assert_eq!(made.read().0.page_labels, ["i", "ii", "L-5", "L-6"]);
    let plain = dictionary! { "S" => "D" };
    made.state("PageLabels", dictionary! { "Nums" => vec![0.into(), plain.into()] });
    assert!(made.read().0.page_labels.is_empty());
}

#[test]
fn a_tree_that_contains_itself_ends() {
    let mut made = Made::new(2);
    let node = made.document.new_object_id();
    let prefix = dictionary! { "P" => text("x") };
    let tree = dictionary! {
        "Kids" => vec![node.into(), node.into()], "Nums" => vec![1.into(), prefix.into()],
    };
    made.document.objects.insert(node, Object::Dictionary(tree));
    made.state("PageLabels", node);
    assert_eq!(made.read().0.page_labels, ["1", "x"]);
}

#[test]
fn files_inside_the_file_are_named_once() {
    let mut made = Made::new(1);
    let stated = dictionary! {
        "Subtype" => Object::Name(b"text/csv".to_vec()), "Params" => dictionary! { "Size" => 12 },
    };
    let listed = made.add(Stream::new(stated, b"a,b".to_vec()));
    let pinned = made.add(Stream::new(Dictionary::new(), b"isi".to_vec()));
    let file = |bytes: ObjectId, name: &str| {
        dictionary! { "UF" => text(name), "EF" => dictionary! { "F" => bytes } }
    };
    let both = made.add(file(listed, "map/suara.csv"));
    let annotations: Vec<Object> = [file(pinned, "catatan.txt"), file(listed, "suara.csv")]
        .map(|file| dictionary! { "Subtype" => "FileAttachment", "FS" => file }.into())
        .into();
    let page = made.pages[0];
    made.document.get_dictionary_mut(page).unwrap().set("Annots", annotations);
    let files = dictionary! { "Names" => vec![text("kunci"), both.into()] };
    made.state("Names", dictionary! { "EmbeddedFiles" => files });
    let (structure, codes) = made.read();
    let found: Vec<(&str, Option<u64>, Option<&str>)> = structure
        .attachments
        .iter()
        .map(|one| (one.name.as_str(), one.size_bytes, one.media_type.as_deref()))
        .collect();
    assert_eq!(found, [("suara.csv", Some(12), Some("text/csv")), ("catatan.txt", Some(3), None)]);
    assert_eq!(codes, [FindingCode::Attachments]);
}

#[test]
fn signed_fields_count_and_others_do_not() {
    let mut made = Made::new(1);
    let signature = made.add(dictionary! {
        "Type" => "Sig", "Contents" => text("x"), "ByteRange" => vec![0.into(), 1.into()],
    });
    let stamp = made.add(dictionary! {
        "Type" => "DocTimeStamp", "Contents" => text("y"), "ByteRange" => vec![0.into(), 1.into()],
    });
    let inherited = made.add(dictionary! { "V" => stamp });
    let fields: Vec<Object> = vec![
        dictionary! { "FT" => "Sig", "V" => signature }.into(),
        // The same signature in a second field is still one.
        dictionary! { "FT" => "Sig", "V" => signature }.into(),
        dictionary! { "FT" => "Sig", "Kids" => vec![inherited.into()] }.into(),
        dictionary! { "FT" => "Sig" }.into(),
        dictionary! { "FT" => "Tx", "V" => signature }.into(),
    ];
    made.state("AcroForm", dictionary! { "Fields" => fields });
    assert_eq!(made.read().0.signatures, 2);
    assert_eq!(read(made.bytes(), true).structure.unwrap().signatures, 2);
}

#[test]
fn methods_of_encryption_are_named() {
    let filter = |method: &str, length: i64| {
        let filter = dictionary! { "CFM" => method, "Length" => length };
        dictionary! {
            "V" => 4, "Length" => 128, "CF" => dictionary! { "F" => filter }, "StmF" => "F",
        }
    };
    let cases = [
        (dictionary! { "V" => 1 }, "RC4 40"),
        (dictionary! { "V" => 2, "Length" => 128 }, "RC4 128"),
        (dictionary! { "V" => 2 }, "RC4 40"),
        (filter("V2", 16), "RC4 128"),
        (filter("AESV2", 16), "AES 128"),
        (filter("AESV3", 32), "AES 256"),
    ];
    for (mut encryption, expected) in cases {
        let mut made = with_info();
        encryption.set("Filter", "Standard");
        let encryption = made.add(encryption);
        made.document.trailer.set("Encrypt", encryption);
        let structure = super::without_objects(&made.bytes());
        assert_eq!(structure.encryption.as_deref(), Some(expected));
        // Its strings are not readable without the key.
        assert_eq!(structure.producer, None);
    }
}

#[test]
fn damage_anywhere_never_fails() {
    let mut made = with_info();
    let page = made.pages[0];
    made.state("Outlines", dictionary! { "First" => page });
    made.state("PageLabels", dictionary! { "Nums" => vec![Object::Null, text("x")] });
    made.state("Names", dictionary! { "EmbeddedFiles" => page, "Dests" => text("x") });
    made.state("AcroForm", dictionary! { "Fields" => vec![page.into(), Object::Null] });
    made.state("Metadata", page);
    let whole = made.bytes();
    assert!(read(whole.clone(), false).structure.is_some());
    for at in (0..whole.len()).step_by(11) {
        let mut broken = whole.clone();
        broken[at] ^= 0x11;
        let revisions = read(broken, false).structure.map_or(1, |structure| structure.revisions);
        assert_eq!(revisions, 1, "byte {at}");
    }
}
