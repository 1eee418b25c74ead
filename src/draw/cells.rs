//! Cells of a grid with axes of their own: one column against another, or one cell for each run.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::cell::{self, Cell, Path};
use super::labels::{Labels, line_height};
use super::marks;
use super::paint::Painter;
use super::theme::{Dash, Theme, palette};
use super::{DrawError, Hits, Point, RunView, Scene, in_order};
use crate::figure::{Axis, Plane};

/// Draws one column against another, a cell for each pair; `None` when no run has a point.
pub fn planes<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    planes: &[Plane],
) -> Result<Option<Hits>, DrawError<DB>> {
    let cells: Vec<Cell> = planes.iter().filter_map(|plane| plane_cell(scene, plane)).collect();
    grid(painter, scene, &cells, planes.len(), &[])
}

fn plane_cell<'a>(scene: &Scene<'a>, plane: &'a Plane) -> Option<Cell<'a>> {
    let paths: Vec<Path> = in_order(scene).map(|run| Path::new(run, 0, &plane.x, &plane.y)).collect();
    let spans = spans(paths.iter())?;
    let dots = |path: &Path| -> Vec<Point> {
        let marks = plane.mark.iter().flat_map(|mark| marks::places(mark, &path.curve.points, path.curve.run.trace));
        marks.filter_map(|along| marks::between(&path.points, along)).collect()
    };
    let dots = paths.iter().filter(|path| path.curve.run.current).flat_map(dots).collect();
    let axes = [plane.x.label.as_str(), plane.y.label.as_str()];
    Some(Cell { title: plane.title.clone(), axes, spans, paths, dots })
}

/// Draws a cell for each run, all with the same axes; `None` when no run has a point.
pub fn by_run<'a, DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene<'a>,
    (x, y_label, lines): (&'a Axis, &'a str, &'a [Axis]),
) -> Result<Option<Hits>, DrawError<DB>> {
    // A colour for each line here: the cell says which run it is.
    let paths = |run: RunView<'a>| -> Vec<Path<'a>> {
        let path = |(line, y): (usize, &'a Axis)| {
            let look = RunView { colour: palette(line), dash: Dash::nth(line), ..run };
            Path::new(look, line, x, y)
        };
        lines.iter().enumerate().map(path).collect()
    };
    let (current, others): (Vec<RunView>, Vec<RunView>) = scene.runs.iter().partition(|run| run.current);
    let cells: Vec<(RunView, Vec<Path>)> = current.into_iter().chain(others).map(|run| (run, paths(run))).collect();
    let Some(spans) = spans(cells.iter().flat_map(|(_, paths)| paths)) else { return Ok(None) };
    let labels: Vec<&str> = cells.iter().map(|(run, _)| run.label).collect();
    let cell = |(run, paths): (RunView<'a>, Vec<Path<'a>>)| {
        let axes = [x.label.as_str(), y_label];
        Cell { title: distinct(run.label, &labels), axes, spans: spans.clone(), paths, dots: Vec::new() }
    };
    let cells: Vec<Cell> = cells.into_iter().map(cell).collect();
    grid(painter, scene, &cells, cells.len(), lines)
}

/// A run's label without the parts that all runs share: what is left fits over a cell, and tells them apart.
fn distinct(label: &str, all: &[&str]) -> String {
    const JOINT: &str = " · ";
    let shared = |part: &str| all.len() > 1 && all.iter().all(|other| other.split(JOINT).any(|one| one == part));
    let own: Vec<&str> = label.split(JOINT).filter(|part| !shared(part)).collect();
    if own.is_empty() { label.to_owned() } else { own.join(JOINT) }
}

/// The ranges of both axes over all points; `None` without a point.
fn spans<'a>(paths: impl Iterator<Item = &'a Path<'a>> + Clone) -> Option<[Span; 2]> {
    let points = || paths.clone().flat_map(|path| path.points.iter());
    let x = Span::of(points().map(|(_, x, _)| *x), 0.03)?;
    Some([x, Span::of(points().map(|(_, _, y)| *y), 0.07)?])
}

/// Columns and rows for so many cells on a picture of that width.
fn shape(cells: usize, width: f64, theme: &Theme) -> (usize, usize) {
    let most = ((width / (theme.tick_size * 23.0)) as usize).clamp(1, 4);
    let rows = cells.max(1).div_ceil(most);
    (cells.max(1).div_ceil(rows), rows)
}

/// A height at which so many cells read well, css pixels.
pub fn height(cells: usize, width: f64, theme: &Theme) -> f64 {
    let (_, rows) = shape(cells, width, theme);
    rows as f64 * (theme.tick_size * 18.0) + line_height(theme.title_size)
}

/// Draws the cells; `count` of them have a place, `key` names the lines that all have.
fn grid<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    cells: &[Cell],
    count: usize,
    key: &[Axis],
) -> Result<Option<Hits>, DrawError<DB>> {
    if cells.is_empty() {
        return Ok(None);
    }
    let (columns, rows) = shape(count, painter.width, painter.theme);
    let mut labels = Labels::new(painter.width, painter.height);
    let top =
        if key.is_empty() { 2.0 } else { key_line(painter, key.iter().map(|axis| axis.label.as_str()), &mut labels)? };
    let (width, height) = (painter.width / columns as f64, (painter.height - top) / rows as f64);
    let mut hits = Hits::default();
    for (index, cell) in cells.iter().enumerate() {
        let (left, above) = ((index % columns) as f64 * width, top + (index / columns) as f64 * height);
        let edges = [left, above, left + width - 6.0, above + height - 4.0];
        cell::draw(painter, scene, (cell, index), edges, &mut labels, &mut hits)?;
    }
    Ok(Some(hits))
}

/// The names of the lines over the cells; returns where the cells may begin.
pub fn key_line<'a, DB: DrawingBackend>(
    painter: &Painter<DB>,
    lines: impl Iterator<Item = &'a str>,
    labels: &mut Labels,
) -> Result<f64, DrawError<DB>> {
    let set = painter.tick_type();
    let middle = line_height(set.size) / 2.0 + 2.0;
    let mut left = 4.0;
    for (line, label) in lines.enumerate() {
        let width = painter.text_width(label, set)?;
        let stroke = painter.theme.line;
        if !labels.take((left + 14.0 + width / 2.0, middle), (28.0 + width, set.size)) {
            break;
        }
        let pattern = Dash::nth(line).pattern();
        painter.dashed(&[(left, middle), (left + 22.0, middle)], (pattern, 0.0), palette(line), stroke)?;
        painter.text_from(label, (left + 28.0, middle), set)?;
        left += 28.0 + width + 1.5 * set.size;
    }
    Ok(line_height(set.size) + 8.0)
}
