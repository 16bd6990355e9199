//! Full names -> what refers to their bearers: surnames, acronyms, other names of one word, descriptions of a group's branches.
//!
//! A full name anywhere in the text introduces its bearer; only then a short form means him. So this pass comes second, and a headline
//! with a bare surname is read, too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::entity::Schema;
use crate::names::Role;

use super::lexicon::{Entry, Gazetteer, hash};
use super::scan::{Found, Pick, Scan, organisation};
use super::segment::{Gap, NONE, Regime, Shape, Word};
use super::{Band, Because, How, words};

/// A reference, or a full name, with the names that it stands for.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    pub from: usize,
    pub to: usize,
    pub start: u32,
    pub end: u32,
    pub how: How,
    pub band: Band,
    pub picks: Vec<Pick>,
    /// Where the bearer is introduced, or the long form stands.
    pub introduced: Option<(u32, u32)>,
    /// Entities that it might have meant, and why it does not.
    pub rejected: Vec<(u32, Because)>,
}

/// Somebody whom the text introduces: one or more entities that share a full name in it.
#[derive(Debug)]
struct Bearer {
    /// The best name for each entity.
    picks: BTreeMap<u32, Pick>,
    /// Places in the list of full names.
    named: Vec<usize>,
    band: Band,
}

/// How far, in bytes, a surname reaches back to the last time that its bearer was named; a headline's reach ahead.
const BACK: u32 = 32 * 1024;
const AHEAD: u32 = 4 * 1024;
/// Shorter surnames are not looked for with an edit.
const LEAST_RESPELT: usize = 6;
/// The most runners-up that are named.
const MOST_REJECTED: usize = 5;

/// Finds what refers to the bearers of full names. Cost: linear in the text.
pub(super) fn refer(scan: &mut Scan<'_>, names: Vec<Found>) -> Vec<Linked> {
    let bearers = bearers(scan, &names);
    let mut out = Vec::new();
    described(scan, &names, &mut out);
    surnames(scan, &names, &bearers, &mut out);
    short_names(scan, &names, &bearers, &mut out);
    for it in names {
        let band = it.picks.iter().map(|it| it.band).max().unwrap_or(Band::Possible);
        out.push(Linked {
            from: it.from,
            to: it.to,
            start: it.start,
            end: it.end,
            how: it.how,
            band,
            picks: it.picks,
            introduced: None,
            rejected: Vec::new(),
        });
    }
    out.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    out
}

fn bearers(scan: &Scan<'_>, names: &[Found]) -> Vec<Bearer> {
    let mut of_entity: BTreeMap<u32, usize> = BTreeMap::new();
    let mut out: Vec<Bearer> = Vec::new();
    for (at, found) in names.iter().enumerate() {
        let entity = |it: &Pick| scan.gazetteer.rows[it.entry.row as usize].entity;
        // The first bearer of one of the entities takes the others in.
        let known: BTreeSet<usize> = found
            .picks
            .iter()
            .filter_map(|it| of_entity.get(&entity(it)).copied())
            .collect();
        let mine = match known.first() {
            Some(it) => *it,
            None => {
                out.push(Bearer {
                    picks: BTreeMap::new(),
                    named: Vec::new(),
                    band: Band::Ambiguous,
                });
                out.len() - 1
            }
        };
        for other in known.iter().skip(1) {
            let it = std::mem::take(&mut out[*other].picks);
            let named = std::mem::take(&mut out[*other].named);
            for key in it.keys() {
                of_entity.insert(*key, mine);
            }
            out[mine].band = out[mine].band.max(out[*other].band);
            out[mine].named.extend(named);
            out[mine].picks.extend(it);
        }
        for it in &found.picks {
            of_entity.insert(entity(it), mine);
            let best = out[mine].picks.entry(entity(it)).or_insert_with(|| it.clone());
            if it.band > best.band {
                *best = it.clone();
            }
            out[mine].band = out[mine].band.max(it.band);
        }
        out[mine].named.push(at);
    }
    for it in &mut out {
        it.named.sort_unstable();
    }
    out
}

/// A surname by which a bearer may be meant.
#[derive(Debug)]
struct Surname {
    bearer: usize,
    /// Particles in front of its last word.
    particles: Vec<String>,
}

