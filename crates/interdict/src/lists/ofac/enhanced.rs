//! OFAC's enhanced XML -> entities + problems.

use crate::lists::{Format, Parsed, SourceFile};

/// Reads the file.
#[must_use]
pub fn parse_enhanced(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("us-ofac-sdn", Format::OfacEnhanced, "this format is not read yet")
}
