//! Characters -> comparable characters: script, fold, tokenise, sound class, distance.
//!
//! Everything here is deterministic and needs no locale. A token keeps the byte offsets of its source, so that whoever shows a
//! match can slice the source.

mod distance;
mod hash;
mod script;
mod sound;
mod transliterate;

pub use distance::{Counts, FULL, SLIP, distance};
pub use hash::Table;
pub use script::Script;
pub use sound::{blurred, coarse, skeleton, slight, sound, sun};
pub use transliterate::Tricks;

use transliterate::fold_word;

/// A word of a text in comparable form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Lower-case ASCII letters and digits; never empty.
    pub folded: String,
    /// The script of its letters.
    pub script: Script,
    /// Byte offsets in the source, half-open.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// What had to be undone to read it.
    pub tricks: Tricks,
    /// Single letters with full stops between them: `U.S.A.`, `d.o.o.`.
    pub dotted: bool,
    /// Joined to the token before by a hyphen (`Abu-Bakr`) or by nothing but a change of script or case.
    pub joined: bool,
}

/// Splits a text into its words.
///
/// Apostrophes and letters that only mark a sound (`ʿ`, `ʾ`) vanish inside a word; hyphens, spaces, other punctuation and a change
/// from lower to upper case (`OusmaneIlliassou`) end one. A Han or Hangul character is a word of its own.
///
/// Cost: linear in the text.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token> {
    let mut out = Vec::new();
    for word in words(source) {
        let slice = &source[word.start..word.end];
        fold_word(slice, word.script, |folded, tricks, from, to| {
            if !folded.is_empty() {
                out.push(Token {
                    folded,
                    script: word.script,
                    start: word.start + from,
                    end: word.start + to,
                    tricks,
                    dotted: word.dotted,
                    joined: word.joined || from > 0,
                });
            }
        });
    }
    out
}

struct Word {
    start: usize,
    end: usize,
    script: Script,
    dotted: bool,
    joined: bool,
}

/// Letters that stand inside a word without being read: apostrophes, modifier letters for hamza and ayn, invisible characters.
pub(crate) fn silent(it: char) -> bool {
    matches!(it,
        '\'' | '’' | '‘' | '`' | '´' | 'ʹ' | 'ʺ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | '′' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}'
        | 'ـ' | '״' | '׳')
        || unicode_normalization::char::is_combining_mark(it)
}

fn words(source: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut open: Option<(usize, Script)> = None;
    // The last letter read: ends of words and case changes are judged by it.
    let mut previous: Option<char> = None;
    let mut hyphen = false;
    let close = |out: &mut Vec<Word>, open: &mut Option<(usize, Script)>, end: usize, joined: bool| {
        if let Some((start, script)) = open.take() {
            out.push(Word {
                start,
                end,
                script,
                dotted: false,
                joined,
            });
        }
    };
    let mut joined_next = false;
    for (at, it) in source.char_indices() {
        if silent(it) {
            continue;
        }
        if !it.is_alphanumeric() {
            close(&mut out, &mut open, trim(source, at), joined_next);
            hyphen = matches!(it, '-' | '‐' | '‑' | '–' | '־');
            previous = None;
            continue;
        }
        let script = Script::of(it);
        let splits = match (open, previous) {
            (Some((_, current)), Some(before)) => {
                script.by_character()
                    || current.by_character()
                    || (before.is_lowercase() && it.is_uppercase() && more_follows(source, at))
                    || (before.is_ascii_digit() != it.is_ascii_digit()
                        && current == Script::Latin
                        && !digit_letter_code(source, at))
                    || (current != script && !current.mixes(script) && !it.is_numeric() && !before.is_numeric())
            }
            _ => false,
        };
        if splits {
            close(&mut out, &mut open, trim(source, at), joined_next);
        }
        match &mut open {
            None => {
                joined_next = splits || hyphen;
                hyphen = false;
                open = Some((at, script));
            }
            Some((_, current)) if *current == Script::Common => *current = script,
            Some(_) => {}
        }
        previous = Some(it);
    }
    close(&mut out, &mut open, trim(source, source.len()), joined_next);
    join_dotted(source, out)
}

/// The end of a word without the silent characters behind it.
fn trim(source: &str, end: usize) -> usize {
    source[..end].trim_end_matches(silent).len()
}

