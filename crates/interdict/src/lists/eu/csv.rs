//! The EU's file as CSV, 1.0 and 1.1 -> the elements of the XML file, whose reader does the rest: one entry says the same in both.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{LIST, map, record};
use crate::entity::{PartialDate, Problem, Severity};
use crate::lists::build::Build;
use crate::lists::csv::{self, Row, Shape};
use crate::lists::xml::Element;
use crate::lists::{Count, Format, Parsed, SourceFile};

/// Reads the file: `;` between cells, one row for each repeated part of an entity (name, address, birth date, document, citizenship).
/// The rows of one logical id are one entity, wherever they stand.
///
/// Neither version marks weak aliases; 1.0 has no day of entry into force, hence no day of listing. The file states no count and no
/// end, so that a cut right behind a line cannot be seen. Cost: linear in the file.
#[must_use]
pub fn parse_csv(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(LIST, Format::EuCsv);
    let first = file.bytes.split(|it| *it == b'\n').next().unwrap_or_default();
    let new = String::from_utf8_lossy(first).contains("Entity_LogicalId");
    let content = match content(file.bytes, new) {
        Ok(it) => it,
        Err(problem) => {
            parsed.problems.push(problem);
            return parsed;
        }
    };
    if matches!(content, Content::Mended(_)) {
        let message = "each line is one quoted cell, with tabs where commas stood: saved again by another program, and read as it was before";
        let problem = Problem::new(Severity::Notice, "line 1", "", "", message);
        parsed.problems.push(problem);
    }
    let (shape, columns) = if new { (NEW_SHAPE, &NEW) } else { (OLD_SHAPE, &OLD) };
    let mut entities: Vec<Element> = Vec::new();
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    let mut date = String::new();
    let frame = csv::read_delimited(content.bytes(), b';', shape, |row| {
        let id = row.get(columns.id);
        if id.is_empty() {
            return Err("a row without the id of its entity");
        }
        if date.is_empty() {
            columns.date.iter().for_each(|it| date.push_str(row.get(it)));
        }
        let at = *by_id.entry(id.to_owned()).or_insert_with(|| {
            entities.push(Element {
                name: "sanctionEntity".to_owned(),
                ..Element::default()
            });
            entities.len() - 1
        });
        if let Some(entity) = entities.get_mut(at) {
            (columns.read)(row, entity);
        }
        Ok(())
    });
    *parsed.count("row") = Count {
        records: frame.rows,
        entities: frame.rows - frame.lost,
        lost: frame.lost,
    };
    // In 1.0 the id of the entity heads the columns of each part.
    let twice = |it: &Problem| it.field == columns.id && it.message.starts_with("a column name that stands twice");
    parsed
        .problems
        .extend(frame.problems.into_iter().filter(|it| !twice(it)));
    for it in &mut entities {
        once(it);
        lost_names(it, &mut parsed);
    }
    finish(&entities, &mut parsed);
    if parsed.fatal().is_none() {
        parsed.published = PartialDate::parse(&date).ok();
        if parsed.published.is_none() {
            let message = "the date of the file is not a date that exists";
            let problem = Problem::new(Severity::Notice, "line 2", columns.date[0], &date, message);
            parsed.problems.push(problem);
        }
    }
    parsed
}

/// Elements -> entities, as the XML reader does. Ids may differ for one reference: then both are one.
fn finish(entities: &[Element], parsed: &mut Parsed) {
    let source: Arc<str> = Arc::from(LIST);
    let mut builds: Vec<Build> = Vec::new();
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    let mut said: BTreeSet<String> = BTreeSet::new();
    for it in entities {
        let record = record::read(it, &mut parsed.problems);
        if let Some(build) = by_key.get(record.key()).and_then(|at| builds.get_mut(*at)) {
            let message = "the key stands twice: the facts of both records are united";
            let key = record.key().to_owned();
            let problem = Problem::new(Severity::Notice, &key, "euReferenceNumber", &key, message);
            parsed.problems.push(problem);
            map::add(&record, build, &mut said, parsed);
        } else if let Some(mut build) = map::begin(&record, &source, parsed) {
            map::add(&record, &mut build, &mut said, parsed);
            by_key.insert(record.key().to_owned(), builds.len());
            builds.push(build);
        }
    }
    parsed.entities = builds.into_iter().map(Build::finish).collect();
    if parsed.entities.is_empty() && parsed.fatal().is_none() {
        let problem = Problem::new(Severity::Fatal, "line 1", "", "", "the file holds no record");
        parsed.problems.push(problem);
    }
}

