//! A network as a graph: units in columns coloured by their values, weights as curved edges, and what one of them was
//! over the steps.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::heat;
use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::ramp;
use super::theme::{Colour, Theme};
use super::{DrawError, Hit, Hits, Point, RunView, Scene};
use crate::figure::{Axis, Edge, Graph, Node, Phase, Ramp};
use crate::number;

/// [`Hit::panel`] of a graph: its lines are no lines of other figures.
pub const PANEL: usize = usize::MAX;

/// How far an edge bows out, as a share of its length.
const BOW: f64 = 0.15;

/// Where everything goes, css pixels.
struct Layout {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    gap: f64,
    radius: f64,
    columns: usize,
}

impl Layout {
    fn of<DB: DrawingBackend>(painter: &Painter<DB>, graph: &Graph, bar: f64) -> Self {
        let most = graph.layers.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let columns = graph.layers.len().max(2);
        let (top, bottom) = (4.0, painter.height - 4.0);
        let gap = (bottom - top) / most as f64;
        let across = (painter.width - bar) / columns as f64;
        let radius = (gap * 0.28).min(across * 0.2).clamp(4.0, 2.4 * painter.tick_size);
        let side = (radius + 4.0).max(3.2 * painter.tick_size);
        Self { left: side, right: painter.width - bar - side, top, bottom, gap, radius, columns }
    }

    /// The middle of a unit.
    fn place(&self, graph: &Graph, (layer, unit): (usize, usize)) -> Point {
        let units = graph.layers[layer].len();
        let x = self.left + layer as f64 / (self.columns - 1) as f64 * (self.right - self.left);
        (x, (self.top + self.bottom) / 2.0 + (unit as f64 - (units as f64 - 1.0) / 2.0) * self.gap)
    }
}

/// A height at which a graph reads well.
pub fn height(graph: &Graph, width: f64, theme: &Theme) -> f64 {
    let most = graph.layers.iter().map(Vec::len).max().unwrap_or(1) as f64;
    (most * 7.5 * theme.tick_size).max(width * 0.42).min(900.0).max(18.0 * theme.tick_size)
}

/// The phase that is shown, if the graph has any.
fn phase<'a>(scene: &Scene, graph: &'a Graph) -> Option<&'a Phase> {
    graph.phases.get(scene.moment.1)
}

/// The step whose weights and biases are shown.
fn weights_step(scene: &Scene, graph: &Graph) -> usize {
    let before = phase(scene, graph).is_some_and(|phase| phase.before_update);
    if before { scene.step.saturating_sub(1) } else { scene.step }
}

fn value_axis<'a>(scene: &Scene, node: &'a Node) -> Option<&'a Axis> {
    node.values.get(scene.moment.1)?.get(scene.moment.0)
}

