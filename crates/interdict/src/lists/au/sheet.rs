//! XLSX bytes -> the cells of the first sheet as text, behind guards: a spreadsheet is a ZIP archive of XML, and may be a bomb.
//!
//! Each member is unpacked under a cap before any of them is read: sizes are known and not believed, and the check sum of each member is
//! verified. The parts are read with the reader of XML that the lists share, for its limits. `calamine`, which would do it, panics
//! where the name of a cell (`AAAAAAAA1`) or the size of a sheet (`B2:A1`) overflows, as of 0.38.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use crate::entity::{Problem, Severity};
use crate::lists::dates;
use crate::lists::draft::one_line;
use crate::lists::xml::{self, Element};

/// Members of the archive: the real file has 22.
const MAX_MEMBERS: usize = 1_000;
/// Unpacked bytes of all members: the real file has 6.6 MB.
const MAX_BYTES: u64 = 128 << 20;
/// Unpacked to packed bytes of a member of more than a megabyte: in the real file the worst has 14. Deflate cannot pass 1,032.
const MAX_RATIO: u64 = 200;
/// Smaller members may be packed as tightly as they like.
const SMALL: u64 = 1 << 20;
/// Cells with a value: the real file has 98,000.
const MAX_CELLS: usize = 4_000_000;
/// Columns that are read: the real file has 12, the form of 2025 has 19.
const MAX_COLUMNS: u32 = 64;
/// Bytes of one cell; Excel itself ends at 32,767 characters.
const MAX_CELL: usize = 1 << 17;

/// The cells of a row that hold anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The number that the spreadsheet shows, from 1.
    pub number: u32,
    /// Column, from 0, and text on one line; a date as `1984-06-28`.
    pub cells: Vec<(u32, String)>,
}

/// The first sheet, row by row, in the order of the file; empty rows are left out.
///
/// # Errors
/// Why the bytes are no spreadsheet that can be read as a whole.
pub(super) fn read(bytes: &[u8], problems: &mut Vec<Problem>) -> Result<Vec<Line>, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("the file is empty".to_owned());
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err("a web page or XML, not a spreadsheet".to_owned());
    }
    let parts = unpack(bytes)?;
    let book = book(&parts)?;
    let strings = match book.strings.as_deref() {
        Some(it) => strings(part(&parts, it)?)?,
        None => Vec::new(),
    };
    let dates = match book.styles.as_deref() {
        Some(it) => date_styles(part(&parts, it)?)?,
        None => Vec::new(),
    };
    let values = Values {
        strings,
        dates,
        from_1904: book.from_1904,
    };
    values.lines(part(&parts, &book.sheet)?, problems)
}

type Parts = BTreeMap<String, Vec<u8>>;

/// The parts under `xl/` by name, all others only to see that they are whole.
fn unpack(bytes: &[u8]) -> Result<Parts, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|it| format!("not a whole ZIP archive, which a spreadsheet is: {it}"))?;
    // Of two parts of one name only the last would be seen.
    if archive.has_duplicate_names() {
        return Err("a spreadsheet with two parts of one name: refused".to_owned());
    }
    if archive.len() > MAX_MEMBERS {
        return Err(format!("a spreadsheet of more than {MAX_MEMBERS} parts: refused"));
    }
    let mut all = 0_u64;
    let mut names = std::collections::BTreeSet::new();
    let mut parts = Parts::new();
    for at in 0..archive.len() {
        let member = archive
            .by_index(at)
            .map_err(|it| format!("a part of the spreadsheet cannot be read: {it}"))?;
        let name = member
            .name()
            .map_err(|it| format!("a part of the spreadsheet without a readable name: {it}"))?
            .into_owned();
        if !names.insert(name.to_lowercase()) {
            return Err(format!("a spreadsheet with two parts `{name}`: refused"));
        }
        let packed = member.compressed_size().max(1);
        // As far as the cap on all, or on the ratio, and one byte more: that one tells.
        let room = (MAX_BYTES - all).min(SMALL.max(packed.saturating_mul(MAX_RATIO)));
        let mut content = Vec::new();
        let size = member
            .take(room + 1)
            .read_to_end(&mut content)
            .map_err(|it| format!("the part `{name}` of the spreadsheet is damaged: {it}"))? as u64;
        all += size;
        if all > MAX_BYTES {
            return Err(format!(
                "a spreadsheet of more than {MAX_BYTES} bytes unpacked: refused"
            ));
        }
        if size > room {
            return Err(format!(
                "the part `{name}` of the spreadsheet unpacks to more than {MAX_RATIO} times its size: refused"
            ));
        }
        if name.starts_with("xl/") {
            parts.insert(name, content);
        }
    }
    if !parts.contains_key(BOOK) {
        return Err("a ZIP archive that is not a spreadsheet".to_owned());
    }
    Ok(parts)
}

const BOOK: &str = "xl/workbook.xml";