/// The bytes of the file, or what another program made of them, mended.
enum Content<'a> {
    AsIs(&'a [u8]),
    Mended(String),
}

impl Content<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::AsIs(it) => it,
            Self::Mended(it) => it.as_bytes(),
        }
    }
}

/// A file that a spreadsheet took for comma-separated and wrote back: each line is one quoted cell, its commas have become tabs, and
/// tabs fill it up to the longest line.
fn content(bytes: &[u8], new: bool) -> Result<Content<'_>, Problem> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = plain
        .split(|it| *it == b'\n')
        .next()
        .unwrap_or_default()
        .trim_ascii_end();
    let one_cell = head.first() == Some(&b'"') && !head.windows(3).any(|it| it == b"\";\"");
    if !one_cell || !head.contains(&b';') {
        // A file of version 1.0 that is not UTF-8 is in the encoding of the system that wrote it.
        return Ok(match csv::decode(bytes, !new)? {
            Cow::Borrowed(_) => Content::AsIs(bytes),
            Cow::Owned(it) => Content::Mended(it),
        });
    }
    let text = csv::decode(bytes, true)?;
    let mut out = String::with_capacity(text.len());
    for (line, number) in text.split_inclusive('\n').zip(1_u64..) {
        let bare = line.trim_end_matches(['\n', '\r']);
        if bare.is_empty() {
            out.push_str(line);
            continue;
        }
        let Some(cell) = bare.strip_prefix('"').and_then(|it| it.strip_suffix('"')) else {
            let message = "a line that is not closed by a quote like the others: the file is cut off";
            return Err(Problem::new(
                Severity::Fatal,
                format!("line {number}"),
                "",
                bare,
                message,
            ));
        };
        let cell = cell.trim_end_matches('\t').replace("\"\"", "\"").replace('\t', ",");
        out.push_str(&cell);
        out.push_str(&line[bare.len()..]);
    }
    Ok(Content::Mended(out))
}

/// How one of the two versions is read.
struct Columns {
    /// The column with the entity's id.
    id: &'static str,
    /// Columns that may hold the date of the file: one does.
    date: &'static [&'static str],
    /// Adds what a row says to its entity.
    read: fn(Row<'_>, &mut Element),
}

static OLD: Columns = Columns {
    id: "Entity_logical_id",
    date: &["Date_file", "Date_filexxxx"],
    read: old,
};

static NEW: Columns = Columns {
    id: "Entity_LogicalId",
    date: &["fileGenerationDate"],
    read: new,
};

/// The columns of 1.0.
const OLD_SHAPE: Shape = Shape {
    required: &["Entity_logical_id", "Subject_type", "Naal_wholename"],
    optional: &[
        "Date_file",
        "Date_filexxxx",
        "Leba_numtitle",
        "Leba_publication_date",
        "Leba_url",
        "Programme",
        "Entity_remark",
        "Naal_logical_id",
        "Naal_leba_numtitle",
        "Naal_leba_publication_date",
        "Naal_leba_url",
        "Naal_programme",
        "Naal_lastname",
        "Naal_firstname",
        "Naal_middlename",
        "Naal_gender",
        "Naal_title",
        "Naal_function",
        "Naal_language",
        "Addr_logical_id",
        "Addr_leba_numtitle",
        "Addr_leba_publication_date",
        "Addr_leba_url",
        "Addr_programme",
        "Addr_number",
        "Addr_street",
        "Addr_zipcode",
        "Addr_city",
        "Addr_country",
        "Addr_other",
        "Birt_logical_id",
        "Birt_leba_numtitle",
        "Birt_leba_publication_date",
        "Birt_leba_url",
        "Birt_programme",
        "Birt_date",
        "Birt_place",
        "Birt_country",
        "Iden_logical_id",
        "Iden_leba_numtitle",
        "Iden_leba_publication_date",
        "Iden_leba_url",
        "Iden_programme",
        "Iden_number",
        "Iden_country",
        "Citi_logical_id",
        "Citi_leba_numtitle",
        "Citi_leba_publication_date",
        "Citi_leba_url",
        "Citi_programme",
        "Citi_country",
        "EU_ref_num",
    ],
    windows_1252: false,
};

