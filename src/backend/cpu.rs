//! The CPU engine: tensors in memory, passes run at once.

use super::Tensor;
use super::store::Store;
use crate::kernels::Kernel;

/// Tensors in memory.
#[derive(Default)]
pub struct Cpu {
    pub(super) tensors: Store<Vec<f32>>,
}

impl Cpu {
    pub(super) fn tensor(&mut self, values: &[f32]) -> usize {
        self.tensors.add(values.to_vec())
    }

    pub(super) fn zeros(&mut self, len: usize) -> usize {
        self.tensors.add(vec![0.0; len])
    }

    pub(super) fn copy(&mut self, tensor: Tensor) -> usize {
        self.tensors.add(self.tensors.get(tensor)[..tensor.len].to_vec())
    }

    pub(super) fn write(&mut self, tensor: Tensor, values: &[f32]) {
        self.tensors.get_mut(tensor)[..values.len()].copy_from_slice(values);
    }

    pub(super) fn run(&mut self, kernel: &dyn Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
        // Taken out for the time of the pass, so that inputs and outputs can be borrowed side by side.
        let mut taken: Vec<Vec<f32>> =
            outputs.iter().map(|tensor| std::mem::take(self.tensors.get_mut(*tensor))).collect();
        let inputs: Vec<&[f32]> = inputs.iter().map(|tensor| &self.tensors.get(*tensor)[..tensor.len]).collect();
        let mut slices: Vec<&mut [f32]> =
            taken.iter_mut().zip(outputs).map(|(values, tensor)| &mut values[..tensor.len]).collect();
        kernel.compute(&inputs, &mut slices);
        for (tensor, values) in outputs.iter().zip(taken) {
            *self.tensors.get_mut(*tensor) = values;
        }
    }

    pub(super) fn read(&self, tensors: &[Tensor]) -> Vec<Vec<f32>> {
        tensors.iter().map(|tensor| self.tensors.get(*tensor)[..tensor.len].to_vec()).collect()
    }

    pub(super) fn clear(&mut self) {
        // Nothing waits to be submitted.
        self.tensors.submitted();
        self.tensors.clear();
    }
}
