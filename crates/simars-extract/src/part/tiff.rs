//! Some pages of a TIFF as a TIFF of their own (TIFF 6.0, sections 2 and 7; tiles: section 15).
//!
//! Each page is a directory of entries and the strips or tiles that it points to. Both are copied
//! as they are, packed as they are, in the same order of bytes; only the places change.

use simars_record::{Finding, FindingCode};

/// Bytes of an entry of a directory.
const ENTRY: usize = 12;
/// The most pages a file is followed through.
const MOST_PAGES: u32 = 100_000;

/// Where the parts of a picture stand, and how long each is: strips, tiles.
const DATA: [(u16, u16); 2] = [(273, 279), (324, 325)];
/// What is left behind: the page's number in the whole, further directories (thumbnails, notes of
/// cameras), lists of free bytes.
const LEFT: [u16; 7] = [288, 289, 297, 330, 400, 34_665, 34_853];
/// The first way to put JPEG into TIFF, with places that only its own rules explain.
const OLD_JPEG: std::ops::RangeInclusive<u16> = 512..=521;

const LONG: u16 = 4;

fn damaged(detail: impl Into<String>) -> Finding {
    Finding::file(FindingCode::Damaged, detail)
}

/// The pages from `first` to `last`, counted from 1, in at most `most` bytes.
pub(super) fn part(bytes: &[u8], first: u32, last: u32, most: usize) -> Result<Vec<u8>, Finding> {
    let file = Tiff::open(bytes)?;
    let mut made = Made { bytes: file.head().to_vec(), link: 4, most };
    made.bytes.extend_from_slice(&[0; 4]);
    let (mut next, mut number) = (file.long(4), 0);
    while next != Some(0) && number < last {
        let at = next.ok_or_else(|| damaged("the list of pages breaks off"))? as usize;
        number += 1;
        if number > MOST_PAGES {
            return Err(damaged("the list of pages has no end"));
        }
        let page = file.page(at)?;
        if number >= first {
            made.add(&file, &page)?;
        }
        next = file.long(at + 2 + ENTRY * page.len());
    }
    if number < last || first == 0 || last < first {
        return Err(damaged(format!(
            "there are no pages {first} to {last}; the file has {number}"
        )));
    }
    Ok(made.bytes)
}

/// A file that is read.
struct Tiff<'b> {
    bytes: &'b [u8],
    little: bool,
}

/// An entry of a directory: its tag, the type and number of its values, their bytes.
#[derive(Clone, Copy)]
struct Entry<'b> {
    tag: u16,
    kind: u16,
    count: u32,
    values: &'b [u8],
}

impl<'b> Tiff<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self, Finding> {
        let little = bytes.starts_with(b"II");
        let file = Self { bytes, little };
        match (little || bytes.starts_with(b"MM"), file.short(2)) {
            (true, Some(42)) => Ok(file),
            _ => Err(Finding::file(FindingCode::Unsupported, "this form of TIFF stays whole")),
        }
    }

    fn head(&self) -> &'b [u8] {
        &self.bytes[..4]
    }

    fn short(&self, at: usize) -> Option<u16> {
        let pair: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(self.short_of(pair))
    }

    fn long(&self, at: usize) -> Option<u32> {
        let four: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(self.long_of(four))
    }

    fn short_of(&self, pair: [u8; 2]) -> u16 {
        if self.little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    }

    fn long_of(&self, four: [u8; 4]) -> u32 {
        if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }
    }

    fn bytes_of_short(&self, value: u16) -> [u8; 2] {
        if self.little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn bytes_of_long(&self, value: u32) -> [u8; 4] {
        if self.little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    /// The entries of the directory at this place.
    fn page(&self, at: usize) -> Result<Vec<Entry<'b>>, Finding> {
        let cut = || damaged("a directory is cut");
        let count = usize::from(self.short(at).ok_or_else(cut)?);
        let entry = |index: usize| {
            let at = at + 2 + ENTRY * index;
            let (tag, kind) = (self.short(at)?, self.short(at + 2)?);
            let count = self.long(at + 4)?;
            let length = (count as usize).checked_mul(size_of(kind)?)?;
            let from = if length <= 4 { at + 8 } else { self.long(at + 8)? as usize };
            let values = self.bytes.get(from..from.checked_add(length)?)?;
            Some(Entry { tag, kind, count, values })
        };
        (0..count).map(|index| entry(index).ok_or_else(cut)).collect()
    }

    /// The values of an entry that holds whole numbers.
    fn numbers(&self, entry: &Entry<'_>) -> Result<Vec<u32>, Finding> {
        match size_of(entry.kind) {
            Some(2) => {
                let pairs = entry.values.as_chunks::<2>().0;
                Ok(pairs.iter().map(|&pair| self.short_of(pair).into()).collect())
            }
            Some(4) => {
                let fours = entry.values.as_chunks::<4>().0;
                Ok(fours.iter().map(|&four| self.long_of(four)).collect())
            }
            _ => Err(damaged("places are no whole numbers")),
        }
    }
}

/// Bytes of a value of a type; `None` for types that nobody knows.
const fn size_of(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}

/// A file under way.
struct Made {
    bytes: Vec<u8>,
    /// Where the place of the next directory is to be written.
    link: usize,
    most: usize,
}

impl Made {
    /// Adds bytes at an even place; gives the place.
    fn put(&mut self, bytes: &[u8]) -> Result<u32, Finding> {
        if self.bytes.len() % 2 == 1 {
            self.bytes.push(0);
        }
        let at = self.bytes.len();
        if at + bytes.len() > self.most {
            let detail = format!("a part would have more than {} bytes", self.most);
            return Err(Finding::file(FindingCode::LimitReached, detail));
        }
        self.bytes.extend_from_slice(bytes);
        u32::try_from(at).map_err(|_| damaged("a part would be too long for its places"))
    }

