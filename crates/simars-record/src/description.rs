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
    // What follows came later: a description without it keeps the bytes that it had.
    /// When it was promulgated (*diundangkan*).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promulgated: Option<Field<Date>>,
    /// The office of who signed, with the one acted for: `a.n. Ketua …, Sekretaris`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<Field<String>>,
    /// Its annexes, in order; the evidence of each is where it begins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annexes: Vec<Field<Annex>>,
    /// The words that mark it as a copy (*salinan sesuai dengan aslinya*).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<Field<String>>,
    /// Who certified the copy. Personal data: never part of a statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_signatory: Option<Field<String>>,
    /// The office of who certified the copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_office: Option<Field<String>>,
    /// Which rules recognised it, counted up as they learn to tell more; 0 before they were.
    #[serde(skip_serializing_if = "is_zero")]
    pub rules: u16,
}

fn is_zero(rules: &u16) -> bool {
    *rules == 0
}

/// An annex of an act, bound with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annex {
    /// As people cite it: `Lampiran II`.
    pub label: String,
    /// What it is about, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The fields that a person is asked to look at, in the order of
/// [`Description::fields_to_review`].
pub const REVIEWED: [&str; 6] = ["kind", "number", "year", "title", "date", "relations"];

/// Below this confidence a field is put before a person.
pub const REVIEW_BELOW: f32 = 0.75;

