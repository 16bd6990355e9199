//! Pair -> evidence -> score. The score is the fold of its evidence, and there is no other way to one.

mod facts;
mod method;

use std::cmp::Reverse;
use std::fmt;

pub use facts::LEAST_CHARACTERS;
pub use method::{Feature, METHOD, METHOD_NAME, Row};

use crate::entity::{Country, Gender, PartialDate, Schema};
use crate::names::{Alignment, align};
use crate::prepare::{PreparedName, PreparedParty};

/// A calibrated probability in ten-thousandths, `0..=10_000`: that the two parties are the same, given the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u16);

impl Score {
    /// Nothing speaks for a match.
    pub const NONE: Self = Self(0);

    /// From a probability, `0.0..=1.0`; `None` for anything else.
    #[must_use]
    pub fn from_probability(it: f64) -> Option<Self> {
        (0.0..=1.0).contains(&it).then(|| Self((it * 10_000.0).round() as u16))
    }

    /// From log-odds in hundredths of a nat. Linear between tenths of a nat, so that every machine gives the same.
    #[must_use]
    pub fn from_log_odds(it: i32) -> Self {
        let size = it.unsigned_abs().min(1_000) as usize;
        let (step, rest) = (size / 10, (size % 10) as i32);
        let at = |step: usize| i32::from(LOGISTIC[step.min(100)]);
        let above = at(step) + (at(step + 1) - at(step)) * rest / 10;
        let value = if it < 0 { 10_000 - above } else { above };
        Self(u16::try_from(value).unwrap_or(0))
    }

    /// The least log-odds, in hundredths of a nat, that give this score or more.
    #[must_use]
    pub fn log_odds(self) -> i32 {
        let (mut low, mut high) = (-1_000_i32, 1_000_i32);
        while low < high {
            let middle = (low + high).div_euclid(2);
            if Self::from_log_odds(middle) >= self {
                high = middle
            } else {
                low = middle + 1
            }
        }
        low
    }

    /// As a probability, `0.0..=1.0`.
    #[must_use]
    pub fn probability(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.probability())
    }
}

/// 10,000 / (1 + e^-x) for x = 0.0, 0.1, ..., 10.0.
const LOGISTIC: [u16; 101] = [
    5_000, 5_250, 5_498, 5_744, 5_987, 6_225, 6_457, 6_682, 6_900, 7_109, 7_311, 7_503, 7_685, 7_858, 8_022, 8_176,
    8_320, 8_455, 8_581, 8_699, 8_808, 8_909, 9_002, 9_089, 9_168, 9_241, 9_309, 9_370, 9_427, 9_478, 9_526, 9_569,
    9_608, 9_644, 9_677, 9_707, 9_734, 9_759, 9_781, 9_802, 9_820, 9_837, 9_852, 9_866, 9_879, 9_890, 9_900, 9_910,
    9_918, 9_926, 9_933, 9_939, 9_945, 9_950, 9_955, 9_959, 9_963, 9_967, 9_970, 9_973, 9_975, 9_978, 9_980, 9_982,
    9_983, 9_985, 9_986, 9_988, 9_989, 9_990, 9_991, 9_992, 9_993, 9_993, 9_994, 9_994, 9_995, 9_995, 9_996, 9_996,
    9_997, 9_997, 9_997, 9_998, 9_998, 9_998, 9_998, 9_998, 9_998, 9_999, 9_999, 9_999, 9_999, 9_999, 9_999, 9_999,
    9_999, 9_999, 9_999, 9_999, 10_000,
];

/// Which way a piece of evidence points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// It speaks for the same party.
    Agrees,
    /// It speaks against.
    Contradicts,
    /// One side or both say nothing about it.
    Unknown,
}

impl Stance {
    /// A lower-case word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Contradicts => "contradicts",
            Self::Unknown => "unknown",
        }
    }
}

