//! Canada: autonomous sanctions and listed terrorist entities -> entities + problems.

use super::{Format, Parsed, SourceFile};

/// Reads `sema-lmes.xml`.
#[must_use]
pub fn parse_sema(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("ca-sema", Format::CaXml, "this format is not read yet")
}

/// Reads the Atom feed of listed terrorist entities.
#[must_use]
pub fn parse_atom(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("ca-terror", Format::CaAtom, "this format is not read yet")
}
