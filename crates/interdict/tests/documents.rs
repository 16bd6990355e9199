//! Texts -> mentions: small cases as data over a small list, and the marked report over the sample lists and every real one.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases; the engine does not")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use interdict::document::{Band, Because, MAX_BYTES, Reader, Reading, decode};
use interdict::engine::{Engine, ListVersion, Snapshot};
use interdict::entity::{Authority, Country, Entity, Fact, Listing, Measure, Origin, Party, PartyName, Schema};
use interdict::lists::{self, SourceFile};
use interdict::policy::{Decision, Policy};

/// The list of the cases: id, kind, names (a `~` marks a weak one, a `|` parts given from family), country, office. Without an
/// office the party's assets are frozen.
const LIST: &[(&str, Schema, &str, &str, &str)] = &[
    (
        "djibo",
        Schema::Person,
        "Ousmane Illiassou|Djibo; ~Petit Chapori",
        "ne",
        "",
    ),
    ("salou", Schema::Person, "Salou|Djibo", "ne", "President of Niger"),
    ("ibrahim", Schema::Person, "Ibrahim Hassane|Djibo", "ne", ""),
    (
        "isis",
        Schema::Organization,
        "Islamic State of Iraq and the Levant; Islamic State; ISIL; ISIS; Daesh",
        "iq",
        "",
    ),
    (
        "isgs",
        Schema::Organization,
        "ISIS in the Greater Sahara; Islamic State in the Greater Sahara; Islamic State of the Greater Sahel",
        "ml",
        "",
    ),
    (
        "isk",
        Schema::Organization,
        "Islamic State - Khorasan Province",
        "af",
        "",
    ),
    (
        "blinken",
        Schema::Person,
        "Antony|Blinken; Antony John|Blinken",
        "us",
        "Secretary of State of the United States",
    ),
    (
        "dimaio",
        Schema::Person,
        "Luigi|Di Maio",
        "it",
        "Minister of Foreign Affairs of Italy",
    ),
    (
        "pedersen",
        Schema::Person,
        "Geir Otto|Pedersen; Geir O.|Pedersen",
        "no",
        "Special Envoy for Syria",
    ),
    ("smith", Schema::Person, "John|Smith", "gb", ""),
    ("kozlov-a", Schema::Person, "Anatoly Zavarykin|Kozlovich", "ru", ""),
    ("kozlov-b", Schema::Person, "Bogdan Prytkov|Kozlovich", "by", ""),
    ("turkey", Schema::Person, "Wolfgang|Turkey", "de", ""),
    ("price", Schema::Person, "Bartholomew|Price", "us", ""),
    (
        "evtushenkov",
        Schema::Person,
        "Владимир Петрович|Евтушенков; Vladimir|Yevtushenkov",
        "ru",
        "",
    ),
    ("sharaa", Schema::Person, "أحمد الشرع; Ahmad|al-Sharaa", "sy", ""),
    ("qaida", Schema::Organization, "Al-Qaida; The Base", "af", ""),
    ("grace", Schema::Vessel, "ADRIAN DARYA; GRACE 1", "ir", ""),
    ("sovcom", Schema::Company, "PJSC Sovcombank; Sovcombank", "ru", ""),
    ("xi", Schema::Person, "李|明德阳", "cn", ""),
    (
        "irisl",
        Schema::Company,
        "Islamic Republic of Iran Shipping Lines; IRISL; IS",
        "ir",
        "",
    ),
    (
        "baghdadi",
        Schema::Person,
        "Ibrahim Awwad Ibrahim Ali|al-Badri al-Samarrai; Abu Bakr|al-Baghdadi",
        "iq",
        "",
    ),
];

fn origin() -> Origin {
    Origin {
        source: "case".into(),
        record: "".into(),
        field: "name",
    }
}

fn entity(row: &(&str, Schema, &str, &str, &str)) -> Entity {
    let (id, schema, names, country, office) = *row;
    let mut party = Party::new(schema);
    for it in names.split("; ") {
        let (weak, it) = it.strip_prefix('~').map_or((false, it), |it| (true, it));
        let name = match it.split_once('|') {
            Some((given, family)) => PartyName::from_parts(given, family),
            None => PartyName::new(it),
        };
        party.names.push(Fact::new(name.weak(weak), origin()));
    }
    party
        .countries
        .extend(Country::parse(country).map(|it| Fact::new(it, origin())));
    let mut out = Entity::new(id, party);
    if office.is_empty() {
        out.listings.push(Listing {
            authority: Authority::UsOfac,
            list: "us-ofac-sdn".to_owned(),
            reference: id.to_owned(),
            programmes: vec!["SDGT".to_owned()],
            measures: vec![Measure::Freeze],
            legal_basis: None,
            since: None,
            url: None,
        });
    } else {
        out.party.positions.push(Fact::new(office.to_owned(), origin()));
    }
    out
}

