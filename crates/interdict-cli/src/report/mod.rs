//! `interdict lists report`: what the lists hold, as figures, as JSON, as a page.

mod figures;
mod charts;
mod page;

use interdict::policy::Decision;
use interdict::wire;
use interdict_store::{Store, Version};

use crate::args::ReportArgs;
use crate::loading::{self, SAMPLE_NOTICE};
use crate::paint::{Out, Page, plain};
use crate::plan::{self, Failure, Plan};

use figures::Report;

/// Runs the command.
pub fn run(args: &ReportArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    // What each publisher has is counted; one subject on several lists counts on each.
    let mut apart = args.policy.clone();
    apart.merge.no_merge = true;
    let loaded = loading::load(plan, &apart, &policy)?;
    let store = plan.store.as_ref().map(Store::open).transpose()?;
    let logs = store.as_ref().map_or(&[][..], Store::logs);
    let versions: Vec<&Version> = logs
        .iter()
        .filter_map(|it| match &loaded.as_of {
            Some(day) => it.in_force(day),
            None => it.active(),
        })
        .collect();
    let report = Report::of(&loaded, &versions, &policy, plan.now);
    if let Some(path) = &args.html {
        let html = page::html(&report)?;
        std::fs::write(path, html).map_err(|it| Failure::at(path, it))?;
    }
    if args.json {
        if report.sample {
            eprintln!("{SAMPLE_NOTICE}");
        }
        out.print(&(wire::to_line(&report.json()) + "\n"));
        return Ok(Decision::Clear);
    }
    let mut text = Page::new(&plan.style);
    if report.sample {
        let notice = text.style.strong(SAMPLE_NOTICE);
        text.line(&notice);
    }
    text.wrapped("", &report.headline());
    if let Some(path) = &args.html {
        text.wrapped("", &format!("written to {}", plain(&path.display().to_string())));
    } else {
        for it in &report.figures {
            show(&mut text, it);
        }
    }
    out.print(&text.text);
    Ok(Decision::Clear)
}

/// Rows of a figure that a terminal shows.
const MOST_ROWS: usize = 12;

fn show(page: &mut Page, it: &figures::Figure) {
    page.line("");
    let title = page.style.strong(&it.title);
    page.line(&title);
    let mut header = vec![it.head.as_str()];
    header.extend(it.series.iter().map(String::as_str));
    let numbers: Vec<usize> = (1..header.len()).collect();
    let mut table = crate::lists::table(page, &header, &numbers);
    for row in it.rows.iter().take(MOST_ROWS) {
        let mut cells = vec![plain(&row.label)];
        cells.extend(row.values.iter().map(ToString::to_string));
        table.add_row(cells);
    }
    crate::lists::show_table(page, &table);
    if it.rows.len() > MOST_ROWS {
        page.line(&format!(
            "... {} more: --json or --html has them",
            it.rows.len() - MOST_ROWS
        ));
    }
}
