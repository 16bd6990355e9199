//! The real lists, merged with their reference numbers hidden -> precision and recall, and every miss and false merge to read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::Path;
use std::time::Instant;

use interdict::entity::{Authority, Entity, IdentifierKind};
use interdict::lists::Format;
use interdict::resolve::{self, Decisions, Identities, Merged, Rule};

use crate::{bulk, lists};

/// Editions of the UN's list, each measured against the same other lists.
const EDITIONS: [&str; 3] = [
    "un/2026-02/consolidated.xml",
    "un/2020-03/consolidated.xml",
    "un/2016-06/un.xml",
];

/// Runs the measurement; what has to be read goes to `target/merge`.
pub fn run(shared: &Path) -> Result<(), String> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/merge");
    fs::create_dir_all(&out).map_err(|it| format!("{}: {it}", out.display()))?;
    let mut report = String::new();
    let referents = referents(shared);
    for (n, edition) in EDITIONS.iter().enumerate() {
        let others: Vec<lists::List> = lists::LISTS.into_iter().filter(|it| it.0 != Format::UnXml).collect();
        let mut parsed = lists::parse(&shared.join("lists"), &others);
        let un: [lists::List; 1] = [(Format::UnXml, std::slice::from_ref(edition))];
        parsed.extend(lists::parse(&shared.join("lists"), &un));
        let entities: Vec<Entity> = parsed.into_iter().flat_map(|it| it.entities).collect();
        let _ = writeln!(report, "\n== {edition}: {} entries", entities.len());
        let gold = gold_of_references(&entities);
        let misprinted = misprinted(&entities, &gold);
        let _ = writeln!(
            report,
            "{} entries bear a reference that is another one's by the UN's own list: {}",
            misprinted.len(),
            misprinted
                .iter()
                .map(|(at, of)| format!("{} ({of})", entities[*at].id))
                .collect::<Vec<_>>()
                .join(", ")
        );
        let mut hidden: Vec<Entity> = entities
            .iter()
            .cloned()
            .enumerate()
            .map(|(at, it)| hide(at, it, false))
            .collect();
        // Clean hands: the order of the lists must not help.
        hidden.reverse();
        let (merged, spent) = timed(hidden);
        let of = clusters(&merged, entities.len());
        let _ = writeln!(report, "references hidden: {spent}, {}", summary(&merged));
        let mut read = String::new();
        measure_references(
            &entities,
            &gold,
            &BTreeMap::new(),
            &of,
            &merged,
            &mut report,
            &mut String::new(),
        );
        let _ = writeln!(report, "  without the references that are another one's:");
        measure_references(&entities, &gold, &misprinted, &of, &merged, &mut report, &mut read);
        write(&out.join(format!("references-{n}.txt")), &read)?;
        if n == 0 {
            for (word, bare) in [
                ("references hidden", false),
                ("references and identifiers hidden", true),
            ] {
                let merged_bare;
                let (of, merged) = if bare {
                    let hidden = entities
                        .iter()
                        .cloned()
                        .enumerate()
                        .map(|(at, it)| hide(at, it, true))
                        .collect();
                    merged_bare = resolve::merge(hidden, &Decisions::default(), &Identities::default());
                    (clusters(&merged_bare, entities.len()), &merged_bare)
                } else {
                    (of.clone(), &merged)
                };
                let _ = writeln!(report, "\n-- labelled pairs, {word}");
                let mut read = String::new();
                labelled(shared, &entities, &referents, &of, merged, &mut report, &mut read);
                write(
                    &out.join(if bare { "labelled-bare.txt" } else { "labelled.txt" }),
                    &read,
                )?;
            }
            used(&entities, "", &out, &mut report)?;
        }
    }
    wide(shared, &referents, &out, &mut report)?;
    println!("{report}");
    write(&out.join("report.txt"), &report)
}

