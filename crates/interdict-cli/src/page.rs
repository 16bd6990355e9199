//! Readings -> one HTML page that stands by itself: no script, no network; every value escaped.

use std::collections::BTreeMap;
use std::fmt::Write;

use interdict::document::{Band, Mention};
use interdict::engine::Engine;
use interdict::policy::Consequence;
use interdict::wire;

use crate::loading::SAMPLE_NOTICE;
use crate::paint::plain;
use crate::read::{Done, Mark, gravest, kind, rows};

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--soft:#5c5c66;--line:#d5d5dc;--grave:#8c1010;--gravebg:#fde3e1;
--open:#6b4a00;--openbg:#fdf0cc;--known:#123f7a;--knownbg:#e0ebfa}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ec;--paper:#17171b;--soft:#a5a5b0;--line:#3a3a44;--grave:#ffb4ab;
--gravebg:#5a1414;--open:#ffdf99;--openbg:#4a3700;--known:#b3d1ff;--knownbg:#17325c}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.5rem;font:1rem/1.6 Georgia,'Times New Roman',serif;color:var(--ink);background:var(--paper)}
h1,h2,h3,.meta,table,.legend,.notice,nav{font-family:system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .3rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .5rem}
.meta,.soft{color:var(--soft);font-size:.9rem}
.notice{border:2px solid var(--grave);color:var(--grave);padding:.4rem .8rem;font-weight:600}
.decision{display:inline-block;padding:.1rem .6rem;border:2px solid currentColor;border-radius:.3rem;font-weight:700;text-transform:uppercase}
.block,.reject,.error{color:var(--grave)}.review{color:var(--open)}.clear{color:var(--known)}
.text{white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid var(--line);padding-left:1rem}
mark{padding:0 .15em;border-radius:.2em;border-bottom:2px solid}
mark a{color:inherit;text-decoration:none}a{color:var(--known)}
mark.grave{color:var(--grave);background:var(--gravebg)}
mark.open{color:var(--open);background:var(--openbg);border-bottom-style:dashed}
mark.known{color:var(--known);background:var(--knownbg);border-bottom-style:dotted}
a:focus-visible,:target{outline:3px solid var(--known);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem .45rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.sure,thead th{white-space:nowrap;overflow-wrap:normal}tbody th{min-width:12rem}
thead th{border-top:0}ul{margin:.2rem 0;padding-left:1.2rem}
details summary{cursor:pointer;color:var(--soft)}
@media (max-width:40rem){thead{display:none}tr,th,td{display:block;border-top:0;padding:.1rem 0}tr{border-top:1px solid var(--line);padding:.6rem 0}}
@media print{body{max-width:none;padding:0;font-size:10.5pt}mark{background:none!important;border-bottom-width:1.5pt}
a{color:inherit}tr,p{break-inside:avoid}details::details-content{content-visibility:visible}}
";

/// Text for HTML: what markup would obey is escaped, what a reader would be misled by is shown as a mark of its own.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(it),
            '\r' => {}
            it if it.is_control() => out.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            it => out.push(it),
        }
    }
    out
}

/// A page that stands by itself around a body.
pub fn document_of(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        escape(&plain(title))
    )
}

fn class(it: Mark) -> &'static str {
    match it {
        Mark::Grave => "grave",
        Mark::Open => "open",
        Mark::Known => "known",
    }
}

/// The page for the documents that were read.
pub fn html(all: &[Done], engine: &Engine<'_>, sample: bool) -> String {
    let mut out = String::new();
    let title = match all {
        [one] => format!("{} · interdict", one.name),
        many => format!("{} documents · interdict", many.len()),
    };
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escape(&plain(&title))
    );
    if sample {
        let _ = writeln!(out, "<p class=\"notice\" role=\"note\">{}</p>", escape(SAMPLE_NOTICE));
    }
    if all.len() > 1 {
        out.push_str("<nav aria-label=\"Documents\"><ul>\n");
        for (at, it) in all.iter().enumerate() {
            let _ = writeln!(
                out,
                "<li><a href=\"#d{at}\">{}</a>: {}</li>",
                escape(&plain(&it.name)),
                it.reading.decision
            );
        }
        out.push_str("</ul></nav>\n");
    }
    for (at, it) in all.iter().enumerate() {
        document(&mut out, at, it, engine);
    }
    let _ = writeln!(
        out,
        "<footer class=\"meta\"><p>policy {} · snapshot {} · {} lists, {} entities</p></footer>\n</body>\n</html>",
        escape(&engine.policy().label()),
        escape(engine.snapshot().id()),
        engine.snapshot().lists().len(),
        engine.snapshot().entities().len()
    );
    out
}

