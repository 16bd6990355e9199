//! The control self-test on all processors: every published name must find its own entry.

use std::ops::Range;

use interdict::engine::Engine;
use interdict::gate;
use interdict::index::Memo;
use interdict::wire::checked::Missed;

use crate::guard::guarded;
use crate::progress::Progress;
use crate::screen::answer_all;

/// Entities whose names are screened before progress is told.
const CHUNK: usize = 256;

/// What the self-test of a list found.
#[derive(Debug, Default)]
pub struct Controlled {
    /// Names that were screened.
    pub names: usize,
    /// Names that did not bring back their own entity.
    pub missed: Vec<Missed>,
}

impl Controlled {
    /// As the gate takes it.
    pub fn for_gate(&self) -> gate::Control {
        let missed = self.missed.iter();
        gate::Control {
            names: self.names,
            missed: missed
                .map(|it| format!("{} does not find {}: {}", it.name, it.entity, it.reason))
                .collect(),
        }
    }
}

/// Screens every name of the entities at these places.
pub fn run(engine: &Engine<'_>, places: Range<usize>, progress: &mut Progress) -> Controlled {
    let mut out = Controlled::default();
    let places: Vec<usize> = places.collect();
    for chunk in places.chunks(CHUNK) {
        for (names, missed) in answer_all(chunk, |memo, at| one(engine, memo, *at)) {
            out.names += names;
            out.missed.extend(missed);
            progress.step();
        }
    }
    out
}

fn one(engine: &Engine<'_>, memo: &mut Memo, at: usize) -> (usize, Vec<Missed>) {
    let Some(entity) = engine.snapshot().entities().get(at) else {
        return (0, Vec::new());
    };
    let missed = |name: &str, reason: String| Missed {
        entity: entity.id.clone(),
        name: name.to_owned(),
        reason,
    };
    match guarded(|| gate::control(engine, memo, at)) {
        Ok((names, all)) => (names, all.into_iter().map(|it| missed(&it.0, it.1)).collect()),
        Err(message) => {
            // It may have been left half changed.
            *memo = Memo::default();
            let reason = format!("error inside the program: {message}");
            (entity.party.names.len(), vec![missed(entity.caption(), reason)])
        }
    }
}