/// The 118 columns of 1.1; `NameAlias_Strong` is not one of them, and read should it come.
const NEW_SHAPE: Shape = Shape {
    required: &["Entity_LogicalId", "Entity_SubjectType", "NameAlias_WholeName"],
    optional: &[
        "fileGenerationDate",
        "Entity_EU_ReferenceNumber",
        "Entity_UnitedNationId",
        "Entity_DesignationDate",
        "Entity_DesignationDetails",
        "Entity_Remark",
        "Entity_SubjectType_ClassificationCode",
        "Entity_Regulation_Type",
        "Entity_Regulation_OrganisationType",
        "Entity_Regulation_PublicationDate",
        "Entity_Regulation_EntryIntoForceDate",
        "Entity_Regulation_NumberTitle",
        "Entity_Regulation_Programme",
        "Entity_Regulation_PublicationUrl",
        "NameAlias_LastName",
        "NameAlias_FirstName",
        "NameAlias_MiddleName",
        "NameAlias_NameLanguage",
        "NameAlias_Gender",
        "NameAlias_Title",
        "NameAlias_Function",
        "NameAlias_Strong",
        "NameAlias_LogicalId",
        "NameAlias_RegulationLanguage",
        "NameAlias_Remark",
        "NameAlias_Regulation_Type",
        "NameAlias_Regulation_OrganisationType",
        "NameAlias_Regulation_PublicationDate",
        "NameAlias_Regulation_EntryIntoForceDate",
        "NameAlias_Regulation_NumberTitle",
        "NameAlias_Regulation_Programme",
        "NameAlias_Regulation_PublicationUrl",
        "Address_City",
        "Address_Street",
        "Address_PoBox",
        "Address_ZipCode",
        "Address_Region",
        "Address_Place",
        "Address_AsAtListingTime",
        "Address_ContactInfo",
        "Address_CountryIso2Code",
        "Address_CountryDescription",
        "Address_LogicalId",
        "Address_RegulationLanguage",
        "Address_Remark",
        "Address_Regulation_Type",
        "Address_Regulation_OrganisationType",
        "Address_Regulation_PublicationDate",
        "Address_Regulation_EntryIntoForceDate",
        "Address_Regulation_NumberTitle",
        "Address_Regulation_Programme",
        "Address_Regulation_PublicationUrl",
        "BirthDate_BirthDate",
        "BirthDate_Day",
        "BirthDate_Month",
        "BirthDate_Year",
        "BirthDate_YearRangeFrom",
        "BirthDate_YearRangeTo",
        "BirthDate_Circa",
        "BirthDate_CalendarType",
        "BirthDate_ZipCode",
        "BirthDate_Region",
        "BirthDate_Place",
        "BirthDate_City",
        "BirthDate_CountryIso2Code",
        "BirthDate_CountryDescription",
        "BirthDate_LogicalId",
        "BirthDate_RegulationLanguage",
        "BirthDate_Remark",
        "BirthDate_Regulation_Type",
        "BirthDate_Regulation_OrganisationType",
        "BirthDate_Regulation_PublicationDate",
        "BirthDate_Regulation_EntryIntoForceDate",
        "BirthDate_Regulation_NumberTitle",
        "BirthDate_Regulation_Programme",
        "BirthDate_Regulation_PublicationUrl",
        "Identification_Number",
        "Identification_DiplomaticPassport",
        "Identification_Diplomatic",
        "Identification_KnownExpired",
        "Identification_KnownFalse",
        "Identification_ReportedLost",
        "Identification_RevokedByIssuer",
        "Identification_IssuedBy",
        "Identification_IssuedDate",
        "Identification_ValidFrom",
        "Identification_ValidTo",
        "Identification_LatinNumber",
        "Identification_NameOnDocument",
        "Identification_TypeCode",
        "Identification_TypeDescription",
        "Identification_Region",
        "Identification_CountryIso2Code",
        "Identification_CountryDescription",
        "Identification_LogicalId",
        "Identification_RegulationLanguage",
        "Identification_Remark",
        "Identification_Regulation_Type",
        "Identification_Regulation_OrganisationType",
        "Identification_Regulation_PublicationDate",
        "Identification_Regulation_EntryIntoForceDate",
        "Identification_Regulation_NumberTitle",
        "Identification_Regulation_Programme",
        "Identification_Regulation_PublicationUrl",
        "Citizenship_Region",
        "Citizenship_CountryIso2Code",
        "Citizenship_CountryDescription",
        "Citizenship_LogicalId",
        "Citizenship_RegulationLanguage",
        "Citizenship_Remark",
        "Citizenship_Regulation_Type",
        "Citizenship_Regulation_OrganisationType",
        "Citizenship_Regulation_PublicationDate",
        "Citizenship_Regulation_EntryIntoForceDate",
        "Citizenship_Regulation_NumberTitle",
        "Citizenship_Regulation_Programme",
        "Citizenship_Regulation_PublicationUrl",
    ],
    windows_1252: false,
};

