//! Snapshot of the real lists -> speed, completeness, control, alerts on clean names. Printed, not asserted.

use std::path::Path;
use std::time::Instant;

use interdict::engine::{Engine, Snapshot};
use interdict::entity::{Country, Fact, Origin, PartialDate, Party, PartyName, Query, Schema};
use interdict::policy::Policy;
use interdict::prepare::PreparedParty;
use interdict::score;

use crate::lists;

/// Runs the named measurements.
pub fn run(what: &[String]) -> Result<(), String> {
    if what.first().is_some_and(|it| it == "kill") {
        return kill(&what[1..]);
    }
    let Some(shared) = lists::shared() else {
        return Err("the shared data is not there".to_owned());
    };
    let policy = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/us-bank.toml"))
        .unwrap_or_default();
    let policy = match Policy::parse(&policy) {
        Ok(it) => it,
        Err(it) => return Err(it.to_string()),
    };
    let start = Instant::now();
    let parsed = lists::parse_all(&shared);
    for it in &parsed {
        println!(
            "{}: {} entities, {} problems",
            it.list,
            it.entities.len(),
            it.problems.len()
        );
    }
    println!("parse: {:?}", start.elapsed());
    let start = Instant::now();
    let snapshot = lists::snapshot(parsed);
    println!(
        "build: {:?}, {} entities, {} terms",
        start.elapsed(),
        snapshot.entities().len(),
        snapshot.index().terms()
    );
    let engine = Engine::new(&snapshot, &policy);
    for it in what {
        let start = Instant::now();
        match it.as_str() {
            "control" => control(&engine, &snapshot),
            "clean" => clean(&engine, &shared),
            "altered" => altered(&engine, &shared),
            "complete" => complete(&snapshot, &policy, &shared),
            "cross" => cross(&engine, &shared),
            "digest" => digest(&engine, &shared),
            other => println!("{other}: not a measurement"),
        }
        println!("{it}: {:?}", start.elapsed());
    }
    Ok(())
}

fn rows(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path)
        .map(|mut it| it.records().flatten().collect())
        .unwrap_or_default()
}

fn named(schema: Schema, name: &str) -> Query {
    let mut query = Query::by_name(name);
    query.party.schema = schema;
    query
}

fn control(engine: &Engine, snapshot: &Snapshot) {
    let (mut asked, mut missed) = (0, 0);
    let mut memo = interdict::index::Memo::default();
    for (at, entity) in snapshot.entities().iter().enumerate() {
        for name in &entity.party.names {
            asked += 1;
            let screening = engine.screen_with(&mut memo, &named(entity.party.schema, &name.value.text));
            if !screening.matches.iter().any(|it| it.entity == at) {
                missed += 1;
                if missed <= 40 {
                    println!(
                        "missed: {} `{}` {:?}",
                        entity.id,
                        name.value.text,
                        engine
                            .explain(&named(entity.party.schema, &name.value.text), at)
                            .scored
                            .score
                    );
                }
            }
        }
    }
    println!("control: {asked} names, {missed} missed");
}

fn clean(engine: &Engine, shared: &Path) {
    for file in [
        "negatives_global_dev.csv",
        "negatives_us_dev.csv",
        "us_congress_dev.csv",
    ] {
        let rows = rows(&shared.join("eval").join(file));
        let step = (rows.len() / 5_000).max(1);
        let (mut n, mut by_name, mut with_facts, mut shown) = (0, 0, 0, 0);
        let mut effort = interdict::index::Effort::default();
        let start = Instant::now();
        for it in rows.iter().step_by(step) {
            n += 1;
            let screening = engine.screen(&named(Schema::Person, &it[0]));
            effort.terms += screening.effort.terms;
            effort.names += screening.effort.names;
            effort.candidates += screening.effort.candidates;
            if let Some(hit) = screening.matches.first().filter(|it| it.judgement.matched) {
                by_name += 1;
                shown += 1;
                if shown <= 25 {
                    println!(
                        "  {} ~ {} {}",
                        &it[0],
                        engine.snapshot().entities()[hit.entity].caption(),
                        hit.scored.score
                    );
                }
            }
        }
        let spent = start.elapsed();
        for it in rows.iter().step_by(step) {
            let mut query = named(Schema::Person, &it[0]);
            if let Ok(date) = PartialDate::parse(it[5].get(..4).unwrap_or("")) {
                query.party.birth_dates.push(Fact::new(date, Origin::asked()));
            }
            if let Some(country) = Country::parse(&it[7]) {
                query.party.nationalities.push(Fact::new(country, Origin::asked()));
            }
            with_facts += usize::from(engine.screen(&query).matches.iter().any(|it| it.judgement.matched));
        }
        println!(
            "{file}: {n} names, {:.2} % alert by name, {:.2} % with year and country; {:.0} names/s; per name {} terms, {} names, {} candidates",
            100.0 * by_name as f64 / n as f64,
            100.0 * with_facts as f64 / n as f64,
            n as f64 / spent.as_secs_f64(),
            effort.terms / n,
            effort.names / n,
            effort.candidates / n,
        );
    }
}

