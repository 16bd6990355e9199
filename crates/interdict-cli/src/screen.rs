//! `interdict screen`: questions -> answers, in the order asked; the gravest makes the exit code.

use std::num::NonZero;
use std::thread;

use interdict::engine::{Engine, Match, Screening};
use interdict::entity::{Entity, Party, Query, Schema};
use interdict::index::Memo;
use interdict::policy::{Decision, Policy};
use interdict::score::{Score, Stance};
use interdict::wire;
use interdict::wire::explain::{Line, sentences};
use interdict::wire::record::{Reading, RecordError};

use crate::args::ScreenArgs;
use crate::guard::guarded;
use crate::loading::{self, Loaded, SAMPLE_NOTICE, header};
use crate::paint::{Out, Page, Style, pad, plain};
use crate::plan::{self, Failure, Plan};
use crate::progress::Progress;
use crate::records::{self, Ask};

/// Records that are answered before the answers are printed.
const CHUNK: usize = 512;

/// How an answer is printed.
#[derive(Clone, Copy)]
struct Manner<'a> {
    loaded: &'a Loaded,
    /// How much of each list is not screened, and in words.
    lost: &'a [usize],
    losses: &'a [String],
    json: bool,
    /// One of many: who is clear gets a line.
    brief: bool,
    sample: bool,
    style: Style,
}

/// Runs the command.
pub fn run(args: ScreenArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    let asks = questions(&args)?;
    let loaded = loading::load(plan, &args.policy, &policy)?;
    let engine = Engine::new(&loaded.snapshot, &policy);
    let (lost, losses) = (loaded.lost(), loaded.notes());
    let manner = Manner {
        loaded: &loaded,
        lost: &lost,
        losses: &losses,
        json: args.json,
        brief: asks.len() > 1,
        sample: loaded.sample,
        style: plan.style,
    };
    if !args.json {
        let mut page = Page::new(&plan.style);
        header(&mut page, &loaded, &policy);
        out.print(&page.text);
    } else if loaded.sample {
        eprintln!("{SAMPLE_NOTICE}");
    }
    let mut progress = Progress::new(asks.len(), "screening");
    let mut counts = [0_usize; 5];
    // An empty line stands around every answer that is longer than one.
    let mut lone_before = false;
    for chunk in asks.chunks(CHUNK) {
        for (text, decision) in answer_all(chunk, |memo, it| answer(&engine, memo, it, manner)) {
            let lone = text.lines().count() == 1;
            if !(args.json || lone && lone_before) {
                out.print("\n");
            }
            lone_before = lone;
            out.print(&text);
            counts[decision as usize] += 1;
            progress.step();
        }
    }
    drop(progress);
    if !args.json && manner.brief {
        let mut page = Page::new(&plan.style);
        page.line("");
        page.wrapped("", &totals(&counts));
        out.print(&page.text);
    }
    Ok(worst(&counts))
}

const DECISIONS: [Decision; 5] = [
    Decision::Clear,
    Decision::Review,
    Decision::Reject,
    Decision::Block,
    Decision::Error,
];

fn totals(counts: &[usize; 5]) -> String {
    let parts: Vec<String> = DECISIONS
        .iter()
        .filter_map(|it| {
            let n = counts[*it as usize];
            (n > 0).then(|| format!("{n} {it}"))
        })
        .collect();
    format!("{} answers: {}", counts.iter().sum::<usize>(), parts.join(", "))
}

fn worst(counts: &[usize; 5]) -> Decision {
    DECISIONS
        .into_iter()
        .filter(|it| counts[*it as usize] > 0)
        .max()
        // Nothing answered is nothing cleared.
        .unwrap_or(Decision::Error)
}

fn questions(args: &ScreenArgs) -> Result<Vec<Ask>, Failure> {
    if let Some(path) = &args.record {
        return records::read(path);
    }
    let ask = |name: Option<&str>| {
        let query = plan::query(name, &args.party)?;
        Ok::<Ask, RecordError>(Ask {
            place: String::new(),
            reading: Ok(Reading {
                query,
                unused: Vec::new(),
            }),
        })
    };
    let asks: Result<Vec<Ask>, RecordError> = if args.names.is_empty() {
        ask(None).map(|it| vec![it])
    } else {
        args.names.iter().map(|it| ask(Some(it))).collect()
    };
    asks.map_err(|it| Failure(format!("option {it}")))
}

