//! Pairs -> clusters, under what may not stand together.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use super::candidates::same_list;
use super::compare::Veto;
use super::profile::Profile;

/// Why two clusters may not become one: by which two of their members.
pub(super) enum Refusal {
    Forbidden(u32, u32),
    SameList(u32, u32),
    Veto(Veto),
}

/// Clusters in the making.
pub(super) struct Clusters<'a> {
    profiles: &'a [Profile],
    /// Entry -> the least entry of its cluster.
    of: Vec<u32>,
    /// The members of clusters of more than one.
    members: BTreeMap<u32, Vec<u32>>,
    forbidden: BTreeSet<(u32, u32)>,
}

impl<'a> Clusters<'a> {
    pub(super) fn new(profiles: &'a [Profile]) -> Self {
        Self {
            profiles,
            of: (0_u32..).take(profiles.len()).collect(),
            members: BTreeMap::new(),
            forbidden: BTreeSet::new(),
        }
    }

    fn root(&self, at: u32) -> u32 {
        self.of.get(at as usize).copied().unwrap_or(at)
    }

    fn of_root(&self, root: u32) -> Vec<u32> {
        self.members.get(&root).cloned().unwrap_or_else(|| vec![root])
    }

    pub(super) fn together(&self, a: u32, b: u32) -> bool {
        self.root(a) == self.root(b)
    }

    pub(super) fn forbid(&mut self, a: u32, b: u32) {
        self.forbidden.insert((a.min(b), a.max(b)));
    }

    /// Unites without asking.
    pub(super) fn force(&mut self, a: u32, b: u32) {
        let (x, y) = (self.root(a), self.root(b));
        if x == y {
            return;
        }
        let mut all = self.of_root(x);
        all.extend(self.of_root(y));
        all.sort_unstable();
        let root = x.min(y);
        self.members.remove(&x);
        self.members.remove(&y);
        for it in &all {
            if let Some(of) = self.of.get_mut(*it as usize) {
                *of = root;
            }
        }
        self.members.insert(root, all);
    }

    /// Unites the clusters of two entries unless two of their members may not stand together. What a publisher's own number unites
    /// may be two entries of one list: then the list itself names the subject twice.
    pub(super) fn unite(
        &mut self,
        a: u32,
        b: u32,
        rule: Rule,
        veto: impl Fn(u32, u32) -> Option<Veto>,
    ) -> Result<(), Refusal> {
        let (mine, theirs) = (self.of_root(self.root(a)), self.of_root(self.root(b)));
        for x in &mine {
            for y in &theirs {
                if self.forbidden.contains(&(*x.min(y), *x.max(y))) {
                    return Err(Refusal::Forbidden(*x, *y));
                }
                if rule > Rule::Reference && same_list(&self.profiles[*x as usize], &self.profiles[*y as usize]) {
                    return Err(Refusal::SameList(*x, *y));
                }
                // One entry in two formats contradicts itself at most; a reference is the publishers' own word.
                if rule > Rule::Entry
                    && let Some(it) = veto(*x, *y)
                    && (rule != Rule::Reference || matches!(it, Veto::Schema))
                {
                    return Err(Refusal::Veto(it));
                }
            }
        }
        self.force(a, b);
        Ok(())
    }

    /// All clusters of more than one, each sorted, by their least member.
    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        self.members
            .values()
            .map(|it| it.iter().map(|it| *it as usize).collect())
            .collect()
    }
}
