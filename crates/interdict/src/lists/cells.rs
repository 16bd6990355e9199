//! One cell of free text -> the values that people packed into it: numbered items, countries, document numbers.

use std::ops::RangeInclusive;

use crate::entity::{Country, PartialDate};

/// One item of a numbered cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its numbers: `(1) to (6) Algeria` has six. Only `1..=1` where the cell is not numbered.
    pub numbers: RangeInclusive<usize>,
    /// The text, without number, separators and whitespace around it.
    pub text: &'a str,
}

/// Splits `1) Saudi Arabia 2) Qatar`, `(1) A (2) B`, `(a) A, (b) B`, `(1)-(5) Tunisia (6) Algeria`. A cell whose numbers do not
/// count up from 1 is one item, whole. The text before the first number is `None` or stands apart (`Passport No (1) ...`).
#[must_use]
pub fn items(cell: &str) -> (Option<&str>, Vec<Item<'_>>) {
    let cell = cell.trim();
    let whole = || {
        if cell.is_empty() {
            (None, Vec::new())
        } else {
            (
                None,
                vec![Item {
                    numbers: 1..=1,
                    text: cell,
                }],
            )
        }
    };
    let marks = marks(cell);
    let [(first_at, _, 1), ..] = marks.as_slice() else {
        return whole();
    };
    let mut out: Vec<Item<'_>> = Vec::new();
    let mut expected = 1;
    let mut from: Option<usize> = None;
    for (at, (_, end, number)) in marks.iter().enumerate() {
        let jump = from.is_some() && *number > expected;
        if *number != expected && !jump {
            return whole();
        }
        let next = marks.get(at + 1).map_or(cell.len(), |it| it.0);
        let text = trim(&cell[*end..next]);
        expected = number + 1;
        // `(1) - (3) Tunis`, `(1) to (6) Algeria` and `(1) (2) Egypt` give several numbers to one text.
        if at + 1 < marks.len() && matches!(text, "" | "to" | "and") {
            from = from.or(Some(*number));
            continue;
        }
        if !text.is_empty() {
            out.push(Item {
                numbers: from.unwrap_or(*number)..=*number,
                text,
            });
        }
        from = None;
    }
    let before = trim(&cell[..*first_at]);
    ((!before.is_empty()).then_some(before), out)
}

/// Whether one of the words stands in the text as a whole word; both in lower case.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    text.split(|it: char| !it.is_alphanumeric())
        .any(|it| words.contains(&it))
}

fn trim(text: &str) -> &str {
    text.trim().trim_matches([',', ';', '-', '–']).trim()
}

/// Where `(1)`, `1)`, `(a)` or `a)` stand: begin, end, number.
fn marks(cell: &str) -> Vec<(usize, usize, usize)> {
    let bytes = cell.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = cell.get(at..).and_then(|it| it.find(')')) {
        let close = at + found;
        at = close + 1;
        let mut begin = close;
        while begin > 0 && close - begin < 3 && bytes[begin - 1].is_ascii_alphanumeric() {
            begin -= 1;
        }
        let number = match &cell[begin..close] {
            it if it.len() <= 2 && it.parse::<usize>().is_ok() => it.parse().ok(),
            it if it.len() == 1 => it
                .bytes()
                .next()
                .filter(u8::is_ascii_alphabetic)
                .map(|it| usize::from(it.to_ascii_lowercase() - b'a') + 1),
            _ => None,
        };
        let Some(number) = number.filter(|it| *it > 0) else {
            continue;
        };
        if begin > 0 && bytes[begin - 1] == b'(' {
            begin -= 1;
        } else if begin > 0 && !matches!(bytes[begin - 1], b' ' | b',' | b';' | b'.' | b'-' | b'\n' | b')') {
            continue;
        }
        out.push((begin, close + 1, number));
    }
    out
}

/// Texts with more words than this are looked at up to here: the longest real one has 20.
const WORDS: usize = 24;
/// Country names of more words than this do not exist in the table.
const NAME_WORDS: usize = 9;

/// The countries that a text names, in the order of the text: `Syrian Arab Republic (location since 2015)`,
/// `Afghanistan/Pakistan border region`, `DRC and Belgian nationalities`.
#[must_use]
pub fn countries(text: &str) -> Vec<Country> {
    if let Some(it) = Country::parse(text) {
        return vec![it];
    }
    let words: Vec<&str> = text
        .split(|it: char| it.is_whitespace() || matches!(it, '/' | '(' | ')' | ';'))
        .filter(|it| !it.is_empty())
        .take(WORDS)
        .collect();
    let mut out = Vec::new();
    search(&words, &mut out);
    out.dedup();
    out
}

