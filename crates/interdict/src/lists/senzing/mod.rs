//! Senzing's generic entity specification -> entities + problems.

use super::{Format, Parsed, SourceFile};

/// Reads the file.
#[must_use]
pub fn parse(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("senzing", Format::Senzing, "this format is not read yet")
}
