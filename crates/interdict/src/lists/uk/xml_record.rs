//! What the UK Sanctions List says as XML: one `Designation`.

use super::record::{Designation, Document, Name, NonLatin, Regime, joined};
use crate::entity::{Problem, Severity};
use crate::lists::xml::Element;

/// Reads one `Designation`; says which of its parts it does not know.
///
/// Lists stand in a container of their own (`Titles/Title`), and containers of one kind of subject once more inside
/// (`IndividualDetails/Individual/DOBs/DOB`). What is in no such place, or is under a name that is not known, is a loss.
pub fn read(element: &Element, problems: &mut Vec<Problem>) -> Designation {
    let mut out = Designation {
        key: element.text_of("UniqueID").to_owned(),
        kind: element.text_of("IndividualEntityShip").to_owned(),
        ..Designation::default()
    };
    let mut regime = Regime {
        name: element.text_of("RegimeName").to_owned(),
        since: element.text_of("DateDesignated").to_owned(),
        source: element.text_of("DesignationSource").to_owned(),
        imposed: element.text_of("SanctionsImposed").to_owned(),
    };
    let mut unknown = Vec::new();
    for part in &element.children {
        match part.name.as_str() {
            // When the record was last edited: nothing that a screening could use.
            "LastUpdated"
            | "UniqueID"
            | "IndividualEntityShip"
            | "RegimeName"
            | "DateDesignated"
            | "DesignationSource"
            | "SanctionsImposed" => {}
            "OFSIGroupID" => text(&mut out.ofsi_groups, part),
            "UNReferenceNumber" => text(&mut out.un_references, part),
            "OtherInformation" => text(&mut out.other_information, part),
            "UKStatementofReasons" | "UKStatementOfReasons" => text(&mut out.reasons, part),
            "SanctionsImposedIndicators" => {
                for it in part.children.iter().filter(|it| it.text.eq_ignore_ascii_case("true")) {
                    regime.imposed += "|";
                    regime.imposed += &words(&it.name);
                }
            }
            "IndividualDetails" | "EntityDetails" | "ShipDetails" => {
                for list in part.children.iter().flat_map(|it| &it.children) {
                    list_of(list, &mut out, &mut unknown);
                }
            }
            _ => list_of(part, &mut out, &mut unknown),
        }
    }
    for it in unknown {
        let problem = Problem::new(
            Severity::Loss,
            &out.key,
            &it.name,
            &flat(it),
            "a part that is not known: it is not read",
        );
        problems.push(problem);
    }
    out.regimes.push(regime);
    out
}

/// `PreventionOfBusinessArrangements` -> `Prevention Of Business Arrangements`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for it in name.chars() {
        if it.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.push(it);
    }
    out
}

/// All text inside an element.
fn flat(element: &Element) -> String {
    let inside: Vec<String> = element.children.iter().map(flat).collect();
    joined(
        std::iter::once(element.text.as_str()).chain(inside.iter().map(String::as_str)),
        " ",
    )
}

fn text(list: &mut Vec<String>, element: &Element) {
    if !element.text.is_empty() {
        list.push(element.text.clone());
    }
}

/// Reads one container with the items of one kind.
fn list_of<'a>(list: &'a Element, out: &mut Designation, unknown: &mut Vec<&'a Element>) {
    let texts = match list.name.as_str() {
        "Titles" => &mut out.titles,
        "PhoneNumbers" => &mut out.phones,
        "EmailAddresses" => &mut out.emails,
        "Websites" => &mut out.websites,
        "DOBs" => &mut out.births,
        "Nationalities" => &mut out.nationalities,
        "Positions" => &mut out.positions,
        "Genders" => &mut out.genders,
        "TypeOfEntities" => &mut out.entity_types,
        "BusinessRegistrationNumbers" => &mut out.registrations,
        "ParentCompanies" => &mut out.parents,
        "Subsidiaries" => &mut out.subsidiaries,
        "IMONumbers" => &mut out.imo_numbers,
        "CurrentOwnerOperators" => &mut out.owners,
        "PreviousOwnerOperators" => &mut out.previous_owners,
        "CurrentBelievedFlagOfShips" => &mut out.flags,
        "PreviousFlags" => &mut out.previous_flags,
        "YearsBuilt" => &mut out.years_built,
        "HullIdentificationNumbers" => &mut out.hulls,
        _ => return structured(list, out, unknown),
    };
    for item in &list.children {
        if item.children.is_empty() {
            text(texts, item);
        } else {
            unknown.push(item);
        }
    }
    // A single value may stand in the container itself.
    text(texts, list);
}

fn structured<'a>(list: &'a Element, out: &mut Designation, unknown: &mut Vec<&'a Element>) {
    let ship_detail = match list.name.as_str() {
        "TypeOfShipDetails" => Some("Type of ship"),
        "TonnageOfShipDetails" => Some("Tonnage of ship"),
        "LengthOfShipDetails" => Some("Length of ship"),
        _ => None,
    };
    for item in &list.children {
        let get = |it: &str| item.text_of(it).to_owned();
        match (list.name.as_str(), item.name.as_str()) {
            ("Names", "Name") => out.names.push(Name {
                given: joined(
                    ["Name1", "Name2", "Name3", "Name4", "Name5"].map(|it| item.text_of(it)),
                    " ",
                ),
                last: get("Name6"),
                kind: get("NameType"),
                strength: get("AliasStrength"),
            }),
            ("NonLatinNames", "NonLatinName") => out.non_latin.push(NonLatin {
                text: get("NameNonLatinScript"),
                script: get("NonLatinScriptType"),
                language: get("NonLatinScriptLanguage"),
            }),
            ("Addresses", "Address") => {
                let lines = [
                    "AddressLine1",
                    "AddressLine2",
                    "AddressLine3",
                    "AddressLine4",
                    "AddressLine5",
                    "AddressLine6",
                    "AddressPostalCode",
                ];
                let address = (joined(lines.map(|it| item.text_of(it)), ", "), get("AddressCountry"));
                out.addresses.push(address);
            }
            ("PassportDetails", "Passport") => out.passports.push(Document {
                number: get("PassportNumber"),
                details: get("PassportAdditionalInformation"),
            }),
            ("NationalIdentifierDetails", "NationalIdentifier") => out.national_ids.push(Document {
                number: get("NationalIdentifierNumber"),
                details: get("NationalIdentifierAdditionalInformation"),
            }),
            ("BirthDetails", "Location") => {
                out.birth_places.push((get("TownOfBirth"), get("CountryOfBirth")));
            }
            _ => match ship_detail {
                Some(label) if item.children.is_empty() => out.ship_details.push((label, item.text.clone())),
                _ => unknown.push(item),
            },
        }
    }
    if !list.text.is_empty() {
        match ship_detail {
            Some(label) => out.ship_details.push((label, list.text.clone())),
            None => unknown.push(list),
        }
    }
}
