//! Files as handed in -> which format each is in, and which belong together.

use std::collections::BTreeMap;

use super::{Format, SourceFile};

/// Files that are read together, or one that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The format; `None` where none fits.
    pub format: Option<Format>,
    /// Places in the slice that was handed in, ascending.
    pub files: Vec<usize>,
    /// Why no format fits; `None` where one does.
    pub reason: Option<String>,
}

/// The format of a file, by its content: the root element's local name, the header line, the first JSON object. Only members of
/// OFAC's CSV family, which have no header, are told by their names.
#[must_use]
pub fn detect(file: SourceFile<'_>) -> Option<Format> {
    look(file).ok()
}

/// Puts the members of one OFAC CSV family in one folder (`sdn`, `alt`, `add`, `sdn_comments`, or `cons_prim`, `cons_alt`, ...; any
/// case, any prefix such as `excerpt_`) into one group, a list of one's own and its mapping (`internal.csv`, `internal.mapping.toml`)
/// into another, every other file into one of its own; in the order of their first files.
#[must_use]
pub fn group(files: &[SourceFile<'_>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    let mapped = mapped(files);
    for (at, file) in files.iter().enumerate() {
        if let Some((first, second)) = mapped.iter().find(|it| it.0 == at || it.1 == at) {
            if *first.min(second) == at {
                groups.push(Group {
                    format: Some(Format::Own),
                    files: vec![at, *first.max(second)],
                    reason: None,
                });
            }
            continue;
        }
        let (format, reason) = match look(*file) {
            Ok(it) => (Some(it), None),
            Err(it) => (None, Some(it)),
        };
        if format == Some(Format::OfacCsv)
            && let Some((family, _)) = ofac_member(file.name)
        {
            if let Some(group) = families.get(&family).and_then(|it| groups.get_mut(*it)) {
                group.files.push(at);
                continue;
            }
            families.insert(family, groups.len());
        }
        groups.push(Group {
            format,
            files: vec![at],
            reason,
        });
    }
    groups
}

/// The ending of a mapping file, which tells which file it is for.
pub const MAPPING: &str = ".mapping.toml";

/// Lists of one's own and their mapping files, by place: `internal.csv` and `internal.mapping.toml`.
fn mapped(files: &[SourceFile<'_>]) -> Vec<(usize, usize)> {
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |it| it.0).to_lowercase();
    let mappings: BTreeMap<String, usize> = files
        .iter()
        .zip(0..)
        .filter_map(|(it, at)| Some((it.name.to_lowercase().strip_suffix(MAPPING)?.to_owned(), at)))
        .collect();
    let mut taken: Vec<usize> = Vec::new();
    let mut out = Vec::new();
    for (file, at) in files.iter().zip(0..) {
        if let Some(mapping) = mappings
            .get(&stem(file.name))
            .filter(|it| **it != at && !taken.contains(it))
        {
            taken.push(*mapping);
            out.push((at, *mapping));
        }
    }
    out
}

/// Only this much of a file is looked at, bytes: a comment before the root element may be long, a line of JSON longer.
const HEAD: usize = 64 << 10;

fn look(file: SourceFile<'_>) -> Result<Format, String> {
    if file.bytes.starts_with(b"PK\x03\x04") {
        return zipped(file.bytes);
    }
    let head = &file.bytes[..file.bytes.len().min(HEAD)];
    let encoding = encoding_rs::Encoding::for_bom(head).map_or(encoding_rs::UTF_8, |it| it.0);
    // Damaged letters do not matter here: all that is looked for is ASCII.
    let (text, _, _) = encoding.decode(head);
    let text = text.trim_start();
    if text.is_empty() {
        return Err("the file is empty".to_owned());
    }
    match text.as_bytes().first() {
        Some(b'<') => xml(text),
        Some(b'{') => json(text),
        Some(b'[') if text.contains("\"source_information_url\"") => Ok(Format::UsCslJson),
        Some(b'[') => Err("a JSON array: FollowTheMoney has one object a line".to_owned()),
        _ => csv(text, file.name),
    }
}

/// A spreadsheet is told by a part that each has: its name stands in the archive as it is, even where the archive is cut off.
fn zipped(bytes: &[u8]) -> Result<Format, String> {
    let mark = b"xl/workbook.xml";
    if bytes.windows(mark.len()).any(|it| it == mark) {
        Ok(Format::AuXlsx)
    } else {
        Err("a ZIP archive that is no spreadsheet: its content has to be unpacked first".to_owned())
    }
}

fn xml(text: &str) -> Result<Format, String> {
    let root = root(text).ok_or("XML without a root element")?;
    Ok(match root {
        "sdnList" => Format::OfacXml,
        "CONSOLIDATED_LIST" => Format::UnXml,
        "export" => Format::EuXml,
        "Designations" => Format::UkXml,
        "Sanctions" => Format::OfacAdvanced,
        "sanctionsData" => Format::OfacEnhanced,
        "swiss-sanctions-list" => Format::ChXml,
        "data-set" => Format::CaXml,
        "feed" => Format::CaAtom,
        it if it.eq_ignore_ascii_case("html") => return Err("a web page, not a list".to_owned()),
        it => return Err(format!("XML whose root element `{it}` is of no list that is read")),
    })
}

/// The local name of the first element, behind declarations and comments.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.get(rest.find('<')?..)?;
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else if rest.get(..9).is_some_and(|it| it.eq_ignore_ascii_case("<!doctype")) {
            let name = rest.get(9..)?.trim_start();
            return name
                .split(|it: char| it.is_whitespace() || matches!(it, '>' | '['))
                .next();
        } else {
            let name = rest.get(1..)?;
            let end = name.find(|it: char| it.is_whitespace() || matches!(it, '>' | '/'))?;
            let name = name.get(..end)?;
            return Some(name.rsplit(':').next().unwrap_or(name));
        };
        let behind = rest.find(end)? + end.len();
        rest = rest.get(behind..)?;
    }
}

