//! The *surat keterangan autentifikasi*: one page that says what is in the log, with the proof.

use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::metadata::{DateTime, Metadata};
use krilla::{Document, SerializeSettings};
use simars_record::{Digest, DocumentId, Timestamp};

use crate::face::Face;
use crate::sheet::{Ink, Sheet, Style};
use crate::words::{self, Words, fill, number};
use crate::{CertificateError, Link, Qr};

/// A4 (ISO 216), in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 56.0;
const WIDTH: f32 = PAGE.0 - 2.0 * LEFT;
/// Where the names of the fields end and their values begin.
const VALUES: f32 = LEFT + 104.0;
/// The side of the QR code with its margin.
const QR_SIDE: f32 = 128.0;
/// A longer proof, in bytes, is packed.
const LONGEST_PLAIN: usize = 32 << 10;
/// What the media type of a proof file is here: no registered one fits.
const PROOF_TYPE: &str = "text/plain";

/// What a certificate says. Texts are in Indonesian where they have a language; those that are too
/// long for the page are cut with an ellipsis.
#[derive(Debug, Clone)]
pub struct Certificate<'a> {
    /// The office's name in Indonesian.
    pub office: &'a str,
    /// The office's name in English.
    pub office_en: &'a str,
    /// The address of the server, such as `https://arsip.example`.
    pub public_address: &'a str,
    /// The document.
    pub id: DocumentId,
    /// The SHA-256 of its original.
    pub sha256: Digest,
    /// Where the statement that the proof is for stands in the log, from 0.
    pub index: u64,
    /// Its title.
    pub title: &'a str,
    /// Its number, as it writes it.
    pub number: Option<&'a str>,
    /// Its date, in words.
    pub date: Option<&'a str>,
    /// How many pages the original has.
    pub pages: u32,
    /// How many bytes.
    pub size_bytes: u64,
    /// When it was published, in words.
    pub published: Option<&'a str>,
    /// How it stands.
    pub standing: Standing,
    /// When it stood so.
    pub as_of: Timestamp,
    /// The same, in words.
    pub as_of_words: &'a str,
    /// The checkpoint of the proof.
    pub checkpoint: Checkpoint<'a>,
    /// Who has seen that checkpoint.
    pub witnesses: Witnesses,
    /// The text of the proof file, which is put into the PDF as `<id>.tlog-proof`.
    pub proof: &'a str,
}

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Published, and no newer version is.
    Current,
    /// Published, and so is a newer version.
    Older,
    /// No longer published.
    Withdrawn,
    /// Never published.
    Unpublished,
}

/// What a log said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint<'a> {
    /// Its name.
    pub origin: &'a str,
    /// How many statements it has.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// How many witnesses have seen a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witnesses {
    /// Have seen it.
    pub seen: u32,
    /// Are known.
    pub known: u32,
    /// Whether those that have seen it are enough for the policy of the log.
    pub enough: bool,
}

