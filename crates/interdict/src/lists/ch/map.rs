//! What SECO's targets mean.

use std::collections::{BTreeMap, BTreeSet};

use super::LIST;
use super::record::{Place, Tables, Target, country_of};
use crate::entity::{
    Authority, IdentifierKind, Listing, Measure, NameKind, Other, PartialDate, PartyName, Problem, Relation,
    RelationKind, Schema, Severity,
};
use crate::lists::draft::{Draft, one_line};
use crate::lists::xml::Element;
use crate::lists::{Parsed, cells};

/// More spellings of one name than this are not multiplied out; each variant still stands in one of them.
const MAX_SPELLINGS: usize = 64;

/// Whether the target is listed at the date of the file: by the latest of its modifications that is in force then.
///
/// What cannot be ordered keeps it listed: two modifications of one day of which only one de-lists, or one without a date.
pub(super) fn listed(target: &Target, parsed: &mut Parsed) -> bool {
    let today = parsed.published.map(|it| it.day_span().1);
    let mut notice = |value: &str, message: &str| {
        parsed.problems.push(Problem::new(
            Severity::Notice,
            &target.ssid,
            "modification",
            value,
            message,
        ));
    };
    if target.modifications.is_empty() {
        notice("", "a target without a modification: taken as listed");
    }
    // The day from which each is in force, and whether it de-lists.
    let mut now: Vec<(i32, bool)> = Vec::new();
    let mut undated = false;
    // Published before it is in force: the target is, or will be, listed.
    let mut to_come = String::new();
    for it in &target.modifications {
        let delists = it.kind == "de-listed";
        if !delists && !matches!(it.kind.as_str(), "listed" | "amended") {
            notice(&it.kind, "a type of modification that is not known: taken as listed");
        }
        match it.date.map(|it| it.day_span().0) {
            None => undated = true,
            Some(day) if today.is_some_and(|it| day > it) => {
                if delists {
                    notice(&it.words, "de-listed after the date of the file: listed until then");
                } else {
                    to_come.clone_from(&it.words);
                }
            }
            Some(day) => now.push((day, delists)),
        }
    }
    let latest = now.iter().map(|it| it.0).max();
    let gone = now.iter().any(|it| Some(it.0) == latest && it.1);
    let stays = now.iter().any(|it| Some(it.0) == latest && !it.1);
    let undated_end = undated && latest.is_none() && target.modifications.iter().any(|it| it.kind == "de-listed");
    if (gone && (stays || undated)) || undated_end {
        notice(
            "",
            "modifications that cannot be put in order, one of which de-lists: taken as listed",
        );
        return true;
    }
    if gone && !to_come.is_empty() {
        let message = "de-listed, and listed again from a day after the date of the file: taken as listed";
        notice(&to_come, message);
        return true;
    }
    !gone
}

