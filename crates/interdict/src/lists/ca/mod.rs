//! Canada: autonomous sanctions and listed terrorist entities -> entities + problems.

mod record;
mod aliases;
mod map;
mod atom;

pub use atom::parse_atom;

use std::collections::BTreeSet;

use super::{Format, Parsed, SourceFile};
use crate::entity::{Problem, Severity};

/// The list's id.
const LIST: &str = "ca-sema";

/// Reads `sema-lmes.xml`, the autonomous sanctions under the Special Economic Measures Act and the Justice for Victims of Corrupt
/// Foreign Officials Act.
///
/// The publisher gives no key, and renumbers the items of a schedule. The key is therefore made of what is listed: regime and name
/// (`russia-mordashov-kirill-alekseevich`), with the IMO number for a ship. The second record of one key gets a suffix (`~2`) in file
/// order; schedule and item are in the listing's reference. The file states neither a date nor a count of records: the end of the
/// root element is the mark that it is whole. Cost: linear in the file.
#[must_use]
pub fn parse_sema(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(LIST, Format::CaXml);
    let mut taken = BTreeSet::new();
    let frame = record::read(file, &mut parsed, |record, parsed| {
        map::add(&record, &mut taken, parsed)
    });
    let fatal = |value: &str, message: &str| Problem::new(Severity::Fatal, "byte 0", "", value, message);
    if let Some(it) = frame.fatal {
        parsed.problems.push(it);
    } else if frame.root.name != "data-set" {
        let message = "the root element is not `data-set`: not Canada's list";
        parsed.problems.push(fatal(&frame.root.name, message));
    } else if parsed.entities.is_empty() {
        parsed.problems.push(fatal("", "the list holds no record"));
    }
    parsed
}
