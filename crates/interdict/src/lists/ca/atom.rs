//! Canada's listed terrorist entities, an Atom feed -> entities + problems.
//!
//! No file as published could be had while this was written: the reader follows the published shape of the feed
//! (`entry{id, title, summary, content, published, updated}`, other names in `summary`, `N/A` where there are none).

use std::collections::BTreeSet;

use super::aliases;
use crate::entity::{Authority, Listing, Measure, NameKind, PartialDate, PartyName, Problem, Schema, Severity};
use crate::lists::draft::{Draft, one_line};
use crate::lists::xml::{self, Element};
use crate::lists::{Format, Parsed, SourceFile};

/// The list's id.
const LIST: &str = "ca-terror";

/// Reads the Atom feed of listed terrorist entities, in English or French. A feed of anything else is refused: `feed` is the root of
/// every Atom file, so head and entries have to name the list or its publisher.
///
/// The key is what stands last in an entry's `id`. The feed states no count of its entries. Cost: linear in the file.
#[must_use]
pub fn parse_atom(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(LIST, Format::CaAtom);
    let mut taken = BTreeSet::new();
    let mut head = String::new();
    let mut strange: BTreeSet<String> = BTreeSet::new();
    let frame = xml::read(file.bytes, &[], |_, element| match element.name.as_str() {
        "entry" => entry(&element, &mut taken, &mut parsed),
        "updated" => parsed.published = PartialDate::parse(&element.text).ok(),
        "title" | "subtitle" | "id" | "link" | "author" | "rights" | "generator" | "icon" | "logo" | "category"
        | "contributor" => {
            head += &whole(Some(&element)).to_lowercase();
            head += &element.attribute("href").to_lowercase();
            head.push(' ');
        }
        other => {
            if strange.insert(other.to_owned()) {
                let message = "an element that is not known";
                parsed
                    .problems
                    .push(Problem::new(Severity::Notice, "feed", other, &element.text, message));
            }
        }
    });
    let fatal = |value: &str, message: &str| Problem::new(Severity::Fatal, "byte 0", "", value, message);
    let named = [
        "listed terrorist entities",
        "listed entities",
        "entités terroristes inscrites",
        "entités inscrites",
        "lstd-ntts",
    ];
    if frame.root.name != "feed" || !named.iter().any(|it| head.contains(it)) {
        // What was read of a feed that is another one must not look like a list.
        parsed.entities.clear();
        parsed.counts.clear();
        parsed.problems.clear();
        parsed.problems.push(match frame.fatal {
            Some(it) => it,
            None => fatal(
                head.trim(),
                "an Atom feed that is not Canada's list of terrorist entities",
            ),
        });
        return parsed;
    }
    if let Some(it) = frame.fatal {
        parsed.problems.push(it);
    } else if parsed.entities.is_empty() {
        parsed.problems.push(fatal("", "the feed holds no entry"));
    }
    parsed
}

