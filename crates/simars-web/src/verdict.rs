//! What this archive says about a copy, to whoever asks.

use std::sync::Arc;

use simars_access::{Action, Who, may};
use simars_ingest::Force;
use simars_record::{Digest, Document, ForceState, Hasher, Version};
use simars_verify::{Reason, Verdict, verdict};

use crate::State;
use crate::auth::standing;
use crate::body::Incoming;
use crate::doubt::doubts;
use crate::problem::Code;
use crate::reading::structure;
use crate::relations::force_detail;
use crate::work::{blocking, failed};

/// A verdict, and the document it speaks of.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// The document, if the asker may know that its bytes are registered.
    pub(crate) document: Option<Document>,
    /// Whether the asker may also see its description and its page.
    pub(crate) findable: bool,
    /// Whether other documents say that it is in force no more; only of what the asker may find.
    pub(crate) force: Option<Force>,
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
    let mut verdict = verdict(copy, document.as_ref());
    let force = match &document {
        Some(document) if findable => in_force(state, document.clone(), who).await?,
        _ => None,
    };
    if let Some((force, detail)) =
        force.as_ref().and_then(|force| Some((force, force_detail(force)?)))
    {
        // A reason of its own: it changes nothing in what the copy is.
        let holds = force.state != ForceState::Revoked;
        verdict.reasons.push(Reason { check: "force", holds, detail });
    }
    if let Some(document) = document.as_ref().filter(|_| findable) {
        let own = |version: &&Version| version.original.sha256 == copy;
        let version = document.versions.iter().find(own).unwrap_or_else(|| document.current());
        let structure = structure(state, version).await?;
        // A copy of a doubtful file may be as genuine as any; it is doubtful all the same.
        verdict.reasons.extend(doubts(version, structure.as_ref()).into_iter().map(|doubt| {
            Reason { check: doubt.as_str(), holds: false, detail: doubt.detail().to_owned() }
        }));
    }
    Ok(Judged { verdict, document, findable, force })
}

async fn in_force(state: &Arc<State>, document: Document, who: Who) -> Result<Option<Force>, Code> {
    let holdings = Arc::clone(&state.holdings);
    let force = blocking(move || holdings.force(&document, who)).await?;
    force.map_err(failed("look up whether a document is in force"))
}

/// The digest of bytes that come in and are forgotten as they pass. They are hashed between two
/// waits for the network: anyone may ask for this, and nobody gets a thread for it.
pub(crate) async fn hash(mut incoming: Incoming<'_>) -> Result<(Digest, u64), Code> {
    let mut hasher = Hasher::new();
    while let Some(bytes) = incoming.next().await? {
        hasher.update(&bytes);
    }
    Ok((hasher.finish(), incoming.seen()))
}