/// As in use: nothing hidden.
fn used(entities: &[Entity], suffix: &str, out: &Path, report: &mut String) -> Result<(), String> {
    let input = entities.to_vec();
    let (merged, spent) = timed(input);
    let _ = writeln!(report, "\nnothing hidden: {spent}, {}", summary(&merged));
    let mut read = String::new();
    for it in &merged.clusters {
        for link in it.links.iter().filter(|it| it.rule > Rule::Reference) {
            let _ = writeln!(read, "{} {} [{}] [{}]", link.weight, link.rule, link.a, link.b);
            for because in &link.because {
                let _ = writeln!(read, "    {} {} {}", because.weight, because.fact.name(), because.words);
            }
        }
    }
    write(&out.join(format!("links{suffix}.txt")), &read)?;
    let mut read = String::new();
    for it in &merged.apart {
        let link = &it.link;
        let _ = writeln!(
            read,
            "{} {} [{}] [{}]: {}",
            link.weight, link.rule, link.a, link.b, it.apart
        );
        for because in &link.because {
            let _ = writeln!(read, "    {} {} {}", because.weight, because.fact.name(), because.words);
        }
    }
    write(&out.join(format!("apart{suffix}.txt")), &read)?;
    let mut read = String::new();
    for it in &merged.entities {
        for member in &it.members {
            let _ = writeln!(read, "{}\t{}\t{}", it.id, member.id, member.reason);
        }
    }
    for it in &merged.problems {
        let _ = writeln!(read, "{} {} {}", it.record, it.field, it.message);
    }
    write(&out.join(format!("members{suffix}.txt")), &read)
}

/// Merges, and tells the time of the clock and that of the processor: on a busy machine the former says little.
fn timed(entities: Vec<Entity>) -> (Merged, String) {
    let (start, before) = (Instant::now(), bulk::processor());
    let merged = resolve::merge(entities, &Decisions::default(), &Identities::default());
    let spent = bulk::processor().zip(before).map(|(now, before)| now - before);
    let spent = spent.map_or_else(|| "?".to_owned(), |it| format!("{it:.2}"));
    (
        merged,
        format!("{:.2} s ({spent} s on the processor)", start.elapsed().as_secs_f64()),
    )
}

/// All real lists, with those whose formats came later.
fn wide(shared: &Path, referents: &BTreeMap<String, String>, out: &Path, report: &mut String) -> Result<(), String> {
    let folder = shared.join("lists");
    let mut parsed = lists::parse(&folder, &lists::LISTS);
    parsed.extend(lists::parse(&folder, &lists::FURTHER));
    let _ = writeln!(report, "\n== all real lists");
    for it in &parsed {
        let _ = writeln!(
            report,
            "  {} {}: {} entries",
            it.list,
            it.format.name(),
            it.entities.len()
        );
    }
    // The program makes ids its own in the same way: lists of one publisher repeat each other's numbers.
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut entities: Vec<Entity> = Vec::new();
    for mut it in parsed.into_iter().flat_map(|it| it.entities) {
        let mut n = 1;
        let id = it.id.clone();
        while !taken.insert(it.id.clone()) {
            n += 1;
            it.id = format!("{id}~{n}");
        }
        entities.push(it);
    }
    let hidden: Vec<Entity> = entities
        .iter()
        .cloned()
        .enumerate()
        .map(|(at, it)| hide(at, it, false))
        .rev()
        .collect();
    let _ = writeln!(report, "{} entries", entities.len());
    let (merged, spent) = timed(hidden);
    let of = clusters(&merged, entities.len());
    let _ = writeln!(report, "references hidden: {spent}, {}", summary(&merged));
    let un = gold_of_references(&entities);
    let misprinted = misprinted(&entities, &un);
    let own = gold_of_numbers(&entities);
    for (word, gold, misprinted) in [
        ("UN", &un, &misprinted),
        ("OFAC numbers", &own, &BTreeMap::new()),
        ("EU", &gold_of_eu(&entities, referents), &BTreeMap::new()),
    ] {
        let _ = writeln!(report, "\n-- references: {word}");
        let mut read = String::new();
        measure_references(&entities, gold, misprinted, &of, &merged, report, &mut read);
        let name = word.split(' ').next().unwrap_or_default().to_lowercase();
        write(&out.join(format!("references-wide-{name}.txt")), &read)?;
    }
    let _ = writeln!(report, "\n-- labelled pairs, references hidden");
    let mut read = String::new();
    labelled(shared, &entities, referents, &of, &merged, report, &mut read);
    write(&out.join("labelled-wide.txt"), &read)?;
    used(&entities, "-wide", out, report)
}

