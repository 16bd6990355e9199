//! Every fixture and sample of the lists, cut at each byte and with bytes changed -> what the parsers make of it.
//!
//! What has to hold. A file that was cut is refused, or something of it is said to be lost, or it says the same as the whole one. A file
//! with one bit turned over makes nothing panic, and no record of it disappears without a problem.
//!
//! What cannot hold. Of a format of lines that states neither a count nor an end, a cut at a line end leaves a shorter file that is
//! whole (`unseen`). What a turned bit does to a value (a letter of a name, a digit of a date) no format without a checksum can
//! show. Both are for whoever fetches the file: length, checksum, and how much the list shrank.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use interdict::entity::Severity;
use interdict::lists::{self, Format, Parsed, SourceFile, detect};

use crate::bulk;

/// In files of more bytes than this, cuts are spread evenly over so many places.
const CUTS: usize = 16 << 10;
/// Of so many bytes one is changed.
const STEP: usize = 97;

#[derive(Default)]
struct Tally {
    files: usize,
    cases: usize,
    refused: usize,
    equal: usize,
    changed: usize,
    unseen: usize,
    violations: Vec<String>,
}

/// Files of one list, by name and content.
type Files = Vec<(String, Vec<u8>)>;

/// `measure faults`.
pub fn run() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    for folder in ["testdata/lists", "samples/lists"] {
        walk(&root.join(folder), &mut paths)?;
    }
    paths.sort();
    let held: Files = paths
        .iter()
        .map(|it| {
            let name = it.strip_prefix(&root).unwrap_or(it).to_string_lossy().into_owned();
            std::fs::read(it)
                .map(|bytes| (name, bytes))
                .map_err(|it| it.to_string())
        })
        .collect::<Result<_, _>>()?;
    let mut tallies: BTreeMap<&'static str, Tally> = BTreeMap::new();
    let mut skipped = 0_usize;
    // A panic is a finding here, not a message on the screen.
    std::panic::set_hook(Box::new(|_| {}));
    for group in detect::group(&sources(&held)) {
        let files: Files = group.files.iter().filter_map(|at| held.get(*at).cloned()).collect();
        match group.format {
            Some(format) => faults(format, &files, tallies.entry(format.name()).or_default()),
            None => skipped += 1,
        }
    }
    let _ = std::panic::take_hook();
    let mut violations = 0;
    println!("format           files    cases  refused    equal  changed   unseen  violations");
    for (format, it) in &tallies {
        println!(
            "{format:<15} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>11}",
            it.files,
            it.cases,
            it.refused,
            it.equal,
            it.changed,
            it.unseen,
            it.violations.len()
        );
        violations += it.violations.len();
    }
    for (format, it) in &tallies {
        for it in it.violations.iter().take(10) {
            println!("{format}: {it}");
        }
    }
    println!(
        "{skipped} files are of no format; peak {} MB resident",
        bulk::peak().map_or_else(|| "?".to_owned(), |it| (it / 1024).to_string())
    );
    if violations == 0 {
        Ok(())
    } else {
        Err(format!("{violations} violations"))
    }
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), String> {
    let read = std::fs::read_dir(folder).map_err(|it| format!("{}: {it}", folder.display()))?;
    for it in read {
        let path = it.map_err(|it| it.to_string())?.path();
        if path.is_dir() {
            walk(&path, out)?;
        } else if path.extension().is_none_or(|it| it != "expected" && it != "txt") {
            out.push(path);
        }
    }
    Ok(())
}

fn sources(files: &Files) -> Vec<SourceFile<'_>> {
    files
        .iter()
        .map(|it| SourceFile {
            name: &it.0,
            bytes: &it.1,
        })
        .collect()
}

/// A cut right behind a line end, or right before one (a JSON object is whole there).
fn at_line_end(bytes: &[u8], len: usize) -> bool {
    bytes[..len].ends_with(b"\n") || bytes[len..].starts_with(b"\n") || bytes[len..].starts_with(b"\r\n")
}

/// How many names there are on all entities: a changed key may put two records into one entity, which then has the names of both.
fn names(parsed: &Parsed) -> usize {
    parsed.entities.iter().map(|it| it.party.names.len()).sum()
}

/// What the parsers make of files; `None` where one panicked.
fn read(format: Format, files: &Files) -> Option<Parsed> {
    catch_unwind(AssertUnwindSafe(|| lists::parse(format, &sources(files)))).ok()
}

fn told(parsed: &Parsed) -> bool {
    parsed.problems.iter().any(|it| it.severity >= Severity::Loss)
}

/// Whether something is said that is not said of the whole file. A record that is lost takes its own problems with it, so that their
/// number says nothing.
fn anew(it: &Parsed, whole: &Parsed) -> bool {
    it.problems.iter().any(|it| !whole.problems.contains(it))
}

/// Cuts and changes every file of a list, one at a time.
fn faults(format: Format, files: &Files, tally: &mut Tally) {
    let Some(whole) = read(format, files) else {
        tally.violations.push(format!("{}: panics", files[0].0));
        return;
    };
    if whole.fatal().is_some() {
        return;
    }
    let mut work = files.clone();
    for at in 0..files.len() {
        tally.files += 1;
        let (name, bytes) = &files[at];
        for len in (0..bytes.len()).step_by(bytes.len() / CUTS + 1) {
            work[at].1.truncate(0);
            work[at].1.extend_from_slice(&bytes[..len]);
            tally.cases += 1;
            match read(format, &work) {
                None => tally.violations.push(format!("{name} cut at {len}: panics")),
                Some(it) if it.fatal().is_some() => tally.refused += 1,
                Some(it) if it == whole => tally.equal += 1,
                Some(it) if told(&it) => tally.changed += 1,
                // Programs that people keep lists with leave the last line end away: it is asked about, not refused.
                Some(it) if format == Format::Own && anew(&it, &whole) => tally.changed += 1,
                Some(_) if !format.shows_its_end() && at_line_end(bytes, len) => tally.unseen += 1,
                Some(_) => tally.violations.push(format!("{name} cut at {len}: accepted")),
            }
        }
        work[at].1.clone_from(bytes);
        for place in (0..bytes.len()).step_by(STEP) {
            work[at].1[place] ^= 1 << (place % 7);
            tally.cases += 1;
            match read(format, &work) {
                None => tally.violations.push(format!("{name}, byte {place} changed: panics")),
                Some(it) if it.fatal().is_some() => tally.refused += 1,
                Some(it) if it == whole => tally.equal += 1,
                Some(it)
                    if it.entities.len() >= whole.entities.len()
                        || anew(&it, &whole)
                        || names(&it) >= names(&whole) =>
                {
                    tally.changed += 1;
                }
                Some(it) => tally.violations.push(format!(
                    "{name}, byte {place} changed: {} entities of {}, nothing said",
                    it.entities.len(),
                    whole.entities.len()
                )),
            }
            work[at].1[place] = bytes[place];
        }
    }
}
