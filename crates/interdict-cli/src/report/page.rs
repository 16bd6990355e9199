//! Figures -> one HTML page that stands by itself: no script, no network; every value escaped.

use std::fmt::Write;

use plotters::style::RGBColor;

use crate::loading::SAMPLE_NOTICE;
use crate::page::escape;
use crate::paint::plain;
use crate::plan::Failure;

use super::charts::{self, INK, LINE, MOST, SERIES};
use super::figures::{Figure, ListRow, Report, Shape, grouped};

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--card:#f7f7f9;--soft:#5c5c66;--line:#d5d5dc;--grave:#8c1010;--good:#1d6b3f;
--s0:#1f5aa8;--s1:#d9821f;--s2:#2f8a5b;--s3:#b03a48;--s4:#7a57a8;--s5:#5f9eb8;--s6:#8c7a2a;--s7:#7a7a86}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ec;--paper:#17171b;--card:#202026;--soft:#a5a5b0;--line:#3a3a44;--grave:#ffb4ab;--good:#8fd8ad;
--s0:#6fa8f0;--s1:#f0a955;--s2:#63c795;--s3:#ec8a94;--s4:#b79be6;--s5:#93cbe2;--s6:#cdbb66;--s7:#a9a9b6}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:90rem;padding:1.2rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:0 0 .2rem}
.soft{color:var(--soft);font-size:.9rem;margin:.1rem 0 .6rem;overflow-wrap:anywhere}
.notice{border:2px solid var(--grave);color:var(--grave);padding:.4rem .8rem;font-weight:600}
.sums{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem 1.4rem;margin:.8rem 0 1.4rem;padding:0;list-style:none}
.sums b{display:block;font-size:1.7rem;line-height:1.2;font-variant-numeric:tabular-nums}
.grid{columns:26rem;column-gap:1rem}.grid section{break-inside:avoid;margin-bottom:1rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.9rem;min-width:0}
.wide{margin-bottom:1rem}
svg{display:block;width:100%;max-width:29rem;height:auto;margin:.3rem 0}
svg text{font-family:system-ui,sans-serif}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.2rem 0;padding:0;list-style:none;font-size:.9rem}
.legend i{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin-right:.4em;background:var(--c);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;vertical-align:bottom}
.n{text-align:right;white-space:nowrap}
.bad{color:var(--grave);font-weight:600}.good{color:var(--good)}
details{margin-top:.5rem}details summary{cursor:pointer;color:var(--soft);font-size:.9rem}
details .scroll{max-height:26rem;overflow:auto}
a{color:var(--s0)}summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:3px solid var(--s0);outline-offset:2px}
footer{margin-top:1.4rem}
@media (max-width:46rem){.lists thead{display:none}.lists tr{display:block;border-top:1px solid var(--line);padding:.5rem 0}
.lists th,.lists td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0;white-space:normal;text-align:right}
.lists th{text-align:left;font-size:1rem}.lists td::before{content:attr(data-h);color:var(--soft);text-align:left}}
@media print{:root{color-scheme:light;--ink:#000;--paper:#fff;--card:#fff;--soft:#444;--line:#bbb;--grave:#8c1010;--good:#1d6b3f;
--s0:#1f5aa8;--s1:#d9821f;--s2:#2f8a5b;--s3:#b03a48;--s4:#7a57a8;--s5:#5f9eb8;--s6:#8c7a2a;--s7:#7a7a86}
body{max-width:none;padding:0;font-size:10pt}.grid{columns:auto}section{break-inside:avoid;margin-bottom:.8rem}svg{max-width:15cm}details:not([open]){display:none}}
";

/// The page.
pub fn html(report: &Report) -> Result<String, Failure> {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>The lists · interdict</title>\n<style>{STYLE}{}</style>\n</head>\n<body>\n<main>\n",
        chart_colours()
    );
    if report.sample {
        let _ = writeln!(out, "<p class=\"notice\" role=\"note\">{}</p>", escape(SAMPLE_NOTICE));
    }
    let _ = writeln!(
        out,
        "<h1>What the lists hold</h1>\n<p class=\"soft\">{} · made {} · snapshot {}</p>",
        escape(&report.headline()),
        escape(&report.made),
        escape(&report.snapshot)
    );
    sums(&mut out, report);
    lists_table(&mut out, report);
    out.push_str("<div class=\"grid\">\n");
    for it in &report.figures {
        figure(&mut out, it)?;
    }
    out.push_str("</div>\n</main>\n<footer class=\"soft\"><p>Made by interdict from the publishers' files as they are. The same figures: <code>interdict lists report --json</code>.</p></footer>\n</body>\n</html>\n");
    Ok(out)
}

