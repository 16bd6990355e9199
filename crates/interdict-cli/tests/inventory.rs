//! What the lists hold, as a user asks the program: changes between versions, coverage, the report.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

struct Place {
    dir: tempfile::TempDir,
}

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program; the output and the messages together have to hold each fragment.
    #[track_caller]
    fn check(&self, args: &[&str], code: i32, fragments: &[&str]) -> Said {
        self.check_at("80", args, code, fragments)
    }

    #[track_caller]
    fn check_at(&self, columns: &str, args: &[&str], code: i32, fragments: &[&str]) -> Said {
        let out = Command::new(env!("CARGO_BIN_EXE_interdict"))
            .args(args)
            .env_clear()
            .env("INTERDICT_STORE", self.dir.path().join("store"))
            .env("COLUMNS", columns)
            .output()
            .unwrap();
        let said = Said {
            code: out.status.code().unwrap_or(-1),
            out: String::from_utf8(out.stdout).unwrap(),
            err: String::from_utf8(out.stderr).unwrap(),
        };
        let all = format!("{}{}", said.out, said.err);
        assert_eq!(said.code, code, "{args:?}\n{all}");
        for it in fragments {
            assert!(all.contains(it), "{args:?}: `{it}` is not in\n{all}");
        }
        said
    }
}

#[track_caller]
fn json(said: &Said) -> Value {
    serde_json::from_str(said.out.lines().next().unwrap_or_default()).unwrap_or_else(|it| panic!("{it}: {}", said.out))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn case(name: &str) -> String {
    root().join("testdata/change").join(name).to_str().unwrap().to_owned()
}

#[test]
fn changes_between_files() {
    let place = Place::new();
    let (a, b) = (case("every-field.before.ndjson"), case("every-field.after.ndjson"));
    for columns in ["80", "120"] {
        let said = place.check_at(
            columns,
            &["lists", "diff", &a, &b],
            0,
            &[
                "1 added, 1 removed, 1 changed, 1 the same",
                "+ New Star  a-11 · Vessel",
                "- Gone Trading  a-10 · Company",
                "name         - Mina V (alias)",
                "programme    + IFSR",
            ],
        );
        let wide: usize = columns.parse().unwrap();
        assert!(said.out.lines().all(|it| it.chars().count() <= wide), "{}", said.out);
    }
    let answer = json(&place.check(&["lists", "diff", &a, &b, "--json"], 0, &[]));
    assert_eq!(answer["schema"], "interdict.changes/1");
    let list = &answer["lists"][0];
    assert_eq!(list["summary"]["by_field"]["name"]["added"], 2);
    assert_eq!(list["added"][0]["id"], "a-11");
    assert_eq!(list["changed"][0]["fields"][1]["added"][0]["weak"], true);
    let one = place.check(&["lists", "diff", &a, &b, "--entity", "9"], 0, &["Chairwoman"]);
    assert!(!one.out.contains("New Star"), "{}", one.out);
    place.check(
        &["lists", "diff", &a, &b, "--entity", "99"],
        20,
        &["no entity has the id `99`"],
    );
    place.check(
        &["lists", "diff", &a, &a],
        0,
        &["0 added, 0 removed, 0 changed, 3 the same"],
    );
    place.check(
        &["lists", "diff", &a, &b, "--limit", "0"],
        0,
        &["... 1 more: --all shows them"],
    );
    let failed = json(&place.check(
        &["lists", "diff", &a, "us-ofac-sdn@2020", "--json"],
        20,
        &["nothing is stored"],
    ));
    assert_eq!(failed["schema"], "interdict.changes/1");
    assert_eq!(failed["decision"], "error");
}

#[test]
fn changes_between_stored_versions() {
    let place = Place::new();
    let un = |date: &str, name: &str| {
        format!(
            "<CONSOLIDATED_LIST dateGenerated=\"{date}T00:00:00Z\"><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>\
             <FIRST_NAME>{name}</FIRST_NAME><UN_LIST_TYPE>Sudan</UN_LIST_TYPE><REFERENCE_NUMBER>SDi.007</REFERENCE_NUMBER>\
             </INDIVIDUAL></INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>"
        )
    };
    for (date, name) in [("2024-01-02", "GEDO"), ("2025-03-04", "HAMDAN")] {
        let file = place.file("un.xml", un(date, name));
        place.check(&["lists", "add", &file], 0, &[]);
    }
    let shown = ["- GEDO (primary)", "+ HAMDAN (primary)"];
    place.check(&["lists", "diff", "un-sc@2024-01-02", "un-sc"], 0, &shown);
    place.check(&["lists", "diff", "un-sc@previous", "un-sc@2025-03-04"], 0, &shown);
    place.check(
        &["lists", "diff", "un-sc@1999-01-01", "un-sc"],
        20,
        &["of un-sc it has 2024-01-02, 2025-03-04"],
    );
    let listed = place.check(&["lists", "show", "--json"], 0, &[]);
    let hash = json(&listed)["lists"][0]["hash"].as_str().unwrap().to_owned();
    place.check(&["lists", "diff", "un-sc@previous", &hash[..12]], 0, &shown);
}
