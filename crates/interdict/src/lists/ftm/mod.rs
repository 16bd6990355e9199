//! FollowTheMoney entities, one JSON object a line (also with entities nested in properties) -> entities + problems.

mod delta;
mod map;
mod record;
mod shapes;

pub use delta::{apply_delta, datasets, is_delta};
pub use shapes::{parse_nested, parse_simple, parse_statements};

use super::{Format, Parsed, SourceFile};
use crate::entity::{Problem, Severity};
use record::{Fault, Record};

/// Reads the file. The list's id is the one dataset that all records name, else `ftm`; the entities keep their own ids.
///
/// A broken last line is a file that was cut off. A cut right behind a line cannot be seen in the file itself. Cost: linear in the
/// file; memory: all of its records.
#[must_use]
pub fn parse(file: SourceFile<'_>) -> Parsed {
    parse_as(file, Format::Ftm)
}

fn parse_as(file: SourceFile<'_>, format: Format) -> Parsed {
    let mut problems = Vec::new();
    let mut records: Vec<Record> = Vec::new();
    let (mut lines, mut broken) = (0, 0);
    let mut last_fault = None;
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    for (line, number) in bytes.split(|it| *it == b'\n').zip(1_usize..) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        lines += 1;
        last_fault = record::read(line, &mut |it| records.push(it)).err();
        let message = match last_fault {
            None => continue,
            Some(Fault::Broken) => "not a JSON object",
            Some(Fault::Delta) => "an operation of a delta file, not an entity",
            Some(Fault::Foreign) => "JSON that is not a FollowTheMoney entity",
        };
        broken += 1;
        problems.push(Problem::new(
            Severity::Loss,
            format!("line {number}"),
            "",
            &String::from_utf8_lossy(line),
            message,
        ));
    }
    let fatal = match last_fault {
        _ if lines == 0 => Some("the file is empty"),
        Some(Fault::Broken) => Some("the last line is not a whole JSON object: the file is cut off"),
        Some(Fault::Delta) if records.is_empty() => Some("a delta file: it says what changes, not what is listed"),
        _ if records.is_empty() => Some("no line is a FollowTheMoney entity"),
        _ => None,
    };
    let mut parsed = Parsed::new(list(&records, &mut problems), format);
    parsed.problems = problems;
    if broken > 0 {
        *parsed.count("(line)") = super::Count {
            records: broken,
            entities: 0,
            lost: broken,
        };
    }
    map::all(records, &mut parsed);
    if let Err(it) = std::str::from_utf8(bytes) {
        let at = it.valid_up_to();
        let near = bytes.get(at.saturating_sub(20)..(at + 20).min(bytes.len()));
        parsed.problems.push(Problem::new(
            Severity::Fatal,
            format!("byte {}", at + file.bytes.len() - bytes.len()),
            "",
            &String::from_utf8_lossy(near.unwrap_or_default()),
            "bytes that are not UTF-8",
        ));
    }
    if let Some(message) = fatal {
        let last = parsed.problems.last().filter(|_| broken > 0);
        let value = last.map_or(String::new(), |it| it.value.clone());
        parsed
            .problems
            .push(Problem::new(Severity::Fatal, "last line", "", &value, message));
    }
    parsed
}

/// The dataset that every record names, where it is one: records of a dataset may name others beside it.
fn list(records: &[Record], problems: &mut Vec<Problem>) -> String {
    let mut common: Vec<&String> = records
        .first()
        .map(|it| it.datasets.iter().collect())
        .unwrap_or_default();
    for it in records {
        common.retain(|name| it.datasets.contains(name));
    }
    common.dedup();
    match common.as_slice() {
        [only] => {
            let id = super::list_id(only).unwrap_or_else(|| "ftm".to_owned());
            if id != **only {
                problems.push(super::renamed("datasets", only, &id));
            }
            id
        }
        _ => "ftm".to_owned(),
    }
}
