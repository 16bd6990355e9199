//! What must last: versions of official lists on disk.
//!
//! ```text
//! DIR/manifest.json      the versions of each list, and which one is active; written whole, then renamed into place
//! DIR/objects/<blake3>.z the publishers' files by their content, compressed, most of them as patches to older ones
//! DIR/summaries/         the same for counts by programme and type
//! DIR/lock               held while the store is being changed
//! ```
//!
//! Nothing that is active depends on a file that is being written: objects come first, the manifest last. Whoever reads never waits.
//! docs/store.md argues it.

mod disk;
pub mod fetch;
mod manifest;
mod objects;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub use manifest::{Arrival, GateNote, ListLog, Override, State, StoredFile, Trouble, Version};

use manifest::Manifest;
use objects::{Cache, Objects};

/// A version to be kept.
#[derive(Clone, Debug, Default)]
pub struct NewVersion {
    /// The list's id, e.g. `us-ofac-sdn`.
    pub list: String,
    /// The name of the format it was read in, e.g. `ofac-csv`.
    pub format: String,
    /// File names without folder, and their bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The publisher's own date, where there is one.
    pub published: Option<String>,
    /// Entities that the list gave.
    pub entities: usize,
    /// Names of the entities.
    pub names: usize,
    /// Problems that reading it met.
    pub problems: usize,
    /// When it was added: RFC 3339, given by the caller.
    pub added_at: String,
    /// Where it came from.
    pub arrival: Arrival,
    /// By which limits the gates went.
    pub limits: String,
    /// What the gates said.
    pub gates: Vec<GateNote>,
    /// Which of them were let pass.
    pub overrides: Vec<Override>,
    /// Counts by programme and type, as text; what a later version is compared with.
    pub summary: Option<String>,
}

/// A version with the bytes of its files.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The version.
    pub version: Version,
    /// File names and their bytes, in the order in which they were added; each has been checked against its hash.
    pub files: Vec<(String, Vec<u8>)>,
}

/// A version that was seen to be what the publisher has.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The list's id.
    pub list: &'a str,
    /// The name of the format.
    pub format: &'a str,
    /// BLAKE3 of the version that was asked about.
    pub hash: &'a str,
    /// When the publisher was asked, RFC 3339.
    pub at: &'a str,
    /// The time it is, RFC 3339.
    pub now: &'a str,
}

/// Versions of lists in a folder.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    manifest: Manifest,
    active: Vec<Version>,
}

/// Why the store could not be read or changed; names the file.
#[derive(Debug)]
pub struct StoreError {
    path: PathBuf,
    message: String,
}

