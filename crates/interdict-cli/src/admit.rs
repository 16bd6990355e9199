//! The life of a list version: fetched, verified, parsed, gated, staged, active. The only way by which a list comes into use.
//!
//! `lists add`, `lists import` and `update` end here. What fails a gate is refused and recorded, and the version that was active stays
//! so; its age goes on from its last good verification.

use std::collections::BTreeMap;
use std::path::Path;

use interdict::engine::Engine;
use interdict::entity::{PartialDate, Problem};
use interdict::gate::{self, Arrived, Control, Gate, Limits, Summary, Verdict};
use interdict::lists::{Format, Parsed};
use interdict::policy::Policy;
use interdict::wire;
use interdict_store::{Arrival, Batch, GateNote, NewVersion, Override, Seen, State, Store, Trouble, Version};
use jiff::Timestamp;

use crate::control;
use crate::embedded;
use crate::loading::{self, Merging, Read};
use crate::plan::{Failure, Plan, stamp};
use crate::progress::Progress;

/// Files of one list that want to become its active version.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What messages call it: path or URL.
    pub place: String,
    /// The format that it was found to be, or that it has to be.
    pub format: Format,
    /// File names without folder, and their bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The list that it has to be; `None` where any will do.
    pub expected: Option<String>,
    /// Its date, for when the content has none.
    pub dated: Option<PartialDate>,
    /// Where it came from: path or URL, content type, ETag, Last-Modified.
    pub arrival: Arrival,
    /// When it was what the publisher has; `None` where that is now.
    pub seen: Option<Timestamp>,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is the active version now.
    Activated,
    /// It is the active version already, byte for byte: verified anew.
    Unchanged,
    /// It failed a gate. What was active stays.
    Refused,
    /// It passed, and another that had to pass with it did not.
    Held,
}

/// What became of a candidate, and why.
#[derive(Debug)]
pub struct Outcome {
    /// As in the candidate.
    pub place: String,
    /// What became of it.
    pub fate: Fate,
    /// The version as it is recorded, with what the gates said; of one that is held, as it would be.
    pub version: Version,
    /// The version that was active before.
    pub before: Option<Version>,
    /// What reading it met.
    pub problems: Vec<Problem>,
}

impl Outcome {
    /// Whether what is active now is what was handed in.
    pub fn is_good(&self) -> bool {
        matches!(self.fate, Fate::Activated | Fate::Unchanged)
    }

    /// The gates that stand in its way.
    pub fn failed(&self) -> Vec<&GateNote> {
        let in_way = |it: &&GateNote| it.outcome == Verdict::Failed.name();
        self.version.gates.iter().filter(in_way).collect()
    }
}

/// Takes candidates through their life, each for itself: one that is refused does not stop another.
///
/// # Errors
/// When the store cannot be read or written, two candidates are the same list in the same format, or an override names no gate.
pub fn admit(
    plan: &Plan,
    candidates: Vec<Candidate>,
    overrides: &[Pass],
    now: Timestamp,
) -> Result<Vec<Outcome>, Failure> {
    life(plan, candidates, overrides, now, false)
}

/// The same, all of them or none: what passed is held where another was refused.
///
/// # Errors
/// As [`admit`].
pub fn admit_together(
    plan: &Plan,
    candidates: Vec<Candidate>,
    overrides: &[Pass],
    now: Timestamp,
) -> Result<Vec<Outcome>, Failure> {
    life(plan, candidates, overrides, now, true)
}

/// Notes that a version was found to be still the publisher's newest (HTTP 304): its age begins anew, from when the publisher was asked.
/// `false`, and nothing is noted, where it is not the active one any more.
///
/// # Errors
/// When the store cannot be read or written.
pub fn verified(
    plan: &Plan,
    list: &str,
    format: Format,
    hash: &str,
    asked: Timestamp,
    now: Timestamp,
) -> Result<bool, Failure> {
    let mut store = open(plan)?;
    let mut batch = store.begin()?;
    let seen = Seen {
        list,
        format: format.name(),
        hash,
        at: &stamp(asked.min(now)),
        now: &stamp(now),
    };
    let known = batch.verified(&seen, None).is_some();
    if known {
        batch.commit()?;
    }
    Ok(known)
}

/// Notes that a list could not be had (no connection, HTTP 500): the log shows it, and the age of what is active goes on.
///
/// # Errors
/// When the store cannot be read or written.
pub fn unreachable(plan: &Plan, list: &str, format: Format, reason: &str, now: Timestamp) -> Result<(), Failure> {
    let mut store = open(plan)?;
    let mut batch = store.begin()?;
    let at = stamp(now);
    let reason = reason.to_owned();
    batch.trouble(list, format.name(), Trouble { at, reason });
    Ok(batch.commit()?)
}

