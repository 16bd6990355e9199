//! Word -> the role that it has in names whoever bears them: title, particle, legal form, vessel prefix.

use std::sync::LazyLock;

use crate::text::Table;

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
    pub(super) const VESSEL: Self = Self(32);
    pub(super) const NUMBER: Self = Self(64);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

static WORDS: LazyLock<Table<&'static str, Lists>> = LazyLock::new(|| {
    let mut out: Table<&'static str, Lists> = Table::default();
    for line in TABLE.lines().filter(|it| !it.starts_with('#')) {
        let Some((role, words)) = line.split_once('\t') else {
            continue;
        };
        let bit = match role {
            "title" => Lists::TITLE,
            "particle" => Lists::PARTICLE,
            "nasab" => Lists::NASAB,
            "kunya" => Lists::KUNYA,
            "vessel" => Lists::VESSEL,
            _ => Lists::NUMBER,
        };
        for word in words.split(' ') {
            out.entry(word).or_default().0 |= bit.0;
        }
    }
    out
});

const FORM_TABLE: &str = include_str!("../../data/forms.tsv");

struct Forms {
    /// Spelling, its words separated by blanks -> class.
    classes: Table<&'static str, &'static str>,
    /// First word of a spelling -> the most words that a spelling which begins so has.
    begin: Table<&'static str, usize>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let mut out = Forms {
        classes: Table::default(),
        begin: Table::default(),
    };
    for line in FORM_TABLE.lines().filter(|it| !it.starts_with('#')) {
        let Some((class, spellings)) = line.split_once('\t') else {
            continue;
        };
        for spelling in spellings.split('|') {
            out.classes.entry(spelling).or_insert(class);
            let words = spelling.split(' ').count();
            let longest = out.begin.entry(spelling.split(' ').next().unwrap_or("")).or_insert(0);
            *longest = words.max(*longest);
        }
    }
    out
});

/// The longest legal form that starts here: its class and how many words it takes.
pub(super) fn form<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<(&'static str, usize)> {
    let first = words.next()?;
    let longest = *FORMS.begin.get(first)?;
    let class = |spelling: &str| FORMS.classes.get(spelling).copied();
    let mut found = class(first).map(|it| (it, 1));
    if longest > 1 {
        let mut spelling = first.to_owned();
        for (at, word) in words.take(longest - 1).enumerate() {
            spelling.push(' ');
            spelling.push_str(word);
            found = class(&spelling).map(|it| (it, at + 2)).or(found);
        }
    }
    found
}

/// The value of an English number word: `44` for `forty`, `four`; ordinals count as numbers. And how many words it takes.
pub(super) fn number<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<(u32, usize)> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const ORDINALS: [&str; 20] = [
        "zeroth",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
    ];
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    const TENTHS: [&str; 8] = [
        "twentieth",
        "thirtieth",
        "fortieth",
        "fiftieth",
        "sixtieth",
        "seventieth",
        "eightieth",
        "ninetieth",
    ];
    let at = |list: &[&str], word: &str| {
        list.iter()
            .position(|it| *it == word)
            .and_then(|it| u32::try_from(it).ok())
    };
    let first = words.next()?;
    // Fourty is how many write it.
    let first = if first == "fourty" { "forty" } else { first };
    if let Some(it) = at(&ONES, first).or_else(|| at(&ORDINALS, first)) {
        return Some((it, 1));
    }
    if let Some(it) = at(&TENTHS, first) {
        return Some(((it + 2) * 10, 1));
    }
    let tens = (at(&TENS, first)? + 2) * 10;
    match words
        .next()
        .and_then(|it| at(&ONES[..10], it).or_else(|| at(&ORDINALS[..10], it)))
    {
        Some(ones) if ones > 0 => Some((tens + ones, 2)),
        _ => Some((tens, 1)),
    }
}

/// The value of a Roman numeral up to 39, as companies and ships are numbered.
pub(super) fn roman(word: &str) -> Option<u32> {
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let tens = word.bytes().take_while(|it| *it == b'x').count();
    if tens > 3 || word.len() < 2 && word != "v" && word != "x" {
        return None;
    }
    // A numeral of nine keeps its x.
    let (tens, rest) = match UNITS.iter().position(|it| *it == &word[tens..]) {
        Some(ones) => (tens, ones),
        None => return None,
    };
    u32::try_from(tens * 10 + rest).ok().filter(|it| *it > 0)
}

/// The lists that a folded word stands in.
pub(super) fn lists(word: &str) -> Lists {
    WORDS.get(word).copied().unwrap_or_default()
}

struct Frequency {
    person: Table<&'static str, u32>,
    organisation: Table<&'static str, u32>,
}

static SURPRISE: LazyLock<Frequency> = LazyLock::new(|| {
    let mut out = Frequency {
        person: Table::default(),
        organisation: Table::default(),
    };
    for line in FREQUENCY.lines().filter(|it| !it.starts_with('#')) {
        let mut fields = line.split('\t');
        if let (Some(kind), Some(sound), Some(Ok(value))) =
            (fields.next(), fields.next(), fields.next().map(str::parse))
        {
            let table = if kind == "p" {
                &mut out.person
            } else {
                &mut out.organisation
            };
            table.insert(sound, value);
        }
    }
    out
});

/// How surprising a word is in a name, in hundredths of a nat, `0..=RAREST`: -100 ln of the share of names that hold its sound.
/// A word of unknown use is as surprising as in the population where it is commoner.
pub(super) fn surprise(sound: &str, person: bool, organisation: bool) -> u32 {
    let at = |table: &Table<&'static str, u32>, used: bool| {
        if used {
            table.get(sound).copied().unwrap_or(RAREST)
        } else {
            RAREST
        }
    };
    at(&SURPRISE.person, person)
        .min(at(&SURPRISE.organisation, organisation))
        .min(RAREST)
}

/// The surprise of a word that no statistics know, in hundredths of a nat: one name in 60,000, the rarest that they can tell.
pub(super) const RAREST: u32 = 1_100;
