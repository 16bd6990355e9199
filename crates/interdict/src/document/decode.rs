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

/// Decodes a text file: UTF-8, UTF-16 by its mark, else windows-1252.
///
/// # Errors
/// A file that is no text: many NUL bytes without a UTF-16 mark, or a broken UTF-16.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Problem> {
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
}
