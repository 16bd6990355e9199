//! A raw UN record -> an entity: names in order, aliases taken apart, dates at their precision, documents by kind.

use std::collections::BTreeSet;

use super::LIST;
use super::record::{Kind, Part, Raw};
use crate::entity::{
    Authority, CivilDate, Entity, IdentifierKind, Listing, Measure, NameKind, PartialDate, PartyName, Problem, Schema,
    Severity,
};
use crate::lists::draft::{self, Draft};

/// Makes an entity of a raw record; `None`, with a problem, where it has no name at all.
pub(super) fn entity(raw: &Raw, taken: &mut BTreeSet<String>, problems: &mut Vec<Problem>) -> Option<Entity> {
    let schema = match raw.kind {
        Kind::Individual => Schema::Person,
        Kind::Entity => Schema::Organization,
    };
    // Never DATAID where there is a reference number: it was given anew to 67 records between 2016 and 2020.
    let reference = raw.text("REFERENCE_NUMBER");
    let key = if reference.is_empty() {
        format!("dataid-{}", raw.text("DATAID"))
    } else {
        reference.clone()
    };
    let mut it = Draft::new(LIST, &key, schema, problems);
    if reference.is_empty() {
        let data = raw.text("DATAID");
        it.problem(
            Severity::Notice,
            "REFERENCE_NUMBER",
            &data,
            "no reference number; the data id stands in",
        );
    } else {
        it.identifier("REFERENCE_NUMBER", IdentifierKind::UnReference, &reference, "", false);
    }
    names(&mut it, raw);
    facts(&mut it, raw);
    if it.entity.party.names.is_empty() {
        it.problem(Severity::Loss, "FIRST_NAME", "", "a record without a name");
        return None;
    }
    let regime = raw.text("UN_LIST_TYPE");
    if regime.is_empty() {
        it.problem(Severity::Notice, "UN_LIST_TYPE", "", "a record without a regime");
    }
    let listed_on = raw.text("LISTED_ON");
    let since = PartialDate::parse(&listed_on).ok();
    if since.is_none() {
        it.note("LISTED_ON", &listed_on);
        it.problem(
            Severity::Notice,
            "LISTED_ON",
            &listed_on,
            "a date that could not be read; kept as a note",
        );
    }
    it.entity.listings.push(Listing {
        authority: Authority::UnSc,
        list: LIST.to_owned(),
        reference: key.clone(),
        measures: measures(raw.kind, &regime),
        programmes: if regime.is_empty() { Vec::new() } else { vec![regime] },
        legal_basis: None,
        since,
        url: None,
    });
    it.entity.topics.push("sanction".to_owned());
    Some(it.finish(taken))
}

/// What a listing under a regime does.
fn measures(kind: Kind, regime: &str) -> Vec<Measure> {
    match (regime, kind) {
        // Resolution 2048 (2012): a travel ban and nothing else.
        ("GB", _) => vec![Measure::Travel],
        // Resolution 1483 (2003), paragraph 23: a freeze and nothing else.
        ("Iraq", _) => vec![Measure::Freeze],
        // Resolutions 2368 (2017), 2255 (2015) and 2216 (2015): freeze, travel ban, and arms to those who are named.
        ("Al-Qaida" | "Taliban" | "Yemen", Kind::Individual) => vec![Measure::Freeze, Measure::Travel, Measure::Arms],
        ("Al-Qaida" | "Taliban" | "Yemen", Kind::Entity) => vec![Measure::Freeze, Measure::Arms],
        (_, Kind::Individual) => vec![Measure::Freeze, Measure::Travel],
        (_, Kind::Entity) => vec![Measure::Freeze],
    }
}

