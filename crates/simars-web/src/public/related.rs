//! How a document stands to others: a list, and the same as a small drawing.

use simars_ingest::Related;
use simars_record::description::REVIEW_BELOW;
use simars_record::{ActName, Document, ForceState, Relation, RelationKind};

use crate::document::page_address;
use crate::language::Language;
use crate::relations::{force_key, force_sentence, target};
use crate::{names, texts};

/// What the document's page says of it.
#[derive(Default)]
pub(super) struct RelatedView {
    pub(super) force: Option<ForceView>,
    pub(super) groups: Vec<Group>,
    pub(super) more: bool,
    pub(super) graph: Option<Graph>,
}

/// Whether it is in force.
pub(super) struct ForceView {
    /// The key of the state's name.
    pub(super) key: &'static str,
    pub(super) class: &'static str,
    /// What another document says; empty if none does.
    pub(super) sentence: String,
    pub(super) href: String,
}

/// Relations of one kind in one direction.
pub(super) struct Group {
    pub(super) key: String,
    pub(super) items: Vec<Item>,
}

/// One act or document.
pub(super) struct Item {
    pub(super) name: String,
    /// Its page; empty while it is not in the archive.
    pub(super) href: String,
    /// The page of this document that says so; empty for what others say.
    pub(super) place: String,
    pub(super) page: String,
    pub(super) in_part: bool,
    pub(super) unsure: bool,
}

/// The drawing: what it names on the left, what names it on the right.
pub(super) struct Graph {
    pub(super) height: u32,
    pub(super) middle: u32,
    pub(super) own: String,
    pub(super) nodes: Vec<Node>,
}

/// A box of the drawing with the line that leads to it.
pub(super) struct Node {
    pub(super) left: bool,
    pub(super) y: u32,
    pub(super) label: String,
    /// The key of what the line means.
    pub(super) key: String,
    pub(super) class: &'static str,
}

impl Node {
    /// Where its text stands and its line ends, over the box's upper edge.
    pub(super) fn below(&self, by: u32) -> u32 {
        self.y + by
    }
}

/// Boxes on each side of the drawing.
const BOXES: usize = 6;
/// The height of a box with the space below it.
const STEP: u32 = 48;

/// What is said about a document.
pub(super) fn view(language: Language, document: &Document, related: &Related) -> RelatedView {
    let force = related.force.as_ref().map(|force| ForceView {
        key: force_key(force.state),
        class: match force.state {
            ForceState::InForce => "good",
            ForceState::NotYet | ForceState::Amended | ForceState::Revoked => "warm",
        },
        sentence: force_sentence(language, force).unwrap_or_default(),
        href: force.by.first().map(|by| page_address(&by.id.to_string())).unwrap_or_default(),
    });
    let mut groups = Vec::new();
    for kind in RelationKind::ALL {
        let names = related.names.iter().filter(|(relation, _)| relation.kind == kind);
        let items = names.flat_map(|(relation, acts)| named(language, document, relation, acts));
        push(&mut groups, "names", kind, items.collect());
        let by = related.named_by.iter().filter(|(relation, _)| relation.kind == kind);
        let items = by.map(|(relation, naming)| naming_item(language, relation, naming));
        push(&mut groups, "by", kind, items.collect());
    }
    RelatedView { force, groups, more: related.more, graph: graph(document, related) }
}

fn push(groups: &mut Vec<Group>, direction: &str, kind: RelationKind, items: Vec<Item>) {
    if !items.is_empty() {
        groups.push(Group { key: format!("relation.{direction}_{}", kind.as_str()), items });
    }
}

/// An act that it names: each document that is this act, or its name alone.
fn named(
    language: Language,
    document: &Document,
    relation: &Relation,
    acts: &[Document],
) -> Vec<Item> {
    let shown = relation.evidence.as_ref();
    let page = shown.map(|shown| shown.page.to_string()).unwrap_or_default();
    let address = page_address(&document.id.to_string());
    let place = shown.map(|shown| format!("{address}/halaman/{}", shown.page)).unwrap_or_default();
    let item = |name: String, href: String| Item {
        name,
        href,
        place: place.clone(),
        page: page.clone(),
        in_part: relation.in_part,
        unsure: relation.confidence < REVIEW_BELOW,
    };
    if acts.is_empty() {
        return vec![item(target(language, relation), String::new())];
    }
    let of =
        |act: &Document| item(names::shown_label(language, act), page_address(&act.id.to_string()));
    acts.iter().map(of).collect()
}

fn naming_item(language: Language, relation: &Relation, naming: &Document) -> Item {
    Item {
        name: names::shown_label(language, naming),
        href: page_address(&naming.id.to_string()),
        place: String::new(),
        page: String::new(),
        in_part: relation.in_part,
        unsure: relation.confidence < REVIEW_BELOW,
    }
}

fn graph(document: &Document, related: &Related) -> Option<Graph> {
    let names = related
        .names
        .iter()
        .take(BOXES)
        .map(|(relation, _)| (true, relation.kind, names::short_act(&relation.target)));
    let by = related.named_by.iter().take(BOXES).map(|(relation, naming)| {
        let name = ActName::of(&naming.description);
        let label = name.map_or_else(|| brief(naming.title()), |name| names::short_act(&name));
        (false, relation.kind, label)
    });
    let (mut left, mut right) = (0, 0);
    let nodes: Vec<Node> = names
        .chain(by)
        .map(|(is_left, kind, label)| {
            let row = if is_left { &mut left } else { &mut right };
            *row += 1;
            let direction = if is_left { "names" } else { "by" };
            Node {
                left: is_left,
                y: (*row - 1) * STEP + 8,
                label: brief(&label),
                key: format!("relation.{direction}_{}", kind.as_str()),
                class: kind.as_str(),
            }
        })
        .collect();
    let rows = left.max(right);
    let own = ActName::of(&document.description);
    let own = own.map_or_else(|| brief(document.title()), |own| brief(&names::short_act(&own)));
    let height = rows * STEP + 8;
    (!nodes.is_empty()).then_some(Graph { height, middle: height / 2, own, nodes })
}

/// A label that fits a box.
fn brief(label: &str) -> String {
    const MOST: usize = 24;
    match label.chars().count() > MOST {
        true => label.chars().take(MOST - 1).chain(['…']).collect(),
        false => label.to_owned(),
    }
}

/// What the drawing says, for those who cannot see it: the list says the same.
pub(super) fn alternative(language: Language) -> &'static str {
    texts::text(language, "relation.graph")
}
