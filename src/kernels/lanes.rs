//! Sixteen neurons side by side: the small vector arithmetic of the CPU engine.
//!
//! Plain arrays in plain loops, which the compiler turns into SIMD instructions. Every sum has one fixed order and no
//! fused multiply-add, so that the numbers are the same to the last bit on every machine and in every browser.

/// Neurons per block: with two samples at a time that is eight 128-bit accumulators, as many as V8 keeps in registers.
pub const LANES: usize = 16;

/// One value for each neuron of a block.
pub type Lanes = [f32; LANES];

/// All lanes zero.
pub const ZERO: Lanes = [0.0; LANES];

/// `sum + a·b`, lane by lane, for a number `b`.
#[inline(always)]
pub fn add_scaled(sum: &mut Lanes, a: &Lanes, b: f32) {
    for lane in 0..LANES {
        sum[lane] += a[lane] * b;
    }
}

/// Sum of all lanes: of every fourth, then of these. Out of line, where it cannot cut the sums before it into pairs.
#[inline(never)]
pub fn total(lanes: &Lanes) -> f32 {
    let mut fourths = [0.0; 4];
    for i in 0..4 {
        fourths[i] = (lanes[i] + lanes[i + 4]) + (lanes[i + 8] + lanes[i + 12]);
    }
    (fourths[0] + fourths[1]) + (fourths[2] + fourths[3])
}

/// Σ a·b, every lane summing each sixteenth product, and the rest after the last sixteen by itself.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sum = ZERO;
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sum[lane] += a[lane] * b[lane];
        }
    }
    let mut rest = 0.0;
    for (a, b) in a_rest.iter().zip(b_rest) {
        rest += a * b;
    }
    total(&sum) + rest
}

/// Logistic function `1 / (1 + e^-z)`, lane by lane, within 2 units in the last place.
#[inline(always)]
pub fn sigmoid(z: &Lanes) -> Lanes {
    let mut result = ZERO;
    for lane in 0..LANES {
        result[lane] = 1.0 / (1.0 + exp(-z[lane]));
    }
    result
}

/// `e^x` for every x (clamped to ±87, where f32 ends; NaN stays NaN), by argument reduction to ±ln 2 / 2 and the
/// polynomial of the Cephes library (`expf.c`, S. Moshier).
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Comparisons rather than `clamp`, which would cost a NaN test of its own in SIMD.
    let x = if x > 87.0 { 87.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    // Adding 1.5·2^23 rounds to a whole number and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let r = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_199_9e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_6e-1;
    p = p * r + 0.5;
    let power = f32::from_bits(shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23);
    (p * r * r + r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_two_units_in_the_last_place() {
        for i in -87_000..=87_000_i32 {
            let x = i as f32 / 1000.0;
            let exact = libm::exp(f64::from(x));
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error <= 2.4e-7, "exp({x}) is {}, expected {exact}", exp(x));
        }
    }

    #[test]
    fn sigmoid_saturates_and_keeps_nan() {
        let mut z = ZERO;
        (z[0], z[1], z[2], z[3]) = (f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 0.0);
        let d = sigmoid(&z);
        assert_eq!(d[0], 1.0);
        assert!(d[1] >= 0.0 && d[1] < 1e-37);
        assert!(d[2].is_nan());
        assert_eq!(d[3], 0.5);
    }
}