fn search(words: &[&str], out: &mut Vec<Country>) {
    for length in (1..=words.len().min(NAME_WORDS)).rev() {
        for at in 0..=words.len() - length {
            let window = &words[at..at + length];
            let joined = window.join(" ");
            let joined = joined.trim_matches(|it: char| !it.is_alphanumeric());
            if !spelled_out(joined) {
                continue;
            }
            if let Some(country) = Country::parse(joined) {
                search(&words[..at], out);
                out.push(country);
                search(&words[at + length..], out);
                return;
            }
        }
    }
}

/// Inside a text `in`, `no` and `so` are words, not codes of India, Norway and Somalia.
fn spelled_out(word: &str) -> bool {
    let letters = word.chars().filter(|it| it.is_alphabetic()).count();
    letters > 3 || matches!(word, "US" | "UK") || (letters == 3 && word.chars().all(|it| !it.is_lowercase()))
}

/// A date in which letters mask what is unknown (`dd/mm/1945`), otherwise as [`PartialDate::parse`].
#[must_use]
pub fn date(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let masked = lower.starts_with("dd/") || lower.get(2..5) == Some("/mm");
    if masked {
        PartialDate::parse(&lower.replace(['d', 'm'], "0")).ok()
    } else {
        PartialDate::parse(text).ok()
    }
}

