//! DFAT's spreadsheet -> raw rows, as the file says it, by the names of the columns.

use std::collections::BTreeMap;

use super::sheet::Line;
use crate::entity::{Problem, Severity};

/// The columns that are read, with underscores for what is no letter. The file of 2024 ends at `control_date`; the others came later.
pub(super) const KNOWN: [&str; 20] = [
    "reference",
    "name",
    "type",
    "name_type",
    "alias_strength",
    "date_of_birth",
    "place_of_birth",
    "citizenship",
    "address",
    "additional_information",
    "listing_information",
    "imo_number",
    "committees",
    "control_date",
    "instrument_of_designation",
    "travel_ban",
    "arms_embargo",
    "maritime_restriction",
    "targeted_financial_sanction",
    "gender",
];
/// Without these it is another spreadsheet.
const REQUIRED: [&str; 5] = ["reference", "name", "type", "name_type", "control_date"];
/// The header stands in one of the first rows.
const HEADER_WITHIN: usize = 10;

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Its number in the spreadsheet.
    pub line: u32,
    cells: BTreeMap<String, String>,
}

impl Row {
    /// The cell of a column; empty where there is none.
    pub(super) fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// The columns of the file that are not known, with their cells.
    pub(super) fn strange(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cells
            .iter()
            .map(|it| (it.0.as_str(), it.1.as_str()))
            .filter(|it| !KNOWN.contains(&it.0))
    }

    /// The whole row, for messages.
    pub(super) fn text(&self) -> String {
        let cells: Vec<&str> = self.cells.values().map(String::as_str).collect();
        cells.join(" | ")
    }

    /// The number that the rows of one party share, and what tells them apart: `101a` gives 101 and `a`.
    pub(super) fn number(&self) -> Option<u64> {
        let reference = self.get("reference");
        let digits = reference.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = reference.split_at(digits);
        // `2672a10`, `1140g`: a letter and perhaps a number.
        let plain =
            rest.bytes().all(|it| it.is_ascii_alphanumeric()) && !rest.starts_with(|it: char| it.is_ascii_digit());
        number.parse().ok().filter(|_| plain)
    }

    pub(super) fn primary(&self) -> bool {
        self.get("name_type").eq_ignore_ascii_case("primary name")
    }
}

/// Reads the rows below the header.
///
/// # Errors
/// Why it is another spreadsheet.
pub(super) fn rows(lines: &[Line], problems: &mut Vec<Problem>) -> Result<Vec<Row>, String> {
    let found = lines.iter().take(HEADER_WITHIN).zip(0_usize..).find_map(|(line, at)| {
        let header: BTreeMap<u32, String> = line.cells.iter().map(|it| (it.0, slug(&it.1))).collect();
        let whole = REQUIRED.iter().all(|it| header.values().any(|have| have == it));
        whole.then_some((header, at))
    });
    let Some((header, at)) = found else {
        let seen = lines.first().map_or(String::new(), |it| {
            let cells: Vec<&str> = it.cells.iter().map(|it| it.1.as_str()).collect();
            cells.join(" | ")
        });
        return Err(format!(
            "no header row with the columns `{}`: not Australia's list (first row: `{}`)",
            REQUIRED.join("`, `"),
            seen.chars().take(100).collect::<String>()
        ));
    };
    for it in header.values().filter(|it| !KNOWN.contains(&it.as_str())) {
        let message = "a column that is not known; its cells are kept as notes";
        problems.push(Problem::new(Severity::Notice, "header", it, "", message));
    }
    let mut out = Vec::new();
    for line in lines.iter().skip(at + 1) {
        let mut row = Row {
            line: line.number,
            cells: BTreeMap::new(),
        };
        for (column, text) in &line.cells {
            let name = header
                .get(column)
                .cloned()
                .unwrap_or_else(|| format!("column_{}", column + 1));
            // A name that stands twice in the header: the first one counts, the other one is kept.
            let name = if row.cells.contains_key(&name) {
                format!("{name}_again")
            } else {
                name
            };
            row.cells.insert(name, text.clone());
        }
        out.push(row);
    }
    Ok(out)
}

fn slug(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        if it.is_alphanumeric() {
            out.extend(it.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    let out = out.trim_end_matches('_');
    // `Name of Individual or Entity`, and with `or Vessel` behind it.
    if out.starts_with("name_of_individual") {
        "name".to_owned()
    } else {
        out.to_owned()
    }
}
