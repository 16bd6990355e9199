//! Elements of the advanced XML -> reference values, locations, documents, dates, as the file says it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::entity::{CivilDate, PartialDate, Problem, Severity};
use crate::lists::xml::Node;

/// What an element may have: attributes, and elements inside. `None` for an element that is not known.
fn shape(name: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match name {
        "Comment" | "Value" | "Year" | "Month" | "Day" | "IDRegistrationNo" | "IssuingAuthority" => (&[], &[]),
        "LimitationsToListing" | "Text" | "DirectURL" => (&[], &[]),
        "DateOfIssue" | "Date" => (&["CalendarTypeID"], &["Year", "Month", "Day"]),
        "DatePeriod" => (
            &["CalendarTypeID", "YearFixed", "MonthFixed", "DayFixed"],
            &["Comment", "Start", "End"],
        ),
        "Start" | "End" => (&["Approximate", "YearFixed", "MonthFixed", "DayFixed"], &["From", "To"]),
        "From" | "To" => (&[], &["Year", "Month", "Day"]),
        "Location" => (
            &["ID"],
            &[
                "Comment",
                "LocationAreaCode",
                "LocationCountry",
                "LocationPart",
                "FeatureVersionReference",
                "IDRegDocumentReference",
            ],
        ),
        "LocationAreaCode" => (&["AreaCodeID"], &[]),
        "LocationCountry" => (&["CountryID", "CountryRelevanceID"], &[]),
        "LocationPart" => (&["LocPartTypeID"], &["LocationPartValue"]),
        "LocationPartValue" => (
            &["Primary", "LocPartValueTypeID", "LocPartValueStatusID"],
            &["Comment", "Value"],
        ),
        "FeatureVersionReference" => (&["FeatureVersionID"], &[]),
        "IDRegDocumentReference" => (&["IDRegDocumentID", "DocumentID"], &[]),
        "IDRegDocument" => (
            &[
                "ID",
                "IDRegDocTypeID",
                "IdentityID",
                "IssuedBy-CountryID",
                "IssuedIn-LocationID",
                "ValidityID",
            ],
            &[
                "Comment",
                "IDRegistrationNo",
                "IssuingAuthority",
                "DocumentDate",
                "FeatureVersionReference",
                "DocumentedNameReference",
                "ProfileRelationshipReference",
            ],
        ),
        "DocumentDate" => (&["IDRegDocDateTypeID"], &["DatePeriod"]),
        "DocumentedNameReference" => (&["DocumentedNameID"], &[]),
        "ProfileRelationshipReference" => (&["ProfileRelationshipID"], &[]),
        "SanctionsEntryReference" => (&["SanctionsEntryID"], &[]),
        "DistinctParty" => (&["FixedRef"], &["Comment", "Profile"]),
        "Profile" => (
            &["ID", "PartySubTypeID"],
            &["Comment", "Identity", "Feature", "SanctionsEntryReference"],
        ),
        "Identity" => (
            &["ID", "FixedRef", "Primary", "False"],
            &["Comment", "Alias", "NamePartGroups"],
        ),
        "Alias" => (
            &["FixedRef", "AliasTypeID", "Primary", "LowQuality"],
            &["Comment", "DocumentedName"],
        ),
        "DocumentedName" => (&["ID", "FixedRef", "DocNameStatusID"], &["DocumentedNamePart"]),
        "DocumentedNamePart" => (&[], &["NamePartValue"]),
        "NamePartValue" => (&["NamePartGroupID", "ScriptID", "ScriptStatusID", "Acronym"], &[]),
        "NamePartGroups" => (&[], &["MasterNamePartGroup"]),
        "MasterNamePartGroup" => (&[], &["NamePartGroup"]),
        "NamePartGroup" => (&["ID", "NamePartTypeID"], &[]),
        "Feature" => (&["ID", "FeatureTypeID"], &["FeatureVersion", "IdentityReference"]),
        "FeatureVersion" => (
            &["ID", "ReliabilityID"],
            &[
                "Comment",
                "DatePeriod",
                "VersionDetail",
                "VersionLocation",
                "IDRegDocumentReference",
            ],
        ),
        "VersionDetail" => (&["DetailTypeID", "DetailReferenceID"], &[]),
        "VersionLocation" => (&["LocationID"], &[]),
        "IdentityReference" => (&["IdentityID", "IdentityFeatureLinkTypeID"], &[]),
        "ProfileRelationship" => (
            &[
                "ID",
                "From-ProfileID",
                "To-ProfileID",
                "RelationTypeID",
                "RelationQualityID",
                "Former",
                "SanctionsEntryID",
            ],
            &["Comment", "DatePeriod", "IDRegDocumentReference"],
        ),
        "SanctionsEntry" => (
            &["ID", "ProfileID", "ListID"],
            &[
                "Comment",
                "LimitationsToListing",
                "EntryEvent",
                "SanctionsMeasure",
                "SupportingInfo",
                "ProfileRelationshipReference",
            ],
        ),
        "EntryEvent" => (&["ID", "EntryEventTypeID", "LegalBasisID"], &["Comment", "Date"]),
        "SanctionsMeasure" => (&["ID", "SanctionsTypeID"], &["Comment", "DatePeriod"]),
        "SupportingInfo" => (&["ID", "SupInfoTypeID"], &["Text", "DirectURL"]),
        "SanctionsEntryLink" => (
            &[
                "ID",
                "EntryA-SanctionsEntryID",
                "EntryB-SanctionsEntryID",
                "EntryLinkTypeID",
            ],
            &["Comment", "Date"],
        ),
        _ => return None,
    })
}

