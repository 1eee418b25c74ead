//! Small matrices of f32 whose operations round in the order of torch's CPU operations, so that runs come out equal.
//!
//! Row by row in memory, one row per sample: torch's layout. Products and sums run along their dimension from 0 up,
//! rounded at each step, as torch's do for sizes as small as these.

/// A matrix of `rows` × `columns` values.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Number of rows: samples, for states.
    pub rows: usize,
    /// Number of columns: units, for states.
    pub columns: usize,
    /// Row by row.
    pub values: Vec<f32>,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// A matrix whose value at (row, column) is `value(row, column)`.
    pub fn from_fn(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        // One copy of the loop for all: these matrices are small, and so shall be the page.
        fn fill(rows: usize, columns: usize, value: &dyn Fn(usize, usize) -> f32) -> Vec<f32> {
            let mut values = Vec::with_capacity(rows * columns);
            for row in 0..rows {
                for column in 0..columns {
                    values.push(value(row, column));
                }
            }
            values
        }
        Self { rows, columns, values: fill(rows, columns, &value) }
    }

    /// The value at (row, column).
    pub fn at(&self, row: usize, column: usize) -> f32 {
        self.values[row * self.columns + column]
    }

    /// `count` rows from `first` on.
    pub fn rows(&self, first: usize, count: usize) -> Self {
        let values = self.values[first * self.columns..(first + count) * self.columns].to_vec();
        Self { rows: count, columns: self.columns, values }
    }

    /// Overwrites the rows from `first` on.
    pub fn set_rows(&mut self, first: usize, rows: &Self) {
        self.values[first * self.columns..][..rows.values.len()].copy_from_slice(&rows.values);
    }

    /// `self @ other`.
    pub fn times(&self, other: &Self) -> Self {
        let dot = |row, column| dot(self.columns, &|k| self.at(row, k), &|k| other.at(k, column));
        Self::from_fn(self.rows, other.columns, dot)
    }

    /// `self @ other.T`.
    pub fn times_transposed(&self, other: &Self) -> Self {
        let dot = |row, column| dot(self.columns, &|k| self.at(row, k), &|k| other.at(column, k));
        Self::from_fn(self.rows, other.rows, dot)
    }

    /// `self.T @ other`.
    pub fn transposed_times(&self, other: &Self) -> Self {
        let dot = |row, column| dot(self.rows, &|k| self.at(k, row), &|k| other.at(k, column));
        Self::from_fn(self.columns, other.columns, dot)
    }

    /// Every value through `change`.
    pub fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        fn each(values: &[f32], change: &dyn Fn(f32) -> f32) -> Vec<f32> {
            values.iter().map(|value| change(*value)).collect()
        }
        Self { values: each(&self.values, &change), ..*self }
    }

    /// Every value with its counterpart in `other` through `join`.
    pub fn with(&self, other: &Self, join: impl Fn(f32, f32) -> f32) -> Self {
        fn each(one: &[f32], other: &[f32], join: &dyn Fn(f32, f32) -> f32) -> Vec<f32> {
            one.iter().zip(other).map(|(a, b)| join(*a, *b)).collect()
        }
        Self { values: each(&self.values, &other.values, &join), ..*self }
    }

    /// `row` added to every row.
    pub fn plus_row(&self, row: &[f32]) -> Self {
        Self::from_fn(self.rows, self.columns, |r, c| self.at(r, c) + row[c])
    }

    /// One column.
    fn column(&self, column: usize) -> impl Iterator<Item = f32> {
        (0..self.rows).map(move |row| self.at(row, column))
    }

    /// The mean of every column.
    pub fn column_means(&self) -> Vec<f32> {
        (0..self.columns).map(|column| self.column(column).fold(0.0, |sum, x| sum + x) / self.rows as f32).collect()
    }

    /// The notebook's `normalize`: every column scaled to 0..1 by its least and greatest value, less the mean that it
    /// had *before*. A constant column becomes minus its value.
    pub fn normalised(&self) -> Self {
        let means = self.column_means();
        let least: Vec<f32> = (0..self.columns).map(|c| self.column(c).fold(f32::INFINITY, f32::min)).collect();
        let greatest: Vec<f32> = (0..self.columns).map(|c| self.column(c).fold(f32::NEG_INFINITY, f32::max)).collect();
        Self::from_fn(self.rows, self.columns, |row, c| {
            (self.at(row, c) - least[c]) / (greatest[c] - least[c] + 1e-5) - means[c]
        })
    }
}

/// Σ a(k) b(k) for k from 0 up, each product rounded before it is added.
fn dot(inner: usize, a: &dyn Fn(usize) -> f32, b: &dyn Fn(usize) -> f32) -> f32 {
    (0..inner).fold(0.0, |sum, k| sum + a(k) * b(k))
}

/// The logistic function, 1 / (1 + e⁻ˣ), as torch computes it for fewer than sixteen values.
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// eˣ as glibc's `expf`: 2^(k/32) times a cubic in the rest. In one case of some hundred it is the other neighbour of
/// the exact value than a rounded eˣ, and the notebook's `normalize` can magnify that ten thousand times.
fn exp(x: f32) -> f32 {
    const CUBIC: [f64; 3] =
        [0.055_503_615_593_415_35 / 32_768.0, 0.240_228_452_244_572_2 / 1024.0, 0.693_147_180_691_620_3 / 32.0];
    let scaled = f64::from(x) * (std::f64::consts::LOG2_E * 32.0);
    let whole = libm::rint(scaled);
    let rest = scaled - whole;
    let power = (CUBIC[0] * rest + CUBIC[1]) * (rest * rest) + (CUBIC[2] * rest + 1.0);
    (power * libm::exp2(whole / 32.0)) as f32
}
