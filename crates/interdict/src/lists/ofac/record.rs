//! OFAC's CSV family -> raw parties, as the files say it: `sdn` or `cons_prim`, `alt`, `add`, `comments`.
//!
//! The files have no header and CRLF line ends; a field that is `-0-` as a whole is null. Their last line is a lone 0x1A: every one
//! of 309 published versions of `sdn.csv` at hand (2021 to 2024) ends so, and so do their `alt`, `add` and `comments`. It is the
//! only mark by which a file that was cut at the end of a line differs from a whole one, therefore a file without it is not used.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::advanced;
use crate::entity::{NameKind, PartialDate, Problem, RelationKind, Severity};
use crate::lists::{Parsed, SourceFile};

/// The mark behind the last record of a file (Ctrl-Z).
const END: u8 = 0x1a;
/// A remark of so many characters goes on in the comments file, in the middle of a word.
const REMARKS_SIZE: usize = 1000;

/// A name of a party.
#[derive(Clone, Debug, Default)]
pub(super) struct RawName {
    /// `SDN_Name` or `alt_name` (inverted for individuals), or `lastName`.
    pub last: String,
    /// `firstName`; empty in CSV, where the whole name is one field.
    pub first: String,
    /// How it relates to the party.
    pub kind: Option<NameKind>,
    /// Marked weak.
    pub weak: bool,
    /// The script, where it is not Latin.
    pub script: Arc<str>,
}

/// An address of a party.
#[derive(Clone, Debug, Default)]
pub(super) struct RawAddress {
    /// Every part but the country, in reading order.
    pub parts: Vec<String>,
    /// The field that holds the city, perhaps with more.
    pub city: String,
    /// The country's name.
    pub country: Arc<str>,
}

/// A labelled value: a column, an `id` of the XML, or a birth date.
#[derive(Clone, Debug, Default)]
pub(in crate::lists) struct RawValue {
    /// The label as in [`super::remarks::LABELS`] or as the publisher writes it.
    pub label: Arc<str>,
    /// The value.
    pub value: String,
    /// The country that the value was issued by, where a field of its own says it.
    pub country: Arc<str>,
    /// What else is said of it: dates of issue and expiry.
    pub detail: String,
    /// Said to be false, in a field of its own.
    pub bad: bool,
}

/// A relation to another party of OFAC's lists.
#[derive(Clone, Debug)]
pub(super) struct RawRelation {
    /// How the party stands to the other one.
    pub kind: RelationKind,
    /// OFAC's words for it.
    pub words: String,
    /// The key of the other one.
    pub other: String,
    /// The other one is not in the file.
    pub elsewhere: bool,
    /// It is over.
    pub former: bool,
}

/// One party as either of OFAC's simple formats says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    /// `ent_num` or `uid`.
    pub key: String,
    /// `individual`, `entity`, `vessel`, `aircraft`, lower case.
    pub kind: String,
    /// The name first, then the aliases.
    pub names: Vec<RawName>,
    /// Programme tags.
    pub programmes: Vec<String>,
    /// Titles.
    pub titles: Vec<String>,
    /// Labelled values.
    pub values: Vec<RawValue>,
    /// Addresses.
    pub addresses: Vec<RawAddress>,
    /// The remarks, whole.
    pub remarks: String,
    /// The end of the remarks is missing: their last clause may be half a one.
    pub remarks_cut: bool,
    /// Remarks on aliases and addresses, with the field that holds them.
    pub notes: Vec<(&'static str, String)>,
    /// Related parties.
    pub relations: Vec<RawRelation>,
    /// The legal acts of its entries.
    pub legal_bases: Vec<Arc<str>>,
    /// The day of its first entry.
    pub since: Option<PartialDate>,
}

impl Raw {
    /// Adds a list that the party is on, and the day of the entry. The umbrella list has a day of its own, which says when it was
    /// put together.
    pub(super) fn on_list(&mut self, list: &str, since: Option<PartialDate>) {
        if list == advanced::UMBRELLA {
            return;
        }
        self.since = [self.since, since].into_iter().flatten().min();
        if !matches!(list, "" | advanced::BLOCKED) {
            let day = since.map_or_else(String::new, |it| format!(", since {it}"));
            self.once("sanctionsList", format!("{list}{day}"));
        }
    }

    /// Adds a type of sanction. `Block` is what being on the SDN list means.
    pub(super) fn sanction_type(&mut self, kind: &str) {
        if kind != "Block" {
            self.once("sanctionsType", kind.to_owned());
        }
    }

    fn once(&mut self, field: &'static str, note: String) {
        if !self.notes.iter().any(|it| it.0 == field && it.1 == note) {
            self.notes.push((field, note));
        }
    }
}

/// The members of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Main,
    Alt,
    Add,
    Comments,
}

