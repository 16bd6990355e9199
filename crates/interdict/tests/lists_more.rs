//! The US screening and denial lists, the EU's CSV, FollowTheMoney in its shapes and its way out, Senzing, lists of one's own.
//!
//! `testdata/lists/<us|senzing|own>/<case>`, each with its reason in `why.txt`, is read and compared with `<case>.expected`;
//! `UPDATE_EXPECT=1` rewrites it. The cases of the EU's CSV and of FollowTheMoney's shapes stand with those of their XML and their
//! lines, in `lists_eu.rs`. The real files are not part of the repository.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read their fixtures, and stop where one is not there"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use interdict::entity::{Entity, Fact, Severity};
use interdict::lists::{Format, Parsed, SourceFile, detect, ftm, parse};
use interdict::wire::{self, ftm as out};

/// Files that are read together.
type Held = Vec<(String, Vec<u8>)>;

fn testdata(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/lists")
        .join(folder)
}

fn hold(paths: &[PathBuf]) -> Held {
    paths
        .iter()
        .map(|it| {
            (
                it.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read(it).unwrap(),
            )
        })
        .collect()
}

fn sources(held: &Held) -> Vec<SourceFile<'_>> {
    held.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect()
}

/// The one format that the files are in.
fn format_of(held: &Held) -> Format {
    let groups = detect::group(&sources(held));
    assert_eq!(groups.len(), 1, "{}: {groups:?}", held[0].0);
    groups[0]
        .format
        .unwrap_or_else(|| panic!("{}: {:?}", held[0].0, groups[0].reason))
}

fn read(format: Format, held: &Held) -> Parsed {
    let parsed = parse(format, &sources(held));
    consistent(&parsed, &held[0].0);
    parsed
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
    assert!(told >= lost.min(1), "{what}: {lost} records lost without a problem");
    let ids: BTreeSet<&str> = parsed.entities.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids.len(), parsed.entities.len(), "{what}: an id stands twice");
}

/// The cases of a folder: the main file, with its mapping where it has one.
fn cases(folder: &str) -> Vec<(String, Held)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(testdata(folder))
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    paths.sort();
    let is = |it: &Path, ending: &str| it.to_str().unwrap().ends_with(ending);
    let why = std::fs::read_to_string(testdata(folder).join("why.txt")).unwrap();
    let mut out = Vec::new();
    for path in paths
        .iter()
        .filter(|it| !is(it, ".expected") && !is(it, ".txt") && !is(it, ".toml"))
    {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(
            why.contains(&format!("{name}: ")),
            "`{folder}/why.txt`: no reason for `{name}`"
        );
        let mapping = path.with_extension("mapping.toml");
        let mut files = vec![path.clone()];
        files.extend(Some(mapping).filter(|it| it.exists()));
        out.push((name, hold(&files)));
    }
    assert_eq!(why.lines().count(), out.len(), "`{folder}/why.txt`: a line a case");
    out
}

#[track_caller]
fn check(folder: &str) {
    for (name, held) in cases(folder) {
        let parsed = read(format_of(&held), &held);
        expect_test::expect_file![testdata(folder).join(format!("{name}.expected"))]
            .assert_eq(&support::render(&parsed));
    }
}

#[test]
fn us() {
    check("us");
}

#[test]
fn senzing() {
    check("senzing");
}

#[test]
fn own() {
    check("own");
}

/// The example of docs/own-list.md is read as it says.
#[test]
fn own_list_of_the_documentation() {
    let text = std::fs::read_to_string(testdata("../../docs/own-list.md")).unwrap();
    let block = |kind: &str| {
        let start = text.find(&format!("```{kind}\n")).unwrap() + kind.len() + 4;
        text.as_bytes()[start..start + text[start..].find("```").unwrap()].to_vec()
    };
    let held = vec![
        ("internal.csv".to_owned(), block("csv")),
        ("internal.mapping.toml".to_owned(), block("toml")),
    ];
    let parsed = read(format_of(&held), &held);
    let said: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["record `header`, field `Branch`: the mapping does not name this column: kept as a note"]
    );
    let names: Vec<Vec<&str>> = parsed
        .entities
        .iter()
        .map(|it| it.party.names.iter().map(|it| it.value.text.as_str()).collect())
        .collect();
    assert_eq!(
        names,
        [
            vec!["Hassan Example", "Hasan Mithal", "Abou Example"],
            vec!["Sample Trading Ltd"]
        ]
    );
    assert_eq!(parsed.entities[0].id, "acme-internal-W-1");
    assert_eq!(parsed.entities[0].listings[0].authority.name(), "Acme Bank");
    assert_eq!(parsed.entities[0].party.birth_dates[0].value.to_string(), "1984-06-28");
}

