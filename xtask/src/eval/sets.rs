//! Labelled sets -> cases -> rows: what each was asked, and what came of it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use interdict::engine::{Engine, Screening, Snapshot};
use interdict::entity::{Country, Fact, Origin, PartialDate, Party, PartyName, Query, Schema};
use interdict::index::Memo;
use interdict::prepare::PreparedParty;
use interdict::score::{self, Score};
use interdict::wire::record;

/// Threads that ask. The rows come back in the order of the cases whatever their number.
const THREADS: usize = 2;

/// What a set is, which says what is counted of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Pairs of names, labelled same or not.
    Pairs,
    /// Names of listed parties: at what rank they come.
    Rank,
    /// Names of nobody listed: what alerts.
    Clean,
}

/// What a case is asked, and what has to come of it.
enum Case {
    Pair(Box<[Party; 2]>),
    /// Any of the entities is right; the rank counts the matches whose id begins so.
    Listed(Query, Vec<usize>, &'static str),
    Nobody(Query),
}

/// A case of a set: its row in the file and whether a match is right.
pub struct Labelled {
    row: usize,
    wanted: bool,
    /// What a person reads of it; never written to a file.
    words: String,
    case: Case,
}

/// A named set.
pub struct Set {
    /// The name in `results.csv`.
    pub name: &'static str,
    /// What is counted.
    pub kind: Kind,
    cases: Vec<Labelled>,
}

/// What came of a case.
pub struct Row {
    /// Row in the set's file, the first behind the header being 1.
    pub row: usize,
    /// Whether a match is right.
    pub wanted: bool,
    /// What a person reads of it.
    pub words: String,
    /// Of the pair, of the wanted entity, or of the best match.
    pub score: Score,
    /// Of the wanted entity among the matches, from 1.
    pub rank: Option<usize>,
    /// The best match counts as one by the policy.
    pub matched: bool,
    /// The decision; none for a pair.
    pub decision: &'static str,
}

impl Row {
    /// The line of `results.csv`.
    pub fn line(&self, set: &str) -> String {
        let rank = self.rank.map_or("-".to_owned(), |it| it.to_string());
        let score = self.score.probability();
        format!("{set},{},{score:.4},{rank},{}", self.row, self.decision)
    }
}

impl Set {
    /// Asks every case.
    pub fn ask(&self, engine: &Engine) -> Vec<Row> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut memo = Memo::default();
            let mut rows = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(it) = self.cases.get(at) else { return rows };
                rows.push((at, answer(engine, &mut memo, it)));
            }
        };
        let mut rows: Vec<(usize, Row)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .flat_map(|it| it.join().expect("a case that panics fails the evaluation"))
                .collect()
        });
        rows.sort_by_key(|it| it.0);
        rows.into_iter().map(|it| it.1).collect()
    }
}

fn answer(engine: &Engine, memo: &mut Memo, it: &Labelled) -> Row {
    let row = |score, rank, matched, decision| Row {
        row: it.row,
        wanted: it.wanted,
        words: it.words.clone(),
        score,
        rank,
        matched,
        decision,
    };
    match &it.case {
        Case::Pair(parties) => {
            let [a, b] = [&parties[0], &parties[1]].map(PreparedParty::new);
            row(score::score(&a, &b).score, None, false, "-")
        }
        Case::Listed(query, targets, list) => {
            let screening = engine.screen_with(memo, query);
            let id = |entity: usize| engine.snapshot().entities()[entity].id.as_str();
            let mut matches = screening.matches.iter().filter(|it| id(it.entity).starts_with(list));
            let rank = matches.position(|it| targets.contains(&it.entity));
            let found = screening.matches.iter().find(|it| targets.contains(&it.entity));
            let score = match found {
                Some(it) => it.scored.score,
                None => targets
                    .iter()
                    .map(|at| engine.explain(query, *at).scored.score)
                    .max()
                    .unwrap_or(Score::NONE),
            };
            let rank = rank.map(|it| it + 1);
            row(score, rank, matched(&screening), screening.decision.name())
        }
        Case::Nobody(query) => {
            let screening = engine.screen_with(memo, query);
            let score = screening.matches.first().map_or(Score::NONE, |it| it.scored.score);
            row(score, None, matched(&screening), screening.decision.name())
        }
    }
}

fn matched(screening: &Screening) -> bool {
    screening.matches.first().is_some_and(|it| it.judgement.matched)
}

