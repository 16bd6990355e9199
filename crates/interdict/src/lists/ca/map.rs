//! What the records of Canada's autonomous sanctions mean.

use std::collections::BTreeSet;

use super::LIST;
use super::aliases::{self, Alias};
use super::record::Record;
use crate::entity::{
    Authority, IdentifierKind, Listing, Measure, NameKind, PartialDate, PartyName, Problem, Schema, Severity,
};
use crate::lists::Parsed;
use crate::lists::dates;
use crate::lists::draft::Draft;

/// Nobody younger than this is listed; it tells the century of a year of two digits.
const YOUNGEST: i16 = 12;
/// A key of more characters than this is cut and gets a mark of all that it said.
const LONGEST_KEY: usize = 80;

/// Makes the entity of one record, or says why there is none.
pub(super) fn add(record: &Record, taken: &mut BTreeSet<String>, parsed: &mut Parsed) {
    let person = !record.last_name.is_empty() || !record.given_name.is_empty();
    let ship = !record.imo.is_empty() || (!record.entity.is_empty() && !record.title.is_empty());
    let (kind, schema) = match (person, ship) {
        (true, _) => ("individual", Schema::Person),
        (false, true) => ("ship", Schema::Vessel),
        (false, false) => ("entity", Schema::Organization),
    };
    if !person && record.entity.is_empty() {
        let message = "a record without a name";
        let at = format!("record {}: {}", record.at, record.place());
        parsed
            .problems
            .push(Problem::new(Severity::Loss, at, "", &record.aliases, message));
        let count = parsed.count(kind);
        count.records += 1;
        count.lost += 1;
        return;
    }
    let mut problems = Vec::new();
    let mut draft = Draft::new(LIST, &key(record), schema, &mut problems);
    if person {
        person_name(&mut draft, record);
        draft.position("TitleOrShip", &record.title);
        if !record.entity.is_empty() {
            draft.note("EntityOrShip", &record.entity);
            let message = "a person with the name of an entity, too: kept as a note";
            draft.problem(Severity::Notice, "EntityOrShip", &record.entity, message);
        }
    } else {
        entity_name(&mut draft, &record.entity);
        draft.note("TitleOrShip", &record.title);
    }
    let found = aliases::split(&record.aliases, person);
    for it in &found {
        match filled(it, record) {
            Some(name) => {
                draft.note("Aliases", &record.aliases);
                draft.name("Aliases", name);
            }
            None => draft.name("Aliases", alias(it)),
        }
    }
    date(&mut draft, record, person);
    if !record.imo.is_empty() {
        draft.identifier("ShipIMONumber", IdentifierKind::Imo, &record.imo, "", false);
    }
    for (name, text) in &record.strange {
        draft.note("other element", &format!("{name}: {text}"));
        draft.problem(
            Severity::Notice,
            name,
            text,
            "an element that is not known; kept as a note",
        );
    }
    listing(&mut draft, record);
    draft.entity.topics.push("sanction".to_owned());
    let entity = draft.finish(taken);
    parsed.problems.append(&mut problems);
    parsed.entities.push(entity);
    for (kind, n) in [(kind, 1), ("alias", found.len())] {
        if n > 0 {
            let count = parsed.count(kind);
            count.records += n;
            count.entities += n;
        }
    }
}

