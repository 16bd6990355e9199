//! `interdict lists diff`: two versions of lists -> what was added, removed and changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use interdict::change::{self, Changed, Changes, Difference, Field, Tally, Value};
use interdict::entity::{Entity, PartialDate};
use interdict::lists::Format;
use interdict::policy::Decision;
use interdict::wire;
use interdict::wire::changes::{Compared, VersionJson};
use interdict_store::{ListLog, State, Store, Version};
use unicode_width::UnicodeWidthStr;

use crate::args::DiffArgs;
use crate::lists::{gather, read_all, show_table, table};
use crate::loading::{self, Read, losses};
use crate::paint::{Out, Page, pad, plain, wrap};
use crate::plan::{Failure, Plan};

/// Runs the command.
pub fn run(args: &DiffArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let before = side(&args.before, args, plan)?;
    let after = side(&args.after, args, plan)?;
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    if !keys
        .iter()
        .any(|it| before.contains_key(*it) && after.contains_key(*it))
    {
        let names = |it: &BTreeMap<String, Read>| it.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(Failure(format!(
            "no list is in both: {} is {}, {} is {}",
            args.before,
            names(&before),
            args.after,
            names(&after)
        )));
    }
    let mut compared: Vec<Compared<'_>> = keys
        .into_iter()
        .map(|it| {
            let (old, new) = (before.get(it), after.get(it));
            Compared {
                before: old.map(version),
                after: new.map(version),
                changes: match (old, new) {
                    (Some(old), Some(new)) => change::between(&old.parsed.entities, &new.parsed.entities),
                    _ => Changes::default(),
                },
            }
        })
        .collect();
    if let Some(id) = &args.entity {
        let known = before.values().chain(after.values()).flat_map(|it| &it.parsed.entities);
        if !known.into_iter().any(|it| is(it, id)) {
            return Err(Failure(format!("no entity has the id `{id}` in either of the two")));
        }
        for it in &mut compared {
            only_entity(&mut it.changes, id);
        }
    }
    if args.json {
        out.print(&(wire::to_line(&wire::changes::changes(&compared)) + "\n"));
        return Ok(Decision::Clear);
    }
    let mut page = Page::new(&plan.style);
    let limit = if args.all || args.entity.is_some() {
        usize::MAX
    } else {
        args.limit
    };
    for (at, it) in compared.iter().enumerate() {
        if at > 0 {
            page.line("");
        }
        show(&mut page, it, limit, args.entity.is_some());
    }
    out.print(&page.text);
    Ok(Decision::Clear)
}

/// Whether the id is the entity's, or the end of it.
fn is(it: &Entity, id: &str) -> bool {
    it.id == id || it.id.strip_suffix(id).is_some_and(|it| it.ends_with('-'))
}

fn only_entity(changes: &mut Changes<'_>, id: &str) {
    changes.rekeyed.retain(|(old, new)| {
        let fits = |it: Option<&&Entity>| it.is_some_and(|it| is(it, id));
        fits(changes.removed.get(*old)) || fits(changes.added.get(*new))
    });
    // The other half of a pair whose key was changed stays: it is what became of it.
    let mut old = BTreeSet::new();
    let mut new = BTreeSet::new();
    for (a, b) in &changes.rekeyed {
        old.insert(*a);
        new.insert(*b);
    }
    let keep = |all: &mut Vec<&Entity>, too: &BTreeSet<usize>| {
        let kept = std::mem::take(all).into_iter().enumerate();
        *all = kept
            .filter(|it| is(it.1, id) || too.contains(&it.0))
            .map(|it| it.1)
            .collect();
    };
    keep(&mut changes.removed, &old);
    keep(&mut changes.added, &new);
    changes.rekeyed = if changes.rekeyed.is_empty() {
        Vec::new()
    } else {
        vec![(0, 0)]
    };
    changes.changed.retain(|it| is(it.after, id));
}

fn version(it: &Read) -> VersionJson {
    VersionJson {
        list: it.parsed.list.clone(),
        format: it.parsed.format.name(),
        published: it.parsed.published.map(|it| it.to_string()),
        entities: it.parsed.entities.len(),
        lost: losses(&it.parsed.problems),
        hash: it.hash.clone(),
        files: it.files.clone(),
    }
}

