//! Labelled name pairs -> precision, recall and F1 at each threshold.

use std::path::Path;

use interdict::entity::{Fact, Origin, Party, PartyName, Schema};
use interdict::prepare::PreparedParty;
use interdict::score;

fn party(schema: Schema, name: &str) -> PreparedParty {
    let mut it = Party::new(schema);
    it.names.push(Fact::new(PartyName::new(name), Origin::asked()));
    PreparedParty::new(&it)
}

/// Prints the table and, with `misses`, each wrong case.
pub fn run(words: &[String]) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/eval/name_pairs_dev.csv");
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        return Err("the labelled pairs are not there".to_owned());
    };
    let mut rows = Vec::new();
    for it in reader.records().flatten() {
        let schema = Schema::parse(&it[1]).unwrap_or(Schema::Thing);
        let scored = score::score(&party(schema, &it[2]), &party(schema, &it[3]));
        let alignment = scored.names().map(|it| (it.2.similarity, it.2.weight));
        rows.push((
            it[0].starts_with("synth"),
            &it[4] == "true",
            scored.score.probability(),
            score::fold(&scored.evidence),
            alignment,
            format!("{} {} | {}", schema, &it[2], &it[3]),
        ));
    }
    for all in [true, false] {
        for t in [0.3, 0.4, 0.5, 0.6, 0.7, 0.8] {
            let of = |a: bool, m: bool| {
                rows.iter()
                    .filter(|it| (all || !it.0) && it.1 == a && (it.2 >= t) == m)
                    .count() as f64
            };
            let (tp, fp, fnn) = (of(true, true), of(false, true), of(true, false));
            println!(
                "all={all} t={t} tp={tp} fp={fp} fn={fnn} P={:.3} R={:.3} F1={:.3}",
                tp / (tp + fp),
                tp / (tp + fnn),
                2.0 * tp / (2.0 * tp + fp + fnn)
            );
        }
    }
    if !words.is_empty() {
        for it in rows.iter().filter(|it| it.1 != (it.2 >= 0.5)) {
            println!(
                "{} {} {:.2} {:?} {}",
                if it.0 { "synth" } else { "" },
                if it.1 { "MISS" } else { "FALSE" },
                it.2,
                it.4,
                it.5
            );
        }
    }
    Ok(())
}
