//! `interdict eval list`: names of listed parties and names of nobody, asked of the loaded lists -> who is found, who alerts, and the
//! curve of one against the other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use interdict::engine::{Engine, Screening, Snapshot};
use interdict::entity::{Country, Fact, Origin, PartialDate, Query, Schema};
use interdict::index::Memo;
use interdict::policy::Decision;
use interdict::score::{self, Score};
use plotters::prelude::*;

use super::figures::{Point, Share, at_alerts, curve, round};
use super::{Sheet, cell};
use crate::args::EvalListArgs;
use crate::guard::guarded;
use crate::paint::{Out, Page, plain};
use crate::plan::{self, Failure, Plan};
use crate::progress::Progress;
use crate::screen::answer_all;
use crate::{loading, page};

/// Columns that hold the name asked.
const ASKED: [&str; 6] = ["altered_name", "query_name", "asked", "name", "full_name", "name1"];
/// Columns that hold the id of the entry that has to be found, whole or its end; several are separated by `|`.
const EXPECTED: [&str; 4] = ["expected", "entity_id", "target_id", "id"];
/// Columns that hold a published name of the entry that has to be found.
const TRUE_NAME: [&str; 3] = ["true_name", "target_name", "name2"];
/// Columns by which the figures are told apart.
const GROUPS: [&str; 6] = ["class", "treatment", "category", "culture", "link_basis", "case_group"];
const DATES: [&str; 4] = ["birth_date", "date_of_birth", "dob", "altered_dob"];
const COUNTRIES: [&str; 3] = ["nationality", "country", "citizenship"];
const KINDS: [&str; 2] = ["schema", "type"];

/// Candidates are looked at from this score on, ten-thousandths: the curve begins here.
const LEAST: f64 = 0.05;
/// Shares of alerts at which the recall is stated.
const OPERATING: [f64; 3] = [0.001, 0.005, 0.01];
/// Records answered between two writes.
const CHUNK: usize = 2_000;

/// A case: who is asked, and which places in the snapshot are right.
struct Case {
    row: usize,
    name: String,
    group: String,
    query: Query,
    wanted: Vec<usize>,
}

/// What came of it.
struct Answer {
    /// Of the wanted entity; of the best match where nobody is wanted. Ten-thousandths.
    score: Option<u32>,
    /// Of the wanted entity among the matches, from 1.
    rank: Option<usize>,
    /// The best match: its id and score.
    best: Option<(String, u32)>,
    /// Whether the policy alerts at its own threshold.
    alerts: bool,
    error: Option<String>,
}

