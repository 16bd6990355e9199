//! Text -> words with source offsets and case facts, sentences, lines.
//!
//! A word folds exactly as [`text::tokens`] folds it; words of plain ASCII letters, nearly all of an English text, take a short way
//! that gives the same.

use crate::text;

use super::words;

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// All letters small.
    Lower,
    /// The first letter large, the rest small.
    Capital,
    /// All letters large.
    Upper,
    /// Anything else (`PEDerson`, `mcDonald`).
    Mixed,
    /// A script without case.
    Caseless,
    /// Digits only.
    Digits,
}

/// No token of the lists.
pub(super) const NONE: u32 = u32::MAX;

/// A word of the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    /// Byte offsets, half-open.
    pub start: u32,
    pub end: u32,
    /// The token of the lists that it is, or [`NONE`].
    pub token: u32,
    /// The token that it is without its English genitive, or [`NONE`]; and where that ends.
    pub bare: u32,
    pub bare_end: u32,
    /// Place in [`Document::sentences`].
    pub sentence: u32,
    pub shape: Shape,
    /// Single letters with full stops: `U.S.`
    pub dotted: bool,
    /// Written in a script whose folding loses too much to be compared with another script's.
    pub lossy: bool,
    /// Opens its sentence: a capital says nothing there.
    pub opens: bool,
}

impl Word {
    /// Written as names are.
    pub(super) const fn capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper | Shape::Mixed)
    }
}

/// How the words of a sentence are written on the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Regime {
    /// Capitals mean something.
    Usual,
    /// Headline: nearly every word has a capital.
    Title,
    /// Nearly all letters are large.
    Capitals,
}

/// A sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sentence {
    pub start: u32,
    pub end: u32,
    /// First word and the one behind the last.
    pub from: u32,
    pub to: u32,
    pub paragraph: u32,
    pub regime: Regime,
}

/// How two neighbouring words are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing between them: a lost space, or a change of script.
    None,
    /// White space, at most one line break; a hyphen; a full stop behind an initial.
    Plain,
    /// A comma and white space.
    Comma,
    /// Anything else.
    Break,
}

/// A document cut into words and sentences.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub text: &'a str,
    pub words: Vec<Word>,
    pub sentences: Vec<Sentence>,
    /// Offsets of the line breaks.
    breaks: Vec<u32>,
}

