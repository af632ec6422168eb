//! How many signatures are in the file; whether they hold is not looked at.

use std::collections::HashSet;
use std::ops::Deref;

use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier};

use super::Source;

/// Fields that lie deeper, and more of them, are not looked at.
const MOST_DEPTH: usize = 16;
const MOST_FIELDS: usize = 50_000;

/// Counts the signature fields that are signed (ISO 32000-2, 12.7.5.5), timestamps of the whole
/// document among them.
pub(super) fn count(source: &Source<'_>) -> u32 {
    let form = source.catalog.get::<Dict<'_>>("AcroForm");
    let fields = form.and_then(|form| form.get::<Array<'_>>("Fields"));
    let Some(fields) = fields else { return 0 };
    let mut signatures = Signatures::default();
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    let mut waiting: Vec<(MaybeRef<Object<'_>>, bool, usize)> =
        fields.raw_iter().take(MOST_FIELDS).map(|field| (field, false, 0)).collect();
    let mut looked_at = waiting.len();
    while let Some((field, inherited, depth)) = waiting.pop() {
        if field.as_obj_ref().is_some_and(|reference| !seen.insert(reference.into())) {
            continue;
        }
        let Some(field) = source.dictionary(field) else { continue };
        let own = field.get::<Name<'_>>("FT").map(|kind| kind.deref() == b"Sig");
        let is_signature = own.unwrap_or(inherited);
        if is_signature {
            signatures.add(&field);
        }
        let kids = field.get::<Array<'_>>("Kids").filter(|_| depth < MOST_DEPTH);
        if let Some(kids) = kids {
            let before = waiting.len();
            let kids = kids.raw_iter().take(MOST_FIELDS - looked_at);
            waiting.extend(kids.map(|kid| (kid, is_signature, depth + 1)));
            looked_at += waiting.len() - before;
        }
    }
    signatures.count
}

#[derive(Default)]
struct Signatures {
    count: u32,
    known: HashSet<ObjectIdentifier>,
}

impl Signatures {
    /// Counts what signs this field, if it does and is not counted yet.
    fn add(&mut self, field: &Dict<'_>) {
        let signed = field.get::<Dict<'_>>("V").is_some_and(|value| value.contains_key("Contents"));
        let is_new = field.get_ref("V").is_none_or(|value| self.known.insert(value.into()));
        self.count += u32::from(signed && is_new);
    }
}
