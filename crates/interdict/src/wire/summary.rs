//! Counts of a list -> text that lasts, and back: what a later version is compared with.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::entity::PartialDate;
use crate::gate::Summary;

/// `interdict.summary/1`. What was lost stands in the gates' words; here are the counts that a later version is compared with.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SummaryJson {
    schema: String,
    published: Option<String>,
    declared: Option<usize>,
    entities: usize,
    names: usize,
    records: usize,
    main_records: usize,
    lost_records: usize,
    lost_values: usize,
    types: BTreeMap<String, usize>,
    programmes: BTreeMap<String, BTreeMap<String, usize>>,
    // Not there in those of before it was counted.
    #[serde(default)]
    facts: BTreeMap<String, usize>,
    identifiers: BTreeMap<String, (usize, usize)>,
}

const SCHEMA: &str = "interdict.summary/1";

/// The counts as JSON, a programme a line: versions that differ little have texts that differ little.
#[must_use]
pub fn to_text(it: &Summary) -> String {
    let json = SummaryJson {
        schema: SCHEMA.to_owned(),
        published: it.published.map(|it| it.to_string()),
        declared: it.declared,
        entities: it.entities,
        names: it.names,
        records: it.records,
        main_records: it.main_records,
        lost_records: it.lost_records,
        lost_values: it.lost_values,
        types: it.types.clone(),
        programmes: it.programmes.clone(),
        facts: it.facts.clone(),
        identifiers: it.identifiers.clone(),
    };
    // Text keys and whole numbers: this does not fail, and what does not parse again is an error where it is read.
    serde_json::to_string_pretty(&json).unwrap_or_default()
}

/// Reads what [`to_text`] wrote.
///
/// # Errors
/// When the text is no summary.
pub fn from_text(text: &str) -> Result<Summary, String> {
    let it: SummaryJson = serde_json::from_str(text).map_err(|it| format!("not the counts of a list: {it}"))?;
    if it.schema != SCHEMA {
        return Err(format!("schema is `{}`, this program reads `{SCHEMA}`", it.schema));
    }
    let published = it
        .published
        .map(|it| PartialDate::parse(&it).map_err(|_| format!("`{it}` is no date")))
        .transpose()?;
    Ok(Summary {
        published,
        declared: it.declared,
        entities: it.entities,
        names: it.names,
        records: it.records,
        main_records: it.main_records,
        lost_records: it.lost_records,
        lost_values: it.lost_values,
        types: it.types,
        programmes: it.programmes,
        facts: it.facts,
        identifiers: it.identifiers,
        ..Summary::default()
    })
}
