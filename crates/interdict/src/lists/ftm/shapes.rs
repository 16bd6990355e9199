//! The other shapes in which OpenSanctions publishes: nested targets, simple CSV, statements. Each becomes the same records.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::record::Record;
use super::{list, map, parse_as};
use crate::entity::{Authority, Problem, Severity};
use crate::lists::csv::{self, Frame, Row, Shape};
use crate::lists::{Count, Format, Parsed, SourceFile};

/// Reads nested targets (`targets.nested.json`): as [`super::parse`], which takes entities that stand in properties apart.
///
/// A nested file names an office only at one of its holders: an office that is named by its id alone stays an id.
#[must_use]
pub fn parse_nested(file: SourceFile<'_>) -> Parsed {
    parse_as(file, Format::FtmNested)
}

/// The columns of `targets.simple.csv`.
const SIMPLE: Shape = Shape {
    required: &["id", "schema", "name", "aliases", "dataset"],
    optional: &[
        "birth_date",
        "countries",
        "addresses",
        "identifiers",
        "sanctions",
        "phones",
        "emails",
        "program_ids",
        // When the record was made and seen: nothing that a screening could use.
        "first_seen",
        "last_seen",
        "last_change",
    ],
    windows_1252: false,
};

/// Reads simple targets (`targets.simple.csv`). The shape has neither topics nor kinds of identifiers: identifiers are kept under no
/// kind, and a target without a sanction is listed with a measure that is not told.
///
/// The file states no count and no end, so that a cut right behind a line cannot be seen. Cost: linear in the file.
#[must_use]
pub fn parse_simple(file: SourceFile<'_>) -> Parsed {
    let mut records = Vec::new();
    let frame = csv::read(file.bytes, SIMPLE, |row| simple(row, &mut records));
    finish(records, frame, Format::FtmSimple)
}

/// Reads statements (`statements.csv`, one value of one entity a row), with a header or as the headless pack that a crawler writes.
/// Statements that are marked external, of candidates that nobody has confirmed, are left out, with a notice.
///
/// The file states no count and no end, so that a cut right behind a line cannot be seen. Cost: linear in the file; memory: all of its
/// values.
#[must_use]
pub fn parse_statements(file: SourceFile<'_>) -> Parsed {
    let mut all = Statements::default();
    let bytes = with_header(file.bytes);
    let mut frame = csv::read(&bytes, STATEMENTS, |row| all.add(row));
    if all.external > 0 {
        let value = all.external.to_string();
        let message = "statements that are marked external: they are not part of the dataset and not read";
        frame
            .problems
            .push(Problem::new(Severity::Notice, "", "external", &value, message));
    }
    if bytes.len() > file.bytes.len() {
        // The header is ours: lines count from the file's own first one.
        for it in &mut frame.problems {
            if let Some(line) = it.record.strip_prefix("line ").and_then(|it| it.parse::<u64>().ok()) {
                it.record = format!("line {}", line.saturating_sub(1).max(1));
            }
        }
    }
    finish(all.records, frame, Format::FtmStatements)
}

fn finish(records: Vec<Record>, mut frame: Frame, format: Format) -> Parsed {
    let mut parsed = Parsed::new(list(&records, &mut frame.problems), format);
    *parsed.count("row") = Count {
        records: frame.rows,
        entities: frame.rows - frame.lost,
        lost: frame.lost,
    };
    parsed.problems = frame.problems;
    if records.is_empty() && parsed.fatal().is_none() {
        let problem = Problem::new(Severity::Fatal, "line 1", "", "", "the file holds no record");
        parsed.problems.push(problem);
    }
    map::all(records, &mut parsed);
    parsed
}

fn split(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|it| !it.is_empty())
}

