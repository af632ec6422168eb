//! Zip archives: which kind of document one is, and reading its parts within limits.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use simars_record::{Extracted, Finding, FindingCode};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::extractor::{unsupported, without_pages};
use crate::sniff::find;
use crate::xml::{self, Node};
use crate::{Limits, docx, ods, odt, pptx, xlsx};

/// More entries than any real document has.
const MOST_ENTRIES: usize = 20_000;

const ZIP: &str = "application/zip";
pub(crate) const DOCX: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub(crate) const ODT: &str = "application/vnd.oasis.opendocument.text";
pub(crate) const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
pub(crate) const ODP: &str = "application/vnd.oasis.opendocument.presentation";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(crate) const PPTX: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// An open archive.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How many more bytes may be unpacked.
    left: u64,
    findings: Vec<Finding>,
}

/// Reads a document in a zip archive.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Extracted {
    let archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => {
            let finding = Finding::file(FindingCode::Damaged, format!("zip archive: {error}"));
            return without_pages(guess_broken(bytes), vec![finding]);
        }
    };
    if archive.len() > MOST_ENTRIES {
        let detail = format!("zip archive: more than {MOST_ENTRIES} entries");
        return without_pages(ZIP, vec![Finding::file(FindingCode::LimitReached, detail)]);
    }
    let left = (limits.text_bytes as u64).saturating_mul(2);
    let mut package = Package { archive, left, findings: Vec::new() };
    match package.media_type() {
        DOCX => docx::read(package, limits),
        XLSX => xlsx::read(package, limits),
        PPTX => pptx::read(package, limits),
        declared @ (ODT | ODS | ODP) => {
            if package.is_locked() {
                let finding =
                    Finding::file(FindingCode::Encrypted, "a password is needed to read it");
                return without_pages(declared, vec![finding]);
            }
            match declared {
                ODS => ods::read(package, limits),
                _ => odt::read(package, declared, limits),
            }
        }
        other => unsupported(other),
    }
}

