//! Counts -> shares with intervals, precision and recall, curves of recall against alerts.

/// A share with Wilson's interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// How many are counted.
    pub count: usize,
    /// Of how many.
    pub of: usize,
}

impl Share {
    /// The share, `0.0..=1.0`; nought of nothing.
    pub fn value(self) -> f64 {
        self.count as f64 / self.of.max(1) as f64
    }

    /// Wilson's interval, 95 %.
    pub fn interval(self) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let (n, z) = (self.of as f64, 1.96_f64);
        let p = self.value();
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z * z / n;
        (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
    }

    /// `613 of 729, 84.09 % (81.25 to 86.56)`.
    pub fn words(self) -> String {
        let (low, high) = self.interval();
        format!(
            "{} of {}, {:.2} % ({:.2} to {:.2})",
            self.count,
            self.of,
            100.0 * self.value(),
            100.0 * low,
            100.0 * high
        )
    }

    /// For JSON.
    pub fn json(self) -> serde_json::Value {
        let (low, high) = self.interval();
        serde_json::json!({"count": self.count, "of": self.of, "value": round(self.value()),
            "low": round(low), "high": round(high)})
    }
}

/// Four places: what a share of some thousand cases can tell, and the same bytes on every machine.
pub fn round(it: f64) -> f64 {
    (it * 10_000.0).round() / 10_000.0
}

/// How labelled pairs fared at a threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Same, and matched.
    pub right: usize,
    /// Not the same, and matched.
    pub wrong: usize,
    /// Same, and not matched.
    pub missed: usize,
    /// Not the same, and not matched.
    pub left: usize,
}

impl Confusion {
    /// Counts a pair.
    pub fn add(&mut self, same: bool, matched: bool) {
        *match (same, matched) {
            (true, true) => &mut self.right,
            (false, true) => &mut self.wrong,
            (true, false) => &mut self.missed,
            (false, false) => &mut self.left,
        } += 1;
    }

    /// The share of matches that are right.
    pub const fn precision(self) -> Share {
        Share {
            count: self.right,
            of: self.right + self.wrong,
        }
    }

    /// The share of same pairs that match.
    pub const fn recall(self) -> Share {
        Share {
            count: self.right,
            of: self.right + self.missed,
        }
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missed).max(1) as f64
    }
}

/// A point of the curve of recall against alerts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The threshold, a score in ten-thousandths.
    pub threshold: u32,
    /// Share of the positives found at or above it, `0.0..=1.0`.
    pub recall: f64,
    /// Share of the negatives that alert at or above it, `0.0..=1.0`.
    pub alerts: f64,
}

/// The curve over every threshold at which something changes; scores in ten-thousandths, `None` for nothing found.
pub fn curve(positives: &[Option<u32>], negatives: &[Option<u32>]) -> Vec<Point> {
    let mut thresholds: Vec<u32> = positives.iter().chain(negatives).flatten().copied().collect();
    thresholds.sort_unstable();
    thresholds.dedup();
    let sorted = |scores: &[Option<u32>]| {
        let mut out: Vec<u32> = scores.iter().flatten().copied().collect();
        out.sort_unstable();
        out
    };
    let (found, alerting) = (sorted(positives), sorted(negatives));
    let above = |sorted: &[u32], threshold: u32, of: usize| {
        let below = sorted.partition_point(|it| *it < threshold);
        (sorted.len() - below) as f64 / of.max(1) as f64
    };
    thresholds
        .into_iter()
        .map(|threshold| Point {
            threshold,
            recall: above(&found, threshold, positives.len()),
            alerts: above(&alerting, threshold, negatives.len()),
        })
        .collect()
}

/// The lowest threshold at which no more than this share of the negatives alerts; `None` where even the highest alerts more.
pub fn at_alerts(curve: &[Point], most: f64) -> Option<Point> {
    curve.iter().find(|it| it.alerts <= most).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves() {
        let positives = [Some(9_000), Some(8_000), Some(5_000), None];
        let negatives = [Some(6_000), None, None, Some(1_000)];
        let curve = curve(&positives, &negatives);
        let thresholds: Vec<u32> = curve.iter().map(|it| it.threshold).collect();
        assert_eq!(thresholds, [1_000, 5_000, 6_000, 8_000, 9_000]);
        // At 5000 one of four negatives alerts; with none allowed the threshold is 8000.
        assert_eq!(
            at_alerts(&curve, 0.25).map(|it| (it.threshold, it.recall)),
            Some((5_000, 0.75))
        );
        assert_eq!(
            at_alerts(&curve, 0.0).map(|it| (it.threshold, it.recall)),
            Some((8_000, 0.5))
        );
    }

    #[test]
    fn confusion() {
        let mut it = Confusion::default();
        for (same, matched) in [(true, true), (true, false), (false, true), (false, false)] {
            it.add(same, matched);
        }
        assert_eq!((it.f1(), it.precision().value(), it.recall().value()), (0.5, 0.5, 0.5));
    }
}
