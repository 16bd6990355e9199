//! The facts: what a publisher or a caller says about a person, organisation, vessel, aircraft or wallet.
//!
//! Both sides of a comparison share one type, [`Party`]. An [`Entity`] is a listed party with its listings and the origin
//! of each value; a [`Query`] is an asked party.

mod country;
mod date;
mod identifier;
mod listing;
mod relation;

pub use country::Country;
pub use date::{CivilDate, DateError, PartialDate};
pub use identifier::{Identifier, IdentifierKind, Validity};
pub use listing::{Authority, Listing, Measure};
pub use relation::{Other, Relation, RelationKind};

use std::fmt;
use std::sync::Arc;

/// What kind of thing a party is. Names are those of the FollowTheMoney ontology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Schema {
    /// A natural person.
    Person,
    /// Any organisation: company, public body, armed group.
    Organization,
    /// A company; compared as an organisation.
    Company,
    /// A person or an organisation: the publisher or the caller does not say which.
    LegalEntity,
    /// A ship.
    Vessel,
    /// An aircraft.
    Airplane,
    /// A digital-currency address that is listed by itself.
    CryptoWallet,
    /// A security (share, bond).
    Security,
    /// Nothing is known about the kind.
    Thing,
}

impl Schema {
    /// Every schema, in reading order.
    pub const ALL: [Self; 9] = [
        Self::Person,
        Self::Organization,
        Self::Company,
        Self::LegalEntity,
        Self::Vessel,
        Self::Airplane,
        Self::CryptoWallet,
        Self::Security,
        Self::Thing,
    ];

    /// The FollowTheMoney name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Organization => "Organization",
            Self::Company => "Company",
            Self::LegalEntity => "LegalEntity",
            Self::Vessel => "Vessel",
            Self::Airplane => "Airplane",
            Self::CryptoWallet => "CryptoWallet",
            Self::Security => "Security",
            Self::Thing => "Thing",
        }
    }

    /// Reads a FollowTheMoney schema name or a usual word for it (`individual`, `entity`, `ship`), case aside.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "person" | "individual" | "natural person" | "human" => Self::Person,
            "organization" | "organisation" | "org" | "publicbody" | "enterprise" => Self::Organization,
            "company" | "business" | "corporation" => Self::Company,
            "legalentity" | "entity" | "legal entity" => Self::LegalEntity,
            "vessel" | "ship" => Self::Vessel,
            "airplane" | "aircraft" => Self::Airplane,
            "cryptowallet" | "wallet" => Self::CryptoWallet,
            "security" => Self::Security,
            "thing" | "any" | "unknown" => Self::Thing,
            _ => return None,
        })
    }

    /// Whether one subject could be filed under both schemata: `Company` and `Organization` yes, `Person` and `Vessel` no.
    #[must_use]
    pub fn compatible(self, other: Self) -> bool {
        let group = |it: Self| match it {
            Self::Person => 0b1,
            Self::Organization | Self::Company => 0b10,
            Self::LegalEntity => 0b11,
            Self::Vessel => 0b100,
            Self::Airplane => 0b1000,
            // A wallet is listed with its owner, of whatever kind.
            Self::CryptoWallet => 0b11_1111,
            Self::Security => 0b10_0000,
            Self::Thing => 0b11_1111,
        };
        group(self) & group(other) != 0
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a value stands: which source, which record, which field. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The list or file, e.g. `us-ofac-sdn`.
    pub source: Arc<str>,
    /// The publisher's key of the record, e.g. `32391`.
    pub record: Arc<str>,
    /// The publisher's name of the field, e.g. `Remarks` or `akaList/aka`.
    pub field: &'static str,
}

impl Origin {
    /// The origin of a value that a caller asked with.
    #[must_use]
    pub fn asked() -> Self {
        Self {
            source: Arc::from("query"),
            record: Arc::from(""),
            field: "query",
        }
    }

    /// The same record, another field.
    #[must_use]
    pub fn at(&self, field: &'static str) -> Self {
        Self {
            source: Arc::clone(&self.source),
            record: Arc::clone(&self.record),
            field,
        }
    }
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    /// What is said.
    pub value: T,
    /// Where it is said.
    pub origin: Origin,
}

impl<T> Fact<T> {
    /// A value and where it stands.
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// How a name relates to its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// The name under which the publisher files the entry.
    Primary,
    /// Also known as.
    Alias,
    /// Formerly known as.
    Former,
    /// Now known as: the current name of an entry filed under an older one.
    Current,
}

impl NameKind {
    /// A lower-case word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Alias => "alias",
            Self::Former => "former",
            Self::Current => "current",
        }
    }
}

