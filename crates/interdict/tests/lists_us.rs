//! OFAC and UN files -> entities and problems: small cases as data, the real files where they are there, and every cut.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases; the engine does not")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use interdict::entity::Severity;
use interdict::lists::{Parsed, SourceFile, ofac, un};

/// A file in memory.
struct Held {
    name: String,
    bytes: Vec<u8>,
}

fn hold(path: &Path) -> Held {
    Held {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes: fs::read(path).expect("a case can be read"),
    }
}

fn source(it: &Held) -> SourceFile<'_> {
    SourceFile {
        name: &it.name,
        bytes: &it.bytes,
    }
}

/// The parser by what the files are: XML is told by its root, the rest is a CSV family.
fn parse(files: &[Held]) -> Parsed {
    let sources: Vec<SourceFile<'_>> = files.iter().map(source).collect();
    match sources.as_slice() {
        [it] if it.name.to_ascii_lowercase().ends_with(".xml") => {
            let head = String::from_utf8_lossy(&it.bytes[..it.bytes.len().min(400)]).into_owned();
            if head.contains("CONSOLIDATED_LIST") {
                un::parse(*it)
            } else {
                ofac::parse_xml(*it)
            }
        }
        family => ofac::parse_csv(family),
    }
}

fn testdata(room: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/lists")
        .join(room)
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|it| it.map(|it| it.map(|it| it.path())).collect())
        .expect("a folder of cases can be read");
    out.sort();
    out
}

/// A case: its name and its files. A folder is a CSV family, a single XML file a case by itself.
fn cases(room: &str) -> Vec<(String, Vec<PathBuf>)> {
    let mut out = Vec::new();
    for path in sorted(&testdata(room)) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let files: Vec<PathBuf> = sorted(&path)
                .into_iter()
                .filter(|it| it.extension().is_some_and(|it| it == "csv"))
                .collect();
            out.push((name, files));
        } else if path.extension().is_some_and(|it| it == "xml") {
            out.push((name, vec![path]));
        }
    }
    out
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
    let mut ids: Vec<&str> = parsed.entities.iter().map(|it| it.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), parsed.entities.len(), "{what}: an id stands twice");
    for it in &parsed.entities {
        assert!(!it.party.names.is_empty(), "{what}: {} has no name", it.id);
        assert!(
            it.listings.iter().all(|it| !it.measures.is_empty()),
            "{what}: {}",
            it.id
        );
    }
}

#[track_caller]
fn check(room: &str) {
    let all = cases(room);
    assert!(!all.is_empty(), "no cases in {room}");
    for (name, files) in all {
        let held: Vec<Held> = files.iter().map(|it| hold(it)).collect();
        let parsed = parse(&held);
        consistent(&parsed, &name);
        expect_test::expect_file![testdata(room).join(format!("{name}.expected"))].assert_eq(&support::render(&parsed));
    }
}

#[test]
fn cases_of_ofac() {
    check("ofac");
}

#[test]
fn cases_of_un() {
    check("un");
}

/// Each file of a case, cut at each byte, is refused or says the same as the whole one; it never panics.
#[track_caller]
fn check_cuts(room: &str, case: &str) {
    let (_, files) = cases(room)
        .into_iter()
        .find(|it| it.0 == case)
        .expect("the case is there");
    let whole: Vec<Held> = files.iter().map(|it| hold(it)).collect();
    let expect = parse(&whole);
    assert_eq!(expect.fatal(), None, "{case} is whole");
    for at in 0..whole.len() {
        for len in 0..whole[at].bytes.len() {
            let cut: Vec<Held> = whole
                .iter()
                .enumerate()
                .map(|(i, it)| Held {
                    name: it.name.clone(),
                    bytes: it.bytes[..if i == at { len } else { it.bytes.len() }].to_vec(),
                })
                .collect();
            let got = parse(&cut);
            consistent(&got, case);
            assert!(
                got.fatal().is_some() || got == expect,
                "{case}: `{}` cut at byte {len} is taken for whole",
                whole[at].name
            );
        }
    }
}

#[test]
fn cuts() {
    check_cuts("ofac", "family");
    check_cuts("ofac", "sdn");
    check_cuts("un", "people");
}

