//! Two names -> which parts of one speak of which parts of the other.

use std::collections::BTreeMap;

use super::term::MAX_RUN;
use super::{How, Likeness, Name, Role, Shape, Term, like};

/// Parts of both names that agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The parts of the asked name, half-open.
    pub asked: (usize, usize),
    /// The parts of the listed name, half-open.
    pub listed: (usize, usize),
    /// How alike they are.
    pub like: Likeness,
}

/// An alignment of two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// The pairs, by place in the asked name.
    pub pairs: Vec<Pair>,
    /// How much of the weight of the asked name is met, in thousandths.
    pub asked_met: u32,
    /// How much of the weight of the listed name is met, in thousandths.
    pub listed_met: u32,
    /// The weight of what agrees, the mean of both sides, hundredths of a nat.
    pub weight: u32,
    /// Parts that tell bearers apart and agree.
    pub telling: usize,
    /// The names are the same but for order, case, accents and spaces.
    pub same: bool,
    /// Both names were read as those of a person, or of nobody knows whom.
    pub person: bool,
    /// See [`similarity`].
    pub similarity: u32,
}

/// Aligns two names: the most alike and weightiest pairs first, each part used once.
///
/// `worth` is asked with the most similarity (thousandths) and common weight (hundredths of a nat) that the alignment could have,
/// judged by the shapes of the parts; where it says no, the rest of the work is left undone and there is no alignment.
///
/// Cost: O(n m) comparisons of shapes for names of n and m parts, and of letters for the few that could be alike.
#[must_use]
pub fn align(asked: &Name, listed: &Name, worth: impl Fn(u32, u32) -> bool) -> Option<Alignment> {
    let (n, m) = (asked.parts.len(), listed.parts.len());
    let (mut asked_runs, mut listed_runs) = (Run::all(asked), Run::all(listed));
    let mut possible = Vec::new();
    let (mut asked_open, mut listed_open) = (vec![true; n], vec![true; m]);
    for (i, a) in asked_runs.iter().enumerate() {
        let (from, to, shape) = (a.from, a.to, a.shape);
        for (j, b) in listed_runs.iter().enumerate() {
            let (listed_from, listed_to, listed_shape) = (b.from, b.to, b.shape);
            let (long, listed_long) = (to - from > 1, listed_to - listed_from > 1);
            // Two runs have to be the same letters or sounds, or be all of both names.
            let all = to - from == n && listed_to - listed_from == m;
            if long && listed_long && !all && !shape.could_be_same(listed_shape) {
                continue;
            }
            if shape.could(listed_shape, long || listed_long) {
                possible.push((i, j));
                asked_open[from..to].fill(false);
                listed_open[listed_from..listed_to].fill(false);
            }
        }
    }
    if possible.is_empty() {
        return None;
    }
    let initials = |name: &Name| name.parts.iter().any(|it| it.role == Role::Initial);
    if !initials(asked) && !initials(listed) {
        let most = |name: &Name, open: &[bool]| {
            name.parts
                .iter()
                .zip(open)
                .filter(|it| !it.1)
                .map(|it| it.0.weight)
                .sum::<u32>()
        };
        let (asked_most, listed_most) = (most(asked, &asked_open), most(listed, &listed_open));
        let share = |most: u32, of: u32| most.saturating_mul(1000).div_ceil(of.max(1)).min(1000);
        let similarity = share(asked_most, asked.weight).max(share(listed_most, listed.weight));
        if !worth(similarity, (asked_most + listed_most) / 2 + 1) {
            return None;
        }
    }
    let mut found = Vec::new();
    for (i, j) in possible {
        let (a, b) = (asked_runs[i].term(asked), listed_runs[j].term(listed));
        let runs = a.to - a.from > 1 && b.to - b.from > 1;
        let all = a.to - a.from == n && b.to - b.from == m;
        if runs && !all && a.folded != b.folded && a.sound != b.sound {
            continue;
        }
        if let Some(mut like) = like(a.spelling(), b.spelling()) {
            damp(asked, listed, a, b, &mut like);
            found.push((
                gain(asked, listed, a, b, like),
                Pair {
                    asked: (a.from, a.to),
                    listed: (b.from, b.to),
                    like,
                },
            ));
        }
    }
    for (i, a) in asked.parts.iter().enumerate().filter(|it| it.1.role == Role::Initial) {
        for (j, b) in listed.parts.iter().enumerate() {
            push_initial(&mut found, asked, listed, (i, j), &a.folded, &b.folded, b.role);
        }
    }
    for (j, b) in listed.parts.iter().enumerate().filter(|it| it.1.role == Role::Initial) {
        for (i, a) in asked.parts.iter().enumerate() {
            push_initial(&mut found, asked, listed, (i, j), &b.folded, &a.folded, a.role);
        }
    }
    let single: BTreeMap<(usize, usize), Pair> = found
        .iter()
        .filter(|it| lengths(&it.1) == (1, 1))
        .map(|it| ((it.1.asked.0, it.1.listed.0), it.1))
        .collect();
    // Ties by place, so that the same names always align the same way.
    found.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then(a.1.asked.cmp(&b.1.asked))
            .then(a.1.listed.cmp(&b.1.listed))
    });
    let mut pairs: Vec<Pair> = Vec::new();
    for (_, it) in found {
        let free = |used: (usize, usize), wanted: (usize, usize)| used.1 <= wanted.0 || wanted.1 <= used.0;
        if pairs
            .iter()
            .all(|other| free(other.asked, it.asked) && free(other.listed, it.listed))
        {
            pairs.push(it);
        }
    }
    // Of runs of as many parts, each of which meets its counterpart, the parts say more to the reader.
    let pairs: Vec<Pair> = pairs
        .into_iter()
        .flat_map(|it| {
            let (n, m) = lengths(&it);
            let parts: Vec<Pair> = (0..n)
                .filter_map(|at| single.get(&(it.asked.0 + at, it.listed.0 + at)).copied())
                .collect();
            if n > 1 && n == m && parts.len() == n {
                parts
            } else {
                vec![it]
            }
        })
        .collect();
    // Titles, particles and initials alone are no ground to compare.
    let tells = |name: &Name, run: (usize, usize)| run.1 - run.0 > 1 || name.parts[run.0].role.tells();
    if !pairs
        .iter()
        .any(|it| it.like.how != How::Initial && (tells(asked, it.asked) || tells(listed, it.listed)))
    {
        return None;
    }
    let mut pairs = pairs;
    pairs.sort_by_key(|it| it.asked);
    Some(measure(asked, listed, pairs))
}

