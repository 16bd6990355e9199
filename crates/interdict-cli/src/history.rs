//! `interdict lists import` and `interdict lists log`: many versions of a list in one go, and the life of each.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use interdict::entity::PartialDate;
use interdict::gate::{Gate, Limits, Summary, Verdict};
use interdict::lists::{Format, SourceFile, detect};
use interdict::policy::{Decision, Policy};
use interdict::wire;
use interdict_extract::unpack;
use interdict_store::{Arrival, Batch, GateNote, ListLog, State, Store, Version};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::admit::{self, Candidate, Parsing};
use crate::args::{ImportArgs, LogArgs};
use crate::lists::{self, show_table, table};
use crate::loading;
use crate::paint::{Out, Page, plain};
use crate::plan::{Failure, Plan, stamp};
use crate::progress::Progress;

/// An archive of many versions of one list packs well: 308 versions of OFAC's come to 1,400 bytes for one. Members are taken one by
/// one, so the sum costs time and no memory.
const LIMITS: unpack::Limits = unpack::Limits {
    bytes: 64 << 30,
    ratio: 5_000,
    members: 100_000,
};

/// Where a file of history belongs: files of one folder, day and mark are one publication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Dated {
    /// The name without the date: `sdn.csv` of `sdn_2021-08-18.csv`.
    name: String,
    day: Option<Date>,
    /// What tells two publications of one day apart: `35ab429`.
    mark: String,
    folder: String,
}

impl Dated {
    fn same_publication(&self, other: &Self) -> bool {
        self.folder == other.folder && self.day == other.day && self.mark == other.mark
    }
}

/// Takes the date out of a path: `old/sdn_2021-08-18_35ab429.csv`, `2021-08-18/sdn.csv`.
fn dated(path: &str) -> Dated {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut out = Dated {
        name: name.to_owned(),
        folder: folder.to_owned(),
        ..Dated::default()
    };
    let day_at = |text: &str, at: usize| text.get(at..at + 10).and_then(|it| it.parse::<Date>().ok());
    if let Some((at, day)) = (0..stem.len()).find_map(|at| Some((at, day_at(stem, at)?))) {
        let before = stem[..at].trim_end_matches(['_', '-', '.']);
        stem[at + 10..]
            .trim_start_matches(['_', '-', '.'])
            .clone_into(&mut out.mark);
        out.day = Some(day);
        if before.is_empty() && !out.mark.is_empty() {
            // `2021-08-18_sdn.csv`
            out.name = format!("{}.{ending}", std::mem::take(&mut out.mark));
        } else if !before.is_empty() {
            out.name = format!("{before}.{ending}");
        }
    } else {
        let last = folder.rsplit('/').next().unwrap_or("");
        out.day = (0..last.len()).find_map(|at| day_at(last, at));
    }
    out
}

/// `interdict lists import`.
pub fn import(args: &ImportArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let mut store = admit::open(plan)?;
    let overrides = admit::overrides(&args.overrides, plan.now)?;
    let format = lists::format_of(args.format.as_deref())?;
    let limits = admit::limits(store.dir())?;
    let policy = admit::control_policy(&limits)?;
    let mut import = Import {
        batch: store.begin()?,
        limits: &limits,
        policy: &policy,
        overrides: &overrides,
        now: plan.now,
        format,
        tally: Tally::default(),
        counts: BTreeMap::new(),
        progress: Progress::new(0, "importing"),
    };
    for it in &args.sources {
        import.source(it)?;
    }
    let newest = import.settle()?;
    let Import { batch, tally, .. } = import;
    if tally.kept.is_empty() && tally.refused.is_empty() && tally.known == 0 {
        return Err(Failure("no version of a list is in there".to_owned()));
    }
    batch.commit()?;
    if !newest.is_empty() {
        lists::remember(plan, &mut Vec::new());
    }
    let decision = if tally.refused.is_empty() {
        Decision::Clear
    } else {
        Decision::Error
    };
    for it in &tally.refused {
        let failed = failures(it);
        eprintln!(
            "interdict: WARNING: {}",
            plain(&format!("{} of {}: refused; {failed}", it.list, it.day()))
        );
    }
    if args.json {
        let json = serde_json::json!({
            "schema": "interdict.import/1", "decision": decision.name(),
            "imported": tally.kept.len(), "known": tally.known,
            "refused": tally.refused.iter().map(version_value).collect::<Vec<_>>(),
            "activated": newest.iter().map(version_value).collect::<Vec<_>>(),
            "left_out": tally.left_out,
        });
        out.print(&(wire::to_line(&json) + "\n"));
        return Ok(decision);
    }
    let mut page = Page::new(&plan.style);
    let days: Vec<&str> = tally.kept.iter().map(Version::day).collect();
    if let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) {
        page.wrapped(
            "",
            &format!("{} versions imported, of {first} to {last}", tally.kept.len()),
        );
    }
    if tally.known > 0 {
        page.wrapped("", &format!("{} were there already", tally.known));
    }
    for it in overrides.iter().map(|it| &it.said) {
        let used = tally.kept.iter().filter(|kept| kept.overrides.contains(it)).count();
        page.wrapped(
            "",
            &format!(
                "gate {}: let pass for {used} versions by {}: {}",
                it.gate, it.by, it.reason
            ),
        );
    }
    for it in &tally.refused {
        page.wrapped("", &format!("REFUSED {} of {}: {}", it.list, it.day(), failures(it)));
    }
    for it in &newest {
        page.wrapped(
            "",
            &format!(
                "{} ({}): active is the version of {}; history says nothing of today, so it counts as verified on that day",
                it.list,
                it.format,
                it.day()
            ),
        );
    }
    if !tally.left_out.is_empty() {
        page.wrapped("", &format!("not lists, by their names: {}", tally.left_out.join(", ")));
    }
    out.print(&page.text);
    Ok(decision)
}

