//! A figure as data: what to plot, named by the columns of a trace. How it is drawn is `draw`'s business.

use serde::Serialize;

/// One figure of a lab.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Stable name, used in links and exported files: `trajectory-123`.
    pub slug: String,
    /// Heading: "Trajectory of layers 1, 2, 3".
    pub title: String,
    /// One or two sentences: what is seen here, and what to notice.
    pub help: String,
    /// Heading that it stands under where figures are chosen: "Norms".
    pub group: &'static str,
    /// Whether it is shown before the reader has chosen.
    pub shown: bool,
    /// What is plotted.
    pub plot: Plot,
}

/// What a figure plots.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Plot {
    /// The path of three columns through space, step by step.
    Trajectory {
        /// x, y and z.
        axes: [Axis; 3],
    },
    /// Panels stacked over one step axis.
    Curves {
        /// From top to bottom.
        panels: Vec<Panel>,
    },
    /// The current run as colours: a row for each column of the trace, a cell for each step.
    HeatMap {
        /// From top to bottom.
        rows: Vec<Axis>,
        /// The colours.
        ramp: Ramp,
        /// Ends of the colour scale where they are fixed, lowest and highest.
        ends: [Option<f64>; 2],
        /// What the colours are, beside their scale: "bits".
        unit: String,
    },
    /// One column against another, in cells of their own.
    Planes {
        /// From left to right, then from top to bottom.
        cells: Vec<Plane>,
    },
    /// A cell for each run, all of the same scales.
    ByRun {
        /// To the right.
        x: Axis,
        /// What the lines are: "h/n".
        y_label: String,
        /// The lines in every cell.
        lines: Vec<Axis>,
    },
}

/// Colours of a heat map, from the lowest value to the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Ramp {
    /// Dark blue to white: the more negative, the darker.
    Blues,
    /// Red through white to blue.
    Diverging,
    /// matplotlib's viridis.
    Viridis,
    /// matplotlib's plasma.
    Plasma,
    /// matplotlib's magma.
    Magma,
}

/// What a heat map's colours span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeatScale {
    /// The values of the whole run.
    #[default]
    Run,
    /// The values up to the timeline's step; what comes after is not shown.
    Step,
}

/// One column against another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plane {
    /// Title over the cell: "Layer 1".
    pub title: String,
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// What is marked on the current run.
    pub mark: Option<Mark>,
}

/// A place on a curve that is pointed out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Mark {
    /// Where the curve crosses 0, between two steps: at `c + a_c / (a_c − a_(c+1))`.
    Zero,
    /// The step of the highest value.
    Highest,
    /// The step at which another column has its lowest value.
    LowestOf(Axis),
}

/// An axis that shows a column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// Name of the column.
    pub column: String,
    /// Axis title: "Layer 1 (h/n)".
    pub label: String,
}

/// One panel of curves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// Title over the panel: "Layer 1 (256 neurons)".
    pub title: String,
    /// Title of the value axis: "h/n".
    pub y_label: String,
    /// The curves in this panel.
    pub lines: Vec<Axis>,
    /// What is marked on the current run's curves.
    pub mark: Option<Mark>,
}

impl Axis {
    /// An axis of this column, with this title.
    pub fn new(column: impl Into<String>, label: impl Into<String>) -> Self {
        Self { column: column.into(), label: label.into() }
    }
}

impl Plot {
    /// The columns that it shows, in the order of its data table.
    pub fn axes(&self) -> Vec<&Axis> {
        match self {
            Self::Trajectory { axes } => axes.iter().collect(),
            Self::Curves { panels } => panels.iter().flat_map(|panel| &panel.lines).collect(),
            Self::HeatMap { rows, .. } => rows.iter().collect(),
            Self::Planes { cells } => cells.iter().flat_map(|cell| [&cell.x, &cell.y]).collect(),
            Self::ByRun { x, lines, .. } => std::iter::once(x).chain(lines).collect(),
        }
    }
}

/// From where the trajectories are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Turn about the upright axis, radians: a larger one moves the near side to the right.
    pub yaw: f64,
    /// Height of the eye over the horizon, radians: π/2 looks straight down.
    pub pitch: f64,
    /// Magnification about the marker at the timeline's step, 1 shows the whole cube.
    pub zoom: f64,
}

impl Default for View {
    fn default() -> Self {
        Self { yaw: 0.62, pitch: 0.38, zoom: 1.0 }
    }
}
