//! One cell of free text that holds dates -> each of them, and whether anything in it was left unread.

use super::draft::one_line;
use crate::entity::{CivilDate, PartialDate};

/// What a cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dates {
    /// The dates, in the order of the cell.
    pub dates: Vec<PartialDate>,
    /// Something in the cell is not in `dates`: words, or a date that does not exist or is of another calendar.
    pub unread: bool,
    /// A year of two digits was read as the latest one that it can be.
    pub guessed: bool,
}

/// A birth or a foundation before this year is a date of another calendar (`24/06/1402`).
const EARLIEST: i16 = 1850;
/// Excel's day numbers of 1927-05-18 and 2064-04-08: a number of five digits in between is one, not a year.
const SERIALS: std::ops::RangeInclusive<i64> = 10_000..=60_000;
/// A longer cell is not one of dates: the longest real one has 210 bytes.
const LONGEST: usize = 2_000;

/// Reads a cell: `a) 1957 b) Approximately 1953`, `1963 or 1964`, `16/09/1949; alt DOB: 15/09/1949`, `15 May 1968 (as Yasir) 1970 (as
/// Ali)`. `latest` is the latest year that a year of two digits may mean; without it such a date is not read.
pub(super) fn read(cell: &str, latest: Option<i16>) -> Dates {
    let mut out = Dates::default();
    if cell.len() > LONGEST {
        out.unread = true;
        return out;
    }
    let text = one_line(cell).to_lowercase().replace(['–', '—'], "-");
    let text = out.brackets(&text, latest);
    let mut text = without_marks(&text);
    for it in [
        "for this aka only",
        "this aka only",
        " alt dob:",
        "alt dob:",
        "alt dob",
        ">>",
        " or ",
        "\u{a0}",
    ] {
        text = text.replace(it, ";");
    }
    for piece in text.split(';').map(bare).filter(|it| said(it)) {
        if out.take(piece, latest) {
            continue;
        }
        let parts: Vec<&str> = piece.split([',', ' ']).collect();
        let listed = piece.contains(',');
        let several = if listed {
            piece.split(',').map(bare).filter(|it| said(it)).collect()
        } else if parts.iter().all(|it| it.len() == 4 || it.contains('/')) {
            parts
        } else {
            vec![piece]
        };
        for it in several {
            if (it == piece || !out.take(it, latest)) && said(it) {
                out.unread = true;
            }
        }
    }
    let mut seen = Vec::new();
    out.dates.retain(|it| {
        let new = !seen.contains(it);
        seen.push(*it);
        new
    });
    out
}

/// The day that a day number of Excel means. Its calendar begins in 1900 and has a 29 February in that year.
pub(super) fn excel(serial: f64) -> Option<PartialDate> {
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let days = serial.floor() as i64;
    let base = jiff::civil::date(1899, 12, if days < 60 { 31 } else { 30 });
    let day = base.checked_add(jiff::Span::new().days(days)).ok()?;
    PartialDate::new(day.year(), u8::try_from(day.month()).ok(), u8::try_from(day.day()).ok()).ok()
}

impl Dates {
    /// Keeps a date where the text is one.
    fn take(&mut self, text: &str, latest: Option<i16>) -> bool {
        let guessed = year_of_two(text, latest);
        let found = one(guessed.as_deref().unwrap_or(text));
        self.guessed |= found.is_some() && guessed.is_some();
        self.dates.extend(found);
        found.is_some()
    }

    /// The text with each bracket made into a separator: a bracket is a date by itself, or says something about the one before.
    fn brackets(&mut self, text: &str, latest: Option<i16>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('(') {
            // A bracket that is not closed goes on to the end.
            let (inner, after) = behind.split_once(')').unwrap_or((behind, ""));
            out.push_str(before);
            let pieces = || inner.split(',').map(bare).filter(|it| said(it));
            let date = pieces().any(|it| Self::default().take(it, latest));
            // `(a) 1957`: a mark of an enumeration.
            if !date && inner.len() > 1 {
                self.unread = true;
            }
            out.push(';');
            if date {
                out.push_str(inner);
                out.push(';');
            }
            rest = after;
        }
        out + rest
    }
}

/// Words before a date that do not change it.
const ASIDES: [&str; 5] = ["this aka only", "or ", "alt ", "born ", "dob"];