/// Reports each kind of element and attribute that is not known once a file.
#[derive(Default)]
pub(super) struct Strange {
    seen: BTreeSet<String>,
    /// A `DeltaAction` was there: the record that had it.
    pub delta: Option<String>,
}

impl Strange {
    /// Looks at a record and all that is in it.
    pub(super) fn look(&mut self, node: Node<'_>, record: &str, problems: &mut Vec<Problem>) {
        let Some((attributes, children)) = shape(node.name()) else {
            return self.report(node.name(), node.text(), record, problems);
        };
        for (name, value) in node.attributes() {
            if name == "DeltaAction" || name == "EntryDeltaFlag" {
                self.delta.get_or_insert_with(|| record.to_owned());
            } else if !attributes.contains(&name) {
                self.report(&format!("{}@{name}", node.name()), value, record, problems);
            }
        }
        for it in node.children() {
            if children.contains(&it.name()) {
                self.look(it, record, problems);
            } else {
                self.report(&format!("{}/{}", node.name(), it.name()), it.text(), record, problems);
            }
        }
    }

    /// Reports something by its path, unless it was reported.
    pub(super) fn report(&mut self, path: &str, value: &str, record: &str, problems: &mut Vec<Problem>) {
        if self.seen.insert(path.to_owned()) {
            let message = "an element or attribute that is not known: it is not read";
            problems.push(Problem::new(Severity::Notice, record, path, value, message));
        }
    }
}

/// One value of a set.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The text.
    pub text: Arc<str>,
    /// What else it refers to: the country of an area code, the type of a sub-type.
    pub of: Option<u64>,
}

/// The sets of reference values, by the name of their elements (`AliasType`).
#[derive(Default)]
pub(super) struct References {
    sets: BTreeMap<&'static str, BTreeMap<u64, Reference>>,
}

/// The sets that are used. The others of the format say nothing that reaches an entity.
const USED: [&str; 20] = [
    "AliasType",
    "AreaCode",
    "CalendarType",
    "Country",
    "DetailReference",
    "EntryEventType",
    "FeatureType",
    "IDRegDocDateType",
    "IDRegDocType",
    "LegalBasis",
    "List",
    "LocPartType",
    "NamePartType",
    "PartySubType",
    "PartyType",
    "RelationType",
    "Reliability",
    "SanctionsType",
    "Script",
    "Validity",
];

const UNUSED: [&str; 18] = [
    "AreaCodeType",
    "CountryRelevance",
    "DecisionMakingBody",
    "DetailType",
    "DocNameStatus",
    "FeatureTypeGroup",
    "IdentityFeatureLinkType",
    "LegalBasisType",
    "LocPartValueStatus",
    "LocPartValueType",
    "Organisation",
    "RelationQuality",
    "SanctionsProgram",
    "ScriptStatus",
    "SubsidiaryBody",
    "SupInfoType",
    "TargetType",
    "EntryLinkType",
];

