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
fn many_cuts_and_changed_bytes() {
    for (name, bytes) in cases() {
        let whole = parse(&name, &bytes);
        if whole.fatal().is_some() {
            continue;
        }
        // Every one of them: `cargo xtask measure faults`.
        for len in (0..bytes.len())
            .step_by(11)
            .chain(bytes.len().saturating_sub(60)..bytes.len())
        {
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
        ("note", notes(it, false)),
        ("note of the entry", notes(it, true)),
        ("legal basis", listing.legal_basis.iter().cloned().collect()),
        ("since", listing.since.iter().map(ToString::to_string).collect()),
        (
            "relation",
            it.relations
                .iter()
                .filter(|it| it.origin.field == "relationship")
                .map(|it| it.value.to_string())
                .collect(),
        ),
    ])
}

/// The remarks, or what is said of the entries: lists and types of sanctions.
fn notes(it: &Entity, entry: bool) -> BTreeSet<String> {
    it.notes
        .iter()
        .filter(|it| matches!(it.origin.field, "sanctionsList" | "sanctionsType") == entry)
        .map(|it| it.value.clone())
        .collect()
}

fn differences(a: &Parsed, b: &Parsed) -> Vec<Difference> {
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

/// A difference: id, field, `-` for what only the first reading has or `+` for what only the second has, value.
type Difference = (String, &'static str, char, String);

/// A class of differences that is as it should be, and whether a difference among all is of it.
type Explained = (&'static str, fn(&Difference, &[Difference]) -> bool);

fn partner(it: &Difference, all: &[Difference], same: impl Fn(&str, &str) -> bool) -> bool {
    let other = |other: &&Difference| other.0 == it.0 && other.1 == it.1 && other.2 != it.2;
    all.iter().filter(other).any(|other| same(&it.3, &other.3))
}

const LETTER_CASE: Explained = (
    "the legacy XML writes every name in capitals, the advanced one as it was entered; comparing folds case",
    |it, all| it.1 == "name" && partner(it, all, |a, b| a.to_uppercase() == b.to_uppercase()),
);
const FULL_STOP: Explained = (
    "the legacy XML joins remarks into a sentence, so that a full stop more or less stands at the end of a clause",
    |it, all| it.1 == "note" && partner(it, all, |a, b| a.trim_end_matches('.') == b.trim_end_matches('.')),
);
const ENTRY: Explained = (
    "the legacy XML names neither lists nor types of sanctions, legal acts, days of entry nor relations by key",
    |it, _| it.2 == '+' && matches!(it.1, "note of the entry" | "legal basis" | "since" | "relation"),
);
const OWN_SCRIPT: Explained = ("the legacy XML has no letters but Latin ones", |it, _| {
    it.2 == '+' && matches!(it.1, "name" | "address") && !it.3.is_ascii()
});
const ISSUER: Explained = (
    "the legacy XML has no field for who issued a document, nor for a comment on a value",
    |it, _| {
        it.2 == '+' && it.1 == "note" && {
            let (number, more) = it.3.rsplit_once([' ']).unwrap_or_default();
            number.ends_with(" by") || more.starts_with('(') || it.3.ends_with("website for the bank")
        }
    },
);
const TWO_MONTHS: Explained = (
    "changes between January and March 2025: the issuing country of documents of VTB and Novikombank, a secondary risk",
    |it, _| match it.0.as_str() {
        "us-ofac-cons-17013" | "us-ofac-cons-18784" => it.1 == "identifier",
        "us-ofac-cons-9659" => it.1 == "note" && it.3.starts_with("Secondary sanctions risk"),
        _ => false,
    },
);

/// Fails on a difference that no class explains, and on a class that explains none.
#[track_caller]
fn agree(a: &Parsed, b: &Parsed, explained: &[Explained]) {
    let all = differences(a, b);
    let mut counts = vec![0; explained.len()];
    let mut open = Vec::new();
    for it in &all {
        match explained.iter().position(|class| class.1(it, &all)) {
            Some(class) => counts[class] += 1,
            None => open.push(format!("{} {} {} {}", it.0, it.1, it.2, it.3)),
        }
    }
    for (class, n) in explained.iter().zip(&counts) {
        eprintln!("{n} differences: {}", class.0);
        assert!(*n > 0, "nothing is explained by: {}", class.0);
    }
    assert_eq!(open, Vec::<String>::new(), "differences that nothing explains");
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
    assert_eq!(advanced.problems, Vec::new());
    assert_eq!((advanced.entities.len(), legacy.entities.len()), (375, 375));
    assert_eq!(advanced.published, legacy.published);
    agree(&legacy, &advanced, &[LETTER_CASE, FULL_STOP, ENTRY, ISSUER]);
}

/// Not one publication, but close: what differs is what the formats do not share, and two entries.
#[test]
fn shared_enhanced_beside_the_legacy_file_of_two_months_later() {
    let (Some(legacy), Some(zip)) = (
        shared("consolidated_2025-03/consolidated.xml"),
        shared("consolidated_enhanced_2025-01/CONS_ENHANCED.ZIP"),
    ) else {
        return;
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).expect("the archive is whole");
    let mut enhanced = Vec::new();
    let mut member = archive.by_index(0).expect("the archive has one member");
    std::io::Read::read_to_end(&mut member, &mut enhanced).expect("the member is whole");
    let file = SourceFile {
        name: "consolidated.xml",
        bytes: &legacy,
    };
    let legacy = lists::parse(Format::OfacXml, &[file]);
    let enhanced = parse("cons_enhanced.xml", &enhanced);
    consistent(&enhanced, "cons_enhanced.xml");
    assert_eq!(enhanced.problems, Vec::new());
    assert_eq!((enhanced.entities.len(), legacy.entities.len()), (443, 443));
    agree(&legacy, &enhanced, &[FULL_STOP, ENTRY, OWN_SCRIPT, ISSUER, TWO_MONTHS]);
}

/// Every real file of OFAC that is refused, with the reason: none of them is a file as OFAC publishes it.
#[test]
fn shared_files_that_are_refused() {
    let no_mark = "the mark of the end (0x1A) is missing";
    let cases: [(&[&str], Format, &[&str]); 3] = [
        // Somebody took the carriage returns and the ends out: `add.csv` stops inside of `-0- `, `sdn.csv` and `alt.csv` behind their
        // last value. Also, `sdn_comments.csv` beside them is that of 2023-12-28: its remarks go on with others.
        (
            &["sdn_2019-01/sdn.csv", "sdn_2019-01/alt.csv", "sdn_2019-01/add.csv"],
            Format::OfacCsv,
            &[no_mark, no_mark, no_mark],
        ),
        // A few rows of larger files.
        (
            &[
                "samples/excerpt_sdn.csv",
                "samples/excerpt_alt.csv",
                "samples/excerpt_add.csv",
                "samples/excerpt_sdn_comments.csv",
            ],
            Format::OfacCsv,
            &[no_mark, no_mark, no_mark, no_mark],
        ),
        // 8 entries of a file that still says how many it had.
        (
            &["samples/sdn.xml"],
            Format::OfacXml,
            &["the file declares 8197 entries and holds 8"],
        ),
    ];
    for (paths, format, expect) in cases {
        let held: Option<Vec<Vec<u8>>> = paths.iter().map(|it| shared(it)).collect();
        let Some(held) = held else { return };
        let files: Vec<SourceFile<'_>> = paths
            .iter()
            .zip(&held)
            .map(|(path, bytes)| SourceFile {
                name: path.rsplit('/').next().unwrap_or(path),
                bytes,
            })
            .collect();
        let parsed = lists::parse(format, &files);
        let fatal: Vec<String> = parsed
            .problems
            .iter()
            .filter(|it| it.severity == Severity::Fatal)
            .map(ToString::to_string)
            .collect();
        assert_eq!(fatal.len(), expect.len(), "{paths:?}: {fatal:?}");
        for (got, expect) in fatal.iter().zip(expect) {
            assert!(got.contains(expect), "{paths:?}: {got}");
        }
    }
}

/// One party on the umbrella list makes no other file of that of the SDN list; a file name that says the contrary is refused.
#[test]
fn one_party_on_the_other_list() {
    let bytes = fs::read(testdata().join("advanced-people.xml")).expect("the case is there");
    let text = String::from_utf8(bytes).expect("the case is UTF-8");
    let entry = r#"<SanctionsEntry ID="98" ProfileID="101" ListID="91512"></SanctionsEntry></SanctionsEntries>"#;
    let advanced = text.replace("</SanctionsEntries>", entry);
    assert_ne!(advanced, text);
    let bytes = fs::read(testdata().join("enhanced-people.xml")).expect("the case is there");
    let text = String::from_utf8(bytes).expect("the case is UTF-8");
    let entry =
        r#"<sanctionsList refId="1" id="9">Consolidated List</sanctionsList><sanctionsList refId="1550" id="1""#;
    let enhanced = text.replacen(r#"<sanctionsList refId="1550" id="1""#, entry, 1);
    assert_ne!(enhanced, text);
    for (shape, text) in [("advanced", advanced), ("enhanced", enhanced)] {
        for (name, refused) in [("", false), ("SDN_", false), ("cons_", true)] {
            let name = format!("{name}{shape}.xml");
            let parsed = parse(&name, text.as_bytes());
            assert_eq!(parsed.list, "us-ofac-sdn", "{name}");
            assert_eq!(parsed.fatal().is_some(), refused, "{name}: {:?}", parsed.fatal());
        }
    }
}
