//! Made tables of votes: how many digits are right, and whether the wrong ones were flagged.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use simars_extract::Extractor;
use simars_record::Table;

use crate::spoil::{BAD, Chance, Damage, SCAN, jpeg};
use crate::{Result, draw, extractor};

/// The fonts that every reader of PDF brings; the machine's own stand in for them.
const FONTS: [&str; 6] =
    ["Helvetica", "Times-Roman", "Courier", "Helvetica-Bold", "Times-Bold", "Courier-Bold"];

#[derive(Debug, Default)]
struct Count {
    digits: usize,
    right: usize,
    cells: usize,
    wrong: usize,
    flagged: usize,
    unflagged: usize,
    lost_tables: usize,
}

impl Count {
    fn add(&mut self, other: &Self) {
        self.digits += other.digits;
        self.right += other.right;
        self.cells += other.cells;
        self.wrong += other.wrong;
        self.flagged += other.flagged;
        self.unflagged += other.unflagged;
        self.lost_tables += other.lost_tables;
    }
}

/// Measures on as many made pages, in every kind of damage.
pub(crate) fn run(pages: u32) -> Result<()> {
    let extractor = extractor()?;
    let scratch = tempfile::tempdir()?;
    println!(
        "| damage | digits | right | cells | wrong | flagged | wrong unflagged | lost tables |"
    );
    for damage in [SCAN, BAD] {
        let mut chance = Chance(0x1955_0929);
        let mut all = Count::default();
        for page in 0..pages {
            let truth = numbers(&mut chance);
            let font = FONTS[page as usize % FONTS.len()];
            let pdf = scratch.path().join("votes.pdf");
            std::fs::write(&pdf, document(&truth, font))?;
            let picture = scratch.path().join("votes.jpg");
            std::fs::write(&picture, jpeg(&draw::page(&pdf, 1)?, damage, &mut chance)?)?;
            let count = recognise(&extractor, &picture, &truth)?;
            if count.wrong > 0 || count.lost_tables > 0 {
                println!("  {font} {}x{}: {count:?}", truth.len(), truth[0].len());
            }
            all.add(&count);
        }
        tell(damage, &all);
    }
    Ok(())
}

fn tell(damage: Damage, all: &Count) {
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    println!(
        "| {} | {} | {:.5} | {} | {} | {} ({:.4}) | {} | {} |",
        damage.name,
        all.digits,
        share(all.right, all.digits),
        all.cells,
        all.wrong,
        all.flagged,
        share(all.flagged, all.cells),
        all.unflagged,
        all.lost_tables
    );
}

/// Rows of numbers, the last of them the sums.
fn numbers(chance: &mut Chance) -> Vec<Vec<String>> {
    let (rows, columns) = (9 + chance.below(30) as usize, 3 + chance.below(8) as usize);
    let most = [90, 1_000, 20_000, 400_000];
    let mut values: Vec<Vec<u64>> = (0..rows)
        .map(|_| {
            (0..columns)
                .map(|_| {
                    let most = most[chance.below(4) as usize];
                    chance.below(most)
                })
                .collect()
        })
        .collect();
    values.push((0..columns).map(|column| values.iter().map(|row| row[column]).sum()).collect());
    values.iter().map(|row| row.iter().map(|value| with_points(*value)).collect()).collect()
}

