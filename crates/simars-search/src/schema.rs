//! The data of `index-schema/`: fields, weights, limits, prefixes; and its fingerprint.

mod optional;
mod prefixes;

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use simars_record::Hasher;
use tantivy::schema::{
    Field, FieldEntry, FieldType, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing,
    TextOptions,
};

pub(crate) use self::prefixes::Prefix;
use self::prefixes::Prefixes;
use crate::SearchError;
use crate::stem::Stems;
use crate::synonyms::Synonyms;

pub(crate) use optional::{FORCE, GROUP, SUBJECT};

/// Raised when the program writes an index that an older one could not read, or the other way round.
const FORMAT: &str = "3";

/// tantivy's analyser that leaves a label as it is.
const RAW: &str = "raw";

const FILES: [(&str, &str); 8] = [
    ("VERSION", include_str!("../../../index-schema/VERSION")),
    ("schema.toml", include_str!("../../../index-schema/schema.toml")),
    ("stopwords.txt", include_str!("../../../index-schema/stopwords.txt")),
    ("synonyms.toml", include_str!("../../../index-schema/synonyms.toml")),
    ("kinds.toml", include_str!("../../../index-schema/kinds.toml")),
    ("questions.toml", include_str!("../../../index-schema/questions.toml")),
    ("frequent.txt", include_str!("../../../index-schema/frequent.txt")),
    ("roots.txt", include_str!("../../../index-schema/roots.txt")),
];

/// SHA-256 over the data of `index-schema/` and the index format's version, in hexadecimal. Two
/// programs with the same fingerprint build the same index.
pub fn fingerprint() -> String {
    let mut hasher = Hasher::new();
    hasher.update(FORMAT.as_bytes());
    for (name, text) in FILES {
        hasher.update(format!("\0{name}\0{}\0", text.len()).as_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finish().to_string()
}

/// Everything `index-schema/` says.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) schema: Schema,
    pub(crate) weights: Weights,
    pub(crate) limits: Limits,
    pub(crate) prefixes: HashMap<String, Prefix>,
    pub(crate) stop_words: HashSet<String>,
    pub(crate) synonyms: Synonyms,
    pub(crate) questions: Questions,
    pub(crate) frequent: HashSet<String>,
    pub(crate) stems: Stems,
}

impl Rules {
    /// Reads the data that was compiled in.
    pub(crate) fn load() -> Result<Self, SearchError> {
        let [_, (_, schema), ..] = FILES;
        Self::of(schema)
    }

    /// The data that was compiled in, but with this `schema.toml`.
    pub(crate) fn of(schema: &str) -> Result<Self, SearchError> {
        let [_, _, (_, stop_words), (_, synonyms), _, (_, questions), (_, frequent), (_, roots)] =
            FILES;
        let wrong = |detail: String| SearchError::Schema { file: "schema.toml", detail };
        let file: File = toml::from_str(schema).map_err(|error| wrong(error.to_string()))?;
        file.weights.check().map_err(wrong)?;
        let schema = build(&file.field).map_err(wrong)?;
        Ok(Self {
            schema,
            weights: file.weights,
            limits: file.limits,
            prefixes: file.prefixes.by_word().map_err(wrong)?,
            stop_words: lines(stop_words).collect(),
            frequent: lines(frequent).collect(),
            stems: Stems::new(lines(roots)),
            synonyms: Synonyms::load(synonyms)
                .map_err(|detail| SearchError::Schema { file: "synonyms.toml", detail })?,
            questions: toml::from_str(questions).map_err(|error| SearchError::Schema {
                file: "questions.toml",
                detail: error.to_string(),
            })?,
        })
    }
}

/// The words of a list: one a line, `#` begins a comment.
fn lines(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned)
}

/// Words that make a question, and those that belong to its form.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Questions {
    asks: HashSet<String>,
    frame: HashSet<String>,
    mentions: HashSet<String>,
}

impl Questions {
    /// Whether a folded word makes a question.
    pub(crate) fn asks(&self, word: &str) -> bool {
        self.asks.contains(word)
    }

