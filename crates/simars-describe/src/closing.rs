//! The end of a document: where and when it was enacted, and who signed.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::Date;

use crate::date::{self, DateFound};
use crate::head::is_match;
use crate::issuer::title_case;
use crate::lines::is_capitals;
use crate::number::Repair;
use crate::signatory::{Signed, is_office, signed};

/// A closing block. Ranges are bytes of the page with the given index, as it was given.
#[derive(Debug, Default)]
pub(crate) struct Closing {
    pub(crate) place: Option<(usize, Range<usize>, String)>,
    pub(crate) date: Option<(usize, DateFound)>,
    pub(crate) signed: Option<Signed>,
}

/// `Ditetapkan di Mataram`: at a line's beginning, where a page's number may have run into it, or
/// after a column's gap, with a capital.
static ENACTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)(?:^(?:[^\pL\pN\n]{1,4})?|^[-–][ ]?[0-9]{1,3}[ ]?[-–]?|[ \t]{2,}|\t|[.;:)][ ]|(?P<inside>[ ]))(?:[DJO0][ ]?(?i:i[ ]?(?:t[ ]?e[ ]?t[ ]?a[ ]?p|s[ ]?a[ ]?h|keluar)[ ]?k[ ]?a[ ]?n))[ \t]+(?i:d[ ]?i)\b[ \t]*:?(?:[ \t]*[^\pL\pN\s]{1,3}[ \t]+)?[ \t]*(?P<place>[^\n]*)",
    )
    .ok()
});

/// The words before a date: `pada tanggal`.
static TANGGAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:pada\s+)?t[ ]?a[ ]?n[ ]?g[ ]?g?[ ]?a[ ]?l\b[\s,:.]*").ok()
});

/// `Mataram, 20 Mei 2024`.
static DATE_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)(?:^|[ \t]{2,}|\t)(?P<place>\p{Lu}[\pL]+(?:[ ]\p{Lu}[\pL]+){0,2})[ ]?,[ ]?(?:tanggal[ ]|tgl\.?[ ])?(?P<date>[0-9ol|]{1,2}[ ]+\pL{3,11}[ ]+[12][0-9olOLIiS]{3})\b",
    )
    .ok()
});

/// `Tanggal : 2 Juli 2019`.
static DATE_LABEL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^tanggal\s*:\s*(?P<date>[0-9].*)$").ok());

/// The other labelled lines at the top of a note. Those of a meeting (`Hari`, `Waktu`, `Tempat`)
/// are not among them: its date is another one.
static TOP_LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:nomor|no|sifat|lampiran|lamp|perihal|hal|yth|kepada|dari)\b[.\s]*:").ok()
});

/// Bytes of a page in which its labelled lines stand.
const LABELS: usize = 2_500;
/// Bytes that are read after the place of enactment.
const WINDOW: usize = 900;
/// Bytes that are read on the next page, if the block is broken by a page's end.
const NEXT_PAGE: usize = 400;

/// The first closing block of a document that has a date. One without a date (left open for a
/// pen) counts if none follows; of those that follow, only what belongs to the same year: the
/// others belong to acts that are attached.
pub(crate) fn find_enactment(pages: &[&str], year: Option<u16>) -> Closing {
    let mut undated: Option<Closing> = None;
    for (index, page) in pages.iter().enumerate() {
        // Cheap and nearly always the answer: most pages hold no closing.
        if !may_close(page) {
            continue;
        }
        let Some(enacted) = ENACTED.as_ref() else { break };
        for found in enacted.captures_iter(page) {
            let Some(place_text) = found.name("place") else { continue };
            // Inside a sentence the word counts only with a date right after it.
            let inside = found.name("inside").is_some();
            if inside && !is_match(&TANGGAL, place_text.as_str()) {
                continue;
            }
            if is_catch_word(pages, index, place_text.as_str()) {
                continue;
            }
            let closing = block(pages, index, place_text.range());
            match closing {
                Some(closing) if closing.date.is_some() => {
                    let same = closing.date.as_ref().map(|(_, found)| found.date.year()) == year;
                    if undated.is_none() || same {
                        return doubted(closing, undated.is_some());
                    }
                }
                Some(closing) => undated = undated.or(Some(closing)),
                None => {}
            }
        }
    }
    undated.unwrap_or_default()
}

