//! Prepared entities -> candidates: too many, never too few.
//!
//! The contract of [`Index::candidates`]: every entity whose score against the asked party is at or above the threshold is among the
//! candidates; the caller must score them. The argument, in short (docs/completeness.md has it in full): without a pair of alike
//! terms or a common identifier the score is nought; the index finds *all* alike terms, since an edit that it does not look up
//! costs more than [`names::like`] allows; and it leaves out only entities whose best possible score is under the threshold.
//!
//! First version: sorted arrays in memory.

use std::collections::BTreeMap;

use crate::names::{self, Name, Role, Shape, Term};
use crate::prepare::PreparedParty;
use crate::score;
use crate::text;
use crate::text::Counts;

/// Place of an entity in the list that the index was built from.
pub type EntityAt = u32;

/// A listed name as the index sees it.
#[derive(Clone, Copy, Debug)]
struct NameRow {
    entity: EntityAt,
    /// Weight of all parts, hundredths of a nat.
    weight: u32,
    /// Weight of the titles, particles, forms and initials: each may meet such a part of the asked name without a posting.
    slack: u32,
    /// Initials: each may meet an asked part of any weight.
    initials: u32,
}

/// Where a term stands: the name, and the weight of the parts that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    /// A single title, particle, form or initial; it stands behind the others of its term.
    silent: bool,
    name: u32,
    weight: u32,
}

/// A term under one of its keys, with the counts of the spelling that the key is of: most terms under a key are too far from the
/// asked one, and their counts say so without a look at them.
#[derive(Clone, Copy, Debug)]
struct Near {
    counts: Counts,
    term: u32,
}

/// The listed terms by the keys of their neighbourhoods. Keys are hashes, so that they spread: the highest bits of one say about
/// where it stands.
#[derive(Debug, Default)]
struct Neighbourhoods {
    /// Keys, each once, in order.
    keys: Vec<u64>,
    /// Of key k: `near[starts[k]..starts[k + 1]]`.
    starts: Vec<u32>,
    near: Vec<Near>,
    /// Of the keys whose highest `bits` bits are b: `keys[pages[b]..pages[b + 1]]`.
    pages: Vec<u32>,
    bits: u32,
}

impl Neighbourhoods {
    /// Sorts the rows of key, term and counts. Cost: linear; a page of keys is sorted within the processor's cache.
    fn build(rows: &[(u64, Near)]) -> Self {
        let bits = (rows.len() / 8).max(2).ilog2().min(24);
        let page = |key: u64| (key >> (64 - bits)) as usize;
        let mut first = vec![0_u32; (1 << bits) + 1];
        for it in rows {
            first[page(it.0) + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut next = first.clone();
        let mut order = vec![(0_u64, 0_u32); rows.len()];
        for (at, it) in rows.iter().enumerate() {
            let place = &mut next[page(it.0)];
            order[*place as usize] = (it.0, at as u32);
            *place += 1;
        }
        let mut out = Self {
            near: Vec::with_capacity(rows.len()),
            pages: vec![0],
            bits,
            ..Self::default()
        };
        for ends in first.windows(2) {
            let within = &mut order[ends[0] as usize..ends[1] as usize];
            within.sort_unstable();
            for &(key, at) in &*within {
                if out.keys.last() != Some(&key) {
                    out.keys.push(key);
                    out.starts.push(out.near.len() as u32);
                }
                out.near.push(rows[at as usize].1);
            }
            out.pages.push(out.keys.len() as u32);
        }
        out.starts.push(out.near.len() as u32);
        out.keys.shrink_to_fit();
        out.starts.shrink_to_fit();
        out
    }

    /// The listed terms under a key.
    fn under(&self, key: u64) -> &[Near] {
        let Some(shift) = 64_u32.checked_sub(self.bits).filter(|it| *it < 64) else {
            return &[];
        };
        let page = (key >> shift) as usize;
        let from = self.pages[page] as usize;
        let keys = &self.keys[from..self.pages[page + 1] as usize];
        let Ok(at) = keys.binary_search(&key) else {
            return &[];
        };
        &self.near[self.starts[from + at] as usize..self.starts[from + at + 1] as usize]
    }
}

/// Letters, sounds, shape, whether a run.
type MemoKey = (String, String, Shape, bool);

/// Remembers the look-ups of words over many queries of one index: names are made of the same words. It changes no answer.
#[derive(Debug, Default)]
pub struct Memo {
    /// All that a look-up reads of a term -> listed terms with their likeness.
    found: BTreeMap<MemoKey, Vec<(u32, u32)>>,
    /// How many listed terms it holds.
    held: usize,
}

impl Memo {
    /// Listed terms held before it starts afresh: 64 MB.
    const MOST: usize = 8 << 20;

    fn alike<'a>(&'a mut self, index: &Index, term: &Term) -> &'a [(u32, u32)] {
        if self.held > Self::MOST {
            self.found.clear();
            self.held = 0;
        }
        let key = (
            term.folded.clone(),
            term.sound.clone(),
            term.shape,
            term.to - term.from > 1,
        );
        let held = &mut self.held;
        self.found.entry(key).or_insert_with(|| {
            let found = index.alike(term);
            *held += found.len() + 8;
            found
        })
    }
}

