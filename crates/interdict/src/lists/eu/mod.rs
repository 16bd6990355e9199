//! The EU's consolidated financial sanctions file, XML 1.0 and 1.1 -> entities + problems.

mod csv;
mod map;
mod record;

pub use csv::parse_csv;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::build::Build;
use super::{Format, Parsed, SourceFile, xml};
use crate::entity::{PartialDate, Problem, Severity};

/// The list's id.
const LIST: &str = "eu-fsf";

/// Reads the file. Elements are told by their local names; the schema's version does not matter, as 1.1 only adds
/// `euReferenceNumber`.
///
/// The key is `euReferenceNumber`, else `logicalId`. A key that occurs twice is one subject: its facts are united and a notice
/// says so. Cost: linear in the file.
#[must_use]
pub fn parse(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(LIST, Format::EuXml);
    let source: Arc<str> = Arc::from(LIST);
    let mut builds: Vec<Build> = Vec::new();
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    let mut said: BTreeSet<String> = BTreeSet::new();
    let frame = xml::read(file.bytes, &[], |_, element| {
        if element.name != "sanctionEntity" {
            let problem = Problem::new(
                Severity::Loss,
                "",
                &element.name,
                &element.text,
                "a record of unknown type",
            );
            parsed.problems.push(problem);
            let count = parsed.count(&element.name.to_lowercase());
            count.records += 1;
            count.lost += 1;
            return;
        }
        let record = record::read(&element, &mut parsed.problems);
        if let Some(at) = by_key.get(record.key()) {
            let message = "the key stands twice: the facts of both records are united";
            let key = record.key().to_owned();
            parsed
                .problems
                .push(Problem::new(Severity::Notice, &key, "euReferenceNumber", &key, message));
            if let Some(build) = builds.get_mut(*at) {
                map::add(&record, build, &mut said, &mut parsed);
            }
        } else if let Some(mut build) = map::begin(&record, &source, &mut parsed) {
            map::add(&record, &mut build, &mut said, &mut parsed);
            by_key.insert(record.key().to_owned(), builds.len());
            builds.push(build);
        }
    });
    parsed.entities = builds.into_iter().map(Build::finish).collect();
    if let Some(problem) = frame.fatal {
        parsed.problems.push(problem);
        return parsed;
    }
    let fatal =
        |field: &str, value: &str, message: &str| Problem::new(Severity::Fatal, "byte 0", field, value, message);
    if frame.root.name != "export" {
        let problem = fatal(
            "",
            &frame.root.name,
            "the root element is not `export`: not the EU's file",
        );
        parsed.problems.push(problem);
    } else if parsed.entities.is_empty() {
        parsed.problems.push(fatal("", "", "the file holds no record"));
    }
    let date = frame.root.attribute("generationDate");
    parsed.published = PartialDate::parse(date).ok();
    if parsed.published.is_none() && frame.root.name == "export" {
        let message = "the date of the file is not a date that exists";
        let problem = Problem::new(Severity::Notice, "", "generationDate", date, message);
        parsed.problems.push(problem);
    }
    parsed
}
