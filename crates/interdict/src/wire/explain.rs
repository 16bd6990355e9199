//! Evidence -> sentences, made once for JSON, terminal and pages.

use crate::engine::{Match, Snapshot};
use crate::entity::{Identifier, Query, Schema, Validity};
use crate::names::{Alignment, Name, Pair};
use crate::prepare::PreparedParty;
use crate::score::{Detail, Evidence, Feature, Stance};

/// One piece of evidence in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The feature's name in JSON, e.g. `birth_place`.
    pub feature: &'static str,
    /// The feature's name for readers, e.g. `birth place`.
    pub label: &'static str,
    /// Which way it points.
    pub stance: Stance,
    /// Log-odds in hundredths of a nat; positive speaks for the same party.
    pub weight: i32,
    /// The value asked with; empty where nothing was asked or the feature compares none.
    pub asked: String,
    /// The listed value; empty where nothing is listed or the feature compares none.
    pub listed: String,
    /// The comparison in words.
    pub text: String,
}

/// The order of the lines: that of OFAC's FAQ 5, the kind first, then the name, then the other facts.
const ORDER: [Feature; 8] = [
    Feature::Schema,
    Feature::Name,
    Feature::Rarity,
    Feature::Date,
    Feature::Country,
    Feature::Gender,
    Feature::BirthPlace,
    Feature::Identifier,
];

/// The evidence of a match in words, one line a feature: type, name, rarity, birth date, country, sex, birth place, identifier.
/// A pair without common ground gives one line that says so.
///
/// The query must be the one that the match was found with. Cost: prepares the query once.
#[must_use]
pub fn sentences(it: &Match, query: &Query, snapshot: &Snapshot) -> Vec<Line> {
    sentences_prepared(it, query, &PreparedParty::new(&query.party), snapshot)
}

/// As [`sentences`], for a query that is prepared already.
pub(crate) fn sentences_prepared(it: &Match, query: &Query, asked: &PreparedParty, snapshot: &Snapshot) -> Vec<Line> {
    let (Some(entity), Some(listed)) = (snapshot.entities().get(it.entity), snapshot.prepared().get(it.entity)) else {
        return Vec::new();
    };
    if it.scored.evidence.is_empty() {
        return vec![Line {
            feature: Feature::Name.row().name,
            label: Feature::Name.row().label,
            stance: Stance::Contradicts,
            weight: 0,
            asked: query.party.caption().to_owned(),
            listed: entity.caption().to_owned(),
            text: "no part of any name agrees and no identifier is shared: nothing to compare, the score is 0"
                .to_owned(),
        }];
    }
    let pair = Pairing {
        query,
        asked,
        entity: &entity.party,
        listed,
        names: it.scored.names(),
    };
    ORDER
        .iter()
        .flat_map(|feature| it.scored.evidence.iter().filter(move |it| it.feature == *feature))
        .map(|it| pair.line(it))
        .collect()
}

/// Both sides of a match.
struct Pairing<'a> {
    query: &'a Query,
    asked: &'a PreparedParty,
    entity: &'a crate::entity::Party,
    listed: &'a PreparedParty,
    names: Option<(usize, usize, &'a Alignment)>,
}

