//! OFAC's advanced and enhanced XML: small cases as data, the real files, and that the formats of one publication agree.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases; the engine does not")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use interdict::entity::{Entity, Fact, Severity};
use interdict::lists::{self, Format, Parsed, SourceFile};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/lists/ofac-advanced")
}

fn format(name: &str) -> Format {
    if name.contains("enhanced") {
        Format::OfacEnhanced
    } else {
        Format::OfacAdvanced
    }
}

fn parse(name: &str, bytes: &[u8]) -> Parsed {
    lists::parse(format(name), &[SourceFile { name, bytes }])
}

fn cases() -> Vec<(String, Vec<u8>)> {
    let mut out: Vec<(String, Vec<u8>)> = fs::read_dir(testdata())
        .expect("the folder of cases is there")
        .map(|it| it.expect("an entry of it can be read").path())
        .filter(|it| it.extension().is_some_and(|it| it == "xml"))
        .map(|it| {
            let name = it.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read(it).expect("a case can be read"))
        })
        .collect();
    out.sort();
    out
}

/// The real files, where they are there.
fn shared(path: &str) -> Option<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lists/ofac");
    let found = fs::read(root.join(path)).ok();
    if found.is_none() {
        eprintln!("SKIPPED: ../shared/data/lists/ofac/{path} is not there");
    }
    found
}

#[track_caller]
fn consistent(parsed: &Parsed, what: &str) {
    for (kind, it) in &parsed.counts {
        assert_eq!(it.records, it.entities + it.lost, "{what}: `{kind}`");
    }
    let lost: usize = parsed.counts.values().map(|it| it.lost).sum();
    let told = parsed
        .problems
        .iter()
        .filter(|it| it.severity >= Severity::Loss)
        .count();
    assert!(told >= lost, "{what}: {lost} records lost, {told} problems");
    let ids: BTreeSet<&str> = parsed.entities.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids.len(), parsed.entities.len(), "{what}: an id stands twice");
}

#[test]
fn cases_of_the_advanced_and_the_enhanced_format() {
    for (name, bytes) in cases() {
        let parsed = parse(&name, &bytes);
        consistent(&parsed, &name);
        let expected = testdata().join(format!("{name}.expected"));
        expect_test::expect_file![expected].assert_eq(&support::render(&parsed));
    }
}

/// From a reader that gives a byte at a time, the same comes out.
#[test]
fn in_pieces() {
    struct Drops<'a>(&'a [u8]);
    impl std::io::Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let n = self.0.len().min(buffer.len()).min(1);
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }
    for (name, bytes) in cases() {
        for capacity in [1, 2, 3, 7, 64] {
            let mut source = std::io::BufReader::with_capacity(capacity, Drops(&bytes));
            let got = lists::parse_read(format(&name), &name, &mut source);
            assert_eq!(got, parse(&name, &bytes), "{name}, {capacity} bytes at a time");
        }
    }
}

/// What a file that was cut, or had one byte changed, may come to. A cut is never accepted unless it says the same. A changed byte
/// may change a value, which no format without a checksum can show; but no record goes without a problem.
#[track_caller]
fn check_fault(name: &str, what: &str, bytes: &[u8], whole: &Parsed, cut: bool) {
    let got = parse(name, bytes);
    consistent(&got, what);
    let told = got.problems.iter().any(|it| it.severity >= Severity::Loss);
    if cut {
        assert!(told || got == *whole, "{what}: accepted, and says something else");
    } else {
        assert!(
            got.problems.len() > whole.problems.len() || told || got.entities.len() == whole.entities.len(),
            "{what}: {} entities of {} without a problem",
            got.entities.len(),
            whole.entities.len()
        );
    }
}

#[test]
fn every_cut_and_many_changed_bytes() {
    for (name, bytes) in cases() {
        let whole = parse(&name, &bytes);
        if whole.fatal().is_some() {
            continue;
        }
        for len in 0..bytes.len() {
            check_fault(&name, &format!("{name} cut at {len}"), &bytes[..len], &whole, true);
        }
        for at in (0..bytes.len()).step_by(97) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 7);
            check_fault(&name, &format!("{name}, byte {at} changed"), &changed, &whole, false);
        }
    }
}

