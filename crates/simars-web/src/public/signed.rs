//! The signatures in a file, in words: four statements for each, and what came after it.
//!
//! Nowhere is it said that a signature as a whole is good: who reads only one word must not
//! take it for all four.

use simars_record::signature::{
    Chain, ChainVerdict, Coverage, IntegrityVerdict, SignatureKind, SigningTime,
};
use simars_record::{RevisionClass, Signature, SignatureCheck};

use super::covered::page_list;
use crate::language::Language;
use crate::{format, texts};

/// So many signatures are shown; the JSON has all of them.
const SHOWN: usize = 50;
/// So many changes after one signature are shown.
const LATER: usize = 20;

/// What the document's page says about signatures.
pub(super) struct SignedView {
    /// Why they could not be checked; empty if they were.
    pub(super) problem: String,
    pub(super) blocks: Vec<Block>,
    pub(super) more: String,
}

/// One signature.
pub(super) struct Block {
    pub(super) heading: String,
    /// Who signed, and what most needs to be known of it.
    pub(super) summary: String,
    /// Whether that needs a look.
    pub(super) warn: bool,
    pub(super) facts: Vec<Fact>,
    /// Integrity, chain, revocation, time: always all four.
    pub(super) statements: Vec<Statement>,
    pub(super) later: Vec<Statement>,
    pub(super) more: String,
}

/// A line about a signature: the key of its name, and what it is.
pub(super) struct Fact {
    pub(super) key: &'static str,
    pub(super) value: String,
}

/// A statement: the key of its name, the sentence, and whether somebody has to look.
pub(super) struct Statement {
    pub(super) key: &'static str,
    pub(super) text: String,
    pub(super) warn: bool,
}

/// What is said about the signatures of a file of this size.
pub(super) fn view(language: Language, check: &SignatureCheck, size_bytes: u64) -> SignedView {
    let words = Words { language, size_bytes, total: check.signatures.len() };
    let blocks = (1..).zip(&check.signatures).take(SHOWN);
    SignedView {
        problem: check.problem.clone().unwrap_or_default(),
        blocks: blocks.map(|(n, signature)| words.block(n, signature)).collect(),
        more: words.more(check.signatures.len(), SHOWN),
    }
}

struct Words {
    language: Language,
    size_bytes: u64,
    total: usize,
}

impl Words {
    fn text(&self, key: &str) -> String {
        texts::text(self.language, key).to_owned()
    }

    fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        texts::fill(self.language, key, values)
    }

    fn more(&self, all: usize, shown: usize) -> String {
        match all.saturating_sub(shown) {
            0 => String::new(),
            n => {
                let n = format::number(self.language, n as u64);
                self.fill("document.and_more", &[("n", &n)])
            }
        }
    }

    fn block(&self, n: usize, signature: &Signature) -> Block {
        let kind = self.text(&format!("signature.kind_{}", signature.kind.as_str()));
        let (n, total) = (n.to_string(), self.total.to_string());
        let values = [("kind", &*kind), ("n", &*n), ("total", &*total)];
        let statements = vec![
            self.integrity(signature),
            self.chain(&signature.chain),
            Statement {
                key: "signature.revocation",
                text: self.text("signature.revocation_not-checked"),
                warn: false,
            },
            self.time(&signature.time, signature.kind),
        ];
        let later = self.later(signature);
        // The first statement stands for all only where none of them needs a look.
        let said = statements.iter().chain(&later);
        let worst = said.clone().find(|said| said.warn).or_else(|| said.clone().next());
        let signer = signature.signer.as_ref().map(|signer| format!("{}. ", signer.name));
        Block {
            heading: self.fill("signature.heading_one", &values),
            summary: signer.unwrap_or_default() + worst.map_or("", |said| &said.text),
            warn: worst.is_some_and(|said| said.warn),
            facts: self.facts(signature),
            statements,
            later,
            more: self.more(signature.later.len(), LATER),
        }
    }

    fn facts(&self, signature: &Signature) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut add = |key, value| facts.push(Fact { key, value });
        let signer = signature.signer.as_ref();
        let unknown = || self.text("signature.unknown");
        add("signature.signer", signer.map_or_else(unknown, |signer| signer.name.clone()));
        // Who did sign the certificate has a short name; otherwise the certificate's own word.
        let issuer = signature.chain.issuers.first().map(|issuer| issuer.name.clone());
        let issuer = issuer.or_else(|| signer.map(|signer| signer.issuer.clone()));
        add("signature.issuer", issuer.unwrap_or_else(unknown));
        if let Some(reason) = &signature.reason {
            add("signature.reason", reason.clone());
        }
        add("signature.covers", self.covers(&signature.coverage));
        facts
    }

    fn covers(&self, coverage: &Coverage) -> String {
        let size = |bytes| format::size(self.language, bytes);
        let whole = size(self.size_bytes);
        if coverage.whole_file {
            return self.fill("signature.covers_whole", &[("size", &whole)]);
        }
        let [_, _, second, length] = coverage.byte_range;
        let part = size(second.saturating_add(length).min(self.size_bytes));
        self.fill("signature.covers_part", &[("part", &part), ("size", &whole)])
    }

    fn integrity(&self, signature: &Signature) -> Statement {
        let verdict = signature.integrity.verdict;
        Statement {
            key: "signature.integrity",
            text: self.text(&format!("signature.integrity_{}", verdict.as_str())),
            warn: verdict != IntegrityVerdict::Intact,
        }
    }

    fn chain(&self, chain: &Chain) -> Statement {
        let name = chain
            .issuers
            .last()
            .map_or_else(|| self.text("signature.itself"), |issuer| issuer.name.clone());
        let key = format!("signature.chain_{}", chain.verdict.as_str());
        let mut text = self.fill(&key, &[("name", &name)]);
        let validity = match chain.valid_then {
            Some(true) => "signature.valid_then",
            Some(false) => "signature.not_valid_then",
            None => "",
        };
        if !validity.is_empty() {
            text = format!("{text} {}", self.text(validity));
        }
        let broken = matches!(chain.verdict, ChainVerdict::NotAnchored | ChainVerdict::Broken);
        let warn = broken || chain.valid_then == Some(false);
        Statement { key: "signature.chain", text, warn }
    }

    fn time(&self, time: &SigningTime, kind: SignatureKind) -> Statement {
        let key = "signature.time";
        let written = |time| format::time(self.language, time);
        let claimed = match time.claimed {
            Some(claimed) => self.fill("signature.time_claimed", &[("time", &written(claimed))]),
            None => self.text("signature.time_none"),
        };
        let Some(stamp) = &time.stamped else {
            return Statement { key, text: claimed, warn: false };
        };
        let authority = stamp.authority.as_ref();
        let name = authority.map_or_else(|| self.text("signature.unknown"), |who| who.name.clone());
        match (stamp.verdict, stamp.time) {
            (IntegrityVerdict::Intact, Some(at)) => {
                let values = [("time", &*written(at)), ("name", &*name)];
                let text = self.fill("signature.time_stamped", &values);
                Statement { key, text, warn: false }
            }
            _ => {
                let broken = self.text("signature.time_stamp_broken");
                // A document's time stamp has no signer with a clock.
                let text = match kind {
                    SignatureKind::DocumentTimestamp => broken,
                    _ => format!("{broken} {claimed}"),
                };
                Statement { key, text, warn: true }
            }
        }
    }

    fn later(&self, signature: &Signature) -> Vec<Statement> {
        let key = "signature.later";
        if signature.later.is_empty() {
            let whole = signature.coverage.whole_file;
            let text = if whole { "signature.later_none" } else { "signature.later_unknown" };
            return vec![Statement { key, text: self.text(text), warn: !whole }];
        }
        let revisions = signature.later.iter().take(LATER).map(|revision| {
            let class = revision.class;
            let mut text = self.text(&format!("signature.later_{}", class.as_str()));
            if !revision.pages.is_empty() {
                text = format!("{text} ({})", page_list(self.language, &revision.pages));
            }
            if revision.forbidden {
                text = format!("{text} {}", self.text("signature.forbidden"));
            }
            Statement { key, text, warn: revision.forbidden || needs_a_look(class) }
        });
        together(revisions.collect())
    }
}

/// The same said several times in a row is said once, with how many times.
fn together(statements: Vec<Statement>) -> Vec<Statement> {
    let mut told: Vec<(Statement, u32)> = Vec::new();
    for statement in statements {
        match told.last_mut() {
            Some((last, times)) if last.text == statement.text => *times += 1,
            _ => told.push((statement, 1)),
        }
    }
    let counted = |(statement, times): (Statement, u32)| match times {
        1 => statement,
        _ => Statement { text: format!("{} ({times} ×)", statement.text), ..statement },
    };
    told.into_iter().map(counted).collect()
}

