//! Gates on small lists, each with one thing wrong.

use super::*;
use crate::lists::{Format, SourceFile, parse};

const LIMITS: &str = include_str!("../../../../policies/gates/default.toml");

fn limits() -> Limits {
    Limits::parse(LIMITS).unwrap()
}

/// A list of so many persons and companies, of programme A each, and three persons of programme B.
fn list(persons: usize, companies: usize) -> Summary {
    let types = |persons: usize, companies: usize| {
        let all = [("Person", persons), ("Company", companies)];
        let all = all.into_iter().filter(|it| it.1 > 0);
        all.map(|it| (it.0.to_owned(), it.1)).collect()
    };
    Summary {
        published: PartialDate::parse("2024-05-03").ok(),
        entities: persons + companies + 3,
        names: persons,
        records: persons + companies + 3,
        main_records: persons + companies + 3,
        types: types(persons + 3, companies),
        programmes: [
            ("A".to_owned(), types(persons, companies)),
            ("B".to_owned(), types(3, 0)),
        ]
        .into(),
        ..Summary::default()
    }
}

/// The gates that do not let pass, as `name: words`.
fn failures(new: &Summary, before: Option<&Summary>, arrived: &Arrived<'_>, control: Option<&Control>) -> Vec<String> {
    check("a-list", new, before, arrived, control, &limits())
        .into_iter()
        .filter(|it| !it.verdict.lets_pass())
        .map(|it| format!("{}: {}", it.gate.name(), it.words))
        .collect()
}

#[test]
fn the_table_has_every_gate_once() {
    let all = check(
        "a",
        &list(1, 1),
        None,
        &Arrived::default(),
        Some(&Control::default()),
        &limits(),
    );
    let asked: Vec<Gate> = all.iter().map(|it| it.gate).collect();
    assert_eq!(asked, GATES.map(|it| it.gate));
    for it in GATES {
        assert_eq!(Gate::parse(it.name), Some(it.gate));
    }
    assert_eq!(Gate::parse("nosuch"), None);
}

#[test]
fn each_gate_fails_for_what_it_is_there_for() {
    #[track_caller]
    fn check(change: impl Fn(&mut Summary), expect: &[&str]) {
        let before = list(1_000, 100);
        let mut new = before.clone();
        change(&mut new);
        let control = Control {
            names: new.names,
            missed: Vec::new(),
        };
        let arrived = Arrived {
            today: PartialDate::parse("2024-05-04").ok(),
            ..Arrived::default()
        };
        let failed = failures(&new, Some(&before), &arrived, Some(&control));
        assert_eq!(failed.len(), expect.len(), "{failed:?}");
        for (got, expect) in failed.iter().zip(expect) {
            assert!(got.starts_with(expect), "{got}");
        }
    }
    check(|_| {}, &[]);
    check(|it| it.declared = Some(1_103), &[]);
    check(
        |it| it.declared = Some(1_104),
        &["count: the publisher says 1104 records, read were 1103"],
    );
    check(|it| it.lost_records = 1, &["records: 1 records lost"]);
    check(
        |it| it.missing_files.push("alt.csv".to_owned()),
        &["family: missing: alt.csv"],
    );
    check(|it| it.lost_values = 20, &[]);
    check(|it| it.lost_values = 21, &["values: 21 values lost (limit 20)"]);
    check(|it| it.published = None, &["date: undated, active is 2024-05-03"]);
    check(
        |it| it.published = PartialDate::parse("2024-05-02").ok(),
        &["date: 2024-05-02, active is 2024-05-03"],
    );
    check(|it| it.published = PartialDate::parse("2024-05").ok(), &[]);
    check(|it| it.published = PartialDate::parse("2024-05-05").ok(), &[]);
    check(
        |it| it.published = PartialDate::parse("2024-05-06").ok(),
        &["date: 2024-05-06 is in the future"],
    );
    // Two of a hundred, five of any.
    check(|it| *it = list(980, 100), &[]);
    check(|it| *it = list(979, 100), &["shrink: A/Person 1000 -> 979"]);
    check(|it| *it = list(1_000, 95), &[]);
    check(
        |it| *it = list(1_000, 94),
        &["shrink: Company 100 -> 94; A/Company 100 -> 94"],
    );
    // A programme that is gone is seen though the whole list has grown; one of three is under the limit of five.
    check(
        |it| {
            *it = list(1_100, 100);
            let all = it.programmes.remove("A").unwrap();
            it.programmes.insert("C".to_owned(), all);
        },
        &["shrink: A/Person 1000 -> 0; A/Company 100 -> 0"],
    );
    check(
        |it| {
            it.programmes.remove("B");
        },
        &[],
    );
    check(|it| *it = list(1_500, 100), &[]);
    check(|it| *it = list(2_000, 100), &["growth: 1103 -> 2103"]);
    check(
        |it| {
            it.identifiers.insert("imo".to_owned(), (200, 20));
        },
        &[],
    );
    check(
        |it| {
            it.identifiers.insert("imo".to_owned(), (200, 21));
        },
        &["identifiers: 21 of 200 imo fail"],
    );
    check(
        |it| it.fatal = Some("cut off".to_owned()),
        &[
            "whole: cut off",
            "count",
            "records",
            "family",
            "values",
            "date",
            "shrink",
            "growth",
            "identifiers",
            "control",
        ],
    );
}

