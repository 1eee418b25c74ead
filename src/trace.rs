//! An append-only table of measurements: one row per step, one named column per quantity.

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Stable name, the same in CSV, JSON and figures: `entropy_1`, `output_0`, `entropy_total`.
    pub name: String,
    /// Words for people: "Entropy of layer 1".
    pub label: String,
    /// Unit or base, empty for a pure number: "bits".
    pub unit: String,
}

impl Column {
    /// A column with its `name`, its `label` for people and its `unit`.
    pub fn new(name: impl Into<String>, label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), unit: unit.into() }
    }

    /// What it measures, whichever layer or output of: `entropy` for `entropy_2`.
    pub fn quantity(&self) -> &str {
        self.numbered().map_or(&self.name, |numbered| numbered.quantity)
    }

    /// Words for [`Column::quantity`]: "Entropy" for "Entropy of layer 2".
    pub fn quantity_label(&self) -> &str {
        self.numbered().map_or(&self.label, |numbered| numbered.label)
    }

    /// Words for the layer or output that it is of, if it is of one: "layer 2", "output 0".
    pub fn part(&self) -> Option<&str> {
        self.numbered().map(|numbered| numbered.part)
    }

    /// Its name and its label in two, where both end in a number, and the name in one only: a matrix's entry is not one of
    /// a row of the like.
    fn numbered(&self) -> Option<Numbered<'_>> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (quantity, number) = self.name.rsplit_once('_')?;
        let (before, shown) = self.label.rsplit_once(' ')?;
        let (words, kind) = before.rsplit_once(' ')?;
        if !is_number(number) || !is_number(shown) || is_number(kind) || quantity.rsplit('_').any(is_number) {
            return None;
        }
        let joints = [" of", " for", " from", ","];
        let label = joints.iter().find_map(|joint| words.strip_suffix(joint)).unwrap_or(before);
        Some(Numbered { quantity, label, part: &self.label[words.len() + 1..] })
    }
}

/// "Entropy of layer 2" as `entropy`, "Entropy" and "layer 2".
struct Numbered<'a> {
    quantity: &'a str,
    label: &'a str,
    part: &'a str,
}

/// Measurements of one run. Step `k` is row `k`; a step without a value holds NaN (`null` in JSON, empty in CSV).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    columns: Vec<Column>,
    values: Vec<Vec<f64>>,
    steps: usize,
}

impl Trace {
    /// An empty trace of these columns.
    pub fn new(columns: Vec<Column>) -> Self {
        let values = vec![Vec::new(); columns.len()];
        Self { columns, values, steps: 0 }
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of rows: steps 0..steps are there.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// All values of a column, one per step; `None` if there is no such column.
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        let at = self.columns.iter().position(|column| column.name == name)?;
        Some(&self.values[at])
    }

    /// The value of a column at a step; `None` where there is none.
    pub fn at(&self, name: &str, step: usize) -> Option<f64> {
        self.column(name)?.get(step).copied().filter(|value| !value.is_nan())
    }

    /// Appends the row of the next step, one entry per column.
    ///
    /// # Panics
    /// If the row is not as long as the table is wide.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(
            row.len(),
            self.columns.len(),
            "trace: a row has {} values for {} columns",
            row.len(),
            self.columns.len()
        );
        for (values, value) in self.values.iter_mut().zip(row) {
            values.push(*value);
        }
        self.steps += 1;
    }

    /// The rows from `from` on, one after the other: what crosses to the page after a chunk.
    pub fn rows_from(&self, from: usize) -> Vec<f64> {
        (from..self.steps).flat_map(|step| self.values.iter().map(move |values| values[step])).collect()
    }

    /// Appends rows as [`Trace::rows_from`] gives them.
    ///
    /// # Panics
    /// If the number of values is not a multiple of the number of columns.
    pub fn extend(&mut self, rows: &[f64]) {
        assert_eq!(
            rows.len() % self.columns.len().max(1),
            0,
            "trace: {} values for {} columns",
            rows.len(),
            self.columns.len()
        );
        for row in rows.chunks(self.columns.len().max(1)) {
            self.push(row);
        }
    }

    /// How much more this one measures than another: the differences of the columns and of the steps that both have.
    pub fn minus(&self, other: &Trace) -> Trace {
        let mut difference = Trace { steps: self.steps.min(other.steps), ..Trace::default() };
        for (column, values) in self.columns.iter().zip(&self.values) {
            if let Some(others) = other.column(&column.name) {
                difference.columns.push(column.clone());
                difference.values.push(values.iter().zip(others).map(|(one, other)| one - other).collect());
            }
        }
        difference
    }
}
