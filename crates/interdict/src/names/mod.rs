//! String -> name with roles of its parts; two names -> alignment.

mod align;
mod lexicon;
mod term;

pub use align::{Alignment, INITIAL_LIKENESS, Met, Open, Pair, abbreviable, align, least_share, similarity};
pub use term::{How, Likeness, Shape, Spelling, Term, like, limit};

/// The most that a part can weigh, hundredths of a nat.
pub const HEAVIEST: u32 = lexicon::RAREST;

use crate::entity::Schema;
use crate::text::{self, Script, Tricks};

/// What a part of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A given name, a surname, the words of an organisation's name: what tells bearers apart.
    Word,
    /// The father's name behind `bin`, `ibn`, `ould` and the like.
    Patronymic,
    /// A single letter that stands for a word.
    Initial,
    /// An honorific, rank or office.
    Title,
    /// `al`, `van`, `bin`, `de`: belongs to another word.
    Particle,
    /// The legal form of a company.
    Form,
    /// A number: Plant No. 5 is not Plant No. 8.
    Number,
    /// `MV`, `MT` before a ship's name.
    Prefix,
}

impl Role {
    /// A lower-case word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Patronymic => "father's name",
            Self::Initial => "initial",
            Self::Title => "title",
            Self::Particle => "particle",
            Self::Form => "legal form",
            Self::Number => "number",
            Self::Prefix => "vessel prefix",
        }
    }

    /// Whether the part tells bearers apart.
    #[must_use]
    pub const fn tells(self) -> bool {
        matches!(self, Self::Word | Self::Patronymic | Self::Number)
    }
}

/// One part of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Lower-case ASCII.
    pub folded: Box<str>,
    /// The sound of it, see [`text::sound`].
    pub sound: Box<str>,
    /// The script that it was written in.
    pub script: Script,
    /// What it is.
    pub role: Role,
    /// How much it says, in hundredths of a nat, `20..=1100`: its surprise, or the fixed weight of its role.
    pub weight: u32,
    /// Byte offsets in the name's text, half-open.
    pub start: u32,
    /// See `start`.
    pub end: u32,
    /// What had to be undone to read it.
    pub tricks: Tricks,
    /// What tells most other words apart from it.
    pub shape: Shape,
}

/// A name in comparable form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The parts, in reading order.
    pub parts: Vec<Part>,
    /// The sum of the weights of the parts, hundredths of a nat.
    pub weight: u32,
    /// A father's name is marked by a particle.
    pub nasab: bool,
    /// Read as the name of a person, since its bearer is one or may be one.
    pub person: bool,
}

/// Weights of the roles that frequency does not measure, in hundredths of a nat. They are small and never nothing: a title that
/// agrees says little, one that is missing costs little.
const TITLE: u32 = 60;
const PARTICLE: u32 = 40;
const FORM: u32 = 60;
const PREFIX: u32 = 30;
/// A letter of 26, somewhat unevenly used.
const INITIAL: u32 = 250;
/// A number tells plants, branches and regiments apart: as much as a common surname.
const NUMBER: u32 = 450;
/// The least that a word says: even the commonest word of a company's name is not noise.
const LEAST: u32 = 150;

impl Name {
    /// Reads a name of a party of the given kind.
    #[must_use]
    pub fn read(source: &str, schema: Schema) -> Self {
        Self::of_tokens(text::tokens(source), schema)
    }

