//! OFAC's remarks -> labelled values. Also the table of labels, which the CSV remarks and the `idType` of the XML share.
//!
//! Grammar: clauses joined by `; ` (three times in 2023 by `;` alone), a full stop behind the last one; `alt. ` before a repeated label; `a.k.a. 'NAME'` for a weak
//! alias; `Label value (Country) issued date expires date` for nearly all else; the rest is free text.

use crate::entity::{IdentifierKind, NameKind};
use crate::lists::draft::country;

/// What a label stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lists) enum Label {
    /// A birth date.
    Birth,
    /// A place of birth.
    BirthPlace,
    /// A nationality or citizenship.
    Nationality,
    /// A sex.
    Gender,
    /// A date of founding or of building.
    Founded,
    /// A country: flag or registration.
    Country,
    /// Another party, by name.
    Relation,
    /// An identifier.
    Id(IdentifierKind),
    /// A number that may be the IMO number of a ship, by the letters before it.
    Ship,
    /// An identifier that is of a kind of its own and keeps the label.
    Own,
    /// The address of a digital currency; the symbol stands before the address.
    Wallet,
    /// Something to read, not to compare.
    Text,
}

use IdentifierKind as K;
use Label as L;

/// Every label that is understood; where several fit, the longest counts.
pub(super) static LABELS: &[(&str, Label)] = &[
    // Persons.
    ("DOB", L::Birth),
    ("POB", L::BirthPlace),
    ("nationality", L::Nationality),
    ("citizen", L::Nationality),
    ("Gender", L::Gender),
    ("Passport", L::Id(K::Passport)),
    ("Diplomatic Passport", L::Id(K::Passport)),
    ("Stateless Person Passport", L::Id(K::Passport)),
    ("British National Overseas Passport", L::Id(K::Passport)),
    ("National ID No.", L::Id(K::NationalId)),
    ("National Foreign ID Number", L::Id(K::NationalId)),
    ("LE Number", L::Id(K::NationalId)),
    ("Immigration No.", L::Own),
    ("Public Security and Immigration No.", L::Own),
    ("Temporary suspension of deportation No.", L::Own),
    ("driver license", L::Own),
    ("Cedula No.", L::Id(K::NationalId)),
    ("Cedula de Residencia", L::Id(K::NationalId)),
    ("Cedula de Ciudadania", L::Id(K::NationalId)),
    ("Numero de Identidad", L::Id(K::NationalId)),
    ("C.U.R.P.", L::Id(K::NationalId)),
    ("C.U.I.", L::Id(K::NationalId)),
    ("C.U.I.P.", L::Id(K::NationalId)),
    ("C.U.I.T.", L::Id(K::TaxId)),
    ("D.N.I.", L::Id(K::NationalId)),
    ("N.I.E.", L::Id(K::NationalId)),
    ("SSN", L::Id(K::NationalId)),
    ("Identification Number", L::Ship),
    ("Personal ID Card", L::Id(K::NationalId)),
    ("Citizen's Card Number", L::Id(K::NationalId)),
    ("Kenyan ID No.", L::Id(K::NationalId)),
    ("Bosnian Personal ID No.", L::Id(K::NationalId)),
    ("Personnel ID", L::Own),
    ("Afghan Money Service Provider License Number", L::Own),
    ("Tazkira National ID Card", L::Id(K::NationalId)),
    ("Tarjeta de Identidad", L::Id(K::NationalId)),
    ("Turkish Identification Number", L::Id(K::NationalId)),
    ("Turkish Identificiation Number", L::Id(K::NationalId)),
    ("Unique Identification Number", L::Id(K::NationalId)),
    ("Aadhaar", L::Id(K::NationalId)),
    ("Moroccan Personal ID No.", L::Id(K::NationalId)),
    ("Italian Fiscal Code", L::Id(K::TaxId)),
    ("Driver's License No.", L::Own),
    ("Birth Certificate Number", L::Own),
    ("Residency Number", L::Own),
    ("Electoral Registry No.", L::Own),
    ("Cartilla de Servicio Militar Nacional", L::Own),
    ("Credencial electoral", L::Own),
    ("Interpol: Red Notice. File No.", L::Own),
    ("Visa Number ID", L::Own),
    ("VisaNumberID", L::Own),
    ("Travel Document Number", L::Own),
    ("Refugee ID Card", L::Own),
    ("Stateless Person ID Card", L::Own),
    ("Seafarer's Identification Document", L::Own),
    ("Military Registration Number", L::Own),
    ("Chinese Commercial Code", L::Own),
    ("Pilot License Number", L::Own),
    // Tax.
    ("Tax ID No.", L::Id(K::TaxId)),
    ("NIT #", L::Id(K::TaxId)),
    ("RUC #", L::Id(K::TaxId)),
    ("RIF #", L::Id(K::TaxId)),
    ("R.F.C.", L::Id(K::TaxId)),
    ("RFC", L::Id(K::TaxId)),
    ("RTN", L::Id(K::TaxId)),
    ("RNC", L::Id(K::TaxId)),
    ("C.I.F.", L::Id(K::TaxId)),
    ("C.N.P.J.", L::Id(K::TaxId)),
    ("CNP (Personal Numerical Code)", L::Id(K::NationalId)),
    ("N.I.F.", L::Id(K::TaxId)),
    ("V.A.T. Number", L::Id(K::TaxId)),
    ("V.A.T. Registration Number", L::Id(K::TaxId)),
    ("US FEIN", L::Id(K::TaxId)),
    ("Fiscal Code", L::Id(K::TaxId)),
    ("Romanian Tax Registration", L::Id(K::TaxId)),
    // Organisations.
    ("Registration Number", L::Id(K::Registration)),
    (
        "Russian State Individual Business Registration Number Pattern (OGRNIP)",
        L::Id(K::Registration),
    ),
    ("Registration ID", L::Id(K::Registration)),
    ("Registered Number", L::Id(K::Registration)),
    ("Registered Charity No.", L::Id(K::Registration)),
    ("Company Number", L::Ship),
    ("UK Company Number", L::Id(K::Registration)),
    ("Company ID", L::Id(K::Registration)),
    ("C.R. No.", L::Id(K::Registration)),
    ("Commercial Registry Number", L::Id(K::Registration)),
    ("Commercial Registry", L::Id(K::Registration)),
    ("Business Registration Number", L::Id(K::Registration)),
    ("Business Registration Document #", L::Id(K::Registration)),
    ("Business Number", L::Id(K::Registration)),
    ("Public Registration Number", L::Id(K::Registration)),
    ("Enterprise Number", L::Id(K::Registration)),
    ("Branch Unit Number", L::Id(K::Registration)),
    ("Trade License No.", L::Id(K::Registration)),
    ("Chamber of Commerce Number", L::Id(K::Registration)),
    ("Dubai Chamber of Commerce Membership No.", L::Id(K::Registration)),
    ("Istanbul Chamber of Comm. No.", L::Id(K::Registration)),
    ("Central Registration System Number", L::Id(K::Registration)),
    ("Economic Register Number (CBLS)", L::Id(K::Registration)),
    ("Unified Social Credit Code (USCC)", L::Id(K::Registration)),
    ("United Social Credit Code Certificate (USCCC)", L::Id(K::Registration)),
    ("Organization Code", L::Id(K::Registration)),
    ("GovernmentGazette Number", L::Id(K::Registration)),
    ("International Maritime Organization No.", L::Id(K::Registration)),
    ("Permit Number", L::Own),
    ("Serial No.", L::Own),
    ("Government Gazette Number", L::Id(K::Registration)),
    ("Folio Mercantil No.", L::Id(K::Registration)),
    ("Matricula Mercantil No", L::Id(K::Registration)),
    ("Romanian C.R.", L::Id(K::Registration)),
    ("Romanian Permanent Resident", L::Own),
    ("Certificate of Incorporation Number", L::Id(K::Registration)),
    ("File Number", L::Id(K::Registration)),
    ("Registration Certificate Number (Dubai)", L::Id(K::Registration)),
    ("Trade Mark number", L::Own),
    ("D-U-N-S Number", L::Own),
    ("License", L::Own),
    ("MSB Registration Number", L::Own),
    ("BIK (RU)", L::Own),
    ("BIK (KZ)", L::Own),
    ("MICEX Code", L::Own),
    ("UN/LOCODE", L::Own),
    ("SRE Permit No.", L::Own),
    ("Tourism License No.", L::Own),
    ("Equity Ticker", L::Own),
    ("Legal Entity Number", L::Id(K::Lei)),
    ("SWIFT/BIC", L::Id(K::Bic)),
    ("ISIN", L::Id(K::Isin)),
    ("Organization Established Date", L::Founded),
    ("Nationality of Registration", L::Country),
    ("Registration Country", L::Country),
    ("Issuer Name", L::Relation),
    ("Linked To", L::Relation),
    ("Digital Currency Address -", L::Wallet),
    // How to reach it.
    ("Website", L::Id(K::Website)),
    ("Email Address", L::Id(K::Email)),
    ("Phone Number", L::Id(K::Phone)),
    ("Phone No.", L::Id(K::Phone)),
    ("Telephone", L::Id(K::Phone)),
    ("Telephone No.", L::Id(K::Phone)),
    ("Telephone Number", L::Id(K::Phone)),
    ("Fax", L::Id(K::Phone)),
    ("Fax No.", L::Id(K::Phone)),
    ("Fax Number", L::Id(K::Phone)),
    // Ships and aircraft.
    ("Vessel Registration Identification", L::Ship),
    ("MMSI", L::Id(K::Mmsi)),
    ("Vessel Call Sign", L::Id(K::CallSign)),
    ("Call Sign", L::Id(K::CallSign)),
    ("Other Vessel Call Sign", L::Id(K::CallSign)),
    ("Vessel Year of Build", L::Founded),
    ("Vessel Flag", L::Country),
    ("Former Vessel Flag", L::Country),
    ("Other Vessel Flag", L::Country),
    ("Vessel Owner", L::Relation),
    ("Vessel Type", L::Text),
    ("Other Vessel Type", L::Text),
    ("Vessel Tonnage", L::Text),
    ("Vessel Gross Registered Tonnage", L::Text),
    ("Vessel Gross Tonnage", L::Text),
    ("Aircraft Tail Number", L::Id(K::AircraftNumber)),
    ("Previous Aircraft Tail Number", L::Id(K::AircraftNumber)),
    ("Aircraft Manufacturer's Serial Number (MSN)", L::Id(K::AircraftNumber)),
    (
        "Aircraft Construction Number (also called L/N or S/N or F/N)",
        L::Id(K::AircraftNumber),
    ),
    ("Aircraft Mode S Transponder Code", L::Own),
    ("Aircraft Manufacture Date", L::Founded),
    ("Aircraft Operator", L::Relation),
    ("Aircraft Model", L::Text),
    ("Aircraft Type", L::Text),
    // The sanctions themselves.
    ("Additional Sanctions Information -", L::Text),
    ("Secondary sanctions risk", L::Text),
    (
        "Transactions Prohibited For Persons Owned or Controlled By U.S. Financial Institutions",
        L::Text,
    ),
    ("Executive Order 13662 Directive Determination -", L::Text),
    ("Executive Order 14024 Directive Information", L::Text),
    ("Executive Order 14024 Directive Information -", L::Text),
    ("Executive Order 14014 Directive Information", L::Text),
    ("Executive Order 14059 information", L::Text),
    ("Executive Order 13846 information", L::Text),
    ("CAATSA Section 235 Information", L::Text),
    ("PEESA Information", L::Text),
    ("IFCA Determination -", L::Text),
    ("Listing Date (", L::Text),
    ("Effective Date (", L::Text),
    ("Purchase/Sales For Divestment Date (", L::Text),
    ("Target Type", L::Text),
    ("Organization Type", L::Text),
    ("Subject to Directive", L::Text),
    ("For more information on directives", L::Text),
    ("For additional information", L::Text),
];

