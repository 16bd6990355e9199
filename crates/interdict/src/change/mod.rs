//! Two versions of a list -> what was added, removed and changed, value by value.
//!
//! Entities are paired by their id. Of a pair, values are compared as sets with repetition: an order that differs is no change,
//! nor is another place in the file (an [`Origin`](crate::entity::Origin)), so that one publication in two formats can be compared, too. What is said
//! here is all: whoever applies the changes to the facts of the older version has those of the newer one.

mod facts;

pub use facts::{Field, Place, Value, facts};

use std::collections::BTreeMap;

use crate::entity::{Entity, Schema};

/// What lies between two versions. Everything is in the order of the ids, numbers at their ends by size.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// Entities that only the newer version has.
    pub added: Vec<&'a Entity>,
    /// Entities that only the older version has.
    pub removed: Vec<&'a Entity>,
    /// Entities of both that differ.
    pub changed: Vec<Changed<'a>>,
    /// Entities that are in both and say the same.
    pub same: usize,
    /// Places in `removed` and `added` of entities that look like one whose key was changed: same name, same kind, one of each.
    pub rekeyed: Vec<(usize, usize)>,
}

/// An entity of both versions that differs.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    /// As it was.
    pub before: &'a Entity,
    /// As it is.
    pub after: &'a Entity,
    /// What differs, in the order of [`Field`]; never empty.
    pub fields: Vec<Difference<'a>>,
}

/// A field of an entity that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<'a> {
    /// The field.
    pub field: Field,
    /// Values that only the older version has, sorted; a value that stands there more often is here for each time.
    pub removed: Vec<Value<'a>>,
    /// Values that only the newer version has, sorted.
    pub added: Vec<Value<'a>>,
}

/// How many entities were added, removed and changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// Only in the newer version.
    pub added: usize,
    /// Only in the older version.
    pub removed: usize,
    /// In both, and different.
    pub changed: usize,
}

/// How a field changed over all changed entities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldTally {
    /// Entities in which it did.
    pub entities: usize,
    /// Values that are new.
    pub added: usize,
    /// Values that are gone.
    pub removed: usize,
}

/// Compares two versions. Cost: a sort of the ids, one pass over the values, and a sort of the values of the entities that differ.
#[must_use]
pub fn between<'a>(before: &'a [Entity], after: &'a [Entity]) -> Changes<'a> {
    let (old, new) = (sorted(before), sorted(after));
    let mut changes = Changes::default();
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        // An id that stands twice in a version is paired in the order of the file.
        match (old.peek(), new.peek()) {
            (Some(a), Some(b)) if a.0 == b.0 => {
                let (a, b) = (a.1, b.1);
                old.next();
                new.next();
                if facts::same(a, b) {
                    changes.same += 1;
                    continue;
                }
                let fields = differences(a, b);
                if fields.is_empty() {
                    changes.same += 1;
                } else {
                    changes.changed.push(Changed {
                        before: a,
                        after: b,
                        fields,
                    });
                }
            }
            (Some(a), Some(b)) if a.0 < b.0 => changes.removed.extend(old.next().map(|it| it.1)),
            (Some(_), None) => changes.removed.extend(old.next().map(|it| it.1)),
            (_, Some(_)) => changes.added.extend(new.next().map(|it| it.1)),
            (None, None) => break,
        }
    }
    changes.rekeyed = rekeyed(&changes.removed, &changes.added);
    changes
}

/// `us-ofac-sdn-306` behind `us-ofac-sdn-36`: what stands before the digits at the end, then the digits by their number.
type Key<'a> = (&'a str, usize, &'a str);

fn key(id: &str) -> Key<'_> {
    let front = id.trim_end_matches(|it: char| it.is_ascii_digit());
    let digits = id.get(front.len()..).unwrap_or("");
    (front, digits.len(), digits)
}

