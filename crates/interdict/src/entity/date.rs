//! Dates as lists give them: a year, a month, a day, circa, a range; never a guessed day.

use std::fmt;

/// A civil date whose month and day may be unknown. Proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    year: i16,
    month: Option<u8>,
    day: Option<u8>,
}

impl CivilDate {
    /// A date of year, perhaps month, perhaps day.
    ///
    /// # Errors
    /// The day needs a month; month and day must exist in the calendar; the year must lie in `1..=9999`.
    pub fn new(year: i16, month: Option<u8>, day: Option<u8>) -> Result<Self, DateError> {
        if !(1..=9999).contains(&year) || (month.is_none() && day.is_some()) {
            return Err(DateError);
        }
        let (m, d) = (month.unwrap_or(1), day.unwrap_or(1));
        let as_signed = |it: u8| i8::try_from(it).map_err(|_| DateError);
        jiff::civil::Date::new(year, as_signed(m)?, as_signed(d)?).map_err(|_| DateError)?;
        Ok(Self { year, month, day })
    }

    /// The year, `1..=9999`.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month, `1..=12`, where known.
    #[must_use]
    pub const fn month(self) -> Option<u8> {
        self.month
    }

    /// The day of the month, `1..=31`, where known.
    #[must_use]
    pub const fn day(self) -> Option<u8> {
        self.day
    }

    /// The first day that it may mean, as days since year 1, and the last one.
    #[must_use]
    pub fn day_span(self) -> (i32, i32) {
        let first = jiff::civil::date(self.year, self.month.unwrap_or(1) as i8, self.day.unwrap_or(1) as i8);
        let last = match (self.month, self.day) {
            (_, Some(_)) => first,
            (Some(_), None) => first.last_of_month(),
            (None, None) => jiff::civil::date(self.year, 12, 31),
        };
        (day_number(first), day_number(last))
    }
}

fn day_number(date: jiff::civil::Date) -> i32 {
    let years = i32::from(date.year()) - 1;
    years * 365 + years / 4 - years / 100 + years / 400 + i32::from(date.day_of_year())
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// A date as a list or a caller gives it: possibly partial, approximate, or a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    /// The date, or the beginning of the range.
    pub from: CivilDate,
    /// The end of the range, inclusive; `None` for a single date.
    pub to: Option<CivilDate>,
    /// Given as approximate (`circa 1980`).
    pub circa: bool,
}

/// The text is not a date that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateError;

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date that exists")
    }
}

impl std::error::Error for DateError {}

impl PartialDate {
    /// A single date of year, perhaps month, perhaps day.
    ///
    /// # Errors
    /// As [`CivilDate::new`].
    pub fn new(year: i16, month: Option<u8>, day: Option<u8>) -> Result<Self, DateError> {
        Ok(Self {
            from: CivilDate::new(year, month, day)?,
            to: None,
            circa: false,
        })
    }

    /// A range of two dates, both inclusive.
    ///
    /// # Errors
    /// When the end lies before the beginning.
    pub fn range(from: CivilDate, to: CivilDate) -> Result<Self, DateError> {
        if to.day_span().1 < from.day_span().0 {
            return Err(DateError);
        }
        Ok(Self {
            from,
            to: Some(to),
            circa: false,
        })
    }

    /// The same date, marked approximate.
    #[must_use]
    pub const fn circa(mut self) -> Self {
        self.circa = true;
        self
    }

