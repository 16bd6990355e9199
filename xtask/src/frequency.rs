//! Open name statistics -> `crates/interdict/data/frequency.tsv`: how common the sound of a word is in names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use interdict::text;

/// A word rarer than one name in this many is not written: it counts as rare anyway.
const RAREST: f64 = 60_000.0;

/// How often each sound occurs, per name of one population.
type Population = BTreeMap<String, f64>;

/// Rewrites the table from the statistics beside the project.
pub fn regenerate(_: &[String]) -> Result<(), String> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !shared.exists() {
        return Err("the shared data is not there".to_owned());
    }
    let persons = [
        wikidata(&shared),
        census(&shared),
        office_holders(&shared),
        ofac(&shared, true),
    ];
    let organisations = [ofac(&shared, false)];
    let mut out = String::from(
        "# How common the sound of a word is in names: kind (p person, o organisation), sound, hundredths of a nat of surprise\n\
         # (-100 ln of the share of names that hold it, the largest over all populations). Written by `cargo xtask regenerate` from\n\
         # Wikidata names (CC0), the US census (public domain), public lists of office holders, and OFAC's list (public domain).\n",
    );
    for (kind, populations) in [("p", persons.as_slice()), ("o", organisations.as_slice())] {
        let mut most: BTreeMap<&str, f64> = BTreeMap::new();
        for (sound, share) in populations.iter().flatten() {
            let it = most.entry(sound).or_default();
            *it = it.max(*share);
        }
        for (sound, share) in most {
            if share * RAREST >= 1.0 {
                out += &format!("{kind}\t{sound}\t{:.0}\n", -100.0 * share.min(1.0).ln());
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/interdict/data/frequency.tsv");
    match fs::write(&path, &out) {
        Ok(()) => {
            println!("{}: {} lines", path.display(), out.lines().count());
            Ok(())
        }
        Err(it) => Err(format!("{}: {it}", path.display())),
    }
}

fn read(path: &Path) -> String {
    fs::read(path)
        .map(|it| String::from_utf8_lossy(&it).into_owned())
        .unwrap_or_default()
}

fn shares(counts: BTreeMap<String, f64>, names: f64, fewest: f64) -> Population {
    // A word seen once or twice says more about the sample than about its frequency.
    counts
        .into_iter()
        .filter(|it| it.1 >= fewest)
        .map(|(sound, n)| (sound, n / names.max(1.0)))
        .collect()
}

fn add_name(counts: &mut BTreeMap<String, f64>, name: &str) {
    let mut sounds: Vec<String> = text::tokens(name).iter().map(|it| text::sound(&it.folded)).collect();
    sounds.sort();
    sounds.dedup();
    for it in sounds {
        *counts.entry(it).or_default() += 1.0;
    }
}

/// Single name words with the number of people who bear them; two to three words make a name.
fn wikidata(shared: &Path) -> Population {
    let mut best: BTreeMap<String, f64> = BTreeMap::new();
    for language in ["arabic", "chinese", "hebrew", "japanese", "korean", "russian"] {
        let mut counts = BTreeMap::new();
        let mut total = 0.0;
        for line in read(&shared.join(format!("names/wd_{language}_80.tsv"))).lines() {
            let mut fields = line.split('\t');
            let (Some(word), _, count) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            let n: f64 = count.and_then(|it| it.parse().ok()).unwrap_or(1.0);
            total += n;
            for it in text::tokens(word) {
                *counts.entry(text::sound(&it.folded)).or_default() += n;
            }
        }
        for (sound, share) in shares(counts, total / 2.2, 3.0) {
            let it = best.entry(sound).or_default();
            *it = it.max(share);
        }
    }
    best
}

/// Surnames and given names with their percentage of the US population in 1990.
fn census(shared: &Path) -> Population {
    let mut out = Population::new();
    for file in [
        "names/dist.all.last",
        "names/dist.female.first",
        "names/dist.male.first",
    ] {
        for line in read(&shared.join(file)).lines() {
            let mut fields = line.split_whitespace();
            if let (Some(word), Some(percent)) = (fields.next(), fields.next().and_then(|it| it.parse::<f64>().ok())) {
                let sex = if file.contains("first") { 0.5 } else { 1.0 };
                *out.entry(text::sound(&word.to_lowercase())).or_default() += percent / 100.0 * sex;
            }
        }
    }
    out
}

fn csv_column(path: &Path, column: &str) -> Vec<(String, String)> {
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        return Vec::new();
    };
    let Ok(header) = reader.headers().cloned() else {
        return Vec::new();
    };
    let at = |name: &str| header.iter().position(|it| it == name);
    let (Some(name), country) = (at(column), at("country")) else {
        return Vec::new();
    };
    reader
        .records()
        .flatten()
        .map(|it| {
            (
                it.get(name).unwrap_or("").to_owned(),
                country.and_then(|at| it.get(at)).unwrap_or("").to_owned(),
            )
        })
        .collect()
}

/// Office holders, country by country where there are enough of them: a name that is common in one country is common.
fn office_holders(shared: &Path) -> Population {
    let mut by_country: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, country) in csv_column(&shared.join("peps/peps_merged.csv"), "name") {
        by_country.entry(country).or_default().push(name);
    }
    let mut out = Population::new();
    for names in by_country.values().filter(|it| it.len() >= 400) {
        let mut counts = BTreeMap::new();
        for name in names {
            add_name(&mut counts, name);
        }
        for (sound, share) in shares(counts, names.len() as f64, 3.0) {
            let it = out.entry(sound).or_default();
            // Half: a listed person is of one country, who asks may be of any.
            *it = it.max(share / 2.0);
        }
    }
    out
}

fn ofac(shared: &Path, individuals: bool) -> Population {
    let mut counts = BTreeMap::new();
    let mut names = 0.0;
    let path = shared.join("lists/ofac/sdn_2023-12-28/sdn.csv");
    let Ok(mut reader) = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(path)
    else {
        return counts;
    };
    for it in reader.byte_records().flatten() {
        let field = |at: usize| {
            String::from_utf8_lossy(it.get(at).unwrap_or_default())
                .trim()
                .to_owned()
        };
        let kind = field(2);
        if (kind == "individual") == individuals && (individuals || kind == "-0-") {
            names += 1.0;
            add_name(&mut counts, &field(1));
        }
    }
    shares(counts, names, 3.0)
}
