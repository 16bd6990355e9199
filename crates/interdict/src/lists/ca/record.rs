//! `sema-lmes.xml` -> raw records, as the file says it.

use crate::entity::{Problem, Severity};
use crate::lists::draft::one_line;
use crate::lists::xml::{self, Element, Frame};
use crate::lists::{Parsed, SourceFile};

/// One `record`: each field on one line, empty where it is not there. Breaks of a line that were put in for print are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Its place in the file, from 1.
    pub at: usize,
    /// `Country`: the regime, in English and French.
    pub regime: String,
    pub last_name: String,
    pub given_name: String,
    /// `EntityOrShip`.
    pub entity: String,
    /// `TitleOrShip`: a person's title or a ship's type.
    pub title: String,
    pub aliases: String,
    /// `DateOfBirthOrShipBuildDate`.
    pub date: String,
    pub imo: String,
    pub schedule: String,
    pub item: String,
    pub listed: String,
    /// Elements that are not known: name and text.
    pub strange: Vec<(String, String)>,
}

impl Record {
    /// Where to find it in the publisher's documents: `Russia / Russie, Schedule 1, Part 1, item 829`.
    pub(super) fn place(&self) -> String {
        let mut out = self.regime.clone();
        if !self.schedule.is_empty() {
            let word = if self.schedule.starts_with("Part") {
                ""
            } else {
                "Schedule "
            };
            out += &format!(", {word}{}", self.schedule.replace(",Part", ", Part"));
        }
        if !self.item.is_empty() {
            out += &format!(", item {}", self.item);
        }
        out
    }
}

/// Reads the file; each record goes to `sink`.
pub(super) fn read(file: SourceFile<'_>, parsed: &mut Parsed, mut sink: impl FnMut(Record, &mut Parsed)) -> Frame {
    let mut at = 0;
    xml::read(file.bytes, &[], |_, element| {
        if element.name == "record" {
            at += 1;
            sink(record(&element, at), parsed);
            return;
        }
        let message = "a record of unknown type";
        parsed
            .problems
            .push(Problem::new(Severity::Loss, "", &element.name, &element.text, message));
        let count = parsed.count(&element.name.to_lowercase());
        count.records += 1;
        count.lost += 1;
    })
}

fn record(element: &Element, at: usize) -> Record {
    let mut out = Record {
        at,
        ..Record::default()
    };
    for it in &element.children {
        // `Axion-\nHolding`: the break stands inside a word.
        let text = one_line(&it.text.replace("-\r\n", "-").replace("-\n", "-"));
        let slot = match it.name.as_str() {
            "Country" => &mut out.regime,
            "LastName" => &mut out.last_name,
            "GivenName" => &mut out.given_name,
            "EntityOrShip" => &mut out.entity,
            "TitleOrShip" => &mut out.title,
            "Aliases" => &mut out.aliases,
            "DateOfBirthOrShipBuildDate" => &mut out.date,
            "ShipIMONumber" => &mut out.imo,
            "Schedule" => &mut out.schedule,
            "Item" => &mut out.item,
            "DateOfListing" => &mut out.listed,
            _ => {
                out.strange.push((it.name.clone(), text));
                continue;
            }
        };
        if slot.is_empty() {
            *slot = text;
        } else if !text.is_empty() {
            out.strange.push((it.name.clone(), text));
        }
    }
    out
}
