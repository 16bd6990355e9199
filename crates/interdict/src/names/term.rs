//! Two words, or runs of words written together -> how alike they are.

use super::Name;
use crate::text;

/// The longest run of parts that is compared as one word: `Abd al-Rahman` has three.
pub const MAX_RUN: usize = 3;

/// A word, or a run of neighbouring words without the space between them, in comparable form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Folded letters.
    pub folded: String,
    /// The sounds of its parts.
    pub sound: String,
    /// The first part of the name that it covers.
    pub from: usize,
    /// The part behind the last one that it covers.
    pub to: usize,
    /// Written in a script without vowels.
    pub vowelless: bool,
}

impl Name {
    /// All terms of the name: its parts, its runs of two and three parts, and all of it. Both sides of a comparison, and the index,
    /// take their terms from here.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let n = self.parts.len();
        let mut out = Vec::with_capacity(n * MAX_RUN);
        for from in 0..n {
            for to in from + 1..=(from + MAX_RUN).min(n) {
                out.push(self.term(from, to));
            }
        }
        if n > MAX_RUN {
            out.push(self.term(0, n));
        }
        out
    }

    /// The term that covers the parts `from..to`.
    #[must_use]
    pub fn term(&self, from: usize, to: usize) -> Term {
        let parts = self.parts.get(from..to).unwrap_or_default();
        let mut folded = String::new();
        let mut sound = String::new();
        for it in parts {
            folded.push_str(&it.folded);
            // A doubled letter sounds once, at a seam, too.
            let same = sound.chars().last().is_some_and(|last| it.sound.starts_with(last));
            sound.push_str(it.sound.get(usize::from(same)..).unwrap_or(""));
        }
        Term {
            folded,
            sound,
            from,
            to,
            vowelless: parts.iter().any(|it| it.script.vowelless()),
        }
    }
}

/// In what two terms agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// Letter by letter.
    Exact,
    /// In sound: another romanisation.
    Sound,
    /// But for a few letters.
    Edits,
    /// In their consonants; one of them is of a script without vowels.
    Consonants,
    /// One is the initial of the other.
    Initial,
}

impl How {
    /// A few words for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "same letters",
            Self::Sound => "same sound",
            Self::Edits => "few letters differ",
            Self::Consonants => "same consonants",
            Self::Initial => "initial",
        }
    }
}

/// How alike two terms are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// Thousandths, `1..=1000`.
    pub likeness: u32,
    /// In what they agree.
    pub how: How,
}

/// Points of one half edit, see [`text::distance`].
const HALF_EDIT: u32 = 10;
/// Points that agreement in sound only costs over agreement in letters.
const OTHER_LETTERS: u32 = 4;
/// How much a point takes from the likeness of a word of one letter, in thousandths; of a word of n letters, an n-th of it. A full
/// edit leaves 0.60 of a word of four letters, 0.80 of one of eight.
const POINT: u32 = 80;

/// The most half edits that two single words may be apart, by the length of the shorter one. A word of up to two letters has to
/// agree; from nine letters on, two full edits are still more likely an accident of typing than another name.
const fn limit(length: usize, run: bool) -> u32 {
    match (length, run) {
        (0..=2, _) => 0,
        (3, false) => 1,
        (4..=5, false) => 2,
        (6..=8, false) => 3,
        (_, false) => 4,
        // Runs of words are many: they have to come closer.
        (3..=6, true) => 0,
        (7..=9, true) => 2,
        (_, true) => 3,
    }
}

/// How many full edits apart [`like`] still finds two terms alike when the shorter is of this length, and one of them a run of
/// words. The index looks this far. It grows with the length, and is less for a run.
#[must_use]
pub const fn reach(length: usize, run: bool) -> u32 {
    limit(length, run) / 2
}

/// How many edits of any cost apart [`like`] still finds two terms alike when one is of this length, and one of them a run of words.
/// Each costs half an edit or more.
#[must_use]
pub const fn most_edits(length: usize, run: bool) -> u32 {
    limit(length, run)
}

/// Whether, and how much, two terms are alike. Symmetric.
#[must_use]
pub fn like(a: &Term, b: &Term) -> Option<Likeness> {
    let run = a.to - a.from > 1 || b.to - b.from > 1;
    let found = |likeness, how| Some(Likeness { likeness, how });
    if a.folded == b.folded {
        return found(1000, How::Exact);
    }
    if a.vowelless != b.vowelless {
        return consonants(a, b).then_some(Likeness {
            likeness: 850,
            how: How::Consonants,
        });
    }
    let length = a.folded.len().min(b.folded.len());
    let limit = limit(length, run);
    let letters = text::distance(&a.folded, &b.folded, limit).map(|it| it * HALF_EDIT);
    let short = a.sound.len().min(b.sound.len());
    let sounds = if a.sound == b.sound && length > 2 {
        Some(OTHER_LETTERS)
    } else if a.vowelless {
        None
    } else {
        text::distance(&a.sound, &b.sound, limit.min(self::limit(short, run)))
            .filter(|_| limit > 0)
            .map(|it| it * HALF_EDIT + OTHER_LETTERS)
    };
    let (points, how) = match (letters, sounds) {
        (Some(letters), Some(sounds)) if sounds < letters => (
            sounds,
            if sounds == OTHER_LETTERS {
                How::Sound
            } else {
                How::Edits
            },
        ),
        (Some(letters), _) => (letters, How::Edits),
        (None, Some(sounds)) => (
            sounds,
            if sounds == OTHER_LETTERS {
                How::Sound
            } else {
                How::Edits
            },
        ),
        (None, None) => return None,
    };
    let lost = points * POINT / u32::try_from(length).unwrap_or(1).max(1);
    (lost < 1000).then(|| Likeness {
        likeness: 1000 - lost,
        how,
    })
}

/// Agreement of the consonant skeletons; two consonants are the least that says anything.
fn consonants(a: &Term, b: &Term) -> bool {
    let (a, b) = (text::skeleton(&a.folded), text::skeleton(&b.folded));
    a.len() >= 2 && a == b
}
