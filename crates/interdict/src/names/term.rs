//! Two words, or runs of words written together -> how alike they are.

use super::Name;
use crate::text::{self, Counts, Script};

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
    /// What tells most other terms apart from it.
    pub shape: Shape,
}

/// The letters of both spellings of a term, counted, and their number: enough to tell most terms apart without looking at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// Of a run of words only the sets of letters are known, see [`Counts::or`].
    letters: Counts,
    sounds: Counts,
    length: u8,
    sound_length: u8,
    /// Seams between parts: at each one doubled letter, or an article's l, may be gone from the sound.
    seams: u8,
    /// Written in a script without vowels.
    vowelless: bool,
    /// The consonant skeletons of the parts, one behind the other, as a polynomial modulo 2^64; and their length.
    skeleton: u64,
    skeleton_length: u8,
    /// Read off characters that are syllables (Han, Hangul): each stands for many names already, so that it has to agree.
    syllabic: bool,
}

/// The base of the polynomial: any odd number with its bits spread.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Shape {
    /// The shape of one word.
    #[must_use]
    pub fn of_word(folded: &str, sound: &str, script: Script) -> Self {
        let length = |word: &str| u8::try_from(word.len()).unwrap_or(u8::MAX);
        let skeleton = text::skeleton(folded);
        Self {
            letters: Counts::of(folded),
            sounds: Counts::of(sound),
            length: length(folded),
            sound_length: length(sound),
            seams: 0,
            vowelless: script.vowelless(),
            syllabic: script.by_character(),
            skeleton: skeleton
                .bytes()
                .fold(0, |sum: u64, it| sum.wrapping_mul(BASE).wrapping_add(u64::from(it))),
            skeleton_length: length(&skeleton),
        }
    }

    /// The shape of a run of words.
    fn join(self, next: Self) -> Self {
        Self {
            letters: self.letters.or(next.letters),
            sounds: self.sounds.or(next.sounds),
            length: self.length.saturating_add(next.length),
            sound_length: self.sound_length.saturating_add(next.sound_length),
            seams: self.seams.saturating_add(next.seams).saturating_add(1),
            vowelless: self.vowelless || next.vowelless,
            skeleton: self
                .skeleton
                .wrapping_mul(BASE.wrapping_pow(u32::from(next.skeleton_length)))
                .wrapping_add(next.skeleton),
            skeleton_length: self.skeleton_length.saturating_add(next.skeleton_length),
            syllabic: self.syllabic || next.syllabic,
        }
    }

    /// All that the shape holds, as bytes behind others.
    pub fn write(self, out: &mut Vec<u8>) {
        for it in [self.letters, self.sounds] {
            let (letters, classes) = it.bits();
            out.extend_from_slice(&letters.to_le_bytes());
            out.extend_from_slice(&classes.to_le_bytes());
        }
        out.extend_from_slice(&self.skeleton.to_le_bytes());
        out.extend_from_slice(&[
            self.length,
            self.sound_length,
            self.seams,
            self.skeleton_length,
            u8::from(self.vowelless) * 2 + u8::from(self.syllabic),
        ]);
    }

    /// Written in a script without vowels.
    #[must_use]
    pub const fn vowelless(self) -> bool {
        self.vowelless
    }

    /// The number that stands for the consonant skeleton; `None` for less than two consonants, which say nothing.
    #[must_use]
    pub fn skeleton(self) -> Option<u64> {
        (self.skeleton_length >= 2).then_some(self.skeleton)
    }

    /// Whether the letters of terms of these shapes could lie within a distance.
    fn letters_near(self, other: Self, distance: u32) -> bool {
        let edits = distance / text::SLIP;
        u32::from(self.length.abs_diff(other.length)) <= edits
            && if self.seams == 0 && other.seams == 0 {
                self.letters.could(other.letters, distance)
            } else {
                self.letters.sets_differ(other.letters) <= 2 * edits
            }
    }

    /// The same for their sounds.
    fn sounds_near(self, other: Self, distance: u32) -> bool {
        let edits = distance / text::SLIP;
        let seams = u32::from(self.seams.max(other.seams));
        u32::from(self.sound_length.abs_diff(other.sound_length)) <= edits + 2 * seams
            && if seams == 0 {
                self.sounds.could(other.sounds, distance)
            } else {
                self.sounds.sets_differ(other.sounds) <= 2 * edits + seams
            }
    }

    /// Whether terms of these shapes could be of the same letters or the same sounds.
    #[must_use]
    pub fn could_be_same(self, other: Self) -> bool {
        (self.letters.sets_differ(other.letters) == 0 && self.length == other.length)
            || self.sounds.sets_differ(other.sounds) <= u32::from(self.seams) + u32::from(other.seams)
    }

    /// Whether terms of these shapes could be alike; `run` when one of them is of several words. An edit adds or drops one letter,
    /// or exchanges one for another: it changes the length by at most one and the set of letters by at most two.
    #[must_use]
    pub fn could(self, other: Self, run: bool) -> bool {
        if self.vowelless != other.vowelless {
            return self.skeleton().is_some() && self.skeleton() == other.skeleton();
        }
        let most = limit(usize::from(self.length.min(other.length)), run);
        self.letters_near(other, most) || self.sounds_near(other, most)
    }
}

