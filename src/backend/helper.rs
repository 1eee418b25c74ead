//! The engine that helps another one: it keeps the tensors that it is told, and computes the shares that it is given.
//! It knows no runs and no labs.

use super::Tensor;
use super::cpu::compute;
use super::pair::bands;
use super::store::Store;
use crate::kernels::share::{of_number, pack, packed, unpack};

/// The second of two engines.
#[derive(Default)]
pub struct Helper {
    tensors: Store<Vec<f32>>,
}

impl Helper {
    /// Does what a message asks for. The answer holds its share of every output; it is empty if the message makes no sense.
    pub fn answer(&mut self, message: &[u32]) -> Vec<u32> {
        self.share(&mut Words(message)).unwrap_or_default()
    }

    fn share(&mut self, words: &mut Words) -> Option<Vec<u32>> {
        if words.number()? == 1 {
            *self = Self::default();
        }
        let (number, parameters) = (words.number()?, words.number()?);
        let kernel = of_number(number, words.take(parameters)?)?;
        let units = words.number()?..words.number()?;
        for _ in 0..words.number()? {
            self.change(words)?;
        }
        let [inputs, outputs] = [words.tensors()?, words.tensors()?];
        let split = kernel.split()?;
        let mut expected = kernel.lengths().into_iter();
        for tensor in inputs.iter().chain(&outputs) {
            if self.len(tensor.index) != expected.next() {
                return None;
            }
        }
        if expected.next().is_some() || !words.0.is_empty() || units.end > split.units {
            return None;
        }
        compute(&mut self.tensors, &*kernel, Some(units.clone()), &inputs, &outputs);
        let mut answer = Vec::new();
        for (tensor, (rows, band)) in outputs.iter().zip(bands(split, units)) {
            pack(self.tensors.get(*tensor), rows, &band, &mut answer);
        }
        Some(answer)
    }

    /// Takes what has changed of a tensor: zeros, or a band of rows, or nothing.
    fn change(&mut self, words: &mut Words) -> Option<()> {
        let &[index, len, rows, from, to] = words.take(5)? else { return None };
        let [index, len, rows] = [index, len, rows].map(|number| number as usize);
        let band = from as usize..to as usize;
        if rows == 0 || self.len(index) != Some(len) {
            self.tensors.put(index, vec![0.0; len]);
        }
        if !band.is_empty() {
            let values = words.take(packed(len, rows, &band))?;
            unpack(self.tensors.get_mut(Tensor { index, len }), rows, &band, values);
        }
        Some(())
    }

    /// Length of a tensor, if it is there.
    fn len(&self, index: usize) -> Option<usize> {
        self.tensors.has(index).then(|| self.tensors.get(Tensor { index, len: 0 }).len())
    }
}

/// What is left of a message.
struct Words<'a>(&'a [u32]);

impl<'a> Words<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u32]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<usize> {
        self.take(1).map(|words| words[0] as usize)
    }

    fn tensors(&mut self) -> Option<Vec<Tensor>> {
        let mut tensors = Vec::new();
        for _ in 0..self.number()? {
            tensors.push(Tensor { index: self.number()?, len: self.number()? });
        }
        Some(tensors)
    }
}
