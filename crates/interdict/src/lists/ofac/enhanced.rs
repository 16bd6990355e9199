//! OFAC's enhanced XML (`SDN_ENHANCED.XML`, `CONS_ENHANCED.XML`; the root is `sanctionsData`) -> entities + problems.
//!
//! The complete format that is easiest to read: each entity holds its names in every script, its features, addresses, documents and
//! relations. A date's precision is what `value` says (`1962`); `valueDate` counts only where that is empty, since it gives the first
//! and the last day of a year whose day is unknown.
//!
//! Known and not read: ids, `referenceValues` and `featureTypes` (their texts stand at each use), the name that a document is made out
//! to, `versionId`. Anything else that is not known is reported. The file does not state how many entities it has; that it reaches the
//! end of its root element is what shows it whole.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::sync::Arc;

use super::record::{Raw, RawName, RawValue, alias_kind};
use super::{List, On, advanced, finish, map};
use crate::entity::{CivilDate, NameKind, PartialDate, Problem, Severity};
use crate::lists::xml::{self, Node};
use crate::lists::{Format, Parsed, SourceFile};

/// Reads the file.
///
/// Cost: linear in the file.
#[must_use]
pub fn parse_enhanced(file: SourceFile<'_>) -> Parsed {
    let mut rest = file.bytes;
    read_enhanced(file.name, &mut rest)
}

/// As [`parse_enhanced`], from anywhere.
///
/// Cost: linear in the file; memory: the parties, and one record.
#[must_use]
pub fn read_enhanced(name: &str, source: &mut dyn BufRead) -> Parsed {
    let mut parsed = Parsed::new(List::Sdn.id(), Format::OfacEnhanced);
    let mut read = Read::default();
    let frame = xml::stream(
        source,
        &["referenceValues", "featureTypes", "entities"],
        |container, it| {
            read.take(container, it, &mut parsed);
        },
    );
    let whole = frame.fatal.is_none();
    let refuse = |value: &str, message: &str| Problem::new(Severity::Fatal, name, "", value, message);
    if whole && frame.root.name != "sanctionsData" {
        parsed
            .problems
            .push(refuse(&frame.root.name, "the root element is not `sanctionsData`"));
    } else if whole && parsed.published.is_none() {
        let message = "no date of publication (`publicationInfo/dataAsOf`): the file is not whole";
        parsed.problems.push(refuse("", message));
    } else if whole && read.raws.is_empty() {
        parsed.problems.push(refuse("", "the file holds no entity"));
    }
    parsed.problems.extend(frame.fatal);
    let Read {
        mut raws,
        keys,
        on,
        filters,
        ..
    } = read;
    for it in raws.iter_mut().flat_map(|it| &mut it.relations) {
        it.elsewhere = !keys.contains(&it.other);
    }
    let told = !on.blocked.is_empty() || !on.umbrella.is_empty();
    // What the file was made for counts where its parties do not say.
    let list = match filters.as_slice() {
        [only] if !told && only == advanced::UMBRELLA => List::Cons,
        [only] if !told && only == advanced::BLOCKED => List::Sdn,
        _ => on.list(name, &raws, &mut parsed),
    };
    finish(parsed, raws, list, &map::ENHANCED)
}