/// A row of 1.1.
fn new(row: Row<'_>, entity: &mut Element) {
    attributes(
        entity,
        row,
        &[
            ("logicalId", "Entity_LogicalId"),
            ("euReferenceNumber", "Entity_EU_ReferenceNumber"),
            ("unitedNationId", "Entity_UnitedNationId"),
            ("designationDate", "Entity_DesignationDate"),
            ("designationDetails", "Entity_DesignationDetails"),
        ],
    );
    subject(
        entity,
        row.get("Entity_SubjectType"),
        row.get("Entity_SubjectType_ClassificationCode"),
    );
    remark(entity, row.get("Entity_Remark"));
    let mut regulation = element(
        "regulation",
        row,
        &[
            ("regulationType", "Entity_Regulation_Type"),
            ("organisationType", "Entity_Regulation_OrganisationType"),
            ("publicationDate", "Entity_Regulation_PublicationDate"),
            ("entryIntoForceDate", "Entity_Regulation_EntryIntoForceDate"),
            ("numberTitle", "Entity_Regulation_NumberTitle"),
            ("programme", "Entity_Regulation_Programme"),
        ],
    );
    text(
        &mut regulation,
        "publicationUrl",
        row.get("Entity_Regulation_PublicationUrl"),
    );
    part(entity, regulation);
    let mut name = element(
        "nameAlias",
        row,
        &[
            ("firstName", "NameAlias_FirstName"),
            ("middleName", "NameAlias_MiddleName"),
            ("lastName", "NameAlias_LastName"),
            ("wholeName", "NameAlias_WholeName"),
            ("function", "NameAlias_Function"),
            ("gender", "NameAlias_Gender"),
            ("title", "NameAlias_Title"),
            ("nameLanguage", "NameAlias_NameLanguage"),
            ("strong", "NameAlias_Strong"),
        ],
    );
    remark(&mut name, row.get("NameAlias_Remark"));
    part(entity, name);
    let mut address = element(
        "address",
        row,
        &[
            ("street", "Address_Street"),
            ("poBox", "Address_PoBox"),
            ("zipCode", "Address_ZipCode"),
            ("city", "Address_City"),
            ("place", "Address_Place"),
            ("region", "Address_Region"),
            ("countryIso2Code", "Address_CountryIso2Code"),
            ("countryDescription", "Address_CountryDescription"),
        ],
    );
    contacts(&mut address, row.get("Address_ContactInfo"));
    remark(&mut address, row.get("Address_Remark"));
    part(entity, address);
    let mut birth = element(
        "birthdate",
        row,
        &[
            ("birthdate", "BirthDate_BirthDate"),
            ("dayOfMonth", "BirthDate_Day"),
            ("monthOfYear", "BirthDate_Month"),
            ("year", "BirthDate_Year"),
            ("yearRangeFrom", "BirthDate_YearRangeFrom"),
            ("yearRangeTo", "BirthDate_YearRangeTo"),
            ("circa", "BirthDate_Circa"),
            ("calendarType", "BirthDate_CalendarType"),
            ("city", "BirthDate_City"),
            ("place", "BirthDate_Place"),
            ("region", "BirthDate_Region"),
            ("zipCode", "BirthDate_ZipCode"),
            ("countryIso2Code", "BirthDate_CountryIso2Code"),
            ("countryDescription", "BirthDate_CountryDescription"),
        ],
    );
    remark(&mut birth, row.get("BirthDate_Remark"));
    part(entity, birth);
    let mut document = element(
        "identification",
        row,
        &[
            ("identificationTypeCode", "Identification_TypeCode"),
            ("identificationTypeDescription", "Identification_TypeDescription"),
            ("number", "Identification_Number"),
            ("latinNumber", "Identification_LatinNumber"),
            ("nameOnDocument", "Identification_NameOnDocument"),
            ("knownFalse", "Identification_KnownFalse"),
            ("reportedLost", "Identification_ReportedLost"),
            ("revokedByIssuer", "Identification_RevokedByIssuer"),
            ("countryIso2Code", "Identification_CountryIso2Code"),
            ("countryDescription", "Identification_CountryDescription"),
        ],
    );
    remark(&mut document, row.get("Identification_Remark"));
    part(entity, document);
    let mut citizenship = element(
        "citizenship",
        row,
        &[
            ("countryIso2Code", "Citizenship_CountryIso2Code"),
            ("countryDescription", "Citizenship_CountryDescription"),
        ],
    );
    remark(&mut citizenship, row.get("Citizenship_Remark"));
    part(entity, citizenship);
}

