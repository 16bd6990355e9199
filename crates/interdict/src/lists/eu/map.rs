//! What the EU's records mean.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::LIST;
use super::record::Record;
use crate::entity::{
    Address, Authority, CivilDate, Country, Gender, Identifier, IdentifierKind, Listing, Measure, NameKind,
    PartialDate, PartyName, Problem, Schema, Severity,
};
use crate::lists::build::Build;
use crate::lists::cells;
use crate::lists::{Parsed, xml::Element};

/// Begins the entity of a record: its id and what kind of thing it is. `None` where it has no key or no name at all.
pub fn begin(record: &Record<'_>, source: &Arc<str>, parsed: &mut Parsed) -> Option<Build> {
    let schema = schema(record, &mut parsed.problems);
    let named = record.names.iter().any(|it| !whole_name(it).is_empty());
    if record.key().is_empty() || !named {
        let message = if named {
            "neither `euReferenceNumber` nor `logicalId`"
        } else {
            "a record without a name"
        };
        let value = record.names.first().map_or("", |it| it.attribute("wholeName"));
        let problem = Problem::new(Severity::Loss, record.key(), "", value, message);
        parsed.problems.push(problem);
        let count = parsed.count(&kind_of(record));
        count.records += 1;
        count.lost += 1;
        return None;
    }
    Some(Build::new(
        format!("{LIST}-{}", record.key()),
        schema,
        source,
        record.key(),
    ))
}

/// Adds all that a record says to its entity.
/// `said` holds the attributes of which a notice was given.
pub fn add(record: &Record<'_>, build: &mut Build, said: &mut BTreeSet<String>, parsed: &mut Parsed) {
    for (kind, number) in [
        (kind_of(record), 1),
        ("namealias".to_owned(), record.names.len()),
        ("citizenship".to_owned(), record.citizenships.len()),
        ("birthdate".to_owned(), record.birthdates.len()),
        ("address".to_owned(), record.addresses.len()),
        ("identification".to_owned(), record.identifications.len()),
    ] {
        if number > 0 {
            let count = parsed.count(&kind);
            count.records += number;
            count.entities += number;
        }
    }
    let mut at = At {
        key: record.key(),
        build,
        problems: &mut parsed.problems,
        said,
        named: BTreeSet::new(),
    };
    at.names(record);
    record.citizenships.iter().for_each(|it| at.citizenship(it));
    record.birthdates.iter().for_each(|it| at.birthdate(it));
    record.addresses.iter().for_each(|it| at.address(it));
    record.identifications.iter().for_each(|it| at.identification(it));
    let un = Identifier::new(IdentifierKind::UnReference, record.un_id);
    at.build.identifier("unitedNationId", un);
    at.build.note("designationDetails", record.designation_details);
    for it in &record.remarks {
        at.build.note("remark", it);
    }
    for (key, value) in &record.additional {
        at.build.note("additionalInformation", &format!("{key}: {value}"));
    }
    if !record.delisting_date.is_empty() {
        at.build
            .note("delistingDate", &format!("Delisting date: {}", record.delisting_date));
        at.notice(
            "delistingDate",
            record.delisting_date,
            "delisted, and still in the file: it is screened",
        );
    }
    at.listing(record);
}

/// The publisher's type of the record, lower case.
fn kind_of(record: &Record<'_>) -> String {
    match record.subject_type {
        "" => "(no type)".to_owned(),
        "P" => "person".to_owned(),
        "E" => "enterprise".to_owned(),
        it => it.to_lowercase(),
    }
}