enum Event {
    /// The bearer's full name.
    Named(usize),
    /// The surname behind a given name that is nobody's here.
    Other(u32, u32),
    /// The bare surname: first word, who could be meant, spelt with an edit.
    Bare(usize, Vec<usize>, bool),
}

fn surnames(scan: &mut Scan<'_>, names: &[Found], bearers: &[Bearer], out: &mut Vec<Linked>) {
    let mut by_core: BTreeMap<String, Vec<Surname>> = BTreeMap::new();
    for (at, bearer) in bearers.iter().enumerate() {
        for pick in bearer.picks.values() {
            let row = &scan.gazetteer.rows[pick.entry.row as usize];
            let family = scan.gazetteer.family(row);
            let Some((core, particles)) = family.split_last() else {
                continue;
            };
            let mut add = |core: String| {
                let particles: Vec<String> = particles.iter().map(|it| scan.gazetteer.text(*it).to_owned()).collect();
                let list = by_core.entry(core).or_default();
                if !list.iter().any(|it| it.bearer == at && it.particles == particles) {
                    list.push(Surname { bearer: at, particles });
                }
            };
            add(scan.gazetteer.text(*core).to_owned());
            for (word, listed) in pick.respelt.iter().filter(|it| it.1 == *core) {
                debug_assert_eq!(listed, core);
                add(scan.document.folded(&scan.document.words[*word]));
            }
        }
    }
    if by_core.is_empty() {
        return;
    }
    let mut near: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for core in by_core.keys().filter(|it| it.len() >= LEAST_RESPELT) {
        for skip in 0..=core.len() {
            near.entry(hash(core.as_bytes(), skip)).or_default().push(core);
        }
    }
    let mut events: BTreeMap<&str, Vec<(usize, Event)>> = BTreeMap::new();
    for (at, bearer) in bearers.iter().enumerate() {
        for core in cores(scan, bearer, &by_core) {
            let list = events.entry(core).or_default();
            list.extend(bearer.named.iter().map(|it| (names[*it].from, Event::Named(at))));
        }
    }
    // Texts fill this one: the hasher has to be one that nobody outside can aim at.
    let mut meant_by: HashMap<String, Option<(&str, bool)>> = HashMap::new();
    for at in 0..scan.document.words.len() {
        let word = &scan.document.words[at];
        let named = word.capital() || word.shape == Shape::Caseless;
        if scan.covered[at] || !named || word.dotted || word.end - word.start < 3 {
            continue;
        }
        let folded = scan.document.folded(word);
        let found = meant_by
            .entry(folded)
            .or_insert_with_key(|it| match by_core.get_key_value(it) {
                Some((core, _)) => Some((core.as_str(), false)),
                None => nearest(&near, it).map(|it| (it, true)),
            });
        let Some((core, edited)) = *found else { continue };
        if edited && scan.small(word.token) {
            continue;
        }
        let Some(meant) = by_core.get(core) else { continue };
        if let Some(event) = judge(scan, at, core, meant, edited) {
            events.entry(core).or_default().push(event);
        }
    }
    for (core, mut list) in events {
        list.sort_by_key(|it| it.0);
        resolve(scan, names, bearers, core, &list, out);
    }
}

/// The surnames of one bearer.
fn cores<'a>(scan: &Scan<'_>, bearer: &Bearer, by_core: &'a BTreeMap<String, Vec<Surname>>) -> BTreeSet<&'a str> {
    let mut out: BTreeSet<&str> = BTreeSet::new();
    for pick in bearer.picks.values() {
        let row = &scan.gazetteer.rows[pick.entry.row as usize];
        if let Some(last) = scan.gazetteer.family(row).last()
            && let Some(it) = by_core.get_key_value(scan.gazetteer.text(*last))
        {
            out.insert(it.0);
        }
        for (word, _) in &pick.respelt {
            if let Some(it) = by_core.get_key_value(&scan.document.folded(&scan.document.words[*word])) {
                out.insert(it.0);
            }
        }
    }
    out
}

