//! The parts of an act in which other acts are named: *Menimbang*, *Mengingat*, the articles or
//! the dictum.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// The parts, as bytes of the running text. A part that is not there is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zones {
    /// *Menimbang*: why it was made.
    pub(crate) considering: Range<usize>,
    /// *Mengingat* and *Memperhatikan*: what it rests on.
    pub(crate) citing: Range<usize>,
    /// What it settles, up to the elucidation or the first annex.
    pub(crate) body: Range<usize>,
}

/// The words that begin a part, at a line's beginning; letters may be set apart or misread.
static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?im)^[^\pL\pN\n]{0,3}(?:(?P<considering>men[il1]mbang)|(?P<citing>meng[il1]ngat|memperhat[il1]kan|membaca|mendengar)|(?P<deciding>memut[uti1l]{1,4}sk?[a-z(]{0,4}n?\b|(?-i:MENETAPKAN|Menetapkan)[ \t]*:|(?-i:Pasal[ ]+[1Il]$|BAB[ ]+I$|KESATU\b|PERTAMA\b)))",
    )
    .ok()
});

/// What comes after the articles.
static AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^[^\pL\pN\n]{0,3}(?:PENJELASAN\b|P E N J E L A S A N|LAMPIRAN\b(?:[^\n]{0,40}$))",
    )
    .ok()
});

/// How far into a text its recitals may begin, in bytes, and how long they may be.
const RECITALS: usize = 60_000;

impl Zones {
    /// The parts of an act's running text.
    pub(crate) fn of(text: &str) -> Self {
        let (mut considering, mut citing, mut deciding) = (None, None, None);
        let head = &text[..text.floor_char_boundary(RECITALS)];
        let parts = PARTS.as_ref();
        for found in parts.into_iter().flat_map(|parts| parts.captures_iter(head)) {
            let at = found.get(0).map_or(0..0, |whole| whole.range());
            if found.name("considering").is_some() && citing.is_none() {
                considering.get_or_insert(at.end);
            } else if found.name("citing").is_some() {
                citing.get_or_insert(at.end);
            } else if found.name("deciding").is_some()
                && (citing.is_some() || considering.is_some())
            {
                deciding = Some(at.start);
                break;
            }
        }
        let start = deciding.unwrap_or(text.len());
        let end = body_end(text, start);
        let to_decision = |from: Option<usize>, to: usize| match (from, deciding) {
            (Some(from), Some(_)) => from..to.max(from),
            _ => 0..0,
        };
        Self {
            considering: to_decision(considering, citing.unwrap_or(start)),
            citing: to_decision(citing, start),
            body: start..end,
        }
    }
}

/// Where the elucidation or the first annex begins.
fn body_end(text: &str, start: usize) -> usize {
    let after = AFTER.as_ref().and_then(|after| after.find_at(text, start));
    after.map_or(text.len(), |after| after.start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_an_act() {
        let text = "KEPUTUSAN BADAN CONTOH\nMenimbang : a. bahwa perlu;\nMengingat : 1. Hal;\n\
                    Memperhatikan : Hal;\nMEMUTUSKAN:\nMenetapkan : X\nKESATU : Y.\n\
                    LAMPIRAN I\nZ dicabut";
        let zones = Zones::of(text);
        assert_eq!(text[zones.considering].trim(), ": a. bahwa perlu;\nMengingat");
        assert_eq!(text[zones.citing].trim(), ": 1. Hal;\nMemperhatikan : Hal;");
        assert_eq!(text[zones.body].trim(), "MEMUTUSKAN:\nMenetapkan : X\nKESATU : Y.");
    }

    #[test]
    fn what_is_no_act_has_no_parts() {
        let zones = Zones::of("Laporan kegiatan\nHal contoh.");
        assert!(zones.citing.is_empty() && zones.considering.is_empty() && zones.body.is_empty());
    }
}
