//! One record of a caller -> query. JSON in FollowTheMoney's shape, flat JSON, CSV rows and command-line options all come down to
//! pairs of field and value, and these are read in one place.
//!
//! A value that cannot be read is an error of the record: it is never screened without the value.

use std::fmt;

use serde_json::Value;

use crate::entity::{
    Address, Country, Fact, Gender, Identifier, IdentifierKind, NameKind, Origin, PartialDate, Party, PartyName, Query,
    Schema,
};

/// A record that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What to ask.
    pub query: Query,
    /// Fields with a value that screening has no use for, each once, in order.
    pub unused: Vec<String>,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The caller's key of the record, where it has one.
    pub id: Option<String>,
    /// The field at fault, as the caller wrote it; empty for the whole record.
    pub field: String,
    /// The value at fault, shortened to 200 characters.
    pub value: String,
    /// What is wrong: a lower-case phrase.
    pub message: String,
}

impl RecordError {
    fn new(field: &str, value: &str, message: impl Into<String>) -> Self {
        let mut short: String = value.chars().take(200).collect();
        if short.len() < value.len() {
            short.push('…');
        }
        Self {
            id: None,
            field: field.to_owned(),
            value: short,
            message: message.into(),
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            write!(f, "record `{id}`, ")?;
        }
        if !self.field.is_empty() {
            write!(f, "field `{}`, ", self.field)?;
        }
        if !self.value.is_empty() {
            write!(f, "value `{}`: ", self.value)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for RecordError {}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Id,
    Schema,
    Name(NameKind),
    WeakName,
    Given,
    Middle,
    Family,
    BirthDate,
    Founded,
    BirthPlace,
    Nationality,
    Country,
    Gender,
    Address,
    Position,
    Identifier(Kind),
}

impl Field {
    const fn is_name(self) -> bool {
        matches!(
            self,
            Self::Name(_) | Self::WeakName | Self::Given | Self::Middle | Self::Family
        )
    }
}

/// Kinds of identifiers as a constant table can hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Passport,
    NationalId,
    TaxId,
    Registration,
    Imo,
    Mmsi,
    CallSign,
    Aircraft,
    Lei,
    Bic,
    Iban,
    Isin,
    Wallet,
    Email,
    Phone,
    Website,
    UnReference,
}

impl Kind {
    fn kind(self) -> IdentifierKind {
        match self {
            Self::Passport => IdentifierKind::Passport,
            Self::NationalId => IdentifierKind::NationalId,
            Self::TaxId => IdentifierKind::TaxId,
            Self::Registration => IdentifierKind::Registration,
            Self::Imo => IdentifierKind::Imo,
            Self::Mmsi => IdentifierKind::Mmsi,
            Self::CallSign => IdentifierKind::CallSign,
            Self::Aircraft => IdentifierKind::AircraftNumber,
            Self::Lei => IdentifierKind::Lei,
            Self::Bic => IdentifierKind::Bic,
            Self::Iban => IdentifierKind::Iban,
            Self::Isin => IdentifierKind::Isin,
            Self::Wallet => IdentifierKind::Wallet(String::new()),
            Self::Email => IdentifierKind::Email,
            Self::Phone => IdentifierKind::Phone,
            Self::Website => IdentifierKind::Website,
            Self::UnReference => IdentifierKind::UnReference,
        }
    }
}

/// Names of fields, lower case and without `_`, `-` and spaces; FollowTheMoney's and those usual in customer files.
const FIELDS: [(&[&str], Field); 32] = [
    (&["id", "recordid", "customerid", "reference"], Field::Id),
    (&["schema", "type", "entitytype"], Field::Schema),
    (
        &["name", "fullname", "primaryname", "customername"],
        Field::Name(NameKind::Primary),
    ),
    (
        &["alias", "aliases", "aka", "alsoknownas"],
        Field::Name(NameKind::Alias),
    ),
    (
        &["previousname", "formername", "formernames", "maidenname"],
        Field::Name(NameKind::Former),
    ),
    (&["weakalias"], Field::WeakName),
    (&["firstname", "givenname", "forename"], Field::Given),
    (&["middlename", "secondname", "fathername", "patronymic"], Field::Middle),
    (&["lastname", "familyname", "surname"], Field::Family),
    (&["birthdate", "dateofbirth", "dob", "birthday"], Field::BirthDate),
    (
        &["incorporationdate", "founded", "builddate", "dateofincorporation"],
        Field::Founded,
    ),
    (&["birthplace", "placeofbirth", "pob"], Field::BirthPlace),
    (&["nationality", "nationalities", "citizenship"], Field::Nationality),
    (
        &[
            "country",
            "countries",
            "jurisdiction",
            "maincountry",
            "birthcountry",
            "flag",
            "countryofresidence",
        ],
        Field::Country,
    ),
    (&["gender", "sex"], Field::Gender),
    (&["address", "addressfull"], Field::Address),
    (&["position", "positions", "title", "function"], Field::Position),
    (
        &["passport", "passportnumber", "passportno"],
        Field::Identifier(Kind::Passport),
    ),
    (
        &["idnumber", "nationalid", "nationalidnumber", "identitynumber"],
        Field::Identifier(Kind::NationalId),
    ),
    (
        &["taxnumber", "taxid", "tin", "inncode", "inn", "vatcode", "vat"],
        Field::Identifier(Kind::TaxId),
    ),
    (
        &["registrationnumber", "companynumber", "ogrncode", "ogrn"],
        Field::Identifier(Kind::Registration),
    ),
    (&["imo", "imonumber"], Field::Identifier(Kind::Imo)),
    (&["mmsi"], Field::Identifier(Kind::Mmsi)),
    (&["callsign"], Field::Identifier(Kind::CallSign)),
    (
        &[
            "aircraft",
            "aircraftnumber",
            "tailnumber",
            "serialnumber",
            "aircrafttailnumber",
        ],
        Field::Identifier(Kind::Aircraft),
    ),
    (&["lei", "leicode"], Field::Identifier(Kind::Lei)),
    (&["bic", "swiftbic", "swift"], Field::Identifier(Kind::Bic)),
    (&["iban"], Field::Identifier(Kind::Iban)),
    (&["isin", "isincode"], Field::Identifier(Kind::Isin)),
    (
        &["wallet", "walletaddress", "publickey", "cryptoaddress"],
        Field::Identifier(Kind::Wallet),
    ),
    (&["email", "emailaddress"], Field::Identifier(Kind::Email)),
    (&["phone", "telephone", "phonenumber"], Field::Identifier(Kind::Phone)),
];

/// Further identifiers, apart from the table above for its length only.
const MORE: [(&[&str], Field); 2] = [
    (&["website", "url"], Field::Identifier(Kind::Website)),
    (&["unreference", "unscid"], Field::Identifier(Kind::UnReference)),
];

/// Words that stand where a value could stand and give none.
const NOTHING: [&str; 9] = ["", "-", "--", "n/a", "none", "null", "nil", "unknown", "not known"];

fn field(name: &str) -> Option<Field> {
    let key: String = name
        .chars()
        .filter(|it| it.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    FIELDS
        .iter()
        .chain(&MORE)
        .find(|it| it.0.contains(&key.as_str()))
        .map(|it| it.1)
}

/// Whether a column of this name says whom to screen: a name or an identifier.
#[must_use]
pub fn names_somebody(column: &str) -> bool {
    matches!(
        field(column),
        Some(Field::Name(_) | Field::WeakName | Field::Given | Field::Family | Field::Identifier(_))
    )
}

/// What a column of this name usually holds, in the words of a mapping (docs/own-list.md): the field, and the kind of an identifier.
#[must_use]
pub fn usual(column: &str) -> Option<(&'static str, Option<&'static str>)> {
    let kind = |it: Kind| match it {
        Kind::Passport => "passport",
        Kind::NationalId => "national id",
        Kind::TaxId => "tax number",
        Kind::Registration => "registration number",
        Kind::Imo => "imo",
        Kind::Mmsi => "mmsi",
        Kind::CallSign => "call sign",
        Kind::Aircraft => "aircraft",
        Kind::Lei => "lei",
        Kind::Bic => "bic",
        Kind::Iban => "iban",
        Kind::Isin => "isin",
        Kind::Wallet => "wallet",
        Kind::Email => "email",
        Kind::Phone => "phone",
        Kind::Website => "website",
        Kind::UnReference => "un reference",
    };
    Some(match field(column)? {
        Field::Id => ("key", None),
        Field::Schema => ("schema", None),
        Field::Name(NameKind::Former) => ("former name", None),
        Field::Name(NameKind::Primary | NameKind::Current) => ("name", None),
        Field::Name(NameKind::Alias) => ("alias", None),
        Field::WeakName => ("weak alias", None),
        Field::Given => ("given name", None),
        Field::Middle => ("middle name", None),
        Field::Family => ("family name", None),
        Field::BirthDate => ("birth date", None),
        Field::Founded => ("founded", None),
        Field::BirthPlace => ("birth place", None),
        Field::Nationality => ("nationality", None),
        Field::Country => ("country", None),
        Field::Gender => ("gender", None),
        Field::Address => ("address", None),
        Field::Position => ("position", None),
        Field::Identifier(it) => ("identifier", Some(kind(it))),
    })
}

/// Whether a value of this column stands on one line: a name, an identifier, the record's key.
#[must_use]
pub fn is_one_line(column: &str) -> bool {
    field(column).is_some_and(|it| it.is_name() || matches!(it, Field::Id | Field::Identifier(_)))
}

/// Reads pairs of field and value. Fields may repeat; a cell of any field but the main name may hold several values with `;` between.
///
/// # Errors
/// The first value that cannot be read: a date that does not exist, an unknown country, kind or sex, an identifier without a letter or
/// digit. A record without name and identifier is left to the engine, which refuses it.
pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Reading, RecordError> {
    let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
    let id = pairs
        .iter()
        .find(|it| field(it.0) == Some(Field::Id) && !it.1.trim().is_empty())
        .map(|it| it.1.trim().to_owned());
    read(&pairs, id.clone()).map_err(|it| RecordError { id, ..it })
}

fn read(pairs: &[(&str, &str)], id: Option<String>) -> Result<Reading, RecordError> {
    let mut draft = Draft {
        party: Party::new(Schema::Thing),
        given: Vec::new(),
        middle: Vec::new(),
        family: Vec::new(),
    };
    let mut unused: Vec<String> = Vec::new();
    for (name, cell) in pairs {
        let whole = cell.trim();
        let Some(field) = field(name) else {
            if !whole.is_empty() && !unused.iter().any(|it| it == name) {
                unused.push((*name).to_owned());
            }
            continue;
        };
        // A company's name or an address may hold a semicolon.
        let split = !matches!(field, Field::Name(NameKind::Primary) | Field::Address | Field::Id);
        for value in whole.split(|it| split && it == ';').map(str::trim) {
            draft.add(field, name, value)?;
        }
    }
    draft.compose_names();
    Ok(Reading {
        query: Query { id, party: draft.party },
        unused,
    })
}

struct Draft {
    party: Party,
    given: Vec<String>,
    middle: Vec<String>,
    family: Vec<String>,
}

impl Draft {
    fn add(&mut self, field: Field, name: &str, value: &str) -> Result<(), RecordError> {
        let is_name = field.is_name();
        // A person may be called None; a date may not.
        if value.is_empty() || (!is_name && NOTHING.contains(&value.to_ascii_lowercase().as_str())) {
            return Ok(());
        }
        let fault = |message: &str| RecordError::new(name, value, message);
        let party = &mut self.party;
        match field {
            Field::Id => {}
            Field::Schema => {
                party.schema = Schema::parse(value).ok_or_else(|| {
                    fault("not a type that is known: person, organization, company, entity, vessel, airplane, wallet, security")
                })?;
            }
            Field::Name(kind) => party.names.push(asked(PartyName::new(value).kind(kind))),
            Field::WeakName => party
                .names
                .push(asked(PartyName::new(value).kind(NameKind::Alias).weak(true))),
            Field::Given => self.given.push(value.to_owned()),
            Field::Middle => self.middle.push(value.to_owned()),
            Field::Family => self.family.push(value.to_owned()),
            Field::BirthDate => party
                .birth_dates
                .push(asked(date(value).ok_or_else(|| fault(NO_DATE))?)),
            Field::Founded => party.founded.push(asked(date(value).ok_or_else(|| fault(NO_DATE))?)),
            Field::BirthPlace => party.birth_places.push(asked(value.to_owned())),
            Field::Nationality => party
                .nationalities
                .push(asked(country(value).ok_or_else(|| fault(NO_COUNTRY))?)),
            Field::Country => party
                .countries
                .push(asked(country(value).ok_or_else(|| fault(NO_COUNTRY))?)),
            Field::Gender => {
                let gender =
                    Gender::parse(value).ok_or_else(|| fault("not a sex that is known: female, male, other"))?;
                party.genders.push(asked(gender));
            }
            Field::Address => party.addresses.push(asked(Address {
                full: value.to_owned(),
                ..Address::default()
            })),
            Field::Position => party.positions.push(asked(value.to_owned())),
            Field::Identifier(kind) => {
                let identifier = Identifier::new(kind.kind(), value);
                if identifier.normal.is_empty() {
                    return Err(fault("no number: it holds nothing that could be compared"));
                }
                party.identifiers.push(asked(identifier));
            }
        }
        Ok(())
    }

    /// Given and family names make a name: the main one where no whole name is given, else another one, unless it is there.
    fn compose_names(&mut self) {
        let words = |it: &str| {
            let mut out: Vec<String> = it.split_whitespace().map(str::to_lowercase).collect();
            out.sort();
            out
        };
        let whole: Vec<Vec<String>> = self.party.names.iter().map(|it| words(&it.value.text)).collect();
        // One half says nothing that a name with its words does not say.
        let half = self.given.is_empty() || self.family.is_empty();
        let known = |text: &str| {
            let these = words(text);
            whole
                .iter()
                .any(|it| *it == these || half && these.iter().all(|word| it.contains(word)))
        };
        let middle = self.middle.join(" ");
        let or_empty = |it: &[String]| {
            if it.is_empty() {
                vec![String::new()]
            } else {
                it.to_vec()
            }
        };
        for given in or_empty(&self.given) {
            for family in or_empty(&self.family) {
                let given = format!("{given} {middle}");
                let name = PartyName::from_parts(&given, &family);
                if name.text.is_empty() || known(&name.text) {
                    continue;
                }
                let name = if whole.is_empty() {
                    name
                } else {
                    name.kind(NameKind::Alias)
                };
                self.party.names.push(asked(name));
            }
        }
    }
}

const NO_DATE: &str = "not a date that exists; write 1984, 1984-06, 1984-06-28 or `28 Jun 1984`";
const NO_COUNTRY: &str = "not a country that is known; write a code of ISO 3166 or an English name";

fn asked<T>(value: T) -> Fact<T> {
    Fact::new(value, Origin::asked())
}

fn date(value: &str) -> Option<PartialDate> {
    PartialDate::parse(value).ok()
}

fn country(value: &str) -> Option<Country> {
    Country::parse(value)
}

/// Reads one record as JSON text, in FollowTheMoney's shape (`properties` with lists of values) or flat.
///
/// # Errors
/// As [`from_pairs`], and for what is no JSON object.
pub fn from_json(text: &str) -> Result<Reading, RecordError> {
    let value: Value = super::strict::parse_json(text).map_err(|it| {
        RecordError::new(
            "",
            &text.chars().take(60).collect::<String>(),
            format!("not JSON: {it}"),
        )
    })?;
    from_value(&value)
}

/// Reads one record as a JSON value; see [`from_json`].
///
/// # Errors
/// As [`from_json`].
pub fn from_value(value: &Value) -> Result<Reading, RecordError> {
    let Value::Object(object) = value else {
        return Err(RecordError::new("", &value.to_string(), "a record is a JSON object"));
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    let id = object.get("id").and_then(Value::as_str).map(str::to_owned);
    let mut add = |key: &str, value: &Value| flatten(key, value, &mut pairs);
    for (key, value) in object {
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (key, value) in properties {
                    add(key, value).map_err(|it| RecordError { id: id.clone(), ..it })?;
                }
            }
            _ => add(key, value).map_err(|it| RecordError { id: id.clone(), ..it })?,
        }
    }
    from_pairs(pairs.iter().map(|it| (it.0.as_str(), it.1.as_str())))
}

fn flatten(key: &str, value: &Value, out: &mut Vec<(String, String)>) -> Result<(), RecordError> {
    match value {
        Value::Null => {}
        Value::String(it) => out.push((key.to_owned(), it.clone())),
        Value::Number(_) | Value::Bool(_) if field(key).is_some_and(Field::is_name) => {
            return Err(RecordError::new(key, &value.to_string(), "a name is a text"));
        }
        Value::Number(_) | Value::Bool(_) => out.push((key.to_owned(), value.to_string())),
        Value::Array(list) => {
            for it in list {
                if it.is_array() {
                    return Err(RecordError::new(key, &it.to_string(), "a list within a list"));
                }
                flatten(key, it, out)?;
            }
        }
        // A nested entity of a field without use is named as unused; in any other place it is an error.
        Value::Object(_) if field(key).is_none() => out.push((key.to_owned(), "{}".to_owned())),
        Value::Object(_) => {
            return Err(RecordError::new(
                key,
                &value.to_string(),
                "a text, number or list is expected",
            ));
        }
    }
    Ok(())
}

/// Reads `KIND:VALUE` of an identifier (`passport:A123`, `imo:9187629`) as a pair of field and value.
///
/// # Errors
/// When there is no colon, or the kind is none that is known.
pub fn identifier_pair(text: &str) -> Result<(&str, &str), RecordError> {
    let pair = text
        .split_once(':')
        .map(|it| (it.0.trim(), it.1.trim()))
        .filter(|it| !it.1.is_empty())
        .ok_or_else(|| RecordError::new("id", text, "write KIND:VALUE, for example imo:9187629"))?;
    match field(pair.0) {
        Some(Field::Identifier(_)) => Ok(pair),
        _ => Err(RecordError::new(
            "id",
            text,
            "the kind is not known: passport, national_id, tax_number, registration_number, imo, mmsi, call_sign, \
             aircraft, lei, bic, iban, isin, wallet, email, phone, website, un_reference",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expect: &str) {
        let got = match from_json(json) {
            Ok(it) => {
                let party = it.query.party;
                let names: Vec<_> = party.names.iter().map(|it| it.value.text.as_str()).collect();
                let dates: Vec<_> = party.birth_dates.iter().map(|it| it.value.to_string()).collect();
                let countries: Vec<_> = party
                    .nationalities
                    .iter()
                    .chain(&party.countries)
                    .map(|it| it.value.code())
                    .collect();
                let identifiers: Vec<_> = party.identifiers.iter().map(|it| it.value.to_string()).collect();
                format!(
                    "{} {names:?} {dates:?} {countries:?} {identifiers:?} unused {:?}",
                    party.schema, it.unused
                )
            }
            Err(it) => it.to_string(),
        };
        assert_eq!(got, expect, "{json}");
    }

    #[test]
    fn both_shapes_say_the_same() {
        let expect = r#"Person ["Usman Jibo"] ["1984"] ["ne"] ["passport A1"] unused []"#;
        check(
            r#"{"id":"x","schema":"Person","properties":{"name":["Usman Jibo"],"birthDate":["1984"],"nationality":["ne"],"passportNumber":["A1"]}}"#,
            expect,
        );
        check(
            r#"{"id":"x","type":"individual","full_name":"Usman Jibo","dob":1984,"country":"Niger","Passport No":"A1"}"#,
            expect,
        );
        check(
            r#"{"type":"person","first_name":"Usman","last_name":"Jibo","dob":"1984","nationality":"NE","passport":"A1","sex":"unknown"}"#,
            expect,
        );
    }

    #[test]
    fn parts_of_a_name_are_asked_beside_the_whole() {
        check(
            r#"{"name":"Marta Kowalczyk","first_name":"Ousmane","last_name":"Djibo"}"#,
            r#"Thing ["Marta Kowalczyk", "Ousmane Djibo"] [] [] [] unused []"#,
        );
        check(
            r#"{"name":"DJIBO Ousmane","first_name":"Ousmane","last_name":"Djibo"}"#,
            r#"Thing ["DJIBO Ousmane"] [] [] [] unused []"#,
        );
    }

    #[test]
    fn what_is_not_used_is_named() {
        check(
            r#"{"name":"A B","balance":12,"owner":{"id":"y"},"note":null}"#,
            r#"Thing ["A B"] [] [] [] unused ["balance", "owner"]"#,
        );
        check(
            r#"{"name":"A; B","aliases":"C;D ; "}"#,
            r#"Thing ["A; B", "C", "D"] [] [] [] unused []"#,
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_is_an_error_of_the_record() {
        check(
            r#"{"id":"C017","name":"A","birth_date":"1980-02-31"}"#,
            "record `C017`, field `birth_date`, value `1980-02-31`: not a date that exists; write 1984, 1984-06, 1984-06-28 or `28 Jun 1984`",
        );
        check(
            r#"{"name":"A","country":"Atlantis"}"#,
            "field `country`, value `Atlantis`: not a country that is known; write a code of ISO 3166 or an English name",
        );
        check(
            r#"{"name":"A","sex":"robot"}"#,
            "field `sex`, value `robot`: not a sex that is known: female, male, other",
        );
        check(
            r#"{"name":"A","imo":"none","lei":"..."}"#,
            "field `lei`, value `...`: no number: it holds nothing that could be compared",
        );
        check(
            r#"{"name":{"first":"A"}}"#,
            "field `name`, value `{\"first\":\"A\"}`: a text, number or list is expected",
        );
        check(r#"{"name":5}"#, "field `name`, value `5`: a name is a text");
        check(
            r#"{"aliases":["A",true]}"#,
            "field `aliases`, value `true`: a name is a text",
        );
        check("[1]", "value `[1]`: a record is a JSON object");
        assert!(from_json("{").is_err());
        assert!(from_json(r#"{"name":"A","type":"robot"}"#).is_err());
    }

    #[test]
    fn identifiers_of_the_command_line() {
        assert_eq!(identifier_pair("imo:9187629"), Ok(("imo", "9187629")));
        assert_eq!(identifier_pair("wallet: 0xab:c"), Ok(("wallet", "0xab:c")));
        for text in ["9187629", "imo:", "colour:red", "name:Djibo"] {
            assert!(identifier_pair(text).is_err(), "{text}");
        }
    }
}