/// Charts are drawn in the colours of the light scheme; the style sheet puts its own in their place.
fn chart_colours() -> String {
    let mut out = String::new();
    let mut replace = |it: RGBColor, with: &str| {
        let hex = format!("#{:02X}{:02X}{:02X}", it.0, it.1, it.2);
        let _ = write!(
            out,
            "svg [fill=\"{hex}\"]{{fill:var({with})}}svg [stroke=\"{hex}\"]{{stroke:var({with})}}"
        );
    };
    replace(INK, "--ink");
    replace(LINE, "--line");
    for (at, it) in SERIES.into_iter().enumerate() {
        replace(it, &format!("--s{at}"));
    }
    out
}

fn sums(out: &mut String, report: &Report) {
    let weak: usize = report.lists.iter().map(|it| it.names[2]).sum();
    let lost: usize = report.lists.iter().map(|it| it.problems[1]).sum();
    let stale = report.lists.iter().filter(|it| it.stale() == Some(true)).count();
    out.push_str("<ul class=\"sums\">\n");
    for (number, words) in [
        (report.lists.len(), "lists"),
        (report.entities, "entries"),
        (report.names, "names"),
        (weak, "weak aliases among them"),
        (lost, "values or records lost"),
        (stale, "lists older than they may be"),
    ] {
        let _ = writeln!(out, "<li><b>{}</b>{words}</li>", grouped(number));
    }
    out.push_str("</ul>\n");
}

const HEADS: [&str; 10] = [
    "list",
    "format",
    "published",
    "verified",
    "entries",
    "names",
    "weak",
    "notices",
    "losses",
    "files",
];

fn lists_table(out: &mut String, report: &Report) {
    let _ = writeln!(
        out,
        "<section class=\"wide\">\n<h2 id=\"table\">Lists and their freshness</h2>\n<p class=\"soft\">A list has to be verified against the \
         publisher's file as often as the policy says; the publisher's own date may be older, since lists are issued when something changes.</p>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"table\"><table class=\"lists\">\n<thead><tr>"
    );
    for (at, it) in HEADS.iter().enumerate() {
        let class = if (4..9).contains(&at) { " class=\"n\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{it}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for it in &report.lists {
        list_row(out, it);
    }
    out.push_str("</tbody>\n</table></div>\n</section>\n");
}

fn list_row(out: &mut String, it: &ListRow) {
    let published = match (&it.published, it.published_days) {
        (Some(date), Some(days)) => format!("{date}, {} days ago", grouped(usize::try_from(days).unwrap_or(0))),
        (Some(date), None) => date.clone(),
        (None, _) => "the file does not say".to_owned(),
    };
    let (class, verified) = match (&it.verified, it.verified_hours) {
        (Some(when), Some(hours)) => {
            let day = when.get(..16).unwrap_or(when).replace('T', " ");
            if it.stale() == Some(true) {
                (
                    "bad",
                    format!("{day}, {hours} h ago: too old, at most {} h", it.max_age_hours),
                )
            } else {
                ("good", format!("{day}, {hours} h ago of {} h", it.max_age_hours))
            }
        }
        _ => ("soft", "never: built in".to_owned()),
    };
    let names: usize = it.names.iter().sum();
    let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(&plain(&it.list)));
    let mut cell = |head: &str, class: &str, text: &str| {
        let _ = write!(
            out,
            "<td data-h=\"{head}\" class=\"{class}\"><span>{}</span></td>",
            escape(&plain(text))
        );
    };
    cell("format", "", it.format);
    cell("published", "", &published);
    cell("verified", class, &verified);
    cell("entries", "n", &grouped(it.entities));
    cell("names", "n", &grouped(names));
    cell("weak", "n", &grouped(it.names[2]));
    cell("notices", "n", &grouped(it.problems[0]));
    let losses = if it.problems[1] > 0 { "n bad" } else { "n" };
    cell("losses", losses, &grouped(it.problems[1]));
    cell("files", "", &it.hash);
    out.push_str("</tr>\n");
}