/// How many parts of either name a pair takes.
const fn lengths(it: &Pair) -> (usize, usize) {
    (it.asked.1 - it.asked.0, it.listed.1 - it.listed.0)
}

/// A run of parts that could meet one of the other name. Most meet none: the letters are put together when first needed.
struct Run {
    from: usize,
    to: usize,
    shape: Shape,
    term: Option<Box<Term>>,
}

impl Run {
    fn all(name: &Name) -> Vec<Self> {
        let mut out = Vec::with_capacity(name.parts.len() * MAX_RUN + 1);
        out.extend(name.runs().map(|(from, to)| Self {
            from,
            to,
            shape: name.shape(from, to),
            term: None,
        }));
        out
    }

    fn term(&mut self, name: &Name) -> &Term {
        self.term.get_or_insert_with(|| Box::new(name.term(self.from, self.to)))
    }
}

fn push_initial(
    found: &mut Vec<(u32, Pair)>,
    asked: &Name,
    listed: &Name,
    (i, j): (usize, usize),
    letter: &str,
    word: &str,
    role: Role,
) {
    if begins(letter, word, role) {
        let like = Likeness {
            likeness: INITIAL_LIKENESS,
            how: How::Initial,
        };
        let weight = (asked.parts[i].weight + listed.parts[j].weight) / 2;
        found.push((
            weight * like.likeness / 4,
            Pair {
                asked: (i, i + 1),
                listed: (j, j + 1),
                like,
            },
        ));
    }
}

