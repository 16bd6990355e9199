//! Matches -> decision, by a policy that is chosen by name, versioned and hashed.

mod file;

use std::fmt;

use crate::entity::{Authority, Entity, Listing, Measure};
use crate::score::{Feature, Score, Scored};

/// What to do with the asked party. Exhaustive on purpose: who matches on it must hear of a new outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Nobody on the binding lists comes near.
    Clear,
    /// A person has to look.
    Review,
    /// Prohibited, without property to hold: the funds go back.
    Reject,
    /// Property is held and may not be returned.
    Block,
    /// Could not be screened; never to be taken for clear.
    Error,
}

impl Decision {
    /// The word that JSON and tables use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Review => "review",
            Self::Reject => "reject",
            Self::Block => "block",
            Self::Error => "error",
        }
    }

    /// The exit code of the program.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Clear => 0,
            Self::Review => 10,
            Self::Block => 11,
            Self::Reject => 12,
            Self::Error => 20,
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What follows for a listed party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consequence {
    /// Nothing: the listing binds nobody here; it is shown.
    None,
    /// A person has to look.
    Review,
    /// Reject.
    Reject,
    /// Block.
    Block,
}

impl Consequence {
    /// The word that policies use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Review => "review",
            Self::Reject => "reject",
            Self::Block => "block",
        }
    }

    const fn decision(self) -> Decision {
        match self {
            Self::None => Decision::Clear,
            Self::Review => Decision::Review,
            Self::Reject => Decision::Reject,
            Self::Block => Decision::Block,
        }
    }
}

/// What a match that rests on a weak alias alone comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WeakAlone {
    /// Shown, and not a match.
    Ignore,
    /// A person has to look at a rare one; a generic one is shown, and not a match. OFAC calls weak what is broad or generic enough
    /// to raise a mass of false alerts (FAQ 122): `El Tio`, not `Petit Chapori`.
    Rare,
    /// A person has to look.
    Review,
}

/// How old a list may be, in hours since it was last seen to be what the publisher has. Past it no answer is to be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Of any list.
    pub max_age_hours: u32,
    /// Of the lists of some authorities.
    pub authorities: Vec<(Authority, u32)>,
}

impl Freshness {
    /// A day: those who list freeze at once, and expect the same of everybody.
    pub const DEFAULT_HOURS: u32 = 24;

    /// How old a list with entries of these authorities may be: the least that any of them asks for.
    #[must_use]
    pub fn max_age_hours<'a>(&self, authorities: impl IntoIterator<Item = &'a Authority>) -> u32 {
        let of = |it: &Authority| {
            let own = self.authorities.iter().find(|own| own.0 == *it);
            own.map_or(self.max_age_hours, |it| it.1)
        };
        authorities.into_iter().map(of).min().unwrap_or(self.max_age_hours)
    }
}

/// A rule: which listings it is for, and what follows from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Authorities; empty means any.
    pub authorities: Vec<Authority>,
    /// Measures; empty means any.
    pub measures: Vec<Measure>,
    /// Programmes, verbatim; empty means any.
    pub programmes: Vec<String>,
    /// What follows.
    pub consequence: Consequence,
    /// What follows, in words.
    pub words: String,
    /// The regulation that says so.
    pub source: String,
}

impl Rule {
    fn fits(&self, listing: &Listing) -> bool {
        (self.authorities.is_empty() || self.authorities.contains(&listing.authority))
            && (self.measures.is_empty() || self.measures.iter().any(|it| listing.measures.contains(it)))
            && (self.programmes.is_empty() || self.programmes.iter().any(|it| listing.programmes.contains(it)))
    }
}

/// A policy as resolved: nothing in it is optional. There is no default one; it has to be picked by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name, e.g. `us-bank`.
    pub name: String,
    /// Raised with every change of meaning.
    pub version: u32,
    /// For whom it is.
    pub description: String,
    /// A score at or above it is a match.
    pub review: Score,
    /// A score at or above it, by a strong name or an identifier, lets the consequence follow without a look.
    pub strong: Score,
    /// What a weak alias alone comes to.
    pub weak_alone: WeakAlone,
    /// The first rule that fits a listing decides.
    pub rules: Vec<Rule>,
    /// How old a list may be.
    pub freshness: Freshness,
    /// BLAKE3 of the file, hexadecimal.
    pub hash: String,
}

impl Policy {
    /// Reads a policy file (TOML).
    ///
    /// # Errors
    /// Names the field and the value that it cannot read, or what is missing.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        file::parse(text)
    }

    /// `name@version`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The same policy with another threshold for review; the strong one is raised with it where it has to be.
    #[must_use]
    pub fn with_review(mut self, review: Score) -> Self {
        self.review = review;
        self.strong = self.strong.max(review);
        self
    }

    /// What follows from a listing, and why. A listing that no rule names has to be looked at.
    #[must_use]
    pub fn consequence(&self, listing: &Listing) -> (Consequence, Option<&Rule>) {
        self.rules
            .iter()
            .find(|it| it.fits(listing))
            .map_or((Consequence::Review, None), |it| (it.consequence, Some(it)))
    }

    /// What the entity's listings come to, the gravest first. An entity without listings has no consequence.
    #[must_use]
    pub fn consequences<'a>(&'a self, entity: &'a Entity) -> Vec<(Consequence, Option<&'a Rule>, &'a Listing)> {
        let mut out: Vec<_> = entity
            .listings
            .iter()
            .map(|it| {
                let (consequence, rule) = self.consequence(it);
                (consequence, rule, it)
            })
            .collect();
        out.sort_by_key(|it| std::cmp::Reverse(it.0));
        out
    }

    /// What one scored pair comes to.
    #[must_use]
    pub fn judge(&self, entity: &Entity, scored: &Scored) -> Judgement {
        let enough = match self.weak_alone {
            _ if !scored.weak_only => true,
            WeakAlone::Ignore => false,
            WeakAlone::Rare => scored
                .evidence
                .iter()
                .any(|it| it.feature == Feature::Rarity && it.weight > 0),
            WeakAlone::Review => true,
        };
        let matched = scored.score >= self.review && enough;
        let gravest = self.consequences(entity).first().map_or(Consequence::None, |it| it.0);
        let sure = scored.score >= self.strong && !scored.weak_only;
        let decision = match (matched, sure) {
            (false, _) => Decision::Clear,
            (true, true) => gravest.decision(),
            (true, false) => gravest.decision().min(Decision::Review),
        };
        Judgement {
            matched,
            consequence: gravest,
            decision,
        }
    }
}

/// What one scored pair comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The score reaches the threshold, by more than a weak alias where the policy asks for it.
    pub matched: bool,
    /// What the listings come to.
    pub consequence: Consequence,
    /// What to do, by this pair alone.
    pub decision: Decision,
}

/// Why a policy could not be read: a lower-case phrase that names field and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError(String);

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PolicyError {}
