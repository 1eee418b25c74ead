//! The places of a curve that are pointed out: zero crossings, peaks, and the minima of another column.

use crate::figure::Mark;
use crate::trace::Trace;

/// A place between two steps or on one: how far along, in steps.
pub type Along = f64;

/// Where `mark` lies on a curve of these steps and values.
pub fn places(mark: &Mark, points: &[(usize, f64)], trace: &Trace) -> Vec<Along> {
    match mark {
        Mark::Zero => points.windows(2).filter_map(|pair| crossing(pair[0], pair[1])).collect(),
        Mark::Highest => extreme(points.iter().map(|(step, value)| (*step, *value))).into_iter().collect(),
        Mark::LowestOf(axis) => {
            let values = trace.column(&axis.column).unwrap_or(&[]).iter().enumerate();
            let there = values.filter(|(_, value)| value.is_finite());
            extreme(there.map(|(step, value)| (step, 0.0 - value))).into_iter().collect()
        }
    }
}

/// `c + a_c / (a_c − a_(c+1))`, as in the author's Tensor Net Explorer. A curve that starts at 0 does not cross it.
fn crossing((step, before): (usize, f64), (next, after): (usize, f64)) -> Option<Along> {
    (before * after < 0.0).then(|| step as f64 + before / (before - after) * (next - step) as f64)
}

/// The first step of the highest value, unless all are the same.
fn extreme(values: impl Iterator<Item = (usize, f64)>) -> Option<Along> {
    let values: Vec<(usize, f64)> = values.collect();
    let first = values.first()?.1;
    let highest = values.iter().copied().reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    values.iter().any(|(_, value)| *value != first).then_some(highest.0 as f64)
}

/// The place of a curve at `along`, between the points of its two steps; `None` beyond its ends.
pub fn between(points: &[(usize, f64, f64)], along: Along) -> Option<(f64, f64)> {
    let after = points.iter().position(|point| point.0 as f64 >= along)?;
    let (step, x, y) = points[after];
    let Some(&(before, from_x, from_y)) = after.checked_sub(1).and_then(|at| points.get(at)) else {
        return (step as f64 == along).then_some((x, y));
    };
    let share = (along - before as f64) / (step - before) as f64;
    Some((from_x + share * (x - from_x), from_y + share * (y - from_y)))
}
