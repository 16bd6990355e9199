//! What a list must pass before it is screened against: the gates, their limits, and the verdict of each.
//!
//! A gate that fails keeps the version that was active. The table is [`GATES`]; the limits are data ([`Limits`], TOML).

mod limits;
mod summary;

pub use limits::{Limits, LimitsError};
pub use summary::{Group, Summary, main_records};

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::entity::{Fact, Origin, PartialDate, Party, PartyName, Query, Schema};
use crate::index::Memo;

/// A gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gate {
    /// The content is of the kind that was asked for.
    Kind,
    /// The file is whole.
    Whole,
    /// The publisher's own count is ours.
    Count,
    /// No record was lost.
    Records,
    /// No file of a family is missing.
    Family,
    /// Few values were lost.
    Values,
    /// Not older than what is active.
    Date,
    /// No programme and no type of party shrank by much.
    Shrink,
    /// Nor did the list grow by much.
    Growth,
    /// Numbers with a check digit pass their check.
    Identifiers,
    /// Every published name finds its own entry.
    Control,
}

/// A row of the table of gates.
#[derive(Clone, Copy, Debug)]
pub struct GateRow {
    /// The gate.
    pub gate: Gate,
    /// Its name, in the log and for `--override`.
    pub name: &'static str,
    /// What it asks.
    pub meaning: &'static str,
    /// What happens without it.
    pub why: &'static str,
}

/// The gates, in the order in which they are asked.
pub static GATES: [GateRow; 11] = [
    GateRow {
        gate: Gate::Kind,
        name: "kind",
        meaning: "the content type and the root element or header are those of the list that was asked for",
        why: "a login page, a notice of maintenance or another list comes with HTTP 200",
    },
    GateRow {
        gate: Gate::Whole,
        name: "whole",
        meaning: "the end of the file is reached, the encoding is sound, there is at least one entity",
        why: "a file that is cut off reads as a shorter list",
    },
    GateRow {
        gate: Gate::Count,
        name: "count",
        meaning: "the publisher's own record count, where the format states one, is ours",
        why: "OFAC writes Record_Count so that a reader can know that it has all of them",
    },
    GateRow {
        gate: Gate::Records,
        name: "records",
        meaning: "every record was understood: none is skipped",
        why: "a record that is skipped is a party that is never found",
    },
    GateRow {
        gate: Gate::Family,
        name: "family",
        meaning: "no file that belongs to the publication is missing",
        why: "OFAC's sdn.csv without alt.csv has none of the aliases",
    },
    GateRow {
        gate: Gate::Values,
        name: "values",
        meaning: "few values of the records that were understood could not be read",
        why: "a field that changed its form loses a value in every record, and no record",
    },
    GateRow {
        gate: Gate::Date,
        name: "date",
        meaning: "the publisher's date is not before that of the active version, not missing where that has one, not in the future",
        why: "a cache or a frozen address gives an old list again",
    },
    GateRow {
        gate: Gate::Shrink,
        name: "shrink",
        meaning: "no programme, no type of party, nor both together, nor the whole list has lost more than the limit",
        why: "the US consolidated list came without the whole SDN list on 6 and 7 May 2024",
    },
    GateRow {
        gate: Gate::Growth,
        name: "growth",
        meaning: "the list has not grown by more than the limit",
        why: "a file that holds everything twice, or another list appended",
    },
    GateRow {
        gate: Gate::Identifiers,
        name: "identifiers",
        meaning: "of the numbers with a check digit (IMO, LEI, BIC, IBAN, ISIN), few fail their check",
        why: "columns that moved give numbers that are none",
    },
    GateRow {
        gate: Gate::Control,
        name: "control",
        meaning: "every published name, screened against the list, finds its own entry",
        why: "a list goes live only when it is proven that each of its names is found",
    },
];

impl Gate {
    /// Its row of the table.
    #[must_use]
    pub fn row(self) -> &'static GateRow {
        // The first is never taken: the table has every gate, and a test counts them.
        GATES.iter().find(|it| it.gate == self).unwrap_or(&GATES[0])
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        GATES
            .iter()
            .find(|it| it.name.eq_ignore_ascii_case(name.trim()))
            .map(|it| it.gate)
    }
}

