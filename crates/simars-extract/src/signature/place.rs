//! Where a signature stands in the bytes of the file: its byte range has to leave out the
//! signature's own string and nothing else.
//!
//! Attacks move that string, write it twice or cover another one, and rely on a parser to see
//! what the signer saw. So the dictionary is looked at as bytes, not as what a parser made of it.

/// Nesting beyond this is refused.
const DEEPEST: u32 = 64;

/// The end of the covered bytes and the signature's string, decoded.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) end: usize,
    pub(super) contents: Vec<u8>,
}

/// Checks a byte range against the file; `object` is where the object that holds the
/// signature's dictionary begins.
pub(super) fn check(bytes: &[u8], range: [u64; 4], object: usize) -> Result<Placed, String> {
    let [start, before, after, rest] =
        range.map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    if start != 0 {
        return Err("the byte range does not start with the file".to_owned());
    }
    let end = after.checked_add(rest).filter(|&end| end <= bytes.len());
    let end = end.ok_or("the byte range goes beyond the end of the file")?;
    if before >= after || rest == 0 {
        return Err("the parts of the byte range overlap or are empty".to_owned());
    }
    let contents = hex_string(&bytes[before..after])
        .ok_or("what the byte range leaves out is not one string of hexadecimal digits")?;
    let mut scanner = Scanner { bytes, at: object, gap: before, holders: Vec::new() };
    scanner.header().ok_or("the signature's object is not where the file says")?;
    scanner.value(0).ok_or("the signature's object is not readable")?;
    match scanner.holders.as_slice() {
        [holder] if holder.contents == [(before, after)] && holder.byte_ranges == 1 => {
            Ok(Placed { end, contents })
        }
        [_] => Err("the signature's dictionary has entries twice or of another length".to_owned()),
        _ => Err("what the byte range leaves out is not this signature".to_owned()),
    }
}

/// The bytes of `<…>`; nothing but digits may stand in it.
fn hex_string(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(b"<")?.strip_suffix(b">")?;
    let (pairs, left) = digits.as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |&[high, low]: &[u8; 2]| Some((digit(high)? * 16 + digit(low)?) as u8);
    if left.is_empty() { pairs.iter().map(pair).collect() } else { None }
}

/// A dictionary with the string that the byte range leaves out.
struct Holder {
    /// Where each value of the key `Contents` begins and ends.
    contents: Vec<(usize, usize)>,
    byte_ranges: usize,
}

/// Goes through one object without making anything of it.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    gap: usize,
    holders: Vec<Holder>,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts_with(&self, text: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text))
    }

    fn take(&mut self, text: &[u8]) -> Option<()> {
        self.starts_with(text).then(|| self.at += text.len())
    }

    fn blank(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                self.skip_while(|byte| !matches!(byte, b'\r' | b'\n'));
            } else if is_blank(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|&&byte| wanted(byte)).count();
        self.at += count;
        &rest[..count]
    }

    /// `12 0 obj`.
    fn header(&mut self) -> Option<()> {
        for _ in 0..2 {
            self.blank();
            if self.skip_while(|byte| byte.is_ascii_digit()).is_empty() {
                return None;
            }
        }
        self.blank();
        self.take(b"obj")
    }

    fn value(&mut self, depth: u32) -> Option<()> {
        self.blank();
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'<' if self.starts_with(b"<<") => self.dictionary(depth),
            b'<' => {
                self.skip_while(|byte| byte != b'>');
                self.take(b">")
            }
            b'(' => self.literal(),
            b'[' => self.array(depth),
            b'/' => self.name().map(drop),
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                self.number();
                Some(())
            }
            _ => (!self.skip_while(is_regular).is_empty()).then_some(()),
        }
    }

    /// A number or a reference.
    fn number(&mut self) {
        self.skip_while(is_regular);
        let end = self.at;
        self.blank();
        let generation = self.skip_while(|byte| byte.is_ascii_digit());
        self.blank();
        let is_reference = !generation.is_empty()
            && self.take(b"R").is_some()
            && self.peek().is_none_or(|byte| !is_regular(byte));
        if !is_reference {
            self.at = end;
        }
    }

    fn array(&mut self, depth: u32) -> Option<()> {
        self.at += 1;
        loop {
            self.blank();
            if self.take(b"]").is_some() {
                return Some(());
            }
            self.value(depth + 1)?;
        }
    }

    fn dictionary(&mut self, depth: u32) -> Option<()> {
        self.at += 2;
        let mut holder = Holder { contents: Vec::new(), byte_ranges: 0 };
        loop {
            self.blank();
            if self.take(b">>").is_some() {
                break;
            }
            let key = self.name()?;
            self.blank();
            let begin = self.at;
            self.value(depth + 1)?;
            match key.as_slice() {
                b"Contents" => holder.contents.push((begin, self.at)),
                b"ByteRange" => holder.byte_ranges += 1,
                _ => {}
            }
        }
        if holder.contents.iter().any(|&(begin, _)| begin == self.gap) {
            self.holders.push(holder);
        }
        Some(())
    }

    /// A name with its escapes undone: `/Con#74ents` is `/Contents`.
    fn name(&mut self) -> Option<Vec<u8>> {
        self.take(b"/")?;
        let written = self.skip_while(is_regular);
        let mut name = Vec::with_capacity(written.len());
        let mut rest = written;
        while let Some((&byte, after)) = rest.split_first() {
            let escaped = after.get(..2).filter(|_| byte == b'#');
            let escaped = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
            match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(character) => {
                    name.push(character);
                    rest = &after[2..];
                }
                None => {
                    name.push(byte);
                    rest = after;
                }
            }
        }
        Some(name)
    }

    fn literal(&mut self) -> Option<()> {
        let mut open = 0_u32;
        loop {
            match self.peek()? {
                b'\\' => self.at += 1,
                b'(' => open = open.checked_add(1)?,
                b')' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Some(());
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0xc)
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !b"()<>[]{}/%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one object, whose byte range leaves out the first string `<…>`.
    fn placed(object: &str) -> Result<Placed, String> {
        let before = object.find("<0").unwrap_or(0);
        let after = object[before..].find('>').map_or(0, |end| before + end + 1);
        let range = [0, before as u64, after as u64, (object.len() - after) as u64];
        check(object.as_bytes(), range, 0)
    }

    #[test]
    fn one_string_in_one_dictionary_is_good() {
        let good = "1 0 obj\n<</A(\\)(x))/B 1 0 R/C[1 2 R/N#20x]%>>\n/ByteRange[1 2]/Contents <0aFF>/D<<>> >>";
        assert_eq!(placed(good).unwrap().contents, [0x0a, 0xff]);
    }

    #[test]
    fn everything_else_is_not() {
        for wrong in [
            "1 0 obj<</ByteRange[1 2]/Contents <0aF>>>",
            "1 0 obj<</ByteRange[1 2]/Contents <0aFF>/Contents<00>>>",
            "1 0 obj<</ByteRange[1 2]/Contents <0aFF>/Con#74ents<00>>>",
            "1 0 obj<</ByteRange[1 2]/ByteRange[1]/Contents <0aFF>>>",
            "1 0 obj<</ByteRange[1 2]/Other <0aFF>/Contents<00>>>",
            "1 0 obj<</ByteRange[1 2]/Contents (<0aFF>)>>",
            "1 0 ob <</ByteRange[1 2]/Contents <0aFF>>>",
            "1 0 obj<</ByteRange[1 2]/Contents <0aFF>",
        ] {
            assert!(placed(wrong).is_err(), "{wrong}");
        }
    }
}
