//! Lists as they were: import, age, overrides, and answers as of ten days around real listings and de-listings.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const DAY: &str = "2026-08-01T12:00:00Z";

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.path(name)
    }

    fn at(&self, now: &str, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_interdict"))
            .args(["--store", &self.path("store"), "--now", now])
            .args(args)
            .env("COLUMNS", "100")
            .output()
            .unwrap()
    }

    /// Runs a command, checks its exit code, and gives what it printed.
    #[track_caller]
    fn check(&self, now: &str, args: &[&str], code: i32) -> String {
        let out = self.at(now, args);
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
        assert_eq!(out.status.code(), Some(code), "{args:?}\n{text}");
        text
    }

    #[track_caller]
    fn json(&self, now: &str, args: &[&str], code: i32) -> Value {
        let out = self.at(now, args);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(out.status.code(), Some(code), "{args:?}\n{text}");
        serde_json::from_str(text.lines().next().unwrap_or("")).unwrap()
    }
}

fn shared() -> Option<PathBuf> {
    let archive =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lists/ofac/history/all_308_versions.tar.xz");
    archive.is_file().then_some(archive)
}

fn samples(list: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../samples/lists")
        .join(list);
    path.to_str().unwrap().to_owned()
}

/// A row of `sdn.csv`.
fn row(uid: u32, name: &str, programme: &str) -> String {
    let null = "-0- ";
    format!(
        "{uid},\"{name}\",\"individual\",\"{programme}\",{}\r\n",
        [null; 8].join(",")
    )
}

/// A list of so many made-up persons of one programme, from a number on.
fn list(from: u32, to: u32) -> String {
    let word = |it: u32| ["KARO", "MELIN", "TASSO", "VERID", "LUMAK", "ZORIN", "PAVEL"][it as usize % 7];
    let name = |it: u32| format!("{}{}, {}", word(it), word(it / 7).to_lowercase(), word(it / 49));
    let rows: String = (from..to).map(|it| row(it, &name(it), "TEST")).collect();
    rows + "\u{1a}\r\n"
}

const PASS: [&str; 6] = [
    "--override",
    "family",
    "--by",
    "A. Tester",
    "--reason",
    "only sdn.csv is there",
];

fn with<'a>(args: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    args.iter().chain(more).copied().collect()
}

#[test]
fn a_list_that_is_too_old_makes_every_answer_unsafe() {
    let place = Place::new();
    let un = samples("un/consolidated.xml");
    let page = place.file("text.txt", "It is raining.");
    place.check(DAY, &["lists", "add", &un], 0);
    place.check("2026-08-02T12:00:00Z", &["screen", "Marta Kowalczyk"], 0);
    for args in [
        &["screen", "Marta Kowalczyk"][..],
        &["read", &page],
        &["explain", "un-sc-6908555", "Marta Kowalczyk"],
    ] {
        let later = "2026-08-02T13:00:01Z";
        if args[0] != "explain" {
            let said = place.check(later, args, 20);
            assert!(said.contains("unsafe: un-sc (un-xml) is stale"), "{said}");
            let json = place.json(later, &with(args, &["--json"]), 20);
            assert_eq!(json["decision"], "error");
            assert!(json["reasons"][0].as_str().unwrap().starts_with("unsafe:"), "{json}");
        }
    }
    // A longer age by the policy, and a clock that is behind.
    place.check(
        "2026-08-04T12:00:00Z",
        &["screen", "Marta Kowalczyk", "--policy", "newsroom"],
        0,
    );
    let said = place.check("2026-07-01T00:00:00Z", &["screen", "Marta Kowalczyk"], 20);
    assert!(said.contains("in the future"), "{said}");
    // Adding the same file again is seeing it again; a try that fails is not.
    let half = fs::read_to_string(&un).unwrap();
    let half = place.file("half.xml", &half[..half.len() / 2]);
    let said = place.check("2026-08-03T12:00:00Z", &["lists", "add", &half], 20);
    assert!(said.contains("REFUSED") && said.contains("whole"), "{said}");
    place.check("2026-08-03T12:00:00Z", &["screen", "Marta Kowalczyk"], 20);
    let said = place.check("2026-08-03T12:00:00Z", &["lists", "add", &un], 0);
    assert!(said.contains("unchanged"), "{said}");
    place.check("2026-08-03T12:00:00Z", &["screen", "Marta Kowalczyk"], 0);
    // As of a day on which it was looked at no age counts.
    let late = "2027-01-01T00:00:00Z";
    let as_of = |day, code| place.json(late, &["screen", "Marta Kowalczyk", "--json", "--as-of", day], code);
    assert_eq!(as_of("2026-08-03", 0)["snapshot"]["as_of"], "2026-08-03");
    // Behind the last look nobody knows what was on it; and a day to come has no answer.
    assert!(as_of("2026-08-06", 20)["reasons"].to_string().contains("is not known"));
    place.check(late, &["screen", "Marta Kowalczyk", "--as-of", "2027-01-02"], 20);
    let said = place.check(DAY, &["lists", "log"], 0);
    assert!(said.contains("refused") && said.contains("FAILED whole"), "{said}");
}

