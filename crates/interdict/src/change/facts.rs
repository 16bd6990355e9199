//! An entity -> its values in one order, borrowed, so that two versions can be laid side by side.

use std::fmt;

use crate::entity::{
    Authority, Country, Entity, Fact, Gender, IdentifierKind, Measure, NameKind, PartialDate, RelationKind, Schema,
};

/// A field of an entity, in the order in which changes are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// What kind of thing it is.
    Kind,
    /// Names, with how they relate to the bearer, and weak or not.
    Name,
    /// Birth dates.
    BirthDate,
    /// Dates of foundation, years of build.
    Founded,
    /// Places of birth.
    BirthPlace,
    /// Nationalities and citizenships.
    Nationality,
    /// Other countries.
    Country,
    /// Sex.
    Gender,
    /// Documents, registrations, wallets.
    Identifier,
    /// Addresses.
    Address,
    /// Titles and functions.
    Position,
    /// Listings: authority, list and reference.
    Listing,
    /// Programmes of a listing.
    Programme,
    /// Measures of a listing.
    Measure,
    /// The day since which it is listed.
    Since,
    /// The legal act of a listing.
    LegalBasis,
    /// Where a listing can be read.
    Url,
    /// FollowTheMoney topics.
    Topic,
    /// Remarks and statements of reasons.
    Note,
    /// Related entities.
    Relation,
}

impl Field {
    /// Every field, in order.
    pub const ALL: [Self; 20] = [
        Self::Kind,
        Self::Name,
        Self::BirthDate,
        Self::Founded,
        Self::BirthPlace,
        Self::Nationality,
        Self::Country,
        Self::Gender,
        Self::Identifier,
        Self::Address,
        Self::Position,
        Self::Listing,
        Self::Programme,
        Self::Measure,
        Self::Since,
        Self::LegalBasis,
        Self::Url,
        Self::Topic,
        Self::Note,
        Self::Relation,
    ];

    /// The word that output and JSON use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Name => "name",
            Self::BirthDate => "birth date",
            Self::Founded => "founded",
            Self::BirthPlace => "birth place",
            Self::Nationality => "nationality",
            Self::Country => "country",
            Self::Gender => "gender",
            Self::Identifier => "identifier",
            Self::Address => "address",
            Self::Position => "position",
            Self::Listing => "listing",
            Self::Programme => "programme",
            Self::Measure => "measure",
            Self::Since => "since",
            Self::LegalBasis => "legal basis",
            Self::Url => "url",
            Self::Topic => "topic",
            Self::Note => "note",
            Self::Relation => "relation",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The listing that a value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    /// Who lists.
    pub authority: &'a Authority,
    /// The list's id.
    pub list: &'a str,
    /// The publisher's key.
    pub reference: &'a str,
    /// Which of several listings of this authority, list and reference, from zero.
    pub nth: usize,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.authority, self.list, self.reference)?;
        if self.nth > 0 {
            write!(f, " ({})", self.nth + 1)?;
        }
        Ok(())
    }
}

