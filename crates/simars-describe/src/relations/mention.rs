//! Mentions of acts in a passage: which act is named, and in what role.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::ActName;

use crate::head::is_match;
use crate::issuer::{office_in, title_case, without_person};
use crate::kinds;
use crate::lines::collapse;
use crate::reference::{Reference, references_in};

/// How an act stands in a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is spoken of itself.
    Plain,
    /// It is only part of another act's title: *Pelaksanaan Undang-Undang …*.
    InTitle,
    /// It is what changed the act before it: *sebagaimana telah diubah dengan …*.
    Changer,
    /// Something else rests on it: *izin berdasarkan …*.
    Basis,
}

/// A mention of an act. Ranges are bytes of the passage.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) name: ActName,
    pub(crate) at: Range<usize>,
    /// From the mention before, or from the beginning.
    pub(crate) before: Range<usize>,
    pub(crate) role: Role,
    pub(crate) confidence: f32,
}

/// Ends with words after which the name of an act belongs to another one's title.
static IN_TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:pelaksanaan(?:\s+dari)?|(?:perubahan|tambahan)(?:\s+\S+){0,3}\s+(?:atas|terhadap|dari)|\batas|\bperubahan|pencabutan|penetapan|pembatalan|penggantian|pengganti|penyempurnaan|mengubah|mencabut|penjelasan)\s*$",
    )
    .ok()
});

static CHANGER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:diubah|dirubah|diganti|digantikan|ditambah|disempurnakan|ditetapkan|dicabut)\b[^;]{0,90}?(?:dengan|oleh|melalui)[\s:.,0-9a-z)]{0,4}$",
    )
    .ok()
});

static BASIS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:berdasarkan|menurut|sesuai\s+dengan|sesuai|berpedoman\s+pada|mengacu\s+pada)(?:\s+ketentuan)?(?:\s+dalam)?\s*$",
    )
    .ok()
});

/// A second changer after the first: *… dan* or *… terakhir dengan*.
static GOES_ON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:\bdan|\bserta|terakhir)(?:\s+(?:terakhir|dengan))*\s*$").ok()
});

/// The number's label in a mention.
static LABEL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:n[o0]m[o0e]r|no|nr)\b").ok());

/// How far back the words that give a mention its role may reach, in bytes.
const REACH: usize = 240;

/// All acts that a passage mentions, in order. `own_issuer` is who speaks: an office that names no
/// other means its own acts.
pub(crate) fn mentions(passage: &str, own_issuer: Option<&str>) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut end = 0;
    for reference in references_in(passage) {
        let at = reference.start..reference.end;
        // The rest of a code that is written in another way than is known: `17 rev.1/Ka-X/I-01`.
        let torn =
            passage[..at.start].ends_with(|sign: char| sign.is_alphanumeric() || sign == '.');
        if reference.kind.is_none() && torn {
            continue;
        }
        let before = end..at.start;
        end = at.end;
        let role = role(passage, &before, mentions.last());
        let confidence = confidence(&reference);
        let name = name(&passage[at.clone()], reference, own_issuer);
        mentions.push(Mention { name, at, before, role, confidence });
    }
    mentions
}

fn role(passage: &str, before: &Range<usize>, last: Option<&Mention>) -> Role {
    let start = passage.ceil_char_boundary(before.start.max(before.end.saturating_sub(REACH)));
    let words = &passage[start..before.end];
    if is_match(&CHANGER, words) {
        Role::Changer
    } else if is_match(&IN_TITLE, words) {
        Role::InTitle
    } else if is_match(&BASIS, words) {
        Role::Basis
    } else if last.is_some_and(|last| last.role == Role::Changer)
        && is_match(&GOES_ON, words)
        && !words.contains([';', ':'])
    {
        Role::Changer
    } else {
        Role::Plain
    }
}

fn confidence(reference: &Reference) -> f32 {
    match (reference.kind, reference.year) {
        (Some(_), Some(_)) if !reference.repaired => 0.95,
        (Some(_), Some(_)) => 0.7,
        _ => 0.6,
    }
}

