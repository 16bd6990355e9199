//! What the EU's file says: one `sanctionEntity` with its attributes under the publisher's names.

use crate::entity::{Problem, Severity};
use crate::lists::xml::Element;

/// A `sanctionEntity`. Repeated parts keep the element and its attributes; single ones are fields.
#[derive(Debug)]
pub struct Record<'a> {
    /// `logicalId`, the file's own number.
    pub logical_id: &'a str,
    /// `euReferenceNumber`, since version 1.1; may be empty there, too.
    pub eu_reference: &'a str,
    /// `unitedNationId`.
    pub un_id: &'a str,
    /// `designationDate`.
    pub designation_date: &'a str,
    /// `designationDetails`.
    pub designation_details: &'a str,
    /// `delistingDate`.
    pub delisting_date: &'a str,
    /// `remark`, any number.
    pub remarks: Vec<&'a str>,
    /// `subjectType/@code`: `person` or `enterprise`.
    pub subject_type: &'a str,
    /// `regulation`, several.
    pub regulations: Vec<&'a Element>,
    /// `nameAlias`, at least one.
    pub names: Vec<&'a Element>,
    /// `citizenship`.
    pub citizenships: Vec<&'a Element>,
    /// `birthdate`.
    pub birthdates: Vec<&'a Element>,
    /// `address`, with its `contactInfo`.
    pub addresses: Vec<&'a Element>,
    /// `identification`.
    pub identifications: Vec<&'a Element>,
    /// `additionalInformation/@key` and `@value`.
    pub additional: Vec<(&'a str, &'a str)>,
}

impl Record<'_> {
    /// The key of the record: `euReferenceNumber`, else `logicalId`.
    pub fn key(&self) -> &str {
        if self.eu_reference.is_empty() {
            self.logical_id
        } else {
            self.eu_reference
        }
    }
}

/// Reads one `sanctionEntity`; says which of its parts it does not know.
pub fn read<'a>(element: &'a Element, problems: &mut Vec<Problem>) -> Record<'a> {
    let subject = element.child("subjectType");
    let mut record = Record {
        logical_id: element.attribute("logicalId"),
        eu_reference: element.attribute("euReferenceNumber"),
        un_id: element.attribute("unitedNationId"),
        designation_date: element.attribute("designationDate"),
        designation_details: element.attribute("designationDetails"),
        delisting_date: element.attribute("delistingDate"),
        remarks: Vec::new(),
        subject_type: subject.map_or("", |it| it.attribute("code")),
        regulations: Vec::new(),
        names: Vec::new(),
        citizenships: Vec::new(),
        birthdates: Vec::new(),
        addresses: Vec::new(),
        identifications: Vec::new(),
        additional: Vec::new(),
    };
    if record.subject_type.is_empty() {
        // Both say the same; the code has been the more telling one.
        record.subject_type = subject.map_or("", |it| it.attribute("classificationCode"));
    }
    for it in element.children.iter().flat_map(|it| &it.children) {
        let known = matches!(
            it.name.as_str(),
            // The acts that brought a part and their corrections say nothing about the subject.
            "remark" | "additionalInformation" | "contactInfo" | "regulationSummary" | "publicationUrl" | "corrigendum"
        );
        if !known {
            unknown(record.key(), it, problems);
        }
    }
    for it in &element.children {
        match it.name.as_str() {
            "remark" => record.remarks.push(&it.text),
            "regulation" => record.regulations.push(it),
            "subjectType" => {}
            "nameAlias" => record.names.push(it),
            "citizenship" => record.citizenships.push(it),
            "birthdate" => record.birthdates.push(it),
            "address" => record.addresses.push(it),
            "identification" => record.identifications.push(it),
            "additionalInformation" => record.additional.push((it.attribute("key"), it.attribute("value"))),
            _ => unknown(record.key(), it, problems),
        }
    }
    record
}

fn unknown(key: &str, part: &Element, problems: &mut Vec<Problem>) {
    let message = "a part that is not known: it is not read";
    problems.push(Problem::new(Severity::Loss, key, &part.name, &part.text, message));
}
