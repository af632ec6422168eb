//! RTF (version 1.9.1): the text, without fonts, styles, pictures and embedded objects.
//!
//! One pass over the bytes with a stack of groups of bounded depth; any bytes are read to their end.

use encoding_rs::{Encoding, WINDOWS_1252};
use simars_record::{Extracted, Finding, FindingCode};

use crate::Limits;
use crate::answer::clean_title;
use crate::sheets::{Break, Sheets};

pub(crate) const RTF: &str = "application/rtf";

/// Groups in groups, more than any writer makes.
const MOST_GROUPS: usize = 10_000;

/// Groups that are no text of the document.
const HIDDEN: [&[u8]; 16] = [
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"pict",
    b"objdata",
    b"info",
    b"themedata",
    b"datastore",
    b"listtable",
    b"listoverridetable",
    b"revtbl",
    b"rsidtbl",
    b"fldinst",
    b"xmlnstbl",
    b"generator",
    b"nonshppict",
];

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Extracted {
    let mut reader = Reader::new(bytes, limits);
    reader.run();
    let Reader { sheets, title, groups, too_deep, .. } = reader;
    let mut findings = Vec::new();
    if too_deep {
        let detail = format!("more than {MOST_GROUPS} groups in groups; the rest was not read");
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    } else if !groups.is_empty() {
        let detail = format!("{} groups have no end; the file is cut", groups.len());
        findings.push(Finding::file(FindingCode::Damaged, detail));
    }
    let pages = sheets.finish("", "", &mut findings);
    Extracted {
        media_type: RTF.to_owned(),
        pages,
        findings,
        embedded_title: clean_title(&title),
        reader: "rtf".to_owned(),
        structure: None,
    }
}

/// What a group's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Title,
    Hidden,
}

/// What a group inherits and may change.
#[derive(Debug, Clone, Copy)]
struct Group {
    place: Place,
    /// How many bytes stand in for a character that was given by its code.
    stand_ins: usize,
    /// Whether the group has just begun with `\*`: whoever does not know it skips it.
    optional: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    sheets: Sheets,
    title: String,
    groups: Vec<Group>,
    now: Group,
    encoding: &'static Encoding,
    /// Bytes in the code page that are not decoded yet: one character may have two.
    pending: Vec<u8>,
    /// The first half of a character given in two.
    half: Option<u16>,
    /// How many stand-ins are still to be skipped.
    to_skip: usize,
    in_row: bool,
    too_deep: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        Self {
            bytes,
            at: 0,
            sheets: Sheets::new(limits),
            title: String::new(),
            groups: Vec::new(),
            now: Group { place: Place::Text, stand_ins: 1, optional: false },
            encoding: WINDOWS_1252,
            pending: Vec::new(),
            half: None,
            to_skip: 0,
            in_row: false,
            too_deep: false,
        }
    }

    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'{' if self.groups.len() >= MOST_GROUPS => {
                    self.too_deep = true;
                    break;
                }
                b'{' => {
                    self.flush();
                    self.groups.push(self.now);
                    self.now.optional = false;
                    self.to_skip = 0;
                }
                b'}' => {
                    self.flush();
                    self.to_skip = 0;
                    match self.groups.pop() {
                        Some(outer) => self.now = outer,
                        None => break,
                    }
                    if self.groups.is_empty() {
                        // What follows the document is none of it.
                        break;
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                byte => self.byte(byte),
            }
        }
        self.flush();
    }

    /// A byte of text in the code page, unless it stands in for a character that was given.
    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if self.now.place != Place::Hidden {
            self.pending.push(byte);
        }
    }

    /// Decodes the bytes that were collected.
    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            let (text, _) = self.encoding.decode_without_bom_handling(&pending);
            self.emit(&text);
        }
    }

    fn emit(&mut self, text: &str) {
        match self.now.place {
            Place::Text => self.sheets.text(text),
            Place::Title => self.title.push_str(text),
            Place::Hidden => {}
        }
    }

    /// Reads what begins with a backslash.
    fn control(&mut self) {
        let rest = &self.bytes[self.at..];
        let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == 0 {
            return self.symbol();
        }
        let (word, after) = rest.split_at(letters);
        let sign = usize::from(after.first() == Some(&b'-'));
        let digits = after[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = if digits > 0 { sign + digits } else { 0 };
        let value = std::str::from_utf8(&after[..length]).ok().and_then(|text| text.parse().ok());
        self.at += letters + length + usize::from(after.get(length) == Some(&b' '));
        self.word(word, value);
    }

    fn symbol(&mut self) {
        let Some(&symbol) = self.bytes.get(self.at) else { return };
        self.at += 1;
        match symbol {
            b'\'' => {
                let digits = self.bytes.get(self.at..self.at + 2).unwrap_or_default();
                let code = std::str::from_utf8(digits).ok();
                if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                    self.at += 2;
                    self.byte(byte);
                }
            }
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'~' => self.character("\u{a0}"),
            b'_' => self.character("-"),
            b'*' => self.now.optional = true,
            b'\r' | b'\n' => self.end_line(),
            _ => {}
        }
    }

    fn character(&mut self, text: &str) {
        self.flush();
        self.emit(text);
    }

    fn end_line(&mut self) {
        self.flush();
        if self.now.place == Place::Text {
            self.sheets.end_line();
        }
    }

    fn word(&mut self, word: &[u8], value: Option<i64>) {
        let starts_optional = std::mem::take(&mut self.now.optional);
        if word == b"bin" {
            // So many raw bytes follow, which may look like anything.
            let count = usize::try_from(value.unwrap_or(0)).unwrap_or(0);
            self.at = self.at.saturating_add(count).min(self.bytes.len());
            return;
        }
        if word == b"title" && self.now.place == Place::Hidden {
            self.now.place = Place::Title;
            return;
        }
        if starts_optional || HIDDEN.contains(&word) {
            self.flush();
            self.now.place = Place::Hidden;
            return;
        }
        match word {
            b"ansicpg" => {
                self.flush();
                self.encoding = code_page(value.unwrap_or(0));
            }
            b"uc" => self.now.stand_ins = usize::try_from(value.unwrap_or(1)).unwrap_or(1).min(64),
            b"u" => self.code(value.unwrap_or(0)),
            _ if self.now.place == Place::Hidden => {}
            b"par" | b"line" | b"sect" => self.end_line(),
            b"tab" => self.character("\t"),
            b"emdash" => self.character("\u{2014}"),
            b"endash" => self.character("\u{2013}"),
            b"bullet" => self.character("\u{2022}"),
            b"lquote" => self.character("\u{2018}"),
            b"rquote" => self.character("\u{2019}"),
            b"ldblquote" => self.character("\u{201c}"),
            b"rdblquote" => self.character("\u{201d}"),
            b"page" | b"cell" | b"row" | b"trowd" if self.now.place == Place::Text => {
                self.flush();
                self.layout(word);
            }
            _ => {}
        }
    }

    fn layout(&mut self, word: &[u8]) {
        match word {
            b"page" => self.sheets.break_page(Break::Asked),
            b"trowd" if !self.in_row => {
                self.in_row = true;
                self.sheets.begin_row();
            }
            b"cell" if self.in_row => self.sheets.end_cell(),
            b"row" if self.in_row => {
                self.in_row = false;
                self.sheets.end_row();
            }
            _ => {}
        }
    }

    /// A character by its UTF-16 code, written as a signed number of 16 bits.
    fn code(&mut self, value: i64) {
        self.flush();
        self.to_skip = self.now.stand_ins;
        let unit = (value & 0xffff) as u16;
        let units: &[u16] = match (self.half.take(), unit) {
            (_, 0xd800..=0xdbff) => {
                self.half = Some(unit);
                return;
            }
            (Some(high), 0xdc00..=0xdfff) => &[high, unit],
            _ => &[unit],
        };
        let text = String::from_utf16_lossy(units);
        self.emit(&text);
    }
}

