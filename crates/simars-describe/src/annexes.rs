//! The annexes that are bound with an act: their labels, where each begins, what each is about.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::{Annex, Field};

use crate::footer::Footers;
use crate::head::is_match;
use crate::kinds;
use crate::lines::{View, collapse, is_capitals};
use crate::title::NOISE;

/// The line that begins an annex: `LAMPIRAN II`, perhaps with the act or the title after it.
static LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:SALINAN\s+)?LAMPIRAN(?:\s+(?P<numeral>[IVXLC1l]{1,7}|[0-9]{1,2})(?:[ ]?[.\-]?[ ]?(?P<part>[A-Z]))?\b)?[ \t]*[.:]?[ \t]*(?P<rest>.*)$",
    )
    .ok()
});

/// The act that an annex belongs to, as its head names it.
static ACT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:salinan\s+)?(?:peraturan|keputusan|undang|instruksi|surat|ketetapan|penetapan|qanun|perjanjian|nomor\b|no\.|tentang\b|tanggal\b)")
        .ok()
});

/// Lines of that head, which say nothing of the annex itself.
static HEAD_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:nomor|no\.|tanggal|tgl\.?|tahun)\b").ok());

static TENTANG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^tentang\b[\s:]*").ok());

/// Where the text of an annex begins: no title stands after it.
static BODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:BAB\s+[IVX1]|Pasal\s|(?:[A-Z]|[IVX]{1,4}|[0-9]{1,2})[.)](?:\s|$)|NO\.?\s|No\.?\s)",
    )
    .ok()
});

/// Lines of a page before which the label stands at its head.
const TOP_LINES: usize = 6;
/// Lines that are read after a label, and those that a title has at most.
const LINES: usize = 40;
const TITLE_LINES: usize = 6;
/// Annexes that are kept.
const MOST: usize = 100;

/// The annexes of an act with this title, each where it first appears. A document that begins as an
/// annex is one itself, and has no such list.
pub(crate) fn find(pages: &[&str], act_title: Option<&str>) -> Vec<Field<Annex>> {
    let footers = Footers::of(pages);
    let act_title = act_title.map(plain).unwrap_or_default();
    let mut annexes: Vec<Field<Annex>> = Vec::new();
    let mut any_text = false;
    for (index, page) in pages.iter().enumerate() {
        let first = !any_text;
        any_text |= !page.trim().is_empty();
        if !page.contains("LAMPIRAN") && !page.contains("L A M P I R A N") {
            continue;
        }
        let view = View::without(page, page.len(), &footers);
        for found in on_page(&view, &act_title) {
            if first && found.line < TOP_LINES {
                return Vec::new();
            }
            let known = annexes.iter().any(|known| known.value.label == found.annex.label);
            if known || annexes.len() == MOST {
                continue;
            }
            let evidence = view.evidence(index as u32 + 1, found.at);
            annexes.push(Field::recognised(found.annex, found.confidence, evidence));
        }
    }
    annexes
}

struct Found {
    annex: Annex,
    at: Range<usize>,
    confidence: f32,
    /// The number of its line among those that are more than noise.
    line: usize,
}

fn on_page(view: &View<'_>, act_title: &str) -> Vec<Found> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in view.text.split_inclusive('\n') {
        let text = line.trim();
        if !is_match(&NOISE, text) {
            let from = start + (line.len() - line.trim_start().len());
            lines.push(from..from + text.len());
        }
        start += line.len();
    }
    let text = |at: usize| lines.get(at).map_or("", |line| &view.text[line.clone()]);
    let mut found = Vec::new();
    for at in 0..lines.len() {
        let Some(label) = LABEL.as_ref().and_then(|label| label.captures(text(at))) else {
            continue;
        };
        let rest = label.name("rest").map_or("", |rest| rest.as_str().trim());
        let named = is_match(&ACT, rest) || kinds::recognise(rest).is_some();
        let after_named = is_match(&ACT, text(at + 1));
        let numeral = label.name("numeral").map(|numeral| numeral.as_str());
        let alone = rest.is_empty() || is_capitals(rest) && !rest.contains(['.', '…']);
        // In the middle of a page only with the act's name; a list of contents has neither.
        let begins = named || after_named || at < TOP_LINES && numeral.is_some() && alone;
        if !begins || rest.contains("....") {
            continue;
        }
        let own: Vec<&str> = (at + 1..lines.len().min(at + LINES)).map(text).collect();
        let title = match named || rest.is_empty() {
            true => title(rest, &own, act_title),
            false => Some(collapse(rest)),
        };
        let label = name(numeral, label.name("part").map(|part| part.as_str()));
        let confidence = if named || after_named { 0.95 } else { 0.8 };
        found.push(Found {
            annex: Annex { label, title },
            at: lines[at].clone(),
            confidence,
            line: at,
        });
    }
    found
}

/// The label as people cite it. `l` and `1` beside other numerals are misread.
fn name(numeral: Option<&str>, part: Option<&str>) -> String {
    let Some(numeral) = numeral else { return "Lampiran".to_owned() };
    let figures = numeral.bytes().all(|sign| sign.is_ascii_digit());
    let numeral = if figures && numeral.bytes().any(|sign| sign != b'1') {
        numeral.to_owned()
    } else {
        numeral.replace(['1', 'l'], "I")
    };
    format!("Lampiran {numeral}{}", part.unwrap_or_default())
}

