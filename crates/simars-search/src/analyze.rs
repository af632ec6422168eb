//! Text to terms: one analyser for documents, queries and snippets.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::schema::{Analyser, Rules};
use crate::spelling::modern;
use crate::synonyms::Trail;
use crate::words::{Form, Piece, Runs};

/// A writer forgets its stems beyond this many words: scans bring forth new "words" for ever.
const REMEMBERED: usize = 100_000;

/// Knows the language: stems, stop words, synonyms.
#[derive(Clone)]
pub(crate) struct Language {
    pub(crate) rules: Arc<Rules>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Language").finish_non_exhaustive()
    }
}

impl Language {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }

    /// The stem of a folded word, in the new spelling. What holds a digit, or is no Latin word, is its own stem.
    pub(crate) fn stem(&self, word: &str) -> String {
        if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.rules.stems.stem(&modern(word))
        } else {
            word.to_owned()
        }
    }

    /// Two frequent words side by side, as the one term under which the index also has them; `None`
    /// if it does not. It begins with a blank, as no word does.
    pub(crate) fn pair(&self, first: &str, second: &str) -> Option<String> {
        let frequent = |word| self.rules.frequent.contains(word);
        (frequent(first) && frequent(second)).then(|| format!(" {first} {second}"))
    }

    /// Reads `text` run by run.
    pub(crate) fn runs<'a>(&self, text: &'a str) -> Runs<'a> {
        Runs::new(text, self.rules.limits.word_bytes)
    }

    /// The first words of `text`: what a page begins with, it is likely to be about.
    pub(crate) fn opening<'a>(&self, text: &'a str) -> &'a str {
        let mut runs = self.runs(text);
        let mut end = 0;
        while let Some(pieces) = runs.next_run() {
            let Some(last) = pieces
                .last()
                .filter(|last| end == 0 || last.position < self.rules.limits.opening_words)
            else {
                break;
            };
            end = last.end;
        }
        &text[..end]
    }

    /// All pieces of `text`.
    pub(crate) fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut runs = self.runs(text);
        let mut all = Vec::new();
        while let Some(pieces) = runs.next_run() {
            all.extend_from_slice(pieces);
        }
        all
    }

    /// The analysers by the names the schema gives them. tantivy forgets them, so they are
    /// registered at every open.
    pub(crate) fn tokenizers(&self) -> TokenizerManager {
        let manager = TokenizerManager::default();
        for analyser in [Analyser::Exact, Analyser::Pairs, Analyser::Stem] {
            manager.register(analyser.name(), Terms::new(self.clone(), analyser));
        }
        manager
    }
}

/// A tantivy tokenizer over [`Language`].
#[derive(Clone)]
struct Terms {
    language: Language,
    analyser: Analyser,
    known: HashMap<String, Known, FxBuildHasher>,
}

/// What is known of a folded word.
#[derive(Clone)]
struct Known {
    stem: String,
    /// Its number among the words of synonyms, or 0.
    number: u32,
}

impl Terms {
    fn new(language: Language, analyser: Analyser) -> Self {
        Self { language, analyser, known: HashMap::default() }
    }
}

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
        TermStream {
            runs: self.language.runs(text),
            text,
            terms: self,
            trail: Trail::default(),
            before: Before::default(),
            queue: Queue::default(),
        }
    }
}

/// The terms of one text.
struct TermStream<'a> {
    runs: Runs<'a>,
    text: &'a str,
    terms: &'a mut Terms,
    trail: Trail,
    before: Before,
    queue: Queue,
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if self.queue.next() {
                return true;
            }
            let Some(pieces) = self.runs.next_run() else { return false };
            self.queue.clear();
            match self.terms.analyser {
                Analyser::Exact => {
                    for piece in pieces {
                        self.queue.push(piece, &piece.folded);
                    }
                }
                Analyser::Pairs => {
                    for piece in pieces {
                        self.queue.push(piece, &piece.folded);
                        let frequent = &self.terms.language.rules.frequent;
                        self.before.meet(piece, frequent, &mut self.queue);
                    }
                }
                Analyser::Stem => {
                    for piece in pieces {
                        add_stem(piece, self.text, self.terms, &mut self.trail, &mut self.queue);
                    }
                }
            }
        }
    }

    fn token(&self) -> &Token {
        self.queue.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.queue.token_mut()
    }
}

/// The frequent word that was read last, if no other came after it.
#[derive(Default)]
struct Before {
    /// Where it stands; nowhere if the word before is not frequent.
    position: Option<usize>,
    start: usize,
    folded: String,
}

impl Before {
    /// Adds the pair that a part makes with the word before it, and remembers it for the next one.
    fn meet(&mut self, piece: &Piece, frequent: &HashSet<String>, queue: &mut Queue) {
        if piece.form != Form::Part {
            return;
        }
        let position = self.position.take();
        if !frequent.contains(&piece.folded) {
            return;
        }
        if let Some(position) = position.filter(|position| position + 1 == piece.position) {
            queue.push_pair(position, (self.start, piece.end), &self.folded, &piece.folded);
        }
        (self.position, self.start) = (Some(piece.position), piece.start);
        self.folded.clear();
        self.folded.push_str(&piece.folded);
    }
}

