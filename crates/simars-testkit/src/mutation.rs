//! Files made wrong on purpose, in ways that can be repeated.
//!
//! A mutation is told by a seed and a number alone, so that whatever it broke can be made again.

use std::io::{Cursor, Read, Write};
use std::ops::Range;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Mutated files grow to this many bytes at most (or stay as large as they were).
const MOST_BYTES: usize = 2 << 20;
/// Parts of a packed file are unpacked up to this many bytes.
const MOST_PART_BYTES: u64 = 1 << 20;
/// What a file is changed by at most.
const MOST_CHANGES: u64 = 6;

/// Numbers that break arithmetic, as they are written in texts.
const WRITTEN: [&str; 14] = [
    "0",
    "-1",
    "1",
    "255",
    "65536",
    "2147483647",
    "-2147483648",
    "4294967296",
    "18446744073709551616",
    "1e38",
    "-1e-38",
    "NaN",
    "0.0000001",
    "99999999999999999999999999",
];
/// And as they are stored in bytes.
const STORED: [u64; 9] = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];
/// Bytes that mean something to some format.
const MEANINGFUL: &[u8] = b"\x00\xff\x80\x7f\n\r\t \\/<>()[]{}&;:=\"'%#-+.0";

/// Numbers that look random and come again with their seed: `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The numbers for one case of a run, whatever the cases before it took.
    pub fn case(seed: u64, number: u64) -> Self {
        let mut seeds = Self(seed);
        Self(seeds.number() ^ number.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; zero if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % (end.max(1) as u64)) as usize
    }

    /// One of these.
    ///
    /// # Panics
    /// If there is none.
    pub fn one_of<'a, T>(&mut self, choice: &'a [T]) -> &'a T {
        &choice[self.below(choice.len())]
    }

    /// A piece of something this long: often short, at times nearly all of it.
    fn piece(&mut self, length: usize) -> Range<usize> {
        let most = match self.below(4) {
            0 => length,
            1 => length.min(4096),
            _ => length.min(64),
        };
        let size = self.below(most + 1);
        let start = self.below(length - size + 1);
        start..start + size
    }
}

/// A file to be made wrong.
#[derive(Debug, Clone)]
pub struct Base {
    /// What it is handed in as.
    pub name: String,
    /// As it is.
    pub bytes: Vec<u8>,
    /// What a zip archive holds: a changed part that is packed again gets past the checksums.
    parts: Vec<(String, Vec<u8>)>,
}

impl Base {
    /// A file; zip archives are unpacked.
    pub fn new(name: &str, bytes: Vec<u8>) -> Self {
        let parts = unpacked(&bytes).unwrap_or_default();
        Self { name: name.to_owned(), bytes, parts }
    }

    /// The file, made wrong. `others` give it pieces that have no place in it.
    pub fn mutated(&self, others: &[Self], random: &mut Random) -> Vec<u8> {
        if self.parts.is_empty() || random.below(3) == 0 {
            let other = others.get(random.below(others.len())).map(|base| base.bytes.as_slice());
            return mutated(&self.bytes, other.unwrap_or_default(), random);
        }
        let mut parts = self.parts.clone();
        let other = parts[random.below(parts.len())].1.clone();
        let chosen = random.below(parts.len());
        match random.below(12) {
            0 => drop(parts.remove(chosen)),
            1 => parts[chosen].1 = other,
            _ => parts[chosen].1 = mutated(&parts[chosen].1, &other, random),
        }
        packed(&parts)
    }
}

/// Bytes, made wrong in one to six ways. `other` gives pieces.
pub fn mutated(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let most = MOST_BYTES.max(bytes.len());
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(MOST_CHANGES as usize) {
        change(&mut bytes, other, random);
        bytes.truncate(most);
    }
    bytes
}

/// Text in which only numbers were made wrong, so that it keeps its form.
pub fn renumbered(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..=random.below(MOST_CHANGES as usize) {
        let at = random.below(text.len());
        write_number(&mut text, at, random);
    }
    text
}

