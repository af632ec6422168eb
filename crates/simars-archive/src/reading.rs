//! What was read from an original, on its way into the store.

use simars_record::{Digest, Extracted, Finding, ObjectRef, TextSource, Timestamp, Version};

use crate::object::Objects;
use crate::sync::Unsynced;
use crate::{ArchiveError, Received};

/// The text and the layout of a file, and what was noticed while reading it.
#[derive(Debug)]
pub struct Reading {
    text: Received,
    layout: Option<Received>,
    media_type: String,
    pages: u32,
    pages_without_text: u32,
    pages_recognised: u32,
    confidence: Option<u8>,
    pages_to_recognise: Vec<u32>,
    findings: Vec<Finding>,
    reader: String,
}

impl Reading {
    /// Makes the objects of what was read.
    pub fn new(extracted: Extracted) -> Self {
        let recognised = || extracted.pages.iter().filter(|page| page.source == TextSource::Ocr);
        let confidences = recognised().filter_map(|page| page.layout.as_ref()?.confidence);
        Self {
            text: Received::from_bytes(extracted.joined_text().into_bytes()),
            layout: extracted.layout_object().map(Received::from_bytes),
            pages: extracted.pages.len() as u32,
            pages_without_text: extracted.pages_without_text(),
            pages_recognised: recognised().count() as u32,
            confidence: mean(confidences),
            pages_to_recognise: extracted.pages_to_recognise(),
            media_type: extracted.media_type,
            findings: extracted.findings,
            reader: extracted.reader,
        }
    }

    /// Puts its objects in their places. What is the same as `original` lies there already.
    pub(crate) fn place(
        &mut self,
        objects: &Objects,
        original: &Digest,
        unsynced: &mut Unsynced,
    ) -> Result<(), ArchiveError> {
        let others = [Some(&mut self.text), self.layout.as_mut()];
        let others = others.into_iter().flatten();
        others
            .filter(|object| object.object().sha256 != *original)
            .try_for_each(|object| objects.place(object, unsynced))
    }

    /// The version it makes of an original.
    pub(crate) fn version(
        &self,
        number: u32,
        original: ObjectRef,
        file_name: &str,
        registered: Timestamp,
    ) -> Version {
        Version {
            number,
            original,
            text: self.text.object(),
            layout: self.layout.as_ref().map(Received::object),
            media_type: self.media_type.clone(),
            file_name: file_name.to_owned(),
            pages: self.pages,
            pages_without_text: self.pages_without_text,
            pages_recognised: self.pages_recognised,
            confidence: self.confidence,
            pages_to_recognise: self.pages_to_recognise.clone(),
            findings: self.findings.clone(),
            reader: self.reader.clone(),
            registered,
        }
    }
}

fn mean(confidences: impl Iterator<Item = u8>) -> Option<u8> {
    let (sum, count) =
        confidences.fold((0_u32, 0_u32), |(sum, count), one| (sum + u32::from(one), count + 1));
    (sum + count / 2).checked_div(count).map(|mean| mean as u8)
}
