//! `interdict read`: documents -> the text with the names marked, and who they are; the gravest document makes the exit code.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use interdict::document::{Band, Decoded, MAX_BYTES, Mention, Reader, Reading, decode};
use interdict::engine::Engine;
use interdict::entity::{Problem, Severity};
use interdict::policy::{Consequence, Decision, Policy};
use interdict::wire;
use unicode_width::UnicodeWidthStr;

use crate::args::ReadArgs;
use crate::guard::guarded;
use crate::loading::{self, Loaded, SAMPLE_NOTICE, header};
use crate::page;
use crate::paint::{Out, Page, Style, pad, plain};
use crate::plan::{self, Failure, Plan};

/// A document that was read, or why it was not.
#[derive(Debug)]
pub struct Done {
    /// The file, as it was typed.
    pub name: String,
    /// The text, where the bytes were one.
    pub decoded: Option<Decoded>,
    /// What it says.
    pub reading: Reading,
}

/// Runs the command.
pub fn run(args: &ReadArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let policy = plan::policy(&args.policy)?;
    let loaded = loading::load(plan, &args.policy, &policy)?;
    let engine = Engine::new(&loaded.snapshot, &policy);
    let reader = Reader::new(engine);
    if !args.json {
        let mut page = Page::new(&plan.style);
        header(&mut page, &loaded, &policy);
        out.print(&page.text);
    } else if loaded.sample {
        eprintln!("{SAMPLE_NOTICE}");
    }
    let lost = loaded.lost();
    let mut worst = Decision::Clear;
    let mut all = Vec::new();
    for file in &args.files {
        let mut done = document(&reader, file);
        loaded.hold(&mut done.reading.decision, &mut done.reading.reasons);
        worst = worst.max(done.reading.decision);
        if args.json {
            done.reading.reasons.extend(loaded.notes());
            let json = match &done.decoded {
                Some(it) => wire::reading::reading(&engine, &done.name, it, &done.reading, loaded.sample)
                    .with_lost(&lost)
                    .with_as_of(loaded.as_of.as_deref(), &loaded.absent),
                None => wire::reading::failure(&done.name, &done.reading),
            };
            out.print(&(wire::to_line(&json) + "\n"));
        } else {
            out.print(&report(&done, &loaded, &policy, &plan.style));
        }
        if done.reading.decision == Decision::Error {
            for it in &done.reading.problems {
                eprintln!("interdict: {}: {}", plain(&done.name), plain(&it.message));
            }
        }
        if args.html.is_some() {
            if !args.json {
                done.reading.reasons.extend(loaded.notes());
            }
            all.push(done);
        }
    }
    if let Some(path) = &args.html {
        let html = page::html(&all, &engine, loaded.sample);
        std::fs::write(path, html).map_err(|it| Failure::at(path, it))?;
        if !args.json {
            out.print(&format!("\npage written to {}\n", plain(&path.display().to_string())));
        }
    }
    Ok(worst)
}

/// Reads one document. Whatever goes wrong is an error of this document alone.
fn document(reader: &Reader<'_>, file: &Path) -> Done {
    let name = if file == Path::new("-") {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let failed = |message: String| Done {
        name: name.clone(),
        decoded: None,
        reading: Reading::error(Problem::new(Severity::Fatal, "document", "", "", message)),
    };
    let bytes = match load(file) {
        Ok(it) => it,
        Err(it) => return failed(it.to_string()),
    };
    let decoded = match decode(&bytes) {
        Ok(it) => it,
        Err(it) => return failed(it.to_string()),
    };
    match guarded(|| reader.read_decoded(&decoded)) {
        Ok(reading) => Done {
            name,
            decoded: Some(decoded),
            reading,
        },
        Err(it) => failed(format!("error inside the program: {it}")),
    }
}

/// At most one byte more than is read is taken in: the reader then refuses it by name.
fn load(file: &Path) -> std::io::Result<Vec<u8>> {
    let limit = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// One of those whom a document names: the row of a table.
#[derive(Debug)]
pub struct Row {
    /// Places among the snapshot's entities, best first.
    pub entities: Vec<usize>,
    /// Places among the mentions.
    pub mentions: Vec<usize>,
    /// The surest of them.
    pub band: Band,
}

/// Mentions put together by whom they mean most likely, in the order of the text.
pub fn rows(reading: &Reading) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut of_entity: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, it) in reading.mentions.iter().enumerate() {
        let Some(first) = it.matches.first() else { continue };
        // An ambiguous mention stands for itself: it is nobody's.
        let known = of_entity.get(&first.entity).copied();
        let row = known.unwrap_or_else(|| {
            rows.push(Row {
                entities: Vec::new(),
                mentions: Vec::new(),
                band: it.band,
            });
            rows.len() - 1
        });
        for entity in it.matches.iter().map(|it| it.entity) {
            of_entity.entry(entity).or_insert(row);
            if !rows[row].entities.contains(&entity) {
                rows[row].entities.push(entity);
            }
        }
        rows[row].band = rows[row].band.max(it.band);
        rows[row].mentions.push(at);
    }
    rows
}

