//! Which acts a document names, and what it does to them.
//!
//! A title amends (*Perubahan atas …*), revokes (*Pencabutan …*) or implements (*Pelaksanaan …*);
//! what stands under *Mengingat* is cited; in the articles or the dictum, *dicabut dan dinyatakan
//! tidak berlaku* revokes what was listed before it. The document's own number is no relation.

mod body;
mod effect;
mod flow;
pub(crate) mod mention;
mod zones;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::{ActName, Description, Relation, RelationKind, Source};

use crate::head::is_match;
use crate::kinds;
use flow::Flow;
use mention::{Mention, Role, mentions};
use zones::Zones;

/// Acts that are kept of one document.
const MOST: usize = 300;
/// Pages of a letter, a report or minutes in which mentions of acts are looked for.
const OTHER_PAGES: usize = 5;

/// Fills in the relations of a document, and when it takes effect, from the texts of its pages.
pub(crate) fn fill(description: &mut Description, pages: &[&str]) {
    let Some(kind) = description.kind.as_ref().and_then(|kind| kinds::find(&kind.value)) else {
        return;
    };
    let act = kinds::can_be_in_force(&kind.key);
    if !act && (pages.len() > OTHER_PAGES || kind.key == "publikasi") {
        return;
    }
    let flow = Flow::of(pages);
    let mut found = Found::new(&flow, description);
    if act {
        let zones = Zones::of(&flow.text);
        found.annexed();
        found.in_title(description);
        found.considered(zones.considering);
        found.in_body(zones.body.clone());
        found.cited(zones.citing);
        description.relations = found.relations;
        if description.effective.is_none() {
            description.effective = effect::find(&flow, zones.body, description);
        }
    } else {
        found.mentioned();
        description.relations = found.relations;
    }
}

/// What was found so far.
struct Found<'a> {
    flow: &'a Flow<'a>,
    own: Option<ActName>,
    issuer: Option<String>,
    relations: Vec<Relation>,
}

static TITLE_VERB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W{0,3}(?P<amend>(?:perubahan|perobahan|penyempurnaan)\b)|^\W{0,3}(?P<revoke>(?:pencabutan|pembatalan)\b|(?:pernyataan\s+)?tidak\s+berlaku)",
    )
    .ok()
});

/// What carries out the act that is named right after it.
static CARRIES_OUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\bpelaksanaan(?:\s+(?:dari|atas|lebih\s+lanjut))?(?:\s+ketentuan)?(?:\s+pasal\s+[^;]{0,60}?)?\s*$").ok()
});

/// Joins the acts that a title does the same to.
static AND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:\bdan|\bserta|,|;)\s*(?:[a-z0-9]{1,2}[.)])?\s*$").ok());

static CARRY_OUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:untuk|guna|rangka|sebagai)\s+(?:melaksanakan|pelaksanaan)\b(?P<acts>[^;]{0,800})",
    )
    .ok()
});

/// Nothing but the articles of an act stands before it.
static ARTICLES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|\bdan|\bserta|,)\s*(?:(?:ketentuan|ketentuan-ketentuan|lebih|lanjut|dari|dalam|atas|pasal|ayat|huruf|angka|dan|serta|maksud|amanat|\(?[0-9]{1,3}[a-z]?\)?|[a-z])[\s,]+)*$",
    )
    .ok()
});

/// Where the purpose of carrying an act out ends: what follows is the act that does so.
static PURPOSE_ENDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\bperlu\b|\bmaka\b|\bdipandang\b|\btelah\s+ditetapkan\b|\bmenetapkan\b").ok()
});

static ANNEX: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\W{0,6}(?:SALINAN\s+)?LAMPIRAN\b").ok());

impl<'a> Found<'a> {
    fn new(flow: &'a Flow<'a>, description: &Description) -> Self {
        let own = ActName::of(description);
        let issuer = description.issuer.as_ref().map(|field| field.value.clone());
        Self { flow, own, issuer, relations: Vec::new() }
    }

    fn mentions(&self, zone: &Range<usize>) -> Vec<Mention> {
        mentions(&self.flow.text[zone.clone()], self.issuer.as_deref())
    }

