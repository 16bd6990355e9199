//! A list of one's own with its mapping file -> entities + problems.

use super::{Format, Parsed, SourceFile};

/// Reads the list and its mapping.
#[must_use]
pub fn parse(_files: &[SourceFile<'_>]) -> Parsed {
    Parsed::refused("own", Format::Own, "this format is not read yet")
}