/// Vessels have no type of their own in this file; they hide under `enterprise`. One is a vessel when it carries an
/// identification of type `imo` *and* its remarks or names say so as a word: companies carry IMO company numbers, too.
fn schema(record: &Record<'_>, problems: &mut Vec<Problem>) -> Schema {
    match kind_of(record).as_str() {
        "person" => Schema::Person,
        "enterprise" => {
            let imo = |it: &&Element| it.attribute("identificationTypeCode").eq_ignore_ascii_case("imo");
            let mut texts = record.remarks.clone();
            for it in record.names.iter().chain(&record.identifications) {
                texts.extend([
                    it.attribute("wholeName"),
                    it.attribute("function"),
                    it.text_of("remark"),
                ]);
            }
            if record.identifications.iter().any(imo) && texts.iter().any(|it| says_vessel(it)) {
                Schema::Vessel
            } else {
                Schema::Organization
            }
        }
        it => {
            let message = "a subject type that is not known: read as a person or an organisation";
            problems.push(Problem::new(Severity::Notice, record.key(), "subjectType", it, message));
            Schema::LegalEntity
        }
    }
}

fn says_vessel(text: &str) -> bool {
    text.split(|it: char| !it.is_alphanumeric() && it != '/')
        .any(|it| matches!(it.to_lowercase().as_str(), "vessel" | "ship" | "tanker" | "m/v" | "mv"))
}

/// The name of a `nameAlias`, whole.
fn whole_name(alias: &Element) -> String {
    let whole = alias.attribute("wholeName");
    if whole.is_empty() {
        joined(
            &["firstName", "middleName", "lastName"].map(|it| alias.attribute(it)),
            " ",
        )
    } else {
        whole.to_owned()
    }
}

fn joined(parts: &[&str], separator: &str) -> String {
    let parts: Vec<&str> = parts.iter().map(|it| it.trim()).filter(|it| known(it)).collect();
    parts.join(separator)
}

/// Publishers write `-` or `UNKNOWN` where they know nothing.
fn known(text: &str) -> bool {
    !matches!(text, "" | "-" | "UNKNOWN")
}

/// What a remark says of a name's quality: `Some(true)` for low. The file has it as free text with typing errors
/// (`low quality`, `lo quality`, `god quality`).
fn low_quality(remark: &str) -> Option<bool> {
    let lower = remark.to_lowercase();
    let before = lower.split("quality").next().filter(|it| it.len() < lower.len())?;
    let word = before
        .rsplit(|it: char| !it.is_alphabetic())
        .find(|it| !it.is_empty())
        .unwrap_or("");
    match word {
        it if it.starts_with("lo") || it == "weak" || it == "poor" => Some(true),
        it if it.starts_with('g') || it == "high" => Some(false),
        _ => None,
    }
}

/// One record on its way into its entity.
struct At<'a> {
    key: &'a str,
    build: &'a mut Build,
    problems: &'a mut Vec<Problem>,
    said: &'a mut BTreeSet<String>,
    /// The words of the record's names, each name's sorted.
    named: BTreeSet<Vec<String>>,
}

