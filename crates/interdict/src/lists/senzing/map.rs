//! What Senzing's attributes mean.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Group, Record, of};
use crate::entity::{
    Authority, Entity, IdentifierKind, Listing, Measure, NameKind, Other, PartyName, Problem, Relation, RelationKind,
    Schema, Severity,
};
use crate::lists::draft::Draft;

/// Attributes of a name; words before them (`PRIMARY_NAME_FULL`) say of which type it is.
const NAME: [&str; 9] = [
    "NAME_FULL",
    "NAME_ORG",
    "NAME_FIRST",
    "NAME_MIDDLE",
    "NAME_LAST",
    "NAME_PREFIX",
    "NAME_SUFFIX",
    "NAME_TYPE",
    "NAME_LANGUAGE",
];

/// Attributes of an address.
const ADDRESS: [&str; 13] = [
    "ADDR_FULL",
    "ADDR_LINE1",
    "ADDR_LINE2",
    "ADDR_LINE3",
    "ADDR_LINE4",
    "ADDR_LINE5",
    "ADDR_LINE6",
    "ADDR_CITY",
    "ADDR_STATE",
    "ADDR_POSTAL_CODE",
    "ADDR_COUNTRY",
    "ADDR_TYPE",
    "ADDR_FROM_DATE",
];

/// Identifiers: the attribute with the number, the one with the country, the one with the type, the kind.
const IDS: [(&str, &str, &str, Kind); 16] = [
    ("PASSPORT_NUMBER", "PASSPORT_COUNTRY", "", Kind::Passport),
    (
        "NATIONAL_ID_NUMBER",
        "NATIONAL_ID_COUNTRY",
        "NATIONAL_ID_TYPE",
        Kind::National,
    ),
    ("SSN_NUMBER", "", "", Kind::National),
    ("TAX_ID_NUMBER", "TAX_ID_COUNTRY", "TAX_ID_TYPE", Kind::Tax),
    ("LEI_NUMBER", "", "", Kind::Lei),
    ("IMO_NUMBER", "", "", Kind::Imo),
    ("MMSI_NUMBER", "", "", Kind::Mmsi),
    ("CALL_SIGN", "", "", Kind::CallSign),
    ("EMAIL_ADDRESS", "", "", Kind::Email),
    ("PHONE_NUMBER", "", "", Kind::Phone),
    ("WEBSITE_ADDRESS", "", "", Kind::Website),
    (
        "DRIVERS_LICENSE_NUMBER",
        "DRIVERS_LICENSE_STATE",
        "",
        Kind::Own("driver's licence"),
    ),
    ("DUNS_NUMBER", "", "", Kind::Own("D-U-N-S number")),
    ("NPI_NUMBER", "", "", Kind::Own("NPI number")),
    ("ACCOUNT_NUMBER", "", "ACCOUNT_DOMAIN", Kind::Own("account number")),
    (
        "OTHER_ID_NUMBER",
        "OTHER_ID_COUNTRY",
        "OTHER_ID_TYPE",
        Kind::Own("other"),
    ),
];