    /// Whether an act whose number follows this folded word is only mentioned.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        self.mentions.contains(word)
    }

    /// Whether a folded word says nothing in a question.
    pub(crate) fn frames(&self, word: &str) -> bool {
        self.frame.contains(word)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    field: Vec<FieldRule>,
    weights: Weights,
    limits: Limits,
    prefixes: Prefixes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRule {
    name: String,
    sort: FieldSort,
    #[serde(default)]
    analyser: Option<Analyser>,
    #[serde(default)]
    positions: bool,
    #[serde(default)]
    indexed: bool,
    #[serde(default)]
    fast: bool,
    #[serde(default)]
    stored: bool,
    says: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum FieldSort {
    Text,
    Label,
    Number,
}

/// How a text field is cut into words.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Analyser {
    /// Folded words.
    Exact,
    /// The same, and two frequent words side by side as one term.
    Pairs,
    /// Stems and the marks of synonym groups.
    Stem,
}

impl Analyser {
    /// The name under which tantivy knows it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Exact => "simars_exact",
            Self::Pairs => "simars_pairs",
            Self::Stem => "simars_stem",
        }
    }
}

/// What a find counts; see `schema.toml`.
#[derive(Deserialize, Debug, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weights {
    pub(crate) stem: f32,
    pub(crate) body: f32,
    pub(crate) head: f32,
    pub(crate) title: f32,
    pub(crate) whole_title: f32,
    pub(crate) opening: f32,
    pub(crate) phrase: f32,
    pub(crate) synonym: f32,
    pub(crate) similar: f32,
    pub(crate) own_number_and_kind: f32,
    pub(crate) own_number: f32,
}

impl Weights {
    fn check(&self) -> Result<(), String> {
        let Self {
            stem, body, head, title, whole_title, opening, phrase, synonym, similar, ..
        } = self;
        let Self { own_number_and_kind, own_number, .. } = self;
        let words = [stem, body, head, title, whole_title, opening, phrase, synonym, similar];
        let all = words.into_iter().chain([own_number_and_kind, own_number]);
        match all.into_iter().find(|weight| !weight.is_finite() || **weight < 0.0) {
            Some(weight) => Err(format!("the weight {weight} is not a number from 0 up")),
            None => Ok(()),
        }
    }
}

/// What is bounded; see `schema.toml`.
#[derive(Deserialize, Debug, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) query_words: usize,
    pub(crate) query_characters: usize,
    pub(crate) word_bytes: usize,
    pub(crate) snippet_characters: usize,
    pub(crate) facet_values: usize,
    pub(crate) enough: u64,
    pub(crate) telling: f32,
    pub(crate) opening_words: usize,
}

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) body: Field,
    pub(crate) stem: Field,
    pub(crate) head: Field,
    pub(crate) title: Field,
    pub(crate) issuer_words: Field,
    pub(crate) key: Field,
    pub(crate) kind: Field,
    pub(crate) issuer: Field,
    pub(crate) collection: Field,
    pub(crate) year: Field,
    pub(crate) date: Field,
    pub(crate) ordinal: Field,
    pub(crate) page: Field,
    pub(crate) standing: Field,
    pub(crate) title_order: Field,
    pub(crate) number_order: Field,
    pub(crate) shown: Field,
    /// Whether `body` has frequent words in pairs; an index of before them has not.
    pub(crate) pairs: bool,
    /// Not needed to answer searches: an index of before it was there goes on answering.
    pub(crate) sketch: Option<Field>,
    /// Likewise.
    pub(crate) opening: Option<Field>,
    /// Likewise.
    pub(crate) position: Option<Field>,
    /// Likewise.
    pub(crate) suggest: Option<Field>,
    /// Likewise.
    pub(crate) subject: Option<Field>,
    /// Likewise; where it is missing, every document belongs to no group.
    pub(crate) group: Option<Field>,
    /// Likewise: from, changed, until.
    pub(crate) force: Option<[Field; 3]>,
}

