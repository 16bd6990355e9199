//! Every change of the disk goes through here: write beside, flush, rename. Tests let each step fail, or let the power fail at it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// Writes a file beside its place, flushes it to the disk and renames it, so that the name holds the old bytes or the new ones.
/// The rename itself lasts once [`sync_dir`] has returned.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let temporary = temporary(path);
    let written = write(&temporary, bytes).and_then(|()| {
        step("rename")?;
        #[cfg(test)]
        fault::renames(path);
        fs::rename(&temporary, path)
    });
    written.map_err(|error| {
        // Best effort: the file in place is untouched either way, and what is left beside it is swept up by the next change.
        if step("remove").is_ok() {
            let _ = fs::remove_file(&temporary);
        }
        StoreError::new(path, error)
    })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    step("create")?;
    let mut file = File::create(path)?;
    if let Err(error) = step("write") {
        // A full disk takes a part.
        let _ = file.write_all(&bytes[..bytes.len() / 2]);
        return Err(error);
    }
    file.write_all(bytes)?;
    step("sync")?;
    file.sync_all()
}

/// The ending of files that are being written.
const TEMPORARY: &str = ".tmp";

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}{TEMPORARY}", std::process::id()));
    path.with_file_name(name)
}

/// Makes a folder, and those above it.
pub(crate) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    step("mkdir")
        .and_then(|()| fs::create_dir_all(dir))
        .map_err(|it| StoreError::new(dir, it))?;
    match dir.parent() {
        Some(above) if !above.as_os_str().is_empty() => sync_dir(above),
        _ => Ok(()),
    }
}

/// Takes away what was left by a process that was killed. Only under the lock: then nobody else is writing.
pub(crate) fn sweep(dir: &Path) {
    let Ok(inner) = fs::read_dir(dir) else { return };
    for it in inner.flatten() {
        if it.file_name().to_string_lossy().ends_with(TEMPORARY) && step("remove").is_ok() {
            // What cannot be removed takes room and does no harm.
            let _ = fs::remove_file(it.path());
        }
    }
}

/// Takes a file away, where it is there.
pub(crate) fn remove(path: &Path) {
    if step("remove").is_ok() {
        let _ = fs::remove_file(path);
    }
}

/// Flushes a folder: renames in it last from now on.
#[cfg(unix)]
pub(crate) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    step("sync folder")
        .and_then(|()| File::open(dir)?.sync_all())
        .map_err(|it| StoreError::new(dir, it))?;
    #[cfg(test)]
    fault::synced(dir);
    Ok(())
}

/// Other systems flush a rename by themselves or cannot be asked to.
#[cfg(not(unix))]
pub(crate) fn sync_dir(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// A step that may fail in a test. Outside of tests it is nothing.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in tests it fails")]
const fn step(_: &str) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
use fault::step;

#[cfg(test)]
pub(crate) mod fault {
    //! Steps that fail on demand. Each test runs on its own thread, so its faults are its own.

    use std::cell::RefCell;
    use std::fs;
    use std::io;
    use std::path::{Path, PathBuf};

    /// How it fails.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Fault {
        /// One step fails (disk full); later ones work.
        Once,
        /// The process dies: that step and every later one fail.
        Crash,
        /// The power fails: as above, and renames that were not flushed are undone.
        PowerCut,
    }

    #[derive(Default)]
    struct State {
        left: Option<(usize, Option<Fault>)>,
        steps: usize,
        dead: bool,
        /// Renames that have not been flushed, with what stood there before.
        renames: Vec<(PathBuf, Option<Vec<u8>>)>,
    }

    thread_local! {
        static STATE: RefCell<State> = RefCell::default();
    }

    /// Lets the n-th step from now on fail, counted from zero.
    pub(crate) fn arm(at: usize, fault: Fault) {
        STATE.with_borrow_mut(|it| {
            *it = State {
                left: Some((at, Some(fault))),
                ..State::default()
            }
        });
    }

    /// Ends it; how many steps there were, and whether one failed. After a power cut the disk is what it would be.
    pub(crate) fn disarm() -> (usize, bool) {
        let state = STATE.take();
        let (left, fault) = state.left.unwrap_or((0, None));
        let failed = state.steps > left;
        if failed && fault == Some(Fault::PowerCut) {
            for (path, old) in state.renames.into_iter().rev() {
                match old {
                    Some(old) => fs::write(path, old).unwrap(),
                    None => fs::remove_file(path).unwrap_or(()),
                }
            }
        }
        (state.steps, failed)
    }

    pub(crate) fn step(what: &str) -> io::Result<()> {
        STATE.with_borrow_mut(|it| {
            let Some((at, fault)) = it.left else { return Ok(()) };
            let now = it.steps;
            it.steps += 1;
            if it.dead || now == at {
                it.dead = fault != Some(Fault::Once);
                return Err(io::Error::new(
                    io::ErrorKind::StorageFull,
                    format!("no room ({what}, step {now})"),
                ));
            }
            Ok(())
        })
    }

    pub(crate) fn renames(path: &Path) {
        STATE.with_borrow_mut(|it| {
            if it.left.is_some() {
                it.renames.push((path.to_owned(), fs::read(path).ok()));
            }
        });
    }

    pub(crate) fn synced(dir: &Path) {
        STATE.with_borrow_mut(|it| it.renames.retain(|it| it.0.parent() != Some(dir)));
    }
}
