//! What the rows of DFAT's list mean: which are one party, and what it is.

use std::collections::BTreeSet;

use super::LIST;
use super::record::Row;
use crate::entity::{
    Authority, IdentifierKind, Listing, Measure, NameKind, PartialDate, PartyName, Problem, Schema, Severity,
};
use crate::lists::cells::imo_in;
use crate::lists::dates;
use crate::lists::draft::{Draft, country};
use crate::lists::{Parsed, cells};

/// Nobody younger than this is listed; it tells the century of a year of two digits.
const YOUNGEST: i16 = 12;

/// Only so many parties of one number are looked through for the one that a row belongs to, the last ones: the cost stays linear.
const MAX_OPEN: usize = 32;
/// Only so many names of a party are compared with a second primary name.
const MAX_NAMES: usize = 32;

/// A party in the making: its rows, and what is compared with further ones.
#[derive(Default)]
struct Group<'a> {
    rows: Vec<&'a Row>,
    kind: String,
    line: u32,
    primary: bool,
    control_dates: BTreeSet<&'a str>,
    birth_dates: BTreeSet<&'a str>,
    words: BTreeSet<String>,
    names: Vec<BTreeSet<String>>,
}

impl<'a> Group<'a> {
    fn fits(&self, row: &Row, words: &BTreeSet<String>) -> bool {
        let kind = row.get("type");
        if !kind.is_empty() && !self.kind.is_empty() && !self.kind.eq_ignore_ascii_case(kind) {
            return false;
        }
        let same_word = words.iter().any(|it| self.words.contains(it));
        if row.primary() && self.primary {
            // One word is not enough: `Mohammed` stands in the names of two strangers.
            let dated =
                |all: &BTreeSet<&str>, column: &str| !row.get(column).is_empty() && all.contains(row.get(column));
            return same_word
                && (dated(&self.control_dates, "control_date")
                    || dated(&self.birth_dates, "date_of_birth")
                    || self.names.iter().any(|it| it.intersection(words).nth(1).is_some()));
        }
        same_word || self.line + 1 == row.line || self.control_dates.contains(row.get("control_date"))
    }

    fn add(&mut self, row: &'a Row, words: BTreeSet<String>) {
        self.rows.push(row);
        if self.kind.is_empty() {
            row.get("type").clone_into(&mut self.kind);
        }
        self.line = row.line;
        self.primary |= row.primary();
        self.control_dates.insert(row.get("control_date"));
        self.birth_dates.insert(row.get("date_of_birth"));
        self.words.extend(words.iter().cloned());
        if self.names.len() < MAX_NAMES && !self.names.contains(&words) {
            self.names.push(words);
        }
    }
}

/// Divides the rows of one number into parties.
///
/// A second primary name begins another party, unless it shares two words with one of its names, or one word and the control date or
/// the birth date; a notice says that it was united. Any other row belongs to a party of its type that it follows, or that has its
/// control date, or with which it shares a word; a row that does none of that is a party of its own.
pub(super) fn parties<'a>(rows: &[&'a Row], parsed: &mut Parsed) -> Vec<Vec<&'a Row>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for row in rows {
        let words = words(row);
        let from = groups.len().saturating_sub(MAX_OPEN);
        // The one begun last first: it is the one whose rows go on.
        match groups.iter_mut().skip(from).rev().find(|it| it.fits(row, &words)) {
            Some(it) => {
                if row.primary() && it.primary {
                    let message =
                        "a second primary name of one number: taken as another name of the party, which it resembles";
                    parsed.problems.push(Problem::new(
                        Severity::Notice,
                        row.get("reference"),
                        "name_type",
                        row.get("name"),
                        message,
                    ));
                }
                it.add(row, words);
            }
            None => {
                let mut group = Group::default();
                group.add(row, words);
                groups.push(group);
            }
        }
    }
    let out: Vec<Vec<&Row>> = groups.into_iter().map(|it| it.rows).collect();
    if out.len() > 1 {
        for party in out.iter().skip(1) {
            let Some(first) = party.first() else { continue };
            let message =
                "the number stands for another party, too: its rows contradict those before and are not united";
            parsed.problems.push(Problem::new(
                Severity::Notice,
                first.get("reference"),
                "reference",
                first.get("name"),
                message,
            ));
        }
    }
    out
}

