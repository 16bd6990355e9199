//! `interdict update`: the lists that a policy needs, from their publishers, a mirror or a folder -> the way that every list goes (`admit`).
//!
//! Each list is for itself: one that cannot be had, or is refused, keeps its last good version, and the others go on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use interdict::gate::Verdict;
use interdict::lists::Format;
use interdict::policy::{Decision, Policy};
use interdict::wire;
use interdict_store::fetch::{
    self, Attempt, Fetched, Fetcher, ListSource, MachineClock, Memory, Settings, Sources, Step, Validators,
};
use interdict_store::{Arrival, Batch, GateNote, Store, Version};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::admit::{self, Candidate, Fate};
use crate::args::{MergeArgs, PolicyArgs, UpdateArgs};
use crate::embedded;
use crate::guard::guarded;
use crate::lists;
use crate::paint::{Out, Page, plain};
use crate::plan::{self, Failure, Plan};
use crate::progress::Downloads;

/// Publishers that are asked at the same time.
const AT_ONCE: usize = 4;

/// `interdict update`.
pub fn run(args: &UpdateArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    if args.print_sources {
        out.print(embedded::SOURCES);
        return Ok(Decision::Clear);
    }
    let sources = sources(args.sources.as_deref())?;
    let policy = args.policy.as_deref().map(policy).transpose()?;
    let (chosen, unserved) = choose(&sources, policy.as_ref(), &args.list)?;
    if args.list_sources {
        show_sources(&chosen, args.json, plan, out);
        return Ok(Decision::Clear);
    }
    if chosen.is_empty() {
        return Err(Failure(match &policy {
            Some(it) if unserved.is_empty() => format!(
                "{}: names no authority: nothing to update; name lists with --list, or leave --policy away",
                it.name
            ),
            Some(it) => format!(
                "{}: no list of the table that is on is for what it names ({}): nothing to update",
                it.name,
                unserved.join(", ")
            ),
            None => "no list of the table is on: nothing to update".to_owned(),
        }));
    }
    let overrides = admit::overrides(&args.overrides, Timestamp::now())?;
    if !overrides.is_empty() && chosen.len() != 1 {
        return Err(Failure(
            "--override: a gate is let pass for one list, which --list names".to_owned(),
        ));
    }
    let done = match &args.to {
        Some(to) => {
            std::fs::create_dir_all(to).map_err(|it| Failure::at(to, it))?;
            let mut done = Vec::new();
            get(args, &chosen, &BTreeMap::new(), |it, got| done.push(save(it, got, to)))?;
            done
        }
        None => into_store(args, &chosen, &overrides, plan)?,
    };
    // What the policy needs and nobody brings is as little there as what failed.
    let decision = if unserved.is_empty() && done.iter().all(|it| it.end.is_good()) {
        Decision::Clear
    } else {
        Decision::Error
    };
    let report = Report {
        done: &done,
        unserved: &unserved,
        policy: policy.as_ref(),
        dry_run: args.dry_run,
        decision,
    };
    if args.json {
        out.print(&(wire::to_line(&report.json()) + "\n"));
    } else {
        let mut page = Page::new(&plan.style);
        report.show(&mut page);
        out.print(&page.text);
    }
    Ok(decision)
}

