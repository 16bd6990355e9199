//! The life of a list version: fetched, verified, parsed, gated, staged, active. The only way by which a list comes into use.
//!
//! `lists add`, `lists import` and `update` end here. What fails a gate is refused and recorded, and the version that was active stays
//! so; its age goes on from its last good verification.

use interdict::entity::Problem;
use interdict::gate::Result as GateResult;
use interdict::lists::Format;
use interdict_store::{Arrival, Override, Version};
use jiff::Timestamp;

use crate::plan::{Failure, Plan};

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
    /// Where it came from: path or URL, content type, ETag, Last-Modified.
    pub arrival: Arrival,
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
}

/// What became of a candidate, and why.
#[derive(Debug)]
pub struct Outcome {
    /// As in the candidate.
    pub place: String,
    /// What became of it.
    pub fate: Fate,
    /// The version as it is recorded.
    pub version: Version,
    /// The version that was active before.
    pub before: Option<Version>,
    /// Every gate, passed or not.
    pub gates: Vec<GateResult>,
    /// What reading it met.
    pub problems: Vec<Problem>,
}

/// Takes candidates through their life, each for itself: one that is refused does not stop another.
pub fn admit(
    plan: &Plan,
    candidates: Vec<Candidate>,
    overrides: &[Override],
    now: Timestamp,
) -> Result<Vec<Outcome>, Failure> {
    let _ = (plan, candidates, overrides, now);
    Err(Failure("not there yet".to_owned()))
}

/// Notes that the active version of a list was found to be still the publisher's newest (HTTP 304): its age begins anew.
pub fn verified(plan: &Plan, list: &str, format: Format, now: Timestamp) -> Result<(), Failure> {
    let _ = (plan, list, format, now);
    Err(Failure("not there yet".to_owned()))
}

/// Notes that a list could not be had (no connection, HTTP 500): the log shows it, and the age of what is active goes on.
pub fn unreachable(plan: &Plan, list: &str, format: Format, reason: &str, now: Timestamp) -> Result<(), Failure> {
    let _ = (plan, list, format, reason, now);
    Err(Failure("not there yet".to_owned()))
}