/// The facts of two readings, without where they stand.
fn facts(it: &Entity) -> BTreeSet<String> {
    fn all<T: std::fmt::Debug>(out: &mut BTreeSet<String>, what: &str, facts: &[Fact<T>]) {
        out.extend(facts.iter().map(|it| format!("{what} {:?}", it.value)));
    }
    let mut out = BTreeSet::new();
    let party = &it.party;
    all(&mut out, "name", &party.names);
    all(&mut out, "born", &party.birth_dates);
    all(&mut out, "nationality", &party.nationalities);
    all(&mut out, "gender", &party.genders);
    all(&mut out, "id", &party.identifiers);
    all(&mut out, "address", &party.addresses);
    all(&mut out, "position", &party.positions);
    out
}

/// One entry says the same in the EU's XML and CSV, but for what the CSV has no column for.
#[test]
fn eu_csv_says_what_the_xml_says() {
    let xml = hold(&[testdata("eu").join("person.xml")]);
    let csv = hold(&[testdata("eu").join("csv-1.1.csv")]);
    let (xml, csv) = (read(Format::EuXml, &xml), read(format_of(&csv), &csv));
    let (one, other) = (&xml.entities[0], &csv.entities[0]);
    assert_eq!((&one.id, one.party.schema), (&other.id, other.party.schema));
    let one = facts(one);
    let more: Vec<String> = facts(other).into_iter().filter(|it| !one.contains(it)).collect();
    assert_eq!(
        more,
        Vec::<String>::new(),
        "the CSV case holds some of the facts of the XML case and no others"
    );
    let (plain, resaved) = (
        hold(&[testdata("eu").join("csv-1.0.csv")]),
        hold(&[testdata("eu").join("csv-1.0-resaved.csv")]),
    );
    assert_eq!(
        read(Format::EuCsv, &plain).entities,
        read(Format::EuCsv, &resaved).entities
    );
}

/// Cases of every new format, for cuts and damage.
fn every_format() -> Vec<Held> {
    let mut out: Vec<Held> = ["us", "senzing", "own"]
        .into_iter()
        .flat_map(cases)
        .map(|it| it.1)
        .collect();
    for (folder, name) in [
        ("eu", "csv-1.0.csv"),
        ("eu", "csv-1.0-resaved.csv"),
        ("eu", "csv-1.1.csv"),
        ("ftm", "simple.csv"),
        ("ftm", "statements.csv"),
        ("ftm", "statements.pack"),
        ("ftm", "nested.ndjson"),
    ] {
        out.push(hold(&[testdata(folder).join(name)]));
    }
    out
}

/// Cut at every byte, a file is refused, or says the same, or says by a new problem that something is missing. A cut right behind a line
/// cannot be seen in a format without an end mark; there only what the lines say may be said.
#[test]
fn cuts() {
    for whole in every_format() {
        let format = format_of(&whole);
        let intact = read(format, &whole);
        if intact.fatal().is_some() {
            continue;
        }
        let bytes = &whole[0].1;
        for end in 0..bytes.len() {
            let mut cut = whole.clone();
            cut[0].1.truncate(end);
            let got = read(format, &cut);
            let at_line = end == 0 || bytes[end - 1] == b'\n' || matches!(bytes[end], b'\n' | b'\r');
            let by_line = format != Format::UsCslJson && at_line;
            let told = got.problems.iter().any(|it| !intact.problems.contains(it));
            assert!(
                got.fatal().is_some() || got == intact || by_line || told,
                "`{}` cut at byte {end} passes",
                whole[0].0
            );
        }
    }
}

/// Whatever the bytes are, a reader answers: counts that add up, and no panic.
#[test]
fn damage() {
    // A linear congruential generator (Knuth's constants): the same damage on every run.
    let mut state = 11_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let spices = b"()\"',;:.{}[]<>/&|-?0a1)\t\n\r\0\xc3\xa9\xff";
    for whole in every_format() {
        let format = format_of(&whole);
        for _ in 0..150 {
            let mut damaged = whole.clone();
            let file = random(damaged.len());
            for _ in 0..=random(4) {
                let at = random(damaged[file].1.len());
                damaged[file].1[at] = spices[random(spices.len())];
            }
            let parsed = read(format, &damaged);
            // The way out takes whatever came in.
            exported(&parsed.entities, out::Shape::Nested);
        }
    }
}

