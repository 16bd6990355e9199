//! The other shapes in which OpenSanctions publishes: nested targets, simple CSV, statements.

use crate::lists::{Format, Parsed, SourceFile};

/// Reads nested targets.
#[must_use]
pub fn parse_nested(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("ftm", Format::FtmNested, "this format is not read yet")
}

/// Reads simple targets.
#[must_use]
pub fn parse_simple(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("ftm", Format::FtmSimple, "this format is not read yet")
}

/// Reads statements.
#[must_use]
pub fn parse_statements(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("ftm", Format::FtmStatements, "this format is not read yet")
}
