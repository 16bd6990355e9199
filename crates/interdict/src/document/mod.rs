//! Text -> every listed person, organisation or vessel named in it, with evidence, and what follows.
//!
//! Three passes over the words: full names (`scan`), damaged full names among what is left, then what refers to their bearers
//! (`refer`). What comes out is never a repaired text: offsets slice the source, and damage is reported as such.
//!
//! # What a document comes to
//!
//! A document is not a customer: it names many, and deals with nobody. Its decision is the gravest of what the policy says of
//! the entities whose mentions are *confirmed* or *likely*; a *possible* or *ambiguous* mention comes to a review at most. An office
//! holder follows the policy: where no rule names the listing, or there is none, nothing follows. A document that could not
//! be read is an error and never clear.

mod decode;
mod lexicon;
mod refer;
mod scan;
mod segment;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use decode::{Decoded, Encoding, decode};
pub use lexicon::Form;

use crate::engine::{Engine, Match};
use crate::entity::{Country, Entity, Problem, Query, Schema, Severity};
use crate::policy::{Consequence, Decision, WeakAlone};
use crate::text;

use lexicon::Gazetteer;
use refer::Linked;
use scan::Scan;
use segment::Document;

/// A document of more bytes is refused by name: it is to be cut by whoever knows its parts.
pub const MAX_BYTES: usize = 256 << 20;
/// Of more mentions than these only the first are given, and a problem says so.
pub const MAX_MENTIONS: usize = 50_000;
/// A mention names at most this many entities; of names that more bear, a problem says so.
pub const MAX_MATCHES: usize = 20;

/// How a mention was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// Letter by letter, case, accents and script aside.
    Exact,
    /// With spaces lost or added.
    Glued,
    /// With capitals where no name has them, or without any.
    Case,
    /// One word within one edit or of the same sound, another one exact beside it.
    Fuzzy,
    /// By the surname of somebody whom the text introduces.
    Surname,
    /// By initials, or a listed name in capitals, of a group that the text names in full.
    Acronym,
    /// By another listed name of one word.
    Alias,
    /// By a description: a group, and the place of its branch.
    Descriptive,
}

impl How {
    /// The word that JSON and tables use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Glued => "glued",
            Self::Case => "case",
            Self::Fuzzy => "fuzzy",
            Self::Surname => "surname",
            Self::Acronym => "acronym",
            Self::Alias => "alias",
            Self::Descriptive => "descriptive",
        }
    }
}

/// How sure it is that the entity is meant, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Two or more could be meant alike.
    Ambiguous,
    /// A common name, a weak alias, or part of a longer name.
    Possible,
    /// Repaired, or referred to.
    Likely,
    /// A strong, rare name in full.
    Confirmed,
}

impl Band {
    /// The word that JSON and tables use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ambiguous => "ambiguous",
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Confirmed => "confirmed",
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A piece of the reason for a mention's link; sentences are made of them on output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The published name that it is, in which form, and how much its words say (hundredths of a nat).
    Name {
        /// Word for word, reordered, shortened.
        form: Form,
        /// How much the words say.
        weight: u32,
    },
    /// The published name is a weak alias.
    Weak,
    /// A word was read as another one.
    Respelt {
        /// As the text has it.
        text: String,
        /// As the list has it.
        listed: String,
    },
    /// Introduced by this full name: byte offsets.
    Introduced {
        /// Half-open.
        start: usize,
        /// See `start`.
        end: usize,
    },
    /// The sentence names a country of the entity.
    Country(Country),
    /// The sentence names only other countries, among them this one.
    OtherCountry(Country),
    /// Words of an office of the entity stand beside the name.
    Position(String),
    /// The name goes on before or behind.
    Fragment,
    /// Each of its words stands in the text as an ordinary word, too.
    Ordinary,
    /// Letters of another alphabet or invisible characters stand in it: an accident or intent.
    Hidden,
}

/// Why an entity that bears the name is not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The text does not name it in full.
    NotIntroduced,
    /// Another bearer of the surname was named nearer, in the same paragraph.
    Farther,
    /// Somebody else of the surname, who is not listed, was named nearer: byte offsets.
    OtherBearer(usize, usize),
}

