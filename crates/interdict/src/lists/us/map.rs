//! What the entries of the two US files mean.

use std::sync::Arc;

use std::collections::BTreeSet;

use super::record::{Entry, Place};
use crate::entity::{
    Authority, CivilDate, Entity, Listing, Measure, NameKind, Other, PartialDate, PartyName, Relation, RelationKind,
    Schema, Severity,
};
use crate::lists::draft::{Draft, one_line};
use crate::lists::ofac::map::{self as ofac, Fields};
use crate::lists::ofac::record::RawValue;

/// Where values of OFAC's labels stand in these files.
const FIELDS: Fields = Fields {
    name: "name",
    alias: "alt_names",
    address: "addresses",
    title: "title",
    value: "ids",
    remarks: "remarks",
};

/// One of the lists of which the file is made up: the code in its title, who keeps it, what it does, its topic.
struct Source {
    code: &'static str,
    authority: Authority,
    measure: Measure,
    topic: &'static str,
}

/// The list that `source` names (`Entity List (EL) - Bureau of Industry and Security`); `None` for one that is not known.
fn source(name: &str) -> Option<Source> {
    use Authority as A;
    use Measure as M;
    let table = [
        ("SDN", A::UsOfac, M::Freeze, "sanction"),
        ("SSI", A::UsOfac, M::Sectoral, "sanction"),
        ("CMIC", A::UsOfac, M::Sectoral, "sanction"),
        ("NS-MBS List", A::UsOfac, M::Sectoral, "sanction"),
        ("CAP", A::UsOfac, M::Correspondent, "sanction"),
        ("FSE", A::UsOfac, M::Other, "sanction"),
        ("PLC", A::UsOfac, M::Other, "sanction"),
        ("EL", A::UsBis, M::Export, "export.control"),
        ("DPL", A::UsBis, M::Export, "export.control"),
        ("UVL", A::UsBis, M::Export, "export.control"),
        ("MEU", A::UsBis, M::Export, "export.control"),
        ("DTC", A::UsState, M::Export, "debarment"),
        ("ISN", A::UsState, M::Export, "sanction"),
    ];
    let code = code(name);
    table
        .into_iter()
        .find(|it| it.0 == code)
        .map(|(code, authority, measure, topic)| Source {
            code,
            authority,
            measure,
            topic,
        })
}

/// What stands in the first brackets of a source's name.
fn code(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|it| it.1.split_once(')'));
    inner.map_or(name, |it| it.0)
}

/// The type of record, for counts: the list, and the publisher's type where there is one.
pub fn kind(entry: &Entry) -> String {
    format!("{} {}", code(&entry.source), entry.kind).trim().to_lowercase()
}

/// Whether an entry had ended on a day on which the file existed.
pub fn ended(entry: &Entry, of: Option<CivilDate>) -> bool {
    let end = understood(&entry.end).filter(|_| !before_its_start(entry));
    end.zip(of).is_some_and(|(end, of)| end.day_span().1 < of.day_span().0)
}

/// An end that lies before the start: one of the two is wrong, so that it ends nothing.
fn before_its_start(entry: &Entry) -> bool {
    let both = understood(&entry.start).zip(understood(&entry.end));
    both.is_some_and(|(start, end)| end.day_span().1 < start.day_span().0)
}

/// Makes an entity of the entries of one key; `None`, with a problem, where none has a name.
pub fn entity(
    entries: &[Entry],
    list: &str,
    of: Option<CivilDate>,
    taken: &mut BTreeSet<String>,
    problems: &mut Vec<crate::entity::Problem>,
) -> Option<Entity> {
    let first = entries.first()?;
    let mut it = Draft::new(list, &first.key, Schema::LegalEntity, problems);
    for entry in entries {
        facts(&mut it, entry);
        listing(&mut it, entry, list, of);
    }
    if it.entity.party.names.is_empty() {
        it.problem(Severity::Loss, "name", &first.place, "an entry without a name");
        return None;
    }
    Some(it.finish(taken))
}

