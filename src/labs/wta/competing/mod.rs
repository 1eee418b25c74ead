//! Krotov and Hopfield's competing hidden units: the rule that original 003 set out to beat, on the same digits.

mod lab;
mod settings;
mod views;

pub use settings::{LAB, ridge};
pub use views::{reading, waits};