/// The seven digits behind `IMO`, where a text has them: `IMO Number: 8405270`.
#[must_use]
pub fn imo_in(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let (_, behind) = upper.split_once("IMO")?;
    let digits: String = behind
        .chars()
        .skip_while(|it| !it.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    (digits.len() == 7).then_some(digits)
}

/// The number in a text about a document: `Passport No: 592667 (Qatari passport issued on 3 May 2007)` gives `592667`,
/// `SE 012820 (Afghan). Issued on 4 Nov 2000` gives `SE 012820`. `None` where no word looks like a number.
#[must_use]
pub fn document_number(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let stop = ["issue", "expir", "valid", "date of"]
        .iter()
        .filter_map(|it| lower.find(it))
        .chain(text.find(['(', ';']))
        .filter(|it| *it > 0)
        .min()
        .unwrap_or(text.len());
    number_in(text.get(..stop).unwrap_or(text))
        .or_else(|| number_in(text.get(stop..).unwrap_or("")))
        .filter(|it| it.len() < 40)
}

fn number_in(text: &str) -> Option<String> {
    let spaced = text.replace(':', ": ").replace(',', " , ");
    let mut out: Vec<&str> = Vec::new();
    let mut digits = false;
    let mut short = None;
    for word in spaced.split_whitespace() {
        let lower = word.to_ascii_lowercase();
        let mark = ["no.", "no:", "n°", "nr.", "#"]
            .iter()
            .find(|it| lower.starts_with(**it));
        let word = match mark {
            Some(it) => word.get(it.len()..).unwrap_or(""),
            None => word,
        };
        let word = word.trim_matches(|it: char| !it.is_alphanumeric());
        let has_digits = word.bytes().any(|it| it.is_ascii_digit());
        // Short letters in capitals lead a number (`SE 012820`) as long as nothing else stands between.
        let leads = !word.is_empty() && word.len() <= 4 && word.chars().all(|it| it.is_ascii_uppercase() || it == '-');
        let label = matches!(lower.trim_matches('.'), "no" | "nr" | "id" | "ni" | "us");
        if has_digits {
            out.push(word);
            digits = true;
        } else if digits && (word.is_empty() || label) {
            // `8208 No. 555627`: series and number.
        } else if digits && out.iter().map(|it| it.len()).sum::<usize>() > 3 {
            break;
        } else if digits {
            // `Reference 62. Passport no. 9632078`: too short to be it, unless there is no other.
            short.get_or_insert_with(|| out.join(" "));
            out.clear();
            digits = false;
        } else if leads && !label {
            out.push(word);
        } else {
            out.clear();
        }
    }
    digits.then(|| out.join(" ")).or(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_items() {
        #[track_caller]
        fn check(cell: &str, expect: &str) {
            let (before, found) = items(cell);
            let mut out = before.map_or_else(String::new, |it| format!("<{it}> "));
            for it in found {
                out += &format!("{}-{} `{}` ", it.numbers.start(), it.numbers.end(), it.text);
            }
            assert_eq!(out.trim_end(), expect, "`{cell}`");
        }
        check("", "");
        check("Afghan", "1-1 `Afghan`");
        check("1) Saudi Arabia 2) Qatar", "1-1 `Saudi Arabia` 2-2 `Qatar`");
        check("(a) Mullah, (b) Maulavi", "1-1 `Mullah` 2-2 `Maulavi`");
        check("a) General b)Major General", "1-1 `General` 2-2 `Major General`");
        check("(1) Germany (b) Algeria", "1-1 `Germany` 2-2 `Algeria`"); // as published
        check("(1)-(5) Tunisia (6)-(7) Algeria", "1-5 `Tunisia` 6-7 `Algeria`");
        check("(1) to (6) Algeria (7) Morocco", "1-6 `Algeria` 7-7 `Morocco`");
        check("(1) (2) Egypt", "1-2 `Egypt`");
        check(
            "Bosnian passport (1) 349054 (2) 3490054",
            "<Bosnian passport> 1-1 `349054` 2-2 `3490054`",
        );
        check("Le Petit Quevilly (76)", "1-1 `Le Petit Quevilly (76)`");
        check("Omani Ministry (OMM)", "1-1 `Omani Ministry (OMM)`");
    }

    #[test]
    fn countries_in_text() {
        #[track_caller]
        fn check(text: &str, expect: &str) {
            let codes: Vec<&str> = countries(text).into_iter().map(Country::code).collect();
            assert_eq!(codes.join(" "), expect, "`{text}`");
        }
        check("Afghanistan (since 2009)", "af");
        check("Syrian Arab Republic as of September 2015", "sy");
        check("In Syria as at June 2013", "sy");
        check("Afghanistan/Pakistan border region", "af pk");
        check("Bosnia and Herzegovina (Branch)", "ba");
        check("DRC and Belgian nationalities", "cd be");
        check("Syrian, Turkish", "sy tr");
        check("Democratic Republic of the Congo (in prison)", "cd");
        check("Iranian national and US national/citizen", "ir us");
        check("Ukrainian SSR (now Ukraine)", "ua");
        check("not in so", "");
        check("Afgan", "");
    }

    #[test]
    fn document_numbers() {
        #[track_caller]
        fn check(text: &str, expect: &str) {
            assert_eq!(document_number(text).unwrap_or_default(), expect, "`{text}`");
        }
        check("Passport No: 592667 (Qatari passport issued on 3 May 2007).", "592667");
        check("Passport No. 836210029", "836210029");
        check("SE 012820 (Afghan). Issued on 4 Nov 2000", "SE 012820");
        check("TR-P 614 166 (Turkish). Issued on 22 Mar 2006", "TR-P 614 166");
        check("2863795S, expires 23 Aug 2005 (Iraq)", "2863795S");
        check("CV9157521(Pakistan) Issued 8.9.2008", "CV9157521");
        check("Libyan passport no.223611", "223611");
        check("Passport number:F50859", "F50859");
        check("Tunisia number G557170 issued on 16 Nov 1989.", "G557170");
        check(
            "Passport: Pakistani Passport no. FA0157612. Issued: 23/01/2009",
            "FA0157612",
        );
        check("Italian Fiscal Code DAOMMD74T11Z352Z", "DAOMMD74T11Z352Z");
        check("Reference 62. Passport no. 9632078. issued 17/08/2006", "9632078");
        check("Russian Passport number 8208 No. 555627", "8208 555627");
        check("(issued as A 12345)", "A 12345");
        check("Residential card number 665, Ayno Maina", "665");
        check("Diplomatic passport", "");
    }

    #[test]
    fn masked_dates() {
        let shown = |it: &str| date(it).map_or_else(|| "none".to_owned(), |it| it.to_string());
        assert_eq!(shown("dd/mm/1945"), "1945");
        assert_eq!(shown("dd/06/1945"), "1945-06");
        assert_eq!(shown("00/00/1980"), "1980");
        assert_eq!(shown("17/08/1958"), "1958-08-17");
        assert_eq!(shown("12 mm 1945"), "none");
    }
}