fn failures(it: &Version) -> String {
    let failed = it.gates.iter().filter(|it| it.outcome == Verdict::Failed.name());
    failed
        .map(|it| format!("{}: {}", it.gate, it.words))
        .collect::<Vec<_>>()
        .join("; ")
}

#[derive(Default)]
struct Tally {
    kept: Vec<Version>,
    refused: Vec<Version>,
    known: usize,
    left_out: Vec<String>,
}

struct Import<'a> {
    batch: Batch<'a>,
    limits: &'a Limits,
    policy: &'a Policy,
    overrides: &'a [admit::Pass],
    now: Timestamp,
    format: Option<Format>,
    tally: Tally,
    /// Counts of versions of this import, by hash: the next one is compared with them.
    counts: BTreeMap<String, Summary>,
    progress: Progress,
}

impl Import<'_> {
    /// An archive, or files in folders, in the order of their names.
    fn source(&mut self, path: &Path) -> Result<(), Failure> {
        let place = path.display().to_string();
        let mut open: Vec<(Dated, String, Vec<u8>)> = Vec::new();
        if path.is_dir() {
            let mut paths = Vec::new();
            files_below(path, &mut paths)?;
            for it in paths {
                let bytes = std::fs::read(&it).map_err(|error| Failure::at(&it, error))?;
                let inner = it.strip_prefix(path).unwrap_or(&it).display().to_string();
                self.file(&mut open, &inner, bytes)?;
            }
        } else if unpack::packed(&place) {
            let file = File::open(path).map_err(|it| Failure::at(path, it))?;
            let mut failure = None;
            let done = unpack::for_each_member(file, &place, LIMITS, |member, bytes| {
                self.file(&mut open, member, bytes).map_err(|it| {
                    let words = it.0.clone();
                    failure = Some(it);
                    words
                })
            });
            if let Some(it) = failure {
                return Err(it);
            }
            done.map_err(|it| Failure(it.to_string()))?;
        } else {
            let bytes = std::fs::read(path).map_err(|it| Failure::at(path, it))?;
            self.file(&mut open, &place, bytes)?;
        }
        self.publication(&mut open)
    }

    fn file(&mut self, open: &mut Vec<(Dated, String, Vec<u8>)>, path: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let hidden = path.split('/').any(|it| it.starts_with('.') && it.len() > 2);
        if hidden || !lists::listlike(Path::new(path)) {
            self.tally.left_out.push(path.to_owned());
            return Ok(());
        }
        let own = dated(path);
        if open.first().is_some_and(|it| !it.0.same_publication(&own)) {
            self.publication(open)?;
        }
        open.push((own, path.to_owned(), bytes));
        Ok(())
    }

    /// Files of one folder and day: one list, or several.
    fn publication(&mut self, open: &mut Vec<(Dated, String, Vec<u8>)>) -> Result<(), Failure> {
        let files = std::mem::take(open);
        let sources: Vec<SourceFile<'_>> = files
            .iter()
            .map(|it| SourceFile {
                name: &it.0.name,
                bytes: &it.2,
            })
            .collect();
        let groups: Vec<(Format, Vec<usize>)> = match self.format {
            Some(it) if it == Format::OfacCsv => vec![(it, (0..files.len()).collect())],
            Some(it) => (0..files.len()).map(|at| (it, vec![at])).collect(),
            None => {
                let mut out = Vec::new();
                for it in detect::group(&sources) {
                    let place = it
                        .files
                        .first()
                        .and_then(|at| files.get(*at))
                        .map_or("", |it| it.1.as_str());
                    let Some(format) = it.format else {
                        let reason = it.reason.unwrap_or_else(|| "no list format is like it".to_owned());
                        return Err(Failure(format!("{place}: {reason}")));
                    };
                    out.push((format, it.files));
                }
                out
            }
        };
        let mut files: Vec<Option<(Dated, String, Vec<u8>)>> = files.into_iter().map(Some).collect();
        for (format, places) in groups {
            let own: Vec<(Dated, String, Vec<u8>)> =
                places.iter().filter_map(|at| files.get_mut(*at)?.take()).collect();
            if let Some(first) = own.first() {
                let day = first.0.day;
                let from: Vec<&str> = own.iter().map(|it| it.1.as_str()).collect();
                let arrival = Arrival {
                    from: from.join(", "),
                    dated_by: day.map(|_| "file name".to_owned()),
                    ..Arrival::default()
                };
                let candidate = Candidate {
                    place: from.join(", "),
                    format,
                    dated: day.and_then(|it| PartialDate::parse(&it.to_string()).ok()),
                    files: own.into_iter().map(|it| (it.0.name, it.2)).collect(),
                    expected: None,
                    arrival,
                    seen: None,
                };
                self.version(candidate)?;
            }
        }
        Ok(())
    }

    /// One version: judged against the one before it by date, and kept or refused.
    fn version(&mut self, candidate: Candidate) -> Result<(), Failure> {
        let mut it = admit::parse(candidate);
        self.progress.phase(&format!("importing {}", it.candidate.place));
        let place = it.candidate.place.clone();
        if it.parsed.list.is_empty() {
            let reason = it.parsed.fatal().map(ToString::to_string).unwrap_or_default();
            return Err(Failure(format!("{place}: {reason}")));
        }
        let Some(published) = it.parsed.published else {
            return Err(Failure(format!(
                "{place}: has no date, in the content or in the name (sdn_2021-08-18.csv): where in history does it belong?"
            )));
        };
        if it.candidate.dated != Some(published) {
            it.candidate.arrival.dated_by = None;
        }
        let (list, format) = (it.parsed.list.clone(), it.parsed.format.name());
        let day = published.to_string();
        let log = self.batch.log(&list, format);
        let versions = log.map_or(&[][..], |it| &it.versions);
        if versions
            .iter()
            .any(|old| old.was_in_force() && old.hash == it.hash && old.day() == day)
        {
            self.tally.known += 1;
            return Ok(());
        }
        let mut before: Option<Version> = None;
        for old in versions
            .iter()
            .filter(|it| it.was_in_force() && it.day() <= day.as_str())
        {
            if before.as_ref().is_none_or(|best| old.day() >= best.day()) {
                before = Some(old.clone());
            }
        }
        let counted = match &before {
            Some(version) => match self.counts.remove(&version.hash) {
                Some(it) => Some(it),
                None => Some(admit::counts(&mut self.batch, version)?),
            },
            None => None,
        };
        let mut judged = admit::judge(&it, counted.as_ref(), None, self.overrides, self.limits, self.now);
        // Tested one by one, unless somebody let the gate pass; what becomes active is tested in any case.
        if judged.passes && !self.overrides.iter().any(|it| it.said.gate == Gate::Control.name()) {
            let control = admit::self_test(&it, self.policy)?;
            judged = admit::judge(
                &it,
                counted.as_ref(),
                Some(&control),
                self.overrides,
                self.limits,
                self.now,
            );
        }
        let new = admit::new_version(&it, &judged, self.limits, self.now);
        if judged.passes {
            self.counts.insert(it.hash.clone(), it.summary);
            self.tally.kept.push(self.batch.keep_past(new)?);
        } else {
            self.tally.refused.push(self.batch.refuse(new)?);
        }
        Ok(())
    }

    /// The newest version of each list that was imported becomes active, where it is newer than what is active. It is tested first,
    /// whatever was let pass for those that are history.
    fn settle(&mut self) -> Result<Vec<Version>, Failure> {
        let mut newest: BTreeMap<(String, String), Version> = BTreeMap::new();
        for it in &self.tally.kept {
            let key = (it.list.clone(), it.format.clone());
            if newest.get(&key).is_none_or(|best| it.day() >= best.day()) {
                newest.insert(key, it.clone());
            }
        }
        let mut out = Vec::new();
        for ((list, format), mut version) in newest {
            // Nor is it older than one that was taken out of use: that is for `lists add`, and an override.
            let last = self.batch.last(&list, &format);
            let last = last.filter(|it| matches!(it.state, State::Active | State::Removed));
            if last.is_some_and(|it| it.day() >= version.day()) {
                continue;
            }
            let tested = version
                .gates
                .iter()
                .any(|it| it.gate == Gate::Control.name() && it.outcome == Verdict::Passed.name());
            let mut state = State::Active;
            if !tested {
                let files = self.batch.load(&version)?.files;
                let candidate = Candidate {
                    place: version.arrival.from.clone(),
                    format: loading::format_of(&version)?,
                    files,
                    expected: Some(list.clone()),
                    seen: None,
                    dated: version.published.as_deref().and_then(|it| PartialDate::parse(it).ok()),
                    arrival: version.arrival.clone(),
                };
                let parsing: Parsing = admit::parse(candidate);
                let control = admit::self_test(&parsing, self.policy)?;
                // Nobody's word stands for the self-test of what is screened against.
                let judged = admit::judge(&parsing, None, Some(&control), &[], self.limits, self.now);
                // Of the others it has been judged beside its neighbour.
                let name = Gate::Control.name();
                version.gates.retain(|it| it.gate != name);
                version
                    .gates
                    .extend(judged.notes.into_iter().filter(|it| it.gate == name));
                version.overrides.retain(|it| it.gate != name);
                let passed = |it: &GateNote| it.gate == name && it.outcome == Verdict::Passed.name();
                if !version.gates.iter().any(passed) {
                    state = State::Refused;
                }
            }
            // An archive says nothing of today: its newest version is as old as it is.
            let verified = format!("{}T00:00:00Z", version.day());
            let settled = self.batch.settle(&version, state, &verified, &stamp(self.now));
            let Some(settled) = settled else { continue };
            self.tally
                .kept
                .retain(|it| it != &version && (it.hash != settled.hash || it.published != settled.published));
            if state == State::Active {
                self.tally.kept.push(settled.clone());
                out.push(settled);
            } else {
                self.tally.refused.push(settled);
            }
        }
        Ok(out)
    }
}

