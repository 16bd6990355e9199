//! Term -> the keys of its neighbourhood: two terms that [`names::like`] finds alike share one. And the listed terms by these keys.
//!
//! What two alike terms can differ in is little: the allowance ([`names::limit`]) pays for slips alone, for one full edit and few
//! slips beside it, or, between long words, for two. Each of these has a kind of key of its own, as exact as it can be; docs/completeness.md
//! has the argument for each. The lengths at which a kind is needed follow from the allowance.

use crate::names::{self, Shape, Spelling, Term};
use crate::text::{self, Counts, FULL, SLIP};

/// What a term is in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// One part.
    Word,
    /// A run of several parts.
    Run,
    /// All of a name of several parts. Two runs are alike in spelling but for an edit only where both are that.
    Whole,
}

/// Whose term it is. Each side looks up the other's consonant skeletons, and other lengths than its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Asked,
    Listed,
}

/// By what counts of letters a term under a key is judged before it is compared, and how far apart it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Check {
    /// Not at all: whole spellings and skeletons are the same or not.
    Nothing,
    /// By the letters.
    Letters(u8),
    /// By the sound.
    Sound(u8),
}

/// What a key is made of. Each for letters and sounds, words and runs apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All of the spelling.
    Exact,
    /// The coarse form: no slip changes it.
    Coarse,
    /// Vowels, and the classes of consonants, with a letter left out and as many vowels as there may be slips.
    Blurred,
    /// The coarse form with up to two places left out.
    Gaps,
    /// The letters before the middle, and the length.
    Head,
    /// The letters behind the middle, and the length.
    Tail,
    /// The consonants of a term of a script with vowels.
    Spelt,
    /// The consonants of a term of a script without.
    Vowelless,
}

/// No places.
const NONE: (usize, usize) = (usize::MAX, usize::MAX);

/// The longest spelling that comes near another one; longer ones are the same or not.
const LONGEST: usize = 64;

/// How many slips may lie beside a full edit.
const fn slips(limit: u32) -> u32 {
    limit.saturating_sub(FULL) / SLIP
}

// What the keys below rely on: one slip beside a full edit where no two full edits fit, never three of these, no slip beside two; and a
// run is allowed one edit or none.
const _: () = {
    let mut length = 0;
    while length <= LONGEST {
        let (word, run) = (names::limit(length, false), names::limit(length, true));
        assert!(word >= 2 * FULL || slips(word) <= 1, "leave out more vowels");
        assert!(word < 2 * FULL + SLIP, "leave out more places");
        assert!(run == 0 || run == FULL, "halves are for one edit alone");
        length += 1;
    }
};

/// Whether a word of this length may meet one with one full edit between, but not two.
fn blurs(length: usize) -> bool {
    // The other may be shorter by the edit and the slip.
    names::limit(length, false) >= FULL && names::limit(length.saturating_sub(2), false) < 2 * FULL
}

struct Keys<'a> {
    sound: bool,
    run: bool,
    limit: u32,
    out: &'a mut Vec<(u64, Check)>,
}

