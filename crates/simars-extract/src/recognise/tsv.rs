//! The engine's answer: words with their boxes, as tab-separated lines.
//!
//! The engine has looked at a hostile picture. Its answer is read with bounds, and a line that is
//! not as it should be is passed over.

/// More words than this are on no page.
const MOST_WORDS: usize = 50_000;
/// Longer words are noise.
const MOST_WORD_BYTES: usize = 400;

/// A word as the engine read it, its box in points of the picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
    /// 0 to 100.
    pub(super) confidence: f32,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The picture it is on, counted from 1.
    pub(super) picture: u32,
    /// Its words from left to right; never empty.
    pub(super) words: Vec<Word>,
}

/// The lines of the pictures' text in the engine's reading order.
///
/// Each line of the answer holds: level, page, block, paragraph, line, word, left, top, width,
/// height, confidence, text; words are on level 5 (`tesseract(1)`).
pub(super) fn lines(answer: &[u8]) -> Vec<Line> {
    let answer = String::from_utf8_lossy(answer);
    let mut lines: Vec<Line> = Vec::new();
    let mut before = None;
    for row in answer.lines().take(4 * MOST_WORDS) {
        let Some((place, word)) = word(row) else { continue };
        match lines.last_mut() {
            Some(line) if before == Some(place) => line.words.push(word),
            Some(_) | None => lines.push(Line { picture: place[0], words: vec![word] }),
        }
        before = Some(place);
    }
    lines
}

/// One word and the line it is in (page, block, paragraph, line).
fn word(row: &str) -> Option<([u32; 4], Word)> {
    let mut fields = row.splitn(12, '\t');
    let mut number = || fields.next()?.parse::<u32>().ok();
    if number()? != 5 {
        return None;
    }
    let place = [number()?, number()?, number()?, number()?];
    let _word = number()?;
    let [left, top, width, height] = [number()?, number()?, number()?, number()?];
    let confidence: f32 = fields.next()?.parse().ok()?;
    // As a page keeps it, so that words and boxes stay together.
    let lost = |one: &char| one.is_whitespace() || one.is_control();
    let text: String = fields.next()?.chars().filter(|one| !lost(one)).collect();
    let sensible = [left, top, width, height].iter().all(|length| *length < 1 << 20);
    if text.is_empty() || text.len() > MOST_WORD_BYTES || !sensible || confidence.is_nan() {
        return None;
    }
    let word = Word {
        text,
        left: left as f32,
        top: top as f32,
        right: (left + width) as f32,
        bottom: (top + height) as f32,
        confidence: confidence.clamp(0.0, 100.0),
    };
    Some((place, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_come_in_lines() {
        let answer = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\t\
                      height\tconf\ttext\n1\t1\t0\t0\t0\t0\t0\t0\t900\t900\t-1\t\n\
                      5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t96.5\tPasal\n\
                      5\t1\t1\t1\t1\t2\t50\t20\t8\t12\t91\t7\n\
                      5\t1\t1\t1\t2\t1\t10\t40\t8\t12\t-1\t \n\
                      5\t1\t1\t1\t2\t2\t10\t40\t8\t12\t150\tayat\n5\t1\t1\n";
        let lines = lines(answer.as_bytes());
        let texts: Vec<Vec<&str>> = lines
            .iter()
            .map(|line| line.words.iter().map(|word| word.text.as_str()).collect())
            .collect();
        assert_eq!(texts, [vec!["Pasal", "7"], vec!["ayat"]]);
        assert_eq!((lines[0].words[0].right, lines[0].words[0].bottom), (40.0, 32.0));
        assert_eq!(lines[1].words[0].confidence, 100.0);
    }

    proptest! {
        #[test]
        fn any_answer_is_read(
            noise in prop::collection::vec(any::<u8>(), 0..200),
            rows in prop::collection::vec("(5|4|x)(\t[0-9]{0,12}){0,10}\t[-0-9.a-z]{0,5}\t\\PC{0,9}", 0..9),
        ) {
            let _ = lines(&noise);
            for line in lines(rows.join("\n").as_bytes()) {
                prop_assert!(!line.words.is_empty());
                for word in line.words {
                    prop_assert!(word.right >= word.left && word.bottom >= word.top);
                    prop_assert_eq!(word.text.split_whitespace().count(), 1);
                }
            }
        }
    }
}
