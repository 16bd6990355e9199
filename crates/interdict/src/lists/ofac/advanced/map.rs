//! Records of the advanced XML -> raw parties: what refers to what is joined here.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

use super::record::{self, Location, PARTS, References, Strange, id, ofac_date};
use crate::entity::{NameKind, PartialDate, Problem, RelationKind, Severity};
use crate::lists::Parsed;
use crate::lists::ofac::record::{Raw, RawAddress, RawName, RawRelation, RawValue, alias_kind};
use crate::lists::ofac::{List, On};
use crate::lists::xml::{self, Node};

/// The elements whose children are records.
const CONTAINERS: [&str; 7] = [
    "ReferenceValueSets",
    "Locations",
    "IDRegDocuments",
    "DistinctParties",
    "ProfileRelationships",
    "SanctionsEntries",
    "SanctionsEntryLinks",
];

/// The umbrella list: every entry that is not (only) on the SDN list is on it, besides its own list.
pub(in crate::lists::ofac) const UMBRELLA: &str = "Consolidated List";
/// The list of the blocked.
pub(in crate::lists::ofac) const BLOCKED: &str = "SDN List";

/// Reads the file. Problems, counts and the date go to `parsed`.
pub(super) fn parties(name: &str, source: &mut dyn BufRead, parsed: &mut Parsed) -> (Vec<Raw>, List) {
    let mut join = Join::default();
    let frame = xml::stream(source, &CONTAINERS, |container, it| join.take(container, it, parsed));
    let mut raws = join.end(parsed);
    let whole = frame.fatal.is_none();
    let refuse = |value: &str, message: String| Problem::new(Severity::Fatal, name, "", value, message);
    if whole && frame.root.name != "Sanctions" {
        let message = "the root element is not `Sanctions`".to_owned();
        parsed.problems.push(refuse(&frame.root.name, message));
    } else if let Some(record) = join.strange.delta.as_ref().filter(|_| whole) {
        let message = "a delta file (`DeltaAction`): it says what changes, not what is listed".to_owned();
        parsed.problems.push(refuse(record, message));
    } else if let Some(missing) = [
        "DateOfIssue",
        "ReferenceValueSets",
        "DistinctParties",
        "SanctionsEntries",
    ]
    .into_iter()
    .find(|it| whole && !join.seen.contains(it))
    {
        let message = "the file has no such part, or an empty one: it is not whole".to_owned();
        parsed.problems.push(refuse(missing, message));
    }
    parsed.problems.extend(frame.fatal);
    for it in raws.iter_mut().flat_map(|it| &mut it.relations) {
        it.elsewhere = !join.place.contains_key(&it.other);
    }
    let list = join.on.list(name, &raws, parsed);
    (raws, list)
}

/// A document, until the party comes that it belongs to.
struct Document {
    key: String,
    value: RawValue,
}

#[derive(Default)]
struct Join {
    references: References,
    locations: BTreeMap<u64, (Location, bool)>,
    /// By the identity that they belong to.
    documents: BTreeMap<u64, Vec<Document>>,
    raws: Vec<Raw>,
    /// The place of each party, by key.
    place: BTreeMap<String, usize>,
    /// The names of the parts of the file that held something.
    seen: Vec<&'static str>,
    strange: Strange,
    on: On,
}

