//! What things are called: kinds, statuses, types of files, and a document as a whole.

use simars_describe::kinds;
use simars_record::{AccessClass, ActName, Document, Publication};
use simars_search::Hit;

use crate::capitals;
use crate::language::Language;
use crate::texts::{fill, text};

/// The title of a document that was found.
pub(crate) fn hit_title(language: Language, hit: &Hit) -> &str {
    if hit.title.is_empty() { text(language, "document.untitled") } else { &hit.title }
}

/// The same as people read it; see [`shown_title`](crate::capitals::shown_title).
pub(crate) fn shown_hit_title(language: Language, hit: &Hit) -> String {
    capitals::shown_title(hit_title(language, hit))
}

/// The name of a kind of act; a key the table does not know is shown itself.
pub(crate) fn kind(language: Language, key: &str) -> String {
    match (kinds::find(key), language) {
        (Some(kind), Language::Indonesian) => kind.name_id.clone(),
        (Some(kind), Language::English) => kind.name_en.clone(),
        (None, _) => key.to_owned(),
    }
}

/// The name of a kind where several of it stand together; Indonesian has one form for both.
pub(crate) fn kinds(language: Language, key: &str) -> String {
    let name = kind(language, key);
    if language == Language::Indonesian || kinds::find(key).is_none() {
        return name;
    }
    // The noun stands before what it is of: *Letters of Order*.
    let (noun, of) = match name.find(" of ").or_else(|| name.find(" in ")) {
        Some(end) => name.split_at(end),
        None => (name.as_str(), ""),
    };
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies{of}"),
        _ if noun.ends_with('s') => name.clone(),
        _ => format!("{noun}s{of}"),
    }
}

/// The text that names a state of publication.
pub(crate) const fn publication_key(publication: Publication) -> &'static str {
    match publication {
        Publication::Draft => "status.draft",
        Publication::Published => "status.published",
        Publication::Withdrawn => "status.withdrawn",
    }
}

/// The written form of a state of publication, as in JSON.
pub(crate) const fn publication(publication: Publication) -> &'static str {
    match publication {
        Publication::Draft => "draft",
        Publication::Published => "published",
        Publication::Withdrawn => "withdrawn",
    }
}

/// The name of an access class.
pub(crate) fn access(language: Language, class: AccessClass) -> &'static str {
    let key = match class {
        AccessClass::Open => "access.biasa",
        AccessClass::Restricted => "access.terbatas",
        AccessClass::Secret => "access.rahasia",
        AccessClass::TopSecret => "access.sangat-rahasia",
    };
    text(language, key)
}

/// The text that names a type of file.
pub(crate) fn type_key(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "type.pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "type.docx",
        "application/vnd.oasis.opendocument.text" => "type.odt",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "type.xlsx",
        "application/vnd.oasis.opendocument.spreadsheet" => "type.ods",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "type.pptx",
        "application/vnd.oasis.opendocument.presentation" => "type.odp",
        "application/rtf" | "text/rtf" => "type.rtf",
        "message/rfc822" => "type.eml",
        "text/html" | "application/xhtml+xml" => "type.html",
        other if other.starts_with("text/") => "type.text",
        other if other.starts_with("image/") => "type.image",
        _ => "type.other",
    }
}

/// Number and year in one line; a number that carries its year already does not repeat it.
pub(crate) fn number_line(language: Language, number: Option<&str>, year: Option<u16>) -> String {
    let Some(number) = number else {
        return year.map(|year| year.to_string()).unwrap_or_default();
    };
    match year.map(|year| year.to_string()) {
        Some(year) if !number.contains(&year) => {
            fill(language, "document.number_year", &[("n", number), ("year", &year)])
        }
        _ => fill(language, "document.number", &[("n", number)]),
    }
}

/// What stands over a document: its title, or the best there is.
pub(crate) fn title(language: Language, document: &Document) -> String {
    let description = &document.description;
    if let Some(title) = &description.title {
        return title.value.clone();
    }
    let name = &document.current().file_name;
    if name.is_empty() { text(language, "document.untitled").to_owned() } else { name.clone() }
}

/// The same as people read it; see [`shown_title`](crate::capitals::shown_title).
pub(crate) fn shown_title(language: Language, document: &Document) -> String {
    match &document.description.title {
        Some(title) => capitals::shown_title(&title.value),
        None => title(language, document),
    }
}

