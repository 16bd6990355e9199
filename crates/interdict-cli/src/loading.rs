//! Stored lists, or the built-in samples -> a snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use interdict::engine::{ListVersion, Snapshot};
use interdict::entity::{Authority, Entity, PartialDate, Problem, Severity};
use interdict::lists::{self, Count, Format, Parsed, SourceFile};
use interdict::policy::{Decision, Policy};
use interdict_store::{ListLog, Store, Version};
use jiff::Timestamp;

use crate::args::PolicyArgs;
use crate::embedded;
use crate::guard::guarded;
use crate::paint::{Page, plain};
use crate::plan::{Failure, Plan};
use crate::progress::Progress;

/// The first line of every answer when nothing is loaded.
pub const SAMPLE_NOTICE: &str = "SAMPLE LISTS ONLY, not for real screening: load lists with `interdict lists add`";

/// A list in the snapshot.
#[derive(Debug)]
pub struct ListInfo {
    /// The list's id.
    pub list: String,
    /// Its format.
    pub format: Format,
    /// The names of its files.
    pub files: Vec<String>,
    /// The publisher's own date.
    pub published: Option<String>,
    /// Counts by type of record.
    pub counts: BTreeMap<String, Count>,
    /// What was not understood.
    pub problems: Vec<Problem>,
    /// Places of its entities in the snapshot.
    pub entities: Range<usize>,
}

/// What answers.
#[derive(Debug)]
pub struct Loaded {
    /// Entities and index.
    pub snapshot: Snapshot,
    /// The built-in samples: nothing is loaded.
    pub sample: bool,
    /// The lists, in the order of the snapshot's.
    pub lists: Vec<ListInfo>,
    /// The day as of which the lists are; `None` for those that are active now.
    pub as_of: Option<String>,
    /// Lists that had no version on that day.
    pub absent: Vec<String>,
    /// Why no answer is to be relied on: lists that are too old. Empty where all are fresh.
    pub unsafe_reasons: Vec<String>,
}

/// Files of one list, by name and content, in a known format.
pub type Files = (Format, Vec<(String, Vec<u8>)>);

/// The format of a stored version.
pub fn format_of(version: &Version) -> Result<Format, Failure> {
    Format::parse(&version.format).ok_or_else(|| {
        Failure(format!(
            "the stored list {} has the format `{}`, which this program does not read",
            version.list, version.format
        ))
    })
}

/// Loads the active lists, those of a day where one is asked for, or the samples where none is; only those of the given ids where any
/// are given. What is older than the policy allows is said in the answer, and makes it an error.
pub fn load(plan: &Plan, args: &PolicyArgs, policy: &Policy) -> Result<Loaded, Failure> {
    let store = plan.store.as_ref().map(Store::open).transpose()?;
    let logs = store.as_ref().map_or(&[][..], Store::logs);
    let as_of = args.as_of.map(|it| it.to_string());
    let wanted = |it: &&ListLog| args.lists.is_empty() || args.lists.contains(&it.list);
    let mut absent = Vec::new();
    let mut versions: Vec<&Version> = Vec::new();
    for it in logs.iter().filter(|it| as_of.is_none() || wanted(it)) {
        let version = as_of.as_deref().map_or_else(|| it.active(), |day| it.in_force(day));
        match version {
            Some(version) => versions.push(version),
            None if as_of.is_some() => absent.push(format!("{} ({})", it.list, it.format)),
            None => {}
        }
    }
    if let Some(day) = &as_of
        && versions.is_empty()
    {
        let known = if absent.is_empty() {
            "no list is stored".to_owned()
        } else {
            format!("none of {} had a version then", absent.join(", "))
        };
        return Err(Failure(format!("--as-of {day}: {known}")));
    }
    let mut sources: Vec<(Files, Option<PartialDate>)> = Vec::new();
    for version in &versions {
        // A version may be dated by other means than its content.
        let dated = version.published.as_deref().and_then(|it| PartialDate::parse(it).ok());
        let files = match &store {
            Some(it) => it.load_version(version)?.files,
            None => Vec::new(),
        };
        sources.push(((format_of(version)?, files), dated));
    }
    let sample = sources.is_empty();
    if sample {
        sources = samples().into_iter().map(|it| (it, None)).collect();
    }
    let mut loaded = build(parse_all(sources)?, sample, &args.lists)?;
    if as_of.is_none() {
        loaded.unsafe_reasons = too_old(&loaded, &versions, policy, plan.now);
    }
    loaded.as_of = as_of;
    loaded.absent = absent;
    Ok(loaded)
}

