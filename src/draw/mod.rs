//! A figure and its runs as a picture on any plotters backend, and the way back from a place to a measurement.
//!
//! plotters gives the pen (paths, discs, polygons, words), nothing more: its 3-D charts have no axis titles and no depth
//! order, and its coordinates are whole pixels. So everything is laid out here in css pixels and scaled at the last
//! moment ([`Scene::scale`], at least 2 on screens, or a turning path jitters).

mod axis;
mod callout;
mod cell;
mod cells;
mod clip;
mod cube;
mod curves;
mod field;
mod graph;
mod heat;
mod histogram;
mod hits;
mod labels;
mod marks;
mod mosaic;
mod paint;
mod panel;
mod path;
mod picture;
mod profile;
mod projection;
mod ramp;
mod readings;
mod readout;
mod stills;
mod svg;
mod theme;
mod trajectory;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind, DrawingBackend};

use crate::figure::{Field, Figure, HeatScale, Panel, Plot, View};
use crate::trace::Trace;

pub use crate::number::value as number;
pub use hits::{Grid, Hit, Hits, PanelBox};
pub use picture::{draw_picture, picture_size};
pub use readout::readout;
pub use stills::Stills;
pub use svg::{SVG_BITMAP, SVG_SCALE, svg_file};
pub use theme::{Colour, Dash, Theme, palette, theme};

use heat::HeatMap;
use labels::line_height;
use paint::Painter;

/// Drawing failed in the backend.
pub type DrawError<DB> = DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>;

/// A place in the picture, css pixels from its upper left corner.
type Point = (f64, f64);

/// A run as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct RunView<'a> {
    /// Its measurements.
    pub trace: &'a Trace,
    /// What [`Hit::run`] names it by.
    pub id: u32,
    /// Its name for people.
    pub label: &'a str,
    /// Colour of its lines.
    pub colour: Colour,
    /// How its lines are broken.
    pub dash: Dash,
    /// Is it the one that the timeline belongs to? It lies on top, thicker.
    pub current: bool,
}

/// Everything a picture shows.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// What to plot.
    pub figure: &'a Figure,
    /// The runs, the first lowest; the current one lies on top of all.
    pub runs: &'a [RunView<'a>],
    /// The timeline's step.
    pub step: usize,
    /// What a step is called under the axis of steps.
    pub step_name: &'a str,
    /// From where a trajectory is looked at.
    pub view: &'a View,
    /// What the colours of heat maps span.
    pub heat: HeatScale,
    /// What is known of the current run's state.
    pub stills: &'a Stills,
    /// The sample and the phase that graphs show.
    pub moment: (usize, usize),
    /// The look.
    pub theme: &'a Theme,
    /// Backing pixels for each css pixel.
    pub scale: f64,
    /// The measurement under the pointer, in this figure or another: its run and step are pointed out here.
    pub focus: Option<Hit>,
    /// What to say when there is nothing to draw.
    pub empty: &'a str,
}

/// Draws the scene over the whole area and says what is where. Presenting is left to the caller.
pub fn draw<DB: DrawingBackend>(root: &DrawingArea<DB, Shift>, scene: &Scene) -> Result<Hits, DrawError<DB>> {
    let painter = Painter::new(root, scene.scale, scene.theme);
    painter.fill(scene.theme.ground)?;
    let hits = match &scene.figure.plot {
        Plot::Trajectory { axes } => trajectory::draw(&painter, scene, axes)?,
        Plot::Curves { panels } => curves::draw(&painter, scene, panels)?,
        Plot::HeatMap { rows, ramp, ends, unit } => {
            heat::draw(&painter, scene, HeatMap { rows, ramp: *ramp, ends: *ends, unit })?
        }
        Plot::Planes { cells } => cells::planes(&painter, scene, cells)?,
        Plot::ByRun { x, y_label, lines } => cells::by_run(&painter, scene, (x, y_label, lines))?,
        Plot::Graph(graph) => graph::draw(&painter, scene, graph)?,
        Plot::Readings { head, rows, coloured } => readings::draw(&painter, scene, (head, rows, *coloured))?,
        Plot::Field(field) => field::draw(&painter, scene, field)?,
        Plot::Profile(profile) => profile::draw(&painter, scene, profile)?,
        Plot::Mosaic(mosaic) => mosaic::draw(&painter, scene, mosaic)?,
        Plot::Histogram { panels, bins, label } => histogram::draw(&painter, scene, (panels, *bins, label))?,
    };
    match hits {
        Some(hits) => Ok(hits),
        None => {
            let text = match &scene.figure.plot {
                Plot::Mosaic(mosaic) => mosaic::absent(scene, mosaic),
                _ => scene.empty,
            };
            message(&painter, text).map(|()| Hits::default())
        }
    }
}

