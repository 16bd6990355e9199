//! The scoring method `interdict-1` as a table: feature, meaning, the weights it can have.

use super::{BestNames, Detail, Evidence, Stance};
use crate::names::Alignment;

/// The name of the method; a change of any constant changes it.
pub const METHOD_NAME: &str = "interdict-1";

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// The kinds of the parties.
    Schema,
    /// How alike the best pair of names is.
    Name,
    /// How rare what agrees in the names is.
    Rarity,
    /// Dates of birth, of founding or of building.
    Date,
    /// Nationalities and other countries.
    Country,
    /// Sex.
    Gender,
    /// Places of birth.
    BirthPlace,
    /// Documents, registrations, wallets.
    Identifier,
}

/// A line of the method.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What is compared.
    pub feature: Feature,
    /// Its name in JSON.
    pub name: &'static str,
    /// Its name for readers.
    pub label: &'static str,
    /// The least and the most log-odds that it adds, hundredths of a nat.
    pub range: (i32, i32),
    /// What it measures.
    pub meaning: &'static str,
}

/// The method. Docs, API and tests read this table.
pub const METHOD: [Row; 8] = [
    Row {
        feature: Feature::Schema,
        name: "schema",
        label: "type",
        range: (-OTHER_SCHEMA, 0),
        meaning: "the two could be the same kind of thing",
    },
    Row {
        feature: Feature::Name,
        name: "name",
        label: "name",
        range: (-1_280, 320),
        meaning: "the best pair of names, part by part",
    },
    Row {
        feature: Feature::Rarity,
        name: "rarity",
        label: "rarity",
        range: (-RARITY_MOST, RARITY_MOST),
        meaning: "how few people bear what agrees in the names",
    },
    Row {
        feature: Feature::Date,
        name: "date",
        label: "birth date",
        range: (-400, 450),
        meaning: "birth dates (founding, building), partial ones compared as far as they go",
    },
    Row {
        feature: Feature::Country,
        name: "country",
        label: "country",
        range: (-80, 120),
        meaning: "nationalities first, then any country",
    },
    Row {
        feature: Feature::Gender,
        name: "gender",
        label: "sex",
        range: (-300, 20),
        meaning: "recorded sex",
    },
    Row {
        feature: Feature::BirthPlace,
        name: "birth_place",
        label: "birth place",
        range: (0, 60),
        meaning: "a word of the places of birth in common",
    },
    Row {
        feature: Feature::Identifier,
        name: "identifier",
        label: "identifier",
        range: (-600, 1_000),
        meaning: "the same document, registration, ship or wallet number; or another one where a subject has only one",
    },
];

impl Feature {
    /// Its line of the method.
    #[must_use]
    pub fn row(self) -> &'static Row {
        METHOD.iter().find(|it| it.feature == self).unwrap_or(&METHOD[0])
    }
}

/// A person is no ship: log-odds against, hundredths of a nat.
pub(super) const OTHER_SCHEMA: i32 = 500;

/// Similarity at which a name of usual rarity speaks neither for nor against, thousandths. Between one wrong letter in one of two
/// short parts (0.80) and one of three parts exchanged (about 0.60).
const EVEN: i32 = 800;
/// Log-odds for a whole unit of similarity, hundredths of a nat.
const SLOPE: i32 = 1_600;
/// The common weight at which rarity speaks neither for nor against, hundredths of a nat: one name in a million, two rather common
/// parts. It is about the number of names on all lists times the ways to spell them.
const USUAL: i32 = 1_100;
/// Log-odds for a nat of rarity, hundredths of a nat.
const RARITY_SLOPE: i32 = 25;
/// Rarity counts this far and no further, hundredths of a nat.
const RARITY_MOST: i32 = 150;
/// The same name is always worth a look, however common: the least log-odds of name and rarity together.
const SAME_NAME: i32 = 40;
/// Both parties have names, and no part of them agrees.
const NO_NAME: i32 = -200;

fn rarity(weight: u32) -> i32 {
    let it = i32::try_from(weight).unwrap_or(i32::MAX / 2);
    ((it - USUAL).saturating_mul(RARITY_SLOPE) / 100).clamp(-RARITY_MOST, RARITY_MOST)
}

fn alike(similarity: u32) -> i32 {
    (i32::try_from(similarity).unwrap_or(1000) - EVEN) * SLOPE / 1000
}

/// The log-odds of name and rarity together, hundredths of a nat.
pub(super) fn name_log_odds(it: &Alignment) -> i32 {
    let sum = alike(it.similarity) + rarity(it.weight);
    if it.same { sum.max(SAME_NAME) } else { sum }
}

/// The most that [`name_log_odds`] can be for at most this similarity and weight.
pub(super) fn name_bound(similarity: u32, weight: u32) -> i32 {
    let sum = alike(similarity) + rarity(weight);
    if similarity >= 1000 { sum.max(SAME_NAME) } else { sum }
}

/// How far facts corroborate a name of this similarity, thousandths: not at all under 0.60, in full from 0.80 on.
pub(super) fn corroboration(similarity: u32) -> i32 {
    (i32::try_from(similarity).unwrap_or(1000) - 600).clamp(0, 200) * 5
}

/// The evidence of names, from the best pair.
pub(super) fn name_evidence(best: Option<BestNames>, both_named: bool) -> Vec<Evidence> {
    let Some(best) = best else {
        let (stance, weight) = if both_named {
            (Stance::Contradicts, NO_NAME)
        } else {
            (Stance::Unknown, 0)
        };
        return vec![Evidence {
            feature: Feature::Name,
            stance,
            weight,
            detail: Detail::None,
        }];
    };
    let rarity = rarity(best.alignment.weight);
    let name = name_log_odds(&best.alignment) - rarity;
    let stance = |it: i32| if it >= 0 { Stance::Agrees } else { Stance::Contradicts };
    let detail = Detail::Names {
        asked: best.asked,
        listed: best.listed,
        alignment: best.alignment,
    };
    vec![
        Evidence {
            feature: Feature::Name,
            stance: stance(name),
            weight: name,
            detail,
        },
        Evidence {
            feature: Feature::Rarity,
            stance: stance(rarity),
            weight: rarity,
            detail: Detail::None,
        },
    ]
}