impl StoreError {
    fn new(path: &Path, message: impl fmt::Display) -> Self {
        Self {
            path: path.to_owned(),
            message: message.to_string(),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for StoreError {}

impl Store {
    /// Opens a store. A folder that does not exist is an empty store; it is made when something is added.
    ///
    /// # Errors
    /// When the path is no folder, the manifest cannot be read, or objects are there and no manifest.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let dir = dir.into();
        if dir.exists() && !dir.is_dir() {
            return Err(StoreError::new(&dir, "is no folder, so it can be no store"));
        }
        let manifest = read_manifest(&dir)?;
        let active = manifest.lists.iter().filter_map(|it| it.active().cloned()).collect();
        Ok(Self { dir, manifest, active })
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The active versions, by list and format.
    #[must_use]
    pub fn active(&self) -> &[Version] {
        &self.active
    }

    /// The lives of all lists, by list and format.
    #[must_use]
    pub fn logs(&self) -> &[ListLog] {
        &self.manifest.lists
    }

    /// The life of one list.
    #[must_use]
    pub fn log(&self, list: &str, format: &str) -> Option<&ListLog> {
        self.manifest.log(list, format)
    }

    /// Makes lists active, all of them or none. A version of the same list in the same format supersedes the active one; the same list in
    /// another format stands beside it, since publishers' formats differ in what they say.
    ///
    /// Returns the new versions in the order given.
    ///
    /// # Errors
    /// When a file cannot be written. What was active stays active.
    pub fn add(&mut self, versions: Vec<NewVersion>) -> Result<Vec<Version>, StoreError> {
        let mut batch = self.begin()?;
        let added = versions
            .into_iter()
            .map(|it| batch.activate(it))
            .collect::<Result<Vec<_>, _>>()?;
        batch.commit()?;
        Ok(added)
    }

    /// Takes a list out of use, in one format or in all. Its files stay on disk, and it stays in the log.
    ///
    /// Returns what was removed; empty when there was nothing of that name.
    ///
    /// # Errors
    /// When the manifest cannot be written. What was active stays active.
    pub fn remove(&mut self, list: &str, format: Option<&str>, now: &str) -> Result<Vec<Version>, StoreError> {
        if !self.dir.exists() {
            return Ok(Vec::new());
        }
        let mut batch = self.begin()?;
        let mut removed = Vec::new();
        for log in &mut batch.manifest.lists {
            if log.list == list && format.is_none_or(|it| it == log.format) {
                for it in log.versions.iter_mut().filter(|it| it.state == State::Active) {
                    it.state = State::Removed;
                    it.ended_at = Some(now.to_owned());
                    removed.push(it.clone());
                }
            }
        }
        if !removed.is_empty() {
            batch.commit()?;
        }
        Ok(removed)
    }

    /// Begins a change of several steps. Another process that wants to change the store waits until it is done or dropped; nothing of it
    /// is to be seen before [`Batch::commit`].
    ///
    /// # Errors
    /// When the folder cannot be made or the manifest not be read.
    pub fn begin(&mut self) -> Result<Batch<'_>, StoreError> {
        disk::make_dir(&self.dir)?;
        let lock = self.lock()?;
        let manifest = read_manifest(&self.dir)?;
        let objects = Objects::new(self.dir.join(OBJECTS));
        let summaries = Objects::new(self.dir.join(SUMMARIES));
        for it in [&self.dir, objects.dir(), summaries.dir()] {
            disk::sweep(it);
        }
        if !objects.dir().exists() {
            // The manifest first: objects without one are then always a store that has lost it.
            write_manifest(&self.dir, &manifest)?;
        }
        disk::make_dir(objects.dir())?;
        disk::make_dir(summaries.dir())?;
        Ok(Batch {
            store: self,
            manifest,
            objects,
            summaries,
            cache: Cache::default(),
            counts: Cache::default(),
            _lock: lock,
        })
    }

    /// Reads the files of every active version.
    ///
    /// # Errors
    /// When an object is missing, or is not what its name says: the store is damaged and must not be screened against.
    pub fn load(&self) -> Result<Vec<Loaded>, StoreError> {
        self.active.iter().map(|it| self.load_version(it)).collect()
    }

    /// Reads the files of one version, active or not.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn load_version(&self, version: &Version) -> Result<Loaded, StoreError> {
        let objects = Objects::new(self.dir.join(OBJECTS));
        load_files(&objects, version, &mut Cache::default())
    }

    /// The counts by programme and type of a version; `None` where it has none.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn summary(&self, version: &Version) -> Result<Option<String>, StoreError> {
        let summaries = Objects::new(self.dir.join(SUMMARIES));
        read_summary(&summaries, version, &mut Cache::default())
    }

    /// Keeps a file of the store's folder that can be made anew from the lists: whole, lasting, and while nobody else changes the store.
    ///
    /// # Errors
    /// When it cannot be written; the one before is then as it was.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        disk::make_dir(&self.dir)?;
        let _lock = self.lock()?;
        disk::replace(&self.dir.join(name), bytes)?;
        disk::sync_dir(&self.dir)
    }

    /// Held until it is dropped; another process that changes the store waits.
    fn lock(&self) -> Result<File, StoreError> {
        let path = self.dir.join("lock");
        let file = File::create(&path).map_err(|it| StoreError::new(&path, it))?;
        file.lock().map_err(|it| StoreError::new(&path, it))?;
        Ok(file)
    }
}

