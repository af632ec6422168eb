//! What this archive says about a copy, to whoever asks.

use std::io::Read;
use std::sync::Arc;

use simars_access::{Action, Who, may};
use simars_record::{Digest, Document, Hasher};
use simars_verify::{Verdict, verdict};

use crate::State;
use crate::auth::standing;
use crate::body::{Source, feed};
use crate::problem::Code;
use crate::work::{blocking, failed};

/// A verdict, and the document it speaks of.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// The document, if the asker may know that its bytes are registered.
    pub(crate) document: Option<Document>,
    /// Whether the asker may also see its description and its page.
    pub(crate) findable: bool,
}

/// Judges a copy by its digest. A document that the asker may not even verify is answered like
/// one that is not registered.
pub(crate) async fn judge(state: &Arc<State>, who: Who, copy: Digest) -> Result<Judged, Code> {
    let holdings = Arc::clone(&state.holdings);
    let found = blocking(move || holdings.archive().find(&copy)).await?;
    let document = found
        .map_err(failed("look up a digest"))?
        .filter(|document| may(who, Action::Verify, standing(document)));
    let findable =
        document.as_ref().is_some_and(|document| may(who, Action::Find, standing(document)));
    Ok(Judged { verdict: verdict(copy, document.as_ref()), document, findable })
}

/// The digest of bytes that come in and are forgotten as they pass.
pub(crate) async fn hash(source: Source<'_>, limit_bytes: u64) -> Result<(Digest, u64), Code> {
    let work = |reader: &mut dyn Read| {
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Some(hasher.finish()),
                Ok(count) => hasher.update(&buffer[..count]),
                Err(_) => return None,
            }
        }
    };
    let (digest, size_bytes) = feed(source, limit_bytes, work).await?;
    Ok((digest.ok_or(Code::UnreadableBody)?, size_bytes))
}