/// What an element may have: attributes, and elements inside. `None` for an element that is not known.
fn shape(name: &str, parent: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match (parent, name) {
        ("", "publicationInfo") => (&[], &["dataAsOf", "filters"]),
        (_, "filters") => (&[], &["sanctionsLists", "sanctionsPrograms"]),
        ("", "entity") => (
            &["id"],
            &[
                "generalInfo",
                "sanctionsLists",
                "sanctionsPrograms",
                "sanctionsTypes",
                "legalAuthorities",
                "names",
                "addresses",
                "features",
                "identityDocuments",
                "relationships",
            ],
        ),
        (_, "generalInfo") => (
            &[],
            &[
                "identityId",
                "entityType",
                "livingStatus",
                "remarks",
                "title",
                "isUsCitizen",
                "isUsPerson",
            ],
        ),
        (_, "sanctionsLists") => (&[], &["sanctionsList"]),
        (_, "sanctionsPrograms") => (&[], &["sanctionsProgram"]),
        (_, "sanctionsTypes") => (&[], &["sanctionsType"]),
        (_, "legalAuthorities") => (&[], &["legalAuthority"]),
        (_, "sanctionsList") => (&["refId", "id", "datePublished"], &[]),
        (_, "sanctionsProgram" | "sanctionsType" | "legalAuthority") => (&["refId", "id"], &[]),
        (_, "names") => (&[], &["name"]),
        ("identityDocument", "name") => (&["nameId", "nameTranslationId"], &[]),
        (_, "name") => (&["id"], &["isPrimary", "isLowQuality", "aliasType", "translations"]),
        (_, "translations") => (&[], &["translation", "country"]),
        (_, "translation") => (
            &["id"],
            &[
                "isPrimary",
                "script",
                "formattedFirstName",
                "formattedLastName",
                "formattedFullName",
                "nameParts",
                "addressParts",
            ],
        ),
        (_, "nameParts") => (&[], &["namePart"]),
        (_, "addressParts") => (&[], &["addressPart"]),
        (_, "namePart" | "addressPart") => (&["id"], &["type", "value"]),
        (_, "addresses") => (&[], &["address"]),
        (_, "address") => (&["id"], &["country", "translations"]),
        (_, "features") => (&[], &["feature"]),
        (_, "feature") => (
            &["id"],
            &[
                "type",
                "versionId",
                "value",
                "valueRefId",
                "valueDate",
                "isPrimary",
                "reliability",
                "comments",
            ],
        ),
        (_, "valueDate" | "issueDate" | "expirationDate" | "dateRange") => (
            &["id"],
            &[
                "fromDateBegin",
                "fromDateEnd",
                "toDateBegin",
                "toDateEnd",
                "isApproximate",
                "isDateRange",
            ],
        ),
        (_, "identityDocuments") => (&[], &["identityDocument"]),
        (_, "identityDocument") => (
            &["id"],
            &[
                "type",
                "name",
                "documentNumber",
                "isValid",
                "issuingAuthority",
                "issuingLocation",
                "issuingCountry",
                "issueDate",
                "expirationDate",
                "comments",
                "idFeatures",
            ],
        ),
        (_, "idFeatures") => (&[], &["idFeature"]),
        (_, "idFeature") => (&["id", "featureVersionId"], &[]),
        (_, "relationships") => (&[], &["relationship"]),
        (_, "relationship") => (&["id"], &["type", "relatedEntity", "quality", "dateRange", "comments"]),
        (_, "relatedEntity") => (&["entityId"], &[]),
        ("", _) => return None,
        // Leaves: their parents name them.
        _ => (&["refId", "featureTypeId"], &[]),
    })
}

#[derive(Default)]
struct Read {
    raws: Vec<Raw>,
    keys: BTreeSet<String>,
    strange: BTreeSet<String>,
    on: On,
    /// The lists that the file was made for.
    filters: Vec<String>,
}

impl Read {
    fn take(&mut self, container: &str, it: Node<'_>, parsed: &mut Parsed) {
        if matches!(container, "referenceValues" | "featureTypes") {
            return;
        }
        self.look(it, "", it.attribute("id"), &mut parsed.problems);
        match it.name() {
            "publicationInfo" => self.publication(it, parsed),
            "entity" => {
                let key = it.attribute("id");
                if key.is_empty() {
                    let count = parsed.count("entity");
                    count.records += 1;
                    count.lost += 1;
                    let name = it
                        .items("names", "name")
                        .find_map(|it| it.child("translations")?.child("translation"))
                        .map_or("", |it| it.text_of("formattedFullName"));
                    let record = format!("entity {}", self.raws.len() + 1);
                    let message = "an entity without a key";
                    let problem = Problem::new(Severity::Loss, record, "id", name, message);
                    return parsed.problems.push(problem);
                }
                let raw = self.entity(it, key, parsed);
                self.keys.insert(key.to_owned());
                self.raws.push(raw);
            }
            _ => {}
        }
    }

