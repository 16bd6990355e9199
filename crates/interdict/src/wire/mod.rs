//! All JSON, versioned: screening and check out, records in. Types with serde live in this room and nowhere else.
//!
//! Every document carries `"schema":"interdict.<what>/<version>"`. Within a version fields may be added and none is lost or
//! changes its meaning; docs/json.md describes each.

pub mod explain;
pub mod screening;
pub mod reading;
pub mod record;
pub mod changes;
pub mod checked;
pub mod summary;
pub mod strict;

use std::fmt::Write;

use serde::Serialize;

/// A document on one line. Control characters are escaped, those above ASCII too, so that a terminal never obeys one.
#[must_use]
pub fn to_line(value: &impl Serialize) -> String {
    match serde_json::to_string(value) {
        Ok(text) if text.contains(obeyed) => {
            let mut out = String::with_capacity(text.len() + 16);
            for it in text.chars() {
                if obeyed(it) {
                    // Writing to a string does not fail.
                    let _ = write!(out, "\\u{:04x}", u32::from(it));
                } else {
                    out.push(it);
                }
            }
            out
        }
        Ok(text) => text,
        // Our types have text keys and finite numbers, so this does not happen; if it does, it must not read as an answer.
        Err(error) => format!(
            "{{\"schema\":\"interdict.screening/1\",\"decision\":\"error\",\"matches\":[],\"reasons\":[{:?}]}}",
            error.to_string()
        ),
    }
}

/// What a command answers when it could not begin: its own schema, `error` and the reason. `what` is the schema's name without
/// `interdict.` and version.
#[must_use]
pub fn failure(what: &str, reason: &str) -> serde_json::Value {
    let mut out = serde_json::json!({
        "schema": format!("interdict.{what}/1"), "decision": "error", "reasons": [reason],
    });
    let more = match what {
        "reading" => serde_json::json!({
            "document": "", "encoding": null, "mentions": [], "events": [], "snapshot": null, "policy": null,
            "problems": [{"severity": "fatal", "place": "", "field": "", "value": "", "message": reason}],
        }),
        "explanation" => serde_json::json!({
            "query": null, "found": false, "entity": null, "score": null, "match": false, "consequence": null,
            "explanation": [], "weak": false, "snapshot": null, "policy": null,
        }),
        "coverage" => serde_json::json!({
            "subject": null, "candidates": [], "lists": [], "not_loaded": [], "summary": "", "snapshot": null, "policy": null,
        }),
        "check" | "lists" | "changes" | "report" => serde_json::json!({"lists": []}),
        _ => serde_json::json!({"query": null, "matches": [], "snapshot": null, "policy": null}),
    };
    if let (Some(out), serde_json::Value::Object(more)) = (out.as_object_mut(), more) {
        out.extend(more);
    }
    out
}

fn obeyed(it: char) -> bool {
    ('\u{7f}'..='\u{9f}').contains(&it)
}

#[cfg(test)]
mod tests {
    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(super::to_line(&"a\u{9b}b\u{1b}é"), r#""a\u009bb\u001bé""#);
    }
}
