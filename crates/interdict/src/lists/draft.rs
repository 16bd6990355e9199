//! The values of one record -> an entity in the making. A value that is not understood becomes a note and a problem, never nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::entity::{
    Address, Country, Entity, Fact, Gender, Identifier, IdentifierKind, Origin, PartialDate, Party, PartyName, Problem,
    Relation, Schema, Severity,
};

/// An entity while its record is being read.
pub(super) struct Draft<'a> {
    /// What is known so far.
    pub entity: Entity,
    origin: Origin,
    /// The values that were added, so that each is kept once at a cost that does not grow with their number.
    seen: BTreeSet<String>,
    problems: &'a mut Vec<Problem>,
}

/// Words that stand where a country could stand and name none.
const NO_COUNTRY: [&str; 8] = [
    "none identified",
    "unknown",
    "undetermined",
    "none",
    "na",
    "n/a",
    "-",
    "not available",
];

const UNKNOWN_COUNTRY: &str = "a country that is not known; kept as a note";

/// What a country field says.
enum Place {
    Known(Country),
    /// A country with more words around it: `Qatari passport`, `Indonesia (as at Dec. 2003)`.
    Partly(Country),
    /// A word for "no country is known".
    Nothing,
    Unknown,
}

fn place(text: &str) -> Place {
    let text = text.trim().trim_end_matches(['.', ',', ';']);
    if text.is_empty() || NO_COUNTRY.contains(&text.to_ascii_lowercase().as_str()) {
        return Place::Nothing;
    }
    if let Some(it) = country(text) {
        return Place::Known(it);
    }
    match within(text) {
        Some(it) => Place::Partly(it),
        None => Place::Unknown,
    }
}

/// The country that one end of a text names: its last part (`Amman, Jordan`), else up to four words at its head.
fn within(text: &str) -> Option<Country> {
    let text = text.split(" (").next().unwrap_or_default();
    let head: Vec<&str> = text
        .split([' ', '/', ','])
        .filter(|it| !it.is_empty())
        .take(4)
        .collect();
    country(text)
        .or_else(|| country(text.rsplit(", ").next().unwrap_or_default()))
        .or_else(|| (1..=head.len()).rev().find_map(|n| country(&head[..n].join(" "))))
}

/// The country that a text names as a whole.
pub(super) fn country(text: &str) -> Option<Country> {
    let text = text.trim().trim_end_matches(['.', ',', ';']);
    // OFAC: `North Macedonia, The Republic of`.
    let text = text.strip_suffix(", The Republic of").unwrap_or(text);
    Country::parse(text)
}

impl<'a> Draft<'a> {
    /// Begins the entity of one record.
    pub(super) fn new(list: &str, key: &str, schema: Schema, problems: &'a mut Vec<Problem>) -> Self {
        Self {
            entity: Entity::new(format!("{list}-{key}"), Party::new(schema)),
            origin: Origin {
                source: Arc::from(list),
                record: Arc::from(key),
                field: "",
            },
            seen: BTreeSet::new(),
            problems,
        }
    }

    /// Reports a value of this record.
    pub(super) fn problem(&mut self, severity: Severity, field: &str, value: &str, message: &str) {
        let record = self.origin.record.to_string();
        self.problems
            .push(Problem::new(severity, record, field, value, message));
    }

    /// Keeps a text as it is.
    pub(super) fn note(&mut self, field: &'static str, text: &str) {
        let text = text.trim();
        if !text.is_empty() && self.seen.insert(format!("note {field} {text}")) {
            let fact = Fact::new(text.to_owned(), self.origin.at(field));
            self.entity.notes.push(fact);
        }
    }

    /// Adds a name. The same name with the same marks is kept once.
    pub(super) fn name(&mut self, field: &'static str, name: PartyName) {
        if !name.text.is_empty() && self.seen.insert(format!("name {name:?}")) {
            self.entity.party.names.push(Fact::new(name, self.origin.at(field)));
        }
    }

    /// Adds a birth date that was read already.
    pub(super) fn birth(&mut self, field: &'static str, date: PartialDate) {
        self.push("birth_dates", |it| &mut it.party.birth_dates, date, field);
    }

