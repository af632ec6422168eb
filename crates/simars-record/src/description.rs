//! What is known about a document, and how it is known.

use serde::{Deserialize, Serialize};

use crate::{Date, Relation};

/// The description of a document. Every field may be missing; every field says where it comes
/// from. The names follow Dublin Core where it has one (title, date, subject), and the archive's
/// own words where it has not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Description {
    /// The kind of act, as a key of `index-schema/kinds.toml`, for example `keputusan`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Field<String>>,
    /// The document's own number as written, for example `12/HK.03.1-Kpt/52/2024` or `457`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Field<String>>,
    /// The year that belongs to the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<Field<u16>>,
    /// The title: what stands after *tentang*, or the best that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Field<String>>,
    /// The date of enactment (*ditetapkan*).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Field<Date>>,
    /// The place of enactment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Field<String>>,
    /// Who signed. Personal data: never part of a statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signatory: Option<Field<String>>,
    /// The body that issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Field<String>>,
    /// Keywords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Field<String>>,
    /// The code in the classification scheme (*klasifikasi arsip*).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification: Option<Field<String>>,
    /// The collection it is shown in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<Field<String>>,
    /// When it takes effect (*mulai berlaku*), if the text says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<Field<Date>>,
    /// The acts that it names, and what it does to them; each act once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
}

/// Below this confidence a field is put before a person.
pub const REVIEW_BELOW: f32 = 0.75;

impl Description {
    /// The names of the fields that a person should look at: those that every decision has
    /// (kind, number, year, title, date) when missing or recognised with little confidence.
    pub fn fields_to_review(&self) -> Vec<&'static str> {
        fn doubtful<T>(field: &Option<Field<T>>) -> bool {
            field.as_ref().is_none_or(|field| field.confidence < REVIEW_BELOW)
        }
        let checks = [
            ("kind", doubtful(&self.kind)),
            ("number", doubtful(&self.number)),
            ("year", doubtful(&self.year)),
            ("title", doubtful(&self.title)),
            ("date", doubtful(&self.date)),
        ];
        checks.into_iter().filter_map(|(name, doubtful)| doubtful.then_some(name)).collect()
    }

    /// The description after the document was read again: what a person stated stays, the rest
    /// is what is `recognised` now, and what is not recognised any more stays as it was.
    #[must_use]
    pub fn renewed(self, recognised: &Self) -> Self {
        let mut renewed = self.clone();
        renewed.overlay(recognised.clone());
        renewed.overlay(self.stated());
        renewed
    }

    /// Holds down the confidence of what was recognised on certain pages, counted from 1: a
    /// letter or a digit may be misread there, however sure the pattern is.
    pub fn doubt(&mut self, on_page: impl Fn(u32) -> bool, most: f32) {
        let lower = |confidence: &mut f32, evidence: &Option<Evidence>| {
            if evidence.as_ref().is_some_and(|evidence| on_page(evidence.page)) {
                *confidence = confidence.min(most);
            }
        };
        let texts = [
            &mut self.kind,
            &mut self.number,
            &mut self.title,
            &mut self.place,
            &mut self.signatory,
            &mut self.issuer,
            &mut self.subject,
        ];
        for field in texts.into_iter().flatten() {
            lower(&mut field.confidence, &field.evidence);
        }
        if let Some(year) = &mut self.year {
            lower(&mut year.confidence, &year.evidence);
        }
        for date in [&mut self.date, &mut self.effective].into_iter().flatten() {
            lower(&mut date.confidence, &date.evidence);
        }
        for relation in &mut self.relations {
            lower(&mut relation.confidence, &relation.evidence);
        }
    }

    /// Only what a person or a metadata file stated.
    fn stated(mut self) -> Self {
        fn keep<T>(field: &mut Option<Field<T>>) {
            if field.as_ref().is_some_and(|field| field.source != Source::Stated) {
                *field = None;
            }
        }
        keep(&mut self.kind);
        keep(&mut self.number);
        keep(&mut self.year);
        keep(&mut self.title);
        keep(&mut self.date);
        keep(&mut self.place);
        keep(&mut self.signatory);
        keep(&mut self.issuer);
        keep(&mut self.subject);
        keep(&mut self.classification);
        keep(&mut self.collection);
        keep(&mut self.effective);
        // Nobody states relations: they are what the text says.
        self.relations.clear();
        self
    }

    /// Takes over every field that `other` has. Used to lay what a person stated over what was
    /// recognised.
    pub fn overlay(&mut self, other: Self) {
        fn lay<T>(below: &mut Option<Field<T>>, above: Option<Field<T>>) {
            if above.is_some() {
                *below = above;
            }
        }
        lay(&mut self.kind, other.kind);
        lay(&mut self.number, other.number);
        lay(&mut self.year, other.year);
        lay(&mut self.title, other.title);
        lay(&mut self.date, other.date);
        lay(&mut self.place, other.place);
        lay(&mut self.signatory, other.signatory);
        lay(&mut self.issuer, other.issuer);
        lay(&mut self.subject, other.subject);
        lay(&mut self.classification, other.classification);
        lay(&mut self.collection, other.collection);
        lay(&mut self.effective, other.effective);
        if !other.relations.is_empty() {
            self.relations = other.relations;
        }
    }
}

/// One value of a description and how it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field<T> {
    /// The value in its canonical form.
    pub value: T,
    /// How sure this is, 0.0 to 1.0. What a person stated has 1.0.
    pub confidence: f32,
    /// Where it comes from.
    pub source: Source,
    /// The passage that shows it, if it was recognised in the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

impl<T> Field<T> {
    /// A value that a person or a metadata file stated.
    pub fn stated(value: T) -> Self {
        Self { value, confidence: 1.0, source: Source::Stated, evidence: None }
    }

    /// A value recognised in the text, with the passage that shows it.
    pub fn recognised(value: T, confidence: f32, evidence: Evidence) -> Self {
        Self { value, confidence, source: Source::Text, evidence: Some(evidence) }
    }

    /// A value taken from the file's name or its embedded metadata: a hint, never sure.
    pub fn hinted(value: T, confidence: f32) -> Self {
        Self { value, confidence, source: Source::File, evidence: None }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Recognised in the document's text.
    Text,
    /// Taken from the file's name or embedded metadata.
    File,
    /// Stated by a person or an import list.
    Stated,
}

/// The passage of the text that shows a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The page, counted from 1.
    pub page: u32,
    /// Byte offset in the page's text where the passage begins.
    pub start: u32,
    /// Byte offset where it ends (exclusive).
    pub end: u32,
    /// The passage as it stands there, before any repair.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_doubtful_goes_to_review() {
        let mut description = Description::default();
        assert_eq!(description.fields_to_review(), ["kind", "number", "year", "title", "date"]);
        description.kind = Some(Field::stated("keputusan".to_owned()));
        description.year = Some(Field::hinted(2024, 0.4));
        assert_eq!(description.fields_to_review(), ["number", "year", "title", "date"]);
    }

    #[test]
    fn what_is_stated_lies_over_what_was_recognised() {
        let mut description = Description {
            year: Some(Field::hinted(2020, 0.4)),
            number: Some(Field::hinted("1".to_owned(), 0.4)),
            ..Description::default()
        };
        description
            .overlay(Description { year: Some(Field::stated(2024)), ..Description::default() });
        assert_eq!(description.year.unwrap().value, 2024);
        assert_eq!(description.number.unwrap().value, "1");
    }
}
