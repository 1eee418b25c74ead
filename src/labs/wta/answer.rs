//! What the layers answer to one image: which sparse units win, the invariant code, the last units, and the digit.

use super::settings::Wta;
use crate::kernels::LABELS;
use crate::kernels::wta_frames::{PIXELS, WtaRule};

/// Names of the tensors that an answer needs.
pub const ANSWERS_BY: [&str; 4] = ["sw", "iw", "ww", "votes"];

/// Values of sparse units with what their neighbours add (see [`crate::kernels::wta_frames`]).
fn excited(rule: &WtaRule, p: &[f64]) -> Vec<f64> {
    let (kx, ky, ex) = (rule.kx as usize, rule.ky as usize, rule.ex as usize);
    let around = |at: usize, side: usize| (0..side.min(2 * ex + 1)).map(move |i| (at + ex * (side - 1) + i) % side);
    let c = |at: usize| {
        let row = |y: usize| around(at % kx, kx).map(move |x| p[y * kx + x]).sum::<f64>();
        p[at] + rule.neighbour() * (around(at / kx, ky).map(row).sum::<f64>() - p[at])
    };
    (0..p.len()).map(c).collect()
}

fn dot(a: &[f32], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * b).sum()
}

impl Wta {
    /// so, io_pert, q, and how the votes of the winning unit are spread over the digits; none if `state` or `image` is of another
    /// length.
    pub(super) fn answers(&self, state: &[f32], image: &[f32]) -> Option<Vec<Vec<f64>>> {
        let rule = self.rule();
        let [sparse, invariant, wta] = [rule.sparse(), rule.invariant, rule.wta].map(|units| units as usize);
        let lengths = [sparse * PIXELS, invariant * sparse, invariant * wta, wta * LABELS as usize];
        if (state.len(), image.len()) != (lengths.iter().sum(), PIXELS) {
            return None;
        }
        let mut rest = state;
        let [sw, iw, ww, votes] = lengths.map(|length| {
            let (part, after) = rest.split_at(length);
            rest = after;
            part
        });
        let v: Vec<f64> = image.iter().map(|pixel| f64::from(*pixel)).collect();
        let p: Vec<f64> = sw.chunks(PIXELS).map(|row| dot(row, &v)).collect();
        let c = excited(&rule, &p);
        let mut order: Vec<usize> = (0..sparse).collect();
        order.sort_by(|a, b| c[*a].total_cmp(&c[*b]));
        let mut so = vec![0.0; sparse];
        let mut io_pert = vec![0.0; invariant];
        for unit in order.split_off(sparse - rule.winners as usize) {
            so[unit] = p[unit] / sw[unit * PIXELS..][..PIXELS].iter().map(|w| f64::from(*w)).sum::<f64>();
            let column = &iw[unit * invariant..][..invariant];
            io_pert.iter_mut().zip(column).for_each(|(io, w)| *io += so[unit] * f64::from(*w));
        }
        let q: Vec<f64> = ww.chunks(invariant).map(|row| dot(row, &io_pert)).collect();
        let win = first_largest(&q);
        let own: Vec<f64> = votes[win..].iter().step_by(wta).map(|votes| f64::from(*votes)).collect();
        let all: f64 = own.iter().sum();
        let shares = own.iter().map(|votes| if all > 0.0 { votes / all } else { 0.0 }).collect();
        Some(vec![so, io_pert, q, shares])
    }

    /// An answer in words: who wins, and what that stands for.
    pub(super) fn tell(&self, answer: &[Vec<f64>]) -> String {
        let [so, _, q, shares] = answer else { return String::new() };
        let winners = so.iter().filter(|so| **so > 0.0).count();
        let win = first_largest(q);
        let digit = first_largest(shares);
        let share = 100.0 * shares.get(digit).copied().unwrap_or(0.0);
        match share > 0.0 {
            true => format!(
                "{winners} sparse units answer, and last unit {win} wins. Of the voting images that it has won, {share:.0} % show a \
                 {digit}: the answer is {digit}."
            ),
            false => format!(
                "{winners} sparse units answer, and last unit {win} wins. It has won no voting image: it stands for no digit."
            ),
        }
    }
}

/// Where the largest value is, the first of equals.
fn first_largest(values: &[f64]) -> usize {
    (0..values.len()).rev().max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap_or(0)
}
