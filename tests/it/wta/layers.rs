//! The definition in f64 against the original's own code: winners in every frame, and all weights.

use entroscope::kernels::wta_frames::WtaLayers;

use super::case::{Case, check, cloth, frame};
use crate::golden::{close, numbers};
use crate::support::data;

/// The layers of a case at their start.
pub fn layers(case: &Case) -> WtaLayers {
    let (invariant, wta) = (case.rule.invariant as usize, case.rule.wta as usize);
    WtaLayers {
        sw: case.draws.sw.clone(),
        iw: case.draws.iw.clone(),
        ww: case.draws.ww.clone(),
        io: vec![0.0; invariant],
        shares: vec![1.0 / wta as f64; wta],
    }
}

/// Both are f64, with sums in another order: 2100 frames that feed on each other leave 1e-12.
const TOLERANCE: f64 = 1e-11;

#[track_caller]
fn follows(name: &str) {
    let cloth = cloth(&data());
    for case in Case::all(name) {
        let mut layers = layers(&case);
        let golden = &case.golden;
        for (key, drawn) in [("sw", &layers.sw), ("iw", &layers.iw), ("ww", &layers.ww)] {
            check(&format!("{}, first {key}", case.name()), drawn, &golden["initial"][key], 1e-13);
        }
        let io_sums = numbers(&golden["io_sum"]);
        for (at, corner) in case.corners.iter().enumerate() {
            let found = layers.frame(&case.rule, at as u32, &frame(&cloth, *corner));
            let place = format!("{}, frame {at}", case.name());
            assert_eq!(found.winners, case.winners(at), "{place}");
            assert_eq!(found.wta, golden["wta"][at].as_u64().expect("a unit") as usize, "{place}");
            close(&place, layers.io.iter().sum(), io_sums[at], TOLERANCE * io_sums[at]);
            if let Some(checkpoint) = case.checkpoint(at) {
                for (key, weights) in [("sw", &layers.sw), ("iw", &layers.iw), ("ww", &layers.ww)] {
                    check(&format!("{place}, {key}"), weights, &checkpoint[key], TOLERANCE);
                }
            }
        }
        for (io, golden) in layers.io.iter().zip(numbers(&golden["final_io"])) {
            close("io", *io, golden, TOLERANCE * golden);
        }
    }
}

#[test]
fn the_definition_follows_the_original_on_small_grids() {
    follows("invariant_small");
}

#[test]
fn the_definition_follows_the_original_at_full_size() {
    follows("invariant_full");
}
