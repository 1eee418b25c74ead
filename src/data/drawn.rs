//! A drawing as an image of MNIST's kind: strokes scaled into 20×20 pixels, drawn by a round pen, centred by their mass.
//!
//! MNIST's images were made so from scanned digits: "size normalized to fit in a 20×20 pixel box while preserving their
//! aspect ratio", the grey levels from anti-aliasing, and "centered in a 28×28 image by computing the center of mass".
//! Here the strokes themselves are scaled and moved, so that the pen stays sharp; only square roots are taken, so the
//! image is the same everywhere.

use super::mnist::IMAGE_BYTES;

const SIDE: f64 = 28.0;
/// Side of the box that the ink fits into.
const BOX: f64 = 20.0;
/// Radius of the pen in pixels: strokes of about the width, and images of about the ink, that MNIST has.
const PEN: f64 = 1.3;
/// What is smaller than this part of the pad is not enlarged further: a dot stays a dot.
const SMALLEST: f64 = 0.1;

/// A place, x to the right and y down.
type Point = [f64; 2];

/// The image of `strokes`, each a line through points of the pad, whose sides go from 0 to 1. An empty pad gives paper.
pub fn drawn(strokes: &[Vec<Point>]) -> [u8; IMAGE_BYTES] {
    // A hand leaves the pad with the pen down: the line then runs along the border.
    let inside = |point: &Point| point.map(|along| if along.is_finite() { along.clamp(0.0, 1.0) } else { 0.5 });
    let strokes: Vec<Vec<Point>> = strokes.iter().map(|stroke| stroke.iter().map(inside).collect()).collect();
    let Some((low, high)) = bounds(&strokes) else { return [0; IMAGE_BYTES] };
    let extent = (high[0] - low[0]).max(high[1] - low[1]);
    let scale = (BOX - 2.0 * PEN) / extent.max(SMALLEST);
    let middle = |axis: usize| (low[axis] + high[axis]) / 2.0;
    // First the box is in the middle, then its mass.
    let mut at = [0, 1].map(|axis| SIDE / 2.0 - scale * middle(axis));
    let centre = mass_centre(&rasterise(&placed(&strokes, scale, at)));
    for axis in 0..2 {
        let margin = (scale * low[axis] + at[axis] - PEN, SIDE - (scale * high[axis] + at[axis] + PEN));
        // All ink stays in the picture, even where nearly all of it lies on one side.
        at[axis] += (SIDE / 2.0 - centre[axis]).clamp(-margin.0, margin.1);
    }
    rasterise(&placed(&strokes, scale, at)).map(|ink| (ink * 255.0).round() as u8)
}

/// Smallest and largest coordinates; none of an empty pad.
fn bounds(strokes: &[Vec<Point>]) -> Option<(Point, Point)> {
    let first = *strokes.iter().flatten().next()?;
    let wider = |(low, high): (Point, Point), point: &Point| {
        ([0, 1].map(|axis| low[axis].min(point[axis])), [0, 1].map(|axis| high[axis].max(point[axis])))
    };
    Some(strokes.iter().flatten().fold((first, first), wider))
}

fn placed(strokes: &[Vec<Point>], scale: f64, at: Point) -> Vec<Vec<Point>> {
    let place = |point: &Point| [0, 1].map(|axis| scale * point[axis] + at[axis]);
    strokes.iter().map(|stroke| stroke.iter().map(place).collect()).collect()
}

/// Ink of each pixel, 0 to 1: how far the pixel's middle is inside the pen's edge, softened over one pixel.
fn rasterise(strokes: &[Vec<Point>]) -> [f64; IMAGE_BYTES] {
    let mut image = [0.0_f64; IMAGE_BYTES];
    for stroke in strokes {
        // A stroke of one point is a dot: a line from it to itself.
        let ends = stroke.iter().zip(stroke.iter().skip(1).chain(stroke.last()));
        for (from, to) in ends {
            let reach = PEN + 0.5;
            let span = |axis: usize| {
                let first = (from[axis].min(to[axis]) - reach - 0.5).ceil().max(0.0) as usize;
                let last = (from[axis].max(to[axis]) + reach - 0.5).floor().min(SIDE - 1.0) as usize;
                first..=last
            };
            for y in span(1) {
                for x in span(0) {
                    let ink = (reach - distance([x as f64 + 0.5, y as f64 + 0.5], *from, *to)).clamp(0.0, 1.0);
                    let pixel = &mut image[y * 28 + x];
                    *pixel = pixel.max(ink);
                }
            }
        }
    }
    image
}

/// Distance of a point from the line between two others.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let away = [point[0] - from[0], point[1] - from[1]];
    let length_squared = along[0] * along[0] + along[1] * along[1];
    let share = match length_squared > 0.0 {
        true => ((away[0] * along[0] + away[1] * along[1]) / length_squared).clamp(0.0, 1.0),
        false => 0.0,
    };
    let [x, y] = [away[0] - share * along[0], away[1] - share * along[1]];
    (x * x + y * y).sqrt()
}

/// Where the ink balances; the middle where there is none.
fn mass_centre(image: &[f64; IMAGE_BYTES]) -> Point {
    let mass: f64 = image.iter().sum();
    if mass == 0.0 {
        return [SIDE / 2.0; 2];
    }
    let moment = |place: fn(usize) -> usize| -> f64 {
        image.iter().enumerate().map(|(at, ink)| ink * (place(at) as f64 + 0.5)).sum()
    };
    [moment(|at| at % 28) / mass, moment(|at| at / 28) / mass]
}
