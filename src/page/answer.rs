//! What a run's layers answer to one image, in numbers and words.

use serde::Serialize;

use crate::data;
use crate::draw::number;
use crate::run::Experiment;
use crate::trace::Trace;

/// A network as it stood at one step of a run, ready to be shown images.
pub struct Answering {
    experiment: Experiment,
    state: Vec<f32>,
    /// Mean outputs over the training images at that step.
    means: Vec<f64>,
}

/// What a layer answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerAnswer {
    /// "Layer 2".
    pub label: String,
    /// Answers of its neurons.
    pub decisions: Vec<f64>,
    /// How bright each of them is in a picture, 0 to 1.
    pub shades: Vec<f64>,
    /// How many stand in a row; 0 for as many as there is room for.
    pub across: usize,
    /// Their number, mean and range, in words.
    pub text: String,
}

/// What an output answers, and what it answers to the training images.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutputAnswer {
    /// Its decision for the image.
    pub decision: f64,
    /// The same, to read.
    pub text: String,
    /// Mean of its decisions for the training images.
    pub mean: f64,
    /// The same, to read.
    pub mean_text: String,
    /// Decision less mean, to read.
    pub difference_text: String,
    /// Whether none is larger, for this image.
    pub largest: bool,
    /// Whether none is larger, in the mean over the training images.
    pub mean_largest: bool,
}

/// What all layers answer to one image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Layer by layer.
    pub layers: Vec<LayerAnswer>,
    /// Neuron by neuron of the last layer.
    pub outputs: Vec<OutputAnswer>,
    /// What there is to see, in a sentence or two.
    pub words: String,
}

impl Answering {
    /// The network that `state` holds (see [`crate::run::Run::state`]) and the row of its step; none if they do not fit
    /// the experiment, or its lab answers no images.
    pub fn new(link: &str, state: Vec<f32>, row: &[f64]) -> Option<Self> {
        let (experiment, _) = Experiment::from_link(link);
        let mut trace = Trace::new(experiment.config.columns());
        if row.len() != trace.columns().len() {
            return None;
        }
        trace.push(row);
        let means = (0..).map_while(|i| trace.at(&format!("output_{i}"), 0)).collect();
        let answering = Self { experiment, state, means };
        answering.layers(&[0; data::IMAGE_BYTES])?;
        Some(answering)
    }

    fn layers(&self, image: &[u8]) -> Option<Vec<Vec<f64>>> {
        self.experiment.config.answer(&self.state, &data::columns(&[image]))
    }

    /// What it answers to an image of 784 bytes; none to any other.
    pub fn answer(&self, image: &[u8]) -> Option<Answer> {
        let layers = self.layers(image)?;
        let outputs = outputs(layers.last()?, &self.means);
        let config = &self.experiment.config;
        let (told, names) = (config.told(&layers), config.answer_words());
        let words = told.unwrap_or_else(|| words(&outputs));
        let layers = layers.into_iter().enumerate().map(|(at, decisions)| {
            let name = names.layers.get(at);
            let low = decisions.iter().copied().fold(f64::INFINITY, f64::min);
            let high = decisions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (low, high) = if names.open { (low, high) } else { (0.0, 1.0) };
            let shade = |decision: &f64| if high > low { (decision - low) / (high - low) } else { 0.0 };
            LayerAnswer {
                label: name.map_or_else(|| format!("Layer {}", at + 1), |(name, _)| (*name).to_owned()),
                across: name.map_or(0, |(_, across)| *across),
                text: range(&decisions),
                shades: decisions.iter().map(shade).collect(),
                decisions,
            }
        });
        Some(Answer { layers: layers.collect(), outputs, words })
    }
}

fn range(decisions: &[f64]) -> String {
    let mean = decisions.iter().sum::<f64>() / decisions.len() as f64;
    let low = decisions.iter().copied().fold(f64::INFINITY, f64::min);
    let high = decisions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let neurons = if decisions.len() == 1 { "neuron" } else { "neurons" };
    format!("{} {neurons}, mean {}, from {} to {}", decisions.len(), number(mean), number(low), number(high))
}

fn outputs(decisions: &[f64], means: &[f64]) -> Vec<OutputAnswer> {
    let (top, top_mean) = (largest(decisions), largest(means));
    let output = |(at, (decision, mean)): (usize, (&f64, &f64))| OutputAnswer {
        decision: *decision,
        text: number(*decision),
        mean: *mean,
        mean_text: number(*mean),
        difference_text: number(decision - mean),
        largest: at == top,
        mean_largest: at == top_mean,
    };
    decisions.iter().zip(means).enumerate().map(output).collect()
}

/// Index of the largest value, the first among equals.
fn largest(values: &[f64]) -> usize {
    (0..values.len()).rev().max_by(|one, other| values[*one].total_cmp(&values[*other])).unwrap_or(0)
}

fn words(outputs: &[OutputAnswer]) -> String {
    let at = |is: fn(&OutputAnswer) -> bool| outputs.iter().position(is).unwrap_or(0);
    let (top, top_mean) = (at(|output| output.largest), at(|output| output.mean_largest));
    let same = if top == top_mean { "the same one" } else { &format!("output {top_mean}") };
    let differences: Vec<f64> = outputs.iter().map(|output| (output.decision - output.mean).abs()).collect();
    let farthest = largest(&differences);
    format!(
        "Output {top} is largest ({}); in the mean over the training images it is {same} ({}). The answer is farthest \
         from that mean at output {farthest}: {} against {}.",
        outputs[top].text, outputs[top_mean].mean_text, outputs[farthest].text, outputs[farthest].mean_text
    )
}
