//! The other forms in which a document's address answers whoever asks for one (content
//! negotiation), and the signs on every form that lead to the others (signposting.org).
//!
//! Who may know of a document is asked the same question whatever form is wanted.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use simars_access::Action;
use simars_ingest::Related;
use simars_record::Document;

use super::READER;
use crate::citation::{Citation, Form};
use crate::content::disposition::content_type;
use crate::document::{Links, find};
use crate::problem::{Code, Problem};
use crate::shell::Visit;
use crate::state::State;
use crate::{api, linked, relations};

/// The media types of the forms; the page for people comes first.
pub(super) const TYPES: [&str; 6] = [
    "text/html",
    "application/ld+json",
    "application/json",
    "application/x-bibtex",
    "application/vnd.citationstyles.csl+json",
    "application/x-research-info-systems",
];

/// The document in the form at this place of [`TYPES`].
pub(super) async fn answer(state: &Arc<State>, visit: &Visit, id: &str, form: usize) -> Response {
    told(state, visit, id, form).await.unwrap_or_else(IntoResponse::into_response)
}

async fn told(
    state: &Arc<State>,
    visit: &Visit,
    id: &str,
    form: usize,
) -> Result<Response, Problem> {
    let document = find(state, READER, Action::Find, id).await.map_err(Code::problem)?;
    let related = relations::related(state, &document, READER).await.map_err(Code::problem)?;
    let origin = visit.origin(&state.settings);
    let data = Links::of(&document).data;
    let cited = |form: Form| {
        let text = form.write(&[Citation::of(&document, &origin)]);
        let place = format!("{data}/citation/{}", form.name());
        (([(header::CONTENT_TYPE, form.media_type())], text).into_response(), place)
    };
    let (mut response, place) = match TYPES[form] {
        "application/ld+json" => {
            let text = linked::of(&document, &related, &origin).to_string();
            let answer = ([(header::CONTENT_TYPE, TYPES[form])], text).into_response();
            (answer, format!("{data}/jsonld"))
        }
        "application/x-bibtex" => cited(Form::Bibtex),
        "application/vnd.citationstyles.csl+json" => cited(Form::Csl),
        "application/x-research-info-systems" => cited(Form::Ris),
        _ => (Json(api::documents::whole(state, READER, id).await?).into_response(), data),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    if let Ok(place) = HeaderValue::try_from(place) {
        headers.insert(header::CONTENT_LOCATION, place);
    }
    sign(&mut response, &document, &related, &origin);
    Ok(response)
}

/// What an answer of the address depends on, whatever it is.
pub(super) fn vary(response: &mut Response) {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, cookie"));
}

/// Says where the document is cited, where its bytes are, what describes it and what it is.
pub(super) fn sign(response: &mut Response, document: &Document, related: &Related, origin: &str) {
    let links = Links::of(document);
    let described = |path: &str, media_type: &str| {
        format!("<{origin}{}{path}>; rel=\"describedby\"; type=\"{media_type}\"", links.data)
    };
    let signs = [
        format!("<{origin}{}>; rel=\"cite-as\"", links.page),
        format!(
            "<{origin}{}>; rel=\"item\"; type=\"{}\"",
            links.content,
            content_type(&document.current().media_type)
        ),
        described("/jsonld", "application/ld+json"),
        described("", "application/json"),
        described("/citation/bibtex", "application/x-bibtex"),
        described("/citation/csl-json", "application/vnd.citationstyles.csl+json"),
        "<https://schema.org/AboutPage>; rel=\"type\"".to_owned(),
        format!("<https://schema.org/{}>; rel=\"type\"", linked::type_of(document, related)),
    ];
    if let Ok(value) = HeaderValue::try_from(signs.join(", ")) {
        response.headers_mut().insert(header::LINK, value);
    }
}