    /// Keeps a relation, unless it is with itself or the act has a stronger one already.
    fn add(&mut self, kind: RelationKind, mention: &Mention, zone: &Range<usize>, sure: Sure) {
        let own = self.own.as_ref().is_some_and(|own| mention.name.means(own));
        if own || self.relations.len() >= MOST {
            return;
        }
        let same = |known: &&mut Relation| {
            known.target == mention.name
                || known.target.means(&mention.name)
                || mention.name.means(&known.target)
        };
        if let Some(known) = self.relations.iter_mut().find(same) {
            // Said in whole and in part: the whole counts.
            if known.kind == kind && known.in_part && !sure.in_part {
                known.in_part = false;
            }
            return;
        }
        let at = zone.start + mention.at.start..zone.start + mention.at.end;
        self.relations.push(Relation {
            kind,
            target: mention.name.clone(),
            in_part: sure.in_part,
            confidence: mention.confidence.min(sure.confidence),
            evidence: self.flow.evidence(at),
            source: Source::Text,
        });
    }

    /// A document that begins as an annex belongs to the act whose number it repeats.
    fn annexed(&mut self) {
        let Some(own) = self.own.take_if(|_| is_match(&ANNEX, &self.flow.text)) else { return };
        self.relations.push(Relation {
            kind: RelationKind::Annexes,
            target: own,
            in_part: false,
            confidence: 0.7,
            evidence: None,
            source: Source::Text,
        });
    }

    /// What the title says.
    fn in_title(&mut self, description: &Description) {
        let Some(title) = &description.title else { return };
        let Some(zone) = title.evidence.as_ref().and_then(|shown| self.flow.find(shown)) else {
            return;
        };
        let text = &self.flow.text[zone.clone()];
        let verb = TITLE_VERB.as_ref().and_then(|verb| verb.captures(text));
        let verb = verb.map(|verb| match verb.name("amend") {
            Some(_) => RelationKind::Amends,
            None => RelationKind::Revokes,
        });
        let sure = Sure::of(title.confidence.min(0.95));
        for (index, mention) in self.mentions(&zone).iter().enumerate() {
            let before =
                &self.flow.text[zone.start + mention.before.start..zone.start + mention.before.end];
            match verb {
                // The first one; a further one only if it is joined to it.
                Some(kind)
                    if index == 0 || is_match(&AND, before) && mention.role == Role::Plain =>
                {
                    self.add(kind, mention, &zone, sure);
                }
                None if is_match(&CARRIES_OUT, before) => {
                    self.add(RelationKind::Implements, mention, &zone, sure);
                }
                _ => {}
            }
        }
    }

    /// Why it was made: *untuk melaksanakan ketentuan Pasal … Undang-Undang …*.
    fn considered(&mut self, zone: Range<usize>) {
        let Some(carry_out) = CARRY_OUT.as_ref() else { return };
        for found in carry_out.captures_iter(&self.flow.text[zone.clone()]) {
            let Some(found) = found.name("acts") else { continue };
            let text = found.as_str();
            let end = PURPOSE_ENDS.as_ref().and_then(|end| end.find(text));
            let end = end.map_or(text.len(), |end| end.start());
            let part = zone.start + found.start()..zone.start + found.start() + end;
            for mention in self.mentions(&part) {
                let before = &self.flow.text[part.clone()][mention.before.clone()];
                if mention.role == Role::Plain && is_match(&ARTICLES, before) {
                    self.add(RelationKind::Implements, &mention, &part, Sure::of(0.85));
                }
            }
        }
    }

    /// What it rests on.
    fn cited(&mut self, zone: Range<usize>) {
        for mention in self.mentions(&zone) {
            if mention.role != Role::InTitle {
                self.add(RelationKind::Cites, &mention, &zone, Sure::of(0.95));
            }
        }
    }

    /// What a letter, minutes or a report speaks of.
    fn mentioned(&mut self) {
        let zone = 0..self.flow.text.len();
        for mention in self.mentions(&zone) {
            if mention.role != Role::InTitle {
                self.add(RelationKind::Cites, &mention, &zone, Sure::of(0.8));
            }
        }
    }

    /// What the articles or the dictum do.
    fn in_body(&mut self, zone: Range<usize>) {
        let amends = self.relations.iter().any(|known| known.kind == RelationKind::Amends);
        for clause in body::clauses(&self.flow.text, zone, amends) {
            let passage = &self.flow.text[clause.at.clone()];
            let mentions = self.mentions(&clause.at);
            for (mention, in_part) in body::acted_upon(&clause, passage, &mentions) {
                self.add(clause.kind, mention, &clause.at, Sure { confidence: 0.9, in_part });
            }
        }
    }
}

/// How sure a relation is, and whether it is with a part only.
#[derive(Debug, Clone, Copy)]
struct Sure {
    confidence: f32,
    in_part: bool,
}

impl Sure {
    const fn of(confidence: f32) -> Self {
        Self { confidence, in_part: false }
    }
}

#[cfg(test)]
mod tests;