fn files_below(dir: &Path, out: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let mut inner: Vec<PathBuf> = std::fs::read_dir(dir)
        .and_then(|it| it.map(|it| it.map(|it| it.path())).collect())
        .map_err(|it| Failure::at(dir, it))?;
    inner.sort();
    for it in inner {
        if it.is_dir() {
            files_below(&it, out)?;
        } else {
            out.push(it);
        }
    }
    Ok(())
}

/// `interdict lists log`.
pub fn log(args: &LogArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let store = plan.store.as_ref().map(Store::open).transpose()?;
    let logs = store.as_ref().map_or(&[][..], Store::logs);
    let wanted = |it: &&ListLog| {
        args.list.as_deref().is_none_or(|id| match id.split_once('/') {
            Some((list, format)) => it.list == list && it.format == format,
            None => it.list == id,
        })
    };
    let logs: Vec<&ListLog> = logs.iter().filter(wanted).collect();
    if let Some(id) = &args.list
        && logs.is_empty()
    {
        return Err(Failure(format!("{id}: no such list was ever stored")));
    }
    if args.json {
        let lists: Vec<serde_json::Value> = logs
            .iter()
            .map(|it| {
                serde_json::json!({
                    "list": it.list, "format": it.format,
                    "trouble": it.trouble.as_ref().map(|it| serde_json::json!({"at": it.at, "reason": it.reason})),
                    "versions": it.versions.iter().map(version_value).collect::<Vec<_>>(),
                })
            })
            .collect();
        let json = serde_json::json!({"schema": "interdict.log/1", "lists": lists});
        out.print(&(wire::to_line(&json) + "\n"));
        return Ok(Decision::Clear);
    }
    let mut page = Page::new(&plan.style);
    if logs.is_empty() {
        page.line("no list was ever stored");
    }
    for (at, it) in logs.iter().enumerate() {
        if at > 0 {
            page.line("");
        }
        show_log(&mut page, it);
    }
    out.print(&page.text);
    Ok(Decision::Clear)
}

