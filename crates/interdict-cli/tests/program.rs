//! The program as a user calls it: arguments -> exit code and output.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};
use serde_json::Value;

const CLEAR: i32 = 0;
const REVIEW: i32 = 10;
const BLOCK: i32 = 11;
const REJECT: i32 = 12;
const ERROR: i32 = 20;

/// A folder of its own, and a store in it that does not exist yet.
struct Place {
    dir: tempfile::TempDir,
}

/// What the program said.
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

    fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, b"")
    }

    fn run_with(&self, args: &[&str], input: &[u8]) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_interdict"))
            .args(args)
            .env_clear()
            .env("INTERDICT_STORE", self.dir.path().join("store"))
            .env("RUST_BACKTRACE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program may end before it has read all.
        let _ = child.stdin.take().unwrap().write_all(input);
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let said = Said {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        };
        assert!(
            !said.err.contains("RUST_BACKTRACE") && !said.err.contains("stack backtrace"),
            "{}",
            said.err
        );
        said
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sample(name: &str) -> String {
    root().join("samples").join(name).to_str().unwrap().to_owned()
}

/// Runs with nothing loaded; the output and the messages together have to hold each fragment.
#[track_caller]
fn check(args: &[&str], code: i32, fragments: &[&str]) -> Said {
    let said = Place::new().run(args);
    let all = format!("{}{}", said.out, said.err);
    assert_eq!(said.code, code, "{args:?}\n{all}");
    for it in fragments {
        assert!(all.contains(it), "{args:?}: `{it}` is not in\n{all}");
    }
    said
}

#[track_caller]
fn json(said: &Said) -> Value {
    serde_json::from_str(said.out.lines().next().unwrap_or_default()).unwrap_or_else(|it| panic!("{it}: {}", said.out))
}

const SAMPLE_LINE: &str = "SAMPLE LISTS ONLY, not for real screening: load lists with `interdict lists add`";
const DJIBO: &str = "us-ofac-sdn-32391";

#[test]
fn djibo_comes_first_however_he_is_spelled() {
    for (name, code) in [
        ("Ousmane Illiassou Djibo", BLOCK),
        ("OusmaneIlliassouDjibo", BLOCK),
        ("DJIBO, Ousmane Illiassou", BLOCK),
        ("djibo ousmane", BLOCK),
        ("Usman Ilyasu Jibo", BLOCK),
        ("His Excellency Hadji Ousmane Illiassou Djibo", BLOCK),
        // A weak alias alone, but a rare one: somebody has to look; nothing follows without (OFAC FAQ 122 to 125).
        ("Petit Chapori", REVIEW),
    ] {
        let answer = json(&check(&["screen", name, "--json"], code, &[DJIBO]));
        assert_eq!(answer["matches"][0]["entity"]["id"], DJIBO, "{name}");
        assert_eq!(answer["matches"][0]["match"], true, "{name}");
    }
    for name in ["Salou Djibo", "Ousmane Sembene", "Moussa Traore"] {
        let said = check(&["screen", name, "--json"], CLEAR, &[]);
        assert!(!said.out.contains(DJIBO), "{name}: {}", said.out);
    }
}

#[test]
fn every_exit_code_as_text_and_as_json() {
    let place = Place::new();
    let reject = fs::read_to_string(root().join("policies/us-bank.toml"))
        .unwrap()
        .replace("consequence = \"block\"", "consequence = \"reject\"");
    let reject = place.file("reject.toml", reject);
    for (args, code, decision) in [
        (vec!["Marta Kowalczyk"], CLEAR, "clear"),
        (
            vec!["Ousmane Illiassou Djibo", "--birth-date", "1961-03-12"],
            REVIEW,
            "review",
        ),
        (vec!["Petit Chapori", "--policy", "eu-psp"], REVIEW, "review"),
        (vec!["Ousmane Illiassou Djibo"], BLOCK, "block"),
        (vec!["Ousmane Illiassou Djibo", "--policy", &reject], REJECT, "reject"),
        (vec!["..."], ERROR, "error"),
        (vec!["Djibo", "--policy", "nobody"], ERROR, "error"),
        (vec!["Djibo", "--birth-date", "1980-02-31"], ERROR, "error"),
        // The gravest of several: an error before a block.
        (vec!["Marta Kowalczyk", "Ousmane Illiassou Djibo"], BLOCK, "clear"),
        (vec!["Ousmane Illiassou Djibo", "..."], ERROR, "block"),
    ] {
        let with = |more: &[&'static str]| {
            let args: Vec<&str> = ["screen"]
                .into_iter()
                .chain(args.iter().copied())
                .chain(more.iter().copied())
                .collect();
            place.run(&args)
        };
        let said = with(&[]);
        assert_eq!(said.code, code, "{args:?} {}{}", said.out, said.err);
        let said = with(&["--json"]);
        assert_eq!(said.code, code, "{args:?} {}{}", said.out, said.err);
        assert_eq!(json(&said)["decision"], decision, "{args:?}");
        assert_eq!(json(&said)["schema"], "interdict.screening/1");
    }
}

#[test]
fn a_failure_has_the_schema_of_its_command() {
    for (args, schema) in [
        (&["screen", "Djibo"][..], "interdict.screening/1"),
        (&["read", "-"], "interdict.reading/1"),
        (&["explain", "x", "Djibo"], "interdict.explanation/1"),
        (&["lists", "check"], "interdict.check/1"),
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--json", "--policy", "nosuch"]).collect();
        let answer = json(&check(&args, ERROR, &["nosuch"]));
        assert_eq!(answer["schema"], schema);
        assert_eq!(answer["decision"], "error");
        if schema == "interdict.reading/1" {
            assert_eq!(answer["problems"].as_array().map(Vec::len), Some(1));
            assert_eq!(answer["events"], answer["mentions"]);
        }
    }
}

#[test]
fn wrong_usage_is_an_error() {
    for args in [
        &[][..],
        &["screen"],
        &["scren", "Djibo"],
        &["screen", "Djibo", "--record", "x.csv"],
        &["lists"],
        &["lists", "add"],
        &["explain", "x"],
    ] {
        check(args, ERROR, &["Usage"]);
    }
    let typed = check(
        &["screen", "--threshold", "hi\u{1b}[2Jgh", "Djibo"],
        ERROR,
        &["--threshold"],
    );
    assert!(!typed.err.contains('\u{1b}'), "{:?}", typed.err);
    check(&["--help"], CLEAR, &["Exit codes", "20  error or unsafe"]);
    check(&["--version"], CLEAR, &["method interdict-1", "us-bank@", "eu-psp@"]);
    check(&["screen", "--help"], CLEAR, &["Exit codes"]);
    check(&["policies"], CLEAR, &["us-bank@", "newsroom@"]);
    check(&["completions", "bash"], CLEAR, &["_interdict"]);
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let code = Command::new(env!("CARGO_BIN_EXE_interdict"))
        .arg("screen")
        .arg(std::ffi::OsStr::from_bytes(b"Djib\xff"))
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(code.code(), Some(ERROR));
}

#[test]
fn with_nothing_loaded_the_first_line_says_so() {
    let said = check(&["screen", "Marta Kowalczyk"], CLEAR, &["policy us-bank@"]);
    assert_eq!(said.out.lines().next(), Some(SAMPLE_LINE));
    let said = check(&["screen", "Marta Kowalczyk", "--json"], CLEAR, &[]);
    assert_eq!(said.err.lines().next(), Some(SAMPLE_LINE));
    assert_eq!(json(&said)["snapshot"]["sample"], true);
    for args in [
        &["lists", "check"][..],
        &["lists", "show"],
        &["explain", DJIBO, "Djibo"],
    ] {
        let said = Place::new().run(args);
        assert_eq!(said.out.lines().next(), Some(SAMPLE_LINE), "{args:?}");
    }
}

#[track_caller]
fn check_text(args: &[&str], expect: Expect) {
    let said = Place::new().run(args);
    // The snapshot's id changes with every byte of the samples.
    let mut shown = said.out.clone();
    if let Some(at) = shown.find("snapshot ") {
        let id = at + "snapshot ".len();
        shown.replace_range(id..id + 16, "<id>");
    }
    expect.assert_eq(&shown);
    for it in said.out.lines() {
        assert!(it.chars().count() <= 80, "over 80 columns: {it}");
    }
}

#[test]
fn what_a_block_looks_like() {
    check_text(
        &["screen", "Hadji Usman Illiassou Djibo"],
        expect![[r#"
            SAMPLE LISTS ONLY, not for real screening: load lists with `interdict lists add`
            policy us-bank@1 · 8 lists, 113 entities · snapshot <id>

            BLOCK    Hadji Usman Illiassou Djibo
              Ousmane Illiassou DJIBO [us-ofac-sdn-32391], OFAC (SDGT): property is blocked:
              hold it, do not send it back, report within 10 business days

              0.97  Ousmane Illiassou DJIBO [us-ofac-sdn-32391], Person
                    by          Ousmane Illiassou DJIBO (primary)
                    listed      OFAC · SDGT · asset freeze
                    follows     block: property is blocked: hold it, do not send it back,
                                report within 10 business days (31 CFR 501.603, 594.201 and
                                the blocking section of each programme)
                    name         +2.30  Usman ~ Ousmane (few letters differ) · Illiassou ~
                                        Illiassou (same letters) · Djibo ~ DJIBO (same
                                        letters) · left over: Hadji | -
                    rarity       +1.50  what agrees is borne by about 1 in 10,000,000,000 or
                                        fewer
                    unknown     type (listed Person); birth date (listed 1984); country
                                (listed Mali, Niger); sex (listed male); birth place (listed
                                Niger)
        "#]],
    );
}

#[test]
fn what_an_explanation_looks_like() {
    check_text(
        &["explain", "32391", "Ousmane Sembene", "--birth-date", "1923"],
        expect![[r#"
            SAMPLE LISTS ONLY, not for real screening: load lists with `interdict lists add`
            policy us-bank@1 · 8 lists, 113 entities · snapshot <id>

            Ousmane Sembene: no match, score 0.00, threshold 0.50
              the index does not bring the two together: their best possible score is under
              the threshold

              0.00  Ousmane Illiassou DJIBO [us-ofac-sdn-32391], Person
                    by          Ousmane Illiassou DJIBO (primary)
                    listed      OFAC · SDGT · asset freeze
                    follows     nothing: the score is under the threshold. If it were the
                                same: block: property is blocked: hold it, do not send it
                                back, report within 10 business days (31 CFR 501.603,
                                594.201 and the blocking section of each programme)
                    name         -8.88  Ousmane ~ Ousmane (same letters) · left over:
                                        Sembene | Illiassou DJIBO
                    rarity       -0.42  what agrees is borne by about 1 in 10,000
                    birth date   -4.00  asked 1923, listed 1984: another date
                    unknown     type (listed Person); country (listed Mali, Niger); sex
                                (listed male); birth place (listed Niger)
        "#]],
    );
    check_text(
        &["explain", "32391", "Angela Merkel"],
        expect![[r#"
        SAMPLE LISTS ONLY, not for real screening: load lists with `interdict lists add`
        policy us-bank@1 · 8 lists, 113 entities · snapshot <id>

        Angela Merkel: no match, score 0.00, threshold 0.50
          the index does not bring the two together: their best possible score is under
          the threshold

          0.00  Ousmane Illiassou DJIBO [us-ofac-sdn-32391], Person
                listed      OFAC · SDGT · asset freeze
                follows     nothing: the score is under the threshold. If it were the
                            same: block: property is blocked: hold it, do not send it
                            back, report within 10 business days (31 CFR 501.603,
                            594.201 and the blocking section of each programme)
                name         +0.00  no part of any name agrees and no identifier is
                                    shared: nothing to compare, the score is 0
    "#]],
    );
}

#[test]
fn what_the_check_looks_like() {
    check_text(
        &["lists", "check"],
        expect![[r#"
        SAMPLE LISTS ONLY, not for real screening: load lists with `interdict lists add`
        policy us-bank@1 · 8 lists, 113 entities · snapshot <id>

        list                   format      records  entities  problems  names  missed
        us-ofac-sdn            ofac-csv         34        34         0    212       0
        us-ofac-sdn            ofac-xml          6         6         0     39       0
        un-sc                  un-xml           12        12         0     93       0
        eu-fsf                 eu-xml            8         8         0     54       0
        uk-conlist             uk-conlist        4         4         0     12       0
        uk-sanctions-list      uk-xml            4         4         0     15       0
        uk-sanctions-list      uk-csv            5         5         0     18       0
        sample_office_holders  ftm              40        40         0     68       0

        control: 511 of 511 published names find their own entry
    "#]],
    );
}

#[test]
fn shape_of_a_screening() {
    let said = check(
        &["screen", "Usman Ilyasu Jibo", "--country", "NE", "--json"],
        BLOCK,
        &[],
    );
    let answer = json(&said);
    for key in [
        "schema", "query", "decision", "matches", "snapshot", "policy", "reasons",
    ] {
        assert!(!answer[key].is_null(), "{key}");
    }
    let first = &answer["matches"][0];
    for key in [
        "entity",
        "score",
        "match",
        "decision",
        "consequence",
        "explanation",
        "weak",
    ] {
        assert!(!first[key].is_null(), "{key}");
    }
    for key in [
        "id",
        "caption",
        "schema",
        "names",
        "listings",
        "countries",
        "birth_dates",
        "topics",
        "positions",
        "identifiers",
    ] {
        assert!(!first["entity"][key].is_null(), "{key}");
    }
    let listing = first["entity"]["listings"][0].as_object().unwrap();
    for key in [
        "authority",
        "list",
        "programme",
        "programmes",
        "measure",
        "measures",
        "since",
        "legal_basis",
        "reference",
        "url",
    ] {
        assert!(listing.contains_key(key), "{key}");
    }
    assert_eq!(listing["programme"], "SDGT");
    assert_eq!(listing["measure"], "asset freeze");
    let features: Vec<&str> = first["explanation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["feature"].as_str().unwrap())
        .collect();
    assert_eq!(
        features,
        [
            "schema",
            "name",
            "rarity",
            "date",
            "country",
            "gender",
            "birth_place",
            "identifier"
        ]
    );
    let score = first["score"].as_f64().unwrap();
    assert!(
        (0.0..=1.0).contains(&score) && (score * 10_000.0).fract() == 0.0,
        "{score}"
    );
    let again = check(
        &["screen", "Usman Ilyasu Jibo", "--country", "NE", "--json"],
        BLOCK,
        &[],
    );
    assert_eq!(said.out, again.out, "same question, same bytes");
}

#[test]
fn identifiers_threshold_and_lists() {
    check(
        &["screen", "--id", "imo:9116412", "--json"],
        BLOCK,
        &["us-ofac-sdn-27304", "the same number"],
    );
    check(
        &["screen", "--id", "colour:red"],
        ERROR,
        &["colour:red", "the kind is not known"],
    );
    check(
        &["screen", "djibo ousmane", "--threshold", "0.99"],
        CLEAR,
        &["comes to 0.99"],
    );
    check(&["screen", "Djibo", "--threshold", "0"], ERROR, &["--threshold 0"]);
    check(
        &["screen", "Djibo", "--threshold", "-1"],
        ERROR,
        &["--threshold -1: not"],
    );
    for option in ["--country", "--birth-date", "--type", "--gender"] {
        check(&["screen", "Djibo", option, ""], ERROR, &["the value is empty"]);
    }
    check(&["screen", "Djibo", "--threshold", "NaN"], ERROR, &["--threshold NaN"]);
    check(
        &["screen", "Ousmane Illiassou Djibo", "--lists", "un-sc,eu-fsf"],
        CLEAR,
        &["2 lists"],
    );
    check(
        &["screen", "Djibo", "--lists", "un-sc,mars"],
        ERROR,
        &["--lists mars", "us-ofac-sdn"],
    );
    check(
        &["screen", "Djibo", "--country", "Atlantis"],
        ERROR,
        &["`country`", "`Atlantis`"],
    );
    check(
        &["explain", "nobody", "Djibo"],
        ERROR,
        &["no entity has the id `nobody`"],
    );
}

#[test]
fn explain_says_it_with_the_same_code() {
    let said = check(&["explain", DJIBO, "Ousmane Djibo", "--json"], BLOCK, &[]);
    assert_eq!(json(&said)["schema"], "interdict.explanation/1");
    assert_eq!(json(&said)["found"], true);
    let said = check(&["explain", DJIBO, "Angela Merkel", "--json"], CLEAR, &[]);
    assert_eq!(json(&said)["found"], false);
    assert_eq!(json(&said)["score"], 0.0);
}

#[test]
fn a_batch_answers_every_record_and_remembers_the_error() {
    let said = check(
        &["screen", "--record", &sample("customers.csv"), "--json"],
        ERROR,
        &["field `birth_date`, value `31.02.1975`"],
    );
    let answers: Vec<Value> = said.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(answers.len(), 25);
    let decision = |id: &str| {
        let answer = answers.iter().find(|it| it["record"] == id).unwrap();
        answer["decision"].as_str().unwrap().to_owned()
    };
    assert_eq!(decision("C001"), "block");
    assert_eq!(decision("C002"), "review");
    assert_eq!(decision("C010"), "block");
    assert_eq!(decision("C017"), "error");
    assert_eq!(decision("C025"), "clear");
    check(
        &["screen", "--record", &sample("customers.csv")],
        ERROR,
        &["CLEAR    Marta Kowalczyk", "ERROR", "25 answers:"],
    );
    let said = check(&["screen", "--record", &sample("customer.json"), "--json"], BLOCK, &[]);
    assert_eq!(json(&said)["matches"][0]["entity"]["id"], DJIBO);
}

#[test]
fn standard_input_is_told_by_its_content() {
    let place = Place::new();
    for (input, code) in [
        (&b"{\"name\":\"Ousmane Illiassou Djibo\"}"[..], BLOCK),
        (b"[{\"name\":\"Marta Kowalczyk\"}]", CLEAR),
        (
            b"{\"name\":\"Marta Kowalczyk\"}\n{\"name\":\"Ousmane Illiassou Djibo\"}\n",
            BLOCK,
        ),
        (b"full_name;dob\nMarta Kowalczyk;1979\n", CLEAR),
        (b"", ERROR),
        (b"<html></html>", ERROR),
        (b"\x00\x01\x02", ERROR),
        (b"{\"name\":\"A\xff\"}", ERROR),
        (b"{\"name\":\"\"}", ERROR),
        (b"{\"name\":\"\\u0001\\u0002\"}", ERROR),
    ] {
        let said = place.run_with(&["screen", "--record", "-"], input);
        assert_eq!(
            said.code,
            code,
            "{}\n{}{}",
            String::from_utf8_lossy(input),
            said.out,
            said.err
        );
    }
    let long = format!("{{\"id\":\"big\",\"name\":\"{}\"}}", "x".repeat(10 << 20));
    let said = place.run_with(&["screen", "--record", "-", "--json"], long.as_bytes());
    assert_eq!(said.code, ERROR);
    assert!(said.out.len() < 5_000, "the name is not given back in full");
    assert!(
        json(&said)["reasons"][0].as_str().unwrap().contains("10485760 bytes"),
        "{}",
        said.out
    );
}

#[test]
fn nothing_printed_moves_the_terminal() {
    // Control characters are refused, by name and never as clear: they could hide letters or break a name apart.
    let said = check(
        &["screen", "\u{1b}Ousmane Illiassou\u{9b} Djibo\u{202e}"],
        ERROR,
        &["U+001B"],
    );
    assert!(!said.out.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{:?}", said.out);
    let said = check(&["screen", "Djibo\u{1b}[2J\u{9b}31m", "--json"], ERROR, &["U+001B"]);
    assert!(!said.out.contains(['\u{1b}', '\u{9b}']), "{:?}", said.out);
    let said = check(&["screen", "x", "--policy", "\u{1b}[2J"], ERROR, &[]);
    assert!(!said.err.contains('\u{1b}'), "{:?}", said.err);
    let said = check(&["screen", "Ousmane Illiassou Djibo", "--color", "always"], BLOCK, &[]);
    assert!(said.out.contains("\u{1b}[1;31mBLOCK"), "{:?}", said.out);
}

#[test]
fn lists_are_added_shown_checked_and_removed() {
    let place = Place::new();
    let said = place.run(&["lists", "add", &sample("lists")]);
    assert_eq!(said.code, CLEAR, "{}{}", said.out, said.err);
    let said = place.run(&["screen", "Ousmane Illiassou Djibo"]);
    assert_eq!(said.code, BLOCK);
    assert!(!said.out.contains("SAMPLE LISTS ONLY"), "{}", said.out);
    let said = place.run(&["lists", "show", "--json"]);
    assert_eq!(json(&said)["schema"], "interdict.lists/1");
    assert_eq!(json(&said)["lists"].as_array().unwrap().len(), 8);
    let said = place.run(&["lists", "check", "--json"]);
    assert_eq!(said.code, CLEAR, "{}{}", said.out, said.err);
    let checked = json(&said);
    assert_eq!(checked["schema"], "interdict.check/1");
    for it in checked["lists"].as_array().unwrap() {
        assert!(it["list"].is_string() && it["format"].is_string());
        assert!(it["names"].as_u64() > Some(0) && it["problems"].is_u64());
        assert_eq!(it["records"], it["entities"], "{it}");
        assert_eq!(it["control"]["names"], it["names"]);
        assert_eq!(it["control"]["missed"], 0, "{it}");
    }
    let said = place.run(&["lists", "remove", "us-ofac-sdn/ofac-csv"]);
    assert_eq!(said.code, CLEAR, "{}", said.err);
    assert_eq!(place.run(&["screen", "Ousmane Illiassou Djibo"]).code, CLEAR);
    let said = place.run(&["lists", "remove", "mars"]);
    assert_eq!(said.code, ERROR);
    assert!(said.err.contains("un-sc/un-xml"), "{}", said.err);
}

#[test]
fn a_file_that_cannot_be_trusted_changes_nothing() {
    let place = Place::new();
    let folder = sample("lists/ofac-csv");
    assert_eq!(place.run(&["lists", "add", &folder]).code, CLEAR);
    let shown = place.run(&["lists", "show", "--json"]).out;
    let un = fs::read(sample("lists/un/consolidated.xml")).unwrap();
    let utf16: Vec<u8> = un.iter().flat_map(|it| [*it, 0]).collect();
    for (name, content) in [
        ("empty.xml", Vec::new()),
        ("page.xml", b"<!DOCTYPE html><html><body>moved</body></html>".to_vec()),
        ("half.xml", un[..un.len() / 2].to_vec()),
        (
            "short.xml",
            un[..un.iter().rposition(|it| *it == b'>').unwrap()].to_vec(),
        ),
        ("encoding.xml", utf16),
        ("sdn.csv", b"\x00\x01\x02".to_vec()),
        ("other.json", b"{\"a\":1}".to_vec()),
    ] {
        let file = place.file(name, content);
        for args in [&["lists", "add", &file][..], &["lists", "check", &file]] {
            let said = place.run(args);
            assert_eq!(said.code, ERROR, "{args:?}\n{}{}", said.out, said.err);
            assert!(said.err.contains(name), "the message names the file: {}", said.err);
        }
        // A good file beside a bad one is not added either.
        assert_eq!(
            place.run(&["lists", "add", &sample("lists/eu/full.xml"), &file]).code,
            ERROR
        );
        assert_eq!(place.run(&["lists", "show", "--json"]).out, shown);
    }
    for args in [
        &["lists", "add", "no-such-file.xml"][..],
        &["lists", "add", &folder, "--format", "mars"],
        &["screen", "--record", "no-such-file.csv"],
        &["screen", "--record", &folder],
    ] {
        let said = place.run(args);
        assert_eq!(said.code, ERROR, "{args:?}\n{}{}", said.out, said.err);
    }
    assert_eq!(place.run(&["screen", "Ousmane Illiassou Djibo"]).code, BLOCK);
}

#[test]
fn what_a_list_loses_is_said_aloud() {
    let place = Place::new();
    // An alias whose entry is not in the file.
    let sdn = fs::read_to_string(sample("lists/ofac-csv/sdn.csv")).unwrap();
    let alt = fs::read_to_string(sample("lists/ofac-csv/alt.csv")).unwrap();
    place.file("list/sdn.csv", sdn);
    let alt = place.file("list/alt.csv", format!("99999,1,\"aka\",\"NOBODY\",-0- \r\n{alt}"));
    let folder = Path::new(&alt).parent().unwrap().to_str().unwrap().to_owned();
    let said = place.run(&["lists", "add", &folder, "--strict"]);
    assert_eq!(said.code, ERROR);
    assert!(
        said.err.contains("`99999`") && said.err.contains("NOBODY"),
        "{}",
        said.err
    );
    assert_eq!(json(&place.run(&["lists", "show", "--json"]))["sample"], true);
    // A record that is skipped and files that are missing are gates: they fail until somebody lets them pass, by name.
    let said = place.run(&["lists", "add", &folder]);
    assert_eq!(said.code, ERROR, "{}", said.err);
    assert!(
        said.out.contains("records") && said.out.contains("family"),
        "{}",
        said.out
    );
    let passed = [
        "lists",
        "add",
        &folder,
        "--override",
        "records",
        "--override",
        "family",
        "--by",
        "A. Tester",
        "--reason",
        "a test",
    ];
    let said = place.run(&passed);
    assert_eq!(said.code, CLEAR, "{}", said.err);
    assert!(
        said.err.contains("WARNING") && said.err.contains("NOBODY"),
        "{}",
        said.err
    );
    assert!(said.out.contains("let pass by A. Tester"), "{}", said.out);
    let said = place.run(&["lists", "check", "--json"]);
    assert_eq!((said.code, json(&said)["decision"].as_str()), (REVIEW, Some("review")));
    let line = "us-ofac-sdn: 3 values or records could not be read";
    let answer = json(&place.run(&["screen", "Marta Kowalczyk", "--json"]));
    assert_eq!(answer["decision"], "clear");
    assert_eq!(answer["snapshot"]["lists"][0]["lost"], 3);
    assert!(answer["reasons"].to_string().contains(line), "{answer}");
    assert!(place.run(&["screen", "Marta Kowalczyk"]).out.contains(line));
    let answer = json(&place.run_with(&["read", "-", "--json"], b"It is raining."));
    assert!(answer["reasons"].to_string().contains(line), "{answer}");
    place.file("list/readme.txt", "");
    let answer = json(&place.run(&["lists", "add", &folder, "--json"]));
    assert!(answer["warnings"][0].to_string().contains("NOBODY"), "{answer}");
    assert!(answer["left_out"][0].to_string().contains("readme.txt"), "{answer}");
}

#[test]
fn a_damaged_store_never_answers() {
    let place = Place::new();
    assert_eq!(
        place.run(&["lists", "add", &sample("lists/un/consolidated.xml")]).code,
        CLEAR
    );
    let objects = place.dir.path().join("store/objects");
    let object = fs::read_dir(&objects).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&object).unwrap();
    fs::write(&object, &whole[..whole.len() - 1]).unwrap();
    for args in [
        &["screen", "Marta Kowalczyk"][..],
        &["screen", "Marta Kowalczyk", "--json"],
        &["lists", "check"],
    ] {
        let said = place.run(args);
        assert_eq!(said.code, ERROR, "{args:?}\n{}{}", said.out, said.err);
        assert!(said.err.contains("consolidated.xml"), "{}", said.err);
    }
    let manifest = place.dir.path().join("store/manifest.json");
    fs::remove_file(&manifest).unwrap();
    let said = place.run(&["screen", "Marta Kowalczyk"]);
    assert_eq!(said.code, ERROR, "{}", said.out);
    assert!(said.err.contains("missing, though lists are stored"), "{}", said.err);
    fs::write(&manifest, "{").unwrap();
    let said = place.run(&["screen", "Marta Kowalczyk", "--json"]);
    assert_eq!((said.code, json(&said)["decision"].as_str()), (ERROR, Some("error")));
}