fn exported(entities: &[Entity], shape: out::Shape) -> Vec<u8> {
    let mut text = String::new();
    out::export(entities.iter(), shape, &mut |it| {
        text += &wire::to_line(it);
        text.push('\n');
    });
    text.into_bytes()
}

/// An entity with its values in an order of their own, since FollowTheMoney keeps none. Of notes only the text counts: properties that
/// FollowTheMoney 4.11 does not have (`spouse: ...`) come back as `notes: spouse: ...`.
fn sorted(it: &Entity) -> Entity {
    fn sort<T: std::fmt::Debug>(all: &mut [T]) {
        all.sort_by_cached_key(|it| format!("{it:?}"));
    }
    let mut it = it.clone();
    let party = &mut it.party;
    sort(&mut party.names);
    sort(&mut party.birth_dates);
    sort(&mut party.founded);
    sort(&mut party.birth_places);
    sort(&mut party.nationalities);
    sort(&mut party.countries);
    sort(&mut party.genders);
    sort(&mut party.identifiers);
    sort(&mut party.addresses);
    sort(&mut party.positions);
    it.topics.sort_unstable();
    sort(&mut it.listings);
    for note in &mut it.notes {
        note.origin.field = "";
        if let Some(text) = note.value.strip_prefix("notes: ") {
            note.value = text.to_owned();
        }
    }
    sort(&mut it.notes);
    sort(&mut it.relations);
    it
}

fn shown(it: &Entity) -> BTreeSet<String> {
    let mut parsed = Parsed::new("", Format::Ftm);
    parsed.entities.push(it.clone());
    support::render(&parsed).lines().map(str::to_owned).collect()
}

/// What differs between entities and what is read from their export.
fn differences(before: &[Entity], format: Format, bytes: Vec<u8>) -> Vec<String> {
    let held = vec![("export.json".to_owned(), bytes)];
    let after = read(format, &held);
    let mut out: Vec<String> = Vec::new();
    if let Some(it) = after.fatal() {
        out.push(it.to_string());
    }
    let by_id: BTreeMap<&str, &Entity> = after.entities.iter().map(|it| (it.id.as_str(), it)).collect();
    for it in before {
        match by_id.get(it.id.as_str()) {
            None => out.push(format!("{} is gone", it.id)),
            Some(other) => {
                let (a, b) = (sorted(it), sorted(other));
                if a != b {
                    let (a, b) = (shown(&a), shown(&b));
                    let gone: Vec<&String> = a.difference(&b).collect();
                    let new: Vec<&String> = b.difference(&a).collect();
                    out.push(format!("{}: gone {gone:?}, new {new:?}", it.id));
                }
            }
        }
    }
    out
}

/// Entities that came as FollowTheMoney are the same after they went out and came in again, flat and nested.
#[track_caller]
fn check_round_trip(held: &Held, format: Format, but: usize) {
    let parsed = read(format, held);
    for (shape, format) in [(out::Shape::Flat, Format::Ftm), (out::Shape::Nested, Format::FtmNested)] {
        let bytes = exported(&parsed.entities, shape);
        assert_eq!(bytes, exported(&parsed.entities, shape), "the same bytes each time");
        let differ = differences(&parsed.entities, format, bytes);
        eprintln!(
            "{} {shape:?}: {} of {} differ",
            held[0].0,
            differ.len(),
            parsed.entities.len()
        );
        for it in differ.iter().take(5) {
            eprintln!("    {it}");
        }
        assert_eq!(differ.len(), but, "{} {shape:?}", held[0].0);
    }
}

#[test]
fn round_trip() {
    for (name, format, but) in [
        ("authorities.ndjson", Format::Ftm, 0),
        ("edges.ndjson", Format::Ftm, 0),
        // A bank account is a thing, and `Thing` is abstract: it goes out as a legal entity, and is controlled, not owned.
        ("identifiers.ndjson", Format::Ftm, 2),
        ("names.ndjson", Format::Ftm, 0),
        ("topics.ndjson", Format::Ftm, 0),
        ("nested.ndjson", Format::FtmNested, 0),
    ] {
        check_round_trip(&hold(&[testdata("ftm").join(name)]), format, but);
    }
}

