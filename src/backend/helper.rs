//! The engine that helps another one: it keeps the tensors that it is told, and computes the passes and shares that it is given.
//! It knows no runs and no labs.

use super::Tensor;
use super::cpu::compute;
use super::message::Words;
use super::store::Store;
use crate::kernels::share::of_number;

/// The second of two engines.
#[derive(Default)]
pub struct Helper {
    tensors: Store<Vec<f32>>,
}

impl Helper {
    /// Does what a message asks for, and answers it: both in the words that `message.rs` describes.
    pub fn answer(&mut self, message: &[u32]) -> Vec<u32> {
        self.obey(Words(message)).unwrap_or_default()
    }

    fn obey(&mut self, mut words: Words) -> Option<Vec<u32>> {
        if words.number()? == 1 {
            *self = Self::default();
        }
        for _ in 0..words.number()? {
            self.pass(&mut words)?;
        }
        let mut answer = vec![1];
        for _ in 0..words.number()? {
            let part = words.part()?;
            if self.len(part.index)? != part.len {
                return None;
            }
            part.pack(&self.tensors, &mut answer);
        }
        words.0.is_empty().then_some(answer)
    }

    /// Computes a pass, or some neurons' share of it.
    fn pass(&mut self, words: &mut Words) -> Option<()> {
        let (number, parameters) = (words.number()?, words.number()?);
        let kernel = of_number(number, words.take(parameters)?)?;
        let units = words.number()?..words.number()?;
        for _ in 0..words.number()? {
            self.change(words)?;
        }
        let [inputs, outputs] = [words.tensors()?, words.tensors()?];
        let lengths = kernel.lengths();
        let bound: Vec<Tensor> = inputs.iter().chain(&outputs).copied().collect();
        let fits = |(tensor, len): (&Tensor, &usize)| {
            tensor.len == *len && self.len(tensor.index).is_some_and(|held| held >= *len)
        };
        let share = (!units.is_empty()).then_some(units);
        let is_split = match &share {
            Some(units) => kernel.split().is_some_and(|split| units.end <= split.units),
            None => true,
        };
        if bound.len() != lengths.len() || !bound.iter().zip(&lengths).all(fits) || !is_split {
            return None;
        }
        compute(&mut self.tensors, &*kernel, share, &inputs, &outputs);
        Some(())
    }

    /// Takes what has changed of a tensor: zeros, or a band of rows, or nothing.
    fn change(&mut self, words: &mut Words) -> Option<()> {
        let part = words.part()?;
        if part.rows == 0 || self.len(part.index) != Some(part.len) {
            self.tensors.put(part.index, vec![0.0; part.len]);
        }
        part.unpack(&mut self.tensors, words.take(part.packed())?);
        Some(())
    }

    /// Length of a tensor, if it is there.
    fn len(&self, index: usize) -> Option<usize> {
        self.tensors.has(index).then(|| self.tensors.get(Tensor { index, len: 0 }).len())
    }
}