impl Certificate<'_> {
    /// The certificate as PDF/A-3u. The same values give the same bytes.
    ///
    /// # Errors
    /// If the public address does not fit into a QR code, or the writer refuses.
    pub fn pdf(&self) -> Result<Vec<u8>, CertificateError> {
        let link = Link { id: self.id, sha256: self.sha256, index: Some(self.index) };
        let qr = Qr::of(&link.address(self.public_address))?;
        let mut document = archival(Archival::A3_U)?;
        let hand = Hand::new()?;
        Sheet::add(&mut document, PAGE, |sheet| self.draw(sheet, &hand, &qr))?;
        document.set_metadata(self.metadata());
        document
            .embed_file(self.attachment())
            .ok_or_else(|| CertificateError::Pdf("the proof cannot be attached".to_owned()))?;
        finish(document)
    }

    fn metadata(&self) -> Metadata {
        Metadata::new()
            .title(format!("{}: {}", words::TITLE.id, self.title))
            .language("id".to_owned())
            .authors(vec![self.office.to_owned()])
            .producer("SIMARS".to_owned())
            .creation_date(date_time(self.as_of))
    }

    fn attachment(&self) -> EmbeddedFile {
        let id = self.id.to_string();
        EmbeddedFile {
            path: format!("{id}.tlog-proof"),
            mime_type: MimeType::new(PROOF_TYPE),
            description: Some(fill(words::ATTACHMENT.id, &[("id", &id)])),
            association_kind: AssociationKind::Data,
            data: self.proof.as_bytes().to_vec().into(),
            modification_date: Some(date_time(self.as_of)),
            // As it is if it is short: whoever has nothing else finds it with `strings`.
            compress: Some(self.proof.len() > LONGEST_PLAIN),
            location: None,
        }
    }

    /// Draws the page; gives where it ends.
    fn draw(&self, sheet: &mut Sheet<'_>, hand: &Hand, qr: &Qr) -> f32 {
        let y = self.head(sheet, hand);
        let y = self.fields(sheet, hand, y);
        let y = self.log(sheet, hand, qr, y);
        let y = self.checking(sheet, hand, y);
        sheet.rule(LEFT, y + 6.0, WIDTH, Ink::Pale);
        both(sheet, hand, words::UNSIGNED, &[], (LEFT, y + 8.0), WIDTH)
    }

    fn head(&self, sheet: &mut Sheet<'_>, hand: &Hand) -> f32 {
        let mut y = sheet.text(self.office, (LEFT, 40.0), WIDTH, 2, hand.office());
        if self.office_en != self.office {
            y = sheet.text(self.office_en, (LEFT, y), WIDTH, 1, hand.small());
        }
        sheet.rule(LEFT, y + 6.0, WIDTH, Ink::Black);
        y = sheet.text(words::TITLE.id, (LEFT, y + 14.0), WIDTH, 1, hand.title());
        y = sheet.text(words::TITLE.en, (LEFT, y), WIDTH, 1, hand.small());
        let index = number(self.index + 1);
        let values = [("index", index.as_str()), ("origin", self.checkpoint.origin)];
        both(sheet, hand, words::CERTIFIED, &values, (LEFT, y + 8.0), WIDTH)
    }

    fn fields(&self, sheet: &mut Sheet<'_>, hand: &Hand, y: f32) -> f32 {
        let width = LEFT + WIDTH - VALUES;
        let mut y = y + 10.0;
        sheet.rule(LEFT, y, WIDTH, Ink::Pale);
        y += 3.0;
        let mut field = |name, value: &str, second: &str, most, style| {
            y = row(sheet, hand, name, (value, second), y, (width, most, style));
        };
        field(words::NUMBER, self.number.unwrap_or("–"), "", 2, hand.strong());
        field(words::ABOUT, self.title, "", 4, hand.strong());
        field(words::DATE, self.date.unwrap_or("–"), "", 1, hand.body());
        let (pages, bytes) = (number(self.pages.into()), number(self.size_bytes));
        let extent = counted(words::EXTENT_VALUE, [("pages", &pages), ("bytes", &bytes)]);
        field(words::EXTENT, &extent.0, &extent.1, 1, hand.body());
        field(words::ID, &self.id.to_string(), "", 1, hand.body());
        field(words::FINGERPRINT, &grouped(&self.sha256), "", 2, hand.strong());
        y
    }

    /// How the document stands and what the log says, with the QR code beside it.
    fn log(&self, sheet: &mut Sheet<'_>, hand: &Hand, qr: &Qr, y: f32) -> f32 {
        let top = y + 4.0;
        sheet.rule(LEFT, top, WIDTH, Ink::Pale);
        let width = LEFT + WIDTH - VALUES - QR_SIDE - 8.0;
        let mut y = top + 3.0;
        let mut field = |name, value: &str, second: &str, most| {
            y = row(sheet, hand, name, (value, second), y, (width, most, hand.body()));
        };
        let state = self.standing.words();
        let time = [("time", self.as_of_words)];
        let status = format!("{}, {}", state.id, fill(words::AS_OF.id, &time));
        let status_en = format!("{}, {}", state.en, fill(words::AS_OF.en, &time));
        field(words::STATUS, &status, &status_en, 2);
        field(words::PUBLISHED, self.published.unwrap_or("–"), "", 1);
        let size = number(self.checkpoint.size);
        let values = [("origin", self.checkpoint.origin), ("size", size.as_str())];
        let said = counted(words::CHECKPOINT_VALUE, values);
        field(words::CHECKPOINT, &said.0, &said.1, 2);
        field(words::ROOT, &grouped(&self.checkpoint.root), "", 3);
        let (witnesses, witnesses_en) = self.witnesses.sentence();
        field(words::WITNESSES, &witnesses, &witnesses_en, 3);
        let x = LEFT + WIDTH - QR_SIDE;
        sheet.qr(qr, x, top + 4.0, QR_SIDE);
        let mut below = top + 4.0 + QR_SIDE;
        below =
            sheet.text(words::SCAN.id, (x + 12.0, below - 8.0), QR_SIDE - 12.0, 3, hand.small());
        below = sheet.text(words::SCAN.en, (x + 12.0, below), QR_SIDE - 12.0, 3, hand.small());
        let domain = domain(self.public_address);
        below = sheet.text(domain, (x + 12.0, below), QR_SIDE - 12.0, 2, hand.strong());
        y.max(below)
    }

    fn checking(&self, sheet: &mut Sheet<'_>, hand: &Hand, y: f32) -> f32 {
        sheet.rule(LEFT, y + 4.0, WIDTH, Ink::Pale);
        let name = words::CHECKING;
        let heading = format!("{} / {}", name.id, name.en);
        let mut y = sheet.text(&heading, (LEFT, y + 8.0), WIDTH, 1, hand.strong());
        for (step, place) in words::STEPS.into_iter().zip(1..) {
            let mark = hand.strong().face.set(&format!("{place}."));
            let style = hand.strong();
            sheet.line(&mark, LEFT, y + style.leading * 0.75 + 3.0, style);
            let values = [("address", self.public_address.trim_end_matches('/'))];
            y = both(sheet, hand, step, &values, (LEFT + 16.0, y + 3.0), WIDTH - 16.0);
        }
        y
    }
}