/// One clause of the remarks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lists) enum Clause<'a> {
    /// `a.k.a. 'NAME'` and its kin.
    Alias(NameKind, String),
    /// A label of the table, with the clause behind it.
    Labelled(&'static str, &'static Label, &'a str),
    /// A label that is not in the table, told by the `No.`, `#` or `Number` at its end, and the number.
    Unknown(&'a str, &'a str),
    /// Free text.
    Text(&'a str),
}

/// An alias of more bytes than this has a quote that nobody closed; `alt_name` has room for 350 characters.
const MAX_ALIAS: usize = 400;

/// Takes remarks apart. With `cut`, the last clause may be half a one and is given as text.
pub(in crate::lists) fn clauses(remarks: &str, cut: bool) -> Vec<Clause<'_>> {
    let remarks = remarks.trim();
    // Exactly one full stop ends the remarks: `CO LTD..` keeps its own.
    let remarks = remarks.strip_suffix('.').unwrap_or(remarks);
    let mut pieces: Vec<&str> = Vec::new();
    let mut from = 0;
    for (at, _) in remarks.match_indices(';') {
        let piece = remarks[from..at].trim_start();
        // A semicolon inside of quotes: `a.k.a. 'THE SUN; THE MOON'`.
        if piece.len() < MAX_ALIAS
            && open_alias(piece)
            && remarks[at..].contains('\'')
            && !alias_mark(remarks[at + 1..].trim_start())
        {
            continue;
        }
        pieces.push(piece);
        from = at + 1;
    }
    pieces.push(&remarks[from..]);
    let last = pieces.len();
    pieces
        .into_iter()
        .enumerate()
        .map(|(at, it)| (at + 1 == last, it.trim()))
        .filter(|it| !it.1.is_empty())
        .map(|(last, it)| if cut && last { Clause::Text(it) } else { clause(it) })
        .collect()
}