impl Role {
    const ALL: [Self; 4] = [Self::Main, Self::Alt, Self::Add, Self::Comments];

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Main => &[
                "ent_num",
                "SDN_Name",
                "SDN_Type",
                "Program",
                "Title",
                "Call_Sign",
                "Vess_type",
                "Tonnage",
                "GRT",
                "Vess_flag",
                "Vess_owner",
                "Remarks",
            ],
            Self::Alt => &["ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"],
            Self::Add => &[
                "ent_num",
                "Add_num",
                "Address",
                "City/State/Province/Postal Code",
                "Country",
                "Add_remarks",
            ],
            Self::Comments => &["ent_num", "Remarks"],
        }
    }

    /// The word that counts and messages use for its records.
    const fn word(self) -> &'static str {
        match self {
            Self::Main => "party",
            Self::Alt => "alias",
            Self::Add => "address",
            Self::Comments => "comment",
        }
    }

    /// By the number of columns that most of the first rows have, which differs from member to member; by the file's name where
    /// that says nothing.
    fn of(name: &str, rows: &[Row]) -> Option<Self> {
        let head = &rows[..rows.len().min(50)];
        let share = |it: &Self| head.iter().filter(|row| row.cells.len() == it.columns().len()).count();
        let name = name.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|it| share(it) * 2 > head.len())
            .or_else(|| match () {
                () if name.contains("comment") => Some(Self::Comments),
                () if name.contains("alt") => Some(Self::Alt),
                () if name.contains("add") => Some(Self::Add),
                () if name.contains("sdn") || name.contains("prim") => Some(Self::Main),
                () => None,
            })
    }
}

/// One record of a file: nulls are empty.
struct Row {
    line: usize,
    cells: Vec<String>,
    /// What is wrong with its quotes, if anything is.
    fault: Option<&'static str>,
    text: String,
}

impl Row {
    fn at(&self, column: usize) -> &str {
        self.verbatim(column).trim()
    }

