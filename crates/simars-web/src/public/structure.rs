//! What a file says about itself, in words. Nothing of it is believed; it is shown.

use simars_describe::structure::Anchor;
use simars_record::Structure;

use crate::language::Language;
use crate::{format, texts};

/// So many lines of a table of contents are shown; the JSON has all of them.
const OUTLINE: usize = 150;
/// So many headings of an act are shown; of an act with more, only its chapters.
const HEADINGS: usize = 150;
/// So many files inside the file are shown.
const ATTACHMENTS: usize = 50;

/// What the document's page says about the file's structure.
pub(super) struct StructureView {
    pub(super) facts: Vec<Fact>,
    pub(super) attachments: Vec<String>,
    pub(super) more_attachments: String,
    pub(super) outline: Vec<OutlineLine>,
    pub(super) more_outline: String,
}

/// One fact: the key of its name, what the file says, and a word of caution.
pub(super) struct Fact {
    pub(super) key: &'static str,
    pub(super) value: String,
    pub(super) caution: &'static str,
}

/// A line of the table of contents.
pub(super) struct OutlineLine {
    pub(super) title: String,
    /// 0 to 5; deeper levels look like 5.
    pub(super) level: u8,
    /// The page it leads to; empty if that is not known.
    pub(super) href: String,
    pub(super) page: String,
}

/// The headings that were recognised in an act's text, as lines of a table of contents.
pub(super) fn headings(document: &str, headings: &[(u32, Anchor)]) -> Vec<OutlineLine> {
    let line = |(page, anchor): &(u32, Anchor)| OutlineLine {
        title: anchor.label.clone(),
        level: anchor.level,
        href: format!("{document}/halaman/{page}#{}", anchor.id),
        page: page.to_string(),
    };
    shown(headings).map(line).collect()
}

/// Those of the headings that are shown: all, or of many the chapters only.
pub(super) fn shown(headings: &[(u32, Anchor)]) -> impl Iterator<Item = &(u32, Anchor)> {
    let deepest = if headings.len() > HEADINGS { 0 } else { u8::MAX };
    headings.iter().filter(move |(_, anchor)| anchor.level <= deepest).take(HEADINGS)
}

/// What is said about a structure; `None` if there is nothing to say.
pub(super) fn view(
    language: Language,
    structure: &Structure,
    document: &str,
    pages: u32,
) -> Option<StructureView> {
    let facts = facts(language, structure);
    let more = |all: usize, shown: usize| match all.saturating_sub(shown) {
        0 => String::new(),
        n => {
            let n = format::number(language, n as u64);
            texts::fill(language, "document.and_more", &[("n", &n)])
        }
    };
    let outline = structure.outline.iter().take(OUTLINE).map(|entry| {
        let page = entry.page.filter(|page| (1..=pages).contains(page));
        OutlineLine {
            title: entry.title.clone(),
            level: entry.level.min(5),
            href: page.map(|page| format!("{document}/halaman/{page}")).unwrap_or_default(),
            page: page.map(|page| page.to_string()).unwrap_or_default(),
        }
    });
    let attachments = structure.attachments.iter().take(ATTACHMENTS).map(|attachment| {
        let size =
            attachment.size_bytes.map(|bytes| format!(" ({})", format::size(language, bytes)));
        format!("{}{}", attachment.name, size.unwrap_or_default())
    });
    let view = StructureView {
        attachments: attachments.collect(),
        more_attachments: more(structure.attachments.len(), ATTACHMENTS),
        outline: outline.collect(),
        more_outline: more(structure.outline.len(), OUTLINE),
        facts,
    };
    let silent = view.facts.is_empty() && view.attachments.is_empty() && view.outline.is_empty();
    (!silent).then_some(view)
}

fn facts(language: Language, structure: &Structure) -> Vec<Fact> {
    let text = |key, value: &Option<String>, caution: &'static str| {
        let value = value.clone().filter(|value| !value.trim().is_empty())?;
        Some(Fact { key, value, caution })
    };
    let count = |key, count: u32, from: u32, caution: &'static str| {
        let value = format::number(language, u64::from(count));
        (count >= from).then_some(Fact { key, value, caution })
    };
    let facts = [
        text("structure.format", &structure.format_version, ""),
        text("structure.pdf_a", &structure.pdf_a_claim, "structure.not_checked"),
        text("structure.encryption", &structure.encryption, ""),
        // What was checked has a section of its own.
        structure.checked.is_none().then_some(structure.signatures).and_then(|signatures| {
            count("structure.signatures", signatures, 1, "structure.not_judged")
        }),
        count("structure.revisions", structure.revisions, 2, "structure.revisions_mean"),
        text("structure.creator", &structure.creator, ""),
        text("structure.producer", &structure.producer, ""),
        text("structure.created", &structure.created, ""),
        text("structure.modified", &structure.modified, ""),
        structure.xmp.then(|| Fact {
            key: "structure.xmp",
            value: texts::text(language, "structure.present").to_owned(),
            caution: "",
        }),
    ];
    facts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_act_shows_its_chapters_only() {
        let heading = |level| Anchor { id: "x".to_owned(), label: "X".to_owned(), level, start: 0 };
        let short = [(1, heading(0)), (2, heading(1))];
        assert_eq!(headings("/dokumen/a", &short).len(), 2);
        assert_eq!(headings("/dokumen/a", &short)[1].href, "/dokumen/a/halaman/2#x");
        let long: Vec<_> = (0..400).map(|n| (n, heading(u8::from(n % 20 > 0)))).collect();
        assert_eq!(headings("/dokumen/a", &long).len(), 20);
    }
}