impl Join {
    fn take(&mut self, container: &str, it: Node<'_>, parsed: &mut Parsed) {
        let part = CONTAINERS.into_iter().find(|part| *part == container);
        if let Some(part) = part
            && !self.seen.contains(&part)
        {
            self.seen.push(part);
        }
        let key = match it.name() {
            "DistinctParty" => it.child("Profile").map_or("", |it| it.attribute("ID")),
            "SanctionsEntry" => it.attribute("ProfileID"),
            "ProfileRelationship" => it.attribute("From-ProfileID"),
            _ => it.attribute("ID"),
        };
        if container != "ReferenceValueSets" {
            self.strange.look(it, key, &mut parsed.problems);
        }
        match (container, it.name()) {
            (_, "DateOfIssue") => {
                let date = record::civil(it);
                parsed.published = date.and_then(|it| PartialDate::new(it.year(), it.month(), it.day()).ok());
                if parsed.published.is_some() {
                    self.seen.push("DateOfIssue");
                }
            }
            ("ReferenceValueSets", set) => {
                let known = self.references.take(it, &mut parsed.problems);
                if !known {
                    self.strange.report(set, "", "ReferenceValueSets", &mut parsed.problems);
                }
            }
            ("Locations", "Location") => self.location(it, parsed),
            ("IDRegDocuments", "IDRegDocument") => self.document(it, parsed),
            ("DistinctParties", "DistinctParty") => self.party(it, parsed),
            ("ProfileRelationships", "ProfileRelationship") => self.relation(it, key, parsed),
            ("SanctionsEntries", "SanctionsEntry") => self.entry(it, key, parsed),
            ("SanctionsEntryLinks", "SanctionsEntryLink") => {
                let value = format!(
                    "{} {}",
                    it.attribute("EntryA-SanctionsEntryID"),
                    it.attribute("EntryB-SanctionsEntryID")
                );
                let message = "a link between two entries: not read";
                parsed.problems.push(Problem::new(
                    Severity::Notice,
                    it.attribute("ID"),
                    "SanctionsEntryLink",
                    &value,
                    message,
                ));
            }
            _ => {}
        }
    }

    fn location(&mut self, it: Node<'_>, parsed: &mut Parsed) {
        let location = record::location(it, &self.references, &mut parsed.problems);
        let old = id(it, "ID").map(|key| self.locations.insert(key, (location, false)));
        let message = match old {
            Some(None) => return,
            Some(Some(_)) => "a location whose id stands twice: the last one counts",
            None => "a location without an id",
        };
        parsed.problems.push(Problem::new(
            Severity::Loss,
            "Locations",
            "ID",
            it.attribute("ID"),
            message,
        ));
    }

    fn document(&mut self, it: Node<'_>, parsed: &mut Parsed) {
        let key = it.attribute("ID");
        let mut notice = |field: &str, value: &str, message: &str| {
            parsed.problems.push(Problem::new(
                Severity::Notice,
                format!("document {key}"),
                field,
                value,
                message,
            ));
        };
        let unknown = "a reference value that the file does not have";
        let references = &self.references;
        let label = match references.text("IDRegDocType", id(it, "IDRegDocTypeID")) {
            Some(it) => Arc::clone(it),
            None => {
                notice("IDRegDocTypeID", it.attribute("IDRegDocTypeID"), unknown);
                Arc::from("Document")
            }
        };
        let country = match it.attribute("IssuedBy-CountryID") {
            "" => Arc::from(""),
            text => references
                .text("Country", id(it, "IssuedBy-CountryID"))
                .cloned()
                .unwrap_or_else(|| {
                    notice("IssuedBy-CountryID", text, unknown);
                    Arc::from("")
                }),
        };
        let mut detail = String::new();
        for date in it.all("DocumentDate") {
            let word = match references.text("IDRegDocDateType", id(date, "IDRegDocDateTypeID")) {
                Some(it) if &**it == "Issue Date" => "issued",
                Some(it) if &**it == "Expiration Date" => "expires",
                _ => {
                    notice("IDRegDocDateTypeID", date.attribute("IDRegDocDateTypeID"), unknown);
                    "dated"
                }
            };
            match date.child("DatePeriod").and_then(record::period) {
                Some(it) => detail += &format!(" {word} {}", ofac_date(it)),
                None => notice("DocumentDate", "", "a date that could not be read"),
            }
        }
        for (leaf, word) in [("IssuingAuthority", "by "), ("Comment", "")] {
            let text = it.text_of(leaf);
            if !text.is_empty() {
                detail += &format!(" {word}{text}");
            }
        }
        let validity = references.text("Validity", id(it, "ValidityID"));
        let bad = validity.is_some_and(|it| !matches!(&**it, "Valid" | "Unknown"));
        if let Some(word) = validity.filter(|_| bad) {
            detail += &format!(" ({word})");
        }
        if validity.is_none() && !it.attribute("ValidityID").is_empty() {
            notice("ValidityID", it.attribute("ValidityID"), unknown);
        }
        if let Some(place) = id(it, "IssuedIn-LocationID") {
            match self.locations.get_mut(&place) {
                Some((location, used)) => {
                    *used = true;
                    let text = full(location, &location.parts);
                    if !text.is_empty() && text != *country {
                        detail += &format!(" issued in {text}");
                    }
                }
                // The real files refer to places that they do not hold; the country is said apart.
                None if !country.is_empty() => {}
                None => notice(
                    "IssuedIn-LocationID",
                    it.attribute("IssuedIn-LocationID"),
                    "a location that the file does not have",
                ),
            }
        }
        let document = Document {
            key: key.to_owned(),
            value: RawValue {
                label,
                value: it.text_of("IDRegistrationNo").to_owned(),
                country,
                detail: detail.trim().to_owned(),
                bad,
            },
        };
        match id(it, "IdentityID") {
            Some(identity) => self.documents.entry(identity).or_default().push(document),
            None => lost(parsed, "document", key, "IdentityID", &document.value.value, NOBODY),
        }
    }

