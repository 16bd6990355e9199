//! The lists of the EU and the UK and FollowTheMoney: official files -> entities and problems.
//!
//! `testdata/lists/<eu|uk|ftm>/<case>`, each with its reason in `why.txt`, is read and compared with `<case>.expected`;
//! `UPDATE_EXPECT=1` rewrites it. The real files are not part of the repository: they are read where they are there, and the test
//! says when they are not. `SHOW=1` with `--nocapture` prints all that was read from them.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read their fixtures, and stop where one is not there"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use interdict::entity::{Entity, Fact, Listing, NameKind, PartyName, Severity};
use interdict::lists::{Format, Parsed, SourceFile, detect, parse};

/// A file as text: what was read, then what was not.
fn render(parsed: &Parsed) -> String {
    let mut out = format!("list {}, format {}", parsed.list, parsed.format.name());
    if let Some(it) = parsed.published {
        write!(out, ", published {it}").unwrap();
    }
    out += "\n";
    for (kind, it) in &parsed.counts {
        writeln!(
            out,
            "count {kind}: {} records, {} entities, {} lost",
            it.records, it.entities, it.lost
        )
        .unwrap();
    }
    for it in &parsed.entities {
        entity(&mut out, it);
    }
    for it in &parsed.problems {
        writeln!(out, "\n{}: {it}", it.severity.name()).unwrap();
    }
    out
}

fn entity(out: &mut String, it: &Entity) {
    writeln!(out, "\n{} {}", it.party.schema, it.id).unwrap();
    let party = &it.party;
    facts(out, "name", &party.names, name);
    facts(out, "birth date", &party.birth_dates, ToString::to_string);
    facts(out, "birth place", &party.birth_places, Clone::clone);
    facts(out, "founded", &party.founded, ToString::to_string);
    facts(out, "nationality", &party.nationalities, ToString::to_string);
    facts(out, "country", &party.countries, ToString::to_string);
    facts(out, "gender", &party.genders, |it| it.name().to_owned());
    facts(out, "identifier", &party.identifiers, |it| {
        let mut out = format!("{it} [{}] {:?}", it.normal, it.validity).to_string();
        if let Some(it) = it.country {
            out += &format!(", {it}");
        }
        if it.unusable {
            out += ", unusable";
        }
        out
    });
    facts(out, "address", &party.addresses, |it| {
        let mut out = it.full.clone();
        if let Some(it) = &it.city {
            out += &format!(" | city {it}");
        }
        if let Some(it) = it.country {
            out += &format!(" | {it}");
        }
        out
    });
    facts(out, "position", &party.positions, Clone::clone);
    facts(out, "relation", &it.relations, ToString::to_string);
    facts(out, "note", &it.notes, Clone::clone);
    for it in &it.listings {
        writeln!(out, "  listing: {}", listing(it)).unwrap();
    }
    if !it.topics.is_empty() {
        writeln!(out, "  topics: {}", it.topics.join(", ")).unwrap();
    }
}

fn facts<T>(out: &mut String, label: &str, all: &[Fact<T>], show: impl Fn(&T) -> String) {
    for it in all {
        let value = show(&it.value).replace('\n', "\\n");
        writeln!(out, "  {label}: {value}  <{}>", it.origin.field).unwrap();
    }
}

fn name(it: &PartyName) -> String {
    let mut out = it.text.clone();
    if it.given.is_some() || it.family.is_some() {
        let (given, family) = (it.given.as_deref(), it.family.as_deref());
        out += &format!(" [{} + {}]", given.unwrap_or(""), family.unwrap_or(""));
    }
    if it.kind != NameKind::Alias {
        out += &format!(", {}", it.kind.name());
    }
    if it.weak {
        out += ", weak";
    }
    if let Some(it) = &it.language {
        out += &format!(", in {it}");
    }
    out
}

fn listing(it: &Listing) -> String {
    let measures: Vec<&str> = it.measures.iter().map(|it| it.name()).collect();
    let mut out = format!(
        "{} {} {}: {}",
        it.authority,
        it.list,
        it.reference,
        measures.join(" + ")
    );
    if !it.programmes.is_empty() {
        out += &format!("; {}", it.programmes.join(", "));
    }
    if let Some(it) = &it.legal_basis {
        out += &format!("; {it}");
    }
    if let Some(it) = it.since {
        out += &format!("; since {it}");
    }
    if let Some(it) = &it.url {
        out += &format!("; {it}");
    }
    out
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str, bytes: &[u8], format: Format) -> Parsed {
    let parsed = parse(format, &[SourceFile { name, bytes }]);
    for (kind, it) in &parsed.counts {
        assert_eq!(it.records, it.entities + it.lost, "`{name}`: count of `{kind}`");
    }
    parsed
}