/// An entity that might have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its place in the snapshot's entities.
    pub entity: usize,
    /// Why it is not.
    pub because: Because,
}

/// An entity that a mention means.
#[derive(Clone, Debug, PartialEq)]
pub struct MentionMatch {
    /// Its place in the snapshot's entities.
    pub entity: usize,
    /// The place of the name among the entity's names.
    pub name: usize,
    /// The name that was screened: the full name by which the text introduces it, as the list spells it.
    pub asked: String,
    /// Why.
    pub why: Vec<Why>,
    /// The screening's own score and evidence for the full name.
    pub matched: Match,
}

/// A listed party named in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Byte offsets in the text, half-open.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// The line that it starts in, from one.
    pub line: usize,
    /// The sentence that it stands in, byte offsets.
    pub sentence: (usize, usize),
    /// How it was found.
    pub how: How,
    /// How sure it is.
    pub band: Band,
    /// Whom it means, best first; entries of several lists for one subject stand side by side.
    pub matches: Vec<MentionMatch>,
    /// Whom it might have meant.
    pub rejected: Vec<Rejected>,
    /// What follows from it.
    pub decision: Decision,
}

/// What a text says of listed parties.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What to do.
    pub decision: Decision,
    /// The mentions, by place; of two that start together the longer first.
    pub mentions: Vec<Mention>,
    /// What was not understood or had to be cut off.
    pub problems: Vec<Problem>,
    /// Why the decision, in words.
    pub reasons: Vec<String>,
}

impl Reading {
    /// A document that could not be read. It is never clear.
    #[must_use]
    pub fn error(problem: Problem) -> Self {
        Self {
            decision: Decision::Error,
            mentions: Vec::new(),
            reasons: vec![format!("not screened: {}", problem.message)],
            problems: vec![problem],
        }
    }
}

/// Reads documents against one snapshot by one policy. Built once, used for many.
#[derive(Debug)]
pub struct Reader<'a> {
    engine: Engine<'a>,
    gazetteer: Gazetteer,
}

impl<'a> Reader<'a> {
    /// Compiles the names of the engine's snapshot. Cost: linear in them; about a second for 200,000.
    #[must_use]
    pub fn new(engine: Engine<'a>) -> Self {
        Self {
            engine,
            gazetteer: Gazetteer::build(engine.snapshot()),
        }
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> Engine<'a> {
        self.engine
    }

    /// Reads a decoded file. One whose encoding is a guess is never clear: its letters may be others.
    #[must_use]
    pub fn read_decoded(&self, decoded: &Decoded) -> Reading {
        let mut reading = self.read(&decoded.text);
        if decoded.guessed() && reading.decision == Decision::Clear {
            reading.decision = Decision::Review;
            reading.reasons.insert(0, "the encoding is a guess".to_owned());
        }
        reading
    }

    /// Reads a text. Offsets in the answer are bytes of it. Cost: linear in the text.
    #[must_use]
    pub fn read(&self, text: &str) -> Reading {
        if let Some(problem) = refuse(text) {
            return Reading::error(problem);
        }
        let mut problems = Vec::new();
        let mut strays = decode::controls(text);
        if let Some((at, it)) = strays.next() {
            let n = strays.count() + 1;
            // Each may hide or break a name: what holds some is looked at, and never clear.
            problems.push(Problem::new(
                Severity::Loss,
                format!("byte {at}"),
                "document",
                "",
                format!(
                    "{n} control characters stand in the text, the first U+{:04X}: names that they break are not found",
                    u32::from(it)
                ),
            ));
        }
        let document = Document::new(text, |it| self.gazetteer.word(it));
        let mut scan = Scan::new(&document, &self.gazetteer);
        let names = scan.names();
        let linked = refer::refer(&mut scan, names);
        if linked.len() > MAX_MENTIONS {
            problems.push(Problem::new(
                Severity::Loss,
                "document",
                "mentions",
                &linked.len().to_string(),
                format!("only the first {MAX_MENTIONS} mentions are given"),
            ));
        }
        let mut output = Output {
            reader: self,
            document: &document,
            matches: BTreeMap::new(),
            countries: BTreeMap::new(),
            crowded: BTreeSet::new(),
        };
        let mentions: Vec<Mention> = linked
            .into_iter()
            .take(MAX_MENTIONS)
            .map(|it| output.mention(it))
            .filter(|it| !it.matches.is_empty())
            .collect();
        for (name, n) in &output.crowded {
            problems.push(Problem::new(
                Severity::Notice,
                "document",
                "matches",
                name,
                format!("{n} entities bear the name, {MAX_MATCHES} are given"),
            ));
        }
        self.decide(mentions, problems)
    }

