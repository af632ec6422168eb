//! The head of a document: kind, number, year, issuing office and title, as they stand before
//! the first part of the text proper.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::kinds::{self, Kind};
use crate::lines::{View, is_capitals};
use crate::number::{self, Written};
use crate::title::{NOISE, SMALL, Title, title_at, without_office};

/// What stands in the head of a page. Ranges are bytes of the view's text.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) kind: &'static Kind,
    pub(crate) kind_at: Range<usize>,
    /// From the kind to the number or the title: `KEPUTUSAN KOMISI ... PROVINSI ...`.
    pub(crate) phrase_at: Range<usize>,
    pub(crate) number: Option<(usize, Written)>,
    pub(crate) title: Option<Title>,
    /// Whether it is written in capitals, as headings are.
    pub(crate) capitals: bool,
    /// Whether it is the head of an annex, which repeats the number of the act it belongs to.
    pub(crate) annex: bool,
    /// Whether the kind was damaged and is the one nearest to what stands there.
    pub(crate) damaged: bool,
    /// Whether it stands inside a line, as no heading should.
    pub(crate) inside_line: bool,
}

/// Kinds of books and reports, in which acts may be bound or listed.
const BOUND: [&str; 2] = ["publikasi", "laporan"];

/// Whether a kind is that of books or reports.
pub(crate) fn is_bound_kind(key: &str) -> bool {
    BOUND.contains(&key)
}

impl Head {
    /// Whether it names a book or a report.
    pub(crate) fn is_bound(&self) -> bool {
        is_bound_kind(&self.kind.key)
    }

    /// How much of the pattern is there: kind, number, title. More is better.
    pub(crate) fn score(&self) -> u8 {
        let introduced = self.title.as_ref().is_some_and(|title| title.introduced);
        1 + 2 * u8::from(self.number.is_some()) + u8::from(introduced) + u8::from(!self.annex)
    }
}

/// Where the first line that is more than noise begins.
fn first_text(region: &str) -> usize {
    let mut start = 0;
    for line in region.split_inclusive('\n') {
        if !is_match(&NOISE, line.trim_end()) {
            break;
        }
        start += line.len();
    }
    start
}

/// Where the text proper begins; nothing of the head stands after it. Letters may be set apart.
static BODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let apart = |word: &str| {
        let letters: Vec<String> = word.chars().map(String::from).collect();
        letters.join(r"\s?")
    };
    let words: Vec<String> =
        ["menimbang", "mengingat", "memutuskan", "memperhatikan", "membaca", "mendengar"]
            .map(apart)
            .to_vec();
    Regex::new(&format!(
        r"(?im)^[^\pL\pN\n]{{0,3}}(?:(?:{})\b|dengan\s+ra[hk]+mat|dengan\s+\S+\s+tuhan\s+yang\b|(?-i:Pasal\s+[0-9I]|BAB\s+[IVX1l]|Menetapkan\b|Pada\s+hari\b|MENETAPKAN\s*:))",
        words.join("|")
    ))
    .ok()
});

static TENTANG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?im)(?:^[^\pL\pN\n]{0,3}|[ \t])t[ ]?e[ ]?n[ ]?t[ ]?a[ ]?n[ ]?g\b[ \t:]*").ok()
});

static NOMOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|\s)(?:n[ ]?[o0q][ ]?m[ ]?[o0e][ ]?r|no|nr)\b[\s.:;,\-–]{0,6}").ok()
});

/// The label with the number run into it, which recognition leaves unreadable.
static GLUED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^N[O0Q]M[O0]R[A-Z0-9]").ok());

pub(crate) fn is_match(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

pub(crate) fn find(regex: &LazyLock<Option<Regex>>, text: &str) -> Option<Range<usize>> {
    regex.as_ref()?.find(text).map(|found| found.range())
}

/// Whether a line begins with the word *nomor* and holds a digit.
pub(crate) fn is_number_line(line: &str) -> bool {
    find(&NOMOR, line).is_some_and(|label| label.start == 0)
        && line.contains(|sign: char| sign.is_ascii_digit())
}

/// A label of the text proper alone in its line.
static LABEL_ALONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[^\pL\pN]{0,3}(?:menimbang|mengingat|memperhatikan|membaca|mendengar)[^\pL\pN]*$",
    )
    .ok()
});

/// Where the text proper begins, or the end of the view. Labels of the left column that were read
/// before everything else do not begin it.
pub(crate) fn body_start(view: &View<'_>) -> usize {
    let text = view.text.as_str();
    let line = |at: usize| text[at..].lines().next().unwrap_or_default().trim();
    let says = |line: &str| {
        line.chars().filter(|sign| sign.is_alphanumeric()).count() > 3
            && !is_match(&LABEL_ALONE, line)
    };
    let mut found = BODY.iter().flat_map(|body| body.find_iter(text));
    let begins = found.find(|found| {
        !is_match(&LABEL_ALONE, line(found.start())) || text[..found.start()].lines().any(says)
    });
    begins.map_or(text.len(), |found| found.start())
}