impl Keys<'_> {
    fn push(&mut self, part: Part, word: impl Iterator<Item = u8>) {
        let limit = u8::try_from(self.limit).unwrap_or(u8::MAX);
        let check = match (part, self.sound) {
            (Part::Exact | Part::Spelt | Part::Vowelless, _) => Check::Nothing,
            (_, false) => Check::Letters(limit),
            (_, true) => Check::Sound(limit),
        };
        let space = part as u8 * 4 + u8::from(self.sound) * 2 + u8::from(self.run);
        self.out.push((hash(space, word), check));
    }

    fn coarse(&mut self, word: &str) {
        self.push(Part::Coarse, text::coarse(word).into_iter());
    }

    /// All of it but for two places.
    fn without(&mut self, part: Part, word: &[u8], (i, j): (usize, usize)) {
        let rest = word.iter().enumerate().filter(|(at, _)| *at != i && *at != j);
        self.push(part, rest.map(|it| *it.1));
    }

    /// One letter left out, or none; and up to so many vowels.
    fn blurred(&mut self, word: &str, vowels: u32) {
        let word = text::blurred(word);
        self.without(Part::Blurred, &word, NONE);
        for i in 0..word.len() {
            self.without(Part::Blurred, &word, (i, i));
            if vowels > 0 {
                for j in i + 1..word.len() {
                    if text::slight(word[i]) || text::slight(word[j]) {
                        self.without(Part::Blurred, &word, (i, j));
                    }
                }
            }
        }
    }

    /// Up to two places left out.
    fn gaps(&mut self, word: &str) {
        let word = text::coarse(word);
        self.without(Part::Gaps, &word, NONE);
        for i in 0..word.len() {
            for j in i..word.len() {
                self.without(Part::Gaps, &word, (i, j));
            }
        }
    }

    /// Both halves of words of a length. The letter in the middle belongs to neither: a swap may reach across it.
    fn halves(&mut self, word: &str, length: usize) {
        let word = word.as_bytes();
        let head = (length - 1) / 2;
        let tail = length - 1 - head;
        let size = u8::try_from(length).unwrap_or(u8::MAX);
        if let Some(it) = word.get(..head) {
            self.push(Part::Head, std::iter::once(size).chain(it.iter().copied()));
        }
        if let Some(it) = word.len().checked_sub(tail).and_then(|at| word.get(at..)) {
            self.push(Part::Tail, std::iter::once(size).chain(it.iter().copied()));
        }
    }
}

fn keys(term: Spelling<'_>, kind: Kind, side: Side, out: &mut Vec<(u64, Check)>) {
    let length = term.folded.len();
    for (sound, word) in [(false, term.folded), (true, term.sound)] {
        let mut keys = Keys {
            sound,
            run: false,
            limit: 0,
            out: &mut *out,
        };
        keys.push(Part::Exact, word.bytes());
        if word.len() > LONGEST {
            continue;
        }
        let limit = |run: bool| names::limit(length, run).min(names::limit(word.len(), run));
        let (as_word, beside_run) = (limit(false), limit(true));
        if kind == Kind::Word && as_word > 0 {
            keys.limit = as_word;
            keys.coarse(word);
            if blurs(word.len()) {
                keys.blurred(word, slips(names::limit(word.len(), false)).min(1));
            }
            if names::limit(word.len(), false) >= 2 * FULL {
                keys.gaps(word);
            }
        }
        if beside_run == 0 {
            continue;
        }
        keys.limit = beside_run;
        if side == Side::Listed {
            keys.run = kind != Kind::Word;
            if keys.run {
                keys.coarse(word);
            }
            keys.halves(word, word.len());
            continue;
        }
        // A word may be a run without its space, and the other way round; all of a name may be all of another.
        for run in [false, true] {
            let wanted = match kind {
                Kind::Word => run,
                Kind::Run => !run,
                Kind::Whole => true,
            };
            if wanted {
                keys.run = run;
                keys.coarse(word);
                for other in [word.len() - 1, word.len(), word.len() + 1] {
                    keys.halves(word, other);
                }
            }
        }
    }
    if let Some(skeleton) = term.shape.skeleton() {
        let part = match (side, term.shape.vowelless()) {
            (Side::Listed, false) | (Side::Asked, true) => Part::Spelt,
            (Side::Asked, false) | (Side::Listed, true) => Part::Vowelless,
        };
        let mut keys = Keys {
            sound: false,
            run: false,
            limit: 0,
            out: &mut *out,
        };
        keys.push(part, skeleton.to_le_bytes().into_iter());
    }
    out.sort_unstable();
    out.dedup();
}