    /// With the blanks at both ends: remarks that go on elsewhere may be cut at one.
    fn verbatim(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Reads the family. Problems and counts go to `parsed`; the parties come back in the order of the main file.
pub(super) fn family(files: &[SourceFile<'_>], parsed: &mut Parsed) -> Vec<Raw> {
    let mut members: BTreeMap<Role, Vec<Row>> = BTreeMap::new();
    for file in files {
        let rows = rows(file, &mut parsed.problems);
        let Some(role) = Role::of(file.name, &rows) else {
            parsed.problems.push(Problem::new(
                Severity::Fatal,
                file.name,
                "",
                rows.first().map_or("", |it| &it.text),
                "not a file of this family: it has neither the columns nor the name of one",
            ));
            continue;
        };
        if members.contains_key(&role) {
            parsed.problems.push(Problem::new(
                Severity::Fatal,
                file.name,
                "",
                "",
                format!("a second file of records of type `{}`", role.word()),
            ));
            continue;
        }
        let rows = sound(file, role, rows, parsed);
        members.insert(role, rows);
    }
    let Some(main) = members.remove(&Role::Main) else {
        parsed.problems.push(Problem::new(
            Severity::Fatal,
            "family",
            "",
            "",
            "the main file (`sdn.csv` or `cons_prim.csv`) is missing",
        ));
        return Vec::new();
    };
    for (role, what) in [(Role::Alt, "aliases"), (Role::Add, "addresses")] {
        if !members.contains_key(&role) {
            parsed.problems.push(Problem::new(
                Severity::Loss,
                "family",
                if role == Role::Alt { "alt.csv" } else { "add.csv" },
                "",
                format!("no file of records of type `{}`: {what} are missing", role.word()),
            ));
        }
    }
    let mut parties: Vec<Raw> = main.iter().map(party).collect();
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
    for (at, it) in parties.iter().enumerate() {
        place.entry(it.key.clone()).or_insert(at);
    }
    for (role, rows) in members {
        for row in rows {
            let owner = place.get(row.at(0)).and_then(|it| parties.get_mut(*it));
            let done = match owner {
                Some(owner) => side(role, &row, owner, &mut parsed.problems),
                None => {
                    parsed.problems.push(Problem::new(
                        Severity::Loss,
                        row.at(0),
                        role.word(),
                        &row.text,
                        format!("line {}: the main file has no such party", row.line),
                    ));
                    false
                }
            };
            let count = parsed.count(role.word());
            count.records += 1;
            count.entities += usize::from(done);
            count.lost += usize::from(!done);
        }
    }
    for it in &mut parties {
        if it.remarks.chars().count() == REMARKS_SIZE {
            it.remarks_cut = true;
            parsed.problems.push(Problem::new(
                Severity::Loss,
                it.key.as_str(),
                "Remarks",
                tail(&it.remarks),
                "the remarks fill their field and no comments file goes on with them: what follows is missing",
            ));
        }
    }
    parties
}

fn tail(text: &str) -> &str {
    let from = text.char_indices().rev().nth(59).map_or(0, |it| it.0);
    &text[from..]
}

/// Leaves out the rows that cannot be read, each with a problem.
fn sound(file: &SourceFile<'_>, role: Role, rows: Vec<Row>, parsed: &mut Parsed) -> Vec<Row> {
    let columns = role.columns().len();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let fault = match row.fault {
            Some(it) => it.to_owned(),
            None if row.cells.len() != columns => {
                format!("{} columns instead of {columns}", row.cells.len())
            }
            None if row.at(0).is_empty() => "no key in the first column".to_owned(),
            None => {
                out.push(row);
                continue;
            }
        };
        // The key is shown even where the rest of the line is broken.
        let key = row.text.split(',').next().unwrap_or_default().trim();
        parsed.problems.push(Problem::new(
            Severity::Loss,
            if key.is_empty() { "?" } else { key },
            role.word(),
            &row.text,
            format!("`{}`, line {}: {fault}", file.name, row.line),
        ));
        let count = parsed.count(role.word());
        count.records += 1;
        count.lost += 1;
    }
    out
}

fn party(row: &Row) -> Raw {
    let value = |label: &str, column: usize| RawValue {
        label: label.into(),
        value: row.at(column).to_owned(),
        ..RawValue::default()
    };
    Raw {
        key: row.at(0).to_owned(),
        kind: match row.at(2) {
            // Null means an entity: OFAC's specification of the file.
            "" => "entity".to_owned(),
            it => it.to_ascii_lowercase(),
        },
        names: vec![RawName {
            last: row.at(1).to_owned(),
            kind: Some(NameKind::Primary),
            ..RawName::default()
        }],
        // `SDGT] [IFSR`: several tags, without the outermost brackets.
        programmes: row.at(3).split("] [").map(|it| it.trim().to_owned()).collect(),
        titles: row.at(4).split(';').map(str::to_owned).collect(),
        values: [
            value("Vessel Call Sign", 5),
            value("Vessel Type", 6),
            value("Vessel Tonnage", 7),
            value("Vessel Gross Registered Tonnage", 8),
            value("Vessel Flag", 9),
            value("Vessel Owner", 10),
        ]
        .into_iter()
        .filter(|it| !it.value.is_empty())
        .collect(),
        remarks: row.verbatim(11).to_owned(),
        ..Raw::default()
    }
}

/// Adds a side record to its party; `false` where nothing of it could be used.
fn side(role: Role, row: &Row, owner: &mut Raw, problems: &mut Vec<Problem>) -> bool {
    match role {
        Role::Main => {}
        Role::Alt => {
            if row.at(3).is_empty() {
                problems.push(Problem::new(
                    Severity::Loss,
                    row.at(0),
                    "alt_name",
                    &row.text,
                    format!("line {}: an alias without a name", row.line),
                ));
                return false;
            }
            owner.names.push(RawName {
                last: row.at(3).to_owned(),
                kind: alias_kind(row.at(2), row.at(0), "alt_type", problems),
                ..RawName::default()
            });
            owner.notes.push(("alt_remarks", row.at(4).to_owned()));
        }
        Role::Add => {
            owner.addresses.push(RawAddress {
                parts: vec![row.at(2).to_owned(), row.at(3).to_owned()],
                city: city(row.at(3)),
                country: row.at(4).into(),
            });
            owner.notes.push(("Add_remarks", row.at(5).to_owned()));
        }
        Role::Comments => {
            if owner.remarks.chars().count() < REMARKS_SIZE {
                problems.push(Problem::new(
                    Severity::Notice,
                    row.at(0),
                    "Remarks",
                    row.at(1),
                    "goes on with remarks that do not fill their field: the files may be of different days",
                ));
            }
            // The cut may fall into a word, so nothing goes in between.
            owner.remarks.push_str(row.verbatim(1));
        }
    }
    true
}

/// `aka`, `f.k.a.` and the like, the way either format writes them.
pub(super) fn alias_kind(word: &str, key: &str, field: &str, problems: &mut Vec<Problem>) -> Option<NameKind> {
    match word.replace('.', "").to_ascii_lowercase().as_str() {
        "aka" => Some(NameKind::Alias),
        "fka" => Some(NameKind::Former),
        "nka" => Some(NameKind::Current),
        _ => {
            problems.push(Problem::new(
                Severity::Notice,
                key,
                field,
                word,
                "an alias of a type that is not known; kept as an alias",
            ));
            Some(NameKind::Alias)
        }
    }
}

/// The town at the head of `Moscow 119021` or `Petionville, Ouest`: the words before a comma or before one with a digit.
/// OFAC does not mark the town in this field; the whole field stays in the address.
fn city(field: &str) -> String {
    let head = field.split(',').next().unwrap_or_default();
    let has_digit = |it: &&str| it.bytes().any(|it| it.is_ascii_digit());
    let words: Vec<&str> = head.split(' ').take_while(|it| !has_digit(it)).collect();
    // `London EC3N`, `Zurich CH-8022`: the outward half of a postal code has letters, too; it holds a digit and is cut with it.
    words.join(" ").trim().to_owned()
}

/// The lines of a file as records. A record begins on a line that begins with a number and a comma, or where all quotes are closed.
fn rows(file: &SourceFile<'_>, problems: &mut Vec<Problem>) -> Vec<Row> {
    let mut fatal = |value: &str, message: &str| {
        problems.push(Problem::new(Severity::Fatal, file.name, "", value, message));
    };
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        fatal("", "the file is empty");
        return Vec::new();
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        fatal(&head, "a page or an XML file, not a CSV file");
        return Vec::new();
    }
    let body = match bytes.iter().position(|it| *it == END) {
        None => {
            let last = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(60)..]).into_owned();
            fatal(&last, "the mark of the end (0x1A) is missing: the file may be cut off");
            bytes
        }
        Some(at) => {
            if !bytes[at + 1..].iter().all(u8::is_ascii_whitespace) {
                let next = String::from_utf8_lossy(&bytes[at..(at + 60).min(bytes.len())]).into_owned();
                fatal(&next, "something stands behind the mark of the end (0x1A)");
            }
            &bytes[..at]
        }
    };
    let text: Cow<'_, str> = match std::str::from_utf8(body) {
        Ok(it) => Cow::Borrowed(it),
        Err(it) => {
            let from = it.valid_up_to();
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(body);
            let near = &body[from.saturating_sub(20)..(from + 20).min(body.len())];
            let (near, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(near);
            problems.push(Problem::new(
                Severity::Notice,
                file.name,
                "",
                &near,
                "bytes that are not UTF-8; read as Windows-1252",
            ));
            text
        }
    };
    let mut out: Vec<Row> = Vec::new();
    let mut pending: Option<(usize, String, bool)> = None;
    for (at, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let odd = line.bytes().filter(|it| *it == b'"').count() % 2 == 1;
        match &mut pending {
            Some((_, text, open)) if *open && !starts_record(line) => {
                text.push('\n');
                text.push_str(line);
                *open ^= odd;
            }
            _ => {
                out.extend(pending.take().map(|(at, text, _)| row(at, text)));
                if !line.trim().is_empty() {
                    pending = Some((at + 1, line.to_owned(), odd));
                }
            }
        }
    }
    out.extend(pending.map(|(at, text, _)| row(at, text)));
    out
}

