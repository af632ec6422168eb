//! A document as linked data (JSON-LD, schema.org): what search engines and other libraries read. Pure.

use serde_json::{Map, Value, json};
use simars_ingest::Related;
use simars_record::{ActName, Document, Field, ForceState, RelationKind};

use crate::citation::line;
use crate::document::Links;
use crate::language::Language;
use crate::names;

/// The kind of documents that are books.
const BOOK: &str = "publikasi";

/// What a document is in the words of schema.org.
pub(crate) fn type_of(document: &Document, related: &Related) -> &'static str {
    let kind = document.description.kind.as_ref().map(|kind| kind.value.as_str());
    match (&related.force, kind) {
        (Some(_), _) => "Legislation",
        (None, Some(BOOK)) => "Book",
        (None, _) => "DigitalDocument",
    }
}

/// The document, as everybody may know it, with addresses below `origin`.
pub(crate) fn of(document: &Document, related: &Related, origin: &str) -> Value {
    let description = &document.description;
    let kind = type_of(document, related);
    let links = Links::of(document);
    let page = format!("{origin}{}", links.page);
    let mut told = Map::new();
    let mut set = |name: &str, value: Value| {
        let empty = value.is_null() || value == json!([]) || value == json!("");
        if !empty {
            told.insert(name.to_owned(), value);
        }
    };
    set("@context", json!("https://schema.org"));
    set("@type", json!(kind));
    set("@id", json!(page));
    set("url", json!(page));
    set("name", json!(line(&names::title(Language::Indonesian, document))));
    set(
        "alternateName",
        json!(names::act_of(Language::Indonesian, document).map(|act| line(&act))),
    );
    set("inLanguage", json!("id"));
    set("isAccessibleForFree", json!(true));
    set("genre", json!(kind_name(document)));
    set("keywords", subjects(document));
    set("dateCreated", json!(description.date.as_ref().map(|date| date.value)));
    set("datePublished", json!(description.promulgated.as_ref().map(|date| date.value)));
    set("dateModified", json!(document.changed()));
    set("publisher", office(description.issuer.as_ref()));
    set("locationCreated", place(description.place.as_ref()));
    let collection = description.collection.as_ref().map(|field| line(&field.value));
    set("isPartOf", json!(collection.map(|name| json!({ "@type": "Collection", "name": name }))));
    set("identifier", identifiers(document));
    set("encoding", encoding(document, kind, origin, &links));
    match kind {
        "Legislation" => legislation(document, related, origin, &mut set),
        "Book" => set("numberOfPages", json!(document.current().pages)),
        _ => {}
    }
    Value::Object(told)
}

/// What only acts have (schema.org/Legislation, which follows the European Legislation Identifier).
fn legislation(
    document: &Document,
    related: &Related,
    origin: &str,
    set: &mut impl FnMut(&str, Value),
) {
    let description = &document.description;
    let name = names::act_of(Language::Indonesian, document).map(|act| line(&act));
    set("legislationIdentifier", json!(name));
    set("legislationType", json!(kind_name(document)));
    set("legislationDate", json!(description.date.as_ref().map(|date| date.value)));
    set("legislationPassedBy", office(description.issuer.as_ref()));
    set("legislationJurisdiction", json!("ID"));
    let effective = description.effective.as_ref().map(|date| format!("{}/..", date.value));
    set("temporalCoverage", json!(effective));
    let force = related.force.as_ref().filter(|force| force.sure).map(|force| match force.state {
        ForceState::InForce => "InForce",
        ForceState::Amended => "PartiallyInForce",
        ForceState::NotYet | ForceState::Revoked => "NotInForce",
    });
    let force = force.map(|force| json!({ "@id": format!("https://schema.org/{force}") }));
    set("legislationLegalForce", json!(force));
    for (kind, property) in [
        (RelationKind::Revokes, "legislationRepeals"),
        (RelationKind::Amends, "legislationChanges"),
        (RelationKind::Implements, "legislationApplies"),
        (RelationKind::Cites, "citation"),
    ] {
        // What nobody has settled yet is not passed on as if it were so.
        let names = related.names.iter();
        let named = names.filter(|(relation, _)| relation.kind == kind && !relation.is_doubtful());
        let acts = named.map(|(relation, found)| act(&relation.target, found, origin));
        set(property, acts.collect());
    }
}

/// Another act: where it stands, if it is here, and what it is called.
fn act(name: &ActName, found: &[Document], origin: &str) -> Value {
    let called = line(&names::act(Language::Indonesian, name));
    let mut told =
        json!({ "@type": "Legislation", "name": called, "legislationIdentifier": called });
    if let Some(document) = found.first() {
        told["@id"] = json!(format!("{origin}{}", Links::of(document).page));
    }
    told
}

fn kind_name(document: &Document) -> Option<String> {
    let kind = document.description.kind.as_ref()?;
    Some(line(&names::kind(Language::Indonesian, &kind.value)))
}

fn subjects(document: &Document) -> Value {
    let subjects = document.description.subject.as_ref().map(|field| field.value.as_str());
    let subjects = subjects.unwrap_or_default().split(';').map(line);
    subjects.filter(|subject| !subject.is_empty()).map(Value::from).collect()
}

fn office(issuer: Option<&Field<String>>) -> Value {
    json!(issuer.map(|issuer| {
        json!({ "@type": "GovernmentOrganization", "name": line(&issuer.value) })
    }))
}

fn place(place: Option<&Field<String>>) -> Value {
    json!(place.map(|place| json!({ "@type": "Place", "name": line(&place.value) })))
}

fn identifiers(document: &Document) -> Value {
    let value = |name: &str, value: String| json!({ "@type": "PropertyValue", "propertyID": name, "value": value });
    let number = document.description.number.as_ref().map(|number| line(&number.value));
    let number = number.map(|number| value("nomor", number));
    let id = value("simars", document.id.to_string());
    [Some(id), number].into_iter().flatten().collect()
}

fn encoding(document: &Document, kind: &str, origin: &str, links: &Links) -> Value {
    let version = document.current();
    json!([{
        "@type": if kind == "Legislation" { "LegislationObject" } else { "MediaObject" },
        "contentUrl": format!("{origin}{}", links.content),
        "encodingFormat": line(&version.media_type),
        "contentSize": format!("{} B", version.original.size_bytes),
        "sha256": version.original.sha256,
        "uploadDate": version.registered,
    }])
}
