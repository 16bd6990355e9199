//! One free text of other names -> the names: what separates them, what only looks as if it did, and the language that a label states.

use crate::lists::draft::one_line;

/// One name of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alias {
    pub text: String,
    /// `Russian`, where a label says so.
    pub language: Option<String>,
    /// Less than a name: a part that stands for one (`Sergei` of `Sergei, Serhii SHERBAKOV`).
    pub part: bool,
}

/// Languages that stand as labels, followed by a colon.
const LANGUAGES: [&str; 14] = [
    "Russian",
    "Belarusian",
    "Belarussian",
    "Ukrainian",
    "Arabic",
    "English",
    "French",
    "Farsi",
    "Persian",
    "Chinese",
    "Burmese",
    "Spanish",
    "Hebrew",
    "Korean",
];

/// Legal forms that stand behind a comma and belong to the name before it.
const FORMS: [&str; 46] = [
    "ao",
    "oao",
    "pao",
    "zao",
    "ooo",
    "jsc",
    "ojsc",
    "pjsc",
    "cjsc",
    "llc",
    "ltd",
    "limited",
    "inc",
    "co",
    "corp",
    "fsue",
    "gup",
    "dp",
    "plc",
    "sa",
    "gmbh",
    "bv",
    "ag",
    "spa",
    "llp",
    "ано",
    "ао",
    "аo",
    "aо",
    "оао",
    "пао",
    "зао",
    "ооо",
    "сао",
    "мк",
    "фгуп",
    "гуп",
    "ип",
    "нп",
    "фкп",
    "нко",
    "ано",
    "некоммерческое партнерство",
    "the",
    "iii",
    "jr",
];

/// Splits a text of names. `person` says whether they are those of a person: then a piece of one word is only a part of a name, and
/// `and` separates.
pub(super) fn split(text: &str, person: bool) -> Vec<Alias> {
    let mut out: Vec<Alias> = Vec::new();
    for (language, text) in labelled(text) {
        for piece in pieces(&text, person) {
            let piece = clean(&piece);
            if piece.is_empty() || !piece.chars().any(char::is_alphabetic) {
                continue;
            }
            let alias = Alias {
                part: person && latin_or_cyrillic(&piece) && piece.split(' ').count() == 1,
                text: piece,
                language: language.clone(),
            };
            if !out.iter().any(|it| it.text == alias.text) {
                out.push(alias);
            }
        }
    }
    out
}

/// In Chinese a whole name is one word.
fn latin_or_cyrillic(text: &str) -> bool {
    text.chars().all(|it| !it.is_alphabetic() || u32::from(it) < 0x530)
}

/// The text by its labels: `Ali Karti Arabic: ...` gives a text without a language and one in Arabic.
fn labelled(text: &str) -> Vec<(Option<String>, String)> {
    let text = one_line(text);
    let mut out = Vec::new();
    let (mut from, mut language) = (0, None);
    for (at, _) in text.match_indices(':') {
        let head = text.get(from..at).unwrap_or("").trim_end();
        let label = LANGUAGES.iter().find(|it| {
            head.strip_suffix(**it)
                .is_some_and(|before| !before.ends_with(char::is_alphanumeric))
        });
        if let Some(it) = label {
            let before = head.strip_suffix(it).unwrap_or("");
            // `Народны банк) (Russian: ...`: the bracket belongs to the label.
            let before = before.trim_end().trim_end_matches('(');
            out.push((language.take(), before.to_owned()));
            language = Some((*it).to_owned());
            from = at + 1;
        }
    }
    out.push((language, text.get(from..).unwrap_or("").to_owned()));
    out
}

/// Cuts at what separates names, outside quotes and brackets.
fn pieces(text: &str, person: bool) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for semi in guarded(text, ';') {
        let mut line: Vec<String> = Vec::new();
        for piece in guarded(&semi, ',') {
            let bare = clean(&piece);
            let lower = bare.to_lowercase();
            let form = FORMS.contains(&lower.trim_end_matches('.'));
            // `..., соотечественников, ...`: an enumeration inside a name goes on in small letters.
            let goes_on = bare.chars().next().is_some_and(char::is_lowercase)
                && !lower.starts_with("or ")
                && !lower.starts_with("and ")
                && !lower.starts_with("the ")
                && !lower.starts_with("l'")
                && !["al-", "el-", "bin ", "abu "].iter().any(|it| lower.starts_with(it));
            match line.last_mut() {
                Some(last) if form || goes_on || only_form(last) => *last = format!("{last}, {bare}"),
                _ => line.push(bare),
            }
        }
        for it in line {
            let it = it
                .strip_prefix("or ")
                .or_else(|| it.strip_prefix("and "))
                .unwrap_or(&it);
            out.extend(alternatives(it, person));
        }
    }
    out
}

fn only_form(text: &str) -> bool {
    FORMS.contains(&text.to_lowercase().trim_end_matches('.'))
}

/// `A or B`, `A / B`, `A/B` where both are whole names, and `A and B` of persons.
fn alternatives(text: &str, person: bool) -> Vec<String> {
    let mut out = Vec::new();
    for it in text.split(" or ").flat_map(|it| it.split(" / ")) {
        let several = |it: &str| clean(it).contains(' ');
        match it.split_once('/') {
            Some((a, b)) if several(a) && several(b) && !it.contains('(') => {
                out.extend([a.to_owned(), b.to_owned()]);
            }
            _ if person => out.extend(it.split(" and ").map(str::to_owned)),
            _ => out.push(it.to_owned()),
        }
    }
    out
}

