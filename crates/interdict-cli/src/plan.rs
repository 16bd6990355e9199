//! What was typed -> what the program needs: resolved and validated, with every file named that cannot be used.

use std::fmt;
use std::path::{Path, PathBuf};

use interdict::entity::Query;
use interdict::policy::Policy;
use interdict::score::Score;
use jiff::Timestamp;

use interdict::wire::record::{self, Reading, RecordError};

use crate::args::{Args, PartyArgs, PolicyArgs};
use crate::embedded;
use crate::paint::Style;

/// Why a command could not be carried out: names file, record and value. It ends in `error`.
#[derive(Debug)]
pub struct Failure(pub String);

impl Failure {
    /// A failure at a file.
    pub fn at(path: &Path, message: impl fmt::Display) -> Self {
        Self(format!("{}: {message}", path.display()))
    }
}

impl<T: std::error::Error> From<T> for Failure {
    fn from(it: T) -> Self {
        Self(it.to_string())
    }
}

/// What every command needs.
#[derive(Debug)]
pub struct Plan {
    /// The store's folder; `None` where the system names no data folder.
    pub store: Option<PathBuf>,
    /// How to print.
    pub style: Style,
    /// The time it is.
    pub now: Timestamp,
}

/// A time as it is stored: RFC 3339, whole seconds.
pub fn stamp(time: Timestamp) -> String {
    format!("{time:.0}")
}

impl Plan {
    /// Resolves the options that all commands share.
    pub fn new(args: &Args) -> Self {
        Self {
            store: args.store.clone().or_else(data_folder),
            style: Style::new(args.color),
            now: args.now.unwrap_or_else(Timestamp::now),
        }
    }
}

/// The user's data folder: `XDG_DATA_HOME`, else what is usual on the system.
fn data_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
    let base = folder("XDG_DATA_HOME").or_else(|| {
        if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            folder("HOME").map(|it| it.join("Library/Application Support"))
        } else {
            folder("HOME").map(|it| it.join(".local/share"))
        }
    });
    base.map(|it| it.join("interdict"))
}

/// The policy by name or file, with the threshold where one was given.
pub fn policy(args: &PolicyArgs) -> Result<Policy, Failure> {
    let text = match embedded::POLICIES.iter().find(|it| it.0 == args.policy) {
        Some((_, text)) => (*text).to_owned(),
        None => {
            let path = Path::new(&args.policy);
            std::fs::read_to_string(path).map_err(|it| {
                Failure::at(
                    path,
                    format!("{it}; neither a policy file nor one of {}", embedded::policy_names()),
                )
            })?
        }
    };
    let policy = Policy::parse(&text).map_err(|it| Failure::at(Path::new(&args.policy), it))?;
    let Some(threshold) = args.threshold else {
        return Ok(policy);
    };
    match Score::from_probability(threshold) {
        Some(it) if it > Score::NONE => Ok(policy.with_review(it)),
        _ => Err(Failure(format!(
            "--threshold {threshold}: not a probability above 0 and up to 1"
        ))),
    }
}

/// The question that name and options make.
pub fn query(name: Option<&str>, args: &PartyArgs) -> Result<Query, RecordError> {
    let texts = args.r#type.iter().map(|it| ("type", it));
    let texts = texts.chain(args.birth_date.iter().map(|it| ("birth-date", it)));
    let texts = texts.chain(args.country.iter().map(|it| ("country", it)));
    let mut texts = texts.chain(args.gender.iter().map(|it| ("gender", it)));
    if let Some((option, _)) = texts.find(|it| it.1.trim().is_empty()) {
        return Err(RecordError {
            id: None,
            field: option.to_owned(),
            value: String::new(),
            message: "the value is empty: leave the option away where nothing is known".to_owned(),
        });
    }
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    pairs.extend(name.map(|it| ("name", it)));
    pairs.extend(args.r#type.iter().map(|it| ("type", it.as_str())));
    pairs.extend(args.birth_date.iter().map(|it| ("birth-date", it.as_str())));
    pairs.extend(args.country.iter().map(|it| ("country", it.as_str())));
    pairs.extend(args.gender.iter().map(|it| ("gender", it.as_str())));
    for it in &args.id {
        pairs.push(record::identifier_pair(it)?);
    }
    let Reading { query, .. } = record::from_pairs(pairs)?;
    Ok(query)
}