    /// Reports what is not known, once a file.
    fn look(&mut self, node: Node<'_>, parent: &str, record: &str, problems: &mut Vec<Problem>) {
        let mut report = |path: String, value: &str| {
            if self.strange.insert(path.clone()) {
                let message = "an element or attribute that is not known: it is not read";
                problems.push(Problem::new(Severity::Notice, record, path, value, message));
            }
        };
        let Some((attributes, children)) = shape(node.name(), parent) else {
            return report(node.name().to_owned(), node.text());
        };
        for (name, value) in node.attributes().filter(|it| !attributes.contains(&it.0)) {
            report(format!("{}@{name}", node.name()), value);
        }
        for it in node.children().filter(|it| !children.contains(&it.name())) {
            report(format!("{}/{}", node.name(), it.name()), it.text());
        }
        for it in node.children().filter(|it| children.contains(&it.name())) {
            self.look(it, node.name(), record, problems);
        }
    }

    fn publication(&mut self, it: Node<'_>, parsed: &mut Parsed) {
        let date = it.text_of("dataAsOf");
        parsed.published = PartialDate::parse(date).ok();
        if parsed.published.is_none() {
            let message = "not a date of the form year-month-day";
            let problem = Problem::new(Severity::Notice, "publicationInfo", "dataAsOf", date, message);
            parsed.problems.push(problem);
        }
        for filters in it.all("filters") {
            for list in filters.items("sanctionsLists", "sanctionsList") {
                self.filters.push(list.text().to_owned());
            }
            for it in filters.items("sanctionsPrograms", "sanctionsProgram") {
                let message = "the file was made for some programmes only: the others are not in it";
                let problem = Problem::new(Severity::Loss, "publicationInfo", "filters", it.text(), message);
                parsed.problems.push(problem);
            }
        }
    }

    fn entity(&mut self, it: Node<'_>, key: &str, parsed: &mut Parsed) -> Raw {
        let general = it.child("generalInfo");
        let general_text = |name: &str| general.map_or("", |it| it.text_of(name));
        let mut raw = Raw {
            key: key.to_owned(),
            kind: general_text("entityType").to_ascii_lowercase(),
            remarks: general_text("remarks").to_owned(),
            titles: general_text("title").split(';').map(str::to_owned).collect(),
            programmes: it
                .items("sanctionsPrograms", "sanctionsProgram")
                .map(|it| it.text().to_owned())
                .collect(),
            ..Raw::default()
        };
        for (name, word) in [
            ("livingStatus", "living status"),
            ("isUsCitizen", "US citizen"),
            ("isUsPerson", "US person"),
        ] {
            let text = general_text(name);
            if !matches!(text, "" | "false") {
                raw.notes.push(("generalInfo", format!("{word}: {text}")));
            }
        }
        for it in it.items("legalAuthorities", "legalAuthority") {
            let text: Arc<str> = Arc::from(it.text());
            if !matches!(&*text, "" | "Unknown") && !raw.legal_bases.contains(&text) {
                raw.legal_bases.push(text);
            }
        }
        for it in it.items("sanctionsTypes", "sanctionsType") {
            raw.sanction_type(it.text());
        }
        for it in it.items("sanctionsLists", "sanctionsList") {
            self.on.add(it.text(), key);
            raw.on_list(it.text(), PartialDate::parse(it.attribute("datePublished")).ok());
        }
        names(it, &mut raw, parsed);
        for it in it.items("addresses", "address") {
            address(it, &mut raw);
        }
        for it in it.items("features", "feature") {
            feature(it, &mut raw, parsed);
        }
        for it in it.items("identityDocuments", "identityDocument") {
            raw.values.push(document(it, &raw.key, parsed));
        }
        for it in it.items("relationships", "relationship") {
            relationship(it, &mut raw, parsed);
        }
        for (word, n) in [
            ("alias", raw.names.len().saturating_sub(1)),
            ("address", raw.addresses.len()),
            ("relationship", raw.relations.len()),
        ] {
            let count = parsed.count(word);
            count.records += n;
            count.entities += n;
        }
        raw
    }
}