/// Makes the entity of a listed target.
pub(super) fn add(target: Target, tables: &Tables, taken: &mut BTreeSet<String>, parsed: &mut Parsed) {
    let kind = target
        .subject
        .as_ref()
        .map_or("target", |it| it.name.as_str())
        .to_owned();
    let nameless = target.subject.as_ref().is_none_or(|it| {
        !it.all("identity")
            .flat_map(|it| it.all("name"))
            .any(|it| !whole(it).is_empty())
    });
    if target.ssid.is_empty() || nameless {
        let message = if nameless {
            "a target without a name"
        } else {
            "a target without an `ssid`"
        };
        parsed
            .problems
            .push(Problem::new(Severity::Loss, &target.ssid, &kind, "", message));
        let count = parsed.count(&kind);
        count.records += 1;
        count.lost += 1;
        return;
    }
    let Some(subject) = &target.subject else { return };
    let mut problems = Vec::new();
    let schema = match (kind.as_str(), subject.attribute("object-type")) {
        ("individual", _) => Schema::Person,
        ("entity", _) => Schema::Organization,
        (_, "vessel") => Schema::Vessel,
        (_, "aircraft") => Schema::Airplane,
        (_, other) => {
            let message = "a type of object that is not known";
            problems.push(Problem::new(
                Severity::Notice,
                &target.ssid,
                "object-type",
                other,
                message,
            ));
            Schema::Thing
        }
    };
    let mut sides = BTreeMap::from([(kind, 1_usize)]);
    let mut draft = Draft::new(LIST, &target.ssid, schema, &mut problems);
    subject_of(&mut draft, subject, tables, &mut sides);
    for it in &target.foreign {
        let kind = if un_reference(it) {
            IdentifierKind::UnReference
        } else {
            IdentifierKind::Other("foreign identifier".to_owned())
        };
        draft.identifier("foreign-identifier", kind, it, "", false);
    }
    for it in &target.strange {
        strange(&mut draft, it);
    }
    listings(&mut draft, &target, tables);
    draft.entity.topics.push("sanction".to_owned());
    draft
        .entity
        .party
        .names
        .sort_by_key(|it| it.value.kind != NameKind::Primary);
    let entity = draft.finish(taken);
    parsed.problems.append(&mut problems);
    for (kind, n) in sides {
        let count = parsed.count(&kind);
        count.records += n;
        count.entities += n;
    }
    parsed.entities.push(entity);
}

/// `QDi.001`, `KPe.044`.
pub(super) fn un_reference(text: &str) -> bool {
    let Some((head, number)) = text.trim().split_once('.') else {
        return false;
    };
    let letters = |it: &str| it.bytes().all(|it| it.is_ascii_uppercase());
    let body = head.strip_suffix(['i', 'e']).unwrap_or("");
    matches!(body.len(), 2 | 3) && letters(body) && number.len() == 3 && number.bytes().all(|it| it.is_ascii_digit())
}

/// A part that is not known, with all its text: kept, and reported.
fn strange(draft: &mut Draft<'_>, element: &Element) {
    let mut words = Vec::new();
    texts(element, &mut words);
    let text = words.join(" ");
    draft.note("other element", &format!("{}: {text}", element.name));
    let message = "a part that is not known; kept as a note";
    draft.problem(Severity::Notice, &element.name, &text, message);
}

fn texts(element: &Element, out: &mut Vec<String>) {
    out.extend(
        element
            .attributes
            .iter()
            .filter(|it| it.0 != "ssid")
            .map(|it| it.1.clone()),
    );
    if !element.text.is_empty() {
        out.push(one_line(&element.text));
    }
    for it in &element.children {
        texts(it, out);
    }
}

fn subject_of(draft: &mut Draft<'_>, subject: &Element, tables: &Tables, sides: &mut BTreeMap<String, usize>) {
    draft.gender("individual/@sex", subject.attribute("sex"));
    for it in &subject.children {
        match it.name.as_str() {
            "identity" => identity(draft, it, tables, sides),
            "justification" => draft.note("justification", &it.text),
            "other-information" => {
                draft.note("other-information", &it.text);
                if draft.entity.party.schema == Schema::Vessel
                    && let Some(number) = cells::imo_in(&it.text)
                {
                    draft.identifier("other-information", IdentifierKind::Imo, &number, "", false);
                }
            }
            "relation" => relation(draft, it),
            _ => strange(draft, it),
        }
    }
}

fn relation(draft: &mut Draft<'_>, element: &Element) {
    let words = element.attribute("relation-type");
    let kind = match words {
        "related-to" => RelationKind::Linked,
        "owned-by" | "controlled-by" => RelationKind::OwnedBy,
        "owner-of" | "owns" | "controls" => RelationKind::Owns,
        "member-of" => RelationKind::MemberOf,
        "associate" | "associated-with" => RelationKind::Associate,
        "family-member" | "family-member-of" => RelationKind::Family,
        "acting-for" | "acting-on-behalf-of" => RelationKind::ActsFor,
        other => {
            let message = "a type of relation that is not known: read as a link";
            draft.problem(Severity::Notice, "relation-type", other, message);
            RelationKind::Linked
        }
    };
    let other = element.attribute("target-id");
    let remark = element.text_of("remark");
    draft.note("relation", remark);
    if other.is_empty() {
        draft.problem(Severity::Notice, "relation", remark, "a relation without a target");
        return;
    }
    let other = Other::Entity(format!("{LIST}-{other}"));
    draft.relation("relation", Relation::new(kind, words, other));
}

