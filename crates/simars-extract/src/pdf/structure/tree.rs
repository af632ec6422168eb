//! Name trees and number trees (ISO 32000-2, 7.9.6 and 7.9.7), walked in order.

use std::collections::HashSet;
use std::ops::ControlFlow;

use hayro_syntax::object::{Array, Dict, MaybeRef, Object, ObjectIdentifier};

use super::Source;

/// Deeper nodes are not looked at.
const MOST_DEPTH: usize = 16;
/// So many nodes are looked at.
const MOST_NODES: usize = 10_000;

/// A key with its value, which may be a reference.
pub(super) type Entry<'a> = (Object<'a>, MaybeRef<Object<'a>>);

/// Visits the entries below `root`, which stand under `leaves` (`Names` or `Nums`), until the
/// visitor has enough. Loops end, and what is no tree is passed over.
pub(super) fn walk<'a>(
    source: &Source<'a>,
    root: Dict<'a>,
    leaves: &str,
    mut visit: impl FnMut(Entry<'a>) -> ControlFlow<()>,
) {
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    let mut nodes = 1;
    let mut waiting = vec![(MaybeRef::NotRef(Object::Dict(root)), 0)];
    while let Some((node, depth)) = waiting.pop() {
        if node.as_obj_ref().is_some_and(|reference| !seen.insert(reference.into())) {
            continue;
        }
        let Some(node) = source.dictionary(node) else { continue };
        if let Some(entries) = node.get::<Array<'_>>(leaves)
            && visit_pairs(source, &entries, &mut visit).is_break()
        {
            return;
        }
        let kids = node.get::<Array<'_>>("Kids").filter(|_| depth < MOST_DEPTH);
        let Some(kids) = kids else { continue };
        let first = waiting.len();
        waiting.extend(kids.raw_iter().take(MOST_NODES - nodes).map(|kid| (kid, depth + 1)));
        nodes += waiting.len() - first;
        // The last one in is the first one out.
        waiting[first..].reverse();
    }
}

fn visit_pairs<'a>(
    source: &Source<'a>,
    entries: &Array<'a>,
    visit: &mut impl FnMut(Entry<'a>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut entries = entries.raw_iter();
    while let (Some(key), Some(value)) = (entries.next(), entries.next()) {
        if let Some(key) = source.resolved(key) {
            visit((key, value))?;
        }
    }
    ControlFlow::Continue(())
}