/// Whether a part can stand for an initial.
fn begins(letter: &str, word: &str, role: Role) -> bool {
    abbreviable(word, role) && word.starts_with(letter)
}

/// Whether a part can be shortened to an initial.
#[must_use]
pub fn abbreviable(word: &str, role: Role) -> bool {
    word.len() > 1 && matches!(role, Role::Word | Role::Patronymic)
}

/// An initial that fits is met by one word in about ten: it leaves most of the word open.
pub const INITIAL_LIKENESS: u32 = 600;

/// A word that is somebody's own name in one and the father's in the other is another person's: `Ali bin Hasan`, `Hasan bin Ali`.
fn damp(asked: &Name, listed: &Name, a: &Term, b: &Term, like: &mut Likeness) {
    if asked.nasab && listed.nasab && a.to - a.from == 1 && b.to - b.from == 1 {
        let (x, y) = (asked.parts[a.from].role, listed.parts[b.from].role);
        if (x == Role::Patronymic) != (y == Role::Patronymic) && (x == Role::Word || y == Role::Word) {
            like.likeness /= 2;
        }
    }
}

fn weight(name: &Name, run: (usize, usize)) -> u32 {
    name.parts
        .get(run.0..run.1)
        .unwrap_or_default()
        .iter()
        .map(|it| it.weight)
        .sum()
}

fn gain(asked: &Name, listed: &Name, a: &Term, b: &Term, like: Likeness) -> u32 {
    (weight(asked, (a.from, a.to)) + weight(listed, (b.from, b.to))) / 2 * like.likeness
}

fn measure(asked: &Name, listed: &Name, pairs: Vec<Pair>) -> Alignment {
    let met = |side: &dyn Fn(&Pair) -> u32| {
        pairs
            .iter()
            .map(|it| u64::from(side(it)) * u64::from(it.like.likeness))
            .sum::<u64>()
    };
    let asked_weight = met(&|it| weight(asked, it.asked));
    let listed_weight = met(&|it| weight(listed, it.listed));
    let share = |met: u64, of: u32| u32::try_from(met / u64::from(of.max(1))).unwrap_or(1000).min(1000);
    let telling = pairs
        .iter()
        .map(|it| {
            let count =
                |name: &Name, run: (usize, usize)| name.parts[run.0..run.1].iter().filter(|it| it.role.tells()).count();
            count(asked, it.asked).max(count(listed, it.listed))
        })
        .sum();
    let covered =
        |name: &Name, runs: Vec<(usize, usize)>| runs.iter().map(|it| it.1 - it.0).sum::<usize>() == name.parts.len();
    let same = pairs
        .iter()
        .all(|it| it.like.how == How::Exact && it.like.likeness == 1000)
        && covered(asked, pairs.iter().map(|it| it.asked).collect())
        && covered(listed, pairs.iter().map(|it| it.listed).collect());
    let mut out = Alignment {
        asked_met: share(asked_weight, asked.weight),
        listed_met: share(listed_weight, listed.weight),
        weight: u32::try_from((asked_weight + listed_weight) / 2000).unwrap_or(u32::MAX),
        pairs,
        telling,
        same,
        person: asked.person && listed.person,
        similarity: 0,
    };
    out.similarity = similarity(&out, asked, listed);
    out
}

