//! The real lists beside the project, or the samples in it -> snapshot. Evaluations and measurements load them through here.

use std::fs;
use std::path::{Path, PathBuf};

use interdict::engine::{ListVersion, Snapshot};
use interdict::lists::{Format, Parsed, SourceFile};
use interdict_extract::unpack::{self, Limits};

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

/// Further real lists, in formats whose readers came after the cases of the evaluation were settled: for what is measured over as much
/// as there is, and not for the committed figures of the evaluation. Left out: the EU's CSV excerpt, which is damaged, and other
/// editions and formats of the lists above.
pub const FURTHER: [List; 6] = [
    (Format::AuXlsx, &["au/2024-12/regulation8_consolidated.xlsx"]),
    (Format::CaXml, &["ca/2025-05/sema-lmes.xml"]),
    (Format::UsCslCsv, &["us_csl/2022-04/consolidated.csv.gz"]),
    (Format::UsDpl, &["us_bis/dpl_2021.txt"]),
    (Format::ChXml, &["ch/seco_whole_list_sample_2026-08-27.xml"]),
    (Format::FrJson, &["fr/registre_gels_sample_2025-11-21.json"]),
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

/// Parses lists in a folder; archives are unpacked.
pub fn parse(folder: &Path, lists: &[List]) -> Vec<Parsed> {
    lists
        .iter()
        .map(|(format, paths)| {
            let members: Vec<(String, Vec<u8>)> = paths
                .iter()
                .flat_map(|path| {
                    let name = path.rsplit('/').next().unwrap_or(path);
                    let bytes = fs::read(folder.join(path)).unwrap_or_default();
                    if unpack::packed(name) {
                        // What cannot be unpacked is as a file that is not there: the reader says so.
                        unpack::unpack(&bytes, name, Limits::LISTS).unwrap_or_default()
                    } else {
                        vec![(name.to_owned(), bytes)]
                    }
                })
                .collect();
            let files: Vec<SourceFile> = members.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
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