impl Name {
    /// The shape of the run of parts `from..to`, which may not be empty.
    #[must_use]
    pub fn shape(&self, from: usize, to: usize) -> Shape {
        let mut parts = self.parts.get(from..to).unwrap_or_default().iter().map(|it| it.shape);
        match parts.next() {
            Some(first) => parts.fold(first, Shape::join),
            None => Shape::of_word("", "", Script::Latin),
        }
    }

    /// The runs of parts that are compared as one word: each part, runs of two and three, and all of the name.
    pub fn runs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        Self::runs_of(self.parts.len())
    }

    /// The same for a name of so many parts.
    pub fn runs_of(n: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        (0..n)
            .flat_map(move |from| (from + 1..=(from + MAX_RUN).min(n)).map(move |to| (from, to)))
            .chain((n > MAX_RUN).then_some((0, n)))
    }

    /// All terms of the name: its parts, its runs of two and three parts, and all of it. Both sides of a comparison, and the index,
    /// take their terms from here.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        self.runs().map(|(from, to)| self.term(from, to)).collect()
    }

    /// The term that covers the parts `from..to`.
    #[must_use]
    pub fn term(&self, from: usize, to: usize) -> Term {
        let parts = self.parts.get(from..to).unwrap_or_default();
        let mut folded = String::with_capacity(parts.iter().map(|it| it.folded.len()).sum());
        let mut sound = String::with_capacity(parts.iter().map(|it| it.sound.len()).sum());
        for (at, it) in parts.iter().enumerate() {
            folded.push_str(&it.folded);
            let article = at > 0
                && matches!(
                    &*parts[at - 1].folded,
                    "al" | "el" | "ul" | "abdul" | "abdel" | "abdal" | "abdol"
                );
            if article && it.sound.bytes().next().is_some_and(text::sun) && sound.ends_with('l') {
                sound.pop();
            }
            // A doubled letter sounds once, at a seam, too.
            let same = sound.chars().last().is_some_and(|last| it.sound.starts_with(last));
            sound.push_str(it.sound.get(usize::from(same)..).unwrap_or(""));
        }
        Term {
            folded,
            sound,
            from,
            to,
            shape: self.shape(from, to),
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

/// Points of a fifth of an edit, see [`text::distance`].
const FIFTH: u32 = 4;
/// Points that agreement in sound only costs over agreement in letters.
const OTHER_LETTERS: u32 = 4;
/// How much a point takes from the likeness of a word of one letter, in thousandths; of a word of n letters, an n-th of it. A full
/// edit leaves 0.65 of a word of four letters, 0.83 of one of eight.
const POINT: u32 = 70;

/// The most fifths of an edit that two terms may be apart, by the length of the shorter one. A word of up to two letters has to
/// agree, one of three may differ by a slip, one of four or five by an edit; from nine letters on, two full edits are still more
/// likely an accident of typing than another name. Runs of words are many: they have to come closer. It grows with the length, and is
/// less for a run: the index relies on that.
#[must_use]
pub const fn limit(length: usize, run: bool) -> u32 {
    match (length, run) {
        (0..=2, _) | (3..=6, true) => 0,
        (3, false) => text::SLIP,
        (4..=5, false) | (_, true) => text::FULL,
        (6..=8, false) => text::FULL + text::SLIP,
        (_, false) => 2 * text::FULL,
    }
}

/// What of a term is compared.
#[derive(Clone, Copy, Debug)]
pub struct Spelling<'a> {
    /// Folded letters.
    pub folded: &'a str,
    /// The sounds of its parts.
    pub sound: &'a str,
    /// Of several parts.
    pub run: bool,
    /// What tells most other terms apart from it.
    pub shape: &'a Shape,
}

impl Term {
    /// What of it is compared.
    #[must_use]
    pub fn spelling(&self) -> Spelling<'_> {
        Spelling {
            folded: &self.folded,
            sound: &self.sound,
            run: self.to - self.from > 1,
            shape: &self.shape,
        }
    }
}

/// Whether, and how much, two terms are alike. Symmetric.
#[must_use]
pub fn like(a: Spelling<'_>, b: Spelling<'_>) -> Option<Likeness> {
    let run = a.run || b.run;
    let found = |likeness, how| Some(Likeness { likeness, how });
    if a.folded == b.folded {
        return found(1000, How::Exact);
    }
    if a.shape.vowelless != b.shape.vowelless {
        return a.shape.could(*b.shape, run).then_some(Likeness {
            likeness: 850,
            how: How::Consonants,
        });
    }
    let length = a.folded.len().min(b.folded.len());
    let limit = if a.shape.syllabic || b.shape.syllabic {
        limit(length, true)
    } else {
        limit(length, run)
    };
    let letters = if a.shape.letters_near(*b.shape, limit) {
        text::distance(a.folded, b.folded, limit)
    } else {
        None
    };
    let letters = letters.map(|it| it * FIFTH);
    let short = a.sound.len().min(b.sound.len());
    let sounds = if a.sound == b.sound && length > 2 {
        Some(OTHER_LETTERS)
    } else if a.shape.vowelless || !a.shape.sounds_near(*b.shape, limit) {
        None
    } else {
        text::distance(a.sound, b.sound, limit.min(self::limit(short, run)))
            .filter(|_| limit > 0)
            .map(|it| it * FIFTH + OTHER_LETTERS)
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
