//! What was worked out for everybody stays good until what it was worked out from changes.
//!
//! The first page, the list of shelves and the statistics look at every open document. They say the
//! same to all readers, so that is done once for each [`Moment`] and not for each visit. A memo is
//! never the reason why something closed is shown: the act of closing is a statement, and with it
//! comes another moment.

use std::sync::{Arc, Mutex, PoisonError};

use simars_ingest::Holdings;

use crate::find::Found;
use crate::problem::Code;
use crate::public::shelf::Glance;
use crate::shelves::Shelf;

/// All that is kept.
#[derive(Debug, Default)]
pub struct Memos {
    /// What a reader finds who asks for nothing in particular, the newest first.
    pub(crate) everything: Memo<Moment, Found>,
    /// The shelves, each at a glance.
    pub(crate) glances: Memo<(Moment, Vec<Shelf>), Vec<Glance>>,
}

/// What pages about all documents are worked out from. Two that are equal give equal pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The last segment of the catalogue.
    registered: u64,
    /// The last segment of the index.
    indexed: u64,
    /// Whether an older index answers while a new one is built.
    building: bool,
    /// The day, on which it depends what is in force.
    today: String,
}

impl Moment {
    /// This one. To be asked before the work: what comes in meanwhile then belongs to a later one.
    pub(crate) fn of(holdings: &Holdings) -> Self {
        let archive = holdings.archive();
        Self {
            registered: archive.applied().end.segment,
            indexed: holdings.index().applied(),
            building: holdings.index().building(),
            today: archive.now().date().to_string(),
        }
    }
}

/// One answer, and what it is an answer to.
#[derive(Debug)]
pub(crate) struct Memo<K, T>(Mutex<Option<(K, Arc<T>)>>);

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, T> Memo<K, T> {
    /// The answer to this, worked out only if it is not the one asked for last. Who asks meanwhile
    /// works it out as well rather than waiting for somebody who may be slow.
    pub(crate) fn get(
        &self,
        key: K,
        work: impl FnOnce() -> Result<T, Code>,
    ) -> Result<Arc<T>, Code> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, answer)) = &*kept()
            && *of == key
        {
            return Ok(Arc::clone(answer));
        }
        let answer = Arc::new(work()?);
        *kept() = Some((key, Arc::clone(&answer)));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_worked_out_again() {
        let memo = Memo::default();
        let of = |key, answer| memo.get(key, || Ok(answer)).map(|answer: Arc<&str>| *answer);
        assert_eq!(of(1, "first"), Ok("first"));
        assert_eq!(of(1, "again"), Ok("first"));
        assert_eq!(of(2, "later"), Ok("later"));
        assert_eq!(of(1, "back"), Ok("back"), "only the last is kept");
    }

    #[test]
    fn what_did_not_work_is_tried_again() {
        let memo: Memo<u8, u8> = Memo::default();
        assert_eq!(memo.get(1, || Err(Code::Internal)), Err(Code::Internal));
        assert_eq!(memo.get(1, || Ok(7)).as_deref(), Ok(&7));
    }
}
