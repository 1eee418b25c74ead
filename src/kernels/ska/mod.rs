//! The passes of an SKA network: a layer through time, and the same for a layer whose input never changes.
//!
//! The rule is local: a layer needs the history of the layer below and its own state, never a later layer. So one pass
//! takes a layer through all steps of a chunk, and the layers follow one another (arXiv 2503.13942, eqs. 16-22;
//! original 000, `forward`, `calculate_entropy`, `ska_update`). At step k, for samples as columns:
//!
//! ```text
//! Z = W A_k + b        D = sigmoid(Z)        ΔD = D − D_prev        ΔZ = Z − Z_prev        D' = D (1 − D)
//! G = −(c1 Z D' + c2 ΔD + c3 Z ΔD)           W ← W − rate G Pᵀ      b ← b − rate G 1       P = A_(k − lag)
//! ```
//!
//! Step 0 only looks: its rate is 0. Shapes: W (units, below), Z, D and G (units, samples), A (below, samples).
//! Histories are rings: step k lies in slot `k mod slots`; an input that never changes has one slot.
//!
//! [`SkaLayer`] is just that. The first layer always reads the same images X, and where these are few, it is cheaper to
//! follow it in the space of the samples. With S the sum of all G so far, from weights W₀ and biases 0,
//!
//! ```text
//! W = W₀ − rate S Xᵀ        b = −rate S 1        Z = W X + b = W₀ X − rate S M        M = Xᵀ X + 1 1ᵀ
//! ‖W‖² = ‖W₀‖² − rate ⟨S, W₀ X + W X⟩
//! ```
//!
//! so that a step costs units · samples² multiplications instead of 2 · units · below · samples. M is [`SkaGram`], W₀ X
//! [`SkaOrigin`], a chunk of steps [`SkaStill`]; W and b come back by [`SkaWeights`] when someone asks for them.

mod block;
mod columns;
mod gram;
mod layer;
mod origin;
mod products;
#[cfg(not(target_arch = "wasm32"))]
mod reference;
mod sparse;
mod still;
mod weights;

pub use gram::SkaGram;
pub use layer::SkaLayer;
pub use origin::SkaOrigin;
pub use still::SkaStill;
pub use weights::SkaWeights;

/// What is summed over the samples for every neuron and step, in the order of the `sums` tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Σ Z ΔD.
    Alignment,
    /// Σ Z².
    Knowledge,
    /// Σ ΔD².
    Shift,
    /// Σ ΔZ (D + s Z D').
    TensorNet,
    /// Σ ΔZ².
    Flow,
    /// Σ Z D' ΔZ.
    Action,
    /// Σ D.
    Output,
    /// Σ W² over the inputs, after the update.
    Weight,
}

/// Number of quantities.
pub const QUANTITIES: usize = 8;

/// Largest layer below and largest number of samples: what fits into a workgroup's memory on every adapter.
const LARGEST: u32 = 1024;

/// Where step `step` (minus `lag`) lies in a ring.
fn slot(step: u32, lag: u32, slots: u32) -> usize {
    ((step + slots - lag) % slots) as usize
}
