//! The definition: all pairs of positions, in f64, layer by layer.

use nalgebra::DMatrix;

use super::{SIDE, blocks};

/// A layer of a pair of images: K and T for every pair of positions (rows: those of the first image, columns: of the
/// second; a position is row · side + column).
struct Layer {
    side: usize,
    k: DMatrix<f64>,
    t: DMatrix<f64>,
}

impl Layer {
    /// The pixels.
    fn of([x, y]: [&[f32]; 2]) -> Self {
        let k = DMatrix::from_fn(SIDE * SIDE, SIDE * SIDE, |p, q| f64::from(x[p]) * f64::from(y[q]));
        Self { side: SIDE, t: DMatrix::zeros(SIDE * SIDE, SIDE * SIDE), k }
    }

    /// Positions of a grid of `side` under a 3×3 or 2×2 window whose corner is position `at` of a grid of `out`, `stride` apart.
    fn window(&self, at: usize, (out, window, stride): (usize, usize, usize)) -> Vec<usize> {
        let (row, column) = (at / out * stride, at % out * stride);
        (0..window * window).map(|f| (row + f / window) * self.side + column + f % window).collect()
    }

    fn convolved(&self) -> Self {
        let out = self.side - 2;
        let mean = |of: &DMatrix<f64>| {
            DMatrix::from_fn(out * out, out * out, |p, q| {
                let (p, q) = (self.window(p, (out, 3, 1)), self.window(q, (out, 3, 1)));
                p.iter().zip(&q).map(|at| of[(*at.0, *at.1)]).sum::<f64>() / 9.0
            })
        };
        let k = mean(&self.k);
        Self { side: out, t: mean(&self.t) + &k, k }
    }

    /// After a relu; `own` are V(p) and V'(q).
    fn rectified(&self, own: [&[f64]; 2], is_same: bool) -> Self {
        let mut after = Self { side: self.side, k: self.k.clone(), t: self.t.clone() };
        for p in 0..own[0].len() {
            for q in 0..own[1].len() {
                let at = (p, q);
                let pair = rectified([self.k[at], self.t[at]], own[0][p] * own[1][q], is_same && p == q);
                [after.k[at], after.t[at]] = pair;
            }
        }
        after
    }

    fn pooled(&self) -> Self {
        let out = self.side / 2;
        let mean = |of: &DMatrix<f64>| {
            DMatrix::from_fn(out * out, out * out, |p, q| {
                let (p, q) = (self.window(p, (out, 2, 2)), self.window(q, (out, 2, 2)));
                p.iter().flat_map(|p| q.iter().map(|q| of[(*p, *q)])).sum::<f64>() / 16.0
            })
        };
        Self { side: out, k: mean(&self.k), t: mean(&self.t) }
    }

    fn flattened(&self) -> [f64; 2] {
        [&self.k, &self.t].map(|of| of.diagonal().mean())
    }

    /// V(p), for an image with itself.
    fn own(&self) -> Vec<f64> {
        self.k.diagonal().iter().copied().collect()
    }
}

/// [K, T] after a relu from those before it, for units of variances whose product is `squared`.
fn rectified([c, t]: [f64; 2], squared: f64, is_same: bool) -> [f64; 2] {
    use std::f64::consts::PI;
    let sine = if is_same { 0.0 } else { (squared - c * c).max(0.0).sqrt() };
    let angle = if sine == 0.0 && c == 0.0 { PI / 2.0 } else { sine.atan2(c) };
    let open = 0.5 - angle / (2.0 * PI);
    [sine / (2.0 * PI) + open * c, open * t]
}

/// V of an image at every position of every block, then its K once flattened.
fn own(convolutions: u32, image: &[f32]) -> (Vec<Vec<f64>>, f64) {
    let mut layer = Layer::of([image, image]);
    let mut all = Vec::new();
    for _ in 0..convolutions {
        let convolved = layer.convolved();
        let own = convolved.own();
        layer = convolved.rectified([&own, &own], true).pooled();
        all.push(own);
    }
    (all, layer.flattened()[0])
}

/// What [`super::NtkDeviations`] computes of an image.
pub fn deviations(convolutions: u32, image: &[f32]) -> Vec<f64> {
    let (all, flat) = own(convolutions, image);
    let mut side = SIDE;
    let mut values = Vec::new();
    for (own, block) in all.iter().zip(blocks(convolutions)) {
        side -= 2;
        let seen = |row: usize| own[row * side..][..block.fine].iter().map(|v| v.sqrt());
        values.extend((0..block.fine).flat_map(seen));
        side /= 2;
    }
    values.push(flat.sqrt());
    values
}

/// NNGP and NTK of two images.
pub fn pair(convolutions: u32, hidden: u32, images: [&[f32]; 2]) -> [f64; 2] {
    let is_same = images[0] == images[1];
    let [(first, first_flat), (second, second_flat)] = images.map(|image| own(convolutions, image));
    let mut layer = Layer::of(images);
    for (one, other) in first.iter().zip(&second) {
        layer = layer.convolved().rectified([one, other], is_same).pooled();
    }
    let [mut k, mut t] = layer.flattened();
    // A relu halves a unit's own variance.
    let mut squared = first_flat * second_flat;
    for _ in 0..hidden {
        [k, t] = rectified([k, t + k], squared, is_same);
        squared /= 4.0;
    }
    [k, t + k]
}
