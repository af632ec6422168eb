//! The parameters of an address, and the search that they ask for.

use axum::extract::Query;
use axum::http::Uri;
use simars_describe::kinds;
use simars_record::{Date, ForceState};
use simars_search::{Request, Scope, Sort};

use crate::problem::{Code, Problem};

/// The parameters of an address, decoded, in their order. Any address has an answer: what is not
/// UTF-8 is replaced.
pub(crate) fn pairs(uri: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default()
}

/// The value of a parameter that may have several names; the first that is not empty.
pub(crate) fn value<'a>(pairs: &'a [(String, String)], names: &[&str]) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(name, _)| names.contains(&name.as_str()));
    values.find_map(|(_, value)| Some(value.trim()).filter(|value| !value.is_empty()))
}

/// A parameter whose value is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadParameter {
    /// The parameter, by its English name.
    pub(crate) name: &'static str,
    /// What was given, cut to a length that can be shown.
    pub(crate) value: String,
    /// What would be right.
    pub(crate) hint: &'static str,
}

impl BadParameter {
    /// What the API says of it.
    pub(crate) fn problem(&self) -> Problem {
        let detail = format!("{} is {:?}; it takes {}", self.name, self.value, self.hint);
        let problem = Code::BadParameter.problem().detail(detail);
        problem.with("parameter", self.name).with("value", self.value.as_str())
    }
}

/// The names of each parameter: the machine's, then the reader's.
pub(crate) const KIND: [&str; 2] = ["kind", "jenis"];
pub(crate) const YEAR: [&str; 2] = ["year", "tahun"];
pub(crate) const FROM: [&str; 2] = ["from", "dari"];
pub(crate) const TO: [&str; 2] = ["to", "sampai"];
pub(crate) const ISSUER: [&str; 2] = ["issuer", "penerbit"];
pub(crate) const COLLECTION: [&str; 2] = ["collection", "koleksi"];
pub(crate) const SUBJECT: [&str; 2] = ["subject", "subjek"];
pub(crate) const EXACT: [&str; 2] = ["exact", "persis"];
pub(crate) const IN_FORCE_ON: [&str; 2] = ["in_force_on", "berlaku_pada"];
pub(crate) const LEGAL_STATUS: [&str; 2] = ["legal_status", "keberlakuan"];
pub(crate) const SORT: [&str; 2] = ["sort", "urut"];
pub(crate) const CURSOR: [&str; 2] = ["cursor", "lanjut"];
pub(crate) const PAGE: [&str; 2] = ["page", "halaman"];

/// A page of results far behind anything a person turns to; it bounds what a search must rank.
const LAST_PAGE: usize = 1_000;

/// The orders of results and their written forms.
pub(crate) const SORTS: [(Sort, &str, &str); 6] = [
    (Sort::Relevance, "relevance", "search.sort_relevance"),
    (Sort::DateDescending, "newest", "search.sort_newest"),
    (Sort::DateAscending, "oldest", "search.sort_oldest"),
    (Sort::Arrival, "added", "search.sort_added"),
    (Sort::Title, "title", "search.sort_title"),
    (Sort::Number, "number", "search.sort_number"),
];

/// Reads a search from parameters. What is not understood is left out of the search and told.
pub(crate) fn read(
    pairs: &[(String, String)],
    per_page: usize,
    scope: Scope,
) -> (Request, Vec<BadParameter>) {
    let mut bad = Vec::new();
    let mut read = |names: [&'static str; 2], hint, parse: &dyn Fn(&str) -> Option<String>| {
        let given = value(pairs, &names)?;
        let parsed = parse(given);
        if parsed.is_none() {
            bad.push(BadParameter {
                name: names[0],
                value: given.chars().take(60).collect(),
                hint,
            });
        }
        parsed
    };
    let as_is = |text: &str| Some(text.to_owned());
    let in_force_on = read(IN_FORCE_ON, "YYYY-MM-DD", &|text| {
        text.parse::<Date>().ok().map(|date| date.to_string())
    });
    let stands = read(LEGAL_STATUS, "in-force, amended, revoked or not-yet-in-force", &|text| {
        stands(text).map(|stands| stands.as_str().to_owned())
    });
    let force = match (&in_force_on, stands.as_deref().and_then(self::stands)) {
        (_, Some(stands)) => vec![stands],
        (Some(_), None) => vec![ForceState::InForce, ForceState::Amended],
        (None, None) => Vec::new(),
    };
    let mut request = Request {
        q: value(pairs, &["q"]).unwrap_or_default().to_owned(),
        exact: read(EXACT, "1 or 0", &|text| yes_or_no(text).map(|_| text.to_owned()))
            .is_some_and(|text| yes_or_no(&text) == Some(true)),
        kind: read(KIND, "", &|text| Some(kind(text))),
        year: read(YEAR, "four digits, for example 2024", &year).and_then(|year| year.parse().ok()),
        from: read(FROM, "YYYY-MM-DD or a year", &|text| date(text, "01-01")),
        to: read(TO, "YYYY-MM-DD or a year", &|text| date(text, "12-31")),
        issuer: read(ISSUER, "", &as_is),
        collection: read(COLLECTION, "", &as_is),
        subject: read(SUBJECT, "", &as_is),
        force_on: in_force_on,
        force,
        sort: read(SORT, "relevance, newest, oldest, added, title or number", &|text| {
            sort(text).map(|_| text.to_owned())
        })
        .and_then(|text| sort(&text))
        .unwrap_or(Sort::Relevance),
        page: read(PAGE, "1 to 1000", &|text| count(text, LAST_PAGE))
            .and_then(|page| page.parse().ok())
            .unwrap_or(1),
        per_page: read(["per_page", "per_halaman"], "1 to 100", &|text| count(text, 100))
            .and_then(|count| count.parse().ok())
            .unwrap_or(per_page),
        cursor: value(pairs, &CURSOR).map(str::to_owned),
        scope,
    };
    if !request.takes_cursor() {
        let given = request.cursor.take().unwrap_or_default();
        let hint = "next_cursor of the answer before, with the same search";
        let value = given.chars().take(60).collect();
        bad.push(BadParameter { name: CURSOR[0], value, hint });
    }
    (request, bad)
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "ya" => Some(true),
        "0" | "false" | "tidak" => Some(false),
        _ => None,
    }
}

