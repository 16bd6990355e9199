//! `interdict lists export`: the active lists as FollowTheMoney, or their names.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use interdict::policy::Decision;
use interdict::wire::{self, ftm};

use crate::args::{ExportArgs, MergeArgs};
use crate::loading::{self, SAMPLE_NOTICE};
use crate::paint::Out;
use crate::plan::{Failure, Plan};

/// Writes what is asked for, to a file whole or not at all.
pub fn run(args: &ExportArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    // As their publishers have them: what is united here is for the reader of the file to unite.
    let apart = MergeArgs {
        no_merge: true,
        decisions: None,
    };
    let loaded = loading::load_unjudged(plan, &args.lists, &apart)?;
    if loaded.sample {
        eprintln!("{SAMPLE_NOTICE}");
    }
    let entities = loaded.snapshot.entities();
    let write = |line: &mut dyn FnMut(&str)| match args.format.as_str() {
        "names" => ftm::names(entities.iter()).iter().for_each(|it| line(it)),
        "ftm-nested" => ftm::export(entities.iter(), ftm::Shape::Nested, &mut |it| line(&wire::to_line(it))),
        _ => ftm::export(entities.iter(), ftm::Shape::Flat, &mut |it| line(&wire::to_line(it))),
    };
    match &args.out {
        None => write(&mut |line| out.print(&format!("{line}\n"))),
        Some(path) => {
            let lines = to_file(path, write).map_err(|it| Failure::at(path, it))?;
            eprintln!("{} entities, {lines} lines: {}", entities.len(), path.display());
        }
    }
    Ok(Decision::Clear)
}

/// Beside its place first, then renamed: a file of that name is whole.
fn to_file(path: &Path, write: impl FnOnce(&mut dyn FnMut(&str))) -> std::io::Result<usize> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut file = BufWriter::new(File::create(&part)?);
    let mut fault = None;
    let mut lines = 0_usize;
    write(&mut |line| {
        lines += 1;
        if fault.is_none() {
            fault = writeln!(file, "{line}").err();
        }
    });
    let done = match fault {
        Some(it) => Err(it),
        None => file
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)
            .and_then(|it| it.sync_all()),
    };
    if let Err(it) = done.and_then(|()| std::fs::rename(&part, path)) {
        // Best effort: what is in place is untouched.
        let _ = std::fs::remove_file(&part);
        return Err(it);
    }
    Ok(lines)
}