/// What one of the two words on the command line means: a path that exists, else a version in the store.
fn side(word: &str, args: &DiffArgs, plan: &Plan) -> Result<BTreeMap<String, Read>, Failure> {
    let read = if Path::new(word).exists() {
        read_all(&gather(&[PathBuf::from(word)], args.format.as_deref(), None, None)?.lists)?
    } else {
        vec![stored(word, plan)?]
    };
    let mut out: BTreeMap<String, Read> = BTreeMap::new();
    for it in read {
        if args.only.as_ref().is_some_and(|only| *only != it.parsed.list) {
            continue;
        }
        if let Some(other) = out.get(&it.parsed.list) {
            return Err(Failure(format!(
                "{word}: holds {} twice, as {} and as {}; name one of the files",
                it.parsed.list,
                other.parsed.format.name(),
                it.parsed.format.name()
            )));
        }
        out.insert(it.parsed.list.clone(), it);
    }
    match &args.only {
        Some(only) if out.is_empty() => Err(Failure(format!("{word}: list {only} is not in there"))),
        _ => Ok(out),
    }
}

fn stored(word: &str, plan: &Plan) -> Result<Read, Failure> {
    let fault = |why: &str| {
        Failure(format!(
            "{word}: neither a file or folder nor a version in the store: {why}"
        ))
    };
    let dir = plan.store.as_ref().ok_or_else(|| fault("there is no store"))?;
    let store = Store::open(dir)?;
    let version = resolve(word, store.logs()).map_err(|it| fault(&it))?;
    let loaded = store.load_version(version)?;
    let format = Format::parse(&version.format)
        .ok_or_else(|| fault(&format!("its format `{}` is none that is read", version.format)))?;
    let mut read = loading::parse(format, &loaded.files)?;
    if let Some(problem) = read.parsed.fatal() {
        return Err(Failure(format!("{word}: {problem}")));
    }
    // Files without a date of their own have that of their version.
    if read.parsed.published.is_none() {
        read.parsed.published = PartialDate::parse(version.day()).ok();
    }
    let asked = word.split_once('@').map_or("", |it| it.1);
    if asked.parse::<jiff::civil::Date>().is_ok() && asked != version.day() {
        // Another version than was named must not pass for it.
        eprintln!(
            "interdict: NOTE: {}: no version of that day; this is the one then in force, of {}",
            plain(word),
            plain(version.day())
        );
    }
    if version.state == State::Refused {
        eprintln!(
            "interdict: NOTE: {}: this version was refused and never in force",
            plain(word)
        );
    }
    Ok(read)
}

/// `LIST`, `LIST@previous`, `LIST@DATE`, each also as `LIST/FORMAT`, or the beginning of a hash, six digits or more.
fn resolve<'a>(word: &str, logs: &'a [ListLog]) -> Result<&'a Version, String> {
    let (name, which) = word.split_once('@').unwrap_or((word, ""));
    let (list, format) = match name.split_once('/') {
        Some((list, format)) => (list, Some(format)),
        None => (name, None),
    };
    let of_list: Vec<&ListLog> = logs
        .iter()
        .filter(|it| it.list == list && format.is_none_or(|format| it.format == format))
        .collect();
    if of_list.is_empty() {
        return by_hash(word, logs);
    }
    let found: Vec<&Version> = of_list.iter().filter_map(|it| of_log(it, which)).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => {
            let known: BTreeSet<&str> = of_list
                .iter()
                .flat_map(|it| it.versions.iter().filter(|it| it.was_in_force()).map(Version::day))
                .collect();
            let known: Vec<&str> = known.into_iter().collect();
            Err(match known.as_slice() {
                [] => format!("no version of {list} was ever in force"),
                [first, .., last] if known.len() > MOST_DATES => {
                    format!("of {list} it has {} versions, from {first} to {last}", known.len())
                }
                _ => format!("of {list} it has {}", known.join(", ")),
            })
        }
        several => {
            let formats: Vec<String> = several.iter().map(|it| format!("{list}/{}", it.format)).collect();
            Err(format!("say which format: {}", formats.join(", ")))
        }
    }
}

