//! Separator sheets among the pages of a scan: found in the child, by the QR code that is printed
//! on them.
//!
//! A page counts as a sheet only if the code is as large as it is printed and its text is exactly
//! one of ours ([`Separator`]): a document that shows a sheet in a picture is no sheet, and no page
//! that holds another code is.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use rqrr::{Point, PreparedImage};
use serde::{Deserialize, Serialize};
use simars_record::{Finding, FindingCode, Separator};

use crate::answer::{Task, Work};
use crate::budget::Budget;
use crate::gray::Gray;
use crate::raster::{self, Pages, Size};
use crate::{Extractor, Kind, child, page_image};

/// The resolution in which a page is looked at, in dots per inch. The squares of a printed sheet
/// have 7 points or more then.
const DPI: f32 = 100.0;
/// Where a code is seen but not readable, the page is looked at once more, finer.
const FINER_DPI: f32 = 200.0;
/// A code on a sheet is at least this share of the page's shorter side; printed it is over a half
/// of A4's.
const LEAST_SIDE: f64 = 0.3;
/// The most pages of a file that are looked at.
pub(crate) const MOST_PAGES: usize = 1_000;
/// Looking at all of them takes at most this many times as long as reading the file may.
const MOST_TIMES: u32 = 8;

/// The separator sheets of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheets {
    /// Their pages, counted from 1, with what they say; in order.
    pub found: Vec<(u32, Separator)>,
    /// Why not all pages were looked at, if so.
    pub unseen: Option<String>,
}

/// A child's answer.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Looked {
    /// How many of the pages were looked at.
    count: usize,
    found: Vec<(u32, String)>,
    /// The first of them that could not be drawn.
    failed: Option<Finding>,
}

impl Extractor {
    /// Looks for separator sheets among these pages, counted from 1 and in order, of a PDF or an
    /// image. Children look, as many pages each as its time allows.
    pub fn separators(&self, file: &File, media_type: &str, pages: &[u32]) -> Sheets {
        let mut sheets = Sheets::default();
        let Some(kind) = page_image::kind_of(media_type) else { return sheets };
        let mut left = pages;
        if pages.len() > MOST_PAGES {
            left = &pages[..MOST_PAGES];
            sheets.unseen = Some(format!("only the first {MOST_PAGES} pages were looked at"));
        }
        let _place = self.pool.enter();
        let deadline = Instant::now() + self.limits.wall * MOST_TIMES;
        while !left.is_empty() {
            if Instant::now() > deadline {
                sheets.unseen = Some(format!("page {} was not reached in time", left[0]));
                break;
            }
            let looked = match self.look(file, kind, left) {
                Ok(looked) => looked,
                Err(finding) => {
                    sheets.unseen = Some(finding.detail);
                    break;
                }
            };
            left = &left[looked.count..];
            let read = |(page, text): (u32, String)| Some((page, text.parse().ok()?));
            sheets.found.extend(looked.found.into_iter().filter_map(read));
            if let Some(Finding { page, detail, .. }) = looked.failed {
                let page = page.map(|page| format!("page {page}: ")).unwrap_or_default();
                sheets.unseen.get_or_insert(format!("{page}{detail}"));
            }
        }
        sheets
    }

    /// One child's look.
    fn look(&self, file: &File, kind: Kind, pages: &[u32]) -> Result<Looked, Finding> {
        let unreadable = |error: io::Error| {
            let detail = format!("the file could not be read: {error}");
            Finding::file(FindingCode::ReaderFailed, detail)
        };
        let file_bytes = file.metadata().map_err(unreadable)?.len();
        let task = Task { work: Work::Separators, kind, file_bytes, limits: self.limits };
        let list: Vec<String> = pages.iter().map(u32::to_string).collect();
        child::run_with(&self.program, file, &task, &[list.join(",")], |body| decode(body, pages))
    }
}

