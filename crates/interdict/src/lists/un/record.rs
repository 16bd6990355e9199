//! The UN's consolidated XML -> raw records, as the file says it: one for each `INDIVIDUAL` and `ENTITY`.
//!
//! Empty placeholder elements stand everywhere and say nothing; a record of this room holds only what has content.

use std::collections::BTreeSet;

use crate::entity::{PartialDate, Problem, Severity};
use crate::lists::draft::one_line;
use crate::lists::xml::{self, Element};
use crate::lists::{Parsed, SourceFile};

/// Elements inside `INDIVIDUAL` and `ENTITY`, and the leaves of those that have some.
const KNOWN: &[(&str, &[&str])] = &[
    ("DATAID", &[]),
    ("VERSIONNUM", &[]),
    ("FIRST_NAME", &[]),
    ("SECOND_NAME", &[]),
    ("THIRD_NAME", &[]),
    ("FOURTH_NAME", &[]),
    ("UN_LIST_TYPE", &[]),
    ("REFERENCE_NUMBER", &[]),
    ("LISTED_ON", &[]),
    ("GENDER", &[]),
    ("SUBMITTED_BY", &[]),
    ("SUBMITTED_ON", &[]),
    ("NAME_ORIGINAL_SCRIPT", &[]),
    ("COMMENTS1", &[]),
    ("NATIONALITY2", &[]),
    ("TITLE", &["VALUE"]),
    ("DESIGNATION", &["VALUE"]),
    ("NATIONALITY", &["VALUE"]),
    ("LIST_TYPE", &["VALUE"]),
    ("LAST_DAY_UPDATED", &["VALUE"]),
    ("ALIAS", ALIAS),
    (
        "ADDRESS",
        &["STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE"],
    ),
    (
        "DATE_OF_BIRTH",
        &["TYPE_OF_DATE", "DATE", "YEAR", "FROM_YEAR", "TO_YEAR", "NOTE"],
    ),
    (
        "PLACE_OF_BIRTH",
        &["STREET", "CITY", "STATE_PROVINCE", "COUNTRY", "NOTE"],
    ),
    (
        "DOCUMENT",
        &[
            "TYPE_OF_DOCUMENT",
            "TYPE_OF_DOCUMENT2",
            "NUMBER",
            "ISSUING_COUNTRY",
            "COUNTRY_OF_ISSUE",
            "CITY_OF_ISSUE",
            "DATE_OF_ISSUE",
            "NOTE",
        ],
    ),
    ("SORT_KEY", &[]),
    ("SORT_KEY_LAST_MOD", &[]),
    ("DELISTED_ON", &[]),
];

const ALIAS: &[&str] = &[
    "QUALITY",
    "ALIAS_NAME",
    "DATE_OF_BIRTH",
    "CITY_OF_BIRTH",
    "COUNTRY_OF_BIRTH",
    "NOTE",
];

/// What sort of record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Individual,
    Entity,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Entity => "entity",
        }
    }
}

/// One record: texts on one line each, placeholders left out.
pub(super) struct Raw {
    pub kind: Kind,
    element: Element,
}

impl Raw {
    /// The text of a leaf; empty where there is none.
    pub(super) fn text(&self, leaf: &str) -> String {
        text(&self.element, leaf)
    }

    /// All texts of a leaf that may repeat.
    pub(super) fn texts(&self, leaf: &str) -> Vec<String> {
        self.element
            .all(leaf)
            .map(|it| one_line(&it.text))
            .filter(|it| said(it))
            .collect()
    }

    /// All `VALUE`s of a container, over all containers of the name. A container may hold a bare text, too.
    pub(super) fn values(&self, container: &str) -> Vec<String> {
        self.element
            .all(container)
            .flat_map(|it| std::iter::once(it).chain(it.all("VALUE")))
            .map(|it| one_line(&it.text))
            .filter(|it| said(it))
            .collect()
    }

    /// The parts of a name (`ALIAS`), with the prefix that this kind of record has (`INDIVIDUAL_ALIAS`); only those that say anything.
    pub(super) fn parts(&self, name: &str) -> Vec<Part<'_>> {
        let prefix = match self.kind {
            Kind::Individual => "INDIVIDUAL_",
            Kind::Entity => "ENTITY_",
        };
        self.element
            .children
            .iter()
            .filter(|it| it.name.strip_prefix(prefix) == Some(name))
            .map(Part)
            .filter(Part::says_something)
            .collect()
    }
}

