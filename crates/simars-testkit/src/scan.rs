//! Scans made for tests: pages as pictures, worn as scanners leave them, and files of such pages.

use std::fmt::Write as _;

/// A4 (ISO 216), in points.
const A4: (f64, f64) = (595.28, 841.89);
/// The side of the code on a printed separator sheet with its white margin, in points.
const CODE_SIDE: f64 = 440.0;
/// What a code needs white around it, in its own squares.
const QUIET: u32 = 4;

/// A page in gray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Points across.
    pub width: usize,
    /// Points down.
    pub height: usize,
    /// Row by row from the top left corner, 0 is black.
    pub points: Vec<u8>,
}

impl Picture {
    /// An empty sheet of A4 at so many dots per inch.
    pub fn blank(dpi: u32) -> Self {
        let side = |points: f64| (points / 72.0 * f64::from(dpi)).round() as usize;
        let (width, height) = (side(A4.0), side(A4.1));
        Self { width, height, points: vec![255; width * height] }
    }

    /// A page of lines that look like writing; another number gives other lines.
    pub fn written(dpi: u32, number: u64) -> Self {
        let mut page = Self::blank(dpi);
        let mut random = Random(number);
        let unit = dpi as usize / 12;
        for row in (2 * unit..page.height.saturating_sub(2 * unit)).step_by(2 * unit) {
            let mut at = unit;
            while at + 2 * unit < page.width {
                let word = 1 + random.below(unit as u64) as usize;
                for y in row..row + unit / 2 + 1 {
                    page.points[y * page.width + at..][..word].fill(40);
                }
                at += word + 1 + random.below(4) as usize;
            }
        }
        page
    }

    /// A page with a code of `side` squares, as large and where separator sheets have it, times
    /// `scale`.
    pub fn with_code(dpi: u32, side: u32, scale: f64, is_dark: impl Fn(u32, u32) -> bool) -> Self {
        let mut page = Self::blank(dpi);
        let whole = CODE_SIDE * scale / 72.0 * f64::from(dpi);
        let square = whole / f64::from(side + 2 * QUIET);
        let left = (page.width as f64 - whole) / 2.0;
        let top = 128.0 / 72.0 * f64::from(dpi);
        for (index, point) in page.points.iter_mut().enumerate() {
            let (x, y) = ((index % page.width) as f64 + 0.5, (index / page.width) as f64 + 0.5);
            let (across, down) = (((x - left) / square).floor(), ((y - top) / square).floor());
            let inside = |at: f64| at >= f64::from(QUIET) && at < f64::from(side + QUIET);
            if inside(across) && inside(down) && is_dark(across as u32 - QUIET, down as u32 - QUIET)
            {
                *point = 0;
            }
        }
        page
    }

    /// The page turned clockwise about its middle, white where nothing of it lies; turned by about
    /// a quarter it takes the other format.
    #[must_use]
    pub fn turned(&self, degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let sideways = sin.abs() > cos.abs();
        let (width, height) =
            if sideways { (self.height, self.width) } else { (self.width, self.height) };
        let middle = |side: usize| side as f64 / 2.0 - 0.5;
        let at = |x: isize, y: isize| -> f64 {
            let inside =
                (0..self.width as isize).contains(&x) && (0..self.height as isize).contains(&y);
            if inside {
                f64::from(self.points[y as usize * self.width + x as usize])
            } else {
                255.0
            }
        };
        let mut points = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let (x, y) = (column as f64 - middle(width), row as f64 - middle(height));
                let from_x = x * cos + y * sin + middle(self.width);
                let from_y = -x * sin + y * cos + middle(self.height);
                let (left, top) = (from_x.floor(), from_y.floor());
                let (right_share, low_share) = (from_x - left, from_y - top);
                let (left, top) = (left as isize, top as isize);
                let upper = at(left, top) * (1.0 - right_share) + at(left + 1, top) * right_share;
                let lower =
                    at(left, top + 1) * (1.0 - right_share) + at(left + 1, top + 1) * right_share;
                points.push((upper * (1.0 - low_share) + lower * low_share).round() as u8);
            }
        }
        Self { width, height, points }
    }

    /// The page with noise of up to this many levels, on gray paper, in less than full black.
    #[must_use]
    pub fn worn(&self, seed: u64, noise: u8) -> Self {
        let mut random = Random(seed);
        let wear = |&point: &u8| {
            let paper = 50 + i32::from(point) * 3 / 4;
            let grain = random.below(2 * u64::from(noise) + 1) as i32 - i32::from(noise);
            (paper + grain).clamp(0, 255) as u8
        };
        Self { points: self.points.iter().map(wear).collect(), ..*self }
    }

    /// The page in black and white.
    #[must_use]
    pub fn bilevel(&self) -> Self {
        let level = |&point: &u8| if point < 128 { 0 } else { 255 };
        Self { points: self.points.iter().map(level).collect(), ..*self }
    }
}