/// Whether a word for enacting may stand in a page, in any of its spellings.
fn may_close(page: &str) -> bool {
    ["etapkan", "ahkan", "KAN", "eluarkan", "k an", "k a n", "K A N"]
        .iter()
        .any(|part| page.contains(part))
}

/// Whether what follows *Ditetapkan di* are dots that announce the next page: `Ditetapkan di . . .`
/// is set under a page whose next one begins with these words.
fn is_catch_word(pages: &[&str], index: usize, place: &str) -> bool {
    let dots = place.contains(['.', '…'])
        && place.chars().all(|sign| sign.is_whitespace() || ".…".contains(sign));
    let Some(next) = pages.get(index + 1).filter(|_| dots) else { return false };
    is_match(&ENACTED, &next[..next.floor_char_boundary(NEXT_PAGE)])
}

/// Lowers what a date is worth that stands in a later block than the first.
fn doubted(mut closing: Closing, doubted: bool) -> Closing {
    if let Some((_, found)) = closing.date.as_mut().filter(|_| doubted) {
        found.repair = Repair::Ambiguous;
    }
    closing
}

/// The block whose line of enactment ends with a place. `None` if it is running text.
fn block(pages: &[&str], index: usize, place_at: Range<usize>) -> Option<Closing> {
    let page = pages[index];
    let line = &page[place_at.clone()];
    let (place, found_at) = match read_place(line)? {
        (place, _) if place.is_empty() => {
            place_below(page, place_at.end).unwrap_or((place, place_at))
        }
        (place, length) => (place, place_at.start..place_at.start + length),
    };
    let after = found_at.end;
    let rest = &page[after..];
    let rest = &rest[..rest.floor_char_boundary(WINDOW)];
    // What is promulgated, and every later block, has dates of its own.
    let stop = ["iundangkan", "IUNDANGKAN", "iumumkan", "LAMPIRAN", "PENJELASAN"]
        .iter()
        .filter_map(|word| rest.find(word))
        .min()
        .unwrap_or(rest.len());
    let rest = &rest[..rest.floor_char_boundary(stop)];
    let mut date = dated(rest).map(|found| (index, after, found));
    let announced = is_match(&TANGGAL, rest);
    if date.is_none()
        && !announced
        && after + WINDOW > page.len()
        && stop == rest.len()
        && let Some(next) = pages.get(index + 1)
    {
        let head = &next[..next.floor_char_boundary(NEXT_PAGE)];
        date = is_match(&TANGGAL, head)
            .then(|| dated(head))
            .flatten()
            .map(|found| (index + 1, 0, found));
    }
    if date.is_none() && !announced && place.is_empty() {
        return None;
    }
    let mut closing = Closing::default();
    if !place.is_empty() {
        closing.place = Some((index, found_at, place));
    }
    if let Some((page_index, offset, mut found)) = date {
        found.at = offset + found.at.start..offset + found.at.end;
        closing.signed = Some(signed(pages[page_index], found.at.end, page_index));
        closing.date = Some((page_index, found));
    }
    Some(closing)
}

/// The place in the next line that is not empty, where columns came apart.
fn place_below(page: &str, from: usize) -> Option<(String, Range<usize>)> {
    let rest = &page[from..page.ceil_char_boundary((from + 200).min(page.len()))];
    let line = rest.lines().find(|line| !line.trim().is_empty())?.trim();
    let (place, length) = read_place(line)?;
    let whole = length == line.trim_end_matches(['.', ',']).len();
    if !whole || place.is_empty() || is_office(&place) || is_match(&TANGGAL, line) {
        return None;
    }
    let start = from + rest.find(line)?;
    Some((place, start..start + length))
}

