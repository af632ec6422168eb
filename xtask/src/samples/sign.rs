//! Signs a made PDF as an office would, and changes one afterwards as nobody may.
//!
//! The keys are made from fixed seeds that anyone can read here: they protect nothing.

use anyhow::{Context as _, Result, ensure};
use lopdf::{Document, IncrementalDocument, Object, ObjectId, StringFormat, dictionary};
use simars_testkit::signing::{Hash, Key, Person, Role, sample_root};

use super::definition::Facts;

/// Bytes for the signed message, which is as long as its certificates need.
const ROOM: usize = 6_000;

/// Stands where the byte range will: three numbers of ten digits.
const PLACE: i64 = 9_999_999_999;

/// The file with a revision that signs it.
pub(crate) fn signed(facts: &Facts, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let name = facts.signatory.as_deref().context("nobody signs it")?;
    let root = sample_root();
    let signer = Person::new(name, Key::p256(12), Role::Signer, Some(&root));
    let stamper = Person::new("Stempel Waktu Contoh", Key::p256(13), Role::Stamper, Some(&root));
    let mut bytes = with_place(facts, bytes)?;
    let text = format!("/ByteRange[0 {PLACE} {PLACE} {PLACE}]/Contents<");
    let range = find(&bytes, text.as_bytes()).context("no place for the signature")?;
    let before = range + text.len() - 1;
    let after = before + 2 * ROOM + 2;
    ensure!(bytes.get(after - 1) == Some(&b'>'), "the place for the signature has another length");
    let numbers = format!("{before:<10} {after:<10} {:<10}", bytes.len() - after);
    let at = range + "/ByteRange[0 ".len();
    bytes[at..at + numbers.len()].copy_from_slice(numbers.as_bytes());
    let covered = [&bytes[..before], &bytes[after..]].concat();
    let message = signer.sign(Hash::Sha256, &covered, &[&root], Some(&stamper));
    ensure!(message.len() <= ROOM, "the signed message is too long");
    let digits: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes[before + 1..before + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    Ok(bytes)
}

/// Adds a revision with an invisible signature field on the first page, not yet signed.
fn with_place(facts: &Facts, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let document = Document::load_mem(&bytes)?;
    let root = document.trailer.get(b"Root")?.as_reference()?;
    let page = first_page(&document)?;
    let mut more = IncrementalDocument::create_from(bytes, document);
    let value = more.new_document.add_object(dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        "M" => Object::string_literal("D:20261124163000+08'00'"),
        "Reason" => Object::string_literal("Penetapan"),
        "Name" => Object::string_literal(facts.signatory.as_deref().unwrap_or_default()),
        "ByteRange" => vec![0.into(), PLACE.into(), PLACE.into(), PLACE.into()],
        "Contents" => Object::String(vec![0; ROOM], StringFormat::Hexadecimal),
    });
    let field = more.new_document.add_object(dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => Object::string_literal("tanda_tangan"),
        "Rect" => vec![0.into(), 0.into(), 0.into(), 0.into()],
        "F" => 132,
        "P" => page,
        "V" => value,
    });
    more.opt_clone_object_to_new_document(page)?;
    let annotations = vec![Object::from(field)];
    more.new_document.get_object_mut(page)?.as_dict_mut()?.set("Annots", annotations.clone());
    more.opt_clone_object_to_new_document(root)?;
    let form = dictionary! { "SigFlags" => 3, "Fields" => annotations };
    more.new_document.get_object_mut(root)?.as_dict_mut()?.set("AcroForm", form);
    saved(more)
}

/// The file with a revision in which the pages are drawn from these contents.
pub(crate) fn altered(bytes: Vec<u8>, contents: Vec<Vec<u8>>) -> Result<Vec<u8>> {
    let document = Document::load_mem(&bytes)?;
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    ensure!(pages.len() == contents.len(), "a change that adds or removes pages");
    let mut more = IncrementalDocument::create_from(bytes, document);
    for (page, content) in pages.into_iter().zip(contents) {
        let document = more.get_prev_documents();
        let object = document.get_object(page)?.as_dict()?.get(b"Contents")?.as_reference()?;
        if document.get_object(object)?.as_stream()?.decompressed_content()? == content {
            continue;
        }
        let mut stream = lopdf::Stream::new(lopdf::Dictionary::new(), content);
        stream.compress()?;
        more.new_document.set_object(object, stream);
    }
    saved(more)
}

fn saved(mut more: IncrementalDocument) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    more.save_to(&mut bytes)?;
    Ok(bytes)
}

fn first_page(document: &Document) -> Result<ObjectId> {
    document.get_pages().get(&1).copied().context("it has no page")
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}
