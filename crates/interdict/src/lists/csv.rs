//! CSV file with a header line -> rows whose cells are read by column name; the end of the file has to be there.
//!
//! What an intact end looks like: the published files close every line, the last one too. A last line without its line end,
//! or a quote that is never closed, is therefore a file that was cut off. A cut right behind a line end cannot be seen in the
//! file itself (the formats state no record count): whoever fetches the file has to compare its length with the announced one.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::entity::{Problem, Severity};

/// A line of the file, its cells by column name.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The line in the file on which the row begins, from 1.
    pub line: u64,
    cells: &'a csv::StringRecord,
    columns: &'a [(String, usize)],
}

impl<'a> Row<'a> {
    /// The cell of a column, whitespace at both ends removed; empty where the file has no such column.
    #[must_use]
    pub fn get(&self, column: &str) -> &'a str {
        self.columns
            .iter()
            .find(|it| it.0 == column)
            .and_then(|it| self.cells.get(it.1))
            .map_or("", str::trim)
    }

    /// The whole row as text, for messages.
    #[must_use]
    pub fn text(&self) -> String {
        self.cells.iter().collect::<Vec<_>>().join(",")
    }
}

/// What a file of this kind has to look like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Columns without which the file is not the format; their presence also marks the header line.
    pub required: &'static [&'static str],
    /// Other columns that are read.
    pub optional: &'static [&'static str],
    /// Whether bytes that are not UTF-8 are read as Windows-1252. Where the format is UTF-8 by contract they are damage.
    pub windows_1252: bool,
}

/// What stood around the rows.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The cells of the lines before the header (the report date).
    pub preamble: Vec<String>,
    /// Rows behind the header.
    pub rows: usize,
    /// Those of them that could not be read or used: each has a [`Severity::Loss`] in `problems`.
    pub lost: usize,
    /// What was not understood about the file or its rows, in file order.
    pub problems: Vec<Problem>,
}

/// The header has to stand in the first lines: the published files have one line before it.
const HEADER_WITHIN: usize = 5;

/// Reads a file; each row with as many cells as the header goes to `sink`, which may say why a row cannot be used. Cost: linear in
/// the file.
pub fn read(bytes: &[u8], shape: Shape, sink: impl FnMut(Row<'_>) -> Result<(), &'static str>) -> Frame {
    read_delimited(bytes, b',', shape, sink)
}

/// As [`read`], of a file whose cells are told apart by another character than the comma.
pub fn read_delimited(
    bytes: &[u8],
    delimiter: u8,
    shape: Shape,
    mut sink: impl FnMut(Row<'_>) -> Result<(), &'static str>,
) -> Frame {
    let mut frame = Frame::default();
    let text = match decode(bytes, shape.windows_1252) {
        Ok(it) => it,
        Err(problem) => {
            frame.problems.push(problem);
            return frame;
        }
    };
    if text.trim_start().starts_with('<') {
        let near: String = text.trim_start().chars().take(40).collect();
        frame
            .problems
            .push(fatal("line 1", &near, "a web page or XML, not CSV"));
        return frame;
    }
    let end = end_of(&text, delimiter);
    walk(&text, delimiter, shape, &mut frame, &mut sink);
    frame.problems.extend(end);
    frame
}

/// The text of a file: by byte order mark, else UTF-8 where all of it is, else Windows-1252 where that is allowed.
///
/// # Errors
/// An empty file, and bytes that are not of the encoding.
pub fn decode(bytes: &[u8], windows_1252: bool) -> Result<Cow<'_, str>, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(fatal("line 1", "", "the file is empty"));
    }
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((it, _)) => it,
        None if windows_1252 && std::str::from_utf8(bytes).is_err() => encoding_rs::WINDOWS_1252,
        None => encoding_rs::UTF_8,
    };
    let (text, _, damaged) = encoding.decode(bytes);
    if damaged {
        let at = std::str::from_utf8(bytes).map_or_else(|it| it.valid_up_to(), |_| 0);
        let near = String::from_utf8_lossy(&bytes[at.saturating_sub(20)..(at + 20).min(bytes.len())]).into_owned();
        return Err(fatal(
            format!("byte {at}"),
            &near,
            format!("bytes that are not {}", encoding.name()),
        ));
    }
    Ok(text)
}

