//! The CPU engine: tensors in memory, passes run at once.

use super::Tensor;
use crate::kernels::Kernel;

/// Tensors in memory.
#[derive(Default)]
pub struct Cpu {
    tensors: Vec<Vec<f32>>,
}

impl Cpu {
    pub(super) fn tensor(&mut self, values: &[f32]) -> usize {
        self.tensors.push(values.to_vec());
        self.tensors.len() - 1
    }

    pub(super) fn zeros(&mut self, len: usize) -> usize {
        self.tensors.push(vec![0.0; len]);
        self.tensors.len() - 1
    }

    pub(super) fn write(&mut self, index: usize, values: &[f32]) {
        self.tensors[index][..values.len()].copy_from_slice(values);
    }

    pub(super) fn run(&mut self, kernel: &dyn Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
        // Taken out for the time of the pass, so that inputs and outputs can be borrowed side by side.
        let mut taken: Vec<Vec<f32>> =
            outputs.iter().map(|tensor| std::mem::take(&mut self.tensors[tensor.index])).collect();
        let inputs: Vec<&[f32]> = inputs.iter().map(|tensor| &self.tensors[tensor.index][..tensor.len]).collect();
        let mut slices: Vec<&mut [f32]> =
            taken.iter_mut().zip(outputs).map(|(values, tensor)| &mut values[..tensor.len]).collect();
        kernel.compute(&inputs, &mut slices);
        for (tensor, values) in outputs.iter().zip(taken) {
            self.tensors[tensor.index] = values;
        }
    }

    pub(super) fn read(&self, tensors: &[Tensor]) -> Vec<Vec<f32>> {
        tensors.iter().map(|tensor| self.tensors[tensor.index][..tensor.len].to_vec()).collect()
    }

    pub(super) fn clear(&mut self) {
        self.tensors.clear();
    }
}
