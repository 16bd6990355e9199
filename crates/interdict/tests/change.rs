//! Changes between two versions: cases in `testdata/change`, properties, and real lists where they are there.

#![expect(clippy::disallowed_methods, reason = "tests read files")]
#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use interdict::change::{self, Changes, Field, Value, facts};
use interdict::entity::{
    Address, Authority, Country, Entity, Fact, Gender, Identifier, IdentifierKind, Listing, Measure, NameKind, Origin,
    Other, PartialDate, Party, PartyName, Relation, RelationKind, Schema,
};
use interdict::lists::{self, Format, SourceFile};
use proptest::prelude::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(format: Format, paths: &[PathBuf]) -> Vec<Entity> {
    let bytes: Vec<Vec<u8>> = paths.iter().map(|it| std::fs::read(it).unwrap()).collect();
    let names: Vec<String> = paths
        .iter()
        .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let files: Vec<SourceFile<'_>> = names
        .iter()
        .zip(&bytes)
        .map(|(name, bytes)| SourceFile { name, bytes })
        .collect();
    lists::parse(format, &files).entities
}

/// Everything that changes say, one value a line.
fn render(changes: &Changes<'_>) -> String {
    let mut out = format!("same {}\n", changes.same);
    let mut line = |text: String| writeln!(out, "{text}").unwrap();
    for it in &changes.added {
        line(format!("added {} {}", it.id, it.caption()));
    }
    for it in &changes.removed {
        line(format!("removed {} {}", it.id, it.caption()));
    }
    for it in &changes.changed {
        line(format!("changed {} {}", it.after.id, it.after.caption()));
        for field in &it.fields {
            for value in &field.removed {
                line(
                    format!("  {}: - {value} {}", field.field, value.parts())
                        .trim_end()
                        .to_owned(),
                );
            }
            for value in &field.added {
                line(
                    format!("  {}: + {value} {}", field.field, value.parts())
                        .trim_end()
                        .to_owned(),
                );
            }
        }
    }
    for (old, new) in &changes.rekeyed {
        line(format!(
            "rekeyed {} -> {}",
            changes.removed[*old].id, changes.added[*new].id
        ));
    }
    for (field, it) in changes.by_field() {
        line(format!(
            "field {field}: {} entities, +{} -{}",
            it.entities, it.added, it.removed
        ));
    }
    for (schema, it) in changes.by_schema() {
        line(format!("kind {schema}: +{} -{} ~{}", it.added, it.removed, it.changed));
    }
    for (programme, it) in changes.by_programme() {
        line(format!(
            "programme {programme}: +{} -{} ~{}",
            it.added, it.removed, it.changed
        ));
    }
    out
}

#[test]
fn cases() {
    let folder = root().join("testdata/change");
    let mut seen = 0;
    for name in ["every-field", "order", "rekeyed"] {
        let side = |which: &str| read(Format::Ftm, &[folder.join(format!("{name}.{which}.ndjson"))]);
        let (before, after) = (side("before"), side("after"));
        let changes = change::between(&before, &after);
        expect_file![folder.join(format!("{name}.expected"))].assert_eq(&render(&changes));
        assert_applies(&before, &after);
        assert_mirrors(&before, &after);
        seen += 1;
    }
    let there = std::fs::read_dir(&folder).unwrap();
    let there = there.filter(|it| {
        it.as_ref()
            .unwrap()
            .path()
            .to_str()
            .unwrap()
            .ends_with(".before.ndjson")
    });
    assert_eq!(seen, there.count(), "a case that is not run");
}

/// The facts of entities by id; entities of one id in the order of the file.
type Facts<'a> = BTreeMap<(&'a str, usize), Vec<(Field, Value<'a>)>>;

fn all_facts(entities: &[Entity]) -> Facts<'_> {
    let mut out = Facts::new();
    for it in entities {
        let nth = (0..).find(|nth| !out.contains_key(&(it.id.as_str(), *nth))).unwrap();
        out.insert((&it.id, nth), facts(it));
    }
    out
}

