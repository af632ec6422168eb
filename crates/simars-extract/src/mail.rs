//! Messages (EML, RFC 5322 and MIME): who wrote what to whom, the body, and after it the text of
//! what is attached, read by the same readers in the same process.

mod inside;

use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use simars_record::layout::{Attachment, Structure};
use simars_record::{Extracted, Finding, FindingCode, Page, TextSource};

use crate::answer::clean_title;
use crate::budget::Budget;
use crate::extractor::{unsupported, without_pages};
use crate::sniff::{Kind, Sniffed, sniff};
use crate::{Limits, facts, html, image, reader, text};

pub(crate) use inside::page_inside;

pub(crate) const MAIL: &str = "message/rfc822";

/// Messages within messages.
const MOST_DEPTH: u32 = 4;

/// Parts of one message, parts of its parts included.
const MOST_PARTS: usize = 2_000;

/// Reads a message. `simple` leaves out what is attached: one of those may have been too much.
pub(crate) fn read(bytes: &[u8], limits: &Limits, simple: bool, budget: Budget) -> Extracted {
    read_at(bytes, limits, simple, budget, 0)
}

fn read_at(bytes: &[u8], limits: &Limits, simple: bool, budget: Budget, depth: u32) -> Extracted {
    // Counted before parsing, so that no structure is built that is too deep to be taken apart.
    if stated_parts(bytes) > MOST_PARTS {
        let detail = format!("the message states more than {MOST_PARTS} parts");
        return without_pages(MAIL, vec![Finding::file(FindingCode::LimitReached, detail)]);
    }
    let Some(message) = MessageParser::default().parse(bytes) else {
        let finding = Finding::file(FindingCode::Damaged, "no message in it");
        return without_pages(MAIL, vec![finding]);
    };
    let mut reading = begun(&message, limits, simple, budget, depth);
    for part in message.attachments() {
        reading.attachment(part);
    }
    let structure = Structure {
        created: message.header_raw("Date").and_then(clean_title),
        attachments: reading.attachments,
        ..Structure::default()
    };
    Extracted {
        media_type: MAIL.to_owned(),
        pages: reading.pages,
        findings: reading.findings,
        embedded_title: message.subject().and_then(clean_title),
        reader: "mail".to_owned(),
        structure: facts::known(structure),
    }
}

/// The message itself, read; what is attached comes next.
fn begun(
    message: &Message<'_>,
    limits: &Limits,
    simple: bool,
    budget: Budget,
    depth: u32,
) -> Reading {
    let mut findings = Vec::new();
    let mut shown = headers(message);
    shown.push('\n');
    shown.push_str(&body(message, limits, &mut findings));
    shown = text::line_ends(shown.into()).into_owned();
    cut_to(&mut shown, limits.text_bytes, &mut findings);
    let pages = text::paged(&shown, limits, &mut findings);
    Reading {
        text_left: limits.text_bytes.saturating_sub(shown.len()),
        pages,
        findings,
        limits: *limits,
        simple,
        budget,
        depth,
        attachments: Vec::new(),
    }
}

/// The bytes of a part.
fn contents<'a>(part: &'a MessagePart<'_>) -> &'a [u8] {
    match &part.body {
        PartType::Message(message) => message.raw_message(),
        _ => part.contents(),
    }
}

/// Whether a part is a picture that the message shows, such as a letterhead, rather than one that
/// is sent along.
fn is_decoration(part: &MessagePart<'_>) -> bool {
    let attached = part.content_disposition().is_some_and(|one| one.is_attachment());
    part.content_id().is_some() && !attached
}

/// How many lines begin as those do that state what a part is.
fn stated_parts(bytes: &[u8]) -> usize {
    const MARK: &[u8] = b"content-type:";
    let lines = bytes.split(|byte| *byte == b'\n');
    let states =
        |line: &&[u8]| line.get(..MARK.len()).is_some_and(|start| start.eq_ignore_ascii_case(MARK));
    lines.filter(states).count()
}

