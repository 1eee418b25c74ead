//! How often values fall into each bin, over the steps up to the timeline's: panels of bars on one axis.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::heat::corners;
use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::theme::palette;
use super::{DrawError, Hit, Hits, PanelBox, RunView, Scene};
use crate::figure::Panel;
use crate::number;

/// Panels, bins (middle of the first and of the last, and their number), and what the values are.
type Bars<'a> = (&'a [Panel], (f64, f64, usize), &'a str);

/// How many values of each bin there are; values beyond the ends belong to the ends.
fn counts(run: &RunView, panel: &Panel, (low, high, bins): (f64, f64, usize), step: usize) -> Vec<usize> {
    let mut counts = vec![0; bins];
    let column = panel.lines.first().and_then(|axis| run.trace.column(&axis.column)).unwrap_or(&[]);
    for value in column.iter().take(step + 1).filter(|value| value.is_finite()) {
        let share = (value - low) / (high - low) * bins.saturating_sub(1) as f64;
        counts[(share.round().max(0.0) as usize).min(bins - 1)] += 1;
    }
    counts
}

/// Draws the bars of the current run; `None` when nothing has been counted.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    (panels, bins, label): Bars,
) -> Result<Option<Hits>, DrawError<DB>> {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return Ok(None) };
    let counted: Vec<Vec<usize>> = panels.iter().map(|panel| counts(run, panel, bins, scene.step)).collect();
    let most = counted.iter().flatten().copied().max().unwrap_or(0);
    if most == 0 {
        return Ok(None);
    }
    let (set, line) = (painter.tick_type(), line_height(painter.tick_size));
    let half = (bins.1 - bins.0) / (bins.2.max(2) - 1) as f64 / 2.0;
    let across = Span { low: bins.0 - half, high: bins.1 + half };
    let upwards = Span { low: 0.0, high: 1.15 * most as f64 };
    let ticks = upwards.whole_ticks(4);
    let mut widest = 0.0_f64;
    for label in &ticks.labels {
        widest = widest.max(painter.number_width(label)?);
    }
    let (left, right) = (widest + 12.0, painter.width - 6.0);
    let pitch = (painter.height - 2.0 * line - 4.0) / panels.len().max(1) as f64;
    let title = Type { bold: true, colour: painter.theme.text, ..painter.title_type() };
    let mut labels = Labels::new(painter.width, painter.height);
    let mut hits = Hits::default();
    for (index, (panel, counts)) in panels.iter().zip(&counted).enumerate() {
        let top = index as f64 * pitch + line_height(title.size) + 4.0;
        let bottom = (index + 1) as f64 * pitch - 3.0;
        let y = |count: f64| bottom - upwards.share(count) * (bottom - top);
        let (words, _) = painter.fitted(&panel.title, title, right - left)?;
        painter.text_from(&words, (left, top - line_height(title.size) / 2.0 - 1.0), title)?;
        for (value, label) in ticks.values.iter().zip(&ticks.labels) {
            painter.line(&[(left, y(*value)), (right, y(*value))], painter.theme.grid, painter.theme.grid_line)?;
            let width = painter.number_width(label)?;
            let at = (left - 6.0 - width / 2.0, y(*value));
            if labels.take(at, (width, set.size)) {
                painter.text(label, at, set)?;
            }
        }
        let wide = (right - left) / bins.2 as f64;
        for (bin, count) in counts.iter().enumerate() {
            let from = left + bin as f64 * wide;
            let edges = [from + wide * 0.12, y(*count as f64), from + wide * 0.88, bottom];
            if *count > 0 {
                painter.polygon(&corners(edges), palette(index))?;
                let at = (from + wide / 2.0, (y(*count as f64) - line * 0.5).max(top));
                let text = count.to_string();
                if labels.take(at, (painter.number_width(&text)?, set.size)) {
                    painter.text(&text, at, Type { colour: painter.theme.text, ..set })?;
                }
            }
            let at = (from + wide / 2.0, y(*count as f64));
            hits.points.push(Hit { run: run.id, step: scene.step, panel: index, line: bin, x: at.0, y: at.1 });
        }
        painter.line(&[(left, bottom), (right, bottom)], painter.theme.axis, painter.theme.hairline)?;
        hits.panels.push(PanelBox { edges: [left, top, right, bottom] });
    }
    let ticks = across.ticks(6);
    for (value, label) in ticks.values.iter().zip(&ticks.labels) {
        let at = (left + across.share(*value) * (right - left), painter.height - 1.5 * line);
        if labels.take(at, (painter.number_width(label)?, set.size)) {
            painter.text(label, at, set)?;
        }
    }
    let at = ((left + right) / 2.0, painter.height - 0.5 * line);
    painter.text(label, at, Type { colour: painter.theme.text, ..set })?;
    Ok(Some(hits))
}

/// What is pointed out in words.
pub fn readout(scene: &Scene, run: &RunView, (panels, bins, label): Bars, hit: &Hit) -> Vec<String> {
    let Some(panel) = panels.get(hit.panel) else { return Vec::new() };
    let counts = counts(run, panel, bins, scene.step);
    let value = bins.0 + (bins.1 - bins.0) * hit.line as f64 / (bins.2.max(2) - 1) as f64;
    let (count, all) = (counts.get(hit.line).copied().unwrap_or(0), counts.iter().sum::<usize>());
    vec![panel.title.clone(), format!("{label} {}: {count} of {all}", number::value(value))]
}

/// The bars in words: every bin that is not empty.
pub fn describe(scene: &Scene, (panels, bins, label): Bars) -> String {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return String::new() };
    let panel = |panel: &Panel| {
        let counts = counts(run, panel, bins, scene.step);
        let value = |bin: usize| bins.0 + (bins.1 - bins.0) * bin as f64 / (bins.2.max(2) - 1) as f64;
        let there = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let words: Vec<String> =
            there.map(|(bin, count)| format!("{count} at {label} {}", number::value(value(bin)))).collect();
        format!("{}: {}", panel.title, words.join(", "))
    };
    panels.iter().map(panel).collect::<Vec<_>>().join("; ")
}