/// Draws the network of the current run; `None` when it has no weights.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    graph: &Graph,
) -> Result<Option<Hits>, DrawError<DB>> {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return Ok(None) };
    let step = weights_step(scene, graph);
    let weight = |edge: &Edge| run.trace.at(&edge.weight.column, step).unwrap_or(f64::NAN);
    let largest = graph.edges.iter().map(|edge| weight(edge).abs()).filter(|w| w.is_finite()).fold(0.0, f64::max);
    if run.trace.steps() == 0 {
        return Ok(None);
    }
    let reach = if largest > 0.0 { largest } else { 1.0 };
    let span = Span { low: -reach, high: reach };
    let ticks = span.ticks(5).labels;
    let widest =
        ticks.iter().map(|label| painter.number_width(label)).try_fold(0.0, |a, b| b.map(|b| f64::max(a, b)))?;
    let bar = (painter.width * 0.02).clamp(8.0, 16.0);
    let layout = Layout::of(painter, graph, bar + widest + 12.0);
    let mut labels = Labels::new(painter.width, painter.height);
    let mut hits = Hits::default();
    let hit = |line: usize, at: Point| Hit { run: run.id, step: scene.step, panel: PANEL, line, x: at.0, y: at.1 };

    let edges = [painter.width - widest - 8.0 - bar, painter.width - widest - 8.0];
    let tall = [layout.top + line_height(painter.tick_size) + 2.0, layout.bottom];
    heat::scale(painter, (Ramp::Diverging, "Weight"), &span, (edges, tall), &mut labels)?;

    let focus = scene.focus.filter(|hit| hit.panel == PANEL && hit.run == run.id).map(|hit| hit.line);
    let nodes: Vec<(usize, usize)> =
        graph.layers.iter().enumerate().flat_map(|(l, units)| (0..units.len()).map(move |i| (l, i))).collect();
    for (index, edge) in graph.edges.iter().enumerate() {
        let colour = ramp::colour(Ramp::Diverging, &span, weight(edge));
        let path = arc(layout.place(graph, edge.from), layout.place(graph, edge.to), layout.radius);
        draw_edge(painter, &path, colour, (graph.edges.len(), focus == Some(nodes.len() + index)))?;
    }
    for (index, at) in nodes.iter().enumerate() {
        let place = layout.place(graph, *at);
        hits.points.push(hit(index, place));
        labels.take(place, (2.0 * layout.radius, 2.0 * layout.radius));
    }
    draw_nodes(painter, scene, (graph, &layout, run), (&nodes, focus), &mut labels)?;
    for (index, edge) in graph.edges.iter().enumerate() {
        let path = arc(layout.place(graph, edge.from), layout.place(graph, edge.to), layout.radius);
        let text = number::two_decimals(weight(edge));
        let set = Type { size: painter.tick_size * 0.95, bold: false, colour: painter.theme.text };
        let size = (painter.number_width(&text)?, set.size);
        let tries = [0.4, 0.6, 0.3, 0.7, 0.5];
        let found = tries.map(|share| along(&path, share)).into_iter().find(|at| labels.take(*at, size));
        let at = found.unwrap_or_else(|| along(&path, 0.4));
        hits.points.push(hit(nodes.len() + index, at));
        if found.is_some() {
            painter.plate(at, (size.0 + 2.0, size.1))?;
            painter.text(&text, at, set)?;
        }
    }
    if let Some(axis) = focus.and_then(|line| axis_of(scene, graph, line)) {
        history(painter, scene, run, axis)?;
    }
    Ok(Some(hits))
}

fn draw_edge<DB: DrawingBackend>(
    painter: &Painter<DB>,
    path: &[Point],
    colour: Colour,
    (count, focused): (usize, bool),
) -> Result<(), DrawError<DB>> {
    let theme = painter.theme;
    let width = theme.line
        * if focused {
            2.2
        } else if count > 60 {
            0.6
        } else {
            1.0
        };
    // The middle of the scale is as white as the paper: an edge of it shows by its rim.
    painter.line(path, theme.axis, width + 1.2)?;
    painter.line(path, colour, width)?;
    let [before, end] = match path {
        [.., before, end] => [*before, *end],
        _ => return Ok(()),
    };
    let (dx, dy) = (end.0 - before.0, end.1 - before.1);
    let length = dx.hypot(dy).max(1e-9);
    let (u, v, size) = (dx / length, dy / length, 3.0 + 1.2 * width);
    let side = |by: f64| (end.0 - size * u - by * size * 0.5 * v, end.1 - size * v + by * size * 0.5 * u);
    painter.polygon(&[end, side(1.0), side(-1.0)], theme.muted)
}

