//! Every real file of lists beside the project -> `docs/lists.md`: what was read of it, and what it cost.
//!
//! Each list is read by a process of its own, so that the peak of memory is that list's. What cannot be measured (who publishes a
//! format, which traps it has, how many records a file should have) stands in `xtask/lists.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use interdict::entity::{NameKind, Severity};
use interdict::lists::{Format, Parsed, SourceFile, detect};
use interdict_extract::unpack::{self, Limits};
use serde_json::{Value, json};

use crate::lists::shared;

/// Runs the chore.
pub fn run(words: &[String]) -> Result<(), String> {
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--write"] => {
            let path = root().join("docs/lists.md");
            fs::write(&path, page()?).map_err(|it| format!("{}: {it}", path.display()))?;
            println!("{} written", path.display());
            Ok(())
        }
        [] => {
            print!("{}", page()?);
            Ok(())
        }
        ["--one", format, files @ ..] => {
            println!("{}", one(format, files)?);
            Ok(())
        }
        _ => Err("cargo xtask lists [--write]".to_owned()),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `xtask/lists.toml`.
struct Table {
    formats: BTreeMap<String, toml::Table>,
    files: BTreeMap<String, toml::Table>,
    not: Vec<(String, String)>,
}

impl Table {
    fn read() -> Result<Self, String> {
        let path = root().join("xtask/lists.toml");
        let text = fs::read_to_string(&path).map_err(|it| format!("{}: {it}", path.display()))?;
        let table: toml::Table = text.parse().map_err(|it| format!("{}: {it}", path.display()))?;
        let keyed = |what: &str, key: &str| -> BTreeMap<String, toml::Table> {
            let all = table.get(what).and_then(toml::Value::as_array);
            all.into_iter()
                .flatten()
                .filter_map(|it| {
                    let it = it.as_table()?;
                    Some((it.get(key)?.as_str()?.to_owned(), it.clone()))
                })
                .collect()
        };
        let formats = keyed("format", "name");
        let silent: Vec<&str> = Format::ALL
            .iter()
            .map(|it| it.name())
            .filter(|it| !formats.contains_key(*it))
            .collect();
        if !silent.is_empty() {
            return Err(format!("{}: nothing is said of {}", path.display(), silent.join(", ")));
        }
        Ok(Self {
            formats,
            files: keyed("file", "path"),
            not: keyed("not", "path")
                .into_iter()
                .map(|(path, it)| (path, text_of(&it, "reason").to_owned()))
                .collect(),
        })
    }
}

fn text_of<'a>(table: &'a toml::Table, key: &str) -> &'a str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or("").trim()
}

/// A list among the files, or a file that is none.
enum Found {
    /// Read as this format; the paths below the folder of lists.
    List(Format, Vec<String>),
    /// An archive whose members are lists of their own, in this format.
    Versions(Format, String),
    /// No list, and why.
    Not(String, String),
}

/// Every file in the folder of lists, in the order of the paths.
fn walk(folder: &Path, table: &Table) -> Result<Vec<Found>, String> {
    let mut paths = Vec::new();
    files(folder, folder, &mut paths)?;
    let mut found = Vec::new();
    let mut names = Vec::new();
    let mut contents = Vec::new();
    for path in paths {
        if let Some((_, reason)) = table.not.iter().find(|it| path.starts_with(&it.0)) {
            found.push(Found::Not(path, reason.clone()));
            continue;
        }
        if let Some(format) = table
            .files
            .get(&path)
            .map(|it| text_of(it, "versions"))
            .filter(|it| !it.is_empty())
        {
            let format = Format::parse(format).ok_or_else(|| format!("xtask/lists.toml: `{format}` is no format"))?;
            found.push(Found::Versions(format, path));
            continue;
        }
        // Of an archive the first member tells.
        match members(&folder.join(&path)) {
            Ok(all) => {
                let Some((member, bytes)) = all.into_iter().next() else {
                    found.push(Found::Not(path, "an archive without a member".to_owned()));
                    continue;
                };
                contents.push((member, bytes));
                names.push(path);
            }
            Err(reason) => found.push(Found::Not(path, reason)),
        }
    }
    // Members of a family are told by their names and by their folder.
    let full: Vec<String> = names
        .iter()
        .zip(&contents)
        .map(|(path, (member, _))| match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{member}"),
            None => member.clone(),
        })
        .collect();
    let sources: Vec<SourceFile<'_>> = full
        .iter()
        .zip(&contents)
        .map(|(name, (_, bytes))| SourceFile { name, bytes })
        .collect();
    for group in detect::group(&sources) {
        let its: Vec<String> = group.files.iter().filter_map(|at| names.get(*at).cloned()).collect();
        found.push(match (group.format, its.as_slice()) {
            (Some(format), _) => Found::List(format, its),
            (None, [only, ..]) => Found::Not(only.clone(), group.reason.unwrap_or_default()),
            (None, []) => continue,
        });
    }
    let first = |it: &Found| match it {
        Found::List(_, its) => its.first().cloned().unwrap_or_default(),
        Found::Versions(_, it) | Found::Not(it, _) => it.clone(),
    };
    found.sort_by_key(first);
    Ok(found)
}

