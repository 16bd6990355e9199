//! Stub, to be dropped when the OFAC parsers are merged.

use super::{Format, Parsed, SourceFile};
use crate::entity::{Problem, Severity};

/// Stub.
#[must_use]
pub fn parse_csv(_files: &[SourceFile<'_>]) -> Parsed {
    stub(Format::OfacCsv)
}

/// Stub.
#[must_use]
pub fn parse_xml(_file: SourceFile<'_>) -> Parsed {
    stub(Format::OfacXml)
}

fn stub(format: Format) -> Parsed {
    let mut parsed = Parsed::new("stub", format);
    parsed
        .problems
        .push(Problem::new(Severity::Fatal, "", "", "", "not built in this branch"));
    parsed
}