/// Gets the lists from wherever they are to come from, and hands each on, in the order of the table.
fn get<'a>(
    args: &UpdateArgs,
    chosen: &[&'a ListSource],
    held: &BTreeMap<String, Held>,
    mut hand_on: impl FnMut(&'a ListSource, Got),
) -> Result<(), Failure> {
    if let Some(from) = &args.from {
        if !from.is_dir() {
            return Err(Failure::at(from, "is no folder"));
        }
        for it in chosen {
            hand_on(it, guarded(|| carried(from, it)).unwrap_or_else(Got::failed));
        }
        return Ok(());
    }
    let settings = Settings::from_environment().map_err(Failure)?;
    let settings = match &args.mirror {
        Some(it) => settings
            .with_mirror(it)
            .map_err(|it| Failure(format!("--mirror: {it}")))?,
        None => settings,
    };
    let fetcher = Fetcher::new(settings, Arc::new(MachineClock)).map_err(Failure)?;
    fetch_all(&fetcher, chosen, held, hand_on);
    Ok(())
}

/// Gets the lists and makes them active where they pass.
fn into_store<'a>(
    args: &UpdateArgs,
    chosen: &[&'a ListSource],
    overrides: &[admit::Pass],
    plan: &Plan,
) -> Result<Vec<Done<'a>>, Failure> {
    let store = admit::open(plan)?;
    let mut memory = Memory::open(store.dir());
    let held = held(&store, chosen, &memory);
    drop(store);
    let mut done = Vec::new();
    let mut fault = Ok(());
    get(args, chosen, &held, |it, got| {
        if fault.is_ok() {
            match settle(it, got, args.dry_run, overrides, plan, &mut memory) {
                Ok(it) => done.push(it),
                Err(it) => fault = Err(it),
            }
        }
    })?;
    fault?;
    if done.iter().any(|it| !args.dry_run && matches!(it.end, End::New(_))) {
        lists::remember(plan, &mut Vec::new());
    }
    if !args.dry_run {
        let store = admit::open(plan)?;
        let files = store.active().iter().flat_map(|it| &it.files);
        let hashes: Vec<&str> = files.map(|it| it.hash.as_str()).collect();
        if !hashes.is_empty()
            && let Err(it) = memory.write(&hashes)
        {
            // It costs a download next time, and nothing else.
            eprintln!("interdict: {}", plain(&it.to_string()));
        }
    }
    Ok(done)
}

/// Writes the files of a list into a folder, as `--from` takes them and a mirror has them.
fn save<'a>(list: &'a ListSource, got: Got, to: &Path) -> Done<'a> {
    let dir = to.join(&list.id);
    let end = match got.files {
        Err(it) => End::Failed(it),
        Ok(Files::Unchanged(_)) => End::Failed("not changed, and not held".to_owned()),
        Ok(Files::New(files)) => match write_all(&dir, &files) {
            Ok(()) => End::Saved(format!(
                "{} bytes, in {}",
                files.iter().map(|it| it.1.len()).sum::<usize>(),
                dir.display()
            )),
            Err(it) => End::Failed(it),
        },
    };
    Done {
        list,
        end,
        kept: None,
        beside: Vec::new(),
        told: got.told,
    }
}

/// All beside their places first, so that a full disk leaves the old files as they were.
fn write_all(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), String> {
    let fault = |path: &Path, it: std::io::Error| format!("{}: {it}", path.display());
    std::fs::create_dir_all(dir).map_err(|it| fault(dir, it))?;
    let beside = |name: &str| dir.join(format!(".{name}.part"));
    for (name, bytes) in files {
        let path = beside(name);
        std::fs::write(&path, bytes).map_err(|it| fault(&path, it))?;
    }
    for (name, _) in files {
        let path = dir.join(name);
        std::fs::rename(beside(name), &path).map_err(|it| fault(&path, it))?;
    }
    Ok(())
}

/// The table: the program's, or a file in its place.
fn sources(path: Option<&Path>) -> Result<Sources, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    match path {
        None => Sources::parse(embedded::SOURCES, version).map_err(Failure),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|it| Failure::at(path, it))?;
            Sources::parse(&text, version).map_err(|it| Failure::at(path, it))
        }
    }
    .and_then(|it| {
        // A format that is not read would be found out after the download only.
        match it.lists.iter().find(|it| Format::parse(&it.format).is_none()) {
            Some(list) => Err(Failure(format!(
                "list `{}`: format `{}` is not read",
                list.id, list.format
            ))),
            None => Ok(it),
        }
    })
}

fn policy(name: &str) -> Result<Policy, Failure> {
    plan::policy(&PolicyArgs {
        policy: name.to_owned(),
        threshold: None,
        as_of: None,
        lists: Vec::new(),
        merge: MergeArgs::default(),
    })
}

