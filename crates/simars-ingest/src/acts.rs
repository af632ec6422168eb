//! Acts on what is registered: published, taken back, opened or closed, corrected, replaced.

use std::io::Read;

use serde::{Deserialize, Serialize};
pub use simars_archive::Change;
use simars_archive::{Replaced, Replacement, Submission};
use simars_record::{AccessClass, Actor, Document, DocumentId, Publication};

use crate::pipeline::{Filing, Prepared};
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
            version: document.current().number,
            statements: document.statements.len(),
        }
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
        let publication = Publication::Published;
        match self.prepare(received, &Filing { path: name, stated, publication, by }) {
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
