//! Which images the network may learn the digits of, and which it is tested on.

use super::world::interleaved;
use crate::data::Dataset;
use crate::rng::NumpyRng;

/// Images with their digits.
#[derive(Clone, Debug, Default)]
pub struct Labelled<'a> {
    /// 784 bytes each.
    pub images: Vec<&'a [u8]>,
    /// What they show.
    pub digits: Vec<u8>,
}

/// The first four of five images of `RandomState(0).permutation` of the interleaved ones are for training, the rest for the test.
pub fn split(data: &Dataset) -> [Labelled<'_>; 2] {
    let all = interleaved(data);
    let order = NumpyRng::new(0).permutation(all.len());
    let (train, test) = order.split_at(all.len() * 4 / 5);
    [train, test].map(|part| {
        let places = || part.iter().map(|at| all[*at]);
        let images = places().filter_map(|(digit, position)| data.image(digit, position)).collect();
        Labelled { images, digits: places().map(|(digit, _)| digit as u8).collect() }
    })
}