/// Answers on all processors, in the order asked; what the look-ups of one processor learnt stays with it.
pub fn answer_all<T: Sync, A: Send>(asks: &[T], answer: impl Fn(&mut Memo, &T) -> A + Sync) -> Vec<A> {
    let answer_part = |part: &[T]| {
        let mut memo = Memo::default();
        part.iter().map(|it| answer(&mut memo, it)).collect::<Vec<A>>()
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    if asks.len() < 2 * workers {
        return answer_part(asks);
    }
    let answer_part = &answer_part;
    thread::scope(|scope| {
        let handles: Vec<_> = asks
            .chunks(asks.len().div_ceil(workers))
            .map(|part| scope.spawn(move || answer_part(part)))
            .collect();
        // A panic inside an answer has been caught there; one outside must not look like a shorter list.
        handles
            .into_iter()
            .flat_map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// One answer as text, and its decision. A panic is an error of this record alone.
fn answer(engine: &Engine<'_>, memo: &mut Memo, ask: &Ask, manner: Manner<'_>) -> (String, Decision) {
    let nobody = |id: Option<String>| Query {
        id,
        party: Party::new(Schema::Thing),
    };
    let (query, unused, refused) = match &ask.reading {
        Ok(it) => (it.query.clone(), it.unused.as_slice(), None),
        Err(error) => (nobody(error.id.clone()), [].as_slice(), Some(error.to_string())),
    };
    let place = |reason: String| {
        if ask.place.is_empty() {
            reason
        } else {
            format!("{}: {reason}", ask.place)
        }
    };
    let work = || {
        let mut screening = match &refused {
            Some(reason) => Screening::error(place(reason.clone())),
            None => locate(engine.screen_with(memo, &query), &place),
        };
        manner.loaded.hold(&mut screening.decision, &mut screening.reasons);
        let text = render(engine, &query, &screening, unused, &ask.place, manner);
        (text, screening.decision)
    };
    let answered = guarded(work);
    if answered.is_err() {
        // It may have been left half changed.
        *memo = Memo::default();
    }
    answered.unwrap_or_else(|message| {
        let screening = Screening::error(place(format!("error inside the program: {message}")));
        // What panicked once may do so again: the record is named, and nothing of its content is touched.
        let query = nobody(query.id.clone());
        (
            render(engine, &query, &screening, &[], &ask.place, manner),
            Decision::Error,
        )
    })
}

/// An error says which record it is about.
fn locate(mut screening: Screening, place: &dyn Fn(String) -> String) -> Screening {
    if screening.decision == Decision::Error {
        screening.reasons = screening.reasons.into_iter().map(place).collect();
    }
    screening
}

fn render(
    engine: &Engine<'_>,
    query: &Query,
    screening: &Screening,
    unused: &[String],
    place: &str,
    manner: Manner<'_>,
) -> String {
    if manner.json {
        let mut screening = screening.clone();
        screening.reasons.extend(manner.losses.iter().cloned());
        let json = wire::screening::screening(engine, query, &screening, manner.sample, unused);
        let json = json
            .with_lost(manner.lost)
            .with_as_of(manner.loaded.as_of.as_deref(), &manner.loaded.absent);
        return wire::to_line(&json) + "\n";
    }
    let mut page = Page::new(&manner.style);
    let brief = manner.brief && screening.decision == Decision::Clear && screening.matches.is_empty();
    headline(&mut page, query, screening.decision, place);
    if brief {
        return page.text;
    }
    for reason in &screening.reasons {
        page.wrapped("  ", reason);
    }
    if !unused.is_empty() {
        page.wrapped("  ", &format!("fields that were not used: {}", unused.join(", ")));
    }
    for (at, it) in screening.matches.iter().enumerate() {
        let Some(entity) = engine.snapshot().entities().get(it.entity) else {
            continue;
        };
        // Ten in full; the others with a line each, so that none is hidden.
        if at < 10 {
            page.line("");
            match_block(&mut page, engine, query, it, entity);
        } else {
            let line = format!("{}  {} [{}]", shown(it.scored.score), entity.caption(), entity.id);
            page.wrapped("  ", &line);
        }
    }
    page.text
}

/// `BLOCK   Ousmane Illiassou Djibo, born 1984 (C001)`.
fn headline(page: &mut Page, query: &Query, decision: Decision, place: &str) {
    let label = format!("{:<7}", decision.name().to_uppercase());
    let party = &query.party;
    let mut who = if party.names.is_empty() && party.identifiers.is_empty() {
        place.to_owned()
    } else {
        shorten(party.caption())
    };
    for it in &party.birth_dates {
        who.push_str(&format!(", born {}", it.value));
    }
    if let Some(id) = &query.id {
        who = format!("{who} [{}]", shorten(id));
    }
    let columns = 9;
    let label = page.style.decision(decision, &label);
    page.labelled(&format!("{label}  "), columns, &who);
}

fn shorten(text: &str) -> String {
    if text.chars().count() > 200 {
        text.chars().take(200).chain(['…']).collect()
    } else {
        text.to_owned()
    }
}

/// A score in hundredths, cut off: what is not quite one, or not quite at a threshold, must not look as if it were.
pub fn shown(score: Score) -> String {
    format!("{:.2}", (score.probability() * 100.0 + 1e-6).floor() / 100.0)
}

/// Columns before the values of a match.
const INDENT: usize = 20;

/// A match: who, by which name, on which lists, what follows, why.
pub fn match_block(page: &mut Page, engine: &Engine<'_>, query: &Query, it: &Match, entity: &Entity) {
    let head = page.style.strong(&format!("  {}  ", shown(it.scored.score)));
    page.labelled(
        &head,
        8,
        &format!("{} [{}], {}", entity.caption(), entity.id, entity.party.schema),
    );
    if let Some(name) = it.scored.names().and_then(|at| entity.party.names.get(at.1)) {
        let name = &name.value;
        let weak = if name.weak { "weak " } else { "" };
        field(page, "by", &format!("{} ({weak}{})", name.text, name.kind.name()));
    }
    // By which rule is enough here; `lists merge --of ID` has all that it rests on.
    let united: Vec<String> = entity
        .members
        .iter()
        .filter(|it| !it.reason.is_empty())
        .map(|it| {
            format!(
                "{} ({})",
                it.id,
                it.reason.split([':', ',']).next().unwrap_or("").trim()
            )
        })
        .collect();
    if !united.is_empty() {
        field(page, "united", &united.join("; "));
    }
    let mut lines: Vec<String> = Vec::new();
    for it in &entity.listings {
        let mut words = vec![it.authority.name().to_owned(), it.programmes.join("; ")];
        words.extend(it.measures.iter().map(|it| it.name().to_owned()));
        words.extend(it.since.map(|it| format!("since {it}")));
        words.retain(|it| !it.is_empty());
        let line = words.join(" · ");
        // Two lists of one authority may say the same.
        if !lines.contains(&line) {
            field(page, "listed", &line);
            lines.push(line);
        }
    }
    for it in entity.party.positions.iter().take(3) {
        field(page, "position", &it.value);
    }
    field(page, "follows", &follows(entity, engine.policy(), it));
    evidence(page, &sentences(it, query, engine.snapshot()));
}

fn follows(entity: &Entity, policy: &Policy, it: &Match) -> String {
    let (word, words, source) = wire::screening::follows(entity, policy);
    let sure = if !it.judgement.matched && it.scored.score >= policy.review {
        "nothing by this policy: a weak alias alone. If it is the same: "
    } else if !it.judgement.matched {
        "nothing: the score is under the threshold. If it were the same: "
    } else if it.judgement.decision.name() == word {
        ""
    } else if it.judgement.decision == Decision::Review {
        "review; if it is the same, "
    } else {
        ""
    };
    let source = if source.is_empty() {
        String::new()
    } else {
        format!(" ({source})")
    };
    format!("{sure}{word}: {words}{source}")
}

/// What speaks for and against; then, on one line, what could not be compared.
pub fn evidence(page: &mut Page, lines: &[Line]) {
    for it in lines.iter().filter(|it| it.stance != Stance::Unknown || it.weight != 0) {
        let weight = format!("{:>+6.2}", f64::from(it.weight) / 100.0);
        let label = format!("        {}{weight}  ", pad(it.label, 12));
        page.labelled(&label, INDENT + 8, &it.text);
    }
    let open: Vec<String> = lines
        .iter()
        .filter(|it| it.stance == Stance::Unknown && it.weight == 0)
        .filter_map(|it| match (it.asked.is_empty(), it.listed.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("{} (listed {})", it.label, it.listed)),
            (false, true) => Some(format!("{} (asked {})", it.label, it.asked)),
            (false, false) => Some(format!("{} (asked {}, listed {})", it.label, it.asked, it.listed)),
        })
        .collect();
    if !open.is_empty() {
        field(page, "unknown", &open.join("; "));
    }
}

/// A labelled value of a match.
pub fn field(page: &mut Page, label: &str, text: &str) {
    let label = page.style.faint(&format!("        {}", pad(&plain(label), INDENT - 8)));
    page.labelled(&label, INDENT, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_cut_off() {
        let shown = |it: f64| Score::from_probability(it).map(shown);
        for (score, expect) in [
            (0.9996, "0.99"),
            (1.0, "1.00"),
            (0.5, "0.50"),
            (0.4999, "0.49"),
            (0.29, "0.29"),
        ] {
            assert_eq!(shown(score).as_deref(), Some(expect));
        }
    }

    #[test]
    fn a_panic_in_one_record_leaves_the_others_answered() {
        let answers = answer_all(&[1, 2, 3], |_, it| {
            guarded(|| {
                assert!(*it != 2, "record {it}");
                *it
            })
        });
        assert_eq!(answers, [Ok(1), Err("record 2".to_owned()), Ok(3)]);
    }

    #[test]
    fn order_is_kept_on_many_threads() {
        let asks: Vec<usize> = (0..1_000).collect();
        assert_eq!(answer_all(&asks, |_, it| it + 1), (1..=1_000).collect::<Vec<_>>());
    }

    #[test]
    fn the_gravest_wins_and_nothing_answered_is_an_error() {
        assert_eq!(worst(&[0; 5]), Decision::Error);
        assert_eq!(worst(&[3, 0, 0, 0, 0]), Decision::Clear);
        assert_eq!(worst(&[3, 1, 1, 1, 0]), Decision::Block);
        assert_eq!(worst(&[3, 1, 1, 1, 1]), Decision::Error);
    }
}