/// A value of an entity. Its `Display` is one line for a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value<'a> {
    /// A kind of party.
    Kind(Schema),
    /// A name with all that the source says of it.
    Name {
        /// In reading order.
        text: &'a str,
        /// How it relates to the bearer.
        kind: NameKind,
        /// Weak or not.
        weak: bool,
        /// The family name.
        family: Option<&'a str>,
        /// The given names.
        given: Option<&'a str>,
        /// Language or script.
        language: Option<&'a str>,
    },
    /// A date.
    Date(PartialDate),
    /// A country.
    Country(Country),
    /// A sex.
    Gender(Gender),
    /// A number or code.
    Identifier {
        /// What it is.
        kind: &'a IdentifierKind,
        /// Verbatim.
        number: &'a str,
        /// The issuer.
        country: Option<Country>,
        /// Known to be false, lost or revoked.
        unusable: bool,
    },
    /// An address.
    Address {
        /// On one line.
        full: &'a str,
        /// The town.
        city: Option<&'a str>,
        /// The country.
        country: Option<Country>,
    },
    /// A position, place, note or topic.
    Text(&'a str),
    /// A listing as such.
    Listing(Place<'a>),
    /// A programme, legal act or address on the web of a listing.
    Of(Place<'a>, &'a str),
    /// A measure of a listing.
    Measure(Place<'a>, Measure),
    /// The day since which a listing holds.
    Since(Place<'a>, PartialDate),
    /// A relation.
    Relation {
        /// How the entity stands to the other side.
        kind: RelationKind,
        /// In the words of the source.
        words: &'a str,
        /// Whether the other side is an id rather than a name.
        is_id: bool,
        /// The other side's id or name.
        other: &'a str,
        /// The source says that it is over.
        former: bool,
    },
}

impl Value<'_> {
    /// The listing that it belongs to, for a value of one.
    #[must_use]
    pub const fn place(&self) -> Option<&Place<'_>> {
        match self {
            Self::Listing(it) | Self::Of(it, _) | Self::Measure(it, _) | Self::Since(it, _) => Some(it),
            _ => None,
        }
    }

    /// What `Display` leaves away, in brackets: the parts of a name, town and country of an address.
    #[must_use]
    pub fn parts(&self) -> String {
        match self {
            Self::Name { family, given, .. } => {
                format!("[given {}, family {}]", given.unwrap_or("-"), family.unwrap_or("-"))
            }
            Self::Address { city, country, .. } => {
                format!(
                    "[town {}, country {}]",
                    city.unwrap_or("-"),
                    country.map_or("-", Country::code)
                )
            }
            _ => String::new(),
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(it) => write!(f, "{it}"),
            Self::Name {
                text,
                kind,
                weak,
                language,
                ..
            } => {
                write!(f, "{text} ({}", kind.name())?;
                if *weak {
                    f.write_str(", weak")?;
                }
                if let Some(it) = language {
                    write!(f, ", {it}")?;
                }
                f.write_str(")")
            }
            Self::Date(it) | Self::Since(_, it) => write!(f, "{it}"),
            Self::Country(it) => write!(f, "{it}"),
            Self::Gender(it) => f.write_str(it.name()),
            Self::Identifier {
                kind,
                number,
                country,
                unusable,
            } => {
                write!(f, "{} {number}", kind.name())?;
                if let IdentifierKind::Wallet(symbol) = kind {
                    write!(f, " ({symbol})")?;
                }
                if let Some(it) = country {
                    write!(f, ", {it}")?;
                }
                if *unusable {
                    f.write_str(", not to be used")?;
                }
                Ok(())
            }
            Self::Address { full, .. } => f.write_str(full),
            Self::Text(it) | Self::Of(_, it) => f.write_str(it),
            Self::Listing(it) => write!(f, "{it}"),
            Self::Measure(_, it) => f.write_str(it.name()),
            Self::Relation {
                kind,
                words,
                is_id,
                other,
                former,
            } => {
                let over = if *former { " (former)" } else { "" };
                let (open, close) = if *is_id { ("[", "]") } else { ("", "") };
                write!(f, "{kind}{over}: {words} -> {open}{other}{close}")
            }
        }
    }
}

/// All values of an entity, sorted by field, then by value. Where each stands is left away.
#[must_use]
pub fn facts(it: &Entity) -> Vec<(Field, Value<'_>)> {
    let party = &it.party;
    let mut out = vec![(Field::Kind, Value::Kind(party.schema))];
    for name in &party.names {
        let name = &name.value;
        let value = Value::Name {
            text: &name.text,
            kind: name.kind,
            weak: name.weak,
            family: name.family.as_deref(),
            given: name.given.as_deref(),
            language: name.language.as_deref(),
        };
        out.push((Field::Name, value));
    }
    let dates =
        |field, all: &[Fact<PartialDate>]| -> Vec<_> { all.iter().map(|it| (field, Value::Date(it.value))).collect() };
    out.extend(dates(Field::BirthDate, &party.birth_dates));
    out.extend(dates(Field::Founded, &party.founded));
    let countries =
        |field, all: &[Fact<Country>]| -> Vec<_> { all.iter().map(|it| (field, Value::Country(it.value))).collect() };
    out.extend(countries(Field::Nationality, &party.nationalities));
    out.extend(countries(Field::Country, &party.countries));
    out.extend(party.genders.iter().map(|it| (Field::Gender, Value::Gender(it.value))));
    for id in &party.identifiers {
        let value = Value::Identifier {
            kind: &id.value.kind,
            number: &id.value.number,
            country: id.value.country,
            unusable: id.value.unusable,
        };
        out.push((Field::Identifier, value));
    }
    for address in &party.addresses {
        let value = Value::Address {
            full: &address.value.full,
            city: address.value.city.as_deref(),
            country: address.value.country,
        };
        out.push((Field::Address, value));
    }
    texts(&mut out, Field::BirthPlace, &party.birth_places);
    texts(&mut out, Field::Position, &party.positions);
    texts(&mut out, Field::Note, &it.notes);
    out.extend(it.topics.iter().map(|it| (Field::Topic, Value::Text(it))));
    listings(&mut out, it);
    for relation in &it.relations {
        let relation = &relation.value;
        let value = Value::Relation {
            kind: relation.kind,
            words: &relation.words,
            is_id: matches!(relation.other, crate::entity::Other::Entity(_)),
            other: relation.other.text(),
            former: relation.former,
        };
        out.push((Field::Relation, value));
    }
    out.sort_unstable();
    out
}

fn texts<'a>(out: &mut Vec<(Field, Value<'a>)>, field: Field, all: &'a [Fact<String>]) {
    out.extend(all.iter().map(|it| (field, Value::Text(&it.value))));
}

