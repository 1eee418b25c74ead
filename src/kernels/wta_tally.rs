//! How often each answer went with each label (original 003, `wta_classification`): votes for the units' classes, and the
//! confusion of the classes.
//!
//! Shapes: records as in `wta_frames`; labels (images); classes (wN): what each unit stands for, or its own number; counts (answers,
//! LABELS), added to.

use super::{Kernel, KernelSpec, params};

/// Number of labels.
pub const LABELS: u32 = 10;

params! {
    /// Parameters of the pass.
    pub struct WtaTally {
        /// Number of answers.
        answers: u32,
        /// wN.
        wta: u32,
        /// Frames in the block.
        frames: u32,
        /// Which of the images is the block's first.
        first: u32,
        /// Number of images.
        images: u32,
        /// Values recorded of a frame, the winner-take-all unit first.
        record: u32,
        /// Length of `records`.
        recorded: u32,
        /// 1 to forget what was counted before.
        fresh: u32,
    }
}

impl WtaTally {
    pub(super) const SPEC: KernelSpec = KernelSpec {
        name: "wta_tally",
        wgsl: crate::wgsl!("wta_tally.wgsl"),
        params: Self::PARAMS,
        inputs: &["records", "labels", "classes"],
        outputs: &["counts"],
    };

    fn count(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let [records, labels, classes] = inputs else { unreachable!("lengths were checked") };
        if self.fresh == 1 {
            outputs[0].fill(0.0);
        }
        let labels = labels[self.first as usize..].iter().take(self.frames as usize);
        for (record, label) in records.chunks(self.record as usize).zip(labels) {
            outputs[0][classes[record[0] as usize] as usize + *label as usize * self.answers as usize] += 1.0;
        }
    }
}

impl Kernel for WtaTally {
    fn spec(&self) -> &'static KernelSpec {
        &Self::SPEC
    }

    fn words(&self) -> Vec<u32> {
        self.param_words()
    }

    fn workgroups(&self) -> [u32; 3] {
        [1, 1, 1]
    }

    fn lengths(&self) -> Vec<usize> {
        assert!(
            self.first + self.frames <= self.images && self.frames * self.record <= self.recorded,
            "wta_tally: {self:?} is out of bounds"
        );
        [self.recorded, self.images, self.wta, self.answers * LABELS].map(|n| n as usize).into()
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.count(inputs, outputs);
    }

    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.count(inputs, outputs);
    }
}