/// The lists that were picked; else those of the authorities that the policy names; else all that are on. And the authorities of the
/// policy that no list of the table is for.
fn choose<'a>(
    sources: &'a Sources,
    policy: Option<&Policy>,
    picked: &[String],
) -> Result<(Vec<&'a ListSource>, Vec<String>), Failure> {
    for it in picked {
        if !sources.lists.iter().any(|list| list.id == *it) {
            let known: Vec<&str> = sources.lists.iter().map(|it| it.id.as_str()).collect();
            return Err(Failure(format!(
                "--list {it}: not in the table; there are {}",
                known.join(", ")
            )));
        }
    }
    if !picked.is_empty() {
        let chosen = sources.lists.iter().filter(|it| picked.contains(&it.id)).collect();
        return Ok((chosen, Vec::new()));
    }
    let on = sources.lists.iter().filter(|it| it.on);
    let Some(policy) = policy else {
        return Ok((on.collect(), Vec::new()));
    };
    // Whatever a rule names it needs: a rule that asks for a look cannot be obeyed on a list that is not there.
    let named: BTreeSet<&str> = policy
        .rules
        .iter()
        .flat_map(|it| &it.authorities)
        .map(interdict::entity::Authority::name)
        .collect();
    let chosen: Vec<&ListSource> = on
        .filter(|it| it.authorities.iter().any(|it| named.contains(it.as_str())))
        .collect();
    let unserved = named
        .iter()
        .filter(|name| !chosen.iter().any(|it| it.authorities.iter().any(|it| it == *name)))
        .map(|it| (*it).to_owned())
        .collect();
    Ok((chosen, unserved))
}

/// What is held of a list, where it is whole and the publisher said how to ask about it.
struct Held {
    /// Of the version that is asked about.
    hash: String,
    /// The files of a family, some of which may have changed; of a list of one file nothing is needed.
    files: Vec<(String, Vec<u8>)>,
    said: BTreeMap<String, Validators>,
}

fn held(store: &Store, chosen: &[&ListSource], memory: &Memory) -> BTreeMap<String, Held> {
    let mut out = BTreeMap::new();
    for it in chosen {
        let Some(version) = active(store, it) else { continue };
        let said: BTreeMap<String, Validators> = version
            .files
            .iter()
            .filter_map(|it| Some((it.name.clone(), memory.of(&it.hash)?.clone())))
            .collect();
        // A damaged file must not be confirmed by "not changed": it is fetched whole.
        if !said.is_empty()
            && let Ok(loaded) = store.load_version(version)
        {
            out.insert(
                it.id.clone(),
                Held {
                    hash: version.hash.clone(),
                    files: if it.files.len() > 1 { loaded.files } else { Vec::new() },
                    said,
                },
            );
        }
    }
    out
}

fn active<'a>(store: &'a Store, list: &ListSource) -> Option<&'a Version> {
    store
        .active()
        .iter()
        .find(|it| it.list == list.list && it.format == list.format)
}

/// What came of asking for the files of a list.
struct Got {
    files: Result<Files, String>,
    told: Vec<Told>,
}

/// The files of a list.
enum Files {
    /// As they came, with what is to be remembered of each.
    New(Vec<(String, Vec<u8>)>),
    /// The publisher says that those which are held are still what they are: the hash of the version that was asked about.
    Unchanged(String),
}

/// What happened to one file.
#[derive(Debug)]
struct Told {
    name: String,
    from: String,
    fetched: Option<Fetched>,
    /// When it was what the publisher has: when that was asked; of a file that was carried in, when it was written.
    seen: Option<Timestamp>,
    attempts: Vec<Attempt>,
}

impl Got {
    fn failed(message: String) -> Self {
        Self {
            files: Err(message),
            told: Vec::new(),
        }
    }
}

fn carried(from: &Path, list: &ListSource) -> Got {
    match fetch::carried(from, list) {
        Err(it) => Got::failed(it),
        Ok(files) => Got {
            told: files
                .iter()
                .map(|it| Told {
                    name: it.name.clone(),
                    from: it.path.display().to_string(),
                    fetched: None,
                    seen: Some(it.written),
                    attempts: Vec::new(),
                })
                .collect(),
            files: Ok(Files::New(files.into_iter().map(|it| (it.name, it.bytes)).collect())),
        },
    }
}

