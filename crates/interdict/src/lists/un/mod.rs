//! Stub, to be dropped when the UN parser is merged.

use super::{Format, Parsed, SourceFile};
use crate::entity::{Problem, Severity};

/// Stub.
#[must_use]
pub fn parse(_file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new("stub", Format::UnXml);
    parsed
        .problems
        .push(Problem::new(Severity::Fatal, "", "", "", "not built in this branch"));
    parsed
}