/// The cases of the repository, asked of the sample lists.
///
/// # Errors
/// A row that cannot be read, or that wants an entity which no list has.
pub fn own(file: &Path, snapshot: &Snapshot) -> Result<Vec<Set>, String> {
    let mut reader = csv::Reader::from_path(file).map_err(|it| it.to_string())?;
    let header = reader.headers().map_err(|it| it.to_string())?.clone();
    let (mut listed, mut clean) = (Vec::new(), Vec::new());
    for (at, fields) in reader.records().enumerate() {
        let fields = fields.map_err(|it| it.to_string())?;
        let of = |column: &str| {
            let at = header.iter().position(|it| it == column);
            at.and_then(|it| fields.get(it)).unwrap_or("")
        };
        let asked = header
            .iter()
            .zip(&fields)
            .filter(|it| !["expected", "why"].contains(&it.0));
        let query = record::from_pairs(asked)
            .map_err(|it| format!("{}, row {}: {}", file.display(), at + 1, it.message))?
            .query;
        let expected = of("expected");
        let mut targets = Vec::new();
        for id in expected.split('|').filter(|it| *it != "-") {
            let entity = snapshot.entity(id);
            let (entity, _) = entity.ok_or_else(|| format!("row {}: no list has `{id}`", at + 1))?;
            targets.push(entity);
        }
        let wanted = !targets.is_empty();
        let words = format!("{} -> {expected}: {}", of("name"), of("why"));
        let (to, case) = if wanted {
            (&mut listed, Case::Listed(query, targets, ""))
        } else {
            (&mut clean, Case::Nobody(query))
        };
        to.push(Labelled {
            row: at + 1,
            wanted,
            words,
            case,
        });
    }
    Ok(vec![
        Set {
            name: "own_clean",
            kind: Kind::Clean,
            cases: clean,
        },
        Set {
            name: "own_listed",
            kind: Kind::Rank,
            cases: listed,
        },
    ])
}

/// The shared sets, asked of the real lists. Only row numbers of them reach a file of ours.
///
/// # Errors
/// A set that cannot be read.
pub fn shared(folder: &Path, snapshot: &Snapshot) -> Result<Vec<Set>, String> {
    let read = |name: &str| rows(&folder.join(name));
    let mut sets = vec![
        altered(&read("un_altered_dev.csv")?, snapshot),
        crosslist(&read("crosslist_dev.csv")?, snapshot),
        name_pairs(&read("name_pairs_dev.csv")?),
    ];
    let hard = read("hard_negatives_dev.csv")?;
    sets.push(hard_negatives("hard_negatives_by_name", &hard, false));
    sets.push(hard_negatives("hard_negatives_with_facts", &hard, true));
    for (file, step, by_name, with_facts) in [
        (
            "negatives_global_dev.csv",
            20,
            "negatives_global_by_name",
            "negatives_global_with_facts",
        ),
        (
            "negatives_us_dev.csv",
            20,
            "negatives_us_by_name",
            "negatives_us_with_facts",
        ),
        (
            "us_congress_dev.csv",
            1,
            "us_congress_by_name",
            "us_congress_with_facts",
        ),
    ] {
        let rows = read(file)?;
        sets.push(clean(by_name, &rows, step, false));
        sets.push(clean(with_facts, &rows, step, true));
    }
    Ok(sets)
}

/// A record of a file: its row, the first behind the header being 1, and its fields by the name of their column.
struct Record {
    row: usize,
    header: csv::StringRecord,
    fields: csv::StringRecord,
}

impl Record {
    fn get(&self, column: &str) -> &str {
        let at = self.header.iter().position(|it| it == column);
        at.and_then(|it| self.fields.get(it)).unwrap_or("")
    }
}

fn rows(path: &Path) -> Result<Vec<Record>, String> {
    let failed = |it: csv::Error| format!("{}: {it}", path.display());
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let records = reader.records().enumerate().map(|(at, fields)| {
        Ok(Record {
            row: at + 1,
            header: header.clone(),
            fields: fields.map_err(failed)?,
        })
    });
    records.collect()
}

fn party(schema: Schema, names: &[&str]) -> Party {
    let mut party = Party::new(schema);
    let names = names.iter().map(|it| Fact::new(PartyName::new(*it), Origin::asked()));
    party.names.extend(names);
    party
}

fn query(schema: Schema, name: &str) -> Query {
    let mut query = Query::by_name(name);
    query.party.schema = schema;
    query
}

fn altered(rows: &[Record], snapshot: &Snapshot) -> Set {
    let compact = |it: &str| interdict::text::compact(it);
    let mut by_name: std::collections::BTreeMap<String, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, entity) in snapshot.entities().iter().enumerate() {
        for name in &entity.party.names {
            by_name.entry(compact(&name.value.text)).or_default().push(at);
        }
    }
    let cases = rows.iter().map(|it| {
        let targets = by_name.get(&compact(it.get("true_name"))).cloned().unwrap_or_default();
        Labelled {
            row: it.row,
            wanted: true,
            words: format!("{} -> {}", it.get("altered_name"), it.get("true_name")),
            case: Case::Listed(query(Schema::Person, it.get("altered_name")), targets, ""),
        }
    });
    Set {
        name: "un_altered",
        kind: Kind::Rank,
        cases: cases.collect(),
    }
}