/// OFAC's own number -> entries under it, on its lists and in the screening list.
fn gold_of_numbers(entities: &[Entity]) -> BTreeMap<String, Vec<usize>> {
    let mut out: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, it) in entities.iter().enumerate() {
        let of: BTreeSet<&str> = it
            .listings
            .iter()
            .filter(|it| it.authority == Authority::UsOfac && !it.reference.is_empty())
            .map(|it| it.reference.as_str())
            .collect();
        for key in of {
            out.entry(key.to_owned()).or_default().push(at);
        }
    }
    out
}

/// The EU's reference -> entries that carry it, and the EU's own entry.
fn gold_of_eu(entities: &[Entity], referents: &BTreeMap<String, String>) -> BTreeMap<String, Vec<usize>> {
    let places: BTreeMap<&str, usize> = entities.iter().enumerate().map(|it| (it.1.id.as_str(), it.0)).collect();
    let mut out: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, it) in entities.iter().enumerate() {
        for it in &it.party.identifiers {
            let it = &it.value;
            if matches!(&it.kind, IdentifierKind::Other(label) if label.starts_with("EU reference")) {
                out.entry(it.number.clone()).or_default().push(at);
            }
        }
    }
    for (reference, of) in &mut out {
        of.extend(referents.get(reference).and_then(|it| places.get(it.as_str())));
    }
    out
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|it| format!("{}: {it}", path.display()))
}

/// The entry without what names it: no reference number, no id, none in its texts; without identifiers, too, where asked.
fn hide(at: usize, mut it: Entity, identifiers: bool) -> Entity {
    // The place is told in the id, shuffled, so that it can be found again.
    let key = format!("{:016x}-{at}", hash(&at));
    it.id.clone_from(&key);
    for listing in &mut it.listings {
        listing.reference.clone_from(&key);
        listing.url = None;
        // The screening list repeats OFAC's: under other keys they would be two entries of one list.
        if listing.list == "us-csl" {
            listing.authority = Authority::Other("us-csl".to_owned());
        }
    }
    let kept = |kind: &IdentifierKind| match kind {
        IdentifierKind::UnReference => false,
        IdentifierKind::Other(label) => !identifiers && !label.starts_with("EU reference") && label != "OFSI Group ID",
        _ => !identifiers,
    };
    it.party.identifiers.retain(|it| kept(&it.value.kind));
    for note in &mut it.notes {
        note.value = without_references(&note.value);
    }
    it.relations.clear();
    it
}

/// Words that hold both a letter and a digit, and such of digits and points, are taken out: `QDe.004`, `QE.A.4.01`, `KPi.067`.
fn without_references(text: &str) -> String {
    text.split_whitespace()
        .filter(|it| !(it.contains('.') && it.bytes().any(|it| it.is_ascii_digit())))
        .collect::<Vec<_>>()
        .join(" ")
}

fn hash(it: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    it.hash(&mut hasher);
    hasher.finish()
}

/// Which of the two halves a key falls into.
fn half(key: &str) -> usize {
    usize::from(hash(&key) & 1 == 1)
}

fn summary(merged: &Merged) -> String {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for it in merged.clusters.iter().flat_map(|it| &it.links) {
        *rules.entry(it.rule.name()).or_default() += 1;
    }
    let mut apart: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &merged.apart {
        *apart.entry(it.apart.name()).or_default() += 1;
    }
    format!(
        "{} entities, {} clusters, links {rules:?}, apart {apart:?}",
        merged.entities.len(),
        merged.clusters.len()
    )
}

/// Place in the list before hiding -> number of its entity.
fn clusters(merged: &Merged, n: usize) -> Vec<usize> {
    let mut out = vec![usize::MAX; n];
    let place = |id: &str| id.rsplit('-').next().and_then(|it| it.parse::<usize>().ok());
    for (number, it) in merged.entities.iter().enumerate() {
        let ids: Vec<&str> = if it.members.is_empty() {
            vec![it.id.as_str()]
        } else {
            it.members.iter().map(|it| it.id.as_str()).collect()
        };
        for at in ids.into_iter().filter_map(place) {
            if let Some(of) = out.get_mut(at) {
                *of = number;
            }
        }
    }
    out
}

