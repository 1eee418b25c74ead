//! The cube around trajectories: three back walls with a grid, and the words on its outer edges.

use plotters::prelude::DrawingBackend;

use super::axis::{Span, Ticks};
use super::labels::{Labels, line_height};
use super::paint::Painter;
use super::projection::{Camera, World};
use super::{DrawError, Point, Scene};
use crate::figure::Axis;

/// Distance between an edge and its words, css pixels.
pub const GAP: f64 = 5.0;

/// Ranges and ticks of the three axes, shared by all runs.
pub struct Frame {
    /// Ranges.
    pub spans: [Span; 3],
    /// Ticks within them.
    pub ticks: [Ticks; 3],
}

impl Frame {
    /// The frame that holds every point of every run; `None` without a point.
    pub fn of<DB: DrawingBackend>(scene: &Scene, axes: &[Axis; 3], painter: &Painter<DB>) -> Option<Self> {
        let points: Vec<World> =
            scene.runs.iter().flat_map(|run| measured(run.trace, axes)).map(|(_, at)| at).collect();
        let span = |axis: usize| Span::of(points.iter().map(|point| point[axis]), 0.05);
        let spans = [span(0)?, span(1)?, span(2)?];
        let count = (painter.width.min(painter.height) / (painter.tick_size * 6.0)).clamp(2.0, 6.0) as usize;
        let ticks = [0, 1, 2].map(|axis: usize| spans[axis].ticks(count));
        Some(Self { spans, ticks })
    }

    /// The place of a measurement in the cube.
    pub fn world(&self, point: World) -> World {
        [0, 1, 2].map(|axis: usize| 2.0 * self.spans[axis].share(point[axis]) - 1.0)
    }

    fn tick_place(&self, axis: usize, tick: usize) -> f64 {
        2.0 * self.spans[axis].share(self.ticks[axis].values[tick]) - 1.0
    }
}

/// The steps that have all three values, and these.
pub fn measured<'a>(trace: &'a crate::trace::Trace, axes: &'a [Axis; 3]) -> impl Iterator<Item = (usize, World)> + 'a {
    let columns = [0, 1, 2].map(|axis: usize| trace.column(&axes[axis].column).unwrap_or(&[]));
    (0..trace.steps()).filter_map(move |step| {
        let point = columns.map(|column| column.get(step).copied().unwrap_or(f64::NAN));
        point.iter().all(|value| value.is_finite()).then_some((step, point))
    })
}

/// The three walls behind the data, with their grid.
pub fn walls<DB: DrawingBackend>(painter: &Painter<DB>, camera: &Camera, frame: &Frame) -> Result<(), DrawError<DB>> {
    let theme = painter.theme;
    let back = camera.back();
    let at = |world: World| {
        let at = camera.screen(world);
        (at.x, at.y)
    };
    let on_wall = |a: usize, u: f64, b: usize, v: f64| {
        let mut place = back;
        (place[a], place[b]) = (u, v);
        at(place)
    };
    for wall in 0..3 {
        let (a, b) = ((wall + 1) % 3, (wall + 2) % 3);
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(u, v)| on_wall(a, u, b, v));
        painter.polygon(&corners, if wall == 2 { theme.floor } else { theme.wall })?;
        painter.line(&[corners[0], corners[1], corners[2], corners[3], corners[0]], theme.grid, theme.grid_line)?;
        for (along, across) in [(a, b), (b, a)] {
            for tick in 0..frame.ticks[along].values.len() {
                let place = frame.tick_place(along, tick);
                let line = [-1.0, 1.0].map(|end| on_wall(along, place, across, end));
                painter.line(&line, theme.grid, theme.grid_line)?;
            }
        }
    }
    // The edges where two walls meet, and after them the outer edges, which carry the words.
    for axis in 0..3 {
        let ends = |mut place: World| {
            [-1.0, 1.0].map(|end| {
                place[axis] = end;
                at(place)
            })
        };
        painter.line(&ends(back), theme.grid.over(theme.axis, 0.5), theme.hairline)?;
        painter.line(&ends(edge(camera, axis)), theme.axis, theme.hairline)?;
    }
    Ok(())
}

/// The outer edge of the walls that carries an axis's words; its own coordinate is free.
fn edge(camera: &Camera, axis: usize) -> World {
    let [x, y, z] = camera.back();
    match axis {
        0 => [0.0, -y, z],
        1 => [-x, 0.0, z],
        _ => {
            // Of the two upright outer edges, the left one.
            let (one, other) = ([-x, y, 0.0], [x, -y, 0.0]);
            if camera.screen(one).x <= camera.screen(other).x { one } else { other }
        }
    }
}

/// An edge on the screen.
struct Edge {
    from: Point,
    to: Point,
    /// Unit vector across the edge, away from the cube.
    out: Point,
}

