//! The table of the publishers: what each list is, where it is found, and what an answer must look like to be taken for it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use super::address::{Address, HostPattern};

/// The shape of the table; one of a later shape is refused rather than misread.
const SCHEMA: &str = "interdict.sources/1";
/// No file is longer than this, whatever the table says: it is held in memory.
const LARGEST: u64 = 2 << 30;

/// The table.
#[derive(Clone, Debug, PartialEq)]
pub struct Sources {
    /// The lists, in the order of the file; they are asked for in this order.
    pub lists: Vec<ListSource>,
}

/// Where a list comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ListSource {
    /// What `--list` names it by, and the folder of a mirror.
    pub id: String,
    /// The list's id in the store.
    pub list: String,
    /// The short names of the authorities that it lists for, as policies use them.
    pub authorities: Vec<String>,
    /// What it is, for readers.
    pub title: String,
    /// The name of the format.
    pub format: String,
    /// Whether it is fetched when neither policy nor list is named.
    pub on: bool,
    /// The files; all of them make the list.
    pub files: Vec<FileSource>,
    /// Hosts that may be asked, redirects included.
    pub hosts: Vec<HostPattern>,
    /// What the client says it is.
    pub user_agent: String,
    /// On what terms the publisher gives it.
    pub licence: String,
    /// Where the publisher describes it.
    pub documentation: String,
    /// What is odd about it.
    pub note: Option<String>,
    /// Time and patience.
    pub limits: Limits,
}

/// A file of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct FileSource {
    /// The name it is kept under, and that it has at a mirror.
    pub name: String,
    /// Other names that it may have when somebody carries it in; `*` stands for any characters.
    pub also: Vec<String>,
    /// Where it is found; each later address is asked when all before it failed.
    pub addresses: Vec<Address>,
    /// What its first bytes have to be like.
    pub kind: Kind,
    /// Content types that are taken, lower case; empty takes those that are usual for the kind.
    pub types: Vec<String>,
    /// A shorter file is refused.
    pub min_bytes: u64,
    /// A longer file is refused, at the first byte too many.
    pub max_bytes: u64,
}

/// Time and patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In so much time at least 1 KiB has to come.
    pub idle: Duration,
    /// For one address, all attempts and waits together.
    pub total: Duration,
    /// Attempts at one address.
    pub attempts: u32,
    /// The wait before the second attempt; doubled before each later one.
    pub wait: Duration,
    /// No single wait is longer.
    pub wait_most: Duration,
}

/// What a file is, seen from its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// XML; no web page.
    Xml,
    /// JSON, or JSON lines.
    Json,
    /// Anything else that is text, such as CSV.
    Text,
    /// A ZIP, such as a spreadsheet.
    Zip,
}

