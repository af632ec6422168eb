//! How a page leaves the graphics state.

use hayro_syntax::content::UntypedIter;

/// How many saved graphics states the drawing instructions of a page leave open: `q` without `Q`
/// (ISO 32000-2, 8.4.2). A `Q` too many is passed over, as readers do.
pub(super) fn left_open(content: &[u8]) -> usize {
    let mut open = 0usize;
    let mut instructions = UntypedIter::new(content);
    while let Some(instruction) = instructions.next() {
        let operator: &[u8] = instruction.operator;
        match operator {
            b"q" => open += 1,
            b"Q" => open = open.saturating_sub(1),
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_open_is_counted() {
        for (content, open) in [
            ("", 0),
            ("q 1 0 0 1 5 5 cm Q", 0),
            ("q q 0 0 10 10 re f Q", 1),
            ("Q Q q", 1),
            ("BT (q q) Tj /q gs ET", 0),
            ("BI /W 1 /H 1 /BPC 8 /CS /G ID q EI q", 1),
        ] {
            assert_eq!(left_open(content.as_bytes()), open, "{content}");
        }
    }
}
