//! What the UK Sanctions List says as CSV: one row per combination of the repeated fields of a designation.

use super::record::{Designation, Document, Name, NonLatin, Regime, joined};
use crate::lists::csv::{Row, Shape};

/// The 58 columns, by name and not by place.
pub const SHAPE: Shape = Shape {
    required: &["Unique ID", "Name 6", "Name type", "Regime Name", "Sanctions Imposed"],
    optional: &[
        // When the record was last edited: nothing that a screening could use.
        "Last Updated",
        "OFSI Group ID",
        "UN Reference Number",
        "Name 1",
        "Name 2",
        "Name 3",
        "Name 4",
        "Name 5",
        "Alias strength",
        "Title",
        "Name non-latin script",
        "Non-latin script type",
        "Non-latin script language",
        "Designation Type",
        "Designation source",
        "Other Information",
        "UK Statement of Reasons",
        "Address Line 1",
        "Address Line 2",
        "Address Line 3",
        "Address Line 4",
        "Address Line 5",
        "Address Line 6",
        "Address Postal Code",
        "Address Country",
        "Phone number",
        "Website",
        "Email address",
        "Date Designated",
        "D.O.B",
        "Nationality(/ies)",
        "National Identifier number",
        "National Identifier additional information",
        "Passport number",
        "Passport additional information",
        "Position",
        "Gender",
        "Town of birth",
        "Country of birth",
        "Type of entity",
        "Subsidiaries",
        "Parent company",
        "Business registration number (s)",
        "IMO number",
        "Current owner/operator (s)",
        "Previous owner/operator (s)",
        "Current believed flag of ship",
        "Previous flags",
        "Type of ship",
        "Tonnage of ship",
        "Length of ship",
        "Year Built",
        "Hull identification number (HIN)",
    ],
    windows_1252: false,
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
    let non_latin = NonLatin {
        text: cell("Name non-latin script"),
        script: cell("Non-latin script type"),
        language: cell("Non-latin script language"),
    };
    let lines = [
        "Address Line 1",
        "Address Line 2",
        "Address Line 3",
        "Address Line 4",
        "Address Line 5",
        "Address Line 6",
        "Address Postal Code",
    ];
    let address = (joined(lines.map(|it| row.get(it)), ", "), cell("Address Country"));
    let place = (cell("Town of birth"), cell("Country of birth"));
    let empty = (String::new(), String::new());
    let name = Name {
        given: joined(
            ["Name 1", "Name 2", "Name 3", "Name 4", "Name 5"].map(|it| row.get(it)),
            " ",
        ),
        last: cell("Name 6"),
        kind: cell("Name type"),
        strength: cell("Alias strength"),
    };
    Designation {
        key: cell("Unique ID"),
        kind: cell("Designation Type"),
        ofsi_groups: some("OFSI Group ID"),
        un_references: some("UN Reference Number"),
        // A row may carry nothing but a name in another script.
        names: if name.given.is_empty() && name.last.is_empty() {
            Vec::new()
        } else {
            vec![name]
        },
        non_latin: if non_latin.text.is_empty() {
            Vec::new()
        } else {
            vec![non_latin]
        },
        titles: some("Title"),
        births: some("D.O.B"),
        birth_places: if place == empty { Vec::new() } else { vec![place] },
        nationalities: some("Nationality(/ies)"),
        passports: document("Passport number", "Passport additional information"),
        national_ids: document(
            "National Identifier number",
            "National Identifier additional information",
        ),
        positions: some("Position"),
        genders: some("Gender"),
        addresses: if address == empty { Vec::new() } else { vec![address] },
        phones: some("Phone number"),
        emails: some("Email address"),
        websites: some("Website"),
        other_information: some("Other Information"),
        reasons: some("UK Statement of Reasons"),
        regimes: vec![Regime {
            name: cell("Regime Name"),
            since: cell("Date Designated"),
            source: cell("Designation source"),
            imposed: cell("Sanctions Imposed"),
        }],
        entity_types: some("Type of entity"),
        registrations: some("Business registration number (s)"),
        parents: some("Parent company"),
        subsidiaries: some("Subsidiaries"),
        imo_numbers: some("IMO number"),
        owners: some("Current owner/operator (s)"),
        previous_owners: some("Previous owner/operator (s)"),
        flags: some("Current believed flag of ship"),
        previous_flags: some("Previous flags"),
        ship_details: ["Type of ship", "Tonnage of ship", "Length of ship"]
            .into_iter()
            .filter(|it| !row.get(it).is_empty())
            .map(|it| (it, cell(it)))
            .collect(),
        years_built: some("Year Built"),
        hulls: some("Hull identification number (HIN)"),
    }
}
