//! Every step of a change of the disk fails once, for every way to fail: the store opens, with the old or the new, whole.

use std::fs;
use std::path::Path;

use crate::disk::fault::{self, Fault};
use crate::{NewVersion, State, Store, StoreError};

fn version(list: &str, text: &str) -> NewVersion {
    NewVersion {
        list: list.to_owned(),
        format: "csv".to_owned(),
        files: vec![
            (
                "x.csv".to_owned(),
                format!("{}{text}", "the same in all\n".repeat(99)).into_bytes(),
            ),
            ("y.csv".to_owned(), text.as_bytes().to_vec()),
        ],
        summary: Some(format!("counts of {text}")),
        added_at: "2026-08-01T00:00:00Z".to_owned(),
        ..NewVersion::default()
    }
}

/// What a reader finds: `list=last file` of every active list; every version that the log has must be whole as well.
fn found(dir: &Path) -> Result<String, StoreError> {
    let store = Store::open(dir)?;
    for log in store.logs() {
        for it in log.versions.iter().filter(|it| !it.dropped) {
            store.load_version(it)?;
            store.summary(it)?;
        }
    }
    let shown: Vec<String> = store
        .load()?
        .iter()
        .map(|it| format!("{}={}", it.version.list, String::from_utf8_lossy(&it.files[1].1)))
        .collect();
    Ok(shown.join(" "))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for it in fs::read_dir(from).unwrap() {
        let it = it.unwrap();
        if it.path().is_dir() {
            copy(&it.path(), &to.join(it.file_name()));
        } else {
            fs::copy(it.path(), to.join(it.file_name())).unwrap();
        }
    }
}

/// Runs a change with its n-th step failing, for every n: before and after are the only two states that are ever found. Then the
/// same change is made again, as a user would, and succeeds.
fn check(before: impl Fn(&mut Store), change: impl Fn(&mut Store) -> Result<(), StoreError>) -> usize {
    let start = tempfile::tempdir().unwrap();
    before(&mut Store::open(start.path()).unwrap());
    let old = found(start.path()).unwrap();
    let new = {
        let dir = tempfile::tempdir().unwrap();
        copy(start.path(), dir.path());
        change(&mut Store::open(dir.path()).unwrap()).unwrap();
        found(dir.path()).unwrap()
    };
    assert_ne!(old, new, "the change changes something");
    let mut ran = 0;
    for fault in [Fault::Once, Fault::Crash, Fault::PowerCut] {
        for at in 0.. {
            let dir = tempfile::tempdir().unwrap();
            copy(start.path(), dir.path());
            let mut store = Store::open(dir.path()).unwrap();
            fault::arm(at, fault);
            let done = change(&mut store);
            drop(store);
            let (_, failed) = fault::disarm();
            let is = found(dir.path()).unwrap_or_else(|it| panic!("{fault:?} at step {at}: {it}"));
            assert!(is == old || is == new, "{fault:?} at step {at}: {is}");
            if done.is_ok() {
                assert_eq!(is, new, "{fault:?} at step {at}: what was reported done is done");
            }
            // A step that failed before anything was renamed into place must not have changed the store.
            let mut store = Store::open(dir.path()).unwrap();
            change(&mut store).unwrap_or_else(|it| panic!("again after {fault:?} at step {at}: {it}"));
            assert_eq!(found(dir.path()).unwrap(), new, "again after {fault:?} at step {at}");
            let left = fs::read_dir(dir.path().join("objects")).unwrap();
            let left = left.filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "tmp"));
            assert_eq!(left.count(), 0, "leftovers are swept up");
            if !failed {
                break;
            }
            ran += 1;
        }
    }
    ran
}

#[test]
fn every_step_of_the_first_addition_fails_once() {
    let ran = check(
        |_| {},
        |it| it.add(vec![version("a", "1"), version("b", "2")]).map(|_| ()),
    );
    assert!(ran > 60, "{ran}");
}

#[test]
fn every_step_of_a_later_addition_fails_once() {
    let ran = check(
        |it| {
            it.add(vec![version("a", "1"), version("b", "2")]).unwrap();
            it.add(vec![version("a", "3")]).unwrap();
        },
        |it| it.add(vec![version("a", "4"), version("b", "5")]).map(|_| ()),
    );
    assert!(ran > 60, "{ran}");
}

#[test]
fn every_step_of_an_import_fails_once() {
    check(
        |it| {
            it.add(vec![version("a", "9")]).unwrap();
        },
        |it| {
            let mut batch = it.begin()?;
            for n in 0..3 {
                batch.keep_past(version("a", &n.to_string()))?;
            }
            batch.activate(version("a", "10"))?;
            batch.commit()
        },
    );
}

#[test]
fn every_step_of_a_refusal_and_a_removal_fails_once() {
    check(
        |it| {
            it.add(vec![version("a", "1"), version("b", "1")]).unwrap();
            for n in 0..5 {
                let mut batch = it.begin().unwrap();
                batch.refuse(version("a", &format!("bad {n}"))).unwrap();
                batch.commit().unwrap();
            }
        },
        |it| {
            let mut batch = it.begin()?;
            // One of the refused ones loses its files with this.
            batch.refuse(version("a", "bad"))?;
            batch.commit()?;
            it.remove("b", None, "2026-08-02T00:00:00Z").map(|_| ())
        },
    );
}

#[test]
fn a_version_without_a_state_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).unwrap().add(vec![version("a", "1")]).unwrap();
    let path = dir.path().join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"state\":\"active\",", "")).unwrap();
    let said = Store::open(dir.path()).unwrap_err().to_string();
    assert!(said.contains("missing field `state`"), "{said}");
}

#[test]
fn a_change_that_is_not_committed_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.add(vec![version("a", "1")]).unwrap();
    let mut batch = store.begin().unwrap();
    batch.activate(version("a", "2")).unwrap();
    drop(batch);
    assert_eq!(found(dir.path()).unwrap(), "a=1");
    assert_eq!(store.active()[0].state, State::Active);
}
