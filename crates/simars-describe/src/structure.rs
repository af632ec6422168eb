//! The headings that structure an act: chapters, articles and their paragraphs, the points of a
//! dictum. A page may begin inside an article: where it stands is carried from page to page.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// The words that number the points of a dictum (*KESATU*, *KEDUA* …), as a pattern.
pub(crate) const DICTUM_WORD: &str = "PERTAMA|KE(?:SATU|DUA|TIGA|EMPAT|LIMA|ENAM|TUJUH|DELAPAN|SEMBILAN|SEPULUH|SEBELAS)(?:[ ]?(?:BELAS|PULUH(?:[ ]?(?:SATU|DUA|TIGA|EMPAT|LIMA|ENAM|TUJUH|DELAPAN|SEMBILAN))?))?";

/// A place in an act that can be pointed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// A name for links, for example `pasal-12-ayat-3`.
    pub id: String,
    /// As people cite it, for example `Pasal 12 ayat (3)`.
    pub label: String,
    /// How deep it stands: 0 for a chapter or an annex, 1 for an article or a point of a dictum,
    /// 2 for a paragraph.
    pub level: u8,
    /// Byte offset in the page's text where its heading begins.
    pub start: usize,
}

/// Where a text stands in an act's structure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// In the elucidation, which repeats the numbers of the articles.
    elucidation: bool,
    /// The outermost part: `BAB II`, `Lampiran I`.
    part: String,
    /// The article or the point: `Pasal 12`, `Diktum KESATU`.
    article: String,
    /// The paragraph of the article, without brackets.
    paragraph: String,
}

static HEADING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?m)^[ \t]*(?:(?P<chapter>BAB[ \t]+[IVXLC]{{1,8}}[A-Z]?)\b|Pasal[ \t]+(?P<article>[0-9]{{1,4}}[ \t]?[A-Z]{{0,2}}|[IVX]{{1,5}})[ \t]*$|\((?P<paragraph>[0-9]{{1,3}}[a-z]?)\)[ \t]|(?P<dictum>{DICTUM_WORD})[ \t]*(?::|$|[ \t]{{2}})|(?P<elucidation>PENJELASAN)[ \t]*(?:$|ATAS\b)|(?P<annex>LAMPIRAN(?:[ \t]+[IVX]{{1,5}})?)\b)"
    ))
    .ok()
});

impl Position {
    /// The headings of a page in order; this position is moved to the page's end.
    pub fn read(&mut self, page: &str) -> Vec<Anchor> {
        let mut anchors = Vec::new();
        for found in HEADING.iter().flat_map(|heading| heading.captures_iter(page)) {
            let Some(level) = self.enter(&found) else { continue };
            let whole = found.get(0).map_or(0..0, |whole| whole.range());
            let start = whole.start + (page[whole.clone()].len() - page[whole].trim_start().len());
            let label = self.label();
            anchors.push(Anchor { id: id(&label), label, level, start });
        }
        anchors
    }

    /// What stands at a byte of a page that begins here, as people cite it; empty if that is in no
    /// part of an act.
    pub fn at(&self, page: &str, offset: usize) -> Option<Anchor> {
        let mut position = self.clone();
        let anchors = position.read(page);
        let last = anchors.into_iter().take_while(|anchor| anchor.start <= offset).last();
        last.or_else(|| {
            let label = self.label();
            (!label.is_empty()).then(|| Anchor { id: id(&label), label, level: 1, start: 0 })
        })
    }

    /// A short text from which [`Position::from_text`] makes the same position.
    pub fn to_text(&self) -> String {
        let mark = if self.elucidation { "P" } else { "" };
        let parts = [mark, self.part.as_str(), &self.article, &self.paragraph];
        parts.join("\t").trim_end_matches('\t').to_owned()
    }

    /// Reads what [`Position::to_text`] wrote.
    pub fn from_text(text: &str) -> Self {
        let mut parts = text.split('\t');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        Self { elucidation: !part().is_empty(), part: part(), article: part(), paragraph: part() }
    }