fn problem(parsed: &mut Parsed, severity: Severity, key: &str, field: &str, value: &str, message: &str) {
    parsed.problems.push(Problem::new(severity, key, field, value, message));
}

fn names(entity: Node<'_>, raw: &mut Raw, parsed: &mut Parsed) {
    for it in entity.items("names", "name") {
        let primary = it.text_of("isPrimary") == "true";
        let weak = match it.text_of("isLowQuality") {
            "true" => true,
            "false" => false,
            other => {
                let message = "a quality that is not known; kept as a strong name";
                problem(
                    parsed,
                    Severity::Notice,
                    &raw.key,
                    "names/name/isLowQuality",
                    other,
                    message,
                );
                false
            }
        };
        let kind = match it.text_of("aliasType") {
            "" if primary => Some(NameKind::Primary),
            "" => Some(NameKind::Alias),
            word => alias_kind(word, &raw.key, "names/name/aliasType", &mut parsed.problems),
        };
        let mut any = false;
        for it in it.items("translations", "translation") {
            let script = it.text_of("script");
            let latin = matches!(script, "" | "Latin");
            let mut name = RawName {
                last: it.text_of("formattedLastName").to_owned(),
                first: it.text_of("formattedFirstName").to_owned(),
                kind,
                weak,
                script: Arc::from(if latin { "" } else { script }),
            };
            if name.last.is_empty() && name.first.is_empty() {
                it.text_of("formattedFullName").clone_into(&mut name.last);
            }
            // Filed under the Latin spelling; the others are further names of it.
            if !latin && kind == Some(NameKind::Primary) {
                name.kind = Some(NameKind::Alias);
            }
            if !name.last.is_empty() || !name.first.is_empty() {
                any = true;
                raw.names.push(name);
            }
        }
        if !any {
            let count = parsed.count("alias");
            count.records += 1;
            count.lost += 1;
            let message = "a name without a value";
            problem(
                parsed,
                Severity::Loss,
                &raw.key,
                "names/name",
                it.attribute("id"),
                message,
            );
        }
    }
    raw.names.sort_by_key(|it| it.kind != Some(NameKind::Primary));
}

fn address(it: Node<'_>, raw: &mut Raw) {
    // The schema lets the country stand in either place.
    let country = match it.text_of("country") {
        "" => it.child("translations").map_or("", |it| it.text_of("country")),
        text => text,
    };
    let country: Option<Arc<str>> = (!country.is_empty()).then(|| Arc::from(country));
    let mut any = false;
    for it in it.items("translations", "translation") {
        let parts: Vec<(&str, &str)> = it
            .items("addressParts", "addressPart")
            .map(|it| (it.text_of("type"), it.text_of("value")))
            .collect();
        // A translation without parts repeats the country.
        if !any || !parts.is_empty() {
            raw.addresses.push(advanced::address_of(&parts, country.clone()));
        }
        any = true;
    }
    if !any {
        raw.addresses.push(advanced::address_of(&[], country));
    }
}

