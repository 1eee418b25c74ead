//! Structured Knowledge Accumulation: a layered network that learns forward, each layer by its own entropy.
//!
//! Papers: arXiv 2503.13942 (the rule), 2504.03214 (tensor net, knowledge flow, Lagrangian). The one core below serves
//! both programs of the author; measurements as in original 000, `calculate_entropy`, over samples and neurons:
//!
//! | column (layer l) | meaning |
//! |---|---|
//! | `entropy_l` | H = −(1/ln 2) Σ Z ΔD, bits |
//! | `entropy_per_neuron_l` | H / n |
//! | `cosine_l` | Σ Z ΔD / (‖Z‖ ‖ΔD‖), 0 where a norm is 0 |
//! | `z_norm_l`, `w_norm_l` | Frobenius norms of Z, and of W after the update |
//! | `tensor_net_l`, `tensor_net_total_l` | Σ ΔZ (D ∓ (1/ln 2) Z D'), and its running total |
//! | `flow_l` | Φ = ‖ΔZ‖ / η |
//! | `lagrangian_l` | −Σ Z D' ΔZ / η |
//! | `entropy_rate_l` | H / η: what does not depend on the learning rate, if runs depend on η k only |
//! | `time` | t = η k |
//!
//! Only ‖Z‖ and the mean outputs have a value at step 0: the rest compares two passes, or follows an update.

mod answer;
pub mod batch;
mod closer;
pub mod digit;
mod lab;
mod learning;
mod network;
mod python;
mod rule;
mod settings;
mod still;
mod sweeps;
mod views;