    fn party(&mut self, it: Node<'_>, parsed: &mut Parsed) {
        if it.child("Profile").is_none() {
            let record = it.attribute("FixedRef");
            return lost(
                parsed,
                "party",
                record,
                "Profile",
                it.text(),
                "a party without a profile",
            );
        }
        let remarks: Vec<&str> = it.all("Comment").map(Node::text).filter(|it| !it.is_empty()).collect();
        for profile in it.all("Profile") {
            let key = profile.attribute("ID");
            if key.is_empty() {
                let name = profile.text();
                lost(
                    parsed,
                    "party",
                    it.attribute("FixedRef"),
                    "Profile",
                    name,
                    "a profile without a key",
                );
                continue;
            }
            let raw = self.profile(profile, key, &remarks, parsed);
            // A second one of the same key is told apart by the maker of entities; entries go to the first one.
            self.place.entry(key.to_owned()).or_insert(self.raws.len());
            self.raws.push(raw);
        }
    }

    fn profile(&mut self, it: Node<'_>, key: &str, remarks: &[&str], parsed: &mut Parsed) -> Raw {
        let mut remarks = remarks.to_vec();
        remarks.extend(it.all("Comment").map(Node::text).filter(|it| !it.is_empty()));
        let mut raw = Raw {
            key: key.to_owned(),
            kind: self.kind(it),
            remarks: remarks.join("; "),
            ..Raw::default()
        };
        for identity in it.all("Identity") {
            self.names(identity, &mut raw, parsed);
            let documents = id(identity, "ID").and_then(|it| self.documents.remove(&it));
            for document in documents.into_iter().flatten() {
                count(parsed, "document", true);
                raw.values.push(document.value);
            }
        }
        // The primary name first, as in every other format; one in Latin letters before others.
        raw.names.sort_by_key(|it| it.kind != Some(NameKind::Primary));
        for feature in it.all("Feature") {
            self.feature(feature, &mut raw, parsed);
        }
        for (word, n) in [
            ("alias", raw.names.len().saturating_sub(1)),
            ("address", raw.addresses.len()),
        ] {
            let count = parsed.count(word);
            count.records += n;
            count.entities += n;
        }
        raw
    }

    /// `individual`, `entity`, `vessel`, `aircraft`: by the sub-type, or the type where that is `Unknown`.
    fn kind(&self, profile: Node<'_>) -> String {
        let sub = self.references.get("PartySubType", id(profile, "PartySubTypeID"));
        let text = match sub {
            Some(it) if &*it.text == "Unknown" => self.references.text("PartyType", it.of),
            Some(it) => Some(&it.text),
            None => None,
        };
        match text {
            Some(it) => it.to_ascii_lowercase(),
            None => format!("PartySubTypeID {}", profile.attribute("PartySubTypeID")),
        }
    }