/// A kind of identifier, as a constant can hold it.
#[derive(Clone, Copy)]
enum Kind {
    Passport,
    National,
    Tax,
    Lei,
    Imo,
    Mmsi,
    CallSign,
    Email,
    Phone,
    Website,
    /// By the type that the record gives, else by this word.
    Own(&'static str),
}

impl Kind {
    fn kind(self, label: &str) -> IdentifierKind {
        match self {
            Self::Passport => IdentifierKind::Passport,
            Self::National => IdentifierKind::NationalId,
            Self::Tax => IdentifierKind::TaxId,
            Self::Lei => IdentifierKind::Lei,
            Self::Imo => IdentifierKind::Imo,
            Self::Mmsi => IdentifierKind::Mmsi,
            Self::CallSign => IdentifierKind::CallSign,
            Self::Email => IdentifierKind::Email,
            Self::Phone => IdentifierKind::Phone,
            Self::Website => IdentifierKind::Website,
            Self::Own(word) => {
                let label = if label.is_empty() { word } else { label };
                // OpenSanctions gives its own properties as types of other identifiers.
                match label.to_ascii_lowercase().as_str() {
                    "imonumber" | "imo" => IdentifierKind::Imo,
                    "mmsi" => IdentifierKind::Mmsi,
                    "leicode" | "lei" => IdentifierKind::Lei,
                    "swiftbic" | "bic" => IdentifierKind::Bic,
                    "registrationnumber" | "ogrncode" | "uscccode" => IdentifierKind::Registration,
                    "taxnumber" | "inncode" | "vatcode" => IdentifierKind::TaxId,
                    "idnumber" => IdentifierKind::NationalId,
                    "passportnumber" => IdentifierKind::Passport,
                    _ => IdentifierKind::Other(label.to_owned()),
                }
            }
        }
    }
}

/// Attributes that are read with others, or say nothing about who somebody is.
const READ_ELSEWHERE: [&str; 11] = [
    "TRUSTED_ID_TYPE",
    "TRUSTED_ID_NUMBER",
    "PHONE_TYPE",
    "EMAIL_TYPE",
    "LAST_CHANGE",
    "RECORD_TYPE",
    "REL_ANCHOR_DOMAIN",
    "REL_ANCHOR_KEY",
    "REL_POINTER_DOMAIN",
    "REL_POINTER_KEY",
    "REL_POINTER_ROLE",
];

/// The key of a record.
fn key(record: &Record, list: &str) -> String {
    let key = if record.id.is_empty() {
        &record.place
    } else {
        &record.id
    };
    of_source(&record.source, key, list)
}

/// Keys are a source's own: in a file of several sources both make up the key.
fn of_source(source: &str, key: &str, list: &str) -> String {
    if list == super::MIXED && !source.is_empty() {
        format!("{}-{key}", source.to_lowercase())
    } else {
        key.to_owned()
    }
}

/// The key of the record that each anchor, by domain and key, stands at; of each record, by source and id.
pub fn anchors(records: &[Record], list: &str) -> BTreeMap<(String, String), String> {
    let mut out = BTreeMap::new();
    for record in records {
        for group in &record.groups {
            let anchor = of(group, "REL_ANCHOR_KEY");
            // Beside a pointer an anchor may be the other side's.
            let own = of(group, "REL_POINTER_KEY").is_empty() || anchor == record.id;
            if !anchor.is_empty() && own {
                out.entry((of(group, "REL_ANCHOR_DOMAIN").to_lowercase(), anchor.to_owned()))
                    .or_insert_with(|| key(record, list));
            }
        }
    }
    // A domain may also be the name of a source, and the key that of a record.
    for it in records.iter().filter(|it| !it.id.is_empty()) {
        out.entry((it.source.to_lowercase(), it.id.clone()))
            .or_insert_with(|| key(it, list));
    }
    out
}

/// Makes an entity of a record; `None`, with a problem, where it has neither a name nor an identifier.
pub fn entity(
    record: &Record,
    list: &str,
    anchors: &BTreeMap<(String, String), String>,
    taken: &mut BTreeSet<String>,
    said: &mut BTreeSet<String>,
    problems: &mut Vec<Problem>,
) -> Option<Entity> {
    let key = key(record, list);
    let mut it = Draft::new(list, &key, Schema::Thing, problems);
    if record.id.is_empty() {
        it.problem(
            Severity::Notice,
            "RECORD_ID",
            "",
            "a record without its id: known by its place",
        );
    }
    match record.kind.to_uppercase().as_str() {
        "" => {}
        "AIRCRAFT" => it.entity.party.schema = Schema::Airplane,
        kind => match Schema::parse(kind) {
            Some(schema) => it.entity.party.schema = schema,
            None => {
                it.note("RECORD_TYPE", &format!("RECORD_TYPE: {kind}"));
                it.problem(
                    Severity::Notice,
                    "RECORD_TYPE",
                    kind,
                    "a type of record that is not known: read as a thing",
                );
            }
        },
    }
    let mut url = None;
    for group in &record.groups {
        names(&mut it, group);
        address(&mut it, group);
        identifiers(&mut it, group);
        relation(&mut it, group, list, anchors, record);
        for (attribute, value) in group {
            match attribute.as_str() {
                "GENDER" => it.gender("GENDER", value),
                "DATE_OF_BIRTH" => it.birth_date("DATE_OF_BIRTH", value),
                "REGISTRATION_DATE" => it.founded("REGISTRATION_DATE", value),
                "PLACE_OF_BIRTH" => it.birth_place("PLACE_OF_BIRTH", value),
                "NATIONALITY" | "CITIZENSHIP" if it.entity.party.schema == Schema::Person => {
                    it.nationality("NATIONALITY", value);
                }
                "NATIONALITY" | "CITIZENSHIP" | "COUNTRY_OF_ASSOCIATION" | "REGISTRATION_COUNTRY" | "ADDR_COUNTRY" => {
                    it.country("COUNTRIES", value);
                }
                "POSITION" | "EMPLOYMENT_TITLE" | "JOB_TITLE" => it.position("POSITION", value),
                "TOPICS" => value
                    .split([';', ','])
                    .map(str::trim)
                    .filter(|it| !it.is_empty())
                    .for_each(|topic| it.entity.topics.push(topic.to_owned())),
                "URL" => url = Some(value.clone()),
                other if known(other) => {}
                other => {
                    it.note("payload", &format!("{other}: {value}"));
                    if said.insert(other.to_owned()) {
                        let message = "an attribute that is not known: kept as a note (said once)";
                        it.problem(Severity::Notice, other, value, message);
                    }
                }
            }
        }
    }
    let party = &it.entity.party;
    if party.names.is_empty() && party.identifiers.is_empty() {
        it.problem(
            Severity::Loss,
            "NAMES",
            "",
            "neither a name nor an identifier: cannot be screened",
        );
        return None;
    }
    let source = if record.source.is_empty() {
        list
    } else {
        record.source.as_str()
    };
    it.entity.listings.push(Listing {
        authority: Authority::parse(source),
        list: list.to_owned(),
        reference: key,
        programmes: Vec::new(),
        measures: vec![Measure::Other],
        legal_basis: None,
        since: None,
        url,
    });
    Some(it.finish(taken))
}

/// Whether an attribute is read as part of a name, an address or an identifier.
fn known(attribute: &str) -> bool {
    let part = |all: &[&str]| {
        all.iter()
            .any(|it| attribute == *it || attribute.ends_with(&format!("_{it}")))
    };
    let id = |it: &(&str, &str, &str, Kind)| {
        [it.0, it.1, it.2]
            .iter()
            .any(|name| !name.is_empty() && (attribute == *name || attribute.ends_with(&format!("_{name}"))))
    };
    READ_ELSEWHERE.contains(&attribute) || part(&NAME) || part(&ADDRESS) || IDS.iter().any(id)
}

/// The words before the attributes of one thing in a flat record: `""` and `PRIMARY` of `NAME_FULL` and `PRIMARY_NAME_FULL`.
fn usages(group: &Group, attributes: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (name, _) in group {
        let usage = attributes.iter().find_map(|it| match name.strip_suffix(it) {
            Some("") => Some(String::new()),
            Some(before) => before.strip_suffix('_').map(str::to_owned),
            None => None,
        });
        if let Some(usage) = usage.filter(|it| !out.contains(it)) {
            out.push(usage);
        }
    }
    out
}

/// An attribute under the word before it.
fn under<'a>(group: &'a Group, usage: &str, attribute: &str) -> &'a str {
    if usage.is_empty() {
        of(group, attribute)
    } else {
        of(group, &format!("{usage}_{attribute}"))
    }
}

