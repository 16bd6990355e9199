//! What the UK's designations mean.

use std::sync::Arc;

use super::record::{Designation, Document, Name, joined};
use crate::entity::{
    Address, Authority, Entity, Gender, Identifier, IdentifierKind, Listing, Measure, NameKind, Other, PartialDate,
    PartyName, Problem, Relation, RelationKind, Schema, Severity,
};
use crate::lists::build::Build;
use crate::lists::cells;

/// The entity of a designation; `None`, with a problem, where it has no name.
pub fn entity(it: &Designation, source: &Arc<str>, problems: &mut Vec<Problem>) -> Option<Entity> {
    let schema = schema(it, problems);
    let mut at = At {
        key: &it.key,
        list: source,
        schema,
        build: Build::new(format!("{source}-{}", it.key), schema, source, &it.key),
        problems,
    };
    at.names(it);
    if at.build.entity.party.names.is_empty() {
        let problem = Problem::new(Severity::Loss, &it.key, "Name 6", "", "a designation without a name");
        at.problems.push(problem);
        return None;
    }
    at.person(it);
    at.documents(it);
    at.contacts(it);
    at.organisation(it);
    at.ship(it);
    at.other_information(it);
    at.listings(it);
    Some(at.build.finish())
}

/// `Individual`, `Entity` and `Ship`. The list of 2020 had ships as entities: an entity is a ship where its `Other Information`
/// gives an IMO number and says that it is one, or names Annex XIV, which is the annex of ships. An IMO number alone does not
/// make one: companies have IMO company numbers.
fn schema(it: &Designation, problems: &mut Vec<Problem>) -> Schema {
    match it.kind.to_lowercase().as_str() {
        "individual" => Schema::Person,
        "ship" => Schema::Vessel,
        "entity" => {
            let ship = |it: &String| {
                !imo_numbers(it).is_empty() && (it.contains("Annex XIV") || it.contains("following vessel"))
            };
            if it.other_information.iter().any(ship) {
                Schema::Vessel
            } else {
                Schema::Organization
            }
        }
        other => {
            let message = "a type that is not known: read as a person or an organisation";
            problems.push(Problem::new(Severity::Notice, &it.key, "Group Type", other, message));
            Schema::LegalEntity
        }
    }
}

/// One designation on its way into its entity.
struct At<'a> {
    key: &'a str,
    list: &'a str,
    schema: Schema,
    build: Build,
    problems: &'a mut Vec<Problem>,
}

