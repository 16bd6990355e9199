//! Documents, registrations and codes, with the check that each kind defines for itself.

use std::fmt;

use super::Country;

/// What an identifier is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentifierKind {
    /// Passport number; text, no check digit.
    Passport,
    /// National identity number.
    NationalId,
    /// Tax number.
    TaxId,
    /// Company or other registration number.
    Registration,
    /// IMO ship number: seven digits, the last one a check digit (IMO Resolution A.1117(30)).
    Imo,
    /// Maritime Mobile Service Identity: nine digits (ITU-R M.585).
    Mmsi,
    /// Radio call sign of a vessel.
    CallSign,
    /// Aircraft: tail number or manufacturer's serial number.
    AircraftNumber,
    /// Legal Entity Identifier: ISO 17442, 20 characters, ISO 7064 mod 97-10.
    Lei,
    /// Business Identifier Code: ISO 9362, 8 or 11 characters; the first 8 name the institution.
    Bic,
    /// International Bank Account Number: ISO 13616, mod 97-10.
    Iban,
    /// International Securities Identification Number: ISO 6166, 12 characters, Luhn over the digits of the letters.
    Isin,
    /// Address of a digital currency; the symbol of the currency where the source gives it (`XBT`, `ETH`).
    Wallet(String),
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Web site.
    Website,
    /// The UN's permanent reference number (`QDi.001`).
    UnReference,
    /// Any other, by the label of the source, verbatim (`C.U.R.P.`, `RUC #`).
    Other(String),
}

impl IdentifierKind {
    /// A short label.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Passport => "passport",
            Self::NationalId => "national id",
            Self::TaxId => "tax number",
            Self::Registration => "registration number",
            Self::Imo => "IMO number",
            Self::Mmsi => "MMSI",
            Self::CallSign => "call sign",
            Self::AircraftNumber => "aircraft number",
            Self::Lei => "LEI",
            Self::Bic => "BIC",
            Self::Iban => "IBAN",
            Self::Isin => "ISIN",
            Self::Wallet(_) => "wallet address",
            Self::Email => "e-mail",
            Self::Phone => "telephone",
            Self::Website => "web site",
            Self::UnReference => "UN reference",
            Self::Other(label) => label,
        }
    }

    /// Whether one subject has only one of it at a time and for life, so that two different ones speak against each other.
    #[must_use]
    pub const fn exclusive(&self) -> bool {
        matches!(self, Self::Imo | Self::Lei | Self::Isin)
    }

    /// Whether the same value of it names the same subject. A telephone, a web site or an e-mail may be shared.
    #[must_use]
    pub const fn strong(&self) -> bool {
        !matches!(
            self,
            Self::Email | Self::Phone | Self::Website | Self::CallSign | Self::Other(_)
        )
    }
}

/// What the check of an identifier's kind says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Validity {
    /// The kind has a check and the value passes it.
    Valid,
    /// The kind has a check and the value fails it; it is kept and compared as text.
    Invalid,
    /// The kind has no check.
    Unchecked,
}

/// A number or code that a subject carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// As published or asked.
    pub number: String,
    /// For comparison: upper case, without spaces and punctuation; wallet addresses keep their case.
    pub normal: String,
    /// The issuing country, where stated and known.
    pub country: Option<Country>,
    /// What the check of its kind says.
    pub validity: Validity,
    /// Known by the source to be false, lost or revoked: shown, and never evidence.
    pub unusable: bool,
}

impl Identifier {
    /// Normalises and checks a value.
    pub fn new(kind: IdentifierKind, number: impl Into<String>) -> Self {
        let number = number.into();
        let normal = normalise(&kind, &number);
        let validity = check(&kind, &normal);
        Self {
            kind,
            number,
            normal,
            country: None,
            validity,
            unusable: false,
        }
    }

    /// The same identifier with its issuing country.
    #[must_use]
    pub fn country(mut self, country: Option<Country>) -> Self {
        self.country = country;
        self
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.number)
    }
}