fn name(mention: &str, reference: Reference, own_issuer: Option<&str>) -> ActName {
    let many = reference.kind.and_then(kinds::find).is_none_or(kinds::Kind::has_many_issuers);
    let label = LABEL.as_ref().and_then(|label| label.find(mention));
    let phrase = &mention[..label.map_or(mention.len(), |label| label.start())];
    let issuer = match many {
        true => issuer(phrase).or_else(|| own_issuer.map(str::to_owned)),
        false => None,
    };
    let kind = reference.kind.map(str::to_owned);
    ActName { kind, number: reference.number, year: reference.year, issuer }
}

/// Who issued an act, from its kind and the office after it.
fn issuer(phrase: &str) -> Option<String> {
    let phrase = phrase.trim();
    let office = office_in(phrase).or_else(|| {
        // An abbreviation, which no name of a body begins with: `Keputusan KPU Provinsi …`.
        let (_, rest) = phrase.split_once(char::is_whitespace)?;
        rest.split_whitespace().next().filter(|word| kinds::is_office_word(word)).map(|_| rest)
    })?;
    let name = title_case(without_person(&collapse(office)));
    (name.len() >= 3 && name.len() <= 160).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(passage: &str) -> Vec<(String, Role)> {
        let found = mentions(passage, None);
        found.into_iter().map(|mention| (mention.name.number, mention.role)).collect()
    }

    #[test]
    fn what_a_mention_is_for() {
        let text = "Undang-Undang Nomor 23 Tahun 2014 tentang Hal sebagaimana telah beberapa kali \
                    diubah, terakhir dengan Undang-Undang Nomor 9 Tahun 2015 tentang Perubahan \
                    Kedua atas Undang-Undang Nomor 23 Tahun 2014 tentang Hal; Peraturan \
                    Pemerintah Nomor 28 Tahun 2012 tentang Pelaksanaan Undang-Undang Nomor 43 \
                    Tahun 2009; izin berdasarkan Peraturan Pemerintah Nomor 1 Tahun 2000";
        let expected = [
            ("23", Role::Plain),
            ("9", Role::Changer),
            ("23", Role::InTitle),
            ("28", Role::Plain),
            ("43", Role::InTitle),
            ("1", Role::Basis),
        ];
        assert_eq!(roles(text), expected.map(|(number, role)| (number.to_owned(), role)));
    }

    #[test]
    fn several_changers() {
        let text = "Undang-Undang Nomor 1 Tahun 2014 sebagaimana telah diubah dengan \
                    Undang-Undang Nomor 8 Tahun 2015 dan Undang-Undang Nomor 10 Tahun 2016;";
        let found = roles(text).into_iter().map(|(_, role)| role).collect::<Vec<_>>();
        assert_eq!(found, [Role::Plain, Role::Changer, Role::Changer]);
    }

    #[test]
    fn who_issued_it() {
        for (text, issuer) in [
            (
                "Keputusan Komisi Pemilihan Umum Provinsi Contoh Nomor 19 Tahun 2023",
                Some("Komisi Pemilihan Umum Provinsi Contoh"),
            ),
            ("Keputusan KPU Provinsi Contoh Nomor 19 Tahun 2023", Some("KPU Provinsi Contoh")),
            ("Keputusan Kepala Badan Contoh Nomor 19 Tahun 2023", Some("Badan Contoh")),
            ("Peraturan Bupati Contoh Nomor 3 Tahun 2021", Some("Bupati Contoh")),
            ("Keputusan Nomor 19 Tahun 2023", Some("Badan Sendiri")),
            ("Undang-Undang Nomor 7 Tahun 2017", None),
            ("Peraturan KPU Nomor 7 Tahun 2017", None),
        ] {
            let found = mentions(text, Some("Badan Sendiri"));
            assert_eq!(found[0].name.issuer.as_deref(), issuer, "{text}");
        }
    }
}