fn identity(draft: &mut Draft<'_>, identity: &Element, tables: &Tables, sides: &mut BTreeMap<String, usize>) {
    let main = identity.attribute("main") != "false";
    for it in &identity.children {
        match it.name.as_str() {
            "name" => {
                if it.attribute("name-type") != "primary-name" || !main {
                    *sides.entry("alias".to_owned()).or_default() += 1;
                }
                name(draft, it, main);
            }
            "day-month-year" => birth(draft, it),
            "nationality" => {
                for it in it.all("country") {
                    draft.nationality("nationality", &country_of(it));
                }
            }
            "place-of-birth" => {
                if let Some(it) = place(draft, it, tables) {
                    let parts = [it.location.as_str(), &it.area, &country_word(&it.country)].map(str::to_owned);
                    draft.birth_place("place-of-birth", &joined(&parts));
                }
            }
            "address" => {
                *sides.entry("address".to_owned()).or_default() += 1;
                address(draft, it, tables);
            }
            "identification-document" => {
                *sides.entry("document".to_owned()).or_default() += 1;
                document(draft, it);
            }
            _ => strange(draft, it),
        }
    }
}

/// The usual name behind a code.
fn country_word(code: &str) -> String {
    crate::entity::Country::parse(code).map_or_else(|| code.to_owned(), |it| it.name().to_owned())
}

fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect();
    parts.join(", ")
}

/// The place that a part points at; one that the file does not have is reported.
fn place<'a>(draft: &mut Draft<'_>, element: &Element, tables: &'a Tables) -> Option<&'a Place> {
    let id = element.attribute("place-id");
    let found = tables.places.get(id);
    if found.is_none() && !id.is_empty() {
        let message = "a place that the file does not hold";
        draft.problem(Severity::Notice, &format!("{}/@place-id", element.name), id, message);
    }
    for it in found.iter().flat_map(|it| &it.variants) {
        draft.note("place", it);
    }
    found
}

fn birth(draft: &mut Draft<'_>, element: &Element) {
    const FIELD: &str = "day-month-year";
    let [day, month, year] = ["day", "month", "year"].map(|it| element.attribute(it));
    let given = joined(&[day, month, year].map(str::to_owned)).replace(", ", "/");
    let calendar = element.attribute("calendar");
    if !matches!(calendar, "" | "Gregorian" | "gregorian") {
        draft.note(FIELD, &format!("{given} ({calendar})"));
        draft.problem(
            Severity::Notice,
            FIELD,
            &given,
            "a date in another calendar: not compared",
        );
        return;
    }
    for (name, value) in &element.attributes {
        if !matches!(
            name.as_str(),
            "ssid" | "day" | "month" | "year" | "calendar" | "quality"
        ) {
            draft.note(FIELD, &format!("{given} {name} {value}"));
            draft.problem(
                Severity::Notice,
                &format!("{FIELD}/@{name}"),
                value,
                "an attribute that is not known; kept as a note",
            );
        }
    }
    if element.attribute("quality") == "low" {
        draft.note(FIELD, &format!("{given}, of low quality"));
    }
    let small = |it: &str| it.parse::<u8>().ok().filter(|it| *it != 0);
    let date = year
        .parse()
        .ok()
        .and_then(|it| PartialDate::new(it, small(month), small(month).and(small(day))).ok());
    match date {
        Some(it) if matches!(draft.entity.party.schema, Schema::Person) => draft.birth(FIELD, it),
        Some(it) => draft.founded(FIELD, &it.to_string()),
        None => {
            draft.note(FIELD, &given);
            draft.problem(
                Severity::Notice,
                FIELD,
                &given,
                "a date that could not be read; kept as a note",
            );
        }
    }
    for it in &element.children {
        draft.note(FIELD, &it.text);
    }
}

