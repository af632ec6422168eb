//! What falls due, and what waits for somebody, as far as whoever asks may know it.

use std::sync::Arc;

use serde::Serialize;
use simars_access::{Action, Standing, Who, may};
use simars_ingest::retention::{Counted, Days, List, Place, Progress, Standings};
use simars_record::retention::{Due, Step};
use simars_record::{Date, Document};

use crate::problem::Code;
use crate::query::{self, BadParameter};
use crate::state::State;
use crate::work::{blocking, failed};

/// How many documents one answer lists.
const LISTED: usize = 50;
/// A month is counted up to so many.
const IN_A_MONTH: u64 = 20_000;
/// What waits without a day is counted up to so many: nobody plans by it.
const WAITING: u64 = 1_000;

/// How documents stand to which this asker may do something. Who works for one unit alone gets lists
/// and counts of what belongs to it, and of nothing else.
pub(crate) fn standings(who: Who, action: Action) -> Standings {
    let unit = who.unit();
    let allowed = Standing::all(unit).filter(|standing| may(who, action, *standing));
    let allowed = allowed.map(|standing| (standing.access, standing.publication));
    allowed.collect::<Standings>().within(unit)
}

/// A list that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// What falls due in this month.
    Month(u16, u8),
    /// What fell due before this month.
    Overdue,
    Held,
    Waiting,
    NoCode,
    NoRule,
}

impl Wanted {
    /// The lists beside the month, in the order in which they are offered.
    pub(crate) const OTHERS: [Self; 5] =
        [Self::Overdue, Self::Waiting, Self::Held, Self::NoCode, Self::NoRule];

    /// Reads `?month=2026-12` and `?list=`; this month if neither is there.
    pub(crate) fn read(pairs: &[(String, String)], today: Date) -> Result<Self, BadParameter> {
        let bad = |name, value: &str, hint| BadParameter {
            name,
            value: value.chars().take(60).collect(),
            hint,
        };
        if let Some(name) = query::value(pairs, &["list", "daftar"]) {
            let found = Self::OTHERS.into_iter();
            let mut found = found.filter(|one| one.name() == name || one.term() == name);
            let hint = "overdue, waiting, held, no-code or no-rule";
            return found.next().ok_or_else(|| bad("list", name, hint));
        }
        let Some(month) = query::value(pairs, &["month", "bulan"]) else {
            return Ok(Self::Month(today.year(), today.month()));
        };
        let first = format!("{month}-01").parse::<Date>();
        let first = first.map_err(|_| bad("month", month, "a month, for example 2026-12"))?;
        Ok(Self::Month(first.year(), first.month()))
    }

    /// In the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Month(..) => "due",
            Self::Overdue => "overdue",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::NoCode => "no-code",
            Self::NoRule => "no-rule",
        }
    }

    /// In the address of a page.
    pub(crate) const fn term(self) -> &'static str {
        match self {
            Self::Month(..) => "bulan",
            Self::Overdue => "lewat",
            Self::Held => "ditahan",
            Self::Waiting => "menunggu",
            Self::NoCode => "tanpa-kode",
            Self::NoRule => "tanpa-aturan",
        }
    }

    /// The text that names it.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Month(..) => "retention.due",
            Self::Overdue => "retention.overdue",
            Self::Held => "retention.held",
            Self::Waiting => "retention.waiting",
            Self::NoCode => "retention.no-code",
            Self::NoRule => "retention.no-rule",
        }
    }

    /// The month as `2026-12`; empty for the other lists.
    pub(crate) fn month(self) -> String {
        match self {
            Self::Month(year, month) => format!("{year:04}-{month:02}"),
            _ => String::new(),
        }
    }

    const fn list(self) -> List {
        match self {
            Self::Month(..) | Self::Overdue => List::Due,
            Self::Held => List::Held,
            Self::Waiting => List::Waiting,
            Self::NoCode => List::NoCode,
            Self::NoRule => List::NoRule,
        }
    }

    fn days(self, today: Date) -> Days {
        match self {
            // A month that was read is one.
            Self::Month(year, month) => Days::of_month(year, month).unwrap_or_default(),
            Self::Overdue => {
                Date::new(today.year(), today.month(), 1).map_or_else(Days::default, Days::before)
            }
            Self::Held | Self::Waiting | Self::NoCode | Self::NoRule => Days::default(),
        }
    }

    const fn most(self) -> u64 {
        match self {
            Self::Month(..) => IN_A_MONTH,
            _ => WAITING,
        }
    }
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) items: Vec<Item>,
    /// Where it goes on.
    pub(crate) next: Option<Place>,
    pub(crate) counted: Counted,
    /// How far the lists follow a schedule that has just come into force.
    pub(crate) progress: Option<Progress>,
}

