//! The program is killed with SIGKILL at random moments of an addition and an import: the store opens, with the old or the new, whole.
//!
//! 20 rounds in the suite; `cargo xtask measure kill --rounds 500` runs as many as one likes.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use interdict_store::Store;

fn row(uid: u32, version: u32) -> String {
    let name = format!(
        "{}, {}",
        ["KARO", "MELIN", "TASSO", "VERID", "LUMAK"][uid as usize % 5],
        uid * 7919 + version / 40
    );
    format!("{uid},\"{name}\",\"individual\",\"TEST\",{}\r\n", ["-0- "; 8].join(","))
}

fn list(version: u32) -> String {
    (1..200 + version).map(|it| row(it, version)).collect()
}

fn command(store: &Path, args: &[&str]) -> Command {
    let mut it = Command::new(env!("CARGO_BIN_EXE_interdict"));
    it.args(args)
        .args([
            "--override",
            "family",
            "--by",
            "A. Tester",
            "--reason",
            "a test",
            "--store",
        ])
        .arg(store)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    it
}

/// What is active, and how many versions there are; every version is read whole.
fn found(dir: &Path) -> (String, usize) {
    let store = Store::open(dir).unwrap_or_else(|it| panic!("the store opens: {it}"));
    let mut active = String::new();
    let mut versions = 0;
    for log in store.logs() {
        for it in log.versions.iter().filter(|it| !it.dropped) {
            let loaded = store
                .load_version(it)
                .unwrap_or_else(|it| panic!("every version is whole: {it}"));
            assert_eq!(loaded.files.len(), 1);
            store.summary(it).unwrap_or_else(|it| panic!("and its counts: {it}"));
            versions += 1;
        }
        active.push_str(log.active().map_or("-", |it| it.hash.as_str()));
    }
    (active, versions)
}

#[test]
fn sigkill_at_random_moments() {
    let rounds: u32 = std::env::var("INTERDICT_KILL_ROUNDS")
        .ok()
        .and_then(|it| it.parse().ok())
        .unwrap_or(20);
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let history = dir.path().join("history");
    fs::create_dir(&history).unwrap();
    for n in 0..12 {
        fs::write(history.join(format!("sdn_2024-01-{:02}.csv", n + 1)), list(n)).unwrap();
    }
    let history = history.to_str().unwrap();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let (mut killed, mut old, mut new) = (0, 0, 0);
    // As long as an undisturbed one takes, measured anew where it is done.
    let mut usual = Duration::from_millis(200);
    for round in 0..rounds {
        let importing = round % 2 == 1;
        if importing {
            // An import into an empty store; what came before is another store's.
            let _ = fs::remove_dir_all(&store);
        }
        let folder = dir.path().join(format!("{round}"));
        fs::create_dir(&folder).unwrap();
        let file = folder.join("sdn.csv");
        fs::write(&file, list(20 + round % 40)).unwrap();
        let args = if importing {
            vec!["lists", "import", history, "--override", "control"]
        } else {
            vec![
                "lists",
                "add",
                file.to_str().unwrap(),
                "--override",
                "shrink",
                "--override",
                "date",
            ]
        };
        let before = if store.exists() {
            found(&store)
        } else {
            (String::new(), 0)
        };
        let start = Instant::now();
        let mut child = command(&store, &args).spawn().unwrap();
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let wait = usual.mul_f64((seed % 1_000) as f64 / 800.0);
        while start.elapsed() < wait && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(500));
        }
        let done = child.try_wait().unwrap();
        // SIGKILL, on this system.
        child.kill().unwrap();
        let status = child.wait().unwrap();
        let after = if store.exists() {
            found(&store)
        } else {
            (String::new(), 0)
        };
        if done.is_some() {
            assert_eq!(status.code(), Some(0), "round {round}");
            usual = (usual + start.elapsed()) / 2;
        } else {
            killed += 1;
            usual = usual.max(start.elapsed());
        }
        let whole = if importing { 12 } else { before.1 + 1 };
        if after == before || (after.1 == 0 && before.1 == 0) {
            old += 1;
        } else {
            assert_eq!(after.1, whole, "round {round}: {before:?} -> {after:?}");
            assert_ne!(after.0, before.0, "round {round}");
            new += 1;
        }
        // And it goes on from there.
        if round % 10 == 9 {
            let status = command(&store, &["lists", "import", history, "--override", "control"])
                .status()
                .unwrap();
            assert_eq!(status.code(), Some(0), "round {round}");
        }
    }
    println!(
        "{rounds} rounds, {killed} killed at work: {old} times the old version, {new} times the new one, always whole"
    );
}