/// Damaged files: a few bytes replaced, dropped or doubled. Whatever comes of it, nothing panics and the counts hold.
fn check_damage(room: &str, case: &str) {
    use proptest::prelude::*;
    let (_, files) = cases(room)
        .into_iter()
        .find(|it| it.0 == case)
        .expect("the case is there");
    let whole: Vec<Held> = files.iter().map(|it| hold(it)).collect();
    let edit = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0..3_u8,
        any::<u8>(),
    );
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }, |(edits in prop::collection::vec(edit, 1..6))| {
        let mut damaged: Vec<Held> = whole.iter().map(|it| Held { name: it.name.clone(), bytes: it.bytes.clone() }).collect();
        for (file, at, what, byte) in edits {
            let bytes = &mut damaged[file.index(whole.len())].bytes;
            if bytes.is_empty() {
                continue;
            }
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, bytes[at]),
            }
        }
        consistent(&parse(&damaged), case);
    });
}

#[test]
fn damage() {
    check_damage("ofac", "remarks");
    check_damage("ofac", "family");
    check_damage("ofac", "sdn_entries");
    check_damage("un", "aliases");
    check_damage("un", "documents");
}

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lists");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: ../shared not present");
    None
}

/// What a real file should hold.
struct Real<'a> {
    files: &'a [&'a str],
    counts: &'a [(&'a str, usize)],
    /// Expected problems worse than a notice, by message; each is explained where it is listed.
    losses: usize,
    fatal: Option<&'a str>,
    /// Notices at most.
    notices: usize,
}

#[track_caller]
fn check_real(it: &Real<'_>) {
    let Some(shared) = shared() else { return };
    let held: Vec<Held> = it.files.iter().map(|it| hold(&shared.join(it))).collect();
    let what = it.files[0];
    let parsed = parse(&held);
    consistent(&parsed, what);
    let of = |severity: Severity| parsed.problems.iter().filter(|it| it.severity == severity).count();
    let counts: Vec<String> = parsed
        .counts
        .iter()
        .map(|(kind, it)| format!("{kind} {} ({} lost)", it.records, it.lost))
        .collect();
    eprintln!(
        "{what}: {} entities; {}; {} notices, {} losses, {} fatal",
        parsed.entities.len(),
        counts.join(", "),
        of(Severity::Notice),
        of(Severity::Loss),
        of(Severity::Fatal)
    );
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for problem in &parsed.problems {
        let value = if problem.severity == Severity::Notice {
            &problem.value
        } else {
            ""
        };
        *kinds
            .entry(format!(
                "{} {} {} `{value}`",
                problem.severity.name(),
                problem.field,
                problem.message
            ))
            .or_default() += 1;
    }
    for (kind, n) in &kinds {
        eprintln!("    {n} x {kind}");
    }
    for (kind, n) in it.counts {
        let count = parsed.counts.get(*kind).copied().unwrap_or_default();
        assert_eq!(count.records, *n, "{what}: `{kind}`");
    }
    assert_eq!(parsed.fatal().map(|it| it.message.as_str()), it.fatal, "{what}");
    assert_eq!(of(Severity::Loss), it.losses, "{what}");
    assert!(
        of(Severity::Notice) <= it.notices,
        "{what}: {} notices",
        of(Severity::Notice)
    );
}

/// The mark of the end (0x1A) is missing: these files were not kept as published.
const CUT: Option<&str> = Some("the mark of the end (0x1A) is missing: the file may be cut off");

#[test]
fn real_sdn_2023() {
    check_real(&Real {
        files: &[
            "ofac/sdn_2023-12-28/sdn.csv",
            "ofac/sdn_2023-12-28/alt.csv",
            "ofac/sdn_2023-12-28/add.csv",
        ],
        counts: &[
            ("individual", 6_646),
            ("entity", 6_033),
            ("vessel", 764),
            ("aircraft", 378),
            ("alias", 17_091),
            ("address", 18_990),
        ],
        // 17 remarks fill their field, and the comments file that goes on with them was not kept.
        losses: 17,
        fatal: None,
        notices: 10,
    });
}

#[test]
fn real_sdn_2019() {
    // LF line ends, `-0` as the last value of `alt.csv`: the ends of three of the files were stripped by whoever kept them. They are
    // read in full and must not be used.
    check_real(&Real {
        files: &[
            "ofac/sdn_2019-01/sdn.csv",
            "ofac/sdn_2019-01/alt.csv",
            "ofac/sdn_2019-01/add.csv",
            "ofac/sdn_2019-01/sdn_comments.csv",
        ],
        counts: &[
            ("individual", 3_845),
            ("entity", 2_994),
            ("vessel", 323),
            ("aircraft", 217),
            ("alias", 9_682),
            ("address", 11_696),
            ("comment", 16),
        ],
        // The comments file is of a later day: its 16 parties are not in this main file, and three remarks lack their end.
        losses: 19,
        fatal: CUT,
        notices: 9,
    });
}

