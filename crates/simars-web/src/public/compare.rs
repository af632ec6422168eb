//! `/verifikasi/banding`: what a file that is not registered differs in from what is.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{self, FromRequest, Multipart};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use simars_verify::{Difference, Folding, Passage};

use super::{READER, error};
use crate::compare::{A_COPY, Compared, Desk, Found, Given, Nearest, compare, limit_bytes};
use crate::document::page_address;
use crate::problem::Code;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::{format, names, texts};

/// Words on both sides of an arrow in a heading; longer ones stand below only.
const BRIEF: usize = 40;

#[derive(Template)]
#[template(path = "compare.html")]
pub(super) struct ComparePage {
    shell: Shell,
    problems: Vec<String>,
    note: String,
    result: Option<Shown>,
}

/// What was found.
struct Shown {
    /// The class of the box.
    class: &'static str,
    title: &'static str,
    means: &'static str,
    sha256: String,
    /// To the verdict, if the file is registered.
    verdict_href: String,
    document: String,
    document_href: String,
    common: String,
    folded: String,
    unread: Vec<String>,
    /// Whether texts were compared.
    text_only: bool,
    heading: String,
    places: Vec<Place>,
    further: String,
}

/// One place that differs.
struct Place {
    title: String,
    given_page: String,
    is_number: bool,
    doubtful: bool,
    registered: Words,
    given: Words,
    before: String,
    after: String,
    href: String,
    link: String,
}

/// One side of a place.
struct Words {
    words: String,
    shortened: String,
}

/// Answers `GET /verifikasi/banding`: the form.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    visit.answer(StatusCode::OK, &view(&visit, &state.settings, limit_bytes(&state), None, None))
}

