//! Switzerland: SECO's list -> entities + problems.

use super::{Format, Parsed, SourceFile};

/// Reads the file.
#[must_use]
pub fn parse(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("ch-seco", Format::ChXml, "this format is not read yet")
}