fn names(it: &mut Draft<'_>, group: &Group) {
    for usage in usages(group, &NAME) {
        let get = |attribute: &str| under(group, &usage, attribute);
        let given = [get("NAME_FIRST"), get("NAME_MIDDLE")].join(" ");
        let name = match (get("NAME_FULL"), get("NAME_ORG")) {
            ("", "") => PartyName::from_parts(&given, get("NAME_LAST")),
            ("", org) => {
                if it.entity.party.schema == Schema::Thing {
                    it.entity.party.schema = Schema::Organization;
                }
                PartyName::new(org)
            }
            (full, _) => PartyName::new(full),
        };
        let org = get("NAME_ORG");
        let beside = !get("NAME_FULL").is_empty() && !org.is_empty() && org != get("NAME_FULL");
        let second = beside.then(|| PartyName::new(org).kind(NameKind::Alias));
        let stated = get("NAME_TYPE");
        let word = if stated.is_empty() { usage.as_str() } else { stated };
        let first = it
            .entity
            .party
            .names
            .iter()
            .all(|it| it.value.kind != NameKind::Primary);
        let kind = match word.to_uppercase().as_str() {
            "PRIMARY" => NameKind::Primary,
            "" if first => NameKind::Primary,
            "FORMER" | "MAIDEN" | "PREVIOUS" | "FKA" => NameKind::Former,
            _ => NameKind::Alias,
        };
        let mut name = name.kind(kind).weak(matches!(
            word.to_uppercase().as_str(),
            "WEAK" | "WEAKALIAS" | "NICKNAME"
        ));
        if !get("NAME_LANGUAGE").is_empty() {
            name = name.language(get("NAME_LANGUAGE"));
        }
        it.name("NAMES", name);
        if let Some(second) = second {
            it.name("NAMES", second);
        }
        for title in ["NAME_PREFIX", "NAME_SUFFIX"] {
            it.position("NAMES", get(title));
        }
    }
}

