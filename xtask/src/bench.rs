//! How fast the engine screens: the real lists (and a million more entities) against mixes of names. Printed, never asserted.

use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use interdict::engine::{Engine, Snapshot};
use interdict::entity::{Country, Entity, Fact, Origin, PartialDate, Party, PartyName, Query, Schema};
use interdict::index::{Effort, Memo};
use interdict::policy::Policy;
use interdict::prepare::PreparedParty;
use interdict::score;

use crate::lists;

/// Runs the benchmark; `dump FILE` writes the answers to some thousands of queries instead, `scale [N]` adds N made-up entities.
pub fn run(words: &[String]) -> Result<(), String> {
    let shared = lists::shared().ok_or("the shared data is not there")?;
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/us-bank.toml");
    let policy = fs::read_to_string(policy).map_err(|it| it.to_string())?;
    let policy = Policy::parse(&policy).map_err(|it| it.to_string())?;
    let parsed = lists::parse_all(&shared);
    let mut versions = Vec::new();
    let mut entities: Vec<Entity> = Vec::new();
    for it in parsed {
        entities.extend(it.entities);
        versions.push(it.list);
    }
    let mixes = mixes(&entities, &shared);
    let scale = words.first().is_some_and(|it| it == "scale");
    if scale {
        let n = words
            .get(1)
            .map_or(Ok(1_000_000), |it| it.parse())
            .map_err(|_| "scale N")?;
        made_up(&shared, n, &mut entities)?;
    }
    let names: usize = entities.iter().map(|it| it.party.names.len()).sum();
    let before = memory();
    let start = Instant::now();
    let prepared: Vec<PreparedParty> = entities.iter().map(|it| PreparedParty::new(&it.party)).collect();
    let prepare = start.elapsed();
    drop(prepared);
    let start = Instant::now();
    let snapshot = Snapshot::build(Vec::new(), entities);
    println!(
        "build: {:.2?} ({prepare:.2?} to prepare), {} lists, {} entities, {names} names, {} terms; {} MB resident, {} MB before",
        start.elapsed(),
        versions.len(),
        snapshot.entities().len(),
        snapshot.index().terms(),
        memory(),
        before,
    );
    let engine = Engine::new(&snapshot, &policy);
    if let (Some("dump"), Some(path)) = (words.first().map(String::as_str), words.get(1)) {
        return dump(&engine, &mixes, path);
    }
    let only = if scale { None } else { words.first() };
    if only.is_none_or(|it| it == "control") {
        control(&engine);
    }
    for (name, queries) in mixes.iter().filter(|it| only.is_none_or(|only| it.0 == *only)) {
        measure(&engine, name, queries);
    }
    Ok(())
}

/// Resident memory, MB; nought where the system does not say.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let kb: Option<u64> = line
        .and_then(|it| it.split_whitespace().next())
        .and_then(|it| it.parse().ok());
    kb.unwrap_or(0) / 1024
}

type Mix = (&'static str, Vec<Query>);

fn named(schema: Schema, name: &str) -> Query {
    let mut query = Query::by_name(name);
    query.party.schema = schema;
    query
}

fn rows(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path)
        .map(|mut it| it.records().flatten().collect())
        .unwrap_or_default()
}

fn every<T>(of: Vec<T>, most: usize) -> Vec<T> {
    let step = of.len().div_ceil(most).max(1);
    of.into_iter().step_by(step).collect()
}

