//! Prepared entities -> candidates: too many, never too few.
//!
//! The contract of [`Index::candidates`]: every entity whose score against the asked party is at or above the threshold is among the
//! candidates; the caller must score them. The argument, in short (docs/completeness.md has it in full): without a pair of alike
//! terms or a common identifier the score is nought; the index finds *all* alike terms, since two of them share a key; and it leaves out
//! only names whose best possible score is under the threshold.
//!
//! First version: sorted arrays in memory.

mod memo;
mod near;

use std::cmp::Reverse;

use crate::entity::Schema;
use crate::names::{self, Met, Name, Open, Role, Term};
use crate::prepare::PreparedParty;
use crate::score::{self, NamePair};
use crate::text::Table;

pub use memo::Memo;

use memo::{Alike, Scratch, range};
use near::{Kind, Neighbourhoods, Room, Terms};

/// Place of an entity in the list that the index was built from.
pub type EntityAt = u32;

/// A part of a name as far as bounds need it, in one number: weight, role, whether it can be shortened to an initial, first letter.
#[derive(Clone, Copy, Debug)]
struct Slot(u32);

const _: () = assert!(names::HEAVIEST < 1 << 16, "a weight has sixteen bits");

impl Slot {
    fn all(name: &Name) -> impl Iterator<Item = Self> {
        name.parts.iter().map(|it| {
            let role = ROLES.iter().position(|role| *role == it.role).unwrap_or(0);
            let abbreviable = names::abbreviable(&it.folded, it.role);
            let letter = it.folded.bytes().next().unwrap_or(0);
            Self(it.weight.min(0xffff) | (role as u32) << 16 | u32::from(abbreviable) << 20 | u32::from(letter) << 24)
        })
    }

    const fn weight(self) -> u32 {
        self.0 & 0xffff
    }

    const fn role(self) -> Role {
        ROLES[(self.0 >> 16 & 7) as usize]
    }

    /// Whether it is an initial that may stand for the other.
    fn stands_for(self, other: Self) -> bool {
        self.role() == Role::Initial && other.0 >> 20 & 1 == 1 && self.0 >> 24 == other.0 >> 24
    }
}

const ROLES: [Role; 8] = [
    Role::Word,
    Role::Patronymic,
    Role::Initial,
    Role::Title,
    Role::Particle,
    Role::Form,
    Role::Number,
    Role::Prefix,
];

/// A listed name as the index sees it: it stands in one piece, since a look-up reads all of it or nothing.
#[derive(Clone, Copy, Debug)]
struct ListedName<'a> {
    entity: EntityAt,
    /// Its place among the prepared names of the entity.
    at: u32,
    /// Weight of all parts, hundredths of a nat.
    weight: u32,
    /// See [`PERSON`] and the other flags.
    flags: u32,
    slots: &'a [u32],
    /// The terms of its runs, in the order of [`Name::runs`].
    terms: &'a [u32],
    /// Where the next one begins.
    end: u32,
}

/// Read as the name of a person.
const PERSON: u32 = 1;
/// Read as a name of the party's own schema.
const OWN: u32 = 2;
/// It holds an initial.
const INITIALS: u32 = 4;
/// Numbers before the parts of a name: entity, place, weight, flags, parts, terms.
const HEAD: usize = 6;

impl<'a> ListedName<'a> {
    fn read(names: &'a [u32], start: u32) -> Option<Self> {
        let names = names.get(start as usize..)?;
        let &[entity, at, weight, flags, parts, terms, ref rest @ ..] = names else {
            return None;
        };
        let (slots, rest) = rest.split_at_checked(parts as usize)?;
        Some(Self {
            entity,
            at,
            weight,
            flags,
            slots,
            terms: rest.get(..terms as usize)?,
            end: start + place(HEAD) + parts + terms,
        })
    }

    const fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn slot(&self, at: usize) -> Slot {
        Slot(self.slots[at])
    }