/// The parent's side: what the child saw, as far as it is possible.
fn decode(body: &[u8], pages: &[u32]) -> Result<Looked, &'static str> {
    let mut looked: Looked =
        serde_json::from_slice(body).map_err(|_| "the answer is not readable")?;
    let possible = (1..=pages.len()).contains(&looked.count);
    let seen = if possible { &pages[..looked.count] } else { &[] };
    let inside = looked.found.iter().all(|(page, _)| seen.contains(page));
    if !possible || !inside || !looked.found.is_sorted_by(|one, next| one.0 < next.0) {
        return Err("the answer is not possible");
    }
    looked.failed = looked.failed.map(crate::answer::tidy);
    Ok(looked)
}

/// The pages that are to be looked at, as the argument of a child.
pub(crate) fn pages(further: &[String]) -> Option<Vec<u32>> {
    let [list] = further else { return None };
    list.split(',').map(|page| page.parse().ok()).collect()
}

/// The child's side: the body of its answer.
pub(crate) fn work(
    bytes: Vec<u8>,
    kind: Kind,
    pages: &[u32],
    budget: Budget,
) -> io::Result<Vec<u8>> {
    let mut looked = Looked::default();
    match Pages::open(bytes, kind, pages.first().copied().unwrap_or(1)) {
        Ok(file) => {
            for &page in pages {
                if looked.count > 0 && budget.is_spent() {
                    break;
                }
                looked.count += 1;
                match on_page(&file, page) {
                    Ok(Some(separator)) => looked.found.push((page, separator.to_string())),
                    Ok(None) => {}
                    Err(finding) => drop(looked.failed.get_or_insert(finding)),
                }
            }
        }
        Err(finding) => (looked.count, looked.failed) = (pages.len(), Some(finding)),
    }
    Ok(serde_json::to_vec(&looked)?)
}

/// What the sheet says that this page is, if it is one.
fn on_page(file: &Pages, page: u32) -> Result<Option<Separator>, Finding> {
    let look = |dpi: f32| {
        let picture = raster::gray(file.draw(page, Size::Dpi(dpi))?);
        // A foreign decoder once more.
        let seen = catch_unwind(AssertUnwindSafe(|| in_picture(&picture)));
        seen.map_err(|_| {
            Finding::page(FindingCode::ReaderFailed, page, "looking for QR codes failed")
        })
    };
    match look(DPI)? {
        Seen::Sheet(separator) => Ok(Some(separator)),
        Seen::Nothing => Ok(None),
        Seen::Unclear => match look(FINER_DPI)? {
            Seen::Sheet(separator) => Ok(Some(separator)),
            Seen::Nothing | Seen::Unclear => Ok(None),
        },
    }
}

/// What a look at a picture shows.
#[derive(Debug, PartialEq)]
enum Seen {
    /// A sheet, which says this.
    Sheet(Separator),
    /// A code large enough for one, which cannot be read.
    Unclear,
    Nothing,
}

fn in_picture(picture: &Gray) -> Seen {
    let (width, height) = (picture.width, picture.height);
    let point = |x: usize, y: usize| picture.points[y * width + x];
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, point);
    let least = width.min(height) as f64 * LEAST_SIDE;
    let mut seen = Seen::Nothing;
    for grid in prepared.detect_grids() {
        if shortest_side(&grid.bounds) < least {
            continue;
        }
        let Ok((_, text)) = grid.decode() else {
            seen = Seen::Unclear;
            continue;
        };
        if let Ok(separator) = text.parse() {
            return Seen::Sheet(separator);
        }
    }
    seen
}

/// The shortest side of a code, in points of the picture.
fn shortest_side(corners: &[Point; 4]) -> f64 {
    let next = corners.iter().cycle().skip(1);
    let sides = corners.iter().zip(next).map(|(one, other)| {
        let (across, down) = (one.x - other.x, one.y - other.y);
        f64::from(across).hypot(f64::from(down))
    });
    sides.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests;