/// Every case of a folder: its format is detected, or told by its name where it has to be read as one that it is not.
fn check(folder: &str) -> usize {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("testdata/lists").join(folder))
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it != "expected" && it != "txt"))
        .collect();
    paths.sort();
    let why = std::fs::read_to_string(root().join("testdata/lists").join(folder).join("why.txt")).unwrap();
    assert_eq!(why.lines().count(), paths.len(), "`{folder}/why.txt`: a line a case");
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(
            why.contains(&format!("{name}: ")),
            "`{folder}/why.txt`: no reason for `{name}`"
        );
        let found = detect::detect(SourceFile { name, bytes: &bytes });
        let forced = Format::ALL
            .into_iter()
            .find(|it| name.starts_with(&format!("not-{}.", it.name())));
        let format = forced.or(found).unwrap_or_else(|| panic!("`{name}`: no format"));
        let text = render(&read(name, &bytes, format));
        expect_test::expect_file![path.with_file_name(format!("{name}.expected"))].assert_eq(&text);
    }
    paths.len()
}

#[test]
fn eu() {
    assert!(check("eu") > 5, "cases are missing");
}

#[test]
fn uk() {
    assert!(check("uk") > 5, "cases are missing");
}

#[test]
fn ftm() {
    assert!(check("ftm") > 5, "cases are missing");
}

/// Cut at every byte, a file is refused or says the same. In CSV and in JSON lines a cut right behind a line cannot be seen: there it
/// must say nothing but what the lines say.
#[test]
fn cut_files_are_refused() {
    for (folder, name, format) in [
        ("eu", "person.xml", Format::EuXml),
        ("uk", "individual.xml", Format::UkXml),
        ("uk", "conlist-windows-1252.csv", Format::UkConlist),
        ("uk", "sanctions-list.csv", Format::UkCsv),
        ("ftm", "edges.ndjson", Format::Ftm),
    ] {
        let bytes = std::fs::read(root().join("testdata/lists").join(folder).join(name)).unwrap();
        let intact = read(name, &bytes, format);
        assert_eq!(intact.fatal(), None, "`{name}`");
        let by_line = matches!(format, Format::UkConlist | Format::UkCsv | Format::Ftm);
        for end in 0..bytes.len() {
            let cut = read(name, &bytes[..end], format);
            let at_line = bytes[..end].ends_with(b"\n") || bytes[end] == b'\n' || bytes[end] == b'\r';
            if by_line && at_line {
                continue;
            }
            assert!(
                cut.fatal().is_some() || cut == intact,
                "`{name}` cut at byte {end} passes"
            );
        }
    }
}

/// Whatever the bytes are, a parser answers: counts that add up, and no panic.
#[test]
fn damaged_files_are_answered() {
    // A linear congruential generator (Knuth's constants): the same damage on every run.
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let spices = b"()\"',;:.{}[]<>/&|-0a1)\n\r\0\xc3\xa9\xff";
    for (folder, name) in [
        ("eu", "person.xml"),
        ("uk", "individual.xml"),
        ("uk", "conlist-groups.csv"),
        ("uk", "sanctions-list.csv"),
        ("ftm", "nested.ndjson"),
        ("ftm", "odd.ndjson"),
    ] {
        let bytes = std::fs::read(root().join("testdata/lists").join(folder).join(name)).unwrap();
        for _ in 0..400 {
            let mut bytes = bytes.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                bytes[at] = spices[random(spices.len())];
            }
            let found = detect::detect(SourceFile { name, bytes: &bytes });
            read(name, &bytes, found.unwrap_or(Format::Ftm));
        }
    }
}

/// What a real file has to give.
struct Real {
    path: &'static str,
    format: Format,
    /// Counts that its description states: kind, records.
    counts: &'static [(&'static str, usize)],
    entities: usize,
    losses: usize,
}

