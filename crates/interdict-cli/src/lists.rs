//! `interdict lists`: add, show, check, remove.

use std::path::{Path, PathBuf};

use comfy_table::{ContentArrangement, Table, presets};
use interdict::engine::Engine;
use interdict::entity::{Problem, Severity};
use interdict::gate::main_records;
use interdict::lists::{Format, SourceFile, detect, ftm};
use interdict::policy::{Decision, Policy};
use interdict::wire;
use interdict::wire::checked::Checked;
use interdict_extract::unpack::{self, Limits};
use interdict_store::{Arrival, ListLog, Store, Version};

use crate::admit::{self, Candidate, Fate, Outcome};
use crate::args::{AddArgs, CheckArgs, RemoveArgs, ShowArgs};
use crate::control;
use crate::deltas;
use crate::history;
use crate::loading::{self, Files, ListInfo, Loaded, Read, SAMPLE_NOTICE, header, losses};
use crate::paint::{Out, Page, pad, plain};
use crate::plan::{self, Failure, Plan};
use crate::progress::Progress;

/// A file that may be a list, with the path to name it by.
struct Found {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// Endings that lists have. A file of such an ending that is none is an error even in a folder: it may be a damaged list.
const ENDINGS: [&str; 7] = ["csv", "xml", "json", "jsonl", "ndjson", "ftm", "xlsx"];

/// Lists in files and folders, and files in folders that were left out since they do not look like lists.
pub struct Gathered {
    /// Where each stands, its format and its files.
    pub lists: Vec<(String, Files)>,
    left_out: Vec<PathBuf>,
}

/// The format that `--format` names.
pub fn format_of(name: Option<&str>) -> Result<Option<Format>, Failure> {
    name.map(|it| {
        Format::parse(it).ok_or_else(|| {
            let known: Vec<&str> = Format::ALL.iter().map(|it| it.name()).collect();
            Failure(format!("--format {it}: not one of {}", known.join(", ")))
        })
    })
    .transpose()
}

/// Reads what is at the paths and tells which lists it is.
pub fn gather(
    paths: &[PathBuf],
    format: Option<&str>,
    mapping: Option<&Path>,
    store: Option<&Store>,
) -> Result<Gathered, Failure> {
    let format = format_of(format)?;
    let mut found: Vec<Found> = Vec::new();
    let mut left_out = Vec::new();
    for it in paths {
        collect(it, true, &mut found, &mut left_out)?;
    }
    if found.is_empty() {
        let names: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
        return Err(Failure(format!("{}: no list is in there", names.join(", "))));
    }
    if let Some(store) = store {
        for it in found.iter_mut().filter(|it| ftm::is_delta(&it.bytes)) {
            it.bytes = deltas::applied(store, &it.path, &it.bytes)?;
        }
    }
    let format = match mapping {
        Some(mapping) if found.len() == 1 => {
            found.push(Found {
                path: mapping.to_owned(),
                bytes: std::fs::read(mapping).map_err(|it| Failure::at(mapping, it))?,
            });
            Some(Format::Own)
        }
        Some(_) => return Err(Failure("--mapping is for one list: give one file".to_owned())),
        None => format,
    };
    let names: Vec<String> = found.iter().map(|it| it.path.display().to_string()).collect();
    let sources: Vec<SourceFile<'_>> = found
        .iter()
        .zip(&names)
        .map(|(it, name)| SourceFile { name, bytes: &it.bytes })
        .collect();
    let groups = match format {
        Some(it @ (Format::OfacCsv | Format::Own)) => vec![(it, (0..found.len()).collect::<Vec<_>>())],
        Some(it) => (0..found.len()).map(|at| (it, vec![at])).collect(),
        None => {
            let mut groups = Vec::new();
            for it in detect::group(&sources) {
                match it.format {
                    Some(format) => groups.push((format, it.files)),
                    None => {
                        let name = it
                            .files
                            .first()
                            .and_then(|at| names.get(*at))
                            .map_or("", String::as_str);
                        let reason = it.reason.unwrap_or_else(|| "no list format is like it".to_owned());
                        return Err(Failure(format!("{name}: {reason}")));
                    }
                }
            }
            groups
        }
    };
    let lists = groups
        .into_iter()
        .map(|(format, files)| {
            let place: Vec<&str> = files
                .iter()
                .filter_map(|at| names.get(*at))
                .map(String::as_str)
                .collect();
            let contents = files
                .iter()
                .filter_map(|at| {
                    let it = found.get_mut(*at)?;
                    let name = it
                        .path
                        .file_name()
                        .map_or_else(String::new, |it| it.to_string_lossy().into_owned());
                    // Moved, not copied: a list may be large.
                    Some((name, std::mem::take(&mut it.bytes)))
                })
                .collect();
            (place.join(", "), (format, contents))
        })
        .collect();
    Ok(Gathered { lists, left_out })
}

/// Files under a path, folders within folders too, in the order of their names; without hidden ones.
fn collect(path: &Path, named: bool, found: &mut Vec<Found>, left_out: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if path.is_dir() {
        let mut inner: Vec<PathBuf> = std::fs::read_dir(path)
            .and_then(|it| it.map(|it| it.map(|it| it.path())).collect())
            .map_err(|it| Failure::at(path, it))?;
        inner.sort();
        let hidden = |it: &Path| it.file_name().is_some_and(|it| it.to_string_lossy().starts_with('.'));
        for it in inner.iter().filter(|it| !hidden(it)) {
            collect(it, false, found, left_out)?;
        }
        return Ok(());
    }
    let packed = path.file_name().is_some_and(|it| unpack::packed(&it.to_string_lossy()));
    if packed {
        return unpacked(path, found, left_out);
    }
    if !named && !listlike(path) {
        left_out.push(path.to_owned());
        return Ok(());
    }
    let bytes = std::fs::read(path).map_err(|it| Failure::at(path, it))?;
    found.push(Found {
        path: path.to_owned(),
        bytes,
    });
    Ok(())
}

pub fn listlike(path: &Path) -> bool {
    path.extension()
        .is_some_and(|it| ENDINGS.iter().any(|ending| it.eq_ignore_ascii_case(ending)))
        || path.to_string_lossy().to_lowercase().ends_with(detect::MAPPING)
}

/// The files in an archive, as if it were a folder. If there is only one, it is the list, whatever it is called.
fn unpacked(path: &Path, found: &mut Vec<Found>, left_out: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let file = std::fs::File::open(path).map_err(|it| Failure::at(path, it))?;
    let name = path.display().to_string();
    let mut inner: Vec<Found> = Vec::new();
    let mut others: Vec<Found> = Vec::new();
    unpack::for_each_member(file, &name, Limits::LISTS, |member, bytes| {
        let hidden = member.split('/').any(|it| it.starts_with('.') || it == "__MACOSX");
        let it = Found {
            path: path.join(member),
            bytes,
        };
        match () {
            () if hidden => {}
            () if listlike(&it.path) => inner.push(it),
            () => others.push(it),
        }
        Ok(())
    })
    .map_err(|it| Failure(it.to_string()))?;
    if inner.is_empty() && others.len() == 1 {
        inner.append(&mut others);
    }
    left_out.extend(others.into_iter().map(|it| it.path));
    inner.sort_by(|a, b| a.path.cmp(&b.path));
    found.append(&mut inner);
    Ok(())
}

/// Reads gathered lists; a file that cannot be trusted as a whole ends it.
pub fn read_all(gathered: &[(String, Files)]) -> Result<Vec<Read>, Failure> {
    let mut progress = Progress::new(gathered.len(), "reading lists");
    let mut out = Vec::new();
    for (place, (format, files)) in gathered {
        let read = loading::parse(*format, files).map_err(|it| Failure(format!("{place}: {}", it.0)))?;
        if let Some(problem) = read.parsed.fatal() {
            return Err(Failure(format!("{place}: {problem}")));
        }
        if read.parsed.entities.is_empty() {
            return Err(Failure(format!(
                "{place}: no record became an entity: not a list to screen against"
            )));
        }
        out.push(read);
        progress.step();
    }
    Ok(out)
}

/// `interdict lists add`.
pub fn add(args: &AddArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let store = admit::open(plan)?;
    let overrides = admit::overrides(&args.overrides, plan.now)?;
    let gathered = gather(
        &args.files,
        args.format.as_deref(),
        args.mapping.as_deref(),
        Some(&store),
    )?;
    if args.strict {
        strict(&gathered.lists)?;
    }
    let candidates = gathered
        .lists
        .into_iter()
        .map(|(place, (format, files))| Candidate {
            arrival: Arrival {
                from: place.clone(),
                ..Arrival::default()
            },
            place,
            format,
            files,
            expected: None,
            dated: None,
            seen: None,
        })
        .collect();
    let outcomes = admit::admit_together(plan, candidates, &overrides, plan.now)?;
    let store = admit::open(plan)?;
    let mut warnings: Vec<String> = outcomes.iter().filter_map(lost_warning).collect();
    warnings.extend(outcomes.iter().filter_map(refusal));
    for it in &warnings {
        eprintln!("interdict: WARNING: {}", plain(it));
    }
    let good = outcomes.iter().all(Outcome::is_good);
    if good {
        remember(plan, &mut warnings);
    }
    if args.json {
        warnings.extend(outcomes.iter().filter_map(older));
        warnings.extend(outcomes.iter().filter_map(unproven));
        let mut json = store_value(store.active());
        json["admitted"] = outcomes.iter().map(outcome_value).collect();
        json["warnings"] = warnings.into();
        json["left_out"] = gathered
            .left_out
            .iter()
            .map(|it| it.display().to_string())
            .collect::<Vec<_>>()
            .into();
        out.print(&(wire::to_line(&json) + "\n"));
    } else {
        let mut page = Page::new(&plan.style);
        show_outcomes(&mut page, &outcomes, &store);
        left_out(&mut page, &gathered.left_out);
        page.wrapped("", &format!("stored in {}", store.dir().display()));
        out.print(&page.text);
    }
    Ok(if good { Decision::Clear } else { Decision::Error })
}

/// Refuses lists that say something which cannot be screened.
fn strict(lists: &[(String, Files)]) -> Result<(), Failure> {
    for ((place, _), it) in lists.iter().zip(read_all(lists)?) {
        if let Some(words) = lost_words(place, &it.parsed.problems) {
            return Err(Failure(words));
        }
    }
    Ok(())
}

fn lost_words(place: &str, problems: &[Problem]) -> Option<String> {
    let lost = losses(problems);
    let which: Vec<String> = problems
        .iter()
        .filter(|it| it.severity >= Severity::Loss)
        .take(3)
        .map(|it| format!(" {it};"))
        .collect();
    (lost > 0).then(|| {
        format!(
            "{place}: {lost} records or values cannot be screened:{} `interdict lists check` shows all",
            which.concat()
        )
    })
}

/// The rest of a fresh list protects better than all of an old one; but it has to be heard.
fn lost_warning(it: &Outcome) -> Option<String> {
    it.is_good().then(|| lost_words(&it.place, &it.problems)).flatten()
}

fn refusal(it: &Outcome) -> Option<String> {
    let stays = match &it.before {
        Some(before) => format!("the version of {} stays active", before.day()),
        None => "no version is active".to_owned(),
    };
    match it.fate {
        Fate::Activated | Fate::Unchanged => None,
        Fate::Held => Some(format!(
            "{}: passed, and held since another was refused: {stays}",
            it.place
        )),
        Fate::Refused => {
            let failed: Vec<String> = it
                .failed()
                .iter()
                .map(|it| format!("{}: {}", it.gate, it.words))
                .collect();
            Some(format!("{}: refused; {}; {stays}", it.place, failed.join("; ")))
        }
    }
}

/// A first version in a format of lines may have been cut at any of them: nothing in it, and no version before it, would show that.
fn unproven(it: &Outcome) -> Option<String> {
    let blind = Format::parse(&it.version.format).is_some_and(|it| !it.shows_its_end());
    (it.fate == Fate::Activated && it.before.is_none() && blind).then(|| {
        format!(
            "{} ({}): the first version, in a format that shows neither count nor end: that its {} entities are all of the list has to be \
             checked against the publisher's length; `interdict update` does so",
            it.version.list, it.version.format, it.version.entities
        )
    })
}

fn outcome_value(it: &Outcome) -> serde_json::Value {
    let fate = match it.fate {
        Fate::Activated => "activated",
        Fate::Unchanged => "unchanged",
        Fate::Refused => "refused",
        Fate::Held => "held",
    };
    let mut out = history::version_value(&it.version);
    out["place"] = it.place.clone().into();
    out["fate"] = fate.into();
    out
}

/// What became of each; the gates of those that did not pass.
pub fn show_outcomes(page: &mut Page, outcomes: &[Outcome], store: &Store) {
    let good: Vec<Version> = outcomes
        .iter()
        .filter(|it| it.is_good())
        .map(|it| it.version.clone())
        .collect();
    if !good.is_empty() {
        show_versions(page, &good);
    }
    for it in outcomes.iter().filter(|it| it.is_good()) {
        show_problems(page, &it.version.list, &it.problems, 5);
    }
    for it in outcomes {
        let name = format!("{} ({})", it.version.list, it.version.format);
        match it.fate {
            Fate::Unchanged => page.wrapped("", &format!("{name}: unchanged; verified anew")),
            Fate::Activated => {
                remark(page, &it.version, it.before.as_ref(), store.active());
                if let Some(words) = unproven(it) {
                    page.wrapped("", &words);
                }
                for it in &it.version.overrides {
                    page.wrapped(
                        "",
                        &format!("{name}: gate {} let pass by {}: {}", it.gate, it.by, it.reason),
                    );
                }
            }
            Fate::Refused | Fate::Held => {
                // A file that is cut off or no list is never let pass.
                let hopeless = it
                    .failed()
                    .iter()
                    .any(|it| matches!(it.gate.as_str(), "whole" | "kind"));
                let word = if it.fate == Fate::Refused { "REFUSED" } else { "held" };
                page.line("");
                page.wrapped("", &format!("{name}: {word} ({})", it.place));
                for it in &it.version.gates {
                    let label = format!("  {}{}", pad(&it.gate, 13), pad(&it.outcome, 14));
                    page.labelled(&label, 29, &it.words);
                }
                let stays = it.before.as_ref().map_or_else(
                    || "no version of it is active".to_owned(),
                    |it| {
                        format!(
                            "the version of {} stays active; last verified {}",
                            it.day(),
                            it.verified_at
                        )
                    },
                );
                page.wrapped("  ", &stays);
                if it.fate == Fate::Refused && !hopeless {
                    page.wrapped(
                        "  ",
                        "to let it pass all the same: --override GATE --by NAME --reason TEXT (all three are recorded)",
                    );
                }
            }
        }
    }
}

/// Keeps the ids of the entities. Where that fails the lists are in use all the same, and the next answer says what is wrong.
pub fn remember(plan: &Plan, warnings: &mut Vec<String>) {
    if let Err(failure) = loading::remember(plan) {
        let words = format!("the ids of the entities could not be kept: {}", failure.0);
        eprintln!("interdict: WARNING: {}", plain(&words));
        warnings.push(words);
    }
}

/// Says so when a list took the place of a newer one.
fn older(it: &Outcome) -> Option<String> {
    let (new, old) = (it.version.published.as_ref()?, it.before.as_ref()?.published.as_ref()?);
    (it.fate == Fate::Activated && new < old).then(|| {
        format!(
            "{} ({}): the new file, of {new}, is older than the one it supersedes, of {old}",
            it.version.list, it.version.format
        )
    })
}

/// What adding a list did to others.
fn remark(page: &mut Page, added: &Version, before: Option<&Version>, active: &[Version]) {
    if let Some(old) = before {
        let date = |it: &Option<String>| it.clone().unwrap_or_else(|| "undated".to_owned());
        let older = match (&added.published, &old.published) {
            (Some(new), Some(old)) if new < old => " WARNING: the new file is the older one.",
            _ => "",
        };
        page.wrapped(
            "",
            &format!(
                "{} ({}): supersedes the version of {}.{older}",
                added.list,
                added.format,
                date(&old.published)
            ),
        );
    }
    for it in active
        .iter()
        .filter(|it| it.list == added.list && it.format != added.format)
    {
        page.wrapped(
            "",
            &format!(
                "{}: active as {} and as {}; both are screened. `interdict lists remove {}/{}` takes one away.",
                added.list, added.format, it.format, it.list, it.format
            ),
        );
    }
}

fn left_out(page: &mut Page, paths: &[PathBuf]) {
    if !paths.is_empty() {
        let names: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
        page.wrapped(
            "",
            &format!(
                "not looked at, since the name is not that of a list: {}",
                names.join(", ")
            ),
        );
    }
}

/// `interdict lists show`.
pub fn show(args: &ShowArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let store = plan.store.as_ref().map(Store::open).transpose()?;
    let day = args.as_of.map(|it| it.to_string());
    let logs = store.as_ref().map_or(&[][..], Store::logs);
    let of_log = |it: &ListLog| match &day {
        Some(day) => it.in_force(day).cloned(),
        None => it.active().cloned(),
    };
    let versions: Vec<Version> = logs.iter().filter_map(of_log).collect();
    let mut page = Page::new(&plan.style);
    if args.json {
        let mut json = store_value(&versions);
        if let Some(day) = &day {
            json["as_of"] = day.as_str().into();
            // What was not there then is not answered from samples.
            json["sample"] = false.into();
        }
        page.line(&wire::to_line(&json));
    } else if let Some(day) = &day {
        page.wrapped("", &format!("lists as of {day}"));
        show_versions(&mut page, &versions);
        for it in logs.iter().filter(|it| it.in_force(day).is_none()) {
            page.wrapped("", &format!("{} ({}): no version then", it.list, it.format));
        }
    } else if versions.is_empty() {
        let notice = page.style.strong(SAMPLE_NOTICE);
        page.line(&notice);
        if let Some(store) = &store {
            page.wrapped("", &format!("nothing is stored in {}", store.dir().display()));
        }
    } else {
        show_versions(&mut page, &versions);
        for it in logs {
            if let Some(trouble) = &it.trouble {
                page.wrapped(
                    "",
                    &format!(
                        "{} ({}): not to be had on {}: {}",
                        it.list, it.format, trouble.at, trouble.reason
                    ),
                );
            }
        }
        if let Some(store) = &store {
            page.wrapped("", &format!("stored in {}", store.dir().display()));
        }
    }
    out.print(&page.text);
    Ok(Decision::Clear)
}

fn store_value(versions: &[Version]) -> serde_json::Value {
    let lists: Vec<serde_json::Value> = versions.iter().map(history::version_value).collect();
    serde_json::json!({
        "schema": "interdict.lists/1", "sample": lists.is_empty(), "lists": lists,
    })
}

/// A table in the program's manner; the columns of the given numbers are set right.
pub fn table(page: &Page, header: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(page.style.width).unwrap_or(80))
        .set_header(header.to_vec());
    for at in right {
        if let Some(column) = table.column_mut(*at) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table
}

/// Prints a table.
pub fn show_table(page: &mut Page, table: &Table) {
    for line in table.to_string().lines() {
        // The preset begins each line with a space.
        page.line(line.strip_prefix(' ').unwrap_or(line).trim_end());
    }
}

/// What the check of a list comes to: a name that is not found is an error, something lost is for a person to look at.
fn verdict(it: &Checked) -> Decision {
    if !it.missed.is_empty() {
        Decision::Error
    } else if losses(&it.problems) > 0 {
        Decision::Review
    } else {
        Decision::Clear
    }
}

/// From this width on a table has all its columns.
pub const WIDE: usize = 100;

fn show_versions(page: &mut Page, versions: &[Version]) {
    let wide = page.style.width >= WIDE;
    let header = ["list", "format", "published", "entities", "names", "problems", "added"];
    let columns = if wide { header.len() } else { header.len() - 1 };
    let mut out = table(page, &header[..columns], &[3, 4, 5]);
    for it in versions {
        let row = [
            plain(&it.list),
            plain(&it.format),
            plain(it.published.as_deref().unwrap_or("-")),
            it.entities.to_string(),
            it.names.to_string(),
            it.problems.to_string(),
            it.added_at.chars().take(10).collect(),
        ];
        out.add_row(row.into_iter().take(columns));
    }
    show_table(page, &out);
}

fn show_problems(page: &mut Page, list: &str, problems: &[Problem], most: usize) {
    if problems.is_empty() {
        return;
    }
    let count = |severity: Severity| problems.iter().filter(|it| it.severity == severity).count();
    page.wrapped(
        "",
        &format!(
            "{list}: {} problems: {} fatal, {} lost, {} noticed{}",
            problems.len(),
            count(Severity::Fatal),
            count(Severity::Loss),
            count(Severity::Notice),
            if problems.len() > most {
                format!("; the gravest {most} (--json of `lists check` has all)")
            } else {
                String::new()
            }
        ),
    );
    let mut gravest: Vec<&Problem> = problems.iter().collect();
    gravest.sort_by_key(|it| std::cmp::Reverse(it.severity));
    for it in gravest.into_iter().take(most) {
        page.labelled("  ", 4, &format!("{}: {it}", it.severity.name()));
    }
}

/// `interdict lists remove`.
pub fn remove(args: &RemoveArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let dir = plan
        .store
        .as_ref()
        .ok_or_else(|| Failure("no folder with lists: give --store DIR or INTERDICT_STORE".to_owned()))?;
    let mut store = Store::open(dir)?;
    let now = plan::stamp(plan.now);
    let (list, format) = match args.list.split_once('/') {
        Some((list, format)) => (list, Some(format)),
        None => (args.list.as_str(), None),
    };
    let removed = store.remove(list, format, &now)?;
    remember(plan, &mut Vec::new());
    if removed.is_empty() {
        let known: Vec<String> = store
            .active()
            .iter()
            .map(|it| format!("{}/{}", it.list, it.format))
            .collect();
        return Err(Failure(format!(
            "{}: no such list is active; there are: {}",
            args.list,
            if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            }
        )));
    }
    let mut page = Page::new(&plan.style);
    for it in &removed {
        page.wrapped("", &format!("{} ({}): no longer screened", it.list, it.format));
    }
    if store.active().is_empty() {
        page.wrapped(
            "",
            "no list is left: answers will come from the built-in samples, and say so",
        );
    }
    out.print(&page.text);
    Ok(Decision::Clear)
}