/// The values that a piece of evidence rests on; sentences are made of them on output.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// Nothing to show beyond the stance.
    None,
    /// The kinds of both parties.
    Schemas(Schema, Schema),
    /// The best pair of names: the place of the asked one, of the listed one, and how they align.
    Names {
        /// Place among the asked names.
        asked: usize,
        /// Place among the listed names.
        listed: usize,
        /// Which parts agree.
        alignment: Alignment,
    },
    /// Two dates, asked first.
    Dates(PartialDate, PartialDate),
    /// Two countries, asked first; the same one where they agree.
    Countries(Country, Country),
    /// Two sexes, asked first.
    Genders(Gender, Gender),
    /// Places of two identifiers among the prepared ones, asked first.
    Identifiers(usize, usize),
    /// A word of both places of birth.
    Place(String),
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What was compared.
    pub feature: Feature,
    /// Which way it points.
    pub stance: Stance,
    /// Log-odds in hundredths of a nat; positive speaks for the same party.
    pub weight: i32,
    /// What it rests on.
    pub detail: Detail,
}

/// The score of a pair with all its evidence, in the order of OFAC's FAQ 5: type, name, then the other facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The fold of the evidence.
    pub score: Score,
    /// The evidence; unknown facts are there, too.
    pub evidence: Vec<Evidence>,
    /// The match rests on a weak alias: no strong name comes near it.
    pub weak_only: bool,
    /// An identifier that names one subject agrees.
    pub identified: bool,
}

impl Scored {
    /// The alignment of the best pair of names, with its places among the asked and the listed names.
    #[must_use]
    pub fn names(&self) -> Option<(usize, usize, &Alignment)> {
        self.evidence.iter().find_map(|it| match &it.detail {
            Detail::Names {
                asked,
                listed,
                alignment,
            } => Some((*asked, *listed, alignment)),
            _ => None,
        })
    }
}

/// The sum of the evidence in hundredths of a nat.
#[must_use]
pub fn fold(evidence: &[Evidence]) -> i32 {
    evidence.iter().map(|it| it.weight).sum()
}

/// Scores a pair. Without a pair of names that share a part, and without a common identifier, there is no ground to compare: the
/// score is nought whatever else agrees.
///
/// Cost: the number of pairs of names times the product of their parts.
#[must_use]
pub fn score(asked: &PreparedParty, listed: &PreparedParty) -> Scored {
    let pairs = |a: usize| (0..listed.names.len()).map(move |b| NamePair::unknown(a, b));
    let pairs: Vec<NamePair> = (0..asked.names.len()).flat_map(pairs).collect();
    score_among(asked, listed, &pairs)
}

/// A pair of names of two parties, and the most that it can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamePair {
    /// The most log-odds of name and rarity together, hundredths of a nat.
    pub most: i32,
    /// Place among the asked party's prepared names.
    pub asked: usize,
    /// Place among the listed party's.
    pub listed: usize,
}

impl NamePair {
    const fn unknown(asked: usize, listed: usize) -> Self {
        Self {
            most: i32::MAX,
            asked,
            listed,
        }
    }
}

/// The same where it is known which pairs of names have something in common, and how much at most: every pair that aligns has to be
/// among them. They are best given with the most promising ones first: the others then need not be aligned.
#[must_use]
pub fn score_among(asked: &PreparedParty, listed: &PreparedParty, pairs: &[NamePair]) -> Scored {
    let best = best_names(asked, listed, pairs);
    let mut identifiers = facts::identifiers(asked, listed);
    let identified = identifiers.weight >= facts::IDENTIFIES;
    if best.is_none() && !identified {
        return Scored {
            score: Score::NONE,
            evidence: Vec::new(),
            weak_only: false,
            identified: false,
        };
    }
    let similarity = best.as_ref().map_or(0, |it| it.alignment.similarity);
    let weak_only = best.as_ref().is_some_and(|it| it.weak);
    let mut evidence = vec![facts::schema(asked, listed)];
    evidence.extend(method::name_evidence(
        best,
        !asked.names.is_empty() && !listed.names.is_empty(),
    ));
    let mut support = [
        facts::dates(asked, listed),
        facts::countries(asked, listed),
        facts::genders(asked, listed),
        facts::places(asked, listed),
    ];
    // Facts corroborate a name; only an identifier stands in for one.
    for it in support
        .iter_mut()
        .chain([&mut identifiers])
        .filter(|it| it.weight > 0 && !identified)
    {
        it.weight = it.weight * method::corroboration(similarity) / 1000;
    }
    evidence.extend(support);
    evidence.push(identifiers);
    Scored {
        score: Score::from_log_odds(fold(&evidence)),
        evidence,
        weak_only: weak_only && !identified,
        identified,
    }
}