/// How much of the difference between the two sides a subset loses, in thousandths: names are left out (a middle name, a father's
/// name, the town of a branch) far more often than they are exchanged for others.
const LEFT_OUT: u32 = 300;
/// The same for a person of whom one telling part is all that agrees: a surname alone is nobody in particular.
const ONE_PART: u32 = 700;
/// A part rarer than this stands for an organisation or a ship by itself, hundredths of a nat.
const RARE: u32 = 1_000;
/// Each telling part of one side that stands against another one of the other side, in thousandths: another word is another
/// bearer, in a name of many parts as in one of two.
const EXCHANGED: u32 = 100;
/// Numbers that differ, in thousandths: Plant No. 5 is not Plant No. 8.
const OTHER_NUMBER: u32 = 300;
/// A number that one side lacks, in thousandths.
const NO_NUMBER: u32 = 80;

/// What the similarity of two names is made of, whether they are aligned or could be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// How much of the weight of the asked name is met, in thousandths.
    pub asked: u32,
    /// How much of the weight of the listed name is met, in thousandths.
    pub listed: u32,
    /// The weight of what agrees, the mean of both sides, hundredths of a nat.
    pub weight: u32,
    /// One telling part alone agrees, with no initial beside it, of names that have more.
    pub lone: bool,
    /// Both names were read as those of a person, or of nobody knows whom.
    pub person: bool,
    /// What the asked name has beyond.
    pub asked_open: Open,
    /// What the listed name has beyond.
    pub listed_open: Open,
}

/// Telling parts of a name that meet none of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Words and fathers' names.
    pub words: u32,
    /// Numbers.
    pub numbers: u32,
}

impl Open {
    /// One more part of this role.
    pub fn add(&mut self, role: Role) {
        if role == Role::Number {
            self.numbers += 1;
        } else if role.tells() {
            self.words += 1;
        }
    }
}

impl Met {
    /// How alike the names are, in thousandths: the share of the better met name, less a part of what the other has beyond.
    ///
    /// It never falls where more is met or less is open, or where they are not lone: the index relies on that.
    #[must_use]
    pub fn similarity(&self) -> u32 {
        let (high, low) = (self.asked.max(self.listed), self.asked.min(self.listed));
        let rate = if self.lone && (self.person || self.weight < RARE) {
            ONE_PART
        } else {
            LEFT_OUT
        };
        let exchanged = self.asked_open.words.min(self.listed_open.words) * EXCHANGED;
        let number = match (self.asked_open.numbers, self.listed_open.numbers) {
            (0, 0) => 0,
            (0, _) | (_, 0) => NO_NUMBER,
            _ => OTHER_NUMBER,
        };
        better(high, low, rate).saturating_sub(exchanged + number)
    }
}

/// The better met share less what the other loses.
const fn better(high: u32, low: u32, rate: u32) -> u32 {
    high - (high - low) * rate / 1000
}

/// The least share, in thousandths, that the better met name must have for a similarity, when the other has at most so much.
#[must_use]
pub fn least_share(similarity: u32, other: u32) -> u32 {
    let rate = if LEFT_OUT < ONE_PART { LEFT_OUT } else { ONE_PART };
    let other = other.min(1000);
    (other..=1000)
        .find(|high| better(*high, other, rate) >= similarity)
        .unwrap_or(1001)
}

/// How alike two aligned names are, in thousandths, see [`Met::similarity`].
#[must_use]
pub fn similarity(it: &Alignment, asked: &Name, listed: &Name) -> u32 {
    let supported = it.pairs.iter().any(|it| it.like.how == How::Initial);
    let open = |name: &Name, side: &dyn Fn(&Pair) -> (usize, usize)| {
        let mut open = Open::default();
        for (at, part) in name.parts.iter().enumerate() {
            if !it.pairs.iter().any(|pair| (side(pair).0..side(pair).1).contains(&at)) {
                open.add(part.role);
            }
        }
        open
    };
    Met {
        asked: it.asked_met,
        listed: it.listed_met,
        weight: it.weight,
        lone: it.telling <= 1 && !supported && asked.telling().max(listed.telling()) > 1,
        person: it.person,
        asked_open: open(asked, &|it| it.asked),
        listed_open: open(listed, &|it| it.listed),
    }
    .similarity()
}