fn walk(
    text: &str,
    delimiter: u8,
    shape: Shape,
    frame: &mut Frame,
    sink: &mut impl FnMut(Row<'_>) -> Result<(), &'static str>,
) {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut columns: Vec<(String, usize)> = Vec::new();
    let mut width = 0;
    let mut before = 0;
    let mut cells = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => break,
            Err(it) => {
                frame.problems.push(fatal("", "", format!("not CSV: {it}")));
                return;
            }
        }
        let line = cells.position().map_or(0, |it| {
            // The reader's position is where the row before ended: the rest of its line end and blank lines come first.
            let from = usize::try_from(it.byte()).unwrap_or(usize::MAX);
            let ends = text.bytes().skip(from).take_while(|it| matches!(it, b'\r' | b'\n'));
            it.line() + ends.filter(|it| *it == b'\n').count() as u64
        });
        if columns.is_empty() {
            let found: Vec<&str> = cells.iter().map(str::trim).collect();
            if shape.required.iter().all(|it| found.contains(it)) {
                width = found.len();
                columns = found.iter().zip(0..).map(|(it, at)| ((*it).to_owned(), at)).collect();
                check_columns(line, &found, shape, frame);
            } else if before == HEADER_WITHIN {
                break;
            } else {
                before += 1;
                frame.preamble.extend(found.into_iter().map(str::to_owned));
            }
            continue;
        }
        let row = Row {
            line,
            cells: &cells,
            columns: &columns,
        };
        let fault = if cells.len() == width {
            sink(row).err().map(str::to_owned)
        } else {
            Some(format!("{} cells where the header has {width}", cells.len()))
        };
        frame.rows += 1;
        if let Some(message) = fault {
            frame.lost += 1;
            frame.problems.push(Problem::new(
                Severity::Loss,
                format!("line {line}"),
                "",
                &row.text(),
                message,
            ));
        }
    }
    if columns.is_empty() {
        frame.problems.push(fatal(
            "line 1",
            &frame.preamble.join(","),
            format!("no header line with the columns `{}`", shape.required.join("`, `")),
        ));
    }
}

fn check_columns(line: u64, found: &[&str], shape: Shape, frame: &mut Frame) {
    let mut seen = BTreeSet::new();
    for name in found {
        let message = if !seen.insert(*name) {
            "a column name that stands twice: the first one is read"
        } else if shape.required.contains(name) || shape.optional.contains(name) {
            continue;
        } else {
            "a column that is not known: it is not read"
        };
        let record = format!("line {line}");
        frame
            .problems
            .push(Problem::new(Severity::Notice, record, *name, "", message));
    }
}

/// Why the end of the file is not intact, if it is not.
pub(super) fn end_of(text: &str, delimiter: u8) -> Option<Problem> {
    enum Place {
        Start,
        Bare,
        Quoted,
        QuoteInQuoted,
    }
    // As the reader sees quotes: one opens only at the start of a cell, a doubled one inside stands for itself.
    let mut place = Place::Start;
    let (mut line, mut opened) = (1_u64, 1_u64);
    for it in text.bytes() {
        place = match (place, it) {
            (Place::Start, b'"') => {
                opened = line;
                Place::Quoted
            }
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::QuoteInQuoted, b'"') | (Place::Quoted, _) => Place::Quoted,
            (_, b'\n' | b'\r') => Place::Start,
            (_, it) if it == delimiter => Place::Start,
            _ => Place::Bare,
        };
        line += u64::from(it == b'\n');
    }
    if matches!(place, Place::Quoted) {
        return Some(fatal(
            format!("line {opened}"),
            "",
            "a quote that is never closed: the file is cut off",
        ));
    }
    if !text.ends_with('\n') {
        let last = text.lines().next_back().unwrap_or("");
        return Some(fatal(
            format!("line {line}"),
            last,
            "the last line has no line end: the file is cut off",
        ));
    }
    None
}

fn fatal(record: impl Into<String>, value: &str, message: impl Into<String>) -> Problem {
    Problem::new(Severity::Fatal, record, "", value, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: &str) {
        let shape = Shape {
            required: &["id", "name"],
            optional: &["more"],
            windows_1252: true,
        };
        let mut out = String::new();
        let frame = read(bytes, shape, |it| {
            out += &format!("{}:{}={};", it.line, it.get("id"), it.get("name"));
            if it.get("id").is_empty() { Err("no id") } else { Ok(()) }
        });
        for it in frame.problems {
            out += &format!("{} {it};", it.severity.name());
        }
        assert_eq!(out, expect);
    }

    #[test]
    fn rows_and_faults() {
        check(b"date,1\nname,id\n a ,1\n\"b\n\"\"c\",2\n", "3:1=a;4:2=b\n\"c;");
        check("id,name\r\n1,caf\u{e9}\r\n".as_bytes(), "2:1=café;");
        check(b"id,name\n1,caf\xe9\n", "2:1=café;");
        check(b"\xef\xbb\xbfid,name\n1,a\n", "2:1=a;");
        check(
            b"id,name\n1\n2,b\n",
            "3:2=b;loss record `line 2`, value `1`: 1 cells where the header has 2;",
        );
        check(b"id,name\n,b\n", "2:=b;loss record `line 2`, value `,b`: no id;");
        check(
            b"id,name,shoe\n",
            "notice record `line 1`, field `shoe`: a column that is not known: it is not read;",
        );
        check(
            b"id,name\n1,a",
            "2:1=a;fatal record `line 2`, value `1,a`: the last line has no line end: the file is cut off;",
        );
        check(
            b"id,name\n1,\"a\n2,b\n",
            "2:1=a\n2,b;fatal record `line 2`: a quote that is never closed: the file is cut off;",
        );
        check(b"", "fatal record `line 1`: the file is empty;");
        check(
            b"<html>",
            "fatal record `line 1`, value `<html>`: a web page or XML, not CSV;",
        );
        check(
            b"a,b\n1,2\n",
            "fatal record `line 1`, value `a,b,1,2`: no header line with the columns `id`, `name`;",
        );
    }
}