/// The encoding with this number in Windows; Windows-1252 for those without.
fn code_page(number: i64) -> &'static Encoding {
    let label = match number {
        65_001 => "utf-8".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        other => format!("windows-{other}"),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rtf: &str) -> Vec<String> {
        let extracted = read(rtf.as_bytes(), &Limits::default());
        extracted.pages.into_iter().map(|page| page.text).collect()
    }

    #[test]
    fn text_pages_and_the_title() {
        let rtf = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Huruf;}}{\\info{\\title Judul}{\\author Nama}}\
                   {\\*\\generator Penulis}\\f0 Pasal\\~1 \\{a\\}\\par caf\\'e9\\tab \\u8211?10\\page\r\n dua\\par}sisa";
        let extracted = read(rtf.as_bytes(), &Limits::default());
        assert_eq!(extracted.embedded_title.as_deref(), Some("Judul"));
        assert_eq!(texts(rtf), ["Pasal\u{a0}1 {a}\ncafé\t–10", " dua\n"]);
        assert_eq!(extracted.findings, []);
    }

    #[test]
    fn tables_become_lines() {
        let rtf = "{\\rtf1\\trowd\\cellx1\\intbl No\\cell\\intbl Nama\\cell\\row\\trowd 1\\cell A\\cell\\row}";
        assert_eq!(texts(rtf), ["No\tNama\n1\tA\n"]);
    }

    #[test]
    fn code_pages_halves_and_raw_bytes() {
        assert_eq!(texts("{\\rtf1\\ansicpg1251 \\'cf\\'f0}"), ["Пр"]);
        assert_eq!(texts("{\\rtf1\\uc0\\u-10179\\u-8704 x}"), ["\u{1f600}x"]);
        assert_eq!(texts("{\\rtf1 a{\\pict\\bin3 }}}}b}"), ["ab"]);
        assert_eq!(texts("{\\rtf1 a\\bin99999999999999 b"), ["a"]);
    }

    #[test]
    fn nesting_is_bounded_and_cuts_are_told() {
        let deep = "{\\rtf1 a".to_owned() + &"{".repeat(1_000_000);
        let extracted = read(deep.as_bytes(), &Limits::default());
        assert_eq!(extracted.pages[0].text, "a");
        assert_eq!(extracted.findings[0].code, FindingCode::LimitReached);
        let cut = read(b"{\\rtf1 satu {\\b dua", &Limits::default());
        assert_eq!(cut.pages[0].text, "satu dua");
        assert_eq!(cut.findings[0].code, FindingCode::Damaged);
    }

    #[test]
    fn no_cut_panics() {
        let rtf = b"{\\rtf1\\ansi{\\*\\x y}\\'e9\\u-3?\\trowd a\\cell\\row\\bin2 ab}";
        for end in 0..rtf.len() {
            let _ = read(&rtf[..end], &Limits::default());
        }
    }
}
