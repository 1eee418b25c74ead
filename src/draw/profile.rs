//! Columns at the timeline's step, side by side: a line of discs for each quantity.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::cell::{self, Cell};
use super::cells::key_line;
use super::labels::Labels;
use super::paint::Painter;
use super::theme::{Dash, palette};
use super::trajectory::focused;
use super::{DrawError, Hit, Hits, PanelBox, Point, RunView, Scene, in_order};
use crate::figure::{Profile, ProfileLine};
use crate::number::value as number;

/// Index, x and y of the values that a line has at the timeline's step.
fn points(run: &RunView, profile: &Profile, line: &ProfileLine, step: usize) -> Vec<(usize, f64, f64)> {
    let value =
        |(at, axis): (usize, &crate::figure::Axis)| Some((at, profile.places[at], run.trace.at(&axis.column, step)?));
    line.points.iter().enumerate().filter_map(value).collect()
}

/// Draws the lines of all runs; `None` when no run has a value. The scales span all steps, so that a picture can be compared
/// with the next.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    profile: &Profile,
) -> Result<Option<Hits>, DrawError<DB>> {
    let columns = || profile.lines.iter().flat_map(|line| &line.points).map(|axis| axis.column.as_str());
    let values = scene.runs.iter().flat_map(|run| columns().filter_map(|column| run.trace.column(column)).flatten());
    let Some(upwards) = Span::of(values.copied(), 0.07) else { return Ok(None) };
    let Some(across) = Span::of(profile.places.iter().copied(), 0.04) else { return Ok(None) };
    let mut labels = Labels::new(painter.width, painter.height);
    let top = match profile.lines.len() {
        0 | 1 => 2.0,
        _ => key_line(painter, profile.lines.iter().map(|line| line.label.as_str()), &mut labels)?,
    };
    let axes = [profile.x_label.as_str(), profile.y_label.as_str()];
    let cell = Cell { title: String::new(), axes, spans: [across, upwards], paths: Vec::new(), dots: Vec::new() };
    let edges = [0.0, top, painter.width - 6.0, painter.height - 4.0];
    let [left, above, right, below] = cell::frame(painter, &cell, edges, &mut labels)?;
    let place = |(x, y): (f64, f64)| -> Point {
        (left + cell.spans[0].share(x) * (right - left), below - cell.spans[1].share(y) * (below - above))
    };
    let mut hits = Hits::default();
    let width = profile.places.len();
    for run in in_order(scene) {
        for (index, line) in profile.lines.iter().enumerate() {
            let shown = if run.current { 1.0 } else { 0.45 };
            let colour = palette(index).over(painter.theme.ground, shown);
            let points = points(&run, profile, line, scene.step);
            let places: Vec<Point> = points.iter().map(|(_, x, y)| place((*x, *y))).collect();
            painter.dashed(&places, (Dash::nth(index).pattern(), 0.0), colour, painter.theme.line)?;
            for ((at, ..), place) in points.iter().zip(&places) {
                // A spectrum has many: then the discs must not hide the line.
                painter.disc(*place, painter.theme.marker * if width > 12 { 0.3 } else { 0.5 }, colour)?;
                let hit =
                    Hit { run: run.id, step: scene.step, panel: 0, line: index * width + at, x: place.0, y: place.1 };
                if scene
                    .focus
                    .is_some_and(|focus| (focus.run, focus.line) == (hit.run, hit.line) && focus.step == hit.step)
                {
                    focused(painter, *place, colour)?;
                }
                hits.points.push(hit);
            }
        }
    }
    hits.panels.push(PanelBox { edges: [left, above, right, below] });
    Ok(Some(hits))
}

/// What is pointed out in words.
pub fn readout(run: &RunView, profile: &Profile, hit: &Hit) -> Vec<String> {
    let width = profile.places.len().max(1);
    let (line, at) = (profile.lines.get(hit.line / width), hit.line % width);
    let Some((line, axis)) = line.and_then(|line| Some((line, line.points.get(at)?))) else { return Vec::new() };
    let value = run.trace.at(&axis.column, hit.step).map_or("no value".to_owned(), number);
    vec![format!("{} {}", profile.x_label, number(profile.places[at])), format!("{} {value}", line.label)]
}

/// The current run's lines at the timeline's step in words.
pub fn describe(scene: &Scene, profile: &Profile) -> String {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return String::new() };
    let line = |line: &ProfileLine| {
        let values = points(run, profile, line, scene.step);
        let values: Vec<String> = values.iter().map(|(_, x, y)| format!("{} at {}", number(*y), number(*x))).collect();
        format!("{}: {}.", line.label, values.join(", "))
    };
    profile.lines.iter().map(line).collect::<Vec<_>>().join(" ")
}