fn document(out: &mut String, number: usize, done: &Done, engine: &Engine<'_>) {
    let reading = &done.reading;
    let decision = reading.decision.name();
    let _ = write!(
        out,
        "<main id=\"d{number}\">\n<h1>{}</h1>\n<p><span class=\"decision {decision}\">{decision}</span></p>\n<ul class=\"meta\">\n",
        escape(&plain(&done.name))
    );
    for it in &reading.reasons {
        let _ = writeln!(out, "<li>{}</li>", escape(it));
    }
    out.push_str("</ul>\n");
    let problems = done.decoded.iter().flat_map(|it| &it.problems);
    for it in problems {
        let _ = writeln!(out, "<p class=\"meta\">{}</p>", escape(&it.to_string()));
    }
    if let Some(decoded) = &done.decoded {
        let entries = rows(reading);
        let mut entry_of: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, it) in entries.iter().enumerate() {
            entry_of.extend(it.mentions.iter().map(|mention| (*mention, at)));
        }
        if !entries.is_empty() {
            out.push_str(
                "<p class=\"legend soft\"><mark class=\"grave\">something follows</mark> \
                 <mark class=\"open\">to be looked at</mark> <mark class=\"known\">nothing follows: office holder, or not binding here</mark></p>\n",
            );
        }
        let _ = write!(out, "<h2 id=\"d{number}t\">Text</h2>\n<div class=\"text\">");
        text(out, number, &decoded.text, &reading.mentions, &entry_of, engine);
        out.push_str("</div>\n");
        if !entries.is_empty() {
            entries_table(out, number, done, &decoded.text, engine);
        }
    }
    out.push_str("</main>\n");
}

/// The text with its marks; a name inside a name is a mark inside a mark.
fn text(
    out: &mut String,
    number: usize,
    text: &str,
    mentions: &[Mention],
    entry_of: &BTreeMap<usize, usize>,
    engine: &Engine<'_>,
) {
    let mut at = 0;
    let mut open: Vec<(usize, bool)> = Vec::new();
    let close = |out: &mut String, at: &mut usize, open: &mut Vec<(usize, bool)>, before: usize| {
        while let Some((end, linked)) = open.last().copied().filter(|it| it.0 <= before) {
            out.push_str(&escape(text.get(*at..end).unwrap_or("")));
            *at = end;
            out.push_str(if linked { "</a></mark>" } else { "</mark>" });
            open.pop();
        }
    };
    for (place, it) in mentions.iter().enumerate() {
        close(out, &mut at, &mut open, it.start);
        // What crosses the end of another mark cannot be nested; the table has it.
        if open.last().is_some_and(|last| it.end > last.0) || it.start < at {
            continue;
        }
        out.push_str(&escape(text.get(at..it.start).unwrap_or("")));
        at = it.start;
        let Some(entry) = entry_of.get(&place) else { continue };
        let caption = it
            .matches
            .first()
            .and_then(|it| engine.snapshot().entities().get(it.entity))
            .map_or("", |it| it.caption());
        // Links do not nest: of a name inside a name only the outer one is a link.
        let linked = !open.iter().any(|it| it.1);
        let _ = write!(
            out,
            "<mark id=\"d{number}m{place}\" class=\"{}\" title=\"{}\">",
            class(kind(it, engine.snapshot(), engine.policy())),
            escape(&plain(&format!("{caption}: {}, {}", it.band, it.how.name())))
        );
        if linked {
            let _ = write!(out, "<a href=\"#d{number}e{entry}\">");
        }
        open.push((it.end, linked));
    }
    close(out, &mut at, &mut open, usize::MAX);
    out.push_str(&escape(text.get(at..).unwrap_or("")));
}