/// How far from the beginning of the text a head inside a line may begin, in bytes.
const INSIDE_REACH: usize = 2_500;
/// How far from the kind the number and *tentang* may stand, in bytes.
const REACH: usize = 700;

/// The best head of a page, if there is one.
pub(crate) fn find_head(view: &View<'_>) -> Option<Head> {
    let end = body_start(view);
    let region = &view.text[..end];
    let by_line = head_by_line(region);
    let mut head = match by_line {
        Some(head) if head.number.is_some() || head.is_bound() => Some(head),
        by_line => head_by_likeness(region).or_else(|| head_inside_lines(&view.text)).or(by_line),
    }?;
    // The office stands after the blessing, where there is one.
    let blessed = view.text[end..].trim_start().to_lowercase().starts_with("dengan");
    if let Some(title) = head.title.as_mut().filter(|title| !blessed && title.at.end <= end) {
        without_office(region, title);
    }
    Some(head)
}

/// The best head whose kind begins a line.
fn head_by_line(region: &str) -> Option<Head> {
    let mut best: Option<Head> = None;
    for found in kinds::LINE.as_ref()?.captures_iter(region) {
        let Some(head) = found.name("kind").and_then(|kind| head_at(region, kind.range(), None))
        else {
            continue;
        };
        if head.is_bound() && head.kind_at.start == first_text(region) {
            return Some(head);
        }
        if best.as_ref().is_none_or(|best| head.score() > best.score()) {
            best = Some(head);
        }
        // A head that is complete is the document's own: what follows is cited in its title.
        if best.as_ref().is_some_and(|best| best.number.is_some()) {
            break;
        }
    }
    best
}

/// The head whose kind was damaged by recognition from images: a line in capitals that is nearly
/// a kind's name, with number and title after it.
fn head_by_likeness(region: &str) -> Option<Head> {
    let label = find(&NOMOR, region)?.start;
    let mut start = 0;
    for line in region.split_inclusive('\n').take(40) {
        if start > label {
            break;
        }
        let text = line.trim_end();
        if is_capitals(text)
            && let Some(kind) = kinds::nearest(text)
            && let Some(head) = head_at(region, start..start + text.len(), Some(kind))
            && head.number.is_some()
            && head.title.is_some()
        {
            return Some(head);
        }
        start += line.len();
    }
    None
}

/// The head that stands inside a line, where line ends were lost or columns were mixed: kind,
/// *nomor* and *tentang*, all in capitals, which no act that is cited has.
fn head_inside_lines(text: &str) -> Option<Head> {
    let region = &text[..text.floor_char_boundary(INSIDE_REACH)];
    // What is decided names acts in capitals again.
    let end = ["MEMUTUSKAN", "Memutuskan"].iter().filter_map(|word| region.find(word)).min();
    let region = &region[..end.unwrap_or(region.len())];
    if !region.contains("NOMOR") || !region.contains("TENTANG") {
        return None;
    }
    kinds::CAPITALS.as_ref()?.find_iter(region).find_map(|found| {
        let mut head = head_at(text, found.range(), None)?;
        let phrase = &text[head.phrase_at.clone()];
        let whole = head.number.is_some() && head.title.is_some();
        let plain = phrase.len() < 200 && !phrase.contains(|sign: char| sign.is_lowercase());
        head.inside_line = true;
        let before = &region[..found.start()];
        let cited = before.contains("TENTANG") || before.contains("bahwa");
        (whole && plain && !cited).then_some(head)
    })
}

