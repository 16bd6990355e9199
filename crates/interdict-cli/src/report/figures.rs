//! Loaded lists -> figures: the one source of the page, the JSON and the text.

use std::collections::{BTreeMap, BTreeSet};

use interdict::entity::{Authority, Entity, Measure, NameKind, Schema, Severity};
use interdict::policy::Policy;
use interdict::text::Script;
use interdict_store::Version;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::loading::{ListInfo, Loaded};

/// What the lists hold.
#[derive(Debug)]
pub struct Report {
    /// When it was made, UTC, to the second.
    pub made: String,
    /// The built-in samples.
    pub sample: bool,
    /// The snapshot's id.
    pub snapshot: String,
    /// Entities of all lists.
    pub entities: usize,
    /// Their names.
    pub names: usize,
    /// A row a list.
    pub lists: Vec<ListRow>,
    /// The figures, in the order of the page.
    pub figures: Vec<Figure>,
}

/// A list of the table.
#[derive(Debug)]
pub struct ListRow {
    /// The list's id.
    pub list: String,
    /// Its format.
    pub format: &'static str,
    /// The publisher's own date.
    pub published: Option<String>,
    /// Days from the publisher's date to now.
    pub published_days: Option<i64>,
    /// When it was last found to be what the publisher has; `None` for samples.
    pub verified: Option<String>,
    /// Hours since then.
    pub verified_hours: Option<i64>,
    /// The most that the policy allows.
    pub max_age_hours: u32,
    /// Entities.
    pub entities: usize,
    /// Names: primary, strong aliases, weak aliases.
    pub names: [usize; 3],
    /// Problems: notices, losses, fatal ones.
    pub problems: [usize; 3],
    /// The first digits of the files' hash.
    pub hash: String,
}

impl ListRow {
    /// Whether it is older than it may be; `None` where nobody knows.
    pub fn stale(&self) -> Option<bool> {
        self.verified_hours.map(|it| it >= i64::from(self.max_age_hours))
    }

    /// The list, with its format where it is not the only one of the list.
    pub fn label(&self, all: &[Self]) -> String {
        if all.iter().filter(|it| it.list == self.list).count() > 1 {
            format!("{} ({})", self.list, self.format)
        } else {
            self.list.clone()
        }
    }
}

/// Counts by something.
#[derive(Debug)]
pub struct Figure {
    /// A word for anchors and JSON.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// What has to be known to read it.
    pub note: String,
    /// What the rows are.
    pub head: String,
    /// What the columns are.
    pub series: Vec<String>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// How it is drawn.
    pub shape: Shape,
}

/// A row of a figure.
#[derive(Debug)]
pub struct Row {
    /// What is counted.
    pub label: String,
    /// A value a series.
    pub values: Vec<usize>,
}

/// How a figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A horizontal bar a row, the series one behind the other.
    Bars,
    /// The same with long labels, above the bars.
    LongBars,
    /// A column a year.
    Years,
}

impl Report {
    /// Counts.
    pub fn of(loaded: &Loaded, versions: &[&Version], policy: &Policy, now: Timestamp) -> Self {
        let entities = loaded.snapshot.entities();
        let lists: Vec<ListRow> = loaded
            .lists
            .iter()
            .enumerate()
            .map(|(at, it)| {
                let hash = loaded.snapshot.lists().get(at).map_or("", |it| it.hash.as_str());
                list_row(it, its(entities, it), hash, (versions, policy), now)
            })
            .collect();
        let figures = vec![
            by_list(loaded, &lists),
            by_type(entities),
            by_programme(entities),
            by_country(entities),
            by_year(entities),
            by_name(&lists),
            by_script(entities),
            by_problem(loaded, &lists),
            by_kind_of_problem(loaded),
        ];
        Self {
            made: format!("{now:.0}"),
            sample: loaded.sample,
            snapshot: loaded.snapshot.id().to_owned(),
            entities: entities.len(),
            names: entities.iter().map(|it| it.party.names.len()).sum(),
            lists,
            figures,
        }
    }

