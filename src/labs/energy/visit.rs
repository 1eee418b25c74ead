//! The controls of the lab: each shown where it plays a part, and the links that say otherwise.

use super::choices::{ALPHAS, BIASES, Data, HIDDEN, SLIDER, TABLES, WEIGHTS};
use super::network::OUTPUTS;
use super::record::Call;
use super::rule::{Scheme, Shapes};
use super::settings::Xor;
use super::sweep::lands;
use super::switches::{Clamp, FreePhase, Relaxation};
use crate::config::{Choice, Field, ReadLink, Real, Settings, Visitor, Whole, option};

impl Settings for Xor {
    fn visit(&mut self, v: &mut dyn Visitor) {
        self.visit_data(v);
        self.visit_scheme(v);
        self.visit_start(v);
        // What the learning rates and β are for depends on the variants: these come first, in links too.
        self.visit_variants(v);
        self.visit_learning(v);
        self.visit_measures(v);
    }

    fn read_aliases(&mut self, link: &mut ReadLink) {
        link.refuse_idle(CONDITIONS);
    }
}

/// Keys that play a part only sometimes, and when.
const CONDITIONS: &[(&[&str], &str)] = &[
    (&["table"], "task=table"),
    (&["points", "noise", "data_seed"], "task=circles or task=moons"),
    (&["first_phase"], "scheme=first_step"),
    (&["shapes"], "scheme=first_step and call=train"),
    (&["seeds"], "call=seeds"),
    (&["start"], "a call other than landscape"),
    (&["map_x", "map_y"], "call=landscape"),
    (&["energy"], "call=train or call=forward_backward"),
    (&["w0", "w2", "b0"], "start=sliders"),
    (&["w1", "w3", "b1"], "start=sliders and two units or more in the first hidden layer"),
    (&["bias_1_0", "bias_1_1", "bias_2_0", "bias_2_1", "bias_3_0"], "start=sliders and such a unit"),
    (&["bias_3_1", "bias_4_0", "bias_4_1", "bias_5_0", "bias_5_1"], "start=sliders and such a unit"),
    (&["seed"], "a weight that no slider sets"),
    (&["epochs", "batch"], "call=train"),
    (&["alpha_1", "alpha_2", "alpha_3", "alpha_4", "alpha_5"], "call=train and such a layer of weights, if it changes"),
    (&["n_it_neg"], "a first phase that iterates"),
    (&["n_it_pos"], "a second phase"),
    (&["beta"], "a phase or an update that is nudged"),
    (&["free_phase"], "a scheme whose first phase the notebook nudges"),
    (&["relaxation"], "a phase that settles"),
    (&["epsilon"], "relaxation=steps and a phase that settles"),
    (&["normalise"], "a phase of sweeps"),
    (&["gamma"], "the phases of contrastive Hebbian learning"),
    (&["clamp", "update"], "a second phase and call=train"),
    (&["measure"], "several mini-batches"),
];

impl Xor {
    fn visit_data(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Data" };
        option(v, &field("task", "Samples", "What the network learns."), &mut self.data);
        if self.data == Data::Table {
            let table = "The answers to 00, 01, 10 and 11, four bits; XOR in the notebook.";
            v.choice(&field("table", "Answers", table), &mut self.table, &TABLES);
            return;
        }
        let points = "Number of points, half of each label.";
        v.whole(&field("points", "Points", points), &mut self.points, Whole { min: 10, max: 200, step: 2 });
        let noise = "How far points lie off their curve, as a standard deviation.";
        v.real(&field("noise", "Noise", noise), &mut self.noise, Real { min: 0.0, max: 0.2, step: 0.01 });
        let seed = "Scatters and shuffles the points, as NumPy does.";
        v.whole(&field("data_seed", "Data seed", seed), &mut self.data_seed, Whole { min: 0, max: 99, step: 1 });
    }

    fn visit_scheme(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Scheme" };
        option(v, &field("scheme", "Scheme", "How the network learns."), &mut self.rule.scheme);
        option(v, &field("call", "Call", "What the network is asked to do."), &mut self.call);
        if self.call == Call::Seeds {
            let help = "How many seeds, from the weight seed on.";
            v.whole(&field("seeds", "Number of seeds", help), &mut self.seeds, Whole { min: 2, max: 300, step: 1 });
        }
        if self.rule.scheme == Scheme::FirstStep {
            let phase = "The notebook leaves open which first phase goes with first_step_pos.";
            option(v, &field("first_phase", "First phase", phase), &mut self.rule.first_phase);
            if self.trains() {
                let shapes = "As written, the update fails unless every layer has as many units as the output.";
                option(v, &field("shapes", "Layers that change", shapes), &mut self.rule.shapes);
            }
        }
    }