impl Standing {
    const fn words(self) -> Words {
        match self {
            Self::Current => words::CURRENT,
            Self::Older => words::OLDER,
            Self::Withdrawn => words::WITHDRAWN,
            Self::Unpublished => words::UNPUBLISHED,
        }
    }
}

impl Witnesses {
    fn sentence(self) -> (String, String) {
        let Self { seen, known, enough } = self;
        if known == 0 {
            return (words::NO_WITNESSES.id.to_owned(), words::NO_WITNESSES.en.to_owned());
        }
        let values = [seen, known].map(|count| number(count.into()));
        let values = [("seen", &*values[0]), ("known", &*values[1])];
        let mut sentences = [words::WITNESSED.id, words::WITNESSED.en].map(|it| fill(it, &values));
        if !enough {
            let waiting = words::WAITING;
            sentences = [
                format!("{}: {}", waiting.id, sentences[0]),
                format!("{}: {}", waiting.en, sentences[1]),
            ];
        }
        sentences.into()
    }
}

/// The styles of the page.
struct Hand {
    regular: Face,
    bold: Face,
}

impl Hand {
    fn new() -> Result<Self, CertificateError> {
        Ok(Self { regular: Face::regular()?, bold: Face::bold()? })
    }

    const fn office(&self) -> Style<'_> {
        Style { face: &self.bold, size: 11.5, leading: 15.0, ink: Ink::Black }
    }

    const fn title(&self) -> Style<'_> {
        Style { face: &self.bold, size: 18.0, leading: 24.0, ink: Ink::Black }
    }

    const fn body(&self) -> Style<'_> {
        Style { face: &self.regular, size: 9.0, leading: 12.0, ink: Ink::Black }
    }

    const fn strong(&self) -> Style<'_> {
        Style { face: &self.bold, ..self.body() }
    }

    const fn small(&self) -> Style<'_> {
        Style { face: &self.regular, size: 7.2, leading: 9.4, ink: Ink::Gray }
    }
}

/// A text in Indonesian with the English below it; gives where it ends.
fn both(
    sheet: &mut Sheet<'_>,
    hand: &Hand,
    words: Words,
    values: &[(&str, &str)],
    (x, y): (f32, f32),
    width: f32,
) -> f32 {
    let y = sheet.text(&fill(words.id, values), (x, y), width, 4, hand.body());
    sheet.text(&fill(words.en, values), (x, y + 1.0), width, 3, hand.small())
}

/// A text with numbers in both languages; English sets their thousands apart by commas.
fn counted<const N: usize>(words: Words, values: [(&str, &str); N]) -> (String, String) {
    let is_number = |value: &str| value.bytes().all(|one| one.is_ascii_digit() || one == b'.');
    let english = values.map(|(name, value)| {
        (name, if is_number(value) { value.replace('.', ",") } else { value.to_owned() })
    });
    let english: Vec<(&str, &str)> =
        english.iter().map(|(name, value)| (*name, value.as_str())).collect();
    (fill(words.id, &values), fill(words.en, &english))
}

/// A field: its name in both languages, its value, and the value in English where it has one.
fn row(
    sheet: &mut Sheet<'_>,
    hand: &Hand,
    name: Words,
    (value, second): (&str, &str),
    y: f32,
    (width, most, style): (f32, usize, Style<'_>),
) -> f32 {
    let named = sheet.text(name.id, (LEFT, y), VALUES - LEFT - 8.0, 1, hand.body());
    let named = sheet.text(name.en, (LEFT, named), VALUES - LEFT - 8.0, 1, hand.small());
    let mut valued = sheet.text(value, (VALUES, y), width, most, style);
    if !second.is_empty() {
        valued = sheet.text(second, (VALUES, valued), width, most, hand.small());
    }
    named.max(valued) + 2.0
}

/// A digest in groups of eight, which the eye can compare.
fn grouped(digest: &Digest) -> String {
    let hex = digest.to_string();
    let mut groups = String::with_capacity(hex.len() + 8);
    for (place, digit) in hex.chars().enumerate() {
        if place > 0 && place % 8 == 0 {
            groups.push(' ');
        }
        groups.push(digit);
    }
    groups
}

/// The part of an address that names who answers.
pub(crate) fn domain(public_address: &str) -> &str {
    let rest = public_address.split_once("://").map_or(public_address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// A new document that is checked while it is written.
pub(crate) fn archival(standard: Archival) -> Result<Document, CertificateError> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(standard).finish();
    let configuration =
        configuration.map_err(|error| CertificateError::Pdf(format!("{error:?}")))?;
    Ok(Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() }))
}

/// Its bytes.
pub(crate) fn finish(document: Document) -> Result<Vec<u8>, CertificateError> {
    document.finish().map_err(|error| CertificateError::Pdf(format!("{error:?}")))
}

/// A time as PDF writes it.
pub(crate) fn date_time(time: Timestamp) -> DateTime {
    let (date, second) = (time.date(), time.unix() % 86_400);
    DateTime::new(date.year())
        .month(date.month())
        .day(date.day())
        .hour((second / 3_600) as u8)
        .minute((second / 60 % 60) as u8)
        .second((second % 60) as u8)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

#[cfg(test)]
mod tests;
