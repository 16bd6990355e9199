//! Reading -> `interdict.reading/1`, and the sentences for why a mention means whom it means.

use std::collections::BTreeMap;

use serde::Serialize;

use super::screening::{MatchJson, PolicyJson, SnapshotJson, matches_json, policy_json, snapshot_json};
use crate::document::{Because, Decoded, Form, Reading, Rejected, Why};
use crate::engine::{Engine, Snapshot};
use crate::entity::{Problem, Query};

/// What a document says of listed parties. Offsets are bytes of the file as given, half-open.
#[derive(Clone, Debug, Serialize)]
pub struct ReadingJson {
    schema: &'static str,
    /// The file, as the caller calls it.
    document: String,
    decision: &'static str,
    encoding: Option<&'static str>,
    mentions: Vec<MentionJson>,
    /// What is said to have happened; empty in this version.
    events: Vec<()>,
    problems: Vec<ProblemJson>,
    snapshot: Option<SnapshotJson>,
    policy: Option<PolicyJson>,
    reasons: Vec<String>,
}

impl ReadingJson {
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

#[derive(Clone, Debug, Serialize)]
struct MentionJson {
    start: usize,
    end: usize,
    text: String,
    line: usize,
    sentence: SpanJson,
    how: &'static str,
    band: &'static str,
    /// By this mention alone.
    decision: &'static str,
    matches: Vec<MentionMatchJson>,
    rejected: Vec<RejectedJson>,
}

#[derive(Clone, Debug, Serialize)]
struct SpanJson {
    start: usize,
    end: usize,
}

#[derive(Clone, Debug, Serialize)]
struct MentionMatchJson {
    #[serde(flatten)]
    matched: MatchJson,
    /// The listed name that the text has, or that introduces its bearer.
    name: String,
    why: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct RejectedJson {
    entity: String,
    caption: String,
    reason: String,
}

#[derive(Clone, Debug, Serialize)]
struct ProblemJson {
    severity: &'static str,
    place: String,
    field: String,
    value: String,
    message: String,
}

/// A reading as JSON. `document` is what the caller calls the file; `sample` says that the lists are the built-in samples.
#[must_use]
pub fn reading(engine: &Engine<'_>, document: &str, decoded: &Decoded, reading: &Reading, sample: bool) -> ReadingJson {
    let (snapshot, policy) = (engine.snapshot(), engine.policy());
    // Many mentions share a match.
    let mut known: BTreeMap<(usize, usize), Option<MatchJson>> = BTreeMap::new();
    let text = &decoded.text;
    let mentions = reading
        .mentions
        .iter()
        .map(|it| MentionJson {
            start: decoded.source(it.start),
            end: decoded.source(it.end),
            text: slice(text, it.start, it.end).to_owned(),
            line: it.line,
            sentence: SpanJson {
                start: decoded.source(it.sentence.0),
                end: decoded.source(it.sentence.1),
            },
            how: it.how.name(),
            band: it.band.name(),
            decision: it.decision.name(),
            matches: it
                .matches
                .iter()
                .filter_map(|it| {
                    let matched = known.entry((it.entity, it.name)).or_insert_with(|| {
                        let query = Query::by_name(&it.asked);
                        matches_json(std::slice::from_ref(&it.matched), &query, snapshot, policy).pop()
                    });
                    Some(MentionMatchJson {
                        matched: matched.clone()?,
                        name: it.asked.clone(),
                        why: it.why.iter().map(|it| why(it, text)).collect(),
                    })
                })
                .collect(),
            rejected: it
                .rejected
                .iter()
                .filter_map(|it| rejected(it, text, snapshot))
                .collect(),
        })
        .collect();
    ReadingJson {
        schema: "interdict.reading/1",
        document: document.to_owned(),
        decision: reading.decision.name(),
        encoding: Some(decoded.encoding.name()),
        mentions,
        events: Vec::new(),
        problems: decoded.problems.iter().chain(&reading.problems).map(problem).collect(),
        snapshot: Some(snapshot_json(snapshot, sample)),
        policy: Some(policy_json(policy)),
        reasons: reading.reasons.clone(),
    }
}

/// A document that could not be read. It is never clear.
#[must_use]
pub fn failure(document: &str, reading: &Reading) -> ReadingJson {
    ReadingJson {
        schema: "interdict.reading/1",
        document: document.to_owned(),
        decision: reading.decision.name(),
        encoding: None,
        mentions: Vec::new(),
        events: Vec::new(),
        problems: reading.problems.iter().map(problem).collect(),
        snapshot: None,
        policy: None,
        reasons: reading.reasons.clone(),
    }
}

fn problem(it: &Problem) -> ProblemJson {
    ProblemJson {
        severity: it.severity.name(),
        place: it.record.clone(),
        field: it.field.clone(),
        value: it.value.clone(),
        message: it.message.clone(),
    }
}

fn rejected(it: &Rejected, text: &str, snapshot: &Snapshot) -> Option<RejectedJson> {
    let entity = snapshot.entities().get(it.entity)?;
    Some(RejectedJson {
        entity: entity.id.clone(),
        caption: entity.caption().to_owned(),
        reason: because(&it.because, text),
    })
}

fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

/// A reason as a sentence. `text` is the text that was read.
#[must_use]
pub fn why(it: &Why, text: &str) -> String {
    match it {
        Why::Name { form, weight } => {
            let form = match form {
                Form::Full => "the listed name",
                Form::Reordered => "the listed name, family name first",
                Form::Trimmed => "the listed name without title, prefix or legal form",
                Form::Short => "the listed name without middle names",
            };
            format!("{form}; its words say {}.{:02} nats", weight / 100, weight % 100)
        }
        Why::Weak => "a weak alias".to_owned(),
        Why::Respelt { text, listed } => format!("`{text}` read as `{listed}`"),
        Why::Introduced { start, end } => {
            format!("introduced as `{}` at byte {start}", flat(slice(text, *start, *end)))
        }
        Why::Country(it) => format!("the sentence names {it}, a country of the entry"),
        Why::OtherCountry(it) => format!("the sentence names {it}, no country of the entry"),
        Why::Position(it) => format!("`{it}` beside it is a word of the entry's office"),
        Why::Fragment => "part of a longer name".to_owned(),
        Why::Ordinary => "its words stand in the text as ordinary words, too".to_owned(),
        Why::Hidden => "letters of another alphabet or invisible characters stand in it".to_owned(),
    }
}

/// Why somebody is not meant, as a sentence.
#[must_use]
pub fn because(it: &Because, text: &str) -> String {
    match it {
        Because::NotIntroduced => "the text does not name this bearer of the surname in full".to_owned(),
        Because::Farther => "another bearer was named in the same paragraph".to_owned(),
        Because::OtherBearer(start, end) => {
            format!(
                "`{}`, who is not listed, was named nearer",
                flat(slice(text, *start, *end))
            )
        }
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