/// The gravest consequence among entities.
pub fn gravest(
    entities: &[usize],
    loaded: &interdict::engine::Snapshot,
    policy: &Policy,
) -> (Consequence, Option<usize>) {
    entities
        .iter()
        .filter_map(|at| {
            let consequence = policy
                .consequences(loaded.entities().get(*at)?)
                .first()
                .map(|it| it.0)?;
            Some((consequence, Some(*at)))
        })
        .max_by_key(|it| it.0)
        .unwrap_or((Consequence::None, None))
}

fn report(done: &Done, loaded: &Loaded, policy: &Policy, style: &Style) -> String {
    let mut page = Page::new(style);
    let reading = &done.reading;
    page.line("");
    let label = style.decision(
        reading.decision,
        &format!("{:<7}", reading.decision.name().to_uppercase()),
    );
    page.labelled(&format!("{label}  "), 9, &done.name);
    for it in &reading.reasons {
        page.wrapped("  ", it);
    }
    if let Some(decoded) = &done.decoded {
        for it in &decoded.problems {
            page.wrapped("  ", &it.to_string());
        }
        if !reading.mentions.is_empty() {
            page.line("");
            marked(&mut page, &decoded.text, reading, loaded, policy);
            table(&mut page, reading, loaded, policy);
        }
    }
    page.text
}

/// A text of up to this many bytes is shown whole; of a longer one the paragraphs without a name are left out, with a line that says so.
const WHOLE: usize = 20_000;

fn marked(page: &mut Page, text: &str, reading: &Reading, loaded: &Loaded, policy: &Policy) {
    let mut at = 0;
    let mut skipped = 0;
    let mut next = 0;
    for paragraph in text.split_inclusive('\n') {
        let (from, to) = (at, at + paragraph.len());
        at = to;
        while reading.mentions.get(next).is_some_and(|it| it.end <= from) {
            next += 1;
        }
        let inside: Vec<&Mention> = reading.mentions[next..]
            .iter()
            .take_while(|it| it.start < to)
            .filter(|it| it.end > from)
            .collect();
        if text.len() > WHOLE && inside.is_empty() {
            skipped += paragraph.len();
            continue;
        }
        if skipped > 0 {
            let line = page.style.faint(&format!("  ({skipped} bytes without a listed name)"));
            page.line(&line);
            skipped = 0;
        }
        let marks: Vec<(usize, usize, Mark)> = inside
            .iter()
            .map(|it| {
                (
                    it.start.max(from) - from,
                    it.end.min(to) - from,
                    mark(it, loaded, policy),
                )
            })
            .collect();
        wrapped(page, paragraph, &marks);
    }
    if skipped > 0 {
        let line = page.style.faint(&format!("  ({skipped} bytes without a listed name)"));
        page.line(&line);
    }
}

/// How a mention is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Something follows from it.
    Grave,
    /// Somebody has to look.
    Open,
    /// An office holder, or a listing that binds nobody here.
    Known,
}

/// How a mention is shown.
pub fn mark(it: &Mention, loaded: &Loaded, policy: &Policy) -> Mark {
    kind(it, &loaded.snapshot, policy)
}

/// How a mention is shown, by the snapshot alone.
pub fn kind(it: &Mention, snapshot: &interdict::engine::Snapshot, policy: &Policy) -> Mark {
    let entities: Vec<usize> = it.matches.iter().map(|it| it.entity).collect();
    match gravest(&entities, snapshot, policy).0 {
        Consequence::None => Mark::Known,
        _ if it.band < Band::Likely => Mark::Open,
        _ => Mark::Grave,
    }
}

