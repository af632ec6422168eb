//! `/petugas/lembar-pemisah`: separator sheets, to be printed and laid between the papers of a
//! stack.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use simars_access::Action;
use simars_certificate::{MOST_SHEETS, SeparatorSheet};
use simars_describe::kinds;
use simars_record::{AccessClass, Separator, StackPart};

use super::Staff;
use super::door::unkept;
use super::frame::Frame;
use crate::language::Language;
use crate::public::error;
use crate::shell::Shell;
use crate::state::State;
use crate::texts::{fill, text};
use crate::work::failed;
use crate::{names, query};

/// How many sheets the form asks for if nobody says.
const USUAL: u32 = 20;

#[derive(Template)]
#[template(path = "staff_separators.html")]
struct SeparatorsPage {
    shell: Shell,
    frame: Frame,
    problem: String,
    most: u32,
    count: String,
    /// Key, name, and whether it is chosen.
    kinds: Vec<(String, String, bool)>,
    unit: String,
    /// The code; nothing for whom codes do not concern.
    code: Option<String>,
    classes: Vec<(&'static str, &'static str, bool)>,
}

/// What somebody wants printed.
#[derive(Debug)]
struct Order {
    count: u32,
    separator: Separator,
}

/// Answers `GET /petugas/lembar-pemisah`: the form.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::File) {
        return refused;
    }
    staff.answer(StatusCode::OK, &view(&state, &staff, String::new()))
}

/// Answers `GET /petugas/lembar-pemisah.pdf?jumlah=&jenis=&unit=&kode=&kelas=`: the sheets; with the
/// form again where something is wrong.
pub(crate) async fn pdf(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::File) {
        return refused;
    }
    let Order { count, separator } = match order(&staff.visit.pairs) {
        Ok(order) => order,
        Err(problem) => {
            let problem = staff.visit.t(problem).to_owned();
            return staff.answer(StatusCode::BAD_REQUEST, &view(&state, &staff, problem));
        }
    };
    let kind = separator.kind.as_ref().and_then(|kind| kinds::find(kind.as_str()));
    let sheet = SeparatorSheet {
        office: state.settings.office(Language::Indonesian),
        separator: &separator,
        kind: kind.map(|kind| (kind.name_id.as_str(), kind.name_en.as_str())),
    };
    match sheet.pdf(count).map_err(failed("make separator sheets")) {
        Ok(pdf) => {
            let headers = [
                (header::CONTENT_TYPE, "application/pdf"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"lembar-pemisah.pdf\""),
            ];
            unkept((headers, pdf).into_response())
        }
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

/// Reads what is wanted; the text that says what is wrong otherwise.
fn order(pairs: &[(String, String)]) -> Result<Order, &'static str> {
    let given = |name| query::value(pairs, &[name]);
    let count = given("jumlah").map_or(Ok(USUAL), str::parse).ok();
    let count = count.filter(|count| (1..=MOST_SHEETS).contains(count));
    let known = |key: &str| kinds::find(key).and_then(|kind| kind.key.parse().ok());
    let kind = given("jenis").map(|key| known(key).ok_or("separator.problem_kind"));
    let unit = given("unit").map(|unit| unit.parse().map_err(|_| "staff.problem_unit"));
    let code = given("kode").map(|code| code.parse().map_err(|_| "separator.problem_code"));
    let access = given("kelas").map(|class| class.parse().map_err(|_| "staff.problem_class"));
    let separator = Separator {
        kind: kind.transpose()?,
        unit: unit.transpose()?,
        code: code.transpose()?,
        access: access.transpose()?,
    };
    Ok(Order { count: count.ok_or("separator.problem_count")?, separator })
}

fn view(state: &State, staff: &Staff, problem: String) -> SeparatorsPage {
    let (language, pairs) = (staff.visit.language, &staff.visit.pairs);
    let typed = |name: &'static str| query::value(pairs, &[name]).unwrap_or_default().to_owned();
    let (shell, frame) = staff.frame(state, staff.visit.t("separator.title"), "staff.upload");
    let unit = typed("unit");
    let own = || staff.grant.unit.map(|unit| unit.to_string()).unwrap_or_default();
    let (kind, class) = (typed("jenis"), typed("kelas"));
    let classes = AccessClass::ALL.into_iter().filter(|class| *class <= staff.grant.clearance);
    let count = typed("jumlah");
    SeparatorsPage {
        shell,
        frame,
        problem,
        most: MOST_SHEETS,
        count: if count.is_empty() { USUAL.to_string() } else { count },
        kinds: kinds::all()
            .iter()
            .map(|one| (one.key.clone(), names::kind(language, &one.key), one.key == kind))
            .collect(),
        unit: if unit.is_empty() { own() } else { unit },
        code: staff.may(Action::Classify).then(|| typed("kode")),
        classes: classes
            .map(|one| (one.as_str(), names::access(language, one), one.as_str() == class))
            .collect(),
    }
}

/// Which pages of a stack a document was: “pages 2–5 of 12 of scan.pdf”.
pub(super) fn pages_of(language: Language, stack: &StackPart) -> String {
    let [first, last, pages] = [stack.first, stack.last, stack.pages].map(|page| page.to_string());
    let values =
        [("first", &*first), ("last", &*last), ("pages", &*pages), ("file_name", &stack.file_name)];
    fill(language, "separator.pages", &values)
}

/// The same, for the page of a document: with what the stack was known by.
pub(super) fn origin(language: Language, stack: &StackPart) -> String {
    let (pages, digest) = (pages_of(language, stack), stack.sha256.to_string());
    let lead = text(language, "separator.origin");
    format!("{lead}: {pages}; SHA-256 {digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(pairs: &[(&str, &str)]) -> Result<(u32, String), &'static str> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        order(&pairs).map(|order| (order.count, order.separator.to_string()))
    }

    #[test]
    fn an_order_says_what_is_wrong_with_it() {
        assert_eq!(ordered(&[]), Ok((20, "SIMARS-PISAH/1".to_owned())));
        let all = [
            ("jumlah", "3"),
            ("jenis", "berita-acara"),
            ("unit", "teknis"),
            ("kode", "pl.01.8"),
            ("kelas", "terbatas"),
        ];
        let full = "SIMARS-PISAH/1/K:BERITA-ACARA/U:TEKNIS/C:PL.01.8/A:TERBATAS";
        assert_eq!(ordered(&all), Ok((3, full.to_owned())));
        for (name, value, problem) in [
            ("jumlah", "0", "separator.problem_count"),
            ("jumlah", "201", "separator.problem_count"),
            ("jumlah", "x", "separator.problem_count"),
            ("jenis", "x", "separator.problem_kind"),
            ("unit", "terlalu panjang", "staff.problem_unit"),
            ("kode", "a b", "separator.problem_code"),
            ("kelas", "umum", "staff.problem_class"),
        ] {
            assert_eq!(ordered(&[(name, value)]), Err(problem));
        }
    }
}