fn address(it: &mut Draft<'_>, group: &Group) {
    for usage in usages(group, &ADDRESS) {
        let get = |attribute: &str| under(group, &usage, attribute);
        let full = get("ADDR_FULL");
        let mut parts = vec![full];
        if full.is_empty() {
            parts = ADDRESS[1..10].iter().map(|it| get(it)).collect();
        }
        if parts.iter().any(|it| !it.is_empty()) {
            it.address("ADDRESSES", &parts, get("ADDR_CITY"), get("ADDR_COUNTRY"));
        } else {
            it.country("ADDRESSES", get("ADDR_COUNTRY"));
        }
    }
}

fn identifiers(it: &mut Draft<'_>, group: &Group) {
    for (number, country, label, kind) in IDS {
        for usage in usages(group, &[number]) {
            let get = |attribute: &str| {
                if attribute.is_empty() {
                    ""
                } else {
                    under(group, &usage, attribute)
                }
            };
            let label = get(label);
            let is = kind.kind(label);
            if !label.is_empty() && !matches!(is, IdentifierKind::Other(_)) && !matches!(kind, Kind::Own(_)) {
                it.note("IDENTIFIERS", &format!("{label} {}", get(number)));
            }
            it.identifier("IDENTIFIERS", is, get(number), get(country), false);
        }
    }
}

/// `REL_POINTER_*` says that the record points at the one whose anchor has that key; a file may give both keys in one object.
fn relation(
    it: &mut Draft<'_>,
    group: &Group,
    list: &str,
    anchors: &BTreeMap<(String, String), String>,
    record: &Record,
) {
    let own = record.id.as_str();
    let keys = [of(group, "REL_POINTER_KEY"), of(group, "REL_ANCHOR_KEY")];
    let other = keys.iter().find(|it| !it.is_empty() && **it != own);
    // An anchor alone only says by which key others may point here.
    let (Some(other), false) = (other, keys[0].is_empty()) else {
        return;
    };
    let domain = of(group, "REL_POINTER_DOMAIN").to_lowercase();
    // Without an anchor of that key the domain is no source that is known here: a key of the record's own source.
    let other = anchors
        .get(&(domain, (*other).to_owned()))
        .cloned()
        .unwrap_or_else(|| of_source(&record.source, other, list));
    let role = of(group, "REL_POINTER_ROLE");
    let lower = role.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    let kind = if has(&[
        "family",
        "spouse",
        "relative",
        "child",
        "parent_of",
        "sibling",
        "wife",
        "husband",
    ]) {
        RelationKind::Family
    } else if has(&["associate", "partner"]) {
        RelationKind::Associate
    } else {
        // Which side owns or leads the other the role does not say in words that everybody shares.
        RelationKind::Linked
    };
    let words = if role.is_empty() { "RELATIONSHIPS" } else { role };
    it.relation(
        "RELATIONSHIPS",
        Relation::new(kind, words, Other::Entity(format!("{list}-{other}"))),
    );
}