fn files(folder: &Path, at: &Path, out: &mut Vec<String>) -> Result<(), String> {
    let fault = |it: std::io::Error| format!("{}: {it}", at.display());
    let mut inner: Vec<PathBuf> = fs::read_dir(at)
        .map_err(fault)?
        .map(|it| it.map(|it| it.path()))
        .collect::<Result<_, _>>()
        .map_err(fault)?;
    inner.sort();
    for it in inner {
        if it.is_dir() {
            files(folder, &it, out)?;
        } else if let Ok(path) = it.strip_prefix(folder) {
            out.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

/// A file, or what is in an archive: names without folder, and bytes.
fn members(path: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let bytes = fs::read(path).map_err(|it| it.to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !unpack::packed(&name) {
        return Ok(vec![(name, bytes)]);
    }
    unpack::unpack(&bytes, &name, Limits::LISTS).map_err(|it| it.to_string())
}

/// What is shown of a list that was read, as the child hands it to its parent.
fn figures(parsed: &Parsed) -> Value {
    let mut names = [0_usize; 3];
    for it in parsed.entities.iter().flat_map(|it| &it.party.names) {
        let which = match (it.value.weak, it.value.kind) {
            (true, _) => 2,
            (false, NameKind::Primary) => 0,
            (false, _) => 1,
        };
        names[which] += 1;
    }
    let of = |severity: Severity| parsed.problems.iter().filter(|it| it.severity == severity).count();
    let counts: BTreeMap<&str, [usize; 3]> = parsed
        .counts
        .iter()
        .map(|(kind, it)| (kind.as_str(), [it.records, it.entities, it.lost]))
        .collect();
    json!({
        "list": parsed.list, "published": parsed.published.map(|it| it.to_string()), "counts": counts,
        "entities": parsed.entities.len(), "names": names,
        "problems": [of(Severity::Notice), of(Severity::Loss), of(Severity::Fatal)],
        "fatal": parsed.fatal().map(|it| it.message.clone()),
    })
}

/// In the child: reads one list, and says what it took. `versions:FORMAT` reads each member of an archive as a list.
fn one(format: &str, paths: &[&str]) -> Result<String, String> {
    let (each, format) = match format.strip_prefix("versions:") {
        Some(it) => (true, it),
        None => (false, format),
    };
    let format = Format::parse(format).ok_or_else(|| format!("`{format}` is no format"))?;
    let mut out = if each {
        versions(format, paths.first().copied().unwrap_or(""))?
    } else {
        let mut all = Vec::new();
        for it in paths {
            all.extend(members(Path::new(it))?);
        }
        let sources: Vec<SourceFile<'_>> = all.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
        let start = Instant::now();
        let parsed = interdict::lists::parse(format, &sources);
        let seconds = start.elapsed().as_secs_f64();
        let mut out = figures(&parsed);
        out["seconds"] = seconds.into();
        out["bytes"] = all.iter().map(|it| it.1.len()).sum::<usize>().into();
        out
    };
    out["kib"] = peak().into();
    Ok(out.to_string())
}

/// Every member of an archive as a list of its own: the figures of the last one, and the least and most of all.
fn versions(format: Format, path: &str) -> Result<Value, String> {
    let file = fs::File::open(path).map_err(|it| format!("{path}: {it}"))?;
    let mut entities = Vec::new();
    let (mut seconds, mut bytes) = (0.0, 0);
    let mut fatal = 0_usize;
    let mut last = Value::Null;
    // Versions of one list are nearly the same: they pack far better than other files.
    let limits = Limits {
        bytes: 4 << 30,
        ratio: 10_000,
        ..Limits::LISTS
    };
    unpack::for_each_member(BufReader::new(file), path, limits, |_, content| {
        let source = SourceFile {
            name: "sdn.csv",
            bytes: &content,
        };
        let start = Instant::now();
        let parsed = interdict::lists::parse(format, &[source]);
        seconds += start.elapsed().as_secs_f64();
        bytes += content.len();
        fatal += usize::from(parsed.fatal().is_some());
        entities.push(parsed.entities.len());
        last = figures(&parsed);
        Ok(())
    })
    .map_err(|it| it.to_string())?;
    last["seconds"] = seconds.into();
    last["bytes"] = bytes.into();
    last["members"] = json!([entities.len(), entities.first(), entities.last(), fatal]);
    Ok(last)
}

/// The most memory that this process had so far, KiB; nothing where the system does not say.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// In the parent: a child reads the list.
fn measure(format: &str, folder: &Path, paths: &[String]) -> Result<Value, String> {
    let program = std::env::current_exe().map_err(|it| it.to_string())?;
    let done = Command::new(program)
        .args(["lists", "--one", format])
        .args(paths.iter().map(|it| folder.join(it)))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|it| it.to_string())?;
    let said = String::from_utf8_lossy(&done.stdout);
    serde_json::from_str(said.trim()).map_err(|_| {
        let error = String::from_utf8_lossy(&done.stderr);
        let last = error
            .trim()
            .lines()
            .next_back()
            .unwrap_or("the process ended without a word");
        last.to_owned()
    })
}

fn page() -> Result<String, String> {
    let folder = shared().ok_or("the shared data is not there")?.join("lists");
    let table = Table::read()?;
    let found = walk(&folder, &table)?;
    let mut out = String::from(HEAD);
    for format in Format::ALL {
        if let Some(it) = table.formats.get(format.name()) {
            let _ = writeln!(out, "\n### {} (`{}`)\n", text_of(it, "title"), format.name());
            for (key, label) in [
                ("publisher", "Publisher"),
                ("address", "Address"),
                ("key", "Key of an entity"),
                ("read", "Read as"),
                ("traps", "Traps"),
            ] {
                let text = text_of(it, key);
                if !text.is_empty() {
                    let _ = writeln!(out, "- **{label}:** {text}");
                }
            }
        }
    }
    let build = if cfg!(debug_assertions) {
        "without optimisation"
    } else {
        "optimised"
    };
    let _ = writeln!(
        out,
        "\n## The real files\n\nRecords are those of `lists check --json`, `counts`, by the publisher's type, `(n lost)` behind them where some were lost. Names are primary + \
         strong aliases + weak ones; problems are notices / losses / fatal ones. Seconds of reading (unpacking not counted) and peak memory are of a process that reads this list alone; \
         the build was {build}.\n"
    );
    out.push_str("| file | format | published | records | entities | names | problems | s | MB | against the README |\n|---|---|---|---|--:|---|---|--:|--:|---|\n");
    let mut unexplained = Vec::new();
    let mut known: BTreeSet<&str> = table.files.keys().map(String::as_str).collect();
    for it in &found {
        let (format, paths, measured) = match it {
            Found::List(format, paths) => {
                eprintln!("{}: {}", format.name(), paths.join(", "));
                (*format, paths.clone(), measure(format.name(), &folder, paths))
            }
            Found::Versions(format, path) => {
                eprintln!("{}: {path}", format.name());
                let paths = vec![path.clone()];
                (
                    *format,
                    paths.clone(),
                    measure(&format!("versions:{}", format.name()), &folder, &paths),
                )
            }
            Found::Not(..) => continue,
        };
        let place = place(&paths);
        let expected = table.files.get(&place);
        known.remove(place.as_str());
        let against = match &measured {
            Ok(it) => against(it, expected),
            Err(error) => Err(error.clone()),
        };
        let against = against.unwrap_or_else(|it| {
            unexplained.push(format!("{place}: {it}"));
            format!("**unexplained:** {it}")
        });
        row(
            &mut out,
            &place,
            paths.len(),
            format,
            measured.as_ref().unwrap_or(&Value::Null),
            &against,
        );
    }
    out.push_str("\n## Files that are no list\n\n| file | why |\n|---|---|\n");
    for it in &found {
        if let Found::Not(path, reason) = it {
            let _ = writeln!(out, "| `{path}` | {} |", cell(reason));
        }
    }
    for it in known {
        unexplained.push(format!("{it}: is in xtask/lists.toml, and no reader knows the file"));
    }
    if !unexplained.is_empty() {
        eprintln!("not explained:\n  {}", unexplained.join("\n  "));
    }
    Ok(out)
}

/// One file by its path, several of one folder by the folder.
fn place(paths: &[String]) -> String {
    match paths {
        [only] => only.clone(),
        [first, ..] => first
            .rsplit_once('/')
            .map_or_else(|| first.clone(), |it| it.0.to_owned()),
        [] => String::new(),
    }
}

/// The README's numbers, each found among the numbers of records and entities, or explained by the table.
fn against(measured: &Value, expected: Option<&toml::Table>) -> Result<String, String> {
    let Some(expected) = expected else {
        return Ok("says nothing".to_owned());
    };
    let mut have: BTreeSet<u64> = measured["counts"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|it| it.1[0].as_u64())
        .collect();
    have.extend(measured["entities"].as_u64());
    have.extend(
        measured["members"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64),
    );
    let said: Vec<(String, u64)> = expected
        .get("readme")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flatten()
        .filter_map(|(what, n)| Some((what.clone(), u64::try_from(n.as_integer()?).ok()?)))
        .collect();
    let differs: Vec<String> = said
        .iter()
        .filter(|it| !have.contains(&it.1))
        .map(|it| format!("{} {}", grouped(it.1), it.0))
        .collect();
    let why = text_of(expected, "why");
    match (said.is_empty(), differs.is_empty(), why.is_empty()) {
        (true, _, _) => Ok(if why.is_empty() {
            "says no number".to_owned()
        } else {
            why.to_owned()
        }),
        (_, true, true) => Ok("agrees".to_owned()),
        (_, true, false) => Ok(format!("agrees; {why}")),
        (_, false, false) => Ok(format!("says {}: {why}", differs.join(", "))),
        (_, false, true) => match measured["fatal"].as_str() {
            // A reader that refuses the file has counted nothing to compare with.
            Some(_) => Ok(format!("says {}: not read", differs.join(", "))),
            None => Err(format!("the README says {}", differs.join(", "))),
        },
    }
}

fn row(out: &mut String, place: &str, files: usize, format: Format, it: &Value, against: &str) {
    let number = |it: &Value| it.as_u64().map_or_else(|| "-".to_owned(), grouped);
    let counts: Vec<String> = it["counts"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(kind, n)| {
            let lost = n[2].as_u64().unwrap_or(0);
            let lost = if lost > 0 {
                format!(" ({} lost)", grouped(lost))
            } else {
                String::new()
            };
            format!("{} {kind}{lost}", number(&n[0]))
        })
        .collect();
    let joined = |it: &Value, sep: &str| {
        let all = it.as_array().into_iter().flatten();
        all.map(number).collect::<Vec<_>>().join(sep)
    };
    let mut records = counts.join(", ");
    if let Some([members, first, last, fatal]) = it["members"].as_array().and_then(|it| it.first_chunk::<4>()) {
        records = format!(
            "{} versions, {} parties in the first, {} in the last, {} refused; the last: {records}",
            number(members),
            number(first),
            number(last),
            number(fatal)
        );
    }
    let mut problems = joined(&it["problems"], " / ");
    if let Some(fatal) = it["fatal"].as_str() {
        problems = format!("{problems}: refused, {}", cell(fatal));
    }
    let seconds = it["seconds"]
        .as_f64()
        .map_or_else(|| "-".to_owned(), |it| format!("{it:.2}"));
    let memory = it["kib"]
        .as_u64()
        .map_or_else(|| "-".to_owned(), |it| grouped(it.div_ceil(1024)));
    let files = if files > 1 {
        format!(" ({files} files)")
    } else {
        String::new()
    };
    let _ = writeln!(
        out,
        "| `{place}`{files} | {} | {} | {} | {} | {} | {problems} | {seconds} | {memory} | {} |",
        format.name(),
        it["published"].as_str().unwrap_or("-"),
        cell(&records),
        number(&it["entities"]),
        joined(&it["names"], " + "),
        cell(against)
    );
}

/// Text that does not end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, it) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(it);
    }
    out
}

const HEAD: &str = "# The lists

This page is made by `cargo run --release --package xtask -- lists --write` from the readers themselves, run over every real file in `../shared/data/lists`, and from
`xtask/lists.toml`. It is not edited by hand.

## The formats
";
