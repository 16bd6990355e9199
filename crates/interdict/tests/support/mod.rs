//! Parsed list -> text for expectations: stable, one value a line, so that a change of a parser reads as a diff.

use std::fmt::Write;

use interdict::entity::{Country, Entity, Validity};
use interdict::lists::Parsed;

/// All that a parser returned, counts first, then entities, then problems.
pub fn render(parsed: &Parsed) -> String {
    let mut out = String::new();
    let date = parsed.published.map_or("-".to_owned(), |it| it.to_string());
    let declared = parsed.declared.map_or("-".to_owned(), |it| it.to_string());
    line(
        &mut out,
        &format!(
            "{} ({}), published {date}, declared {declared}",
            parsed.list,
            parsed.format.name()
        ),
    );
    for (kind, it) in &parsed.counts {
        line(
            &mut out,
            &format!("count {kind}: {} = {} + {} lost", it.records, it.entities, it.lost),
        );
    }
    for it in &parsed.entities {
        line(&mut out, "");
        entity(&mut out, it);
    }
    if !parsed.problems.is_empty() {
        line(&mut out, "");
    }
    for it in &parsed.problems {
        line(&mut out, &format!("{}: {it}", it.severity.name()));
    }
    out
}

fn line(out: &mut String, text: &str) {
    // A control character would be lost in an editor; a line break would look like a value of its own.
    for it in text.chars() {
        match it {
            it if it.is_control() => write!(out, "\\u{{{:x}}}", u32::from(it)).expect("a string takes all"),
            it => out.push(it),
        }
    }
    out.push('\n');
}

fn entity(out: &mut String, it: &Entity) {
    line(out, &format!("{} {}", it.id, it.party.schema));
    let mut value = |what: &str, text: String, field: &str| line(out, &format!("  {what}: {text}  [{field}]"));
    for name in &it.party.names {
        let mut marks = vec![name.value.kind.name().to_owned()];
        if name.value.weak {
            marks.push("weak".to_owned());
        }
        marks.extend(name.value.language.clone());
        if let (Some(given), Some(family)) = (&name.value.given, &name.value.family) {
            marks.push(format!("{given} | {family}"));
        }
        value(
            "name",
            format!("{} ({})", name.value.text, marks.join(", ")),
            name.origin.field,
        );
    }
    for date in &it.party.birth_dates {
        value("born", date.value.to_string(), date.origin.field);
    }
    for date in &it.party.founded {
        value("founded", date.value.to_string(), date.origin.field);
    }
    for place in &it.party.birth_places {
        value("born in", place.value.clone(), place.origin.field);
    }
    for country in &it.party.nationalities {
        value("nationality", country.value.code().to_owned(), country.origin.field);
    }
    for country in &it.party.countries {
        value("country", country.value.code().to_owned(), country.origin.field);
    }
    for gender in &it.party.genders {
        value("gender", gender.value.name().to_owned(), gender.origin.field);
    }
    for id in &it.party.identifiers {
        let mut text = format!("{:?} {}", id.value.kind, id.value.number);
        text += &id.value.country.map_or(String::new(), |it| format!(" ({})", it.code()));
        text += match id.value.validity {
            Validity::Valid => ", valid",
            Validity::Invalid => ", invalid",
            Validity::Unchecked => "",
        };
        text += if id.value.unusable { ", unusable" } else { "" };
        value("id", text, id.origin.field);
    }
    for address in &it.party.addresses {
        let city = address.value.city.as_deref().unwrap_or("-");
        let country = address.value.country.map_or("-", Country::code);
        value(
            "address",
            format!("{} (city {city}, country {country})", address.value.full),
            address.origin.field,
        );
    }
    for position in &it.party.positions {
        value("position", position.value.clone(), position.origin.field);
    }
    for note in &it.notes {
        value("note", note.value.clone(), note.origin.field);
    }
    for relation in &it.relations {
        value("relation", relation.value.to_string(), relation.origin.field);
    }
    for listing in &it.listings {
        let measures: Vec<&str> = listing.measures.iter().map(|it| it.name()).collect();
        let since = listing.since.map_or(String::new(), |it| format!(", since {it}"));
        line(
            out,
            &format!(
                "  listed: {} {} {} [{}] {}{since}",
                listing.authority,
                listing.list,
                listing.reference,
                listing.programmes.join("] ["),
                measures.join(" + "),
            ),
        );
    }
    line(out, &format!("  topics: {}", it.topics.join(" ")));
}