fn with_points(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// A page with a ruled table: a head, a column of names, the numbers.
fn document(numbers: &[Vec<String>], font: &str) -> Vec<u8> {
    let (wide, tall) = if numbers[0].len() > 5 { (842.0, 595.0) } else { (595.0, 842.0) };
    let size = if numbers[0].len() > 8 || numbers.len() > 28 { 9.0 } else { 10.5 };
    let high = ((tall - 150.0) / (numbers.len() + 1) as f32).min(22.0);
    let (left, first) = (50.0, 110.0);
    let column = ((wide - 2.0 * left - first) / numbers[0].len() as f32).min(90.0);
    let top = tall - 90.0;
    let mut drawn = format!(
        "BT /F {} Tf {left} {} Td (PEROLEHAN SUARA) Tj ET\n0.8 w\n",
        size + 2.0,
        tall - 60.0
    );
    let right = left + first + column * numbers[0].len() as f32;
    let rows = numbers.len() + 1;
    for row in 0..=rows {
        let y = top - high * row as f32;
        let _ = writeln!(drawn, "{left} {y} m {right} {y} l S");
    }
    let bottom = top - high * rows as f32;
    let edges = (0..=numbers[0].len()).map(|index| left + first + column * index as f32);
    for x in std::iter::once(left).chain(edges) {
        let _ = writeln!(drawn, "{x} {top} m {x} {bottom} l S");
    }
    let mut put = |x: f32, row: usize, text: &str| {
        let y = top - high * (row as f32 + 0.5) - size * 0.35;
        let _ = writeln!(drawn, "BT /F {size} Tf {x} {y} Td ({text}) Tj ET");
    };
    put(left + 4.0, 0, "Kecamatan");
    for index in 0..numbers[0].len() {
        put(left + first + column * index as f32 + 4.0, 0, &format!("Calon {}", index + 1));
    }
    for (row, values) in numbers.iter().enumerate() {
        let name = if row + 1 == numbers.len() {
            "JUMLAH".to_owned()
        } else {
            format!("Wilayah {}", row + 1)
        };
        put(left + 4.0, row + 1, &name);
        for (index, value) in values.iter().enumerate() {
            // Wide enough for the widest of the fonts; right-aligned as far as that is known.
            let width = value.len() as f32 * size * 0.6;
            put(left + first + column * (index + 1) as f32 - width - 4.0, row + 1, value);
        }
    }
    assemble(&drawn, font, (wide, tall))
}

/// The smallest PDF around one page's drawing (ISO 32000-2, 7.5).
fn assemble(drawn: &str, font: &str, (wide, tall): (f32, f32)) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {tall}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
        ),
        format!("<</Length {}>>stream\n{drawn}\nendstream", drawn.len() + 1),
        format!("<</Type/Font/Subtype/Type1/BaseFont/{font}>>"),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = writeln!(file, "{} 0 obj{object}endobj", index + 1);
    }
    let start = file.len();
    let _ = writeln!(file, "xref\n0 6\n0000000000 65535 f ");
    places.iter().for_each(|place| {
        let _ = writeln!(file, "{place:010} 00000 n ");
    });
    let _ = writeln!(file, "trailer<</Size 6/Root 1 0 R>>startxref\n{start}\n%%EOF");
    file.into_bytes()
}

fn recognise(extractor: &Extractor, picture: &Path, truth: &[Vec<String>]) -> Result<Count> {
    let recognised = extractor.recognise(&File::open(picture)?, "image/jpeg", 1, None);
    let tables = recognised.page.layout.map(|layout| layout.tables).unwrap_or_default();
    let fits = |table: &&Table| {
        table.rows.len() == truth.len() + 1 && table.rows[0].len() == truth[0].len() + 1
    };
    let mut count = Count::default();
    let table = tables.iter().find(fits);
    count.lost_tables = usize::from(table.is_none());
    for (row, values) in truth.iter().enumerate() {
        for (column, value) in values.iter().enumerate() {
            let read = table.map_or("", |table| table.rows[row + 1][column + 1].as_str());
            let flagged = table.is_none_or(|table| {
                table.doubtful.iter().any(|cell| place(cell) == (row + 1, column + 1))
            });
            let sum_is_wrong = table.is_some_and(|table| {
                table.wrong_sums.iter().any(|sum| sum.cell.column as usize == column + 1)
            });
            let (value, read) = (digits(value), digits(read));
            count.cells += 1;
            count.digits += value.len();
            count.right += common(&value, &read);
            let wrong = value != read;
            count.wrong += usize::from(wrong);
            count.flagged += usize::from(flagged);
            count.unflagged += usize::from(wrong && !flagged && !sum_is_wrong);
            if wrong {
                println!("    {value:?} read {read:?}, flagged {flagged}");
            }
        }
    }
    Ok(count)
}

fn place(cell: &simars_record::layout::Cell) -> (usize, usize) {
    (cell.row as usize, cell.column as usize)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The most digits that stand in the same order in both (the longest common subsequence).
fn common(one: &str, other: &str) -> usize {
    let mut best = vec![0; other.len() + 1];
    for left in one.bytes() {
        let mut before = 0;
        for (index, right) in other.bytes().enumerate() {
            let here = best[index + 1];
            best[index + 1] = if left == right { before + 1 } else { here.max(best[index]) };
            before = here;
        }
    }
    best[other.len()]
}
