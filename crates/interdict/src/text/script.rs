//! Character -> script, as coarse as names need it.

/// The script of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// Digits and what belongs to no script.
    Common,
    /// Latin, full-width forms included.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
    /// Arabic, as used for Arabic, Persian, Pashto, Urdu, Kurdish.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Chinese characters, also in Japanese and Korean.
    Han,
    /// Korean syllables.
    Hangul,
    /// Hiragana and Katakana.
    Kana,
    /// Any other.
    Other,
}

impl Script {
    /// The script of a letter or digit.
    #[must_use]
    pub fn of(it: char) -> Self {
        match it {
            '0'..='9' => Self::Common,
            'A'..='Z'
            | 'a'..='z'
            | '\u{aa}'
            | '\u{ba}'
            | '\u{c0}'..='\u{24f}'
            | '\u{250}'..='\u{2af}'
            | '\u{1d00}'..='\u{1dbf}'
            | '\u{1e00}'..='\u{1eff}'
            | '\u{2c60}'..='\u{2c7f}'
            | '\u{a720}'..='\u{a7ff}'
            | '\u{fb00}'..='\u{fb06}'
            | '\u{ff21}'..='\u{ff5a}'
            | '\u{1d400}'..='\u{1d7ff}'
            | '\u{2100}'..='\u{214f}'
            | '\u{24b6}'..='\u{24e9}' => Self::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}' => {
                Self::Cyrillic
            }
            '\u{590}'..='\u{5ff}' | '\u{fb1d}'..='\u{fb4f}' => Self::Hebrew,
            '\u{600}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{8a0}'..='\u{8ff}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefe}' => Self::Arabic,
            '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => Self::Kana,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => Self::Hangul,
            '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}' => Self::Han,
            _ if it.is_numeric() => Self::Common,
            _ => Self::Other,
        }
    }

    /// Whether each character is a word of its own: no spaces are written between them.
    #[must_use]
    pub const fn by_character(self) -> bool {
        matches!(self, Self::Han | Self::Hangul)
    }

    /// Whether the script leaves short vowels out, so that its words compare by consonants.
    #[must_use]
    pub const fn vowelless(self) -> bool {
        matches!(self, Self::Arabic | Self::Hebrew)
    }

    /// Whether letters of both inside one word are look-alikes of one script rather than two words.
    #[must_use]
    pub const fn mixes(self, other: Self) -> bool {
        const fn alphabet(it: Script) -> bool {
            matches!(it, Script::Latin | Script::Cyrillic | Script::Greek | Script::Common)
        }
        alphabet(self) && alphabet(other)
    }

    /// The usual English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Latin => "Latin",
            Self::Cyrillic => "Cyrillic",
            Self::Greek => "Greek",
            Self::Arabic => "Arabic",
            Self::Hebrew => "Hebrew",
            Self::Han => "Han",
            Self::Hangul => "Hangul",
            Self::Kana => "Kana",
            Self::Other => "other",
        }
    }
}