    fn add(&mut self, file: &Tiff<'_>, page: &[Entry<'_>]) -> Result<(), Finding> {
        if page.iter().any(|entry| OLD_JPEG.contains(&entry.tag)) {
            let detail = "pictures packed as JPEG in the old way stay whole";
            return Err(Finding::file(FindingCode::Unsupported, detail));
        }
        let mut directory = Vec::new();
        let kept = page.iter().filter(|entry| !LEFT.contains(&entry.tag));
        let mut count: u16 = 0;
        for entry in kept {
            let mut written = *entry;
            let places: Vec<u8>;
            if let Some((_, lengths)) = DATA.into_iter().find(|(places, _)| *places == entry.tag) {
                let lengths = page.iter().find(|other| other.tag == lengths);
                let lengths = lengths.ok_or_else(|| damaged("a picture has no length"))?;
                places = self.data(file, entry, lengths)?;
                written = Entry { kind: LONG, values: &places, ..*entry };
            }
            let mut field = [0; 4];
            if written.values.len() <= 4 {
                field[..written.values.len()].copy_from_slice(written.values);
            } else {
                field = file.bytes_of_long(self.put(written.values)?);
            }
            directory.extend_from_slice(&file.bytes_of_short(written.tag));
            directory.extend_from_slice(&file.bytes_of_short(written.kind));
            directory.extend_from_slice(&file.bytes_of_long(written.count));
            directory.extend_from_slice(&field);
            count += 1;
        }
        let number = file.bytes_of_short(count);
        let at = self.put(&[&number[..], &directory, &[0; 4]].concat())?;
        self.bytes[self.link..self.link + 4].copy_from_slice(&file.bytes_of_long(at));
        self.link = self.bytes.len() - 4;
        Ok(())
    }

    /// Copies the strips or tiles of a page; gives their new places.
    fn data(
        &mut self,
        file: &Tiff<'_>,
        places: &Entry<'_>,
        lengths: &Entry<'_>,
    ) -> Result<Vec<u8>, Finding> {
        let (places, lengths) = (file.numbers(places)?, file.numbers(lengths)?);
        if places.len() != lengths.len() {
            return Err(damaged("a picture has other places than lengths"));
        }
        let mut moved = Vec::with_capacity(places.len() * 4);
        for (at, length) in places.into_iter().zip(lengths) {
            let (at, length) = (at as usize, length as usize);
            let end = at.checked_add(length);
            let data = end.and_then(|end| file.bytes.get(at..end));
            let place = self.put(data.ok_or_else(|| damaged("a picture is cut"))?)?;
            moved.extend_from_slice(&file.bytes_of_long(place));
        }
        Ok(moved)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use simars_testkit::scan::{self, Picture};

    use super::*;
    use crate::raster::{self, Size};
    use crate::{Kind, Limits, image};

    fn pages() -> Vec<Picture> {
        (1..=4).map(|number| Picture::written(40, number)).collect()
    }

    fn made(bytes: &[u8], first: u32, last: u32) -> Result<Vec<u8>, Finding> {
        part(bytes, first, last, super::super::most_bytes(bytes.len() as u64))
    }

    #[test]
    fn a_part_has_its_pages_as_they_were() {
        let (pictures, whole) = (pages(), scan::tiff(&pages(), 40));
        let part = made(&whole, 2, 3).unwrap();
        assert_eq!(made(&whole, 2, 3), Ok(part.clone()));
        assert_eq!(image::read_tiff(&part, &Limits::default()).pages.len(), 2);
        for (page, picture) in (1..).zip(&pictures[1..3]) {
            let drawn = raster::page(part.clone(), Kind::Tiff, page, Size::Width(10_000)).unwrap();
            assert_eq!(drawn.points, picture.points);
        }
        let has = |page: &Picture| crate::sniff::find(&part, &page.points).is_some();
        assert!(!has(&pictures[0]) && !has(&pictures[3]));
        let all = made(&whole, 1, 4).unwrap();
        assert_eq!(image::read_tiff(&all, &Limits::default()).pages.len(), 4);
    }

    #[test]
    fn what_cannot_be_taken_apart_is_a_finding() {
        let whole = scan::tiff(&pages(), 40);
        for (first, last) in [(0, 1), (3, 2), (4, 5), (9, 9)] {
            assert!(made(&whole, first, last).is_err(), "{first} to {last}");
        }
        let big = [b"II+\0".as_slice(), &[0; 60]].concat();
        assert_eq!(made(&big, 1, 1).unwrap_err().code, FindingCode::Unsupported);
        assert_eq!(part(&whole, 1, 4, 5_000).unwrap_err().code, FindingCode::LimitReached);
        assert!(made(b"II*\0", 1, 1).is_err());
        // A list of pages that leads back to its beginning ends all the same.
        let mut looped = scan::tiff(&pages()[..1], 40);
        let end = looped.len() - 4;
        let begin: [u8; 4] = looped[4..8].try_into().unwrap();
        looped[end..].copy_from_slice(&begin);
        assert!(made(&looped, 1, 3).is_ok());
        assert_eq!(made(&looped, 200_000, 200_001).unwrap_err().code, FindingCode::Damaged);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn bytes_made_wrong_never_panic(at in 0..400usize, value: u8, from_end: bool) {
            let mut bytes = scan::tiff(&[Picture { width: 3, height: 5, points: vec![9; 15] }], 40);
            let at = at % bytes.len();
            let at = if from_end { bytes.len() - 1 - at } else { at };
            bytes[at] = value;
            if let Ok(part) = made(&bytes, 1, 1) {
                prop_assert!(part.len() <= 2 * bytes.len() + (1 << 20));
            }
        }
    }
}