    /// The same from the words of the name.
    #[must_use]
    pub fn of_tokens(mut tokens: Vec<text::Token>, schema: Schema) -> Self {
        let person = matches!(schema, Schema::Person | Schema::LegalEntity | Schema::Thing);
        let organisation = !matches!(schema, Schema::Person | Schema::Vessel | Schema::Airplane);
        if person {
            split_initials(&mut tokens);
        }
        let n = tokens.len();
        let listed: Vec<lexicon::Lists> = tokens.iter().map(|it| lexicon::lists(&it.folded)).collect();
        let form_at = |at: usize| {
            let words = tokens.get(at..).unwrap_or_default();
            let found = lexicon::form(words.iter().map(|it| it.folded.as_str()))?;
            // A word of a script without spaces or vowels is no abbreviation.
            words
                .iter()
                .take(found.1)
                .all(|it| !it.script.by_character() && !it.script.vowelless())
                .then_some(found)
        };
        // Words of no list: a title or a form needs one beside it, else it is the name itself (`Sultan`, `Prince`, `Limited`).
        let plain = |at: usize| {
            let it = listed.get(at).copied().unwrap_or_default();
            !it.has(lexicon::Lists::TITLE)
                && !it.has(lexicon::Lists::PARTICLE)
                && (!organisation || form_at(at).is_none())
        };
        let words = (0..n).filter(|it| plain(*it)).count();
        let mut parts: Vec<Part> = Vec::with_capacity(n);
        let mut nasab = false;
        let mut after_nasab = false;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let lists = listed.get(at).copied().unwrap_or_default();
            let rest = || tokens.get(at..).unwrap_or_default().iter().map(|it| it.folded.as_str());
            let mut used = 1;
            let mut folded = token.folded.clone();
            let role = if let Some((class, length)) = form_at(at).filter(|(_, length)| {
                // One or two letters between a person's names are no company's form.
                organisation
                    && words > 0
                    && (!person || schema != Schema::Thing || *length > 1 || token.dotted || at + 1 == n)
            }) {
                used = length;
                folded = class.to_owned();
                Role::Form
            } else if folded.bytes().all(|it| it.is_ascii_digit()) {
                let trimmed = folded.trim_start_matches('0');
                folded = if trimmed.is_empty() {
                    "0".to_owned()
                } else {
                    trimmed.to_owned()
                };
                Role::Number
            } else if let Some((value, length)) = lexicon::number(rest()).filter(|_| schema != Schema::Person && n > 1)
            {
                used = length;
                folded = value.to_string();
                Role::Number
            } else if let Some(value) =
                lexicon::roman(&folded).filter(|_| schema != Schema::Person && at > 0 && token.script == Script::Latin)
            {
                folded = value.to_string();
                Role::Number
            } else if matches!(schema, Schema::Vessel) && at == 0 && n > 1 && lists.has(lexicon::Lists::VESSEL) {
                Role::Prefix
            } else if person
                && lists.has(lexicon::Lists::TITLE)
                && !after_nasab
                && !token.script.by_character()
                && (words > 1 || (words == 1 && !plain(at)))
            {
                Role::Title
            } else if lists.has(lexicon::Lists::PARTICLE) && n > 1 && !token.script.by_character() {
                Role::Particle
            } else if folded.len() == 1 && token.script == Script::Latin && person {
                Role::Initial
            } else if after_nasab {
                Role::Patronymic
            } else {
                Role::Word
            };
            if role == Role::Particle && person && at > 0 && lists.has(lexicon::Lists::NASAB) {
                after_nasab = true;
                nasab = true;
            } else if matches!(role, Role::Word | Role::Patronymic) {
                after_nasab = false;
            }
            let last = tokens.get(at + used - 1).unwrap_or(token);
            let sound = text::sound(&folded);
            let weight = match role {
                Role::Word | Role::Patronymic => word_weight(token, &sound, person, organisation),
                Role::Initial => INITIAL,
                Role::Title => TITLE,
                Role::Particle => PARTICLE,
                Role::Form => FORM,
                Role::Number => NUMBER,
                Role::Prefix => PREFIX,
            };
            let shape = Shape::of_word(&folded, &sound, token.script);
            parts.push(Part {
                shape,
                folded: folded.into(),
                sound: sound.into(),
                script: token.script,
                role,
                weight,
                start: u32::try_from(token.start).unwrap_or(u32::MAX),
                end: u32::try_from(last.end).unwrap_or(u32::MAX),
                tricks: token.tricks,
            });
            at += used;
        }
        // A name of nothing but titles, particles, forms and initials is made of them: `Abu Umm`, `The Company`, `A`.
        if parts.iter().all(|it| !it.role.tells()) {
            for it in &mut parts {
                it.role = Role::Word;
                it.weight = lexicon::surprise(&it.sound, person, organisation).clamp(LEAST, 350);
            }
        }
        let weight = parts.iter().map(|it| it.weight).sum();
        Self {
            parts,
            weight,
            nasab,
            person,
        }
    }

    /// How many parts tell bearers apart.
    #[must_use]
    pub fn telling(&self) -> usize {
        self.parts.iter().filter(|it| it.role.tells()).count()
    }
}

fn word_weight(token: &text::Token, sound: &str, person: bool, organisation: bool) -> u32 {
    let surprise = lexicon::surprise(sound, person, organisation);
    let cap = if token.script.vowelless() || token.script.by_character() {
        // A consonant skeleton or a syllable says less than a spelt-out word.
        600
    } else {
        match token.folded.len() {
            0..=2 => 350,
            3 => 700,
            _ => lexicon::RAREST,
        }
    };
    surprise.clamp(LEAST, cap)
}

/// `V.V.` before a person's surname are two initials, not one word; a legal form (`d.o.o.`) stays whole.
fn split_initials(tokens: &mut Vec<text::Token>) {
    let mut at = 0;
    while at < tokens.len() {
        let it = &tokens[at];
        if it.dotted
            && it.folded.len() <= 3
            && it.folded.is_ascii()
            && lexicon::form([it.folded.as_str()].into_iter()).is_none()
            && tokens.len() > 1
        {
            let letters: Vec<text::Token> = it
                .folded
                .char_indices()
                .map(|(i, letter)| text::Token {
                    folded: letter.to_string(),
                    dotted: false,
                    joined: it.joined || i > 0,
                    ..it.clone()
                })
                .collect();
            let n = letters.len();
            tokens.splice(at..=at, letters);
            at += n;
        } else {
            at += 1;
        }
    }
}