fn address(draft: &mut Draft<'_>, element: &Element, tables: &Tables) {
    let place = place(draft, element, tables).cloned().unwrap_or_default();
    let [c_o, details, post_box, zip] =
        ["c-o", "address-details", "p-o-box", "zip-code"].map(|it| one_line(element.text_of(it)));
    let c_o = if c_o.is_empty() { c_o } else { format!("c/o {c_o}") };
    let post_box = match post_box.bytes().all(|it| it.is_ascii_digit()) && !post_box.is_empty() {
        true => format!("P.O. Box {post_box}"),
        false => post_box,
    };
    let town = joined(&[zip, place.location.clone()]).replace(", ", " ");
    let parts = [c_o.as_str(), &details, &post_box, &town, &place.area];
    draft.address("address", &parts, &place.location, &country_word(&place.country));
    for it in &element.children {
        match it.name.as_str() {
            "c-o" | "address-details" | "p-o-box" | "zip-code" => {}
            "remarks" | "remark" => draft.note("address/remarks", &it.text),
            _ => strange(draft, it),
        }
    }
}

fn document(draft: &mut Draft<'_>, element: &Element) {
    const FIELD: &str = "identification-document";
    let label = element.attribute("document-type");
    let kind = match label {
        "passport" | "diplomatic-passport" | "service-passport" => IdentifierKind::Passport,
        "id-card" | "national-id" | "identity-card" => IdentifierKind::NationalId,
        "" => IdentifierKind::Other("document".to_owned()),
        other => IdentifierKind::Other(other.replace('-', " ")),
    };
    let issuer = element.child("issuer").map_or(String::new(), country_of);
    let remark = element.text_of("remark");
    let number = element.text_of("number");
    let lower = remark.to_lowercase();
    let bad = [
        "false",
        "forged",
        "fraudulent",
        "stolen",
        "lost",
        "revoked",
        "cancelled",
    ]
    .iter()
    .any(|it| lower.contains(it));
    if number.is_empty() {
        draft.problem(Severity::Notice, FIELD, label, "a document without a number");
    } else {
        draft.identifier(FIELD, kind, number, &issuer, bad);
    }
    let mut told = vec![label.to_owned(), number.to_owned()];
    for it in &element.children {
        match it.name.as_str() {
            "number" | "issuer" => {}
            "date-of-issue" | "expiry-date" | "remark" => {
                let date = ["year", "month", "day"].map(|at| it.attribute(at)).join("-");
                let text = if it.text.is_empty() { date } else { it.text.clone() };
                told.push(format!("{}: {text}", it.name));
            }
            _ => strange(draft, it),
        }
    }
    if told.len() > 2 {
        draft.note(FIELD, &joined(&told));
    }
}

/// A `name-part` and how it may be spelled.
struct Part<'a> {
    kind: &'a str,
    value: String,
    /// Language, script, text.
    variants: Vec<(String, String, String)>,
}

fn parts(name: &Element) -> Vec<Part<'_>> {
    let mut parts: Vec<(i32, Part<'_>)> = name
        .all("name-part")
        .map(|it| {
            let variants = it.all("spelling-variant").filter(|it| !it.text.is_empty());
            let part = Part {
                kind: it.attribute("name-part-type"),
                value: one_line(it.text_of("value")),
                variants: variants
                    .map(|it| {
                        (
                            it.attribute("lang").to_ascii_lowercase(),
                            it.attribute("script").to_ascii_uppercase(),
                            one_line(&it.text),
                        )
                    })
                    .collect(),
            };
            (it.attribute("order").parse().unwrap_or(i32::MAX), part)
        })
        .collect();
    // By the order that is stated; parts without one stay where they are, behind the others.
    parts.sort_by_key(|it| it.0);
    parts
        .into_iter()
        .map(|it| it.1)
        .filter(|it| !it.value.is_empty() || !it.variants.is_empty())
        .collect()
}

