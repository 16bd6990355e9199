//! A file of records -> questions: JSON, one JSON object a line, CSV with a header.

use std::io::Read as _;
use std::path::Path;

use interdict::wire::record::{self, Reading, RecordError};
use interdict::wire::strict::parse_json;

use crate::plan::Failure;

/// A question, or why it cannot be asked.
#[derive(Debug)]
pub struct Ask {
    /// Where it stands: `record 3, line 4`; empty on the command line.
    pub place: String,
    /// What to ask.
    pub reading: Result<Reading, RecordError>,
}

/// The content of a file, or of standard input for `-`.
pub fn content(path: &Path) -> Result<Vec<u8>, Failure> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|it| Failure::at(path, it))?;
        return Ok(bytes);
    }
    if path.is_dir() {
        return Err(Failure::at(path, "is a folder, not a file"));
    }
    std::fs::read(path).map_err(|it| Failure::at(path, it))
}

/// Reads the records of a file.
///
/// # Errors
/// When the file as a whole cannot be read; what is wrong with one record is in that record's place.
pub fn read(path: &Path) -> Result<Vec<Ask>, Failure> {
    let bytes = content(path)?;
    let asks = parse(
        &bytes,
        path.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv")),
    )
    .map_err(|it| Failure::at(path, it))?;
    if asks.is_empty() {
        return Err(Failure::at(path, "holds no record"));
    }
    Ok(asks)
}

fn parse(bytes: &[u8], csv: bool) -> Result<Vec<Ask>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("is UTF-16; records have to be UTF-8".to_owned());
    }
    let first = bytes.iter().find(|it| !it.is_ascii_whitespace());
    match first {
        None => Err("is empty".to_owned()),
        Some(b'<') => Err("is XML or HTML, not records: JSON, one JSON object a line, or CSV with a header".to_owned()),
        Some(b'{' | b'[') if !csv => json(bytes),
        _ => table(bytes),
    }
}

fn json(bytes: &[u8]) -> Result<Vec<Ask>, String> {
    let text = std::str::from_utf8(bytes).map_err(not_utf8(bytes))?;
    match parse_json(text) {
        Ok(serde_json::Value::Array(list)) => Ok(list
            .iter()
            .enumerate()
            .map(|(at, it)| Ask {
                place: format!("record {}", at + 1),
                reading: record::from_value(it),
            })
            .collect()),
        Ok(value) => Ok(vec![Ask {
            place: "record 1".to_owned(),
            reading: record::from_value(&value),
        }]),
        // More than one document: one a line.
        Err(error) => {
            let lines: Vec<(usize, &str)> = text.lines().enumerate().filter(|it| !it.1.trim().is_empty()).collect();
            let first_whole = lines
                .first()
                .is_some_and(|it| serde_json::from_str::<serde_json::Value>(it.1).is_ok());
            if lines.len() < 2 || !first_whole {
                let whole = serde_json::from_str::<serde_json::Value>(text).is_ok();
                return Err(if whole { error } else { format!("is not JSON: {error}") });
            }
            Ok(lines
                .into_iter()
                .enumerate()
                .map(|(at, (line, it))| Ask {
                    place: format!("record {}, line {}", at + 1, line + 1),
                    reading: record::from_json(it),
                })
                .collect())
        }
    }
}

/// The line of a quote that is still open at the end: what follows it would all be one cell.
fn open_quote(bytes: &[u8], delimiter: u8) -> Option<usize> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Plain,
        Quoted,
        Closed,
    }
    let (mut at, mut line, mut opened) = (At::Start, 1, 0);
    for it in bytes {
        at = match (at, *it) {
            (At::Start, b'"') => {
                opened = line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) | (At::Closed, b'"') => At::Quoted,
            (_, b'\n' | b'\r') => At::Start,
            (_, it) if it == delimiter => At::Start,
            _ => At::Plain,
        };
        line += usize::from(*it == b'\n');
    }
    (at == At::Quoted).then_some(opened)
}

