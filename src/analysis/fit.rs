//! Straight lines through points: least-squares slope and Pearson's correlation.

/// Slope of the least-squares line through the points (x, y); none for fewer than two different x.
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let [xx, xy, _] = moments(points);
    (xx > 0.0).then(|| xy / xx)
}

/// Pearson's correlation of x and y; none where one of them does not vary.
pub fn correlation(points: &[(f64, f64)]) -> Option<f64> {
    let [xx, xy, yy] = moments(points);
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

/// Σ dx², Σ dx dy, Σ dy², where dx and dy are distances from the means.
fn moments(points: &[(f64, f64)]) -> [f64; 3] {
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let (x_mean, y_mean) = (mean(|point| point.0), mean(|point| point.1));
    points.iter().fold([0.0; 3], |[xx, xy, yy], (x, y)| {
        let (dx, dy) = (x - x_mean, y - y_mean);
        [xx + dx * dx, xy + dx * dy, yy + dy * dy]
    })
}