/// One change.
fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let piece = random.piece(bytes.len());
    let at = random.below(bytes.len());
    match random.below(12) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = *random.one_of(MEANINGFUL);
            }
        }
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(piece)),
        4 => drop(bytes.splice(at..at, other[random.piece(other.len())].to_vec())),
        5 => {
            // The beginning of one and the end of the other.
            bytes.truncate(at);
            bytes.extend_from_slice(&other[random.below(other.len())..]);
        }
        6 => {
            let times = 1 << random.below(10);
            let fits = MOST_BYTES / piece.len().max(1);
            let repeated = bytes[piece.clone()].repeat(times.min(fits));
            bytes.splice(piece, repeated);
        }
        7 => swap_blocks(bytes, random),
        8 | 9 => store_number(bytes, at, random),
        _ => write_number(bytes, at, random),
    }
}

/// Two neighbours change places.
fn swap_blocks(bytes: &mut [u8], random: &mut Random) {
    let piece = random.piece(bytes.len());
    let middle = random.below(piece.len());
    bytes[piece].rotate_left(middle);
}

/// An extreme number where a length, a count or a place may stand.
fn store_number(bytes: &mut [u8], at: usize, random: &mut Random) {
    let number = *random.one_of(&STORED);
    let width = 1 << random.below(4);
    let stored = match random.below(2) {
        0 => number.to_le_bytes()[..width].to_vec(),
        _ => number.to_be_bytes()[8 - width..].to_vec(),
    };
    let end = bytes.len().min(at + width);
    bytes[at..end].copy_from_slice(&stored[..end - at]);
}

/// An extreme number in the place of the next one that is written in digits.
fn write_number(bytes: &mut Vec<u8>, at: usize, random: &mut Random) {
    let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|found| at + found)
    else {
        return;
    };
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.splice(start..start + digits, random.one_of(&WRITTEN).bytes());
}

fn unpacked(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for index in 0..archive.len().min(64) {
        let entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut part = Vec::new();
        entry.take(MOST_PART_BYTES).read_to_end(&mut part).ok()?;
        parts.push((name, part));
    }
    Some(parts)
}

/// A zip archive of these parts, not compressed, so that changes of it reach what is inside.
///
/// # Panics
/// Never: writing to memory does not fail.
pub fn packed<N: AsRef<str>, B: AsRef<[u8]>>(parts: &[(N, B)]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        writer.start_file(name.as_ref(), options).expect("a part begins");
        writer.write_all(part.as_ref()).expect("memory takes a part");
    }
    writer.finish().expect("memory takes the directory").into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_comes_again_and_cases_differ() {
        let base = Base::new("a.zip", packed(&[("a", "satu 123 <b>dua</b>"), ("b", "tiga")]));
        let other = Base::new("b.txt", b"lain 456".to_vec());
        let made =
            |number| base.mutated(std::slice::from_ref(&other), &mut Random::case(7, number));
        let all: std::collections::BTreeSet<_> = (0..200).map(made).collect();
        assert!(all.len() > 150, "only {} of 200 differ", all.len());
        assert!((0..200).all(|number| all.contains(&made(number))));
        let whole = all.iter().filter(|bytes| unpacked(bytes).is_some()).count();
        assert!(whole > 60, "only {whole} are still archives");
    }

    #[test]
    fn nothing_can_be_made_wrong_as_well() {
        for number in 0..500 {
            let mut random = Random::case(1, number);
            assert!(mutated(b"", b"", &mut random).len() <= MOST_BYTES);
            assert!(mutated(b"1", b"", &mut random).len() <= MOST_BYTES);
        }
    }

    #[test]
    fn the_numbers_are_those_of_the_paper() {
        // The first of seed 1234567 in the reference implementation.
        assert_eq!(Random::new(1_234_567).number(), 6_457_827_717_110_365_317);
    }
}