fn draw_nodes<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    (graph, layout, run): (&Graph, &Layout, &RunView),
    (nodes, focus): (&[(usize, usize)], Option<usize>),
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let step = weights_step(scene, graph);
    let value = |node: &Node| value_axis(scene, node).and_then(|axis| run.trace.at(&axis.column, scene.step));
    let span = Span::of(graph.layers.iter().flatten().filter_map(value), 0.0);
    let theme = painter.theme;
    for (index, at) in nodes.iter().enumerate() {
        let node = &graph.layers[at.0][at.1];
        let (x, y) = layout.place(graph, *at);
        let value = value(node);
        let fill = match (value, &span) {
            (Some(value), Some(span)) => ramp::colour(Ramp::Viridis, span, value),
            _ => theme.floor,
        };
        painter.disc((x, y), layout.radius, fill)?;
        let rim = if focus == Some(index) { (2.5, theme.text) } else { (1.0, theme.axis) };
        painter.ring((x, y), layout.radius, rim.0, rim.1)?;
        let size = (layout.radius * 0.56).min(painter.tick_size);
        if layout.radius >= 11.0 {
            let ink = [Colour(0, 0, 0), Colour(255, 255, 255)]
                .into_iter()
                .max_by(|a, b| a.contrast(fill).total_cmp(&b.contrast(fill)))
                .unwrap_or(theme.text);
            let text = value.map_or("–".to_owned(), number::two_decimals);
            painter.text(&text, (x, y), Type { size, bold: true, colour: ink })?;
        }
        let set = Type { size: painter.tick_size * 0.95, bold: false, colour: theme.text };
        let bias = node.bias.as_ref().and_then(|axis| run.trace.at(&axis.column, step));
        let below = bias.map(|bias| format!("bias {}", number::two_decimals(bias)));
        for (text, side) in [(Some(node.name.clone()), -1.0), (below, 1.0)] {
            let Some(text) = text else { continue };
            let size = (painter.text_width(&text, set)?, set.size);
            let at = labels.inside((x, y + side * (layout.radius + 3.0 + size.1 * 0.6)), size);
            if labels.take(at, size) {
                painter.plate(at, size)?;
                painter.text(&text, at, set)?;
            }
        }
    }
    Ok(())
}

/// An arc between two units, from rim to rim.
fn arc(from: Point, to: Point, radius: f64) -> Vec<Point> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let control = ((from.0 + to.0) / 2.0 + BOW * dy, (from.1 + to.1) / 2.0 - BOW * dx);
    let at = |t: f64| {
        let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
        (a * from.0 + b * control.0 + c * to.0, a * from.1 + b * control.1 + c * to.1)
    };
    let points = (0..=48).map(|i| at(f64::from(i) / 48.0));
    let clear = |point: &Point| [from, to].iter().all(|end| (point.0 - end.0).hypot(point.1 - end.1) >= radius + 1.0);
    points.filter(clear).collect()
}

/// The point at a share of a path's points.
fn along(path: &[Point], share: f64) -> Point {
    let index = (share * path.len() as f64) as usize;
    path.get(index.min(path.len().saturating_sub(1))).copied().unwrap_or((0.0, 0.0))
}

/// What a line of the graph shows: units first, then weights.
fn axis_of<'a>(scene: &Scene, graph: &'a Graph, line: usize) -> Option<&'a Axis> {
    let nodes: Vec<&Node> = graph.layers.iter().flatten().collect();
    match nodes.get(line) {
        Some(node) => value_axis(scene, node),
        None => graph.edges.get(line - nodes.len()).map(|edge| &edge.weight),
    }
}

/// What is pointed out in words, a line each.
pub fn readout(scene: &Scene, graph: &Graph, run: &RunView, line: usize) -> Vec<String> {
    let nodes: Vec<&Node> = graph.layers.iter().flatten().collect();
    let (step, now) = (weights_step(scene, graph), scene.step);
    let read = |column: &str, step: usize| run.trace.at(column, step);
    let words = |value: Option<f64>| value.map_or("no value".to_owned(), number::value);
    let mut lines: Vec<String> = phase(scene, graph).map(|phase| phase.label.to_owned()).into_iter().collect();
    match nodes.get(line) {
        Some(node) => {
            let sample = graph.samples.get(scene.moment.0).map_or("", String::as_str);
            let value = value_axis(scene, node).and_then(|axis| read(&axis.column, now));
            lines.push(format!("{} for {sample}: {}", node.name, words(value)));
            if let Some(bias) = &node.bias {
                lines.push(format!("bias {}", words(read(&bias.column, step))));
            }
        }
        None => {
            let Some(edge) = graph.edges.get(line - nodes.len()) else { return lines };
            let name = |(layer, unit): (usize, usize)| graph.layers[layer][unit].name.as_str();
            let value = read(&edge.weight.column, step);
            lines.push(format!("{} → {}", name(edge.from), name(edge.to)));
            lines.push(format!("{} {}", edge.weight.column, words(value)));
            if let (Some(value), Some(first)) = (value, read(&edge.weight.column, 0)) {
                lines.push(format!("at the start {}, change {}", number::value(first), number::value(value - first)));
            }
        }
    }
    lines
}

