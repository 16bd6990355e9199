//! The entries of a cluster -> one entity that holds all that each of them says.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cluster, Identities, Link, Merged, NotUnited, Rule};
use crate::entity::{Authority, Entity, Fact, Member, Other, Party, Problem, Relation, Schema, Severity};
use crate::prepare::PreparedParty;

/// Where an entry's facts stand among those of a merged entity, and whose id it bears where none is remembered: by authority, by list,
/// by id. OFAC's numbers and the UN's references are given once and for all; the others follow by how long their keys have lasted.
fn precedence(it: &Entity) -> (u8, u8, &str) {
    let authority = it.listings.first().map(|it| &it.authority);
    let rank = match authority {
        Some(Authority::UsOfac) => 0,
        Some(Authority::UnSc) => 1,
        Some(Authority::Eu) => 2,
        Some(Authority::Uk) => 3,
        Some(Authority::Ch) => 4,
        Some(Authority::Fr) => 5,
        Some(Authority::Au) => 6,
        Some(Authority::Ca) => 7,
        Some(Authority::UsBis | Authority::UsState) => 8,
        Some(Authority::Other(_)) => 9,
        None => 10,
    };
    let list = match it.listings.first().map(|it| it.list.as_str()) {
        // The consolidated list stands behind the SDN list, and lists that copy behind those that issue.
        Some("us-ofac-sdn" | "un-sc" | "eu-fsf" | "uk-sanctions-list") => 0,
        Some("us-csl") => 2,
        _ => 1,
    };
    (rank, list, it.id.as_str())
}

/// Builds the entities. `groups` are places in the input.
pub(super) fn unite(
    entities: Vec<Entity>,
    prepared: Vec<PreparedParty>,
    groups: Vec<Vec<usize>>,
    links: Vec<Link>,
    mut apart: Vec<NotUnited>,
    identities: &Identities,
    mut problems: Vec<Problem>,
) -> Merged {
    let mut groups: Vec<Vec<usize>> = groups;
    for it in &mut groups {
        it.sort_by(|a, b| precedence(&entities[*a]).cmp(&precedence(&entities[*b])));
    }
    let ids = canonical(&entities, &groups, identities, &mut problems);
    // Links by cluster.
    let mut group_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        for it in group {
            group_of.insert(entities[*it].id.as_str(), at);
        }
    }
    let mut links_of: Vec<Vec<Link>> = groups.iter().map(|_| Vec::new()).collect();
    for it in links {
        if let Some(of) = group_of.get(it.a.as_str()).and_then(|at| links_of.get_mut(*at)) {
            of.push(it);
        }
    }
    let renamed: BTreeMap<String, String> = groups
        .iter()
        .zip(&ids)
        .flat_map(|(group, id)| group.iter().map(|it| (entities[*it].id.clone(), id.clone())))
        .filter(|it| it.0 != it.1)
        .collect();
    let mut clusters: Vec<Cluster> = groups
        .iter()
        .zip(&ids)
        .zip(links_of)
        .map(|((group, id), links)| Cluster {
            id: id.clone(),
            members: group.iter().map(|it| entities[*it].id.clone()).collect(),
            links,
        })
        .collect();
    let n = entities.len();
    let mut first_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut follower: BTreeSet<usize> = BTreeSet::new();
    for (at, group) in groups.iter().enumerate() {
        let first = group.iter().copied().min().unwrap_or(0);
        first_of.insert(first, at);
        follower.extend(group.iter().copied().filter(|it| *it != first));
    }
    let mut places = vec![usize::MAX; n];
    let mut out: Vec<Entity> = Vec::with_capacity(n);
    let mut out_prepared: Vec<PreparedParty> = Vec::with_capacity(n);
    let mut input: Vec<Option<(Entity, PreparedParty)>> = entities.into_iter().zip(prepared).map(Some).collect();
    for at in 0..n {
        if follower.contains(&at) {
            continue;
        }
        let place = out.len();
        if let Some(cluster) = first_of.get(&at) {
            let group = &groups[*cluster];
            let (mut members, mut forms) = (Vec::new(), Vec::new());
            for it in group {
                places[*it] = place;
                if let Some((entity, prepared)) = input.get_mut(*it).and_then(Option::take) {
                    forms.push((entity.party.names.len(), prepared));
                    members.push(entity);
                }
            }
            let entity = one(members, ids[*cluster].clone(), &clusters[*cluster].links);
            out_prepared.push(PreparedParty::united(&entity.party, forms));
            out.push(entity);
        } else if let Some((entity, prepared)) = input.get_mut(at).and_then(Option::take) {
            places[at] = place;
            out.push(entity);
            out_prepared.push(prepared);
        }
    }
    for it in &mut out {
        for relation in &mut it.relations {
            if let Other::Entity(id) = &mut relation.value.other
                && let Some(now) = renamed.get(id.as_str())
            {
                now.clone_into(id);
            }
        }
        once(&mut it.relations);
    }
    clusters.sort_by(|a, b| a.id.cmp(&b.id));
    apart.sort_by(|a, b| (&a.link.a, &a.link.b).cmp(&(&b.link.a, &b.link.b)));
    Merged {
        entities: out,
        prepared: out_prepared,
        places,
        clusters,
        apart,
        problems,
    }
}

