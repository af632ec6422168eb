//! The mark of a copy: *Salinan sesuai dengan aslinya*, and who certified it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::{Description, Field};

use crate::lines::{collapse, evidence, is_capitals};
use crate::signatory::{Part, Signed, certified};

/// The words, alone in their line or their column; letters may be misread.
static STAMP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?m)(?:^[ \t]*|[ \t]{3,}|\t)(?P<words>[DSTUP](?i:",
        r"(?:alinan|a[l1i|]inan|urunan|etikan|isalin|ntuk\s+salinan)(?:\s+(?:ini|telah|yang|sah))*",
        r"(?:\s+sesua[il1]\s+(?:dengan\s+)?(?:naskah\s+|yang\s+|surat\s+)?as[l1i|]i(?:nya)?)?))",
        r"[ \t]*[.,:]?[ \t]*(?:$|[ \t]{3,}|\t)"
    ))
    .ok()
});

/// How sure a mark is that certifies, and a single word at the top of a page.
const CERTIFIED: f32 = 0.95;
const WORD: f32 = 0.8;
/// Lines at the top of the first page in which the single word stands.
const TOP_LINES: usize = 4;

/// Fills in the mark of a copy, and who certified it, if the pages have one.
pub(crate) fn fill(description: &mut Description, pages: &[&str]) {
    let mut best: Option<Stamp> = None;
    for (index, page) in pages.iter().enumerate() {
        // Cheap and nearly always the answer.
        if !["inan", "INAN", "unan", "UNAN", "tikan", "TIKAN", "isalin"]
            .iter()
            .any(|part| page.contains(part))
        {
            continue;
        }
        for found in STAMP.iter().flat_map(|stamp| stamp.captures_iter(page)) {
            let Some(words) = found.name("words") else { continue };
            let stamp = Stamp::read(page, index, words.range());
            // Each annex may bear the mark; the first that names who certified it tells most.
            if stamp.as_ref().map(Stamp::told) > best.as_ref().map(Stamp::told) {
                best = stamp;
            }
        }
        if best.as_ref().is_some_and(|best| best.told() == 3) {
            break;
        }
    }
    if let Some(stamp) = best {
        stamp.into_fields(description, pages);
    }
}

/// A mark with the place where it stands.
struct Stamp {
    page: usize,
    at: Range<usize>,
    certifies: bool,
    signed: Signed,
}

impl Stamp {
    fn read(page: &str, index: usize, at: Range<usize>) -> Option<Self> {
        let words = page[at.clone()].to_lowercase();
        let certifies = words.contains(" sesua") || words.contains("untuk salinan");
        if !certifies {
            // `SALINAN` over the first page, or one that is issued as such: a word by itself.
            let before = page[..at.start].lines().filter(|line| !line.trim().is_empty()).count();
            let alone = is_capitals(&page[at.clone()]) && !words.contains(char::is_whitespace);
            if index > 0 || before > TOP_LINES || !alone {
                return None;
            }
            return Some(Self { page: index, at, certifies, signed: Signed::default() });
        }
        let signed = certified(page, at.end, index);
        Some(Self { page: index, at, certifies, signed })
    }

    /// How much it tells: 0 for the single word.
    fn told(&self) -> u8 {
        u8::from(self.certifies)
            + u8::from(self.signed.office.is_some())
            + u8::from(self.signed.name.is_some())
    }

    fn into_fields(self, description: &mut Description, pages: &[&str]) {
        let page = pages[self.page];
        let number = self.page as u32 + 1;
        let sure = if self.certifies { CERTIFIED } else { WORD };
        let words = sentence(&page[self.at.clone()], self.certifies);
        description.copy = Some(Field::recognised(words, sure, evidence(page, number, self.at)));
        let field = |part: Part| {
            Field::recognised(part.text, part.confidence, evidence(page, number, part.at))
        };
        description.copy_office = self.signed.office.map(field);
        description.copy_signatory = self.signed.name.map(field);
    }
}

/// The usual words as they are usually written; others with a capital only at their beginning.
fn sentence(words: &str, certifies: bool) -> String {
    let words = collapse(words).to_lowercase();
    if certifies && words.starts_with('s') {
        return "Salinan sesuai dengan aslinya".to_owned();
    }
    let mut signs = words.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pages: &[&str]) -> [String; 3] {
        let mut description = Description::default();
        fill(&mut description, pages);
        let Description { copy, copy_office, copy_signatory, .. } = description;
        [copy, copy_office, copy_signatory].map(|field| {
            let Some(field) = field else { return String::new() };
            let shown = field.evidence.unwrap();
            let page = pages[shown.page as usize - 1];
            assert_eq!(page[shown.start as usize..shown.end as usize], shown.text);
            field.value
        })
    }

    #[test]
    fn marks_of_copies() {
        let words = "Salinan sesuai dengan aslinya";
        for (pages, expected) in [
            (
                &[
                    "SALINAN\nKEPUTUSAN\n",
                    "x\n  Salinan sesuai dengan aslinya\nSEKRETARIAT KPU CONTOH\nKepala Bagian Hukum,\n\n ttd.\n\nSiti Sampel\n",
                ][..],
                [words, "Sekretariat KPU Contoh, Kepala Bagian Hukum", "Siti Sampel"],
            ),
            (&["SALINAN\nKEPUTUSAN\n"][..], ["Salinan", "", ""]),
            (&["x\nSaiinan sesuai dengan aslinya\nisi\n"][..], [words, "", ""]),
            (&["Salinan sesuai dengan aslinya disimpan oleh panitia.\n"][..], ["", "", ""]),
            (&["isi\nisi\nisi\nisi\nisi\nSALINAN\n"][..], ["", "", ""]),
        ] {
            assert_eq!(read(pages), expected, "{pages:?}");
        }
    }
}
