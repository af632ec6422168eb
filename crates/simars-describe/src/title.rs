//! Titles: what stands after *tentang*, up to the next part; or the heading of a document that
//! has no such word.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::head::{Head, body_start, find, is_match, is_number_line};
use crate::issuer::office_in;
use crate::kinds::edits;
use crate::lines::{View, collapse, is_capitals};
use crate::signatory::is_office;

/// A title and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Title {
    pub(crate) text: String,
    pub(crate) at: Range<usize>,
    /// Whether *tentang* introduces it.
    pub(crate) introduced: bool,
}

/// A line that cannot belong to a title any more.
static AFTER_TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?i:
            (?:oleh|nomor|no|tanggal|sumber|tentang|sifat|lampiran|perihal|hal|kepada|dasar)\s*[.]?\s*:
            | yth\b | kepada\s+yth | di\s+tempat | daftar\s+isi | pendahuluan$ | sehubungan\s | dalam\s+rangka\s
            | berdasarkan\s | kami,?\s | demi\s+keadilan | bismil+ah | ditetapkan\s+di | lampiran\s+[ivx]+\b
          )
          | ^(?:[A-Z]|[IVX]+|[0-9]{1,2})\.(?:\s|$)",
    )
    .ok()
});

/// A line that is no text: a page number, an address of the site it was taken from, scraps.
pub(crate) static NOISE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[-–\s]*[0-9]{1,4}[-–\s]*|(?:https?://|www\.|jdih\.)\S*|[a-z]{1,2}|[a-z]{1,3}-|[^\pL\pN]+)$")
        .ok()
});

/// An office, as the line after a title names it: `KETUA KOMISI ...,` `PRESIDEN REPUBLIK ...`.
static PERSON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?:wakil|pejabat|penjabat|pj|plt|plh|pd)\.?\s+)*(?:presiden|ketua|kepala|menteri|gubernur|bupati|wali\s?kota|rektor|sekretaris|direktur|jaksa|panglima|pimpinan)\b",
    )
    .ok()
});

/// A body, as the line after a title names it when no person is named.
static BODY_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:komisi|badan|otoritas|dewan|majelis|mahkamah|lembaga|senat)\b").ok()
});

/// What ends a title in the middle of a line, where line ends were lost.
static CUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\s(?:dengan\s+ra[hk]+mat|(?:pejabat\s+|wakil\s+)?presiden\s+republik\s+indonesia\s*[,.]\s|menimbang\s*:|(?-i:Menimbang|Mengingat)\b|oleh\s*:)",
    )
    .ok()
});

/// The most lines and bytes that a title has.
const TITLE_LINES: usize = 30;
const TITLE_BYTES: usize = 3_000;

/// The title that begins at an offset: the following lines up to the next part.
pub(crate) fn title_at(region: &str, start: usize) -> Option<Title> {
    let mut lines = title_lines(region, start);
    drop_authority(region, &mut lines);
    let (first, last) = (lines.first()?.clone(), lines.last()?.clone());
    if let Some(cut) = find(&CUT, &region[first.start..last.end]) {
        let end = first.start + cut.start;
        lines.retain(|line| line.start < end);
        if let Some(line) = lines.last_mut() {
            line.end = line.end.min(end);
        }
    }
    let text = lines.iter().map(|line| &region[line.clone()]).collect::<Vec<_>>().join(" ");
    let text = tidy(&collapse(&text));
    let at = lines.first()?.start..lines.last()?.end;
    if text.chars().any(char::is_alphanumeric) {
        Some(Title { text, at, introduced: true })
    } else {
        None
    }
}