/// What the program asks of a field: its name, sort and what it must be good for.
const NEEDED: [(&str, FieldSort, &str); 17] = [
    ("body", FieldSort::Text, "positions stored"),
    ("stem", FieldSort::Text, ""),
    ("head", FieldSort::Text, "positions"),
    ("title", FieldSort::Text, "positions"),
    ("issuer_words", FieldSort::Text, "positions"),
    ("key", FieldSort::Label, "indexed"),
    ("kind", FieldSort::Label, "indexed fast"),
    ("issuer", FieldSort::Label, "fast"),
    ("collection", FieldSort::Label, "fast"),
    ("year", FieldSort::Number, "indexed fast"),
    ("date", FieldSort::Number, "fast"),
    ("ordinal", FieldSort::Number, "indexed fast"),
    ("page", FieldSort::Number, "fast"),
    ("standing", FieldSort::Number, "fast"),
    ("title_order", FieldSort::Label, "fast"),
    ("number_order", FieldSort::Label, "fast"),
    ("shown", FieldSort::Label, "stored"),
];

fn build(rules: &[FieldRule]) -> Result<Schema, String> {
    let mut builder = Schema::builder();
    let mut names = HashSet::new();
    for rule in rules {
        if !names.insert(rule.name.as_str()) {
            return Err(format!("the field {:?} stands there twice", rule.name));
        }
        if rule.says.is_empty() {
            return Err(format!("the field {:?} does not say what it is for", rule.name));
        }
        match rule.sort {
            FieldSort::Number => builder.add_u64_field(&rule.name, number_options(rule)),
            FieldSort::Text | FieldSort::Label => {
                builder.add_text_field(&rule.name, text_options(rule)?)
            }
        };
    }
    let schema = builder.build();
    let fields = Fields::of(&schema)?;
    match (fields.sketch, fields.opening) {
        (Some(_), Some(_)) => Ok(schema),
        (None, _) => Err("the field \"sketch\" must be an indexed number".to_owned()),
        (_, None) => Err("the field \"opening\" must be of words".to_owned()),
    }
}

impl Fields {
    /// Where `schema` has the fields that the program needs; an error if one of them is missing or
    /// not good for what it is needed for. Others may be there as well.
    pub(crate) fn of(schema: &Schema) -> Result<Self, String> {
        for (name, sort, uses) in NEEDED {
            let found = schema.get_field(name).ok().map(|field| schema.get_field_entry(field));
            let entry = found.filter(|entry| is_sort(entry, sort));
            let entry = entry.ok_or(format!("the field {name:?} is missing or of another sort"))?;
            if let Some(missing) = uses.split_whitespace().find(|use_| !serves(entry, use_)) {
                return Err(format!("the field {name:?} must be {missing}"));
            }
        }
        let get = |name: &str| schema.get_field(name).map_err(|error| error.to_string());
        Ok(Self {
            body: get("body")?,
            stem: get("stem")?,
            head: get("head")?,
            title: get("title")?,
            issuer_words: get("issuer_words")?,
            key: get("key")?,
            kind: get("kind")?,
            issuer: get("issuer")?,
            collection: get("collection")?,
            year: get("year")?,
            date: get("date")?,
            ordinal: get("ordinal")?,
            page: get("page")?,
            standing: get("standing")?,
            title_order: get("title_order")?,
            number_order: get("number_order")?,
            shown: get("shown")?,
            pairs: optional::pairs(schema),
            sketch: optional::sketch(schema),
            opening: optional::opening(schema),
            position: optional::position(schema),
            suggest: optional::suggest(schema),
            subject: optional::subject(schema),
            group: optional::group(schema),
            force: optional::force(schema),
        })
    }
}

/// Words are cut by one of our analysers; labels, where they are indexed, stay whole.
fn is_sort(entry: &FieldEntry, sort: FieldSort) -> bool {
    let FieldType::Str(options) = entry.field_type() else {
        return sort == FieldSort::Number && matches!(entry.field_type(), FieldType::U64(_));
    };
    let tokenizer = options.get_indexing_options().map(TextFieldIndexing::tokenizer);
    match sort {
        FieldSort::Text => tokenizer.is_some_and(|name| name != RAW),
        FieldSort::Label => tokenizer.is_none_or(|name| name == RAW),
        FieldSort::Number => false,
    }
}

