//! Entries -> which are one subject: cases as data, and what merging must never do, on worlds made at random.
#![expect(clippy::disallowed_methods, reason = "tests read files")]
#![expect(clippy::unwrap_used, reason = "a case that cannot be read is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use interdict::engine::Snapshot;
use interdict::entity::{
    Address, Authority, Country, Entity, Fact, Gender, Identifier, IdentifierKind, Listing, Measure, Origin, Other,
    PartialDate, Party, PartyName, Relation, RelationKind, Schema,
};
use interdict::prepare::PreparedParty;
use interdict::resolve::{self, Decision, Decisions, Identities, Merged, Rule};
use proptest::prelude::*;
use toml::{Table, Value};

fn text<'a>(row: &'a Table, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str)
}

fn texts(row: &Table, key: &str) -> Vec<String> {
    let list = row.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

fn entry(row: &Table) -> Entity {
    let (id, list) = (text(row, "id").unwrap(), text(row, "list").unwrap());
    let key = text(row, "key").unwrap_or(id);
    let origin = Origin {
        source: Arc::from(list),
        record: Arc::from(key),
        field: "test",
    };
    let fact = |value| Fact::new(value, origin.clone());
    let mut party = Party::new(text(row, "schema").map_or(Schema::Person, |it| Schema::parse(it).unwrap()));
    for name in texts(row, "names") {
        party.names.push(Fact::new(PartyName::new(name), origin.clone()));
    }
    for it in texts(row, "born") {
        party
            .birth_dates
            .push(Fact::new(PartialDate::parse(&it).unwrap(), origin.clone()));
    }
    if let Some(it) = text(row, "birth_place") {
        party.birth_places.push(Fact::new(it.to_owned(), origin.clone()));
    }
    if let Some(it) = text(row, "nationality") {
        party
            .nationalities
            .push(Fact::new(Country::parse(it).unwrap(), origin.clone()));
    }
    if let Some(it) = text(row, "gender") {
        party
            .genders
            .push(Fact::new(Gender::parse(it).unwrap(), origin.clone()));
    }
    if let Some(it) = text(row, "address") {
        let address = Address {
            full: it.to_owned(),
            ..Address::default()
        };
        party.addresses.push(Fact::new(address, origin.clone()));
    }
    for (key, kind) in [
        ("un", IdentifierKind::UnReference),
        ("passport", IdentifierKind::Passport),
        ("imo", IdentifierKind::Imo),
    ] {
        party
            .identifiers
            .extend(text(row, key).map(|it| fact(Identifier::new(kind, it))));
    }
    let mut entity = Entity::new(id, party);
    entity.listings.push(Listing {
        authority: Authority::parse(text(row, "authority").unwrap_or("other")),
        list: list.to_owned(),
        reference: key.to_owned(),
        programmes: text(row, "programme").map(str::to_owned).into_iter().collect(),
        measures: vec![Measure::Freeze],
        legal_basis: None,
        since: text(row, "since").map(|it| PartialDate::parse(it).unwrap()),
        url: None,
    });
    entity
}

fn clusters(merged: &Merged) -> BTreeSet<BTreeSet<String>> {
    merged
        .clusters
        .iter()
        .map(|it| it.members.iter().cloned().collect())
        .collect()
}

fn merge(entities: Vec<Entity>) -> Merged {
    resolve::merge(entities, &Decisions::default(), &Identities::default())
}

#[test]
fn cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/merge/cases.toml");
    let table: Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let mut wrong = Vec::new();
    for case in table["case"].as_array().unwrap() {
        let case = case.as_table().unwrap();
        let why = text(case, "why").unwrap();
        let rows = case["entry"].as_array().unwrap();
        let mut entities: Vec<Entity> = rows.iter().map(|it| entry(it.as_table().unwrap())).collect();
        // Words are rare among many entries, as on the real lists.
        entities.extend(crowd());
        let merged = merge(entities);
        let expect: BTreeSet<BTreeSet<String>> = case["expect"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                it.as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it.as_str().unwrap().to_owned())
                    .collect()
            })
            .collect();
        if clusters(&merged) != expect {
            wrong.push(format!("{why}: {:#?}\napart: {:#?}", merged.clusters, merged.apart));
        }
        for (key, said) in [
            (
                "problem",
                merged.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ),
            ("apart", merged.apart.iter().map(|it| it.apart.to_string()).collect()),
        ] {
            if let Some(wanted) = text(case, key)
                && !said.iter().any(|it| it.contains(wanted))
            {
                wrong.push(format!("{why}: `{wanted}` is not said: {said:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Entries that have nothing to do with any case.
fn crowd() -> Vec<Entity> {
    (0..3_000_u32)
        .map(|n| {
            let word = |salt: u32| -> String {
                let mut seed = n * 7 + salt;
                (0..3)
                    .map(|_| {
                        let syllable = ["bra", "ket", "mol", "zun", "fip", "gor", "dal", "wex"][(seed % 8) as usize];
                        seed = seed / 8 + salt;
                        syllable
                    })
                    .collect()
            };
            let row: Table = format!(
                "id = \"z-{n}\"\nlist = \"z\"\nnames = [\"{} {}\"]",
                word(n % 13),
                word(n % 31 + 50)
            )
            .parse()
            .unwrap();
            entry(&row)
        })
        .collect()
}

fn decision(same: bool, ids: &[&str]) -> Decision {
    Decision {
        same,
        ids: ids.iter().map(|it| (*it).to_owned()).collect(),
        who: "A. Reader".to_owned(),
        when: "2026-01-02".to_owned(),
        why: "looked at both".to_owned(),
    }
}

fn person(id: &str, list: &str, name: &str, born: &str) -> Entity {
    let row = format!("id = \"{id}\"\nlist = \"{list}\"\nnames = [\"{name}\"]\nborn = [\"{born}\"]");
    entry(&row.parse().unwrap())
}

#[test]
fn decisions_force_and_forbid() {
    let entities = || {
        vec![
            person("a-1", "a", "Ousmane Illiassou Djibo", "1984-06-28"),
            person("b-1", "b", "Ousmane Illiassou Djibo", "1984-06-28"),
            person("c-1", "c", "Somebody Else Entirely", "1950"),
        ]
    };
    let set = |ids: &[&str]| -> BTreeSet<String> { ids.iter().map(|it| (*it).to_owned()).collect() };
    assert_eq!(clusters(&merge(entities())), [set(&["a-1", "b-1"])].into());
    let decisions = Decisions::new(vec![decision(false, &["b-1", "a-1"]), decision(true, &["a-1", "c-1"])]).unwrap();
    let merged = resolve::merge(entities(), &decisions, &Identities::default());
    assert_eq!(clusters(&merged), [set(&["a-1", "c-1"])].into());
    assert!(
        merged
            .apart
            .iter()
            .any(|it| it.apart.to_string().contains("looked at both"))
    );
    assert_eq!(merged.clusters[0].links[0].rule, Rule::Decision);
    let unknown = Decisions::new(vec![decision(true, &["a-1", "x-9"])]).unwrap();
    let merged = resolve::merge(entities(), &unknown, &Identities::default());
    assert!(merged.problems.iter().any(|it| it.record == "x-9"));
}

#[test]
fn decisions_are_read_strictly() {
    let good = "[[same]]\nids = [\"a\", \"b\"]\nwho = \"x\"\nwhen = \"2026-01-02\"\nwhy = \"y\"\n";
    assert_eq!(Decisions::parse(good).unwrap().all().len(), 1);
    assert_eq!(Decisions::parse("").unwrap().all().len(), 0);
    let different = good.replace("same", "different");
    for (text, expect) in [
        (good.replace("why = \"y\"", ""), "missing field `why`"),
        (good.replace("why = \"y\"", "why = \" \""), "why is empty"),
        (good.replace("2026-01-02", "2026"), "not a day"),
        (good.replace(", \"b\"", ""), "two or more"),
        (good.replace("\"b\"", "\"a\""), "two or more"),
        (good.replace("who", "whom"), "unknown field `whom`"),
        (format!("{good}[[similar]]\nids = []\n"), "unknown field `similar`"),
        (format!("{good}{different}"), "`a` and `b` are said to be different"),
        (
            format!(
                "{good}{}{}",
                good.replace("\"a\", \"b\"", "\"b\", \"c\""),
                different.replace("\"a\", \"b\"", "\"a\", \"c\"")
            ),
            "`a` and `c` are said to be different",
        ),
    ] {
        let error = Decisions::parse(&text).unwrap_err().to_string();
        assert!(error.contains(expect), "`{error}` has not `{expect}`");
    }
}

#[test]
fn an_entity_keeps_its_id() {
    let old = vec![
        person("b-1", "b", "Ousmane Illiassou Djibo", "1984-06-28"),
        person("c-1", "c", "Ousmane Illiassou Djibo", "1984-06-28"),
    ];
    let merged = merge(old);
    assert_eq!(merged.clusters[0].id, "b-1");
    let identities = Identities::of(&merged.entities);
    assert_eq!(Identities::parse(&identities.to_text()).unwrap(), identities);
    // An entry of a list that stands before joins, and the one that gave the id leaves.
    let now = || {
        vec![
            person("a-1", "a", "Ousmane Illiassou Djibo", "1984-06-28"),
            person("c-1", "c", "Ousmane Illiassou Djibo", "1984-06-28"),
        ]
    };
    let merged = resolve::merge(now(), &Decisions::default(), &identities);
    assert_eq!(merged.clusters[0].id, "b-1");
    assert_eq!(merge(now()).clusters[0].id, "a-1");
    assert!(Identities::parse("no tab").is_err());
}

#[test]
fn every_id_resolves_and_relations_follow() {
    let mut friend = person("d-1", "d", "Quite Another Person", "1990");
    let origin = friend.party.names[0].origin.clone();
    let relation = Relation::new(RelationKind::Associate, "friend of", Other::Entity("b-1".to_owned()));
    friend.relations.push(Fact::new(relation, origin));
    let merged = merge(vec![
        person("a-1", "a", "Ousmane Illiassou Djibo", "1984-06-28"),
        person("b-1", "b", "Ousmane Illiassou Djibo", "1984-06-28"),
        friend,
    ]);
    assert_eq!(merged.places, [0, 0, 1]);
    let snapshot = Snapshot::build_prepared(Vec::new(), merged.entities, merged.prepared);
    for id in ["a-1", "b-1"] {
        assert_eq!(snapshot.entity(id).unwrap().0, 0, "{id}");
    }
    let relation = &snapshot.entity("d-1").unwrap().1.relations[0].value;
    assert_eq!(relation.other, Other::Entity("a-1".to_owned()));
    let members = &snapshot.entities()[0].members;
    assert!(
        members[1].reason.starts_with("names and birth date, as a-1"),
        "{members:?}"
    );
}

#[test]
fn a_name_is_weak_only_where_all_say_so() {
    let weak = |id: &str, list: &str, weak: bool| {
        let mut it = person(id, list, "Ousmane Illiassou Djibo", "1984-06-28");
        let alias = PartyName::new("Petit Chapori").weak(weak);
        let origin = it.party.names[0].origin.clone();
        it.party.names.push(Fact::new(alias, origin));
        it
    };
    for (a, b) in [(true, false), (false, true), (true, true), (false, false)] {
        let merged = merge(vec![weak("a-1", "a", a), weak("b-1", "b", b)]);
        let entity = &merged.entities[0];
        let said: Vec<bool> = entity
            .party
            .names
            .iter()
            .filter(|it| it.value.text == "Petit Chapori")
            .map(|it| it.value.weak)
            .collect();
        assert_eq!(said, [a, b], "each as it was said");
        let prepared = PreparedParty::new(&entity.party);
        let compared: Vec<bool> = prepared
            .names
            .iter()
            .filter(|it| entity.party.names[it.at].value.text == "Petit Chapori")
            .map(|it| it.weak)
            .collect();
        assert_eq!(compared, [a && b], "compared once");
        assert_eq!(prepared.names.len(), 2);
    }
}

const NAMES: [&str; 9] = [
    "Ousmane Illiassou Djibo",
    "Illiassou Djibo, Ousmane",
    "Petit Chapori Ardjoumane",
    "Hamid Torabi",
    "Hamed TORABI",
    "Salim Salamuddin Julkipli",
    "Daedong Credit Bank",
    "Kangbong Trading Corporation",
    "حميد ترابي",
];

fn world() -> impl Strategy<Value = Vec<Entity>> {
    let one = (
        0..4_usize,
        proptest::collection::vec((0..NAMES.len(), any::<bool>()), 1..4),
        proptest::option::of(prop_oneof!["1984-06-28", "1984", "1967-06-20", "1950"]),
        proptest::option::of(0..3_u32),
        proptest::option::of(0..3_u32),
        proptest::option::of(any::<bool>()),
    );
    proptest::collection::vec(one, 2..14).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(n, (list, names, born, un, passport, gender))| {
                let list = ["a", "b", "c", "un"][list];
                let mut it = person(&format!("{list}-{n}"), list, "x", "1984");
                let origin = it.party.names[0].origin.clone();
                it.party.names = names
                    .into_iter()
                    .map(|(at, weak)| Fact::new(PartyName::new(NAMES[at]).weak(weak), origin.clone()))
                    .collect();
                it.party.birth_dates = born
                    .iter()
                    .map(|it| Fact::new(PartialDate::parse(it).unwrap(), origin.clone()))
                    .collect();
                let un = un.map(|it| Identifier::new(IdentifierKind::UnReference, format!("QDi.{}", 900 + it)));
                let passport = passport.map(|it| Identifier::new(IdentifierKind::Passport, format!("NE99887{it}")));
                it.party.identifiers = un
                    .into_iter()
                    .chain(passport)
                    .map(|it| Fact::new(it, origin.clone()))
                    .collect();
                if let Some(male) = gender {
                    let gender = if male { Gender::Male } else { Gender::Female };
                    it.party.genders.push(Fact::new(gender, origin));
                }
                if list == "un" {
                    it.listings[0].authority = Authority::UnSc;
                }
                it
            })
            .collect()
    })
}

/// All that entities say, value by value with its origin.
fn said(entities: &[Entity]) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    let mut add = |it: String| *out.entry(it).or_default() += 1;
    for it in entities {
        it.party.names.iter().for_each(|it| add(format!("{it:?}")));
        it.party.birth_dates.iter().for_each(|it| add(format!("{it:?}")));
        it.party.genders.iter().for_each(|it| add(format!("{it:?}")));
        it.party.identifiers.iter().for_each(|it| add(format!("{it:?}")));
        it.party.nationalities.iter().for_each(|it| add(format!("{it:?}")));
        it.listings.iter().for_each(|it| add(format!("{it:?}")));
        it.notes.iter().for_each(|it| add(format!("{it:?}")));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn merging_loses_nothing_and_knows_no_order(entities in world(), seed in any::<u64>()) {
        let merged = merge(entities.clone());
        prop_assert_eq!(said(&entities), said(&merged.entities));
        let mut shuffled = entities.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let again = merge(shuffled);
        prop_assert_eq!(&merged.clusters, &again.clusters);
        prop_assert_eq!(&merged.apart, &again.apart);
        let by_id = |entities: &[Entity]| -> BTreeMap<String, String> {
            entities.iter().map(|it| (it.id.clone(), format!("{it:?}"))).collect()
        };
        prop_assert_eq!(by_id(&merged.entities), by_id(&again.entities));
        // Each entry has its place, and every id resolves there.
        for (at, it) in entities.iter().enumerate() {
            prop_assert!(merged.entities[merged.places[at]].answers_to(&it.id));
        }
        for it in &merged.clusters {
            prop_assert_eq!(it.links.len() + 1, it.members.len());
            prop_assert!(it.members.contains(&it.id));
        }
        let prepared: Vec<PreparedParty> = merged.entities.iter().map(|it| PreparedParty::new(&it.party)).collect();
        prop_assert_eq!(prepared, merged.prepared);
    }

    #[test]
    fn merging_what_is_merged_changes_nothing(entities in world()) {
        let once = merge(entities).entities;
        let twice = merge(once.clone());
        prop_assert_eq!(&once, &twice.entities);
        prop_assert!(twice.clusters.is_empty());
    }

    #[test]
    fn what_is_decided_holds(entities in world(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let (a, b) = (a.index(entities.len()), b.index(entities.len()));
        prop_assume!(a != b);
        let ids = [entities[a].id.as_str(), entities[b].id.as_str()];
        for same in [true, false] {
            let decisions = Decisions::new(vec![decision(same, &ids)]).unwrap();
            let merged = resolve::merge(entities.clone(), &decisions, &Identities::default());
            prop_assert_eq!(merged.places[a] == merged.places[b], same);
            prop_assert_eq!(said(&entities), said(&merged.entities));
        }
    }
}
