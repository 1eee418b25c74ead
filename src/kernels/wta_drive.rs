//! The frames of a block, cut from a scene, and what they drive the sparse units with: `p = sw v`.
//!
//! Original 003, first line of a frame. The scene is the tapestry (stride 840) or a pile of images (stride 28); a frame begins at pixel
//! `place · spacing` of it. About four fifths of a frame are dark: only lit pixels are multiplied on the CPU. The weights come as
//! tiles of sixteen units side by side, so that a pixel's weights to them lie together.
//!
//! Shapes: scene (pixels), places (frames of the walk), tiles (16, PIXELS, tiles), drive (PIXELS + units, room): of every frame its
//! pixels, then p.

use super::lanes::{LANES, Lanes, ZERO, add_scaled};
use super::{Kernel, KernelSpec, params, tiles};

/// Side of a frame.
const SIDE: usize = 28;
/// Pixels of a frame.
const PIXELS: usize = SIDE * SIDE;

params! {
    /// Parameters of the pass.
    pub struct WtaDrive {
        /// Sparse units.
        units: u32,
        /// Frames in this block.
        frames: u32,
        /// Frames that `drive` has room for.
        room: u32,
        /// Which of the places is the block's first.
        first: u32,
        /// Number of places.
        places: u32,
        /// Pixels in a row of the scene.
        stride: u32,
        /// Pixels between places: 1 in a tapestry, 784 in a pile of images.
        spacing: u32,
        /// Pixels of the scene.
        scene: u32,
    }
}

impl WtaDrive {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "wta_drive",
        wgsl: crate::wgsl!("wta_drive.wgsl"),
        params: Self::PARAMS,
        inputs: &["scene", "places", "tiles"],
        outputs: &["drive"],
    };

    /// Cuts frame `frame` of the block from the scene.
    fn cut(&self, scene: &[f32], places: &[f32], frame: usize, pixels: &mut [f32]) {
        let start = places[self.first as usize + frame] as usize * self.spacing as usize;
        for (row, pixels) in pixels.chunks_mut(SIDE).enumerate() {
            pixels.copy_from_slice(&scene[start + row * self.stride as usize..][..SIDE]);
        }
    }
}

/// Pixels that are summed up by themselves: a band of four rows. Short sums of short sums round least, and the weights of so few pixels
/// to a tile of units stay in the first cache for all frames.
const BAND: usize = 4 * SIDE;
const BANDS: usize = PIXELS / BAND;

/// The lit pixels of a frame, band by band.
#[derive(Default)]
struct Lit {
    /// Which of its band's pixels, rising.
    at: Vec<u8>,
    /// How much ink.
    ink: Vec<f32>,
    /// Where the bands end.
    ends: [usize; BANDS],
}

impl Lit {
    fn new(pixels: &[f32]) -> Self {
        let mut lit = Self::default();
        for (end, band) in pixels.chunks(BAND).enumerate() {
            for (at, ink) in band.iter().enumerate() {
                if *ink != 0.0 {
                    lit.at.push(at as u8);
                    lit.ink.push(*ink);
                }
            }
            lit.ends[end] = lit.at.len();
        }
        lit
    }

    /// What a band's pixels drive the units of a tile with.
    #[inline(always)]
    fn product(&self, band: usize, tile: &[Lanes; BAND]) -> Lanes {
        let lit = band.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[band];
        let mut sum = ZERO;
        let (mut places, mut inks) = (&self.at[lit.clone()], &self.ink[lit]);
        while let ([at, places_left @ ..], [ink, inks_left @ ..]) = (places, inks) {
            add_scaled(&mut sum, &tile[usize::from(*at)], *ink);
            (places, inks) = (places_left, inks_left);
        }
        sum
    }
}

impl Kernel for WtaDrive {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    /// A workgroup takes a tile and as many frames.
    fn workgroups(&self) -> [u32; 3] {
        [self.units.div_ceil(LANES as u32), self.frames.div_ceil(LANES as u32), 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.frames <= self.room && self.first + self.frames <= self.places,
            "wta_drive: {self:?} is out of bounds"
        );
        let column = PIXELS + self.units as usize;
        vec![
            self.scene as usize,
            self.places as usize,
            tiles::len(self.units as usize, PIXELS),
            column * self.room as usize,
        ]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [scene, places, weights] = inputs else { unreachable!("lengths were checked") };
        let units = self.units as usize;
        for (frame, column) in outputs[0].chunks_mut(PIXELS + units).take(self.frames as usize).enumerate() {
            let (pixels, drive) = column.split_at_mut(PIXELS);
            self.cut(scene, places, frame, pixels);
            for (unit, drive) in drive.iter_mut().enumerate() {
                let weight = |pixel: usize| weights[tiles::at(unit, pixel, PIXELS)];
                // Summed in f64: the reference must not carry the rounding it is meant to judge.
                let product = |(pixel, ink): (usize, &f32)| f64::from(weight(pixel)) * f64::from(*ink);
                *drive = pixels.iter().enumerate().map(product).sum::<f64>() as f32;
            }
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [scene, places, tiles] = inputs else { unreachable!("lengths were checked") };
        let units = self.units as usize;
        let mut columns: Vec<&mut [f32]> = outputs[0].chunks_mut(PIXELS + units).take(self.frames as usize).collect();
        let mut lit = Vec::new();
        for (frame, column) in columns.iter_mut().enumerate() {
            self.cut(scene, places, frame, &mut column[..PIXELS]);
            column[PIXELS..].fill(0.0);
            lit.push(Lit::new(&column[..PIXELS]));
        }
        let (bands, _) = tiles.as_chunks::<LANES>().0.as_chunks::<BAND>();
        for (at, tile) in bands.chunks(BANDS).enumerate() {
            for (band, weights) in tile.iter().enumerate() {
                for (column, lit) in columns.iter_mut().zip(&lit) {
                    let drive = column[PIXELS + at * LANES..].iter_mut();
                    drive.zip(lit.product(band, weights)).for_each(|(drive, sum)| *drive += sum);
                }
            }
        }
    }
}
