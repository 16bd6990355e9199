//! An entry -> what is compared when two entries may be one subject: words as numbers with their rarity, days, regimes.

use std::collections::{BTreeSet, HashMap};

use super::keys::{self, Key};
use crate::entity::{Authority, Country, Entity, Gender, PartialDate, Schema};
use crate::names::{Name, Role};
use crate::prepare::PreparedParty;
use crate::text::{self, Script};

/// A word, as its number.
pub(super) type Word = u32;

/// Numbers for words, and in how many entries each stands.
#[derive(Debug, Default)]
pub(super) struct Words {
    numbers: HashMap<String, Word>,
    entries: Vec<u32>,
    /// The surprise of each, once all entries are counted: it is asked for far more often than there are words.
    surprises: Vec<i32>,
    total: u32,
}

impl Words {
    fn number(&mut self, word: &str) -> Word {
        if let Some(it) = self.numbers.get(word) {
            return *it;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.numbers.insert(word.to_owned(), number);
        self.entries.push(0);
        number
    }

    /// Counts an entry's words, each once.
    fn count(&mut self, words: &[Word]) {
        for it in words {
            if let Some(n) = self.entries.get_mut(*it as usize) {
                *n += 1;
            }
        }
    }

    /// How many entries have the word.
    pub(super) fn entries(&self, word: Word) -> u32 {
        self.entries.get(word as usize).copied().unwrap_or(0)
    }

    /// To be called when every entry is counted.
    fn counted(&mut self) {
        self.surprises = self.entries.iter().map(|it| surprise(self.total, *it)).collect();
    }

    /// The surprise of a word in hundredths of a nat.
    pub(super) fn surprise(&self, word: Word) -> i32 {
        self.surprises.get(word as usize).copied().unwrap_or(0)
    }
}

/// Hundredths of a nat, `100 ln(of / n)`, in steps of a quarter of a bit: whole numbers, so that every machine gives the same.
fn surprise(of: u32, n: u32) -> i32 {
    let ratio = u128::from(of) * 16 / u128::from(n.max(1));
    let quarters = ratio.pow(4).max(1).ilog2();
    i32::try_from(quarters).unwrap_or(0).saturating_sub(16) * 69 / 4
}

/// A name of an entry.
#[derive(Debug)]
pub(super) struct NameWords {
    /// Its place in [`PreparedParty::names`].
    pub at: usize,
    /// The sounds of its telling words, sorted, each once.
    pub words: Vec<Word>,
    /// A bit for each of them: names without a bit in common have no word in common.
    pub bits: u64,
    /// The sum of their surprises, hundredths of a nat.
    pub surprise: i32,
    /// Equal for names that align with others in the same way.
    pub number: u32,
}

/// A bit for each number, for a quick look whether two sets could have one in common.
fn bits(numbers: &[u32]) -> u64 {
    numbers.iter().fold(0, |sum, it| sum | 1 << (it % 64))
}

/// A date with its first and last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub first: i32,
    pub last: i32,
    pub date: PartialDate,
}

impl Span {
    fn of(date: PartialDate) -> Self {
        let (first, last) = date.day_span();
        Self { first, last, date }
    }

    /// Days between two dates; nought where they may be the same.
    pub(super) fn gap(self, other: Self) -> i32 {
        (self.first - other.last).max(other.first - self.last).max(0)
    }

    pub(super) const fn width(self) -> i32 {
        self.last - self.first
    }

    /// One day, not about one.
    pub(super) const fn exact(self) -> bool {
        self.first == self.last && !self.date.circa
    }
}

/// What is compared of an entry.
#[derive(Debug)]
pub(super) struct Profile {
    /// Lists that it stands on, with its key there: two keys on one list are two entries of it.
    pub slots: Vec<(u32, u32)>,
    /// Its lists, as a number.
    pub lists: u32,
    pub keys: Vec<Key>,
    /// A bit for each of the keys, see [`NameWords::bits`].
    pub key_bits: u64,
    /// Of the keys, the UN's references, and the numbers of which a subject has one.
    pub references: Vec<String>,
    pub exclusive: Vec<String>,
    pub schema: Schema,
    pub names: Vec<NameWords>,
    /// All words of its names, sorted, each once.
    pub words: Vec<Word>,
    pub dates: Vec<Span>,
    pub founded: Vec<Span>,
    pub genders: Vec<Gender>,
    /// Words of places of birth, of addresses, of all other texts; sorted, each once, without those of the names.
    pub places: Vec<Word>,
    pub addresses: Vec<Word>,
    pub texts: Vec<Word>,
    /// Stands on the list of the publisher who gives the references.
    pub issues: bool,
    /// Regimes that it is listed under.
    pub regimes: BTreeSet<&'static str>,
    /// Days of listing.
    pub listed: Vec<i32>,
}

