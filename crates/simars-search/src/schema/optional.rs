//! Fields that answering a search does not need: an index of before they were there goes on
//! answering without them.

use tantivy::schema::{Field, FieldType, Schema};

use super::{Analyser, FieldSort, is_sort};

/// The columns of an act's force.
pub(crate) const FORCE: [&str; 3] = ["force_from", "force_changed", "force_until"];

/// The column of groups.
pub(crate) const GROUP: &str = "group";

/// The column of subjects.
pub(crate) const SUBJECT: &str = "subject";

pub(super) fn force(schema: &Schema) -> Option<[Field; 3]> {
    let get = |name| {
        let field = schema.get_field(name).ok()?;
        let entry = schema.get_field_entry(field);
        (is_sort(entry, FieldSort::Number) && entry.is_fast()).then_some(field)
    };
    let [from, changed, until] = FORCE.map(get);
    Some([from?, changed?, until?])
}

pub(super) fn group(schema: &Schema) -> Option<Field> {
    let field = schema.get_field(GROUP).ok()?;
    let entry = schema.get_field_entry(field);
    (is_sort(entry, FieldSort::Number) && entry.is_fast()).then_some(field)
}

pub(super) fn position(schema: &Schema) -> Option<Field> {
    let field = schema.get_field("position").ok()?;
    let entry = schema.get_field_entry(field);
    (is_sort(entry, FieldSort::Label) && entry.is_stored()).then_some(field)
}

pub(super) fn sketch(schema: &Schema) -> Option<Field> {
    let field = schema.get_field("sketch").ok()?;
    let entry = schema.get_field_entry(field);
    (is_sort(entry, FieldSort::Number) && entry.is_indexed()).then_some(field)
}

pub(super) fn opening(schema: &Schema) -> Option<Field> {
    let field = schema.get_field("opening").ok()?;
    is_sort(schema.get_field_entry(field), FieldSort::Text).then_some(field)
}

pub(super) fn pairs(schema: &Schema) -> bool {
    let Ok(field) = schema.get_field("body") else { return false };
    let FieldType::Str(options) = schema.get_field_entry(field).field_type() else { return false };
    options.get_indexing_options().is_some_and(|how| how.tokenizer() == Analyser::Pairs.name())
}

pub(super) fn suggest(schema: &Schema) -> Option<Field> {
    let field = schema.get_field("suggest").ok()?;
    let entry = schema.get_field_entry(field);
    (is_sort(entry, FieldSort::Label) && entry.is_indexed()).then_some(field)
}

pub(super) fn subject(schema: &Schema) -> Option<Field> {
    let field = schema.get_field(SUBJECT).ok()?;
    let entry = schema.get_field_entry(field);
    (is_sort(entry, FieldSort::Label) && entry.is_fast()).then_some(field)
}