    fn visit_start(&mut self, v: &mut dyn Visitor) {
        let field = |group, key, label, help| Field { key, label, help, group };
        let hidden = "Units of this hidden layer; the input has two, the output two.";
        v.list(&field("Network", "hidden", "Hidden layers", hidden), &mut self.hidden, HIDDEN);
        if self.call != Call::Landscape {
            option(v, &field("Start", "start", "First weights", "Where the first weights come from."), &mut self.start);
        }
        if self.has_sliders() {
            let sizes = self.shape().sizes;
            for ((key, label, matrix, row, column), value) in WEIGHTS.iter().zip(&mut self.weights) {
                let help = match matrix {
                    0 => "One weight of the first matrix; units of the first hidden layer beyond two are drawn.",
                    _ => "Called a bias in the notebook, but it sets weights: those from this unit to the layer above.",
                };
                if *row < sizes[*matrix] && column.is_none_or(|column| column < sizes[matrix + 1]) {
                    v.real(&field("Start", key, label, help), value, SLIDER);
                }
            }
            for ((key, label, layer, unit), value) in BIASES.iter().zip(&mut self.biases) {
                let help = "A bias to start with; the notebook has no slider for it and starts at 0.";
                if sizes.get(*layer).is_some_and(|units| unit < units) {
                    v.real(&field("Start", key, label, help), value, SLIDER);
                }
            }
        }
        if self.call == Call::Landscape {
            self.visit_map(v);
        }
        // With one hidden layer of two units the sliders set every weight.
        if !self.has_sliders() || self.hidden.len() > 1 || self.hidden[0] > 2 {
            let seed = "Draws the weights that no slider sets, as torch does; the notebook sets no seed.";
            let range = Whole { min: 0, max: u32::MAX, step: 0 };
            v.whole(&field("Start", "seed", "Weight seed", seed), &mut self.seed, range);
        }
    }

    /// The sliders of the landscape: any that this network has.
    fn visit_map(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Start" };
        let sizes = self.shape().sizes;
        let weight = |i: usize| {
            let (_, _, matrix, row, column) = WEIGHTS[i];
            row < sizes[matrix] && column.is_none_or(|column| column < sizes[matrix + 1])
        };
        let bias = |i: usize| sizes.get(BIASES[i].2).is_some_and(|units| BIASES[i].3 < *units);
        let there = |i: &usize| if *i < WEIGHTS.len() { weight(*i) } else { bias(*i - WEIGHTS.len()) };
        let sliders = lands();
        let offered: Vec<usize> = (0..sliders.len()).filter(there).collect();
        let choices: Vec<Choice> =
            offered.iter().map(|i| Choice { slug: sliders[*i].0, label: sliders[*i].1, help: "" }).collect();
        let words = [("map_x", "Landscape, to the right"), ("map_y", "Landscape, upwards")];
        for ((key, label), chosen) in words.into_iter().zip(&mut self.map) {
            let mut index = offered.iter().position(|i| i == chosen).unwrap_or(0);
            v.choice(&field(key, label, "The slider along this axis, from −2 to 2."), &mut index, &choices);
            *chosen = offered[index];
        }
    }

