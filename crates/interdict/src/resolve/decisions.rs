//! The file of decisions: which entries are one subject and which are not, whatever the evidence says; who decided it, when, why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use crate::entity::PartialDate;

/// A decision of a person about two or more entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether they are one subject.
    pub same: bool,
    /// The ids of the entries, as the lists give them.
    pub ids: Vec<String>,
    /// Who decided.
    pub who: String,
    /// When: a day.
    pub when: String,
    /// Why.
    pub why: String,
}

/// All decisions that hold, in the order of the file. None of them contradicts another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions(Vec<Decision>);

/// Why a file of decisions could not be read: a lower-case phrase that names the decision and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionsError(String);

impl fmt::Display for DecisionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DecisionsError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    same: Vec<Row>,
    #[serde(default)]
    different: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    ids: Vec<String>,
    who: String,
    when: String,
    why: String,
}

impl Decisions {
    /// Reads a file of decisions: TOML with `[[same]]` and `[[different]]`, each with `ids`, `who`, `when`, `why`.
    ///
    /// # Errors
    /// Names what it cannot read; a decision without who, when or why; one about fewer than two entries; and two that contradict
    /// each other, be it by way of others.
    pub fn parse(text: &str) -> Result<Self, DecisionsError> {
        let file: File = toml::from_str(text).map_err(|it| DecisionsError(it.to_string().trim_end().to_owned()))?;
        let mut out = Vec::new();
        for (word, same, rows) in [("same", true, file.same), ("different", false, file.different)] {
            for (at, row) in rows.into_iter().enumerate() {
                out.push(read(&format!("{word} {}", at + 1), same, row)?);
            }
        }
        Self::new(out)
    }

    /// Decisions that do not contradict each other.
    ///
    /// # Errors
    /// Names two entries that are said to be the same and to be different.
    pub fn new(decisions: Vec<Decision>) -> Result<Self, DecisionsError> {
        let mut group: BTreeMap<&str, &str> = BTreeMap::new();
        fn root<'a>(group: &BTreeMap<&'a str, &'a str>, id: &'a str) -> &'a str {
            let mut at = id;
            while let Some(up) = group.get(at).filter(|it| **it != at) {
                at = up;
            }
            at
        }
        for it in decisions.iter().filter(|it| it.same) {
            for pair in it.ids.windows(2) {
                if let [a, b] = pair {
                    let (a, b) = (root(&group, a), root(&group, b));
                    group.insert(a.max(b), a.min(b));
                }
            }
        }
        for it in decisions.iter().filter(|it| !it.same) {
            for (n, a) in it.ids.iter().enumerate() {
                for b in it.ids.iter().skip(n + 1) {
                    if root(&group, a) == root(&group, b) {
                        return Err(DecisionsError(format!(
                            "`{a}` and `{b}` are said to be different ({}, {}: {}), and by other decisions to be the same",
                            it.who, it.when, it.why
                        )));
                    }
                }
            }
        }
        Ok(Self(decisions))
    }

    /// The decisions, in their order.
    #[must_use]
    pub fn all(&self) -> &[Decision] {
        &self.0
    }

    /// Every pair of ids that is said to be different, the lesser first.
    pub(super) fn different(&self) -> BTreeMap<(&str, &str), &Decision> {
        let mut out = BTreeMap::new();
        for it in self.0.iter().filter(|it| !it.same) {
            for (n, a) in it.ids.iter().enumerate() {
                for b in it.ids.iter().skip(n + 1) {
                    out.entry((a.as_str().min(b), a.as_str().max(b))).or_insert(it);
                }
            }
        }
        out
    }
}

fn read(place: &str, same: bool, row: Row) -> Result<Decision, DecisionsError> {
    for (field, value) in [("who", &row.who), ("when", &row.when), ("why", &row.why)] {
        if value.trim().is_empty() {
            return Err(DecisionsError(format!("decision `{place}`: {field} is empty")));
        }
    }
    if PartialDate::parse(&row.when)
        .ok()
        .and_then(|it| it.from.day())
        .is_none()
    {
        return Err(DecisionsError(format!(
            "decision `{place}`: when = `{}` is not a day",
            row.when
        )));
    }
    let distinct: BTreeSet<&String> = row.ids.iter().collect();
    if distinct.len() < 2 || distinct.len() != row.ids.len() {
        return Err(DecisionsError(format!(
            "decision `{place}`: ids = {:?}: two or more different ids are needed",
            row.ids
        )));
    }
    if let Some(odd) = row.ids.iter().find(|it| it.trim() != it.as_str() || it.is_empty()) {
        return Err(DecisionsError(format!(
            "decision `{place}`: the id `{odd}` is empty or has blanks around it"
        )));
    }
    Ok(Decision {
        same,
        ids: row.ids,
        who: row.who,
        when: row.when,
        why: row.why,
    })
}
