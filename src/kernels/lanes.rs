//! Sixteen neurons side by side: the small vector arithmetic of the CPU engine.
//!
//! Plain arrays in plain loops, which the compiler turns into SIMD instructions. Every sum has one fixed order and no
//! fused multiply-add, so that the numbers are the same to the last bit on every machine and in every browser.

use wide::{f32x4, i32x4};

/// Neurons per block: with two samples at a time that is eight 128-bit accumulators, as many as V8 keeps in registers.
pub const LANES: usize = 16;

/// One value for each neuron of a block.
pub type Lanes = [f32; LANES];

/// All lanes zero.
pub const ZERO: Lanes = [0.0; LANES];

/// Neurons in one vector of 128 bits.
pub const QUAD: usize = 4;

/// The `Q`th four neurons of a block.
#[inline(always)]
pub fn quad<const Q: usize>(lanes: &Lanes) -> f32x4 {
    f32x4::from(lanes.as_chunks().0[Q])
}

/// The reverse of [`quad`].
#[inline(always)]
pub fn set_quad<const Q: usize>(lanes: &mut Lanes, values: f32x4) {
    lanes.as_chunks_mut().0[Q] = values.to_array();
}

/// `sum + a·b`, lane by lane, for a number `b`.
#[inline(always)]
pub fn add_scaled(sum: &mut Lanes, a: &Lanes, b: f32) {
    for lane in 0..LANES {
        sum[lane] += a[lane] * b;
    }
}

/// A block as four vectors. In the loops below these are said, not left to be found: what uses a sum afterwards can have
/// it cut into smaller ones.
type Quads = [f32x4; LANES / QUAD];

#[inline(always)]
fn quads(lanes: &Lanes) -> Quads {
    [quad::<0>(lanes), quad::<1>(lanes), quad::<2>(lanes), quad::<3>(lanes)]
}

#[inline(always)]
fn set_quads(lanes: &mut Lanes, quads: Quads) {
    lanes.as_chunks_mut().0.iter_mut().zip(quads).for_each(|(lanes, quad)| *lanes = quad.to_array());
}

#[inline(always)]
fn add_scaled_quads(sum: &mut Quads, a: &Quads, b: f32) {
    let b = f32x4::splat(b);
    sum.iter_mut().zip(a).for_each(|(sum, a)| *sum += *a * b);
}

/// Pairs of numbers, one after another: of two slices, or side by side in one.
pub trait Pairs {
    /// The next pair, cut from the front.
    fn cut(&mut self) -> Option<[f32; 2]>;
}

impl Pairs for [&[f32]; 2] {
    #[inline(always)]
    fn cut(&mut self) -> Option<[f32; 2]> {
        let [[a, a_left @ ..], [b, b_left @ ..]] = *self else { return None };
        *self = [a_left, b_left];
        Some([*a, *b])
    }
}

impl Pairs for &[[f32; 2]] {
    #[inline(always)]
    fn cut(&mut self) -> Option<[f32; 2]> {
        let [pair, left @ ..] = *self else { return None };
        *self = left;
        Some(*pair)
    }
}

