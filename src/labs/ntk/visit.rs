//! The controls of the lab: each shown where it plays a part, and the links that say otherwise.

use super::choices::{COUNTS, Call, FACTORS, OUTPUTS, SUBSETS};
use super::images::{MOST, SETS};
use super::settings::Ntk;
use crate::config::{Choice, Field, ReadLink, Real, Settings, Visitor, Whole, option};

/// Keys that play a part only sometimes, and when.
const CONDITIONS: &[(&[&str], &str)] = &[
    (&["sizes"], "run=epochs or run=seeds"),
    (&["counts"], "run=sizes"),
    (&["widths", "sample"], "run=width"),
    (&["seeds"], "run=seeds or run=width"),
    (&["pool", "points", "metric", "predictor_epochs", "threshold", "candidates", "every"], "run=selection"),
    (&["pairing"], "run=epochs or run=seeds"),
    (&["epochs", "batch", "batches", "tests"], "a run other than width"),
    (&["images"], "run=epochs or run=seeds"),
    (&["width"], "a run other than width"),
];

impl Settings for Ntk {
    fn visit(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Run" };
        option(v, &field("run", "Run", "What is computed."), &mut self.call);
        match self.call {
            Call::Epochs | Call::Seeds => {
                let help = "N: the entropy is that of the kernel of the first N images that are learned from.";
                set(v, &field("sizes", "Images in the kernel", help), &mut self.subsets, &SUBSETS);
            }
            Call::Sizes => {
                let help =
                    "n: a net of its own learns from the first n images. 500 and 800 take minutes without a GPU.";
                set(v, &field("counts", "Sizes of the training set", help), &mut self.counts, &COUNTS);
            }
            Call::Width => {
                let help = "Channels and neurons of every hidden layer, as a multiple of the preset's.";
                set(v, &field("widths", "Widths", help), &mut self.factors, &FACTORS);
                let help = "N: images whose kernels are compared.";
                let range = Whole { min: 2, max: 50, step: 1 };
                v.whole(&field("sample", "Images in the kernel", help), &mut self.sample, range);
            }
            Call::Selection => self.visit_selection(v),
        }
        if matches!(self.call, Call::Seeds | Call::Width) {
            let (usual, range) = (self.usual_seeds(), Whole { min: 1, max: 16, step: 1 });
            let help = "How many nets, from the weight seed on.";
            whole_or(v, &field("seeds", "Number of seeds", help), (&mut self.seeds, usual), range, 64);
        }
        self.visit_net(v);
        if self.call != Call::Width {
            self.visit_training(v);
        }
        self.visit_kernel(v);
        self.visit_data(v);
    }

    fn read_aliases(&mut self, link: &mut ReadLink) {
        link.refuse_idle(CONDITIONS);
    }
}

/// Visits a set of a table's entries.
fn set<T>(v: &mut dyn Visitor, field: &Field, value: &mut Vec<usize>, table: &[(T, Choice)]) {
    let choices: Vec<Choice> = table.iter().map(|(_, choice)| *choice).collect();
    v.set(field, value, &choices);
}

/// Visits a number that is none at its usual value.
fn whole_or(v: &mut dyn Visitor, field: &Field, (value, usual): (&mut Option<u32>, u32), slider: Whole, most: u32) {
    let mut shown = value.unwrap_or(usual);
    v.whole_beyond(field, &mut shown, slider, most);
    *value = (shown != usual).then_some(shown);
}

impl Ntk {
    fn visit_selection(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Selection" };
        let help = "Images to choose from: the first of the training images.";
        v.whole_beyond(&field("pool", "Pool", help), &mut self.pool, Whole { min: 20, max: 500, step: 10 }, MOST);
        let help = "Images to choose, one a step.";
        let range = Whole { min: 2, max: 50, step: 1 };
        v.whole_beyond(&field("points", "Images to choose", help), &mut self.points, range, 200);
        let help =
            "By what distance between the answers of target and predictor the next image is chosen: the largest.";
        option(v, &field("metric", "Distance", help), &mut self.metric);
        let help = "E: epochs by which the predictor learns the target's answers to the images chosen so far, before its loss is \
                    looked at; a tenth more each time it is still too large.";
        let range = Whole { min: 5, max: 200, step: 5 };
        v.whole_beyond(
            &field("predictor_epochs", "Epochs of the predictor", help),
            &mut self.predictor_epochs,
            range,
            1000,
        );
        let help =
            "Loss at which the predictor knows the images chosen so far; after ten rounds it goes on in any case.";
        let range = Real { min: 0.0001, max: 0.01, step: 0.0001 };
        v.real_beyond(&field("threshold", "Threshold", help), &mut self.threshold, range, (1e-9, 10.0));
        let help = "Random sets of which the one of greatest entropy is kept.";
        v.whole(&field("candidates", "Random sets", help), &mut self.candidates, Whole { min: 1, max: 100, step: 1 });
        let help = "A net learns from each of the three choices whenever so many images more are chosen.";
        v.whole(&field("every", "Train every … images", help), &mut self.every, Whole { min: 1, max: 50, step: 1 });
    }

