//! A tensor of the state as tiles of colour, with the scale beside it.

use plotters::prelude::DrawingBackend;

use super::axis::Span;
use super::hits::Grid;
use super::labels::{Labels, line_height};
use super::paint::{Painter, Type};
use super::{DrawError, Hits, Scene, Theme, heat, ramp};
use crate::figure::{Ends, MatrixNames, Mosaic, Ramp};
use crate::number;

/// What is shown, and after which step it was so; nothing while it has not come.
fn values<'a>(scene: &Scene<'a>, mosaic: &Mosaic) -> Option<(usize, &'a [f32])> {
    let (step, values) = scene.stills.at(&mosaic.still, scene.step)?;
    // What is not known of a step is seen as it was at the next one known, but not where there was none of it yet.
    if mosaic.waits.is_some() && step > scene.step {
        return None;
    }
    (values.len() == mosaic.len() && !mosaic.is_empty()).then_some((step, values))
}

/// What is said where the tensor is not there.
pub fn absent<'a>(scene: &Scene<'a>, mosaic: &'a Mosaic) -> &'a str {
    mosaic.waits.as_deref().unwrap_or(scene.empty)
}

/// The range of the colours of one tile.
fn span((ends, ramp): (Ends, Ramp), tile: &[f32], whole: &Span) -> Span {
    let highest = |values: &[f32]| values.iter().copied().filter(|value| value.is_finite()).fold(0.0_f32, f32::max);
    let up_to = |high: f64| Span { low: 0.0, high: if high > 0.0 { high } else { 1.0 } };
    match ends {
        Ends::Tile if ramp == Ramp::Diverging => {
            let reach = tile.iter().copied().map(f32::abs).filter(|value| value.is_finite()).fold(0.0_f32, f32::max);
            let reach = if reach > 0.0 { f64::from(reach) } else { 1.0 };
            Span { low: -reach, high: reach }
        }
        Ends::Tile => up_to(f64::from(highest(tile))),
        _ => whole.clone(),
    }
}

/// The range of the colours of all tiles. A tile's own are told as shares of its highest value.
fn whole((ends, ramp): (Ends, Ramp), values: &[f32]) -> Span {
    let found = Span::of(values.iter().map(|value| f64::from(*value)), 0.0).unwrap_or(Span { low: 0.0, high: 1.0 });
    let reach = found.low.abs().max(found.high.abs());
    let (low, high) = match ends {
        Ends::Tile if ramp == Ramp::Diverging => (-1.0, 1.0),
        Ends::Tile => (0.0, 1.0),
        Ends::Highest => (0.0, found.high),
        Ends::Range => (found.low, found.high),
        Ends::Symmetric => (-reach, reach),
        Ends::Fixed(low, high) => (low, high),
    };
    if low < high { Span { low, high } } else { Span { low, high: low + 1.0 } }
}

/// What stands around the tiles, css pixels: left, upper, right, lower.
fn margins<DB: DrawingBackend>(painter: &Painter<DB>, mosaic: &Mosaic, span: &Span) -> Result<[f64; 4], DrawError<DB>> {
    let line = line_height(painter.tick_size);
    let mut scale = 0.0_f64;
    for label in &span.ticks(4).labels {
        scale = scale.max(painter.number_width(label)?);
    }
    let right = scale + bar(painter.width) + 24.0;
    let Some(MatrixNames { rows, columns, .. }) = &mosaic.names else { return Ok([2.0, 1.6 * line, right, 4.0]) };
    let mut widest = 0.0_f64;
    for name in rows {
        widest = widest.max(painter.text_width(name, painter.tick_type())?);
    }
    let below = if columns.is_empty() { 1.3 * line } else { 2.3 * line };
    Ok([widest + line + 8.0, 1.6 * line, right, below + 4.0])
}

fn bar(width: f64) -> f64 {
    (width * 0.025).clamp(8.0, 18.0)
}

/// Distance between tiles, css pixels.
fn gap(mosaic: &Mosaic) -> f64 {
    match (mosaic.tiles, mosaic.columns()) {
        (1, _) => 0.0,
        // So many tiles that lines between them would be most of the picture.
        (_, columns) if columns > 600 => 0.0,
        _ => 1.5,
    }
}

