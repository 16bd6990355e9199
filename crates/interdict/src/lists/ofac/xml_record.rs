//! OFAC's legacy XML (`SDN.XML`, `CONSOLIDATED.XML`) -> raw parties, as the file says it.

use std::collections::BTreeSet;

use super::record::{Raw, RawAddress, RawName, RawValue, alias_kind};
use crate::entity::{NameKind, PartialDate, Problem, Severity};
use crate::lists::xml::{self, Element};
use crate::lists::{Parsed, SourceFile};

/// Elements right inside an entry, and the elements right inside of those that are lists; anything else is reported.
const KNOWN: &[(&str, &[&str])] = &[
    ("uid", &[]),
    ("firstName", &[]),
    ("lastName", &[]),
    ("title", &[]),
    ("sdnType", &[]),
    ("remarks", &[]),
    ("programList", &["program"]),
    ("idList", &["id"]),
    ("akaList", &["aka"]),
    ("addressList", &["address"]),
    ("nationalityList", &["nationality"]),
    ("citizenshipList", &["citizenship"]),
    ("dateOfBirthList", &["dateOfBirthItem"]),
    ("placeOfBirthList", &["placeOfBirthItem"]),
    (
        "vesselInfo",
        &[
            "callSign",
            "vesselType",
            "vesselFlag",
            "vesselOwner",
            "tonnage",
            "grossRegisteredTonnage",
        ],
    ),
];

/// The leaves of the items of those lists.
const LEAVES: &[(&str, &[&str])] = &[
    (
        "id",
        &["uid", "idType", "idNumber", "idCountry", "issueDate", "expirationDate"],
    ),
    ("aka", &["uid", "type", "category", "lastName", "firstName"]),
    (
        "address",
        &[
            "uid",
            "address1",
            "address2",
            "address3",
            "city",
            "stateOrProvince",
            "postalCode",
            "country",
        ],
    ),
    ("nationality", &["uid", "country", "mainEntry"]),
    ("citizenship", &["uid", "country", "mainEntry"]),
    ("dateOfBirthItem", &["uid", "dateOfBirth", "mainEntry"]),
    ("placeOfBirthItem", &["uid", "placeOfBirth", "mainEntry"]),
];

/// Reads the file. Problems, the date and the declared count go to `parsed`.
pub(super) fn entries(file: SourceFile<'_>, parsed: &mut Parsed) -> Vec<Raw> {
    let mut out = Vec::new();
    let mut strange: BTreeSet<String> = BTreeSet::new();
    let mut problems = Vec::new();
    let mut found = 0_usize;
    let mut unreadable = 0_usize;
    let (mut published, mut declared) = (None, None);
    let frame = xml::read(file.bytes, &[], |_, it| match it.name.as_str() {
        // The publisher's spelling.
        "publshInformation" => {
            let date = it.text_of("Publish_Date");
            published = us_date(date);
            if published.is_none() {
                problems.push(Problem::new(
                    Severity::Notice,
                    "publshInformation",
                    "Publish_Date",
                    date,
                    "not a date of the form month/day/year",
                ));
            }
            declared = it.text_of("Record_Count").parse::<usize>().ok();
        }
        "sdnEntry" => {
            found += 1;
            report_strange(&it, &mut strange, &mut problems);
            let raw = entry(&it, &mut problems);
            if raw.key.is_empty() {
                unreadable += 1;
                let name = raw.names.first().map_or("", |it| it.last.as_str());
                problems.push(Problem::new(
                    Severity::Loss,
                    format!("entry {found}"),
                    "uid",
                    name,
                    "an entry without a key",
                ));
            } else {
                out.push(raw);
            }
        }
        other => {
            if strange.insert(other.to_owned()) {
                problems.push(Problem::new(
                    Severity::Notice,
                    "file",
                    other,
                    &it.text,
                    "an element that is not known",
                ));
            }
        }
    });
    parsed.problems.append(&mut problems);
    let whole = frame.fatal.is_none();
    if whole && frame.root.name != "sdnList" {
        parsed.problems.push(Problem::new(
            Severity::Fatal,
            file.name,
            "",
            &frame.root.name,
            "the root element is not `sdnList`",
        ));
    } else if whole && declared != Some(found) {
        let message = match declared {
            Some(it) => format!("the file declares {it} entries and holds {found}"),
            None => format!("the file declares no count of its entries (`Record_Count`); it holds {found}"),
        };
        parsed.problems.push(Problem::new(
            Severity::Fatal,
            "publshInformation",
            "Record_Count",
            &declared.map(|it| it.to_string()).unwrap_or_default(),
            message,
        ));
    }
    parsed.problems.extend(frame.fatal);
    parsed.published = published;
    parsed.declared = declared;
    if unreadable > 0 {
        let count = parsed.count("entry");
        count.records += unreadable;
        count.lost += unreadable;
    }
    out
}

