//! Passes that two engines compute, each some of a layer's neurons or each passes of its own: where one is cut, and how kernels and
//! tensors travel.

use std::ops::Range;

use crate::lanes::LANES;
use crate::{Kernel, OfWords, SkaLayer, SkaStill};

/// What a pass is split by. A neuron's share of every output is a band of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Neurons.
    pub units: usize,
    /// Rows of each output that belong to one neuron.
    pub rows: &'static [usize],
}

impl Split {
    /// The first neuron of the second share: a whole number of blocks, for these do not know of each other, and their
    /// numbers are the same wherever they are computed. None where there is only one.
    pub fn cut(&self) -> Option<usize> {
        let blocks = self.units.div_ceil(LANES);
        (blocks > 1).then_some(blocks / 2 * LANES)
    }
}

/// Makes a kernel of its words; none if there are not as many as it has parameters.
pub type FromWords = fn(&[u32]) -> Option<Box<dyn Kernel>>;

/// Kernels by name. (Without their specs: the page would carry their shaders once more.)
macro_rules! table {
    ($($kernel:ident),+ $(,)?) => { &[$(($kernel::SPEC.name, of_words::<$kernel>)),+] };
}

/// The kernels that a second engine computes, or that may wait for what it computes: those of every module,
const SHORT: &[(&str, FromWords)] = table![SkaLayer, SkaStill];

/// and those of the module of long runs.
#[cfg(feature = "long-runs")]
const LONG: &[(&str, FromWords)] = {
    use crate::{
        Add, Affine, AffineInput, AffineWeights, Gather, GramProduct, NtkDeviations, NtkInfinite, NtkPicture, ReluPool,
        ReluPoolBack,
    };
    table![
        Add,
        Affine,
        AffineInput,
        AffineWeights,
        Gather,
        GramProduct,
        NtkDeviations,
        NtkInfinite,
        NtkPicture,
        ReluPool,
        ReluPoolBack,
    ]
};
#[cfg(not(feature = "long-runs"))]
const LONG: &[(&str, FromWords)] = &[];

/// Name and maker of every kernel that can be sent to a second engine.
pub fn shared() -> impl Iterator<Item = &'static (&'static str, FromWords)> {
    SHORT.iter().chain(LONG)
}

fn of_words<K: Kernel + OfWords + 'static>(words: &[u32]) -> Option<Box<dyn Kernel>> {
    Some(Box::new(K::of_words(words)?))
}

/// Where a kernel stands among the [`shared`] ones.
pub fn number(kernel: &dyn Kernel) -> Option<usize> {
    shared().position(|(name, _)| *name == kernel.spec().name)
}

/// The kernel of this number with these parameters.
pub fn of_number(number: usize, words: &[u32]) -> Option<Box<dyn Kernel>> {
    shared().nth(number)?.1(words)
}

/// Appends a band of rows of a matrix to a message, bit by bit, column after column.
pub fn pack(matrix: &[f32], rows: usize, band: &Range<usize>, message: &mut Vec<u32>) {
    message.reserve(packed(matrix.len(), rows, band));
    for column in matrix.chunks(rows) {
        message.extend_from_slice(bytemuck::cast_slice(&column[band.clone()]));
    }
}

/// The reverse of [`pack`].
pub fn unpack(matrix: &mut [f32], rows: usize, band: &Range<usize>, message: &[u32]) {
    for (column, values) in matrix.chunks_mut(rows).zip(message.chunks(band.len())) {
        column[band.clone()].copy_from_slice(bytemuck::cast_slice(values));
    }
}

/// Values of a band of rows of a matrix of `len` values.
pub fn packed(len: usize, rows: usize, band: &Range<usize>) -> usize {
    len / rows * band.len()
}