/// What came in another format changes once, to what FollowTheMoney can say, and then no more.
#[test]
fn other_formats_settle() {
    for held in every_format() {
        let parsed = read(format_of(&held), &held);
        let once = parse(
            Format::Ftm,
            &[SourceFile {
                name: "a",
                bytes: &exported(&parsed.entities, out::Shape::Flat),
            }],
        );
        if parsed.entities.is_empty() {
            continue;
        }
        consistent(&once, &held[0].0);
        assert_eq!(once.fatal(), None, "{}", held[0].0);
        let lost: Vec<String> = once
            .problems
            .iter()
            .filter(|it| it.severity == Severity::Loss)
            .map(ToString::to_string)
            .collect();
        assert_eq!(lost, Vec::<String>::new(), "{}", held[0].0);
        let differ = differences(&once.entities, Format::Ftm, exported(&once.entities, out::Shape::Flat));
        assert_eq!(differ, Vec::<String>::new(), "{}", held[0].0);
    }
}

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lists");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: ../shared not present");
    None
}

fn unpacked(path: &Path) -> Vec<u8> {
    use std::io::Read as _;
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(std::fs::read(path).unwrap().as_slice())
        .read_to_end(&mut out)
        .unwrap();
    out
}

/// Problems by severity, field and message, with their number.
fn classes(parsed: &Parsed) -> BTreeMap<String, usize> {
    let mut out: BTreeMap<String, usize> = BTreeMap::new();
    for it in &parsed.problems {
        *out.entry(format!("{} {}: {}", it.severity.name(), it.field, it.message))
            .or_default() += 1;
    }
    out
}

#[track_caller]
fn check_classes(parsed: &Parsed, expect: &[(&str, usize)]) {
    let got: Vec<(String, usize)> = classes(parsed).into_iter().collect();
    let expect: BTreeMap<String, usize> = expect.iter().map(|it| (it.0.to_owned(), it.1)).collect();
    assert_eq!(got, expect.into_iter().collect::<Vec<_>>(), "{}", parsed.list);
}

#[test]
fn real_us_csl() {
    let Some(shared) = shared() else { return };
    let held = vec![(
        "consolidated.csv".to_owned(),
        unpacked(&shared.join("us_csl/2022-04/consolidated.csv.gz")),
    )];
    let parsed = read(format_of(&held), &held);
    // 14,160 rows; 71 parties of OFAC stand on two or three of its lists, with 112 rows too many.
    assert_eq!(parsed.entities.len(), 14_048);
    for (kind, records) in [
        ("sdn individual", 5_206),
        ("sdn entity", 4_104),
        ("sdn vessel", 433),
        ("sdn aircraft", 283),
        ("ssi entity", 290),
        ("plc individual", 78),
        ("cmic entity", 68),
        ("cap entity", 53),
        ("ns-mbs list entity", 17),
        ("fse individual", 2),
        ("fse entity", 1),
        ("el", 2_001),
        ("dpl", 462),
        ("uvl", 201),
        ("meu", 71),
        ("isn", 163),
        ("dtc", 727),
    ] {
        assert_eq!(
            parsed.counts.get(kind).map(|it| (it.records, it.lost)),
            Some((records, 0)),
            "{kind}"
        );
    }
    assert_eq!(
        parsed.counts.values().map(|it| it.records).sum::<usize>(),
        14_160,
        "none had ended"
    );
    check_classes(
        &parsed,
        &[
            // A state of the US in place of a country.
            ("notice addresses: a country that is not known; kept in the address", 1),
            // `0097-06-30`, for 1997.
            ("notice start_date: not a date that exists; kept as a note", 3),
            // Labels of OFAC that its own table does not hold.
            (
                "notice ids: a type of identifier that is not known; kept under its label",
                18,
            ),
            (
                "notice name: a control character where Windows-1252 has a letter or a quote: read as that",
                3,
            ),
            (
                "notice name: a letter or a quote that was lost before publication stands as `?`; also kept without it",
                30,
            ),
            (
                "notice alt_names: a letter or a quote that was lost before publication stands as `?`; also kept without it",
                100,
            ),
            (
                "notice : the file states no date of its own: it is of this day or later, by what it holds",
                1,
            ),
        ],
    );
}

