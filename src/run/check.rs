//! A recorded run against the same run computed again: the largest difference of every series, and what it may be.

use std::fmt;

use super::export::Export;
use crate::trace::Trace;

/// What two engines may differ by, as a share of the series' largest value: they add up single-precision numbers in
/// another order. Between CPU, software GPU and PyTorch, runs of 50 steps came out 2e-6 apart and of 200 steps up to 5e-5
/// (2026-11-25); four times that is allowed.
const ROUNDING: f64 = 2e-4;

/// How a series compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The same bits at every step.
    Equal,
    /// Different, within the tolerance.
    Within,
    /// Different beyond it, or a value stands against none.
    Beyond,
}

impl Finding {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Within => "within",
            Self::Beyond => "beyond",
        }
    }
}

/// The largest difference within a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// Name of the column.
    pub column: String,
    /// Its words for people.
    pub label: String,
    /// Recorded and recomputed value where they differ most; of the first step where one of them is missing, if any.
    pub values: (Option<f64>, Option<f64>),
    /// That step.
    pub step: usize,
    /// What they may differ by.
    pub tolerance: f64,
    /// How it compares.
    pub finding: Finding,
}

impl Deviation {
    /// Distance of the two values; none where one of them is missing.
    pub fn largest(&self) -> Option<f64> {
        let (recorded, recomputed) = self.values;
        Some((recorded? - recomputed?).abs())
    }
}

/// A recorded run and the same run computed again.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Steps that were recorded.
    pub steps: usize,
    /// Where it was recorded, and where it was computed again.
    pub engines: (String, String),
    /// Why the tolerance is what it is.
    pub reason: &'static str,
    /// Every series of this version, in its order.
    pub series: Vec<Deviation>,
    /// Series of this version that the file does not have.
    pub unrecorded: Vec<String>,
    /// Series of the file that this version does not have.
    pub unknown: Vec<String>,
}

impl Check {
    /// Compares what was recorded with the same run as `engine` (`cpu` or `gpu`) computes it on `adapter`.
    pub fn new(recorded: &Export, trace: &Trace, engine: &str, adapter: &str) -> Self {
        let bits = recorded.engine == "cpu" && engine == "cpu" && recorded.version == env!("CARGO_PKG_VERSION");
        let (share, reason) = match bits {
            true => (0.0, "none, for on the CPU one version of the program gives the same bits on every machine."),
            false => (
                ROUNDING,
                "2e-4 of each series' largest value: another engine or version may add up single-precision numbers in \
                 another order.",
            ),
        };
        let steps = recorded.steps.len();
        let (known, missing): (Vec<_>, Vec<_>) =
            trace.columns().iter().partition(|column| recorded.series.get(&column.name).is_some());
        let difference = |column: &&crate::trace::Column| {
            let values = recorded.series.get(&column.name)?;
            let old = |step: usize| values.get(step).copied().flatten();
            let largest = (0..steps).filter_map(old).fold(0.0_f64, |largest, value| largest.max(value.abs()));
            let tolerance = share * largest;
            let (step, finding) = worst(steps, tolerance, &old, &|step| trace.at(&column.name, step));
            let values = (old(step), trace.at(&column.name, step));
            let (column, label) = (column.name.clone(), column.label.clone());
            Some(Deviation { column, label, values, step, tolerance, finding })
        };
        let is_unknown = |name: &&String| trace.column(name).is_none();
        Self {
            steps,
            engines: (on(&recorded.engine, &recorded.adapter), on(engine, adapter)),
            reason,
            series: known.iter().filter_map(difference).collect(),
            unrecorded: missing.iter().map(|column| column.name.clone()).collect(),
            unknown: recorded.series.0.iter().map(|(name, _)| name).filter(is_unknown).cloned().collect(),
        }
    }

    /// Number of series with that finding.
    pub fn count(&self, finding: Finding) -> usize {
        self.series.iter().filter(|series| series.finding == finding).count()
    }

    /// Whether the run came out as recorded: no series is beyond its tolerance, and there was something to compare.
    pub fn holds(&self) -> bool {
        self.count(Finding::Beyond) == 0 && self.steps > 0 && !self.series.is_empty()
    }

    /// The outcome in a sentence.
    pub fn verdict(&self) -> String {
        let (all, beyond) = (self.series.len(), self.count(Finding::Beyond));
        let steps = format!("{} {}", self.steps, if self.steps == 1 { "step" } else { "steps" });
        if self.steps == 0 || all == 0 {
            return "The file holds no step of any series: there is nothing to compare.".into();
        }
        if self.count(Finding::Equal) == all {
            return format!("Exactly equal: all {all} series at all {steps}, to the last bit.");
        }
        match beyond {
            0 => format!("Equal within the tolerance: all {all} series at all {steps}."),
            _ => format!("Different: {beyond} of {all} series differ beyond the tolerance, over {steps}."),
        }
    }

    /// What was not compared, in a sentence; empty if everything was.
    pub fn left_out(&self) -> String {
        let mut text = String::new();
        for (names, what) in [(&self.unrecorded, "Not in the file"), (&self.unknown, "Not in this version")] {
            if !names.is_empty() {
                text += &format!("{what}: {}. ", names.join(", "));
            }
        }
        text.trim_end().to_owned()
    }
}

/// The step at which two series differ most, and how they compare. A value against none is worse than any difference.
fn worst(
    steps: usize,
    tolerance: f64,
    old: &dyn Fn(usize) -> Option<f64>,
    new: &dyn Fn(usize) -> Option<f64>,
) -> (usize, Finding) {
    let (mut at, mut most, mut equal) = (0, 0.0, true);
    for step in 0..steps {
        match (old(step), new(step)) {
            (None, None) => {}
            (Some(one), Some(other)) if one.to_bits() == other.to_bits() => {}
            (Some(one), Some(other)) => {
                let difference = (one - other).abs();
                // What is infinite, or no number, is within nothing.
                if !difference.is_finite() {
                    return (step, Finding::Beyond);
                }
                equal = equal && difference == 0.0;
                if difference > most {
                    (at, most) = (step, difference);
                }
            }
            _ => return (step, Finding::Beyond),
        }
    }
    let finding = match (equal, most <= tolerance) {
        (true, _) => Finding::Equal,
        (false, true) => Finding::Within,
        (false, false) => Finding::Beyond,
    };
    (at, finding)
}

fn on(engine: &str, adapter: &str) -> String {
    match (engine, adapter) {
        ("gpu", "") => "GPU".into(),
        ("gpu", adapter) => format!("GPU, {adapter}"),
        _ => "CPU".into(),
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.verdict())?;
        writeln!(f, "Recorded: {}. Computed again: {}.", self.engines.0, self.engines.1)?;
        writeln!(f, "Tolerance: {}", self.reason)?;
        if !self.left_out().is_empty() {
            writeln!(f, "{}", self.left_out())?;
        }
        for series in &self.series {
            let number = |value: Option<f64>| value.map_or("no value".to_owned(), |value| value.to_string());
            let Deviation { column, step, tolerance, finding, values, .. } = series;
            let word = finding.word();
            match (finding, series.largest()) {
                (Finding::Equal, _) => writeln!(f, "{word:7} {column}")?,
                (_, Some(largest)) => {
                    writeln!(f, "{word:7} {column}: {largest:.3e} at step {step}, tolerance {tolerance:.3e}")?;
                }
                (_, None) => {
                    let (recorded, recomputed) = (number(values.0), number(values.1));
                    writeln!(f, "{word:7} {column}: {recorded} recorded, {recomputed} computed, at step {step}")?;
                }
            }
        }
        Ok(())
    }
}
