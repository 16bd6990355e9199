//! France: the national register of asset freezes -> entities + problems.

use super::{Format, Parsed, SourceFile};

/// Reads the file.
#[must_use]
pub fn parse(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("fr-dgt", Format::FrJson, "this format is not read yet")
}
