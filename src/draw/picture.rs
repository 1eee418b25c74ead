//! A figure as a picture of its own: under its title, the runs' key and the step, which the page says around it.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::labels::line_height;
use super::paint::{Painter, Type};
use super::{DrawError, RunView, Scene, Theme, draw, height_for};
use crate::figure::{Figure, Plot};

/// Width of every picture, css pixels: a page's width in print, half a slide.
const WIDTH: f64 = 960.0;

/// Distance of the words from the edges.
const MARGIN: f64 = 16.0;

/// Length of the piece of line before a run's name.
const SWATCH: f64 = 30.0;

/// The heading's words against the theme's: a picture is larger than most figures on the page.
const GROWTH: f64 = 1.2;

/// Where the heading's words go, from what can be known before anything is measured.
struct Heading {
    /// Height of the title.
    title: f64,
    /// Height of a line of the key.
    line: f64,
    /// Runs in a line of the key.
    across: usize,
    /// Lines of the key.
    lines: usize,
}

impl Heading {
    fn of(runs: &[RunView], theme: &Theme) -> Self {
        let longest = runs.iter().map(|run| run.label.chars().count()).max().unwrap_or(0) as f64;
        // A letter is half as wide as it is high; a little more stays free.
        let size = theme.title_size * GROWTH;
        let cell = SWATCH + 0.6 * size * longest + 24.0;
        let across = ((WIDTH - 2.0 * MARGIN) / cell).clamp(1.0, 4.0) as usize;
        let (title, line) = (line_height(size * 1.5) + 6.0, line_height(size) + 4.0);
        Self { title, line, across, lines: runs.len().div_ceil(across) }
    }

    fn height(&self) -> f64 {
        MARGIN + self.title + self.lines as f64 * self.line + 8.0
    }
}

/// Width and height of the picture of a figure with these runs, css pixels.
pub fn picture_size(figure: &Figure, runs: &[RunView], theme: &Theme) -> (f64, f64) {
    let width = WIDTH - 2.0 * MARGIN;
    let height = match figure.plot {
        // On the page it is lower, so that its neighbours are seen too.
        Plot::Trajectory { .. } => width * 0.8,
        _ => height_for(figure, width, runs.len(), theme),
    };
    (WIDTH, (Heading::of(&named(figure, runs), theme).height() + height + MARGIN).round())
}

/// The runs of the key, the current one first, as on the page. A heat map shows the current run alone.
fn named<'a>(figure: &Figure, runs: &[RunView<'a>]) -> Vec<RunView<'a>> {
    let current = runs.iter().filter(|run| run.current);
    match figure.plot {
        Plot::HeatMap { .. } => current.copied().collect(),
        _ => current.chain(runs.iter().filter(|run| !run.current)).copied().collect(),
    }
}

/// Draws the scene as a picture of its own; `caption` says what belongs to it beside its title: the step.
pub fn draw_picture<DB: DrawingBackend>(
    root: &DrawingArea<DB, Shift>,
    scene: &Scene,
    caption: &str,
) -> Result<(), DrawError<DB>> {
    let painter = Painter::new(root, scene.scale, scene.theme);
    painter.fill(scene.theme.ground)?;
    let named = named(scene.figure, scene.runs);
    let heading = Heading::of(&named, scene.theme);
    title(&painter, scene, &heading, caption)?;
    key(&painter, &named, &heading)?;
    let backing = |css: f64| (css * scene.scale).round() as i32;
    let figure = root.margin(backing(heading.height()), backing(MARGIN), backing(MARGIN), backing(MARGIN));
    draw(&figure, scene).map(drop)
}

/// The figure's title, and the caption at the right.
fn title<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    heading: &Heading,
    caption: &str,
) -> Result<(), DrawError<DB>> {
    let theme = scene.theme;
    let middle = MARGIN + heading.title / 2.0 - 3.0;
    let set = Type { size: theme.title_size * GROWTH * 1.5, bold: true, colour: theme.text };
    painter.text_from(&scene.figure.title, (MARGIN, middle), set)?;
    let set = Type { size: theme.title_size * GROWTH, bold: false, colour: theme.muted };
    let width = painter.text_width(caption, set)?;
    painter.text_from(caption, (painter.width - MARGIN - width, middle), set)
}

/// Every run's line, in its colour and dash, and its name.
fn key<DB: DrawingBackend>(painter: &Painter<DB>, runs: &[RunView], heading: &Heading) -> Result<(), DrawError<DB>> {
    let theme = painter.theme;
    let set = Type { size: theme.title_size * GROWTH, bold: false, colour: theme.text };
    let wide = (painter.width - 2.0 * MARGIN) / heading.across as f64;
    for (at, run) in runs.iter().enumerate() {
        let left = MARGIN + wide * (at % heading.across) as f64;
        let middle = MARGIN + heading.title + heading.line * ((at / heading.across) as f64 + 0.5);
        let ends = [(left, middle), (left + SWATCH - 8.0, middle)];
        painter.dashed(&ends, (run.dash.pattern(), 0.0), run.colour, theme.line)?;
        let set = Type { bold: run.current && runs.len() > 1, ..set };
        painter.text_from(run.label, (left + SWATCH, middle), set)?;
    }
    Ok(())
}
