//! Parsed lists and the control self-test -> `interdict.check/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::entity::Problem;
use crate::lists::Count;
use crate::policy::Decision;

/// A list as it was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The list's id.
    pub list: String,
    /// The format's name.
    pub format: &'static str,
    /// The files that it was read from.
    pub files: Vec<String>,
    /// The publisher's own date.
    pub published: Option<String>,
    /// Records of the main types: those that become entities.
    pub records: usize,
    /// Entities that came out.
    pub entities: usize,
    /// Names of the entities.
    pub names: usize,
    /// All problems.
    pub problems: Vec<Problem>,
    /// By the publisher's type of record.
    pub counts: BTreeMap<String, Count>,
    /// Names that were screened.
    pub controlled: usize,
    /// Names that did not bring back their own entity.
    pub missed: Vec<Missed>,
}

/// A published name that does not find its own entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// The entity's id.
    pub entity: String,
    /// The name as published.
    pub name: String,
    /// Why, as far as the screening says.
    pub reason: String,
}

/// The check of several lists. `problems` and `missed` are counts; `problem_list` and `missed_list` say which.
#[derive(Clone, Debug, Serialize)]
pub struct CheckJson {
    schema: &'static str,
    decision: &'static str,
    lists: Vec<CheckedJson>,
}

#[derive(Clone, Debug, Serialize)]
struct CheckedJson {
    list: String,
    format: &'static str,
    files: Vec<String>,
    published: Option<String>,
    records: usize,
    entities: usize,
    names: usize,
    problems: usize,
    lost: usize,
    counts: BTreeMap<String, CountJson>,
    control: ControlJson,
    /// All of them: nothing is cut.
    problem_list: Vec<ProblemJson>,
}

#[derive(Clone, Debug, Serialize)]
struct CountJson {
    records: usize,
    entities: usize,
    lost: usize,
}

#[derive(Clone, Debug, Serialize)]
struct ControlJson {
    names: usize,
    missed: usize,
    missed_list: Vec<Missed>,
}

#[derive(Clone, Debug, Serialize)]
struct ProblemJson {
    severity: &'static str,
    record: String,
    field: String,
    value: String,
    message: String,
}

/// Checked lists as JSON, with what they come to.
#[must_use]
pub fn check(lists: &[Checked], decision: Decision) -> CheckJson {
    CheckJson {
        schema: "interdict.check/1",
        decision: decision.name(),
        lists: lists.iter().map(checked_json).collect(),
    }
}

fn checked_json(it: &Checked) -> CheckedJson {
    CheckedJson {
        list: it.list.clone(),
        format: it.format,
        files: it.files.clone(),
        published: it.published.clone(),
        records: it.records,
        entities: it.entities,
        names: it.names,
        problems: it.problems.len(),
        lost: it.counts.values().map(|it| it.lost).sum(),
        counts: it
            .counts
            .iter()
            .map(|(kind, it)| {
                let count = CountJson {
                    records: it.records,
                    entities: it.entities,
                    lost: it.lost,
                };
                (kind.clone(), count)
            })
            .collect(),
        control: ControlJson {
            names: it.controlled,
            missed: it.missed.len(),
            missed_list: it.missed.clone(),
        },
        problem_list: it
            .problems
            .iter()
            .map(|it| ProblemJson {
                severity: it.severity.name(),
                record: it.record.clone(),
                field: it.field.clone(),
                value: it.value.clone(),
                message: it.message.clone(),
            })
            .collect(),
    }
}