fn title_lines(region: &str, start: usize) -> Vec<Range<usize>> {
    let rest = &region[start..];
    let rest = &rest[..rest.floor_char_boundary(TITLE_BYTES)];
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut capitals = false;
    let mut at = start;
    for line in rest.split_inclusive('\n') {
        let range = at..at + line.trim_end().len();
        at += line.len();
        let text = &region[range.clone()];
        if text.is_empty() || is_match(&NOISE, text) {
            continue;
        }
        // `SALINAN`: the mark of a copy, set beside the title.
        if is_scrap_line(text) || text == "SALINAN" {
            continue;
        }
        let first = lines.is_empty();
        let left_capitals = capitals && !is_capitals(text) && text.chars().any(char::is_alphabetic);
        if !first && (left_capitals && !continues(text) || is_match(&AFTER_TITLE, text)) {
            break;
        }
        capitals |= first && is_capitals(text);
        lines.push(range);
        if lines.len() == TITLE_LINES {
            break;
        }
    }
    lines
}

/// Words that stand in small letters where others begin with a capital.
pub(crate) const SMALL: [&str; 10] =
    ["dan", "di", "ke", "dari", "atas", "untuk", "pada", "tentang", "dengan", "dalam"];

/// Whether a line in small letters may stand inside a title in capitals.
fn continues(text: &str) -> bool {
    text.split_whitespace().all(|word| SMALL.contains(&word))
}

/// Whether a line is a scrap of a text that stands across the page.
fn is_scrap_line(text: &str) -> bool {
    text.len() <= 4
        && text.chars().all(|sign| sign.is_lowercase() || sign == '-')
        && !SMALL.contains(&text)
}

/// Takes the office off the end of a title, where a decision names it before *Menimbang*.
fn drop_authority(region: &str, lines: &mut Vec<Range<usize>>) {
    let text = |line: &Range<usize>| &region[line.clone()];
    let Some(last) = lines.last() else { return };
    let closes = |line: &str| line.trim_end_matches(is_scrap).ends_with([',', '.']);
    let is_president = |line: &str| {
        line.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("presiden"))
            && line.split_whitespace().count() <= 3
    };
    if !closes(text(last)) && !is_president(text(last)) {
        return;
    }
    let from = lines.len().saturating_sub(6).max(1);
    let last_with = |regex: &LazyLock<Option<Regex>>| {
        (from..lines.len()).rev().find(|&at| is_match(regex, text(&lines[at])))
    };
    let Some(mut at) = last_with(&PERSON).or_else(|| last_with(&BODY_NAME)) else { return };
    // `KAMI,` or `WAKIL` may stand on a line of its own before the office.
    while at > 1
        && text(&lines[at - 1]).split_whitespace().count() == 1
        && closes(text(&lines[at - 1]))
    {
        at -= 1;
    }
    lines.truncate(at);
}

/// Lines over a title in which its act is named.
const HEAD_LINES: usize = 6;

/// A title without the office of its act at its end, where the office stands without a comma right
/// before *Menimbang*.
pub(crate) fn without_office(region: &str, title: &mut Title) {
    let written = &region[title.at.clone()];
    let Some((before, last)) = written.rsplit_once('\n') else { return };
    // One with a comma was taken off already: then the same words before it are the title's.
    let mut after = region[title.at.end..].lines().map(str::trim);
    let next = after.find(|line| !line.is_empty()).unwrap_or_default();
    let taken_off = is_match(&PERSON, next) || is_match(&BODY_NAME, next);
    if !taken_off && repeats_head(&region[..title.at.start], last.trim()) {
        let lines = before.lines().map(str::trim);
        let lines = lines.filter(|line| !is_match(&NOISE, line) && !is_scrap_line(line));
        title.text = tidy(&collapse(&lines.collect::<Vec<_>>().join(" ")));
        title.at.end = title.at.start + before.trim_end().len();
    }
}

/// Whether a line in capitals is the office that the lines over a title end with, but for a misread
/// letter or two: `PERATURAN DIREKTUR JENDERAL CONTOH` over it, `DIREKTUR JENDERAL CONTOH` below.
fn repeats_head(over: &str, line: &str) -> bool {
    let letters =
        |text: &str| -> Vec<char> { text.chars().filter(|sign| sign.is_alphabetic()).collect() };
    let office = letters(line);
    if !is_capitals(line) || !is_match(&PERSON, line) && !is_match(&BODY_NAME, line) {
        return false;
    }
    let ends_with_office = |head: String| {
        let head = letters(&head);
        let tail = &head[head.len().saturating_sub(office.len())..];
        head.len() > office.len() && edits(tail, &office) <= office.len() / 8
    };
    let lines: Vec<&str> = over.lines().rev().take(HEAD_LINES).collect();
    let two = lines.windows(2).map(|pair| format!("{} {}", pair[1], pair[0]));
    lines.iter().map(|line| (*line).to_owned()).chain(two).any(ends_with_office)
}

