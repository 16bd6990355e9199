//! The facts beside the name -> evidence: kind, dates, countries, sex, places, identifiers.

use super::method::OTHER_SCHEMA;
use super::{Detail, Evidence, Feature, Stance};
use crate::entity::{IdentifierKind, PartialDate, Schema};
use crate::prepare::PreparedParty;

fn unknown(feature: Feature) -> Evidence {
    Evidence {
        feature,
        stance: Stance::Unknown,
        weight: 0,
        detail: Detail::None,
    }
}

pub(super) fn schema(asked: &PreparedParty, listed: &PreparedParty) -> Evidence {
    let (a, b) = (asked.schema, listed.schema);
    if a == Schema::Thing || b == Schema::Thing {
        return unknown(Feature::Schema);
    }
    let (stance, weight) = if a.compatible(b) {
        (Stance::Agrees, 0)
    } else {
        (Stance::Contradicts, -OTHER_SCHEMA)
    };
    Evidence {
        feature: Feature::Schema,
        stance,
        weight,
        detail: Detail::Schemas(a, b),
    }
}

/// Days of a year, rounded up.
const YEAR: i32 = 366;

/// Log-odds of two dates, hundredths of a nat. A day is shared by one person in some 20,000 of like age, a year by one in 50; the
/// weights stay under these shares because lists repeat each other's guesses. Off by one year or by day and month exchanged are the
/// usual slips; further off is another person, unless both lists guess.
fn date_weight(a: PartialDate, b: PartialDate) -> i32 {
    let ((a_first, a_last), (b_first, b_last)) = (a.day_span(), b.day_span());
    let exact = |it: PartialDate| it.from.day().is_some() && it.to.is_none() && !it.circa;
    let gap = (a_first - b_last).max(b_first - a_last);
    if gap <= 0 {
        let width = (a_last - a_first).max(b_last - b_first);
        return match width {
            0 => 450,
            1..=31 => 350,
            32..=YEAR => 220,
            _ => 120,
        };
    }
    if exact(a) && exact(b) && a.from.year() == b.from.year() {
        let flipped = a.from.month() == b.from.day() && a.from.day() == b.from.month();
        return if flipped { 200 } else { -60 };
    }
    match gap {
        // Two exact dates that differ in the year, too, differ more than two of one year.
        ..=YEAR if exact(a) && exact(b) => -80,
        ..=YEAR => -40,
        367..=1_830 => -200, // up to five years
        _ => -400,
    }
}

/// Birth dates, or founding dates: the best pair, since a subject may have several recorded.
pub(super) fn dates(asked: &PreparedParty, listed: &PreparedParty) -> Evidence {
    let pairs = asked
        .dates
        .iter()
        .flat_map(|a| listed.dates.iter().map(move |b| (date_weight(*a, *b), *a, *b)));
    match pairs.max_by_key(|it| it.0) {
        None => unknown(Feature::Date),
        Some((weight, a, b)) => {
            let stance = if weight > 0 {
                Stance::Agrees
            } else {
                Stance::Contradicts
            };
            Evidence {
                feature: Feature::Date,
                stance,
                weight,
                detail: Detail::Dates(a, b),
            }
        }
    }
}

/// Nationalities speak most; other countries (address, birth) speak less either way, since people move.
pub(super) fn countries(asked: &PreparedParty, listed: &PreparedParty) -> Evidence {
    let common = |a: &[_], b: &[_]| a.iter().copied().find(|it| b.contains(it));
    let evidence = |stance, weight, a, b| Evidence {
        feature: Feature::Country,
        stance,
        weight,
        detail: Detail::Countries(a, b),
    };
    if let Some(it) = common(&asked.nationalities, &listed.nationalities) {
        return evidence(Stance::Agrees, 120, it, it);
    }
    if let Some(it) = common(&asked.countries, &listed.countries) {
        return evidence(Stance::Agrees, 80, it, it);
    }
    match (asked.nationalities.first(), listed.nationalities.first()) {
        (Some(a), Some(b)) => evidence(Stance::Contradicts, -80, *a, *b),
        _ => match (asked.countries.first(), listed.countries.first()) {
            (Some(a), Some(b)) => evidence(Stance::Contradicts, -40, *a, *b),
            _ => unknown(Feature::Country),
        },
    }
}