impl<'a> Document<'a> {
    /// Cuts a text; `token` gives the number of a folded word on the lists. Cost: linear in the text. The caller keeps the text
    /// under 4 GiB.
    pub(super) fn new(text: &'a str, mut token: impl FnMut(&str) -> u32) -> Self {
        let mut words = Vec::with_capacity(text.len() / 6);
        let mut folded = String::new();
        for (start, end) in Chunks::new(text) {
            cut(text, start, end, &mut folded, &mut words, &mut token);
        }
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|it| it.1 == b'\n')
            .map(|it| to_u32(it.0))
            .collect();
        let mut out = Self {
            text,
            words,
            sentences: Vec::new(),
            breaks,
        };
        out.find_sentences();
        out
    }

    /// The source of a word.
    pub(super) fn slice(&self, word: &Word) -> &'a str {
        self.text.get(word.start as usize..word.end as usize).unwrap_or("")
    }

    /// The source of a word without its genitive.
    pub(super) fn bare(&self, word: &Word) -> &'a str {
        self.text.get(word.start as usize..word.bare_end as usize).unwrap_or("")
    }

    /// The folded form of a word without its genitive.
    pub(super) fn folded(&self, word: &Word) -> String {
        let source = self.bare(word);
        if source.bytes().all(|it| it.is_ascii_alphabetic()) {
            source.to_ascii_lowercase()
        } else {
            text::compact(source)
        }
    }

    /// The line of an offset, from one.
    pub(super) fn line(&self, offset: u32) -> usize {
        self.breaks.partition_point(|it| *it < offset) + 1
    }

    /// How a word is joined to the next one.
    pub(super) fn gap(&self, at: usize) -> Gap {
        let (Some(a), Some(b)) = (self.words.get(at), self.words.get(at + 1)) else {
            return Gap::Break;
        };
        if a.end == b.start {
            return Gap::None;
        }
        if a.end + 1 == b.start && self.text.as_bytes().get(a.end as usize) == Some(&b' ') {
            return Gap::Plain;
        }
        let between = self.text.get(a.end as usize..b.start as usize).unwrap_or("");
        let (mut lines, mut comma) = (0, false);
        for it in between.chars() {
            match it {
                '\n' => lines += 1,
                '-' | '‐' | '‑' | '–' | '־' | '\'' | '’' => {}
                ',' if !comma => comma = true,
                '.' if a.end - a.start <= 1 || a.dotted || words::abbreviation(self.slice(a)) => {}
                it if it.is_whitespace() || text::silent(it) => {}
                _ => return Gap::Break,
            }
        }
        match (lines, comma) {
            (2.., _) => Gap::Break,
            (_, true) => Gap::Comma,
            _ => Gap::Plain,
        }
    }

    fn find_sentences(&mut self) {
        let mut from = 0;
        let mut start = self.text.len() - self.text.trim_start().len();
        let mut paragraph = 0;
        for at in 0..self.words.len() {
            let a = self.words[at];
            let end = match self.words.get(at + 1) {
                None => Some((self.text.trim_end().len(), self.text.len(), false)),
                Some(b) => self.ends(&a, b),
            };
            self.words[at].sentence = to_u32(self.sentences.len());
            if let Some((end, next, new_paragraph)) = end {
                self.sentences.push(Sentence {
                    start: to_u32(start),
                    end: to_u32(end),
                    from: to_u32(from),
                    to: to_u32(at + 1),
                    paragraph,
                    regime: regime(&self.words[from..=at]),
                });
                if let Some(first) = self.words.get_mut(from) {
                    first.opens = true;
                }
                paragraph += u32::from(new_paragraph);
                (from, start) = (at + 1, next);
            }
        }
    }

    /// Whether a sentence ends between two words: where it ends, where the next one starts, whether a new paragraph does.
    fn ends(&self, a: &Word, b: &Word) -> Option<(usize, usize, bool)> {
        let (from, to) = (a.end as usize, b.start as usize);
        let between = self.text.get(from..to)?;
        if between == " " || between.is_empty() {
            return None;
        }
        let mut stop: Option<char> = None;
        let mut stopped: Option<usize> = None;
        let mut lines = 0;
        let mut indent = 0;
        let mut last = from;
        let mut opened = to;
        for (at, it) in between.char_indices() {
            match it {
                '\n' => (lines, indent) = (lines + 1, 0),
                it if it.is_whitespace() => indent += usize::from(lines > 0),
                '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।' => stop = Some(it),
                _ => {}
            }
            if it.is_whitespace() {
                opened = to;
                if stop.is_some() && stopped.is_none() {
                    stopped = Some(last);
                }
            } else {
                last = from + at + it.len_utf8();
                opened = opened.min(from + at);
            }
        }
        let paragraph = lines >= 2 || (lines == 1 && indent >= 2);
        if paragraph {
            let blank = between.find(char::is_whitespace).map_or(to, |it| from + it);
            return Some((stopped.unwrap_or(blank), opened, true));
        }
        let end = match (stop, stopped) {
            (Some('。' | '！' | '？' | '।'), None) => from + between.find(stop?)? + stop?.len_utf8(),
            (_, it) => it?,
        };
        let opener = || words::common(&text::compact(self.slice(b)));
        let ends = match b.shape {
            Shape::Lower => false,
            _ if stop != Some('.') => true,
            _ if a.dotted => opener(),
            _ if a.end - a.start == 1 && a.capital() => opener(),
            _ => !words::abbreviation(self.slice(a)) || words::form(self.slice(a)) && opener(),
        };
        ends.then_some((end, opened.max(end), false))
    }
}

