//! One page as it was read: its text, where that comes from, and where its words stand.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::sync::Arc;

use simars_describe::kinds;
use simars_describe::structure::{Anchor, Position};
use simars_ingest::Holdings;
use simars_record::layout::{read_layout_page, read_structure};
use simars_record::page::PAGE_BREAK;
use simars_record::{
    Digest, Document, Layout, ObjectRef, PageLayout, Structure, TextSource, Version,
};

use crate::State;
use crate::document;
use crate::problem::Code;
use crate::work::{blocking, failed};

/// Headings are looked for on so many pages of an act.
const HEADING_PAGES: u32 = 1_000;

/// A page of a version.
#[derive(Debug, Clone)]
pub(crate) struct PageRead {
    /// Its text.
    pub(crate) text: String,
    /// Where the text comes from.
    pub(crate) source: TextSource,
    /// Where its words and tables stand, if that is known.
    pub(crate) layout: Option<Layout>,
}

impl PageRead {
    /// A page of which only the text is kept.
    pub(crate) fn plain(text: String) -> Self {
        let blank = text.trim().is_empty();
        let source = if blank { TextSource::None } else { TextSource::Layer };
        Self { text, source, layout: None }
    }

    /// SHA-256 of the page's text, as it stands in the text object.
    pub(crate) fn sha256(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }
}

/// Reads one page, counted from 1; `None` if the version has no such page. Of the text and of the
/// layout, no more than that page is held in memory.
pub(crate) async fn page(
    state: &Arc<State>,
    version: &Version,
    n: u32,
) -> Result<Option<PageRead>, Code> {
    let Some(text) = document::page(state, version, n).await? else { return Ok(None) };
    let mut read = PageRead::plain(text);
    let Some(object) = version.layout else { return Ok(Some(read)) };
    let holdings = Arc::clone(&state.holdings);
    let line = blocking(move || {
        let file = open(&holdings, &object)?;
        page_line(BufReader::new(file), n).map_err(failed("read a page of a document's layout"))
    });
    if let Some(PageLayout { source, layout }) = line.await?? {
        read.source = source;
        // One box for each word, or none at all: a wrong one would point at another word.
        read.layout = layout.filter(|layout| fits(layout, &read.text));
    }
    Ok(Some(read))
}

fn fits(layout: &Layout, text: &str) -> bool {
    text.split_whitespace().count() == layout.words.len()
}

/// What the file says about itself; `None` if that was not read.
pub(crate) async fn structure(
    state: &Arc<State>,
    version: &Version,
) -> Result<Option<Structure>, Code> {
    let Some(object) = version.layout else { return Ok(None) };
    let holdings = Arc::clone(&state.holdings);
    let head = move || {
        let mut head = String::new();
        let read = BufReader::new(open(&holdings, &object)?).read_line(&mut head);
        read.map_err(failed("read the head of a document's layout"))?;
        Ok(read_structure(&head))
    };
    blocking(head).await?
}

/// Where in its articles page `n` of an act begins, and the headings of the act, each with its page;
/// neither for what is no act. The text is read once.
pub(crate) async fn opening_and_headings(
    state: &Arc<State>,
    document: &Document,
    n: u32,
) -> Result<(Option<Position>, Vec<(u32, Anchor)>), Code> {
    if !is_act(document) {
        return Ok((None, Vec::new()));
    }
    let current = document.current();
    let (holdings, object) = (Arc::clone(&state.holdings), current.text);
    let pages = current.pages.min(HEADING_PAGES).max(n);
    let read = move || {
        let (mut position, mut opening) = (Position::default(), None);
        let mut headings = Vec::new();
        let text = BufReader::new(open(&holdings, &object)?);
        each_page(text, pages, |page, words| {
            if page == n {
                opening = Some(position.clone());
            }
            let found = position.read(words).into_iter().filter(|anchor| anchor.level < 2);
            headings.extend(found.map(|anchor| (page, anchor)));
        })
        .map_err(failed("read a document's text"))?;
        // A last page that is empty is not handed over.
        Ok((opening.or(Some(position)), headings))
    };
    blocking(read).await?
}

