//! A list of one's own with its mapping file -> entities + problems. What the mapping may say is in docs/own-list.md.

mod map;
mod mapping;
mod record;

use std::collections::BTreeSet;

use super::{Format, Parsed, SourceFile};
use crate::entity::{Problem, Severity};
use mapping::Mapping;

pub use mapping::{FIELDS, KINDS};

/// Reads the list, CSV or JSON, by its mapping, the file that ends in `.toml`.
///
/// A column that the mapping names and the file has not is fatal; one that the file has and the mapping does not name is kept as a note,
/// with a notice. Rows of one key are one entity. The file states no count and no end: a cut right behind a line cannot be seen; a last
/// line without its line end is noticed. Cost: linear in the file; memory: all of it.
#[must_use]
pub fn parse(files: &[SourceFile<'_>]) -> Parsed {
    let toml = |it: &&SourceFile<'_>| it.name.to_lowercase().ends_with(".toml");
    let (Some(mapping), Some(file), 2) = (files.iter().find(toml), files.iter().find(|it| !toml(it)), files.len())
    else {
        let message = "a list of one's own is one file and its mapping, whose name ends in `.toml`";
        return Parsed::refused("own", Format::Own, message);
    };
    let mapping = match std::str::from_utf8(mapping.bytes)
        .map_err(|it| it.to_string())
        .and_then(Mapping::parse)
    {
        Ok(it) => it,
        Err(message) => return Parsed::refused("own", Format::Own, format!("{}: {message}", mapping.name)),
    };
    let mut parsed = Parsed::new(mapping.list.as_str(), Format::Own);
    parsed.published = mapping.published;
    let table = match record::read(file.bytes, &mapping, &mut parsed) {
        Ok(it) => it,
        Err(problem) => {
            parsed.problems.push(problem);
            return parsed;
        }
    };
    let there: BTreeSet<&str> = table.columns.iter().map(String::as_str).collect();
    for column in mapping.read().into_iter().filter(|it| !there.contains(it)) {
        let message = "the mapping names this column, and the file does not have it";
        parsed
            .problems
            .push(Problem::new(Severity::Fatal, "header", column, "", message));
    }
    for column in table.columns.iter().filter(|it| !mapping.names(it)) {
        let message = "the mapping does not name this column: kept as a note";
        parsed
            .problems
            .push(Problem::new(Severity::Notice, "header", column, "", message));
    }
    if parsed.fatal().is_some() {
        return parsed;
    }
    map::all(&table.rows, &mapping, &mut parsed);
    if parsed.entities.is_empty() {
        let problem = Problem::new(Severity::Fatal, "header", "", "", "no record became an entity");
        parsed.problems.push(problem);
    }
    parsed
}

/// The columns of a file, to propose a mapping for them: the header of CSV, the keys of JSON.
///
/// # Errors
/// As reading the file: empty, not of its encoding, no header.
pub fn columns(bytes: &[u8]) -> Result<Vec<String>, Problem> {
    let mut parsed = Parsed::new("own", Format::Own);
    record::read(bytes, &Mapping::empty(), &mut parsed).map(|it| it.columns)
}