/// Asks for all lists, some at a time, and hands them on in the order of the table: what becomes of a list must not hang on which publisher
/// was the quickest.
fn fetch_all<'a>(
    fetcher: &Fetcher,
    chosen: &[&'a ListSource],
    held: &BTreeMap<String, Held>,
    mut hand_on: impl FnMut(&'a ListSource, Got),
) {
    let downloads = Downloads::new();
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(chosen.len()) {
            let (send, next, downloads) = (send.clone(), &next, &downloads);
            scope.spawn(move || {
                while let Some((at, list)) = {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    chosen.get(at).map(|it| (at, *it))
                } {
                    let got = guarded(|| fetch_list(fetcher, list, held.get(&list.id), downloads))
                        .unwrap_or_else(|it| Got::failed(format!("error inside the program: {it}")));
                    if send.send((at, got)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut waiting: BTreeMap<usize, Got> = BTreeMap::new();
        let mut turn = 0;
        while let Ok((at, got)) = receive.recv() {
            waiting.insert(at, got);
            while let Some(got) = waiting.remove(&turn) {
                if let Some(list) = chosen.get(turn) {
                    hand_on(list, got);
                }
                turn += 1;
            }
        }
    });
}

fn fetch_list(fetcher: &Fetcher, list: &ListSource, held: Option<&Held>, downloads: &Downloads) -> Got {
    let mut files: Vec<(String, Option<Vec<u8>>)> = Vec::new();
    let mut told = Vec::new();
    for file in &list.files {
        let known = held.and_then(|it| it.said.get(&file.name));
        let mut bar = downloads.file(&list.id, &file.name);
        let result = fetcher.fetch(list, file, known, &mut |it: Step<'_>| bar.step(it.received, it.length));
        match result {
            Ok(mut it) => {
                let attempts = std::mem::take(&mut it.attempts);
                files.push((file.name.clone(), it.bytes.take()));
                told.push(Told {
                    name: file.name.clone(),
                    from: it.url.clone(),
                    seen: Some(it.started),
                    fetched: Some(it),
                    attempts,
                });
            }
            Err(it) => {
                let last = it.attempts.last().and_then(|it| it.addresses.last());
                told.push(Told {
                    name: file.name.clone(),
                    from: last.cloned().unwrap_or_default(),
                    fetched: None,
                    seen: None,
                    attempts: it.attempts,
                });
                let files = Err(match list.files.len() {
                    1 => it.message,
                    _ => format!("{}: {}", file.name, it.message),
                });
                return Got { files, told };
            }
        }
    }
    if files.iter().all(|it| it.1.is_none()) {
        let hash = held.map(|it| it.hash.clone());
        let files = hash.map(Files::Unchanged);
        let files = files.ok_or_else(|| "not changed, and not held".to_owned());
        return Got { files, told };
    }
    // Of a family those that did not change are taken from what is held.
    let whole = files.into_iter().map(|(name, bytes)| {
        let old = || held?.files.iter().find(|it| it.0 == name).map(|it| it.1.clone());
        match bytes.or_else(old) {
            Some(bytes) => Ok((name, bytes)),
            None => Err(format!("{name}: not changed, and not held")),
        }
    });
    let files = whole.collect::<Result<_, _>>().map(Files::New);
    Got { files, told }
}

/// What became of a list.
enum End {
    /// A new version is active, or would be.
    New(Box<Version>),
    /// What is active is what the publisher has.
    Unchanged,
    /// Files came, and must not become active: why, and what every gate said.
    Refused(String, Vec<GateNote>),
    /// No files came.
    Failed(String),
    /// They were written into a folder, and not read: how much, and where.
    Saved(String),
}

impl End {
    const fn word(&self) -> &'static str {
        match self {
            Self::New(_) => "new",
            Self::Unchanged => "unchanged",
            Self::Refused(..) => "refused",
            Self::Failed(_) => "failed",
            Self::Saved(_) => "saved",
        }
    }

    const fn is_good(&self) -> bool {
        matches!(self, Self::New(_) | Self::Unchanged | Self::Saved(_))
    }

    fn message(&self) -> Option<&str> {
        match self {
            Self::Refused(it, _) | Self::Failed(it) => Some(it),
            Self::New(_) | Self::Unchanged | Self::Saved(_) => None,
        }
    }

    fn gates(&self) -> &[GateNote] {
        match self {
            Self::New(it) => &it.gates,
            Self::Refused(_, it) => it,
            Self::Unchanged | Self::Failed(_) | Self::Saved(_) => &[],
        }
    }
}

/// A list, and what became of it.
struct Done<'a> {
    list: &'a ListSource,
    end: End,
    /// What is active now; `None` when nothing of this list is.
    kept: Option<Version>,
    /// Other formats in which the same list is active.
    beside: Vec<String>,
    told: Vec<Told>,
}

/// Takes what was got the way of every list.
fn settle<'a>(
    list: &'a ListSource,
    got: Got,
    dry_run: bool,
    overrides: &[admit::Pass],
    plan: &Plan,
    memory: &mut Memory,
) -> Result<Done<'a>, Failure> {
    let format = Format::parse(&list.format)
        .ok_or_else(|| Failure(format!("list `{}`: format `{}` is not read", list.id, list.format)))?;
    let now = Timestamp::now();
    // What came in between (another process, a list that was waited for) is not what the publisher was asked about, nor when.
    let asked = got.told.iter().filter_map(|it| it.seen).min();
    let failed = |reason: String| {
        if !dry_run {
            admit::unreachable(plan, &list.list, format, &reason, now)?;
        }
        Ok::<End, Failure>(End::Failed(reason))
    };
    let end = match got.files {
        Err(reason) => failed(reason)?,
        Ok(Files::Unchanged(hash)) => {
            let same = if dry_run {
                active(&admit::open(plan)?, list).is_some_and(|it| it.hash == hash)
            } else {
                admit::verified(plan, &list.list, format, &hash, asked.unwrap_or(now), now)?
            };
            if same {
                End::Unchanged
            } else {
                failed(
                    "not changed since the version that was asked about, and that is not the active one any more; update again"
                        .to_owned(),
                )?
            }
        }
        Ok(Files::New(files)) => {
            let candidate = Candidate {
                place: list.id.clone(),
                format,
                files,
                expected: Some(list.list.clone()),
                dated: None,
                arrival: arrival(&got.told),
                seen: asked,
            };
            let end = if dry_run {
                rehearse(plan, candidate, overrides, now)
            } else {
                admitted(plan, candidate, overrides, now)
            };
            // One list that cannot be taken in does not keep the others out.
            end.unwrap_or_else(|it| End::Refused(it.0, Vec::new()))
        }
    };
    if !dry_run && end.is_good() {
        for it in got.told.iter().filter_map(|it| it.fetched.as_ref()) {
            if let Some(hash) = &it.hash {
                memory.keep(hash, it.validators.clone());
            }
        }
    }
    let store = admit::open(plan)?;
    let others = store
        .active()
        .iter()
        .filter(|it| it.list == list.list && it.format != list.format);
    Ok(Done {
        list,
        end,
        kept: active(&store, list).cloned(),
        beside: others.map(|it| it.format.clone()).collect(),
        told: got.told,
    })
}

/// Where the files came from. A family comes from several addresses: the first stands for all, and marks are kept by file (`Memory`).
fn arrival(told: &[Told]) -> Arrival {
    let Some(first) = told.first() else {
        return Arrival::default();
    };
    let only = first.fetched.as_ref().filter(|_| told.len() == 1);
    Arrival {
        from: first.from.clone(),
        content_type: first.fetched.as_ref().and_then(|it| it.content_type.clone()),
        etag: only.and_then(|it| it.validators.etag.clone()),
        last_modified: only.and_then(|it| it.validators.last_modified.clone()),
        dated_by: None,
    }
}

fn admitted(plan: &Plan, candidate: Candidate, overrides: &[admit::Pass], now: Timestamp) -> Result<End, Failure> {
    let outcome = admit::admit(plan, vec![candidate], overrides, now)?
        .into_iter()
        .next()
        .ok_or_else(|| Failure("nothing came of it".to_owned()))?;
    Ok(match outcome.fate {
        Fate::Activated => End::New(Box::new(outcome.version)),
        Fate::Unchanged => End::Unchanged,
        Fate::Refused | Fate::Held => refused(outcome.version.gates),
    })
}

fn refused(gates: Vec<GateNote>) -> End {
    let failed: Vec<String> = gates
        .iter()
        .filter(|it| it.outcome == Verdict::Failed.name())
        .map(|it| format!("gate {}: {}", it.gate, it.words))
        .collect();
    End::Refused(failed.join("; "), gates)
}

/// What would become of it: the same steps, and nothing is written.
fn rehearse(plan: &Plan, candidate: Candidate, overrides: &[admit::Pass], now: Timestamp) -> Result<End, Failure> {
    let mut store = admit::open(plan)?;
    let limits = admit::limits(store.dir())?;
    let policy = admit::control_policy(&limits)?;
    let it = admit::parse(candidate);
    let name = it.parsed.format.name();
    // Dropped at the end, without a commit.
    let mut batch = store.begin()?;
    let before = batch.active(&it.parsed.list, name).cloned();
    if before.as_ref().is_some_and(|before| before.hash == it.hash) {
        return Ok(End::Unchanged);
    }
    let last = batch.last(&it.parsed.list, name).cloned();
    let counts = last.map(|last| admit::counts(&mut batch, &last)).transpose()?;
    let mut judged = admit::judge(&it, counts.as_ref(), None, overrides, &limits, now);
    if judged.passes {
        let control = admit::self_test(&it, &policy)?;
        judged = admit::judge(&it, counts.as_ref(), Some(&control), overrides, &limits, now);
    }
    Ok(if judged.passes {
        let new = admit::new_version(&it, &judged, &limits, now);
        End::New(Box::new(Batch::would_be(new)))
    } else {
        refused(judged.notes)
    })
}

/// What is told at the end.
struct Report<'a> {
    done: &'a [Done<'a>],
    unserved: &'a [String],
    policy: Option<&'a Policy>,
    dry_run: bool,
    decision: Decision,
}

