//! Word of one script -> lower-case ASCII, and what had to be undone on the way.
//!
//! Tables: Cyrillic after BGN/PCGN without its apostrophes; Greek after ELOT 743; Arabic and Hebrew consonants only, since short
//! vowels are not written; Hangul after McCune-Reischauer without diacritics, as the DPRK and the lists spell its names; Han by the
//! readings of `any_ascii` (pinyin), which also serves every other script.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::Script;

/// What had to be undone to read a word. Each is shown to the reader of a match: they are accidents or intent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tricks {
    /// Letters of another alphabet that look like the right ones (Cyrillic `а` in a Latin word).
    pub homoglyph: bool,
    /// Invisible characters inside the word.
    pub invisible: bool,
    /// Full-width, mathematical or other compatibility forms.
    pub compatibility: bool,
}

/// Folds one word and hands over its parts: text, tricks, byte offsets inside the word. There is more than one part only where a
/// script writes the article together with its noun.
pub(super) fn fold_word(word: &str, script: Script, mut part: impl FnMut(String, Tricks, usize, usize)) {
    let mut tricks = Tricks::default();
    let mut letters: Vec<(usize, char)> = Vec::with_capacity(word.len());
    for (at, it) in word.char_indices() {
        if matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}') {
            tricks.invisible = true;
        }
        // A dotted İ or a final ς has to become lower case before it is taken apart.
        for lower in it.to_lowercase() {
            let before = letters.len();
            if Script::of(lower) == Script::Hangul && ('\u{ac00}'..='\u{d7a3}').contains(&lower) {
                letters.push((at, lower));
                continue;
            }
            decompose_compatible(lower, |base| {
                if !is_combining_mark(base) && !super::silent(base) {
                    letters.extend(base.to_lowercase().map(|it| (at, it)));
                } else if matches!((base, letters.last()), ('\u{306}', Some((_, 'и')))) {
                    // й falls apart into и and a breve, which changes the letter.
                    letters.pop();
                    letters.push((at, 'й'));
                }
            });
            if letters.len() > before && letters[before].1 != lower && compatibility_form(lower) {
                tricks.compatibility = true;
            }
        }
    }
    let main = main_alphabet(&letters, script);
    if main.mixes(main) {
        for (_, it) in &mut letters {
            let own = Script::of(*it);
            if own != main
                && own != Script::Common
                && let Some(right) = look_alike(*it, main)
            {
                *it = right;
                tricks.homoglyph = true;
            }
        }
    }
    if main == Script::Arabic
        && let Some(split) = article(&letters)
    {
        let middle = letters[split].0;
        part("al".to_owned(), tricks, 0, middle);
        let rest = spell(&letters[split..]);
        if rest.is_empty() {
            return;
        }
        part(rest, tricks, middle, word.len());
        return;
    }
    part(spell(&letters), tricks, 0, word.len());
}

fn compatibility_form(it: char) -> bool {
    matches!(it, '\u{ff00}'..='\u{ffef}' | '\u{1d400}'..='\u{1d7ff}' | '\u{2100}'..='\u{214f}' | '\u{24b6}'..='\u{24e9}' | '\u{fb00}'..='\u{fb06}')
}

/// The alphabet that most letters of the word are of; the first one on a tie.
fn main_alphabet(letters: &[(usize, char)], first: Script) -> Script {
    let count = |script: Script| letters.iter().filter(|it| Script::of(it.1) == script).count();
    [Script::Latin, Script::Cyrillic, Script::Greek]
        .into_iter()
        .filter(|it| first.mixes(*it) && count(*it) > count(first))
        .max_by_key(|it| count(*it))
        .unwrap_or(first)
}

/// The letter of the wanted alphabet that looks like this one. Source: Unicode Technical Standard 39, confusables, the letters.
fn look_alike(it: char, wanted: Script) -> Option<char> {
    const PAIRS: &[(char, char, char)] = &[
        // Latin, Cyrillic, Greek; a blank where there is none
        ('a', 'а', 'α'),
        ('b', 'ь', ' '),
        ('c', 'с', ' '),
        ('e', 'е', ' '),
        ('h', 'һ', ' '),
        ('i', 'і', 'ι'),
        ('j', 'ј', ' '),
        ('k', 'к', 'κ'),
        ('m', 'м', ' '),
        ('n', 'п', 'η'),
        ('o', 'о', 'ο'),
        ('p', 'р', 'ρ'),
        ('q', 'ԛ', ' '),
        ('s', 'ѕ', ' '),
        ('t', 'т', 'τ'),
        ('u', ' ', 'υ'),
        ('v', 'ѵ', 'ν'),
        ('w', 'ԝ', 'ω'),
        ('x', 'х', 'χ'),
        ('y', 'у', 'γ'),
        ('d', 'ԁ', ' '),
        ('r', 'г', ' '),
        ('h', 'н', ' '),
        ('b', 'в', 'β'),
    ];
    PAIRS.iter().find_map(|&(latin, cyrillic, greek)| {
        if it != latin && it != cyrillic && it != greek {
            return None;
        }
        let right = match wanted {
            Script::Latin => latin,
            Script::Cyrillic => cyrillic,
            Script::Greek => greek,
            _ => ' ',
        };
        (right != ' ' && right != it).then_some(right)
    })
}

