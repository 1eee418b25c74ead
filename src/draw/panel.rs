//! One panel of curves: title, grid, curves, and the values at the timeline's step.

use plotters::prelude::DrawingBackend;

use super::axis::{Span, Ticks};
use super::curves::{Layout, Steps, tones};
use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::theme::{Colour, Dash};
use super::trajectory::{focused, ringed};
use super::{DrawError, Hit, Hits, Point, RunView, Scene};
use super::{callout, marks};
use crate::figure::{Band, Mark, Panel};
use crate::number;

/// One curve of one run.
pub struct Curve<'a> {
    /// Whose it is.
    pub run: RunView<'a>,
    /// Which of the panel's lines.
    pub line: usize,
    /// What is written at its right end.
    pub label: &'a str,
    /// Its colour.
    pub colour: Colour,
    /// Step and value, where there is one.
    pub points: Vec<(usize, f64)>,
}

/// Range and ticks of every panel's values; `None` for a panel without any.
pub struct Scales(Vec<Option<(Span, Ticks)>>);

impl Scales {
    /// Ticks as close as the panels' height allows.
    pub fn of<DB: DrawingBackend>(painter: &Painter<DB>, spans: Vec<Option<Span>>, panels: usize) -> Self {
        let height = painter.height / panels.max(1) as f64 - 2.5 * painter.title_size;
        let count = (height / (painter.tick_size * 2.6)).clamp(2.0, 6.0) as usize;
        let with_ticks = |span: Span| {
            let ticks = span.ticks(count);
            (span, ticks)
        };
        Self(spans.into_iter().map(|span| span.map(with_ticks)).collect())
    }

    /// Those of a panel.
    pub fn get(&self, panel: usize) -> Option<&(Span, Ticks)> {
        self.0.get(panel)?.as_ref()
    }

    /// All tick labels.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flatten().flat_map(|(_, ticks)| ticks.labels.iter().map(String::as_str))
    }
}

/// What a panel is drawn on.
pub struct Sheet<'a> {
    /// Of all panels.
    pub layout: &'a Layout,
    /// The shared step axis.
    pub steps: &'a Steps,
    /// Which panel, from the top.
    pub index: usize,
    /// Its values' range and ticks.
    pub scale: Option<&'a (Span, Ticks)>,
    /// Those of the axis at its right edge.
    pub twin: Option<&'a (Span, Ticks)>,
}

/// The panel's title, and after it what its values are.
pub fn title<DB: DrawingBackend>(
    painter: &Painter<DB>,
    layout: &Layout,
    index: usize,
    panel: &Panel,
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let size = painter.title_size.min(layout.title / 1.2);
    let set = Type { size, bold: true, colour: painter.theme.text };
    let height = line_height(size);
    let middle = layout.top + index as f64 * layout.pitch + height / 2.0;
    let left = 2.0;
    let (text, width) = painter.fitted(&panel.title, set, painter.width - left - 2.0)?;
    if labels.take((left + width / 2.0, middle), (width, height)) {
        painter.text_from(&text, (left, middle), set)?;
    }
    let unit = Type { bold: false, colour: painter.theme.muted, ..set };
    let (start, wide) = (left + width + size * 0.7, painter.text_width(&panel.y_label, unit)?);
    if !panel.y_label.is_empty() && labels.take((start + wide / 2.0, middle), (wide, height)) {
        painter.text_from(&panel.y_label, (start, middle), unit)?;
    }
    if let Some(twin) = &panel.twin {
        let wide = painter.text_width(&twin.label, unit)?;
        let left = layout.right + layout.twin - wide;
        if labels.take((left + wide / 2.0, middle), (wide, height)) {
            painter.text_from(&twin.label, (left, middle), unit)?;
        }
    }
    Ok(())
}

