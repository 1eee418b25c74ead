//! What the network sees: a tapestry of digits, and a window that drifts over it (original 003, cells 3 and 5).

use crate::data::Dataset;
use crate::rng::NumpyRng;

/// Side of an image and of the window.
pub const SIDE: usize = 28;

/// Digit and position of every image in turn: the first of each digit, then the second of each, and so on; digits that have run out
/// are left out.
pub fn interleaved(data: &Dataset) -> Vec<(usize, usize)> {
    let most = (0..10).map(|digit| data.count(digit)).max().unwrap_or(0);
    let round =
        |position| (0..10).filter(move |digit| position < data.count(*digit)).map(move |digit| (digit, position));
    (0..most).flat_map(round).collect()
}

/// Images in columns from the left, each from above; then the first row of images over the last, and the first column over the last, so
/// that a window may run over the edge. `side` images in a row need side² images of 784 bytes. Shape: (SIDE side, SIDE side), by rows.
pub fn tapestry(images: &[&[u8]], side: usize) -> Vec<u8> {
    let width = side * SIDE;
    let mut pixels = vec![0; width * width];
    for (at, image) in images.iter().enumerate() {
        let (x, y) = (at / side, at % side);
        for (row, bytes) in image.chunks(SIDE).enumerate() {
            pixels[(y * SIDE + row) * width + x * SIDE..][..SIDE].copy_from_slice(bytes);
        }
    }
    let last = width - SIDE;
    pixels.copy_within(..SIDE * width, last * width);
    for row in pixels.chunks_mut(width) {
        row.copy_within(..SIDE, last);
    }
    pixels
}

/// How the window drifts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Walk {
    /// Where it starts: both x and y.
    pub start: f64,
    /// Largest speed, pixels a frame.
    pub speed: f64,
    /// Largest acceleration.
    pub acceleration: f64,
    /// Frames after which a new acceleration is drawn.
    pub redraw: u32,
    /// Seed of the draws, as `numpy.random.RandomState`.
    pub seed: u32,
}

impl Default for Walk {
    fn default() -> Self {
        Self { start: 420.0, speed: 3.0, acceleration: 1.0, redraw: 20, seed: 0 }
    }
}

impl Walk {
    /// The window's corner (x, y) in every frame, on a tapestry of `side` images in a row. Positions are cut towards zero before they
    /// wrap, as Python's `int` does.
    pub fn corners(&self, frames: usize, side: usize) -> Vec<(usize, usize)> {
        let mut rng = NumpyRng::new(self.seed);
        let mut draw = || -> [f64; 2] { [(); 2].map(|()| rng.uniform(-self.acceleration, self.acceleration, 1)[0]) };
        // Drawn once before the first frame, which draws again.
        let mut push = draw();
        let (mut at, mut speed) = ([self.start; 2], [0.0; 2]);
        let ring = ((side - 1) * SIDE) as i64;
        let mut corners = Vec::with_capacity(frames);
        for frame in 0..frames as u32 {
            if frame.is_multiple_of(self.redraw) {
                push = draw();
            }
            for axis in 0..2 {
                at[axis] += speed[axis];
                speed[axis] = (speed[axis] + push[axis]).clamp(-self.speed, self.speed);
            }
            let [x, y] = at.map(|at| (at as i64).rem_euclid(ring) as usize);
            corners.push((x, y));
        }
        corners
    }
}
