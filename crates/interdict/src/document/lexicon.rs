//! The names of a snapshot, compiled for reading texts: words -> numbers, sequences of numbers -> names.
//!
//! A trie over word numbers, one hash look-up a step. Beside each published name stand the forms in which texts use it: family name
//! first, without middle names, without the legal form. Names of one word are kept apart, since alone they say little.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::engine::Snapshot;
use crate::entity::{Country, PartyName, Schema};
use crate::names::{Name, Role};
use crate::text::{self, Token};

use super::segment::NONE;

/// How the form that a text uses relates to the published name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Word for word.
    Full,
    /// Family name first.
    Reordered,
    /// Without title or vessel prefix, or an organisation without its legal form.
    Trimmed,
    /// A person without middle names or initials.
    Short,
}

/// A published name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Place in the snapshot's entities.
    pub entity: u32,
    /// Place among the entity's names.
    pub name: u32,
    pub weak: bool,
    pub schema: Schema,
    /// The tokens of the family name: a range of [`Gazetteer::family`].
    family: (u32, u32),
    /// Written in a script whose folding loses too much to be compared with another script's.
    pub lossy: bool,
}

/// A name that ends at a node of the trie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub row: u32,
    pub form: Form,
    /// What the words of this form say, hundredths of a nat.
    pub weight: u32,
    /// How many of its words tell bearers apart.
    pub telling: u8,
}

type Table<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// The names of a snapshot.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    words: Table<Box<str>, u32>,
    /// By word number.
    facts: Vec<WordFacts>,
    /// (node, word) -> node.
    edges: Table<(u32, u32), u32>,
    /// By word number: the node that it leads to from the root, or [`NONE`].
    first: Vec<u32>,
    entries: Vec<Entry>,
    /// Of node n: `entries[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    pub rows: Vec<Row>,
    family: Vec<u32>,
    /// Word -> names of this one word, sorted.
    alone: Vec<(u32, Entry)>,
    /// Last word of a family name -> row, sorted.
    bearers: Vec<(u32, u32)>,
    /// Word -> organisations' names of several words that hold it, sorted.
    holding: Vec<(u32, u32)>,
    /// Of row r: the words of its name are `row_words[row_starts[r]..row_starts[r + 1]]`; only organisations have any.
    row_starts: Vec<u32>,
    row_words: Vec<u32>,
    /// Letters without spaces -> the words of the form, sorted by hash.
    compact: Hashed,
    compact_words: Vec<Box<[u32]>>,
    /// Hash of a spelling with a letter left out, or of a sound -> word, sorted.
    near: Hashed,
}

/// What is known of a word wherever it stands.
#[derive(Clone, Debug)]
struct WordFacts {
    text: Box<str>,
    sound: Box<str>,
    /// What it says in a person's name, or in any; hundredths of a nat.
    weight: u32,
    role: Role,
    country: bool,
    person: bool,
    /// Stands with a capital for other reasons than being a name.
    common: bool,
    /// A listed name of one word.
    alone: bool,
}

