//! A matrix that is mostly zeros, by rows and by columns: products over what is lit alone.
//!
//! Adding 0·w changes nothing, so the numbers are those of the dense product.

use std::ops::Range;

use crate::lanes::{Lanes, ZERO, add_scaled};

/// The values of a matrix (below, samples) that are not 0.
pub struct Sparse {
    /// Inputs that are lit in some sample; the lists count only these.
    pub inputs: Vec<usize>,
    /// Number of all inputs.
    below: usize,
    /// For each sample its lit inputs.
    pub by_sample: Lists,
    /// For each lit input its samples.
    pub by_input: Lists,
}

impl Sparse {
    /// Lists what is not 0 in `matrix`; none where that would not pay: a value in a list costs about two in a row.
    pub fn new(matrix: &[f32], below: usize, samples: usize) -> Option<Self> {
        let mut counts = vec![0_u32; below];
        for column in matrix.chunks(below) {
            counts.iter_mut().zip(column).for_each(|(count, value)| *count += u32::from(*value != 0.0));
        }
        let lit: u32 = counts.iter().sum();
        if 2 * lit as usize > matrix.len() {
            return None;
        }
        let inputs: Vec<usize> = (0..below).filter(|i| counts[*i] > 0).collect();
        let mut by_sample = Lists::with_capacity(samples, lit as usize);
        for column in matrix.chunks(below) {
            let values = inputs.iter().map(|i| column[*i]).enumerate();
            by_sample.push(values.filter(|(_, value)| *value != 0.0));
        }
        let by_input = by_sample.transposed(inputs.iter().map(|i| counts[*i] as usize));
        Some(Self { inputs, below, by_sample, by_input })
    }

    /// Inputs that are dark in all samples.
    pub fn unlit(&self) -> impl Iterator<Item = usize> {
        let mut lit = self.inputs.iter().copied().peekable();
        (0..self.below).filter(move |i| lit.next_if_eq(i).is_none())
    }
}

/// Lists of positions and values, one behind the other.
pub struct Lists {
    entries: Vec<(u32, f32)>,
    ends: Vec<usize>,
}

impl Lists {
    fn with_capacity(lists: usize, entries: usize) -> Self {
        Self { entries: Vec::with_capacity(entries), ends: Vec::with_capacity(lists) }
    }

    fn push(&mut self, list: impl Iterator<Item = (usize, f32)>) {
        self.entries.extend(list.map(|(at, value)| (at as u32, value)));
        self.ends.push(self.entries.len());
    }

    /// The same values, listed by what they are listed with here; `counts` says how many are in each list.
    fn transposed(&self, counts: impl Iterator<Item = usize>) -> Self {
        let begin = |at: &mut usize, count| Some(std::mem::replace(at, *at + count));
        let mut ends: Vec<usize> = counts.scan(0, begin).collect();
        let mut entries = vec![(0, 0.0); self.entries.len()];
        for at in 0..self.ends.len() {
            for (other, value) in self.get(at) {
                // It begins where the list begins, and is at its end at the end.
                let end = &mut ends[*other as usize];
                entries[*end] = (at as u32, *value);
                *end += 1;
            }
        }
        Self { entries, ends }
    }

    fn get(&self, at: usize) -> &[(u32, f32)] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.entries[start..self.ends[at]]
    }

    /// The sums of `from`, weighted by each list of a range.
    pub fn combine(&self, lists: &Range<usize>, from: &[Lanes], sums: &mut [Lanes]) {
        self.each(lists, from, sums, |to, sum| *to = *sum);
    }

    /// Takes `rate` times the sums of `from`, weighted by each list of a range, from `to`.
    pub fn subtract(&self, lists: &Range<usize>, from: &[Lanes], rate: f32, to: &mut [Lanes]) {
        self.each(lists, from, to, |to, sum| add_scaled(to, sum, -rate));
    }

    /// Two lists side by side as far as both go: twice as many sums that need not wait for one another.
    #[inline(always)]
    fn each(&self, lists: &Range<usize>, from: &[Lanes], to: &mut [Lanes], put: impl Fn(&mut Lanes, &Lanes)) {
        let mut lists = lists.clone().map(|at| self.get(at));
        for to in to.chunks_mut(2) {
            let (mut a, mut b) = (lists.next().unwrap_or_default(), lists.next().unwrap_or_default());
            let (mut first, mut second) = (ZERO, ZERO);
            while let ([next_a, a_left @ ..], [next_b, b_left @ ..]) = (a, b) {
                add_scaled(&mut first, &from[next_a.0 as usize], next_a.1);
                add_scaled(&mut second, &from[next_b.0 as usize], next_b.1);
                (a, b) = (a_left, b_left);
            }
            a.iter().for_each(|a| add_scaled(&mut first, &from[a.0 as usize], a.1));
            b.iter().for_each(|b| add_scaled(&mut second, &from[b.0 as usize], b.1));
            to.iter_mut().zip([first, second]).for_each(|(to, sum)| put(to, &sum));
        }
    }
}
