//! Screening -> `interdict.screening/1`.

use serde::Serialize;

use super::explain;
use crate::engine::{Engine, MAX_NAME_BYTES, MAX_NAMES, Match, Screening, Snapshot};
use crate::entity::{Entity, Fact, Identifier, Listing, Query, Validity};
use crate::policy::{Decision, Policy};
use crate::prepare::PreparedParty;

/// The answer to one query. Units: scores are probabilities `0..=1` with at most four decimals, weights are nats of log-odds.
#[derive(Clone, Debug, Serialize)]
pub struct ScreeningJson {
    schema: &'static str,
    /// The caller's key of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    query: Option<QueryJson>,
    decision: &'static str,
    matches: Vec<MatchJson>,
    snapshot: Option<SnapshotJson>,
    policy: Option<PolicyJson>,
    reasons: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct QueryJson {
    schema: &'static str,
    names: Vec<String>,
    birth_dates: Vec<String>,
    countries: Vec<&'static str>,
    genders: Vec<&'static str>,
    identifiers: Vec<IdentifierJson>,
    /// Fields of the record that screening has no use for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unused_fields: Vec<String>,
}

/// One match: entity, score, what follows, why.
#[derive(Clone, Debug, Serialize)]
pub struct MatchJson {
    entity: EntityJson,
    score: f64,
    #[serde(rename = "match")]
    matched: bool,
    /// By this match alone.
    decision: &'static str,
    consequence: ConsequenceJson,
    explanation: Vec<LineJson>,
    weak: bool,
}

#[derive(Clone, Debug, Serialize)]
struct EntityJson {
    id: String,
    caption: String,
    schema: &'static str,
    names: Vec<String>,
    listings: Vec<ListingJson>,
    countries: Vec<&'static str>,
    birth_dates: Vec<String>,
    topics: Vec<String>,
    positions: Vec<String>,
    identifiers: Vec<IdentifierJson>,
}

#[derive(Clone, Debug, Serialize)]
struct ListingJson {
    authority: String,
    list: String,
    programme: String,
    programmes: Vec<String>,
    measure: &'static str,
    measures: Vec<&'static str>,
    since: Option<String>,
    legal_basis: Option<String>,
    reference: String,
    url: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct IdentifierJson {
    kind: String,
    number: String,
    country: Option<&'static str>,
    /// Whether the check of its kind passes; null where the kind has none.
    valid: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
struct ConsequenceJson {
    decision: &'static str,
    words: String,
    source: String,
}

#[derive(Clone, Debug, Serialize)]
struct LineJson {
    feature: &'static str,
    label: &'static str,
    stance: &'static str,
    weight: f64,
    asked: String,
    listed: String,
    text: String,
}

/// What answered: the snapshot's id and its lists.
#[derive(Clone, Debug, Serialize)]
pub struct SnapshotJson {
    id: String,
    sample: bool,
    /// The day as of which the lists are; not there for those that are active now.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    /// Lists that had no version on that day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    absent: Vec<String>,
    lists: Vec<ListJson>,
}

#[derive(Clone, Debug, Serialize)]
struct ListJson {
    list: String,
    format: &'static str,
    published: Option<String>,
    entities: usize,
    hash: String,
    /// Values or records that could not be read and are not screened.
    lost: usize,
}

impl SnapshotJson {
    /// Says as of which day the lists are, and which had no version then.
    pub(crate) fn set_as_of(&mut self, day: Option<&str>, absent: &[String]) {
        self.as_of = day.map(str::to_owned);
        self.absent = absent.to_vec();
    }

    /// Says how much of each list could not be read, in the order of the lists.
    pub(crate) fn set_lost(&mut self, lost: &[usize]) {
        for (list, lost) in self.lists.iter_mut().zip(lost) {
            list.lost = *lost;
        }
    }
}

impl ScreeningJson {
    /// Says as of which day the lists are, and which had no version then.
    #[must_use]
    pub fn with_as_of(mut self, day: Option<&str>, absent: &[String]) -> Self {
        if let Some(it) = &mut self.snapshot {
            it.set_as_of(day, absent);
        }
        self
    }

    /// Says how much of each list could not be read, in the order of the lists.
    #[must_use]
    pub fn with_lost(mut self, lost: &[usize]) -> Self {
        if let Some(it) = &mut self.snapshot {
            it.set_lost(lost);
        }
        self
    }
}

impl ExplanationJson {
    /// Says as of which day the lists are, and which had no version then.
    #[must_use]
    pub fn with_as_of(mut self, day: Option<&str>, absent: &[String]) -> Self {
        self.snapshot.set_as_of(day, absent);
        self
    }

    /// Says why the answer is not to be relied on; the pair's own decision gives way.
    #[must_use]
    pub fn with_reasons(mut self, decision: Decision, reasons: Vec<String>) -> Self {
        if !reasons.is_empty() {
            self.matched.decision = decision.name();
            self.reasons = reasons;
        }
        self
    }

    /// Says how much of each list could not be read, in the order of the lists.
    #[must_use]
    pub fn with_lost(mut self, lost: &[usize]) -> Self {
        self.snapshot.set_lost(lost);
        self
    }
}

/// By which policy it was decided.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyJson {
    name: String,
    version: u32,
    hash: String,
    review: f64,
    strong: f64,
}

/// `interdict.explanation/1`: one pair, whatever the index says of it.
#[derive(Clone, Debug, Serialize)]
pub struct ExplanationJson {
    schema: &'static str,
    query: QueryJson,
    /// Whether the index brings the pair together at the policy's threshold.
    found: bool,
    #[serde(flatten)]
    matched: MatchJson,
    snapshot: SnapshotJson,
    policy: PolicyJson,
    /// Why it is not to be relied on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

/// A screening as JSON. `sample` says that the lists are the built-in samples; `unused` are fields of the record that were not used.
#[must_use]
pub fn screening(
    engine: &Engine<'_>,
    query: &Query,
    screening: &Screening,
    sample: bool,
    unused: &[String],
) -> ScreeningJson {
    ScreeningJson {
        schema: "interdict.screening/1",
        record: query.id.clone(),
        query: Some(query_json(query, unused)),
        decision: screening.decision.name(),
        matches: matches_json(&screening.matches, query, engine.snapshot(), engine.policy()),
        snapshot: Some(snapshot_json(engine.snapshot(), sample)),
        policy: Some(policy_json(engine.policy())),
        reasons: screening.reasons.clone(),
    }
}

/// The answer when nothing could be asked at all: no lists, no policy, no record that can be read.
#[must_use]
pub fn failure(reason: &str) -> ScreeningJson {
    ScreeningJson {
        schema: "interdict.screening/1",
        record: None,
        query: None,
        decision: Decision::Error.name(),
        matches: Vec::new(),
        snapshot: None,
        policy: None,
        reasons: vec![reason.to_owned()],
    }
}

/// The explanation of one pair as JSON.
#[must_use]
pub fn explanation(
    engine: &Engine<'_>,
    query: &Query,
    it: &Match,
    found: bool,
    sample: bool,
) -> Option<ExplanationJson> {
    let matched = matches_json(std::slice::from_ref(it), query, engine.snapshot(), engine.policy()).pop()?;
    Some(ExplanationJson {
        schema: "interdict.explanation/1",
        query: query_json(query, &[]),
        found,
        matched,
        snapshot: snapshot_json(engine.snapshot(), sample),
        policy: policy_json(engine.policy()),
        reasons: Vec::new(),
    })
}

/// Matches in their order.
pub(crate) fn matches_json(matches: &[Match], query: &Query, snapshot: &Snapshot, policy: &Policy) -> Vec<MatchJson> {
    if matches.is_empty() {
        return Vec::new();
    }
    let asked = PreparedParty::new(&query.party);
    matches
        .iter()
        .filter_map(|it| {
            let entity = snapshot.entities().get(it.entity)?;
            Some(MatchJson {
                entity: entity_json(entity),
                score: it.scored.score.probability(),
                matched: it.judgement.matched,
                decision: it.judgement.decision.name(),
                consequence: consequence_json(entity, policy),
                explanation: explain::sentences_prepared(it, query, &asked, snapshot)
                    .into_iter()
                    .map(|it| LineJson {
                        feature: it.feature,
                        label: it.label,
                        stance: it.stance.name(),
                        weight: f64::from(it.weight) / 100.0,
                        asked: it.asked,
                        listed: it.listed,
                        text: it.text,
                    })
                    .collect(),
                weak: it.scored.weak_only,
            })
        })
        .collect()
}

/// The snapshot as JSON.
#[must_use]
pub fn snapshot_json(snapshot: &Snapshot, sample: bool) -> SnapshotJson {
    SnapshotJson {
        id: snapshot.id().to_owned(),
        sample,
        as_of: None,
        absent: Vec::new(),
        lists: snapshot
            .lists()
            .iter()
            .map(|it| ListJson {
                list: it.list.clone(),
                format: it.format.name(),
                published: it.published.map(|it| it.to_string()),
                entities: it.entities,
                hash: it.hash.clone(),
                lost: 0,
            })
            .collect(),
    }
}

/// The policy as JSON.
#[must_use]
pub fn policy_json(policy: &Policy) -> PolicyJson {
    PolicyJson {
        name: policy.name.clone(),
        version: policy.version,
        hash: policy.hash.clone(),
        review: policy.review.probability(),
        strong: policy.strong.probability(),
    }
}

fn texts<T: ToString>(facts: &[Fact<T>]) -> Vec<String> {
    facts.iter().map(|it| it.value.to_string()).collect()
}

/// Countries of both kinds, nationalities first, each once.
fn countries(party: &crate::entity::Party) -> Vec<&'static str> {
    let mut out = Vec::new();
    for it in party.nationalities.iter().chain(&party.countries) {
        if !out.contains(&it.value.code()) {
            out.push(it.value.code());
        }
    }
    out
}

/// A name that is over the engine's limit was refused; it is given back only as far as a reader needs to know it again.
fn echo(text: &str) -> String {
    if text.len() > MAX_NAME_BYTES {
        let head: String = text.chars().take(60).collect();
        format!("{head}… ({} bytes)", text.len())
    } else {
        text.to_owned()
    }
}

fn query_json(query: &Query, unused: &[String]) -> QueryJson {
    let party = &query.party;
    QueryJson {
        schema: party.schema.name(),
        names: party
            .names
            .iter()
            .take(MAX_NAMES)
            .map(|it| echo(&it.value.text))
            .collect(),
        birth_dates: texts(&party.birth_dates),
        countries: countries(party),
        genders: party.genders.iter().map(|it| it.value.name()).collect(),
        identifiers: party.identifiers.iter().map(|it| identifier_json(&it.value)).collect(),
        unused_fields: unused.to_vec(),
    }
}

fn entity_json(entity: &Entity) -> EntityJson {
    let party = &entity.party;
    EntityJson {
        id: entity.id.clone(),
        caption: entity.caption().to_owned(),
        schema: party.schema.name(),
        names: party.names.iter().map(|it| it.value.text.clone()).collect(),
        listings: entity.listings.iter().map(listing_json).collect(),
        countries: countries(party),
        birth_dates: texts(&party.birth_dates),
        topics: entity.topics.clone(),
        positions: texts(&party.positions),
        identifiers: party.identifiers.iter().map(|it| identifier_json(&it.value)).collect(),
    }
}

fn listing_json(it: &Listing) -> ListingJson {
    ListingJson {
        authority: it.authority.name().to_owned(),
        list: it.list.clone(),
        programme: it.programmes.join("; "),
        programmes: it.programmes.clone(),
        measure: it.measures.first().map_or("none", |it| it.name()),
        measures: it.measures.iter().map(|it| it.name()).collect(),
        since: it.since.map(|it| it.to_string()),
        legal_basis: it.legal_basis.clone(),
        reference: it.reference.clone(),
        url: it.url.clone(),
    }
}

fn identifier_json(it: &Identifier) -> IdentifierJson {
    IdentifierJson {
        kind: it.kind.name().to_owned(),
        number: it.number.clone(),
        country: it.country.map(|it| it.code()),
        valid: match it.validity {
            Validity::Valid => Some(true),
            Validity::Invalid => Some(false),
            Validity::Unchecked => None,
        },
    }
}

fn consequence_json(entity: &Entity, policy: &Policy) -> ConsequenceJson {
    let (decision, words, source) = follows(entity, policy);
    ConsequenceJson {
        decision,
        words,
        source,
    }
}

/// What follows from the gravest listing of an entity: the policy's word, the sentence, the regulation.
#[must_use]
pub fn follows(entity: &Entity, policy: &Policy) -> (&'static str, String, String) {
    match policy.consequences(entity).first() {
        Some((consequence, Some(rule), _)) => (consequence.name(), rule.words.clone(), rule.source.clone()),
        Some((consequence, None, _)) => (
            consequence.name(),
            "no rule of the policy names this listing: a person decides".to_owned(),
            String::new(),
        ),
        None => ("none", "on no list: nothing follows".to_owned(), String::new()),
    }
}
