//! Which part of a message a page of it is: pages that stand as pictures in what is attached are
//! recognised like any other.

use mail_parser::MessageParser;

use super::{MOST_DEPTH, MOST_PARTS, Reading, begun, stated_parts};
use crate::budget::Budget;
use crate::{Kind, Limits};

/// What is attached, and which of its pages is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inside {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: Kind,
    /// Counted from 1.
    pub(crate) page: u32,
}

/// The attachment that a page of a message belongs to, in messages within messages as well.
/// `None` for a page of the message itself, and where there is no such page.
///
/// The message is read as it was the first time, since only reading tells how many pages what is
/// attached has.
pub(crate) fn page_inside(
    bytes: &[u8],
    page: u32,
    limits: &Limits,
    budget: Budget,
) -> Option<Inside> {
    let mut message =
        Wanted { bytes: bytes.to_vec(), limits: *limits, page: page.checked_sub(1)? as usize };
    for depth in 0..=MOST_DEPTH {
        let (part, kind) = message.part(budget, depth)?;
        if kind != Kind::Mail {
            return Some(Inside { bytes: part.bytes, kind, page: part.page as u32 + 1 });
        }
        message = part;
    }
    None
}

/// A page of something, and within which limits it is read.
struct Wanted {
    bytes: Vec<u8>,
    limits: Limits,
    /// Counted from 0.
    page: usize,
}

impl Wanted {
    /// The part that the page belongs to, and what kind of file it is.
    fn part(&self, budget: Budget, depth: u32) -> Option<(Self, Kind)> {
        if stated_parts(&self.bytes) > MOST_PARTS {
            return None;
        }
        let message = MessageParser::default().parse(&self.bytes)?;
        let mut reading: Reading = begun(&message, &self.limits, false, budget, depth);
        for part in message.attachments() {
            let (before, limits) = (reading.pages.len(), reading.limits_left());
            let kind = reading.attachment(part);
            if self.page < before {
                return None;
            }
            if self.page < reading.pages.len() {
                let bytes = super::contents(part).to_vec();
                return Some((Self { bytes, limits, page: self.page - before }, kind));
            }
        }
        None
    }
}
