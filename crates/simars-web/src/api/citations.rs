//! `GET /api/v1/documents/{id}/citation/{form}` and `GET /api/v1/search/export/{form}`: one
//! document, or what a search finds, as other programs cite and list it.

use std::sync::Arc;

use axum::extract;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use simars_access::{Action, Who};
use simars_search::Request;

use crate::auth::{Asker, scope};
use crate::citation::{Citation, Form};
use crate::content::disposition::disposition;
use crate::document;
use crate::find;
use crate::problem::{Code, Problem};
use crate::query;
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::work::blocking;

/// Documents of one list at most.
const MOST: usize = 1_000;
/// Documents asked of the index at a time.
const AT_A_TIME: usize = 100;

/// How many documents the search found, when the list has fewer.
const TOTAL: HeaderName = HeaderName::from_static("simars-total");

/// Answers `GET /api/v1/documents/{id}/citation/{form}`.
pub(crate) async fn of_document(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
    Segments((id, form)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let document = document::find(&state, who, Action::Find, &id).await.map_err(Code::problem)?;
    let form = form_called(&form)?;
    let cited = Citation::of(&document, &visit.origin(&state.settings));
    Ok(file(form, &form.write(&[cited]), &id, who))
}

/// Answers `GET /api/v1/search/export/{form}`: takes the parameters of a search, `page` and
/// `per_page` aside.
pub(crate) async fn of_search(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
    Segments(form): Segments<String>,
) -> Result<Response, Problem> {
    let form = form_called(&form)?;
    let (request, bad) = query::read(&visit.pairs, AT_A_TIME, scope(who));
    if let Some(bad) = bad.first() {
        return Err(bad.problem());
    }
    let origin = visit.origin(&state.settings);
    let holdings = Arc::clone(&state.holdings);
    let found = blocking(move || {
        let mut cited = Vec::new();
        let mut total = 0;
        for page in 1..=MOST / AT_A_TIME {
            let request = Request { page, per_page: AT_A_TIME, ..request.clone() };
            let (found, documents) = find::documents(&holdings, who, &request)?;
            total = total.max(found);
            cited.extend(documents.iter().map(|document| Citation::of(document, &origin)));
            // What was left out of this part makes its own count smaller, not the first one's.
            if (page * AT_A_TIME) as u64 >= total {
                break;
            }
        }
        Ok((total, cited))
    });
    let (total, cited) = found.await.and_then(|found| found).map_err(Code::problem)?;
    let mut response = file(form, &form.write(&cited), "daftar", who);
    response.headers_mut().insert(TOTAL, HeaderValue::from(total));
    Ok(response)
}

fn form_called(name: &str) -> Result<Form, Problem> {
    Form::find(name).ok_or_else(|| {
        let names = Form::ALL.map(Form::name).join(", ");
        let detail = format!("there is no form {name:?}; the forms are: {names}");
        Code::BadParameter.problem().detail(detail).with("parameter", "form")
    })
}

fn file(form: Form, text: &str, name: &str, who: Who) -> Response {
    let file_name = format!("{name}.{}", form.extension());
    let caching = match who {
        Who::Anyone => "public, no-cache",
        Who::Owner | Who::Person(_) => "private, no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, form.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, disposition(false, &file_name)),
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::VARY, "authorization".to_owned()),
    ];
    (headers, text.to_owned()).into_response()
}
