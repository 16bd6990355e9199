//! Australia: DFAT's consolidated list, a spreadsheet -> entities + problems.

mod sheet;
mod record;
mod map;

use std::collections::{BTreeMap, BTreeSet};

use super::{Format, Parsed, SourceFile};
use crate::entity::{Problem, Severity};
use record::Row;

/// The list's id.
const LIST: &str = "au-dfat";

/// Reads the spreadsheet.
///
/// A row is a name. Rows `101`, `101a` and `101b` are one party; they need not stand together, and a number may have been given to
/// another party later: rows of one number that contradict each other are not united, and a notice says so. The key is the number, for
/// a second party of one number the whole reference of its first row. The file states no date and no count: an archive with all its
/// check sums right is whole. Cost: linear in the file; memory: all of its rows.
#[must_use]
pub fn parse(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(LIST, Format::AuXlsx);
    let lines = sheet::read(file.bytes, &mut parsed.problems);
    let rows = match lines.and_then(|it| record::rows(&it, &mut parsed.problems)) {
        Ok(it) => it,
        Err(message) => return Parsed::refused(LIST, Format::AuXlsx, message),
    };
    let mut groups: Vec<Vec<&Row>> = Vec::new();
    let mut by_number: BTreeMap<u64, usize> = BTreeMap::new();
    for row in &rows {
        let Some(number) = row.number().filter(|_| !row.get("name").is_empty()) else {
            let message = if row.get("name").is_empty() {
                "a row without a name"
            } else {
                "a row without a reference that can be read"
            };
            parsed.problems.push(Problem::new(
                Severity::Loss,
                format!("row {}", row.line),
                "",
                &row.text(),
                message,
            ));
            let count = parsed.count("row");
            count.records += 1;
            count.lost += 1;
            continue;
        };
        let at = *by_number.entry(number).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(it) = groups.get_mut(at) {
            it.push(row);
        }
    }
    let mut taken = BTreeSet::new();
    for group in &groups {
        for (at, party) in map::parties(group, &mut parsed).iter().enumerate() {
            map::add(party, at == 0, &mut taken, &mut parsed);
        }
    }
    if parsed.entities.is_empty() {
        parsed
            .problems
            .push(Problem::new(Severity::Fatal, "file", "", "", "the list holds no row"));
    }
    parsed
}