/// The values of an entity by field, to compare two formats.
fn facts(it: &Entity) -> BTreeMap<&'static str, BTreeSet<String>> {
    fn shown<T: std::fmt::Display>(facts: &[Fact<T>]) -> BTreeSet<String> {
        facts.iter().map(|it| it.value.to_string()).collect()
    }
    let party = &it.party;
    let listing = &it.listings[0];
    BTreeMap::from([
        ("schema", BTreeSet::from([party.schema.to_string()])),
        (
            "name",
            party
                .names
                .iter()
                .map(|it| {
                    let it = &it.value;
                    let weak = if it.weak { ", weak" } else { "" };
                    let parts = [it.given.as_deref(), it.family.as_deref()].map(|it| it.unwrap_or("-"));
                    format!("{} [{}], {}{weak}", it.text, parts.join("+"), it.kind.name())
                })
                .collect(),
        ),
        ("birth date", shown(&party.birth_dates)),
        ("founded", shown(&party.founded)),
        ("birth place", shown(&party.birth_places)),
        (
            "nationality",
            party
                .nationalities
                .iter()
                .map(|it| it.value.code().to_owned())
                .collect(),
        ),
        (
            "gender",
            party.genders.iter().map(|it| it.value.name().to_owned()).collect(),
        ),
        (
            "identifier",
            party
                .identifiers
                .iter()
                .map(|it| {
                    let country = it.value.country.map_or("", |it| it.code());
                    format!("{:?} {} {country}", it.value.kind, it.value.number)
                })
                .collect(),
        ),
        (
            "address",
            party.addresses.iter().map(|it| it.value.full.clone()).collect(),
        ),
        ("position", party.positions.iter().map(|it| it.value.clone()).collect()),
        ("programme", listing.programmes.iter().cloned().collect()),
        (
            "measure",
            listing.measures.iter().map(|it| it.name().to_owned()).collect(),
        ),
        (
            "reference",
            BTreeSet::from([listing.reference.clone(), listing.list.clone()]),
        ),
        (
            "country",
            party.countries.iter().map(|it| it.value.code().to_owned()).collect(),
        ),
        ("note", it.notes.iter().map(|it| it.value.clone()).collect()),
    ])
}

/// Differences between two readings: `id, field, -` for what only the first has, `+` for what only the second has.
fn differences(a: &Parsed, b: &Parsed) -> Vec<(String, &'static str, char, String)> {
    let by_id = |it: &Parsed| -> BTreeMap<String, BTreeMap<&'static str, BTreeSet<String>>> {
        it.entities.iter().map(|it| (it.id.clone(), facts(it))).collect()
    };
    let (a, b) = (by_id(a), by_id(b));
    let mut out = Vec::new();
    for id in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
        match (a.get(id), b.get(id)) {
            (Some(a), Some(b)) => {
                for (field, values) in a {
                    let others = &b[field];
                    out.extend(
                        values
                            .difference(others)
                            .map(|it| (id.clone(), *field, '-', it.clone())),
                    );
                    out.extend(
                        others
                            .difference(values)
                            .map(|it| (id.clone(), *field, '+', it.clone())),
                    );
                }
            }
            (a, _) => out.push((id.clone(), "entity", if a.is_some() { '-' } else { '+' }, String::new())),
        }
    }
    out
}

#[test]
fn shared_one_publication_in_two_formats() {
    let (Some(legacy), Some(advanced)) = (
        shared("consolidated_2020-03-17/consolidated.xml"),
        shared("consolidated_2020-03-17/cons_advanced.xml"),
    ) else {
        return;
    };
    let file = SourceFile {
        name: "consolidated.xml",
        bytes: &legacy,
    };
    let legacy = lists::parse(Format::OfacXml, &[file]);
    let advanced = parse("cons_advanced.xml", &advanced);
    consistent(&advanced, "cons_advanced.xml");
    assert_eq!(advanced.fatal(), None);
    eprintln!("{:?} {:?}", advanced.published, advanced.counts);
    for it in &advanced.problems {
        eprintln!("{} {it}", it.severity.name());
    }
    let all = differences(&legacy, &advanced);
    let mut n: BTreeMap<(&str, char), usize> = BTreeMap::new();
    for it in &all {
        *n.entry((it.1, it.2)).or_default() += 1;
    }
    eprintln!("{n:?}");
    for it in all.iter().take(400) {
        eprintln!("{} {} {} {}", it.0, it.1, it.2, it.3);
    }
    panic!("look");
}

#[test]
fn shared_enhanced_beside_the_legacy_file_of_two_months_later() {
    let (Some(legacy), Ok(enhanced)) = (
        shared("consolidated_2025-03/consolidated.xml"),
        fs::read("/tmp/ofac/CONS_ENHANCED.XML"),
    ) else {
        return;
    };
    let file = SourceFile {
        name: "consolidated.xml",
        bytes: &legacy,
    };
    let legacy = lists::parse(Format::OfacXml, &[file]);
    let enhanced = parse("cons_enhanced.xml", &enhanced);
    consistent(&enhanced, "cons_enhanced.xml");
    assert_eq!(enhanced.fatal(), None);
    eprintln!("{:?} {:?}", enhanced.published, enhanced.counts);
    for it in &enhanced.problems {
        eprintln!("{} {it}", it.severity.name());
    }
    let all = differences(&legacy, &enhanced);
    let mut n: BTreeMap<(&str, char), usize> = BTreeMap::new();
    for it in &all {
        *n.entry((it.1, it.2)).or_default() += 1;
    }
    eprintln!("{n:?}");
    for it in all.iter().filter(|it| it.1 != "note").take(300) {
        eprintln!("{} {} {} {}", it.0, it.1, it.2, it.3);
    }
    panic!("look");
}
