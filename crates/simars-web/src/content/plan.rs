//! How to answer a request for a file: pure decisions about preconditions and ranges (RFC 9110).

use axum::http::{HeaderMap, HeaderName, Method, header};
use simars_record::{Digest, Timestamp};

use super::http_date;

/// The file that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Meta {
    /// SHA-256 of its bytes: its entity tag.
    pub(crate) sha256: Digest,
    /// Its size.
    pub(crate) size_bytes: u64,
    /// When it was registered.
    pub(crate) modified: Timestamp,
}

impl Meta {
    /// The strong entity tag, quotes included. It names the bytes, so it stays right for ever.
    pub(crate) fn etag(&self) -> String {
        format!("\"sha256:{}\"", self.sha256)
    }
}

/// What to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// 200 with the whole file.
    Whole,
    /// 206 with the bytes from `first` to `last`, both included.
    Part {
        /// The first byte.
        first: u64,
        /// The last byte.
        last: u64,
    },
    /// 304: the asker has it already.
    NotModified,
    /// 412: it is not the file that was expected.
    PreconditionFailed,
    /// 416: the range lies outside the file.
    Unsatisfiable,
}

/// Decides in the order of RFC 9110 §13.2.2.
pub(crate) fn plan(method: &Method, headers: &HeaderMap, meta: &Meta) -> Plan {
    match list(headers, header::IF_MATCH) {
        Some(tags) => {
            if !matches(&tags, meta, Comparison::Strong) {
                return Plan::PreconditionFailed;
            }
        }
        None => {
            let since = date(headers, header::IF_UNMODIFIED_SINCE);
            if since.is_some_and(|since| meta.modified > since) {
                return Plan::PreconditionFailed;
            }
        }
    }
    match list(headers, header::IF_NONE_MATCH) {
        Some(tags) => {
            if matches(&tags, meta, Comparison::Weak) {
                return Plan::NotModified;
            }
        }
        None => {
            let since = date(headers, header::IF_MODIFIED_SINCE);
            if since.is_some_and(|since| meta.modified <= since) {
                return Plan::NotModified;
            }
        }
    }
    // A range means something for GET only (§14.2).
    match headers.get(header::RANGE).and_then(|value| value.to_str().ok()) {
        Some(range) if method == Method::GET && may_use_range(headers, meta) => {
            part(range, meta.size_bytes)
        }
        _ => Plan::Whole,
    }
}

/// All values of a list header in one line; `None` if it is not there.
pub(crate) fn list(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    if !headers.contains_key(&name) {
        return None;
    }
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    Some(values.collect::<Vec<_>>().join(","))
}

/// A date in a header; `None` if there is none or it is not understood.
pub(crate) fn date(headers: &HeaderMap, name: HeaderName) -> Option<Timestamp> {
    http_date::parse(headers.get(name)?.to_str().ok()?)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether a list of entity tags holds this file's (§8.8.3.2). Our own tag has no comma in it, so
/// a comma always separates, whatever else the list holds.
fn matches(tags: &str, meta: &Meta, comparison: Comparison) -> bool {
    let own = meta.etag();
    tags.split(',').map(str::trim).any(|tag| {
        let opaque = match (comparison, tag.strip_prefix("W/")) {
            (Comparison::Weak, Some(opaque)) => opaque,
            (Comparison::Strong, Some(_)) => return false,
            (_, None) => tag,
        };
        opaque == own || tag == "*"
    })
}

/// Whether If-Range, if it is there, still names this file (§13.1.5): exactly, or not at all.
fn may_use_range(headers: &HeaderMap, meta: &Meta) -> bool {
    match headers.get(header::IF_RANGE).map(|value| value.to_str()) {
        None => true,
        Some(Ok(value)) if value.trim_start().starts_with('"') => value.trim() == meta.etag(),
        Some(Ok(value)) => http_date::parse(value.trim()) == Some(meta.modified),
        Some(Err(_)) => false,
    }
}

/// Reads a range (§14.1.2). One that is malformed, and a list of several, is ignored, as the
/// standard allows: the whole file then holds what was asked for.
fn part(range: &str, size_bytes: u64) -> Plan {
    let Some((unit, ranges)) = range.split_once('=') else { return Plan::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Plan::Whole;
    }
    let mut ranges = ranges.split(',').map(str::trim).filter(|range| !range.is_empty());
    let (Some(range), None) = (ranges.next(), ranges.next()) else { return Plan::Whole };
    let Some((first, last)) = range.split_once('-') else { return Plan::Whole };
    match (position(first), position(last)) {
        (Some(Position::None), Some(Position::At(length))) => suffix(length, size_bytes),
        (Some(Position::At(first)), Some(last)) => {
            let last = match last {
                Position::None => u64::MAX,
                Position::At(last) if last < first => return Plan::Whole,
                Position::At(last) => last,
            };
            if first >= size_bytes {
                Plan::Unsatisfiable
            } else {
                Plan::Part { first, last: last.min(size_bytes - 1) }
            }
        }
        _ => Plan::Whole,
    }
}

fn suffix(length: u64, size_bytes: u64) -> Plan {
    match (length, size_bytes) {
        (0, _) => Plan::Unsatisfiable,
        // Nothing of nothing: no Content-Range could say so.
        (_, 0) => Plan::Whole,
        _ => Plan::Part { first: size_bytes - length.min(size_bytes), last: size_bytes - 1 },
    }
}

enum Position {
    None,
    At(u64),
}

/// A position in a range; one beyond all files is the end of them. `None` if it is no number.
fn position(text: &str) -> Option<Position> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Position::None);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Position::At(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests;
