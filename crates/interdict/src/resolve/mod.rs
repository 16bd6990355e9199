//! Entries of many lists -> one entity a subject, with all its statements; why they were united, and why others were not.
//!
//! Evidence is gathered by pairs (`compare`), pairs are taken strongest first, and a cluster never comes to hold what cannot be
//! one subject. Names alone unite nobody. docs/merge.md has the rules and what they were measured to do.

mod keys;
mod profile;
mod compare;
mod candidates;
mod cluster;
mod unite;
mod decisions;
mod identities;

use std::fmt;

pub use compare::{Because, Fact, Veto};
pub use decisions::{Decision, Decisions, DecisionsError};
pub use identities::Identities;
pub use keys::un_reference;

use crate::entity::{Entity, Problem, Schema, Severity};
use crate::prepare::PreparedParty;
use cluster::{Clusters, Refusal};
use compare::{Compared, Known, Side, compare};

/// By which rule two entries are one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A person decided it.
    Decision,
    /// One entry in two formats of a list, or under one number of its publisher.
    Entry,
    /// Both carry the same reference number.
    Reference,
    /// A document or registration number agrees, and nothing speaks against.
    Identifier,
    /// Names and a full birth date agree.
    NamesAndBirthDate,
    /// Names and a birth year agree, with more facts.
    NamesAndBirthYear,
    /// Names and other facts agree: of persons of whom no birth date is known, of organisations, of ships.
    NamesAndFacts,
}

impl Rule {
    /// Every rule, the strongest first; clusters are made in this order.
    pub const ALL: [Self; 7] = [
        Self::Decision,
        Self::Entry,
        Self::Reference,
        Self::Identifier,
        Self::NamesAndBirthDate,
        Self::NamesAndBirthYear,
        Self::NamesAndFacts,
    ];

    /// The word that reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Entry => "same entry",
            Self::Reference => "reference",
            Self::Identifier => "identifier",
            Self::NamesAndBirthDate => "names and birth date",
            Self::NamesAndBirthYear => "names and birth year",
            Self::NamesAndFacts => "names and facts",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Two entries that are one subject, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The id of one entry; the lesser of the two.
    pub a: String,
    /// The id of the other.
    pub b: String,
    /// By which rule.
    pub rule: Rule,
    /// The sum of the evidence, hundredths of a nat.
    pub weight: i32,
    /// The evidence.
    pub because: Vec<Because>,
}

/// Why two entries that seem to be one subject were not united.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Something contradicts.
    Veto(Veto),
    /// A person decided it.
    Decision(String),
    /// Another entry of the same list fits about as well: united with neither.
    Ambiguous(String),
    /// It would bring two entries of one list together, by way of the named ones.
    SameList(String),
}

impl fmt::Display for Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Veto(it) => it.fmt(f),
            Self::Decision(it) => write!(f, "decided: {it}"),
            Self::Ambiguous(it) => write!(f, "`{it}` fits about as well"),
            Self::SameList(it) => write!(f, "one list has both as two entries: {it}"),
        }
    }
}

impl Apart {
    /// A word for the kind of reason, to count by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Veto(_) => "contradiction",
            Self::Decision(_) => "decision",
            Self::Ambiguous(_) => "ambiguous",
            Self::SameList(_) => "same list",
        }
    }
}

/// Two entries that were not united though they seemed to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnited {
    /// What spoke for it.
    pub link: Link,
    /// What spoke against it.
    pub apart: Apart,
}

/// An entity of more than one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The entity's id.
    pub id: String,
    /// The entries' ids, in the order in which their facts stand.
    pub members: Vec<String>,
    /// What united them: one link less than members.
    pub links: Vec<Link>,
}

/// What merging gives.
#[derive(Debug)]
pub struct Merged {
    /// One entity a subject, in the order of each one's first entry.
    pub entities: Vec<Entity>,
    /// The same in comparable form.
    pub prepared: Vec<PreparedParty>,
    /// Place of an entry in the input -> place of its entity.
    pub places: Vec<usize>,
    /// The entities of more than one entry, by id.
    pub clusters: Vec<Cluster>,
    /// Pairs that were not united, by ids.
    pub apart: Vec<NotUnited>,
    /// Decisions about entries that are not there, and the like.
    pub problems: Vec<Problem>,
}

/// Names that say less than this unite nobody.
const LEAST_NAMES: i32 = 420;
/// A second entry of a list that comes as near as this to the first one makes both doubtful.
const MARGIN: i32 = 250;