/// Scraps of a text that stands across the page, at a line's end.
fn is_scrap(sign: char) -> bool {
    sign == ' ' || sign.is_lowercase()
}

/// A title without the signs around it that are not its own.
pub(crate) fn tidy(text: &str) -> String {
    const SIGNS: [char; 9] = [' ', ':', '-', '–', ',', ';', '.', '*', '#'];
    let text = text.trim_matches(SIGNS);
    let unbalanced = text.matches('(').count() < text.matches(')').count();
    let text = if unbalanced { text.trim_end_matches(')') } else { text };
    text.trim_end_matches(SIGNS).to_owned()
}

/// The heading of a document without *tentang*: its first lines in capitals. With `after`, the
/// lines after a kind that stands alone.
pub(crate) fn heading(view: &View<'_>, after: usize) -> Option<Title> {
    let region = &view.text[..body_start(view).max(after)];
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut at = after;
    for line in region[after..].split_inclusive('\n').take(25) {
        let range = at..at + line.trim_end().len();
        at += line.len();
        let text = &region[range.clone()];
        if lines.is_empty() && is_marked(view, range.start) {
            lines.push(range);
            break;
        }
        let labelled = is_number_line(text);
        if text.is_empty() || is_match(&NOISE, text) || labelled && lines.is_empty() {
            continue;
        }
        if labelled || !is_capitals(text) || is_match(&AFTER_TITLE, text) || lines.len() == 4 {
            if lines.is_empty() && after == 0 {
                continue;
            }
            break;
        }
        lines.push(range);
    }
    let text = lines.iter().map(|line| &region[line.clone()]).collect::<Vec<_>>().join(" ");
    let text = tidy(&collapse(&text));
    let letters = text.chars().filter(|sign| sign.is_alphabetic()).count();
    let at = lines.first()?.start..lines.last()?.end;
    if letters >= 8 { Some(Title { text, at, introduced: false }) } else { None }
}

/// Whether the line of a place begins with the mark that a mark-up language gives to headings.
pub(crate) fn is_marked(view: &View<'_>, at: usize) -> bool {
    let start = view.text[..at].rfind('\n').map_or(0, |at| at + 1);
    view.text[start..].starts_with('#')
}

/// The title that stands between a kind and its number: `BERITA ACARA PEMUSNAHAN ARSIP` with the
/// number under it. The word `LAPORAN` belongs to a report's title. What may be an office is left
/// out, and what may hold one is doubtful.
pub(crate) fn before_number(view: &View<'_>, head: &Head) -> Option<(Title, f32)> {
    head.number.as_ref()?;
    let bound = head.is_bound();
    let settles = head.kind.individual && !head.kind.key.starts_with("keputusan");
    let phrase = &view.text[head.phrase_at.clone()];
    if !bound && (!settles || office_in(phrase).is_some()) {
        return None;
    }
    let added = view.text.get(head.kind_at.end..head.phrase_at.end)?.trim();
    let office_first = added.split_whitespace().next().is_some_and(is_office);
    let letters = added.chars().filter(|sign| sign.is_alphabetic()).count();
    if letters < 4 || office_first || !is_capitals(added) {
        return None;
    }
    let start = if bound { head.kind_at.start } else { head.kind_at.end };
    let text = tidy(&collapse(&view.text[start..head.phrase_at.end]));
    let sure = if !bound && is_office(added) { 0.6 } else { 0.8 };
    Some((Title { text, at: start..head.phrase_at.end, introduced: false }, sure))
}