fn entry(element: &Element, taken: &mut BTreeSet<String>, parsed: &mut Parsed) {
    let id = element.text_of("id");
    let key = id
        .trim_end_matches('/')
        .rsplit(['/', '#', ':', '='])
        .next()
        .unwrap_or("")
        .to_owned();
    let title = plain(&whole(element.child("title")));
    if key.is_empty() || title.is_empty() {
        let message = if key.is_empty() {
            "an entry without an `id`"
        } else {
            "an entry without a name"
        };
        parsed
            .problems
            .push(Problem::new(Severity::Loss, id, "", &title, message));
        let count = parsed.count("entry");
        count.records += 1;
        count.lost += 1;
        return;
    }
    let mut problems = Vec::new();
    // Criminal Code, section 83.01: an entity is a person, a group, a trust, a partnership or a fund.
    let mut draft = Draft::new(LIST, &key, Schema::LegalEntity, &mut problems);
    draft.name("title", PartyName::new(title.as_str()));
    for field in ["title", "summary"] {
        if element.child(field).is_some_and(mixed) {
            let text = whole(element.child(field));
            let message = "text with marks inside: its pieces may stand in another order";
            draft.problem(Severity::Notice, field, &text, message);
        }
    }
    let summary = plain(&whole(element.child("summary")));
    let mut found = Vec::new();
    if !matches!(summary.to_lowercase().as_str(), "" | "n/a" | "s.o." | "s/o") {
        let summary = [
            "Also known as:",
            "Also known as",
            "Aussi connu sous le nom de :",
            "Alias:",
        ]
        .iter()
        .find_map(|it| summary.strip_prefix(it))
        .unwrap_or(&summary);
        found = aliases::split(summary, false);
    }
    for it in &found {
        let name = PartyName::new(it.text.as_str()).kind(NameKind::Alias);
        draft.name("summary", name);
    }
    draft.note("content", &plain(&whole(element.child("content"))));
    let since = ["published", "updated"]
        .iter()
        .map(|it| element.text_of(it))
        .find(|it| !it.is_empty())
        .unwrap_or("");
    let published = PartialDate::parse(since).ok();
    if published.is_none() && !since.is_empty() {
        draft.note("published", since);
        let message = "a date that could not be read; kept as a note";
        draft.problem(Severity::Notice, "published", since, message);
    }
    let mut url = None;
    for it in &element.children {
        match it.name.as_str() {
            "id" | "title" | "summary" | "content" | "published" | "updated" | "author" | "category" => {}
            "link" => {
                url = Some(it.attribute("href").to_owned())
                    .filter(|it| !it.is_empty())
                    .or(url)
            }
            other => {
                draft.note("other element", &format!("{other}: {}", it.text));
                draft.problem(
                    Severity::Notice,
                    other,
                    &it.text,
                    "an element that is not known; kept as a note",
                );
            }
        }
    }
    draft.entity.listings.push(Listing {
        authority: Authority::Ca,
        list: LIST.to_owned(),
        reference: key.clone(),
        programmes: vec!["Criminal Code, listed terrorist entities".to_owned()],
        measures: vec![Measure::Freeze],
        legal_basis: None,
        since: PartialDate::parse(element.text_of("published")).ok(),
        url,
    });
    draft
        .entity
        .topics
        .extend(["sanction", "crime.terror"].map(str::to_owned));
    let entity = draft.finish(taken);
    parsed.problems.append(&mut problems);
    parsed.entities.push(entity);
    for (kind, n) in [("entry", 1), ("alias", found.len())] {
        if n > 0 {
            let count = parsed.count(kind);
            count.records += n;
            count.entities += n;
        }
    }
}

/// The text of an element and of all inside it: `type="xhtml"` has elements there.
fn whole(element: Option<&Element>) -> String {
    let mut out = String::new();
    if let Some(it) = element {
        texts(it, &mut out);
    }
    out.trim().to_owned()
}

/// Whether text stands beside elements: their order is not kept.
fn mixed(element: &Element) -> bool {
    (!element.text.trim().is_empty() && !element.children.is_empty()) || element.children.iter().any(mixed)
}

fn texts(element: &Element, out: &mut String) {
    out.push_str(&element.text);
    for it in &element.children {
        out.push(' ');
        texts(it, out);
    }
}

/// A text that may be HTML, without its tags, on one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        let Some((tag, after)) = behind.split_once('>') else {
            break;
        };
        out.push_str(before);
        if tag.starts_with(|it: char| it.is_ascii_alphabetic() || it == '/') {
            out.push(' ');
            rest = after;
        } else {
            out.push('<');
            rest = behind;
        }
    }
    out.push_str(rest);
    for (name, text) in [
        ("&nbsp;", " "),
        ("&amp;", "&"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&rsquo;", "’"),
    ] {
        out = out.replace(name, text);
    }
    one_line(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_text() {
        assert_eq!(plain("<p>A &amp; B<br/>C</p>"), "A & B C");
        assert_eq!(plain("a < b > c"), "a < b > c");
        assert_eq!(plain("a <b"), "a <b");
        assert_eq!(plain(""), "");
    }
}