impl Report<'_> {
    fn show(&self, page: &mut Page) {
        if self.dry_run {
            page.line("dry run: nothing becomes active");
        }
        let columns = self.done.iter().map(|it| it.list.id.len()).max().unwrap_or(0) + 2;
        for it in self.done {
            let label = format!("{:columns$}", it.list.id);
            page.labelled(&label, columns, &sentence(it, self.dry_run));
            for format in &it.beside {
                let words = format!(
                    "{0} is active as {1}, too, which this does not keep up to date; `interdict lists remove {0}/{1}` takes that away",
                    it.list.list, format
                );
                page.labelled(&" ".repeat(columns), columns, &plain(&words));
            }
            let tried = it.told.iter().filter(|it| it.attempts.len() > 1);
            for file in tried {
                let asked = &file.attempts[..file.attempts.len() - 1];
                let mut words: Vec<&str> = asked.iter().map(|it| it.outcome.as_str()).collect();
                words.dedup();
                let words = format!(
                    "{}: before that, {} times: {}",
                    file.name,
                    asked.len(),
                    words.join("; ")
                );
                page.labelled(&" ".repeat(columns), columns, &plain(&words));
            }
        }
        for it in self.unserved {
            let policy = self.policy.map_or("", |it| it.name.as_str());
            page.wrapped(
                "",
                &format!("{policy} names {it}; no list of the table is for it, so none was updated"),
            );
        }
        let good = self.done.iter().filter(|it| it.end.is_good()).count();
        let all = self.done.len();
        let words = if self.done.iter().any(|it| matches!(it.end, End::Saved(_))) {
            format!("{good} of {all} lists fetched, none of them read")
        } else {
            format!("{good} of {all} lists are as the publishers have them")
        };
        let words = match self.unserved {
            [] => words,
            them => format!("{words}; no list for {}", them.join(", ")),
        };
        let words = page.style.decision(self.decision, &words);
        page.line(&words);
    }

    fn json(&self) -> Value {
        let lists: Vec<Value> = self.done.iter().map(list_json).collect();
        json!({
            "schema": "interdict.update/1",
            "decision": self.decision.name(),
            "dry_run": self.dry_run,
            "policy": self.policy.map(Policy::label),
            "unserved": self.unserved,
            "lists": lists,
        })
    }
}

