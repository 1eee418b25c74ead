//! The current run as colours: a row for each column of the trace, a cell for each step, and the scale beside them.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::curves::{Layout, axis_height, step_axis, steps};
use super::labels::{Labels, line_height};
use super::paint::Painter;
use super::ramp;
use super::{DrawError, Hit, Hits, PanelBox, Point, Scene};
use crate::figure::{Axis, HeatScale, Ramp};

/// What the figure says of a heat map.
#[derive(Clone, Copy)]
pub struct HeatMap<'a> {
    /// From top to bottom.
    pub rows: &'a [Axis],
    /// Its colours.
    pub ramp: Ramp,
    /// Fixed ends of the colour scale.
    pub ends: [Option<f64>; 2],
    /// What the colours are.
    pub unit: &'a str,
}

/// A value to be shown: its row, its step, and itself.
type Cell = (usize, usize, f64);

/// Draws the map of the current run; `None` when it has no value.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    map: HeatMap,
) -> Result<Option<Hits>, DrawError<DB>> {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return Ok(None) };
    let last = run.trace.steps().saturating_sub(1);
    let shown = if scene.heat == HeatScale::Step { scene.step } else { last };
    let row = |(row, axis): (usize, &Axis)| {
        let values = run.trace.column(&axis.column).unwrap_or(&[]).iter().copied().enumerate();
        let there = values.filter(|(step, value)| *step <= shown && value.is_finite());
        there.map(|(step, value)| (row, step, value)).collect::<Vec<Cell>>()
    };
    let cells: Vec<Cell> = map.rows.iter().enumerate().flat_map(row).collect();
    let Some(span) = span(map.ends, &cells) else { return Ok(None) };

    let mut labels = Labels::new(painter.width, painter.height);
    let (layout, bar) = layout(painter, map, &span)?;
    let mut steps = steps(painter, &layout, last)?;
    steps.span = Span { low: -0.5, high: last as f64 + 0.5 };
    let [left, top, right, bottom] = layout.plot(0);
    let height = (bottom - top) / map.rows.len().max(1) as f64;
    let edges = |row: usize, step: usize| {
        let x = |step: f64| layout.x(&steps, step);
        [x(step as f64 - 0.5), top + row as f64 * height, x(step as f64 + 0.5), top + (row + 1) as f64 * height]
    };
    painter.polygon(&corners([left, top, right, bottom]), painter.theme.floor)?;
    for (row, step, value) in &cells {
        painter.polygon(&corners(edges(*row, *step)), ramp::colour(map.ramp, &span, *value))?;
    }
    for (index, axis) in map.rows.iter().enumerate() {
        let [_, above, _, below] = edges(index, 0);
        let width = painter.text_width(&axis.label, painter.tick_type())?;
        let at = (left - 6.0 - width / 2.0, (above + below) / 2.0);
        if labels.take(at, (width, painter.tick_size)) {
            painter.text(&axis.label, at, painter.tick_type())?;
        }
    }
    let [from, _, to, _] = edges(0, scene.step);
    outline(painter, [from, top, to, bottom])?;
    if let Some(hit) = scene.focus.filter(|hit| hit.run == run.id && hit.line < map.rows.len()) {
        outline(painter, edges(hit.line, hit.step))?;
    }
    step_axis(painter, scene, (&layout, &steps), 1, &mut labels)?;
    let tall = [2.0 + line_height(painter.tick_size) + 2.0, painter.height - axis_height(painter)];
    scale(painter, (map.ramp, map.unit), &span, (bar, tall), &mut labels)?;

    let mut hits = Hits::default();
    hits.points.extend(cells.iter().map(|(row, step, _)| {
        let [left, top, right, bottom] = edges(*row, *step);
        Hit { run: run.id, step: *step, panel: 0, line: *row, x: (left + right) / 2.0, y: (top + bottom) / 2.0 }
    }));
    hits.panels.push(PanelBox { edges: [left, top, right, bottom] });
    Ok(Some(hits))
}