    fn names(&self, identity: Node<'_>, raw: &mut Raw, parsed: &mut Parsed) {
        let groups: Vec<(u64, Option<&Arc<str>>)> = identity
            .items("NamePartGroups", "MasterNamePartGroup")
            .flat_map(|it| it.all("NamePartGroup"))
            .filter_map(|it| {
                let kind = self.references.text("NamePartType", id(it, "NamePartTypeID"));
                Some((id(it, "ID")?, kind))
            })
            .collect();
        let key = raw.key.clone();
        let mut problem = |severity: Severity, field: &str, value: &str, message: &str| {
            parsed
                .problems
                .push(Problem::new(severity, key.as_str(), field, value, message));
        };
        let mut empty = Vec::new();
        let mut notice = |field: &str, value: &str, message: &str| problem(Severity::Notice, field, value, message);
        if identity.attribute("False") == "true" {
            notice(
                "Identity@False",
                "true",
                "an identity that is marked false: its names are kept",
            );
            raw.notes.push(("Identity", "an identity marked false".to_owned()));
        }
        for comment in identity.all("Comment").filter(|it| !it.text().is_empty()) {
            raw.notes.push(("Identity", comment.text().to_owned()));
        }
        for alias in identity.all("Alias") {
            let kind = self
                .references
                .text("AliasType", id(alias, "AliasTypeID"))
                .map_or("", |it| it);
            let primary = alias.attribute("Primary") == "true";
            let weak = match alias.attribute("LowQuality") {
                "true" => true,
                "false" => false,
                other => {
                    notice(
                        "Alias@LowQuality",
                        other,
                        "a quality that is not known; kept as a strong name",
                    );
                    false
                }
            };
            let kind = match kind {
                "Name" if primary => NameKind::Primary,
                "Name" => NameKind::Alias,
                it => {
                    let mut odd = Vec::new();
                    let kind = alias_kind(it, &key, "Alias@AliasTypeID", &mut odd);
                    if !odd.is_empty() {
                        notice(
                            "Alias@AliasTypeID",
                            alias.attribute("AliasTypeID"),
                            "an alias of a type that is not known; kept as an alias",
                        );
                    }
                    kind.unwrap_or(NameKind::Alias)
                }
            };
            for comment in alias.all("Comment").filter(|it| !it.text().is_empty()) {
                raw.notes.push(("Alias", comment.text().to_owned()));
            }
            for documented in alias.all("DocumentedName") {
                let mut name = RawName {
                    kind: Some(kind),
                    weak,
                    ..RawName::default()
                };
                for value in documented.items("DocumentedNamePart", "NamePartValue") {
                    let group = id(value, "NamePartGroupID");
                    let part = groups.iter().find(|it| Some(it.0) == group).and_then(|it| it.1);
                    let first = match part.map_or("", |it| it) {
                        "First Name" | "Middle Name" | "Patronymic" | "Matronymic" => true,
                        "Last Name" | "Maiden Name" | "Nickname" | "Entity Name" | "Vessel Name" | "Aircraft Name" => {
                            false
                        }
                        _ => {
                            notice(
                                "NamePartValue@NamePartGroupID",
                                value.text(),
                                "a part of a name whose type is not known; kept with the last name",
                            );
                            false
                        }
                    };
                    let into = if first { &mut name.first } else { &mut name.last };
                    if !into.is_empty() && !value.text().is_empty() {
                        into.push(' ');
                    }
                    into.push_str(value.text());
                    match self.references.text("Script", id(value, "ScriptID")) {
                        Some(it) if &**it == "Latin" => {}
                        Some(it) => name.script = Arc::clone(it),
                        None => notice(
                            "NamePartValue@ScriptID",
                            value.attribute("ScriptID"),
                            "a script that is not known",
                        ),
                    }
                }
                if name.first.is_empty() && name.last.is_empty() {
                    empty.push(documented.attribute("ID"));
                    continue;
                }
                // Filed under the Latin spelling; the others are further names of it.
                if !name.script.is_empty() && kind == NameKind::Primary {
                    name.kind = Some(NameKind::Alias);
                }
                raw.names.push(name);
            }
        }
        for it in empty {
            lost(parsed, "alias", &key, "DocumentedName", it, "a name without a value");
        }
    }

    fn feature(&mut self, it: Node<'_>, raw: &mut Raw, parsed: &mut Parsed) {
        let label = match self.references.text("FeatureType", id(it, "FeatureTypeID")) {
            Some(it) => Arc::clone(it),
            None => {
                parsed.problems.push(Problem::new(
                    Severity::Notice,
                    raw.key.as_str(),
                    "FeatureTypeID",
                    it.attribute("FeatureTypeID"),
                    "a reference value that the file does not have",
                ));
                Arc::from("Feature")
            }
        };
        let mut any = false;
        for version in it.all("FeatureVersion") {
            any |= self.version(version, &label, raw, parsed);
        }
        if !any {
            let message = "a feature of which nothing could be read";
            let problem = Problem::new(Severity::Loss, raw.key.as_str(), "Feature", &label, message);
            parsed.problems.push(problem);
        }
    }