/// A row of 1.0.
fn old(row: Row<'_>, entity: &mut Element) {
    attributes(
        entity,
        row,
        &[("logicalId", "Entity_logical_id"), ("euReferenceNumber", "EU_ref_num")],
    );
    subject(entity, "", row.get("Subject_type"));
    remark(entity, row.get("Entity_remark"));
    let mut regulation = element(
        "regulation",
        row,
        &[
            ("publicationDate", "Leba_publication_date"),
            ("numberTitle", "Leba_numtitle"),
            ("programme", "Programme"),
        ],
    );
    text(&mut regulation, "publicationUrl", row.get("Leba_url"));
    part(entity, regulation);
    part(
        entity,
        element(
            "nameAlias",
            row,
            &[
                ("firstName", "Naal_firstname"),
                ("middleName", "Naal_middlename"),
                ("lastName", "Naal_lastname"),
                ("wholeName", "Naal_wholename"),
                ("function", "Naal_function"),
                ("gender", "Naal_gender"),
                ("title", "Naal_title"),
                ("nameLanguage", "Naal_language"),
            ],
        ),
    );
    let mut address = element(
        "address",
        row,
        &[
            ("street", "Addr_street"),
            ("place", "Addr_number"),
            ("zipCode", "Addr_zipcode"),
            ("city", "Addr_city"),
            ("countryIso2Code", "Addr_country"),
        ],
    );
    contacts(&mut address, row.get("Addr_other"));
    part(entity, address);
    let mut birth = element(
        "birthdate",
        row,
        &[
            ("birthdate", "Birt_date"),
            ("place", "Birt_place"),
            ("countryIso2Code", "Birt_country"),
        ],
    );
    birth.attributes.retain(|it| it.1 != "N/A");
    part(entity, birth);
    let number = row.get("Iden_number");
    if !number.is_empty() {
        part(entity, document(number, row.get("Iden_country")));
    }
    part(
        entity,
        element("citizenship", row, &[("countryIso2Code", "Citi_country")]),
    );
}

