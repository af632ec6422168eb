//! `/verifikasi`: is this copy what was published?

use std::sync::Arc;

use askama::Template;
use axum::extract::{self, FromRequest, Multipart};
use axum::http::StatusCode;
use axum::response::Response;
use simars_record::Digest;
use simars_verify::Outcome;

use super::{READER, error};
use crate::api::verify::hash_form;
use crate::checker::{SCRIPTS, sentences};
use crate::document::page_address;
use crate::doubt::Doubt;
use crate::problem::Code;
use crate::relations::force_sentence;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::verdict::{Judged, judge};
use crate::{format, names, query, texts};

#[derive(Template)]
#[template(path = "verify.html")]
pub(super) struct VerifyPage {
    shell: Shell,
    problems: Vec<String>,
    verdict: Option<Shown>,
    /// What was asked for, to be put back into the form.
    asked: String,
    origin: String,
    outcomes: [&'static str; Outcome::ALL.len()],
    scripts: Vec<&'static str>,
    /// What the scripts may have to say.
    texts: String,
}

/// What was given to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// A file.
    File,
    /// No more than the fingerprint of one.
    Fingerprint,
}

struct Shown {
    outcome: &'static str,
    /// The text that says what it means: of a file, or of a fingerprint alone.
    means: &'static str,
    /// The keys of what makes the file doubtful.
    doubts: Vec<&'static str>,
    document: String,
    document_href: String,
    registered: String,
    /// What another document says of its being in force; empty if none says anything.
    force: String,
    sha256: String,
}

/// Answers `GET /verifikasi`, with a verdict if there is `?sha256=`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    let Some(asked) = query::value(&visit.pairs, &["sha256"]) else {
        return visit.answer(StatusCode::OK, &view(&visit, &state.settings, "", None, None));
    };
    let Ok(digest) = asked.parse::<Digest>() else {
        let shown: String = asked.chars().take(72).collect();
        let problem = texts::fill(visit.language, "verify.malformed", &[("value", &shown)]);
        let page = view(&visit, &state.settings, &shown, None, Some(problem));
        return visit.answer(StatusCode::BAD_REQUEST, &page);
    };
    verdict(&state, &visit, digest, Given::Fingerprint).await
}

/// Answers `POST /verifikasi`: a form with the file itself, for browsers without JavaScript. The
/// file is hashed as it comes and kept nowhere.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    request: extract::Request,
) -> Response {
    let limit_bytes = state.settings.upload_limit_bytes;
    let hashed = match Multipart::from_request(request, &()).await {
        Ok(form) => hash_form(form, limit_bytes).await,
        Err(_) => Err(Code::UnreadableBody),
    };
    let code = match hashed {
        // A form that is sent without choosing a file holds an empty one.
        Ok((_, 0)) => Code::UnreadableBody,
        Ok((digest, _)) => return verdict(&state, &visit, digest, Given::File).await,
        Err(code) => code,
    };
    let key = match code {
        Code::TooLarge => "verify.too_large",
        Code::UnreadableBody | Code::TooSlow => "verify.no_file",
        code => return error::page(&visit, &state.settings, code),
    };
    let page = view(&visit, &state.settings, "", None, Some(visit.t(key).to_owned()));
    visit.answer(code.status(), &page)
}

async fn verdict(state: &Arc<State>, visit: &Visit, digest: Digest, given: Given) -> Response {
    match judge(state, READER, digest).await {
        Ok(judged) => {
            let judged = Some((&judged, given));
            let page = view(visit, &state.settings, &digest.to_string(), judged, None);
            visit.answer(StatusCode::OK, &page)
        }
        Err(code) => error::page(visit, &state.settings, code),
    }
}

/// What the page shows.
pub(super) fn view(
    visit: &Visit,
    settings: &Settings,
    asked: &str,
    judged: Option<(&Judged, Given)>,
    problem: Option<String>,
) -> VerifyPage {
    VerifyPage {
        shell: visit.shell(settings, visit.t("verify.title"), "nav.verify"),
        problems: problem.into_iter().collect(),
        verdict: judged.map(|(judged, given)| shown(visit, judged, given)),
        asked: asked.to_owned(),
        origin: visit.origin(settings),
        outcomes: Outcome::ALL.map(Outcome::as_str),
        scripts: SCRIPTS.into_iter().chain(["verify.js"]).collect(),
        texts: sentences(visit.language),
    }
}

fn shown(visit: &Visit, judged: &Judged, given: Given) -> Shown {
    let reasons = judged.verdict.reasons.iter();
    let document = judged.document.as_ref().filter(|_| judged.findable);
    let registered = judged.verdict.registered_at;
    Shown {
        outcome: judged.verdict.outcome.as_str(),
        means: if given == Given::File { "means" } else { "typed" },
        doubts: reasons.filter_map(|reason| Doubt::named(reason.check)).map(Doubt::key).collect(),
        document: document
            .map(|document| names::shown_label(visit.language, document))
            .unwrap_or_default(),
        document_href: document
            .map(|document| page_address(&document.id.to_string()))
            .unwrap_or_default(),
        registered: registered.map(|time| format::time(visit.language, time)).unwrap_or_default(),
        force: judged
            .force
            .as_ref()
            .and_then(|force| force_sentence(visit.language, force))
            .unwrap_or_default(),
        sha256: judged.verdict.sha256.to_string(),
    }
}