fn json(text: &str) -> Result<Format, String> {
    // The line may be longer than what is looked at, or cut off: then the parser is the one to say so.
    let line = text.lines().next().unwrap_or(text);
    let has = |it: &str| line.contains(&format!("\"{it}\""));
    if has("op") && has("entity") {
        Err("a FollowTheMoney delta file: it says what changes, not what is listed".to_owned())
    } else if has("schema") && has("properties") {
        let nested = |line: &str| line.matches("\"properties\"").count() > 1;
        Ok(if text.lines().any(nested) {
            Format::FtmNested
        } else {
            Format::Ftm
        })
    } else if text
        .match_indices("\"Publications\"")
        .any(|(at, it)| text[at + it.len()..].trim_start().starts_with(':'))
    {
        // The French register may be one line or thousands.
        Ok(Format::FrJson)
    } else if has("RECORD_ID") || has("DATA_SOURCE") {
        Ok(Format::Senzing)
    } else if text.contains("\"results\"") && text.contains("\"source_information_url\"") {
        Ok(Format::UsCslJson)
    } else {
        Err("JSON whose first object has no `schema` and `properties`: not FollowTheMoney".to_owned())
    }
}

fn csv(text: &str, name: &str) -> Result<Format, String> {
    let mut lines = text.lines();
    for line in lines.by_ref().take(5) {
        let has = |all: &[&str]| {
            let cells: Vec<&str> = line.split(',').map(|it| it.trim_matches(['"', ' '])).collect();
            all.iter().all(|it| cells.contains(it))
        };
        if has(&["Name 6", "Group Type", "Group ID"]) {
            return Ok(Format::UkConlist);
        }
        if has(&["Name 6", "Unique ID"]) {
            return Ok(Format::UkCsv);
        }
        if has(&["_id", "source", "alt_names"]) {
            return Ok(Format::UsCslCsv);
        }
        if has(&["id", "schema", "aliases", "dataset"]) {
            return Ok(Format::FtmSimple);
        }
        if has(&["entity_id", "prop", "value", "dataset"]) {
            return Ok(Format::FtmStatements);
        }
        let split = |by: char| line.split(by).map(|it| it.trim_matches(['"', ' '])).collect::<Vec<_>>();
        if ["Effective_Date", "FR_Citation"]
            .iter()
            .all(|it| split('\t').contains(it))
        {
            return Ok(Format::UsDpl);
        }
        if split(';')
            .iter()
            .any(|it| it.eq_ignore_ascii_case("Entity_LogicalId") || *it == "Entity_logical_id")
        {
            return Ok(Format::EuCsv);
        }
    }
    if statement(text.lines().next().unwrap_or("")) {
        return Ok(Format::FtmStatements);
    }
    let first = text.lines().next().unwrap_or("");
    let number = first.split(',').next().unwrap_or("").trim_matches(['"', ' ']);
    let numbered = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    match (numbered, ofac_member(name)) {
        (true, Some(_)) => Ok(Format::OfacCsv),
        (true, None) if first.contains(',') => {
            Err("perhaps of OFAC's CSV family, but its name does not say which member".to_owned())
        }
        _ => Err("neither XML nor JSON nor a CSV file with a header that is known; a list of your own needs its mapping (docs/own-list.md)".to_owned()),
    }
}

