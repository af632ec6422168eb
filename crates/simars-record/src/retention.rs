//! Retention (*retensi*): how long a record is kept, what becomes of it then, and when that is.
//!
//! The retention schedule (*jadwal retensi arsip*, JRA) is law that the archivist brings along;
//! nothing here knows a period. A rule and the dates of a record give the days that count, by a
//! pure function; what an exception in words means, a person decides.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Date, Timestamp};

/// The longest period, in years.
const MOST_YEARS: u16 = 200;
/// The longest event, in characters.
const LONGEST_EVENT: usize = 300;

/// How long a phase lasts, and from when: `2 Tahun`, or `2 Tahun setelah tahun anggaran berakhir`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// How many years.
    pub years: u16,
    /// The event after which they are counted; `None` for the close of the matter.
    pub after: Option<String>,
}

/// What is wrong with a written period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhaseError {
    /// It does not begin with a number.
    #[error(
        "{0:?} does not begin with a number of years; write for example 2 Tahun, or - for none"
    )]
    NoNumber(String),
    /// It counts something other than years.
    #[error("{0:?} does not count years; write for example 2 Tahun, or 2 Tahun setelah …")]
    NoYears(String),
    /// It goes on with something that is no event.
    #[error("{0:?} goes on in a way that is not understood; write 2 Tahun setelah and the event")]
    NoEvent(String),
    /// It is too long to be meant.
    #[error("{0} years are more than the {MOST_YEARS} that a rule may have")]
    TooMany(u64),
    /// The event is too long.
    #[error("the event has more than {LONGEST_EVENT} characters")]
    LongEvent,
}

impl Phase {
    /// Reads a cell of a schedule. A dash or nothing is no phase at all.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn read(cell: &str) -> Result<Option<Self>, PhaseError> {
        let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        if cell.is_empty() || cell.chars().all(|sign| matches!(sign, '-' | '–' | '—')) {
            return Ok(None);
        }
        cell.parse().map(Some)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.after {
            None => write!(f, "{} Tahun", self.years),
            Some(event) => write!(f, "{} Tahun setelah {event}", self.years),
        }
    }
}

impl FromStr for Phase {
    type Err = PhaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = || text.chars().take(60).collect::<String>();
        let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        if digits.is_empty() {
            return Err(PhaseError::NoNumber(shown()));
        }
        let years: u64 = digits.parse().unwrap_or(u64::MAX);
        let years = match u16::try_from(years) {
            Ok(years) if years <= MOST_YEARS => years,
            _ => return Err(PhaseError::TooMany(years)),
        };
        // `5 (lima) Tahun` says it twice.
        let mut rest = rest.trim_start();
        if let Some((_, after)) = rest.strip_prefix('(').and_then(|open| open.split_once(')')) {
            rest = after.trim_start();
        }
        // A cell of numbers alone counts years, as the head of its column says.
        if rest.is_empty() {
            return Ok(Self { years, after: None });
        }
        let rest = without(rest, &["tahun", "thn.", "thn", "th.", "th", "years", "year"])
            .ok_or_else(|| PhaseError::NoYears(shown()))?;
        let rest = rest.trim_start_matches([',', ';']).trim_start();
        if rest.is_empty() || rest == "." {
            return Ok(Self { years, after: None });
        }
        let starts = ["setelah", "sesudah", "terhitung sejak", "sejak", "after", "since"];
        let event = without(rest, &starts).map(str::trim).filter(|event| !event.is_empty());
        let event = event.ok_or_else(|| PhaseError::NoEvent(shown()))?;
        if event.chars().count() > LONGEST_EVENT {
            return Err(PhaseError::LongEvent);
        }
        Ok(Self { years, after: Some(event.to_owned()) })
    }
}

/// What follows one of these words, if the text begins with it as a whole word.
fn without<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| {
        let (begin, rest) = text.split_at_checked(word.len())?;
        let whole = rest.chars().next().is_none_or(|sign| !sign.is_alphanumeric());
        (begin.eq_ignore_ascii_case(word) && whole).then(|| rest.trim_start())
    })
}

impl Serialize for Phase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Phase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// There is no such fate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no fate {0:?}; write Musnah, Permanen or Dinilai kembali")]
pub struct FateError(pub String);

/// What becomes of a record when its retention is over (*nasib akhir*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// *Musnah*: it is destroyed, by the procedure that the law prescribes.
    #[serde(rename = "musnah")]
    Destroyed,
    /// *Permanen*: it is kept for ever, and handed over to the archival institution.
    #[serde(rename = "permanen")]
    Permanent,
    /// *Dinilai kembali*: people look at it again.
    #[serde(rename = "dinilai-kembali")]
    Appraised,
}

impl Fate {
    /// All fates.
    pub const ALL: [Self; 3] = [Self::Destroyed, Self::Permanent, Self::Appraised];

