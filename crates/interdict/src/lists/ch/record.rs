//! SECO's whole list, XML -> raw records, as the file says it: programmes, places, targets.
//!
//! Two things look like data and are not. A target that was de-listed stays in the file, and only its modifications say so; and each
//! modification holds copies of what it added and removed, with the names of the elements that they are copies of. The copies are
//! dropped here, before anything can read them.

use std::collections::BTreeMap;

use crate::entity::{PartialDate, Problem, Severity};
use crate::lists::xml::{self, Element, Frame};
use crate::lists::{Parsed, SourceFile};

/// A sanctions programme with its sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Programme {
    /// `program-key`, in English where there is one.
    pub key: String,
    /// `program-name`: the ordinance.
    pub name: String,
    /// `origin`: `UN`, `EU`.
    pub origin: String,
}

/// A `sanctions-set`: what a target is listed under, and in which programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    pub text: String,
    pub programme: Programme,
}

/// A `place` that addresses and births point at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub location: String,
    pub area: String,
    pub country: String,
    /// Other spellings, `location-variant: Zuerich`.
    pub variants: Vec<String>,
}

/// What targets point at.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub sets: BTreeMap<String, Set>,
    pub places: BTreeMap<String, Place>,
    /// Parts of places that are not known, each once, with the first place and its text.
    pub strange: BTreeMap<String, (String, String)>,
}

/// A `modification` without its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Modification {
    pub kind: String,
    /// `effective-date`, else `publication-date`, else `enactment-date`.
    pub date: Option<PartialDate>,
    /// The dates as written.
    pub words: String,
}

/// A `target`.
#[derive(Debug)]
pub(super) struct Target {
    pub ssid: String,
    pub sets: Vec<String>,
    pub foreign: Vec<String>,
    /// `individual`, `entity` or `object`; the first one where there are more.
    pub subject: Option<Element>,
    /// Children that are not known.
    pub strange: Vec<Element>,
    pub modifications: Vec<Modification>,
}

/// Reads what targets point at. Sets and places may stand behind the targets.
pub(super) fn tables(file: SourceFile<'_>) -> (Tables, Frame) {
    let mut tables = Tables::default();
    let frame = xml::read(file.bytes, &[], |_, element| match element.name.as_str() {
        "sanctions-program" => {
            let programme = Programme {
                key: english(&element, "program-key"),
                name: english(&element, "program-name"),
                origin: element.text_of("origin").to_owned(),
            };
            for it in element.all("sanctions-set") {
                let english = it.attribute("lang").eq_ignore_ascii_case("eng");
                let id = it.attribute("ssid").to_owned();
                if english || !tables.sets.contains_key(&id) {
                    let set = Set {
                        text: it.text.clone(),
                        programme: programme.clone(),
                    };
                    tables.sets.insert(id, set);
                }
            }
        }
        "place" => {
            let country = element.child("country");
            let mut variants = Vec::new();
            for it in &element.children {
                match it.name.as_str() {
                    "location" | "area" | "country" => {}
                    "location-variant" | "area-variant" => variants.push(format!("{}: {}", it.name, it.text)),
                    other => {
                        let first = || (element.attribute("ssid").to_owned(), it.text.clone());
                        tables.strange.entry(other.to_owned()).or_insert_with(first);
                    }
                }
            }
            let place = Place {
                location: element.text_of("location").to_owned(),
                area: element.text_of("area").to_owned(),
                country: country.map_or(String::new(), country_of),
                variants,
            };
            tables.places.insert(element.attribute("ssid").to_owned(), place);
        }
        _ => {}
    });
    (tables, frame)
}

/// The text of an element that stands once for each language, in English where it can be had.
fn english(element: &Element, name: &str) -> String {
    element
        .all(name)
        .find(|it| it.attribute("lang").eq_ignore_ascii_case("eng"))
        .or_else(|| element.child(name))
        .map_or(String::new(), |it| it.text.clone())
}

/// A country by its code, else by its name.
pub(super) fn country_of(element: &Element) -> String {
    match element.attribute("iso-code") {
        "" if element.text.is_empty() => element.attribute("code").to_owned(),
        "" => element.text.clone(),
        code => code.to_owned(),
    }
}

/// Reads the targets; each goes to `sink`. Records that are not known go to the problems.
pub(super) fn targets(file: SourceFile<'_>, parsed: &mut Parsed, mut sink: impl FnMut(Target, &mut Parsed)) {
    xml::read(file.bytes, &[], |_, element| match element.name.as_str() {
        "target" => sink(target(element), parsed),
        "sanctions-program" | "place" => {}
        other => {
            let message = "a record of unknown type";
            parsed.problems.push(Problem::new(
                Severity::Loss,
                element.attribute("ssid"),
                other,
                &element.text,
                message,
            ));
            let count = parsed.count(&other.to_lowercase());
            count.records += 1;
            count.lost += 1;
        }
    });
}

fn target(element: Element) -> Target {
    let mut out = Target {
        ssid: element.attribute("ssid").to_owned(),
        sets: Vec::new(),
        foreign: Vec::new(),
        subject: None,
        strange: Vec::new(),
        modifications: Vec::new(),
    };
    // The set may be an attribute, too.
    out.sets.extend(
        element
            .attribute("sanctions-set-id")
            .split_whitespace()
            .map(str::to_owned),
    );
    for it in element.children {
        match it.name.as_str() {
            "sanctions-set-id" => out.sets.push(it.text),
            "foreign-identifier" => out.foreign.push(it.text),
            "modification" => out.modifications.push(modification(&it)),
            "individual" | "entity" | "object" if out.subject.is_none() => out.subject = Some(it),
            _ => out.strange.push(it),
        }
    }
    out
}

fn modification(element: &Element) -> Modification {
    let days = ["effective-date", "publication-date", "enactment-date"].map(|it| element.attribute(it));
    Modification {
        kind: element.attribute("modification-type").to_owned(),
        date: days.iter().find_map(|it| PartialDate::parse(it).ok()),
        words: days.join(" "),
    }
}