/// The one surname within one edit of a word.
fn nearest<'a>(near: &BTreeMap<u64, Vec<&'a str>>, folded: &str) -> Option<&'a str> {
    if folded.len() < LEAST_RESPELT || words::common(folded) {
        return None;
    }
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for skip in 0..=folded.len() {
        let alike = near.get(&hash(folded.as_bytes(), skip)).into_iter().flatten();
        found.extend(alike.filter(|it| {
            it.as_bytes().first() == folded.as_bytes().first() && crate::text::distance(it, folded, 2).is_some()
        }));
    }
    (found.len() == 1).then(|| found.first().copied()).flatten()
}

/// Whether a surname stands bare, or somebody else bears it here; `None` where it is part of another name.
fn judge(scan: &Scan<'_>, at: usize, core: &str, meant: &[Surname], edited: bool) -> Option<(usize, Event)> {
    let words = &scan.document.words;
    let word = &words[at];
    let usual = scan.regime(word) == Regime::Usual;
    // Particles as the name has them; an Arabic article may be left out.
    let mut from = at;
    let mut fits: Vec<usize> = Vec::new();
    for it in meant {
        let n = it.particles.len();
        let there = n <= at
            && (0..n).all(|i| {
                let before = &words[at - n + i];
                scan.document.gap(at - n + i) != Gap::Break && scan.document.folded(before) == it.particles[i]
            });
        let may_go = n == 1 && matches!(it.particles[0].as_str(), "al" | "el" | "as" | "ash" | "az");
        if there {
            from = from.min(at - n);
        }
        if there || may_go {
            fits.push(it.bearer);
        }
    }
    fits.sort_unstable();
    fits.dedup();
    let opens = words[from].opens;
    let joined_before = from > 0
        && words[from - 1].sentence == word.sentence
        && matches!(scan.document.gap(from - 1), Gap::Plain | Gap::None);
    let mut titled = false;
    if joined_before {
        let before = &words[from - 1];
        let folded = scan.document.folded(before);
        titled = scan.title(&folded);
        let name_before = before.capital() && before.bare == NONE && usual;
        if name_before && !titled && !scan.stands_before_names(from - 1) {
            let initial = before.end - before.start <= 2 && before.shape == Shape::Upper;
            // The hyphen of a double name, or a given name that none of the bearers has.
            return (!initial && !edited).then_some((from, Event::Other(before.start, word.bare_end)));
        }
    }
    if usual
        && at + 1 < words.len()
        && word.bare == NONE
        && words[at + 1].sentence == word.sentence
        && matches!(scan.document.gap(at), Gap::Plain | Gap::None)
        && words[at + 1].capital()
        && !scan.title(&scan.document.folded(&words[at + 1]))
        && !words::common(&scan.document.folded(&words[at + 1]))
    {
        return None;
    }
    // A surname that is a word, a country or a given name of everybody needs a title in front of it.
    let token = if word.bare == NONE { word.token } else { word.bare };
    let ordinary = words::common(core) || scan.gazetteer.country(token) || scan.small(token) && (opens || !usual);
    if fits.is_empty() || ordinary && !titled || edited && opens && scan.gazetteer.role(token) == Role::Title {
        return None;
    }
    Some((from, Event::Bare(at, fits, edited)))
}

