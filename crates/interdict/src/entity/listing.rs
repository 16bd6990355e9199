//! A listing: which authority named the party, under which programme, with what effect, since when.

use std::fmt;

use super::PartialDate;

/// Who lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// US Treasury, Office of Foreign Assets Control.
    UsOfac,
    /// US Commerce, Bureau of Industry and Security.
    UsBis,
    /// US Department of State.
    UsState,
    /// United Nations Security Council.
    UnSc,
    /// Council of the European Union.
    Eu,
    /// United Kingdom (FCDO; OFSI before 2026).
    Uk,
    /// Switzerland, SECO.
    Ch,
    /// Canada, Global Affairs and Public Safety.
    Ca,
    /// Australia, DFAT.
    Au,
    /// France, Direction générale du Trésor.
    Fr,
    /// Any other, by the name that the source gives.
    Other(String),
}

impl Authority {
    /// The short name that policies and JSON use: `OFAC`, `UN`, `EU`, `UK`, ...
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::UsOfac => "OFAC",
            Self::UsBis => "BIS",
            Self::UsState => "State",
            Self::UnSc => "UN",
            Self::Eu => "EU",
            Self::Uk => "UK",
            Self::Ch => "CH",
            Self::Ca => "CA",
            Self::Au => "AU",
            Self::Fr => "FR",
            Self::Other(name) => name,
        }
    }

    /// Reads a short name, case aside; what it does not know becomes [`Authority::Other`].
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "ofac" => Self::UsOfac,
            "bis" => Self::UsBis,
            "state" => Self::UsState,
            "un" | "unsc" => Self::UnSc,
            "eu" => Self::Eu,
            "uk" | "ofsi" | "fcdo" => Self::Uk,
            "ch" | "seco" => Self::Ch,
            "ca" => Self::Ca,
            "au" | "dfat" => Self::Au,
            "fr" => Self::Fr,
            _ => Self::Other(name.trim().to_owned()),
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a listing does, as far as dealings go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Assets are blocked or frozen and nothing may be made available (OFAC SDN, UN, EU, UK asset freeze).
    Freeze,
    /// Certain new debt, equity or securities dealings are barred (SSI, NS-CMIC, EU sectoral).
    Sectoral,
    /// Correspondent or payable-through accounts are restricted (CAPTA).
    Correspondent,
    /// Exports need a licence or are barred (BIS lists).
    Export,
    /// Entry or transit is barred.
    Travel,
    /// Arms may not be supplied.
    Arms,
    /// A ship may not be served or may not enter ports.
    Maritime,
    /// Listed, with a measure that we do not classify; the verbatim text is in the listing.
    Other,
    /// No restriction: an office holder, a person of interest.
    None,
}

impl Measure {
    /// A lower-case word for it, used in policies and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Freeze => "asset freeze",
            Self::Sectoral => "sectoral",
            Self::Correspondent => "correspondent accounts",
            Self::Export => "export control",
            Self::Travel => "travel ban",
            Self::Arms => "arms embargo",
            Self::Maritime => "maritime",
            Self::Other => "other",
            Self::None => "none",
        }
    }

    /// Reads the word that [`Measure::name`] gives.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Freeze,
            Self::Sectoral,
            Self::Correspondent,
            Self::Export,
            Self::Travel,
            Self::Arms,
            Self::Maritime,
            Self::Other,
            Self::None,
        ]
        .into_iter()
        .find(|it| it.name().eq_ignore_ascii_case(word.trim()))
    }
}

/// One designation of a party by one authority.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// Who lists.
    pub authority: Authority,
    /// The list's id, e.g. `us-ofac-sdn`, `un-sc`, `eu-fsf`, `uk-conlist`.
    pub list: String,
    /// The publisher's key of the entry on that list.
    pub reference: String,
    /// Programme or regime tags, verbatim (`SDGT`, `TAQA`, `The ISIL (Da'esh) and Al-Qaida organisations`).
    pub programmes: Vec<String>,
    /// What the listing does; never empty.
    pub measures: Vec<Measure>,
    /// The legal act, verbatim, where the source names it (`2019/555 (OJ L97)`).
    pub legal_basis: Option<String>,
    /// Listed since, where the source says so.
    pub since: Option<PartialDate>,
    /// Where to read it, where the source says so.
    pub url: Option<String>,
}