/// Date, senders, receivers and subject, a line for each that is there.
fn headers(message: &Message<'_>) -> String {
    let lines = [
        ("Date", message.header_raw("Date").map(str::to_owned)),
        ("From", message.from().map(addresses)),
        ("To", message.to().map(addresses)),
        ("Cc", message.cc().map(addresses)),
        ("Subject", message.subject().map(str::to_owned)),
    ];
    let lines = lines.into_iter().filter_map(|(name, value)| Some((name, clean_title(&value?)?)));
    lines.map(|(name, value)| format!("{name}: {value}\n")).collect()
}

fn addresses(address: &Address<'_>) -> String {
    let each = address.iter().map(|one| match (&one.name, &one.address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(one), None) | (None, Some(one)) => one.to_string(),
        (None, None) => String::new(),
    });
    each.filter(|one| !one.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The body as plain text where there is one, else the text of its HTML.
fn body(message: &Message<'_>, limits: &Limits, findings: &mut Vec<Finding>) -> String {
    let mut body = String::new();
    for part in message.text_bodies() {
        if part.is_encoding_problem {
            let detail = "the body is not encoded as it says; some of it may be missing";
            findings.push(Finding::file(FindingCode::Damaged, detail));
        }
        match &part.body {
            PartType::Text(text) => body.push_str(text),
            PartType::Html(source) => {
                let read = html::read(marked(source).as_bytes(), limits);
                let seen: Vec<String> = read.pages.into_iter().map(|page| page.text).collect();
                body.push_str(&seen.concat());
                findings.extend(read.findings);
            }
            _ => continue,
        }
        if !body.ends_with('\n') {
            body.push('\n');
        }
    }
    body
}

/// HTML that was decoded already, with the mark that says so: what it declares is of the past.
fn marked(source: &str) -> String {
    format!("\u{feff}{source}")
}

/// Cuts a text to so many bytes, with a finding.
fn cut_to(text: &mut String, most: usize, findings: &mut Vec<Finding>) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        let detail = format!("only the first {most} bytes of the text were read");
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    }
}

/// Where reading a message stands.
struct Reading {
    pages: Vec<Page>,
    findings: Vec<Finding>,
    attachments: Vec<Attachment>,
    text_left: usize,
    limits: Limits,
    simple: bool,
    budget: Budget,
    depth: u32,
}

impl Reading {
    /// Reads what is attached, and says what kind of file it is.
    fn attachment(&mut self, part: &MessagePart<'_>) -> Kind {
        let bytes = contents(part);
        let name = part.attachment_name().and_then(clean_title);
        let number = self.attachments.len() + 1;
        let name = name.unwrap_or_else(|| format!("{number}"));
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let head = &bytes[..bytes.len().min(64 << 10)];
        let Sniffed { media_type, kind } = match part.body {
            PartType::Message(_) => Sniffed { media_type: MAIL, kind: Kind::Mail },
            _ => sniff(head, &name),
        };
        let read = match kind {
            Kind::Image if is_decoration(part) => unsupported(media_type),
            _ => self.read(bytes, kind, media_type),
        };
        self.attachments.push(Attachment {
            name: name.clone(),
            size_bytes: Some(bytes.len() as u64),
            media_type: Some(read.media_type.clone()),
        });
        self.add(&name, read);
        kind
    }

    /// The limits within which the next attachment is read.
    fn limits_left(&self) -> Limits {
        let pages = self.limits.pages.saturating_sub(self.pages.len() as u32);
        Limits { pages, text_bytes: self.text_left, ..self.limits }
    }

    fn read(&self, bytes: &[u8], kind: Kind, media_type: &'static str) -> Extracted {
        let nothing =
            |code, detail: &str| without_pages(media_type, vec![Finding::file(code, detail)]);
        if self.simple {
            return nothing(FindingCode::Attachments, "not read, since reading it all failed");
        }
        if self.budget.is_spent() {
            return nothing(FindingCode::TimedOut, "not read, since the time was over");
        }
        let limits = self.limits_left();
        if limits.pages == 0 || limits.text_bytes == 0 {
            return nothing(FindingCode::LimitReached, "not read, since the limits were reached");
        }
        match kind {
            Kind::Mail if self.depth >= MOST_DEPTH => {
                nothing(FindingCode::LimitReached, "not read, since it is too deep in messages")
            }
            Kind::Mail => read_at(bytes, &limits, false, self.budget, self.depth + 1),
            Kind::Text => {
                let read = &bytes[..bytes.len().min(limits.text_bytes)];
                text::read(read, read.len() == bytes.len(), media_type, &limits)
            }
            Kind::Empty => nothing(FindingCode::Damaged, "it is empty"),
            Kind::Image => image::pages(media_type, 1, Vec::new()),
            Kind::Other => unsupported(media_type),
            Kind::Pdf | Kind::Html | Kind::Package | Kind::Tiff | Kind::Rtf => {
                reader::parse(kind, bytes.to_vec(), &limits, false, self.budget)
                    .unwrap_or_else(|| unsupported(media_type))
            }
        }
    }