/// The changes, applied to the facts of the older version, give those of the newer one.
#[track_caller]
fn assert_applies(before: &[Entity], after: &[Entity]) {
    let changes = change::between(before, after);
    let place = |all: &[Entity], it: &Entity| {
        let at = all.iter().position(|other| std::ptr::eq(other, it)).unwrap();
        all[..at].iter().filter(|other| other.id == it.id).count()
    };
    let mut state = all_facts(before);
    for it in &changes.removed {
        assert!(state.remove(&(it.id.as_str(), place(before, it))).is_some());
    }
    for it in &changes.changed {
        let state = state
            .get_mut(&(it.before.id.as_str(), place(before, it.before)))
            .unwrap();
        assert!(!it.fields.is_empty());
        for field in &it.fields {
            assert!(!field.removed.is_empty() || !field.added.is_empty());
            for value in &field.removed {
                let at = state.iter().position(|it| *it == (field.field, *value)).unwrap();
                state.remove(at);
            }
            state.extend(field.added.iter().map(|it| (field.field, *it)));
        }
        state.sort_unstable();
    }
    for it in &changes.added {
        assert!(state.insert((&it.id, place(after, it)), facts(it)).is_none());
    }
    assert_eq!(state, all_facts(after));
    assert_eq!(
        changes.same + changes.changed.len() + changes.removed.len(),
        before.len()
    );
    assert_eq!(changes.same + changes.changed.len() + changes.added.len(), after.len());
}

/// The other way round, what was added is removed.
#[track_caller]
fn assert_mirrors(before: &[Entity], after: &[Entity]) {
    let (there, back) = (change::between(before, after), change::between(after, before));
    let ids = |all: &[&Entity]| all.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&there.added), ids(&back.removed));
    assert_eq!(ids(&there.removed), ids(&back.added));
    assert_eq!(there.same, back.same);
    for (a, b) in there.changed.iter().zip(&back.changed) {
        let turned: Vec<_> = b.fields.iter().map(|it| (it.field, &it.added, &it.removed)).collect();
        let straight: Vec<_> = a.fields.iter().map(|it| (it.field, &it.removed, &it.added)).collect();
        assert_eq!(straight, turned);
    }
}

fn fact<T>(value: T) -> Fact<T> {
    Fact::new(value, Origin::asked())
}

/// Entities of few values, so that two versions share most of them.
fn entities() -> impl Strategy<Value = Vec<Entity>> {
    let few = || prop::collection::vec(0_u8..3, 0..3);
    let entity =
        (0_u8..6, few(), few(), few(), few(), few(), few()).prop_map(|(id, names, days, ids, notes, lists, edges)| {
            let mut it = Entity::new(
                format!("x-{id}"),
                Party::new(if id == 5 { Schema::Vessel } else { Schema::Person }),
            );
            let party = &mut it.party;
            for n in &names {
                let kind = [NameKind::Primary, NameKind::Alias, NameKind::Former][usize::from(*n)];
                party.names.push(fact(
                    PartyName::from_parts("A", &format!("B{n}")).kind(kind).weak(*n == 1),
                ));
            }
            for n in &days {
                party
                    .birth_dates
                    .push(fact(PartialDate::new(1960 + i16::from(*n), None, None).unwrap()));
                party
                    .nationalities
                    .extend(Country::parse(["be", "nl", "de"][usize::from(*n)]).map(fact));
                party
                    .genders
                    .push(fact([Gender::Female, Gender::Male, Gender::Other][usize::from(*n)]));
            }
            for n in &ids {
                let mut id = Identifier::new(IdentifierKind::Passport, format!("P{n}"));
                id.unusable = *n == 2;
                party.identifiers.push(fact(id));
                party.addresses.push(fact(Address {
                    full: "1 Quay".to_owned(),
                    city: (*n > 0).then(|| format!("T{n}")),
                    country: None,
                }));
            }
            it.notes.extend(notes.iter().map(|n| fact(format!("n{n}"))));
            for n in &lists {
                it.listings.push(Listing {
                    authority: Authority::Eu,
                    list: "eu-fsf".to_owned(),
                    reference: "1".to_owned(),
                    programmes: vec![format!("P{}", n % 2)],
                    measures: vec![if *n == 0 { Measure::Freeze } else { Measure::Travel }],
                    legal_basis: (*n == 2).then(|| "act".to_owned()),
                    since: None,
                    url: None,
                });
            }
            for n in &edges {
                let other = if *n == 0 {
                    Other::Entity("x-1".to_owned())
                } else {
                    Other::Name("x-1".to_owned())
                };
                it.relations
                    .push(fact(Relation::new(RelationKind::Linked, "by", other).former(*n == 2)));
            }
            it
        });
    prop::collection::vec(entity, 0..7)
}