fn small_list() -> Snapshot {
    Snapshot::build(Vec::new(), LIST.iter().map(entity).collect())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn policy() -> Policy {
    let text = fs::read_to_string(root().join("policies/us-bank.toml")).expect("the preset is there");
    Policy::parse(&text).expect("the preset can be read")
}

/// The sentences with marks around the mentions, then one line for each mention.
fn render(text: &str, reading: &Reading, snapshot: &Snapshot) -> String {
    let mut out = format!("decision: {}\n", reading.decision);
    let id = |it: usize| snapshot.entities()[it].id.as_str();
    for it in &reading.mentions {
        let ids: Vec<&str> = it.matches.iter().map(|it| id(it.entity)).collect();
        let _ = write!(
            out,
            "{}-{} line {}, {} {}: {:?} -> {}",
            it.start,
            it.end,
            it.line,
            it.band,
            it.how.name(),
            &text[it.start..it.end],
            ids.join(", ")
        );
        for not in &it.rejected {
            let _ = match not.because {
                Because::NotIntroduced => write!(out, "; not {}, not introduced", id(not.entity)),
                Because::Farther => write!(out, "; not {}, farther", id(not.entity)),
                Because::OtherBearer(start, end) => {
                    write!(out, "; perhaps not {}, but {:?}", id(not.entity), &text[start..end])
                }
            };
        }
        out.push('\n');
        let sentence = &text[it.sentence.0..it.sentence.1];
        assert!(it.sentence.0 <= it.start && it.end <= it.sentence.1, "{sentence}");
    }
    for it in &reading.problems {
        let _ = writeln!(out, "{}: {it}", it.severity.name());
    }
    out
}

#[test]
fn cases() {
    let (snapshot, policy) = (small_list(), policy());
    let reader = Reader::new(Engine::new(&snapshot, &policy));
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("testdata/documents"))
        .expect("the folder of cases is there")
        .map(|it| it.expect("a case can be listed").path())
        .filter(|it| it.extension().is_some_and(|it| it == "txt"))
        .collect();
    paths.sort();
    assert!(paths.len() > 20);
    for path in paths {
        let bytes = fs::read(&path).expect("a case can be read");
        let got = match decode(&bytes) {
            Ok(it) => render(&it.text, &reader.read_decoded(&it), &snapshot),
            Err(it) => format!("not screened: {it}\n"),
        };
        expect_test::expect_file![path.with_extension("expected")].assert_eq(&got);
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let (snapshot, policy) = (small_list(), policy());
    let reader = Reader::new(Engine::new(&snapshot, &policy));
    for text in ["", " \n\t", "\u{feff}", "\u{1}\u{2}\u{3}", "123 456", "a\0b\0c\0"] {
        let reading = reader.read(text);
        assert_eq!(reading.decision, Decision::Error, "{text:?}");
        assert!(!reading.reasons.is_empty() && !reading.problems.is_empty());
    }
    assert!(MAX_BYTES < u32::MAX as usize, "offsets are held in 32 bits");
}

#[test]
fn a_long_document_is_cut_by_name_and_takes_linear_work() {
    let (snapshot, policy) = (small_list(), policy());
    let reader = Reader::new(Engine::new(&snapshot, &policy));
    // Without bounds on runs, windows and matches these would take minutes.
    for piece in [
        "Djibo ",
        "Ousmane Illiassou Djibo. ",
        "A",
        "Islamic ",
        "Ousmane Ilyassou ",
        "IS (",
        "x,",
    ] {
        let text = format!("Ousmane Illiassou Djibo spoke. {}", piece.repeat(100_000));
        let reading = reader.read(&text);
        if piece.starts_with("Ousmane Illiassou Djibo") {
            assert_eq!(reading.mentions.len(), 50_000);
            assert!(reading.reasons.iter().any(|it| it.contains("only the first")));
        }
    }
}

/// All lists under a folder whose path, from there, one of the words is part of.
fn load(folder: &Path, words: &[&str]) -> Vec<lists::Parsed> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
            .expect("a folder of lists can be read")
            .map(|it| it.expect("a list can be seen").path())
            .collect();
        paths.sort();
        folders.extend(paths.iter().filter(|it| it.is_dir()).cloned());
        let held: Vec<(String, Vec<u8>)> = paths
            .iter()
            .filter(|it| it.is_file() && words.iter().any(|word| it.to_string_lossy().contains(word)))
            .map(|it| {
                let name = it.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (name, fs::read(it).expect("a list can be read"))
            })
            .collect();
        let files: Vec<SourceFile<'_>> = held
            .iter()
            .map(|it| SourceFile {
                name: &it.0,
                bytes: &it.1,
            })
            .collect();
        for group in lists::detect::group(&files) {
            let Some(format) = group.format else { continue };
            let files: Vec<SourceFile<'_>> = group.files.iter().map(|it| files[*it]).collect();
            out.push(lists::parse(format, &files));
        }
    }
    out
}

