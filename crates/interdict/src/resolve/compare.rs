//! Two entries -> what speaks for one subject, what against, and how much.

use std::collections::HashMap;

use super::keys::Key;
use super::profile::{BROAD, NameWords, Profile, Profiles, Span, Word, country_of};
use crate::entity::{Country, Entity};
use crate::names::{Alignment, align};
use crate::prepare::PreparedParty;

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// A decision of a person.
    Decision,
    /// One entry in two formats of a list, or under one number of its publisher.
    Entry,
    /// A reference number that both lists carry.
    Reference,
    /// A document, registration or code.
    Identifier,
    /// The best pair of names.
    Name,
    /// More pairs of names, each with words of its own.
    MoreNames,
    /// Birth dates.
    BirthDate,
    /// Dates of founding, years of build.
    Founded,
    /// Nationalities, or other countries.
    Country,
    /// Words of places of birth.
    BirthPlace,
    /// Words of addresses.
    Address,
    /// What they are listed for.
    Regime,
    /// Days of listing.
    Listed,
    /// Words of remarks, offices and relations.
    Text,
    /// A telephone, a web site or the like.
    Contact,
}

impl Fact {
    /// A lower-case phrase for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Entry => "same entry",
            Self::Reference => "reference",
            Self::Identifier => "identifier",
            Self::Name => "name",
            Self::MoreNames => "more names",
            Self::BirthDate => "birth date",
            Self::Founded => "founded",
            Self::Country => "country",
            Self::BirthPlace => "place of birth",
            Self::Address => "address",
            Self::Regime => "regime",
            Self::Listed => "day of listing",
            Self::Text => "remarks",
            Self::Contact => "contact",
        }
    }
}

/// A piece of what speaks for or against one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// What was compared.
    pub fact: Fact,
    /// Hundredths of a nat; positive speaks for one subject.
    pub weight: i32,
    /// The values, in words.
    pub words: String,
}

/// Why two entries cannot be one subject, whatever else agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Veto {
    /// A person and a ship.
    Schema,
    /// A woman and a man.
    Gender,
    /// Birth years that are too far apart.
    BirthDate(String),
    /// Two numbers of a kind of which a subject has one.
    Identifier(String),
    /// Two references of one publisher.
    Reference(String),
    /// A key is shared, and no name is alike.
    Names,
}

impl std::fmt::Display for Veto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Schema => f.write_str("different kinds of thing"),
            Self::Gender => f.write_str("different sexes"),
            Self::BirthDate(it) => write!(f, "birth dates that cannot agree: {it}"),
            Self::Identifier(it) => write!(f, "different numbers: {it}"),
            Self::Reference(it) => write!(f, "different references: {it}"),
            Self::Names => f.write_str("no name is alike"),
        }
    }
}

/// The values behind a piece of evidence. Most pairs come to nothing: it is put in words for those that are told of.
#[derive(Clone, Debug)]
enum Told {
    /// Pairs of names, by place in the profiles.
    Names(Vec<(usize, usize)>),
    /// A key, by place in the first profile.
    Key(usize),
    Dates(Span, Span),
    Country(Country),
    Countries(Country, Country),
    Words(usize),
    Regime(&'static str),
    Regimes(&'static str, &'static str),
    Days(i32),
    /// An identifier, by place in the first party.
    Contact(usize),
}

impl Told {
    fn words(&self, a: Side<'_>, b: Side<'_>) -> String {
        let text = |side: Side<'_>, at: usize| {
            let name = &side.prepared.names[side.profile.names[at].at];
            side.entity.party.names[name.at].value.text.clone()
        };
        match self {
            Self::Names(pairs) => pairs
                .iter()
                .map(|(i, j)| format!("{} = {}", text(a, *i), text(b, *j)))
                .collect::<Vec<_>>()
                .join("; "),
            Self::Key(at) => match &a.profile.keys[*at] {
                Key::Entry(it) | Key::Reference(it) | Key::Identifier(it) => it.clone(),
            },
            Self::Dates(x, y) => format!("{}, {}", x.date, y.date),
            Self::Country(it) => it.name().to_owned(),
            Self::Countries(x, y) => format!("{x}, {y}"),
            Self::Words(n) => format!("{n} words"),
            Self::Regime(it) => (*it).to_owned(),
            Self::Regimes(x, y) => format!("{x}, {y}"),
            Self::Days(n) => format!("{n} days apart"),
            Self::Contact(at) => a.entity.party.identifiers[*at].value.to_string(),
        }
    }
}

