//! Sparse rows times thin matrices, in f64: what a linear read-out is fitted with.

/// Columns of a thin matrix: a read-out for each of the ten digits.
pub const THIN: usize = 10;

/// A row of a thin matrix.
pub type Thin = [f64; THIN];

/// Rows of values, most of which are 0: images, or what layers answer to them.
#[derive(Clone, Debug)]
pub struct Rows {
    width: usize,
    ends: Vec<usize>,
    at: Vec<u32>,
    values: Vec<f32>,
}

impl Rows {
    /// No rows yet, of `width` values each.
    pub fn new(width: usize) -> Self {
        Self { width, ends: Vec::new(), at: Vec::new(), values: Vec::new() }
    }

    /// Values in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Adds a row with these values at these places.
    pub fn push(&mut self, values: impl Iterator<Item = (usize, f32)>) {
        for (at, value) in values.filter(|(_, value)| *value != 0.0) {
            self.at.push(at as u32);
            self.values.push(value);
        }
        self.ends.push(self.at.len());
    }

    /// The values of a row that are not 0, with their places.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        let values = self.at[start..self.ends[row]].iter().zip(&self.values[start..self.ends[row]]);
        values.map(|(at, value)| (*at as usize, f64::from(*value)))
    }

    /// Number of values that are not 0.
    pub fn filled(&self) -> usize {
        self.values.len()
    }

    /// Cosine between a row and one of other rows; 0 where either is dark.
    pub fn cosine(&self, row: usize, others: &Self, other: usize) -> f64 {
        let length = |rows: &Self, row| rows.row(row).map(|(_, value)| value * value).sum::<f64>().sqrt();
        let mut dense = vec![0.0; self.width];
        self.row(row).for_each(|(at, value)| dense[at] = value);
        let product: f64 = others.row(other).map(|(at, value)| dense[at] * value).sum();
        let lengths = length(self, row) * length(others, other);
        if lengths > 0.0 { product / lengths } else { 0.0 }
    }

    /// Mean and standard deviation of every place over the rows.
    pub fn moments(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut mean, mut square) = (vec![0.0; self.width], vec![0.0; self.width]);
        let share = 1.0 / self.len().max(1) as f64;
        for (at, value) in (0..self.len()).flat_map(|row| self.row(row)) {
            mean[at] += value * share;
        }
        // Around the mean: of nearly constant values, a difference of squares would keep little. Places that are 0 come last.
        let mut lit = vec![0_usize; self.width];
        for (at, value) in (0..self.len()).flat_map(|row| self.row(row)) {
            square[at] += (value - mean[at]) * (value - mean[at]);
            lit[at] += 1;
        }
        let spread = square
            .iter()
            .zip(&mean)
            .zip(&lit)
            .map(|((square, mean), lit)| ((square + (self.len() - lit) as f64 * mean * mean) * share).sqrt());
        let spread = spread.collect();
        (mean, spread)
    }

    /// `row · thin` for a row; thin is (width, THIN).
    #[inline]
    pub fn times(&self, row: usize, thin: &[Thin]) -> Thin {
        let mut sum = [0.0; THIN];
        for (at, value) in self.row(row) {
            let thin = &thin[at];
            for n in 0..THIN {
                sum[n] += value * thin[n];
            }
        }
        sum
    }

    /// `into ← into + Σ (row − mean)ᵀ (row − mean) · thin` over the rows, as a read-out's normal equations have it.
    pub fn add_normal(&self, mean: &[f64], thin: &[Thin], into: &mut [Thin]) {
        let centre = self.centre(mean, thin);
        let mut total = [0.0; THIN];
        for row in 0..self.len() {
            let mut product = self.times(row, thin);
            for n in 0..THIN {
                product[n] -= centre[n];
                total[n] += product[n];
            }
            self.add_transposed(row, &product, into);
        }
        subtract_centre(mean, &total, into);
    }

    /// `into ← into + Σ (row − mean)ᵀ target` over the rows and their targets.
    pub fn add_targets(&self, mean: &[f64], targets: &[Thin], into: &mut [Thin]) {
        let mut total = [0.0; THIN];
        for (row, target) in targets.iter().enumerate() {
            for n in 0..THIN {
                total[n] += target[n];
            }
            self.add_transposed(row, target, into);
        }
        subtract_centre(mean, &total, into);
    }

    fn centre(&self, mean: &[f64], thin: &[Thin]) -> Thin {
        let mut centre = [0.0; THIN];
        for (mean, thin) in mean.iter().zip(thin) {
            for n in 0..THIN {
                centre[n] += mean * thin[n];
            }
        }
        centre
    }

    #[inline]
    fn add_transposed(&self, row: usize, factors: &Thin, into: &mut [Thin]) {
        for (at, value) in self.row(row) {
            let into = &mut into[at];
            for n in 0..THIN {
                into[n] += value * factors[n];
            }
        }
    }
}

fn subtract_centre(mean: &[f64], total: &Thin, into: &mut [Thin]) {
    for (mean, into) in mean.iter().zip(into) {
        for n in 0..THIN {
            into[n] -= mean * total[n];
        }
    }
}
