//! Whole digits against the original's own code: votes, classes and accuracy, and the cell that trains the last layer on them.

use entroscope::backend::{Backend, Tensor};
use entroscope::kernels::wta_frames::{RECORD, Recorded, WtaRule};
use entroscope::kernels::{LABELS, WtaClasses, WtaTally};
use entroscope::labs::wta::network::{Network, Scene};
use entroscope::rng::NumpyRng;
use serde_json::Value;

use super::case::{Case, check, cloth, images};
use super::engine::{read, scene};
use crate::golden::numbers;
use crate::support::data;

/// Frames of a block.
const ROOM: u32 = 25;

/// A pile of images in an order.
fn pile(backend: &mut Backend, images: &[(usize, &[u8])], order: &[usize]) -> Scene {
    let pixels: Vec<f32> =
        images.iter().flat_map(|(_, image)| image.iter().map(|byte| f32::from(*byte) / 255.0)).collect();
    let places: Vec<f32> = order.iter().map(|place| *place as f32).collect();
    Scene { pixels: backend.tensor(&pixels), stride: 28, places: backend.tensor(&places), spacing: 784 }
}

/// The winner-take-all units that win the frames of a scene, block by block; `then` sees the records of each.
fn wins(
    backend: &mut Backend,
    (network, rule, scene): (&Network, &WtaRule, &Scene),
    records: Tensor,
    mut then: impl FnMut(&mut Backend, u32, u32),
) -> Vec<usize> {
    let mut wins = Vec::new();
    let count = scene.places.len() as u32;
    for first in (0..count).step_by(ROOM as usize) {
        let frames = ROOM.min(count - first);
        network.block(backend, rule, scene, (first, frames), true, records);
        then(backend, first, frames);
        let length = RECORD + rule.winners as usize;
        let recorded = read(backend, records);
        wins.extend(
            recorded.chunks(length).take(frames as usize).map(|record| record[Recorded::Wta as usize] as usize),
        );
    }
    wins
}

fn whole(value: &Value) -> usize {
    value.as_u64().expect("a number") as usize
}

#[test]
fn votes_classes_accuracy_and_the_digit_cell_are_the_originals() {
    let data = data();
    let (cloth, images) = (cloth(&data), images(&data));
    for case in Case::all("invariant_small") {
        let (Some(golden), Some(cell)) = (case.golden.get("classification"), case.golden.get("digit_cell")) else {
            continue;
        };
        let mut backend = Backend::default();
        let walk = scene(&mut backend, &cloth, &case.corners);
        let mut network = Network::new(&case.rule, &case.draws, ROOM, &mut backend);
        let records = network.records(&case.rule, &mut backend);
        let frames = case.corners.len() as u32;
        for first in (0..frames).step_by(ROOM as usize) {
            let block = (first, ROOM.min(frames - first));
            network.block(&mut backend, &case.rule, &walk, block, first > 0, records);
        }

        let from = whole(&golden["images_from"]);
        let (train, test) = (whole(&golden["train"]), whole(&golden["test"]));
        let asking =
            WtaRule { xi: 0.0, alpha: 0.0, leta: 0.0, seta: 0.0, period: 0, phi: 0.0, reads: 1.0, ..case.rule };
        let wta = case.rule.wta;
        let votes = backend.zeros((wta * LABELS) as usize);
        let classes = backend.zeros(wta as usize);
        let confusion = backend.zeros((LABELS * LABELS) as usize);
        let units = backend.tensor(&(0..wta).map(|unit| unit as f32).collect::<Vec<_>>());
        let tally = |backend: &mut Backend, part: &[(usize, &[u8])], answers: u32, classes: Tensor, counts: Tensor| {
            let scene = pile(backend, part, &(0..part.len()).collect::<Vec<_>>());
            let labels: Vec<f32> = part.iter().map(|(digit, _)| *digit as f32).collect();
            let labels = backend.tensor(&labels);
            wins(backend, (&network, &asking, &scene), records, |backend, first, frames| {
                let tally = WtaTally {
                    answers,
                    wta,
                    frames,
                    first,
                    images: part.len() as u32,
                    record: RECORD as u32 + asking.winners,
                    recorded: records.len() as u32,
                    fresh: u32::from(first == 0),
                };
                backend.run(&tally, &[records, labels, classes], &[counts]);
            });
        };
        tally(&mut backend, &images[from..][..train], wta, units, votes);
        backend.run(&WtaClasses { wta, labels: LABELS }, &[votes], &[classes]);
        tally(&mut backend, &images[from + train..][..test], LABELS, classes, confusion);

        let wins_of = |unit: usize| numbers(&golden["wins"][unit]);
        let votes = read(&mut backend, votes);
        for unit in 0..wta as usize {
            let found: Vec<f64> = (0..10).map(|digit| votes[unit + digit * wta as usize]).collect();
            assert_eq!(found, wins_of(unit), "{}, unit {unit}", case.name());
        }
        assert_eq!(read(&mut backend, classes), numbers(&golden["classes"]), "{}", case.name());
        let confusion = read(&mut backend, confusion);
        let right: f64 = (0..10).map(|digit| confusion[11 * digit]).sum();
        assert_eq!(confusion.iter().sum::<f64>(), test as f64);
        assert_eq!(100.0 * right / test as f64, golden["accuracy"].as_f64().expect("a number"), "{}", case.name());

        // In [40]: a last layer drawn anew learns what io the tapestry has left.
        let seed = |key: &str| whole(&cell[key]) as u32;
        let ww = NumpyRng::new(seed("ww_seed")).uniform(0.2, 0.22, network.ww.len());
        network.ww = backend.tensor(&ww.iter().map(|w| *w as f32).collect::<Vec<_>>());
        let order = NumpyRng::new(seed("permutation_seed")).permutation(train);
        assert_eq!(order[..5].iter().map(|at| *at as f64).collect::<Vec<_>>(), numbers(&cell["permutation_first5"]));
        let digits = pile(&mut backend, &images[from..][..train], &order);
        let rule = WtaRule { phi: 0.001, w_clip: 1.0, ..asking };
        let found = wins(&mut backend, (&network, &rule, &digits), records, |_, _, _| {});
        let expected: Vec<usize> = numbers(&cell["wta"]).into_iter().map(|unit| unit as usize).collect();
        assert_eq!(found, expected, "{}", case.name());
        // The weights that the state in f32 has led to; see the engine's own tolerance.
        check(&format!("{}, digits", case.name()), &read(&mut backend, network.ww), &cell["ww"], 1e-5);
    }
}
