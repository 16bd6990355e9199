//! Cases of names and facts -> match or not, better or worse; and the index against scoring every entity.
#![expect(clippy::disallowed_methods, reason = "tests read files")]
#![expect(clippy::unwrap_used, reason = "a case that cannot be read is a failed test")]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use interdict::engine::Snapshot;
use interdict::entity::{
    Country, Entity, Fact, Gender, Identifier, IdentifierKind, Origin, PartialDate, Party, PartyName, Schema,
};
use interdict::index::Memo;
use interdict::prepare::PreparedParty;
use interdict::score::{self, Score};
use proptest::prelude::*;
use toml::{Table, Value};

fn cases(file: &str, kind: &str) -> Vec<Table> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/screen")
        .join(file);
    let text = fs::read_to_string(&path).unwrap();
    let table: Table = text.parse().unwrap();
    table[kind]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_table().unwrap().clone())
        .collect()
}

fn text<'a>(case: &'a Table, key: &str) -> Option<&'a str> {
    case.get(key).and_then(Value::as_str)
}

fn party(schema: Schema, names: &[&str]) -> Party {
    let mut party = Party::new(schema);
    party.names = names
        .iter()
        .map(|it| Fact::new(PartyName::new(*it), Origin::asked()))
        .collect();
    party
}