/// A document in one line as people read it; see [`label`].
pub(crate) fn shown_label(language: Language, document: &Document) -> String {
    labelled(language, document, shown_title(language, document))
}

/// A document in one line for those who know it already: kind, number and title.
pub(crate) fn label(language: Language, document: &Document) -> String {
    labelled(language, document, title(language, document))
}

fn labelled(language: Language, document: &Document, title: String) -> String {
    let description = &document.description;
    let number = description.number.as_ref().map(|field| field.value.as_str());
    let year = description.year.as_ref().map(|field| field.value);
    let mut parts = Vec::new();
    if let Some(field) = &description.kind {
        parts.push(kind(language, &field.value));
    }
    let line = number_line(language, number, year);
    if !line.is_empty() {
        parts.push(line);
    }
    let head = parts.join(" ");
    if head.is_empty() { title } else { format!("{head}: {title}") }
}

/// An act as a text names it: kind, office and number.
pub(crate) fn act(language: Language, name: &ActName) -> String {
    let kind_name = name.kind.as_deref().map(|key| kind(language, key)).unwrap_or_default();
    let issuer = name.issuer.as_deref().unwrap_or_default();
    // The kind may say who issued it already: *Peraturan Bupati* of *Bupati Contoh*.
    let first = issuer.split(' ').next().unwrap_or_default();
    let kind_name = match kind_name.strip_suffix(first) {
        Some(rest) if !first.is_empty() => rest.trim_end().to_owned(),
        _ => kind_name,
    };
    let number = number_line(language, Some(&name.number), name.year);
    let parts = [kind_name.as_str(), issuer, &number];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A document as an act, if it has a number.
pub(crate) fn act_of(language: Language, document: &Document) -> Option<String> {
    ActName::of(&document.description).map(|name| act(language, &name))
}

/// An act in a few letters: `UU 7/2017`.
pub(crate) fn short_act(name: &ActName) -> String {
    let kind = name.kind.as_deref().and_then(kinds::find);
    let kind = kind.map(|kind| kind.abbreviation.as_str()).unwrap_or_default();
    let running = name.number.split('/').next().unwrap_or_default();
    let year = name.year.map(|year| format!("/{year}")).unwrap_or_default();
    format!("{kind} {running}{year}").trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_of_a_kind_have_a_name() {
        let english = |key| kinds(Language::English, key);
        assert_eq!(english("keputusan"), "Decisions");
        assert_eq!(english("berita-acara"), "Minutes");
        assert_eq!(english("tidak-ada"), "tidak-ada");
        assert_eq!(kinds(Language::Indonesian, "keputusan"), "Keputusan");
        for known in kinds::all() {
            let several = english(&known.key);
            assert!(several.contains('s'), "{several}");
        }
    }

    #[test]
    fn a_year_is_not_said_twice() {
        let line = |number, year| number_line(Language::Indonesian, number, year);
        assert_eq!(line(Some("12"), Some(2024)), "Nomor 12 Tahun 2024");
        assert_eq!(
            line(Some("12/HK.03.1-Kpt/52/2024"), Some(2024)),
            "Nomor 12/HK.03.1-Kpt/52/2024"
        );
        assert_eq!(line(None, Some(2024)), "2024");
        assert_eq!(line(None, None), "");
    }

    #[test]
    fn acts_are_named() {
        let name = |kind: &str, number: &str, issuer: Option<&str>| ActName {
            kind: Some(kind.to_owned()),
            number: number.to_owned(),
            year: Some(2021),
            issuer: issuer.map(str::to_owned),
        };
        let long = |name| act(Language::Indonesian, &name);
        assert_eq!(long(name("undang-undang", "7", None)), "Undang-Undang Nomor 7 Tahun 2021");
        assert_eq!(
            long(name("peraturan-bupati", "3", Some("Bupati Contoh"))),
            "Peraturan Bupati Contoh Nomor 3 Tahun 2021"
        );
        assert_eq!(
            long(name("keputusan", "9", Some("Badan Contoh"))),
            "Keputusan Badan Contoh Nomor 9 Tahun 2021"
        );
        assert_eq!(short_act(&name("keputusan", "12/kpts/x/2021", None)), "Kpt 12/2021");
    }
}