/// The name without its variants; empty where it says nothing.
fn whole(name: &Element) -> String {
    let parts = parts(name);
    let values: Vec<&str> = parts
        .iter()
        .map(|it| {
            if it.value.is_empty() {
                it.variants.first().map_or("", |it| it.2.as_str())
            } else {
                &it.value
            }
        })
        .collect();
    values.join(" ")
}

/// Adds a name in all its spellings.
///
/// Variants belong together by script and language: a family name in Arabic goes with a given name in Arabic. In Latin script the
/// value itself is one more spelling of its part, in any other it stands in only where a part has no spelling in that script.
fn name(draft: &mut Draft<'_>, element: &Element, main: bool) {
    const FIELD: &str = "identity/name";
    let kind = match element.attribute("name-type") {
        "primary-name" if main => NameKind::Primary,
        "primary-name" | "alias" => NameKind::Alias,
        "formerly-known-as" => NameKind::Former,
        other => {
            let message = "a type of name that is not known: read as an alias";
            draft.problem(Severity::Notice, "name-type", other, message);
            NameKind::Alias
        }
    };
    let weak = match element.attribute("quality") {
        "low" => true,
        "good" | "" => false,
        other => {
            draft.problem(
                Severity::Notice,
                "quality",
                other,
                "a quality that is not known: taken as good",
            );
            false
        }
    };
    for it in element.children.iter().filter(|it| it.name != "name-part") {
        strange(draft, it);
    }
    let mut parts = parts(element);
    for it in parts.iter().filter(|it| it.kind == "title") {
        draft.position("name-part[title]", &it.value);
    }
    if parts.iter().any(|it| it.kind != "title") {
        parts.retain(|it| it.kind != "title");
    }
    for it in &parts {
        if !KNOWN_PARTS.contains(&it.kind) {
            let message = "a type of name part that is not known: it stands in the name without a role";
            draft.problem(Severity::Notice, "name-part-type", it.kind, message);
        }
    }
    let stated = element.attribute("lang");
    let make = |spelling: &[&str], kind: NameKind, language: &str| {
        let mut name = assemble(&parts, spelling).kind(kind).weak(weak);
        if !language.is_empty() {
            name = name.language(language);
        }
        name
    };
    let plain: Vec<&str> = parts
        .iter()
        .map(|it| {
            if it.value.is_empty() {
                it.variants.first().map_or("", |it| it.2.as_str())
            } else {
                &it.value
            }
        })
        .collect();
    // An alias in the publisher's words, a variant of the main name in ours: nobody is filed under it.
    let variant_kind = if kind == NameKind::Primary {
        NameKind::Alias
    } else {
        kind
    };
    draft.name(FIELD, make(&plain, kind, stated));
    // `Anna Jones` was the name before `Anna Smith`; both with `née` in between are nobody's.
    let maiden = parts.iter().any(|it| it.kind == "maiden-name");
    if maiden && parts.iter().any(|it| it.kind == "family-name") {
        let without = |what: &str| -> Vec<&str> {
            plain
                .iter()
                .zip(&parts)
                .map(|(text, part)| if part.kind == what { "" } else { text })
                .collect()
        };
        draft.name(FIELD, make(&without("maiden-name"), variant_kind, stated));
        draft.name(FIELD, make(&without("family-name"), NameKind::Former, stated));
    }
    let groups: BTreeSet<(&str, &str)> = parts
        .iter()
        .flat_map(|it| &it.variants)
        .map(|it| (it.1.as_str(), it.0.as_str()))
        .collect();
    let mut made = 0;
    let mut cut = false;
    for (script, language) in groups {
        let latin = matches!(script, "" | "LATN");
        let choices: Vec<Vec<&str>> = parts
            .iter()
            .map(|part| {
                let mut own: Vec<&str> = part
                    .variants
                    .iter()
                    .filter(|it| it.1 == script && it.0 == language)
                    .map(|it| it.2.as_str())
                    .collect();
                if (own.is_empty() || latin) && !part.value.is_empty() {
                    own.insert(0, &part.value);
                }
                if own.is_empty() {
                    own.extend(part.variants.first().map(|it| it.2.as_str()));
                }
                own
            })
            .collect();
        let words = [language, script].map(str::to_owned);
        let words = joined(&words);
        let product = choices.iter().fold(1_usize, |n, it| n.saturating_mul(it.len()));
        let spellings = if made + product <= MAX_SPELLINGS {
            multiplied(&choices)
        } else {
            cut = true;
            one_by_one(&choices)
        };
        made += spellings.len();
        for it in spellings {
            if it != plain {
                draft.name(FIELD, make(&it, variant_kind, &words));
            }
        }
    }
    if cut {
        let message = format!(
            "more than {MAX_SPELLINGS} spellings of one name: each variant stands in one of them, not with every other"
        );
        draft.problem(Severity::Notice, FIELD, &plain.join(" "), &message);
    }
}