fn figure(out: &mut String, it: &Figure) -> Result<(), Failure> {
    let _ = writeln!(
        out,
        "<section>\n<h2 id=\"{}\">{}</h2>\n<p class=\"soft\">{}</p>",
        it.id,
        escape(&it.title),
        escape(&it.note)
    );
    if it.series.len() > 1 {
        out.push_str("<ul class=\"legend\" aria-hidden=\"true\">\n");
        for (at, series) in it.series.iter().enumerate() {
            let _ = writeln!(
                out,
                "<li><i style=\"--c:var(--s{})\"></i>{}</li>",
                at % SERIES.len(),
                escape(&plain(series))
            );
        }
        out.push_str("</ul>\n");
    }
    match charts::svg(it)? {
        Some(svg) => accessible(out, it, &svg),
        None => out.push_str("<p>Nothing to show.</p>\n"),
    }
    let left = it.rows.len().saturating_sub(MOST);
    let more = if left > 0 && it.shape != Shape::Years {
        format!("Table of all {}; the chart shows the first {MOST}", it.rows.len())
    } else {
        "Table".to_owned()
    };
    let _ = write!(
        out,
        "<details><summary>{more}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>\n<thead><tr><th scope=\"col\">{}</th>",
        escape(&it.title),
        escape(&it.head)
    );
    for series in &it.series {
        let _ = write!(out, "<th scope=\"col\" class=\"n\">{}</th>", escape(&plain(series)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &it.rows {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(&plain(&row.label)));
        for value in &row.values {
            let _ = write!(out, "<td class=\"n\">{}</td>", grouped(*value));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></details>\n</section>\n");
    Ok(())
}

/// The chart with a name and a description for those who do not see it.
fn accessible(out: &mut String, it: &Figure, svg: &str) {
    let rest = svg.trim_start().strip_prefix("<svg ").unwrap_or("");
    let (attributes, inner) = rest.split_once('>').unwrap_or((rest, ""));
    let sum = |values: &[usize]| values.iter().sum::<usize>();
    let first: Vec<String> = it
        .rows
        .iter()
        .take(5)
        .map(|row| format!("{} {}", row.label, grouped(sum(&row.values))))
        .collect();
    let says = match it.shape {
        Shape::Bars | Shape::LongBars => format!("The greatest: {}.", first.join(", ")),
        Shape::Years => {
            let most = it.rows.iter().max_by_key(|it| sum(&it.values));
            most.map_or_else(String::new, |it| {
                format!("The most in {}: {}.", it.label, grouped(sum(&it.values)))
            })
        }
    };
    let _ = writeln!(
        out,
        "<svg role=\"img\" aria-labelledby=\"{0}-t {0}-d\" {attributes}>\n<title id=\"{0}-t\">{1}</title>\n<desc id=\"{0}-d\">{2} All numbers are in the table below.</desc>{inner}",
        it.id,
        escape(&it.title),
        escape(&plain(&says))
    );
}
