//! Party -> all that is computed once and compared often.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::entity::{Country, Gender, Identifier, PartialDate, Party, Schema};
use crate::names::{Name, Role};
use crate::text::{self, Script};

/// A name of a party, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedName {
    /// The name.
    pub name: Name,
    /// Its place among the party's names.
    pub at: usize,
    /// A weak alias.
    pub weak: bool,
    /// Read as a name of the party's own schema; the others are there for a listed side of another one.
    pub own: bool,
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
        let mut names: Vec<PreparedName> = party
            .names
            .iter()
            .enumerate()
            .flat_map(|(at, it)| {
                let readings = readings(&it.value.text, party.schema);
                readings.into_iter().enumerate().map(move |(n, name)| PreparedName {
                    name,
                    at,
                    weak: it.value.weak,
                    own: n == 0,
                })
            })
            .filter(|it| !it.name.parts.is_empty())
            .collect();
        once(&mut names);
        Self::of(party, names)
    }

    /// Prepares a party that holds the names of others, one after the other, whose prepared forms are there; as [`Self::new`]. Reading
    /// names is most of the work. Where one of them is of another kind of thing its names have to be read anew.
    #[must_use]
    pub fn united(party: &Party, of: Vec<(usize, Self)>) -> Self {
        if of.iter().any(|it| it.1.schema != party.schema)
            || of.iter().map(|it| it.0).sum::<usize>() != party.names.len()
        {
            return Self::new(party);
        }
        let mut names = Vec::new();
        let mut from = 0;
        for (n, it) in of {
            names.extend(it.names.into_iter().map(|it| PreparedName { at: it.at + from, ..it }));
            from += n;
        }
        once(&mut names);
        Self::of(party, names)
    }

    fn of(party: &Party, names: Vec<PreparedName>) -> Self {
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

/// Names that read the same are compared once: an entity of several lists has most of its names several times. A name that one
/// source calls weak and another one does not is not weak; in the party it stands as each of them has it.
fn once(names: &mut Vec<PreparedName>) {
    // Another script says less by the same letters.
    type Read<'a> = (bool, Vec<(Role, Script, &'a str)>);
    let mut first: BTreeMap<Read<'_>, usize> = BTreeMap::new();
    let mut kept = vec![true; names.len()];
    for (at, it) in names.iter().enumerate() {
        let parts = it
            .name
            .parts
            .iter()
            .map(|it| (it.role, it.script, &*it.folded))
            .collect();
        match first.entry((it.own, parts)) {
            Entry::Vacant(free) => {
                free.insert(at);
            }
            Entry::Occupied(mut had) => {
                let before = *had.get();
                if names[before].weak && !it.weak {
                    kept[before] = false;
                    had.insert(at);
                } else {
                    kept[at] = false;
                }
            }
        }
    }
    drop(first);
    let mut kept = kept.into_iter();
    names.retain(|_| kept.next().unwrap_or(true));
}

/// The readings of a name. Where nobody knows whether its bearer is a person, `Ten` may be a number or a surname and `Auf` a legal
/// form or a given name: it is read in every way that the other side may have been read in.
fn readings(text: &str, schema: Schema) -> Vec<Name> {
    let tokens = text::tokens(text);
    let mut out = vec![Name::of_tokens(tokens.clone(), schema)];
    if matches!(schema, Schema::Thing | Schema::LegalEntity) {
        for other in [Schema::Person, Schema::Organization, Schema::Vessel] {
            let name = Name::of_tokens(tokens.clone(), other);
            let same = |it: &Name| {
                it.parts
                    .iter()
                    .zip(&name.parts)
                    .all(|it| it.0.role == it.1.role && it.0.folded == it.1.folded)
            };
            if (schema == Schema::Thing || other != Schema::Vessel)
                && !out.iter().any(|it| it.parts.len() == name.parts.len() && same(it))
            {
                out.push(name);
            }
        }
    }
    out
}