#[test]
fn a_gate_that_fails_keeps_the_old_version_and_an_override_is_recorded() {
    let place = Place::new();
    let file = |n: u32, text: String| place.file(&format!("{n}/sdn.csv"), &text);
    let first = file(1, list(1, 301));
    place.check(DAY, &with(&["lists", "add", &first], &PASS), 0);
    // Twenty of three hundred are gone.
    let second = file(2, list(21, 301));
    let said = place.check(DAY, &with(&["lists", "add", &second], &PASS), 20);
    assert!(
        said.contains("REFUSED") && said.contains("the whole list 300 -> 280"),
        "{said}"
    );
    let shown = place.json(DAY, &["lists", "show", "--json"], 0);
    assert_eq!(shown["lists"][0]["entities"], 300, "{shown}");
    // A passing list beside it is held.
    let un = samples("un/consolidated.xml");
    // One word is not for all of them.
    let both = ["lists", "add", &second, &un];
    let said = place.check(DAY, &with(&both, &PASS), 20);
    assert!(said.contains("say LIST:family"), "{said}");
    let mut pass = PASS;
    pass[1] = "eu-fsf:family";
    let said = place.check(DAY, &with(&both, &pass), 20);
    assert!(said.contains("no list eu-fsf is added here"), "{said}");
    pass[1] = "us-ofac-sdn:family";
    let said = place.check(DAY, &with(&both, &pass), 20);
    assert!(said.contains("un-sc (un-xml): held"), "{said}");
    // An override needs who and why, and names a gate.
    place.check(DAY, &["lists", "add", &second, "--override", "shrink"], 20);
    place.check(
        DAY,
        &[
            "lists",
            "add",
            &second,
            "--override",
            "shrink",
            "--by",
            " ",
            "--reason",
            "x",
        ],
        20,
    );
    place.check(
        DAY,
        &[
            "lists",
            "add",
            &second,
            "--override",
            "nosuch",
            "--by",
            "a",
            "--reason",
            "x",
        ],
        20,
    );
    let said = place.check(
        DAY,
        &[
            "lists",
            "add",
            &second,
            "--override",
            "whole",
            "--by",
            "a",
            "--reason",
            "x",
        ],
        20,
    );
    assert!(said.contains("never made active"), "{said}");
    let said = place.check(DAY, &with(&["lists", "add", &second, "--override", "shrink"], &PASS), 0);
    assert!(said.contains("gate shrink let pass by A. Tester"), "{said}");
    let log = place.json(DAY, &["lists", "log", "us-ofac-sdn", "--json"], 0);
    let versions = log["lists"][0]["versions"].as_array().unwrap();
    let states: Vec<&str> = versions.iter().map(|it| it["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["superseded", "refused", "active"]);
    assert_eq!(versions[2]["overrides"][1]["gate"], "shrink");
    assert_eq!(versions[2]["overrides"][1]["by"], "A. Tester");
    // Limits of the store's own.
    let own =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/gates/default.toml")).unwrap();
    place.file(
        "store/gates.toml",
        &own.replace("percent = 2.0", "percent = 50.0")
            .replace("percent = 5.0", "percent = 50.0"),
    );
    let third = file(3, list(101, 301));
    place.check(DAY, &with(&["lists", "add", &third], &PASS), 0);
    place.file("store/gates.toml", "name = 1");
    let said = place.check(DAY, &with(&["lists", "add", &first], &PASS), 20);
    assert!(said.contains("gates.toml"), "{said}");
}

#[test]
fn a_list_that_was_removed_is_what_the_next_one_is_compared_with() {
    let place = Place::new();
    let first = place.file("1/sdn.csv", &list(1, 301));
    place.check(DAY, &with(&["lists", "add", &first], &PASS), 0);
    place.check(DAY, &["lists", "remove", "us-ofac-sdn"], 0);
    let second = place.file("2/sdn.csv", &list(21, 301));
    let said = place.check(DAY, &with(&["lists", "add", &second], &PASS), 20);
    assert!(said.contains("the whole list 300 -> 280"), "{said}");
    place.check(DAY, &with(&["lists", "add", &first], &PASS), 0);
    place.check(DAY, &["lists", "remove", "us-ofac-sdn"], 0);
    // What was let pass and refused by another gate was not let pass.
    let said = place.check(DAY, &["lists", "log"], 0);
    assert!(
        said.contains("FAILED shrink") && !said.contains("FAILED shrink; let pass"),
        "{said}"
    );
    // Counts that are damaged are counted anew; where the files are, too, the totals stand in.
    for folder in ["summaries", "objects"] {
        for it in fs::read_dir(place.path(&format!("store/{folder}"))).unwrap() {
            fs::write(it.unwrap().path(), b"damaged").unwrap();
        }
        let said = place.check(DAY, &with(&["lists", "add", &second], &PASS), 20);
        assert!(said.contains("the whole list 300 -> 280"), "{said}");
    }
    place.check(DAY, &with(&["lists", "add", &second, "--override", "shrink"], &PASS), 0);
}

#[test]
fn nobodys_word_stands_for_the_self_test_of_what_is_active() {
    let place = Place::new();
    place.file("old/sdn_2021-08-18.csv", &list(1, 31));
    // A name of signs alone is on the list and can never be found.
    let text = list(1, 31).replace('\u{1a}', &(row(900, "...", "TEST") + "\u{1a}"));
    place.file("old/sdn_2021-08-20.csv", &text);
    let old = place.path("old");
    let said = place.check(
        DAY,
        &with(
            &[
                "lists",
                "import",
                &old,
                "--override",
                "control",
                "--override",
                "records",
                "--override",
                "values",
            ],
            &PASS,
        ),
        20,
    );
    assert!(said.contains("control"), "{said}");
    let log = place.json(DAY, &["lists", "log", "--json"], 0);
    let versions = log["lists"][0]["versions"].as_array().unwrap();
    assert!(
        versions
            .iter()
            .all(|it| it["state"] != "active" || it["entities"] == 30),
        "{log}"
    );
    let refused = versions.iter().find(|it| it["state"] == "refused").unwrap();
    let control = |it: &&Value| it["gate"] == "control" && it["outcome"] == "failed";
    assert_eq!(
        refused["gates"].as_array().unwrap().iter().filter(control).count(),
        1,
        "{log}"
    );
}

#[test]
fn history_is_imported_and_asked_as_of_a_day() {
    let place = Place::new();
    place.file("old/sdn_2021-08-18.csv", &list(1, 31));
    place.file("old/sdn_2021-08-20.csv", &list(1, 33));
    place.file("old/sdn_2021-08-20_35ab429.csv", &list(1, 35));
    place.file("old/sdn_2022-01-01.csv", &list(5, 35));
    place.file("old/readme.txt", "");
    let old = place.path("old");
    let said = place.check(DAY, &["lists", "import", &old], 20);
    assert!(said.contains("family"), "every one is refused: {said}");
    let said = place.check(DAY, &with(&["lists", "import", &old], &PASS), 0);
    assert!(
        said.contains("4 versions imported, of 2021-08-18 to 2022-01-01"),
        "{said}"
    );
    let said = place.check(DAY, &with(&["lists", "import", &old], &PASS), 0);
    assert!(said.contains("4 were there already"), "{said}");
    let entities =
        |day: &str| place.json(DAY, &["lists", "show", "--json", "--as-of", day], 0)["lists"][0]["entities"].clone();
    for (day, expect) in [
        ("2021-08-18", 30),
        ("2021-08-19", 30),
        ("2021-08-20", 34),
        ("2021-12-31", 34),
        ("2022-01-01", 30),
    ] {
        assert_eq!(entities(day), expect, "{day}");
    }
    let said = place.check(DAY, &["screen", "x", "--as-of", "2021-08-17"], 20);
    assert!(said.contains("us-ofac-sdn (ofac-csv)"), "{said}");
    place.check(DAY, &["screen", "x", "--as-of", "yesterday"], 20);
    // What is active by an import is as old as it is.
    let said = place.check(DAY, &["screen", "Marta Kowalczyk"], 20);
    assert!(said.contains("unsafe: us-ofac-sdn"), "{said}");
    let said = place.check(DAY, &["screen", "Marta Kowalczyk", "--as-of", "2021-12-31"], 0);
    assert!(said.contains("lists as of 2021-12-31"), "{said}");
    // Nobody looked between the last version and this day.
    let said = place.check(DAY, &["screen", "Marta Kowalczyk", "--as-of", "2022-02-01"], 20);
    assert!(said.contains("is not known"), "{said}");
}

#[test]
fn shared_answers_as_of_ten_real_days() {
    let Some(archive) = shared() else {
        eprintln!("SKIPPED: there is no ../shared with the history of a list");
        return;
    };
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/history/as_of.csv");
    let mut cases = csv::Reader::from_path(cases).unwrap();
    let cases: Vec<csv::StringRecord> = cases.records().map(Result::unwrap).collect();
    assert_eq!(cases.len(), 10);
    // The versions of each day and the last one before it; all 308 take minutes without optimisation, and `lists import` takes them.
    let limits = interdict_extract::unpack::Limits {
        bytes: 2 << 30,
        ratio: 5_000,
        members: 1_000,
    };
    let members = || fs::File::open(&archive).unwrap();
    let mut names: BTreeSet<String> = BTreeSet::new();
    interdict_extract::unpack::for_each_member(members(), "history", limits, |name, _| {
        names.insert(name.to_owned());
        Ok(())
    })
    .unwrap();
    let day_of = |it: &str| it.get(4..14).unwrap_or("").to_owned();
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for it in &cases {
        wanted.extend(
            names
                .iter()
                .filter(|name| day_of(name).as_str() < &it[2])
                .max()
                .cloned(),
        );
        wanted.extend(names.iter().filter(|name| day_of(name).as_str() == &it[2]).cloned());
    }
    let place = Place::new();
    interdict_extract::unpack::for_each_member(members(), "history", limits, |name, bytes| {
        if wanted.contains(name) {
            place.file(&format!("old/{name}"), &String::from_utf8_lossy(&bytes));
        }
        Ok(())
    })
    .unwrap();
    let old = place.path("old");
    let gates = ["--override", "shrink", "--override", "growth", "--override", "control"];
    place.check(DAY, &with(&with(&["lists", "import", &old], &gates), &PASS), 0);
    for it in &cases {
        let day: jiff::civil::Date = it[2].parse().unwrap();
        for (day, expect) in [(day.yesterday().unwrap(), &it[3]), (day, &it[4])] {
            let day = day.to_string();
            let out = place.at(DAY, &["screen", &it[1], "--json", "--as-of", &day]);
            let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
            let id = format!("us-ofac-sdn-{}", &it[0]);
            let listed = answer["matches"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["entity"]["id"] == id);
            assert_eq!(listed, expect == "listed", "{} on {day}: {}", &it[1], answer["reasons"]);
            assert_eq!(answer["snapshot"]["as_of"], day);
        }
    }
}