/// A comparison of two entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Compared {
    evidence: Vec<(Fact, i32, Told)>,
    /// Something contradicts, see [`veto`].
    pub vetoed: bool,
    /// Hundredths of a nat: of the names, and of everything else.
    pub names: i32,
    pub support: i32,
    /// How alike the best pair of names is, thousandths.
    pub similarity: u32,
    /// All that speaks for one subject without a limit on names: by it rivals are told apart.
    pub rank: i32,
}

impl Compared {
    pub(super) const fn weight(&self) -> i32 {
        self.names + self.support
    }

    /// What it says of a fact, all pieces together; `None` where it says nothing.
    pub(super) fn of(&self, fact: Fact) -> Option<i32> {
        let mut of = self.evidence.iter().filter(|it| it.0 == fact).map(|it| it.1).peekable();
        of.peek()?;
        Some(of.sum())
    }

    /// The evidence in words; the sides are those that were compared.
    pub(super) fn because(&self, a: Side<'_>, b: Side<'_>) -> Vec<Because> {
        let because = |(fact, weight, told): &(Fact, i32, Told)| Because {
            fact: *fact,
            weight: *weight,
            words: told.words(a, b),
        };
        self.evidence.iter().map(because).collect()
    }

    fn add(&mut self, fact: Fact, weight: i32, told: Told) {
        if weight == 0 {
            return;
        }
        if matches!(fact, Fact::Name | Fact::MoreNames) {
            self.names += weight;
        } else {
            self.support += weight;
        }
        self.evidence.push((fact, weight, told));
    }
}

/// One side of a comparison.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub entity: &'a Entity,
    pub prepared: &'a PreparedParty,
    pub profile: &'a Profile,
}

/// The most that names may say, and every further pair of names, hundredths of a nat: lists copy each other's spellings, so that the
/// tenth alias says little beyond the third.
const MOST_OF_A_NAME: i32 = 1_400;
const MOST_OF_MORE: i32 = 250;
const MOST_OF_ALL_MORE: i32 = 600;
/// Names less alike than this are not alike, thousandths.
const ALIKE: u32 = 720;
/// As alike as this they count as further names, and towards the rank.
const VERY_ALIKE: u32 = 850;
/// What two names have to share in words of the same sound, hundredths of a nat.
pub(super) const LEAST_SHARED: i32 = 350;
/// And how much of the lesser name that has to be, per cent: the rest may be spelt differently.
const LEAST_SHARE: i32 = 40;
/// How many pairs of names are aligned; the others share less.
const ALIGNED: usize = 6;

/// Days of a year.
const YEAR: i32 = 366;

/// What cannot be in one subject.
pub(super) fn veto(p: &Profile, q: &Profile) -> Option<Veto> {
    contradiction(p, q).map(|it| match it {
        Contradiction::Schema => Veto::Schema,
        Contradiction::Gender => Veto::Gender,
        Contradiction::BirthDate(x, y) => Veto::BirthDate(format!("{}, {}", x.date, y.date)),
        Contradiction::Identifier(x, y) => Veto::Identifier(format!("{x}, {y}")),
        Contradiction::Reference(x, y) => Veto::Reference(format!("{x}, {y}")),
    })
}

/// A veto with the values themselves: many pairs have one, and few are told of.
enum Contradiction<'a> {
    Schema,
    Gender,
    BirthDate(Span, Span),
    Identifier(&'a str, &'a str),
    Reference(&'a str, &'a str),
}

fn contradiction<'a>(p: &'a Profile, q: &'a Profile) -> Option<Contradiction<'a>> {
    if !p.schema.compatible(q.schema) {
        return Some(Contradiction::Schema);
    }
    if !p.genders.is_empty() && !q.genders.is_empty() && !p.genders.iter().any(|it| q.genders.contains(it)) {
        return Some(Contradiction::Gender);
    }
    if let Some((gap, x, y)) = nearest(&p.dates, &q.dates)
        && gap > TOO_FAR
        && !slip(x, y)
    {
        return Some(Contradiction::BirthDate(x, y));
    }
    // Numbers of one kind only: an LEI on one side says nothing of an ISIN on the other.
    let differ = |x: &'a [String], y: &'a [String], kind: &str| -> Option<(&'a str, &'a str)> {
        let of = |it: &'a [String]| it.iter().filter(|it| it.starts_with(kind));
        let (first, other) = (of(x).next()?, of(y).next()?);
        (!of(x).any(|it| y.contains(it))).then_some((first, other))
    };
    if let Some((x, y)) = differ(&p.references, &q.references, "") {
        return Some(Contradiction::Reference(x, y));
    }
    ["IMO ", "LEI ", "ISIN "]
        .iter()
        .find_map(|kind| differ(&p.exclusive, &q.exclusive, kind))
        .map(|(x, y)| Contradiction::Identifier(x, y))
}