/// Regime and name in small Latin letters and digits. The regime is the head of its English name.
fn key(record: &Record) -> String {
    let regime = record.regime.split(" / ").next().unwrap_or("");
    let regime = regime.split(" (").next().unwrap_or("");
    let regime = if regime.starts_with("Justice for Victims") {
        "jvcfor"
    } else {
        regime
    };
    let whole = [
        regime,
        &record.last_name,
        &record.given_name,
        &record.entity,
        &record.imo,
    ]
    .join(" ");
    let mut out = String::new();
    for it in any_ascii::any_ascii(&whole).chars() {
        if it.is_ascii_alphanumeric() {
            out.push(it.to_ascii_lowercase());
        } else if matches!(it, '\'' | '`' | '"') {
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    let out = out.trim_end_matches('-');
    if out.len() <= LONGEST_KEY {
        return out.to_owned();
    }
    let mark = blake3::hash(out.as_bytes()).to_hex();
    format!("{}-{}", &out[..LONGEST_KEY - 9], &mark[..8])
}

/// `DIKIY (DIKY)`: the bracket is another spelling of the family name.
fn person_name(draft: &mut Draft<'_>, record: &Record) {
    const FIELD: &str = "GivenName, LastName";
    let (family, other) = match record.last_name.split_once('(') {
        Some((head, rest)) if !head.trim().is_empty() => (head.trim(), rest.trim_end_matches(')').trim()),
        _ => (record.last_name.as_str(), ""),
    };
    draft.name(FIELD, PartyName::from_parts(&record.given_name, family));
    if !other.is_empty() {
        draft.name(
            FIELD,
            PartyName::from_parts(&record.given_name, other).kind(NameKind::Alias),
        );
    }
}

/// `Plant X (also known as JSC X and X Works)`, `Iranian Army/Armée iranienne`.
fn entity_name(draft: &mut Draft<'_>, text: &str) {
    const FIELD: &str = "EntityOrShip";
    let lower = text.to_ascii_lowercase();
    let mark = ["(also known as ", "(a.k.a. ", "(formerly known as "]
        .iter()
        .find_map(|it| Some((lower.find(it)?, it.len(), it.starts_with("(formerly"))));
    let (name, others, former) = match mark {
        Some((at, length, former)) => {
            let (name, rest) = text.split_at(at);
            let rest = rest.get(length..).unwrap_or("");
            // The bracket is not always closed, and a part of the name may follow it.
            let (inner, behind) = match rest.rsplit_once(')') {
                Some((inner, behind)) => (inner, behind),
                None => (rest, ""),
            };
            (
                format!("{} {}", name.trim(), behind.trim()).trim().to_owned(),
                inner,
                former,
            )
        }
        None => (text.to_owned(), "", false),
    };
    let mut names = halves(&name);
    let first = names.remove(0);
    draft.name(FIELD, PartyName::new(first));
    for it in names {
        draft.name(FIELD, PartyName::new(it).kind(NameKind::Alias).language("French"));
    }
    let kind = if former { NameKind::Former } else { NameKind::Alias };
    for it in aliases::split(others, false) {
        // `JSC X and X Works` is two names, `Zaporizhzhia Iron and Steel Works` is one: both readings, the parts as weak.
        if let Some((a, b)) = it.text.split_once(" and ")
            && [a, b].iter().all(|it| it.contains(' '))
        {
            for part in [a, b] {
                draft.name(FIELD, PartyName::new(aliases::clean(part)).kind(kind).weak(true));
            }
        }
        draft.name(FIELD, alias(&it).kind(kind));
    }
}

/// The English and the French name that a slash divides; one where it does not.
fn halves(name: &str) -> Vec<String> {
    match name.split_once('/') {
        Some((english, french))
            if !french.contains('/')
                && english.trim().contains(' ')
                && french.trim().contains(' ')
                && english.matches('(').count() == english.matches(')').count() =>
        {
            vec![english.trim().to_owned(), french.trim().to_owned()]
        }
        _ => vec![name.to_owned()],
    }
}

/// `Sergei` beside `Sergey Ivanovich SHERBAKOV` spells one of his names otherwise: it is `Sergei Ivanovich SHERBAKOV`.
fn filled(it: &Alias, record: &Record) -> Option<PartyName> {
    if !it.part || !it.text.is_ascii() {
        return None;
    }
    let given: Vec<&str> = record.given_name.split(' ').collect();
    if alike(&it.text, &record.last_name) {
        return Some(PartyName::from_parts(&record.given_name, &it.text).kind(NameKind::Alias));
    }
    let at = given.iter().position(|have| alike(&it.text, have))?;
    let mut words = given;
    *words.get_mut(at)? = &it.text;
    Some(PartyName::from_parts(&words.join(" "), &record.last_name).kind(NameKind::Alias))
}

/// Whether two words have the most of their letters in common, at their beginning and end.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let least = a.len().min(b.len());
    let head = a.iter().zip(&b).take_while(|it| it.0 == it.1).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|it| it.0 == it.1).count();
    let same = (head + tail).min(least);
    least > 2 && same * 5 >= a.len().max(b.len()) * 3
}

fn alias(it: &Alias) -> PartyName {
    let name = PartyName::new(it.text.as_str()).kind(NameKind::Alias).weak(it.part);
    match &it.language {
        Some(language) => name.language(language.as_str()),
        None => name,
    }
}

fn date(draft: &mut Draft<'_>, record: &Record, person: bool) {
    const FIELD: &str = "DateOfBirthOrShipBuildDate";
    let listed = PartialDate::parse(&record.listed).ok();
    let latest = listed.map(|it| it.from.year() - if person { YOUNGEST } else { 0 });
    let found = dates::read(&record.date, latest);
    for it in &found.dates {
        if person {
            draft.birth(FIELD, *it);
        } else {
            draft.founded(FIELD, &it.to_string());
        }
    }
    if found.guessed {
        draft.note(FIELD, &record.date);
        let message = "a year of two digits: read as the latest one in which a listed person can be born";
        draft.problem(Severity::Notice, FIELD, &record.date, message);
    }
    if found.unread {
        draft.note(FIELD, &record.date);
        let message = "a date that could not be read in full; kept as a note";
        draft.problem(Severity::Notice, FIELD, &record.date, message);
    }
}

fn listing(draft: &mut Draft<'_>, record: &Record) {
    let since = PartialDate::parse(&record.listed).ok();
    if since.is_none() && !record.listed.is_empty() {
        draft.note("DateOfListing", &record.listed);
        let message = "a date that could not be read; kept as a note";
        draft.problem(Severity::Notice, "DateOfListing", &record.listed, message);
    }
    // Special Economic Measures (Russia) Regulations, SOR/2014-58: schedules 2 and 3 bar new debt and new capital, schedule 1.1 names
    // ships. Every other schedule of the file names those with whom nobody may deal.
    let measure = match (
        record.regime.split(" / ").next().unwrap_or(""),
        record.schedule.as_str(),
    ) {
        ("Russia", "2" | "3") => Measure::Sectoral,
        ("Russia", "1.1") => Measure::Maritime,
        _ => Measure::Freeze,
    };
    draft.entity.listings.push(Listing {
        authority: Authority::Ca,
        list: LIST.to_owned(),
        reference: record.place(),
        programmes: [&record.regime]
            .into_iter()
            .filter(|it| !it.is_empty())
            .cloned()
            .collect(),
        measures: vec![measure],
        legal_basis: None,
        since,
        url: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word() {
        for (a, b, expect) in [
            ("Sergei", "Sergey", true),
            ("Patruchev", "PATRUSHEV", true),
            ("Yevgeny", "Evgeny", true),
            ("Vasilievich", "Vasilyevich", true),
            ("Timati", "YUNUSOV", false),
            ("Alexander", "Andrei", false),
            ("Li", "Li", false), // too short to say
        ] {
            assert_eq!(alike(a, b), expect, "`{a}` `{b}`");
        }
    }
}
