//! `interdict eval`: labelled sets -> scores row by row, and what they come to.

mod figures;
mod list;
mod pairs;

use std::path::Path;

pub use list::run as list;
pub use pairs::run as pairs;

use crate::plan::Failure;

/// A table with a header, read whole: sets are small, and every row goes out again.
struct Sheet {
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Sheet {
    fn read(path: &Path) -> Result<Self, Failure> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(path)
            .map_err(|it| Failure::at(path, it))?;
        let header = reader.headers().map_err(|it| Failure::at(path, it))?;
        let header: csv::StringRecord = header
            .iter()
            .map(|it| it.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        let mut rows = Vec::new();
        for (at, row) in reader.records().enumerate() {
            let row = row.map_err(|it| Failure::at(path, it))?;
            if row.len() != header.len() {
                return Err(Failure::at(
                    path,
                    format!(
                        "row {}: {} cells, where the header has {}",
                        at + 1,
                        row.len(),
                        header.len()
                    ),
                ));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(Failure::at(path, "holds no row behind its header"));
        }
        Ok(Self { header, rows })
    }

    /// The place of the first of these columns that the sheet has.
    fn column(&self, names: &[&str]) -> Option<usize> {
        names
            .iter()
            .find_map(|name| self.header.iter().position(|it| it.eq_ignore_ascii_case(name)))
    }

    /// The same, for a column that has to be there.
    fn needed(&self, path: &Path, names: &[&str]) -> Result<usize, Failure> {
        self.column(names).ok_or_else(|| {
            let have: Vec<&str> = self.header.iter().collect();
            Failure::at(
                path,
                format!("has no column `{}`; it has {}", names.join("` or `"), have.join(", ")),
            )
        })
    }
}

/// A cell; empty where there is no such column.
fn cell(row: &csv::StringRecord, column: Option<usize>) -> &str {
    column.and_then(|it| row.get(it)).map_or("", str::trim)
}

/// Reads a label.
fn truth(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "y" | "match" => Some(true),
        "false" | "0" | "no" | "n" | "no match" => Some(false),
        _ => None,
    }
}