/// A row of statements without a header: `Q61589,Person:name,...`, 11 cells at least.
fn statement(line: &str) -> bool {
    let mut cells = line.split(',');
    let property = cells.nth(1).and_then(|it| it.split_once(':'));
    let word = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric());
    property.is_some_and(|it| word(it.0) && word(it.1) && it.0.starts_with(|it: char| it.is_ascii_uppercase()))
        && cells.count() >= 9
}

/// The family of a file, with folder and prefix, and the member that its name says: `old/excerpt_SDN_comments.csv` gives
/// `old/excerpt_sdn` and `sdn_comments`.
fn ofac_member(name: &str) -> Option<(String, &'static str)> {
    let lower = name.to_lowercase();
    let stem = lower.strip_suffix(".csv")?;
    // Longer names first: `cons_add` ends in `add`.
    for (member, family) in [
        ("sdn_comments", "sdn"),
        ("cons_comments", "cons"),
        ("cons_prim", "cons"),
        ("cons_alt", "cons"),
        ("cons_add", "cons"),
        ("sdn", "sdn"),
        ("alt", "sdn"),
        ("add", "sdn"),
    ] {
        if let Some(before) = stem.strip_suffix(member)
            && !before.ends_with(char::is_alphanumeric)
        {
            return Some((format!("{before}{family}"), member));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file<'a>(name: &'a str, text: &'a str) -> SourceFile<'a> {
        SourceFile {
            name,
            bytes: text.as_bytes(),
        }
    }

    #[test]
    fn by_content() {
        #[track_caller]
        fn check(name: &str, text: &str, expect: &str) {
            let got = look(file(name, text)).map_or_else(|it| it, |it| it.name().to_owned());
            assert_eq!(got, expect, "`{text}`");
        }
        check(
            "a",
            "<?xml version='1.0'?><!-- <x> --><o:sdnList xmlns:o='u'>",
            "ofac-xml",
        );
        check("sdn.csv", "<CONSOLIDATED_LIST>", "un-xml"); // the name does not count
        check("a", "\u{feff}<export xmlns='u'>", "eu-xml");
        check("a", "<Designations>", "uk-xml");
        check("a", "Last Updated,1/1/2020\nName 6,Group Type,Group ID\n", "uk-conlist");
        check("a", "Report Date: x\nUnique ID,Name 6\n", "uk-csv");
        check("a", "{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{}}", "ftm");
        check("excerpt_SDN.CSV", "36,\"A\",-0- \n", "ofac-csv");
        check("cons_add.csv", "36,\"A\",-0- \n", "ofac-csv");
        check(
            "list.csv",
            "36,\"A\",-0- \n",
            "perhaps of OFAC's CSV family, but its name does not say which member",
        );
        check("sdn.csv", "<!DOCTYPE html><html>", "a web page, not a list");
        check("sdn.csv", "", "the file is empty");
        check(
            "a",
            "{\"op\":\"ADD\",\"entity\":{}}",
            "a FollowTheMoney delta file: it says what changes, not what is listed",
        );
        check("a", "<Sanctions>", "ofac-advanced");
        check("a", "<swiss-sanctions-list list-type='whole-list'>", "ch-xml");
        check("a", "<data-set>", "ca-xml");
        check("a", "<feed xmlns='http://www.w3.org/2005/Atom'>", "ca-atom");
        check(
            "a",
            "{\n \"Publications\": {\n  \"DatePublication\": \"2025\"",
            "fr-json",
        );
        let line = r#"{"id":"a","schema":"Person","properties":{"position":["Publications"],"topics":["sanction"]}}"#;
        check("a", line, "ftm"); // a value, not a key
        check("a.csv", "PK\u{3}\u{4}...xl/workbook.xml...", "au-xlsx");
        check(
            "a.xlsx",
            "PK\u{3}\u{4}...sdn.xml...",
            "a ZIP archive that is no spreadsheet: its content has to be unpacked first",
        );
    }

    #[test]
    fn families() {
        let files = [
            file("sdn.csv", "36,a\n"),
            file("un.xml", "<CONSOLIDATED_LIST>"),
            file("ALT.CSV", "36,1\n"),
            file("excerpt_add.csv", "36,1\n"),
            file("cons_prim.csv", "36,a\n"),
            file("sdn_comments.csv", "36,a\n"),
            file("cons_alt.csv", "36,a\n"),
            file("excerpt_sdn.csv", "36,a\n"),
            file("malt.csv", "36,a\n"),
        ];
        let shown: Vec<String> = group(&files)
            .iter()
            .map(|it| format!("{}{:?}", it.format.map_or("-", Format::name), it.files))
            .collect();
        assert_eq!(
            shown.join(" "),
            "ofac-csv[0, 2, 5] un-xml[1] ofac-csv[3, 7] ofac-csv[4, 6] -[8]"
        );
    }
}