/// Everything below the title.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    sheet: &Sheet,
    (panel, curves): (&Panel, &[Curve]),
    labels: &mut Labels,
    hits: &mut Hits,
) -> Result<(), DrawError<DB>> {
    grid(painter, scene, sheet, labels)?;
    let Some((span, _)) = sheet.scale else { return Ok(()) };
    let [_, top, _, bottom] = sheet.layout.plot(sheet.index);
    let place = |step: usize, value: f64| -> Point {
        (sheet.layout.x(sheet.steps, step as f64), bottom - span.share(value) * (bottom - top))
    };
    for band in &panel.bands {
        for curve in curves.iter().filter(|curve| curve.line == band.line) {
            self::band(painter, curve, band, &place)?;
        }
    }
    for curve in curves {
        // What belongs to the right axis is dotted.
        let is_twin = curve.line >= panel.lines.len();
        line(painter, scene, (curve, is_twin), &place)?;
    }
    marks(painter, sheet, panel, curves, labels)?;
    let alone = curves.iter().all(|curve| curve.line == 0);
    let share = if alone { 0.75 } else { 0.5 };
    // In a low panel the dot must not hide the curve.
    let radius = (painter.theme.marker * share).min((bottom - top) * 0.25);
    for curve in curves {
        if let Some((step, value)) = curve.points.iter().find(|(step, _)| *step == scene.step) {
            ringed(painter, place(*step, *value), radius * if curve.run.current { 1.0 } else { 0.66 }, curve.colour)?;
        }
        let focus = scene.focus.filter(|hit| hit.run == curve.run.id);
        let focus = focus.and_then(|hit| curve.points.iter().find(|(step, _)| *step == hit.step));
        if let Some((step, value)) = focus {
            focused(painter, place(*step, *value), curve.colour)?;
        }
        hits.points.extend(curve.points.iter().map(|(step, value)| {
            let (x, y) = place(*step, *value);
            Hit { run: curve.run.id, step: *step, panel: sheet.index, line: curve.line, x, y }
        }));
    }
    if alone {
        callout::value(painter, scene, sheet, (curves, &place), labels)
    } else {
        callout::names(painter, sheet, (curves, &place), labels)
    }
}

/// Grid, value labels and the line at the timeline's step.
fn grid<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    sheet: &Sheet,
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let theme = painter.theme;
    let [left, top, right, bottom] = sheet.layout.plot(sheet.index);
    for step in &sheet.steps.ticks.values {
        let x = sheet.layout.x(sheet.steps, *step);
        painter.line(&[(x, top), (x, bottom)], theme.grid.over(theme.ground, 0.7), theme.grid_line)?;
    }
    if let Some((span, ticks)) = sheet.scale {
        for (value, label) in ticks.values.iter().zip(&ticks.labels) {
            let y = bottom - span.share(*value) * (bottom - top);
            let zero = *value == 0.0;
            let (colour, width) = if zero { (theme.axis, theme.hairline) } else { (theme.grid, theme.grid_line) };
            painter.line(&[(left, y), (right, y)], colour, width)?;
            let width = painter.number_width(label)?;
            // The labels at both ends move a little to stay clear of this title and the next.
            let [over, under] =
                [top - 1.0 + painter.tick_size / 2.0, bottom + sheet.layout.below - painter.tick_size / 2.0];
            let at = (left - 6.0 - width / 2.0, y.max(over.min(y + 4.0)).min(under.max(y - 4.0)));
            if labels.take(at, (width, painter.tick_size)) {
                painter.text(label, at, painter.tick_type())?;
            }
        }
    }
    if let Some((span, ticks)) = sheet.twin {
        painter.line(&[(right, top), (right, bottom)], theme.axis, theme.hairline)?;
        for (value, label) in ticks.values.iter().zip(&ticks.labels) {
            let at = (right + 5.0 + painter.number_width(label)? / 2.0, bottom - span.share(*value) * (bottom - top));
            if labels.take(at, (painter.number_width(label)?, painter.tick_size)) {
                painter.text(label, at, painter.tick_type())?;
            }
        }
    }
    painter.line(&[(left, bottom), (right, bottom)], theme.axis, theme.hairline)?;
    if scene.step as f64 <= sheet.steps.span.high {
        let x = sheet.layout.x(sheet.steps, scene.step as f64);
        painter.line(&[(x, top), (x, bottom)], theme.axis, theme.hairline)?;
    }
    Ok(())
}