const ALIAS_MARKS: [(&str, NameKind); 3] = [
    ("a.k.a.", NameKind::Alias),
    ("f.k.a.", NameKind::Former),
    ("n.k.a.", NameKind::Current),
];

fn alias_mark(text: &str) -> bool {
    let text = text.strip_prefix("alt. ").unwrap_or(text);
    ALIAS_MARKS.iter().any(|it| text.starts_with(it.0))
}

/// An alias whose closing quote has not come yet.
fn open_alias(piece: &str) -> bool {
    alias_mark(piece)
        && piece
            .split_once('\'')
            .is_some_and(|(_, it)| !it.trim_end().trim_end_matches('.').ends_with('\''))
}

fn clause(whole: &str) -> Clause<'_> {
    let bare = whole
        .strip_prefix('(')
        .and_then(|it| it.strip_suffix(')'))
        .filter(|it| it.starts_with("Linked To"))
        .unwrap_or(whole);
    let text = bare.strip_prefix("alt. ").unwrap_or(bare);
    for (mark, kind) in ALIAS_MARKS {
        if let Some(rest) = text.strip_prefix(mark) {
            let rest = rest.trim().trim_end_matches('.');
            let name = rest
                .strip_prefix('\'')
                .and_then(|it| it.strip_suffix('\''))
                .unwrap_or(rest)
                .trim();
            if !name.is_empty() {
                return Clause::Alias(kind, name.to_owned());
            }
        }
    }
    match labelled(text) {
        Some((_, Label::Text, _)) => return Clause::Text(whole),
        Some((label, meaning, value)) => return Clause::Labelled(label, meaning, value),
        None => {}
    }
    match unknown(text) {
        Some((label, value)) => Clause::Unknown(label, value),
        None => Clause::Text(whole),
    }
}

