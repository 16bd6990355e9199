//! The US Consolidated Screening List and Denied Persons List -> entities + problems.

mod map;
mod record;

use std::collections::{BTreeMap, BTreeSet};

use super::csv::{self, Shape};
use super::{Count, Format, Parsed, SourceFile};
use crate::entity::{CivilDate, Problem, Severity};
use record::Entry;

/// The id of the Consolidated Screening List.
const CSL: &str = "us-csl";
/// The id of the Denied Persons List.
const DPL: &str = "us-bis-dpl";

/// Reads the Consolidated Screening List as CSV, 29 columns. Rows of one `_id` are one entity with a listing each: the same party on
/// several lists of OFAC. The entries of OFAC are read, too; their `entity_number` is the listing's reference, by which they can be
/// united with OFAC's own file.
///
/// The file marks no alias as weak, states no date, no count and no end, so that a cut right behind a line cannot be seen. Cost: linear
/// in the file.
#[must_use]
pub fn parse_csl_csv(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(CSL, Format::UsCslCsv);
    let mut entries = Vec::new();
    let frame = csv::read(file.bytes, record::CSL, |row| {
        entries.push(record::csl_row(row)?);
        Ok(())
    });
    lost_rows(&frame, &mut parsed);
    parsed.problems.extend(frame.problems);
    finish(entries, &mut parsed);
    parsed
}

/// Reads the Consolidated Screening List as JSON: an object with `results`, or the list itself.
///
/// Cost: linear in the file; memory: all of it.
#[must_use]
pub fn parse_csl_json(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(CSL, Format::UsCslJson);
    match record::csl_json(file.bytes, &mut parsed) {
        Ok(entries) => finish(entries, &mut parsed),
        Err(problem) => parsed.problems.push(problem),
    }
    parsed
}

/// Reads the Denied Persons List of the Bureau of Industry and Security: tab separated, one row an address. It has no keys: rows of one
/// name and one effective date are one entity, and both make up its id.
///
/// The file states no date, no count and no end, so that a cut right behind a line cannot be seen. Cost: linear in the file.
#[must_use]
pub fn parse_dpl(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(DPL, Format::UsDpl);
    let mut entries = Vec::new();
    let shape = Shape {
        windows_1252: true,
        ..record::DPL
    };
    let frame = csv::read_delimited(file.bytes, b'\t', shape, |row| {
        entries.push(record::dpl_row(row)?);
        Ok(())
    });
    lost_rows(&frame, &mut parsed);
    parsed.problems.extend(frame.problems);
    finish(entries, &mut parsed);
    parsed
}

fn lost_rows(frame: &csv::Frame, parsed: &mut Parsed) {
    if frame.lost > 0 {
        *parsed.count("row") = Count {
            records: frame.lost,
            entities: 0,
            lost: frame.lost,
        };
    }
}

/// Entries of one key become one entity.
fn finish(entries: Vec<Entry>, parsed: &mut Parsed) {
    if entries.is_empty() && parsed.fatal().is_none() {
        let problem = Problem::new(Severity::Fatal, "line 1", "", "", "the file holds no record");
        parsed.problems.push(problem);
        return;
    }
    let of = known_by(&entries);
    let mut groups: Vec<Vec<Entry>> = Vec::new();
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    for it in entries {
        match by_key.get(&it.key).and_then(|at| groups.get_mut(*at)) {
            Some(group) => group.push(it),
            None => {
                by_key.insert(it.key.clone(), groups.len());
                groups.push(vec![it]);
            }
        }
    }
    let mut taken = BTreeSet::new();
    for group in &groups {
        let entity = map::entity(group, &parsed.list.clone(), of, &mut taken, &mut parsed.problems);
        for it in group {
            let count = parsed.count(&map::kind(it));
            count.records += 1;
            count.entities += usize::from(entity.is_some());
            count.lost += usize::from(entity.is_none());
        }
        parsed.entities.extend(entity);
    }
    let ended = groups.iter().flatten().filter(|it| map::ended(it, of)).count();
    if ended > 0 {
        *parsed.count("ended") = Count {
            records: ended,
            entities: ended,
            lost: 0,
        };
    }
    if let Some(of) = of {
        let message = "the file states no date of its own: it is of this day or later, by what it holds";
        let problem = Problem::new(Severity::Notice, "", "", &of.to_string(), message);
        parsed.problems.push(problem);
    }
}

/// A day on which the file existed for sure: the third latest of the days on which its entries began or were edited. Not the very
/// latest, so that one or two typing errors cannot end entries that are in force.
fn known_by(entries: &[Entry]) -> Option<CivilDate> {
    let mut days: Vec<CivilDate> = entries
        .iter()
        .flat_map(|it| [&it.start, &it.updated])
        .filter_map(|it| map::understood(it))
        .map(|it| it.from)
        .filter(|it| it.day().is_some())
        .collect();
    days.sort_unstable();
    days.iter().rev().nth(2).copied()
}