fn words(row: &Row) -> BTreeSet<String> {
    any_ascii::any_ascii(row.get("name"))
        .to_ascii_lowercase()
        .split(|it: char| !it.is_ascii_alphanumeric())
        .filter(|it| it.len() > 2)
        .map(str::to_owned)
        .collect()
}

/// Makes the entity of a party. `first` says whether it is the first one of its number.
pub(super) fn add(rows: &[&Row], first: bool, taken: &mut BTreeSet<String>, parsed: &mut Parsed) {
    let main = rows.iter().find(|it| it.primary()).or_else(|| rows.first());
    let Some(main) = main else { return };
    let number = main.number().unwrap_or_default().to_string();
    let key = if first { number.as_str() } else { main.get("reference") };
    let kind = rows
        .iter()
        .map(|it| it.get("type"))
        .find(|it| !it.is_empty())
        .unwrap_or("");
    let mut problems = Vec::new();
    let schema = match kind.to_lowercase().as_str() {
        "individual" => Schema::Person,
        "entity" => Schema::Organization,
        "vessel" => Schema::Vessel,
        other => {
            let message = "a type that is not known: read as a person or an organisation";
            problems.push(Problem::new(Severity::Notice, key, "type", other, message));
            Schema::LegalEntity
        }
    };
    let mut draft = Draft::new(LIST, key, schema, &mut problems);
    if !rows.iter().any(|it| it.primary()) {
        let message = "a party without a primary name: the first of its names stands for it";
        draft.problem(Severity::Notice, "name_type", main.get("name"), message);
    }
    for row in rows {
        name(&mut draft, row, std::ptr::eq(*row, *main));
    }
    // The rows of a party repeat its cells: each is read once.
    let mut seen = BTreeSet::new();
    for row in rows {
        facts(&mut draft, row, &mut |column| {
            let cell = row.get(column);
            if seen.insert((column, cell)) { cell } else { "" }
        });
    }
    listing(&mut draft, rows, main);
    draft.entity.topics.push("sanction".to_owned());
    draft
        .entity
        .party
        .names
        .sort_by_key(|it| it.value.kind != NameKind::Primary);
    let entity = draft.finish(taken);
    parsed.problems.append(&mut problems);
    parsed.entities.push(entity);
    let kind = if kind.is_empty() {
        "(no type)".to_owned()
    } else {
        kind.to_lowercase()
    };
    for (kind, n) in [(kind.as_str(), 1), ("row", rows.len())] {
        let count = parsed.count(kind);
        count.records += n;
        count.entities += n;
    }
}

