//! What the rows mean, by the mapping.

use std::collections::{BTreeMap, BTreeSet};

use super::mapping::{self, Column, Mapping};
use super::record::Record;
use crate::entity::{
    Authority, Entity, IdentifierKind, Listing, Measure, NameKind, Other, PartialDate, PartyName, Problem, Relation,
    Schema, Severity,
};
use crate::lists::Parsed;
use crate::lists::draft::{Draft, one_line};

/// Makes entities of all rows; those of one key are one.
pub fn all(rows: &[Record], mapping: &Mapping, parsed: &mut Parsed) {
    let keyed = mapping.columns.values().any(|it| it.field == "key");
    if !keyed {
        let message = "no column is the key: entities are known by what their rows hold, and change their id with it";
        parsed
            .problems
            .push(Problem::new(Severity::Notice, "header", "", "", message));
    }
    let mut groups: Vec<(String, Vec<&Record>)> = Vec::new();
    let mut by_key: BTreeMap<Key, usize> = BTreeMap::new();
    let mut texts: BTreeSet<String> = BTreeSet::new();
    let mut repeated = 0_usize;
    for row in rows {
        let key = match key(row, mapping) {
            Some(it) => it,
            None if keyed => {
                parsed.problems.push(Problem::new(
                    Severity::Loss,
                    &row.place,
                    "",
                    &shown(row),
                    "a row without its key",
                ));
                let count = parsed.count("row");
                count.records += 1;
                count.lost += 1;
                continue;
            }
            None => vec![vec![hashed(row)]],
        };
        match by_key.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(group) => {
                repeated += 1;
                group.1.push(row);
            }
            None => {
                let mut text = joined(&key);
                // `1`, `2-3` and `1-2`, `3` are two keys of one text.
                while !texts.insert(text.clone()) {
                    text = format!("{text}~{}", short_hash(key.iter().flatten().map(String::as_str)));
                    let message = "another key of other parts reads the same: this one is told apart by a suffix";
                    parsed
                        .problems
                        .push(Problem::new(Severity::Notice, &row.place, "key", &text, message));
                }
                by_key.insert(key, groups.len());
                groups.push((text, vec![row]));
            }
        }
    }
    if repeated > 0 {
        let message = "rows whose key stood before: the facts of all rows of a key are united";
        parsed.problems.push(Problem::new(
            Severity::Notice,
            "",
            "key",
            &repeated.to_string(),
            message,
        ));
    }
    let mut taken = BTreeSet::new();
    for (key, rows) in &groups {
        let entity = entity(key, rows, mapping, &mut taken, &mut parsed.problems);
        let count = parsed.count("row");
        count.records += rows.len();
        if entity.is_some() {
            count.entities += rows.len();
        } else {
            count.lost += rows.len();
        }
        parsed.entities.extend(entity);
    }
}