    /// The page in one sentence.
    pub fn headline(&self) -> String {
        let stale = self.lists.iter().filter(|it| it.stale() == Some(true)).count();
        let old = match (self.sample, stale) {
            (true, _) => "built-in samples".to_owned(),
            (_, 0) => "each verified as lately as the policy asks".to_owned(),
            (_, stale) => format!("{stale} not verified for longer than the policy allows"),
        };
        format!(
            "{} lists, {} entries, {} names; {old}",
            self.lists.len(),
            grouped(self.entities),
            grouped(self.names)
        )
    }

    /// `interdict.report/1`.
    pub fn json(&self) -> Value {
        let lists: Vec<Value> = self
            .lists
            .iter()
            .map(|it| {
                json!({
                    "list": it.list, "format": it.format, "published": it.published, "published_days": it.published_days,
                    "verified": it.verified, "verified_hours": it.verified_hours, "max_age_hours": it.max_age_hours,
                    "stale": it.stale(), "entities": it.entities,
                    "names": {"primary": it.names[0], "strong_aliases": it.names[1], "weak_aliases": it.names[2]},
                    "problems": {"notice": it.problems[0], "loss": it.problems[1], "fatal": it.problems[2]},
                    "hash": it.hash,
                })
            })
            .collect();
        let figures: Vec<Value> = self
            .figures
            .iter()
            .map(|it| {
                let rows: Vec<Value> = it
                    .rows
                    .iter()
                    .map(|it| json!({"label": it.label, "values": it.values}))
                    .collect();
                json!({"id": it.id, "title": it.title, "note": it.note, "series": it.series, "rows": rows})
            })
            .collect();
        json!({
            "schema": "interdict.report/1", "made": self.made, "sample": self.sample, "snapshot": self.snapshot,
            "entities": self.entities, "names": self.names, "lists": lists, "figures": figures,
        })
    }
}

/// `12,345`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, it) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(it);
    }
    out
}

fn list_row(
    info: &ListInfo,
    entities: &[Entity],
    hash: &str,
    (versions, policy): (&[&Version], &Policy),
    now: Timestamp,
) -> ListRow {
    let version = versions
        .iter()
        .find(|it| it.list == info.list && it.format == info.format.name());
    let verified = version.map(|it| it.verified_at.clone());
    let authorities: BTreeSet<&Authority> = entities
        .iter()
        .flat_map(|it| it.listings.iter().map(|it| &it.authority))
        .collect();
    let hours = |it: &String| {
        let then: Timestamp = it.parse().ok()?;
        Some((now.as_second() - then.as_second()).max(0) / 3600)
    };
    let days = |it: &String| {
        let day: jiff::civil::Date = it.get(..10)?.parse().ok()?;
        let then = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        Some((now.as_second() - then.as_second()).max(0) / 86_400)
    };
    let mut names = [0; 3];
    for it in entities.iter().flat_map(|it| &it.party.names) {
        let which = match (it.value.weak, it.value.kind) {
            (true, _) => 2,
            (false, NameKind::Primary) => 0,
            (false, _) => 1,
        };
        names[which] += 1;
    }
    let mut problems = [0; 3];
    for it in &info.problems {
        problems[it.severity as usize] += 1;
    }
    ListRow {
        list: info.list.clone(),
        format: info.format.name(),
        published: info.published.clone(),
        published_days: info.published.as_ref().and_then(days),
        verified_hours: verified.as_ref().and_then(hours),
        max_age_hours: policy.freshness.max_age_hours(authorities),
        verified,
        entities: info.entities.len(),
        names,
        problems,
        hash: hash.get(..12).unwrap_or(hash).to_owned(),
    }
}

/// The entries of a list, one behind the other: the report leaves the lists apart.
fn its<'a>(entities: &'a [Entity], info: &ListInfo) -> &'a [Entity] {
    match (info.entities.first(), info.entities.last()) {
        (Some(first), Some(last)) => entities.get(*first..=*last).unwrap_or(&[]),
        _ => &[],
    }
}

/// Kinds in the order in which they are drawn, the usual ones first.
fn kinds(entities: &[Entity]) -> Vec<Schema> {
    let there = |schema: &Schema| entities.iter().any(|it| it.party.schema == *schema);
    Schema::ALL.into_iter().filter(there).collect()
}