    fn slots(&self) -> impl Iterator<Item = Slot> {
        self.slots.iter().map(|it| Slot(*it))
    }
}

/// Where a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Posting {
    name: u32,
    /// The most of the listed name's weight, in thousandths, that is met through this posting and such parts as are not looked up.
    share: u16,
}

impl Posting {
    /// The largest shares first.
    const fn order(&self) -> (u16, u32) {
        (u16::MAX - self.share, self.name)
    }
}

/// The share of a posting that no cutoff leaves out.
const ANY: u16 = u16::MAX;

/// Where the postings of a term begin, and where those of single titles, particles, forms and initials do, which stand behind the
/// others.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    telling: u32,
    silent: u32,
}

/// Finds the entities that could match.
#[derive(Debug, Default)]
pub struct Index {
    /// See [`ListedName`].
    names: Vec<u32>,
    /// The names of entity e: `names[entities[e]..entities[e + 1]]`.
    entities: Vec<u32>,
    terms: Terms,
    starts: Vec<Start>,
    postings: Vec<Posting>,
    near: Neighbourhoods,
    /// Normal form of an identifier -> entity, sorted.
    identifiers: Vec<(String, EntityAt)>,
    /// The kinds of the entities: names of parties of one kind are compared in one reading.
    schemas: Vec<Schema>,
}

/// What a look-up did, for explanations and benchmarks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Listed terms that were alike to an asked one.
    pub terms: usize,
    /// Listed names that were judged.
    pub names: usize,
    /// Entities that could reach the threshold.
    pub candidates: usize,
}

/// A term of an asked name with its place in it.
struct AskedTerm {
    from: usize,
    to: usize,
    /// A single title, particle, form or initial.
    silent: bool,
    /// Its alike terms in the memo.
    alike: (u32, u32),
    /// Postings of these that it could lead to.
    length: u64,
}

impl AskedTerm {
    /// The least share of a posting that has to be walked, by those of its parts.
    fn cutoff(&self, cutoffs: &[u32]) -> u32 {
        let parts = &cutoffs[self.from..self.to];
        if parts.contains(&0) { 0 } else { parts.iter().sum() }
    }
}

/// An asked name with all that its look-up needs.
struct AskedName {
    at: usize,
    own: bool,
    person: bool,
    weight: u32,
    slots: Vec<Slot>,
    terms: Vec<AskedTerm>,
    telling: usize,
    initials: bool,
}

impl AskedName {
    /// The alike terms of each of its terms.
    fn alike<'a>(&'a self, all: &'a [Alike]) -> impl Iterator<Item = &'a [Alike]> {
        self.terms.iter().map(|it| &all[range(it.alike)])
    }
}

/// The most that a pair of names can have in common.
#[derive(Clone, Copy, Debug)]
struct Most {
    similarity: u32,
    weight: u32,
}