/// Whether a field is good for `needed`, a word of [`NEEDED`].
fn serves(entry: &FieldEntry, needed: &str) -> bool {
    match needed {
        "positions" => {
            entry.field_type().index_record_option().is_some_and(IndexRecordOption::has_positions)
        }
        "indexed" => entry.is_indexed(),
        "fast" => entry.is_fast(),
        _ => entry.is_stored(),
    }
}

fn number_options(rule: &FieldRule) -> NumericOptions {
    let mut options = NumericOptions::default();
    if rule.indexed {
        options = options.set_indexed();
    }
    if rule.fast {
        options = options.set_fast();
    }
    if rule.stored { options.set_stored() } else { options }
}

fn text_options(rule: &FieldRule) -> Result<TextOptions, String> {
    let mut options = TextOptions::default();
    if rule.sort == FieldSort::Text {
        let analyser = rule.analyser.ok_or(format!("the field {:?} has no analyser", rule.name))?;
        let record = if rule.positions {
            IndexRecordOption::WithFreqsAndPositions
        } else {
            IndexRecordOption::WithFreqs
        };
        let indexing = TextFieldIndexing::default().set_tokenizer(analyser.name());
        options = options.set_indexing_options(indexing.set_index_option(record));
    } else if rule.indexed {
        let indexing = TextFieldIndexing::default().set_tokenizer(RAW).set_fieldnorms(false);
        options = options.set_indexing_options(indexing.set_index_option(IndexRecordOption::Basic));
    }
    if rule.fast {
        options = options.set_fast(RAW);
    }
    Ok(if rule.stored { options.set_stored() } else { options })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_holds_together() {
        let rules = Rules::load().unwrap();
        assert!(rules.limits.query_words > 0 && rules.limits.word_bytes >= 16);
        assert!(rules.stop_words.contains("yang") && !rules.stop_words.contains("tidak"));
        assert_eq!(rules.prefixes["tahun"], Prefix::Year);
        for name in ["simars_pairs", "simars_stem"] {
            assert!(format!("{:?}", rules.schema).contains(name));
        }
    }

    #[test]
    fn stop_words_are_written_as_they_are_found() {
        let rules = Rules::load().unwrap();
        for word in &rules.stop_words {
            assert_eq!(*word, crate::words::folded(word, 80));
        }
    }

    #[test]
    fn the_fingerprint_is_a_digest() {
        let print = fingerprint();
        assert_eq!(print.len(), 64);
        assert!(print.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn a_field_that_is_missing_is_named() {
        let error = build(&[]).err().unwrap();
        assert!(error.contains("\"body\""), "{error}");
    }

    #[test]
    fn a_field_that_cannot_do_what_is_needed_is_named() {
        let [_, (_, text), ..] = FILES;
        let unsorted = text.replace(
            "name = \"standing\"\nsort = \"number\"\nfast = true",
            "name = \"standing\"\nsort = \"number\"",
        );
        let error = Rules::of(&unsorted).err().unwrap().to_string();
        assert!(error.contains("\"standing\" must be fast"), "{error}");
        let whole = text.replace(
            "name = \"head\"\nsort = \"text\"\nanalyser = \"stem\"",
            "name = \"head\"\nsort = \"label\"",
        );
        let error = Rules::of(&whole).err().unwrap().to_string();
        assert!(error.contains("\"head\" is missing or of another sort"), "{error}");
        let unsearched = text.replace(
            "name = \"sketch\"\nsort = \"number\"\nindexed = true",
            "name = \"sketch\"\nsort = \"number\"",
        );
        let error = Rules::of(&unsearched).err().unwrap().to_string();
        assert!(error.contains("\"sketch\" must be an indexed number"), "{error}");
    }
}
