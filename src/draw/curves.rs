//! Panels of curves over one step axis.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::panel::{self, Curve};
use super::theme::{Colour, palette};
use super::{DrawError, Hits, PanelBox, Point, RunView, Scene, in_order};
use crate::figure::Panel;

/// Where everything goes, css pixels.
pub struct Layout {
    /// Left edge of the plots.
    pub left: f64,
    /// Right edge of the plots.
    pub right: f64,
    /// Upper edge of the first panel's title.
    pub top: f64,
    /// Height of a panel with its title.
    pub pitch: f64,
    /// Height of a title.
    pub title: f64,
    /// Room under each plot.
    pub below: f64,
    /// Room right of each plot for a second axis.
    pub twin: f64,
}

/// The steps shown and their ticks.
pub struct Steps {
    /// First and last step at the edges.
    pub span: Span,
    /// Steps with a grid line.
    pub ticks: super::axis::Ticks,
}

impl Layout {
    /// The x of a step.
    pub fn x(&self, steps: &Steps, step: f64) -> f64 {
        self.left + steps.span.share(step) * (self.right - self.left)
    }

    /// Left, upper, right and lower edge of a panel's plot.
    pub fn plot(&self, panel: usize) -> [f64; 4] {
        let top = self.top + panel as f64 * self.pitch;
        [self.left, top + self.title, self.right, top + self.pitch - self.below]
    }
}

/// Draws the panels; `None` when no run has a value in any.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    panels: &[Panel],
) -> Result<Option<Hits>, DrawError<DB>> {
    let mut curves: Vec<Vec<Curve>> = panels.iter().map(|panel| curves(scene, panel)).collect();
    let last = scene.runs.iter().map(|run| run.trace.steps()).max().unwrap_or(0).saturating_sub(1);
    if curves.iter().flatten().all(|curve| curve.points.is_empty()) {
        return Ok(None);
    }
    let (spans, twins) = panels.iter().zip(&mut curves).map(|(panel, curves)| spans(scene, panel, curves)).unzip();
    let scales = panel::Scales::of(painter, spans, panels.len());
    let twins = panel::Scales::of(painter, twins, panels.len());
    let layout = layout(painter, panels, (&scales, &twins))?;
    let steps = steps(painter, &layout, last)?;

    let mut labels = Labels::new(painter.width, painter.height);
    step_axis(painter, scene, (&layout, &steps), panels.len(), &mut labels)?;
    let mut hits = Hits::default();
    for (index, panel) in panels.iter().enumerate() {
        panel::title(painter, &layout, index, panel, &mut labels)?;
    }
    for (index, (panel, curves)) in panels.iter().zip(&curves).enumerate() {
        let (scale, twin) = (scales.get(index), twins.get(index));
        let sheet = panel::Sheet { layout: &layout, steps: &steps, index, scale, twin };
        panel::draw(painter, scene, &sheet, (panel, curves), &mut labels, &mut hits)?;
        hits.panels.push(PanelBox { edges: layout.plot(index) });
    }
    Ok(Some(hits))
}

/// What a panel shows, in drawing order. One line: the run's colour tells the runs apart. Several: a colour for each
/// line, and the runs' dashes tell them apart.
fn curves<'a>(scene: &Scene<'a>, panel: &'a Panel) -> Vec<Curve<'a>> {
    let of_run = |run: RunView<'a>| {
        panel.curves().enumerate().map(move |(line, axis)| {
            let values = run.trace.column(&axis.column).unwrap_or(&[]);
            let points = values.iter().copied().enumerate().filter(|(_, value)| value.is_finite()).collect();
            let alone = panel.curves().count() == 1;
            let colour = if alone { run.colour } else { palette(line) };
            Curve { run, line, label: if alone { "" } else { &axis.label }, colour, points }
        })
    };
    in_order(scene).flat_map(of_run).collect()
}

/// Ranges of a panel's left and right axis. The curves of the right one are moved into the units of the left one, so that all
/// that follows has one scale.
fn spans(scene: &Scene, panel: &Panel, curves: &mut [Curve]) -> (Option<Span>, Option<Span>) {
    let is_twin = |curve: &Curve| curve.line >= panel.lines.len();
    let of = |right: bool, curves: &[Curve]| {
        let of_axis = curves.iter().filter(|curve| is_twin(curve) == right);
        of_axis.flat_map(|curve| curve.points.iter().map(|point| point.1)).collect::<Vec<f64>>()
    };
    let edges = panel.bands.iter().flat_map(|band| [&band.low, &band.high]);
    let edges = edges.flat_map(|column| scene.runs.iter().filter_map(|run| run.trace.column(column)).flatten());
    let left = Span::of(of(false, curves).into_iter().chain(edges.copied()), 0.07);
    let right = Span::of(of(true, curves).into_iter(), 0.07);
    let Some(right) = right else { return (left, None) };
    let left = left.unwrap_or(Span { low: 0.0, high: 1.0 });
    for curve in curves.iter_mut().filter(|curve| is_twin(curve)) {
        curve.points.iter_mut().for_each(|point| point.1 = left.low + right.share(point.1) * (left.high - left.low));
    }
    (Some(left), Some(right))
}