impl Index {
    /// Compiles the prepared entities. Cost: linear in the names, but for sorting.
    #[must_use]
    pub fn build(entities: &[PreparedParty]) -> Self {
        let mut index = Self::default();
        let mut places: Table<Box<[u8]>, u32> = Table::default();
        // (term, silent, share, name)
        let mut rows: Vec<(u32, bool, u16, u32)> = Vec::new();
        let mut key = Vec::new();
        for (at, party) in entities.iter().enumerate() {
            let entity = place(at);
            index.entities.push(place(index.names.len()));
            index.schemas.push(party.schema);
            for (at, it) in party.names.iter().enumerate() {
                let row = place(index.names.len());
                let terms = it.name.terms();
                let flag = |flag: u32, set: bool| if set { flag } else { 0 };
                let initials = holds_initial(&it.name);
                let flags = flag(PERSON, it.name.person) | flag(OWN, it.own) | flag(INITIALS, initials);
                let (n, m) = (place(it.name.parts.len()), place(terms.len()));
                index.names.extend([entity, place(at), it.name.weight, flags, n, m]);
                index.names.extend(Slot::all(&it.name).map(|it| it.0));
                let slack = slack(Slot::all(&it.name));
                for term in terms {
                    let covered = Slot::all(&it.name).skip(term.from).take(term.to - term.from);
                    let share = share_of(covered, slack, it.name.weight, initials);
                    let (silent, kind) = (silent(&it.name, &term), kind(&it.name, &term));
                    // Words and runs of the same letters are apart: their shapes differ by the seams.
                    near::fingerprint(&term, Kind::Word, &mut key);
                    let found = places.get(key.as_slice()).copied();
                    let at = found.unwrap_or_else(|| {
                        let at = place(index.terms.len());
                        places.insert(key.as_slice().into(), at);
                        index.terms.push(&term, kind);
                        at
                    });
                    index.terms.used(at, kind);
                    index.names.push(at);
                    rows.push((at, silent, share, row));
                }
            }
            for it in &party.identifiers {
                index.identifiers.push((it.normal.clone(), entity));
            }
        }
        drop(places);
        index.entities.push(place(index.names.len()));
        index.identifiers.sort();
        index.identifiers.dedup();
        index.sort_postings(&rows);
        drop(rows);
        index.near = Neighbourhoods::build(index.terms.iter());
        index
    }

