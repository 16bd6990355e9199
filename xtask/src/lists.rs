//! The real lists beside the project -> snapshot. Evaluations and measurements load them through here.

use std::fs;
use std::path::{Path, PathBuf};

use interdict::engine::{ListVersion, Snapshot};
use interdict::lists::{self, Format, Parsed, SourceFile};

/// The folder of the shared data, where it is there.
pub fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    path.exists().then_some(path)
}

/// Every newest real list in a format that is read, as published. The members of a CSV family stand together.
const LISTS: [(Format, &[&str]); 7] = [
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

/// Parses every newest real list.
pub fn parse_all(shared: &Path) -> Vec<Parsed> {
    LISTS
        .iter()
        .map(|(format, paths)| {
            let bytes: Vec<Vec<u8>> = paths
                .iter()
                .map(|it| fs::read(shared.join("lists").join(it)).unwrap_or_default())
                .collect();
            let files: Vec<SourceFile> = paths
                .iter()
                .zip(&bytes)
                .map(|(path, bytes)| SourceFile {
                    name: path.rsplit('/').next().unwrap_or(path),
                    bytes,
                })
                .collect();
            lists::parse(*format, &files)
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
