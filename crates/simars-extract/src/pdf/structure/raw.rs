//! What stands in the bytes of the file outside of its objects: the header, the end of each
//! revision, the trailer.

use hayro_syntax::object::dict::keys::ROOT;
use hayro_syntax::object::{Dict, FromBytes, MaybeRef, ObjRef};

use crate::sniff::find;

/// The header has to begin within so many bytes; before it, mail gateways leave lines of theirs.
const HEADER_WITHIN: usize = 1024;
/// Between an object's number and its dictionary stands nothing but white space.
const DICTIONARY_WITHIN: usize = 64;
/// In a file that is broken so that every word looks like a trailer, each costs a walk to its end.
const MOST_TRAILERS: usize = 16;
const SECTION_END: &[u8; 9] = b"startxref";

/// The version in the header, for example `1.7`, and where the header begins.
pub(super) fn header(bytes: &[u8]) -> Option<((u8, u8), usize)> {
    const MARK: &[u8] = b"%PDF-";
    let start = find(&bytes[..bytes.len().min(HEADER_WITHIN)], MARK)?;
    let version = version(bytes.get(start + MARK.len()..)?)?;
    Some((version, start))
}

/// A version as it is written, `1.7`.
pub(super) fn version(written: &[u8]) -> Option<(u8, u8)> {
    match written {
        [major @ b'1'..=b'9', b'.', minor @ b'0'..=b'9', ..] => Some((major - b'0', minor - b'0')),
        _ => None,
    }
}

/// The end of one revision: the word `startxref`, the place of its table of objects, `%%EOF`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Section {
    /// Where the word stands.
    pub(super) at: usize,
    /// What the number after it says.
    pub(super) table: usize,
}

/// All ends of revisions, in order.
pub(super) fn sections(bytes: &[u8]) -> Vec<Section> {
    places(bytes, SECTION_END).filter_map(|at| section(bytes, at)).collect()
}

fn section(bytes: &[u8], at: usize) -> Option<Section> {
    let rest = bytes.get(at + SECTION_END.len()..)?.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let table = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    rest[digits..].trim_ascii_start().starts_with(b"%%EOF").then_some(Section { at, table })
}

/// How many times the file was saved by adding to its end, the first time included.
///
/// A revision's table lies between the revision before and the revision's own end. The first
/// part of a file arranged for the web names no table or, read from the end, one before it; and
/// a file inside the file counts its places from its own beginning. Neither is a revision.
pub(super) fn revisions(bytes: &[u8], header: usize) -> u32 {
    let mut count = 0;
    let mut after = 0;
    for section in sections(bytes) {
        let candidates = [Some(section.table), section.table.checked_add(header)];
        let own = |&table: &usize| {
            table > 0 && (after..section.at).contains(&table) && is_table(&bytes[table..])
        };
        if candidates.into_iter().flatten().any(|table| own(&table)) {
            count += 1;
            after = section.at;
        }
    }
    count.max(1)
}

/// Whether a table of objects begins here: the word, or an object that holds one.
fn is_table(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    bytes.starts_with(b"xref") || bytes.first().is_some_and(u8::is_ascii_digit)
}

/// The newest trailer dictionary (ISO 32000-2, 7.5.5), or the dictionary of the stream in its
/// place. References in it lead nowhere by themselves.
pub(super) fn trailer(bytes: &[u8], header: usize) -> Option<Dict<'_>> {
    let named = sections(bytes).last().and_then(|section| {
        let places = [Some(section.table), section.table.checked_add(header)];
        places.into_iter().flatten().find_map(|table| trailer_of_table(bytes.get(table..)?))
    });
    named.or_else(|| {
        // The table is not where it should be: any trailer will do, the last one rather.
        let trailers: Vec<usize> = places(bytes, b"trailer").collect();
        trailers.into_iter().rev().take(MOST_TRAILERS).find_map(|at| dictionary(&bytes[at..]))
    })
}

fn trailer_of_table(bytes: &[u8]) -> Option<Dict<'_>> {
    let bytes = bytes.trim_ascii_start();
    if bytes.starts_with(b"xref") {
        return dictionary(&bytes[places(bytes, b"trailer").next()?..]);
    }
    dictionary(bytes)
}

/// The dictionary that begins soon; one that names no root is no trailer.
fn dictionary(bytes: &[u8]) -> Option<Dict<'_>> {
    next_dictionary(bytes).filter(|dictionary| dictionary.contains_key(ROOT))
}

