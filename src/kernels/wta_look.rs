//! What a frame excites the sparse units with, `c = lat p` (original 003), and which of them win it: for pictures.
//!
//! Shapes: drive and records as in `wta_frames`; excitation and marks (kx, ky): c, and 1 for winners, 0 elsewhere.

use super::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct WtaLook {
        /// Columns of the grid.
        kx: u32,
        /// Rows of it.
        ky: u32,
        /// How far lateral excitation reaches.
        ex: u32,
        /// Lateral weight of a neighbour.
        neighbour: f32,
        /// Where p begins in `drive`.
        offset: u32,
        /// Length of `drive`.
        driven: u32,
        /// Where the winners begin in `records`.
        first: u32,
        /// How many they are.
        winners: u32,
        /// Length of `records`.
        recorded: u32,
    }
}

impl WtaLook {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "wta_look",
        wgsl: crate::wgsl!("wta_look.wgsl"),
        params: Self::PARAMS,
        inputs: &["drive", "records"],
        outputs: &["excitation", "marks"],
    };

    fn look(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [drive, records] = inputs else { unreachable!("lengths were checked") };
        let [excitation, marks] = outputs else { unreachable!("lengths were checked") };
        let (kx, ky, ex) = (self.kx as usize, self.ky as usize, self.ex as usize);
        let p = &drive[self.offset as usize..][..kx * ky];
        let around = |at: usize, side: usize| (0..side.min(2 * ex + 1)).map(move |i| (at + ex * (side - 1) + i) % side);
        for (at, c) in excitation.iter_mut().enumerate() {
            let row = |y: usize| around(at % kx, kx).map(move |x| p[y * kx + x]).sum::<f32>();
            let sum: f32 = around(at / kx, ky).map(row).sum();
            *c = p[at] + self.neighbour * (sum - p[at]);
        }
        marks.fill(0.0);
        for winner in &records[self.first as usize..][..self.winners as usize] {
            marks[*winner as usize] = 1.0;
        }
    }
}

impl Kernel for WtaLook {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [(self.kx * self.ky).div_ceil(64), 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        let units = self.kx * self.ky;
        assert!(
            self.offset + units <= self.driven && self.first + self.winners <= self.recorded,
            "wta_look: {self:?} is out of bounds"
        );
        [self.driven, self.recorded, units, units].map(|n| n as usize).into()
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.look(inputs, outputs);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.look(inputs, outputs);
    }
}