/// Asks both files of the loaded lists, by name alone and with year of birth and country.
pub fn run(args: &EvalListArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    let loaded = loading::load(plan, &args.policy, &policy)?;
    let snapshot = &loaded.snapshot;
    std::fs::create_dir_all(&args.out).map_err(|it| Failure::at(&args.out, it))?;
    let positives = Sheet::read(&args.positives)?;
    let negatives = Sheet::read(&args.negatives)?;
    let least = Score::from_probability(LEAST).unwrap_or(Score::NONE);
    let wide = policy.clone().with_review(least.min(policy.review));
    let engine = Engine::new(snapshot, &wide);
    let mut manners = Vec::new();
    let mut errors = Vec::new();
    let mut absent = 0;
    for (manner, facts) in [("by_name", false), ("with_facts", true)] {
        let (listed, missing) = cases(&args.positives, &positives, Some(snapshot), facts)?;
        let (clean, _) = cases(&args.negatives, &negatives, None, facts)?;
        absent = missing;
        if listed.is_empty() {
            return Err(Failure::at(
                &args.positives,
                "none of the entries that have to be found is loaded: add their list, or give a column `expected` with ids",
            ));
        }
        let found = ask(&listed, &engine, policy.review, "listed");
        let alerts = ask(&clean, &engine, policy.review, "clean");
        write(&args.out.join(format!("positives_{manner}.csv")), &listed, &found)?;
        write(&args.out.join(format!("negatives_{manner}.csv")), &clean, &alerts)?;
        for (file, cases, answers) in [("positives", &listed, &found), ("negatives", &clean, &alerts)] {
            let faults = cases.iter().zip(answers.iter());
            errors.extend(faults.filter_map(|(case, it)| {
                let error = it.error.as_ref()?;
                (!facts).then(|| format!("{file}, row {}: {error}", case.row))
            }));
        }
        manners.push(Manner::new(manner, policy.review, &listed, &found, &alerts));
    }
    let json = serde_json::json!({"schema": "interdict.eval-list/1", "method": score::METHOD_NAME, "policy": policy.label(),
        "snapshot": snapshot.id(), "sample": loaded.sample, "threshold": policy.review.probability(),
        "entries_not_loaded": absent, "manners": manners.iter().map(Manner::json).collect::<Vec<_>>(), "errors": errors});
    let summary = serde_json::to_string_pretty(&json)? + "\n";
    let path = args.out.join("summary.json");
    std::fs::write(&path, summary).map_err(|it| Failure::at(&path, it))?;
    let path = args.out.join("report.html");
    std::fs::write(&path, report(&manners, &policy.label(), snapshot)?).map_err(|it| Failure::at(&path, it))?;
    if args.json {
        out.print(&(interdict::wire::to_line(&json) + "\n"));
    } else {
        let mut page = Page::new(&plan.style);
        loading::header(&mut page, &loaded, &policy);
        show(&mut page, &manners, absent, &errors);
        page.wrapped(
            "",
            &format!("rows, summary.json and report.html are in {}", args.out.display()),
        );
        out.print(&page.text);
    }
    Ok(if errors.is_empty() {
        Decision::Clear
    } else {
        Decision::Error
    })
}

/// The cases of a sheet, and how many name an entry that no loaded list has.
fn cases(path: &Path, sheet: &Sheet, snapshot: Option<&Snapshot>, facts: bool) -> Result<(Vec<Case>, usize), Failure> {
    let asked = sheet.needed(path, &ASKED)?;
    let (id, name) = (
        sheet.column(&EXPECTED),
        sheet.column(&TRUE_NAME).filter(|it| *it != asked),
    );
    if snapshot.is_some() && id.is_none() && name.is_none() {
        return Err(Failure::at(
            path,
            format!(
                "says nowhere who has to be found: a column `{}` with ids or `{}` with published names",
                EXPECTED.join("` or `"),
                TRUE_NAME.join("` or `")
            ),
        ));
    }
    let (group, kind) = (sheet.column(&GROUPS), sheet.column(&KINDS));
    let (date, country) = (sheet.column(&DATES), sheet.column(&COUNTRIES));
    let known = snapshot.map(Known::new);
    let (mut out, mut absent) = (Vec::new(), 0);
    for (at, row) in sheet.rows.iter().enumerate() {
        let mut query = Query::by_name(cell(row, Some(asked)));
        query.party.schema = Schema::parse(cell(row, kind)).unwrap_or(Schema::Thing);
        if facts {
            let year: String = cell(row, date).chars().take(4).collect();
            if let Ok(it) = PartialDate::parse(&year) {
                query.party.birth_dates.push(Fact::new(it, Origin::asked()));
            }
            if let Some(it) = Country::parse(cell(row, country)) {
                query.party.nationalities.push(Fact::new(it, Origin::asked()));
            }
        }
        let wanted = known
            .as_ref()
            .map_or_else(Vec::new, |it| it.wanted(cell(row, id), cell(row, name)));
        if snapshot.is_some() && wanted.is_empty() {
            absent += 1;
            continue;
        }
        out.push(Case {
            row: at + 1,
            name: cell(row, Some(asked)).to_owned(),
            group: cell(row, group).to_owned(),
            query,
            wanted,
        });
    }
    Ok((out, absent))
}