/// The head whose kind stands at a place. A kind that is given was damaged.
fn head_at(region: &str, kind_at: Range<usize>, damaged: Option<&'static Kind>) -> Option<Head> {
    let rest = &region[kind_at.start..];
    let rest = &rest[..rest.floor_char_boundary(REACH)];
    let kind_length = kind_at.end - kind_at.start;
    let kind_text = rest.get(..kind_length)?;
    let kind = damaged.or_else(|| kinds::recognise(kind_text))?;
    let bound = BOUND.contains(&kind.key.as_str());
    let mut tentang = find(&TENTANG, &rest[kind_length..])
        .map(|range| range.start + kind_length..range.end + kind_length);
    let before_title = tentang.as_ref().map_or(rest.len(), |range| range.start);
    let mut number = number_in(&rest[kind_length..before_title])
        .map(|(label, start, written)| (label + kind_length, start + kind_length, written));
    let own = |(label, _, written): &(usize, usize, Written)| {
        !holds_year(&rest[..*label])
            || kinds::by_number(&written.number).is_some_and(|marked| marked.key == kind.key)
    };
    if bound && !number.as_ref().is_some_and(own) {
        // What a book lists is not its own.
        (number, tentang) = (None, None);
    }
    let phrase_end = match (&number, &tentang) {
        (Some((label, _, _)), _) => *label,
        (None, Some(tentang)) => {
            let glued = find(&GLUED, &rest[..tentang.start]).map(|label| label.start);
            glued.filter(|start| *start >= kind_length).unwrap_or(tentang.start)
        }
        (None, None) => rest.find('\n').unwrap_or(rest.len()),
    };
    let phrase = &rest[..phrase_end];
    let capitals = is_capitals(kind_text);
    // A mark-up language says itself what a heading is.
    let line_start = region[..kind_at.start].rfind('\n').map_or(0, |at| at + 1);
    let heading = capitals
        || bound && region[line_start..].starts_with('#')
        || number.as_ref().is_some_and(|(_, start, written)| {
            is_heading(kind, phrase, &rest[start + written.end..])
        });
    if !heading || phrase.contains(';') || phrase.len() > 400 || !bound && holds_year(phrase) {
        return None;
    }
    let alone = phrase.len() == kind_length || number.is_some() || tentang.is_some();
    if !alone && !bound && kinds::recognise(phrase) != Some(kind) {
        return None;
    }
    let offset = kind_at.start;
    let number = number.map(|(_, start, written)| (offset + start, written));
    // Without a number, *tentang* may stand in a table; as a title's beginning it stands alone.
    let tentang =
        tentang.filter(|range| number.is_some() || rest[range.clone()].starts_with(['t', 'T']));
    let title = tentang.and_then(|range| title_at(region, offset + range.end));
    let phrase_at = offset..offset + phrase_end;
    let annex = follows_annex(&region[..offset]);
    let (kind, damaged) = match damaged.or_else(|| generic_misread(kind, phrase)) {
        Some(nearest) => (nearest, true),
        None => (kind, false),
    };
    Some(Head {
        kind,
        kind_at,
        phrase_at,
        number,
        title,
        capitals,
        annex,
        damaged,
        inside_line: false,
    })
}

/// Whether a year stands in a text: between a kind and its number it is that of another act, as
/// in the rows of a table.
fn holds_year(text: &str) -> bool {
    let mut words = text.split(|sign: char| !sign.is_ascii_digit());
    words.any(|word| word.len() == 4)
}

/// What a general kind (`PERATURAN`) is when the word after it was damaged: `PERATURAN PEMERNTAH`.
fn generic_misread(kind: &Kind, phrase: &str) -> Option<&'static Kind> {
    if !["peraturan", "keputusan", "instruksi"].contains(&kind.key.as_str()) {
        return None;
    }
    kinds::nearest(phrase)
        .filter(|nearest| nearest.key.starts_with(&kind.key) && nearest.key != kind.key)
}

/// Whether a kind in small letters with a number is a heading. In running text a sentence may
/// begin with `Keputusan ...` as well, so little may stand between kind and number, nothing but
/// the line's end or *tentang* after it, and common words (`surat`) do not count.
fn is_heading(kind: &Kind, phrase: &str, after_number: &str) -> bool {
    let sets_rules = !kind.individual || kind.key.starts_with("keputusan");
    let brief = phrase.split_whitespace().count() <= 8
        && phrase.split_whitespace().all(|word| {
            word.starts_with(|sign: char| !sign.is_lowercase()) || SMALL.contains(&word)
        })
        && !phrase.contains(|sign: char| sign.is_ascii_digit());
    let after = after_number.trim_start_matches([' ', '\t']);
    let ends = after.is_empty()
        || after.starts_with('\n')
        || after.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("tentang"));
    sets_rules && brief && ends
}

/// The number in the text between kind and title: where its label begins, where the number
/// begins, and the number.
fn number_in(text: &str) -> Option<(usize, usize, Written)> {
    let labels = NOMOR.as_ref()?.find_iter(text);
    let labelled = labels.filter_map(|label| {
        number::read(&text[label.end()..]).map(|written| (label.start(), label.end(), written))
    });
    labelled.into_iter().next().or_else(|| {
        // Without the word: a line that is a code.
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if line.starts_with(|sign: char| sign.is_ascii_digit())
                && let Some(written) = number::read(line)
                && written.is_code()
                && written.end == line.trim_end().len()
            {
                return Some((start, start, written));
            }
            start += line.len();
        }
        None
    })
}

fn follows_annex(before: &str) -> bool {
    let mut lines = before.lines().rev().take(3);
    lines.any(|line| {
        line.trim_start().get(..8).is_some_and(|word| word.eq_ignore_ascii_case("lampiran"))
    })
}