impl Pairing<'_> {
    fn line(&self, it: &Evidence) -> Line {
        let (asked, listed, text) = self.words(it);
        Line {
            feature: it.feature.row().name,
            label: it.feature.row().label,
            stance: it.stance,
            weight: it.weight,
            asked,
            listed,
            text,
        }
    }

    fn words(&self, it: &Evidence) -> (String, String, String) {
        let agrees = it.stance == Stance::Agrees;
        match (&it.detail, it.feature) {
            (Detail::Schemas(a, b), _) => {
                let text = if agrees {
                    format!("{a} may be {b}")
                } else {
                    format!("{a} is no {b}")
                };
                let text = if a == b { format!("both {a}") } else { text };
                (a.to_string(), b.to_string(), text)
            }
            (
                Detail::Names {
                    asked,
                    listed,
                    alignment,
                },
                _,
            ) => self.names_line(*asked, *listed, alignment),
            (_, Feature::Rarity) => {
                let weight = self.names.map_or(0, |it| it.2.weight);
                (String::new(), String::new(), rarity(weight))
            }
            (Detail::Dates(a, b), _) => {
                let relation = match (agrees, a == b) {
                    (_, true) => "the same",
                    (true, false) => "agrees as far as both go",
                    (false, false) => "another date",
                };
                both(a.to_string(), b.to_string(), relation)
            }
            (Detail::Countries(a, b), _) => {
                let relation = if agrees { "in common" } else { "another country" };
                both(a.name().to_owned(), b.name().to_owned(), relation)
            }
            (Detail::Genders(a, b), _) => {
                let relation = if agrees { "the same" } else { "another sex" };
                both(a.name().to_owned(), b.name().to_owned(), relation)
            }
            (Detail::Place(word), _) => (word.clone(), word.clone(), format!("`{word}` is in both")),
            (Detail::Identifiers(a, b), _) => {
                let at = |list: &[Identifier], at: usize| list.get(at).map(identifier).unwrap_or_default();
                let (a, b) = (at(&self.asked.identifiers, *a), at(&self.listed.identifiers, *b));
                let relation = match it.stance {
                    Stance::Agrees => "the same number",
                    Stance::Contradicts => "another number of a kind of which there is only one",
                    Stance::Unknown => "the same number, of a kind that several parties may share",
                };
                both(a, b, relation)
            }
            (Detail::None, Feature::Name) if it.stance == Stance::Contradicts => (
                self.query.party.caption().to_owned(),
                self.entity.caption().to_owned(),
                "no part of any name agrees".to_owned(),
            ),
            (Detail::None, feature) => self.unknown(feature),
        }
    }

    /// What each side says of a fact that could not be compared.
    fn unknown(&self, feature: Feature) -> (String, String, String) {
        // Several lists may say the same.
        let join = |all: Vec<String>| {
            let mut once: Vec<String> = Vec::with_capacity(all.len());
            for it in all {
                if !once.contains(&it) {
                    once.push(it);
                }
            }
            once.join(", ")
        };
        let (query, entity) = (&self.query.party, self.entity);
        let (asked, listed) = match feature {
            Feature::Schema => {
                // A thing of no known kind is nothing that was said.
                let said = |it: Schema| {
                    if it == Schema::Thing {
                        String::new()
                    } else {
                        it.to_string()
                    }
                };
                (said(query.schema), said(entity.schema))
            }
            Feature::Date => (
                join(self.asked.dates.iter().map(ToString::to_string).collect()),
                join(self.listed.dates.iter().map(ToString::to_string).collect()),
            ),
            Feature::Country => (
                join(self.asked.countries.iter().map(|it| it.name().to_owned()).collect()),
                join(self.listed.countries.iter().map(|it| it.name().to_owned()).collect()),
            ),
            Feature::Gender => (
                join(self.asked.genders.iter().map(|it| it.name().to_owned()).collect()),
                join(self.listed.genders.iter().map(|it| it.name().to_owned()).collect()),
            ),
            Feature::BirthPlace => (
                join(query.birth_places.iter().map(|it| it.value.clone()).collect()),
                join(entity.birth_places.iter().map(|it| it.value.clone()).collect()),
            ),
            Feature::Identifier => (
                join(self.asked.identifiers.iter().map(identifier).collect()),
                join(self.listed.identifiers.iter().map(identifier).collect()),
            ),
            Feature::Name | Feature::Rarity => (String::new(), String::new()),
        };
        let text = match (asked.is_empty(), listed.is_empty()) {
            (true, true) => "not asked, not listed".to_owned(),
            (true, false) => format!("not asked; listed: {listed}"),
            (false, true) => format!("asked: {asked}; not listed"),
            (false, false) => format!("asked: {asked}; listed: {listed}; nothing in common, which does not count"),
        };
        (asked, listed, text)
    }

    fn names_line(&self, asked_at: usize, listed_at: usize, alignment: &Alignment) -> (String, String, String) {
        let source = |party: &crate::entity::Party, at: usize| {
            party.names.get(at).map(|it| it.value.text.clone()).unwrap_or_default()
        };
        let read = |party: &'_ PreparedParty, at: usize| party.names.iter().find(|it| it.at == at).cloned();
        let (asked, listed) = (source(&self.query.party, asked_at), source(self.entity, listed_at));
        let (Some(a), Some(b)) = (read(self.asked, asked_at), read(self.listed, listed_at)) else {
            return (asked, listed, String::new());
        };
        let mut words: Vec<String> = alignment
            .pairs
            .iter()
            .map(|it| {
                let (x, y) = (slice(&asked, &a.name, it.asked), slice(&listed, &b.name, it.listed));
                format!("{x} ~ {y} ({})", it.like.how.name())
            })
            .collect();
        let (x, y) = (
            left_over(&asked, &a.name, &alignment.pairs, |it| it.asked),
            left_over(&listed, &b.name, &alignment.pairs, |it| it.listed),
        );
        if !x.is_empty() || !y.is_empty() {
            let or_dash = |it: String| if it.is_empty() { "-".to_owned() } else { it };
            words.push(format!("left over: {} | {}", or_dash(x), or_dash(y)));
        }
        let tricks = |name: &Name| {
            let any = |pick: fn(&crate::text::Tricks) -> bool| name.parts.iter().any(|it| pick(&it.tricks));
            [
                (any(|it| it.homoglyph), "look-alike letters of another alphabet"),
                (any(|it| it.invisible), "invisible characters"),
                (any(|it| it.compatibility), "compatibility letters"),
            ]
        };
        words.extend(
            tricks(&a.name)
                .into_iter()
                .filter(|it| it.0)
                .map(|it| format!("asked with {}", it.1)),
        );
        if b.weak {
            words.push("a weak alias".to_owned());
        }
        (asked, listed, words.join(" · "))
    }
}

