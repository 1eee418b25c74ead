//! How fast the first layer's knowledge grows at first, against the rate that its images set.

use std::f64::consts::LN_2;

use super::Kin;
use crate::analysis::{Finding, slope};
use crate::number::value as number;

/// Growth is early while the mean square of z is at most this: D' has then fallen by 5 % from 1/4, as D' ≈ (1 − z²/4)/4.
const EARLY: f64 = 0.2;
/// It is growth along one direction once ‖Z‖ is this many times its first value, which lay in all directions.
const DOUBLED: f64 = 2.0;
/// Steps at least for a slope.
const STEPS: usize = 3;

/// The finding on a run.
pub fn finding(run: &Kin) -> Finding {
    let theory = "While z is small, every σ′(z) is close to 1/4, and the rule makes ‖Z‖ of layer 1 grow exponentially. For a \
                  small η its rate is λ/(4 ln 2) per unit of t = η·k, where λ is the largest eigenvalue of the mean of \
                  [x; 1][x; 1]ᵀ over the images x.";
    let predicted = run.lambda().map(|lambda| (lambda, lambda / (4.0 * LN_2)));
    let prediction = match predicted {
        Some((lambda, rate)) => {
            format!("The images of this run have λ = {}: a rate of {}.", number(lambda), number(rate))
        }
        None => "Computing λ from the images of this run …".to_owned(),
    };
    let rule = "Counted are the steps from where ‖Z‖ has doubled (before that, its random beginning still shows) to where the \
                mean square of z reaches 0.2 (σ′ has then fallen by about 5 %)";
    let measurement = match measured(run) {
        None => format!(
            "{rule}. This run has fewer than three such steps: a smaller η (a larger K at the same τ) has more."
        ),
        Some(Measured { first, last, knowledge, entropy }) => {
            let share = predicted.map_or(String::new(), |(_, rate)| {
                format!(", {:.0} % of the predicted rate", 100.0 * knowledge / rate)
            });
            let entropy = entropy.map_or(String::new(), |rate| {
                let (rate, ratio) = (number(rate), number(rate / knowledge));
                format!(" log |H| rises by {rate}, {ratio} times as fast: H multiplies Z by its change, and both grow.")
            });
            let knowledge = number(knowledge);
            format!(
                "{rule}: here steps {first} to {last}. Over these, the least-squares line through log ‖Z‖ rises by {knowledge} \
                 per unit of t{share}.{entropy}"
            )
        }
    };
    Finding {
        slug: "growth",
        title: "Early growth of layer 1".into(),
        text: vec![theory.into(), prediction, measurement],
        table: None,
    }
}

/// Rates per unit of t = η·k over the steps `first..=last`.
struct Measured {
    first: usize,
    last: usize,
    knowledge: f64,
    entropy: Option<f64>,
}

fn measured(run: &Kin) -> Option<Measured> {
    let norms = run.trace.column("z_norm_1")?;
    let entropies = run.trace.column("entropy_1")?;
    let values = f64::from(*run.network.layers.first()?) * f64::from(run.samples);
    let doubled = DOUBLED * norms.first()?;
    let first = norms.iter().position(|norm| *norm >= doubled)?;
    let early = norms.iter().position(|norm| norm * norm > EARLY * values).unwrap_or(norms.len());
    if early < first + STEPS {
        return None;
    }
    let rate = |series: &[f64]| {
        let point = |step: usize| (run.network.learning_rate * step as f64, series[step].abs().ln());
        let points: Vec<(f64, f64)> = (first..early).map(point).collect();
        slope(&points).filter(|rate| rate.is_finite())
    };
    Some(Measured { first, last: early - 1, knowledge: rate(norms)?, entropy: rate(entropies) })
}