const REAL: &[Real] = &[
    Real {
        path: "eu/xml11_sample_2020-04/sample_eu.xml",
        format: Format::EuXml,
        counts: &[("person", 7)],
        // One key stands twice.
        entities: 6,
        losses: 0,
    },
    Real {
        path: "uk/conlist_2020-04/ConList.csv",
        format: Format::UkConlist,
        counts: &[("row", 9492)],
        entities: 2114,
        losses: 0,
    },
    Real {
        path: "uk/uksl_samples/uksl_sample_2026.xml",
        format: Format::UkXml,
        counts: &[("designation", 3)],
        entities: 3,
        losses: 0,
    },
    Real {
        path: "uk/uksl_samples/uksl_csv_header_sample.csv",
        format: Format::UkCsv,
        counts: &[("row", 2)],
        entities: 1,
        // The second row of this sample has a cell too few.
        losses: 1,
    },
    Real {
        path: "opensanctions/eu_fsf_2022-01-24.ftm.jsonl",
        format: Format::Ftm,
        counts: &[("person", 1820), ("organization", 559), ("sanction", 2401)],
        entities: 2379,
        losses: 0,
    },
    Real {
        path: "opensanctions/fixtures/dataset_t1_entities.ftm.json",
        format: Format::Ftm,
        counts: &[("person", 4), ("organization", 2)],
        entities: 6,
        // An excerpt: two addresses that entities name are not in it, and one is in it that none names.
        losses: 3,
    },
    Real {
        path: "opensanctions/fixtures/dataset_zala_entities.ftm.json",
        format: Format::Ftm,
        counts: &[("company", 11), ("person", 6), ("sanction", 41)],
        entities: 17,
        // An excerpt: 16 addresses that entities name are not in it.
        losses: 16,
    },
    Real {
        path: "opensanctions/fixtures/dataset_parteispenden_entities.ftm.json",
        format: Format::Ftm,
        counts: &[("company", 56), ("payment", 290)],
        entities: 96,
        losses: 0,
    },
    Real {
        path: "opensanctions/saudi_wikidata_2024/sa_wiki_peps_v2.entities.ftm.json",
        format: Format::Ftm,
        counts: &[("person", 607)],
        entities: 607,
        // The holdings of offices in it do not say which office: nobody holds its 100 posts, which are nobody to screen.
        losses: 0,
    },
    Real {
        path: "opensanctions/saudi_wikidata_2024/wd_persons.targets.nested.json",
        format: Format::FtmNested,
        // 20 stand in lines of their own, 80 in their properties.
        counts: &[("person", 100)],
        entities: 100,
        losses: 0,
    },
];

#[test]
fn real_files_load() {
    let lists = root().join("../shared/data/lists");
    if !lists.exists() {
        eprintln!("skipped: ../shared not present");
        return;
    }
    // What is read from the real files can be looked at, to find what the cases do not show.
    let show = std::env::var_os("SHOW").is_some();
    let mut wrong = String::new();
    for it in REAL {
        let bytes = std::fs::read(lists.join(it.path)).unwrap();
        let file = SourceFile {
            name: it.path,
            bytes: &bytes,
        };
        assert_eq!(detect::detect(file), Some(it.format), "`{}`", it.path);
        let parsed = read(it.path, &bytes, it.format);
        let of = |severity| parsed.problems.iter().filter(|it| it.severity == severity).count();
        let (fatal, loss, notice) = (of(Severity::Fatal), of(Severity::Loss), of(Severity::Notice));
        eprintln!(
            "{}: list {}, {} entities, {fatal} fatal, {loss} losses, {notice} notices; {}",
            it.path,
            parsed.list,
            parsed.entities.len(),
            parsed
                .counts
                .iter()
                .map(|(kind, it)| format!("{kind} {}={}+{}", it.records, it.entities, it.lost))
                .collect::<Vec<_>>()
                .join(", ")
        );
        if show {
            println!("{}", render(&parsed));
        }
        if fatal > 0 || loss != it.losses || parsed.entities.len() != it.entities {
            writeln!(
                wrong,
                "`{}`: {} entities, {loss} losses",
                it.path,
                parsed.entities.len()
            )
            .unwrap();
        }
        for (kind, records) in it.counts {
            if parsed.counts.get(*kind).map(|it| it.records) != Some(*records) {
                writeln!(wrong, "`{}`: {kind} {:?}", it.path, parsed.counts.get(*kind)).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Files that are of no list, as they are met in the same folders.
#[test]
fn real_files_that_are_no_list() {
    let lists = root().join("../shared/data/lists");
    if !lists.exists() {
        eprintln!("skipped: ../shared not present");
        return;
    }
    for (path, expect) in [
        (
            "opensanctions/fixtures/dataset_t2_20240528014702-pfh_entities.delta.json",
            "delta file",
        ),
        ("eu/xsd/fsdexport_1_1.xsd", "`schema` is of no list"),
    ] {
        let bytes = std::fs::read(lists.join(path)).unwrap();
        let groups = detect::group(&[SourceFile {
            name: path,
            bytes: &bytes,
        }]);
        assert_eq!(groups[0].format, None, "`{path}`");
        let reason = groups[0].reason.clone().unwrap();
        assert!(reason.contains(expect), "`{path}`: {reason}");
    }
}
