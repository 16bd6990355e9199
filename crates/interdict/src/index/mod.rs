//! Prepared entities -> candidates: too many, never too few.
//!
//! The contract of [`Index::candidates`]: every entity whose score against the asked party is at or above the threshold is among the
//! candidates; the caller must score them. The argument, in short (docs/completeness.md has it in full): without a pair of alike
//! terms or a common identifier the score is nought; the index finds *all* alike terms, since an edit that it does not look up
//! costs more than [`names::like`] allows; and it leaves out only entities whose best possible score is under the threshold.
//!
//! First version: sorted arrays in memory.

use std::collections::BTreeMap;

use crate::names::{self, Name, Role, Term};
use crate::prepare::PreparedParty;
use crate::score;
use crate::text;

/// Place of an entity in the list that the index was built from.
pub type EntityAt = u32;

/// A listed name as the index sees it.
#[derive(Clone, Copy, Debug)]
struct NameRow {
    entity: EntityAt,
    /// Weight of all parts, hundredths of a nat.
    weight: u32,
    /// Weight of the parts that no posting tells of.
    slack: u32,
    /// Initials: each may meet an asked part of any weight.
    initials: u32,
}

/// Where a term stands: the name, and the weight of the parts that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    name: u32,
    weight: u32,
}

/// A term under one of its keys, with what tells most others apart from it without looking at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Near {
    term: u32,
    shape: Shape,
}

/// The letters of both spellings of a term as sets, and their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    letters: u32,
    sounds: u32,
    length: u8,
    sound_length: u8,
    vowelless: bool,
}

impl Shape {
    fn of(term: &Term) -> Self {
        let set = |word: &str| word.bytes().fold(0_u32, |set, it| set | 1 << (it & 31));
        let length = |word: &str| u8::try_from(word.len()).unwrap_or(u8::MAX);
        Self {
            letters: set(&term.folded),
            sounds: set(&term.sound),
            length: length(&term.folded),
            sound_length: length(&term.sound),
            vowelless: term.vowelless,
        }
    }

    /// Whether terms of these shapes could be alike. An edit adds or drops one letter, or exchanges one for another: it changes the
    /// length by at most one and the set of letters by at most two.
    fn could(self, other: Self, most: u32) -> bool {
        if self.vowelless != other.vowelless {
            return true;
        }
        let near = |a: u32, b: u32, m: u8, n: u8| (a ^ b).count_ones() <= 2 * most && u32::from(m.abs_diff(n)) <= most;
        near(self.letters, other.letters, self.length, other.length)
            || near(self.sounds, other.sounds, self.sound_length, other.sound_length)
    }
}

