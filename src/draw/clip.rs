//! Lines and polygons cut at a rectangle (Liang and Barsky; Sutherland and Hodgman), and lines cut into dashes.

use super::Point;

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub struct Edges {
    /// Least x.
    pub left: f64,
    /// Least y.
    pub top: f64,
    /// Greatest x.
    pub right: f64,
    /// Greatest y.
    pub bottom: f64,
}

/// The parts of a line that lie inside, each as long as it can be.
pub fn clipped_lines(points: &[Point], edges: &Edges) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let Some((from, to)) = clipped_segment(pair[0], pair[1], edges) else {
            open = false;
            continue;
        };
        match pieces.last_mut().filter(|_| open && from == pair[0]) {
            Some(piece) => piece.push(to),
            None => pieces.push(vec![from, to]),
        }
        open = to == pair[1];
    }
    pieces
}

/// The part of a segment that lies inside.
fn clipped_segment(from: Point, to: Point, edges: &Edges) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    // The segment is from + t·(to − from); every edge narrows the range of t.
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (speed, room) in
        [(-dx, from.0 - edges.left), (dx, edges.right - from.0), (-dy, from.1 - edges.top), (dy, edges.bottom - from.1)]
    {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            enter = enter.max(room / speed);
        } else {
            leave = leave.min(room / speed);
        }
    }
    let at = |t: f64| (from.0 + t * dx, from.1 + t * dy);
    let start = if enter == 0.0 { from } else { at(enter) };
    let end = if leave == 1.0 { to } else { at(leave) };
    (enter <= leave).then_some((start, end))
}

/// The part of a convex polygon that lies inside.
pub fn clipped_polygon(points: &[Point], edges: &Edges) -> Vec<Point> {
    type Depth<'a> = &'a dyn Fn(Point) -> f64;
    let sides: [Depth; 4] =
        [&|point| point.0 - edges.left, &|point| edges.right - point.0, &|point| point.1 - edges.top, &|point| {
            edges.bottom - point.1
        }];
    sides.iter().fold(points.to_vec(), |shape, depth| {
        let mut inside = Vec::with_capacity(shape.len() + 1);
        for (i, &point) in shape.iter().enumerate() {
            let before = shape[(i + shape.len() - 1) % shape.len()];
            let (here, there) = (depth(point), depth(before));
            if (here >= 0.0) != (there >= 0.0) {
                let t = there / (there - here);
                inside.push((before.0 + t * (point.0 - before.0), before.1 + t * (point.1 - before.1)));
            }
            if here >= 0.0 {
                inside.push(point);
            }
        }
        inside
    })
}

/// Length of a line.
pub fn length(points: &[Point]) -> f64 {
    points.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).sum()
}

/// The drawn parts of a line under a pattern (drawn, left out, ... lengths), entered at `phase`.
pub fn dashes(points: &[Point], pattern: &[f64], phase: f64) -> Vec<Vec<Point>> {
    let Some(&first) = points.first() else { return Vec::new() };
    let mut place = phase.rem_euclid(pattern.iter().sum());
    let mut part = 0;
    while place >= pattern[part] {
        place -= pattern[part];
        part = (part + 1) % pattern.len();
    }
    let mut left = pattern[part] - place;
    let mut dashes = Vec::new();
    let mut dash = vec![first];
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let long = (to.0 - from.0).hypot(to.1 - from.1);
        // A zoomed line may be far longer than the picture: cutting it on would cost more than it shows.
        if !long.is_finite() || long > 20_000.0 {
            continue;
        }
        let mut gone = 0.0;
        while long - gone > left {
            gone += left;
            let at = (from.0 + gone / long * (to.0 - from.0), from.1 + gone / long * (to.1 - from.1));
            dash.push(at);
            let ended = std::mem::replace(&mut dash, vec![at]);
            if part % 2 == 0 {
                dashes.push(ended);
            }
            part = (part + 1) % pattern.len();
            left = pattern[part];
        }
        left -= long - gone;
        dash.push(to);
    }
    if part.is_multiple_of(2) && dash.len() > 1 {
        dashes.push(dash);
    }
    dashes
}