/// Adds the name of a row. Remarks stand inside the name: `Yassin Sywal (formerly listed as)`, `AA (initials)`.
fn name(draft: &mut Draft<'_>, row: &Row, main: bool) {
    const FIELD: &str = "Name of Individual or Entity";
    let text = row.get("name").trim_matches([' ', ',']);
    let stated = row.get("name_type").to_lowercase();
    let mut kind = match stated.as_str() {
        _ if main => NameKind::Primary,
        "primary name" | "aka" | "alias" | "a.k.a." | "original script" => NameKind::Alias,
        it if it.starts_with("formerly") || it.starts_with("previously") || it == "fka" => NameKind::Former,
        other => {
            let message = "a type of name that is not known: read as an alias";
            draft.problem(Severity::Notice, "name_type", other, message);
            NameKind::Alias
        }
    };
    let mut weak = match row.get("alias_strength").to_lowercase().as_str() {
        "weak" | "low" => true,
        "" | "strong" | "good" | "na" | "n/a" => false,
        other => {
            let message = "an alias strength that is not known: taken as strong";
            draft.problem(Severity::Notice, "alias_strength", other, message);
            false
        }
    };
    let mut text = text.to_owned();
    let mut other = None;
    if let Some((head, inner)) = text.strip_suffix(')').and_then(|it| it.rsplit_once('(')) {
        let lower = inner.to_lowercase();
        let listed = ["previously listed as", "formerly listed as"]
            .iter()
            .find(|it| lower.starts_with(**it));
        let head = head.trim().to_owned();
        if head.is_empty() {
            // Nothing but a bracket.
        } else if listed.is_some() {
            if kind != NameKind::Primary {
                kind = NameKind::Former;
            }
            // `(Previously listed as. In Arabic: ...)`.
            other = inner.split_once(':').map(|it| it.1.trim().to_owned());
            text = head;
        } else if matches!(lower.as_str(), "initials" | "call sign" | "nickname") {
            weak = true;
            text = head;
        } else if inner.chars().any(char::is_alphabetic) && inner.chars().all(|it| !it.is_ascii_alphabetic()) {
            // `Jin Tiesan (金铁三)`.
            other = Some(inner.trim().to_owned());
            text = head;
        }
    }
    // An ASCII prefix: its length is the same in any case.
    let prefix = text
        .to_ascii_lowercase()
        .starts_with("formerly known as ")
        .then_some("formerly known as ".len());
    if let Some(rest) = prefix.and_then(|it| text.get(it..)) {
        if kind != NameKind::Primary {
            kind = NameKind::Former;
        }
        text = rest.trim().to_owned();
    }
    let mut made = if draft.entity.party.schema == Schema::Person && inverted(&text) {
        PartyName::from_inverted(&text)
    } else {
        PartyName::new(text)
    };
    made = made.kind(kind).weak(weak);
    if stated == "original script" {
        made = made.language("original script");
    }
    draft.name(FIELD, made);
    if let Some(it) = other {
        draft.name(
            FIELD,
            PartyName::new(it).kind(NameKind::Alias).language("original script"),
        );
    }
}

/// `AHMED, Abubakar`: one word, or capitals, stand before the comma. `Ermias Ghermay, Guro` is two names of one order.
fn inverted(text: &str) -> bool {
    let Some((family, given)) = text.split_once(',') else {
        return false;
    };
    let one = !family.trim().contains(' ');
    let capitals = family.chars().all(|it| !it.is_lowercase());
    let suffix = given.trim().starts_with("III") || given.trim().starts_with("Jr");
    family.is_ascii() && (one || capitals) && !suffix && !given.contains(',')
}

fn facts<'a>(draft: &mut Draft<'_>, row: &Row, cell: &mut impl FnMut(&'static str) -> &'a str) {
    births(draft, cell("date_of_birth"), row.get("control_date"));
    for it in enumerated(cell("place_of_birth")) {
        for it in it.split(';').map(str::trim) {
            let it = it.strip_prefix("alt POB:").map_or(it, str::trim);
            if said(it) {
                draft.birth_place("Place of Birth", it);
            }
        }
    }
    for it in enumerated(cell("citizenship")) {
        citizenship(draft, &it);
    }
    for it in enumerated(cell("address")) {
        addresses(draft, &it);
    }
    draft.gender("Gender", cell("gender"));
    let more = cell("additional_information");
    draft.note("Additional Information", more);
    numbers(draft, more);
    let ship = cell("imo_number");
    if said(ship) {
        let number = imo_in(&format!("IMO {ship}")).unwrap_or_else(|| ship.to_owned());
        // A company has an IMO number of its own kind.
        let kind = match draft.entity.party.schema {
            Schema::Organization | Schema::Person => IdentifierKind::Other("IMO company number".to_owned()),
            _ => IdentifierKind::Imo,
        };
        draft.identifier("IMO Number", kind, &number, "", false);
    }
    draft.note("Listing Information", cell("listing_information"));
    for (column, text) in row.strange() {
        draft.note("other column", &format!("{column}: {text}"));
    }
}