/// The end of the article `ال` at the start of a word of at least two more letters.
fn article(letters: &[(usize, char)]) -> Option<usize> {
    (letters.len() >= 4 && matches!(letters[0].1, 'ا' | 'أ') && letters[1].1 == 'ل').then_some(2)
}

fn spell(letters: &[(usize, char)]) -> String {
    let mut out = String::with_capacity(letters.len() + 4);
    for (at, &(_, it)) in letters.iter().enumerate() {
        match Script::of(it) {
            _ if it.is_ascii_alphanumeric() => out.push(it),
            Script::Latin => out.push_str(latin(it)),
            Script::Cyrillic => out.push_str(cyrillic(it, at == 0)),
            Script::Greek => greek(letters, at, &mut out),
            Script::Arabic => out.push_str(arabic(it, at)),
            Script::Hebrew => out.push_str(hebrew(it, at)),
            Script::Hangul => hangul(it, &mut out),
            _ => out.extend(
                any_ascii::any_ascii_char(it)
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|it| it.to_ascii_lowercase()),
            ),
        }
        // Letters that our tables do not know have a reading in the general one.
        if out.is_empty() && at + 1 == letters.len() && !Script::of(it).vowelless() {
            out.extend(
                any_ascii::any_ascii_char(it)
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|it| it.to_ascii_lowercase()),
            );
        }
    }
    out
}

fn latin(it: char) -> &'static str {
    match it {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' | 'ɖ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ı' => "i",
        'ə' | 'ǝ' => "a",
        'ħ' => "h",
        'ŋ' => "ng",
        'ɓ' => "b",
        'ɗ' => "d",
        'ƙ' => "k",
        'ƴ' => "y",
        'ɛ' => "e",
        'ɔ' => "o",
        'ĸ' => "k",
        'ŧ' => "t",
        'ƒ' => "f",
        'ʃ' => "sh",
        'ʒ' => "zh",
        _ => any_ascii_lower(it),
    }
}

/// The general table's reading where it is a lower-case word already, else nothing.
fn any_ascii_lower(it: char) -> &'static str {
    let text = any_ascii::any_ascii_char(it);
    if text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit()) {
        text
    } else {
        ""
    }
}

fn cyrillic(it: char, first: bool) -> &'static str {
    match it {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'ґ' | 'ғ' => "gh",
        'д' => "d",
        'е' | 'э' | 'ё' | 'є' | 'ѣ' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' => "i",
        'й' => "y",
        'к' => "k",
        'қ' => "q",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'ң' | 'ҥ' => "ng",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ү' | 'ұ' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ҳ' | 'һ' => "h",
        'ц' => "ts",
        'ч' | 'ҷ' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ы' => "y",
        'ю' => "yu",
        'я' => "ya",
        'ә' => "a",
        'ђ' => "dj",
        'ј' if first => "y",
        'ј' => "j",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "c",
        'џ' => "dz",
        'ѓ' => "gj",
        'ќ' => "kj",
        'ѕ' => "dz",
        'ъ' | 'ь' => "",
        _ => any_ascii_lower(it),
    }
}