/// Lines after *tanggal* in which a date that stands alone is taken for it.
const DATE_LINES: usize = 6;

/// The date that *tanggal* introduces: in the same line, or alone in one of the next, where
/// columns came apart. Without the word, the date in the first line.
fn dated(text: &str) -> Option<DateFound> {
    let tanggal = TANGGAL.as_ref()?.find(text).map(|found| found.end());
    let mut start = tanggal.unwrap_or(0);
    let count = if tanggal.is_some() { DATE_LINES } else { 1 };
    for (index, line) in text[start..].split_inclusive('\n').take(count).enumerate() {
        if let Some(mut found) = date::first(line) {
            let alone = line.trim().len() <= found.at.len() + 2;
            if index == 0 || alone {
                found.at = start + found.at.start..start + found.at.end;
                return Some(found);
            }
        }
        start += line.len();
    }
    None
}

/// The place with which a line begins, in title case, and its length in bytes. Empty if the line
/// is. `None` if it is running text.
fn read_place(line: &str) -> Option<(String, usize)> {
    let cut = line
        .find(|sign: char| sign.is_ascii_digit() || ",.;:(".contains(sign))
        .unwrap_or(line.len());
    let cut = line.find("    ").unwrap_or(cut).min(cut);
    let lower = line[..cut].to_lowercase();
    let pada = lower.find(" pada ").or_else(|| lower.find(" tanggal"));
    // Lower case may have another length; then the words are not cut off here but refused below.
    let cut = pada.filter(|_| lower.len() == cut).unwrap_or(cut);
    let raw = line[..cut].trim_end();
    let words: Vec<&str> = raw.split_whitespace().collect();
    // `J a k a r t a`, `Jak ar t a`: the letters of one word, set apart or badly joined.
    let letters_apart = words.len() >= 3 && words.iter().all(|word| word.chars().count() <= 3);
    let place = if letters_apart { words.concat() } else { words.join(" ") };
    let capital = words.iter().all(|word| word.starts_with(char::is_uppercase)) || letters_apart;
    if !capital || place.split(' ').count() > 4 {
        return None;
    }
    let place = if is_capitals(&place) { title_case(&place) } else { place };
    let readable =
        place.is_empty() || place.chars().filter(|sign| sign.is_alphabetic()).count() >= 3;
    readable.then_some((place, raw.len()))
}

/// Whether a line begins like `Mataram, 20 Mei 2024`.
pub(crate) fn is_date_line(line: &str) -> bool {
    DATE_LINE.as_ref().and_then(|regex| regex.find(line)).is_some_and(|found| found.start() == 0)
}

/// Place, date and signatory of a letter: the first line such as `Mataram, 20 Mei 2024`, and the
/// name under it. With a day, the first such line of that day.
pub(crate) fn find_date_line(pages: &[&str], index: usize, day: Option<Date>) -> Closing {
    let page = pages[index];
    let lines = DATE_LINE.as_ref().into_iter().flat_map(|regex| regex.captures_iter(page));
    let found = lines.into_iter().find_map(|line| {
        let (place, written) = (line.name("place")?, line.name("date")?);
        let mut found = date::first(written.as_str())?;
        found.at = written.start() + found.at.start..written.start() + found.at.end;
        day.is_none_or(|day| day == found.date).then_some((place, found))
    });
    let Some((place, found)) = found else { return Closing::default() };
    Closing {
        place: Some((index, place.range(), place.as_str().to_owned())),
        signed: Some(signed(page, found.at.end, index)),
        date: Some((index, found)),
    }
}