/// All matches of the altered and of clean names with their scores and decisions, as one hash: what a faster engine must not change.
fn digest(engine: &Engine, shared: &Path) {
    let mut hash = std::hash::DefaultHasher::new();
    let (mut n, mut matches) = (0, 0);
    for (file, step) in [
        ("un_altered_dev.csv", 1),
        ("negatives_global_dev.csv", 60),
        ("crosslist_dev.csv", 3),
    ] {
        let column = if file.starts_with("cross") { 2 } else { 0 };
        for it in rows(&shared.join("eval").join(file)).iter().step_by(step) {
            let screening = engine.screen(&named(Schema::Thing, &it[column]));
            n += 1;
            matches += screening.matches.len();
            let answer = (screening.decision, &screening.matches, &screening.reasons);
            std::hash::Hasher::write(&mut hash, format!("{answer:?}\n").as_bytes());
        }
    }
    println!(
        "digest: {n} names, {matches} matches, {:016x}",
        std::hash::Hasher::finish(&hash)
    );
}

fn altered(engine: &Engine, shared: &Path) {
    let rows = rows(&shared.join("eval/un_altered_dev.csv"));
    let (mut found, mut first) = (0, 0);
    for it in &rows {
        let screening = engine.screen(&named(Schema::Person, &it[0]));
        let wanted = |entity: usize| {
            engine.snapshot().entities()[entity]
                .party
                .names
                .iter()
                .any(|name| interdict::text::compact(&name.value.text) == interdict::text::compact(&it[1]))
        };
        let rank = screening.matches.iter().position(|it| wanted(it.entity));
        found += usize::from(rank.is_some());
        first += usize::from(rank == Some(0));
        if rank.is_none() {
            println!("  missed: {} for {}", &it[0], &it[1]);
        }
    }
    println!(
        "altered: {} names, {:.2} % found, {:.2} % first",
        rows.len(),
        100.0 * found as f64 / rows.len() as f64,
        100.0 * first as f64 / rows.len() as f64
    );
}

/// Rows asked as another authority spells them, whose entry is loaded here.
fn cross(engine: &Engine, shared: &Path) {
    let rows = rows(&shared.join("eval/crosslist_dev.csv"));
    let (mut n, mut found, mut shown) = (0, 0, 0);
    for it in rows.iter().filter(|it| &it[16] == "0") {
        let target = if &it[7] == "OFAC" {
            format!("us-ofac-sdn-{}", &it[8])
        } else {
            format!("un-sc-{}", &it[8])
        };
        let Some((at, _)) = engine.snapshot().entity(&target) else {
            continue;
        };
        n += 1;
        let schema = if &it[6] == "person" {
            Schema::Person
        } else {
            Schema::Thing
        };
        let screening = engine.screen(&named(schema, &it[2]));
        let hit = screening.matches.iter().any(|it| it.entity == at);
        found += usize::from(hit);
        if !hit && shown < 60 {
            shown += 1;
            println!(
                "  missed {:.2}: {} | {} | skeleton {}",
                engine.explain(&named(schema, &it[2]), at).scored.score,
                &it[2],
                &it[10],
                &it[13]
            );
        }
    }
    println!(
        "cross: {n} names spelt differently, {:.2} % found",
        100.0 * found as f64 / f64::from(n.max(1))
    );
}

/// Index against scoring every entity.
fn complete(snapshot: &Snapshot, policy: &Policy, shared: &Path) {
    let mut names: Vec<(Schema, String)> = Vec::new();
    for file in ["un_altered_dev.csv", "negatives_global_dev.csv"] {
        names.extend(
            rows(&shared.join("eval").join(file))
                .iter()
                .step_by(if file.starts_with("un") { 3 } else { 120 })
                .map(|it| (Schema::Person, it[0].to_owned())),
        );
    }
    names.extend(
        rows(&shared.join("eval/name_pairs_dev.csv"))
            .iter()
            .step_by(4)
            .map(|it| (Schema::parse(&it[1]).unwrap_or(Schema::Thing), it[2].to_owned())),
    );
    let (mut differ, mut matches, mut scored) = (0, 0, 0_u64);
    let start = Instant::now();
    for (schema, name) in &names {
        let mut party = Party::new(*schema);
        party
            .names
            .push(Fact::new(PartyName::new(name.as_str()), Origin::asked()));
        let asked = PreparedParty::new(&party);
        for threshold in [policy.review.log_odds(), -200, 150] {
            let (candidates, _) =
                snapshot
                    .index()
                    .candidates(&asked, threshold, &mut interdict::index::Memo::default());
            if threshold == policy.review.log_odds() {
                for (at, listed) in snapshot.prepared().iter().enumerate() {
                    scored += 1;
                    let it = score::score(&asked, listed);
                    for threshold in [policy.review.log_odds(), 150] {
                        if !it.evidence.is_empty() && score::fold(&it.evidence) >= threshold {
                            matches += 1;
                            if !candidates.contains(&(at as u32)) {
                                differ += 1;
                                println!(
                                    "  not found by the index: {name} ~ {}",
                                    snapshot.entities()[at].caption()
                                );
                            }
                        }
                    }
                }
            }
        }
    }
    println!(
        "complete: {} names, {matches} matches, {differ} not found by the index; {:.2} us a pair",
        names.len(),
        start.elapsed().as_micros() as f64 / scored as f64
    );
}

/// `measure kill --rounds N`: the crash test of the program, as often as asked.
fn kill(args: &[String]) -> Result<(), String> {
    let rounds = match args {
        [] => "500",
        [option, rounds] if option == "--rounds" => rounds,
        _ => return Err("measure kill [--rounds N]".to_owned()),
    };
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = std::process::Command::new(cargo)
        .args(["test", "--release", "-p", "interdict-cli", "--test", "crash"])
        .args(["--", "sigkill", "--nocapture"])
        .env("INTERDICT_KILL_ROUNDS", rounds)
        .status()
        .map_err(|it| it.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err("a kill left a store that is not whole, or the test did not run".to_owned())
    }
}