/// How an act may stand, from its written form.
fn stands(text: &str) -> Option<ForceState> {
    ForceState::ALL.into_iter().find(|stands| stands.as_str() == text)
}

/// The key of a kind, from its key or any of its names.
fn kind(text: &str) -> String {
    let known = kinds::find(text).or_else(|| kinds::recognise(text));
    known.map_or_else(|| text.to_owned(), |kind| kind.key.clone())
}

fn year(text: &str) -> Option<String> {
    let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    (four_digits && !text.starts_with('0')).then(|| text.to_owned())
}

/// A date; a year alone means its first or last day.
fn date(text: &str, day_of_year: &str) -> Option<String> {
    let written =
        year(text).map_or_else(|| text.to_owned(), |year| format!("{year}-{day_of_year}"));
    written.parse::<Date>().ok().map(|date| date.to_string())
}

fn sort(text: &str) -> Option<Sort> {
    let text = match text {
        "sesuai" => "relevance",
        "terbaru" | "date" | "-date" => "newest",
        "terlama" => "oldest",
        "masuk" => "added",
        "judul" => "title",
        "nomor" => "number",
        other => other,
    };
    SORTS.into_iter().find(|(_, name, _)| *name == text).map(|(sort, _, _)| sort)
}

/// A number of things, 1 to `most`.
pub(crate) fn amount(name: &'static str, given: &str, most: usize) -> Result<usize, BadParameter> {
    let counted = count(given, most).and_then(|count| count.parse().ok());
    let value = || given.chars().take(60).collect();
    counted.ok_or_else(|| BadParameter {
        name,
        value: value(),
        hint: "a number from 1, not too large",
    })
}

fn count(text: &str, most: usize) -> Option<String> {
    let number = text.parse::<usize>().ok().filter(|number| (1..=most).contains(number));
    number.map(|number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_query(query: &str) -> (Request, Vec<BadParameter>) {
        let uri: Uri = format!("/cari?{query}").parse().unwrap();
        read(&pairs(&uri), 20, Scope::from(1))
    }

    #[test]
    fn both_languages_name_the_parameters() {
        let (english, _) = read_query("q=a&year=2024&from=2023&to=2024-02-29&sort=newest&page=3");
        let (indonesian, bad) =
            read_query("q=a&tahun=2024&dari=2023-01-01&sampai=2024-02-29&urut=terbaru&halaman=3");
        let (day, bad_day) = read_query("berlaku_pada=2024-05-20");
        assert!(bad_day.is_empty());
        assert_eq!(day.force_on.as_deref(), Some("2024-05-20"));
        assert_eq!(day.force, [ForceState::InForce, ForceState::Amended]);
        assert!(bad.is_empty());
        assert_eq!(format!("{english:?}"), format!("{indonesian:?}"));
        assert_eq!(english.from.as_deref(), Some("2023-01-01"));
        assert_eq!(english.page, 3);
    }

    #[test]
    fn what_is_not_understood_is_named_and_left_out() {
        for (query, name) in [
            ("year=20x4", "year"),
            ("tahun=0999", "year"),
            ("from=2024-02-30", "from"),
            ("to=kemarin", "to"),
            ("sort=best", "sort"),
            ("in_force_on=2024", "in_force_on"),
            ("keberlakuan=entah", "legal_status"),
            ("persis=entah", "exact"),
            ("lanjut=01ff", "cursor"),
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=99999999999999999999", "page"),
            ("per_page=101", "per_page"),
        ] {
            let (request, bad) = read_query(query);
            assert_eq!(bad.iter().map(|bad| bad.name).collect::<Vec<_>>(), [name], "{query}");
            assert_eq!((request.year, request.page, request.per_page), (None, 1, 20));
        }
    }

    #[test]
    fn empty_and_odd_parameters_are_no_parameters() {
        let (request, bad) = read_query("q=%ff%00&year=&from=+&=x&&&q=b");
        assert!(bad.is_empty());
        assert_eq!(request.q, "\u{fffd}\0");
        assert_eq!(request.year, None);
    }
}
