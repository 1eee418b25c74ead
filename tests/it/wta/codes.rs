//! What frozen layers answer, against the definition's frame at rate 0.

use entroscope::kernels::wta_frames::{PIXELS, WtaCodes, WtaLayers, WtaRule};
use entroscope::rng::NumpyRng;

fn rule(kx: u32, ky: u32, winners: u32, invariant: u32, wta: u32) -> WtaRule {
    WtaRule {
        kx,
        ky,
        ex: 2,
        coefficient: 0.5,
        winners,
        xi: 0.0,
        s_clip: f64::INFINITY,
        invariant,
        alpha: 1.0,
        leta: 0.0,
        seta: 0.0,
        period: 0,
        wta,
        phi: 0.0,
        w_clip: f64::INFINITY,
        reads: 1.0,
        aims: 0.0,
        balance: 0.0,
        share_rate: 0.0,
    }
}

#[test]
fn frozen_layers_answer_as_layers_that_learn_at_rate_0() {
    // Below, at and beyond 16; a grid narrower than the reach of excitation; one winner, and all.
    for rule in [rule(2, 1, 1, 1, 1), rule(4, 4, 16, 16, 17), rule(9, 8, 5, 40, 33), rule(3, 7, 4, 9, 3)] {
        let mut rng = NumpyRng::new(rule.kx);
        let [sparse, invariant, wta] = [rule.sparse(), rule.invariant, rule.wta].map(|units| units as usize);
        let mut draw = |len: usize| -> Vec<f64> {
            rng.uniform(0.0, 1.0, len).into_iter().map(|value| f64::from(value as f32)).collect()
        };
        let [sw, iw, ww] = [sparse * PIXELS, sparse * invariant, invariant * wta].map(&mut draw);
        let images = draw(3 * PIXELS);
        let narrow = |values: &[f64]| -> Vec<f32> { values.iter().map(|value| *value as f32).collect() };
        // The engine has a sparse unit's weights to all invariant units together.
        let across: Vec<f64> = (0..sparse).flat_map(|unit| iw[unit..].iter().step_by(sparse).copied()).collect();
        let codes = WtaCodes::new(&rule, &narrow(&sw), narrow(&across), narrow(&ww));
        let mut layers = WtaLayers { sw, iw, ww, io: vec![0.0; invariant], shares: vec![0.0; wta] };
        let mut seen = 0;
        codes.answer(&narrow(&images), |answer| {
            let frame = layers.frame(&rule, 1, &images[seen * PIXELS..][..PIXELS]);
            seen += 1;
            assert_eq!(answer.winners.iter().map(|(unit, _)| *unit).collect::<Vec<_>>(), frame.winners, "{rule:?}");
            assert_eq!(answer.unit, frame.wta, "{rule:?}");
            for (found, expected) in answer.code.iter().zip(&frame.io_pert) {
                // Sums of 784 products and of 784 weights in f32.
                let off = (f64::from(*found) - expected).abs();
                assert!(off <= 3e-6 * expected, "{found} instead of {expected}: {rule:?}");
            }
        });
        assert_eq!(seen, 3);
    }
}