    /// Postings by term: the telling ones first, of these the ones with the largest share first.
    fn sort_postings(&mut self, rows: &[(u32, bool, u16, u32)]) {
        let mut first = vec![0_u32; self.terms.len() + 1];
        for it in rows {
            first[it.0 as usize + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut next = first.clone();
        let mut order = vec![(false, 0_u16, 0_u32); rows.len()];
        for it in rows {
            let to = &mut next[it.0 as usize];
            order[*to as usize] = (it.1, u16::MAX - it.2, it.3);
            *to += 1;
        }
        self.postings = Vec::with_capacity(rows.len());
        self.starts = Vec::with_capacity(first.len());
        for ends in first.windows(2) {
            let within = &mut order[ends[0] as usize..ends[1] as usize];
            within.sort_unstable();
            let telling = place(self.postings.len());
            let mut silent = None;
            let mut last = None;
            for &(is_silent, rest, name) in &*within {
                if is_silent && silent.is_none() {
                    silent = Some(place(self.postings.len()));
                }
                let posting = Posting {
                    name,
                    share: u16::MAX - rest,
                };
                // A name may hold a term twice.
                if last.replace((is_silent, posting)) != Some((is_silent, posting)) {
                    self.postings.push(posting);
                }
            }
            let silent = silent.unwrap_or_else(|| place(self.postings.len()));
            self.starts.push(Start { telling, silent });
        }
        let end = place(self.postings.len());
        self.starts.push(Start {
            telling: end,
            silent: end,
        });
    }

    /// How many distinct terms there are.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// The entities that could score at or above the threshold (log-odds, hundredths of a nat), in order and each once.
    #[must_use]
    pub fn candidates(&self, asked: &PreparedParty, threshold: i32, memo: &mut Memo) -> (Vec<EntityAt>, Effort) {
        let (found, effort) = self.look_up(asked, threshold, memo);
        (found.into_iter().map(|it| it.entity).collect(), effort)
    }

    /// The same, each with the pairs of names that have something in common with the asked ones, the most promising first: what
    /// [`score::score_among`] takes.
    #[must_use]
    pub fn look_up(&self, asked: &PreparedParty, threshold: i32, memo: &mut Memo) -> (Vec<Candidate>, Effort) {
        let mut effort = Effort::default();
        let mut found = self.by_identifier(asked);
        memo.prepare(self.terms.len());
        let names = self.asked_names(asked, memo, &mut effort);
        let Memo { alike, scratch, .. } = memo;
        if let Some(least) = score::least_similarity(asked, threshold) {
            for it in &names {
                self.by_name(
                    (asked, it),
                    (threshold, least),
                    (alike, scratch),
                    &mut found,
                    &mut effort,
                );
            }
        }
        found.sort_unstable();
        found.dedup();
        effort.candidates = found.len();
        (self.pairs(asked, &names, &found, alike, scratch), effort)
    }

    /// What [`Self::look_up`] gives for one entity: the same way, but for the names of others.
    #[must_use]
    pub fn look_up_one(
        &self,
        asked: &PreparedParty,
        threshold: i32,
        entity: EntityAt,
        memo: &mut Memo,
    ) -> Option<Candidate> {
        memo.prepare(self.terms.len());
        let names = self.asked_names(asked, memo, &mut Effort::default());
        let Memo { alike, scratch, .. } = memo;
        let least = score::least_similarity(asked, threshold);
        let mut found = self.by_identifier(asked).contains(&entity);
        for it in &names {
            let Some(least) = least.filter(|_| !found) else {
                break;
            };
            let cutoffs = cutoffs(it, least);
            scratch.mark(it.alike(alike));
            found = self.names_of(entity).any(|(row, listed)| {
                self.walks_to(it, &cutoffs, (row, &listed), scratch)
                    && self
                        .judge(it, asked.schema, &listed, scratch)
                        .is_some_and(|it| score::bound(asked, it.similarity, it.weight) >= threshold)
            });
            scratch.unmark(it.alike(alike));
        }
        found
            .then(|| self.pairs(asked, &names, &[entity], alike, scratch).pop())
            .flatten()
    }

    /// The names of an entity, each with its place.
    fn names_of(&self, entity: EntityAt) -> impl Iterator<Item = (u32, ListedName<'_>)> {
        let at = entity as usize;
        let (mut next, end) = match (self.entities.get(at), self.entities.get(at + 1)) {
            (Some(first), Some(end)) => (*first, *end),
            _ => (0, 0),
        };
        std::iter::from_fn(move || {
            let row = next;
            let it = (row < end).then(|| ListedName::read(&self.names, row)).flatten()?;
            next = it.end;
            Some((row, it))
        })
    }

    fn by_identifier(&self, asked: &PreparedParty) -> Vec<EntityAt> {
        let mut out = Vec::new();
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
        out
    }

    fn asked_names(&self, asked: &PreparedParty, memo: &mut Memo, effort: &mut Effort) -> Vec<AskedName> {
        let mut out = Vec::with_capacity(asked.names.len());
        for (at, it) in asked.names.iter().enumerate() {
            let terms = it.name.terms().into_iter().map(|term| {
                let kind = kind(&it.name, &term);
                let silent = silent(&it.name, &term);
                let alike = memo.alike(&term, kind, |room, out| self.alike(&term, kind, room, out));
                let found = &memo.alike[range(alike)];
                effort.terms += found.len();
                AskedTerm {
                    from: term.from,
                    to: term.to,
                    silent,
                    alike,
                    length: found
                        .iter()
                        .map(|it| u64::from(it.telling) + if silent { 0 } else { u64::from(it.silent) })
                        .sum(),
                }
            });
            out.push(AskedName {
                at,
                own: it.own,
                person: it.name.person,
                weight: it.name.weight,
                terms: terms.collect(),
                telling: it.name.telling(),
                initials: holds_initial(&it.name),
                slots: Slot::all(&it.name).collect(),
            });
        }
        out
    }

    /// All listed terms alike to an asked one, each once.
    fn alike(&self, term: &Term, kind: Kind, room: &mut Room, out: &mut Vec<Alike>) {
        let term = term.spelling();
        self.near.of(term, kind, room);
        for &at in &room.found {
            let (listed, listed_kind) = self.terms.at(at);
            if !near::comparable((term, kind), (listed, listed_kind)) {
                continue;
            }
            if let Some(it) = names::like(term, listed) {
                let (start, end) = (self.starts[at as usize], self.starts[at as usize + 1]);
                out.push(Alike {
                    term: at,
                    telling: start.silent - start.telling,
                    silent: end.telling - start.silent,
                    likeness: u16::try_from(it.likeness).unwrap_or(u16::MAX),
                    same: near::same(term, listed),
                });
            }
        }
    }

    /// The names that one asked name leads to.
    fn by_name(
        &self,
        (asked, name): (&PreparedParty, &AskedName),
        (threshold, least): (i32, u32),
        (alike, scratch): (&[Alike], &mut Scratch),
        out: &mut Vec<EntityAt>,
        effort: &mut Effort,
    ) {
        let cutoffs = cutoffs(name, least);
        let mut walked = std::mem::take(&mut scratch.walked);
        walked.clear();
        for term in &name.terms {
            let cutoff = term.cutoff(&cutoffs);
            for it in &alike[range(term.alike)] {
                for postings in self.walked(term, it.term, cutoff) {
                    walked.extend(postings.iter().map(|it| it.name));
                }
            }
        }
        // In order, names stand beside each other in memory, too.
        walked.sort_unstable();
        walked.dedup();
        effort.names += walked.len();
        scratch.mark(name.alike(alike));
        for row in &walked {
            let Some(listed) = ListedName::read(&self.names, *row) else {
                continue;
            };
            if let Some(it) = self.judge(name, asked.schema, &listed, scratch)
                && score::bound(asked, it.similarity, it.weight) >= threshold
            {
                out.push(listed.entity);
            }
        }
        scratch.unmark(name.alike(alike));
        scratch.walked = walked;
    }

    /// The postings of a listed term that an asked one leads to: those that tell bearers apart, and the others. Two parts that tell
    /// nothing are no ground to compare.
    fn walked(&self, asked: &AskedTerm, term: u32, cutoff: u32) -> [&[Posting]; 2] {
        let (start, end) = (self.starts[term as usize], self.starts[term as usize + 1]);
        let silent = if asked.silent { start.silent } else { end.telling };
        [(start.telling, start.silent), (start.silent, silent)].map(|(from, to)| {
            let all = &self.postings[from as usize..to as usize];
            if cutoff == 0 {
                all
            } else {
                &all[..all.partition_point(|it| u32::from(it.share) >= cutoff)]
            }
        })
    }

    /// Whether the postings that an asked name leads to hold this listed name.
    fn walks_to(&self, name: &AskedName, cutoffs: &[u32], (row, it): (u32, &ListedName), scratch: &Scratch) -> bool {
        let slack = slack(it.slots());
        Name::runs_of(it.slots.len()).zip(it.terms).any(|((from, to), term)| {
            let mut next = scratch.first_mark(*term);
            while let Some(mark) = next.checked_sub(1).and_then(|it| scratch.entries.get(it as usize)) {
                let asked = &name.terms[mark.asked as usize];
                let covered = it.slots().skip(from).take(to - from);
                let wanted = Posting {
                    name: row,
                    share: share_of(covered, slack, it.weight, it.has(INITIALS)),
                };
                for postings in self.walked(asked, *term, asked.cutoff(cutoffs)) {
                    if postings.binary_search_by_key(&wanted.order(), Posting::order).is_ok() {
                        return true;
                    }
                }
                next = mark.next;
            }
            false
        })
    }

    /// The most that an asked name, whose alike terms are marked, and a listed one can have in common; `None` where they have no
    /// ground to compare, or are not compared.
    ///
    /// Each part counts as met by the best of all terms that cover it: an alignment uses each part once.
    fn judge(&self, name: &AskedName, schema: Schema, it: &ListedName, scratch: &mut Scratch) -> Option<Most> {
        if self.schemas[it.entity as usize] == schema && !(name.own && it.has(OWN)) {
            return None;
        }
        let (n, m) = (name.slots.len(), it.slots.len());
        let mut asked_met = std::mem::take(&mut scratch.asked_met);
        let mut listed_met = std::mem::take(&mut scratch.listed_met);
        asked_met.clear();
        asked_met.resize(n, 0);
        listed_met.clear();
        listed_met.resize(m, 0);
        let most = Self::judge_in(name, it, scratch, &mut asked_met, &mut listed_met);
        scratch.asked_met = asked_met;
        scratch.listed_met = listed_met;
        most
    }

    fn judge_in(
        name: &AskedName,
        it: &ListedName,
        scratch: &Scratch,
        asked_met: &mut [u32],
        listed_met: &mut [u32],
    ) -> Option<Most> {
        let (n, m) = (name.slots.len(), it.slots.len());
        let mut ground = false;
        // The one pair of parts that says anything, as long as there is no other.
        let (mut only, mut others) = (None, false);
        for ((from, to), term) in Name::runs_of(m).zip(it.terms) {
            let mut at = scratch.first_mark(*term);
            while let Some(mark) = at.checked_sub(1).and_then(|it| scratch.entries.get(it as usize)) {
                at = mark.next;
                let asked = &name.terms[mark.asked as usize];
                let (long, listed_long) = (asked.to - asked.from > 1, to - from > 1);
                let whole = asked.to - asked.from == n && to - from == m;
                if long && listed_long && !mark.same && !whole {
                    continue;
                }
                if long || listed_long {
                    others = true;
                    ground = true;
                } else if name.slots[asked.from].role().tells() || it.slot(from).role().tells() {
                    ground = true;
                    others |= *only.get_or_insert((asked.from, from)) != (asked.from, from);
                }
                let met = u32::from(mark.likeness);
                for it in &mut asked_met[asked.from..asked.to] {
                    *it = met.max(*it);
                }
                for it in &mut listed_met[from..to] {
                    *it = met.max(*it);
                }
            }
        }
        if !ground {
            return None;
        }
        let initials = name.initials || it.has(INITIALS);
        if initials {
            for (a, asked_met) in name.slots.iter().zip(asked_met.iter_mut()) {
                for (b, listed_met) in it.slots().zip(listed_met.iter_mut()) {
                    if a.stands_for(b) || b.stands_for(*a) {
                        *asked_met = names::INITIAL_LIKENESS.max(*asked_met);
                        *listed_met = names::INITIAL_LIKENESS.max(*listed_met);
                    }
                }
            }
        }
        let (asked_sum, asked_open) = measure(name.slots.iter().copied(), asked_met);
        let (listed_sum, listed_open) = measure(it.slots(), listed_met);
        let share = |sum: u64, of: u32| u32::try_from(sum / u64::from(of.max(1))).unwrap_or(1000).min(1000);
        let telling = || it.slots().filter(|it| it.role().tells()).count();
        let weight = u32::try_from((asked_sum + listed_sum) / 2000).unwrap_or(u32::MAX);
        let met = Met {
            asked: share(asked_sum, name.weight),
            listed: share(listed_sum, it.weight),
            weight,
            lone: !others && !initials && name.telling.max(telling()) > 1,
            person: name.person && it.has(PERSON),
            asked_open,
            listed_open,
        };
        Some(Most {
            similarity: met.similarity(),
            weight,
        })
    }

    /// The names of each entity that have something in common with the asked ones.
    fn pairs(
        &self,
        asked: &PreparedParty,
        names: &[AskedName],
        found: &[EntityAt],
        alike: &[Alike],
        scratch: &mut Scratch,
    ) -> Vec<Candidate> {
        let mut out: Vec<Candidate> = found
            .iter()
            .map(|it| Candidate {
                entity: *it,
                pairs: Vec::new(),
            })
            .collect();
        if out.is_empty() {
            return out;
        }
        for name in names {
            scratch.mark(name.alike(alike));
            for it in &mut out {
                for (_, listed) in self.names_of(it.entity) {
                    if let Some(most) = self.judge(name, asked.schema, &listed, scratch) {
                        it.pairs.push(NamePair {
                            most: score::name_bound(most.similarity, most.weight),
                            asked: name.at,
                            listed: listed.at as usize,
                        });
                    }
                }
            }
            scratch.unmark(name.alike(alike));
        }
        for it in &mut out {
            it.pairs.sort_by_key(|it| Reverse(it.most));
        }
        out
    }
}

/// An entity that could match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub entity: EntityAt,
    /// The pairs of names, asked and listed, that have something in common; the most promising first.
    pub pairs: Vec<NamePair>,
}

/// For each part of an asked name the least share, in thousandths, of a posting that has to be walked; nought for all.
///
/// A listed name comes up to the least similarity only if that much of the asked name is met, or of the listed one. The parts with the most postings that
/// together stay under it are met along with others, which lead to the name; or else it is made of hardly anything but
/// these, and at least one of them has its part of the share in it.
fn cutoffs(name: &AskedName, least: u32) -> Vec<u32> {
    let n = name.slots.len();
    let mut out = vec![0; n];
    // An initial may meet parts of any weight.
    if name.initials {
        return out;
    }
    let share = |at: usize| (name.slots[at].weight() * 1000).div_ceil(name.weight.max(1));
    let mut length = vec![0_u64; n];
    for it in name.terms.iter().filter(|it| it.to - it.from == 1) {
        length[it.from] = it.length;
    }
    // Titles and the like meet each other without a look-up: their weight is always counted.
    let mut often: Vec<usize> = (0..n).filter(|it| !name.slots[*it].role().tells()).collect();
    let mut met: u32 = often.iter().map(|it| share(*it)).sum();
    if met >= least {
        return out;
    }
    let mut telling: Vec<usize> = (0..n).filter(|it| name.slots[*it].role().tells()).collect();
    telling.sort_by_key(|it| (Reverse(length[*it]), *it));
    for at in telling {
        if met + share(at) < least {
            met += share(at);
            often.push(at);
        }
    }
    let least = names::least_share(least, met);
    let all: u64 = often.iter().map(|it| length[*it]).sum();
    for at in often {
        // Long lists get the large cutoffs.
        let part = u64::from(least) * length[at] / all.max(1);
        out[at] = u32::try_from(part).unwrap_or(0);
    }
    out
}

/// What the parts of a name come to: weight met, in thousandths of hundredths of a nat, and what is open.
fn measure(slots: impl Iterator<Item = Slot>, met: &[u32]) -> (u64, Open) {
    let mut open = Open::default();
    let mut sum = 0;
    for (slot, met) in slots.zip(met) {
        if *met == 0 {
            open.add(slot.role());
        }
        sum += u64::from(slot.weight()) * u64::from(*met);
    }
    (sum, open)
}

/// The share of a posting, see [`Posting::share`].
fn share_of(covered: impl Iterator<Item = Slot>, slack: u32, whole: u32, initials: bool) -> u16 {
    if initials {
        return ANY;
    }
    let part: u32 = covered.map(Slot::weight).sum();
    let share = (part + slack).saturating_mul(1000).div_ceil(whole.max(1)).min(1000);
    u16::try_from(share).unwrap_or(1000)
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn kind(name: &Name, term: &Term) -> Kind {
    match term.to - term.from {
        0..=1 => Kind::Word,
        it if it == name.parts.len() => Kind::Whole,
        _ => Kind::Run,
    }
}

/// Whether a term is a single title, particle, form or initial. What two of these could add is counted as slack.
fn silent(name: &Name, term: &Term) -> bool {
    term.to - term.from == 1 && !name.parts[term.from].role.tells()
}

fn holds_initial(name: &Name) -> bool {
    name.parts.iter().any(|it| it.role == Role::Initial)
}

/// The weight of the titles, particles, forms and initials.
fn slack(slots: impl Iterator<Item = Slot>) -> u32 {
    slots.filter(|it| !it.role().tells()).map(Slot::weight).sum()
}
