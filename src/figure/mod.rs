//! A figure as data: what to plot, named by the columns of a trace. How it is drawn is `draw`'s business.

mod mosaic;
mod panel;

use serde::Serialize;

pub use mosaic::{Ends, MatrixNames, Mosaic};
pub use panel::{Band, Panel, Twin};

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
    /// The current run's network at the timeline's step.
    Graph(Graph),
    /// The current run's numbers at the timeline's step, as a table.
    Readings {
        /// Titles of the columns, the first over the rows' names.
        head: Vec<String>,
        /// From top to bottom.
        rows: Vec<Reading>,
        /// Whether colours tell the values apart: where all are of one kind.
        coloured: bool,
    },
    /// The current run's values over a plane, as colours.
    Field(Field),
    /// Columns at the timeline's step, each at a place of its own.
    Profile(Profile),
    /// The current run's state as tiles of colour.
    Mosaic(Mosaic),
    /// How often the current run's values fall into each bin, over the steps up to the timeline's.
    Histogram {
        /// One below the other, on the same axis; the first line of each is counted.
        panels: Vec<Panel>,
        /// Middle of the first bin, middle of the last, and number of bins.
        bins: (f64, f64, usize),
        /// What the values are: "error (%)".
        label: String,
    },
}

/// A network: units in columns, layer by layer, and the weights between them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Graph {
    /// Inputs first.
    pub layers: Vec<Vec<Node>>,
    /// The weights.
    pub edges: Vec<Edge>,
    /// Whose values the units can show.
    pub samples: Vec<String>,
    /// Which moments of a step they can show; the last is shown at first.
    pub phases: Vec<Phase>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// Its name: "Hidden 1 0".
    pub name: String,
    /// Its value, by phase, then by sample.
    pub values: Vec<Vec<Axis>>,
    /// Its bias, where it has one.
    pub bias: Option<Axis>,
}

/// A weight.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// Layer and unit that it comes from.
    pub from: (usize, usize),
    /// Layer and unit that it goes to.
    pub to: (usize, usize),
    /// Its value.
    pub weight: Axis,
}

/// A moment of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Phase {
    /// Name in links.
    pub slug: &'static str,
    /// Words on the page.
    pub label: &'static str,
    /// One sentence: what is shown.
    pub help: &'static str,
    /// Whether weights and biases are still those of the step before.
    pub before_update: bool,
}

/// A row of a table of readings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// In front: "01 → 1".
    pub name: String,
    /// The values.
    pub values: Vec<Axis>,
    /// The reading that says yes where it is above a limit, no elsewhere, and the words for both.
    pub verdict: Option<Verdict>,
}

/// A verdict at the end of a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The reading that decides.
    pub of: Axis,
    /// Above it, the answer is yes.
    pub above: f64,
    /// Yes and no, in words.
    pub words: [&'static str; 2],
}

/// Values of several columns at one step, side by side: entropies over N, a spectrum.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// To the right.
    pub x_label: String,
    /// Upwards.
    pub y_label: String,
    /// Where the columns of every line stand, rising.
    pub places: Vec<f64>,
    /// The lines.
    pub lines: Vec<ProfileLine>,
}

/// A line of a profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfileLine {
    /// Its name.
    pub label: String,
    /// A column for every place.
    pub points: Vec<Axis>,
}

/// Values over a plane.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// To the right: title, lowest and highest value.
    pub x: (String, f64, f64),
    /// Upwards.
    pub y: (String, f64, f64),
    /// Where the values stand.
    pub cells: Cells,
    /// The colours.
    pub ramp: Ramp,
    /// Ends of the colour scale where they are fixed; with none, it is symmetric about 0.
    pub ends: Option<[f64; 2]>,
    /// What the colours are.
    pub unit: String,
    /// Points drawn over it.
    pub dots: Vec<Dot>,
    /// What a click on it sets: the keys of x and y, and what else is set then.
    pub picks: Option<Picks>,
}

/// Where a field's values stand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Cells {
    /// Columns of the trace at the timeline's step: rows from below upwards, each from left to right.
    Columns(Vec<Vec<String>>),
    /// A column for each place in x, a step for each place in y.
    Steps(Vec<String>),
}

/// A point over a field.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Dot {
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// 0 is drawn as a disc, 1 as a diamond, anything else as a ring.
    pub kind: usize,
}

/// Settings that a click on a field sets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Picks {
    /// Keys of x and y.
    pub keys: [&'static str; 2],
    /// Key and value of what is set besides.
    pub then: (&'static str, &'static str),
}

/// Colours of a heat map, from the lowest value to the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Ramp {
    /// Dark blue to white: the more negative, the darker.
    Blues,
    /// White to black.
    Greys,
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

impl Axis {
    /// An axis of this column, with this title.
    pub fn new(column: impl Into<String>, label: impl Into<String>) -> Self {
        Self { column: column.into(), label: label.into() }
    }
}

impl Plot {
    /// The graph that it is, if it is one.
    pub fn graph(&self) -> Option<&Graph> {
        match self {
            Self::Graph(graph) => Some(graph),
            _ => None,
        }
    }

    /// The tensors of the state that it shows.
    pub fn stills(&self) -> Vec<&str> {
        match self {
            Self::Mosaic(mosaic) => {
                let others = mosaic.marked.iter().chain(&mosaic.frame);
                std::iter::once(&mosaic.still).chain(others).map(String::as_str).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The columns that it shows, in the order of its data table.
    pub fn axes(&self) -> Vec<&Axis> {
        match self {
            Self::Trajectory { axes } => axes.iter().collect(),
            Self::Curves { panels } => panels.iter().flat_map(Panel::curves).collect(),
            Self::HeatMap { rows, .. } => rows.iter().collect(),
            Self::Planes { cells } => cells.iter().flat_map(|cell| [&cell.x, &cell.y]).collect(),
            Self::ByRun { x, lines, .. } => std::iter::once(x).chain(lines).collect(),
            Self::Graph(graph) => {
                let biases = graph.layers.iter().flatten().filter_map(|node| node.bias.as_ref());
                graph.edges.iter().map(|edge| &edge.weight).chain(biases).collect()
            }
            Self::Readings { rows, .. } => rows.iter().flat_map(|row| &row.values).collect(),
            Self::Profile(profile) => profile.lines.iter().flat_map(|line| &line.points).collect(),
            Self::Field(_) | Self::Mosaic(_) => Vec::new(),
            Self::Histogram { panels, .. } => panels.iter().flat_map(|panel| &panel.lines).collect(),
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