/// What a gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It holds.
    Passed,
    /// There is nothing to hold it against: no version before, no count in the format.
    NotCompared,
    /// It was not asked, since an earlier one failed, or by an override. It counts as failed until somebody lets it pass.
    NotRun,
    /// It does not hold.
    Failed,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotCompared => "not compared",
            Self::NotRun => "not run",
            Self::Failed => "failed",
        }
    }

    /// Whether a list may become active as far as this goes.
    #[must_use]
    pub const fn lets_pass(self) -> bool {
        matches!(self, Self::Passed | Self::NotCompared)
    }
}

/// What a gate says of a list, with what it measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateResult {
    /// The gate.
    pub gate: Gate,
    /// What it says.
    pub verdict: Verdict,
    /// What it measured, with the limit.
    pub words: String,
}

/// What is known of how a list arrived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrived<'a> {
    /// The Content-Type, where it came by HTTP.
    pub content_type: Option<&'a str>,
    /// The list that it has to be.
    pub expected: Option<&'a str>,
    /// The day on which it arrived.
    pub today: Option<PartialDate>,
}

/// The control self-test: how many names were screened, and those that did not find their own entry.
#[derive(Clone, Debug, Default)]
pub struct Control {
    /// Names that were screened.
    pub names: usize,
    /// `NAME does not find ENTITY: reason`.
    pub missed: Vec<String>,
}

/// Asks every gate. `list` is what the file says that it is; `before` is the active version, `control` the self-test where it was run.
#[must_use]
pub fn check(
    list: &str,
    new: &Summary,
    before: Option<&Summary>,
    arrived: &Arrived<'_>,
    control: Option<&Control>,
    limits: &Limits,
) -> Vec<GateResult> {
    let mut out = Vec::new();
    let mut say = |gate: Gate, (verdict, words): (Verdict, String)| {
        out.push(GateResult { gate, verdict, words });
    };
    say(Gate::Kind, kind(list, arrived));
    say(Gate::Whole, whole(new));
    if new.fatal.is_some() || new.entities == 0 {
        for it in GATES.iter().skip(2) {
            say(it.gate, (Verdict::NotRun, "the file is not whole".to_owned()));
        }
        return out;
    }
    say(Gate::Count, count(new));
    say(
        Gate::Records,
        at_most(new.lost_records, 0, "records lost", new.records, &new.lost_words),
    );
    say(Gate::Family, family(new));
    let most = share(new.entities, limits.values_share).max(limits.values_least);
    let words = format!("values lost (limit {most})");
    say(
        Gate::Values,
        at_most(new.lost_values, most, &words, new.entities, &new.lost_value_words),
    );
    say(Gate::Date, date(new, before, arrived.today));
    say(Gate::Shrink, shrink(new, before, limits));
    say(Gate::Growth, growth(new, before, limits));
    say(Gate::Identifiers, identifiers(new, limits));
    say(Gate::Control, controlled(control));
    out
}

/// A share in hundredths of a percent, rounded down.
fn share(of: usize, share: usize) -> usize {
    // Counts of entities are far from the end of the range.
    of.saturating_mul(share) / 10_000
}

fn percent(share: usize) -> String {
    let (whole, rest) = (share / 100, share % 100);
    if rest == 0 {
        format!("{whole} %")
    } else {
        format!("{whole}.{rest:02} %")
    }
}

fn kind(list: &str, arrived: &Arrived<'_>) -> (Verdict, String) {
    if let Some(it) = arrived.content_type {
        let it = it.to_ascii_lowercase();
        if it.starts_with("text/html") || it.starts_with("application/xhtml") {
            return (
                Verdict::Failed,
                format!("the content type is {it}: a web page, not a list"),
            );
        }
    }
    match arrived.expected {
        Some(expected) if expected != list => (
            Verdict::Failed,
            format!("it says that it is `{list}`, asked for was `{expected}`"),
        ),
        _ => (Verdict::Passed, format!("it is `{list}`")),
    }
}