/// A single capital at the end of a word starts no other one: GmbH, PhD.
fn more_follows(source: &str, at: usize) -> bool {
    source[at..]
        .chars()
        .filter(|it| !silent(*it))
        .nth(1)
        .is_some_and(char::is_alphanumeric)
}

/// Digits and letters stay together in codes: a digit on both sides, or one letter only (`A300`, `4x4`, `Tu154`).
fn digit_letter_code(source: &str, at: usize) -> bool {
    let before = source[..at].chars().rev().take_while(|it| it.is_alphanumeric());
    let letters_before = before.filter(|it| it.is_alphabetic()).count();
    let after = source[at..].chars().take_while(|it| it.is_alphanumeric());
    let letters_after = after.filter(|it| it.is_alphabetic()).count();
    letters_before + letters_after <= 3
}

/// Joins runs of two or more single letters with only full stops between them: `U.S.A.`, `d.o.o.`
fn join_dotted(source: &str, words: Vec<Word>) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        let single = |it: &Word| source[it.start..it.end].chars().filter(|it| !silent(*it)).count() == 1;
        if let Some(last) = out.last_mut()
            && (last.dotted || single(last))
            && single(&word)
            && !word.script.by_character()
            && source[last.end..word.start] == *"."
        {
            last.end = word.end;
            last.dotted = true;
            continue;
        }
        out.push(word);
    }
    out
}

/// All folded tokens without a space between them.
#[must_use]
pub fn compact(source: &str) -> String {
    tokens(source).iter().map(|it| it.folded.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expect: &str) {
        let got: Vec<String> = tokens(source).into_iter().map(|it| it.folded).collect();
        assert_eq!(got.join(" "), expect, "`{source}`");
        for it in tokens(source) {
            assert!(source.get(it.start..it.end).is_some(), "`{source}`: offsets slice it");
        }
    }

    #[test]
    fn latin() {
        check("DJIBO, Ousmane Illiassou", "djibo ousmane illiassou");
        check("OusmaneIlliassouDjibo", "ousmane illiassou djibo"); // lost spaces
        check("Geir PEDerson", "geir pederson"); // case noise is not a lost space
        check("Da'esh and Cho’n", "daesh and chon");
        check("Ahmad al-Shara\u{02bf}", "ahmad al shara");
        check("Müller Straße Ørsted Łukasz", "muller strasse orsted lukasz");
        check("Nguyễn Thị Đào", "nguyen thi dao");
        check("İsmail Iğdır", "ismail igdir");
        check("SIS d.o.o.", "sis doo");
        check("Agro Voce GmbH", "agro voce gmbh"); // a capital at the end starts no word
        check("U.S.A. U.N vote", "usa un vote");
        check("J. R. Smith", "j r smith"); // initials with spaces stay apart
        check("ＦＵＬＬ width", "full width");
        check("zero\u{200b}width \u{202e}bidi", "zerowidth bidi");
        check("Boeing 747 TU154 A300", "boeing 747 tu154 a300");
        check("Plant No.5", "plant no 5");
        check("", "");
    }

    #[test]
    fn other_scripts() {
        check("Владимир Евтушенков", "vladimir evtushenkov");
        check("Ющенко Щукин Хрущёв", "yushchenko shchukin khrushchev");
        check("Ζωή Παπαδόπουλος", "zoi papadopoulos");
        check("习近平", "xi jin ping");
        check("김정은", "kim jong un");
        check("محمد", "mhmd");
        check("الشرع", "al shr"); // the article is a word of its own, as in al-Shara
        check("בנימין נתניהו", "bnymyn ntnyhw");
        check("მიხეილ სააკაშვილი", "mikheil saakashvili");
        check("Ναζί Саша", "nazi sasha");
    }

    #[test]
    fn tricks_are_undone_and_reported() {
        // Cyrillic а, о and р inside a Latin word.
        let it = &tokens("V\u{043e}l\u{043e}dymyr \u{0440}utin")[0];
        assert_eq!((it.folded.as_str(), it.tricks.homoglyph), ("volodymyr", true));
        let it = &tokens("Pu\u{200b}tin")[0];
        assert_eq!((it.folded.as_str(), it.tricks.invisible), ("putin", true));
        let it = &tokens("０ｌｉｖｅｒ")[0];
        assert!(it.tricks.compatibility);
    }
}