impl At<'_> {
    fn notice(&mut self, field: &str, value: &str, message: &str) {
        self.problems
            .push(Problem::new(Severity::Notice, self.key, field, value, message));
    }

    fn names(&mut self, it: &Designation) {
        for name in &it.names {
            let name = self.name(name);
            self.build.name("Name 6", name);
        }
        for it in &it.non_latin {
            let mut name = PartyName::new(&it.text).kind(NameKind::Alias);
            let language = joined([it.language.as_str(), it.script.as_str()], ", ");
            if !language.is_empty() {
                name = name.language(language);
            }
            self.build.name("Name non-latin script", name);
        }
    }

    fn name(&mut self, it: &Name) -> PartyName {
        // A name of one part is not known to be a family name, and only persons have one.
        let name = if self.schema == Schema::Person && !it.given.is_empty() {
            PartyName::from_parts(&it.given, &it.last)
        } else {
            PartyName::new(joined([it.given.as_str(), it.last.as_str()], " "))
        };
        let kind = match it.kind.to_lowercase().as_str() {
            "primary name" | "prime alias" => NameKind::Primary,
            "aka" | "alias" | "primary name variation" | "good quality a.k.a" | "low quality a.k.a" => NameKind::Alias,
            "fka" => NameKind::Former,
            _ => {
                self.notice(
                    "Alias Type",
                    &it.kind,
                    "a type of name that is not known: read as an alias",
                );
                NameKind::Alias
            }
        };
        // Blank is normal, even for aliases of one word.
        let weak = match it.strength.to_lowercase().as_str() {
            "" => it.kind.to_lowercase().starts_with("low quality"),
            strength if strength.starts_with("low") => true,
            strength if strength.starts_with("good") => false,
            _ => {
                self.notice(
                    "Alias strength",
                    &it.strength,
                    "a strength that is not known: taken as good",
                );
                false
            }
        };
        name.kind(kind).weak(weak)
    }

    fn person(&mut self, it: &Designation) {
        for title in &it.titles {
            for title in cells::items(title).1 {
                self.build.position("Title", title.text);
            }
        }
        for cell in &it.positions {
            for position in cells::items(cell).1 {
                self.build.position("Position", position.text);
            }
        }
        for birth in &it.births {
            match cells::date(birth) {
                Some(date) => self.build.birth_date("DOB", date),
                None => {
                    self.build.note("DOB", &format!("D.O.B.: {birth}"));
                    self.notice("DOB", birth, "not a date that exists");
                }
            }
        }
        for gender in &it.genders {
            match Gender::parse(gender) {
                Some(it) => self.build.gender("Gender", it),
                None => {
                    self.build.note("Gender", &format!("Gender: {gender}"));
                    self.notice("Gender", gender, "a sex that is not known");
                }
            }
        }
        for cell in &it.nationalities {
            let (before, items) = cells::items(cell);
            for text in before.into_iter().chain(items.iter().map(|it| it.text)) {
                let found = cells::countries(text);
                if found.is_empty() {
                    self.build.note("Nationality", &format!("Nationality: {cell}"));
                    self.notice("Nationality", text, "a country that is not known");
                }
                for country in found {
                    self.build.nationality("Nationality", country);
                }
            }
        }
        for (town, country) in &it.birth_places {
            self.birth_place(town, country);
        }
    }

    /// Town and country of birth are numbered alike: `(1) Al-Owja (2) Baghdad` and `(1) Iraq (2) Iraq`, or `(1) to (6) Algeria`.
    fn birth_place(&mut self, town: &str, country: &str) {
        let (towns, countries) = (cells::items(town).1, cells::items(country).1);
        for it in &countries {
            let found = cells::countries(it.text);
            if found.is_empty() && it.text != "-" {
                self.notice("Country of birth", it.text, "a country that is not known");
            }
            for it in found {
                self.build.country("Country of birth", it);
            }
        }
        let numbered = countries.len() > 1 || countries.iter().any(|it| it.numbers != (1..=1));
        for town in &towns {
            let same = |it: &&cells::Item<'_>| {
                !numbered || (it.numbers.start() <= town.numbers.end() && town.numbers.start() <= it.numbers.end())
            };
            let countries = countries.iter().filter(same).map(|it| it.text);
            let place = joined(
                std::iter::once(town.text).chain(countries).filter(|it| *it != "-"),
                ", ",
            );
            self.build.birth_place("Town of birth", &place);
        }
        if towns.is_empty() {
            for it in &countries {
                self.build.birth_place("Country of birth", it.text);
            }
        }
    }

    fn documents(&mut self, it: &Designation) {
        for document in &it.passports {
            self.document("Passport Details", document, |_| IdentifierKind::Passport);
        }
        for document in &it.national_ids {
            self.document("National Identification Number", document, national_id);
        }
    }

    /// A document whose number stands in its own cell, or in one cell with the details. Where it does, the cell is kept as a
    /// note and the number is taken out.
    fn document(&mut self, field: &'static str, document: &Document, kind: impl Fn(&str) -> IdentifierKind) {
        let details = document.details.as_str();
        if !document.number.is_empty() {
            let country = cells::countries(details).first().copied();
            let kind = kind(details);
            for it in cells::items(&document.number).1 {
                self.build
                    .identifier(field, Identifier::new(kind.clone(), it.text).country(country));
            }
            self.build.note(field, details);
            return;
        }
        let (before, items) = cells::items(details);
        let before = before.unwrap_or("");
        for it in &items {
            let whole = joined([before, it.text], " ");
            let country = cells::countries(&whole).first().copied();
            let number = cells::document_number(it.text);
            if number.is_none() {
                self.notice(field, it.text, "no number was found in it: compared as a whole");
            }
            let number = number.unwrap_or_else(|| it.text.to_owned());
            if number != details {
                self.build.note(field, details);
            }
            self.build
                .identifier(field, Identifier::new(kind(&whole), number).country(country));
        }
    }

    fn contacts(&mut self, it: &Designation) {
        for (field, values, kind) in [
            ("Phone number", &it.phones, IdentifierKind::Phone),
            ("Email address", &it.emails, IdentifierKind::Email),
            ("Website", &it.websites, IdentifierKind::Website),
        ] {
            for value in values {
                for it in cells::items(value).1 {
                    self.build.identifier(field, Identifier::new(kind.clone(), it.text));
                }
            }
        }
        for (lines, words) in &it.addresses {
            let found = cells::countries(words);
            if found.is_empty() && !words.is_empty() {
                self.notice("Country", words, "a country that is not known");
            }
            for country in &found {
                self.build.country("Country", *country);
            }
            if !lines.is_empty() || found.is_empty() {
                let address = Address {
                    full: joined([lines.as_str(), words], ", "),
                    city: None,
                    country: found.first().copied(),
                };
                self.build.address("Address", address);
            } else if found.first().map(|it| it.name()) != Some(words) {
                // `Afghanistan (since 2009)`: what the country alone does not say.
                self.build.note("Country", &format!("Address: {words}"));
            }
        }
    }

    fn organisation(&mut self, it: &Designation) {
        for cell in &it.registrations {
            for it in cells::items(cell).1 {
                self.registration(it.text);
            }
        }
        for it in &it.entity_types {
            self.build.note("Type of entity", &format!("Type of entity: {it}"));
        }
        for (field, kind, words, others) in [
            ("Parent company", RelationKind::OwnedBy, "Parent company", &it.parents),
            ("Subsidiaries", RelationKind::Owns, "Subsidiary", &it.subsidiaries),
            (
                "Current owner/operator (s)",
                RelationKind::OwnedBy,
                "Current owner/operator",
                &it.owners,
            ),
            (
                "Previous owner/operator (s)",
                RelationKind::OwnedBy,
                "Previous owner/operator",
                &it.previous_owners,
            ),
        ] {
            let former = words.starts_with("Previous");
            for cell in others {
                for it in cells::items(cell).1 {
                    let relation = Relation::new(kind, words, Other::Name(it.text.to_owned()));
                    self.build.relation(field, relation.former(former));
                }
            }
        }
    }

    /// `INN: 7704307993, OGRN: 1027700132195` is typed free text; each number goes under its own kind. Without such labels the
    /// cell is one number.
    fn registration(&mut self, cell: &str) {
        const FIELD: &str = "Business registration number (s)";
        let spaced = cell.replace([':', ',', ';', '(', ')'], " ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let mut labelled = false;
        for pair in words.windows(2) {
            let [label, number] = pair else { continue };
            if !number.bytes().any(|it| it.is_ascii_digit()) && !matches!(*label, "BIC" | "SWIFT") {
                continue;
            }
            let kind = match *label {
                "INN" => IdentifierKind::TaxId,
                "OGRN" | "OGRNIP" => IdentifierKind::Registration,
                "KPP" | "OKPO" => IdentifierKind::Other((*label).to_owned()),
                "BIC" | "SWIFT" => IdentifierKind::Bic,
                _ => continue,
            };
            labelled = true;
            self.build.identifier(FIELD, Identifier::new(kind, *number));
        }
        if labelled {
            self.build.note(FIELD, cell);
        } else {
            self.build
                .identifier(FIELD, Identifier::new(IdentifierKind::Registration, cell));
        }
    }

    fn ship(&mut self, it: &Designation) {
        for cell in &it.imo_numbers {
            for it in cells::items(cell).1 {
                self.build
                    .identifier("IMO number", Identifier::new(IdentifierKind::Imo, it.text));
            }
        }
        for (field, flags) in [
            ("Current believed flag of ship", &it.flags),
            ("Previous flags", &it.previous_flags),
        ] {
            for flag in flags {
                let found = cells::countries(flag);
                if found.is_empty() {
                    self.notice(field, flag, "a country that is not known");
                }
                self.build.note(field, &format!("{field}: {flag}"));
                for it in found {
                    self.build.country(field, it);
                }
            }
        }
        for (label, value) in &it.ship_details {
            self.build.note(label, &format!("{label}: {value}"));
        }
        for year in &it.years_built {
            match PartialDate::parse(year) {
                Ok(it) => self.build.founded("Year Built", it),
                Err(_) => {
                    self.build.note("Year Built", &format!("Year built: {year}"));
                    self.notice("Year Built", year, "not a date that exists");
                }
            }
        }
        for it in &it.hulls {
            let kind = IdentifierKind::Other("hull identification number".to_owned());
            self.build
                .identifier("Hull identification number (HIN)", Identifier::new(kind, it));
        }
    }

    /// References, IMO numbers and low-quality names stand in free text.
    fn other_information(&mut self, it: &Designation) {
        const FIELD: &str = "Other Information";
        for group in &it.ofsi_groups {
            // One subject may be designated under several regimes, each with its own Unique ID; this number is the same.
            let kind = IdentifierKind::Other("OFSI Group ID".to_owned());
            self.build.identifier("OFSI Group ID", Identifier::new(kind, group));
        }
        for it in &it.un_references {
            self.build
                .identifier("UN Reference Number", Identifier::new(IdentifierKind::UnReference, it));
        }
        for text in &it.other_information {
            self.build.note(FIELD, text);
            for found in un_references(text) {
                match found {
                    Ok(it) => self
                        .build
                        .identifier(FIELD, Identifier::new(IdentifierKind::UnReference, it)),
                    Err(near) => self.notice(FIELD, near, "a UN reference that is not understood"),
                }
            }
            for it in imo_numbers(text) {
                self.build.identifier(FIELD, Identifier::new(IdentifierKind::Imo, it));
            }
            for (kind, it) in names_in(text) {
                self.build.name(FIELD, PartyName::new(it).kind(kind).weak(true));
            }
        }
        for it in &it.reasons {
            self.build.note("UK Statement of Reasons", it);
        }
    }

    /// One listing a regime and day.
    fn listings(&mut self, it: &Designation) {
        for regime in &it.regimes {
            let since = cells::date(&regime.since);
            if since.is_none() && !regime.since.is_empty() {
                self.build.note("Listed On", &format!("Listed on: {}", regime.since));
                self.notice("Listed On", &regime.since, "not a date that exists");
            }
            let mut measures = Vec::new();
            for imposed in regime.imposed.split('|').map(str::trim).filter(|it| !it.is_empty()) {
                let measure = measure(imposed);
                if measure == Measure::Other {
                    self.build
                        .note("Sanctions Imposed", &format!("Sanctions imposed: {imposed}"));
                }
                if !measures.contains(&measure) {
                    measures.push(measure);
                }
            }
            if measures.is_empty() {
                self.notice("Sanctions Imposed", "", "no measure is named");
                measures.push(Measure::Other);
            }
            if !matches!(regime.source.as_str(), "" | "UK") {
                self.build
                    .note("Designation source", &format!("Designation source: {}", regime.source));
            }
            self.build.listing(Listing {
                authority: Authority::Uk,
                list: self.list.to_owned(),
                reference: self.key.to_owned(),
                programmes: if regime.name.is_empty() {
                    Vec::new()
                } else {
                    vec![regime.name.clone()]
                },
                measures,
                legal_basis: None,
                since,
                url: None,
            });
        }
        self.build.topic("sanction");
    }
}

