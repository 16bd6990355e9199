//! Words that are no names: sentence openers, days, abbreviations, nouns of affiliation, cues of ships.

/// English words that stand with a capital for other reasons than being a name: they open sentences, or are days and months.
const COMMON: &[&str] = &[
    "a",
    "about",
    "above",
    "according",
    "after",
    "again",
    "against",
    "all",
    "also",
    "although",
    "always",
    "american",
    "among",
    "an",
    "analysts",
    "and",
    "another",
    "any",
    "april",
    "are",
    "army",
    "as",
    "asked",
    "at",
    "august",
    "back",
    "be",
    "because",
    "been",
    "before",
    "being",
    "between",
    "both",
    "but",
    "by",
    "can",
    "cannot",
    "chairman",
    "come",
    "company",
    "could",
    "december",
    "did",
    "do",
    "does",
    "down",
    "during",
    "each",
    "earlier",
    "early",
    "eight",
    "either",
    "even",
    "ever",
    "every",
    "february",
    "few",
    "first",
    "five",
    "for",
    "former",
    "four",
    "friday",
    "from",
    "further",
    "future",
    "general",
    "given",
    "good",
    "government",
    "group",
    "had",
    "half",
    "has",
    "have",
    "having",
    "he",
    "her",
    "here",
    "him",
    "his",
    "how",
    "however",
    "i",
    "if",
    "in",
    "including",
    "indeed",
    "instead",
    "into",
    "is",
    "it",
    "its",
    "january",
    "july",
    "june",
    "just",
    "last",
    "late",
    "later",
    "least",
    "less",
    "like",
    "long",
    "make",
    "many",
    "march",
    "may",
    "me",
    "meanwhile",
    "members",
    "men",
    "might",
    "minister",
    "monday",
    "more",
    "moreover",
    "most",
    "mr",
    "mrs",
    "ms",
    "much",
    "must",
    "my",
    "national",
    "near",
    "nearly",
    "neither",
    "never",
    "new",
    "next",
    "nine",
    "no",
    "none",
    "nor",
    "not",
    "nothing",
    "november",
    "now",
    "october",
    "of",
    "off",
    "officials",
    "on",
    "once",
    "one",
    "only",
    "or",
    "other",
    "others",
    "our",
    "out",
    "over",
    "own",
    "participants",
    "per",
    "perhaps",
    "president",
    "prime",
    "rather",
    "recent",
    "said",
    "saturday",
    "second",
    "secretary",
    "see",
    "september",
    "seven",
    "several",
    "shall",
    "she",
    "should",
    "since",
    "six",
    "so",
    "some",
    "sources",
    "state",
    "still",
    "such",
    "sunday",
    "take",
    "ten",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "therefore",
    "these",
    "they",
    "third",
    "this",
    "those",
    "though",
    "three",
    "through",
    "thursday",
    "thus",
    "to",
    "today",
    "together",
    "tomorrow",
    "tonight",
    "too",
    "tuesday",
    "two",
    "under",
    "united",
    "until",
    "up",
    "upon",
    "us",
    "was",
    "we",
    "wednesday",
    "week",
    "well",
    "were",
    "what",
    "whatever",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "whose",
    "why",
    "will",
    "with",
    "within",
    "without",
    "would",
    "year",
    "years",
    "yes",
    "yesterday",
    "yet",
    "you",
    "your",
];

/// Abbreviations behind which a full stop does not end the sentence.
const ABBREVIATIONS: &[&str] = &[
    "adm", "apr", "assoc", "aug", "bros", "capt", "cmdr", "co", "col", "corp", "dec", "dept", "dr", "etc", "feb", "fr",
    "gen", "gov", "hon", "inc", "jan", "jr", "lt", "ltd", "maj", "messrs", "mr", "mrs", "ms", "mt", "no", "nov", "oct",
    "prof", "rep", "rev", "sen", "sept", "sgt", "sr", "st", "vs",
];

/// Abbreviations that as often end a sentence: legal forms.
const FORMS: &[&str] = &["bros", "co", "corp", "etc", "inc", "jr", "ltd", "sr"];

/// Nouns by which a text calls a part of a group.
const AFFILIATES: &[&str] = &[
    "affiliate",
    "affiliates",
    "arm",
    "branch",
    "cell",
    "chapter",
    "division",
    "faction",
    "franchise",
    "offshoot",
    "province",
    "subsidiary",
    "wilayat",
    "wing",
];

/// Words before or behind a ship's or aircraft's name that say what it is.
const CRAFT: &[&str] = &[
    "aircraft",
    "airplane",
    "boat",
    "carrier",
    "freighter",
    "helicopter",
    "imo",
    "jet",
    "mt",
    "mv",
    "plane",
    "ship",
    "ships",
    "tanker",
    "tankers",
    "trawler",
    "tug",
    "tugboat",
    "vessel",
    "vessels",
    "yacht",
];

/// Abbreviations of states and of their unions; whatever a list calls by these letters, running text means the state.
const STATES: &[&str] = &["eu", "uae", "uk", "un", "us", "usa", "ussr"];

/// A word that is not a name though it has a capital; takes a folded word.
pub(super) fn common(folded: &str) -> bool {
    COMMON.binary_search(&folded).is_ok()
}

/// An abbreviation that a full stop follows; takes a word as written.
pub(super) fn abbreviation(source: &str) -> bool {
    holds(ABBREVIATIONS, source)
}

/// An abbreviation that may end a sentence; takes a word as written.
pub(super) fn form(source: &str) -> bool {
    holds(FORMS, source)
}

/// `affiliate`, `branch`, ...; takes a word as written.
pub(super) fn affiliate(source: &str) -> bool {
    holds(AFFILIATES, source)
}

/// `vessel`, `tanker`, `aircraft`, ...; takes a word as written.
pub(super) fn craft(source: &str) -> bool {
    holds(CRAFT, source)
}

/// `us`, `un`, ...; takes a folded word.
pub(super) fn state(folded: &str) -> bool {
    STATES.binary_search(&folded).is_ok()
}

/// A preposition that leads from a group to a place; takes a word as written.
pub(super) fn leads_to_place(source: &str) -> bool {
    ["in", "within", "of", "for", "across", "inside", "throughout"].contains(&source)
}

fn holds(list: &[&str], source: &str) -> bool {
    source.len() <= 12 && list.binary_search(&source.to_ascii_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        for list in [COMMON, ABBREVIATIONS, FORMS, AFFILIATES, CRAFT, STATES] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