/// Unites entries that speak of one subject. The outcome does not depend on their order. It takes entries as the lists give them:
/// where an entity among them was merged before, evidence unites nobody any more, so that merging twice changes nothing.
///
/// Cost: linear in the entries, and a comparison for each of the pairs that share a key or rare words of names.
#[must_use]
pub fn merge(entities: Vec<Entity>, decisions: &Decisions, identities: &Identities) -> Merged {
    let prepared: Vec<PreparedParty> = entities.iter().map(|it| PreparedParty::new(&it.party)).collect();
    // All work is done in the order of the ids.
    let mut order: Vec<usize> = (0..entities.len()).collect();
    order.sort_by(|a, b| entities[*a].id.cmp(&entities[*b].id));
    let by_order: Vec<&Entity> = order.iter().filter_map(|it| entities.get(*it)).collect();
    let prepared_by_order: Vec<&PreparedParty> = order.iter().filter_map(|it| prepared.get(*it)).collect();
    let mut problems = Vec::new();
    let (clusters, links, apart) = clusters(&by_order, &prepared_by_order, decisions, &mut problems);
    let groups: Vec<Vec<usize>> = clusters
        .into_iter()
        .map(|it| it.into_iter().filter_map(|it| order.get(it).copied()).collect())
        .collect();
    unite::unite(entities, prepared, groups, links, apart, identities, problems)
}

fn clusters(
    entities: &[&Entity],
    prepared: &[&PreparedParty],
    decisions: &Decisions,
    problems: &mut Vec<Problem>,
) -> (Vec<Vec<usize>>, Vec<Link>, Vec<NotUnited>) {
    let mut profiles = profile::profiles(entities, prepared);
    let mut known = Known::default();
    doubted(entities, prepared, &mut profiles, &mut known, problems);
    let profiles = profiles;
    let side = |at: u32| Side {
        entity: entities[at as usize],
        prepared: prepared[at as usize],
        profile: &profiles.all[at as usize],
    };
    let id = |at: u32| entities[at as usize].id.as_str();
    let place = |wanted: &str| {
        entities
            .binary_search_by(|it| it.id.as_str().cmp(wanted))
            .ok()
            .and_then(|it| u32::try_from(it).ok())
    };
    let different = decisions.different();
    let forbidden = |a: &str, b: &str| different.get(&(a.min(b), a.max(b))).copied();
    let mut clusters = Clusters::new(&profiles.all);
    let mut links = Vec::new();
    let mut apart = Vec::new();
    for it in decisions.all() {
        let known: Vec<u32> = it.ids.iter().filter_map(|id| place(id)).collect();
        for missing in it.ids.iter().filter(|id| place(id).is_none()) {
            problems.push(Problem::new(
                Severity::Notice,
                missing.as_str(),
                "decisions",
                &it.why,
                "a decision about an entry that is not loaded",
            ));
        }
        if it.same {
            for pair in known.windows(2) {
                let [a, b] = *pair else { continue };
                clusters.force(a, b);
                links.push(Link {
                    a: id(a.min(b)).to_owned(),
                    b: id(a.max(b)).to_owned(),
                    rule: Rule::Decision,
                    weight: 0,
                    because: vec![Because {
                        fact: Fact::Decision,
                        weight: 0,
                        words: format!("{}, {}: {}", it.who, it.when, it.why),
                    }],
                });
            }
        }
    }
    for it in different.keys() {
        if let (Some(a), Some(b)) = (place(it.0), place(it.1)) {
            clusters.forbid(a, b);
        }
    }
    // What was merged is settled: a second look, at entities that know more names, would see other rivals. Only a decision unites more.
    if entities.iter().any(|it| !it.members.is_empty()) {
        return (clusters.groups(), links, apart);
    }
    let mut pairs = candidates::by_key(&profiles.all);
    pairs.extend(candidates::by_name(&profiles));
    pairs.sort_unstable();
    pairs.dedup();
    let mut found: Vec<Found> = Vec::new();
    let link = |a: u32, b: u32, rule: Rule, compared: &Compared| Link {
        a: id(a).to_owned(),
        b: id(b).to_owned(),
        rule,
        weight: compared.weight(),
        because: compared.because(side(a), side(b)),
    };
    for (a, b) in pairs {
        let compared = compare(side(a), side(b), &profiles, &mut known);
        let person = profiles.all[a as usize].schema == Schema::Person;
        match judge(&compared, person) {
            Some(rule) => found.push(Found { a, b, rule, compared }),
            None => {
                // Worth telling where a key is shared.
                let (p, q) = (&profiles.all[a as usize], &profiles.all[b as usize]);
                let shared = p.keys.iter().find(|it| q.keys.binary_search(it).is_ok());
                if let (Some(key), false) = (shared, candidates::same_list(p, q)) {
                    let rule = match key {
                        keys::Key::Reference(_) => Rule::Reference,
                        _ => Rule::Identifier,
                    };
                    let veto = compare::veto(p, q).filter(|_| compared.vetoed);
                    apart.push(NotUnited {
                        link: link(a, b, rule, &compared),
                        apart: Apart::Veto(veto.unwrap_or(Veto::Names)),
                    });
                }
            }
        }
    }
    let ambiguous = ambiguous(&found, &profiles.all);
    let mut queue: Vec<(&Found, Option<u32>)> = found.iter().zip(ambiguous).collect();
    queue.sort_by_key(|it| {
        let (rule, weight) = (it.0.rule.min(Rule::Identifier), it.0.compared.weight());
        (rule, std::cmp::Reverse(weight), it.0.a, it.0.b)
    });
    for (it, rival) in queue {
        let (a, b) = (it.a, it.b);
        if clusters.together(a, b) {
            continue;
        }
        let reason = if let Some(it) = forbidden(id(a), id(b)) {
            Some(Apart::Decision(format!("{}, {}: {}", it.who, it.when, it.why)))
        } else if let Some(rival) = rival {
            Some(Apart::Ambiguous(id(rival).to_owned()))
        } else {
            let refusal = clusters.unite(a, b, it.rule, |x, y| {
                compare::veto(&profiles.all[x as usize], &profiles.all[y as usize])
            });
            refusal.err().map(|it| match it {
                Refusal::Forbidden(x, y) => match forbidden(id(x), id(y)) {
                    Some(it) => Apart::Decision(format!("{}, {}: {}", it.who, it.when, it.why)),
                    None => Apart::Decision(format!("{}, {}", id(x), id(y))),
                },
                Refusal::SameList(x, y) => Apart::SameList(format!("{}, {}", id(x), id(y))),
                Refusal::Veto(it) => Apart::Veto(it),
            })
        };
        let link = link(a, b, it.rule, &it.compared);
        match reason {
            None => links.push(link),
            Some(reason) => apart.push(NotUnited { link, apart: reason }),
        }
    }
    (clusters.groups(), links, apart)
}

