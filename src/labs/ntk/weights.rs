//! The first weights of a net: independent standard normals, in the order of a random stream.

use super::architecture::Architecture;
use crate::rng::NumpyRng;

/// A net's weights, layer by layer: (units, window), column-major, which is (row, column, in, out) of a convolution and
/// (in, out) of a dense layer read row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights(pub Vec<Vec<f32>>);

impl Weights {
    /// As NumPy draws them: `RandomState(seed).randn` for one layer after another, in single precision.
    pub fn numpy(architecture: &Architecture, seed: u32) -> Self {
        let mut rng = NumpyRng::new(seed);
        let mut draw = |n| rng.randn(n).into_iter().map(|normal| normal as f32).collect();
        Self(architecture.weight_lengths().into_iter().map(&mut draw).collect())
    }
}