/// UN reference in today's form -> entries that carry it.
fn gold_of_references(entities: &[Entity]) -> BTreeMap<String, Vec<usize>> {
    let mut out: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, it) in entities.iter().enumerate() {
        let mut of: BTreeSet<String> = BTreeSet::new();
        for it in &it.party.identifiers {
            if it.value.kind == IdentifierKind::UnReference {
                of.extend(resolve::un_reference(&it.value.number));
            }
        }
        for key in of {
            out.entry(key).or_default().push(at);
        }
    }
    out
}

/// A name without order, case, accents: its words, sorted.
fn plain(name: &str) -> Vec<String> {
    let mut words: Vec<String> = interdict::text::tokens(name).into_iter().map(|it| it.folded).collect();
    words.sort();
    words
}

/// Entries of other lists whose reference is another one's: the UN's entry of the reference has none of its names, and another entry
/// of the UN has the same first name, word for word. Told without the merger. Place -> reference.
fn misprinted(entities: &[Entity], gold: &BTreeMap<String, Vec<usize>>) -> BTreeMap<usize, String> {
    let names = |at: usize| -> BTreeSet<Vec<String>> {
        entities[at]
            .party
            .names
            .iter()
            .map(|it| plain(&it.value.text))
            .filter(|it| it.len() > 1)
            .collect()
    };
    let mut first: BTreeMap<Vec<String>, BTreeSet<usize>> = BTreeMap::new();
    for at in (0..entities.len()).filter(|at| list_of(&entities[*at]) == "un-sc") {
        first.entry(plain(entities[at].caption())).or_default().insert(at);
    }
    let mut out = BTreeMap::new();
    for (reference, entries) in gold {
        let own: Vec<usize> = entries
            .iter()
            .copied()
            .filter(|at| list_of(&entities[*at]) == "un-sc")
            .collect();
        for at in entries.iter().filter(|at| list_of(&entities[**at]) != "un-sc") {
            let mine = names(*at);
            let shared = own.iter().any(|own| names(*own).intersection(&mine).next().is_some());
            let another = first
                .get(&plain(entities[*at].caption()))
                .is_some_and(|it| it.iter().any(|it| !own.contains(it)));
            if !shared && another {
                out.insert(*at, reference.clone());
            }
        }
    }
    out
}

fn list_of(it: &Entity) -> &str {
    it.listings.first().map_or("", |it| it.list.as_str())
}

#[derive(Default, Clone, Copy)]
struct Tally {
    gold: usize,
    found: usize,
    wrong: usize,
}

impl Tally {
    fn line(self) -> String {
        let share = |n: usize, of: usize| 100.0 * n as f64 / of.max(1) as f64;
        format!(
            "{} pairs, recall {:.2} %, precision {:.2} % ({} found, {} wrong)",
            self.gold,
            share(self.found, self.gold),
            share(self.found, self.found + self.wrong),
            self.found,
            self.wrong
        )
    }
}

fn measure_references(
    entities: &[Entity],
    gold: &BTreeMap<String, Vec<usize>>,
    misprinted: &BTreeMap<usize, String>,
    of: &[usize],
    merged: &Merged,
    report: &mut String,
    read: &mut String,
) {
    let mut halves = [Tally::default(); 2];
    let mut by: BTreeMap<String, Tally> = BTreeMap::new();
    let mut reference_of: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (reference, entries) in gold {
        let entries: Vec<usize> = entries
            .iter()
            .copied()
            .filter(|at| misprinted.get(at) != Some(reference))
            .collect();
        for at in &entries {
            reference_of.entry(*at).or_default().push(reference);
        }
        for (n, a) in entries.iter().enumerate() {
            for b in entries.iter().skip(n + 1) {
                let (x, y) = (&entities[*a], &entities[*b]);
                if list_of(x) == list_of(y) {
                    continue;
                }
                let found = of[*a] == of[*b];
                let half = half(reference);
                let mut lists = [list_of(x), list_of(y)];
                lists.sort_unstable();
                let add = |it: &mut Tally| {
                    it.gold += 1;
                    it.found += usize::from(found);
                };
                add(&mut halves[half]);
                add(by.entry(lists.join(" + ")).or_default());
                add(by.entry(x.party.schema.name().to_owned()).or_default());
                if !found {
                    let _ = writeln!(read, "MISS half {half} {reference}");
                    tell(x, *a, of, entities, read);
                    tell(y, *b, of, entities, read);
                    why(*a, *b, merged, read);
                }
            }
        }
    }
    // Wrong: two entries with references, none in common, in one entity.
    let mut in_entity: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in reference_of.keys() {
        in_entity.entry(of[*at]).or_default().push(*at);
    }
    for entries in in_entity.values() {
        for (n, a) in entries.iter().enumerate() {
            for b in entries.iter().skip(n + 1) {
                if reference_of[a].iter().any(|it| reference_of[b].contains(it)) {
                    continue;
                }
                let half = half(reference_of[a].first().unwrap_or(&""));
                halves[half].wrong += 1;
                let (x, y) = (&entities[*a], &entities[*b]);
                let mut lists = [list_of(x), list_of(y)];
                lists.sort_unstable();
                by.entry(lists.join(" + ")).or_default().wrong += 1;
                by.entry(x.party.schema.name().to_owned()).or_default().wrong += 1;
                let _ = writeln!(read, "WRONG half {half} {:?} {:?}", reference_of[a], reference_of[b]);
                tell(x, *a, of, entities, read);
                tell(y, *b, of, entities, read);
                why(*a, *b, merged, read);
            }
        }
    }
    for (n, it) in halves.iter().enumerate() {
        let _ = writeln!(report, "  half {n}: {}", it.line());
    }
    for (word, it) in &by {
        let _ = writeln!(report, "  {word}: {}", it.line());
    }
}