/// A type for an archive whose directory is lost, from the names that stand before its parts.
fn guess_broken(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(64 << 10)];
    let signs =
        [("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX), (ODT, ODT), (ODS, ODS), (ODP, ODP)];
    let found = signs.iter().find(|(sign, _)| find(head, sign.as_bytes()).is_some());
    found.map_or(ZIP, |(_, media_type)| media_type)
}

impl Package<'_> {
    /// OpenDocument archives name their type in their first part; Office Open XML ones are told
    /// by their main part.
    fn media_type(&mut self) -> &'static str {
        const OPEN_DOCUMENT: [&str; 4] = [ODT, ODS, ODP, "application/epub+zip"];
        const MAIN_PARTS: [(&str, &str); 3] = [
            ("word/document.xml", DOCX),
            ("xl/workbook.xml", XLSX),
            ("ppt/presentation.xml", PPTX),
        ];
        if let Some(declared) = self.part("mimetype") {
            let declared = declared.trim_ascii();
            if let Some(known) = OPEN_DOCUMENT.iter().find(|one| one.as_bytes() == declared) {
                return known;
            }
        }
        let main = MAIN_PARTS.iter().find(|(name, _)| self.archive.index_for_name(name).is_some());
        main.map_or(ZIP, |(_, media_type)| media_type)
    }

    /// The names of the parts that begin so, in order.
    pub(crate) fn names(&self, prefix: &str) -> Vec<String> {
        let all = self.archive.file_names().flatten();
        let mut names: Vec<String> =
            all.filter(|name| name.starts_with(prefix)).map(|name| name.into_owned()).collect();
        names.sort_unstable();
        names
    }

    /// Whether an OpenDocument archive needs a password.
    fn is_locked(&mut self) -> bool {
        let manifest = self.part("META-INF/manifest.xml").unwrap_or_default();
        find(&manifest, b"encryption-data").is_some()
    }

    /// Walks through a part, if there is one; noted when it is broken.
    pub(crate) fn walk(&mut self, name: &str, visit: impl FnMut(Node<'_>)) {
        if let Some(bytes) = self.part(name)
            && let Err(error) = xml::walk(&bytes, visit)
        {
            self.note_broken(name, &error);
        }
    }

    /// The parts that a part of an Office Open XML archive refers to, by the ids it uses for them.
    pub(crate) fn relations(&mut self, name: &str) -> BTreeMap<String, String> {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let mut relations = BTreeMap::new();
        self.walk(&format!("{folder}/_rels/{file}.rels"), |node| {
            let Node::Open(element) = node else { return };
            if let (Some(id), Some(target)) =
                (element.attribute("Id"), element.text_attribute("Target"))
            {
                relations.insert(id, resolved(folder, &target));
            }
        });
        relations
    }

    /// Unpacks one part; `None` when there is none of that name. What can be read of a damaged
    /// or overlong part is given, with a finding.
    pub(crate) fn part(&mut self, name: &str) -> Option<Vec<u8>> {
        if self.left == 0 {
            // Noted already, and once is enough.
            return None;
        }
        let entry = match self.archive.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return None,
            Err(error) => {
                self.findings.push(note(FindingCode::Damaged, name, error));
                return None;
            }
        };
        let mut bytes = Vec::new();
        if let Err(error) = entry.take(self.left).read_to_end(&mut bytes) {
            self.findings.push(note(FindingCode::Damaged, name, error));
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        if self.left == 0 {
            let detail = "it unpacks to more than the limit; the rest was not read";
            self.findings.push(note(FindingCode::LimitReached, name, detail));
        }
        Some(bytes)
    }

    /// Notes that a part's XML is broken, unless it was cut by a limit and had to be.
    pub(crate) fn note_broken(&mut self, name: &str, error: &str) {
        if self.left > 0 {
            self.findings.push(note(FindingCode::Damaged, name, error));
        }
    }

    /// Notes something about the document.
    pub(crate) fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// What was noticed so far.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}

/// A part's name from a target that is written relative to a folder.
fn resolved(folder: &str, target: &str) -> String {
    let (mut names, target): (Vec<&str>, &str) = match target.strip_prefix('/') {
        Some(target) => (Vec::new(), target),
        None => (folder.split('/').collect(), target),
    };
    for name in target.split('/') {
        match name {
            ".." => drop(names.pop()),
            "." | "" => {}
            name => names.push(name),
        }
    }
    names.join("/")
}

fn note(code: FindingCode, name: &str, what: impl std::fmt::Display) -> Finding {
    Finding::file(code, format!("part {name}: {what}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    /// A zip archive with these parts.
    pub(crate) fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn other_archives_are_named_and_not_read() {
        for (part, content, media_type) in [
            ("mimetype", "application/epub+zip", "application/epub+zip"),
            ("a.txt", "", "application/zip"),
        ] {
            let extracted = read(&packed(&[(part, content)]), &Limits::default());
            assert_eq!(extracted.media_type, media_type);
            assert_eq!(extracted.findings[0].code, FindingCode::Unsupported);
        }
    }

    #[test]
    fn a_cut_archive_is_damaged() {
        let whole = packed(&[("word/document.xml", "<w:p/>")]);
        let extracted = read(&whole[..whole.len() / 2], &Limits::default());
        assert_eq!(extracted.media_type, DOCX);
        assert_eq!(extracted.findings[0].code, FindingCode::Damaged);
    }

    #[test]
    fn what_expands_too_far_is_cut_with_a_finding() {
        let text = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(100_000));
        let limits = Limits { text_bytes: 10_000, ..Limits::default() };
        let extracted = read(&packed(&[("word/document.xml", &text)]), &limits);
        let codes: Vec<_> = extracted.findings.iter().map(|finding| finding.code).collect();
        assert!(codes.contains(&FindingCode::LimitReached), "{codes:?}");
        assert!(!codes.contains(&FindingCode::Damaged), "{codes:?}");
    }
}
