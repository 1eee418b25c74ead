//! What must hold of the textbook variants whatever the implementation: limits, fixed points and finite differences.

use entroscope::data::{Points, truth_table};
use entroscope::labs::energy::{
    Activation, Clamp, EnergyKind, FirstPhase, FreePhase, Hyper, Layers, Matrix, Network, Normalise, Relaxation, Rule,
    Scheme, Shapes, Top, Update,
};

use crate::golden::close;

/// OR: XOR is so symmetric that the first layer's slopes nearly vanish.
fn points() -> Points {
    truth_table([false, true, true, true])
}

/// A textbook rule of `scheme`.
fn textbook(scheme: Scheme) -> Rule {
    Rule {
        scheme,
        first_phase: FirstPhase::Forward,
        shapes: Shapes::Back,
        free_phase: FreePhase::Free,
        normalise: Normalise::Nothing,
        relaxation: Relaxation::Steps,
        clamp: Clamp::Centred,
        update: Update::Contrastive,
        energy: if scheme == Scheme::Predictive { EnergyKind::Prediction } else { EnergyKind::Hopfield },
        ..Rule::default()
    }
}

/// A network of 2-4-3-2 units with settled phases; the weights are a part of what torch draws, so that it has one
/// equilibrium, and one inside the slope of clipped units.
fn network(rule: Rule, beta: f32) -> Network {
    let hyper = Hyper {
        hidden: vec![4, 3],
        n_it_neg: 400,
        n_it_pos: 400,
        alphas: vec![1.0; 3],
        beta,
        epsilon: 0.2,
        gamma: 1.0,
        batch: 4,
        rule,
    };
    let mut network = Network::new(hyper, &points(), 3);
    let part = if rule.activation == Activation::Logistic { 0.5 } else { 0.2 };
    for (l, weights) in network.weights.iter_mut().enumerate() {
        *weights = weights.map(|w| part * w);
        network.biases[l + 1].fill(0.45);
    }
    network
}

fn free(network: &Network) -> Layers {
    network.first_phase(&network.layers(), Top::Free, network.hyper.n_it_neg)
}

/// Mean of |s_L − Y|² over the samples.
fn cost(network: &Network, layers: &Layers) -> f64 {
    let squares = layers[network.top()].with(&network.targets, |out, y| (out - y) * (out - y));
    squares.values.iter().map(|x| f64::from(*x)).sum::<f64>() / 4.0
}

/// The slope of `measure` along every weight of layer `l`, by central differences.
fn slopes(network: &Network, l: usize, measure: &dyn Fn(&Network) -> f64) -> Vec<f64> {
    const STEP: f32 = 0.02;
    let shifted = |at: usize, by: f32| {
        let mut network = network.clone();
        network.weights[l].values[at] += by;
        measure(&network)
    };
    let count = network.weights[l].values.len();
    (0..count).map(|at| (shifted(at, STEP) - shifted(at, -STEP)) / (2.0 * f64::from(STEP))).collect()
}

/// What one epoch with α = 1 adds to the weights.
fn update(network: &Network) -> Vec<Matrix> {
    let mut trained = network.clone();
    trained.epoch().expect("a textbook rule does not crash");
    trained.weights.iter().zip(&network.weights).map(|(after, before)| after.with(before, |a, b| a - b)).collect()
}

/// Fails unless the update is `factor` times the slope of `measure`, within `share` of the layer's largest.
#[track_caller]
fn follows(what: &str, network: &Network, factor: f64, share: f64, measure: &dyn Fn(&Network) -> f64) {
    let found = update(network);
    for (l, found) in found.iter().enumerate() {
        let expected = slopes(network, l, measure);
        let largest = expected.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
        assert!(largest > 1e-3, "{what}, weights {l}: slopes of {largest} say nothing");
        for (found, expected) in found.values.iter().zip(expected) {
            close(&format!("{what}, weights {l}"), f64::from(*found), factor * expected, share * largest);
        }
    }
}

fn cost_of_free(network: &Network) -> f64 {
    cost(network, &free(network))
}

#[test]
fn equilibrium_propagation_tends_to_the_gradient_of_the_cost() {
    for activation in [Activation::Logistic, Activation::Clip] {
        let rule = Rule { activation, ..textbook(Scheme::Equilibrium) };
        // States settle to 1e-7, which β = 0.02 makes 5e-6; differences of the cost are as good. Slopes are 1e-3 and more.
        follows("centred EP", &network(rule, 0.02), -1.0, 0.02, &cost_of_free);
    }
}

/// Distance of an update from the cost's negative slope, over all weights.
fn distance(network: &Network) -> f64 {
    let found = update(network);
    let per_layer = |l: usize| -> f64 {
        let expected = slopes(network, l, &cost_of_free);
        found[l].values.iter().zip(expected).map(|(found, slope)| (f64::from(*found) + slope).abs()).sum()
    };
    (0..network.top()).map(per_layer).sum()
}