fn whole(new: &Summary) -> (Verdict, String) {
    match &new.fatal {
        Some(it) => (Verdict::Failed, it.clone()),
        None if new.entities == 0 => (Verdict::Failed, "no record became an entity".to_owned()),
        None => (Verdict::Passed, format!("{} entities", new.entities)),
    }
}

fn count(new: &Summary) -> (Verdict, String) {
    let Some(declared) = new.declared else {
        return (Verdict::NotCompared, "the file states no count".to_owned());
    };
    let words = format!("the publisher says {declared} records, read were {}", new.main_records);
    if declared == new.main_records {
        (Verdict::Passed, words)
    } else {
        (Verdict::Failed, words)
    }
}

fn at_most(n: usize, most: usize, what: &str, of: usize, which: &[String]) -> (Verdict, String) {
    let mut words = format!("{n} {what} beside {of}");
    if n <= most {
        return (Verdict::Passed, words);
    }
    for it in which {
        words.push_str("; ");
        words.push_str(it);
    }
    (Verdict::Failed, words)
}

fn family(new: &Summary) -> (Verdict, String) {
    if new.missing_files.is_empty() {
        (Verdict::Passed, String::new())
    } else {
        (Verdict::Failed, format!("missing: {}", new.missing_files.join(", ")))
    }
}

fn date(new: &Summary, before: Option<&Summary>, today: Option<PartialDate>) -> (Verdict, String) {
    let shown = |it: Option<PartialDate>| it.map_or_else(|| "undated".to_owned(), |it| it.to_string());
    if let (Some(new), Some(today)) = (new.published, today)
        // It may be tomorrow already where the publisher is.
        && new.day_span().0 > today.day_span().1 + 1
    {
        return (Verdict::Failed, format!("{new} is in the future; today is {today}"));
    }
    let Some(before) = before else {
        return (Verdict::NotCompared, shown(new.published));
    };
    let words = format!("{}, active is {}", shown(new.published), shown(before.published));
    match (new.published, before.published) {
        (None, None) => (Verdict::NotCompared, words),
        (Some(new), Some(before)) if new.day_span().1 < before.day_span().0 => (Verdict::Failed, words),
        (None, Some(_)) => (Verdict::Failed, words),
        _ => (Verdict::Passed, words),
    }
}

fn shrink(new: &Summary, before: Option<&Summary>, limits: &Limits) -> (Verdict, String) {
    let Some(before) = before else {
        return (Verdict::NotCompared, "no version before".to_owned());
    };
    let mut over = Vec::new();
    let mut most: Option<(usize, String)> = None;
    for (group, old) in before.groups() {
        let now = new.group(&group);
        let lost = old.saturating_sub(now);
        if lost == 0 {
            continue;
        }
        let words = format!("{group} {old} -> {now}");
        if lost > share(old, limits.shrink_share).max(limits.shrink_least) {
            over.push((lost, words.clone()));
        }
        if most.as_ref().is_none_or(|it| it.0 < lost) {
            most = Some((lost, words));
        }
    }
    for (kind, old) in &before.facts {
        // Of a version of before this was counted nothing is known.
        let now = new.facts.get(kind).copied().unwrap_or(*old);
        let lost = old.saturating_sub(now);
        if lost > share(*old, limits.facts_share).max(limits.facts_least) {
            over.push((lost, format!("{kind} {old} -> {now}")));
        }
    }
    let limit = format!(
        "limit {} or {} entries, {} or {} facts of a kind, whichever is more",
        percent(limits.shrink_share),
        limits.shrink_least,
        percent(limits.facts_share),
        limits.facts_least
    );
    if over.is_empty() {
        let words = most.map_or_else(
            || "nothing shrank".to_owned(),
            |it| format!("at most {} ({limit})", it.1),
        );
        return (Verdict::Passed, words);
    }
    over.sort_by_key(|it| std::cmp::Reverse(it.0));
    let n = over.len();
    let mut shown: Vec<String> = over.into_iter().take(5).map(|it| it.1).collect();
    if n > shown.len() {
        shown.push(format!("{} more", n - shown.len()));
    }
    (Verdict::Failed, format!("{} ({limit})", shown.join("; ")))
}

