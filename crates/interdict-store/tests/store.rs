//! The store of list versions: what is active stays whole, whatever goes wrong.

use std::fs;
use std::path::Path;

use interdict_store::{NewVersion, Store};

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
    let old = store.history().first().unwrap().clone();
    assert_eq!(store.load_version(&old).unwrap().files[1].1, b"2");
    assert_eq!(store.remove("b", Some("csv")).unwrap().len(), 1);
    assert_eq!(store.remove("c", None).unwrap().len(), 0);
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
    let object = dir.path().join("objects").join(&store.active()[0].files[0].hash);
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