fn shown(row: &Record) -> String {
    row.values
        .iter()
        .flat_map(|it| &it.1)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The values of each column of the key.
type Key = Vec<Vec<String>>;

fn key(row: &Record, mapping: &Mapping) -> Option<Key> {
    let parts: Key = mapping
        .columns
        .iter()
        .filter(|it| it.1.field == "key")
        .map(|it| {
            let values = row.get(it.0).iter().map(|it| one_line(it));
            values.filter(|it| !it.is_empty()).collect()
        })
        .collect();
    parts.iter().any(|it| !it.is_empty()).then_some(parts)
}

/// A key as it is shown.
fn joined(key: &Key) -> String {
    let parts: Vec<&str> = key.iter().flatten().map(String::as_str).collect();
    parts.join("-")
}

/// A key made of what the row holds.
fn hashed(row: &Record) -> String {
    let cells = row.values.iter();
    short_hash(cells.flat_map(|(column, values)| values.iter().flat_map(move |it| [column.as_str(), it.trim()])))
}

fn short_hash<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for it in parts {
        hasher.update(it.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex().chars().take(16).collect()
}

/// The values of one column in one row: split, mapped, without white space around them.
fn values(row: &Record, name: &str, column: &Column) -> Vec<String> {
    let whole = row.get(name).iter();
    let split: Vec<String> = match &column.separator {
        Some(mark) => whole
            .flat_map(|it| it.split(mark.as_str()))
            .map(str::to_owned)
            .collect(),
        None => whole.cloned().collect(),
    };
    split
        .iter()
        .map(|it| it.trim())
        .filter(|it| !it.is_empty())
        .map(|it| column.values.get(it).cloned().unwrap_or_else(|| it.to_owned()))
        .collect()
}

/// What the rows of one authority say of its listing; what they do not say is the mapping's.
#[derive(Clone, Default, PartialEq)]
struct Told {
    programmes: Vec<String>,
    measures: Vec<Measure>,
    legal_basis: Option<String>,
    since: Option<PartialDate>,
    url: Option<String>,
}

impl Told {
    fn add(&mut self, more: &Self) {
        more.programmes.iter().for_each(|it| self.programme(it));
        self.measures.extend(&more.measures);
        self.since_first(more.since);
        self.legal_basis = more.legal_basis.clone().or(self.legal_basis.take());
        self.url = more.url.clone().or(self.url.take());
    }

    fn programme(&mut self, value: &str) {
        if !self.programmes.iter().any(|it| it == value) {
            self.programmes.push(value.to_owned());
        }
    }

    fn since_first(&mut self, date: Option<PartialDate>) {
        if let Some(date) = date
            && self.since.is_none_or(|have| date.day_span() < have.day_span())
        {
            self.since = Some(date);
        }
    }

    fn listing(self, authority: Authority, key: &str, mapping: &Mapping) -> Listing {
        let or = |told: Vec<String>, other: Vec<String>| if told.is_empty() { other } else { told };
        let mut measures = self.measures;
        if measures.is_empty() {
            measures.clone_from(&mapping.measures);
        }
        measures.sort_unstable();
        measures.dedup();
        Listing {
            authority,
            list: mapping.list.clone(),
            reference: key.to_owned(),
            programmes: or(self.programmes, mapping.programme.iter().cloned().collect()),
            measures,
            legal_basis: self.legal_basis,
            since: self.since,
            url: self.url,
        }
    }
}

fn entity(
    key: &str,
    rows: &[&Record],
    mapping: &Mapping,
    taken: &mut BTreeSet<String>,
    problems: &mut Vec<Problem>,
) -> Option<Entity> {
    let mut it = Draft::new(&mapping.list, key, mapping.schema, problems);
    let mut listings: Vec<(Authority, Told)> = Vec::new();
    // What rows without an authority say.
    let mut unnamed: Option<Told> = None;
    // The schema first: names and dates are read by it.
    for row in rows {
        for (name, column) in mapping.columns.iter().filter(|it| it.1.field == "schema") {
            for value in values(row, name, column) {
                match Schema::parse(&value) {
                    Some(schema) => it.entity.party.schema = schema,
                    None => {
                        it.note("schema", &format!("{name}: {value}"));
                        it.problem(
                            Severity::Notice,
                            name,
                            &value,
                            "a kind that is not known: the mapping's `schema` is taken",
                        );
                    }
                }
            }
        }
    }
    for row in rows {
        names(&mut it, row, mapping);
        let mut told = Told::default();
        let mut authorities: Vec<Authority> = Vec::new();
        for (name, column) in &mapping.columns {
            for value in values(row, name, column) {
                if column.field == "authority" {
                    authorities.push(Authority::parse(&value));
                }
                one(&mut it, &mut told, row, name, column, &value, mapping);
            }
        }
        if authorities.is_empty() {
            unnamed.get_or_insert_default().add(&told);
        }
        for authority in authorities {
            match listings.iter_mut().find(|it| it.0 == authority) {
                Some(it) => it.1.add(&told),
                None => listings.push((authority, told.clone())),
            }
        }
        for (name, all) in &row.values {
            if !mapping.names(name) {
                for value in all.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
                    it.note("(unmapped)", &format!("{name}: {value}"));
                }
            }
        }
    }
    let party = &it.entity.party;
    if party.names.is_empty() && party.identifiers.is_empty() {
        let place = rows.first().map_or("", |it| it.place.as_str());
        it.problem(
            Severity::Loss,
            "name",
            place,
            "neither a name nor an identifier: cannot be screened",
        );
        return None;
    }
    // Rows that name no authority and say nothing of a listing go on with those that do: further names, say.
    if let Some(told) = unnamed.filter(|it| listings.is_empty() || *it != Told::default()) {
        match listings.iter_mut().find(|it| it.0 == mapping.authority) {
            Some(it) => it.1.add(&told),
            None => listings.push((mapping.authority.clone(), told)),
        }
    }
    let listings = listings
        .into_iter()
        .map(|(authority, told)| told.listing(authority, key, mapping));
    it.entity.listings.extend(listings);
    it.entity.topics.extend(mapping.topics.iter().cloned());
    it.entity.topics.sort_unstable();
    it.entity.topics.dedup();
    Some(it.finish(taken))
}

/// The whole names of a row, and the one that its parts make up.
fn names(it: &mut Draft<'_>, row: &Record, mapping: &Mapping) {
    let of = |field: &str| -> Vec<(PartyName, bool)> {
        let columns = mapping.columns.iter().filter(|it| it.1.field == field);
        columns
            .flat_map(|(name, column)| {
                values(row, name, column).into_iter().map(|value| {
                    let value = one_line(&value);
                    let name = if column.inverted {
                        PartyName::from_inverted(&value)
                    } else {
                        PartyName::new(value)
                    };
                    (name, column.inverted)
                })
            })
            .collect()
    };
    let plain = |field: &str| of(field).into_iter().map(|it| it.0.text).collect::<Vec<_>>().join(" ");
    let given = one_line(&format!("{} {}", plain("given name"), plain("middle name")));
    let composed = PartyName::from_parts(&given, &plain("family name"));
    let words = |it: &str| {
        let mut out: Vec<String> = it.split_whitespace().map(str::to_lowercase).collect();
        out.sort_unstable();
        out
    };
    let mut composed = Some(composed).filter(|it| !it.text.is_empty());
    let mut first = !it
        .entity
        .party
        .names
        .iter()
        .any(|it| it.value.kind == NameKind::Primary);
    for (mut name, _) in of("name") {
        if let Some(parts) = composed.take_if(|it| words(&it.text) == words(&name.text)) {
            name.given = parts.given;
            name.family = parts.family;
        }
        let kind = if first { NameKind::Primary } else { NameKind::Alias };
        first = false;
        // A row that repeats the main name of its key adds nothing.
        let known = it.entity.party.names.iter().any(|it| it.value.text == name.text);
        if !known {
            it.name("name", name.kind(kind));
        }
    }
    if let Some(name) = composed
        && !it.entity.party.names.iter().any(|it| it.value.text == name.text)
    {
        it.name(
            "given name, family name",
            name.kind(if first { NameKind::Primary } else { NameKind::Alias }),
        );
    }
    for (field, kind, weak) in [
        ("alias", NameKind::Alias, false),
        ("weak alias", NameKind::Alias, true),
        ("former name", NameKind::Former, false),
    ] {
        for (name, _) in of(field) {
            it.name(field_name(field), name.kind(kind).weak(weak));
        }
    }
}

fn field_name(field: &str) -> &'static str {
    mapping::FIELDS
        .iter()
        .find(|it| **it == field)
        .copied()
        .unwrap_or("name")
}