/// Further apart than this, birth dates are those of two people: estimates of one age differ by some years, and lists copy them.
const TOO_FAR: i32 = 5 * YEAR;

/// The same day and month of another year: a digit mistyped, or two exchanged (1967, 1976).
fn slip(x: Span, y: Span) -> bool {
    let day = |it: Span| (it.date.from.month(), it.date.from.day());
    // New Year's Day is what registries write where only the year is known.
    x.exact() && y.exact() && day(x) == day(y) && day(x) != (Some(1), Some(1)) && x.gap(y) < 40 * YEAR
}

/// The nearest pair of dates with the days between; a slip is nearer than a gap.
fn nearest(a: &[Span], b: &[Span]) -> Option<(i32, Span, Span)> {
    a.iter()
        .flat_map(|x| b.iter().map(move |y| (x.gap(*y), *x, *y)))
        .min_by_key(|it| (it.0, it.1.width().max(it.2.width()), it.1, it.2))
}

/// Compares two entries in full. Names come first: without a pair of them that is alike, the rest is not looked at unless a key
/// is shared.
pub(super) fn compare(a: Side<'_>, b: Side<'_>, words: &Profiles, known: &mut Known) -> Compared {
    // A publisher's own number goes before estimates of age and the like; not before a person and a ship.
    let shared = |key: fn(&Key) -> bool| {
        let (p, q) = (a.profile, b.profile);
        p.key_bits & q.key_bits != 0 && p.keys.iter().any(|it| key(it) && q.keys.binary_search(it).is_ok())
    };
    let vetoed = contradiction(a.profile, b.profile).is_some_and(|it| {
        !shared(|it| matches!(it, Key::Entry(_)))
            && (matches!(it, Contradiction::Schema) || !shared(|it| matches!(it, Key::Reference(_))))
    });
    let mut out = Compared {
        vetoed,
        ..Compared::default()
    };
    if vetoed {
        return out;
    }
    names(a, b, words, known, &mut out);
    shared_keys(a.profile, b.profile, &mut out);
    if out.names <= 0 && out.support <= 0 {
        return out;
    }
    facts(a, b, words, &mut out);
    out.rank += out.support;
    out
}

/// Whether a name of one is alike to a name of the other, or they were born on one day.
pub(super) fn akin(a: Side<'_>, b: Side<'_>, words: &Profiles, known: &mut Known) -> bool {
    let mut out = Compared::default();
    names(a, b, words, known, &mut out);
    out.names > 0
        || nearest(&a.profile.dates, &b.profile.dates).is_some_and(|it| it.0 == 0 && it.1.exact() && it.2.exact())
}

/// An identifier that agrees: more than any name, and less than all doubt, since lists mistype, and families share.
const IDENTIFIER: i32 = 1_100;
const REFERENCE: i32 = 3_000;

fn shared_keys(p: &Profile, q: &Profile, out: &mut Compared) {
    if p.key_bits & q.key_bits == 0 {
        return;
    }
    for (at, it) in p
        .keys
        .iter()
        .enumerate()
        .filter(|it| q.keys.binary_search(it.1).is_ok())
    {
        let (fact, weight) = match it {
            Key::Entry(_) => (Fact::Entry, REFERENCE),
            Key::Reference(_) => (Fact::Reference, REFERENCE),
            Key::Identifier(_) => (Fact::Identifier, IDENTIFIER),
        };
        out.add(fact, weight, Told::Key(at));
    }
}

/// Alignments by the numbers of the names. Lists copy each other: a subject of six of them has most of its names six times.
#[derive(Default)]
pub(super) struct Known(HashMap<(u32, u32), Option<Aligned>>);

/// What is asked of an alignment.
#[derive(Clone, Copy)]
struct Aligned {
    similarity: u32,
    weight: i32,
}