fn starts_record(line: &str) -> bool {
    let rest = line.trim_start_matches(|it: char| it.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(',')
}

/// Cells of a record. A quote ends a cell only where a comma or the end of the record follows; any other one belongs to the text,
/// because the publisher does not promise to double them.
fn row(line: usize, text: String) -> Row {
    let mut cells = Vec::new();
    let mut fault = None;
    let mut rest = text.as_str();
    loop {
        let start = rest.trim_start_matches(' ');
        if let Some(quoted) = start.strip_prefix('"') {
            let Some((cell, behind)) = quoted_cell(quoted) else {
                fault = Some("a quoted value that does not end");
                cells.push(null(quoted));
                break;
            };
            cells.push(null(&cell));
            match behind {
                Some(it) => rest = it,
                None => break,
            }
        } else if let Some((cell, behind)) = rest.split_once(',') {
            cells.push(null(cell));
            rest = behind;
        } else {
            cells.push(null(rest));
            break;
        }
    }
    Row {
        line,
        cells,
        fault,
        text,
    }
}

/// The text up to the closing quote, and what stands behind the comma that follows, if one does.
fn quoted_cell(quoted: &str) -> Option<(String, Option<&str>)> {
    let mut cell = String::new();
    let mut rest = quoted;
    loop {
        let (head, behind) = rest.split_once('"')?;
        cell.push_str(head);
        if let Some(it) = behind.strip_prefix('"') {
            cell.push('"');
            rest = it;
            continue;
        }
        let next = behind.trim_start_matches([' ', '\r']);
        if next.is_empty() {
            return Some((cell, None));
        }
        if let Some(it) = next.strip_prefix(',') {
            return Some((cell, Some(it)));
        }
        cell.push('"');
        rest = behind;
    }
}

/// Nothing for `-0-` when that is all of the value (`A-0-1` is one).
fn null(cell: &str) -> String {
    match cell.trim() {
        "-0-" => String::new(),
        _ => cell.to_owned(),
    }
}
