//! All native tests in one binary: kernels, shaders, labs against golden figures, links, figures, tidiness.

mod data;
mod draw;
mod exports;
mod golden;
mod kernels;
mod links;
mod page;
mod pictures;
mod rng;
mod runs;
mod shaders;
mod ska;
mod support;
mod sweeps;
mod tidy;