#[test]
fn a_smaller_nudge_is_nearer_to_the_gradient_and_a_centred_one_nearest() {
    let of = |clamp, beta| distance(&network(Rule { clamp, ..textbook(Scheme::Equilibrium) }, beta));
    for clamp in [Clamp::Positive, Clamp::Negative] {
        let (far, near) = (of(clamp, 0.4), of(clamp, 0.1));
        assert!(near < 0.5 * far, "{clamp:?}: {near} at β = 0.1, {far} at 0.4");
        let centred = of(Clamp::Centred, 0.1);
        assert!(centred < 0.5 * near, "{clamp:?}: {centred} centred, {near} on one side");
    }
}

#[test]
fn predictive_coding_tends_to_the_gradient_of_the_cost() {
    follows("PC", &network(textbook(Scheme::Predictive), 0.02), -1.0, 0.02, &cost_of_free);
}

#[test]
fn the_first_step_carried_back_is_half_the_gradient_of_the_cost() {
    // δ → −β f'(o)(f(o) − Y): C has the factor 2.
    follows("first step", &network(textbook(Scheme::FirstStep), 0.01), -0.5, 0.02, &cost_of_free);
}

#[test]
fn the_free_phase_descends_the_hopfield_energy() {
    for activation in [Activation::Logistic, Activation::Clip, Activation::Relu] {
        let network = network(Rule { activation, ..textbook(Scheme::Equilibrium) }, 0.1);
        let mut layers = network.layers();
        // A start that is no equilibrium, inside the units' range.
        for layer in layers.iter_mut().skip(1) {
            *layer = Matrix::from_fn(layer.rows, layer.columns, |row, c| 0.1 + 0.2 * ((row + 2 * c) % 5) as f32);
        }
        let mut energy = network.energy(&layers);
        let first = energy;
        for step in 0..60 {
            layers = network.steps(&layers, Top::Free, 1);
            let next = network.energy(&layers);
            assert!(next <= energy + 1e-6, "{activation:?}: energy rises from {energy} to {next} at step {step}");
            energy = next;
        }
        assert!(energy < first - 0.01, "{activation:?}: from {first} to {energy}");
    }
}

#[test]
fn contrastive_learning_rests_where_free_and_clamped_states_agree() {
    for (relaxation, update_rule) in [
        (Relaxation::Steps, Update::Contrastive),
        (Relaxation::Steps, Update::OneSided),
        (Relaxation::Sweep, Update::Contrastive),
        (Relaxation::Sweep, Update::OneSided),
    ] {
        let rule = Rule { relaxation, update: update_rule, clamp: Clamp::Full, ..textbook(Scheme::Contrastive) };
        let mut network = network(rule, 0.1);
        let learns = update(&network);
        assert!(learns.iter().any(|change| change.values.iter().any(|x| x.abs() > 1e-3)), "{rule:?} learns nothing");
        network.targets = free(&network).swap_remove(network.top());
        for change in update(&network) {
            for x in change.values {
                close(&format!("{rule:?}"), f64::from(x), 0.0, 1e-6);
            }
        }
    }
}

#[test]
fn prediction_errors_have_the_slopes_that_are_descended() {
    let network = network(textbook(Scheme::Predictive), 0.3);
    let mut layers = network.layers();
    for layer in layers.iter_mut().skip(1) {
        *layer = Matrix::from_fn(layer.rows, layer.columns, |row, c| 0.1 + 0.2 * ((row + 2 * c) % 5) as f32);
    }
    let total = |layers: &Layers| 4.0 * (network.energy(layers) + 0.3 * cost(&network, layers));
    let gradient = network.error_gradient(&layers, Top::Nudged(0.3, &network.targets));
    for k in 1..=network.top() {
        for at in 0..layers[k].values.len() {
            let shifted = |by: f32| {
                let mut layers = layers.clone();
                layers[k].values[at] += by;
                total(&layers)
            };
            let slope = (shifted(0.01) - shifted(-0.01)) / 0.02;
            close(&format!("layer {k}, value {at}"), f64::from(gradient[k - 1].values[at]), slope, 1e-3);
        }
    }
    for (l, (weights, _)) in network.descent(&layers).iter().enumerate() {
        let expected = slopes(&network, l, &|network| network.energy(&layers));
        for (found, expected) in weights.values.iter().zip(expected) {
            close(&format!("weights {l}"), f64::from(*found), -expected, 1e-3);
        }
    }
}

#[test]
fn weak_feedback_makes_contrastive_learning_approach_the_gradient() {
    // Xie and Seung: with feedback γ → 0 the update tends to backpropagation's for ½C; the output is clamped, so only
    // its direction is compared, layer by layer.
    let rule = Rule { clamp: Clamp::Full, ..textbook(Scheme::Contrastive) };
    let mut network = network(rule, 0.1);
    network.hyper.gamma = 0.05;
    let found = update(&network);
    for (l, found) in found.iter().enumerate() {
        let slopes = slopes(&network, l, &cost_of_free);
        let found: Vec<f64> = found.values.iter().map(|x| f64::from(*x)).collect();
        let dot: f64 = found.iter().zip(&slopes).map(|(a, b)| -a * b).sum();
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let cosine = dot / (norm(&found) * norm(&slopes));
        assert!(cosine > 0.95, "weights {l}: cosine {cosine}");
    }
}