/// The date of a note: a labelled line right above or below the other labelled lines at its top.
pub(crate) fn find_labelled_date(page: &str) -> Option<DateFound> {
    let head = &page[..page.floor_char_boundary(LABELS)];
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut start = 0;
    for line in head.split_inclusive('\n') {
        let text = line.trim();
        if !text.is_empty() {
            lines.push((start + (line.len() - line.trim_start().len()), text));
        }
        start += line.len();
    }
    let is_label = |at: usize| lines.get(at).is_some_and(|(_, text)| is_match(&TOP_LABEL, text));
    lines.iter().enumerate().find_map(|(at, (start, text))| {
        let written = DATE_LABEL.as_ref()?.captures(text)?.name("date")?;
        if !is_label(at + 1) && !at.checked_sub(1).is_some_and(is_label) {
            return None;
        }
        let mut found = date::first(written.as_str()).filter(|found| found.at.start == 0)?;
        let offset = start + written.start();
        found.at = offset + found.at.start..offset + found.at.end;
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn short(page: &str) -> (Option<String>, Option<String>, Option<String>) {
        let closing = find_enactment(&[page], None);
        (
            closing.place.map(|place| place.2),
            closing.date.map(|date| date.1.date.to_string()),
            closing.signed.and_then(|signed| signed.name).map(|name| name.text),
        )
    }

    fn some(
        place: &str,
        date: &str,
        name: &str,
    ) -> (Option<String>, Option<String>, Option<String>) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (some(place), some(date), some(name))
    }

    #[test]
    fn closing_blocks() {
        for (page, expected) in [
            (
                "isi\n   Ditetapkan di Kota Contoh\n   pada tanggal 20 November 2012\n   KETUA,\n   ttd\n   BUDI SAMPEL\n",
                some("Kota Contoh", "2012-11-20", "BUDI SAMPEL"),
            ),
            (
                "Disahkan di CONTOHAN,\npada tanggal, 28 Pebruari 1957.\n\nPRESIDEN CONTOH,\n\n\nDr. SAMPEL CONTOH, S.H.\n",
                some("Contohan", "1957-02-28", "Dr. SAMPEL CONTOH, S.H."),
            ),
            (
                "Ditetapkan di C o n t o h\nPada tanggal 6 Maret 2007\n",
                some("Contoh", "2007-03-06", ""),
            ),
            (
                "- 2Ditetapkan di Contoh\npada tanggal 6 Maret 2007\n",
                some("Contoh", "2007-03-06", ""),
            ),
            ("Ditetapkan di Contoh pada tanggal 6 Maret 2007\n", some("Contoh", "2007-03-06", "")),
            (
                "Dikeluarkan di : Contoh\nPada tanggal : 6 Maret 2007\n",
                some("Contoh", "2007-03-06", ""),
            ),
            (
                "Lembaran Contoh Ditetapkan di Contoh pada tanggal 4 Juli 2010 ttd BUDI SAMPEL Diundangkan di Contoh pada tanggal 5 Juli 2010",
                some("Contoh", "2010-07-04", ""),
            ),
            ("Disahkan di\npada tanggal 28 April 2009\n", some("", "2009-04-28", "")),
            (
                "| Ditetapkan di Contoh\npada tanggal 6 Maret 2007\n",
                some("Contoh", "2007-03-06", ""),
            ),
            (
                "Jitetapkan di $» CONTOH,\npada tanggal 3: 6 Maret 2007\n",
                some("Contoh", "2007-03-06", ""),
            ),
            (
                "Ditetapkan di\n\nContoh\n\npada tanggal\n6 Juni 2001\n",
                some("Contoh", "2001-06-06", ""),
            ),
            (
                "Ditetapkan di Contoh\npada tanggal 7 Juni 2001\nWAKIL KETUA SELAKU\nPENGGANTI\nBUDI SAMPEL\n",
                some("Contoh", "2001-06-07", ""),
            ),
            ("Diundangkan di Contoh\npada tanggal 28 April 2009\n", some("", "", "")),
            ("yang\nditetapkan di dalam pasal 4 tanggal 3 Mei 2000\n", some("", "", "")),
            (
                "Ditetapkan di Contoh\npada tanggal\nKETUA,\nDiundangkan di Contoh\npada tanggal 3 Mei 2000",
                some("Contoh", "", ""),
            ),
            (
                "Diundangkan di Contoh       Ditetapkan di Sampel\npada tanggal 9 Mei 2001\n",
                some("Sampel", "2001-05-09", ""),
            ),
        ] {
            assert_eq!(short(page), expected, "{page}");
        }
    }

    #[test]
    fn a_block_over_two_pages() {
        let pages =
            ["Disahkan di Contoh\n", "KETUA CONTOH\n- 15 -\npada tanggal 17 September 2002\n"];
        let (page, found) = find_enactment(&pages, None).date.unwrap();
        assert_eq!((page, found.date.to_string()), (1, "2002-09-17".to_owned()));
        assert_eq!(&pages[1][found.at], "17 September 2002");
    }

    #[test]
    fn an_attached_act_does_not_lend_its_date() {
        let pages = [
            "Ditetapkan di Contoh\npada tanggal\nKETUA\n",
            "Ditetapkan di Contoh\npada tanggal 1 Mei 2008\n",
        ];
        assert!(find_enactment(&pages, Some(2009)).date.is_none());
        let same_year = find_enactment(&pages, Some(2008)).date.unwrap().1;
        assert_eq!(same_year.repair, Repair::Ambiguous);
    }

    #[test]
    fn letters_have_a_date_line() {
        let page = "KOP SURAT\nNomor : 1        Contoh Raya, 20 Mei 2024\nIsi";
        let closing = find_date_line(&[page], 0, None);
        assert_eq!(closing.place.unwrap().2, "Contoh Raya");
        assert_eq!(&page[closing.date.unwrap().1.at], "20 Mei 2024");
    }

    #[test]
    fn the_date_line_of_a_day_and_the_name_under_it() {
        let page =
            "Sampel, 2 Mei 2024\nisi\nContoh, 9 Maret 2024\nKETUA KOMISI,\nttd\nBUDI SAMPEL\n";
        let closing = find_date_line(&[page], 0, Date::new(2024, 3, 9));
        assert_eq!(closing.place.unwrap().2, "Contoh");
        assert_eq!(closing.signed.unwrap().name.unwrap().text, "BUDI SAMPEL");
        assert!(find_date_line(&[page], 0, Date::new(2024, 3, 8)).date.is_none());
    }

    #[test]
    fn the_date_of_a_note_is_not_that_of_its_meeting() {
        let page = "NOTA DINAS\nDari\t:\tSampel\nTanggal\t:\t2 Juli 2019\n\nHari : Senin\nTanggal : 9 Juli 2019\n";
        let found = find_labelled_date(page).unwrap();
        assert_eq!(&page[found.at], "2 Juli 2019");
        assert!(find_labelled_date("Hari : Senin\nTanggal : 9 Juli 2019\nWaktu : 09.00").is_none());
    }

    #[test]
    fn a_catch_word_is_no_closing() {
        let pages = [
            "isi\nDitetapkan di . . .\n",
            "- 3 -\nDitetapkan di Contoh\npada tanggal 8 Juni 2021\nBUPATI,\nttd\nBUDI SAMPEL\n",
        ];
        let closing = find_enactment(&pages, Some(2021));
        assert_eq!(
            closing.place.map(|(page, _, name)| (page, name)),
            Some((1, "Contoh".to_owned()))
        );
        assert_eq!(closing.date.unwrap().0, 1);
    }

    proptest! {
        #[test]
        fn any_page_is_read(page: String, more in "(Ditetapkan di |Kota|\\n|tanggal |1 Mei 2020|KETUA,|ttd|\\PC| ){0,20}") {
            for page in [page, more] {
                let closing = find_enactment(&[&page, &page], Some(2020));
                if let Some((_, at, _)) = closing.place {
                    prop_assert!(page.get(at).is_some());
                }
                if let Some((_, found)) = closing.date {
                    prop_assert!(page.get(found.at).is_some());
                }
                let signed = closing.signed.unwrap_or_default();
                for part in [signed.office, signed.name].into_iter().flatten() {
                    prop_assert!(page.get(part.at).is_some());
                }
            }
        }
    }
}