/// A PDF whose pages are these pictures, each over all of its page.
pub fn pdf(pages: &[Picture], dpi: u32) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let mut add = |file: &mut Vec<u8>, parts: &[&[u8]]| {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", offsets.len()).bytes());
        parts.iter().for_each(|part| file.extend_from_slice(part));
        file.extend_from_slice(b"\nendobj\n");
    };
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 3 + 3 * page)).collect();
    add(&mut file, &[b"<</Type/Catalog/Pages 2 0 R>>"]);
    let (kids, count) = (kids.join(" "), pages.len());
    add(&mut file, &[format!("<</Type/Pages/Kids[{kids}]/Count {count}>>").as_bytes()]);
    for (index, page) in pages.iter().enumerate() {
        let points = |side: usize| side as f64 * 72.0 / f64::from(dpi);
        let (width, height) = (points(page.width), points(page.height));
        let (content, picture) = (4 + 3 * index, 5 + 3 * index);
        let entry = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents {content} 0 R\
             /Resources<</XObject<</G {picture} 0 R>>>>>>"
        );
        add(&mut file, &[entry.as_bytes()]);
        let drawing = format!("q {width} 0 0 {height} 0 0 cm /G Do Q");
        let drawing = format!("<</Length {}>>stream\n{drawing}\nendstream", drawing.len());
        add(&mut file, &[drawing.as_bytes()]);
        let head = format!(
            "<</Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/DeviceGray\
             /BitsPerComponent 8/Length {}>>stream\n",
            page.width,
            page.height,
            page.points.len()
        );
        add(&mut file, &[head.as_bytes(), &page.points, b"\nendstream"]);
    }
    let table = file.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in &offsets {
        writeln!(end, "{offset:010} 00000 n ").expect("it works for what is made here");
    }
    let size = offsets.len() + 1;
    end += &format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    file.extend(end.bytes());
    file
}

/// A TIFF whose pages are these pictures (TIFF 6.0, section 4: gray, one strip each).
pub fn tiff(pages: &[Picture], dpi: u32) -> Vec<u8> {
    const ENTRIES: u16 = 10;
    let mut file = b"II*\0".to_vec();
    let mut link = file.len();
    file.extend([0; 4]);
    for page in pages {
        let strip = file.len() as u32;
        file.extend_from_slice(&page.points);
        file.resize(file.len().next_multiple_of(2), 0);
        let resolution = file.len() as u32;
        file.extend([dpi, 1].map(u32::to_le_bytes).concat());
        let directory = file.len() as u32;
        file[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        file.extend(ENTRIES.to_le_bytes());
        let (short, long, rational) = (3_u16, 4_u16, 5_u16);
        for (tag, kind, value) in [
            (256_u16, long, page.width as u32),
            (257, long, page.height as u32),
            (258, short, 8),
            (259, short, 1),
            (262, short, 1),
            (273, long, strip),
            (278, long, page.height as u32),
            (279, long, page.points.len() as u32),
            (282, rational, resolution),
            (283, rational, resolution),
        ] {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(1_u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        link = file.len();
        file.extend([0; 4]);
    }
    file
}

/// The same numbers for the same seed (Knuth, MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }
}
