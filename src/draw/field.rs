//! Values over a plane as colours, with points over them and the scale beside them.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::heat::{self, corners};
use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::ramp;
use super::{DrawError, Hit, Hits, PanelBox, Point, RunView, Scene};
use crate::figure::{Cells, Field};
use crate::number;

/// The values, row by row from below upwards; `None` where there is none yet.
fn values(field: &Field, run: &RunView, step: usize) -> Vec<Vec<Option<f64>>> {
    match &field.cells {
        Cells::Columns(rows) => {
            rows.iter().map(|row| row.iter().map(|name| run.trace.at(name, step)).collect()).collect()
        }
        Cells::Steps(names) => {
            (0..names.len()).map(|step| names.iter().map(|name| run.trace.at(name, step)).collect()).collect()
        }
    }
}

/// Columns and rows.
fn size(field: &Field) -> (usize, usize) {
    match &field.cells {
        Cells::Columns(rows) => (rows.first().map_or(0, Vec::len), rows.len()),
        Cells::Steps(names) => (names.len(), names.len()),
    }
}

/// The place of cell `at` of `count` between the ends of an axis.
fn at(axis: &(String, f64, f64), at: usize, count: usize) -> f64 {
    axis.1 + (axis.2 - axis.1) * at as f64 / count.saturating_sub(1).max(1) as f64
}

/// x and y in the middle of the cell that a hit names.
pub fn place(field: &Field, line: usize) -> [f64; 2] {
    let (columns, rows) = size(field);
    [at(&field.x, line % columns.max(1), columns), at(&field.y, line / columns.max(1), rows)]
}

/// Draws the field of the current run; `None` when it has no value.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    field: &Field,
) -> Result<Option<Hits>, DrawError<DB>> {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return Ok(None) };
    let values = values(field, run, scene.step);
    let Some(found) = Span::of(values.iter().flatten().flatten().copied(), 0.0) else { return Ok(None) };
    let reach = found.low.abs().max(found.high.abs());
    let [low, high] = field.ends.unwrap_or([-reach, reach]);
    let span = Span { low, high };
    let (columns, rows) = size(field);
    let half = |axis: &(String, f64, f64), count: usize| {
        let half = (axis.2 - axis.1) / count.saturating_sub(1).max(1) as f64 / 2.0;
        Span { low: axis.1 - half, high: axis.2 + half }
    };
    let spans = [half(&field.x, columns), half(&field.y, rows)];

    let mut labels = Labels::new(painter.width, painter.height);
    let [left, top, right, bottom] = frame(painter, field, (&spans, &span), &mut labels)?;
    let x = |value: f64| left + spans[0].share(value) * (right - left);
    let y = |value: f64| bottom - spans[1].share(value) * (bottom - top);
    let (wide, tall) = ((right - left) / columns as f64, (bottom - top) / rows as f64);
    let edges = |row: usize, column: usize| {
        let (from, to) = (left + column as f64 * wide, bottom - row as f64 * tall);
        [from, to - tall, from + wide, to]
    };
    let mut hits = Hits { row: columns, ..Hits::default() };
    for (row, values) in values.iter().enumerate() {
        for (column, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            let edges = edges(row, column);
            painter.polygon(&corners(edges), ramp::colour(field.ramp, &span, *value))?;
            let (x, y) = ((edges[0] + edges[2]) / 2.0, (edges[1] + edges[3]) / 2.0);
            hits.points.push(Hit { run: run.id, step: scene.step, panel: 0, line: row * columns + column, x, y });
        }
    }
    for dot in &field.dots {
        let at: Point = (x(dot.x), y(dot.y));
        let radius = painter.theme.marker * 0.75;
        match dot.kind {
            0 => {
                painter.disc(at, radius + 1.5, painter.theme.ground)?;
                painter.disc(at, radius, painter.theme.dot)?;
            }
            1 => {
                painter.diamond(at, radius + 3.5, painter.theme.dot)?;
                painter.diamond(at, radius + 1.0, painter.theme.ground)?;
            }
            _ => {
                painter.ring(at, radius + 3.0, 4.0, painter.theme.ground)?;
                painter.ring(at, radius + 3.0, 2.0, painter.theme.dot)?;
            }
        }
    }
    let focus = scene.focus.filter(|focus| hits.points.contains(focus));
    if let Some(hit) = focus {
        heat::outline(painter, edges(hit.line / columns, hit.line % columns))?;
    }
    hits.panels.push(PanelBox { edges: [left, top, right, bottom] });
    Ok(Some(hits))
}

