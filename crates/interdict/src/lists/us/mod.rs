//! The US Consolidated Screening List and Denied Persons List -> entities + problems.

use super::{Format, Parsed, SourceFile};

/// Reads the CSV file.
#[must_use]
pub fn parse_csl_csv(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("us-csl", Format::UsCslCsv, "this format is not read yet")
}

/// Reads the JSON file.
#[must_use]
pub fn parse_csl_json(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("us-csl", Format::UsCslJson, "this format is not read yet")
}

/// Reads the Denied Persons List.
#[must_use]
pub fn parse_dpl(_file: SourceFile<'_>) -> Parsed {
    Parsed::refused("us-bis-dpl", Format::UsDpl, "this format is not read yet")
}