/// Among as many entries at least a word of a name is rare or common: about what the official lists have together.
const LEAST_TOTAL: u32 = 20_000;

/// Profiles of all entries, with the words of their names and of their other texts.
pub(super) struct Profiles {
    pub all: Vec<Profile>,
    pub names: Words,
    pub texts: Words,
}

/// Cost: linear in the text of the entries.
pub(super) fn profiles(entities: &[&Entity], prepared: &[&PreparedParty]) -> Profiles {
    let total = u32::try_from(entities.len()).unwrap_or(u32::MAX);
    // A rare name is rare, however few lists are loaded; what words of remarks are common, few entries cannot tell.
    let mut names = Words {
        total: total.max(LEAST_TOTAL),
        ..Words::default()
    };
    let mut texts = Words {
        total,
        ..Words::default()
    };
    let mut numbers = Numbers::default();
    let mut all: Vec<Profile> = entities
        .iter()
        .zip(prepared)
        .map(|(entity, party)| profile(entity, party, &mut names, &mut texts, &mut numbers))
        .collect();
    names.counted();
    texts.counted();
    for it in all.iter_mut().flat_map(|it| &mut it.names) {
        it.surprise = it.words.iter().map(|it| names.surprise(*it)).sum();
    }
    Profiles { all, names, texts }
}

/// Numbers for what is compared for equality only.
#[derive(Default)]
struct Numbers {
    slots: Words,
    keys: HashMap<Key, u32>,
    names: HashMap<NameKey, u32>,
}

/// All that an alignment looks at.
type NameKey = (bool, bool, Vec<(Role, Script, u32, Box<str>, Box<str>)>);

impl Numbers {
    fn key(&mut self, key: &Key) -> u32 {
        let next = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        *self.keys.entry(key.clone()).or_insert(next)
    }

    fn name(&mut self, name: &Name) -> u32 {
        let part = |it: &crate::names::Part| (it.role, it.script, it.weight, it.folded.clone(), it.sound.clone());
        let key = (name.person, name.nasab, name.parts.iter().map(part).collect());
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.names.entry(key).or_insert(next)
    }
}