fn next_dictionary(bytes: &[u8]) -> Option<Dict<'_>> {
    let start = find(&bytes[..bytes.len().min(DICTIONARY_WITHIN)], b"<<")?;
    Dict::from_bytes(&bytes[start..])
}

/// A dictionary that stands in another one, found without a table where that only refers to it:
/// by its number, the last one written with it. Not for what may stand in a stream of objects.
pub(super) fn direct_or_searched<'a>(
    bytes: &'a [u8],
    dictionary: &Dict<'a>,
    key: &str,
) -> Option<Dict<'a>> {
    match dictionary.get_raw::<Dict<'_>>(key)? {
        MaybeRef::NotRef(found) => Some(found),
        MaybeRef::Ref(ObjRef { obj_number, gen_number }) => {
            let mark = format!("{obj_number} {gen_number} obj");
            let whole = |at: &usize| *at == 0 || !bytes[at - 1].is_ascii_digit();
            let last = places(bytes, mark.as_bytes()).filter(whole).last()?;
            next_dictionary(&bytes[last..])
        }
    }
}

/// Where `word` stands, in order. Looks at one byte in as many as the word is long where that
/// byte is not in the word (the way of Boyer, Moore and Horspool).
fn places(bytes: &[u8], word: &[u8]) -> impl Iterator<Item = usize> {
    let last = word.len().saturating_sub(1);
    let mut steps = [word.len().max(1); 256];
    for (index, &byte) in word[..last].iter().enumerate() {
        steps[usize::from(byte)] = last - index;
    }
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        loop {
            let end = *bytes.get(at.checked_add(last)?)?;
            let here = at;
            at += steps[usize::from(end)];
            if bytes[here..].starts_with(word) {
                return Some(here);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_found_where_they_stand(
            bytes in prop::collection::vec(prop::sample::select(b"abn ".to_vec()), 0..60),
        ) {
            for word in [&b"banana"[..], b"nab", b"aa", b"b"] {
                let plain: Vec<usize> =
                    (0..bytes.len()).filter(|&at| bytes[at..].starts_with(word)).collect();
                prop_assert_eq!(places(&bytes, word).collect::<Vec<_>>(), plain);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>(), table in 0_usize..90) {
            let mut file = b"%PDF-1.4 trailer<</Root 1 0 R/Encrypt 3 0 R>>".to_vec();
            file.extend_from_slice(&bytes);
            file.extend_from_slice(format!("startxref {table} %%EOF").as_bytes());
            for file in [&bytes, &file] {
                let found = trailer(file, 0);
                found.map(|found| direct_or_searched(file, &found, "Encrypt"));
                prop_assert!(revisions(file, bytes.len()) >= 1);
                let _ = header(file);
            }
        }
    }

    #[test]
    fn each_saving_counts_once() {
        let once = b"%PDF-1.4\nxref\ntrailer <<>>\nstartxref\n9\n%%EOF\n".to_vec();
        assert_eq!(revisions(&once, 0), 1);
        let second = once.len();
        let twice = [&once[..], format!("7 0 obj\nstartxref\n{second}\n%%EOF").as_bytes()].concat();
        assert_eq!(revisions(&twice, 0), 2);
        let moved = [b"lines before\n", &twice[..]].concat();
        assert_eq!(header(&moved), Some(((1, 4), 13)));
        assert_eq!(revisions(&moved, 13), 2);
    }

    #[test]
    fn a_file_arranged_for_the_web_was_saved_once() {
        let arranged = b"%PDF-1.4\nxref \nstartxref\n0\n%%EOF\nxref\nstartxref\n9\n%%EOF";
        assert_eq!(revisions(arranged, 0), 1);
    }

    #[test]
    fn a_file_inside_the_file_is_no_revision() {
        let inner = b"%PDF-1.4\n........xref\nstartxref\n17\n%%EOF\n";
        let outer = [b"%PDF-1.4\n1 0 obj stream\n", &inner[..], b"xref\nstartxref\n"].concat();
        let table = outer.len() - 15;
        let outer = [&outer[..], format!("{table}\n%%EOF").as_bytes()].concat();
        assert_eq!(sections(&outer).len(), 2);
        assert_eq!(revisions(&outer, 0), 1);
    }
}
