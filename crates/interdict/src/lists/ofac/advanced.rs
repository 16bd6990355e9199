//! OFAC's advanced XML -> entities + problems.

use crate::lists::{Format, Parsed, SourceFile};

/// Reads the file.
#[must_use]
pub fn parse_advanced(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("us-ofac-sdn", Format::OfacAdvanced, "this format is not read yet")
}