impl Gazetteer {
    /// Compiles the names. Cost: linear in them.
    pub(super) fn build(snapshot: &Snapshot) -> Self {
        let mut out = Self::default();
        let mut found: Vec<(u32, Entry)> = Vec::new();
        let mut nodes = 1_u32;
        let mut compact: Vec<(u64, Box<[u32]>)> = Vec::new();
        for (at, (entity, prepared)) in snapshot.entities().iter().zip(snapshot.prepared()).enumerate() {
            if matches!(entity.party.schema, Schema::CryptoWallet | Schema::Security) {
                continue;
            }
            for it in &prepared.names {
                let Some(fact) = entity.party.names.get(it.at) else {
                    continue;
                };
                out.add(
                    to_u32(at),
                    (it.at, it.weak),
                    prepared.schema,
                    &fact.value,
                    &it.name,
                    &mut nodes,
                    &mut found,
                    &mut compact,
                );
            }
        }
        found.sort_unstable_by_key(|it| (it.0, it.1.row, it.1.form));
        // The same words may be several forms of one name: the first says most.
        found.dedup_by_key(|it| (it.0, it.1.row));
        out.starts = vec![0; nodes as usize + 1];
        for (node, _) in &found {
            out.starts[*node as usize + 1] += 1;
        }
        for at in 1..out.starts.len() {
            out.starts[at] += out.starts[at - 1];
        }
        out.entries = found.into_iter().map(|it| it.1).collect();
        out.alone.sort_unstable_by_key(|it| (it.0, it.1.row, it.1.form));
        out.alone.dedup_by_key(|it| (it.0, it.1.row));
        for (word, _) in &out.alone {
            if let Some(it) = out.facts.get_mut(*word as usize) {
                it.alone = true;
            }
        }
        out.bearers.sort_unstable();
        out.bearers.dedup();
        out.holding.sort_unstable();
        out.holding.dedup();
        out.row_starts.push(to_u32(out.row_words.len()));
        compact.sort();
        compact.dedup();
        let mut hashes = Vec::with_capacity(compact.len());
        for (hash, words) in compact {
            hashes.push((hash, to_u32(out.compact_words.len())));
            out.compact_words.push(words);
        }
        out.compact = Hashed::new(hashes);
        let mut near = Vec::new();
        for (at, it) in out.facts.iter().enumerate().filter(|it| it.1.person) {
            near_keys(&it.text, &it.sound, |key| near.push((key, to_u32(at))));
        }
        out.near = Hashed::new(near);
        out
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the builder's own state, split so that it can be borrowed apart"
    )]
    fn add(
        &mut self,
        entity: u32,
        (at, weak): (usize, bool),
        schema: Schema,
        published: &PartyName,
        name: &Name,
        nodes: &mut u32,
        found: &mut Vec<(u32, Entry)>,
        compact: &mut Vec<(u64, Box<[u32]>)>,
    ) {
        let tokens = text::tokens(&published.text);
        let pieces: Vec<Piece> = tokens.iter().map(|it| self.piece(it, name)).collect();
        if pieces.is_empty() {
            return;
        }
        let family = if schema == Schema::Person {
            family(published, &tokens, &pieces)
        } else {
            None
        };
        let row = to_u32(self.rows.len());
        let from = to_u32(self.family.len());
        if let Some((start, end)) = family {
            self.family.extend(pieces[start..end].iter().map(|it| it.word));
            if let Some(last) = pieces.get(end - 1) {
                self.bearers.push((last.word, row));
            }
        }
        self.rows.push(Row {
            entity,
            name: to_u32(at),
            weak,
            schema,
            family: (from, to_u32(self.family.len())),
            lossy: tokens
                .iter()
                .all(|it| it.script.vowelless() || it.script.by_character()),
        });
        if schema == Schema::Person {
            for it in pieces.iter().filter(|it| it.role.tells()) {
                if let Some(fact) = self.facts.get_mut(it.word as usize) {
                    fact.person = true;
                }
            }
        }
        self.row_starts.push(to_u32(self.row_words.len()));
        if matches!(schema, Schema::Organization | Schema::Company | Schema::LegalEntity) && pieces.len() > 1 {
            for it in &pieces {
                self.row_words.push(it.word);
                if it.role != Role::Particle {
                    self.holding.push((it.word, row));
                }
            }
        }
        let spelt: usize = tokens.iter().map(|it| it.folded.len()).sum();
        let mut push = |form: Form, words: Vec<Piece>| {
            let telling = words.iter().filter(|it| it.role.tells()).count();
            let weight = words.iter().map(|it| it.weight).sum();
            let entry = Entry {
                row,
                form,
                weight,
                telling: u8::try_from(telling).unwrap_or(u8::MAX),
            };
            if let [it] = words.as_slice() {
                self.alone.push((it.word, entry));
                return;
            }
            // A shortened common name would fire on its namesakes only.
            if words.is_empty() || form == Form::Short && weight < LEAST_SHORT {
                return;
            }
            if spelt >= LEAST_COMPACT && form != Form::Short && telling > 1 {
                let letters: String = words.iter().map(|it| &*self.facts[it.word as usize].text).collect();
                compact.push((
                    hash(letters.as_bytes(), letters.len()),
                    words.iter().map(|it| it.word).collect(),
                ));
            }
            let mut node = 0;
            for it in &words {
                node = *self.edges.entry((node, it.word)).or_insert_with(|| {
                    *nodes += 1;
                    *nodes - 1
                });
                if let Some(first) = self.first.get_mut(words[0].word as usize)
                    && *first == NONE
                {
                    *first = node;
                }
            }
            found.push((node, entry));
        };
        push(Form::Full, pieces.clone());
        let trimmed: Vec<Piece> = trim(&pieces);
        if trimmed.len() < pieces.len() {
            push(Form::Trimmed, trimmed);
        }
        if let Some((start, end)) = family {
            let own = &pieces[start..end];
            let given: Vec<Piece> = pieces[..start]
                .iter()
                .chain(&pieces[end..])
                .filter(|it| it.role != Role::Title)
                .copied()
                .collect();
            let Some(first) = given.iter().find(|it| it.role.tells()).copied() else {
                return;
            };
            push(Form::Reordered, own.iter().chain(&given).copied().collect());
            if given.len() > 1 {
                push(Form::Short, std::iter::once(first).chain(own.iter().copied()).collect());
                push(Form::Short, own.iter().copied().chain([first]).collect());
            }
        }
    }

    fn piece(&mut self, token: &Token, name: &Name) -> Piece {
        let at = to_u32(token.start);
        let part = name.parts.iter().find(|it| it.start <= at && at < it.end);
        let role = part.map_or(Role::Word, |it| it.role);
        // A number or a form of several words weighs once.
        let weight = part.map_or(0, |it| if it.start == at { it.weight } else { 0 });
        Piece {
            word: self.number(token),
            role,
            weight,
        }
    }

    fn number(&mut self, token: &Token) -> u32 {
        if let Some(it) = self.words.get(token.folded.as_str()) {
            return *it;
        }
        let at = to_u32(self.facts.len());
        let read = Name::read(&token.folded, Schema::Thing);
        let part = read.parts.first();
        // Beside another word a title reads as one.
        let beside = Name::read(&format!("{} xqzzt", token.folded), Schema::Person);
        self.words.insert(token.folded.clone().into(), at);
        self.first.push(NONE);
        self.facts.push(WordFacts {
            text: token.folded.clone().into(),
            sound: text::sound(&token.folded).into(),
            weight: part.map_or(0, |it| it.weight),
            role: beside.parts.first().map_or(Role::Word, |it| it.role),
            country: token.folded.len() > 3 && Country::parse(&token.folded).is_some(),
            person: false,
            common: super::words::common(&token.folded),
            alone: false,
        });
        at
    }

    /// The number of a folded word, or [`NONE`].
    pub(super) fn word(&self, folded: &str) -> u32 {
        self.words.get(folded).copied().unwrap_or(NONE)
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// The node that a word leads to from the root.
    pub(super) fn first(&self, word: u32) -> Option<u32> {
        self.first.get(word as usize).copied().filter(|it| *it != NONE)
    }

    /// The node that a word leads to.
    pub(super) fn step(&self, node: u32, word: u32) -> Option<u32> {
        if word == NONE {
            None
        } else {
            self.edges.get(&(node, word)).copied()
        }
    }

    /// The names that end at a node.
    pub(super) fn entries(&self, node: u32) -> &[Entry] {
        let at = |it: usize| self.starts.get(it).copied().unwrap_or(0) as usize;
        self.entries
            .get(at(node as usize)..at(node as usize + 1))
            .unwrap_or_default()
    }

    /// The names of this one word.
    pub(super) fn alone(&self, word: u32) -> &[(u32, Entry)] {
        if !self.facts.get(word as usize).is_some_and(|it| it.alone) {
            return &[];
        }
        run(&self.alone, &word)
    }

    /// The rows whose family name ends with this word.
    pub(super) fn bearers(&self, word: u32) -> &[(u32, u32)] {
        run(&self.bearers, &word)
    }

    /// The organisations' names that hold a word: row and all words.
    pub(super) fn holding(&self, word: u32) -> impl Iterator<Item = (u32, &[u32])> {
        run(&self.holding, &word).iter().map(|(_, row)| {
            let at = |it: usize| self.row_starts.get(it).copied().unwrap_or(0) as usize;
            let words = self.row_words.get(at(*row as usize)..at(*row as usize + 1));
            (*row, words.unwrap_or_default())
        })
    }

    /// The family name of a row, word by word.
    pub(super) fn family(&self, row: &Row) -> &[u32] {
        self.family
            .get(row.family.0 as usize..row.family.1 as usize)
            .unwrap_or_default()
    }

    /// The forms that are spelt with these letters when spaces are left out.
    pub(super) fn compact(&self, letters: &str) -> impl Iterator<Item = &[u32]> {
        self.compact
            .run(hash(letters.as_bytes(), letters.len()))
            .iter()
            .filter_map(|it| self.compact_words.get(it.1 as usize).map(|it| &**it))
            .filter(move |words| {
                let mut rest = letters;
                words.iter().all(|it| match rest.strip_prefix(self.text(*it)) {
                    Some(it) => {
                        rest = it;
                        true
                    }
                    None => false,
                }) && rest.is_empty()
            })
    }

    /// The words of persons' names that are alike to a folded word: of the same sound, or within one edit of it.
    pub(super) fn near(&self, folded: &str) -> Vec<u32> {
        let mut out = Vec::new();
        let sound = text::sound(folded);
        near_keys(folded, &sound, |key| {
            out.extend(self.near.run(key).iter().map(|it| it.1));
        });
        out.sort_unstable();
        out.dedup();
        out.retain(|it| {
            let other = &self.facts[*it as usize];
            let same_start = other.text.as_bytes().first() == folded.as_bytes().first();
            *other.text != *folded
                && (*other.sound == *sound || same_start && text::distance(&other.text, folded, ONE_EDIT).is_some())
        });
        // Cheapest first; a bound on what one damaged word may cost.
        out.sort_by_key(|it| (text::distance(&self.facts[*it as usize].text, folded, 8), *it));
        out.truncate(MOST_NEAR);
        out
    }

    /// A word's letters.
    pub(super) fn text(&self, word: u32) -> &str {
        self.facts.get(word as usize).map_or("", |it| &it.text)
    }

    /// A word's sound.
    pub(super) fn sound(&self, word: u32) -> &str {
        self.facts.get(word as usize).map_or("", |it| &it.sound)
    }

    /// What a word says wherever it stands, hundredths of a nat.
    pub(super) fn weight(&self, word: u32) -> u32 {
        self.facts.get(word as usize).map_or(0, |it| it.weight)
    }

    /// A word's role beside a person's name.
    pub(super) fn role(&self, word: u32) -> Role {
        self.facts.get(word as usize).map_or(Role::Word, |it| it.role)
    }

    /// A country or a demonym.
    pub(super) fn country(&self, word: u32) -> bool {
        self.facts.get(word as usize).is_some_and(|it| it.country)
    }

    /// A word that stands with a capital for other reasons than being a name.
    pub(super) fn common(&self, word: u32) -> bool {
        self.facts.get(word as usize).is_some_and(|it| it.common)
    }

    /// A word of a listed person's name.
    pub(super) fn person(&self, word: u32) -> bool {
        self.facts.get(word as usize).is_some_and(|it| it.person)
    }
}