fn resolve(
    scan: &mut Scan<'_>,
    names: &[Found],
    bearers: &[Bearer],
    core: &str,
    events: &[(usize, Event)],
    out: &mut Vec<Linked>,
) {
    let offset = |scan: &Scan<'_>, at: usize| scan.document.words[at].start;
    let paragraph = |scan: &Scan<'_>, at: usize| {
        let sentence = scan.document.words[at].sentence as usize;
        scan.document.sentences.get(sentence).map_or(0, |it| it.paragraph)
    };
    // Bearer -> the word at which he was last meant.
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    let mut other: Option<(usize, (u32, u32))> = None;
    for (from, event) in events {
        match event {
            Event::Named(bearer) => {
                seen.insert(*bearer, *from);
            }
            Event::Other(start, end) => other = Some((*from, (*start, *end))),
            Event::Bare(at, fits, edited) => {
                let here = offset(scan, *from);
                let back = |it: &usize| seen.get(it).is_some_and(|it| here - offset(scan, *it) <= BACK);
                let ahead = |it: &usize| {
                    let next = bearers[*it]
                        .named
                        .iter()
                        .map(|it| names[*it].start)
                        .find(|it| *it > here);
                    next.is_some_and(|it| it - here <= AHEAD)
                };
                let mut live: Vec<usize> = fits.iter().copied().filter(back).collect();
                let from_ahead = live.is_empty();
                if from_ahead {
                    live = fits.iter().copied().filter(ahead).collect();
                }
                let all = live.clone();
                if live.len() > 1 && !from_ahead {
                    let near = |it: &usize| {
                        seen.get(it)
                            .is_some_and(|it| paragraph(scan, *it) == paragraph(scan, *at))
                    };
                    let in_paragraph: Vec<usize> = live.iter().copied().filter(near).collect();
                    if in_paragraph.len() == 1 {
                        live = in_paragraph;
                    }
                }
                let Some(first) = live.first() else { continue };
                let mut rejected: Vec<(u32, Because)> = Vec::new();
                let mut band = live
                    .iter()
                    .map(|it| bearers[*it].band)
                    .min()
                    .unwrap_or(Band::Possible)
                    .min(Band::Likely);
                if *edited || from_ahead {
                    band = band.min(Band::Likely);
                }
                if live.len() > 1 {
                    band = Band::Ambiguous;
                } else {
                    // Somebody of another given name stands nearer.
                    let last = seen.get(first).copied().filter(|_| !from_ahead);
                    if let Some((_, span)) = other.filter(|it| last.is_none_or(|last| it.0 > last)) {
                        band = Band::Ambiguous;
                        let entities = bearers[*first].picks.keys().take(1);
                        rejected
                            .extend(entities.map(|it| (*it, Because::OtherBearer(span.0 as usize, span.1 as usize))));
                    } else {
                        seen.insert(*first, *from);
                    }
                    for it in all.iter().filter(|it| *it != first) {
                        rejected.extend(bearers[*it].picks.keys().take(2).map(|it| (*it, Because::Farther)));
                    }
                }
                let introduced = bearers[*first]
                    .named
                    .iter()
                    .map(|it| &names[*it])
                    .rev()
                    .find(|it| it.start < here)
                    .or_else(|| bearers[*first].named.first().map(|it| &names[*it]))
                    .map(|it| (it.start, it.end));
                let picks: Vec<Pick> = live
                    .iter()
                    .flat_map(|it| bearers[*it].picks.values().cloned())
                    .collect();
                not_introduced(scan.gazetteer, core, &picks, &mut rejected);
                for it in &mut scan.covered[*from..=*at] {
                    *it = true;
                }
                let words = &scan.document.words;
                out.push(Linked {
                    from: *from,
                    to: at + 1,
                    start: words[*from].start,
                    end: words[*at].bare_end,
                    how: How::Surname,
                    band,
                    picks,
                    introduced,
                    rejected,
                });
            }
        }
    }
}

/// Other listed bearers of the surname: the text does not name them.
fn not_introduced(gazetteer: &Gazetteer, core: &str, picks: &[Pick], out: &mut Vec<(u32, Because)>) {
    let meant: BTreeSet<u32> = picks
        .iter()
        .map(|it| gazetteer.rows[it.entry.row as usize].entity)
        .collect();
    for (_, row) in gazetteer.bearers(gazetteer.word(core)) {
        let entity = gazetteer.rows[*row as usize].entity;
        if out.len() >= MOST_REJECTED {
            return;
        }
        if !meant.contains(&entity) && !out.iter().any(|it| it.0 == entity) {
            out.push((entity, Because::NotIntroduced));
        }
    }
}

/// What a short name of a bearer comes from.
struct Short {
    bearer: usize,
    /// Where the long form or the definition stands.
    at: (u32, u32),
    defined: bool,
}

