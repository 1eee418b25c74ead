//! The first layer, whose input never changes, followed in the space of the samples.

use super::network::{Network, PIXELS};
use crate::backend::{Backend, Tensor};
use crate::kernels::{SkaGram, SkaLayer, SkaOrigin, SkaStill, SkaWeights};

/// What a layer needs for that beside its own tensors.
pub struct Still {
    units: u32,
    samples: u32,
    /// (PIXELS, samples).
    images: Tensor,
    /// (units, PIXELS): W₀.
    first_weights: Tensor,
    /// (units): Σ W₀² over the pixels.
    first_squares: Tensor,
    /// (samples, samples): what the images have in common.
    gram: Tensor,
    /// (units, samples): W₀ X.
    origin: Tensor,
    /// (units, samples): the sum of all gradients.
    gradients: Tensor,
}

impl Still {
    /// Sets it up for the batch of images called `name`, and weights with their sums of squares. What follows from the images
    /// and the seed alone is there already if the run before had it.
    pub fn new(
        network: &Network,
        samples: u32,
        (name, images): (u64, Tensor),
        (first_weights, first_squares): (Tensor, Tensor),
        backend: &mut Backend,
    ) -> Self {
        let (units, seed) = (network.layers[0], network.seed);
        let gram = backend.keep(&format!("ska gram {name:x}"), |backend| {
            let gram = backend.zeros((samples * samples) as usize);
            backend.run(&SkaGram { below: PIXELS, samples }, &[images], &[gram]);
            vec![gram]
        })[0];
        let origin = backend.keep(&format!("ska origin {name:x} {seed} {units}"), |backend| {
            let origin = backend.zeros((units * samples) as usize);
            backend.run(&SkaOrigin { units, below: PIXELS, samples }, &[first_weights, images], &[origin]);
            vec![origin]
        })[0];
        let gradients = backend.zeros((units * samples) as usize);
        Self { units, samples, images, first_weights, first_squares, gram, origin, gradients }
    }

    /// Loop iterations of one invocation of the shader for one step.
    pub fn iterations(samples: u32) -> u32 {
        SkaStill::iterations(samples)
    }

    /// Takes the layer through the steps of `pass`; `tensors` are its knowledge, decisions and sums.
    pub fn advance(&self, pass: &SkaLayer, tensors: [Tensor; 3], backend: &mut Backend) {
        let still = SkaStill {
            units: pass.units,
            samples: pass.samples,
            slots: pass.slots,
            first_step: pass.first_step,
            steps: pass.steps,
            rate: pass.rate,
            of_knowledge: pass.of_knowledge,
            of_shift: pass.of_shift,
            of_product: pass.of_product,
            net_of_knowledge: pass.net_of_knowledge,
        };
        let [knowledge, decisions, sums] = tensors;
        let inputs = [self.gram, self.origin, self.first_squares];
        backend.run(&still, &inputs, &[self.gradients, knowledge, decisions, sums]);
    }

    /// Brings its weights and biases up to date.
    pub fn recover(&self, rate: f32, tensors: [Tensor; 2], backend: &mut Backend) {
        let pass = SkaWeights { units: self.units, below: PIXELS, samples: self.samples, rate };
        backend.run(&pass, &[self.images, self.first_weights, self.gradients], &tensors);
    }
}
