//! A delta file of OpenSanctions: entities that were added, modified and deleted since the version before.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::entity::{Problem, Severity};

/// Applies a delta (`{"op":"ADD"|"MOD"|"DEL","entity":{...}}`, one a line) to the entities that it is meant for: modified ones stay in
/// their place, deleted ones go, added ones come last, in the order of the delta. The lines that it does not name stay byte for byte.
///
/// Cost: linear in both files; memory: both, and the result.
///
/// # Errors
/// The first operation that does not fit: to delete or to modify what is not there, to add what is; a line of either file that is not
/// whole. The base is then to be kept as it is. A delta that was cut right behind a line cannot be seen.
pub fn apply_delta(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut lines: Vec<Option<Cow<'_, [u8]>>> = Vec::new();
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    for (line, number) in whole_lines(base) {
        let place = format!("line {number}");
        let value =
            object(line).ok_or_else(|| fatal(&place, line, "not a JSON object, in the version to be changed"))?;
        let id = id_of(&value).ok_or_else(|| fatal(&place, line, "not an entity, in the version to be changed"))?;
        if by_id.insert(id.to_owned(), lines.len()).is_some() {
            return Err(fatal(
                &place,
                id.as_bytes(),
                "the id stands twice in the version to be changed",
            ));
        }
        lines.push(Some(Cow::Borrowed(line)));
    }
    let mut operations = 0_usize;
    for (line, number) in whole_lines(delta) {
        let place = format!("line {number}");
        let value =
            object(line).ok_or_else(|| fatal(&place, line, "not a JSON object: the delta is damaged or cut off"))?;
        let (Some(op), Some(entity)) = (value.get("op").and_then(Value::as_str), value.get("entity")) else {
            return Err(fatal(&place, line, "not an operation of a delta file"));
        };
        let id = id_of(entity).ok_or_else(|| fatal(&place, line, "an operation without the id of its entity"))?;
        let entity_line = || {
            let whole = entity.get("schema").is_some_and(Value::is_string)
                && entity.get("properties").is_some_and(Value::is_object);
            let text = entity.to_string().into_bytes();
            if whole {
                Ok(Some(Cow::Owned(text)))
            } else {
                Err(fatal(&place, line, "an entity without schema and properties"))
            }
        };
        let have = by_id.get(id).copied();
        match (op, have) {
            ("ADD", None) => {
                by_id.insert(id.to_owned(), lines.len());
                lines.push(entity_line()?);
            }
            ("MOD", Some(at)) => {
                let new = entity_line()?;
                if let Some(slot) = lines.get_mut(at) {
                    *slot = new;
                }
            }
            ("DEL", Some(at)) => {
                by_id.remove(id);
                if let Some(slot) = lines.get_mut(at) {
                    *slot = None;
                }
            }
            ("ADD", Some(_)) => {
                return Err(fatal(
                    &place,
                    id.as_bytes(),
                    "adds an entity that is there: the delta is for another version",
                ));
            }
            ("MOD", None) => {
                return Err(fatal(
                    &place,
                    id.as_bytes(),
                    "modifies an entity that is not there: the delta is for another version",
                ));
            }
            ("DEL", None) => {
                return Err(fatal(
                    &place,
                    id.as_bytes(),
                    "deletes an entity that is not there: the delta is for another version",
                ));
            }
            _ => return Err(fatal(&place, op.as_bytes(), "an operation that is not ADD, MOD or DEL")),
        }
        operations += 1;
    }
    if operations == 0 {
        return Err(fatal("line 1", b"", "a delta without any operation"));
    }
    let mut out = Vec::with_capacity(base.len() + delta.len());
    for it in lines.into_iter().flatten() {
        out.extend_from_slice(&it);
        out.push(b'\n');
    }
    Ok(out)
}

/// Whether a file is a delta: its first line is an operation.
#[must_use]
pub fn is_delta(bytes: &[u8]) -> bool {
    whole_lines(bytes)
        .next()
        .and_then(|it| object(it.0))
        .is_some_and(|it| it.get("op").is_some() && it.get("entity").is_some())
}