fn facts(it: &mut Draft<'_>, entry: &Entry) {
    it.entity.party.schema = schema(it, entry);
    names(it, entry);
    for (field, text) in &entry.nationalities {
        it.nationality(field, text);
    }
    for text in &entry.births {
        it.birth_date("dates_of_birth", text);
    }
    for text in &entry.birth_places {
        it.birth_place("places_of_birth", text);
    }
    for text in &entry.titles {
        it.position("title", text);
    }
    for place in &entry.addresses {
        address(it, place);
    }
    let ship = entry.ship.iter().map(|(label, value)| RawValue {
        label: Arc::from(*label),
        value: value.clone(),
        ..RawValue::default()
    });
    let ids = entry.ids.iter().map(|id| RawValue {
        label: Arc::from(id.label.as_str()),
        value: id.number.clone(),
        country: Arc::from(id.country.as_str()),
        detail: id.dates.clone(),
        ..RawValue::default()
    });
    for value in ship.chain(ids).filter(|it| !it.value.trim().is_empty()) {
        if value.label.is_empty() {
            it.note("ids", &value.value);
        } else {
            ofac::labelled(it, &value, &FIELDS);
        }
    }
    for (field, text) in &entry.texts {
        if *field == "remarks" && !text.is_empty() {
            remarks(it, text);
        } else if !text.is_empty() {
            it.note(field, &format!("{field}: {text}"));
        }
    }
}

fn schema(it: &mut Draft<'_>, entry: &Entry) -> Schema {
    let known = it.entity.party.schema;
    match entry.kind.to_ascii_lowercase().as_str() {
        "individual" => Schema::Person,
        "entity" => Schema::Organization,
        "vessel" => Schema::Vessel,
        "aircraft" => Schema::Airplane,
        // Commerce and State do not say whether it is a person or an organisation.
        "" if person(&entry.name) => Schema::Person,
        "" => known,
        _ => {
            it.problem(
                Severity::Notice,
                "type",
                &entry.kind,
                "a type that is not known; read as a person or an organisation",
            );
            known
        }
    }
}

/// `Igor Aleksandrovich Michurin (Russian individual)`.
fn person(name: &str) -> bool {
    brackets(name).any(|(_, inner)| inner.contains("individual"))
}

/// What stands in brackets, without and with them, of those that hold no others.
fn brackets(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut open = None;
    name.match_indices(['(', '[', ')', ']']).filter_map(move |(at, it)| {
        if matches!(it, "(" | "[") {
            open = Some(at);
            return None;
        }
        let from = open.take()?;
        Some((name.get(from..=at)?, name.get(from + 1..at)?))
    })
}

fn names(it: &mut Draft<'_>, entry: &Entry) {
    let ofac = source(&entry.source).is_some_and(|it| it.authority == Authority::UsOfac);
    let all = std::iter::once(("name", entry.name.as_str(), NameKind::Primary)).chain(
        entry
            .aliases
            .iter()
            .map(|it| ("alt_names", it.as_str(), NameKind::Alias)),
    );
    for (field, text, kind) in all {
        let text = one_line(&quotes(it, field, text));
        if ofac {
            // `LAST, First` for persons, as in OFAC's own files.
            let name = if it.entity.party.schema == Schema::Person {
                PartyName::from_inverted(&text)
            } else {
                PartyName::new(text)
            };
            it.name(field, name.kind(kind));
            continue;
        }
        for (text, kind) in taken_apart(it, field, &text, kind) {
            it.name(field, PartyName::new(text.as_str()).kind(kind));
            if text.contains('?') {
                it.problem(
                    Severity::Notice,
                    field,
                    &text,
                    "a letter or a quote that was lost before publication stands as `?`; also kept without it",
                );
                let mended = mended(&text);
                it.name(field, PartyName::new(mended).kind(NameKind::Alias));
            }
        }
    }
}

/// The text with the characters that stand for Windows-1252 bytes (`Xi\u{92}an` is `Xi’an`) as what they were.
fn quotes(it: &mut Draft<'_>, field: &'static str, text: &str) -> String {
    let lost = |it: char| ('\u{80}'..='\u{9f}').contains(&it);
    if !text.contains(lost) {
        return text.to_owned();
    }
    it.problem(
        Severity::Notice,
        field,
        text,
        "a control character where Windows-1252 has a letter or a quote: read as that",
    );
    let byte = |it: char| u8::try_from(u32::from(it)).unwrap_or(b'?');
    text.chars()
        .map(|it| match it {
            it if lost(it) => encoding_rs::WINDOWS_1252.decode(&[byte(it)]).0.into_owned(),
            it => it.to_string(),
        })
        .collect()
}

