//! Profiles -> pairs that are worth a comparison.

use std::collections::BTreeMap;

use super::compare::{LEAST_SHARED, common};
use super::keys::Key;
use super::profile::{Profile, Profiles};

/// A pair of entries, by place; the lesser first.
pub(super) type Pair = (u32, u32);

/// More entries than this under one key make it no key: what so many share tells nobody.
const MOST_OF_A_KEY: usize = 60;
/// The same for words of names, by themselves and with a second word or a birth year.
const MOST_OF_A_WORD: usize = 80;
const MOST_UNDER_A_PAIR: usize = 200;

/// Pairs that share a key.
pub(super) fn by_key(all: &[Profile]) -> Vec<Pair> {
    let mut under: BTreeMap<&Key, Vec<u32>> = BTreeMap::new();
    for (profile, at) in all.iter().zip(0_u32..) {
        for key in &profile.keys {
            under.entry(key).or_default().push(at);
        }
    }
    let mut out = Vec::new();
    for (key, places) in under {
        // A reference never tells too many; of a number that sixty have it is known that it is none.
        if places.len() > MOST_OF_A_KEY && matches!(key, Key::Identifier(_)) {
            continue;
        }
        if places.len() > MOST_OF_A_KEY {
            // One entry that stands so often in one file: each with the next one is enough to unite them, and takes no square.
            out.extend(places.windows(2).map(|it| (it[0].min(it[1]), it[0].max(it[1]))));
        } else {
            pairs(&places, &mut out);
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn pairs(places: &[u32], out: &mut Vec<Pair>) {
    for (n, a) in places.iter().enumerate() {
        out.extend(places.iter().skip(n + 1).map(|b| (*a.min(b), *a.max(b))));
    }
}

/// Whether two entries stand on one list under different keys: then the list itself says that they are two.
pub(super) fn same_list(a: &Profile, b: &Profile) -> bool {
    if a.lists != b.lists && a.slots.len() == 1 && b.slots.len() == 1 {
        return false;
    }
    a.slots.iter().any(|x| b.slots.iter().any(|y| x.0 == y.0 && x.1 != y.1))
        && !a.slots.iter().any(|x| b.slots.contains(x))
}

/// Pairs of entries of different lists of which a name has rare words in common, or common words and a birth year.
///
/// Cost: the entries under a word, squared; words that too many have only count together with another one or a year.
pub(super) fn by_name(profiles: &Profiles) -> Vec<Pair> {
    let all = &profiles.all;
    let mut under: Vec<(u32, u32, u32)> = Vec::new();
    let rare = |word: u32| profiles.names.entries(word) as usize <= MOST_OF_A_WORD;
    for (profile, at) in all.iter().zip(0_u32..) {
        let mut keys: Vec<(u32, u32)> = Vec::new();
        let years = profile
            .dates
            .iter()
            .filter(|it| it.width() <= 366)
            .map(|it| YEARS + u32::try_from(it.date.from.year()).unwrap_or(0));
        let years: Vec<u32> = years.collect();
        for word in &profile.words {
            match profiles.names.entries(*word) {
                0 | 1 => {}
                _ if rare(*word) => keys.push((*word, u32::MAX)),
                _ => keys.extend(years.iter().map(|year| (*word, *year))),
            }
        }
        for name in &profile.names {
            let often: Vec<u32> = name.words.iter().copied().filter(|it| !rare(*it)).collect();
            for (n, a) in often.iter().enumerate() {
                keys.extend(often.iter().skip(n + 1).map(|b| (*a, *b)));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        under.extend(keys.into_iter().map(|it| (it.0, it.1, at)));
    }
    under.sort_unstable();
    let mut out = Vec::new();
    for places in under.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        if places.len() > MOST_UNDER_A_PAIR {
            continue;
        }
        for (n, (.., a)) in places.iter().enumerate() {
            let p = &all[*a as usize];
            for (.., b) in places.iter().skip(n + 1) {
                let q = &all[*b as usize];
                if p.lists != q.lists && p.schema.compatible(q.schema) {
                    out.push((*a, *b));
                }
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out.retain(|(a, b)| {
        let (p, q) = (&all[*a as usize], &all[*b as usize]);
        // All words first: most pairs share one and fall here.
        let most: i32 = common(&p.words, &q.words).map(|it| profiles.names.surprise(it)).sum();
        most >= LEAST_SHARED && !same_list(p, q)
    });
    out
}

/// Years stand behind all words.
const YEARS: u32 = u32::MAX - 20_000;
