//! What the publishers said of the files that are held, so that they can be asked whether these have changed.
//!
//! It stands in a file of its own, `fetched.json`, and not in the manifest: to lose it costs a download, never an answer. What it says
//! counts only for bytes of the same hash.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::disk::replace;

const SCHEMA: &str = "interdict.fetched/1";
const NAME: &str = "fetched.json";

/// What to ask with next time, and of which address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The address that was asked first; another one's marks mean nothing to it.
    pub asked: String,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is anything to ask with.
    #[must_use]
    pub const fn useful(&self) -> bool {
        self.etag.is_some() || self.last_modified.is_some()
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct File {
    schema: String,
    /// By BLAKE3 of the bytes.
    files: BTreeMap<String, Validators>,
}

/// The file in a store's folder.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    file: File,
}

impl Memory {
    /// Reads it. What cannot be read is forgotten: then everything is fetched whole.
    #[must_use]
    pub fn open(store: &Path) -> Self {
        let path = store.join(NAME);
        let file = fs::read(&path)
            .ok()
            .and_then(|it| serde_json::from_slice::<File>(&it).ok())
            .filter(|it| it.schema == SCHEMA)
            .unwrap_or_default();
        Self { path, file }
    }

    /// What was said of the file with this hash.
    #[must_use]
    pub fn of(&self, hash: &str) -> Option<&Validators> {
        self.file.files.get(hash).filter(|it| it.useful())
    }

    /// Keeps what was said of a file.
    pub fn keep(&mut self, hash: &str, validators: Validators) {
        self.file.files.insert(hash.to_owned(), validators);
    }

    /// Writes it, without what belongs to none of these files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, held: &[&str]) -> Result<(), StoreError> {
        self.file.files.retain(|hash, _| held.contains(&hash.as_str()));
        SCHEMA.clone_into(&mut self.file.schema);
        let text = serde_json::to_string_pretty(&self.file).map_err(|it| StoreError::new(&self.path, it))?;
        replace(&self.path, (text + "\n").as_bytes())
    }
}