    /// Reads a birth date; what is not a date becomes a note.
    pub(super) fn birth_date(&mut self, field: &'static str, text: &str) {
        // `circa-1951`, once.
        let spaced = text.replace("circa-", "circa ");
        match PartialDate::parse(&spaced) {
            Ok(it) => self.birth(field, it),
            Err(_) => self.odd_date(field, text),
        }
    }

    /// Reads a date of founding or building; what is not a date becomes a note.
    pub(super) fn founded(&mut self, field: &'static str, text: &str) {
        match PartialDate::parse(text) {
            Ok(it) => self.push("founded", |it| &mut it.party.founded, it, field),
            Err(_) => self.odd_date(field, text),
        }
    }

    fn odd_date(&mut self, field: &'static str, text: &str) {
        self.note(field, text);
        self.problem(
            Severity::Notice,
            field,
            text,
            "a date that could not be read; kept as a note",
        );
    }

    /// Adds a place of birth, and its country where the last part of it names one.
    pub(super) fn birth_place(&mut self, field: &'static str, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.push("birth_places", |it| &mut it.party.birth_places, text.to_owned(), field);
        // `Pyongyang, Korea, North`: the name of the country may itself hold a comma.
        let mut tails = text.match_indices(", ").map(|it| &text[it.0 + 2..]).collect::<Vec<_>>();
        tails.push(text);
        tails.sort_by_key(|it| it.len());
        tails.truncate(3);
        // The longest tail that is a country: `Korea, North` before `North`.
        if let Some(it) = tails.iter().rev().find_map(|it| country(it)) {
            self.push("countries", |it| &mut it.party.countries, it, field);
        }
    }

    /// Adds a nationality; a text that names no country we know becomes a note.
    pub(super) fn nationality(&mut self, field: &'static str, text: &str) {
        match place(text) {
            Place::Known(it) => self.push("nationalities", |it| &mut it.party.nationalities, it, field),
            Place::Nothing => {}
            Place::Partly(it) => {
                self.note(field, text);
                let lower = text.to_ascii_lowercase();
                let doubtful = ["revoked", "withdrawn", "until", "unresolved", "not "]
                    .iter()
                    .any(|it| lower.contains(it));
                if doubtful {
                    self.push("countries", |it| &mut it.party.countries, it, field);
                } else {
                    self.push("nationalities", |it| &mut it.party.nationalities, it, field);
                }
            }
            Place::Unknown => {
                self.note(field, text);
                // `Possibly Ethiopian` is less than a nationality and more than nothing.
                let guess = text.to_ascii_lowercase();
                let guess = ["possibly ", "believed to be ", "former "]
                    .iter()
                    .find_map(|it| guess.strip_prefix(it))
                    .and_then(country);
                match guess {
                    Some(it) => self.push("countries", |it| &mut it.party.countries, it, field),
                    None => self.problem(Severity::Notice, field, text, UNKNOWN_COUNTRY),
                }
            }
        }
    }

    /// Adds a country of address, registration or flag; the text itself is kept as a note where it names none we know.
    pub(super) fn country(&mut self, field: &'static str, text: &str) {
        match place(text) {
            Place::Known(it) => self.push("countries", |it| &mut it.party.countries, it, field),
            Place::Nothing => {}
            Place::Partly(it) => {
                self.note(field, text);
                self.push("countries", |it| &mut it.party.countries, it, field);
            }
            Place::Unknown => {
                self.note(field, text);
                self.problem(Severity::Notice, field, text, UNKNOWN_COUNTRY);
            }
        }
    }

    /// Adds a sex; a word that is none becomes a note.
    pub(super) fn gender(&mut self, field: &'static str, text: &str) {
        match Gender::parse(text) {
            Some(it) => self.push("genders", |it| &mut it.party.genders, it, field),
            None if text.trim().is_empty() || text.trim().eq_ignore_ascii_case("unknown") => {}
            None => {
                self.note(field, text);
                self.problem(
                    Severity::Notice,
                    field,
                    text,
                    "a gender that is not known; kept as a note",
                );
            }
        }
    }

