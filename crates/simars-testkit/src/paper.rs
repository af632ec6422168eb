//! Makes small PDFs and adds revisions to them, signed or not.

use std::fmt::Write as _;

/// A PDF that grows by revisions. Objects 1 to 5 are catalogue, pages, page, content and font;
/// each signature takes two more: field and dictionary.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The file.
    pub bytes: Vec<u8>,
    previous: usize,
    signatures: u32,
}

/// Bytes of a signature's string, before its digits are counted twice.
const ROOM: usize = 6_000;

impl Paper {
    /// One page that says `text`.
    pub fn new(text: &str) -> Self {
        let mut paper = Self { bytes: b"%PDF-1.7\n".to_vec(), previous: 0, signatures: 0 };
        paper.add(&[
            (1, "<</Type/Catalog/Pages 2 0 R>>".to_owned()),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned()),
            (3, page("")),
            (4, content(text)),
            (5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned()),
        ]);
        paper
    }

    /// A file that is there already, to be gone on with; what it has under the numbers above is
    /// replaced by the first signature.
    ///
    /// # Panics
    /// If it does not say where its last table of objects is.
    pub fn over(bytes: Vec<u8>) -> Self {
        let tail = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(60)..]).into_owned();
        let table =
            tail.rsplit_once("startxref").and_then(|(_, rest)| rest.split_whitespace().next());
        let table = table.and_then(|table| table.parse().ok());
        Self { bytes, previous: table.expect("the place of a table"), signatures: 0 }
    }

    /// Adds a revision with these objects.
    pub fn add(&mut self, objects: &[(u32, String)]) {
        let mut offsets = Vec::new();
        for (number, body) in objects {
            offsets.push((*number, self.bytes.len()));
            self.bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
        }
        let table = self.bytes.len();
        let mut end = "xref\n0 1\n0000000000 65535 f \n".to_owned();
        for (number, offset) in offsets {
            write!(end, "{number} 1\n{offset:010} 00000 n \n")
                .expect("it works for what is made here");
        }
        let previous =
            if self.previous > 0 { format!("/Prev {}", self.previous) } else { String::new() };
        write!(end, "trailer\n<</Size 100/Root 1 0 R{previous}>>\nstartxref\n{table}\n%%EOF\n")
            .expect("it works for what is made here");
        self.bytes.extend(end.bytes());
        self.previous = table;
    }

    /// The page again, saying something else.
    pub fn say(&mut self, text: &str) {
        self.add(&[(4, content(text))]);
    }

    /// The catalogue with these entries beside pages and form.
    pub fn catalogue(&self, entries: &str) -> (u32, String) {
        let fields: Vec<String> =
            (0..self.signatures).map(|number| format!("{} 0 R", 10 + 2 * number)).collect();
        let fields = fields.join(" ");
        let form = format!("/AcroForm<</SigFlags 3/Fields[{fields}]>>");
        (1, format!("<</Type/Catalog/Pages 2 0 R{form}{entries}>>"))
    }

    /// Adds a revision with a signature. `more` stands in its dictionary, `encoding` is its
    /// encoding, `make` signs bytes.
    pub fn sign(&mut self, encoding: &str, more: &str, make: impl FnOnce(&[u8]) -> Vec<u8>) {
        let (field, dictionary) = (10 + 2 * self.signatures, 11 + 2 * self.signatures);
        self.signatures += 1;
        let start = self.bytes.len();
        let notes: Vec<String> =
            (0..self.signatures).map(|number| format!("{} 0 R", 10 + 2 * number)).collect();
        self.add(&[
            self.catalogue(""),
            (3, page(&format!("/Annots[{}]", notes.join(" ")))),
            (
                field,
                format!(
                    "<</Type/Annot/Subtype/Widget/FT/Sig/T(ttd{})/Rect[0 0 0 0]/V {dictionary} 0 R>>",
                    self.signatures
                ),
            ),
            (
                dictionary,
                format!(
                    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{encoding}/M(D:20261124163000+08'00')\
                     {more}/ByteRange[0 0000000000 0000000000 0000000000]/Contents<{}>>>",
                    "0".repeat(2 * ROOM)
                ),
            ),
        ]);
        let find = |what: &str| {
            let found =
                self.bytes[start..].windows(what.len()).position(|at| at == what.as_bytes());
            start + found.expect("it works for what is made here")
        };
        let before = find("/Contents<0000") + "/Contents".len();
        let after = before + 2 * ROOM + 2;
        let range = find("/ByteRange[0 00000") + "/ByteRange[0 ".len();
        let numbers = format!("{before:010} {after:010} {:010}", self.bytes.len() - after);
        self.bytes[range..range + numbers.len()].copy_from_slice(numbers.as_bytes());
        let signed = [&self.bytes[..before], &self.bytes[after..]].concat();
        self.fill(before + 1, &make(&signed));
    }

    /// Writes a signed message as digits.
    pub fn fill(&mut self, at: usize, message: &[u8]) {
        let digits: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(digits.len() <= 2 * ROOM, "the message is too long");
        self.bytes[at..at + digits.len()].copy_from_slice(digits.as_bytes());
    }
}

/// The page's dictionary.
pub fn page(more: &str) -> String {
    format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R\
         /Resources<</Font<</F 5 0 R>>>>{more}>>"
    )
}

/// A content stream that says `text`.
pub fn content(text: &str) -> String {
    stream("", &format!("BT /F 12 Tf 72 700 Td ({text}) Tj ET"))
}

/// A stream.
pub fn stream(entries: &str, content: &str) -> String {
    format!("<</Length {}{entries}>>stream\n{content}\nendstream", content.len())
}
