//! The numbers of a cell of original 003, as the notebook has them: in f64.

/// Sizes and rates of the three layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WtaRule {
    /// Kx: columns of the grid of sparse units.
    pub kx: u32,
    /// Ky: rows of it.
    pub ky: u32,
    /// How far lateral excitation reaches on the torus.
    pub ex: u32,
    /// Euclidean norm of a unit's lateral weights but its own, which is 1.
    pub coefficient: f64,
    /// n_w: sparse units that win a frame.
    pub winners: u32,
    /// ξ: the sparse layer's rate; 0 freezes it.
    pub xi: f64,
    /// Its error is clipped to ± this; infinite for no clip.
    pub s_clip: f64,
    /// iN: invariant units.
    pub invariant: u32,
    /// α: how far io moves to io_pert in a frame; at 0 it stays what it was.
    pub alpha: f64,
    /// leta: the invariant layer's rate for sparse units that won; 0 (with seta) freezes it.
    pub leta: f64,
    /// seta: its rate for all others.
    pub seta: f64,
    /// Every so many frames of an epoch, from the first on, the weights of each invariant unit are scaled to sum sN / iN; 0 for never.
    pub period: u32,
    /// wN: winner-take-all units.
    pub wta: u32,
    /// φ: their rate; 0 freezes them.
    pub phi: f64,
    /// Their error is clipped to ± this; infinite for no clip.
    pub w_clip: f64,
    /// What they read: 0 for io, 1 for io_pert.
    pub reads: f64,
    /// What they learn to reconstruct: 0 for io, 1 for io_pert.
    pub aims: f64,
    /// How much a unit that has won often is held back (DeSieno's conscience): 0 for not at all.
    pub balance: f64,
    /// How far a unit's share of wins moves in a frame.
    pub share_rate: f64,
}

/// What a divisor is at least.
pub const PREC: f64 = 1e-10;

impl WtaRule {
    /// sN: sparse units.
    pub fn sparse(&self) -> u32 {
        self.kx * self.ky
    }

    /// Rows and columns that lateral excitation covers, the unit's own among them.
    pub fn reach(&self) -> [u32; 2] {
        [self.ky, self.kx].map(|side| side.min(2 * self.ex + 1))
    }

    /// The lateral weight of a neighbour.
    pub fn neighbour(&self) -> f64 {
        let [rows, columns] = self.reach();
        self.coefficient / f64::from(rows * columns - 1).sqrt()
    }

    /// What the weights of an invariant unit are scaled to sum up to.
    pub fn norm(&self) -> f64 {
        f64::from(self.sparse()) / f64::from(self.invariant)
    }
}