/// The same parties as in OFAC's own files of other days, by their numbers: most facts must be the same.
#[test]
fn real_us_csl_agrees_with_ofac() {
    let Some(shared) = shared() else { return };
    let held = vec![(
        "consolidated.csv".to_owned(),
        unpacked(&shared.join("us_csl/2022-04/consolidated.csv.gz")),
    )];
    let csl = read(Format::UsCslCsv, &held);
    let folder = shared.join("ofac/sdn_2023-12-28");
    let sdn = hold(&["sdn.csv", "alt.csv", "add.csv"].map(|it| folder.join(it)));
    let sdn = read(Format::OfacCsv, &sdn);
    let by_number: BTreeMap<&str, &Entity> = sdn
        .entities
        .iter()
        .map(|it| (it.listings[0].reference.as_str(), it))
        .collect();
    let (mut both, mut same_kind, mut same_name, mut same_birth, mut births) = (0, 0, 0, 0, 0);
    for it in &csl.entities {
        let Some(other) = by_number.get(it.listings[0].reference.as_str()) else {
            continue;
        };
        if it.listings[0].authority.name() != "OFAC" {
            continue;
        }
        both += 1;
        same_kind += usize::from(it.party.schema == other.party.schema);
        same_name += usize::from(it.caption().eq_ignore_ascii_case(other.caption()));
        let days = |it: &Entity| {
            it.party
                .birth_dates
                .iter()
                .map(|it| it.value.to_string())
                .collect::<BTreeSet<_>>()
        };
        if !days(it).is_empty() && !days(other).is_empty() {
            births += 1;
            same_birth += usize::from(!days(it).is_disjoint(&days(other)));
        }
    }
    eprintln!("{both} parties on both: kind {same_kind}, name {same_name}, a birth date {same_birth} of {births}");
    assert!(
        both > 9_000 && same_kind * 1000 > both * 999 && same_name * 100 > both * 98 && same_birth * 100 > births * 97
    );
}

#[test]
fn real_us_dpl() {
    let Some(shared) = shared() else { return };
    let held = hold(&[shared.join("us_bis/dpl_2021.txt")]);
    let parsed = read(format_of(&held), &held);
    assert_eq!((parsed.entities.len(), parsed.counts["dpl"].records), (546, 665));
    check_classes(
        &parsed,
        &[
            ("notice addresses: a country that is not known; kept in the address", 1),
            (
                "notice : the file states no date of its own: it is of this day or later, by what it holds",
                1,
            ),
        ],
    );
}

#[test]
fn real_eu_csv() {
    let Some(shared) = shared() else { return };
    let held = hold(&[shared.join("eu/csv10_excerpt_2018-07/EUSanctionsShort.csv")]);
    let parsed = read(format_of(&held), &held);
    assert_eq!(
        (
            parsed.entities.len(),
            parsed.counts["row"].records,
            parsed.counts["row"].lost
        ),
        (93, 999, 0)
    );
    assert_eq!(parsed.published.map(|it| it.to_string()).as_deref(), Some("2018-07-04"));
    check_classes(
        &parsed,
        &[
            (
                "notice : each line is one quoted cell, with tabs where commas stood: saved again by another program, and read as it was before",
                1,
            ),
            // Greek and Bulgarian names, which became question marks when the excerpt was saved.
            (
                "loss nameAlias: a name whose letters were lost before it came here: not screened",
                64,
            ),
        ],
    );
}

#[test]
fn real_ftm_shapes() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("opensanctions/saudi_wikidata_2024");
    let held = hold(&[folder.join("statements.pack")]);
    let statements = read(format_of(&held), &held);
    // 100 persons, their family ties and offices; the pack of a crawler has 5,112 values.
    assert_eq!(
        (statements.entities.len(), statements.counts["row"].records),
        (100, 5_112)
    );
    check_classes(
        &statements,
        &[
            // None of the 21 holdings of an office says which office, so that none of the 21 offices reaches anybody.
            ("notice : a post that nobody in the file holds", 21),
            ("notice post: the holding of an office that is not named (said once)", 1),
        ],
    );
    let held = hold(&[folder.join("wd_persons.senzing.json")]);
    let senzing = read(format_of(&held), &held);
    assert_eq!(senzing.entities.len(), 121);
    check_classes(&senzing, &[]);
}