pub(super) fn genders(asked: &PreparedParty, listed: &PreparedParty) -> Evidence {
    let (Some(a), Some(b)) = (asked.genders.first(), listed.genders.first()) else {
        return unknown(Feature::Gender);
    };
    let agrees = asked.genders.iter().any(|it| listed.genders.contains(it));
    let (stance, weight) = if agrees {
        (Stance::Agrees, 20)
    } else {
        (Stance::Contradicts, -300)
    };
    Evidence {
        feature: Feature::Gender,
        stance,
        weight,
        detail: Detail::Genders(*a, *b),
    }
}

pub(super) fn places(asked: &PreparedParty, listed: &PreparedParty) -> Evidence {
    match asked.places.iter().find(|it| listed.places.binary_search(it).is_ok()) {
        Some(it) => Evidence {
            feature: Feature::BirthPlace,
            stance: Stance::Agrees,
            weight: 60,
            detail: Detail::Place(it.clone()),
        },
        // Another place does not contradict: lists give the village, the district or the province.
        None => unknown(Feature::BirthPlace),
    }
}

/// An agreement of at least this weight stands in for a name, hundredths of a nat.
pub(super) const IDENTIFIES: i32 = 500;

/// The same number of a kind that names one subject decides. Another number of a kind of which a subject has only one speaks
/// against, and a shared telephone or web site does not make up for it, nor takes anything from what decides.
pub(super) fn identifiers(asked: &PreparedParty, listed: &PreparedParty) -> Evidence {
    let mut agreement: Option<(i32, usize, usize)> = None;
    let mut contradiction: Option<(i32, usize, usize)> = None;
    for (i, a) in asked.identifiers.iter().enumerate() {
        for (j, b) in listed.identifiers.iter().enumerate() {
            let wallets = matches!(
                (&a.kind, &b.kind),
                (IdentifierKind::Wallet(_), IdentifierKind::Wallet(_))
            );
            let same_kind = a.kind == b.kind || wallets;
            if a.normal != b.normal {
                if same_kind && a.kind.exclusive() && contradiction.is_none() {
                    contradiction = Some((-600, i, j));
                }
                continue;
            }
            let countries_differ = a.country.is_some() && b.country.is_some() && a.country != b.country;
            let strong = a.kind.strong() && b.kind.strong() && !countries_differ;
            let weight = match (same_kind, strong) {
                // Fewer characters than this are shared by accident.
                _ if a.normal.len() < LEAST_CHARACTERS => continue,
                (true, true) => 1_000,
                // A customer file often calls a passport an id.
                (false, true) => IDENTIFIES,
                (true, false) => 250,
                (false, false) => continue,
            };
            if agreement.is_none_or(|it| weight > it.0) {
                agreement = Some((weight, i, j));
            }
        }
    }
    let evidence = |stance, (weight, i, j)| Evidence {
        feature: Feature::Identifier,
        stance,
        weight,
        detail: Detail::Identifiers(i, j),
    };
    match (agreement, contradiction) {
        (Some(it), _) if it.0 >= IDENTIFIES => evidence(Stance::Agrees, it),
        (Some((support, ..)), Some((against, i, j))) => evidence(Stance::Contradicts, (against + support, i, j)),
        (None, Some(it)) => evidence(Stance::Contradicts, it),
        (Some(it), None) => evidence(Stance::Agrees, it),
        (None, None) => unknown(Feature::Identifier),
    }
}

/// An identifier of fewer characters is compared with nothing.
pub const LEAST_CHARACTERS: usize = 5;

/// The most log-odds that the facts of an asked party can add beside the name, hundredths of a nat.
pub(super) fn most(asked: &PreparedParty) -> i32 {
    let mut sum = 0;
    let mut add = |known: bool, weight: i32| sum += if known { weight } else { 0 };
    add(!asked.dates.is_empty(), 450);
    add(!asked.countries.is_empty(), 120);
    add(!asked.genders.is_empty(), 20);
    add(!asked.places.is_empty(), 60);
    // A shared telephone or the like; what decides is looked up by itself.
    add(!asked.identifiers.is_empty(), 250);
    sum
}
