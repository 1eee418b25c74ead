//! The block of frames on the CPU: every frame touches what it changes, and little else.

use super::invariant::Invariant;
use super::sparse::Sparse;
use super::{PIXELS, RECORD, Recorded, WtaFrames, at_least};
use crate::lanes::dot;

/// Takes the layers through the block.
pub fn advance(pass: &WtaFrames, outputs: &mut [&mut [f32]]) {
    let [drive, sw, tiles, iw, ww, state, records] = outputs else { unreachable!("lengths were checked") };
    let (io, rest) = state.split_at_mut(pass.invariant as usize);
    let (io_pert, shares) = rest.split_at_mut(pass.invariant as usize);
    io.iter_mut().for_each(|io| *io *= pass.keeps);
    let mut sparse = Sparse::new(pass);
    let mut invariant = Invariant::new(pass);
    let columns = drive.chunks_mut(PIXELS + pass.sparse()).zip(records.chunks_mut(RECORD + pass.winners as usize));
    for (at, (column, record)) in columns.take(pass.frames as usize).enumerate() {
        let (v, p) = column.split_at_mut(PIXELS);
        let (numbers, winners) = record.split_at_mut(RECORD);
        sparse.frame(pass, v, p, sw, numbers);
        invariant.frame(pass, &sparse.answers, iw, io, io_pert, numbers);
        if pass.scales(at) {
            invariant.scale(pass, iw, io);
        }
        take_all(pass, ww, io, io_pert, shares, numbers);
        winners.iter_mut().zip(&sparse.answers).for_each(|(into, (unit, _))| *into = *unit as f32);
    }
    sparse.finish(sw, tiles);
    invariant.fold(iw);
}

/// The winner-take-all layer.
fn take_all(pass: &WtaFrames, ww: &mut [f32], io: &[f32], io_pert: &[f32], shares: &mut [f32], numbers: &mut [f32]) {
    let blend = |share: f32| -> Vec<f32> {
        io.iter().zip(io_pert).map(|(io, pert)| (1.0 - share) * io + share * pert).collect()
    };
    let (input, aim) = (blend(pass.reads), blend(pass.aims));
    let (mut win, mut q, mut best) = (0, 0.0, f32::NEG_INFINITY);
    for (unit, (row, share)) in ww.chunks(input.len()).zip(&*shares).enumerate() {
        let answer = dot(row, &input);
        let held = answer * (1.0 + pass.balance * (1.0 - pass.wta as f32 * share));
        if held > best {
            (win, q, best) = (unit, answer, held);
        }
    }
    let (mut error, mut change) = (0.0, 0.0);
    for (w, aim) in ww[win * input.len()..][..input.len()].iter_mut().zip(aim) {
        let r = *w * q;
        let e = aim - r;
        error += e * e;
        let step = *w * q * (e.clamp(-pass.w_clip, pass.w_clip) / at_least(r)) * pass.phi;
        change += step * step;
        *w += step;
    }
    for (unit, share) in shares.iter_mut().enumerate() {
        *share += (if unit == win { 1.0 } else { 0.0 } - *share) * pass.share_rate;
    }
    numbers[Recorded::Wta as usize] = win as f32;
    numbers[Recorded::WtaError as usize] = error;
    numbers[Recorded::WtaChange as usize] = change;
}
