//! What is read from a kernel: entropies of its leading blocks, its spectrum, and how alike images of one digit are in it.

use std::collections::BTreeMap;

use super::choices::Scale;
use crate::analysis::{self, Rounding};
use crate::trace::Column;

/// Numbers of a row by the names of their columns.
pub type Values = BTreeMap<String, f64>;

/// A row of these columns. Some numbers of a kernel are undefined, such as the likeness to an image that moves no weight: they are
/// left out. A loss that is not finite stays, and ends the run.
pub fn row(columns: &[Column], values: &Values) -> Vec<Option<f64>> {
    let of = |column: &Column| {
        let value = values.get(&column.name).copied();
        value.filter(|value| value.is_finite() || column.name.contains("loss"))
    };
    columns.iter().map(of).collect()
}

/// Eigenvalues of the largest block that are recorded.
pub const SHARES: usize = 30;

/// How entropies are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convention {
    /// What becomes of eigenvalues at or below 0.
    pub rounding: Rounding,
    /// Their unit.
    pub scale: Scale,
}

impl Convention {
    /// The entropy of eigenvalues; none of fewer than two.
    pub fn entropy(self, eigenvalues: &[f64]) -> f64 {
        let entropy = analysis::entropy(eigenvalues, self.rounding);
        match self.scale {
            Scale::Nats => entropy,
            Scale::OfMost => entropy / libm::log(eigenvalues.len() as f64),
        }
    }

    /// The entropy of the first n images in a kernel of `size`, cosine-normalised or raw.
    pub fn of_block(self, kernel: &[f32], size: usize, n: usize, is_cosine: bool) -> f64 {
        let block = analysis::block(kernel, size, n);
        let block = if is_cosine { analysis::cosine(&block) } else { block };
        self.entropy(&analysis::eigenvalues(&block))
    }
}

/// Adds the entropies of the blocks of a kernel of `size`: `cosine_N` and `raw_N`.
pub fn entropies(values: &mut Values, kernel: &[f32], size: usize, subsets: &[u32], convention: Convention) {
    for n in subsets.iter().filter(|n| **n as usize <= size) {
        for (name, is_cosine) in [("cosine", true), ("raw", false)] {
            values.insert(format!("{name}_{n}"), convention.of_block(kernel, size, *n as usize, is_cosine));
        }
    }
}

/// Adds what else the kernel of the first `n` images says: trace, magnitude entropy, likeness within and between digits, and
/// the largest shares of its spectrum.
pub fn structure(values: &mut Values, kernel: &[f32], size: usize, (n, labels): (usize, &[u8]), is_cosine: bool) {
    let raw = analysis::block(kernel, size, n);
    let cosine = analysis::cosine(&raw);
    values.insert("trace".into(), raw.trace() / n as f64);
    values.insert("magnitude_entropy".into(), analysis::magnitude_entropy(&raw));
    let pairs = || (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
    let mean = |alike: bool| {
        let of: Vec<f64> = pairs().filter(|(i, j)| (labels[*i] == labels[*j]) == alike).map(|at| cosine[at]).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    values.insert("within".into(), mean(true));
    values.insert("between".into(), mean(false));
    let eigenvalues = analysis::eigenvalues(if is_cosine { &cosine } else { &raw });
    let total: f64 = eigenvalues.iter().sum();
    for (rank, value) in eigenvalues.iter().take(SHARES).enumerate().filter(|(_, value)| **value > 0.0) {
        values.insert(format!("share_{}", rank + 1), libm::log10(value / total));
    }
}

/// The columns of [`structure`], of a kernel of at most `n` images.
pub fn structure_columns(n: u32) -> Vec<Column> {
    let mut columns = vec![
        Column::new("trace", format!("Trace / N, N = {n}"), ""),
        Column::new("magnitude_entropy", format!("Magnitude entropy, N = {n}"), "nats"),
        Column::new("within", "Likeness within digits", ""),
        Column::new("between", "Likeness between digits", ""),
    ];
    columns.extend(
        (1..=SHARES.min(n as usize))
            .map(|rank| Column::new(format!("share_{rank}"), format!("log₁₀ share of eigenvalue {rank}"), "")),
    );
    columns
}
