//! How acts speak of each other: which act a text names, and what it does to it.

use serde::{Deserialize, Serialize};

use crate::description::REVIEW_BELOW;
use crate::{Description, Evidence, Source};

/// What one act does to another, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelationKind {
    /// It takes the other out of force (*mencabut*).
    Revokes,
    /// It changes the other (*mengubah*).
    Amends,
    /// It carries the other out (*melaksanakan*).
    Implements,
    /// It is an annex of the other (*lampiran*), filed by itself.
    Annexes,
    /// It rests on the other (*mengingat*), or only mentions it.
    Cites,
}

impl RelationKind {
    /// All kinds, strongest first.
    pub const ALL: [Self; 5] =
        [Self::Revokes, Self::Amends, Self::Implements, Self::Annexes, Self::Cites];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revokes => "revokes",
            Self::Amends => "amends",
            Self::Implements => "implements",
            Self::Annexes => "annexes",
            Self::Cites => "cites",
        }
    }

    /// Whether it bears on whether the other act is in force.
    pub const fn bears_on_force(self) -> bool {
        matches!(self, Self::Revokes | Self::Amends)
    }
}

/// One act that a document names, and what it does to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// What it does.
    pub kind: RelationKind,
    /// The act it names.
    pub target: ActName,
    /// Whether only a part of that act is meant: a single article, an annex.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_part: bool,
    /// How sure this is, 0.0 to 1.0.
    pub confidence: f32,
    /// The passage that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Whether it was recognised or a person settled it.
    #[serde(default, skip_serializing_if = "is_text")]
    pub source: Source,
}

impl Relation {
    /// Whether a person stated it.
    pub fn is_stated(&self) -> bool {
        self.source == Source::Stated
    }

    /// Whether a person stated that it is not so.
    pub fn is_denied(&self) -> bool {
        self.is_stated() && self.confidence == 0.0
    }

    /// Whether a person has to look at it before it bears on anything.
    pub fn is_doubtful(&self) -> bool {
        !self.is_stated() && self.confidence < REVIEW_BELOW
    }

    /// Whether both say the same of the same act, however sure.
    pub fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.target == other.target
    }
}

fn is_text(source: &Source) -> bool {
    *source == Source::Text
}

/// Whether an act is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForceState {
    /// It takes effect later.
    NotYet,
    /// In force as it was made: nothing known says otherwise.
    InForce,
    /// Changed, or revoked in part; what remains is in force.
    Amended,
    /// Revoked.
    Revoked,
}

impl ForceState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::NotYet, Self::InForce, Self::Amended, Self::Revoked];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not-yet-in-force",
            Self::InForce => "in-force",
            Self::Amended => "amended",
            Self::Revoked => "revoked",
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

/// What an act is called by others: enough to find it when it is in the archive, and kept as an
/// open reference when it is not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ActName {
    /// The kind of act, as a key of the table of kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its number.
    pub number: String,
    /// The year of the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Who issued it, where the kind alone does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

impl ActName {
    /// What a document is called by others, if its number is known.
    pub fn of(description: &Description) -> Option<Self> {
        Some(Self {
            kind: description.kind.as_ref().map(|field| field.value.clone()),
            number: description.number.as_ref()?.value.clone(),
            year: description.year.as_ref().map(|field| field.value),
            issuer: description.issuer.as_ref().map(|field| field.value.clone()),
        })
    }

    /// A key that all spellings of one act share, and few other acts: the running number and the
    /// year. `None` for what cannot be told apart from too many others.
    pub fn bucket(&self) -> Option<String> {
        let number = plain(&self.number);
        let year = self.year?;
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0');
        match digits.is_empty() {
            false => Some(format!("{digits}|{year}")),
            true if number.is_empty() => None,
            true => Some(format!("{number}|{year}")),
        }
    }

    /// Whether this name, as it stands in a text, is that of the act called `own`.
    pub fn means(&self, own: &Self) -> bool {
        if self.bucket().is_none() || self.bucket() != own.bucket() {
            return false;
        }
        let (left, right) = (plain(&self.number), plain(&own.number));
        let (left_code, right_code) = (left.contains('/'), right.contains('/'));
        // A whole code belongs to one office only.
        if left_code && right_code {
            return left == right && agree(self.kind.as_ref(), own.kind.as_ref());
        }
        let same_number = left == right || left_code != right_code;
        let same_kind = self.kind.is_some() && self.kind == own.kind;
        same_number && same_kind && self.same_issuer(own)
    }

    /// A name without an issuer is of a kind that only one body issues.
    fn same_issuer(&self, own: &Self) -> bool {
        match (&self.issuer, &own.issuer) {
            (None, _) => true,
            (Some(issuer), Some(own)) => {
                let (named, own) = (folded(issuer), folded(own));
                named == own || abbreviates(&named, &own) || abbreviates(&own, &named)
            }
            (Some(_), None) => false,
        }
    }
}

