//! Energy-based learning on two bits: contrastive Hebbian learning, equilibrium propagation, first-step, PC-nudge.
//!
//! The notebook's four schemes with every quirk, and their textbook forms as switches. States are f32, one row per
//! sample; layer 0 are the inputs, layer L the two outputs.
//!
//! | notebook | here |
//! |---|---|
//! | `weights[l]` | W_l, from layer l to layer l + 1: `weights`, columns `w_l_i_j` |
//! | `biases[l]` | b_l: `biases`, columns `b_l_j`; b_0 is never used |
//! | `persistent` | stored states: `states`, columns `act_l_s_j` (below the output) and `output_s_j` |
//! | `neg_phase`, `pos_phase` | first and second phase; columns `second_l_s_j` hold the second one's states |
//! | `hist["Energy"]`, `["Cost"]`, `["Error"]` | columns `energy`, `cost`, `error` (percent) |
//! | mean of the last four errors | `error_last_4` |
//! | (not measured) | `error_without_nudge`, of the outputs before the first phase's nudge; `margin_s`, the lead of the label's output |
//!
//! l counts layers, s samples, i and j units. Of the points of a two-dimensional set, hidden states are recorded for the
//! first four; `surface_r_c` is output 1 less output 0 over the unit square, after a free phase that sees no label.

mod choices;
mod closer;
mod learn;
mod matrix;
mod network;
mod phases;
mod record;
mod rule;
mod settings;
mod settle;
mod sweep;
mod switches;
mod views;
mod visit;

pub use matrix::{Matrix, logistic};
pub use network::{Crash, Hyper, Layers, Measured, Network, OUTPUTS};
pub use phases::Top;
pub use rule::{FirstPhase, Rule, Scheme, Shapes};
pub use settings::LAB;
pub use switches::{Activation, Clamp, EnergyKind, FreePhase, Measure, Normalise, Relaxation, Update};
