//! OFAC's advanced XML (`SDN_ADVANCED.XML`, `CONS_ADVANCED.XML`; the root is `Sanctions`) -> entities + problems.
//!
//! One pass: `record` reads the tables of reference values, the locations and the documents as they come, and makes a raw party of
//! each profile as soon as it is there; relations and entries join them at the end; `super::map` makes entities, as for the simple
//! formats, so that all of OFAC's formats say the same. Memory: tables, locations, documents and the parties themselves.
//!
//! What is read beyond the simple formats: names in every script (the script is the name's language), the parts of names, the legal
//! basis and the day of the entry, relations as edges. An edge stands at the party that the file names first (`From-ProfileID`), as
//! published, and nowhere else: [`crate::entity::RelationKind::inverse`] gives the other direction. The other side of an edge that
//! is not in the file is on OFAC's other list: keys are unique over both.
//!
//! What is known and not read: ids that say nothing by themselves (`FixedRef`, the ids of features and versions), back references
//! (`FeatureVersionReference`, `IdentityReference`, `DocumentedNameReference`), the duration of measures, which has no dates in any
//! file seen. Anything else that is not known is reported.
//!
//! A file with `DeltaAction` says what changes, not what is listed: refused.

mod record;
mod map;

pub(super) use map::{BLOCKED, UMBRELLA, address_of, relation};
pub(super) use record::{between, ofac_date};

use std::io::BufRead;

use super::{List, finish, map as ofac_map};
use crate::lists::{Format, Parsed, SourceFile};

/// Reads the file.
///
/// Cost: linear in the file.
#[must_use]
pub fn parse_advanced(file: SourceFile<'_>) -> Parsed {
    let mut rest = file.bytes;
    read_advanced(file.name, &mut rest)
}

/// As [`parse_advanced`], from anywhere.
///
/// Cost: linear in the file; memory as above, and one record.
#[must_use]
pub fn read_advanced(name: &str, source: &mut dyn BufRead) -> Parsed {
    let mut parsed = Parsed::new(List::Sdn.id(), Format::OfacAdvanced);
    let (raws, list) = map::parties(name, source, &mut parsed);
    finish(parsed, raws, list, &ofac_map::ADVANCED)
}