impl Kind {
    /// The word that the table uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Json => "json",
            Self::Text => "text",
            Self::Zip => "zip",
        }
    }

    /// Content types that publishers use for it; each may also be called a download without a type.
    pub(super) const fn types(self) -> &'static [&'static str] {
        match self {
            Self::Xml => &["text/xml", "application/xml", "application/atom+xml", "text/plain"],
            Self::Json => &["application/json", "text/json", "application/x-ndjson", "text/plain"],
            Self::Text => &[
                "text/csv",
                "text/plain",
                "application/csv",
                "application/vnd.ms-excel",
                "text/tab-separated-values",
            ],
            Self::Zip => &[
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/zip",
                "application/x-zip-compressed",
            ],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSources {
    schema: String,
    limits: RawLimits,
    #[serde(default)]
    list: Vec<RawList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    idle_seconds: f64,
    total_seconds: f64,
    attempts: u32,
    wait_seconds: f64,
    wait_most_seconds: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    id: String,
    list: Option<String>,
    authorities: Vec<String>,
    title: String,
    format: String,
    on: bool,
    hosts: Vec<String>,
    user_agent: Option<String>,
    licence: String,
    documentation: String,
    note: Option<String>,
    idle_seconds: Option<f64>,
    total_seconds: Option<f64>,
    attempts: Option<u32>,
    wait_seconds: Option<f64>,
    wait_most_seconds: Option<f64>,
    file: Vec<RawFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    name: String,
    #[serde(default)]
    also: Vec<String>,
    urls: Vec<String>,
    kind: Kind,
    #[serde(default)]
    types: Vec<String>,
    min_bytes: u64,
    max_bytes: u64,
}

impl Sources {
    /// Reads the table. `version` is the program's, for what a client says it is.
    ///
    /// # Errors
    /// What is wrong, with the list and the field.
    pub fn parse(text: &str, version: &str) -> Result<Self, String> {
        let raw: RawSources = toml::from_str(text).map_err(|it| it.to_string().trim_end().to_owned())?;
        if raw.schema != SCHEMA {
            return Err(format!("schema is `{}`, this program reads `{SCHEMA}`", raw.schema));
        }
        let mut ids = BTreeSet::new();
        let mut lists = Vec::new();
        for it in raw.list {
            let id = it.id.clone();
            if !ids.insert(id.clone()) {
                return Err(format!("list `{id}` stands there twice"));
            }
            lists.push(list(it, &raw.limits, version).map_err(|it| format!("list `{id}`: {it}"))?);
        }
        Ok(Self { lists })
    }
}

fn list(raw: RawList, common: &RawLimits, version: &str) -> Result<ListSource, String> {
    plain_name("id", &raw.id)?;
    let list = raw.list.unwrap_or_else(|| raw.id.clone());
    plain_name("list", &list)?;
    let limits = Limits {
        idle: seconds("idle_seconds", raw.idle_seconds.unwrap_or(common.idle_seconds))?,
        total: seconds("total_seconds", raw.total_seconds.unwrap_or(common.total_seconds))?,
        attempts: raw.attempts.unwrap_or(common.attempts),
        wait: seconds("wait_seconds", raw.wait_seconds.unwrap_or(common.wait_seconds))?,
        wait_most: seconds(
            "wait_most_seconds",
            raw.wait_most_seconds.unwrap_or(common.wait_most_seconds),
        )?,
    };
    if !(1..=20).contains(&limits.attempts) {
        return Err(format!("attempts = {}: from 1 to 20", limits.attempts));
    }
    let hosts = raw
        .hosts
        .iter()
        .map(|it| HostPattern::parse(it))
        .collect::<Result<Vec<_>, _>>()?;
    let user_agent = raw
        .user_agent
        .unwrap_or_else(|| "interdict/{version}".to_owned())
        .replace("{version}", version);
    if user_agent.is_empty() || !user_agent.bytes().all(|it| (b' '..=b'~').contains(&it)) {
        return Err("user_agent: printable ASCII only".to_owned());
    }
    if raw.file.is_empty() {
        return Err("no file".to_owned());
    }
    let mut files: Vec<FileSource> = Vec::new();
    for it in raw.file {
        let name = it.name.clone();
        let file = file(it, &hosts).map_err(|it| format!("file `{name}`: {it}"))?;
        if files.iter().any(|it| it.name.eq_ignore_ascii_case(&file.name)) {
            return Err(format!("file `{name}` stands there twice"));
        }
        files.push(file);
    }
    Ok(ListSource {
        id: raw.id,
        list,
        authorities: raw.authorities,
        title: raw.title,
        format: raw.format,
        on: raw.on,
        files,
        hosts,
        user_agent,
        licence: raw.licence,
        documentation: raw.documentation,
        note: raw.note,
        limits,
    })
}

fn file(raw: RawFile, hosts: &[HostPattern]) -> Result<FileSource, String> {
    plain_name("name", &raw.name)?;
    if raw.urls.is_empty() {
        return Err("urls: none".to_owned());
    }
    if raw.min_bytes > raw.max_bytes || raw.max_bytes > LARGEST {
        return Err(format!(
            "min_bytes = {}, max_bytes = {}: the first is at most the second, and that at most {LARGEST}",
            raw.min_bytes, raw.max_bytes
        ));
    }
    let mut addresses = Vec::new();
    for it in &raw.urls {
        let address = Address::parse(it)?;
        address.allowed(hosts)?;
        addresses.push(address);
    }
    Ok(FileSource {
        name: raw.name,
        also: raw.also,
        addresses,
        kind: raw.kind,
        types: raw.types.iter().map(|it| it.to_ascii_lowercase()).collect(),
        min_bytes: raw.min_bytes,
        max_bytes: raw.max_bytes,
    })
}

/// Ids and file names become file names here and parts of addresses at a mirror.
fn plain_name(field: &str, it: &str) -> Result<(), String> {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.');
    if it.is_empty() || it.starts_with('.') || it.len() > 100 || !it.bytes().all(plain) {
        return Err(format!(
            "{field} = `{it}`: letters, digits, `-`, `_` and `.`, at most 100, no `.` at the start"
        ));
    }
    Ok(())
}

fn seconds(field: &str, it: f64) -> Result<Duration, String> {
    match Duration::try_from_secs_f64(it) {
        // A day: what waits longer has been forgotten.
        Ok(it) if it > Duration::ZERO && it <= Duration::from_secs(86_400) => Ok(it),
        _ => Err(format!("{field} = {it}: above 0 and at most 86400")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = include_str!("../../../../data/sources.toml");

    const GOOD: &str = r#"
schema = "interdict.sources/1"
[limits]
idle_seconds = 1
total_seconds = 2.5
attempts = 2
wait_seconds = 0.1
wait_most_seconds = 1
[[list]]
id = "a"
authorities = ["UN"]
title = "t"
format = "un-xml"
on = true
hosts = ["example.org", "*.example.net"]
licence = "l"
documentation = "d"
[[list.file]]
name = "a.xml"
urls = ["https://example.org/a.xml", "https://b.example.net/a.xml"]
kind = "xml"
min_bytes = 1
max_bytes = 9
"#;

    #[test]
    fn the_table_of_the_program_is_sound() {
        let it = Sources::parse(REAL, "1").unwrap();
        let named: BTreeSet<&str> = it
            .lists
            .iter()
            .filter(|it| it.on)
            .flat_map(|it| it.authorities.iter().map(String::as_str))
            .collect();
        // Every authority that the policies name.
        for authority in ["OFAC", "UN", "EU", "UK", "CH", "CA", "AU", "FR", "BIS", "State"] {
            assert!(named.contains(authority), "{authority}");
        }
        for it in &it.lists {
            assert!(it.files.iter().all(|it| it.min_bytes > 0), "{}", it.id);
            assert!(it.documentation.starts_with("https://"), "{}", it.id);
            for it in it.files.iter().flat_map(|it| &it.addresses) {
                assert!(it.is_https(), "{it}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        #[track_caller]
        fn check(from: &str, to: &str, message: &str) {
            assert!(GOOD.contains(from), "`{from}` is not in the table");
            let got = Sources::parse(&GOOD.replace(from, to), "1").map(|_| ());
            match (got, message) {
                (Ok(()), "") => {}
                (Err(it), message) if !message.is_empty() && it.contains(message) => {}
                (got, _) => panic!("{got:?} where `{message}` was expected"),
            }
        }
        check("id", "id", "");
        check("sources/1", "sources/2", "schema is `interdict.sources/2`");
        check("id = \"a\"", "id = \"../a\"", "id = `../a`");
        check("name = \"a.xml\"", "name = \"a/b.xml\"", "name = `a/b.xml`");
        check("min_bytes = 1", "min_bytes = 10", "min_bytes = 10, max_bytes = 9");
        check("max_bytes = 9", "max_bytes = 9000000000", "at most 2147483648");
        check("attempts = 2", "attempts = 0", "attempts = 0");
        check("idle_seconds = 1", "idle_seconds = nan", "idle_seconds = NaN");
        check("idle_seconds = 1", "idle_seconds = -1", "idle_seconds = -1");
        check("https://example.org/a.xml", "http://example.org/a.xml", "only https");
        check(
            "https://example.org/a.xml",
            "https://example.com/a.xml",
            "host example.com is not among",
        );
        check(
            "https://b.example.net/a.xml",
            "https://example.net/a.xml",
            "host example.net is not among",
        );
        check("on = true", "on = true\ncolour = 1", "unknown field `colour`");
        check("kind = \"xml\"", "kind = \"pdf\"", "unknown variant `pdf`");
    }
}
