//! The description of the API: it speaks of every route and of no other, and answers are as it says.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;

use crate::matrix::routes;
use crate::site::{DECISION, Site, TOKEN};

const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

fn description(site: &Site) -> Value {
    let reply = site.get("/openapi.json");
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "application/json"));
    reply.json()
}

#[test]
fn it_speaks_of_every_route_and_of_no_other() {
    let site = Site::new();
    let description = description(&site);
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut told = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
            told.insert((method.to_uppercase(), path.clone()));
        }
    }
    let routes = routes().into_iter().filter(|(_, path)| path.starts_with("/api/v1/"));
    let mut routes: BTreeSet<_> =
        routes.map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    // The router leaves the methods of these to their handler.
    for method in ["GET", "PATCH", "DELETE"] {
        routes.insert((method.to_owned(), "/api/v1/uploads/{id}".to_owned()));
    }
    assert_eq!(told, routes);
    let etag = site.get("/openapi.json").header("etag").to_owned();
    let again =
        site.ask_with(axum::http::Method::GET, "/openapi.json", &[("if-none-match", &etag)]);
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

/// Calls for every object in a tree.
fn each(value: &Value, look: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            look(members);
            members.values().for_each(|member| each(member, look));
        }
        Value::Array(items) => items.iter().for_each(|item| each(item, look)),
        _ => {}
    }
}

#[test]
fn it_holds_together() {
    let site = Site::new();
    let description = description(&site);
    each(&description, &mut |members| {
        if let Some(Value::String(to)) = members.get("$ref") {
            let place = to.strip_prefix('#').unwrap();
            assert!(description.pointer(place).is_some(), "{to} leads nowhere");
        }
    });
    let mut names = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} comes twice");
            let empty = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap_or(&empty).iter();
            let mut parts: Vec<String> = parameters
                .map(|parameter| resolve(&description, parameter))
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap()))
                .collect();
            parts.retain(|part| !path.contains(part));
            assert!(parts.is_empty(), "{method} {path}: {parts:?}");
            let statuses = operation["responses"].as_object().unwrap();
            assert!(statuses.contains_key("500"), "{method} {path}");
        }
    }
}

fn resolve<'a>(description: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(to) => description.pointer(&to[1..]).unwrap(),
        None => value,
    }
}

/// What of a value is not as a schema says; as far as the schemas of the description go.
fn differs(description: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let schema = resolve(description, schema);
    if let Some(choices) = schema["anyOf"].as_array() {
        let fits = |one: &&Value| differs(description, one, value, at).is_none();
        return choices
            .iter()
            .find(fits)
            .is_none()
            .then(|| format!("{at}: {value} is none of these"));
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all.iter().find_map(|one| differs(description, one, value, at));
    }
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let takes = |kind: &Value| kind == is || (kind == "number" && is == "integer");
    let fits = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(takes),
        Value::Null => schema.get("const").is_some_and(|only| only == value),
        kind => takes(kind),
    };
    let known = schema["enum"].as_array().is_none_or(|known| known.contains(value));
    if !fits || !known {
        return Some(format!("{at}: {value} is not {schema}"));
    }
    if let Value::Array(items) = value {
        return items.iter().find_map(|item| differs(description, &schema["items"], item, at));
    }
    let (Value::Object(members), Some(properties)) = (value, schema["properties"].as_object())
    else {
        return None;
    };
    let empty = Vec::new();
    let mut required = schema["required"].as_array().unwrap_or(&empty).iter();
    if let Some(missing) = required.find(|name| !members.contains_key(name.as_str().unwrap())) {
        return Some(format!("{at}: {missing} is missing"));
    }
    members.iter().find_map(|(name, member)| match properties.get(name) {
        Some(schema) => differs(description, schema, member, &format!("{at}/{name}")),
        None => Some(format!("{at}: nothing is said of {name}")),
    })
}

#[test]
fn answers_are_as_it_says() {
    let (site, id) = Site::with_decision();
    let description = description(&site);
    let digest = simars_record::Digest::of(DECISION.as_bytes()).to_string();
    for path in [
        "/api/v1/search?q=kursi",
        "/api/v1/search?q=kursii",
        "/api/v1/suggest?q=per",
        "/api/v1/documents/{id}",
        "/api/v1/documents/{id}/search?q=kursi",
        "/api/v1/documents/{id}/similar",
        "/api/v1/documents/{id}/pages/1",
        "/api/v1/documents/{id}/pages/1/tables",
        "/api/v1/verify/{sha256}",
        "/api/v1/audit",
        "/api/v1/coverage",
        "/api/v1/people",
        "/api/v1/recognition",
        "/api/v1/review",
    ] {
        let path = path.replace("/pages/1", "/pages/{n}");
        let template = path.split('?').next().unwrap();
        let schema = format!(
            "/paths/{}/get/responses/200/content/application~1json/schema",
            template.replace('/', "~1")
        );
        let schema = description.pointer(&schema).unwrap_or_else(|| panic!("{template}"));
        let asked = path.replace("{id}", &id).replace("{n}", "1").replace("{sha256}", &digest);
        let reply = site.get_as_owner(&asked);
        assert_eq!(reply.status, StatusCode::OK, "{asked}");
        assert_eq!(differs(&description, schema, &reply.json(), &path), None);
    }
    let problem = site.get("/api/v1/search?year=x");
    let schema = &description["components"]["schemas"]["Problem"];
    assert_eq!(differs(&description, schema, &problem.json(), "problem"), None);
    let authorization = format!("Bearer {TOKEN}");
    let compared =
        site.post("/api/v1/compare", &[("authorization", &authorization)], DECISION.as_bytes());
    let schema = &description["components"]["schemas"]["Compared"];
    assert_eq!(differs(&description, schema, &compared.json(), "compared"), None);
}