    /// Moves on to a heading, and says how deep it stands; `None` if it is none here.
    fn enter(&mut self, found: &Captures<'_>) -> Option<u8> {
        let text = |name| found.name(name).map(|found| one_blank(found.as_str()));
        if let Some(paragraph) = text("paragraph") {
            if !self.article.starts_with("Pasal") {
                return None;
            }
            self.paragraph = paragraph;
            return Some(2);
        }
        self.paragraph.clear();
        if let Some(number) = text("article") {
            self.article = format!("Pasal {}", number.replace(' ', ""));
            return Some(1);
        }
        if let Some(word) = text("dictum") {
            self.article = format!("Diktum {word}");
            return Some(1);
        }
        self.article.clear();
        self.part = String::new();
        if let Some(chapter) = text("chapter") {
            self.part = chapter;
        } else if let Some(annex) = text("annex") {
            self.elucidation = false;
            self.part = annex.replace("LAMPIRAN", "Lampiran");
        } else {
            self.elucidation = true;
        }
        Some(0)
    }

    fn label(&self) -> String {
        let place = match (self.article.is_empty(), self.paragraph.is_empty()) {
            (true, _) => self.part.clone(),
            (false, true) => self.article.clone(),
            (false, false) => format!("{} ayat ({})", self.article, self.paragraph),
        };
        match (self.elucidation, place.is_empty()) {
            (false, _) => place,
            (true, true) => "Penjelasan".to_owned(),
            (true, false) => format!("Penjelasan {place}"),
        }
    }
}

fn one_blank(text: &str) -> String {
    crate::lines::collapse(text)
}

/// A name for links: small letters and digits, joined by hyphens.
fn id(label: &str) -> String {
    let words = label.split(|sign: char| !sign.is_ascii_alphanumeric());
    let words: Vec<String> =
        words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(position: &mut Position, page: &str) -> Vec<String> {
        position.read(page).into_iter().map(|anchor| anchor.label).collect()
    }

    #[test]
    fn articles_and_paragraphs_over_pages() {
        let mut position = Position::default();
        let first = "BAB II\nARSIP\n  Pasal 11\nIsi Pasal 3 saja.\nPasal 12\n(1) Satu.\n(2) Dua\n";
        assert_eq!(
            labels(&mut position, first),
            ["BAB II", "Pasal 11", "Pasal 12", "Pasal 12 ayat (1)", "Pasal 12 ayat (2)"]
        );
        let second =
            "dan seterusnya.\n(3) Tiga.\nPasal 8A\nIsi.\nPENJELASAN\nATAS\nPasal 1\nJelas.\n";
        let place = |needle| position.at(second, second.find(needle).unwrap());
        assert_eq!(place("seterusnya").unwrap().label, "Pasal 12 ayat (2)");
        let third = place("Tiga").unwrap();
        assert_eq!(
            (third.id.as_str(), third.label.as_str()),
            ("pasal-12-ayat-3", "Pasal 12 ayat (3)")
        );
        assert_eq!(&second[third.start..third.start + 3], "(3)");
        assert_eq!(place("Isi").unwrap().label, "Pasal 8A");
        assert_eq!(place("Jelas").unwrap().label, "Penjelasan Pasal 1");
    }

    #[test]
    fn a_dictum_and_its_annex() {
        let mut position = Position::default();
        let page = "MEMUTUSKAN:\nKESATU : Hal.\n(1) bukan ayat\nKEDUA BELAH PIHAK sepakat\n\
                    KEDUA BELAS  : Hal.\nLAMPIRAN I KEPUTUSAN\nPasal 5 ayat (1) disebut.\n";
        let expected = ["Diktum KESATU", "Diktum KEDUA BELAS", "Lampiran I"];
        assert_eq!(labels(&mut position, page), expected);
    }

    #[test]
    fn no_act_has_no_places() {
        let position = Position::default();
        assert_eq!(position.at("Laporan kegiatan.\n(1) Satu", 20), None);
    }

    proptest! {
        #[test]
        fn a_position_is_kept_as_text(pages in proptest::collection::vec("(BAB II|Pasal 5|\\(2\\) a|KESATU :|PENJELASAN|LAMPIRAN|\n|\\PC){0,12}", 0..4)) {
            let mut position = Position::default();
            for page in &pages {
                for anchor in position.clone().read(page) {
                    prop_assert!(page.get(anchor.start..).is_some());
                    prop_assert!(!anchor.label.is_empty() && !anchor.id.is_empty());
                }
                position.read(page);
                prop_assert_eq!(&Position::from_text(&position.to_text()), &position);
            }
        }
    }
}