/// A paragraph in lines that fit, with its marks. Without colours a mark is a pair of brackets.
fn wrapped(page: &mut Page, paragraph: &str, marks: &[(usize, usize, Mark)]) {
    let width = page.style.width.saturating_sub(2).max(10);
    let (mut line, mut columns) = (String::from("  "), 0);
    let mut at = 0;
    let colour = page.style.colour;
    for word in paragraph.split_inclusive(|it: char| it.is_whitespace() && it != '\u{a0}') {
        let (from, to) = (at, at + word.len());
        at = to;
        let body = word.trim_end();
        if body.is_empty() {
            continue;
        }
        let end = from + body.len();
        let mut cuts: BTreeSet<usize> = BTreeSet::from([from, end]);
        for it in marks {
            cuts.extend([it.0, it.1].into_iter().filter(|it| (from..end).contains(it)));
        }
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let (mut shown, mut seen) = (String::new(), 0);
        for pair in cuts.windows(2) {
            let piece = plain(paragraph.get(pair[0]..pair[1]).unwrap_or(""));
            let over: Vec<&(usize, usize, Mark)> = marks.iter().filter(|it| it.0 < pair[1] && pair[0] < it.1).collect();
            if colour {
                seen += piece.width();
                // The innermost name colours what several share.
                match over.last() {
                    Some(it) => shown.push_str(&page.style.mark(it.2, &piece)),
                    None => shown.push_str(&piece),
                }
            } else {
                let opens = marks.iter().filter(|it| it.0 == pair[0]).count();
                let closes = marks.iter().filter(|it| it.1 == pair[1]).count();
                let text = format!("{}{piece}{}", "[".repeat(opens), "]".repeat(closes));
                seen += text.width();
                shown.push_str(&text);
            }
        }
        if columns > 0 && columns + 1 + seen > width {
            page.line(&line);
            (line, columns) = (String::from("  "), 0);
        }
        if columns > 0 {
            // The space inside a name is part of it.
            let inside = marks.iter().rev().find(|it| it.0 < from && from < it.1);
            match inside {
                Some(it) if colour => line.push_str(&page.style.mark(it.2, " ")),
                _ => line.push(' '),
            }
            columns += 1;
        }
        line.push_str(&shown);
        columns += seen;
    }
    page.line(line.trim_end());
}

/// Who is named: caption and id, kind, mentions with their lines, what follows.
fn table(page: &mut Page, reading: &Reading, loaded: &Loaded, policy: &Policy) {
    let mut rows = rows(reading);
    let snapshot = &loaded.snapshot;
    rows.sort_by_key(|it| std::cmp::Reverse((gravest(&it.entities, snapshot, policy).0, it.band)));
    page.line("");
    let head = page.style.strong(&format!(
        "  {} {} {}",
        pad("who", 42),
        pad("how sure", 10),
        "mentions, lines"
    ));
    page.line(&head);
    for row in rows {
        let (consequence, at) = gravest(&row.entities, snapshot, policy);
        let Some(entity) = at
            .or(row.entities.first().copied())
            .and_then(|it| snapshot.entities().get(it))
        else {
            continue;
        };
        let lines: BTreeSet<usize> = row.mentions.iter().map(|it| reading.mentions[*it].line).collect();
        let mut list: Vec<String> = lines.iter().take(8).map(ToString::to_string).collect();
        if lines.len() > 8 {
            list.push("…".to_owned());
        }
        let caption = plain(entity.caption());
        let short = if caption.width() > 42 {
            let mut out = String::new();
            for it in caption.chars() {
                if out.width() > 40 {
                    break;
                }
                out.push(it);
            }
            out + "…"
        } else {
            caption
        };
        let mark = match consequence {
            Consequence::None => Mark::Known,
            _ if row.band < Band::Likely => Mark::Open,
            _ => Mark::Grave,
        };
        let name = page.style.mark(mark, &short);
        let gap = " ".repeat(42_usize.saturating_sub(short.width()));
        let label = format!(
            "  {name}{gap} {} {:>3} · ",
            pad(row.band.name(), 10),
            row.mentions.len()
        );
        page.labelled(&label, 2 + 42 + 1 + 10 + 1 + 3 + 3, &list.join(" "));
        let (word, words, source) = wire::screening::follows(entity, policy);
        let others = row.entities.len() - 1;
        let others = match others {
            0 => String::new(),
            1 => ", and 1 more entry".to_owned(),
            n => format!(", and {n} more entries"),
        };
        page.wrapped("      ", &format!("{} [{}]{others}", entity.party.schema, entity.id));
        for it in entity.party.positions.iter().take(1) {
            page.wrapped("      ", &it.value);
        }
        let unsure = if row.band < Band::Likely {
            "if it is the same: "
        } else {
            ""
        };
        let source = if source.is_empty() {
            source
        } else {
            format!(" ({source})")
        };
        page.wrapped("      ", &format!("{unsure}{word}: {words}{source}"));
        if let Some(reason) = reason(reading, &row) {
            page.wrapped("      ", &reason);
        }
    }
}

/// What a reader should know of how the row was found, where it was not found letter by letter.
fn reason(reading: &Reading, row: &Row) -> Option<String> {
    let mut hows: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &row.mentions {
        *hows.entry(reading.mentions[*it].how.name()).or_default() += 1;
    }
    let words: Vec<String> = hows.iter().map(|it| format!("{} {}", it.1, it.0)).collect();
    (!words.is_empty()).then(|| format!("found: {}", words.join(", ")))
}