fn to_u32(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

fn regime(words: &[Word]) -> Regime {
    let (mut letters, mut upper, mut capital, mut long) = (0, 0, 0, false);
    for it in words {
        match it.shape {
            Shape::Lower | Shape::Mixed => {
                letters += 1;
                long |= it.shape == Shape::Lower && it.end - it.start > 4;
            }
            Shape::Capital => (letters, capital) = (letters + 1, capital + 1),
            // A lone `I` or an initial says nothing, nor does `U.S.`
            Shape::Upper if it.end - it.start > 1 && !it.dotted => (letters, upper) = (letters + 1, upper + 1),
            _ => {}
        }
    }
    if letters >= 2 && upper * 10 >= letters * 7 {
        Regime::Capitals
    } else if letters >= 5 && !long && (upper + capital) * 10 >= letters * 6 {
        // In a headline only short words like `of` and `with` are written small.
        Regime::Title
    } else {
        Regime::Usual
    }
}

/// Runs of characters between white space.
struct Chunks<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Chunks<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Chunks<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        // Control characters separate words, too. White space outside ASCII is left to the slow way, which knows it.
        while at < bytes.len() && bytes[at] <= b' ' {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && bytes[at] > b' ' {
            at += 1;
        }
        self.at = at;
        (start < at).then_some((start, at))
    }
}

/// Cuts a run of characters without ASCII white space into words.
fn cut(
    text: &str,
    start: usize,
    end: usize,
    folded: &mut String,
    words: &mut Vec<Word>,
    token: &mut impl FnMut(&str) -> u32,
) {
    let bytes = text.as_bytes();
    let (mut from, mut to) = (start, end);
    while from < to && bytes[from].is_ascii_punctuation() {
        from += 1;
    }
    while from < to && bytes[to - 1].is_ascii_punctuation() {
        to -= 1;
    }
    let Some(core) = bytes.get(from..to).filter(|it| !it.is_empty()) else {
        return;
    };
    // One look at the bytes: letters only, and no small letter before a large one.
    let (mut plain, mut upper, mut lower) = (true, 0, 0);
    let mut before_lower = false;
    for it in core {
        if it.is_ascii_lowercase() {
            (lower, before_lower) = (lower + 1, true);
        } else if it.is_ascii_uppercase() && !before_lower {
            upper += 1;
        } else {
            plain = false;
            break;
        }
    }
    if plain {
        folded.clear();
        folded.extend(core.iter().map(|it| it.to_ascii_lowercase() as char));
        let shape = match (upper, lower) {
            (0, _) => Shape::Lower,
            (_, 0) => Shape::Upper,
            (1, _) => Shape::Capital,
            _ => Shape::Mixed,
        };
        let it = token(folded);
        words.push(word(from, to, it, shape));
        return;
    }
    // The slow way, on the smallest piece that [`text::tokens`] would cut the same: hyphens, slashes and the like end a word whatever
    // follows; apostrophes and full stops may not.
    let mut piece = from;
    for at in from..=to {
        let byte = bytes.get(at).filter(|_| at < to);
        if byte.is_none_or(|it| it.is_ascii_punctuation() && !matches!(it, b'\'' | b'.' | b'`')) {
            if piece < at {
                slow(text, piece, at, words, token);
            }
            piece = at + 1;
        }
    }
}

fn slow(text: &str, start: usize, end: usize, words: &mut Vec<Word>, token: &mut impl FnMut(&str) -> u32) {
    let Some(piece) = text.get(start..end) else { return };
    let tokens = crate::text::tokens(piece);
    for it in &tokens {
        let source = &piece[it.start..it.end];
        let mut out = word(start + it.start, start + it.end, token(&it.folded), shape(source));
        out.dotted = it.dotted;
        out.lossy = it.script.vowelless() || it.script.by_character();
        // The English genitive: folding drops its apostrophe and would leave a word of its own.
        if let Some(bare) = ["'s", "’s", "'S", "’S"]
            .into_iter()
            .find_map(|it| source.strip_suffix(it))
        {
            out.bare_end = to_u32(start + it.start + bare.len());
            out.bare = token(&crate::text::compact(bare));
            out.shape = shape(bare);
        }
        words.push(out);
    }
}