/// Under this weight a shortened name is not looked for: nearly every document holds somebody of such a name.
const LEAST_SHORT: u32 = 850;
/// Fewer letters than these are not looked for without spaces: words of a language would be hit.
pub(super) const LEAST_COMPACT: usize = 10;
/// In half edits, see [`text::distance`].
const ONE_EDIT: u32 = 2;
/// Words shorter than this are compared exactly.
const LEAST_NEAR: usize = 5;
const MOST_NEAR: usize = 12;

#[derive(Clone, Copy, Debug)]
struct Piece {
    word: u32,
    role: Role,
    weight: u32,
}

/// Without titles, legal forms, vessel prefixes and a leading article.
fn trim(pieces: &[Piece]) -> Vec<Piece> {
    let out: Vec<Piece> = pieces
        .iter()
        .filter(|it| !matches!(it.role, Role::Title | Role::Form | Role::Prefix))
        .copied()
        .collect();
    let lead = out.iter().take_while(|it| it.role == Role::Particle).count();
    // `al-Qaida` keeps its article; `The Base` would lose it, which costs nothing.
    if lead == 1 && out.len() > 2 {
        out[1..].to_vec()
    } else {
        out
    }
}

/// The range of the family name among the tokens of a person's name: as the source marks it, else the last telling word; with the
/// particles in front of it.
fn family(published: &PartyName, tokens: &[Token], pieces: &[Piece]) -> Option<(usize, usize)> {
    if pieces.len() < 2 || tokens.iter().any(|it| it.script.by_character()) {
        return None;
    }
    let marked = published.family.as_deref().and_then(|it| {
        let family = text::tokens(it);
        let n = family.len();
        (0..=tokens.len().checked_sub(n)?)
            .rev()
            .find(|from| n > 0 && (0..n).all(|at| tokens[from + at].folded == family[at].folded))
            .map(|from| (from, from + n))
    });
    let (mut from, to) = marked.or_else(|| {
        let last = pieces.iter().rposition(|it| it.role.tells())?;
        Some((last, last + 1))
    })?;
    while marked.is_none() && from > 1 && pieces[from - 1].role == Role::Particle {
        from -= 1;
    }
    (to - from < pieces.len() && pieces[from..to].iter().any(|it| it.role.tells())).then_some((from, to))
}