/// Dates of versions that a message names one by one.
const MOST_DATES: usize = 12;

fn of_log<'a>(log: &'a ListLog, which: &str) -> Option<&'a Version> {
    let kept = || log.versions.iter().filter(|it| !it.dropped);
    match which {
        "" | "active" | "latest" => log.active(),
        "previous" => kept()
            .filter(|it| it.was_in_force() && it.state != State::Active)
            .max_by(|a, b| (a.day(), &a.added_at).cmp(&(b.day(), &b.added_at))),
        // One that was refused, too: what a gate objected to is what somebody wants to see.
        which => kept()
            .filter(|it| it.day() == which || (which.len() >= 6 && it.hash.starts_with(which)))
            .max_by_key(|it| it.was_in_force())
            .or_else(|| {
                let day: jiff::civil::Date = which.parse().ok()?;
                log.in_force(&day.to_string()).filter(|it| !it.dropped)
            }),
    }
}

fn by_hash<'a>(word: &str, logs: &'a [ListLog]) -> Result<&'a Version, String> {
    let found: BTreeMap<&str, &Version> = logs
        .iter()
        .flat_map(|it| &it.versions)
        .filter(|it| word.len() >= 6 && !it.dropped && it.hash.starts_with(word))
        .map(|it| (it.hash.as_str(), it))
        .collect();
    match found.values().collect::<Vec<_>>().as_slice() {
        [only] => Ok(only),
        [] if logs.is_empty() => Err("nothing is stored".to_owned()),
        [] => {
            let known: BTreeSet<&str> = logs.iter().map(|it| it.list.as_str()).collect();
            Err(format!("it has {}", known.into_iter().collect::<Vec<_>>().join(", ")))
        }
        several => Err(format!("{} versions have a hash that begins so", several.len())),
    }
}

/// Columns of the mark and the id's indent.
const INDENT: usize = 2;
/// Lines of a value that are shown where not everything is.
const MOST_LINES: usize = 3;
/// Values of a field that are shown where not everything is.
const MOST_VALUES: usize = 6;
/// Programmes that the summary shows where not everything is.
const MOST_PROGRAMMES: usize = 15;

fn show(page: &mut Page, it: &Compared<'_>, limit: usize, one: bool) {
    let (Some(before), Some(after)) = (&it.before, &it.after) else {
        if let Some(only) = it.before.as_ref().or(it.after.as_ref()) {
            let place = if it.before.is_some() { "A" } else { "B" };
            page.wrapped(
                "",
                &format!(
                    "{} ({}): only in {place}; its {} entities are not compared",
                    only.list, only.format, only.entities
                ),
            );
        }
        return;
    };
    let changes = &it.changes;
    let head = page.style.strong(&plain(&after.list));
    page.line(&head);
    for (mark, it) in [("A  ", before), ("B  ", after)] {
        let date = it.published.as_deref().unwrap_or("undated");
        let hash = it.hash.get(..12).unwrap_or(&it.hash);
        page.labelled(
            mark,
            3,
            &format!("{date} · {}, {} entities · {hash}", it.format, it.entities),
        );
    }
    let turned = matches!((&before.published, &after.published), (Some(a), Some(b)) if a > b);
    if turned {
        page.wrapped("", "NOTE: A is the newer one: what is called added here was removed");
    }
    if before.format != after.format {
        page.wrapped(
            "",
            "NOTE: two formats of the list: what they write in another way shows as changed",
        );
    }
    for (which, it) in [("A", before), ("B", after)] {
        if it.lost > 0 {
            page.wrapped(
                "",
                &format!(
                    "{} values or records of {which} could not be read and are not compared",
                    it.lost
                ),
            );
        }
    }
    if one {
        if changes.is_empty() {
            page.line("the same in both");
        }
    } else {
        summary(page, changes, limit);
    }
    if !changes.rekeyed.is_empty() {
        page.line("");
        page.wrapped(
            "",
            &format!(
                "{} removed and added again under another key, by name and kind:",
                changes.rekeyed.len()
            ),
        );
        for (old, new) in changes.rekeyed.iter().take(limit) {
            if let (Some(old), Some(new)) = (changes.removed.get(*old), changes.added.get(*new)) {
                page.wrapped("  ", &format!("{} -> {}  {}", old.id, new.id, new.caption()));
            }
        }
        more(page, changes.rekeyed.len(), limit);
    }
    subjects(page, "added", "+", &changes.added, limit);
    subjects(page, "removed", "-", &changes.removed, limit);
    if !changes.changed.is_empty() {
        title(page, "changed");
        for it in changes.changed.iter().take(limit) {
            changed(page, it, limit == usize::MAX);
        }
        more(page, changes.changed.len(), limit);
    }
}

