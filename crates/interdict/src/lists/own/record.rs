//! What one's own file says: columns, and rows of values by column. CSV and JSON come down to the same.

use serde_json::Value;

use super::mapping::Mapping;
use crate::entity::{Problem, Severity};
use crate::lists::{Count, Parsed, csv as lines};

/// A row: the values of each column, by place in [`Table::columns`].
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Values by column; most have one.
    pub values: Vec<(String, Vec<String>)>,
    /// Where it stands.
    pub place: String,
    /// It has more than [`MAX_COLUMNS`] columns: the rest is not here.
    wide: bool,
}

impl Record {
    /// The values of a column.
    pub fn get<'a>(&'a self, column: &str) -> &'a [String] {
        self.values
            .iter()
            .find(|it| it.0 == column)
            .map_or(&[], |it| it.1.as_slice())
    }
}

/// All that the file holds.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Names of the columns, in file order.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Record>,
}

/// Objects nested deeper than this are kept as their JSON text.
const MAX_DEPTH: usize = 8;
/// A record of more columns than this is no record of a list.
const MAX_COLUMNS: usize = 1000;

/// Reads the file.
///
/// # Errors
/// An empty file, bytes that are not of the encoding, no header, JSON that is cut off.
pub fn read(bytes: &[u8], mapping: &Mapping, parsed: &mut Parsed) -> Result<Table, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(fatal("line 1", "", "the file is empty"));
    }
    // A byte order mark counts more than what the mapping says.
    let (text, encoding, damaged) = mapping.encoding.decode(bytes);
    if damaged {
        let at = std::str::from_utf8(bytes).map_or_else(|it| it.valid_up_to(), |_| 0);
        let near = String::from_utf8_lossy(
            bytes
                .get(at.saturating_sub(20)..(at + 20).min(bytes.len()))
                .unwrap_or_default(),
        );
        let message = format!(
            "bytes that are not {}: name the `encoding` in the mapping",
            encoding.name()
        );
        return Err(fatal(&format!("byte {at}"), &near, &message));
    }
    match text.trim_start().chars().next() {
        Some('<') => Err(fatal("line 1", "", "XML or a web page, not CSV or JSON")),
        Some('{' | '[') => json(&text, parsed),
        _ => csv(&text, mapping, parsed),
    }
}

fn fatal(place: &str, value: &str, message: &str) -> Problem {
    Problem::new(Severity::Fatal, place, "", value, message)
}

fn lose(parsed: &mut Parsed, place: &str, value: &str, message: &str) {
    parsed
        .problems
        .push(Problem::new(Severity::Loss, place, "", value, message));
    let Count { records, lost, .. } = parsed.count("row");
    *records += 1;
    *lost += 1;
}

/// The delimiter under which most columns of the mapping are found, else the one that stands most often in the header.
fn delimiter(header: &str, mapping: &Mapping) -> u8 {
    if let Some(it) = mapping.delimiter {
        return it;
    }
    let found = |mark: u8| {
        let cells = header
            .split(char::from(mark))
            .map(|it| it.trim().trim_matches('"').trim());
        let known = cells.filter(|it| mapping.columns.contains_key(*it)).count();
        (known, header.bytes().filter(|it| *it == mark).count())
    };
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(|it| found(*it))
        .unwrap_or(b',')
}

fn csv(text: &str, mapping: &Mapping, parsed: &mut Parsed) -> Result<Table, Problem> {
    let header = text.lines().find(|it| !it.trim().is_empty()).unwrap_or("");
    let delimiter = delimiter(header, mapping);
    if let Some(mut problem) = lines::end_of(text, delimiter) {
        // Programs that people keep lists with leave the last line end away; that is no proof of a cut.
        if problem.message.contains("no line end") {
            problem.severity = Severity::Notice;
            problem.message = "the last line has no line end: make sure that the file is not cut off".to_owned();
            parsed.problems.push(problem);
        } else {
            return Err(problem);
        }
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut out = Table::default();
    let mut cells = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => break,
            Err(it) => return Err(fatal("", "", &format!("not CSV: {it}"))),
        }
        let place = format!("line {}", cells.position().map_or(0, csv::Position::line));
        if out.columns.is_empty() {
            out.columns = cells.iter().map(|it| it.trim().to_owned()).collect();
            let mut seen = std::collections::BTreeSet::new();
            if let Some(twice) = out.columns.iter().find(|it| !seen.insert(*it)) {
                return Err(fatal(
                    &place,
                    twice,
                    "a column name that stands twice: which of the two is meant cannot be told",
                ));
            }
        } else if cells.len() == out.columns.len() {
            let values = out
                .columns
                .iter()
                .cloned()
                .zip(cells.iter().map(|it| vec![it.to_owned()]));
            out.rows.push(Record {
                values: values.collect(),
                place,
                wide: false,
            });
        } else {
            let whole = cells.iter().collect::<Vec<_>>().join(",");
            let message = format!("{} cells where the header has {}", cells.len(), out.columns.len());
            lose(parsed, &place, &whole, &message);
        }
    }
    Ok(out)
}

fn json(text: &str, parsed: &mut Parsed) -> Result<Table, Problem> {
    let mut out = Table::default();
    let mut seen = std::collections::BTreeSet::new();
    let mut add = |value: Value, place: String, parsed: &mut Parsed| match value {
        Value::Object(object) => {
            let mut record = Record {
                place,
                ..Record::default()
            };
            for (key, value) in object {
                flatten(&key, value, 0, &mut record);
            }
            if record.wide {
                return lose(parsed, &record.place, "", "a record of more than 1000 columns");
            }
            for (column, _) in &record.values {
                if seen.insert(column.clone()) {
                    out.columns.push(column.clone());
                }
            }
            out.rows.push(record);
        }
        it => lose(parsed, &place, &it.to_string(), "not a JSON object"),
    };
    if text.trim_start().starts_with('[') {
        let all: Vec<Value> = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|it| fatal("line 1", "", &format!("not JSON, or cut off: {it}")))?;
        for (value, number) in all.into_iter().zip(1_usize..) {
            add(value, format!("record {number}"), parsed);
        }
        return Ok(out);
    }
    for (value, number) in serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'))
        .into_iter::<Value>()
        .zip(1_usize..)
    {
        let place = format!("record {number}");
        let value = value.map_err(|it| fatal(&place, "", &format!("not JSON, or cut off: {it}")))?;
        add(value, place, parsed);
    }
    Ok(out)
}

/// Values by their path: `{"a":{"b":["x","y"]}}` gives the column `a.b` two values.
fn flatten(path: &str, value: Value, depth: usize, out: &mut Record) {
    match value {
        Value::Null => {}
        Value::Object(object) if depth < MAX_DEPTH => {
            for (key, value) in object {
                flatten(&format!("{path}.{key}"), value, depth + 1, out);
            }
        }
        Value::Array(all) if depth < MAX_DEPTH => all.into_iter().for_each(|it| flatten(path, it, depth + 1, out)),
        it => {
            let text = match it {
                Value::String(it) => it,
                it => it.to_string(),
            };
            let full = out.values.len() >= MAX_COLUMNS;
            match out.values.iter_mut().find(|it| it.0 == path) {
                Some((_, values)) => values.push(text),
                None if full => out.wide = true,
                None => out.values.push((path.to_owned(), vec![text])),
            }
        }
    }
}