fn word(start: usize, end: usize, token: u32, shape: Shape) -> Word {
    Word {
        start: to_u32(start),
        end: to_u32(end),
        token,
        bare: NONE,
        bare_end: to_u32(end),
        sentence: 0,
        shape,
        dotted: false,
        lossy: false,
        opens: false,
    }
}

pub(super) fn shape(source: &str) -> Shape {
    let (mut upper, mut lower, mut digit, mut other, mut first_upper) = (0, 0, 0, 0, false);
    for it in source.chars() {
        if it.is_uppercase() {
            first_upper |= upper + lower == 0;
            upper += 1;
        } else if it.is_lowercase() {
            lower += 1;
        } else if it.is_numeric() {
            digit += 1;
        } else if it.is_alphabetic() {
            other += 1;
        }
    }
    match (upper, lower, other) {
        (0, 0, 0) if digit > 0 => Shape::Digits,
        (0, 0, _) => Shape::Caseless,
        (0, _, _) => Shape::Lower,
        (_, 0, _) => Shape::Upper,
        (1, _, _) if first_upper => Shape::Capital,
        _ => Shape::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        let document = Document::new(text, |_| NONE);
        document
            .sentences
            .iter()
            .map(|it| &text[it.start as usize..it.end as usize])
            .collect()
    }

    #[test]
    fn words_are_those_of_the_room_text() {
        for source in [
            "Members of the coalition met\u{a0}Monday, OusmaneIlliassouDjibo and Da'esh's U.S.A. men (J. R. Smith).",
            "Владимир Евтушенков ООО 习近平 محمد الشرع co-chaired U.N.-supervised A300 747 d.o.o. PEDerson $436",
            "\u{feff}bom zero\u{200b}width ’quoted’ ‘x’ a/b_c",
        ] {
            let mut seen = Vec::new();
            let document = Document::new(source, |it| {
                seen.push(it.to_owned());
                NONE
            });
            let expect: Vec<(usize, usize)> = text::tokens(source).iter().map(|it| (it.start, it.end)).collect();
            let got: Vec<(usize, usize)> = document
                .words
                .iter()
                .map(|it| (it.start as usize, it.end as usize))
                .collect();
            assert_eq!(got, expect, "{source}");
            for it in text::tokens(source) {
                assert!(seen.contains(&it.folded), "{source}: {}", it.folded);
            }
        }
    }

    #[test]
    fn sentence_ends() {
        assert_eq!(
            sentences(
                "He met Mr. Smith of the U.S. Senate. The U.S. agreed with the U.N. It was “late.” He left\n\nNext one"
            ),
            [
                "He met Mr. Smith of the U.S. Senate.",
                "The U.S. agreed with the U.N.",
                "It was “late.”",
                "He left",
                "Next one"
            ]
        );
        assert_eq!(
            sentences("George W. Bush spoke. “Yes,” he said! Why? 1. No"),
            ["George W. Bush spoke.", "“Yes,” he said!", "Why?", "1.", "No"]
        );
        assert_eq!(sentences("他来了。他走了。"), ["他来了。", "他走了。"]);
        assert!(sentences("").is_empty());
    }

    #[test]
    fn regimes() {
        let it = |text: &str| Document::new(text, |_| NONE).sentences[0].regime;
        assert_eq!(it("IS ATTACKS TOWN IN SYRIA"), Regime::Capitals);
        assert_eq!(it("Blinken Warns Russia Over Syria Aid"), Regime::Title);
        assert_eq!(it("IS remnants remain a threat."), Regime::Usual);
    }
}
