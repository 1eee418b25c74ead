//! Tapestry, walk and lateral excitation against the originals'.

use entroscope::kernels::wta_frames::lateral;
use entroscope::labs::wta::world::Walk;
use serde_json::Value;

use super::case::{Case, TILES, check, cloth, fixture, frame};
use crate::golden::{close, numbers};
use crate::support::data;

/// `gen_lat_ex`, row by row: what each unit alone excites.
fn matrix(kx: usize, ky: usize, ex: u32, coefficient: f64) -> Vec<f64> {
    let [case, ..] = &Case::all("invariant_small")[..] else { panic!("there are cases") };
    let rule = entroscope::kernels::wta_frames::WtaRule { kx: kx as u32, ky: ky as u32, ex, coefficient, ..case.rule };
    let units = kx * ky;
    let column = |unit: usize| {
        let mut alone = vec![0.0; units];
        alone[unit] = 1.0;
        lateral(&rule, &alone)
    };
    let columns: Vec<Vec<f64>> = (0..units).map(column).collect();
    (0..units).flat_map(|row| columns.iter().map(move |column| column[row])).collect()
}

#[test]
fn lateral_excitation_is_the_originals_matrix() {
    for case in fixture("invariant_world")["lateral"].as_array().expect("a list") {
        let whole = |key: &str| case[key].as_u64().expect("a number") as usize;
        let (kx, ky) = (whole("Kx"), whole("Ky"));
        let found = matrix(kx, ky, whole("ex") as u32, case["coeff"].as_f64().expect("a number"));
        // The same numbers, summed in another order.
        check(&format!("lateral {kx}x{ky}"), &found, &case["checksum"], 1e-12);
        for (row, count) in found.chunks(kx * ky).zip(numbers(&case["neighbours_per_row"])) {
            assert_eq!(row.iter().filter(|weight| **weight != 0.0).count() as f64, count + 1.0);
        }
        if let Some(rows) = case.get("nonzero_columns").and_then(Value::as_array) {
            for (row, columns) in found.chunks(kx * ky).zip(rows) {
                let lit = (0..row.len()).filter(|at| row[*at] != 0.0).map(|at| at as f64);
                assert_eq!(lit.collect::<Vec<_>>(), numbers(columns), "lateral {kx}x{ky}");
            }
        }
        if let Some(rows) = case.get("matrix").and_then(Value::as_array) {
            for (row, golden) in found.chunks(kx * ky).zip(rows) {
                for (weight, golden) in row.iter().zip(numbers(golden)) {
                    close("a lateral weight", *weight, golden, 1e-15);
                }
            }
        }
    }
}

#[test]
fn the_tapestry_is_the_originals() {
    let world = fixture("invariant_world");
    let cloth: Vec<f64> = cloth(&data()).into_iter().map(|byte| f64::from(byte) / 255.0).collect();
    // The same numbers, summed in another order.
    check("the tapestry", &cloth, &world["tapestry"], 1e-12);
    let row = numbers(&world["tapestry_row_420"]);
    assert_eq!(&cloth[420 * TILES * 28..][..row.len()], row);
}

#[test]
fn the_window_drifts_as_in_the_original() {
    let cloth = cloth(&data());
    for golden in fixture("invariant_world")["walks"].as_array().expect("a list") {
        let seed = golden["seed"].as_u64().expect("a seed") as u32;
        let corners = Walk { seed, ..Walk::default() }.corners(10_000, TILES);
        let pair = |corner: &Value| (numbers(corner)[0] as usize, numbers(corner)[1] as usize);
        let first: Vec<_> = golden["first_100"].as_array().expect("a list").iter().map(pair).collect();
        assert_eq!(corners[..100], first, "seed {seed}");
        let later: Vec<_> = golden["every_500th"].as_array().expect("a list").iter().map(pair).collect();
        assert_eq!(corners.iter().step_by(500).copied().collect::<Vec<_>>(), later, "seed {seed}");
        let sums = corners.iter().fold((0, 0), |sum, corner| (sum.0 + corner.0, sum.1 + corner.1));
        assert_eq!(sums, pair(&golden["sum"]), "seed {seed}");
        for (corner, sum) in corners.iter().zip(numbers(&golden["frame_sums_first_50"])) {
            // The same 784 numbers, summed in another order.
            close("a frame's ink", frame(&cloth, *corner).iter().sum(), sum, 1e-11);
        }
    }
}