/// A repeated part of a record: an alias, an address, a date of birth.
pub(super) struct Part<'a>(&'a Element);

impl Part<'_> {
    /// The text of a leaf; empty where there is none.
    pub(super) fn text(&self, leaf: &str) -> String {
        text(self.0, leaf)
    }

    /// All texts of a leaf that may repeat.
    pub(super) fn texts(&self, leaf: &str) -> Vec<String> {
        self.0
            .all(leaf)
            .map(|it| one_line(&it.text))
            .filter(|it| said(it))
            .collect()
    }

    /// More than the quality of a name or the precision of a date.
    fn says_something(&self) -> bool {
        let says = |it: &Element| !matches!(it.name.as_str(), "QUALITY" | "TYPE_OF_DATE") && said(it.text.trim());
        self.0.children.iter().any(says)
    }
}

fn text(element: &Element, leaf: &str) -> String {
    let it = one_line(element.text_of(leaf));
    if said(&it) { it } else { String::new() }
}

/// `na` stands for "not available" in many fields, and `null` stood in four birth dates of 2024.
fn said(text: &str) -> bool {
    !text.is_empty() && !matches!(text, "na" | "NA" | "N/A" | "n/a" | "-" | "null")
}

/// Reads the file. Problems and the date go to `parsed`.
pub(super) fn records(file: SourceFile<'_>, parsed: &mut Parsed) -> Vec<Raw> {
    let mut out = Vec::new();
    let mut strange: BTreeSet<String> = BTreeSet::new();
    let mut problems = Vec::new();
    let frame = xml::read(file.bytes, &["INDIVIDUALS", "ENTITIES"], |_, element| {
        let kind = match element.name.as_str() {
            "INDIVIDUAL" => Kind::Individual,
            "ENTITY" => Kind::Entity,
            other => {
                if strange.insert(other.to_owned()) {
                    problems.push(Problem::new(
                        Severity::Notice,
                        "file",
                        other,
                        &element.text,
                        "an element that is not known",
                    ));
                }
                return;
            }
        };
        report_strange(&element, &mut strange, &mut problems);
        out.push(Raw { kind, element });
    });
    parsed.problems.append(&mut problems);
    if frame.fatal.is_none() && frame.root.name != "CONSOLIDATED_LIST" {
        parsed.problems.push(Problem::new(
            Severity::Fatal,
            file.name,
            "",
            &frame.root.name,
            "the root element is not `CONSOLIDATED_LIST`",
        ));
    } else if frame.fatal.is_none() && out.is_empty() {
        parsed.problems.push(Problem::new(
            Severity::Fatal,
            file.name,
            "",
            "",
            "the list holds no record",
        ));
    }
    let date = frame.root.attribute("dateGenerated");
    parsed.published = PartialDate::parse(date).ok();
    if parsed.published.is_none() && frame.fatal.is_none() {
        parsed.problems.push(Problem::new(
            Severity::Notice,
            "CONSOLIDATED_LIST",
            "dateGenerated",
            date,
            "not a date",
        ));
    }
    parsed.problems.extend(frame.fatal);
    out
}

/// Reports each element that is not known once a file, at the first record that has it.
fn report_strange(record: &Element, strange: &mut BTreeSet<String>, problems: &mut Vec<Problem>) {
    let mut report = |path: String, text: &str| {
        if strange.insert(path.clone()) {
            problems.push(Problem::new(
                Severity::Notice,
                record.text_of("REFERENCE_NUMBER"),
                path,
                text,
                "an element that is not known",
            ));
        }
    };
    for part in &record.children {
        let bare = part
            .name
            .strip_prefix("INDIVIDUAL_")
            .or_else(|| part.name.strip_prefix("ENTITY_"))
            .unwrap_or(&part.name);
        let Some((_, leaves)) = KNOWN.iter().find(|it| it.0 == bare) else {
            report(part.name.clone(), &part.text);
            continue;
        };
        for leaf in part.children.iter().filter(|it| !leaves.contains(&it.name.as_str())) {
            report(format!("{}/{}", part.name, leaf.name), &leaf.text);
        }
    }
}
