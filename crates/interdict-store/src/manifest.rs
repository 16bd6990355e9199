//! `manifest.json`: the versions of each list, in the order in which they came, and which one is active.
//!
//! A version is a line, so that the file can be read and compared by eye. What is long (counts by programme) is an object beside it.

use serde::{Deserialize, Serialize};

/// The shape of the manifest; a store of a later one is refused rather than misread.
const SCHEMA: &str = "interdict.store/2";
/// The shape before: `active` and `history`, one version a list and format.
const FIRST_SCHEMA: &str = "interdict.store/1";

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

/// What a version is. Fetched, verified, parsed, gated and staged happen within one call: what the disk shows is how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Screened against.
    Active,
    /// Was active, or came too late to be; another took its place.
    Superseded,
    /// Was active and was taken out of use by hand.
    Removed,
    /// Failed a gate and was never active.
    Refused,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Superseded => "superseded",
            Self::Removed => "removed",
            Self::Refused => "refused",
        }
    }
}

/// Where the files came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Path or URL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// The Content-Type of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The ETag of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The Last-Modified of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Where the date of the version is from, when not from the file's content (`file name`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated_by: Option<String>,
}

/// A failed gate that somebody lets pass: who, why, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The gate's name.
    pub gate: String,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When, RFC 3339.
    pub at: String,
}

/// What a gate said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateNote {
    /// The gate's name.
    pub gate: String,
    /// `passed`, `failed`, `overridden`, `not compared`, `not run`.
    pub outcome: String,
    /// What it measured.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// A version of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The list's id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub list: String,
    /// The name of the format.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// What it is. Never guessed: a version without a state would be screened against, or not, by chance.
    pub state: State,
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
    /// When it was last seen to be what the publisher has, RFC 3339; its age counts from here.
    #[serde(default)]
    pub verified_at: String,
    /// When it became active, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<String>,
    /// When it ceased to be, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// How often the same files were refused, beyond the first time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub again: usize,
    /// Its files are no longer kept: of refused versions the last few are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dropped: bool,
    /// Where it came from.
    #[serde(default)]
    pub arrival: Arrival,
    /// By which limits the gates went: name, version and hash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limits: String,
    /// What the gates said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateNote>,
    /// Which of them were let pass, by whom and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// Counts by programme and type, an object among the summaries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<StoredFile>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(it: &usize) -> bool {
    *it == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_false(it: &bool) -> bool {
    !*it
}

impl Version {
    /// The day from which it is in force: the publisher's, else that of its activation.
    #[must_use]
    pub fn day(&self) -> &str {
        let activated = || self.activated_at.as_deref().unwrap_or(&self.added_at);
        self.published.as_deref().unwrap_or_else(|| day_of(activated()))
    }

    /// Whether it was ever in force.
    #[must_use]
    pub fn was_in_force(&self) -> bool {
        self.state != State::Refused
    }
}

/// The day of an RFC 3339 time.
pub(crate) fn day_of(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// A try to get a list that brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// When, RFC 3339.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// The life of one list in one format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListLog {
    /// The list's id.
    pub list: String,
    /// The name of the format.
    pub format: String,
    /// The last try to get it, where it failed and none has succeeded since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// The versions, in the order in which they came.
    pub versions: Vec<Version>,
}

impl ListLog {
    /// The version that is screened against.
    #[must_use]
    pub fn active(&self) -> Option<&Version> {
        self.versions.iter().rev().find(|it| it.state == State::Active)
    }

    /// The version that a new one is compared with: the active one, else the one that was taken out of use last, else the latest.
    #[must_use]
    pub fn last(&self) -> Option<&Version> {
        let removed = || {
            let removed = self.versions.iter().filter(|it| it.state == State::Removed);
            removed.max_by_key(|it| it.ended_at.as_deref())
        };
        let past = || {
            let past = self.versions.iter().filter(|it| it.state == State::Superseded);
            past.max_by_key(|it| it.day())
        };
        self.active().or_else(removed).or_else(past)
    }

    /// The version in force on a day (`2024-05-03`): the one active now, from the day of its activation on; else the latest by the
    /// publisher's date up to that day, inclusive. `None` before the first, and after the list was taken out of use.
    #[must_use]
    pub fn in_force(&self, day: &str) -> Option<&Version> {
        let from = |it: &Option<String>| it.as_deref().is_some_and(|it| day_of(it) <= day);
        let last = self
            .versions
            .iter()
            .filter(|it| it.was_in_force() && from(&it.activated_at))
            .max_by_key(|it| it.activated_at.as_deref());
        match last.map(|it| it.state) {
            Some(State::Active) => return last,
            Some(State::Removed) if last.is_some_and(|it| from(&it.ended_at)) => return None,
            _ => {}
        }
        let mut best: Option<&Version> = None;
        for it in self.versions.iter().filter(|it| it.was_in_force() && it.day() <= day) {
            // Of two of one day the one that came later.
            if best.is_none_or(|best| it.day() >= best.day()) {
                best = Some(it);
            }
        }
        best
    }
}

