//! What two engines that share a run say to each other, in u32 words.
//!
//! A message says whether the helper shall forget all it has; passes, each with what the helper lacks for it; and what it shall
//! give back. The answer is a 1 and that; an empty one means that the message made no sense.
//!
//! ```text
//! message = forget, count, pass.., count, part..
//! pass    = kernel, count, parameter.., first neuron, end (0, 0: all), count, change.., count, tensor.., count, tensor..
//! change  = part, value..                 (a part of 0 rows has none: the tensor is new, and zeros)
//! part    = index, length, rows, first row, end
//! tensor  = index, length                 (inputs, then outputs)
//! ```

use std::ops::Range;

use super::Tensor;
use super::store::Store;
use crate::kernels::share::{pack, packed, unpack};

/// A band of rows of a tensor that is a matrix of so many rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub index: usize,
    /// Values of the tensor.
    pub len: usize,
    pub rows: usize,
    pub band: Range<usize>,
}

impl Part {
    /// All of a tensor of so many values.
    pub fn all(index: usize, len: usize) -> Self {
        Self { index, len, rows: len, band: 0..len }
    }

    /// Its values in a message.
    pub fn packed(&self) -> usize {
        if self.band.is_empty() { 0 } else { packed(self.len, self.rows, &self.band) }
    }

    /// Appends its values to a message.
    pub fn pack(&self, tensors: &Store<Vec<f32>>, message: &mut Vec<u32>) {
        if !self.band.is_empty() {
            pack(tensors.get(self.tensor()), self.rows, &self.band, message);
        }
    }

    /// The reverse of [`Part::pack`]; `words` are as many as its values.
    pub fn unpack(&self, tensors: &mut Store<Vec<f32>>, words: &[u32]) {
        if !self.band.is_empty() {
            unpack(&mut tensors.get_mut(self.tensor())[..self.len], self.rows, &self.band, words);
        }
    }

    fn tensor(&self) -> Tensor {
        Tensor { index: self.index, len: self.len }
    }
}

/// Appends numbers to a message.
pub fn put(message: &mut Vec<u32>, numbers: &[usize]) {
    for number in numbers {
        message.push(*number as u32);
    }
}

/// Appends a part, without its values.
pub fn put_part(message: &mut Vec<u32>, part: &Part) {
    put(message, &[part.index, part.len, part.rows, part.band.start, part.band.end]);
}

/// Appends a list of tensors.
pub fn put_tensors(message: &mut Vec<u32>, tensors: &[Tensor]) {
    put(message, &[tensors.len()]);
    for tensor in tensors {
        put(message, &[tensor.index, tensor.len]);
    }
}

/// What is left of a message.
pub struct Words<'a>(pub &'a [u32]);

impl<'a> Words<'a> {
    pub fn take(&mut self, count: usize) -> Option<&'a [u32]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn number(&mut self) -> Option<usize> {
        self.take(1).map(|words| words[0] as usize)
    }

    /// A part whose band lies within it.
    pub fn part(&mut self) -> Option<Part> {
        let [index, len, rows] = [self.number()?, self.number()?, self.number()?];
        let band = self.number()?..self.number()?;
        let fits = band.is_empty() || band.end <= rows && len.is_multiple_of(rows);
        fits.then_some(Part { index, len, rows, band })
    }

    pub fn tensors(&mut self) -> Option<Vec<Tensor>> {
        let mut tensors = Vec::new();
        for _ in 0..self.number()? {
            tensors.push(Tensor { index: self.number()?, len: self.number()? });
        }
        Some(tensors)
    }
}