/// Both values and how they relate; a value that is the same on both sides is written once.
fn both(asked: String, listed: String, relation: &str) -> (String, String, String) {
    let text = if asked == listed {
        format!("{asked}: {relation}")
    } else {
        format!("asked {asked}, listed {listed}: {relation}")
    };
    (asked, listed, text)
}

fn identifier(it: &Identifier) -> String {
    let country = it.country.map(|it| format!(" ({})", it.name())).unwrap_or_default();
    let check = if it.validity == Validity::Invalid {
        ", check digit or form is wrong"
    } else {
        ""
    };
    format!("{it}{country}{check}")
}

/// The text of a run of parts as it was written.
fn slice<'a>(source: &'a str, name: &Name, run: (usize, usize)) -> &'a str {
    let parts = name.parts.get(run.0..run.1).unwrap_or_default();
    match (parts.first(), parts.last()) {
        (Some(first), Some(last)) => source.get(first.start as usize..last.end as usize).unwrap_or_default(),
        _ => "",
    }
}

fn left_over(source: &str, name: &Name, pairs: &[Pair], side: impl Fn(&Pair) -> (usize, usize)) -> String {
    let used = |at: usize| pairs.iter().any(|it| (side(it).0..side(it).1).contains(&at));
    (0..name.parts.len())
        .filter(|at| !used(*at))
        .map(|at| slice(source, name, (at, at + 1)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Rarer than one in as many as there are people says no more.
const MOST_ZEROS: u32 = 10;

/// A nat is a factor of e; ten is 2.3026 nats. Whole powers of ten say as much as such an estimate knows.
fn rarity(weight: u32) -> String {
    let zeros = ((weight + 115) / 230).min(MOST_ZEROS) as usize;
    let digits = format!("1{}", "0".repeat(zeros));
    let mut number = String::new();
    for (at, it) in digits.char_indices() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            number.push(',');
        }
        number.push(it);
    }
    let fewer = if zeros as u32 == MOST_ZEROS { " or fewer" } else { "" };
    format!("what agrees is borne by about 1 in {number}{fewer}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarity_in_powers_of_ten() {
        assert_eq!(rarity(0), "what agrees is borne by about 1 in 1");
        assert_eq!(rarity(700), "what agrees is borne by about 1 in 1,000");
        assert_eq!(rarity(1_600), "what agrees is borne by about 1 in 10,000,000");
        assert_eq!(
            rarity(9_000),
            "what agrees is borne by about 1 in 10,000,000,000 or fewer"
        );
    }
}