/// A pair that evidence unites.
struct Found {
    a: u32,
    b: u32,
    rule: Rule,
    compared: Compared,
}

/// Takes a UN reference from an entry that cannot be meant by it: the UN's own entry of that reference has no name alike to any of
/// its. Lists mistype references, and copy that of the neighbour (the UK's list of 2020 gave `KPe.023` to six organisations). One that
/// the UN's list does not have (or no longer has) still unites, and contradicts nothing.
fn doubted(
    entities: &[&Entity],
    prepared: &[&PreparedParty],
    profiles: &mut profile::Profiles,
    known: &mut Known,
    problems: &mut Vec<Problem>,
) {
    use std::collections::BTreeMap;
    let mut issued: BTreeMap<String, usize> = BTreeMap::new();
    for (at, it) in profiles.all.iter().enumerate().filter(|it| it.1.issues) {
        for reference in &it.references {
            issued.insert(reference.clone(), at);
        }
    }
    if issued.is_empty() {
        return;
    }
    let mut side = |profiles: &'_ profile::Profiles, at: usize, with: usize| {
        let side = |at: usize| Side {
            entity: entities[at],
            prepared: prepared[at],
            profile: &profiles.all[at],
        };
        compare::akin(side(at), side(with), profiles, known)
    };
    for at in 0..profiles.all.len() {
        if profiles.all[at].issues || profiles.all[at].references.is_empty() {
            continue;
        }
        for reference in profiles.all[at].references.clone() {
            match issued.get(&reference) {
                None => profiles.all[at].references.retain(|it| *it != reference),
                Some(own) if side(profiles, at, *own) => {}
                Some(own) => {
                    problems.push(Problem::new(
                        Severity::Notice,
                        entities[at].id.as_str(),
                        "UN reference",
                        &reference,
                        format!(
                            "is that of `{}` ({}), which has no name alike: not believed",
                            entities[*own].id,
                            entities[*own].caption()
                        ),
                    ));
                    let it = &mut profiles.all[at];
                    it.references.retain(|it| *it != reference);
                    it.keys.retain(|it| *it != keys::Key::Reference(reference.clone()));
                }
            }
        }
    }
}

