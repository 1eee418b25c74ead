//! From a place on the screen back to the measurement drawn there.

use crate::figure::Mosaic;

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
    /// The values of a mosaic: far more than would be worth a [`Hit`] each.
    pub grid: Option<Grid>,
}

/// The values of a mosaic on the screen. Their [`Hit::line`] is their place in the tensor.
#[derive(Clone, Debug)]
pub struct Grid {
    /// How the tiles lie.
    pub mosaic: Mosaic,
    /// The run's `id`.
    pub run: u32,
    /// The timeline's step.
    pub step: usize,
    /// Left and upper edge, css pixels.
    pub corner: (f64, f64),
    /// Size of a value.
    pub cell: f64,
    /// Distance between tiles.
    pub gap: f64,
}

impl Grid {
    /// Whether there is such a place in the tensor.
    pub fn holds(&self, index: usize) -> bool {
        index < self.mosaic.len()
    }

    /// Left and upper edge of a place in the tensor.
    pub fn corner_of(&self, index: usize) -> (f64, f64) {
        let (column, row) = self.mosaic.place(index);
        let (wide, tall) = self.mosaic.tile;
        let along = |at: usize, tile: usize| at as f64 * self.cell + (at / tile) as f64 * self.gap;
        (self.corner.0 + along(column, wide), self.corner.1 + along(row, tall))
    }

    /// The value at a place in the tensor.
    pub fn hit(&self, index: usize) -> Hit {
        let (left, top) = self.corner_of(index);
        let half = self.cell / 2.0;
        Hit { run: self.run, step: self.step, panel: 0, line: index, x: left + half, y: top + half }
    }

    /// The value that lies `columns` and `rows` further along; the same where the picture ends.
    pub fn moved(&self, index: usize, (columns, rows): (i32, i32)) -> Hit {
        let (column, row) = self.mosaic.place(index);
        let wanted = (column.checked_add_signed(columns as isize), row.checked_add_signed(rows as isize));
        let found = match wanted {
            (Some(column), Some(row)) if row < self.mosaic.rows() => self.mosaic.index(column, row),
            _ => None,
        };
        self.hit(found.unwrap_or(index))
    }

    /// The value under a place.
    fn at(&self, x: f64, y: f64) -> Option<Hit> {
        let along = |from: f64, tile: usize| {
            let pitch = tile as f64 * self.cell + self.gap;
            let number = (from / pitch).floor();
            let within = ((from - number * pitch) / self.cell).floor().min(tile as f64 - 1.0);
            (from >= 0.0).then_some(number as usize * tile + within as usize)
        };
        let column = along(x - self.corner.0, self.mosaic.tile.0)?;
        let row = along(y - self.corner.1, self.mosaic.tile.1)?;
        self.mosaic.index(column, row).map(|index| self.hit(index))
    }
}

impl Hits {
    /// The measurement nearest to a place, if there is one within `reach`. Inside a panel of curves every place has
    /// one: the measurement nearest in step, then in value.
    pub fn nearest(&self, x: f64, y: f64, reach: f64) -> Option<Hit> {
        if let Some(grid) = &self.grid {
            return grid.at(x, y);
        }
        let distance = |hit: &Hit| (hit.x - x).hypot(hit.y - y);
        let nearest = self.least(|_| true, distance)?;
        if distance(&nearest) <= reach {
            return Some(nearest);
        }
        let panel = self.panels.iter().position(|panel| panel.holds(x, y))?;
        // A hundredth of the distance in value breaks ties between curves at the same step.
        self.least(|hit| hit.panel == panel, |hit| (hit.x - x).abs() + (hit.y - y).abs() / 100.0)
    }

    /// Whether this measurement is drawn here.
    pub fn holds(&self, hit: &Hit) -> bool {
        match &self.grid {
            Some(grid) => hit.run == grid.run && grid.holds(hit.line),
            None => self.points.contains(hit),
        }
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
