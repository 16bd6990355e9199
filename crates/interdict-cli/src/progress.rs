//! Long work -> a bar on standard error, on a terminal only, and not before somebody could wonder.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(300);

/// Progress over a known number of steps.
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: bool,
}

impl Progress {
    /// Starts counting; draws nothing yet.
    pub fn new(steps: usize, what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Self {
            bar,
            start: Instant::now(),
            // Without a terminal it stays hidden: it counts as shown.
            shown: !std::io::stderr().is_terminal(),
        }
    }

    /// A step is done.
    pub fn step(&mut self) {
        self.bar.inc(1);
        self.tell();
    }

    /// Something else begins that has no steps.
    pub fn phase(&mut self, what: &str) {
        self.bar.set_message(what.to_owned());
        self.tell();
    }

    fn tell(&mut self) {
        if !self.shown && self.start.elapsed() > PATIENCE {
            self.shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.tick();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
