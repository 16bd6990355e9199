//! `interdict explain`: one pair, whatever the index says of it.

use interdict::engine::{Engine, Snapshot};
use interdict::index::Memo;
use interdict::policy::Decision;
use interdict::prepare::PreparedParty;
use interdict::wire;

use crate::args::ExplainArgs;
use crate::loading::{self, SAMPLE_NOTICE, header};
use crate::paint::{Out, Page, plain};
use crate::plan::{self, Failure, Plan};
use crate::screen::{match_block, shown};

/// Runs the command.
pub fn run(args: ExplainArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    let query = plan::query(Some(&args.name), &args.party).map_err(|it| Failure(format!("option {it}")))?;
    let loaded = loading::load(plan, &args.policy, &policy)?;
    let engine = Engine::new(&loaded.snapshot, &policy);
    let at = find(&loaded.snapshot, &args.entity)?;
    let screening = engine.screen(&query);
    if screening.decision == Decision::Error {
        return Err(Failure(screening.reasons.join("; ")));
    }
    let it = engine.explain(&query, at);
    let asked = PreparedParty::new(&query.party);
    let candidates = loaded
        .snapshot
        .index()
        .candidates(&asked, policy.review.log_odds(), &mut Memo::default())
        .0;
    let found = candidates.iter().any(|it| usize::try_from(*it) == Ok(at));
    let mut decision = it.judgement.decision;
    let mut reasons = Vec::new();
    loaded.hold(&mut decision, &mut reasons);
    if args.json {
        if loaded.sample {
            eprintln!("{SAMPLE_NOTICE}");
        }
        let json = wire::screening::explanation(&engine, &query, &it, found, loaded.sample)
            .ok_or_else(|| Failure(format!("{}: no such entity", args.entity)))?
            .with_lost(&loaded.lost())
            .with_as_of(loaded.as_of.as_deref(), &loaded.absent)
            .with_reasons(decision, reasons);
        out.print(&(wire::to_line(&json) + "\n"));
        return Ok(decision);
    }
    let mut page = Page::new(&plan.style);
    header(&mut page, &loaded, &policy);
    page.line("");
    let word = if it.judgement.matched {
        "a match"
    } else if it.scored.score >= policy.review {
        "at the threshold by a weak alias alone: no match by this policy"
    } else {
        "no match"
    };
    let head = format!(
        "{}: {}, score {}, threshold {}",
        plain(query.party.caption()),
        word,
        shown(it.scored.score),
        policy.review
    );
    page.wrapped("", &head);
    let index = match (found, it.scored.score >= policy.review) {
        (true, _) => "the index brings the two together",
        (false, false) => "the index does not bring the two together: their best possible score is under the threshold",
        (false, true) => "THE INDEX MISSES THIS PAIR: that is an error of the program; please report it",
    };
    page.wrapped("  ", index);
    page.line("");
    if let Some(entity) = loaded.snapshot.entities().get(at) {
        match_block(&mut page, &engine, &query, &it, entity);
    }
    out.print(&page.text);
    // A pair over the threshold that a screening would not bring back is the one thing that must not look well.
    Ok(if !found && it.judgement.matched {
        Decision::Error
    } else {
        decision
    })
}

/// The place of an entity, by its id or by the end of it where that is unique.
fn find(snapshot: &Snapshot, id: &str) -> Result<usize, Failure> {
    if let Some((at, _)) = snapshot.entity(id) {
        return Ok(at);
    }
    let end = format!("-{id}");
    let near: Vec<(usize, &str)> = snapshot
        .entities()
        .iter()
        .enumerate()
        .filter(|it| it.1.id.ends_with(&end))
        .map(|it| (it.0, it.1.id.as_str()))
        .collect();
    match near.as_slice() {
        [(at, _)] => Ok(*at),
        [] => Err(Failure(format!(
            "no entity has the id `{id}`; `interdict screen NAME` shows ids"
        ))),
        several => Err(Failure(format!(
            "the id `{id}` fits {} entities: {}",
            several.len(),
            several.iter().take(5).map(|it| it.1).collect::<Vec<_>>().join(", ")
        ))),
    }
}
