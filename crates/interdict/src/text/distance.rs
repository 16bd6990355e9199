//! Two folded words -> their edit distance, weighted by what romanisations and typists do.

use super::sound::class;

/// A slip of romanisation, in the unit of [`distance`]: two fifths of an edit.
pub const SLIP: u32 = 2;
/// A full edit, in the unit of [`distance`].
pub const FULL: u32 = 5;
/// Words longer than this are compared by their first bytes only as far as equality goes: they never come near.
const MAX: usize = 64;

/// The cheapest way to turn one word into the other, in fifths of an edit: restricted Damerau-Levenshtein with weights.
///
/// A vowel, `h`, `w` or `y` added, dropped or exchanged for another, and a consonant exchanged for one of its class (`d` and `t`,
/// `s` and `z`), are slips and cost two fifths of an edit: romanisations differ in these. Any other edit, and a swap of neighbours, costs a full one. A
/// digit never turns into anything: numbers are equal or not.
///
/// Returns `None` when the distance is over `limit`. Cost: O(n m), both at most 64 bytes.
#[must_use]
pub fn distance(a: &str, b: &str, limit: u32) -> Option<u32> {
    if a == b {
        return Some(0);
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if limit == 0 || a.len() > MAX || b.len() > MAX || a.len().abs_diff(b.len()) as u32 * SLIP > limit {
        return None;
    }
    // What both begin or end with costs nothing; one letter of it stays, since a swap may reach into it.
    let same = a.iter().zip(b).take_while(|it| it.0 == it.1).count().saturating_sub(1);
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|it| it.0 == it.1).count();
    let same = same.min(a.len().min(b.len())).saturating_sub(1);
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    // Each step off the diagonal costs two fifths of an edit or more: further off than the limit nothing can come back.
    let band = (limit / SLIP) as usize;
    let far = u8::try_from(limit + 1).unwrap_or(u8::MAX);
    let mut rows = [[far; MAX + 2]; 3];
    rows[0][0] = 0;
    for j in 0..b.len().min(band + 1) {
        rows[0][j + 1] = (rows[0][j] + STEP[usize::from(b[j])]).min(far);
    }
    let (mut two_back, mut back, mut row) = (2, 0, 1);
    for i in 0..a.len() {
        let (low, high) = (i.saturating_sub(band), (i + band + 1).min(b.len()));
        let drop = STEP[usize::from(a[i])];
        let mut left = if low == 0 { (rows[back][0] + drop).min(far) } else { far };
        rows[row][low] = left;
        let mut best = left;
        for j in low..high {
            let exchange = if a[i] == b[j] {
                0
            } else if class(a[i]) == class(b[j]) && !a[i].is_ascii_digit() {
                SLIP as u8
            } else {
                STEP[usize::from(a[i])].max(STEP[usize::from(b[j])]).max(FULL as u8)
            };
            let mut cost = (rows[back][j] + exchange)
                .min(rows[back][j + 1] + drop)
                .min(left + STEP[usize::from(b[j])]);
            if i > 0
                && j > 0
                && a[i] == b[j - 1]
                && a[i - 1] == b[j]
                && !a[i].is_ascii_digit()
                && !a[i - 1].is_ascii_digit()
            {
                cost = cost.min(rows[two_back][j - 1] + FULL as u8);
            }
            left = cost.min(far);
            rows[row][j + 1] = left;
            best = best.min(left);
        }
        if high < b.len() {
            rows[row][high + 1] = far;
        }
        // A swap reaches two rows back: one row over the limit is not the end yet.
        if best >= far && rows[back][low..=high].iter().all(|it| *it >= far) {
            return None;
        }
        (two_back, back, row) = (back, row, two_back);
    }
    Some(u32::from(rows[back][b.len()])).filter(|it| *it <= limit)
}

/// How many a word holds of each letter and of each class of consonants: enough to tell most words apart without comparing them.
///
/// The counts are unary (three of a letter are three bits), so that what one word has beyond another is the number of bits in
/// `one & !other`. They stop at the width of their field; that, and letters which share a field, make words look nearer than they
/// are and never farther.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counts {
    letters: u64,
    classes: u32,
}

