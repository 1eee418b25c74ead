//! How weights follow the phases: the notebook's updates, and the textbooks'.

use super::matrix::Matrix;
use super::network::{Crash, Layers, Network, OUTPUTS};
use super::phases::Top;
use super::rule::{Scheme, Shapes};
use super::switches::{Clamp, Relaxation, Update};

impl Network {
    /// The second phase of the current mini-batch, and the update: `pos_phase` in the notebook.
    ///
    /// # Errors
    /// Where the original fails. What it changed before stays changed.
    pub(super) fn learn(&mut self) -> Result<(), Crash> {
        let (free, targets) = (self.layers(), self.batch_targets());
        if self.hyper.rule.scheme == Scheme::FirstStep {
            return self.first_step(&free, &targets);
        }
        let phases = self.second_phases(&free, &targets);
        if let Some((_, layers)) = phases.first() {
            self.store_second(layers);
        }
        match self.hyper.rule.update {
            Update::OneSided => self.one_sided(&free, &phases),
            Update::Contrastive => self.contrastive(&free, &phases),
        }
        Ok(())
    }

    /// The states of the second phase with their signs: two of them where it is centred.
    pub fn second_phases(&self, free: &Layers, targets: &Matrix) -> Vec<(f32, Layers)> {
        let beta = self.hyper.beta;
        match self.hyper.rule.clamp {
            Clamp::Full => vec![(1.0, self.second_phase(free, Top::Label(targets)))],
            Clamp::Positive => vec![(1.0, self.second_phase(free, Top::Nudged(beta, targets)))],
            Clamp::Negative => vec![(-1.0, self.second_phase(free, Top::Nudged(-beta, targets)))],
            Clamp::Centred => vec![
                (1.0, self.second_phase(free, Top::Nudged(beta, targets))),
                (-1.0, self.second_phase(free, Top::Nudged(-beta, targets))),
            ],
        }
    }

    fn second_phase(&self, free: &Layers, top: Top) -> Layers {
        let rule = &self.hyper.rule;
        match (rule.relaxation, rule.scheme, top) {
            (Relaxation::Steps, _, _) => self.steps(free, top, self.hyper.n_it_pos),
            (Relaxation::Sweep, Scheme::Contrastive, Top::Label(targets)) => {
                self.relax_back(free, targets, self.hyper.n_it_pos)
            }
            (Relaxation::Sweep, _, _) => self.relax(free, top, self.hyper.n_it_pos),
        }
    }

    /// b += α mean(δ), W += (α sᵀ δ)/batch, δ the change of the layer above: `chl_pos`, `ep_pos`, `pcnudge_pos`.
    fn one_sided(&mut self, free: &Layers, phases: &[(f32, Layers)]) {
        for i in 0..self.top() {
            let delta = match phases {
                [(_, up), (_, down)] => up[i + 1].with(&down[i + 1], |up, down| 0.5 * (up - down)),
                [(sign, second)] if *sign < 0.0 => free[i + 1].with(&second[i + 1], |free, second| free - second),
                _ => phases[0].1[i + 1].with(&free[i + 1], |second, free| second - free),
            };
            self.follow(i, &free[i], &delta);
        }
    }

    /// One layer of the notebook's update: `biases[i + 1]` and `weights[i]`.
    fn follow(&mut self, i: usize, below: &Matrix, delta: &Matrix) {
        let alpha = self.hyper.alphas[i];
        for (bias, mean) in self.biases[i + 1].iter_mut().zip(delta.column_means()) {
            *bias += alpha * mean;
        }
        // Python reads α · sᵀ @ δ / batch from left to right.
        let batch = below.rows as f32;
        let change = below.map(|s| alpha * s).transposed_times(delta);
        self.weights[i] = self.weights[i].with(&change, |weight, change| weight + change / batch);
    }

    /// θ += α (descent in the second phase − descent in the free one)/β. Contrastive Hebbian learning with weak feedback
    /// multiplies layer k's by γ^(k − L) (Xie and Seung).
    fn contrastive(&mut self, free: &Layers, phases: &[(f32, Layers)]) {
        let divisor = match self.hyper.rule.clamp {
            Clamp::Full => 1.0,
            Clamp::Positive | Clamp::Negative => self.hyper.beta,
            Clamp::Centred => 2.0 * self.hyper.beta,
        };
        let before = self.descent(free);
        let after: Vec<_> = phases.iter().map(|(sign, layers)| (*sign, self.descent(layers))).collect();
        for i in 0..self.top() {
            let weight = self.feedback().powi(i as i32 + 1 - self.top() as i32);
            let alpha = self.hyper.alphas[i] * weight / divisor;
            for (sign, after) in &after {
                let change = after[i].0.with(&before[i].0, |after, before| sign * alpha * (after - before));
                self.weights[i] = self.weights[i].with(&change, |weight, change| weight + change);
                for (j, bias) in self.biases[i + 1].iter_mut().enumerate() {
                    *bias += sign * alpha * (after[i].1[j] - before[i].1[j]);
                }
            }
        }
    }

    /// `first_step_pos`: δ = act(o − β (act(o) − Y)) − act(o), o the output's input.
    fn first_step(&mut self, free: &Layers, targets: &Matrix) -> Result<(), Crash> {
        let (activation, beta) = (self.hyper.rule.activation, self.hyper.beta);
        let input = self.input(self.top(), &free[self.top() - 1], None);
        let output = input.map(|o| activation.value(o));
        let pull = output.with(targets, |out, y| beta * (out - y));
        let nudged = input.with(&pull, |o, pull| activation.value(o - pull));
        let delta = nudged.with(&output, |nudged, out| nudged - out);
        match self.hyper.rule.shapes {
            Shapes::Back => self.carry_back(free, delta),
            Shapes::Output => self.follow(self.top() - 1, &free[self.top() - 1], &delta),
            Shapes::Skip => {
                for i in 0..self.top() {
                    if free[i + 1].columns == OUTPUTS {
                        self.follow(i, &free[i], &delta);
                    }
                }
            }
            Shapes::AsWritten => {
                for i in 0..self.top() {
                    if let Some(crash) = misfit(free[i + 1].columns) {
                        return Err(crash);
                    }
                    self.follow(i, &free[i], &delta);
                }
            }
        }
        Ok(())
    }

    /// δ goes back through the weights and the slopes of the units; α/β for α.
    fn carry_back(&mut self, free: &Layers, output_delta: Matrix) {
        let activation = self.hyper.rule.activation;
        let mut deltas = vec![output_delta];
        for k in (1..self.top()).rev() {
            let input = self.input(k, &free[k - 1], None);
            let back = deltas[deltas.len() - 1].times_transposed(&self.weights[k]);
            deltas.push(back.with(&input, |back, input| back * activation.slope(input)));
        }
        let beta = self.hyper.beta;
        for (i, delta) in deltas.iter().rev().enumerate() {
            self.follow(i, &free[i], &delta.map(|x| x / beta));
        }
    }
}

/// What PyTorch says when a difference of the output's size is added to the biases of a layer of `units`.
pub fn misfit(units: usize) -> Option<Crash> {
    let error = match units {
        OUTPUTS => return None,
        1 => format!("RuntimeError: output with shape [1] doesn't match the broadcast shape [{OUTPUTS}]"),
        _ => format!(
            "RuntimeError: The size of tensor a ({units}) must match the size of tensor b ({OUTPUTS}) at non-singleton \
             dimension 0"
        ),
    };
    Some(Crash { error, place: "first_step_pos" })
}
