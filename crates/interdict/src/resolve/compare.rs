//! Two entries -> what speaks for one subject, what against, and how much.

use super::keys::Key;
use super::profile::{BROAD, Profile, Profiles, Span, Word, country_of};
use crate::entity::Entity;
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

/// A comparison of two entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Compared {
    pub because: Vec<Because>,
    pub veto: Option<Veto>,
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

    fn add(&mut self, fact: Fact, weight: i32, words: impl FnOnce() -> String) {
        if weight == 0 {
            return;
        }
        if matches!(fact, Fact::Name | Fact::MoreNames) {
            self.names += weight;
        } else {
            self.support += weight;
        }
        self.because.push(Because {
            fact,
            weight,
            words: words(),
        });
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
    if !p.schema.compatible(q.schema) {
        return Some(Veto::Schema);
    }
    if !p.genders.is_empty() && !q.genders.is_empty() && !p.genders.iter().any(|it| q.genders.contains(it)) {
        return Some(Veto::Gender);
    }
    if let Some((gap, x, y)) = nearest(&p.dates, &q.dates)
        && gap > TOO_FAR
        && !slip(x, y)
    {
        return Some(Veto::BirthDate(format!("{}, {}", x.date, y.date)));
    }
    let differ = |x: &[String], y: &[String]| -> Option<String> {
        let (first, other) = (x.first()?, y.first()?);
        (!x.iter().any(|it| y.contains(it))).then(|| format!("{first}, {other}"))
    };
    if let Some(it) = differ(&p.references, &q.references) {
        return Some(Veto::Reference(it));
    }
    // Numbers of one kind only: an LEI on one side says nothing of an ISIN on the other.
    for kind in ["IMO ", "LEI ", "ISIN "] {
        let of = |it: &[String]| -> Vec<String> { it.iter().filter(|it| it.starts_with(kind)).cloned().collect() };
        if !p.exclusive.is_empty()
            && !q.exclusive.is_empty()
            && let Some(it) = differ(&of(&p.exclusive), &of(&q.exclusive))
        {
            return Some(Veto::Identifier(it));
        }
    }
    None
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
pub(super) fn compare(a: Side<'_>, b: Side<'_>, words: &Profiles) -> Compared {
    // A publisher's own number goes before estimates of age and the like; not before a person and a ship.
    let shared = |key: fn(&Key) -> bool| {
        let (p, q) = (a.profile, b.profile);
        p.keys.iter().any(|it| key(it) && q.keys.binary_search(it).is_ok())
    };
    let veto = veto(a.profile, b.profile).filter(|it| {
        !shared(|it| matches!(it, Key::Entry(_)))
            && (matches!(it, Veto::Schema) || !shared(|it| matches!(it, Key::Reference(_))))
    });
    let mut out = Compared {
        veto,
        ..Compared::default()
    };
    if out.veto.is_some() {
        return out;
    }
    names(a, b, words, &mut out);
    shared_keys(a.profile, b.profile, &mut out);
    if out.names <= 0 && out.support <= 0 {
        return out;
    }
    facts(a, b, words, &mut out);
    out.rank += out.support;
    out
}

/// Whether a name of one is alike to a name of the other, or they were born on one day.
pub(super) fn akin(a: Side<'_>, b: Side<'_>, words: &Profiles) -> bool {
    let mut out = Compared::default();
    names(a, b, words, &mut out);
    out.names > 0
        || nearest(&a.profile.dates, &b.profile.dates).is_some_and(|it| it.0 == 0 && it.1.exact() && it.2.exact())
}

/// An identifier that agrees: more than any name, and less than all doubt, since lists mistype, and families share.
const IDENTIFIER: i32 = 1_100;
const REFERENCE: i32 = 3_000;

fn shared_keys(p: &Profile, q: &Profile, out: &mut Compared) {
    for it in p.keys.iter().filter(|it| q.keys.binary_search(it).is_ok()) {
        match it {
            Key::Entry(key) => out.add(Fact::Entry, REFERENCE, || key.clone()),
            Key::Reference(key) => out.add(Fact::Reference, REFERENCE, || key.clone()),
            Key::Identifier(key) => out.add(Fact::Identifier, IDENTIFIER, || key.clone()),
        }
    }
}

fn names(a: Side<'_>, b: Side<'_>, words: &Profiles, out: &mut Compared) {
    let mut pairs: Vec<(i32, usize, usize)> = Vec::new();
    for (i, x) in a.profile.names.iter().enumerate() {
        for (j, y) in b.profile.names.iter().enumerate() {
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
    let mut aligned: Vec<(i32, Alignment, usize, usize)> = Vec::new();
    for (n, (_, i, j)) in pairs.into_iter().enumerate() {
        if n >= 3 && aligned.is_empty() {
            break;
        }
        let (x, y) = (&a.profile.names[i], &b.profile.names[j]);
        let (m, n) = (&a.prepared.names[x.at], &b.prepared.names[y.at]);
        let Some(it) = align(&m.name, &n.name, |most, _| most >= ALIKE) else {
            continue;
        };
        if it.similarity < ALIKE {
            continue;
        }
        aligned.push((name_weight(&it), it, i, j));
    }
    aligned.sort_by_key(|it| (std::cmp::Reverse(it.0), it.2, it.3));
    let Some((weight, best, i, j)) = aligned.first() else {
        return;
    };
    let text = |side: Side<'_>, at: usize| {
        let name = &side.prepared.names[side.profile.names[at].at];
        side.entity.party.names[name.at].value.text.clone()
    };
    let (i, j) = (*i, *j);
    out.similarity = best.similarity;
    out.rank = *weight;
    out.add(Fact::Name, (*weight).min(MOST_OF_A_NAME), || {
        format!("{} = {}", text(a, i), text(b, j))
    });
    // Each further pair has to bring new words, and a new name, on both sides.
    let (mut used_a, mut used_b) = (vec![i], vec![j]);
    let mut seen: Vec<Word> = [&a.profile.names[i].words[..], &b.profile.names[j].words[..]].concat();
    let mut more = Vec::new();
    let mut sum = 0;
    for (weight, it, i, j) in aligned.iter().skip(1) {
        let (x, y) = (&a.profile.names[*i].words, &b.profile.names[*j].words);
        let fresh = |words: &[Word]| words.iter().any(|it| !seen.contains(it));
        if it.similarity < VERY_ALIKE || used_a.contains(i) || used_b.contains(j) || !fresh(x) || !fresh(y) {
            continue;
        }
        used_a.push(*i);
        used_b.push(*j);
        seen.extend(x.iter().chain(y));
        sum += (weight / 2).min(MOST_OF_MORE);
        out.rank += weight / 2;
        more.push(format!("{} = {}", text(a, *i), text(b, *j)));
    }
    out.add(Fact::MoreNames, sum.min(MOST_OF_ALL_MORE), || more.join("; "));
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
        out.add(Fact::BirthDate, date_weight(gap, x, y), || {
            format!("{}, {}", x.date, y.date)
        });
    }
    if let Some((gap, x, y)) = nearest(&p.founded, &q.founded) {
        let weight = match date_weight(gap, x, y) {
            it if it > 0 => it * 2 / 3,
            it => it / 2,
        };
        out.add(Fact::Founded, weight, || format!("{}, {}", x.date, y.date));
    }
    let (m, n) = (a.prepared, b.prepared);
    let both = |x: &[crate::entity::Country], y: &[crate::entity::Country]| x.iter().copied().find(|it| y.contains(it));
    if let Some(it) = both(&m.nationalities, &n.nationalities) {
        out.add(Fact::Country, 120, || it.name().to_owned());
    } else if let Some(it) = both(&m.countries, &n.countries) {
        out.add(Fact::Country, 80, || it.name().to_owned());
    } else if let Some(it) = p
        .regimes
        .iter()
        .filter(|it| q.regimes.contains(*it))
        .filter_map(|it| country_of(it))
        .find(|it| m.countries.contains(it) || n.countries.contains(it))
    {
        out.add(Fact::Country, 80, || it.name().to_owned());
    } else if let (Some(x), Some(y)) = (m.countries.first(), n.countries.first()) {
        out.add(Fact::Country, -150, || format!("{x}, {y}"));
    }
    let mut bag = |fact: Fact, x: &[Word], y: &[Word], share: i32, most: i32| {
        let common: Vec<Word> = common(x, y).collect();
        let weight: i32 = common
            .iter()
            .map(|it| (words.texts.surprise(*it) - COMMON).max(0) * share / 100)
            .sum();
        out.add(fact, weight.min(most), || format!("{} words", common.len()));
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
        out.add(Fact::Regime, 160, || (*it).to_owned());
    } else if let Some(it) = regime(true) {
        out.add(Fact::Regime, 80, || (*it).to_owned());
    } else if let (Some(x), Some(y)) = (p.regimes.first(), q.regimes.first()) {
        out.add(Fact::Regime, -60, || format!("{x}, {y}"));
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
    out.add(Fact::Listed, weight, || format!("{} days apart", days.unwrap_or(0)));
    contacts(a.entity, b.entity, out);
}

/// What a word of a text says goes by how far it is beyond this common, hundredths of a nat.
const COMMON: i32 = 250;

fn contacts(a: &Entity, b: &Entity, out: &mut Compared) {
    let shared = a.party.identifiers.iter().find(|x| {
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
        out.add(Fact::Contact, 350, || it.value.to_string());
    }
}
