//! Long work -> a bar on standard error, on a terminal only, and not before somebody could wonder.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

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

/// Downloads at the same time, a bar each: on standard error, on a terminal only.
pub struct Downloads {
    bars: MultiProgress,
    columns: usize,
}

/// How far one download is; its bar goes with it.
pub struct Download {
    bar: ProgressBar,
}

impl Downloads {
    /// Draws nothing yet.
    pub fn new() -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            bars: MultiProgress::with_draw_target(target),
            columns: 16,
        }
    }

    /// A file of a list.
    pub fn file(&self, list: &str, name: &str) -> Download {
        let bar = self.bars.add(ProgressBar::no_length());
        if let Ok(style) = ProgressStyle::with_template("{prefix} {msg} {bytes} {bytes_per_sec}") {
            bar.set_style(style);
        }
        bar.set_prefix(format!("{list:width$}", width = self.columns));
        bar.set_message(name.to_owned());
        Download { bar }
    }
}

impl Download {
    /// So many bytes came, of so many that were announced.
    pub fn step(&mut self, received: u64, length: Option<u64>) {
        if self.bar.length() != length {
            if let Some(it) = length {
                self.bar.set_length(it);
            } else {
                self.bar.unset_length();
            }
            let template = "{prefix} {msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
            if length.is_some()
                && let Ok(style) = ProgressStyle::with_template(template)
            {
                self.bar.set_style(style);
            }
        }
        self.bar.set_position(received);
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
