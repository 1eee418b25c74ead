//! From a place on the screen back to the measurement drawn there.

/// A measurement under the pointer. Step and run name it in every figure; `line` and the place only in its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The run's `id`.
    pub run: u32,
    /// The step measured.
    pub step: usize,
    /// The panel of stacked curves; 0 in a trajectory.
    pub panel: usize,
    /// The line within the panel; 0 in a trajectory.
    pub line: usize,
    /// Css pixels from the picture's left edge.
    pub x: f64,
    /// Css pixels from the picture's upper edge.
    pub y: f64,
}

/// A panel of curves on the screen, css pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelBox {
    /// Left, upper, right and lower edge.
    pub edges: [f64; 4],
}

/// All measurements of one picture, and where they are.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// In drawing order: what is later lies on top.
    pub points: Vec<Hit>,
    /// The panels of curves, from top to bottom; none for a trajectory.
    pub panels: Vec<PanelBox>,
    /// Lines in a row of a field: what the keys up and down move by. 0 and 1 are the same.
    pub row: usize,
}

impl Hits {
    /// The measurement nearest to a place, if there is one within `reach`. Inside a panel of curves every place has
    /// one: the measurement nearest in step, then in value.
    pub fn nearest(&self, x: f64, y: f64, reach: f64) -> Option<Hit> {
        let distance = |hit: &Hit| (hit.x - x).hypot(hit.y - y);
        let nearest = self.least(|_| true, distance)?;
        if distance(&nearest) <= reach {
            return Some(nearest);
        }
        let panel = self.panels.iter().position(|panel| panel.holds(x, y))?;
        // A hundredth of the distance in value breaks ties between curves at the same step.
        self.least(|hit| hit.panel == panel, |hit| (hit.x - x).abs() + (hit.y - y).abs() / 100.0)
    }

    /// The last of those with the least cost: it lies on top.
    fn least(&self, among: impl Fn(&Hit) -> bool, cost: impl Fn(&Hit) -> f64) -> Option<Hit> {
        let mut best: Option<(f64, Hit)> = None;
        for hit in self.points.iter().filter(|hit| among(hit)) {
            let cost = cost(hit);
            if best.is_none_or(|(least, _)| cost <= least) {
                best = Some((cost, *hit));
            }
        }
        best.map(|(_, hit)| hit)
    }
}

impl PanelBox {
    fn holds(&self, x: f64, y: f64) -> bool {
        let [left, top, right, bottom] = self.edges;
        (left..=right).contains(&x) && (top..=bottom).contains(&y)
    }
}
