//! What is measured at each step: sums over its frames, and the entropies of who wins.

use super::plan::Step;
use crate::kernels::LABELS;
use crate::kernels::wta_frames::{RECORD, Recorded, WtaRule};
use crate::trace::Column;

/// Number of digits.
const DIGITS: usize = LABELS as usize;

/// The columns, in the order of [`Record::row`].
pub fn columns() -> Vec<Column> {
    let column = |name: &str, label: &str, unit: &str| Column::new(name, label, unit);
    let mut columns = vec![
        column("frames", "Frames so far", ""),
        column("sparse_error", "Error of the sparse layer", "% of the light"),
        column("invariant_error", "Error of the invariant layer", ""),
        column("last_error", "Error of the winner-take-all layer", ""),
        column("sparse_change", "Change of sw in a frame", ""),
        column("last_change", "Change of ww in a frame", ""),
        column("io_sum", "Sum of io", ""),
        column("sparse_entropy", "Entropy of the sparse winners", "bits"),
        column("sparse_used", "Sparse units that win", ""),
        column("last_entropy", "Entropy of the last layer's winners", "bits"),
        column("last_used", "Last units that win", ""),
        column("code_entropy", "Entropy of the invariant code", "bits"),
        column("accuracy", "Accuracy", "%"),
        column("information", "Information of the winning unit on the digit", "bits"),
        column("voted_entropy", "Entropy of the units that win images", "bits"),
        column("voted_used", "Units that win images", ""),
    ];
    columns.extend((0..DIGITS).map(|i| Column::new(format!("output_{i}"), format!("Frames answered {i}"), "share")));
    columns
}

/// −Σ p log₂ p of counts or other amounts, which need not sum up to 1; 0 of nothing.
pub fn entropy(amounts: impl Iterator<Item = f64> + Clone) -> f64 {
    let total: f64 = amounts.clone().sum();
    let term = |amount: f64| if amount > 0.0 { amount / total * libm::log2(amount / total) } else { 0.0 };
    0.0 - amounts.map(term).sum::<f64>()
}

/// Sums over the frames of the step in progress, and over the images of a classification.
pub struct Record {
    frames: u32,
    sums: [f64; RECORD],
    sparse: Vec<u32>,
    last: Vec<u32>,
    /// (wN, DIGITS).
    votes: Vec<u32>,
    /// Of every last unit, the digit that it stood for at the last classification.
    classes: Option<Vec<usize>>,
    right: u32,
    tested: u32,
}

impl Record {
    /// Nothing yet.
    pub fn new(rule: &WtaRule) -> Self {
        let [sparse, last] = [rule.sparse(), rule.wta].map(|units| units as usize);
        Self {
            frames: 0,
            sums: [0.0; RECORD],
            sparse: vec![0; sparse],
            last: vec![0; last],
            votes: vec![0; last * DIGITS],
            classes: None,
            right: 0,
            tested: 0,
        }
    }

    /// Whether images have been classified.
    pub fn is_classified(&self) -> bool {
        self.classes.is_some()
    }

    /// After a step, as the votes of the last classification leave it; all are 0 before the first.
    pub fn restore(&mut self, votes: &[f32]) {
        let last = self.last.len();
        for (at, votes) in votes.iter().enumerate() {
            self.votes[at % last * DIGITS + at / last] = *votes as u32;
        }
        let any = self.votes.iter().any(|votes| *votes > 0);
        self.classes = any.then(|| self.votes.chunks(DIGITS).map(most).collect());
    }

    /// Frames that were learned from: what the pass recorded of them.
    pub fn learned<'a>(&mut self, records: impl Iterator<Item = &'a [f32]>) {
        for record in records {
            self.frames += 1;
            self.sums.iter_mut().zip(record).for_each(|(sum, value)| *sum += f64::from(*value));
            self.last[record[Recorded::Wta as usize] as usize] += 1;
            record[RECORD..].iter().for_each(|unit| self.sparse[*unit as usize] += 1);
        }
    }

    /// Images that vote. `first`: nothing has been voted on before.
    pub fn voted<'a>(&mut self, records: impl Iterator<Item = (&'a [f32], usize)>, first: bool) {
        if first {
            self.votes.fill(0);
            (self.classes, self.right, self.tested) = (None, 0, 0);
        }
        for (record, digit) in records {
            self.votes[record[Recorded::Wta as usize] as usize * DIGITS + digit] += 1;
        }
    }

    /// Images that are tested.
    pub fn tested<'a>(&mut self, records: impl Iterator<Item = (&'a [f32], usize)>) {
        let votes = &self.votes;
        let classes = self.classes.get_or_insert_with(|| votes.chunks(DIGITS).map(most).collect());
        for (record, digit) in records {
            self.tested += 1;
            self.right += u32::from(classes[record[Recorded::Wta as usize] as usize] == digit);
        }
    }

    /// The row of the step, which is now complete. `io` is the invariant code as it stands.
    pub fn row(&mut self, step: &Step, io: &[f32]) -> Vec<Option<f64>> {
        let frames = f64::from(self.frames);
        let sum = |of: Recorded| self.sums[of as usize];
        let mean = |of: Recorded| sum(of) / frames;
        let root = |of: Recorded| mean(of).sqrt();
        let counts = |counts: &[u32]| entropy(counts.iter().map(|count| f64::from(*count)));
        let used = |counts: &[u32]| counts.iter().filter(|count| **count > 0).count() as f64;
        let light = sum(Recorded::Light);
        let mut row = vec![
            Some(f64::from(step.total)),
            Some(if light > 0.0 { 100.0 * sum(Recorded::SparseError) / light } else { 0.0 }),
            Some(mean(Recorded::InvariantError)),
            Some(mean(Recorded::WtaError)),
            Some(root(Recorded::SparseChange)),
            Some(root(Recorded::WtaChange)),
            Some(mean(Recorded::IoSum)),
            Some(counts(&self.sparse)),
            Some(used(&self.sparse)),
            Some(counts(&self.last)),
            Some(used(&self.last)),
            Some(entropy(io.iter().map(|io| f64::from(*io)))),
        ];
        row.extend(self.classification().filter(|_| step.classifies).map_or([None; 4], |found| found.map(Some)));
        let mut answers = [0.0; DIGITS];
        if let Some(classes) = &self.classes {
            classes.iter().zip(&self.last).for_each(|(class, wins)| answers[*class] += f64::from(*wins) / frames);
        }
        row.extend(answers.map(Some));
        self.frames = 0;
        self.sums = [0.0; RECORD];
        self.sparse.fill(0);
        self.last.fill(0);
        row
    }

    /// Accuracy in percent, information of the winning unit on the digit, entropy of the winning units, and their number.
    fn classification(&self) -> Option<[f64; 4]> {
        let of_units =
            || self.votes.chunks(DIGITS).map(|votes| votes.iter().map(|votes| f64::from(*votes)).sum::<f64>());
        let of_digits = (0..DIGITS)
            .map(|digit| self.votes[digit..].iter().step_by(DIGITS).map(|votes| f64::from(*votes)).sum::<f64>());
        let joint = entropy(self.votes.iter().map(|votes| f64::from(*votes)));
        let units = entropy(of_units());
        let information = units + entropy(of_digits) - joint;
        let used = of_units().filter(|votes| *votes > 0.0).count() as f64;
        (self.tested > 0).then(|| [100.0 * f64::from(self.right) / f64::from(self.tested), information, units, used])
    }
}

/// The digit with most votes, the first of equals.
fn most(votes: &[u32]) -> usize {
    (0..votes.len()).rev().max_by_key(|digit| votes[*digit]).unwrap_or(0)
}