fn add_stem(piece: &Piece, text: &str, terms: &mut Terms, trail: &mut Trail, queue: &mut Queue) {
    if piece.form == Form::Whole {
        queue.push(piece, &piece.folded);
        return;
    }
    let Terms { language, known, .. } = terms;
    let synonyms = &language.rules.synonyms;
    let number = match known.get(&piece.folded) {
        Some(Known { stem, number }) => {
            queue.push(piece, stem);
            *number
        }
        None => {
            let stem = language.stem(&piece.folded);
            let number = synonyms.number(&piece.folded);
            queue.push(piece, &stem);
            known.insert(piece.folded.clone(), Known { stem, number });
            number
        }
    };
    if piece.form == Form::Part {
        trail.push(number);
        if number != 0 {
            let capitals =
                !text[piece.start..piece.end].chars().any(|letter| letter.is_lowercase());
            for mark in synonyms.ending(trail, capitals) {
                queue.push(piece, mark);
            }
        }
    }
}

/// The terms of one run; the tokens' memory is used again and again.
#[derive(Default)]
struct Queue {
    tokens: Vec<Token>,
    used: usize,
    /// One past the token that is shown; 0 before the first.
    shown: usize,
    /// Shown where there is none.
    blank: Token,
}

impl Queue {
    fn clear(&mut self) {
        (self.used, self.shown) = (0, 0);
    }

    fn next(&mut self) -> bool {
        let more = self.shown < self.used;
        self.shown += usize::from(more);
        more
    }

    fn push(&mut self, piece: &Piece, term: &str) {
        let token = self.add(piece.position, (piece.start, piece.end));
        token.text.push_str(term);
    }

    /// The term that [`Language::pair`] tells.
    fn push_pair(&mut self, position: usize, place: (usize, usize), first: &str, second: &str) {
        let token = self.add(position, place);
        for word in [first, second] {
            token.text.push(' ');
            token.text.push_str(word);
        }
    }

    fn add(&mut self, position: usize, (start, end): (usize, usize)) -> &mut Token {
        if self.used == self.tokens.len() {
            self.tokens.push(Token::default());
        }
        let token = &mut self.tokens[self.used];
        self.used += 1;
        token.offset_from = start;
        token.offset_to = end;
        token.position = position;
        token.text.clear();
        token
    }

    fn token(&self) -> &Token {
        self.shown.checked_sub(1).and_then(|at| self.tokens.get(at)).unwrap_or(&self.blank)
    }

    fn token_mut(&mut self) -> &mut Token {
        match self.shown.checked_sub(1) {
            Some(at) if at < self.tokens.len() => &mut self.tokens[at],
            _ => &mut self.blank,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(analyser: Analyser, text: &str) -> Vec<String> {
        let language = Language::new(Arc::new(Rules::load().unwrap()));
        let manager = language.tokenizers();
        let mut tokenizer = manager.get(analyser.name()).unwrap();
        let mut stream = tokenizer.token_stream(text);
        let mut terms = Vec::new();
        while stream.advance() {
            terms.push(stream.token().text.clone());
        }
        terms
    }

    #[test]
    fn exact_keeps_the_words() {
        assert_eq!(
            terms(Analyser::Exact, "Penetapan 7/2017"),
            ["penetapan", "7/2017", "7", "2017"]
        );
    }

    #[test]
    fn positions_never_go_back() {
        let language = Language::new(Arc::new(Rules::load().unwrap()));
        let mut tokenizer = language.tokenizers().get(Analyser::Stem.name()).unwrap();
        // Joined and stemmed, the run is the word that is also its second part.
        let mut stream = tokenizer.token_stream("per-bulan UU-Dasar 1/2-a");
        let (mut last, mut seen) = (0, Vec::new());
        while stream.advance() {
            assert!(stream.token().position >= last);
            last = stream.token().position;
            seen.push(stream.token().text.clone());
        }
        assert_eq!(seen.iter().filter(|term| *term == "bulan").count(), 2, "{seen:?}");
    }

    #[test]
    fn stems_meet() {
        let stem = |word| terms(Analyser::Stem, word);
        assert_eq!(stem("pemilihan")[0], stem("memilih")[0]);
        assert_eq!(stem("ditetapkan")[0], stem("tetapkan")[0]);
        assert_ne!(stem("berita")[0], "");
    }

    #[test]
    fn phrases_and_abbreviations_get_the_same_mark() {
        for text in ["KPU", "Komisi Pemilihan\nUmum"] {
            assert!(terms(Analyser::Stem, text).contains(&"=kpu".to_owned()), "{text}");
        }
        // Short abbreviations are words of their own in small letters.
        assert!(!terms(Analyser::Stem, "ma").contains(&"=ma".to_owned()));
        assert!(terms(Analyser::Stem, "MA").contains(&"=ma".to_owned()));
    }
}