impl Description {
    /// The names of the fields that a person should look at: those that every decision has
    /// (kind, number, year, title, date) when missing or recognised with little confidence, and
    /// the relations if one that bears on force is doubtful.
    pub fn fields_to_review(&self) -> Vec<&'static str> {
        fn doubtful<T>(field: &Option<Field<T>>) -> bool {
            field.as_ref().is_none_or(|field| field.confidence < REVIEW_BELOW)
        }
        let checks = [
            doubtful(&self.kind),
            doubtful(&self.number),
            doubtful(&self.year),
            doubtful(&self.title),
            doubtful(&self.date),
            self.doubtful_relations().next().is_some(),
        ];
        let checks = REVIEWED.into_iter().zip(checks);
        checks.filter_map(|(name, doubtful)| doubtful.then_some(name)).collect()
    }

    /// The relations that would bear on the force of another act, and that a person has to settle
    /// first.
    pub fn doubtful_relations(&self) -> impl Iterator<Item = &Relation> {
        self.relations.iter().filter(|known| known.kind.bears_on_force() && known.is_doubtful())
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
            &mut self.office,
            &mut self.copy,
            &mut self.copy_signatory,
            &mut self.copy_office,
        ];
        for field in texts.into_iter().flatten() {
            lower(&mut field.confidence, &field.evidence);
        }
        if let Some(year) = &mut self.year {
            lower(&mut year.confidence, &year.evidence);
        }
        let dates = [&mut self.date, &mut self.effective, &mut self.promulgated];
        for date in dates.into_iter().flatten() {
            lower(&mut date.confidence, &date.evidence);
        }
        for annex in &mut self.annexes {
            lower(&mut annex.confidence, &annex.evidence);
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
        keep(&mut self.promulgated);
        keep(&mut self.office);
        keep(&mut self.copy);
        keep(&mut self.copy_signatory);
        keep(&mut self.copy_office);
        self.annexes.retain(|annex| annex.source == Source::Stated);
        self.relations.retain(Relation::is_stated);
        self.rules = 0;
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
        lay(&mut self.promulgated, other.promulgated);
        lay(&mut self.office, other.office);
        lay(&mut self.copy, other.copy);
        lay(&mut self.copy_signatory, other.copy_signatory);
        lay(&mut self.copy_office, other.copy_office);
        if !other.annexes.is_empty() {
            self.annexes = other.annexes;
        }
        self.rules = self.rules.max(other.rules);
        let (stated, recognised): (Vec<_>, Vec<_>) =
            other.relations.into_iter().partition(Relation::is_stated);
        if !recognised.is_empty() {
            self.relations = recognised;
        }
        stated.into_iter().for_each(|relation| self.settle(relation));
    }

    /// Takes over what a person says of one relation, in the place of what was recognised.
    fn settle(&mut self, stated: Relation) {
        match self.relations.iter_mut().find(|known| known.is_same(&stated)) {
            Some(known) => {
                let evidence = stated.evidence.or(known.evidence.take());
                *known = Relation { evidence, ..stated };
            }
            None => self.relations.push(stated),
        }
    }

    /// Fills in what `recognised` tells and this description, made by older rules, has no word
    /// for: relations and the fields that came later. What it says already stays as it is.
    pub fn complete(&mut self, recognised: Self) {
        fn add<T>(field: &mut Option<Field<T>>, found: Option<Field<T>>) {
            if field.is_none() {
                *field = found;
            }
        }
        if self.relations.iter().all(Relation::is_stated) {
            let stated = std::mem::replace(&mut self.relations, recognised.relations);
            stated.into_iter().for_each(|relation| self.settle(relation));
        }
        if self.annexes.is_empty() {
            self.annexes = recognised.annexes;
        }
        add(&mut self.effective, recognised.effective);
        add(&mut self.promulgated, recognised.promulgated);
        add(&mut self.office, recognised.office);
        add(&mut self.copy, recognised.copy);
        add(&mut self.copy_signatory, recognised.copy_signatory);
        add(&mut self.copy_office, recognised.copy_office);
        self.rules = recognised.rules;
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Recognised in the document's text.
    #[default]
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
    use crate::RelationKind;

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

    fn revokes(number: &str, confidence: f32) -> Relation {
        let target = crate::ActName {
            kind: Some("keputusan".to_owned()),
            number: number.to_owned(),
            year: Some(2020),
            issuer: None,
        };
        let kind = RelationKind::Revokes;
        let evidence = Some(Evidence { page: 1, start: 0, end: 1, text: "x".to_owned() });
        Relation { kind, target, in_part: false, confidence, evidence, source: Source::Text }
    }

    #[test]
    fn a_person_settles_a_doubtful_relation() {
        let of = |relations| Description { relations, ..Description::default() };
        let mut description = of(vec![revokes("1", 0.7), revokes("2", 0.9)]);
        assert!(description.fields_to_review().contains(&"relations"));
        let stated = |relation: Relation| Relation { source: Source::Stated, ..relation };
        description.overlay(of(vec![stated(Relation { evidence: None, ..revokes("1", 1.0) })]));
        assert!(!description.fields_to_review().contains(&"relations"));
        assert!(description.relations[0].evidence.is_some(), "what shows it stays");
        description.overlay(of(vec![stated(revokes("2", 0.0))]));
        assert!(description.relations[1].is_denied() && !description.relations[1].is_doubtful());
        // Reading it again does not take that back.
        let renewed = description.clone().renewed(&of(vec![revokes("2", 0.9), revokes("3", 0.9)]));
        assert!(renewed.relations[0].is_denied());
        assert_eq!(renewed.relations.len(), 3);
    }

    #[test]
    fn what_older_rules_left_open_is_filled_in() {
        let mut description =
            Description { title: Some(Field::stated("Lama".to_owned())), ..Description::default() };
        description.complete(Description {
            title: Some(Field::stated("Baru".to_owned())),
            office: Some(Field::stated("Ketua".to_owned())),
            relations: vec![revokes("1", 0.9)],
            rules: 2,
            ..Description::default()
        });
        assert_eq!(description.title.unwrap().value, "Lama");
        assert_eq!(description.office.unwrap().value, "Ketua");
        assert_eq!((description.relations.len(), description.rules), (1, 2));
    }

    #[test]
    fn a_description_of_before_keeps_its_bytes() {
        let written = r#"{"year":{"value":2020,"confidence":0.5,"source":"file"},"relations":[{"kind":"cites","target":{"number":"7","year":2017},"confidence":0.5}]}"#;
        let description: Description = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&description).unwrap(), written);
    }
}
