//! Small files that would cost a lot: each is read through a real child process, and each ends
//! with a finding in time. The child is the example program `extract`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use simars_extract::{Extractor, Limits};
use simars_record::{Extracted, FindingCode};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const RELATIONS: &str = "<R><Relationship Id='a' Target='x/1.xml'/></R>";

/// A kind of office file: the parts it needs, and where its text goes.
struct Form {
    name: &'static str,
    parts: &'static [(&'static str, &'static str)],
    body: &'static str,
    /// What stands before a text, and what after it.
    around: (&'static str, &'static str),
}

const FORMS: [Form; 6] = [
    Form {
        name: "a.docx",
        parts: &[],
        body: "word/document.xml",
        around: ("<w:p><w:r><w:t>", "</w:t></w:r></w:p>"),
    },
    Form {
        name: "a.xlsx",
        parts: &[
            ("xl/workbook.xml", "<w xmlns:r='r'><sheet name='A' r:id='a'/></w>"),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
        ],
        body: "xl/x/1.xml",
        around: ("<row><c t='inlineStr'><is><t>", "</t></is></c></row>"),
    },
    Form {
        name: "a.pptx",
        parts: &[
            ("ppt/presentation.xml", "<p xmlns:r='r'><sldId id='1' r:id='a'/></p>"),
            ("ppt/_rels/presentation.xml.rels", RELATIONS),
        ],
        body: "ppt/x/1.xml",
        around: ("<a:p><a:r><a:t>", "</a:t></a:r></a:p>"),
    },
    Form {
        name: "a.odt",
        parts: &[("mimetype", "application/vnd.oasis.opendocument.text")],
        body: "content.xml",
        around: ("<o:body><t:p>", "</t:p></o:body>"),
    },
    Form {
        name: "a.ods",
        parts: &[("mimetype", "application/vnd.oasis.opendocument.spreadsheet")],
        body: "content.xml",
        around: (
            "<t:table t:name='A'><t:table-row><t:table-cell><t:p>",
            "</t:p></t:table-cell></t:table-row></t:table>",
        ),
    },
    Form {
        name: "a.odp",
        parts: &[("mimetype", "application/vnd.oasis.opendocument.presentation")],
        body: "content.xml",
        around: ("<o:body><d:page><t:p>", "</t:p></d:page></o:body>"),
    },
];

fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("a folder two up");
    profile.join("examples").join("extract")
}

fn extracted(bytes: &[u8], name: &str) -> Extracted {
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    Extractor::new(program(), limits).extract_bytes(bytes, name)
}

fn packed(form: &Form, body: &str, more: &[(String, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &str| {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    };
    form.parts.iter().for_each(|(name, content)| add(name, content));
    add(form.body, body);
    more.iter().for_each(|(name, content)| add(name, content));
    writer.finish().unwrap().into_inner()
}

#[track_caller]
fn assert_found(form: &Form, extracted: &Extracted, wanted: FindingCode) {
    let found = extracted.findings.iter().any(|finding| finding.code == wanted);
    assert!(found, "{}: {:?}", form.name, extracted.findings);
    let few = extracted.findings.len() < 5;
    assert!(few, "{}: {} findings", form.name, extracted.findings.len());
}

#[test]
fn what_unpacks_to_a_lot_is_cut_and_told() {
    for form in &FORMS {
        let (before, after) = form.around;
        let body = format!("<x>{before}{}{after}</x>", "a ".repeat(5 << 20));
        let bytes = packed(form, &body, &[]);
        assert!(bytes.len() < 100_000);
        assert_found(form, &extracted(&bytes, form.name), FindingCode::LimitReached);
    }
}

#[test]
fn entities_are_not_expanded_and_told() {
    let mut declared = "<!DOCTYPE x [<!ENTITY e0 'haha'>".to_owned();
    for level in 1..30 {
        declared += &format!("<!ENTITY e{level} '{}'>", format!("&e{};", level - 1).repeat(10));
    }
    for form in &FORMS {
        let (before, after) = form.around;
        let body = format!("{declared}]><x>{before}awal &e29; akhir{after}</x>");
        let extracted = extracted(&packed(form, &body, &[]), form.name);
        assert!(extracted.pages[0].text.contains("awal  akhir"), "{:?}", extracted.pages);
        assert_found(form, &extracted, FindingCode::Damaged);
    }
}

#[test]
fn deep_elements_and_many_attributes_do_no_harm() {
    let depth = 30_000;
    let attributes: String = (0..30_000).map(|number| format!(" a{number}=''")).collect();
    for form in &FORMS {
        let (before, after) = form.around;
        let deep = format!("{}{}", "<d>".repeat(depth), "</d>".repeat(depth));
        let body = format!("<x><br{attributes}/><c{attributes}/>{deep}{before}isi{after}</x>");
        let extracted = extracted(&packed(form, &body, &[]), form.name);
        assert!(extracted.pages[0].text.contains("isi"), "{:?}", extracted.findings);
        assert_eq!(extracted.findings, [], "{}", form.name);
    }
}

#[test]
fn many_entries_and_damaged_sizes_are_told() {
    let many: Vec<(String, &str)> = (0..20_001).map(|number| (number.to_string(), "")).collect();
    for form in &FORMS {
        let (before, after) = form.around;
        let body = format!("<x>{before}isi{after}</x>");
        if form.name == "a.docx" {
            let bytes = packed(form, &body, &many);
            let finding = &extracted(&bytes, form.name).findings[0];
            assert_eq!(finding.code, FindingCode::LimitReached);
        }
        // The end of the archive's directory says that it stands elsewhere.
        let mut lying = packed(form, &body, &[]);
        let end = lying.len() - 6;
        lying[end..end + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
        assert_found(form, &extracted(&lying, form.name), FindingCode::Damaged);
    }
}

#[test]
fn an_archive_in_an_archive_is_not_followed() {
    let inner = packed(&FORMS[0], "<x/>", &[]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.zip", SimpleFileOptions::default()).unwrap();
    writer.write_all(&inner).unwrap();
    let outer = writer.finish().unwrap().into_inner();
    let extracted = extracted(&outer, "a.zip");
    assert_eq!(extracted.pages, []);
    assert_eq!(extracted.findings[0].code, FindingCode::Unsupported);
}

#[test]
fn messages_and_rich_text_go_through_the_child() {
    let message = "Subject: Undangan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\
                   \r\n--b\r\n\r\nisi\r\n--b\r\nContent-Type: application/rtf\r\n\
                   Content-Disposition: attachment; filename=a.rtf\r\n\r\n{\\rtf1 lampiran}\r\n--b--\r\n";
    let read = extracted(message.as_bytes(), "a.eml");
    assert_eq!(read.pages[1].text, "Lampiran: a.rtf\nlampiran");
    assert_eq!((read.reader.as_str(), read.findings.len()), ("mail", 0));
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(50_000);
    assert_eq!(extracted(nested.as_bytes(), "a.eml").findings[0].code, FindingCode::LimitReached);
    let deep = format!("{{\\rtf1 {}", "{".repeat(1_000_000));
    let read = extracted(deep.as_bytes(), "a.rtf");
    assert_eq!(read.findings[0].code, FindingCode::LimitReached);
    assert_eq!(read.reader, "rtf");
}
