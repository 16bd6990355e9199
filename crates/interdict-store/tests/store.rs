//! The store of list versions: what is active stays whole, whatever goes wrong.

use std::fs;
use std::path::Path;

use interdict_store::{ListLog, NewVersion, State, Store};

const NOW: &str = "2026-08-02T00:00:00Z";

fn version(list: &str, format: &str, files: &[(&str, &str)]) -> NewVersion {
    NewVersion {
        list: list.to_owned(),
        format: format.to_owned(),
        files: files
            .iter()
            .map(|it| (it.0.to_owned(), it.1.as_bytes().to_vec()))
            .collect(),
        published: Some("2026-01-02".to_owned()),
        entities: 1,
        names: 2,
        problems: 0,
        added_at: "2026-08-01T00:00:00Z".to_owned(),
        ..NewVersion::default()
    }
}

/// Active lists as `list/format=content+content`.
fn shown(dir: &Path) -> String {
    let store = match Store::open(dir) {
        Ok(it) => it,
        Err(it) => return it.to_string(),
    };
    match store.load() {
        Ok(loaded) => loaded
            .iter()
            .map(|it| {
                let files: Vec<_> = it.files.iter().map(|it| String::from_utf8_lossy(&it.1)).collect();
                format!("{}/{}={}", it.version.list, it.version.format, files.join("+"))
            })
            .collect::<Vec<_>>()
            .join(" "),
        Err(it) => it.to_string(),
    }
}

#[test]
fn a_newer_version_supersedes_and_the_older_one_stays_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("deep/store");
    assert_eq!(shown(&dir), "", "a folder that does not exist is an empty store");
    assert!(!dir.exists(), "and is not made by looking");
    let mut store = Store::open(&dir).unwrap();
    store
        .add(vec![
            version("b", "csv", &[("x", "1"), ("y", "2")]),
            version("a", "xml", &[("z", "3")]),
        ])
        .unwrap();
    assert_eq!(shown(&dir), "a/xml=3 b/csv=1+2");
    store.add(vec![version("b", "csv", &[("x", "4")])]).unwrap();
    store.add(vec![version("b", "xml", &[("x", "5")])]).unwrap();
    assert_eq!(
        shown(&dir),
        "a/xml=3 b/csv=4 b/xml=5",
        "another format stands beside, since it says other things"
    );
    let old = store.log("b", "csv").unwrap().versions[0].clone();
    assert_eq!(old.state, State::Superseded);
    assert_eq!(store.load_version(&old).unwrap().files[1].1, b"2");
    assert_eq!(store.remove("b", Some("csv"), NOW).unwrap().len(), 1);
    assert_eq!(store.remove("c", None, NOW).unwrap().len(), 0);
    assert_eq!(shown(&dir), "a/xml=3 b/xml=5");
}

#[test]
fn two_writers_do_not_lose_each_others_lists() {
    let dir = tempfile::tempdir().unwrap();
    let mut one = Store::open(dir.path()).unwrap();
    let mut two = Store::open(dir.path()).unwrap();
    one.add(vec![version("a", "csv", &[("x", "1")])]).unwrap();
    two.add(vec![version("b", "csv", &[("x", "2")])]).unwrap();
    assert_eq!(shown(dir.path()), "a/csv=1 b/csv=2");
}

#[test]
fn leftovers_of_a_killed_writer_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.add(vec![version("a", "csv", &[("x", "1")])]).unwrap();
    fs::write(dir.path().join("manifest.json.99.tmp"), "{\"schema\":\"inter").unwrap();
    fs::write(dir.path().join("objects/abc.99.tmp"), "half").unwrap();
    assert_eq!(shown(dir.path()), "a/csv=1");
    store.add(vec![version("b", "csv", &[("x", "2")])]).unwrap();
    assert_eq!(shown(dir.path()), "a/csv=1 b/csv=2");

    // Killed in the first addition of all: a manifest that names nothing, and half an object.
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("objects")).unwrap();
    fs::write(dir.path().join("objects/abc.99.tmp"), "half").unwrap();
    fs::write(
        dir.path().join("manifest.json"),
        "{\"schema\":\"interdict.store/1\",\"active\":[],\"history\":[]}",
    )
    .unwrap();
    assert_eq!(shown(dir.path()), "");
    Store::open(dir.path())
        .unwrap()
        .add(vec![version("a", "csv", &[("x", "1")])])
        .unwrap();
    assert_eq!(shown(dir.path()), "a/csv=1");
}

