//! `interdict lists`: add, show, check, remove.

use std::path::{Path, PathBuf};

use comfy_table::{ContentArrangement, Table, presets};
use interdict::engine::Engine;
use interdict::entity::{Fact, Origin, Party, PartyName, Problem, Query, Schema, Severity};
use interdict::index::Memo;
use interdict::lists::{Format, SourceFile, detect};
use interdict::policy::{Decision, Policy};
use interdict::wire;
use interdict::wire::checked::{Checked, Missed};
use interdict_store::{NewVersion, Store, Version};

use crate::args::{AddArgs, CheckArgs, RemoveArgs, ShowArgs};
use crate::guard::guarded;
use crate::loading::{self, Files, ListInfo, Loaded, Read, SAMPLE_NOTICE, header, losses};
use crate::paint::{Out, Page, plain};
use crate::plan::{self, Failure, Plan};
use crate::progress::Progress;
use crate::screen::{answer_all, shown};

/// A file that may be a list, with the path to name it by.
struct Found {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// Endings that lists have. A file of such an ending that is none is an error even in a folder: it may be a damaged list.
const ENDINGS: [&str; 7] = ["csv", "xml", "json", "jsonl", "ndjson", "ftm", "xlsx"];

/// Lists in files and folders, and files in folders that were left out since they do not look like lists.
struct Gathered {
    lists: Vec<(String, Files)>,
    left_out: Vec<PathBuf>,
}

fn gather(paths: &[PathBuf], format: Option<&str>) -> Result<Gathered, Failure> {
    let format = format
        .map(|it| {
            Format::parse(it).ok_or_else(|| {
                let known: Vec<&str> = Format::ALL.iter().map(|it| it.name()).collect();
                Failure(format!("--format {it}: not one of {}", known.join(", ")))
            })
        })
        .transpose()?;
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    for it in paths {
        collect(it, true, &mut found, &mut left_out)?;
    }
    if found.is_empty() {
        let names: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
        return Err(Failure(format!("{}: no list is in there", names.join(", "))));
    }
    let names: Vec<String> = found.iter().map(|it| it.path.display().to_string()).collect();
    let sources: Vec<SourceFile<'_>> = found
        .iter()
        .zip(&names)
        .map(|(it, name)| SourceFile { name, bytes: &it.bytes })
        .collect();
    let groups = match format {
        Some(Format::OfacCsv) => vec![(Format::OfacCsv, (0..found.len()).collect::<Vec<_>>())],
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
                .filter_map(|at| found.get(*at))
                .map(|it| {
                    let name = it
                        .path
                        .file_name()
                        .map_or_else(String::new, |it| it.to_string_lossy().into_owned());
                    (name, it.bytes.clone())
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
    let listlike = path
        .extension()
        .is_some_and(|it| ENDINGS.iter().any(|ending| it.eq_ignore_ascii_case(ending)));
    if !named && !listlike {
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

/// Reads gathered lists; a file that cannot be trusted as a whole ends it.
fn read_all(gathered: &[(String, Files)]) -> Result<Vec<Read>, Failure> {
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
    let dir = plan
        .store
        .as_ref()
        .ok_or_else(|| Failure("no folder to keep lists in: give --store DIR or INTERDICT_STORE".to_owned()))?;
    let mut store = Store::open(dir)?;
    let gathered = gather(&args.files, args.format.as_deref())?;
    let read = read_all(&gathered.lists)?;
    let mut warnings = Vec::new();
    for ((place, _), it) in gathered.lists.iter().zip(&read) {
        let lost = losses(&it.parsed.problems);
        if lost == 0 {
            continue;
        }
        let which: Vec<String> = it
            .parsed
            .problems
            .iter()
            .filter(|it| it.severity >= Severity::Loss)
            .take(3)
            .map(|it| format!(" {it};"))
            .collect();
        let words = format!(
            "{place}: {lost} records or values cannot be screened:{} `interdict lists check` shows all",
            which.concat()
        );
        if args.strict {
            return Err(Failure(words));
        }
        // The rest of a fresh list protects better than all of an old one; but it has to be heard.
        eprintln!("interdict: WARNING: {}", plain(&words));
        warnings.push(words);
    }
    let mut keys: Vec<(&str, Format, &str)> = Vec::new();
    for ((place, _), it) in gathered.lists.iter().zip(&read) {
        let key = (it.parsed.list.as_str(), it.parsed.format);
        if let Some(other) = keys.iter().find(|it| (it.0, it.1) == key) {
            return Err(Failure(format!(
                "{place}: is list {} in the format {}, and so is {}: add one of them",
                key.0,
                key.1.name(),
                other.2
            )));
        }
        keys.push((key.0, key.1, place));
    }
    let now = jiff::Timestamp::now();
    let before: Vec<Version> = store.active().to_vec();
    let versions = gathered
        .lists
        .iter()
        .zip(&read)
        .map(|((_, (_, files)), it)| NewVersion {
            list: it.parsed.list.clone(),
            format: it.parsed.format.name().to_owned(),
            files: files.clone(),
            published: it.parsed.published.map(|it| it.to_string()),
            entities: it.parsed.entities.len(),
            names: it.parsed.entities.iter().map(|it| it.party.names.len()).sum(),
            problems: it.parsed.problems.len(),
            added_at: format!("{now:.0}"),
        })
        .collect();
    let added = store.add(versions)?;
    if args.json {
        warnings.extend(added.iter().filter_map(|it| older(it, &before)));
        let mut json = store_value(&store);
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
        show_versions(&mut page, &added);
        for it in &read {
            show_problems(&mut page, &it.parsed.list, &it.parsed.problems, 5);
        }
        for it in &added {
            remark(&mut page, it, &before, store.active());
        }
        left_out(&mut page, &gathered.left_out);
        page.wrapped("", &format!("stored in {}", store.dir().display()));
        out.print(&page.text);
    }
    Ok(Decision::Clear)
}

/// Says so when a list took the place of a newer one.
fn older(added: &Version, before: &[Version]) -> Option<String> {
    let old = before
        .iter()
        .find(|it| it.list == added.list && it.format == added.format)?;
    let (new, old) = (added.published.as_ref()?, old.published.as_ref()?);
    (new < old).then(|| {
        format!(
            "{} ({}): the new file, of {new}, is older than the one it supersedes, of {old}",
            added.list, added.format
        )
    })
}

/// What adding a list did to others.
fn remark(page: &mut Page, added: &Version, before: &[Version], active: &[Version]) {
    let key = |it: &Version| (it.list.clone(), it.format.clone());
    if let Some(old) = before.iter().find(|it| key(it) == key(added)) {
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
    let mut page = Page::new(&plan.style);
    match &store {
        Some(store) if args.json => page.line(&store_json(store)),
        None if args.json => page.line("{\"schema\":\"interdict.lists/1\",\"sample\":true,\"lists\":[]}"),
        Some(store) if !store.active().is_empty() => {
            show_versions(&mut page, store.active());
            page.wrapped("", &format!("stored in {}", store.dir().display()));
        }
        _ => {
            let notice = page.style.strong(SAMPLE_NOTICE);
            page.line(&notice);
            if let Some(store) = &store {
                page.wrapped("", &format!("nothing is stored in {}", store.dir().display()));
            }
        }
    }
    out.print(&page.text);
    Ok(Decision::Clear)
}

fn store_json(store: &Store) -> String {
    wire::to_line(&store_value(store))
}

fn store_value(store: &Store) -> serde_json::Value {
    let lists: Vec<serde_json::Value> = store
        .active()
        .iter()
        .map(|it| {
            serde_json::json!({
                "list": it.list, "format": it.format, "published": it.published, "entities": it.entities,
                "names": it.names, "problems": it.problems, "hash": it.hash, "added_at": it.added_at,
                "files": it.files.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    serde_json::json!({
        "schema": "interdict.lists/1", "sample": lists.is_empty(), "lists": lists,
    })
}

fn table(page: &Page, header: &[&str], right: &[usize]) -> Table {
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

fn show_table(page: &mut Page, table: &Table) {
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
const WIDE: usize = 100;

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
    let (list, format) = match args.list.split_once('/') {
        Some((list, format)) => (list, Some(format)),
        None => (args.list.as_str(), None),
    };
    let removed = store.remove(list, format)?;
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
        loading::load(plan, &args.policy.lists)?
    } else {
        let gathered = gather(&args.files, args.format.as_deref())?;
        skipped = gathered.left_out;
        loading::build(read_all(&gathered.lists)?, false, &args.policy.lists)?
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
    let mut controlled = 0;
    let mut missed = Vec::new();
    let places: Vec<usize> = info.entities.clone().collect();
    for chunk in places.chunks(CHUNK) {
        for (names, its) in answer_all(chunk, |memo, at| control(&engine, memo, *at)) {
            controlled += names;
            missed.extend(its);
            progress.step();
        }
    }
    Checked {
        list: info.list.clone(),
        format: info.format.name(),
        files: info.files.clone(),
        published: info.published.clone(),
        records: main_records(info),
        entities: info.entities.len(),
        names: controlled,
        problems: info.problems.clone(),
        counts: info.counts.clone(),
        controlled,
        missed,
    }
}

/// Entities whose names are screened before progress is told.
const CHUNK: usize = 256;

/// Screens every name of an entity: how many there are, and which do not bring it back.
fn control(engine: &Engine<'_>, memo: &mut Memo, at: usize) -> (usize, Vec<Missed>) {
    let Some(entity) = engine.snapshot().entities().get(at) else {
        return (0, Vec::new());
    };
    let missed = entity
        .party
        .names
        .iter()
        .filter_map(|it| {
            // As the entry's kind, and as users ask who give none.
            let reason = miss(engine, memo, at, entity.party.schema, &it.value).or_else(|| {
                let reason = miss(engine, memo, at, Schema::Thing, &it.value)?;
                Some(format!("asked without a type: {reason}"))
            })?;
            Some(Missed {
                entity: entity.id.clone(),
                name: it.value.text.clone(),
                reason,
            })
        })
        .collect();
    (entity.party.names.len(), missed)
}

/// Why a published name does not bring back its own entity; `None` where it does.
fn miss(engine: &Engine<'_>, memo: &mut Memo, at: usize, schema: Schema, name: &PartyName) -> Option<String> {
    let mut party = Party::new(schema);
    party
        .names
        .push(Fact::new(PartyName::new(name.text.as_str()), Origin::asked()));
    let query = Query { id: None, party };
    match guarded(|| engine.screen_with(memo, &query)) {
        Err(message) => {
            // It may have been left half changed.
            *memo = Memo::default();
            Some(format!("error inside the program: {message}"))
        }
        Ok(it) if it.decision == Decision::Error => Some(it.reasons.join("; ")),
        Ok(it) if it.matches.iter().any(|it| it.entity == at) => None,
        Ok(_) => {
            let score = guarded(|| engine.explain(&query, at).scored.score);
            Some(score.map_or_else(|it| it, |it| format!("its own entry scores {}", shown(it))))
        }
    }
}

/// Words of the formats for records that belong to another one; every other word names what becomes an entity.
const SIDE_RECORDS: [&str; 10] = [
    "alias",
    "address",
    "comment",
    "comments",
    "document",
    "namealias",
    "citizenship",
    "birthdate",
    "identification",
    "row",
];

/// Records that became an entity or should have.
fn main_records(info: &ListInfo) -> usize {
    let lost: usize = info
        .counts
        .iter()
        .filter(|it| !SIDE_RECORDS.contains(&it.0.as_str()))
        .map(|it| it.1.lost)
        .sum();
    info.entities.len() + lost
}
