//! The decisions about files, against the examples of RFC 9110 and a naive model.

use axum::http::HeaderValue;
use proptest::prelude::*;

use super::*;

fn meta(size_bytes: u64) -> Meta {
    Meta {
        sha256: Digest::of(b"a file"),
        size_bytes,
        modified: Timestamp::from_unix(1_700_000_000),
    }
}

fn decide(size_bytes: u64, headers: &[(HeaderName, &str)]) -> Plan {
    decide_with(&Method::GET, size_bytes, headers)
}

fn decide_with(method: &Method, size_bytes: u64, headers: &[(HeaderName, &str)]) -> Plan {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
        .collect();
    plan(method, &headers, &meta(size_bytes))
}

const fn bytes(first: u64, last: u64) -> Plan {
    Plan::Part { first, last }
}

#[test]
fn ranges_as_in_the_standard() {
    for (range, expected) in [
        ("bytes=0-499", bytes(0, 499)),
        ("bytes=500-999", bytes(500, 999)),
        ("bytes=-500", bytes(9_500, 9_999)),
        ("bytes=9500-", bytes(9_500, 9_999)),
        ("bytes=0-0", bytes(0, 0)),
        ("BYTES= 0 - 499 ,", bytes(0, 499)),
        ("bytes=-99999", bytes(0, 9_999)),
        ("bytes=9999-99999999999999999999999", bytes(9_999, 9_999)),
        ("bytes=10000-", Plan::Unsatisfiable),
        ("bytes=99999999999999999999999-", Plan::Unsatisfiable),
        ("bytes=-0", Plan::Unsatisfiable),
        ("bytes=0-0,-1", Plan::Whole),
        ("bytes=5-4", Plan::Whole),
        ("bytes=-", Plan::Whole),
        ("bytes=a-b", Plan::Whole),
        ("bytes=+1-2", Plan::Whole),
        ("bytes", Plan::Whole),
        ("lines=1-2", Plan::Whole),
    ] {
        assert_eq!(decide(10_000, &[(header::RANGE, range)]), expected, "{range}");
    }
}

#[test]
fn an_empty_file_has_no_parts() {
    assert_eq!(decide(0, &[(header::RANGE, "bytes=0-")]), Plan::Unsatisfiable);
    assert_eq!(decide(0, &[(header::RANGE, "bytes=-5")]), Plan::Whole);
    assert_eq!(decide(0, &[]), Plan::Whole);
}

#[test]
fn head_knows_no_ranges() {
    let range = [(header::RANGE, "bytes=0-1")];
    assert_eq!(decide_with(&Method::HEAD, 10, &range), Plan::Whole);
}

#[test]
fn preconditions_by_tag() {
    let own = meta(10).etag();
    let weak = format!("W/{own}");
    let listed = format!("\"other,\", {own}");
    let check = |name: HeaderName, value: &str| decide(10, &[(name, value)]);
    for value in [own.as_str(), &weak, &listed, "*"] {
        assert_eq!(check(header::IF_NONE_MATCH, value), Plan::NotModified, "{value}");
    }
    assert_eq!(check(header::IF_NONE_MATCH, "\"sha256:0\""), Plan::Whole);
    for value in [own.as_str(), &listed, "*"] {
        assert_eq!(check(header::IF_MATCH, value), Plan::Whole, "{value}");
    }
    // The strong comparison: a weak tag never matches.
    for value in [weak.as_str(), "\"sha256:0\"", ""] {
        assert_eq!(check(header::IF_MATCH, value), Plan::PreconditionFailed, "{value}");
    }
}

#[test]
fn preconditions_by_time() {
    let modified = http_date::write(meta(10).modified);
    let earlier = http_date::write(Timestamp::from_unix(1_699_999_999));
    let check = |name: HeaderName, value: &str| decide(10, &[(name, value)]);
    assert_eq!(check(header::IF_MODIFIED_SINCE, &modified), Plan::NotModified);
    assert_eq!(check(header::IF_MODIFIED_SINCE, &earlier), Plan::Whole);
    assert_eq!(check(header::IF_MODIFIED_SINCE, "yesterday"), Plan::Whole);
    assert_eq!(check(header::IF_UNMODIFIED_SINCE, &modified), Plan::Whole);
    assert_eq!(check(header::IF_UNMODIFIED_SINCE, &earlier), Plan::PreconditionFailed);
    // A tag is more exact than a time: where both stand, the tag decides.
    let both =
        [(header::IF_NONE_MATCH, "\"other\""), (header::IF_MODIFIED_SINCE, modified.as_str())];
    assert_eq!(decide(10, &both), Plan::Whole);
}

#[test]
fn a_range_of_another_file_is_no_range() {
    let own = meta(10).etag();
    let weak = format!("W/{own}");
    let modified = http_date::write(meta(10).modified);
    let later = http_date::write(Timestamp::from_unix(1_700_000_001));
    let check =
        |value: &str| decide(10, &[(header::RANGE, "bytes=2-3"), (header::IF_RANGE, value)]);
    assert_eq!(check(&own), bytes(2, 3));
    assert_eq!(check(&modified), bytes(2, 3));
    for value in [weak.as_str(), "\"other\"", &later, "x"] {
        assert_eq!(check(value), Plan::Whole, "{value}");
    }
}

/// The bytes that a range names, picked one by one.
fn picked(size_bytes: u64, first: Option<u64>, last: Option<u64>) -> Vec<u64> {
    let all = 0..size_bytes;
    match (first, last) {
        (Some(first), last) => {
            all.filter(|at| *at >= first && last.is_none_or(|last| *at <= last)).collect()
        }
        (None, Some(length)) => all.filter(|at| size_bytes - at <= length).collect(),
        (None, None) => all.collect(),
    }
}

proptest! {
    #[test]
    fn a_range_gives_exactly_its_bytes(
        size_bytes in 0..60u64,
        first in prop::option::of(0..80u64),
        last in prop::option::of(0..80u64),
    ) {
        let number = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
        let range = format!("bytes={}-{}", number(first), number(last));
        let expected = picked(size_bytes, first, last);
        match decide(size_bytes, &[(header::RANGE, &range)]) {
            Plan::Part { first, last } => {
                prop_assert_eq!((first..=last).collect::<Vec<_>>(), expected);
            }
            Plan::Unsatisfiable => prop_assert!(expected.is_empty()),
            Plan::Whole => {
                let malformed = (first.is_none() && last.is_none())
                    || matches!((first, last), (Some(first), Some(last)) if last < first);
                prop_assert!(malformed || size_bytes == 0);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn any_headers_are_answered(range in "[ -~]{0,40}", tag in "[ -~]{0,40}", size_bytes: u64) {
        let headers = [
            (header::RANGE, range.as_str()),
            (header::IF_RANGE, tag.as_str()),
            (header::IF_MATCH, tag.as_str()),
            (header::IF_NONE_MATCH, tag.as_str()),
        ];
        if let Plan::Part { first, last } = decide(size_bytes, &headers) {
            prop_assert!(first <= last && last < size_bytes);
        }
    }
}