/// The store that lists are kept in.
///
/// # Errors
/// When there is no folder for it, or it cannot be read.
pub fn open(plan: &Plan) -> Result<Store, Failure> {
    let dir = plan
        .store
        .as_ref()
        .ok_or_else(|| Failure("no folder to keep lists in: give --store DIR or INTERDICT_STORE".to_owned()))?;
    Ok(Store::open(dir)?)
}

/// The limits of the gates: the store's own, else the preset.
///
/// # Errors
/// When the store's own cannot be read.
pub fn limits(dir: &Path) -> Result<Limits, Failure> {
    let path = dir.join("gates.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(it) => it,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => embedded::GATE_LIMITS.to_owned(),
        Err(error) => return Err(Failure::at(&path, error)),
    };
    Limits::parse(&text).map_err(|it| Failure::at(&path, it))
}

/// The policy whose threshold the self-test goes by.
///
/// # Errors
/// When the limits name none that there is.
pub fn control_policy(limits: &Limits) -> Result<Policy, Failure> {
    let text = embedded::POLICIES.iter().find(|it| it.0 == limits.control_policy);
    let text = text.ok_or_else(|| {
        Failure(format!(
            "gates {}: control.policy = `{}`: not one of {}",
            limits.label(),
            limits.control_policy,
            embedded::policy_names()
        ))
    })?;
    Ok(Policy::parse(text.1)?)
}

/// An override, and the list that it is for.
#[derive(Clone, Debug)]
pub struct Pass {
    /// `None` where the call is about one list only.
    pub list: Option<String>,
    /// As it is recorded.
    pub said: Override,
}

/// Overrides as typed, `GATE` or `LIST:GATE`: each names a gate that can be let pass, who decides and why.
///
/// # Errors
/// When it does not.
pub fn overrides(args: &crate::args::OverrideArgs, now: Timestamp) -> Result<Vec<Pass>, Failure> {
    let said = |option: &str, it: &Option<String>| {
        let text = it.as_deref().map_or("", str::trim);
        if text.is_empty() {
            return Err(Failure(format!(
                "--{option}: is empty; an override is named and has a reason"
            )));
        }
        Ok(text.to_owned())
    };
    args.gates
        .iter()
        .map(|it| {
            let (list, name) = it.rsplit_once(':').map_or((None, it.as_str()), |it| (Some(it.0), it.1));
            let gate = Gate::parse(name).ok_or_else(|| {
                let known: Vec<&str> = gate::GATES.iter().map(|it| it.name).collect();
                Failure(format!("--override {it}: not one of {}", known.join(", ")))
            })?;
            if gate == Gate::Whole {
                return Err(Failure(
                    "--override whole: what is cut off or cannot be read is never made active".to_owned(),
                ));
            }
            Ok(Pass {
                list: list.map(str::to_owned),
                said: Override {
                    gate: gate.name().to_owned(),
                    by: said("by", &args.by)?,
                    reason: said("reason", &args.reason)?,
                    at: stamp(now),
                },
            })
        })
        .collect()
}

/// A candidate that was read.
pub struct Parsing {
    /// The candidate.
    pub candidate: Candidate,
    /// What it says.
    pub parsed: Parsed,
    /// BLAKE3 of its files.
    pub hash: String,
    /// Its counts.
    pub summary: Summary,
}

/// Reads a candidate. A reader that panics is a file that cannot be read.
pub fn parse(candidate: Candidate) -> Parsing {
    let (mut parsed, hash) = match loading::parse(candidate.format, &candidate.files) {
        Ok(Read { parsed, hash, .. }) => (parsed, hash),
        Err(it) => {
            let list = candidate.expected.clone().unwrap_or_default();
            (
                Parsed::refused(list, candidate.format, it.0),
                loading::hash(&candidate.files),
            )
        }
    };
    if parsed.list.is_empty()
        && let Some(it) = &candidate.expected
    {
        parsed.list.clone_from(it);
    }
    parsed.published = parsed.published.or(candidate.dated);
    let summary = Summary::of(&parsed);
    Parsing {
        candidate,
        parsed,
        hash,
        summary,
    }
}

/// What the gates say of a candidate, with what is let pass.
pub struct Judged {
    /// Every gate, as it is recorded.
    pub notes: Vec<GateNote>,
    /// The overrides that were needed.
    pub used: Vec<Override>,
    /// Whether nothing stands in its way; the self-test aside, where it was not run.
    pub passes: bool,
}

