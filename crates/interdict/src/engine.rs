//! The immutable facade: query -> screening.

use crate::entity::{Entity, Identifier, PartialDate, Party, Query, Validity};
use crate::index::{Effort, EntityAt, Index, Memo};
use crate::lists::Format;
use crate::policy::{Decision, Judgement, Policy};
use crate::prepare::PreparedParty;
use crate::score::{self, LEAST_CHARACTERS, METHOD_NAME, Scored};

/// A list of a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct ListVersion {
    /// The list's id, e.g. `us-ofac-sdn`.
    pub list: String,
    /// The format it was read in.
    pub format: Format,
    /// The publisher's own date.
    pub published: Option<PartialDate>,
    /// How many entities it gave.
    pub entities: usize,
    /// BLAKE3 of the file, or of the files of a family one after the other, hexadecimal.
    pub hash: String,
}

/// All that answers: entities, prepared and indexed. Immutable; an update builds the next one beside it.
#[derive(Debug)]
pub struct Snapshot {
    lists: Vec<ListVersion>,
    entities: Vec<Entity>,
    prepared: Vec<PreparedParty>,
    index: Index,
    id: String,
}

impl Snapshot {
    /// Prepares and indexes the entities of the given lists. Cost: the whole of it is held in memory.
    #[must_use]
    pub fn build(lists: Vec<ListVersion>, entities: Vec<Entity>) -> Self {
        let prepared = entities.iter().map(|it| PreparedParty::new(&it.party)).collect();
        Self::build_prepared(lists, entities, prepared)
    }

    /// The same for entities that are prepared, each at its place.
    #[must_use]
    pub fn build_prepared(lists: Vec<ListVersion>, entities: Vec<Entity>, prepared: Vec<PreparedParty>) -> Self {
        let index = Index::build(&prepared);
        let mut hash = blake3::Hasher::new();
        hash.update(METHOD_NAME.as_bytes());
        for it in &lists {
            hash.update(format!("\n{} {} {}", it.list, it.format.name(), it.hash).as_bytes());
        }
        // A reader or a table that changes gives other entities from the same bytes.
        hash.update(env!("CARGO_PKG_VERSION").as_bytes());
        for it in &entities {
            hash.update(it.id.as_bytes());
            for member in &it.members {
                hash.update(member.id.as_bytes());
            }
            for name in &it.party.names {
                hash.update(name.value.text.as_bytes());
            }
        }
        let id = hash.finalize().to_hex()[..16].to_owned();
        Self {
            lists,
            entities,
            prepared,
            index,
            id,
        }
    }

    /// The lists that it holds.
    #[must_use]
    pub fn lists(&self) -> &[ListVersion] {
        &self.lists
    }

    /// The entities, in the order of the lists.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The entities in comparable form, in the same order.
    #[must_use]
    pub fn prepared(&self) -> &[PreparedParty] {
        &self.prepared
    }

    /// The index over them.
    #[must_use]
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Sixteen hexadecimal digits that stand for the lists' bytes and the method.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The entity of an id, its own or that of an entry in it, with its place; linear in the entities.
    #[must_use]
    pub fn entity(&self, id: &str) -> Option<(usize, &Entity)> {
        self.entities.iter().enumerate().find(|it| it.1.answers_to(id))
    }
}

/// An entity that the asked party may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Its place in [`Snapshot::entities`].
    pub entity: usize,
    /// Score and evidence.
    pub scored: Scored,
    /// What it comes to under the policy.
    pub judgement: Judgement,
}

/// The answer to a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Screening {
    /// What to do.
    pub decision: Decision,
    /// Entities at or above the threshold, best first; ties by id.
    pub matches: Vec<Match>,
    /// Why, in words; the errors first.
    pub reasons: Vec<String>,
    /// What the look-up did.
    pub effort: Effort,
}

impl Screening {
    /// An answer that could not be given. It is never clear.
    pub fn error(reason: impl Into<String>) -> Self {
        Self {
            decision: Decision::Error,
            matches: Vec::new(),
            reasons: vec![reason.into()],
            effort: Effort::default(),
        }
    }
}

/// A name of more bytes than this is refused by name: the longest official one has 1,140.
pub const MAX_NAME_BYTES: usize = 4_096;
/// A name of more parts than this is refused by name: alignment costs their product.
pub const MAX_NAME_PARTS: usize = 120;
/// A query of more names than this is refused by name.
pub const MAX_NAMES: usize = 200;