fn snapshot(parsed: Vec<lists::Parsed>) -> Snapshot {
    let mut versions = Vec::new();
    let mut entities = Vec::new();
    for it in parsed {
        versions.push(ListVersion {
            list: it.list,
            format: it.format,
            published: it.published,
            entities: it.entities.len(),
            hash: String::new(),
        });
        entities.extend(it.entities);
    }
    Snapshot::build(versions, entities)
}

/// Marked names of listed parties -> words of the captions of the entities that they may link to.
const LISTED: &[(&str, &[&str])] = &[
    ("isis", &["ISLAMIC STATE", "ISIL", "AL-QA", "AL QA", "QAIDA", "DA'ESH"]),
    ("isgs", &["SAHARA", "SAHEL"]),
    ("djibo", &["OUSMANE ILLIASSOU DJIBO"]),
    ("blinken", &["ANTONY BLINKEN"]),
    ("dimaio", &["LUIGI DI MAIO"]),
    ("draghi", &["MARIO DRAGHI"]),
    ("mattarella", &["SERGIO MATTARELLA"]),
    ("pedersen", &["GEIR O. PEDERSEN"]),
];

/// Reads the marked report; all core names of listed parties are found and linked right, and nothing else is linked.
fn check_report(snapshot: &Snapshot) {
    let folder = root().join("../shared/data/documents");
    let text = fs::read_to_string(folder.join("coalition-report.txt")).expect("the report can be read");
    let gold = fs::read_to_string(folder.join("coalition-report.gold.json")).expect("the marks can be read");
    let gold: serde_json::Value = serde_json::from_str(&gold).expect("the marks are JSON");
    let policy = policy();
    let reader = Reader::new(Engine::new(snapshot, &policy));
    let reading = reader.read(&text);
    let mut wanted: BTreeMap<(usize, usize), &str> = BTreeMap::new();
    let empty = Vec::new();
    for it in gold["mentions"].as_array().unwrap_or(&empty) {
        let number = |key: &str| it[key].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
        let entity = it["entity"].as_str().unwrap_or("");
        if it["score"] == "core" && LISTED.iter().any(|it| it.0 == entity) {
            wanted.insert((number("start"), number("end")), entity);
        }
    }
    let all = wanted.len();
    let mut faults = Vec::new();
    let mut false_links = 0;
    for it in &reading.mentions {
        let span = (it.start, it.end);
        let captions: Vec<String> = it
            .matches
            .iter()
            .map(|it| snapshot.entities()[it.entity].caption().to_uppercase())
            .collect();
        let right = wanted.remove(&span).is_some_and(|entity| {
            let words = LISTED
                .iter()
                .find(|it| it.0 == entity)
                .map_or(&[] as &[&str], |it| it.1);
            it.band >= Band::Likely && captions.iter().all(|it| words.iter().any(|word| it.contains(word)))
        });
        if !right {
            false_links += 1;
            faults.push(format!(
                "{} {:?} -> {captions:?} ({})",
                it.band,
                &text[it.start..it.end],
                it.how.name()
            ));
        }
    }
    faults.extend(
        wanted
            .iter()
            .map(|it| format!("missed {:?} ({})", &text[it.0.0..it.0.1], it.1)),
    );
    println!(
        "coalition report, {} entities: {} of {all} names of listed parties found, {false_links} false links",
        snapshot.entities().len(),
        all - wanted.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(reading.decision, Decision::Block);
}

#[test]
fn shared_report_over_the_sample_lists() {
    if !root().join("../shared").exists() {
        println!("SKIPPED: no ../shared");
        return;
    }
    check_report(&snapshot(load(&root().join("samples/lists"), &[""])));
}

#[test]
fn shared_report_over_every_real_list() {
    let shared = root().join("../shared/data/lists");
    if !shared.exists() {
        println!("SKIPPED: no ../shared");
        return;
    }
    let mut parsed = load(&root().join("samples/lists"), &[""]);
    let newest = [
        "sdn_2023",
        "consolidated_2025-12",
        "un/2026",
        "conlist",
        "uksl_sample_2026",
        "eu_fsf",
        "sa_wiki_peps",
        "sample_eu",
    ];
    parsed.extend(load(&shared, &newest));
    check_report(&snapshot(parsed));
}
