//! Party -> all that is computed once and compared often.

use crate::entity::{Country, Gender, Identifier, PartialDate, Party, Schema};
use crate::names::Name;
use crate::text;

/// A name of a party, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedName {
    /// The name.
    pub name: Name,
    /// Its place among the party's names.
    pub at: usize,
    /// A weak alias.
    pub weak: bool,
}

/// A party in comparable form; both sides of a comparison are of this type.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedParty {
    /// What kind of thing it is.
    pub schema: Schema,
    /// The names, in the party's order; without such as hold no letter or digit.
    pub names: Vec<PreparedName>,
    /// Birth dates of a person, else dates of founding or building.
    pub dates: Vec<PartialDate>,
    /// Nationalities, sorted.
    pub nationalities: Vec<Country>,
    /// All countries that the party has to do with, nationalities among them, sorted.
    pub countries: Vec<Country>,
    /// Sexes recorded.
    pub genders: Vec<Gender>,
    /// Usable identifiers.
    pub identifiers: Vec<Identifier>,
    /// The words of the places of birth, sorted.
    pub places: Vec<String>,
}

impl PreparedParty {
    /// Prepares a party. Cost: linear in its text.
    #[must_use]
    pub fn new(party: &Party) -> Self {
        let names = party
            .names
            .iter()
            .enumerate()
            .map(|(at, it)| PreparedName {
                name: Name::read(&it.value.text, party.schema),
                at,
                weak: it.value.weak,
            })
            .filter(|it| !it.name.parts.is_empty())
            .collect();
        let dates = if party.birth_dates.is_empty() {
            &party.founded
        } else {
            &party.birth_dates
        };
        let mut nationalities: Vec<Country> = party.nationalities.iter().map(|it| it.value).collect();
        let mut countries: Vec<Country> = party
            .countries
            .iter()
            .map(|it| it.value)
            .chain(nationalities.iter().copied())
            .chain(party.addresses.iter().filter_map(|it| it.value.country))
            .collect();
        let mut places: Vec<String> = party
            .birth_places
            .iter()
            .flat_map(|it| text::tokens(&it.value))
            .map(|it| it.folded)
            // Shorter words are prepositions and the like.
            .filter(|it| it.len() > 3)
            .collect();
        for list in [&mut nationalities, &mut countries] {
            list.sort_unstable();
            list.dedup();
        }
        places.sort();
        places.dedup();
        Self {
            schema: party.schema,
            names,
            dates: dates.iter().map(|it| it.value).collect(),
            nationalities,
            countries,
            genders: party.genders.iter().map(|it| it.value).collect(),
            identifiers: party
                .identifiers
                .iter()
                .map(|it| it.value.clone())
                .filter(|it| !it.unusable && !it.normal.is_empty())
                .collect(),
            places,
        }
    }
}