fn normalise(kind: &IdentifierKind, number: &str) -> String {
    match kind {
        // Base58 addresses are case-sensitive; hexadecimal (0x...) and bech32 (bc1...) ones are not.
        IdentifierKind::Wallet(_) => {
            let it: String = number.chars().filter(|it| !it.is_whitespace()).collect();
            let lower = it.to_ascii_lowercase();
            if ["0x", "bc1", "ltc1", "tb1"].iter().any(|mark| lower.starts_with(mark)) {
                lower
            } else {
                it
            }
        }
        IdentifierKind::Email | IdentifierKind::Website => number
            .chars()
            .filter(|it| !it.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect(),
        IdentifierKind::Imo => number.chars().filter(char::is_ascii_digit).collect(),
        IdentifierKind::Bic => {
            let it: String = alphanumeric(number);
            // `XXX` names the head office, which the 8-character form names, too.
            if it.len() == 11 && it.ends_with("XXX") {
                it[..8].to_owned()
            } else {
                it
            }
        }
        _ => alphanumeric(number),
    }
}

fn alphanumeric(text: &str) -> String {
    // Upper case first: one letter may become several, not all of them letters.
    text.chars()
        .flat_map(char::to_uppercase)
        .filter(|it| it.is_alphanumeric())
        .collect()
}

fn check(kind: &IdentifierKind, normal: &str) -> Validity {
    let passes = match kind {
        IdentifierKind::Imo => imo(normal),
        IdentifierKind::Mmsi => normal.len() == 9 && normal.bytes().all(|it| it.is_ascii_digit()),
        IdentifierKind::Lei => normal.len() == 20 && mod_97(normal) == Some(1),
        IdentifierKind::Bic => bic(normal),
        IdentifierKind::Iban => iban(normal),
        IdentifierKind::Isin => isin(normal),
        _ => return Validity::Unchecked,
    };
    if passes { Validity::Valid } else { Validity::Invalid }
}

fn imo(normal: &str) -> bool {
    let digits: Vec<u32> = normal.chars().filter_map(|it| it.to_digit(10)).collect();
    let [body @ .., check] = digits.as_slice() else {
        return false;
    };
    body.len() == 6 && body.iter().zip((2..=7).rev()).map(|(a, b)| a * b).sum::<u32>() % 10 == *check
}

/// The number that the characters spell (A = 10, ..., Z = 35) modulo 97; `None` for other characters.
fn mod_97(text: &str) -> Option<u32> {
    text.chars().try_fold(0_u32, |rest, it| {
        let value = it.to_digit(36)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    })
}

fn iban(normal: &str) -> bool {
    if !normal.is_ascii() || !(15..=34).contains(&normal.len()) {
        return false;
    }
    let (head, tail) = normal.split_at(4);
    head.bytes().take(2).all(|it| it.is_ascii_uppercase())
        && head.bytes().skip(2).all(|it| it.is_ascii_digit())
        && mod_97(&format!("{tail}{head}")) == Some(1)
}

fn bic(normal: &str) -> bool {
    normal.is_ascii()
        && matches!(normal.len(), 8 | 11)
        && normal.bytes().take(6).all(|it| it.is_ascii_uppercase())
        && Country::parse(&normal[4..6]).is_some()
}

fn isin(normal: &str) -> bool {
    if normal.len() != 12 || !normal.bytes().take(2).all(|it| it.is_ascii_uppercase()) {
        return false;
    }
    let mut digits = Vec::with_capacity(24);
    for it in normal.chars() {
        let Some(value) = it.to_digit(36) else { return false };
        if value >= 10 {
            digits.push(value / 10);
        }
        digits.push(value % 10);
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, it)| if i % 2 == 1 { (it * 2) / 10 + (it * 2) % 10 } else { *it })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn expect(kind: IdentifierKind, number: &str, validity: Validity) {
        assert_eq!(
            Identifier::new(kind.clone(), number).validity,
            validity,
            "{kind:?} `{number}`"
        );
    }

    #[test]
    fn checks() {
        use IdentifierKind as K;
        use Validity::{Invalid, Unchecked, Valid};
        expect(K::Imo, "IMO 9074729", Valid); // the example of the IMO's own resolution
        expect(K::Imo, "9074728", Invalid); // one digit off
        expect(K::Imo, "IMO 543400", Invalid); // six digits, as once published by OFAC
        expect(K::Lei, "529900T8BM49AURSDO55", Valid); // a LEI of GLEIF's own documents
        expect(K::Lei, "529900T8BM49AURSDO56", Invalid);
        expect(K::Bic, "DEUTDEFF", Valid);
        expect(K::Bic, "DEUTDEFFXXX", Valid);
        expect(K::Bic, "DEUT1EFF", Invalid); // digits in the country
        expect(K::Iban, "GB82 WEST 1234 5698 7654 32", Valid); // the example of ISO 13616
        expect(K::Iban, "GB82 WEST 1234 5698 7654 33", Invalid);
        expect(K::Isin, "US0378331005", Valid);
        expect(K::Isin, "US0378331006", Invalid);
        expect(K::Mmsi, "422026600", Valid);
        expect(K::Passport, "A 123-45", Unchecked);
    }

    #[test]
    fn comparison_forms() {
        let normal = |kind, number: &str| Identifier::new(kind, number).normal;
        assert_eq!(normal(IdentifierKind::Passport, "A 123-45"), "A12345");
        assert_eq!(
            normal(IdentifierKind::Bic, "DCBK KPPY"),
            "DCBKKPPY",
            "the EU file has a space inside a BIC"
        );
        assert_eq!(normal(IdentifierKind::Bic, "DEUTDEFFXXX"), "DEUTDEFF");
        assert_eq!(normal(IdentifierKind::Wallet("ETH".into()), "0xAbC"), "0xabc");
        assert_eq!(
            normal(
                IdentifierKind::Wallet("XBT".into()),
                "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"
            ),
            "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"
        );
    }
}
