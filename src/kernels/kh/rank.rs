//! Which hidden unit an image drives most, and which it drives k-th most. Of equally driven units the later one ranks higher, as a
//! stable sort leaves them.
//!
//! Shapes: drive (hidden, room), ranked (2, room).

use crate::{Kernel, KernelSpec, params};

params! {
    /// Parameters of the pass.
    pub struct KhRank {
        /// Hidden units.
        hidden: u32,
        /// Images of the batch.
        samples: u32,
        /// Images that there is room for.
        room: u32,
        /// The rank that is unlearned, from 2 up.
        k: u32,
    }
}

impl KhRank {
    pub(crate) const SPEC: KernelSpec = KernelSpec {
        name: "kh_rank",
        wgsl: crate::wgsl!("kh_rank.wgsl"),
        params: Self::PARAMS,
        inputs: &["drive"],
        outputs: &["ranked"],
    };
}

impl Kernel for KhRank {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    /// A workgroup takes an image.
    fn workgroups(&self) -> [u32; 3] {
        [self.samples, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(self.samples <= self.room && (2..=self.hidden).contains(&self.k), "kh_rank: {self:?} is out of bounds");
        vec![self.hidden as usize * self.room as usize, 2 * self.room as usize]
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let columns = inputs[0].chunks(self.hidden as usize).zip(outputs[0].chunks_mut(2));
        for (drive, ranked) in columns.take(self.samples as usize) {
            let mut order: Vec<usize> = (0..drive.len()).collect();
            order.sort_by(|a, b| drive[*a].total_cmp(&drive[*b]));
            ranked[0] = order[drive.len() - 1] as f32;
            ranked[1] = order[drive.len() - self.k as usize] as f32;
        }
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let columns = inputs[0].chunks(self.hidden as usize).zip(outputs[0].chunks_mut(2));
        // The k most driven units so far, the least driven first.
        let mut best: Vec<(usize, f32)> = Vec::new();
        for (drive, ranked) in columns.take(self.samples as usize) {
            best.clear();
            for (unit, drive) in drive.iter().enumerate() {
                if best.len() == self.k as usize {
                    if *drive < best[0].1 {
                        continue;
                    }
                    best.remove(0);
                }
                let place = best.partition_point(|(_, other)| other <= drive);
                best.insert(place, (unit, *drive));
            }
            ranked[0] = best[best.len() - 1].0 as f32;
            ranked[1] = best[0].0 as f32;
        }
    }
}
