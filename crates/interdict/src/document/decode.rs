//! Bytes of a text file -> text, with offsets that still mean the file.

use crate::entity::{Problem, Severity};

/// The encodings that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8: offsets in the text are offsets in the file, a byte order mark included.
    Utf8,
    /// UTF-16, little end first, by its byte order mark.
    Utf16Le,
    /// UTF-16, big end first, by its byte order mark.
    Utf16Be,
    /// Anything else that is text: windows-1252, in which every byte is a letter.
    Windows1252,
}

impl Encoding {
    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// A text with what its bytes were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// What it was written in.
    pub encoding: Encoding,
    /// For other encodings than UTF-8: byte of the text -> byte of the file, at each change of their distance, rising.
    map: Vec<(usize, usize)>,
    /// A notice where the encoding had to be guessed.
    pub problems: Vec<Problem>,
}

impl Decoded {
    /// Whether the encoding is a guess: neither UTF-8 nor marked, so that letters may be other letters.
    #[must_use]
    pub const fn guessed(&self) -> bool {
        matches!(self.encoding, Encoding::Windows1252)
    }

    /// The byte of the file at a byte of the text.
    #[must_use]
    pub fn source(&self, offset: usize) -> usize {
        let at = self.map.partition_point(|it| it.0 <= offset);
        match at.checked_sub(1).and_then(|it| self.map.get(it)) {
            Some((text, file)) => file + (offset - text),
            None => offset,
        }
    }
}

/// First bytes of formats that hold text, or none, and are not read.
const MAGIC: [(&[u8], &str); 14] = [
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP (DOCX, XLSX, ODT)"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"\xd0\xcf\x11\xe0", "OLE (DOC, XLS, MSG)"),
    (b"{\\rtf", "RTF"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"MZ\x90\0", "a program"),
];

/// First words of markup, lower case.
const MARKUP: [(&[u8], &str); 3] = [(b"<!doctype html", "HTML"), (b"<html", "HTML"), (b"<?xml", "XML")];

/// The format that a file begins with, where it is one that is not read.
pub(super) fn unread(bytes: &[u8]) -> Option<String> {
    let mut head = bytes;
    loop {
        let next = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        if next.len() == head.len() {
            break;
        }
        head = next;
    }
    let bzip = |it: &[u8]| it.starts_with(b"BZh") && it.get(4..10) == Some(b"1AY&SY");
    let magic = MAGIC
        .iter()
        .find(|it| head.starts_with(it.0) || bytes.starts_with(it.0))
        .map(|it| it.1)
        .or_else(|| bzip(bytes).then_some("bzip2"));
    let markup = || {
        let begins = |it: &[u8]| head.get(..it.len()).is_some_and(|head| head.eq_ignore_ascii_case(it));
        MARKUP.iter().find(|it| begins(it.0)).map(|it| it.1)
    };
    let name = magic.or_else(markup)?;
    Some(format!("{name}: the format is not read yet, plain text is"))
}

/// Of this many characters one may be a control character: archives and wire services leave strays between their stories. More of
/// them are binary.
const STRAYS: usize = 100;

/// Control characters but tabs and line ends, with their bytes.
pub(super) fn controls(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    text.char_indices()
        .filter(|it| it.1.is_control() && !('\t'..='\r').contains(&it.1))
}

/// The first control character of a text that holds too many of them.
pub(super) fn control(text: &str) -> Option<(usize, char)> {
    let first = controls(text).next()?;
    (controls(text).count() * STRAYS > text.chars().count()).then_some(first)
}

/// What is said of a control character.
pub(super) fn control_message(it: char) -> String {
    format!(
        "the control character U+{:04X}: binary, or of an encoding that is not read",
        u32::from(it)
    )
}

/// Decodes a text file: UTF-8, UTF-16 by its mark, else windows-1252.
///
/// # Errors
/// A file that is no text: of a format that is known and not read, many NUL bytes without a UTF-16 mark, a broken UTF-16, or a
/// more than one control character in a hundred characters.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Problem> {
    let fatal = |at: usize, message: String| Problem::new(Severity::Fatal, format!("byte {at}"), "", "", message);
    if let Some(message) = unread(bytes) {
        return Err(fatal(0, message));
    }
    let decoded = to_text(bytes)?;
    if let Some(message) = unread(decoded.text.as_bytes()) {
        return Err(fatal(0, message));
    }
    if let Some((at, it)) = control(&decoded.text) {
        return Err(fatal(decoded.source(at), control_message(it)));
    }
    Ok(decoded)
}