#[test]
fn names() {
    let threshold = Score::from_probability(0.5).unwrap();
    let mut wrong = Vec::new();
    for case in cases("names.toml", "case") {
        let schema = text(&case, "schema").map_or(Schema::Person, |it| Schema::parse(it).unwrap());
        let (asked, listed) = (text(&case, "asked").unwrap(), text(&case, "listed").unwrap());
        let (a, b) = (
            PreparedParty::new(&party(schema, &[asked])),
            PreparedParty::new(&party(schema, &[listed])),
        );
        let scored = score::score(&a, &b);
        if (scored.score >= threshold) != (text(&case, "expect") == Some("match")) {
            let similarity = scored.names().map_or(0, |it| it.2.similarity);
            wrong.push(format!(
                "`{asked}` ~ `{listed}`: {} (similarity {similarity}), {}",
                scored.score,
                text(&case, "why").unwrap()
            ));
        }
        assert_eq!(
            scored.score,
            score::score(&b, &a).score,
            "`{asked}` ~ `{listed}`: the same from either side"
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn record(value: &Value) -> Party {
    let table = value.as_table().unwrap();
    let mut names = vec![text(table, "name").unwrap()];
    names.extend(text(table, "also"));
    let imo = text(table, "imo");
    let mut party = party(if imo.is_some() { Schema::Vessel } else { Schema::Thing }, &names);
    party
        .birth_dates
        .extend(text(table, "birth_date").map(|it| Fact::new(PartialDate::parse(it).unwrap(), Origin::asked())));
    party
        .nationalities
        .extend(text(table, "country").map(|it| Fact::new(Country::parse(it).unwrap(), Origin::asked())));
    party
        .genders
        .extend(text(table, "gender").map(|it| Fact::new(Gender::parse(it).unwrap(), Origin::asked())));
    party
        .identifiers
        .extend(imo.map(|it| Fact::new(Identifier::new(IdentifierKind::Imo, it), Origin::asked())));
    party
}

#[test]
fn facts() {
    for case in cases("facts.toml", "better") {
        let of = |key: &str| PreparedParty::new(&record(&case[key]));
        let listed = of("listed");
        let (better, worse) = (score::score(&of("asked"), &listed), score::score(&of("than"), &listed));
        let sum = |it: &score::Scored| score::fold(&it.evidence);
        assert!(
            sum(&better) > sum(&worse),
            "{} against {}: {}",
            sum(&better),
            sum(&worse),
            text(&case, "why").unwrap()
        );
    }
}

/// Listed names that press on every path of the index: runs, initials, titles, forms, scripts, one-word names.
const LISTED: [&str; 48] = [
    "Ousmane Illiassou Djibo",
    "Islamic State in the Greater Sahara",
    "Abu Bakr al-Baghdadi",
    "Abd al-Rahman Muhammad Mustafa al-Qaduli",
    "Kim Jong Un",
    "J. R. Smith",
    "General Sir John Smith",
    "Ali",
    "Aba",
    "OOO Severnaya Verf",
    "Bank Rossiya",
    "Plant No. 5",
    "محمد عبد الله",
    "Владимир Евтушенков",
    "习近平",
    "김정은",
    "MV Ocean Star",
    "Nguyen Van A",
    "Mohammed Omar",
    "Omar Mohammed Ali",
    "Ely Ould Mohamed Vall",
    "Jean-Claude Van Damme",
    "Xi Jinping",
    "El Chapo",
    "Hassan Saad",
    "حسن سعد",
    "Sergey Yuryevich Ten",
    "Awad Ibn Auf",
    "Second Same",
    "A",
    // Frequent words beside rare ones, alone, and twice: postings are walked by what share of the name they are.
    "Mohammed",
    "Mohammed Ali",
    "Ali Mohammed Ali",
    "Mohammed al-Mohammed",
    "Muhammad Hussein Qarabaghi",
    "Mohamed bin Ali bin Mohamed",
    "M. Ali",
    "Ali M. Mohammed Hassan",
    // Long words, which two edits or an edit and two slips may alter; and words that are runs without their space.
    "Abdulrahman Konstantinopolskiy",
    "Konstantin Abdurrakhmanov",
    "Abdur Rahman",
    "Severnayaverf Holding",
    "Alqaduli Abdalrahman",
    // The same person under two spellings, one of them weak; numbers; nothing but forms.
    "Plant 5 Plant 8",
    "The Company",
    "Limited Liability Company Vostok",
    "Hua Yu Wei Ao",
    "שמעון בן חיים",
];

const SCHEMATA: [Schema; 5] = [
    Schema::Person,
    Schema::Organization,
    Schema::Vessel,
    Schema::LegalEntity,
    Schema::Thing,
];

static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(snapshot);

fn snapshot() -> Snapshot {
    let schema = |at: usize| SCHEMATA[at % SCHEMATA.len()];
    let entities = LISTED
        .iter()
        .enumerate()
        .map(|(at, name)| {
            // Every other one has an alias, which another entity may have as its name.
            let other = LISTED[(at * 7 + 3) % LISTED.len()];
            let names = if at % 2 == 0 { vec![*name] } else { vec![*name, other] };
            Entity::new(at.to_string(), party(schema(at), &names))
        })
        .collect();
    Snapshot::build(Vec::new(), entities)
}

/// One change of a name as accidents make them.
fn alter(name: &str, kind: u8, at: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    let at = at % letters.len().max(1);
    let mut out = letters.clone();
    match kind {
        0 => drop(out.remove(at)),
        1 => out.insert(at, 'e'),
        2 if at < out.len() => out[at] = 'r',
        3 if at + 1 < out.len() => out.swap(at, at + 1),
        4 => out.retain(|it| *it != ' '),
        5 => out.insert(at, ' '),
        6 => return name.split(' ').rev().collect::<Vec<_>>().join(" "),
        7 => return name.split(' ').skip(1).collect::<Vec<_>>().join(" "),
        10 => return name.split(' ').take(1).collect(),
        11 => {
            // A slip and an edit in one word, as far apart as its length allows.
            let again = alter(name, 2, at);
            return alter(&again.replacen('a', "e", 1), 3, at + 4);
        }
        12 => return alter(&alter(name, 0, at), 2, at + 3),
        13 => {
            return name
                .split(' ')
                .map(|it| it.chars().take(1).collect::<String>() + ". ")
                .collect::<String>()
                + name;
        }
        8 => return name.to_lowercase().replace("ou", "u").replace('q', "k"),
        9 => return format!("Hadji {name} Junior"),
        _ => {}
    }
    out.into_iter().collect()
}

// A person's name may hold what an organisation's would be read as: a number, a legal form. Who asks without a kind must find it, too.
#[test]
fn a_name_is_found_whatever_kind_is_asked_for() {
    for (name, listed) in [
        ("TEN, Sergey Yuryevich", Schema::Person),
        ("AUF, Awad Ibn", Schema::Person),
        ("GAO, Jingfeng", Schema::Person),
        ("O, Yong Ho", Schema::Person),
        ("BREIHMATT, Salem ould", Schema::Person),
        ("Plant No. 5 AO", Schema::Organization),
        ("MV Ten Sisters", Schema::Vessel),
    ] {
        let listed = PreparedParty::new(&party(listed, &[name]));
        for schema in [Schema::Thing, Schema::LegalEntity, listed.schema] {
            if !schema.compatible(listed.schema) {
                continue;
            }
            let scored = score::score(&PreparedParty::new(&party(schema, &[name])), &listed);
            assert!(
                scored.score >= Score::from_probability(0.5).unwrap(),
                "{name} as {schema}: {}",
                scored.score
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    // The contract of the index (docs/completeness.md): what scores at or above the threshold is among the candidates.
    #[test]
    fn index_never_loses_what_scoring_every_entity_finds(
        picks in proptest::collection::vec((0_usize..LISTED.len(), 0_u8..15, 0_usize..40), 1..3),
        noise in "[a-z]{0,8}( [a-z]{1,6})?",
        threshold in prop_oneof![Just(-400), Just(-100), Just(0), Just(220)],
        year in proptest::option::of(1950_i16..2000),
        schema in 0_usize..5,
    ) {
        let snapshot = &*SNAPSHOT;
        let mut names: Vec<String> = picks.iter().map(|(at, kind, place)| alter(LISTED[*at], *kind, *place)).collect();
        names.push(noise);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut asked = party(SCHEMATA[schema], &names);
        asked.birth_dates.extend(year.map(|it| Fact::new(PartialDate::new(it, None, None).unwrap(), Origin::asked())));
        let asked = PreparedParty::new(&asked);
        // A memo that has seen other names, in other scripts, with the same letters.
        let mut memo = Memo::default();
        for before in ["Hsn Sd", "mhmd bd llh", "xi jin ping", "حسن سعد", "A al"] {
            let _ = snapshot.index().candidates(&PreparedParty::new(&party(Schema::Person, &[before])), threshold, &mut memo);
        }
        let (candidates, _) = snapshot.index().look_up(&asked, threshold, &mut memo);
        for (at, listed) in snapshot.prepared().iter().enumerate() {
            let scored = score::score(&asked, listed);
            let place = u32::try_from(at).unwrap();
            let found = candidates.iter().find(|it| it.entity == place);
            if !scored.evidence.is_empty() && score::fold(&scored.evidence) >= threshold {
                prop_assert!(found.is_some(), "{names:?} ~ {}", LISTED[at]);
            }
            // Pairs of names that the index leaves out have nothing in common, and the others no more than it says.
            if let Some(it) = found {
                prop_assert_eq!(&scored, &score::score_among(&asked, listed, &it.pairs), "{:?} ~ {}", names, LISTED[at]);
            }
            // The way to one entity is the way to all.
            let alone = snapshot.index().look_up_one(&asked, threshold, place, &mut memo);
            prop_assert_eq!(found, alone.as_ref(), "{:?} ~ {}", names, LISTED[at]);
        }
    }

    #[test]
    fn a_name_is_itself(name in "[A-Za-zА-я]{2,10}( [A-Za-z]{2,10}){0,4}") {
        let it = PreparedParty::new(&party(Schema::Person, &[&name]));
        let scored = score::score(&it, &it);
        prop_assert!(it.names.is_empty() || scored.score >= Score::from_probability(0.5).unwrap(), "{name}: {}", scored.score);
    }
}