fn said(text: &str) -> bool {
    !matches!(
        text.to_lowercase().as_str(),
        "" | "na" | "n/a" | "unknown" | "-" | "none"
    )
}

fn births(draft: &mut Draft<'_>, text: &str, control: &str) {
    const FIELD: &str = "Date of Birth";
    let control = PartialDate::parse(control).ok();
    let person = draft.entity.party.schema == Schema::Person;
    let latest = control.map(|it| it.from.year() - if person { YOUNGEST } else { 0 });
    let found = dates::read(text, latest);
    for it in &found.dates {
        if person {
            draft.birth(FIELD, *it);
        } else {
            draft.founded(FIELD, &it.to_string());
        }
    }
    if found.guessed {
        draft.note(FIELD, text);
        let message = "a year of two digits: read as the latest one in which a listed person can be born";
        draft.problem(Severity::Notice, FIELD, text, message);
    }
    if found.unread {
        draft.note(FIELD, text);
        let message = "a date that could not be read in full; kept as a note";
        draft.problem(Severity::Notice, FIELD, text, message);
    }
}

/// The items of `a) Mosul b) Tikrit`, with or without `;` between them; the whole text where no letter marks any.
fn enumerated(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mark = |at: usize| {
        let free = at == 0
            || !bytes
                .get(at - 1)
                .is_some_and(|it| it.is_ascii_alphanumeric() || *it >= 0x80);
        free && bytes.get(at).is_some_and(u8::is_ascii_lowercase) && bytes.get(at + 1) == Some(&b')')
    };
    let marks: Vec<usize> = (0..bytes.len()).filter(|it| mark(*it)).collect();
    let begins = marks.first().is_some_and(|it| bytes.get(*it) == Some(&b'a') && *it < 2);
    if !begins {
        return vec![text.trim().to_owned()];
    }
    let ends = marks.iter().skip(1).copied().chain([text.len()]);
    marks
        .iter()
        .zip(ends)
        .filter_map(|(from, to)| text.get(from + 2..to))
        .map(|it| it.trim_end_matches('(').trim_matches([' ', ';', ',']).to_owned())
        .filter(|it| !it.is_empty())
        .collect()
}

/// `Russian and Ukrainian`, `Turkish/Jordanian`, `Bosnia and Herzegovina`.
fn citizenship(draft: &mut Draft<'_>, text: &str) {
    const FIELD: &str = "Citizenship";
    if !said(text) {
        return;
    }
    if country(text).is_some() {
        draft.nationality(FIELD, text);
        return;
    }
    let pieces: Vec<&str> = text
        .split([';', '/', ','])
        .flat_map(|it| it.split(" and "))
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    if pieces.iter().all(|it| country(it).is_some()) {
        for it in pieces {
            draft.nationality(FIELD, it);
        }
    } else {
        draft.nationality(FIELD, text);
    }
}