fn to_text(bytes: &[u8]) -> Result<Decoded, Problem> {
    let fatal = |at: usize, message: String| Problem::new(Severity::Fatal, format!("byte {at}"), "", "", message);
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, Encoding::Utf16Le),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, Encoding::Utf16Be),
        _ => {}
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded {
            text: text.to_owned(),
            encoding: Encoding::Utf8,
            map: Vec::new(),
            problems: Vec::new(),
        }),
        Err(it) => {
            let nul = bytes.iter().filter(|it| **it == 0).count();
            if nul * 100 > bytes.len() {
                return Err(fatal(
                    it.valid_up_to(),
                    "binary: neither UTF-8 nor text of another encoding".to_owned(),
                ));
            }
            let (mut text, mut map) = (String::with_capacity(bytes.len() + 64), Vec::new());
            for (at, byte) in bytes.iter().enumerate() {
                let one = [*byte];
                let (letter, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&one);
                text.push_str(&letter);
                if letter.len() > 1 {
                    map.push((text.len(), at + 1));
                }
            }
            Ok(Decoded {
                text,
                encoding: Encoding::Windows1252,
                map,
                problems: vec![Problem::new(
                    Severity::Notice,
                    format!("byte {}", it.valid_up_to()),
                    "",
                    "",
                    "not UTF-8: read as windows-1252",
                )],
            })
        }
    }
}

fn utf16(rest: &[u8], encoding: Encoding) -> Result<Decoded, Problem> {
    let units = rest.chunks(2).map(|it| match (encoding, it) {
        (Encoding::Utf16Le, [a, b]) => u16::from_le_bytes([*a, *b]),
        (_, [a, b]) => u16::from_be_bytes([*a, *b]),
        // Half a unit at the end: a lone surrogate, which is refused below.
        _ => 0xd800,
    });
    let (mut text, mut map) = (String::with_capacity(rest.len()), vec![(0, 2)]);
    let mut file = 2;
    for it in char::decode_utf16(units) {
        let letter = it.map_err(|_| Problem::new(Severity::Fatal, format!("byte {file}"), "", "", "broken UTF-16"))?;
        text.push(letter);
        file += letter.len_utf16() * 2;
        map.push((text.len(), file));
    }
    Ok(Decoded {
        text,
        encoding,
        map,
        problems: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_mean_the_file() {
        let it = decode("\u{feff}Djibo".as_bytes()).unwrap();
        assert_eq!((it.encoding, it.source(3)), (Encoding::Utf8, 3));
        let it = decode(b"caf\xe9 Djibo").unwrap();
        let at = it.text.find("Djibo").unwrap();
        assert_eq!((it.encoding, it.source(at)), (Encoding::Windows1252, 5));
        assert_eq!(it.problems.len(), 1);
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend("é😀 Djibo".encode_utf16().flat_map(u16::to_le_bytes));
        let it = decode(&bytes).unwrap();
        let at = it.text.find("Djibo").unwrap();
        assert_eq!(it.source(at), 2 + 2 + 4 + 2);
        assert!(decode(&bytes[..bytes.len() - 1]).is_err());
        assert!(decode(&[0xfe, 0, 0, 0, 0x80]).is_err());
    }

    #[test]
    fn what_is_no_plain_text_is_refused_by_name() {
        let cases: [(&[u8], &str); 13] = [
            (b"%PDF-1.7 Djibo", "PDF"),
            (b"PK\x03\x04Djibo", "ZIP"),
            (b"\x1f\x8b\x08Djibo", "gzip"),
            (b"{\\rtf1 Djibo}", "RTF"),
            (b"BZh61AY&SYDjibo", "bzip2"),
            (b"\xef\xbb\xbf \n<!DOCTYPE HTML><p>Djibo", "HTML"),
            (b"<HTML><p>Djibo", "HTML"),
            (b"<?xml version='1.0'?><p>Djibo</p>", "XML"),
            (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "HTML"),
            (b"Djibo\x07", "U+0007"),
            (b"Djibo\x7f", "U+007F"),
            (b"Djibo\xc2\x9b", "U+009B"),
            (b"Djibo\x81", "U+0081"),
        ];
        for (bytes, word) in cases {
            let problem = decode(bytes).unwrap_err();
            assert!(problem.message.contains(word), "{problem}");
        }
        assert_eq!(decode(b"caf\xe9 \x07").unwrap_err().record, "byte 5");
        assert!(decode(b"a\t\n\x0b\x0c\r").is_ok());
        assert!(decode(b"BZh is a word").is_ok());
    }
}
