//! `interdict coverage`: which authorities list a subject, and which of those that are loaded do not.

use std::collections::{BTreeMap, BTreeSet};

use interdict::engine::{Engine, Match, Snapshot};
use interdict::entity::{Authority, Entity, Listing, Measure, Member, NameKind, PartialDate, Party, Query};
use interdict::policy::{Consequence, Decision};
use interdict::score::{Detail, Feature, Score, Stance};
use interdict::wire;
use serde_json::{Value, json};

use crate::args::CoverageArgs;
use crate::loading::{self, Loaded, SAMPLE_NOTICE, header, losses};
use crate::paint::{Out, Page, plain};
use crate::plan::{self, Failure, Plan};
use crate::screen::{field, shown};

/// Lists that a reader of the answer may take for loaded: who lists, ids of the list where the authority has several, what it is.
const KNOWN: [(Authority, &[&str], &str); 11] = [
    (Authority::UsOfac, &["us-ofac-sdn", "us_ofac_sdn"], "SDN list"),
    (
        Authority::UsOfac,
        &["us-ofac-cons", "us_ofac_cons"],
        "consolidated (non-SDN) list",
    ),
    (Authority::UnSc, &[], "Security Council consolidated list"),
    (Authority::Eu, &[], "consolidated financial sanctions list"),
    (Authority::Uk, &[], "UK Sanctions List"),
    (Authority::Ch, &[], "SECO sanctions list"),
    (Authority::Ca, &[], "consolidated autonomous sanctions list"),
    (Authority::Au, &[], "DFAT consolidated list"),
    (Authority::Fr, &[], "national register of asset freezes"),
    (Authority::UsBis, &[], "lists of the Commerce Department"),
    (Authority::UsState, &[], "lists of the State Department"),
];

/// How sure it is that an entry names the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sure {
    /// It is the entry that was asked for.
    Listed,
    /// Another entry that the subject's own names and facts bring back, strong.
    Likely,
    /// The same, over the threshold only: somebody has to look.
    Perhaps,
}

impl Sure {
    const fn words(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Likely => "likely the same",
            Self::Perhaps => "perhaps the same",
        }
    }
}

/// An entry of a list that names the subject.
struct Entry<'a> {
    sure: Sure,
    score: Option<Score>,
    entity: &'a Entity,
    listing: &'a Listing,
}

impl Entry<'_> {
    /// The entry of the listing, where the entity unites several.
    fn member(&self) -> Option<&Member> {
        let list = list_of(self.entity, self.listing);
        let of_list = || self.entity.members.iter().filter(|it| it.list == list);
        of_list()
            .find(|it| it.id.ends_with(&self.listing.reference))
            .or_else(|| of_list().next())
    }

    /// The id that the entry has by itself.
    fn id(&self) -> &str {
        self.member().map_or(self.entity.id.as_str(), |it| it.id.as_str())
    }

    /// Why it belongs to the others.
    fn united(&self) -> Option<&str> {
        self.member().map(|it| it.reason.as_str()).filter(|it| !it.is_empty())
    }
}

/// A list that is loaded, by authority, with the entries that name the subject.
struct Row<'a> {
    authority: &'a Authority,
    list: &'a str,
    published: Option<PartialDate>,
    lost: usize,
    entries: Vec<Entry<'a>>,
}

impl Row<'_> {
    fn sure(&self) -> Option<Sure> {
        self.entries.iter().map(|it| it.sure).min()
    }

    fn date(&self) -> String {
        self.published
            .map_or_else(|| "undated list".to_owned(), |it| format!("list of {it}"))
    }
}

