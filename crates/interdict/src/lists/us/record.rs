//! What the two US files say: an entry with its columns, whichever shape it stands in.

use serde_json::{Map, Value};

use crate::entity::{Problem, Severity};
use crate::lists::Parsed;
use crate::lists::csv::{Row, Shape};

/// An address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// All parts but the country, in reading order.
    pub parts: Vec<String>,
    /// The city, where the file marks it.
    pub city: String,
    /// The country, a code or a word.
    pub country: String,
}

/// A labelled value of `ids`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Id {
    /// `type`.
    pub label: String,
    /// `number`.
    pub number: String,
    /// `country`.
    pub country: String,
    /// What is said of its dates.
    pub dates: String,
}

/// One entry of either list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The key of the entity: `_id`, or made of name and date.
    pub key: String,
    /// `source`: which of the thirteen lists.
    pub source: String,
    /// `entity_number`: OFAC's uid.
    pub number: String,
    /// `type`; empty in the lists of Commerce and State.
    pub kind: String,
    /// `programs`.
    pub programmes: Vec<String>,
    /// `name`.
    pub name: String,
    /// `title`.
    pub titles: Vec<String>,
    /// `addresses`.
    pub addresses: Vec<Place>,
    /// `federal_register_notice`.
    pub notice: String,
    /// `start_date`.
    pub start: String,
    /// `end_date`.
    pub end: String,
    /// `Last_Update` of the Denied Persons List.
    pub updated: String,
    /// `alt_names`.
    pub aliases: Vec<String>,
    /// `citizenships` and `nationalities`, with the field of each.
    pub nationalities: Vec<(&'static str, String)>,
    /// `dates_of_birth`.
    pub births: Vec<String>,
    /// `places_of_birth`.
    pub birth_places: Vec<String>,
    /// Columns about ships: the label that OFAC uses for it, and the value.
    pub ship: Vec<(&'static str, String)>,
    /// Columns with text: field and value.
    pub texts: Vec<(&'static str, String)>,
    /// `source_list_url`, `source_information_url`.
    pub urls: Vec<String>,
    /// `ids`.
    pub ids: Vec<Id>,
    /// Where it stands: `line 12`, `record 3`.
    pub place: String,
}

/// The columns of the Consolidated Screening List.
pub const CSL: Shape = Shape {
    required: &["_id", "source", "name", "programs", "alt_names"],
    optional: &[
        "entity_number",
        "type",
        "title",
        "addresses",
        "federal_register_notice",
        "start_date",
        "end_date",
        "standard_order",
        "license_requirement",
        "license_policy",
        "call_sign",
        "vessel_type",
        "gross_tonnage",
        "gross_registered_tonnage",
        "vessel_flag",
        "vessel_owner",
        "remarks",
        "source_list_url",
        "citizenships",
        "dates_of_birth",
        "nationalities",
        "places_of_birth",
        "source_information_url",
        "ids",
    ],
    windows_1252: false,
};

/// Columns about ships, and the label that OFAC's own files use for each.
const SHIP: [(&str, &str); 6] = [
    ("call_sign", "Vessel Call Sign"),
    ("vessel_type", "Vessel Type"),
    ("gross_tonnage", "Vessel Gross Tonnage"),
    ("gross_registered_tonnage", "Vessel Gross Registered Tonnage"),
    ("vessel_flag", "Vessel Flag"),
    ("vessel_owner", "Vessel Owner"),
];

/// Columns with text.
const TEXTS: [&str; 4] = ["standard_order", "license_requirement", "license_policy", "remarks"];

/// Reads one row of the Consolidated Screening List.
///
/// # Errors
/// A row without a key or without a source.
pub fn csl_row(row: Row<'_>) -> Result<Entry, &'static str> {
    let cell = |it: &str| row.get(it).to_owned();
    let list = |it: &str| values(row.get(it));
    let mut out = Entry {
        key: cell("_id"),
        source: cell("source"),
        number: cell("entity_number"),
        kind: cell("type"),
        programmes: list("programs"),
        name: cell("name"),
        titles: list("title"),
        addresses: list("addresses").iter().map(|it| place(it)).collect(),
        notice: cell("federal_register_notice"),
        start: cell("start_date"),
        end: cell("end_date"),
        aliases: list("alt_names"),
        births: list("dates_of_birth"),
        birth_places: list("places_of_birth"),
        ids: list("ids").iter().map(|it| id(it)).collect(),
        place: format!("line {}", row.line),
        ..Entry::default()
    };
    for field in ["citizenships", "nationalities"] {
        out.nationalities.extend(list(field).into_iter().map(|it| (field, it)));
    }
    out.ship = SHIP.map(|(column, label)| (label, cell(column))).to_vec();
    out.texts = TEXTS.map(|it| (it, cell(it))).to_vec();
    out.urls = ["source_list_url", "source_information_url"].map(&cell).to_vec();
    whole(out)
}

fn whole(out: Entry) -> Result<Entry, &'static str> {
    match out {
        it if it.key.is_empty() => Err("an entry without its `_id`"),
        it if it.source.is_empty() => Err("an entry without its source: on which list it stands is not known"),
        it => Ok(it),
    }
}

/// The values of a cell: `;` stands between them, unless inside brackets (`X (a.k.a. Y; Z)`).
pub fn values(cell: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut out = vec![String::new()];
    // A bracket that is never closed must not swallow the rest.
    let closed = cell.matches(['(', '[']).count() == cell.matches([')', ']']).count();
    for it in cell.chars() {
        match it {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if it == ';' && (depth == 0 || !closed) {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(it);
        }
    }
    out.iter()
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
        .collect()
}

/// An address on one line; the country is its last part, where it has one: `Minsk, 222512, BY`.
fn place(text: &str) -> Place {
    let (head, tail) = text.rsplit_once(", ").unwrap_or(("", text));
    // `..., TX` and `..., CA` are states of the US, which are followed by a postal code as a rule.
    let code = tail.len() == 2 && tail.bytes().all(|it| it.is_ascii_uppercase());
    if code || (tail.len() > 2 && crate::entity::Country::parse(tail).is_some()) || tail == "PRC" {
        let parts = if head.is_empty() {
            Vec::new()
        } else {
            vec![head.to_owned()]
        };
        return Place {
            parts,
            city: String::new(),
            country: tail.to_owned(),
        };
    }
    Place {
        parts: vec![text.to_owned()],
        ..Place::default()
    }
}

/// A value of `ids`: `JO, 2014-08-30, 2009-08-31, K475336, Passport` are country, expiry, issue, number, type.
fn id(text: &str) -> Id {
    let Some((head, label)) = text.rsplit_once(", ") else {
        return Id {
            number: text.to_owned(),
            ..Id::default()
        };
    };
    let mut rest = head;
    let mut out = Id {
        label: label.to_owned(),
        ..Id::default()
    };
    if let Some((first, more)) = rest.split_once(", ")
        && first.len() == 2
        && first.bytes().all(|it| it.is_ascii_uppercase())
    {
        out.country = first.to_owned();
        rest = more;
    }
    let mut dates = Vec::new();
    while let Some((first, more)) = rest.split_once(", ")
        && iso_date(first)
        && dates.len() < 2
    {
        dates.push(first);
        rest = more;
    }
    out.dates = match dates.as_slice() {
        [] => String::new(),
        // Which of the two dates it is the cell does not say.
        [one] => format!("dated {one}"),
        [expires, issued, ..] => format!("issued {issued} expires {expires}"),
    };
    out.number = rest.to_owned();
    out
}

fn iso_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, it)| {
            if at == 4 || at == 7 {
                it == b'-'
            } else {
                it.is_ascii_digit()
            }
        })
}