/// The datasets that the entities of a file or of a delta name, by which a delta finds the version that it is for.
#[must_use]
pub fn datasets(bytes: &[u8]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (line, _) in whole_lines(bytes) {
        let Some(value) = object(line) else { continue };
        let entity = value.get("entity").unwrap_or(&value);
        let named = entity.get("datasets").and_then(Value::as_array);
        out.extend(named.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    }
    out
}

/// Lines that are not blank, with their numbers from 1.
fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = (&[u8], usize)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes
        .split(|it| *it == b'\n')
        .map(|it| it.strip_suffix(b"\r").unwrap_or(it))
        .zip(1..)
        .filter(|it| !it.0.iter().all(u8::is_ascii_whitespace))
}

fn object(line: &[u8]) -> Option<Value> {
    serde_json::from_slice(line).ok().filter(Value::is_object)
}

fn id_of(value: &Value) -> Option<&str> {
    value.get("id").and_then(Value::as_str).filter(|it| !it.is_empty())
}

fn fatal(place: &str, value: &[u8], message: &str) -> Problem {
    Problem::new(Severity::Fatal, place, "", &String::from_utf8_lossy(value), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(id: &str, name: &str) -> String {
        format!(r#"{{"id":"{id}","schema":"Person","properties":{{"name":["{name}"]}}}}"#)
    }

    #[track_caller]
    fn check(delta: &str, expect: &str) {
        let base = format!("{}\r\n\n{}\n", entity("a", "A"), entity("b", "B"));
        let got = match apply_delta(base.as_bytes(), delta.as_bytes()) {
            Ok(it) => String::from_utf8(it)
                .expect("UTF-8")
                .lines()
                .map(|it| {
                    let it = object(it.as_bytes()).expect("a line is an object");
                    format!(
                        "{}={}",
                        it["id"].as_str().unwrap_or(""),
                        it["properties"]["name"][0].as_str().unwrap_or("")
                    )
                })
                .collect::<Vec<_>>()
                .join(" "),
            Err(it) => it.to_string(),
        };
        assert_eq!(got, expect, "{delta}");
    }

    #[test]
    fn operations() {
        let op = |op: &str, id: &str, name: &str| format!("{{\"op\":\"{op}\",\"entity\":{}}}\n", entity(id, name));
        let delete = |id: &str| format!("{{\"op\":\"DEL\",\"entity\":{{\"id\":\"{id}\"}}}}\n");
        check(&op("ADD", "c", "C"), "a=A b=B c=C");
        check(&(op("MOD", "a", "X") + &op("ADD", "c", "C") + &delete("b")), "a=X c=C");
        check(&(delete("a") + &op("ADD", "a", "X")), "b=B a=X");
        check(
            &op("ADD", "a", "X"),
            "record `line 1`, value `a`: adds an entity that is there: the delta is for another version",
        );
        check(
            &op("MOD", "z", "X"),
            "record `line 1`, value `z`: modifies an entity that is not there: the delta is for another version",
        );
        check(
            &(op("ADD", "c", "C") + &delete("z")),
            "record `line 2`, value `z`: deletes an entity that is not there: the delta is for another version",
        );
        check(
            &op("PUT", "a", "X"),
            "record `line 1`, value `PUT`: an operation that is not ADD, MOD or DEL",
        );
        check(
            "{\"op\":\"ADD\",\"entity\":{\"id\":\"c\"}}",
            "record `line 1`, value `{\"op\":\"ADD\",\"entity\":{\"id\":\"c\"}}`: an entity without schema and properties",
        );
        check(
            "{\"op\":\"ADD\"",
            "record `line 1`, value `{\"op\":\"ADD\"`: not a JSON object: the delta is damaged or cut off",
        );
        check("", "record `line 1`: a delta without any operation");
    }
}
