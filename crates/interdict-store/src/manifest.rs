//! `manifest.json`: which version of each list is active.

use serde::{Deserialize, Serialize};

/// The shape of the manifest; a store of a later one is refused rather than misread.
const SCHEMA: &str = "interdict.store/1";

/// A file of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// The file's name without folder.
    pub name: String,
    /// BLAKE3 of its bytes, hexadecimal; the name of its object.
    pub hash: String,
    /// Its size in bytes.
    pub bytes: usize,
}

/// A version of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The list's id.
    pub list: String,
    /// The name of the format.
    pub format: String,
    /// The files, in the order in which they were added.
    pub files: Vec<StoredFile>,
    /// BLAKE3 of the files' bytes one after the other, hexadecimal.
    pub hash: String,
    /// The publisher's own date.
    pub published: Option<String>,
    /// Entities that the list gave when it was added.
    pub entities: usize,
    /// Their names.
    pub names: usize,
    /// Problems that reading it met.
    pub problems: usize,
    /// When it was added, RFC 3339.
    pub added_at: String,
}

/// The manifest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    schema: String,
    pub(crate) active: Vec<Version>,
    pub(crate) history: Vec<Version>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            active: Vec::new(),
            history: Vec::new(),
        }
    }
}

impl Manifest {
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let it: Self = serde_json::from_slice(bytes).map_err(|it| format!("not a manifest of a list store: {it}"))?;
        if it.schema != SCHEMA {
            return Err(format!("schema is `{}`, this program reads `{SCHEMA}`", it.schema));
        }
        // The hash becomes a file name.
        let odd = |it: &&Version| {
            it.files
                .iter()
                .any(|it| it.hash.len() != 64 || !it.hash.bytes().all(|it| it.is_ascii_hexdigit()))
        };
        if let Some(version) = it.active.iter().chain(&it.history).find(odd) {
            return Err(format!(
                "list `{}` has a file whose hash is no BLAKE3 hash",
                version.list
            ));
        }
        Ok(it)
    }

    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|it| it + "\n")
    }

    pub(crate) fn supersede(&mut self, version: Version) {
        self.retire(&version.list, Some(&version.format));
        self.active.push(version);
        self.active
            .sort_by(|a, b| (&a.list, &a.format).cmp(&(&b.list, &b.format)));
    }

    pub(crate) fn retire(&mut self, list: &str, format: Option<&str>) -> Vec<Version> {
        let (gone, kept) = std::mem::take(&mut self.active)
            .into_iter()
            .partition(|it| it.list == list && format.is_none_or(|format| it.format == format));
        self.active = kept;
        let gone: Vec<Version> = gone;
        self.history.extend(gone.iter().cloned());
        gone
    }
}
