//! What experiments learn from: images, and which of them an experiment takes; small sets in the plane.

mod drawn;
mod idx;
mod mnist;
mod own;
mod points;

pub use drawn::drawn;
pub use idx::{Imported, import, pair};
#[cfg(not(target_arch = "wasm32"))]
pub use mnist::gunzip;
pub use mnist::{Dataset, FIRST_100, IMAGE_BYTES, PARTS, Part, SECOND_100, decode, part_for_digit, part_for_pick};
pub use own::{Fingerprint, OwnImages};
pub use points::{Points, circles, moons, truth_table};

use crate::rng::NumpyRng;

/// Whose images an experiment learns from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The bundled digits.
    #[default]
    Bundled,
    /// A set of the reader's own.
    Own(Fingerprint),
}

/// CRC-32, as gzip and PNG have it.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    crc::Crc::<u32, crc::Table<1>>::new(&crc::CRC_32_ISO_HDLC).checksum(bytes)
}

/// The positions of the images of `digit` that original 000 takes, in its order.
///
/// It lists the class's images, shuffles the list with `RandomState(data_seed)` and keeps the first `samples` (all, if there are fewer).
/// Which positions these are depends on how many images the class has, hence on the data set.
pub fn pick_single_digit(data: &Dataset, digit: usize, samples: usize, data_seed: u32) -> Vec<usize> {
    picked(data.count(digit), samples, data_seed)
}

/// The first `samples` of `count` positions, shuffled as `RandomState(data_seed)` does.
fn picked(count: usize, samples: usize, data_seed: u32) -> Vec<usize> {
    let mut positions = NumpyRng::new(data_seed).permutation(count);
    positions.truncate(samples);
    positions
}

/// Images as the columns of a matrix, byte/255 as torchvision's `ToTensor` has it. Shape: (784, images), column-major.
pub fn columns(images: &[&[u8]]) -> Vec<f32> {
    let mut values = vec![0.0; images.iter().map(|image| image.len()).sum()];
    let mut rest = values.as_mut_slice();
    // A plain loop: one value pushed after another, this took a twentieth of a short run.
    for image in images {
        let (column, after) = rest.split_at_mut(image.len());
        column.iter_mut().zip(*image).for_each(|(value, byte)| *value = f32::from(*byte) / 255.0);
        rest = after;
    }
    values
}