impl Edge {
    fn of(camera: &Camera, axis: usize) -> Option<Self> {
        let mut place = edge(camera, axis);
        let [from, to] = [-1.0, 1.0].map(|end| {
            place[axis] = end;
            let at = camera.screen(place);
            (at.x, at.y)
        });
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let long = dx.hypot(dy);
        // Seen end on, an edge has no room for words.
        if long < 16.0 {
            return None;
        }
        let (across, middle) = ((-dy / long, dx / long), camera.middle());
        let away = ((from.0 + to.0) / 2.0 - middle.0, (from.1 + to.1) / 2.0 - middle.1);
        let side = if across.0 * away.0 + across.1 * away.1 < 0.0 { -1.0 } else { 1.0 };
        Some(Self { from, to, out: (across.0 * side, across.1 * side) })
    }

    /// A place along the edge, −1 to 1, moved outwards.
    fn at(&self, along: f64, outwards: f64) -> Point {
        let share = (along + 1.0) / 2.0;
        (
            self.from.0 + share * (self.to.0 - self.from.0) + outwards * self.out.0,
            self.from.1 + share * (self.to.1 - self.from.1) + outwards * self.out.1,
        )
    }

    /// Half of a box's extent across the edge.
    fn half_depth(&self, size: Point) -> f64 {
        (self.out.0.abs() * size.0 + self.out.1.abs() * size.1) / 2.0
    }
}

/// Axis titles and tick labels.
pub fn words<DB: DrawingBackend>(
    painter: &Painter<DB>,
    camera: &Camera,
    frame: &Frame,
    axes: &[Axis; 3],
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let edges = [0, 1, 2].map(|axis| Edge::of(camera, axis));
    let mut sizes: [Vec<Point>; 3] = Default::default();
    // Titles first: a tick label can be done without.
    for axis in [2, 0, 1] {
        for label in &frame.ticks[axis].labels {
            sizes[axis].push((painter.number_width(label)?, painter.tick_size));
        }
        if let Some(edge) = &edges[axis] {
            let deepest = sizes[axis].iter().map(|size| 2.0 * edge.half_depth(*size)).fold(0.0, f64::max);
            title(painter, edge, &axes[axis].label, (axis == 2, 2.0 * GAP + deepest), labels)?;
        }
    }
    for axis in 0..3 {
        if let Some(edge) = &edges[axis] {
            tick_labels(painter, edge, frame, (axis, &sizes[axis]), labels)?;
        }
    }
    Ok(())
}

fn title<DB: DrawingBackend>(
    painter: &Painter<DB>,
    edge: &Edge,
    label: &str,
    (upwards, away): (bool, f64),
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let set = painter.title_type();
    let (width, height) = (painter.text_width(label, set)?, line_height(set.size));
    let size = if upwards { (height, width) } else { (width, height) };
    let wanted = edge.at(0.0, away + edge.half_depth(size));
    let mut at = labels.inside(wanted, size);
    // Pushed back over a steep edge, it slides along that edge until it is clear of it again.
    if at.0 != wanted.0 && edge.out.0.abs() > 0.3 {
        let slope = edge.out.0 / if edge.out.1.abs() < 0.05 { 0.05 } else { edge.out.1 };
        at = labels.inside((at.0, at.1 + (wanted.0 - at.0) * slope), size);
    }
    if !labels.take(at, size) {
        return Ok(());
    }
    if upwards { painter.text_upwards(label, at, set) } else { painter.text(label, at, set) }
}

fn tick_labels<DB: DrawingBackend>(
    painter: &Painter<DB>,
    edge: &Edge,
    frame: &Frame,
    (axis, sizes): (usize, &[Point]),
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let ticks = &frame.ticks[axis];
    let stride = stride(edge, frame, axis, sizes);
    // Counted from zero where the axis has it, so that 0 keeps its label.
    let zero = ticks.values.iter().position(|value| *value == 0.0).unwrap_or(0);
    for (tick, label) in ticks.labels.iter().enumerate() {
        if tick.abs_diff(zero) % stride != 0 {
            continue;
        }
        let place = frame.tick_place(axis, tick);
        let at = edge.at(place, GAP + edge.half_depth(sizes[tick]));
        if labels.take(at, sizes[tick]) {
            painter.line(&[edge.at(place, 0.0), edge.at(place, 3.0)], painter.theme.axis, painter.theme.hairline)?;
            painter.text(label, at, painter.tick_type())?;
        }
    }
    Ok(())
}

/// Every how many ticks there is room for a label.
fn stride(edge: &Edge, frame: &Frame, axis: usize, sizes: &[Point]) -> usize {
    if sizes.len() < 2 {
        return 1;
    }
    let (one, two) = (edge.at(frame.tick_place(axis, 0), 0.0), edge.at(frame.tick_place(axis, 1), 0.0));
    let (dx, dy) = ((two.0 - one.0).abs(), (two.1 - one.1).abs());
    let widest = sizes.iter().map(|size| size.0).fold(0.0, f64::max) + 6.0;
    let highest = sizes.iter().map(|size| size.1).fold(0.0, f64::max) + 3.0;
    (1..=sizes.len())
        .find(|stride| *stride as f64 * dx >= widest || *stride as f64 * dy >= highest)
        .unwrap_or(sizes.len())
}