/// A delta applied to the whole file before it gives a file that is read like any other; applied twice it is refused.
#[test]
fn real_deltas() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("opensanctions/fixtures");
    let file = |it: &str| std::fs::read(folder.join(it)).unwrap();
    let base = file("dataset_t1_entities.ftm.json");
    let first = file("dataset_t2_20240527194702-wnk_entities.delta.json");
    let second = file("dataset_t2_20240528014702-pfh_entities.delta.json");
    assert!(
        ftm::is_delta(&first) && !ftm::is_delta(&base) && !ftm::datasets(&first).is_disjoint(&ftm::datasets(&base))
    );
    let early = ftm::apply_delta(&base, &second).unwrap_err().to_string();
    assert!(early.contains("modifies an entity that is not there"), "{early}");
    let one = ftm::apply_delta(&base, &first).unwrap();
    let two = ftm::apply_delta(&one, &second).unwrap();
    let again = ftm::apply_delta(&two, &second).unwrap_err().to_string();
    assert!(again.contains("adds an entity that is there"), "{again}");
    let count = |bytes: &[u8]| parse(Format::Ftm, &[SourceFile { name: "a", bytes }]).entities.len();
    assert_eq!((count(&base), count(&one), count(&two)), (6, 8, 9));
    let list = |bytes: &[u8]| parse(Format::Ftm, &[SourceFile { name: "a", bytes }]).list;
    assert_eq!((list(&base), list(&two)), ("eu_fsf".to_owned(), "eu_fsf".to_owned()));
    let captions = |bytes: &[u8]| -> BTreeSet<String> {
        let parsed = parse(Format::Ftm, &[SourceFile { name: "a", bytes }]);
        parsed.entities.iter().map(|it| it.id.clone()).collect()
    };
    assert!(captions(&one).is_superset(&captions(&base)));
}

#[test]
fn real_round_trip() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("opensanctions");
    for (path, format, but) in [
        ("eu_fsf_2022-01-24.ftm.jsonl", Format::Ftm, 0),
        ("fixtures/dataset_t1_entities.ftm.json", Format::Ftm, 0),
        ("fixtures/dataset_zala_entities.ftm.json", Format::Ftm, 0),
        ("fixtures/dataset_parteispenden_entities.ftm.json", Format::Ftm, 0),
        ("saudi_wikidata_2024/sa_wiki_peps_v2.entities.ftm.json", Format::Ftm, 0),
        (
            "saudi_wikidata_2024/wd_persons.targets.nested.json",
            Format::FtmNested,
            0,
        ),
        ("saudi_wikidata_2024/statements.pack", Format::FtmStatements, 0),
    ] {
        check_round_trip(&hold(&[folder.join(path)]), format, but);
    }
}

/// Official lists go out without a loss, too: every entity comes back, with its names, and nothing changes the second time.
#[test]
fn real_lists_settle() {
    let Some(shared) = shared() else { return };
    for (path, format) in [
        ("un/2026-02/consolidated.xml", Format::UnXml),
        ("ofac/consolidated_2025-03/consolidated.xml", Format::OfacXml),
        ("us_bis/dpl_2021.txt", Format::UsDpl),
        ("eu/csv10_excerpt_2018-07/EUSanctionsShort.csv", Format::EuCsv),
    ] {
        let held = hold(&[shared.join(path)]);
        let parsed = read(format, &held);
        let bytes = exported(&parsed.entities, out::Shape::Flat);
        let once = parse(
            Format::Ftm,
            &[SourceFile {
                name: "a",
                bytes: &bytes,
            }],
        );
        let by_id: BTreeMap<&str, &Entity> = once.entities.iter().map(|it| (it.id.as_str(), it)).collect();
        let names = |it: &Entity| {
            it.party
                .names
                .iter()
                .map(|it| it.value.text.clone())
                .collect::<BTreeSet<_>>()
        };
        for it in &parsed.entities {
            let other = by_id.get(it.id.as_str()).unwrap_or_else(|| panic!("{} is gone", it.id));
            assert_eq!(names(it), names(other), "{}", it.id);
            let measures = |it: &Entity| {
                it.listings
                    .iter()
                    .map(|it| (it.authority.clone(), it.measures.clone()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(measures(it), measures(other), "{}", it.id);
        }
        let differ = differences(&once.entities, Format::Ftm, exported(&once.entities, out::Shape::Flat));
        assert_eq!(differ, Vec::<String>::new(), "{path}");
    }
}