/// The manifest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// By list and format.
    pub(crate) lists: Vec<ListLog>,
}

#[derive(Deserialize)]
struct AnySchema {
    schema: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Second {
    #[expect(dead_code, reason = "read before")]
    schema: String,
    lists: Vec<ListLog>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    #[expect(dead_code, reason = "read before")]
    schema: String,
    active: Vec<FirstVersion>,
    history: Vec<FirstVersion>,
}

/// A version of the first schema: its state is where it stands.
type FirstVersion = serde_json::Map<String, serde_json::Value>;

impl Manifest {
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let fault = |it: serde_json::Error| format!("not a manifest of a list store: {it}");
        let any: AnySchema = serde_json::from_slice(bytes).map_err(fault)?;
        let mut it = match any.schema.as_str() {
            SCHEMA => Self {
                lists: serde_json::from_slice::<Second>(bytes).map_err(fault)?.lists,
            },
            FIRST_SCHEMA => Self::from_first(serde_json::from_slice(bytes).map_err(fault)?).map_err(fault)?,
            other => return Err(format!("schema is `{other}`, this program reads `{SCHEMA}`")),
        };
        it.lists.sort_by(|a, b| (&a.list, &a.format).cmp(&(&b.list, &b.format)));
        for log in &mut it.lists {
            for version in &mut log.versions {
                version.list.clone_from(&log.list);
                version.format.clone_from(&log.format);
                // Hashes become file names.
                let odd = |it: &StoredFile| it.hash.len() != 64 || !it.hash.bytes().all(|it| it.is_ascii_hexdigit());
                if version.files.iter().chain(&version.summary).any(odd) {
                    return Err(format!(
                        "list `{}` has a file whose hash is no BLAKE3 hash",
                        version.list
                    ));
                }
            }
            if log.versions.iter().filter(|it| it.state == State::Active).count() > 1 {
                return Err(format!("list `{}` ({}) has two active versions", log.list, log.format));
            }
        }
        Ok(it)
    }

    fn from_first(first: First) -> Result<Self, serde_json::Error> {
        let mut out = Self::default();
        let history = first.history.into_iter().map(|it| (State::Superseded, it));
        for (state, mut it) in history.chain(first.active.into_iter().map(|it| (State::Active, it))) {
            it.insert("state".to_owned(), state.name().into());
            let mut it: Version = serde_json::from_value(it.into())?;
            it.verified_at.clone_from(&it.added_at);
            it.activated_at = Some(it.added_at.clone());
            out.log_of(&it.list.clone(), &it.format.clone()).versions.push(it);
        }
        Ok(out)
    }

    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut out = format!("{{\"schema\":\"{SCHEMA}\",\"lists\":[");
        for (at, it) in self.lists.iter().enumerate() {
            let head = ListLog {
                list: it.list.clone(),
                format: it.format.clone(),
                trouble: it.trouble.clone(),
                versions: Vec::new(),
            };
            let head = serde_json::to_string(&head)?;
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            // `..."versions":[]}`: the lines go between the brackets.
            out.push_str(head.strip_suffix("]}").unwrap_or(&head));
            for (at, it) in it.versions.iter().enumerate() {
                let mut it = it.clone();
                // They stand above.
                it.list = String::new();
                it.format = String::new();
                out.push_str(if at == 0 { "\n" } else { ",\n" });
                out.push_str(&serde_json::to_string(&it)?);
            }
            out.push_str("\n]}");
        }
        out.push_str("\n]}\n");
        Ok(out)
    }

    pub(crate) fn log(&self, list: &str, format: &str) -> Option<&ListLog> {
        self.lists.iter().find(|it| it.list == list && it.format == format)
    }

    /// The log of a list in a format; it is begun where there is none.
    pub(crate) fn log_of(&mut self, list: &str, format: &str) -> &mut ListLog {
        let at = self
            .lists
            .binary_search_by(|it| (it.list.as_str(), it.format.as_str()).cmp(&(list, format)))
            .unwrap_or_else(|at| {
                self.lists.insert(
                    at,
                    ListLog {
                        list: list.to_owned(),
                        format: format.to_owned(),
                        trouble: None,
                        versions: Vec::new(),
                    },
                );
                at
            });
        &mut self.lists[at]
    }
}