fn sorted(entities: &[Entity]) -> Vec<(Key<'_>, &Entity)> {
    let mut out: Vec<(Key<'_>, &Entity)> = entities.iter().map(|it| (key(&it.id), it)).collect();
    // Stable: entities of one id stay in the order of the file.
    out.sort_by_key(|it| it.0);
    out
}

/// What differs between two entities, field by field; empty where only the order of values does.
#[must_use]
pub fn differences<'a>(before: &'a Entity, after: &'a Entity) -> Vec<Difference<'a>> {
    let (old, new) = (facts(before), facts(after));
    let (mut i, mut j) = (0, 0);
    let mut out: Vec<Difference<'a>> = Vec::new();
    let mut push = |field: Field, value: Value<'a>, gone: bool| {
        if out.last().is_none_or(|it| it.field != field) {
            out.push(Difference {
                field,
                removed: Vec::new(),
                added: Vec::new(),
            });
        }
        if let Some(last) = out.last_mut() {
            let side = if gone { &mut last.removed } else { &mut last.added };
            side.push(value);
        }
    };
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => (i, j) = (i + 1, j + 1),
            (Some(a), b) if b.is_none_or(|b| a < b) => {
                push(a.0, a.1, true);
                i += 1;
            }
            (_, Some(b)) => {
                push(b.0, b.1, false);
                j += 1;
            }
            (_, None) => return out,
        }
    }
}

fn rekeyed(removed: &[&Entity], added: &[&Entity]) -> Vec<(usize, usize)> {
    fn by_name<'a>(side: &[&'a Entity]) -> BTreeMap<(Schema, &'a str), Vec<usize>> {
        let mut out: BTreeMap<(Schema, &'a str), Vec<usize>> = BTreeMap::new();
        for (at, it) in side.iter().enumerate() {
            out.entry((it.party.schema, it.caption())).or_default().push(at);
        }
        out
    }
    let (old, new) = (by_name(removed), by_name(added));
    let mut out: Vec<(usize, usize)> = old
        .iter()
        .filter_map(|(name, old)| match (old.as_slice(), new.get(name)?.as_slice()) {
            ([a], [b]) => Some((*a, *b)),
            // Several of one name: which of them went where cannot be told.
            _ => None,
        })
        .collect();
    out.sort_unstable();
    out
}

impl<'a> Changes<'a> {
    /// Whether the two versions say the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// Added, removed, changed.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally {
            added: self.added.len(),
            removed: self.removed.len(),
            changed: self.changed.len(),
        }
    }

    /// The same by kind of party. A party whose kind changed counts under the new one.
    #[must_use]
    pub fn by_schema(&self) -> BTreeMap<Schema, Tally> {
        self.by(|it| [it.party.schema].into_iter())
    }

    /// The same by programme. A party of several programmes counts under each.
    #[must_use]
    pub fn by_programme(&self) -> BTreeMap<&'a str, Tally> {
        self.by(|it| {
            let mut all: Vec<&str> = it
                .listings
                .iter()
                .flat_map(|it| &it.programmes)
                .map(String::as_str)
                .collect();
            all.sort_unstable();
            all.dedup();
            all.into_iter()
        })
    }

    /// What changed in the changed entities, by field.
    #[must_use]
    pub fn by_field(&self) -> BTreeMap<Field, FieldTally> {
        let mut out: BTreeMap<Field, FieldTally> = BTreeMap::new();
        for it in self.changed.iter().flat_map(|it| &it.fields) {
            let tally = out.entry(it.field).or_default();
            tally.entities += 1;
            tally.added += it.added.len();
            tally.removed += it.removed.len();
        }
        out
    }

    fn by<K: Ord, I: Iterator<Item = K>>(&self, keys: impl Fn(&'a Entity) -> I) -> BTreeMap<K, Tally> {
        let mut out: BTreeMap<K, Tally> = BTreeMap::new();
        for it in &self.added {
            keys(it).for_each(|it| out.entry(it).or_default().added += 1);
        }
        for it in &self.removed {
            keys(it).for_each(|it| out.entry(it).or_default().removed += 1);
        }
        for it in &self.changed {
            keys(it.after).for_each(|it| out.entry(it).or_default().changed += 1);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_the_order_of_their_numbers() {
        let mut ids = [
            "us-ofac-sdn-306",
            "us-ofac-sdn-36",
            "un-sc-QDi.002",
            "un-sc-QDi.001",
            "a",
        ];
        ids.sort_by_key(|it| key(it));
        assert_eq!(
            ids,
            [
                "a",
                "un-sc-QDi.001",
                "un-sc-QDi.002",
                "us-ofac-sdn-36",
                "us-ofac-sdn-306"
            ]
        );
    }
}