/// Runs the command.
pub fn run(args: &CoverageArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    let loaded = loading::load(plan, &args.policy, &policy)?;
    let engine = Engine::new(&loaded.snapshot, &policy);
    if loaded.sample && args.json {
        eprintln!("{SAMPLE_NOTICE}");
    }
    let subject = match by_id(&loaded.snapshot, &args.subject)?.as_deref() {
        Some([at]) => Subject::One(*at),
        Some(several) => Subject::Several(several.iter().map(|at| (*at, None)).collect()),
        None => by_name(&engine, &args.subject)?,
    };
    match subject {
        Subject::One(at) => {
            let entity = &loaded.snapshot.entities()[at];
            let same = same(&engine, at)?;
            let rows = rows(&loaded, &engine, Some(at), &same);
            let decision = relied_on(&loaded, decision(&engine, &rows));
            if args.json {
                let json = answer(&loaded, &engine, &rows, Some(entity), decision);
                out.print(&(wire::to_line(&json) + "\n"));
            } else {
                let mut page = Page::new(&plan.style);
                header(&mut page, &loaded, &policy);
                page.line("");
                show(&mut page, &rows, Some(entity), &loaded);
                out.print(&page.text);
            }
            Ok(decision)
        }
        Subject::Nobody => {
            let rows = rows(&loaded, &engine, None, &[]);
            if args.json {
                let json = answer(&loaded, &engine, &rows, None, relied_on(&loaded, Decision::Clear));
                out.print(&(wire::to_line(&json) + "\n"));
            } else {
                let mut page = Page::new(&plan.style);
                header(&mut page, &loaded, &policy);
                page.line("");
                page.wrapped("", &format!("nobody on the loaded lists comes near `{}`", args.subject));
                show(&mut page, &rows, None, &loaded);
                out.print(&page.text);
            }
            Ok(relied_on(&loaded, Decision::Clear))
        }
        Subject::Several(all) => {
            ambiguous(args, plan, &loaded, &engine, &all, out);
            Ok(relied_on(&loaded, Decision::Review))
        }
    }
}

/// Lists that are too old make every answer an error: who is on them today is not known.
fn relied_on(loaded: &Loaded, decision: Decision) -> Decision {
    if loaded.unsafe_reasons.is_empty() {
        decision
    } else {
        Decision::Error
    }
}

/// Who is meant.
enum Subject {
    One(usize),
    Several(Vec<(usize, Option<Score>)>),
    Nobody,
}

/// The entities of an id, or of the end of one; `None` where the word is no id.
fn by_id(snapshot: &Snapshot, word: &str) -> Result<Option<Vec<usize>>, Failure> {
    if let Some((at, _)) = snapshot.entity(word) {
        return Ok(Some(vec![at]));
    }
    let end = format!("-{word}");
    let near: Vec<usize> = snapshot
        .entities()
        .iter()
        .enumerate()
        .filter(|it| base(&it.1.id).ends_with(&end) || it.1.members.iter().any(|it| base(&it.id).ends_with(&end)))
        .map(|it| it.0)
        .collect();
    if !near.is_empty() {
        return Ok(Some(near));
    }
    // What can only be an id must not be answered as the name of nobody.
    let of_a_list = snapshot.lists().iter().any(|it| {
        word.strip_prefix(it.list.as_str())
            .is_some_and(|it| it.starts_with('-'))
    });
    if of_a_list || !word.chars().any(char::is_alphabetic) {
        return Err(Failure(format!(
            "no entity has the id `{word}`; `interdict screen NAME` shows ids"
        )));
    }
    Ok(None)
}

/// Scores that lie closer than this do not tell who is meant, hundredths of a nat.
const CLOSE: i32 = 250;

fn by_name(engine: &Engine<'_>, name: &str) -> Result<Subject, Failure> {
    let screening = engine.screen(&Query::by_name(name));
    if screening.decision == Decision::Error {
        return Err(Failure(screening.reasons.join("; ")));
    }
    let Some(best) = screening.matches.first() else {
        return Ok(Subject::Nobody);
    };
    let fold = |it: &Match| interdict::score::fold(&it.scored.evidence);
    let same: BTreeSet<usize> = same(engine, best.entity)?
        .iter()
        .filter(|it| it.sure == Sure::Likely)
        .map(|it| it.at)
        .collect();
    let rivals: Vec<&Match> = screening
        .matches
        .iter()
        .skip(1)
        .filter(|it| it.judgement.matched >= best.judgement.matched)
        .filter(|it| fold(best) - fold(it) < CLOSE && !same.contains(&it.entity))
        .collect();
    // Under the threshold for acting without a look the name does not say who is meant, be there one or several.
    if rivals.is_empty() && best.scored.score >= engine.policy().strong {
        return Ok(Subject::One(best.entity));
    }
    let all = std::iter::once(best).chain(rivals);
    Ok(Subject::Several(
        all.map(|it| (it.entity, Some(it.scored.score))).collect(),
    ))
}

