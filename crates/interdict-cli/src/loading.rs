//! Stored lists, or the built-in samples -> a snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use interdict::engine::{ListVersion, Snapshot};
use interdict::entity::{Authority, Entity, PartialDate, Problem, Severity};
use interdict::lists::{self, Count, Format, Parsed, SourceFile};
use interdict::policy::{Consequence, Decision, Policy};
use interdict::resolve::{self, Cluster, Decisions, Identities, NotUnited};
use interdict_store::{ListLog, Store, Version};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::args::{MergeArgs, PolicyArgs};
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
    /// Of each entry, the place of its entity in the snapshot.
    pub entities: Vec<usize>,
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
    /// Authorities that bind by the policy and of which no list is loaded.
    pub missing: Vec<String>,
    /// Which entries were united, and which were not.
    pub merge: MergeInfo,
}

/// What merging did.
#[derive(Debug, Default)]
pub struct MergeInfo {
    /// How many entries the lists have.
    pub entries: usize,
    /// The entities of several entries.
    pub clusters: Vec<Cluster>,
    /// Pairs that were left apart.
    pub apart: Vec<NotUnited>,
    /// What was odd.
    pub problems: Vec<Problem>,
}

/// How entries are united: decisions, and the ids that entities had.
#[derive(Debug)]
pub struct Merging {
    /// `None` leaves the lists apart.
    how: Option<(Decisions, Identities)>,
}

/// The file of decisions in the store's folder.
pub const DECISIONS: &str = "decisions.toml";
/// The file of ids that entities had, beside it.
pub const IDENTITIES: &str = "identities.tsv";

impl Merging {
    /// The lists stay apart.
    pub const fn none() -> Self {
        Self { how: None }
    }

    /// Reads the files that it goes by.
    pub fn new(plan: &Plan, args: &MergeArgs) -> Result<Self, Failure> {
        if args.no_merge {
            return Ok(Self::none());
        }
        let read = |path: &PathBuf, wanted: bool| match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !wanted => Ok(None),
            Err(error) => Err(Failure::at(path, error)),
        };
        let in_store = |name: &str| plan.store.as_ref().map(|it| it.join(name));
        let decisions = match (&args.decisions, in_store(DECISIONS)) {
            (Some(path), _) => read(path, true)?.map(|it| (path.clone(), it)),
            (None, Some(path)) => read(&path, false)?.map(|it| (path, it)),
            (None, None) => None,
        };
        let decisions = match decisions {
            Some((path, text)) => Decisions::parse(&text).map_err(|it| Failure::at(&path, it))?,
            None => Decisions::default(),
        };
        let identities = match in_store(IDENTITIES) {
            Some(path) => match read(&path, false)? {
                Some(text) => Identities::parse(&text).map_err(|it| Failure::at(&path, it))?,
                None => Identities::default(),
            },
            None => Identities::default(),
        };
        Ok(Self {
            how: Some((decisions, identities)),
        })
    }

    /// Unites entries of one subject; gives them back where the lists stay apart.
    fn unite(&self, entities: Vec<Entity>) -> Result<Result<resolve::Merged, Vec<Entity>>, Failure> {
        let Some((decisions, identities)) = &self.how else {
            return Ok(Err(entities));
        };
        guarded(|| resolve::merge(entities, decisions, identities))
            .map(Ok)
            .map_err(|it| {
                Failure(format!(
                    "error inside the merging of lists: {it}; --no-merge leaves them apart"
                ))
            })
    }
}

/// Keeps the ids that the entities of the active lists have now, so that they have them after the next update, too.
pub fn remember(plan: &Plan) -> Result<(), Failure> {
    let Some(dir) = &plan.store else { return Ok(()) };
    let store = Store::open(dir)?;
    let active: Vec<&Version> = store.logs().iter().filter_map(ListLog::active).collect();
    if active.is_empty() {
        return Ok(());
    }
    let merging = Merging::new(plan, &MergeArgs::default())?;
    let read = parse_all(sources(&store, &active)?)?;
    let (entities, _, _) = entries(read, &[]);
    let Ok(merged) = merging.unite(entities)? else {
        return Ok(());
    };
    let text = Identities::of(&merged.entities).to_text();
    // Whole or not at all: a table that is cut off would give entities new ids.
    Ok(store.keep(IDENTITIES, text.as_bytes())?)
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
    load_of(plan, &args.lists, &args.merge, args.as_of, Some(policy))
}