/// What an entry says, for a reader, and with whom it was united.
fn tell(it: &Entity, at: usize, of: &[usize], entities: &[Entity], read: &mut String) {
    let party = &it.party;
    let list = |values: Vec<String>| values.into_iter().take(8).collect::<Vec<_>>().join(" | ");
    let _ = writeln!(
        read,
        "  [{}] {} names: {}\n      born {} in {}; {} {}; {}; ids {}; {}; since {}",
        it.id,
        party.schema,
        list(party.names.iter().map(|it| it.value.text.clone()).collect()),
        list(party.birth_dates.iter().map(|it| it.value.to_string()).collect()),
        list(party.birth_places.iter().map(|it| it.value.clone()).collect()),
        list(
            party
                .nationalities
                .iter()
                .map(|it| it.value.name().to_owned())
                .collect()
        ),
        party.genders.first().map_or("", |it| it.value.name()),
        list(party.addresses.iter().map(|it| it.value.full.clone()).collect()),
        list(party.identifiers.iter().map(|it| it.value.to_string()).collect()),
        list(it.listings.iter().flat_map(|it| it.programmes.clone()).collect()),
        list(
            it.listings
                .iter()
                .filter_map(|it| it.since)
                .map(|it| it.to_string())
                .collect()
        ),
    );
    let with: Vec<&str> = of
        .iter()
        .enumerate()
        .filter(|(other, number)| **number == of[at] && *other != at)
        .map(|(other, _)| entities[other].id.as_str())
        .collect();
    if !with.is_empty() {
        let _ = writeln!(read, "      united with {}", with.join(", "));
    }
}

/// What the merger says of a pair.
fn why(a: usize, b: usize, merged: &Merged, read: &mut String) {
    let is = |id: &str, at: usize| id.ends_with(&format!("-{at}"));
    let pair = |x: &str, y: &str| (is(x, a) && is(y, b)) || (is(x, b) && is(y, a));
    for it in merged.apart.iter().filter(|it| pair(&it.link.a, &it.link.b)) {
        let _ = writeln!(read, "    apart: {} ({} {})", it.apart, it.link.weight, it.link.rule);
        for it in &it.link.because {
            let _ = writeln!(read, "      {} {} {}", it.weight, it.fact.name(), it.words);
        }
    }
    let either = |it: &resolve::Link| is(&it.a, a) || is(&it.b, a) || is(&it.a, b) || is(&it.b, b);
    for it in merged.clusters.iter().flat_map(|it| &it.links).filter(|it| either(it)) {
        let _ = writeln!(read, "    link {} {}", it.weight, it.rule);
        for it in &it.because {
            let _ = writeln!(read, "      {} {} {}", it.weight, it.fact.name(), it.words);
        }
    }
}