/// `AD001095 (passport-National passport) ((issued 1999))`: number, type by code and words, remark.
fn document(cell: &str, country: &str) -> Element {
    let mut out = Element {
        name: "identification".to_owned(),
        ..Element::default()
    };
    let found = cell.match_indices(" (").find_map(|(at, mark)| {
        let rest = &cell[at + mark.len()..];
        let (kind, more) = rest.split_once(')')?;
        let (code, words) = kind.split_once('-')?;
        code.bytes()
            .all(|it| it.is_ascii_alphanumeric())
            .then_some((&cell[..at], code, words, more))
    });
    let (number, code, words, more) = found.unwrap_or((cell, "other", "", ""));
    for (name, value) in [
        ("identificationTypeCode", code),
        ("identificationTypeDescription", words),
        ("number", number),
        ("countryIso2Code", country),
    ] {
        attribute(&mut out, name, value.trim());
    }
    let more = more.trim().trim_start_matches('(').trim_end_matches(')').trim();
    if !more.is_empty() && more != code {
        remark(&mut out, more);
    }
    out
}

/// `PHONE[668 33 01, 0300-820 91 99]\nFAX[662 38 14]`; a text that is not of this form is a remark.
fn contacts(address: &mut Element, cell: &str) {
    // The line break may have been written out as `\n`.
    for line in cell
        .replace("\\n", "\n")
        .split('\n')
        .map(str::trim)
        .filter(|it| !it.is_empty())
    {
        let mut rest = line;
        while let Some((key, more)) = rest.split_once('[')
            && let Some((value, more)) = more.split_once(']')
        {
            let mut contact = Element {
                name: "contactInfo".to_owned(),
                ..Element::default()
            };
            attribute(&mut contact, "key", key.trim_matches([' ', ',', ';']));
            attribute(&mut contact, "value", value.trim());
            address.children.push(contact);
            rest = more;
        }
        remark(address, rest.trim_matches([' ', ',', ';']));
    }
}

fn subject(entity: &mut Element, code: &str, classification: &str) {
    let mut out = Element {
        name: "subjectType".to_owned(),
        ..Element::default()
    };
    // Whichever of the two columns holds the word, and whichever the letter.
    attribute(&mut out, "code", code);
    attribute(&mut out, "classificationCode", classification);
    part(entity, out);
}

fn element(name: &str, row: Row<'_>, columns: &[(&str, &str)]) -> Element {
    let mut out = Element {
        name: name.to_owned(),
        ..Element::default()
    };
    attributes(&mut out, row, columns);
    out
}

fn attributes(element: &mut Element, row: Row<'_>, columns: &[(&str, &str)]) {
    for (name, column) in columns {
        attribute(element, name, row.get(column));
    }
}

/// Adds an attribute, unless it is empty or there.
fn attribute(element: &mut Element, name: &str, value: &str) {
    if !value.is_empty() && !element.attributes.iter().any(|it| it.0 == name) {
        element.attributes.push((name.to_owned(), value.to_owned()));
    }
}

fn text(element: &mut Element, name: &str, value: &str) {
    if !value.is_empty() {
        let child = Element {
            name: name.to_owned(),
            text: value.to_owned(),
            ..Element::default()
        };
        part(element, child);
    }
}

fn remark(element: &mut Element, value: &str) {
    text(element, "remark", value);
}

/// Adds a part that says something.
fn part(element: &mut Element, child: Element) {
    if !child.attributes.is_empty() || !child.children.is_empty() || !child.text.is_empty() {
        element.children.push(child);
    }
}

/// Takes out the names whose letters became question marks when another program saved the file: `????? ??????`. Nobody could ask for
/// them.
fn lost_names(entity: &mut Element, parsed: &mut Parsed) {
    let key = match entity.attribute("euReferenceNumber") {
        "" => entity.attribute("logicalId"),
        it => it,
    }
    .to_owned();
    entity.children.retain(|it| {
        let name = it.attribute("wholeName");
        let marks = name.matches('?').count();
        let letters = name.chars().filter(|it| it.is_alphanumeric()).count();
        let lost = it.name == "nameAlias" && marks > letters;
        if lost {
            let message = "a name whose letters were lost before it came here: not screened";
            let problem = Problem::new(Severity::Loss, &key, "nameAlias", name, message);
            parsed.problems.push(problem);
            let count = parsed.count("namealias");
            count.records += 1;
            count.lost += 1;
        }
        !lost
    });
}

/// Each part once: the columns of the entity stand in each of its rows.
fn once(entity: &mut Element) {
    let mut seen = BTreeSet::new();
    entity.children.retain(|it| seen.insert(format!("{it:?}")));
}
