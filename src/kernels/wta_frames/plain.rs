//! The definition: frame after frame in f64, as original 003 has it, without any of the engine's short cuts.
//!
//! v is the frame. Weights: sw (PIXELS, sN), iw (sN, iN), ww (iN, wN), column-major, a unit's own together: the bytes of NumPy's
//! `sw`, `iw` and `ww`.

use super::rule::{PREC, WtaRule};

/// The three layers.
#[derive(Clone, Debug)]
pub struct WtaLayers {
    /// Of the sparse units.
    pub sw: Vec<f64>,
    /// Of the invariant units.
    pub iw: Vec<f64>,
    /// Of the winner-take-all units.
    pub ww: Vec<f64>,
    /// io (iN).
    pub io: Vec<f64>,
    /// Of each winner-take-all unit, the share of wins (wN).
    pub shares: Vec<f64>,
}

/// What a frame did.
#[derive(Clone, Debug, PartialEq)]
pub struct WtaFrame {
    /// The sparse units that won, the least excited first.
    pub winners: Vec<usize>,
    /// The winner-take-all unit that won.
    pub wta: usize,
    /// io_pert (iN).
    pub io_pert: Vec<f64>,
    /// Σ e² of the sparse layer, before it is clipped.
    pub sparse_error: f64,
    /// Σ e² of the invariant layer over the sparse units that won.
    pub invariant_error: f64,
    /// Σ e² of the winner-take-all layer, before it is clipped.
    pub wta_error: f64,
}

/// `c = lat p`: each unit's own drive, and its neighbours' on the torus. Shapes: (kx, ky), a row's units together.
pub fn lateral(rule: &WtaRule, p: &[f64]) -> Vec<f64> {
    let [rows, columns] = rule.reach();
    let (kx, ky) = (rule.kx as usize, rule.ky as usize);
    let ex = rule.ex as usize;
    let around = |at: usize, by: u32, side: usize| -> Vec<usize> {
        (0..by as usize).map(|i| (at + i + ex * (side - 1)) % side).collect()
    };
    let mut c = Vec::new();
    for y in 0..ky {
        for x in 0..kx {
            let mut sum = 0.0;
            for row in around(y, rows, ky) {
                for column in around(x, columns, kx) {
                    if (row, column) != (y, x) {
                        sum += p[row * kx + column];
                    }
                }
            }
            c.push(p[y * kx + x] + rule.neighbour() * sum);
        }
    }
    c
}

/// `(a, b)`.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The first of the largest.
fn argmax(values: &[f64]) -> usize {
    (0..values.len()).rev().max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap_or(0)
}

impl WtaLayers {
    /// One frame: frame `i` of its epoch.
    pub fn frame(&mut self, rule: &WtaRule, i: u32, v: &[f64]) -> WtaFrame {
        let sparse = rule.sparse() as usize;
        let invariant = rule.invariant as usize;

        // Sparse layer.
        let p: Vec<f64> = self.sw.chunks(v.len()).map(|row| dot(row, v)).collect();
        let c = lateral(rule, &p);
        let mut order: Vec<usize> = (0..sparse).collect();
        order.sort_by(|a, b| c[*a].total_cmp(&c[*b]));
        let winners = order.split_off(sparse - rule.winners as usize);
        let mut so = vec![0.0; sparse];
        let r: Vec<f64> =
            (0..v.len()).map(|j| winners.iter().map(|a| self.sw[a * v.len() + j] * p[*a]).sum()).collect();
        let e: Vec<f64> = v.iter().zip(&r).map(|(v, r)| v - r).collect();
        for a in &winners {
            let row = &mut self.sw[a * v.len()..][..v.len()];
            for (j, w) in row.iter_mut().enumerate() {
                *w += *w * p[*a] * (e[j].clamp(-rule.s_clip, rule.s_clip) / r[j].max(PREC)) * rule.xi;
            }
            so[*a] = p[*a] / row.iter().sum::<f64>();
        }

        // Invariant layer.
        let io_pert: Vec<f64> = self.iw.chunks(sparse).map(|row| dot(row, &so)).collect();
        for (io, pert) in self.io.iter_mut().zip(&io_pert) {
            *io += (pert - *io) * rule.alpha;
        }
        let mut invariant_error = 0.0;
        for (a, so) in so.iter().enumerate() {
            let r: f64 = (0..invariant).map(|b| self.iw[b * sparse + a] * self.io[b]).sum();
            let e = so - r;
            let z = if *so > 0.0 { rule.leta } else { rule.seta };
            for b in 0..invariant {
                let w = &mut self.iw[b * sparse + a];
                *w += *w * self.io[b] * (e * z / r.max(PREC));
            }
            if winners.contains(&a) {
                invariant_error += e * e;
            }
        }
        if rule.period > 0 && i.is_multiple_of(rule.period) {
            for row in self.iw.chunks_mut(sparse) {
                let scale = rule.norm() / row.iter().sum::<f64>();
                row.iter_mut().for_each(|w| *w *= scale);
            }
        }

        // Winner-take-all layer.
        let blend = |share: f64| -> Vec<f64> {
            self.io.iter().zip(&io_pert).map(|(io, pert)| (1.0 - share) * io + share * pert).collect()
        };
        let (input, aim) = (blend(rule.reads), blend(rule.aims));
        let q: Vec<f64> = self.ww.chunks(invariant).map(|row| dot(row, &input)).collect();
        let held = |(q, share): (&f64, &f64)| q * (1.0 + rule.balance * (1.0 - f64::from(rule.wta) * share));
        let wta = argmax(&q.iter().zip(&self.shares).map(held).collect::<Vec<_>>());
        let mut wta_error = 0.0;
        for (w, aim) in self.ww[wta * invariant..][..invariant].iter_mut().zip(&aim) {
            let r = *w * q[wta];
            let e = aim - r;
            wta_error += e * e;
            *w += *w * q[wta] * (e.clamp(-rule.w_clip, rule.w_clip) / r.max(PREC)) * rule.phi;
        }
        for (unit, share) in self.shares.iter_mut().enumerate() {
            *share += (if unit == wta { 1.0 } else { 0.0 } - *share) * rule.share_rate;
        }
        WtaFrame { winners, wta, io_pert, sparse_error: dot(&e, &e), invariant_error, wta_error }
    }
}