fn load_files(objects: &Objects, version: &Version, cache: &mut Cache) -> Result<Loaded, StoreError> {
    let files = version
        .files
        .iter()
        .map(|it| {
            let bytes = objects.read(&it.hash, cache).map_err(|mut error| {
                let advice = if version.dropped {
                    "; of refused versions the last few are kept"
                } else {
                    ": add the list again"
                };
                error.message = format!("{}; `{}` of {} needs it{advice}", error.message, it.name, version.list);
                error
            })?;
            Ok((it.name.clone(), bytes))
        })
        .collect::<Result<_, _>>()?;
    Ok(Loaded {
        version: version.clone(),
        files,
    })
}

fn read_summary(summaries: &Objects, version: &Version, cache: &mut Cache) -> Result<Option<String>, StoreError> {
    let Some(it) = &version.summary else {
        return Ok(None);
    };
    let bytes = summaries.read(&it.hash, cache)?;
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|error| StoreError::new(&summaries.path(&it.hash), error))
}

/// A change of the store that is being prepared. Dropped without [`Batch::commit`], it leaves objects that nobody refers to.
#[derive(Debug)]
pub struct Batch<'a> {
    store: &'a mut Store,
    manifest: Manifest,
    objects: Objects,
    summaries: Objects,
    cache: Cache,
    counts: Cache,
    _lock: File,
}

/// Of so many refused versions of a list the files are kept: somebody has to look at what was refused, and a publisher that sends
/// rubbish every hour must not fill the disk.
const REFUSED_KEPT: usize = 5;