/// Finds the entities that could match.
#[derive(Debug, Default)]
pub struct Index {
    names: Vec<NameRow>,
    terms: Vec<Term>,
    /// Of term t: `postings[starts[t].0..starts[t + 1].0]`, of which those before `starts[t].1` tell bearers apart.
    starts: Vec<(u32, u32)>,
    postings: Vec<Posting>,
    near: Neighbourhoods,
    /// Normal form of an identifier -> entity, sorted.
    identifiers: Vec<(String, EntityAt)>,
}

/// What a look-up did, for explanations and benchmarks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Listed terms that were alike to an asked one.
    pub terms: usize,
    /// Listed names that hold one of them.
    pub names: usize,
    /// Entities that could reach the threshold.
    pub candidates: usize,
}

impl Index {
    /// Compiles the prepared entities. Cost: linear in the names, but for sorting.
    #[must_use]
    pub fn build(entities: &[PreparedParty]) -> Self {
        let mut index = Self::default();
        let mut by_text: BTreeMap<(String, String, Shape), (bool, Vec<Posting>)> = BTreeMap::new();
        for (at, party) in entities.iter().enumerate() {
            let entity = u32::try_from(at).unwrap_or(u32::MAX);
            for it in &party.names {
                let row = u32::try_from(index.names.len()).unwrap_or(u32::MAX);
                index.names.push(NameRow {
                    entity,
                    weight: it.name.weight,
                    slack: slack(&it.name),
                    initials: initials(&it.name),
                });
                for term in it.name.terms() {
                    let (weight, silent) = (weight(&it.name, &term), silent(&it.name, &term));
                    let word = term.to - term.from == 1;
                    let entry = by_text.entry((term.folded, term.sound, term.shape)).or_default();
                    entry.0 |= word;
                    entry.1.push(Posting {
                        silent,
                        name: row,
                        weight,
                    });
                }
            }
            for it in &party.identifiers {
                index.identifiers.push((it.normal.clone(), entity));
            }
        }
        index.identifiers.sort();
        index.identifiers.dedup();
        let mut rows: Vec<(u64, Near)> = Vec::new();
        let mut key_list = Vec::new();
        for ((folded, sound, shape), (word, mut postings)) in by_text {
            let at = u32::try_from(index.terms.len()).unwrap_or(u32::MAX);
            postings.sort_unstable();
            postings.dedup();
            let start = u32::try_from(index.postings.len()).unwrap_or(u32::MAX);
            let telling = u32::try_from(postings.partition_point(|it| !it.silent)).unwrap_or(u32::MAX);
            index.starts.push((start, start.saturating_add(telling)));
            index.postings.extend(postings);
            let term = Term {
                folded,
                sound,
                from: 0,
                to: if word { 1 } else { 2 },
                shape,
            };
            keys(&term, Side::Listed, &mut key_list);
            let counts = Spellings::of(&term);
            rows.extend(key_list.drain(..).map(|(key, spelling)| {
                let counts = counts.of_spelling(spelling);
                (key, Near { counts, term: at })
            }));
            index.terms.push(term);
        }
        let end = u32::try_from(index.postings.len()).unwrap_or(u32::MAX);
        index.starts.push((end, end));
        index.near = Neighbourhoods::build(&rows);
        index
    }