/// What an annex is about: the lines in capitals that follow the name and the title of the act.
fn title(rest: &str, lines: &[&str], act_title: &str) -> Option<String> {
    let mut lines = std::iter::once(rest).chain(lines.iter().copied()).peekable();
    let mut introduced = false;
    // The name of the act, up to its title or its date.
    while let Some(line) = lines.peek() {
        let tentang = TENTANG.as_ref().and_then(|tentang| tentang.find(line));
        if let Some(tentang) = tentang {
            introduced = true;
            let begun = line[tentang.end()..].to_owned();
            lines.next();
            skip_title(&begun, &mut lines, act_title)?;
            break;
        }
        let head = line.is_empty() || is_match(&ACT, line) || is_match(&HEAD_LINE, line);
        if head || is_capitals(line) && lines.clone().take(6).any(|line| is_match(&HEAD_LINE, line))
        {
            lines.next();
        } else {
            break;
        }
    }
    while lines.peek().is_some_and(|line| is_match(&HEAD_LINE, line)) {
        lines.next();
    }
    let mut words: Vec<&str> = Vec::new();
    for line in lines.take(TITLE_LINES) {
        if is_match(&BODY, line) || !is_capitals(line) || line.contains('\t') {
            break;
        }
        words.push(line);
    }
    let title = collapse(&words.join(" "));
    let letters = title.chars().filter(|sign| sign.is_alphabetic()).count();
    (letters >= 5 && (introduced || !words.is_empty())).then_some(title)
}

/// Goes on to the end of the act's title. `None` if what stands there is not that title: then
/// nobody can tell where the annex's own begins.
fn skip_title<'a>(
    begun: &str,
    lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str> + Clone>,
    act_title: &str,
) -> Option<()> {
    let mut read = plain(begun);
    while let Some(line) = lines.peek() {
        let longer = format!("{read}{}", plain(line));
        if !act_title.starts_with(&longer) {
            break;
        }
        read = longer;
        lines.next();
    }
    (!act_title.is_empty() && read.len() * 10 >= act_title.len() * 9).then_some(())
}

/// Letters and digits alone, small.
fn plain(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(pages: &[&str]) -> Vec<String> {
        let found = find(pages, Some("Tata Cara Contoh Yang Panjang"));
        let shown = found.iter().map(|field| {
            let shown = field.evidence.as_ref().unwrap();
            let page = pages[shown.page as usize - 1];
            assert_eq!(page[shown.start as usize..shown.end as usize], shown.text);
            let title = field.value.title.as_deref().unwrap_or("-");
            format!("{} {}: {title}", shown.page, field.value.label)
        });
        shown.collect()
    }

    #[test]
    fn annexes_of_an_act() {
        let head =
            "PERATURAN BADAN CONTOH\nNOMOR 5 TAHUN 2020\nTENTANG\nTATA CARA CONTOH\nYANG PANJANG\n";
        let first = format!("LAMPIRAN I\n{head}\n- 12 -\nFORMULIR PENDAFTARAN\nPESERTA\nA. Nama\n");
        let again = format!("LAMPIRAN I\n{head}FORMULIR LAIN\n");
        let second = format!("12\nSALINAN LAMPIRAN II\n{head}BAB I\nPENDAHULUAN\n");
        let third =
            "LAMPIRAN III KEPUTUSAN BADAN\nNOMOR : 5\nTANGGAL : 2 Mei 2020\n\nDAFTAR NAMA\n1. Satu";
        let pages = ["Isi.", &first, &again, &second, third];
        assert_eq!(
            list(&pages),
            [
                "2 Lampiran I: FORMULIR PENDAFTARAN PESERTA",
                "4 Lampiran II: -",
                "5 Lampiran III: DAFTAR NAMA"
            ]
        );
        let middle = "ttd\nBUDI SAMPEL\nLAMPIRAN\nPERATURAN BADAN CONTOH\nNOMOR 5 TAHUN 2020\nTENTANG\nHAL LAIN\nDAFTAR\n";
        assert_eq!(list(&["x", middle]), ["2 Lampiran: -"]);
    }

    #[test]
    fn what_is_no_annex() {
        assert!(list(&["LAMPIRAN I\nPERATURAN BADAN CONTOH\n", "isi"]).is_empty(), "it is one");
        for page in [
            "isi\nDAFTAR ISI\nLAMPIRAN I ........ 12\nLAMPIRAN II ....... 13\n",
            "Nomor : 1\nLampiran : 1 berkas\n",
            "sebagaimana tercantum dalam\nLAMPIRAN yang merupakan bagian\n",
        ] {
            assert!(list(&["x", page]).is_empty(), "{page}");
        }
    }

    proptest! {
        #[test]
        fn any_page_is_read(page in "(LAMPIRAN|[ ]|I|\\n|TENTANG|NOMOR 5|KEPUTUSAN|\\PC){0,16}") {
            for field in find(&["x", &page], Some("Hal")) {
                let shown = field.evidence.unwrap();
                prop_assert!(page.get(shown.start as usize..shown.end as usize).is_some());
            }
        }
    }
}