/// EU reference (`EU.1915.91`) -> id of the entry in the FollowTheMoney file.
fn referents(shared: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(shared.join("lists/opensanctions/eu_fsf_2022-01-24.ftm.jsonl")).unwrap_or_default();
    let mut out = BTreeMap::new();
    for line in text.lines() {
        let Ok(it) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        let id = it["id"].as_str().unwrap_or_default();
        for referent in it["referents"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|it| it.as_str())
        {
            if let Some(rest) = referent.strip_prefix("eu-fsf-eu-") {
                out.insert(format!("EU.{}", rest.replace('-', ".")), id.to_owned());
            }
        }
    }
    out
}

/// The pairs of the evaluation sets whose entries are loaded.
fn labelled(
    shared: &Path,
    entities: &[Entity],
    referents: &BTreeMap<String, String>,
    of: &[usize],
    merged: &Merged,
    report: &mut String,
    read: &mut String,
) {
    let places: BTreeMap<&str, usize> = entities.iter().enumerate().map(|it| (it.1.id.as_str(), it.0)).collect();
    let find = |list: &str, id: &str| -> Option<usize> {
        let id = match list {
            "OFAC" => format!("us-ofac-sdn-{id}"),
            "UN" => format!("un-sc-{id}"),
            "UK" => format!("uk-conlist-{id}"),
            "AU" => format!("au-dfat-{id}"),
            "EU" => referents.get(id)?.clone(),
            _ => return None,
        };
        places.get(id.as_str()).copied()
    };
    let rows = |name: &str| -> Vec<csv::StringRecord> {
        csv::Reader::from_path(shared.join("eval").join(name))
            .map(|mut it| it.records().flatten().collect())
            .unwrap_or_default()
    };
    let mut by: BTreeMap<String, Tally> = BTreeMap::new();
    let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut partners: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for it in &rows("crosslist_dev.csv") {
        let (Some(a), Some(b)) = (find(&it[0], &it[1]), find(&it[7], &it[8])) else {
            continue;
        };
        partners.entry(a).or_default().insert(b);
        partners.entry(b).or_default().insert(a);
        if a == b || !seen.insert((a.min(b), a.max(b))) {
            continue;
        }
        let found = of[a] == of[b];
        let mut lists = [&it[0], &it[7]];
        lists.sort_unstable();
        let half = half(&it[1]);
        for key in [
            format!("basis {}", &it[12]),
            format!("lists {}", lists.join(" + ")),
            format!("schema {}", &it[6]),
            format!("half {half}"),
        ] {
            let tally = by.entry(key).or_default();
            tally.gold += 1;
            tally.found += usize::from(found);
        }
        if !found {
            let _ = writeln!(read, "MISS half {half} {}", &it[12]);
            tell(&entities[a], a, of, entities, read);
            tell(&entities[b], b, of, entities, read);
            why(a, b, merged, read);
        }
    }
    // Wrong: an entry that has its partner on a list is united with another entry of that list instead.
    let mut wrong = BTreeSet::new();
    for (at, of_gold) in &partners {
        for (other, number) in of.iter().enumerate() {
            if *number != of[*at] || other == *at || of_gold.contains(&other) {
                continue;
            }
            let list = list_of(&entities[other]);
            if of_gold.iter().any(|it| list_of(&entities[*it]) == list) {
                wrong.insert((other.min(*at), other.max(*at)));
            }
        }
    }
    for (a, b) in &wrong {
        let tally = by.entry(format!("half {}", half(&entities[*a].id))).or_default();
        tally.wrong += 1;
        let _ = writeln!(read, "WRONG");
        tell(&entities[*a], *a, of, entities, read);
        tell(&entities[*b], *b, of, entities, read);
        why(*a, *b, merged, read);
    }
    for (word, it) in &by {
        let _ = writeln!(report, "  {word}: {}", it.line());
    }
    let (mut judged, mut united) = (0, 0);
    for it in &rows("hard_negatives_dev.csv") {
        let (Some(a), Some(b)) = (find(&it[0], &it[1]), find(&it[7], &it[8])) else {
            continue;
        };
        if a == b {
            continue;
        }
        judged += 1;
        if of[a] == of[b] {
            united += 1;
            let _ = writeln!(read, "HARD NEGATIVE united, skeleton {}", &it[16]);
            tell(&entities[a], a, of, entities, read);
            tell(&entities[b], b, of, entities, read);
            why(a, b, merged, read);
        }
    }
    let _ = writeln!(
        report,
        "  hard negatives: {judged} judged not the same, {united} united"
    );
}
