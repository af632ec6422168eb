//! Finds the signatures in a PDF: those that form fields lead to, and those nothing leads to.

use std::collections::HashSet;

use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, Object, ObjectId};
use simars_record::signature::SignatureKind;

use crate::answer::clean_title;

/// More signatures than this are not looked at.
pub(super) const MOST_SIGNATURES: usize = 256;

/// Fields nested deeper than this are not looked at.
const DEEPEST: usize = 32;

/// The most fields that are looked at.
const MOST_FIELDS: usize = 100_000;

/// A signature as the file states it, unchecked.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) field: Option<String>,
    /// Where the object begins that holds the dictionary: its own, or the field it stands in;
    /// `None` when it is inside a stream.
    pub(super) at: Option<usize>,
    pub(super) byte_range: [u64; 4],
    pub(super) contents: Vec<u8>,
    pub(super) encoding: String,
    pub(super) kind: SignatureKind,
    pub(super) permits: Option<u8>,
    pub(super) claimed: Option<String>,
    pub(super) reason: Option<String>,
}

impl Found {
    /// Whether two are the same signature, maybe as two revisions state it.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.byte_range == other.byte_range && self.contents == other.contents
    }
}

/// A form field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) id: ObjectId,
    pub(super) dictionary: &'a Dictionary,
    /// Whether it is for a signature.
    pub(super) signs: bool,
}

/// All signatures of a file.
pub(super) fn all(document: &Document) -> Vec<Found> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (name, field) in fields(document) {
        let Ok(value) = field.dictionary.get(b"V") else { continue };
        let id = value.as_reference().unwrap_or(field.id);
        let Some(dictionary) = resolved(document, value).and_then(dictionary) else { continue };
        if field.signs && seen.insert(id) {
            found.extend(read(document, dictionary, id, Some(name)));
        }
    }
    for (&id, object) in &document.objects {
        let Some(dictionary) = dictionary(object) else { continue };
        if dictionary.has(b"ByteRange") && seen.insert(id) {
            found.extend(read(document, dictionary, id, None));
        }
        let value = dictionary.get(b"V").ok().and_then(self::dictionary);
        if let Some(value) = value.filter(|value| value.has(b"ByteRange"))
            && seen.insert(id)
        {
            found.extend(read(document, value, id, None));
        }
    }
    found.sort_by_key(|found| end(found.byte_range));
    found.truncate(MOST_SIGNATURES);
    found
}

/// Where the bytes end that a byte range covers.
pub(super) fn end(range: [u64; 4]) -> u64 {
    range[2].saturating_add(range[3])
}

/// All fields of the form with their full names, parents before their children.
pub(super) fn fields(document: &Document) -> Vec<(String, Field<'_>)> {
    let form = document.catalog().ok().and_then(|catalog| entry(document, catalog, b"AcroForm"));
    let roots = form.and_then(dictionary).and_then(|form| entry(document, form, b"Fields"));
    let mut fields = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting: Vec<(String, &Object, bool, usize)> = Vec::new();
    let all = roots.and_then(|roots| roots.as_array().ok()).into_iter().flatten();
    waiting.extend(all.rev().map(|root| (String::new(), root, false, 0)));
    while let Some((parent, object, signs, depth)) = waiting.pop() {
        let Ok(id) = object.as_reference() else { continue };
        let Some(dictionary) = resolved(document, object).and_then(dictionary) else { continue };
        if depth > DEEPEST || fields.len() >= MOST_FIELDS || !seen.insert(id) {
            continue;
        }
        let signs = match entry(document, dictionary, b"FT").and_then(|kind| kind.as_name().ok()) {
            Some(kind) => kind == b"Sig",
            None => signs,
        };
        let own = text(document, dictionary, b"T").unwrap_or_default();
        let name = match (parent.is_empty(), own.is_empty()) {
            (true, _) => own,
            (false, true) => parent,
            (false, false) => format!("{parent}.{own}"),
        };
        let kids = entry(document, dictionary, b"Kids").and_then(|kids| kids.as_array().ok());
        let kids = kids.into_iter().flatten().rev();
        waiting.extend(kids.map(|kid| (name.clone(), kid, signs, depth + 1)));
        fields.push((name, Field { id, dictionary, signs }));
    }
    fields
}