/// A clock may be wrong by this much before it is a reason.
const CLOCK_SLIP_HOURS: i64 = 1;

fn too_old(loaded: &Loaded, versions: &[&Version], policy: &Policy, now: Timestamp) -> Vec<String> {
    let mut out = Vec::new();
    for it in &loaded.lists {
        let version = versions
            .iter()
            .find(|version| version.list == it.list && version.format == it.format.name());
        let Some(version) = version else { continue };
        let entities = loaded.snapshot.entities().get(it.entities.clone()).unwrap_or_default();
        let authorities: BTreeSet<&Authority> = entities
            .iter()
            .flat_map(|it| it.listings.iter().map(|it| &it.authority))
            .collect();
        let most = policy.freshness.max_age_hours(authorities);
        let name = format!("{} ({})", it.list, it.format.name());
        let Ok(verified) = version.verified_at.parse::<Timestamp>() else {
            out.push(format!(
                "unsafe: {name}: when it was last verified is unknown (`{}`)",
                version.verified_at
            ));
            continue;
        };
        let seconds = now.duration_since(verified).as_secs();
        if seconds > i64::from(most) * 3600 {
            out.push(format!(
                "unsafe: {name} is stale: last verified {}, {} hours ago, where {} allows {most}; load it anew",
                version.verified_at,
                seconds / 3600,
                policy.label()
            ));
        } else if seconds < -CLOCK_SLIP_HOURS * 3600 {
            out.push(format!(
                "unsafe: {name}: verified {}, which is in the future: the clock of this machine is wrong",
                version.verified_at
            ));
        }
    }
    out
}

fn samples() -> Vec<Files> {
    embedded::SAMPLES
        .iter()
        .map(|(format, files)| {
            let files = files.iter().map(|it| (it.0.to_owned(), it.1.to_vec())).collect();
            (*format, files)
        })
        .collect()
}

/// A list that was read, with the names and the hash of its files.
#[derive(Debug)]
pub struct Read {
    /// What it says.
    pub parsed: Parsed,
    /// The names of its files.
    pub files: Vec<String>,
    /// BLAKE3 of the files one after the other.
    pub hash: String,
}

fn parse_all(sources: Vec<(Files, Option<PartialDate>)>) -> Result<Vec<Read>, Failure> {
    let mut progress = Progress::new(sources.len(), "reading lists");
    let mut out = Vec::new();
    for ((format, files), dated) in sources {
        let mut read = parse(format, &files)?;
        read.parsed.published = read.parsed.published.or(dated);
        if let Some(problem) = read.parsed.fatal() {
            return Err(Failure(format!("{}: {problem}", read.files.join(", "))));
        }
        out.push(read);
        progress.step();
    }
    Ok(out)
}

/// Reads one list. A reader that panics is an error of that list, by name.
pub fn parse(format: Format, files: &[(String, Vec<u8>)]) -> Result<Read, Failure> {
    let names: Vec<String> = files.iter().map(|it| it.0.clone()).collect();
    let sources: Vec<SourceFile<'_>> = files
        .iter()
        .map(|it| SourceFile {
            name: &it.0,
            bytes: &it.1,
        })
        .collect();
    let parsed = guarded(|| lists::parse(format, &sources))
        .map_err(|it| Failure(format!("{}: error inside the reader: {it}", names.join(", "))))?;
    Ok(Read {
        parsed,
        files: names,
        hash: hash(files),
    })
}

/// BLAKE3 of files one after the other, hexadecimal.
pub fn hash(files: &[(String, Vec<u8>)]) -> String {
    let mut hash = blake3::Hasher::new();
    for it in files {
        hash.update(&it.1);
    }
    hash.finalize().to_hex().to_string()
}

