//! What names a subject by itself: references of publishers, and identifiers of kinds that one subject has alone.

use crate::entity::{Authority, Entity, IdentifierKind, Schema, Validity};
use crate::score::LEAST_CHARACTERS;

/// A key that two entries may share, in comparable form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    /// One entry, read twice: from two formats of a list, or from two lists of a publisher that numbers over both.
    Entry(String),
    /// A reference number that several lists carry.
    Reference(String),
    /// A document or registration number of one subject.
    Identifier(String),
}

/// The keys of an entry, each once, in order.
pub(super) fn keys(entity: &Entity) -> Vec<Key> {
    let mut out = Vec::new();
    for it in &entity.listings {
        if it.reference.is_empty() {
            continue;
        }
        let space = space(&it.authority, &it.list);
        out.push(Key::Entry(format!("{space} {}", it.reference)));
        if it.authority == Authority::UnSc
            && let Some(un) = un_reference(&it.reference)
        {
            out.push(Key::Reference(un));
        }
    }
    for it in &entity.party.identifiers {
        let it = &it.value;
        match &it.kind {
            IdentifierKind::UnReference => out.extend(
                un_reference(&it.number)
                    .filter(|it| fits(it, entity.party.schema))
                    .map(Key::Reference),
            ),
            IdentifierKind::Other(label) => out.extend(reference(label, &it.normal).map(Key::Reference)),
            _ if it.normal.len() < LEAST_CHARACTERS || it.unusable || it.validity == Validity::Invalid => {}
            kind => {
                if let Some(word) = decides(kind, entity.party.schema)
                    && it.normal.bytes().any(|it| it.is_ascii_digit())
                {
                    out.push(Key::Identifier(format!("{word} {}", it.normal)));
                }
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

/// The third letter of a UN reference says individual or entity. One that says the other of its bearer is that of somebody else (the
/// UK's list of 2020 has `QDe.002`, an organisation, for two of its leaders).
fn fits(reference: &str, schema: Schema) -> bool {
    match reference.as_bytes().get(2) {
        Some(b'I') => schema.compatible(Schema::Person),
        Some(b'E') => schema != Schema::Person,
        _ => true,
    }
}

/// Within what a publisher's key of an entry is unique. OFAC gives a number once, whatever the list; others number list by list.
pub(super) fn space(authority: &Authority, list: &str) -> String {
    match authority {
        Authority::UsOfac => "OFAC".to_owned(),
        // The group id of the closed list is kept as a number of its own in the new one, see `reference`.
        _ => list.to_owned(),
    }
}

/// References that stand among the identifiers under a label.
fn reference(label: &str, normal: &str) -> Option<String> {
    let word = match label {
        "OFSI Group ID" => "OFSI",
        "EU reference" | "EU reference number" | "REFERENCE_UE" => "EU",
        "OFAC entity number" | "OFAC uid" => "OFAC",
        _ => return None,
    };
    (!normal.is_empty()).then(|| format!("{word} {normal}"))
}

/// The kinds of numbers that one subject of the schema has alone; the word is the same for both sides of a comparison.
fn decides(kind: &IdentifierKind, schema: Schema) -> Option<&'static str> {
    use IdentifierKind as K;
    let person = matches!(schema, Schema::Person | Schema::LegalEntity | Schema::Thing);
    let organisation = !matches!(schema, Schema::Person | Schema::Vessel | Schema::Airplane);
    Some(match kind {
        // Lists exchange the two freely.
        K::Passport | K::NationalId if person => "document",
        K::TaxId | K::Registration | K::NationalId if organisation => "registration",
        K::TaxId if person => "document",
        K::Imo => "IMO",
        K::Mmsi if schema == Schema::Vessel => "MMSI",
        K::AircraftNumber if schema == Schema::Airplane => "aircraft",
        K::Lei => "LEI",
        K::Isin => "ISIN",
        K::Bic if organisation => "BIC",
        K::Iban => "IBAN",
        K::Wallet(_) => "wallet",
        _ => return None,
    })
}

/// The UN's permanent reference number in one form, `QDI163`: today's (`QDi.163`), and the one before 2014 (`QI.A.163.04`), which
/// has the same number between letter and year. `None` for what is neither.
#[must_use]
pub fn un_reference(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let parts: Vec<&str> = upper
        .split(|it: char| !it.is_ascii_alphanumeric())
        .filter(|it| !it.is_empty())
        .collect();
    let number = |it: &str| it.parse::<u32>().ok().filter(|it| *it > 0);
    // `QD1.410`: a one for an i.
    let upper_i = upper.replacen("D1.", "DI.", 1);
    let parts: Vec<&str> = if parts.first().is_some_and(|it| it.len() == 3 && it.ends_with('1')) {
        upper_i
            .split(|it: char| !it.is_ascii_alphanumeric())
            .filter(|it| !it.is_empty())
            .collect()
    } else {
        parts
    };
    let split = |word: &str| -> Option<(String, u32)> {
        let at = word.find(|it: char| it.is_ascii_digit())?;
        let (letters, digits) = word.split_at_checked(at)?;
        Some((letters.to_owned(), number(digits)?))
    };
    match parts.as_slice() {
        [letters, n] if letters.len() == 3 => Some(format!("{letters}{}", number(n)?)),
        [one] => {
            let (letters, n) = split(one)?;
            (letters.len() == 3).then(|| format!("{letters}{n}"))
        }
        [committee @ ("QI" | "QE" | "TI" | "TE"), _, n, _] => {
            let now = match *committee {
                "QI" => "QDI",
                "QE" => "QDE",
                "TI" => "TAI",
                _ => "TAE",
            };
            Some(format!("{now}{}", number(n)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_the_un_in_one_form() {
        for (text, expect) in [
            ("QDi.163", Some("QDI163")),
            ("QDe.004", Some("QDE4")),
            ("QDi163", Some("QDI163")),
            ("KPi. 067", Some("KPI67")),
            ("QI.A.163.04", Some("QDI163")),
            ("QE.A.4.01.", Some("QDE4")),
            ("QD1.410", Some("QDI410")),
            ("TI.O.4.01", Some("TAI4")),
            ("TE.H.12.12", Some("TAE12")),
            ("6908443", None),
            ("", None),
            ("QDi", None),
        ] {
            assert_eq!(un_reference(text).as_deref(), expect, "`{text}`");
        }
    }
}