/// Another entry that may name the subject.
struct Same {
    at: usize,
    sure: Sure,
    score: Score,
}

/// Other entries that the entity's own names and facts bring back.
fn same(engine: &Engine<'_>, at: usize) -> Result<Vec<Same>, Failure> {
    let entity = &engine.snapshot().entities()[at];
    let mut party = entity.party.clone();
    party.names.retain(|it| !it.value.weak);
    // More names than may be asked with are the spellings of a long entry; the first ones are the publisher's main ones.
    party.names.truncate(interdict::engine::MAX_NAMES);
    let query = Query { id: None, party };
    let screening = engine.screen(&query);
    if screening.decision == Decision::Error {
        return Err(Failure(format!("{}: {}", entity.id, screening.reasons.join("; "))));
    }
    let mine: BTreeSet<(&Authority, &str)> = places(entity).collect();
    Ok(screening
        .matches
        .iter()
        .filter(|it| it.entity != at && it.judgement.matched)
        .filter_map(|it| Some((it, engine.snapshot().entities().get(it.entity)?)))
        // One list does not name a subject twice: who stands beside it there is somebody else, but for a list in two formats.
        .filter(|it| places(it.1).all(|place| !mine.contains(&place)) || base(&it.1.id) == base(&entity.id))
        .map(|(it, other)| Same {
            at: it.entity,
            sure: if likely(engine, it, &query.party, &other.party) {
                Sure::Likely
            } else {
                Sure::Perhaps
            },
            score: it.scored.score,
        })
        .collect())
}

/// Where an entity is listed.
fn places(it: &Entity) -> impl Iterator<Item = (&Authority, &str)> {
    let listings = it.listings.iter().filter(|it| restricts(it));
    listings.map(|it| (&it.authority, it.list.as_str()))
}

/// An id without the mark of a second format.
fn base(id: &str) -> &str {
    id.split_once('~').map_or(id, |it| it.0)
}

/// Whether two entries surely name one subject: strong, nothing speaks against it, and more than one alias that both happen to bear.
fn likely(engine: &Engine<'_>, it: &Match, asked: &Party, listed: &Party) -> bool {
    if it.scored.score < engine.policy().strong {
        return false;
    }
    let evidence = &it.scored.evidence;
    let against = evidence.iter().any(|it| {
        it.stance == Stance::Contradicts && matches!(it.feature, Feature::Date | Feature::Gender | Feature::Identifier)
    });
    let whole = |it: &PartialDate| it.from.day().is_some() && it.to.is_none() && !it.circa;
    let same_day = evidence
        .iter()
        .any(|it| it.stance == Stance::Agrees && matches!(&it.detail, Detail::Dates(a, b) if whole(a) && whole(b)));
    let main = |it: &Party, at: usize| it.names.get(at).is_some_and(|it| it.value.kind == NameKind::Primary);
    let by_main_name = it
        .scored
        .names()
        .is_some_and(|(a, b, _)| main(asked, a) || main(listed, b));
    it.scored.identified || (!against && (by_main_name || same_day))
}

/// Whether a listing restricts anything; an office holder's does not.
fn restricts(it: &Listing) -> bool {
    it.measures.iter().any(|it| *it != Measure::None)
}

/// The loaded list that a listing was read from: the one that it names; of an entity of several entries, the list of the entry.
fn list_of<'a>(entity: &'a Entity, listing: &'a Listing) -> &'a str {
    let origins = || entity.party.names.iter().map(|it| &*it.origin.source);
    if origins().any(|it| it == listing.list) {
        return &listing.list;
    }
    let member = entity.members.iter().find(|it| it.id.ends_with(&listing.reference));
    member.map_or_else(|| origins().next().unwrap_or(""), |it| it.list.as_str())
}