/// By which rule a pair is one subject; `None` where the evidence does not suffice.
fn judge(it: &Compared, person: bool) -> Option<Rule> {
    if it.vetoed {
        return None;
    }
    let weight = |fact: Fact| it.of(fact).unwrap_or(0);
    let has = |fact: Fact| it.of(fact).is_some();
    if has(Fact::Entry) {
        return Some(Rule::Entry);
    }
    let date = weight(Fact::BirthDate);
    if has(Fact::Reference) {
        // A reference may be mistyped or copied from a neighbour: something of the subject has to agree, too.
        return (it.names > 0 || date >= 380).then_some(Rule::Reference);
    }
    if has(Fact::Identifier) {
        // As may a number, or it belongs to a relative.
        let fits = it.names >= LEAST_NAMES || (date >= 380 && it.names > 0) || date >= 700;
        return (fits && date > -400).then_some(Rule::Identifier);
    }
    let rule = match date {
        550.. => Rule::NamesAndBirthDate,
        200.. => Rule::NamesAndBirthYear,
        _ => Rule::NamesAndFacts,
    };
    let needs = &NEEDS[match (rule, person) {
        (Rule::NamesAndBirthDate, _) => 0,
        (Rule::NamesAndBirthYear, _) => 1,
        (_, true) => 2,
        (_, false) => 3,
    }];
    // Further names with words of their own corroborate as facts do, where no country contradicts; in families names go together.
    let more = weight(Fact::MoreNames);
    let support = it.support
        + match (person, weight(Fact::Country) < 0) {
            (_, true) => 0,
            (true, _) => more / 4,
            (false, _) => more,
        };
    // Spelt less alike, and in the same street.
    let similarity = if weight(Fact::Address) >= 400 {
        needs.similarity.min(760)
    } else {
        needs.similarity
    };
    // A country and what it is listed for say nearly the same of a namesake: something else has to agree with the name.
    let corroborated = rule != Rule::NamesAndFacts || OWN_FACTS.iter().any(|(fact, least)| weight(*fact) >= *least);
    (corroborated
        && it.similarity >= similarity
        && it.names >= LEAST_NAMES
        && support >= needs.support
        && it.weight() >= needs.weight)
        .then_some(rule)
}

/// Facts that are a subject's own, and how much of one corroborates a name, hundredths of a nat: one word of an address is a town that
/// many share.
const OWN_FACTS: [(Fact, i32); 8] = [
    (Fact::MoreNames, 1),
    (Fact::Founded, 1),
    (Fact::Identifier, 1),
    (Fact::BirthPlace, 1),
    (Fact::Contact, 1),
    (Fact::Listed, 1),
    (Fact::Address, 200),
    (Fact::Text, 100),
];

/// What names and facts have to come to.
struct Needs {
    /// How alike the best names are, thousandths.
    similarity: u32,
    /// What facts add to the names, hundredths of a nat.
    support: i32,
    /// All together.
    weight: i32,
}

/// By birth date; by birth year; of other persons; of all that is not a person.
const NEEDS: [Needs; 4] = [
    Needs {
        similarity: 720,
        support: 500,
        weight: 1_300,
    },
    Needs {
        similarity: 780,
        support: 300,
        weight: 1_400,
    },
    Needs {
        similarity: 850,
        support: 220,
        weight: 1_400,
    },
    Needs {
        similarity: 850,
        support: 150,
        weight: 1_300,
    },
];

/// For each pair, the other entry of one of the two lists that fits about as well, where there is one.
fn ambiguous(found: &[Found], all: &[profile::Profile]) -> Vec<Option<u32>> {
    // Entry -> (weight, other side).
    let mut of: Vec<Vec<(i32, u32)>> = all.iter().map(|_| Vec::new()).collect();
    for it in found {
        let weight = it.compared.rank;
        of[it.a as usize].push((weight, it.b));
        of[it.b as usize].push((weight, it.a));
    }
    // The best that an entry has on the list of another one.
    let best = |at: u32, like: u32| {
        of[at as usize]
            .iter()
            .filter(|it| it.1 == like || candidates::same_list(&all[it.1 as usize], &all[like as usize]))
            .map(|it| it.0)
            .max()
            .unwrap_or(i32::MIN)
    };
    found
        .iter()
        .map(|it| {
            if it.rule <= Rule::Reference {
                return None;
            }
            let weight = it.compared.rank;
            [(it.a, it.b), (it.b, it.a)].into_iter().find_map(|(here, there)| {
                of[here as usize]
                    .iter()
                    .filter(|(rival_weight, rival)| {
                        *rival != there
                            && candidates::same_list(&all[*rival as usize], &all[there as usize])
                            && *rival_weight > weight - MARGIN
                            // A rival that fits another entry far better is none.
                            && best(*rival, here) < rival_weight + MARGIN
                    })
                    .max()
                    .map(|it| it.1)
            })
        })
        .collect()
}