/// Words that widen an entry to others than the one that it names.
const WIDER: [&str; 5] = [
    " and any successor",
    " and its sub-units",
    " and all subsidiaries",
    " and any subsidiary",
    " and its successors",
];

/// Marks of another name within a name.
const MARKS: [(&str, NameKind); 9] = [
    ("a.k.a.,", NameKind::Alias),
    ("a.k.a.", NameKind::Alias),
    ("a.k.a", NameKind::Alias),
    ("aka ", NameKind::Alias),
    ("f.k.a.,", NameKind::Former),
    ("f.k.a.", NameKind::Former),
    ("formerly known as ", NameKind::Former),
    ("n.k.a.,", NameKind::Current),
    ("n.k.a.", NameKind::Current),
];

fn mark(text: &str) -> Option<(&str, NameKind)> {
    MARKS
        .iter()
        .find_map(|(mark, kind)| Some((text.strip_prefix(mark)?.trim(), *kind)))
}

/// The names that Commerce and State pack into one: `X, f.k.a., Y`, `X [aka Y]`, `and X`, `X and any successor, sub-unit, or subsidiary
/// thereof`, `X (Russian individual)`. What is cut off is kept as a note.
fn taken_apart(it: &mut Draft<'_>, field: &'static str, whole: &str, kind: NameKind) -> Vec<(String, NameKind)> {
    let mut out = Vec::new();
    let mut base = whole.to_owned();
    for wider in WIDER {
        if let Some(at) = base.find(wider) {
            it.note(field, whole);
            base.truncate(at);
            base.truncate(base.trim_end_matches([',', ' ']).len());
        }
    }
    let mut more: Vec<(String, NameKind)> = Vec::new();
    // One pass, and one note, however many brackets there are.
    let (mut kept, mut rest, mut noted) = (String::new(), base.as_str(), false);
    for (with, inner) in brackets(&base) {
        if let Some((names, kind)) = mark(inner) {
            more.extend(names.split(';').map(|it| (it.trim().to_owned(), kind)));
        } else if inner.contains("individual") {
            noted = true;
        } else {
            continue;
        }
        if let Some((before, behind)) = rest.split_once(with) {
            kept.push_str(before);
            kept.push(' ');
            rest = behind;
        }
    }
    kept.push_str(rest);
    base = kept;
    if noted {
        it.note(field, whole);
    }
    for (mark, kind) in MARKS {
        if let Some((head, tail)) = base.clone().split_once(mark)
            && (head.is_empty() || head.ends_with([' ', ',']))
        {
            more.push((tail.trim().to_owned(), kind));
            base = head.to_owned();
        }
    }
    // The last of a list of aliases.
    let base = base.strip_prefix("and ").unwrap_or(&base);
    let tidy = |it: &str| one_line(it.trim().trim_matches([',', ';']).trim());
    out.push((tidy(base), kind));
    out.extend(more.iter().map(|(text, kind)| (tidy(text), *kind)));
    out.retain(|it| !it.0.is_empty());
    out
}

/// The name without its `?`: nothing between two letters (`Academy?s`), a blank elsewhere.
fn mended(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let letter = |at: Option<usize>| at.and_then(|it| all.get(it)).is_some_and(|it| it.is_alphabetic());
    let mut out = String::new();
    for (at, it) in all.iter().enumerate() {
        match it {
            '?' if letter(at.checked_sub(1)) && letter(Some(at + 1)) => {}
            '?' => out.push(' '),
            it => out.push(*it),
        }
    }
    one_line(&out)
}

fn address(it: &mut Draft<'_>, place: &Place) {
    let country = if place.country == "PRC" {
        "CN"
    } else {
        place.country.as_str()
    };
    let parts: Vec<String> = place
        .parts
        .iter()
        .map(|it| one_line(it))
        .filter(|it| !it.is_empty())
        .collect();
    if parts.is_empty() {
        it.country("addresses", country);
    } else {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        it.address("addresses", &parts, &place.city, country);
    }
}

