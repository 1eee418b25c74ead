//! What a run goes on from after a step: weights, averages and votes, and the pictures of its last frame. All else follows from these
//! and from the number of steps, for every draw is made when a run is set up.

use super::lab::Run;
use crate::backend::{Backend, Tensor};
use crate::kernels::tiles;
use crate::kernels::wta_frames::PIXELS;

impl Run {
    /// The tensors, by name.
    pub(super) fn tensors(&self) -> Vec<(&'static str, Tensor)> {
        let (network, counted) = (&self.network, &self.counted);
        let mut all = vec![
            ("sw", network.sw),
            ("iw", network.iw),
            ("ww", network.ww),
            ("state", network.state),
            ("votes", counted.votes),
            ("classes", counted.classes),
            ("confusion", counted.confusion),
        ];
        all.extend(self.pictures.kept());
        all
    }

    /// Goes on from `values` of these tensors, which they hold already.
    pub(super) fn go_on(&mut self, backend: &mut Backend, steps: usize, values: &[Vec<f32>]) {
        let named = self.tensors();
        let of = |name: &str| named.iter().zip(values).find(|((own, _), _)| *own == name).map(|(_, values)| values);
        if let Some(sw) = of("sw") {
            backend.write(self.network.tiles, &tiles::of(sw, PIXELS));
        }
        if let Some(votes) = of("votes") {
            self.record.restore(votes);
        }
        let images = self.material.images();
        self.done = self.plan.iter().take(steps).map(|step| step.seen(images)).sum();
        self.cursor.step = steps;
        // Before the first step there are no pictures.
        if steps > 0 {
            let rule = self.phases[0].rule;
            self.pictures.copies(backend, &self.network, &rule);
        }
    }
}
