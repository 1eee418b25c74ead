//! Which images a network may learn the digits of, and which it is tested on.

use super::images::Images;
use super::world::interleaved;
use crate::data::Dataset;
use crate::rng::NumpyRng;

/// The first `train` images and the last `test` of `RandomState(seed).permutation` of the interleaved ones; of fewer images, at most
/// half are for the test.
pub fn split(data: &Dataset, seed: u32, [train, test]: [u32; 2]) -> [Images; 2] {
    let all = interleaved(data);
    let order = NumpyRng::new(seed).permutation(all.len());
    let test = (test as usize).min(all.len() / 2);
    let train = (train as usize).min(all.len() - test);
    [&order[..train], &order[all.len() - test..]].map(|part| {
        let mut images = Images { bytes: Vec::new(), digits: Vec::new() };
        for (digit, position) in part.iter().map(|at| all[*at]) {
            if let Some(image) = data.image(digit, position) {
                images.bytes.extend_from_slice(image);
                images.digits.push(digit as u8);
            }
        }
        images
    })
}