#[test]
fn real_sdn_excerpt() {
    check_real(&Real {
        files: &[
            "ofac/samples/excerpt_sdn.csv",
            "ofac/samples/excerpt_alt.csv",
            "ofac/samples/excerpt_add.csv",
            "ofac/samples/excerpt_sdn_comments.csv",
        ],
        counts: &[("alias", 18), ("address", 28), ("comment", 1)],
        // Nine aliases and addresses of parties that the excerpt of the main file leaves out.
        losses: 9,
        fatal: CUT,
        notices: 0,
    });
}

#[test]
fn real_consolidated_csv() {
    check_real(&Real {
        files: &[
            "ofac/consolidated_2025-12/cons_prim.csv",
            "ofac/consolidated_2025-12/cons_alt.csv",
            "ofac/consolidated_2025-12/cons_add.csv",
            "ofac/consolidated_2025-12/cons_comments.csv",
        ],
        counts: &[
            ("individual", 79),
            ("entity", 363),
            ("alias", 1_073),
            ("address", 574),
            ("comment", 10),
        ],
        losses: 0,
        fatal: None,
        notices: 0,
    });
}

#[test]
fn real_ofac_xml() {
    check_real(&Real {
        files: &["ofac/consolidated_2020-03-17/consolidated.xml"],
        counts: &[("entity", 293), ("individual", 82), ("alias", 915), ("address", 407)],
        losses: 0,
        fatal: None,
        notices: 0,
    });
    check_real(&Real {
        files: &["ofac/consolidated_2025-03/consolidated.xml"],
        counts: &[("entity", 363), ("individual", 80), ("alias", 1_136), ("address", 520)],
        losses: 0,
        fatal: None,
        notices: 0,
    });
    // An excerpt that kept the count of the whole file: to be refused, by name.
    check_real(&Real {
        files: &["ofac/samples/sdn.xml"],
        counts: &[("entity", 2), ("individual", 6)],
        losses: 0,
        fatal: Some("the file declares 8197 entries and holds 8"),
        notices: 0,
    });
}

#[test]
fn real_un() {
    for (file, individuals, entities) in [
        ("un/2016-06/un.xml", 629, 395),
        ("un/2020-03/consolidated.xml", 709, 305),
        ("un/2024-11/consolidated.xml", 686, 193),
        ("un/2025-11/un_consolidated.xml", 727, 273),
        ("un/2026-02/consolidated.xml", 730, 273),
    ] {
        check_real(&Real {
            files: &[file],
            counts: &[("individual", individuals), ("entity", entities)],
            losses: 0,
            fatal: None,
            notices: 8,
        });
    }
}

#[test]
fn real_history() {
    // The archive has `sdn.csv` of 308 days and nothing else: parties without their aliases must be told, not refused.
    let Some(shared) = shared() else { return };
    let held = hold(&shared.join("ofac/sdn_2023-12-28/sdn.csv"));
    let parsed = parse(&[held]);
    consistent(&parsed, "sdn.csv alone");
    assert_eq!((parsed.entities.len(), parsed.fatal()), (13_821, None));
    let told = |what: &str| parsed.problems.iter().any(|it| it.message.contains(what));
    assert!(told("aliases are missing") && told("addresses are missing"));
}

#[test]
fn real_csv_and_xml_agree() {
    // Nine months lie between the two publications; what both have must agree in kind, and in what its programmes do.
    let Some(shared) = shared() else { return };
    let folder = shared.join("ofac");
    let xml = parse(&[hold(&folder.join("consolidated_2025-03/consolidated.xml"))]);
    let csv: Vec<Held> = sorted(&folder.join("consolidated_2025-12"))
        .iter()
        .map(|it| hold(it))
        .collect();
    let csv = parse(&csv);
    let by_id: BTreeMap<&str, _> = xml.entities.iter().map(|it| (it.id.as_str(), it)).collect();
    let mut same = 0;
    let mut differ = Vec::new();
    for it in &csv.entities {
        let Some(other) = by_id.get(it.id.as_str()) else {
            continue;
        };
        let (a, b) = (&it.listings[0], &other.listings[0]);
        if it.party.schema == other.party.schema && (a.programmes != b.programmes || a.measures == b.measures) {
            same += 1;
        } else {
            differ.push(format!("{}: {:?} / {:?}", it.id, a.measures, b.measures));
        }
    }
    eprintln!("{same} parties are on both");
    assert!(same > 430 && differ.is_empty(), "{same} agree, and not: {differ:?}");
}
