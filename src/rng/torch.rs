//! torch's CPU generator: what `torch.manual_seed(n)` and then `randn`, `uniform_`, `randint` and `randperm` draw.
//!
//! torch has several ways to a normal. Fewer than 16 come one by one in double precision (Box-Muller on 53-bit uniforms). From 16 on
//! they come in blocks: 16 uniforms become 16 normals in place, the first 8 giving radii and the last 8 angles; if the length is no
//! multiple of 16, the last 16 values are drawn afresh and overwrite. In single precision the blocks go through Cephes' ln, sin and
//! cos with fused multiply-adds, as in torch's AVX2 build, the one that made the reference figures. torch's plain build differs from
//! it in the last bits (1.1e-6 on the normals of the fixtures), so two machines with torch may differ by as much.

use std::f64::consts::TAU;

use rand_mt::Mt;

use super::cephes;

/// Normals are made in blocks of this many.
const BLOCK: usize = 16;
const UNIT_24: f32 = 1.0 / 16_777_216.0; // 2⁻²⁴
const UNIT_53: f64 = 1.0 / 9_007_199_254_740_992.0; // 2⁻⁵³
/// From this range on, torch takes 64 bits for a bounded integer: the remainder of 32 would be visibly uneven.
const WIDE_RANGE: u64 = 1 << 28;

/// A stream equal to that of torch's default generator after `torch.manual_seed(seed)`.
#[derive(Clone, Debug)]
pub struct TorchRng {
    words: Mt,
    /// Box-Muller makes two normals at a time; the second waits here for the next call of fewer than 16.
    spare_normal: Option<f64>,
}

impl TorchRng {
    /// `torch.manual_seed(seed)`; the Mersenne Twister sees the seed's lower 32 bits.
    pub fn new(seed: u64) -> Self {
        Self { words: Mt::new(seed as u32), spare_normal: None }
    }

    /// The next word of the Mersenne Twister.
    pub fn next_u32(&mut self) -> u32 {
        self.words.next_u32()
    }

    /// The next two words, the first one in the upper half.
    pub fn next_u64(&mut self) -> u64 {
        let high = u64::from(self.next_u32());
        high << 32 | u64::from(self.next_u32())
    }

    /// `torch.randn(n)`: `n` standard normals in single precision. For a matrix, `n` is its number of elements, in row-major order.
    pub fn randn(&mut self, n: usize) -> Vec<f32> {
        if n < BLOCK {
            return (0..n).map(|_| self.next_normal() as f32).collect();
        }
        let mut values: Vec<f32> = (0..n).map(|_| self.unit_f32()).collect();
        values.as_chunks_mut().0.iter_mut().for_each(normal_block_f32);
        if let (false, Some(last)) = (n.is_multiple_of(BLOCK), values.last_chunk_mut()) {
            last.fill_with(|| self.unit_f32());
            normal_block_f32(last);
        }
        values
    }

    /// `torch.randn(n, dtype=torch.float64)`: `n` standard normals in double precision.
    pub fn randn_f64(&mut self, n: usize) -> Vec<f64> {
        if n < BLOCK {
            return (0..n).map(|_| self.next_normal()).collect();
        }
        let mut values: Vec<f64> = (0..n).map(|_| self.unit_f64()).collect();
        values.as_chunks_mut().0.iter_mut().for_each(normal_block_f64);
        if let (false, Some(last)) = (n.is_multiple_of(BLOCK), values.last_chunk_mut()) {
            last.fill_with(|| self.unit_f64());
            normal_block_f64(last);
        }
        values
    }

    /// `torch.empty(n).uniform_(low, high)`: `n` numbers in [low, high). The bounds are rounded to single precision first, as torch does.
    pub fn uniform(&mut self, low: f64, high: f64, n: usize) -> Vec<f32> {
        let (low, high) = (low as f32, high as f32);
        (0..n).map(|_| libm::fmaf(self.unit_f32(), high - low, low)).collect()
    }

    /// `torch.randint(high, (n,))`: `n` integers in 0..high.
    ///
    /// # Panics
    /// If `high` is 0.
    pub fn randint(&mut self, high: u64, n: usize) -> Vec<u64> {
        assert!(high > 0, "randint: 0..0 holds no integer");
        (0..n)
            .map(|_| if high < WIDE_RANGE { u64::from(self.next_u32()) % high } else { self.next_u64() % high })
            .collect()
    }

    /// `torch.randperm(n)`: 0..n in random order.
    pub fn randperm(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in 0..n.saturating_sub(1) {
            order.swap(i, i + self.next_u32() as usize % (n - i));
        }
        order
    }

    /// A number in [0, 1), a multiple of 2⁻²⁴.
    fn unit_f32(&mut self) -> f32 {
        (self.next_u32() & 0x00ff_ffff) as f32 * UNIT_24
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    fn unit_f64(&mut self) -> f64 {
        (self.next_u64() & ((1 << 53) - 1)) as f64 * UNIT_53
    }

    fn next_normal(&mut self) -> f64 {
        if let Some(normal) = self.spare_normal.take() {
            return normal;
        }
        let angle = TAU * self.unit_f64();
        let radius = libm::sqrt(-2.0 * libm::log1p(-self.unit_f64()));
        self.spare_normal = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }
}

/// 16 uniforms become 16 normals, in single precision.
fn normal_block_f32(block: &mut [f32; BLOCK]) {
    let (radii, angles) = block.split_at_mut(BLOCK / 2);
    for (first, second) in radii.iter_mut().zip(angles) {
        // 1 - u is in (0, 1]: ln of 0 cannot happen.
        let radius = libm::sqrtf(-2.0 * cephes::ln(1.0 - *first));
        let (sin, cos) = cephes::sin_cos(TAU as f32 * *second);
        (*first, *second) = (radius * cos, radius * sin);
    }
}

/// 16 uniforms become 16 normals, in double precision.
fn normal_block_f64(block: &mut [f64; BLOCK]) {
    let (radii, angles) = block.split_at_mut(BLOCK / 2);
    for (first, second) in radii.iter_mut().zip(angles) {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - *first));
        let angle = TAU * *second;
        (*first, *second) = (radius * libm::cos(angle), radius * libm::sin(angle));
    }
}
