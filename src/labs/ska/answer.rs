//! What a network answers to a single image: one forward pass, layer by layer, without learning.
//!
//! With the weights that pass k used, the mean over the training images of these answers is column `output_i` at step k:
//! a step measures first and updates then, so these are the weights after k steps.

use super::network::{Network, PIXELS};

impl Network {
    /// Names of the tensors that a forward pass needs, layer by layer: weights (units, below), then biases (units).
    pub fn answers_by(&self) -> Vec<String> {
        (1..=self.layers.len()).flat_map(|l| [format!("weights_{l}"), format!("biases_{l}")]).collect()
    }

    /// Decisions of every layer for an image (PIXELS), from the tensors of [`Network::answers_by`] one after another;
    /// none if these or the image are of another length.
    pub fn answer(&self, state: &[f32], image: &[f32]) -> Option<Vec<Vec<f64>>> {
        let expected: u32 = self.shapes().map(|(units, below)| units * below + units).sum();
        if (state.len(), image.len()) != (expected as usize, PIXELS as usize) {
            return None;
        }
        let mut rest = state;
        let mut answers: Vec<Vec<f64>> = Vec::new();
        for (units, below) in self.shapes() {
            let (weights, after) = rest.split_at((units * below) as usize);
            let (biases, after) = after.split_at(units as usize);
            rest = after;
            let mut knowledge: Vec<f64> = biases.iter().map(|bias| f64::from(*bias)).collect();
            let input: Vec<f64> = match answers.last() {
                Some(decisions) => decisions.clone(),
                None => image.iter().map(|pixel| f64::from(*pixel)).collect(),
            };
            // Column-major: the weights of one input to all units lie together.
            for (column, value) in weights.chunks(units as usize).zip(input) {
                knowledge.iter_mut().zip(column).for_each(|(z, weight)| *z += f64::from(*weight) * value);
            }
            answers.push(knowledge.into_iter().map(|z| 1.0 / (1.0 + libm::exp(-z))).collect());
        }
        Some(answers)
    }
}