/// What shows the timeline's step in words; `None` for figures of all steps, which the page describes line by line.
pub fn describe(scene: &Scene) -> Option<String> {
    match &scene.figure.plot {
        Plot::Graph(graph) => Some(graph::describe(scene, graph)),
        Plot::Field(field) => Some(field::describe(scene, field)),
        Plot::Profile(profile) => Some(profile::describe(scene, profile)),
        Plot::Mosaic(mosaic) => Some(mosaic::describe(scene, mosaic)),
        Plot::Histogram { panels, bins, label } => Some(histogram::describe(scene, (panels, *bins, label))),
        _ => None,
    }
}

/// The x and y of a field that a measurement in it stands for.
pub fn place_in_field(field: &Field, hit: &Hit) -> [f64; 2] {
    field::place(field, hit.line)
}

/// A height at which the figure reads well at that width, showing so many runs, css pixels.
pub fn height_for(figure: &Figure, width: f64, runs: usize, theme: &Theme) -> f64 {
    let line = line_height(theme.title_size);
    match &figure.plot {
        Plot::Trajectory { .. } => (width * 0.8).clamp(220.0, 420.0),
        Plot::Curves { panels } => {
            let height =
                |panel: &Panel| if panel.curves().count() > 1 { 20.0 * theme.tick_size } else { 8.5 * theme.tick_size };
            let alone = if panels.len() == 1 { 5.0 * theme.tick_size } else { 0.0 };
            panels.iter().map(|panel| height(panel) + line).sum::<f64>() + alone + 3.0 * line
        }
        Plot::HeatMap { rows, .. } => {
            (rows.len() as f64 * 3.2 * theme.tick_size).max(9.0 * theme.tick_size) + 4.0 * line
        }
        Plot::Planes { cells } => cells::height(cells.len(), width, theme),
        Plot::ByRun { .. } => cells::height(runs, width, theme) + line,
        Plot::Graph(graph) => graph::height(graph, width, theme),
        Plot::Readings { rows, .. } => (rows.len() + 1) as f64 * readings::row_height(theme) + line,
        Plot::Mosaic(mosaic) => mosaic::height(mosaic, width, theme),
        Plot::Field(_) => (width * 0.8).clamp(220.0, 460.0),
        Plot::Profile(_) => 25.0 * theme.tick_size + line,
        Plot::Histogram { panels, .. } => panels.len() as f64 * 13.0 * theme.tick_size + 3.0 * line,
    }
}

/// The runs in drawing order: the current one last.
fn in_order<'a>(scene: &Scene<'a>) -> impl Iterator<Item = RunView<'a>> {
    let rest = scene.runs.iter().filter(|run| !run.current);
    rest.chain(scene.runs.iter().filter(|run| run.current)).copied()
}

/// Words in the middle of the picture, as many lines as they need.
fn message<DB: DrawingBackend>(painter: &Painter<DB>, text: &str) -> Result<(), DrawError<DB>> {
    let set = paint::Type { colour: painter.theme.muted, ..painter.title_type() };
    let words: Vec<&str> = text.split_whitespace().collect();
    // The average width of a letter, with a little more for lines of wide ones.
    let letter = painter.text_width(text, set)? / text.chars().count().max(1) as f64 * 1.08;
    let limit = ((painter.width - 24.0) / letter.max(1.0)).max(8.0) as usize;
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= limit) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    let height = line_height(set.size) * 1.15;
    let top = painter.height / 2.0 - height * (lines.len() as f64 - 1.0) / 2.0;
    for (i, line) in lines.iter().enumerate() {
        let at = (painter.width / 2.0, top + i as f64 * height);
        // Of a message higher than the picture, the middle is shown.
        if (height / 2.0..=painter.height - height / 2.0).contains(&at.1) {
            painter.text(line, at, set)?;
        }
    }
    Ok(())
}