impl References {
    /// Takes one set: `AliasTypeValues`. `false` where it is not known.
    pub(super) fn take(&mut self, set: Node<'_>, problems: &mut Vec<Problem>) -> bool {
        let Some(kind) = set.name().strip_suffix("Values") else {
            return false;
        };
        if UNUSED.contains(&kind) || kind == "ExRefType" || kind == "ExternalReferenceType" {
            return true;
        }
        let Some(kind) = USED.into_iter().find(|it| *it == kind) else {
            return false;
        };
        let table = self.sets.entry(kind).or_default();
        for it in set.children() {
            let key = id(it, "ID").filter(|_| it.name() == kind);
            let Some(key) = key else {
                let message = "a reference value that is not read: what refers to it is not understood";
                problems.push(Problem::new(Severity::Notice, kind, it.name(), it.text(), message));
                continue;
            };
            let of = ["CountryID", "PartyTypeID"].into_iter().find_map(|name| id(it, name));
            let text = match it.attribute("Description") {
                "" => it.text(),
                described => described,
            };
            let value = Reference {
                text: Arc::from(text),
                of,
            };
            if table.insert(key, value).is_some() {
                let message = "a reference value whose id stands twice: the last one counts";
                problems.push(Problem::new(Severity::Notice, kind, "ID", &key.to_string(), message));
            }
        }
        true
    }

    /// Whether there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// A value of a set.
    pub(super) fn get(&self, set: &str, key: Option<u64>) -> Option<&Reference> {
        self.sets.get(set)?.get(&key?)
    }

    /// The text of a value.
    pub(super) fn text(&self, set: &str, key: Option<u64>) -> Option<&Arc<str>> {
        self.get(set, key).map(|it| &it.text)
    }
}

/// An id in an attribute.
pub(super) fn id(node: Node<'_>, attribute: &str) -> Option<u64> {
    node.attribute(attribute).parse().ok()
}

/// A place.
#[derive(Clone, Debug, Default)]
pub(super) struct Location {
    /// The name of its country.
    pub country: Option<Arc<str>>,
    /// The values, each with its type (`CITY`).
    pub parts: Vec<(Arc<str>, String)>,
    /// The same in another script.
    pub others: Vec<(Arc<str>, String)>,
}

/// Types of parts in the order in which an address is read.
pub(super) const PARTS: [&str; 7] = [
    "ADDRESS1",
    "ADDRESS2",
    "ADDRESS3",
    "CITY",
    "STATE/PROVINCE",
    "POSTAL CODE",
    "REGION",
];

/// Reads a location.
pub(super) fn location(node: Node<'_>, references: &References, problems: &mut Vec<Problem>) -> Location {
    let mut out = Location::default();
    let mut unknown = |field: &str, value: &str| {
        problems.push(Problem::new(
            Severity::Notice,
            format!("location {}", node.attribute("ID")),
            field,
            value,
            "a reference value that the file does not have",
        ));
    };
    for it in node.all("LocationCountry") {
        match references.text("Country", id(it, "CountryID")) {
            Some(it) => out.country = Some(Arc::clone(it)),
            None => unknown("CountryID", it.attribute("CountryID")),
        }
    }
    for it in node
        .all("LocationAreaCode")
        .filter(|_| out.country.is_none())
        .collect::<Vec<_>>()
    {
        let area = references.get("AreaCode", id(it, "AreaCodeID"));
        let country = area.and_then(|it| references.text("Country", it.of));
        match country.or(area.map(|it| &it.text)) {
            Some(it) => out.country = Some(Arc::clone(it)),
            None => unknown("AreaCodeID", it.attribute("AreaCodeID")),
        }
    }
    // The region counts where there is one, as in the simple formats.
    out.country = out
        .country
        .filter(|it| !matches!(&**it, "undetermined" | "Undetermined" | "Unknown"));
    for part in node.all("LocationPart") {
        let kind = references.text("LocPartType", id(part, "LocPartTypeID")).cloned();
        let kind = kind.unwrap_or_else(|| {
            unknown("LocPartTypeID", part.attribute("LocPartTypeID"));
            Arc::from("Unknown")
        });
        for value in part.all("LocationPartValue") {
            let text = value.text_of("Value");
            if !text.is_empty() {
                let into = if value.attribute("Primary") == "false" {
                    &mut out.others
                } else {
                    &mut out.parts
                };
                into.push((Arc::clone(&kind), text.to_owned()));
            }
        }
    }
    out
}

/// A date of year, perhaps month and day, in the elements of those names.
pub(super) fn civil(node: Node<'_>) -> Option<CivilDate> {
    let number = |name: &str| node.text_of(name).parse::<u8>().ok().filter(|it| *it > 0);
    CivilDate::new(node.text_of("Year").parse().ok()?, number("Month"), number("Day")).ok()
}