/// Acronyms and other names of one word.
fn short_names(scan: &mut Scan<'_>, names: &[Found], bearers: &[Bearer], out: &mut Vec<Linked>) {
    let mut shorts: BTreeMap<String, Vec<Short>> = BTreeMap::new();
    let mut of_entity: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, bearer) in bearers.iter().enumerate() {
        of_entity.extend(bearer.picks.keys().map(|it| (*it, at)));
        let group = bearer
            .picks
            .values()
            .any(|it| organisation(&scan.gazetteer.rows[it.entry.row as usize]) && it.band >= Band::Likely);
        if !group {
            continue;
        }
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for found in bearer.named.iter().map(|it| &names[*it]) {
            let span = (found.start, found.end);
            if let Some(it) = defined(scan, found.to)
                && seen.insert(it.clone())
            {
                let list = shorts.entry(it).or_default();
                list.push(Short {
                    bearer: at,
                    at: span,
                    defined: true,
                });
            }
            if found.picks.iter().all(|it| it.band < Band::Confirmed) {
                continue;
            }
            for it in initials(scan, found) {
                if seen.insert(it.clone()) {
                    let list = shorts.entry(it).or_default();
                    list.push(Short {
                        bearer: at,
                        at: span,
                        defined: false,
                    });
                }
            }
        }
    }
    // Listed names of one word that the text also uses inside longer names: `Bancorp` is anybody's.
    let parts: BTreeSet<u32> = (0..scan.document.words.len())
        .filter_map(|at| {
            let word = &scan.document.words[at];
            let candidate = word.capital() && !scan.gazetteer.alone(word.token).is_empty();
            (candidate && in_longer_name(scan, at, word)).then_some(word.token)
        })
        .collect();
    for at in 0..scan.document.words.len() {
        let word = scan.document.words[at];
        let named = matches!(word.shape, Shape::Upper | Shape::Capital | Shape::Mixed);
        if scan.covered[at] || !named || word.end - word.start < 2 {
            continue;
        }
        let regime = scan.regime(&word);
        if regime == Regime::Capitals {
            continue;
        }
        if let Some(it) = short_name(scan, at, &word, names, bearers, &shorts, &of_entity, &parts) {
            scan.covered[at] = true;
            out.push(it);
        }
    }
}

/// Whether the words beside make it part of a longer name.
fn in_longer_name(scan: &Scan<'_>, at: usize, word: &Word) -> bool {
    let words = &scan.document.words;
    let joined = |gap: usize, other: usize| {
        words
            .get(other)
            .is_some_and(|it| it.capital() && it.sentence == word.sentence && !(it.opens && other < at))
            && scan.document.gap(gap) == Gap::Plain
            && !words::common(&scan.document.folded(&words[other]))
    };
    let usual = scan.regime(word) == Regime::Usual;
    usual && (at > 0 && joined(at - 1, at - 1) || word.bare == NONE && joined(at, at + 1))
}

/// Whether a long form whose initials these are stands near: within reach of a surname.
fn near_long_form(meant: &[&Short], names: &[Found], bearers: &[Bearer], word: &Word) -> bool {
    meant
        .iter()
        .flat_map(|it| &bearers[it.bearer].named)
        .any(|it| names[*it].start.abs_diff(word.start) <= BACK)
}