fn part<'a>(parts: &'a Parts, name: &str) -> Result<&'a [u8], String> {
    parts
        .get(name)
        .map(Vec::as_slice)
        .ok_or_else(|| format!("a spreadsheet without its part `{name}`"))
}

/// Reads a part; the children of `containers` go to `sink`.
fn walk(bytes: &[u8], containers: &[&str], sink: impl FnMut(&str, Element)) -> Result<Element, String> {
    let frame = xml::read(bytes, containers, sink);
    match frame.fatal {
        Some(it) => Err(format!("a part of the spreadsheet cannot be read: {it}")),
        None => Ok(frame.root),
    }
}

/// Where things are.
struct Book {
    sheet: String,
    strings: Option<String>,
    styles: Option<String>,
    /// Days are counted from 1904 on.
    from_1904: bool,
}

fn book(parts: &Parts) -> Result<Book, String> {
    let mut first: Option<String> = None;
    let mut from_1904 = false;
    walk(part(parts, BOOK)?, &["sheets"], |container, it| {
        if container == "sheets" && it.name == "sheet" && first.is_none() {
            first = Some(it.attribute("id").to_owned());
        } else if it.name == "workbookPr" {
            from_1904 = matches!(it.attribute("date1904"), "1" | "true");
        }
    })?;
    let first = first.ok_or("a spreadsheet without a sheet")?;
    let (mut sheet, mut strings, mut styles) = (None, None, None);
    walk(part(parts, "xl/_rels/workbook.xml.rels")?, &[], |_, it| {
        let target = it.attribute("Target");
        let target = match target.strip_prefix('/') {
            Some(it) => it.to_owned(),
            None => format!("xl/{target}"),
        };
        let kind = it.attribute("Type");
        if it.attribute("Id") == first {
            sheet = Some(target);
        } else if kind.ends_with("/sharedStrings") {
            strings = Some(target);
        } else if kind.ends_with("/styles") {
            styles = Some(target);
        }
    })?;
    Ok(Book {
        sheet: sheet.ok_or("a spreadsheet whose first sheet is not there")?,
        strings,
        styles,
        from_1904,
    })
}

/// The text of an element that holds `t`, by itself or in runs of one look.
fn rich(element: &Element) -> String {
    let mut out = element.text_of("t").to_owned();
    for it in element.items("r", "t") {
        out.push_str(&it.text);
    }
    out
}

fn strings(bytes: &[u8]) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    walk(bytes, &[], |_, it| {
        if it.name == "si" {
            out.push(rich(&it));
        }
    })?;
    Ok(out)
}

/// For each style of a cell, whether it shows a number as a date.
fn date_styles(bytes: &[u8]) -> Result<Vec<bool>, String> {
    let mut own: BTreeMap<String, bool> = BTreeMap::new();
    let mut out = Vec::new();
    walk(bytes, &["numFmts", "cellXfs"], |container, it| match container {
        "numFmts" => {
            let dated = dated(it.attribute("formatCode"));
            own.insert(it.attribute("numFmtId").to_owned(), dated);
        }
        "cellXfs" => out.push(it.attribute("numFmtId").to_owned()),
        _ => {}
    })?;
    // ECMA-376, part 1, 18.8.30: what the numbers of built-in formats stand for.
    let built_in = |it: &str| matches!(it.parse(), Ok(14..=17 | 22 | 27..=36 | 50..=58));
    Ok(out
        .iter()
        .map(|it| own.get(it).copied().unwrap_or_else(|| built_in(it)))
        .collect())
}

/// Whether a format shows a day or a year, outside of quotes and brackets.
fn dated(code: &str) -> bool {
    let (mut quoted, mut bracket, mut escaped) = (false, false, false);
    code.chars().any(|it| {
        let plain = !quoted && !bracket && !escaped;
        escaped = !escaped && it == '\\';
        match it {
            '"' if !bracket => quoted = !quoted,
            '[' if !quoted => bracket = true,
            ']' => bracket = false,
            _ => {}
        }
        plain && matches!(it, 'd' | 'D' | 'y' | 'Y')
    })
}

/// What the values of cells point at.
struct Values {
    strings: Vec<String>,
    dates: Vec<bool>,
    from_1904: bool,
}

impl Values {
    fn lines(&self, sheet: &[u8], problems: &mut Vec<Problem>) -> Result<Vec<Line>, String> {
        let mut lines: Vec<Line> = Vec::new();
        let mut fault = None;
        let mut cells = 0;
        let mut number = 0_u32;
        let mut beyond = 0_usize;
        let root = walk(sheet, &["sheetData"], |container, row| {
            if container != "sheetData" || row.name != "row" || fault.is_some() {
                return;
            }
            number = row.attribute("r").parse().unwrap_or(number.saturating_add(1));
            cells += row.children.len();
            match self.cells(&row, &mut beyond) {
                _ if cells > MAX_CELLS => fault = Some(format!("a sheet of more than {MAX_CELLS} cells: refused")),
                Ok(cells) if cells.is_empty() => {}
                Ok(cells) => lines.push(Line { number, cells }),
                Err(it) => fault = Some(format!("row {number}: {it}")),
            }
        })?;
        if root.name != "worksheet" {
            return Err(format!("the first sheet is not one of cells but `{}`", root.name));
        }
        if beyond > 0 {
            let message = format!("cells behind column {MAX_COLUMNS}: they are not read");
            let beyond = beyond.to_string();
            problems.push(Problem::new(Severity::Notice, "sheet", "", &beyond, message));
        }
        fault.map_or(Ok(lines), Err)
    }

