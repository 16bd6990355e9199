//! The real lists beside the project, or the samples in it -> snapshot. Evaluations and measurements load them through here.

use std::fs;
use std::path::{Path, PathBuf};

use interdict::engine::{ListVersion, Snapshot};
use interdict::lists::{Format, Parsed, SourceFile};

/// The folder of the shared data, where it is there.
pub fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    path.exists().then_some(path)
}

/// A list: its format and its files.
pub type List = (Format, &'static [&'static str]);

/// Every newest real list in a format that is read, as published. The members of a CSV family stand together.
pub const LISTS: [List; 7] = [
    (
        Format::OfacCsv,
        &[
            "ofac/sdn_2023-12-28/sdn.csv",
            "ofac/sdn_2023-12-28/alt.csv",
            "ofac/sdn_2023-12-28/add.csv",
        ],
    ),
    (
        Format::OfacCsv,
        &[
            "ofac/consolidated_2025-12/cons_prim.csv",
            "ofac/consolidated_2025-12/cons_alt.csv",
            "ofac/consolidated_2025-12/cons_add.csv",
            "ofac/consolidated_2025-12/cons_comments.csv",
        ],
    ),
    (Format::UnXml, &["un/2026-02/consolidated.xml"]),
    (Format::UkConlist, &["uk/conlist_2020-04/ConList.csv"]),
    (Format::UkXml, &["uk/uksl_samples/uksl_sample_2026.xml"]),
    (Format::Ftm, &["opensanctions/eu_fsf_2022-01-24.ftm.jsonl"]),
    (
        Format::Ftm,
        &["opensanctions/saudi_wikidata_2024/sa_wiki_peps_v2.entities.ftm.json"],
    ),
];

/// The sample lists, as the program has them inside.
const SAMPLES: [List; 8] = [
    (
        Format::OfacCsv,
        &[
            "ofac-csv/sdn.csv",
            "ofac-csv/alt.csv",
            "ofac-csv/add.csv",
            "ofac-csv/sdn_comments.csv",
        ],
    ),
    (Format::OfacXml, &["ofac-xml/SDN.XML"]),
    (Format::UnXml, &["un/consolidated.xml"]),
    (Format::EuXml, &["eu/full.xml"]),
    (Format::UkConlist, &["uk-conlist/ConList.csv"]),
    (Format::UkXml, &["uk/UK-Sanctions-List.xml"]),
    (Format::UkCsv, &["uk-csv/UK-Sanctions-List.csv"]),
    (Format::Ftm, &["offices/office-holders.ftm.json"]),
];

/// Parses every newest real list.
pub fn parse_all(shared: &Path) -> Vec<Parsed> {
    parse(&shared.join("lists"), &LISTS)
}

/// Parses the sample lists of the repository.
pub fn parse_samples(root: &Path) -> Vec<Parsed> {
    parse(&root.join("samples/lists"), &SAMPLES)
}

/// Parses lists in a folder.
pub fn parse(folder: &Path, lists: &[List]) -> Vec<Parsed> {
    lists
        .iter()
        .map(|(format, paths)| {
            let bytes: Vec<Vec<u8>> = paths
                .iter()
                .map(|it| fs::read(folder.join(it)).unwrap_or_default())
                .collect();
            let files: Vec<SourceFile> = paths
                .iter()
                .zip(&bytes)
                .map(|(path, bytes)| SourceFile {
                    name: path.rsplit('/').next().unwrap_or(path),
                    bytes,
                })
                .collect();
            interdict::lists::parse(*format, &files)
        })
        .collect()
}

/// Builds the snapshot of all of them.
pub fn snapshot(parsed: Vec<Parsed>) -> Snapshot {
    let mut versions = Vec::new();
    let mut entities = Vec::new();
    for it in parsed {
        versions.push(ListVersion {
            list: it.list.clone(),
            format: it.format,
            published: it.published,
            entities: it.entities.len(),
            hash: String::new(),
        });
        entities.extend(it.entities);
    }
    Snapshot::build(versions, entities)
}
