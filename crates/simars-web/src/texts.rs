//! The one table of what people read: `texts.toml`, in both languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::Language;

const TABLE: &str = include_str!("texts.toml");

#[derive(Deserialize)]
struct Entry {
    id: String,
    en: String,
}

static TEXTS: LazyLock<BTreeMap<String, Entry>> = LazyLock::new(|| {
    let sections: BTreeMap<String, BTreeMap<String, Entry>> =
        toml::from_str(TABLE).expect("texts.toml is part of the program; a test reads it");
    let entries = sections.into_iter().flat_map(|(section, entries)| {
        entries.into_iter().map(move |(key, entry)| (format!("{section}.{key}"), entry))
    });
    entries.collect()
});

/// The text for a key such as `nav.search`. A key that is not in the table is shown itself; a
/// test makes sure that no page asks for one.
pub(crate) fn text(language: Language, key: &str) -> &str {
    match TEXTS.get(key) {
        None => key,
        Some(entry) => match language {
            Language::Indonesian => &entry.id,
            Language::English => &entry.en,
        },
    }
}

/// Whether the table has this key.
pub(crate) fn is_known(key: &str) -> bool {
    TEXTS.contains_key(key)
}

/// So many of a thing, in words; `thing` is `documents` or `pages`.
pub(crate) fn count(language: Language, thing: &str, number: u64) -> String {
    let form = if number == 1 { "one" } else { "many" };
    let n = crate::format::number(language, number);
    fill(language, &format!("count.{thing}_{form}"), &[("n", &n)])
}

/// The text for a key, with `{name}` replaced by a value.
pub(crate) fn fill(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let mut rest = text(language, key);
    let mut filled = String::with_capacity(rest.len() + 16);
    // One pass over the pattern: what a value holds is never itself taken for a place to fill.
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, after))
        });
        match value {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
