//! Word -> the role that it has in names whoever bears them: title, particle, legal form, vessel prefix.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../data/lexicon.tsv");
const FREQUENCY: &str = include_str!("../../data/frequency.tsv");

/// Bits of the lists that a word stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lists(u8);

impl Lists {
    pub(super) const TITLE: Self = Self(1);
    pub(super) const PARTICLE: Self = Self(2);
    pub(super) const NASAB: Self = Self(4);
    pub(super) const KUNYA: Self = Self(8);
    pub(super) const FORM: Self = Self(16);
    pub(super) const VESSEL: Self = Self(32);
    pub(super) const NUMBER: Self = Self(64);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

static WORDS: LazyLock<BTreeMap<&'static str, Lists>> = LazyLock::new(|| {
    let mut out: BTreeMap<&'static str, Lists> = BTreeMap::new();
    for line in TABLE.lines().filter(|it| !it.starts_with('#')) {
        let Some((role, words)) = line.split_once('\t') else { continue };
        let bit = match role {
            "title" => Lists::TITLE,
            "particle" => Lists::PARTICLE,
            "nasab" => Lists::NASAB,
            "kunya" => Lists::KUNYA,
            "form" => Lists::FORM,
            "vessel" => Lists::VESSEL,
            _ => Lists::NUMBER,
        };
        for word in words.split(' ') {
            out.entry(word).or_default().0 |= bit.0;
        }
    }
    out
});

/// The lists that a folded word stands in.
pub(super) fn lists(word: &str) -> Lists {
    WORDS.get(word).copied().unwrap_or_default()
}

struct Frequency {
    person: BTreeMap<&'static str, u32>,
    organisation: BTreeMap<&'static str, u32>,
}

static SURPRISE: LazyLock<Frequency> = LazyLock::new(|| {
    let mut out = Frequency { person: BTreeMap::new(), organisation: BTreeMap::new() };
    for line in FREQUENCY.lines().filter(|it| !it.starts_with('#')) {
        let mut fields = line.split('\t');
        if let (Some(kind), Some(sound), Some(Ok(value))) = (fields.next(), fields.next(), fields.next().map(str::parse)) {
            let table = if kind == "p" { &mut out.person } else { &mut out.organisation };
            table.insert(sound, value);
        }
    }
    out
});

/// How surprising a word is in a name, in hundredths of a nat, `0..=RAREST`: -100 ln of the share of names that hold its sound.
/// A word of unknown use is as surprising as in the population where it is commoner.
pub(super) fn surprise(sound: &str, person: bool, organisation: bool) -> u32 {
    let at = |table: &BTreeMap<&'static str, u32>, used: bool| {
        if used { table.get(sound).copied().unwrap_or(RAREST) } else { RAREST }
    };
    at(&SURPRISE.person, person).min(at(&SURPRISE.organisation, organisation)).min(RAREST)
}

/// The surprise of a word that no statistics know, in hundredths of a nat: one name in 60,000, the rarest that they can tell.
pub(super) const RAREST: u32 = 1_100;