    fn decide(&self, mentions: Vec<Mention>, problems: Vec<Problem>) -> Reading {
        let mut decision = mentions.iter().map(|it| it.decision).max().unwrap_or(Decision::Clear);
        // What was cut off was not screened.
        if problems.iter().any(|it| it.severity >= Severity::Loss) {
            decision = decision.max(Decision::Review);
        }
        let mut reasons: Vec<String> = Vec::new();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for it in mentions.iter().filter(|it| it.decision == decision) {
            let Some(first) = it
                .matches
                .iter()
                .find(|it| self.consequence(it.entity).0 > Consequence::None)
            else {
                continue;
            };
            if told.insert(first.entity) && told.len() <= 5 {
                let entity = &self.engine.snapshot().entities()[first.entity];
                let words = self.consequence(first.entity).1;
                reasons.push(format!("{} {} [{}], {words}", it.band, entity.caption(), entity.id));
            }
        }
        if told.len() > 5 {
            reasons.push(format!("and {} more", told.len() - 5));
        }
        if reasons.is_empty() {
            let names = mentions.len();
            reasons.push(format!(
                "{names} mentions of {} entities: nothing follows by this policy",
                self.engine.snapshot().entities().len()
            ));
        }
        for it in &problems {
            reasons.push(it.message.clone());
        }
        Reading {
            decision,
            mentions,
            problems,
            reasons,
        }
    }

    /// The gravest consequence of an entity's listings, and its words.
    fn consequence(&self, entity: usize) -> (Consequence, String) {
        let Some(entity) = self.engine.snapshot().entities().get(entity) else {
            return (Consequence::None, String::new());
        };
        match self.engine.policy().consequences(entity).first() {
            Some((it, Some(rule), listing)) => (
                *it,
                format!(
                    "{} ({}): {}",
                    listing.authority,
                    listing.programmes.join(", "),
                    rule.words
                ),
            ),
            Some((it, None, listing)) => (
                *it,
                format!("{}: no rule of the policy names this listing", listing.authority),
            ),
            None => (Consequence::None, "not on a sanctions list".to_owned()),
        }
    }
}

/// What makes mentions of links; remembers what many of them share.
struct Output<'r, 'a> {
    reader: &'r Reader<'a>,
    document: &'r Document<'r>,
    /// (entity, name) -> its screening.
    matches: BTreeMap<(u32, u32), Match>,
    /// By sentence: the countries named in it.
    countries: BTreeMap<u32, Vec<Country>>,
    crowded: BTreeSet<(String, usize)>,
}