/// The addresses of an item: what `;` and `>>` divide outside of brackets. A telephone number behind an address is a note.
fn addresses(draft: &mut Draft<'_>, item: &str) {
    const FIELD: &str = "Address";
    let mut pieces = vec![String::new()];
    let mut depth = 0_usize;
    for it in item.replace(">>", ";").chars() {
        match it {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match pieces.last_mut() {
            Some(last) if it != ';' || depth > 0 => last.push(it),
            _ => pieces.push(String::new()),
        }
    }
    for it in pieces.iter().map(|it| it.trim()).filter(|it| said(it)) {
        let lower = it.to_lowercase();
        if ["tel", "phone", "fax", "e-mail", "email", "mobile"]
            .iter()
            .any(|it| lower.starts_with(it))
        {
            draft.note(FIELD, it);
        } else {
            address(draft, it);
        }
    }
}

/// An address; its country is what stands behind its last comma, or its last words.
fn address(draft: &mut Draft<'_>, text: &str) {
    const FIELD: &str = "Address";
    let bare = text
        .split(" (")
        .next()
        .unwrap_or(text)
        .trim_end_matches(['.', ',', ' ']);
    // `..., Korea, North` has a comma inside its country, `Moscow 127994 Russia` none before it.
    let commas = bare.rmatch_indices(", ").map(|it| &bare[it.0 + 2..]).take(2);
    let words = bare.rmatch_indices(' ').map(|it| &bare[it.0 + 1..]).take(8);
    let words = words.filter(|it| it.len() > 3);
    let tail = std::iter::once(bare)
        .chain(commas)
        .chain(words)
        .filter(|it| country(it).is_some())
        .max_by_key(|it| it.len());
    match tail {
        Some(tail) => {
            let head = bare.strip_suffix(tail).unwrap_or("").trim_end_matches([',', ' ']);
            draft.address(FIELD, &[head], "", tail);
            if text.len() > bare.len() + 1 {
                draft.note(FIELD, text);
            }
        }
        None => {
            draft.address(FIELD, &[text], "", "");
            for it in cells::countries(text) {
                draft.country(FIELD, it.name());
            }
        }
    }
}

/// Document numbers, web sites and a ship's IMO number in the free text.
fn numbers(draft: &mut Draft<'_>, text: &str) {
    const FIELD: &str = "Additional Information";
    if draft.entity.party.schema == Schema::Vessel
        && let Some(it) = imo_in(text)
    {
        draft.identifier(FIELD, IdentifierKind::Imo, &it, "", false);
    }
    for word in text.split([' ', ',', ';', '(', ')']) {
        let word = word.trim_end_matches('.');
        let address = ["www.", "http://", "https://"].iter().any(|it| word.starts_with(it));
        // Notices that the UN and Interpol put out about hundreds of parties are nobody's own site.
        if address && !["interpol.int", "un.org"].iter().any(|it| word.contains(it)) {
            draft.identifier(FIELD, IdentifierKind::Website, word, "", false);
        }
    }
    for clause in text.split([';', '\u{2022}']).flat_map(|it| it.split(". ")) {
        let lower = clause.to_lowercase();
        let kind = if ["passport no", "passport number", "passport: "]
            .iter()
            .any(|it| lower.contains(it))
        {
            IdentifierKind::Passport
        } else if [
            "identification no",
            "identification number",
            "identity card",
            "identity no",
            "national id",
        ]
        .iter()
        .any(|it| lower.contains(it))
            && !lower.contains("company identification")
        {
            IdentifierKind::NationalId
        } else if lower.contains("company identification n") || lower.contains("registration number") {
            IdentifierKind::Registration
        } else if lower.contains("tax number") || lower.contains("tax identification") {
            IdentifierKind::TaxId
        } else {
            continue;
        };
        let bad = ["false", "forged", "fraudulent", "stolen", "lost"]
            .iter()
            .any(|it| lower.contains(it));
        for item in enumerated(clause.trim_start()) {
            if let Some(number) = cells::document_number(&item).filter(|it| it.len() > 4) {
                draft.identifier(FIELD, kind.clone(), &number, "", bad);
            }
        }
    }
}

fn listing(draft: &mut Draft<'_>, rows: &[&Row], main: &Row) {
    let mut programmes: Vec<String> = Vec::new();
    for it in rows.iter().map(|it| it.get("committees")).filter(|it| said(it)) {
        if !programmes.iter().any(|have| have == it) {
            programmes.push(it.to_owned());
        }
    }
    let information = main.get("listing_information");
    let instrument = main.get("instrument_of_designation");
    let basis = if said(instrument) { instrument } else { information };
    let mut measures = Vec::new();
    let columns = [
        ("targeted_financial_sanction", Measure::Freeze),
        ("travel_ban", Measure::Travel),
        ("arms_embargo", Measure::Arms),
        ("maritime_restriction", Measure::Maritime),
    ];
    for (column, measure) in columns {
        if rows.iter().any(|it| applies(it.get(column))) {
            measures.push(measure);
        }
    }
    let stated = rows
        .iter()
        .any(|row| columns.iter().any(|it| !row.get(it.0).is_empty()));
    if !stated {
        // The older form has no columns for them, or they say nothing: all of the list are targeted financial sanctions, and a declared person may not enter.
        measures.push(Measure::Freeze);
        let declared = information.contains("and Declared Persons") || information.contains("and declaration");
        if declared && draft.entity.party.schema == Schema::Person {
            measures.push(Measure::Travel);
        }
    } else if measures.is_empty() {
        measures.push(Measure::Other);
    }
    draft.entity.listings.push(Listing {
        authority: Authority::Au,
        list: LIST.to_owned(),
        reference: main.get("reference").to_owned(),
        programmes,
        measures,
        legal_basis: said(basis).then(|| basis.to_owned()),
        since: since(information),
        url: None,
    });
}

/// Anything but a word for no.
fn applies(cell: &str) -> bool {
    !matches!(
        cell.to_lowercase().as_str(),
        "" | "no" | "n" | "false" | "0" | "-" | "na" | "n/a" | "none"
    )
}

/// The first day in the text that is one of listing, not of listing again or of an amendment.
fn since(text: &str) -> Option<PartialDate> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut begin = 0;
    let mut at = 0;
    while at < words.len() {
        let found = [3, 1].into_iter().find_map(|n| {
            let window = words.get(at..at + n)?;
            let joined = window.join(" ");
            let joined = joined.trim_matches(|it: char| matches!(it, '(' | ')' | ',' | '.' | ';'));
            let date = PartialDate::parse(joined).ok()?;
            date.from.day().map(|_| (n, date))
        });
        let Some((n, date)) = found else {
            at += 1;
            continue;
        };
        let before = words.get(begin..at).unwrap_or_default().join(" ").to_lowercase();
        let again = ["relisted", "re-listed", "last listed", "amended", "afresh", "declared"]
            .iter()
            .any(|it| before.contains(it));
        if !again && (before.contains("listed") || before.contains("designated")) {
            return Some(date);
        }
        at += n;
        begin = at;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_listing() {
        for (text, expect) in [
            ("Listed on 2 Sep. 2014 (relisted on 1 Sep. 2017)", "2014-09-02"),
            (
                "Listed by UN 1267 Committee on 31 January 2001 (amended on 3 Sep. 2003)",
                "2001-01-31",
            ),
            (
                "Instrument of first listing: List 2001 (No. 2). Last listed on: 16/09/2022",
                "",
            ),
            (
                "Designated under the Autonomous Sanctions Regulations 2011 on 2 March 2012. Relisted on 12 January 2024.",
                "2012-03-02",
            ),
            (
                "Assets received on or after 23 May 2003 are not controlled. Listed under Resolution 1483 (2003)",
                "",
            ),
            ("", ""),
        ] {
            let got = since(text).map_or(String::new(), |it| it.to_string());
            assert_eq!(got, expect, "`{text}`");
        }
    }

    #[test]
    fn enumerations() {
        let shown = |it: &str| enumerated(it).join(" | ");
        assert_eq!(shown("a) Mosul b) Tikrit, Iraq"), "Mosul | Tikrit, Iraq");
        assert_eq!(shown("a) 1 b) 2 b) 3"), "1 | 2 | 3");
        assert_eq!(shown("(a) Mosul; (b) Tikrit"), "Mosul | Tikrit");
        assert_eq!(shown("Branch (b) of Mosul"), "Branch (b) of Mosul");
        assert_eq!(shown(""), "");
    }
}