fn mixes(entities: &[Entity], shared: &Path) -> Vec<Mix> {
    let published = |schema: &dyn Fn(Schema) -> Schema| -> Vec<Query> {
        let names = entities.iter().flat_map(|it| {
            it.party
                .names
                .iter()
                .map(move |name| (it.party.schema, name.value.text.as_str()))
        });
        names.map(|it| named(schema(it.0), it.1)).collect()
    };
    let eval = shared.join("eval");
    let column = |file: &str, at: usize, schema: Schema| -> Vec<Query> {
        rows(&eval.join(file)).iter().map(|it| named(schema, &it[at])).collect()
    };
    let clean = column("negatives_global_dev.csv", 0, Schema::Person);
    let mut long = published(&|it| it);
    long.sort_by_key(|it| std::cmp::Reverse(it.party.names[0].value.text.len()));
    long.truncate(2_000);
    let scripts = published(&|it| it)
        .into_iter()
        .chain(clean.iter().cloned())
        .filter(|it| {
            let name = &it.party.names[0].value.text;
            name.chars().any(|it| it.is_alphabetic() && it as u32 > 0x370)
        })
        .collect();
    vec![
        ("published", every(published(&|it| it), 4_000)),
        ("untyped", every(published(&|_| Schema::Thing), 4_000)),
        ("clean", every(clean.clone(), 4_000)),
        ("us", every(column("negatives_us_dev.csv", 0, Schema::Person), 4_000)),
        ("congress", column("us_congress_dev.csv", 0, Schema::Person)),
        ("altered", column("un_altered_dev.csv", 0, Schema::Person)),
        ("cross", every(column("crosslist_dev.csv", 2, Schema::Thing), 4_000)),
        ("scripts", every(scripts, 4_000)),
        ("facts", with_facts(&eval)),
        ("long", long),
    ]
}

/// People with birth date and country, as customers are: clean ones, and altered names of listed ones.
fn with_facts(eval: &Path) -> Vec<Query> {
    let query = |name: &str, date: &str, country: &str| {
        let mut query = named(Schema::Person, name);
        if let Ok(date) = PartialDate::parse(date) {
            query.party.birth_dates.push(Fact::new(date, Origin::asked()));
        }
        if let Some(country) = Country::parse(country) {
            query.party.nationalities.push(Fact::new(country, Origin::asked()));
        }
        query
    };
    let altered = rows(&eval.join("un_altered_dev.csv"));
    let altered = altered.iter().map(|it| query(&it[0], &it[3], &it[5]));
    let clean = every(rows(&eval.join("negatives_global_dev.csv")), 1_000);
    altered
        .chain(clean.iter().map(|it| query(&it[0], &it[5], &it[7])))
        .collect()
}

/// Made-up people: given names and surnames of office holders and of the US census, put together anew. The same every time.
fn made_up(shared: &Path, n: usize, out: &mut Vec<Entity>) -> Result<(), String> {
    let (mut given, mut surnames): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for it in rows(&shared.join("peps/peps_merged.csv")) {
        let words: Vec<&str> = it[3].split_whitespace().collect();
        if let [first, .., last] = words[..] {
            given.push(first.to_owned());
            surnames.push(last.to_owned());
            // A middle name of one in three.
            if words.len() > 2 {
                given.push(words[1].to_owned());
            }
        }
    }
    if given.is_empty() {
        return Err("peps/peps_merged.csv holds no names".to_owned());
    }
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % most
    };
    for at in 0..n {
        let mut party = Party::new(Schema::Person);
        let mut name = given[next(given.len())].clone();
        for _ in 0..usize::from(next(3) == 0) {
            name = format!("{name} {}", given[next(given.len())]);
        }
        name = format!("{name} {}", surnames[next(surnames.len())]);
        party
            .names
            .push(Fact::new(PartyName::new(name.as_str()), Origin::asked()));
        out.push(Entity::new(format!("made-up-{at}"), party));
    }
    Ok(())
}

/// One line for each query: what must not change.
fn dump(engine: &Engine, mixes: &[Mix], path: &str) -> Result<(), String> {
    let mut out = Vec::new();
    let mut memo = Memo::default();
    for (mix, queries) in mixes {
        for it in queries {
            let screening = engine.screen_with(&mut memo, it);
            let matches: Vec<String> = screening
                .matches
                .iter()
                .map(|it| {
                    let entity = &engine.snapshot().entities()[it.entity].id;
                    let names = it
                        .scored
                        .names()
                        .map(|it| (it.0, it.1, it.2.similarity, it.2.weight, it.2.pairs.len()));
                    format!(
                        "{entity}:{}:{:?}:{names:?}",
                        score::fold(&it.scored.evidence),
                        it.judgement.decision
                    )
                })
                .collect();
            writeln!(
                out,
                "{mix}\t{}\t{:?}\t{}",
                it.party.names[0].value.text,
                screening.decision,
                matches.join(" ")
            )
            .map_err(|it| it.to_string())?;
        }
    }
    fs::write(path, out).map_err(|it| it.to_string())
}