    /// One version of a feature; `false` where it says nothing.
    fn version(&mut self, version: Node<'_>, label: &Arc<str>, raw: &mut Raw, parsed: &mut Parsed) -> bool {
        let before = parsed.problems.len();
        let mut problem = |severity: Severity, field: &str, value: &str, message: &str| {
            parsed
                .problems
                .push(Problem::new(severity, raw.key.as_str(), field, value, message));
        };
        let mut texts: Vec<String> = Vec::new();
        for it in version.all("DatePeriod") {
            let calendar = self.references.text("CalendarType", id(it, "CalendarTypeID"));
            match (record::period(it), calendar.map(|it| &**it)) {
                (Some(date), Some("Gregorian")) => texts.push(ofac_date(date)),
                (Some(date), other) => {
                    texts.push(format!("{} ({})", ofac_date(date), other.unwrap_or("calendar unknown")))
                }
                (None, _) => problem(Severity::Loss, label, "DatePeriod", "a date that could not be read"),
            }
        }
        for it in version.all("VersionDetail") {
            let mut text = it.text().to_owned();
            let reference = it.attribute("DetailReferenceID");
            if !reference.is_empty() {
                match self.references.text("DetailReference", id(it, "DetailReferenceID")) {
                    Some(it) if text.is_empty() => text = it.to_string(),
                    Some(it) => text = format!("{it} {text}"),
                    None => problem(
                        Severity::Loss,
                        label,
                        reference,
                        "a reference value that the file does not have",
                    ),
                }
            }
            if !text.is_empty() {
                texts.push(text);
            }
        }
        let address = &**label == "Location";
        let mut added = false;
        for it in version.all("VersionLocation") {
            let place = id(it, "LocationID").and_then(|it| self.locations.get_mut(&it));
            let Some((location, used)) = place else {
                problem(
                    Severity::Loss,
                    label,
                    it.attribute("LocationID"),
                    "a location that the file does not have",
                );
                continue;
            };
            *used = true;
            if !address {
                texts.push(full(location, &location.parts));
                continue;
            }
            raw.addresses.push(postal(location, &location.parts));
            if !location.others.is_empty() {
                raw.addresses.push(postal(location, &location.others));
            }
            added = true;
        }
        let comment = version.text_of("Comment");
        let mut detail = comment.to_owned();
        let reliability = self.references.text("Reliability", id(version, "ReliabilityID"));
        if let Some(it) = reliability.filter(|it| !matches!(&***it, "Unknown" | "Confirmed")) {
            detail = format!("{detail} (reliability: {it})").trim().to_owned();
        }
        if address {
            if !detail.is_empty() {
                raw.notes.push(("Location", detail));
            }
            for it in texts {
                raw.notes.push(("Location", it));
                added = true;
            }
            return added || parsed.problems.len() > before;
        }
        let value = texts.join(" ");
        if value.is_empty() && detail.is_empty() {
            return parsed.problems.len() > before;
        }
        if &**label == "Title" {
            raw.titles.extend(value.split(';').map(str::to_owned));
            if !detail.is_empty() {
                raw.notes.push(("Title", detail));
            }
            return true;
        }
        raw.values.push(RawValue {
            label: short(label),
            value,
            country: Arc::from(""),
            detail,
            bad: false,
        });
        true
    }

    fn relation(&mut self, it: Node<'_>, from: &str, parsed: &mut Parsed) {
        let to = it.attribute("To-ProfileID");
        let type_id = it.attribute("RelationTypeID");
        let words = self.references.text("RelationType", id(it, "RelationTypeID"));
        let Some(raw) = self
            .place
            .get(from)
            .and_then(|it| self.raws.get_mut(*it))
            .filter(|_| !to.is_empty())
        else {
            let message = if to.is_empty() { "a relation to nobody" } else { NOBODY };
            return lost(
                parsed,
                "relationship",
                it.attribute("ID"),
                "From-ProfileID",
                from,
                message,
            );
        };
        count(parsed, "relationship", true);
        let words = words.map_or_else(|| format!("RelationTypeID {type_id}"), |it| it.to_string());
        raw.relations
            .push(relation(&words, to, it.attribute("Former") == "true", from, parsed));
        let comment = it.text_of("Comment");
        let period = it.child("DatePeriod").and_then(record::period).map(ofac_date);
        let more: Vec<&str> = [Some(comment), period.as_deref()]
            .into_iter()
            .flatten()
            .filter(|it| !it.is_empty())
            .collect();
        if !more.is_empty() {
            raw.notes
                .push(("ProfileRelationship", format!("{words} {to}: {}", more.join(", "))));
        }
    }

