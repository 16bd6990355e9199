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
    // A day between two publications: the version then in force, and it is said which.
    place.check(
        &["lists", "diff", "un-sc@2024-06-01", "un-sc"],
        0,
        &["no version of that day; this is the one then in force, of 2024-01-02"],
    );
    let listed = place.check(&["lists", "show", "--json"], 0, &[]);
    let hash = json(&listed)["lists"][0]["hash"].as_str().unwrap().to_owned();
    place.check(&["lists", "diff", "un-sc@previous", &hash[..12]], 0, &shown);
}

/// Two lists that know each other's subjects under other ids, and one that is silent.
fn three_lists(place: &Place) {
    let un = "<CONSOLIDATED_LIST dateGenerated=\"2026-02-03T00:00:00Z\"><INDIVIDUALS>\
        <INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>AMINA</FIRST_NAME><SECOND_NAME>VORSTENBOSCH</SECOND_NAME>\
        <UN_LIST_TYPE>Sudan</UN_LIST_TYPE><REFERENCE_NUMBER>SDi.007</REFERENCE_NUMBER><LISTED_ON>2015-03-04</LISTED_ON>\
        <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1961-05-04</DATE></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>\
        </INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>";
    let ftm = |id: &str, name: &str, birth: &str, authority: &str, since: &str| {
        format!(
            "{{\"id\":\"{id}\",\"schema\":\"Person\",\"properties\":{{\"name\":[\"{name}\"],\"birthDate\":[\"{birth}\"],\"topics\":[\"sanction\"]}}}}\n\
             {{\"id\":\"s-{id}\",\"schema\":\"Sanction\",\"properties\":{{\"entity\":[\"{id}\"],\"authority\":[\"{authority}\"],\"startDate\":[\"{since}\"]}}}}\n"
        )
    };
    let eu = ftm(
        "NK-1",
        "Amina Vorstenbosch",
        "1961-05-04",
        "Council of the European Union",
        "2015-04-01",
    ) + &ftm(
        "NK-2",
        "Quirijn Zwaluwenburg",
        "1970-01-02",
        "Council of the European Union",
        "2016-04-01",
    );
    let un = place.file("un.xml", un);
    let eu = place.file("eu.ftm.json", eu);
    place.check(&["lists", "add", &un, &eu], 0, &[]);
}

#[test]
fn who_lists_a_subject_and_who_does_not() {
    let place = Place::new();
    three_lists(&place);
    let both = json(&place.check(&["coverage", "SDi.007", "--policy", "eu-psp", "--json"], 11, &[]));
    assert_eq!(both["schema"], "interdict.coverage/1");
    assert_eq!(both["subject"]["id"], "un-sc-SDi.007");
    let status = |answer: &Value, authority: &str| -> Value {
        let lists = answer["lists"].as_array().unwrap();
        let row = lists.iter().find(|it| it["authority"] == authority);
        row.map_or(Value::Null, |it| it["status"].clone())
    };
    assert_eq!(status(&both, "UN"), "listed");
    // The two entries are one subject, and the answer says why.
    assert_eq!(status(&both, "EU"), "listed");
    assert!(both.to_string().contains("\"united_by\":\"names"), "{both}");
    // What is not loaded is not among those that do not list.
    assert_eq!(status(&both, "UK"), Value::Null);
    assert!(both["not_loaded"].to_string().contains("\"UK\""), "{both}");
    let one = place.check(
        &["coverage", "Quirijn Zwaluwenburg", "--policy", "eu-psp"],
        11,
        &[
            "since 2016-04-01",
            "listed by EU alone; not listed by UN (list of 2026-02-03)",
        ],
    );
    assert!(one.out.contains("not loaded: nothing is known of them"), "{}", one.out);
    place.check(
        &["coverage", "Nobody Whatsoever"],
        0,
        &["nobody on the loaded lists comes near"],
    );
    place.check(
        &["coverage", "un-sc-SDi.999"],
        20,
        &["no entity has the id `un-sc-SDi.999`"],
    );
    place.check(&["coverage", "12345"], 20, &["no entity has the id `12345`"]);
}

/// OFAC lists him, and nobody else does; the samples are excerpts, and say so.
#[test]
fn djibo_is_listed_by_ofac_alone() {
    let said = Place::new().check_at(
        "140",
        &["coverage", "Ousmane Illiassou Djibo"],
        11,
        &[
            "us-ofac-sdn-32391",
            "listed by OFAC alone; not in the samples of UN",
            "its silence says nothing",
        ],
    );
    assert!(!said.out.contains("not listed by"), "{}", said.out);
}

#[test]
fn shared_djibo_is_listed_by_ofac_alone() {
    let lists = root().join("../shared/data/lists");
    if !lists.exists() {
        eprintln!("SKIPPED: there is no ../shared");
        return;
    }
    let place = Place::new();
    // The two entries of OFAC's list by themselves: every name of a list that is added is screened against it, which takes its time here.
    let family = ["sdn.csv", "alt.csv", "add.csv"].map(|name| {
        let whole = fs::read(lists.join("ofac/sdn_2023-12-28").join(name)).unwrap();
        let starts = [&b"32391,"[..], b"24546,", b"\x1a"];
        let kept = whole.split_inclusive(|it| *it == b'\n');
        let kept: Vec<&[u8]> = kept
            .filter(|it| starts.iter().any(|start| it.starts_with(start)))
            .collect();
        place.file(name, kept.concat())
    });
    let un = lists.join("un/2026-02/consolidated.xml");
    let mut args = vec!["lists", "add", un.to_str().unwrap()];
    args.extend(family.iter().map(String::as_str));
    place.check(&args, 0, &[]);
    place.check_at(
        "140",
        &["coverage", "32391"],
        11,
        &["listed by OFAC alone; not listed by UN (list of 2026-02-27)"],
    );
    place.check(
        &["coverage", "24546"],
        11,
        &["[un-sc-QDe.163]", "one subject with the others", "listed by OFAC, UN"],
    );
}

#[test]
fn the_report_is_one_page_that_needs_nothing() {
    let place = Place::new();
    let evil = place.file(
        "evil.ftm.json",
        "{\"id\":\"x-1\",\"schema\":\"Person\",\"properties\":{\"name\":[\"A <b>Vorst\"],\"topics\":[\"sanction\"],\"programId\":[\"<script>alert(1)</script>\"]}}\n",
    );
    place.check(&["lists", "add", &evil], 0, &[]);
    let path = place.dir.path().join("report.html");
    place.check(
        &["lists", "report", "--html", path.to_str().unwrap()],
        0,
        &["1 lists, 1 entries, 1 names"],
    );
    let html = fs::read_to_string(&path).unwrap();
    for not in ["<script", "http://", "src=", "@import"] {
        assert!(!html.replace("http://www.w3.org/2000/svg", "").contains(not), "{not}");
    }
    assert!(
        html.contains("&lt;script&gt;alert(1)"),
        "the programme is shown, escaped"
    );
    assert!(html.contains("prefers-color-scheme:dark") && html.contains("<desc") && html.contains("<details"));
    let figures = json(&place.check(&["lists", "report", "--json"], 0, &[]));
    assert_eq!(figures["schema"], "interdict.report/1");
    assert_eq!(figures["figures"][0]["rows"][0]["values"][0], 1);
    place.check(&["lists", "report"], 0, &["Entries by programme"]);
    place.check(
        &["lists", "report", "--html", "/nowhere/at/all.html"],
        20,
        &["/nowhere/at/all.html"],
    );
}