    /// Adds an identifier with the country that issued it, which may be empty; a country we do not know is reported.
    pub(super) fn identifier(
        &mut self,
        field: &'static str,
        kind: IdentifierKind,
        number: &str,
        issuer: &str,
        bad: bool,
    ) {
        let issuer = match place(issuer) {
            Place::Known(it) => Some(it),
            Place::Partly(it) => {
                self.note(field, &format!("{number} ({issuer})"));
                Some(it)
            }
            Place::Nothing => None,
            Place::Unknown => {
                self.note(field, &format!("{number} ({issuer})"));
                self.problem(
                    Severity::Notice,
                    field,
                    issuer,
                    "an issuing country that is not known; kept as a note",
                );
                None
            }
        };
        let mut value = Identifier::new(kind, number.trim()).country(issuer);
        value.unusable = bad;
        self.push("identifiers", |it| &mut it.party.identifiers, value, field);
    }

    /// Adds an address of its parts; empty ones are left out. The country is a word as published.
    pub(super) fn address(&mut self, field: &'static str, parts: &[&str], city: &str, state: &str) {
        let known = place(state);
        let state = if matches!(known, Place::Nothing) {
            ""
        } else {
            state.trim()
        };
        let full = parts
            .iter()
            .chain(std::iter::once(&state))
            .map(|it| it.trim())
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        if full.is_empty() {
            return;
        }
        let country = match known {
            Place::Known(it) | Place::Partly(it) => Some(it),
            Place::Nothing => None,
            Place::Unknown => {
                self.problem(
                    Severity::Notice,
                    field,
                    state,
                    "a country that is not known; kept in the address",
                );
                None
            }
        };
        if let Some(it) = country {
            self.push("countries", |it| &mut it.party.countries, it, field);
        }
        let city = city.trim();
        let value = Address {
            full,
            city: (!city.is_empty()).then(|| city.to_owned()),
            country,
        };
        self.push("addresses", |it| &mut it.party.addresses, value, field);
    }

    /// Adds a title, office or function.
    pub(super) fn position(&mut self, field: &'static str, text: &str) {
        if !text.trim().is_empty() {
            self.push("positions", |it| &mut it.party.positions, text.trim().to_owned(), field);
        }
    }

    /// Adds a related party.
    pub(super) fn relation(&mut self, field: &'static str, relation: Relation) {
        self.push("relations", |it| &mut it.relations, relation, field);
    }

    /// Adds a value once.
    fn push<T: std::fmt::Debug>(
        &mut self,
        slot: &str,
        facts: impl Fn(&mut Entity) -> &mut Vec<Fact<T>>,
        value: T,
        field: &'static str,
    ) {
        if self.seen.insert(format!("{slot} {value:?}")) {
            let origin = self.origin.at(field);
            facts(&mut self.entity).push(Fact::new(value, origin));
        }
    }

    /// The finished entity. An id that was given before gets a suffix, so that the second record is not lost.
    pub(super) fn finish(mut self, taken: &mut BTreeSet<String>) -> Entity {
        let plain = self.entity.id.clone();
        if !taken.insert(plain.clone()) {
            // Suffixes are given in turn: the first free one is found in steps that double, then halve.
            let given = |at: usize| taken.contains(&format!("{plain}~{at}"));
            let (mut last, mut free) = (1_usize, 2_usize);
            while given(free) {
                (last, free) = (free, free.saturating_mul(2));
            }
            while free - last > 1 {
                let middle = last.midpoint(free);
                if given(middle) {
                    last = middle;
                } else {
                    free = middle;
                }
            }
            let id = format!("{plain}~{free}");
            taken.insert(id.clone());
            self.entity.id.clone_from(&id);
            self.problem(
                Severity::Notice,
                "",
                &id,
                "the key stands in the file more than once; kept under a new id",
            );
        }
        self.entity
    }
}

/// The text with every run of white space, line breaks included, made into one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_of_a_repeated_key() {
        let (mut taken, mut problems) = (BTreeSet::new(), Vec::new());
        for at in 1..=5_000 {
            let id = Draft::new("l", "k", Schema::Thing, &mut problems).finish(&mut taken).id;
            assert_eq!(id, if at == 1 { "l-k".to_owned() } else { format!("l-k~{at}") });
        }
        assert_eq!(problems.len(), 4_999);
    }
}