    fn entry(&mut self, it: Node<'_>, key: &str, parsed: &mut Parsed) {
        let Some(raw) = self.place.get(key).and_then(|it| self.raws.get_mut(*it)) else {
            return lost(parsed, "sanctions entry", it.attribute("ID"), "ProfileID", key, NOBODY);
        };
        count(parsed, "sanctions entry", true);
        let references = &self.references;
        let mut notice = |field: &str, value: &str| {
            let message = "a reference value that the file does not have";
            parsed
                .problems
                .push(Problem::new(Severity::Notice, key, field, value, message));
        };
        let list = references.text("List", id(it, "ListID")).map_or("", |it| it);
        self.on.add(list, key);
        if list.is_empty() {
            notice("ListID", it.attribute("ListID"));
        }
        let mut since = None;
        let mut odd_date = false;
        for event in it.all("EntryEvent") {
            let date = event.child("Date").and_then(record::civil);
            let date = date.and_then(|it| PartialDate::new(it.year(), it.month(), it.day()).ok());
            match references
                .text("EntryEventType", id(event, "EntryEventTypeID"))
                .map(|it| &**it)
            {
                Some("Created") => since = [since, date].into_iter().flatten().min(),
                Some(other) => {
                    let date = date.map(ofac_date).unwrap_or_default();
                    raw.notes.push(("EntryEvent", format!("{other} {date}")));
                }
                None => notice("EntryEventTypeID", event.attribute("EntryEventTypeID")),
            }
            if date.is_none() {
                odd_date = true;
            }
            match references.text("LegalBasis", id(event, "LegalBasisID")) {
                Some(it) if &**it == "Unknown" => {}
                Some(it) => {
                    if !raw.legal_bases.contains(it) {
                        raw.legal_bases.push(Arc::clone(it));
                    }
                }
                None if event.attribute("LegalBasisID").is_empty() => {}
                None => notice("LegalBasisID", event.attribute("LegalBasisID")),
            }
            note(raw, "EntryEvent", event.text_of("Comment"));
        }
        for measure in it.all("SanctionsMeasure") {
            let comment = measure.text_of("Comment");
            match references
                .text("SanctionsType", id(measure, "SanctionsTypeID"))
                .map(|it| &**it)
            {
                Some("Program") => {
                    if !raw.programmes.iter().any(|it| it == comment) {
                        raw.programmes.push(comment.to_owned());
                    }
                }
                Some(kind) => {
                    raw.sanction_type(kind);
                    note(raw, "SanctionsMeasure", comment);
                }
                None => notice("SanctionsTypeID", measure.attribute("SanctionsTypeID")),
            }
            // Measures have no dates in any file seen.
            if let Some(it) = measure.child("DatePeriod").and_then(record::period) {
                raw.notes
                    .push(("SanctionsMeasure", format!("{comment} {}", ofac_date(it))));
            }
        }
        if odd_date {
            let message = "a date that could not be read: the entry has no day";
            parsed
                .problems
                .push(Problem::new(Severity::Notice, key, "EntryEvent/Date", "", message));
        }
        for text in ["Comment", "LimitationsToListing"] {
            note(raw, "SanctionsEntry", it.text_of(text));
        }
        for info in it.all("SupportingInfo") {
            note(raw, "SupportingInfo", info.text_of("Text"));
            note(raw, "SupportingInfo", info.text_of("DirectURL"));
        }
        raw.on_list(list, since);
    }

    /// What was referred to by nobody is lost.
    fn end(&mut self, parsed: &mut Parsed) -> Vec<Raw> {
        for (identity, documents) in std::mem::take(&mut self.documents) {
            for it in documents {
                let message = format!("a document of identity {identity}, which the file does not have");
                lost(parsed, "document", &it.key, "IdentityID", &it.value.value, &message);
            }
        }
        for (key, (location, _)) in self.locations.iter().filter(|it| !it.1.1) {
            let text = full(location, &location.parts);
            let message = "a location that nobody refers to";
            let problem = Problem::new(Severity::Notice, "Locations", key.to_string(), &text, message);
            parsed.problems.push(problem);
        }
        self.locations.clear();
        if self.references.is_empty() && !self.raws.is_empty() {
            let message = "no reference values stand before the parties";
            let problem = Problem::new(Severity::Fatal, "ReferenceValueSets", "", "", message);
            parsed.problems.push(problem);
        }
        std::mem::take(&mut self.raws)
    }
}