impl Output<'_, '_> {
    fn mention(&mut self, it: Linked) -> Mention {
        let snapshot = self.reader.engine.snapshot();
        let word = &self.document.words[it.from];
        let sentence = self.document.sentences.get(word.sentence as usize);
        let mut ranked: Vec<(i32, MentionMatch)> = Vec::new();
        let surface = self.document.text.get(it.start as usize..it.end as usize).unwrap_or("");
        let hidden = !surface.is_ascii()
            && text::tokens(surface)
                .iter()
                .any(|it| it.tricks.homoglyph || it.tricks.invisible);
        for pick in &it.picks {
            let row = self.reader.gazetteer.rows[pick.entry.row as usize];
            let (entity, name) = (row.entity as usize, row.name as usize);
            if ranked.iter().any(|it| it.1.entity == entity) {
                continue;
            }
            let Some(listed) = snapshot.entities().get(entity) else {
                continue;
            };
            let Some(asked) = listed.party.names.get(name).map(|it| it.value.text.clone()) else {
                continue;
            };
            let mut why = vec![Why::Name {
                form: pick.entry.form,
                weight: pick.entry.weight,
            }];
            let mut rank = match pick.band {
                Band::Confirmed => 40,
                Band::Likely => 30,
                _ => 10,
            };
            if row.weak {
                why.push(Why::Weak);
                rank -= 10;
            }
            why.extend(pick.respelt.iter().map(|(at, token)| Why::Respelt {
                text: self.document.slice(&self.document.words[*at]).to_owned(),
                listed: self.reader.gazetteer.text(*token).to_owned(),
            }));
            if let Some((start, end)) = it.introduced {
                why.push(Why::Introduced {
                    start: start as usize,
                    end: end as usize,
                });
            }
            if pick.fragment {
                why.push(Why::Fragment);
            }
            if pick.ordinary {
                why.push(Why::Ordinary);
            }
            if hidden {
                why.push(Why::Hidden);
            }
            rank += self.context(&it, word.sentence, listed, entity, &mut why);
            let matched = self.screened(row.entity, row.name, &asked);
            ranked.push((
                rank,
                MentionMatch {
                    entity,
                    name,
                    asked,
                    why,
                    matched,
                },
            ));
        }
        ranked.sort_by(|a, b| {
            let id = |it: &MentionMatch| snapshot.entities()[it.entity].id.as_str();
            b.0.cmp(&a.0).then_with(|| id(&a.1).cmp(id(&b.1)))
        });
        let mut band = it.band;
        let supports = |it: &MentionMatch| it.why.iter().any(|it| matches!(it, Why::Country(_) | Why::Position(_)));
        // A common name whose office or country stands beside it is likely its bearer's.
        if let Some((_, first)) = ranked.first()
            && band == Band::Possible
            && it.introduced.is_none()
            && snapshot.entities()[first.entity].party.schema == Schema::Person
            && supports(first)
            && !first.why.iter().any(|it| matches!(it, Why::Weak | Why::Fragment))
        {
            band = Band::Likely;
        }
        if band > Band::Ambiguous && namesakes(snapshot.entities(), &ranked) {
            band = Band::Ambiguous;
        }
        if ranked.len() > MAX_MATCHES {
            self.crowded.insert((surface.to_owned(), ranked.len()));
            ranked.truncate(MAX_MATCHES);
        }
        let decision = self.decision(band, &ranked);
        Mention {
            start: it.start as usize,
            end: it.end as usize,
            line: self.document.line(it.start),
            sentence: sentence.map_or((it.start as usize, it.end as usize), |it| {
                (it.start as usize, it.end as usize)
            }),
            how: it.how,
            band,
            matches: ranked.into_iter().map(|it| it.1).collect(),
            rejected: it
                .rejected
                .into_iter()
                .map(|(entity, because)| Rejected {
                    entity: entity as usize,
                    because,
                })
                .collect(),
            decision,
        }
    }

    fn decision(&self, band: Band, ranked: &[(i32, MentionMatch)]) -> Decision {
        let policy = self.reader.engine.policy();
        let gravest = ranked
            .iter()
            .filter(|it| !(policy.weak_alone == WeakAlone::Ignore && it.1.why.contains(&Why::Weak)))
            .map(|it| self.reader.consequence(it.1.entity).0)
            .max()
            .unwrap_or(Consequence::None);
        let decision = match gravest {
            Consequence::None => Decision::Clear,
            Consequence::Review => Decision::Review,
            Consequence::Reject => Decision::Reject,
            Consequence::Block => Decision::Block,
        };
        if band >= Band::Likely {
            decision
        } else {
            decision.min(Decision::Review)
        }
    }

    /// The screening of the listed name against its own entity; a mention of it shows the same evidence as a screened name.
    fn screened(&mut self, entity: u32, name: u32, asked: &str) -> Match {
        let engine = self.reader.engine;
        self.matches
            .entry((entity, name))
            .or_insert_with(|| engine.explain(&Query::by_name(asked), entity as usize))
            .clone()
    }