impl At<'_> {
    fn notice(&mut self, field: &str, value: &str, message: &str) {
        self.problems
            .push(Problem::new(Severity::Notice, self.key, field, value, message));
    }

    /// All names. The file marks none as the main one: it is the first strong one in English or in no stated language, else
    /// the first strong one, else the first.
    fn names(&mut self, record: &Record<'_>) {
        // A record that adds to an entity has its names beside those that are there.
        let begun = !self.build.entity.party.names.is_empty();
        let mut names: Vec<PartyName> = Vec::new();
        for alias in &record.names {
            names.extend(self.name(alias));
        }
        let plain = |it: &PartyName| !it.weak && it.language.as_deref().is_none_or(|it| it.eq_ignore_ascii_case("en"));
        let primary = names
            .iter()
            .position(plain)
            .or_else(|| names.iter().position(|it| !it.weak))
            .unwrap_or(0);
        for (at, name) in names.into_iter().enumerate() {
            self.named.insert(sorted_words(&name.text));
            let kind = match name.kind {
                NameKind::Alias if at == primary && !begun => NameKind::Primary,
                it => it,
            };
            self.build.name("nameAlias", name.kind(kind));
        }
    }

    fn name(&mut self, alias: &Element) -> Option<PartyName> {
        let [first, middle, last] = ["firstName", "middleName", "lastName"].map(|it| alias.attribute(it));
        let whole = whole_name(alias);
        if whole.is_empty() {
            self.notice("nameAlias", "", "a name without any text");
        }
        let given = joined(&[first, middle], " ");
        let mut name = PartyName::new(whole.clone());
        if !last.is_empty() && !given.is_empty() {
            // The parts are told apart only if they make up the name; else they are a name of their own.
            if sorted_words(&whole) == sorted_words(&format!("{given} {last}")) {
                name.family = Some(last.to_owned());
                name.given = Some(given);
            } else {
                let other = PartyName::from_parts(&given, last).kind(NameKind::Alias);
                self.build.name("firstName, lastName", other);
            }
        }
        let remarks: Vec<&str> = alias.all("remark").map(|it| it.text.as_str()).collect();
        let mut weak = match alias.attribute("strong").to_ascii_lowercase().as_str() {
            "false" => true,
            "true" | "" => false,
            it => {
                self.notice("strong", it, "neither `true` nor `false`: taken as strong");
                false
            }
        };
        let mut kind = NameKind::Alias;
        self.remarks(alias, "nameAlias/remark");
        for it in remarks {
            let lower = it.to_lowercase();
            match low_quality(it) {
                Some(low) => weak |= low,
                None if lower.contains("quality") => {
                    self.notice("nameAlias/remark", it, "a quality that is not known: taken as strong");
                }
                None => {}
            }
            if lower.starts_with("formerly") || lower.starts_with("f.k.a") || lower.starts_with("fka") {
                kind = NameKind::Former;
            }
        }
        match alias.attribute("gender") {
            // `?` is the schema's own word for not known.
            "" | "?" => {}
            it => match Gender::parse(it) {
                Some(gender) => self.build.gender("nameAlias/gender", gender),
                None => self.notice("gender", it, "a sex that is not known"),
            },
        }
        for it in cells::items(alias.attribute("title")).1 {
            self.build.position("nameAlias/title", it.text);
        }
        self.build.position("nameAlias/function", alias.attribute("function"));
        name = name.kind(kind).weak(weak);
        let language = alias.attribute("nameLanguage");
        if !language.is_empty() {
            name = name.language(language);
        }
        (!whole.is_empty()).then_some(name)
    }

    fn citizenship(&mut self, element: &Element) {
        if let Some(it) = self.country(element, "citizenship") {
            self.build.nationality("citizenship", it);
        }
        self.remarks(element, "citizenship/remark");
    }

    /// The country of an element; `00` is the file's code for not known.
    fn country(&mut self, element: &Element, field: &str) -> Option<Country> {
        let code = element.attribute("countryIso2Code");
        let words = element.attribute("countryDescription");
        let country = Country::parse(code)
            .filter(|_| code != "00")
            .or_else(|| Country::parse(words))
            .or_else(|| cells::countries(words).first().copied());
        if country.is_none() && (known(words) || !matches!(code, "" | "00")) {
            self.notice(field, &format!("{code} {words}"), "a country that is not known");
        }
        country
    }

    fn birthdate(&mut self, element: &Element) {
        self.remarks(element, "birthdate/remark");
        let calendar = element.attribute("calendarType");
        let words = [
            "birthdate",
            "year",
            "monthOfYear",
            "dayOfMonth",
            "yearRangeFrom",
            "yearRangeTo",
        ]
        .map(|it| element.attribute(it));
        let given = joined(&words, " ");
        if !matches!(calendar, "" | "GREGORIAN") {
            if !given.is_empty() {
                self.build
                    .note("birthdate", &format!("Birth date ({calendar}): {given}"));
                self.notice(
                    "birthdate",
                    &format!("{calendar} {given}"),
                    "a date in another calendar: not compared",
                );
            }
        } else if !given.is_empty() {
            match date(words) {
                Some(it) if element.attribute("circa") == "true" => self.build.birth_date("birthdate", it.circa()),
                Some(it) => self.build.birth_date("birthdate", it),
                None => {
                    self.build.note("birthdate", &format!("Birth date: {given}"));
                    self.notice("birthdate", &given, "not a date that exists");
                }
            }
        }
        let country = self.country(element, "birthdate");
        if let Some(it) = country {
            self.build.country("birthdate", it);
        }
        let place = ["place", "city", "zipCode", "region", "countryDescription"].map(|it| element.attribute(it));
        // A country alone is no place.
        if place.iter().take(4).any(|it| known(it)) {
            self.build.birth_place("birthdate", &joined(&place, ", "));
        }
    }

    fn address(&mut self, element: &Element) {
        self.remarks(element, "address/remark");
        let country = self.country(element, "address");
        if let Some(it) = country {
            self.build.country("address", it);
        }
        let post_box = element.attribute("poBox");
        let post_box = match post_box {
            it if known(it) && it.bytes().all(|it| it.is_ascii_digit()) => format!("P.O. Box {it}"),
            it => it.to_owned(),
        };
        let [street, place, city, zip, region] =
            ["street", "place", "city", "zipCode", "region"].map(|it| element.attribute(it));
        let full = joined(&[street, &post_box, place, zip, city, region], ", ");
        if !full.is_empty() {
            let words = element.attribute("countryDescription");
            let address = Address {
                full: joined(&[full.as_str(), words], ", "),
                city: known(city).then(|| city.to_owned()),
                country,
            };
            self.build.address("address", address);
        }
        for it in element.all("contactInfo") {
            self.contact(it);
        }
    }

    fn contact(&mut self, element: &Element) {
        let (key, value) = (element.attribute("key"), element.attribute("value"));
        let kind = match key.to_ascii_uppercase().as_str() {
            "EMAIL" | "E-MAIL" => IdentifierKind::Email,
            "PHONE" | "MOBILE" => IdentifierKind::Phone,
            "WEB" | "WEBSITE" => IdentifierKind::Website,
            "FAX" => IdentifierKind::Other("fax".to_owned()),
            _ => {
                self.notice(
                    "contactInfo",
                    &format!("{key}={value}"),
                    "a kind of contact that is not known",
                );
                IdentifierKind::Other(key.to_owned())
            }
        };
        self.build.identifier("contactInfo", Identifier::new(kind, value));
    }

    fn identification(&mut self, element: &Element) {
        self.remarks(element, "identification/remark");
        let code = element.attribute("identificationTypeCode");
        let words = element.attribute("identificationTypeDescription");
        let label = if words.is_empty() { code } else { words };
        let kind = match code.to_ascii_lowercase().as_str() {
            "passport" => IdentifierKind::Passport,
            "id" | "nrn" => IdentifierKind::NationalId,
            "fiscalcode" | "taxid" | "euvat" => IdentifierKind::TaxId,
            "regnumber" | "tradelic" => IdentifierKind::Registration,
            "swiftbic" => IdentifierKind::Bic,
            "imo" => IdentifierKind::Imo,
            "other" | "ssn" | "unssn" | "birthcert" | "nationcert" | "travelcardid" | "electionid" | "residentperm"
            | "drivinglicence" => IdentifierKind::Other(label.to_owned()),
            _ => {
                self.notice("identificationTypeCode", code, "a type of document that is not known");
                IdentifierKind::Other(label.to_owned())
            }
        };
        let (number, latin) = (element.attribute("number"), element.attribute("latinNumber"));
        if number.is_empty() && latin.is_empty() {
            self.notice("identification", label, "a document without a number");
        }
        let country = self.country(element, "identification");
        let shown = if number.is_empty() { latin } else { number };
        let mut told: Vec<String> = Vec::new();
        for (name, value) in &element.attributes {
            let value = value.trim();
            match name.as_str() {
                _ if value.is_empty() => {}
                "knownExpired" | "diplomatic" if value == "false" => {}
                "knownExpired" | "issuedBy" | "diplomatic" | "region" | "issuedDate" | "validFrom" | "validTo" => {
                    told.push(format!("{name} {value}"));
                }
                "logicalId"
                | "regulationLanguage"
                | "identificationTypeCode"
                | "identificationTypeDescription"
                | "number"
                | "latinNumber"
                | "nameOnDocument"
                | "knownFalse"
                | "reportedLost"
                | "revokedByIssuer"
                | "countryIso2Code"
                | "countryDescription" => {}
                _ => {
                    told.push(format!("{name} {value}"));
                    let field = format!("identification/@{name}");
                    let message = "an attribute that is not known; kept as a note (said once)";
                    if self.said.insert(field.clone()) {
                        self.notice(&field, value, message);
                    }
                }
            }
        }
        if !told.is_empty() {
            self.build
                .note("identification", &format!("{label} {shown}: {}", told.join(", ")));
        }
        // A document that is false, lost or revoked says nothing about who shows it.
        let unusable = ["knownFalse", "reportedLost", "revokedByIssuer"]
            .iter()
            .any(|it| element.attribute(it) == "true");
        for it in [number, latin] {
            let mut identifier = Identifier::new(kind.clone(), it).country(country);
            identifier.unusable = unusable;
            self.build.identifier("identification", identifier);
        }
        let name = element.attribute("nameOnDocument");
        if known(name) && !self.named.contains(&sorted_words(name)) {
            self.build
                .name("nameOnDocument", PartyName::new(name).kind(NameKind::Alias).weak(true));
        }
    }

    fn remarks(&mut self, element: &Element, field: &'static str) {
        for it in element.all("remark") {
            self.build.note(field, &it.text);
        }
        for it in element.all("additionalInformation") {
            let (key, value) = (it.attribute("key"), it.attribute("value"));
            self.build.note("additionalInformation", &format!("{key}: {value}"));
        }
    }

    /// One listing: the file does not say which regulation brought what. A regulation is often an amendment, so the listing
    /// began on the earliest day that is named.
    fn listing(&mut self, record: &Record<'_>) {
        let mut since: Option<PartialDate> = None;
        let mut days = vec![("designationDate", record.designation_date)];
        let mut programmes = BTreeSet::new();
        let mut acts = BTreeSet::new();
        let mut listing = Listing {
            authority: Authority::Eu,
            list: LIST.to_owned(),
            reference: record.key().to_owned(),
            programmes: Vec::new(),
            measures: vec![Measure::Freeze],
            legal_basis: None,
            since: None,
            url: None,
        };
        let mut basis = Vec::new();
        for it in &record.regulations {
            days.push(("entryIntoForceDate", it.attribute("entryIntoForceDate")));
            let (programme, act) = (it.attribute("programme"), it.attribute("numberTitle"));
            if !programme.is_empty() && programmes.insert(programme) {
                listing.programmes.push(programme.to_owned());
            }
            if !act.is_empty() && acts.insert(act) {
                basis.push(act);
            }
            let url = it.text_of("publicationUrl");
            if listing.url.is_none() && !url.is_empty() {
                listing.url = Some(url.to_owned());
            }
        }
        for (field, day) in days {
            match PartialDate::parse(day) {
                Ok(it) if since.is_none_or(|have| it.day_span() < have.day_span()) => since = Some(it),
                Ok(_) => {}
                Err(_) if day.is_empty() => {}
                Err(_) => self.notice(field, day, "not a date that exists"),
            }
        }
        listing.since = since;
        listing.legal_basis = (!basis.is_empty()).then(|| basis.join("; "));
        self.build.listing(listing);
        self.build.topic("sanction");
    }
}

/// The date of a `birthdate`, Gregorian: the whole date, else year with month and day, else a range of years.
fn date([whole, year, month, day, from, to]: [&str; 6]) -> Option<PartialDate> {
    if !whole.is_empty() {
        return PartialDate::parse(whole).ok();
    }
    let small = |it: &str| it.parse::<u8>().ok().filter(|it| *it != 0);
    if let Ok(year) = year.parse::<i16>() {
        return PartialDate::new(year, small(month), small(month).and(small(day))).ok();
    }
    let civil = |it: &str| CivilDate::new(it.parse().ok()?, None, None).ok();
    PartialDate::range(civil(from)?, civil(to)?).ok()
}

/// The words of a name, whatever their order and case.
fn sorted_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = name
        .split(|it: char| it.is_whitespace() || it == ',')
        .filter(|it| !it.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.sort_unstable();
    words
}