/// Every loaded list by authority, and on each the entries that name the subject.
fn rows<'a>(loaded: &'a Loaded, engine: &Engine<'a>, at: Option<usize>, same: &[Same]) -> Vec<Row<'a>> {
    let entities = loaded.snapshot.entities();
    // Who lists on a list is what its entries say.
    let mut rows: BTreeMap<(&Authority, &str), Row<'_>> = BTreeMap::new();
    for it in entities {
        for listing in it.listings.iter().filter(|it| restricts(it)) {
            rows.entry((&listing.authority, &listing.list)).or_insert_with(|| {
                let list = list_of(it, listing);
                let infos = || loaded.lists.iter().filter(|info| info.list == list);
                Row {
                    authority: &listing.authority,
                    list: &listing.list,
                    published: engine
                        .snapshot()
                        .lists()
                        .iter()
                        .filter(|version| version.list == list)
                        .filter_map(|it| it.published)
                        .max_by_key(PartialDate::day_span),
                    lost: infos().map(|it| losses(&it.problems)).sum(),
                    entries: Vec::new(),
                }
            });
        }
    }
    let mut add = |at: usize, sure: Sure, score: Option<Score>| {
        let Some(entity) = entities.get(at) else { return };
        for listing in entity.listings.iter().filter(|it| restricts(it)) {
            if let Some(row) = rows.get_mut(&(&listing.authority, listing.list.as_str())) {
                row.entries.push(Entry {
                    sure,
                    score,
                    entity,
                    listing,
                });
            }
        }
    };
    if let Some(at) = at {
        add(at, Sure::Listed, None);
    }
    for it in same {
        add(it.at, it.sure, Some(it.score));
    }
    let mut rows: Vec<Row<'_>> = rows.into_values().collect();
    // Where a list names the subject, others of its entries that come near are namesakes.
    for row in &mut rows {
        if row.sure().is_some_and(|it| it < Sure::Perhaps) {
            row.entries.retain(|it| it.sure < Sure::Perhaps);
        }
    }
    rows
}

/// What follows from the entries that surely or likely name the subject.
fn decision(engine: &Engine<'_>, rows: &[Row<'_>]) -> Decision {
    let of = |it: &Entry<'_>| {
        let gravest = match engine.policy().consequence(it.listing).0 {
            Consequence::None => Decision::Clear,
            Consequence::Review => Decision::Review,
            Consequence::Reject => Decision::Reject,
            Consequence::Block => Decision::Block,
        };
        if it.sure == Sure::Perhaps {
            gravest.min(Decision::Review)
        } else {
            gravest
        }
    };
    rows.iter()
        .flat_map(|it| &it.entries)
        .map(of)
        .max()
        .unwrap_or(Decision::Clear)
}

/// Lists of the publishers that are not loaded.
fn not_loaded(rows: &[Row<'_>]) -> Vec<(String, &'static str)> {
    KNOWN
        .iter()
        .filter(|(authority, ids, _)| {
            !rows
                .iter()
                .any(|it| it.authority == authority && (ids.is_empty() || ids.contains(&it.list)))
        })
        .map(|it| (it.0.name().to_owned(), it.2))
        .collect()
}

/// A list this much older than the newest one, or than the listing itself, does not say much by its silence: days.
const OLD: i32 = 366;

/// Why the silence of a list says little.
fn doubt(row: &Row<'_>, rows: &[Row<'_>], sample: bool) -> Option<String> {
    if sample {
        return Some("the sample is an excerpt: its silence says nothing".to_owned());
    }
    let date = row.published?;
    let end = date.day_span().1;
    let since = rows.iter().flat_map(|it| &it.entries).filter_map(|it| it.listing.since);
    let first = since.map(|it| it.day_span().0).min();
    if first.is_some_and(|it| end < it) {
        return Some("the list is older than the listing: its silence says nothing".to_owned());
    }
    let newest = rows
        .iter()
        .filter_map(|it| it.published)
        .map(|it| it.day_span().1)
        .max()?;
    (newest - end >= OLD).then(|| {
        let years = (newest - end) / OLD;
        let s = if years == 1 { "" } else { "s" };
        format!("the list is {years} year{s} older than the newest one that is loaded")
    })
}

fn programmes(it: &Listing) -> String {
    let mut words = vec![it.programmes.join("; ")];
    words.extend(it.measures.iter().map(|it| it.name().to_owned()));
    words.push(it.since.map_or_else(
        || "since when: the list does not say".to_owned(),
        |it| format!("since {it}"),
    ));
    words.extend(it.legal_basis.clone());
    words.retain(|it| !it.is_empty());
    words.join(" · ")
}