    fn visit_learning(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Learning" };
        let train = self.trains();
        if train {
            let epochs = "Passes through all samples.";
            v.whole(&field("epochs", "Epochs", epochs), &mut self.epochs, Whole { min: 1, max: 500, step: 1 });
        }
        let range = Whole { min: 1, max: 200, step: 1 };
        if !self.rule.starts_forward() {
            let help = match self.rule.scheme {
                Scheme::Predictive => "n_it_neg; PC-nudge keeps its hidden states, so that one is as good as many.",
                _ => "Iterations of the first phase, n_it_neg.",
            };
            v.whole(&field("n_it_neg", "First-phase iterations", help), &mut self.n_it_neg, range);
        }
        if self.rule.scheme != Scheme::FirstStep || !train {
            let backwards = self.rule.scheme == Scheme::Contrastive && self.rule.relaxation == Relaxation::Sweep;
            let help = match backwards || !train {
                true => "n_it_pos; the backward relaxation reads the free states, so that one is as good as many.",
                false => "Iterations of the second phase, n_it_pos.",
            };
            v.whole(&field("n_it_pos", "Second-phase iterations", help), &mut self.n_it_pos, range);
        }
        if train {
            let help = "Learning rate of this layer of weights and of the biases above it.";
            let range = Real { min: 0.0, max: 1.0, step: 0.01 };
            for (i, (key, label)) in ALPHAS.iter().enumerate() {
                if self.learns(i) {
                    v.real(&field(key, label, help), &mut self.alphas[i], range);
                }
            }
        }
        if self.has_beta() {
            let help = "How strongly the label pulls on the output.";
            let range = Real { min: if self.divides_by_beta() { 0.01 } else { 0.0 }, max: 1.0, step: 0.01 };
            self.beta = self.beta.max(range.min);
            v.real(&field("beta", "Nudge β", help), &mut self.beta, range);
        }
        if train {
            let help = "Samples per mini-batch; a remainder is left out, as in the notebook.";
            let range = Whole { min: 1, max: self.samples(), step: 1 };
            self.batch = self.batch.min(range.max);
            v.whole(&field("batch", "Mini-batch", help), &mut self.batch, range);
        }
    }

    fn visit_variants(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Variants" };
        let train = self.trains();
        // A run over seeds takes both.
        if self.rule.leaks() && self.call != Call::Seeds {
            let help = "Whether the label pulls on the output before it is measured.";
            option(v, &field("free_phase", "Free phase", help), &mut self.rule.free_phase);
        }
        let help = "What a unit makes of its input.";
        option(v, &field("activation", "Units", help), &mut self.rule.activation);
        if self.rule.settles() {
            let help = "How states settle.";
            option(v, &field("relaxation", "Relaxation", help), &mut self.rule.relaxation);
            if self.rule.relaxation == Relaxation::Steps {
                let help = "Length of a step; the energy need not fall if it is too long.";
                let range = Real { min: 0.01, max: 1.0, step: 0.01 };
                v.real(&field("epsilon", "Step ε", help), &mut self.epsilon, range);
            }
        }
        if self.rule.settles() && self.rule.relaxation == Relaxation::Sweep || !train {
            let help = "Whether hidden units are rescaled over the mini-batch.";
            option(v, &field("normalise", "Normalise", help), &mut self.rule.normalise);
        }
        if self.rule.has_gamma() {
            let help = "What feedback weights are multiplied by; 1 in the notebook.";
            let range = Real { min: 0.05, max: 1.0, step: 0.05 };
            v.real(&field("gamma", "Feedback γ", help), &mut self.gamma, range);
        }
        if train && self.rule.scheme != Scheme::FirstStep {
            let help = "What holds the output in the second phase.";
            option(v, &field("clamp", "Second phase", help), &mut self.rule.clamp);
            let help = "How weights follow the two phases.";
            option(v, &field("update", "Update", help), &mut self.rule.update);
        }
    }

    fn visit_measures(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Measures" };
        if matches!(self.call, Call::Train | Call::ForwardBackward) {
            let help = "The energy that is measured; it changes nothing else.";
            option(v, &field("energy", "Energy", help), &mut self.rule.energy);
        }
        if self.trains() && self.batch < self.samples() {
            let help = "On what energy, cost and error are measured.";
            option(v, &field("measure", "Measure", help), &mut self.rule.measure);
        }
    }

    /// Whether this layer of weights changes.
    fn learns(&self, layer: usize) -> bool {
        let top = self.hidden.len();
        let fits = |layer: usize| self.hidden.get(layer).is_none_or(|units| *units as usize == OUTPUTS);
        let follows = match (self.rule.scheme, self.rule.shapes) {
            (Scheme::FirstStep, Shapes::AsWritten) => (0..=layer).all(fits),
            (Scheme::FirstStep, Shapes::Skip) => fits(layer),
            (Scheme::FirstStep, Shapes::Output) => layer == top,
            _ => true,
        };
        layer <= top && follows
    }

    /// Whether β plays a part.
    pub(super) fn has_beta(&self) -> bool {
        let rule = &self.rule;
        let leak = rule.leaks() && (rule.free_phase == FreePhase::Nudged || self.call == Call::Seeds);
        let learns = rule.scheme == Scheme::FirstStep || rule.clamp != Clamp::Full;
        leak || self.trains() && learns
    }
}