#[test]
fn damage_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.add(vec![version("a", "csv", &[("x.csv", "1")])]).unwrap();
    let object = dir
        .path()
        .join("objects")
        .join(format!("{}.z", store.active()[0].files[0].hash));
    fs::write(&object, "2").unwrap();
    let text = shown(dir.path());
    assert!(
        text.contains("damaged") && text.contains("`x.csv` of a") && text.contains("objects"),
        "{text}"
    );
    store.add(vec![version("a", "csv", &[("x.csv", "1")])]).unwrap();
    assert_eq!(shown(dir.path()), "a/csv=1", "adding it again mends it");
    fs::remove_file(&object).unwrap();
    assert!(shown(dir.path()).contains("`x.csv` of a"));

    for (manifest, expect) in [
        ("", "not a manifest of a list store"),
        (
            "{\"schema\":\"interdict.store/1\",\"act",
            "not a manifest of a list store",
        ),
        (
            "{\"schema\":\"interdict.store/9\",\"active\":[],\"history\":[]}",
            "schema is `interdict.store/9`",
        ),
        (
            "{\"schema\":\"interdict.store/1\",\"active\":[{\"list\":\"a\",\"format\":\"csv\",\"files\":[{\"name\":\"x\",\"hash\":\"../../x\",\"bytes\":1}],\"hash\":\"\",\"published\":null,\"entities\":1,\"names\":1,\"problems\":0,\"added_at\":\"\"}],\"history\":[]}",
            "no BLAKE3 hash",
        ),
    ] {
        fs::write(dir.path().join("manifest.json"), manifest).unwrap();
        let text = shown(dir.path());
        assert!(text.contains("manifest.json") && text.contains(expect), "{text}");
        assert!(
            Store::open(dir.path()).is_err(),
            "and nothing is added over a manifest that cannot be read"
        );
    }
    fs::remove_file(dir.path().join("manifest.json")).unwrap();
    fs::write(&object, "1").unwrap();
    assert!(shown(dir.path()).contains("missing, though lists are stored"));
    fs::write(dir.path().join("file"), "").unwrap();
    assert!(shown(&dir.path().join("file")).contains("is no folder"));
}

/// A text of many lines, of which the n-th version has other ones than the one before.
fn lines(n: usize) -> String {
    (0..1_000)
        .map(|at| {
            let changed = (0..=n).rev().find(|it| it % 250 == at % 250).unwrap_or(0);
            let noise = blake3::hash(format!("{at} {changed}").as_bytes()).to_hex().to_string();
            format!("{at},{noise}\n")
        })
        .collect()
}

#[test]
fn many_versions_take_little_room_and_each_is_read_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let mut batch = store.begin().unwrap();
    for n in 0..130 {
        let mut it = version("a", "csv", &[("x.csv", &lines(n))]);
        it.summary = Some(lines(n));
        batch.activate(it).unwrap();
    }
    batch.commit().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let versions = &store.log("a", "csv").unwrap().versions;
    assert_eq!(versions.len(), 130);
    for (n, it) in versions.iter().enumerate() {
        assert_eq!(store.load_version(it).unwrap().files[0].1, lines(n).as_bytes(), "{n}");
        assert_eq!(store.summary(it).unwrap(), Some(lines(n)));
    }
    let size: u64 = fs::read_dir(dir.path().join("objects"))
        .unwrap()
        .map(|it| it.unwrap().metadata().unwrap().len())
        .sum();
    assert!(
        size < 3 * lines(129).len() as u64,
        "{size} for 130 versions of {}",
        lines(129).len()
    );

    // A base that is damaged is the one that is named, and what does not build on it is read.
    let object = |at: usize| {
        dir.path()
            .join("objects")
            .join(format!("{}.z", versions[at].files[0].hash))
    };
    let whole = fs::read(object(64)).unwrap();
    for damage in [&whole[..whole.len() - 1], &whole[..10], b"", b"interdict object 1\n"] {
        fs::write(object(64), damage).unwrap();
        let said = store.load_version(&versions[67]).unwrap_err().to_string();
        assert!(
            said.contains(&versions[64].files[0].hash) && said.contains("`x.csv` of a"),
            "{said}"
        );
        assert!(store.load_version(&versions[128]).is_ok());
    }
    for at in (0..64).chain((64..whole.len()).step_by(997)) {
        let mut bent = whole.clone();
        bent[at] ^= 1;
        fs::write(object(64), bent).unwrap();
        // A bit of zstd's own that says nothing about the content may be any; the content itself is right or refused.
        if let Ok(it) = store.load_version(&versions[64]) {
            assert_eq!(it.files[0].1, lines(64).as_bytes(), "byte {at}");
        }
    }
    // Adding the same file again mends it.
    let mut store = Store::open(dir.path()).unwrap();
    store.add(vec![version("a", "csv", &[("x.csv", &lines(64))])]).unwrap();
    assert_eq!(
        store.load_version(&versions[67]).unwrap().files[0].1,
        lines(67).as_bytes()
    );
}