fn show(page: &mut Page, rows: &[Row<'_>], entity: Option<&Entity>, loaded: &Loaded) {
    if let Some(it) = entity {
        let name = page.style.strong(&plain(it.caption()));
        page.line(&name);
        page.wrapped("  ", &format!("{} · {}", it.party.schema, it.id));
    }
    for sure in [Sure::Listed, Sure::Likely, Sure::Perhaps] {
        let entries = || {
            rows.iter()
                .flat_map(|row| row.entries.iter().map(move |it| (row, it)))
                .filter(|it| it.1.sure == sure)
        };
        if entries().next().is_none() {
            continue;
        }
        page.line("");
        let title = page.style.strong(match sure {
            Sure::Listed => "listed",
            Sure::Likely => "likely the same, by names and facts",
            Sure::Perhaps => "perhaps the same: to be looked at",
        });
        page.line(&title);
        for (row, it) in entries() {
            let score = it.score.map_or_else(String::new, |it| format!(", score {}", shown(it)));
            page.wrapped(
                "  ",
                &format!(
                    "{}: {} [{}], {}{score}",
                    row.authority,
                    it.entity.caption(),
                    it.id(),
                    row.date()
                ),
            );
            if let Some(reason) = it.united() {
                page.wrapped("      ", &format!("one subject with the others: {reason}"));
            }
            page.wrapped("      ", &programmes(it.listing));
            field(page, "reference", &it.listing.reference);
        }
    }
    let silent: Vec<&Row<'_>> = rows.iter().filter(|it| it.entries.is_empty()).collect();
    if !silent.is_empty() {
        page.line("");
        let title = page.style.strong(if loaded.sample {
            "not in the samples"
        } else {
            "not listed"
        });
        page.line(&title);
        for row in silent {
            let mut words = format!("{}: {}, {}", row.authority, row.list, row.date());
            if let Some(it) = doubt(row, rows, loaded.sample) {
                words += &format!(" ({it})");
            }
            if row.lost > 0 {
                words += &format!("; {} values or records of it could not be read", row.lost);
            }
            page.wrapped("  ", &words);
        }
    }
    let absent = not_loaded(rows);
    if !absent.is_empty() {
        page.line("");
        let title = page.style.strong("not loaded: nothing is known of them");
        page.line(&title);
        for (authority, what) in absent {
            page.wrapped("  ", &format!("{authority}: {what}"));
        }
    }
    page.line("");
    let words = in_words(rows, loaded.sample);
    page.wrapped("", &words);
}

/// The answer in one sentence.
fn in_words(rows: &[Row<'_>], sample: bool) -> String {
    let mut by: BTreeMap<&Authority, Option<Sure>> = BTreeMap::new();
    for it in rows {
        let now = by.entry(it.authority).or_insert(None);
        *now = match (*now, it.sure()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    let of = |sure: Option<Sure>| {
        by.iter()
            .filter(|it| *it.1 == sure)
            .map(|it| it.0.name().to_owned())
            .collect::<Vec<_>>()
    };
    let listed = of(Some(Sure::Listed));
    let (likely, perhaps) = (of(Some(Sure::Likely)), of(Some(Sure::Perhaps)));
    let silent: Vec<String> = by
        .iter()
        .filter(|it| it.1.is_none())
        .map(|(authority, _)| {
            let dates: Vec<String> = rows
                .iter()
                .filter(|it| it.authority == *authority)
                .map(Row::date)
                .collect();
            format!("{authority} ({})", dates.join(", "))
        })
        .collect();
    let mut out = Vec::new();
    if !listed.is_empty() {
        let alone = likely.is_empty() && perhaps.is_empty() && listed.len() == 1;
        let alone = if alone { " alone" } else { "" };
        out.push(format!("listed by {}{alone}", listed.join(", ")));
    }
    if !likely.is_empty() {
        out.push(format!("likely by {}", likely.join(", ")));
    }
    if !perhaps.is_empty() {
        out.push(format!("perhaps by {}", perhaps.join(", ")));
    }
    if !silent.is_empty() {
        let which = if sample {
            "not in the samples of"
        } else {
            "not listed by"
        };
        out.push(format!("{which} {}", silent.join(", ")));
    }
    out.join("; ")
}

/// As in all JSON: at most four decimals.
fn probability(it: Score) -> f64 {
    (it.probability() * 10_000.0).floor() / 10_000.0
}

fn answer(
    loaded: &Loaded,
    engine: &Engine<'_>,
    rows: &[Row<'_>],
    entity: Option<&Entity>,
    decision: Decision,
) -> Value {
    let lists: Vec<Value> = rows
        .iter()
        .map(|row| {
            let silent = if loaded.sample {
                "not in the sample"
            } else {
                "not listed"
            };
            let entries: Vec<Value> = row
                .entries
                .iter()
                .map(|it| {
                    json!({
                        "status": it.sure.words(),
                        "entity": it.id(), "united_by": it.united(), "caption": it.entity.caption(), "schema": it.entity.party.schema.name(),
                        "score": it.score.map(probability),
                        "reference": it.listing.reference,
                        "programmes": it.listing.programmes,
                        "measures": it.listing.measures.iter().map(|it| it.name()).collect::<Vec<_>>(),
                        "since": it.listing.since.map(|it| it.to_string()),
                        "legal_basis": it.listing.legal_basis,
                        "url": it.listing.url,
                    })
                })
                .collect();
            json!({
                "authority": row.authority.name(), "list": row.list,
                "published": row.published.map(|it| it.to_string()), "lost": row.lost,
                "status": row.sure().map_or(silent, Sure::words),
                "doubt": if row.entries.is_empty() { doubt(row, rows, loaded.sample) } else { None },
                "entries": entries,
            })
        })
        .collect();
    json!({
        "schema": "interdict.coverage/1",
        "decision": decision.name(),
        "subject": entity.map(|it| json!({"id": it.id, "caption": it.caption(), "schema": it.party.schema.name()})),
        "candidates": [],
        "lists": lists,
        "not_loaded": not_loaded(rows)
            .iter()
            .map(|it| json!({"authority": it.0, "list": it.1}))
            .collect::<Vec<_>>(),
        "summary": in_words(rows, loaded.sample),
        "sample": loaded.sample,
        "snapshot": loaded.snapshot.id(),
        "policy": engine.policy().label(),
        "reasons": loaded.unsafe_reasons,
    })
}

/// Several that the name may mean: they are shown, and nothing is said of any.
fn ambiguous(
    args: &CoverageArgs,
    plan: &Plan,
    loaded: &Loaded,
    engine: &Engine<'_>,
    all: &[(usize, Option<Score>)],
    out: &mut Out,
) {
    let entities = loaded.snapshot.entities();
    let reason = format!(
        "`{}` does not say who is meant: {} entries come near; ask with an id",
        args.subject,
        all.len()
    );
    if args.json {
        let candidates: Vec<Value> = all
            .iter()
            .filter_map(|it| Some((it.1, entities.get(it.0)?)))
            .map(|(score, entity)| {
                json!({
                    "id": entity.id, "caption": entity.caption(), "schema": entity.party.schema.name(),
                    "score": score.map(probability),
                })
            })
            .collect();
        let mut json = answer(loaded, engine, &[], None, relied_on(loaded, Decision::Review));
        json["candidates"] = candidates.into();
        json["not_loaded"] = json!([]);
        let mut reasons = loaded.unsafe_reasons.clone();
        reasons.push(reason);
        json["reasons"] = reasons.into();
        out.print(&(wire::to_line(&json) + "\n"));
        return;
    }
    let mut page = Page::new(&plan.style);
    header(&mut page, loaded, engine.policy());
    page.line("");
    page.wrapped("", &reason);
    for (at, score) in all {
        let Some(entity) = entities.get(*at) else {
            continue;
        };
        page.labelled(
            &format!("  {:<4}  ", score.map_or_else(|| "-".to_owned(), shown)),
            8,
            &format!("{} [{}], {}", entity.caption(), entity.id, entity.party.schema),
        );
        let listed: Vec<String> = entity
            .listings
            .iter()
            .map(|it| format!("{}: {}", it.authority, it.programmes.join("; ")))
            .collect();
        page.wrapped("        ", &listed.join(" · "));
    }
    out.print(&page.text);
}