/// Cuts at a character, outside of quotes and brackets that are closed.
fn guarded(text: &str, cut: char) -> Vec<String> {
    // A quote that is never closed would swallow all that follows.
    let balanced = |open: char, close: char| text.matches(open).count() == text.matches(close).count();
    let pairs: Vec<(char, char)> = [('«', '»'), ('“', '”'), ('(', ')')]
        .into_iter()
        .filter(|it| balanced(it.0, it.1))
        .collect();
    let straight = text.matches('"').count().is_multiple_of(2);
    let (mut out, mut depth, mut quoted) = (vec![String::new()], 0_usize, false);
    for it in text.chars() {
        if pairs.iter().any(|pair| pair.0 == it) {
            depth += 1;
        } else if pairs.iter().any(|pair| pair.1 == it) {
            depth = depth.saturating_sub(1);
        } else if it == '"' && straight {
            quoted = !quoted;
        } else if it == cut && depth == 0 && !quoted {
            out.push(String::new());
            continue;
        }
        if let Some(last) = out.last_mut() {
            last.push(it);
        }
    }
    out
}

/// Without blanks and separators around it, without a bracket that has no other half, without `also`.
pub(super) fn clean(text: &str) -> String {
    let mut text = one_line(text);
    for it in ["also ", "a.k.a. ", "aka ", "ALIAS: ", "and "] {
        if let Some(rest) = text.strip_prefix(it) {
            text = rest.to_owned();
        }
    }
    for it in [" AKA", " aka"] {
        if let Some(rest) = text.strip_suffix(it) {
            text = rest.to_owned();
        }
    }
    if text.matches('(').count() != text.matches(')').count() {
        text = text
            .trim_start_matches(['(', ')'])
            .trim_end_matches(['(', ')'])
            .to_owned();
    }
    text.trim_matches(|it: char| it.is_whitespace() || matches!(it, ',' | ';' | ':' | '\u{feff}' | '/'))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(person: bool, text: &str, expect: &str) {
        let shown: Vec<String> = split(text, person)
            .into_iter()
            .map(|it| {
                let part = if it.part { "~" } else { "" };
                let language = it.language.map_or(String::new(), |it| format!("{it}="));
                format!("{part}{language}{}", it.text)
            })
            .collect();
        assert_eq!(shown.join(" | "), expect, "`{text}`");
    }

    #[test]
    fn of_persons() {
        check(true, "Пётр Фрадков; Pyotr Fradkov", "Пётр Фрадков | Pyotr Fradkov");
        check(
            true,
            "Kolya Lukashenko, Belarusian: Мікалай Лукашэнка; Russian: Николай Лукашенко, Коля Лукашенко",
            "Kolya Lukashenko | Belarusian=Мікалай Лукашэнка | Russian=Николай Лукашенко | Russian=Коля Лукашенко",
        );
        check(
            true,
            "Ali Ahmed Karti \nArabic: علي أحمد",
            "Ali Ahmed Karti | Arabic=علي أحمد",
        );
        check(
            true,
            "Abdul Rahim Dagalo and Abdelrahim Mousa Arabic:عبدالرحيم",
            "Abdul Rahim Dagalo | Abdelrahim Mousa | Arabic=عبدالرحيم",
        );
        check(
            true,
            "Ольга КРАВЦОВА / Ольга КРАВЦОВА-Iва",
            "Ольга КРАВЦОВА | Ольга КРАВЦОВА-Iва",
        );
        check(
            true,
            "Russian: Сергей Маслюков/ Сяргей Масліавукаў",
            "Russian=Сергей Маслюков | Russian=Сяргей Масліавукаў",
        );
        check(true, "Алексей Александров or Фролов", "Алексей Александров | ~Фролов");
        check(true, "Sergei, Serhii SHERBAKOV", "~Sergei | Serhii SHERBAKOV");
        check(true, "(Юрий ГОВТВИН / Юрiй ГОВТВIН", "Юрий ГОВТВИН | Юрiй ГОВТВIН");
        check(
            true,
            "also Andrey Ilnitsky; Андрей Ильницкий",
            "Andrey Ilnitsky | Андрей Ильницкий",
        );
        check(
            true,
            "Ермолаев Виктор;, Yeryoma Piterskii",
            "Ермолаев Виктор | Yeryoma Piterskii",
        );
        check(true, "陈全国", "陈全国");
        check(true, "; , ()", "");
        check(true, "", "");
    }

    #[test]
    fn of_entities() {
        check(
            false,
            "Banner, АО; АКЦИОНЕРНОЕ ОБЩЕСТВО \"БАННЕР\"",
            "Banner, АО | АКЦИОНЕРНОЕ ОБЩЕСТВО \"БАННЕР\"",
        );
        check(false, "SSC RF Trinity, JSC", "SSC RF Trinity, JSC");
        check(
            false,
            "IAMI, IAMCO, Iran Mfg. In. Co., HESA",
            "IAMI | IAMCO | Iran Mfg. In. Co. | HESA",
        );
        check(
            false,
            "«Общество армии, авиации и флоту»",
            "«Общество армии, авиации и флоту»",
        );
        check(
            false,
            "Министерство образования, науки и молодежи Республики Крым",
            "Министерство образования, науки и молодежи Республики Крым",
        );
        check(
            false,
            "ОАО РЖД or Железные дороги; OAO RZhD",
            "ОАО РЖД | Железные дороги | OAO RZhD",
        );
        check(false, "АО, Опытный завод", "АО, Опытный завод");
        check(false, "Iranian Army/Armée iranienne", "Iranian Army | Armée iranienne");
        check(false, "Mills (Hmaw Bi/Pyi/Ywama)", "Mills (Hmaw Bi/Pyi/Ywama)");
        check(
            false,
            "Народны банк) (Russian: ОАО \"Народный банк\"",
            "Народны банк | Russian=ОАО \"Народный банк\"",
        );
    }
}
