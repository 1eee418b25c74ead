//! Words inside a panel of curves: the value at the timeline's step, and the names of several lines.

use plotters::prelude::DrawingBackend;

use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::panel::{Curve, Sheet};
use super::{DrawError, Point, Scene};
use crate::number;

/// The current run's value at the timeline's step: beside its dot, where the fewest curves pass, or at the right end
/// of the title's line when the panel is low.
pub fn value<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    sheet: &Sheet,
    (curves, place): (&[Curve], &impl Fn(usize, f64) -> Point),
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let Some(curve) = curves.iter().find(|curve| curve.run.current) else { return Ok(()) };
    let Some((step, value)) = curve.points.iter().find(|(step, _)| *step == scene.step) else { return Ok(()) };
    let Some((span, _)) = sheet.scale else { return Ok(()) };
    let text = number::value_within(*value, span.high - span.low);
    let size = painter.tick_size.min(sheet.layout.title / 1.2);
    let set = Type { size, bold: true, colour: painter.theme.text };
    // Bold digits are a little wider than those measured.
    let size = (painter.number_width(&text)? * 1.12, set.size + 2.0);
    let [_, top, right, bottom] = sheet.layout.plot(sheet.index);
    if bottom - top < 4.0 * size.1 {
        let at = (right - size.0 / 2.0, top - sheet.layout.title + line_height(set.size.min(painter.title_size)) / 2.0);
        return if labels.take(at, size) { painter.text(&text, at, set) } else { Ok(()) };
    }
    let mut free: Vec<(usize, Point)> = beside(painter, place(*step, *value), size)
        .into_iter()
        .filter(|at| inside(*at, size, sheet.layout.plot(sheet.index)))
        .map(|at| (crossings(curves, place, at, size), at))
        .collect();
    number::sort(&mut free, |(one, _), (other, _)| one.cmp(other));
    let Some((_, at)) = free.into_iter().find(|(_, at)| labels.take(*at, size)) else { return Ok(()) };
    let (half_width, half_height) = (size.0 / 2.0, size.1 / 2.0);
    let plate = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let plate = plate.map(|(u, v)| (at.0 + u * half_width, at.1 + v * half_height));
    painter.polygon(&plate, painter.theme.ground)?;
    painter.text(&text, at, set)
}

/// Places around a dot, the favourite first.
fn beside<DB: DrawingBackend>(painter: &Painter<DB>, (x, y): Point, size: Point) -> [Point; 8] {
    let gap = painter.theme.marker * 0.75 + 3.0;
    let (dx, dy) = (size.0 / 2.0 + gap, size.1 / 2.0 + gap * 0.6);
    let far = dy + size.1;
    [(dx, -dy), (-dx, -dy), (dx, dy), (-dx, dy), (dx, -far), (-dx, -far), (dx, far), (-dx, far)]
        .map(|(right, down)| (x + right, y + down))
}

fn inside(at: Point, size: Point, [left, top, right, bottom]: [f64; 4]) -> bool {
    at.0 - size.0 / 2.0 >= left
        && at.0 + size.0 / 2.0 <= right
        && at.1 - size.1 / 2.0 >= top - 2.0
        && at.1 + size.1 / 2.0 <= bottom + 2.0
}

/// How many segments of curves come near a box: their bounding boxes stand for them, they are short.
fn crossings(curves: &[Curve], place: &impl Fn(usize, f64) -> Point, at: Point, size: Point) -> usize {
    let apart = |a: f64, b: f64, centre: f64, extent: f64| {
        a.max(b) < centre - extent / 2.0 - 2.0 || a.min(b) > centre + extent / 2.0 + 2.0
    };
    let near = |pair: &&[(usize, f64)]| {
        let (one, other) = (place(pair[0].0, pair[0].1), place(pair[1].0, pair[1].1));
        !apart(one.0, other.0, at.0, size.0) && !apart(one.1, other.1, at.1, size.1)
    };
    curves.iter().map(|curve| curve.points.windows(2).filter(near).count()).sum()
}

/// The names of the current run's lines at their right ends, moved apart where these are close.
pub fn names<DB: DrawingBackend>(
    painter: &Painter<DB>,
    sheet: &Sheet,
    (curves, place): (&[Curve], &impl Fn(usize, f64) -> Point),
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let [_, top, right, bottom] = sheet.layout.plot(sheet.index);
    let set = painter.tick_type();
    let ends = curves.iter().filter(|curve| curve.run.current);
    let mut ends: Vec<(f64, &Curve)> =
        ends.filter_map(|curve| curve.points.last().map(|(step, value)| (place(*step, *value).1, curve))).collect();
    number::sort(&mut ends, |one, other| one.0.total_cmp(&other.0));
    let heights = spread(&ends.iter().map(|(y, _)| *y).collect::<Vec<_>>(), set.size + 1.0, top, bottom);
    let left = right + sheet.layout.twin + painter.theme.marker * 0.5 + 5.0;
    for ((_, curve), y) in ends.iter().zip(heights) {
        let width = painter.text_width(curve.label, set)?;
        if labels.take((left + width / 2.0, y), (width, set.size)) {
            // A line may be paler than words may be.
            let colour = curve.colour.over(painter.theme.text, 0.6);
            painter.text_from(curve.label, (left, y), Type { colour, ..set })?;
        }
    }
    Ok(())
}

/// Rising places at least `gap` apart and within the limits where they fit, as near to the wanted ones as one pass
/// down and one pass up bring them.
fn spread(wanted: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut places = wanted.to_vec();
    let mut least = top;
    for place in &mut places {
        *place = place.max(least);
        least = *place + gap;
    }
    let mut most = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - gap;
    }
    places
}
