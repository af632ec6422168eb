//! Answers that are either a made file or the reason why there is none.

use std::io;

use simars_record::Finding;

/// The first byte of a child's answer: a finding in JSON follows, or the file.
const FINDING: u8 = 0;
const FILE: u8 = 1;
/// A finding is a line for people.
const MOST_DETAIL: usize = 300;

/// The child's side: the body of its answer.
pub(crate) fn encode(made: &Result<Vec<u8>, Finding>) -> io::Result<Vec<u8>> {
    match made {
        Ok(file) => Ok([&[FILE], file.as_slice()].concat()),
        Err(finding) => {
            let mut body = vec![FINDING];
            serde_json::to_writer(&mut body, finding)?;
            Ok(body)
        }
    }
}

/// The parent's side: the file, or the finding that the child has; what is wrong with the answer
/// otherwise.
pub(crate) fn decode(body: &[u8]) -> Result<Result<Vec<u8>, Finding>, &'static str> {
    match body.split_first() {
        Some((&FILE, file)) => Ok(Ok(file.to_vec())),
        Some((&FINDING, finding)) => {
            let finding: Finding =
                serde_json::from_slice(finding).map_err(|_| "the finding is not readable")?;
            let detail = finding.detail.chars().filter(|one| !one.is_control());
            let detail = detail.take(MOST_DETAIL).collect();
            Ok(Err(Finding { detail, ..finding }))
        }
        Some(_) => Err("the answer is not possible"),
        None => Err("the answer is empty"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simars_record::FindingCode;

    #[test]
    fn what_was_made_comes_back_and_nothing_else() {
        let file = Ok(b"isi".to_vec());
        assert_eq!(decode(&encode(&file).unwrap()), Ok(file));
        let finding = Finding::file(FindingCode::Damaged, format!("a\u{7}b{}", "c".repeat(400)));
        let told = decode(&encode(&Err(finding)).unwrap()).unwrap().unwrap_err();
        assert_eq!((told.code, told.detail.len()), (FindingCode::Damaged, 300));
        assert!(told.detail.starts_with("abc"));
        for wrong in [&[][..], &[FINDING], b"\x00{", &[7]] {
            assert!(decode(wrong).is_err());
        }
    }
}