/// What a `DatePeriod` says, with the precision that its bounds show: from the first to the last day of a year, it is the year.
///
/// The file gives a beginning and an end, each itself between two days.
pub(super) fn period(node: Node<'_>) -> Option<PartialDate> {
    let bound = |side: &str, which: &str, other: &str| {
        let side = node.child(side)?;
        side.child(which).or_else(|| side.child(other)).and_then(civil)
    };
    let from = bound("Start", "From", "To")?;
    let to = bound("End", "To", "From").unwrap_or(from);
    let date = between(from, to)?;
    let approximate = ["Start", "End"]
        .iter()
        .filter_map(|it| node.child(it))
        .any(|it| it.attribute("Approximate") == "true");
    Some(if approximate { date.circa() } else { date })
}

/// The date that two days stand for.
pub(in crate::lists::ofac) fn between(from: CivilDate, to: CivilDate) -> Option<PartialDate> {
    let year = |it: CivilDate| CivilDate::new(it.year(), None, None).ok();
    let month = |it: CivilDate| CivilDate::new(it.year(), it.month(), None).ok();
    let first = from.day_span().0;
    let last = to.day_span().1;
    let spans = |a: Option<CivilDate>, b: Option<CivilDate>| {
        let (a, b) = (a?, b?);
        (a.day_span().0 == first && b.day_span().1 == last).then_some((a, b))
    };
    let (from, to) = spans(year(from), year(to))
        .or_else(|| spans(month(from), month(to)))
        .unwrap_or((from, to));
    if from == to {
        return PartialDate::new(from.year(), from.month(), from.day()).ok();
    }
    PartialDate::range(from, to).ok()
}

/// A date as OFAC writes it: `28 Jun 1984`, `circa 1984`, `1984 to 1986`.
pub(in crate::lists::ofac) fn ofac_date(date: PartialDate) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let one = |it: CivilDate| {
        let month = it.month().and_then(|it| MONTHS.get(usize::from(it) - 1));
        match (it.day(), month) {
            (Some(day), Some(month)) => format!("{day:02} {month} {:04}", it.year()),
            (None, Some(month)) => format!("{month} {:04}", it.year()),
            _ => format!("{:04}", it.year()),
        }
    };
    let circa = if date.circa { "circa " } else { "" };
    match date.to {
        Some(to) => format!("{circa}{} to {}", one(date.from), one(to)),
        None => format!("{circa}{}", one(date.from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, circa: bool, expect: &str) {
        let point = |it: &str| {
            let parts: Vec<&str> = it.split('-').collect();
            let [y, m, d] = parts.as_slice() else {
                panic!("three numbers");
            };
            format!("<Year>{y}</Year><Month>{m}</Month><Day>{d}</Day>")
        };
        let bound = |name: &str, at: &str| {
            format!(
                "<{name} Approximate='{circa}'><From>{0}</From><To>{0}</To></{name}>",
                point(at)
            )
        };
        let xml = format!(
            "<r><DatePeriod>{}{}</DatePeriod></r>",
            bound("Start", from),
            bound("End", to)
        );
        let mut got = String::new();
        let mut rest = xml.as_bytes();
        crate::lists::xml::stream(&mut rest, &[], |_, it| {
            got = period(it).map_or_else(|| "none".to_owned(), ofac_date);
        });
        assert_eq!(got, expect);
    }

    #[test]
    fn precision_is_what_the_bounds_show() {
        check("1962-1-1", "1962-12-31", false, "1962");
        check("1962-1-1", "1962-12-31", true, "circa 1962");
        check("1962-2-1", "1962-2-28", false, "Feb 1962");
        check("1964-2-1", "1964-2-28", false, "01 Feb 1964 to 28 Feb 1964"); // a leap year: not all of February
        check("1962-6-28", "1962-6-28", false, "28 Jun 1962");
        check("1962-1-1", "1964-12-31", false, "1962 to 1964");
        check("1962-1-1", "1962-1-1", false, "01 Jan 1962");
        check("1962-12-1", "1963-1-31", false, "Dec 1962 to Jan 1963");
        check("1962-6-28", "1962-7-2", false, "28 Jun 1962 to 02 Jul 1962");
        check("1963-1-1", "1962-1-1", false, "none");
        check("1962-2-30", "1962-2-30", false, "none");
    }
}