/// The longest label of the table that a clause begins with.
pub(super) fn labelled(text: &str) -> Option<(&'static str, &'static Label, &str)> {
    LABELS
        .iter()
        .filter_map(|(label, meaning)| {
            let value = text.strip_prefix(label)?;
            // `License` is not the beginning of `Licensee`; `Secondary sanctions risk: ...` has its colon in between.
            let bare = value.trim_start_matches([':', '.']);
            (bare.starts_with(' ') || bare.is_empty() || label.ends_with('(')).then_some((*label, meaning, bare.trim()))
        })
        .max_by_key(|it| it.0.len())
}

/// `Some Label No. 123 (Country)`: at most six words, a mark, and behind it a word with a digit.
fn unknown(text: &str) -> Option<(&str, &str)> {
    const MARKS: [&str; 6] = [" No. ", " # ", " Number ", " No ", " ID ", " Code "];
    let (at, mark) = MARKS
        .iter()
        .filter_map(|it| Some((text.find(it)?, it)))
        .min_by_key(|it| it.0)?;
    let label = text[..at + mark.len()].trim();
    let value = text[at + mark.len()..].trim();
    let first = value.split(' ').next().unwrap_or_default();
    let short = label.split(' ').count() <= 6;
    (short && first.bytes().any(|it| it.is_ascii_digit())).then_some((label, value))
}