fn growth(new: &Summary, before: Option<&Summary>, limits: &Limits) -> (Verdict, String) {
    let Some(before) = before else {
        return (Verdict::NotCompared, "no version before".to_owned());
    };
    let grown = new.entities.saturating_sub(before.entities);
    let most = share(before.entities, limits.growth_share).max(limits.growth_least);
    let words = format!(
        "{} -> {} (limit {} or {} entries, whichever is more)",
        before.entities,
        new.entities,
        percent(limits.growth_share),
        limits.growth_least
    );
    let verdict = if grown > most { Verdict::Failed } else { Verdict::Passed };
    (verdict, words)
}

fn identifiers(new: &Summary, limits: &Limits) -> (Verdict, String) {
    if new.identifiers.is_empty() {
        return (Verdict::NotCompared, "no number with a check digit".to_owned());
    }
    let mut over = false;
    let mut words = Vec::new();
    for (kind, (checked, invalid)) in &new.identifiers {
        if *invalid > share(*checked, limits.identifiers_share).max(limits.identifiers_least) {
            over = true;
        }
        words.push(format!("{invalid} of {checked} {kind} fail"));
    }
    let words = format!(
        "{} (limit {} or {} of a kind, whichever is more)",
        words.join(", "),
        percent(limits.identifiers_share),
        limits.identifiers_least
    );
    (if over { Verdict::Failed } else { Verdict::Passed }, words)
}

fn controlled(control: Option<&Control>) -> (Verdict, String) {
    let Some(it) = control else {
        return (Verdict::NotRun, "the self-test was left out".to_owned());
    };
    let found = it.names.saturating_sub(it.missed.len());
    let mut words = format!("{found} of {} published names find their own entry", it.names);
    if it.missed.is_empty() {
        return (Verdict::Passed, words);
    }
    for it in it.missed.iter().take(3) {
        words.push_str("; ");
        words.push_str(it);
    }
    (Verdict::Failed, words)
}

/// Screens every name that a list gives an entity, as the entry's kind and as users ask who give none: how many names there are, and
/// which do not bring the entity back, with the reason. An entity of several lists has the names of the others, too.
///
/// That a list is tested by itself says what holds beside others: the score of a pair depends on the pair alone, and candidates are
/// never too few.
#[must_use]
pub fn control(engine: &Engine<'_>, memo: &mut Memo, at: usize, list: &str) -> (usize, Vec<(String, String)>) {
    let Some(entity) = engine.snapshot().entities().get(at) else {
        return (0, Vec::new());
    };
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    let alone = entity.members.is_empty();
    let names = || {
        let names = entity.party.names.iter();
        names.filter(|it| alone || &*it.origin.source == list)
    };
    let missed = names()
        // A name that stands twice is one question.
        .filter(|it| asked.insert(&it.value.text))
        .filter_map(|it| {
            let reason = miss(engine, memo, at, entity.party.schema, &it.value).or_else(|| {
                let reason = miss(engine, memo, at, Schema::Thing, &it.value)?;
                Some(format!("asked without a type: {reason}"))
            })?;
            Some((it.value.text.clone(), reason))
        })
        .collect();
    (names().count(), missed)
}

/// Why a published name does not bring back its own entity; `None` where it does.
fn miss(engine: &Engine<'_>, memo: &mut Memo, at: usize, schema: Schema, name: &PartyName) -> Option<String> {
    let mut party = Party::new(schema);
    party
        .names
        .push(Fact::new(PartyName::new(name.text.as_str()), Origin::asked()));
    let query = Query { id: None, party };
    match engine.finds(memo, &query, at) {
        Err(reason) => return Some(reason),
        Ok(true) => return None,
        Ok(false) => {}
    }
    let score = engine.explain(&query, at).scored.score;
    Some(format!(
        "its own entry scores {score}, the threshold is {}",
        engine.policy().review
    ))
}

#[cfg(test)]
mod tests;
