//! Words -> full names: exact ones, then damaged ones among the capitalised words that no exact name covers.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::entity::Schema;
use crate::names::{Name, Role};

use super::lexicon::{Entry, Form, Gazetteer, LEAST_COMPACT, Row};
use super::segment::{Document, Gap, NONE, Regime, Shape, Word};
use super::{Band, How, words};

/// A listed name in the text.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// First word and the one behind the last.
    pub from: usize,
    pub to: usize,
    /// Byte offsets, half-open.
    pub start: u32,
    pub end: u32,
    pub how: How,
    pub picks: Vec<Pick>,
}

/// A name that the words may be.
#[derive(Clone, Debug)]
pub(super) struct Pick {
    pub entry: Entry,
    pub how: How,
    pub band: Band,
    /// A word of the text and the listed word that it was read as.
    pub respelt: Vec<(usize, u32)>,
    /// Part of a longer run of names.
    pub fragment: bool,
    /// Every word of it stands in the text with a small letter, too.
    pub ordinary: bool,
}

/// The text with what the passes share.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub document: &'a Document<'a>,
    pub gazetteer: &'a Gazetteer,
    /// By word number: stands somewhere in the text with a small letter.
    small: Vec<bool>,
    /// By word: inside a found name.
    pub covered: Vec<bool>,
    /// Words looked up already: whether each is a title, and whether it stands before names without being part of them.
    titles: RefCell<HashMap<String, bool>>,
    before_names: RefCell<HashMap<String, bool>>,
}

/// Misspelt word -> the listed words that it may be. Texts fill it: the hasher has to be one that nobody outside can aim at.
type Near = HashMap<String, Vec<u32>>;

/// A walk through the trie that ends at names.
struct Walk {
    node: u32,
    /// The word behind the last one.
    to: usize,
    end: u32,
    commas: Vec<usize>,
    respelt: Vec<(usize, u32)>,
}

/// The weight, hundredths of a nat, from which a person's full name is taken for that person without more: fewer than one in 20,000
/// bears it.
const RARE: u32 = 1_000;
/// The same for a shortened and misspelt one.
const RARE_SHORT: u32 = 1_200;
/// The same for a name written in small letters, which may be words.
const VERY_RARE: u32 = 1_500;
/// The same for an organisation: its words say less, and there are fewer namesakes.
const RARE_ORGANISATION: u32 = 700;
/// A name of more words than this does not end a document's run of names: the longest official ones have some 40 words.
const MOST_WORDS: usize = 48;

impl<'a> Scan<'a> {
    pub(super) fn new(document: &'a Document<'a>, gazetteer: &'a Gazetteer) -> Self {
        let mut small = vec![false; gazetteer.len()];
        for it in document.words.iter().filter(|it| it.shape == Shape::Lower) {
            if let Some(seen) = small.get_mut(it.token as usize) {
                *seen = true;
            }
        }
        Self {
            document,
            gazetteer,
            small,
            covered: vec![false; document.words.len()],
            titles: RefCell::default(),
            before_names: RefCell::default(),
        }
    }

    /// Whether a listed word stands somewhere in the text with a small letter.
    pub(super) fn small(&self, token: u32) -> bool {
        self.small.get(token as usize).copied().unwrap_or(false)
    }

    /// All full names, by place. Cost: linear in the text, with the length of the longest name that begins at a word.
    pub(super) fn names(&mut self) -> Vec<Found> {
        let mut out = self.exact();
        self.repaired(&mut out);
        out.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
        out
    }