fn show_log(page: &mut Page, log: &ListLog) {
    let head = page.style.strong(&plain(&format!(
        "{} ({}): {} versions",
        log.list,
        log.format,
        log.versions.len()
    )));
    page.line(&head);
    if let Some(it) = &log.trouble {
        page.wrapped("  ", &format!("not to be had on {}: {}", it.at, it.reason));
    }
    let mut rows = table(
        page,
        &["date", "state", "entities", "names", "verified", "hash", "gates"],
        &[2, 3],
    );
    let mut sorted: Vec<&Version> = log.versions.iter().collect();
    sorted.sort_by(|a, b| a.day().cmp(b.day()));
    let mut failed: Vec<(&Version, String)> = Vec::new();
    let mut passes: BTreeMap<(&str, &str, &str, &str), Vec<&str>> = BTreeMap::new();
    for it in sorted {
        let named = |outcome: &str| {
            let named = it.gates.iter().filter(|it| it.outcome == outcome);
            named.map(|it| it.gate.as_str()).collect::<Vec<_>>().join(", ")
        };
        let mut gates = Vec::new();
        let refused = it.state == State::Refused;
        for (outcome, word) in [("failed", "FAILED"), ("overridden", "let pass:")] {
            // What somebody let pass, and another gate refused, did not pass.
            if refused && outcome == "overridden" {
                continue;
            }
            let named = named(outcome);
            if !named.is_empty() {
                gates.push(format!("{word} {named}"));
            }
        }
        if gates.is_empty() {
            gates.push(if it.gates.is_empty() { "none asked" } else { "passed" }.to_owned());
        }
        rows.add_row([
            plain(it.day()),
            it.state.name().to_owned(),
            it.entities.to_string(),
            it.names.to_string(),
            it.verified_at.chars().take(10).collect(),
            it.hash.chars().take(8).collect(),
            gates.join("; "),
        ]);
        if refused {
            failed.push((it, failures(it)));
        }
        for own in it.overrides.iter().filter(|_| !refused) {
            let key = (own.gate.as_str(), own.by.as_str(), own.reason.as_str(), own.at.as_str());
            passes.entry(key).or_default().push(it.day());
        }
    }
    show_table(page, &rows);
    for (it, words) in failed {
        let again = if it.again > 0 {
            format!(" ({} times)", it.again + 1)
        } else {
            String::new()
        };
        page.wrapped(
            "  ",
            &format!("refused {}{again}, of {}: {words}", it.verified_at, it.arrival.from),
        );
    }
    for ((gate, by, reason, at), days) in passes {
        let which = match days.as_slice() {
            [one] => format!("the version of {one}"),
            [first, .., last] => format!("{} versions of {first} to {last}", days.len()),
            [] => String::new(),
        };
        page.wrapped(
            "  ",
            &format!("gate {gate} let pass for {which} by {by} on {at}: {reason}"),
        );
    }
}