/// A height at which it reads well, css pixels.
pub fn height(mosaic: &Mosaic, width: f64, theme: &Theme) -> f64 {
    let line = line_height(theme.tick_size);
    let room = width - bar(width) - 8.0 * theme.tick_size;
    // A picture of a few values need not fill a screen.
    let most = (mosaic.rows() as f64 * 44.0).clamp(120.0, 620.0);
    (room * mosaic.rows() as f64 / mosaic.columns() as f64).clamp(120.0, most) + 5.0 * line
}

/// Draws the mosaic of the current run; `None` when its state is not known.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    mosaic: &Mosaic,
) -> Result<Option<Hits>, DrawError<DB>> {
    let run = scene.runs.iter().find(|run| run.current);
    let (Some(run), Some((_, values))) = (run, values(scene, mosaic)) else { return Ok(None) };
    let whole = whole((mosaic.ends, mosaic.ramp), values);
    let [left, top, right, bottom] = margins(painter, mosaic, &whole)?;
    let room = (painter.width - left - right, painter.height - top - bottom);
    let gap = gap(mosaic);
    let gaps = |values: usize, tile: usize| (values / tile - 1) as f64 * gap;
    let (columns, rows) = (mosaic.columns(), mosaic.rows());
    let fit = |room: f64, values: usize, tile: usize| (room - gaps(values, tile)) / values as f64;
    let cell = fit(room.0, columns, mosaic.tile.0).min(fit(room.1, rows, mosaic.tile.1)).max(0.05);
    let wide = columns as f64 * cell + gaps(columns, mosaic.tile.0);
    let tall = rows as f64 * cell + gaps(rows, mosaic.tile.1);
    let corner = (left + ((room.0 - wide) / 2.0).max(0.0), top + ((room.1 - tall) / 2.0).max(0.0));
    let grid = Grid { mosaic: mosaic.clone(), run: run.id, step: scene.step, corner, cell, gap };

    tiles(painter, &grid, values, &whole)?;
    let mut labels = Labels::new(painter.width, painter.height);
    let beside = corner.0 + wide + 12.0;
    let along = ([beside, beside + bar(painter.width)], [corner.1, corner.1 + tall.max(4.0 * painter.tick_size)]);
    heat::scale(painter, (mosaic.ramp, &mosaic.unit), &whole, along, &mut labels)?;
    if let Some(names) = &mosaic.names {
        matrix(painter, &grid, (names, values, &whole), &mut labels)?;
    }
    if let Some((_, marks)) = mosaic.marked.as_ref().and_then(|name| scene.stills.at(name, scene.step)) {
        let size = mosaic.tile.0 * mosaic.tile.1;
        for (tile, _) in marks.iter().enumerate().take(mosaic.tiles).filter(|(_, mark)| **mark > 0.0) {
            let (x, y) = grid.corner_of(tile * size);
            outline(painter, [x, y, x + mosaic.tile.0 as f64 * cell, y + mosaic.tile.1 as f64 * cell])?;
        }
    }
    if let Some((_, &[x, y, w, h])) = mosaic.frame.as_ref().and_then(|name| scene.stills.at(name, scene.step)) {
        frame(painter, &grid, [x, y, w, h].map(f64::from))?;
    }
    if let Some(hit) = scene.focus.filter(|hit| hit.run == run.id && hit.step == scene.step && grid.holds(hit.line)) {
        let (x, y) = grid.corner_of(hit.line);
        outline(painter, [x, y, x + cell, y + cell])?;
    }
    Ok(Some(Hits { grid: Some(grid), ..Hits::default() }))
}

/// An outline that can be seen however small the thing is.
fn outline<DB: DrawingBackend>(painter: &Painter<DB>, [l, t, r, b]: [f64; 4]) -> Result<(), DrawError<DB>> {
    let grow = |low: f64, high: f64| ((4.0 - (high - low)) / 2.0).max(0.0);
    let (x, y) = (grow(l, r), grow(t, b));
    heat::outline(painter, [l - x, t - y, r + x, b + y])
}