fn by_list(loaded: &Loaded, lists: &[ListRow]) -> Figure {
    let entities = loaded.snapshot.entities();
    let kinds = kinds(entities);
    let rows = loaded
        .lists
        .iter()
        .zip(lists)
        .map(|(info, row)| {
            let its = its(entities, info);
            let count = |kind: &Schema| its.iter().filter(|it| it.party.schema == *kind).count();
            Row {
                label: row.label(lists),
                values: kinds.iter().map(count).collect(),
            }
        })
        .collect();
    Figure {
        id: "lists",
        title: "Entries by list and kind".to_owned(),
        note: "One subject on several lists counts on each.".to_owned(),
        head: "list".to_owned(),
        series: kinds.iter().map(|it| it.name().to_owned()).collect(),
        rows: sorted(rows),
        shape: Shape::Bars,
    }
}

fn by_type(entities: &[Entity]) -> Figure {
    let rows = kinds(entities)
        .into_iter()
        .map(|kind| Row {
            label: kind.name().to_owned(),
            values: vec![entities.iter().filter(|it| it.party.schema == kind).count()],
        })
        .collect();
    simple("kinds", "Entries by kind", "", "kind", "entries", sorted(rows))
}

fn simple(id: &'static str, title: &str, note: &str, head: &str, series: &str, rows: Vec<Row>) -> Figure {
    Figure {
        id,
        title: title.to_owned(),
        note: note.to_owned(),
        head: head.to_owned(),
        series: vec![series.to_owned()],
        rows,
        shape: Shape::Bars,
    }
}

/// The greatest first, ties by label.
fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    let sum = |it: &Row| it.values.iter().sum::<usize>();
    rows.sort_by(|a, b| sum(b).cmp(&sum(a)).then_with(|| a.label.cmp(&b.label)));
    rows
}

fn counted(counts: BTreeMap<String, usize>) -> Vec<Row> {
    let row = |(label, n)| Row { label, values: vec![n] };
    sorted(counts.into_iter().map(row).collect())
}

/// An entity counts once under each key that it has.
fn count_each<'a>(entities: &'a [Entity], keys: impl Fn(&'a Entity) -> Vec<String>) -> Vec<Row> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for it in entities {
        let mut keys = keys(it);
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    counted(counts)
}

fn by_programme(entities: &[Entity]) -> Figure {
    let rows = count_each(entities, |it| {
        let listings = it.listings.iter();
        let keys = listings.flat_map(|it| it.programmes.iter().map(move |tag| format!("{}: {tag}", it.authority)));
        keys.collect()
    });
    Figure {
        shape: Shape::LongBars,
        ..simple(
            "programmes",
            "Entries by programme",
            "An entry under several programmes counts under each.",
            "programme",
            "entries",
            rows,
        )
    }
}

fn by_country(entities: &[Entity]) -> Figure {
    let rows = count_each(entities, |it| {
        let facts = it.party.nationalities.iter().chain(&it.party.countries);
        facts.map(|it| it.value.name().to_owned()).collect()
    });
    simple(
        "countries",
        "Entries by country",
        "Nationality, address, birth, registration or flag; an entry counts under each of its countries.",
        "country",
        "entries",
        rows,
    )
}

