//! Original 003: sparse, invariant and winner-take-all layers on a drifting tapestry of digits.

pub mod network;
pub mod world;