fn feature(it: Node<'_>, raw: &mut Raw, parsed: &mut Parsed) {
    let kind = it.text_of("type");
    let label = match kind {
        "Birthdate" => "DOB",
        "Place of Birth" => "POB",
        "Nationality Country" => "nationality",
        "Citizenship Country" => "citizen",
        other => other,
    };
    let mut value = it.text_of("value").to_owned();
    if value.is_empty()
        && let Some(date) = it.child("valueDate").and_then(period)
    {
        value = date.to_string();
    }
    let mut detail = it.text_of("comments").to_owned();
    let reliability = it.text_of("reliability");
    if !matches!(reliability, "" | "Unknown" | "Confirmed") {
        detail = format!("{detail} (reliability: {reliability})").trim().to_owned();
    }
    if label.is_empty() || value.is_empty() {
        let message = "a feature without a type or a value";
        return problem(
            parsed,
            Severity::Loss,
            &raw.key,
            "features/feature",
            &format!("{label}{value}"),
            message,
        );
    }
    if label == "Title" {
        raw.titles.push(value);
        return;
    }
    raw.values.push(RawValue {
        label: Arc::from(label),
        value,
        country: Arc::from(""),
        detail,
        bad: false,
    });
}

fn document(it: Node<'_>, key: &str, parsed: &mut Parsed) -> RawValue {
    let mut detail = String::new();
    for (leaf, word) in [("issueDate", "issued"), ("expirationDate", "expires")] {
        let Some(node) = it.child(leaf) else { continue };
        match period(node) {
            Some(date) => detail += &format!(" {word} {}", advanced::ofac_date(date)),
            None => problem(
                parsed,
                Severity::Notice,
                key,
                leaf,
                node.text(),
                "a date that could not be read",
            ),
        }
    }
    let authority = it.text_of("issuingAuthority");
    if !authority.is_empty() {
        detail += &format!(" by {authority}");
    }
    let place = it.text_of("issuingLocation");
    let country = it.text_of("issuingCountry");
    if !place.is_empty() && place != country {
        detail += &format!(" issued in {place}");
    }
    let comments = it.text_of("comments");
    if !comments.is_empty() {
        detail += &format!(" {comments}");
    }
    let bad = match it.text_of("isValid") {
        "false" => {
            detail += " (not valid)";
            true
        }
        "true" => false,
        other => {
            problem(
                parsed,
                Severity::Notice,
                key,
                "isValid",
                other,
                "neither true nor false; kept as valid",
            );
            false
        }
    };
    let count = parsed.count("document");
    count.records += 1;
    count.entities += 1;
    RawValue {
        label: Arc::from(it.text_of("type")),
        value: it.text_of("documentNumber").to_owned(),
        country: Arc::from(country),
        detail: detail.trim().to_owned(),
        bad,
    }
}

fn relationship(it: Node<'_>, raw: &mut Raw, parsed: &mut Parsed) {
    let words = it.text_of("type");
    let other = it.child("relatedEntity");
    let to = other.map_or("", |it| it.attribute("entityId"));
    if to.is_empty() {
        let name = other.map_or("", |it| it.text());
        let count = parsed.count("relationship");
        count.records += 1;
        count.lost += 1;
        return problem(
            parsed,
            Severity::Loss,
            &raw.key,
            "relatedEntity",
            name,
            "a relation to nobody",
        );
    }
    let relation = advanced::relation(words, to, false, &raw.key, parsed);
    raw.relations.push(relation);
    let period = it.child("dateRange").and_then(period).map(advanced::ofac_date);
    let more: Vec<&str> = [Some(it.text_of("comments")), period.as_deref()]
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .collect();
    if !more.is_empty() {
        raw.notes
            .push(("relationship", format!("{words} {to}: {}", more.join(", "))));
    }
}

/// A date with the precision that its bounds show.
fn period(it: Node<'_>) -> Option<PartialDate> {
    let day = |names: [&str; 2]| -> Option<CivilDate> {
        let text = names.iter().map(|name| it.text_of(name)).find(|it| !it.is_empty())?;
        Some(PartialDate::parse(text).ok()?.from)
    };
    let from = day(["fromDateBegin", "fromDateEnd"])?;
    let to = day(["toDateEnd", "toDateBegin"]).unwrap_or(from);
    let date = advanced::between(from, to)?;
    Some(if it.text_of("isApproximate") == "true" {
        date.circa()
    } else {
        date
    })
}