#[test]
fn a_store_of_the_first_schema_opens_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let objects = dir.path().join("objects");
    fs::create_dir(&objects).unwrap();
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let entry = |text: &str, published: &str| {
        fs::write(objects.join(hash(text)), text).unwrap();
        format!(
            "{{\"list\":\"a\",\"format\":\"csv\",\"files\":[{{\"name\":\"x\",\"hash\":\"{0}\",\"bytes\":{1}}}],\"hash\":\"{0}\",\"published\":\"{published}\",\"entities\":1,\"names\":1,\"problems\":0,\"added_at\":\"{published}T10:00:00Z\"}}",
            hash(text),
            text.len()
        )
    };
    fs::write(
        dir.path().join("manifest.json"),
        format!(
            "{{\"schema\":\"interdict.store/1\",\"active\":[{}],\"history\":[{}]}}",
            entry("new", "2026-02-02"),
            entry("old", "2026-01-01")
        ),
    )
    .unwrap();
    assert_eq!(shown(dir.path()), "a/csv=new");
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(
        store.active()[0].verified_at,
        "2026-02-02T10:00:00Z",
        "its age counts from then"
    );
    let old = store.log("a", "csv").unwrap().in_force("2026-01-15").unwrap().clone();
    assert_eq!(store.load_version(&old).unwrap().files[0].1, b"old");
    store.add(vec![version("a", "csv", &[("x", "newer")])]).unwrap();
    assert_eq!(shown(dir.path()), "a/csv=newer");
    assert_eq!(store.load_version(&old).unwrap().files[0].1, b"old");
    fs::write(objects.join(hash("old")), "odd").unwrap();
    assert!(store.load_version(&old).unwrap_err().to_string().contains("damaged"));
}

#[test]
fn the_version_in_force_on_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let dated = |published: Option<&str>, added: &str, text: &str| NewVersion {
        published: published.map(str::to_owned),
        added_at: format!("{added}T12:00:00Z"),
        ..version("a", "csv", &[("x", text)])
    };
    let mut batch = store.begin().unwrap();
    // History that comes late, not in order, two of one day.
    for (day, text) in [
        ("2024-03-01", "3"),
        ("2024-01-01", "1"),
        ("2024-01-01", "1b"),
        ("2024-02-01", "2"),
    ] {
        batch.keep_past(dated(Some(day), "2026-01-01", text)).unwrap();
    }
    batch.refuse(dated(Some("2024-02-15"), "2026-01-01", "bad")).unwrap();
    batch.activate(dated(Some("2024-04-01"), "2026-01-01", "4")).unwrap();
    batch.commit().unwrap();
    store.add(vec![dated(None, "2026-01-05", "5")]).unwrap();
    store.remove("a", None, "2026-01-10T00:00:00Z").unwrap();
    store
        .add(vec![dated(
            Some("2024-03-15"),
            "2026-01-20",
            "an older one, by an override",
        )])
        .unwrap();
    let log: ListLog = store.log("a", "csv").unwrap().clone();
    let on = |day: &str| {
        log.in_force(day).map_or_else(
            || "-".to_owned(),
            |it| String::from_utf8(store.load_version(it).unwrap().files[0].1.clone()).unwrap(),
        )
    };
    for (day, expect) in [
        ("2023-12-31", "-"),
        ("2024-01-01", "1b"),
        ("2024-01-31", "1b"),
        ("2024-02-01", "2"),
        ("2024-02-20", "2"),
        ("2024-03-01", "3"),
        ("2024-03-14", "3"),
        ("2024-04-01", "4"),
        ("2026-01-04", "4"),
        ("2026-01-05", "5"),
        ("2026-01-09", "5"),
        ("2026-01-10", "-"),
        ("2026-01-19", "-"),
        ("2026-01-20", "an older one, by an override"),
        ("2026-08-01", "an older one, by an override"),
    ] {
        assert_eq!(on(day), expect, "{day}");
    }
}

#[test]
fn what_is_refused_is_recorded_and_the_last_few_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.add(vec![version("a", "csv", &[("x", "good")])]).unwrap();
    for n in 0..8 {
        for _ in 0..2 {
            let mut batch = store.begin().unwrap();
            batch
                .refuse(version("a", "csv", &[("x", &format!("bad {n}"))]))
                .unwrap();
            batch.commit().unwrap();
        }
    }
    assert_eq!(shown(dir.path()), "a/csv=good");
    let versions = store.log("a", "csv").unwrap().versions.clone();
    assert_eq!(versions.len(), 9);
    let kept: Vec<bool> = versions.iter().map(|it| store.load_version(it).is_ok()).collect();
    assert_eq!(kept, [true, false, false, false, true, true, true, true, true]);
    assert!(
        versions[1..]
            .iter()
            .all(|it| it.again == 1 && it.state == State::Refused)
    );
    let said = store.load_version(&versions[1]).unwrap_err().to_string();
    assert!(said.contains("of refused versions the last few are kept"), "{said}");
    // What was refused may be let in later.
    store.add(vec![version("a", "csv", &[("x", "bad 7")])]).unwrap();
    assert_eq!(shown(dir.path()), "a/csv=bad 7");
}

#[test]
fn two_processes_at_once_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let dir = dir.path();
            scope.spawn(move || {
                for n in 0..10 {
                    let mut store = Store::open(dir).unwrap();
                    store
                        .add(vec![version(&format!("l{writer}"), "csv", &[("x", &lines(n))])])
                        .unwrap();
                    // Whoever reads meanwhile sees whole versions.
                    Store::open(dir).unwrap().load().unwrap();
                }
            });
        }
    });
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(
        store.logs().iter().map(|it| it.versions.len()).collect::<Vec<_>>(),
        [10; 4]
    );
    assert!(
        store
            .load()
            .unwrap()
            .iter()
            .all(|it| it.files[0].1 == lines(9).as_bytes())
    );
}