    /// How many distinct terms there are.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// The entities that could score at or above the threshold (log-odds, hundredths of a nat), in order and each once.
    #[must_use]
    pub fn candidates(&self, asked: &PreparedParty, threshold: i32, memo: &mut Memo) -> (Vec<EntityAt>, Effort) {
        let mut effort = Effort::default();
        let mut out: Vec<EntityAt> = Vec::new();
        for it in &asked.identifiers {
            let from = self
                .identifiers
                .partition_point(|row| row.0.as_str() < it.normal.as_str());
            out.extend(
                self.identifiers[from..]
                    .iter()
                    .take_while(|row| row.0 == it.normal)
                    .map(|row| row.1),
            );
        }
        for it in &asked.names {
            self.by_name(asked, &it.name, threshold, memo, &mut out, &mut effort);
        }
        out.sort_unstable();
        out.dedup();
        effort.candidates = out.len();
        (out, effort)
    }

    fn by_name(
        &self,
        asked: &PreparedParty,
        name: &Name,
        threshold: i32,
        memo: &mut Memo,
        out: &mut Vec<EntityAt>,
        effort: &mut Effort,
    ) {
        // (name, thousandths of asked weight met, of listed weight met): an upper bound, since runs overlap.
        let mut met: Vec<(u32, u32, u32)> = Vec::new();
        for term in &name.terms() {
            let (asked_weight, silent) = (weight(name, term), silent(name, term));
            for &(at, likeness) in memo.alike(self, term) {
                effort.terms += 1;
                let (start, telling) = self.starts[at as usize];
                // Two parts that tell nothing are slack on both sides, and no ground to compare.
                let end = if silent {
                    telling
                } else {
                    self.starts[at as usize + 1].0
                };
                let range = start as usize..end as usize;
                met.extend(
                    self.postings[range]
                        .iter()
                        .map(|it| (it.name, asked_weight * likeness, it.weight * likeness)),
                );
            }
        }
        met.sort_unstable_by_key(|it| it.0);
        let asked_slack = slack(name) * 1000;
        let asked_initials = u64::from(initials(name));
        let mut rest = met.as_slice();
        while let Some(&(row, ..)) = rest.first() {
            let n = rest.partition_point(|it| it.0 <= row);
            let (group, behind) = rest.split_at(n);
            rest = behind;
            effort.names += 1;
            let listed = &self.names[row as usize];
            let sum = |side: &dyn Fn(&(u32, u32, u32)) -> u32| group.iter().map(|it| u64::from(side(it))).sum::<u64>();
            let asked_met = (sum(&|it| it.1) + u64::from(asked_slack) + u64::from(listed.initials) * MOST_OF_A_PART)
                .min(u64::from(name.weight) * 1000);
            let listed_met = (sum(&|it| it.2) + u64::from(listed.slack) * 1000 + asked_initials * MOST_OF_A_PART)
                .min(u64::from(listed.weight) * 1000);
            let share = |met: u64, of: u32| met.div_ceil(u64::from(of.max(1))).min(1000) as u32;
            let similarity = share(asked_met, name.weight).max(share(listed_met, listed.weight));
            let common = ((asked_met + listed_met) / 2000 + 1) as u32;
            if score::bound(asked, similarity, common) >= threshold {
                out.push(listed.entity);
            }
        }
    }

    /// All listed terms alike to an asked one, each once, with the likeness in thousandths.
    fn alike(&self, term: &Term) -> Vec<(u32, u32)> {
        let mut key_list = Vec::with_capacity(48);
        keys(term, Side::Asked, &mut key_list);
        let counts = Spellings::of(term);
        // The most that two terms may be apart goes by the shorter one, and is less beside a run: this one's own allowance holds.
        let limit = names::limit(term.folded.len(), term.to - term.from > 1);
        let mut near: Vec<u32> = Vec::with_capacity(64);
        for (key, spelling) in key_list {
            let asked = counts.of_spelling(spelling);
            near.extend(
                self.near
                    .under(key)
                    .iter()
                    .filter(|it| asked.could(it.counts, limit))
                    .map(|it| it.term),
            );
        }
        near.sort_unstable();
        near.dedup();
        near.into_iter()
            .filter_map(|at| names::like(term, &self.terms[at as usize]).map(|it| (at, it.likeness)))
            .collect()
    }
}

