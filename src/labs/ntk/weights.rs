//! The first weights of a net: independent standard normals, in the order of a random stream.

use super::architecture::{Architecture, Layer};
use crate::rng::{JaxKey, NumpyRng};

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

    /// As neural_tangents draws them from `jax.random.PRNGKey(seed)`, in its versions of 2022.
    ///
    /// `stax.serial` splits a key for every layer in turn, the rectifier, the mean and the flattening included; a layer with
    /// weights splits its own once more.
    pub fn jax(architecture: &Architecture, seed: u32) -> Self {
        let mut key = JaxKey::new(seed);
        let mut next = || {
            let [rest, own] = key.split();
            key = rest;
            own
        };
        let mut lengths = architecture.weight_lengths().into_iter();
        let mut draw = |own: JaxKey| own.split()[0].normal(lengths.next().unwrap_or_default());
        let (mut layers, mut flat) = (Vec::new(), false);
        let last = Layer::Dense { units: architecture.classes() };
        for layer in architecture.hidden().iter().chain([&last]) {
            if matches!(layer, Layer::Dense { .. }) && !flat {
                flat = true;
                next();
            }
            layers.push(draw(next()));
            next();
            if matches!(layer, Layer::Conv { pool: true, .. }) {
                next();
            }
        }
        Self(layers)
    }
}