/// A document in a list.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) place: Place,
    pub(crate) document: Document,
    pub(crate) due: Option<Due>,
}

/// A part of a list behind a place, with how many there are in all.
pub(crate) async fn part(
    state: &Arc<State>,
    who: Who,
    wanted: Wanted,
    after: Option<Place>,
) -> Result<Part, Code> {
    let holdings = Arc::clone(&state.holdings);
    let part = move || -> Result<Part, simars_ingest::retention::ArchiveError> {
        let archive = holdings.archive();
        let days = wanted.days(archive.now().date());
        let standings = standings(who, Action::Find);
        let list = wanted.list();
        let counted = archive.count_listed(&list, days, &standings, wanted.most())?;
        let mut found = archive.listed(&list, days, &standings, (after, LISTED + 1))?;
        let more = found.len() > LISTED;
        found.truncate(LISTED);
        let next = found.last().map(|(place, _)| *place).filter(|_| more);
        // What was changed since the list was read is not shown to whom it is closed now.
        found.retain(|(_, document)| may(who, Action::Find, crate::auth::standing(document)));
        let items = found.into_iter().map(|(place, document)| {
            let due = archive.due(&document);
            Item { place, document, due }
        });
        let items = items.collect();
        Ok(Part { items, next, counted, progress: archive.rescheduling()? })
    };
    blocking(part).await?.map_err(failed("read what falls due"))
}

/// The first thing to see on the desk.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) month: (u16, u8),
    pub(crate) due: Counted,
    /// The other lists, in the order of [`Wanted::OTHERS`].
    pub(crate) others: [Counted; 5],
    pub(crate) demonstration: bool,
    pub(crate) progress: Option<Progress>,
}

/// What falls due this month and what waits; `None` as long as there is no schedule.
pub(crate) async fn summary(state: &Arc<State>, who: Who) -> Result<Option<Summary>, Code> {
    let holdings = Arc::clone(&state.holdings);
    let summary = move || -> Result<Option<Summary>, simars_ingest::retention::ArchiveError> {
        let archive = holdings.archive();
        let scheme = archive.scheme();
        if scheme.is_empty() {
            return Ok(None);
        }
        let (today, standings) = (archive.now().date(), standings(who, Action::Find));
        let count = |wanted: Wanted| {
            archive.count_listed(&wanted.list(), wanted.days(today), &standings, wanted.most())
        };
        let month = (today.year(), today.month());
        let mut others = [Counted::default(); 5];
        for (counted, wanted) in others.iter_mut().zip(Wanted::OTHERS) {
            *counted = count(wanted)?;
        }
        Ok(Some(Summary {
            month,
            due: count(Wanted::Month(month.0, month.1))?,
            others,
            demonstration: scheme.is_demonstration(),
            progress: archive.rescheduling()?,
        }))
    };
    blocking(summary).await?.map_err(failed("count what falls due"))
}

/// How many there are, as data.
#[derive(Debug, Serialize)]
pub(crate) struct CountedJson {
    total: u64,
    /// Whether there are more than were counted.
    more: bool,
    #[serde(flatten)]
    steps: std::collections::BTreeMap<&'static str, u64>,
}

impl From<Counted> for CountedJson {
    fn from(counted: Counted) -> Self {
        let steps = Step::ALL.map(|step| (step.as_str(), counted.of(step)));
        Self { total: counted.total(), more: counted.more, steps: steps.into() }
    }
}
