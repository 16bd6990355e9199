//! A parsed list -> the counts that gates compare. Small enough to be kept for every version, so that old ones need not be parsed.

use std::collections::BTreeMap;
use std::fmt;

use crate::entity::{PartialDate, Severity, Validity};
use crate::lists::{Count, Parsed};

/// Counts of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The publisher's date, or the one that it was given.
    pub published: Option<PartialDate>,
    /// The publisher's own count of records.
    pub declared: Option<usize>,
    /// Entities.
    pub entities: usize,
    /// Their names.
    pub names: usize,
    /// Records of those types that become entities.
    pub main_records: usize,
    /// Records of every type.
    pub records: usize,
    /// Records that were lost.
    pub lost_records: usize,
    /// Values that were lost, of records that were not.
    pub lost_values: usize,
    /// The first lost records, in words.
    pub lost_words: Vec<String>,
    /// The first lost values, in words.
    pub lost_value_words: Vec<String>,
    /// Files of the publication that are missing.
    pub missing_files: Vec<String>,
    /// Why the file is not to be trusted as a whole.
    pub fatal: Option<String>,
    /// Entities by schema.
    pub types: BTreeMap<String, usize>,
    /// Entities by programme and schema. One of several programmes counts in each.
    pub programmes: BTreeMap<String, BTreeMap<String, usize>>,
    /// What is known of the entities, by kind of fact. Empty for a version of before this was counted.
    pub facts: BTreeMap<String, usize>,
    /// Numbers with a check digit by kind: how many there are, and how many fail.
    pub identifiers: BTreeMap<String, (usize, usize)>,
}

/// A group of entities whose number is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group<'a> {
    /// All of the list.
    All,
    /// All of a type.
    Type(&'a str),
    /// All of a programme and a type.
    Programme(&'a str, &'a str),
}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("the whole list"),
            Self::Type(schema) => f.write_str(schema),
            Self::Programme("", schema) => write!(f, "no programme/{schema}"),
            Self::Programme(programme, schema) => write!(f, "{programme}/{schema}"),
        }
    }
}

/// Words for records that belong to another one; every other word names what becomes an entity.
const SIDE_RECORDS: [&str; 10] = [
    "alias",
    "address",
    "comment",
    "comments",
    "document",
    "namealias",
    "citizenship",
    "birthdate",
    "identification",
    "row",
];

/// Records that became an entity or should have.
#[must_use]
pub fn main_records(entities: usize, counts: &BTreeMap<String, Count>) -> usize {
    let lost: usize = counts
        .iter()
        .filter(|it| !SIDE_RECORDS.contains(&it.0.as_str()))
        .map(|it| it.1.lost)
        .sum();
    entities + lost
}

/// The record that problems with a family of files as a whole are filed under, by the readers of such families.
const FAMILY: &str = "family";

impl Summary {
    /// Counts a list.
    #[must_use]
    pub fn of(parsed: &Parsed) -> Self {
        let mut out = Self {
            published: parsed.published,
            declared: parsed.declared,
            entities: parsed.entities.len(),
            names: parsed.entities.iter().map(|it| it.party.names.len()).sum(),
            records: parsed.counts.values().map(|it| it.records).sum(),
            lost_records: parsed.counts.values().map(|it| it.lost).sum(),
            fatal: parsed.fatal().map(ToString::to_string),
            ..Self::default()
        };
        out.main_records = main_records(out.entities, &parsed.counts);
        let mut losses = 0;
        for it in parsed.problems.iter().filter(|it| it.severity == Severity::Loss) {
            if it.record == FAMILY {
                out.missing_files.push(it.field.clone());
                continue;
            }
            losses += 1;
            // Which of them are records the parser does not say; both gates show the first ones.
            for words in [&mut out.lost_words, &mut out.lost_value_words] {
                if words.len() < 3 {
                    words.push(it.to_string());
                }
            }
        }
        out.lost_values = usize::saturating_sub(losses, out.lost_records);
        for entity in &parsed.entities {
            let schema = entity.party.schema.name();
            *out.types.entry(schema.to_owned()).or_default() += 1;
            let mut programmes: Vec<&str> = entity
                .listings
                .iter()
                .flat_map(|it| &it.programmes)
                .map(String::as_str)
                .collect();
            if programmes.is_empty() {
                programmes.push("");
            }
            programmes.sort_unstable();
            programmes.dedup();
            for it in programmes {
                *out.programmes
                    .entry(it.to_owned())
                    .or_default()
                    .entry(schema.to_owned())
                    .or_default() += 1;
            }
            let party = &entity.party;
            for (kind, n) in [
                ("names", party.names.len()),
                ("birth dates", party.birth_dates.len()),
                ("birth places", party.birth_places.len()),
                ("nationalities", party.nationalities.len()),
                ("countries", party.countries.len()),
                ("identifiers", party.identifiers.len()),
                ("addresses", party.addresses.len()),
                ("listings", entity.listings.len()),
            ] {
                *out.facts.entry(kind.to_owned()).or_default() += n;
            }
            for it in &entity.party.identifiers {
                let invalid = match it.value.validity {
                    Validity::Valid => 0,
                    Validity::Invalid => 1,
                    Validity::Unchecked => continue,
                };
                let count = out.identifiers.entry(it.value.kind.name().to_owned()).or_default();
                count.0 += 1;
                count.1 += invalid;
            }
        }
        out
    }

    /// Every group with its number, in a fixed order.
    #[must_use]
    pub fn groups(&self) -> Vec<(Group<'_>, usize)> {
        let mut out = vec![(Group::All, self.entities)];
        out.extend(self.types.iter().map(|it| (Group::Type(it.0), *it.1)));
        for (programme, types) in &self.programmes {
            out.extend(types.iter().map(|it| (Group::Programme(programme, it.0), *it.1)));
        }
        out
    }

    /// How many entities a group has.
    #[must_use]
    pub fn group(&self, group: &Group<'_>) -> usize {
        let found = match group {
            Group::All => Some(&self.entities),
            Group::Type(schema) => self.types.get(*schema),
            Group::Programme(programme, schema) => self.programmes.get(*programme).and_then(|it| it.get(*schema)),
        };
        found.copied().unwrap_or(0)
    }
}