fn title(page: &mut Page, text: &str) {
    page.line("");
    let text = page.style.strong(text);
    page.line(&text);
}

fn more(page: &mut Page, all: usize, limit: usize) {
    if all > limit {
        page.line(&format!("  ... {} more: --all shows them", all - limit));
    }
}

fn summary(page: &mut Page, changes: &Changes<'_>, limit: usize) {
    let tally = changes.tally();
    page.wrapped(
        "",
        &format!(
            "{} added, {} removed, {} changed, {} the same",
            tally.added, tally.removed, tally.changed, changes.same
        ),
    );
    if changes.is_empty() {
        return;
    }
    page.line("");
    let header = |what| [what, "added", "removed", "changed"];
    let row = |what: String, it: Tally| {
        let number = |it: usize| if it == 0 { "-".to_owned() } else { it.to_string() };
        [what, number(it.added), number(it.removed), number(it.changed)]
    };
    let mut kinds = table(page, &header("kind"), &[1, 2, 3]);
    for (schema, it) in changes.by_schema() {
        kinds.add_row(row(schema.name().to_owned(), it));
    }
    show_table(page, &kinds);
    page.line("");
    let mut programmes: Vec<(&str, Tally)> = changes.by_programme().into_iter().collect();
    programmes.sort_by_key(|it| std::cmp::Reverse(it.1.added + it.1.removed + it.1.changed));
    let most = if limit == usize::MAX {
        usize::MAX
    } else {
        MOST_PROGRAMMES
    };
    let mut by = table(page, &header("programme"), &[1, 2, 3]);
    for (programme, it) in programmes.iter().take(most) {
        by.add_row(row(plain(programme), *it));
    }
    show_table(page, &by);
    more(page, programmes.len(), most);
    let fields = changes.by_field();
    if !fields.is_empty() {
        page.line("");
        let header = ["field", "entities", "values new", "values gone"];
        let mut out = table(page, &header, &[1, 2, 3]);
        for (field, it) in fields {
            out.add_row([
                field.name().to_owned(),
                it.entities.to_string(),
                it.added.to_string(),
                it.removed.to_string(),
            ]);
        }
        show_table(page, &out);
    }
}

fn subjects(page: &mut Page, what: &str, mark: &str, all: &[&Entity], limit: usize) {
    if all.is_empty() {
        return;
    }
    title(page, what);
    for it in all.iter().take(limit) {
        headline(page, mark, it);
        for listing in &it.listings {
            let mut words = vec![listing.programmes.join("; ")];
            words.extend(listing.measures.iter().map(|it| it.name().to_owned()));
            words.extend(listing.since.map(|it| format!("since {it}")));
            words.retain(|it| !it.is_empty());
            page.wrapped("    ", &words.join(" · "));
        }
    }
    more(page, all.len(), limit);
}

fn headline(page: &mut Page, mark: &str, it: &Entity) {
    let name = page.style.strong(&plain(it.caption()));
    let line = format!("{mark} {name}  {} · {}", plain(&it.id), it.party.schema);
    let columns = INDENT + it.caption().width() + 2 + it.id.width() + 3 + it.party.schema.name().len();
    if columns <= page.style.width {
        page.line(&line);
    } else {
        page.labelled(&format!("{mark} "), INDENT, it.caption());
        page.wrapped("    ", &format!("{} · {}", it.id, it.party.schema));
    }
}