/// The headings of an act, each with its page: chapters, articles, points of the dictum.
pub(crate) async fn headings(
    state: &Arc<State>,
    document: &Document,
) -> Result<Vec<(u32, Anchor)>, Code> {
    let current = document.current();
    if !is_act(document) || current.pages == current.pages_without_text {
        return Ok(Vec::new());
    }
    let (holdings, object) = (Arc::clone(&state.holdings), current.text);
    let pages = current.pages.min(HEADING_PAGES);
    let read = move || {
        let (mut position, mut headings) = (Position::default(), Vec::new());
        let text = BufReader::new(open(&holdings, &object)?);
        each_page(text, pages, |n, page| {
            let found = position.read(page).into_iter().filter(|anchor| anchor.level < 2);
            headings.extend(found.map(|anchor| (n, anchor)));
        })
        .map_err(failed("read a document's text"))?;
        Ok(headings)
    };
    blocking(read).await?
}

fn is_act(document: &Document) -> bool {
    let kind = document.description.kind.as_ref();
    kind.is_some_and(|kind| kinds::can_be_in_force(&kind.value))
}

/// Hands over the first pages of a text object one by one, counted from 1.
fn each_page(
    mut text: impl BufRead,
    pages: u32,
    mut take: impl FnMut(u32, &str),
) -> io::Result<()> {
    let mut page = Vec::new();
    for n in 1..=pages {
        page.clear();
        if text.read_until(PAGE_BREAK as u8, &mut page)? == 0 {
            break;
        }
        page.pop_if(|last| *last == PAGE_BREAK as u8);
        take(n, &String::from_utf8_lossy(&page));
    }
    Ok(())
}

/// The pages that have no text, counted from 1.
pub(crate) async fn blank_pages(state: &Arc<State>, version: &Version) -> Result<Vec<u32>, Code> {
    if version.pages_without_text == 0 {
        return Ok(Vec::new());
    }
    if version.pages_without_text == version.pages {
        return Ok((1..=version.pages).collect());
    }
    let (holdings, object, pages) = (Arc::clone(&state.holdings), version.text, version.pages);
    let read = move || {
        let file = open(&holdings, &object)?;
        blank(BufReader::new(file), pages).map_err(failed("read a document's text"))
    };
    blocking(read).await?
}

fn open(holdings: &Holdings, object: &ObjectRef) -> Result<File, Code> {
    holdings.archive().open_object(object).map_err(failed("open what was read of a document"))
}

/// The line of a page in a layout object, read together with the head, which names the format.
fn page_line(mut layout: impl BufRead, n: u32) -> io::Result<Option<PageLayout>> {
    let mut head = String::new();
    layout.read_line(&mut head)?;
    for _ in 1..n {
        layout.skip_until(b'\n')?;
    }
    layout.read_line(&mut head)?;
    Ok(read_layout_page(&head, 1))
}

/// The pages of a text object that are blank, of the first so many pages.
fn blank(mut text: impl BufRead, pages: u32) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    let mut page = Vec::new();
    for n in 1..=pages {
        page.clear();
        text.read_until(PAGE_BREAK as u8, &mut page)?;
        // The break is white space too.
        if String::from_utf8_lossy(&page).trim().is_empty() {
            found.push(n);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use simars_record::layout::write_layout;
    use simars_record::{Page, WordBox};

    use super::*;

    #[test]
    fn a_page_is_found_without_reading_the_others() {
        let layout = Layout { width: 9.0, words: vec![WordBox::default()], ..Layout::default() };
        let pages = [
            Page::new("", TextSource::None),
            Page::new("dua", TextSource::Ocr).with_layout(layout.clone()),
        ];
        let object = write_layout(&pages, None).unwrap();
        let line = |n| page_line(object.as_slice(), n).unwrap();
        assert_eq!(line(1).map(|page| page.source), Some(TextSource::None));
        assert_eq!(line(2).and_then(|page| page.layout), Some(layout));
        assert_eq!(line(3), None);
        assert_eq!(page_line(&b"{}\n{}\n"[..], 1).unwrap(), None, "not a layout object");
    }

    #[test]
    fn blank_pages_are_counted_from_one() {
        let text = " \n\u{c}isi\u{c}\u{c}\u{a0}";
        assert_eq!(blank(text.as_bytes(), 4).unwrap(), [1, 3, 4]);
        assert_eq!(blank(&b""[..], 2).unwrap(), [1, 2]);
    }
}