impl Counts {
    /// The counts of a folded word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        word.bytes().fold(Self::default(), |it, letter| {
            let (at, width) = LETTERS[usize::from(letter)];
            let (class_at, class_width) = CLASS_FIELDS[usize::from(letter)];
            Self {
                letters: it.letters | one_more(it.letters >> at, width) << at,
                classes: it.classes | (one_more(u64::from(it.classes >> class_at), class_width) as u32) << class_at,
            }
        })
    }

    /// Whether words of these counts could have a [`distance`] of at most `limit`.
    ///
    /// The argument: any operation adds at most one letter to the surplus of either side, and only one that costs a full edit
    /// changes a class. So there are at least as many operations as the greater surplus of letters, and among them as many full
    /// ones as the greater surplus of classes; the others cost a slip or more. A swap changes no count and costs more than nothing.
    #[must_use]
    pub fn could(self, other: Self, limit: u32) -> bool {
        // Most pairs end here: an operation changes at most two counts.
        if (self.letters ^ other.letters).count_ones() > limit / SLIP * 2 {
            return false;
        }
        let (more, fewer) = (self.letters & !other.letters, other.letters & !self.letters);
        let operations = more.count_ones().max(fewer.count_ones());
        let (more, fewer) = (self.classes & !other.classes, other.classes & !self.classes);
        let full = more.count_ones().max(fewer.count_ones());
        full * FULL + operations.saturating_sub(full) * SLIP <= limit
    }
}

impl Counts {
    /// The counts as numbers, for tables that hold many.
    #[must_use]
    pub const fn bits(self) -> (u64, u32) {
        (self.letters, self.classes)
    }

    /// The counts of such numbers.
    #[must_use]
    pub const fn of_bits(letters: u64, classes: u32) -> Self {
        Self { letters, classes }
    }

    /// What either word holds: the letters of both as a set. How many there are of each is lost, see [`Self::sets_differ`].
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            letters: self.letters | other.letters,
            classes: self.classes | other.classes,
        }
    }

    /// How many letters one of the words has and the other lacks. An operation changes at most two.
    #[must_use]
    pub const fn sets_differ(self, other: Self) -> u32 {
        ((self.letters ^ other.letters) & FIRST).count_ones()
    }
}

/// The lowest bit of the field of each letter: whether there is any.
const FIRST: u64 = {
    let (mut out, mut at) = (0, 0);
    while at < 256 {
        out |= 1 << LETTERS[at].0;
        at += 1;
    }
    out
};

/// The next bit of a unary count in the lowest `width` bits, nothing more where the field is full.
const fn one_more(field: u64, width: u8) -> u64 {
    (field << 1 | 1) & ((1 << width) - 1)
}

/// Place and width of the field of a letter: three of the eight commonest are told apart, two of the others; digits share four.
const LETTERS: [(u8, u8); 256] = {
    let mut out = [(0, 1); 256];
    let (mut letter, mut at) = (b'a', 4);
    while letter <= b'z' {
        let width = match letter {
            b'a' | b'e' | b'i' | b'l' | b'n' | b'o' | b'r' | b's' => 3,
            _ => 2,
        };
        out[letter as usize] = (at, width);
        at += width;
        letter += 1;
    }
    let mut digit = b'0';
    while digit <= b'9' {
        out[digit as usize] = (digit & 3, 1);
        digit += 1;
    }
    out
};

/// Place and width of the field of a letter's class; the slight letters of class 0 have none.
const CLASS_FIELDS: [(u8, u8); 256] = {
    let mut out = [(28, 4); 256];
    let mut at = 0;
    while at < 256 {
        out[at] = match class(at as u8) {
            0 => (0, 0),
            b'b' => (0, 4),
            b'd' => (4, 4),
            b'g' => (8, 4),
            b's' => (12, 4),
            b'm' => (16, 4),
            b'l' => (20, 4),
            b'r' => (24, 4),
            _ => (28, 4),
        };
        at += 1;
    }
    out
};