/// The same for who does not screen: how old the active lists are is not judged.
pub fn load_unjudged(plan: &Plan, only: &[String], merge: &MergeArgs) -> Result<Loaded, Failure> {
    load_of(plan, only, merge, None, None)
}

fn load_of(
    plan: &Plan,
    only: &[String],
    merge: &MergeArgs,
    as_of: Option<civil::Date>,
    policy: Option<&Policy>,
) -> Result<Loaded, Failure> {
    let store = plan.store.as_ref().map(Store::open).transpose()?;
    let logs = store.as_ref().map_or(&[][..], Store::logs);
    let as_of = as_of.map(|it| it.to_string());
    let wanted = |it: &&ListLog| only.is_empty() || only.contains(&it.list);
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
        && *day > plan.now.to_zoned(TimeZone::UTC).date().to_string()
    {
        return Err(Failure(format!("--as-of {day}: a day that has not been yet")));
    }
    // Samples in place of lists that were refused or taken out of use would answer for them.
    if policy.is_some() && as_of.is_none() && versions.is_empty() && !logs.is_empty() {
        return Err(Failure(
            "unsafe: lists were loaded or refused here and none of them is active; `interdict lists log` shows them"
                .to_owned(),
        ));
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
    let sources = match &store {
        Some(store) if !versions.is_empty() => sources(store, &versions)?,
        _ => samples().into_iter().map(|it| (it, None)).collect(),
    };
    let merging = Merging::new(plan, merge)?;
    let mut loaded = build(parse_all(sources)?, versions.is_empty(), only, &merging)?;
    match (&as_of, policy) {
        (None, Some(policy)) if !loaded.sample => loaded.unsafe_reasons = too_old(&loaded, &versions, policy, plan.now),
        (Some(day), Some(policy)) => {
            loaded.unsafe_reasons = not_known(day, logs, &versions, policy);
            loaded.unsafe_reasons.extend(
                absent
                    .iter()
                    .map(|it| format!("unsafe: {it}: no version as of {day}; --lists leaves it out by name")),
            );
        }
        _ => {}
    }
    // Who names the lists to ask has chosen.
    if let (Some(policy), false, true) = (policy, loaded.sample, only.is_empty()) {
        loaded.missing = missing(&loaded, policy);
    }
    loaded.as_of = as_of;
    loaded.absent = absent;
    Ok(loaded)
}

/// The files of stored versions, each with the date that the store knows: a version may be dated by other means than its content.
fn sources(store: &Store, versions: &[&Version]) -> Result<Vec<(Files, Option<PartialDate>)>, Failure> {
    versions
        .iter()
        .map(|version| {
            let dated = version.published.as_deref().and_then(|it| PartialDate::parse(it).ok());
            Ok(((format_of(version)?, store.load_version(version)?.files), dated))
        })
        .collect()
}

/// Of a day that lies behind the last look at a list, and of which no later version tells, nobody knows what was on the list.
fn not_known(day: &str, logs: &[ListLog], versions: &[&Version], policy: &Policy) -> Vec<String> {
    let mut out = Vec::new();
    for version in versions {
        let log = logs
            .iter()
            .find(|it| it.list == version.list && it.format == version.format);
        let later = log.is_some_and(|it| it.versions.iter().any(|it| it.was_in_force() && it.day() > day));
        let verified = version.verified_at.parse::<Timestamp>().ok();
        let known = verified.and_then(|it| {
            let hours = i64::from(policy.freshness.max_age_hours);
            it.checked_add(jiff::SignedDuration::from_hours(hours)).ok()
        });
        let known = known.map(|it| it.to_zoned(TimeZone::UTC).date().to_string());
        if !later && known.is_none_or(|it| it.as_str() < day) {
            out.push(format!(
                "unsafe: {} ({}): last verified {}: what was on it on {day} is not known",
                version.list, version.format, version.verified_at
            ));
        }
    }
    out
}

/// Authorities whose listings block or reject by the policy, and of which no list is loaded: nothing is known of them.
fn missing(loaded: &Loaded, policy: &Policy) -> Vec<String> {
    let there: BTreeSet<&Authority> = loaded
        .snapshot
        .entities()
        .iter()
        .flat_map(|it| it.listings.iter().map(|it| &it.authority))
        .collect();
    let named: BTreeSet<&Authority> = policy
        .rules
        .iter()
        .filter(|it| matches!(it.consequence, Consequence::Block | Consequence::Reject))
        .flat_map(|it| &it.authorities)
        .collect();
    named
        .into_iter()
        .filter(|it| !there.contains(it))
        .map(|it| it.name().to_owned())
        .collect()
}

/// A clock may be wrong by this much before it is a reason.
const CLOCK_SLIP_HOURS: i64 = 1;

fn too_old(loaded: &Loaded, versions: &[&Version], policy: &Policy, now: Timestamp) -> Vec<String> {
    let mut out = Vec::new();
    let lists: BTreeSet<&str> = loaded.lists.iter().map(|it| it.list.as_str()).collect();
    for it in &loaded.lists {
        let version = versions
            .iter()
            .find(|version| version.list == it.list && version.format == it.format.name());
        let Some(version) = version else {
            out.push(format!(
                "unsafe: {} ({}): the store knows no such list: when it was last verified is unknown",
                it.list,
                it.format.name()
            ));
            continue;
        };
        // It passed the gates with as many as that; a program that reads fewer of it has not been asked.
        if it.entities.len() < version.entities {
            out.push(format!(
                "unsafe: {} ({}): {} entities are read of it now, and were {} when it passed its gates; add it anew",
                it.list,
                it.format.name(),
                it.entities.len(),
                version.entities
            ));
        }
        // An entity of several lists has the listings of the others, too.
        let authorities: BTreeSet<&Authority> = it
            .entities
            .iter()
            .filter_map(|at| loaded.snapshot.entities().get(*at))
            .flat_map(|entity| &entity.listings)
            .filter(|listing| listing.list == it.list || !lists.contains(listing.list.as_str()))
            .map(|listing| &listing.authority)
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

/// Unites, prepares and indexes what was read.
pub fn build(read: Vec<Read>, sample: bool, only: &[String], merging: &Merging) -> Result<Loaded, Failure> {
    let known: BTreeSet<&str> = read.iter().map(|it| it.parsed.list.as_str()).collect();
    if let Some(unknown) = only.iter().find(|it| !known.contains(it.as_str())) {
        let known: Vec<&str> = known.into_iter().collect();
        return Err(Failure(format!(
            "--lists {unknown}: no such list is loaded; there are {}",
            known.join(", ")
        )));
    }
    let (entities, versions, mut infos) = entries(read, only);
    let mut progress = Progress::new(1, "");
    progress.phase(&format!("preparing {} entities", entities.len()));
    let mut merge = MergeInfo {
        entries: entities.len(),
        ..MergeInfo::default()
    };
    let snapshot = match merging.unite(entities)? {
        Err(entities) => Snapshot::build(versions, entities),
        Ok(merged) => {
            for it in infos.iter_mut().flat_map(|it| &mut it.entities) {
                *it = merged.places.get(*it).copied().unwrap_or(*it);
            }
            merge.clusters = merged.clusters;
            merge.apart = merged.apart;
            merge.problems = merged.problems;
            Snapshot::build_prepared(versions, merged.entities, merged.prepared)
        }
    };
    Ok(Loaded {
        snapshot,
        sample,
        lists: infos,
        as_of: None,
        absent: Vec::new(),
        unsafe_reasons: Vec::new(),
        missing: Vec::new(),
        merge,
    })
}

/// The entries of the lists, each under an id of its own; what is known of each list, with the places of its entries.
fn entries(read: Vec<Read>, only: &[String]) -> (Vec<Entity>, Vec<ListVersion>, Vec<ListInfo>) {
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
            entities: (from..entities.len()).collect(),
        });
    }
    (entities, versions, infos)
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
        if !self.missing.is_empty() {
            out.push(format!(
                "no list of {} is loaded, and by the policy it binds: not screened",
                self.missing.join(", ")
            ));
        }
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