impl Batch<'_> {
    /// The active version of a list, as the store has it now.
    #[must_use]
    pub fn active(&self, list: &str, format: &str) -> Option<&Version> {
        self.manifest.log(list, format)?.active()
    }

    /// The version that a new one is compared with: the active one, else the last that was in force.
    #[must_use]
    pub fn last(&self, list: &str, format: &str) -> Option<&Version> {
        self.manifest.log(list, format)?.last()
    }

    /// The life of a list, as the store has it now.
    #[must_use]
    pub fn log(&self, list: &str, format: &str) -> Option<&ListLog> {
        self.manifest.log(list, format)
    }

    /// The counts of a version.
    ///
    /// # Errors
    /// When its object is missing or damaged.
    pub fn summary(&mut self, version: &Version) -> Result<Option<String>, StoreError> {
        read_summary(&self.summaries, version, &mut self.counts)
    }

    /// Reads the files of a version.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn load(&mut self, version: &Version) -> Result<Loaded, StoreError> {
        load_files(&self.objects, version, &mut self.cache)
    }

    /// Makes a version the active one; the one before is superseded.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn activate(&mut self, it: NewVersion) -> Result<Version, StoreError> {
        let now = it.added_at.clone();
        let mut version = self.keep(it, true)?;
        version.state = State::Active;
        version.activated_at = Some(now.clone());
        let log = self.manifest.log_of(&version.list, &version.format);
        log.trouble = None;
        for old in log.versions.iter_mut().filter(|it| it.state == State::Active) {
            old.state = State::Superseded;
            old.ended_at = Some(now.clone());
        }
        log.versions.push(version.clone());
        Ok(version)
    }

    /// Keeps a version that comes too late to be active: history.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn keep_past(&mut self, it: NewVersion) -> Result<Version, StoreError> {
        let mut version = self.keep(it, true)?;
        version.state = State::Superseded;
        self.manifest
            .log_of(&version.list, &version.format)
            .versions
            .push(version.clone());
        Ok(version)
    }

    /// Makes a version that was kept as past the active one, verified at a time of its own; or a refused one.
    ///
    /// Returns it; `None` where the log has none with this hash and date.
    pub fn settle(&mut self, kept: &Version, state: State, verified_at: &str, now: &str) -> Option<Version> {
        let log = self.manifest.log_of(&kept.list, &kept.format);
        let same =
            |it: &Version| it.hash == kept.hash && it.published == kept.published && it.state == State::Superseded;
        let at = log.versions.iter().rposition(same)?;
        if state == State::Active {
            for old in log.versions.iter_mut().filter(|it| it.state == State::Active) {
                old.state = State::Superseded;
                old.ended_at = Some(now.to_owned());
            }
            log.versions[at].activated_at = Some(now.to_owned());
        }
        let it = &mut log.versions[at];
        it.state = state;
        verified_at.clone_into(&mut it.verified_at);
        it.gates.clone_from(&kept.gates);
        it.overrides.clone_from(&kept.overrides);
        Some(it.clone())
    }

    /// The record that a version would have, for one that is not kept.
    #[must_use]
    pub fn would_be(it: NewVersion) -> Version {
        let mut whole = blake3::Hasher::new();
        let mut files = Vec::new();
        for (name, bytes) in &it.files {
            whole.update(bytes);
            files.push(StoredFile {
                name: name.clone(),
                hash: blake3::hash(bytes).to_hex().to_string(),
                bytes: bytes.len(),
            });
        }
        record(it, files, whole.finalize().to_hex().to_string(), None)
    }

    /// Records a version that failed a gate, with its files. The active one stays.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn refuse(&mut self, it: NewVersion) -> Result<Version, StoreError> {
        let mut version = self.keep(it, false)?;
        version.state = State::Refused;
        let log = self.manifest.log_of(&version.list, &version.format);
        let same =
            |it: &Version| it.state == State::Refused && it.hash == version.hash && it.published == version.published;
        if let Some(at) = log.versions.iter().position(same) {
            // The same files again: one record, which moves to the end.
            let first = log.versions.remove(at);
            version.again = first.again + 1;
            version.added_at = first.added_at;
        }
        log.versions.push(version.clone());
        let refused: Vec<usize> = (0..log.versions.len())
            // One that was kept as history first may be what others are patches to: it stays.
            .filter(|at| log.versions[*at].state == State::Refused && log.versions[*at].summary.is_none())
            .collect();
        for at in refused.iter().rev().skip(REFUSED_KEPT) {
            log.versions[*at].dropped = true;
        }
        Ok(version)
    }

    /// Notes that a version was seen at a time to be what the publisher has. Its age is never set back, but from a time that has not come
    /// yet. Returns it; `None`, and nothing is noted, where the active version is another or there is none.
    pub fn verified(&mut self, seen: &Seen<'_>, arrival: Option<Arrival>) -> Option<Version> {
        let log = self.manifest.log_of(seen.list, seen.format);
        let is_it = |it: &&mut Version| it.state == State::Active && it.hash == seen.hash;
        let it = log.versions.iter_mut().find(is_it)?;
        log.trouble = None;
        if seen.at > it.verified_at.as_str() || it.verified_at.as_str() > seen.now {
            seen.at.clone_into(&mut it.verified_at);
        }
        if let Some(arrival) = arrival {
            it.arrival = arrival;
        }
        Some(it.clone())
    }

    /// Writes files of an active version again where what lies on the disk is damaged: who has them anew has the means to mend it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn mend(&mut self, files: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        for (_, bytes) in files {
            self.objects.write(bytes, None, &mut self.cache)?;
        }
        Ok(())
    }

    /// Writes the counts of a version again, where what lies on the disk is damaged.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn mend_summary(&mut self, text: &str) -> Result<(), StoreError> {
        self.summaries.write(text.as_bytes(), None, &mut self.counts)?;
        Ok(())
    }

    /// Notes that a list could not be had.
    pub fn trouble(&mut self, list: &str, format: &str, it: Trouble) {
        self.manifest.log_of(list, format).trouble = Some(it);
    }

    /// Makes it last: from now on the new versions are active. All of it or nothing.
    ///
    /// # Errors
    /// When a file cannot be written. What was active stays active.
    pub fn commit(self) -> Result<(), StoreError> {
        disk::sync_dir(self.objects.dir())?;
        disk::sync_dir(self.summaries.dir())?;
        write_manifest(&self.store.dir, &self.manifest)?;
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        let mut dropped: BTreeSet<&str> = BTreeSet::new();
        for it in self.manifest.lists.iter().flat_map(|it| &it.versions) {
            let set = if it.dropped { &mut dropped } else { &mut wanted };
            set.extend(it.files.iter().map(|it| it.hash.as_str()));
        }
        // Only now: until the manifest says so they are somebody's. No patch builds on them.
        for it in dropped.difference(&wanted) {
            self.objects.remove(it);
        }
        self.store.active = self
            .manifest
            .lists
            .iter()
            .filter_map(|it| it.active().cloned())
            .collect();
        self.store.manifest = self.manifest;
        Ok(())
    }

    /// Writes the files and the summary of a version.
    fn keep(&mut self, it: NewVersion, patched: bool) -> Result<Version, StoreError> {
        let mut files = Vec::new();
        let mut whole = blake3::Hasher::new();
        for (name, bytes) in &it.files {
            whole.update(bytes);
            let base = if patched {
                self.base(&it.list, &it.format, |it| {
                    let same = |it: &&StoredFile| it.name.eq_ignore_ascii_case(name);
                    it.files.iter().find(same).map(|it| it.hash.as_str())
                })
            } else {
                None
            };
            let hash = self.objects.write(bytes, base.as_deref(), &mut self.cache)?;
            files.push(StoredFile {
                name: name.clone(),
                hash,
                bytes: bytes.len(),
            });
        }
        let summary = match &it.summary {
            Some(text) if patched => {
                let base = self.base(&it.list, &it.format, |it| Some(it.summary.as_ref()?.hash.as_str()));
                let hash = self
                    .summaries
                    .write(text.as_bytes(), base.as_deref(), &mut self.counts)?;
                Some(StoredFile {
                    name: "summary".to_owned(),
                    hash,
                    bytes: text.len(),
                })
            }
            _ => None,
        };
        Ok(record(it, files, whole.finalize().to_hex().to_string(), summary))
    }

    /// The object that the next one of a sequence is a patch to: number n builds on n with its lowest set bit cleared, as Subversion's
    /// skip-deltas do. So a chain is as deep as n has bits set, whatever n is, and nothing written has to be written again.
    fn base<'b>(&'b self, list: &str, format: &str, of: impl Fn(&'b Version) -> Option<&'b str>) -> Option<String> {
        let log = self.manifest.log(list, format)?;
        let mut seen = BTreeSet::new();
        let sequence: Vec<&str> = log
            .versions
            .iter()
            .filter(|it| it.was_in_force())
            .filter_map(of)
            .filter(|it| seen.insert(*it))
            .collect();
        let n = sequence.len();
        (n > 0).then(|| sequence[n & (n - 1)].to_owned())
    }
}