/// Dotted lines at the marks of the current run's curves, with their steps.
fn marks<DB: DrawingBackend>(
    painter: &Painter<DB>,
    sheet: &Sheet,
    panel: &Panel,
    curves: &[Curve],
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let Some(mark) = &panel.mark else { return Ok(()) };
    let theme = painter.theme;
    let [_, top, right, bottom] = sheet.layout.plot(sheet.index);
    for curve in curves.iter().filter(|curve| curve.run.current && curve.line < panel.lines.len()) {
        for along in marks::places(mark, &curve.points, curve.run.trace) {
            let x = sheet.layout.x(sheet.steps, along);
            painter.dashed(&[(x, top), (x, bottom)], (&[2.0, 3.0], 0.0), theme.end, theme.hairline * 1.5)?;
            let whole = along.fract() == 0.0;
            let text = if whole { along.to_string() } else { number::value_within(along, 100.0) };
            let size = (painter.number_width(&text)?, painter.tick_size);
            let beside = if x + 8.0 + size.0 < right { x + 4.0 + size.0 / 2.0 } else { x - 4.0 - size.0 / 2.0 };
            // A crossing has room above it, a peak below.
            let room = size.1 / 2.0 + 2.0;
            let at = (beside, if *mark == Mark::Zero { top + room } else { bottom - room });
            if labels.take(at, size) {
                painter.text(&text, at, Type { colour: theme.end.over(theme.text, 0.7), ..painter.tick_type() })?;
            }
        }
    }
    Ok(())
}

/// What lies between two columns, step by step where both have a value; between a column and itself a line of reference.
fn band<DB: DrawingBackend>(
    painter: &Painter<DB>,
    curve: &Curve,
    band: &Band,
    place: &impl Fn(usize, f64) -> Point,
) -> Result<(), DrawError<DB>> {
    let [low, high] = [&band.low, &band.high].map(|column| curve.run.trace.column(column).unwrap_or(&[]));
    let both = low.iter().zip(high).enumerate().filter(|(_, (low, high))| low.is_finite() && high.is_finite());
    let edges: Vec<(usize, f64, f64)> = both.map(|(step, (low, high))| (step, *low, *high)).collect();
    let strength = if curve.run.current { 1.0 } else { 0.5 };
    if band.low == band.high {
        let line: Vec<Point> = edges.iter().map(|(step, value, _)| place(*step, *value)).collect();
        let colour = curve.colour.over(painter.theme.ground, 0.7 * strength);
        return painter.dashed(&line, (Dash::Dashed.pattern(), 0.0), colour, painter.theme.line * 0.6);
    }
    let colour = curve.colour.over(painter.theme.ground, 0.2 * strength);
    for whole in edges.chunk_by(|one, next| one.0 + 1 == next.0).filter(|whole| whole.len() > 1) {
        let below = whole.iter().map(|(step, low, _)| place(*step, *low));
        let above = whole.iter().rev().map(|(step, _, high)| place(*step, *high));
        painter.polygon(&below.chain(above).collect::<Vec<_>>(), colour)?;
    }
    Ok(())
}

/// The curve: as it was up to the timeline's step, pale after it. A step without a value breaks it.
fn line<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    (curve, is_twin): (&Curve, bool),
    place: &impl Fn(usize, f64) -> Point,
) -> Result<(), DrawError<DB>> {
    let theme = painter.theme;
    let width = theme.line * if curve.run.current { 1.0 } else { 0.72 };
    let dash = (if is_twin { Dash::Dotted } else { curve.run.dash }.pattern(), 0.0);
    let (until, ahead) = tones(curve, scene, theme.ground);
    for whole in curve.points.chunk_by(|one, next| one.0 + 1 == next.0) {
        let points: Vec<Point> = whole.iter().map(|(step, value)| place(*step, *value)).collect();
        let now = whole.partition_point(|(step, _)| *step < scene.step);
        if until == ahead || now >= whole.len() {
            painter.dashed(&points, dash, until, width)?;
        } else {
            painter.dashed(&points[now..], dash, ahead, width)?;
            painter.dashed(&points[..=now], dash, until, width)?;
        }
        // A single value between two gaps is no line, but it is there.
        if let [alone] = points[..] {
            painter.disc(alone, width, until)?;
        }
    }
    Ok(())
}
