//! One cell of a grid: title, both axes, the paths of the runs, and the marks on them.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::curves::tones;
use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::panel::Curve;
use super::trajectory::{focused, ringed};
use super::{DrawError, Hit, Hits, PanelBox, Point, RunView, Scene};
use crate::figure::Axis;

/// A cell, laid out.
pub struct Cell<'a> {
    /// Over it.
    pub title: String,
    /// Titles of the axes, x and y.
    pub axes: [&'a str; 2],
    /// Ranges of the axes, x and y.
    pub spans: [Span; 2],
    /// In drawing order.
    pub paths: Vec<Path<'a>>,
    /// Places that are pointed out, in data.
    pub dots: Vec<Point>,
}

/// One line of one run.
pub struct Path<'a> {
    /// Its look, and its y by step.
    pub curve: Curve<'a>,
    /// Step, x and y, wherever both are finite.
    pub points: Vec<(usize, f64, f64)>,
}

impl<'a> Path<'a> {
    /// The path of a run through two of its columns.
    pub fn new(run: RunView<'a>, line: usize, x: &Axis, y: &'a Axis) -> Self {
        let [xs, ys] = [x, y].map(|axis| run.trace.column(&axis.column).unwrap_or(&[]));
        let pairs = xs.iter().zip(ys).enumerate().map(|(step, (x, y))| (step, *x, *y));
        let points: Vec<_> = pairs.filter(|(_, x, y)| x.is_finite() && y.is_finite()).collect();
        let by_step = points.iter().map(|(step, _, y)| (*step, *y)).collect();
        Self { curve: Curve { run, line, label: &y.label, colour: run.colour, points: by_step }, points }
    }
}

/// Draws a cell between these edges (left, upper, right, lower).
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    (cell, index): (&Cell, usize),
    edges: [f64; 4],
    labels: &mut Labels,
    hits: &mut Hits,
) -> Result<(), DrawError<DB>> {
    let plot = frame(painter, cell, edges, labels)?;
    let [left, top, right, bottom] = plot;
    let place = |x: f64, y: f64| -> Point {
        (left + cell.spans[0].share(x) * (right - left), bottom - cell.spans[1].share(y) * (bottom - top))
    };
    let theme = painter.theme;
    for path in &cell.paths {
        let run = path.curve.run;
        let (until, ahead) = tones(&path.curve, scene, theme.ground);
        let width = theme.line * if run.current { 1.0 } else { 0.72 };
        let points: Vec<Point> = path.points.iter().map(|(_, x, y)| place(*x, *y)).collect();
        let now = path.points.partition_point(|(step, _, _)| *step < scene.step).min(points.len().saturating_sub(1));
        let pattern = run.dash.pattern();
        if !points.is_empty() {
            painter.dashed(&points[now..], (pattern, 0.0), ahead, width)?;
            painter.dashed(&points[..=now], (pattern, 0.0), until, width)?;
        }
        hits.points.extend(path.points.iter().zip(&points).map(|((step, _, _), at)| Hit {
            run: run.id,
            step: *step,
            panel: index,
            line: path.curve.line,
            x: at.0,
            y: at.1,
        }));
    }
    for path in &cell.paths {
        let at = |step: usize| path.points.iter().find(|point| point.0 == step).map(|point| place(point.1, point.2));
        let run = path.curve.run;
        if let Some(at) = at(scene.step).filter(|_| run.current) {
            ringed(painter, at, theme.marker * 0.6, path.curve.colour)?;
        }
        if let Some(at) = scene.focus.filter(|hit| hit.run == run.id).and_then(|hit| at(hit.step)) {
            focused(painter, at, path.curve.colour)?;
        }
    }
    for (x, y) in &cell.dots {
        let at = place(*x, *y);
        painter.disc(at, theme.marker * 0.75, theme.ground)?;
        painter.disc(at, theme.marker * 0.55, theme.end)?;
    }
    hits.panels.push(PanelBox { edges: plot });
    Ok(())
}

/// Title, grid and axes; returns left, upper, right and lower edge of the plot.
pub fn frame<DB: DrawingBackend>(
    painter: &Painter<DB>,
    cell: &Cell,
    [left, above, right, below]: [f64; 4],
    labels: &mut Labels,
) -> Result<[f64; 4], DrawError<DB>> {
    let theme = painter.theme;
    let set = painter.tick_type();
    let line = line_height(painter.tick_size);
    let head = line_height(painter.title_size) + 3.0;
    let across = ((right - left) / (painter.tick_size * 7.0)).clamp(2.0, 6.0) as usize;
    let up = ((below - above - head - 2.0 * line) / (painter.tick_size * 2.8)).clamp(2.0, 5.0) as usize;
    let [x_ticks, y_ticks] = [cell.spans[0].ticks(across), cell.spans[1].ticks(up)];
    let mut widest = 0.0f64;
    for label in &y_ticks.labels {
        widest = widest.max(painter.number_width(label)?);
    }
    let plot = [left + widest + 10.0, above + head, right - 4.0, below - 2.0 * line - 6.0];
    let [from, top, to, bottom] = plot;
    words(painter, cell, [left, above, right], labels)?;
    for (value, label) in y_ticks.values.iter().zip(&y_ticks.labels) {
        let y = bottom - cell.spans[1].share(*value) * (bottom - top);
        let zero = *value == 0.0;
        let (colour, stroke) = if zero { (theme.axis, theme.hairline) } else { (theme.grid, theme.grid_line) };
        painter.line(&[(from, y), (to, y)], colour, stroke)?;
        let width = painter.number_width(label)?;
        let at = (from - 6.0 - width / 2.0, y);
        if labels.take(at, (width, set.size)) {
            painter.text(label, at, set)?;
        }
    }
    for (value, label) in x_ticks.values.iter().zip(&x_ticks.labels) {
        let x = from + cell.spans[0].share(*value) * (to - from);
        painter.line(&[(x, top), (x, bottom)], theme.grid.over(theme.ground, 0.7), theme.grid_line)?;
        let width = painter.number_width(label)?;
        let at = labels.inside((x, bottom + 4.0 + line / 2.0), (width, set.size));
        if labels.take(at, (width, set.size)) {
            painter.text(label, at, set)?;
        }
    }
    painter.line(&[(from, bottom), (to, bottom)], theme.axis, theme.hairline)?;
    let width = painter.text_width(cell.axes[0], set)?;
    let at = ((from + to) / 2.0, bottom + 4.0 + 1.5 * line);
    if labels.take(at, (width, set.size)) {
        painter.text(cell.axes[0], at, Type { colour: theme.text, ..set })?;
    }
    Ok(plot)
}

/// The title, and after it what goes upwards.
fn words<DB: DrawingBackend>(
    painter: &Painter<DB>,
    cell: &Cell,
    [left, above, right]: [f64; 3],
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let set = Type { bold: true, ..painter.title_type() };
    let height = line_height(set.size);
    let unit = Type { bold: false, colour: painter.theme.muted, ..set };
    let wide = painter.text_width(cell.axes[1], unit)?;
    let (text, width) = painter.fitted(&cell.title, set, right - left - wide - 3.0 * set.size)?;
    let middle = above + height / 2.0;
    if labels.take((left + 2.0 + width / 2.0, middle), (width, height)) {
        painter.text_from(&text, (left + 2.0, middle), set)?;
    }
    let start = left + 2.0 + width + set.size * 0.7;
    if labels.take((start + wide / 2.0, middle), (wide, height)) {
        painter.text_from(cell.axes[1], (start, middle), unit)?;
    }
    Ok(())
}
