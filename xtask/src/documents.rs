//! Texts against the real lists: how fast they are read, and what is linked.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use interdict::document::{Band, Reader};
use interdict::engine::Engine;
use interdict::policy::Policy;

use crate::lists;

/// Reads each file and prints each distinct mention with its count, the surest first.
pub fn run(files: &[String]) -> Result<(), String> {
    let shared = lists::shared().ok_or("the shared data is not there")?;
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/us-bank.toml");
    let policy = std::fs::read_to_string(policy).map_err(|it| it.to_string())?;
    let policy = Policy::parse(&policy).map_err(|it| it.to_string())?;
    let snapshot = lists::snapshot(lists::parse_all(&shared));
    let start = Instant::now();
    let reader = Reader::new(Engine::new(&snapshot, &policy));
    println!(
        "{} entities compiled in {:?}",
        snapshot.entities().len(),
        start.elapsed()
    );
    let folder = shared.join("documents");
    let files = if files.is_empty() {
        ["coalition-report.txt", "english-news-8mb.txt"]
            .map(|it| folder.join(it).to_string_lossy().into_owned())
            .to_vec()
    } else {
        files.to_vec()
    };
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|it| format!("{file}: {it}"))?;
        let mut best = f64::INFINITY;
        let mut reading = reader.read(&text);
        for _ in 0..5 {
            let start = Instant::now();
            reading = reader.read(&text);
            best = best.min(start.elapsed().as_secs_f64());
        }
        let mut seen: BTreeMap<(std::cmp::Reverse<Band>, &str, String), usize> = BTreeMap::new();
        for it in &reading.mentions {
            let who = it
                .matches
                .first()
                .map_or("", |it| snapshot.entities()[it.entity].caption());
            let what = format!("{} -> {who}", it.how.name());
            *seen
                .entry((std::cmp::Reverse(it.band), &text[it.start..it.end], what))
                .or_default() += 1;
        }
        for ((band, surface, what), n) in &seen {
            println!("{:>4} {} {surface:?} {what}", n, band.0);
        }
        let count = |band| reading.mentions.iter().filter(|it| it.band == band).count();
        println!(
            "{}: {} bytes in {best:.4} s, {:.1} MB/s; {} confirmed, {} likely, {} possible, {} ambiguous; {}",
            Path::new(&file).file_name().unwrap_or_default().to_string_lossy(),
            text.len(),
            text.len() as f64 / best / 1e6,
            count(Band::Confirmed),
            count(Band::Likely),
            count(Band::Possible),
            count(Band::Ambiguous),
            reading.decision
        );
    }
    Ok(())
}