/// An initial may meet a part of any weight: the most that one says, in thousandths of hundredths of a nat.
const MOST_OF_A_PART: u64 = 1_100 * 1_000;

/// Whether a term is a single title, particle, form or initial. What two of these could add is counted as slack.
fn silent(name: &Name, term: &Term) -> bool {
    term.to - term.from == 1 && !name.parts[term.from].role.tells()
}

fn initials(name: &Name) -> u32 {
    name.parts.iter().map(|it| u32::from(it.role == Role::Initial)).sum()
}

/// The weight of the titles, particles, forms and initials.
fn slack(name: &Name) -> u32 {
    name.parts
        .iter()
        .filter(|it| !it.role.tells())
        .map(|it| it.weight)
        .sum()
}

fn weight(name: &Name, term: &Term) -> u32 {
    name.parts[term.from..term.to].iter().map(|it| it.weight).sum()
}

/// Whose term it is. Both sides take the same keys but for the consonant skeletons, of which each side looks up the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Asked,
    Listed,
}

/// What a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    Letters,
    Sound,
    Skeleton,
}

/// The counts of both spellings of a term.
struct Spellings {
    letters: Counts,
    sound: Counts,
}

impl Spellings {
    fn of(term: &Term) -> Self {
        Self {
            letters: Counts::of(&term.folded),
            sound: Counts::of(&term.sound),
        }
    }

    /// Nothing is counted of skeletons: where they are the same, the terms are alike.
    fn of_spelling(&self, spelling: Spelling) -> Counts {
        match spelling {
            Spelling::Letters => self.letters,
            Spelling::Sound => self.sound,
            Spelling::Skeleton => Counts::default(),
        }
    }
}

/// The keys of a term's neighbourhood: two terms that [`names::like`] finds alike share one.
///
/// For each of the two spellings, letters and sounds: all of it, and its coarse form with up to as many classes left out as full
/// edits may lie between (a full edit leaves out at most one on each side, a slip none). And the consonant skeleton between a
/// word of a script without vowels and any other.
fn keys(term: &Term, side: Side, out: &mut Vec<(u64, Spelling)>) {
    let reach = names::reach(term.folded.len(), term.to - term.from > 1);
    for (space, spelling, word) in [(1, Spelling::Letters, &term.folded), (2, Spelling::Sound, &term.sound)] {
        out.push((hash(space + 2, word.bytes()), spelling));
        if term.folded.len() > 2 {
            leave_out(space, &text::coarse(word), reach, |key| out.push((key, spelling)));
        }
    }
    if let Some(skeleton) = term.shape.skeleton() {
        let (spelt, vowelless) = (5, 6);
        let space = match (side, term.shape.vowelless()) {
            (Side::Listed, false) | (Side::Asked, true) => spelt,
            (Side::Asked, false) | (Side::Listed, true) => vowelless,
        };
        out.push((hash(space, skeleton.to_le_bytes().into_iter()), Spelling::Skeleton));
    }
    out.sort_unstable();
    out.dedup();
}

/// The keys of a word with up to `reach` (at most two) letters left out.
fn leave_out(space: u8, word: &[u8], reach: u32, mut out: impl FnMut(u64)) {
    let without = |i: usize, j: usize| {
        hash(
            space,
            word.iter()
                .enumerate()
                .filter(|(at, _)| *at != i && *at != j)
                .map(|it| *it.1),
        )
    };
    let none = usize::MAX;
    out(without(none, none));
    for i in 0..word.len() {
        if reach >= 1 {
            out(without(i, none));
        }
        if reach >= 2 {
            (i + 1..word.len()).for_each(|j| out(without(i, j)));
        }
    }
}

/// FNV-1a, 64 bits: keys only have to spread; what collides is compared.
fn hash(space: u8, word: impl Iterator<Item = u8>) -> u64 {
    let hash = std::iter::once(space)
        .chain(word)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, it| {
            (hash ^ u64::from(it)).wrapping_mul(0x0100_0000_01b3)
        });
    // Pages go by the highest bits: they have to depend on every letter.
    (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