    fn visit_net(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Network" };
        let help = "Layers between the 28×28 pixels and the ten outputs. Weights are standard normals, there are no biases, and \
                    every layer divides by the root of its inputs.";
        option(v, &field("net", "Layers", help), &mut self.preset);
        if self.call != Call::Width {
            let help = "Channels and neurons of every hidden layer, as a multiple of the preset's.";
            let range = Real { min: 0.125, max: 2.0, step: 0.125 };
            v.real_beyond(&field("width", "Width", help), &mut self.width, range, (0.03, 8.0));
        }
        option(v, &field("weights", "First weights", "Whose random numbers they are."), &mut self.draws);
        let help = "Draws the first weights and the order of the images; the notebook sets no seed.";
        v.whole(&field("seed", "Weight seed", help), &mut self.seed, Whole { min: 0, max: u32::MAX - 10_000, step: 0 });
    }

    fn visit_training(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Training" };
        let help = match self.call {
            Call::Sizes => "Passes through the n images; 200 in the notebook.",
            Call::Selection => "Passes through the chosen images.",
            _ => "Passes through the training images; 100 in the notebook, 300 in its author's earlier run.",
        };
        let (usual, range) = (self.usual_epochs(), Whole { min: 1, max: 300, step: 1 });
        whole_or(v, &field("epochs", "Epochs", help), (&mut self.epochs, usual), range, 5000);
        let help = "Images per step of Adam; what no whole batch is left for is left out.";
        let (usual, range) = (self.usual_batch(), Whole { min: 1, max: 100, step: 1 });
        whole_or(v, &field("batch", "Batch", help), (&mut self.batch, usual), range, 100);
        option(v, &field("batches", "Order of the batches", "Which images come together."), &mut self.batches);
        if matches!(self.call, Call::Epochs | Call::Seeds) {
            let help = "Which accuracy and loss stand beside an entropy.";
            option(v, &field("pairing", "Accuracy", help), &mut self.pairing);
        }
    }

    fn visit_kernel(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Entropy" };
        option(v, &field("kernel", "Kernel", "What the entropy is taken of."), &mut self.normalise);
        option(v, &field("unit", "Unit", "The unit of entropies."), &mut self.scale);
        let help = "What becomes of eigenvalues that rounding made negative; it matters in the last digits.";
        option(v, &field("eigenvalues", "Eigenvalues", help), &mut self.rounding);
        let help = "Whose gradients the kernel compares.";
        v.choice(&field("outputs", "Outputs", help), &mut self.output, &OUTPUTS);
    }

    fn visit_data(&mut self, v: &mut dyn Visitor) {
        let field = |key, label, help| Field { key, label, help, group: "Data" };
        let help =
            "Which thousand images is learned from, the digits in turn; always the same other thousand is tested on.";
        v.whole(&field("set", "Image set", help), &mut self.images.set, Whole { min: 0, max: SETS - 1, step: 1 });
        if matches!(self.call, Call::Epochs | Call::Seeds) {
            let help = "How many of the set's images are learned from.";
            let range = Whole { min: 10, max: MOST, step: 10 };
            v.whole(&field("images", "Training images", help), &mut self.images.train, range);
        }
        if self.call != Call::Width {
            let help = "How many images accuracy and loss are measured on.";
            v.whole(
                &field("tests", "Test images", help),
                &mut self.images.test,
                Whole { min: 10, max: MOST, step: 10 },
            );
        }
    }
}
