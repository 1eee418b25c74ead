//! The images of an experiment: so many to learn from and so many to test on, the digits in turn.
//!
//! Round r of the order has the r-th image of each digit 0…9 that has so many. The notebook takes the first thousand images
//! for training and the first thousand of the test set, in an order that the files here do not have.

use crate::data::{Dataset, FIRST_100, SECOND_100, part_for_digit};

/// The order's places that are tested on: the second thousand.
const TESTED_FROM: usize = 1000;
/// Images of a set.
pub const MOST: u32 = 1000;
/// Sets to learn from: all thousands of the bundle but the second.
pub const SETS: u32 = 7;

/// Which images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Images {
    /// Which thousand is learned from, without the tested one.
    pub set: u32,
    /// How many of it.
    pub train: u32,
    /// How many are tested on.
    pub test: u32,
}

/// Images with their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labelled {
    /// One column an image, pixels in 0..1: (784, images).
    pub pixels: Vec<f32>,
    /// Their digits.
    pub labels: Vec<u8>,
}

impl Images {
    /// The first place of the order that is learned from.
    fn first(self) -> usize {
        if self.set == 0 { 0 } else { (TESTED_FROM as u32 + MOST * self.set) as usize }
    }

    /// Files of the bundle that hold them.
    pub fn files(self) -> Vec<&'static str> {
        let last = (self.first() + self.train as usize).max(TESTED_FROM + self.test as usize);
        match last {
            ..=2000 => vec![FIRST_100, SECOND_100],
            _ => (0..10).map(part_for_digit).collect(),
        }
    }

    /// Those to learn from, and those to test on. A set of the reader's own may have fewer: then its first half is learned
    /// from.
    pub fn of(self, data: &Dataset) -> [Labelled; 2] {
        let total: usize = (0..10).map(|digit| data.count(digit)).sum();
        let fits = |images: Images| {
            let last = (images.first() + images.train as usize).max(TESTED_FROM + images.test as usize);
            last <= total
        };
        let whole = [self, Self { set: 0, ..self }].into_iter().find(|images| fits(*images));
        let (train, test) = match whole {
            Some(images) => (
                images.first()..images.first() + images.train as usize,
                TESTED_FROM..TESTED_FROM + images.test as usize,
            ),
            None => {
                let half = (total / 2).min(self.train as usize);
                (0..half, half..total.min(half + self.test as usize))
            }
        };
        let order = interleaved(data, train.end.max(test.end));
        [train, test].map(|places| {
            let mut taken = Labelled::default();
            for (digit, position) in &order[places] {
                let Some(image) = data.image(*digit, *position) else { continue };
                taken.pixels.extend(image.iter().map(|byte| f32::from(*byte) / 255.0));
                taken.labels.push(*digit as u8);
            }
            taken
        })
    }
}

/// Digit and position of the first `count` images of the order.
fn interleaved(data: &Dataset, count: usize) -> Vec<(usize, usize)> {
    let rounds = (0..10).map(|digit| data.count(digit)).max().unwrap_or(0);
    let round = |position: usize| {
        (0..10).filter(move |digit| position < data.count(*digit)).map(move |digit| (digit, position))
    };
    (0..rounds).flat_map(round).take(count).collect()
}