fn greek(letters: &[(usize, char)], at: usize, out: &mut String) {
    let it = letters[at].1;
    let before = at.checked_sub(1).map(|it| letters[it].1);
    let next = letters.get(at + 1).map(|it| it.1);
    out.push_str(match (before, it, next) {
        (_, 'μ', Some('π')) if at == 0 => "",
        (Some('μ'), 'π', _) if at == 1 => "b",
        (_, 'γ', Some('γ' | 'κ' | 'ξ' | 'χ')) => "n",
        (Some('ο'), 'υ', _) => "u",
        (
            Some('α' | 'ε' | 'η'),
            'υ',
            Some('β' | 'γ' | 'δ' | 'ζ' | 'λ' | 'μ' | 'ν' | 'ρ' | 'α' | 'ε' | 'η' | 'ι' | 'ο' | 'ω'),
        ) => "v",
        (Some('α' | 'ε' | 'η'), 'υ', _) => "f",
        (_, 'α', _) => "a",
        (_, 'β', _) => "v",
        (_, 'γ', _) => "g",
        (_, 'δ', _) => "d",
        (_, 'ε', _) => "e",
        (_, 'ζ', _) => "z",
        (_, 'η' | 'ι' | 'υ', _) => "i",
        (_, 'θ', _) => "th",
        (_, 'κ', _) => "k",
        (_, 'λ', _) => "l",
        (_, 'μ', _) => "m",
        (_, 'ν', _) => "n",
        (_, 'ξ', _) => "x",
        (_, 'ο' | 'ω', _) => "o",
        (_, 'π', _) => "p",
        (_, 'ρ', _) => "r",
        (_, 'σ' | 'ς', _) => "s",
        (_, 'τ', _) => "t",
        (_, 'φ', _) => "f",
        (_, 'χ', _) => "ch",
        (_, 'ψ', _) => "ps",
        _ => "",
    });
}

/// Arabic, Persian, Urdu and Pashto consonants. Alef, hamza and ayn have no sound that Latin spellings keep; waw and yeh may be
/// vowels and are kept as `w` and `y`, which the skeleton drops on both sides.
fn arabic(it: char, at: usize) -> &'static str {
    match it {
        'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' if at == 0 => "a",
        'ب' => "b",
        'پ' => "p",
        'ت' | 'ط' | 'ٹ' | 'ټ' => "t",
        'ث' => "th",
        'ج' => "j",
        'چ' => "ch",
        'څ' => "ts",
        'ح' | 'ه' | 'ہ' | 'ھ' => "h",
        'خ' => "kh",
        'د' | 'ض' | 'ڈ' | 'ډ' => "d",
        'ذ' => "dh",
        'ر' | 'ړ' | 'ڑ' => "r",
        'ز' | 'ظ' | 'ځ' => "z",
        'ژ' | 'ږ' => "zh",
        'س' | 'ص' => "s",
        'ش' | 'ښ' => "sh",
        'غ' => "gh",
        'ف' => "f",
        'ڤ' => "v",
        'ق' => "q",
        'ك' | 'ک' => "k",
        'گ' | 'ګ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' | 'ں' | 'ڼ' => "n",
        'و' | 'ؤ' => "w",
        'ي' | 'ی' | 'ى' | 'ئ' | 'ې' | 'ۍ' | 'ے' => "y",
        '٠' | '۰' => "0",
        '١' | '۱' => "1",
        '٢' | '۲' => "2",
        '٣' | '۳' => "3",
        '٤' | '۴' => "4",
        '٥' | '۵' => "5",
        '٦' | '۶' => "6",
        '٧' | '۷' => "7",
        '٨' | '۸' => "8",
        '٩' | '۹' => "9",
        _ => "",
    }
}

fn hebrew(it: char, at: usize) -> &'static str {
    match it {
        'א' | 'ע' if at == 0 => "a",
        'ב' => "b",
        'ג' => "g",
        'ד' => "d",
        'ה' => "h",
        'ו' => "w",
        'ז' => "z",
        'ח' => "h",
        'ט' | 'ת' => "t",
        'י' => "y",
        'כ' | 'ך' => "k",
        'ל' => "l",
        'מ' | 'ם' => "m",
        'נ' | 'ן' => "n",
        'ס' => "s",
        'פ' | 'ף' => "p",
        'צ' | 'ץ' => "ts",
        'ק' => "k",
        'ר' => "r",
        'ש' => "sh",
        _ => "",
    }
}

fn hangul(it: char, out: &mut String) {
    const INITIAL: [&str; 19] = [
        "k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h",
    ];
    const MEDIAL: [&str; 21] = [
        "a", "ae", "ya", "yae", "o", "e", "yo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "u",
        "ui", "i",
    ];
    const FINAL: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng",
        "t", "t", "k", "t", "p", "t",
    ];
    let Some(index) = (it as u32).checked_sub(0xac00).filter(|it| *it < 11_172) else {
        return;
    };
    let at = |table: &[&'static str], it: u32| table.get(it as usize).copied().unwrap_or("");
    out.push_str(at(&INITIAL, index / 588));
    out.push_str(at(&MEDIAL, index % 588 / 28));
    out.push_str(at(&FINAL, index % 28));
}