/// The range of the colours; `None` without a value.
fn span(ends: [Option<f64>; 2], cells: &[Cell]) -> Option<Span> {
    let found = Span::of(cells.iter().map(|cell| cell.2), 0.0)?;
    let (low, high) = (ends[0].unwrap_or(found.low), ends[1].unwrap_or(found.high));
    // All values at the fixed end: any range serves.
    Some(if low < high { Span { low, high } } else { Span { low: high - 1.0, high } })
}

/// Where the cells lie, and left and right edge of the colour bar.
fn layout<DB: DrawingBackend>(
    painter: &Painter<DB>,
    map: HeatMap,
    span: &Span,
) -> Result<(Layout, [f64; 2]), DrawError<DB>> {
    let longest = map.rows.iter().map(|row| row.label.as_str()).max_by_key(|label| label.chars().count());
    let names = painter.text_width(longest.unwrap_or(""), painter.tick_type())?;
    let mut widest = 0.0f64;
    for label in &span.ticks(4).labels {
        widest = widest.max(painter.number_width(label)?);
    }
    let bar = (painter.width * 0.025).clamp(8.0, 18.0);
    let right = painter.width - widest - 8.0;
    let layout = Layout {
        left: names + 10.0,
        right: right - bar - painter.tick_size * 1.4,
        top: 2.0,
        pitch: (painter.height - axis_height(painter) - 2.0).max(1.0),
        title: line_height(painter.tick_size) + 2.0,
        below: 0.0,
        twin: 0.0,
    };
    Ok((layout, [right - bar, right]))
}

/// A colour bar with its ticks, between left and right and between top and bottom edge, and its unit over it.
pub fn scale<DB: DrawingBackend>(
    painter: &Painter<DB>,
    (ramp, unit): (Ramp, &str),
    span: &Span,
    ([left, right], [top, bottom]): ([f64; 2], [f64; 2]),
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    const SLICES: usize = 48;
    let y = |share: f64| bottom - share * (bottom - top);
    for slice in 0..SLICES {
        let [from, to] = [slice, slice + 1].map(|at| at as f64 / SLICES as f64);
        let value = span.low + (from + to) / 2.0 * (span.high - span.low);
        painter.polygon(&corners([left, y(to), right, y(from)]), ramp::colour(ramp, span, value))?;
    }
    let set = painter.tick_type();
    let ticks = span.ticks(((bottom - top) / (painter.tick_size * 2.6)).clamp(1.0, 6.0) as usize);
    for (value, label) in ticks.values.iter().zip(&ticks.labels) {
        let at = y(span.share(*value));
        painter.line(&[(right, at), (right + 3.0, at)], painter.theme.axis, painter.theme.hairline)?;
        let width = painter.number_width(label)?;
        let place = labels.inside((right + 5.0 + width / 2.0, at), (width, painter.tick_size));
        if labels.take(place, (width, painter.tick_size)) {
            painter.text(label, place, set)?;
        }
    }
    let width = painter.text_width(unit, set)?;
    let at = labels.inside(((left + right) / 2.0, 2.0 + line_height(set.size) / 2.0), (width, set.size));
    if labels.take(at, (width, set.size)) {
        painter.text(unit, at, set)?;
    }
    Ok(())
}

/// A frame that stands out from every colour.
pub fn outline<DB: DrawingBackend>(
    painter: &Painter<DB>,
    [left, top, right, bottom]: [f64; 4],
) -> Result<(), DrawError<DB>> {
    let around: [Point; 5] = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    let width = painter.theme.hairline;
    painter.line(&around, painter.theme.ground, width * 3.5)?;
    painter.line(&around, painter.theme.text, width * 1.5)
}

/// The corners of a box of left, upper, right and lower edge.
pub fn corners([left, top, right, bottom]: [f64; 4]) -> [Point; 4] {
    [(left, top), (right, top), (right, bottom), (left, bottom)]
}
