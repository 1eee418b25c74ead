//! All that a run sees, on a backend: the tapestry and the walk over it, piles of images and their labels.

use super::network::Scene;
use super::plan::Phase;
use super::settings::Wta;
use super::split::order;
use super::world::{SIDE, Walk, interleaved, tapestry};
use crate::backend::{Backend, Tensor};
use crate::data::{self, Dataset, IMAGE_BYTES};
use crate::rng::NumpyRng;

/// Images in a row of the tapestry.
pub const TILES: usize = 30;
/// Images of a pile at most: what WebGPU binds at once on every adapter, and more.
const PILE: usize = 10_000;

/// Images one after another, and their labels.
pub struct Pile {
    /// The images, each a place of its own.
    pub scene: Scene,
    /// Their labels, on the backend and here.
    pub labels: Tensor,
    /// The same.
    pub digits: Vec<usize>,
}

/// What a run sees.
pub struct Material {
    /// The tapestry, with the walk's places.
    pub tapestry: Scene,
    /// Where the window is in every frame of an epoch: (left, upper, width, height) each.
    pub windows: Tensor,
    /// Images that vote, and images that are tested.
    pub piles: [Vec<Pile>; 2],
    /// For every phase that sees whole digits, their order in each epoch.
    pub orders: Vec<Vec<Tensor>>,
    /// The one image that is shown, as a pile.
    pub shown: Scene,
}

fn pile(images: &[(usize, &[u8])], backend: &mut Backend) -> Pile {
    let bytes: Vec<&[u8]> = images.iter().map(|(_, image)| *image).collect();
    let digits: Vec<usize> = images.iter().map(|(digit, _)| *digit).collect();
    let places: Vec<f32> = (0..images.len()).map(|place| place as f32).collect();
    let labels: Vec<f32> = digits.iter().map(|digit| *digit as f32).collect();
    Pile { scene: stack(&data::columns(&bytes), &places, backend), labels: backend.tensor(&labels), digits }
}

fn stack(pixels: &[f32], places: &[f32], backend: &mut Backend) -> Scene {
    Scene {
        pixels: backend.tensor(pixels),
        stride: SIDE as u32,
        places: backend.tensor(places),
        spacing: IMAGE_BYTES as u32,
    }
}

impl Material {
    /// Images, walk and orders of a run; `rng` draws the orders.
    pub fn new(wta: &Wta, phases: &[Phase], data: &Dataset, rng: &mut NumpyRng, backend: &mut Backend) -> Self {
        let image = |(digit, position)| Some((digit, data.image(digit, position)?));
        let images: Vec<(usize, &[u8])> = interleaved(data).into_iter().filter_map(image).collect();
        let first: Vec<&[u8]> = images.iter().take(TILES * TILES).map(|(_, image)| *image).collect();
        let cloth = tapestry(&first, TILES);
        let frames = phases.iter().map(|phase| phase.epoch.min(phase.frames)).max().unwrap_or(0) as usize;
        let corners = wta.walk().corners(frames, TILES);
        let stride = TILES * SIDE;
        let places: Vec<f32> = corners.iter().map(|(x, y)| (y * stride + x) as f32).collect();
        let side = SIDE as f32;
        let windows: Vec<f32> = corners.iter().flat_map(|(x, y)| [*x as f32, *y as f32, side, side]).collect();
        let pixels: Vec<f32> = cloth.iter().map(|byte| f32::from(*byte) / 255.0).collect();

        let parted: Vec<(usize, &[u8])> = order(data, wta.parting, wta.split).into_iter().filter_map(image).collect();
        let [voting, tested] = wta.parts(images.len());
        let mut piles =
            |part: &[(usize, &[u8])]| -> Vec<Pile> { part.chunks(PILE).map(|images| pile(images, backend)).collect() };
        let piles = [piles(&parted[..voting]), piles(&parted[parted.len() - tested..])];
        let mut orders_of = |phase: &Phase| -> Vec<Tensor> {
            let epochs = if phase.digits { phase.frames.div_ceil(phase.epoch) } else { 0 };
            let order = |epoch: u32| {
                // Every epoch goes through the next pile.
                let digits = piles[0].get(epoch as usize % piles[0].len().max(1)).map_or(0, |pile| pile.digits.len());
                let order = rng.permutation(digits);
                // An epoch may be longer than the pile: then it goes through it again.
                let order: Vec<f32> =
                    order.iter().cycle().take(phase.epoch as usize).map(|place| *place as f32).collect();
                backend.tensor(&order)
            };
            (0..epochs).map(order).collect()
        };
        let orders = phases.iter().map(&mut orders_of).collect();
        let shown = images.get(wta.image as usize).map_or(vec![0.0; IMAGE_BYTES], |(_, image)| data::columns(&[image]));
        Self {
            tapestry: Scene {
                pixels: backend.tensor(&pixels),
                stride: stride as u32,
                places: backend.tensor(&places),
                spacing: 1,
            },
            windows: backend.tensor(&windows),
            piles,
            orders,
            shown: stack(&shown, &[0.0], backend),
        }
    }

    /// Number of images that vote or are tested.
    pub fn images(&self) -> u64 {
        self.piles.iter().flatten().map(|pile| pile.digits.len() as u64).sum()
    }

    /// Where the frames of a step come from.
    pub fn scene(&self, phase: &Phase, at: usize, epoch: usize) -> Scene {
        match (self.orders[at].get(epoch), self.piles[0].get(epoch % self.piles[0].len().max(1))) {
            (Some(order), Some(pile)) if phase.digits => Scene { places: *order, ..pile.scene },
            _ => self.tapestry,
        }
    }
}

impl Wta {
    fn walk(&self) -> Walk {
        let (speed, acceleration) = (self.speed, self.push);
        Walk { speed, acceleration, redraw: self.redraw, seed: self.walk_seed, ..Walk::default() }
    }

    /// How many images vote, and how many are tested, of so many.
    pub(super) fn parts(&self, images: usize) -> [usize; 2] {
        let tested = (self.test as usize).min(images / 2);
        [(self.train as usize).min(images - tested), tested]
    }
}