/// A name as published or asked, with what the source says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyName {
    /// The name in reading order (`Ousmane Illiassou Djibo`, not `DJIBO, Ousmane Illiassou`), otherwise verbatim.
    pub text: String,
    /// The family name where the source marks it (`LAST, First`; `lastName`; the UK's `Name 6`).
    pub family: Option<String>,
    /// The given and middle names where the source marks them.
    pub given: Option<String>,
    /// How the name relates to its bearer.
    pub kind: NameKind,
    /// A weak alias: OFAC's weak a.k.a., the UN's and UK's low quality, the EU's `strong="false"`. It corroborates; by policy
    /// it does not alert alone.
    pub weak: bool,
    /// The language or script that the source states, verbatim.
    pub language: Option<String>,
}

impl PartyName {
    /// A primary, strong name with nothing more known.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            family: None,
            given: None,
            kind: NameKind::Primary,
            weak: false,
            language: None,
        }
    }

    /// A name from a given part and a family part, either of which may be empty.
    #[must_use]
    pub fn from_parts(given: &str, family: &str) -> Self {
        let given = given.trim();
        let family = family.trim();
        let some = |it: &str| (!it.is_empty()).then(|| it.to_owned());
        let text = if given.is_empty() || family.is_empty() {
            format!("{given}{family}")
        } else {
            format!("{given} {family}")
        };
        Self {
            text,
            family: some(family),
            given: some(given),
            kind: NameKind::Primary,
            weak: false,
            language: None,
        }
    }

    /// Reads `LAST, First Middle` as family and given; a name without a comma stays whole.
    #[must_use]
    pub fn from_inverted(text: &str) -> Self {
        match text.split_once(',') {
            Some((family, given)) if !family.trim().is_empty() && !given.trim().is_empty() => {
                Self::from_parts(given, family)
            }
            _ => Self::new(text.trim()),
        }
    }

    /// The same name, of another kind.
    #[must_use]
    pub fn kind(mut self, kind: NameKind) -> Self {
        self.kind = kind;
        self
    }

    /// The same name, weak or not.
    #[must_use]
    pub fn weak(mut self, weak: bool) -> Self {
        self.weak = weak;
        self
    }

    /// The same name, with the language or script that the source states.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }
}

/// A postal address as published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The whole address on one line, verbatim parts joined by `, `.
    pub full: String,
    /// Town or city, where the source marks it.
    pub city: Option<String>,
    /// Country, where the source marks one that we know.
    pub country: Option<Country>,
}

/// Sex as recorded by a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Stated, and neither of the two.
    Other,
}

impl Gender {
    /// Reads `M`, `Male`, `F`, `female` and the like; `None` for what it does not know.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "m" | "male" | "man" | "masculin" | "masculine" => Self::Male,
            "f" | "female" | "woman" | "feminin" | "féminin" | "feminine" => Self::Female,
            "x" | "other" | "o" | "diverse" => Self::Other,
            _ => return None,
        })
    }

    /// `female`, `male` or `other`, as in FollowTheMoney.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Other => "other",
        }
    }
}

/// The facts about one subject; both sides of a comparison are of this type.
#[derive(Clone, Debug, PartialEq)]
pub struct Party {
    /// What kind of thing it is.
    pub schema: Schema,
    /// All names, primary first where the source has one.
    pub names: Vec<Fact<PartyName>>,
    /// Birth dates of a person; every one that the source gives.
    pub birth_dates: Vec<Fact<PartialDate>>,
    /// Dates of incorporation, or years of build of a vessel.
    pub founded: Vec<Fact<PartialDate>>,
    /// Places of birth, verbatim.
    pub birth_places: Vec<Fact<String>>,
    /// Nationalities and citizenships.
    pub nationalities: Vec<Fact<Country>>,
    /// Other countries: of address, of birth, of registration, flag.
    pub countries: Vec<Fact<Country>>,
    /// Sex.
    pub genders: Vec<Fact<Gender>>,
    /// Documents, registrations, wallets: whatever numbers or codes the subject carries.
    pub identifiers: Vec<Fact<Identifier>>,
    /// Addresses.
    pub addresses: Vec<Fact<Address>>,
    /// Titles, offices held and functions, verbatim (`Minister of Foreign Affairs of Italy`).
    pub positions: Vec<Fact<String>>,
}

impl Party {
    /// A party of which nothing is known but its kind.
    #[must_use]
    pub const fn new(schema: Schema) -> Self {
        Self {
            schema,
            names: Vec::new(),
            birth_dates: Vec::new(),
            founded: Vec::new(),
            birth_places: Vec::new(),
            nationalities: Vec::new(),
            countries: Vec::new(),
            genders: Vec::new(),
            identifiers: Vec::new(),
            addresses: Vec::new(),
            positions: Vec::new(),
        }
    }