proptest! {
    #[test]
    fn applied_to_the_older_version_they_give_the_newer_one(before in entities(), after in entities()) {
        assert_applies(&before, &after);
        assert_mirrors(&before, &after);
        prop_assert!(change::between(&before, &before).is_empty());
    }
}

fn shared(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data/lists").join(path);
    if !path.exists() {
        eprintln!("SKIPPED: there is no {}", path.display());
        return None;
    }
    Some(path)
}

/// Designations and removals that the Committees announced, and a key that the publisher corrected.
#[test]
fn shared_un_versions() {
    let dates = [
        "2016-06/un.xml",
        "2020-03/consolidated.xml",
        "2024-11/consolidated.xml",
        "2025-11/un_consolidated.xml",
        "2026-02/consolidated.xml",
    ];
    let mut versions = Vec::new();
    for it in dates {
        let Some(path) = shared(&format!("un/{it}")) else {
            return;
        };
        versions.push(read(Format::UnXml, &[path]));
    }
    for (before, after) in versions.iter().zip(&versions[1..]) {
        assert_applies(before, after);
    }
    assert_applies(&versions[0], &versions[4]);
    let ids = |all: &[&Entity]| all.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    let last = change::between(&versions[3], &versions[4]);
    assert_eq!(
        ids(&last.added),
        ["un-sc-SDi.007", "un-sc-SDi.008", "un-sc-SDi.009", "un-sc-SDi.010"]
    );
    assert_eq!(ids(&last.removed), ["un-sc-IQi.074"]);
    let first = change::between(&versions[0], &versions[1]);
    let iraqi = first.removed.iter().filter(|it| it.id.starts_with("un-sc-IQ")).count();
    assert!(iraqi > 100, "{iraqi} Iraqi bodies were removed in these years");
    // Iran's entries left with Resolution 2231's transition day in October 2023 and came back in September 2025.
    let of = |all: &[&Entity], programme: &str| {
        let listed = |it: &&&Entity| {
            it.listings
                .iter()
                .any(|it| it.programmes.iter().any(|it| it == programme))
        };
        all.iter().filter(listed).count()
    };
    let second = change::between(&versions[1], &versions[2]);
    let third = change::between(&versions[2], &versions[3]);
    assert_eq!((of(&second.removed, "Iran"), of(&second.removed, "Mali")), (84, 8));
    assert_eq!(of(&third.added, "Iran"), 121);
    let pairs: Vec<_> = first
        .rekeyed
        .iter()
        .map(|it| (&*first.removed[it.0].id, &*first.added[it.1].id))
        .collect();
    assert_eq!(pairs, [("un-sc-TAI.171", "un-sc-TAi.171")]);
}

/// Five years of OFAC's list: Djibo and the FARC's removal are in it; every change applies. (The older file lacks its mark of the end;
/// what it says will do here.)
#[test]
fn shared_ofac_versions() {
    let files = |folder: &str| {
        let names = ["sdn.csv", "alt.csv", "add.csv"].map(|it| shared(&format!("ofac/{folder}/{it}")));
        names.into_iter().collect::<Option<Vec<_>>>()
    };
    let (Some(old), Some(new)) = (files("sdn_2019-01"), files("sdn_2023-12-28")) else {
        return;
    };
    let (before, after) = (read(Format::OfacCsv, &old), read(Format::OfacCsv, &new));
    let changes = change::between(&before, &after);
    let added = |id: &str| changes.added.iter().any(|it| it.id == id);
    let removed = |id: &str| changes.removed.iter().any(|it| it.id == id);
    assert!(added("us-ofac-sdn-32391"), "Djibo was designated in 2021");
    assert!(removed("us-ofac-sdn-4711"), "the FARC was taken off in 2021");
    assert_applies(&before, &after);
}
