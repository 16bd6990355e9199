//! What the closed OFSI consolidated list says: one row per name, address and birth date of a group.

use super::record::{Designation, Document, Name, NonLatin, Regime, joined};
use crate::lists::csv::{Row, Shape};

/// The columns of 2020 (29) and those that were added until the list was closed.
pub const SHAPE: Shape = Shape {
    required: &["Name 6", "Group Type", "Alias Type", "Regime", "Group ID"],
    optional: &[
        "Name 1",
        "Name 2",
        "Name 3",
        "Name 4",
        "Name 5",
        "Title",
        "Name Non-Latin Script",
        "Non-Latin Script Type",
        "Non-Latin Script Language",
        "DOB",
        "Town of Birth",
        "Country of Birth",
        "Nationality",
        "Passport Number",
        "Passport Details",
        "NI Number",
        "National Identification Number",
        "National Identification Details",
        "Position",
        "Address 1",
        "Address 2",
        "Address 3",
        "Address 4",
        "Address 5",
        "Address 6",
        "Post/Zip Code",
        "Country",
        "Other Information",
        "Alias Quality",
        "Listed On",
        "UK Sanctions List Date Designated",
        // When the row was last edited: nothing that a screening could use.
        "Last Updated",
    ],
    windows_1252: true,
};

/// Reads one row.
pub fn read(row: Row<'_>) -> Designation {
    let cell = |it: &str| row.get(it).to_owned();
    let some = |it: &str| {
        let value = row.get(it);
        if value.is_empty() {
            Vec::new()
        } else {
            vec![value.to_owned()]
        }
    };
    let document = |number: &str, details: &str| {
        let document = Document {
            number: cell(number),
            details: cell(details),
        };
        if document == Document::default() {
            Vec::new()
        } else {
            vec![document]
        }
    };
    let mut national_ids = document("National Identification Number", "National Identification Details");
    national_ids.extend(document("", "NI Number"));
    let non_latin = NonLatin {
        text: cell("Name Non-Latin Script"),
        script: cell("Non-Latin Script Type"),
        language: cell("Non-Latin Script Language"),
    };
    let lines = [
        "Address 1",
        "Address 2",
        "Address 3",
        "Address 4",
        "Address 5",
        "Address 6",
        "Post/Zip Code",
    ];
    let address = (joined(lines.map(|it| row.get(it)), ", "), cell("Country"));
    let place = (cell("Town of Birth"), cell("Country of Birth"));
    let empty = (String::new(), String::new());
    Designation {
        key: cell("Group ID"),
        kind: cell("Group Type"),
        names: vec![Name {
            given: joined(
                ["Name 1", "Name 2", "Name 3", "Name 4", "Name 5"].map(|it| row.get(it)),
                " ",
            ),
            last: cell("Name 6"),
            kind: cell("Alias Type"),
            strength: cell("Alias Quality"),
        }],
        non_latin: if non_latin.text.is_empty() {
            Vec::new()
        } else {
            vec![non_latin]
        },
        titles: some("Title"),
        births: some("DOB"),
        birth_places: if place == empty { Vec::new() } else { vec![place] },
        nationalities: some("Nationality"),
        passports: document("Passport Number", "Passport Details"),
        national_ids,
        positions: some("Position"),
        addresses: if address == empty { Vec::new() } else { vec![address] },
        other_information: some("Other Information"),
        regimes: vec![Regime {
            name: cell("Regime"),
            since: cell("Listed On"),
            source: String::new(),
            // The list holds nothing but targets of an asset freeze.
            imposed: "Asset freeze".to_owned(),
        }],
        ..Designation::default()
    }
}