/// The values as a bitmap of the picture's own pixels.
fn tiles<DB: DrawingBackend>(
    painter: &Painter<DB>,
    grid: &Grid,
    values: &[f32],
    whole: &Span,
) -> Result<(), DrawError<DB>> {
    // One place is left for what has no colour.
    const SHADES: usize = 255;
    let Grid { mosaic, corner, cell, gap, .. } = grid;
    let shade = |at: usize| ramp::colour(mosaic.ramp, &Span { low: 0.0, high: (SHADES - 1) as f64 }, at as f64);
    let shades: Vec<_> = (0..SHADES).map(shade).collect();
    let size = mosaic.tile.0 * mosaic.tile.1;
    let spans: Vec<Span> =
        values.chunks_exact(size).map(|tile| span((mosaic.ends, mosaic.ramp), tile, whole)).collect();
    // The value that a pixel shows, along one axis; none between tiles.
    let along = |from: f64, count: usize, tile: usize| {
        let pitch = tile as f64 * cell + gap;
        let number = (from / pitch).floor();
        let within = ((from - number * pitch) / cell).floor();
        let at = number as usize * tile + within as usize;
        (from >= 0.0 && within < tile as f64 && at < count).then_some(at)
    };
    let (columns, rows) = (mosaic.columns(), mosaic.rows());
    let reach = |count: usize, tile: usize| count as f64 * cell + (count / tile - 1) as f64 * gap;
    let extent = (reach(columns, mosaic.tile.0), reach(rows, mosaic.tile.1));
    // What a column and what a row adds to the place in the tensor.
    let column = |x| along(x, columns, mosaic.tile.0).map(|at| mosaic.index_of_column(at));
    let row = |y| along(y, rows, mosaic.tile.1).map(|at| mosaic.index_of_row(at));
    let mut of_values = vec![u8::MAX; values.len()];
    for ((tile, span), of_tile) in values.chunks(size).zip(&spans).zip(of_values.chunks_mut(size)) {
        let (low, scale) = (span.low, (SHADES - 1) as f64 / (span.high - span.low));
        for (value, shade) in tile.iter().zip(of_tile) {
            let at = (f64::from(*value) - low) * scale + 0.5;
            // NaN has no colour.
            if !at.is_nan() {
                *shade = at.clamp(0.5, SHADES as f64 - 0.5) as u8;
            }
        }
    }
    painter.bitmap(*corner, extent, (column, row), (&of_values, &shades))
}

/// Names and titles of a matrix, and its values where there is room for them.
fn matrix<DB: DrawingBackend>(
    painter: &Painter<DB>,
    grid: &Grid,
    (names, values, span): (&MatrixNames, &[f32], &Span),
    labels: &mut Labels,
) -> Result<(), DrawError<DB>> {
    let (set, line) = (painter.tick_type(), line_height(painter.tick_size));
    let Grid { mosaic, corner, cell, .. } = grid;
    let (right, bottom) = (corner.0 + mosaic.tile.0 as f64 * cell, corner.1 + mosaic.tile.1 as f64 * cell);
    for (at, name) in names.columns.iter().enumerate() {
        let width = painter.text_width(name, set)?;
        let place = (corner.0 + (at as f64 + 0.5) * cell, bottom + 3.0 + line / 2.0);
        if labels.take(place, (width, set.size)) {
            painter.text(name, place, set)?;
        }
    }
    for (at, name) in names.rows.iter().enumerate() {
        let width = painter.text_width(name, set)?;
        let place = (corner.0 - 5.0 - width / 2.0, corner.1 + (at as f64 + 0.5) * cell);
        if labels.take(place, (width, set.size)) {
            painter.text(name, place, set)?;
        }
    }
    let title = Type { colour: painter.theme.text, ..set };
    let below = bottom + 3.0 + if names.columns.is_empty() { 0.6 * line } else { 1.6 * line };
    let (text, _) = painter.fitted(&names.titles[0], title, right - corner.0)?;
    painter.text(&text, ((corner.0 + right) / 2.0, below), title)?;
    let (text, _) = painter.fitted(&names.titles[1], title, bottom - corner.1)?;
    let widest =
        names.rows.iter().map(|name| painter.text_width(name, set)).try_fold(0.0_f64, |a, b| b.map(|b| a.max(b)))?;
    painter.text_upwards(&text, (corner.0 - widest - 9.0 - line / 2.0, (corner.1 + bottom) / 2.0), title)?;
    if *cell < 2.6 * set.size {
        return Ok(());
    }
    for (index, value) in values.iter().enumerate() {
        let (x, y) = grid.corner_of(index);
        let ground = ramp::colour(mosaic.ramp, span, f64::from(*value));
        let colour = if ground.luminance() < 0.3 { super::Colour(255, 255, 255) } else { super::Colour(20, 20, 20) };
        let text = number::count_or_value(f64::from(*value));
        painter.text(&text, (x + cell / 2.0, y + cell / 2.0), Type { colour, ..set })?;
    }
    Ok(())
}

