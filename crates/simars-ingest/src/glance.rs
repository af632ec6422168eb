//! Reading a file that is not to be filed: somebody brings it along to have it compared.
//!
//! It is read in memory, within tighter limits than what is filed, and by a reader of its own: what
//! anyone may ask for must not make the office's own files wait.

use std::time::{Duration, Instant};

use simars_extract::{Extractor, Limits};
use simars_record::Extracted;

use crate::{Holdings, Settings};

/// Time on the wall clock, and on the processor, for reading such a file.
const WALL: Duration = Duration::from_secs(10);
const CPU: Duration = Duration::from_secs(8);
/// Pages and bytes of text that are read of it.
const PAGES: u32 = 2_000;
const TEXT_BYTES: usize = 8 << 20;
/// A file with more pages to recognise than this is not recognised at all.
const PAGES_RECOGNISED: usize = 3;
/// No further page is begun after this.
const RECOGNISED_WITHIN: Duration = Duration::from_secs(20);

/// The reader for such files.
pub(crate) fn extractor(settings: &Settings) -> Extractor {
    let limits = settings.limits;
    let limits = Limits {
        wall: limits.wall.min(WALL),
        cpu: limits.cpu.min(CPU),
        children: 1,
        pages: limits.pages.min(PAGES),
        text_bytes: limits.text_bytes.min(TEXT_BYTES),
        ..limits
    };
    Extractor::new(settings.program.clone(), limits)
}

impl Holdings {
    /// Reads a file and forgets it. Up to three pages that are pictures are recognised, if there is
    /// an engine; more are left as they are, and [`Extracted::pages_to_recognise`] names them.
    /// Takes ten seconds at most, and with recognition what up to three pages take.
    pub fn glance(&self, bytes: &[u8], file_name: &str) -> Extracted {
        let reader = self.visitors();
        let mut extracted = reader.extract_bytes(bytes, file_name);
        let waiting = extracted.pages_to_recognise();
        if waiting.len() > PAGES_RECOGNISED || reader.engine().is_none() {
            return extracted;
        }
        let begun = Instant::now();
        for number in waiting {
            if begun.elapsed() > RECOGNISED_WITHIN {
                break;
            }
            let Some(page) = extracted.pages.get_mut(number as usize - 1) else { break };
            let layer = page.has_text().then_some(&*page);
            let read = reader.recognise_bytes(bytes, &extracted.media_type, number, layer);
            *page = read.page;
            extracted.findings.extend(read.findings);
        }
        extracted
    }
}
