//! JAX's keys and normals: what `jax.random.PRNGKey(n)`, `split` and `normal` give with JAX's settings up to version 0.4.
//!
//! A key is no stream: it names numbers. Each is Threefry-2x32 with twenty rounds (Salmon, Moraes, Dror and Shaw 2011) of the key and
//! a counter; the counters 0..n are cut in halves, which go in as pairs. (Since JAX 0.5 the default is another numbering,
//! `jax_threefry_partitionable`.) A normal is `√2 erfinv(u)`, u in (-1, 1) of 23 bits, by the polynomial of M. Giles, "Approximating the
//! erfinv function", as XLA compiles it for single precision; the logarithm in it may differ in the last bit, so a normal may differ
//! by 3 units in the last place, and one in a hundred does.

/// A key, as `jax.random.PRNGKey` and `split` make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JaxKey([u32; 2]);

impl JaxKey {
    /// `jax.random.PRNGKey(seed)`.
    pub fn new(seed: u32) -> Self {
        Self([0, seed])
    }

    /// `jax.random.split(key)`: two keys.
    pub fn split(self) -> [Self; 2] {
        let words = self.words(4);
        [Self([words[0], words[1]]), Self([words[2], words[3]])]
    }

    /// `jax.random.normal(key, (n,))`: `n` standard normals in single precision.
    pub fn normal(self, n: usize) -> Vec<f32> {
        self.words(n).into_iter().map(normal).collect()
    }

    /// `jax.random.bits(key, (n,))`: `n` words.
    fn words(self, n: usize) -> Vec<u32> {
        let half = n.div_ceil(2) as u32;
        let counter = |i: u32| if (i as usize) < n { i } else { 0 };
        let pairs = (0..half).map(|i| threefry(self.0, [counter(i), counter(half + i)]));
        let (mut first, second): (Vec<u32>, Vec<u32>) = pairs.map(|[a, b]| (a, b)).unzip();
        first.extend(second);
        first.truncate(n);
        first
    }
}

/// Threefry-2x32 with twenty rounds.
fn threefry(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    const ROTATIONS: [[u32; 4]; 2] = [[13, 15, 26, 6], [17, 29, 16, 24]];
    let keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd1_1bda];
    let [mut a, mut b] = [counter[0].wrapping_add(keys[0]), counter[1].wrapping_add(keys[1])];
    for group in 0..5 {
        for rotation in ROTATIONS[group % 2] {
            a = a.wrapping_add(b);
            b = b.rotate_left(rotation) ^ a;
        }
        a = a.wrapping_add(keys[(group + 1) % 3]);
        b = b.wrapping_add(keys[(group + 2) % 3]).wrapping_add(group as u32 + 1);
    }
    [a, b]
}

/// erfinv's polynomials in `w - 2.5` for w < 5 and in `√w - 3` beyond, `w = -ln(1 - u²)`, highest power first.
const ERFINV: [[f32; 9]; 2] = [
    [
        2.810_226_4e-8,
        3.432_739_4e-7,
        -3.523_387_7e-6,
        -4.391_506_5e-6,
        0.000_218_580_87,
        -0.001_253_725,
        -0.004_177_681_6,
        0.246_640_73,
        1.501_409_4,
    ],
    [
        -0.000_200_214_26,
        0.000_100_950_56,
        0.001_349_343_2,
        -0.003_673_428_4,
        0.005_739_507_7,
        -0.007_622_461_3,
        0.009_438_870_5,
        1.001_674,
        2.832_976_8,
    ],
];

/// A normal from a random word.
fn normal(word: u32) -> f32 {
    let low = (-1.0_f32).next_up();
    let unit = f32::from_bits(word >> 9 | 0x3f80_0000) - 1.0;
    let u = (unit * (1.0 - low) + low).max(low);
    let w = -libm::log1p(f64::from(-(u * u))) as f32;
    let (coefficients, x) = if w < 5.0 { (ERFINV[0], w - 2.5) } else { (ERFINV[1], w.sqrt() - 3.0) };
    // A fused multiply-add by way of double precision, in which the product is exact.
    let fused = |sum: f32, next: f32| (f64::from(sum) * f64::from(x) + f64::from(next)) as f32;
    std::f32::consts::SQRT_2 * (coefficients.into_iter().reduce(fused).unwrap_or_default() * u)
}