/// Whether a change of this kind may be one of what the document says.
fn needs_a_look(class: RevisionClass) -> bool {
    match class {
        RevisionClass::NothingShown
        | RevisionClass::ValidationData
        | RevisionClass::FurtherSignature => false,
        RevisionClass::FormFillingOrAnnotations
        | RevisionClass::RedrawnSameText
        | RevisionClass::TrailingBytes
        | RevisionClass::NotCompared
        | RevisionClass::ChangedContent => true,
    }
}

#[cfg(test)]
mod tests {
    use simars_record::signature::{
        Certificate, Check, Integrity, Revision, Revocation, TimeStamp,
    };
    use simars_record::{Digest, Structure, Timestamp};

    use super::*;
    use crate::doubt::Doubt;

    fn certificate(name: &str) -> Certificate {
        Certificate {
            name: name.to_owned(),
            subject: format!("O=Kantor Contoh, CN={name}"),
            issuer: "CN=Penerbit Contoh".to_owned(),
            serial: "01".to_owned(),
            not_before: None,
            not_after: None,
            digest: Digest::of(name.as_bytes()),
        }
    }

    fn chain(verdict: ChainVerdict, valid_then: Option<bool>) -> Chain {
        let issuers = vec![certificate("Penerbit Contoh")];
        Chain { verdict, issuers, valid_then, problems: Vec::new() }
    }

    fn signature() -> Signature {
        let integrity = Integrity {
            verdict: IntegrityVerdict::Intact,
            byte_range: Check::Good,
            digest: Check::Good,
            signature: Check::Good,
            binding: Check::Good,
            algorithms: "SHA-256, ECDSA".to_owned(),
            problems: Vec::new(),
        };
        Signature {
            field: None,
            kind: SignatureKind::Approval,
            encoding: "ETSI.CAdES.detached".to_owned(),
            permits: None,
            reason: None,
            coverage: Coverage { byte_range: [0, 100, 200, 800], whole_file: true, revision: None },
            integrity,
            signer: Some(certificate("Nama Contoh Satu")),
            chain: chain(ChainVerdict::Anchored, Some(true)),
            revocation: Revocation::NotChecked,
            time: SigningTime {
                claimed: Some(Timestamp::from_unix(1_795_509_000)),
                stamped: None,
                best: None,
            },
            later: Vec::new(),
        }
    }

    fn revision(class: RevisionClass, pages: &[u32]) -> Revision {
        let (pages, digest) = (pages.to_vec(), Digest::of(b""));
        let details = Vec::new();
        Revision { class, from: 1_000, to: 1_100, digest, pages, details, forbidden: false }
    }

    #[test]
    fn what_makes_a_signed_file_doubtful_is_named_the_gravest_first() {
        let doubts = |change: &dyn Fn(&mut Signature)| {
            let mut one = signature();
            change(&mut one);
            let signatures = vec![one];
            let checked =
                Some(Box::new(SignatureCheck { signatures, ..SignatureCheck::default() }));
            let structure = Structure { checked, ..Structure::default() };
            let mut version = super::super::tests::made::version(1);
            version.findings.clear();
            crate::doubt::doubts(&version, Some(&structure))
        };
        let harmless = revision(RevisionClass::FurtherSignature, &[]);
        let changed = revision(RevisionClass::ChangedContent, &[2]);
        let forbidden = Revision { forbidden: true, ..harmless.clone() };
        assert_eq!(doubts(&|one| one.later = vec![harmless.clone()]), []);
        assert_eq!(doubts(&|one| one.later = vec![forbidden.clone()]), [Doubt::ForbiddenChange]);
        let both = |one: &mut Signature| {
            one.integrity.verdict = IntegrityVerdict::Broken;
            one.later = vec![forbidden.clone(), changed.clone()];
        };
        assert_eq!(doubts(&both), [Doubt::BrokenSignature, Doubt::ChangedAfterSigning]);
        let permission = |one: &mut Signature| {
            one.integrity.verdict = IntegrityVerdict::Broken;
            one.kind = SignatureKind::UsageRights;
        };
        assert_eq!(doubts(&permission), []);
    }