const KNOWN_PARTS: [&str; 11] = [
    "title",
    "given-name",
    "further-given-name",
    "father-name",
    "grand-father-name",
    "family-name",
    "maiden-name",
    "suffix",
    "tribal-name",
    "whole-name",
    "other",
];

/// Every choice with every other.
fn multiplied<'a>(choices: &[Vec<&'a str>]) -> Vec<Vec<&'a str>> {
    let mut out: Vec<Vec<&str>> = vec![Vec::new()];
    for part in choices {
        out = out
            .iter()
            .flat_map(|it| part.iter().map(move |more| it.iter().copied().chain([*more]).collect()))
            .collect();
    }
    out
}

/// Each choice once, with the first ones of the other parts.
fn one_by_one<'a>(choices: &[Vec<&'a str>]) -> Vec<Vec<&'a str>> {
    let first: Vec<&str> = choices.iter().map(|it| it.first().copied().unwrap_or("")).collect();
    let mut out = vec![first.clone()];
    for (at, part) in choices.iter().enumerate() {
        for it in part.iter().skip(1) {
            let mut spelling = first.clone();
            if let Some(slot) = spelling.get_mut(at) {
                *slot = it;
            }
            out.push(spelling);
        }
    }
    out
}

/// A name of its parts in one spelling; an empty text leaves its part out.
fn assemble(parts: &[Part<'_>], spelling: &[&str]) -> PartyName {
    let of = |kinds: &[&str]| -> String {
        let words: Vec<&str> = parts
            .iter()
            .zip(spelling)
            .filter(|it| kinds.contains(&it.0.kind) && !it.1.is_empty())
            .map(|it| *it.1)
            .collect();
        words.join(" ")
    };
    let all: Vec<&str> = spelling.iter().copied().filter(|it| !it.is_empty()).collect();
    let mut name = PartyName::new(all.join(" "));
    let given = of(&["given-name", "further-given-name", "father-name", "grand-father-name"]);
    let family = match of(&["family-name"]) {
        it if it.is_empty() => of(&["maiden-name", "tribal-name"]),
        it => it,
    };
    if !given.is_empty() && !family.is_empty() {
        name.given = Some(given);
        name.family = Some(family);
    }
    name
}

/// One listing for each programme.
fn listings(draft: &mut Draft<'_>, target: &Target, tables: &Tables) {
    let mut by_programme: Vec<(&super::record::Programme, Vec<&str>)> = Vec::new();
    for id in &target.sets {
        let Some(set) = tables.sets.get(id) else {
            let message = "a set of sanctions that the file does not hold";
            draft.problem(Severity::Notice, "sanctions-set-id", id, message);
            continue;
        };
        match by_programme.iter_mut().find(|it| it.0.key == set.programme.key) {
            Some(it) => it.1.push(&set.text),
            None => by_programme.push((&set.programme, vec![&set.text])),
        }
    }
    let since = since(target);
    let none = super::record::Programme::default();
    if by_programme.is_empty() {
        draft.problem(
            Severity::Notice,
            "sanctions-set-id",
            "",
            "a target without a set of sanctions",
        );
        by_programme.push((&none, Vec::new()));
    }
    for (programme, sets) in by_programme {
        let mut measures: Vec<Measure> = sets.iter().flat_map(|it| measures(it)).collect();
        measures.sort_unstable();
        measures.dedup();
        if measures.is_empty() {
            measures.push(Measure::Other);
        }
        let basis: Vec<String> = std::iter::once(programme.name.as_str())
            .chain(sets)
            .filter(|it| !it.is_empty())
            .map(one_line)
            .collect();
        if !programme.origin.is_empty() {
            draft.note("origin", &format!("Origin of {}: {}", programme.key, programme.origin));
        }
        draft.entity.listings.push(Listing {
            authority: Authority::Ch,
            list: LIST.to_owned(),
            reference: target.ssid.clone(),
            programmes: [&programme.key]
                .into_iter()
                .filter(|it| !it.is_empty())
                .cloned()
                .collect(),
            measures,
            legal_basis: (!basis.is_empty()).then(|| basis.join("; ")),
            since,
            url: None,
        });
    }
}

/// The day of the latest `listed`: who was listed, de-listed and listed again is listed since the second time.
fn since(target: &Target) -> Option<PartialDate> {
    target
        .modifications
        .iter()
        .filter(|it| it.kind == "listed")
        .filter_map(|it| it.date)
        .max_by_key(PartialDate::day_span)
}

/// What the title of a set of sanctions says that it does.
fn measures(set: &str) -> Vec<Measure> {
    let lower = set.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    let mut out = Vec::new();
    let sectoral = has(&["capital market", "money market", "money and capital", "loans"]);
    if sectoral {
        out.push(Measure::Sectoral);
    }
    let freezes = has(&["freez", "frozen", "asset", "named individuals"]);
    if freezes || (!sectoral && has(&["financ"])) {
        out.push(Measure::Freeze);
    }
    if has(&["travel", "entry", "transit"]) {
        out.push(Measure::Travel);
    }
    if has(&["arms", "military equipment"]) {
        out.push(Measure::Arms);
    }
    // `port` stands in `export of`, `ship` in `ownership`.
    let vessel = ["vessel", "vessels", "ship", "ships", "shipping", "port", "ports"];
    if cells::has_word(&lower, &vessel) {
        out.push(Measure::Maritime);
    }
    if has(&["export", "dual-use", "dual use", "goods"]) {
        out.push(Measure::Export);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        for (text, expect) in [
            ("QDi.001", true),
            ("KPe.044", true),
            ("CFi.001", true),
            ("SOi.1", false),
            ("140", false),
            ("EU.3766.36", false),
            ("é.001", false),
        ] {
            assert_eq!(un_reference(text), expect, "`{text}`");
        }
    }

    #[test]
    fn titles_of_sets() {
        let shown = |it: &str| measures(it).iter().map(|it| it.name()).collect::<Vec<_>>().join(" + ");
        assert_eq!(shown("Ban on the export of goods"), "export control");
        assert_eq!(
            shown("Art. 3 (Financial sanctions) and art. 4 (Travel and transit restrictions), annex 2"),
            "asset freeze + travel ban"
        );
        assert_eq!(
            shown("article 16 and 17 -- Restrictions on the money and capital market"),
            "sectoral"
        );
        assert_eq!(
            shown("article 12 -- Restrictions on named individuals and entities"),
            "asset freeze"
        );
        assert_eq!(shown("Vessel-related measures"), "maritime");
        assert_eq!(shown("Something else"), "");
    }
}
