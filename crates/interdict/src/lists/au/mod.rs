//! Australia: DFAT's consolidated list, a spreadsheet -> entities + problems.

use super::{Format, Parsed, SourceFile};

/// Reads the file.
#[must_use]
pub fn parse(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("au-dfat", Format::AuXlsx, "this format is not read yet")
}