/// The columns of the Denied Persons List.
pub const DPL: Shape = Shape {
    required: &["Name", "Effective_Date", "Expiration_Date", "FR_Citation"],
    optional: &[
        "Street_Address",
        "City",
        "State",
        "Country",
        "Postal_Code",
        "Standard_Order",
        "Last_Update",
        "Action",
    ],
    windows_1252: false,
};

/// The source that the Consolidated Screening List names for the Denied Persons List.
pub const DPL_SOURCE: &str = "Denied Persons List (DPL) - Bureau of Industry and Security";

/// Reads one row of the Denied Persons List.
///
/// # Errors
/// A row without a name.
pub fn dpl_row(row: Row<'_>) -> Result<Entry, &'static str> {
    let cell = |it: &str| row.get(it).to_owned();
    let name = cell("Name");
    if name.is_empty() {
        return Err("a row without a name");
    }
    let start = us_date(row.get("Effective_Date"));
    let parts = ["Street_Address", "City", "State", "Postal_Code"].map(&cell);
    Ok(Entry {
        key: slug(&format!("{name} {start}")),
        source: DPL_SOURCE.to_owned(),
        name,
        addresses: vec![Place {
            parts: parts.to_vec(),
            city: cell("City"),
            country: cell("Country"),
        }],
        notice: cell("FR_Citation"),
        start,
        end: us_date(row.get("Expiration_Date")),
        updated: us_date(row.get("Last_Update")),
        texts: vec![("Standard_Order", cell("Standard_Order")), ("Action", cell("Action"))],
        place: format!("line {}", row.line),
        ..Entry::default()
    })
}

/// `06/19/2003` and `6/9/2003`, month first, as `2003-06-19` and `2003-06-09`; anything else as it is.
fn us_date(text: &str) -> String {
    let number = |it: &str, digits: std::ops::RangeInclusive<usize>| {
        let fits = digits.contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
        it.parse::<u16>().ok().filter(|_| fits)
    };
    if let [month, day, year] = text.split('/').collect::<Vec<_>>().as_slice()
        && let Some(month @ 1..=12) = number(month, 1..=2)
        && let Some(day @ 1..=31) = number(day, 1..=2)
        && let Some(year) = number(year, 4..=4)
    {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    text.to_owned()
}

/// Letters and digits, lower case, with `-` for each run of others.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        if it.is_alphanumeric() {
            out.extend(it.to_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// Reads the JSON file.
///
/// # Errors
/// What is no JSON, or no list of entries, or a list of another length than the file declares.
pub fn csl_json(bytes: &[u8], parsed: &mut Parsed) -> Result<Vec<Entry>, Problem> {
    let fatal = |value: &str, message: String| Problem::new(Severity::Fatal, "byte 0", "", value, message);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(fatal("", "the file is empty".to_owned()));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|it| fatal("", format!("not JSON, or cut off: {it}")))?;
    let (results, total) = match value {
        Value::Array(it) => (it, None),
        Value::Object(mut it) => match it.remove("results") {
            Some(Value::Array(results)) => (results, it.get("total").and_then(Value::as_u64)),
            _ => return Err(fatal("", "a JSON object without a list `results`".to_owned())),
        },
        it => return Err(fatal(&it.to_string(), "JSON that is no list of entries".to_owned())),
    };
    parsed.declared = total.and_then(|it| usize::try_from(it).ok());
    if let Some(total) = parsed.declared.filter(|it| *it != results.len()) {
        let message = format!("the file declares {total} entries and holds {}", results.len());
        return Err(fatal("", message));
    }
    let mut out = Vec::with_capacity(results.len());
    let mut said = std::collections::BTreeSet::new();
    for (it, number) in results.iter().zip(1_usize..) {
        let place = format!("record {number}");
        let read = match it {
            Value::Object(it) => {
                for key in it.keys().filter(|it| !known(it)) {
                    if said.insert(key.clone()) {
                        let message = "a field that is not known: it is not read (said once)";
                        let value = it.get(key).map(Value::to_string).unwrap_or_default();
                        let problem = Problem::new(Severity::Notice, &place, key, &value, message);
                        parsed.problems.push(problem);
                    }
                }
                whole(csl_object(it, &place))
            }
            _ => Err("not a JSON object"),
        };
        match read {
            Ok(entry) => out.push(entry),
            Err(message) => {
                let problem = Problem::new(Severity::Loss, place, "", &it.to_string(), message);
                parsed.problems.push(problem);
                let count = parsed.count("row");
                count.records += 1;
                count.lost += 1;
            }
        }
    }
    Ok(out)
}

fn known(key: &str) -> bool {
    CSL.required.contains(&key) || CSL.optional.contains(&key) || matches!(key, "id" | "country")
}

/// The texts of a JSON value: a text, a number, or a list of them. A text with `;` in it is several, as in the CSV file.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(all)) => all.iter().flat_map(|it| texts(Some(it))).collect(),
        Some(it) => values(&text(Some(it))),
        None => Vec::new(),
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(it)) => it.trim().to_owned(),
        Some(it) => it.to_string(),
    }
}