fn listings<'a>(out: &mut Vec<(Field, Value<'a>)>, entity: &'a Entity) {
    let mut all: Vec<_> = entity.listings.iter().collect();
    // Listings of one key are numbered by what they say, so that their order in the file does not matter.
    all.sort_by(|a, b| {
        (&a.authority, &a.list, &a.reference)
            .cmp(&(&b.authority, &b.list, &b.reference))
            .then_with(|| (a.since, &a.legal_basis, &a.programmes).cmp(&(b.since, &b.legal_basis, &b.programmes)))
            .then_with(|| (&a.measures, &a.url).cmp(&(&b.measures, &b.url)))
    });
    let mut place: Option<Place<'a>> = None;
    for it in all {
        let mut here = Place {
            authority: &it.authority,
            list: &it.list,
            reference: &it.reference,
            nth: 0,
        };
        if let Some(before) = place
            && (before.authority, before.list, before.reference) == (here.authority, here.list, here.reference)
        {
            here.nth = before.nth + 1;
        }
        place = Some(here);
        out.push((Field::Listing, Value::Listing(here)));
        out.extend(it.programmes.iter().map(|it| (Field::Programme, Value::Of(here, it))));
        out.extend(it.measures.iter().map(|it| (Field::Measure, Value::Measure(here, *it))));
        out.extend(it.since.map(|it| (Field::Since, Value::Since(here, it))));
        out.extend(
            it.legal_basis
                .as_deref()
                .map(|it| (Field::LegalBasis, Value::Of(here, it))),
        );
        out.extend(it.url.as_deref().map(|it| (Field::Url, Value::Of(here, it))));
    }
}

/// Whether two entities have the same values in the same order: the usual case, told without an allocation. Of two that only
/// differ in order it says no; [`facts`] then shows that nothing differs.
pub(crate) fn same(a: &Entity, b: &Entity) -> bool {
    fn equal<T: PartialEq>(a: &[Fact<T>], b: &[Fact<T>]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.value == b.value)
    }
    let (p, q) = (&a.party, &b.party);
    p.schema == q.schema
        && equal(&p.names, &q.names)
        && equal(&p.birth_dates, &q.birth_dates)
        && equal(&p.founded, &q.founded)
        && equal(&p.birth_places, &q.birth_places)
        && equal(&p.nationalities, &q.nationalities)
        && equal(&p.countries, &q.countries)
        && equal(&p.genders, &q.genders)
        && equal(&p.identifiers, &q.identifiers)
        && equal(&p.addresses, &q.addresses)
        && equal(&p.positions, &q.positions)
        && a.listings == b.listings
        && a.topics == b.topics
        && equal(&a.notes, &b.notes)
        && equal(&a.relations, &b.relations)
}