#[expect(
    clippy::too_many_arguments,
    reason = "what the pass knows, split so that it can be borrowed apart"
)]
fn short_name(
    scan: &Scan<'_>,
    at: usize,
    word: &Word,
    names: &[Found],
    bearers: &[Bearer],
    shorts: &BTreeMap<String, Vec<Short>>,
    of_entity: &BTreeMap<u32, usize>,
    parts: &BTreeSet<u32>,
) -> Option<Linked> {
    let token = if word.bare == NONE { word.token } else { word.bare };
    let listed = scan.gazetteer.alone(token);
    let upper = word.shape == Shape::Upper;
    if listed.is_empty() && (shorts.is_empty() || !upper) {
        return None;
    }
    let folded = scan.document.folded(word);
    if words::state(&folded) || scan.gazetteer.country(token) || folded.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let link = |how, band, picks: Vec<Pick>, introduced| Linked {
        from: at,
        to: at + 1,
        start: word.start,
        end: word.bare_end,
        how,
        band,
        picks,
        introduced,
        rejected: Vec::new(),
    };
    // The initials or the defined acronym of a group that the text names in full.
    if upper && let Some(list) = shorts.get(&folded) {
        let defined: Vec<&Short> = list.iter().filter(|it| it.defined).collect();
        let meant: Vec<&Short> = if defined.is_empty() {
            list.iter().collect()
        } else {
            defined
        };
        // An abbreviation with full stops is written out elsewhere in its own way; initials inside a longer name are its own.
        let plain = !word.dotted && !in_longer_name(scan, at, word) && near_long_form(&meant, names, bearers, word);
        if let Some(first) = meant.first().filter(|it| it.defined || plain) {
            let band = if meant.len() > 1 {
                Band::Ambiguous
            } else {
                bearers[first.bearer].band.min(Band::Likely)
            };
            let picks = meant
                .iter()
                .flat_map(|it| bearers[it.bearer].picks.values().cloned())
                .collect();
            return Some(link(How::Acronym, band, picks, Some(first.at)));
        }
    }
    if listed.is_empty() || word.dotted {
        return None;
    }
    // The listed name of one word of a bearer whom the text names otherwise, too.
    let short = folded.len() <= 4 && !word.lossy;
    let exact_case = (upper || !short) && !words::common(&folded);
    let introduced: Vec<(&Entry, usize)> = listed
        .iter()
        .filter_map(|(_, entry)| {
            let row = &scan.gazetteer.rows[entry.row as usize];
            let bearer = *of_entity.get(&row.entity)?;
            // A given name alone is everybody's.
            let person = row.schema == Schema::Person;
            (row.schema != Schema::Vessel && !(person && scan.gazetteer.weight(token) < STRONG_PERSON))
                .then_some((entry, bearer))
        })
        .collect();
    // A name of few letters reaches no farther than a surname; one whose bearer is only possible says nothing.
    let reaches = |it: &usize| {
        let bearer = &bearers[*it];
        bearer.band >= Band::Likely
            && (!short
                || bearer
                    .named
                    .iter()
                    .any(|it| names[*it].start.abs_diff(word.start) <= BACK))
    };
    if let Some((_, bearer)) = introduced
        .first()
        .filter(|it| exact_case && !scan.small(token) && reaches(&it.1))
    {
        let how = if upper { How::Acronym } else { How::Alias };
        let band = bearers[*bearer].band.min(Band::Likely);
        let picks = introduced.iter().filter_map(|it| {
            let entity = scan.gazetteer.rows[it.0.row as usize].entity;
            bearers[it.1].picks.get(&entity).cloned()
        });
        let span = bearers[*bearer]
            .named
            .first()
            .map(|it| (names[*it].start, names[*it].end));
        return Some(link(how, band, picks.collect(), span));
    }
    strong(scan, parts, word, token, &folded, listed).map(|picks| {
        let how = if upper { How::Acronym } else { How::Alias };
        link(how, Band::Possible, picks, None)
    })
}

/// Organisations whose name of one word is strong enough to be shown though nothing else names them: long, rare, no word of the text.
fn strong(
    scan: &Scan<'_>,
    parts: &BTreeSet<u32>,
    word: &Word,
    token: u32,
    folded: &str,
    listed: &[(u32, Entry)],
) -> Option<Vec<Pick>> {
    let upper = word.shape == Shape::Upper;
    let long = folded.len() >= if upper { LEAST_ACRONYM } else { LEAST_ALIAS };
    let usual = scan.regime(word) == Regime::Usual && !word.opens;
    if !long
        || !usual
        || parts.contains(&token)
        || scan.small(token)
        || scan.gazetteer.weight(token) < STRONG
        || words::common(folded)
    {
        return None;
    }
    let picks: Vec<Pick> = listed
        .iter()
        .map(|it| it.1)
        .filter(|it| {
            let row = &scan.gazetteer.rows[it.row as usize];
            !row.weak
                && it.form == super::lexicon::Form::Full
                && matches!(row.schema, Schema::Organization | Schema::Company | Schema::LegalEntity)
        })
        .map(|entry| Pick {
            entry,
            how: How::Alias,
            band: Band::Possible,
            respelt: Vec::new(),
            fragment: false,
            ordinary: false,
        })
        .collect();
    (!picks.is_empty()).then_some(picks)
}

