//! QR codes (ISO/IEC 18004): text to black and white squares.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::CertificateError;

/// A QR code, without the white margin of four squares that it needs around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    side: u32,
    /// Row by row from the top, `side` × `side`.
    dark: Vec<bool>,
}

impl Qr {
    /// The code for a text, readable with 15 % of it damaged. Text of capital letters, digits and
    /// `$%*+-./:` takes the least room.
    ///
    /// # Errors
    /// If the text is too long for any code.
    pub fn of(text: &str) -> Result<Self, CertificateError> {
        Self::made(text, QrCodeEcc::Medium)
    }

    /// The same, readable with 30 % of it damaged.
    ///
    /// # Errors
    /// As [`Qr::of`].
    pub fn sturdy(text: &str) -> Result<Self, CertificateError> {
        Self::made(text, QrCodeEcc::High)
    }

    fn made(text: &str, correction: QrCodeEcc) -> Result<Self, CertificateError> {
        let code = QrCode::encode_text(text, correction)
            .map_err(|_| CertificateError::Qr(text.chars().count()))?;
        let side = code.size();
        let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        let dark = places.map(|(x, y)| code.get_module(x, y)).collect();
        Ok(Self { side: side.unsigned_abs(), dark })
    }

    /// How many squares each side has.
    pub const fn side(&self) -> u32 {
        self.side
    }

    /// Whether a square is dark; those outside are not.
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        x < self.side && self.dark.get((y * self.side + x) as usize).copied().unwrap_or(false)
    }

    /// The dark squares, those side by side in one: left, top, width, all in squares.
    pub fn bars(&self) -> Vec<(u32, u32, u32)> {
        let mut bars = Vec::new();
        for y in 0..self.side {
            let mut x = 0;
            while x < self.side {
                let width = (x..self.side).take_while(|&x| self.is_dark(x, y)).count() as u32;
                if width > 0 {
                    bars.push((x, y, width));
                }
                x += width + 1;
            }
        }
        bars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_eyes_and_capitals_make_it_smaller() {
        let text = "HTTPS://ARSIP.EXAMPLE/D/AMBQGAYDAMBQGAYDAMBQGAYDAM/0";
        let qr = Qr::of(text).unwrap();
        let last = qr.side() - 1;
        for (x, y) in [(0, 0), (last, 0), (0, last), (3, 3)] {
            assert!(qr.is_dark(x, y));
        }
        assert!(!qr.is_dark(last, last + 1) && !qr.is_dark(1, 1) && !qr.is_dark(7, 7));
        assert!(Qr::of(&text.to_lowercase()).unwrap().side() > qr.side());
        assert_eq!(Qr::of(&"x".repeat(5_000)), Err(CertificateError::Qr(5_000)));
    }

    #[test]
    fn bars_cover_the_dark_squares_and_nothing_else() {
        let qr = Qr::of("simars").unwrap();
        let mut covered = vec![false; (qr.side() * qr.side()) as usize];
        for (x, y, width) in qr.bars() {
            for x in x..x + width {
                assert!(!std::mem::replace(&mut covered[(y * qr.side() + x) as usize], true));
            }
        }
        assert_eq!(covered, qr.dark);
    }
}