fn said(text: &str) -> bool {
    !matches!(
        text,
        "" | "na" | "n/a" | "unknown" | "not available" | "-" | "or" | "and"
    )
}

fn bare(text: &str) -> &str {
    let mut text = text.trim_matches([' ', ',', '.', ':']);
    while let Some(rest) = ASIDES.iter().find_map(|it| text.strip_prefix(it)) {
        text = rest.trim_matches([' ', ',', '.', ':']);
    }
    text
}

/// The text with the marks `a)`, `b)` of an enumeration made into separators.
fn without_marks(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(it) = letters.get(at) {
        let free = at == 0 || letters.get(at - 1).is_none_or(|it| !it.is_alphanumeric());
        if free && it.is_ascii_lowercase() && letters.get(at + 1) == Some(&')') {
            out.push(';');
            at += 2;
        } else {
            out.push(*it);
            at += 1;
        }
    }
    out
}

/// One date or one range, lower case.
fn one(text: &str) -> Option<PartialDate> {
    if let Ok(number) = text.parse::<i64>()
        && SERIALS.contains(&number)
    {
        return excel(number as f64);
    }
    if let Some(it) = decade(text) {
        return Some(it);
    }
    let spaced = spaced(text);
    let tight = spaced.replace(" -", "-").replace("- ", "-").replace("/ ", "/");
    let range = between(&spaced);
    [spaced, tight]
        .into_iter()
        .chain(range)
        .find_map(|it| PartialDate::parse(&it).ok())
        .filter(|it| it.from.year() >= EARLIEST)
}

/// `24 jan.1973` and `21. jul 1997` with the blanks and without the dots that they lack or have too many; `mid 1985` without its word:
/// the year is said.
fn spaced(text: &str) -> String {
    let text = ["early ", "mid ", "mid-", "late ", "year "]
        .iter()
        .find_map(|it| text.strip_prefix(it))
        .unwrap_or(text);
    let mut out = String::with_capacity(text.len() + 2);
    let letters: Vec<char> = text.chars().collect();
    for (at, it) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|it| letters.get(it));
        let after = letters.get(at + 1);
        match it {
            '.' if before.is_some_and(|it| it.is_ascii_digit()) && after == Some(&' ') => {}
            '.' if before.is_some_and(|it| it.is_alphabetic()) && after.is_some_and(char::is_ascii_digit) => {
                out.push_str(if before == Some(&'c') { ". " } else { " " });
            }
            _ => out.push(*it),
        }
    }
    out
}

/// `between 1963 to 1968`, `between aug. and sep 1977`: as a range that can be read.
fn between(text: &str) -> Option<String> {
    let (mark, rest) = match text.split_once("between ") {
        Some((before, rest)) if said(bare(before)) => (before, rest),
        Some((_, rest)) => ("", rest),
        None => return None,
    };
    let (from, to) = rest.split_once(" and ").or_else(|| rest.split_once(" to "))?;
    let year = to.rsplit(' ').next().filter(|it| it.len() == 4)?;
    let from = if from.bytes().filter(u8::is_ascii_digit).count() < 4 {
        format!("{from} {year}")
    } else {
        from.to_owned()
    };
    Some(format!("{mark}{from} to {to}"))
}

/// `born in the early 1970s`: some year of the decade.
fn decade(text: &str) -> Option<PartialDate> {
    let mut words = text.split(' ');
    let year: i16 = words.next_back()?.strip_suffix('s')?.parse().ok()?;
    let plain = |it: &str| {
        matches!(
            it,
            "in" | "the" | "early" | "mid" | "late" | "circa" | "approximately" | "about"
        )
    };
    if year % 10 != 0 || year < EARLIEST || !words.all(plain) {
        return None;
    }
    let civil = |it| CivilDate::new(it, None, None).ok();
    PartialDate::range(civil(year)?, civil(year + 9)?).ok()
}

