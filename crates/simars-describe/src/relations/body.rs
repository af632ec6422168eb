//! The clauses of articles and dictums that act upon other acts.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::RelationKind;

use super::mention::{Mention, Role};
use crate::head::is_match;
use crate::structure::DICTUM_WORD;

/// A clause with what it does to the acts that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) kind: RelationKind,
    /// Bytes of the running text.
    pub(super) at: Range<usize>,
    /// Whether it holds for some cases only: *tidak berlaku bagi …*.
    pub(super) limited: bool,
}

/// Words that take an act out of force, those that change it, and those that leave it as it is.
static VERB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?P<keeps>(?:masih|tetap)\s+(?:tetap\s+)?berlaku)",
        r"|(?P<revokes>dicabut(?:\s+kembali)?\s+(?:dan|serta|atau|dan/atau)\s+(?:dinyatakan\s+)?tidak\s+(?:lagi\s+)?berlaku(?:\s+lagi)?",
        r"|dinyatakan\s+(?:dicabut(?:\s+dan\s+(?:dinyatakan\s+)?tidak\s+berlaku(?:\s+lagi)?)?|(?:sudah\s+)?tidak\s+(?:lagi\s+)?(?:mempunyai\s+kekuatan\s+)?(?:berlaku|hukum)(?:\s+lagi)?)",
        r"|tidak\s+berlaku\s+lagi)",
        r"|(?P<ahead>\bmencabut(?:\s+dan\s+(?:me)?nyatakan\s+tidak\s+(?:lagi\s+)?berlaku)?|menyatakan\s+tidak\s+(?:lagi\s+)?berlaku)",
        r"|(?P<amends>diubah\s+(?:sehingga|sebagai\s+berikut|menjadi)|diadakan\s+perubahan)",
    ))
    .ok()
});

/// Where a clause may begin: after a full stop at a line's end, and at a heading.
static BOUNDARY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?m)[.][ \t]*\n|^(?:Pasal[ ]+\S{{1,5}}|BAB[ ]+\S{{1,6}}|Bagian[ ]+\S+|(?:{DICTUM_WORD})\b[ \t:.]*)(?:$|[ \t])"
    ))
    .ok()
});

/// A clause that holds for some cases only.
static LIMITED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*,?\s*(?:bagi|untuk|terhadap|sepanjang|sejauh|sekedar|kecuali)\b").ok()
});

/// A part of an act.
static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:pasal|ketentuan|ketentuan-ketentuan|lampiran|diktum|angka|bagian|bab|huruf|ayat|formulir|tabel)\b").ok()
});

/// A reference to a part of this very act, which is no part of another.
static OWN_PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)sebagaimana\s+(?:di)?maksud\s+(?:dalam|pada)\s+(?:pasal|ayat|huruf|angka|diktum|bab)\b[^,;]{0,50}|pada\s+saat\s+[^,;]{0,80}mulai\s+berlaku|(?:dengan\s+)?(?:mulai\s+)?berlakunya\s+[^,;]{0,80}\bini\b").ok()
});

/// What is made under an act, and is not that act.
static MADE_UNDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:pelaksana|pelaksanaan)(?:nya)?(?:\s+(?:dari|atas|ketentuan))?[\s:.,0-9a-z)]{0,4}$",
    )
    .ok()
});

/// The longest clause, in bytes: lists of revoked acts run over pages.
const LONGEST: usize = 12_000;
/// How far an amended act may stand before *diubah*, and a revoked one after *mencabut*.
const NEAR: usize = 500;

/// The clauses in a part of the text. An act whose title says what it amends amends nothing else:
/// what it quotes would be taken for its own.
pub(super) fn clauses(text: &str, zone: Range<usize>, amends_by_title: bool) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let Some(verb) = VERB.as_ref() else { return clauses };
    let part = &text[zone.clone()];
    let bounds: Vec<Range<usize>> = BOUNDARY
        .as_ref()
        .into_iter()
        .flat_map(|boundary| boundary.find_iter(part).map(|found| found.range()))
        .collect();
    let mut done = 0;
    for found in verb.captures_iter(part) {
        let Some(at) = found.get(0).map(|whole| whole.range()) else { continue };
        let before = bounds.partition_point(|bound| bound.start < at.start);
        let sentence = before.checked_sub(1).map_or(0, |last| bounds[last].end.min(at.start));
        let earliest = part.ceil_char_boundary(at.start.saturating_sub(LONGEST));
        let start = sentence.max(done).max(earliest);
        done = at.end;
        let end = bounds[before..].iter().find(|bound| bound.start >= at.end);
        let end = end.map_or(part.len(), |bound| bound.start);
        let end = part.floor_char_boundary(end.min(at.end + LONGEST));
        let rest = &part[at.end..end];
        let ahead = found.name("ahead").is_some();
        let listed = rest.trim_start().starts_with(':');
        let (kind, range) = if found.name("amends").is_some() && !amends_by_title {
            (
                RelationKind::Amends,
                start.max(part.ceil_char_boundary(at.start.saturating_sub(NEAR)))..at.start,
            )
        } else if found.name("revokes").is_some() && listed {
            // The list may stand before or after: what stands after a colon is meant.
            (RelationKind::Revokes, at.end..end)
        } else if found.name("revokes").is_some() {
            (RelationKind::Revokes, start..at.start)
        } else if ahead {
            (RelationKind::Revokes, at.end..end)
        } else {
            continue;
        };
        if ahead || listed {
            done = done.max(range.end.min(next_verb(verb, part, at.end)));
        }
        let at = zone.start + range.start..zone.start + range.end;
        clauses.push(Clause { kind, at, limited: !listed && is_match(&LIMITED, rest) });
    }
    clauses
}

fn next_verb(verb: &Regex, part: &str, from: usize) -> usize {
    verb.find_at(part, from).map_or(part.len(), |found| found.start())
}

/// The mentions in a clause that it acts upon, and whether only upon a part of each.
pub(super) fn acted_upon<'m>(
    clause: &Clause,
    passage: &str,
    mentions: &'m [Mention],
) -> Vec<(&'m Mention, bool)> {
    let mut acted_upon = Vec::new();
    let mut all_in_part = clause.limited;
    for (index, mention) in mentions.iter().enumerate() {
        let before = &passage[mention.before.clone()];
        let spoken_of = OWN_PART.as_ref().map_or(before.into(), |own| own.replace_all(before, " "));
        let item = spoken_of.rsplit([';', ':']).next().unwrap_or_default();
        if index == 0 && is_match(&PART, &spoken_of) {
            all_in_part = true;
        }
        let only_named = mention.role != Role::Plain || is_match(&MADE_UNDER, before);
        if only_named {
            continue;
        }
        if clause.kind == RelationKind::Amends {
            acted_upon.push((mention, false));
            break;
        }
        acted_upon.push((mention, all_in_part || is_match(&PART, item)));
    }
    acted_upon
}