fn csl_object(object: &Map<String, Value>, place: &str) -> Entry {
    let one = |it: &str| text(object.get(it));
    // An alias of the JSON file may hold a semicolon: it is one value.
    let list = |it: &str| match object.get(it) {
        Some(Value::Array(all)) => all
            .iter()
            .map(|it| text(Some(it)))
            .filter(|it| !it.is_empty())
            .collect(),
        it => texts(it),
    };
    // Objects, or texts as in the CSV file, alone or in a list.
    let each = |it: &str| -> Vec<&Value> {
        match object.get(it) {
            Some(Value::Array(all)) => all.iter().filter(|it| !it.is_null()).collect(),
            None | Some(Value::Null) => Vec::new(),
            Some(it) => vec![it],
        }
    };
    let key = match one("_id") {
        it if it.is_empty() => one("id"),
        it => it,
    };
    let mut out = Entry {
        key,
        source: one("source"),
        number: one("entity_number"),
        kind: one("type"),
        programmes: list("programs"),
        name: one("name"),
        titles: texts(object.get("title")),
        notice: one("federal_register_notice"),
        start: one("start_date"),
        end: one("end_date"),
        aliases: list("alt_names"),
        births: list("dates_of_birth"),
        birth_places: list("places_of_birth"),
        place: place.to_owned(),
        ..Entry::default()
    };
    for it in each("addresses") {
        let Value::Object(it) = it else {
            out.addresses.extend(texts(Some(it)).iter().map(|it| self::place(it)));
            continue;
        };
        let one = |field: &str| text(it.get(field));
        let parts = ["address", "city", "state", "postal_code"].map(one);
        out.addresses.push(Place {
            parts: parts.to_vec(),
            city: one("city"),
            country: one("country"),
        });
    }
    out.addresses.extend(list("country").into_iter().map(|country| Place {
        country,
        ..Place::default()
    }));
    for it in each("ids") {
        let Value::Object(it) = it else {
            out.ids.extend(texts(Some(it)).iter().map(|it| id(it)));
            continue;
        };
        let one = |field: &str| text(it.get(field));
        let dates = [("issued", one("issue_date")), ("expires", one("expiration_date"))];
        let dates: Vec<String> = dates
            .iter()
            .filter(|it| !it.1.is_empty())
            .map(|(word, it)| format!("{word} {it}"))
            .collect();
        out.ids.push(Id {
            label: one("type"),
            number: one("number"),
            country: one("country"),
            dates: dates.join(" "),
        });
    }
    for field in ["citizenships", "nationalities"] {
        out.nationalities.extend(list(field).into_iter().map(|it| (field, it)));
    }
    out.ship = SHIP.map(|(column, label)| (label, one(column))).to_vec();
    out.texts = TEXTS.map(|it| (it, one(it))).to_vec();
    out.urls = ["source_list_url", "source_information_url"].map(one).to_vec();
    out
}
