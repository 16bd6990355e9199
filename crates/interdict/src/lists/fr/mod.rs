//! France: the national register of asset freezes -> entities + problems.

mod record;
mod map;

use std::collections::BTreeSet;

use super::{Format, Parsed, SourceFile};
use crate::entity::{PartialDate, Problem, Severity};

/// The list's id.
const LIST: &str = "fr-dgt";

/// Reads the register. It states no count of its records: JSON that ends is whole. Cost: linear in the file; memory: all of it.
#[must_use]
pub fn parse(file: SourceFile<'_>) -> Parsed {
    let (date, records) = match record::read(file.bytes) {
        Ok(it) => it,
        Err(message) => return Parsed::refused(LIST, Format::FrJson, message),
    };
    let mut parsed = Parsed::new(LIST, Format::FrJson);
    parsed.published = PartialDate::parse(&date).ok();
    if parsed.published.is_none() {
        let message = "the date of the file is not a date that exists";
        parsed.problems.push(Problem::new(
            Severity::Notice,
            "Publications",
            "DatePublication",
            &date,
            message,
        ));
    }
    let mut taken = BTreeSet::new();
    for (at, it) in (1_usize..).zip(records) {
        map::add(at, it, &mut taken, &mut parsed);
    }
    if parsed.entities.is_empty() {
        parsed.problems.push(Problem::new(
            Severity::Fatal,
            "file",
            "",
            "",
            "the register holds no entry",
        ));
    }
    parsed
}