const NOBODY: &str = "a party that the file does not have";

/// The label of a feature as the other formats write it.
fn short(label: &Arc<str>) -> Arc<str> {
    match &**label {
        "Birthdate" => Arc::from("DOB"),
        "Place of Birth" => Arc::from("POB"),
        "Nationality Country" => Arc::from("nationality"),
        "Citizenship Country" => Arc::from("citizen"),
        _ => Arc::clone(label),
    }
}

/// A relation in OFAC's words; words that are not known make a link, and a notice.
pub(in crate::lists::ofac) fn relation(
    words: &str,
    to: &str,
    former: bool,
    key: &str,
    parsed: &mut Parsed,
) -> RawRelation {
    let lower = words.to_ascii_lowercase();
    let kind = match lower.as_str() {
        "associate of" => RelationKind::Associate,
        "providing support to" => RelationKind::Supports,
        "acting for or on behalf of" => RelationKind::ActsFor,
        "owned or controlled by" | "property in the interest of" => RelationKind::OwnedBy,
        "owns, controls, or operates" => RelationKind::Owns,
        "family member of" => RelationKind::Family,
        "playing a significant role in" => RelationKind::MemberOf,
        "leader or official of" | "principal executive officer" => RelationKind::Leads,
        _ => {
            let message = "a relation of a type that is not known; kept as a link";
            parsed
                .problems
                .push(Problem::new(Severity::Notice, key, "relationship", words, message));
            RelationKind::Linked
        }
    };
    RawRelation {
        kind,
        words: words.to_owned(),
        other: to.to_owned(),
        elsewhere: false,
        former,
    }
}

fn postal(location: &Location, parts: &[(Arc<str>, String)]) -> RawAddress {
    let parts: Vec<(&str, &str)> = parts.iter().map(|it| (&*it.0, it.1.as_str())).collect();
    address_of(&parts, location.country.clone())
}

/// An address of its parts, by type. Where no country is said, the region stands in its place, as in the simple formats.
pub(in crate::lists::ofac) fn address_of(parts: &[(&str, &str)], country: Option<Arc<str>>) -> RawAddress {
    let rank = |it: &&(&str, &str)| PARTS.iter().position(|part| *part == it.0).unwrap_or(PARTS.len());
    let mut sorted: Vec<&(&str, &str)> = parts.iter().filter(|it| !it.1.is_empty()).collect();
    sorted.sort_by_key(rank);
    let of = |kind: &str| sorted.iter().find(|it| it.0 == kind).map(|it| it.1);
    let region = of("REGION").filter(|_| country.is_none());
    RawAddress {
        parts: sorted
            .iter()
            .filter(|it| region.is_none() || it.0 != "REGION")
            .map(|it| it.1.to_owned())
            .collect(),
        city: of("CITY").unwrap_or_default().to_owned(),
        country: country.unwrap_or_else(|| region.map_or_else(|| Arc::from(""), |it| format!("Region: {it}").into())),
    }
}

/// A location on one line.
fn full(location: &Location, parts: &[(Arc<str>, String)]) -> String {
    let known = parts.iter().filter(|it| PARTS.contains(&&*it.0) || !it.1.is_empty());
    known
        .map(|it| it.1.as_str())
        .chain(location.country.as_deref())
        .collect::<Vec<_>>()
        .join(", ")
}

fn note(raw: &mut Raw, field: &'static str, text: &str) {
    if !text.is_empty() {
        raw.notes.push((field, text.to_owned()));
    }
}

fn count(parsed: &mut Parsed, kind: &str, used: bool) {
    let count = parsed.count(kind);
    count.records += 1;
    count.entities += usize::from(used);
    count.lost += usize::from(!used);
}

/// A record that cannot be used.
fn lost(parsed: &mut Parsed, kind: &str, record: &str, field: &str, value: &str, message: &str) {
    count(parsed, kind, false);
    parsed
        .problems
        .push(Problem::new(Severity::Loss, record, field, value, message));
}