/// `(Linked To: A; Linked To: B)` names other parties; all else is text.
fn remarks(it: &mut Draft<'_>, text: &str) {
    let mut links = Vec::new();
    for piece in text.split(';').map(|it| it.trim().trim_start_matches('(')) {
        if let Some(other) = piece.strip_prefix("Linked To: ") {
            // The bracket of the whole, unless it belongs to the name: `(Linked To: CORPS (IRGC))`.
            let open = other.matches('(').count();
            let close = other.matches(')').count();
            links.push(if close > open {
                other.strip_suffix(')').unwrap_or(other)
            } else {
                other
            });
        } else {
            links.clear();
            break;
        }
    }
    for other in &links {
        let relation = Relation::new(RelationKind::Linked, "Linked To", Other::Name(other.trim().to_owned()));
        it.relation("remarks", relation);
    }
    if links.is_empty() {
        it.note("remarks", text);
        for piece in text.split("Linked To: ").skip(1) {
            let other = piece.split(';').next().unwrap_or(piece).trim();
            let other = if other.matches(')').count() > other.matches('(').count() {
                other.strip_suffix(')').unwrap_or(other)
            } else {
                other
            };
            let relation = Relation::new(RelationKind::Linked, "Linked To", Other::Name(other.to_owned()));
            it.relation("remarks", relation);
        }
    }
}

fn listing(it: &mut Draft<'_>, entry: &Entry, list: &str, of: Option<CivilDate>) {
    let known = source(&entry.source);
    if known.is_none() {
        it.problem(
            Severity::Notice,
            "source",
            &entry.source,
            "a list that is not known: its authority is named as it is, and what it does is taken for `other`",
        );
    }
    let (authority, mut measure, topic, code) = match known {
        Some(it) => (it.authority, it.measure, it.topic, it.code),
        None => (Authority::Other(entry.source.clone()), Measure::Other, "sanction", ""),
    };
    // Executive Order 13382 blocks property; the acts on non-proliferation bar exports, finance and procurement.
    if code == "ISN" && entry.programmes.iter().any(|it| it.contains("13382")) {
        measure = Measure::Freeze;
    }
    let since = date(it, "start_date", &entry.start);
    let end = date(it, "end_date", &entry.end);
    if end.is_some() {
        it.note("end_date", &format!("{}: until {}", entry.source, entry.end));
    }
    if before_its_start(entry) {
        let message = "an end before the start: kept as a note, the entry counts as in force";
        it.problem(Severity::Notice, "end_date", &entry.end, message);
    }
    if ended(entry, of) {
        it.problem(
            Severity::Notice,
            "end_date",
            &entry.end,
            "had ended when the file was made: kept, without effect",
        );
        measure = Measure::None;
    }
    let mut programmes = entry.programmes.clone();
    if programmes.is_empty() {
        // Commerce and the ITAR name no programme: the list is one.
        let title = entry.source.split(" - ").next().unwrap_or(&entry.source);
        programmes.push(title.to_owned());
    } else {
        it.note("source", &format!("source: {}", entry.source));
    }
    let urls: BTreeSet<&String> = entry.urls.iter().filter(|it| !it.is_empty()).collect();
    let reference = if entry.number.is_empty() {
        &entry.key
    } else {
        &entry.number
    };
    let listing = Listing {
        authority,
        list: list.to_owned(),
        reference: reference.clone(),
        programmes,
        measures: vec![measure],
        legal_basis: (!entry.notice.is_empty()).then(|| entry.notice.clone()),
        since,
        url: entry.urls.iter().find(|it| !it.is_empty()).cloned(),
    };
    if urls.len() > 1
        && let Some(it_url) = entry.urls.last()
    {
        it.note("source_information_url", it_url);
    }
    if !it.entity.listings.contains(&listing) {
        it.entity.listings.push(listing);
    }
    if !it.entity.topics.iter().any(|it| it == topic) {
        it.entity.topics.push(topic.to_owned());
    }
}

/// No list of these is older.
const EARLIEST: i16 = 1900;

/// A date as these files write it. With slashes it is not told which of day and month comes first; `0097-06-30` is a day of 1997.
pub fn understood(text: &str) -> Option<PartialDate> {
    let date = PartialDate::parse(text).ok().filter(|_| !text.contains('/'));
    date.filter(|it| it.from.year() >= EARLIEST)
}

fn date(it: &mut Draft<'_>, field: &'static str, text: &str) -> Option<PartialDate> {
    if text.is_empty() {
        return None;
    }
    let date = understood(text);
    if date.is_none() {
        it.note(field, &format!("{field}: {text}"));
        it.problem(Severity::Notice, field, text, "not a date that exists; kept as a note");
    }
    date
}