/// `interdict lists check`.
pub fn check(args: &CheckArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    let mut skipped = Vec::new();
    let loaded = if args.files.is_empty() {
        loading::load(plan, &args.policy, &policy)?
    } else {
        let gathered = gather(&args.files, args.format.as_deref(), args.mapping.as_deref(), None)?;
        skipped = gathered.left_out;
        loading::build(
            read_all(&gathered.lists)?,
            false,
            &args.policy.lists,
            &loading::Merging::new(plan, &args.policy.merge)?,
        )?
    };
    let mut progress = Progress::new(loaded.snapshot.entities().len(), "screening every published name");
    let checked: Vec<Checked> = loaded
        .lists
        .iter()
        .map(|it| check_list(it, &loaded, &policy, &mut progress))
        .collect();
    drop(progress);
    let decision = checked.iter().map(verdict).max().unwrap_or(Decision::Error);
    if args.json {
        if loaded.sample {
            eprintln!("{SAMPLE_NOTICE}");
        }
        out.print(&(wire::to_line(&wire::checked::check(&checked, decision)) + "\n"));
        return Ok(decision);
    }
    let mut page = Page::new(&plan.style);
    header(&mut page, &loaded, &policy);
    page.line("");
    show_checked(&mut page, &checked);
    page.line("");
    for it in &checked {
        show_problems(&mut page, &it.list, &it.problems, 10);
    }
    for list in &checked {
        for it in &list.missed {
            page.labelled(
                "MISSED  ",
                8,
                &format!("{}: {} does not find {}: {}", list.list, it.name, it.entity, it.reason),
            );
        }
    }
    left_out(&mut page, &skipped);
    let names: usize = checked.iter().map(|it| it.controlled).sum();
    let missed: usize = checked.iter().map(|it| it.missed.len()).sum();
    let words = format!(
        "control: {} of {names} published names find their own entry",
        names - missed
    );
    let words = page.style.decision(decision, &words);
    page.line(&words);
    out.print(&page.text);
    Ok(decision)
}