/// Prepares and indexes what was read.
pub fn build(read: Vec<Read>, sample: bool, only: &[String]) -> Result<Loaded, Failure> {
    let known: BTreeSet<&str> = read.iter().map(|it| it.parsed.list.as_str()).collect();
    if let Some(unknown) = only.iter().find(|it| !known.contains(it.as_str())) {
        let known: Vec<&str> = known.into_iter().collect();
        return Err(Failure(format!(
            "--lists {unknown}: no such list is loaded; there are {}",
            known.join(", ")
        )));
    }
    let mut versions = Vec::new();
    let mut infos = Vec::new();
    let mut entities: Vec<Entity> = Vec::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for it in read
        .into_iter()
        .filter(|it| only.is_empty() || only.contains(&it.parsed.list))
    {
        let Read { parsed, files, hash } = it;
        let from = entities.len();
        for mut entity in parsed.entities {
            unique_id(&mut entity, parsed.format, &mut ids);
            entities.push(entity);
        }
        versions.push(ListVersion {
            list: parsed.list.clone(),
            format: parsed.format,
            published: parsed.published,
            entities: entities.len() - from,
            hash,
        });
        infos.push(ListInfo {
            list: parsed.list,
            format: parsed.format,
            files,
            published: parsed.published.map(|it| it.to_string()),
            counts: parsed.counts,
            problems: parsed.problems,
            entities: from..entities.len(),
        });
    }
    let mut progress = Progress::new(1, "");
    progress.phase(&format!("preparing {} entities", entities.len()));
    let snapshot = Snapshot::build(versions, entities);
    Ok(Loaded {
        snapshot,
        sample,
        lists: infos,
        as_of: None,
        absent: Vec::new(),
        unsafe_reasons: Vec::new(),
    })
}

/// The same entry in two formats of one list stays two entities, since each may say what the other does not; the later one is told
/// apart by its format.
fn unique_id(entity: &mut Entity, format: Format, ids: &mut BTreeSet<String>) {
    if ids.contains(&entity.id) {
        entity.id = format!("{}~{}", entity.id, format.name());
    }
    let base = entity.id.clone();
    let mut n = 1;
    while !ids.insert(entity.id.clone()) {
        n += 1;
        entity.id = format!("{base}~{n}");
    }
}

/// Whether something that the publisher says is not screened.
pub fn losses(problems: &[Problem]) -> usize {
    problems.iter().filter(|it| it.severity >= Severity::Loss).count()
}

impl Loaded {
    /// What every answer has to say beside itself: what is not screened, and which list had no version on the day asked for.
    pub fn notes(&self) -> Vec<String> {
        let mut out = self.loss_lines();
        if let Some(day) = &self.as_of {
            out.extend(
                self.absent
                    .iter()
                    .map(|it| format!("{it}: no version as of {day}; not screened")),
            );
        }
        out
    }

    /// An answer from lists that are too old is none: it keeps its matches, and is an error by name.
    pub fn hold(&self, decision: &mut Decision, reasons: &mut Vec<String>) {
        if !self.unsafe_reasons.is_empty() {
            *decision = Decision::Error;
            reasons.splice(0..0, self.unsafe_reasons.iter().cloned());
        }
    }

    /// How much of each list is not screened, in the order of the lists.
    pub fn lost(&self) -> Vec<usize> {
        self.lists.iter().map(|it| losses(&it.problems)).collect()
    }

    /// A line for every list of which something is not screened.
    pub fn loss_lines(&self) -> Vec<String> {
        let lossy = self.lists.iter().zip(self.lost()).filter(|it| it.1 > 0);
        lossy
            .map(|(it, lost)| {
                format!(
                    "{}: {lost} values or records could not be read and are not screened; interdict lists check names them",
                    it.list
                )
            })
            .collect()
    }
}

/// The lines above the answers: samples or not, policy, snapshot.
pub fn header(page: &mut Page, loaded: &Loaded, policy: &Policy) {
    if loaded.sample {
        let notice = page.style.strong(SAMPLE_NOTICE);
        page.line(&notice);
    }
    let snapshot = &loaded.snapshot;
    let line = format!(
        "policy {} · {} lists, {} entities · snapshot {}",
        plain(&policy.label()),
        snapshot.lists().len(),
        snapshot.entities().len(),
        snapshot.id()
    );
    let line = page.style.faint(&line);
    page.line(&line);
    if let Some(day) = &loaded.as_of {
        page.wrapped("", &format!("lists as of {day}"));
    }
    for it in loaded.notes() {
        page.wrapped("", &it);
    }
    for it in &loaded.unsafe_reasons {
        let line = page.style.strong(&plain(it));
        page.wrapped("", &line);
    }
}
