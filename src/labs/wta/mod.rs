//! Original 003: sparse, invariant and winner-take-all layers on a drifting tapestry of digits.
//!
//! | notebook | here |
//! |---|---|
//! | `sw`, `iw`, `ww` | weights of the sparse, invariant and last (winner-take-all) layer |
//! | `so`, `io`, `io_pert`, `wo` | what the layers answer |
//! | `n_w`, `xi`, `alpha`, `leta`, `seta`, `phi` | the same |
//! | `wins`, `cls` | `votes`, `classes` |
//!
//! A step of the trace is 500 frames of one epoch; the kernels take 25 at a time. Nothing depends on how steps are chunked.

mod answer;
mod choices;
mod closer;
pub mod competing;
mod config;
pub mod hopfield;
pub mod images;
mod lab;
mod material;
pub mod network;
mod pictures;
mod plan;
pub mod reading;
pub mod readout;
mod reads;
mod record;
mod repairs;
mod settings;
pub mod split;
mod views;
pub mod world;

pub use config::LAB;
