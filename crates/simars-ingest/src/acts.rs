//! Acts on what is registered: published, taken back, opened or closed, corrected, replaced.

use std::io::Read;

use serde::{Deserialize, Serialize};
use simars_access::Who;
pub use simars_archive::Change;
use simars_archive::{Replaced, Replacement, Submission};
use simars_describe::reference::act_named;
use simars_record::{
    AccessClass, ActName, Actor, Date, Description, Document, DocumentId, Publication, Relation,
    RelationKind, Source, Unit,
};

use crate::pipeline::{Filing, Prepared, Stacks};
use crate::{Holdings, IngestError, Report, Stated, Status};

/// How a document stands after an act: one JSON object, the same from the command line and the
/// API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// The document.
    pub id: DocumentId,
    /// Whether anything was stated; an act that would change nothing states nothing.
    pub changed: bool,
    /// Whether it is before the public.
    pub publication: Publication,
    /// Who may see it, once published.
    pub access: AccessClass,
    /// The day on which it opens for everybody.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub opens: Option<Date>,
    /// The unit it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<Unit>,
    /// Its newest version.
    pub version: u32,
    /// How many statements about it there are.
    pub statements: usize,
}

impl Acted {
    fn of(document: &Document, before: usize) -> Self {
        Self {
            id: document.id,
            changed: document.statements.len() > before,
            publication: document.publication,
            access: document.access,
            opens: document.opens,
            unit: document.unit,
            version: document.current().number,
            statements: document.statements.len(),
        }
    }
}

/// What a person settles about one relation of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Relating<'a> {
    /// What the document does, or does not do, to the other act.
    pub kind: RelationKind,
    /// The other act, as people write it: `Peraturan KPU Nomor 6 Tahun 2024`.
    pub target: &'a str,
    /// Whether only a part of that act is meant.
    pub in_part: bool,
    /// Whether it is so.
    pub holds: bool,
}

impl Relating<'_> {
    /// The correction that states it of a document with this description. What the text was
    /// recognised to say is settled; what it was not recognised to say can only be added.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the act, and what would be right.
    pub fn onto(&self, description: &Description) -> Result<Change, String> {
        let issuer = description.issuer.as_ref().map(|field| field.value.as_str());
        let named = act_named(self.target, issuer);
        let known = self.known(description, named.as_ref());
        if known.is_none() && !self.holds {
            return Err(format!("nothing says that it {} {:?}", self.kind.as_str(), self.target));
        }
        let target = known.map(|known| known.target.clone()).or(named).ok_or_else(|| {
            format!(
                "{:?} names no act; write kind, number and year, for example Peraturan KPU Nomor 6 \
                 Tahun 2024",
                self.target
            )
        })?;
        let relation = Relation {
            kind: self.kind,
            target,
            in_part: self.in_part || !self.holds && known.is_some_and(|known| known.in_part),
            confidence: if self.holds { 1.0 } else { 0.0 },
            evidence: known.and_then(|known| known.evidence.clone()),
            source: Source::Stated,
        };
        let relations = vec![relation];
        Ok(Change::Correct(Box::new(Description { relations, ..Description::default() })))
    }

    /// What was recognised of this act: by its name, or, where recognition left a name that nobody
    /// would write, the only one with the number and the year that are written.
    fn known<'d>(
        &self,
        description: &'d Description,
        named: Option<&ActName>,
    ) -> Option<&'d Relation> {
        let of_kind = || description.relations.iter().filter(|known| known.kind == self.kind);
        let means = |known: &&Relation| {
            named.is_some_and(|named| known.target.means(named) || named.means(&known.target))
        };
        let same_number = |known: &&Relation| match named {
            Some(named) => (&named.number, named.year) == (&known.target.number, known.target.year),
            None => self.target.split_whitespace().any(|word| {
                word.trim_matches([',', '.', ':']).eq_ignore_ascii_case(&known.target.number)
            }),
        };
        of_kind().find(means).or_else(|| {
            let mut found = of_kind().filter(same_number);
            found.next().filter(|_| found.next().is_none())
        })
    }
}

impl Holdings {
    /// Publishes a document, takes it back, gives it another access class, or corrects fields of its
    /// description. `Ok(None)` if there is no such document.
    ///
    /// # Errors
    /// If it cannot be made durable.
    pub fn change(
        &self,
        id: &DocumentId,
        change: &Change,
        by: Option<&Actor>,
    ) -> Result<Option<Acted>, IngestError> {
        let Some(before) = self.archive().document(id)? else { return Ok(None) };
        let after = self.archive().change_by(id, change, by)?;
        self.wake();
        Ok(after.map(|document| Acted::of(&document, before.statements.len())))
    }