/// `sep-99`, `23-apr-68`, `07/04/62` with the whole year.
fn year_of_two(text: &str, latest: Option<i16>) -> Option<String> {
    let at = text.rfind(['-', '/'])?;
    let (head, year) = (text.get(..at)?, text.get(at + 1..)?);
    let digits = year.len() == 2 && year.bytes().all(|it| it.is_ascii_digit());
    let named = head.bytes().any(|it| it.is_ascii_alphabetic());
    if !digits || head.len() > 6 || !(named || head.contains('/')) {
        return None;
    }
    let (year, latest) = (year.parse::<i16>().ok()?, latest?);
    let year = [2000, 1900].into_iter().map(|it| it + year).find(|it| *it <= latest)?;
    let head = head.replace('-', " ");
    Some(if head.contains('/') {
        format!("{head}/{year}")
    } else {
        format!("{head} {year}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expect: &str) {
        let got = read(cell, Some(2010));
        let mut out: Vec<String> = got.dates.iter().map(ToString::to_string).collect();
        if got.guessed {
            out.push("GUESSED".to_owned());
        }
        if got.unread {
            out.push("UNREAD".to_owned());
        }
        assert_eq!(out.join("; "), expect, "`{cell}`");
    }

    #[test]
    fn canada() {
        check(" 1953-10-27", "1953-10-27");
        check("1972-08-10 or 1972-08-11", "1972-08-10; 1972-08-11");
        check("1965-07-15 OR 1969-09-28", "1965-07-15; 1969-09-28");
        check("1963-1964", "1963 to 1964");
        check("Sep-99", "1999-09; GUESSED");
        check("Sep-24", "1924-09; GUESSED"); // nobody is listed before being born
        check("born in the early 1970s", "1970 to 1979");
        check("25935", "1971-01-02"); // a day number of Excel
        check("25-Dec-55", "1955-12-25; GUESSED");
    }

    #[test]
    fn australia() {
        check(
            "a) 14/10/1974;                     b) 19/11/1974",
            "1974-10-14; 1974-11-19",
        );
        check("a) 1966 b) 1964 c) 1969 c) 1971", "1966; 1964; 1969; 1971"); // as published
        check("Between 1963 to 1968", "1963 to 1968");
        check("a) Between Aug. and Sep 1977    b) 1976", "1977-08 to 1977-09; 1976");
        check("a) 5 Jan. 1974 b) 1977 d) 24 Jan.1973", "1974-01-05; 1977; 1973-01-24");
        check("21. Jul 1997; 1993", "1997-07-21; 1993");
        check("c. 1962", "circa 1962");
        check("approximately 1977/1978", "circa 1977 to 1978");
        check("Approximately 1960- 1962", "circa 1960 to 1962");
        check("Approximately 1967, or approximately 1961", "circa 1967; circa 1961");
        check("1966, Between 1968 and 1970, 1962", "1966; 1968 to 1970; 1962");
        check("28 April 1937,", "1937-04-28");
        check("April 1, 1978", "1978-04-01");
        check("1965.\u{a0}", "1965");
        check("07/05/1962; alt DOB: 07/04/62", "1962-05-07; 1962-04-07; GUESSED");
        check("a) 1/01/1968 b) 23-Apr-68", "1968-01-01; 1968-04-23; GUESSED");
        check("14 Mar 1974 >> 13 Apr 1974", "1974-03-14; 1974-04-13");
        check(
            "15 May 1968 (as Yasir Sabawi) 1970 (as Ali)",
            "1968-05-15; 1970; UNREAD",
        );
        check("f) 1965 g) (Aug. 1961) i) 1 Jan. 1962", "1965; 1961-08; 1962-01-01");
        check("a) 19 Apr. 1982 c) 24/06/1402 (Hijri Calendar)", "1982-04-19; UNREAD");
        check("Approximately (30-35 years old)", "UNREAD");
        check("27/05/1979 (this aka only, alt DOB 1973)", "1979-05-27; 1973");
        check(
            "5 Feb. 1970 (this aka only, alt born 5 Feb. 1969",
            "1970-02-05; 1969-02-05",
        );
        check(
            "Approximately 1955. For this aka only, alt DOB 01/01/1969",
            "circa 1955; 1969-01-01",
        );
        check("b) 09/11/ 1954", "1954-11-09");
        check("1965, 29 March ", "1965; UNREAD");
        check("30 December 1960  or 13 December 1960", "1960-12-30; 1960-12-13");
        check("na", "");
        check("", "");
    }

    #[test]
    fn days_of_excel() {
        let shown = |it: f64| excel(it).map_or_else(|| "none".to_owned(), |it| it.to_string());
        assert_eq!(shown(1.0), "1900-01-01");
        assert_eq!(shown(61.0), "1900-03-01");
        assert_eq!(shown(45_658.0), "2025-01-01");
        assert_eq!(shown(0.0), "none");
        assert_eq!(shown(f64::NAN), "none");
    }
}