fn changed(page: &mut Page, it: &Changed<'_>, whole: bool) {
    headline(page, "~", it.after);
    if it.before.caption() != it.after.caption() {
        page.wrapped("    ", &format!("was called {}", it.before.caption()));
    }
    let several = it.before.listings.len().max(it.after.listings.len()) > 1;
    for difference in &it.fields {
        field(page, difference, several, whole);
    }
}

/// The longest name of a field, and two columns.
const LABEL: usize = 13;

fn field(page: &mut Page, it: &Difference<'_>, several: bool, whole: bool) {
    // What reads the same on both sides differs in what a line leaves away.
    let shown = |all: &[Value<'_>]| all.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
    let (old, new) = (shown(&it.removed), shown(&it.added));
    let text = |value: &Value<'_>| match value.place() {
        Some(place) if several && it.field != Field::Listing => format!("{value} [{place}]"),
        _ => {
            let text = value.to_string();
            if old.contains(&text) && new.contains(&text) {
                format!("{text} {}", value.parts())
            } else {
                text
            }
        }
    };
    let mut lines: Vec<(&str, String)> = Vec::new();
    if let ([old], [new]) = (it.removed.as_slice(), it.added.as_slice()) {
        let (old, new) = (text(old), text(new));
        let (old, new) = if whole { (old, new) } else { window(&old, &new) };
        lines.push(("-", old));
        lines.push(("+", new));
    } else {
        lines.extend(it.removed.iter().map(|it| ("-", text(it))));
        lines.extend(it.added.iter().map(|it| ("+", text(it))));
    }
    let most = if whole { usize::MAX } else { MOST_VALUES };
    for (at, (mark, text)) in lines.iter().take(most).enumerate() {
        let label = if at == 0 { it.field.name() } else { "" };
        let label = format!("    {}{mark} ", pad(label, LABEL));
        let columns = label.width();
        let mut words = wrap(&plain(text), page.style.width.saturating_sub(columns));
        if !whole && words.len() > MOST_LINES {
            words.truncate(MOST_LINES);
            if let Some(last) = words.last_mut() {
                last.push('…');
            }
        }
        for (at, line) in words.iter().enumerate() {
            let before = if at == 0 { label.clone() } else { " ".repeat(columns) };
            page.line(format!("{before}{line}").trim_end());
        }
    }
    if lines.len() > most {
        page.line(&format!("    {}... {} more", " ".repeat(LABEL), lines.len() - most));
    }
}

/// A text at least this long is cut down to where it differs.
const LONG: usize = 80;
/// Words that stay before and behind the difference.
const AROUND: usize = 4;

/// Two long texts -> the parts in which they differ, with some words around.
fn window(old: &str, new: &str) -> (String, String) {
    if old.len().max(new.len()) < LONG {
        return (old.to_owned(), new.to_owned());
    }
    let split = |it: &str| it.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
    let (a, b) = (split(old), split(new));
    let front = a.iter().zip(&b).take_while(|it| it.0 == it.1).count();
    let rest = a.len().min(b.len()) - front;
    let back = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(rest)
        .take_while(|it| it.0 == it.1)
        .count();
    let part = |it: &[String]| {
        let (from, to) = (front.saturating_sub(AROUND), (it.len() - back + AROUND).min(it.len()));
        let words = it.get(from..to).unwrap_or(&[]).join(" ");
        let before = if from > 0 { "… " } else { "" };
        let behind = if to < it.len() { " …" } else { "" };
        format!("{before}{words}{behind}")
    };
    (part(&a), part(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_down_to_where_they_differ() {
        let words: Vec<String> = (0..40).map(|it| format!("word{it}")).collect();
        let old = words.join(" ");
        let new = old.replace("word20", "other thing");
        assert_eq!(
            window(&old, &new),
            (
                "… word16 word17 word18 word19 word20 word21 word22 word23 word24 …".to_owned(),
                "… word16 word17 word18 word19 other thing word21 word22 word23 word24 …".to_owned()
            )
        );
        let longer = format!("{old} reviewed");
        assert_eq!(window(&old, &longer).1, "… word36 word37 word38 word39 reviewed");
        assert_eq!(window("a", "b"), ("a".to_owned(), "b".to_owned()));
    }
}
