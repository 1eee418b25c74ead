//! Square windows over square images of channels: the geometry of a net's layers, and the CPU engine's products over them.
//!
//! A column is one image, its values (channels, side, side) with the channel fastest: rows of pixels of channels. A
//! window begins at a pixel and covers `field` rows of `field` neighbouring pixels, so its values are `field` runs of
//! `field·channels` numbers. A dense layer is the case of one pixel with as many channels as it has inputs.

use super::lanes::{LANES, Lanes, ZERO, add_products, add_scaled};

/// Windows of one layer: which values of an image each of its places sees.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// Values of a pixel.
    pub channels: usize,
    /// Pixels in a row of the image, and rows.
    pub side: usize,
    /// Pixels in a row of a window, and rows.
    pub field: usize,
    /// Windows in a row, and rows of them; one pixel apart.
    pub out_side: usize,
}

impl Windows {
    /// From the parameters of a pass.
    ///
    /// # Panics
    /// If the windows do not fit the image.
    pub fn new(channels: u32, side: u32, field: u32, out_side: u32) -> Self {
        let [channels, side, field, out_side] = [channels, side, field, out_side].map(|n| n as usize);
        assert!(
            channels > 0 && field > 0 && out_side > 0 && out_side + field <= side + 1,
            "{out_side} windows of {field} pixels do not fit {side} pixels"
        );
        Self { channels, side, field, out_side }
    }

    /// Values of an image.
    pub fn image(&self) -> usize {
        self.side * self.side * self.channels
    }

    /// Values of a window.
    pub fn window(&self) -> usize {
        self.field * self.field * self.channels
    }

    /// Windows of an image.
    pub fn places(&self) -> usize {
        self.out_side * self.out_side
    }

    /// Values from a pixel to the one below it.
    fn pitch(&self) -> usize {
        self.side * self.channels
    }

    /// Values of one row of a window, which lie one after another.
    fn run(&self) -> usize {
        self.field * self.channels
    }

    /// Where a window's value `k` lies after the window's start.
    pub fn offset(&self, k: usize) -> usize {
        k / self.run() * self.pitch() + k % self.run()
    }

    /// Where window `place` begins in its image.
    pub fn start(&self, place: usize) -> usize {
        (place / self.out_side) * self.pitch() + place % self.out_side * self.channels
    }

    /// Where every window of the first `samples` images begins, image by image.
    pub fn starts(&self, samples: usize) -> Vec<usize> {
        let places: Vec<usize> = (0..self.places()).map(|place| self.start(place)).collect();
        (0..samples).flat_map(|s| places.iter().map(move |start| s * self.image() + start)).collect()
    }

    /// `Σ_k panel_k·x_k` for every window that begins in `starts`, two at a time; `store` gets each one's place in the
    /// list and its sums. `panel` holds one row of lanes for each value of a window.
    pub fn products(&self, panel: &[Lanes], starts: &[usize], input: &[f32], mut store: impl FnMut(usize, &Lanes)) {
        for (pair, starts) in starts.chunks(2).enumerate() {
            let mut totals = [ZERO; 2];
            for (row, panel) in panel.chunks(self.run()).enumerate() {
                let rows = [starts[0], starts[starts.len() - 1]]
                    .map(|start| &input[start + row * self.pitch()..][..self.run()]);
                add_grouped(&mut totals, panel, rows[0], rows[1]);
            }
            totals.iter().take(starts.len()).enumerate().for_each(|(i, total)| store(2 * pair + i, total));
        }
    }
}

/// Products that are summed before their sum joins the total: short sums round less, and one order serves all.
const GROUP: usize = 128;

/// Adds `Σ_i lanes_i·x_i` for two lists x to the totals, in groups of [`GROUP`], each in order.
#[inline(always)]
pub fn add_grouped(totals: &mut [Lanes; 2], lanes: &[Lanes], first: &[f32], second: &[f32]) {
    for ((lanes, first), second) in lanes.chunks(GROUP).zip(first.chunks(GROUP)).zip(second.chunks(GROUP)) {
        let mut sums = [ZERO; 2];
        add_products(&mut sums, lanes, [first, second]);
        totals.iter_mut().zip(&sums).for_each(|(total, sum)| add_scaled(total, sum, 1.0));
    }
}

/// Up to sixteen neighbouring values from `first` on as lanes; what is beyond `end` is 0.
#[inline(always)]
pub fn load(values: &[f32], first: usize, end: usize) -> Lanes {
    let width = LANES.min(end - first);
    let mut lanes = ZERO;
    lanes[..width].copy_from_slice(&values[first..][..width]);
    lanes
}
