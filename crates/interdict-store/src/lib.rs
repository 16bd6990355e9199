//! What must last: versions of official lists on disk.
//!
//! ```text
//! DIR/manifest.json      which version of each list is active, and which were; written whole, then renamed into place
//! DIR/objects/<blake3>   the publishers' files, byte for byte, by their content
//! DIR/lock               held while the manifest is being changed
//! ```
//!
//! Nothing that is active depends on a file that is being written: objects come first, the manifest last. Whoever reads never waits.

pub mod fetch;
mod manifest;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use manifest::{StoredFile, Version};

use manifest::Manifest;

/// A list to be made active.
#[derive(Clone, Debug)]
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
}

/// A version with the bytes of its files.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The version.
    pub version: Version,
    /// File names and their bytes, in the order in which they were added; each has been checked against its hash.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Versions of lists in a folder.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    manifest: Manifest,
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
        Ok(Self { dir, manifest })
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The active versions, by list and format.
    #[must_use]
    pub fn active(&self) -> &[Version] {
        &self.manifest.active
    }

    /// Versions that were active once, the oldest first.
    #[must_use]
    pub fn history(&self) -> &[Version] {
        &self.manifest.history
    }

    /// Makes lists active, all of them or none. A version of the same list in the same format supersedes the active one, which moves to
    /// the history; the same list in another format stands beside it, since publishers' formats differ in what they say.
    ///
    /// Returns the new versions in the order given.
    ///
    /// # Errors
    /// When a file cannot be written. What was active stays active.
    pub fn add(&mut self, versions: Vec<NewVersion>) -> Result<Vec<Version>, StoreError> {
        fs::create_dir_all(&self.dir).map_err(|it| StoreError::new(&self.dir, it))?;
        let _lock = self.lock()?;
        let mut manifest = read_manifest(&self.dir)?;
        let objects = self.dir.join("objects");
        if !objects.exists() {
            // The manifest first: objects without one are then always a store that has lost it.
            self.write_manifest(Manifest::default())?;
            fs::create_dir(&objects).map_err(|it| StoreError::new(&objects, it))?;
        }
        let mut added = Vec::new();
        for it in versions {
            let mut files = Vec::new();
            let mut whole = blake3::Hasher::new();
            for (name, bytes) in &it.files {
                whole.update(bytes);
                let hash = blake3::hash(bytes).to_hex().to_string();
                write_object(&objects, &hash, bytes)?;
                files.push(StoredFile {
                    name: name.clone(),
                    hash,
                    bytes: bytes.len(),
                });
            }
            let version = Version {
                list: it.list,
                format: it.format,
                files,
                hash: whole.finalize().to_hex().to_string(),
                published: it.published,
                entities: it.entities,
                names: it.names,
                problems: it.problems,
                added_at: it.added_at,
            };
            manifest.supersede(version.clone());
            added.push(version);
        }
        sync_dir(&objects)?;
        self.write_manifest(manifest)?;
        Ok(added)
    }

    /// Takes a list out of use, in one format or in all. Its files stay on disk, and it stays in the history.
    ///
    /// Returns what was removed; empty when there was nothing of that name.
    ///
    /// # Errors
    /// When the manifest cannot be written. What was active stays active.
    pub fn remove(&mut self, list: &str, format: Option<&str>) -> Result<Vec<Version>, StoreError> {
        if !self.dir.exists() {
            return Ok(Vec::new());
        }
        let _lock = self.lock()?;
        let mut manifest = read_manifest(&self.dir)?;
        let removed = manifest.retire(list, format);
        if !removed.is_empty() {
            self.write_manifest(manifest)?;
        }
        Ok(removed)
    }

    /// Reads the files of every active version.
    ///
    /// # Errors
    /// When an object is missing, or is not what its name says: the store is damaged and must not be screened against.
    pub fn load(&self) -> Result<Vec<Loaded>, StoreError> {
        self.manifest.active.iter().map(|it| self.load_version(it)).collect()
    }

    /// Reads the files of one version, active or not.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn load_version(&self, version: &Version) -> Result<Loaded, StoreError> {
        let files = version
            .files
            .iter()
            .map(|it| {
                let path = self.dir.join("objects").join(&it.hash);
                let fault = |message: String| {
                    StoreError::new(
                        &path,
                        format!(
                            "{message}; it holds `{}` of {}: add the list again",
                            it.name, version.list
                        ),
                    )
                };
                let bytes = fs::read(&path).map_err(|error| fault(error.to_string()))?;
                if blake3::hash(&bytes).to_hex().as_str() != it.hash {
                    return Err(fault(format!(
                        "damaged: {} bytes, where {} of another content were stored",
                        bytes.len(),
                        it.bytes
                    )));
                }
                Ok((it.name.clone(), bytes))
            })
            .collect::<Result<_, _>>()?;
        Ok(Loaded {
            version: version.clone(),
            files,
        })
    }

    /// Held until it is dropped; another process that changes the store waits.
    fn lock(&self) -> Result<File, StoreError> {
        let path = self.dir.join("lock");
        let file = File::create(&path).map_err(|it| StoreError::new(&path, it))?;
        file.lock().map_err(|it| StoreError::new(&path, it))?;
        Ok(file)
    }

    fn write_manifest(&mut self, manifest: Manifest) -> Result<(), StoreError> {
        let path = self.dir.join(MANIFEST);
        let text = manifest.to_json().map_err(|it| StoreError::new(&path, it))?;
        replace(&path, text.as_bytes())?;
        sync_dir(&self.dir)?;
        self.manifest = manifest;
        Ok(())
    }
}

const MANIFEST: &str = "manifest.json";

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
    fs::read_dir(dir.join("objects")).is_ok_and(|mut it| it.next().is_some())
}

fn write_object(objects: &Path, hash: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = objects.join(hash);
    // What is there and whole need not be written again; what is damaged is mended.
    if fs::read(&path).is_ok_and(|it| it == bytes) {
        return Ok(());
    }
    replace(&path, bytes)
}

/// Writes a file beside its place, flushes it to the disk and renames it, so that the name holds the old bytes or the new ones.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Best effort: the file in place is untouched either way.
        let _ = fs::remove_file(&temporary);
        StoreError::new(path, error)
    })
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    File::open(dir)
        .and_then(|it| it.sync_all())
        .map_err(|it| StoreError::new(dir, it))
}

/// Other systems flush a rename by themselves or cannot be asked to.
#[cfg(not(unix))]
fn sync_dir(_: &Path) -> Result<(), StoreError> {
    Ok(())
}
