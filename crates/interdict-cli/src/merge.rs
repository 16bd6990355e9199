//! `interdict lists merge`: which entries of different lists are one subject, why, and which were left apart.

use std::collections::BTreeMap;

use interdict::policy::Decision;
use interdict::resolve::{Cluster, Link, NotUnited};
use interdict::wire;

use crate::args::MergeReportArgs;
use crate::loading::{self, Loaded, SAMPLE_NOTICE};
use crate::paint::{Out, Page};
use crate::plan::{Failure, Plan};

/// Runs the command.
pub fn run(args: &MergeReportArgs, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    let loaded = loading::load_unjudged(plan, &[], &args.merge)?;
    let (clusters, apart) = chosen(&loaded, args.of.as_deref());
    if let Some(id) = &args.of
        && loaded.snapshot.entity(id).is_none()
    {
        return Err(Failure(format!("--of {id}: no entry has this id")));
    }
    if args.json {
        if loaded.sample {
            eprintln!("{SAMPLE_NOTICE}");
        }
        let json = wire::merged::merged(
            loaded.merge.entries,
            &loaded.snapshot,
            &clusters,
            &apart,
            &loaded.merge.problems,
            args.report || args.of.is_some(),
        );
        out.print(&(wire::to_line(&json) + "\n"));
        return Ok(Decision::Clear);
    }
    let mut page = Page::new(&plan.style);
    if loaded.sample {
        let notice = page.style.strong(SAMPLE_NOTICE);
        page.line(&notice);
    }
    counts(&mut page, &loaded);
    for it in &loaded.merge.problems {
        page.wrapped("", &format!("{}: {it}", it.severity.name()));
    }
    if args.report || args.of.is_some() {
        for it in &clusters {
            cluster(&mut page, &loaded, it);
        }
        if !apart.is_empty() {
            page.line("");
            let head = page.style.strong("left apart");
            page.line(&head);
        }
        for it in &apart {
            not_united(&mut page, it);
        }
    } else {
        page.wrapped("", "--report shows each with its reasons; --of ID those of one entry");
    }
    out.print(&page.text);
    Ok(Decision::Clear)
}

/// All, or those that an entry has part in.
fn chosen<'a>(loaded: &'a Loaded, id: Option<&str>) -> (Vec<&'a Cluster>, Vec<&'a NotUnited>) {
    let merge = &loaded.merge;
    let Some(id) = id else {
        return (merge.clusters.iter().collect(), merge.apart.iter().collect());
    };
    let clusters: Vec<&Cluster> = merge
        .clusters
        .iter()
        .filter(|it| it.id == id || it.members.iter().any(|it| it == id))
        .collect();
    let part = |it: &str| {
        it == id
            || clusters
                .iter()
                .any(|cluster| cluster.members.iter().any(|member| member == it))
    };
    let apart = merge
        .apart
        .iter()
        .filter(|it| part(&it.link.a) || part(&it.link.b))
        .collect();
    (clusters, apart)
}

fn counts(page: &mut Page, loaded: &Loaded) {
    let merge = &loaded.merge;
    let united: usize = merge.clusters.iter().map(|it| it.members.len()).sum();
    page.wrapped(
        "",
        &format!(
            "{} entries of {} lists are {} entities: {united} entries are united in {}, {} pairs were left apart",
            merge.entries,
            loaded.lists.len(),
            loaded.snapshot.entities().len(),
            merge.clusters.len(),
            merge.apart.len()
        ),
    );
    let mut rules: BTreeMap<_, usize> = BTreeMap::new();
    for it in merge.clusters.iter().flat_map(|it| &it.links) {
        *rules.entry(it.rule).or_default() += 1;
    }
    for (rule, n) in rules {
        page.line(&format!("  {n:>6}  by {rule}"));
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &merge.apart {
        *reasons.entry(it.apart.name()).or_default() += 1;
    }
    for (reason, n) in reasons {
        page.line(&format!("  {n:>6}  left apart: {reason}"));
    }
}

fn cluster(page: &mut Page, loaded: &Loaded, it: &Cluster) {
    page.line("");
    let caption = loaded.snapshot.entity(&it.id).map_or("", |it| it.1.caption());
    let head = page.style.strong(&format!("{caption} [{}]", it.id));
    page.wrapped("", &head);
    page.wrapped("  ", &it.members.join(", "));
    for link in &it.links {
        reasons(page, link);
    }
}

fn reasons(page: &mut Page, link: &Link) {
    page.wrapped("  ", &format!("{} = {}, by {}", link.a, link.b, link.rule));
    for it in &link.because {
        let weight = format!("{:+.2}", f64::from(it.weight) / 100.0);
        page.wrapped("      ", &format!("{weight} {}: {}", it.fact.name(), it.words));
    }
}

fn not_united(page: &mut Page, it: &NotUnited) {
    page.wrapped("  ", &format!("{} and {}: {}", it.link.a, it.link.b, it.apart));
    for it in &it.link.because {
        let weight = format!("{:+.2}", f64::from(it.weight) / 100.0);
        page.wrapped("      ", &format!("{weight} {}: {}", it.fact.name(), it.words));
    }
}