/// The value of an identifier, taken apart: `1084010 (Egypt) issued 20 Dec 2003 expires 19 Dec 2008`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// The number itself.
    pub number: &'a str,
    /// The country in one of the brackets behind the number.
    pub country: &'a str,
    /// The value had more: dates, or brackets with other words.
    pub more: bool,
}

/// Takes the value of an identifier apart.
pub(super) fn parts(value: &str) -> Parts<'_> {
    let mut head = value.trim();
    let mut out = Parts::default();
    for mark in [
        " issued ",
        " expires ",
        " expired ",
        " Issued ",
        " Expires ",
        " valid until ",
    ] {
        if let Some((it, _)) = head.split_once(mark) {
            head = it.trim();
            out.more = true;
        }
    }
    head = head.trim_end_matches(['.', ',', ';']).trim();
    while let Some((number, bracket)) = head.strip_suffix(')').and_then(|it| it.rsplit_once('(')) {
        // A bracket with digits is part of the number: `(98)(21)(66153220)`.
        if number.trim().is_empty() || bracket.bytes().any(|it| it.is_ascii_digit()) {
            break;
        }
        if out.country.is_empty() && country(bracket).is_some() {
            out.country = bracket;
        } else {
            out.more = true;
        }
        head = number.trim();
    }
    out.number = head;
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(remarks: &str, expect: &[&str]) {
        let got: Vec<String> = clauses(remarks, false)
            .into_iter()
            .map(|it| match it {
                Clause::Alias(kind, name) => format!("{}={name}", kind.name()),
                Clause::Labelled(label, _, value) => format!("{label}|{value}"),
                Clause::Unknown(label, value) => format!("?{label}|{value}"),
                Clause::Text(it) => format!("\"{it}\""),
            })
            .collect();
        assert_eq!(got, expect, "`{remarks}`");
    }

    #[test]
    fn grammar() {
        check(
            "DOB 1984; alt. DOB circa 1985; POB Tillaberi, Niger; nationality Niger; Gender Male.",
            &[
                "DOB|1984",
                "DOB|circa 1985",
                "POB|Tillaberi, Niger",
                "nationality|Niger",
                "Gender|Male",
            ],
        );
        check("a.k.a. 'BNC'.", &["alias=BNC"]);
        check(
            "a.k.a. 'A'; f.k.a. 'B'; n.k.a. 'C'",
            &["alias=A", "former=B", "current=C"],
        );
        check("a.k.a. 'SUN; MOON'; DOB 1984.", &["alias=SUN; MOON", "DOB|1984"]);
        check("a.k.a. 'O'BRIEN'; a.k.a. 'X'.", &["alias=O'BRIEN", "alias=X"]);
        check("(Linked To: HAMAS)", &["Linked To|HAMAS"]);
        check("Linked To: EXAMPLE CO LTD..", &["Linked To|EXAMPLE CO LTD."]);
        check(
            "Secondary sanctions risk: section 1(b)",
            &["\"Secondary sanctions risk: section 1(b)\""],
        );
        check("Licensee of nothing.", &["\"Licensee of nothing\""]);
        check("Fishery Permit No. 12 (Ghana)", &["?Fishery Permit No.|12 (Ghana)"]);
        check("No. 2 of the party", &["\"No. 2 of the party\""]);
        check("", &[]);
    }

    #[test]
    fn half_a_clause_is_text() {
        let got = clauses("DOB 1984; Passport 12", true);
        assert_eq!(got.last(), Some(&Clause::Text("Passport 12")));
    }

    #[test]
    fn values() {
        let check = |value: &str, number: &str, country: &str, more: bool| {
            assert_eq!(parts(value), Parts { number, country, more }, "`{value}`");
        };
        check("1084010 (Egypt)", "1084010", "Egypt", false);
        check(
            "D366 871 (Jordan) issued 01 May 2001 expires 2006",
            "D366 871",
            "Jordan",
            true,
        );
        check("(98)(21)(66153220)", "(98)(21)(66153220)", "", false);
        check("HRB 14604 (Berlin) (Germany)", "HRB 14604", "Germany", true);
        check("B1 (Iraq) (stolen)", "B1", "Iraq", true);
        check("(Iraq)", "(Iraq)", "", false);
        check("", "", "", false);
    }
}