    /// The name to call it by: the first primary one, else the first, else an identifier, else `(no name)`.
    #[must_use]
    pub fn caption(&self) -> &str {
        self.names
            .iter()
            .find(|it| it.value.kind == NameKind::Primary && !it.value.weak)
            .or_else(|| self.names.first())
            .map(|it| it.value.text.as_str())
            .or_else(|| self.identifiers.first().map(|it| it.value.number.as_str()))
            .unwrap_or("(no name)")
    }
}

/// A listed party.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// Unique among all loaded lists: list id, `-`, the publisher's key (`us-ofac-sdn-32391`). FollowTheMoney ids stay as they are.
    pub id: String,
    /// The facts.
    pub party: Party,
    /// Who listed it, under what, since when. A record that is on no sanctions list (an office holder) has none or such
    /// with [`Measure::None`].
    pub listings: Vec<Listing>,
    /// FollowTheMoney topics (`sanction`, `crime.terror`, `role.pep`).
    pub topics: Vec<String>,
    /// Remarks and statements of reasons, verbatim.
    pub notes: Vec<Fact<String>>,
    /// Related entities.
    pub relations: Vec<Fact<Relation>>,
    /// The entries that it was united of, where it is more than one; each fact has its origin.
    pub members: Vec<Member>,
}

/// An entry of a list within an entity that unites several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id that the entry has by itself.
    pub id: String,
    /// The list that it stands on.
    pub list: String,
    /// Why it belongs to the others, in words; empty for the first one.
    pub reason: String,
}

impl Entity {
    /// An entity with its id and facts and nothing more.
    pub fn new(id: impl Into<String>, party: Party) -> Self {
        Self {
            id: id.into(),
            party,
            listings: Vec::new(),
            topics: Vec::new(),
            notes: Vec::new(),
            relations: Vec::new(),
            members: Vec::new(),
        }
    }

    /// Whether it has this id, or an entry of this id is part of it.
    #[must_use]
    pub fn answers_to(&self, id: &str) -> bool {
        self.id == id || self.members.iter().any(|it| it.id == id)
    }

    /// The name to call it by.
    #[must_use]
    pub fn caption(&self) -> &str {
        self.party.caption()
    }
}

/// An asked party.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The caller's own key of the record, given back in the answer.
    pub id: Option<String>,
    /// The facts that are asked with.
    pub party: Party,
}

impl Query {
    /// Asks for one name, kind unknown.
    pub fn by_name(name: impl Into<String>) -> Self {
        let mut party = Party::new(Schema::Thing);
        party.names.push(Fact::new(PartyName::new(name), Origin::asked()));
        Self { id: None, party }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The value was kept verbatim but not understood in full (an unknown identifier type, an odd date).
    Notice,
    /// A value or a record could not be used: something that the publisher says is not screened.
    Loss,
    /// The file as a whole cannot be trusted: truncated, not the format, its own record count differs.
    Fatal,
}

impl Severity {
    /// A lower-case word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Loss => "loss",
            Self::Fatal => "fatal",
        }
    }
}

/// Something in a file that was not understood. Nothing is dropped in silence: it names record, field and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The publisher's key of the record, or a line or byte position (`line 12`, `byte 40960`).
    pub record: String,
    /// The publisher's name of the field, or empty for the whole record.
    pub field: String,
    /// The value at fault, shortened to 200 characters.
    pub value: String,
    /// What is wrong with it: a lower-case phrase.
    pub message: String,
}

impl Problem {
    /// A problem at one field of one record.
    pub fn new(
        severity: Severity,
        record: impl Into<String>,
        field: impl Into<String>,
        value: &str,
        message: impl Into<String>,
    ) -> Self {
        let short: String = if value.chars().count() > 200 {
            value.chars().take(200).chain(std::iter::once('…')).collect()
        } else {
            value.to_owned()
        };
        Self {
            severity,
            record: record.into(),
            field: field.into(),
            value: short,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record `{}`", self.record)?;
        if !self.field.is_empty() {
            write!(f, ", field `{}`", self.field)?;
        }
        if !self.value.is_empty() {
            // Control characters could move a terminal's cursor or hide text.
            let shown: String = self
                .value
                .chars()
                .map(|it| if it.is_control() { '\u{fffd}' } else { it })
                .collect();
            write!(f, ", value `{shown}`")?;
        }
        write!(f, ": {}", self.message)
    }
}