/// Equal relations of one origin, made so by the renaming, once.
fn once(relations: &mut Vec<Fact<Relation>>) {
    let mut seen: Vec<Fact<Relation>> = Vec::new();
    relations.retain(|it| {
        let fresh = !seen.contains(it);
        if fresh {
            seen.push(it.clone());
        }
        fresh
    });
}

/// The id of each cluster: the one that its entity had, else its first member's. Of two clusters that had the same one (a subject
/// was split) the one keeps it that has the entry of that id, else the earlier one.
fn canonical(
    entities: &[Entity],
    groups: &[Vec<usize>],
    identities: &Identities,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let in_groups: BTreeSet<usize> = groups.iter().flatten().copied().collect();
    // An entry that stands alone bears its own id.
    let alone: BTreeSet<&str> = entities
        .iter()
        .enumerate()
        .filter(|it| !in_groups.contains(&it.0))
        .map(|it| it.1.id.as_str())
        .collect();
    let own = |group: &[usize]| -> Vec<&str> { group.iter().map(|it| entities[*it].id.as_str()).collect() };
    let former = |group: &[usize]| -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for it in group {
            if let Some(id) = identities.of_member(&entities[*it].id)
                && !out.iter().any(|have| have == id)
            {
                out.push(id.to_owned());
            }
        }
        out
    };
    // First those that hold the entry of the id, so that a part which was split off does not take it.
    let mut ids: Vec<Option<String>> = groups.iter().map(|_| None).collect();
    for holds in [true, false] {
        for (at, group) in groups.iter().enumerate() {
            if ids[at].is_some() {
                continue;
            }
            let own = own(group);
            let elsewhere = |id: &str| {
                alone.contains(id) || (!own.contains(&id) && groups.iter().flatten().any(|it| entities[*it].id == id))
            };
            let found = former(group)
                .into_iter()
                .find(|it| own.contains(&it.as_str()) == holds && !taken.contains(it) && !elsewhere(it));
            if let Some(id) = found {
                taken.insert(id.clone());
                ids[at] = Some(id);
            }
        }
    }
    groups
        .iter()
        .zip(ids)
        .map(|(group, id)| {
            let id = id.unwrap_or_else(|| {
                own(group)
                    .into_iter()
                    .find(|it| !taken.contains(*it))
                    .unwrap_or_default()
                    .to_owned()
            });
            taken.insert(id.clone());
            for lost in former(group).iter().filter(|it| **it != id) {
                problems.push(Problem::new(
                    Severity::Notice,
                    id.as_str(),
                    "identities",
                    lost,
                    "two entities became one: the other id was this",
                ));
            }
            id
        })
        .collect()
}

/// The entries as one, in their order; no value of any is left out, whether or not another one says the same.
fn one(members: Vec<Entity>, id: String, links: &[Link]) -> Entity {
    let schema = members
        .iter()
        .map(|it| it.party.schema)
        .min_by_key(|it| match it {
            Schema::Thing | Schema::CryptoWallet => 2,
            Schema::LegalEntity => 1,
            _ => 0,
        })
        .unwrap_or(Schema::Thing);
    let mut out = Entity::new(id, Party::new(schema));
    let first = members.first().map(|it| it.id.clone()).unwrap_or_default();
    for it in members {
        // What was merged before keeps its members.
        if it.members.is_empty() {
            out.members.push(Member {
                list: list_of(&it),
                reason: if it.id == first {
                    String::new()
                } else {
                    reason(&it.id, links)
                },
                id: it.id,
            });
        } else {
            out.members.extend(it.members);
        }
        let Party {
            schema: _,
            names,
            birth_dates,
            founded,
            birth_places,
            nationalities,
            countries,
            genders,
            identifiers,
            addresses,
            positions,
        } = it.party;
        let party = &mut out.party;
        party.names.extend(names);
        party.birth_dates.extend(birth_dates);
        party.founded.extend(founded);
        party.birth_places.extend(birth_places);
        party.nationalities.extend(nationalities);
        party.countries.extend(countries);
        party.genders.extend(genders);
        party.identifiers.extend(identifiers);
        party.addresses.extend(addresses);
        party.positions.extend(positions);
        for listing in it.listings {
            // Two formats of a list say the same; a listing is no statement of a value.
            if !out.listings.contains(&listing) {
                out.listings.push(listing);
            }
        }
        for topic in it.topics {
            if !out.topics.contains(&topic) {
                out.topics.push(topic);
            }
        }
        out.notes.extend(it.notes);
        out.relations.extend(it.relations);
    }
    out
}

fn list_of(it: &Entity) -> String {
    it.listings
        .first()
        .map(|it| it.list.clone())
        .or_else(|| it.party.names.first().map(|it| it.origin.source.to_string()))
        .unwrap_or_default()
}

/// Why an entry belongs to the others: the strongest link that it has.
fn reason(id: &str, links: &[Link]) -> String {
    let link = links
        .iter()
        .filter(|it| it.a == id || it.b == id)
        .min_by_key(|it| (it.rule, std::cmp::Reverse(it.weight)));
    link.map_or_else(String::new, |it| {
        let other = if it.a == id { &it.b } else { &it.a };
        let facts: Vec<String> = it
            .because
            .iter()
            .filter(|because| because.weight >= 0)
            .map(|it| format!("{} ({})", it.fact.name(), it.words))
            .collect();
        let rule = if it.rule == Rule::Decision {
            "decision"
        } else {
            it.rule.name()
        };
        format!("{rule}, as {other}: {}", facts.join(", "))
    })
}