/// The network in words: every unit and every weight as they are shown.
pub fn describe(scene: &Scene, graph: &Graph) -> String {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return String::new() };
    let step = weights_step(scene, graph);
    let name = |(layer, unit): (usize, usize)| graph.layers[layer][unit].name.as_str();
    let words = |value: Option<f64>| value.map_or("none".to_owned(), number::value);
    let unit = |node: &Node| {
        let value = value_axis(scene, node).and_then(|axis| run.trace.at(&axis.column, scene.step));
        let bias = node.bias.as_ref().and_then(|axis| run.trace.at(&axis.column, step));
        let bias = bias.map_or(String::new(), |bias| format!(", bias {}", number::value(bias)));
        format!("{} {}{bias}", node.name, words(value))
    };
    let weight = |edge: &Edge| {
        format!("{} to {} {}", name(edge.from), name(edge.to), words(run.trace.at(&edge.weight.column, step)))
    };
    let units: Vec<String> = graph.layers.iter().flatten().map(unit).collect();
    let weights: Vec<String> = graph.edges.iter().map(weight).collect();
    format!(
        "Step {}, {}, sample {}. Units: {}. Weights: {}",
        scene.step,
        phase(scene, graph).map_or("", |phase| phase.label),
        graph.samples.get(scene.moment.0).map_or("", String::as_str),
        units.join("; "),
        weights.join("; ")
    )
}

/// A small curve of one quantity over all steps, in a corner.
fn history<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    run: &RunView,
    axis: &Axis,
) -> Result<(), DrawError<DB>> {
    let values = run.trace.column(&axis.column).unwrap_or(&[]);
    let Some(span) = Span::of(values.iter().copied(), 0.08) else { return Ok(()) };
    let (width, height) = ((painter.width * 0.3).clamp(90.0, 220.0), (painter.height * 0.22).clamp(44.0, 90.0));
    let (left, bottom) = (6.0, painter.height - 6.0);
    let middle = (left + width / 2.0, bottom - height / 2.0);
    painter.plate(middle, (width, height))?;
    let last = values.len().saturating_sub(1).max(1) as f64;
    let set = Type { size: painter.tick_size * 0.9, ..painter.tick_type() };
    let title = line_height(set.size);
    let place = |(step, value): (usize, &f64)| {
        let x = left + 4.0 + step as f64 / last * (width - 8.0);
        (x, bottom - 4.0 - span.share(*value) * (height - title - 8.0))
    };
    let points: Vec<Point> = values.iter().enumerate().map(place).collect();
    let theme = painter.theme;
    let [a, b, c, d] = heat::corners([left, bottom - height, left + width, bottom]);
    painter.line(&[a, b, c, d, a], theme.axis, theme.hairline)?;
    painter.line(&points, run.colour, theme.line)?;
    if let Some(now) = values.get(scene.step).filter(|value| value.is_finite()) {
        painter.disc(place((scene.step, now)), 3.0, theme.text)?;
    }
    let (text, _) = painter.fitted(&format!("{} over the steps", axis.label), set, width - 8.0)?;
    painter.text_from(&text, (left + 4.0, bottom - height + title / 2.0 + 1.0), set)
}