/// Finds the entities that could match.
#[derive(Debug, Default)]
pub struct Index {
    names: Vec<NameRow>,
    terms: Vec<Term>,
    /// Of term t: `postings[starts[t]..starts[t + 1]]`.
    starts: Vec<u32>,
    postings: Vec<Posting>,
    /// Keys of the terms' neighbourhoods, sorted, and beside each the term with its shape.
    keys: Vec<u64>,
    near: Vec<Near>,
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
        let mut by_text: BTreeMap<(String, String, bool), (bool, Vec<Posting>)> = BTreeMap::new();
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
                for term in it.name.terms().into_iter().filter(|term| posted(&it.name, term)) {
                    let weight = weight(&it.name, &term);
                    let word = term.to - term.from == 1;
                    let entry = by_text.entry((term.folded, term.sound, term.vowelless)).or_default();
                    entry.0 |= word;
                    entry.1.push(Posting { name: row, weight });
                }
            }
            for it in &party.identifiers {
                index.identifiers.push((it.normal.clone(), entity));
            }
        }
        index.identifiers.sort();
        index.identifiers.dedup();
        let mut rows: Vec<(u64, Near)> = Vec::new();
        for ((folded, sound, vowelless), (word, mut postings)) in by_text {
            let at = u32::try_from(index.terms.len()).unwrap_or(u32::MAX);
            postings.sort_unstable();
            postings.dedup();
            index
                .starts
                .push(u32::try_from(index.postings.len()).unwrap_or(u32::MAX));
            index.postings.extend(postings);
            let term = Term {
                folded,
                sound,
                from: 0,
                to: if word { 1 } else { 2 },
                vowelless,
            };
            let shape = Shape::of(&term);
            rows.extend(keys(&term).into_iter().map(|key| (key, Near { term: at, shape })));
            index.terms.push(term);
        }
        index
            .starts
            .push(u32::try_from(index.postings.len()).unwrap_or(u32::MAX));
        rows.sort_unstable();
        (index.keys, index.near) = rows.into_iter().unzip();
        index
    }

    /// How many distinct terms there are.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// The entities that could score at or above the threshold (log-odds, hundredths of a nat), in order and each once.
    #[must_use]
    pub fn candidates(&self, asked: &PreparedParty, threshold: i32) -> (Vec<EntityAt>, Effort) {
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
        let mut met: Vec<(u32, u32, u32)> = Vec::new();
        for it in &asked.names {
            self.by_name(asked, &it.name, threshold, &mut met, &mut out, &mut effort);
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
        met: &mut Vec<(u32, u32, u32)>,
        out: &mut Vec<EntityAt>,
        effort: &mut Effort,
    ) {
        // (name, thousandths of asked weight met, of listed weight met): an upper bound, since runs overlap.
        met.clear();
        for term in name.terms().iter().filter(|it| posted(name, it)) {
            let asked_weight = weight(name, term);
            for (at, likeness) in self.alike(term) {
                effort.terms += 1;
                let range = self.starts[at as usize] as usize..self.starts[at as usize + 1] as usize;
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
        let shape = Shape::of(term);
        let most = names::most_edits(term.folded.len(), term.to - term.from > 1);
        let mut near: Vec<u32> = Vec::new();
        for key in keys(term) {
            let from = self.keys.partition_point(|it| *it < key);
            let n = self.keys[from..].iter().take_while(|it| **it == key).count();
            near.extend(
                self.near[from..from + n]
                    .iter()
                    .filter(|it| shape.could(it.shape, most))
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

/// Whether a term has postings: a single title, particle, form or initial has none. What these could add is counted as slack.
fn posted(name: &Name, term: &Term) -> bool {
    term.to - term.from > 1 || name.parts[term.from].role.tells()
}

fn initials(name: &Name) -> u32 {
    name.parts.iter().map(|it| u32::from(it.role == Role::Initial)).sum()
}

/// The weight of the parts without postings.
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

/// The keys of a term's neighbourhood: two terms that [`names::like`] finds alike share one.
///
/// For each of the two spellings, letters and sounds: its coarse form with up to as many classes left out as full edits may lie
/// between (a full edit leaves out at most one on each side, a half edit none). And the consonant skeleton, for words of scripts
/// without vowels, against all.
fn keys(term: &Term) -> Vec<u64> {
    let mut out = Vec::with_capacity(24);
    let reach = names::reach(term.folded.len(), term.to - term.from > 1);
    for (space, word) in [(1, &term.folded), (2, &term.sound)] {
        out.push(hash(space + 2, word.as_bytes()));
        if term.folded.len() > 2 {
            leave_out(space, &text::coarse(word), reach, 0, &mut out);
        }
    }
    let skeleton = text::skeleton(&term.folded);
    if skeleton.len() >= 2 {
        out.push(hash(5, skeleton.as_bytes()));
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn leave_out(space: u8, word: &[u8], more: u32, from: usize, out: &mut Vec<u64>) {
    out.push(hash(space, word));
    if more == 0 {
        return;
    }
    for at in from..word.len() {
        let mut shorter = word.to_vec();
        shorter.remove(at);
        leave_out(space, &shorter, more - 1, at, out);
    }
}

/// FNV-1a, 64 bits: keys only have to spread; what collides is compared.
fn hash(space: u8, word: &[u8]) -> u64 {
    std::iter::once(&space)
        .chain(word)
        .fold(0xcbf2_9ce4_8422_2325, |hash, it| {
            (hash ^ u64::from(*it)).wrapping_mul(0x0100_0000_01b3)
        })
}