fn table(bytes: &[u8]) -> Result<Vec<Ask>, String> {
    let head = bytes.split(|it| matches!(it, b'\n' | b'\r')).next().unwrap_or(bytes);
    let count = |mark: u8| head.iter().filter(|it| **it == mark).count();
    let delimiter = [b',', b';', b'\t', b'|']
        .into_iter()
        .rev()
        .max_by_key(|it| count(*it))
        .unwrap_or(b',');
    if let Some(line) = open_quote(bytes, delimiter) {
        return Err(format!("line {line}: a quote is opened and never closed"));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(bytes);
    let header = reader.byte_headers().map_err(|it| it.to_string())?.clone();
    let columns: Vec<String> = header
        .iter()
        .map(|it| std::str::from_utf8(it).map(|it| it.trim().to_owned()))
        .collect::<Result<_, _>>()
        .map_err(|_| "the header, line 1, is not UTF-8".to_owned())?;
    if !columns.iter().any(|it| record::names_somebody(it)) {
        let shown: String = columns.join(", ").chars().take(200).collect();
        return Err(format!(
            "line 1, header `{shown}`: no column is a name or an identifier (name, full_name, passport, imo, ...)"
        ));
    }
    let mut out = Vec::new();
    let mut row = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut row) {
            Ok(false) => return Ok(out),
            Ok(true) => {
                let line = row.position().map_or(0, csv::Position::line);
                out.push(Ask {
                    place: format!("record {}, line {line}", out.len() + 1),
                    reading: cells(&columns, &row),
                });
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

fn cells(columns: &[String], row: &csv::ByteRecord) -> Result<Reading, RecordError> {
    let fault = |field: &str, value: &[u8], message: String| RecordError {
        id: None,
        field: field.to_owned(),
        value: String::from_utf8_lossy(value).chars().take(200).collect(),
        message,
    };
    if row.len() != columns.len() {
        let message = format!("{} cells under a header of {}", row.len(), columns.len());
        return Err(fault("", row.get(0).unwrap_or_default(), message));
    }
    let mut pairs = Vec::new();
    for (column, cell) in columns.iter().zip(row) {
        let text = std::str::from_utf8(cell).map_err(|_| fault(column, cell, "not UTF-8".to_owned()))?;
        if record::is_one_line(column) && text.contains(['\n', '\r']) {
            return Err(fault(column, cell, "a line break within the value".to_owned()));
        }
        pairs.push((column.as_str(), text));
    }
    record::from_pairs(pairs)
}

fn not_utf8(bytes: &[u8]) -> impl Fn(std::str::Utf8Error) -> String {
    let bytes = bytes.to_vec();
    move |it| {
        let at = it.valid_up_to();
        let line = bytes.iter().take(at).filter(|it| **it == b'\n').count() + 1;
        format!("line {line}, byte {at}: not UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &[u8], expect: &str) {
        let got = match parse(text, false) {
            Err(it) => it,
            Ok(asks) => asks
                .iter()
                .map(|it| match &it.reading {
                    Ok(reading) => format!("{}={}", it.place, reading.query.party.caption()),
                    Err(error) => format!("{}: {error}", it.place),
                })
                .collect::<Vec<_>>()
                .join("; "),
        };
        assert_eq!(got, expect, "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn shapes() {
        check(b"{\"name\":\"A\"}", "record 1=A");
        check(b"\xef\xbb\xbf{\n\"name\":\"A\"\n}\n", "record 1=A");
        check(b"[{\"name\":\"A\"},{\"name\":\"B\"}]", "record 1=A; record 2=B");
        check(
            b"{\"name\":\"A\"}\n\n{\"name\":\"B\"}\n",
            "record 1, line 1=A; record 2, line 3=B",
        );
        check(
            b"id,name\n1,A\n2,\"B, C\"\n",
            "record 1, line 2=A; record 2, line 3=B, C",
        );
        check(b"full_name;dob\nA;1980\n", "record 1, line 2=A");
    }

    #[test]
    fn what_is_wrong_with_one_record_is_said_in_its_place() {
        check(
            b"{\"name\":\"A\"}\n{\"name\":\n{\"name\":\"B\"}\n",
            "record 1, line 1=A; record 2, line 2: value `{\"name\":`: not JSON: EOF while parsing a value at line 1 column 8; \
             record 3, line 3=B",
        );
        check(
            b"name,dob\nA\nB,1980-02-31\nC\xff,\nD,\n",
            "record 1, line 2: value `A`: 1 cells under a header of 2; record 2, line 3: field `dob`, value `1980-02-31`: \
             not a date that exists; write 1984, 1984-06, 1984-06-28 or `28 Jun 1984`; \
             record 3, line 4: field `name`, value `C\u{fffd}`: not UTF-8; record 4, line 5=D",
        );
    }

    #[test]
    fn what_would_be_lost_in_silence() {
        check(
            b"{\"name\":\"A\",\"name\":\"B\"}",
            "the key `name` stands twice in one object at line 1 column 18",
        );
        check(
            b"{\"name\":\"A\"}\n{\"name\":\"A\",\"name\":\"B\"}\n",
            "record 1, line 1=A; record 2, line 2: value `{\"name\":\"A\",\"name\":\"B\"}`: \
             not JSON: the key `name` stands twice in one object at line 1 column 18",
        );
        check(b"name\nA\n\"B\nC\n", "line 3: a quote is opened and never closed");
        check(
            b"name,note\nA,\"x\ny\"\nB \"b\",\"\"\"z\"",
            "record 1, line 2=A; record 2, line 4=B \"b\"",
        );
        check(
            b"id,name\n1,\"A\nB\"\n2,C\n",
            "record 1, line 2: field `name`, value `A\nB`: a line break within the value; record 2, line 4=C",
        );
    }

    #[test]
    fn what_is_wrong_with_the_file() {
        check(b"", "is empty");
        check(b" \n", "is empty");
        check(
            b"<html>",
            "is XML or HTML, not records: JSON, one JSON object a line, or CSV with a header",
        );
        check(b"\xff\xfe{\0", "is UTF-16; records have to be UTF-8");
        check(b"{\"name\":\"\xff\"}", "line 1, byte 9: not UTF-8");
        check(
            b"{\"name\":",
            "is not JSON: EOF while parsing a value at line 1 column 8",
        );
        check(
            b"colour,size\nred,3\n",
            "line 1, header `colour, size`: no column is a name or an identifier (name, full_name, passport, imo, ...)",
        );
    }
}