fn one(it: &mut Draft<'_>, told: &mut Told, row: &Record, name: &str, column: &Column, value: &str, mapping: &Mapping) {
    let country = || {
        let values = column.country.as_deref().map(|it| row.get(it));
        values.and_then(|it| it.first()).map_or("", |it| it.trim())
    };
    match column.field {
        "birth date" => match date(column, value) {
            // One column for both is usual: a company is founded, a ship is built.
            Some(date)
                if !matches!(
                    it.entity.party.schema,
                    Schema::Person | Schema::LegalEntity | Schema::Thing
                ) =>
            {
                it.founded("birth date", &date.to_string());
            }
            Some(date) => it.birth("birth date", date),
            None => odd_date(it, name, column, value),
        },
        "founded" => match date(column, value) {
            Some(date) => it.founded("founded", &date.to_string()),
            None => odd_date(it, name, column, value),
        },
        "birth place" => it.birth_place("birth place", value),
        "nationality" => it.nationality("nationality", value),
        "country" => it.country("country", value),
        "gender" => it.gender("gender", value),
        "address" => it.address("address", &[&one_line(value)], "", country()),
        "position" => it.position("position", value),
        "note" => it.note("note", &format!("{name}: {value}")),
        "identifier" => {
            let kind = column
                .kind
                .clone()
                .unwrap_or_else(|| IdentifierKind::Other(name.to_owned()));
            it.identifier("identifier", kind, value, country(), false);
        }
        "relation" => {
            let other = if column.by_key {
                Other::Entity(format!("{}-{value}", mapping.list))
            } else {
                Other::Name(value.to_owned())
            };
            it.relation("relation", Relation::new(column.relation, name, other));
        }
        "listed since" => match date(column, value) {
            Some(date) => told.since_first(Some(date)),
            None => odd_date(it, name, column, value),
        },
        // Whether a day has passed is not for a list to say: the day is shown.
        "listed until" => it.note("listed until", &format!("{name}: {value}")),
        "programme" => told.programme(value),
        "measure" => match mapping::measure(value) {
            Ok(measure) => told.measures.push(measure),
            Err(_) => {
                it.note("measure", &format!("{name}: {value}"));
                it.problem(
                    Severity::Notice,
                    name,
                    value,
                    "a measure that is not known: the mapping's one is taken",
                );
            }
        },
        "legal basis" => told.legal_basis = Some(value.to_owned()),
        "url" => told.url = Some(value.to_owned()),
        "topic" => it.entity.topics.push(value.to_owned()),
        // Names, the key, the schema and the authority are read before.
        _ => {}
    }
}

fn odd_date(it: &mut Draft<'_>, name: &str, column: &Column, value: &str) {
    it.note(column.field, &format!("{name}: {value}"));
    let message = if column.formats.is_empty() {
        "not a date that exists; kept as a note"
    } else {
        "not a date in any of the formats of the mapping; kept as a note"
    };
    it.problem(Severity::Notice, name, value, message);
}

/// A date by the formats of the mapping; without any, in the shapes that the official lists use. A year alone is always read.
fn date(column: &Column, value: &str) -> Option<PartialDate> {
    if column.formats.is_empty() || (value.len() == 4 && value.bytes().all(|it| it.is_ascii_digit())) {
        return PartialDate::parse(value).ok();
    }
    column.formats.iter().find_map(|format| {
        let found = jiff::fmt::strtime::parse(format, value).ok()?;
        let small = |it: Option<i8>| it.and_then(|it| u8::try_from(it).ok());
        PartialDate::new(found.year()?, small(found.month()), small(found.day())).ok()
    })
}
