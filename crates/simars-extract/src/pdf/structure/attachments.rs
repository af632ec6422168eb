//! Files inside the file: those of the whole document and those pinned to a page.

use std::collections::HashSet;
use std::ops::{ControlFlow, Deref};

use hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier, Stream, String as PdfString};
use simars_record::layout::Attachment;
use simars_record::{Finding, FindingCode};

use super::super::title;
use super::{Source, tree};

/// So many are named.
const MOST_ATTACHMENTS: usize = 1_000;
/// So many annotations are looked at.
const MOST_ANNOTATIONS: usize = 50_000;
/// Where a file's name stands and where its bytes, the more modern first (ISO 32000-2, 7.11.3).
pub(super) const NAMES: [&str; 5] = ["UF", "F", "Unix", "Mac", "DOS"];

/// The files with their names, sizes and types; their content is not looked at.
pub(super) fn read(source: &Source<'_>, findings: &mut Vec<Finding>) -> Vec<Attachment> {
    let mut attachments = Attachments::default();
    let names = source.catalog.get::<Dict<'_>>("Names");
    if let Some(files) = names.and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")) {
        tree::walk(source, files, "Names", |(key, file)| {
            if let Some(file) = source.dictionary(file) {
                let key = key.into_string();
                attachments.add(&file, key.as_deref());
            }
            if attachments.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
    pinned(source, &mut attachments);
    let attachments = attachments.found;
    if !attachments.is_empty() {
        let detail = match attachments.len() {
            1 => "1 file inside the file was not read".to_owned(),
            MOST_ATTACHMENTS => format!("{MOST_ATTACHMENTS} files or more inside it were not read"),
            count => format!("{count} files inside the file were not read"),
        };
        findings.push(Finding::file(FindingCode::Attachments, detail));
    }
    attachments
}

/// Those of the annotations that hold a file (ISO 32000-2, 12.5.6.15).
fn pinned(source: &Source<'_>, attachments: &mut Attachments) {
    let pages = source.pdf.pages().iter().take(source.pages);
    let annotations = pages
        .filter_map(|page| page.raw().get::<Array<'_>>("Annots"))
        .flat_map(|annotations| annotations.iter::<Dict<'_>>());
    for annotation in annotations.take(MOST_ANNOTATIONS) {
        if attachments.is_full() {
            return;
        }
        let kind = annotation.get::<Name<'_>>("Subtype");
        if kind.is_some_and(|kind| kind.deref() == b"FileAttachment")
            && let Some(file) = annotation.get::<Dict<'_>>("FS")
        {
            attachments.add(&file, None);
        }
    }
}

#[derive(Default)]
struct Attachments {
    found: Vec<Attachment>,
    known: HashSet<ObjectIdentifier>,
}

impl Attachments {
    fn is_full(&self) -> bool {
        self.found.len() >= MOST_ATTACHMENTS
    }

    /// Adds what a file specification describes, once; `key` is its name in the list of files.
    fn add(&mut self, file: &Dict<'_>, key: Option<&[u8]>) {
        let Some(embedded) = file.get::<Dict<'_>>("EF") else { return };
        let Some(place) = NAMES.into_iter().find(|name| embedded.contains_key(name)) else {
            return;
        };
        let is_new = embedded.get_ref(place).is_none_or(|bytes| self.known.insert(bytes.into()));
        if !is_new || self.is_full() {
            return;
        }
        let mut names = NAMES.into_iter().filter_map(|name| file.get::<PdfString<'_>>(name));
        let name = names.find_map(|name| title(&name)).or_else(|| title(key?));
        let name = name.as_deref().and_then(|name| name.rsplit(['/', '\\']).next());
        let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
        let stream = embedded.get::<Stream<'_>>(place);
        self.found.push(Attachment {
            name: name.unwrap_or_else(|| format!("{}", self.found.len() + 1)),
            size_bytes: stream.as_ref().and_then(size),
            media_type: stream.as_ref().and_then(media_type),
        });
    }
}

/// The size as stated; that of the stream where it is not packed.
fn size(stream: &Stream<'_>) -> Option<u64> {
    let stated = stream.dict().get::<Dict<'_>>("Params").and_then(|stated| stated.get("Size"));
    let length = || stream.filters().is_empty().then(|| stream.dict().get::<i64>("Length"));
    let size: i64 = stated.or_else(|| length()?)?;
    u64::try_from(size).ok()
}

fn media_type(stream: &Stream<'_>) -> Option<String> {
    let stated = stream.dict().get::<Name<'_>>("Subtype")?;
    let stated = title(&stated)?.to_ascii_lowercase();
    let (kind, format) = stated.split_once('/')?;
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_".contains(&byte))
    };
    (stated.len() < 128 && plain(kind) && plain(format)).then_some(stated)
}
