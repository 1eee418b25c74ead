//! The invariance lab (original 003): its world, its layers, and the page's view of them.

mod case;
mod codes;
mod digits;
mod engine;
mod lab;
mod layers;
mod passes;
mod reading;
mod readout;
mod repairs;
mod world;
