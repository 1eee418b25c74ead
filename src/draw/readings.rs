//! Numbers of the current run at the timeline's step as a table.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::labels::line_height;
use super::paint::{Painter, Type};
use super::ramp;
use super::theme::{Colour, Theme};
use super::{DrawError, Hit, Hits, Scene};
use crate::figure::{Ramp, Reading};
use crate::number::count_or_value as number;

/// Height of a row.
pub fn row_height(theme: &Theme) -> f64 {
    line_height(theme.title_size) * 1.7
}

/// Draws the table; `None` when no reading has a value.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    (head, rows, coloured): (&[String], &[Reading], bool),
) -> Result<Option<Hits>, DrawError<DB>> {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return Ok(None) };
    let read = |column: &str| run.trace.at(column, scene.step);
    let all = rows.iter().flat_map(|row| &row.values).filter_map(|axis| read(&axis.column));
    let Some(span) = Span::of(all, 0.0) else { return Ok(None) };
    let columns = head.len().max(1);
    let wide = painter.width / columns as f64;
    let tall = ((painter.height - 4.0) / (rows.len() + 1) as f64).min(row_height(painter.theme) * 1.3);
    let middle = |row: usize, column: usize| (wide * (column as f64 + 0.5), 2.0 + tall * (row as f64 + 0.5));
    let strong = Type { bold: true, size: painter.title_size.min(tall * 0.6), colour: painter.theme.text };
    for (column, title) in head.iter().enumerate() {
        let (text, _) = painter.fitted(title, strong, wide - 6.0)?;
        painter.text(&text, middle(0, column), strong)?;
    }
    let mut hits = Hits::default();
    for (index, row) in rows.iter().enumerate() {
        let plain = Type { bold: false, ..strong };
        let (name, _) = painter.fitted(&row.name, plain, wide - 6.0)?;
        painter.text(&name, middle(index + 1, 0), plain)?;
        for (column, axis) in row.values.iter().enumerate() {
            let (x, y) = middle(index + 1, column + 1);
            let value = read(&axis.column);
            let shown = value.filter(|_| coloured);
            let fill = shown.map_or(painter.theme.floor, |value| ramp::colour(Ramp::Viridis, &span, value));
            let (half, high) = (wide / 2.0 - 2.0, tall / 2.0 - 1.0);
            let cell = [(x - half, y - high), (x + half, y - high), (x + half, y + high), (x - half, y + high)];
            painter.polygon(&cell, fill)?;
            let ink = readable(fill);
            let text = value.map_or("–".to_owned(), number);
            painter.text(&text, (x, y), Type { colour: ink, ..plain })?;
            hits.points.push(Hit { run: run.id, step: scene.step, panel: index, line: column, x, y });
        }
        if let Some(verdict) = &row.verdict
            && let Some(value) = read(&verdict.of.column)
        {
            let right = value > verdict.above;
            let colour = if right { painter.theme.start } else { painter.theme.end };
            let words = verdict.words[usize::from(!right)];
            painter.text(words, middle(index + 1, columns - 1), Type { colour, bold: true, ..plain })?;
        }
    }
    Ok(Some(hits))
}

/// Black or white, whichever reads better.
pub fn readable(ground: Colour) -> Colour {
    let (black, white) = (Colour(0, 0, 0), Colour(255, 255, 255));
    if black.contrast(ground) >= white.contrast(ground) { black } else { white }
}

/// What is pointed out in words.
pub fn readout(scene: &Scene, rows: &[Reading], hit: &Hit) -> Vec<String> {
    let run = scene.runs.iter().find(|run| run.id == hit.run);
    let found = rows.get(hit.panel).and_then(|row| Some((row, row.values.get(hit.line)?)));
    let (Some(run), Some((row, axis))) = (run, found) else { return Vec::new() };
    let value = run.trace.at(&axis.column, scene.step).map_or("no value".to_owned(), number);
    vec![row.name.clone(), format!("{} {value}", axis.label)]
}