fn by_year(entities: &[Entity]) -> Figure {
    let mut years: BTreeMap<i16, BTreeMap<String, usize>> = BTreeMap::new();
    let (mut dated, mut undated) = (0_usize, BTreeMap::<String, usize>::new());
    for it in entities.iter().flat_map(|it| &it.listings) {
        if it.measures.iter().all(|it| *it == Measure::None) {
            continue;
        }
        match it.since {
            Some(since) => {
                dated += 1;
                *years
                    .entry(since.from.year())
                    .or_default()
                    .entry(it.authority.name().to_owned())
                    .or_default() += 1;
            }
            None => *undated.entry(it.authority.name().to_owned()).or_default() += 1,
        }
    }
    let mut series: Vec<String> = years.values().flat_map(|it| it.keys().cloned()).collect();
    series.sort_unstable();
    series.dedup();
    let (first, last) = (
        years.keys().next().copied().unwrap_or(0),
        years.keys().next_back().copied().unwrap_or(-1),
    );
    let rows = (first..=last)
        .map(|year| {
            let of = |authority: &String| years.get(&year).and_then(|it| it.get(authority)).copied().unwrap_or(0);
            Row {
                label: year.to_string(),
                values: series.iter().map(of).collect(),
            }
        })
        .collect();
    let silent: Vec<String> = undated
        .iter()
        .map(|it| format!("{} of {}", grouped(*it.1), it.0))
        .collect();
    Figure {
        id: "years",
        title: "Listings by year".to_owned(),
        note: if silent.is_empty() {
            format!(
                "The day since which the list says that it holds: {} listings.",
                grouped(dated)
            )
        } else {
            format!(
                "{} listings say since when they hold; not in the chart, since their lists do not say: {}.",
                grouped(dated),
                silent.join(", ")
            )
        },
        head: "year".to_owned(),
        series,
        rows,
        shape: Shape::Years,
    }
}

fn by_name(lists: &[ListRow]) -> Figure {
    let rows = lists
        .iter()
        .map(|it| Row {
            label: it.label(lists),
            values: it.names.to_vec(),
        })
        .collect();
    Figure {
        id: "names",
        title: "Names: primary, strong and weak aliases".to_owned(),
        note: "A weak alias corroborates; by policy it does not alert alone.".to_owned(),
        head: "list".to_owned(),
        series: ["primary", "strong aliases", "weak aliases"]
            .map(str::to_owned)
            .to_vec(),
        rows: sorted(rows),
        shape: Shape::Bars,
    }
}

fn by_script(entities: &[Entity]) -> Figure {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for it in entities.iter().flat_map(|it| &it.party.names) {
        // Of a name in two scripts the first letter that is not Latin says it.
        let mut script = None;
        for it in it.value.text.chars().filter(|it| it.is_alphabetic()) {
            let of = Script::of(it);
            if script.is_none() || script == Some(Script::Latin) {
                script = Some(of);
            }
        }
        let name = script.map_or("no letter", Script::name);
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    simple(
        "scripts",
        "Names by script",
        "A name that mixes Latin with another script counts under the other.",
        "script",
        "names",
        counted(counts),
    )
}

fn by_problem(loaded: &Loaded, lists: &[ListRow]) -> Figure {
    let rows = loaded
        .lists
        .iter()
        .zip(lists)
        .map(|(info, row)| {
            let count = |severity| info.problems.iter().filter(|it| it.severity == severity).count();
            Row {
                label: row.label(lists),
                values: vec![count(Severity::Notice), count(Severity::Loss)],
            }
        })
        .collect();
    Figure {
        id: "problems",
        title: "What could not be read in full".to_owned(),
        note:
            "A notice was kept as it stands; of a loss something is not screened. The command lists check names each."
                .to_owned(),
        head: "list".to_owned(),
        series: ["notices", "losses"].map(str::to_owned).to_vec(),
        rows: sorted(rows),
        shape: Shape::Bars,
    }
}

fn by_kind_of_problem(loaded: &Loaded) -> Figure {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for it in loaded.lists.iter().flat_map(|it| &it.problems) {
        // Values stand in backticks and numbers in digits; without them a message is its kind.
        let mut kind = String::new();
        for (at, part) in it.message.split('`').enumerate() {
            kind.push_str(if at % 2 == 0 { part } else { "…" });
        }
        let kind: String = kind
            .chars()
            .map(|it| if it.is_ascii_digit() { '#' } else { it })
            .collect();
        let field = if it.field.is_empty() {
            String::new()
        } else {
            format!("{}: ", it.field)
        };
        *counts.entry(format!("{field}{kind}")).or_default() += 1;
    }
    let rows = counted(counts);
    Figure {
        shape: Shape::LongBars,
        ..simple(
            "problem-kinds",
            "Problems by kind",
            "The publisher's field, and what is wrong.",
            "problem",
            "times",
            rows,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_threes() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