    /// Reads the shapes that the official lists use: `1984`, `1984-06`, `1984-06-28` (with a time zone or time behind it),
    /// `28 Jun 1984`, `Jun 1984`, `June 28, 1984`, `28/06/1984`, `00/00/1984`, `circa 1984`, `1980 to 1984`, `1980-1984`,
    /// `between 1980 and 1984`. In `a/b/yyyy` the day comes first (UK, UN); where the second number is over 12 the order is
    /// turned round.
    ///
    /// # Errors
    /// [`DateError`] for anything else; nothing is guessed.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let lower = text.trim().trim_end_matches('.').to_ascii_lowercase();
        const MARKS: [&str; 9] = [
            "circa ",
            "approximately ",
            "approx. ",
            "approx ",
            "about ",
            "ca. ",
            "c. ",
            "c.",
            "around ",
        ];
        match MARKS.iter().find_map(|mark| lower.strip_prefix(mark)) {
            Some(rest) => Ok(Self::parse_plain(rest)?.circa()),
            None => Self::parse_plain(&lower),
        }
    }

    /// Reads a date or a range without a mark of approximation, lower case.
    fn parse_plain(lower: &str) -> Result<Self, DateError> {
        if let Some(rest) = lower.strip_prefix("between ")
            && let Some((a, b)) = rest.split_once(" and ")
        {
            return Self::range(parse_civil(a)?, parse_civil(b)?);
        }
        for middle in [" to ", " - ", " – "] {
            if let Some((a, b)) = lower.split_once(middle) {
                return Self::range(parse_civil(a)?, parse_civil(b)?);
            }
        }
        if let Some((a, b)) = lower.split_once(['-', '/', '–'])
            && a.len() == 4
            && b.len() == 4
            && b.bytes().all(|it| it.is_ascii_digit())
        {
            return Self::range(parse_civil(a)?, parse_civil(b)?);
        }
        Ok(Self {
            from: parse_civil(lower)?,
            to: None,
            circa: false,
        })
    }

    /// The first and last day that it may mean, as days since year 1. A circa date is widened by two years each way: list
    /// publishers use it for an age estimated to a few years.
    #[must_use]
    pub fn day_span(&self) -> (i32, i32) {
        let (first, _) = self.from.day_span();
        let (_, last) = self.to.unwrap_or(self.from).day_span();
        if self.circa {
            (first - 731, last + 731)
        } else {
            (first, last)
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.circa {
            f.write_str("circa ")?;
        }
        write!(f, "{}", self.from)?;
        if let Some(to) = self.to {
            write!(f, " to {to}")?;
        }
        Ok(())
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.');
    if word.len() < 3 {
        return None;
    }
    MONTHS
        .iter()
        .position(|it| it.starts_with(word) || (word == "sept" && *it == "september"))
        .map(|it| it as u8 + 1)
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, DateError> {
    if word.is_empty() || !word.bytes().all(|it| it.is_ascii_digit()) {
        return Err(DateError);
    }
    word.parse().map_err(|_| DateError)
}

fn year(word: &str) -> Result<i16, DateError> {
    if word.len() == 4 { number(word) } else { Err(DateError) }
}

/// A day or month number in which `0` or `00` stands for unknown.
fn known(word: &str) -> Result<Option<u8>, DateError> {
    let value: u8 = number(word)?;
    Ok((value != 0).then_some(value))
}

fn parse_civil(text: &str) -> Result<CivilDate, DateError> {
    let text = text.trim();
    if text.len() == 4 {
        return CivilDate::new(year(text)?, None, None);
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|it| !it.is_empty()).collect();
    match words.as_slice() {
        [d, m, y] if month(m).is_some() => {
            let day = d.trim_end_matches(|it: char| it.is_ascii_alphabetic());
            return CivilDate::new(year(y)?, month(m), known(day)?);
        }
        [m, d, y] if month(m).is_some() => {
            let day = d.trim_end_matches(|it: char| it.is_ascii_alphabetic());
            return CivilDate::new(year(y)?, month(m), known(day)?);
        }
        [m, y] if month(m).is_some() => return CivilDate::new(year(y)?, month(m), None),
        [_] => {}
        [date, time, ..] if time.contains(':') => return parse_civil(date),
        _ => return Err(DateError),
    }
    if text.contains('/') || (text.contains('.') && !text.contains('-')) {
        let parts: Vec<&str> = text.split(['/', '.']).collect();
        return match parts.as_slice() {
            [a, b, y] if y.len() == 4 => {
                let (a, b) = (known(a)?, known(b)?);
                let (day, month) = if b.is_some_and(|it| it > 12) { (b, a) } else { (a, b) };
                CivilDate::new(year(y)?, month, if month.is_none() { None } else { day })
            }
            [m, y] if y.len() == 4 => CivilDate::new(year(y)?, known(m)?, None),
            _ => Err(DateError),
        };
    }
    // ISO 8601, with whatever time or zone behind it: `2015-03-27-04:00`, `2008-07-03T00:00:00`.
    let date = text.split('t').next().unwrap_or(text).trim_end_matches('z');
    let parts: Vec<&str> = date.splitn(4, '-').collect();
    match parts.as_slice() {
        [d, m, y] if d.len() <= 2 && y.len() == 4 && m.len() >= 3 => {
            CivilDate::new(year(y)?, Some(month(m).ok_or(DateError)?), known(d)?)
        }
        [y, m, d, ..] => {
            let day = d.split('+').next().unwrap_or(d);
            CivilDate::new(year(y)?, known(m)?, known(day)?)
        }
        [y, m] => CivilDate::new(year(y)?, known(m)?, None),
        _ => Err(DateError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let got = PartialDate::parse(text).map_or_else(|it| it.to_string(), |it| it.to_string());
        assert_eq!(got, expect, "`{text}`");
    }

    #[test]
    fn shapes_of_the_lists() {
        check("1984", "1984"); // OFAC, 726 of 7,379 rows
        check("28 Jun 1984", "1984-06-28"); // OFAC, the usual one
        check("Jun 1984", "1984-06");
        check("circa 1984", "circa 1984");
        check("circa 1984-1985", "circa 1984 to 1985");
        check("28 Jun 1984 to 02 Jul 1984", "1984-06-28 to 1984-07-02");
        check("1980 to 1984", "1980 to 1984");
        check("2015-03-27-04:00", "2015-03-27"); // UN, a time zone behind the date
        check("2008-07-03T00:00:00", "2008-07-03");
        check("00/00/1980", "1980"); // UK, unknown day and month
        check("00/06/1980", "1980-06");
        check("01/08/1979", "1979-08-01"); // UK, day first
        check("04/22/2020", "2020-04-22"); // OFAC's publication date, month first
        check("Between 1956 and 1958", "1956 to 1958");
        check("Approximately 1965", "circa 1965");
        check("Nov. 1973", "1973-11"); // UN, in a note
        check("October 10th, 1970", "1970-10-10");
        check("11-Nov-2019", "2019-11-11");
    }

    #[test]
    fn nothing_is_guessed() {
        for text in [
            "",
            "unknown",
            "31/02/1980",
            "1980-13-01",
            "0000",
            "19",
            "dd/mm/1945",
            "1984 (approx)",
            "5 Foo 1980",
        ] {
            check(text, "not a date that exists");
        }
    }

    #[test]
    fn spans() {
        let span = |it: &str| PartialDate::parse(it).map(|it| it.day_span()).unwrap();
        assert_eq!(span("1984").1 - span("1984").0, 365, "a leap year has 366 days");
        assert_eq!(span("1983-02").1 - span("1983-02").0, 27);
        assert_eq!(
            span("1984-01-01").0 - span("1983-12-31").0,
            1,
            "day numbers run on over the year"
        );
        assert_eq!(span("2000-03-01").0 - span("2000-02-28").0, 2);
    }
}