/// Holds a candidate against the version before it.
pub fn judge(
    it: &Parsing,
    before: Option<&Summary>,
    control: Option<&Control>,
    overrides: &[Pass],
    limits: &Limits,
    now: Timestamp,
) -> Judged {
    let today = PartialDate::parse(stamp(now).get(..10).unwrap_or("")).ok();
    let arrived = Arrived {
        content_type: it.candidate.arrival.content_type.as_deref(),
        expected: it.candidate.expected.as_deref(),
        today,
    };
    let gates = gate::check(&it.parsed.list, &it.summary, before, &arrived, control, limits);
    let whole = !gates
        .iter()
        .any(|it| it.gate == Gate::Whole && it.verdict == Verdict::Failed);
    let mut used = Vec::new();
    let mut passes = true;
    let mut notes = Vec::new();
    for asked in &gates {
        let name = asked.gate.name();
        let mut outcome = asked.verdict.name();
        if !asked.verdict.lets_pass() {
            // What was not asked cannot be let pass; but for the self-test, which may be left out on somebody's word.
            let can = asked.verdict == Verdict::Failed || (asked.gate == Gate::Control && whole);
            let fits =
                |own: &&Pass| own.list.as_ref().is_none_or(|own| *own == it.parsed.list) && own.said.gate == name;
            match overrides.iter().find(fits).filter(|_| can) {
                Some(own) => {
                    used.push(own.said.clone());
                    outcome = "overridden";
                }
                None => passes &= asked.gate == Gate::Control && asked.verdict == Verdict::NotRun,
            }
        }
        notes.push(GateNote {
            gate: name.to_owned(),
            outcome: outcome.to_owned(),
            words: asked.words.clone(),
        });
    }
    Judged { notes, used, passes }
}

/// The version that a candidate becomes.
pub fn new_version(it: &Parsing, judged: &Judged, limits: &Limits, now: Timestamp) -> NewVersion {
    NewVersion {
        list: it.parsed.list.clone(),
        format: it.parsed.format.name().to_owned(),
        files: it.candidate.files.clone(),
        published: it.parsed.published.map(|it| it.to_string()),
        entities: it.summary.entities,
        names: it.summary.names,
        problems: it.parsed.problems.len(),
        added_at: stamp(now),
        arrival: it.candidate.arrival.clone(),
        limits: limits.label(),
        gates: judged.notes.clone(),
        overrides: judged.used.clone(),
        summary: Some(wire::summary::to_text(&it.summary)),
    }
}

/// The counts of a stored version; of one from before there were any, or whose counts are damaged, by reading it again. Of one that is
/// not active any more and damaged all through, what the manifest says: nobody can mend it, and it must not keep every other out.
///
/// # Errors
/// When it cannot be read.
pub fn counts(batch: &mut Batch<'_>, version: &Version) -> Result<Summary, Failure> {
    let text = batch.summary(version).ok().flatten();
    if let Some(it) = text.and_then(|it| wire::summary::from_text(&it).ok()) {
        return Ok(it);
    }
    match counted_again(batch, version) {
        Err(_) if version.state != State::Active => Ok(Summary {
            published: date_of(version),
            entities: version.entities,
            names: version.names,
            ..Summary::default()
        }),
        it => it,
    }
}

fn counted_again(batch: &mut Batch<'_>, version: &Version) -> Result<Summary, Failure> {
    let files = batch.load(version)?.files;
    let mut parsed = loading::parse(loading::format_of(version)?, &files)?.parsed;
    parsed.published = parsed.published.or_else(|| date_of(version));
    let summary = Summary::of(&parsed);
    if version.summary.is_some() {
        batch.mend_summary(&wire::summary::to_text(&summary))?;
    }
    Ok(summary)
}

fn date_of(version: &Version) -> Option<PartialDate> {
    version.published.as_deref().and_then(|it| PartialDate::parse(it).ok())
}