/// `04/05/2020` is the fifth of April here; elsewhere the day comes first, hence a reader of its own.
fn us_date(text: &str) -> Option<PartialDate> {
    let mut parts = text.trim().split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    PartialDate::new(year.parse().ok()?, Some(month.parse().ok()?), Some(day.parse().ok()?)).ok()
}

/// Reports each element that is not known once a file, at the first entry that has it.
fn report_strange(entry: &Element, strange: &mut BTreeSet<String>, problems: &mut Vec<Problem>) {
    let mut report = |path: String, text: &str| {
        if strange.insert(path.clone()) {
            problems.push(Problem::new(
                Severity::Notice,
                entry.text_of("uid"),
                path,
                text,
                "an element that is not known",
            ));
        }
    };
    for part in &entry.children {
        let Some((_, items)) = KNOWN.iter().find(|it| it.0 == part.name) else {
            report(part.name.clone(), &part.text);
            continue;
        };
        for item in &part.children {
            if !items.contains(&item.name.as_str()) {
                report(format!("{}/{}", part.name, item.name), &item.text);
                continue;
            }
            let leaves = LEAVES.iter().find(|it| it.0 == item.name).map_or(&[][..], |it| it.1);
            for leaf in item.children.iter().filter(|it| !leaves.contains(&it.name.as_str())) {
                report(format!("{}/{}/{}", part.name, item.name, leaf.name), &leaf.text);
            }
        }
    }
}

fn entry(it: &Element, problems: &mut Vec<Problem>) -> Raw {
    let key = it.text_of("uid").to_owned();
    let mut raw = Raw {
        kind: it.text_of("sdnType").to_ascii_lowercase(),
        names: vec![RawName {
            last: it.text_of("lastName").to_owned(),
            first: it.text_of("firstName").to_owned(),
            kind: Some(NameKind::Primary),
            ..RawName::default()
        }],
        programmes: it.items("programList", "program").map(|it| it.text.clone()).collect(),
        titles: it
            .all("title")
            .flat_map(|it| it.text.split(';'))
            .map(str::to_owned)
            .collect(),
        remarks: it.text_of("remarks").to_owned(),
        key,
        ..Raw::default()
    };
    for aka in it.items("akaList", "aka") {
        let weak = match aka.text_of("category") {
            "weak" => true,
            "strong" | "" => false,
            other => {
                problems.push(Problem::new(
                    Severity::Notice,
                    raw.key.as_str(),
                    "akaList/aka/category",
                    other,
                    "a quality that is not known; kept as a strong alias",
                ));
                false
            }
        };
        raw.names.push(RawName {
            last: aka.text_of("lastName").to_owned(),
            first: aka.text_of("firstName").to_owned(),
            kind: alias_kind(aka.text_of("type"), &raw.key, "akaList/aka/type", problems),
            weak,
            ..RawName::default()
        });
    }
    let value = |label: &str, value: &str| RawValue {
        label: label.into(),
        value: value.to_owned(),
        ..RawValue::default()
    };
    for (list, item, leaf, label) in [
        ("dateOfBirthList", "dateOfBirthItem", "dateOfBirth", "DOB"),
        ("placeOfBirthList", "placeOfBirthItem", "placeOfBirth", "POB"),
        ("nationalityList", "nationality", "country", "nationality"),
        ("citizenshipList", "citizenship", "country", "citizen"),
    ] {
        raw.values
            .extend(it.items(list, item).map(|it| value(label, it.text_of(leaf))));
    }
    for id in it.items("idList", "id") {
        let mut detail = String::new();
        for (leaf, word) in [("issueDate", "issued"), ("expirationDate", "expires")] {
            if !id.text_of(leaf).is_empty() {
                detail += &format!(" {word} {}", id.text_of(leaf));
            }
        }
        raw.values.push(RawValue {
            label: id.text_of("idType").into(),
            value: id.text_of("idNumber").to_owned(),
            country: id.text_of("idCountry").into(),
            detail: detail.trim().to_owned(),
            bad: false,
        });
    }
    for (leaf, label) in [
        ("callSign", "Vessel Call Sign"),
        ("vesselType", "Vessel Type"),
        ("tonnage", "Vessel Tonnage"),
        ("grossRegisteredTonnage", "Vessel Gross Registered Tonnage"),
        ("vesselFlag", "Vessel Flag"),
        ("vesselOwner", "Vessel Owner"),
    ] {
        let of = it.items("vesselInfo", leaf).filter(|it| !it.text.is_empty());
        raw.values.extend(of.map(|it| value(label, &it.text)));
    }
    for address in it.items("addressList", "address") {
        let part = |leaf: &str| address.text_of(leaf).to_owned();
        raw.addresses.push(RawAddress {
            parts: [
                "address1",
                "address2",
                "address3",
                "city",
                "stateOrProvince",
                "postalCode",
            ]
            .into_iter()
            .map(part)
            .collect(),
            city: part("city"),
            country: address.text_of("country").into(),
        });
    }
    raw
}