/// What a word has to say, hundredths of a nat, to be a name alone, an organisation's or a person's; and the least letters of it. The
/// lists themselves make an organisation's own name look commoner than it is.
const STRONG: u32 = 600;
const STRONG_PERSON: u32 = 1_000;
const LEAST_ALIAS: usize = 6;
const LEAST_ACRONYM: usize = 4;

/// `Long Form (ACR)`: the acronym, folded.
fn defined(scan: &Scan<'_>, behind: usize) -> Option<String> {
    let words = &scan.document.words;
    let (last, it) = (words.get(behind.checked_sub(1)?)?, words.get(behind)?);
    let text = scan.document.text;
    let between = text.get(last.end as usize..it.start as usize)?;
    let rest = text
        .get(it.end as usize..)?
        .trim_start_matches(['.', '"', '”', '’', '\'']);
    let opens = between.trim_end_matches(['"', '“', '‘', '\'']).trim_start() == "(";
    let letters = scan.document.folded(it);
    (opens && rest.starts_with([')', ',', ';', ' ']) && it.shape == Shape::Upper && (2..=10).contains(&letters.len()))
        .then_some(letters)
}

/// The initials of a name as the text writes it, with and without its particles.
fn initials(scan: &Scan<'_>, found: &Found) -> Vec<String> {
    let mut both = [String::new(), String::new()];
    for it in &scan.document.words[found.from..found.to] {
        let folded = scan.document.folded(it);
        let Some(letter) = folded.chars().next() else { continue };
        both[0].push(letter);
        if it.shape != Shape::Lower && scan.gazetteer.role(it.token) != Role::Particle {
            both[1].push(letter);
        }
    }
    let [all, telling] = both;
    let mut out = vec![telling, all];
    out.dedup();
    // `AG`, `SA`: a legal form means one wherever it stands.
    let form = |it: &str| {
        let read = crate::names::Name::read(&format!("xqzzt {it}"), Schema::Company);
        read.parts.last().is_some_and(|it| it.role == Role::Form)
    };
    out.retain(|it| (2..=8).contains(&it.len()) && !form(it));
    out
}

/// `GROUP affiliate in the PLACE`, `GROUP's PLACE branch`, `PLACE branch of GROUP`.
fn described(scan: &mut Scan<'_>, names: &[Found], out: &mut Vec<Linked>) {
    for found in names {
        let group: Vec<u32> = found
            .picks
            .iter()
            .filter(|it| organisation(&scan.gazetteer.rows[it.entry.row as usize]))
            .map(|it| it.entry.row)
            .collect();
        if group.is_empty() {
            continue;
        }
        let Some((from, to, place)) = behind(scan, found).or_else(|| before(scan, found)) else {
            continue;
        };
        let mut wanted: Vec<u32> = scan.document.words[found.from..found.to]
            .iter()
            .map(|it| if it.bare == NONE { it.token } else { it.bare })
            .filter(|it| scan.gazetteer.role(*it) != Role::Particle)
            .collect();
        let Some(rarest) = place.iter().copied().max_by_key(|it| (scan.gazetteer.weight(*it), *it)) else {
            continue;
        };
        wanted.extend(&place);
        wanted.sort_unstable();
        wanted.dedup();
        let picks: Vec<Pick> = scan
            .gazetteer
            .holding(rarest)
            .filter(|(_, name)| {
                wanted.iter().all(|it| name.contains(it))
                    && name.iter().all(|it| {
                        wanted.contains(it)
                            || scan.gazetteer.role(*it) == Role::Particle
                            || matches!(scan.gazetteer.text(*it), "in" | "within" | "group")
                            || words::affiliate(scan.gazetteer.text(*it))
                            // `... in the Greater Sahara (ISGS)`: lists write the acronym behind the name.
                            || acronym(scan.gazetteer.text(*it), name.iter().map(|it| scan.gazetteer.text(*it)))
                    })
            })
            .map(|(row, name)| Pick {
                entry: Entry {
                    row,
                    form: super::lexicon::Form::Full,
                    weight: name.iter().map(|it| scan.gazetteer.weight(*it)).sum(),
                    telling: u8::try_from(wanted.len()).unwrap_or(u8::MAX),
                },
                how: How::Descriptive,
                band: Band::Likely,
                respelt: Vec::new(),
                fragment: false,
                ordinary: false,
            })
            .collect();
        if picks.is_empty() {
            continue;
        }
        let all = &scan.document.words;
        let (start, end) = (all[from].start, all[to - 1].bare_end);
        // A published name that reads just so is found already.
        if names.iter().any(|it| it.start <= start && end <= it.end) {
            continue;
        }
        out.push(Linked {
            from,
            to,
            start,
            end,
            how: How::Descriptive,
            band: Band::Likely,
            picks,
            introduced: Some((found.start, found.end)),
            rejected: Vec::new(),
        });
    }
}

