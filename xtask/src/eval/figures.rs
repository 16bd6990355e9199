//! Rows of a set -> figures; figures against their floors.

use super::sets::{Kind, Row};

/// Thresholds at which pairs are counted.
const THRESHOLDS: [f64; 3] = [0.50, 0.70, 0.90];

/// A figure: a share, by name.
pub struct Figure {
    /// The set.
    pub set: &'static str,
    /// What it is a share of.
    pub name: String,
    /// How many cases it rests on.
    pub n: usize,
    /// The share, 0..1.
    pub value: f64,
    /// How many are counted, where it is a plain share.
    pub count: Option<usize>,
    /// Whether more is better.
    pub more: bool,
}

impl Figure {
    /// The name that floors use.
    pub fn key(&self) -> String {
        format!("{}.{}", self.set, self.name)
    }

    /// A line of the table.
    pub fn line(&self) -> String {
        let between = self.count.map_or(String::new(), |count| {
            let (low, high) = wilson(count, self.n);
            format!("{:.2} to {:.2}", 100.0 * low, 100.0 * high)
        });
        let count = self.count.map_or(String::new(), |it| it.to_string());
        let words = self.name.replace('_', " ");
        let value = 100.0 * self.value;
        format!(
            "| {} | {} | {words} | {count} | {value:.2} | {between} |",
            self.set, self.n
        )
    }
}

/// The figures of a set.
pub fn of(set: &'static str, kind: Kind, rows: &[Row]) -> Vec<Figure> {
    let share = |name: &str, more: bool, counts: &dyn Fn(&Row) -> bool| {
        let count = rows.iter().filter(|it| counts(it)).count();
        Figure {
            set,
            name: name.to_owned(),
            n: rows.len(),
            value: count as f64 / rows.len().max(1) as f64,
            count: Some(count),
            more,
        }
    };
    match kind {
        Kind::Rank => vec![
            share("found", true, &|it| it.rank.is_some()),
            share("first", true, &|it| it.rank == Some(1)),
        ],
        Kind::Clean => vec![
            share("matched", false, &|it| it.matched),
            share("not_clear", false, &|it| it.decision != "clear"),
        ],
        Kind::Pairs if rows.iter().any(|it| it.wanted) => THRESHOLDS
            .iter()
            .map(|t| Figure {
                set,
                name: format!("f1_at_{:.0}", 100.0 * t),
                n: rows.len(),
                value: f1(rows, *t),
                count: None,
                more: true,
            })
            .collect(),
        Kind::Pairs => THRESHOLDS
            .iter()
            .map(|t| share(&format!("matched_at_{:.0}", 100.0 * t), false, &|it| over(it, *t)))
            .collect(),
    }
}

fn over(row: &Row, threshold: f64) -> bool {
    row.score.probability() >= threshold
}

fn f1(rows: &[Row], threshold: f64) -> f64 {
    let right = rows.iter().filter(|it| it.wanted && over(it, threshold)).count();
    let wrong = rows.iter().filter(|it| it.wanted != over(it, threshold)).count();
    2.0 * right as f64 / (2 * right + wrong).max(1) as f64
}

/// Wilson's interval of a share, 95 %.
fn wilson(count: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (n as f64, 1.96_f64);
    let p = count as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
}

/// What breaks a floor: each figure has one, and no floor is without its figure where its set was asked.
///
/// # Errors
/// When the floors cannot be read.
pub fn faults(floors: &str, figures: &[Figure], complete: bool) -> Result<Vec<String>, String> {
    let floors: toml::Table = floors.parse().map_err(|it| format!("floors: {it}"))?;
    let empty = toml::Table::new();
    let side = |name: &str| floors.get(name).and_then(toml::Value::as_table).unwrap_or(&empty);
    let mut faults = Vec::new();
    for it in figures {
        let key = it.key();
        let word = if it.more { "least" } else { "most" };
        match side(word).get(&key).and_then(toml::Value::as_float) {
            None => faults.push(format!("{key}: no floor under `[{word}]`")),
            Some(floor) if it.more && it.value < floor => {
                faults.push(format!("{key}: {:.4}, at least {floor} is wanted", it.value));
            }
            Some(floor) if !it.more && it.value > floor => {
                faults.push(format!("{key}: {:.4}, at most {floor} is allowed", it.value));
            }
            Some(_) => {}
        }
    }
    for word in ["least", "most"] {
        for key in side(word).keys() {
            if complete
                && !figures
                    .iter()
                    .any(|it| it.key() == *key && it.more == (word == "least"))
            {
                faults.push(format!("{key}: a floor under `[{word}]` without such a figure"));
            }
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    //! The arithmetic, and that a floor is seen to fail.

    use super::*;

    fn figure(value: f64, more: bool) -> Figure {
        Figure {
            set: "set",
            name: "share".to_owned(),
            n: 100,
            value,
            count: None,
            more,
        }
    }

    #[test]
    fn wilson_is_wilson() {
        let (low, high) = wilson(8, 10);
        assert!((low - 0.4902).abs() < 5e-4 && (high - 0.9433).abs() < 5e-4);
        assert_eq!(wilson(0, 10).0, 0.0);
    }

    #[test]
    fn floors_hold_both_ways() {
        let least = "[least]\n\"set.share\" = 0.80\n";
        let most = "[most]\n\"set.share\" = 0.80\n";
        let count = |floors, value, more| faults(floors, &[figure(value, more)], true).unwrap().len();
        assert_eq!((count(least, 0.80, true), count(least, 0.79, true)), (0, 1));
        assert_eq!((count(most, 0.80, false), count(most, 0.81, false)), (0, 1));
        assert_eq!(count("", 1.0, true), 1, "a figure without a floor");
        assert_eq!(faults(least, &[], true).unwrap().len(), 1, "a floor without a figure");
        assert_eq!(faults(least, &[], false).unwrap().len(), 0, "its set was not asked");
    }
}