/// The measure that a phrase of `Sanctions Imposed` names.
fn measure(phrase: &str) -> Measure {
    let lower = phrase.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    if has(&["asset freeze"]) {
        Measure::Freeze
    } else if has(&["travel ban"]) {
        Measure::Travel
    } else if has(&["arms embargo"]) {
        Measure::Arms
    } else if has(&[
        "port",
        "ship",
        "flag",
        "vessel",
        "maritime",
        "bunkering",
        "registration",
        "crew",
        "movement",
    ]) && !has(&["export", "import"])
    {
        Measure::Maritime
    } else {
        Measure::Other
    }
}

/// The kind of a number in `National Identification Number`, by what stands beside it.
fn national_id(text: &str) -> IdentifierKind {
    let lower = text.to_lowercase();
    if lower.contains("fiscal code") || lower.contains("tax ") {
        return IdentifierKind::TaxId;
    }
    for (mark, label) in [
        ("ration card", "ration card"),
        ("driving licen", "driving licence"),
        ("voter id", "voter identity card"),
        ("student id", "student identity card"),
        ("serviceman", "military identity card"),
        ("military", "military identity card"),
        ("birth certificate", "birth certificate"),
        ("social security", "social security number"),
    ] {
        if lower.contains(mark) {
            return IdentifierKind::Other(label.to_owned());
        }
    }
    IdentifierKind::NationalId
}

