//! Small labelled sets in the plane: truth tables of two bits, circles, moons.

use std::f64::consts::{PI, TAU};

use crate::rng::NumpyRng;

/// Points of the plane with one of two labels each.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// Coordinates, most of them in 0..1.
    pub inputs: Vec<[f32; 2]>,
    /// 0 or 1.
    pub labels: Vec<usize>,
}

/// The four pairs of bits 00, 01, 10, 11 in this order, with an answer each.
pub fn truth_table(answers: [bool; 4]) -> Points {
    Points {
        inputs: vec![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]],
        labels: answers.iter().map(|answer| usize::from(*answer)).collect(),
    }
}

/// Two circles about (½, ½): label 0 on the outer one (radius 0.4), label 1 on the inner one (radius 0.2).
pub fn circles(count: usize, noise: f64, seed: u32) -> Points {
    let place = |label: usize, share: f64| {
        let radius = if label == 0 { 0.4 } else { 0.2 };
        let angle = TAU * share;
        [0.5 + radius * libm::cos(angle), 0.5 + radius * libm::sin(angle)]
    };
    scattered(count, noise, seed, place)
}

/// Two half circles that reach into one another: label 0 bends up on the left, label 1 bends down on the right.
pub fn moons(count: usize, noise: f64, seed: u32) -> Points {
    let place = |label: usize, share: f64| {
        let (sin, cos) = (libm::sin(PI * share), libm::cos(PI * share));
        // The usual moons span 3 by 1½; here both fit into the unit square.
        let [x, y] = if label == 0 { [cos, sin] } else { [1.0 - cos, 0.5 - sin] };
        [0.5 + 0.28 * (x - 0.5), 0.5 + 0.28 * (y - 0.25)]
    };
    scattered(count, noise, seed, place)
}

/// `count` points, half of them of each label, evenly along their curve, moved by normal noise, in random order.
fn scattered(count: usize, noise: f64, seed: u32, place: impl Fn(usize, f64) -> [f64; 2]) -> Points {
    let mut rng = NumpyRng::new(seed);
    let first = count.div_ceil(2);
    let all: Vec<([f32; 2], usize)> = (0..count)
        .map(|i| {
            let (label, at, of) = if i < first { (0, i, first) } else { (1, i - first, count - first) };
            let on_curve = place(label, (at as f64 + 0.5) / of as f64);
            let moved = rng.randn(2);
            ([0, 1].map(|axis| (on_curve[axis] + noise * moved[axis]) as f32), label)
        })
        .collect();
    let order = rng.permutation(count);
    Points { inputs: order.iter().map(|i| all[*i].0).collect(), labels: order.iter().map(|i| all[*i].1).collect() }
}