    /// The written form: the Indonesian term.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Destroyed => "musnah",
            Self::Permanent => "permanen",
            Self::Appraised => "dinilai-kembali",
        }
    }

    /// Reads a cell of a schedule: the fate, and what is said beyond it, which only a person can
    /// judge: `Musnah, kecuali … Permanen`.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn read(cell: &str) -> Result<(Self, Option<String>), FateError> {
        let text = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        let forms: [(Self, &[&str]); 3] = [
            (Self::Destroyed, &["musnah", "dimusnahkan", "destroyed", "destroy"]),
            (Self::Permanent, &["permanen", "dipermanenkan", "permanent"]),
            (
                Self::Appraised,
                &["dinilai kembali", "dinilai-kembali", "nilai kembali", "reviewed", "review"],
            ),
        ];
        for (fate, words) in forms {
            if let Some(rest) = without(&text, words) {
                let rest = rest.trim_matches([',', ';', '.', ':', ' ']);
                return Ok((fate, Some(rest.to_owned()).filter(|rest| !rest.is_empty())));
            }
        }
        if without(&text, &["masuk berkas perseorangan"]).is_some() {
            return Ok((Self::Appraised, Some(text)));
        }
        let shown: String = text.chars().take(60).collect();
        Err(FateError(shown))
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A rule of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// How long it is in use (*aktif*); `None` if not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<Phase>,
    /// How long it is kept after that (*inaktif*); `None` if not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<Phase>,
    /// What becomes of it then.
    pub fate: Fate,
    /// What is said beyond that, in words that only a person can judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}

/// What people stated about the retention of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// When the event of the active phase took place, or the matter was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Date>,
    /// When the event of the inactive phase took place, if that has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive_event: Option<Date>,
    /// Why nothing may become of it for now (*ditahan*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
}

/// A hold: whatever falls due, the document stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// The name of the person who said so: never part of what is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Retention {
    /// Whether nothing was stated.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A phase of a record's life, to say which event is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhaseName {
    /// In use.
    #[default]
    Active,
    /// Kept after that.
    Inactive,
}

/// What is to be done when a day comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Step {
    /// *Pindah*: it is not in use any more, and moves to those who keep inactive records.
    #[serde(rename = "pindah")]
    Move,
    /// *Musnah*: its destruction can be proposed.
    #[serde(rename = "musnah")]
    Destroy,
    /// *Serah*: it is kept for ever; its handing over can be prepared.
    #[serde(rename = "serah")]
    HandOver,
    /// *Nilai*: people have to look at it again.
    #[serde(rename = "nilai")]
    Appraise,
}

impl Step {
    /// All steps.
    pub const ALL: [Self; 4] = [Self::Move, Self::Destroy, Self::HandOver, Self::Appraise];

    /// The written form: the Indonesian term.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Move => "pindah",
            Self::Destroy => "musnah",
            Self::HandOver => "serah",
            Self::Appraise => "nilai",
        }
    }
}

/// The days that count are counted from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The day that a person stated.
    Stated,
    /// The document's own date, for want of the day on which the matter was closed: provisional.
    Document,
}

/// What a rule waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wait {
    /// The event of the rule, in its words.
    Event(String),
    /// The close of the matter, where the document has no date either.
    Close,
}

/// When what falls due, and how that came about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The day from which the active phase is counted.
    pub from: Option<Date>,
    /// Whose day that is.
    pub basis: Option<Basis>,
    /// The day on which the active phase is over, if an inactive one follows.
    pub inactive: Option<Date>,
    /// The day on which the retention is over.
    pub over: Option<Date>,
    /// What it waits for before that can be said.
    pub waits: Option<Wait>,
}

/// Computes the days that count of a record under a rule. `own` is the document's own date.
///
/// A phase that is counted from an event waits until somebody states when that was. One that is
/// not, is counted from the close of the matter; while nobody stated that, from the document's own
/// date, which the answer says. A year later is the same day; after 29 February that is the 28th
/// where the year has no other. A day beyond the calendar never comes.
pub fn due(rule: &Rule, stated: &Retention, own: Option<Date>) -> Due {
    let mut due = Due::default();
    let event = rule.active.as_ref().and_then(|phase| phase.after.clone());
    let started = match (stated.event, event) {
        (Some(day), _) => Ok((day, Basis::Stated)),
        (None, Some(event)) => Err(Wait::Event(event)),
        (None, None) => own.map(|day| (day, Basis::Document)).ok_or(Wait::Close),
    };
    let active_over = match started {
        Ok((day, basis)) => {
            (due.from, due.basis) = (Some(day), Some(basis));
            later(day, rule.active.as_ref().map_or(0, |phase| phase.years))
        }
        Err(wait) => {
            due.waits = Some(wait);
            None
        }
    };
    let Some(phase) = &rule.inactive else {
        due.over = active_over;
        return due;
    };
    due.inactive = active_over;
    let began = match (&phase.after, stated.inactive_event) {
        (None, _) => active_over,
        (Some(_), Some(day)) => Some(day),
        (Some(event), None) => {
            due.waits.get_or_insert_with(|| Wait::Event(event.clone()));
            None
        }
    };
    // An event of long ago does not end the record's use before its time.
    due.over = began.zip(active_over).and_then(|(began, active_over)| {
        later(began, phase.years).map(|over| over.max(active_over))
    });
    due
}

impl Due {
    /// What is to be done on which day, under this rule.
    pub fn steps(&self, rule: &Rule) -> Vec<(Date, Step)> {
        let last = match rule.fate {
            Fate::Destroyed => Step::Destroy,
            Fate::Permanent => Step::HandOver,
            Fate::Appraised => Step::Appraise,
        };
        let moved = self.inactive.map(|day| (day, Step::Move));
        moved.into_iter().chain(self.over.map(|day| (day, last))).collect()
    }
}

/// The same day so many years later.
fn later(day: Date, years: u16) -> Option<Date> {
    let year = day.year().checked_add(years)?;
    Date::new(year, day.month(), day.day())
        .or_else(|| Date::new(year, 2, 28).filter(|_| day.month() == 2))
}

#[cfg(test)]
mod tests;
