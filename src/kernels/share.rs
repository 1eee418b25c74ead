//! A pass that two engines compute, each some of a layer's neurons: where it is cut, and how a share travels.

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
type FromWords = fn(&[u32]) -> Option<Box<dyn Kernel>>;

/// The kernels that can be split, by name. (Without their specs: the page would carry their shaders once more.)
pub const SHARED: &[(&str, FromWords)] =
    &[(SkaLayer::SPEC.name, of_words::<SkaLayer>), (SkaStill::SPEC.name, of_words::<SkaStill>)];

fn of_words<K: Kernel + OfWords + 'static>(words: &[u32]) -> Option<Box<dyn Kernel>> {
    Some(Box::new(K::of_words(words)?))
}

/// Where a kernel that can be split stands among [`SHARED`].
pub fn number(kernel: &dyn Kernel) -> Option<usize> {
    SHARED.iter().position(|(name, _)| *name == kernel.spec().name)
}

/// The kernel of this number with these parameters.
pub fn of_number(number: usize, words: &[u32]) -> Option<Box<dyn Kernel>> {
    SHARED.get(number)?.1(words)
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
