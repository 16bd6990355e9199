//! A relation: how a listed party stands to another one, as an edge and in the publisher's words.

use std::fmt;

/// How the entity that carries the relation stands to the other side. Read it as a sentence: *entity* `owned by` *other*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// Holds shares of it, or controls or operates it.
    Owns,
    /// Is owned, controlled or operated by it.
    OwnedBy,
    /// Leads it: a leader, director, officer or official of it.
    Leads,
    /// Is led by it.
    LedBy,
    /// Belongs to it: a member, an employee.
    MemberOf,
    /// Has it as a member.
    HasMember,
    /// Is of one family with it.
    Family,
    /// Keeps company with it: associates, partners.
    Associate,
    /// Acts for it or on its behalf.
    ActsFor,
    /// Has it act on its behalf.
    HasAgent,
    /// Supports it: with money, goods, services.
    Supports,
    /// Is supported by it.
    SupportedBy,
    /// Came before it: it is the successor.
    Before,
    /// Came after it: it is the predecessor.
    After,
    /// Linked in a way that the source does not say.
    Linked,
}

impl RelationKind {
    /// Every kind, in reading order.
    pub const ALL: [Self; 15] = [
        Self::Owns,
        Self::OwnedBy,
        Self::Leads,
        Self::LedBy,
        Self::MemberOf,
        Self::HasMember,
        Self::Family,
        Self::Associate,
        Self::ActsFor,
        Self::HasAgent,
        Self::Supports,
        Self::SupportedBy,
        Self::Before,
        Self::After,
        Self::Linked,
    ];

    /// The words that stand between the two sides in a sentence; JSON uses them, too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owns => "owns",
            Self::OwnedBy => "owned by",
            Self::Leads => "leads",
            Self::LedBy => "led by",
            Self::MemberOf => "member of",
            Self::HasMember => "has member",
            Self::Family => "family of",
            Self::Associate => "associate of",
            Self::ActsFor => "acts for",
            Self::HasAgent => "has agent",
            Self::Supports => "supports",
            Self::SupportedBy => "supported by",
            Self::Before => "predecessor of",
            Self::After => "successor of",
            Self::Linked => "linked to",
        }
    }

    /// Reads what [`RelationKind::name`] gives.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// How the other side stands to the entity.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::Owns => Self::OwnedBy,
            Self::OwnedBy => Self::Owns,
            Self::Leads => Self::LedBy,
            Self::LedBy => Self::Leads,
            Self::MemberOf => Self::HasMember,
            Self::HasMember => Self::MemberOf,
            Self::ActsFor => Self::HasAgent,
            Self::HasAgent => Self::ActsFor,
            Self::Supports => Self::SupportedBy,
            Self::SupportedBy => Self::Supports,
            Self::Before => Self::After,
            Self::After => Self::Before,
            Self::Family => Self::Family,
            Self::Associate => Self::Associate,
            Self::Linked => Self::Linked,
        }
    }
}

impl fmt::Display for RelationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The other side of a relation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// The id of an entity, as in [`super::Entity::id`]; it need not be loaded.
    Entity(String),
    /// A name or a description, verbatim: the source gives no key.
    Name(String),
}

impl Other {
    /// The id or the name.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Entity(it) | Self::Name(it) => it,
        }
    }
}

/// Another party that a list names as related to this one: an edge of the graph of entities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// How this entity stands to the other side.
    pub kind: RelationKind,
    /// What the source calls the relation, verbatim (`Linked To`, `Leader or official of`).
    pub words: String,
    /// The other side.
    pub other: Other,
    /// The source says that it is over.
    pub former: bool,
}

impl Relation {
    /// A relation that holds still.
    pub fn new(kind: RelationKind, words: impl Into<String>, other: Other) -> Self {
        Self {
            kind,
            words: words.into(),
            other,
            former: false,
        }
    }

    /// The same relation, over or not.
    #[must_use]
    pub const fn former(mut self, former: bool) -> Self {
        self.former = former;
        self
    }
}

impl fmt::Display for Relation {
    /// `owned by (former): Previous owner/operator -> [id]`, or the name without brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let former = if self.former { " (former)" } else { "" };
        write!(f, "{}{former}: {} -> ", self.kind, self.words)?;
        match &self.other {
            Other::Entity(id) => write!(f, "[{id}]"),
            Other::Name(name) => f.write_str(name),
        }
    }
}