impl Known {
    /// How two names align, if they are alike.
    fn align(&mut self, a: Side<'_>, x: &NameWords, b: Side<'_>, y: &NameWords) -> Option<Aligned> {
        *self.0.entry((x.number, y.number)).or_insert_with(|| {
            let (m, n) = (&a.prepared.names[x.at], &b.prepared.names[y.at]);
            let it = align(&m.name, &n.name, |most, _| most >= ALIKE)?;
            (it.similarity >= ALIKE).then(|| Aligned {
                similarity: it.similarity,
                weight: name_weight(&it),
            })
        })
    }
}

fn names(a: Side<'_>, b: Side<'_>, words: &Profiles, known: &mut Known, out: &mut Compared) {
    let mut pairs: Vec<(i32, usize, usize)> = Vec::new();
    for (i, x) in a.profile.names.iter().enumerate() {
        for (j, y) in b.profile.names.iter().enumerate() {
            if x.bits & y.bits == 0 {
                continue;
            }
            let common: i32 = common(&x.words, &y.words).map(|it| words.names.surprise(it)).sum();
            if common >= LEAST_SHARED && common * 100 >= x.surprise.min(y.surprise) * LEAST_SHARE {
                // Of two pairs with as much in common the one with less beside it is the better.
                let beside = x.words.len().abs_diff(y.words.len());
                pairs.push((common * 10 - i32::try_from(beside).unwrap_or(i32::MAX / 2), i, j));
            }
        }
    }
    pairs.sort_by_key(|it| (std::cmp::Reverse(it.0), it.1, it.2));
    pairs.truncate(ALIGNED);
    let mut aligned: Vec<(Aligned, usize, usize)> = Vec::new();
    for (n, (_, i, j)) in pairs.into_iter().enumerate() {
        if n >= 3 && aligned.is_empty() {
            break;
        }
        aligned.extend(
            known
                .align(a, &a.profile.names[i], b, &b.profile.names[j])
                .map(|it| (it, i, j)),
        );
    }
    aligned.sort_by_key(|it| (std::cmp::Reverse(it.0.weight), it.1, it.2));
    let Some((best, i, j)) = aligned.first().copied() else {
        return;
    };
    out.similarity = best.similarity;
    out.rank = best.weight;
    out.add(Fact::Name, best.weight.min(MOST_OF_A_NAME), Told::Names(vec![(i, j)]));
    // Each further pair has to bring new words, and a new name, on both sides.
    let (mut used_a, mut used_b) = (vec![i], vec![j]);
    let mut seen: Vec<Word> = [&a.profile.names[i].words[..], &b.profile.names[j].words[..]].concat();
    let mut more = Vec::new();
    let mut sum = 0;
    for (it, i, j) in aligned.iter().skip(1) {
        let (x, y) = (&a.profile.names[*i].words, &b.profile.names[*j].words);
        let fresh = |words: &[Word]| words.iter().any(|it| !seen.contains(it));
        if it.similarity < VERY_ALIKE || used_a.contains(i) || used_b.contains(j) || !fresh(x) || !fresh(y) {
            continue;
        }
        used_a.push(*i);
        used_b.push(*j);
        seen.extend(x.iter().chain(y));
        sum += (it.weight / 2).min(MOST_OF_MORE);
        out.rank += it.weight / 2;
        more.push((*i, *j));
    }
    out.add(Fact::MoreNames, sum.min(MOST_OF_ALL_MORE), Told::Names(more));
}

/// What a pair of names says, hundredths of a nat: the surprise of what agrees, less the more is left over.
fn name_weight(it: &Alignment) -> i32 {
    let alike = i32::try_from(it.similarity).unwrap_or(1_000) - 500;
    i32::try_from(it.weight).unwrap_or(i32::MAX / 1_000).min(2_000) * alike / 500
}

/// Words that stand in both of two sorted lists.
pub(super) fn common<'a>(a: &'a [Word], b: &'a [Word]) -> impl Iterator<Item = Word> + use<'a> {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    (i, j) = (i + 1, j + 1);
                    return Some(*x);
                }
            }
        }
        None
    })
}

