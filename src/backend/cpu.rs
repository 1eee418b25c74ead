//! The CPU engine: tensors in memory, passes run at once. With a partner, a second engine with a memory of its own, a
//! run that costs enough is shared: then what is enqueued waits for [`Backend::read`](super::Backend::read).

use std::ops::Range;

use super::pair::Pair;
use super::store::Store;
use super::{BackendError, Partner, Tensor};
use crate::kernels::Kernel;

/// Tensors in memory.
#[derive(Default)]
pub struct Cpu {
    pub(super) tensors: Store<Vec<f32>>,
    /// There is none where nothing can be shared, or nothing any more.
    pair: Option<Pair>,
}

impl Cpu {
    /// An engine that shares what pays with another one.
    pub(super) fn with(partner: Box<dyn Partner>) -> Self {
        Self { pair: Some(Pair::new(partner)), ..Self::default() }
    }

    pub(super) fn tensor(&mut self, values: &[f32]) -> usize {
        self.tensors.add(values.to_vec())
    }

    pub(super) fn zeros(&mut self, len: usize) -> usize {
        let index = self.tensors.add(vec![0.0; len]);
        if let Some(pair) = &mut self.pair {
            pair.zeroed(index);
        }
        index
    }

    pub(super) fn copy(&mut self, tensor: Tensor) -> usize {
        let is_late = self.pair.as_ref().is_some_and(|pair| pair.is_waiting() || pair.is_away(tensor));
        assert!(!is_late, "a copy follows passes that two engines share: read these first");
        self.tensors.add(self.tensors.get(tensor)[..tensor.len].to_vec())
    }

    pub(super) fn write(&mut self, tensor: Tensor, values: &[f32]) {
        self.tensors.get_mut(tensor)[..values.len()].copy_from_slice(values);
        if let Some(pair) = &mut self.pair {
            pair.changed(tensor);
        }
    }

    pub(super) fn run(&mut self, kernel: &dyn Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
        match &mut self.pair {
            Some(pair) if pair.waits_for(kernel, inputs.iter().chain(outputs).copied()) => {
                pair.pass(kernel, inputs, outputs);
            }
            pair => {
                compute(&mut self.tensors, kernel, None, inputs, outputs);
                if let Some(pair) = pair {
                    outputs.iter().for_each(|tensor| pair.changed(*tensor));
                }
            }
        }
    }

    /// Whether passes are waiting for the partner.
    fn waits(&self) -> bool {
        self.pair.as_ref().is_some_and(Pair::is_waiting)
    }

    pub(super) async fn read(&mut self, tensors: &[Tensor]) -> Result<Vec<Vec<f32>>, BackendError> {
        // The partner comes back only from what went well.
        if let Some(mut pair) = self.pair.take() {
            pair.catch_up(&mut self.tensors, tensors).await?;
            self.pair = Some(pair);
        }
        self.tensors.submitted();
        Ok(tensors.iter().map(|tensor| self.tensors.get(*tensor)[..tensor.len].to_vec()).collect())
    }

    pub(super) fn share(&mut self, multiplications: f64) {
        if let Some(pair) = &mut self.pair {
            pair.share(multiplications);
        }
    }

    pub(super) fn beside(&mut self, is_beside: bool) {
        if let Some(pair) = &mut self.pair {
            pair.beside(is_beside);
        }
    }

    pub(super) fn is_shared(&self) -> bool {
        self.pair.as_ref().is_some_and(Pair::is_on)
    }

    pub(super) fn was_shared(&self) -> bool {
        self.pair.as_ref().is_some_and(Pair::was_on)
    }

    pub(super) fn clear(&mut self) {
        if !self.waits() {
            self.tensors.submitted();
        }
        self.tensors.clear();
        if let Some(pair) = &mut self.pair {
            pair.clear(&self.tensors);
        }
    }
}

/// Runs a pass, all of it or some neurons' share.
pub(super) fn compute(
    tensors: &mut Store<Vec<f32>>,
    kernel: &dyn Kernel,
    share: Option<Range<usize>>,
    inputs: &[Tensor],
    outputs: &[Tensor],
) {
    // Taken out for the time of the pass, so that inputs and outputs can be borrowed side by side.
    let mut taken: Vec<Vec<f32>> = outputs.iter().map(|tensor| std::mem::take(tensors.get_mut(*tensor))).collect();
    let inputs: Vec<&[f32]> = inputs.iter().map(|tensor| &tensors.get(*tensor)[..tensor.len]).collect();
    let mut slices: Vec<&mut [f32]> =
        taken.iter_mut().zip(outputs).map(|(values, tensor)| &mut values[..tensor.len]).collect();
    match share {
        None => kernel.compute(&inputs, &mut slices),
        Some(units) => kernel.compute_share(units, &inputs, &mut slices),
    }
    for (tensor, values) in outputs.iter().zip(taken) {
        *tensors.get_mut(*tensor) = values;
    }
}