/// What it costs to add or to drop a letter, fifths of an edit.
const STEP: [u8; 256] = {
    let mut out = [FULL as u8; 256];
    let mut at = 0;
    while at < 256 {
        if class(at as u8) == 0 {
            out[at] = SLIP as u8;
        } else if (at as u8).is_ascii_digit() {
            out[at] = FULL as u8 * 4;
        }
        at += 1;
    }
    out
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::coarse;
    use proptest::prelude::*;

    #[test]
    fn costs() {
        let it = |a, b| distance(a, b, 20);
        assert_eq!(it("ahmed", "ahmad"), Some(2)); // a vowel
        assert_eq!(it("ahmed", "amed"), Some(2)); // an h
        assert_eq!(it("davud", "dawut"), Some(7)); // w for v crosses the classes; t for d
        assert_eq!(it("smith", "smiht"), Some(4)); // an h that moved
        assert_eq!(it("peter", "petre"), Some(4)); // a vowel that moved
        assert_eq!(it("marlin", "malrin"), Some(5)); // neighbours swapped
        assert_eq!(it("martin", "marlin"), Some(5)); // t for l
        assert_eq!(it("plant5", "plant8"), Some(20)); // digits do not change
        assert_eq!(distance("abc", "xyz", 5), None);
    }

    fn plain_levenshtein(a: &[u8], b: &[u8]) -> u32 {
        let mut row: Vec<u32> = (0..=b.len() as u32).collect();
        for (i, x) in a.iter().enumerate() {
            let mut left = i as u32;
            row[0] = left + 1;
            for (j, y) in b.iter().enumerate() {
                let cost = (left + u32::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
                left = row[j + 1];
                row[j + 1] = cost;
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn symmetric_and_zero_on_itself(a in "[a-z0-9]{0,12}", b in "[a-z0-9]{0,12}") {
            prop_assert_eq!(distance(&a, &b, 100), distance(&b, &a, 100));
            prop_assert_eq!(distance(&a, &a, 0), Some(0));
        }

        // What the index relies on: a full edit moves the coarse form by one edit (a swap by two), a slip not at all.
        #[test]
        fn coarse_forms_stay_near(a in "[a-z]{0,10}", b in "[a-z]{0,10}") {
            if let Some(cost) = distance(&a, &b, 100) {
                prop_assert!(plain_levenshtein(&coarse(&a), &coarse(&b)) <= cost / FULL * 2);
            }
        }

        // What the index leaves out by counts is farther away than the limit.
        #[test]
        fn counts_never_hide_what_is_near(
            a in "[a-z0-9]{0,14}",
            b in "[a-z0-9]{0,14}",
            changes in proptest::collection::vec((0_usize..14, 0_u8..4, "[a-z5]"), 0..4),
            limit in 0_u32..25,
        ) {
            let mut near = a.clone().into_bytes();
            for (at, kind, letter) in changes {
                let (at, letter) = (at % (near.len() + 1), letter.as_bytes()[0]);
                match kind {
                    0 => near.insert(at, letter),
                    1 if at < near.len() => drop(near.remove(at)),
                    2 if at < near.len() => near[at] = letter,
                    _ if at + 1 < near.len() => near.swap(at, at + 1),
                    _ => {}
                }
            }
            for b in [b, String::from_utf8(near).unwrap_or_default()] {
                if distance(&a, &b, limit).is_some() {
                    prop_assert!(Counts::of(&a).could(Counts::of(&b), limit), "{a} {b}");
                }
            }
        }

        #[test]
        fn limit_only_hides(a in "[a-e]{0,8}", b in "[a-e]{0,8}", limit in 0_u32..15) {
            prop_assert_eq!(distance(&a, &b, limit), distance(&a, &b, 100).filter(|it| *it <= limit));
        }
    }
}
