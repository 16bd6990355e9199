//! Policy file as typed -> policy as resolved.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Consequence, Freshness, Policy, PolicyError, Rule, WeakAlone};
use crate::entity::{Authority, Measure};
use crate::score::Score;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    name: String,
    version: u32,
    description: String,
    thresholds: Thresholds,
    weak_aliases: WeakAliases,
    // Policies from before it are held to the default, which is the strict one.
    freshness: Option<FreshnessFile>,
    rule: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    review: f64,
    strong: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeakAliases {
    alone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FreshnessFile {
    max_age_hours: u32,
    #[serde(default)]
    authorities: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    authorities: Vec<String>,
    measures: Vec<String>,
    #[serde(default)]
    programmes: Vec<String>,
    consequence: String,
    words: String,
    source: String,
}

pub(super) fn parse(text: &str) -> Result<Policy, PolicyError> {
    let file: PolicyFile = toml::from_str(text).map_err(|it| PolicyError(it.to_string().trim_end().to_owned()))?;
    let threshold = |field: &str, it: f64| {
        Score::from_probability(it)
            .ok_or_else(|| PolicyError(format!("thresholds.{field} = {it}: not a probability, 0 to 1")))
    };
    let (review, strong) = (
        threshold("review", file.thresholds.review)?,
        threshold("strong", file.thresholds.strong)?,
    );
    if strong < review {
        return Err(PolicyError(format!(
            "thresholds.strong = {} is under thresholds.review = {}",
            file.thresholds.strong, file.thresholds.review
        )));
    }
    if review == Score::NONE {
        return Err(PolicyError("thresholds.review = 0: every entry would match".to_owned()));
    }
    let weak_alone = match file.weak_aliases.alone.as_str() {
        "ignore" => WeakAlone::Ignore,
        "rare" => WeakAlone::Rare,
        "review" => WeakAlone::Review,
        other => {
            return Err(PolicyError(format!(
                "weak_aliases.alone = `{other}`: not `ignore`, `rare` or `review`"
            )));
        }
    };
    let rules = file
        .rule
        .into_iter()
        .enumerate()
        .map(|(at, it)| rule(at + 1, it))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Policy {
        name: file.name,
        version: file.version,
        description: file.description,
        review,
        strong,
        weak_alone,
        freshness: freshness(file.freshness)?,
        rules,
        hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
    })
}

fn freshness(file: Option<FreshnessFile>) -> Result<Freshness, PolicyError> {
    let Some(file) = file else {
        return Ok(Freshness {
            max_age_hours: Freshness::DEFAULT_HOURS,
            authorities: Vec::new(),
        });
    };
    if file.max_age_hours == 0 {
        return Err(PolicyError(
            "freshness.max_age_hours = 0: every list would be too old".to_owned(),
        ));
    }
    let mut authorities = Vec::new();
    for (word, hours) in file.authorities {
        if hours == 0 {
            return Err(PolicyError(format!(
                "freshness.authorities.{word} = 0: every list would be too old"
            )));
        }
        match (Authority::parse(&word), word.strip_prefix("other:")) {
            (Authority::Other(_), None) => {
                return Err(PolicyError(format!(
                    "freshness.authorities.{word}: not a known authority; write `\"other:NAME\"` for one of your own lists"
                )));
            }
            (Authority::Other(_), Some(name)) => authorities.push((Authority::Other(name.trim().to_owned()), hours)),
            (known, _) => authorities.push((known, hours)),
        }
    }
    Ok(Freshness {
        max_age_hours: file.max_age_hours,
        authorities,
    })
}

fn rule(at: usize, it: RuleFile) -> Result<Rule, PolicyError> {
    let any = |list: &[String]| list.iter().any(|it| it == "*");
    let fault =
        |field: &str, value: &str, expected: &str| PolicyError(format!("rule {at}, {field} = `{value}`: {expected}"));
    let measures = if any(&it.measures) {
        Vec::new()
    } else {
        it.measures
            .iter()
            .map(|word| Measure::parse(word).ok_or_else(|| fault("measures", word, "not a measure")))
            .collect::<Result<_, _>>()?
    };
    if it.authorities.is_empty() || it.measures.is_empty() {
        return Err(fault("authorities or measures", "", "empty; write \"*\" for any"));
    }
    let consequence = [
        Consequence::None,
        Consequence::Review,
        Consequence::Reject,
        Consequence::Block,
    ]
    .into_iter()
    .find(|word| word.name() == it.consequence)
    .ok_or_else(|| {
        fault(
            "consequence",
            &it.consequence,
            "not `none`, `review`, `reject` or `block`",
        )
    })?;
    let authorities = if any(&it.authorities) {
        Vec::new()
    } else {
        it.authorities
            .iter()
            .map(|word| match (Authority::parse(word), word.strip_prefix("other:")) {
                // A slip (`OFCA`) must not make a rule that fits nothing.
                (Authority::Other(_), None) => Err(fault(
                    "authorities",
                    word,
                    "not a known authority; write `other:NAME` for one of your own lists",
                )),
                (Authority::Other(_), Some(name)) => Ok(Authority::Other(name.trim().to_owned())),
                (known, _) => Ok(known),
            })
            .collect::<Result<_, _>>()?
    };
    Ok(Rule {
        authorities,
        measures,
        programmes: it.programmes,
        consequence,
        words: it.words,
        source: it.source,
    })
}