/// FNV-1a, 64 bits: keys only have to spread; what collides is compared.
fn hash(space: u8, word: impl Iterator<Item = u8>) -> u64 {
    let hash = std::iter::once(space)
        .chain(word)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, it| {
            (hash ^ u64::from(it)).wrapping_mul(0x0100_0000_01b3)
        });
    // Pages go by the highest bits: they have to depend on every letter.
    (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A term under one of its keys, with the counts of the spelling that the key is of: many terms under a key are too far from the
/// asked one, and their counts say so without a look at them.
#[derive(Clone, Copy, Debug)]
struct Near {
    letters: u64,
    classes: u32,
    term: u32,
}

/// The listed terms by the keys of their neighbourhoods. Keys are hashes, so that they spread: the highest bits of one say about
/// where it stands.
#[derive(Debug, Default)]
pub(super) struct Neighbourhoods {
    /// Keys, each once, in order.
    keys: Vec<u64>,
    /// Of key k: `near[starts[k]..starts[k + 1]]`.
    starts: Vec<u32>,
    near: Vec<Near>,
    /// Of the keys whose highest `bits` bits are b: `keys[pages[b]..pages[b + 1]]`.
    pages: Vec<u32>,
    bits: u32,
}

impl Neighbourhoods {
    /// Compiles the listed terms. Cost: linear in their keys; a page of keys is sorted within the processor's cache.
    pub(super) fn build<'a>(terms: impl Iterator<Item = (Spelling<'a>, Kind)>) -> Self {
        let mut rows: Vec<(u64, Near)> = Vec::new();
        let mut list = Vec::new();
        for (at, (term, kind)) in terms.enumerate() {
            keys(term, kind, Side::Listed, &mut list);
            let (letters, sound) = (Counts::of(term.folded), Counts::of(term.sound));
            let mut last = None;
            for (key, check) in list.drain(..) {
                if last.replace(key) == Some(key) {
                    continue;
                }
                let (letters, classes) = match check {
                    Check::Nothing => (0, 0),
                    Check::Letters(_) => letters.bits(),
                    Check::Sound(_) => sound.bits(),
                };
                let term = u32::try_from(at).unwrap_or(u32::MAX);
                rows.push((key, Near { letters, classes, term }));
            }
        }
        Self::sort(&rows)
    }

    fn sort(rows: &[(u64, Near)]) -> Self {
        let bits = (rows.len() / 8).max(2).ilog2().min(24);
        let page = |key: u64| (key >> (64 - bits)) as usize;
        let mut first = vec![0_u32; (1 << bits) + 1];
        for it in rows {
            first[page(it.0) + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut next = first.clone();
        let mut order = vec![(0_u64, 0_u32); rows.len()];
        for (at, it) in rows.iter().enumerate() {
            let place = &mut next[page(it.0)];
            order[*place as usize] = (it.0, at as u32);
            *place += 1;
        }
        let mut out = Self {
            near: Vec::with_capacity(rows.len()),
            pages: Vec::with_capacity(first.len()),
            bits,
            ..Self::default()
        };
        out.pages.push(0);
        for ends in first.windows(2) {
            let within = &mut order[ends[0] as usize..ends[1] as usize];
            within.sort_unstable();
            for &(key, at) in &*within {
                if out.keys.last() != Some(&key) {
                    out.keys.push(key);
                    out.starts.push(out.near.len() as u32);
                }
                out.near.push(rows[at as usize].1);
            }
            out.pages.push(out.keys.len() as u32);
        }
        out.starts.push(out.near.len() as u32);
        out.keys.shrink_to_fit();
        out.starts.shrink_to_fit();
        out
    }

    /// Where the keys of the page of a key stand.
    fn page(&self, key: u64) -> (u32, u32) {
        let Some(shift) = 64_u32.checked_sub(self.bits).filter(|it| *it < 64) else {
            return (0, 0);
        };
        let page = (key >> shift) as usize;
        (self.pages[page], self.pages[page + 1])
    }

    /// The listed terms under a key of a page.
    fn under(&self, key: u64, page: (u32, u32)) -> &[Near] {
        let keys = &self.keys[page.0 as usize..page.1 as usize];
        let Some(at) = keys.iter().position(|it| *it >= key).filter(|it| keys[*it] == key) else {
            return &[];
        };
        let at = page.0 as usize + at;
        &self.near[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The listed terms that may be alike to an asked one, each once, in order.
    pub(super) fn of(&self, term: Spelling<'_>, kind: Kind, room: &mut Room) {
        room.keys.clear();
        room.pages.clear();
        room.found.clear();
        keys(term, kind, Side::Asked, &mut room.keys);
        let (letters, sound) = (Counts::of(term.folded), Counts::of(term.sound));
        // Most keys lead to nothing, but far apart in memory: the processor fetches many places at once when it is asked for them
        // one behind the other.
        room.pages.extend(room.keys.iter().map(|it| self.page(it.0)));
        for (&(key, check), page) in room.keys.iter().zip(&room.pages) {
            let under = self.under(key, *page);
            let near = |counts: Counts, limit: u8| {
                move |it: &&Near| counts.could(Counts::of_bits(it.letters, it.classes), u32::from(limit))
            };
            match check {
                Check::Nothing => room.found.extend(under.iter().map(|it| it.term)),
                Check::Letters(limit) => room
                    .found
                    .extend(under.iter().filter(near(letters, limit)).map(|it| it.term)),
                Check::Sound(limit) => room
                    .found
                    .extend(under.iter().filter(near(sound, limit)).map(|it| it.term)),
            }
        }
        room.found.sort_unstable();
        room.found.dedup();
    }
}

/// Room for one look-up.
#[derive(Debug, Default)]
pub(super) struct Room {
    keys: Vec<(u64, Check)>,
    pages: Vec<(u32, u32)>,
    /// What was found.
    pub(super) found: Vec<u32>,
}

/// The listed terms, their letters one behind the other.
#[derive(Debug, Default)]
pub(super) struct Terms {
    text: String,
    rows: Vec<TermRow>,
}

#[derive(Clone, Copy, Debug)]
struct TermRow {
    /// Its letters begin here, its sounds behind them.
    letters: u32,
    sound: u32,
    end: u32,
    kind: Kind,
    shape: Shape,
}

impl Terms {
    pub(super) fn push(&mut self, term: &Term, kind: Kind) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let letters = place(self.text.len());
        self.text.push_str(&term.folded);
        let sound = place(self.text.len());
        self.text.push_str(&term.sound);
        let end = place(self.text.len());
        self.rows.push(TermRow {
            letters,
            sound,
            end,
            kind,
            shape: term.shape,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A use of a term in another kind of place.
    pub(super) fn used(&mut self, at: u32, kind: Kind) {
        if let Some(it) = self.rows.get_mut(at as usize) {
            it.kind = kind.max(it.kind);
        }
    }

    pub(super) fn at(&self, at: u32) -> (Spelling<'_>, Kind) {
        let it = &self.rows[at as usize];
        let spelling = Spelling {
            folded: &self.text[it.letters as usize..it.sound as usize],
            sound: &self.text[it.sound as usize..it.end as usize],
            run: it.kind != Kind::Word,
            shape: &it.shape,
        };
        (spelling, it.kind)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Spelling<'_>, Kind)> {
        (0..self.rows.len()).map(|it| self.at(it as u32))
    }
}

/// Whether two terms can be of one pair at all: an alignment pairs two runs only if they are of the same letters or sounds, or both
/// are all of their names.
pub(super) fn comparable(asked: (Spelling<'_>, Kind), listed: (Spelling<'_>, Kind)) -> bool {
    let whole = asked.1 == Kind::Whole && listed.1 == Kind::Whole;
    asked.1 == Kind::Word || listed.1 == Kind::Word || whole || same(asked.0, listed.0)
}

/// Of the same letters or of the same sounds.
pub(super) fn same(asked: Spelling<'_>, listed: Spelling<'_>) -> bool {
    asked.folded == listed.folded || asked.sound == listed.sound
}

/// All that a look-up reads of a term, as one key.
pub(super) fn fingerprint(term: &Term, kind: Kind, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(term.folded.as_bytes());
    out.push(0xff);
    out.extend_from_slice(term.sound.as_bytes());
    out.push(0xff);
    out.push(kind as u8);
    Shape::write(term.shape, out);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::entity::Schema;
    use crate::names::Name;

    fn kind(name: &Name, term: &Term) -> Kind {
        match term.to - term.from {
            1 => Kind::Word,
            it if it == name.parts.len() => Kind::Whole,
            _ => Kind::Run,
        }
    }

    fn change(word: &str, changes: &[(usize, u8, char)]) -> String {
        let mut out: Vec<char> = word.chars().collect();
        for &(at, kind, letter) in changes {
            let at = at % (out.len() + 1);
            match kind {
                0 => out.insert(at, letter),
                1 if at < out.len() => drop(out.remove(at)),
                2 if at < out.len() => out[at] = letter,
                3 if at + 1 < out.len() => out.swap(at, at + 1),
                4 => out.retain(|it| *it != ' '),
                _ => {}
            }
        }
        out.into_iter().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        // The keys are all that leads from one term to another.
        #[test]
        fn alike_terms_share_a_key(
            name in "([bdfgklmnrstz]{1,3}[aeiouhwy]{1,2}){1,5}( ([bdgklmnrstqc][aeiouhy]){1,4}){0,3}|[a-z]{1,12}( [a-z]{1,9})?|[а-я]{3,9}|[ا-ي]{2,6}|[א-ת]{2,6}",
            changes in proptest::collection::vec((0_usize..40, 0_u8..6, "[a-z ]".prop_map(|it| it.chars().next().unwrap_or('a'))), 0..4),
        ) {
            let (a, b) = (Name::read(&name, Schema::Thing), Name::read(&change(&name, &changes), Schema::Thing));
            let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
            for x in a.terms() {
                for y in b.terms() {
                    let (x, y) = ((x.spelling(), kind(&a, &x)), (y.spelling(), kind(&b, &y)));
                    if !comparable(x, y) || names::like(x.0, y.0).is_none() {
                        continue;
                    }
                    for (asked, listed) in [(x, y), (y, x)] {
                        of_a.clear();
                        of_b.clear();
                        keys(asked.0, asked.1, Side::Asked, &mut of_a);
                        keys(listed.0, listed.1, Side::Listed, &mut of_b);
                        let of_b: BTreeSet<u64> = of_b.iter().map(|it| it.0).collect();
                        let counts = |it: Spelling, check: Check| match check {
                            Check::Nothing => Counts::default(),
                            Check::Letters(_) => Counts::of(it.folded),
                            Check::Sound(_) => Counts::of(it.sound),
                        };
                        let shared = of_a.iter().any(|(key, check)| {
                            let limit = match check {
                                Check::Nothing => u8::MAX,
                                Check::Letters(it) | Check::Sound(it) => *it,
                            };
                            of_b.contains(key) && counts(asked.0, *check).could(counts(listed.0, *check), u32::from(limit))
                        });
                        prop_assert!(shared, "{:?} {:?}", asked, listed);
                    }
                }
            }
        }

        // Halves survive one edit anywhere, a swap across the middle, too.
        #[test]
        fn a_half_survives_an_edit(word in "[a-z]{7,16}", at in 0_usize..16, kind in 0_u8..4, letter in "[a-z]") {
            let other = change(&word, &[(at, kind, letter.chars().next().unwrap_or('a'))]);
            let halves = |word: &str, length: usize| {
                let mut out = Vec::new();
                Keys { sound: false, run: true, limit: 5, out: &mut out }.halves(word, length);
                out
            };
            let asked: Vec<_> = [other.len() - 1, other.len(), other.len() + 1].iter().flat_map(|it| halves(&other, *it)).collect();
            prop_assert!(halves(&word, word.len()).iter().any(|it| asked.contains(it)), "{word} {other}");
        }
    }
}
