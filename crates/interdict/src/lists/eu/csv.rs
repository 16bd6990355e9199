//! The EU's file as CSV -> entities + problems.

use crate::lists::{Format, Parsed, SourceFile};

/// Reads the file.
#[must_use]
pub fn parse_csv(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("eu-fsf", Format::EuCsv, "this format is not read yet")
}
