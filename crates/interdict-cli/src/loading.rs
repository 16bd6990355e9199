//! Stored lists, or the built-in samples -> a snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use interdict::engine::{ListVersion, Snapshot};
use interdict::entity::{Entity, Problem, Severity};
use interdict::lists::{self, Count, Format, Parsed, SourceFile};
use interdict::policy::Policy;
use interdict::resolve::{self, Cluster, Decisions, Identities, NotUnited};
use interdict_store::Store;

use crate::args::MergeArgs;
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
    /// Reads the files that it goes by.
    pub fn new(plan: &Plan, args: &MergeArgs) -> Result<Self, Failure> {
        if args.no_merge {
            return Ok(Self { how: None });
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
}

/// Keeps the ids that the entities of the active lists have now, so that they have them after the next update, too.
pub fn remember(plan: &Plan) -> Result<(), Failure> {
    let Some(dir) = &plan.store else { return Ok(()) };
    let loaded = load(plan, &[], &MergeArgs::default())?;
    if loaded.sample {
        return Ok(());
    }
    let text = Identities::of(loaded.snapshot.entities()).to_text();
    let path = dir.join(IDENTITIES);
    // Beside it first: a table that is cut off would give entities new ids.
    let beside = dir.join(format!("{IDENTITIES}.new"));
    std::fs::write(&beside, text).map_err(|it| Failure::at(&beside, it))?;
    std::fs::rename(&beside, &path).map_err(|it| Failure::at(&path, it))
}

/// Files of one list, by name and content, in a known format.
pub type Files = (Format, Vec<(String, Vec<u8>)>);

/// Loads the active lists, or the samples where none is; only those of the given ids where any are given.
pub fn load(plan: &Plan, only: &[String], merge: &MergeArgs) -> Result<Loaded, Failure> {
    let merging = Merging::new(plan, merge)?;
    let stored = match &plan.store {
        Some(dir) => Store::open(dir)?.load()?,
        None => Vec::new(),
    };
    let sample = stored.is_empty();
    let mut sources: Vec<Files> = Vec::new();
    for it in stored {
        let format = Format::parse(&it.version.format).ok_or_else(|| {
            Failure(format!(
                "the stored list {} has the format `{}`, which this program does not read",
                it.version.list, it.version.format
            ))
        })?;
        sources.push((format, it.files));
    }
    if sample {
        sources = samples();
    }
    let parsed = parse_all(sources)?;
    build(parsed, sample, only, &merging)
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

fn parse_all(sources: Vec<Files>) -> Result<Vec<Read>, Failure> {
    let mut progress = Progress::new(sources.len(), "reading lists");
    let mut out = Vec::new();
    for (format, files) in sources {
        let read = parse(format, &files)?;
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
    let mut hash = blake3::Hasher::new();
    for it in files {
        hash.update(&it.1);
    }
    Ok(Read {
        parsed,
        files: names,
        hash: hash.finalize().to_hex().to_string(),
    })
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
    let mut progress = Progress::new(1, "");
    progress.phase(&format!("preparing {} entities", entities.len()));
    let mut merge = MergeInfo {
        entries: entities.len(),
        ..MergeInfo::default()
    };
    let snapshot = match &merging.how {
        None => Snapshot::build(versions, entities),
        Some((decisions, identities)) => {
            let merged = guarded(|| resolve::merge(entities, decisions, identities)).map_err(|it| {
                Failure(format!(
                    "error inside the merging of lists: {it}; --no-merge leaves them apart"
                ))
            })?;
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
        merge,
    })
}

/// The same entry in two formats of one list is read twice, since each may say what the other does not; the later one is told apart by
/// its format until both are united.
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
    for it in loaded.loss_lines() {
        page.wrapped("", &it);
    }
}