fn agree(left: Option<&String>, right: Option<&String>) -> bool {
    left.is_none() || right.is_none() || left == right
}

/// Lower case, no blanks, no zeros before the running number.
fn plain(number: &str) -> String {
    let blank = |sign: &char| !sign.is_whitespace();
    let plain: String = number.chars().filter(blank).flat_map(char::to_lowercase).collect();
    let digits = plain.bytes().take_while(u8::is_ascii_digit).count();
    let zeros = plain.bytes().take_while(|byte| *byte == b'0').count();
    plain[zeros.min(digits.saturating_sub(1))..].to_owned()
}

/// An office's name for comparing: abbreviations written out, the state's name left out.
fn folded(issuer: &str) -> Vec<String> {
    let words = issuer.split(|sign: char| !sign.is_alphanumeric());
    let mut folded: Vec<String> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        match word.as_str() {
            "kpu" => folded.extend(["komisi", "pemilihan", "umum"].map(str::to_owned)),
            "propinsi" => folded.push("provinsi".to_owned()),
            "walikota" => folded.extend(["wali", "kota"].map(str::to_owned)),
            "ri" | "republik" | "indonesia" | "kepala" | "ketua" => {}
            _ => folded.push(word),
        }
    }
    folded
}

/// Whether one word is made of the beginnings of all these words, in their order: `bacon` of
/// *Badan Contoh*.
fn abbreviates(short: &[String], words: &[String]) -> bool {
    fn made_of(short: &str, words: &[String]) -> bool {
        let Some((word, rest)) = words.split_first() else { return short.is_empty() };
        let common = short.chars().zip(word.chars()).take_while(|(a, b)| a == b).count();
        // Few letters of few words: trying them all costs nothing.
        (1..=common.min(4)).any(|taken| {
            let at = short.char_indices().nth(taken).map_or(short.len(), |(at, _)| at);
            made_of(&short[at..], rest)
        })
    }
    let [short] = short else { return false };
    (2..=8).contains(&words.len()) && made_of(short, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(kind: &str, number: &str, year: u16, issuer: &str) -> ActName {
        ActName {
            kind: Some(kind).filter(|kind| !kind.is_empty()).map(str::to_owned),
            number: number.to_owned(),
            year: Some(year),
            issuer: Some(issuer).filter(|issuer| !issuer.is_empty()).map(str::to_owned),
        }
    }

    #[test]
    fn spellings_of_one_act() {
        let province = "Komisi Pemilihan Umum Provinsi Contoh";
        let own = name("keputusan", "012/HK.03.1-Kpt/99/Prov/IX/2019", 2019, province);
        assert!(name("keputusan", "12/hk.03.1-kpt/99/prov/ix/2019", 2019, "").bucket().is_some());
        assert!(
            name("", "12/hk.03.1-kpt/99/prov/ix/2019", 2019, "").means(&own),
            "a whole code needs no kind"
        );
        assert!(name("keputusan", "12", 2019, "KPU Provinsi Contoh").means(&own));
        let agency = name("peraturan-badan", "2", 2005, "Badan Uji Contoh Nasional");
        assert!(name("peraturan-badan", "2", 2005, "Kepala Baucona").means(&agency));
        assert!(!name("peraturan-badan", "2", 2005, "Kepala Baconu").means(&agency));
        let law = name("undang-undang", "7", 2017, "Presiden Republik Indonesia");
        assert!(name("undang-undang", "7", 2017, "").means(&law));
    }

    #[test]
    fn other_acts_with_the_same_number() {
        let own = name("keputusan", "19", 2023, "Komisi Pemilihan Umum Provinsi Contoh");
        for other in [
            name("keputusan", "19", 2023, "Komisi Pemilihan Umum Kabupaten Contoh"),
            name("keputusan", "19", 2022, "Komisi Pemilihan Umum Provinsi Contoh"),
            name("keputusan", "20", 2023, "Komisi Pemilihan Umum Provinsi Contoh"),
            name("peraturan-kpu", "19", 2023, ""),
            name("", "19", 2023, "Komisi Pemilihan Umum Provinsi Contoh"),
        ] {
            assert!(!other.means(&own), "{other:?}");
        }
        let unknown = ActName { issuer: None, ..own.clone() };
        assert!(!own.means(&unknown), "an office that is not known is not the same");
        let undated = ActName { year: None, ..own };
        assert_eq!(undated.bucket(), None);
        assert!(!undated.means(&undated));
    }

    proptest! {
        #[test]
        fn an_act_with_a_year_means_itself(number in "[0-9]{1,4}(/[A-Za-z.]{1,8}){0,3}", year in 1900u16..2059) {
            let act = name("keputusan", &number, year, "Badan Contoh");
            prop_assert!(act.means(&act) || act.bucket().is_none());
        }

        #[test]
        fn any_number_has_an_answer(number: String, year: Option<u16>) {
            let act = ActName { kind: None, number, year, issuer: None };
            prop_assert_eq!(act.means(&act) && act.bucket().is_none(), false);
        }
    }
}