/// The best pair of names.
pub(crate) struct BestNames {
    pub(crate) asked: usize,
    pub(crate) listed: usize,
    pub(crate) weak: bool,
    pub(crate) alignment: Alignment,
}

/// What the best pair of names is chosen by: log-odds, a strong listed name, the earlier places; of several readings the earlier.
type Rank = (i32, bool, Reverse<usize>, Reverse<usize>, Reverse<(usize, usize)>);

/// Whether two names are compared: parties of one schema were read in one way; another reading of both would only add chances to
/// agree.
pub(crate) fn compared(same_schema: bool, asked: &PreparedName, listed: &PreparedName) -> bool {
    !same_schema || asked.own && listed.own
}

/// The pair of names with the most log-odds; on a tie a strong listed name before a weak one, then the earlier ones. The order of
/// the pairs given does not matter.
fn best_names(asked: &PreparedParty, listed: &PreparedParty, pairs: &[NamePair]) -> Option<BestNames> {
    let mut best: Option<(Rank, BestNames)> = None;
    for it in pairs {
        let (Some(a), Some(b)) = (asked.names.get(it.asked), listed.names.get(it.listed)) else {
            continue;
        };
        // A pair that cannot come up to the best so far need not be aligned.
        let so_far = best.as_ref().map_or(i32::MIN, |it| it.0.0);
        if it.most < so_far || !compared(asked.schema == listed.schema, a, b) {
            continue;
        }
        let worth = |similarity, weight| method::name_bound(similarity, weight) >= so_far;
        let Some(alignment) = align(&a.name, &b.name, worth) else {
            continue;
        };
        let key = (
            method::name_log_odds(&alignment),
            !b.weak,
            Reverse(a.at),
            Reverse(b.at),
            Reverse((it.asked, it.listed)),
        );
        if best.as_ref().is_none_or(|it| key > it.0) {
            best = Some((
                key,
                BestNames {
                    asked: a.at,
                    listed: b.at,
                    weak: b.weak,
                    alignment,
                },
            ));
        }
    }
    best.map(|it| it.1)
}

/// The most log-odds, in hundredths of a nat, that a pair can reach whose best names have at most this similarity (thousandths)
/// and common weight (hundredths of a nat). The index leaves out what stays under the threshold even so.
#[must_use]
pub fn bound(asked: &PreparedParty, similarity: u32, weight: u32) -> i32 {
    let support = facts::most(asked) * method::corroboration(similarity) / 1000;
    method::name_bound(similarity, weight) + support
}

/// The most log-odds of name and rarity together for at most this similarity and common weight.
#[must_use]
pub fn name_bound(similarity: u32, weight: u32) -> i32 {
    method::name_bound(similarity, weight)
}

/// The least similarity, in thousandths, with which a pair can come to a threshold by its names; `None` where none is enough.
#[must_use]
pub fn least_similarity(asked: &PreparedParty, threshold: i32) -> Option<u32> {
    let enough = |similarity: u32| bound(asked, similarity, u32::MAX) >= threshold;
    let (mut low, mut high) = (0, 1000);
    if !enough(high) {
        return None;
    }
    while low < high {
        let middle = (low + high) / 2;
        if enough(middle) {
            high = middle
        } else {
            low = middle + 1
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_and_score_go_up_together() {
        let mut last = Score::NONE;
        for it in -1_100..1_100 {
            let score = Score::from_log_odds(it);
            assert!(score >= last, "{it}");
            last = score;
        }
        assert_eq!(Score::from_log_odds(0).probability(), 0.5);
        for it in [0.05, 0.3, 0.5, 0.75, 0.9, 0.99] {
            let score = Score::from_probability(it).unwrap();
            assert!(Score::from_log_odds(score.log_odds()) >= score);
            assert!(Score::from_log_odds(score.log_odds() - 1) < score);
        }
        assert_eq!(Score::from_probability(f64::NAN), None);
    }
}
