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
