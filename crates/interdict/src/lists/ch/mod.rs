//! Switzerland: SECO's list -> entities + problems.

mod record;
mod map;

use std::collections::BTreeSet;

use super::{Format, Parsed, SourceFile};
use crate::entity::{PartialDate, Problem, Severity};

/// The list's id.
const LIST: &str = "ch-seco";

/// Reads the whole list. An amendment (`list-type`) says what changed and is refused: it is not the list.
///
/// Targets that are de-listed by their latest modification stay in the file. They become no entities; they are counted as `de-listed`
/// and one notice names how many they are. The file states no count of its records: the end of the root element is the mark that it
/// is whole. Cost: linear in the file, read twice; memory: one target, and all places.
#[must_use]
pub fn parse(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(LIST, Format::ChXml);
    let (tables, frame) = record::tables(file);
    let fatal =
        |field: &str, value: &str, message: &str| Problem::new(Severity::Fatal, "byte 0", field, value, message);
    let kind = frame.root.attribute("list-type");
    if frame.root.name != "swiss-sanctions-list" {
        let message = "the root element is not `swiss-sanctions-list`: not SECO's list";
        parsed.problems.push(match frame.fatal {
            Some(it) => it,
            None => fatal("", &frame.root.name, message),
        });
        return parsed;
    }
    let day = frame.root.attribute("date");
    parsed.published = PartialDate::parse(day).ok();
    if kind != "whole-list" {
        let message = "an amendment says what changed, not what is listed: take the whole list (`whole-list`)";
        parsed.problems.push(fatal("list-type", kind, message));
        return parsed;
    }
    if parsed.published.is_none() {
        let message = "the date of the file is not a date that exists";
        parsed.problems.push(Problem::new(
            Severity::Notice,
            "swiss-sanctions-list",
            "date",
            day,
            message,
        ));
    }
    for (name, (place, text)) in &tables.strange {
        let message = "a part of a place that is not known: it is not read (said once)";
        let field = format!("place/{name}");
        parsed
            .problems
            .push(Problem::new(Severity::Notice, place, &field, text, message));
    }
    let mut taken = BTreeSet::new();
    let mut gone: Vec<String> = Vec::new();
    record::targets(file, &mut parsed, |target, parsed| {
        if !map::listed(&target, parsed) {
            gone.push(target.ssid);
            let count = parsed.count("de-listed");
            count.records += 1;
            count.entities += 1;
            return;
        }
        map::add(target, &tables, &mut taken, parsed);
    });
    if !gone.is_empty() {
        let message = format!(
            "{} targets that the latest modification de-lists stay in the file: they are not listed and not screened",
            gone.len()
        );
        let value = gone.join(" ");
        parsed
            .problems
            .push(Problem::new(Severity::Notice, "file", "modification", &value, message));
    }
    if let Some(it) = frame.fatal {
        parsed.problems.push(it);
    } else if parsed.entities.is_empty() {
        parsed.problems.push(fatal("", "", "the file lists nobody"));
    }
    parsed
}