    fn cells(&self, row: &Element, beyond: &mut usize) -> Result<Vec<(u32, String)>, String> {
        let mut out = Vec::new();
        let mut column = 0_u32;
        for it in row.all("c") {
            let place = it.attribute("r");
            if !place.is_empty() {
                column = column_of(place).ok_or_else(|| format!("`{place}` is no place of a cell"))?;
            }
            let text = one_line(&unescaped(&self.text(it)?));
            if text.len() > MAX_CELL {
                return Err(format!("a cell of more than {MAX_CELL} bytes"));
            }
            if column >= MAX_COLUMNS {
                *beyond += usize::from(!text.is_empty());
            } else if !text.is_empty() {
                out.push((column, text));
            }
            column = column.saturating_add(1);
        }
        Ok(out)
    }

    /// A value as text.
    fn text(&self, cell: &Element) -> Result<String, String> {
        let value = cell.text_of("v");
        Ok(match cell.attribute("t") {
            "s" => {
                let found = value.parse::<usize>().ok().and_then(|it| self.strings.get(it));
                found
                    .cloned()
                    .ok_or_else(|| format!("the text number `{value}` is not in the file"))?
            }
            "inlineStr" => cell.child("is").map_or(String::new(), rich),
            "b" => if value == "1" { "Yes" } else { "No" }.to_owned(),
            "str" | "e" | "d" => value.to_owned(),
            _ => self.number(value, cell.attribute("s")),
        })
    }

    /// A number, or the day that it stands for; whole numbers without a decimal point.
    fn number(&self, value: &str, style: &str) -> String {
        let Ok(number) = value.parse::<f64>() else {
            return value.to_owned();
        };
        let style = style.parse::<usize>().unwrap_or(0);
        let dated = self.dates.get(style).copied().unwrap_or(false);
        // A year in a cell that is formatted as a date: no date of these lists lies in 1905.
        let year = (1850.0..2100.0).contains(&number) && number.fract() == 0.0;
        let day = number + if self.from_1904 { 1462.0 } else { 0.0 };
        match dates::excel(day).filter(|_| dated && !year) {
            Some(it) => it.to_string(),
            None => number.to_string(),
        }
    }
}

/// The column, from 0, of a place such as `AB12`.
fn column_of(place: &str) -> Option<u32> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    letters
        .take(4)
        .try_fold(0_u32, |n, it| n.checked_mul(26)?.checked_add(u32::from(it - b'A') + 1))?
        .checked_sub(1)
}

/// Without the marks that a spreadsheet writes for control characters: `_x000D_`.
fn unescaped(text: &str) -> String {
    let mut out = text.to_owned();
    for it in [
        "_x000D_", "_x000d_", "_x000A_", "_x000a_", "_x0009_", "_x000B_", "_x0007_",
    ] {
        if out.contains(it) {
            out = out.replace(it, " ");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_behind_the_last_column_are_counted() {
        let values = Values {
            strings: Vec::new(),
            dates: Vec::new(),
            from_1904: false,
        };
        let sheet = b"<worksheet><sheetData><row r='1'><c r='BL1'><v>1</v></c><c r='BM1'><v>2</v></c></row></sheetData></worksheet>";
        let mut problems = Vec::new();
        let lines = values.lines(sheet, &mut problems).unwrap();
        assert_eq!(lines[0].cells, [(63, "1".to_owned())]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].value, "1");
    }

    #[test]
    fn two_parts_of_one_name() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["xl/part-1", "xl/part-2"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        }
        let mut bytes = zip.finish().unwrap().into_inner();
        for at in 0..bytes.len() - 8 {
            if &bytes[at..at + 9] == b"xl/part-2" {
                bytes[at + 8] = b'1';
            }
        }
        assert_eq!(
            unpack(&bytes).unwrap_err(),
            "a spreadsheet with two parts of one name: refused"
        );
    }

    #[test]
    fn places_and_formats() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("AB12"), Some(27));
        assert_eq!(column_of("XFD1048576"), Some(16_383));
        assert_eq!(column_of("12"), None);
        assert_eq!(column_of(""), None);
        for (code, expect) in [
            ("d/mm/yyyy", true),
            ("[$-C09]dd\\-mmm\\-yy;@", true),
            ("General", false),
            ("0.00\"day\"", false),
            ("[Red]0", false),
            ("\\d0", false),
        ] {
            assert_eq!(dated(code), expect, "`{code}`");
        }
    }
}
