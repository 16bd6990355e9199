//! Senzing's generic entity specification -> entities + problems.

mod map;
mod record;

use std::collections::BTreeSet;

use super::{Format, Parsed, SourceFile};
use crate::entity::{Problem, Severity};
use record::Record;

/// The id of a list of several sources.
const MIXED: &str = "senzing";

/// Reads the file: one JSON object a line, or a JSON array of them. Features stand flat in the record, in lists of objects (`NAMES`,
/// `ADDRESSES`, ...) or all in `FEATURES`.
///
/// The list's id is the `DATA_SOURCE` in lower case where all records name the same one, else `senzing`. The specification says who
/// somebody is and not what follows: each record is listed by its source, with a measure that is not told.
///
/// A broken last line is a file that was cut off. A cut right behind a line cannot be seen. Cost: linear in the file; memory: all of it.
#[must_use]
pub fn parse(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(MIXED, Format::Senzing);
    let records = match record::read(file.bytes, &mut parsed) {
        Ok(it) => it,
        Err(problem) => {
            parsed.problems.push(problem);
            return parsed;
        }
    };
    parsed.list = list(&records);
    if let Some(named) = one_source(&records)
        && named.to_lowercase() != parsed.list
    {
        let problem = super::renamed("DATA_SOURCE", named, &parsed.list);
        parsed.problems.push(problem);
    }
    let anchors = map::anchors(&records, &parsed.list);
    let mut taken = BTreeSet::new();
    let mut said = BTreeSet::new();
    for it in &records {
        let entity = map::entity(
            it,
            &parsed.list.clone(),
            &anchors,
            &mut taken,
            &mut said,
            &mut parsed.problems,
        );
        let kind = if it.kind.is_empty() {
            "(no type)".to_owned()
        } else {
            it.kind.to_lowercase()
        };
        let count = parsed.count(&kind);
        count.records += 1;
        count.entities += usize::from(entity.is_some());
        count.lost += usize::from(entity.is_none());
        parsed.entities.extend(entity);
    }
    if records.is_empty() && parsed.fatal().is_none() {
        let problem = Problem::new(Severity::Fatal, "line 1", "", "", "no line is a Senzing record");
        parsed.problems.push(problem);
    }
    parsed
}

fn list(records: &[Record]) -> String {
    one_source(records)
        .and_then(super::list_id)
        .unwrap_or_else(|| MIXED.to_owned())
}

/// The source of all records, where it is one.
fn one_source(records: &[Record]) -> Option<&str> {
    let first = records.first().map(|it| it.source.as_str())?;
    let one = !first.is_empty() && records.iter().all(|it| it.source == first);
    one.then_some(first)
}