fn date(it: &Version) -> String {
    it.published.clone().unwrap_or_else(|| "undated".to_owned())
}

/// What happened to a list, in a line.
fn sentence(it: &Done<'_>, dry_run: bool) -> String {
    let kept = match &it.kept {
        Some(kept) => format!(
            "kept: the version of {}, last verified {}",
            date(kept),
            kept.verified_at
        ),
        None => "nothing of it is held: it is NOT SCREENED".to_owned(),
    };
    let text = match &it.end {
        End::New(new) => {
            let word = if dry_run {
                "would be a new version"
            } else {
                "new version"
            };
            format!("{word}: {}, {} entities, {} names", date(new), new.entities, new.names)
        }
        End::Unchanged => match &it.kept {
            Some(kept) => format!("unchanged: {}, {} entities", date(kept), kept.entities),
            None => "unchanged".to_owned(),
        },
        End::Saved(what) => format!("fetched: {what}"),
        End::Refused(why, _) => format!("REFUSED: {why}; {kept}"),
        End::Failed(why) => format!("FAILED: {why}; {kept}"),
    };
    plain(&text)
}

fn version_json(it: &Version) -> Value {
    json!({
        "published": it.published, "entities": it.entities, "names": it.names, "problems": it.problems,
        "hash": it.hash, "added_at": it.added_at, "verified_at": it.verified_at,
    })
}