    fn exact(&mut self) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let mut walks: Vec<Walk> = Vec::new();
        // The words up to here are inside the last long name.
        let mut open_to = 0;
        for at in 0..self.document.words.len() {
            let word = &self.document.words[at];
            // No name that is written small begins with an ordinary word.
            if self.gazetteer.first(word.token).is_none()
                || word.shape == Shape::Lower && self.gazetteer.common(word.token)
            {
                continue;
            }
            self.walk(at, &mut walks);
            let mut here: Vec<Found> = Vec::new();
            for walk in walks.drain(..) {
                if let Some(it) = self.found(at, &walk, false) {
                    here.push(it);
                }
            }
            here.sort_by_key(|it| std::cmp::Reverse(it.to));
            for it in here {
                let nested = it.to <= open_to;
                // What begins inside a name and ends behind it is no name of its own.
                let crosses = at < open_to && it.to > open_to;
                let keeps = !nested || self.keeps_nested(&out, &it);
                if crosses || !keeps {
                    continue;
                }
                open_to = open_to.max(it.to);
                for covered in &mut self.covered[it.from..it.to] {
                    *covered = true;
                }
                out.push(it);
            }
        }
        out
    }

    /// A name inside another one is kept when it is an organisation named in full inside a longer name of something else.
    fn keeps_nested(&self, out: &[Found], inner: &Found) -> bool {
        let Some(outer) = out.iter().rev().find(|it| it.from <= inner.from && inner.to <= it.to) else {
            return true;
        };
        let row = |pick: &Pick| self.gazetteer.rows[pick.entry.row as usize];
        outer.picks.iter().all(|it| row(it).schema != Schema::Person)
            && inner
                .picks
                .iter()
                .any(|it| it.band == Band::Confirmed && organisation(&row(it)))
            && !inner
                .picks
                .iter()
                .any(|it| outer.picks.iter().any(|outer| row(outer).entity == row(it).entity))
    }

    fn walk(&self, from: usize, out: &mut Vec<Walk>) {
        let words = &self.document.words;
        let Some(mut node) = self.gazetteer.first(words[from].token) else {
            return;
        };
        let mut commas = Vec::new();
        for (at, word) in words.iter().enumerate().take(from + MOST_WORDS).skip(from + 1) {
            let next = self.gazetteer.step(node, word.token);
            if next.is_none() && word.bare == NONE {
                return;
            }
            match self.document.gap(at - 1) {
                Gap::Break => return,
                Gap::Comma => commas.push(at),
                Gap::None | Gap::Plain => {}
            }
            if word.bare != NONE
                && let Some(last) = self.gazetteer.step(node, word.bare)
                && !self.gazetteer.entries(last).is_empty()
            {
                out.push(Walk {
                    node: last,
                    to: at + 1,
                    end: word.bare_end,
                    commas: commas.clone(),
                    respelt: Vec::new(),
                });
            }
            let Some(next) = next else { return };
            node = next;
            if !self.gazetteer.entries(node).is_empty() {
                out.push(Walk {
                    node,
                    to: at + 1,
                    end: word.end,
                    commas: commas.clone(),
                    respelt: Vec::new(),
                });
            }
        }
    }

    /// What a walk comes to: the names at its end that the writing admits.
    fn found(&self, from: usize, walk: &Walk, compacted: bool) -> Option<Found> {
        let fragment = self.fragment(from, walk.to);
        let picks: Vec<Pick> = self
            .gazetteer
            .entries(walk.node)
            .iter()
            .filter_map(|it| self.admit(from, walk, it, fragment, compacted))
            .collect();
        Self::collect(self.document, from, walk.to, walk.end, picks)
    }

    fn collect(document: &Document<'_>, from: usize, to: usize, end: u32, mut picks: Vec<Pick>) -> Option<Found> {
        picks.sort_by_key(|it| (std::cmp::Reverse(it.band), it.entry.form, it.entry.row));
        let how = picks.first()?.how;
        Some(Found {
            from,
            to,
            start: document.words[from].start,
            end,
            how,
            picks,
        })
    }

    fn admit(&self, from: usize, walk: &Walk, entry: &Entry, fragment: bool, compacted: bool) -> Option<Pick> {
        let row = &self.gazetteer.rows[entry.row as usize];
        let words = &self.document.words[from..walk.to];
        // Syllables and skeletons compare inside their own script only.
        if words.iter().any(|it| it.lossy != row.lossy) {
            return None;
        }
        let family = self.gazetteer.family(row).len();
        let comma_fits = |at: &usize| match entry.form {
            Form::Reordered => *at == from + family,
            _ => row.schema != Schema::Person && entry.telling > 2,
        };
        if !walk.commas.iter().all(comma_fits) || walk.commas.len() > 1 && row.schema == Schema::Person {
            return None;
        }
        // A name that runs over the end of a sentence is two.
        if words.iter().any(|it| it.sentence != words[0].sentence) {
            return None;
        }
        let regime = self.regime(&words[0]);
        let (mut small, mut large, mut mixed, mut sure, mut ordinary, mut country) = (0, 0, false, false, true, true);
        let mut plain_words = false;
        for it in words {
            let token = if it.bare == NONE { it.token } else { it.bare };
            let tells = self.gazetteer.role(token).tells();
            match it.shape {
                // `in`, `with`, `from`: written small in the best of names.
                Shape::Lower if tells && !(it.end - it.start < 5 && words::common(self.gazetteer.text(token))) => {
                    small += 1;
                }
                Shape::Capital | Shape::Upper => {
                    large += usize::from(tells);
                    sure |= tells && !it.opens;
                }
                Shape::Mixed => (large, mixed, sure) = (large + 1, mixed || self.odd(it), true),
                Shape::Caseless | Shape::Digits => (large, sure) = (large + usize::from(tells), true),
                Shape::Lower => {}
            }
            if tells {
                ordinary &= self.small(token) || words::common(self.gazetteer.text(token));
                country &= self.gazetteer.country(token);
                plain_words |= words::common(self.gazetteer.text(token));
            }
        }
        let person = row.schema == Schema::Person;
        let first = &words[0];
        if first.shape == Shape::Lower && !person && self.gazetteer.role(first.token) != Role::Particle {
            return None;
        }
        let rare = entry.weight >= if person { RARE } else { RARE_ORGANISATION };
        if country || large + small == 0 {
            return None;
        }
        let lowered = small > 0;
        if lowered {
            let may = if person {
                entry.weight >= VERY_RARE && entry.telling > 1 && !plain_words && entry.form <= Form::Reordered
            } else {
                large > 0 && sure && entry.telling > 1 && rare && entry.form == Form::Full
            };
            if !may {
                return None;
            }
        }
        let telling = words
            .iter()
            .filter(|it| it.shape != Shape::Digits)
            .count()
            .min(usize::from(entry.telling));
        if telling < 2 && (person || entry.weight < LONE_WORD || ordinary) && !craft(row) {
            return None;
        }
        if craft(row) && !self.said_to_be_craft(from, walk.to) {
            return None;
        }
        let glued = (from..walk.to - 1).any(|at| self.document.gap(at) == Gap::None) && !words[0].lossy;
        let how = if !walk.respelt.is_empty() {
            How::Fuzzy
        } else if glued || compacted {
            How::Glued
        } else if mixed || lowered {
            How::Case
        } else {
            How::Exact
        };
        let mut band = match (how, rare) {
            (How::Exact, true) => Band::Confirmed,
            (_, true) => Band::Likely,
            (_, false) => Band::Possible,
        };
        if entry.form == Form::Short || regime != Regime::Usual && !person || entry.telling < 2 {
            band = band.min(Band::Likely);
        }
        if entry.form == Form::Trimmed && !person {
            // What is left without the legal form may be anybody's words.
            if ordinary {
                return None;
            }
            band = band.min(if rare && entry.weight >= RARE {
                Band::Likely
            } else {
                Band::Possible
            });
        }
        if row.weak || craft(row) || ordinary && !person {
            band = band.min(Band::Possible);
        }
        if fragment && person {
            // Somebody else's longer name, unless what is found says nearly all.
            if entry.form == Form::Short || entry.weight < RARE {
                return None;
            }
            band = band.min(Band::Possible);
        }
        if fragment && !person && (!rare || ordinary) {
            return None;
        }
        Some(Pick {
            entry: *entry,
            how,
            band,
            respelt: walk.respelt.clone(),
            fragment,
            ordinary: ordinary && !person,
        })
    }

    /// Written with large letters where no name has them: `PEDerson`, but not `McDonald` or `al-Shara`.
    fn odd(&self, word: &Word) -> bool {
        let mut run = 0;
        let source = self.document.bare(word);
        let upper = source.chars().any(|it| {
            run = if it.is_uppercase() { run + 1 } else { 0 };
            run > 1
        });
        upper || source.chars().next().is_some_and(char::is_lowercase)
    }

    pub(super) fn regime(&self, word: &Word) -> Regime {
        self.document
            .sentences
            .get(word.sentence as usize)
            .map_or(Regime::Usual, |it| it.regime)
    }

    /// Whether the names before or behind go on: `Mohamed Ali Hassan Youssef` is not `Ali Hassan`.
    fn fragment(&self, from: usize, to: usize) -> bool {
        let words = &self.document.words;
        if self.regime(&words[from]) != Regime::Usual {
            return false;
        }
        let same = |at: usize| words[at].sentence == words[from].sentence;
        let before = from > 0
            && same(from - 1)
            && self.document.gap(from - 1) == Gap::Plain
            && words[from - 1].capital()
            && words[from - 1].bare == NONE
            && !self.stands_before_names(from - 1);
        let behind = to < words.len()
            && same(to)
            && self.document.gap(to - 1) == Gap::Plain
            && words[to].capital()
            && words[to - 1].bare == NONE
            && !self.stands_behind_names(to);
        before || behind
    }

    /// A capitalised word that is no part of the name that follows: title, country, day, the first word of a sentence that no name
    /// holds.
    pub(super) fn stands_before_names(&self, at: usize) -> bool {
        let word = &self.document.words[at];
        let folded = self.document.folded(word);
        let known = self.before_names.borrow().get(&folded).copied();
        let plain = known.unwrap_or_else(|| {
            let plain = words::common(&folded)
                || words::craft(&folded)
                || words::state(&folded)
                || self.title(&folded)
                || crate::entity::Country::parse(&folded).is_some() && folded.len() > 3;
            self.before_names.borrow_mut().insert(folded.clone(), plain);
            plain
        });
        plain || word.opens && !self.known_in_names(word, &folded)
    }

    fn stands_behind_names(&self, at: usize) -> bool {
        let word = &self.document.words[at];
        let folded = self.document.folded(word);
        words::common(&folded) || words::craft(&folded) || self.title(&folded) && folded.len() > 3
    }

    /// A word of a listed person's name, or one that the statistics of names know.
    fn known_in_names(&self, word: &Word, folded: &str) -> bool {
        self.gazetteer.person(word.token)
            || Name::read(folded, Schema::Person)
                .parts
                .first()
                .is_some_and(|it| it.weight < Self::UNKNOWN)
    }

    /// The weight of a word that no statistics know.
    const UNKNOWN: u32 = 1_100;

    /// A word that reads as a title before a name.
    pub(super) fn title(&self, folded: &str) -> bool {
        if let Some(it) = self.titles.borrow().get(folded) {
            return *it;
        }
        let read = Name::read(&format!("{folded} xqzzt"), Schema::Person);
        let title = read.parts.first().is_some_and(|it| it.role == Role::Title);
        self.titles.borrow_mut().insert(folded.to_owned(), title);
        title
    }

    /// A ship or an aircraft is only found where the text says that it is one: their names are words, places and persons.
    fn said_to_be_craft(&self, from: usize, to: usize) -> bool {
        let words = &self.document.words;
        let near = |at: usize| {
            words
                .get(at)
                .is_some_and(|it| it.sentence == words[from].sentence && words::craft(self.document.slice(it)))
        };
        (1..=2).any(|it| it <= from && near(from - it)) || near(to)
    }

    fn repaired(&mut self, out: &mut Vec<Found>) {
        let mut near = Near::new();
        let n = self.document.words.len();
        let mut at = 0;
        while at < n {
            let word = &self.document.words[at];
            let starts = !self.covered[at]
                && (word.capital() || word.shape == Shape::Lower && word.end - word.start >= LONG_WORD);
            if !starts {
                at += 1;
                continue;
            }
            let to = self.run(at);
            let mut from = at;
            while from < to {
                let found = self.compact(from, to).or_else(|| self.fuzzy(from, to, &mut near));
                match found {
                    Some(it) => {
                        for covered in &mut self.covered[it.from..it.to] {
                            *covered = true;
                        }
                        from = it.to;
                        out.push(it);
                    }
                    None => from += 1,
                }
            }
            at = to.max(at + 1);
        }
    }

    /// The word behind the run of names that begins here: capitalised words and small particles between them.
    fn run(&self, from: usize) -> usize {
        let words = &self.document.words;
        let mut to = from + 1;
        let mut at = from + 1;
        while at < words.len()
            && at < from + MOST_RUN
            && !self.covered[at]
            && words[at].sentence == words[from].sentence
            && words[at - 1].bare == NONE
            && matches!(self.document.gap(at - 1), Gap::None | Gap::Plain)
        {
            let piece = words[at].token == NONE && words[at].end - words[at].start < 6;
            if words[at].capital() {
                to = at + 1;
            } else if !piece && self.gazetteer.role(words[at].token) != Role::Particle {
                break;
            }
            at += 1;
        }
        to
    }

    /// Lost or added spaces: the letters of the next words are those of a name.
    fn compact(&self, from: usize, to: usize) -> Option<Found> {
        let words = &self.document.words;
        let mut letters = String::new();
        let mut strange = false;
        let mut best = None;
        for (at, word) in words.iter().enumerate().take(to.min(from + MOST_PIECES)).skip(from) {
            letters.push_str(&self.document.folded(word));
            strange |= word.token == NONE;
            if letters.len() > MOST_LETTERS {
                break;
            }
            if !strange || letters.len() < LEAST_COMPACT {
                continue;
            }
            let picks: Vec<Pick> = self
                .gazetteer
                .compact(&letters)
                .filter_map(|tokens| {
                    let mut node = self.gazetteer.first(*tokens.first()?)?;
                    for it in tokens.get(1..)? {
                        node = self.gazetteer.step(node, *it)?;
                    }
                    Some(node)
                })
                .flat_map(|node| self.gazetteer.entries(node))
                .filter(|it| it.telling > 1 && it.weight >= RARE)
                .filter(|it| self.gazetteer.rows[it.row as usize].schema == Schema::Person || it.weight >= VERY_RARE)
                .map(|it| {
                    let row = &self.gazetteer.rows[it.row as usize];
                    let strong = !row.weak && !craft(row);
                    Pick {
                        entry: *it,
                        how: How::Glued,
                        band: if strong { Band::Likely } else { Band::Possible },
                        respelt: Vec::new(),
                        fragment: false,
                        ordinary: false,
                    }
                })
                .filter(|it| !craft(&self.gazetteer.rows[it.entry.row as usize]))
                .collect();
            best = Self::collect(self.document, from, at + 1, word.bare_end, picks).or(best);
        }
        best
    }

    /// One word within one edit or of the same sound, and another one of the same name exact beside it.
    fn fuzzy(&self, from: usize, to: usize, near: &mut Near) -> Option<Found> {
        let words = &self.document.words;
        // One of the first two words is exact: one in three may be misspelt.
        let known = |at: usize| {
            let word = &words[at];
            self.gazetteer
                .person(if word.bare == NONE { word.token } else { word.bare })
        };
        if to - from < 2 || !(known(from) || known(from + 1)) || self.stands_before_names(from) {
            return None;
        }
        let mut walks = vec![Walk {
            node: 0,
            to: from,
            end: 0,
            commas: Vec::new(),
            respelt: Vec::new(),
        }];
        let mut best: Option<Found> = None;
        for (at, word) in words.iter().enumerate().take(to).skip(from) {
            let token = if word.bare == NONE { word.token } else { word.bare };
            let folded = self.document.folded(word);
            let mut next = Vec::new();
            for walk in &walks {
                let step = |it: u32| {
                    if at == from {
                        self.gazetteer.first(it)
                    } else {
                        self.gazetteer.step(walk.node, it)
                    }
                };
                let mut go = |node: u32, respelt: Vec<(usize, u32)>| {
                    next.push(Walk {
                        node,
                        to: at + 1,
                        end: word.bare_end,
                        commas: Vec::new(),
                        respelt,
                    });
                };
                if let Some(node) = step(token) {
                    go(node, walk.respelt.clone());
                }
                if walk.respelt.len() < if at - from > 3 { 2 } else { 1 } {
                    if !near.contains_key(&folded) {
                        near.insert(folded.clone(), self.gazetteer.near(&folded));
                    }
                    for it in near.get(&folded).into_iter().flatten() {
                        if let Some(node) = step(*it) {
                            let mut respelt = walk.respelt.clone();
                            respelt.push((at, *it));
                            go(node, respelt);
                        }
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            next.truncate(MOST_WALKS);
            walks = next;
            let picks: Vec<Pick> = walks
                .iter()
                .filter(|it| !it.respelt.is_empty())
                .flat_map(|walk| {
                    let fragment = self.fragment(from, walk.to);
                    self.gazetteer
                        .entries(walk.node)
                        .iter()
                        .filter_map(move |it| self.admit(from, walk, it, fragment, false))
                })
                .filter_map(|it| self.respelling(from, at + 1, it))
                .collect();
            best = Self::collect(self.document, from, at + 1, word.bare_end, picks).or(best);
        }
        best
    }

    /// Whether a respelling is believable: of a family name, one edit; of a given name, the same sound, or a word that is no name.
    fn respelling(&self, from: usize, to: usize, mut pick: Pick) -> Option<Pick> {
        let row = &self.gazetteer.rows[pick.entry.row as usize];
        if row.schema != Schema::Person || pick.entry.weight < RARE {
            return None;
        }
        let capitals = self.regime(&self.document.words[from]) == Regime::Capitals;
        let least = match pick.entry.form {
            _ if capitals => VERY_RARE,
            Form::Short => RARE_SHORT,
            _ => RARE,
        };
        if pick.entry.weight < least || pick.entry.form == Form::Reordered {
            return None;
        }
        let exact = (from..to)
            .filter(|at| pick.respelt.iter().all(|it| it.0 != *at))
            .any(|at| {
                let token = self.document.words[at].token;
                self.gazetteer.role(token).tells() && self.gazetteer.weight(token) >= ANCHOR
            });
        if !exact {
            return None;
        }
        for (at, listed) in &pick.respelt {
            let word = &self.document.words[*at];
            let folded = self.document.folded(word);
            let alike = crate::text::sound(&folded) == self.gazetteer.sound(*listed);
            let vowel = crate::text::distance(&folded, self.gazetteer.text(*listed), crate::text::SLIP).is_some();
            let known = self.known_in_names(word, &folded);
            let family = self.gazetteer.family(row).contains(listed);
            match (family, alike, known) {
                (_, true, _) | (_, _, false) => {}
                // Pederson, Pedersen; but Mario is not Maria.
                (true, _, true) if vowel => {}
                (true, _, true) => pick.band = Band::Possible,
                (false, false, true) => return None,
            }
        }
        Some(pick)
    }
}

/// What the exact word beside a misspelt one has to say, hundredths of a nat.
const ANCHOR: u32 = 350;
/// The weight from which one telling word beside a particle (`al-Qaida`) is a name.
const LONE_WORD: u32 = 800;
/// In bytes: a small word from this length on may be a name without its spaces.
const LONG_WORD: u32 = 14;
/// The most words of a run that are looked at together, of pieces that a name may be cut into, of its letters; and of ways to read
/// a damaged run. Damaged text is not worth more.
const MOST_RUN: usize = 12;
const MOST_PIECES: usize = 6;
const MOST_LETTERS: usize = 64;
const MOST_WALKS: usize = 64;

/// A ship or an aircraft.
pub(super) fn craft(row: &Row) -> bool {
    matches!(row.schema, Schema::Vessel | Schema::Airplane)
}

pub(super) fn organisation(row: &Row) -> bool {
    matches!(
        row.schema,
        Schema::Organization | Schema::Company | Schema::LegalEntity | Schema::Thing
    )
}