fn profile(
    entity: &Entity,
    prepared: &PreparedParty,
    names: &mut Words,
    texts: &mut Words,
    numbers: &mut Numbers,
) -> Profile {
    let party = &entity.party;
    let mut own: Vec<NameWords> = Vec::new();
    for (at, it) in prepared.names.iter().enumerate().filter(|it| it.1.own) {
        let mut words: Vec<Word> = it
            .name
            .parts
            .iter()
            .filter(|it| it.role.tells())
            .map(|it| names.number(&it.sound))
            .collect();
        sort(&mut words);
        own.push(NameWords {
            at,
            bits: bits(&words),
            words,
            surprise: 0,
            number: numbers.name(&it.name),
        });
    }
    let mut words: Vec<Word> = own.iter().flat_map(|it| it.words.iter().copied()).collect();
    sort(&mut words);
    names.count(&words);
    // Who is named in the remarks by his own names tells nothing beyond the names.
    let mut of_names: Vec<&str> = prepared
        .names
        .iter()
        .flat_map(|it| it.name.parts.iter().map(|it| &*it.folded))
        .collect();
    of_names.sort_unstable();
    let mut bag = |sources: &mut dyn Iterator<Item = &str>| {
        let mut out = Vec::new();
        for source in sources {
            words_of(source, &mut |word| {
                if of_names.binary_search(&word).is_err() {
                    out.push(texts.number(word));
                }
            });
        }
        sort(&mut out);
        out
    };
    let places = bag(&mut party.birth_places.iter().map(|it| it.value.as_str()));
    let addresses = bag(&mut party.addresses.iter().map(|it| it.value.full.as_str()));
    let notes = bag(&mut party
        .positions
        .iter()
        .chain(&entity.notes)
        .map(|it| it.value.as_str())
        .chain(entity.relations.iter().map(|it| it.value.other.text())));
    let mut seen: Vec<Word> = places.iter().chain(&addresses).chain(&notes).copied().collect();
    sort(&mut seen);
    texts.count(&seen);
    let mut slots: Vec<(String, String)> = Vec::new();
    for it in &entity.listings {
        let slot = (keys::space(&it.authority, &it.list), it.reference.clone());
        if !slots.contains(&slot) {
            slots.push(slot);
        }
    }
    if slots.is_empty() {
        let origin = party.names.first().map(|it| &it.origin);
        slots.push((
            origin.map_or_else(String::new, |it| it.source.to_string()),
            origin.map_or_else(|| entity.id.clone(), |it| it.record.to_string()),
        ));
    }
    let mut listed: Vec<i32> = entity
        .listings
        .iter()
        .filter_map(|it| it.since)
        .filter(|it| it.from.day().is_some())
        .map(|it| it.day_span().0)
        .collect();
    listed.sort_unstable();
    listed.dedup();
    let keys = keys::keys(entity);
    let references = keys
        .iter()
        .filter_map(|it| match it {
            Key::Reference(it) if !it.contains(' ') => Some(it.clone()),
            _ => None,
        })
        .collect();
    let kinds: &[&str] = if party.schema == Schema::Vessel {
        &["IMO ", "LEI ", "ISIN "]
    } else {
        &["LEI ", "ISIN "]
    };
    let exclusive = keys
        .iter()
        .filter_map(|it| match it {
            Key::Identifier(it) if kinds.iter().any(|kind| it.starts_with(kind)) => Some(it.clone()),
            _ => None,
        })
        .collect();
    let lists: Vec<&str> = slots.iter().map(|it| it.0.as_str()).collect();
    let lists = texts.number(&lists.join("\n"));
    let slots = slots
        .iter()
        .map(|it| (numbers.slots.number(&it.0), numbers.slots.number(&it.1)))
        .collect();
    let key_numbers: Vec<u32> = keys.iter().map(|it| numbers.key(it)).collect();
    Profile {
        slots,
        lists,
        key_bits: bits(&key_numbers),
        keys,
        references,
        issues: entity.listings.iter().any(|it| it.authority == Authority::UnSc),
        exclusive,
        schema: party.schema,
        names: own,
        words,
        dates: party.birth_dates.iter().map(|it| Span::of(it.value)).collect(),
        founded: party.founded.iter().map(|it| Span::of(it.value)).collect(),
        genders: prepared.genders.clone(),
        places,
        addresses,
        texts: notes,
        regimes: entity
            .listings
            .iter()
            .flat_map(|it| it.programmes.iter())
            .flat_map(|it| regimes(it))
            .collect(),
        listed,
    }
}

fn sort(words: &mut Vec<Word>) {
    words.sort_unstable();
    words.dedup();
}

/// Calls with every word of four letters or more, folded. Words with digits are numbers of laws, entries and streets: what of them
/// tells a subject stands among its identifiers.
fn words_of(source: &str, call: &mut dyn FnMut(&str)) {
    let mut lower = String::new();
    for word in source.split(|it: char| !it.is_alphanumeric()) {
        if word.len() < 4 || word.bytes().any(|it| it.is_ascii_digit()) {
            continue;
        }
        if word.is_ascii() {
            lower.clear();
            lower.extend(word.chars().map(|it| it.to_ascii_lowercase()));
            call(&lower);
        } else {
            text::tokens(word).iter().for_each(|it| call(&it.folded));
        }
    }
}

/// Regimes under which lists of many causes stand; to be on two such says less.
pub(super) const BROAD: [&str; 3] = ["terror", "proliferation", "human rights"];

/// What a regime is part of.
const WITHIN: &[(&str, &str)] = &[
    ("al-qaida", "terror"),
    ("taliban", "terror"),
    ("north korea", "proliferation"),
    ("iran", "proliferation"),
];