    /// What the sentence says for or against an entity.
    fn context(&mut self, it: &Linked, sentence: u32, listed: &Entity, entity: usize, why: &mut Vec<Why>) -> i32 {
        let prepared = &self.reader.engine.snapshot().prepared()[entity];
        let mut rank = 0;
        let named = self.countries(sentence);
        if let Some(same) = named.iter().find(|it| prepared.countries.contains(it)) {
            why.push(Why::Country(*same));
            rank += 4;
        } else if let Some(other) = named.first().filter(|_| !prepared.countries.is_empty()) {
            why.push(Why::OtherCountry(*other));
            rank -= 2;
        }
        if listed.party.schema == Schema::Person && !listed.party.positions.is_empty() {
            let words = &self.document.words;
            let near = words
                .get(it.from.saturating_sub(OFFICE)..(it.to + OFFICE).min(words.len()))
                .unwrap_or_default();
            let office: BTreeSet<String> = listed
                .party
                .positions
                .iter()
                .take(20)
                .flat_map(|it| text::tokens(&it.value))
                .map(|it| it.folded)
                .filter(|it| it.len() > 4 && Country::parse(it).is_none())
                .collect();
            let beside = near
                .iter()
                .enumerate()
                .filter(|word| word.1.sentence == sentence && !(it.start..it.end).contains(&word.1.start))
                .map(|it| self.document.folded(it.1))
                .find(|it| office.contains(it));
            if let Some(found) = beside {
                why.push(Why::Position(found));
                rank += 6;
            }
        }
        rank
    }

    fn countries(&mut self, sentence: u32) -> Vec<Country> {
        let document = self.document;
        self.countries
            .entry(sentence)
            .or_insert_with(|| {
                let Some(it) = document.sentences.get(sentence as usize) else {
                    return Vec::new();
                };
                // A sentence of thousands of words is a table: it says nothing about one of them.
                let words = document.words.get(it.from as usize..it.to as usize).unwrap_or_default();
                let words = words.get(..words.len().min(LONG_SENTENCE)).unwrap_or_default();
                let mut out: Vec<Country> = Vec::new();
                for (at, word) in words.iter().enumerate().filter(|it| it.1.capital()) {
                    let pair = words
                        .get(at + 1)
                        .map(|next| (word.start as usize, next.bare_end as usize));
                    let pair = pair.and_then(|it| Country::parse(document.text.get(it.0..it.1)?));
                    let long = word.end - word.start > 3 || word.dotted;
                    out.extend(pair.or_else(|| Country::parse(document.bare(word)).filter(|_| long)));
                }
                out.sort_unstable();
                out.dedup();
                out
            })
            .clone()
    }
}

/// Words on either side of a name in which its office is looked for.
const OFFICE: usize = 10;
const LONG_SENTENCE: usize = 400;

/// Whether two persons of one list are meant alike: nothing in the text tells them apart.
fn namesakes(entities: &[Entity], ranked: &[(i32, MentionMatch)]) -> bool {
    let Some(best) = ranked.first().map(|it| it.0) else {
        return false;
    };
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (_, it) in ranked.iter().filter(|it| it.0 == best) {
        let Some(entity) = entities.get(it.entity).filter(|it| it.party.schema == Schema::Person) else {
            continue;
        };
        for listing in &entity.listings {
            let other = seen.insert(&listing.list, &listing.reference);
            if other.is_some_and(|it| it != listing.reference) {
                return true;
            }
        }
    }
    false
}

/// Why a text cannot be read at all.
fn refuse(text: &str) -> Option<Problem> {
    let problem = |value: &str, message: String| Some(Problem::new(Severity::Fatal, "document", "", value, message));
    if text.len() > MAX_BYTES {
        return problem(
            "",
            format!("the document has {} bytes, the limit is {MAX_BYTES}", text.len()),
        );
    }
    if text
        .trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}')
        .is_empty()
    {
        return problem("", "the document is empty".to_owned());
    }
    if let Some(message) = decode::unread(text.as_bytes()) {
        return problem("", message);
    }
    if let Some((at, it)) = decode::control(text) {
        return problem("", format!("byte {at}: {}", decode::control_message(it)));
    }
    if !text.chars().any(char::is_alphabetic) {
        return problem("", "the document holds no letter".to_owned());
    }
    None
}
