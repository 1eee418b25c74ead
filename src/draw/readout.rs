//! A measurement in words, for the tooltip and for a screen reader.

use super::{Hit, Scene, field, graph, histogram, mosaic, number, profile, readings};
use crate::figure::{Axis, Plot};

/// The measurement and those that belong to it, a line each: the run, the step, "Layer 1 −0.4218". A panel of
/// curves reads the line that was hit; a trajectory reads its three axes.
pub fn readout(scene: &Scene, hit: &Hit) -> String {
    let Some(run) = scene.runs.iter().find(|run| run.id == hit.run) else { return String::new() };
    let read = |axis: &Axis, name: &str| {
        let value = run.trace.at(&axis.column, hit.step).map_or("no value".to_owned(), number);
        format!("{name} {value}")
    };
    let mut parts = vec![run.label.to_owned(), format!("step {}", hit.step)];
    match &scene.figure.plot {
        Plot::Graph(graph) => parts.extend(graph::readout(scene, graph, run, hit.line)),
        Plot::Readings { rows, .. } => parts.extend(readings::readout(scene, rows, hit)),
        Plot::Field(field) => parts.extend(field::readout(scene, field, run, hit.line)),
        Plot::Mosaic(mosaic) => parts.extend(mosaic::readout(scene, mosaic, hit.line)),
        Plot::Histogram { panels, bins, label } => {
            parts.extend(histogram::readout(scene, run, (panels, *bins, label), hit));
        }
        Plot::Profile(profile) => parts.extend(profile::readout(run, profile, hit)),
        Plot::Trajectory { axes } => parts.extend(axes.iter().map(|axis| read(axis, bare(&axis.label)))),
        Plot::Curves { panels } => {
            let panel = panels.get(hit.panel);
            if let Some((panel, axis)) = panel.and_then(|panel| Some((panel, panel.curves().nth(hit.line)?))) {
                let name = if panel.curves().count() > 1 { bare(&axis.label) } else { bare(&panel.title) };
                parts.push(read(axis, name));
            }
        }
        Plot::HeatMap { rows, .. } => parts.extend(rows.get(hit.line).map(|axis| read(axis, bare(&axis.label)))),
        Plot::Planes { cells } => {
            if let Some(cell) = cells.get(hit.panel) {
                parts.push(bare(&cell.title).to_owned());
                parts.extend([&cell.x, &cell.y].map(|axis| read(axis, bare(&axis.label))));
            }
        }
        Plot::ByRun { x, lines, .. } => {
            let line = lines.get(hit.line);
            parts.extend([Some(x), line].into_iter().flatten().map(|axis| read(axis, bare(&axis.label))));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// A label without what stands in parentheses at its end.
fn bare(label: &str) -> &str {
    match label.rfind('(') {
        Some(at) if at > 0 && label.ends_with(')') => label[..at].trim_end(),
        _ => label,
    }
}
