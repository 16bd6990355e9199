//! All JSON, versioned: screening and check out, records in. Types with serde live in this room and nowhere else.
//!
//! Every document carries `"schema":"interdict.<what>/<version>"`. Within a version fields may be added and none is lost or
//! changes its meaning; docs/json.md describes each.

pub mod explain;
pub mod screening;
pub mod reading;
pub mod record;
pub mod checked;

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