fn entries_table(out: &mut String, number: usize, done: &Done, text: &str, engine: &Engine<'_>) {
    let (snapshot, policy) = (engine.snapshot(), engine.policy());
    let _ = write!(
        out,
        "<h2>Who is named</h2>\n<table>\n<thead><tr><th scope=\"col\">Entry</th><th scope=\"col\">How sure</th>\
         <th scope=\"col\">Mentions</th><th scope=\"col\">What follows</th></tr></thead>\n<tbody>\n"
    );
    let mut entries: Vec<(usize, crate::read::Row)> = rows(&done.reading).into_iter().enumerate().collect();
    entries.sort_by_key(|it| std::cmp::Reverse((gravest(&it.1.entities, snapshot, policy).0, it.1.band)));
    for (entry, row) in entries {
        let (consequence, grave) = gravest(&row.entities, snapshot, policy);
        let Some(entity) = grave
            .or(row.entities.first().copied())
            .and_then(|it| snapshot.entities().get(it))
        else {
            continue;
        };
        let mark = match consequence {
            Consequence::None => Mark::Known,
            _ if row.band < Band::Likely => Mark::Open,
            _ => Mark::Grave,
        };
        let _ = write!(
            out,
            "<tr id=\"d{number}e{entry}\"><th scope=\"row\"><mark class=\"{}\">{}</mark><br><span class=\"soft\">{} · {}</span>",
            class(mark),
            escape(&plain(entity.caption())),
            entity.party.schema,
            escape(&plain(&entity.id))
        );
        for it in entity.party.positions.iter().take(2) {
            let _ = write!(out, "<br><span class=\"soft\">{}</span>", escape(&plain(&it.value)));
        }
        let others: Vec<String> = row
            .entities
            .iter()
            .filter_map(|it| snapshot.entities().get(*it))
            .filter(|it| it.id != entity.id)
            .map(|it| format!("<li>{} · {}</li>", escape(&plain(it.caption())), escape(&plain(&it.id))))
            .collect();
        if !others.is_empty() {
            let _ = write!(
                out,
                "<details><summary>{} more of the name</summary><ul>{}</ul></details>",
                others.len(),
                others.concat()
            );
        }
        let _ = write!(out, "</th><td class=\"sure\">{}</td><td>", row.band);
        for place in &row.mentions {
            let it = &done.reading.mentions[*place];
            let _ = write!(
                out,
                "<a href=\"#d{number}m{place}\">{}</a> <span class=\"soft\">line {}, {}</span><br>",
                escape(&plain(text.get(it.start..it.end).unwrap_or(""))),
                it.line,
                it.how.name()
            );
        }
        let (word, words, source) = wire::screening::follows(entity, policy);
        let unsure = if row.band < Band::Likely {
            "if it is the same: "
        } else {
            ""
        };
        let _ = write!(
            out,
            "</td><td>{unsure}<strong>{word}</strong>: {}<br><span class=\"soft\">{}</span>",
            escape(&words),
            escape(&source)
        );
        out.push_str("<details><summary>Why</summary><ul>");
        if let Some(it) = row.mentions.first().map(|it| &done.reading.mentions[*it]) {
            for why in it.matches.iter().take(1).flat_map(|it| &it.why) {
                let _ = write!(out, "<li>{}</li>", escape(&plain(&wire::reading::why(why, text))));
            }
            for not in &it.rejected {
                let caption = snapshot.entities().get(not.entity).map_or("", |it| it.caption());
                let because = wire::reading::because(&not.because, text);
                let _ = write!(
                    out,
                    "<li>not {}: {}</li>",
                    escape(&plain(caption)),
                    escape(&plain(&because))
                );
            }
        }
        out.push_str("</ul></details></td></tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_that_markup_or_a_reader_would_obey() {
        assert_eq!(
            escape("<a href='x'>&\"\u{202e}\u{1b}\n"),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}\u{fffd}\n"
        );
    }
}
