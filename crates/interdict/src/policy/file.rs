//! Policy file as typed -> policy as resolved.

use serde::Deserialize;

use super::{Consequence, Policy, PolicyError, Rule, WeakAlone};
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
        rules,
        hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
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