/// A version as JSON.
pub fn version_value(it: &Version) -> serde_json::Value {
    serde_json::json!({
        "list": it.list, "format": it.format, "state": it.state.name(), "published": it.published, "entities": it.entities,
        "names": it.names, "problems": it.problems, "hash": it.hash, "added_at": it.added_at,
        "verified_at": it.verified_at, "activated_at": it.activated_at, "ended_at": it.ended_at,
        "files": it.files.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        "from": it.arrival.from, "etag": it.arrival.etag, "last_modified": it.arrival.last_modified,
        "dated_by": it.arrival.dated_by, "limits": it.limits,
        "gates": it.gates.iter().map(|it| serde_json::json!({
            "gate": it.gate, "outcome": it.outcome, "words": it.words,
        })).collect::<Vec<_>>(),
        "overrides": it.overrides.iter().map(|it| serde_json::json!({
            "gate": it.gate, "by": it.by, "reason": it.reason, "at": it.at,
        })).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_names() {
        #[track_caller]
        fn check(path: &str, expect: &str) {
            let it = dated(path);
            let day = it.day.map_or_else(|| "-".to_owned(), |it| it.to_string());
            assert_eq!(format!("{} {day} {}", it.name, it.mark).trim_end(), expect, "{path}");
        }
        check("sdn_2021-08-18.csv", "sdn.csv 2021-08-18");
        check("old/sdn_2021-08-20_35ab429.csv", "sdn.csv 2021-08-20 35ab429");
        check("2021-08-18/sdn.csv", "sdn.csv 2021-08-18");
        check("2021-08-18-sdn.csv", "sdn.csv 2021-08-18");
        check("sdn_2021-02-30.csv", "sdn_2021-02-30.csv -");
        check("consolidated.xml", "consolidated.xml -");
    }
}