/// The country of a regime that is one of a country.
pub(super) fn country_of(regime: &str) -> Option<Country> {
    let code = match regime {
        "north korea" => "kp",
        "congo" => "cd",
        "central africa" => "cf",
        "burma" => "mm",
        "taliban" => "af",
        "ukraine" => "ru",
        it => it,
    };
    Country::parse(code)
}

/// What a programme is about, over the words of all publishers: word in the programme's name -> regime.
const REGIMES: &[(&str, &str)] = &[
    ("al-qaida", "al-qaida"),
    ("taqa", "al-qaida"),
    ("isil", "al-qaida"),
    ("1267", "al-qaida"),
    ("sdgt", "terror"),
    ("terr", "terror"),
    ("taliban", "taliban"),
    ("afg", "taliban"),
    ("1988", "taliban"),
    ("dprk", "north korea"),
    ("prk", "north korea"),
    ("korea", "north korea"),
    ("iran", "iran"),
    ("irn", "iran"),
    ("ifsr", "iran"),
    ("irgc", "iran"),
    ("npwmd", "proliferation"),
    ("iraq", "iraq"),
    ("irq", "iraq"),
    ("congo", "congo"),
    ("drc", "congo"),
    ("cod", "congo"),
    ("libya", "libya"),
    ("lby", "libya"),
    ("somalia", "somalia"),
    ("som", "somalia"),
    ("central african", "central africa"),
    ("caf", "central africa"),
    ("car", "central africa"),
    ("haiti", "haiti"),
    ("hti", "haiti"),
    ("yemen", "yemen"),
    ("yem", "yemen"),
    ("bissau", "guinea-bissau"),
    ("gnb", "guinea-bissau"),
    ("gb", "guinea-bissau"),
    ("guinea", "guinea"),
    ("gin", "guinea"),
    ("south sudan", "south sudan"),
    ("southsudan", "south sudan"),
    ("ssd", "south sudan"),
    ("sudan", "sudan"),
    ("darfur", "sudan"),
    ("sdn", "sudan"),
    ("mali", "mali"),
    ("mli", "mali"),
    ("lbn", "lebanon"),
    ("syr", "syria"),
    ("syria", "syria"),
    ("drcongo", "congo"),
    ("democratic republic of the congo", "congo"),
    ("afghan", "taliban"),
    ("lebanon", "lebanon"),
    ("belarus", "belarus"),
    ("blr", "belarus"),
    ("zimbabwe", "zimbabwe"),
    ("zwe", "zimbabwe"),
    ("ukrain", "ukraine"),
    ("ukr", "ukraine"),
    ("russia", "ukraine"),
    ("burma", "burma"),
    ("myanmar", "burma"),
    ("mmr", "burma"),
    ("venezuela", "venezuela"),
    ("ven", "venezuela"),
    ("burundi", "burundi"),
    ("bdi", "burundi"),
    ("nicaragua", "nicaragua"),
    ("nic", "nicaragua"),
    ("cyb", "cyber"),
    ("chem", "chemical weapons"),
    ("glomag", "human rights"),
    ("human rights", "human rights"),
    ("humr", "human rights"),
    ("egypt", "egypt"),
    ("egy", "egypt"),
    ("tunisia", "tunisia"),
    ("tun", "tunisia"),
    ("balkans", "balkans"),
    ("bosnia", "balkans"),
    ("serbia", "balkans"),
];

/// The regimes of a programme. A short word has to begin one of the programme's words.
fn regimes(programme: &str) -> Vec<&'static str> {
    let lower = programme.to_lowercase();
    let words: Vec<&str> = lower
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .collect();
    let mut out: Vec<&'static str> = REGIMES
        .iter()
        .filter(|(word, _)| {
            if word.len() <= 3 {
                words.iter().any(|it| it == word)
            } else if word.contains([' ', '-']) {
                lower.contains(word)
            } else {
                words.iter().any(|it| it.starts_with(word))
            }
        })
        .map(|it| it.1)
        .collect();
    let broader: Vec<&str> = WITHIN.iter().filter(|it| out.contains(&it.0)).map(|it| it.1).collect();
    out.extend(broader);
    out
}