#[test]
fn what_arrives_has_to_be_what_was_asked_for() {
    let new = list(10, 10);
    let control = Control::default();
    for (content_type, expected, expect) in [
        (None, None, ""),
        (Some("text/xml"), Some("a-list"), ""),
        (
            Some("Text/HTML; charset=utf-8"),
            None,
            "kind: the content type is text/html",
        ),
        (
            None,
            Some("un-sc"),
            "kind: it says that it is `a-list`, asked for was `un-sc`",
        ),
    ] {
        let arrived = Arrived {
            content_type,
            expected,
            today: None,
        };
        let failed = failures(&new, None, &arrived, Some(&control)).join("; ");
        assert!(
            failed.starts_with(expect) && failed.is_empty() == expect.is_empty(),
            "{failed}"
        );
    }
}

#[test]
fn a_name_that_is_not_found_and_a_test_that_was_left_out() {
    let new = list(10, 10);
    let control = Control {
        names: 10,
        missed: vec!["X does not find a-1: its own entry scores 0".to_owned()],
    };
    let said = failures(&new, None, &Arrived::default(), Some(&control));
    assert_eq!(
        said,
        ["control: 9 of 10 published names find their own entry; X does not find a-1: its own entry scores 0"]
    );
    let said = failures(&new, None, &Arrived::default(), None);
    assert_eq!(said, ["control: the self-test was left out"]);
}

#[test]
fn counts_of_a_real_reading() {
    // Two of the family are missing, and a row with too few cells is lost.
    let file = SourceFile {
        name: "sdn.csv",
        bytes: b"36,\"A LINE\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n37,\"B, C\",\"individual\",\"CUBA] [SDGT\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n38,\"D\"\r\n",
    };
    let summary = Summary::of(&parse(Format::OfacCsv, &[file]));
    assert_eq!(summary.missing_files, ["alt.csv", "add.csv"]);
    assert_eq!((summary.entities, summary.lost_records, summary.lost_values), (2, 1, 0));
    assert_eq!(summary.group(&Group::Programme("CUBA", "Person")), 1);
    assert_eq!(summary.group(&Group::Programme("SDGT", "Person")), 1);
    assert_eq!(summary.group(&Group::All), 2);
}

#[test]
fn limits_are_read_and_slips_are_named() {
    for (from, to, expect) in [
        ("percent = 2.0", "percent = 101", "shrink.percent = "),
        ("percent = 2.0", "percent = -1", "shrink.percent = "),
        ("percent = 2.0", "percent = \"x\"", "shrink.percent = "),
        ("entries = 5", "entires = 5", "shrink.entries is missing"),
        ("[growth]", "[growht]", "growth is missing"),
        ("[control]", "odd = 1\n[control]", "identifiers.odd: no such field"),
        ("version = 1", "", "version is missing"),
        ("[shrink]", "[shrink", ""),
    ] {
        let said = Limits::parse(&LIMITS.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(said.contains(expect), "{said}");
    }
    assert!(limits().label().starts_with("default@1#"));
}
