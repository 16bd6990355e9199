//! What look-ups of one index remember from query to query: alike terms, and room to work in.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::near::{Kind, fingerprint};
use crate::names::Term;

/// A listed term that is alike to an asked one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alike {
    pub(super) term: u32,
    /// How many postings it has that tell bearers apart.
    pub(super) telling: u32,
    /// And how many that do not.
    pub(super) silent: u32,
    /// Thousandths.
    pub(super) likeness: u16,
    /// Of the same letters or sounds.
    pub(super) same: bool,
}

/// Hashes bytes by eights. It needs no seed: the tables that use it are never walked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bytes(u64);

impl Bytes {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        let mut eights = bytes.chunks_exact(8);
        for it in &mut eights {
            self.add(it.iter().fold(0, |sum, it| sum << 8 | u64::from(*it)));
        }
        self.add(eights.remainder().iter().fold(1, |sum, it| sum << 8 | u64::from(*it)));
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

/// Remembers the look-ups of words over many queries of one index: names are made of the same words. It changes no answer.
#[derive(Debug, Default)]
pub struct Memo {
    /// Fingerprint of an asked term -> its alike terms in `alike`.
    found: HashMap<Box<[u8]>, (u32, u32), BuildHasherDefault<Bytes>>,
    key: Vec<u8>,
    pub(super) alike: Vec<Alike>,
    pub(super) scratch: Scratch,
}

impl Memo {
    /// Alike terms held before it starts afresh: 64 MB.
    const MOST: usize = 4 << 20;

    /// Makes room for an index of so many terms and names, and starts afresh when full.
    pub(super) fn prepare(&mut self, terms: usize, names: usize) {
        if self.alike.len() + 4 * self.found.len() > Self::MOST {
            self.found.clear();
            self.alike.clear();
        }
        if self.scratch.marks.len() != terms {
            self.scratch.marks = vec![0; terms];
        }
        if self.scratch.seen.len() != names {
            self.scratch.seen = vec![0; names];
            self.scratch.round = 0;
        }
    }

    /// The place in `alike` of the terms that are alike to one, found before or now.
    pub(super) fn alike(&mut self, term: &Term, kind: Kind, find: impl FnOnce(&mut Vec<Alike>)) -> (u32, u32) {
        fingerprint(term, kind, &mut self.key);
        if let Some(it) = self.found.get(self.key.as_slice()) {
            return *it;
        }
        let start = self.alike.len();
        find(&mut self.alike);
        let end = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        let range = (end(start), end(self.alike.len()));
        self.found.insert(self.key.clone().into_boxed_slice(), range);
        range
    }
}

/// The terms of a range.
pub(super) fn range(it: (u32, u32)) -> Range<usize> {
    it.0 as usize..it.1 as usize
}

/// An asked term that a listed one is alike to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Which of the asked name's terms.
    pub(super) asked: u32,
    /// The next mark of the same listed term, plus one; nought for none.
    pub(super) next: u32,
    pub(super) likeness: u16,
    pub(super) same: bool,
}

/// Room that is used anew for each name.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Of each listed term the place of its first mark, plus one.
    pub(super) marks: Vec<u32>,
    pub(super) entries: Vec<Mark>,
    /// Of each listed name the last round that came upon it.
    seen: Vec<u32>,
    round: u32,
    /// How much of each part is met, in thousandths.
    pub(super) asked_met: Vec<u32>,
    pub(super) listed_met: Vec<u32>,
}

impl Scratch {
    /// A new asked name: no listed one was come upon.
    pub(super) fn begin(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
    }

    /// Whether this listed name is come upon for the first time in this round.
    pub(super) fn first_time(&mut self, name: u32) -> bool {
        self.seen
            .get_mut(name as usize)
            .is_some_and(|it| std::mem::replace(it, self.round) != self.round)
    }

    /// Marks the listed terms that are alike to those of one asked name.
    pub(super) fn mark<'a>(&mut self, terms: impl Iterator<Item = &'a [Alike]>) {
        self.entries.clear();
        for (asked, alike) in terms.enumerate() {
            for it in alike {
                let Some(first) = self.marks.get_mut(it.term as usize) else {
                    continue;
                };
                self.entries.push(Mark {
                    asked: u32::try_from(asked).unwrap_or(u32::MAX),
                    next: *first,
                    likeness: it.likeness,
                    same: it.same,
                });
                *first = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            }
        }
    }

    /// Takes the marks away again.
    pub(super) fn unmark<'a>(&mut self, terms: impl Iterator<Item = &'a [Alike]>) {
        for it in terms.flatten() {
            if let Some(first) = self.marks.get_mut(it.term as usize) {
                *first = 0;
            }
        }
    }
}