fn record(it: NewVersion, files: Vec<StoredFile>, hash: String, summary: Option<StoredFile>) -> Version {
    Version {
        list: it.list,
        format: it.format,
        state: State::Superseded,
        files,
        hash,
        published: it.published,
        entities: it.entities,
        names: it.names,
        problems: it.problems,
        verified_at: it.added_at.clone(),
        added_at: it.added_at,
        activated_at: None,
        ended_at: None,
        again: 0,
        dropped: false,
        arrival: it.arrival,
        limits: it.limits,
        gates: it.gates,
        overrides: it.overrides,
        summary,
    }
}

const MANIFEST: &str = "manifest.json";
const OBJECTS: &str = "objects";
const SUMMARIES: &str = "summaries";

fn write_manifest(dir: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    let path = dir.join(MANIFEST);
    let text = manifest.to_json().map_err(|it| StoreError::new(&path, it))?;
    disk::replace(&path, text.as_bytes())?;
    disk::sync_dir(dir)
}

fn read_manifest(dir: &Path) -> Result<Manifest, StoreError> {
    let path = dir.join(MANIFEST);
    match fs::read(&path) {
        Ok(bytes) => Manifest::from_json(&bytes).map_err(|it| StoreError::new(&path, it)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if has_objects(dir) {
                return Err(StoreError::new(
                    &path,
                    "missing, though lists are stored beside it: restore it, or remove the folder and add the lists again",
                ));
            }
            Ok(Manifest::default())
        }
        Err(error) => Err(StoreError::new(&path, error)),
    }
}

fn has_objects(dir: &Path) -> bool {
    fs::read_dir(dir.join(OBJECTS)).is_ok_and(|mut it| it.next().is_some())
}
