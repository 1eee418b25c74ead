//! What a relu makes of two correlated Gaussians, eight pairs of images at a time.
//!
//! With n = √(V V'), u = tan(θ/2) = √((n − C) / (n + C)): no inverse cosine, and no difference of squares, which in f32
//! would lose half its digits before its root is taken.

/// Pairs side by side: two 128-bit registers.
pub const LANES: usize = 8;

/// A value for each pair.
pub type Pairs = [f32; LANES];

/// All pairs zero.
pub const ZERO: Pairs = [0.0; LANES];

/// Keeps 0 / 0 from happening where both units are silent.
const TINY: f32 = 1e-30;

/// arctan(u) / u for 0 ≤ u ≤ 1 as a polynomial in u²: minimax, relative error 1.6e-8 before rounding.
const ARCTAN: [f32; 9] = [
    1.0,
    -0.333_330_72,
    0.199_926_2,
    -0.142_036_44,
    0.106_409_34,
    -0.075_042_95,
    0.042_691_52,
    -0.016_068_63,
    0.002_849_889_7,
];

const INV_PI: f32 = std::f32::consts::FRAC_1_PI;

/// (K, T) after a relu from (C, T) before it. `n` is √(V V'); `apart` is 0 for a unit and itself, where θ is 0 and only
/// rounding says otherwise, and 1 elsewhere.
#[inline(always)]
pub fn relu(c: &Pairs, t: &Pairs, n: &Pairs, apart: &Pairs) -> (Pairs, Pairs) {
    let (mut k_after, mut t_after) = (ZERO, ZERO);
    for lane in 0..LANES {
        let (c, n) = (c[lane], n[lane]);
        let sum = n + c + TINY;
        let difference = n - c;
        let u = (if difference > 0.0 { difference } else { 0.0 } / sum).sqrt() * apart[lane];
        let w = u * u;
        let mut p = ARCTAN[8];
        p = p * w + ARCTAN[7];
        p = p * w + ARCTAN[6];
        p = p * w + ARCTAN[5];
        p = p * w + ARCTAN[4];
        p = p * w + ARCTAN[3];
        p = p * w + ARCTAN[2];
        p = p * w + ARCTAN[1];
        p = p * w + ARCTAN[0];
        // θ = 2 arctan u, n sin θ = u (n + C).
        let open = 0.5 - u * p * INV_PI;
        k_after[lane] = u * sum * (0.5 * INV_PI) + open * c;
        t_after[lane] = open * t[lane];
    }
    (k_after, t_after)
}
