//! `interdict eval pairs`: pairs of names, labelled or not -> a score and a verdict for each, and precision, recall and F1.

use std::collections::BTreeMap;

use interdict::entity::{Fact, Origin, Party, PartyName, Schema};
use interdict::policy::Decision;
use interdict::prepare::PreparedParty;
use interdict::score;

use super::figures::{Confusion, round};
use super::{Sheet, cell, truth};
use crate::args::EvalPairsArgs;
use crate::guard::guarded;
use crate::paint::{Out, Page};
use crate::plan::{self, Failure, Plan};

/// Columns by which the figures are told apart where the file has one.
const GROUPS: [&str; 4] = ["case_group", "group", "category", "class"];

/// Scores every pair.
pub fn run(args: &EvalPairsArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    let path = &args.file;
    let sheet = Sheet::read(path)?;
    let (first, second) = (sheet.needed(path, &["name1"])?, sheet.needed(path, &["name2"])?);
    let (schema, label, group) = (
        sheet.column(&["schema", "type"]),
        sheet.column(&["is_match"]),
        sheet.column(&GROUPS),
    );
    let mut writer = csv::Writer::from_path(&args.out).map_err(|it| Failure::at(&args.out, it))?;
    let written = |it: csv::Error| Failure::at(&args.out, it);
    let header = sheet.header.iter().chain(["score", "match", "error"]);
    writer.write_record(header).map_err(written)?;
    let mut all = Confusion::default();
    let mut groups: BTreeMap<String, Confusion> = BTreeMap::new();
    let (mut labelled, mut errors) = (0, Vec::new());
    for (at, row) in sheet.rows.iter().enumerate() {
        let scored = pair(cell(row, schema), [cell(row, Some(first)), cell(row, Some(second))]);
        let (score, matched, error) = match &scored {
            Ok(it) => {
                let matched = *it >= policy.review;
                (format!("{:.4}", it.probability()), matched.to_string(), String::new())
            }
            // What cannot be compared is no match; the column beside it says that nothing was compared.
            Err(it) => ("0.0000".to_owned(), "false".to_owned(), it.clone()),
        };
        writer
            .write_record(row.iter().chain([score.as_str(), matched.as_str(), error.as_str()]))
            .map_err(written)?;
        let word = cell(row, label);
        match (scored, truth(word)) {
            (Err(it), _) => errors.push(format!("row {}: {it}", at + 1)),
            (Ok(_), None) if label.is_some() => {
                errors.push(format!(
                    "row {}: column `is_match`, value `{word}`: neither true nor false",
                    at + 1
                ));
            }
            (Ok(score), Some(same)) => {
                labelled += 1;
                all.add(same, score >= policy.review);
                if group.is_some() {
                    let name = cell(row, group);
                    let name = if name.is_empty() { "-" } else { name };
                    groups
                        .entry(name.to_owned())
                        .or_default()
                        .add(same, score >= policy.review);
                }
            }
            (Ok(_), None) => {}
        }
    }
    writer.flush().map_err(|it| Failure::at(&args.out, it))?;
    if args.json {
        let figures = |it: &Confusion| {
            serde_json::json!({"tp": it.right, "fp": it.wrong, "fn": it.missed, "tn": it.left, "f1": round(it.f1()),
                "precision": it.precision().json(), "recall": it.recall().json()})
        };
        let groups: BTreeMap<&str, serde_json::Value> =
            groups.iter().map(|it| (it.0.as_str(), figures(it.1))).collect();
        let json = serde_json::json!({"schema": "interdict.eval-pairs/1", "method": score::METHOD_NAME,
            "threshold": policy.review.probability(), "pairs": sheet.rows.len(), "labelled": labelled,
            "all": figures(&all), "groups": groups, "errors": errors});
        out.print(&(interdict::wire::to_line(&json) + "\n"));
    } else {
        let mut page = Page::new(&plan.style);
        let threshold = policy.review;
        page.wrapped(
            "",
            &format!(
                "{} pairs scored by {}, threshold {threshold} ({}), written to {}",
                sheet.rows.len(),
                score::METHOD_NAME,
                policy.label(),
                args.out.display()
            ),
        );
        if labelled > 0 {
            page.line("");
            show(&mut page, "all", &all);
            for (name, it) in &groups {
                show(&mut page, name, it);
            }
        }
        for it in &errors {
            page.labelled("  ", 4, it);
        }
        out.print(&page.text);
    }
    Ok(if errors.is_empty() {
        Decision::Clear
    } else {
        Decision::Error
    })
}

fn show(page: &mut Page, name: &str, it: &Confusion) {
    page.wrapped(
        "",
        &format!(
            "{name}: F1 {:.4}; precision {}; recall {}; {} right, {} wrong, {} missed, {} left",
            it.f1(),
            it.precision().words(),
            it.recall().words(),
            it.right,
            it.wrong,
            it.missed,
            it.left
        ),
    );
}

fn pair(schema: &str, names: [&str; 2]) -> Result<score::Score, String> {
    let schema = if schema.is_empty() {
        Schema::Thing
    } else {
        Schema::parse(schema).ok_or_else(|| format!("column `schema`, value `{schema}`: no kind of party"))?
    };
    guarded(|| {
        let [a, b] = names.map(|name| {
            let mut party = Party::new(schema);
            party.names.push(Fact::new(PartyName::new(name), Origin::asked()));
            PreparedParty::new(&party)
        });
        if a.names.is_empty() || b.names.is_empty() {
            let which = if a.names.is_empty() { "name1" } else { "name2" };
            return Err(format!(
                "column `{which}`: holds no letter or digit that could be compared"
            ));
        }
        let limit = interdict::engine::MAX_NAME_PARTS;
        if let Some(it) = a.names.iter().chain(&b.names).find(|it| it.name.parts.len() > limit) {
            return Err(format!("a name of {} parts, the limit is {limit}", it.name.parts.len()));
        }
        Ok(score::score(&a, &b).score)
    })
    .unwrap_or_else(Err)
}