fn life(
    plan: &Plan,
    candidates: Vec<Candidate>,
    overrides: &[Pass],
    now: Timestamp,
    together: bool,
) -> Result<Vec<Outcome>, Failure> {
    let mut store = open(plan)?;
    let limits = limits(store.dir())?;
    let policy = control_policy(&limits)?;
    let mut progress = Progress::new(candidates.len(), "reading lists");
    let mut all: Vec<Parsing> = Vec::new();
    for it in candidates {
        all.push(parse(it));
        progress.step();
    }
    drop(progress);
    let mut keys: BTreeMap<(String, Format), String> = BTreeMap::new();
    for it in &all {
        if it.parsed.list.is_empty() {
            // Nobody knows what it was meant to be: there is no log to record it in.
            let reason = it.parsed.fatal().map(ToString::to_string).unwrap_or_default();
            return Err(Failure(format!("{}: {reason}", it.candidate.place)));
        }
        let key = (it.parsed.list.clone(), it.parsed.format);
        if let Some(other) = keys.insert(key.clone(), it.candidate.place.clone()) {
            return Err(Failure(format!(
                "{}: is list {} in the format {}, and so is {other}: add one of them",
                it.candidate.place,
                key.0,
                key.1.name(),
            )));
        }
    }
    for it in overrides {
        let gate = &it.said.gate;
        match &it.list {
            Some(list) if !all.iter().any(|it| it.parsed.list == *list) => {
                return Err(Failure(format!(
                    "--override {list}:{gate}: no list {list} is added here"
                )));
            }
            None if all.len() > 1 => {
                return Err(Failure(format!(
                    "--override {gate}: a gate is let pass for one list, and here are {}: say LIST:{gate}",
                    all.len()
                )));
            }
            _ => {}
        }
    }
    // From here on nobody else changes the store: what a list is compared with is what it will supersede.
    let mut batch = store.begin()?;
    let mut judged: Vec<Option<Judged>> = Vec::new();
    let mut befores: Vec<Option<Version>> = Vec::new();
    for it in &all {
        let before = batch.active(&it.parsed.list, it.parsed.format.name()).cloned();
        if before.as_ref().is_some_and(|before| is_same(before, it)) {
            judged.push(None);
            befores.push(before);
            continue;
        }
        // Who takes a list out of use and adds another does not get around the comparison.
        let last = batch.last(&it.parsed.list, it.parsed.format.name()).cloned();
        let counted = last.map(|last| counts(&mut batch, &last)).transpose()?;
        let mut verdict = judge(it, counted.as_ref(), None, overrides, &limits, now);
        if verdict.passes {
            let control = self_test(it, &policy)?;
            verdict = judge(it, counted.as_ref(), Some(&control), overrides, &limits, now);
        }
        judged.push(Some(verdict));
        befores.push(before);
    }
    let stop = together && judged.iter().flatten().any(|it| !it.passes);
    let mut out = Vec::new();
    for ((it, judged), before) in all.into_iter().zip(judged).zip(befores) {
        let (fate, version) = match &judged {
            None => {
                batch.mend(&it.candidate.files)?;
                if before.as_ref().is_some_and(|it| batch.summary(it).is_err()) {
                    batch.mend_summary(&wire::summary::to_text(&it.summary))?;
                }
                let arrival = Some(it.candidate.arrival.clone());
                let seen = Seen {
                    list: &it.parsed.list,
                    format: it.parsed.format.name(),
                    hash: &it.hash,
                    at: &stamp(it.candidate.seen.map_or(now, |it| it.min(now))),
                    now: &stamp(now),
                };
                let version = batch.verified(&seen, arrival);
                (Fate::Unchanged, version.or_else(|| before.clone()))
            }
            Some(judged) => {
                let new = new_version(&it, judged, &limits, now);
                match (judged.passes, stop) {
                    (false, _) => (Fate::Refused, Some(batch.refuse(new)?)),
                    (true, true) => (Fate::Held, Some(Batch::would_be(new))),
                    (true, false) => (Fate::Activated, Some(batch.activate(new)?)),
                }
            }
        };
        let version = version.expect("what is unchanged was active before");
        out.push(Outcome {
            place: it.candidate.place,
            fate,
            version,
            before,
            problems: it.parsed.problems,
        });
    }
    batch.commit()?;
    Ok(out)
}

/// The same files under the same names, and nothing that was let pass then and has to be asked again.
fn is_same(before: &Version, new: &Parsing) -> bool {
    before.hash == new.hash
        && before
            .files
            .iter()
            .map(|it| it.name.as_str())
            .eq(new.candidate.files.iter().map(|it| it.0.as_str()))
}

/// The control self-test of a list by itself.
///
/// # Errors
/// When the entities cannot be built into a snapshot.
pub fn self_test(it: &Parsing, policy: &Policy) -> Result<Control, Failure> {
    let read = Read {
        parsed: it.parsed.clone(),
        files: Vec::new(),
        hash: it.hash.clone(),
    };
    let list = read.parsed.list.clone();
    let loaded = loading::build(vec![read], false, &[], &Merging::none())?;
    let engine = Engine::new(&loaded.snapshot, policy);
    let places: Vec<usize> = (0..loaded.snapshot.entities().len()).collect();
    let mut progress = Progress::new(places.len(), "screening every published name");
    Ok(control::run(&engine, &places, &list, &mut progress).for_gate())
}