/// The self-test of all lists: every published name, asked with its kind and without, must find its own entity.
fn control(engine: &Engine) {
    let mut memo = Memo::default();
    let (mut asked, mut missed) = (0, 0);
    let clock = Instant::now();
    let before = processor(clock);
    for (at, entity) in engine.snapshot().entities().iter().enumerate() {
        for name in &entity.party.names {
            for schema in [entity.party.schema, Schema::Thing] {
                asked += 1;
                let query = named(schema, &name.value.text);
                missed += usize::from(engine.finds(&mut memo, &query, at) != Ok(true));
            }
        }
    }
    let spent = processor(clock).saturating_sub(before);
    println!(
        "control: {asked} asked, {missed} missed, {spent:.2?} of one core, {:.0}/s",
        asked as f64 / spent.as_secs_f64()
    );
}

fn percentile(sorted: &[Duration], per_mille: usize) -> f64 {
    let at = (sorted.len() * per_mille / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |it| it.as_secs_f64() * 1e6)
}

/// Rounds over the queries: of each the shortest time counts, since other programs take the processor, too.
const ROUNDS: usize = 3;

/// The processor's time of this process where the system says it, else the time on the wall.
fn processor(since: Instant) -> Duration {
    let text = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let spent = text.split(' ').next().and_then(|it| it.parse().ok());
    spent.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// Each query alone, in the order given, by one memo as a batch is answered; and the parts of the work one after the other.
fn measure(engine: &Engine, mix: &str, queries: &[Query]) {
    let n = queries.len().max(1);
    let mut spent = vec![Duration::MAX; queries.len()];
    let (mut effort, mut matches) = (Effort::default(), 0);
    let mut all = Duration::MAX;
    for round in 0..ROUNDS {
        let mut memo = Memo::default();
        let clock = Instant::now();
        let before = processor(clock);
        for (it, spent) in queries.iter().zip(&mut spent) {
            let start = Instant::now();
            let screening = engine.screen_with(&mut memo, it);
            *spent = start.elapsed().min(*spent);
            if round == 0 {
                effort.terms += screening.effort.terms;
                effort.names += screening.effort.names;
                effort.candidates += screening.effort.candidates;
                matches += screening.matches.len();
            }
        }
        all = all.min(processor(clock).saturating_sub(before));
    }
    spent.sort_unstable();
    let threshold = engine.policy().review.log_odds();
    let timed = |work: &mut dyn FnMut()| {
        let clock = Instant::now();
        let before = processor(clock);
        work();
        processor(clock).saturating_sub(before)
    };
    let mut asked: Vec<PreparedParty> = Vec::new();
    let prepare = timed(&mut || asked = queries.iter().map(|it| PreparedParty::new(&it.party)).collect());
    let mut memo = Memo::default();
    let index = engine.snapshot().index();
    let mut look_up = || {
        timed(&mut || {
            for it in &asked {
                black_box(index.look_up(it, threshold, &mut memo));
            }
        })
    };
    let (first, again) = (look_up(), look_up());
    let candidates: Vec<_> = asked
        .iter()
        .map(|it| index.look_up(it, threshold, &mut memo).0)
        .collect();
    let scoring = timed(&mut || {
        for (it, candidates) in asked.iter().zip(&candidates) {
            for at in candidates {
                let listed = &engine.snapshot().prepared()[at.entity as usize];
                black_box(score::score_among(it, listed, &at.pairs));
            }
        }
    });
    let per = |it: Duration| it.as_secs_f64() * 1e6 / n as f64;
    println!(
        "{mix:<10} {:>6} names  {:>7.0}/s  p50 {:>6.0} p95 {:>6.0} p99 {:>6.0} p99.9 {:>6.0} us | prepare {:.1} terms {:.1} postings {:.1} score {:.1} us | per name {} terms {} names {:.1} candidates {:.1} matches",
        queries.len(),
        n as f64 / all.as_secs_f64(),
        percentile(&spent, 500),
        percentile(&spent, 950),
        percentile(&spent, 990),
        percentile(&spent, 999),
        per(prepare),
        per(first.saturating_sub(again)),
        per(again),
        per(scoring),
        effort.terms / n,
        effort.names / n,
        effort.candidates as f64 / n as f64,
        matches as f64 / n as f64,
    );
}