/// Where the entities stand, by id, by the end of it, and by published name.
struct Known {
    by_id: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Known {
    fn new(snapshot: &Snapshot) -> Self {
        let (mut by_id, mut by_name) = (
            BTreeMap::<String, Vec<usize>>::new(),
            BTreeMap::<String, Vec<usize>>::new(),
        );
        for (at, it) in snapshot.entities().iter().enumerate() {
            by_id.entry(it.id.clone()).or_default().push(at);
            // The publisher's own key: `32391` of `us-ofac-sdn-32391`.
            for (dash, _) in it.id.match_indices('-') {
                by_id.entry(it.id[dash + 1..].to_owned()).or_default().push(at);
            }
            for name in &it.party.names {
                let places = by_name.entry(interdict::text::compact(&name.value.text)).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        Self { by_id, by_name }
    }

    fn wanted(&self, ids: &str, name: &str) -> Vec<usize> {
        let ids = ids.split('|').map(str::trim).filter(|it| !it.is_empty());
        let by_id: Vec<usize> = ids.filter_map(|it| self.by_id.get(it)).flatten().copied().collect();
        if !by_id.is_empty() || name.is_empty() {
            return by_id;
        }
        let key = interdict::text::compact(name);
        self.by_name.get(&key).cloned().unwrap_or_default()
    }
}

fn ten_thousandths(score: Score) -> u32 {
    // Scores are whole ten-thousandths already.
    (score.probability() * 10_000.0).round() as u32
}

fn ask(cases: &[Case], engine: &Engine<'_>, review: Score, what: &str) -> Vec<Answer> {
    let mut progress = Progress::new(cases.len(), what);
    let mut out = Vec::with_capacity(cases.len());
    for chunk in cases.chunks(CHUNK) {
        for it in answer_all(chunk, |memo, it| answer(engine, memo, it, review)) {
            out.push(it);
            progress.step();
        }
    }
    out
}

fn answer(engine: &Engine<'_>, memo: &mut Memo, case: &Case, review: Score) -> Answer {
    let screening = guarded(|| engine.screen_with(memo, &case.query)).unwrap_or_else(Screening::error);
    let id = |entity: usize| engine.snapshot().entities().get(entity).map_or("", |it| it.id.as_str());
    let error = (screening.decision == Decision::Error).then(|| screening.reasons.join("; "));
    let best = screening
        .matches
        .first()
        .map(|it| (id(it.entity).to_owned(), ten_thousandths(it.scored.score)));
    let wanted = |it: usize| case.wanted.contains(&it);
    let place = screening.matches.iter().position(|it| wanted(it.entity));
    let found = place
        .and_then(|it| screening.matches.get(it))
        .map(|it| ten_thousandths(it.scored.score));
    // What a weak alias alone comes to is the policy's to say: such a match is shown and is no alert.
    let alerts = screening
        .matches
        .iter()
        .any(|it| it.judgement.matched && it.scored.score >= review);
    let alerting = screening
        .matches
        .iter()
        .filter(|it| it.judgement.matched)
        .map(|it| ten_thousandths(it.scored.score));
    Answer {
        score: if case.wanted.is_empty() { alerting.max() } else { found },
        rank: place.map(|it| it + 1),
        best,
        alerts,
        error,
    }
}

fn write(path: &Path, cases: &[Case], answers: &[Answer]) -> Result<(), Failure> {
    let failed = |it: csv::Error| Failure::at(path, it);
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    writer
        .write_record([
            "row",
            "name",
            "group",
            "score",
            "rank",
            "best_entity",
            "best_score",
            "alert",
            "error",
        ])
        .map_err(failed)?;
    let shown = |it: Option<u32>| it.map_or(String::new(), |it| format!("{:.4}", f64::from(it) / 10_000.0));
    for (case, it) in cases.iter().zip(answers) {
        let (best, score) = it.best.clone().map_or((String::new(), None), |it| (it.0, Some(it.1)));
        let rank = it.rank.map_or(String::new(), |it| it.to_string());
        writer
            .write_record([
                &case.row.to_string(),
                &case.name,
                &case.group,
                &shown(it.score),
                &rank,
                &best,
                &shown(score),
                &it.alerts.to_string(),
                it.error.as_deref().unwrap_or(""),
            ])
            .map_err(failed)?;
    }
    writer.flush().map_err(|it| Failure::at(path, it))
}

/// One way of asking, and what it comes to.
struct Manner {
    name: &'static str,
    found: Share,
    first: Share,
    alerts: Share,
    curve: Vec<Point>,
    groups: BTreeMap<String, Share>,
    misses: Vec<(String, Option<u32>)>,
}

impl Manner {
    fn new(name: &'static str, review: Score, listed: &[Case], found: &[Answer], clean: &[Answer]) -> Self {
        let review = ten_thousandths(review);
        let over = |it: &&Answer| it.score.is_some_and(|it| it >= review);
        let mut groups: BTreeMap<String, Share> = BTreeMap::new();
        let mut misses = Vec::new();
        for (case, it) in listed.iter().zip(found) {
            let share = groups.entry(case.group.clone()).or_insert(Share { count: 0, of: 0 });
            share.of += 1;
            share.count += usize::from(over(&it));
            if !over(&it) {
                misses.push((case.name.clone(), it.score));
            }
        }
        misses.sort_by_key(|it| it.1);
        let scores = |answers: &[Answer]| answers.iter().map(|it| it.score).collect::<Vec<_>>();
        Self {
            name,
            found: Share {
                count: found.iter().filter(over).count(),
                of: found.len(),
            },
            first: Share {
                count: found.iter().filter(|it| over(it) && it.rank == Some(1)).count(),
                of: found.len(),
            },
            alerts: Share {
                count: clean.iter().filter(|it| it.alerts).count(),
                of: clean.len(),
            },
            curve: curve(&scores(found), &scores(clean)),
            groups,
            misses,
        }
    }

    fn operating(&self) -> Vec<(f64, Option<Point>)> {
        OPERATING.iter().map(|it| (*it, at_alerts(&self.curve, *it))).collect()
    }

    fn json(&self) -> serde_json::Value {
        let groups: BTreeMap<&str, serde_json::Value> =
            self.groups.iter().map(|it| (it.0.as_str(), it.1.json())).collect();
        let operating: Vec<serde_json::Value> = self
            .operating()
            .into_iter()
            .map(|(alerts, it)| {
                serde_json::json!({"alerts_at_most": alerts, "threshold": it.map(|it| f64::from(it.threshold) / 10_000.0),
                    "recall": it.map(|it| round(it.recall))})
            })
            .collect();
        serde_json::json!({"asked": self.name, "found": self.found.json(), "first": self.first.json(),
            "alerts": self.alerts.json(), "groups": groups, "operating": operating})
    }
}

fn show(page: &mut Page, manners: &[Manner], absent: usize, errors: &[String]) {
    if absent > 0 {
        page.wrapped(
            "",
            &format!("{absent} rows name an entry that no loaded list has; they are left out"),
        );
    }
    for it in manners {
        page.line("");
        page.line(&it.name.replace('_', " "));
        page.labelled("  found   ", 10, &it.found.words());
        page.labelled("  first   ", 10, &it.first.words());
        page.labelled("  alerts  ", 10, &it.alerts.words());
        for (alerts, point) in it.operating() {
            let words = point.map_or("no threshold alerts so few".to_owned(), |it| {
                format!(
                    "{:.2} % found at threshold {:.4}",
                    100.0 * it.recall,
                    f64::from(it.threshold) / 10_000.0
                )
            });
            page.labelled(
                "  ",
                4,
                &format!("where {:.1} % of the clean names alert: {words}", 100.0 * alerts),
            );
        }
        for (name, share) in it.groups.iter().filter(|it| !it.0.is_empty()) {
            page.labelled("  ", 4, &format!("{}: {}", plain(name), share.words()));
        }
    }
    page.line("");
    for it in errors.iter().take(10) {
        page.labelled("  ", 4, it);
    }
    if errors.len() > 10 {
        page.line(&format!(
            "  ... {} more in the files' column `error`",
            errors.len() - 10
        ));
    }
}

/// The page: the curve, the figures, the worst misses.
fn report(manners: &[Manner], policy: &str, snapshot: &Snapshot) -> Result<String, Failure> {
    let mut body = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        body,
        "<h1>Recall against alerts</h1>\n<p class=\"meta\">method {} · policy {} · snapshot {} · {} entities</p>\n{}",
        score::METHOD_NAME,
        page::escape(policy),
        page::escape(snapshot.id()),
        snapshot.entities().len(),
        chart(manners)?
    );
    for it in manners {
        let _ = writeln!(
            body,
            "<h2>Asked {}</h2>\n<table><tbody><tr><th scope=\"row\">found</th><td>{}</td></tr><tr><th \
             scope=\"row\">first</th><td>{}</td></tr><tr><th scope=\"row\">clean names that alert</th><td>{}</td></tr>",
            it.name.replace('_', " "),
            it.found.words(),
            it.first.words(),
            it.alerts.words()
        );
        for (alerts, point) in it.operating() {
            let words = point.map_or("-".to_owned(), |it| {
                format!(
                    "{:.2} %, threshold {:.4}",
                    100.0 * it.recall,
                    f64::from(it.threshold) / 10_000.0
                )
            });
            let _ = writeln!(
                body,
                "<tr><th scope=\"row\">found where {:.1} % alert</th><td>{words}</td></tr>",
                100.0 * alerts
            );
        }
        body.push_str("</tbody></table>\n");
        let groups: Vec<_> = it.groups.iter().filter(|it| !it.0.is_empty()).collect();
        if !groups.is_empty() {
            body.push_str("<table><thead><tr><th scope=\"col\">class</th><th scope=\"col\">found (95 %)</th></tr></thead><tbody>\n");
            for (name, share) in groups {
                let _ = writeln!(
                    body,
                    "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                    page::escape(&plain(name)),
                    share.words()
                );
            }
            body.push_str("</tbody></table>\n");
        }
        if !it.misses.is_empty() {
            let _ = writeln!(
                body,
                "<details><summary>The {} that are missed, the worst first</summary>\n<ul>",
                it.misses.len()
            );
            for (name, score) in it.misses.iter().take(200) {
                let score = score.map_or("nothing".to_owned(), |it| format!("{:.4}", f64::from(it) / 10_000.0));
                let _ = writeln!(
                    body,
                    "<li><bdi>{}</bdi> <span class=\"soft\">{score}</span></li>",
                    page::escape(&plain(name))
                );
            }
            body.push_str("</ul></details>\n");
        }
    }
    Ok(page::document_of("Recall against alerts · interdict", &body))
}

fn chart(manners: &[Manner]) -> Result<String, Failure> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (900, 480)).into_drawing_area();
        let failed = |it: &dyn std::fmt::Display| Failure(format!("the chart could not be drawn: {it}"));
        root.fill(&WHITE).map_err(|it| failed(&it))?;
        let lowest = manners
            .iter()
            .flat_map(|it| &it.curve)
            .filter(|it| it.alerts <= 0.05)
            .map(|it| it.recall)
            .fold(1.0_f64, f64::min);
        let mut chart = ChartBuilder::on(&root)
            .margin(20)
            .x_label_area_size(45)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..5.0_f64, (100.0 * lowest - 2.0).max(0.0)..100.5)
            .map_err(|it| failed(&it))?;
        chart
            .configure_mesh()
            .x_desc("clean names that alert, %")
            .y_desc("listed names found, %")
            .label_style(("sans-serif", 15))
            .draw()
            .map_err(|it| failed(&it))?;
        for (it, colour) in manners.iter().zip([RGBColor(18, 63, 122), RGBColor(176, 80, 0)]) {
            let line = it
                .curve
                .iter()
                .rev()
                .filter(|it| it.alerts <= 0.05)
                .map(|it| (100.0 * it.alerts, 100.0 * it.recall));
            chart
                .draw_series(LineSeries::new(line, colour.stroke_width(3)))
                .map_err(|it| failed(&it))?
                .label(it.name.replace('_', " "))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], colour.stroke_width(3)));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .label_font(("sans-serif", 16))
            .background_style(WHITE)
            .border_style(BLACK)
            .draw()
            .map_err(|it| failed(&it))?;
        root.present().map_err(|it| failed(&it))?;
    }
    // It scales with the page; the size stays as the proportion.
    let svg = svg.replacen(
        "<svg width=\"900\" height=\"480\"",
        "<svg role=\"img\" aria-label=\"curve of recall against alerts\" style=\"width:100%;height:auto\"",
        1,
    );
    Ok(svg)
}
