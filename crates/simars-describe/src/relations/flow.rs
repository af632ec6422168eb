//! The pages of a document as one running text, with the way back to each page.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::Evidence;

use crate::footer::Footers;
use crate::furniture;
use crate::head::is_match;
use crate::lines::View;
use crate::title::NOISE;

/// Bytes of text that are read. What bears on other acts stands before the elucidation, which no
/// act reaches only after this much.
const MOST_BYTES: usize = 2_000_000;

/// The regular text of the pages, one after the other, without what only a page has: its number,
/// its foot, the word that announces the next one.
#[derive(Debug)]
pub(crate) struct Flow<'a> {
    pub(crate) text: String,
    pages: Vec<(u32, View<'a>)>,
    lines: Vec<Line>,
}

/// Where a line of the text comes from.
#[derive(Debug)]
struct Line {
    /// Where it begins in the text.
    at: usize,
    /// Its page, as a place in `pages`.
    page: usize,
    /// Where it begins in that page's view.
    view_at: usize,
}

/// What stands at the head of a page and at its foot, and belongs to no sentence.
static BETWEEN_PAGES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:SALINAN|PRESIDEN|REPUBLIK\s+INDONESIA|PRESIDEN\s+REPUBLIK\s+INDONESIA)|.{0,40}(?:\.\s?\.\s?\.|…)[\s.]*|Halaman\s+\d.{0,20})$").ok()
});

impl<'a> Flow<'a> {
    /// The running text of a document's pages.
    pub(crate) fn of(pages: &[&'a str]) -> Self {
        let footers = Footers::of(pages);
        let mut furniture = furniture::lines(pages).into_iter();
        let mut flow = Self { text: String::new(), pages: Vec::new(), lines: Vec::new() };
        for (index, page) in pages.iter().enumerate() {
            let left = MOST_BYTES.saturating_sub(flow.text.len());
            if left == 0 {
                break;
            }
            let furniture = furniture.next().unwrap_or_default();
            flow.push_page(index as u32 + 1, View::without(page, left, &footers), &furniture);
        }
        flow
    }

    fn push_page(&mut self, number: u32, view: View<'a>, furniture: &[Range<usize>]) {
        let mut view_at = 0;
        for line in view.text.split_inclusive('\n') {
            let text = line.trim();
            let begins = view.raw(view_at..view_at + line.len()).start;
            let only_page = furniture.iter().any(|range| range.start == begins)
                || is_match(&NOISE, text)
                || is_match(&BETWEEN_PAGES, text);
            if !only_page {
                self.lines.push(Line { at: self.text.len(), page: self.pages.len(), view_at });
                self.text.push_str(line);
            }
            view_at += line.len();
        }
        self.pages.push((number, view));
    }

    /// The passage of a page that a part of the text came from; of a part that runs on to the next
    /// page, what stands on the first.
    pub(crate) fn evidence(&self, range: Range<usize>) -> Option<Evidence> {
        let first = self.line_at(range.start)?;
        let page = self.lines[first].page;
        let mut last = self.line_at(range.end.saturating_sub(1).max(range.start))?;
        let mut end = range.end;
        while self.lines[last].page != page {
            end = self.lines[last].at;
            last -= 1;
        }
        let place = |line: &Line, at: usize| line.view_at + (at - line.at);
        let (number, view) = &self.pages[page];
        let range = place(&self.lines[first], range.start)..place(&self.lines[last], end);
        (!range.is_empty()).then(|| view.evidence(*number, range))
    }

    /// Where a passage that was recognised on a page stands in the text.
    pub(crate) fn find(&self, evidence: &Evidence) -> Option<Range<usize>> {
        let page = self.pages.iter().position(|(number, _)| *number == evidence.page)?;
        let view = &self.pages[page].1;
        let from = view.at(evidence.start as usize);
        let to = view.at(evidence.end as usize);
        let place = |at: usize| {
            let of_page = |line: &Line| (line.page, line.view_at) <= (page, at);
            let line = self.lines.partition_point(of_page).checked_sub(1)?;
            let line = &self.lines[line];
            (line.page == page).then(|| line.at + (at - line.view_at))
        };
        let (start, end) = (place(from)?, place(to)?);
        let end = end.min(self.text.len());
        (start < end && self.text.get(start..end).is_some()).then_some(start..end)
    }

    fn line_at(&self, at: usize) -> Option<usize> {
        self.lines.partition_point(|line| line.at <= at).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pages_run_on() {
        let pages = ["Peraturan Contoh\nNomor  5\nTahun . . .", "- 2 -\nPRESIDEN\nTahun 2020\n"];
        let flow = Flow::of(&pages);
        assert_eq!(flow.text, "Peraturan Contoh\nNomor 5\nTahun 2020\n");
        let at = flow.text.find("Nomor").unwrap();
        let broken = flow.evidence(at..flow.text.len()).unwrap();
        assert_eq!((broken.page, broken.text.as_str()), (1, "Nomor  5"));
        assert_eq!(flow.find(&broken), Some(at..at + "Nomor 5".len()));
        let at = flow.text.find("2020").unwrap();
        assert_eq!(flow.evidence(at..at + 4).unwrap().page, 2);
    }

    #[test]
    fn a_letterhead_breaks_no_sentence() {
        let pages = [
            "KEPALA BADAN CONTOH\nmencabut Peraturan Contoh\n",
            "KEPALA BADAN CONTOH\n- 2 -\nNomor 5 Tahun 2020\n",
        ];
        let text = Flow::of(&pages).text;
        assert_eq!(text, "KEPALA BADAN CONTOH\nmencabut Peraturan Contoh\nNomor 5 Tahun 2020\n");
    }

    proptest! {
        #[test]
        fn every_part_leads_back(pages in proptest::collection::vec("[a-c. \n\u{e9}1-3-]{0,24}", 0..4), a in 0usize..60, b in 0usize..60) {
            let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
            let flow = Flow::of(&pages);
            let (start, end) = (a.min(b).min(flow.text.len()), a.max(b).min(flow.text.len()));
            if flow.text.get(start..end).is_some()
                && let Some(shown) = flow.evidence(start..end)
            {
                let page = pages[shown.page as usize - 1];
                prop_assert_eq!(&page[shown.start as usize..shown.end as usize], &shown.text);
                let _ = flow.find(&shown);
            }
        }
    }
}
