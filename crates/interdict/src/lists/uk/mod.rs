//! The UK's lists -> entities + problems: the closed OFSI list (`ConList.csv`) and the UK Sanctions List as XML and CSV.

mod conlist_record;
mod csv_record;
mod map;
mod record;
mod xml_record;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::csv::{self, Row, Shape};
use super::{Format, Parsed, SourceFile, xml};
use crate::entity::{PartialDate, Problem, Severity};
use record::Designation;

/// Reads `ConList.csv`: the rows of one `Group ID` are one entity, wherever they stand.
///
/// The file states no count and no end, so that a cut right behind a line cannot be seen. Cost: linear in the file.
#[must_use]
pub fn parse_conlist(file: SourceFile<'_>) -> Parsed {
    table(
        file,
        "uk-conlist",
        Format::UkConlist,
        conlist_record::SHAPE,
        conlist_record::read,
    )
}

/// Reads the UK Sanctions List as CSV: the rows of one `Unique ID` are one entity, wherever they stand.
///
/// The file states no count and no end, so that a cut right behind a line cannot be seen. Cost: linear in the file.
#[must_use]
pub fn parse_csv(file: SourceFile<'_>) -> Parsed {
    table(
        file,
        "uk-sanctions-list",
        Format::UkCsv,
        csv_record::SHAPE,
        csv_record::read,
    )
}

/// Reads the UK Sanctions List as XML. A `UniqueID` that occurs twice is one subject: the facts are united, with a notice.
///
/// Cost: linear in the file.
#[must_use]
pub fn parse_xml(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new("uk-sanctions-list", Format::UkXml);
    let mut all = Designations::default();
    let mut generated = None;
    let frame = xml::read(file.bytes, &[], |_, element| match element.name.as_str() {
        "Designation" => {
            let found = xml_record::read(&element, &mut parsed.problems);
            if found.key.is_empty() {
                let name = found.names.first().map_or("", |it| it.last.as_str());
                let problem = Problem::new(Severity::Loss, "", "UniqueID", name, "a designation without its key");
                parsed.problems.push(problem);
                parsed.count("designation").records += 1;
                parsed.count("designation").lost += 1;
                return;
            }
            let key = found.key.clone();
            if !all.add(found) {
                let message = "the key stands twice: the facts of both records are united";
                let problem = Problem::new(Severity::Notice, &key, "UniqueID", &key, message);
                parsed.problems.push(problem);
            }
            parsed.count("designation").records += 1;
            parsed.count("designation").entities += 1;
        }
        "DateGenerated" => generated = Some(element.text),
        _ => {
            let message = "a record of unknown type";
            let problem = Problem::new(Severity::Loss, "", &element.name, &element.text, message);
            parsed.problems.push(problem);
            let count = parsed.count(&element.name.to_lowercase());
            count.records += 1;
            count.lost += 1;
        }
    });
    let cut = frame.fatal.is_some();
    parsed.problems.extend(frame.fatal);
    finish(all, &mut parsed);
    if cut {
        return parsed;
    }
    if frame.root.name != "Designations" {
        let message = "the root element is not `Designations`: not the UK Sanctions List";
        let problem = Problem::new(Severity::Fatal, "byte 0", "", &frame.root.name, message);
        parsed.problems.push(problem);
        return parsed;
    }
    published(generated.as_deref(), "DateGenerated", &mut parsed);
    parsed
}

/// The designations of a file, by key, in the order in which the keys came first.
#[derive(Default)]
struct Designations {
    all: Vec<Designation>,
    by_key: BTreeMap<String, usize>,
}

impl Designations {
    /// Adds one; `false` when its key was there.
    fn add(&mut self, one: Designation) -> bool {
        if let Some(it) = self.by_key.get(&one.key).and_then(|it| self.all.get_mut(*it)) {
            it.absorb(one);
            return false;
        }
        self.by_key.insert(one.key.clone(), self.all.len());
        self.all.push(one);
        true
    }
}

fn table(
    file: SourceFile<'_>,
    list: &str,
    format: Format,
    shape: Shape,
    read: impl Fn(Row<'_>) -> Designation,
) -> Parsed {
    let mut parsed = Parsed::new(list, format);
    let mut all = Designations::default();
    let frame = csv::read(file.bytes, shape, |row| {
        let found = read(row);
        if found.key.is_empty() {
            return Err("a row without its key");
        }
        all.add(found);
        Ok(())
    });
    *parsed.count("row") = super::Count {
        records: frame.rows,
        entities: frame.rows - frame.lost,
        lost: frame.lost,
    };
    parsed.problems.extend(frame.problems);
    finish(all, &mut parsed);
    if parsed.fatal().is_none() {
        // `Last Updated,27/04/2020` and `Report Date: 13-Feb-2026`.
        let mut preamble = frame.preamble.iter().filter(|it| !it.is_empty());
        let last = preamble.next_back().map(|it| it.rsplit(": ").next().unwrap_or(it));
        published(last, "line 1", &mut parsed);
    }
    parsed
}

fn published(text: Option<&str>, field: &str, parsed: &mut Parsed) {
    let text = text.unwrap_or("");
    parsed.published = PartialDate::parse(text).ok();
    if parsed.published.is_none() {
        let message = "the date of the file is not a date that exists";
        parsed
            .problems
            .push(Problem::new(Severity::Notice, "", field, text, message));
    }
}

fn finish(all: Designations, parsed: &mut Parsed) {
    let source: Arc<str> = Arc::from(parsed.list.as_str());
    let empty = all.all.is_empty();
    for mut it in all.all {
        it.settle();
        let kind = if it.kind.is_empty() {
            "(no type)"
        } else {
            it.kind.as_str()
        }
        .to_lowercase();
        let entity = map::entity(&it, &source, &mut parsed.problems);
        let count = parsed.count(&kind);
        count.records += 1;
        match entity {
            Some(it) => {
                count.entities += 1;
                parsed.entities.push(it);
            }
            None => count.lost += 1,
        }
    }
    if empty && parsed.fatal().is_none() {
        let problem = Problem::new(Severity::Fatal, "line 1", "", "", "the file holds no record");
        parsed.problems.push(problem);
    }
}
