//! What look-ups of one index remember from query to query: alike terms, and room to work in.

use std::ops::Range;

use super::near::{Kind, Room, fingerprint};
use crate::names::Term;
use crate::text::Table;

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

/// Remembers the look-ups of words over many queries of one index: names are made of the same words. It changes no answer.
#[derive(Debug, Default)]
pub struct Memo {
    /// Fingerprint of an asked term -> its alike terms in `alike`.
    found: Table<Box<[u8]>, (u32, u32)>,
    key: Vec<u8>,
    room: Room,
    pub(super) alike: Vec<Alike>,
    pub(super) scratch: Scratch,
}

impl Memo {
    /// Alike terms held before it starts afresh: 64 MB.
    const MOST: usize = 4 << 20;

    /// Makes room for an index of so many terms, and starts afresh when full.
    pub(super) fn prepare(&mut self, terms: usize) {
        if self.alike.len() + 4 * self.found.len() > Self::MOST {
            self.found.clear();
            self.alike.clear();
        }
        if self.scratch.marks.len() != terms {
            self.scratch.marks = vec![0; terms];
        }
    }

    /// The place in `alike` of the terms that are alike to one, found before or now.
    pub(super) fn alike(
        &mut self,
        term: &Term,
        kind: Kind,
        find: impl FnOnce(&mut Room, &mut Vec<Alike>),
    ) -> (u32, u32) {
        fingerprint(term, kind, &mut self.key);
        if let Some(it) = self.found.get(self.key.as_slice()) {
            return *it;
        }
        let start = self.alike.len();
        find(&mut self.room, &mut self.alike);
        let end = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        let range = (end(start), end(self.alike.len()));
        self.found.insert(self.key.as_slice().into(), range);
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

/// Bits of the first look at a term.
const FEW: usize = 4_096;

/// Room that is used anew for each name.
#[derive(Debug)]
pub(super) struct Scratch {
    /// Of each listed term the place of its first mark, plus one.
    pub(super) marks: Vec<u32>,
    pub(super) entries: Vec<Mark>,
    /// Which of the lowest bits of a marked term there are: most terms are not marked, and this says so from the nearest cache.
    few: [u64; FEW / 64],
    /// Listed names that were come upon.
    pub(super) walked: Vec<u32>,
    /// How much of each part is met, in thousandths.
    pub(super) asked_met: Vec<u32>,
    pub(super) listed_met: Vec<u32>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            marks: Vec::new(),
            entries: Vec::new(),
            few: [0; FEW / 64],
            walked: Vec::new(),
            asked_met: Vec::new(),
            listed_met: Vec::new(),
        }
    }
}

impl Scratch {
    /// The first mark of a listed term, plus one; nought for none.
    pub(super) fn first_mark(&self, term: u32) -> u32 {
        let bit = term as usize % FEW;
        if self.few[bit / 64] >> (bit % 64) & 1 == 0 {
            return 0;
        }
        self.marks.get(term as usize).copied().unwrap_or(0)
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
                let bit = it.term as usize % FEW;
                self.few[bit / 64] |= 1 << (bit % 64);
            }
        }
    }

    /// Takes the marks away again.
    pub(super) fn unmark<'a>(&mut self, terms: impl Iterator<Item = &'a [Alike]>) {
        self.few = [0; FEW / 64];
        for it in terms.flatten() {
            if let Some(first) = self.marks.get_mut(it.term as usize) {
                *first = 0;
            }
        }
    }
}
