//! How a document stands to others, as data and in sentences.

use serde::Serialize;
use simars_access::Who;
use simars_ingest::{Force, Related};
use simars_record::{
    ActName, Date, Document, DocumentId, Evidence, ForceState, Relation, RelationKind,
};

use crate::State;
use crate::document::page_address;
use crate::language::Language;
use crate::problem::Code;
use crate::texts::{fill, text};
use crate::work::{blocking, failed};
use crate::{format, names};
use std::sync::Arc;

/// How a document stands to others, for this asker.
pub(crate) async fn related(
    state: &Arc<State>,
    document: &Document,
    who: Who,
) -> Result<Related, Code> {
    let (holdings, document) = (Arc::clone(&state.holdings), document.clone());
    let related = blocking(move || holdings.related(&document, who)).await?;
    related.map_err(failed("look up what a document stands to"))
}

/// The relations of a document as data.
#[derive(Debug, Default, Serialize)]
pub(crate) struct RelationsJson {
    /// The acts that it names.
    names: Vec<NamesJson>,
    /// The documents that name it.
    named_by: Vec<NamedByJson>,
    /// Whether more documents name it than are listed.
    more: bool,
}

#[derive(Debug, Serialize)]
struct NamesJson {
    relation: RelationKind,
    in_part: bool,
    target: ActName,
    /// Kind, number and office in one line.
    label: String,
    confidence: f32,
    evidence: Option<Evidence>,
    /// The documents that are this act; none while it is not in the archive.
    documents: Vec<OtherJson>,
}

#[derive(Debug, Serialize)]
struct NamedByJson {
    relation: RelationKind,
    in_part: bool,
    confidence: f32,
    evidence: Option<Evidence>,
    document: OtherJson,
}

/// Another document in short.
#[derive(Debug, Serialize)]
pub(crate) struct OtherJson {
    id: DocumentId,
    label: String,
    page: String,
}

/// Whether an act is in force, as far as the documents of this archive say.
#[derive(Debug, Serialize)]
pub(crate) struct ForceJson {
    state: &'static str,
    since: Option<Date>,
    by: Vec<OtherJson>,
    /// False where another text may say otherwise and a person has to look first.
    sure: bool,
}

impl RelationsJson {
    pub(crate) fn of(related: &Related) -> Self {
        let names = related.names.iter().map(|(relation, documents)| NamesJson {
            relation: relation.kind,
            in_part: relation.in_part,
            target: relation.target.clone(),
            label: names::act(Language::Indonesian, &relation.target),
            confidence: relation.confidence,
            evidence: relation.evidence.clone(),
            documents: documents.iter().map(other).collect(),
        });
        let named_by = related.named_by.iter().map(|(relation, document)| NamedByJson {
            relation: relation.kind,
            in_part: relation.in_part,
            confidence: relation.confidence,
            evidence: relation.evidence.clone(),
            document: other(document),
        });
        Self { names: names.collect(), named_by: named_by.collect(), more: related.more }
    }
}

impl ForceJson {
    pub(crate) fn of(force: &Force) -> Self {
        Self {
            state: force.state.as_str(),
            since: force.since,
            by: force.by.iter().map(other).collect(),
            sure: force.sure,
        }
    }
}

fn other(document: &Document) -> OtherJson {
    OtherJson {
        id: document.id,
        label: names::label(Language::Indonesian, document),
        page: page_address(&document.id.to_string()),
    }
}

/// The text that names a state.
pub(crate) const fn force_key(state: ForceState) -> &'static str {
    match state {
        ForceState::NotYet => "force.not_yet",
        ForceState::InForce => "force.in_force",
        ForceState::Amended => "force.amended",
        ForceState::Revoked => "force.revoked",
    }
}

/// What another document says about this one's force, in one sentence; `None` where none says
/// anything.
pub(crate) fn force_sentence(language: Language, force: &Force) -> Option<String> {
    let unsure = || text(language, "force.unsure");
    let Some(first) = force.by.first() else {
        return (!force.sure).then(|| unsure().to_owned());
    };
    let label = names::shown_label(language, first);
    let day = force.since.map(|since| format::date(language, since));
    let sentence = match (force.state, &day) {
        (ForceState::Revoked, Some(day)) => {
            fill(language, "force.revoked_by_since", &[("by", &label), ("since", day)])
        }
        (ForceState::Revoked, None) => fill(language, "force.revoked_by", &[("by", &label)]),
        (ForceState::Amended, Some(day)) => {
            fill(language, "force.amended_by_since", &[("by", &label), ("since", day)])
        }
        (ForceState::Amended, None) => fill(language, "force.amended_by", &[("by", &label)]),
        (ForceState::NotYet | ForceState::InForce, _) => return None,
    };
    Some(if force.sure { sentence } else { format!("{sentence} {}", unsure()) })
}

/// The same for programs and logs, in English.
pub(crate) fn force_detail(force: &Force) -> Option<String> {
    let first = force.by.first()?;
    let since = force.since.map(|since| format!(" since {since}")).unwrap_or_default();
    let said = match force.state {
        ForceState::Revoked => "revoked",
        ForceState::Amended => "amended",
        ForceState::NotYet | ForceState::InForce => return None,
    };
    let unsure = if force.sure { "" } else { "; another may say more, a person has to look" };
    Some(format!(
        "{said}{since}, so says another document ({}, {}); no statement of the log says so{unsure}",
        first.id,
        names::act_of(Language::English, first).unwrap_or_default()
    ))
}

/// The name of an act that a relation points to: as the text has it, unless that was cut by a page's
/// end or is in capitals, as titles are.
pub(crate) fn target(language: Language, relation: &Relation) -> String {
    let written = relation
        .evidence
        .as_ref()
        .map(|shown| shown.text.split_whitespace().collect::<Vec<_>>().join(" "));
    let whole = |written: &String| {
        let plain: String = written.to_lowercase().split_whitespace().collect();
        plain.contains(&relation.target.number) && written.contains(char::is_lowercase)
    };
    written.filter(whole).unwrap_or_else(|| names::act(language, &relation.target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_called_as_the_text_has_it() {
        let relation = |text: &str| Relation {
            kind: RelationKind::Cites,
            target: ActName {
                kind: Some("keputusan".to_owned()),
                number: "7/kpts/x-24".to_owned(),
                year: Some(2024),
                issuer: None,
            },
            in_part: false,
            confidence: 0.9,
            evidence: Some(Evidence { page: 1, start: 0, end: 9, text: text.to_owned() }),
            source: simars_record::Source::Text,
        };
        let named = |text: &str| target(Language::Indonesian, &relation(text));
        assert_eq!(named("Keputusan\nNomor 7/Kpts/X-24"), "Keputusan Nomor 7/Kpts/X-24");
        let made = "Keputusan Nomor 7/kpts/x-24 Tahun 2024";
        assert_eq!(named("Keputusan Nomor"), made);
        assert_eq!(named("KEPUTUSAN NOMOR 7/KPTS/X-24"), made);
    }
}