fn show_checked(page: &mut Page, checked: &[Checked]) {
    let wide = page.style.width >= WIDE;
    let header = [
        "list",
        "format",
        "records",
        "entities",
        "problems",
        "names",
        "missed",
        "lost",
        "published",
    ];
    // The problems below say what was lost.
    let columns = if wide { header.len() } else { header.len() - 2 };
    let mut out = table(page, &header[..columns], &[2, 3, 4, 5, 6, 7]);
    for it in checked {
        let row = [
            plain(&it.list),
            it.format.to_owned(),
            it.records.to_string(),
            it.entities.to_string(),
            it.problems.len().to_string(),
            it.controlled.to_string(),
            it.missed.len().to_string(),
            losses(&it.problems).to_string(),
            plain(it.published.as_deref().unwrap_or("-")),
        ];
        out.add_row(row.into_iter().take(columns));
    }
    show_table(page, &out);
}

fn check_list(info: &ListInfo, loaded: &Loaded, policy: &Policy, progress: &mut Progress) -> Checked {
    let engine = Engine::new(&loaded.snapshot, policy);
    let control = control::run(&engine, &info.entities, &info.list, progress);
    Checked {
        list: info.list.clone(),
        format: info.format.name(),
        files: info.files.clone(),
        published: info.published.clone(),
        records: main_records(info.entities.len(), &info.counts),
        entities: info.entities.len(),
        names: control.names,
        problems: info.problems.clone(),
        counts: info.counts.clone(),
        controlled: control.names,
        missed: control.missed,
    }
}