/// Answers queries over one snapshot by one policy.
#[derive(Clone, Copy, Debug)]
pub struct Engine<'a> {
    snapshot: &'a Snapshot,
    policy: &'a Policy,
}

impl<'a> Engine<'a> {
    /// An engine over a snapshot and a policy.
    #[must_use]
    pub const fn new(snapshot: &'a Snapshot, policy: &'a Policy) -> Self {
        Self { snapshot, policy }
    }

    /// The snapshot.
    #[must_use]
    pub const fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// Screens a party. A query that cannot be screened is an error, by name: no name and no identifier, or over the limits.
    #[must_use]
    pub fn screen(&self, query: &Query) -> Screening {
        self.screen_with(&mut Memo::default(), query)
    }

    /// The same for one of many queries: what the memo has seen is not looked up again. The answer is the same.
    #[must_use]
    pub fn screen_with(&self, memo: &mut Memo, query: &Query) -> Screening {
        let asked = match read(query) {
            Ok(it) => it,
            Err(reason) => return Screening::error(reason),
        };
        let (candidates, effort) = self.snapshot.index.look_up(&asked, self.policy.review.log_odds(), memo);
        let mut matches: Vec<Match> = candidates
            .iter()
            .filter_map(|it| {
                let scored = score::score_among(&asked, &self.snapshot.prepared[it.entity as usize], &it.pairs);
                (scored.score >= self.policy.review).then(|| self.judged(it.entity as usize, scored))
            })
            .collect();
        matches.sort_by(|a, b| {
            let id = |it: &Match| self.snapshot.entities[it.entity].id.as_str();
            b.judgement
                .matched
                .cmp(&a.judgement.matched)
                .then(score::fold(&b.scored.evidence).cmp(&score::fold(&a.scored.evidence)))
                .then_with(|| id(a).cmp(id(b)))
        });
        let mut screening = self.decide(matches, effort);
        screening.reasons.extend(unusable(&query.party));
        screening
    }

    /// Whether [`Self::screen_with`] would have this entity among its matches, by the same way through the index; what it would
    /// say of others is left out. Lists are checked against themselves by it.
    ///
    /// # Errors
    ///
    /// The reason why the query cannot be screened.
    pub fn finds(&self, memo: &mut Memo, query: &Query, entity: usize) -> Result<bool, String> {
        let asked = read(query)?;
        let Ok(at) = EntityAt::try_from(entity) else {
            return Ok(false);
        };
        let found = self
            .snapshot
            .index
            .look_up_one(&asked, self.policy.review.log_odds(), at, memo);
        Ok(found.is_some_and(|it| {
            score::score_among(&asked, &self.snapshot.prepared[entity], &it.pairs).score >= self.policy.review
        }))
    }

    /// Scores one entity against a query, whatever the index says of it.
    #[must_use]
    pub fn explain(&self, query: &Query, entity: usize) -> Match {
        self.match_of(&PreparedParty::new(&query.party), entity)
    }

    fn match_of(&self, asked: &PreparedParty, entity: usize) -> Match {
        self.judged(entity, score::score(asked, &self.snapshot.prepared[entity]))
    }

    fn judged(&self, entity: usize, scored: Scored) -> Match {
        let judgement = self.policy.judge(&self.snapshot.entities[entity], &scored);
        Match {
            entity,
            scored,
            judgement,
        }
    }