/// `sums[0] += Σ lanes·a` and `sums[1] += Σ lanes·b` over pairs `[a, b]`, each in order, as far as both go: where the engine spends
/// most of its time.
///
/// The slices are cut from the front instead of counted through: a browser then loads with constant offsets from a
/// pointer each, where an index costs five instructions more for every sixteen operations (together with what
/// `.cargo/config.toml` says).
#[inline(always)]
pub fn add_products(sums: &mut [Lanes; 2], lanes: &[Lanes], mut pairs: impl Pairs) {
    let mut lanes = lanes;
    let [mut first, mut second] = sums.each_ref().map(quads);
    while let ([next, left @ ..], Some([a, b])) = (lanes, pairs.cut()) {
        let next = quads(next);
        add_scaled_quads(&mut first, &next, a);
        add_scaled_quads(&mut second, &next, b);
        lanes = left;
    }
    sums.iter_mut().zip([first, second]).for_each(|(sum, quads)| set_quads(sum, quads));
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

/// The logistic function with its numbers as vectors in memory: engines build a constant vector anew, in five
/// instructions, each time that it is used.
pub struct Sigmoid {
    one: f32x4,
    bound: f32x4,
    log2_e: f32x4,
    /// Adding 1.5·2^23 rounds to a whole number and leaves it in the low bits.
    round: f32x4,
    /// ln 2 in two parts: the first has few bits, so its product with a whole number is exact.
    ln_2: [f32x4; 2],
    /// Of the polynomial for (e^r - 1 - r) / r², |r| ≤ ln 2 / 2 (Cephes library, `expf.c`, S. Moshier), highest power first.
    polynomial: [f32x4; 6],
    /// What makes the low bits of a rounded number the bits of a power's exponent.
    bias: i32x4,
}

impl Default for Sigmoid {
    fn default() -> Self {
        const ROUND: f32 = 12_582_912.0;
        let number = f32x4::splat;
        std::hint::black_box(Self {
            one: f32x4::ONE,
            bound: number(87.0),
            log2_e: number(core::f32::consts::LOG2_E),
            round: number(ROUND),
            ln_2: [0.693_359_4, -2.121_944_4e-4].map(number),
            polynomial: [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_6e-1, 0.5].map(number),
            bias: i32x4::splat(127 - ROUND.to_bits() as i32),
        })
    }
}

impl Sigmoid {
    /// `1 / (1 + e^-z)`, within 2 units in the last place. What is not finite gives NaN.
    #[inline(always)]
    pub fn of(&self, z: f32x4) -> f32x4 {
        let x = -z;
        // The last term is 0: it brings a NaN back that the bounds in `exp` may lose.
        self.one / (self.one + self.exp(x)) + (z + x)
    }

    /// [`Sigmoid::of`] for a block.
    #[inline(always)]
    pub fn of_lanes(&self, z: &Lanes, d: &mut Lanes) {
        set_quads(d, quads(z).map(|z| self.of(z)));
    }

    /// `e^x`, for x within ±87, where f32 ends; others count as that.
    #[inline(always)]
    fn exp(&self, x: f32x4) -> f32x4 {
        let x = x.fast_min(self.bound).fast_max(-self.bound);
        let shifted = x * self.log2_e + self.round;
        let whole = shifted - self.round;
        let r = x - whole * self.ln_2[0] - whole * self.ln_2[1];
        let [mut p, rest @ ..] = self.polynomial;
        for coefficient in rest {
            p = p * r + coefficient;
        }
        let power: i32x4 = (bytemuck::cast::<f32x4, i32x4>(shifted) + self.bias) << 23;
        (p * r * r + r + self.one) * bytemuck::cast::<i32x4, f32x4>(power)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_two_units_in_the_last_place() {
        let sigmoid = Sigmoid::default();
        for i in -87_000..=87_000_i32 {
            let x = i as f32 / 1000.0;
            let found = sigmoid.exp(f32x4::splat(x)).to_array()[0];
            let exact = libm::exp(f64::from(x));
            let error = (f64::from(found) - exact).abs() / exact;
            assert!(error <= 2.4e-7, "exp({x}) is {found}, expected {exact}");
        }
    }

    #[test]
    fn sigmoid_saturates_and_keeps_what_is_not_finite() {
        let sigmoid = Sigmoid::default();
        let d = sigmoid.of(f32x4::from([1e30, -1e30, f32::NAN, 0.0])).to_array();
        assert_eq!(d[0], 1.0);
        assert!(d[1] >= 0.0 && d[1] < 1e-37);
        assert!(d[2].is_nan());
        assert_eq!(d[3], 0.5);
        let d = sigmoid.of(f32x4::from([f32::INFINITY, f32::NEG_INFINITY, 0.0, 0.0])).to_array();
        assert!(d[..2].iter().all(|d| d.is_nan()));
    }
}