    fn block(signature: Signature) -> Block {
        let signatures = vec![signature];
        let check = SignatureCheck { signatures, ..SignatureCheck::default() };
        view(Language::English, &check, 1_000).blocks.remove(0)
    }

    fn warned(statements: &[Statement]) -> Vec<&'static str> {
        statements.iter().filter(|statement| statement.warn).map(|warned| warned.key).collect()
    }

    #[test]
    fn all_four_statements_are_always_made() {
        let block = block(signature());
        let keys: Vec<_> = block.statements.iter().map(|statement| statement.key).collect();
        assert_eq!(
            keys,
            ["signature.integrity", "signature.chain", "signature.revocation", "signature.time"]
        );
        assert!(warned(&block.statements).is_empty());
        let [integrity, chain, revocation, time] = &block.statements[..] else { panic!() };
        assert!(integrity.text.contains("has not changed"));
        assert!(
            chain.text.ends_with("Penerbit Contoh. It was within its validity at the time below.")
        );
        assert!(revocation.text.starts_with("Not checked"));
        assert!(time.text.contains("signer’s own clock; nobody confirms it"));
        assert_eq!(block.later[0].text, "Nothing was added.");
    }

    #[test]
    fn a_doubt_stands_at_its_own_statement() {
        let broken = |change: fn(&mut Signature)| {
            let mut changed = signature();
            change(&mut changed);
            let block = block(changed);
            [warned(&block.statements), warned(&block.later)].concat()
        };
        let integrity = broken(|one| one.integrity.verdict = IntegrityVerdict::Broken);
        assert_eq!(integrity, ["signature.integrity"]);
        let untrusted = broken(|one| one.chain = chain(ChainVerdict::NotAnchored, None));
        assert_eq!(untrusted, ["signature.chain"]);
        let expired = broken(|one| one.chain = chain(ChainVerdict::Anchored, Some(false)));
        assert_eq!(expired, ["signature.chain"]);
        assert!(broken(|one| one.chain = chain(ChainVerdict::NotChecked, None)).is_empty());
        let stamp = broken(|one| {
            one.time.stamped = Some(TimeStamp {
                time: None,
                verdict: IntegrityVerdict::Broken,
                authority: None,
                chain: chain(ChainVerdict::NotChecked, None),
                problems: Vec::new(),
            });
        });
        assert_eq!(stamp, ["signature.time"]);
        let later = broken(|one| one.coverage.whole_file = false);
        assert_eq!(later, ["signature.later"], "nobody knows what came after");
    }

    #[test]
    fn what_came_after_is_named_and_grave_changes_stand_out() {
        let mut changed = signature();
        changed.coverage.whole_file = false;
        changed.later = vec![
            revision(RevisionClass::ValidationData, &[]),
            revision(RevisionClass::ChangedContent, &[2]),
            Revision { forbidden: true, ..revision(RevisionClass::FurtherSignature, &[]) },
        ];
        let block = block(changed);
        let warns: Vec<bool> = block.later.iter().map(|step| step.warn).collect();
        assert_eq!(warns, [false, true, true]);
        assert_eq!(block.later[1].text, "The content was changed after signing. (page 2)");
        assert!(block.later[2].text.ends_with("forbids this change."));
        let covers = &block.facts.last().unwrap().value;
        assert!(covers.starts_with("the first 1"), "{covers}");
    }

    #[test]
    fn the_same_several_times_is_said_once() {
        let mut signed = signature();
        let (once, other) = (RevisionClass::FurtherSignature, RevisionClass::ValidationData);
        signed.later = [once, once, once, other].map(|class| revision(class, &[])).into();
        let later = block(signed).later;
        assert_eq!(later.len(), 2);
        assert_eq!(later[0].text, "A further signature was added. (3 ×)");
    }

    #[test]
    fn endless_lists_end_with_how_much_is_left() {
        let mut many = signature();
        let page = |n| revision(RevisionClass::NothingShown, &[n]);
        many.later = (1..).take(LATER + 3).map(page).collect();
        assert_eq!(block(many.clone()).later.len(), LATER);
        assert!(block(many).more.contains('3'));
        let signatures = vec![signature(); SHOWN + 2];
        let check = SignatureCheck { signatures, ..SignatureCheck::default() };
        let view = view(Language::Indonesian, &check, 1_000);
        assert_eq!(view.blocks.len(), SHOWN);
        assert!(view.more.contains('2'));
    }
}