    fn decide(&self, matches: Vec<Match>, effort: Effort) -> Screening {
        let gravest = |it: &Match| it.judgement.decision;
        let decision = matches.iter().map(gravest).max().unwrap_or(Decision::Clear);
        let mut reasons = Vec::new();
        for it in matches
            .iter()
            .filter(|it| it.judgement.decision == decision && it.judgement.matched)
            .take(3)
        {
            let entity = &self.snapshot.entities[it.entity];
            let consequences = self.policy.consequences(entity);
            let words = match consequences.first() {
                Some((_, Some(rule), listing)) if listing.programmes.is_empty() => {
                    format!("{}: {}", listing.authority, rule.words)
                }
                Some((_, Some(rule), listing)) => format!(
                    "{} ({}): {}",
                    listing.authority,
                    listing.programmes.join(", "),
                    rule.words
                ),
                Some((_, None, listing)) => format!("{}: no rule of the policy names this listing", listing.authority),
                None => "not on a sanctions list".to_owned(),
            };
            let sure = if it.scored.score >= self.policy.strong {
                ""
            } else {
                "possibly "
            };
            reasons.push(format!("{sure}{} [{}], {words}", entity.caption(), entity.id));
        }
        if matches.iter().any(|it| !it.judgement.matched) {
            let n = matches.iter().filter(|it| !it.judgement.matched).count();
            reasons.push(format!(
                "{n} by a weak alias alone: shown, not counted as a match by this policy"
            ));
        }
        if reasons.is_empty() {
            reasons.push(format!(
                "nobody among {} entities comes to {}",
                self.snapshot.entities.len(),
                self.policy.review
            ));
        }
        Screening {
            decision,
            matches,
            reasons,
            effort,
        }
    }
}

fn shorten(name: &str) -> String {
    if name.chars().count() > 60 {
        name.chars().take(60).chain(['…']).collect()
    } else {
        name.to_owned()
    }
}

/// The identifiers that cannot be relied on in a comparison, each with its reason.
fn unusable(party: &Party) -> Vec<String> {
    let of = |it: &Identifier| match it.validity {
        _ if it.normal.len() < LEAST_CHARACTERS => Some("too short to be compared"),
        Validity::Invalid => Some("fails the check of its kind; it was compared as text"),
        Validity::Valid | Validity::Unchecked => None,
    };
    let shown = |it: &Identifier| {
        it.number
            .chars()
            .map(|it| if it.is_control() { '\u{fffd}' } else { it })
            .collect::<String>()
    };
    party
        .identifiers
        .iter()
        .filter_map(|it| {
            Some(format!(
                "{} `{}`: {}",
                it.value.kind.name(),
                shorten(&shown(&it.value)),
                of(&it.value)?
            ))
        })
        .collect()
}

/// The asked party in comparable form; or why it cannot be screened.
fn read(query: &Query) -> Result<PreparedParty, String> {
    if let Some(reason) = refuse(query) {
        return Err(reason);
    }
    let asked = PreparedParty::new(&query.party);
    if let Some(it) = asked.names.iter().find(|it| it.name.parts.len() > MAX_NAME_PARTS) {
        let text = query.party.names.get(it.at).map_or("", |it| it.value.text.as_str());
        let parts = it.name.parts.len();
        return Err(format!(
            "the name `{}` has {parts} parts, the limit is {MAX_NAME_PARTS}",
            shorten(text)
        ));
    }
    let unusable = unusable(&query.party);
    if asked.names.is_empty() && unusable.len() == query.party.identifiers.len() && !unusable.is_empty() {
        return Err(format!("nothing to compare: {}", unusable.join("; ")));
    }
    if asked.names.is_empty() && asked.identifiers.is_empty() {
        let name = query.party.names.first().map_or("", |it| it.value.text.as_str());
        return Err(format!(
            "the name `{}` holds no letter or digit that could be compared",
            shorten(name)
        ));
    }
    Ok(asked)
}

fn refuse(query: &Query) -> Option<String> {
    let party = &query.party;
    if party.names.is_empty() && party.identifiers.is_empty() {
        return Some("the record holds no name and no identifier: nothing to screen".to_owned());
    }
    if party.names.len() > MAX_NAMES {
        return Some(format!(
            "the record holds {} names, the limit is {MAX_NAMES}",
            party.names.len()
        ));
    }
    for it in &party.names {
        let text = &it.value.text;
        if text.len() > MAX_NAME_BYTES {
            return Some(format!(
                "the name `{}` has {} bytes, the limit is {MAX_NAME_BYTES}",
                shorten(text),
                text.len()
            ));
        }
        // An escape sequence could hide letters from the reader, or break a name apart for us.
        if let Some(control) = text.chars().find(|it| it.is_control() && !it.is_whitespace()) {
            let shown: String = text
                .chars()
                .map(|it| if it.is_control() { '\u{fffd}' } else { it })
                .collect();
            return Some(format!(
                "the name `{}` holds the control character U+{:04X}",
                shorten(&shown),
                u32::from(control)
            ));
        }
    }
    None
}
