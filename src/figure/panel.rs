//! Panels of curves: lines of columns, with what is filled behind them and an axis at the right.

use serde::Serialize;

use super::{Axis, Mark};

/// One panel of curves.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Panel {
    /// Title over the panel: "Layer 1 (256 neurons)".
    pub title: String,
    /// Title of the value axis: "h/n".
    pub y_label: String,
    /// The curves in this panel.
    pub lines: Vec<Axis>,
    /// What is marked on the current run's curves.
    pub mark: Option<Mark>,
    /// What is filled behind the curves.
    pub bands: Vec<Band>,
    /// Curves of another quantity, with an axis of their own at the right edge.
    pub twin: Option<Twin>,
}

impl Panel {
    /// A panel with nothing but these curves.
    pub fn new(title: impl Into<String>, y_label: impl Into<String>, lines: Vec<Axis>) -> Self {
        Self { title: title.into(), y_label: y_label.into(), lines, ..Self::default() }
    }

    /// All its curves: those of the left axis, then those of the right one.
    pub fn curves(&self) -> impl Iterator<Item = &Axis> {
        self.lines.iter().chain(self.twin.iter().flat_map(|twin| &twin.lines))
    }
}

/// What lies between two columns, filled in the colour of a line; of a column and itself, a dashed line of reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Band {
    /// Which of the panel's lines it belongs to.
    pub line: usize,
    /// Name of the column of its lower edge.
    pub low: String,
    /// Name of the column of its upper edge.
    pub high: String,
}

/// Curves with an axis at the right edge of a panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Twin {
    /// Title of its axis: "accuracy".
    pub label: String,
    /// The curves.
    pub lines: Vec<Axis>,
}