/// Answers `POST /verifikasi/banding`: a form with the file.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    Extension(desk): Extension<Desk>,
    visit: Visit,
    request: extract::Request,
) -> Response {
    let limit = limit_bytes(&state);
    let told = |code: Code, problem: String| {
        visit.answer(code.status(), &view(&visit, &state.settings, limit, None, Some(problem)))
    };
    if let Err(seconds) = desk.admit(READER, &request) {
        let filled = [("seconds", seconds.to_string())];
        let filled = filled.each_ref().map(|(name, value)| (*name, value.as_str()));
        let problem = texts::fill(visit.language, "compare.too_many", &filled);
        let mut response = told(Code::TooMany, problem);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    let given = match Multipart::from_request(request, &()).await {
        Ok(form) => Given::from_form(form, limit).await,
        Err(_) => Err(Code::UnreadableBody),
    };
    let compared = match given {
        Ok(given) => compare(&state, &desk, READER, given).await,
        Err(code) => Err(code),
    };
    match compared {
        Ok(compared) => {
            let page = view(&visit, &state.settings, limit, Some(&compared), None);
            visit.answer(StatusCode::OK, &page)
        }
        Err(Code::TooLarge) => told(Code::TooLarge, limited(&visit, "compare.too_large", limit)),
        Err(Code::Busy) => told(Code::Busy, visit.t("compare.busy").to_owned()),
        Err(code @ (Code::UnreadableBody | Code::TooSlow)) => {
            told(code, visit.t("compare.no_file").to_owned())
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

fn limited(visit: &Visit, key: &str, limit_bytes: u64) -> String {
    let limit = format::size(visit.language, limit_bytes);
    texts::fill(visit.language, key, &[("limit", &limit)])
}

/// What the page shows.
pub(super) fn view(
    visit: &Visit,
    settings: &Settings,
    limit_bytes: u64,
    compared: Option<&Compared>,
    problem: Option<String>,
) -> ComparePage {
    ComparePage {
        shell: visit.shell(settings, visit.t("compare.title"), "nav.verify"),
        problems: problem.into_iter().collect(),
        note: limited(visit, "compare.note", limit_bytes),
        result: compared.map(|compared| shown(visit, compared)),
    }
}

fn shown(visit: &Visit, compared: &Compared) -> Shown {
    let (class, title, means) = match &compared.found {
        Found::Registered(_) => ("genuine", "compare.identical", "compare.identical_means"),
        Found::Nothing => ("", "compare.nothing", "compare.nothing_means"),
        Found::NoText { .. } => ("", "compare.no_text", "compare.no_text_means"),
        Found::TooLong => ("", "compare.no_text", "compare.too_long"),
        Found::Near(near) if near.comparison.is_same_text() => {
            ("same-text", "compare.same", "compare.same_means")
        }
        Found::Near(near) if near.comparison.resemblance() < A_COPY => {
            ("differs", "compare.near", "compare.related_means")
        }
        Found::Near(_) => ("differs", "compare.near", "compare.near_means"),
    };
    let shown = Shown {
        class,
        title: visit.t(title),
        means: visit.t(means),
        sha256: compared.sha256.to_string(),
        verdict_href: String::new(),
        document: String::new(),
        document_href: String::new(),
        common: String::new(),
        folded: String::new(),
        unread: Vec::new(),
        text_only: false,
        heading: String::new(),
        places: Vec::new(),
        further: String::new(),
    };
    match &compared.found {
        Found::Registered(judged) => {
            // Registered may be withdrawn as well: the verdict has the words for all of that.
            let class = judged.verdict.outcome.as_str();
            let verdict_href = format!("/verifikasi?sha256={}#hasil", compared.sha256);
            Shown { class, verdict_href, ..shown }
        }
        Found::Near(near) => compared_with(visit, near, shown),
        Found::Nothing | Found::NoText { .. } | Found::TooLong => shown,
    }
}

fn compared_with(visit: &Visit, near: &Nearest, shown: Shown) -> Shown {
    let language = visit.language;
    let comparison = &near.comparison;
    let number = |n: usize| format::number(language, n as u64);
    let href = page_address(&near.document.id.to_string());
    let all = comparison.words_registered.max(comparison.words_given);
    let differing = comparison.differences.len() + comparison.further;
    let count = |key: &str, n: u32| {
        (n > 0).then(|| texts::fill(language, key, &[("n", &number(n as usize))]))
    };
    let unread = [
        count("compare.unread_given", near.unread_given),
        count("compare.unread_registered", near.unread_registered),
    ];
    let folded = comparison.folded.iter().map(|folding| folding_text(visit, *folding));
    let further = number(comparison.further);
    let heading = [("n", number(differing)), ("numbers", number(comparison.with_numbers))];
    let heading = heading.each_ref().map(|(name, value)| (*name, value.as_str()));
    Shown {
        document: names::shown_label(language, &near.document),
        common: texts::fill(
            language,
            "compare.common_of",
            &[("common", &number(comparison.words_common)), ("all", &number(all))],
        ),
        folded: folded.collect::<Vec<_>>().join(", "),
        unread: unread.into_iter().flatten().collect(),
        text_only: true,
        heading: if differing == 0 {
            String::new()
        } else {
            texts::fill(language, "compare.differences", &heading)
        },
        places: comparison.differences.iter().map(|one| place(visit, &href, one)).collect(),
        further: if comparison.further == 0 {
            String::new()
        } else {
            texts::fill(language, "compare.further", &[("n", &further)])
        },
        document_href: href,
        ..shown
    }
}

fn folding_text(visit: &Visit, folding: Folding) -> String {
    texts::text(visit.language, &format!("compare.{}", folding.as_str())).to_owned()
}

fn place(visit: &Visit, document_href: &str, difference: &Difference) -> Place {
    let (registered, given) = (&difference.registered, &difference.given);
    let paged = |key: &str, n: u32| texts::fill(visit.language, key, &[("n", &n.to_string())]);
    let brief =
        |passage: &Passage| !passage.words.is_empty() && passage.words.chars().nth(BRIEF).is_none();
    let mut title = paged("compare.place", registered.page);
    if brief(registered) && brief(given) {
        title = format!("{title}: {} → {}", registered.words, given.words);
    }
    let given_page = if registered.page == given.page {
        String::new()
    } else {
        paged("compare.place_given", given.page)
    };
    Place {
        title,
        given_page,
        is_number: difference.is_number,
        doubtful: difference.doubtful,
        registered: words(visit, registered),
        given: words(visit, given),
        before: difference.context_before.clone(),
        after: difference.context_after.clone(),
        href: format!("{document_href}/halaman/{}", registered.page),
        link: paged("compare.see_page", registered.page),
    }
}

fn words(visit: &Visit, passage: &Passage) -> Words {
    let count = format::number(visit.language, passage.count as u64);
    let shortened = if passage.shortened {
        texts::fill(visit.language, "compare.shortened", &[("n", &count)])
    } else {
        String::new()
    };
    Words { words: passage.words.clone(), shortened }
}
