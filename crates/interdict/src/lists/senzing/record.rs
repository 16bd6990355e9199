//! What a Senzing file says: records of features, each a group of attributes, in whichever of the shapes.

use serde_json::{Map, Value};

use crate::entity::{Problem, Severity};
use crate::lists::Parsed;

/// Attributes that belong together: those of one object of a list, or the flat ones of the record.
pub type Group = Vec<(String, String)>;

/// One record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// `DATA_SOURCE`.
    pub source: String,
    /// `RECORD_ID`.
    pub id: String,
    /// `RECORD_TYPE`.
    pub kind: String,
    /// The features, in file order.
    pub groups: Vec<Group>,
    /// Where it stands.
    pub place: String,
}

/// The first value of an attribute in a group; empty where there is none.
pub fn of<'a>(group: &'a Group, attribute: &str) -> &'a str {
    group.iter().find(|it| it.0 == attribute).map_or("", |it| it.1.as_str())
}

/// Reads the file.
///
/// # Errors
/// An empty file, one that is cut off, bytes that are not UTF-8.
pub fn read(bytes: &[u8], parsed: &mut Parsed) -> Result<Vec<Record>, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let fatal = |place: &str, value: &str, message: &str| Problem::new(Severity::Fatal, place, "", value, message);
    let text = std::str::from_utf8(bytes)
        .map_err(|it| fatal(&format!("byte {}", it.valid_up_to()), "", "bytes that are not UTF-8"))?;
    let mut out = Vec::new();
    if text.trim_start().starts_with('[') {
        let values: Vec<Value> =
            serde_json::from_str(text).map_err(|it| fatal("line 1", "", &format!("not JSON, or cut off: {it}")))?;
        for (value, number) in values.into_iter().zip(1_usize..) {
            add(value, format!("record {number}"), &mut out, parsed);
        }
        return Ok(out);
    }
    let mut broken = None;
    let mut lines = 0;
    for (line, number) in text.lines().zip(1_usize..).filter(|it| !it.0.trim().is_empty()) {
        lines += 1;
        let place = format!("line {number}");
        match serde_json::from_str(line) {
            Ok(value) => {
                broken = None;
                add(value, place, &mut out, parsed);
            }
            Err(_) => {
                lose(parsed, &place, line, "not a JSON object");
                broken = Some((place, line));
            }
        }
    }
    if lines == 0 {
        return Err(fatal("line 1", "", "the file is empty"));
    }
    if let Some((place, line)) = broken {
        let message = "the last line is not a whole JSON object: the file is cut off";
        parsed.problems.push(fatal(&place, line, message));
    }
    Ok(out)
}

fn lose(parsed: &mut Parsed, place: &str, value: &str, message: &str) {
    parsed
        .problems
        .push(Problem::new(Severity::Loss, place, "", value, message));
    let count = parsed.count("(line)");
    count.records += 1;
    count.lost += 1;
}

fn add(value: Value, place: String, out: &mut Vec<Record>, parsed: &mut Parsed) {
    match value {
        Value::Object(object) if object.contains_key("RECORD_ID") || object.contains_key("DATA_SOURCE") => {
            out.push(record(&object, place));
        }
        it => lose(
            parsed,
            &place,
            &it.to_string(),
            "JSON that is not a Senzing record: neither `RECORD_ID` nor `DATA_SOURCE`",
        ),
    }
}

fn record(object: &Map<String, Value>, place: String) -> Record {
    let mut out = Record {
        source: object.get("DATA_SOURCE").map(text).unwrap_or_default(),
        id: object.get("RECORD_ID").map(text).unwrap_or_default(),
        kind: object.get("RECORD_TYPE").map(text).unwrap_or_default(),
        place,
        ..Record::default()
    };
    let mut flat = Group::new();
    for (key, value) in object {
        match value {
            _ if matches!(key.as_str(), "DATA_SOURCE" | "RECORD_ID" | "RECORD_TYPE") => {}
            Value::Array(all) => all.iter().for_each(|it| group(key, it, &mut out)),
            Value::Object(_) => group(key, value, &mut out),
            it => push(&mut flat, key, it),
        }
    }
    out.kind = match out.kind {
        it if it.is_empty() => out
            .groups
            .iter()
            .map(|it| of(it, "RECORD_TYPE"))
            .find(|it| !it.is_empty())
            .unwrap_or("")
            .to_owned(),
        it => it,
    };
    if !flat.is_empty() {
        out.groups.insert(0, flat);
    }
    out
}

fn group(key: &str, value: &Value, out: &mut Record) {
    let mut group = Group::new();
    match value {
        Value::Object(object) => object.iter().for_each(|(key, it)| push(&mut group, key, it)),
        it => push(&mut group, key, it),
    }
    if !group.is_empty() {
        out.groups.push(group);
    }
}

fn push(group: &mut Group, key: &str, value: &Value) {
    let text = text(value);
    if !text.is_empty() {
        group.push((key.to_uppercase(), text));
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(it) => it.trim().to_owned(),
        it => it.to_string(),
    }
}