/// The UN references of the subject: `UN Ref QDe.004.`, `UN REF:QE.A.146.14.`, `UN Ref No. YEi.004`, or one that begins the text.
/// Other references in the text are those of other subjects.
fn un_references(text: &str) -> Vec<Result<String, &str>> {
    let mut out = Vec::new();
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower.get(at..).and_then(|it| it.find("un ref")) {
        let from = at + found;
        at = from + "un ref".len();
        // `Iran ref...` is another word.
        if from > 0 && lower.as_bytes().get(from - 1).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let mut rest = text.get(at..).unwrap_or("");
        for word in ["erence", ".", " ", ":", "No", ".", ":", " "] {
            rest = rest.trim_start();
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        match reference(rest.trim_start()) {
            Some(it) => out.push(Ok(it)),
            None => out.push(Err(text.get(from..).unwrap_or(text))),
        }
    }
    let begins = reference(text).filter(|it| current(it));
    if out.is_empty() {
        out.extend(begins.map(Ok));
    }
    out
}

/// Whether it is a reference of today's form, `QDe.004`.
fn current(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, b'i' | b'e' | b'I' | b'E', b'.', rest @ ..]
        if a.is_ascii_uppercase() && b.is_ascii_uppercase() && rest.len() == 3 && rest.iter().all(u8::is_ascii_digit))
}

