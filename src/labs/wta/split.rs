//! Which images a network may learn the digits of, and which it is tested on.

use super::images::Images;
use super::world::interleaved;
use crate::config::{Choice, Field, Options, Visitor, option};
use crate::data::Dataset;
use crate::rng::NumpyRng;

/// In which order images are parted into those that vote and those that are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// Shuffled.
    Shuffled,
    /// As their files have them.
    Files,
}

impl Options for Parting {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::Shuffled, Choice { slug: "shuffled", label: "Shuffled", help: "By the seed below, as NumPy does." }),
        (
            Self::Files,
            Choice {
                slug: "files",
                label: "As in their files",
                help: "The first images train and the last ones test: with all four files of MNIST as one own set, its 60 000 and 10 000. \
                       Bundled digits: one of each in turn.",
            },
        ),
    ];
}

/// The setting.
pub fn parting(v: &mut dyn Visitor, group: &'static str, parting: &mut Parting) {
    let help = "Which images vote and which are tested.";
    option(v, &Field { key: "parting", label: "Order of the images", help, group }, parting);
}

/// Digit and position of all images, in the order in which they are parted.
pub fn order(data: &Dataset, parting: Parting, seed: u32) -> Vec<(usize, usize)> {
    let all = interleaved(data);
    match parting {
        Parting::Shuffled => NumpyRng::new(seed).permutation(all.len()).into_iter().map(|at| all[at]).collect(),
        Parting::Files => data.in_files().unwrap_or(all),
    }
}

/// The first `train` images and the last `test` of an [`order`]; of fewer images, at most half are for the test.
pub fn split(data: &Dataset, order: &[(usize, usize)], [train, test]: [u32; 2]) -> [Images; 2] {
    let test = (test as usize).min(order.len() / 2);
    let train = (train as usize).min(order.len() - test);
    [&order[..train], &order[order.len() - test..]].map(|part| {
        let mut images = Images { bytes: Vec::new(), digits: Vec::new() };
        for (digit, position) in part {
            if let Some(image) = data.image(*digit, *position) {
                images.bytes.extend_from_slice(image);
                images.digits.push(*digit as u8);
            }
        }
        images
    })
}