fn names(it: &mut Draft<'_>, raw: &Raw) {
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"].map(|leaf| raw.text(leaf));
    let whole = parts
        .iter()
        .filter(|it| !it.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    // Which of the four is a family name the UN does not say: they are names in their order.
    it.name("FIRST_NAME", PartyName::new(whole));
    for script in raw.texts("NAME_ORIGINAL_SCRIPT") {
        for text in split_alias(&script) {
            it.name(
                "NAME_ORIGINAL_SCRIPT",
                PartyName::new(text).kind(NameKind::Alias).language("original script"),
            );
        }
    }
    for part in raw.parts("ALIAS") {
        alias(it, &part);
    }
}

fn alias(it: &mut Draft<'_>, part: &Part<'_>) {
    let quality = part.text("QUALITY");
    let note = part.text("NOTE");
    let former_note = {
        let lower = note.to_ascii_lowercase();
        lower.starts_with("formerly listed as") || lower.starts_with("previously listed as")
    };
    let (mut kind, weak) = match quality.to_ascii_lowercase().as_str() {
        "low" => (NameKind::Alias, true),
        "f.k.a." => (NameKind::Former, false),
        "" | "good" | "a.k.a." => (NameKind::Alias, false),
        _ => {
            it.problem(
                Severity::Notice,
                "ALIAS/QUALITY",
                &quality,
                "a quality that is not known; kept as a good alias",
            );
            (NameKind::Alias, false)
        }
    };
    if former_note {
        kind = NameKind::Former;
    }
    let name = |text: String, kind: NameKind| PartyName::new(text).kind(kind).weak(weak);
    let published = part.text("ALIAS_NAME");
    for text in split_alias(&published) {
        match without_mark(&text, &["(formerly listed as)", "(previously listed as)", "(f.k.a.)"]) {
            Some(text) => it.name("ALIAS_NAME", name(text, NameKind::Former)),
            None => it.name("ALIAS_NAME", name(text, kind)),
        }
    }
    // `original script: ...` and, behind an alias in its own script, the Latin spellings of it.
    if let Some((_, script)) = note
        .split_once("original script: ")
        .or_else(|| note.split_once("in Arabic script: "))
    {
        it.name(
            "ALIAS/NOTE",
            name(script.trim().to_owned(), kind).language("original script"),
        );
    } else if !published.is_empty() && !has_latin(&published) {
        for text in spellings(&note) {
            it.name("ALIAS/NOTE", name(text, kind));
        }
    }
    it.note("ALIAS/NOTE", &note);
    for date in part.texts("DATE_OF_BIRTH") {
        it.birth_date("ALIAS/DATE_OF_BIRTH", &date);
    }
    let place = [part.text("CITY_OF_BIRTH"), part.text("COUNTRY_OF_BIRTH")];
    it.birth_place("ALIAS/CITY_OF_BIRTH", &joined(&place));
}

fn joined(parts: &[String]) -> String {
    parts
        .iter()
        .filter(|it| !it.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(", ")
}

fn without_mark(text: &str, marks: &[&str]) -> Option<String> {
    let found = marks.iter().find(|it| text.contains(**it))?;
    Some(
        text.replace(found, " ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    )
}

fn has_latin(text: &str) -> bool {
    text.chars().any(|it| it.is_alphabetic() && u32::from(it) < 0x250)
}

/// Brackets inside of brackets that are looked into; the list's deepest alias has two.
const MAX_BRACKETS: usize = 4;

/// The names in one alias: separated by semicolons, by `b)` and the like, or put in a bracket that holds several of them or
/// one in another script. Any other bracket is part of the name: `Lom-ali Butayev (Butaev)`.
fn split_alias(text: &str) -> Vec<String> {
    let text = text.replace("(original script)", " ");
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    // The matching bracket of each opening one; one that is never closed reaches to the end.
    let mut cut = BTreeSet::new();
    let mut open: Vec<usize> = Vec::new();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, it) in &chars {
        match it {
            ';' => {
                cut.insert(*at);
            }
            '(' => open.push(*at),
            ')' => {
                // Brackets deeper than any name has them are text: to look into each would cost the square of their number.
                if let Some(from) = open.pop().filter(|_| open.len() < MAX_BRACKETS) {
                    pairs.push((from, *at));
                }
            }
            _ => {}
        }
    }
    pairs.extend(open.into_iter().take(MAX_BRACKETS).map(|from| (from, text.len())));
    for (from, to) in pairs {
        let inside = text.get(from + 1..to).unwrap_or_default();
        let several = cut.range(from..to).next().is_some();
        let script = inside.chars().any(char::is_alphabetic) && !has_latin(inside) && has_latin(&text);
        if several || script {
            cut.insert(from);
            cut.insert(to);
        }
    }
    let mut out = Vec::new();
    let mut from = 0;
    for at in cut.into_iter().chain(std::iter::once(text.len())) {
        let piece = text.get(from..at).unwrap_or_default();
        out.extend(lettered(piece));
        from = (at + 1).min(text.len());
    }
    out
}

/// `X b) Y` -> `X`, `Y`: a small letter and a bracket, as in an enumeration.
fn lettered(piece: &str) -> Vec<String> {
    let mut out: Vec<Vec<&str>> = vec![Vec::new()];
    for word in piece.split_whitespace() {
        let mark = word.len() == 2 && word.ends_with(')') && word.starts_with(|it: char| it.is_ascii_lowercase());
        match out.last_mut() {
            Some(last) if !mark => last.push(word),
            _ => out.push(Vec::new()),
        }
    }
    out.into_iter()
        .map(|it| it.join(" ").trim_matches([',', ';', ' ']).to_owned())
        .filter(|it| it.chars().any(char::is_alphanumeric))
        .collect()
}

/// Spellings in a note: `A; B; C`, or the same in a bracket with text behind it. Nothing where it is any other text.
fn spellings(note: &str) -> Vec<String> {
    let list = match note.strip_prefix('(').and_then(|it| it.split_once(')')) {
        Some((it, _)) => it,
        None => note,
    };
    let parts: Vec<&str> = list.split(';').map(str::trim).filter(|it| !it.is_empty()).collect();
    let like_a_name = |it: &&str| {
        let words: Vec<&str> = it.split(' ').collect();
        words.len() <= 8
            && !it.contains([':', '.'])
            && !it.bytes().any(|it| it.is_ascii_digit())
            && words.iter().any(|it| it.starts_with(char::is_uppercase))
    };
    if parts.len() > 1 && parts.iter().all(like_a_name) {
        parts.into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

fn facts(it: &mut Draft<'_>, raw: &Raw) {
    for part in raw.parts("DATE_OF_BIRTH") {
        birth_dates(it, &part);
    }
    for part in raw.parts("PLACE_OF_BIRTH") {
        let place = ["STREET", "CITY", "STATE_PROVINCE", "COUNTRY"].map(|leaf| part.text(leaf));
        it.birth_place("PLACE_OF_BIRTH", &joined(&place));
        it.country("PLACE_OF_BIRTH/COUNTRY", &part.text("COUNTRY"));
        it.note("PLACE_OF_BIRTH/NOTE", &part.text("NOTE"));
    }
    for text in raw.values("NATIONALITY").iter().chain(&raw.values("NATIONALITY2")) {
        it.nationality("NATIONALITY", text);
    }
    it.gender("GENDER", &raw.text("GENDER"));
    for text in raw.values("TITLE") {
        it.position("TITLE", &text);
    }
    for text in raw.values("DESIGNATION") {
        it.position("DESIGNATION", &text);
    }
    for part in raw.parts("DOCUMENT") {
        document(it, &part);
    }
    for part in raw.parts("ADDRESS") {
        let note = part.text("NOTE");
        let parts = ["STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE"].map(|leaf| part.text(leaf));
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (city, country) = (part.text("CITY"), part.text("COUNTRY"));
        if parts.iter().all(|it| it.is_empty()) && country.is_empty() {
            // Then the note is the address: `Branch Office 1: ...`.
            it.address("ADDRESS/NOTE", &[&note], "", "");
        } else {
            it.address("ADDRESS", &parts, &city, &country);
            it.note("ADDRESS/NOTE", &note);
        }
    }
    it.note("COMMENTS1", &raw.text("COMMENTS1"));
    for (leaf, word) in [("SUBMITTED_BY", "Submitted by"), ("SUBMITTED_ON", "Submitted on")] {
        for text in raw.values(leaf) {
            it.note(leaf, &format!("{word} {text}"));
        }
    }
}

fn birth_dates(it: &mut Draft<'_>, part: &Part<'_>) {
    const FIELD: &str = "DATE_OF_BIRTH";
    let note = part.text("NOTE");
    let lower = note.to_ascii_lowercase();
    let circa = part.text("TYPE_OF_DATE").eq_ignore_ascii_case("approximately") || lower.contains("approx");
    let mark = |it: PartialDate| if circa { it.circa() } else { it };
    let mut used_note = matches!(lower.as_str(), "approximately" | "approx.");
    let mut found: Vec<PartialDate> = Vec::new();
    for text in part.texts("DATE") {
        match PartialDate::parse(&text) {
            Ok(date) => found.push(date),
            Err(_) => it.birth_date(FIELD, &text),
        }
    }
    for text in part.texts("YEAR") {
        // `1958` with the note `Sep.` is September 1958.
        let month = PartialDate::parse(&format!("{note} {text}"))
            .ok()
            .filter(|_| !note.is_empty());
        used_note |= month.is_some();
        match month.map_or_else(|| PartialDate::parse(&text), Ok) {
            Ok(date) if found.iter().any(|it| it.from.year() == date.from.year()) => {}
            Ok(date) => found.push(date),
            Err(_) => it.birth_date(FIELD, &text),
        }
    }
    let (from, to) = (part.text("FROM_YEAR"), part.text("TO_YEAR"));
    match (year(&from), year(&to)) {
        (Some(a), Some(b)) => match PartialDate::range(a, b) {
            Ok(date) => found.push(date),
            Err(_) => it.birth_date(FIELD, &format!("{from} to {to}")),
        },
        (None, None) if from.is_empty() && to.is_empty() => {}
        _ => it.birth_date(FIELD, if to.is_empty() { &from } else { &to }),
    }
    if found.is_empty() && !note.is_empty() && from.is_empty() && to.is_empty() {
        match PartialDate::parse(&with_year(&note)) {
            Ok(date) => {
                used_note = true;
                found.push(date);
            }
            Err(_) => {
                used_note = true;
                it.birth_date(FIELD, &note);
            }
        }
    }
    for date in found {
        it.birth(FIELD, mark(date));
    }
    if !used_note {
        it.note("DATE_OF_BIRTH/NOTE", &note);
    }
}

/// `Between Aug. and Sep. 1977`: the first month has the year of the second one.
fn with_year(text: &str) -> String {
    match text.split_once(" and ") {
        Some((a, b)) if !a.bytes().any(|it| it.is_ascii_digit()) => match b.rsplit_once(' ') {
            Some((_, year)) => format!("{a} {year} and {b}"),
            None => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

fn year(text: &str) -> Option<CivilDate> {
    CivilDate::new(text.parse().ok()?, None, None).ok()
}

/// The kind of a document by the words of its two type fields.
fn document_kind(label: &str) -> IdentifierKind {
    let lower = label.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    if has(&["passport", "passeport", "pasaporte"]) {
        IdentifierKind::Passport
    } else if has(&["fiscal", "tax", "nif"]) {
        IdentifierKind::TaxId
    } else if has(&[
        "certificate",
        "driver",
        "permit",
        "ration",
        "military",
        "student",
        "voter",
        "resident",
        "serviceman",
        "fardc",
        "other id",
        "refugee",
        "travel document",
        "residence",
    ]) {
        IdentifierKind::Other(label.to_owned())
    } else if has(&[
        "national id",
        "national number",
        "identity",
        "identification",
        "tazkira",
        "social security",
        "personalausweis",
        "national no",
        "civil",
        "national",
    ]) {
        IdentifierKind::NationalId
    } else {
        IdentifierKind::Other(label.to_owned())
    }
}

fn document(it: &mut Draft<'_>, part: &Part<'_>) {
    const FIELD: &str = "DOCUMENT";
    let note = part.text("NOTE");
    let (first, second) = (part.text("TYPE_OF_DOCUMENT"), part.text("TYPE_OF_DOCUMENT2"));
    let published = part.text("NUMBER");
    let issuers = [part.text("ISSUING_COUNTRY"), part.text("COUNTRY_OF_ISSUE")];
    // The second type is the narrower one; `number:` alone says nothing.
    let narrow = trim_label(&second);
    let broad = trim_label(&first);
    let label = if narrow.is_empty() { &broad } else { &narrow };
    // A number in the second type (`tazkira number 57388`) or in the note (`Tunisian passport number L723315, issued on ...`).
    let (number, from) = if !published.is_empty() {
        (bare_number(&published), published.as_str())
    } else if second.bytes().any(|it| it.is_ascii_digit()) {
        (bare_number(&second), second.as_str())
    } else {
        (marked_number(&note).unwrap_or_default(), note.as_str())
    };
    // The words around the number may name its country: `French passport number ...`, `Jordan 286062`.
    let mut issuer = issuers.iter().find(|it| !it.is_empty()).cloned().unwrap_or_default();
    let mut number = number;
    if let Some((head, rest)) = number.split_once(' ')
        && head.len() > 3
        && draft::country(head).is_some()
    {
        if issuer.is_empty() {
            issuer = head.to_owned();
        }
        number = rest.to_owned();
    }
    if issuer.is_empty() && from != number {
        issuer = from
            .split([' ', ','])
            .find(|it| it.len() > 3 && draft::country(it).is_some())
            .unwrap_or_default()
            .to_owned();
    }
    let kind = match document_kind(label) {
        // Only the note or the number names the kind: `Italian Fiscal Code: ...`, `Libyan passport No. ...`.
        IdentifierKind::Other(it) if it.is_empty() => document_kind(from),
        IdentifierKind::NationalId => match document_kind(&note) {
            IdentifierKind::TaxId => IdentifierKind::TaxId,
            _ => IdentifierKind::NationalId,
        },
        it => it,
    };
    let lower = note.to_ascii_lowercase();
    let bad = [
        "cancelled",
        "revoked",
        "stolen",
        "lost",
        "fraudulent",
        "false",
        "forged",
        "fake",
        "misuse",
    ]
    .iter()
    .any(|word| lower.contains(word) || second.to_ascii_lowercase().contains(word));
    if !number.is_empty() {
        it.identifier(FIELD, kind, &number, &issuer, bad);
    }
    // What stands around the number stays readable, all of it on one line.
    let (city, date) = (part.text("CITY_OF_ISSUE"), part.text("DATE_OF_ISSUE"));
    let plain = number == published && [&second, &city, &date, &note].iter().all(|it| it.is_empty());
    if !plain {
        let told = [
            &first,
            &second,
            &published,
            &issuers[0],
            &issuers[1],
            &city,
            &date,
            &note,
        ];
        let told: Vec<&str> = told
            .into_iter()
            .filter(|it| !it.is_empty())
            .map(String::as_str)
            .collect();
        it.note(FIELD, &told.join(", "));
    }
}

/// The words of a label without a number in it, without `number` and punctuation at its end.
fn trim_label(text: &str) -> String {
    let words: Vec<&str> = text
        .split(' ')
        .take_while(|it| !it.bytes().any(|it| it.is_ascii_digit()))
        .collect();
    let mut out = words.join(" ").trim().to_owned();
    loop {
        let lower = out.to_ascii_lowercase();
        let cut = [":", ".", ",", " number", " no", " numbers"]
            .iter()
            .find(|it| lower.ends_with(**it));
        match cut {
            Some(it) => out.truncate(out.len() - it.len()),
            None => break,
        }
    }
    if out.eq_ignore_ascii_case("number") {
        String::new()
    } else {
        out
    }
}

/// The number without what is put before it (`French passport number 05AT521433`) or behind it (`563210184 (Expires 2018)`).
fn bare_number(text: &str) -> String {
    if let Some(it) = marked_number(text) {
        return it;
    }
    let head = match text.split_once(" (") {
        Some((head, _)) if head.bytes().any(|it| it.is_ascii_digit()) => head,
        _ => text,
    };
    head.trim().trim_end_matches([',', '.', ';']).to_owned()
}

/// What stands behind `number` or `no.`, up to a comma or to the words on its issue.
fn marked_number(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (at, mark) = ["number: ", "number ", "no. ", "no: ", "code: ", "ssn ", "card "]
        .iter()
        .filter_map(|it| Some((lower.find(it)?, it)))
        .filter(|(at, _)| *at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric())
        .max_by_key(|it| it.0 + it.1.len())?;
    let rest = text.get(at + mark.len()..)?;
    let end = [",", ";", " issued", " under", " expire", " ("]
        .iter()
        .filter_map(|it| rest.find(it))
        .min()
        .unwrap_or(rest.len());
    let number = rest.get(..end)?.trim().trim_end_matches('.');
    number.bytes().any(|it| it.is_ascii_digit()).then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        assert_eq!(split_alias(text), expect, "`{text}`");
    }

    #[test]
    fn aliases() {
        check("Abu Ali", &["Abu Ali"]);
        check("Abu Ali; Abu Aly;Aboo Ali", &["Abu Ali", "Abu Aly", "Aboo Ali"]);
        check(
            "Abu Ali; Abu Aly b) A. Ali; M. Ali",
            &["Abu Ali", "Abu Aly", "A. Ali", "M. Ali"],
        );
        check("Lom-ali Butayev (Butaev)", &["Lom-ali Butayev (Butaev)"]);
        check("حسن (Hassan; Hasan)", &["حسن", "Hassan", "Hasan"]);
        check("Hassan (حسن)", &["Hassan", "حسن"]);
        check(
            "The Front (TF) (الجبهة (original script); Front)",
            &["The Front (TF)", "الجبهة", "Front"],
        );
        check("Open (A; B", &["Open", "A", "B"]);
        check("); (", &[]);
        check("", &[]);
    }

    #[test]
    fn numbers() {
        assert_eq!(bare_number("French passport number 05AT521433"), "05AT521433");
        assert_eq!(bare_number("563210184 (Expires 18 Jun. 2018)"), "563210184");
        assert_eq!(bare_number("D 001206"), "D 001206");
        assert_eq!(
            marked_number("Tunisian passport number L723315, issued on 5 May 1998"),
            Some("L723315".to_owned())
        );
        assert_eq!(marked_number("expired on 4 May 2003"), None);
        assert_eq!(trim_label("national identity card no. "), "national identity card");
        assert_eq!(trim_label("number: "), "");
        assert_eq!(spellings("Yunis A; Younis B"), ["Yunis A", "Younis B"]);
        assert_eq!(spellings("born in 1973; lives"), Vec::<String>::new());
    }
}
