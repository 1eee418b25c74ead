//! Original 003: sparse, invariant and winner-take-all layers on a drifting tapestry of digits.

pub mod competing;
pub mod hopfield;
pub mod network;
pub mod reading;
pub mod readout;
pub mod split;
pub mod world;
