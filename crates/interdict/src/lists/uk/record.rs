//! What the UK's files say about one subject, the same for all three: rows and elements of one key are collected here.

use std::collections::BTreeSet;

/// A name in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// `Name 1` to `Name 5`, joined.
    pub given: String,
    /// `Name 6`: the surname, or the whole name of an entity or a ship.
    pub last: String,
    /// `Alias Type` or `Name type`.
    pub kind: String,
    /// `Alias Quality` or `Alias strength`.
    pub strength: String,
}

/// A name in another script.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NonLatin {
    /// The name.
    pub text: String,
    /// The script.
    pub script: String,
    /// The language.
    pub language: String,
}

/// A document: number and what is said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Document {
    /// The number; empty where the file has number and details in one cell.
    pub number: String,
    /// Details, verbatim.
    pub details: String,
}

/// Where it was listed, under what.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Regime {
    /// `Regime` or `Regime Name`.
    pub name: String,
    /// `Listed On` or `Date Designated`.
    pub since: String,
    /// `Designation source`: `UK`, `UN`, `Both`.
    pub source: String,
    /// `Sanctions Imposed`, and the indicators that are `true`; separated by `|`.
    pub imposed: String,
}

/// All that a file says under one key, under the publisher's names, each value once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Designation {
    /// `Group ID` or `Unique ID`.
    pub key: String,
    /// `Group Type`, `Designation Type` or `IndividualEntityShip`.
    pub kind: String,
    /// `OFSI Group ID`.
    pub ofsi_groups: Vec<String>,
    /// `UN Reference Number`.
    pub un_references: Vec<String>,
    /// Names.
    pub names: Vec<Name>,
    /// Names in other scripts.
    pub non_latin: Vec<NonLatin>,
    /// `Title`.
    pub titles: Vec<String>,
    /// `DOB`.
    pub births: Vec<String>,
    /// Town and country of birth.
    pub birth_places: Vec<(String, String)>,
    /// `Nationality`.
    pub nationalities: Vec<String>,
    /// Passports.
    pub passports: Vec<Document>,
    /// National identity numbers.
    pub national_ids: Vec<Document>,
    /// `Position`.
    pub positions: Vec<String>,
    /// `Gender`.
    pub genders: Vec<String>,
    /// Address lines with the post code, and the country.
    pub addresses: Vec<(String, String)>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Web sites.
    pub websites: Vec<String>,
    /// `Other Information`.
    pub other_information: Vec<String>,
    /// `UK Statement of Reasons`.
    pub reasons: Vec<String>,
    /// Regimes.
    pub regimes: Vec<Regime>,
    /// `Type of entity`.
    pub entity_types: Vec<String>,
    /// `Business registration number (s)`.
    pub registrations: Vec<String>,
    /// `Parent company`.
    pub parents: Vec<String>,
    /// `Subsidiaries`.
    pub subsidiaries: Vec<String>,
    /// `IMO number`.
    pub imo_numbers: Vec<String>,
    /// `Current owner/operator (s)`.
    pub owners: Vec<String>,
    /// `Previous owner/operator (s)`.
    pub previous_owners: Vec<String>,
    /// `Current believed flag of ship`.
    pub flags: Vec<String>,
    /// `Previous flags`.
    pub previous_flags: Vec<String>,
    /// Type, tonnage and length of a ship, under the publisher's words.
    pub ship_details: Vec<(&'static str, String)>,
    /// `Year Built`.
    pub years_built: Vec<String>,
    /// `Hull identification number (HIN)`.
    pub hulls: Vec<String>,
}

impl Designation {
    /// Adds what another record under the same key says. Repetitions stay until [`Designation::settle`].
    pub fn absorb(&mut self, mut other: Self) {
        if self.kind.is_empty() {
            self.kind = other.kind;
        }
        self.ofsi_groups.append(&mut other.ofsi_groups);
        self.un_references.append(&mut other.un_references);
        self.names.append(&mut other.names);
        self.non_latin.append(&mut other.non_latin);
        self.titles.append(&mut other.titles);
        self.births.append(&mut other.births);
        self.birth_places.append(&mut other.birth_places);
        self.nationalities.append(&mut other.nationalities);
        self.passports.append(&mut other.passports);
        self.national_ids.append(&mut other.national_ids);
        self.positions.append(&mut other.positions);
        self.genders.append(&mut other.genders);
        self.addresses.append(&mut other.addresses);
        self.phones.append(&mut other.phones);
        self.emails.append(&mut other.emails);
        self.websites.append(&mut other.websites);
        self.other_information.append(&mut other.other_information);
        self.reasons.append(&mut other.reasons);
        self.regimes.append(&mut other.regimes);
        self.entity_types.append(&mut other.entity_types);
        self.registrations.append(&mut other.registrations);
        self.parents.append(&mut other.parents);
        self.subsidiaries.append(&mut other.subsidiaries);
        self.imo_numbers.append(&mut other.imo_numbers);
        self.owners.append(&mut other.owners);
        self.previous_owners.append(&mut other.previous_owners);
        self.flags.append(&mut other.flags);
        self.previous_flags.append(&mut other.previous_flags);
        self.ship_details.append(&mut other.ship_details);
        self.years_built.append(&mut other.years_built);
        self.hulls.append(&mut other.hulls);
    }

    /// Drops repetitions: the rows of a group repeat all that is the same in them. Values that differ all stay.
    pub fn settle(&mut self) {
        unique(&mut self.ofsi_groups);
        unique(&mut self.un_references);
        unique(&mut self.names);
        unique(&mut self.non_latin);
        unique(&mut self.titles);
        unique(&mut self.births);
        unique(&mut self.birth_places);
        unique(&mut self.nationalities);
        unique(&mut self.passports);
        unique(&mut self.national_ids);
        unique(&mut self.positions);
        unique(&mut self.genders);
        unique(&mut self.addresses);
        unique(&mut self.phones);
        unique(&mut self.emails);
        unique(&mut self.websites);
        unique(&mut self.other_information);
        unique(&mut self.reasons);
        unique(&mut self.regimes);
        unique(&mut self.entity_types);
        unique(&mut self.registrations);
        unique(&mut self.parents);
        unique(&mut self.subsidiaries);
        unique(&mut self.imo_numbers);
        unique(&mut self.owners);
        unique(&mut self.previous_owners);
        unique(&mut self.flags);
        unique(&mut self.previous_flags);
        unique(&mut self.ship_details);
        unique(&mut self.years_built);
        unique(&mut self.hulls);
    }
}

/// Keeps the first of equal values, in `n log n`.
fn unique<T: Ord + Clone>(list: &mut Vec<T>) {
    if list.len() > 1 {
        let mut seen = BTreeSet::new();
        list.retain(|it| seen.insert(it.clone()));
    }
}

/// Joins the parts that are not empty.
pub fn joined<'a>(parts: impl IntoIterator<Item = &'a str>, separator: &str) -> String {
    let parts: Vec<&str> = parts.into_iter().map(str::trim).filter(|it| !it.is_empty()).collect();
    parts.join(separator)
}