/// Reads `QDe.004`, `QI.A.86.03`, `KPI. 067`: segments of at most three letters or digits, separated by points, one with a digit.
fn reference(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    loop {
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let segment = rest.get(..length)?;
        // `KPe.018.Subordinate of`: the segment after the last point is a word of the text. Old references end in a letter's part.
        if segment.is_empty() || length > 3 {
            break;
        }
        if !out.is_empty() {
            out.push('.');
        }
        out += segment;
        rest = rest.get(length..)?;
        if current(&out) {
            break;
        }
        match rest.strip_prefix('.') {
            Some(it) if !out.bytes().any(|it| it.is_ascii_digit()) => rest = it.trim_start(),
            Some(it) => rest = it,
            None if !out.bytes().any(|it| it.is_ascii_digit()) => rest = rest.trim_start(),
            None => break,
        }
    }
    (out.len() > 2 && out.bytes().any(|it| it.is_ascii_digit())).then_some(out)
}

/// The seven digits right behind `IMO`, `IMO number`, `IMO Number:`. A list of ships that a company runs is no number of its own.
fn imo_numbers(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = lower.get(at..).and_then(|it| it.find("imo")) {
        let from = at + found;
        at = from + "imo".len();
        if from > 0 && lower.as_bytes().get(from - 1).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let rest = rest
            .trim_start_matches([' ', '.', ':'])
            .trim_start_matches("number")
            .trim_start_matches("Number")
            .trim_start_matches("no")
            .trim_start_matches("No")
            .trim_start_matches([' ', '.', ':']);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 7 {
            out.extend(rest.get(..digits));
        }
    }
    out
}

/// Names in free text: `Low quality A.K.A. (a) Muslim (b) Lava.`, `Also referred to as Godane, Godani and Sheikh Mukhtar.`. They
/// are weak: the publisher did not think them worth a row of their own.
fn names_in(text: &str) -> Vec<(NameKind, &str)> {
    // Longer marks first. Each is looked for once: no published text has one twice.
    const MARKS: [(&str, NameKind); 8] = [
        ("low quality a.k.a.s", NameKind::Alias),
        ("low quality a.k.a.", NameKind::Alias),
        ("low quality akas", NameKind::Alias),
        ("low quality aka", NameKind::Alias),
        ("also referred to as", NameKind::Alias),
        ("also known as", NameKind::Alias),
        ("formerly known as", NameKind::Former),
        ("previously known as", NameKind::Former),
    ];
    let lower = text.to_ascii_lowercase();
    let mut out = Vec::new();
    let mut taken = Vec::new();
    for (mark, kind) in MARKS {
        let Some(at) = lower.find(mark).filter(|it| !taken.contains(it)) else {
            continue;
        };
        taken.push(at);
        // Inside a sentence the words may be about somebody else.
        let before = text.get(..at).unwrap_or("").trim_end();
        if !before.is_empty() && !before.ends_with(['.', ']', ')', ';']) {
            continue;
        }
        let rest = text
            .get(at + mark.len()..)
            .unwrap_or("")
            .trim_start_matches([':', '-', ' ']);
        let end = rest.find(['.', '[', ';', '(']).unwrap_or(rest.len());
        // `(a)` begins an item, any other bracket a remark.
        let end = if rest.starts_with("(a)") || rest.starts_with("(1)") {
            rest.find(['.', '[']).unwrap_or(rest.len())
        } else {
            end
        };
        let (_, items) = cells::items(rest.get(..end).unwrap_or(rest));
        let names = items
            .iter()
            .flat_map(|it| it.text.split(" and "))
            .flat_map(|it| it.split(','))
            .map(|it| it.trim().trim_matches(['\'', '‘', '’', '“', '”', '"', ' ']))
            // What is longer is a sentence.
            .filter(|it| !it.is_empty() && it.split_whitespace().count() <= 5)
            .map(|it| (kind, it));
        out.extend(names);
    }
    out
}