/// Whether the letters of a word are first letters of the others, in their order: `isgs` of `islamic state in the greater sahara`.
fn acronym<'a>(word: &str, mut others: impl Iterator<Item = &'a str>) -> bool {
    word.len() >= 3
        && word
            .chars()
            .all(|letter| others.any(|it| it != word && it.starts_with(letter)))
}

/// The words that name a place from here on, and the word behind them.
fn place(scan: &Scan<'_>, from: usize, sentence: u32) -> Option<(usize, Vec<u32>)> {
    let words = &scan.document.words;
    let mut at = from;
    let mut out = Vec::new();
    let mut end = from;
    while let Some(word) = words.get(at).filter(|it| it.sentence == sentence && at < from + 6) {
        if at > from && !matches!(scan.document.gap(at - 1), Gap::Plain | Gap::None) {
            break;
        }
        let token = if word.bare == NONE { word.token } else { word.bare };
        let source = scan.document.slice(word);
        let regional = matches!(
            source,
            "greater"
                | "north"
                | "south"
                | "east"
                | "west"
                | "northern"
                | "southern"
                | "eastern"
                | "western"
                | "central"
        );
        if word.capital() || regional {
            if token == NONE {
                break;
            }
            out.push(token);
            end = at + 1;
        } else if source != "the" && source != "of" {
            break;
        }
        at += 1;
        if word.bare != NONE {
            break;
        }
    }
    let named = words.get(from..end)?.iter().any(Word::capital);
    named.then_some((end, out))
}

fn behind(scan: &Scan<'_>, found: &Found) -> Option<(usize, usize, Vec<u32>)> {
    let words = &scan.document.words;
    let sentence = words.get(found.from)?.sentence;
    let it = |at: usize| words.get(at).filter(|it| it.sentence == sentence);
    let source = |at: usize| it(at).map_or("", |it| scan.document.slice(it));
    let joined = |at: usize| matches!(scan.document.gap(at), Gap::Plain);
    let noun = found.to;
    if joined(noun - 1) && words::affiliate(source(noun)) && joined(noun) && words::leads_to_place(source(noun + 1)) {
        let start = noun + 2 + usize::from(source(noun + 2) == "the");
        let (end, tokens) = place(scan, start, sentence)?;
        return Some((found.from, end, tokens));
    }
    // GROUP's PLACE branch
    if joined(found.to - 1) {
        let (end, tokens) = place(scan, found.to, sentence)?;
        if words::affiliate(source(end)) && joined(end - 1) {
            return Some((found.from, end + 1, tokens));
        }
    }
    None
}

fn before(scan: &Scan<'_>, found: &Found) -> Option<(usize, usize, Vec<u32>)> {
    let words = &scan.document.words;
    let sentence = words.get(found.from)?.sentence;
    let source = |at: usize| {
        words
            .get(at)
            .filter(|it| it.sentence == sentence)
            .map_or("", |it| scan.document.slice(it))
    };
    let of = found
        .from
        .checked_sub(1 + usize::from(source(found.from.checked_sub(1)?) == "the"))?;
    let noun = of.checked_sub(1)?;
    if source(of) != "of" || !words::affiliate(source(noun)) {
        return None;
    }
    // The longest run of place words that ends at the noun.
    let from = (noun.saturating_sub(5)..noun).find(|from| {
        let word = &words[*from];
        word.sentence == sentence
            && scan.document.slice(word) != "the"
            && place(scan, *from, sentence).is_some_and(|it| it.0 == noun)
    })?;
    let (_, tokens) = place(scan, from, sentence)?;
    Some((from, found.to, tokens))
}