/// Rows asked as another authority spells them, whose entry is loaded here. That authority's list may be loaded, too, and would come
/// first: ranks are counted within the list of the entry.
fn crosslist(rows: &[Record], snapshot: &Snapshot) -> Set {
    let by_id: std::collections::BTreeMap<&str, usize> = snapshot
        .entities()
        .iter()
        .enumerate()
        .map(|(at, it)| (it.id.as_str(), at))
        .collect();
    let mut cases = Vec::new();
    for it in rows.iter().filter(|it| it.get("query_primary_in_target_names") == "0") {
        let list = match it.get("target_list") {
            "OFAC" => "us-ofac-sdn-",
            "UN" => "un-sc-",
            "UK" => "uk-conlist-",
            _ => continue,
        };
        let Some(at) = by_id.get(format!("{list}{}", it.get("target_id")).as_str()) else {
            continue;
        };
        let schema = match it.get("type") {
            "person" => Schema::Person,
            "vessel" => Schema::Vessel,
            _ => Schema::Thing,
        };
        cases.push(Labelled {
            row: it.row,
            wanted: true,
            words: format!("{} -> {}", it.get("query_name"), it.get("target_all_names")),
            case: Case::Listed(query(schema, it.get("query_name")), vec![*at], list),
        });
    }
    Set {
        name: "crosslist",
        kind: Kind::Rank,
        cases,
    }
}

fn name_pairs(rows: &[Record]) -> Set {
    let cases = rows.iter().map(|it| {
        let schema = Schema::parse(it.get("schema")).unwrap_or(Schema::Thing);
        let [a, b] = ["name1", "name2"].map(|column| party(schema, &[it.get(column)]));
        Labelled {
            row: it.row,
            wanted: it.get("is_match") == "true",
            words: format!("{} | {}", it.get("name1"), it.get("name2")),
            case: Case::Pair(Box::new([a, b])),
        }
    });
    Set {
        name: "name_pairs",
        kind: Kind::Pairs,
        cases: cases.collect(),
    }
}

/// Pairs that were judged not the same though their names are close.
fn hard_negatives(name: &'static str, rows: &[Record], facts: bool) -> Set {
    let side = |it: &Record, side: &str| {
        let of = |column: &str| it.get(&format!("{column}_{side}")).to_owned();
        let (first, all, dates, countries) = (of("name"), of("all_names"), of("dob"), of("country"));
        let schema = match of("type").as_str() {
            "person" => Schema::Person,
            "vessel" => Schema::Vessel,
            _ => Schema::Thing,
        };
        if !facts {
            return party(schema, &[first.as_str()]);
        }
        let mut party = party(schema, &all.split(" | ").collect::<Vec<_>>());
        let dates = dates.split(" | ").filter_map(|it| PartialDate::parse(it).ok());
        party.birth_dates.extend(dates.map(|it| Fact::new(it, Origin::asked())));
        let countries = countries.split(" | ").filter_map(Country::parse);
        party
            .nationalities
            .extend(countries.map(|it| Fact::new(it, Origin::asked())));
        party
    };
    let close = |it: &&Record| it.get("skeleton_overlap").parse::<f64>().is_ok_and(|it| it >= 0.34);
    let cases = rows.iter().filter(close).map(|it| Labelled {
        row: it.row,
        wanted: false,
        words: format!("{} | {}", it.get("name_a"), it.get("name_b")),
        case: Case::Pair(Box::new([side(it, "a"), side(it, "b")])),
    });
    Set {
        name,
        kind: Kind::Pairs,
        cases: cases.collect(),
    }
}

/// People of whom nobody is listed, as far as is known.
fn clean(name: &'static str, rows: &[Record], step: usize, facts: bool) -> Set {
    let cases = rows.iter().step_by(step).map(|it| {
        let mut query = query(Schema::Person, it.get("full_name"));
        if facts {
            if let Ok(year) = PartialDate::parse(it.get("date_of_birth").get(..4).unwrap_or("")) {
                query.party.birth_dates.push(Fact::new(year, Origin::asked()));
            }
            if let Some(country) = Country::parse(it.get("nationality")) {
                query.party.nationalities.push(Fact::new(country, Origin::asked()));
            }
        }
        Labelled {
            row: it.row,
            wanted: false,
            words: it.get("full_name").to_owned(),
            case: Case::Nobody(query),
        }
    });
    Set {
        name,
        kind: Kind::Clean,
        cases: cases.collect(),
    }
}