fn simple(row: Row<'_>, records: &mut Vec<Record>) -> Result<(), &'static str> {
    let (id, schema) = (row.get("id"), row.get("schema"));
    if id.is_empty() || schema.is_empty() {
        return Err("a row without id or schema");
    }
    let datasets: Vec<String> = split(row.get("dataset")).map(name_of_dataset).collect();
    let mut record = Record {
        id: id.to_owned(),
        schema: schema.to_owned(),
        caption: row.get("name").to_owned(),
        datasets: datasets.clone(),
        ..Record::default()
    };
    // A name may hold a semicolon: it is one value, the others are lists.
    record
        .properties
        .push(("name".to_owned(), vec![row.get("name").to_owned()]));
    for (column, property) in [
        ("aliases", "alias"),
        (
            "birth_date",
            if schema == "Person" {
                "birthDate"
            } else {
                "incorporationDate"
            },
        ),
        ("countries", "country"),
        ("addresses", "address"),
        ("phones", "phone"),
        ("emails", "email"),
    ] {
        let values: Vec<String> = split(row.get(column)).map(str::to_owned).collect();
        if !values.is_empty() {
            record.properties.push((property.to_owned(), values));
        }
    }
    records.push(record);
    let side = |schema: &str, key: &str, properties: Vec<(&str, Vec<String>)>| Record {
        id: format!("{id}/{key}"),
        schema: schema.to_owned(),
        datasets: datasets.clone(),
        properties: properties.into_iter().map(|(name, it)| (name.to_owned(), it)).collect(),
        ..Record::default()
    };
    for (number, at) in split(row.get("identifiers")).zip(1_usize..) {
        records.push(side(
            "Identification",
            &format!("identifier-{at}"),
            vec![
                ("holder", vec![id.to_owned()]),
                ("number", vec![number.to_owned()]),
                ("type", vec!["identifier".to_owned()]),
            ],
        ));
    }
    let titles: Vec<&str> = split(row.get("dataset")).collect();
    // Each dataset whose authority is known lists it; where there is none, the first one does.
    let mut listed: Vec<(String, Vec<String>)> = titles
        .iter()
        .filter_map(|it| Some((known_authority(it)?, vec![name_of_dataset(it)])))
        .collect();
    listed.sort_by(|a, b| a.1.cmp(&b.1));
    listed.dedup();
    if listed.is_empty() {
        listed.push((titles.first().copied().unwrap_or("").to_owned(), datasets.clone()));
    }
    let sanctions: Vec<String> = split(row.get("sanctions")).map(str::to_owned).collect();
    let programmes: Vec<String> = split(row.get("program_ids")).map(str::to_owned).collect();
    // The row does not say whose programme is whose: each listing has all of them.
    for ((authority, datasets), at) in listed.into_iter().zip(1_usize..) {
        let mut properties = vec![("entity", vec![id.to_owned()]), ("authority", vec![authority])];
        if sanctions.is_empty() {
            let words = "listed, for a reason that this shape of the file leaves out";
            properties.push(("provisions", vec![words.to_owned()]));
            properties.push(("programId", programmes.clone()));
        } else {
            properties.push(("program", sanctions.clone()));
        }
        let mut record = side("Sanction", &format!("sanction-{at}"), properties);
        record.datasets = datasets;
        records.push(record);
    }
    Ok(())
}

/// The name of a dataset, where the file gives its title: `EU Financial Sanctions Files (FSF)`.
fn name_of_dataset(title: &str) -> String {
    let mut out = String::new();
    for it in title.chars() {
        if it.is_alphanumeric() {
            out.extend(it.to_lowercase());
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// Beginnings of titles of datasets, or of their names, and the authority behind them.
fn known_authority(title: &str) -> Option<String> {
    let table = [
        ("us ofac", Authority::UsOfac),
        ("us bis", Authority::UsBis),
        ("eu financial sanctions", Authority::Eu),
        ("eu fsf", Authority::Eu),
        ("eu council", Authority::Eu),
        ("un security council", Authority::UnSc),
        ("un sc", Authority::UnSc),
        ("uk ", Authority::Uk),
        ("gb hmt", Authority::Uk),
        ("gb fcdo", Authority::Uk),
        ("swiss seco", Authority::Ch),
        ("ch seco", Authority::Ch),
        ("canadian ", Authority::Ca),
        ("ca dfatd", Authority::Ca),
        ("australian ", Authority::Au),
        ("au dfat", Authority::Au),
        ("french ", Authority::Fr),
        ("fr tresor", Authority::Fr),
    ];
    let lower = title.to_lowercase().replace('_', " ");
    table
        .into_iter()
        .find(|it| lower.starts_with(it.0))
        .map(|it| it.1.name().to_owned())
}

/// The columns of statements.
const STATEMENTS: Shape = Shape {
    required: &["entity_id", "prop", "value", "dataset"],
    optional: &[
        "canonical_id",
        "schema",
        "external",
        // What the value was before it was cleaned, in which language it stands, when it was seen, its checksum.
        "prop_type",
        "lang",
        "original_value",
        "target",
        "first_seen",
        "last_seen",
        "id",
        "origin",
    ],
    windows_1252: false,
};

/// The columns of a pack, which has no header; `prop` is `Schema:property` there.
const PACK: [&str; 12] = [
    "entity_id",
    "prop",
    "value",
    "dataset",
    "lang",
    "original_value",
    "target",
    "external",
    "first_seen",
    "last_seen",
    "id",
    "origin",
];

/// The file, under the header that a pack lacks.
fn with_header(bytes: &[u8]) -> Cow<'_, [u8]> {
    let first = bytes.split(|it| *it == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let mut cells = first.split(',');
    let headless = cells.nth(1).is_some_and(|it| it.contains(':')) && !first.contains("entity_id");
    if !headless {
        return Cow::Borrowed(bytes);
    }
    // Cells of the first row: a comma may stand in a quoted one.
    let mut quoted = false;
    let commas = first
        .chars()
        .filter(|it| {
            quoted ^= *it == '"';
            *it == ',' && !quoted
        })
        .count();
    let header = PACK[..PACK.len().min(commas + 1)].join(",");
    let mut out = Vec::with_capacity(bytes.len() + header.len() + 1);
    out.extend_from_slice(header.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(bytes);
    Cow::Owned(out)
}

/// Statements on their way into records.
#[derive(Default)]
struct Statements {
    records: Vec<Record>,
    by_id: BTreeMap<String, usize>,
    /// Places of properties in their record.
    places: BTreeMap<(usize, String), usize>,
    external: usize,
}

impl Statements {
    fn add(&mut self, row: Row<'_>) -> Result<(), &'static str> {
        let id = match row.get("canonical_id") {
            "" => row.get("entity_id"),
            it => it,
        };
        let (schema, property) = row
            .get("prop")
            .split_once(':')
            .unwrap_or((row.get("schema"), row.get("prop")));
        if id.is_empty() || schema.is_empty() || property.is_empty() {
            return Err("a statement without id, schema or property");
        }
        if matches!(row.get("external"), "t" | "true" | "True" | "1") {
            self.external += 1;
            return Ok(());
        }
        let at = *self.by_id.entry(id.to_owned()).or_insert_with(|| {
            self.records.push(Record {
                id: id.to_owned(),
                schema: schema.to_owned(),
                ..Record::default()
            });
            self.records.len() - 1
        });
        let Some(record) = self.records.get_mut(at) else {
            return Ok(());
        };
        if depth(schema) > depth(&record.schema) {
            record.schema = schema.to_owned();
        }
        let dataset = row.get("dataset");
        if !dataset.is_empty() && !record.datasets.iter().any(|it| it == dataset) {
            record.datasets.push(dataset.to_owned());
        }
        // `id` is the checksum of the entity's other statements.
        if property == "id" {
            return Ok(());
        }
        let value = row.get("value");
        if value.is_empty() {
            return Err("a statement without a value");
        }
        let place = *self.places.entry((at, property.to_owned())).or_insert_with(|| {
            record.properties.push((property.to_owned(), Vec::new()));
            record.properties.len() - 1
        });
        if let Some((_, values)) = record.properties.get_mut(place) {
            values.push(value.to_owned());
        }
        Ok(())
    }
}

/// How special a schema is: of the schemata that an entity's statements name, the most special one is its own.
fn depth(schema: &str) -> usize {
    match schema {
        "Thing" | "Interval" => 0,
        "LegalEntity" | "Asset" | "Interest" => 1,
        "Organization" | "Person" | "Vehicle" => 2,
        _ => 3,
    }
}