fn read(
    document: &Document,
    dictionary: &Dictionary,
    object: ObjectId,
    field: Option<String>,
) -> Option<Found> {
    let range = entry(document, dictionary, b"ByteRange")?.as_array().ok()?;
    let number = |object: &Object| {
        let number = resolved(document, object)?.as_i64().ok()?;
        u64::try_from(number).ok()
    };
    // A range of another form is no range: it is told as one that covers nothing.
    let numbers: Option<Vec<u64>> = range.iter().map(number).collect();
    let byte_range = numbers.and_then(|numbers| numbers.try_into().ok()).unwrap_or([0; 4]);
    let contents = entry(document, dictionary, b"Contents")?.as_str().ok()?.to_vec();
    let permits = transform(document, dictionary, b"DocMDP").map(|found| permits(document, found));
    let is_stamp = name(document, dictionary, b"Type").as_deref() == Some("DocTimeStamp");
    let encoding = name(document, dictionary, b"SubFilter").unwrap_or_default();
    let kind = if is_stamp || encoding == "ETSI.RFC3161" {
        SignatureKind::DocumentTimestamp
    } else if permits.is_some() {
        SignatureKind::Certification
    } else if [&b"UR"[..], b"UR3"].iter().any(|m| transform(document, dictionary, m).is_some()) {
        SignatureKind::UsageRights
    } else {
        SignatureKind::Approval
    };
    let stated = [&b"Reason"[..], b"Location", b"ContactInfo"];
    let stated: Vec<_> = stated.iter().filter_map(|key| text(document, dictionary, key)).collect();
    Some(Found {
        field,
        at: place(document, object),
        byte_range,
        contents,
        encoding,
        kind,
        permits,
        claimed: text(document, dictionary, b"M"),
        reason: (!stated.is_empty()).then(|| stated.join("; ")),
    })
}

fn place(document: &Document, object: ObjectId) -> Option<usize> {
    match *document.reference_table.get(object.0)? {
        XrefEntry::Normal { offset, .. } => usize::try_from(offset).ok(),
        XrefEntry::Compressed { .. } | XrefEntry::Free | XrefEntry::UnusableFree => None,
    }
}

/// The signature's reference with this transform method.
fn transform<'a>(
    document: &'a Document,
    signature: &'a Dictionary,
    method: &[u8],
) -> Option<&'a Dictionary> {
    let references = entry(document, signature, b"Reference")?.as_array().ok()?;
    references.iter().find_map(|reference| {
        let reference = dictionary(resolved(document, reference)?)?;
        let found = entry(document, reference, b"TransformMethod")?.as_name().ok()?;
        (found == method).then_some(reference)
    })
}

/// What a certification permits.
fn permits(document: &Document, reference: &Dictionary) -> u8 {
    let parameters = entry(document, reference, b"TransformParams").and_then(dictionary);
    let permits = parameters.and_then(|found| entry(document, found, b"P")?.as_i64().ok());
    // 2 is the default; what is none of the three is taken for the strictest.
    match permits.unwrap_or(2) {
        2 => 2,
        3 => 3,
        _ => 1,
    }
}

/// What a reference leads to; the object itself when it is none.
pub(super) fn resolved<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

/// An entry of a dictionary, resolved.
pub(super) fn entry<'a>(
    document: &'a Document,
    dictionary: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Object> {
    resolved(document, dictionary.get(key).ok()?)
}

/// The object as a dictionary.
pub(super) fn dictionary(object: &Object) -> Option<&Dictionary> {
    object.as_dict().ok()
}

/// An entry that is a name.
pub(super) fn name(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Option<String> {
    let name = entry(document, dictionary, key)?.as_name().ok()?;
    Some(String::from_utf8_lossy(name).chars().take(64).collect())
}

/// An entry that is a text, on one line.
pub(super) fn text(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Option<String> {
    clean_title(&lopdf::decode_text_string(entry(document, dictionary, key)?).ok()?)
}