    /// Adds an attachment's pages, and what was noticed about it.
    fn add(&mut self, name: &str, read: Extracted) {
        let before = self.pages.len() as u32;
        let lost = |page: &&Page| !page.has_text() && !page.recognise;
        let unread = read.pages.iter().filter(lost).count();
        let mut reasons = Vec::new();
        for finding in read.findings {
            reasons.push(finding.detail.clone());
            if finding.code != FindingCode::NoText && !read.pages.is_empty() {
                let detail = format!("attachment {name}: {}", finding.detail);
                let page = finding.page.map(|page| page.saturating_add(before));
                self.findings.push(Finding { code: finding.code, page, detail });
            }
        }
        if read.pages.is_empty() || unread > 0 {
            let detail = match read.pages.len() {
                0 => format!("attachment {name} was not read: {}", reasons.join("; ")),
                all => format!("attachment {name}: {unread} of {all} pages have no text"),
            };
            self.findings.push(Finding::file(FindingCode::Attachments, detail));
        }
        for (page, number) in read.pages.into_iter().zip(before + 1..) {
            if page.recognise && !page.has_text() {
                let detail = format!("attachment {name}: no text yet");
                self.findings.push(Finding::page(FindingCode::NoText, number, detail));
            }
            self.text_left = self.text_left.saturating_sub(page.text.len());
            let text = match page.has_text() {
                true => format!("Lampiran: {name}\n{}", page.text),
                false => String::new(),
            };
            let recognise = page.recognise;
            self.pages.push(Page { recognise, ..Page::new(&text, TextSource::Layer) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::tests::packed;
    use std::fmt::Write as _;

    fn read_all(message: &str) -> Extracted {
        let limits = Limits::default();
        read(message.as_bytes(), &limits, false, Budget::new(&limits))
    }

    fn texts(extracted: &Extracted) -> Vec<&str> {
        extracted.pages.iter().map(|page| page.text.as_str()).collect()
    }

    #[test]
    fn headers_and_an_encoded_body() {
        let extracted = read_all(
            "Date: Tue, 3 Sep 2024 09:00:00 +0700\r\nFrom: =?utf-8?Q?Bagian_Ars=C3=ADp?= <arsip@contoh.example>\r\n\
             To: a@contoh.example, b@contoh.example\r\nSubject: =?utf-8?B?UmFwYXQ=?=\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             Isi caf=E9=\r\n panjang\r\n",
        );
        let shown = "Date: Tue, 3 Sep 2024 09:00:00 +0700\nFrom: Bagian Arsíp <arsip@contoh.example>\n\
                     To: a@contoh.example, b@contoh.example\nSubject: Rapat\n\nIsi café panjang\n";
        assert_eq!(texts(&extracted), [shown]);
        assert_eq!(extracted.embedded_title.as_deref(), Some("Rapat"));
        assert_eq!(extracted.findings, []);
    }

    fn with_parts(parts: &[(&str, &str, &str)]) -> String {
        let mut message = "Subject: s\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            .to_owned();
        for (sort, name, content) in parts {
            let _ = write!(message, "--b\r\nContent-Type: {sort}\r\n");
            if !name.is_empty() {
                let _ = write!(message, "Content-Disposition: attachment; filename={name}\r\n");
            }
            let _ = write!(message, "\r\n{content}\r\n");
        }
        message + "--b--\r\n"
    }

    #[test]
    fn html_is_read_and_attachments_follow() {
        let extracted = read_all(&with_parts(&[
            ("text/html; charset=utf-8", "", "<meta charset=latin1><p>caf\u{e9}</p>"),
            ("text/plain; charset=utf-8", "catatan.txt", "satu"),
            ("image/gif", "gambar.gif", "GIF89a\u{1}"),
            ("application/rtf", "surat.rtf", "{\\rtf1 dua}"),
            ("message/rfc822", "lama.eml", "Subject: lama\r\n\r\ntiga\r\n"),
        ]));
        let texts = texts(&extracted);
        assert_eq!(texts[0], "Subject: s\n\ncafé\n");
        assert_eq!(texts[1..3], ["Lampiran: catatan.txt\nsatu", ""]);
        assert_eq!(texts[3], "Lampiran: surat.rtf\ndua");
        assert!(texts[4].starts_with("Lampiran: lama.eml\nSubject: lama\n\ntiga"), "{texts:?}");
        assert_eq!(extracted.pages_to_recognise(), [3]);
        let names: Vec<_> = extracted.structure.unwrap().attachments;
        assert_eq!(names.len(), 4);
        let told: Vec<_> = extracted.findings.iter().map(|one| (one.code, one.page)).collect();
        assert_eq!(told, [(FindingCode::NoText, Some(3))]);
    }

    #[test]
    fn a_page_is_found_again_in_what_is_attached() {
        let limits = Limits::default();
        let picture = "GIF89a\u{1}gambar";
        let inner = with_parts(&[
            ("text/plain", "", "surat lama"),
            ("image/gif", "a.gif", picture),
            ("text/plain", "catatan.txt", "dua"),
        ]);
        let inner = inner.replace("--b", "--c").replace("boundary=b", "boundary=c");
        let message = with_parts(&[
            ("text/plain", "", "isi"),
            ("text/plain", "satu.txt", "satu"),
            ("message/rfc822", "lama.eml", &inner),
            ("image/gif", "b.gif", "GIF87a\u{1}"),
        ]);
        let inside = |page| page_inside(message.as_bytes(), page, &limits, Budget::new(&limits));
        assert_eq!(read_all(&message).pages_to_recognise(), [4, 6]);
        let found = inside(4).unwrap();
        assert_eq!((found.bytes.as_slice(), found.page), (picture.as_bytes(), 1));
        assert_eq!(found.kind, Kind::Image);
        assert_eq!(inside(6).unwrap().bytes, b"GIF87a\x01");
        assert_eq!(inside(2).map(|found| found.kind), Some(Kind::Text));
        for page in [0, 1, 3, 7, u32::MAX] {
            assert_eq!(inside(page), None, "page {page}");
        }
    }

    #[test]
    fn pictures_that_the_message_shows_are_no_pages() {
        let message = with_parts(&[("text/plain", "", "isi"), ("image/gif", "", "GIF89a\u{1}")])
            .replace("image/gif\r\n", "image/gif\r\nContent-ID: <kop>\r\n");
        let extracted = read_all(&message);
        assert_eq!(extracted.pages.len(), 1);
        assert_eq!(extracted.findings[0].code, FindingCode::Attachments);
    }

    #[test]
    fn bombs_in_messages_are_findings() {
        let mut nested = String::new();
        for _ in 0..100_000 {
            nested.push_str("Content-Type: message/rfc822\r\n\r\n");
        }
        assert_eq!(read_all(&nested).findings[0].code, FindingCode::LimitReached);
        let mut deep = "Subject: dalam\r\n\r\ndasar".to_owned();
        for _ in 0..50 {
            deep = format!("Content-Type: message/rfc822\r\n\r\n{deep}");
        }
        let codes: Vec<_> = read_all(&deep).findings.into_iter().map(|one| one.code).collect();
        assert!(codes.contains(&FindingCode::Attachments), "{codes:?}");
    }

    #[test]
    fn a_zip_bomb_attached_is_a_finding() {
        let text = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(300_000));
        let bomb = packed(&[("word/document.xml", &text)]);
        let limits = Limits { text_bytes: 50_000, ..Limits::default() };
        let reading = Reading {
            pages: Vec::new(),
            findings: Vec::new(),
            attachments: Vec::new(),
            text_left: limits.text_bytes,
            limits,
            simple: false,
            budget: Budget::new(&limits),
            depth: 0,
        };
        let read = reading.read(&bomb, Kind::Package, "application/zip");
        let codes: Vec<_> = read.findings.iter().map(|finding| finding.code).collect();
        assert!(codes.contains(&FindingCode::LimitReached), "{codes:?}");
    }
}