    /// States that somebody who works here read a document that is closed to the public.
    ///
    /// # Errors
    /// If it cannot be made durable.
    pub fn state_view(&self, id: &DocumentId, by: &Actor) -> Result<(), IngestError> {
        self.archive().state_view(id, by)?;
        self.wake();
        Ok(())
    }

    /// Opens the documents whose embargo has ended; gives how many.
    ///
    /// # Errors
    /// If an act cannot be made durable.
    pub fn open_due(&self) -> Result<usize, IngestError> {
        let opened = self.archive().open_due()?;
        if opened > 0 {
            self.wake();
        }
        Ok(opened)
    }

    /// Lets another file take the place of a document's newest version. The report says
    /// `replaced`, or `duplicate` if the same bytes are registered already. `None` if there is no
    /// such document.
    pub fn replace(
        &self,
        id: &DocumentId,
        source: &mut dyn Read,
        name: &str,
        stated: &Stated,
        by: Option<&Actor>,
    ) -> Option<Report> {
        let refused = |reason: String| Some(Report::refused(name, None, reason));
        match self.archive().document(id) {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => return refused(error.to_string()),
        }
        let received = match self.receive(source) {
            Ok(received) => received,
            Err(refusal) => return refused(refusal.to_string()),
        };
        // A new version is one document, whatever lies in it.
        let (publication, stacks) = (Publication::Published, Stacks::Whole);
        let filing = Filing { path: name, stated, publication, by, who: Who::Owner, stacks };
        match self.prepare(received, &filing) {
            Prepared::Known(report) => Some(*report),
            Prepared::New(submission, report) => self.put_in_place(id, *submission, *report),
        }
    }

    fn put_in_place(
        &self,
        id: &DocumentId,
        submission: Submission,
        mut report: Report,
    ) -> Option<Report> {
        let Submission { original, reading, file_name, description, by, .. } = submission;
        let replacement = Replacement {
            original,
            reading,
            file_name: &file_name,
            described: &description,
            by: by.as_ref(),
        };
        let replaced = self.archive().replace(id, replacement);
        self.wake();
        match replaced {
            Ok(None) => return None,
            Ok(Some(Replaced::Duplicate(known))) => {
                report.status = Status::Duplicate;
                report.id = Some(known);
                report.reason = Some("the same bytes are registered already".to_owned());
            }
            Ok(Some(Replaced::Done(document))) => {
                report = report.described(&document.description);
                report.status = Status::Replaced;
                report.id = Some(document.id);
                self.after_registration(document.id, report.pages_to_recognise);
            }
            Err(error) => {
                return Some(Report::refused(&report.path, report.sha256, error.to_string()));
            }
        }
        Some(report)
    }
}

#[cfg(test)]
mod tests {
    use simars_record::Field;

    use super::*;

    fn settled(description: &Description, target: &str, holds: bool) -> Result<Relation, String> {
        let relating = Relating { kind: RelationKind::Revokes, target, in_part: false, holds };
        match relating.onto(description)? {
            Change::Correct(stated) => Ok(stated.relations[0].clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_relation_is_settled_by_the_name_of_the_act() {
        let relation = Relation {
            kind: RelationKind::Revokes,
            target: ActName {
                kind: Some("keputusan".to_owned()),
                number: "9".to_owned(),
                year: Some(2020),
                issuer: Some("Badan Contoh".to_owned()),
            },
            in_part: false,
            confidence: 0.6,
            evidence: None,
            source: Source::Text,
        };
        let description = Description {
            issuer: Some(Field::stated("Badan Contoh".to_owned())),
            relations: vec![relation.clone()],
            ..Description::default()
        };
        let holds = settled(&description, "keputusan nomor 9 tahun 2020", true).unwrap();
        assert!(holds.is_same(&relation) && holds.is_stated() && holds.confidence == 1.0);
        let name = "Keputusan Badan Contoh Nomor 9 Tahun 2020";
        assert!(settled(&description, name, false).unwrap().is_denied());
        let added = settled(&description, "Undang-Undang Nomor 1 Tahun 2019", true).unwrap();
        assert_eq!(added.target.number, "1");
        assert!(settled(&description, "Undang-Undang Nomor 1 Tahun 2019", false).is_err());
        assert!(settled(&description, "bukan apa-apa", true).is_err());
        // A name that only recognition would write.
        let odd = "Keputusan Keputusan 8adan Contoh No 9 Tahun 2020";
        assert!(settled(&description, odd, false).unwrap().is_same(&relation));
        assert!(settled(&description, "Keputusan Nomor 19 Tahun 2020", false).is_err());
    }
}
