//! Makes a rendered page ready for recognition: upright, clean, without ruling lines.
//!
//! Everything here is a pure function of a gray picture, quick enough to be small beside the
//! recognition itself.

mod clean;
mod ink;
mod lines;
mod skew;
mod turn;

use serde::{Deserialize, Serialize};

use crate::gray::Gray;

pub(crate) use ink::Ink;
pub(crate) use lines::Line;
pub(crate) use turn::Frame;

/// Skews below this many degrees are left: the engine does not mind them, and turning a picture
/// changes its letters a little.
const LEAST_SKEW: f32 = 0.35;
/// The same for a page with tables, whose cells are cut out along level lines.
const LEAST_SKEW_OF_TABLES: f32 = 0.12;
/// So many ruling lines may be a table.
const TABLE_LINES: usize = 5;

/// A page that is ready for recognition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scan {
    /// The picture, upright, cleaned, its ruling lines taken out.
    pub(crate) picture: Gray,
    /// What is needed to find the places of the page as it was, and what was found on it.
    pub(crate) notes: Notes,
}

/// What is known about a prepared picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// How the picture lies on the page.
    pub(crate) frame: Frame,
    /// Points darker than this are ink.
    pub(crate) threshold: u8,
    /// The ruling lines that were taken out, in points of the prepared picture.
    pub(crate) lines: Vec<Line>,
}

/// Prepares a page, after turning it clockwise by `quarters` of a full turn.
pub(crate) fn prepare(picture: Gray, quarters: u8) -> Scan {
    let mut picture = if quarters == 0 { picture } else { turn::quarter(&picture, quarters) };
    clean::flatten(&mut picture);
    let threshold = ink::threshold(&picture);
    clean::borders(&mut picture, threshold);
    let ink = Ink::of(&picture, threshold);
    let skew = skew::angle(&ink);
    // Only where it matters, looking for lines is worth its time.
    let unclear = (LEAST_SKEW_OF_TABLES..LEAST_SKEW).contains(&skew.abs());
    let has_table = unclear && lines::find(&ink).count() >= TABLE_LINES;
    let least = if has_table { LEAST_SKEW_OF_TABLES } else { LEAST_SKEW };
    let size = (picture.width as f32, picture.height as f32);
    let (mut picture, ink, mut frame) = if skew.abs() < least {
        (picture, ink, Frame::straight(size))
    } else {
        let (turned, frame) = turn::upright(&picture, skew);
        let ink = Ink::of(&turned, threshold);
        (turned, ink, frame)
    };
    frame.quarters = quarters;
    let lines = lines::find(&ink);
    let lines = lines::erase(&mut picture, &ink, lines);
    clean::specks(&mut picture, threshold);
    Scan { picture, notes: Notes { frame, threshold, lines } }
}
