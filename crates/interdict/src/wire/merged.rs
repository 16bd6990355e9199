//! What merging did -> `interdict.merge/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::engine::Snapshot;
use crate::entity::Problem;
use crate::resolve::{Cluster, Link, NotUnited};

/// The counts and, where asked, every cluster and every pair that was left apart. Weights are nats.
#[derive(Clone, Debug, Serialize)]
pub struct MergedJson {
    schema: &'static str,
    snapshot: String,
    entries: usize,
    entities: usize,
    rules: BTreeMap<&'static str, usize>,
    apart: BTreeMap<&'static str, usize>,
    problems: Vec<ProblemJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clusters: Option<Vec<ClusterJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_apart: Option<Vec<ApartJson>>,
}

#[derive(Clone, Debug, Serialize)]
struct ProblemJson {
    severity: &'static str,
    record: String,
    field: String,
    value: String,
    message: String,
}

#[derive(Clone, Debug, Serialize)]
struct ClusterJson {
    id: String,
    caption: String,
    members: Vec<String>,
    links: Vec<LinkJson>,
}

#[derive(Clone, Debug, Serialize)]
struct LinkJson {
    a: String,
    b: String,
    rule: &'static str,
    weight: f64,
    because: Vec<BecauseJson>,
}

#[derive(Clone, Debug, Serialize)]
struct BecauseJson {
    fact: &'static str,
    weight: f64,
    words: String,
}

#[derive(Clone, Debug, Serialize)]
struct ApartJson {
    reason: &'static str,
    words: String,
    link: LinkJson,
}

/// What merging did, as JSON.
#[must_use]
pub fn merged(
    entries: usize,
    snapshot: &Snapshot,
    clusters: &[&Cluster],
    apart: &[&NotUnited],
    problems: &[Problem],
    full: bool,
) -> MergedJson {
    let mut rules = BTreeMap::new();
    for it in clusters.iter().flat_map(|it| &it.links) {
        *rules.entry(it.rule.name()).or_default() += 1;
    }
    let mut reasons = BTreeMap::new();
    for it in apart {
        *reasons.entry(it.apart.name()).or_default() += 1;
    }
    MergedJson {
        schema: "interdict.merge/1",
        snapshot: snapshot.id().to_owned(),
        entries,
        entities: snapshot.entities().len(),
        rules,
        apart: reasons,
        problems: problems
            .iter()
            .map(|it| ProblemJson {
                severity: it.severity.name(),
                record: it.record.clone(),
                field: it.field.clone(),
                value: it.value.clone(),
                message: it.message.clone(),
            })
            .collect(),
        clusters: full.then(|| clusters.iter().map(|it| cluster(it, snapshot)).collect()),
        left_apart: full.then(|| {
            apart
                .iter()
                .map(|it| ApartJson {
                    reason: it.apart.name(),
                    words: it.apart.to_string(),
                    link: link(&it.link),
                })
                .collect()
        }),
    }
}

fn cluster(it: &Cluster, snapshot: &Snapshot) -> ClusterJson {
    ClusterJson {
        id: it.id.clone(),
        caption: snapshot
            .entity(&it.id)
            .map_or_else(String::new, |it| it.1.caption().to_owned()),
        members: it.members.clone(),
        links: it.links.iter().map(link).collect(),
    }
}

fn link(it: &Link) -> LinkJson {
    LinkJson {
        a: it.a.clone(),
        b: it.b.clone(),
        rule: it.rule.name(),
        weight: f64::from(it.weight) / 100.0,
        because: it
            .because
            .iter()
            .map(|it| BecauseJson {
                fact: it.fact.name(),
                weight: f64::from(it.weight) / 100.0,
                words: it.words.clone(),
            })
            .collect(),
    }
}