fn list_json(it: &Done<'_>) -> Value {
    let files: Vec<Value> = it.told.iter().map(told_json).collect();
    let gates: Vec<Value> = it
        .end
        .gates()
        .iter()
        .map(|it| json!({ "gate": it.gate, "outcome": it.outcome, "words": it.words }))
        .collect();
    json!({
        "id": it.list.id,
        "list": it.list.list,
        "format": it.list.format,
        "authorities": it.list.authorities,
        "outcome": it.end.word(),
        "message": it.end.message(),
        "gates": gates,
        "also_active_as": it.beside,
        "active": it.kept.as_ref().map(version_json),
        "files": files,
    })
}

fn told_json(it: &Told) -> Value {
    let attempts: Vec<Value> = it
        .attempts
        .iter()
        .map(|it| {
            json!({
                "at": it.at.to_string(),
                "addresses": it.addresses,
                "outcome": it.outcome,
                "waited_seconds": it.waited.as_secs_f64(),
            })
        })
        .collect();
    let mut out = json!({ "name": it.name, "from": it.from });
    if let Some(it) = &it.fetched {
        out["status"] = it.status.into();
        out["bytes_on_the_wire"] = it.received.into();
        out["length"] = json!(it.length);
        out["hash"] = json!(it.hash);
        out["content_type"] = json!(it.content_type);
        out["etag"] = json!(it.validators.etag);
        out["last_modified"] = json!(it.validators.last_modified);
        out["started_at"] = it.started.to_string().into();
        out["ended_at"] = it.ended.to_string().into();
    }
    out["attempts"] = attempts.into();
    out
}

/// `--list-sources`.
fn show_sources(lists: &[&ListSource], as_json: bool, plan: &Plan, out: &mut Out) {
    if as_json {
        let lists: Vec<Value> = lists
            .iter()
            .map(|it| {
                let files: Vec<Value> = it
                    .files
                    .iter()
                    .map(|it| {
                        json!({
                            "name": it.name,
                            "urls": it.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
                            "kind": it.kind.name(), "min_bytes": it.min_bytes, "max_bytes": it.max_bytes,
                        })
                    })
                    .collect();
                json!({
                    "id": it.id, "list": it.list, "format": it.format, "authorities": it.authorities, "title": it.title, "on": it.on,
                    "hosts": it.hosts.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "licence": it.licence, "documentation": it.documentation, "note": it.note, "files": files,
                })
            })
            .collect();
        let all = json!({ "schema": "interdict.sources/1", "lists": lists });
        out.print(&(wire::to_line(&all) + "\n"));
        return;
    }
    let mut page = Page::new(&plan.style);
    for (at, it) in lists.iter().enumerate() {
        if at > 0 {
            page.line("");
        }
        let off = if it.on { "" } else { "  (off: only with --list)" };
        let head = format!("{}  {}  {}{off}", it.id, it.authorities.join(", "), it.format);
        let head = page.style.strong(&plain(&head));
        page.line(&head);
        page.wrapped("  ", &plain(&it.title));
        for file in &it.files {
            let addresses: Vec<String> = file.addresses.iter().map(ToString::to_string).collect();
            page.labelled(
                "  ",
                4,
                &plain(&format!(
                    "{}: {}; {} to {} bytes",
                    file.name,
                    addresses.join(", then "),
                    file.min_bytes,
                    file.max_bytes
                )),
            );
        }
        let hosts: Vec<String> = it.hosts.iter().map(ToString::to_string).collect();
        page.labelled("  ", 4, &plain(&format!("hosts: {}", hosts.join(", "))));
        page.labelled("  ", 4, &plain(&format!("licence: {}", it.licence)));
        page.labelled("  ", 4, &plain(&it.documentation));
        if let Some(note) = &it.note {
            page.labelled("  ", 4, &plain(note));
        }
    }
    out.print(&page.text);
}