fn layout<DB: DrawingBackend>(
    painter: &Painter<DB>,
    panels: &[Panel],
    (scales, twins): (&panel::Scales, &panel::Scales),
) -> Result<Layout, DrawError<DB>> {
    let widest = |scales: &panel::Scales| {
        let mut widths = scales.labels().map(|label| painter.number_width(label));
        widths.try_fold(0.0f64, |widest, width| width.map(|width| widest.max(width)))
    };
    let (left, twin) = (widest(scales)?, widest(twins)?);
    let twin = if twin > 0.0 { twin + 8.0 } else { 0.0 };
    // The longest label at the right stands for all of them: one measurement.
    let named = panels.iter().filter(|panel| panel.curves().count() > 1).flat_map(Panel::curves);
    let longest = named.map(|line| line.label.as_str()).max_by_key(|label| label.chars().count());
    let names = match longest {
        Some(label) => (painter.text_width(label, painter.tick_type())? + 10.0).min(painter.width * 0.4),
        None => 0.0,
    };
    let bottom = axis_height(painter);
    let top = 2.0;
    let pitch = (painter.height - bottom - top).max(1.0) / panels.len().max(1) as f64;
    let title = line_height(painter.title_size).min(pitch * 0.45) + if pitch > 60.0 { 4.0 } else { 1.0 };
    let below = (pitch * 0.1).clamp(2.0, painter.tick_size * 0.9);
    let right = painter.width - names.max(painter.tick_size) - twin;
    Ok(Layout { left: left + 12.0, right, top, pitch, title, below, twin })
}

/// Height of the step axis: tick labels and, below them where there is room, its title.
pub fn axis_height<DB: DrawingBackend>(painter: &Painter<DB>) -> f64 {
    let title = if painter.height >= 150.0 { line_height(painter.title_size) } else { 0.0 };
    line_height(painter.tick_size) + 5.0 + title
}

/// All steps up to `last`, with ticks.
pub fn steps<DB: DrawingBackend>(painter: &Painter<DB>, layout: &Layout, last: usize) -> Result<Steps, DrawError<DB>> {
    let span = Span { low: 0.0, high: last.max(1) as f64 };
    let widest = painter.number_width(&last.to_string())?;
    let count = ((layout.right - layout.left) / (widest * 2.6).max(44.0)).clamp(1.0, 12.0) as usize;
    let ticks = span.whole_ticks(count);
    Ok(Steps { span, ticks })
}

/// Tick labels of the steps, the timeline's step among them, and the title.
pub fn step_axis<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    (layout, steps): (&Layout, &Steps),
    panels: usize,
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let [left, _, right, plot_bottom] = layout.plot(panels.saturating_sub(1));
    let middle = plot_bottom + 5.0 + line_height(painter.tick_size) / 2.0;
    let set = painter.tick_type();
    if (scene.step as f64) <= steps.span.high {
        let now = scene.step.to_string();
        let size = (painter.number_width(&now)? * 1.1, painter.tick_size);
        let at = labels.inside((layout.x(steps, scene.step as f64), middle), size);
        if labels.take(at, (size.0 + 6.0, size.1)) || labels.take(at, size) {
            painter.text(&now, at, Type { bold: true, colour: painter.theme.text, ..set })?;
        }
    }
    for (value, label) in steps.ticks.values.iter().zip(&steps.ticks.labels) {
        let at: Point = (layout.x(steps, *value), middle);
        if labels.take(at, (painter.number_width(label)?, painter.tick_size)) {
            painter.text(label, at, set)?;
        }
    }
    let title = scene.step_name;
    let size = (painter.text_width(title, painter.title_type())?, line_height(painter.title_size));
    let at = ((left + right) / 2.0, painter.height - size.1 / 2.0);
    if painter.height >= 150.0 && labels.take(at, size) {
        painter.text(title, at, painter.title_type())?;
    }
    Ok(())
}

/// The colour of a curve before and after the timeline's step.
pub fn tones(curve: &Curve, scene: &Scene, ground: Colour) -> (Colour, Colour) {
    let shown = if curve.run.current { 1.0 } else { 0.78 };
    let ahead = if curve.run.current && curve.points.iter().any(|(step, _)| *step == scene.step) { 0.4 } else { shown };
    (curve.colour.over(ground, shown), curve.colour.over(ground, ahead))
}