/// A frame over the first tile; what leaves it comes in again at the opposite edge.
fn frame<DB: DrawingBackend>(painter: &Painter<DB>, grid: &Grid, [x, y, w, h]: [f64; 4]) -> Result<(), DrawError<DB>> {
    let (wide, tall) = (grid.mosaic.tile.0 as f64, grid.mosaic.tile.1 as f64);
    let parts = |from: f64, length: f64, whole: f64| {
        let from = from.rem_euclid(whole);
        let (end, rest) = ((from + length).min(whole), (from + length - whole).max(0.0));
        std::iter::once((from, end)).chain((rest > 0.0).then_some((0.0, rest)))
    };
    for (left, right) in parts(x, w, wide) {
        for (top, bottom) in parts(y, h, tall) {
            let at = |x: f64, y: f64| (grid.corner.0 + x * grid.cell, grid.corner.1 + y * grid.cell);
            let ((l, t), (r, b)) = (at(left, top), at(right, bottom));
            outline(painter, [l, t, r, b])?;
        }
    }
    Ok(())
}

/// What is pointed out in words: the tile, the place in it, the value.
pub fn readout(scene: &Scene, mosaic: &Mosaic, index: usize) -> Vec<String> {
    let Some((step, values)) = values(scene, mosaic) else { return Vec::new() };
    let Some(value) = values.get(index) else { return Vec::new() };
    let (wide, size) = (mosaic.tile.0, mosaic.tile.0 * mosaic.tile.1);
    let (tile, column, row) = (index / size, index % wide, index % size / wide);
    let mut parts = Vec::new();
    if step != scene.step {
        parts.push(format!("as it was after step {step}"));
    }
    if mosaic.tiles > 1 {
        parts.push(format!("{} {tile}", mosaic.name));
    }
    match &mosaic.names {
        Some(MatrixNames { titles, columns, rows }) => {
            let named = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_else(|| at.to_string());
            parts.push(format!("{} {}", titles[1], named(rows, row)));
            parts.push(format!("{} {}", titles[0], named(columns, column)));
        }
        None if size > 1 => parts.push(format!("column {column}, row {row}")),
        None => {}
    }
    parts.push(format!("{} {}", number::count_or_value(f64::from(*value)), mosaic.unit).trim_end().to_owned());
    parts
}

/// The picture in words: how many tiles, from what to what, after which step.
pub fn describe(scene: &Scene, mosaic: &Mosaic) -> String {
    let Some((step, values)) = values(scene, mosaic) else { return absent(scene, mosaic).to_owned() };
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for value in values.iter().filter(|value| value.is_finite()) {
        (low, high) = (low.min(*value), high.max(*value));
    }
    let what = match mosaic.tiles {
        1 => format!("{} by {} values", mosaic.tile.0, mosaic.tile.1),
        tiles => format!("{tiles} tiles of {} by {} values", mosaic.tile.0, mosaic.tile.1),
    };
    let [low, high] = [low, high].map(|value| number::count_or_value(f64::from(value)));
    format!("{what} after step {step}, from {low} to {high} {}", mosaic.unit).trim_end().to_owned()
}
