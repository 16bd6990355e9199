//! Facts of one record, or of several with the same key -> one entity that holds each value once.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::entity::{
    Address, Country, Entity, Fact, Gender, Identifier, Listing, NameKind, Origin, PartialDate, Party, PartyName,
    Relation, Schema,
};

/// An entity in the making. Every value is kept once; of the same value in two fields, the first one.
#[derive(Debug)]
pub struct Build {
    /// What is there so far.
    pub entity: Entity,
    origin: Origin,
    // A set and not a search through the facts: a group of rows may bring thousands of repetitions.
    seen: BTreeSet<(u8, String)>,
}

impl Build {
    /// Nothing known but its id, its kind and where it stands.
    pub fn new(id: impl Into<String>, schema: Schema, source: &Arc<str>, record: &str) -> Self {
        Self {
            entity: Entity::new(id, Party::new(schema)),
            origin: Origin {
                source: Arc::clone(source),
                record: Arc::from(record),
                field: "",
            },
            seen: BTreeSet::new(),
        }
    }

    /// Whether the value of a kind is here for the first time.
    fn first(&mut self, kind: u8, value: String) -> bool {
        self.seen.insert((kind, value))
    }

    /// Adds a name, unless it is empty.
    pub fn name(&mut self, field: &'static str, name: PartyName) {
        let key = format!("{name:?}");
        if !name.text.is_empty() && self.first(0, key) {
            self.entity.party.names.push(Fact::new(name, self.origin.at(field)));
        }
    }

    /// Adds a birth date.
    pub fn birth_date(&mut self, field: &'static str, date: PartialDate) {
        if self.first(1, date.to_string()) {
            self.entity
                .party
                .birth_dates
                .push(Fact::new(date, self.origin.at(field)));
        }
    }

    /// Adds a date of foundation or a year of build.
    pub fn founded(&mut self, field: &'static str, date: PartialDate) {
        if self.first(2, date.to_string()) {
            self.entity.party.founded.push(Fact::new(date, self.origin.at(field)));
        }
    }

    /// Adds a place of birth, unless it is empty.
    pub fn birth_place(&mut self, field: &'static str, place: &str) {
        if !place.is_empty() && self.first(3, place.to_owned()) {
            let fact = Fact::new(place.to_owned(), self.origin.at(field));
            self.entity.party.birth_places.push(fact);
        }
    }

    /// Adds a nationality.
    pub fn nationality(&mut self, field: &'static str, country: Country) {
        if self.first(4, country.code().to_owned()) {
            let fact = Fact::new(country, self.origin.at(field));
            self.entity.party.nationalities.push(fact);
        }
    }

    /// Adds another country.
    pub fn country(&mut self, field: &'static str, country: Country) {
        if self.first(5, country.code().to_owned()) {
            let fact = Fact::new(country, self.origin.at(field));
            self.entity.party.countries.push(fact);
        }
    }

    /// Adds a sex.
    pub fn gender(&mut self, field: &'static str, gender: Gender) {
        if self.first(6, gender.name().to_owned()) {
            let fact = Fact::new(gender, self.origin.at(field));
            self.entity.party.genders.push(fact);
        }
    }

    /// Adds an identifier, unless it is empty.
    pub fn identifier(&mut self, field: &'static str, identifier: Identifier) {
        let key = format!(
            "{:?}\t{}\t{:?}\t{}",
            identifier.kind, identifier.number, identifier.country, identifier.unusable
        );
        if !identifier.number.is_empty() && self.first(7, key) {
            let fact = Fact::new(identifier, self.origin.at(field));
            self.entity.party.identifiers.push(fact);
        }
    }

    /// Adds an address, unless it is empty.
    pub fn address(&mut self, field: &'static str, address: Address) {
        if !address.full.is_empty() && self.first(8, address.full.clone()) {
            let fact = Fact::new(address, self.origin.at(field));
            self.entity.party.addresses.push(fact);
        }
    }

    /// Adds a title or an office, unless it is empty.
    pub fn position(&mut self, field: &'static str, position: &str) {
        if !position.is_empty() && self.first(9, position.to_owned()) {
            let fact = Fact::new(position.to_owned(), self.origin.at(field));
            self.entity.party.positions.push(fact);
        }
    }

    /// Adds a remark, unless it is empty.
    pub fn note(&mut self, field: &'static str, note: &str) {
        if !note.is_empty() && self.first(10, format!("{field}\t{note}")) {
            let fact = Fact::new(note.to_owned(), self.origin.at(field));
            self.entity.notes.push(fact);
        }
    }

    /// Adds a related entity, unless its other side is empty.
    pub fn relation(&mut self, field: &'static str, relation: Relation) {
        if !relation.other.text().is_empty() && self.first(11, format!("{relation:?}")) {
            self.entity.relations.push(Fact::new(relation, self.origin.at(field)));
        }
    }

    /// Adds a listing.
    pub fn listing(&mut self, listing: Listing) {
        if self.first(12, format!("{listing:?}")) {
            self.entity.listings.push(listing);
        }
    }

    /// Adds a FollowTheMoney topic, unless it is empty.
    pub fn topic(&mut self, topic: &str) {
        if !topic.is_empty() && self.first(13, topic.to_owned()) {
            self.entity.topics.push(topic.to_owned());
        }
    }

    /// The entity, its primary names first; an alias that only repeats a primary name is gone.
    #[must_use]
    pub fn finish(mut self) -> Entity {
        let names = &mut self.entity.party.names;
        names.sort_by_key(|it| it.value.kind != NameKind::Primary);
        let primary = |it: &&Fact<PartyName>| it.value.kind == NameKind::Primary;
        let have: BTreeSet<String> = names
            .iter()
            .filter(primary)
            .map(|it| format!("{:?}", it.value))
            .collect();
        names.retain(|it| {
            let same = format!("{:?}", it.value.clone().kind(NameKind::Primary));
            it.value.kind != NameKind::Alias || !have.contains(&same)
        });
        self.entity
    }
}
