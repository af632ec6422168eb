//! Set pieces that many documents share, made from the facts of each: letterhead, the head of a
//! decision, its closing, the certified-copy block, the head of an annex.

use anyhow::{Context as _, Result};

use super::definition::{Definition, Facts};
use super::markup::{self, Block};

/// The line that marks every sample as such.
pub(crate) const MARK: &str = "CONTOH - BUKAN DOKUMEN RESMI";

/// The blocks of a definition, set pieces spelled out.
pub(crate) fn blocks(definition: &Definition) -> Result<Vec<Block>> {
    let facts = &definition.facts;
    markup::parse(&definition.body, |directive| {
        let (name, argument) = directive.split_once(' ').unwrap_or((directive, ""));
        match name {
            "kop" => Some(letterhead(facts)),
            "judul" => Some(head(facts, argument)),
            "penutup" => Some(closing(facts)),
            "lampiran" => Some(annex(facts, argument)),
            "tanda" => Some(Ok(vec![centre(MARK, true)])),
            _ => None,
        }
    })
}

fn centre(text: &str, bold: bool) -> Block {
    Block::Centre { text: text.to_owned(), bold }
}

fn issuer(facts: &Facts) -> Result<String> {
    Ok(facts.issuer.as_ref().context("this form needs the issuer")?.to_uppercase())
}

/// The issuer on two lines where it has two parts: the commission, and whose.
fn issuer_lines(facts: &Facts) -> Result<Vec<String>> {
    let issuer = issuer(facts)?;
    Ok(match issuer.split_once(" UMUM ") {
        Some((body, whose)) => vec![format!("{body} UMUM"), whose.to_owned()],
        None => vec![issuer],
    })
}

fn letterhead(facts: &Facts) -> Result<Vec<Block>> {
    let mut blocks: Vec<Block> =
        issuer_lines(facts)?.iter().map(|line| centre(line, true)).collect();
    blocks.push(centre("Jalan Contoh Nomor 99, Contohraja 99999", false));
    blocks.push(Block::Rule);
    Ok(blocks)
}

/// Who speaks: the position and the body, or the body alone where it is one person's office.
fn authority(facts: &Facts, issuer: &str) -> String {
    format!("{} {issuer},", facts.position.to_uppercase()).trim_start().to_owned()
}

/// The head of an act, from the body that issues it to the authority that speaks. `argument` is
/// what kind of act it calls itself, for example `KEPUTUSAN`.
fn head(facts: &Facts, argument: &str) -> Result<Vec<Block>> {
    let issuer = issuer(facts)?;
    let mut blocks = Vec::new();
    if facts.certified_by.is_some() {
        let lines = vec!["SALINAN".to_owned()];
        blocks.push(Block::Aside { right: true, lines });
    }
    blocks.extend(issuer_lines(facts)?.iter().map(|line| centre(line, true)));
    blocks.push(Block::Rule);
    blocks.push(centre(&format!("{argument} {issuer}"), true));
    blocks.push(centre(&facts.number_line().context("this form needs a number")?, true));
    blocks.push(centre("TENTANG", true));
    let title = facts.title.as_ref().context("this form needs a title")?;
    blocks.push(centre(&title.to_uppercase(), true));
    blocks.push(Block::Gap);
    if argument.starts_with("PERATURAN") {
        blocks.push(centre("DENGAN RAHMAT TUHAN YANG MAHA ESA", true));
        blocks.push(Block::Gap);
    }
    blocks.push(centre(&authority(facts, &issuer), true));
    blocks.push(Block::Gap);
    Ok(blocks)
}

fn closing(facts: &Facts) -> Result<Vec<Block>> {
    let place = facts.place.as_ref().context("this form needs a place")?;
    let date = facts.date_in_words().context("this form needs a date")?;
    let signatory = facts.signatory.as_ref().context("this form needs a signatory")?;
    let lines = vec![
        format!("Ditetapkan di {place}"),
        format!("pada tanggal {date}"),
        String::new(),
        authority(facts, &issuer(facts)?),
        String::new(),
        "ttd".to_owned(),
        String::new(),
        signatory.to_uppercase(),
    ];
    let mut blocks = vec![Block::Gap, Block::Aside { right: true, lines }];
    if let Some(name) = &facts.certified_by {
        let lines = vec![
            "Salinan sesuai dengan aslinya".to_owned(),
            format!("SEKRETARIAT {}", issuer(facts)?),
            "Kepala Bagian Hukum dan Hubungan Masyarakat,".to_owned(),
            String::new(),
            "ttd".to_owned(),
            String::new(),
            name.clone(),
        ];
        blocks.extend([Block::Gap, Block::Aside { right: false, lines }]);
    }
    Ok(blocks)
}

/// A new page with the head that repeats the act's number and title. `argument` is the number of
/// the annex, empty if there is only one, and may name another kind of act after a comma.
fn annex(facts: &Facts, argument: &str) -> Result<Vec<Block>> {
    let (numeral, act) = argument.split_once(", ").unwrap_or((argument, "KEPUTUSAN"));
    let lines = vec![
        format!("LAMPIRAN {numeral}").trim().to_owned(),
        format!("{act} {}", issuer(facts)?),
        facts.number_line().context("this form needs a number")?,
        "TENTANG".to_owned(),
        facts.title.as_ref().context("this form needs a title")?.to_uppercase(),
    ];
    Ok(vec![Block::PageBreak, Block::Aside { right: true, lines }, Block::Gap])
}
