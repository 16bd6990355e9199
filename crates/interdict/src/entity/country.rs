//! Countries and territories by code, and the words that lists and texts use for them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// A country or territory: ISO 3166-1 alpha-2 in lower case, with FollowTheMoney's codes for states that are gone (`suhh` for
/// the Soviet Union, `yucs` for Yugoslavia, `csxx` for Serbia and Montenegro, `cshh` for Czechoslovakia, `ddde` for East Germany).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u16);

/// One line a country: code, tab, names and demonyms separated by `|`, the usual English name first.
const TABLE: &str = include_str!("../../data/countries.tsv");

struct Rows {
    rows: Vec<(&'static str, &'static str)>,
    by_word: BTreeMap<String, u16>,
}

static ROWS: LazyLock<Rows> = LazyLock::new(|| {
    let mut rows = Vec::new();
    let mut by_word = BTreeMap::new();
    for line in TABLE.lines().filter(|it| !it.starts_with('#') && !it.is_empty()) {
        let (code, words) = line.split_once('\t').unwrap_or((line, line));
        let at = u16::try_from(rows.len()).unwrap_or(u16::MAX);
        rows.push((code, words.split('|').next().unwrap_or(code)));
        by_word.insert(code.to_owned(), at);
        for word in words.split('|') {
            by_word.entry(key(word)).or_insert(at);
        }
    }
    Rows { rows, by_word }
});

fn key(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for it in word.chars() {
        if it.is_alphanumeric() {
            out.extend(it.to_lowercase());
        } else if !out.ends_with(' ') && !out.is_empty() && it != '.' && it != '\'' && it != '’' {
            out.push(' ');
        }
    }
    let out = out.trim_end();
    out.strip_prefix("the ").unwrap_or(out).to_owned()
}

impl Country {
    /// Reads a code, a name as the lists write it (`Korea, North`) or a demonym (`Nigerien`), case and punctuation aside.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        ROWS.by_word.get(&key(word)).copied().map(Self)
    }

    /// The code, lower case.
    #[must_use]
    pub fn code(self) -> &'static str {
        ROWS.rows.get(usize::from(self.0)).map_or("", |it| it.0)
    }

    /// The usual English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        ROWS.rows.get(usize::from(self.0)).map_or("", |it| it.1)
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.code())
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_lists() {
        let code = |it: &str| Country::parse(it).map(Country::code);
        for (word, expect) in [
            ("Niger", Some("ne")),
            ("Nigerien", Some("ne")),
            ("Nigeria", Some("ng")),
            ("Nigerian", Some("ng")),
            ("NE", Some("ne")),
            ("Korea, North", Some("kp")),
            ("Democratic People's Republic of Korea", Some("kp")),
            ("Burma", Some("mm")),
            ("Congo, Democratic Republic of the", Some("cd")),
            ("The Gambia", Some("gm")),
            ("Türkiye", Some("tr")),
            ("Côte d'Ivoire", Some("ci")),
            ("Palestinian", Some("ps")),
            ("Soviet Union", Some("suhh")),
            ("Atlantis", None),
            ("", None),
        ] {
            assert_eq!(code(word), expect, "`{word}`");
        }
    }

    #[test]
    fn every_word_of_the_table_names_its_own_row_or_an_earlier_one() {
        for (at, (code, name)) in ROWS.rows.iter().enumerate() {
            assert_eq!(
                Country::parse(code).map(|it| usize::from(it.0)),
                Some(at),
                "{code} {name}"
            );
        }
    }
}