/// Axes and colour bar; returns the edges of what is left for the cells.
fn frame<DB: DrawingBackend>(
    painter: &Painter<DB>,
    field: &Field,
    (spans, span): (&[Span; 2], &Span),
    labels: &mut Labels,
) -> Result<[f64; 4], DrawError<DB>> {
    let (set, line) = (painter.tick_type(), line_height(painter.tick_size));
    let ticks = [spans[0].ticks(5), spans[1].ticks(5)];
    let mut widest = 0.0_f64;
    for label in &ticks[1].labels {
        widest = widest.max(painter.number_width(label)?);
    }
    let mut scale = 0.0_f64;
    for label in &span.ticks(4).labels {
        scale = scale.max(painter.number_width(label)?);
    }
    let bar = (painter.width * 0.025).clamp(8.0, 18.0);
    let (top, bottom) = (1.6 * line + 4.0, painter.height - 2.0 * line - 6.0);
    let right = painter.width - scale - bar - 22.0;
    let left = widest + line + 8.0;
    let edges = [painter.width - scale - 8.0 - bar, painter.width - scale - 8.0];
    heat::scale(painter, (field.ramp, &field.unit), span, (edges, [top, bottom]), labels)?;
    painter.polygon(&corners([left, top, right, bottom]), painter.theme.floor)?;
    for (value, label) in ticks[0].values.iter().zip(&ticks[0].labels) {
        let at = (left + spans[0].share(*value) * (right - left), bottom + 4.0 + line / 2.0);
        if labels.take(at, (painter.number_width(label)?, set.size)) {
            painter.text(label, at, set)?;
        }
    }
    for (value, label) in ticks[1].values.iter().zip(&ticks[1].labels) {
        let width = painter.number_width(label)?;
        let at = (left - 5.0 - width / 2.0, bottom - spans[1].share(*value) * (bottom - top));
        if labels.take(at, (width, set.size)) {
            painter.text(label, at, set)?;
        }
    }
    let title = Type { colour: painter.theme.text, ..set };
    let (text, width) = painter.fitted(&field.x.0, title, right - left)?;
    let at = ((left + right) / 2.0, bottom + 4.0 + 1.5 * line);
    if labels.take(at, (width, set.size)) {
        painter.text(&text, at, title)?;
    }
    let (text, _) = painter.fitted(&field.y.0, title, bottom - top)?;
    painter.text_upwards(&text, (line / 2.0 + 1.0, (top + bottom) / 2.0), title)?;
    Ok([left, top, right, bottom])
}

/// What is pointed out in words.
pub fn readout(scene: &Scene, field: &Field, run: &RunView, line: usize) -> Vec<String> {
    let (columns, _) = size(field);
    let [x, y] = place(field, line);
    let values = values(field, run, scene.step);
    let value = values.get(line / columns.max(1)).and_then(|row| *row.get(line % columns.max(1))?);
    let value = value.map_or("no value".to_owned(), number::value);
    vec![
        format!("{} {}", field.x.0, number::two_decimals(x)),
        format!("{} {}", field.y.0, number::two_decimals(y)),
        format!("{} {value}", field.unit),
    ]
}

/// The field in words: its least and greatest value and where they are.
pub fn describe(scene: &Scene, field: &Field) -> String {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return String::new() };
    let (columns, _) = size(field);
    let values = values(field, run, scene.step);
    let all = || values.iter().flatten().enumerate().filter_map(|(line, value)| Some((line, (*value)?)));
    let lowest = all().min_by(|a, b| a.1.total_cmp(&b.1));
    let highest = all().max_by(|a, b| a.1.total_cmp(&b.1));
    let words = |name: &str, found: Option<(usize, f64)>| {
        found.map_or(String::new(), |(line, value)| {
            let [x, y] = place(field, line).map(number::two_decimals);
            format!("{name} {} at {x}, {y}", number::value(value))
        })
    };
    format!(
        "{} over {} by {}, {columns} columns; {}; {}",
        field.unit,
        field.x.0,
        field.y.0,
        words("lowest", lowest),
        words("highest", highest)
    )
}
