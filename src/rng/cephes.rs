//! Cephes' single-precision ln, sin and cos, rounded step by step as torch's AVX2 build rounds them.
//!
//! Source: S. L. Moshier, Cephes Mathematical Library, `logf` and `sincosf` (the polynomials and their coefficients). A better ln would
//! be easy and wrong here: torch's normals carry the last bits of this one. Every `a·b + c` is fused, that is rounded once, because
//! that build's compiler fuses them; which of two products is fused with the sum was found by comparing 240 000 normals' bits.

use libm::fmaf as fused;

/// (ln(1+x) - x + x²/2) / x³ for √½ ≤ 1+x < √2, highest power first.
const LN_COEFFICIENTS: [f32; 9] = [
    7.037_683_6e-2,
    -1.151_461e-1,
    1.167_699_84e-1,
    -1.242_014_1e-1,
    1.424_932_3e-1,
    -1.666_805_8e-1,
    2.000_071_4e-1,
    -2.499_999_4e-1,
    3.333_333e-1,
];
/// ln 2 in two parts: the first has few bits, so its product with an exponent is exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];

/// (sin x - x) / x³ for |x| ≤ π/4, in x², highest power first.
const SIN_COEFFICIENTS: [f32; 3] = [-1.951_529_6e-4, 8.332_161e-3, -1.666_665_5e-1];
/// (cos x - 1 + x²/2) / x⁴ for |x| ≤ π/4, in x², highest power first.
const COS_COEFFICIENTS: [f32; 3] = [2.443_315_7e-5, -1.388_731_6e-3, 4.166_664_6e-2];
/// π/4 in three parts, so that a multiple of it can be taken off without losing the small rest.
const QUARTER_PI: [f32; 3] = [0.785_156_25, 2.418_756_5e-4, 3.774_895e-8];

/// Natural logarithm of `x`, a normal number in (0, 1].
pub(super) fn ln(x: f32) -> f32 {
    // x = mantissa · 2^exponent, mantissa in [½, 1).
    let mut exponent = (x.to_bits() >> 23) as f32 - 126.0;
    let mut mantissa = f32::from_bits(x.to_bits() & 0x007f_ffff | 0x3f00_0000);
    if mantissa < std::f32::consts::FRAC_1_SQRT_2 {
        exponent -= 1.0;
        mantissa *= 2.0;
    }
    let x = mantissa - 1.0;
    let squared = x * x;
    let cubic = polynomial(&LN_COEFFICIENTS, x) * x;
    let small = fused(cubic, squared, exponent * LN_2[1]);
    let small = fused(-0.5, squared, small);
    fused(exponent, LN_2[0], x + small)
}

/// Sine and cosine of `angle` in [0, 2π], radians.
pub(super) fn sin_cos(angle: f32) -> (f32, f32) {
    // The nearest even multiple of π/4: the rest x is at most π/4 either way.
    let octant = ((angle * (4.0 / std::f32::consts::PI)) as u32 + 1) & !1;
    let x = QUARTER_PI.iter().fold(angle, |rest, part| fused(-(octant as f32), *part, rest));
    let squared = x * x;
    let cos = polynomial(&COS_COEFFICIENTS, squared) * squared;
    let cos = fused(cos, squared, -0.5 * squared) + 1.0;
    let sin = polynomial(&SIN_COEFFICIENTS, squared) * squared;
    let sin = fused(sin, x, x);
    match octant % 8 {
        0 => (sin, cos),
        2 => (cos, -sin),
        4 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// Horner's rule, highest power first.
fn polynomial(coefficients: &[f32], x: f32) -> f32 {
    coefficients.iter().copied().reduce(|sum, next| fused(sum, x, next)).unwrap_or_default()
}