fn near_keys(folded: &str, sound: &str, mut each: impl FnMut(u64)) {
    if folded.len() < LEAST_NEAR || !folded.is_ascii() {
        return;
    }
    let bytes = folded.as_bytes();
    for at in 0..=bytes.len() {
        each(hash(bytes, at));
    }
    each(hash(sound.as_bytes(), sound.len()) ^ 1);
}

/// FNV-1a of a word with one byte left out; with all of them when `skip` is its length.
pub(super) fn hash(bytes: &[u8], skip: usize) -> u64 {
    bytes
        .iter()
        .enumerate()
        .filter(|it| it.0 != skip)
        .fold(0xcbf2_9ce4_8422_2325, |hash, it| {
            (hash ^ u64::from(*it.1)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Rows by hash, sorted, with the place at which each value of the first two bytes begins: two steps into memory for what is not
/// there, which is nearly everything that is asked.
#[derive(Debug, Default)]
struct Hashed {
    rows: Vec<(u64, u32)>,
    starts: Vec<u32>,
}

impl Hashed {
    fn new(mut rows: Vec<(u64, u32)>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        let mut starts = vec![0; (1 << 16) + 1];
        for (hash, _) in &rows {
            starts[(hash >> 48) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { rows, starts }
    }

    fn run(&self, hash: u64) -> &[(u64, u32)] {
        let at = |it: usize| self.starts.get(it).copied().unwrap_or(0) as usize;
        let bucket = (hash >> 48) as usize;
        run(self.rows.get(at(bucket)..at(bucket + 1)).unwrap_or_default(), &hash)
    }
}

fn run<'a, K: Ord, V>(sorted: &'a [(K, V)], key: &K) -> &'a [(K, V)] {
    let from = sorted.partition_point(|it| it.0 < *key);
    let rest = &sorted[from..];
    &rest[..rest.partition_point(|it| it.0 <= *key)]
}

fn to_u32(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

/// A quick hasher for tables that only the lists fill: nobody from outside can make their keys collide.
#[derive(Default)]
struct Mix(u64);

impl Mix {
    const fn add(&mut self, it: u64) {
        self.0 = (self.0.rotate_left(5) ^ it).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for it in words {
            self.add(u64::from_le_bytes(*it));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last) ^ (rest.len() as u64) << 56);
    }

    fn write_u32(&mut self, it: u32) {
        self.add(u64::from(it));
    }

    fn write_u8(&mut self, it: u8) {
        self.add(u64::from(it));
    }

    fn finish(&self) -> u64 {
        // The table takes its low bits and the top seven.
        self.0 ^ (self.0 >> 32)
    }
}
