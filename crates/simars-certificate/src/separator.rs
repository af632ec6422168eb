//! Separator sheets: what is laid between the papers of a stack before it is scanned.

use krilla::metadata::Metadata;
use krilla::{Document, SerializeSettings};
use simars_record::{AccessClass, Separator};

use crate::certificate::finish;
use crate::face::Face;
use crate::sheet::{Ink, Sheet, Style};
use crate::words::{self, Words};
use crate::{CertificateError, Qr};

/// A4 (ISO 216), in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 56.0;
const WIDTH: f32 = PAGE.0 - 2.0 * LEFT;
/// The side of the QR code with its margin, in points: without it, the smallest code takes half of
/// the page's width. A scanner at 100 dots per inch gives each of its squares seven points or more.
const QR_SIDE: f32 = 440.0;
const QR_TOP: f32 = 128.0;

/// The most sheets that are made at a time.
pub const MOST_SHEETS: u32 = 200;

/// What stands on a separator sheet: the QR code, and the same in words.
#[derive(Debug, Clone, Copy)]
pub struct SeparatorSheet<'a> {
    /// The office's name in Indonesian.
    pub office: &'a str,
    /// What the sheet says of the document behind it.
    pub separator: &'a Separator,
    /// The name of its kind in Indonesian and in English, if it names one.
    pub kind: Option<(&'a str, &'a str)>,
}

impl SeparatorSheet<'_> {
    /// So many of these sheets, at least one and at most [`MOST_SHEETS`], as a PDF with one page for
    /// each. The same values give the same bytes.
    ///
    /// # Errors
    /// If the writer refuses.
    pub fn pdf(&self, count: u32) -> Result<Vec<u8>, CertificateError> {
        let qr = Qr::sturdy(&self.separator.to_string())?;
        let mut document = Document::new_with(SerializeSettings::default());
        let (regular, bold) = (Face::regular()?, Face::bold()?);
        for _ in 0..count.clamp(1, MOST_SHEETS) {
            Sheet::add(&mut document, PAGE, |sheet| self.draw(sheet, &regular, &bold, &qr))?;
        }
        let title = words::SEPARATOR.id.to_owned();
        document.set_metadata(Metadata::new().language("id".to_owned()).title(title));
        finish(document)
    }

    fn draw(&self, sheet: &mut Sheet<'_>, regular: &Face, bold: &Face, qr: &Qr) {
        let large = Style { face: bold, size: 26.0, leading: 34.0, ink: Ink::Black };
        let strong = Style { face: bold, size: 11.0, leading: 15.0, ink: Ink::Black };
        let plain = Style { face: regular, ..strong };
        let small = Style { face: regular, size: 9.0, leading: 12.0, ink: Ink::Gray };
        let y = sheet.text(self.office, (LEFT, 36.0), WIDTH, 1, strong);
        let y = sheet.text(words::SEPARATOR.id, (LEFT, y), WIDTH, 1, large);
        sheet.text(words::SEPARATOR.en, (LEFT, y), WIDTH, 1, plain);
        sheet.qr(qr, (PAGE.0 - QR_SIDE) / 2.0, QR_TOP, QR_SIDE);
        let mut y = QR_TOP + QR_SIDE + 4.0;
        for (name, value) in self.fields() {
            let line = format!("{} / {}: {value}", name.id, name.en);
            y = sheet.text(&line, (LEFT, y), WIDTH, 2, strong);
        }
        let code = self.separator.to_string();
        y = sheet.text(&code, (LEFT, y + 2.0), WIDTH, 2, small);
        sheet.rule(LEFT, y + 8.0, WIDTH, Ink::Pale);
        let y = sheet.text(words::SEPARATING.id, (LEFT, y + 12.0), WIDTH, 4, plain);
        sheet.text(words::SEPARATING.en, (LEFT, y + 4.0), WIDTH, 4, small);
    }

    /// What the code says, in words.
    fn fields(&self) -> Vec<(Words, String)> {
        let Separator { kind, unit, code, access } = self.separator;
        let kind = kind.as_ref().map(|key| match self.kind {
            Some((id, en)) if id == en => id.to_owned(),
            Some((id, en)) => format!("{id} / {en}"),
            None => key.as_str().to_owned(),
        });
        let access = access.map(|class| {
            let names = class_names(class);
            format!("{} / {}", names.id, names.en)
        });
        let fields = [
            (words::KIND, kind),
            (words::UNIT, unit.map(|unit| unit.to_string())),
            (words::CODE, code.as_ref().map(ToString::to_string)),
            (words::ACCESS, access),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

const fn class_names(class: AccessClass) -> Words {
    match class {
        AccessClass::Open => words::OPEN,
        AccessClass::Restricted => words::RESTRICTED,
        AccessClass::Secret => words::SECRET,
        AccessClass::TopSecret => words::TOP_SECRET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str, count: u32) -> Vec<u8> {
        let separator = text.parse().unwrap();
        let kind = Some(("Keputusan", "Decision"));
        let sheet = SeparatorSheet { office: "Komisi Contoh", separator: &separator, kind };
        sheet.pdf(count).unwrap()
    }

    #[test]
    fn sheets_are_always_the_same_and_few_are_enough() {
        let full = "SIMARS-PISAH/1/K:KEPUTUSAN/U:TEKNIS/C:PL.01.8/A:SANGAT-RAHASIA";
        assert_eq!(made(full, 2), made(full, 2));
        assert_ne!(made(full, 1), made("SIMARS-PISAH/1", 1));
        assert_eq!(made(full, 0), made(full, 1));
        assert!(made(full, 200).starts_with(b"%PDF-1."));
    }

    #[test]
    fn the_code_stands_much_damage() {
        let (plain, sturdy) = (Qr::of("SIMARS-PISAH/1"), Qr::sturdy("SIMARS-PISAH/1"));
        // As many squares as capitals take at the highest level of correction.
        assert_eq!((plain.unwrap().side(), sturdy.unwrap().side()), (21, 25));
    }
}
