//! The documents of one file on their way into a commit: of a stack, all or none.

use simars_archive::{Outcome, Placed};

use crate::pipeline::Prepared;
use crate::{Holdings, Report};

impl Holdings {
    /// Step 4 for a stack: all its documents in one commit, or none.
    pub(crate) fn register_stack(&self, report: Report, parts: Vec<Prepared>) -> Report {
        let (placed, waiting) = self.place_all(Some(report), parts);
        if placed.is_empty() {
            return waiting.settled(self, &mut std::iter::empty());
        }
        match self.archive().register_all(&placed) {
            Ok(outcomes) => {
                self.wake();
                waiting.settled(self, &mut outcomes.into_iter())
            }
            Err(error) => waiting.refused(&error.to_string()),
        }
    }

    /// Puts the objects of a file's documents in their places. Of a stack, either all can be put
    /// there or none is registered.
    pub(crate) fn place_all(
        &self,
        stack: Option<Report>,
        documents: Vec<Prepared>,
    ) -> (Vec<Placed>, Waiting) {
        let mut placed = Vec::with_capacity(documents.len());
        let mut failed = None;
        let mut place = |prepared| match prepared {
            Prepared::Known(report) => (false, *report),
            Prepared::New(submission, report) => {
                match self.archive().place(*submission) {
                    Ok(one) => placed.push(one),
                    Err(error) => drop(failed.get_or_insert(error.to_string())),
                }
                (true, *report)
            }
        };
        let parts = documents.into_iter().map(&mut place).collect();
        let mut waiting = Waiting { stack, parts };
        if let Some(failed) = failed {
            placed.clear();
            waiting.give_up(&failed);
        }
        (placed, waiting)
    }
}

/// The documents of one file, on their way into a commit.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The report on the stack, if it is one.
    stack: Option<Report>,
    /// The reports, and whether each waits for an outcome.
    parts: Vec<(bool, Report)>,
}

impl Waiting {
    /// The report, with an outcome for each document that waits for one, in their order.
    pub(crate) fn settled(
        self,
        holdings: &Holdings,
        outcomes: &mut impl Iterator<Item = Outcome>,
    ) -> Report {
        let settle =
            |(waits, report): (bool, Report)| match waits.then(|| outcomes.next()).flatten() {
                Some(outcome) => holdings.settled(report, outcome),
                None => report,
            };
        Self::told(self.stack, self.parts.into_iter().map(settle).collect())
    }

    /// The report when nothing of it could be registered.
    pub(crate) fn refused(mut self, why: &str) -> Report {
        self.give_up(why);
        Self::told(self.stack, self.parts.into_iter().map(|(_, report)| report).collect())
    }

    fn give_up(&mut self, why: &str) {
        for (waits, report) in self.parts.iter_mut().filter(|(waits, _)| *waits) {
            *waits = false;
            *report = Report::refused(&report.path, report.sha256, why);
        }
    }

    fn told(stack: Option<Report>, mut parts: Vec<Report>) -> Report {
        match (stack, parts.pop()) {
            (None, Some(only)) => only,
            (None, None) => Report::refused("", None, "there is nothing in it"),
            (Some(stack), last) => {
                parts.extend(last);
                stack.of_stack(parts)
            }
        }
    }
}