/// What two dates say, hundredths of a nat.
fn date_weight(gap: i32, x: Span, y: Span) -> i32 {
    if gap == 0 {
        return match x.width().max(y.width()) {
            0 => 700,
            1..=31 => 550,
            32..=YEAR => 380,
            367..=2_200 => 200,
            _ => 100,
        };
    }
    let both = x.exact() && y.exact();
    let (a, b) = (x.date.from, y.date.from);
    let same_year = a.year() == b.year();
    match gap {
        // Day and month exchanged.
        _ if both && same_year && a.month() == b.day() && a.day() == b.month() => 450,
        _ if slip(x, y) => 200,
        _ if same_year => 0,
        ..=YEAR => -100,
        // A year by itself is an estimate.
        367..=1_100 => -200,
        _ if !both => -250,
        _ => -450,
    }
}

fn facts(a: Side<'_>, b: Side<'_>, words: &Profiles, out: &mut Compared) {
    let (p, q) = (a.profile, b.profile);
    if let Some((gap, x, y)) = nearest(&p.dates, &q.dates) {
        out.add(Fact::BirthDate, date_weight(gap, x, y), Told::Dates(x, y));
    }
    if let Some((gap, x, y)) = nearest(&p.founded, &q.founded) {
        let weight = match date_weight(gap, x, y) {
            it if it > 0 => it * 2 / 3,
            it => it / 2,
        };
        out.add(Fact::Founded, weight, Told::Dates(x, y));
    }
    let (m, n) = (a.prepared, b.prepared);
    let both = |x: &[Country], y: &[Country]| x.iter().copied().find(|it| y.contains(it));
    if let Some(it) = both(&m.nationalities, &n.nationalities) {
        out.add(Fact::Country, 120, Told::Country(it));
    } else if let Some(it) = both(&m.countries, &n.countries) {
        out.add(Fact::Country, 80, Told::Country(it));
    } else if let Some(it) = p
        .regimes
        .iter()
        .filter(|it| q.regimes.contains(*it))
        .filter_map(|it| country_of(it))
        .find(|it| m.countries.contains(it) || n.countries.contains(it))
    {
        out.add(Fact::Country, 80, Told::Country(it));
    } else if let (Some(x), Some(y)) = (m.countries.first(), n.countries.first()) {
        out.add(Fact::Country, -150, Told::Countries(*x, *y));
    }
    let mut bag = |fact: Fact, x: &[Word], y: &[Word], share: i32, most: i32| {
        let (mut n, mut weight) = (0, 0);
        for it in common(x, y) {
            n += 1;
            weight += (words.texts.surprise(it) - COMMON).max(0) * share / 100;
        }
        out.add(fact, weight.min(most), Told::Words(n));
    };
    bag(Fact::BirthPlace, &p.places, &q.places, 60, 300);
    bag(Fact::Address, &p.addresses, &q.addresses, 50, 400);
    bag(Fact::Text, &p.texts, &q.texts, 30, 450);
    let regime = |broad: bool| {
        p.regimes
            .iter()
            .find(|it| BROAD.contains(it) == broad && q.regimes.contains(*it))
    };
    if let Some(it) = regime(false) {
        out.add(Fact::Regime, 160, Told::Regime(it));
    } else if let Some(it) = regime(true) {
        out.add(Fact::Regime, 80, Told::Regime(it));
    } else if let (Some(x), Some(y)) = (p.regimes.first(), q.regimes.first()) {
        out.add(Fact::Regime, -60, Told::Regimes(x, y));
    }
    let days = p
        .listed
        .iter()
        .flat_map(|x| q.listed.iter().map(move |y| (x - y).abs()))
        .min();
    let weight = match days {
        Some(..=3) => 300,
        Some(4..=31) => 180,
        Some(32..=92) => 80,
        _ => 0,
    };
    out.add(Fact::Listed, weight, Told::Days(days.unwrap_or(0)));
    contacts(a.entity, b.entity, out);
}

/// What a word of a text says goes by how far it is beyond this common, hundredths of a nat.
const COMMON: i32 = 250;

fn contacts(a: &Entity, b: &Entity, out: &mut Compared) {
    let shared = a.party.identifiers.iter().position(|x| {
        let x = &x.value;
        !x.unusable
            && !x.kind.strong()
            && x.normal.len() >= 6
            && b.party
                .identifiers
                .iter()
                .any(|y| y.value.kind == x.kind && y.value.normal == x.normal && !y.value.unusable)
    });
    if let Some(it) = shared {
        out.add(Fact::Contact, 350, Told::Contact(it));
    }
}
